package tree

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	maxLevels = 7                    // tile levels kept in memory
	maxHeight = maxLevels * tileBits // 2^56 entries: 100 years at 20 million a second
)

// Tile is a full hash tile (C2SP tlog-tiles): 256 hashes of one level, to be stored once and never changed.
type Tile struct {
	Level int
	N     int64
	Data  []byte // 8,192 bytes
}

// TileReader gives the stored full tile n of a level. It fails when the tile is not stored; it may return the same bytes twice.
type TileReader func(level int, n int64) ([]byte, error)

// Frontier is the right edge of the tree: all that is needed to go on, and the partial tiles that are not stored.
//
// It is a value. To be able to undo, keep a copy before Append and put it back:
//
//	before := f
//	tiles := f.Append(commitments)
//	if err := commit(tiles); err != nil {
//		f = before
//	}
//
// Copies share memory: only the newest copy, or the one put back, may be appended to, but older copies stay readable, also from other
// goroutines while the newest grows. The zero Frontier is the empty tree.
type Frontier struct {
	size  int64
	edge  [maxHeight]tlog.Hash // edge[k] is the perfect subtree of height k, where bit k of size is set
	tiles [maxLevels][]byte    // the partial tile of each level
}

// Size is the number of leaves.
func (f *Frontier) Size() int64 { return f.size }

// Append adds one leaf per commitment, in order, and returns the tiles that became full, lowest level first.
// The ledger stores them in the same transaction as the entries.
func (f *Frontier) Append(commitments []Commitment) (full []Tile) {
	for i := range commitments {
		full = f.push(LeafHash(commitments[i]), full)
	}
	return full
}

// push adds one leaf hash and merges it with the perfect subtrees to its left.
func (f *Frontier) push(h tlog.Hash, full []Tile) []Tile {
	full = f.keep(0, &h, full)
	height := 0
	for ; f.size>>height&1 == 1; height++ {
		h = nodeHash(&f.edge[height], &h)
		if (height+1)%tileBits == 0 {
			full = f.keep((height+1)/tileBits, &h, full)
		}
	}
	f.edge[height] = h
	f.size++
	return full
}

// keep adds a hash to the partial tile of a level; a tile that becomes full leaves the frontier.
func (f *Frontier) keep(level int, h *tlog.Hash, full []Tile) []Tile {
	tile := f.tiles[level]
	if tile == nil {
		tile = make([]byte, 0, tileSize)
	}
	tile = append(tile, h[:]...)
	if len(tile) < tileSize {
		f.tiles[level] = tile
		return full
	}
	f.tiles[level] = nil
	return append(full, Tile{Level: level, N: f.size >> (tileBits * (level + 1)), Data: tile})
}

// Root is the Merkle tree hash of all leaves.
func (f *Frontier) Root() tlog.Hash {
	if f.size == 0 {
		return emptyRoot()
	}
	k := bits.TrailingZeros64(uint64(f.size))
	h := f.edge[k]
	for k++; k < bits.Len64(uint64(f.size)); k++ {
		if f.size>>k&1 == 1 {
			h = nodeHash(&f.edge[k], &h)
		}
	}
	return h
}

// Partial gives the hashes of the partial tile of a level and the tile's number; it is empty when the level has none.
// The bytes must not be changed.
func (f *Frontier) Partial(level int) (n int64, hashes []byte) {
	if level < 0 || level >= maxLevels {
		return 0, nil
	}
	t := f.tiles[level]
	return f.size >> (tileBits * (level + 1)), t[:len(t):len(t)]
}

// Restore rebuilds the frontier of a tree of this size from its stored full tiles and the leaf hashes that follow the last full tile
// (size mod 256 of them). The caller compares Root with its last signed checkpoint.
func Restore(size int64, read TileReader, tail []tlog.Hash) (Frontier, error) {
	f := Frontier{size: size}
	if size < 0 || size>>maxHeight != 0 {
		return Frontier{}, fmt.Errorf("restore tree: size %d is out of range", size)
	}
	if int64(len(tail)) != size%tileWidth {
		return Frontier{}, fmt.Errorf("restore tree of %d leaves: %d leaf hashes after the last full tile, want %d", size, len(tail), size%tileWidth)
	}
	for _, h := range tail {
		f.tiles[0] = appendHash(f.tiles[0], h)
	}
	for level := 1; level < maxLevels; level++ {
		if err := f.restoreLevel(level, read); err != nil {
			return Frontier{}, fmt.Errorf("restore tree of %d leaves: %w", size, err)
		}
	}
	f.restoreEdge()
	return f, nil
}

// restoreLevel fills the partial tile of a level with the roots of the full tiles below it.
func (f *Frontier) restoreLevel(level int, read TileReader) error {
	end := f.size >> (tileBits * level)
	for n := end - end%tileWidth; n < end; n++ {
		data, err := readFull(read, level-1, n)
		if err != nil {
			return err
		}
		f.tiles[level] = appendHash(f.tiles[level], perfectHash(data))
	}
	return nil
}

// restoreEdge computes the perfect subtrees from the partial tiles.
func (f *Frontier) restoreEdge() {
	for level, tile := range f.tiles {
		for from, width := 0, len(tile)/hashSize; from < width; {
			k := bits.Len(uint(width-from)) - 1
			f.edge[level*tileBits+k] = perfectHash(tile[from*hashSize : (from+1<<k)*hashSize])
			from += 1 << k
		}
	}
}

func appendHash(tile []byte, h tlog.Hash) []byte {
	if tile == nil {
		tile = make([]byte, 0, tileSize)
	}
	return append(tile, h[:]...)
}

// readFull reads one full tile and checks its length.
func readFull(read TileReader, level int, n int64) ([]byte, error) {
	data, err := read(level, n)
	if err != nil {
		return nil, fmt.Errorf("read tile %d/%d: %w", level, n, err)
	}
	if len(data) != tileSize {
		return nil, fmt.Errorf("read tile %d/%d: %d bytes, want %d", level, n, len(data), tileSize)
	}
	return data, nil
}
