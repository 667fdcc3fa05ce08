package closedmail_test

import (
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

func TestADocumentThatWentBackUndeliveredIsNeitherOutNorDelivered(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		recall := cover()
		recall.RecallBy = day("2020-05-20")
		i := s.accept(recall)
		bag := s.vessel("tui-01", i)
		s.send(bag)
		s.unpack(bag, i)
		s.must(officeB, clerkB, closedmail.SendBack{Item: i, Reason: "moved"})
		s.home(i)
		back := deliver(i)
		back.Receiver = registry1
		s.must(officeA, courier, back)
		if all := closedmail.Recalls(s.View(t.Context())); len(all) != 0 {
			t.Errorf("it is back with its sender, and still out: %+v", all[0])
		}
		if c := s.cover(i); c.Delivered != 0 || c.Returned == 0 || c.Receiver != registry1 {
			t.Errorf("%+v", c)
		}
		s.refused("closedmail.returns", officeB, clerkB, closedmail.Accept{Office: officeB, Number: "9/UB", Sender: bodyTwo, HandedBy: registry2, Addressee: bodyOne, WeightG: 80, ToUnit: "11407", ToOffice: officeA, Returns: i})
		all, err := s.pages.Records.Volume(t.Context(), day("2020-04-20"), day("2020-04-30"), s.now.AddDate(1, 0, 0).UnixMilli())
		if err != nil || len(all) != 1 || all[0].Items != 1 || all[0].Delivered != 0 || all[0].Judged != 0 {
			t.Errorf("volume %+v %v", all, err)
		}
		s.sound()
	})
}

func TestWhatIsSearchedForIsNotCountedAwayAtAChangeOfShift(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	h.must(officeA, clerkA, closedmail.HandShift{Office: officeA, To: otherA}) // nobody counted it
	missing := h.incidents(officeA)[0]
	h.must(officeA, otherA, closedmail.SignMinutes{Incident: missing.ID, Second: clerkA})
	h.must(officeA, otherA, closedmail.ReportUp{Incident: missing.ID, To: "province"})
	h.must(officeA, headA, closedmail.CloseSearch{Incident: missing.ID, Second: clerkA})
	count := closedmail.HandShift{Office: officeA, To: clerkA, Held: []event.Thing{event.Thing(i)}}
	h.refused("closedmail.find_first", officeA, otherA, count)
	h.must(officeA, otherA, closedmail.ReportFound{Thing: event.Thing(i)})
	f, _ := factOf[event.ShiftHanded](h.must(officeA, otherA, count).Facts)
	if len(f.Held) != 1 || len(f.Short)+len(f.Over) != 0 {
		t.Errorf("%+v", f)
	}
	h.sound()
}

func TestKeepingBeginsWithTheLastLineOfAPage(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	line := h.now
	page := closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: closedmail.PageRows, Total: closedmail.PageRows, LastMs: line.UnixMilli()}
	h.must(officeA, clerkA, page)
	for _, who := range []postal.StaffID{headA, clerkA, otherA} {
		h.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2020-01-02"), Until: day("2030-01-01")})
	}
	h.now = line.AddDate(3, 0, 0)
	page.Reason = "archive"
	h.must(officeA, clerkA, page) // printed again long after its time
	destroy := closedmail.DestroyPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, KeptMs: line.UnixMilli(), Rule: "kt1.records.paper@2017-08-15", Second: clerkA}
	h.refused("closedmail.keep", officeA, headA, destroy)
	destroy.KeptMs = line.AddDate(2, 0, 0).UnixMilli()
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: "intrusion"})
	h.refused("closedmail.held", officeA, headA, destroy)
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	if f := h.must(officeA, headA, destroy).Facts[0].(event.RegisterDestroyed); f.KeptMs != destroy.KeptMs {
		t.Errorf("%+v", f)
	}
	h.sound()
}

func TestAComplaintElsewhereHoldsTheRecordsOfTheItem(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	line := h.now
	h.must(officeA, clerkA, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 1, Total: 1, LastMs: line.UnixMilli()})
	for _, who := range []postal.StaffID{headA, clerkA, clerkB, headB} {
		h.must(officeA, admin, closedmail.FilePaper{Person: who, Paper: closedmail.Training, On: day("2020-01-02"), Until: day("2030-01-01")})
	}
	h.now = line.AddDate(2, 1, 0)
	c := h.must(officeB, clerkB, closedmail.Complain{Body: bodyTwo, Item: i, About: "late", DueMs: h.now.AddDate(0, 0, 9).UnixMilli()}).Facts[0].(event.ComplaintOpened).Complaint
	destroy := closedmail.DestroyPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, KeptMs: line.AddDate(2, 0, 0).UnixMilli(), Rule: "kt1.records.paper@2017-08-15", Second: clerkA}
	h.refused("closedmail.held", officeA, headA, destroy)
	h.must(officeB, headB, closedmail.Answer{Complaint: closedmail.ID(c), Outcome: "rejected"})
	h.must(officeA, headA, destroy)
}

