package closedmail_test

import (
	"html"
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func (s *site) report(period string) closedmail.PeriodReport {
	s.t.Helper()
	x, err := s.pages.Records.Report(s.t.Context(), s.pages.Law, period, s.now.UnixMilli())
	if err != nil {
		s.t.Fatal(err)
	}
	return x
}

func (s *site) digest(period string) string {
	s.t.Helper()
	d, err := s.report(period).Digest()
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// TestWhatHappensAfterAPeriodDoesNotChangeItsReport: a report that was approved must not count other people when it is printed again.
func TestWhatHappensAfterAPeriodDoesNotChangeItsReport(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		s.accept(cover())
		s.now = time.Date(2020, 7, 10, 8, 0, 0, 0, postal.HoChiMinh)
		before, x := s.digest("2020h1"), s.report("2020h1")
		if x.Workers != 7 || x.Faulty != 2 {
			t.Fatalf("%d workers, %d bodies with faults", x.Workers, x.Faulty)
		}
		s.must(officeA, admin, closedmail.WithdrawPaper{Person: otherA, Paper: closedmail.Clearance, Reason: "moved"})
		s.must(officeA, admin, closedmail.NamePerson{Body: bodyOne, Person: contact2, As: closedmail.ForContact})
		if s.digest("2020h1") != before {
			t.Error("what was done in July changes the figures of the half-year that ended in June")
		}
		if x := s.report("2020h2"); x.Workers != 6 || x.Faulty != 1 {
			t.Errorf("now: %d workers, %d bodies with faults", x.Workers, x.Faulty)
		}
	})
}

// TestEveryShownFigureIsInTheFingerprint changes one at a time.
func TestEveryShownFigureIsInTheFingerprint(t *testing.T) {
	make := func() closedmail.PeriodReport {
		return closedmail.PeriodReport{Period: "2020h1", Classes: []closedmail.Class{{List: closedmail.Appendix2, Items: 1}}, Tallies: []closedmail.Tally{{What: "kt1.visit_began", Kind: "repair", N: 1}},
			Passages: []closedmail.Passage{{Section: "quality", Words: "Lời."}}, Figures: closedmail.Figures{Rounds: []closedmail.Rounds{{Office: officeA}}}}
	}
	seen := map[string]int{}
	for n, change := range []func(*closedmail.PeriodReport){
		func(*closedmail.PeriodReport) {}, func(x *closedmail.PeriodReport) { x.Period = "2020" }, func(x *closedmail.PeriodReport) { x.Passages[0].Words = "Lời khác." },
		func(x *closedmail.PeriodReport) { x.Classes[0].List = closedmail.Appendix1 }, func(x *closedmail.PeriodReport) { x.Classes[0].Secrecy = closedmail.SecrecyA },
		func(x *closedmail.PeriodReport) { x.Classes[0].Urgency = closedmail.Express }, func(x *closedmail.PeriodReport) { x.Classes[0].Inter = true }, func(x *closedmail.PeriodReport) { x.Classes[0].Items++ },
		func(x *closedmail.PeriodReport) { x.Classes[0].FeeVND++ }, func(x *closedmail.PeriodReport) { x.Classes[0].Unpriced++ }, func(x *closedmail.PeriodReport) { x.Classes[0].OnTime++ },
		func(x *closedmail.PeriodReport) { x.Classes[0].Judged++ }, func(x *closedmail.PeriodReport) { x.Classes[0].Excused++ }, func(x *closedmail.PeriodReport) { x.Classes[0].After++ },
		func(x *closedmail.PeriodReport) { x.Classes[0].WaitMin++ }, func(x *closedmail.PeriodReport) { x.Classes[0].Left++ }, func(x *closedmail.PeriodReport) { x.Tallies[0].N++ },
		func(x *closedmail.PeriodReport) { x.Workers++ }, func(x *closedmail.PeriodReport) { x.Faulty++ }, func(x *closedmail.PeriodReport) { x.Ended++ }, func(x *closedmail.PeriodReport) { x.Intact++ },
		func(x *closedmail.PeriodReport) { x.Inspected++ }, func(x *closedmail.PeriodReport) { x.Rounds[0].Days++ }, func(x *closedmail.PeriodReport) { x.Rounds[0].Rounds++ }, func(x *closedmail.PeriodReport) { x.Rounds[0].Below++ },
	} {
		x := make()
		change(&x)
		d, err := x.Digest()
		if before, twice := seen[d]; err != nil || twice {
			t.Errorf("change %d has the fingerprint of change %d, %v", n, before, err)
		}
		seen[d] = n
	}
}

