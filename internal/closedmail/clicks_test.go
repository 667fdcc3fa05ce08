package closedmail_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

var looked = []string{"look_number", "1", "look_packing", "1", "look_seal", "1"}

// TestASecondClickOnAnyFormGetsTheFirstAnswer sends every form of the house twice under one act (client.done does): nothing is done twice, and nobody is told that he
// failed at what he has done.
func TestASecondClickOnAnyFormGetsTheFirstAnswer(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	var items []string
	for range 6 {
		items = append(items, last(s.as(clerkA).done("/kt1/accept", coverForm()...)))
	}
	bag := s.clickBag(items)
	s.clickJourney(bag, items)
	s.clickDelivery(items)
	s.clickIncidents(items)
	s.clickManagement(postal.ItemNumber(items[0]))
	s.clickPartner()
	s.clickPaper()
	moved := last(s.as(clerkA).done("/kt1/accept", coverForm()...))
	s.moved(func(e *closedmail.Entry) { e.Unit, e.Office = "11311", officeA })
	s.as(clerkA).done("/kt1/items/" + moved + "/redirect")
	for _, r := range s.mux.Routes() {
		if r.Method == http.MethodPost && strings.HasPrefix(r.Pattern, "/kt1") && !slices.ContainsFunc(s.clicked, func(path string) bool { return fits(r.Pattern, path) }) {
			t.Errorf("no form was sent to %s", r.Pattern)
		}
	}
	s.sound()
}

// fits reports whether a path is one of a pattern.
func fits(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for n := range a {
		if a[n] != b[n] && !strings.HasPrefix(a[n], "{") {
			return false
		}
	}
	return true
}

// clickBag fills, closes and reopens a bag, once on one screen and once in two sessions; it takes the first acceptance but one back.
func (s *site) clickBag(items []string) string {
	s.t.Helper()
	clerk := s.as(clerkA)
	mistaken := last(clerk.done("/kt1/accept", coverForm()...))
	clerk.done("/kt1/items/"+mistaken+"/undo", second(headA)...)
	clerk.done("/kt1/items/" + items[0] + "/label")
	secret := last(clerk.done("/kt1/accept", coverForm("secrecy", "A", "locator", "dv-01")...))
	clerk.done("/kt1/items/"+secret+"/locator", "locator", "dv-02")
	clerk.done("/kt1/items/"+secret+"/undo", second(headA)...)
	head := s.as(headA)
	head.done("/kt1/report/paper", "period", "2020h1")
	head.done("/kt1/bodies/" + string(bodyOne) + "/statement/2020-04")
	s.as(registry1).done("/kt1/registry/"+string(bodyOne)+"/statement/2020-04", "why_statement", "lost")
	bag := last(clerk.done("/kt1/vessels", "facility", "tui-01", "to", string(officeB)))
	path := "/kt1/vessels/" + bag
	clerk.done(path+"/pack", "item", items[0])
	clerk.done(path+"/unpack", "item", items[0])
	for _, i := range items[:4] {
		clerk.done(path+"/pack", "item", i)
	}
	clerk.done(path + "/label")
	clerk.done(path + "/manifest")
	clerk.done(path+"/close", with(second(otherA), "seal", "NP-10001")...)
	clerk.done(path+"/reopen", second(otherA)...)
	own := []string{"seal", "NP-10002", "way", "own", "second", string(otherA)}
	clerk.done(path+"/close", own...)
	s.as(otherA).done(s.signing(bag)+"/decline", "subject", s.subject(bag))
	clerk.done(path+"/close", own...)
	clerk.done(s.signing(bag)+"/off", "subject", s.subject(bag))
	clerk.done(path+"/close", own...)
	w := s.asked(custody.KeyOf(event.Thing(bag)))
	s.as(otherA).done(s.signing(bag)+"/sign", "subject", string(w.Subject), "digest", w.Digest, "present", "1")
	return bag
}

func (s *site) subject(bag string) string {
	return string(s.asked(custody.KeyOf(event.Thing(bag))).Subject)
}

func (s *site) signing(bag string) string {
	return "/kt1/signatures/" + string(s.asked(custody.KeyOf(event.Thing(bag))).ID)
}