func TestTheFirstPageToPrintIsTheFirstThatMayBePrinted(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	const pages = 260
	if _, err := s.pages.Records.Tallies(t.Context(), day("2020-01-01"), day("2020-01-02")); err != nil { // catches up
		t.Fatal(err)
	}
	for n := 1; n <= pages*closedmail.PageRows; n++ {
		if _, err := s.db.Write().ExecContext(t.Context(), `INSERT INTO closedmail_line (register, office, n, seq, at_ms, code, number, sender, addressee, marks, first, second, count, what) VALUES ('out', $1, $2, $2, 1, '', '', '', '', '', '', '', 0, '')`, string(officeA), n); err != nil {
			t.Fatal(err)
		}
	}
	clerk := s.as(clerkA)
	for _, printed := range []int{0, 1, 7} {
		for page := 1; page <= printed; page++ {
			if _, err := s.do(officeA, clerkA, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: page, Rows: closedmail.PageRows, Total: page * closedmail.PageRows}); err != nil && page == printed {
				t.Fatal(err)
			}
		}
		if a := clerk.get("/kt1/registers").body; !strings.Contains(a, "Từ trang "+string(rune('1'+printed))+"<") {
			t.Errorf("with %d pages printed another page is named", printed)
		}
	}
}

func TestAnIncidentIsReportedByWhoeverHoldsTheThing(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	mine, gone := h.accept(cover()), h.accept(cover())
	report := func(i postal.ItemNumber) closedmail.ReportIncident {
		return closedmail.ReportIncident{Kind: "other", Things: []event.Thing{event.Thing(i)}}
	}
	local := cover()
	local.ToOffice = officeA
	here := h.accept(local)
	h.refused("closedmail.unknown", officeB, clerkB, report(here)) // looks like what was never there
	h.refused("closedmail.held_elsewhere", officeB, clerkB, report(mine))
	h.refused("closedmail.unknown", officeB, clerkB, closedmail.ReportFound{Thing: event.Thing(here)})
	bag := h.vessel("tui-01", gone)
	h.send(bag)
	h.unpack(bag, gone)
	h.giveOut(gone)
	h.refused("closedmail.held_elsewhere", officeB, clerkB, report(gone)) // A's courier carries it
	if holder := h.holder(event.Thing(gone)); custody.Carrier(holder) != courier {
		t.Fatalf("with %s", holder)
	}
	h.must(officeA, headA, report(gone))
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
}

func TestTheSecondPersonSeesWhatHeSigns(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	i := s.accept(cover())
	s.must(officeA, clerkA, closedmail.HandShift{Office: officeA, To: otherA})
	missing := s.incidents(officeA)[0].ID
	s.must(officeA, otherA, closedmail.SignMinutes{Incident: missing, Second: clerkA})
	s.must(officeA, otherA, closedmail.ReportUp{Incident: missing, To: "province"})
	w := ask(s.house, officeA, headA, closedmail.CloseSearch{Incident: missing, Second: clerkA})
	if a := s.as(clerkA).get("/kt1/signatures/" + string(w.ID)).body; !strings.Contains(a, string(i)) || !strings.Contains(a, "Giữ sau cùng theo sổ") {
		t.Error("who signs the end of a search does not see what is searched for, nor who held it last")
	}
	stray := last(s.as(clerkB).done("/kt1/accept", coverForm("sender", string(bodyTwo), "addressee", string(bodyOne), "handed_by", string(registry2))...))
	shift := ask(s.house, officeA, otherA, closedmail.HandShift{Office: officeA, To: clerkA, Held: []event.Thing{event.Thing(stray)}})
	if a := s.as(clerkA).get("/kt1/signatures/" + string(shift.ID)).body; !strings.Contains(a, stray) || !strings.Contains(a, "không có trong sổ bưu cục này") || strings.Contains(a, "bưu gửi C") {
		t.Error("a thing of another office is described")
	}
}

