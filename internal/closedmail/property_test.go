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
	named     map[event.Thing]event.TransportNamed
	used      map[string]event.Thing // what each seal closed last, over all worlds
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

// read is what somebody reads off a bag: mostly its seal.
func (w *world) read(bag event.Thing) string {
	b, ok := ledger.Get[*custody.Bag](w.View(context.Background()), custody.KeyOf(bag))
	if !ok || b.Seal == "" || rapid.IntRange(0, 3).Draw(w.rt, "misread") == 0 {
		return "NP-2222"
	}
	return b.Seal
}

// take is a new seal, a lock, or now and then a seal that closed a bag before.
func (w *world) take() closedmail.Seal {
	switch take := rapid.IntRange(0, 5).Draw(w.rt, "take"); {
	case take == 0:
		return "K-101"
	case take == 1 && w.seals > 0:
		return closedmail.Seal(fmt.Sprintf("NP-%d", 10_000+rapid.IntRange(1, w.seals).Draw(w.rt, "old")))
	}
	return w.house.seal()
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
		if who, _ := custody.Holder(v, b); who == "" {
			w.rt.Fatalf("%s has no named holder", b)
		}
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
			delete(w.undone, f.Item) // a foreign number may be taken in anew
			if !slices.Contains(w.items, f.Item) {
				w.items = append(w.items, f.Item)
			}
		case event.BagStarted:
			w.bags = append(w.bags, f.Bag)
		case event.DispatchStarted:
			w.trips = append(w.trips, f.Dispatch)
		case event.HandoverOpened:
			w.overs = append(w.overs, f.Handover)
		case event.BagSealed:
			if _, brought := factOf[event.TakenFromPartner](r.Facts); brought {
				continue // it came sealed; the handover in the same entry is looked at below
			}
			if used, ok := w.used[f.Seal]; ok && (f.Seal != "K-101" || used != f.Bag && w.shut(used)) {
				w.rt.Fatalf("%s closes %s, and closed %s", f.Seal, f.Bag, used)
			}
			w.used[f.Seal] = f.Bag
			x, _ := factOf[event.VesselClosed](r.Facts)
			two("sealed", x.First, x.Second)
		case event.BagUnsealed:
			x, _ := factOf[event.VesselReopened](r.Facts)
			two("reopened", x.First, x.Second)
		case event.BagOpened:
			x, _ := factOf[event.VesselOpened](r.Facts)
			two("opened", x.First, x.Second)
		case event.BagEmptied:
			if _, back := factOf[event.VesselBack](r.Facts); back {
				continue // nothing was in it
			}
			x, _ := factOf[event.VesselEmptied](r.Facts)
			two("emptied", x.First, x.Second)
		case event.IncidentOpened:
			w.cases = append(w.cases, closedmail.ID(f.Incident))
		case event.MinutesSigned:
			two("minutes", f.First, f.Second)
		case event.SearchClosed:
			two("search ended", f.First, f.Second)
		case event.ReportApproved:
			if f.By != actor || slices.Contains(f.Writers, actor) || len(f.Writers) == 0 {
				w.rt.Fatalf("%s approved the words of %v", actor, f.Writers)
			}
		case event.ShiftHanded:
			two("shift", f.From, f.To)
		case event.ItemUndone:
			w.undone[f.Item] = true
		case event.ItemDelivered:
			if x, told := factOf[event.PartnerTold](r.Facts); told {
				w.delivered[x.Item] = true
				continue
			}
			x := deliveredTo(r.Facts, f.Item)
			if x.List == "" {
				two("delivered", who, x.Receiver)
			} else {
				w.readOffPaper(who, signed, x)
			}
			if named := map[string]postal.StaffID{string(bodyOne): registry1, string(bodyTwo): registry2}; x.Receiver != named[x.Body] {
				w.rt.Fatalf("%s was delivered to %q for %s", f.Item, x.Receiver, x.Body)
			}
			w.delivered[f.Item] = true
		case event.TransportNamed:
			w.named[f.Thing] = f
		case event.HandoverCompleted:
			if given, ok := factOf[event.GivenToPartner](r.Facts); !ok || !given.Theirs { // the partner's own KT1 vehicle is one too
				w.escorted(f)
			}
			s, _ := ledger.Get[*custody.Handover](w.View(context.Background()), custody.KeyOf(f.Handover))
			x, _ := ledger.Get[*closedmail.Vessel](w.View(context.Background()), closedmail.VesselKey(f.Handover))
			if s.Giver == "" || s.Taker == "" || s.Giver == s.Taker || x == nil || x.Checked != s.Taker {
				w.rt.Fatalf("handover %s was completed by %q and %q", f.Handover, s.Giver, s.Taker)
			}
			w.withPartner(r, actor, s)
		}
	}
}

