package closedmail_test

import (
	"strings"
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

func TestAnItemGoesFromBodyToBodyThroughSignatures(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		secret := cover()
		secret.Secrecy, secret.Locator, secret.Number = closedmail.SecrecyA, "dv-01", ""
		a, b := h.accept(secret), h.accept(cover())
		h.now = h.now.Add(17 * time.Minute)
		bag := h.vessel("hop-01", a, b)
		h.send(bag)
		if left := h.cover(a).Left; left < 18 {
			t.Errorf("the item left after %d minutes", left-1)
		}
		h.unpack(bag, a, b)
		h.giveOut(a, b)
		h.must(officeA, courier, deliver(a))
		h.must(officeA, courier, closedmail.Attempt{Item: b, Reason: "closed", Next: "again"})
		h.must(officeA, courier, closedmail.Deliver{Item: b, As: closedmail.ForContact, Receiver: contact2, AfterHours: true, Number: true, Packing: true, Seal: true})
		for _, i := range []postal.ItemNumber{a, b} {
			if who := h.holder(event.Thing(i)); who != event.Recipient || h.cover(i).Delivered == 0 {
				t.Errorf("%s is with %s", i, who)
			}
		}
		v := h.View(t.Context())
		if f, _ := ledger.Get[*closedmail.Facility](v, closedmail.FacilityKey("dv-01")); f.Use != "" {
			t.Errorf("the locator is still in use for %s", f.Use)
		}
		if f, _ := ledger.Get[*closedmail.Facility](v, closedmail.FacilityKey("hop-01")); f.Use != "" || f.Office != officeB {
			t.Errorf("the box is in use for %q at %s", f.Use, f.Office)
		}
		h.sound()
	})
}

func TestWhoIsNotListedSendsNothing(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a := cover()
	a.Sender = "cq-0999"
	h.refused("closedmail.not_listed", officeA, clerkA, a)
	a = cover()
	a.Addressee = "cq-0999"
	h.refused("closedmail.not_listed", officeA, clerkA, a)
	a = cover()
	a.Addressee = outsider
	h.refused("closedmail.may_not_write", officeA, clerkA, a)
	a.Sender, a.HandedBy = outsider, registry4
	a.Addressee = bodyTwo
	h.refused("closedmail.may_not_write", officeA, clerkA, a)
	a = cover()
	a.Sender, a.HandedBy, a.Addressee, a.Demand = central, registry3, outsider, closedmail.DemandNo
	h.accept(a)
	a = cover()
	a.HandedBy = registry2
	h.refused("closedmail.handed_by", officeA, clerkA, a)
	h.must(officeA, admin, closedmail.DelistBody{Body: bodyOne})
	h.refused("closedmail.not_listed", officeA, clerkA, cover())
	h.sound()
}

func TestALetterAGoesNowhereWithoutLocator(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a := cover()
	a.Secrecy = closedmail.SecrecyA
	h.refused("closedmail.locator_missing", officeA, clerkA, a)
	a.Locator = "xe-01"
	h.refused("closedmail.facility_kind", officeA, clerkA, a)
	a.Locator = "dv-01"
	h.accept(a)
	h.refused("closedmail.facility_in_use", officeA, clerkA, a)
	a.Locator = "dv-03"
	h.refused("closedmail.facility_elsewhere", officeA, clerkA, a)
}

func TestACentralOfficeIsAskedWhetherItDemandsALocator(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a := cover()
	a.Demand = closedmail.DemandYes
	h.refused("closedmail.demand", officeA, clerkA, a)
	a.Sender, a.HandedBy, a.Demand = central, registry3, ""
	h.refused("closedmail.demand_unasked", officeA, clerkA, a)
	a.Demand = closedmail.DemandYes
	h.refused("closedmail.locator_demanded", officeA, clerkA, a)
	a.Locator = "dv-01"
	if f, _ := factOf[event.KT1Accepted](h.must(officeA, clerkA, a).Facts); f.Demand != "yes" || f.Locator != "dv-01" {
		t.Errorf("%+v", f)
	}
	a.Locator, a.Demand = "", closedmail.DemandNo
	if c := h.cover(h.accept(a)); c.Demand != closedmail.DemandNo {
		t.Errorf("%+v", c)
	}
	h.sound()
}

