package jobs_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/jobs"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// clock is a time that tests move.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time           { return time.UnixMilli(c.ms.Load()) }
func (c *clock) forward(by time.Duration) { c.ms.Add(by.Milliseconds()) }

func open(t *testing.T, db *sqldb.DB) (*jobs.Queue, *clock) {
	t.Helper()
	c := newClock()
	q, err := jobs.Open(t.Context(), db, c.now)
	if err != nil {
		t.Fatal(err)
	}
	q.Poll = 5 * time.Millisecond
	return q, c
}

func add(t *testing.T, db *sqldb.DB, q *jobs.Queue, list ...jobs.Job) {
	t.Helper()
	if err := db.Tx(t.Context(), func(tx *sql.Tx) error { return q.Add(t.Context(), tx, list...) }); err != nil {
		t.Fatal(err)
	}
	q.Wake()
}

// run works until the test ends or the returned function is called.
func run(t *testing.T, q *jobs.Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := q.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

// wait waits for a value, with patience for a busy machine.
func wait[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// until waits for a condition that has no signal of its own: a row noted by the workers.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 4000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func counts(t *testing.T, q *jobs.Queue) jobs.Counts {
	t.Helper()
	c, err := q.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryJobIsDoneOnceByTwoNodes(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		const n = 300
		var mu sync.Mutex
		seen := map[string]int{}
		all := make(chan struct{})
		kind := jobs.Kind{Do: func(_ context.Context, j jobs.Job) error {
			mu.Lock()
			defer mu.Unlock()
			if seen[string(j.Args)]++; len(seen) == n {
				close(all)
			}
			return nil
		}}
		a, _ := open(t, db)
		b, _ := open(t, db)
		a.Register("count", kind)
		b.Register("count", kind)
		var list []jobs.Job
		for i := range n {
			list = append(list, jobs.Job{Kind: "count", Args: json.RawMessage(fmt.Sprint(i))})
		}
		add(t, db, a, list...)
		run(t, a)
		run(t, b)
		wait(t, all)
		until(t, "the table is empty", func() bool { return counts(t, a) == jobs.Counts{} })
		for args, times := range seen {
			if times != 1 {
				t.Errorf("job %s was done %d times", args, times)
			}
		}
	})
}

func TestAJobExistsOnlyWithItsTransaction(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		q, _ := open(t, db)
		broken := errors.New("broken")
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			if err := q.Add(t.Context(), tx, jobs.Job{Kind: "x"}); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) || counts(t, q) != (jobs.Counts{}) {
			t.Errorf("%v, %+v", err, counts(t, q))
		}
	})
}

func TestTheSameKeyIsAddedOnce(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		q, _ := open(t, db)
		add(t, db, q, jobs.Job{Kind: "a", Unique: "1"}, jobs.Job{Kind: "a", Unique: "1"}, jobs.Job{Kind: "b", Unique: "1"}, jobs.Job{Kind: "a"}, jobs.Job{Kind: "a"})
		if c := counts(t, q); c.Waiting != 4 {
			t.Errorf("%+v", c)
		}
	})
}

func TestAFailedJobWaitsAndInTheEndIsDeadUntilAPersonRetriesIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		q, c := open(t, db)
		attempts := make(chan int)
		var mend atomic.Bool
		q.Register("send", jobs.Kind{Attempts: 3, Backoff: func(n int) time.Duration { return time.Duration(n) * time.Minute }, Do: func(_ context.Context, j jobs.Job) error {
			attempts <- j.Attempt
			if mend.Load() {
				return nil
			}
			return errors.New("no\x00 route " + strings.Repeat("ê", 1000))
		}})
		add(t, db, q, jobs.Job{Kind: "send"})
		run(t, q)
		for n := 1; n <= 3; n++ {
			if got := wait(t, attempts); got != n {
				t.Fatalf("attempt %d, want %d", got, n)
			}
			if n < 3 {
				until(t, "the failure is noted", func() bool { return noted(t, db, n) })
				c.forward(time.Duration(n)*time.Minute - time.Second)
				select {
				case <-attempts:
					t.Fatal("tried again before its wait was over")
				case <-time.After(50 * time.Millisecond):
				}
				c.forward(2 * time.Second)
			}
		}
		until(t, "the job is dead", func() bool { return counts(t, q) == jobs.Counts{Dead: 1} })
		dead, err := q.Dead(t.Context(), "send", 0, 10)
		if err != nil || len(dead) != 1 || !strings.HasPrefix(dead[0].LastError, "no route ê") || len([]rune(dead[0].LastError)) != 300 {
			t.Fatalf("%+v, %v", dead, err)
		}
		if err := q.Retry(t.Context(), "other", dead[0].ID); fault.Code(err) != "jobs.not_dead" {
			t.Errorf("retry of another kind: %v", err)
		}
		mend.Store(true)
		if err := q.Retry(t.Context(), "send", dead[0].ID); err != nil {
			t.Fatal(err)
		}
		if got := wait(t, attempts); got != 1 {
			t.Errorf("the retried job counts from %d", got)
		}
		until(t, "the job is done", func() bool { return counts(t, q) == jobs.Counts{} })
	})
}

