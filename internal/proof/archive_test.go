package proof_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/proof"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// exported gives the lines of an export, each with its line feed, and the keys to check it by.
func exported(t *testing.T, entries int) (lines []string, keys *tree.Keyring) {
	t.Helper()
	db, l := newLedger(t, entries)
	return exportOf(t, db), keysOf(t, l)
}

func exportOf(t *testing.T, db *sqldb.DB) []string {
	t.Helper()
	var out bytes.Buffer
	if err := proof.Export(t.Context(), ledger.Audit{DB: db}, &out); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(strings.Lines(out.String()))
}

func checkLines(t *testing.T, lines []string, keys *tree.Keyring) proof.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return check(t, path, keys)
}

// TestAnExportThatTwoReadersCouldReadDifferentlyIsRefused: each of these says something that a program which reads the file in another way would take for the ledger.
func TestAnExportThatTwoReadersCouldReadDifferentlyIsRefused(t *testing.T) {
	lines, keys := exported(t, 700)
	find := func(prefix string) int {
		return slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, prefix) })
	}
	tile, point, ring, end := find(`{"tile"`), find(`{"checkpoint"`), find(`{"keys"`), len(lines)
	if tile != 701 || point != tile+3 || ring != end-1 {
		t.Fatalf("tiles from %d, checkpoints from %d, keys at %d of %d", tile, point, ring, end)
	}
	if r := checkLines(t, lines, keys); !r.OK {
		t.Fatal(r.Words)
	}
	put := func(at int, more ...string) []string { return slices.Insert(slices.Clone(lines), at, more...) }
	swap := func(at int, with string) []string {
		l := slices.Clone(lines)
		l[at] = with
		return l
	}
	as := func(at int, old, text string) []string { return swap(at, strings.Replace(lines[at], old, text, 1)) }
	renumbered := strings.Replace(lines[699], `{"seq":700,`, `{"seq":702,`, 1)
	cases := map[string]struct {
		lines []string
		wrong int // line of the file, from 1
	}{
		"an entry after the end":           {put(end, renumbered), end + 1},
		"an entry among the tiles":         {put(tile+1, renumbered), tile + 2},
		"an entry before the keys":         {put(ring, renumbered), ring + 1},
		"an entry twice":                   {put(500, lines[499]), 501},
		"entries in another order":         {slices.Concat(lines[:498], lines[499:500], lines[498:499], lines[500:]), 499},
		"an entry with a number too great": {as(700, `{"seq":701,`, `{"seq":9000000000000000000,`), 701},
		"an entry left out":                {slices.Delete(slices.Clone(lines), 300, 301), 301},
		"a name twice":                     {as(300, `{"seq":301,`, `{"seq":5,"seq":301,`), 301},
		"a name in capitals":               {as(300, `"office":`, `"Office":`), 301},
		"a name in capitals beside":        {as(300, `"office":`, `"OFFICE":"999999","office":`), 301},
		"a name that nobody knows":         {as(300, `"office":`, `"x":1,"office":`), 301},
		"a tile in an entry":               {as(300, `"office":`, `"tile":{"level":0,"n":0,"hashes":""},"office":`), 301},
		"an entry in a tile":               {as(tile, `{"tile"`, `{"seq":-1,"office":"180100","tile"`), tile + 1},
		"keys in a checkpoint":             {as(point, `}}`, `},"keys":"x"}`), point + 1},
		"spaces":                           {as(300, `{"seq"`, `{ "seq"`), 301},
		"a line feed of another system":    {as(300, "\n", "\r\n"), 301},
		"a blank line":                     {put(300, "\n"), 301},
		"a blank line at the end":          {put(end, "\n"), end + 1},
		"bytes after the end":              {put(end, "\x00"), end + 1},
		"no line feed at the end":          {as(end-1, "\n", ""), end},
		"an unknown line":                  {put(end, `{"note":"x"}`+"\n"), end + 1},
		"a line that says null":            {put(tile, "null\n"), tile + 1},
		"a tile twice":                     {put(tile+1, lines[tile]), tile + 2},
		"tiles in another order":           {slices.Concat(lines[:tile], lines[tile+1:tile+2], lines[tile:tile+1], lines[tile+2:]), tile + 2},
		"a tile of a greater tree":         {put(point, `{"tile":{"level":1,"n":0,"hashes":"`+strings.Repeat("A", 43)+`="}}`+"\n"), point + 1},
		"a tile below the ground":          {put(tile, `{"tile":{"level":-1,"n":0,"hashes":"`+strings.Repeat("A", 43)+`="}}`+"\n"), tile + 1},
		"an empty tile":                    {put(point, `{"tile":{"level":0,"n":3,"hashes":""}}`+"\n"), point + 1},
		"a checkpoint twice":               {put(ring, lines[ring-1]), ring + 1},
		"a checkpoint for nothing":         {put(point, `{"checkpoint":{"size":0,"signed":"x"}}`+"\n"), point + 1},
		"a checkpoint before the tiles":    {slices.Concat(lines[:tile], lines[point:point+1], lines[tile:point], lines[point+1:]), tile + 2},
		"the keys twice":                   {put(end, lines[ring]), end + 1},
		"the keys before the checkpoint":   {slices.Concat(lines[:point], lines[ring:], lines[point:ring]), point + 2},
		"no keys":                          {lines[:ring], ring + 1},
		"keys with a remark":               {as(ring, `"keys":"`, `"keys":"# ours\n`), ring + 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, by := range []*tree.Keyring{keys, nil} {
				if by == nil && (name == "no keys") {
					continue // nothing to check by is another error
				}
				r := checkLines(t, c.lines, by)
				said := slices.ContainsFunc(r.Findings, func(f proof.Finding) bool {
					return f.Kind == "line_wrong" && strings.Contains(f.Words, fmt.Sprintf(" line %d ", c.wrong))
				})
				if r.OK || !said {
					t.Errorf("ok %v, want line %d: %s %+v", r.OK, c.wrong, r.Words, r.Findings)
				}
			}
		})
	}
	if r := checkLines(t, slices.Insert(slices.Clone(lines), 0, "\ufeff"), keys); r.OK {
		t.Error("a byte order mark passes")
	}
}

