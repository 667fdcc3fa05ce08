package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, a report passes over facts for ever, or counts them twice, and nobody is told.

// TestADamagedCursorPausesItsFollowerAndLosesNothing changes cursors behind the ledger's back, as a broken disk or a careless hand does.
func TestADamagedCursorPausesItsFollowerAndLosesNothing(t *testing.T) {
	damages := map[string]string{
		"forward":       `UPDATE ledger_follower SET seq = 15 WHERE name = 'report'`,
		"back":          `UPDATE ledger_follower SET seq = 3 WHERE name = 'report'`,
		"past-the-end":  `UPDATE ledger_follower SET seq = 72057594037927946 WHERE name = 'report'`,
		"checksum":      `UPDATE ledger_follower SET seal = seal + 256 WHERE name = 'report'`,
		"another-name":  `UPDATE ledger_follower SET name = 'rexort' WHERE name = 'report'`,
		"a-name-beside": `UPDATE ledger_follower SET name = 'r' WHERE name = 'report'`,
	}
	for name, text := range damages {
		t.Run(name, func(t *testing.T) {
			sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
				l := open(t, db)
				var done []int64
				work := func(_ context.Context, _ *sql.Tx, entries []event.Entry) error {
					for _, e := range entries {
						done = append(done, e.Seq)
					}
					return nil
				}
				mustAppend(t, l, 10)
				if err := l.CatchUp(t.Context(), "report", work); err != nil {
					t.Fatal(err)
				}
				mustAppend(t, l, 20)
				if _, err := db.Write().ExecContext(t.Context(), text); err != nil {
					t.Fatal(err)
				}
				if err := l.CatchUp(t.Context(), "report", work); fault.Code(err) != "ledger.cursor_damaged" || len(done) != 10 {
					t.Fatalf("%d entries worked on, %v", len(done), err)
				}
				differences, err := l.Check(t.Context(), nil)
				if err != nil || len(differences) != 1 || differences[0].What != "damaged" {
					t.Fatalf("the check says %v, %v", differences, err)
				}
				list, err := ledger.Audit{DB: db}.Followers(t.Context())
				if err != nil || len(list) != 1 || !list[0].Damaged {
					t.Fatalf("the audit says %v, %v", list, err)
				}
				if list[0].Name != "report" {
					if err := l.DropCursor(t.Context(), list[0].Name); err != nil {
						t.Fatal(err)
					}
				}
				if err := l.SetCursor(t.Context(), "report", 10); err != nil {
					t.Fatal(err)
				}
				if err := l.CatchUp(t.Context(), "report", work); err != nil {
					t.Fatal(err)
				}
				if len(done) != 30 || !slices.IsSorted(done) {
					t.Fatalf("worked on %v", done)
				}
			})
		})
	}
}

// TestACursorIsSetWithinTheLedgerOnly: beyond its end it would pass over what is to come.
func TestACursorIsSetWithinTheLedgerOnly(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		mustAppend(t, l, 5)
		for _, seq := range []int64{-1, 6} {
			if err := l.SetCursor(t.Context(), "report", seq); fault.Code(err) != "ledger.no_such_entry" {
				t.Errorf("%d: %v", seq, err)
			}
		}
		if err := l.DropCursor(t.Context(), "nobody"); fault.Code(err) != "ledger.no_such_cursor" {
			t.Errorf("a follower that never was: %v", err)
		}
	})
}

