package closedmail_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
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
	a.Sender, a.HandedBy, a.Addressee = central, registry3, outsider
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

func TestNobodyWorksWithoutValidPapers(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.refused("closedmail.not_cleared", officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Courier, Office: officeA})
	h.must(officeA, admin, closedmail.FilePaper{Person: "nv-n1", Paper: closedmail.Clearance, On: day("2020-01-02")})
	h.refused("closedmail.not_cleared", officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Courier, Office: officeA})
	h.clear("nv-n1")
	h.must(officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Courier, Office: officeA})
	h.refused("closedmail.own_paper", officeA, "nv-n1", closedmail.FilePaper{Person: "nv-n1", Paper: closedmail.Clearance, On: day("2020-01-02")})

	bag := h.vessel("tui-01", h.accept(cover()))
	d := h.dispatch(bag)
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: courier, Paper: closedmail.Commitment, Reason: "expired"})
	h.refused("closedmail.not_cleared", officeA, clerkA, closedmail.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{d}})
	h.refused("closedmail.not_cleared", officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Escort: courier})
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: otherA, Paper: closedmail.Training, Reason: "moved"})
	h.refused("closedmail.not_cleared", officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10003", Second: otherA})

	h.now = time.Date(2022, 1, 2, 8, 0, 0, 0, postal.HoChiMinh) // the training of everybody has run out
	h.refused("closedmail.not_cleared", officeA, clerkA, cover())
	h.sound()
}

func TestWhoeverHoldsMayGiveBackWithPapersThatRanOut(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	bag := h.vessel("tui-01", i)
	h.send(bag)
	h.unpack(bag, i)
	h.giveOut(i)
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: courier, Paper: closedmail.Commitment, Reason: "left"})
	h.refused("closedmail.not_cleared", officeA, courier, deliver(i))
	back := h.open(officeB, clerkB, closedmail.OpenHandover{From: custody.ByCarrier(courier), To: custody.AtOffice(officeB), Things: []event.Thing{event.Thing(i)}})
	h.must(officeB, clerkB, closedmail.CountThings{Handover: back, Counts: []event.Count{{Thing: event.Thing(i)}}})
	h.sign(officeA, courier, back, custody.Giver)
	h.sign(officeB, clerkB, back, custody.Taker)
	if who := h.holder(event.Thing(i)); who != custody.AtOffice(officeB) {
		t.Errorf("the item is with %s", who)
	}
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
	h.must(officeB, headB, closedmail.Release{Incident: id, Decision: closedmail.FoundAgain})
	if who := h.holder(event.Thing(gone)); who != custody.AtOffice(officeB) {
		t.Fatalf("what was found is with %s", who)
	}
	h.sound()
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

