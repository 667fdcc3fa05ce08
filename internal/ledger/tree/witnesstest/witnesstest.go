// Package witnesstest starts other people's witnesses on loopback: torchwood's litewitness and the omniwitness.
//
// It owns their settings and ends them with the test. Its promise: what it starts is the public program, at the version that scripts/interop.sh installs, or
// the test is skipped and says why. It knows nothing of our tree, so that the tree's own tests can use it. Start with Litewitness.
package witnesstest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite" // litewitness keeps its logs in a file of SQLite
)

// Witness is a running witness. Its secret is the test's: from it follows the key that verifies.
type Witness struct {
	Name   string
	Secret ed25519.PrivateKey
	URL    string
	Stop   func()
	Again  func() // starts it anew where it was
}

// Tool is the path of a public program; the test is skipped where scripts/interop.sh did not install them.
func Tool(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("CITYPOST_INTEROP")
	if dir == "" {
		t.Skip("CITYPOST_INTEROP does not name a folder with fsck, litewitness and omniwitness; run scripts/interop.sh")
	}
	return filepath.Join(dir, name)
}

// Litewitness starts one that knows a log by its origin and public key.
func Litewitness(t testing.TB, origin, vkey string) *Witness {
	tool, dir, addr := Tool(t, "litewitness"), t.TempDir(), Free(t)
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sshKey, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	w := &Witness{Name: "litewitness.example/w", Secret: secret, URL: "http://" + addr}
	socket, db := serveAgent(t, dir, secret), filepath.Join(dir, "witness.db")
	w.Again = func() {
		w.Stop = Start(t, addr, tool, "-name", w.Name, "-key", ssh.FingerprintSHA256(sshKey), "-ssh-agent", socket, "-db", db, "-listen", addr)
	}
	w.Again()
	admit(t, db, origin, vkey)
	return w
}

// Omniwitness starts one that knows a log by its origin and public key.
func Omniwitness(t testing.TB, origin, vkey string) *Witness {
	tool, dir, addr := Tool(t, "omniwitness"), t.TempDir(), Free(t)
	w := &Witness{Name: "omniwitness.example", URL: "http://" + addr}
	secret, _, err := note.GenerateKey(rand.Reader, w.Name)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.SplitN(secret, "+", 5)[4])
	if err != nil {
		t.Fatal(err)
	}
	w.Secret = ed25519.NewKeyFromSeed(seed[1:])
	key, logs := filepath.Join(dir, "key"), filepath.Join(dir, "logs.yaml")
	yaml := fmt.Sprintf("Logs:\n  - Origin: %s\n    URL: http://127.0.0.1:9/\n    PublicKey: %s\n", origin, vkey)
	for path, text := range map[string]string{key: secret, logs: yaml} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.Again = func() {
		w.Stop = Start(t, addr, tool, "-listen", addr, "-metrics_listen", "", "-private_key_path", key, "-additional_logs", logs, "-logtostderr")
	}
	w.Again()
	return w
}

// admit tells litewitness about our log, in its own tables.
func admit(t testing.TB, path, origin, vkey string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	empty := sha256.Sum256(nil) // the root of a tree without leaves
	for _, q := range []struct {
		text string
		args []any
	}{
		{"INSERT INTO log (origin, tree_size, tree_hash) VALUES ($1, 0, $2)", []any{origin, base64.StdEncoding.EncodeToString(empty[:])}},
		{"INSERT INTO key (origin, key) VALUES ($1, $2)", []any{origin, vkey}},
	} {
		if _, err := db.ExecContext(t.Context(), q.text, q.args...); err != nil {
			t.Fatal(err)
		}
	}
}

// serveAgent keeps the witness's key where litewitness looks for it.
func serveAgent(t testing.TB, dir string, secret ed25519.PrivateKey) (socket string) {
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

// Start runs a server until stop is called or the test ends, and waits until it listens.
func Start(t testing.TB, addr, tool string, args ...string) (stop func()) {
	t.Helper()
	ctx, kill := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, tool, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		kill()
		_ = cmd.Wait()
	})
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", tool, &out)
		}
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return stop
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen: %v", tool, err)
		}
		time.Sleep(20 * time.Millisecond) // another program: it gives no signal but its port
	}
}

// Free is an address of loopback that nobody listens on.
func Free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
