package closedmail_test

import (
	"context"
	"slices"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"

	"pgregory.net/rapid"
)

// abroad begins a world with items at a partner, and perhaps with a bag that it brought, opened.
func (w *world) abroad(rt *rapid.T) {
	first, second := w.accept(outbound()), w.accept(outbound())
	w.items = append(w.items, first, second)
	bag := w.outBag(w.spare("tui"), first, second)
	w.bags = append(w.bags, bag)
	w.must(officeA, clerkA, w.giving(bag))
	if rapid.Bool().Draw(rt, "brought") {
		*w.spares++
		a := bringing(foreign(w.t, 10_000+*w.spares), first)
		a.Known = w.house.seal()
		a.Seal = a.Known
		f, _ := factOf[event.TakenFromPartner](w.must(officeA, clerkA, a).Facts)
		w.bags = append(w.bags, f.Bag)
		w.must(officeA, clerkA, closedmail.OpenVessel{Bag: f.Bag, Seal: a.Seal, Second: otherA})
	}
}

// partnering goes on with what lies next between the house and a partner, sometimes with a stranger or unread seals.
func (w *world) partnering(item postal.ItemNumber) (ledger.Act, postal.StaffID) {
	bag := w.partnersBag()
	v := w.View(context.Background())
	b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(bag))
	x, _ := ledger.Get[*closedmail.Vessel](v, closedmail.VesselKey(bag))
	switch {
	case b == nil || rapid.IntRange(0, 7).Draw(w.rt, "anew") == 0:
		return w.exchanging()
	case b.Status == custody.BagOpen && b.Count == 0:
		return closedmail.Pack{Item: w.outward(item), Bag: bag}, w.by(clerkA)
	case b.Status == custody.BagOpen:
		return closedmail.CloseVessel{Bag: bag, Seal: w.take(), Second: w.by(otherA)}, w.by(clerkA)
	case b.Status == custody.BagSealed && custody.Agency(b.Holder) != "":
		return w.telling(bag)
	case b.Status == custody.BagSealed && x.Foreign():
		return closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(w.read(bag)), Second: w.by(otherA)}, w.by(clerkA)
	case b.Status == custody.BagSealed:
		a := w.giving(bag)
		a.Bags[0].Seal = closedmail.Seal(w.read(bag))
		a.Taker = rapid.SampledFrom([]postal.StaffID{partnerMan, partnerMan, partnerMan, strangerMan, courier}).Draw(w.rt, "taker")
		a.Packing = rapid.IntRange(0, 5).Draw(w.rt, "looked") > 0
		return a, w.by(clerkA)
	case b.Status == custody.BagOpened && x.Foreign():
		return w.takingIn(bag, x.Listed)
	}
	return w.exchanging()
}

// outward gives an item for another province that lies at A, or else the one that was drawn.
func (w *world) outward(item postal.ItemNumber) postal.ItemNumber {
	for _, i := range w.items {
		if c := w.cover(i); c.Inter && c.FromPartner == "" && c.Frozen == "" && w.stage(i).Holder == custody.AtOffice(officeA) {
			return i
		}
	}
	return item
}

// partnersBag gives a bag that came from a partner or is bound for one, the last first.
func (w *world) partnersBag() event.Thing {
	v := w.View(context.Background())
	var all []event.Thing
	for _, t := range w.bags {
		b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(t))
		if ok && b.Status != custody.BagEmptied && (b.To == partnerOne.Desk() || b.From == partnerOne.Desk()) {
			all = append(all, t)
		}
	}
	open := slices.DeleteFunc(slices.Clone(all), func(t event.Thing) bool {
		b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(t))
		return b.Status != custody.BagOpened
	})
	if len(open) > 0 && rapid.Bool().Draw(w.rt, "counting") {
		all = open
	}
	return pick(w, all, "partner's bag")
}