// TestAWholeCursorIsNotDroppedAndNoneIsMadeForANameThatNobodyFollowsBy: a slip of the pen would make a report begin anew, or leave a row that means nothing.
func TestAWholeCursorIsNotDroppedAndNoneIsMadeForANameThatNobodyFollowsBy(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}}, Folds: []ledger.Fold{fold}, Followers: []string{"report"}})
		if err != nil {
			t.Fatal(err)
		}
		defer mustClose(t, l)
		mustAppend(t, l, 10)
		rest := func(context.Context, *sql.Tx, []event.Entry) error { return nil }
		if err := l.CatchUp(t.Context(), "report", rest); err != nil {
			t.Fatal(err)
		}
		if err := l.CatchUp(t.Context(), "reprot", rest); err == nil {
			t.Error("somebody follows whom nobody knows")
		}
		if err := l.SetCursor(t.Context(), "reprot", 5); fault.Code(err) != "ledger.no_such_cursor" {
			t.Errorf("a cursor for nobody: %v", err)
		}
		if err := l.DropCursor(t.Context(), "report"); fault.Code(err) != "ledger.cursor_in_use" {
			t.Errorf("a whole cursor was dropped: %v", err)
		}
		if at, err := l.Cursor(t.Context(), "report"); err != nil || at != 10 {
			t.Errorf("it stands at %d, %v", at, err)
		}
		if _, err := db.Write().ExecContext(t.Context(), `INSERT INTO ledger_follower (name, seq) VALUES ('gone', 4)`); err != nil {
			t.Fatal(err)
		}
		if err := l.DropCursor(t.Context(), "gone"); err != nil {
			t.Errorf("the cursor of a follower that is no more: %v", err)
		}
	})
}

// TestACursorIsNotDroppedWhileItsFollowerWorks: it waits for the lock that the follower has on PostgreSQL, and for the one writer of SQLite.
func TestACursorIsNotDroppedWhileItsFollowerWorks(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		mustAppend(t, l, 10)
		if _, err := db.Write().ExecContext(t.Context(), `INSERT INTO ledger_follower (name, seq, seal) VALUES ('report', 3, 1)`); err != nil {
			t.Fatal(err)
		}
		dropped := make(chan error, 1)
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			if _, err := db.Lock(t.Context(), tx, "follow:report", true); err != nil {
				return err
			}
			go func() { dropped <- l.DropCursor(context.WithoutCancel(t.Context()), "report") }()
			select {
			case err := <-dropped:
				return fmt.Errorf("dropped under the follower's hands: %w", err)
			case <-time.After(300 * time.Millisecond):
				return nil
			}
		})
		if err = errors.Join(err, <-dropped); err != nil {
			t.Fatal(err)
		}
	})
}

// TestACursorOfBeforeIsTakenAndGetsItsChecksum is a database that was brought up to date: its rows have none yet.
func TestACursorOfBeforeIsTakenAndGetsItsChecksum(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		mustAppend(t, l, 10)
		if _, err := db.Write().ExecContext(t.Context(), `INSERT INTO ledger_follower (name, seq) VALUES ('report', 4)`); err != nil {
			t.Fatal(err)
		}
		n := 0
		if err := l.CatchUp(t.Context(), "report", func(_ context.Context, _ *sql.Tx, entries []event.Entry) error { n += len(entries); return nil }); err != nil || n != 6 {
			t.Fatalf("%d entries, %v", n, err)
		}
		var sealed bool
		if err := db.Read().QueryRowContext(t.Context(), `SELECT seal IS NOT NULL FROM ledger_follower`).Scan(&sealed); err != nil || !sealed {
			t.Fatalf("sealed: %v, %v", sealed, err)
		}
	})
}

// TestADamagedPublicCheckpointIsShownToNobodyAndReplaced changes the one row that says what the public sees.
func TestADamagedPublicCheckpointIsShownToNobodyAndReplaced(t *testing.T) {
	for _, text := range []string{`at_ms = at_ms + 65536`, `size = size + 4294967296`, `seal = seal + 1`} {
		t.Run(text[:4], func(t *testing.T) {
			sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
				l := openSigned(t, db, newKey(t))
				defer mustClose(t, l)
				mustAppend(t, l, 10)
				if err := l.PublishWithoutWitnesses(t.Context()); err != nil {
					t.Fatal(err)
				}
				a := ledger.Audit{DB: db}
				if _, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_published SET `+text); err != nil {
					t.Fatal(err)
				}
				if damaged, err := a.PublishedDamaged(t.Context()); err != nil || !damaged {
					t.Fatalf("damaged: %v, %v", damaged, err)
				}
				if w, err := a.Witnessing(t.Context()); err == nil {
					t.Errorf("a damaged row was told: %+v", w)
				}
				if err := l.PublishWithoutWitnesses(t.Context()); err != nil {
					t.Fatal(err)
				}
				if w, err := a.Witnessing(t.Context()); err != nil || w.Published == 0 || w.Published > w.Signed {
					t.Errorf("after the next one: %+v, %v", w, err)
				}
			})
		})
	}
}

// TestAnotherNumberOfRebuildsCostsNothing changes the one number that no proof covers: a process that sees it forgets what it remembers and reads the states anew.
func TestAnotherNumberOfRebuildsCostsNothing(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := openSigned(t, db, newKey(t))
		defer mustClose(t, l)
		for _, n := range []int64{1, -1, 1 << 60, 0} {
			mustAppend(t, l, 60)
			if _, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_head SET rebuilt = $1`, n); err != nil {
				t.Fatal(err)
			}
		}
		mustAppend(t, l, 60)
		assertReplayEqualsLive(t, l)
		if v := verdict(t, db); !v.OK() {
			t.Fatal(v.In("en"))
		}
	})
}

