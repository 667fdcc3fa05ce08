package dossier_test

import (
	"testing"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If this fails a dossier is filed with an agency that it was never meant for, or with its own although nobody looked into it.
func TestADossierIsFiledOnlyWithItsOwnAgencyAndCompared(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		n, second := h.take(dossier.FormBoth), h.take(dossier.FormBoth)
		item, more := h.get(n).Item, h.get(second).Item
		here := custody.AtOffice(officeA)
		h.refused("custody.other_agency", officeA, clerkA, custody.OpenHandover{Office: officeA, From: here, To: event.Holder(stranger), Things: []event.Thing{event.Thing(item)}})
		code := h.open(officeA, here, atAgency, clerkA, item)
		plain := func(c event.Count) custody.CountThings {
			return custody.CountThings{Handover: code, Counts: []event.Count{c}}
		}
		for _, c := range []event.Count{{Thing: event.Thing(item)}, {Thing: event.Thing(item), Condition: event.Refused}, {Thing: event.Thing(more)}} { // counted, refused without a reason, counted over
			h.refused("custody.compare_first", officeA, clerkA, plain(c))
			h.refused("custody.compare_first", desk, officer, plain(c))
		}
		h.must(desk, officer, h.compare(code, n))
		h.refused("custody.compare_first", officeA, clerkA, plain(event.Count{Thing: event.Thing(item)})) // nor in the place of what was found
		h.signBoth(officeA, code, clerkA, officer, here, atAgency)
		h.wants(n, dossier.HandedOver)
		h.wants(second, dossier.Accepted)
	})
}

// If this fails papers that a citizen gave up stay with the post for ever, because the packet that was to bring them was a mistake.
func TestAPacketOfRecalledPapersThatWasUndoneIsSentAgain(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		n := h.take(dossier.FormBoth)
		h.bring(nil, n)
		h.must(desk, officer, dossier.AnnounceResult{Dossier: n, Outcome: "granted", Recall: []string{"01"}})
		h.fetch(n)
		give := giving(n)
		give.Recalled = []event.Paper{{Component: "01", Originals: 1}}
		h.must(officeB, clerkB, give)
		again := dossier.SendRecalled{Dossier: n, Seal: nextSeal(), Carriage: free(officeB)}
		sent := h.must(officeB, clerkB, again)
		first := h.get(n).RecalledItem
		h.refused("dossier.state", officeB, clerkB, again)
		h.must(officeB, clerkB, custody.Undo{Item: first, Act: sent.Act})
		if d := h.get(n); d.RecalledItem != "" {
			t.Errorf("still said to be sent with %s", d.RecalledItem)
		}
		h.must(officeB, clerkB, again)
		entries, err := h.Entries(t.Context(), []int64{sent.Seq})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []event.Fact{event.IrregularityRaised{Thing: event.Thing(first)}, event.Observed{Thing: event.Thing(first)}} {
			e := entries[0]
			e.Facts = []event.Fact{f}
			if about := dossier.About(h.view(), &e); len(about) != 1 || about[0] != n {
				t.Errorf("%s is about %v", f.Fact(), about)
			}
		}
	})
}
