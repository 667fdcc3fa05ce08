package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"citypost/internal/account"
	"citypost/internal/api"
	"citypost/internal/api/webhook"
	"citypost/internal/calendar"
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/dossier"
	"citypost/internal/gazetteer"
	"citypost/internal/jobs"
	"citypost/internal/law"
	"citypost/internal/ledger"
	"citypost/internal/notify"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/procedure"
	"citypost/internal/proof"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/tariff"
	"citypost/internal/tracking"
	"citypost/internal/web"
)

// Config is what an installation decides.
type Config struct {
	Data     string      // folder of keys and, without Database, of the SQLite file
	Database string      // "postgres://…" or the path of an SQLite file; empty: city.db in Data
	Base     string      // the address by which the public reaches us, for QR codes
	Secure   bool        // reached by TLS, here or at a proxy before us
	MadeUp   bool        // a demonstration: every page and print says so
	Proxies  web.Proxies // whose X-Forwarded-For is believed
	Hotline  string
	Rules    string             // folder of the site's own rules, laid over the law; empty: the law alone
	Province string             // code of the province whose post this is, for relief policies; "31" for Hải Phòng
	Messages NotificationConfig // how people are told of their mail
	Now      func() time.Time
	Log      *slog.Logger
}

// House is the open house, wired.
type House struct {
	Config
	DB            *sqldb.DB
	Key           *privacy.HouseKey
	Ledger        *ledger.Ledger
	Accounts      *account.Service
	Vault         *privacy.Vault
	Offices       *gazetteer.Store
	Procedures    *procedure.Store
	Places        *Places
	Book          *rulebook.Book     // the law with the site's rules, one for all
	Calendar      *calendar.Calendar // its working days and deadlines
	Tariff        *tariff.Tariff     // its prices and relief
	Desk          *desk.Service
	API           *api.Service
	Tracking      *tracking.Service
	Jobs          *jobs.Queue
	Hooks         *webhook.Service
	Notifications *notify.Service
	Personal      *personal.Service
	Mux           *web.Mux

	leaving atomic.Bool
}

var errLeaving = errors.New("this process is about to stop")

