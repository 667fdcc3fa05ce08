package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"citypost/internal/fault"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Job is one piece of work.
type Job struct {
	ID        int64
	Kind      string
	Args      json.RawMessage
	Unique    string    // with it, a second job of the kind with the same key is not added while the first is there
	RunAt     time.Time // zero: now
	MadeAtMs  int64
	Attempt   int // 1 at the first run
	LastError string
	DeadAtMs  int64
}

// Kind is one sort of work.
type Kind struct {
	// Do works on one job. An error has it tried again later, one made by Never has it dead at once. It may run twice for one job: a machine
	// can stop between the work and the note that it is done.
	Do       func(ctx context.Context, j Job) error
	Attempts int                             // after which the job is dead; 0: 12
	Backoff  func(attempt int) time.Duration // the wait after a failed attempt; nil: Backoff
	Timeout  time.Duration                   // for one attempt; 0: 30 s
}

// never marks an error that trying again cannot mend.
type never struct{ error }

func (n never) Unwrap() error { return n.error }

// Never says that trying again cannot help: the job is dead at once.
func Never(err error) error { return never{err} }

// IsNever reports whether trying again cannot help.
func IsNever(err error) bool {
	_, ok := errors.AsType[never](err)
	return ok
}

// Backoff waits 10 s after the first failure and twice as long after each further one, at most six hours, a little by chance so that what failed
// together does not come back together. Twelve attempts span about six hours.
func Backoff(attempt int) time.Duration {
	const first, longest = 10 * time.Second, 6 * time.Hour
	d := longest
	if attempt < 12 {
		d = min(longest, first<<max(0, attempt-1))
	}
	return d + time.Duration(rand.Int64N(int64(d)/5+1))
}

// Queue is the jobs of one house.
type Queue struct {
	DB      *sqldb.DB
	Now     func() time.Time
	Log     *slog.Logger  // nil: slog.Default
	Workers int           // at once; 0: 8
	Poll    time.Duration // how often to look without being woken: another node may have added, or a wait is over; 0: 1 s

	kinds map[string]Kind
	wake  chan struct{}
}

// Open brings the table up to date.
func Open(ctx context.Context, db *sqldb.DB, now func() time.Time) (*Queue, error) {
	if now == nil {
		now = time.Now
	}
	q := &Queue{DB: db, Now: now, kinds: map[string]Kind{}, wake: make(chan struct{}, 1)}
	return q, sqldb.Migrate(ctx, db, "jobs", schema)
}

// Register says how jobs of a kind are done, before Run.
func (q *Queue) Register(name string, k Kind) {
	if _, twice := q.kinds[name]; twice {
		panic("jobs: the kind " + name + " is registered twice")
	}
	if k.Attempts == 0 {
		k.Attempts = 12
	}
	if k.Backoff == nil {
		k.Backoff = Backoff
	}
	if k.Timeout == 0 {
		k.Timeout = 30 * time.Second
	}
	q.kinds[name] = k
}

func (q *Queue) log() *slog.Logger {
	if q.Log == nil {
		return slog.Default()
	}
	return q.Log
}

func (q *Queue) nowMs() int64 { return q.Now().UnixMilli() }

// addChunk is how many jobs one statement adds: five values each, far below both engines' limits.
const addChunk = 100

// Add puts jobs into the caller's transaction: they exist when it is committed and not otherwise. Call Wake afterwards to have them run at once.
func (q *Queue) Add(ctx context.Context, tx sqldb.Querier, list ...Job) error {
	for len(list) > 0 {
		part := list[:min(addChunk, len(list))]
		list = list[len(part):]
		args := make([]any, 0, 5*len(part))
		for _, j := range part {
			args = append(args, q.columns(j)...)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO job (kind, args, unique_key, run_at_ms, made_at_ms) VALUES `+sqldb.Rows(len(part), 5)+
			` ON CONFLICT DO NOTHING`, args...); err != nil {
			return fmt.Errorf("add jobs: %w", err)
		}
	}
	return nil
}

func (q *Queue) columns(j Job) []any {
	now := q.nowMs()
	run := now
	if !j.RunAt.IsZero() {
		run = j.RunAt.UnixMilli()
	}
	var unique any
	if j.Unique != "" {
		unique = j.Unique
	}
	args := []byte(j.Args)
	if args == nil {
		args = []byte("null")
	}
	return []any{j.Kind, args, unique, run, now}
}

// Wake has the workers look at once.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default: // they are about to look anyway
	}
}

// Counts is how many jobs wait and how many are dead.
type Counts struct{ Waiting, Dead int }

// Count counts the jobs.
func (q *Queue) Count(ctx context.Context) (c Counts, err error) {
	err = q.DB.Read().QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE dead_at_ms = 0), count(*) FILTER (WHERE dead_at_ms > 0) FROM job`).Scan(&c.Waiting, &c.Dead)
	if err != nil {
		return c, fmt.Errorf("count jobs: %w", err)
	}
	return c, nil
}

const columns = `id, kind, args, coalesce(unique_key, ''), run_at_ms, made_at_ms, attempt, last_error, dead_at_ms`

type scanner interface{ Scan(...any) error }

func scanJob(row scanner) (Job, error) {
	var j Job
	var args []byte
	var runMs int64
	err := row.Scan(&j.ID, &j.Kind, &args, &j.Unique, &runMs, &j.MadeAtMs, &j.Attempt, &j.LastError, &j.DeadAtMs)
	j.Args, j.RunAt = args, time.UnixMilli(runMs)
	return j, err
}

// Dead lists at most limit dead jobs of a kind, newest first, before one of them (0 from the newest).
func (q *Queue) Dead(ctx context.Context, kind string, before int64, limit int) ([]Job, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return q.list(ctx, `SELECT `+columns+` FROM job WHERE dead_at_ms > 0 AND kind = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, kind, before, limit)
}

func (q *Queue) list(ctx context.Context, text string, args ...any) ([]Job, error) {
	rows, err := q.DB.Read().QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	defer rows.Close()
	var out []Job
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, fmt.Errorf("list jobs: %w", err)
		}
		out = append(out, j)
	}
	return out, rows.Err()
}

// Retry has a dead job tried anew, with all its attempts before it.
func (q *Queue) Retry(ctx context.Context, kind string, id int64) error {
	err := q.dead(ctx, `UPDATE job SET dead_at_ms = 0, attempt = 0, locked_until_ms = 0, run_at_ms = $3 WHERE id = $1 AND kind = $2 AND dead_at_ms > 0`, id, kind, q.nowMs())
	if err == nil {
		q.Wake()
	}
	return err
}

// Discard gives a dead job up for good.
func (q *Queue) Discard(ctx context.Context, kind string, id int64) error {
	return q.dead(ctx, `DELETE FROM job WHERE id = $1 AND kind = $2 AND dead_at_ms > 0`, id, kind)
}

func (q *Queue) dead(ctx context.Context, text string, args ...any) error {
	res, err := q.DB.Write().ExecContext(ctx, text, args...)
	if err != nil {
		return sqldb.Refine(fmt.Errorf("change dead job: %w", err))
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fault.New(fault.NotFound, "jobs.not_dead", "Việc này không còn trong danh sách việc hỏng.", "This job is no longer among the dead ones."))
	}
	return nil
}
