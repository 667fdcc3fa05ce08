package tree

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// proofLen is the number of hashes in the inclusion proof of a leaf: it follows from index and size alone, so receipts need not say it.
func proofLen(index, size int64) int {
	inner, border := proofParts(index, size)
	return inner + border
}

// proofParts splits a proof: inner hashes lie where the paths of this leaf and of the last leaf differ, border hashes are all to the left.
func proofParts(index, size int64) (inner, border int) {
	inner = bits.Len64(uint64(index ^ (size - 1)))
	return inner, bits.OnesCount64(uint64(index) >> inner)
}

// rootFromProof computes the root that an inclusion proof leads to. It is right for exactly one proof per root.
func rootFromProof(index, size int64, leaf tlog.Hash, proof []tlog.Hash) (tlog.Hash, error) {
	if index < 0 || index >= size {
		return tlog.Hash{}, fmt.Errorf("leaf %d is not in a tree of %d", index, size)
	}
	inner, border := proofParts(index, size)
	if len(proof) != inner+border {
		return tlog.Hash{}, fmt.Errorf("proof of leaf %d in %d has %d hashes, want %d", index, size, len(proof), inner+border)
	}
	h := leaf
	for i := range inner {
		if index>>i&1 == 0 {
			h = nodeHash(&h, &proof[i])
		} else {
			h = nodeHash(&proof[i], &h)
		}
	}
	for i := range border {
		h = nodeHash(&proof[inner+i], &h)
	}
	return h, nil
}