// Open opens a house and brings its tables up to date. Close it afterwards.
func Open(ctx context.Context, c Config) (*House, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Database == "" {
		c.Database = filepath.Join(c.Data, "city.db")
	}
	h := &House{Config: c}
	if err := h.open(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	if err := h.mount(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *House) open(ctx context.Context) (err error) {
	if err = h.openRules(); err != nil { // wrong rules are said before any table is touched
		return err
	}
	if h.DB, err = sqldb.Open(ctx, h.Database); err != nil {
		return err
	}
	if h.Key, err = privacy.LoadOrCreateHouseKey(filepath.Join(h.Data, "house.key")); err != nil {
		return err
	}
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
	for _, migrate := range []func(context.Context, *sqldb.DB) error{
		desk.Migrate,
		tariff.Migrate,
		cash.Migrate,
		procedure.Migrate,
		personal.Migrate,
	} {
		if err = migrate(ctx, h.DB); err != nil {
			return err
		}
	}
	h.Offices = &gazetteer.Store{DB: h.DB, Now: h.Now}
	h.Places = &Places{store: h.Offices, now: h.Now}
	if err = h.Places.Reload(ctx); err != nil {
		return err
	}
	if err = h.openProcedures(ctx); err != nil {
		return err
	}
	key, err := ledgerKey(h.Config)
	if err != nil {
		return err
	}
	h.Ledger, err = ledger.Open(ctx, h.DB, ledger.Config{
		Kinds: slices.Concat(
			custody.Kinds(),
			tariff.Kinds(),
			cash.Kinds(),
			personal.Kinds(),
			dossier.Kinds(),
		),
		Folds: []ledger.Fold{
			custody.Fold,
			tariff.Fold,
			cash.Fold,
			personal.Fold,
			dossier.Fold,
		},
		Now: h.Now, Key: key, Base: h.Base,
	})
	if err != nil {
		return err
	}
	if err := h.finishRotation(ctx); err != nil {
		return err
	}
	h.Personal = &personal.Service{DB: h.DB, Ledger: h.Ledger, Vault: h.Vault, Book: h.Book, Name: (&people{accounts: h.Accounts}).Name, Now: h.Now}
	return h.openWork(ctx)
}

// openWork makes the queue of background work and the webhooks. They keep the world's time: a demonstration's clock must not hurry a retry.
func (h *House) openWork(ctx context.Context) (err error) {
	if h.Jobs, err = jobs.Open(ctx, h.DB, time.Now); err != nil {
		return err
	}
	h.Hooks, err = webhook.New(ctx, webhook.Config{
		DB: h.DB, Ledger: h.Ledger, Queue: h.Jobs, House: h.Key, Now: time.Now, Log: h.Log,
		Policy:  webhook.Policy{Private: h.MadeUp, PlainHTTP: h.MadeUp},
		Offices: func(code postal.OfficeCode) bool { _, ok := h.Places.Directory().Office(code); return ok },
	})
	if err != nil {
		return err
	}
	return h.openNotifications(ctx)
}

// How much of the API one device, and one address without a device, may ask. A device sends batches of up to 200 scans; a person looks up a few numbers.
var (
	perDevice   = web.Limit{PerSecond: 200, Burst: 400}
	perStranger = web.Limit{PerSecond: 20, Burst: 60}
)

// mount puts every capability's pages on one mux.
func (h *House) mount() error {
	people := &people{accounts: h.Accounts}
	h.Accounts.Offices = h.Places
	site := web.Site{Hotline: h.Hotline, Secure: h.Secure, Proxies: h.Proxies, ScanTo: "/desk/find"}
	if h.MadeUp {
		site.Band = "DỮ LIỆU MẪU · MADE-UP DATA"
	}
	h.Mux = web.New(h.Accounts, site, h.Log)
	h.Desk = &desk.Service{
		Ledger: h.Ledger, DB: h.DB, Vault: h.Vault, Places: h.Places, Signer: people, Staff: people,
		Clock: &dueTimes{h.routes()}, Quotes: h.quoter(),
		Now: h.Now, Base: h.Base, MadeUp: h.MadeUp,
	}
	h.Accounts.Mount(h.Mux)
	var err error
	if h.API, err = api.New(api.Config{
		Ledger: h.Ledger, Gate: h.Accounts, Signer: people, Staff: people, Places: h.Places, Hooks: h.Hooks, Now: h.Now, Log: h.Log,
		Terms: &terms{h.Desk.Quotes, h.Desk.Clock, h.Places}, Known: perDevice, Strangers: perStranger,
	}); err != nil {
		return err
	}
	h.API.Mount(h.Mux)
	h.Hooks.Mount(h.Mux)
	h.Notifications.Mount(h.Mux)
	h.mountPublic()
	h.Desk.Mount(h.Mux)
	h.mountMoney()
	h.mountPersonal()
	h.mountProcedures()
	(&law.Service{Calendar: h.Calendar, Now: h.Now, Province: h.provinceName}).Mount(h.Mux)
	(&proof.Service{Ledger: h.Ledger, Say: sayFact, Slips: slips{h.Desk}}).Mount(h.Mux)
	h.Mux.Handle("GET /healthz", web.Public, http.HandlerFunc(h.health))
	return nil
}

// Leave says that this process will stop soon: /healthz answers 503 from now on, so that a balancer sends nobody here any more. All else goes on.
func (h *House) Leave() { h.leaving.Store(true) }

// health answers 200 while the house can read and write, 503 when it cannot or is about to stop.
func (h *House) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	err := h.Ledger.Stopped()
	if err == nil {
		err = h.DB.Ping(ctx)
	}
	if err == nil && h.leaving.Load() {
		err = errLeaving
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err != nil {
		h.Log.ErrorContext(r.Context(), "not healthy", "err", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// Close ends what Open began.
func (h *House) Close() error {
	var errs []error
	if h.Ledger != nil {
		errs = append(errs, h.Ledger.Close())
	}
	if h.DB != nil {
		errs = append(errs, h.DB.Close())
	}
	return errors.Join(errs...)
}

// InUse says whether an office still holds something or is somebody's place of work, or a unit is where an office stands: it must not vanish then.
func (h *House) InUse(ctx context.Context, code string) (used bool, why string, err error) {
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

func (h *House) unitInUse(code string) (bool, string, error) {
	for _, o := range h.Places.Directory().InUnit(postal.UnitCode(code)) {
		return true, string(o.Code), nil
	}
	return false, "", nil
}

// Handler answers every request of the house.
func (h *House) Handler() http.Handler { return h.Mux }
