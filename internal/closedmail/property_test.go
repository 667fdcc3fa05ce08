package closedmail_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"

	"pgregory.net/rapid"
)

// world is a house at which random acts are thrown, most of them sensible, some by the wrong person, with a wrong seal or out of order.
type world struct {
	*house
	rt        *rapid.T
	items     []postal.ItemNumber
	bags      []event.Thing
	trips     []event.Thing
	overs     []event.Thing
	delivered map[postal.ItemNumber]bool
	undone    map[postal.ItemNumber]bool
	cases     []closedmail.ID                 // incidents of this world
	asks      []ledger.Key                    // what was asked in this world
	asked     map[string]event.SignatureAsked // what waits or waited, by id
	spares    *int
	done      map[string]int // how often each act succeeded, over all worlds
}

var people = []postal.StaffID{clerkA, otherA, headA, clerkB, otherB, headB, courier, admin, registry1}

func officeOf(who postal.StaffID) postal.OfficeCode {
	if who == clerkB || who == otherB || who == headB {
		return officeB
	}
	return officeA
}

func (w *world) person() postal.StaffID { return rapid.SampledFrom(people).Draw(w.rt, "who") }

// pick gives one of a list, or a code that is not there.
func pick[T ~string](w *world, list []T, what string) T {
	if len(list) == 0 {
		return ""
	}
	return rapid.SampledFrom(list).Draw(w.rt, what)
}

func (w *world) seal() string {
	return rapid.SampledFrom([]string{"NP-10001", "NP-10001", "NP-10001", "NP-2222"}).Draw(w.rt, "seal")
}

// by gives the person who should do it, now and then another.
func (w *world) by(who postal.StaffID) postal.StaffID {
	if rapid.IntRange(0, 9).Draw(w.rt, "stray") == 0 {
		return w.person()
	}
	return who
}

// at gives the office where a thing lies or is bound for, and its clerk, second and head.
func (w *world) at(t event.Thing) (clerk, second, head postal.StaffID) {
	if custody.Office(w.holder(t)) == officeB {
		return clerkB, otherB, headB
	}
	return clerkA, otherA, headA
}

// act draws one, and who does it. An act of two persons is signed on one screen, or asked of the second.
func (w *world) act() (ledger.Act, postal.StaffID) {
	act, who := w.draw()
	if j, ok := act.(closedmail.Joint); ok && rapid.Bool().Draw(w.rt, "own session") {
		return closedmail.Ask[closedmail.Joint]{Act: j}, who
	}
	return act, who
}

func (w *world) draw() (ledger.Act, postal.StaffID) {
	item, bag, trip, over := pick(w, w.items, "item"), pick(w, w.bags, "bag"), pick(w, w.trips, "trip"), pick(w, w.overs, "handover")
	clerk, second, _ := w.at(bag)
	if waits := w.waiting(); len(waits) > 0 && rapid.IntRange(0, 2).Draw(w.rt, "sign") > 0 {
		return w.signing(waits)
	}
	if act, who := w.next(item, bag, trip, over); act != nil {
		return act, who
	}
	switch rapid.IntRange(0, 36).Draw(w.rt, "act") {
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
		return closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: w.by(otherA)}, w.by(clerkA)
	case 7:
		return closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(w.seal()), Second: w.by(second)}, w.by(clerk)
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
		return w.opening(item, trip)
	case 15, 16, 17:
		return w.handing(over)
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
		return closedmail.Attempt{Item: item, Reason: "absent", Next: "again"}, w.by(courier)
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
	case 30, 31:
		return w.searching(item, bag)
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

