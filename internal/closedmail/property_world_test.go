package closedmail_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"

	"pgregory.net/rapid"
)

// act draws one, and who does it. An act of two persons is signed on one screen, or asked of the second.
func (w *world) act() (ledger.Act, postal.StaffID) {
	act, who := w.draw()
	if j, ok := act.(closedmail.Joint); ok && rapid.Bool().Draw(w.rt, "own session") {
		return closedmail.Ask[closedmail.Joint]{Act: j}, who
	}
	return act, who
}

func (w *world) draw() (ledger.Act, postal.StaffID) {
	item, bag, trip, over := pick(w, w.items, "item"), pick(w, w.bags, "bag"), pick(w, w.trips, "trip"), pick(w, w.handovers(), "handover")
	clerk, second, _ := w.at(bag)
	if waits := w.waiting(); len(waits) > 0 && rapid.IntRange(0, 2).Draw(w.rt, "sign") > 0 {
		return w.signing(waits)
	}
	if w.partnersBag() != "" && rapid.IntRange(0, 2).Draw(w.rt, "partner") == 0 {
		return w.partnering(item)
	}
	if act, who := w.next(item, bag, trip, over); act != nil {
		return act, who
	}
	switch rapid.IntRange(0, 43).Draw(w.rt, "act") {
	case 36, 37, 38, 39, 40, 41:
		return w.partnering(item)
	case 0:
		a := cover()
		a.Secrecy = rapid.SampledFrom(closedmail.Secrecies).Draw(w.rt, "letter")
		a.NamedOnly = rapid.Bool().Draw(w.rt, "named")
		if a.Secrecy == closedmail.SecrecyA {
			a.Locator = w.spare("dv")
		}
		return a, w.by(clerkA)
	case 1:
		if len(w.bags) > 2 {
			return w.handing(over)
		}
		return closedmail.StartVessel{Office: officeA, To: officeB, Facility: w.spare("tui")}, w.by(clerkA)
	case 2, 3, 4:
		return closedmail.Pack{Item: item, Bag: bag}, w.by(clerkA)
	case 5:
		return closedmail.Unpack{Item: item, Bag: bag}, w.by(clerkA)
	case 6:
		return closedmail.CloseVessel{Bag: bag, Seal: w.take(), Second: w.by(otherA)}, w.by(clerkA)
	case 7:
		return closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(w.read(bag)), Second: w.by(second)}, w.by(clerk)
	case 8, 9:
		inside := bag
		if i, ok := ledger.Get[*custody.Item](w.View(context.Background()), custody.ItemKey(item)); ok && i.In != "" {
			inside = i.In
		}
		return closedmail.TakeOut{Item: item, Bag: inside}, w.by(clerkB)
	case 10:
		return closedmail.EmptyVessel{Bag: bag, Second: w.by(second)}, w.by(clerk)
	case 11:
		if len(w.trips) > 1 {
			return w.handing(over)
		}
		return closedmail.StartDispatch{Office: officeA, To: officeB, Vehicle: "xe-01"}, w.by(clerkA)
	case 12:
		return closedmail.Load{Bag: bag, Dispatch: trip}, w.by(clerkA)
	case 13:
		return closedmail.CloseDispatch{Dispatch: trip}, w.by(clerkA)
	case 14:
		return w.opening(item, bag, trip)
	case 15, 16, 17:
		return w.handing(over)
	case 21, 24:
		return w.paper(item)
	case 18, 22, 23:
		d := deliver(item)
		d.Receiver = rapid.SampledFrom([]postal.StaffID{registry2, registry2, registry1, courier}).Draw(w.rt, "receiver")
		d.Unopened, d.Seal = true, rapid.SampledFrom([]bool{true, true, false}).Draw(w.rt, "looked")
		clerk, _, _ := w.at(event.Thing(item))
		if custody.Carrier(w.holder(event.Thing(item))) != "" {
			clerk = courier
		}
		return d, w.by(clerk)
	case 19:
		a := closedmail.Attempt{Item: item, Reason: "absent", Next: "again"}
		if rapid.Bool().Draw(w.rt, "on paper") {
			a.AtMs = w.hour(w.cover(item).OutMs)
		}
		return a, w.by(courier)
	case 25:
		i, _ := ledger.Get[*custody.Item](w.View(context.Background()), custody.ItemKey(item))
		if i == nil {
			return w.mending()
		}
		return closedmail.UndoAccept{Item: item, Act: i.AcceptAct, Second: w.by(headA)}, w.by(clerkA)
	case 26:
		return closedmail.ReopenVessel{Bag: bag, Second: w.by(second)}, w.by(clerk)
	case 27:
		if rapid.Bool().Draw(w.rt, "reopen") {
			return closedmail.ReopenDispatch{Dispatch: trip}, w.by(clerkA)
		}
		return closedmail.Unload{Bag: bag, Dispatch: trip}, w.by(clerkA)
	case 28:
		return w.changing()
	case 29:
		return closedmail.SendBack{Item: item, Reason: "refused"}, w.by(clerkB)
	case 30, 31, 33, 34, 35:
		return w.searching(item, bag)
	case 32:
		writers := rapid.SliceOfN(rapid.SampledFrom([]postal.StaffID{headA, headB, security}), 0, 2).Draw(w.rt, "writers")
		return closedmail.ApproveReport{Period: "2020h1", Digest: strings.Repeat("0a", 32), Writers: writers}, w.by(headA)
	case 20:
		if rapid.Bool().Draw(w.rt, "well") {
			return w.mending()
		}
		t := event.Thing(item)
		if rapid.Bool().Draw(w.rt, "bag") {
			t = bag
		}
		clerk, _, _ := w.at(t)
		return closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{t}}, w.by(clerk)
	}
	return w.mending()
}

