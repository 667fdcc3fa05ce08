package dossier_test

import (
	"encoding/binary"
	"testing"
	"time"

	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func both(t *testing.T, do func(t *testing.T, h *house)) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) { do(t, newHouse(t, db)) })
}

// If this fails the legal time of filing is wrong: it is the second signature at the agency, nothing before it.
func TestADossierIsFiledWhenBothHaveSigned(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		d := h.wants(n, dossier.Accepted)
		if d.Send.DueMs == 0 || d.Place() != dossier.OfficeBoard(officeA) {
			t.Errorf("due %d, on %q", d.Send.DueMs, d.Place())
		}
		h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(carrier), clerkA, carrier, d.Item)
		h.wants(n, dossier.InTransit)
		code := h.open(officeA, custody.ByCarrier(carrier), atAgency, carrier, d.Item)
		h.wants(n, dossier.AtAgency)
		h.must(desk, officer, h.compare(code, n))
		h.must(officeA, carrier, custody.SignHandover{Handover: code, Side: custody.Giver})
		if d = h.wants(n, dossier.AtAgency); d.Filed() {
			t.Fatal("filed by one signature")
		}
		h.pass(time.Hour)
		h.refused("custody.handover_others", stranger, officer, custody.SignHandover{Handover: code, Side: custody.Taker})
		h.must(desk, officer, custody.SignHandover{Handover: code, Side: custody.Taker})
		d = h.wants(n, dossier.HandedOver)
		if d.FiledMs != h.now().UnixMilli() || d.Send.StoppedMs != d.FiledMs || d.Place() != dossier.AgencyBoard(agency) {
			t.Errorf("filed at %d, post stopped at %d, on %q", d.FiledMs, d.Send.StoppedMs, d.Place())
		}
	})
}

// A handover that is called off, or breaks between the two signatures, must leave the dossier with the postman and file nothing.
func TestANetworkLostBetweenTheSignaturesFilesNothing(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormSend)
		item := h.get(n).Item
		h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(carrier), clerkA, carrier, item)
		code := h.open(officeA, custody.ByCarrier(carrier), atAgency, carrier, item)
		h.must(desk, officer, h.compare(code, n))
		h.must(officeA, carrier, custody.SignHandover{Handover: code, Side: custody.Giver})
		h.must(officeA, carrier, custody.WithdrawHandover{Handover: code, Reason: "recount"})
		if d := h.wants(n, dossier.InTransit); d.Filed() {
			t.Error("filed without the second signature")
		}
		code = h.open(officeA, custody.ByCarrier(carrier), atAgency, carrier, item)
		h.must(desk, officer, h.compare(code, n))
		h.signBoth(officeA, code, carrier, officer, custody.ByCarrier(carrier), atAgency)
		h.wants(n, dossier.HandedOver)
	})
}

// If this fails an officer who takes half of a bundle files the other half too, or nobody sees what was missing.
func TestTheOfficerDecidesOnEachDossierOfABundle(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		whole, lacking, no, otherSeal := h.take(dossier.FormBoth), h.take(dossier.FormBoth), h.take(dossier.FormBoth), h.take(dossier.FormBoth)
		h.bring(func(n postal.DossierNumber, c *dossier.Compare) {
			switch n {
			case lacking:
				c.Papers = []event.Paper{{Component: "01", Originals: 1}, {Component: "02", Certified: 1}}
				h.refused("dossier.papers_short", desk, officer, *c)
				c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"01"}, "paper_missing"
			case no:
				c.Verdict, c.Reason = dossier.NotTaken, "not_competent"
				h.refused("dossier.choice", desk, officer, *c) // without its legal basis
				c.Basis = "onestop_17"
			case otherSeal:
				c.Seal = "NP000999"
			}
		}, whole, lacking, no, otherSeal)
		h.wants(whole, dossier.HandedOver)
		h.wants(otherSeal, dossier.HandedOver)
		if d := h.wants(lacking, dossier.SupplementRequested); d.Filed() || d.Supplements != 1 {
			t.Errorf("filed %v, %d requests", d.Filed(), d.Supplements)
		}
		d := h.wants(no, dossier.Refused)
		if d.Filed() || d.Compared.Basis != "onestop_17" || d.Place() != dossier.OfficeBoard(officeA) {
			t.Errorf("refused: %+v on %q", d.Compared, d.Place())
		}
		for n, want := range map[postal.DossierNumber]int{whole: 0, lacking: 1, no: 0, otherSeal: 1} {
			i, _ := ledger.Get[*custody.Item](h.view(), custody.ItemKey(h.get(n).Item))
			if i.Open != want {
				t.Errorf("%d irregularities, want %d", i.Open, want)
			}
		}
		h.handOver(officeA, custody.ByCarrier(carrier), custody.AtOffice(officeA), carrier, clerkA, d.Item)
		back := dossier.GiveBack{Dossier: no, To: "self", Papers: papers()[:2]}
		h.refused("custody.identity", officeA, clerkA, back)
		back.Identity = "cmnd"
		fewer := back
		fewer.Papers = papers()[1:2]
		h.refused("dossier.back_count", officeA, clerkA, fewer)
		h.must(officeA, clerkA, back)
		h.wants(no, dossier.GivenBack)
	})
}

