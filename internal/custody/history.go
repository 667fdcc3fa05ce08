package custody

import (
	"context"
	"slices"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Step is one entry of a thing's history. Via is the container through which it concerned the thing, "" when it names the thing itself.
type Step struct {
	Entry *event.Entry
	Via   event.Thing
}

// Histories gives the whole history of each item, oldest first: its own entries, and those of the bags and dispatches it was in, while it was in them.
// The cost is a few questions for all items together, not for each.
func Histories(ctx context.Context, l *ledger.Ledger, items ...postal.ItemNumber) (map[postal.ItemNumber][]Step, error) {
	v := l.View(ctx)
	keys := make([]ledger.Key, len(items))
	for n, i := range items {
		keys[n] = ItemKey(i)
	}
	closure := containers(v, keys)
	if v.Err() != nil {
		return nil, v.Err()
	}
	trails, err := l.Trails(ctx, closure)
	if err != nil {
		return nil, err
	}
	steps := make(map[postal.ItemNumber][]numbered, len(items))
	var all []int64
	for _, i := range items {
		list := collect(v, trails, event.Thing(i), "", 1, 1<<62)
		slices.SortFunc(list, func(a, b numbered) int { return int(a.seq - b.seq) })
		list = slices.CompactFunc(list, func(a, b numbered) bool { return a.seq == b.seq })
		steps[i] = list
		for _, s := range list {
			all = append(all, s.seq)
		}
	}
	return fill(ctx, l, steps, all)
}

// History is Histories for one item.
func History(ctx context.Context, l *ledger.Ledger, item postal.ItemNumber) ([]Step, error) {
	h, err := Histories(ctx, l, item)
	return h[item], err
}

// containers loads the things and every container they were ever in, level by level, and lists all their keys.
func containers(v *ledger.View, keys []ledger.Key) []ledger.Key {
	known := map[ledger.Key]bool{}
	var all []ledger.Key
	for len(keys) > 0 {
		v.Load(keys...)
		var next []ledger.Key
		for _, k := range keys {
			if known[k] {
				continue
			}
			known[k] = true
			all = append(all, k)
			if s, ok := v.Get(k).(located); ok {
				for _, stay := range s.at().Stays {
					next = append(next, KeyOf(stay.In))
				}
			}
		}
		keys = next
	}
	return all
}

type numbered struct {
	seq int64
	via event.Thing
}

// collect lists the entries that concern a thing between two entries, through its containers too.
func collect(v *ledger.View, trails map[ledger.Key][]int64, t, via event.Thing, from, to int64) []numbered {
	var out []numbered
	key := KeyOf(t)
	for _, seq := range trails[key] {
		if from <= seq && seq <= to {
			out = append(out, numbered{seq, via})
		}
	}
	s, ok := v.Get(key).(located)
	if !ok {
		return out
	}
	for _, stay := range s.at().Stays {
		end := stay.To
		if end == 0 {
			end = 1 << 62
		}
		// What happened to the container in the very entry that put the thing in or took it out is the thing's own entry.
		if a, b := max(from, stay.From+1), min(to, end-1); a <= b {
			out = append(out, collect(v, trails, stay.In, stay.In, a, b)...)
		}
	}
	return out
}

func fill(ctx context.Context, l *ledger.Ledger, steps map[postal.ItemNumber][]numbered, all []int64) (map[postal.ItemNumber][]Step, error) {
	entries, err := l.Entries(ctx, all)
	if err != nil {
		return nil, err
	}
	bySeq := make(map[int64]*event.Entry, len(entries))
	for n := range entries {
		bySeq[entries[n].Seq] = &entries[n]
	}
	out := make(map[postal.ItemNumber][]Step, len(steps))
	for i, list := range steps {
		for _, s := range list {
			if e := bySeq[s.seq]; e != nil && concerns(e, i, s.via) {
				out[i] = append(out[i], Step{Entry: e, Via: s.via})
			}
		}
	}
	return out, nil
}

// concerns leaves out what happened to a bag's other items: packing a neighbour touches the bag, not this item.
func concerns(e *event.Entry, item postal.ItemNumber, via event.Thing) bool {
	if via == "" {
		return true
	}
	for _, f := range e.Facts {
		switch f := f.(type) {
		case event.ItemPacked, event.ItemUnpacked, event.ItemTakenOut, event.ItemUndone:
		case event.Loaded:
			if f.Thing == via {
				return true
			}
		case event.Unloaded:
			if f.Thing == via {
				return true
			}
		case event.BagEmptied:
			if slices.Contains(f.Short, item) {
				return true
			}
		default:
			return true
		}
	}
	return false
}