// clickJourney brings the bag to B, where an item is missing.
func (s *site) clickJourney(bag string, items []string) {
	s.t.Helper()
	clerk, carrier, there := s.as(clerkA), s.as(courier), s.as(clerkB)
	trip := last(clerk.done("/kt1/dispatches", "to", string(officeB), "vehicle", "xe-01"))
	path := "/kt1/dispatches/" + trip
	clerk.done(path+"/load", "bag", bag)
	clerk.done(path+"/unload", "bag", bag)
	clerk.done(path+"/load", "bag", bag)
	clerk.done(path + "/close")
	clerk.done(path + "/reopen")
	clerk.done(path + "/close")
	give := []string{"kind", "out", "things", trip, "carrier", string(courier)}
	clerk.done("/kt1/handovers/" + last(clerk.done("/kt1/handovers", give...)) + "/withdraw")
	out := "/kt1/handovers/" + last(clerk.done("/kt1/handovers", give...))
	carrier.done(out+"/count", "seal-"+bag, "NP-10002")
	clerk.done(out+"/sign", "side", "giver")
	carrier.done(out+"/sign", with(looked, "side", "taker")...)
	carrier.done(out + "/record")
	in := "/kt1/handovers/" + last(there.done("/kt1/handovers", "kind", "in", "things", trip, "carrier", string(courier)))
	there.done(in+"/count", "seal-"+bag, "NP-10002")
	carrier.done(in+"/sign", "side", "giver")
	there.done(in+"/sign", with(looked, "side", "taker")...)
	there.done("/kt1/vessels/"+bag+"/open", with(second(otherB), "seal", "NP-10002")...)
	for _, i := range items[:3] {
		there.done("/kt1/vessels/"+bag+"/take", "item", i)
	}
	there.done("/kt1/vessels/"+bag+"/empty", second(otherB)...)
}

// clickDelivery delivers one item, fails with another and sends it back.
func (s *site) clickDelivery(items []string) {
	s.t.Helper()
	carrier, there := s.as(courier), s.as(clerkB)
	there.done("/kt1/items/"+items[2]+"/back", "reason", "wrong_address")
	round := "/kt1/handovers/" + last(there.done("/kt1/handovers", "kind", "delivery", "things", items[0], "things", items[1], "carrier", string(courier), "vehicle", "xe-02"))
	carrier.done(round+"/count", "has-"+items[0], "yes", "has-"+items[1], "yes")
	there.done(round+"/sign", "side", "giver")
	carrier.done(round+"/sign", with(looked, "side", "taker")...)
	carrier.done("/kt1/round/"+items[0]+"/deliver", with(with(looked, second(registry2)...), "as", "clerk")...)
	carrier.done("/kt1/round/"+items[1]+"/attempt", "reason", "absent", "next", "again")
	carrier.done(round + "/list")
	there.done(round+"/paper", with(with(looked, second(courier)...), "items", items[1], "body", string(bodyTwo), "on", "2020-04-20", "clock", s.now.Format("15:04"), "receiver", "clerk:"+string(registry2))...)
}

// clickIncidents ends the search for what is missing, finds it again and releases it; then a torn cover, and a shift with something not counted.
func (s *site) clickIncidents(items []string) {
	s.t.Helper()
	clerk, head := s.as(clerkB), s.as(headB)
	gone := "/kt1/incidents/" + string(s.incidents(officeB)[0].ID)
	clerk.done(gone+"/sign", second(otherB)...)
	clerk.done(gone+"/report", "level", "province")
	clerk.done(gone + "/minutes")
	head.done(gone+"/close", second(clerkB)...)
	clerk.done("/kt1/incidents/found", "thing", items[3])
	found := "/kt1/incidents/" + string(s.incidents(officeB)[0].ID)
	clerk.done(found+"/sign", second(otherB)...)
	clerk.done(found+"/report", "level", "head")
	head.done(found+"/release", "decision", "sound")

	here := s.as(clerkA)
	theft := here.done("/kt1/incidents", "kind", "theft", "things", items[4])
	here.done(theft+"/found", "thing", items[4])
	here.done("/kt1/shift", with(second(otherA), "do", "hand", "held", items[5], "held", items[4])...)
	s.as(otherA).done("/kt1/shift", "do", "hand", "held", items[5], "held", items[4], "way", "own", "second", string(clerkA))
	here.done("/kt1/shift/2/record")
	over := s.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "tui-02"}).Facts[0].(event.BagStarted).Bag
	s.must(officeA, clerkA, closedmail.Pack{Item: postal.ItemNumber(items[5]), Bag: over})
	s.must(officeA, clerkA, closedmail.CloseVessel{Bag: over, Seal: "NP-10003", Second: otherA})
	s.send(over)
	clerk.done("/kt1/vessels/"+string(over)+"/open", with(second(otherB), "seal", "NP-77777")...)
	other := "/kt1/incidents/" + string(s.incidents(officeB)[0].ID)
	clerk.done(other+"/sign", second(otherB)...)
	clerk.done(other+"/report", "level", "province")
	head.done(other+"/release", "decision", "sound")
	x, _ := factOf[event.IrregularityRaised](s.must(officeB, clerkB, closedmail.OpenVessel{Bag: over, Seal: "NP-77777", Second: otherB}).Facts)
	head.done("/kt1/incidents/settle", "irregularity", x.Irregularity, "decision", custody.Noted, "reason", "recounted")
}

