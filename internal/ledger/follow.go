package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"citypost/internal/event"
	"citypost/internal/sqldb"
)

// pause is how long a follower waits before it looks again without news: another node may have written.
const pause = time.Second

// followBatch bounds one transaction of a follower, so that it never keeps the writer waiting for long.
const followBatch = 500

// A follower that had much to do lets more gather before it looks again: its commits compete with those of the counters. One that had little is back at once.
const (
	restAnEntry = 5 * time.Millisecond
	longestRest = 500 * time.Millisecond
)

// Work is what a follower does with new entries, inside the transaction that also moves its cursor: it happens once, or not at all.
type Work func(ctx context.Context, tx *sql.Tx, entries []event.Entry) error

// Follow runs work over every entry, in order, from where the follower of this name last stood, until ctx ends.
// When several nodes follow under one name, one of them works at a time and the others look again after a pause; each entry is worked on once.
func (l *Ledger) Follow(ctx context.Context, name string, work Work) error {
	for {
		news := l.News()
		n, err := l.followOnce(ctx, name, work, false)
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
		case <-time.After(min(time.Duration(n)*restAnEntry, longestRest)):
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
		n, err := l.followOnce(ctx, name, work, true)
		if err != nil || n == 0 {
			return err
		}
	}
}

var errMoved = errors.New("another process moved the cursor")

// followOnce works on the next entries and says how many they were. Without wait it leaves them to a node that is at work already.
func (l *Ledger) followOnce(ctx context.Context, name string, work Work, wait bool) (n int, err error) {
	if l.known != nil && !slices.Contains(l.known, name) {
		return 0, fmt.Errorf("follow the ledger: %s is not among Config.Followers", name)
	}
	at, end, err := l.behind(ctx, l.db.Read(), name)
	if err != nil || at >= end {
		return 0, err
	}
	var entries []event.Entry
	if l.db.Dialect == sqldb.SQLite { // read before the transaction: it keeps the one writer
		if entries, err = l.After(ctx, at, followBatch); err != nil {
			return 0, err
		}
	}
	err = l.db.Tx(ctx, func(tx *sql.Tx) error {
		ours, err := l.db.Lock(ctx, tx, "follow:"+name, wait)
		if err != nil || !ours {
			return err
		}
		if l.db.Dialect == sqldb.Postgres { // read under the lock: the other nodes need not
			if at, _, err = l.behind(ctx, tx, name); err != nil {
				return err
			}
			if entries, err = l.after(ctx, tx, at, followBatch); err != nil {
				return err
			}
		}
		if n = len(entries); n == 0 {
			return nil
		}
		if err := moveCursor(ctx, tx, name, at, entries[n-1].Seq); err != nil {
			return err
		}
		return work(ctx, tx, entries)
	})
	if errors.Is(err, errMoved) {
		return n, nil
	}
	return n, err
}

// behind says where a follower stands and where the ledger ends.
func (l *Ledger) behind(ctx context.Context, q sqldb.Querier, name string) (at, end int64, err error) {
	if at, err = cursor(ctx, q, name); err != nil {
		return 0, 0, err
	}
	if err = q.QueryRowContext(ctx, `SELECT seq FROM ledger_head WHERE id = 1`).Scan(&end); err != nil {
		return 0, 0, fmt.Errorf("cursor of %s: %w", name, err)
	}
	return at, end, nil
}