// If this fails an agency could ask for papers again and again, or its clock would run while the citizen looks for them.
func TestPapersAreAskedForOnce(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		filed := h.get(n).FiledMs
		ask := dossier.RequestSupplement{Dossier: n, Papers: []string{"02"}, Reason: "copy_not_certified", Restarts: true, Most: 1}
		h.refused("dossier.other_agency", stranger, officer, ask)
		h.must(desk, officer, ask)
		h.wants(n, dossier.SupplementRequested)
		send := dossier.SendSupplement{Dossier: n, Papers: []event.Paper{{Component: "07", Originals: 1}}, Seal: nextSeal(), Carriage: sending(officeA, event.DossierSend, officeA, "")}
		h.refused("dossier.beyond_request", officeA, clerkA, send)
		send.Papers = []event.Paper{{Component: "02", Certified: 1}}
		var item postal.ItemNumber
		for _, f := range h.must(officeA, clerkA, send).Facts {
			if x, ok := f.(event.SupplementSent); ok {
				item = x.Item
			}
		}
		h.pass(30 * time.Hour)
		code := h.open(officeA, custody.AtOffice(officeA), atAgency, clerkA, item)
		h.must(desk, officer, dossier.Compare{Handover: code, Dossier: n, Seal: send.Seal, Papers: send.Papers, Verdict: dossier.Complete, Most: 1})
		h.signBoth(officeA, code, clerkA, officer, custody.AtOffice(officeA), atAgency)
		d := h.wants(n, dossier.HandedOver)
		if d.FiledMs != filed || d.CountMs != h.now().UnixMilli() {
			t.Errorf("filed %d, was %d; counts from %d", d.FiledMs, filed, d.CountMs)
		}
		h.refused("dossier.supplement_once", desk, officer, ask)
	})
}

// If this fails a dossier that had to be completed counts as filed too early, or never.
func TestFilingIsWhenThePapersBecameComplete(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		h.bring(func(_ postal.DossierNumber, c *dossier.Compare) {
			c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"02"}, "copy_not_certified"
		}, n)
		h.wants(n, dossier.SupplementRequested)
		h.refused("dossier.filed", officeA, clerkA, dossier.Withdraw{Dossier: n, Reason: "mistake"})
		h.pass(26 * time.Hour)
		h.refused("dossier.agency_only", officeA, clerkA, dossier.CompleteSupplement{Dossier: n})
		h.must(desk, officer, dossier.CompleteSupplement{Dossier: n})
		if d := h.wants(n, dossier.HandedOver); d.FiledMs != h.now().UnixMilli() || d.CountMs != d.FiledMs {
			t.Errorf("filed at %d", d.FiledMs)
		}
	})
}