func TestTheFormAsksForTheDemandOfACentralOffice(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	if page := clerk.get("/kt1/accept").body; !strings.Contains(page, "Văn phòng trung ương yêu cầu gắn thiết bị định vị?") {
		t.Fatal("the form does not ask")
	}
	from := []string{"sender", string(central), "handed_by", string(registry3)}
	clerk.saysNo("hỏi và ghi có yêu cầu", "/kt1/accept", coverForm(from...)...)
	clerk.saysNo("Nơi gửi yêu cầu gắn", "/kt1/accept", coverForm(with(from, "demand", "yes")...)...)
	clerk.saysNo("không có trong danh sách", "/kt1/accept", coverForm(with(from, "demand", "perhaps")...)...)
	clerk.saysNo("Chỉ bốn văn phòng", "/kt1/accept", coverForm("demand", "yes")...)
	clerk.done("/kt1/accept", coverForm("demand", "no")...) // of an ordinary sender it is no answer
	item := clerk.done("/kt1/accept", coverForm(with(from, "demand", "yes", "locator", "dv-01")...)...)
	if page := clerk.get(item).body; !strings.Contains(page, "Nơi gửi yêu cầu định vị") {
		t.Error("the item does not tell of the demand")
	}
}

func TestUrgencyAndSecrecyAreIndependent(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	for _, s := range closedmail.Secrecies {
		for _, u := range closedmail.Urgencies {
			a := cover()
			a.Secrecy, a.Urgency = s, u
			if s == closedmail.SecrecyA {
				a.Locator = "dv-01"
			}
			if u == closedmail.Timed {
				a.AtMs = h.now.Add(24 * time.Hour).UnixMilli()
			}
			i := h.accept(a)
			if c := h.cover(i); c.Secrecy != s || c.Urgency != u {
				t.Errorf("%s/%s became %s/%s", s, u, c.Secrecy, c.Urgency)
			}
			if a.Locator != "" {
				accepted, _ := ledger.Get[*custody.Item](h.View(t.Context()), custody.ItemKey(i))
				h.must(officeA, clerkA, closedmail.UndoAccept{Item: i, Act: accepted.AcceptAct, Second: headA})
			}
		}
	}
	a := cover()
	a.AtMs = h.now.Add(time.Hour).UnixMilli()
	h.refused("closedmail.timed", officeA, clerkA, a)
	a.Urgency, a.AtMs = closedmail.Timed, h.now.Add(-time.Minute).UnixMilli()
	h.refused("closedmail.timed", officeA, clerkA, a)
	h.sound()
}

func TestTwoPersonsAreTwoPersons(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	bag := h.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "tui-01"}).Facts[0].(event.BagStarted).Bag
	h.must(officeA, clerkA, closedmail.Pack{Item: i, Bag: bag})
	for second, code := range map[postal.StaffID]string{"": "closedmail.second_missing", clerkA: "closedmail.same_person", "nv-zz": "closedmail.person_unknown",
		courier: "closedmail.no_duty", clerkB: "closedmail.no_duty", registry1: "closedmail.person_unknown"} {
		h.refused(code, officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: second})
	}
	h.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA})
	h.refused("closedmail.same_person", officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: clerkA})
	h.must(officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: headA})
	h.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10002", Second: otherA})
	h.sound()
}

