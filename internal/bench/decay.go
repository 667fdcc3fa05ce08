package bench

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"citypost/internal/ledger"

	"golang.org/x/sync/errgroup"
)

// Stage is how fast a ledger of some size grew further.
type Stage struct {
	Entries       int64   `json:"entries"` // at the stage's end
	PerS          float64 `json:"per_s"`
	P99           float64 `json:"p99_ms"`
	CPU           float64 `json:"cpu_us"`
	BytesPerEntry float64 `json:"bytes_per_entry"`
}

// stages is in how many parts a growing ledger is measured.
const stages = 10

// Decay lets a ledger grow in batches of at most 200 and compares the last tenth with the first: the yardstick is the program itself when its ledger was small. On a
// busy machine the processor time of an act tells more than the rate.
func Decay(ctx context.Context, o Options) (Result, error) {
	r := Result{Name: "decay", Engine: engine(o), Through: "http", Bare: "the first tenth"}
	p, err := newPlace(o)
	if err != nil {
		return r, err
	}
	defer p.close()
	if o.Entries == 0 {
		o.Entries = defaultEntries
	}
	h, err := openHouse(ctx, p, nil)
	if err != nil {
		return r, err
	}
	defer h.close()
	send := h.post
	if o.Append {
		r.Through, send = "append", h.append
	} else if err := h.serve(ctx, p); err != nil {
		return r, err
	}
	ws, err := workers(ctx, h.ledger, 8)
	if err != nil {
		return r, err
	}
	for i := int64(1); i <= stages; i++ {
		s, err := grow(ctx, h, ws, send, o.Entries*i/stages)
		if err != nil {
			return r, err
		}
		r.Stages = append(r.Stages, s)
		fmt.Fprintf(os.Stderr, "%d entries: %.0f/s, p99 %.0f ms, %.1f µs of processor each, %.0f bytes an entry\n", s.Entries, s.PerS, s.P99, s.CPU, s.BytesPerEntry)
	}
	first, last := r.Stages[0], r.Stages[len(r.Stages)-1]
	r.PerS, r.BarePerS, r.Ratio, r.P99, r.CPU = last.PerS, first.PerS, last.PerS/first.PerS, last.P99, last.CPU
	r.Entries, r.BytesPerEntry, r.Rounds, r.RSS = last.Entries, last.BytesPerEntry, stages, rss()
	if !o.Reads {
		return r, nil
	}
	for _, read := range []reading{track, verify, rebuild} {
		x, err := read(ctx, p, h, ws, o)
		if err != nil {
			return r, err
		}
		x.Print(os.Stderr)
		r.Reads = append(r.Reads, x)
	}
	return r, nil
}

// grow lets the workers write until the ledger has n entries.
func grow(ctx context.Context, h *house, ws []*worker, send func(context.Context, *worker, []ledger.Submission) (int, error), n int64) (s Stage, err error) {
	from, start, cpu := h.ledger.Seq(), time.Now(), spent()
	var all errgroup.Group
	var mu sync.Mutex
	var took []time.Duration
	for _, w := range ws {
		all.Go(func() error {
			for h.ledger.Seq() < n && ctx.Err() == nil {
				from := time.Now()
				if _, err := send(ctx, w, w.submissions()); err != nil {
					return err
				}
				mu.Lock()
				took = append(took, time.Since(from))
				mu.Unlock()
			}
			return ctx.Err()
		})
	}
	if err := all.Wait(); err != nil {
		return s, err
	}
	grown := float64(max(1, h.ledger.Seq()-from))
	s = Stage{Entries: h.ledger.Seq(), PerS: grown / time.Since(start).Seconds(), CPU: (spent() - cpu) / grown, P99: quantile(took, 0.99)}
	size, err := h.ledger.Size(ctx)
	s.BytesPerEntry = float64(size) / float64(s.Entries)
	return s, err
}
