package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"citypost/internal/event"
)

// pause is how long a follower waits before it looks again without news: another node may have written.
const pause = time.Second

// followBatch bounds one transaction of a follower, so that it never keeps the writer waiting for long.
const followBatch = 500

// Work is what a follower does with new entries, inside the transaction that also moves its cursor: it happens once, or not at all.
type Work func(ctx context.Context, tx *sql.Tx, entries []event.Entry) error

// Follow runs work over every entry, in order, from where the follower of this name last stood, until ctx ends.
// When several nodes follow under one name, each entry is still worked on once: a node that finds the cursor moved gives up its turn.
func (l *Ledger) Follow(ctx context.Context, name string, work Work) error {
	for {
		news := l.News()
		n, err := l.followOnce(ctx, name, work)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			slog.Error("follower failed, trying again", "follower", name, "err", err)
		}
		if n == followBatch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-news:
		case <-time.After(pause):
		}
	}
}

// CatchUp runs work until the follower stands at the ledger's end.
func (l *Ledger) CatchUp(ctx context.Context, name string, work Work) error {
	for {
		n, err := l.followOnce(ctx, name, work)
		if err != nil || n == 0 {
			return err
		}
	}
}

var errMoved = errors.New("another node moved the cursor")

func (l *Ledger) followOnce(ctx context.Context, name string, work Work) (int, error) {
	at, err := l.Cursor(ctx, name)
	if err != nil {
		return 0, err
	}
	entries, err := l.After(ctx, at, followBatch)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := moveCursor(ctx, tx, name, at, entries[len(entries)-1].Seq); err != nil {
			return err
		}
		return work(ctx, tx, entries)
	})
	if errors.Is(err, errMoved) {
		return len(entries), nil
	}
	return len(entries), err
}

// Cursor is the last entry that the follower of this name has worked on.
func (l *Ledger) Cursor(ctx context.Context, name string) (int64, error) {
	var at int64
	err := l.db.Read().QueryRowContext(ctx, `SELECT seq FROM ledger_follower WHERE name = $1`, name).Scan(&at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("cursor of %s: %w", name, err)
	}
	return at, nil
}

func moveCursor(ctx context.Context, tx *sql.Tx, name string, from, to int64) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO ledger_follower (name, seq) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING`, name); err != nil {
		return fmt.Errorf("cursor of %s: %w", name, err)
	}
	res, err := tx.ExecContext(ctx, `UPDATE ledger_follower SET seq = $2 WHERE name = $1 AND seq = $3`, name, to, from)
	if err != nil {
		return fmt.Errorf("move cursor of %s: %w", name, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errMoved, err)
	}
	return nil
}