func TestWhatHasNotPassedItsInspectionIsNotUsed(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.must(officeA, headA, closedmail.AddFacility{Facility: "tui-09", Office: officeA})
	start := closedmail.StartVessel{Office: officeA, To: officeB, Facility: "tui-09"}
	h.refused("closedmail.facility_unfit", officeA, clerkA, start)
	h.must(officeA, headA, closedmail.Inspect{Facility: "tui-09", Lacks: []closedmail.Property{"fireproof"}, Until: day("2021-01-01")})
	h.refused("closedmail.facility_unfit", officeA, clerkA, start)
	h.must(officeA, headA, closedmail.Inspect{Facility: "tui-09", Until: day("2020-05-01")})
	h.must(officeA, clerkA, start)
	h.refused("closedmail.facility_in_use", officeA, clerkA, start)
	h.refused("closedmail.facility_in_use", officeA, headA, closedmail.Retire{Facility: "tui-09", Reason: "worn"})
	h.now = h.now.AddDate(1, 1, 0)
	h.refused("closedmail.facility_unfit", officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Vehicle: "xe-01"})
	h.refused("closedmail.transport", officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB})
}

func TestPowerLostBetweenTheTwoSignaturesLosesNothing(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		bag := h.vessel("tui-01", h.accept(cover()))
		d := h.dispatch(bag)
		out := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{d}})
		h.must(officeA, courier, closedmail.CountThings{Handover: out, Counts: []event.Count{{Thing: bag, Seal: "NP-10001"}}})
		h.sign(officeA, clerkA, out, custody.Giver)
		h.reopen()
		if who := h.holder(bag); who != custody.AtOffice(officeA) {
			t.Fatalf("with one signature the bag is with %s", who)
		}
		h.refused("custody.handover_side_signed", officeA, clerkA, closedmail.SignHandover{Handover: out, Side: custody.Giver, Difference: h.difference(out)})
		h.sign(officeA, courier, out, custody.Taker)
		if who := h.holder(bag); who != custody.ByCarrier(courier) {
			t.Fatalf("with both signatures the bag is with %s", who)
		}
		h.sound()
	})
}

func TestAClockThatWasSetBackWritesNothingUntilItIsAccepted(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.TolerateClock(2 * time.Minute)
	h.accept(cover())
	h.now = h.now.Add(-time.Hour)
	h.refused("ledger.clock_behind", officeA, clerkA, cover())
	h.TolerateClock(2 * time.Hour) // somebody accepted the clock
	h.accept(cover())
}

func TestOnlyNamedPersonsReceive(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	named := cover()
	named.NamedOnly = true
	express := named
	express.Urgency = closedmail.Express
	a, b, c := h.accept(cover()), h.accept(named), h.accept(express)
	bag := h.vessel("tui-01", a, b, c)
	h.send(bag)
	h.unpack(bag, a, b, c)
	h.giveOut(a, b, c)
	d := deliver(a)
	d.Receiver = registry1
	h.refused("closedmail.receiver", officeA, courier, d)
	d = deliver(a)
	d.Seal = false
	h.refused("closedmail.not_looked", officeA, courier, d)
	d = deliver(a)
	d.AfterHours = true
	h.refused("closedmail.after_hours", officeA, courier, d)
	d = deliver(a)
	d.As, d.Receiver = closedmail.ForContact, contact2
	h.refused("closedmail.working_hours", officeA, courier, d)
	d.As, d.Receiver = closedmail.ForLeader, leader2
	h.refused("closedmail.leader", officeA, courier, d)
	h.must(officeA, courier, deliver(a))
	h.refused("closedmail.unopened", officeA, courier, deliver(b))
	d = deliver(b)
	d.Unopened = true
	h.must(officeA, courier, d)
	d = deliver(c)
	d.As, d.Receiver, d.Unopened = closedmail.ForLeader, leader2, true
	h.must(officeA, courier, d)
	h.sound()
}

