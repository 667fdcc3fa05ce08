package tree

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// algEd25519 is the signature type of log keys in a signed note (C2SP signed-note).
const algEd25519 = 1

// LogKey signs checkpoints. It is a note.Signer.
type LogKey struct {
	note.Signer
	verifier string
}

// Verifier is the public key as text (a vkey), for keyrings and policies of others.
func (k *LogKey) Verifier() string { return k.verifier }

// GenerateKey makes a new key for the log named origin and writes it to path, readable by its owner only. It never overwrites a key.
func GenerateKey(path, origin string) (*LogKey, error) {
	secret, err := NewSecret(origin)
	if err != nil {
		return nil, err
	}
	if err := writeSecret(path, secret+"\n"); err != nil {
		return nil, fmt.Errorf("generate log key: %w", err)
	}
	return ParseKey(secret)
}

// NewSecret makes the text of a new key for the log named origin, for whoever keeps it elsewhere than in a file of its own.
func NewSecret(origin string) (string, error) {
	if !isName(origin) {
		return "", fmt.Errorf("generate log key: %q cannot name a log: no spaces and no plus sign", origin)
	}
	secret, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return "", fmt.Errorf("generate log key: %w", err)
	}
	return secret, nil
}

// LoadKey reads a key that GenerateKey wrote. A key that others can read is refused.
func LoadKey(path string) (*LogKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("load log key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("load log key: %s can be read by others; allow its owner only (mode 0600)", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load log key: %w", err)
	}
	key, err := ParseKey(strings.TrimSuffix(string(text), "\n"))
	if err != nil {
		return nil, fmt.Errorf("load log key %s: %w", path, err)
	}
	return key, nil
}

// LoadOrGenerateKey loads the key at path, or makes it when there is none yet. An existing key must bear the name origin.
func LoadOrGenerateKey(path, origin string) (*LogKey, error) {
	key, err := LoadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		return GenerateKey(path, origin)
	}
	if err == nil && key.Name() != origin {
		return nil, fmt.Errorf("load log key: %s is the key of %q, not of %q", path, key.Name(), origin)
	}
	return key, err
}

// ParseKey reads the text form PRIVATE+KEY+name+id+material. Errors never repeat it.
func ParseKey(secret string) (*LogKey, error) {
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, errors.New("not a signing key")
	}
	parts := strings.SplitN(secret, "+", 5) // the material may hold plus signs of its own
	raw, err := strict64.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algEd25519 {
		return nil, errors.New("not an Ed25519 signing key")
	}
	public := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return nil, err
	}
	return &LogKey{Signer: signer, verifier: verifier}, nil
}

// writeSecret makes a new file with mode 0600, whole and on disk before it bears its name: nobody ever reads half a key, and a key that is there is never replaced.
func writeSecret(path, text string) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return errors.Join(err, os.Remove(path)) // a key that a power cut could take away must sign nothing
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
