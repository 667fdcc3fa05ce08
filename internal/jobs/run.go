package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"citypost/internal/sqldb"
)

// Run works on jobs until ctx ends; then it waits for those under way. Several nodes may run at once: each job is claimed by one of them.
func (q *Queue) Run(ctx context.Context) error {
	workers, poll := q.Workers, q.Poll
	if workers == 0 {
		workers = 8
	}
	if poll == 0 {
		poll = time.Second
	}
	todo := make(chan Job)
	done := make(chan outcome, workers)
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for j := range todo {
				done <- q.attempt(ctx, j)
			}
		})
	}
	var noting sync.WaitGroup
	noting.Go(func() { q.noteAll(context.WithoutCancel(ctx), done) })
	err := q.feed(ctx, todo, 2*workers, poll)
	close(todo)
	working.Wait()
	close(done)
	noting.Wait()
	return err
}

// feed claims what is due and hands it to the workers.
func (q *Queue) feed(ctx context.Context, todo chan<- Job, most int, poll time.Duration) error {
	for {
		claimed, err := q.claimDue(ctx, most)
		if ctx.Err() != nil {
			return ctx.Err() // what was claimed runs when its lock is over
		}
		if err != nil {
			q.log().ErrorContext(ctx, "jobs not claimed, trying again", "err", err)
		}
		for _, j := range claimed {
			select {
			case todo <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if len(claimed) == most {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-q.wake:
		case <-time.After(poll):
		}
	}
}

// claimDue claims jobs that are due. It looks with a reading connection first: an idle queue must not take the one writer from the ledger.
func (q *Queue) claimDue(ctx context.Context, most int) ([]Job, error) {
	now := q.nowMs()
	var due bool
	err := q.DB.Read().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE dead_at_ms = 0 AND run_at_ms <= $1 AND locked_until_ms <= $1)`, now).Scan(&due)
	if err != nil || !due {
		return nil, err
	}
	rows, err := q.DB.Write().QueryContext(ctx, q.claimText(), now, now+lock.Milliseconds(), most)
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	defer rows.Close()
	var out []Job
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, fmt.Errorf("claim jobs: %w", err)
		}
		out = append(out, j)
	}
	return out, rows.Err()
}

// lock is how long a claimed job is nobody else's: longer than any attempt with the wait for a worker before it.
const lock = 5 * time.Minute

// claimText differs by engine: SQLite has one writer, so nobody else can claim the same row; on PostgreSQL the rows of other nodes are stepped over.
func (q *Queue) claimText() string {
	skip := ""
	if q.DB.Dialect == sqldb.Postgres {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	return `UPDATE job SET attempt = attempt + 1, locked_until_ms = $2 WHERE id IN (
		SELECT id FROM job WHERE dead_at_ms = 0 AND run_at_ms <= $1 AND locked_until_ms <= $1 ORDER BY run_at_ms, id LIMIT $3` + skip + `)
		RETURNING ` + columns
}

// outcome is how an attempt ended; stopped: it did not, because the program stops.
type outcome struct {
	job     Job
	err     error
	stopped bool
}

// attempt runs one job, with a limit in time; a panic is its failure and nobody else's.
func (q *Queue) attempt(ctx context.Context, j Job) (o outcome) {
	o.job = j
	k, ok := q.kinds[j.Kind]
	if !ok {
		o.err = fmt.Errorf("no work is registered for kind %s", j.Kind) // an older program beside a newer one: the newer one will do it
		return o
	}
	defer func() {
		if r := recover(); r != nil {
			q.log().Error("job panicked", "kind", j.Kind, "job", j.ID, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			o.err = fmt.Errorf("panic: %v", r)
		}
	}()
	limited, cancel := context.WithTimeout(ctx, k.Timeout)
	defer cancel()
	o.err = k.Do(limited, j)
	o.stopped = o.err != nil && ctx.Err() != nil
	return o
}

// noteAll writes down how attempts ended, all that have ended by now in one transaction.
func (q *Queue) noteAll(ctx context.Context, done <-chan outcome) {
	for o := range done {
		list := []outcome{o}
	gather:
		for len(list) < 200 {
			select {
			case more, open := <-done:
				if !open {
					break gather
				}
				list = append(list, more)
			default:
				break gather
			}
		}
		err := q.DB.Tx(ctx, func(tx *sql.Tx) error { return q.note(ctx, tx, list) })
		if err != nil { // they run again when their locks are over
			q.log().ErrorContext(ctx, "ends of jobs not noted", "jobs", len(list), "err", err)
		}
	}
}

func (q *Queue) note(ctx context.Context, tx *sql.Tx, list []outcome) error {
	var finished []any
	for _, o := range list {
		var err error
		switch {
		case o.err == nil:
			finished = append(finished, o.job.ID)
		case o.stopped:
			_, err = tx.ExecContext(ctx, `UPDATE job SET locked_until_ms = 0, attempt = attempt - 1 WHERE id = $1`, o.job.ID)
		default:
			err = q.noteFailure(ctx, tx, o)
		}
		if err != nil {
			return fmt.Errorf("note job %d: %w", o.job.ID, err)
		}
	}
	if len(finished) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM job WHERE id IN (`+sqldb.List(1, len(finished))+`)`, finished...)
	return err
}

// maxError is what is kept of an error: enough to understand it, not enough to hide something in.
const maxError = 300

func (q *Queue) noteFailure(ctx context.Context, tx *sql.Tx, o outcome) error {
	k, known := q.kinds[o.job.Kind]
	text := []rune(strings.ReplaceAll(o.err.Error(), "\x00", "")) // PostgreSQL's text cannot hold it
	why := string(text[:min(maxError, len(text))])
	now, dead := q.nowMs(), int64(0)
	wait := time.Minute
	if known {
		wait = k.Backoff(o.job.Attempt)
		if IsNever(o.err) || o.job.Attempt >= k.Attempts {
			dead = now
			q.log().WarnContext(ctx, "job is dead", "kind", o.job.Kind, "job", o.job.ID, "attempts", o.job.Attempt, "err", why)
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE job SET locked_until_ms = 0, run_at_ms = $2, last_error = $3, dead_at_ms = $4 WHERE id = $1`,
		o.job.ID, now+wait.Milliseconds(), why, dead)
	return err
}
