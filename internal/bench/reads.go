package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/tracking"
)

// defaultEntries is how large a ledger is made to be read.
const defaultEntries = 300_000

// filled makes a house with a ledger of at least n entries.
func filled(ctx context.Context, p *place, n int64) (*house, []*worker, error) {
	h, err := openHouse(ctx, p, nil)
	if err != nil {
		return nil, nil, err
	}
	ws, err := workers(ctx, h.ledger, 8)
	if err != nil {
		return nil, nil, err
	}
	for h.ledger.Seq() < n {
		if _, err := measure(ctx, ws, time.Second, func(w *worker) (int, error) {
			if h.ledger.Seq() >= n {
				return 0, nil
			}
			return h.append(ctx, w, w.submissions())
		}); err != nil {
			return nil, nil, err
		}
	}
	return h, ws, nil
}

// reading measures something on a ledger that is there already.
type reading func(context.Context, *place, *house, []*worker, Options) (Result, error)

// Rebuild measures how fast all states are made anew from the entries, beside reading the entries alone.
func Rebuild(ctx context.Context, o Options) (Result, error) { return made(ctx, o, rebuild) }

// Verify measures how fast a whole ledger is verified, beside reading the entries alone.
func Verify(ctx context.Context, o Options) (Result, error) { return made(ctx, o, verify) }

// Track measures the public tracking page, beside a handler that serves the same bytes from memory.
func Track(ctx context.Context, o Options) (Result, error) { return made(ctx, o, track) }

// made makes a ledger and measures on it.
func made(ctx context.Context, o Options, read reading) (r Result, err error) {
	p, err := newPlace(o)
	if err != nil {
		return r, err
	}
	defer p.close()
	if o.Entries == 0 {
		o.Entries = defaultEntries
	}
	h, ws, err := filled(ctx, p, o.Entries)
	if err != nil {
		return r, err
	}
	defer h.close()
	return read(ctx, p, h, ws, o)
}

func rebuild(ctx context.Context, _ *place, h *house, _ []*worker, o Options) (Result, error) {
	return whole(ctx, h, o, "rebuild", func() error { return h.ledger.Rebuild(ctx, nil) })
}

func verify(ctx context.Context, _ *place, h *house, _ []*worker, o Options) (Result, error) {
	return whole(ctx, h, o, "verify", func() error {
		keys, err := h.ledger.Keyring(ctx)
		if err != nil {
			return err
		}
		return ledger.Audit{DB: h.db}.Still(ctx, func(a ledger.Audit) error {
			v, err := tree.Verifier{Keys: keys}.VerifyLog(ctx, a)
			if err == nil && !v.OK() {
				err = fmt.Errorf("%s", v.In("en"))
			}
			return err
		})
	})
}

// whole measures work over all entries.
func whole(ctx context.Context, h *house, o Options, name string, work func() error) (Result, error) {
	r := Result{Name: name, Engine: engine(o), Through: "append", Bare: "reading the entries"}
	n := float64(h.ledger.Seq())
	var all []round
	for start := time.Now(); len(all) < rounds || time.Since(start) < time.Duration(o.Seconds)*time.Second; {
		from, cpu := time.Now(), spent()
		if err := work(); err != nil {
			return r, err
		}
		took, cpu := time.Since(from), spent()-cpu
		from = time.Now()
		if err := h.ledger.EachBody(ctx, 0, func(int64, []byte) error { return nil }); err != nil {
			return r, err
		}
		all = append(all, round{cpu: cpu / n, perS: n / took.Seconds(), bare: n / time.Since(from).Seconds(), took: []time.Duration{took}})
	}
	r.median(all)
	s, err := h.ledger.Stats(ctx)
	r.Entries, r.BytesPerEntry = s.Entries, float64(s.DatabaseLen)/float64(max(1, s.Entries))
	return r, err
}

// trackClients ask at once.
const trackClients = 16

func track(ctx context.Context, p *place, h *house, ws []*worker, o Options) (Result, error) {
	r := Result{Name: "track", Engine: engine(o), Through: "http", Bare: "the same bytes from memory"}
	if h.mux == nil {
		if err := h.serve(ctx, p); err != nil {
			return r, err
		}
	}
	places, err := nowhere(ctx, h.db)
	if err != nil {
		return r, err
	}
	(&tracking.Service{Ledger: h.ledger, Places: places, Now: time.Now, Base: h.url}).Mount(h.mux)
	var askers []*worker
	for len(askers) < trackClients {
		w := *ws[len(askers)%len(ws)]
		askers = append(askers, &w)
	}
	page := func(w *worker) string {
		w.step = (w.step + 1) % len(w.items)
		return h.url + tracking.Path + "/" + string(w.items[w.step])
	}
	body, err := h.get(ctx, page(askers[0]))
	if err != nil {
		return r, err
	}
	still, err := h.listen(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) }))
	if err != nil {
		return r, err
	}
	ask := func(url func(*worker) string) func(*worker) (int, error) {
		return func(w *worker) (int, error) { _, err := h.get(ctx, url(w)); return 1, err }
	}
	each := time.Duration(o.Seconds) * time.Second / 2 / (rounds + 1)
	var all []round
	for i := range rounds + 1 {
		x, err := measure(ctx, askers, each, ask(page))
		if err != nil {
			return r, err
		}
		b, err := measure(ctx, askers, each, ask(func(*worker) string { return still }))
		if err != nil {
			return r, err
		}
		x.bare = b.perS
		if i > 0 {
			all = append(all, x)
		}
	}
	r.median(all)
	r.Entries = h.ledger.Seq()
	return r, nil
}

// emptyMap is a picture of places without any: the page then shows codes for names.
type emptyMap struct {
	units   *gazetteer.Gazetteer
	offices *gazetteer.Directory
}

func (e emptyMap) Gazetteer() *gazetteer.Gazetteer { return e.units }
func (e emptyMap) Directory() *gazetteer.Directory { return e.offices }

func nowhere(ctx context.Context, db *sqldb.DB) (e emptyMap, err error) {
	if err := gazetteer.Migrate(ctx, db); err != nil {
		return e, err
	}
	store := &gazetteer.Store{DB: db}
	if e.units, err = store.Gazetteer(ctx); err != nil {
		return e, err
	}
	e.offices, err = store.Directory(ctx, e.units, postal.DayOf(time.Now()))
	return e, err
}

func (h *house) get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := h.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, res.Status)
	}
	return body, err
}
