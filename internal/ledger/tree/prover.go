package tree

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Prover makes proofs for any size up to that of its frontier, from stored full tiles and the frontier's partial ones.
type Prover struct {
	f    Frontier
	read TileReader
}

// NewProver makes a prover over a copy of the frontier; it stays right while the ledger goes on.
func NewProver(f Frontier, read TileReader) *Prover { return &Prover{f: f, read: read} }

// Size is the largest tree the prover knows.
func (p *Prover) Size() int64 { return p.f.size }

// Inclusion proves that the leaf at index is part of the tree of that size.
func (p *Prover) Inclusion(index, size int64) (tlog.RecordProof, error) {
	if err := p.known(size); err != nil {
		return nil, err
	}
	return tlog.ProveRecord(size, index, p)
}

// Consistency proves that the tree of size old is the beginning of the tree of size now. From the empty tree no proof is needed.
func (p *Prover) Consistency(old, now int64) (tlog.TreeProof, error) {
	if err := p.known(now); err != nil {
		return nil, err
	}
	if old == 0 {
		return nil, nil
	}
	return tlog.ProveTree(now, old, p)
}

// RootAt is the tree hash of the first size leaves.
func (p *Prover) RootAt(size int64) (tlog.Hash, error) {
	if size == p.f.size {
		return p.f.Root(), nil
	}
	if err := p.known(size); err != nil {
		return tlog.Hash{}, err
	}
	return tlog.TreeHash(size, p)
}

// LeafAt is the leaf hash at an index.
func (p *Prover) LeafAt(index int64) (tlog.Hash, error) {
	hs, err := p.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return tlog.Hash{}, err
	}
	return hs[0], nil
}

func (p *Prover) known(size int64) error {
	if size < 0 || size > p.f.size {
		return fmt.Errorf("prove: tree size %d is not within 0..%d", size, p.f.size)
	}
	return nil
}

// tileID names a tile.
type tileID struct {
	level int
	n     int64
}

// ReadHashes gives the hashes at the stored indexes of tlog; Prover is a tlog.HashReader.
func (p *Prover) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	seen := make(map[tileID][]byte, maxLevels)
	for i, index := range indexes {
		height, n := tlog.SplitStoredHashIndex(index)
		id, from, width := place(height, n)
		tile, ok := seen[id]
		if !ok {
			var err error
			if tile, err = p.tile(id); err != nil {
				return nil, err
			}
			seen[id] = tile
		}
		if (from+width)*hashSize > len(tile) {
			return nil, fmt.Errorf("read hash: tile %d/%d has %d hashes, want %d", id.level, id.n, len(tile)/hashSize, from+width)
		}
		out[i] = perfectHash(tile[from*hashSize : (from+width)*hashSize])
	}
	return out, nil
}

// place says which hashes of which tile make the n-th perfect subtree of a height.
func place(height int, n int64) (id tileID, from, width int) {
	width = 1 << (height % tileBits)
	first := n * int64(width)
	return tileID{height / tileBits, first / tileWidth}, int(first % tileWidth), width
}

// tile gives a full tile from the store or the partial one of the frontier.
func (p *Prover) tile(id tileID) ([]byte, error) {
	n, partial := p.f.Partial(id.level)
	switch {
	case id.n < n:
		return readFull(p.read, id.level, id.n)
	case id.n == n:
		return partial, nil
	}
	return nil, fmt.Errorf("read tile %d/%d: beyond the tree of %d leaves", id.level, id.n, p.f.size)
}
