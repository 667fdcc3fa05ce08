package closedmail_test

import (
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// ask lets an act wait for its second signature and gives what waits.
func ask[A closedmail.Joint](h *house, o postal.OfficeCode, who postal.StaffID, act A) *closedmail.Asked {
	h.t.Helper()
	f, ok := factOf[event.SignatureAsked](h.must(o, who, closedmail.Ask[A]{Act: act}).Facts)
	if !ok {
		h.t.Fatalf("%s was not asked", act.Name())
	}
	return h.asked(ledger.Key(f.Subject))
}

func (h *house) asked(subject ledger.Key) *closedmail.Asked {
	h.t.Helper()
	w, ok := closedmail.AskedAbout(h.View(h.t.Context()), subject)
	if !ok {
		h.t.Fatalf("nothing waits about %s", subject)
	}
	return w
}

// signing is the second person's act with everything looked at.
func signing(w *closedmail.Asked) closedmail.Sign {
	return closedmail.Sign{Subject: w.Subject, Asked: w.ID, Digest: closedmail.Digest(w.Digest), Looked: closedmail.Looked{Present: true, Number: true, Packing: true, Seal: true, Unopened: true}}
}

// countersign signs as the one who was asked.
func (h *house) countersign(w *closedmail.Asked) ledger.Receipt {
	h.t.Helper()
	return h.must(w.Office, w.Second, signing(w))
}

// filled starts a bag at A with some items, not closed.
func (h *house) filled(f closedmail.FacilityCode, items ...postal.ItemNumber) event.Thing {
	h.t.Helper()
	bag := h.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: f}).Facts[0].(event.BagStarted).Bag
	for _, i := range items {
		h.must(officeA, clerkA, closedmail.Pack{Item: i, Bag: bag})
	}
	return bag
}

func (h *house) bag(code event.Thing) *custody.Bag {
	h.t.Helper()
	b, _ := ledger.Get[*custody.Bag](h.View(h.t.Context()), custody.KeyOf(code))
	return b
}

func TestEveryActOfTwoCanBeSignedInASessionOfOnesOwn(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		a, b, mistaken := h.accept(cover()), h.accept(cover()), h.accept(cover())
		item, _ := ledger.Get[*custody.Item](h.View(t.Context()), custody.ItemKey(mistaken))
		h.countersign(ask(h, officeA, clerkA, closedmail.UndoAccept{Item: mistaken, Act: item.AcceptAct, Second: headA}))
		bag := h.filled("tui-01", a, b)
		w := ask(h, officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA})
		if h.bag(bag).Status != custody.BagOpen {
			t.Fatal("one signature closed the bag")
		}
		for who, code := range map[postal.StaffID]string{clerkA: "closedmail.same_person", headA: "closedmail.not_asked", registry1: "closedmail.not_asked"} {
			h.refused(code, officeA, who, signing(w))
		}
		away := signing(w)
		away.Present = false
		h.refused("closedmail.not_present", officeA, otherA, away)
		other := signing(w)
		other.Digest = "00112233"
		h.refused("closedmail.ask_other", officeA, otherA, other)
		h.refused("closedmail.other_office", officeB, otherA, signing(w))
		if f, _ := factOf[event.VesselClosed](h.countersign(w).Facts); f.First != clerkA || f.Second != otherA || f.Seal != "NP-10001" {
			t.Errorf("closed by %+v", f)
		}
		h.refused("closedmail.ask_ended", officeA, otherA, signing(w))
		h.countersign(ask(h, officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: headA}))
		h.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10002", Second: otherA})
		h.send(bag)
		h.countersign(ask(h, officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-10002", Second: otherB}))
		h.must(officeB, clerkB, closedmail.TakeOut{Item: a, Bag: bag})
		h.countersign(ask(h, officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})) // b is missing
		x := h.incidents(officeB)
		if len(x) != 1 || x[0].By != clerkB || x[0].Things[0] != event.Thing(b) {
			t.Fatalf("incidents %+v", x)
		}
		h.countersign(ask(h, officeB, clerkB, closedmail.SignMinutes{Incident: x[0].ID, Second: otherB}))
		h.must(officeB, clerkB, closedmail.ReportUp{Incident: x[0].ID, To: "province"})
		h.must(officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(b)})
		h.settle(officeB, clerkB, otherB, headB, closedmail.Sound)
		h.countersign(ask(h, officeB, clerkB, closedmail.HandShift{Office: officeB, To: otherB, Held: closedmail.Held(h.View(t.Context()), officeB)}))
		if s, _ := ledger.Get[*closedmail.Shift](h.View(t.Context()), closedmail.ShiftKey(officeB)); s.Worker != otherB || len(h.incidents(officeB)) != 0 {
			t.Errorf("the shift is held by %s, incidents %v", s.Worker, h.incidents(officeB))
		}
		h.giveOut(a)
		d := ask(h, officeA, courier, closedmail.Deliver{Item: a, As: closedmail.ForClerk, Receiver: registry2})
		unseen := signing(d)
		unseen.Seal = false
		h.refused("closedmail.not_looked", officeA, registry2, unseen)
		h.countersign(d)
		if who := h.holder(event.Thing(a)); who != event.Recipient || h.cover(a).Receiver != registry2 {
			t.Errorf("the item is with %s, received by %s", who, h.cover(a).Receiver)
		}
		h.sound()
	})
}

