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
		h.must(desk, officer, compare(code, n))
		h.refused("custody.compare_first", officeA, clerkA, plain(event.Count{Thing: event.Thing(item)})) // nor in the place of what was found
		h.signBoth(officeA, code, clerkA, officer, here, atAgency)
		h.wants(n, dossier.HandedOver)
		h.wants(second, dossier.Accepted)
	})
}
