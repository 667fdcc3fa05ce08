package closedmail_test

import (
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// missing brings items to B in a bag in which some of them are not; it gives the incident.
func (h *house) missing(here, away []postal.ItemNumber) closedmail.ID {
	h.t.Helper()
	bag := h.vessel("tui-01", append(append([]postal.ItemNumber{}, here...), away...)...)
	h.send(bag)
	h.unpack(bag, here...)
	x := h.incidents(officeB)
	if len(x) != 1 || len(x[0].Things) != len(away) {
		h.t.Fatalf("incidents %+v", x)
	}
	return x[0].ID
}

func (h *house) incident(id closedmail.ID) *closedmail.Incident {
	h.t.Helper()
	i, _ := ledger.Get[*closedmail.Incident](h.View(h.t.Context()), closedmail.IncidentKey(id))
	return i
}

func TestASearchEndsWithTwoSignaturesAndAReportAboveTheOffice(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		secret := cover()
		secret.Secrecy, secret.Locator = closedmail.SecrecyA, "dv-01"
		a, b := h.accept(secret), h.accept(cover())
		id := h.missing([]postal.ItemNumber{b}, []postal.ItemNumber{a})
		end := closedmail.CloseSearch{Incident: id, Second: clerkB}
		h.refused("closedmail.minutes_missing", officeB, headB, end)
		h.must(officeB, clerkB, closedmail.SignMinutes{Incident: id, Second: otherB})
		h.refused("closedmail.not_reported_above", officeB, headB, end)
		for _, up := range []closedmail.Level{"head", "police"} { // neither is up the line beyond the office
			h.must(officeB, clerkB, closedmail.ReportUp{Incident: id, To: up})
			h.refused("closedmail.not_reported_above", officeB, headB, end)
		}
		h.must(officeB, clerkB, closedmail.ReportUp{Incident: id, To: "province"})
		h.refused("closedmail.no_duty", officeB, clerkB, closedmail.CloseSearch{Incident: id, Second: otherB})
		h.refused("closedmail.same_person", officeB, headB, closedmail.CloseSearch{Incident: id, Second: headB})
		h.refused("closedmail.no_duty", officeA, headB, end)
		h.refused("closedmail.frozen", officeB, clerkB, closedmail.SendBack{Item: a, Reason: "refused"})
		f, _ := factOf[event.SearchClosed](h.countersign(ask(h, officeB, headB, end)).Facts)
		if f.First != headB || f.Second != clerkB || len(f.Things) != 1 || f.Answers[0] != custody.AtOffice(officeB) {
			t.Errorf("%+v", f)
		}
		if c := h.cover(a); c.Lost != id || c.Frozen != "" || c.Answers != custody.AtOffice(officeB) || h.holder(event.Thing(a)) != event.Lost {
			t.Errorf("cover %+v", c)
		}
		if x := h.incident(id); x.Decision != closedmail.NotFound || x.Closer != clerkB || len(h.incidents(officeB)) != 0 {
			t.Errorf("incident %+v", x)
		}
		if g, _ := ledger.Get[*closedmail.Facility](h.View(t.Context()), closedmail.FacilityKey("dv-01")); g.Retired != "lost" {
			t.Errorf("the locator is %+v", g)
		}
		h.refused("closedmail.released", officeB, headB, end)
		h.refused("custody.lost", officeB, clerkB, closedmail.SendBack{Item: a, Reason: "refused"})

		h.refused("closedmail.not_missing", officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(b)})
		h.must(officeA, clerkA, closedmail.ReportFound{Thing: event.Thing(a)}) // it turns up where it came from
		if c := h.cover(a); c.Lost != "" || c.Answers != "" || c.Frozen == "" || h.holder(event.Thing(a)) != custody.AtOffice(officeA) {
			t.Errorf("found: %+v with %s", c, h.holder(event.Thing(a)))
		}
		h.refused("closedmail.frozen", officeA, clerkA, closedmail.SendBack{Item: a, Reason: "refused"})
		h.settle(officeA, clerkA, otherA, headA, closedmail.Rewrapped)
		h.must(officeA, clerkA, closedmail.ChangeLocator{Item: a, Locator: "dv-02"}) // its own was given up with it
		again := h.vessel("tui-02", a)
		h.send(again)
		h.unpack(again, a)
		h.giveOut(a)
		h.must(officeA, courier, deliver(a))
		h.sound()
	})
}

