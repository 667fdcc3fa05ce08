package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// damagedTable is a table of the ledger with all its columns; the first keys of them name a row.
type damagedTable struct {
	name    string
	columns []string
	keys    int
}

// ledger_head.rebuilt is left out: any other value only makes a process forget what it remembers, see TestAnotherNumberOfRebuildsCostsNothing.
var damagedTables = []damagedTable{
	{"ledger_entry", []string{"seq", "digest", "body"}, 1},
	{"ledger_state", []string{"key", "place", "trail", "body"}, 1},
	{"ledger_trail", []string{"key", "first", "seqs"}, 2},
	{"ledger_tile", []string{"level", "n", "hashes"}, 2},
	{"ledger_checkpoint", []string{"hour", "size", "signed"}, 1},
	{"ledger_head", []string{"id", "seq", "recorded_ms"}, 1},
	{"ledger_follower", []string{"name", "seq", "seal"}, 1},
	{"ledger_published", []string{"id", "size", "signed", "at_ms", "seal"}, 1},
}

// changed gives a value with one byte changed; ok is false for what has no bytes.
func changed(v any) (any, bool) {
	switch v := v.(type) {
	case int64:
		return v ^ int64(1+rand.IntN(255))<<(8*rand.IntN(8)), true
	case string:
		if v == "" {
			return nil, false
		}
		b := []byte(v)
		at := rand.IntN(len(b))
		b[at] = 'a' + (b[at]-'a'+byte(1+rand.IntN(25)))%26
		return string(b), string(b) != v
	case []byte:
		if len(v) == 0 {
			return nil, false
		}
		b := bytes.Clone(v)
		b[rand.IntN(len(b))] ^= byte(1 + rand.IntN(255))
		return b, true
	}
	return nil, false
}

// TestAnySingleChangedByteInAnyTableIsFoundAndNamed changes one byte of one column of one row at a time, as often as CITYPOST_DAMAGE says, through all tables of the
// ledger: either the proof or the replay must find it and name the row.
func TestAnySingleChangedByteInAnyTableIsFoundAndNamed(t *testing.T) {
	skipShort(t)
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := bigLedger(t, db)
		keys, err := l.Keyring(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if why := locate(t, l, db, keys); why != "" {
			t.Fatalf("before any damage: %s", why)
		}
		n := 36 // each table four times
		if text := os.Getenv("CITYPOST_DAMAGE"); text != "" {
			if n, err = strconv.Atoi(text); err != nil {
				t.Fatalf("CITYPOST_DAMAGE=%q is no number", text)
			}
		}
		by := map[string]int{}
		for done := 0; done < n; {
			table := damagedTables[done%len(damagedTables)]
			column, names, undo := damage(t, db, table)
			if undo == nil {
				continue
			}
			why := locate(t, l, db, keys)
			if why == "" || !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(why, name) }) {
				t.Fatalf("%s.%s changed: found %q, want it to name %q", table.name, column, why, names)
			}
			undo()
			by[table.name+"."+column]++
			done++
		}
		t.Logf("%d of %d found and named: %v", n, n, by)
	})
}

// bigLedger gives a ledger with rows in every table; closed and opened once, so that there is a tail behind the last full tile.
func bigLedger(t *testing.T, db *sqldb.DB) *ledger.Ledger {
	t.Helper()
	key := newKey(t)
	for range 2 {
		l := openSigned(t, db, key)
		for range 4 {
			acts := make([]ledger.Submission, 500)
			for i := range acts {
				acts[i] = ledger.Submission{Envelope: envelope(), Act: count{Key: fmt.Sprint(i % 7)}}
			}
			if _, err := l.AppendAll(t.Context(), acts); err != nil {
				t.Fatal(err)
			}
		}
		mustClose(t, l)
	}
	l := openSigned(t, db, key)
	t.Cleanup(func() { mustClose(t, l) })
	for _, name := range []string{"report", "messages", "money"} {
		if err := l.CatchUp(t.Context(), name, func(context.Context, *sql.Tx, []event.Entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.PublishWithoutWitnesses(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

// locate says where the ledger is wrong, "" when it is right: first by the proof, then by the replay.
func locate(t *testing.T, l *ledger.Ledger, db *sqldb.DB, keys *tree.Keyring) string {
	t.Helper()
	v, err := tree.Verifier{Keys: keys}.VerifyLog(t.Context(), ledger.Audit{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	var where []string
	for _, f := range v.Findings {
		where = append(where, fmt.Sprintf("%s entries %d to %d, tile %d/%d. %s", f.Kind, f.Seq, f.Upto, f.Level, f.N, f.In("en")))
	}
	if len(where) > 0 {
		return strings.Join(where, "; ")
	}
	differences, err := l.Check(t.Context(), nil)
	if err != nil {
		return err.Error()
	}
	for _, d := range differences {
		where = append(where, fmt.Sprintf("%s: %s", d.Key, d.What))
	}
	return strings.Join(where, "; ")
}

// damage changes one byte and gives how the row is named when it is found: as it was or, when its key was changed, as it calls itself now. undo is nil when this
// row cannot be damaged there.
func damage(t *testing.T, db *sqldb.DB, table damagedTable) (column string, names []string, undo func()) {
	t.Helper()
	row := make([]any, len(table.columns))
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	if err := db.Write().QueryRowContext(t.Context(), `SELECT `+strings.Join(table.columns, ", ")+` FROM `+table.name+` ORDER BY random() LIMIT 1`).Scan(into...); err != nil {
		t.Fatalf("%s: %v", table.name, err)
	}
	at := rand.IntN(len(row))
	bad, ok := changed(row[at])
	if !ok || table.columns[at] == "id" { // the one row's id cannot be another: the table refuses it
		return "", nil, nil
	}
	after := append([]any{}, row...)
	after[at] = bad
	set := func(value any, where []any) error {
		text := `UPDATE ` + table.name + ` SET ` + table.columns[at] + ` = $1 WHERE `
		args := []any{value}
		for i := range table.keys {
			if i > 0 {
				text += ` AND `
			}
			args = append(args, where[i])
			text += table.columns[i] + ` = $` + strconv.Itoa(len(args))
		}
		res, err := db.Write().ExecContext(t.Context(), text, args...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%d rows, %v", n, err)
		}
		return nil
	}
	if err := set(bad, row); err != nil {
		if sqldb.IsUnique(err) {
			return "", nil, nil
		}
		t.Fatalf("%s.%s: %v", table.name, table.columns[at], err)
	}
	return table.columns[at], []string{nameOf(table, table.columns[at], row), nameOf(table, table.columns[at], after)}, func() {
		if err := set(row[at], after); err != nil {
			t.Fatalf("mend %s: %v", table.name, err)
		}
	}
}

// nameOf is what a finding about a column of a row must contain.
func nameOf(table damagedTable, column string, row []any) string {
	switch table.name {
	case "ledger_state", "ledger_trail":
		return fmt.Sprint(row[0])
	case "ledger_tile":
		return fmt.Sprintf("%d/%d", row[0], row[1])
	case "ledger_entry":
		if column == "digest" { // no part of what the tree proves
			id, _ := event.ActOf(row[2].([]byte))
			return "act:" + id.String() + ": digest"
		}
		return fmt.Sprintf("entries %d to", row[0])
	case "ledger_checkpoint":
		return "checkpoint"
	case "ledger_follower":
		return fmt.Sprintf("follower:%s: damaged", row[0])
	case "ledger_published":
		return "published: damaged"
	}
	return ""
}
