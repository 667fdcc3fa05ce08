package strongbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"

	"golang.org/x/text/unicode/norm"
)

const word = "bốn từ ghép ngẫu nhiên 7"

// quick keeps the tests fast; FullCost is only larger.
var quick = Cost{Time: 1, MemoryKiB: 64, Threads: 1}

func made(t *testing.T) (*Box, string, string) {
	t.Helper()
	dir := t.TempDir()
	b, code, err := Create(dir, word, time.Now(), quick)
	if err != nil {
		t.Fatal(err)
	}
	return b, code, dir
}

func TestOnlyPassphraseOrRecoveryCodeOpenTheBox(t *testing.T) {
	b, code, dir := made(t)
	for name, open := range map[string]func() (*Box, error){
		"passphrase":          func() (*Box, error) { return Open(dir, word) },
		"typed-another-way":   func() (*Box, error) { return Open(dir, norm.NFD.String(word)+"\n") },
		"recovery":            func() (*Box, error) { return Recover(dir, code) },
		"recovery-as-written": func() (*Box, error) { return Recover(dir, " "+strings.ToUpper(strings.ReplaceAll(code, "-", " "))) },
	} {
		got, err := open()
		if err != nil || !bytes.Equal(got.secret, b.secret) || got.Fingerprint() != b.Fingerprint() {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, open := range map[string]func() (*Box, error){
		"wrong":                  func() (*Box, error) { return Open(dir, word+"x") },
		"code-as-passphrase":     func() (*Box, error) { return Open(dir, code) },
		"passphrase-as-recovery": func() (*Box, error) { return Recover(dir, word) },
	} {
		if _, err := open(); fault.Code(err) != "closed.wrong_passphrase" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(dir, ""); fault.Code(err) != "closed.locked" {
		t.Errorf("nothing typed: %v", err)
	}
	if _, err := Open(t.TempDir(), word); fault.Code(err) != "closed.no_key_file" {
		t.Errorf("no key file: %v", err)
	}
	if _, _, err := Create(dir, word, time.Now(), quick); fault.Code(err) != "closed.exists" {
		t.Errorf("made twice: %v", err)
	}
	for _, weak := range []string{"", "short", "aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababab"} {
		if _, _, err := Create(t.TempDir(), weak, time.Now(), quick); fault.Code(err) != "closed.weak_passphrase" {
			t.Errorf("%q: %v", weak, err)
		}
	}
}

func TestAChangedPassphraseReplacesTheOldOne(t *testing.T) {
	b, code, dir := made(t)
	secret, err := b.Database()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Change("một mật khẩu hoàn toàn khác"); err != nil {
		t.Fatal(err)
	}
	fresh, err := b.NewRecovery()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, word); fault.Code(err) != "closed.wrong_passphrase" {
		t.Errorf("the old passphrase: %v", err)
	}
	if _, err := Recover(dir, code); fault.Code(err) != "closed.wrong_passphrase" {
		t.Errorf("the old code: %v", err)
	}
	for _, open := range []func() (*Box, error){func() (*Box, error) { return Open(dir, "một mật khẩu hoàn toàn khác") }, func() (*Box, error) { return Recover(dir, fresh) }} {
		again, err := open()
		if err != nil {
			t.Fatal(err)
		}
		if same, err := again.Database(); err != nil || !bytes.Equal(same, secret) {
			t.Errorf("the database has another secret: %v", err)
		}
	}
}

func TestSmallSecretsAreSealedAndBoundToTheirName(t *testing.T) {
	b, _, dir := made(t)
	if _, err := b.Read("house.key"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing kept: %v", err)
	}
	if err := b.Keep("house.key", []byte("plain house secret")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Read("house.key"); err != nil || string(got) != "plain house secret" {
		t.Errorf("%q, %v", got, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, SealedName("house.key")))
	if err != nil || bytes.Contains(text, []byte("plain house")) {
		t.Fatalf("readable on disk: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, SealedName("ledger.key")), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read("ledger.key"); fault.Code(err) != "closed.key_damaged" {
		t.Errorf("one key passed for another: %v", err)
	}
}

// TestEveryChangedByteOfTheKeyFileIsNoticed flips each byte of the sealed parts and asks for too much memory.
func TestEveryChangedByteOfTheKeyFileIsNoticed(t *testing.T) {
	_, _, dir := made(t)
	path := filepath.Join(dir, KeyFile)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change := func(name string, do func(*keyFile)) {
		t.Helper()
		var f keyFile
		if err := json.Unmarshal(good, &f); err != nil {
			t.Fatal(err)
		}
		do(&f)
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, word); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	for i := range 32 + 12 + 16 {
		change("sealed", func(f *keyFile) { f.Passphrase.Sealed[i] ^= 1 })
	}
	change("salt", func(f *keyFile) { f.Passphrase.Salt[3] ^= 1 })
	change("time", func(f *keyFile) { f.Passphrase.Time++ })
	change("memory", func(f *keyFile) { f.Passphrase.MemoryKiB = 1 << 31 })
	change("fingerprint", func(f *keyFile) { f.Fingerprint = "0000000000000000" })
	change("swapped", func(f *keyFile) { f.Passphrase = f.Recovery })
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
