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

// Words of a change that takes something away from a program of the release before.
var (
	takesAway = regexp.MustCompile(`(?is)\b(DROP\s+(TABLE|COLUMN|INDEX|CONSTRAINT)|RENAME|ALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE|SET\s+NOT\s+NULL|TRUNCATE)\b`)
	addsStern = regexp.MustCompile(`(?is)ADD\s+COLUMN[^;]*\bNOT\s+NULL\b[^;]*`)
	contract  = regexp.MustCompile(`(?m)^-- contract: \S`)
)

// TestASchemaOnlyGrowsUntilItIsContracted keeps two releases able to work on one schema: see docs/decisions/2026-11-29-schemas-change-in-three-steps.md.
func TestASchemaOnlyGrowsUntilItIsContracted(t *testing.T) {
	seen := 0
	for _, f := range files(t, ".sql") {
		dir, name := filepath.Split(f)
		if b := filepath.Base(dir); b != "sqlite" && b != "postgres" || strings.HasPrefix(name, "0001_") {
			continue
		}
		seen++
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		if contract.MatchString(up) {
			continue
		}
		if m := takesAway.FindString(up); m != "" {
			t.Errorf("%s: %q takes something from the release before. Do it one release later, with a line “-- contract: why nobody needs it any more”", f, m)
		}
		if m := addsStern.FindString(up); m != "" && !strings.Contains(strings.ToUpper(m), "DEFAULT") {
			t.Errorf("%s: %q refuses what the release before writes. Give it a DEFAULT, or let it be empty", f, m)
		}
	}
	if seen == 0 {
		t.Error("no migration found")
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

// TestDocumentsNameTestsThatExist keeps what the documents say is tested true by name: docs/reliability.md above all.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	declared, named := regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(`), regexp.MustCompile(`\bTest[A-Z]\w+`)
	have := map[string]bool{}
	for _, f := range files(t, ".go") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			have[m[1]] = true
		}
	}
	seen := 0
	for _, f := range files(t, ".md") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range named.FindAllString(string(text), -1) {
			seen++
			if !have[name] {
				t.Errorf("%s names %s, which is not there", f, name)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d tests named: does the test still read the documents?", seen)
	}
}

// TestChangesHaveNumbersOfTheirOwn keeps the files of the changelog apart: two under one number are taken for one change.
func TestChangesHaveNumbersOfTheirOwn(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(root, "changelog", "unreleased", "*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no change found: %v", err)
	}
	shape, seen := regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`), map[string]string{}
	for _, name := range names {
		m := shape.FindStringSubmatch(filepath.Base(name))
		if m == nil {
			t.Errorf("%s: the name is NNNN-topic.md", name)
			continue
		}
		if other := seen[m[1]]; other != "" {
			t.Errorf("%s and %s have one number: give one of them the next free one", other, name)
		}
		seen[m[1]] = name
	}
}

// TestTheGlossaryHasOneLineAWord keeps one concept to one word: a word of the law or of our own stands in the glossary once.
func TestTheGlossaryHasOneLineAWord(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "GLOSSARY.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || strings.HasPrefix(cells[1], "--") || strings.TrimSpace(cells[1]) == "Vietnamese" {
			continue
		}
		word := strings.TrimSpace(cells[1])
		if seen[word] {
			t.Errorf("%q stands in the glossary twice: keep the line that says what the program means by it", word)
		}
		seen[word] = true
	}
	if len(seen) < 100 {
		t.Errorf("only %d words found: does the test still read the table?", len(seen))
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
