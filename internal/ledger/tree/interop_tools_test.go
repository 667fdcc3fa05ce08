package tree

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/ledger/tree/witnesstest"
)

func TestTheFsckOfTesseraFindsOurTreeRight(t *testing.T) {
	tool := witnesstest.Tool(t, "fsck")
	o := newOffice(t, 70_001)
	s := &stand{o: o, signed: o.checkpoint(t, 70_001)}
	server := httptest.NewServer(Server{s})
	defer server.Close()
	vkey := filepath.Join(t.TempDir(), "vkey")
	if err := os.WriteFile(vkey, []byte(o.key.Verifier()), 0o600); err != nil {
		t.Fatal(err)
	}
	fsck := func() string {
		out, err := exec.CommandContext(t.Context(), tool, "-storage_url", server.URL+"/", "-public_key", vkey, "-N", "4", "-ui=false", "-logtostderr", "-v", "1").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	out := fsck()
	if strings.Contains(out, "fsck failed") || !strings.Contains(out, "Completed ranges") {
		t.Fatalf("fsck:\n%s", out)
	}
	o.tiles[tileID{0, 100}] = bytes.Clone(o.tiles[tileID{0, 100}])
	o.tiles[tileID{0, 100}][77] ^= 1 // so that we know it looks
	if out := fsck(); !strings.Contains(out, "fsck failed") {
		t.Errorf("a changed tile went by:\n%s", out)
	}
}

func TestLitewitnessCosignsOurCheckpoints(t *testing.T) {
	o := newOffice(t, 3_000)
	cosignedBy(t, o, witnesstest.Litewitness(t, testOrigin, o.key.Verifier()))
}

func TestOmniwitnessCosignsOurCheckpoints(t *testing.T) {
	o := newOffice(t, 3_000)
	cosignedBy(t, o, witnesstest.Omniwitness(t, testOrigin, o.key.Verifier()))
}

// cosignedBy lets a running witness follow a growing tree and checks each cosignature; a tree that changed its past is refused.
func cosignedBy(t *testing.T, o *office, other *witnesstest.Witness) {
	t.Helper()
	self, err := NewCosigner(other.Name, other.Secret, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	w := Witness{Name: "W", Verifier: &self.CosignVerifier, URL: other.URL}
	c := &WitnessClient{Witness: w, HTTP: &http.Client{Timeout: 10 * time.Second}}
	p := o.prover()
	policy := Policy{Keys: o.trust.Keys, Witnesses: []Witness{w}, Quorum: AtLeast(1, w)}
	for _, size := range []int64{1, 256, 1_000, 3_000} {
		signed, err := SignCheckpoint(mustCheckpoint(t, p, size), o.key)
		if err != nil {
			t.Fatal(err)
		}
		line, err := c.Cosign(t.Context(), signed, size, p.Consistency)
		if err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
		if opened, err := policy.Open(AddCosignatures(signed, line)); err != nil || len(opened.Witnesses) != 1 || time.Since(opened.Witnesses[0].At) > time.Minute {
			t.Fatalf("size %d: %v %v", size, opened, err)
		}
	}
	forked := newShelf()
	forked.add(numbered(0, 4_000)...)
	signed, _ := SignCheckpoint(mustCheckpoint(t, forked.prover(), 4_000), o.key)
	if _, err := c.Cosign(t.Context(), signed, 4_000, forked.prover().Consistency); err == nil {
		t.Error("a tree with another past was cosigned")
	}
}