func TestOneOfSeveralMissingItemsTurnsUp(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a, b, c := h.accept(cover()), h.accept(cover()), h.accept(cover())
	id := h.missing([]postal.ItemNumber{c}, []postal.ItemNumber{a, b})
	h.must(officeB, clerkB, closedmail.SignMinutes{Incident: id, Second: otherB})
	h.must(officeB, clerkB, closedmail.ReportUp{Incident: id, To: "cpma"})
	h.must(officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(a)})
	if x := h.incident(id); len(x.Things) != 2 || len(x.Back) != 1 || x.Decision != "" {
		t.Fatalf("what the minutes say has changed: %+v", x)
	}
	h.must(officeB, headB, closedmail.CloseSearch{Incident: id, Second: clerkB})
	if h.cover(a).Lost != "" || h.cover(b).Lost != id || h.cover(a).Frozen == "" {
		t.Errorf("a %+v b %+v", h.cover(a), h.cover(b))
	}
	h.settle(officeB, clerkB, otherB, headB, closedmail.Sound)
	h.sound()
}

func TestAllThatWasMissingTurnsUpOneByOne(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a, b := h.accept(cover()), h.accept(cover())
	id := h.missing(nil, []postal.ItemNumber{a, b})
	h.must(officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(a)})
	h.must(officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(b)})
	if x := h.incident(id); x.Decision != closedmail.FoundAgain {
		t.Errorf("nothing is missing and yet the search goes on: %+v", x)
	}
	if n := len(h.incidents(officeB)); n != 2 {
		t.Errorf("%d incidents; what was found must be looked at", n)
	}
	h.sound()
}

func TestAStolenBagIsLostWithWhatIsInItAndComesBackSo(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		a, b := h.accept(cover()), h.accept(cover())
		bag := h.vessel("tui-01", a, b)
		trip := h.dispatch(bag)
		h.must(officeA, clerkA, closedmail.ReportIncident{Kind: "theft", Things: []event.Thing{trip}})
		id := h.incidents(officeA)[0].ID
		h.must(officeA, clerkA, closedmail.SignMinutes{Incident: id, Second: otherA})
		h.must(officeA, clerkA, closedmail.ReportUp{Incident: id, To: "vnpost"})
		h.must(officeA, headA, closedmail.CloseSearch{Incident: id, Second: clerkA})
		if h.holder(bag) != event.Lost || h.holder(event.Thing(a)) != event.Lost || h.bag(bag).Count != 2 {
			t.Fatalf("bag with %s, item with %s, %d in it", h.holder(bag), h.holder(event.Thing(a)), h.bag(bag).Count)
		}
		if by, who := closedmail.LostBy(h.View(t.Context()), bag); by != id || who != custody.AtOffice(officeA) {
			t.Errorf("lost by %s, %s answers", by, who)
		}
		d, _ := ledger.Get[*custody.Dispatch](h.View(t.Context()), custody.KeyOf(trip))
		if d.Count != 0 {
			t.Errorf("%d bags are still on the dispatch", d.Count)
		}
		h.must(officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(b)}) // alone, without its bag
		if h.holder(event.Thing(b)) != custody.AtOffice(officeB) || h.bag(bag).Count != 1 {
			t.Errorf("found alone: with %s, %d still in the bag", h.holder(event.Thing(b)), h.bag(bag).Count)
		}
		h.settle(officeB, clerkB, otherB, headB, closedmail.Sound)
		h.must(officeB, clerkB, closedmail.ReportFound{Thing: bag})
		h.refused("closedmail.frozen", officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB})
		h.settle(officeB, clerkB, otherB, headB, closedmail.Sound)
		h.unpack(bag, a)
		if who := h.holder(event.Thing(a)); who != custody.AtOffice(officeB) {
			t.Errorf("the item of the bag is with %s", who)
		}
		h.sound()
	})
}

func TestATornCoverIsNoSearch(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(i)}})
	h.refused("closedmail.no_search", officeA, headA, closedmail.CloseSearch{Incident: h.incidents(officeA)[0].ID, Second: clerkA})
	h.refused("closedmail.not_missing", officeA, clerkA, closedmail.ReportFound{Thing: event.Thing(i)})
}