// clickManagement sends the forms of people, places, bodies, visitors and cases.
func (s *site) clickManagement(item postal.ItemNumber) {
	s.t.Helper()
	officer, head := s.as(security), s.as(headA)
	officer.done("/kt1/people/file", "person", string(otherA), "paper", "training", "on", "2020-03-02", "until", "2023-01-01")
	officer.done("/kt1/people/assign", "person", string(otherA), "duty", "escort", "office", string(officeA))
	officer.done("/kt1/people/relieve", "person", string(otherA), "duty", "escort", "office", string(officeA))
	officer.done("/kt1/people/withdraw", "person", string(otherB), "paper", "training", "reason", "expired")
	head.done("/kt1/facilities/add", "facility", "tui-09")
	head.done("/kt1/facilities/inspect", "facility", "tui-09", "check-tough", "passed", "check-fireproof", "passed", "check-waterproof", "passed", "until", "2021-01-01")
	head.done("/kt1/facilities/responsible", "facility", "kv-01", "person", string(clerkA))
	head.done("/kt1/facilities/move", "facility", "dv-02", "to", string(officeB))
	head.done("/kt1/facilities/retire", "facility", "tui-09", "reason", "worn")
	person := []string{"person", string(registry4), "as", "contact"}
	head.done("/kt1/bodies/cq-0002/name", person...)
	head.done("/kt1/bodies/cq-0002/end", person...)
	head.done("/kt1/bodies/cq-0004/delist")
	head.done("/kt1/visits/begin", "facility", "kv-01", "purpose", "repair", "host", string(clerkA), "kind", "cccd", "visitor", "031090000001")
	head.done("/kt1/visits/end", "id", string(closedmail.Cases(s.View(s.t.Context()), "visit")[0].ID))
	head.done("/kt1/cases/complain", "body", "cq-0002", "item", string(item), "about", "late")
	head.done("/kt1/cases/answer", "id", string(closedmail.Cases(s.View(s.t.Context()), "complaint")[0].ID), "outcome", "partly")
	head.done("/kt1/cases/announce", "authority", "department", "surprise", "1", "on", "2020-04-22")
	head.done("/kt1/cases/inspected", "id", string(closedmail.Cases(s.View(s.t.Context()), "inspection")[0].ID), "findings", "bags")
	head.done("/kt1/cases/hold", "reason", "inspection")
	head.done("/kt1/cases/lift", "id", string(closedmail.Cases(s.View(s.t.Context()), "hold")[0].ID))
}

// clickPaper prints a page, approves a report, and destroys the page when its time is over.
func (s *site) clickPaper() {
	s.t.Helper()
	clerk, head := s.as(clerkA), s.as(headA)
	clerk.done("/kt1/registers/out/1")
	clerk.done("/kt1/registers/out/1", "reason", "lost")
	s.as(security).done("/kt1/report/words", with(someWords(), "period", "2020h1")...)
	head.done("/kt1/report/approve", "period", "2020h1", "digest", digestOf(head.get("/kt1/report?period=2020h1").body))
	late := last(clerk.done("/kt1/accept", coverForm()...))
	s.now = s.now.AddDate(2, 1, 0)
	for _, who := range []postal.StaffID{headA, clerkA, otherA} {
		s.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2020-01-02"), Until: day("2023-01-01")})
	}
	head.done("/kt1/items/"+late+"/excuse", "reason", "storm")
	statement := "/kt1/registry/cq-0001/statement/2020-04"
	s.as(registry1).done(statement+"/confirm", "digest", hiddenDigest.FindStringSubmatch(s.as(registry1).get(statement).body)[1], "verdict", "agrees")
	s.settle(officeA, clerkA, otherA, headA, closedmail.Sound) // what was found again is still open, and holds the records
	head.done("/kt1/registers/out/1/destroy", second(clerkA)...)
}
