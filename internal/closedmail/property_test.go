package closedmail_test

import (
	"context"
	"fmt"
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

// act draws one, and who does it.
func (w *world) act() (ledger.Act, postal.StaffID) {
	item, bag, trip, over := pick(w, w.items, "item"), pick(w, w.bags, "bag"), pick(w, w.trips, "trip"), pick(w, w.overs, "handover")
	clerk, second, _ := w.at(bag)
	switch rapid.IntRange(0, 24).Draw(w.rt, "act") {
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
	switch rapid.IntRange(0, 3).Draw(w.rt, "mending") {
	case 0:
		return closedmail.SignMinutes{Incident: id, Second: w.by(second)}, w.by(clerk)
	case 1:
		return closedmail.ReportUp{Incident: id, To: "province"}, w.by(clerk)
	}
	return closedmail.Release{Incident: id, Decision: rapid.SampledFrom(closedmail.Decisions).Draw(w.rt, "decision")}, w.by(head)
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
	var ids []closedmail.ID
	for _, o := range []postal.OfficeCode{officeA, officeB} {
		for _, i := range closedmail.Incidents(v, o) {
			ids = append(ids, i.ID)
		}
	}
	return pick(w, ids, "incident")
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

// note remembers what an entry made, from its facts alone.
func (w *world) note(who postal.StaffID, r ledger.Receipt) {
	for _, f := range r.Facts {
		switch f := f.(type) {
		case event.ItemAccepted:
			w.items = append(w.items, f.Item)
		case event.BagStarted:
			w.bags = append(w.bags, f.Bag)
		case event.DispatchStarted:
			w.trips = append(w.trips, f.Dispatch)
		case event.HandoverOpened:
			w.overs = append(w.overs, f.Handover)
		case event.BagSealed:
			x, ok := factOf[event.VesselClosed](r.Facts)
			if !ok || x.First != who || x.Second == "" || x.Second == who {
				w.rt.Fatalf("a bag was sealed by %s and %q", who, x.Second)
			}
		case event.BagOpened:
			x, ok := factOf[event.VesselOpened](r.Facts)
			if !ok || x.First != who || x.Second == "" || x.Second == who {
				w.rt.Fatalf("a bag was opened by %s and %q", who, x.Second)
			}
		case event.ItemDelivered:
			x, ok := factOf[event.KT1Delivered](r.Facts)
			if !ok || x.Receiver == "" || x.Receiver == who || x.Receiver != registry2 {
				w.rt.Fatalf("%s was delivered to %q by %s", f.Item, x.Receiver, who)
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

// step throws one act and checks what must always hold.
func (w *world) step() {
	act, who := w.act()
	office := officeOf(who)
	if who == courier && rapid.Bool().Draw(w.rt, "at B") {
		office = officeB
	}
	before, frozen := w.where()
	r, err := w.do(office, who, act)
	if err != nil {
		if _, ok := fault.From(err); !ok {
			w.rt.Fatalf("%s: %v", act.Name(), err)
		}
		return
	}
	if who == admin || who == registry1 {
		w.rt.Fatalf("%s did %s", who, act.Name())
	}
	w.done[act.Name()]++
	w.note(who, r)
	after, _ := w.where()
	_, release := act.(closedmail.Release)
	for t, was := range before {
		if frozen[t] && !release && after[t] != was {
			w.rt.Fatalf("%s moved %s, which is frozen, from %s to %s", act.Name(), t, was, after[t])
		}
	}
	for _, i := range w.items {
		ended := after[event.Thing(i)] == fmt.Sprint(event.Recipient, "")
		if ended != w.delivered[i] {
			w.rt.Fatalf("%s: with its recipient %v, signed for %v", i, ended, w.delivered[i])
		}
	}
}

func TestWhateverIsDoneTheRulesOfClosedMailHold(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		done, used := map[string]int{}, 0
		slower := 1
		if db.Dialect == sqldb.Postgres {
			slower = 3 // the acts are the same; what differs is the store, and each act is a commit over a socket
		}
		h.must(officeA, admin, custody.ReserveRange{Office: officeA, Letters: "NK", From: 100_000, To: 199_999})
		h.stock()
		rapid.Check(t, func(rt *rapid.T) {
			w := &world{house: h, rt: rt, delivered: map[postal.ItemNumber]bool{}, done: done, spares: &used}
			w.give(rt)
			for range rapid.IntRange(30, 90).Draw(rt, "acts") / slower {
				w.step()
			}
		})
		h.sound()
		t.Logf("acts that succeeded: %v", done)
		for _, name := range []string{"kt1.deliver", "kt1.release", "kt1.close_vessel", "kt1.open_vessel", "kt1.sign_handover"} {
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
				subs = append(subs, ledger.Submission{Envelope: ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: officeA, Actor: admin}, Act: a})
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
	if rapid.Bool().Draw(rt, "unpacked") {
		w.unpack(bag, w.items...)
		if rapid.Bool().Draw(rt, "out") {
			w.giveOut(w.items...)
		}
	}
}
