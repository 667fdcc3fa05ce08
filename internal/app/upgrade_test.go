package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/proof"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, a post office installs a new version in the evening and cannot open in the morning.

// released is what a folder of testdata/releases promises of the databases beside it. Its keys are made for it and open nothing else.
type released struct {
	Entries  int64    `json:"entries"`
	Act      string   `json:"act"`  // a recorded act, sent again below
	Item     string   `json:"item"` // what it accepted
	Sender   string   `json:"sender"`
	Receipts []string `json:"receipts"`
}

// TestTheDatabasesOfEveryReleaseOpenWithThisOne loads what each earlier release wrote, on both databases, lets this program bring it up to date, and looks whether
// everything is still there: the proof, the receipts on paper, the states, the people, the ids of the acts; and whether work goes on.
func TestTheDatabasesOfEveryReleaseOpenWithThisOne(t *testing.T) {
	app.SkipShort(t)
	folders, err := filepath.Glob("testdata/releases/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no release is kept: %v", err)
	}
	for _, folder := range folders {
		sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
			t.Run(filepath.Base(folder), func(t *testing.T) { openReleased(t, db, folder) })
		})
	}
}

func openReleased(t *testing.T, db *sqldb.DB, folder string) {
	loadReleased(t, db, folder)
	var want released
	note, err := os.ReadFile(filepath.Join(folder, string(db.Dialect)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(note, &want); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	for _, name := range []string{"house.key", app.KeyFile} {
		key, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, name), key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, err := app.Open(t.Context(), app.Config{Data: data, Database: db.DSN, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	if n := h.Ledger.Seq(); n != want.Entries {
		t.Fatalf("%d entries, want %d", n, want.Entries)
	}
	if d, err := h.Ledger.Check(t.Context(), nil); err != nil || len(d) > 0 {
		t.Errorf("replay: %v, %v", d, err)
	}
	keys, err := h.Ledger.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range append(want.Receipts, db.DSN) {
		if r, err := (proof.Checker{Keys: keys, Lang: "en"}).Check(t.Context(), what); err != nil || !r.OK {
			t.Errorf("%.40s: %s, %v", what, r.Words, err)
		}
	}
	act, err := postal.ParseActID(want.Act)
	if err != nil {
		t.Fatal(err)
	}
	parties, err := h.Desk.PartiesOf(t.Context(), act)
	if err != nil || parties[act].Sender.Name != want.Sender {
		t.Errorf("the sender reads as %q, %v", parties[act].Sender.Name, err)
	}
	again, err := h.Ledger.Append(t.Context(), ledger.Envelope{Act: act, OccurredMs: postal.Millis(time.Now()), Office: releaseOffice, Actor: "nv-1"}, releaseAccept)
	if err != nil || !again.Repeated || string(again.Facts[0].(event.ItemAccepted).Item) != want.Item {
		t.Errorf("the act sent again: %+v, %v", again, err)
	}
	if r := acceptOne(t, h, postal.NewActID(time.Now())); r.Seq != want.Entries+1 {
		t.Errorf("the next act is entry %d", r.Seq)
	}
}

const releaseOffice = postal.OfficeCode("990100")

var releaseAccept = custody.Accept{Service: event.Registered, ToUnit: "11311", ToOffice: releaseOffice, WeightG: 20, FeeVND: 12000, Office: releaseOffice}

func acceptOne(t testing.TB, h *app.House, act postal.ActID) ledger.Receipt {
	t.Helper()
	r, err := h.Ledger.Append(t.Context(), ledger.Envelope{Act: act, OccurredMs: postal.Millis(time.Now()), Office: releaseOffice, Actor: "nv-1"}, releaseAccept)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fillRelease does a little of everything that a database must carry over.
func fillRelease(t testing.TB, h *app.House) (want released) {
	t.Helper()
	ctx := t.Context()
	do := func(who postal.StaffID, a ledger.Act) ledger.Receipt {
		t.Helper()
		now := time.Now()
		r, err := h.Ledger.Append(ctx, ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: releaseOffice, Actor: who}, a)
		if err != nil {
			t.Fatalf("%s: %v", a.Name(), err)
		}
		return r
	}
	do("admin", custody.ReserveRange{Office: releaseOffice, Letters: "RR", From: 1000, To: 1999})
	act := postal.NewActID(time.Now())
	want.Sender = "Nguyễn Văn Mẫu"
	if err := h.Desk.KeepParties(ctx, desk.Cover{Act: act, Parties: desk.Parties{
		Sender:    desk.Party{Name: want.Sender, Phone: "+84912000111", Address: "1 phố Mẫu", Unit: "11311"},
		Recipient: desk.Party{Name: "Trần Thị Mẫu", Phone: "+84912000112", Address: "2 phố Mẫu", Unit: "11311"},
	}}); err != nil {
		t.Fatal(err)
	}
	r := acceptOne(t, h, act)
	item := r.Facts[0].(event.ItemAccepted).Item
	want.Act, want.Item = act.String(), string(item)
	for range 300 { // a full tile, and a trail
		acceptOne(t, h, postal.NewActID(time.Now()))
	}
	for range 2 {
		list := do("nv-1", custody.OpenHandover{Office: releaseOffice, From: custody.AtOffice(releaseOffice), To: custody.ByCarrier("nv-bt1"), Purpose: custody.ForDelivery, Things: []event.Thing{event.Thing(item)}}).Facts[0].(event.HandoverOpened).Handover
		do("nv-1", custody.WithdrawHandover{Handover: list, Reason: "wrong_list"})
	}
	delivered := do("nv-1", custody.Deliver{Item: item, To: "addressee"})
	want.Entries = h.Ledger.Seq()
	for _, seq := range []int64{r.Seq, delivered.Seq} {
		text, err := h.Ledger.Receipt(ctx, seq, string(item))
		if err != nil {
			t.Fatal(err)
		}
		want.Receipts = append(want.Receipts, text)
	}
	return want
}

// TestKeepThisRelease writes the databases of this release into testdata/releases/NAME when CITYPOST_RELEASE=NAME asks for it: once for each release, never again.
func TestKeepThisRelease(t *testing.T) {
	name := os.Getenv("CITYPOST_RELEASE")
	if name == "" {
		t.Skip("CITYPOST_RELEASE names no release to keep")
	}
	folder, data := filepath.Join("testdata/releases", name), t.TempDir()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h, err := app.Open(t.Context(), app.Config{Data: data, Database: db.DSN, Base: "https://buudien.example", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		want := fillRelease(t, h)
		if err := h.Close(); err != nil { // signs what is not signed yet
			t.Fatal(err)
		}
		note, err := json.MarshalIndent(want, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		write(string(db.Dialect)+".json", append(note, '\n'))
		write(string(db.Dialect)+".sql", dump(t, db))
	})
	for _, name := range []string{"house.key", app.KeyFile} {
		key, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		write(name, key)
	}
}

// dump writes a database as the statements that make it anew.
func dump(t *testing.T, db *sqldb.DB) []byte {
	t.Helper()
	if db.Dialect == sqldb.SQLite {
		return dumpSQLite(t, db)
	}
	out, err := exec.CommandContext(t.Context(), "pg_dump", "--inserts", "--no-owner", "--no-privileges", "--dbname="+db.DSN).Output()
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "\\") && !strings.HasPrefix(line, "--") && line != "\n" { // commands of psql, remarks
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, ""))
}

func dumpSQLite(t *testing.T, db *sqldb.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("PRAGMA foreign_keys = 0;\n")
	var tables, later []string
	each(t, db, `SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name`, func(v []any) {
		text := v[2].(string) + ";\n"
		if v[0] == "table" {
			tables = append(tables, v[1].(string))
			out.WriteString(text)
		} else {
			later = append(later, text)
		}
	})
	var counters int
	if err := db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'`).Scan(&counters); err != nil {
		t.Fatal(err)
	}
	if counters > 0 {
		tables = append(tables, "sqlite_sequence")
	}
	for _, name := range tables {
		each(t, db, `SELECT * FROM "`+name+`"`, func(values []any) {
			texts := make([]string, len(values))
			for i, v := range values {
				texts[i] = literal(v)
			}
			fmt.Fprintf(&out, "INSERT INTO \"%s\" VALUES (%s);\n", name, strings.Join(texts, ", "))
		})
	}
	out.WriteString(strings.Join(later, "") + "PRAGMA foreign_keys = 1;\n")
	return out.Bytes()
}

func each(t *testing.T, db *sqldb.DB, text string, row func([]any)) {
	t.Helper()
	rows, err := db.Read().QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row(values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// literal writes a value of SQLite.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return fmt.Sprintf("x'%x'", v)
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	case time.Time:
		return "'" + v.UTC().Format("2006-01-02 15:04:05") + "'"
	case bool:
		if v {
			return "1"
		}
		return "0"
	}
	return fmt.Sprint(v)
}

// loadReleased fills an empty database with what a release wrote.
func loadReleased(t *testing.T, db *sqldb.DB, folder string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, string(db.Dialect)+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Write().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	load := []string{string(text)}
	if db.Dialect == sqldb.Postgres { // pg_dump leaves its session without a search path
		load = append(load, `RESET ALL`)
	}
	for _, text := range load {
		if _, err := conn.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("load %s: %v", folder, err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAnExpandingSchemaDisturbsNobody widens the ledger's tables as a next release would, in the middle of work: this program, which does not know the new columns, goes
// on without an error before, during and after, and opens again on the wider schema.
func TestAnExpandingSchemaDisturbsNobody(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		cfg := app.Config{Data: t.TempDir(), Database: db.DSN, Log: slog.New(slog.DiscardHandler)}
		h, err := app.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		if _, err := h.Ledger.Append(t.Context(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: releaseOffice, Actor: "admin"},
			custody.ReserveRange{Office: releaseOffice, Letters: "RR", From: 1, To: 99_999}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var clerks sync.WaitGroup
		for range 4 {
			clerks.Go(func() {
				for ctx.Err() == nil {
					now := time.Now()
					act := ledger.Submission{Envelope: ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: releaseOffice, Actor: "nv-1"}, Act: releaseAccept}
					r, err := h.Ledger.AppendAll(context.Background(), []ledger.Submission{act})
					if err != nil || r[0].Err != nil {
						t.Errorf("an act during the change: %v, %v", err, r)
						return
					}
				}
			})
		}
		more := func(n int64) {
			for from := h.Ledger.Seq(); h.Ledger.Seq() < from+n; {
				<-h.Ledger.News()
			}
		}
		more(50)
		for _, text := range []string{
			`ALTER TABLE ledger_entry ADD COLUMN note TEXT`,
			`ALTER TABLE ledger_state ADD COLUMN weight INTEGER DEFAULT 7`,
			`ALTER TABLE desk_party ADD COLUMN kind TEXT DEFAULT 'x'`,
			`CREATE TABLE ledger_next (id INTEGER NOT NULL PRIMARY KEY)`,
			`CREATE INDEX ledger_entry_digest ON ledger_entry (digest)`,
			`INSERT INTO schema_ledger (version_id, is_applied) VALUES (9001, ` + map[sqldb.Dialect]string{sqldb.SQLite: "1", sqldb.Postgres: "true"}[db.Dialect] + `)`,
		} {
			err := db.Tx(t.Context(), func(tx *sql.Tx) error {
				_, err := tx.ExecContext(t.Context(), text)
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			more(20)
		}
		stop()
		clerks.Wait()
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if h, err = app.Open(t.Context(), cfg); err != nil { // the old program, started again on the new schema
			t.Fatal(err)
		}
		defer h.Close()
		acceptOne(t, h, postal.NewActID(time.Now()))
		if d, err := h.Ledger.Check(t.Context(), nil); err != nil || len(d) > 0 {
			t.Errorf("replay: %v, %v", d, err)
		}
	})
}
