package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"
	"citypost/internal/strongbox"
)

// Rekeying says how the data key of a closed house is exchanged.
type Rekeying struct {
	Data       string
	Box        *strongbox.Box // of the present key
	Passphrase string         // of the new one
	Now        time.Time
	Tell       func(next *strongbox.Box, recovery string) error // the new recovery code; before the exchange is decided
	Step       func(string)                                     // where a test lets the power fail; may be nil
}

// Rekey makes a new data key and seals everything anew under it: the database and the house's keys. Nobody else may have the house open. The whole new house is made beside
// the old one and proved to be the same before one step decides; a crash at any moment leaves the old house or the new one. Copies made before open with the old key file.
func Rekey(ctx context.Context, k Rekeying) error {
	if k.Step == nil {
		k.Step = func(string) {}
	}
	r, err := k.Box.Renew(k.Passphrase, k.Now, k.Box.Cost(), k.Step)
	if err != nil {
		return err
	}
	k.Step("keys made")
	if err := k.seal(ctx, r); err != nil {
		_ = r.Abandon() // what stays of it is thrown away by the next try
		return err
	}
	if err := k.Tell(r.Box, r.Recovery); err != nil {
		_ = r.Abandon()
		return err
	}
	k.Step("told")
	return errors.Join(r.Commit(), r.Box.Close())
}

// seal puts the database under the new secret and proves that it is the same.
func (k Rekeying) seal(ctx context.Context, r *strongbox.Renewal) error {
	secret, err := k.Box.Database()
	if err != nil {
		return err
	}
	next, err := r.Box.Database()
	if err != nil {
		return err
	}
	if err := sqldb.CopySealed(ctx, filepath.Join(k.Data, ClosedDatabase), secret, filepath.Join(r.Dir, ClosedDatabase), next); err != nil {
		return err
	}
	k.Step("database copied")
	old, err := ClosedInstallation(k.Data, k.Box)
	if err != nil {
		return err
	}
	made, err := ClosedInstallation(r.Dir, r.Box)
	if err != nil {
		return err
	}
	if err := old.SameUnder(ctx, made); err != nil {
		return err
	}
	k.Step("proved")
	return nil
}

// RotateLedgerKey lets a new key sign the closed house's ledger from now on; the ledger says so itself.
func (h *ClosedHouse) RotateLedgerKey(ctx context.Context) (ledger.Receipt, error) {
	if err := h.Box.Alone(); err != nil {
		return ledger.Receipt{}, err
	}
	return rotate(ctx, h.Ledger, boxShelf{h.Box, h.Now})
}

// RotateCountsKey lets a new key sign the sheets of counts. The open house must name it before it takes another sheet; what it took stays readable.
func (h *ClosedHouse) RotateCountsKey() (verifier string, err error) {
	if err := h.Box.Alone(); err != nil {
		return "", err
	}
	secret, err := tree.NewSecret(closedOrigin(h.Box, "counts"))
	if err != nil {
		return "", err
	}
	if err := h.Box.Keep(boxCountsKey, []byte(secret)); err != nil {
		return "", err
	}
	return h.CountsVerifier()
}

// boxShelf is the strongbox of a closed house.
type boxShelf struct {
	box *strongbox.Box
	now func() time.Time
}

const boxNextKey = boxLedgerKey + ".next"

func (s boxShelf) key(name string) (*tree.LogKey, error) {
	secret, err := s.box.Read(name)
	if err != nil {
		return nil, err
	}
	return tree.ParseKey(string(secret))
}

func (s boxShelf) present() (*tree.LogKey, error) { return s.key(boxLedgerKey) }
func (s boxShelf) next() (*tree.LogKey, error)    { return s.key(boxNextKey) }

func (s boxShelf) makeNext(origin string) (*tree.LogKey, error) {
	secret, err := tree.NewSecret(origin)
	if err != nil {
		return nil, err
	}
	if err := s.box.Keep(boxNextKey, []byte(secret)); err != nil {
		return nil, err
	}
	return s.next()
}

// take keeps copies under the names they get, for a sealed secret is bound to its name; begun again after a crash it does the same.
func (s boxShelf) take() error {
	next, err := s.box.Read(boxNextKey)
	if err != nil {
		return err
	}
	old, err := s.box.Read(boxLedgerKey)
	if err != nil {
		return err
	}
	if string(old) != string(next) {
		if err := s.box.Keep(boxLedgerKey+".old-"+stamp(s.now()), old); err != nil {
			return err
		}
		if err := s.box.Keep(boxLedgerKey, next); err != nil {
			return err
		}
	}
	if err := s.box.Drop(boxNextKey); err != nil {
		return fmt.Errorf("drop the next key: %w", err)
	}
	return nil
}
