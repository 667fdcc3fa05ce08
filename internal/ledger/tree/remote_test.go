package tree

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"citypost/internal/fault"
)

func TestALedgerIsVerifiedFromItsPublicAddress(t *testing.T) {
	for _, size := range []int64{1, 256, 66_001} {
		o := newOffice(t, int(size)+70) // it has grown since its last checkpoint
		s := &stand{o: o, signed: o.checkpoint(t, size)}
		server := httptest.NewServer(Server{s})
		defer server.Close()
		client := &http.Client{Timeout: 10 * time.Second}
		verify := func() Verdict {
			r, err := OpenRemote(t.Context(), server.URL+"/", client, o.trust.Keys)
			if err != nil {
				t.Fatal(err)
			}
			v, err := Verifier{Keys: o.trust.Keys, Workers: 4}.VerifyLog(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := verify(); !v.OK() || v.Covered != size || v.Size != size {
			t.Errorf("%d entries: %s", size, v.In("en"))
		}
		o.commitments[size-1][3] ^= 1
		if v := verify(); len(v.Findings) != 1 || v.Findings[0].Kind != EntryWrong || v.Findings[0].Seq != size {
			t.Errorf("%d entries, the last changed: %v", size, v.Findings)
		}
		if _, err := OpenRemote(t.Context(), server.URL, client, ring(t, KeyRange{Verifier: testKey(t).Verifier()})); fault.Code(err) != "tree.key_unknown" {
			t.Errorf("another's key: %v", err)
		}
	}
}

func TestAReceiptMayHaveACheckpointOfItsOwn(t *testing.T) {
	o := newOffice(t, 3_000)
	for _, seq := range []int64{1, 2, 256, 257, 2_048, 3_000} {
		p, err := o.prover().OwnProof(o.key, seq)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewReceipt(o.codes[seq-1], o.bodies[seq-1], Commitment{}, p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := VerifyReceipt(o.trust, r)
		if err != nil || got.Size != seq || !bytes.Equal(got.Body, o.bodies[seq-1]) {
			t.Errorf("entry %d: %v", seq, err)
		}
	}
	if _, err := o.prover().OwnProof(o.key, 3_001); err == nil {
		t.Error("an entry that is not there was proved")
	}
}
