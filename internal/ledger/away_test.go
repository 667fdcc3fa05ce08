package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestALostConnectionIsBorneAndDoublesNothing loses the database at every step, before and after it took effect. What would hurt: an error that the clerk need not see,
// an act written twice because its commit got no answer, a cached state that was never written.
func TestALostConnectionIsBorneAndDoublesNothing(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var left atomic.Int64 // failures to come
		var step atomic.Pointer[string]
		var after atomic.Bool
		l := tripped(t, db, newKey(t), func(s string, a bool) error {
			if p := step.Load(); p != nil && s == *p && a == after.Load() && left.Add(-1) >= 0 {
				return fmt.Errorf("tripped: %w", sqldb.ErrUnsure)
			}
			return nil
		})
		want := int64(1) // the key
		for _, s := range ledger.Steps {
			for _, a := range []bool{false, true} {
				step.Store(&s)
				after.Store(a)
				left.Store(2)
				r, err := l.Append(t.Context(), envelope(), count{Key: "a"})
				want++
				if err != nil || r.Seq != want || r.Repeated {
					t.Fatalf("the database was lost twice at %s (after: %v): %+v want %d, %v", s, a, r, want, err)
				}
			}
		}
		assertReplayEqualsLive(t, l)
		mustClose(t, l)
		if v := verdict(t, db); !v.OK() || v.Size != want {
			t.Fatalf("%s", v.In("en"))
		}
	})
}

// TestADatabaseThatStaysAwayIsSaidSoAndComesBack: people are answered, nothing stops for good.
func TestADatabaseThatStaysAwayIsSaidSoAndComesBack(t *testing.T) {
	ledger.SetPatience(t, 100*time.Millisecond)
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var away atomic.Bool
		l := tripped(t, db, newKey(t), func(s string, a bool) error {
			if s == "begin" && !a && away.Load() {
				return sqldb.ErrNoAnswer
			}
			return nil
		})
		defer mustClose(t, l)
		away.Store(true)
		e := envelope()
		for range 3 {
			if _, err := l.Append(t.Context(), e, count{Key: "a"}); fault.Code(err) != "db.away" || !fault.Is(err, fault.Unavailable) {
				t.Fatalf("away: %v", err)
			}
		}
		if l.Stopped() != nil {
			t.Fatal("an absent database is no reason to stop for good")
		}
		away.Store(false)
		if r, err := l.Append(t.Context(), e, count{Key: "a"}); err != nil || r.Repeated {
			t.Fatalf("back again: %+v, %v", r, err)
		}
		assertReplayEqualsLive(t, l)
	})
}

// TestADatabaseThatLostEntriesStopsWriting takes away what was answered, as a machine does that takes over without having got everything. What would hurt: a
// signature over another history than the one that the public has seen.
func TestADatabaseThatLostEntriesStopsWriting(t *testing.T) {
	ledger.SetPatience(t, 100*time.Millisecond)
	ledger.SetStaleFor(t, 0)
	lose := []string{
		`DELETE FROM ledger_entry WHERE seq > 15`, `DELETE FROM ledger_checkpoint`,
		`UPDATE ledger_head SET seq = 15, recorded_ms = recorded_ms - 1`,
	}
	for name, grow := range map[string]int{"shorter": 0, "rewritten": 20} {
		t.Run(name, func(t *testing.T) {
			sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
				l := openSigned(t, db, newKey(t))
				mustAppend(t, l, 20)
				for _, text := range lose {
					if _, err := db.Write().ExecContext(t.Context(), text); err != nil {
						t.Fatal(err)
					}
				}
				if grow > 0 { // another node went on from there
					other := openSigned(t, db, nil)
					mustAppend(t, other, grow)
					mustClose(t, other)
				}
				_, err := l.Append(t.Context(), envelope(), count{Key: "a"})
				for range 20 { // a cluster may show it by mistake for a while
					if fault.Code(err) != "db.away" {
						break
					}
					_, err = l.Append(t.Context(), envelope(), count{Key: "a"})
				}
				if fault.Code(err) != "ledger.went_back" || fault.Code(l.Stopped()) != "ledger.went_back" {
					t.Fatalf("entries were lost: %v", err)
				}
				mustClose(t, l)
			})
		})
	}
}

