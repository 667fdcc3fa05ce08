package proof_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"citypost/internal/ledger/tree"
)

// flipBit flips one random bit of what a receipt says and writes it anew with a right checksum, so that the proof alone can tell.
func flipBit(t testing.TB, text string) string {
	t.Helper()
	r, err := tree.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = bytes.Clone(r.Body)
	parts := [][]byte{r.Body, r.Signature[:]}
	for i := range r.Hashes {
		parts = append(parts, r.Hashes[i][:])
	}
	size := 3 * 8 // key, number of the entry, size of the ledger
	for _, p := range parts {
		size += len(p)
	}
	at := rand.IntN(size)
	bit := rand.IntN(8)
	for _, p := range parts {
		if at < len(p) {
			p[at] ^= 1 << bit
			return tree.ReceiptText(text[:strings.LastIndexByte(text, '/')+1], r)
		}
		at -= len(p)
	}
	switch at / 8 {
	case 0:
		r.KeyID ^= 1 << rand.IntN(32)
	case 1:
		r.Seq ^= 1 << rand.IntN(8)
	default:
		r.Size ^= 1 << rand.IntN(8)
	}
	return tree.ReceiptText(text[:strings.LastIndexByte(text, '/')+1], r)
}