func TestADocumentToBeReturnedStaysOnTheBoardUntilItIsBack(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	recall := cover()
	recall.RecallBy = day("2020-05-20")
	i := h.accept(recall)
	bag := h.vessel("tui-01", i)
	h.send(bag)
	h.unpack(bag, i)
	h.giveOut(i)
	h.must(officeA, courier, deliver(i))
	if all := closedmail.Recalls(h.View(t.Context())); len(all) != 1 || all[0].Item != i {
		t.Fatalf("on the board: %v", all)
	}
	back := closedmail.Accept{Office: officeB, Number: "9/UB", Sender: bodyTwo, HandedBy: registry2, Addressee: bodyOne, WeightG: 80, ToUnit: "11407", ToOffice: officeA, Returns: i}
	wrong := back
	wrong.Sender, wrong.HandedBy = bodyOne, registry1
	wrong.Addressee = bodyTwo
	h.refused("closedmail.returns", officeB, clerkB, wrong)
	b := h.must(officeB, clerkB, back).Facts[0].(event.ItemAccepted).Item
	if len(closedmail.Recalls(h.View(t.Context()))) != 1 {
		t.Error("it left the board before it was back")
	}
	over := h.open(officeB, clerkB, closedmail.OpenHandover{From: custody.AtOffice(officeB), To: custody.ByCarrier(courier), Delivery: true, Things: []event.Thing{event.Thing(b)}})
	h.must(officeA, courier, closedmail.CountThings{Handover: over, Counts: []event.Count{{Thing: event.Thing(b)}}})
	h.sign(officeB, clerkB, over, custody.Giver)
	h.sign(officeA, courier, over, custody.Taker)
	d := deliver(b)
	d.Receiver = registry1
	h.must(officeA, courier, d)
	if all := closedmail.Recalls(h.View(t.Context())); len(all) != 0 {
		t.Errorf("still on the board: %v", all)
	}
	h.sound()
}

func TestAShiftHandsOverEverythingThatTheOfficeHolds(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a, b := h.accept(cover()), h.accept(cover())
	bag := h.vessel("tui-01", h.accept(cover()))
	all := []event.Thing{event.Thing(a), event.Thing(b), bag}
	h.refused("closedmail.same_person", officeA, clerkA, closedmail.HandShift{Office: officeA, To: clerkA, Held: all})
	h.refused("closedmail.not_on_shift", officeA, otherA, closedmail.HandShift{Office: officeA, To: headA, Held: all})
	h.must(officeA, clerkA, closedmail.HandShift{Office: officeA, To: otherA, Held: all})
	if len(h.incidents(officeA)) != 0 {
		t.Error("a count that agrees opened an incident")
	}
	h.must(officeA, otherA, closedmail.HandShift{Office: officeA, To: clerkA, Held: []event.Thing{event.Thing(a), bag}})
	x := h.incidents(officeA)
	if len(x) != 1 || x[0].Things[0] != event.Thing(b) {
		t.Fatalf("incidents %+v", x)
	}
	h.refused("closedmail.on_shift", officeA, admin, closedmail.Relieve{Person: clerkA, Duty: closedmail.Clerk, Office: officeA})
	h.find(officeA, clerkA, otherA, headA)
	h.sound()
}

func TestSecretItemsNeedVehicleOrEscortAndNothingTravelsLoose(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	secret := cover()
	secret.Secrecy = closedmail.SecrecyC
	i := h.accept(secret)
	over := closedmail.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{event.Thing(i)}}
	h.refused("closedmail.loose", officeA, clerkA, over)
	over.Delivery = true
	h.refused("closedmail.transport", officeA, clerkA, over)
	over.Escort = courier
	h.must(officeA, clerkA, over)
	d := h.must(officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Escort: courier}).Facts[0].(event.DispatchStarted).Dispatch
	h.refused("closedmail.loose", officeA, clerkA, closedmail.Load{Bag: event.Thing(i), Dispatch: d})
}