func TestNobodyIsOurStaffAndABodysPersonInEitherOrder(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	bag := h.vessel("tui-01", i)
	h.send(bag)
	h.unpack(bag, i)
	h.giveOut(i)
	h.refused("closedmail.own_staff", officeA, admin, closedmail.NamePerson{Body: bodyTwo, Person: otherA, As: closedmail.ForClerk})
	h.clear(registry1)
	h.clear(registry2)
	h.refused("closedmail.acts_for_body", officeA, admin, closedmail.Assign{Person: registry2, Duty: closedmail.Clerk, Office: officeB})
	h.refused("closedmail.own_staff", officeA, courier, deliver(i))
	h.refused("closedmail.own_staff", officeA, clerkA, cover())
	h.must(officeA, admin, closedmail.EndPerson{Body: bodyTwo, Person: registry2, As: closedmail.ForClerk})
	h.must(officeA, admin, closedmail.Assign{Person: registry2, Duty: closedmail.Clerk, Office: officeB})
	h.sound()
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
	h.settle(officeA, clerkA, otherA, headA, closedmail.FoundAgain)
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

func TestNobodyActsOnWhatIsOpenAtAnotherOffice(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.refused("closedmail.facility_elsewhere", officeB, headB, closedmail.Inspect{Facility: "tui-01", Until: day("2021-01-01")})
	h.refused("closedmail.facility_elsewhere", officeB, headB, closedmail.Retire{Facility: "tui-01", Reason: "worn"})
	h.refused("closedmail.facility_elsewhere", officeB, headB, closedmail.NameResponsible{Facility: "kv-01", Person: headA})
	visit := h.must(officeA, clerkA, closedmail.BeginVisit{Facility: "kv-01", Purpose: "repair", Host: otherA}).Facts[0].(event.VisitBegan).Visit
	complaint := h.must(officeA, clerkA, closedmail.Complain{Body: bodyOne, About: "late", DueMs: h.now.AddDate(0, 0, 9).UnixMilli()}).Facts[0].(event.ComplaintOpened).Complaint
	inspection := h.must(officeA, clerkA, closedmail.Announce{Authority: "department", On: day("2020-04-22")}).Facts[0].(event.InspectionAnnounced).Inspection
	hold := h.must(officeA, headA, closedmail.Hold{Reason: "inspection"}).Facts[0].(event.HoldPlaced).Hold
	for _, a := range []ledger.Act{closedmail.EndVisit{Visit: closedmail.ID(visit)}, closedmail.Answer{Complaint: closedmail.ID(complaint), Outcome: "upheld"},
		closedmail.EndInspection{Inspection: closedmail.ID(inspection)}, closedmail.LiftHold{Hold: closedmail.ID(hold)}} {
		h.refused("closedmail.no_case", officeB, headB, a)
		h.must(officeA, headA, a)
	}
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

// TestNoActTakesFreeText walks a whole month's kinds of acts. Before each is done, every text in it is replaced by sentences: all must be refused. So nothing about
// the content of a cover can enter, whatever page or program sends the act.
func TestNoActTakesFreeText(t *testing.T) {
	h := open(t, sqltest.SQLite(t))
	seen := map[reflect.Type]int{}
	h.every = func(o postal.OfficeCode, who postal.StaffID, a ledger.Act) {
		if !strings.HasPrefix(a.Name(), "kt1.") || seen[reflect.TypeOf(a)] > 2 {
			return
		}
		seen[reflect.TypeOf(a)]++
		eachText(t, a, func(changed ledger.Act, field, text string) {
			_, err := h.do(o, who, changed)
			if _, isFault := fault.From(err); !isFault {
				t.Errorf("%s took %q: %v", field, text, err)
			}
		})
	}
	everyAct(h)
	for _, a := range closedmail.Acts() {
		if seen[reflect.TypeOf(a)] == 0 {
			t.Errorf("%s was never tried", a.Name())
		}
	}
}

// everyAct does each act of closed mail at least once.
func everyAct(h *house) {
	h.furnish()
	h.must(officeA, headA, closedmail.AddFacility{Facility: "tui-09", Office: officeA})
	h.must(officeA, headA, closedmail.Inspect{Facility: "tui-09", Lacks: []closedmail.Property{"tough"}, Until: day("2021-01-01")})
	h.must(officeA, headA, closedmail.Retire{Facility: "tui-09", Reason: "worn"})
	h.must(officeA, headA, closedmail.MoveFacility{Facility: "dv-02", To: officeB})
	h.must(officeA, headA, closedmail.ApproveReport{Period: "2020h1", Digest: strings.Repeat("0a", 32), Writers: []postal.StaffID{headB}})
	h.clear("nv-n1")
	h.must(officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Escort, Office: officeA})
	h.must(officeA, admin, closedmail.Relieve{Person: "nv-n1", Duty: closedmail.Escort, Office: officeA})
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: "nv-n1", Paper: closedmail.Training, Reason: "left"})
	h.must(officeA, admin, closedmail.ListBody{Body: "cq-0009", List: closedmail.Appendix2})
	h.must(officeA, admin, closedmail.NamePerson{Body: "cq-0009", Person: "nv-r9", As: closedmail.ForClerk})
	h.must(officeA, admin, closedmail.EndPerson{Body: "cq-0009", Person: "nv-r9", As: closedmail.ForClerk})
	h.must(officeA, admin, closedmail.DelistBody{Body: "cq-0009"})

	mistaken := h.must(officeA, clerkA, cover())
	ask(h, officeA, clerkA, closedmail.UndoAccept{Item: mistaken.Facts[0].(event.ItemAccepted).Item, Act: mistaken.Act, Second: headA})
	h.must(officeA, clerkA, closedmail.UndoAccept{Item: mistaken.Facts[0].(event.ItemAccepted).Item, Act: mistaken.Act, Second: headA})
	full := cover()
	full.Secrecy, full.Urgency, full.Locator, full.RecallBy = closedmail.SecrecyA, closedmail.Express, "dv-01", day("2020-06-01")
	full.Rules, full.DueMs = []closedmail.RuleID{"kt1.journey@2017-08-15"}, h.now.AddDate(0, 0, 2).UnixMilli()
	a, b, c, lost := h.accept(full), h.accept(cover()), h.accept(cover()), h.accept(cover())
	bag := h.vessel("tui-01", a, b)
	off := ask(h, officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: otherA})
	h.must(officeA, clerkA, closedmail.CallOff{Subject: off.Subject, Asked: off.ID})
	h.must(officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: otherA})
	off = ask(h, officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA})
	h.must(officeA, otherA, closedmail.Decline{Subject: off.Subject, Asked: off.ID})
	h.must(officeA, clerkA, closedmail.Unpack{Item: b, Bag: bag})
	h.must(officeA, clerkA, closedmail.Pack{Item: b, Bag: bag})
	h.must(officeA, clerkA, closedmail.Pack{Item: lost, Bag: bag})
	h.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA})
	d := h.dispatch(bag)
	h.must(officeA, clerkA, closedmail.ReopenDispatch{Dispatch: d})
	h.must(officeA, clerkA, closedmail.Unload{Bag: bag, Dispatch: d})
	withdrawn := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{bag}, Vehicle: "xe-01"})
	h.must(officeA, clerkA, closedmail.WithdrawHandover{Handover: withdrawn})
	h.send(bag)
	h.countersign(ask(h, officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB}))
	h.must(officeB, clerkB, closedmail.TakeOut{Item: a, Bag: bag, Condition: event.Damaged})
	h.settle(officeB, clerkB, otherB, headB, closedmail.Rewrapped)
	h.must(officeB, clerkB, closedmail.TakeOut{Item: b, Bag: bag})
	ask(h, officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})
	h.must(officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})
	ask(h, officeB, clerkB, closedmail.SignMinutes{Incident: h.incidents(officeB)[0].ID, Second: otherB})
	h.settle(officeB, clerkB, otherB, headB, closedmail.FoundAgain)
	h.giveOut(a, b)
	ask(h, officeA, courier, deliver(a))
	h.must(officeA, courier, deliver(a))
	h.must(officeA, courier, closedmail.Attempt{Item: b, Reason: "absent", Next: "again"})
	h.must(officeB, clerkB, closedmail.SendBack{Item: lost, Reason: "refused"})
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(c)}})
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: "theft", Things: []event.Thing{event.Thing(c)}})
	theft := h.incidents(officeA)[0].ID
	h.must(officeA, clerkA, closedmail.SignMinutes{Incident: theft, Second: otherA})
	h.must(officeA, clerkA, closedmail.ReportUp{Incident: theft, To: "province"})
	ask(h, officeA, headA, closedmail.CloseSearch{Incident: theft, Second: clerkA})
	h.must(officeA, headA, closedmail.CloseSearch{Incident: theft, Second: clerkA})
	h.must(officeA, clerkA, closedmail.ReportFound{Thing: event.Thing(c)})
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	held := closedmail.Held(h.View(h.t.Context()), officeA)
	ask(h, officeA, clerkA, closedmail.HandShift{Office: officeA, To: otherA, Held: held})
	h.must(officeA, clerkA, closedmail.HandShift{Office: officeA, To: otherA, Held: held})
	h.must(officeA, clerkA, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 4, Total: 4})
	visit := h.must(officeA, clerkA, closedmail.BeginVisit{Facility: "kv-01", Purpose: "repair", Host: otherA}).Facts[0].(event.VisitBegan).Visit
	h.must(officeA, clerkA, closedmail.EndVisit{Visit: closedmail.ID(visit)})
	x := h.must(officeA, clerkA, closedmail.Complain{Body: bodyTwo, Item: a, About: "late", DueMs: h.now.AddDate(0, 0, 9).UnixMilli(), Rules: []closedmail.RuleID{"kt1.complaint.answer@2017-08-15"}}).Facts[0].(event.ComplaintOpened).Complaint
	h.must(officeA, headA, closedmail.Answer{Complaint: closedmail.ID(x), Outcome: "upheld"})
	y := h.must(officeA, clerkA, closedmail.Announce{Authority: "department", On: day("2020-04-22")}).Facts[0].(event.InspectionAnnounced).Inspection
	h.must(officeA, headA, closedmail.EndInspection{Inspection: closedmail.ID(y), Findings: []closedmail.Finding{"bags"}})
	hold := h.must(officeA, headA, closedmail.Hold{Reason: "inspection"}).Facts[0].(event.HoldPlaced).Hold
	h.must(officeA, headA, closedmail.LiftHold{Hold: closedmail.ID(hold)})
	stray := h.must(officeB, clerkB, closedmail.Accept{Office: officeB, Number: "9/UB", Sender: bodyTwo, HandedBy: registry2, Addressee: bodyOne, WeightG: 80, ToUnit: "11407", ToOffice: officeA, Returns: a}).Facts[0].(event.ItemAccepted).Item
	h.stray(stray)
	h.now = h.now.AddDate(2, 0, 1)
	for _, who := range []postal.StaffID{headA, clerkA} {
		h.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2020-01-02"), Until: day("2023-01-01")})
	}
	page := closedmail.DestroyPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, KeptMs: h.now.AddDate(0, 0, -1).UnixMilli(), Rule: "kt1.records.paper@2017-08-15", Second: clerkA}
	ask(h, officeA, headA, page)
	h.must(officeA, headA, page)
}

