package custody

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/ledger"
)

func foldHandoverOpened(v *ledger.View, e *event.Entry, f event.HandoverOpened) error {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	*h = Handover{Code: f.Handover, From: f.From, To: f.To, Purpose: f.Purpose, Office: e.Office, OpenedMs: e.OccurredMs, Dispatch: f.Dispatch, Status: HandoverOpen}
	if o := Office(f.To); o != "" {
		h.Office = o
	}
	for n, t := range f.Things {
		h.Things = append(h.Things, Given{Thing: t, Seal: f.Seals[n]})
	}
	for _, t := range h.bound() {
		v.Edit(KeyOf(t)).(located).at().Handover = f.Handover
	}
	return foldOwn(v, f.Handover)
}

// bound are the things that nothing else may move while the handover is open: the dispatch, or all that is given.
func (h *Handover) bound() []event.Thing {
	if h.Dispatch != "" {
		return []event.Thing{h.Dispatch}
	}
	things := make([]event.Thing, len(h.Things))
	for n, g := range h.Things {
		things[n] = g.Thing
	}
	return things
}

func (h *Handover) release(v *ledger.View) {
	for _, t := range h.bound() {
		v.Edit(KeyOf(t)).(located).at().Handover = ""
	}
}

func foldCounted(v *ledger.View, f event.HandoverCounted) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	for _, c := range f.Counts {
		n := slices.IndexFunc(h.Counts, func(old event.Count) bool { return old.Thing == c.Thing })
		if n < 0 {
			h.Counts = append(h.Counts, c)
		} else {
			h.Counts[n] = c
		}
	}
}

func foldSigned(v *ledger.View, f event.HandoverSigned) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	if f.Side == Giver {
		h.Giver = f.By
	} else {
		h.Taker = f.By
	}
}

func foldCompleted(v *ledger.View, e *event.Entry, f event.HandoverCompleted) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	h.Status = HandoverCompleted
	h.release(v)
	leaves := f.Dispatch != "" && Office(f.To) == "" // a dispatch goes off with a driver: what is on it stays on it
	for _, t := range f.Moved {
		if leaves {
			loadOn(v, e, t, f)
			continue
		}
		arrive(v, e, t, f)
	}
	for _, t := range f.Short {
		if f.Dispatch != "" { // it is not on the dispatch: its giver must say where it is
			arrive(v, e, t, event.HandoverCompleted{To: f.From})
		}
	}
	for _, t := range f.Refused {
		turnBack(v, e, t, f)
	}
	if f.Dispatch == "" {
		return
	}
	d := ledger.Edit[*Dispatch](v, KeyOf(f.Dispatch))
	d.to(f.To, e.Seq)
	d.Status, d.Count = DispatchUnder, len(f.Moved)
	if !leaves {
		d.Status, d.Count = DispatchArrived, 0
	}
}

// loadOn keeps a counted thing on the dispatch that leaves, or puts it there when it was counted over.
func loadOn(v *ledger.View, e *event.Entry, t event.Thing, f event.HandoverCompleted) {
	s := v.Get(KeyOf(t)).(located)
	if s.at().In == f.Dispatch {
		return
	}
	v.Edit(KeyOf(t))
	if i, ok := s.(*Item); ok {
		i.before(e, f)
		i.Stage = Moving
	}
	s.at().into(f.Dispatch, e.Seq)
}

// turnBack sends an item that an agency refused back to its sender: it stays where it is, but goes no further.
func turnBack(v *ledger.View, e *event.Entry, t event.Thing, f event.HandoverCompleted) {
	i, ok := v.Edit(KeyOf(t)).(*Item)
	if !ok {
		return
	}
	i.before(e, f)
	i.firstAttempt(e)
	i.Returning, i.ToOffice = "refused", i.Origin
	i.stageAt(i.Holder, "")
}

// arrive puts a thing into the taker's hands.
func arrive(v *ledger.View, e *event.Entry, t event.Thing, f event.HandoverCompleted) {
	switch s := v.Edit(KeyOf(t)).(type) {
	case *Item:
		s.before(e, f)
		s.to(f.To, e.Seq)
		s.stageAt(f.To, f.Purpose)
		if Agency(f.To) != "" {
			s.firstAttempt(e)
			s.EndedMs = e.OccurredMs
		}
	case *Bag:
		s.to(f.To, e.Seq)
	}
}

func foldWithdrawn(v *ledger.View, f event.HandoverWithdrawn) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	h.Status = HandoverWithdrawn
	h.release(v)
}
