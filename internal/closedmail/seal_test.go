package closedmail_test

import (
	"regexp"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

var link = regexp.MustCompile(`href="(/kt1[^"#]*)"`)

// walk reads every page that a person reaches by links from the first, and those that are named; it gives path and text of each.
func (c client) walk(more ...string) map[string]string {
	c.t.Helper()
	pages := map[string]string{}
	for next := append([]string{"/kt1", "/kt1/shift", "/kt1/round"}, more...); len(next) > 0; next = next[1:] {
		path := strings.ReplaceAll(next[0], "&amp;", "&")
		if _, been := pages[path]; been {
			continue
		}
		pages[path] = c.get(path).body
		for _, m := range link.FindAllStringSubmatch(pages[path], -1) {
			next = append(next, m[1])
		}
	}
	return pages
}

// TestNoPageShowsASealThatIsToBeRead follows a bag from office to office and reads every page of everybody who has yet to read the seal off it.
func TestNoPageShowsASealThatIsToBeRead(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	item := s.accept(cover())
	bag := s.vessel("tui-01", item)
	seal, most := s.sealOf(bag), 0
	hidden := func(when string, from ...postal.StaffID) {
		t.Helper()
		for _, who := range from {
			pages := s.as(who).walk("/kt1/vessels/"+string(bag), "/kt1/vessels/"+string(bag)+"/label", "/kt1/vessels/"+string(bag)+"/manifest", "/kt1/facilities/tui-01", "/kt1/items/"+string(item))
			for path, text := range pages {
				if strings.Contains(text, seal) {
					t.Errorf("%s: %s reads the seal on %s", when, who, path)
				}
			}
			most = max(most, len(pages))
		}
	}
	there := []postal.StaffID{courier, clerkB, otherB, headB}
	if page := s.as(clerkA).get("/kt1/vessels/" + string(bag)).body; !strings.Contains(page, seal) {
		t.Fatal("the office that closed the bag does not see its seal")
	}
	trip := s.dispatch(bag)
	hidden("closed", there...)
	over := s.counted(out(trip), bag)
	hidden("given", there...)
	s.must(officeA, courier, s.takes(over))
	everybody := append(there, clerkA, headA)
	hidden("under way", everybody...)
	in := s.open(officeB, clerkB, closedmail.OpenHandover{From: custody.ByCarrier(courier), To: custody.AtOffice(officeB), Things: []event.Thing{trip}})
	hidden("coming in", everybody...)
	s.must(officeB, clerkB, closedmail.CountThings{Handover: in, Counts: []event.Count{{Thing: bag, Seal: seal}}})
	s.sign(officeA, courier, in, custody.Giver)
	s.sign(officeB, clerkB, in, custody.Taker)
	hidden("arrived", everybody...)
	if most < 25 {
		t.Errorf("the longest walk was %d pages", most)
	}
	s.must(officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(seal), Second: otherB})
	if page := s.as(clerkB).get("/kt1/vessels/" + string(bag)).body; !strings.Contains(page, seal) {
		t.Error("an opened bag does not show its seal")
	}
}

func TestASealIsUsedOnceAndALockReturns(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		one, two := h.filled("tui-01", h.accept(cover())), h.filled("tui-02", h.accept(cover()))
		shut := func(bag event.Thing, s closedmail.Seal) closedmail.CloseVessel {
			return closedmail.CloseVessel{Bag: bag, Seal: s, Second: otherA}
		}
		reopen := func(bag event.Thing) {
			t.Helper()
			h.must(officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: otherA})
		}
		waits := ask(h, officeA, clerkA, shut(two, "NP-10001"))
		h.must(officeA, clerkA, shut(one, "NP-10001"))
		_, err := h.do(officeA, otherA, signing(waits)) // asked before the other bag was closed
		if fault.Code(err) == "" {
			t.Error("the second signature put one seal on two bags")
		}
		for _, s := range []closedmail.Seal{"NP-10001", "NP10001"} {
			h.refused("closedmail.seal_used", officeA, clerkA, shut(two, s))
		}
		reopen(one)
		h.refused("closedmail.seal_used", officeA, clerkA, shut(one, "NP-10001")) // it was cut

		h.must(officeA, clerkA, shut(one, "K-101"))
		h.refused("closedmail.lock_on", officeA, clerkA, shut(two, "K101"))
		reopen(one)
		h.must(officeA, clerkA, shut(two, "K-101"))
		h.send(two)
		h.must(officeB, clerkB, closedmail.OpenVessel{Bag: two, Seal: "K-101", Second: otherB})
		h.must(officeA, clerkA, shut(one, "K-101"))
		h.send(one)
		h.must(officeB, clerkB, closedmail.OpenVessel{Bag: one, Seal: "NP-20002", Second: otherB})
		h.settle(officeB, clerkB, otherB, headB, closedmail.Sound)
		h.must(officeB, clerkB, closedmail.OpenVessel{Bag: one, Seal: "NP-20002", Second: otherB})
		three := h.filled("tui-03", h.accept(cover()))
		h.refused("closedmail.seal_used", officeA, clerkA, shut(three, "NP-20002")) // it was found on a bag
		h.sound()
	})
}
