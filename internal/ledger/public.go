package ledger

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
)

// publicTree is what everyone may read of the tree: hashes that tell nothing.
type publicTree struct {
	l        *Ledger
	newest   checkpoint
	frontier tree.Frontier
}

// Public gives the tree as of the newest checkpoint, also when another process signed it; where witnesses are required, as of the newest that they cosigned.
func (l *Ledger) Public(ctx context.Context) (tree.Source, error) {
	c, err := l.publicCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	f, err := l.treeOf(ctx, c.size)
	return publicTree{l, c, f}, err
}

func (l *Ledger) publicCheckpoint(ctx context.Context) (checkpoint, error) {
	if l.policy == nil {
		return newestCheckpoint(ctx, l.db.Read())
	}
	p, err := newestPublished(ctx, l.db.Read())
	return p.checkpoint, err
}

// treeOf gives a tree of at least size entries.
func (l *Ledger) treeOf(ctx context.Context, size int64) (tree.Frontier, error) {
	if f := l.public.Load(); f != nil && f.Size() >= size {
		return *f, nil
	}
	f, err := restore(ctx, l.db.Read(), size)
	if err != nil {
		return f, fmt.Errorf("restore tree of %d: %w", size, err)
	}
	l.publish(f)
	return f, nil
}

// Checkpoint gives the newest signed checkpoint.
func (p publicTree) Checkpoint(context.Context) ([]byte, error) {
	if p.newest.size == 0 {
		return nil, fs.ErrNotExist
	}
	return p.newest.signed, nil
}

// Frontier gives the right edge.
func (p publicTree) Frontier() tree.Frontier { return p.frontier }

// Tile gives a stored full tile.
func (p publicTree) Tile(ctx context.Context, level int, n int64) ([]byte, error) {
	return tiles(ctx, p.l.db.Read())(level, n)
}

// Commitments gives those of the leaves from ≤ index < to.
func (p publicTree) Commitments(ctx context.Context, from, to int64) (out []tree.Commitment, err error) {
	err = eachBody(ctx, p.l.db.Read(), `SELECT seq, body FROM ledger_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq`, []any{from, to},
		func(_ int64, body []byte) error {
			out = append(out, tree.Commit(body))
			return nil
		})
	return out, err
}

// ReceiptPath is where the public page that reads receipts stands; in capitals, because a QR code holds those in less room.
const ReceiptPath = "/R/"

// maxInQR is the longest entry that a receipt carries whole. A longer one, such as a bag's manifest, is proved by its seal alone: the paper would hold no larger code.
const maxInQR = 700

// Receipt proves an entry to whoever holds it: the text of a QR code, an address of ours that carries entry, proof and signature. code is the item that the
// holder cares about, "" for none; it must stand in the entry.
func (l *Ledger) Receipt(ctx context.Context, seq int64, code string) (string, error) {
	return l.receipt(ctx, seq, code, maxInQR)
}

// ReceiptFile is Receipt for a file, which carries the entry whole however long it is.
func (l *Ledger) ReceiptFile(ctx context.Context, seq int64, code string) (string, error) {
	return l.receipt(ctx, seq, code, tree.MaxReceiptBody)
}

func (l *Ledger) receipt(ctx context.Context, seq int64, code string, room int) (string, error) {
	r, err := l.prove(ctx, seq, code, room)
	if err != nil {
		return "", err
	}
	return tree.ReceiptText(strings.ToUpper(strings.TrimSuffix(l.base, "/"))+ReceiptPath, r), nil
}

// prove makes the receipt of an entry, signed here and now for the tree that ends with it: nobody waits for the next checkpoint. An entry that is longer than
// there is room is proved by its seal.
func (l *Ledger) prove(ctx context.Context, seq int64, code string, room int) (tree.Receipt, error) {
	if l.key.Load() == nil {
		return tree.Receipt{}, errNoKey
	}
	ring, err := l.Keyring(ctx)
	if err != nil {
		return tree.Receipt{}, err
	}
	if ring == nil || seq < 1 || seq > l.Seq() {
		return tree.Receipt{}, fault.New(fault.NotFound, "ledger.no_entry", "Sổ cái không có dòng %d.", "The ledger has no entry %d.", seq)
	}
	body, err := l.Body(ctx, seq)
	if err != nil {
		return tree.Receipt{}, err
	}
	proof, err := l.proof(ctx, ring, seq)
	if err != nil {
		return tree.Receipt{}, fmt.Errorf("prove entry %d: %w", seq, err)
	}
	if len(body) > room {
		return tree.NewReceipt("", nil, tree.Commit(body), proof)
	}
	return tree.NewReceipt(code, body, tree.Commitment{}, proof)
}

// proof proves an entry by the public checkpoint when witnesses have cosigned one that covers it; else by a checkpoint of its own size; an entry of an older key by
// the newest size that the present key may sign.
func (l *Ledger) proof(ctx context.Context, ring *tree.Keyring, seq int64) (tree.Proof, error) {
	f, err := l.treeOf(ctx, l.Seq())
	if err != nil {
		return tree.Proof{}, err
	}
	prover := tree.NewProver(f, tiles(ctx, l.db.Read()))
	if l.policy != nil {
		if p, err := newestPublished(ctx, l.db.Read()); err != nil || seq <= p.size {
			return cosignedProof(prover, seq, p, err)
		}
	}
	ranges := ring.Ranges()
	from, key := ranges[len(ranges)-1].From, l.signer(ranges[len(ranges)-1].Verifier)
	if key == nil {
		return tree.Proof{}, errOtherKey
	}
	if seq >= from {
		return prover.OwnProof(key, seq)
	}
	hashes, err := prover.Inclusion(seq-1, from)
	if err != nil {
		return tree.Proof{}, err
	}
	root, err := prover.RootAt(from)
	if err != nil {
		return tree.Proof{}, err
	}
	signed, err := tree.SignCheckpoint(tree.Checkpoint{Origin: key.Name(), Size: from, Root: root}, key)
	return tree.Proof{Index: seq - 1, Hashes: hashes, Checkpoint: signed}, err
}

// cosignedProof proves an entry by a published checkpoint.
func cosignedProof(prover *tree.Prover, seq int64, p published, err error) (tree.Proof, error) {
	if err != nil {
		return tree.Proof{}, err
	}
	hashes, err := prover.Inclusion(seq-1, p.size)
	return tree.Proof{Index: seq - 1, Hashes: hashes, Checkpoint: p.signed}, err
}
