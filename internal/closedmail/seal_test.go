package closedmail_test

import (
	"regexp"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
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
