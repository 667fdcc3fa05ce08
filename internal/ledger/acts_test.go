package ledger_test

import (
	"testing"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestTheReleaseBeforeGoesOnWritingActs writes entries and acts with the statements of the release that had a table of acts. What would hurt: while the nodes are started anew
// one by one, an act of an old node is recorded again by a new one, or an old node cannot write.
func TestTheReleaseBeforeGoesOnWritingActs(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		acts := []ledger.Envelope{envelope(), envelope(), envelope()}
		for _, e := range acts {
			if _, err := l.Append(t.Context(), e, count{Key: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		var entries, ids []any
		for seq := int64(2); seq <= 3; seq++ {
			var digest int64
			var body []byte
			if err := db.Read().QueryRowContext(t.Context(), `SELECT digest, body FROM ledger_entry WHERE seq = $1`, seq).Scan(&digest, &body); err != nil {
				t.Fatal(err)
			}
			id, _ := event.ActOf(body)
			entries, ids = append(entries, seq, body), append(ids, id[:], seq, digest)
		}
		write := func(text string, args ...any) {
			t.Helper()
			if _, err := db.Write().ExecContext(t.Context(), text, args...); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		write(`DELETE FROM ledger_entry WHERE seq > 1`)
		write(`INSERT INTO ledger_entry (seq, body) VALUES ($1, $2), ($3, $4)`, entries...)
		write(`INSERT INTO ledger_act (id, seq, digest) VALUES ($1, $2, $3), ($4, $5, $6)`, ids...)

		if d, err := l.Check(t.Context(), nil); err != nil || len(d) > 0 {
			t.Errorf("replay: %v, %v", d, err)
		}
		for n, e := range acts {
			if r, err := l.Append(t.Context(), e, count{Key: "a"}); err != nil || !r.Repeated || r.Seq != int64(n+1) {
				t.Errorf("act %d again: %+v, %v", n+1, r, err)
			}
			if _, err := l.Append(t.Context(), e, count{Key: "b"}); fault.Code(err) != "ledger.act_reused" {
				t.Errorf("act %d with another content: %v", n+1, err)
			}
			var seq int64
			if err := db.Read().QueryRowContext(t.Context(), `SELECT seq FROM ledger_act WHERE id = $1`, e.Act[:]).Scan(&seq); err != nil || seq != int64(n+1) {
				t.Errorf("an old node finds act %d under entry %d, %v", n+1, seq, err)
			}
		}
	})
}

// TestAnEntryWithAnotherWrittenActsIDIsRefusedByTheTable leaves the program out: no defect of it can put one act into the ledger twice.
func TestAnEntryWithAnotherWrittenActsIDIsRefusedByTheTable(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		mustAppend(t, l, 2)
		_, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_entry SET body = (SELECT body FROM ledger_entry WHERE seq = 1) WHERE seq = 2`)
		if !sqldb.IsUnique(err) {
			t.Errorf("one act in two entries: %v", err)
		}
	})
}
