package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"citypost/internal/ledger"
)

// pace is how many acts a second come in while the cover is measured.
const pace = 10_000

// look is how often a stranger asks for the newest checkpoint.
const look = 5 * time.Millisecond

// Cover measures how long after its acknowledgement an entry is covered by a checkpoint that strangers can read, while batches come in at the pace of 10,000 acts a
// second. p50_ms and p99_ms are those times; per_s is the pace that was kept.
func Cover(ctx context.Context, o Options) (Result, error) {
	r := Result{Name: "cover", Engine: engine(o), Through: "http"}
	p, err := newPlace(o)
	if err != nil {
		return r, err
	}
	defer p.close()
	h, err := openHouse(ctx, p, nil)
	if err != nil {
		return r, err
	}
	defer h.close()
	if err := h.serve(ctx, p); err != nil {
		return r, err
	}
	if o.Clients == 0 {
		o.Clients = 8
	}
	ws, err := workers(ctx, h.ledger, o.Clients)
	if err != nil {
		return r, err
	}
	var w waiting
	done, watched := make(chan struct{}), make(chan error, 1)
	go func() { watched <- w.watch(ctx, h, done) }()
	every := time.Duration(bagful*len(ws)) * time.Second / pace
	x, err := measure(ctx, ws, time.Duration(o.Seconds)*time.Second, func(k *worker) (int, error) {
		next := time.Now().Add(every)
		n, err := h.post(ctx, k, k.submissions())
		w.add(h.ledger.Seq())
		time.Sleep(time.Until(next)) // the pace is the load, not a wait for something
		return n, err
	})
	close(done)
	if err := errors.Join(err, <-watched); err != nil {
		return r, err
	}
	x.took = w.took
	r.median([]round{x})
	s, err := h.ledger.Stats(ctx)
	r.Entries, r.BytesPerEntry = s.Entries, float64(s.DatabaseLen)/float64(max(1, s.Entries))
	return r, err
}

// waiting is what was acknowledged and is not covered yet.
type waiting struct {
	mu    sync.Mutex
	acked []acked // in the order of acknowledgement
	took  []time.Duration
}

// acked says that everything up to an entry was written at this moment.
type acked struct {
	seq int64
	at  time.Time
}

func (w *waiting) add(seq int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acked = append(w.acked, acked{seq, time.Now()})
}

// covered takes away what a checkpoint of this size covers and reports how much is left.
func (w *waiting) covered(size int64) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := w.acked[:0]
	for _, a := range w.acked {
		if a.seq > size {
			left = append(left, a)
			continue
		}
		w.took = append(w.took, time.Since(a.at))
	}
	w.acked = left
	return len(left)
}

// watch asks for the public checkpoint again and again until everything is covered after the end.
func (w *waiting) watch(ctx context.Context, h *house, done <-chan struct{}) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for ended := false; ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-done:
			ended, done = true, nil
		case <-tick.C:
		}
		size, err := publicSize(ctx, h.ledger)
		if err != nil {
			return err
		}
		if w.covered(size) == 0 && ended {
			return nil
		}
	}
}

// publicSize is the second line of the checkpoint that strangers get.
func publicSize(ctx context.Context, l *ledger.Ledger) (int64, error) {
	src, err := l.Public(ctx)
	if err != nil {
		return 0, err
	}
	signed, err := src.Checkpoint(ctx)
	if err != nil {
		return 0, err
	}
	lines := bytes.SplitN(signed, []byte("\n"), 3)
	if len(lines) < 3 {
		return 0, fmt.Errorf("checkpoint: %d lines", len(lines))
	}
	return strconv.ParseInt(string(lines[1]), 10, 64)
}