// exchanging begins something with a partner.
func (w *world) exchanging() (ledger.Act, postal.StaffID) {
	switch rapid.IntRange(0, 3).Draw(w.rt, "exchanging") {
	case 0:
		return outbound(), w.by(clerkA)
	case 1:
		return closedmail.StartVessel{Office: officeA, To: partnerOne.Desk(), Facility: w.spare("tui")}, w.by(clerkA)
	}
	*w.spares++
	list := []postal.ItemNumber{foreign(w.t, 10_000+*w.spares)}
	for _, c := range closedmail.Away(w.View(context.Background()), partnerOne) { // the worlds share the house: this one brings back its own
		if _, own := w.holders()[c.Item]; own {
			list = append(list, c.Item)
			break
		}
	}
	a := bringing(list...)
	a.Known = w.house.seal()
	if a.Seal = a.Known; rapid.IntRange(0, 3).Draw(w.rt, "misread") == 0 {
		a.Seal = "NP-2222"
	}
	a.Giver = rapid.SampledFrom([]postal.StaffID{partnerMan, partnerMan, partnerMan, strangerMan}).Draw(w.rt, "giver")
	return a, w.by(clerkA)
}

// telling records an outcome of something in a bag at the partner, or takes the empty bag back.
func (w *world) telling(bag event.Thing) (ledger.Act, postal.StaffID) {
	in := w.View(context.Background()).At(string(custody.KeyOf(bag)), 'i')
	if len(in) == 0 {
		return closedmail.TakeVesselBack{Bag: bag}, w.by(clerkA)
	}
	a := closedmail.Tell{Item: postal.ItemNumber(in[0][2:]), Told: rapid.SampledFrom(closedmail.Tolds).Draw(w.rt, "told"), Document: "78/BK"}
	if a.Told != custody.ToldDelivered {
		a.Reason = "moved"
	}
	return a, w.by(clerkA)
}

// takingIn takes in what the list of an opened bag names, or something else.
func (w *world) takingIn(bag event.Thing, listed []postal.ItemNumber) (ledger.Act, postal.StaffID) {
	if rapid.IntRange(0, 5).Draw(w.rt, "end") == 0 {
		return closedmail.EmptyVessel{Bag: bag, Second: w.by(otherA)}, w.by(clerkA)
	}
	n := rapid.SampledFrom(listed).Draw(w.rt, "listed")
	if last := listed[len(listed)-1]; custody.OurNumber(last) && w.holder(event.Thing(last)) == partnerOne.Holder() {
		n = last
	}
	if custody.OurNumber(n) {
		return closedmail.ComeBack{Item: n, Bag: bag}, w.by(clerkA)
	}
	if rapid.IntRange(0, 5).Draw(w.rt, "over") == 0 {
		*w.spares++
		n = foreign(w.t, 10_000+*w.spares)
	}
	a := foreignCover(bag, n)
	if rapid.IntRange(0, 5).Draw(w.rt, "damaged") == 0 {
		a.Condition = event.Damaged
	}
	return a, w.by(clerkA)
}

// withPartner refuses an entry by which a partner gets or brings something without its named person's signature beside ours.
func (w *world) withPartner(r ledger.Receipt, who postal.StaffID, over *custody.Handover) {
	switch {
	case custody.Agency(over.To) != "":
		f, ok := factOf[event.GivenToPartner](r.Facts)
		if !ok || f.Taker != partnerMan || over.Taker != partnerMan || over.Giver != who || who == partnerMan {
			w.rt.Fatalf("given to a partner by %q and %q: %+v", over.Giver, over.Taker, f)
		}
	case custody.Agency(over.From) != "":
		f, ok := factOf[event.TakenFromPartner](r.Facts)
		if !ok || f.Giver != partnerMan || over.Giver != partnerMan || over.Taker != who {
			w.rt.Fatalf("taken from a partner by %q and %q: %+v", over.Giver, over.Taker, f)
		}
	}
}
