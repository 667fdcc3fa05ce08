package closedmail_test

import (
	"context"
	"slices"
	"testing"

	"citypost/internal/calendar"
	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// foreign makes numbers of another operator.
func foreign(t testing.TB, serial int) postal.ItemNumber {
	t.Helper()
	n, err := postal.MakeItemNumber("EK", serial)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func bringing(items ...postal.ItemNumber) closedmail.TakeFromPartner {
	return closedmail.TakeFromPartner{Office: officeA, Partner: partnerOne, Giver: partnerMan, List: "31/BK", Known: "HN-7001/2", Seal: "HN-7001/2", Items: items, Number: true, Packing: true, Seals: true}
}

// brought takes a bag from the partner, and opens it.
func (h *house) brought(items ...postal.ItemNumber) event.Thing {
	h.t.Helper()
	f, _ := factOf[event.TakenFromPartner](h.must(officeA, clerkA, bringing(items...)).Facts)
	h.must(officeA, clerkA, closedmail.OpenVessel{Bag: f.Bag, Seal: "HN-7001/2", Second: otherA})
	return f.Bag
}

// foreignCover is an ordinary item from another province for body one.
func foreignCover(bag event.Thing, n postal.ItemNumber) closedmail.TakeIn {
	return closedmail.TakeIn{Office: officeA, Bag: bag, Item: n, Number: "45/UBND", Sender: farBody, Addressee: bodyOne, OriginDay: day("2020-04-17"), WeightG: 90, ToUnit: "11407", ToOffice: officeA}
}

// If mail from another province could not be taken in under its own number, two numbers would be one item and nobody could settle with its sender.
func TestAPartnersBagIsTakenInItemByItem(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := closedmail.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, db)
		h.contract()
		a, b := foreign(t, 1), foreign(t, 2)
		for code, change := range map[string]func(*closedmail.TakeFromPartner){
			"closedmail.partner_person": func(x *closedmail.TakeFromPartner) { x.Giver = strangerMan },
			"closedmail.not_looked":     func(x *closedmail.TakeFromPartner) { x.Packing = false },
			"closedmail.listed_size":    func(x *closedmail.TakeFromPartner) { x.Items = nil },
			"closedmail.listed_twice":   func(x *closedmail.TakeFromPartner) { x.Items = []postal.ItemNumber{a, a} },
			"closedmail.document":       func(x *closedmail.TakeFromPartner) { x.List = "BK" },
			"closedmail.seal":           func(x *closedmail.TakeFromPartner) { x.Known = "" },
		} {
			x := bringing(a, b)
			change(&x)
			h.refused(code, officeA, clerkA, x)
		}
		r := h.must(officeA, clerkA, bringing(a, b))
		taken, _ := factOf[event.TakenFromPartner](r.Facts)
		bag := taken.Bag
		over, _ := ledgerGet[*custody.Handover](h, custody.KeyOf(taken.Handover))
		if over.From != partnerOne.Holder() || over.Giver != partnerMan || over.Taker != clerkA || h.holder(bag) != custody.AtOffice(officeA) {
			t.Fatalf("handover %+v, the bag is with %s", over, h.holder(bag))
		}
		h.refused("closedmail.bag_not_counted", officeA, clerkA, foreignCover(bag, a))
		h.refused("closedmail.same_person", officeA, clerkA, closedmail.OpenVessel{Bag: bag, Seal: "HN-7001/2", Second: clerkA})
		h.must(officeA, clerkA, closedmail.OpenVessel{Bag: bag, Seal: "HN-7001/2", Second: otherA})
		h.refused("closedmail.foreign_bag", officeA, clerkA, closedmail.TakeOut{Item: a, Bag: bag})
		h.refused("custody.number_ours", officeA, clerkA, foreignCover(bag, "NK000009999VN"))
		for code, change := range map[string]func(*closedmail.TakeIn){
			"closedmail.not_listed":      func(x *closedmail.TakeIn) { x.Sender = "cq-0077" },
			"closedmail.own_addressee":   func(x *closedmail.TakeIn) { x.Sender = bodyOne },
			"closedmail.may_not_write":   func(x *closedmail.TakeIn) { x.Sender = outsider },
			"closedmail.origin_day":      func(x *closedmail.TakeIn) { x.OriginDay = day("2020-05-01") },
			"closedmail.locator_missing": func(x *closedmail.TakeIn) { x.Secrecy = closedmail.SecrecyA },
			"closedmail.timed":           func(x *closedmail.TakeIn) { x.Urgency = closedmail.Timed },
			"custody.weight":             func(x *closedmail.TakeIn) { x.WeightG = 0 },
		} {
			x := foreignCover(bag, a)
			change(&x)
			h.refused(code, officeA, clerkA, x)
		}
		h.must(officeA, clerkA, foreignCover(bag, a))
		h.refused("custody.number_taken_in", officeA, clerkA, foreignCover(bag, a))
		undo := h.stage(a)
		h.must(officeA, clerkA, closedmail.UndoAccept{Item: a, Act: undo.AcceptAct, Second: headA})
		late := foreignCover(bag, a)
		late.Urgency, late.AtMs, late.Secrecy, late.Locator = closedmail.Timed, h.now.AddDate(0, 0, -1).UnixMilli(), closedmail.SecrecyA, "dv-01" // its time is over: it is taken in all the same
		h.must(officeA, clerkA, late)
		h.must(officeA, clerkA, foreignCover(bag, b))
		if c := h.cover(a); c.FromPartner != partnerOne || c.HandedBy != partnerMan || c.OriginDay != "2020-04-17" || !c.Inter || h.stage(a).FeeVND != 0 {
			t.Errorf("cover %+v", c)
		}
		h.must(officeA, clerkA, closedmail.EmptyVessel{Bag: bag, Second: otherA})
		if all := h.incidents(officeA); len(all) != 0 {
			t.Fatalf("incidents %+v", all)
		}
		h.refused("closedmail.counted", officeA, clerkA, closedmail.UndoAccept{Item: b, Act: h.stage(b).AcceptAct, Second: headA})
		records := &closedmail.Records{DB: db, Ledger: h.Ledger}
		classes, err := records.Volume(t.Context(), day("2020-04-01"), day("2020-04-30"), h.now.UnixMilli())
		if err != nil || len(classes) != 0 {
			t.Errorf("what was accepted elsewhere counts as ours: %+v, %v", classes, err)
		}
		lines, _, err := records.Lines(t.Context(), closedmail.InRegister, officeA, 1)
		if err != nil || len(lines) != 4 || lines[1].What != "undone" || lines[3].Code != string(b) { // the first, withdrawn, keeps its line, and the withdrawal has one
			t.Errorf("in register %+v, %v", lines, err)
		}
		if out, _, _ := records.Lines(t.Context(), closedmail.OutRegister, officeA, 1); len(out) != 0 {
			t.Errorf("out register %+v", out)
		}
		overs, _, _ := records.Lines(t.Context(), closedmail.HandoverBook, officeA, 1)
		if len(overs) != 1 || overs[0].What != custody.ForOutside || overs[0].First != partnerMan {
			t.Errorf("handover register %+v", overs)
		}
		h.sound()
	})
}

