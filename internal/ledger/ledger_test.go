package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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

// tally is a small state for tests: how often a bag's seal was recorded, and where it lies.
type tally struct {
	N     int
	Where string
	Full  bool
}

func (s *tally) fields(c *ledger.Codec) {
	ledger.Int(c, &s.N)
	ledger.Str(c, &s.Where)
	ledger.Bool(c, &s.Full)
}

func (s *tally) Encode(dst []byte) []byte { return ledger.Encode(dst, s.fields) }
func (s *tally) Decode(b []byte) error    { return ledger.Decode(b, s.fields) }
func (s *tally) Place() string            { return s.Where }

// count adds one to a tally up to a limit.
type count struct {
	Key   string
	Limit int
	Crash string
}

func (count) Name() string            { return "test.count" }
func (c count) Touches() []ledger.Key { return []ledger.Key{ledger.Key("t:" + c.Key)} }
func (c count) Decide(v *ledger.View, _ ledger.Envelope) ([]event.Fact, error) {
	s, _ := ledger.Get[*tally](v, ledger.Key("t:"+c.Key))
	if s != nil && c.Limit > 0 && s.N >= c.Limit {
		return nil, fault.New(fault.Conflict, "test.full", "đầy", "full")
	}
	if c.Crash == "decide" {
		panic("decide")
	}
	return []event.Fact{event.BagSealed{Bag: event.Thing(c.Key), Seal: c.Crash, Count: 1}}, nil
}

func fold(v *ledger.View, _ *event.Entry, f event.Fact) error {
	b, ok := f.(event.BagSealed)
	if !ok {
		return nil
	}
	if b.Seal == "fold" {
		return errors.New("fold is broken")
	}
	s := ledger.Edit[*tally](v, ledger.Key("t:"+string(b.Bag)))
	s.N++
	s.Where = fmt.Sprintf("shelf:%d", s.N%2)
	return nil
}

func open(t testing.TB, db *sqldb.DB) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), db, ledger.Config{
		Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}},
		Folds: []ledger.Fold{fold},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func envelope() ledger.Envelope {
	now := time.Now()
	return ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: "180100", Actor: "nv-1"}
}

func TestAppendGivesDenseOrderAndRepeatsTheFirstAnswer(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		e := envelope()
		first, err := l.Append(t.Context(), e, count{Key: "a"})
		if err != nil || first.Seq != 1 || first.Repeated {
			t.Fatalf("first: %+v, %v", first, err)
		}
		again, err := l.Append(t.Context(), e, count{Key: "a"})
		if err != nil || again.Seq != 1 || !again.Repeated || again.RecordedMs != first.RecordedMs {
			t.Fatalf("again: %+v, %v", again, err)
		}
		if _, err := l.Append(t.Context(), e, count{Key: "b"}); fault.Code(err) != "ledger.act_reused" {
			t.Fatalf("other content under the same id: %v", err)
		}
		next, err := l.Append(t.Context(), envelope(), count{Key: "a"})
		if err != nil || next.Seq != 2 {
			t.Fatalf("next: %+v, %v", next, err)
		}
	})
}

func TestARefusalNeverFailsItsNeighbours(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		subs := []ledger.Submission{
			{Envelope: envelope(), Act: count{Key: "a", Limit: 1}},
			{Envelope: envelope(), Act: count{Key: "a", Limit: 1}},
			{Envelope: envelope(), Act: count{Key: "b", Crash: "decide"}},
			{Envelope: envelope(), Act: count{Key: "b", Crash: "fold"}},
			{Envelope: envelope(), Act: count{Key: "b"}},
		}
		subs = append(subs, subs[0])
		rs, err := l.AppendAll(t.Context(), subs)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []bool{true, false, false, false, true, true} {
			if (rs[i].Err == nil) != want {
				t.Errorf("act %d: %v", i, rs[i].Err)
			}
		}
		if fault.Code(rs[1].Err) != "test.full" || !rs[5].Receipt.Repeated || rs[5].Receipt.Seq != rs[0].Receipt.Seq {
			t.Errorf("answers: %+v", rs)
		}
		if got := l.Seq(); got != 2 {
			t.Errorf("ledger holds %d entries, want 2", got)
		}
	})
}

