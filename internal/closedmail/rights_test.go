package closedmail_test

import (
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

func TestNobodyWorksWithoutValidPapers(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.refused("closedmail.not_cleared", officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Courier, Office: officeA})
	h.must(officeA, admin, closedmail.FilePaper{Person: "nv-n1", Paper: closedmail.Clearance, On: day("2020-01-02")})
	h.refused("closedmail.not_cleared", officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Courier, Office: officeA})
	h.clear("nv-n1")
	h.must(officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Courier, Office: officeA})
	h.refused("closedmail.own_paper", officeA, "nv-n1", closedmail.FilePaper{Person: "nv-n1", Paper: closedmail.Clearance, On: day("2020-01-02")})
	h.refused("closedmail.own_duty", officeA, "nv-n1", closedmail.Assign{Person: "nv-n1", Duty: closedmail.Clerk, Office: officeA})

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

// TestNobodyMovesWhatAnotherOfficeHolds lets the people of B, whose papers hold, try every act on what lies at A. Whatever page or program sends it, it is refused.
func TestNobodyMovesWhatAnotherOfficeHolds(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	loose := h.must(officeA, clerkA, cover())
	item, packed := loose.Facts[0].(event.ItemAccepted).Item, h.accept(cover())
	open := h.filled("tui-01", packed)
	shut := h.vessel("tui-02", h.accept(cover()))
	away := h.vessel("tui-03", h.accept(cover()))
	d := h.must(officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Vehicle: "xe-01"}).Facts[0].(event.DispatchStarted).Dispatch
	h.must(officeA, clerkA, closedmail.Load{Bag: away, Dispatch: d})
	torn := h.accept(cover())
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: "theft", Things: []event.Thing{event.Thing(torn)}})
	id := h.incidents(officeA)[0].ID
	over := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{shut}, Vehicle: "xe-01"})
	h.must(officeA, clerkA, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 4, Total: 4})
	there := cover() // B's clerk cannot accept in the name of A
	for _, a := range []ledger.Act{there, closedmail.UndoAccept{Item: item, Act: loose.Act, Second: headB}, closedmail.Pack{Item: item, Bag: open}, closedmail.Unpack{Item: packed, Bag: open},
		closedmail.CloseVessel{Bag: open, Seal: "NP-1000", Second: otherB}, closedmail.ReopenVessel{Bag: shut, Second: otherB}, closedmail.OpenVessel{Bag: shut, Seal: "NP-10001", Second: otherB},
		closedmail.TakeOut{Item: packed, Bag: open}, closedmail.EmptyVessel{Bag: shut, Second: otherB}, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "hop-01"},
		closedmail.StartDispatch{Office: officeA, To: officeB, Vehicle: "xe-01"}, closedmail.Load{Bag: shut, Dispatch: d}, closedmail.Unload{Bag: away, Dispatch: d}, closedmail.CloseDispatch{Dispatch: d},
		closedmail.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{event.Thing(item)}, Delivery: true},
		closedmail.CountThings{Handover: over, Counts: []event.Count{{Thing: shut, Seal: "NP-10001"}}}, closedmail.WithdrawHandover{Handover: over},
		closedmail.SignHandover{Handover: over, Side: custody.Giver}, deliver(item), closedmail.Attempt{Item: item, Reason: "absent", Next: "again"}, closedmail.SendBack{Item: item, Reason: "refused"},
		closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(item)}}, closedmail.SignMinutes{Incident: id, Second: otherB}, closedmail.ReportUp{Incident: id, To: "province"},
		closedmail.Release{Incident: id, Decision: closedmail.Sound}, closedmail.CloseSearch{Incident: id, Second: clerkB}, closedmail.ReportFound{Thing: event.Thing(torn)},
		closedmail.OpenShift{Office: officeA}, closedmail.HandShift{Office: officeA, To: otherB}, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 4, Total: 4, Reason: "lost"},
		closedmail.FilePaper{Person: otherA, Paper: closedmail.Training, On: day("2020-01-02")}, closedmail.WithdrawPaper{Person: otherA, Paper: closedmail.Training, Reason: "expired"},
		closedmail.Assign{Person: otherA, Duty: closedmail.Escort, Office: officeA}, closedmail.Relieve{Person: otherA, Duty: closedmail.Clerk, Office: officeA},
		closedmail.BeginVisit{Facility: "kv-01", Purpose: "repair", Host: otherA}} {
		for _, who := range []postal.StaffID{clerkB, headB} {
			if _, err := h.do(officeB, who, a); err == nil {
				t.Errorf("%s at B did %s", who, a.Name())
			} else if _, ok := fault.From(err); !ok {
				t.Errorf("%s: %v", a.Name(), err)
			}
		}
	}
	h.sound()
}