func TestWhatAPartnersListSaysAndTheBagHasNotIsAnIncident(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	a, missed, over, torn := foreign(t, 1), foreign(t, 2), foreign(t, 3), foreign(t, 4)
	bag := h.brought(a, missed, torn)
	h.must(officeA, clerkA, foreignCover(bag, a))
	h.must(officeA, clerkA, foreignCover(bag, over)) // not on the list
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	damaged := foreignCover(bag, torn)
	damaged.Condition = event.Damaged
	h.must(officeA, clerkA, damaged)
	h.refused("closedmail.frozen", officeA, clerkA, closedmail.SendBack{Item: torn, Reason: "moved"})
	h.settle(officeA, clerkA, otherA, headA, closedmail.Rewrapped)
	r := h.must(officeA, clerkA, closedmail.EmptyVessel{Bag: bag, Second: otherA})
	f, _ := factOf[event.IncidentOpened](r.Facts)
	if f.Kind != string(closedmail.Short) || len(f.Things) != 1 || f.Things[0] != event.Thing(missed) || f.Partner != string(partnerOne) {
		t.Fatalf("incident %+v", f)
	}
	h.must(officeA, clerkA, foreignCover(bag, missed)) // it comes to light after the count
	if c := h.cover(missed); c.Frozen == "" {
		t.Error("what was missed and found goes on without minutes")
	}
	for _, i := range h.incidents(officeA) {
		h.must(officeA, clerkA, closedmail.SignMinutes{Incident: i.ID, Second: otherA})
		h.must(officeA, clerkA, closedmail.ReportUp{Incident: i.ID, To: "province"})
		h.must(officeA, headA, closedmail.Release{Incident: i.ID, Decision: closedmail.Sound})
	}
	if i, _ := ledgerGet[*closedmail.Incident](h, closedmail.IncidentKey(closedmail.ID(f.Incident))); i.Decision != closedmail.FoundAgain {
		t.Errorf("the search ended with %q", i.Decision)
	}
	h.refused("closedmail.bag_not_counted", officeA, clerkA, foreignCover(bag, foreign(t, 9)))
	h.sound()
}

