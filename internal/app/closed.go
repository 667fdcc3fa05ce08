package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/strongbox"
	"citypost/internal/tariff"
	"citypost/internal/upkeep"
	"citypost/internal/web"
)

// ClosedDatabase is the database within the data folder of a closed house. It is sealed; so is every copy of it.
const ClosedDatabase = "closed.db"

// closedIdle ends a session of the closed house that was not used for so long.
const closedIdle = 10 * time.Minute

// ClosedHouse is the house of KT1, wired from the same core as the open one, on a database of its own under keys of its own.
type ClosedHouse struct {
	floor
	Box *strongbox.Box
	closedMail
	refused chan struct{} // acts were refused because the clock lies behind
}

// OpenClosed opens a closed house whose box is open already. It is never on a database server: Database is not looked at.
func OpenClosed(ctx context.Context, c Config, box *strongbox.Box) (*ClosedHouse, error) {
	c = c.settled()
	c.Database = filepath.Join(c.Data, ClosedDatabase)
	h := &ClosedHouse{floor: floor{Config: c}, Box: box, refused: make(chan struct{}, 1)}
	if err := h.open(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	if err := h.mount(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// Close ends all work and lets go of the folder.
func (h *ClosedHouse) Close() error { return errors.Join(h.floor.Close(), h.Box.Close()) }

func (h *ClosedHouse) open(ctx context.Context) (err error) {
	if err = h.openRules(); err != nil {
		return err
	}
	secret, err := h.Box.Database()
	if err != nil {
		return err
	}
	if h.Key, err = closedHouseKey(h.Box); err != nil {
		return err
	}
	key, err := closedLedgerKey(h.Box)
	if err != nil {
		return err
	}
	if h.DB, err = sqldb.OpenSealed(ctx, h.Database, secret); err != nil {
		return err
	}
	if err = h.openTables(ctx, append([]func(context.Context, *sqldb.DB) error{tariff.Migrate}, closedTables()...)...); err != nil {
		return err
	}
	h.Accounts.Closed, h.Accounts.Idle, h.Accounts.Issuer = true, closedIdle, "citypost KT1"
	h.Ledger, err = ledger.Open(ctx, h.DB, ledger.Config{Kinds: closedKinds(), Folds: closedFolds(), Now: h.Now, Key: key, Base: h.Base, Behind: h.hearRefused, Beside: closedmail.Tables(), Followers: closedFollowers()})
	if err != nil {
		return err
	}
	if err = finishRotation(ctx, h.Ledger, boxShelf{h.Box, h.Now}); err != nil {
		return err
	}
	return h.watchClock(ctx)
}

// Names of the small secrets in the box.
const (
	boxHouseKey  = "house.key"
	boxLedgerKey = "ledger.key"
	boxCountsKey = "counts.key"
)

// FurnishBox makes the keys of a new closed house and keeps them in its box; a key that is there already stays.
func FurnishBox(box *strongbox.Box) error {
	ledgerKey := func(purpose string) func() ([]byte, error) {
		return func() ([]byte, error) {
			secret, err := tree.NewSecret(closedOrigin(box, purpose))
			return []byte(secret), err
		}
	}
	for _, k := range []struct {
		name string
		make func() ([]byte, error)
	}{{boxHouseKey, privacy.NewSecret}, {boxLedgerKey, ledgerKey("ledger")}, {boxCountsKey, ledgerKey("counts")}} {
		_, err := box.Read(k.name)
		if !errors.Is(err, fs.ErrNotExist) {
			if err != nil {
				return err
			}
			continue
		}
		secret, err := k.make()
		if err != nil {
			return err
		}
		if err := box.Keep(k.name, secret); err != nil {
			return err
		}
	}
	return nil
}

// closedOrigin names a key of a closed house.
func closedOrigin(box *strongbox.Box, purpose string) string {
	return "citypost-closed-" + box.Fingerprint()[:8] + "/" + purpose
}

// unfurnished says what to do when the key file is there and what it should open is not.
func unfurnished(name string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%s: %w: restore it from a backup of this house", strongbox.SealedName(name), err)
}

func closedHouseKey(box *strongbox.Box) (*privacy.HouseKey, error) {
	secret, err := box.Read(boxHouseKey)
	if err != nil {
		return nil, unfurnished(boxHouseKey, err)
	}
	return privacy.NewHouseKey(secret)
}

func closedLedgerKey(box *strongbox.Box) (*tree.LogKey, error) {
	secret, err := box.Read(boxLedgerKey)
	if err != nil {
		return nil, unfurnished(boxLedgerKey, err)
	}
	return tree.ParseKey(string(secret))
}

// mount puts the pages on a closed mux: no route is public but the way in.
func (h *ClosedHouse) mount() error {
	site := web.Site{
		NameVI: "Bưu điện – nội bộ", NameEN: "Post – internal", Band: "NỘI BỘ – KT1", Secure: h.Secure, Proxies: h.Proxies, Closed: true, Idle: closedIdle,
	}
	if h.MadeUp {
		site.Band += " · DỮ LIỆU MẪU"
	}
	h.Mux = web.New(h.Accounts, site, h.Log)
	h.Accounts.Mount(h.Mux)
	h.Mux.Get("/{$}", web.SignedIn, h.getFirst)
	h.Mux.Handle(web.HealthPath, web.Public, http.HandlerFunc(h.health))
	return h.mountClosedMail()
}

// getFirst leads to a person's first job.
func (h *ClosedHouse) getFirst(w http.ResponseWriter, r *http.Request) error {
	to := h.Mux.Landing(web.PersonOf(r))
	if to == "/" {
		to = web.OwnPath
	}
	return web.Redirect(w, r, to)
}

// Run does the work that goes on beside the requests, until ctx ends and all of it has ended.
func (h *ClosedHouse) Run(ctx context.Context) error {
	return runAll(ctx, append(h.closedWork(), h.care)...)
}

// care keeps the picture of the offices fresh, sweeps ended sessions, and once a day erases what outlived its time and removes what it left behind.
func (h *ClosedHouse) care(ctx context.Context) error {
	minute, day := time.NewTicker(everyMinute), time.NewTicker(everyDay)
	defer minute.Stop()
	defer day.Stop()
	h.daily(ctx) // a house that is stopped every night looks after itself too
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-minute.C:
			h.try("offices not reloaded", h.Places.Reload(ctx))
			h.try("ended sessions not swept", h.Accounts.Sweep(ctx))
			h.try("clock not looked at", h.watchClock(ctx))
		case <-h.refused:
			h.try("clock not looked at", h.watchClock(ctx))
		case <-day.C:
			h.daily(ctx)
		}
	}
}

func (h *ClosedHouse) daily(ctx context.Context) {
	h.try("old numbers of visitors not erased", h.Records.TidyVisitors(ctx, h.Vault, h.Law, h.Now()))
	h.try("traces of erased keys not scrubbed", h.Vault.Scrub(ctx))
}

// ClosedInstallation is what upkeep looks after: the folder of a box that is open.
func ClosedInstallation(data string, box *strongbox.Box) (upkeep.Installation, error) {
	secret, err := box.Database()
	if err != nil {
		return upkeep.Installation{}, err
	}
	proof, err := box.Proof()
	if err != nil {
		return upkeep.Installation{}, err
	}
	return upkeep.Installation{
		Data: data, Database: filepath.Join(data, ClosedDatabase), Now: time.Now,
		Sealed: &upkeep.Sealed{
			Secret: secret, Proof: proof, Fingerprint: box.Fingerprint(), KeyFile: strongbox.KeyFile, Made: box.Made(), Files: closedSecrets,
			House:  func() (*privacy.HouseKey, error) { return closedHouseKey(box) },
			Ledger: func() (*tree.LogKey, error) { return closedLedgerKey(box) },
		},
	}, nil
}

// closedSecrets are the small secrets of a folder that a copy holds: all but the note on the machine's clock, which says nothing on another machine.
func closedSecrets(dir string) ([]string, error) {
	names, err := strongbox.NamesIn(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, name := range names {
		if name != boxClock {
			files = append(files, strongbox.SealedName(name))
		}
	}
	return files, nil
}