// If this fails a result reaches somebody whom nobody knows, short of papers, or with fees taken twice.
func TestAResultGoesToTheRightPersonCounted(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		h.must(desk, officer, dossier.IssueSlip{Dossier: n, Code: "H24.12.5-260302-0042", Due: postal.MakeDay(2026, 3, 10)})
		h.must(officeA, clerkA, dossier.TellSlip{Dossier: n, How: "phone"})
		if d := h.wants(n, dossier.SlipTold); d.EndedMs != 0 {
			t.Error("ended although the result is still to be fetched")
		}
		h.must(desk, officer, dossier.AnnounceResult{Dossier: n, Hearing: dossier.Hearing{Lines: []string{"old"}}, Outcome: "granted", OwedVND: 8_000, Recall: []string{"old"}})
		d := h.fetch(n)
		if d.Return.StartedMs == 0 || d.Place() != dossier.OfficeBoard(officeB) {
			t.Errorf("return clock from %d, on %q", d.Return.StartedMs, d.Place())
		}
		give := giving(n)
		h.refused("dossier.recall", officeB, clerkB, give)
		give.Recalled = []event.Paper{{Component: "old", Originals: 1}}
		h.refused("dossier.owed_differs", officeB, clerkB, give)
		give.Fees = []event.StateFee{{Kind: "charge", AmountVND: 8_000, How: dossier.ByPost}}
		nobody := give
		nobody.Identity = ""
		h.refused("dossier.choice", officeB, clerkB, nobody)
		proxy := give
		proxy.To = "proxy"
		h.refused("dossier.proxy_authority", officeB, clerkB, proxy)
		short := give
		short.Papers = nil
		h.refused("dossier.result_count", officeB, clerkB, short)
		h.refused("custody.identity", officeB, clerkB, custody.Deliver{Item: d.Result, To: "addressee"})
		h.must(officeB, clerkB, give)
		d = h.wants(n, dossier.Delivered)
		if d.EndedMs == 0 || d.Place() != "" || d.Return.StoppedMs == 0 {
			t.Errorf("ended %d, on %q, clock stopped %d", d.EndedMs, d.Place(), d.Return.StoppedMs)
		}
		recalled := sending(officeB, event.DossierSend, officeA, "")
		recalled.FeeVND = 0
		h.must(officeB, clerkB, dossier.SendRecalled{Dossier: n, Seal: nextSeal(), Carriage: recalled})
		h.handOver(officeB, custody.AtOffice(officeB), atAgency, clerkB, officer, h.get(n).RecalledItem)
		if d = h.wants(n, dossier.Delivered); d.RecalledMs == 0 {
			t.Error("the agency has the recalled papers, the dossier does not know")
		}
	})
}

// If this fails a result that went to the wrong person is lost to the ledger.
func TestAWrongDeliveryIsTakenBack(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		d := h.fetch(n)
		given := h.must(officeB, clerkB, giving(n))
		h.refused("custody.undo_given", officeB, clerkB, custody.Undo{Item: d.Result, Act: given.Act})
		h.must(officeB, clerkB, custody.TakeBack{Item: d.Result, Reason: "wrong_person"})
		d = h.wants(n, dossier.Returning)
		if d.Wrong != 1 || d.EndedMs != 0 || d.Return.StoppedMs != 0 {
			t.Errorf("wrong %d, ended %d, clock stopped %d", d.Wrong, d.EndedMs, d.Return.StoppedMs)
		}
		h.must(officeB, clerkB, giving(n))
		h.wants(n, dossier.Delivered)
	})
}

// If this fails a result goes back to the agency before the citizen was asked twice, or never.
func TestAResultGoesBackAfterEnoughInvitations(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		d := h.fetch(n)
		h.handOver(officeB, custody.AtOffice(officeB), custody.ByCarrier(carrier), clerkB, carrier, d.Result)
		first := dossier.TryDelivery{Attempt: custody.Attempt{Item: d.Result, Reason: "absent", Next: "again"}, Invite: dossier.Invite{Dossier: n, How: "visit", Counts: true}}
		bad := first
		bad.Attempt.Next = "return"
		h.refused("custody.result_turns_by_dossier", officeB, carrier, bad)
		h.must(officeB, carrier, first)
		h.wants(n, dossier.AttemptFailed)
		h.handOver(officeB, custody.ByCarrier(carrier), custody.AtOffice(officeB), carrier, clerkB, d.Result)
		h.wants(n, dossier.AttemptFailed)
		h.refused("custody.result_turns_by_dossier", officeB, clerkB, custody.Return{Item: d.Result, Reason: "unclaimed"})
		back := dossier.ReturnUnclaimed{Dossier: n, Least: 2}
		h.refused("dossier.invite_more", officeB, clerkB, back)
		h.pass(72 * time.Hour)
		h.refused("dossier.invited_meanwhile", officeB, clerkB, dossier.Invite{Dossier: n, How: "phone", Counts: true})
		h.must(officeB, clerkB, dossier.Invite{Dossier: n, How: "phone", Counts: true, LastMs: h.get(n).InvitedMs})
		h.must(officeB, clerkB, back)
		h.wants(n, dossier.GoingBack)
		h.handOver(officeB, custody.AtOffice(officeB), atAgency, clerkB, officer, d.Result)
		if d = h.wants(n, dossier.ReturnedToAgency); d.EndedMs == 0 {
			t.Error("not ended")
		}
	})
}

