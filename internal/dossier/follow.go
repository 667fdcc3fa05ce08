package dossier

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Fold brings a fact into the states of dossiers: their own facts, and those of custody about the items that carry them. It comes after custody.Fold, whose states it reads.
func Fold(v *ledger.View, e *event.Entry, f event.Fact) error {
	switch f := f.(type) {
	case event.DossierAccepted:
		return foldAccepted(v, e, f)
	case event.HandoverOpened:
		followAll(v, e, f.Things)
	case event.HandoverCompleted:
		followAll(v, e, f.Moved)
		followAll(v, e, f.Short)
		followAll(v, e, f.Refused)
	case event.HandoverWithdrawn:
		if h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(f.Handover)); ok {
			for _, t := range h.Things {
				follow(v, e, postal.ItemNumber(t.Thing))
			}
		}
	case event.BagEmptied:
		for _, n := range f.Short {
			follow(v, e, n)
		}
	case event.ItemTakenBack:
		if d := edit(v, f.Item); d != nil {
			d.Wrong++
			d.EndedMs, d.DeliveredTo = 0, ""
			d.unpay(ByPost, ByOnline, ByAgency) // by the wrong person: the right one owes it still
		}
		follow(v, e, f.Item)
	case event.Compensated:
		if d := edit(v, f.Item); d != nil {
			d.compensated(f)
		}
	case event.TakingUndone:
		if d := edit(v, f.Item); d != nil && f.Item == d.Result {
			d.unpay(ByPost)
		}
	default:
		if n := itemOf(f); n != "" {
			follow(v, e, n)
			return nil
		}
		foldOwn(v, e, f)
	}
	return nil
}

// itemOf gives the item that a fact of custody is about; its acceptance is not among them: it comes before the dossier knows the item.
func itemOf(f event.Fact) postal.ItemNumber {
	switch f := f.(type) {
	case event.ItemPacked:
		return f.Item
	case event.ItemUnpacked:
		return f.Item
	case event.ItemTakenOut:
		return f.Item
	case event.Loaded:
		return postal.ItemNumber(f.Thing)
	case event.Unloaded:
		return postal.ItemNumber(f.Thing)
	case event.ItemAttempted:
		return f.Item
	case event.ItemDelivered:
		return f.Item
	case event.ItemHeld:
		return f.Item
	case event.ItemRedirected:
		return f.Item
	case event.ItemReturning:
		return f.Item
	case event.ItemLost:
		return f.Item
	case event.ItemFound:
		return f.Item
	case event.ItemUndone:
		return f.Item
	case event.IrregularitySettled:
		return postal.ItemNumber(f.Thing)
	}
	return ""
}

func followAll(v *ledger.View, e *event.Entry, things []event.Thing) {
	for _, t := range things {
		follow(v, e, postal.ItemNumber(t))
	}
}

// edit gives the dossier of an item to be changed, nil when it belongs to none.
func edit(v *ledger.View, n postal.ItemNumber) *Dossier {
	if !custody.OfDossier(n) {
		return nil // most mail is no dossier: it costs nothing
	}
	c, ok := ledger.Get[*Carriage](v, ItemKey(n))
	if !ok {
		return nil
	}
	return ledger.Edit[*Dossier](v, DossierKey(c.Dossier))
}

// follow brings a dossier to where its item is now. The item is as custody's fold has left it, so also an undone act or a settled irregularity leads to the right state.
func follow(v *ledger.View, e *event.Entry, n postal.ItemNumber) {
	d := edit(v, n)
	if d == nil {
		return
	}
	c, _ := ledger.Get[*Carriage](v, ItemKey(n))
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n))
	if !ok {
		return
	}
	d.fromLost(i)
	switch c.Leg {
	case SendLeg:
		d.followSend(v, e, i)
	case SupplementLeg:
		d.followSupplement(e, i)
	case ResultLeg:
		d.followResult(e, i)
	case RecalledLeg:
		d.followRecalled(e, i)
	}
}

// fromLost takes a dossier whose item was found back to where it was; what comes after looks at the item anew.
func (d *Dossier) fromLost(i *custody.Item) {
	if d.State == Lost && i.Stage != custody.Missing {
		d.State, d.Before = d.Before, ""
	}
}

func (d *Dossier) lose() {
	if d.State != Lost {
		d.Before, d.State = d.State, Lost
	}
}

func (d *Dossier) end(s State, e *event.Entry) { d.State, d.EndedMs = s, e.OccurredMs }

func (d *Dossier) followSend(v *ledger.View, e *event.Entry, i *custody.Item) {
	if d.FiledMs > 0 || d.Supplements > 0 {
		return // it has reached its agency: what the agency does counts from here
	}
	d.EndedMs = 0
	switch {
	case i.Stage == custody.Missing:
		d.lose()
	case i.Stage == custody.Withdrawn:
		d.end(Cancelled, e)
	case i.Stage == custody.Returned:
		d.end(GivenBack, e)
	case custody.Agency(i.Holder) != "":
		d.arrive(e, i)
	case i.Returning == "refused":
		d.refuse(e)
	case i.Returning != "":
		d.State = TurningBack
	case i.In == "" && toAgency(v, i.Handover):
		d.State = AtAgency
	case i.Stage == custody.Accepted:
		d.State = Accepted
	default:
		d.State = InTransit
	}
}