func TestManyClientsGetOneOrderAndRebuildEqualsLive(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		const clients, each = 16, 40
		var wg sync.WaitGroup
		var seen sync.Map
		var failed atomic.Int64
		for c := range clients {
			wg.Go(func() {
				for i := range each {
					r, err := l.Append(context.Background(), envelope(), count{Key: fmt.Sprint((c + i) % 7)})
					if err != nil {
						failed.Add(1)
						continue
					}
					if _, twice := seen.LoadOrStore(r.Seq, true); twice {
						failed.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if failed.Load() > 0 || l.Seq() != clients*each {
			t.Fatalf("%d failed, %d entries", failed.Load(), l.Seq())
		}
		v := l.View(t.Context())
		total := 0
		for k := range 7 {
			s, ok := ledger.Get[*tally](v, ledger.Key(fmt.Sprint("t:", k)))
			if !ok {
				t.Fatalf("no state %d", k)
			}
			total += s.N
		}
		if total != clients*each {
			t.Errorf("states add up to %d", total)
		}
		assertReplayEqualsLive(t, l)
		if _, err := db.Write().ExecContext(t.Context(), `DELETE FROM ledger_state WHERE key = 't:3'`); err != nil {
			t.Fatal(err)
		}
		if d, err := l.Check(t.Context(), nil); err != nil || len(d) != 1 || d[0].Key != "t:3" || d[0].What != "missing" {
			t.Fatalf("a deleted state: %v, %v", d, err)
		}
		if err := l.Rebuild(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		assertReplayEqualsLive(t, l)
	})
}

func assertReplayEqualsLive(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	d, err := l.Check(t.Context(), nil)
	if err != nil || len(d) > 0 {
		t.Fatalf("replay differs from live: %v, %v", d, err)
	}
}

// TestAStateOfAnEarlierVersionIsRightAndAnotherSpellingOfItIsNot changes the bytes of a state that reads as before: without its last field, as a version wrote it that did not know it, and with a no
// written as four.
func TestAStateOfAnEarlierVersionIsRightAndAnotherSpellingOfItIsNot(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		if _, err := l.Append(t.Context(), envelope(), count{Key: "a"}); err != nil {
			t.Fatal(err)
		}
		now := (&tally{N: 1, Where: placeOf(t, l, "t:a")}).Encode(nil)
		for _, c := range []struct {
			body  []byte
			wrong int
		}{{now, 0}, {now[:len(now)-1], 0}, {append(slices.Clone(now[:len(now)-1]), 4), 1}} {
			if _, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_state SET body = $1 WHERE key = 't:a'`, c.body); err != nil {
				t.Fatal(err)
			}
			if d, err := l.Check(t.Context(), nil); err != nil || len(d) != c.wrong {
				t.Errorf("%x: %v, %v", c.body, d, err)
			}
		}
	})
}

func placeOf(t *testing.T, l *ledger.Ledger, k ledger.Key) string {
	t.Helper()
	s, ok := ledger.Get[*tally](l.View(t.Context()), k)
	if !ok {
		t.Fatalf("no state %s", k)
	}
	return s.Where
}

func TestStatesAreFoundByPlaceAndTrailsByKey(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		var want []int64
		for i := range 600 { // more than two pages of a trail
			r, err := l.Append(t.Context(), envelope(), count{Key: "a"})
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, r.Seq)
			if i%50 == 0 {
				if r, err = l.Append(t.Context(), envelope(), count{Key: "b"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		trails, err := l.Trails(t.Context(), []ledger.Key{"t:a", "t:b", "t:none"})
		if err != nil || fmt.Sprint(trails["t:a"]) != fmt.Sprint(want) || len(trails["t:b"]) != 12 || trails["t:none"] != nil {
			t.Fatalf("trails: %d and %d, %v", len(trails["t:a"]), len(trails["t:b"]), err)
		}
		if got := l.View(t.Context()).At("shelf:0", 't'); len(got) != 2 {
			t.Errorf("on shelf 0: %v", got)
		}
		assertReplayEqualsLive(t, l)
	})
}

// A follower that is kept busy must not ask for a commit after each act: those of the counters would wait for it. The more it had to do, the longer it lets entries gather.
func TestABusyFollowerLetsEntriesGather(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		const acts = 300
		rounds, seen, last, all := 0, 0, 0, make(chan struct{})
		var at time.Time
		var wg sync.WaitGroup
		wg.Go(func() {
			err := l.Follow(ctx, "test", func(_ context.Context, _ *sql.Tx, entries []event.Entry) error {
				if rest := time.Since(at); rest < min(time.Duration(last)*5*time.Millisecond, 500*time.Millisecond) {
					t.Errorf("after %d entries it was back in %v", last, rest)
				}
				at, last = time.Now(), len(entries)
				if rounds, seen = rounds+1, seen+last; seen == acts {
					close(all)
				}
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("follow: %v", err)
			}
		})
		for range acts {
			if _, err := l.Append(t.Context(), envelope(), count{Key: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-all:
		case <-time.After(20 * time.Second):
			t.Error("the follower did not get there")
		}
		cancel()
		wg.Wait()
		t.Logf("%d acts in %d transactions of the follower", acts, rounds)
	})
}

func TestFollowersWorkOnEveryEntryOnce(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		var got []int64
		all := make(chan struct{})
		work := func(_ context.Context, _ *sql.Tx, entries []event.Entry) error {
			mu.Lock()
			defer mu.Unlock()
			for _, e := range entries {
				got = append(got, e.Seq)
			}
			if len(got) >= 300 {
				select {
				case <-all:
				default:
					close(all)
				}
			}
			return nil
		}
		var wg sync.WaitGroup
		for range 2 { // two nodes under one name
			wg.Go(func() {
				if err := l.Follow(ctx, "test", work); !errors.Is(err, context.Canceled) {
					t.Errorf("follow: %v", err)
				}
			})
		}
		for range 300 {
			if _, err := l.Append(t.Context(), envelope(), count{Key: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-all:
		case <-time.After(20 * time.Second):
			t.Fatal("the follower did not get there")
		}
		cancel()
		wg.Wait()
		for i, seq := range got {
			if seq != int64(i+1) {
				t.Fatalf("entry %d came as number %d", seq, i+1)
			}
		}
	})
}

func TestEntriesReadBackAsTheyWereWritten(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := open(t, db)
		e := envelope()
		if _, err := l.Append(t.Context(), e, count{Key: "a"}); err != nil {
			t.Fatal(err)
		}
		got, err := l.Entries(t.Context(), []int64{1, 99})
		if err != nil || len(got) != 1 {
			t.Fatalf("%v, %v", got, err)
		}
		if g := got[0]; g.Act != e.Act || g.OccurredMs != e.OccurredMs || g.Office != e.Office || g.Actor != e.Actor || g.Facts[0] != (event.BagSealed{Bag: "a", Count: 1}) {
			t.Errorf("read back %+v", g)
		}
		r, ok, err := l.Find(t.Context(), e.Act)
		if err != nil || !ok || r.Seq != 1 {
			t.Errorf("find: %+v %v %v", r, ok, err)
		}
	})
}

func TestARebuildWithLittleMemoryGivesTheSameStates(t *testing.T) {
	skipShort(t)
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ledger.SetRebuildStates(t, 10)
		l := open(t, db)
		for i := range 12 {
			subs := make([]ledger.Submission, 500)
			for k := range subs {
				subs[k] = ledger.Submission{Envelope: envelope(), Act: count{Key: fmt.Sprint((k * k * (i + 1)) % 97)}}
			}
			if _, err := l.AppendAll(t.Context(), subs); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Rebuild(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		assertReplayEqualsLive(t, l)
		mustAppend(t, l, 100)
		assertReplayEqualsLive(t, l)
	})
}