// next goes on, half of the time, with what lies next for a thing: without it random acts rarely come far.
func (w *world) next(item postal.ItemNumber, bag, trip, over event.Thing) (ledger.Act, postal.StaffID) {
	v := w.View(context.Background())
	b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(bag))
	d, _ := ledger.Get[*custody.Dispatch](v, custody.KeyOf(trip))
	clerk, second, _ := w.at(bag)
	switch what := rapid.IntRange(0, 7).Draw(w.rt, "next"); {
	case what == 0 && over != "":
		return w.handing(over)
	case what == 1 && w.incident() != "":
		return w.mending()
	case what == 2 && d != nil && d.Status == custody.DispatchOpen && d.Count > 0:
		return closedmail.CloseDispatch{Dispatch: trip}, w.by(clerkA)
	case what == 2 && d != nil && d.Status != custody.DispatchOpen:
		return w.opening(item, trip)
	case what != 3 || b == nil:
		return nil, ""
	case b.Status == custody.BagOpen && b.Count == 0:
		return closedmail.Pack{Item: item, Bag: bag}, w.by(clerkA)
	case b.Status == custody.BagOpen:
		return closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: w.by(otherA)}, w.by(clerkA)
	case b.Status == custody.BagSealed && b.Holder == custody.AtOffice(officeB):
		return closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(w.seal()), Second: w.by(second)}, w.by(clerk)
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
func (w *world) opening(item postal.ItemNumber, trip event.Thing) (ledger.Act, postal.StaffID) {
	a := closedmail.OpenHandover{Office: officeB, From: custody.AtOffice(officeB), To: custody.ByCarrier(courier), Escort: courier}
	a.Delivery, a.Things = true, []event.Thing{event.Thing(item)}
	if rapid.Bool().Draw(w.rt, "trip") {
		a.Delivery, a.Things = false, []event.Thing{trip}
	}
	who := clerkB
	switch w.holder(a.Things[0]) {
	case custody.AtOffice(officeA):
		a.Office, a.From, who = officeA, custody.AtOffice(officeA), clerkA
	case custody.ByCarrier(courier):
		a.From, a.To, a.Delivery = a.To, a.From, false
	}
	return a, w.by(who)
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
	switch rapid.IntRange(0, 9).Draw(w.rt, "handing") {
	case 0:
		return closedmail.WithdrawHandover{Handover: code}, person(h.From)
	case 1, 2, 3:
		a := closedmail.CountThings{Handover: code}
		for _, g := range h.Things {
			c := event.Count{Thing: g.Thing}
			if g.Seal != "" {
				c.Seal = w.seal()
			}
			a.Counts = append(a.Counts, c)
		}
		return a, person(h.To)
	}
	a := closedmail.SignHandover{Handover: code, Side: custody.Giver, Difference: h.Difference().Digest(), Number: true, Packing: true, Seals: true}
	side := h.From
	if h.Giver != "" || rapid.Bool().Draw(w.rt, "taker") {
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
		return closedmail.Release{Incident: id, Decision: closedmail.FoundAgain}, w.by(head)
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

// where is the whole position of a thing by custody, as text, and whether an incident holds it.
func (w *world) where() (at map[event.Thing]string, frozen map[event.Thing]bool) {
	v := w.View(context.Background())
	at, frozen = map[event.Thing]string{}, map[event.Thing]bool{}
	for _, i := range w.items {
		s, ok := ledger.Get[*custody.Item](v, custody.ItemKey(i))
		if !ok {
			w.rt.Fatalf("no state of %s", i)
		}
		if (s.Holder == "") == (s.In == "") {
			w.rt.Fatalf("%s has holder %q and container %q", i, s.Holder, s.In)
		}
		if who, _ := custody.Holder(v, event.Thing(i)); who == "" {
			w.rt.Fatalf("%s has no named holder", i)
		}
		at[event.Thing(i)] = fmt.Sprint(s.Holder, s.In)
		c, _ := closedmail.CoverOf(v, i)
		frozen[event.Thing(i)] = c.Frozen != ""
		if who, _ := custody.Holder(v, event.Thing(i)); c.Lost != "" && (c.Answers == "" || who != event.Lost) {
			w.rt.Fatalf("%s is lost, with %s, and %q answers for it", i, who, c.Answers)
		}
	}
	for _, b := range w.bags {
		s, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(b))
		at[b] = fmt.Sprint(s.Holder, s.In, s.Status)
		x, ok := ledger.Get[*closedmail.Vessel](v, closedmail.VesselKey(b))
		frozen[b] = ok && x.Frozen != ""
	}
	if v.Err() != nil {
		w.rt.Fatal(v.Err())
	}
	return at, frozen
}

// note remembers what an entry made, from its facts alone; actor is whoever sent it.
func (w *world) note(actor postal.StaffID, r ledger.Receipt) {
	who, signed := actor, postal.StaffID("") // who did it, and the second when he signed in his own session
	if g, ok := factOf[event.SignatureGiven](r.Facts); ok {
		asked, known := w.asked[g.Asked]
		if !known || g.Second != actor || g.First == actor || g.Second != asked.Second || g.Digest != asked.Digest || g.Act != asked.Act {
			w.rt.Fatalf("%s signed %+v, asked was %+v", actor, g, asked)
		}
		delete(w.asked, g.Asked) // a signature counts once
		who, signed = g.First, g.Second
	}
	two := func(what string, first, second postal.StaffID) {
		if first != who || second == "" || second == first || signed != "" && second != signed {
			w.rt.Fatalf("%s by %q and %q, sent by %s", what, first, second, actor)
		}
	}
	for _, f := range r.Facts {
		w.codesOnly(f)
		switch f := f.(type) {
		case event.SignatureAsked:
			w.asked[f.Asked] = f
			w.asks = append(w.asks, ledger.Key(f.Subject))
		case event.SignatureEnded:
			delete(w.asked, f.Asked)
		case event.ItemAccepted:
			w.items = append(w.items, f.Item)
		case event.BagStarted:
			w.bags = append(w.bags, f.Bag)
		case event.DispatchStarted:
			w.trips = append(w.trips, f.Dispatch)
		case event.HandoverOpened:
			w.overs = append(w.overs, f.Handover)
		case event.BagSealed:
			x, _ := factOf[event.VesselClosed](r.Facts)
			two("sealed", x.First, x.Second)
		case event.BagUnsealed:
			x, _ := factOf[event.VesselReopened](r.Facts)
			two("reopened", x.First, x.Second)
		case event.BagOpened:
			x, _ := factOf[event.VesselOpened](r.Facts)
			two("opened", x.First, x.Second)
		case event.BagEmptied:
			x, _ := factOf[event.VesselEmptied](r.Facts)
			two("emptied", x.First, x.Second)
		case event.IncidentOpened:
			w.cases = append(w.cases, closedmail.ID(f.Incident))
		case event.MinutesSigned:
			two("minutes", f.First, f.Second)
		case event.SearchClosed:
			two("search ended", f.First, f.Second)
		case event.ShiftHanded:
			two("shift", f.From, f.To)
		case event.ItemUndone:
			w.undone[f.Item] = true
		case event.ItemDelivered:
			x, _ := factOf[event.KT1Delivered](r.Facts)
			two("delivered", who, x.Receiver)
			if named := map[string]postal.StaffID{string(bodyOne): registry1, string(bodyTwo): registry2}; x.Receiver != named[x.Body] {
				w.rt.Fatalf("%s was delivered to %q for %s", f.Item, x.Receiver, x.Body)
			}
			w.delivered[f.Item] = true
		case event.HandoverCompleted:
			s, _ := ledger.Get[*custody.Handover](w.View(context.Background()), custody.KeyOf(f.Handover))
			x, _ := ledger.Get[*closedmail.Vessel](w.View(context.Background()), closedmail.VesselKey(f.Handover))
			if s.Giver == "" || s.Taker == "" || s.Giver == s.Taker || x == nil || x.Checked != s.Taker {
				w.rt.Fatalf("handover %s was completed by %q and %q", f.Handover, s.Giver, s.Taker)
			}
		}
	}
}

// noSentence is what every text of a fact looks like: a code, never words.
var noSentence = regexp.MustCompile(`^[A-Za-z0-9Đ:/.@+_-]{0,64}$`)

// codesOnly refuses a fact in which any text is more than a code, however deep it stands.
func (w *world) codesOnly(f event.Fact) {
	body, err := json.Marshal(f)
	if err != nil {
		w.rt.Fatal(err)
	}
	var x any
	if err := json.Unmarshal(body, &x); err != nil {
		w.rt.Fatal(err)
	}
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case string:
			if !noSentence.MatchString(x) {
				w.rt.Fatalf("%s holds the text %q", f.Fact(), x)
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		case map[string]any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(x)
}

// step throws one act and checks what must always hold.
func (w *world) step() {
	act, who := w.act()
	office := officeOf(who)
	if who == courier && rapid.Bool().Draw(w.rt, "at B") {
		office = officeB
	}
	if a, ok := act.(closedmail.Sign); ok && rapid.IntRange(0, 9).Draw(w.rt, "where") > 0 {
		asked, _ := closedmail.AskedAbout(w.View(context.Background()), a.Subject)
		office = asked.Office // it is signed where it is done
	}
	before, frozen := w.where()
	r, err := w.do(office, who, act)
	if err != nil {
		if _, ok := fault.From(err); !ok {
			w.rt.Fatalf("%s: %v", act.Name(), err)
		}
		return
	}
	_, declined := act.(closedmail.Decline)
	_, received := factOf[event.KT1Delivered](r.Facts)
	if who == admin || who == registry1 && !declined && !received {
		w.rt.Fatalf("%s did %s", who, act.Name())
	}
	w.done[act.Name()]++
	w.note(who, r)
	after, _ := w.where()
	_, release := act.(closedmail.Release)
	_, ended := factOf[event.SearchClosed](r.Facts)
	_, found := factOf[event.LostFound](r.Facts)
	release = release || ended || found
	_, asked := factOf[event.SignatureAsked](r.Facts)
	for t, was := range before {
		if asked && after[t] != was {
			w.rt.Fatalf("%s moved %s before the second signed", act.Name(), t)
		}
	}
	for t, was := range before {
		if frozen[t] && !release && after[t] != was {
			w.rt.Fatalf("%s moved %s, which is frozen, from %s to %s", act.Name(), t, was, after[t])
		}
	}
	for _, i := range w.items {
		ended := after[event.Thing(i)] == fmt.Sprint(event.Recipient, "") || after[event.Thing(i)] == fmt.Sprint(event.Sender, "") && !w.undone[i]
		if ended != w.delivered[i] {
			w.rt.Fatalf("%s: with its recipient %v, signed for %v", i, ended, w.delivered[i])
		}
	}
}

func TestWhateverIsDoneTheRulesOfClosedMailHold(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		done, asked, used := map[string]int{}, map[string]event.SignatureAsked{}, 0
		slower := 1
		if db.Dialect == sqldb.Postgres {
			slower = 2 // the acts are the same; what differs is the store, and each act is a commit over a socket
		}
		h.must(officeA, admin, custody.ReserveRange{Office: officeA, Letters: "NK", From: 100_000, To: 199_999})
		h.stock()
		rapid.Check(t, func(rt *rapid.T) {
			w := &world{house: h, rt: rt, delivered: map[postal.ItemNumber]bool{}, undone: map[postal.ItemNumber]bool{}, asked: asked, done: done, spares: &used}
			w.give(rt)
			for range rapid.IntRange(30, 90).Draw(rt, "acts") / slower {
				w.step()
			}
		})
		h.sound()
		t.Logf("acts that succeeded: %v", done)
		seen := []string{"kt1.accept", "kt1.sign", "kt1.deliver", "kt1.close_vessel", "kt1.close_vessel.ask", "kt1.sign_minutes.ask"}
		if slower == 1 {
			seen = append(seen, "kt1.release", "kt1.open_vessel", "kt1.open_vessel.ask", "kt1.deliver.ask", "kt1.sign_handover", "kt1.decline", "kt1.call_off", "kt1.hand_shift", "kt1.hand_shift.ask", "kt1.close_search", "kt1.report_found")
		}
		for _, name := range seen {
			if done[name] == 0 {
				t.Errorf("%s never succeeded: the worlds are too poor to prove anything", name)
			}
		}
	})
}

