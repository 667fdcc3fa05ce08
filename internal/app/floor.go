package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"citypost/internal/account"
	"citypost/internal/calendar"
	"citypost/internal/custody"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/tariff"
	"citypost/internal/web"
)

// floor is what both houses stand on: a database and its key, people, places, the law, the ledger and a mux.
type floor struct {
	Config
	DB       *sqldb.DB
	Key      *privacy.HouseKey
	Ledger   *ledger.Ledger
	Accounts *account.Service
	Vault    *privacy.Vault
	Offices  *gazetteer.Store
	Places   *Places
	Book     *rulebook.Book     // the law with the site's rules, one for all
	Calendar *calendar.Calendar // its working days and deadlines
	Tariff   *tariff.Tariff     // its prices and relief
	Mux      *web.Mux

	leaving atomic.Bool
}

// settled fills in what an installation left open.
func (c Config) settled() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// openTables brings the tables of persons, accounts and places up to date, and those of the capabilities.
func (h *floor) openTables(ctx context.Context, capabilities ...func(context.Context, *sqldb.DB) error) (err error) {
	if h.Vault, err = privacy.OpenVault(ctx, h.DB, h.Key, time.Now); err != nil {
		return err
	}
	if h.Accounts, err = account.New(ctx, h.DB, h.Key, time.Now); err != nil {
		return err
	}
	h.Accounts.Log, h.Accounts.Secure = h.Log, h.Secure
	if err = gazetteer.Migrate(ctx, h.DB); err != nil {
		return err
	}
	for _, migrate := range capabilities {
		if err = migrate(ctx, h.DB); err != nil {
			return err
		}
	}
	h.Offices = &gazetteer.Store{DB: h.DB, Now: h.Now}
	h.Places = &Places{store: h.Offices, now: h.Now}
	h.Accounts.Offices = h.Places
	return h.Places.Reload(ctx)
}

var errLeaving = errors.New("this process is about to stop")

// Leave says that this process will stop soon: /healthz answers 503 from now on, so that a balancer sends nobody here any more. All else goes on.
func (h *floor) Leave() { h.leaving.Store(true) }

// Leaving reports whether Leave was called.
func (h *floor) Leaving() bool { return h.leaving.Load() }

// health answers 200 while the house can read and write, 503 when it cannot or is about to stop.
func (h *floor) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	err := h.Ledger.Stopped()
	if err == nil {
		err = h.DB.Ping(ctx)
	}
	if err == nil && h.Leaving() {
		err = errLeaving
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err != nil {
		h.Log.ErrorContext(r.Context(), "not healthy", "err", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
	if late, why := h.witnessesLate(ctx); late { // the public waits, the counters do not
		fmt.Fprintln(w, why)
	}
}

// Close ends what Open began.
func (h *floor) Close() error {
	var errs []error
	if h.Ledger != nil {
		errs = append(errs, h.Ledger.Close())
	}
	if h.DB != nil {
		errs = append(errs, h.DB.Close())
	}
	return errors.Join(errs...)
}

// runAll does work that goes on beside the requests, until ctx ends and all of it has ended.
func runAll(ctx context.Context, work ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(work))
	var all sync.WaitGroup
	for n, do := range work {
		all.Go(func() {
			defer stop() // when one ends, the house is no longer whole
			errs[n] = do(ctx)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// follow keeps the tables of a follower up with the ledger.
func (h *floor) follow(name string, work ledger.Work) func(context.Context) error {
	return func(ctx context.Context) error { return h.Ledger.Follow(ctx, name, work) }
}

// try logs a piece of care that failed; the next round tries again.
func (h *floor) try(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		h.Log.Error(what, "err", err)
	}
}

// InUse says whether an office still holds something or is somebody's place of work, or a unit is where an office stands: it must not vanish then.
func (h *floor) InUse(ctx context.Context, code string) (used bool, why string, err error) {
	if _, err := postal.ParseOfficeCode(code); err != nil {
		return h.unitInUse(code)
	}
	v := h.Ledger.View(ctx)
	for _, letter := range []byte{'i', 'b', 'd', 'h', 'x'} {
		if at := v.At(string(custody.AtOffice(postal.OfficeCode(code))), letter); len(at) > 0 {
			return true, fmt.Sprintf("%d: %s…", len(at), at[0][2:]), v.Err()
		}
	}
	if v.Err() != nil {
		return false, "", v.Err()
	}
	staff, err := (&people{accounts: h.Accounts}).Holding(ctx, web.Staff, postal.OfficeCode(code))
	if err != nil {
		return false, "", err
	}
	for _, p := range staff {
		if p.Office() != "" { // who works everywhere does not depend on this office
			return true, p.Login, nil
		}
	}
	return false, "", nil
}

func (h *floor) unitInUse(code string) (bool, string, error) {
	for _, o := range h.Places.Directory().InUnit(postal.UnitCode(code)) {
		return true, string(o.Code), nil
	}
	return false, "", nil
}

// Handler answers every request of the house.
func (h *floor) Handler() http.Handler { return h.Mux }