// stray sends an item from B in a bag that comes to A with another seal; what custody notes of it the supervisor settles.
func (h *house) stray(i postal.ItemNumber) {
	h.t.Helper()
	bag := h.must(officeB, clerkB, closedmail.StartVessel{Office: officeB, To: officeA, Facility: "tui-04"}).Facts[0].(event.BagStarted).Bag
	h.must(officeB, clerkB, closedmail.Pack{Item: i, Bag: bag})
	h.must(officeB, clerkB, closedmail.CloseVessel{Bag: bag, Seal: "NP-555", Second: otherB})
	counts := []event.Count{{Thing: bag, Seal: "NP-555"}}
	out := h.open(officeB, clerkB, closedmail.OpenHandover{From: custody.AtOffice(officeB), To: custody.ByCarrier(courier), Things: []event.Thing{bag}, Escort: courier})
	h.must(officeA, courier, closedmail.CountThings{Handover: out, Counts: counts})
	h.sign(officeB, clerkB, out, custody.Giver)
	h.sign(officeA, courier, out, custody.Taker)
	in := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.ByCarrier(courier), To: custody.AtOffice(officeA), Things: []event.Thing{bag}})
	h.must(officeA, clerkA, closedmail.CountThings{Handover: in, Counts: counts})
	h.sign(officeA, courier, in, custody.Giver)
	h.sign(officeA, clerkA, in, custody.Taker)
	h.must(officeA, clerkA, closedmail.OpenVessel{Bag: bag, Seal: "NP-556", Second: otherA})
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	x, _ := factOf[event.IrregularityRaised](h.must(officeA, clerkA, closedmail.OpenVessel{Bag: bag, Seal: "NP-556", Second: otherA}).Facts)
	h.must(officeA, headA, closedmail.Settle{Irregularity: closedmail.ID(x.Irregularity), Decision: custody.Noted, Reason: "recounted"})
}