func TestASearchForWhatAPartnerNeverBroughtEnds(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	bag := h.brought(foreign(t, 1))
	h.must(officeA, clerkA, closedmail.EmptyVessel{Bag: bag, Second: otherA})
	id := h.incidents(officeA)[0].ID
	h.must(officeA, clerkA, closedmail.SignMinutes{Incident: id, Second: otherA})
	h.must(officeA, clerkA, closedmail.ReportUp{Incident: id, To: "cpma"})
	f, _ := factOf[event.SearchClosed](h.must(officeA, headA, closedmail.CloseSearch{Incident: id, Second: clerkA}).Facts)
	if !slices.Equal(f.Answers, []event.Holder{partnerOne.Holder()}) {
		t.Errorf("%v answers", f.Answers)
	}
	h.sound()
}

func TestAPartnersBagWithAnotherSealIsFrozen(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	x := bringing(foreign(t, 1))
	x.Seal = "HN-7002"
	r := h.must(officeA, clerkA, x)
	bag := r.Facts[0].(event.BagStarted).Bag
	h.refused("closedmail.frozen", officeA, clerkA, closedmail.OpenVessel{Bag: bag, Seal: "HN-7002", Second: otherA})
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	h.must(officeA, clerkA, closedmail.OpenVessel{Bag: bag, Seal: "HN-7002", Second: otherA})
	h.must(officeA, clerkA, foreignCover(bag, foreign(t, 1)))
	h.sound()
}

// What turns back at a partner comes home in the partner's bag, and what we cannot deliver goes home through the partner.
func TestWhatTurnsBackGoesHomeThroughThePartner(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	ours, theirs := h.accept(outbound()), foreign(t, 1)
	out := h.outBag("tui-01", ours)
	h.must(officeA, clerkA, h.giving(out))
	h.told(h.now, closedmail.Tell{Item: ours, Told: "returned", Reason: "moved", Document: "78/BK"})
	bag := h.brought(ours, theirs)
	h.refused("custody.number_ours", officeA, clerkA, foreignCover(bag, ours))
	h.must(officeA, clerkA, foreignCover(bag, theirs))
	h.must(officeA, clerkA, closedmail.ComeBack{Item: ours, Bag: bag})
	h.refused("custody.wrong_holder", officeA, clerkA, closedmail.ComeBack{Item: ours, Bag: bag})
	if i := h.stage(ours); i.Holder != custody.AtOffice(officeA) || i.Stage != custody.AtArrival {
		t.Errorf("%s is with %s, %s", ours, i.Holder, i.Stage)
	}
	h.must(officeA, clerkA, closedmail.EmptyVessel{Bag: bag, Second: otherA})
	h.must(officeA, clerkA, closedmail.TakeVesselBack{Bag: out})
	back := deliver(ours)
	back.Receiver = registry1
	h.must(officeA, clerkA, back)
	if c := h.cover(ours); c.Returned == 0 || c.Delivered != 0 {
		t.Errorf("back with its sender: %+v", c)
	}
	h.must(officeA, clerkA, closedmail.SendBack{Item: theirs, Reason: "moved"})
	second := h.outBag("tui-02", theirs)
	h.must(officeA, clerkA, h.giving(second))
	h.told(h.now, closedmail.Tell{Item: theirs, Told: "delivered", Document: "79/BK"})
	if i, c := h.stage(theirs), h.cover(theirs); i.Holder != event.Sender || c.Delivered != 0 || c.Returned == 0 {
		t.Errorf("%s is with %s, delivered %d, returned %d", theirs, i.Holder, c.Delivered, c.Returned)
	}
	h.sound()
}

