package closedmail_test

import (
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestAnItemFollowsABodyThatHasMoved: the item's page tells it and sends it on, its due time stays, and it goes into a bag for the new office.
func TestAnItemFollowsABodyThatHasMoved(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		clerk := s.as(clerkA)
		here := postal.ItemNumber(last(clerk.done("/kt1/accept", coverForm()...)))
		path := "/kt1/items/" + string(here)
		if strings.Contains(clerk.get(path).body, "/redirect") {
			t.Error("an item is sent on to where it goes already")
		}
		due := s.custodyOf(here).DueMs
		s.moved(func(e *closedmail.Entry) { e.Unit, e.Office = "11311", officeA })
		if !strings.Contains(clerk.get(path).body, path+"/redirect") {
			t.Error("the page does not tell that the body has moved")
		}
		clerk.done(path + "/redirect")
		i := s.custodyOf(here)
		if i.ToOffice != officeA || i.ToUnit != "11311" || i.DueMs != due {
			t.Errorf("sent on as %+v", i)
		}
		if strings.Contains(clerk.get(path).body, "/redirect") {
			t.Error("it is sent on twice")
		}
		s.refused("closedmail.unknown", officeB, clerkB, closedmail.Redirect{Item: here, ToUnit: "11407", ToOffice: officeB})
		s.refused("custody.redirect", officeA, clerkA, closedmail.Redirect{Item: here, ToUnit: "11311", ToOffice: officeA})
		s.refused("closedmail.no_duty", officeA, courier, closedmail.Redirect{Item: here, ToUnit: "11407", ToOffice: officeB})
		s.sound()
	})
}

// TestAWayAroundIsWrittenDown: a bag for an office that does not deliver the item takes it by way of that office, and the item's history says so.
func TestAWayAroundIsWrittenDown(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	own := cover()
	own.ToOffice, own.ToUnit = officeA, "11311"
	straight, around := h.accept(cover()), h.accept(own)
	bag := h.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "tui-01"}).Facts[0].(event.BagStarted).Bag
	for _, i := range []postal.ItemNumber{straight, around} {
		e := h.must(officeA, clerkA, closedmail.Pack{Item: i, Bag: bag, Via: true})
		var told []event.Detoured
		for _, f := range e.Facts {
			if f, ok := f.(event.Detoured); ok {
				told = append(told, f)
			}
		}
		if len(told) > 1 || (len(told) == 1) != (i == around) {
			t.Errorf("%s: %v", i, told)
		}
	}
}
