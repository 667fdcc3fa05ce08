package journal

import (
	"context"
	"slices"
	"sort"
	"strings"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Query says which entries are wanted. The zero Query wants all of them.
type Query struct {
	Before int64             // entries older than this number; 0: from the newest
	Until  postal.Day        // recorded on this day or earlier; zero: any day
	Office postal.OfficeCode // acted at
	Actor  postal.StaffID
	About  string      // the first word of the facts' names: "item", "cash"
	Thing  event.Thing // that the entry touched
}

// wants reports whether an entry answers the question; numbers and days are looked after by the reading.
func (q Query) wants(e *event.Entry) bool {
	return (q.Office == "" || e.Office == q.Office) && (q.Actor == "" || e.Actor == q.Actor) &&
		(q.About == "" || slices.ContainsFunc(e.Facts, func(f event.Fact) bool { return about(f) == q.About }))
}

// about is what a fact is about, by its name: "item" of "item.accepted".
func about(f event.Fact) string {
	word, _, _ := strings.Cut(f.Fact(), ".")
	return word
}

// Found is a part of the journal, newest first.
type Found struct {
	Entries []event.Entry
	Older   int64 // the reading goes on before this entry; 0: there is nothing older
	Looked  int   // how many entries were looked at
}

const (
	onPage   = 50   // entries that a person looks through at once
	window   = 250  // read at once
	mostRead = 5000 // looked at for one page: a tenth of a second
)

// Read finds entries, newest first, and stops after a page of them or when it has looked at enough.
func (s *Service) Read(ctx context.Context, q Query) (Found, error) {
	before, err := s.begin(ctx, q)
	if err != nil {
		return Found{}, err
	}
	part := s.window
	if q.Thing != "" {
		if part, err = s.trail(ctx, q.Thing); err != nil {
			return Found{}, err
		}
	}
	out := Found{Older: before}
	for len(out.Entries) < onPage && out.Looked < mostRead && out.Older > 1 {
		entries, err := part(ctx, out.Older)
		if err != nil {
			return Found{}, err
		}
		if len(entries) == 0 {
			out.Older = 0
			break
		}
		for _, e := range slices.Backward(entries) {
			if len(out.Entries) == onPage {
				break
			}
			out.Looked, out.Older = out.Looked+1, e.Seq
			if q.wants(&e) {
				out.Entries = append(out.Entries, e)
			}
		}
	}
	if out.Older == 1 {
		out.Older = 0
	}
	return out, nil
}

// begin is the entry before which the reading starts. The time of recording never falls along the ledger, so the end of a day is found by halving.
func (s *Service) begin(ctx context.Context, q Query) (int64, error) {
	end := s.Ledger.Seq() + 1
	if q.Before > 0 {
		end = min(end, q.Before)
	}
	if q.Until.IsZero() {
		return end, nil
	}
	over := postal.Millis(q.Until.AddDays(1).Start())
	var bad error
	later := sort.Search(int(end-1), func(i int) bool {
		e, err := s.Ledger.Entries(ctx, []int64{int64(i) + 1})
		if err != nil {
			bad = err
		}
		return bad != nil || len(e) > 0 && e[0].RecordedMs >= over
	})
	return int64(later) + 1, bad
}

// window reads the entries just before one, oldest first: numbers have no gaps.
func (s *Service) window(ctx context.Context, before int64) ([]event.Entry, error) {
	first := max(1, before-window)
	return s.Ledger.After(ctx, first-1, int(before-first))
}

// trail reads windows of the entries that touched one thing.
func (s *Service) trail(ctx context.Context, t event.Thing) (func(context.Context, int64) ([]event.Entry, error), error) {
	key := s.KeyOf(t)
	if key == "" {
		return func(context.Context, int64) ([]event.Entry, error) { return nil, nil }, nil
	}
	trails, err := s.Ledger.Trails(ctx, []ledger.Key{key})
	if err != nil {
		return nil, err
	}
	all := trails[key]
	return func(ctx context.Context, before int64) ([]event.Entry, error) {
		end := sort.Search(len(all), func(i int) bool { return all[i] >= before })
		return s.Ledger.Entries(ctx, all[max(0, end-window):end])
	}, nil
}