// stock brings the bags and locators of all worlds, many acts at a time.
func (h *house) stock() {
	h.t.Helper()
	var subs []ledger.Submission
	for n := range spares {
		for _, prefix := range []string{"tui", "dv"} {
			code := closedmail.FacilityCode(fmt.Sprintf("%s-%d", prefix, 1000+n))
			for _, a := range []ledger.Act{closedmail.AddFacility{Facility: code, Office: officeA}, closedmail.Inspect{Facility: code, Until: day("2021-04-20")}} {
				h.now = h.now.Add(time.Millisecond)
				subs = append(subs, ledger.Submission{Envelope: ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: officeA, Actor: headA}, Act: a})
			}
		}
	}
	for part := range slices.Chunk(subs, ledger.MaxSubmission) {
		results, err := h.AppendAll(context.Background(), part)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, r := range results {
			if r.Err != nil {
				h.t.Fatal(r.Err)
			}
		}
	}
}

// give begins a world with some items and bags: random acts rarely make enough of them.
func (w *world) give(rt *rapid.T) {
	for range rapid.IntRange(2, 5).Draw(rt, "items") {
		a := cover()
		a.Secrecy = rapid.SampledFrom(closedmail.Secrecies[:1]).Draw(rt, "letter")
		r, err := w.do(officeA, clerkA, a)
		if err != nil {
			rt.Fatal(err)
		}
		w.note(clerkA, r)
	}
	if rapid.Bool().Draw(rt, "at B") {
		w.arrive(rt)
	}
}

// arrive brings a bag with the items to B, and perhaps on into the courier's hands.
func (w *world) arrive(rt *rapid.T) {
	bag := w.vessel(w.spare("tui"), w.items...)
	w.bags = append(w.bags, bag)
	w.send(bag)
	if rapid.Bool().Draw(rt, "short") {
		w.unpack(bag, w.items[1:]...)
		for _, i := range w.incidents(officeB) {
			if slices.Contains(i.Things, event.Thing(w.items[0])) {
				w.cases = append(w.cases, i.ID)
			}
		}
		return
	}
	if rapid.Bool().Draw(rt, "unpacked") {
		w.unpack(bag, w.items...)
		if rapid.Bool().Draw(rt, "out") {
			w.giveOut(w.items...)
		}
	}
}