// TestApprovalsOfTheFirstFormAreReadAndSaySo keeps what was approved before the second form.
func TestApprovalsOfTheFirstFormAreReadAndSaySo(t *testing.T) {
	x := closedmail.PeriodReport{Period: "2020h1", Passages: []closedmail.Passage{{Section: "compliance", Version: 2, Words: "Lời.", Writer: "nv-s1", AtMs: 5}},
		Classes: []closedmail.Class{{List: closedmail.Appendix2, Secrecy: closedmail.SecrecyA, Inter: true, Items: 3, Delivered: 2, OnTime: 1, Judged: 2, FeeVND: 30_000, Unpriced: 1}},
		Tallies: []closedmail.Tally{{"kt1.inspection_ended", "regular", 1}, {"kt1.inspection_ended", "surprise", 1}, {"kt1.inspection_finding", "papers", 4}, {"kt1.visit_began", "repair", 1}}}
	if d, err := x.FirstDigest(); err != nil || d != "d7d611a95bb55f18cc6e9524e93d038c4af004c41bd3295bf949845fe1733ffe" {
		t.Errorf("the first form has another fingerprint now: %s, %v", d, err)
	}
	s := newSite(t, sqltest.SQLite(t))
	s.accept(cover())
	s.as(security).done("/kt1/report/words", with(someWords(), "period", "2020h1")...)
	first, err := s.report("2020h1").FirstDigest()
	if err != nil {
		t.Fatal(err)
	}
	s.must(officeB, headB, closedmail.ApproveReport{Period: "2020h1", Digest: first, Writers: []postal.StaffID{security}})
	body := s.as(headA).get("/kt1/report?period=2020h1").body
	if !strings.Contains(body, "Đã duyệt theo mẫu trước: "+names[headB]) || digestOf(body) == "" {
		t.Error("an approval in the first form is not shown as one, or cannot be done again")
	}
	s.as(headA).done("/kt1/report/approve", "period", "2020h1", "digest", digestOf(body))
	if body := s.as(headA).get("/kt1/report?period=2020h1").body; !strings.Contains(body, "Đã duyệt: "+names[headA]) {
		t.Error("the approval in the second form does not stand")
	}
}

// TestTheReportCountsWhatCameWhole: a torn cover counts against the 100 % until a supervisor has found it sound; one wrapped anew counts for good.
func TestTheReportCountsWhatCameWhole(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		whole, torn, inBag := s.own(), s.own(), s.own()
		trouble := func(kind closedmail.Trouble, decision closedmail.Decision, things ...event.Thing) {
			t.Helper()
			s.must(officeA, clerkA, closedmail.ReportIncident{Kind: kind, Things: things})
			s.settle(officeA, clerkA, otherA, headA, decision)
		}
		trouble(closedmail.Torn, closedmail.Sound, event.Thing(whole))
		trouble(closedmail.Torn, closedmail.Rewrapped, event.Thing(torn))
		bag := s.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "tui-01"}).Facts[0].(event.BagStarted).Bag
		s.must(officeA, clerkA, closedmail.Pack{Item: inBag, Bag: bag, Via: true})
		trouble(closedmail.Seals, closedmail.Rewrapped, bag)
		s.must(officeA, clerkA, closedmail.Unpack{Item: inBag, Bag: bag})
		for _, i := range []postal.ItemNumber{whole, torn, inBag} {
			s.giveOutA(i)
			s.must(officeA, courier, deliver(i))
		}
		if x := s.report("2020h1"); x.Ended != 3 || x.Intact != 1 {
			t.Errorf("%d of %d came whole", x.Intact, x.Ended)
		}
		body := html.UnescapeString(s.as(headA).get("/kt1/report?period=2020h1").body)
		for _, want := range []string{"1/3 (33 %) · quy định 100 % (16/2017/TT-BTTTT, Điều 4 khoản 1)", "Số lượt phát mỗi ngày", "Mức tối thiểu tới cấp huyện: 2 lượt mỗi ngày (16/2017/TT-BTTTT, Điều 4 khoản 3)"} {
			if !strings.Contains(body, want) {
				t.Errorf("the report lacks %q", want)
			}
		}
		if x := s.report("2020h1"); len(x.Rounds) != 1 || x.Rounds[0] != (closedmail.Rounds{Office: officeA, Days: 1, Rounds: 3}) {
			t.Errorf("deliveries a day: %+v", x.Rounds)
		}
	})
}

