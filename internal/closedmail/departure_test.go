package closedmail_test

import (
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

func TestNothingLeavesInWhatHasFailedSinceItWasTaken(t *testing.T) {
	for code, lacks := range map[closedmail.FacilityCode]closedmail.Property{"dv-01": "charged", "hop-01": "fireproof", "xe-01": "locked"} {
		t.Run(string(code), func(t *testing.T) {
			h := newHouse(t, sqltest.SQLite(t))
			secret := cover()
			secret.Secrecy, secret.Locator = closedmail.SecrecyA, "dv-01"
			bag := h.vessel("hop-01", h.accept(secret))
			d := h.dispatch(bag)
			h.must(officeA, headA, closedmail.Inspect{Facility: code, Lacks: []closedmail.Property{lacks}, Until: day("2021-04-20")})
			out := closedmail.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{d}}
			h.refused("closedmail.facility_unfit", officeA, clerkA, out)
			h.must(officeA, headA, closedmail.Inspect{Facility: code, Until: day("2021-04-20")})
			over := h.open(officeA, clerkA, out)
			h.must(officeA, courier, closedmail.CountThings{Handover: over, Counts: h.sealed([]event.Thing{bag})})
			h.sign(officeA, clerkA, over, custody.Giver)
			h.must(officeA, headA, closedmail.Inspect{Facility: code, Lacks: []closedmail.Property{lacks}, Until: day("2021-04-20")})
			h.refused("closedmail.facility_unfit", officeA, courier, closedmail.SignHandover{Handover: over, Side: custody.Taker, Difference: h.difference(over), Number: true, Packing: true, Seals: true})
			if holder := h.holder(bag); holder != custody.AtOffice(officeA) {
				t.Errorf("it left: with %s", holder)
			}
		})
	}
}

func TestADeadLocatorIsExchangedAndNothingElse(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	secret := cover()
	secret.Secrecy, secret.Locator = closedmail.SecrecyA, "dv-01"
	i, plain := s.accept(secret), s.accept(cover())
	s.refused("closedmail.locator_fixed", officeA, clerkA, closedmail.ChangeLocator{Item: plain, Locator: "dv-02"})
	s.refused("closedmail.facility_in_use", officeA, clerkA, closedmail.ChangeLocator{Item: i, Locator: "dv-01"})
	s.refused("closedmail.unknown", officeB, clerkB, closedmail.ChangeLocator{Item: postal.ItemNumber("NK000000000VN"), Locator: "dv-03"})
	s.as(clerkA).done("/kt1/items/"+string(i)+"/locator", "locator", "dv-02")
	if c := s.cover(i); c.Locator != "dv-02" {
		t.Errorf("locator %s", c.Locator)
	}
	if a := s.as(clerkA).get("/kt1/items/" + string(i)).body; !strings.Contains(a, "dv-01 → dv-02") {
		t.Error("the history does not tell of it")
	}
	s.accept(func() closedmail.Accept { again := secret; again.Locator = "dv-01"; return again }()) // it is free again
	s.vessel("hop-01", i)
	s.refused("closedmail.locator_fixed", officeA, clerkA, closedmail.ChangeLocator{Item: i, Locator: "dv-01"}) // sealed
	s.sound()
}

func TestAPaperThatIsOnlyLookedAtSaysSo(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	i := s.accept(cover())
	const view = "không phải bản in"
	path := "/kt1/items/" + string(i) + "/label"
	clerk := s.as(clerkA)
	clerk.done(path)
	clerk.done("/kt1/registers/out/1")
	for _, p := range []string{path, "/kt1/registers/out/1/paper"} {
		if a := clerk.get(p).body; strings.Contains(a, view) {
			t.Errorf("%s: the print itself says that it is none", p)
		}
		if a := s.as(otherA).get(p).body; !strings.Contains(a, view) {
			t.Errorf("%s: another person gets a second print", p)
		}
	}
	s.now = s.now.Add(11 * time.Minute)
	for _, p := range []string{path, "/kt1/registers/out/1/paper"} {
		if a := clerk.get(p).body; !strings.Contains(a, view) {
			t.Errorf("%s: the same print again, without a trace", p)
		}
	}
}