// If the clock began when the bag came in, every delay of the partner would be ours to hide.
func TestTheClockOfAForeignItemRunsFromItsStamp(t *testing.T) {
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	law := &closedmail.Law{Calendar: calendar.New(book)}
	a := foreignCover("", "")
	terms, err := law.ForeignTerms(a)
	if err != nil || terms.Due.In(postal.HoChiMinh).Format("2006-01-02 15:04") != "2020-04-23 12:00" { // J is Friday 17 April, J + 3.5 working days
		t.Errorf("due %s, %v", terms.Due, err)
	}
	a.Urgency, a.AtMs = closedmail.Timed, day("2020-04-17").Start().UnixMilli()+3_600_000
	if terms, err = law.ForeignTerms(a); err != nil || terms.DueMs() != a.AtMs {
		t.Errorf("timed: due %s, %v", terms.Due, err)
	}
}

func TestReconciliationCountsWhatWentAndCame(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := closedmail.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, db)
		h.contract()
		secret := outbound()
		secret.Secrecy = closedmail.SecrecyB
		onTime, late, lost, open := h.accept(outbound()), h.accept(outbound()), h.accept(secret), h.accept(secret)
		h.must(officeA, clerkA, h.giving(h.outBag("tui-01", onTime, late, lost, open)))
		given := h.now
		h.now = h.now.AddDate(0, 0, 1)
		h.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Short, Things: []event.Thing{event.Thing(lost)}})
		id := h.incidents(officeA)[0].ID
		h.must(officeA, clerkA, closedmail.SignMinutes{Incident: id, Second: otherA})
		h.must(officeA, clerkA, closedmail.ReportUp{Incident: id, To: "cpma"})
		h.must(officeA, headA, closedmail.CloseSearch{Incident: id, Second: clerkA})
		bag := h.brought(foreign(t, 1))
		x := foreignCover(bag, foreign(t, 1))
		x.DueMs = h.now.AddDate(0, 0, 2).UnixMilli()
		h.must(officeA, clerkA, x)
		h.now = h.now.AddDate(0, 0, 9)
		h.told(given.AddDate(0, 0, 1), closedmail.Tell{Item: onTime, Told: "delivered", Document: "78/BK"})
		h.told(given.AddDate(0, 0, 8), closedmail.Tell{Item: late, Told: "delivered", Document: "78/BK"})
		records := &closedmail.Records{DB: db, Ledger: h.Ledger}
		got, err := records.Reconcile(context.Background(), partnerOne, day("2020-04-01"), day("2020-04-30"), given.AddDate(0, 0, 1).UnixMilli())
		if err != nil {
			t.Fatal(err)
		}
		want := []closedmail.Exchanged{{Items: 2, OnTime: 1, Late: 1}, {Secrecy: closedmail.SecrecyB, Items: 2, Lost: 1, Open: 1}}
		if !slices.Equal(got.Sent, want) || !slices.Equal(got.Taken, []closedmail.Exchanged{{Items: 1, Open: 1}}) {
			t.Errorf("sent %+v, taken %+v", got.Sent, got.Taken)
		}
		if len(got.Differences) != 1 || got.Differences[0].Kind != string(closedmail.Short) || got.Differences[0].N != 1 {
			t.Errorf("differences %+v", got.Differences)
		}
		after, err := records.Reconcile(context.Background(), partnerOne, day("2020-04-01"), day("2020-04-30"), h.now.UnixMilli())
		if err != nil || after.Sent[1].Late != 1 || after.Taken[0].Late != 1 {
			t.Errorf("long after: %+v, %v", after, err)
		}
	})
}