// own accepts an item that the office itself delivers.
func (s *site) own() postal.ItemNumber {
	a := cover()
	a.ToOffice = officeA
	return s.accept(a)
}

// giveOutA gives an item of office A to the courier.
func (s *site) giveOutA(i postal.ItemNumber) {
	s.t.Helper()
	over := s.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Delivery: true, Vehicle: "xe-01", Things: []event.Thing{event.Thing(i)}})
	s.must(officeA, courier, closedmail.CountThings{Handover: over, Counts: []event.Count{{Thing: event.Thing(i)}}})
	s.sign(officeA, clerkA, over, custody.Giver)
	s.sign(officeA, courier, over, custody.Taker)
}

// TestNoDistrictNoDeliveriesADay: the rule ended with the districts on 30 June 2025, and with it what the report says of it.
func TestNoDistrictNoDeliveriesADay(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.in2026()
	s.must(officeA, admin, closedmail.FilePaper{Person: courier, Paper: closedmail.Training, On: day("2026-01-02"), Until: day("2027-01-01")})
	s.must(officeA, headA, closedmail.Inspect{Facility: "xe-01", Until: day("2027-04-20")})
	s.giveOutA(s.own())
	if x := s.report("2026h2"); len(x.Rounds) != 0 {
		t.Errorf("deliveries a day: %+v", x.Rounds)
	}
	if body := s.as(headA).get("/kt1/report?period=2026h2").body; strings.Contains(body, "Số lượt phát mỗi ngày") {
		t.Error("the report measures by a rule that has ended")
	}
}

// TestInspectionsOfTheYearStandAgainstTheRule: unannounced ones are told apart, and what was found is counted by kind.
func TestInspectionsOfTheYearStandAgainstTheRule(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	for n, surprise := range []bool{false, true} {
		s.must(officeA, clerkA, closedmail.Announce{Authority: "department", Surprise: surprise, On: day("2020-04-22")})
		open := closedmail.Cases(s.View(t.Context()), "inspection")
		s.must(officeA, headA, closedmail.EndInspection{Inspection: open[0].ID, Findings: []closedmail.Finding{"papers", "seals"}[:n+1]})
	}
	if x := s.report("2020h1"); x.Inspected != 1 {
		t.Errorf("%d regular inspections", x.Inspected)
	}
	body := html.UnescapeString(s.as(headA).get("/kt1/report?period=2020h1").body)
	for _, want := range []string{"1 · quy định 1 (16/2017/TT-BTTTT, Điều 14 khoản 1)", "Kiểm tra phát hiện phải sửa", "Hồ sơ, cam kết", "Đột xuất"} {
		if !strings.Contains(body, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

// TestSuperiorForceIsRecordedOnceForALateItem and then nobody judges its delay.
func TestSuperiorForceIsRecordedOnceForALateItem(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		head, path := s.as(headA), s.as(clerkA).done("/kt1/accept", coverForm()...)
		item := postal.ItemNumber(last(path))
		s.refused("closedmail.not_late", officeA, headA, closedmail.Excuse{Item: item, Reason: "storm"})
		if strings.Contains(head.get(path).body, "/excuse") {
			t.Error("an item that is not late can be excused")
		}
		s.now = s.now.AddDate(0, 0, 9)
		if strings.Contains(s.as(clerkA).get(path).body, "/excuse") {
			t.Error("a clerk can excuse")
		}
		if a := s.as(clerkA).post(path+"/excuse", "reason", "storm"); a.status != 403 {
			t.Errorf("a clerk excuses: %d", a.status)
		}
		s.refused("closedmail.choice", officeA, headA, closedmail.Excuse{Item: item, Reason: "rain"})
		judged := func() (n, excused int) {
			for _, c := range s.report("2020h1").Classes {
				n, excused = n+c.Judged, excused+c.Excused
			}
			return n, excused
		}
		if n, _ := judged(); n != 1 {
			t.Errorf("%d late items are judged", n)
		}
		head.done(path+"/excuse", "reason", "storm")
		if n, excused := judged(); n != 0 || excused != 1 {
			t.Errorf("%d judged, %d excused", n, excused)
		}
		s.refused("closedmail.excused", officeA, headA, closedmail.Excuse{Item: item, Reason: "flood"})
		for page, want := range map[string]string{path: "Chậm vì bất khả kháng, không tính", "/kt1": "Bất khả kháng", "/kt1/report?period=2020h1": "Chậm vì bất khả kháng, không tính"} {
			if !strings.Contains(head.get(page).body, want) {
				t.Errorf("%s does not say %q", page, want)
			}
		}
		s.sound()
	})
}
