package custody

import (
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Fold brings a fact into the states of custody. Facts of others pass by.
func Fold(v *ledger.View, e *event.Entry, f event.Fact) error {
	switch f := f.(type) {
	case event.RangeReserved:
		foldRange(v, f)
	case event.ItemAccepted:
		foldAccepted(v, e, f)
	case event.ItemPacked:
		foldInto(v, e, event.Thing(f.Item), f.Bag, f)
	case event.ItemUnpacked:
		foldOutOf(v, e, event.Thing(f.Item), f.Bag, f)
	case event.ItemTakenOut:
		foldOutOf(v, e, event.Thing(f.Item), f.Bag, f)
	case event.Loaded:
		foldInto(v, e, f.Thing, f.Dispatch, f)
	case event.Unloaded:
		foldOutOf(v, e, f.Thing, f.Dispatch, f)
	case event.ItemUndone:
		foldUndone(v, e, f)
	case event.HandoverOpened:
		return foldHandoverOpened(v, e, f)
	case event.HandoverCounted:
		foldCounted(v, f)
	case event.HandoverSigned:
		foldSigned(v, f)
	case event.HandoverCompleted:
		foldCompleted(v, e, f)
	case event.HandoverWithdrawn:
		foldWithdrawn(v, f)
	case event.IrregularityRaised:
		foldRaised(v, e, f)
	case event.IrregularitySettled:
		foldSettled(v, e, f)
	case event.Observed:
		if k := KeyOf(f.Thing); k != "" && v.Get(k) != nil {
			v.Edit(k) // nothing changes, but the entry belongs to the thing's history
		}
	case event.BagStarted, event.BagSealed, event.BagUnsealed, event.BagOpened, event.BagEmptied, event.BagLost, event.BagFound:
		return foldBag(v, e, f)
	case event.DispatchStarted, event.DispatchClosed, event.DispatchReopened:
		return foldDispatch(v, e, f)
	default:
		foldItem(v, e, f)
	}
	return nil
}

// foldItem folds the facts that concern one item alone.
func foldItem(v *ledger.View, e *event.Entry, f event.Fact) {
	edit := func(n postal.ItemNumber) *Item {
		i := ledger.Edit[*Item](v, ItemKey(n))
		i.before(e, f)
		return i
	}
	switch f := f.(type) {
	case event.ItemAttempted:
		i := edit(f.Item)
		i.Stage, i.Attempts, i.Reason = Attempted, i.Attempts+1, f.Reason
		i.firstAttempt(e)
	case event.ItemDelivered:
		i := edit(f.Item)
		i.firstAttempt(e)
		i.EndedMs = e.OccurredMs
		changeCount(v, i.In, -1) // an operator outside gave it out of the bag that it got
		if f.To == "sender" {
			i.to(event.Sender, e.Seq)
			i.Stage = Returned
		} else {
			i.to(event.Recipient, e.Seq)
			i.Stage = Delivered
		}
	case event.ItemTakenBack:
		i := edit(f.Item)
		i.to(f.Holder, e.Seq)
		i.stageAt(f.Holder, "")
		i.EndedMs = 0
		if i.Attempts == 0 {
			i.AttemptMs = 0 // giving it to another was no attempt to give it to the right one
		}
	case event.ItemHeld:
		i := edit(f.Item)
		i.Stage, i.HeldUntilMs = Held, postal.Millis(f.Until.End())
	case event.ItemRedirected:
		i := edit(f.Item)
		i.ToUnit, i.ToOffice = f.ToUnit, f.ToOffice
		if Office(i.Holder) != "" {
			i.stageAt(i.Holder, "")
		}
	case event.ItemReturning:
		i := edit(f.Item)
		i.Returning, i.ToOffice, i.HeldUntilMs = f.Reason, i.Origin, 0
		if Office(i.Holder) != "" {
			i.stageAt(i.Holder, "")
		}
	case event.ItemLost:
		i := edit(f.Item)
		changeCount(v, i.In, -1)
		i.to(event.Lost, e.Seq)
		i.Stage = Missing
	case event.ItemFound:
		i := edit(f.Item)
		changeCount(v, i.In, -1)
		i.to(f.Holder, e.Seq)
		i.stageAt(f.Holder, "")
	}
}

func (i *Item) firstAttempt(e *event.Entry) {
	if i.AttemptMs == 0 {
		i.AttemptMs = e.OccurredMs
	}
}

// foldInto puts a thing into a container.
func foldInto(v *ledger.View, e *event.Entry, t, container event.Thing, f event.Fact) {
	s := v.Edit(KeyOf(t)).(located)
	if i, ok := s.(*Item); ok {
		i.before(e, f)
		i.Stage = Moving
	}
	s.at().into(container, e.Seq)
	changeCount(v, container, +1)
}

// foldOutOf takes a thing out of a container into the hands of the office where it happens.
func foldOutOf(v *ledger.View, e *event.Entry, t, container event.Thing, f event.Fact) {
	s := v.Edit(KeyOf(t)).(located)
	here := AtOffice(e.Office)
	if i, ok := s.(*Item); ok {
		i.before(e, f)
		i.stageAt(here, "")
		if i.Origin == e.Office && i.Returning == "" && i.ToOffice != e.Office {
			i.Stage = Accepted
		}
	}
	s.at().to(here, e.Seq)
	changeCount(v, container, -1)
}

func foldBag(v *ledger.View, e *event.Entry, f event.Fact) error {
	switch f := f.(type) {
	case event.BagStarted:
		b := ledger.Edit[*Bag](v, KeyOf(f.Bag))
		*b = Bag{Code: f.Bag, From: e.Office, To: f.To, StartedMs: e.OccurredMs, Status: BagOpen}
		b.Holder = AtOffice(e.Office)
		if f.With != "" {
			b.Holder, b.From = f.With, Desk(f.With)
		}
		return foldOwn(v, f.Bag)
	case event.BagSealed:
		b := ledger.Edit[*Bag](v, KeyOf(f.Bag))
		b.Status, b.Seal = BagSealed, f.Seal
	case event.BagUnsealed:
		b := ledger.Edit[*Bag](v, KeyOf(f.Bag))
		b.Status, b.Seal = BagOpen, ""
	case event.BagOpened:
		ledger.Edit[*Bag](v, KeyOf(f.Bag)).Status = BagOpened
	case event.BagEmptied:
		b := ledger.Edit[*Bag](v, KeyOf(f.Bag))
		b.Status, b.Count = BagEmptied, 0
		for _, n := range f.Short {
			i := ledger.Edit[*Item](v, ItemKey(n))
			i.before(e, f)
			i.to(event.Lost, e.Seq)
			i.Stage = Missing
		}
	case event.BagLost:
		b := ledger.Edit[*Bag](v, KeyOf(f.Bag))
		changeCount(v, b.In, -1)
		b.to(event.Lost, e.Seq)
	case event.BagFound:
		ledger.Edit[*Bag](v, KeyOf(f.Bag)).to(f.Holder, e.Seq)
	}
	return nil
}

func foldDispatch(v *ledger.View, e *event.Entry, f event.Fact) error {
	switch f := f.(type) {
	case event.DispatchStarted:
		d := ledger.Edit[*Dispatch](v, KeyOf(f.Dispatch))
		*d = Dispatch{Code: f.Dispatch, From: e.Office, To: f.To, StartedMs: e.OccurredMs, Status: DispatchOpen}
		d.Holder = AtOffice(e.Office)
		return foldOwn(v, f.Dispatch)
	case event.DispatchClosed:
		ledger.Edit[*Dispatch](v, KeyOf(f.Dispatch)).Status = DispatchClosed
	case event.DispatchReopened:
		ledger.Edit[*Dispatch](v, KeyOf(f.Dispatch)).Status = DispatchOpen
	}
	return nil
}
