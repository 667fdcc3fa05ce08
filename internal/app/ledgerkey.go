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
	"time"

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

// shelf is where a house keeps its signing key and the one that will follow it.
type shelf interface {
	present() (*tree.LogKey, error)
	next() (*tree.LogKey, error) // fs.ErrNotExist when none was made
	makeNext(origin string) (*tree.LogKey, error)
	take() error // the next key becomes the present one, which is kept beside it: it still proves what it signed
}

// RotateLedgerKey lets a new key sign the ledger from now on. Other processes on the same ledger sign nothing more until they are started anew with the new file.
func (h *House) RotateLedgerKey(ctx context.Context) (ledger.Receipt, error) {
	return rotate(ctx, h.Ledger, fileShelf{h.Data, h.Now})
}

// rotate has the new key on the shelf before the ledger names it: a crash between the two is mended at the next start.
func rotate(ctx context.Context, l *ledger.Ledger, s shelf) (ledger.Receipt, error) {
	old, err := s.present()
	if err != nil {
		return ledger.Receipt{}, err
	}
	next, err := s.next()
	if errors.Is(err, fs.ErrNotExist) {
		next, err = s.makeNext(old.Name())
	}
	if err != nil {
		return ledger.Receipt{}, err
	}
	r, err := l.Rotate(ctx, next)
	if err != nil {
		return r, err
	}
	return r, s.take()
}

// finishRotation takes the next key when the ledger names it already.
func finishRotation(ctx context.Context, l *ledger.Ledger, s shelf) error {
	next, err := s.next()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	keys, err := l.Keyring(ctx)
	if err != nil || keys == nil {
		return err
	}
	ranges := keys.Ranges()
	if ranges[len(ranges)-1].Verifier != next.Verifier() {
		return nil // the rotation never took place
	}
	l.UseKey(next)
	return s.take()
}

func (h *House) finishRotation(ctx context.Context) error {
	return finishRotation(ctx, h.Ledger, fileShelf{h.Data, h.Now})
}

// stamp marks a key that was replaced.
func stamp(now time.Time) string { return now.UTC().Format("20060102-150405") }

// fileShelf is the data folder of an open house.
type fileShelf struct {
	dir string
	now func() time.Time
}

func (s fileShelf) present() (*tree.LogKey, error) {
	return tree.LoadKey(filepath.Join(s.dir, KeyFile))
}
func (s fileShelf) next() (*tree.LogKey, error) {
	return tree.LoadKey(filepath.Join(s.dir, NextKeyFile))
}
func (s fileShelf) makeNext(origin string) (*tree.LogKey, error) {
	return tree.GenerateKey(filepath.Join(s.dir, NextKeyFile), origin)
}

func (s fileShelf) take() error {
	path := filepath.Join(s.dir, KeyFile)
	if err := os.Rename(path, path+".old-"+stamp(s.now())); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(filepath.Join(s.dir, NextKeyFile), path)
}
