package bench

import (
	"context"
	"fmt"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// bagful is how many items go through their life together: with the bag's own acts a batch stays within the 200 of the API.
const bagful = 190

// worker makes up the acts of one office: items are accepted, bagged, taken out again and delivered at the counter, bag after bag.
type worker struct {
	office postal.OfficeCode
	who    postal.StaffID
	serial int // of the next printed label
	bags   int
	step   int
	items  []postal.ItemNumber
	queue  []ledger.Act // of the bag under way, for those who send one act at a time
}

// labels is how many item numbers two letters give; the offices share them.
const labels = 99_000_000

// workers makes n offices and reserves their labels.
func workers(ctx context.Context, l *ledger.Ledger, n int) ([]*worker, error) {
	out, rangeSize := make([]*worker, n), labels/n
	for i := range out {
		w := &worker{office: postal.OfficeCode(fmt.Sprintf("9%05d", i+1)), who: postal.StaffID(fmt.Sprintf("nv-%d", i+1)), serial: i * rangeSize}
		reserve := custody.ReserveRange{Office: w.office, Letters: "RR", From: w.serial, To: w.serial + rangeSize - 1, Printed: true}
		if _, err := l.Append(ctx, w.envelope(), reserve); err != nil {
			return nil, fmt.Errorf("reserve labels of %s: %w", w.office, err)
		}
		out[i] = w
	}
	return out, nil
}

func (w *worker) envelope() ledger.Envelope {
	now := time.Now()
	return ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: w.office, Actor: w.who}
}

// batch gives the next acts that belong together, at most 200.
func (w *worker) batch() []ledger.Act {
	acts := make([]ledger.Act, 0, bagful+2)
	bag := event.Thing(must(postal.MakeCode(postal.CodeBag, w.office, max(1, w.bags))))
	switch w.step {
	case 0:
		w.items = w.items[:0]
		for range bagful {
			n := must(postal.MakeItemNumber("RR", w.serial))
			w.serial++
			w.items = append(w.items, n)
			acts = append(acts, custody.Accept{Item: n, Service: event.Registered, ToUnit: "11407", ToOffice: "180200", WeightG: 50, FeeVND: 12_000, Office: w.office})
		}
	case 1:
		w.bags++
		bag = event.Thing(must(postal.MakeCode(postal.CodeBag, w.office, w.bags)))
		acts = append(acts, custody.StartBag{Office: w.office, To: "180200"})
		for _, n := range w.items {
			acts = append(acts, custody.Pack{Item: n, Bag: bag})
		}
	case 2:
		acts = append(acts, custody.SealBag{Bag: bag, Seal: fmt.Sprintf("NP%d", w.bags)}, custody.UnsealBag{Bag: bag, Reason: "forgotten"})
		for _, n := range w.items {
			acts = append(acts, custody.Unpack{Item: n, Bag: bag})
		}
	case 3:
		for _, n := range w.items {
			acts = append(acts, custody.Deliver{Item: n, To: "addressee"})
		}
	}
	w.step = (w.step + 1) % 4
	return acts
}

// submissions gives the next batch ready to be appended.
func (w *worker) submissions() []ledger.Submission {
	acts := w.batch()
	out := make([]ledger.Submission, len(acts))
	for i, a := range acts {
		out[i] = ledger.Submission{Envelope: w.envelope(), Act: a}
	}
	return out
}

// one gives the next single act.
func (w *worker) one() ledger.Submission {
	if len(w.queue) == 0 {
		w.queue = w.batch()
	}
	a := w.queue[0]
	w.queue = w.queue[1:]
	return ledger.Submission{Envelope: w.envelope(), Act: a}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // made-up serials are always in range
	}
	return v
}
