package tree

import (
	"bytes"
	"testing"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	fproof "github.com/transparency-dev/formats/proof"
	fwitness "github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// These tests let other people's code judge ours: what it does not accept, no stranger will.

func raw(hashes []tlog.Hash) (out [][]byte) {
	for i := range hashes {
		out = append(out, hashes[i][:])
	}
	return out
}

func TestAnIndependentVerifierAcceptsOurProofs(t *testing.T) {
	o := newOffice(t, 66_000)
	p := o.prover()
	for _, size := range []int64{1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 66_000} {
		root, err := p.RootAt(size)
		if err != nil {
			t.Fatal(err)
		}
		for _, index := range []int64{0, size / 2, size - 1} {
			hashes, err := p.Inclusion(index, size)
			if err != nil {
				t.Fatal(err)
			}
			leaf := rfc6962.DefaultHasher.HashLeaf(o.commitments[index][:])
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(size), leaf, raw(hashes), root[:]); err != nil {
				t.Errorf("leaf %d in %d: %v", index, size, err)
			}
		}
		for _, old := range []int64{1, size / 3, size - 1, size} {
			if old < 1 {
				continue
			}
			oldRoot, _ := p.RootAt(old)
			hashes, err := p.Consistency(old, size)
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(old), uint64(size), raw(hashes), oldRoot[:], root[:]); err != nil {
				t.Errorf("%d before %d: %v", old, size, err)
			}
		}
	}
}

func TestIndependentReadersAcceptOurCheckpointsAndCosignatures(t *testing.T) {
	o := newOffice(t, 500)
	signed := o.checkpoint(t, 500)
	logKey, err := note.NewVerifier(o.key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	w, err := fnote.NewVerifierForCosignatureV1(o.w.String())
	if err != nil {
		t.Fatal(err)
	}
	c, rest, n, err := log.ParseCheckpoint(signed, testOrigin, logKey, w)
	if err != nil || len(rest) != 0 || c.Size != 500 || len(n.Sigs) != 2 {
		t.Fatalf("%v %v %v", c, n, err)
	}
	if at, err := fnote.CoSigV1Timestamp(n.Sigs[1]); err != nil || at.Unix() != 1_780_000_000 {
		t.Errorf("cosigned at %v %v", at, err)
	}
	group, err := fwitness.ParsePolicy([]byte("witness W " + o.w.String() + " https://chung-kien.example/\nquorum W\n"))
	if err != nil || !group.Satisfied(signed) {
		t.Errorf("their policy: %v", err)
	}
}

func TestWeAcceptTheCosignaturesOfOthers(t *testing.T) {
	secret, vkey, err := note.GenerateKey(nil, "w.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := fnote.NewSignerForCosignatureV1(secret)
	if err != nil {
		t.Fatal(err)
	}
	cosigVKey, err := fnote.VKeyToCosignatureV1(vkey)
	if err != nil {
		t.Fatal(err)
	}
	key := testKey(t)
	p, err := ParsePolicy("log " + key.Verifier() + "\nwitness W " + cosigVKey + "\nquorum W\n")
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := p.Open(sign(t, at(9), key, signer)); err != nil || len(opened.Witnesses) != 1 {
		t.Errorf("%v %v", opened, err)
	}
}

func TestAnIndependentReaderReadsOurProofFiles(t *testing.T) {
	o := newOffice(t, 500)
	for _, extra := range [][]byte{nil, o.bodies[122]} {
		want := o.proof(t, 123, 500)
		want.Extra = extra
		var got fproof.TLogProof
		if err := got.Unmarshal(want.Encode()); err != nil {
			t.Fatal(err)
		}
		if got.Index != 122 || len(got.Hashes) != len(want.Hashes) || !bytes.Equal(got.ExtraData, extra) || !bytes.Equal(got.Checkpoint, want.Checkpoint) {
			t.Errorf("read %+v", got)
		}
		back, err := ParseProof(got.Marshal())
		if err != nil || !bytes.Equal(back.Encode(), want.Encode()) {
			t.Errorf("written by them: %v", err)
		}
	}
}
