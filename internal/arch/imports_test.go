package arch

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of our packages each may use, beside its own sub-packages. The reason stands beside whatever is not obvious.
var mayImport = map[string][]string{
	// What everyone may use.
	"postal": {"fault"}, // a noun that cannot be read says why in both languages
	"fault":  {},
	"sqldb":  {"fault"},
	"event":  {"postal"},
	"web":    {"postal", "fault", "sqldb"}, // knows an absent database from a defect, so that a page says which
	"jobs":   {"postal", "fault", "sqldb"},
	"answer": {"postal"}, // how commands answer
	// The law, the days, the places; each downward.
	"rulebook":  {"answer", "postal", "fault"},
	"calendar":  {"rulebook", "answer", "postal", "fault"},
	"gazetteer": {"answer", "postal", "fault", "sqldb"},
	// The core.
	"ledger":  {"postal", "event", "fault", "sqldb"},
	"custody": {"ledger", "event", "postal", "fault"},
	// Keys of the closed house under one passphrase: knows nothing of what they open.
	"strongbox": {"fault"},
	// Secrets of persons: used by capabilities, knows none of them.
	"privacy": {"fault", "sqldb", "postal"},
	// Capabilities: all above, never each other; app brings them together.
	"account":  {"answer", "web", "postal", "fault", "sqldb"},
	"desk":     {"custody", "ledger", "event", "gazetteer", "privacy", "web", "postal", "fault", "sqldb"},
	"tracking": {"custody", "ledger", "event", "gazetteer", "calendar", "web", "postal", "fault"},
	"site":     {"gazetteer", "calendar", "rulebook", "web", "postal", "fault"},
	"law":      {"calendar", "rulebook", "web", "postal", "fault"},
	"tariff":   {"ledger", "event", "calendar", "rulebook", "answer", "sheet", "web", "postal", "fault", "sqldb"},
	// The catalogue of procedures is a table of its own, like the gazetteer; its guide is a page.
	// A booking is what a citizen prepares before there is a dossier.
	"booking": {"calendar", "rulebook", "gazetteer", "privacy", "idcard", "web", "postal", "fault", "sqldb"},
	// Reading a card is a noun that several counters need, with the field that fills their forms from it.
	"idcard":    {"web", "postal", "fault"},
	"procedure": {"rulebook", "answer", "web", "postal", "fault", "sqldb"},
	// A dossier on its way is an item of custody; the agency's limits are the calendar's; the people of a dossier lie sealed.
	"dossier": {"custody", "ledger", "event", "gazetteer", "calendar", "rulebook", "privacy", "idcard", "web", "postal", "fault", "sqldb"},
	"cash":    {"ledger", "event", "calendar", "rulebook", "web", "postal", "fault", "sqldb"},
	// Closed mail lives in the closed house alone. Custody is the same core; law, prices and accounts come through interfaces.
	"closedmail": {"custody", "ledger", "event", "calendar", "rulebook", "privacy", "sheet", "web", "postal", "fault", "sqldb"},
	// The API is a second face of what others show on pages: it gives tracking's answers and the gazetteer's places as JSON.
	"api":      {"custody", "tracking", "gazetteer", "ledger", "event", "jobs", "web", "postal", "fault", "sqldb"},
	"personal": {"ledger", "event", "privacy", "rulebook", "web", "postal", "fault", "sqldb"},
	// Files of tables: any capability that lets people take its tables along. It takes its letters from web/assets.
	"sheet":   {"web", "postal", "fault"},
	"journal": {"ledger", "event", "web", "postal", "fault"}, // the ledger's entries as a page
	"report":  {"calendar", "sheet", "event", "web", "postal", "fault", "sqldb"},
	// Notifications know messages, not mail: the capability that tells something gives text and address.
	"notify": {"jobs", "web", "postal", "fault", "sqldb"},
	"proof":  {"ledger", "event", "web", "postal", "fault", "sqldb"},
	"model":  {},                                  // its tests drive the API over HTTP beside a model of their own
	"counts": {"web", "postal", "fault", "sqldb"}, // figures of the closed house, as the open one takes them: knows no mail
	// Tools around the houses.
	"upkeep":  {"ledger", "privacy", "postal", "fault", "sqldb"},
	"app":     {"*"}, // the one place that wires
	"demo":    {"*"}, // works the whole house as people would
	"bench":   {"*"}, // measures the whole house
	"e2e":     {"*"}, // drives the whole house in a browser
	"cluster": {"*"}, // its tests run several nodes and let machines die
	"arch":    {},
}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
	Dir        string
}

// packages lists every package below internal and cmd.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles,Dir", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// house gives the top folder of one of our packages, "" for others.
func house(path string) string {
	rest, ours := strings.CutPrefix(path, "citypost/internal/")
	if !ours {
		return ""
	}
	top, _, _ := strings.Cut(rest, "/")
	return top
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	for _, p := range packages(t) {
		own := house(p.ImportPath)
		if own == "" {
			continue
		}
		allowed, known := mayImport[own]
		if !known {
			t.Errorf("%s: package %s is not in the table: say in imports_test.go what it may import, and why", p.ImportPath, own)
			continue
		}
		for _, i := range p.Imports {
			if to := house(i); to != "" && to != own && !slices.Contains(allowed, to) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s: declare an interface in %s and let app pass the other in; or change the table and write the reason beside it", p.ImportPath, i, own)
			}
		}
	}
}

// minComment is the length under which a package comment cannot say what the package is, owns, promises, leans on and leaves to others.
const minComment = 200

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		longest := 0
		for _, f := range p.GoFiles {
			tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			longest = max(longest, len(tree.Doc.Text()))
		}
		if longest < minComment {
			t.Errorf("%s: the package comment should say what it is, owns, promises, leans on and leaves to others", p.ImportPath)
		}
	}
}
