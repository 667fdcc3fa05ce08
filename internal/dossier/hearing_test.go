package dossier_test

import (
	"strings"
	"testing"

	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

const (
	elsewhere = postal.OfficeCode("180900") // neither takes in nor serves the agency
	serving   = officeB
)

var heard = dossier.Hearing{Serving: serving, Lines: []string{"01", "02", "03", "old"}}

// If this fails anyone at any office speaks for any agency.
func TestOnlyTheAgencyAndTwoOfficesSayWhatTheAgencySays(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		slip := dossier.IssueSlip{Hearing: heard, Dossier: n, Code: "H24-1", Due: postal.MakeDay(2026, 3, 20)}
		later := dossier.Reschedule{Hearing: heard, Dossier: n, Was: postal.MakeDay(2026, 3, 20), Due: postal.MakeDay(2026, 3, 24), Before: 1, Most: 1}
		for _, a := range []ledger.Act{slip, later, dossier.TellSlip{Hearing: heard, Dossier: n, How: "phone"},
			dossier.RequestSupplement{Hearing: heard, Dossier: n, Papers: []string{"02"}, Reason: "paper_missing", Most: 1},
			dossier.AnnounceResult{Hearing: heard, Dossier: n, Outcome: "granted", OwedVND: 99_000_000}} {
			h.refused("dossier.not_heard_here", elsewhere, clerkA, a)
		}
		slip.Hearing = dossier.Hearing{}
		h.refused("dossier.not_heard_here", serving, clerkB, slip) // what nobody looked up counts for nothing
		slip.Hearing = heard
		h.must(serving, clerkB, slip)
		h.must(officeA, clerkA, dossier.TellSlip{Hearing: heard, Dossier: n, How: "phone"})
	})
}

// If this fails what the post misheard stands for ever, and the citizen pays it.
func TestTheAgencyCorrectsWhatThePostWroteDown(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		slip := dossier.IssueSlip{Hearing: heard, Dossier: n, Code: "H24-1", Due: postal.MakeDay(2026, 3, 20)}
		h.must(officeA, clerkA, slip)
		h.refused("dossier.state", officeA, clerkA, slip)
		slip.Code = "H24-2"
		h.must(desk, officer, slip)
		h.refused("dossier.state", desk, officer, slip) // its own word stands
		later := dossier.Reschedule{Hearing: heard, Dossier: n, Was: postal.MakeDay(2026, 3, 20), Due: postal.MakeDay(2026, 3, 30), Before: 1, Most: 1}
		h.must(officeA, clerkA, later)
		later.Due = postal.MakeDay(2026, 3, 24)
		h.refused("dossier.rescheduled_before", officeA, clerkA, later)
		h.must(desk, officer, later)
		h.refused("dossier.rescheduled_before", desk, officer, later)
		ask := dossier.RequestSupplement{Hearing: heard, Dossier: n, Papers: []string{"01"}, Reason: "paper_missing", Most: 1}
		h.must(officeA, clerkA, ask)
		ask.Papers = []string{"02"}
		h.must(desk, officer, ask)
		if d := h.get(n); d.Supplements != 1 || d.Supplement.Papers[0] != "02" || d.Slip.Code != "H24-2" || d.Due != later.Due {
			t.Errorf("%d requests of %v, slip %s, day %v", d.Supplements, d.Supplement.Papers, d.Slip.Code, d.Due)
		}
		h.must(desk, officer, dossier.CompleteSupplement{Dossier: n})
		ready := dossier.AnnounceResult{Hearing: heard, Dossier: n, Outcome: "granted", OwedVND: 99_000_000}
		h.must(officeA, clerkA, ready)
		if d := h.get(n); d.Heard.Ready != officeA || d.OwedVND != 99_000_000 {
			t.Errorf("owed %d, written down by %q", d.OwedVND, d.Heard.Ready)
		}
		ready.OwedVND = 8_000
		h.refused("dossier.state", officeA, clerkA, ready)
		h.must(desk, officer, ready)
		if d := h.wants(n, dossier.Ready); d.OwedVND != 8_000 || d.Heard.Ready != "" {
			t.Errorf("owed %d, written down by %q", d.OwedVND, d.Heard.Ready)
		}
		h.refused("dossier.state", desk, officer, ready)
		if diff, err := h.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs: %v, %v", diff, err)
		}
	})
}

// If this fails a name that somebody wrote into a field stands in the ledger for ever, and nobody can forget it.
func TestNoFreeTextGetsIntoTheFactsOfADossier(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		n := h.take(dossier.FormBoth)
		for _, text := range []string{"Nguyễn Văn Mẫu", "0912345678", "", strings.Repeat("x", 500_000)} {
			free := []string{text}
			h.refused("dossier.papers", officeA, clerkA, func() ledger.Act {
				a := taking(dossier.FormBoth)
				a.Terms.Papers = []event.Paper{{Component: text + " ", Originals: 1}}
				return a
			}())
			code := h.open(officeA, atOfficeA, atAgency, clerkA, h.get(n).Item)
			lacking := h.compare(code, n)
			lacking.Hearing, lacking.Verdict, lacking.Missing, lacking.Reason = heard, dossier.Incomplete, free, "paper_missing"
			h.refused("dossier.not_listed", desk, officer, lacking)
			if text == "0912345678" { // of the form of a line, but of no list
				found := h.compare(code, n)
				found.Papers = append(found.Papers, event.Paper{Component: text, Originals: 1})
				h.refused("dossier.not_listed", desk, officer, found)
			}
			h.must(officeA, clerkA, withdrawing(code))
		}
		h.bring(nil, n)
		for _, text := range []string{"Nguyễn Văn Mẫu", "0912345678", "", strings.Repeat("x", 500_000)} {
			free := []string{text}
			h.refused("dossier.not_listed", desk, officer, dossier.RequestSupplement{Hearing: heard, Dossier: n, Papers: free, Reason: "paper_missing", Most: 1})
			h.refused("dossier.not_listed", desk, officer, dossier.AnnounceResult{Hearing: heard, Dossier: n, Outcome: "granted", Recall: free})
			h.refused("dossier.not_listed", officeB, carrier, dossier.PackResult{Dossier: n, Papers: []event.Paper{{Component: "result", Originals: 1}}, Seal: nextSeal(), Recall: free, Carriage: sending(officeB, event.DossierReturn, officeB, atAgency)})
		}
		h.must(desk, officer, dossier.AnnounceResult{Hearing: heard, Dossier: n, Outcome: "granted", Recall: []string{"old"}})
		h.fetch(n)
		give := giving(n)
		give.Recalled, give.Lost = []event.Paper{{Component: "old", Originals: 1}}, []string{"0912345678"}
		h.refused("dossier.not_listed", officeB, clerkB, give)
	})
}
