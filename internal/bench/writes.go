package bench

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"citypost/internal/ledger"
)

// rounds is how often each side is measured at least; the median counts.
const rounds = 3

// longest is how long one round of writes may take: what it wrote is kept in memory for the bare engine, so a long run has more rounds, not longer ones.
const longest = 10 * time.Second

// Scans measures acts that come in batches of at most 200.
func Scans(ctx context.Context, o Options) (Result, error) {
	if o.Clients == 0 {
		o.Clients = 8
	}
	return writes(ctx, o, "scans", func(w *worker) []ledger.Submission { return w.submissions() })
}

// Acts measures acts that come one by one, from 64 clients.
func Acts(ctx context.Context, o Options) (Result, error) {
	if o.Clients == 0 {
		o.Clients = 64
	}
	return writes(ctx, o, "acts", func(w *worker) []ledger.Submission { return []ledger.Submission{w.one()} })
}

// writes lets workers write for a while, then lets the bare engine write the very same rows in the same transactions, round after round.
func writes(ctx context.Context, o Options, name string, next func(*worker) []ledger.Submission) (Result, error) {
	r := Result{Name: name, Engine: engine(o), Through: "http", Bare: "the bare engine writing the same rows"}
	p, err := newPlace(o)
	if err != nil {
		return r, err
	}
	defer p.close()
	var rec recorder
	h, err := openHouse(ctx, p, rec.hear)
	if err != nil {
		return r, err
	}
	defer h.close()
	send := h.append
	if o.Append {
		r.Through = "append"
	} else {
		if err := h.serve(ctx, p); err != nil {
			return r, err
		}
		send = h.post
	}
	ws, err := workers(ctx, h.ledger, o.Clients)
	if err != nil {
		return r, err
	}
	bare, err := openBare(ctx, p)
	if err != nil {
		return r, err
	}
	defer bare.Close()
	if err := rec.replay(ctx, bare, nil); err != nil { // what opened the ledger
		return r, err
	}
	whole := time.Duration(o.Seconds) * time.Second
	each := min(longest, whole*2/3/(rounds+1))
	var all []round
	for i, start := 0, time.Now(); i <= rounds || time.Since(start) < whole-each; i++ {
		x, err := measure(ctx, ws, each, func(w *worker) (int, error) { return send(ctx, w, next(w)) })
		if err != nil {
			return r, err
		}
		if err := rec.replay(ctx, bare, &x); err != nil {
			return r, err
		}
		if i > 0 { // the first warms up
			all = append(all, x)
		}
	}
	r.median(all)
	s, err := h.ledger.Stats(ctx)
	if err != nil {
		return r, err
	}
	r.Entries, r.BytesPerEntry = s.Entries, float64(s.DatabaseLen)/float64(max(1, s.Entries))
	r.Vacuumed, err = h.vacuumed(ctx)
	return r, err
}

func engine(o Options) string {
	if o.Database == "" {
		return "sqlite"
	}
	return "postgres"
}

func openBare(ctx context.Context, p *place) (*ledger.Bare, error) {
	db, err := p.open(ctx, "bare")
	if err != nil {
		return nil, err
	}
	return ledger.OpenBare(ctx, db)
}

// append puts acts straight into the ledger.
func (h *house) append(ctx context.Context, _ *worker, subs []ledger.Submission) (int, error) {
	rs, err := h.ledger.AppendAll(ctx, subs)
	for _, r := range rs {
		err = errors.Join(err, r.Err)
	}
	return len(rs), err
}

// measure lets all workers work for a while and counts what was acknowledged.
func measure[W any](ctx context.Context, ws []W, d time.Duration, do func(W) (int, error)) (round, error) {
	var done atomic.Int64
	var mu sync.Mutex
	var x round
	var failed error
	start, cpu := time.Now(), spent()
	var wg sync.WaitGroup
	for _, w := range ws {
		wg.Go(func() {
			var took []time.Duration
			for time.Since(start) < d && ctx.Err() == nil {
				from := time.Now()
				n, err := do(w)
				if err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					return
				}
				took = append(took, time.Since(from))
				done.Add(int64(n))
			}
			mu.Lock()
			x.took = append(x.took, took...)
			mu.Unlock()
		})
	}
	wg.Wait()
	x.perS = float64(done.Load()) / time.Since(start).Seconds()
	x.cpu = (spent() - cpu) / float64(max(1, done.Load()))
	return x, errors.Join(failed, ctx.Err())
}

// recorder keeps what the ledger wrote since the last replay, up to most bytes beside the entries; 0: all of it.
type recorder struct {
	most  int
	mu    sync.Mutex
	rows  []ledger.Rows
	bytes int
}

func (r *recorder) hear(rows ledger.Rows) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.most > 0 && r.bytes > r.most {
		return
	}
	r.rows, r.bytes = append(r.rows, rows), r.bytes+rows.BesideBytes()
}

// replay lets the bare engine write the same.
func (r *recorder) replay(ctx context.Context, bare *ledger.Bare, x *round) error {
	r.mu.Lock()
	rows := r.rows
	r.rows, r.bytes = nil, 0
	r.mu.Unlock()
	acts, start := 0, time.Now()
	for _, batch := range rows {
		if err := bare.Write(ctx, batch); err != nil {
			return err
		}
		acts += batch.Acts()
	}
	if x != nil {
		x.bare = float64(acts) / time.Since(start).Seconds()
	}
	return nil
}