func noted(t *testing.T, db *sqldb.DB, attempt int) bool {
	t.Helper()
	var n int
	if err := db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM job WHERE attempt = $1 AND locked_until_ms = 0 AND last_error <> ''`, attempt).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n == 1
}

func TestWhatNoRetryCanMendIsDeadAtOnceAndCanBeDiscarded(t *testing.T) {
	q, _ := open(t, sqltest.SQLite(t))
	q.Register("send", jobs.Kind{Do: func(context.Context, jobs.Job) error { return jobs.Never(errors.New("gone")) }})
	add(t, q.DB, q, jobs.Job{Kind: "send"})
	run(t, q)
	until(t, "the job is dead", func() bool { return counts(t, q) == jobs.Counts{Dead: 1} })
	dead, err := q.Dead(t.Context(), "send", 0, 10)
	if err != nil || len(dead) != 1 || dead[0].Attempt != 1 {
		t.Fatalf("%+v, %v", dead, err)
	}
	if err := q.Discard(t.Context(), "send", dead[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := q.Discard(t.Context(), "send", dead[0].ID); fault.Code(err) != "jobs.not_dead" {
		t.Errorf("twice: %v", err)
	}
}

func TestAPanicIsTheJobsOwnFailure(t *testing.T) {
	q, _ := open(t, sqltest.SQLite(t))
	done := make(chan struct{})
	q.Register("bad", jobs.Kind{Attempts: 1, Do: func(context.Context, jobs.Job) error { panic("oh") }})
	q.Register("good", jobs.Kind{Do: func(context.Context, jobs.Job) error { close(done); return nil }})
	add(t, q.DB, q, jobs.Job{Kind: "bad"}, jobs.Job{Kind: "good"})
	run(t, q)
	wait(t, done)
	until(t, "the job is dead", func() bool { return counts(t, q) == jobs.Counts{Dead: 1} })
}

func TestAJobOfAMachineThatStoppedRunsAgainWhenItsLockIsOver(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		q, c := open(t, db)
		add(t, db, q, jobs.Job{Kind: "send"})
		// As a machine leaves it that claimed the job and then lost power.
		if _, err := db.Write().ExecContext(t.Context(), `UPDATE job SET attempt = 1, locked_until_ms = $1`, c.now().Add(5*time.Minute).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		ran := make(chan int, 1)
		q.Register("send", jobs.Kind{Do: func(_ context.Context, j jobs.Job) error { ran <- j.Attempt; return nil }})
		run(t, q)
		select {
		case <-ran:
			t.Fatal("another machine's job was taken")
		case <-time.After(50 * time.Millisecond):
		}
		c.forward(6 * time.Minute)
		if got := wait(t, ran); got != 2 {
			t.Errorf("attempt %d", got)
		}
	})
}

func TestStoppingTheProgramCostsNoAttempt(t *testing.T) {
	q, _ := open(t, sqltest.SQLite(t))
	started := make(chan struct{})
	q.Register("slow", jobs.Kind{Do: func(ctx context.Context, _ jobs.Job) error {
		close(started)
		<-ctx.Done()
		return ctx.Err()
	}})
	add(t, q.DB, q, jobs.Job{Kind: "slow"})
	stop := run(t, q)
	wait(t, started)
	stop()
	var attempt, locked int64
	if err := q.DB.Read().QueryRowContext(t.Context(), `SELECT attempt, locked_until_ms FROM job`).Scan(&attempt, &locked); err != nil || attempt != 0 || locked != 0 {
		t.Errorf("attempt %d, locked until %d, %v", attempt, locked, err)
	}
}

func TestBackoffGrowsAndHasAnEnd(t *testing.T) {
	last := time.Duration(0)
	for n := 1; n <= 40; n++ {
		d := jobs.Backoff(n)
		if d < 10*time.Second || d > 6*time.Hour*6/5 || n <= 11 && d < last*3/4 {
			t.Errorf("after attempt %d: %v", n, d)
		}
		last = d
	}
}
