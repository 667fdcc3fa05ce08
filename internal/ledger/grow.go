package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"

	"golang.org/x/mod/sumdb/tlog"
)

// tileWidth is the number of hashes in a full tile.
const tileWidth = 256

// grow adds the batch's entries to the tree and takes the tiles that became full. The grown tree is published only after the commit; when the
// batch fails it is forgotten, and the next one starts from the tree as it was.
func (b *batch) grow(rows *Rows) {
	commitments := make([]tree.Commitment, len(b.added))
	for i, p := range b.added {
		commitments[i] = tree.Commit(p.body)
	}
	rows.tiles = b.frontier.Append(commitments)
}

func putTile(ctx context.Context, tx *sql.Tx, level int, n int64, hashes []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO ledger_tile (level, n, hashes) VALUES ($1, $2, $3)
		ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes`, level, n, hashes)
	if err != nil {
		return fmt.Errorf("write tile %d/%d: %w", level, n, err)
	}
	return nil
}

// tiles reads stored full tiles; fs.ErrNotExist when there is none.
func tiles(ctx context.Context, q sqldb.Querier) tree.TileReader {
	return func(level int, n int64) ([]byte, error) {
		var hashes []byte
		err := q.QueryRowContext(ctx, `SELECT hashes FROM ledger_tile WHERE level = $1 AND n = $2`, level, n).Scan(&hashes)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fs.ErrNotExist
		}
		return hashes, err
	}
}

// restore makes the tree of the first size entries from the stored tiles and the entries after the last full one.
func restore(ctx context.Context, q sqldb.Querier, size int64) (tree.Frontier, error) {
	tail := make([]tlog.Hash, 0, tileWidth)
	err := eachBody(ctx, q, `SELECT seq, body FROM ledger_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq`, []any{size - size%tileWidth, size},
		func(_ int64, body []byte) error {
			tail = append(tail, tree.LeafHash(tree.Commit(body)))
			return nil
		})
	if err != nil {
		return tree.Frontier{}, err
	}
	return tree.Restore(size, tiles(ctx, q), tail)
}

// recall restores the tree at the ledger's opening and compares it with the last signed checkpoint. A difference means that somebody changed what was
// recorded: writing stops, because every further signature would vouch for it.
func (l *Ledger) recall(ctx context.Context) error {
	return l.db.Tx(ctx, func(tx *sql.Tx) error {
		var seq, recordedMs int64
		err := tx.QueryRowContext(ctx, `UPDATE ledger_head SET seq = seq WHERE id = 1 RETURNING seq, recorded_ms`).Scan(&seq, &recordedMs)
		if err != nil {
			return fmt.Errorf("read head: %w", err)
		}
		l.seq.Store(seq)
		last, err := newestCheckpoint(ctx, tx)
		if err != nil {
			return err
		}
		f, err := restore(ctx, tx, seq)
		if err == nil {
			err = agrees(f, tiles(ctx, tx), last)
		}
		if err != nil {
			slog.Error("ledger stopped: the tree does not fit its last checkpoint", "entries", seq, "signed", last.size, "err", err)
			l.stopped.Store(treeDiffers(last.size).Because(err))
			return nil
		}
		if l.head.last, err = commitmentAt(ctx, tx, seq); err != nil {
			return err
		}
		l.head.seq, l.head.ms, l.head.frontier, l.head.signed = seq, recordedMs, f, last.size
		l.publish(f)
		return nil
	})
}

// agrees compares a restored tree with a signed checkpoint of it.
func agrees(f tree.Frontier, read tree.TileReader, last checkpoint) error {
	if last.size == 0 {
		return nil
	}
	c, err := tree.ParseCheckpoint(last.text())
	if err != nil {
		return err
	}
	root, err := tree.NewProver(f, read).RootAt(c.Size)
	if err != nil {
		return err
	}
	if root != c.Root {
		return fmt.Errorf("root at %d is %v, signed was %v", c.Size, root, c.Root)
	}
	return nil
}

func treeDiffers(size int64) *fault.Error {
	return fault.New(fault.Unavailable, "ledger.tree_differs",
		"Sổ cái không khớp với điểm chốt đã ký ở dòng %d: có dữ liệu đã bị sửa hoặc mất. Hệ thống ngừng ghi. Hãy chạy «citypost verify» để tìm chỗ sai.",
		"The ledger does not fit its signed checkpoint at entry %d: something was changed or lost. Writing has stopped. Run “citypost verify” to find the place.", size)
}

// follow catches up with entries that another process wrote since our last batch, and sees whether ours are still there.
func (b *batch) follow() error {
	h := &b.l.head
	b.frontier, b.last = h.frontier, h.last
	if h.seq == b.seq && h.ms == b.headMs {
		return nil
	}
	if err := b.stillThere(); err != nil {
		return err
	}
	var err error
	if b.last, err = commitmentAt(b.ctx, b.tx, b.seq); err != nil {
		return err
	}
	b.frontier, err = restore(b.ctx, b.tx, b.seq)
	return err
}

// errWentBack says that the database no longer holds what it held: somebody put back a copy, or a machine took over that had not got everything. What was
// answered is gone, and every further signature would contradict one that the public may have seen.
var errWentBack = errors.New("the database has lost entries")

// stillThere compares the last entry that we know with what stands in its place. Salts make every entry unlike any other.
func (b *batch) stillThere() error {
	h := &b.l.head
	if h.seq == 0 {
		return nil
	}
	if b.seq < h.seq {
		return fmt.Errorf("%w: it ends at %d, we know %d", errWentBack, b.seq, h.seq)
	}
	c, err := commitmentAt(b.ctx, b.tx, h.seq)
	if err != nil {
		return err
	}
	if c != h.last {
		return fmt.Errorf("%w: another one stands at %d", errWentBack, h.seq)
	}
	return nil
}

// commitmentAt reads what the tree holds of an entry; the empty commitment before the first.
func commitmentAt(ctx context.Context, q sqldb.Querier, seq int64) (c tree.Commitment, err error) {
	if seq == 0 {
		return c, nil
	}
	var body []byte
	if err := q.QueryRowContext(ctx, `SELECT body FROM ledger_entry WHERE seq = $1`, seq).Scan(&body); err != nil {
		return c, fmt.Errorf("read entry %d: %w", seq, err)
	}
	return tree.Commit(body), nil
}

func (l *Ledger) publish(f tree.Frontier) {
	for {
		old := l.public.Load()
		if old != nil && old.Size() >= f.Size() {
			return
		}
		if l.public.CompareAndSwap(old, &f) {
			return
		}
	}
}