// If this fails a citizen cannot have his papers back, or a dossier is filed after he took it back.
func TestACitizenWithdrawsInTransit(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormSend)
		item := h.get(n).Item
		bag := h.must(officeA, clerkA, custody.StartBag{Office: officeA, To: officeB}).Facts[0].(event.BagStarted).Bag
		h.must(officeA, clerkA, custody.Pack{Item: item, Bag: bag})
		h.wants(n, dossier.InTransit)
		h.must(officeA, clerkA, dossier.Withdraw{Dossier: n, Reason: "changed_mind"})
		h.wants(n, dossier.TurningBack)
		h.must(officeA, clerkA, custody.Unpack{Item: item, Bag: bag})
		h.wants(n, dossier.TurningBack)
		if _, err := h.do(officeA, clerkA, custody.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: atAgency, Things: []event.Thing{event.Thing(item)}}); err == nil {
			t.Fatal("a withdrawn dossier goes to the agency")
		}
		h.must(officeA, clerkA, dossier.GiveBack{Dossier: n, To: "self", Identity: "passport", Papers: papers()[:2]})
		d := h.wants(n, dossier.GivenBack)
		i, _ := ledger.Get[*custody.Item](h.View(t.Context()), custody.ItemKey(d.Item))
		h.refused("custody.undo_given", officeA, clerkA, custody.Undo{Item: d.Item, Act: i.Last.Act})
		h.must(officeA, clerkA, custody.TakeBack{Item: d.Item, Reason: "wrong_person"})
		if d = h.wants(n, dossier.TurningBack); d.Wrong != 1 || d.EndedMs != 0 {
			t.Errorf("taken back: wrong %d, ended %d", d.Wrong, d.EndedMs)
		}
		h.must(officeA, clerkA, dossier.GiveBack{Dossier: n, To: "self", Identity: "passport", Papers: papers()[:2]})
		h.wants(n, dossier.GivenBack)
		order := h.take(dossier.FormResult)
		h.wants(order, dossier.AwaitingResult)
		h.must(officeA, clerkA, dossier.Withdraw{Dossier: order, Reason: "file_elsewhere"})
		h.wants(order, dossier.Cancelled)
	})
}

// Loss, finding and an undone acceptance must show on the dossier without any act of its own.
func TestADossierFollowsItsPacket(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		item := h.get(n).Item
		h.must(officeA, clerkA, custody.ReportLost{Item: item, Reason: "not_found"})
		h.wants(n, dossier.Lost)
		h.must(officeA, clerkA, dossier.RecordLiability{Dossier: n, Item: item, Record: "BB-12/2026", Kind: "lost", Fault: "post"})
		h.must(officeA, clerkA, custody.Find{Item: item})
		h.wants(n, dossier.InTransit)
		undone := h.must(officeA, clerkA, taking(dossier.FormSend))
		gone := acceptedIn(undone)
		h.must(officeA, clerkA, custody.Undo{Item: h.get(gone).Item, Act: undone.Act})
		h.wants(gone, dossier.Cancelled)
	})
}

// A result whose acceptance was a mistake is packed anew.
func TestAResultPackedByMistakeIsPackedAnew(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormResult)
		pack := dossier.PackResult{Dossier: n, Papers: []event.Paper{{Component: "result", Originals: 1}}, Seal: nextSeal(), Register: true, Carriage: sending(officeB, event.DossierReturn, officeB, atAgency)}
		h.refused("dossier.register_authority", officeB, clerkB, pack)
		pack.Register = false
		r := h.must(officeB, clerkB, pack)
		h.refused("dossier.state", officeB, clerkB, pack)
		h.must(officeB, clerkB, custody.Undo{Item: h.get(n).Result, Act: r.Act})
		if d := h.wants(n, dossier.Ready); d.Result != "" {
			t.Errorf("still packed in %s", d.Result)
		}
		d := h.fetch(n)
		h.must(officeB, clerkB, giving(n))
		if d = h.wants(n, dossier.Delivered); d.Result == "" {
			t.Error("no packet")
		}
	})
}