func TestANumberOnACoverHasNoRoomForASubject(t *testing.T) {
	for _, s := range []string{"123/QĐ-UBND", "77-CV/BTGTU", "12/2026/NĐ-CP", "45/BC-STTTT", "9", "15-QĐ/TU", "123/TTR-BQLKKT"} {
		if _, err := closedmail.ParseCoverNumber(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range []string{"1-BIEN/TANCON-CAMRAN-DEMNAY", "1/TANCON-CAMRANH", "1/TAN-CON-CAM", "12/26/QĐ", "1-BIEN/UB", "QĐ-UB", "1/qđ"} {
		if _, err := closedmail.ParseCoverNumber(s); err == nil {
			t.Errorf("%s is taken", s)
		}
	}
}

func TestASealIsTheSameHoweverItIsTyped(t *testing.T) {
	for _, s := range []string{"NP-77123", "np77123", "np 77123", " NP 77 123 ", "Np.77123"} {
		if got, err := closedmail.ParseSeal(s); err != nil || got != "NP-77123" {
			t.Errorf("%q is read as %q, %v", s, got, err)
		}
	}
	if got, err := closedmail.ParseSeal("0 012 345"); err != nil || got != "0012345" {
		t.Errorf("digits alone: %q %v", got, err)
	}
	for _, s := range []string{"", "NP", "12", "ABCDE-12345", "77123-NP", "NP-77123-1234567", "NP_77123", "số 77123"} {
		if got, err := closedmail.ParseSeal(s); err == nil {
			t.Errorf("%q is taken as %q", s, got)
		}
	}
}

func TestAnItemIsNotPackedForAnotherOfficeUnseen(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	local := cover()
	local.ToOffice = officeA
	i := s.accept(local)
	bag := s.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "tui-01"}).Facts[0].(event.BagStarted).Bag
	clerk := s.as(clerkA)
	clerk.saysNo("Hãy xếp vào túi khác", "/kt1/vessels/"+string(bag)+"/pack", "item", string(i))
	if a := clerk.get("/kt1").body; !strings.Contains(a, "phát tại đây") {
		t.Error("the board does not say where the item goes")
	}
	clerk.done("/kt1/vessels/"+string(bag)+"/pack", "item", string(i), "via", "1")
	if holder := s.holder(event.Thing(i)); holder != custody.AtOffice(officeA) {
		t.Errorf("with %s", holder)
	}
}

func TestTheBoardOfTheDestinationKnowsWhatComesAndWhatHasCome(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	secret := cover()
	secret.Secrecy, secret.Locator = closedmail.SecrecyA, "dv-01"
	i := s.accept(secret)
	bag := s.vessel("tui-01", i)
	trip := s.dispatch(bag)
	s.leave(trip, bag)
	if a := s.as(clerkB).get("/kt1").body; !strings.Contains(a, string(trip)) || !strings.Contains(a, "Đỗ Văn Mẫu") {
		t.Error("the office of destination is not told of the dispatch that comes")
	}
	if a := s.as(clerkA).get("/kt1").body; !strings.Contains(a, string(trip)) {
		t.Error("the office that sent the dispatch has lost sight of it")
	}
	s.arrive(trip, bag)
	s.unpack(bag, i)
	if a := s.as(clerkB).get("/kt1").body; !strings.Contains(a, "đã đến, phải phát, cũ nhất trước") || !strings.Contains(a, string(i)) {
		t.Error("a letter A that has come is one among others")
	}
}

func TestAnOpenedCoverIsInvestigatedBeforeTheAnswer(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	head := s.as(headA)
	item := last(s.as(clerkA).done("/kt1/accept", coverForm()...))
	head.saysNo("phải ghi số hiệu bưu gửi", "/kt1/cases/complain", "body", string(bodyTwo), "about", "opened")
	if to := head.done("/kt1/cases/complain", "body", string(bodyTwo), "item", item, "about", "opened"); !strings.Contains(to, "/kt1/incidents/") {
		t.Errorf("nobody is led to the incident, but to %s", to)
	}
	c := closedmail.Cases(s.View(t.Context()), "complaint")[0]
	answer := []string{"id", string(c.ID), "outcome", "partly", "pays", "250000"}
	head.saysNo("phải điều tra xong mới trả lời", "/kt1/cases/answer", answer...)
	s.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	head.saysNo("Chỉ bồi thường khi", "/kt1/cases/answer", "id", string(c.ID), "outcome", "rejected", "pays", "250000")
	head.done("/kt1/cases/answer", answer...)
	if a := head.get("/kt1/cases").body; !strings.Contains(a, "bồi thường 250.000") {
		t.Error("the page does not say what was paid")
	}
	s.sound()
}

