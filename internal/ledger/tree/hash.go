package tree

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// BodyVersion is the first byte of every entry body.
	BodyVersion = 0x01
	// SaltSize is the length of the random salt that follows the version; it keeps a short body from being guessed from its commitment.
	SaltSize = 16

	hashSize  = tlog.HashSize
	tileWidth = 256 // hashes in a full tile (C2SP tlog-tiles)
	tileSize  = tileWidth * hashSize
	tileBits  = 8
)

// Commitment is the hash of an entry's body; it is what the tree holds and what the public sees.
type Commitment = [sha256.Size]byte

// Commit gives the commitment of an entry body.
func Commit(body []byte) Commitment { return sha256.Sum256(body) }

// LeafHash is the Merkle leaf of a commitment, equal to tlog.RecordHash of it.
func LeafHash(c Commitment) tlog.Hash {
	var buf [1 + hashSize]byte // 0x00, then the data
	copy(buf[1:], c[:])
	return sha256.Sum256(buf[:])
}

// nodeHash is the Merkle parent of two hashes, equal to tlog.NodeHash.
func nodeHash(left, right *tlog.Hash) tlog.Hash {
	var buf [1 + 2*hashSize]byte
	buf[0] = 0x01
	copy(buf[1:], left[:])
	copy(buf[1+hashSize:], right[:])
	return sha256.Sum256(buf[:])
}

// emptyRoot is the root of the tree without leaves: the hash of nothing.
func emptyRoot() tlog.Hash { return sha256.Sum256(nil) }

// hashAt reads the i-th hash of a tile.
func hashAt(tile []byte, i int) tlog.Hash { return tlog.Hash(tile[i*hashSize : (i+1)*hashSize]) }

// perfectHash is the root over the hashes of a tile slice whose width is a power of two, at most 256.
func perfectHash(tile []byte) tlog.Hash {
	if len(tile) == hashSize {
		return tlog.Hash(tile)
	}
	var row [tileWidth / 2]tlog.Hash
	n := len(tile) / hashSize / 2
	for i := range n {
		row[i] = sum65(tile[i*2*hashSize : (i+1)*2*hashSize])
	}
	for ; n > 1; n /= 2 {
		for i := range n / 2 {
			row[i] = nodeHash(&row[2*i], &row[2*i+1])
		}
	}
	return row[0]
}

// sum65 is nodeHash of two hashes that lie side by side.
func sum65(pair []byte) tlog.Hash {
	var buf [1 + 2*hashSize]byte
	buf[0] = 0x01
	copy(buf[1:], pair)
	return sha256.Sum256(buf[:])
}

// prefixHash is the tree hash of the first width hashes of a tile, width at least 1: perfect subtrees from the left, joined from the right.
func prefixHash(tile []byte, width int) tlog.Hash {
	end := width
	var h tlog.Hash
	for rest, first := width, true; rest > 0; first = false {
		low := 1 << bits.TrailingZeros(uint(rest))
		part := perfectHash(tile[(end-low)*hashSize : end*hashSize])
		if first {
			h = part
		} else {
			h = nodeHash(&part, &h)
		}
		end -= low
		rest &^= low
	}
	return h
}
