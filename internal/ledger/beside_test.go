package ledger_test

import (
	"errors"
	"sync"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, a dossier stands in the ledger whose people and pictures were never kept, or people are kept for an act that never was.

var notes = &ledger.Table{Insert: `INSERT INTO note (act, body) VALUES `, After: ` ON CONFLICT (act) DO NOTHING`, Width: 2}

func openWithNotes(t *testing.T, db *sqldb.DB, trip ledger.Trip) *ledger.Ledger {
	t.Helper()
	if _, err := db.Write().ExecContext(t.Context(), `CREATE TABLE IF NOT EXISTS note (act TEXT PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db, ledger.Config{
		Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}},
		Folds: []ledger.Fold{fold}, Trip: trip, Beside: []*ledger.Table{notes},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func noteOf(id postal.ActID, body any) ledger.Beside {
	return ledger.Beside{Table: notes, Row: []any{id.String(), body}}
}

// noted gives what is kept beside an act, "" when nothing is.
func noted(t *testing.T, db *sqldb.DB, id postal.ActID) (body string) {
	t.Helper()
	if err := db.Read().QueryRowContext(t.Context(), `SELECT coalesce(max(body), '') FROM note WHERE act = $1`, id.String()).Scan(&body); err != nil {
		t.Fatal(err)
	}
	return body
}

func TestRowsBesideAnActAreThereExactlyWhenItsEntryIs(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var mu sync.Mutex
		var step string
		var after bool
		l := openWithNotes(t, db, func(s string, a bool) error {
			mu.Lock()
			defer mu.Unlock()
			if s == step && a == after {
				step = ""
				return errors.New("tripped")
			}
			return nil
		})
		defer mustClose(t, l)
		for _, s := range ledger.Steps {
			for _, a := range []bool{false, true} {
				mu.Lock()
				step, after = s, a
				mu.Unlock()
				e := envelope()
				_, first := l.Append(t.Context(), e, count{Key: "a"}, noteOf(e.Act, "first"))
				_, stands, err := l.Find(t.Context(), e.Act)
				if err != nil {
					t.Fatal(err)
				}
				if kept := noted(t, db, e.Act); (kept != "") != stands {
					t.Fatalf("%s tripped (after: %v, answered %v): in the ledger %v, beside it %q", s, a, first, stands, kept)
				}
				if r, err := l.Append(t.Context(), e, count{Key: "a"}, noteOf(e.Act, "second")); err != nil || r.Repeated != stands {
					t.Fatalf("%s tripped (after: %v), sent again: %+v, %v", s, a, r, err)
				}
				want := "second"
				if stands {
					want = "first"
				}
				if kept := noted(t, db, e.Act); kept != want {
					t.Fatalf("%s tripped (after: %v): %q beside it, want %q", s, a, kept, want)
				}
			}
		}
	})
}

func TestARefusedActKeepsNothingBesideIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := openWithNotes(t, db, nil)
		defer mustClose(t, l)
		var subs []ledger.Submission
		for _, limit := range []int{1, 1, 0, 0} {
			e := envelope()
			subs = append(subs, ledger.Submission{Envelope: e, Act: count{Key: "a", Limit: limit}, Beside: []ledger.Beside{noteOf(e.Act, "kept")}})
		}
		subs[2].Beside = []ledger.Beside{noteOf(subs[2].Envelope.Act, nil)} // the table refuses it: a defect of this act alone
		rs, err := l.AppendAll(t.Context(), subs)
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range []string{"kept", "", "", "kept"} {
			if (rs[n].Err == nil) != (want != "") || noted(t, db, subs[n].Envelope.Act) != want {
				t.Errorf("act %d: %v, %q beside it", n, rs[n].Err, noted(t, db, subs[n].Envelope.Act))
			}
		}
		if fault.Code(rs[1].Err) != "test.full" {
			t.Errorf("refused by %v", rs[1].Err)
		}
		other := &ledger.Table{Insert: `INSERT INTO ledger_entry (seq, body) VALUES `, Width: 2}
		if _, err := l.Append(t.Context(), envelope(), count{Key: "a"}, ledger.Beside{Table: other, Row: []any{1, "x"}}); err == nil {
			t.Error("a table that the ledger was not opened with takes rows")
		}
	})
}
