package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"citypost/internal/event"
	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"

	"golang.org/x/mod/sumdb/tlog"
)

// Audit reads a ledger's tables to verify them, without opening the ledger: it changes nothing and trusts nothing. It is a tree.LogSource. While others write, look through Still.
type Audit struct {
	DB    *sqldb.DB
	still *still // nil: each question sees the database as it is then
}

// Size is the number of entries that the head row names.
func (a Audit) Size(ctx context.Context) (seq int64, err error) {
	err = a.on(ctx, func(q sqldb.Querier) error {
		return q.QueryRowContext(ctx, `SELECT seq FROM ledger_head WHERE id = 1`).Scan(&seq)
	})
	return seq, err
}

// Entries yields the stored entries.
func (a Audit) Entries(ctx context.Context, from, to int64, yield func(tree.Entry) error) error {
	return a.on(ctx, func(q sqldb.Querier) error {
		return eachBody(ctx, q, `SELECT seq, body FROM ledger_entry WHERE seq >= $1 AND seq <= $2 ORDER BY seq`, []any{from, to},
			func(seq int64, body []byte) error { return yield(tree.Entry{Seq: seq, Body: body}) })
	})
}

// Tile gives a stored tile.
func (a Audit) Tile(ctx context.Context, level int, n int64) (hashes []byte, err error) {
	err = a.on(ctx, func(q sqldb.Querier) error {
		hashes, err = tiles(ctx, q)(level, n)
		return err
	})
	return hashes, err
}

// Checkpoints yields the stored checkpoints.
func (a Audit) Checkpoints(ctx context.Context, after, upto int64, yield func(size int64, signed []byte) error) error {
	return a.on(ctx, func(q sqldb.Querier) error {
		rows, err := q.QueryContext(ctx, `SELECT size, signed FROM ledger_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size`, after, upto)
		if err != nil {
			return fmt.Errorf("read checkpoints: %w", err)
		}
		return allRows(rows, func(rows *sql.Rows) error {
			var size int64
			var signed []byte
			if err := rows.Scan(&size, &signed); err != nil {
				return fmt.Errorf("read checkpoints: %w", err)
			}
			return yield(size, signed)
		})
	})
}

// Newest gives the newest signed checkpoint, nil when there is none.
func (a Audit) Newest(ctx context.Context) (signed []byte, err error) {
	err = a.on(ctx, func(q sqldb.Querier) error {
		c, err := newestCheckpoint(ctx, q)
		signed = c.signed
		return err
	})
	return signed, err
}

// Keyring gives the keys that the ledger names itself, nil when it names none. They prove that the ledger agrees with itself; that it is the post's, only keys from
// elsewhere can prove.
func (a Audit) Keyring(ctx context.Context) (*tree.Keyring, error) {
	v := newView(ctx, map[byte]Kind{'k': keysKind}, auditLoader{a}, 0)
	return ringOf(v)
}

// Tiles yields all stored tiles, for an export.
func (a Audit) Tiles(ctx context.Context, yield func(level int, n int64, hashes []byte) error) error {
	return a.on(ctx, func(q sqldb.Querier) error {
		rows, err := q.QueryContext(ctx, `SELECT level, n, hashes FROM ledger_tile ORDER BY level, n`)
		if err != nil {
			return fmt.Errorf("read tiles: %w", err)
		}
		return allRows(rows, func(rows *sql.Rows) error {
			var level int
			var n int64
			var hashes []byte
			if err := rows.Scan(&level, &n, &hashes); err != nil {
				return fmt.Errorf("read tiles: %w", err)
			}
			return yield(level, n, hashes)
		})
	})
}

// RootAt is the tree hash of the first size entries, from the stored tiles and the entries after the last full one.
func (a Audit) RootAt(ctx context.Context, size int64) (root tlog.Hash, err error) {
	err = a.on(ctx, func(q sqldb.Querier) error {
		f, err := restore(ctx, q, size)
		if err == nil {
			root = f.Root()
		}
		return err
	})
	return root, err
}

// RecordedMs is when the last entry was recorded.
func (a Audit) RecordedMs(ctx context.Context) (ms int64, err error) {
	err = a.on(ctx, func(q sqldb.Querier) error {
		return q.QueryRowContext(ctx, `SELECT recorded_ms FROM ledger_head WHERE id = 1`).Scan(&ms)
	})
	return ms, err
}

// RecordedAt is when an entry was recorded; before the first it is the first.
func (a Audit) RecordedAt(ctx context.Context, seq int64) (ms int64, err error) {
	seq = max(1, seq)
	err = a.Entries(ctx, seq, seq, func(e tree.Entry) error {
		read, err := event.Read(e.Seq, e.Body)
		ms = read.RecordedMs
		return err
	})
	if err == nil && ms == 0 {
		err = fmt.Errorf("no entry %d", seq)
	}
	return ms, err
}

// Followers gives where each follower stands.
func (a Audit) Followers(ctx context.Context) ([]Cursor, error) { return cursors(ctx, a.DB.Read()) }

// PublishedDamaged reports whether the row of the public checkpoint is not as it was written.
func (a Audit) PublishedDamaged(ctx context.Context) (bool, error) {
	_, err := newestPublished(ctx, a.DB.Read())
	if errors.Is(err, errPublishedDamaged) {
		return true, nil
	}
	return false, err
}
