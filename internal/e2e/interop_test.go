package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/ledger/tree/witnesstest"
	"citypost/internal/postal"
)

// TestStrangersReadAndWitnessARunningHouse runs “citypost serve” as it is installed, lets litewitness and the omniwitness cosign what it publishes and Tessera's fsck
// read it, sends one witness away and brings it back. scripts/interop.sh builds all of them.
func TestStrangersReadAndWitnessARunningHouse(t *testing.T) {
	program, fsck := witnesstest.Tool(t, "citypost"), witnesstest.Tool(t, "fsck")
	s := newStrangers(t)
	s.write(300)
	witnesstest.Start(t, s.addr, program, "serve", "--data", s.data, "--listen", s.addr, "--witnesses", s.policy, "--log", "warn")
	signed := s.published(300)
	if n := strings.Count(signed, "\n— "); n != 3 {
		t.Fatalf("%d signatures, want ours and two:\n%s", n, signed)
	}
	vkey := filepath.Join(s.data, "vkey")
	if err := os.WriteFile(vkey, []byte(s.vkey), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), fsck, "-storage_url", s.url()+"/", "-public_key", vkey, "-N", "4", "-ui=false", "-logtostderr", "-v", "1").CombinedOutput()
	if err != nil || strings.Contains(string(out), "fsck failed") || !strings.Contains(string(out), "Completed ranges") {
		t.Fatalf("fsck: %v\n%s", err, out)
	}
	if out, err := exec.CommandContext(t.Context(), program, "--lang", "en", "verify", s.url(), "--policy", s.policy).CombinedOutput(); err != nil || strings.Count(string(out), "confirms having seen") != 2 {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	receipt, err := s.house.Ledger.Receipt(t.Context(), 7, "")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), program, "--lang", "en", "verify", receipt, "--policy", s.policy).CombinedOutput(); err != nil || strings.Count(string(out), "confirms having seen") != 2 {
		t.Fatalf("receipt: %v\n%s", err, out)
	}

	s.omni.Stop()
	s.write(40) // the counters go on
	for deadline := time.Now().Add(4 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if body, status := s.get("/checkpoint"); status != http.StatusOK || body != signed {
			t.Fatalf("with one witness away the public sees %d\n%s", status, body)
		}
	}
	if body, status := s.get("/healthz"); status != http.StatusOK {
		t.Fatalf("healthz: %d %s", status, body)
	}
	s.omni.Again()
	s.published(340)
}

// strangers is a house, seen by the program that serves it and by this test, with its witnesses.
type strangers struct {
	t                  *testing.T
	house              *app.House
	data, addr, policy string
	vkey               string
	omni               *witnesstest.Witness
}

func newStrangers(t *testing.T) *strangers {
	s := &strangers{t: t, data: t.TempDir(), addr: witnesstest.Free(t)}
	first, err := app.Open(t.Context(), app.Config{Data: s.data, Base: s.url()})
	if err != nil {
		t.Fatal(err)
	}
	s.house = first
	s.write(1)
	keys, err := first.Ledger.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.vkey = keys.Ranges()[0].Verifier
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s.omni = witnesstest.Omniwitness(t, keys.Origin(), s.vkey)
	lite := witnesstest.Litewitness(t, keys.Origin(), s.vkey)
	s.policy = filepath.Join(s.data, "witnesses")
	text := "log " + s.vkey + "\n" + line(t, "omni", s.omni) + line(t, "lite", lite) + "group both all omni lite\nquorum both\n"
	if err := os.WriteFile(s.policy, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.house, err = app.Open(t.Context(), app.Config{Data: s.data, Base: s.url(), Witnesses: s.policy}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.house.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// line names a witness in a policy.
func line(t *testing.T, name string, w *witnesstest.Witness) string {
	c, err := tree.NewCosigner(w.Name, w.Secret, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("witness %s %s %s\n", name, c.CosignVerifier.String(), w.URL)
}

func (s *strangers) url() string { return "http://" + s.addr }

// write records n acts, as another process on the same database.
func (s *strangers) write(n int) {
	s.t.Helper()
	for range n {
		now := time.Now()
		from := int(s.house.Ledger.Seq()) + 1
		_, err := s.house.Ledger.Append(s.t.Context(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: "990100", Actor: "admin"},
			custody.ReserveRange{Office: "990100", Letters: "RR", From: from * 10, To: from*10 + 9})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *strangers) get(path string) (body string, status int) {
	s.t.Helper()
	res, err := http.Get(s.url() + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text), res.StatusCode
}

// published waits until the public checkpoint covers an entry.
func (s *strangers) published(seq int64) string {
	s.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) { // another program publishes
		body, status := s.get("/checkpoint")
		text, _, _ := strings.Cut(body, "\n\n")
		if c, err := tree.ParseCheckpoint(text + "\n"); status == http.StatusOK && err == nil && c.Size >= seq {
			return body
		}
	}
	s.t.Fatalf("entry %d was never published", seq)
	return ""
}
