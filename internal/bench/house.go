package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"citypost/internal/account"
	"citypost/internal/api"
	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// house is a ledger with custody, accounts and the API before it, and a listener on loopback.
type house struct {
	db      *sqldb.DB
	ledger  *ledger.Ledger
	mux     *web.Mux
	url     string
	token   string
	client  *http.Client
	closers []func() error
}

func openHouse(ctx context.Context, p *place, watch func(ledger.Rows)) (*house, error) {
	db, err := p.open(ctx, "house")
	if err != nil {
		return nil, err
	}
	key, err := tree.LoadOrGenerateKey(filepath.Join(p.dir, "ledger.key"), "bench.invalid/ledger")
	if err != nil {
		return nil, err
	}
	h := &house{db: db}
	h.ledger, err = ledger.Open(ctx, db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}, Key: key, Base: "https://bench.invalid", Watch: watch})
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, h.ledger.Close)
	return h, nil
}

// serve puts accounts and the API before the ledger.
func (h *house) serve(ctx context.Context, p *place) error {
	secret, err := privacy.LoadOrCreateHouseKey(filepath.Join(p.dir, "house.key"))
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	accounts, err := account.New(ctx, h.db, secret, time.Now)
	if err != nil {
		return err
	}
	accounts.Log = quiet
	service, err := api.New(api.Config{Ledger: h.ledger, Gate: accounts, Log: quiet})
	if err != nil {
		return err
	}
	h.mux = web.New(accounts, web.Site{}, quiet)
	service.Mount(h.mux)
	_, h.token, err = accounts.AddDevice(ctx, account.Actor{ID: account.Command}, account.Device{Name: "bench", Rights: []web.Right{web.Clerk, web.Carrier}})
	if err != nil {
		return err
	}
	h.url, err = h.listen(h.mux)
	h.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}}
	return err
}

// vacuumed is how many bytes an entry takes on PostgreSQL when no dead version of a row is left: what is there, as against the room that the next changes will use again. 0 on
// SQLite, which keeps none.
func (h *house) vacuumed(ctx context.Context) (float64, error) {
	if h.db.Dialect != sqldb.Postgres {
		return 0, nil
	}
	if _, err := h.db.Write().ExecContext(ctx, `VACUUM FULL`); err != nil {
		return 0, fmt.Errorf("vacuum: %w", err)
	}
	size, err := h.ledger.Size(ctx)
	return float64(size) / float64(max(1, h.ledger.Seq())), err
}

// listen serves a handler on a loopback port of its own.
func (h *house) listen(handler http.Handler) (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go srv.Serve(ln) // ends with Close
	h.closers = append(h.closers, srv.Close)
	return "http://" + ln.Addr().String(), nil
}

func (h *house) close() error {
	var err error
	for i := len(h.closers) - 1; i >= 0; i-- {
		if cerr := h.closers[i](); err == nil {
			err = cerr
		}
	}
	return err
}

// post sends acts as a device does and counts those that were recorded.
func (h *house) post(ctx context.Context, w *worker, subs []ledger.Submission) (int, error) {
	body, err := json.Marshal(map[string]any{"scans": scansOf(w, subs)})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url+"/api/v1/scans", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := h.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	n := bytes.Count(answer, []byte(`"status":"recorded"`))
	if res.StatusCode != http.StatusOK || n != len(subs) {
		return n, fmt.Errorf("%d of %d acts recorded: %s %.300s", n, len(subs), res.Status, answer)
	}
	return n, nil
}

// scansOf writes acts in the form of the API.
func scansOf(w *worker, subs []ledger.Submission) []api.Scan {
	out := make([]api.Scan, len(subs))
	for i, s := range subs {
		sc := api.Scan{ID: s.Envelope.Act.String(), OccurredAt: postal.FromMillis(s.OccurredMs).Format(time.RFC3339Nano), Office: string(w.office)}
		switch a := s.Act.(type) {
		case custody.Accept:
			sc.Act, sc.Item, sc.Service, sc.ToUnit, sc.ToOffice = "accept", string(a.Item), string(a.Service), string(a.ToUnit), string(a.ToOffice)
			sc.WeightG, sc.FeeVND = int64(a.WeightG), int64(a.FeeVND)
		case custody.StartBag:
			sc.Act, sc.ToOffice = "start_bag", string(a.To)
		case custody.Pack:
			sc.Act, sc.Item, sc.Bag = "pack", string(a.Item), string(a.Bag)
		case custody.Unpack:
			sc.Act, sc.Item, sc.Bag = "unpack", string(a.Item), string(a.Bag)
		case custody.SealBag:
			sc.Act, sc.Bag, sc.Seal = "seal_bag", string(a.Bag), a.Seal
		case custody.UnsealBag:
			sc.Act, sc.Bag, sc.Reason = "unseal_bag", string(a.Bag), a.Reason
		case custody.Deliver:
			sc.Act, sc.Item, sc.To = "deliver", string(a.Item), a.To
		}
		out[i] = sc
	}
	return out
}
