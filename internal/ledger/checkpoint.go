package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"
)

// signEvery is how far checkpoints are apart while work goes on; an acknowledged entry is covered after that time plus one batch.
const signEvery = 800 * time.Millisecond

const hourMs = int64(time.Hour / time.Millisecond)

// checkpoint is a stored signed head of the tree; size 0 when there is none yet.
type checkpoint struct {
	size   int64
	signed []byte
}

// text is the part that is signed.
func (c checkpoint) text() string {
	text, _, _ := strings.Cut(string(c.signed), "\n\n")
	return text + "\n"
}

func newestCheckpoint(ctx context.Context, q sqldb.Querier) (c checkpoint, err error) {
	err = q.QueryRowContext(ctx, `SELECT size, signed FROM ledger_checkpoint ORDER BY size DESC LIMIT 1`).Scan(&c.size, &c.signed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

// due reports whether a checkpoint should be signed now.
func (l *Ledger) due() bool { return l.key.Load() != nil && time.Since(l.head.signedAt) >= signEvery }

// signIfDue signs about once a second; between, entries wait for the next checkpoint.
func (b *batch) signIfDue() error {
	if !b.l.due() {
		return nil
	}
	return b.sign()
}

// sign makes a checkpoint of the tree with this batch in it and stores it in the batch's own transaction, with the unfinished tile of level 0, so that
// a changed entry is found there too. Nobody sees the signature before the commit: a crash leaves both, or neither.
func (b *batch) sign() error {
	ring, err := ringOf(b.view)
	if err != nil || ring == nil {
		return err
	}
	ranges := ring.Ranges()
	key := b.l.signer(ranges[len(ranges)-1].Verifier)
	if key == nil {
		slog.Error("no checkpoint: the key of this installation is not the one that the ledger names", "key", b.l.key.Load().Verifier())
		return nil
	}
	signed, err := tree.SignCheckpoint(tree.Checkpoint{Origin: key.Name(), Size: b.seq, Root: b.frontier.Root()}, key)
	if err != nil {
		return err
	}
	if n, hashes := b.frontier.Partial(0); len(hashes) > 0 {
		if err := putTile(b.ctx, b.tx.Tx, 0, n, hashes); err != nil {
			return err
		}
	}
	_, err = b.tx.ExecContext(b.ctx, `INSERT INTO ledger_checkpoint (hour, size, signed) VALUES ($1, $2, $3)
		ON CONFLICT (hour) DO UPDATE SET size = excluded.size, signed = excluded.signed`, b.recordedMs/hourMs, b.seq, signed)
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	b.signed = true
	return nil
}

// seal signs what the last batches left unsigned, when nothing more comes in.
func (l *Ledger) seal(ctx context.Context) {
	if l.key.Load() == nil || l.stopped.Load() != nil || l.head.signed >= l.head.frontier.Size() {
		return
	}
	if err := l.trySeal(ctx); err != nil && !l.stopFor(err) {
		l.missed(err)
		slog.Warn("checkpoint failed, trying again", "err", err)
	}
}

func (l *Ledger) trySeal(ctx context.Context) (err error) {
	b := batch{l: l, ctx: ctx}
	defer b.rollback()
	defer func() { err = b.tooLate(err) }()
	if err := b.begin(); err != nil {
		return err
	}
	if err := b.takeHead(); err != nil {
		return err
	}
	b.recordedMs = b.headMs // the hour of the last entry: no entry, no new checkpoint
	if err := b.sign(); err != nil {
		return err
	}
	if err := b.commit(); err != nil {
		return err
	}
	b.settle()
	return nil
}
