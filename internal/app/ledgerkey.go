package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
)

// KeyFile is the ledger's signing key within the data folder; NextKeyFile is the one that will follow it, while it is being changed.
const (
	KeyFile     = "ledger.key"
	NextKeyFile = "ledger.key.next"
)

// ledgerKey loads the key that signs the ledger, and makes it at the first start. Every node on one database needs the same file.
func ledgerKey(c Config) (*tree.LogKey, error) {
	path := filepath.Join(c.Data, KeyFile)
	key, err := tree.LoadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if next, err := tree.LoadKey(filepath.Join(c.Data, NextKeyFile)); err == nil { // a crash in the middle of takeNextKey
		return next, nil
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err
	}
	origin, err := origin(c.Base)
	if err != nil {
		return nil, err
	}
	return tree.GenerateKey(path, origin)
}

// origin names a new ledger for ever: by the host that the public knows, else by a name that nobody else has.
func origin(base string) (string, error) {
	if u, err := url.Parse(base); err == nil && u.Hostname() != "" && u.Hostname() != "localhost" && net.ParseIP(u.Hostname()) == nil {
		return u.Hostname() + "/ledger", nil
	}
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("name the ledger: %w", err)
	}
	return "citypost-" + hex.EncodeToString(b[:]) + "/ledger", nil
}

// RotateLedgerKey lets a new key sign the ledger from now on. The new key is on disk before the ledger names it: a crash between the two is mended at the next
// start. Other processes on the same ledger sign nothing more until they are started anew with the new file.
func (h *House) RotateLedgerKey(ctx context.Context) (ledger.Receipt, error) {
	old, err := tree.LoadKey(filepath.Join(h.Data, KeyFile))
	if err != nil {
		return ledger.Receipt{}, err
	}
	next, err := tree.LoadOrGenerateKey(filepath.Join(h.Data, NextKeyFile), old.Name())
	if err != nil {
		return ledger.Receipt{}, err
	}
	r, err := h.Ledger.Rotate(ctx, next)
	if err != nil {
		return r, err
	}
	return r, h.takeNextKey()
}

// takeNextKey puts the next key in the place of the present one, which is kept beside it: it still proves what it signed.
func (h *House) takeNextKey() error {
	path := filepath.Join(h.Data, KeyFile)
	if err := os.Rename(path, path+".old-"+h.Now().UTC().Format("20060102-150405")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(filepath.Join(h.Data, NextKeyFile), path)
}

// finishRotation takes the next key when the ledger names it already.
func (h *House) finishRotation(ctx context.Context) error {
	next, err := tree.LoadKey(filepath.Join(h.Data, NextKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	keys, err := h.Ledger.Keyring(ctx)
	if err != nil || keys == nil {
		return err
	}
	ranges := keys.Ranges()
	if ranges[len(ranges)-1].Verifier != next.Verifier() {
		return nil // the rotation never took place
	}
	h.Ledger.UseKey(next)
	return h.takeNextKey()
}