func factOf[F event.Fact](facts []event.Fact) (f F, ok bool) {
	for _, x := range facts {
		if f, ok = x.(F); ok {
			return f, true
		}
	}
	return f, false
}

func TestFacilitiesAreASupervisorsMatterAtHisOwnOffice(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	acts := []ledger.Act{closedmail.AddFacility{Facility: "tui-09", Office: officeA}, closedmail.Inspect{Facility: "tui-02", Until: day("2021-01-01")},
		closedmail.NameResponsible{Facility: "kv-01", Person: clerkA}, closedmail.Retire{Facility: "tui-03", Reason: "worn"}, closedmail.MoveFacility{Facility: "dv-02", To: officeB}}
	for _, a := range acts {
		for who, code := range map[postal.StaffID]string{clerkA: "closedmail.no_duty", headB: "closedmail.no_duty", courier: "closedmail.no_duty", admin: "closedmail.person_unknown"} {
			h.refused(code, officeA, who, a)
		}
	}
	h.refused("closedmail.other_office", officeA, headA, closedmail.AddFacility{Facility: "tui-09", Office: officeB})
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: headA, Paper: closedmail.Training, Reason: "expired"})
	for _, a := range acts {
		h.refused("closedmail.not_cleared", officeA, headA, a)
	}
	h.refused("closedmail.not_cleared", officeA, headA, closedmail.NamePerson{Body: bodyTwo, Person: "nv-r9", As: closedmail.ForClerk})
	h.refused("closedmail.no_duty", officeA, clerkA, closedmail.EndPerson{Body: bodyTwo, Person: registry2, As: closedmail.ForClerk})
	h.must(officeA, admin, closedmail.FilePaper{Person: headA, Paper: closedmail.Training, On: day("2020-01-02")})
	for _, a := range acts {
		h.must(officeA, headA, a)
	}
	h.sound()
}