// deliveredTo gives what closed mail says beside custody's delivery of an item.
func deliveredTo(facts []event.Fact, i postal.ItemNumber) event.KT1Delivered {
	for _, f := range facts {
		if x, ok := f.(event.KT1Delivered); ok && x.Item == i {
			return x
		}
	}
	return event.KT1Delivered{}
}

// readOffPaper demands of a delivery by the list two different persons of the post, the courier who carried it and a clerk of the office that made it, beside the receiver,
// and an hour between the list's signatures and now.
func (w *world) readOffPaper(who, signed postal.StaffID, x event.KT1Delivered) {
	v := w.View(context.Background())
	h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(x.List))
	c, _ := closedmail.CoverOf(v, x.Item)
	clerk := slices.Contains([]postal.StaffID{clerkA, otherA, headA, clerkB, otherB, headB}, x.Checked) && ok && custody.AtOffice(officeOf(x.Checked)) == h.From
	switch {
	case !ok || h.Purpose != custody.ForDelivery || h.Status != custody.HandoverCompleted || c.Out != x.List:
		w.rt.Fatalf("%s was delivered by the list %q", x.Item, x.List)
	case custody.ByCarrier(x.By) != h.To || x.By == x.Checked || x.Receiver == x.By || x.Receiver == x.Checked || !clerk:
		w.rt.Fatalf("%s was delivered by %q and %q to %q", x.Item, x.By, x.Checked, x.Receiver)
	case who != x.By && who != x.Checked, signed != "" && signed != x.By && signed != x.Checked || signed == who:
		w.rt.Fatalf("%q and %q signed for %q and %q", who, signed, x.By, x.Checked)
	case c.Delivered < c.OutMs-60_000 || c.Delivered > w.now.UnixMilli():
		w.rt.Fatalf("%s was delivered at %d, out since %d", x.Item, c.Delivered, c.OutMs)
	}
}

// escorted refuses a handover by which a bag left an office without a vehicle, and with another escort than its carrier.
func (w *world) escorted(f event.HandoverCompleted) {
	bags := slices.ContainsFunc(f.Moved, func(t event.Thing) bool { return custody.KeyOf(t)[0] == 'b' })
	if custody.Office(f.From) == "" || !bags {
		return
	}
	how, ok := w.named[f.Handover]
	if !ok {
		how = w.named[f.Dispatch]
	}
	if how.Vehicle == "" && (how.Escort == "" || how.Escort != custody.Carrier(f.To)) {
		w.rt.Fatalf("%+v left with %+v", f, how)
	}
	w.done["bags left"]++
}