// Complaints keep their days; money is taken once.
func TestComplaintsAndPayment(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		h.must(officeA, "admin", cash.Move{From: cash.Opening, To: cash.Safe(officeA), AmountVND: 10_000_000, Reason: "opening"})
		h.must(officeA, "admin", cash.OpenBook{Book: "BL01", From: 1, To: 100})
		h.must(officeA, clerkA, cash.Begin{Drawer: "180100-1", FloatVND: 100_000, Office: officeA})
		take := cash.Take{Drawer: "180100-1", Service: string(event.DossierSend), Means: cash.Cash, ListVND: 26_000, Dues: []cash.Due{{Agency: agency, Kind: "fee", AmountVND: 50_000, Book: "BL01"}}}
		r := h.must(officeA, clerkA, cash.PaidAct{Act: taking(dossier.FormBoth), Take: take})
		n := acceptedIn(r)
		item := h.get(n).Item
		if p, ok := cash.PaidFor(h.view(), item); !ok || p.Collected[0].Number != 1 {
			t.Fatal("not paid with the acceptance")
		}
		take.Item = item
		h.refused("cash.paid_twice", officeA, clerkA, take)
		complain := dossier.Complain{Dossier: n, About: "late", LastDay: postal.MakeDay(2026, 3, 1), AnswerBy: postal.MakeDay(2026, 3, 9)}
		h.refused("dossier.complaint_late", officeA, clerkA, complain)
		complain.LastDay = postal.MakeDay(2026, 9, 9)
		h.must(officeA, clerkA, complain)
		if at := h.view().At(dossier.ComplaintBoard(officeA), 'y'); len(at) != 1 {
			t.Fatalf("%d complaints to answer", len(at))
		}
		answer := dossier.AnswerComplaint{Dossier: n, Number: 1, Outcome: "right"}
		h.refused("dossier.other_office", officeB, clerkB, answer)
		h.must(officeA, clerkA, answer)
		h.refused("dossier.answered", officeA, clerkA, answer)
		if at := h.view().At(dossier.ComplaintBoard(officeA), 'y'); len(at) != 0 {
			t.Error("still to be answered")
		}
	})
}

// If this fails an officer's signature stands under a list of missing papers that he never saw.
func TestASignatureIsForTheListThatWasSeen(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		item := h.get(n).Item
		h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(carrier), clerkA, carrier, item)
		code := h.open(officeA, custody.ByCarrier(carrier), atAgency, carrier, item)
		seen := map[string]bool{}
		finds := func(change func(*dossier.Compare)) string {
			c := h.compare(code, n)
			change(&c)
			h.must(desk, officer, c)
			return h.difference(code)
		}
		for _, change := range []func(*dossier.Compare){
			func(c *dossier.Compare) {
				c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"01"}, "paper_missing"
			},
			func(c *dossier.Compare) {
				c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"02"}, "paper_missing"
			},
			func(c *dossier.Compare) {
				c.Verdict, c.Reason, c.Basis = dossier.NotTaken, "not_competent", "onestop_17"
			},
			func(c *dossier.Compare) {
				c.Lines, c.Papers = []string{"04"}, append(papers()[:2:2], event.Paper{Component: "04", Copies: 1})
			},
			func(*dossier.Compare) {},
		} {
			seen[finds(change)] = true
		}
		if len(seen) != 5 || !seen[""] {
			t.Errorf("five findings have the marks %v", seen)
		}
		old := finds(func(c *dossier.Compare) {
			c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"01"}, "paper_missing"
		})
		fresh := finds(func(c *dossier.Compare) {
			c.Verdict, c.Missing, c.Reason = dossier.Incomplete, []string{"01", "02"}, "paper_missing"
		})
		h.refused("custody.difference_changed", desk, officer, custody.SignHandover{Handover: code, Side: custody.Taker, Difference: old})
		h.must(desk, officer, custody.SignHandover{Handover: code, Side: custody.Taker, Difference: fresh})
		h.must(officeA, carrier, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: fresh})
		h.wants(n, dossier.SupplementRequested)
	})
}