// hour is a time on paper, mostly between a moment and now.
func (w *world) hour(from int64) int64 {
	now := w.now.Add(time.Second).UnixMilli()
	return rapid.SampledFrom([]int64{from, from, now, now, from - 120_000, now + 120_000}).Draw(w.rt, "hour")
}

// out gives an item that is out on a list, this one if it is.
func (w *world) out(item postal.ItemNumber) postal.ItemNumber {
	for _, i := range append([]postal.ItemNumber{item}, w.items...) {
		if w.cover(i).Out != "" && w.holder(event.Thing(i)) == custody.ByCarrier(courier) {
			return i
		}
	}
	return ""
}

// paper enters what was signed on the list by which an item is out, sometimes with another item of it, by wrong persons or at a wrong time.
func (w *world) paper(item postal.ItemNumber) (ledger.Act, postal.StaffID) {
	if i := w.out(item); i != "" {
		item = i
	}
	c := w.cover(item)
	clerk, other := clerkB, otherB
	if h, ok := ledger.Get[*custody.Handover](w.View(context.Background()), custody.KeyOf(c.Out)); ok && custody.Office(h.From) == officeA {
		clerk, other = clerkA, otherA
	}
	a := onPaper(c.Out, w.hour(c.OutMs), c.Item)
	a.Receiver = rapid.SampledFrom([]postal.StaffID{registry2, registry2, registry2, registry1, courier}).Draw(w.rt, "receiver")
	a.Unopened, a.Seal = true, rapid.SampledFrom([]bool{true, true, true, false}).Draw(w.rt, "looked")
	if i := pick(w, w.items, "another"); i != c.Item && w.cover(i).Out == c.Out && c.Out != "" {
		a.Items = append(a.Items, i)
	}
	if rapid.Bool().Draw(w.rt, "clerk first") {
		a.Second = w.by(courier)
		return a, w.by(clerk)
	}
	a.Second = w.by(rapid.SampledFrom([]postal.StaffID{clerk, other}).Draw(w.rt, "reader"))
	return a, w.by(courier)
}

// next goes on, half of the time, with what lies next for a thing: without it random acts rarely come far.
func (w *world) next(item postal.ItemNumber, bag, trip, over event.Thing) (ledger.Act, postal.StaffID) {
	v := w.View(context.Background())
	b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(bag))
	d, _ := ledger.Get[*custody.Dispatch](v, custody.KeyOf(trip))
	clerk, second, _ := w.at(bag)
	switch what := rapid.IntRange(0, 9).Draw(w.rt, "next"); {
	case (what == 0 || what > 7) && over != "":
		return w.handing(over)
	case what == 1 && w.incident() != "":
		return w.mending()
	case what == 2 && d != nil && d.Status == custody.DispatchOpen && d.Count > 0:
		return closedmail.CloseDispatch{Dispatch: trip}, w.by(clerkA)
	case what == 2 && d != nil && d.Status != custody.DispatchOpen:
		return w.opening(item, bag, trip)
	case (what == 6 || what == 7) && item != "" && w.out(item) != "":
		return w.paper(item)
	case what < 3 || what > 5 || b == nil:
		return nil, ""
	case b.Status == custody.BagOpen && b.Count == 0:
		return closedmail.Pack{Item: item, Bag: bag}, w.by(clerkA)
	case b.Status == custody.BagOpen:
		return closedmail.CloseVessel{Bag: bag, Seal: w.take(), Second: w.by(otherA)}, w.by(clerkA)
	case b.Status == custody.BagSealed && b.Holder == custody.AtOffice(officeB):
		return closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(w.read(bag)), Second: w.by(second)}, w.by(clerk)
	case b.Status == custody.BagSealed && b.Holder == custody.AtOffice(officeA) && what == 5:
		return w.opening(item, bag, trip)
	case b.Status == custody.BagSealed && b.Holder == custody.AtOffice(officeA):
		return closedmail.Load{Bag: bag, Dispatch: trip}, w.by(clerkA)
	case b.Status == custody.BagOpened && b.Count > 0:
		inside := v.At(string(custody.KeyOf(bag)), 'i')
		return closedmail.TakeOut{Item: postal.ItemNumber(inside[0][2:]), Bag: bag}, w.by(clerk)
	case b.Status == custody.BagOpened:
		return closedmail.EmptyVessel{Bag: bag, Second: w.by(second)}, w.by(clerk)
	}
	return nil, ""
}