// shut reports whether a bag is closed.
func (w *world) shut(bag event.Thing) bool {
	b, ok := ledger.Get[*custody.Bag](w.View(context.Background()), custody.KeyOf(bag))
	return ok && b.Status == custody.BagSealed
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
	if list := listOf(act); list != "" && rapid.IntRange(0, 9).Draw(w.rt, "where") > 0 {
		if h, ok := ledger.Get[*custody.Handover](w.View(context.Background()), custody.KeyOf(list)); ok {
			office = custody.Office(h.From) // it is entered where the list was made
		}
	}
	before, frozen := w.where()
	held := w.holders()
	r, err := w.do(office, who, act)
	if err != nil {
		if _, ok := fault.From(err); !ok {
			w.rt.Fatalf("%s: %v", act.Name(), err)
		}
		return
	}
	_, declined := act.(closedmail.Decline)
	d, received := factOf[event.KT1Delivered](r.Facts)
	if who == admin || who == registry1 && !declined && (!received || d.List != "") {
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
	for i, was := range held {
		if now := w.holder(event.Thing(i)); now != was && !changesHands(r.Facts) {
			w.rt.Fatalf("%s brought %s from %s to %s without a signature", act.Name(), i, was, now)
		}
	}
	for _, i := range w.items {
		ended := after[event.Thing(i)] == fmt.Sprint(event.Recipient, "") || after[event.Thing(i)] == fmt.Sprint(event.Sender, "") && !w.undone[i]
		if ended != w.delivered[i] {
			w.rt.Fatalf("%s: with its recipient %v, signed for %v", i, ended, w.delivered[i])
		}
	}
}

// listOf is the delivery list from which an act is entered, also one that is only asked.
func listOf(act ledger.Act) event.Thing {
	if ask, ok := act.(closedmail.Ask[closedmail.Joint]); ok {
		act = ask.Act
	}
	p, _ := act.(closedmail.DeliverOnPaper)
	return p.List
}

// holders gives who answers for each item.
func (w *world) holders() map[postal.ItemNumber]event.Holder {
	all := map[postal.ItemNumber]event.Holder{}
	for _, i := range w.items {
		all[i] = w.holder(event.Thing(i))
	}
	return all
}

// changesHands reports whether an entry has a fact by which an item may come into other hands: each is signed by two, as note demands, or is a supervisor's decision, or
// says that something is missing or found again, and freezes it.
func changesHands(facts []event.Fact) bool {
	for _, f := range facts {
		switch f.(type) {
		case event.HandoverCompleted, event.KT1Delivered, event.ItemUndone, event.VesselEmptied, event.SearchClosed, event.LostFound, event.IncidentReleased, event.IrregularitySettled,
			event.PartnerTold, event.CameBack, event.ItemAccepted:
			return true
		}
	}
	return false
}

func TestWhateverIsDoneTheRulesOfClosedMailHold(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		done, asked, seals, used := map[string]int{}, map[string]event.SignatureAsked{}, map[string]event.Thing{}, 0
		slower := 1
		if db.Dialect == sqldb.Postgres {
			slower = 2 // the acts are the same; what differs is the store, and each act is a commit over a socket
		}
		h.must(officeA, admin, custody.ReserveRange{Office: officeA, Letters: "NK", From: 100_000, To: 199_999})
		h.stock()
		h.contract()
		rapid.Check(t, func(rt *rapid.T) {
			w := &world{house: h, rt: rt, delivered: map[postal.ItemNumber]bool{}, undone: map[postal.ItemNumber]bool{}, asked: asked, done: done, named: map[event.Thing]event.TransportNamed{}, used: seals, spares: &used}
			w.give(rt)
			for range rapid.IntRange(30, 90).Draw(rt, "acts") / slower {
				w.step()
			}
		})
		h.sound()
		t.Logf("acts that succeeded: %v", done)
		seen := []string{"kt1.accept", "kt1.sign", "kt1.deliver", "kt1.deliver_on_paper", "kt1.close_vessel", "kt1.close_vessel.ask", "kt1.sign_minutes.ask"}
		if slower == 1 {
			seen = append(seen, "kt1.release", "kt1.open_vessel", "kt1.open_vessel.ask", "kt1.deliver.ask", "kt1.sign_handover", "kt1.decline", "kt1.call_off", "kt1.hand_shift", "kt1.hand_shift.ask", "kt1.close_search", "kt1.report_found", "kt1.approve_report", "bags left",
				"kt1.hand_to_partner", "kt1.tell", "kt1.take_from_partner", "kt1.take_in", "kt1.come_back")
		}
		for _, name := range seen {
			if done[name] == 0 && done[name+".ask"] == 0 {
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
		a.Secrecy = rapid.SampledFrom(closedmail.Secrecies).Draw(rt, "letter")
		if a.Secrecy == closedmail.SecrecyA {
			a.Locator = w.spare("dv")
		}
		r, err := w.do(officeA, clerkA, a)
		if err != nil {
			rt.Fatal(err)
		}
		w.note(clerkA, r)
	}
	if rapid.Bool().Draw(rt, "at B") {
		w.arrive(rt)
	} else if rapid.Bool().Draw(rt, "leaving") {
		w.depart(rt)
	} else if rapid.Bool().Draw(rt, "abroad") {
		w.abroad(rt)
	}
}

// depart seals the items in a bag and opens and counts its handover to the courier: what lacks are the two signatures.
func (w *world) depart(rt *rapid.T) {
	bag := w.vessel(w.spare("tui"), w.items...)
	w.bags = append(w.bags, bag)
	a := out(bag)
	a.Escort = courier
	r, err := w.do(officeA, clerkA, a)
	if err != nil {
		rt.Fatal(err)
	}
	w.note(clerkA, r)
	w.must(officeA, courier, closedmail.CountThings{Handover: w.overs[0], Counts: []event.Count{{Thing: bag, Seal: w.sealOf(bag)}}})
}

// arrive brings a bag with the items to B, and perhaps on into the courier's hands.
func (w *world) arrive(rt *rapid.T) {
	bag := w.vessel(w.spare("tui"), w.items...)
	w.bags = append(w.bags, bag)
	w.send(bag)
	switch rapid.IntRange(0, 4).Draw(rt, "arrived") {
	case 1:
		w.unpack(bag, w.items[1:]...)
		for _, i := range w.incidents(officeB) {
			if slices.Contains(i.Things, event.Thing(w.items[0])) {
				w.cases = append(w.cases, i.ID)
			}
		}
	case 2:
		w.unpack(bag, w.items...)
	case 3, 4:
		w.unpack(bag, w.items...)
		w.giveOut(w.items...)
	}
}
