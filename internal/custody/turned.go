package custody

import (
	"context"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// OnItsWayBack reports whether an item goes back to its sender and is not there yet.
func (i *Item) OnItsWayBack() bool { return i.Returning != "" && !i.Ended() }

// TurnedMs gives, for those of the items that are on their way back, when they turned round (UTC milliseconds): their last entry that says so. The states do not keep it: few items turn round, and their entries tell.
func TurnedMs(ctx context.Context, l *ledger.Ledger, items []*Item) (map[postal.ItemNumber]int64, error) {
	turned := map[postal.ItemNumber]int64{}
	var keys []ledger.Key
	for _, i := range items {
		if i.OnItsWayBack() {
			turned[i.Code] = i.AcceptedMs
			keys = append(keys, ItemKey(i.Code))
		}
	}
	if len(keys) == 0 {
		return turned, nil
	}
	trails, err := l.Trails(ctx, keys)
	if err != nil {
		return nil, err
	}
	var seqs []int64
	for _, t := range trails {
		seqs = append(seqs, t...)
	}
	entries, err := l.Entries(ctx, seqs)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		for _, n := range turns(e.Facts) {
			if _, asked := turned[n]; asked {
				turned[n] = e.OccurredMs
			}
		}
	}
	return turned, nil
}

// turns names the items that facts turn round: by a decision of the post or the sender, or because an agency does not take them.
func turns(facts []event.Fact) (list []postal.ItemNumber) {
	for _, f := range facts {
		switch f := f.(type) {
		case event.ItemReturning:
			list = append(list, f.Item)
		case event.HandoverCompleted:
			for _, t := range f.Refused {
				list = append(list, postal.ItemNumber(t))
			}
		}
	}
	return list
}