// TestARebuildWhileAnotherProcessServesIsSeenByIt damages a state, lets a serving process take it into its memory, and rebuilds the states from another process. What would hurt: the wrong state,
// remembered, is written over the right one with the next act.
func TestARebuildWhileAnotherProcessServesIsSeenByIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		serving := openSigned(t, db, newKey(t))
		defer func() { mustClose(t, serving) }()
		one := func() {
			t.Helper()
			if _, err := serving.Append(t.Context(), envelope(), count{Key: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		one()
		body := (&tally{N: 70, Where: "shelf:0"}).Encode(nil)
		if _, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_state SET body = $1 WHERE key = 't:a'`, body); err != nil {
			t.Fatal(err)
		}
		mustClose(t, serving)
		serving = openSigned(t, db, nil)
		one() // the wrong state is remembered, with one added
		other, err := sqldb.Open(t.Context(), db.DSN)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		rebuilder := openSigned(t, other, nil)
		defer mustClose(t, rebuilder)
		if err := rebuilder.Rebuild(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		one()
		assertReplayEqualsLive(t, serving)
	})
}

// TestARebuildUnderLoadDisturbsNobody rebuilds from another process while clients write: nobody sees an error, and the states are right afterwards.
func TestARebuildUnderLoadDisturbsNobody(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		serving := openSigned(t, db, newKey(t))
		defer mustClose(t, serving)
		mustAppend(t, serving, 3000)
		other, err := sqldb.Open(t.Context(), db.DSN)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		rebuilder := openSigned(t, other, nil)
		defer mustClose(t, rebuilder)
		ctx, stop := context.WithCancel(t.Context())
		clients := make(chan error, 4)
		for n := range cap(clients) {
			go func() {
				for ctx.Err() == nil {
					if _, err := serving.Append(t.Context(), envelope(), count{Key: fmt.Sprint(n)}); err != nil {
						clients <- err
						return
					}
				}
				clients <- nil
			}()
		}
		for range 5 {
			seen := serving.Seq()
			if err := rebuilder.Rebuild(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			for serving.Seq() < seen+20 {
				<-serving.News()
			}
		}
		stop()
		for range cap(clients) {
			if err := <-clients; err != nil {
				t.Errorf("a client saw %v", err)
			}
		}
		assertReplayEqualsLive(t, serving)
	})
}

// TestADatabaseThatAnotherProcessKeepsForLongIsSaidToBeAway: a rebuild of a great ledger takes minutes, and SQLite has one writer.
func TestADatabaseThatAnotherProcessKeepsForLongIsSaidToBeAway(t *testing.T) {
	ledger.SetPatience(t, 0)
	db := sqltest.SQLite(t)
	l := openSigned(t, db, newKey(t))
	defer mustClose(t, l)
	mustAppend(t, l, 10)
	if _, err := db.Write().ExecContext(t.Context(), `PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	other, err := sqldb.Open(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	e := envelope()
	err = other.Tx(t.Context(), func(*sql.Tx) error {
		_, err := l.Append(t.Context(), e, count{Key: "a"})
		if fault.Code(err) != "db.away" || !fault.Is(err, fault.Unavailable) {
			t.Errorf("while another process writes: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := l.Append(t.Context(), e, count{Key: "a"}); err != nil || r.Repeated {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
	if err := l.Stopped(); err != nil {
		t.Error(err)
	}
}