func TestNobodyAsksHimselfOrAStranger(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	bag := h.filled("tui-01", h.accept(cover()))
	for second, code := range map[postal.StaffID]string{"": "closedmail.second_missing", clerkA: "closedmail.same_person", courier: "closedmail.no_duty", clerkB: "closedmail.no_duty", registry1: "closedmail.person_unknown"} {
		h.refused(code, officeA, clerkA, closedmail.Ask[closedmail.CloseVessel]{Act: closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: second}})
	}
	h.refused("closedmail.not_on_shift", officeA, otherA, closedmail.Ask[closedmail.HandShift]{Act: closedmail.HandShift{Office: officeA, To: headA}})
	if all := closedmail.AllAsked(h.View(t.Context())); len(all) != 0 {
		t.Errorf("what was refused waits: %+v", all)
	}
}

func TestWhatChangedSinceItWasAskedIsNotSigned(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a, b := h.accept(cover()), h.accept(cover())
	bag := h.filled("tui-01", a)
	w := ask(h, officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA})
	h.must(officeA, clerkA, closedmail.Pack{Item: b, Bag: bag})
	h.must(officeA, clerkA, closedmail.Unpack{Item: a, Bag: bag}) // as many as before, but another one
	h.refused("closedmail.ask_changed", officeA, otherA, signing(w))
	h.must(officeA, clerkA, closedmail.CallOff{Subject: w.Subject, Asked: w.ID})
	h.countersign(ask(h, officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA}))

	held := closedmail.Held(h.View(t.Context()), officeA)
	w = ask(h, officeA, clerkA, closedmail.HandShift{Office: officeA, To: otherA, Held: held})
	h.accept(cover()) // came in after the count: it must not become “missing”
	h.refused("closedmail.ask_changed", officeA, otherA, signing(w))
	if len(h.incidents(officeA)) != 0 {
		t.Error("an item that came in after the count is missing")
	}

	i := h.accept(cover())
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(i)}})
	id := h.incidents(officeA)[0].ID
	w = ask(h, officeA, clerkA, closedmail.SignMinutes{Incident: id, Second: otherA})
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: otherA, Paper: closedmail.Commitment, Reason: "expired"})
	h.refused("closedmail.not_cleared", officeA, otherA, signing(w))
	h.sound()
}

func TestWhatWaitsEndsInOneWay(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	bag := h.filled("tui-01", h.accept(cover()))
	shut := closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA}
	w := ask(h, officeA, clerkA, shut)
	h.refused("closedmail.asked_already", officeA, clerkA, closedmail.Ask[closedmail.CloseVessel]{Act: shut})
	h.refused("closedmail.not_asked", officeA, headA, closedmail.Decline{Subject: w.Subject, Asked: w.ID})
	h.refused("closedmail.no_duty", officeB, clerkB, closedmail.CallOff{Subject: w.Subject, Asked: w.ID})
	h.must(officeA, otherA, closedmail.Decline{Subject: w.Subject, Asked: w.ID})
	h.refused("closedmail.ask_ended", officeA, otherA, signing(w))

	w = ask(h, officeA, clerkA, shut)
	h.now = h.now.Add(31 * time.Minute)
	h.refused("closedmail.ask_expired", officeA, otherA, signing(w))
	late := *w
	w = ask(h, officeA, clerkA, shut) // takes the place of the one that was late
	h.refused("closedmail.no_ask", officeA, otherA, signing(&late))
	h.must(officeA, headA, closedmail.CallOff{Subject: w.Subject, Asked: w.ID}) // the first has gone home

	w = ask(h, officeA, clerkA, shut)
	h.must(officeA, clerkA, shut) // they signed on one screen after all
	if w = h.asked(w.Subject); w.Ended != closedmail.Overtaken {
		t.Errorf("it ended %q", w.Ended)
	}
	h.refused("closedmail.ask_ended", officeA, otherA, signing(w))
	if all := closedmail.AllAsked(h.View(t.Context())); len(all) != 0 {
		t.Errorf("still waits: %+v", all)
	}
	h.sound()
}

func TestASealThatDiffersDoesNotWaitForASignature(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	bag := h.vessel("tui-01", h.accept(cover()))
	h.send(bag)
	h.must(officeB, clerkB, closedmail.Ask[closedmail.OpenVessel]{Act: closedmail.OpenVessel{Bag: bag, Seal: "NP-77777", Second: otherB}})
	if x := h.incidents(officeB); len(x) != 1 || x[0].Found != "NP-77777" || len(closedmail.AllAsked(h.View(t.Context()))) != 0 {
		t.Fatalf("incidents %+v", x)
	}
	h.refused("closedmail.frozen", officeB, clerkB, closedmail.Ask[closedmail.OpenVessel]{Act: closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB}})
}

func TestAFailedAttemptLeavesNothingToSign(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	bag := h.vessel("tui-01", i)
	h.send(bag)
	h.unpack(bag, i)
	h.giveOut(i)
	w := ask(h, officeA, courier, closedmail.Deliver{Item: i, As: closedmail.ForClerk, Receiver: registry2})
	h.must(officeA, courier, closedmail.Attempt{Item: i, Reason: "absent", Next: "again"})
	h.refused("closedmail.ask_ended", officeA, registry2, signing(w))
	h.sound()
}