// If this fails the right person gets a result whose fees a wrong one paid, or pays them twice.
func TestWhatAWrongPersonPaidIsOwedByTheRightOne(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		h.must(desk, officer, dossier.AnnounceResult{Dossier: n, Outcome: "granted", OwedVND: 8_000})
		d := h.fetch(n)
		before := len(d.Fees)
		paid := giving(n)
		paid.Fees = []event.StateFee{{Kind: "charge", AmountVND: 8_000, How: dossier.ByPost}}
		h.must(officeB, clerkB, paid)
		if d = h.wants(n, dossier.Delivered); d.CollectedVND != 8_000 || d.Owes() != 0 || len(d.Fees) != before+1 {
			t.Errorf("collected %d, still owed %d, fees %+v", d.CollectedVND, d.Owes(), d.Fees)
		}
		h.must(officeB, clerkB, custody.TakeBack{Item: d.Result, Reason: "wrong_person"})
		if d = h.get(n); d.CollectedVND != 0 || d.Owes() != 8_000 || len(d.Fees) != before {
			t.Errorf("taken back: collected %d, owed %d, fees %+v", d.CollectedVND, d.Owes(), d.Fees)
		}
		h.refused("dossier.owed_differs", officeB, clerkB, giving(n))
		h.must(officeB, clerkB, paid)
		h.refused("dossier.owed_differs", officeB, clerkB, paid) // nor twice
		if d = h.wants(n, dossier.Delivered); d.CollectedVND != 8_000 || d.Owes() != 0 || len(d.Given) != 1 {
			t.Errorf("given again: collected %d, still owed %d, paid with it %+v", d.CollectedVND, d.Owes(), d.Given)
		}
	})
}

// If this fails a dossier that an earlier version wrote is given without its fees, or with them twice, until somebody rebuilds the states.
func TestStatesOfEarlierVersionsKnowWhatWasPaid(t *testing.T) {
	intake := event.StateFee{Kind: "fee", AmountVND: 20_000, How: dossier.ByPost}
	paid := event.StateFee{Kind: "charge", AmountVND: 8_000, How: dossier.ByPost}
	given := dossier.Dossier{Code: "61801000000010", State: dossier.Delivered, OwedVND: 8_000, CollectedVND: 8_000, DeliveredTo: "self", Fees: []event.StateFee{intake, paid}}
	back := given
	back.State, back.DeliveredTo, back.Wrong = dossier.AwaitingPickup, "", 1
	never := dossier.Dossier{Code: "61801000000010", State: dossier.Received, OwedVND: 8_000, Fees: []event.StateFee{intake}}
	for name, c := range map[string]struct {
		was       dossier.Dossier
		fees      int
		collected postal.VND
	}{"given": {given, 2, 8_000}, "taken back": {back, 1, 0}, "never given": {never, 1, 0}} {
		whole := c.was.Encode(nil) // ends with the sum, the packet of a supplement, the fees that were given, their reasons, the five of Heard, the liability records, the added packets
		for cut := 1; cut <= 2; cut++ {
			b := whole[:len(whole)-17] // without what was given, the reasons, who wrote down what, the record, those of further packets and the added ones: all empty, a byte each
			if cut == 2 {
				b = b[:len(b)-1-len(binary.AppendVarint(nil, int64(c.was.CollectedVND)))] // and without the packet and the sum
			}
			var d dossier.Dossier
			if err := d.Decode(b); err != nil {
				t.Fatal(err)
			}
			if d.CollectedVND != c.collected || len(d.Fees) != c.fees || d.Owes() != 8_000-c.collected {
				t.Errorf("%s, %d fields missing: collected %d, fees %+v", name, cut, d.CollectedVND, d.Fees)
			}
		}
	}
}

// If this fails a supervisor who believes the giver files a dossier that the agency has never opened.
func TestASettlementFilesNoDossier(t *testing.T) {
	both(t, func(t *testing.T, h *house) {
		there, missing := h.take(dossier.FormBoth), h.take(dossier.FormBoth)
		items := []postal.ItemNumber{h.get(there).Item, h.get(missing).Item}
		h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(carrier), clerkA, carrier, items...)
		code := h.open(officeA, custody.ByCarrier(carrier), atAgency, carrier, items...)
		h.must(desk, officer, h.compare(code, there))
		r := h.signBoth(officeA, code, carrier, officer, custody.ByCarrier(carrier), atAgency)
		var raised []event.IrregularityRaised
		for _, f := range r.Facts {
			if x, ok := f.(event.IrregularityRaised); ok {
				raised = append(raised, x)
			}
		}
		if len(raised) != 1 || raised[0].Thing != event.Thing(items[1]) {
			t.Fatalf("raised %+v", raised)
		}
		h.refused("custody.compare_first", raised[0].Office, clerkA, custody.Settle{Irregularity: raised[0].Irregularity, Decision: custody.AccountHolds, Reason: "found"})
		if d := h.get(missing); d.FiledMs != 0 {
			t.Errorf("filed at %d without the agency", d.FiledMs)
		}
		h.must(raised[0].Office, clerkA, custody.Settle{Irregularity: raised[0].Irregularity, Decision: custody.LedgerStands, Reason: "found"})
	})
}
