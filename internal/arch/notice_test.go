package arch

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated parts of NOTICE anew")

// licences are told by a phrase of their text; the first that is found counts.
var licences = []struct{ name, phrase string }{
	{"Apache-2.0", "apache license"},
	{"MPL-2.0", "mozilla public license"},
	{"ISC", "permission to use, copy, modify, and/or distribute"},
	{"ISC", "permission to use, copy, modify, and distribute this software for any purpose"},
	{"MIT", "permission is hereby granted, free of charge"},
	{"BSD-3-Clause", "neither the name"},
	{"BSD-3-Clause", "names of its contributors"},
	{"BSD-2-Clause", "redistributions in binary form"},
}

// allowed licences of what is linked into the program.
var allowed = []string{"Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause"}

const (
	noticeBegin = "Linked into the program (Go modules)\n------------------------------------\n"
	noticeEnd   = "\nBrowser parts"
)

// TestNoticeNamesEveryLinkedModuleWithItsLicence compares NOTICE with the modules that go into the program. Run with -update after a change of dependencies.
func TestNoticeNamesEveryLinkedModuleWithItsLicence(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}", "./cmd/citypost")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		part := strings.Fields(l)
		if len(part) != 3 {
			continue
		}
		licence := licenceOf(t, part[2])
		if !slices.Contains(allowed, licence) {
			t.Errorf("%s has licence %q, which the program may not link", part[0], licence)
		}
		lines = append(lines, fmt.Sprintf("%s %s, %s", part[0], part[1], licence))
	}
	slices.Sort(lines)
	want := strings.Join(slices.Compact(lines), "\n") + "\n"
	path := filepath.Join(root, "NOTICE")
	notice, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(notice), noticeBegin)
	got, tail, ok2 := strings.Cut(rest, noticeEnd)
	if !ok || !ok2 {
		t.Fatal("NOTICE has lost its parts")
	}
	if *update {
		if err := os.WriteFile(path, []byte(head+noticeBegin+want+noticeEnd+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("NOTICE is out of date: go test ./internal/arch -run Notice -update\ngot\n%s\nwant\n%s", got, want)
	}
}

func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	for ; strings.Contains(dir, "@"); dir = filepath.Dir(dir) { // a module in a sub-folder may keep its licence at the top
		names, err := filepath.Glob(filepath.Join(dir, "[LlCc][IiOo][CcPp]*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			text, err := os.ReadFile(n)
			if err != nil {
				continue
			}
			folded := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
			for _, l := range licences {
				if strings.Contains(folded, l.phrase) {
					return l.name
				}
			}
		}
	}
	return ""
}