// toAgency reports whether an open handover passes its things to an agency.
func toAgency(v *ledger.View, code event.Thing) bool {
	h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(code))
	return code != "" && ok && custody.Agency(h.To) != ""
}

// arrive is the moment that both signed at the agency: the dossier is filed, unless papers have to be added first (Decision 45/2016, article 7.4).
func (d *Dossier) arrive(e *event.Entry, i *custody.Item) {
	d.Handover = handoverOf(e)
	if d.Form == FormBoth {
		d.Send.StoppedMs = e.OccurredMs // the slip is not brought back (Circular 17/2017, article 5.3)
	}
	if d.Compared.Verdict == Incomplete && d.Compared.Handover == d.Handover {
		d.State, d.Supplements = SupplementRequested, 1
		d.Supplement = Supplement{Papers: d.Compared.Missing, Reason: d.Compared.Reason, RequestedMs: e.OccurredMs, AtHandover: true}
		return
	}
	d.State, d.FiledMs, d.CountMs = HandedOver, e.OccurredMs, e.OccurredMs
}

func handoverOf(e *event.Entry) event.Thing {
	for _, f := range e.Facts {
		if h, ok := f.(event.HandoverCompleted); ok {
			return h.Handover
		}
	}
	return ""
}

// refuse is the moment that both signed for a dossier which the agency does not take.
func (d *Dossier) refuse(e *event.Entry) {
	d.State = Refused
	if d.Send.StoppedMs == 0 {
		d.Send.StoppedMs = e.OccurredMs
	}
}

// followSupplement completes a dossier when both have signed for the papers that were missing.
func (d *Dossier) followSupplement(e *event.Entry, i *custody.Item) {
	if d.Supplement.Item == i.Code && (i.Ended() || i.Returning != "") {
		d.Supplement.Item = "" // it did not come to the agency: the papers are awaited again
	}
	switch {
	case i.Stage == custody.Missing:
		d.lose()
	case custody.Agency(i.Holder) == "" || d.State != SupplementRequested:
	case d.Compared.Verdict == Incomplete && d.Compared.Handover == handoverOf(e):
		d.Supplements++ // where the rules allow another request
		d.Supplement.Item = ""
		d.Supplement.Papers, d.Supplement.Reason = d.Compared.Missing, d.Compared.Reason
	default:
		d.complete(e)
	}
}

// complete is the moment that the papers are complete.
func (d *Dossier) complete(e *event.Entry) {
	d.Supplement.CompletedMs, d.Supplement.Item = e.OccurredMs, ""
	d.State = HandedOver
	switch {
	case d.FiledMs == 0:
		d.FiledMs, d.CountMs = e.OccurredMs, e.OccurredMs
	case d.Supplement.Restarts:
		d.CountMs = e.OccurredMs
	}
	switch {
	case d.Slip.ToldMs > 0:
		d.State = SlipTold
	case d.Slip.IssuedMs > 0:
		d.State = SlipIssued
	}
}

func (d *Dossier) followResult(e *event.Entry, i *custody.Item) {
	if i.Code != d.Result {
		return // an earlier packet, whose acceptance was undone
	}
	d.EndedMs = 0
	atHome := custody.Agency(i.Holder) != "" && i.Stage == custody.Accepted
	if !atHome && i.Stage != custody.Withdrawn && d.Return.StartedMs == 0 {
		d.Return.StartedMs = e.OccurredMs
	}
	switch {
	case i.Stage == custody.Missing:
		d.lose()
	case i.Stage == custody.Withdrawn:
		d.State, d.Result, d.ResultPapers, d.ResultSeal, d.Return = Ready, "", nil, "", Clock{}
	case i.Stage == custody.Delivered:
		d.end(Delivered, e)
	case i.Stage == custody.Returned:
		d.end(ReturnedToAgency, e)
	case atHome:
		d.State = Ready
	case i.Returning != "":
		d.State = GoingBack
	case i.Stage == custody.Out:
		d.State = OutForDelivery
	case i.Stage == custody.Held:
		d.State = AwaitingPickup
	case i.Stage == custody.Attempted, i.Attempts > 0:
		d.State = AttemptFailed
	case d.State == Ready:
		d.State = Received
	default:
		d.State = Returning
	}
	d.stopReturn(i)
}

// stopReturn stops the post's clock: at the first attempt to give the result, or, when it is fetched at the office, at the first notice (Circular 17/2017, article 7).
func (d *Dossier) stopReturn(i *custody.Item) {
	d.Return.StoppedMs = i.AttemptMs
	if d.Keep == KeptAtOffice && d.FirstInvite > 0 && (i.AttemptMs == 0 || d.FirstInvite < i.AttemptMs) {
		d.Return.StoppedMs = d.FirstInvite
	}
}

func (d *Dossier) followRecalled(e *event.Entry, i *custody.Item) {
	if i.Stage == custody.Withdrawn && i.Code == d.RecalledItem {
		d.RecalledItem = "" // its acceptance was undone: the papers wait to be sent again
	}
	if custody.Agency(i.Holder) != "" && d.RecalledMs == 0 {
		d.RecalledMs = e.OccurredMs
	}
}