// signing goes on with what waits for a signature: mostly the one who was asked signs what he was asked.
func (w *world) signing(waits []*closedmail.Asked) (ledger.Act, postal.StaffID) {
	a := rapid.SampledFrom(waits).Draw(w.rt, "asked")
	switch rapid.IntRange(0, 9).Draw(w.rt, "signing") {
	case 0:
		return closedmail.Decline{Subject: a.Subject, Asked: a.ID}, w.by(a.Second)
	case 1:
		return closedmail.CallOff{Subject: a.Subject, Asked: a.ID}, w.by(a.First)
	case 2:
		return signing(a), w.by(a.First)
	case 3:
		other := signing(a)
		other.Present, other.Seal, other.Unopened = false, false, false
		return other, a.Second
	}
	return signing(a), w.by(a.Second)
}

// waiting lists what waits in this world.
func (w *world) waiting() []*closedmail.Asked {
	v := w.View(context.Background())
	var all []*closedmail.Asked
	for _, k := range w.asks {
		if a, ok := closedmail.AskedAbout(v, k); ok && a.Waits(w.now.UnixMilli()) {
			all = append(all, a)
		}
	}
	return all
}

// changing hands a shift over, sometimes with something not counted.
func (w *world) changing() (ledger.Act, postal.StaffID) {
	v := w.View(context.Background())
	o, crew := officeA, []postal.StaffID{clerkA, otherA}
	if rapid.Bool().Draw(w.rt, "shift at B") {
		o, crew = officeB, []postal.StaffID{clerkB, otherB}
	}
	s, _ := ledger.Get[*closedmail.Shift](v, closedmail.ShiftKey(o))
	held := closedmail.Held(v, o)
	if len(held) > 0 && rapid.IntRange(0, 3).Draw(w.rt, "short") == 0 {
		held = held[1:]
	}
	to := crew[0]
	if s.Worker == to {
		to = crew[1]
	}
	return closedmail.HandShift{Office: o, To: w.by(to), Held: held}, w.by(s.Worker)
}

// searching ends a search, or finds what is missing.
func (w *world) searching(item postal.ItemNumber, bag event.Thing) (ledger.Act, postal.StaffID) {
	id := w.incident()
	i, ok := ledger.Get[*closedmail.Incident](w.View(context.Background()), closedmail.IncidentKey(id))
	clerk, head := clerkA, headA
	if ok && i.Office == officeB {
		clerk, head = clerkB, headB
	}
	switch rapid.IntRange(0, 3).Draw(w.rt, "searching") {
	case 0:
		t := event.Thing(item)
		if rapid.Bool().Draw(w.rt, "bag") {
			t = bag
		}
		at, _, _ := w.at(t)
		return closedmail.ReportIncident{Kind: "theft", Things: []event.Thing{t}}, w.by(at)
	case 1, 2:
		t := event.Thing(item)
		if i, ok := ledger.Get[*closedmail.Incident](w.View(context.Background()), closedmail.IncidentKey(pick(w, w.cases, "case"))); ok && len(i.Things) > 0 {
			t = rapid.SampledFrom(i.Things).Draw(w.rt, "thing")
		}
		at, _, _ := w.at(t)
		return closedmail.ReportFound{Thing: t}, w.by(at)
	}
	return closedmail.CloseSearch{Incident: id, Second: w.by(clerk)}, w.by(head)
}

