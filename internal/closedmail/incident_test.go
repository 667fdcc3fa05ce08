package closedmail_test

import (
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func TestASealThatDiffersFreezesTheBagUntilASupervisorReleasesIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		i := h.accept(cover())
		bag := h.vessel("tui-01", i)
		h.send(bag)
		r := h.must(officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-99999", Second: otherB})
		if f, ok := r.Facts[0].(event.IncidentOpened); !ok || f.Found != "NP-99999" || f.Known != "NP-10001" || len(r.Facts) != 1 {
			t.Fatalf("facts %+v", r.Facts)
		}
		id := h.incidents(officeB)[0].ID
		for _, a := range []ledger.Act{closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB}, closedmail.OpenVessel{Bag: bag, Seal: "NP-99999", Second: otherB}} {
			h.refused("closedmail.frozen", officeB, clerkB, a)
		}
		h.refused("closedmail.minutes_missing", officeB, headB, closedmail.Release{Incident: id, Decision: closedmail.Sound})
		h.refused("closedmail.same_person", officeB, clerkB, closedmail.SignMinutes{Incident: id, Second: clerkB})
		h.must(officeB, clerkB, closedmail.SignMinutes{Incident: id, Second: otherB})
		h.refused("closedmail.not_reported", officeB, headB, closedmail.Release{Incident: id, Decision: closedmail.Sound})
		h.must(officeB, clerkB, closedmail.ReportUp{Incident: id, To: "province"})
		h.refused("closedmail.reported", officeB, clerkB, closedmail.ReportUp{Incident: id, To: "province"})
		h.refused("closedmail.no_duty", officeB, clerkB, closedmail.Release{Incident: id, Decision: closedmail.Sound})
		h.must(officeB, headB, closedmail.Release{Incident: id, Decision: closedmail.Sound})
		h.must(officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-99999", Second: otherB})
		h.must(officeB, clerkB, closedmail.TakeOut{Item: i, Bag: bag})
		h.must(officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})
		h.sound()
	})
}

func TestWhoSignedTheMinutesDoesNotRelease(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(i)}})
	id := h.incidents(officeA)[0].ID
	h.refused("closedmail.only_supervisor", officeA, headA, closedmail.SignMinutes{Incident: id, Second: clerkA}) // nobody would be left to release
	h.must(officeA, admin, closedmail.Assign{Person: otherA, Duty: closedmail.Supervisor, Office: officeA})
	h.must(officeA, headA, closedmail.SignMinutes{Incident: id, Second: clerkA})
	h.must(officeA, clerkA, closedmail.ReportUp{Incident: id, To: "province"})
	h.refused("closedmail.own_minutes", officeA, headA, closedmail.Release{Incident: id, Decision: closedmail.Rewrapped})
}

func TestASealThatDiffersStopsAHandoverBetweenTheSignatures(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	bag := h.vessel("tui-01", i)
	d := h.dispatch(bag)
	out := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{d}})
	h.must(officeA, courier, closedmail.CountThings{Handover: out, Counts: []event.Count{{Thing: bag, Seal: "NP-7777"}}})
	h.refused("closedmail.frozen", officeA, clerkA, closedmail.SignHandover{Handover: out, Side: custody.Giver, Difference: h.difference(out)})
	h.settle(officeA, clerkA, courier, headA, closedmail.Sound)
	h.sign(officeA, clerkA, out, custody.Giver)
	h.refused("closedmail.not_looked", officeA, courier, closedmail.SignHandover{Handover: out, Side: custody.Taker, Difference: h.difference(out), Number: true, Packing: true})
	h.sign(officeA, courier, out, custody.Taker)
	if who := h.holder(event.Thing(i)); who != custody.ByCarrier(courier) {
		t.Errorf("the item is with %s", who)
	}
	h.sound()
}

func TestWhatIsMissingIsFrozenUntilItIsFound(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	here, gone := h.accept(cover()), h.accept(cover())
	bag := h.vessel("tui-01", here, gone)
	h.send(bag)
	h.must(officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB})
	h.must(officeB, clerkB, closedmail.TakeOut{Item: here, Bag: bag, Condition: event.Damaged})
	h.refused("closedmail.frozen", officeB, clerkB, closedmail.SendBack{Item: here, Reason: "refused"})
	h.settle(officeB, clerkB, otherB, headB, closedmail.Rewrapped)
	h.must(officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})
	if who := h.holder(event.Thing(gone)); who != event.Lost {
		t.Fatalf("what was not in the bag is with %s", who)
	}
	id := h.incidents(officeB)[0].ID
	h.must(officeB, clerkB, closedmail.SignMinutes{Incident: id, Second: otherB})
	h.must(officeB, clerkB, closedmail.ReportUp{Incident: id, To: "cpma"})
	h.refused("closedmail.decision", officeB, headB, closedmail.Release{Incident: id, Decision: closedmail.Sound})
	h.refused("closedmail.find_first", officeB, headB, closedmail.Release{Incident: id, Decision: closedmail.FoundAgain}) // one person alone finds nothing
	h.must(officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(gone)})
	h.refused("closedmail.frozen", officeB, clerkB, closedmail.SendBack{Item: gone, Reason: "refused"})
	h.settle(officeB, clerkB, otherB, headB, closedmail.Sound)
	if who := h.holder(event.Thing(gone)); who != custody.AtOffice(officeB) {
		t.Fatalf("what was found is with %s", who)
	}
	h.sound()
}