func TestAPageOfARegisterIsBoundAndReprintsLeaveATrace(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	page := closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 2, Rows: 3, Total: closedmail.PageRows + 3}
	h.refused("closedmail.page_order", officeA, clerkA, page)
	first := closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 5, Total: 5}
	h.must(officeA, clerkA, first)
	h.refused("closedmail.page_order", officeA, clerkA, page)
	h.refused("closedmail.reprint", officeA, clerkA, first)
	first.Rows, first.Total = closedmail.PageRows, closedmail.PageRows
	if f := h.must(officeA, clerkA, first).Facts[0].(event.RegisterPrinted); f.Copy != 2 || f.Reason != "grew" {
		t.Errorf("%+v", f)
	}
	first.Reason = "damaged"
	if f := h.must(officeA, clerkA, first).Facts[0].(event.RegisterPrinted); f.Copy != 3 {
		t.Errorf("%+v", f)
	}
	h.must(officeA, clerkA, page)
	page.Total++
	h.refused("closedmail.page", officeA, clerkA, page)

	kept := closedmail.DestroyPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, KeptMs: h.now.AddDate(2, 0, 0).UnixMilli(), Rule: "kt1.records.paper@2017-08-15", Second: clerkA}
	h.refused("closedmail.keep", officeA, headA, kept)
	h.must(officeA, headA, closedmail.Hold{Reason: "investigation"})
	for _, who := range []postal.StaffID{headA, clerkA, otherA} {
		h.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2020-01-02"), Until: day("2023-01-01")})
	}
	h.now = h.now.AddDate(2, 1, 0)
	h.refused("closedmail.held", officeA, headA, kept)
	h.must(officeA, headA, closedmail.LiftHold{Hold: closedmail.Cases(h.View(t.Context()), "hold")[0].ID})
	h.must(officeA, headA, kept)
	h.refused("closedmail.page_destroyed", officeA, clerkA, first)
	h.sound()
}

func TestVisitsComplaintsAndInspections(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.refused("closedmail.person_unknown", officeA, clerkA, closedmail.BeginVisit{Facility: "kv-01", Purpose: "repair", Host: "nv-zz"})
	h.refused("closedmail.area", officeA, clerkA, closedmail.BeginVisit{Facility: "xe-01", Purpose: "repair", Host: otherA})
	visit := h.must(officeA, clerkA, closedmail.BeginVisit{Facility: "kv-01", Purpose: "repair", Host: otherA}).Facts[0].(event.VisitBegan).Visit
	h.must(officeA, clerkA, closedmail.EndVisit{Visit: closedmail.ID(visit)})
	h.refused("closedmail.case_ended", officeA, clerkA, closedmail.EndVisit{Visit: closedmail.ID(visit)})
	i := h.accept(cover())
	due := h.now.AddDate(0, 0, 10).UnixMilli()
	h.refused("closedmail.not_theirs", officeA, clerkA, closedmail.Complain{Body: central, Item: i, About: "late", DueMs: due})
	c := h.must(officeA, clerkA, closedmail.Complain{Body: bodyTwo, Item: i, About: "late", DueMs: due, Rules: []closedmail.RuleID{"kt1.complaint.answer@2017-08-15"}}).Facts[0].(event.ComplaintOpened).Complaint
	h.refused("closedmail.no_duty", officeA, clerkA, closedmail.Answer{Complaint: closedmail.ID(c), Outcome: "upheld"})
	h.must(officeA, headA, closedmail.Answer{Complaint: closedmail.ID(c), Outcome: "upheld"})
	x := h.must(officeA, clerkA, closedmail.Announce{Authority: "department", Surprise: true, On: day("2020-04-22")}).Facts[0].(event.InspectionAnnounced).Inspection
	h.must(officeA, headA, closedmail.EndInspection{Inspection: closedmail.ID(x), Findings: []closedmail.Finding{"bags", "bags", "seals"}})
	if got, _ := ledger.Get[*closedmail.Case](h.View(t.Context()), closedmail.CaseKey(closedmail.ID(x))); len(got.Findings) != 2 {
		t.Errorf("findings %v", got.Findings)
	}
	h.sound()
}

func factOf[F event.Fact](facts []event.Fact) (f F, ok bool) {
	for _, x := range facts {
		if f, ok = x.(F); ok {
			return f, true
		}
	}
	return f, false
}