// TestAMachineThatDoesNotKnowItIsNoLongerThePrimaryIsPassedBy shows the ledger a database that lacks its last entries, as a machine does that was frozen and is
// awake again; then the right one.
func TestAMachineThatDoesNotKnowItIsNoLongerThePrimaryIsPassedBy(t *testing.T) {
	db := sqltest.Postgres(t)
	var left atomic.Int64
	l := tripped(t, db, newKey(t), func(s string, a bool) error {
		if s == "take head" && a && left.Add(-1) >= 0 {
			return ledger.ErrWentBack
		}
		return nil
	})
	defer mustClose(t, l)
	mustAppend(t, l, 10)
	left.Store(3)
	if r, err := l.Append(t.Context(), envelope(), count{Key: "a"}); err != nil || r.Repeated || r.Seq != 12 {
		t.Fatalf("%+v, %v", r, err)
	}
	if l.Stopped() != nil {
		t.Fatal("stopped because of a machine that was behind")
	}
}

// TestNothingIsLostWhenConnectionsAreCut ends every connection of the ledger again and again under load, on the server's side, as a primary does that dies.
func TestNothingIsLostWhenConnectionsAreCut(t *testing.T) {
	dsn := sqltest.PostgresDSN(t)
	db, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := openSigned(t, db, newKey(t))
	cutter, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer cutter.Close()
	var mu sync.Mutex
	acked := map[postal.ActID]int64{}
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for ctx.Err() == nil {
				e := envelope()
				r, err := l.Append(t.Context(), e, count{Key: fmt.Sprint(w)})
				if err != nil {
					t.Errorf("an error that nobody need see: %v", err)
					return
				}
				mu.Lock()
				acked[e.Act] = r.Seq
				mu.Unlock()
			}
		})
	}
	cuts := 20
	if testing.Short() {
		cuts = 5
	}
	for range cuts {
		seen := l.Seq()
		for l.Seq() < seen+20 { // some work between two cuts
			select {
			case <-l.News():
			case <-time.After(10 * time.Second):
				t.Fatal("the ledger does not go on")
			}
		}
		if _, err := cutter.Write().ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	writers.Wait()
	judgeEntries(t, l, acked)
	mustClose(t, l)
	t.Logf("%d acts, every connection cut %d times", len(acked), cuts)
}

// TestNodesFollowOneAtATime: while one node works for a follower, another leaves it alone, and what it waits for is done.
func TestNodesFollowOneAtATime(t *testing.T) {
	dsn := sqltest.PostgresDSN(t)
	var working, most atomic.Int64
	var done sync.Map
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	work := func(_ context.Context, _ *sql.Tx, entries []event.Entry) error {
		most.Store(max(most.Load(), working.Add(1)))
		defer working.Add(-1)
		for _, e := range entries {
			if _, twice := done.LoadOrStore(e.Seq, true); twice {
				t.Errorf("entry %d was worked on twice", e.Seq)
			}
		}
		return nil
	}
	var following sync.WaitGroup
	var nodes []*ledger.Ledger
	for range 3 {
		db, err := sqldb.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		l := open(t, db)
		nodes = append(nodes, l)
		following.Go(func() {
			if err := l.Follow(ctx, "test", work); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	for range 30 {
		for _, l := range nodes {
			if _, err := l.Append(t.Context(), envelope(), count{Key: "a"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := nodes[1].CatchUp(t.Context(), "test", work); err != nil {
		t.Fatal(err)
	}
	if at, err := nodes[2].Cursor(t.Context(), "test"); err != nil || at != 90 {
		t.Fatalf("after catching up the cursor is %d, %v", at, err)
	}
	stop()
	following.Wait()
	if most.Load() != 1 {
		t.Fatalf("%d nodes worked at once", most.Load())
	}
}

// TestARepeatAndARefusalAreAnsweredAfterACommitOfTheirOwn: what they rest on may be on one machine so far, and a commit waits for all before it. When that commit gets no
// answer, neither does the client.
func TestARepeatAndARefusalAreAnsweredAfterACommitOfTheirOwn(t *testing.T) {
	ledger.SetPatience(t, 100*time.Millisecond)
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		var commits atomic.Int64
		var away atomic.Bool
		l := tripped(t, db, nil, func(s string, a bool) error {
			if s != "commit" || a {
				return nil
			}
			commits.Add(1)
			if away.Load() {
				return sqldb.ErrUnsure
			}
			return nil
		})
		defer mustClose(t, l)
		e := envelope()
		for n, want := range []string{"", "", "test.full"} {
			if n == 2 {
				e = envelope()
			}
			before := commits.Load()
			if _, err := l.Append(t.Context(), e, count{Key: "a", Limit: 1}); fault.Code(err) != want || commits.Load() != before+1 {
				t.Fatalf("%d: %v after %d commits", n, err, commits.Load()-before)
			}
		}
		away.Store(true)
		if _, err := l.Append(t.Context(), e, count{Key: "a", Limit: 1}); fault.Code(err) != "db.away" {
			t.Fatalf("refused without a commit: %v", err)
		}
	})
}
