package closedmail_test

import (
	"reflect"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

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
	h.must(officeA, headA, closedmail.AddFacility{Facility: "dv-09", Office: officeA})
	h.must(officeA, headA, closedmail.Inspect{Facility: "dv-09", Until: day("2021-01-01")})
	h.clear("nv-n1")
	h.must(officeA, admin, closedmail.Assign{Person: "nv-n1", Duty: closedmail.Escort, Office: officeA})
	h.must(officeA, admin, closedmail.Relieve{Person: "nv-n1", Duty: closedmail.Escort, Office: officeA})
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: "nv-n1", Paper: closedmail.Training, Reason: "left"})
	h.must(officeA, admin, closedmail.ListBody{Body: "cq-0009", List: closedmail.Appendix2})
	h.must(officeA, admin, closedmail.ChangeEntry{Body: "cq-0009", Version: 1, Digest: strings.Repeat("0b", 32), By: admin})
	h.must(officeA, admin, closedmail.NamePerson{Body: "cq-0009", Person: "nv-r9", As: closedmail.ForClerk})
	h.must(officeA, admin, closedmail.EndPerson{Body: "cq-0009", Person: "nv-r9", As: closedmail.ForClerk})
	h.must(officeA, admin, closedmail.DelistBody{Body: "cq-0009"})

	mistaken := h.must(officeA, clerkA, cover())
	ask(h, officeA, clerkA, closedmail.UndoAccept{Item: mistaken.Facts[0].(event.ItemAccepted).Item, Act: mistaken.Act, Second: headA})
	h.must(officeA, clerkA, closedmail.UndoAccept{Item: mistaken.Facts[0].(event.ItemAccepted).Item, Act: mistaken.Act, Second: headA})
	full := cover()
	full.Secrecy, full.Urgency, full.Locator, full.RecallBy = closedmail.SecrecyA, closedmail.Express, "dv-01", day("2020-06-01")
	full.Rules, full.DueMs = []closedmail.RuleID{"kt1.journey@2017-08-15"}, h.now.AddDate(0, 0, 2).UnixMilli()
	late := cover()
	late.DueMs = full.DueMs
	a, b, c, lost := h.accept(full), h.accept(cover()), h.accept(late), h.accept(cover())
	h.must(officeA, clerkA, closedmail.PrintForm{Form: closedmail.LabelForm, About: string(a)})
	h.must(officeA, clerkA, closedmail.PrintForm{Form: closedmail.LabelForm, About: string(a), Reason: "damaged"})
	h.must(officeA, clerkA, closedmail.ChangeLocator{Item: a, Locator: "dv-09"})
	bag := h.vessel("tui-01", a, b)
	off := ask(h, officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: otherA})
	h.must(officeA, clerkA, closedmail.CallOff{Subject: off.Subject, Asked: off.ID})
	h.must(officeA, clerkA, closedmail.ReopenVessel{Bag: bag, Second: otherA})
	off = ask(h, officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-20001", Second: otherA})
	h.must(officeA, otherA, closedmail.Decline{Subject: off.Subject, Asked: off.ID})
	h.must(officeA, clerkA, closedmail.Unpack{Item: b, Bag: bag})
	h.must(officeA, clerkA, closedmail.Pack{Item: b, Bag: bag})
	h.must(officeA, clerkA, closedmail.Pack{Item: lost, Bag: bag})
	h.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-20001", Second: otherA})
	d := h.dispatch(bag)
	h.must(officeA, clerkA, closedmail.ReopenDispatch{Dispatch: d})
	h.must(officeA, clerkA, closedmail.Unload{Bag: bag, Dispatch: d})
	withdrawn := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{bag}, Vehicle: "xe-01"})
	h.must(officeA, clerkA, closedmail.WithdrawHandover{Handover: withdrawn})
	h.send(bag)
	h.countersign(ask(h, officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-20001", Second: otherB}))
	h.must(officeB, clerkB, closedmail.TakeOut{Item: a, Bag: bag, Condition: event.Damaged})
	h.settle(officeB, clerkB, otherB, headB, closedmail.Rewrapped)
	h.must(officeB, clerkB, closedmail.TakeOut{Item: b, Bag: bag})
	ask(h, officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})
	h.must(officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})
	ask(h, officeB, clerkB, closedmail.SignMinutes{Incident: h.incidents(officeB)[0].ID, Second: otherB})
	h.find(officeB, clerkB, otherB, headB)
	h.giveOut(a, b)
	ask(h, officeA, courier, deliver(a))
	h.must(officeA, courier, deliver(a))
	h.must(officeA, courier, closedmail.Attempt{Item: b, Reason: "absent", Next: "again"})
	paper := onPaper(h.cover(b).Out, h.now.UnixMilli(), b)
	ask(h, officeB, courier, paper)
	h.must(officeB, courier, paper)
	h.must(officeB, clerkB, closedmail.Redirect{Item: lost, ToUnit: "11407", ToOffice: officeA})
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
	h.partnerActs()
	h.now = h.now.AddDate(2, 0, 1)
	for _, who := range []postal.StaffID{headA, clerkA} {
		h.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2020-01-02"), Until: day("2023-01-01")})
	}
	h.must(officeA, registry2, closedmail.ConfirmStatement{Body: bodyTwo, Month: "2020-04", Verdict: closedmail.Differs, Digest: closedmail.Digest(strings.Repeat("0a", 32))})
	h.must(officeA, headA, closedmail.Excuse{Item: c, Reason: "storm"})
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

// partnerActs does each act with a partner: something goes out, is told of and comes back, and something comes in.
func (h *house) partnerActs() {
	h.t.Helper()
	h.contract()
	h.must(officeA, headA, closedmail.NamePartnerPerson{Partner: partnerOne, Person: "nv-d2"})
	h.must(officeA, headA, closedmail.EndPartnerPerson{Partner: partnerOne, Person: "nv-d2"})
	out := h.accept(outbound())
	bag := h.outBag("tui-02", out)
	give := h.giving(bag)
	give.Vehicle, give.Escort = "xe-01", courier
	h.must(officeA, clerkA, give)
	h.told(h.now, closedmail.Tell{Item: out, Told: "attempted", Reason: "absent", Document: "78/BK"})
	h.told(h.now, closedmail.Tell{Item: out, Told: "returned", Reason: "moved", Document: "78/BK"})
	in := h.brought(out, foreign(h.t, 1))
	h.must(officeA, clerkA, closedmail.ComeBack{Item: out, Bag: in})
	x := foreignCover(in, foreign(h.t, 1))
	x.Rules, x.DueMs, x.RecallBy = []closedmail.RuleID{"kt1.journey@2017-08-15"}, h.now.AddDate(0, 0, 2).UnixMilli(), day("2020-06-01")
	h.must(officeA, clerkA, x)
	h.must(officeA, clerkA, closedmail.EmptyVessel{Bag: in, Second: otherA})
	h.must(officeA, clerkA, closedmail.TakeVesselBack{Bag: bag})
	h.must(officeA, headA, closedmail.EndPartner{Partner: partnerOne, Reason: "expired"})
}
