package tree

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite"
)

// The programs of others against our tree, over loopback. scripts/interop.sh installs them and says where they are.
func publicTool(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("CITYPOST_INTEROP")
	if dir == "" {
		t.Skip("CITYPOST_INTEROP does not name a folder with fsck, litewitness and omniwitness; run scripts/interop.sh")
	}
	return filepath.Join(dir, name)
}

func TestTheFsckOfTesseraFindsOurTreeRight(t *testing.T) {
	tool := publicTool(t, "fsck")
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
	tool := publicTool(t, "litewitness")
	dir := t.TempDir()
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sshKey, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	socket := serveAgent(t, dir, secret)
	db, addr := filepath.Join(dir, "witness.db"), freeAddress(t)
	start(t, addr, tool, "-name", "litewitness.example/w", "-key", ssh.FingerprintSHA256(sshKey), "-ssh-agent", socket, "-db", db, "-listen", addr)
	o := newOffice(t, 3_000)
	admit(t, db, o)
	cosignedBy(t, o, "litewitness.example/w", secret, addr)
}

func TestOmniwitnessCosignsOurCheckpoints(t *testing.T) {
	tool := publicTool(t, "omniwitness")
	dir := t.TempDir()
	o := newOffice(t, 3_000)
	secretText, _, err := note.GenerateKey(rand.Reader, "omniwitness.example")
	if err != nil {
		t.Fatal(err)
	}
	seed, err := strict64.DecodeString(strings.SplitN(secretText, "+", 5)[4])
	if err != nil {
		t.Fatal(err)
	}
	key, logs := filepath.Join(dir, "key"), filepath.Join(dir, "logs.yaml")
	yaml := fmt.Sprintf("Logs:\n  - Origin: %s\n    URL: http://127.0.0.1:9/\n    PublicKey: %s\n", testOrigin, o.key.Verifier())
	for path, text := range map[string]string{key: secretText, logs: yaml} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	addr := freeAddress(t)
	start(t, addr, tool, "-listen", addr, "-metrics_listen", "", "-private_key_path", key, "-additional_logs", logs, "-logtostderr")
	cosignedBy(t, o, "omniwitness.example", ed25519.NewKeyFromSeed(seed[1:]), addr)
}

// cosignedBy lets a running witness follow a growing tree and checks each cosignature; a tree that changed its past is refused.
func cosignedBy(t *testing.T, o *office, name string, secret ed25519.PrivateKey, addr string) {
	t.Helper()
	self, err := NewCosigner(name, secret, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	w := Witness{Name: "W", Verifier: &self.CosignVerifier, URL: "http://" + addr}
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

// admit tells litewitness about our log, in its own tables.
func admit(t *testing.T, path string, o *office) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	empty := emptyRoot()
	for _, q := range []struct {
		text string
		args []any
	}{
		{"INSERT INTO log (origin, tree_size, tree_hash) VALUES ($1, 0, $2)", []any{testOrigin, strict64.EncodeToString(empty[:])}},
		{"INSERT INTO key (origin, key) VALUES ($1, $2)", []any{testOrigin, o.key.Verifier()}},
	} {
		if _, err := db.ExecContext(t.Context(), q.text, q.args...); err != nil {
			t.Fatal(err)
		}
	}
}

// serveAgent keeps the witness's key where litewitness looks for it.
func serveAgent(t *testing.T, dir string, secret ed25519.PrivateKey) (socket string) {
	t.Helper()
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: &secret}); err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "agent")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(keys, conn)
		}
	}()
	return socket
}

// start runs a server until the test ends and waits until it listens.
func start(t *testing.T, addr, tool string, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, tool, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", tool, &out)
		}
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen: %v", tool, err)
		}
		time.Sleep(20 * time.Millisecond) // another program: it gives no signal but its port
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
