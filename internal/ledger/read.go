package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"citypost/internal/event"
	"citypost/internal/sqldb"
)

func entryAt(ctx context.Context, q sqldb.Querier, seq int64) (event.Entry, error) {
	var body []byte
	err := q.QueryRowContext(ctx, `SELECT body FROM ledger_entry WHERE seq = $1`, seq).Scan(&body)
	if err != nil {
		return event.Entry{}, fmt.Errorf("read entry %d: %w", seq, err)
	}
	return event.Read(seq, body)
}

// Body gives the bytes of one entry: what is hashed and stored.
func (l *Ledger) Body(ctx context.Context, seq int64) ([]byte, error) {
	var body []byte
	err := l.db.Read().QueryRowContext(ctx, `SELECT body FROM ledger_entry WHERE seq = $1`, seq).Scan(&body)
	if err != nil {
		return nil, fmt.Errorf("read entry %d: %w", seq, err)
	}
	return body, nil
}

// Entries gives the entries with these numbers, in order; numbers that do not exist are left out.
func (l *Ledger) Entries(ctx context.Context, numbers []int64) ([]event.Entry, error) {
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	args := make([]any, len(numbers))
	for i, n := range numbers {
		args[i] = n
	}
	out := make([]event.Entry, 0, len(numbers))
	err := askAll(ctx, l.db, `SELECT seq, body FROM ledger_entry WHERE seq IN (`, args, func(rows *sql.Rows) error {
		var seq int64
		var body sql.RawBytes
		if err := rows.Scan(&seq, &body); err != nil {
			return err
		}
		e, err := event.Read(seq, body)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	slices.SortFunc(out, func(a, b event.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	return out, nil
}

// After gives at most limit entries that follow entry seq.
func (l *Ledger) After(ctx context.Context, seq int64, limit int) ([]event.Entry, error) {
	return l.after(ctx, l.db.Read(), seq, limit)
}

func (l *Ledger) after(ctx context.Context, q reader, seq int64, limit int) ([]event.Entry, error) {
	var out []event.Entry
	err := eachBody(ctx, q, `SELECT seq, body FROM ledger_entry WHERE seq > $1 ORDER BY seq LIMIT $2`, []any{seq, limit}, func(seq int64, body []byte) error {
		e, err := event.Read(seq, body)
		out = append(out, e)
		return err
	})
	return out, err
}

func eachBody(ctx context.Context, q reader, text string, args []any, each func(seq int64, body []byte) error) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	var body sql.RawBytes
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq, &body); err != nil {
			return fmt.Errorf("read entries: %w", err)
		}
		if err := each(seq, body); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EachBody reads the bytes of all entries after one, in order, for export and verification.
func (l *Ledger) EachBody(ctx context.Context, after int64, each func(seq int64, body []byte) error) error {
	return eachBody(ctx, l.db.Read(), `SELECT seq, body FROM ledger_entry WHERE seq > $1 ORDER BY seq`, []any{after}, each)
}

// Find gives the receipt of an act by its id; ok is false when the ledger does not have it.
func (l *Ledger) Find(ctx context.Context, act [16]byte) (r Receipt, ok bool, err error) {
	var seq int64
	stmt, err := l.db.Ask(ctx, `SELECT seq FROM ledger_act WHERE id = $1`)
	if err != nil {
		return r, false, err
	}
	err = stmt.QueryRowContext(ctx, act[:]).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("find act: %w", err)
	}
	e, err := entryAt(ctx, l.db.Read(), seq)
	return receipt(&e, true), err == nil, err
}

// Trails gives, for each key, the numbers of the entries that touched it, oldest first.
func (l *Ledger) Trails(ctx context.Context, keys []Key) (map[Key][]int64, error) {
	out := make(map[Key][]int64, len(keys))
	err := dbLoader{l.db}.states(ctx, keys, func(k Key, trail, _ []byte) error {
		out[k] = seqs(trail)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for k, recent := range out {
		if len(recent) == 0 || len(recent) > trailPage {
			continue
		}
		older, err := l.pages(ctx, k)
		if err != nil {
			return nil, err
		}
		out[k] = append(older, recent...)
	}
	return out, nil
}

func (l *Ledger) pages(ctx context.Context, k Key) ([]int64, error) {
	rows, err := l.db.Read().QueryContext(ctx, `SELECT seqs FROM ledger_trail WHERE key = $1 ORDER BY first`, string(k))
	if err != nil {
		return nil, fmt.Errorf("older trail of %s: %w", k, err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, fmt.Errorf("older trail of %s: %w", k, err)
		}
		out = append(out, seqs(b)...)
	}
	return out, rows.Err()
}

// Stats counts what the ledger holds.
type Stats struct {
	Entries     int64 `json:"entries"`
	RecordedMs  int64 `json:"recorded_ms"`  // of the last entry
	BodyBytes   int64 `json:"body_bytes"`   // of all entries
	States      int64 `json:"states"`       // things that the entries speak of
	OnBoards    int64 `json:"on_boards"`    // of them, those that lie somewhere
	DatabaseLen int64 `json:"database_len"` // bytes on disk, tables and indexes
}

// Stats counts the ledger. It reads every entry: minutes on a large one.
func (l *Ledger) Stats(ctx context.Context) (Stats, error) {
	var s Stats
	err := l.db.Read().QueryRowContext(ctx, `SELECT h.seq, h.recorded_ms, (SELECT coalesce(sum(length(body)), 0) FROM ledger_entry),
		(SELECT count(*) FROM ledger_state), (SELECT count(*) FROM ledger_state WHERE place IS NOT NULL) FROM ledger_head h`).
		Scan(&s.Entries, &s.RecordedMs, &s.BodyBytes, &s.States, &s.OnBoards)
	if err != nil {
		return s, fmt.Errorf("count: %w", err)
	}
	s.DatabaseLen, err = l.Size(ctx)
	return s, err
}

// Size is how many bytes the whole database takes on disk, tables and indexes.
func (l *Ledger) Size(ctx context.Context) (n int64, err error) {
	text := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if l.db.Dialect == sqldb.Postgres {
		text = `SELECT pg_database_size(current_database())`
	}
	if err := l.db.Read().QueryRowContext(ctx, text).Scan(&n); err != nil {
		return n, fmt.Errorf("size of database: %w", err)
	}
	return n, nil
}