// opening opens a handover that makes sense for where the thing is.
func (w *world) opening(item postal.ItemNumber, bag, trip event.Thing) (ledger.Act, postal.StaffID) {
	a := closedmail.OpenHandover{Office: officeB, From: custody.AtOffice(officeB), To: custody.ByCarrier(courier), Escort: courier}
	a.Delivery, a.Things = true, []event.Thing{event.Thing(item)}
	switch rapid.IntRange(0, 3).Draw(w.rt, "what") {
	case 0:
		a.Delivery, a.Things = false, []event.Thing{trip}
	case 1, 2:
		a.Delivery, a.Things = false, []event.Thing{bag}
	}
	a.Escort = rapid.SampledFrom([]postal.StaffID{courier, courier, "", otherA}).Draw(w.rt, "escort")
	who := clerkB
	switch w.holder(a.Things[0]) {
	case custody.AtOffice(officeA):
		a.Office, a.From, who = officeA, custody.AtOffice(officeA), clerkA
	case custody.ByCarrier(courier):
		a.From, a.To, a.Delivery = a.To, a.From, false
	}
	return a, w.by(who)
}

// handovers lists those that still lack a signature.
func (w *world) handovers() []event.Thing {
	v := w.View(context.Background())
	var open []event.Thing
	for _, t := range w.overs {
		if h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(t)); ok && h.Status == custody.HandoverOpen {
			open = append(open, t)
		}
	}
	return open
}

// handing goes on with an open handover: counts, signs or withdraws.
func (w *world) handing(code event.Thing) (ledger.Act, postal.StaffID) {
	h, ok := ledger.Get[*custody.Handover](w.View(context.Background()), custody.KeyOf(code))
	if !ok {
		return closedmail.WithdrawHandover{Handover: code}, w.by(clerkA)
	}
	person := func(side event.Holder) postal.StaffID {
		switch side {
		case custody.AtOffice(officeA):
			return w.by(clerkA)
		case custody.AtOffice(officeB):
			return w.by(clerkB)
		}
		return w.by(courier)
	}
	switch step := rapid.IntRange(0, 9).Draw(w.rt, "handing"); {
	case step == 0:
		return closedmail.WithdrawHandover{Handover: code}, person(h.From)
	case step < 3 || len(h.Counts) == 0 && step < 9:
		a := closedmail.CountThings{Handover: code}
		for _, g := range h.Things {
			c := event.Count{Thing: g.Thing}
			if g.Seal != "" {
				c.Seal = w.read(g.Thing)
			}
			a.Counts = append(a.Counts, c)
		}
		return a, person(h.To)
	}
	a := closedmail.SignHandover{Handover: code, Side: custody.Giver, Difference: h.Difference().Digest(), Number: true, Packing: true, Seals: true}
	side := h.From
	if h.Taker == "" && (h.Giver != "" || rapid.Bool().Draw(w.rt, "taker")) {
		a.Side, side = custody.Taker, h.To
	}
	return a, person(side)
}

// mending goes on with an open incident.
func (w *world) mending() (ledger.Act, postal.StaffID) {
	id := w.incident()
	i, ok := ledger.Get[*closedmail.Incident](w.View(context.Background()), closedmail.IncidentKey(id))
	clerk, second, head := clerkA, otherA, headA
	if ok && i.Office == officeB {
		clerk, second, head = clerkB, otherB, headB
	}
	step := rapid.IntRange(0, 9).Draw(w.rt, "mending")
	switch {
	case step == 0 || ok && i.First == "" && step < 8:
		return closedmail.SignMinutes{Incident: id, Second: w.by(second)}, w.by(clerk)
	case step == 1 || ok && len(i.Reported) == 0 && step < 8:
		return closedmail.ReportUp{Incident: id, To: "province"}, w.by(clerk)
	case step == 2 || ok && i.Kind != closedmail.Short:
		return closedmail.Release{Incident: id, Decision: rapid.SampledFrom(closedmail.Decisions).Draw(w.rt, "decision")}, w.by(head)
	case step < 6:
		thing := event.Thing("")
		if ok && len(i.Things) > 0 {
			thing = i.Things[0]
		}
		return closedmail.ReportFound{Thing: thing}, w.by(clerk)
	}
	return closedmail.CloseSearch{Incident: id, Second: w.by(clerk)}, w.by(head)
}

// spare gives a bag or a locator of A that nobody has used.
func (w *world) spare(prefix string) closedmail.FacilityCode {
	*w.spares++
	return closedmail.FacilityCode(fmt.Sprintf("%s-%d", prefix, 1000+*w.spares%spares))
}

// spares is how many bags, and how many locators, all worlds together may use.
const spares = 900

func (w *world) incident() closedmail.ID {
	v := w.View(context.Background())
	var open []closedmail.ID
	for _, id := range w.cases {
		if i, ok := ledger.Get[*closedmail.Incident](v, closedmail.IncidentKey(id)); ok && i.Decision == "" {
			open = append(open, id)
		}
	}
	return pick(w, open, "incident")
}