// TestAnExportThatNobodySignedProvesNothing: whoever knows the form can write one.
func TestAnExportThatNobodySignedProvesNothing(t *testing.T) {
	lines, keys := exported(t, 700)
	unsigned := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, `{"checkpoint"`) })
	for name, lines := range map[string][]string{
		"all checkpoints dropped": unsigned,
		"one entry and the keys":  {lines[0], unsigned[len(unsigned)-1]},
	} {
		for _, by := range []*tree.Keyring{keys, nil} {
			r := checkLines(t, lines, by)
			if r.OK || r.Covered != 0 || len(r.Findings) == 0 || r.Findings[0].Kind != "unsigned" || !strings.Contains(r.Words, "NOTHING is proved") {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

// TestEntriesAfterTheLastSignatureAreNotProved: those of an export never, those of a database while the house that records them is at work.
func TestEntriesAfterTheLastSignatureAreNotProved(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l, key := fill(t, db, 700)
		lines, keys := exportOf(t, db), keysOf(t, l)
		root, err := ledger.Audit{DB: db}.RootAt(t.Context(), 400)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := tree.SignCheckpoint(tree.Checkpoint{Origin: key.Name(), Size: 400, Root: root}, key)
		if err != nil {
			t.Fatal(err)
		}
		change(t, db, `DELETE FROM ledger_checkpoint`)
		for _, by := range []*tree.Keyring{keys, nil} {
			if r := check(t, db.DSN, by); r.OK || r.Covered != 0 || r.Findings[0].Kind != "unsigned" || !strings.Contains(r.Words, "NOTHING is proved") {
				t.Errorf("a database that nobody signed: %+v", r)
			}
		}
		change(t, db, `INSERT INTO ledger_checkpoint (hour, size, signed) VALUES (1, 400, $1)`, signed)
		if r := check(t, db.DSN, keys); !r.OK || r.Covered != 400 || !strings.Contains(r.Words, "Entries 401 to 701 are not signed: they are NOT proved") {
			t.Errorf("a database that was just written: %+v", r)
		}
		later := proof.Checker{Keys: keys, Lang: "en", Now: func() time.Time { return time.Now().Add(2 * time.Minute) }}
		if r, err := later.Check(t.Context(), db.DSN); err != nil || r.OK || r.Findings[0].Kind != "unsigned" || r.Findings[0].Seq != 401 {
			t.Errorf("the same database later: %+v, %v", r, err)
		}
		short := exportOf(t, db)
		if len(short) != len(lines) {
			t.Fatalf("%d lines, want %d", len(short), len(lines))
		}
		if r := checkLines(t, short, keys); r.OK || r.Covered != 400 || r.Findings[0].Kind != "unsigned" || r.Findings[0].Seq != 401 {
			t.Errorf("an export with unsigned entries: %+v", r)
		}
	})
}

func change(t *testing.T, db *sqldb.DB, text string, args ...any) {
	t.Helper()
	if _, err := db.Write().ExecContext(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}
