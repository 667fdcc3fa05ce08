package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// files lists the project's files with one of the endings.
func files(t *testing.T, endings ...string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"node_modules", ".git", "bin", "screens", "dist"}, d.Name()) {
			return filepath.SkipDir
		}
		if !d.IsDir() && slices.Contains(endings, filepath.Ext(path)) {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSchemasComeTwice(t *testing.T) {
	seen := 0
	for _, f := range files(t, ".sql") {
		dir, name := filepath.Split(f)
		other := "postgres"
		if filepath.Base(dir) == "postgres" {
			other = "sqlite"
		}
		if b := filepath.Base(dir); b != "sqlite" && b != "postgres" {
			continue
		}
		seen++
		if _, err := os.Stat(filepath.Join(filepath.Dir(filepath.Clean(dir)), other, name)); err != nil {
			t.Errorf("%s has no twin for %s", f, other)
		}
	}
	if seen == 0 {
		t.Error("no schema found")
	}
}

// link finds [text](target) in Markdown.
var link = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)

func TestLinksInDocumentsResolve(t *testing.T) {
	seen := 0
	for _, f := range files(t, ".md") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(filepath.Dir(f), m[1])); err != nil {
				t.Errorf("%s points at %s, which is not there", f, m[1])
			}
		}
	}
	if seen == 0 {
		t.Error("no link found")
	}
}

// architecture lists the packages that the map must name.
func TestTheMapNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		if own := house(p.ImportPath); own != "" && !strings.Contains(string(text), "`"+own+"`") {
			t.Errorf("ARCHITECTURE.md does not name `%s`", own)
		}
	}
}