func TestADocumentOnItsWayBackIsSeenOnBothItems(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	recall := cover()
	recall.RecallBy = day("2020-05-20")
	i := s.accept(recall)
	bag := s.vessel("tui-01", i)
	s.send(bag)
	s.unpack(bag, i)
	s.giveOut(i)
	s.must(officeA, courier, deliver(i))
	back := closedmail.Accept{Office: officeB, Number: "9/UB", Sender: bodyTwo, HandedBy: registry2, Addressee: bodyOne, WeightG: 80, ToUnit: "11407", ToOffice: officeA, Returns: i}
	r := s.must(officeB, clerkB, back)
	b := r.Facts[0].(event.ItemAccepted).Item
	s.refused("closedmail.returns", officeB, clerkB, back) // once is enough
	for path, want := range map[string]postal.ItemNumber{"/kt1/items/" + string(i): b, "/kt1": b} {
		if a := s.as(clerkA).get(path).body; !strings.Contains(a, string(want)) {
			t.Errorf("%s does not name %s", path, want)
		}
	}
	if a := s.as(clerkB).get("/kt1/items/" + string(b)).body; !strings.Contains(a, string(i)) {
		t.Error("the item that returns it does not name the document")
	}
	s.must(officeB, clerkB, closedmail.UndoAccept{Item: b, Act: r.Act, Second: headB})
	s.must(officeB, clerkB, back) // the first was a mistake
	s.sound()
}

func TestNobodyIsMadeAReceiverOfWhatWasSignedBefore(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	list := h.listed(i)
	signed := h.back(40)
	h.must(officeA, admin, closedmail.NamePerson{Body: bodyTwo, Person: "nv-r7", As: closedmail.ForClerk})
	late := onPaper(list, signed, i)
	late.Receiver = "nv-r7"
	h.refused("closedmail.named_later", officeB, courier, late)
	h.must(officeB, courier, onPaper(list, signed, i))
	h.sound()
}

func TestWhatAnotherOfficeHoldsIsNotFrozenFromHere(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	local := cover()
	local.ToOffice = officeA
	i := h.accept(local) // A's, and none of B's business
	h.refused("closedmail.not_theirs", officeB, headB, closedmail.Complain{Body: bodyTwo, Item: i, About: closedmail.AboutOpened, DueMs: h.now.AddDate(0, 0, 9).UnixMilli()})
	f, _ := factOf[event.ShiftHanded](h.must(officeB, clerkB, closedmail.HandShift{Office: officeB, To: otherB, Held: []event.Thing{event.Thing(i)}}).Facts)
	if len(f.Over) != 1 {
		t.Errorf("%+v", f)
	}
	x := h.incidents(officeB)
	if len(x) != 1 || x[0].Kind != "over" || len(x[0].Things) != 0 {
		t.Errorf("incidents %+v", x)
	}
	if c := h.cover(i); c.Frozen != "" {
		t.Error("B has frozen what A holds")
	}
	h.sound()
}

func TestAnItemOfOursComesBackFromAPartnerAndIsDeliveredToNobody(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	i := h.accept(outbound())
	bag := h.outBag("tui-01", i)
	h.must(officeA, clerkA, h.giving(bag))
	h.told(h.now, closedmail.Tell{Item: i, Told: custody.ToldReturned, Reason: "moved", Document: "78/BK"})
	_, err := h.tell(h.now, closedmail.Tell{Item: i, Told: custody.ToldDelivered, Document: "79/BK"})
	if fault.Code(err) != "closedmail.comes_back" {
		t.Errorf("one clerk ends it: %v", err)
	}
	if _, err := h.do(officeB, clerkB, closedmail.Tell{Item: i, Told: custody.ToldAttempted, Reason: "absent", Document: "80/BK"}); fault.Code(err) != "closedmail.unknown" && fault.Code(err) != "closedmail.other_office" {
		t.Errorf("another office tells of it: %v", err)
	}
	if _, err := h.do(officeB, clerkB, closedmail.TakeVesselBack{Bag: bag}); fault.Code(err) != "closedmail.unknown" {
		t.Errorf("another office takes our bag: %v", err)
	}
	h.sound()
}
