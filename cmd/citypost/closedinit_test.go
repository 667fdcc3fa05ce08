package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/strongbox"
)

// full is a printer that runs out of paper after some sheets.
type full struct{ sheets int }

func (f *full) Write(b []byte) (int, error) {
	if f.sheets--; f.sheets < 0 {
		return 0, errors.New("no paper")
	}
	return len(b), nil
}

// TestAnInitThatWasBrokenOffIsEndedByTheNext breaks it off after each step: a house must come out that opens, with a recovery sheet and a password that somebody has read.
func TestAnInitThatWasBrokenOffIsEndedByTheNext(t *testing.T) {
	if testing.Short() {
		t.Skip("real key derivation takes seconds")
	}
	const word = "bốn từ ghép ngẫu nhiên 7"
	printing := func(sheets int) func(t *testing.T, dir, passphrase string) {
		return func(t *testing.T, dir, passphrase string) {
			if code := run(t.Context(), []string{"closed", "init", "--data", dir, "--passphrase-file", passphrase}, &full{sheets}, io.Discard); code == 0 {
				t.Fatal("not broken off")
			}
		}
	}
	for name, broken := range map[string]func(t *testing.T, dir, passphrase string){
		"no keys yet": func(t *testing.T, dir, _ string) {
			if err := mark(filepath.Join(dir, "init.unfinished")).set(); err != nil {
				t.Fatal(err)
			}
			box, _, err := strongbox.Create(dir, word, time.Now(), strongbox.Cost{Time: 1, MemoryKiB: 64, Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			if err := box.Close(); err != nil {
				t.Fatal(err)
			}
		},
		"no sheet": printing(0), "no password": printing(1),
	} {
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			dir, passphrase := filepath.Join(work, "house"), filepath.Join(work, "word")
			if err := os.WriteFile(passphrase, []byte(word+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			broken(t, dir, passphrase)
			command := func(args ...string) (int, string) {
				var out bytes.Buffer
				code := run(t.Context(), append([]string{"closed"}, append(args, "--data", dir, "--passphrase-file", passphrase)...), &out, &out)
				return code, out.String()
			}
			if code, said := command("init"); code != 0 || !strings.Contains(said, "PHIẾU KHÔI PHỤC") || !strings.Contains(said, "Mật khẩu dùng một lần") {
				t.Fatalf("%d: %s", code, said)
			}
			if code, said := command("user", "list"); code != 0 || strings.Count(said, "quan.tri") != 1 {
				t.Errorf("%d: %s", code, said)
			}
			if code, said := command("init"); code != 1 || !strings.Contains(said, "closed.exists") {
				t.Errorf("a third time: %d: %s", code, said)
			}
		})
	}
}
