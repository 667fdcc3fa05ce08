package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"

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
