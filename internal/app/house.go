package app

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"citypost/internal/api"
	"citypost/internal/api/webhook"
	"citypost/internal/booking"
	"citypost/internal/cash"
	"citypost/internal/counts"
	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/dossier"
	"citypost/internal/jobs"
	"citypost/internal/law"
	"citypost/internal/ledger"
	"citypost/internal/notify"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/procedure"
	"citypost/internal/proof"
	"citypost/internal/report"
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
	// Witnesses is the path of a policy (C2SP tlog-policy) that says who must have cosigned a checkpoint before the public sees it; empty: nobody.
	Witnesses string
	// Certificate is that of a closed house which serves by TLS: it answers to the names in it.
	Certificate *x509.Certificate
	Now         func() time.Time
	Log         *slog.Logger
	Watch       func(ledger.Rows) // hears what the ledger writes, for measuring
}

// House is the open house, wired.
type House struct {
	floor
	Procedures    *procedure.Store
	Bookings      *booking.Service
	Dossiers      *dossier.Service
	Till          *till // prices and money at the counters
	Desk          *desk.Service
	API           *api.Service
	Tracking      *tracking.Service
	Jobs          *jobs.Queue
	Hooks         *webhook.Service
	Notifications *notify.Service
	Personal      *personal.Service

	agencies *agencyNames
}

// Open opens a house and brings its tables up to date. Close it afterwards.
func Open(ctx context.Context, c Config) (*House, error) {
	c = c.settled()
	if c.Database == "" {
		c.Database = filepath.Join(c.Data, "city.db")
	}
	h := &House{floor: floor{Config: c}}
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
	if err = h.openTables(ctx,
		desk.Migrate,
		tariff.Migrate,
		cash.Migrate,
		procedure.Migrate, booking.Migrate,
		counts.Migrate,
		personal.Migrate,
		dossier.Migrate,
		report.Migrate,
	); err != nil {
		return err
	}
	if err = h.openProcedures(ctx); err != nil {
		return err
	}
	key, err := ledgerKey(h.Config)
	if err != nil {
		return err
	}
	witnesses, err := Witnesses(h.Config.Witnesses)
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
		Now: h.Now, Key: key, Base: h.Base, Witnesses: witnesses, Beside: dossier.Tables(), Watch: h.Watch, Followers: followers(),
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
		Offices: func(code postal.OfficeCode) bool { _, ok := h.Places.Directory().Office(code); return ok }, Agencies: h.agenciesOf,
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
	site := web.Site{Hotline: h.Hotline, Secure: h.Secure, Proxies: h.Proxies, ScanTo: "/desk/find", Place: h.names().Place}
	if h.MadeUp {
		site.Band = "DỮ LIỆU MẪU · MADE-UP DATA"
	}
	h.Mux = web.New(h.Accounts, site, h.Log)
	h.Till = h.newTill()
	h.Desk = &desk.Service{
		Ledger: h.Ledger, DB: h.DB, Vault: h.Vault, Places: h.Places, Signer: people, Staff: people,
		Clock: &dueTimes{h.routes()}, Till: h.Till, Rules: law.Path + "/keys/", Say: sayFact,
		Now: h.Now, Base: h.Base, MadeUp: h.MadeUp, Beside: h.besideDesk(),
	}
	h.Accounts.Mount(h.Mux)
	var err error
	if h.API, err = api.New(api.Config{
		Ledger: h.Ledger, Gate: h.Accounts, Signer: people, Staff: people, Places: h.Places, Hooks: h.Hooks, Now: h.Now, Log: h.Log,
		Clock: &dueBy{h.Desk.Clock, h.Places}, Till: h.Till, Dossiers: agencyDossiers{h}, Known: perDevice, Strangers: perStranger,
	}); err != nil {
		return err
	}
	h.API.Mount(h.Mux)
	h.Hooks.Mount(h.Mux)
	h.Notifications.Mount(h.Mux)
	h.mountPublic()
	h.Desk.Mount(h.Mux)
	h.mountMoney()
	(&counts.Store{DB: h.DB, Now: h.Now}).Mount(h.Mux)
	h.mountPersonal()
	h.mountProcedures()
	h.mountDossiers()
	h.joinDossiers()
	h.mountReport()
	h.mountJournal()
	(&law.Service{Calendar: h.Calendar, Now: h.Now, Province: h.provinceName}).Mount(h.Mux)
	(&proof.Service{Ledger: h.Ledger, Say: sayFact, Slips: slips{h.Desk}}).Mount(h.Mux)
	h.Mux.Handle("GET /healthz", web.Public, http.HandlerFunc(h.health))
	return nil
}
