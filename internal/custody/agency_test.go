package custody_test

import (
	"testing"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

const (
	officer      = postal.StaffID("cb-1")
	agencyHolder = event.Holder("agency:so-tu-phap")
	agencyDesk   = postal.OfficeCode("agency:so-tu-phap")
	otherAgency  = postal.OfficeCode("agency:so-xay-dung")
)

// dossierItem accepts a dossier at office A, or a result that an agency still has.
func (h *house) dossierItem(s event.Service, from event.Holder) postal.ItemNumber {
	h.t.Helper()
	r := h.must(officeA, clerkA, custody.Accept{Service: s, ToUnit: "11407", ToOffice: officeA, WeightG: 90, FeeVND: 26_000, Office: officeA, From: from})
	return r.Facts[0].(event.ItemAccepted).Item
}

// bound binds an item to the one agency of these tests, as dossiers do.
type bound struct{ agency postal.AgencyCode }

func (*bound) Place() string { return "" }
func (b *bound) Encode(dst []byte) []byte {
	return ledger.Encode(dst, func(c *ledger.Codec) { ledger.Str(c, &b.agency) })
}
func (b *bound) Decode(src []byte) error {
	return ledger.Decode(src, func(c *ledger.Codec) { ledger.Str(c, &b.agency) })
}
func (b *bound) BoundTo(*ledger.View) (postal.AgencyCode, bool) { return b.agency, false }

func bind(v *ledger.View, _ *event.Entry, f event.Fact) error {
	if x, ok := f.(event.ItemAccepted); ok && custody.OfDossier(x.Item) {
		ledger.Edit[*bound](v, custody.BoundKey(x.Item)).agency = agencyDesk.Agency()
	}
	return nil
}

// If this fails ordinary mail, or what is meant for one agency, lies with another, or with one that does not exist.
func TestAnAgencyIsHandedOnlyWhatIsBoundToIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := agencyHouse(t, db)
		n, letter := h.dossierItem(event.DossierSend, ""), h.accept()
		open := func(to postal.OfficeCode, things ...postal.ItemNumber) custody.OpenHandover {
			a := custody.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: event.Holder(to)}
			for _, t := range things {
				a.Things = append(a.Things, event.Thing(t))
			}
			return a
		}
		h.refused("custody.other_agency", officeA, clerkA, open(otherAgency, n))
		h.refused("custody.other_agency", officeA, clerkA, open("agency:nowhere", letter))
		h.refused("custody.other_agency", officeA, clerkA, open(agencyDesk, n, letter))
		code := h.must(officeA, clerkA, open(agencyDesk, n)).Facts[0].(event.HandoverOpened).Handover
		h.refused("custody.other_agency", officeA, clerkA, custody.CountThings{Handover: code, Counts: counted(n, letter)})
		h.must(officeA, clerkA, custody.CountThings{Handover: code, Counts: counted(n)})
	})
}

func agencyHouse(t *testing.T, db *sqldb.DB) *house {
	h := newHouse(t, db)
	for _, s := range []event.Service{event.DossierSend, event.DossierReturn} {
		h.must(officeA, "admin", custody.ReserveRange{Office: officeA, Letters: custody.Letters(s), From: 1, To: 999})
	}
	return h
}

// If this fails a dossier could lie with an agency that never signed for it, or an officer could sign for another agency or for the post.
func TestAnAgencySignsForWhatItTakesAndRefusesTheRest(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := agencyHouse(t, db)
		taken, refusedItem := h.dossierItem(event.DossierSend, ""), h.dossierItem(event.DossierSend, "")
		h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(carrier), clerkA, carrier, "", counted(taken, refusedItem), event.Thing(taken), event.Thing(refusedItem))
		code := h.must(officeA, carrier, custody.OpenHandover{Office: officeA, From: custody.ByCarrier(carrier), To: agencyHolder, Things: []event.Thing{event.Thing(taken), event.Thing(refusedItem)}}).
			Facts[0].(event.HandoverOpened).Handover
		counts := counted(taken, refusedItem)
		counts[1].Condition = event.Refused
		h.must(agencyDesk, officer, custody.CountThings{Handover: code, Counts: counts})
		sign := custody.SignHandover{Handover: code, Side: custody.Taker, Difference: h.difference(code)}
		h.refused("custody.difference_changed", agencyDesk, officer, custody.SignHandover{Handover: code, Side: custody.Taker})
		h.refused("custody.handover_others", otherAgency, officer, sign)
		h.refused("custody.handover_not_your_side", officeA, carrier, sign)
		h.must(agencyDesk, officer, sign)
		h.wantHolder(taken, custody.ByCarrier(carrier)) // one signature moves nothing
		h.must(officeA, carrier, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: h.difference(code)})
		h.wantHolder(taken, agencyHolder)
		h.wantHolder(refusedItem, custody.ByCarrier(carrier))
		if i := h.item(taken); i.Stage != custody.Delivered || i.Place() != "" || i.EndedMs == 0 {
			t.Errorf("taken: %s at %q", i.Stage, i.Place())
		}
		if i := h.item(refusedItem); i.Returning != "refused" || i.ToOffice != officeA {
			t.Errorf("refused: returning %q to %s", i.Returning, i.ToOffice)
		}
		if i := h.item(refusedItem); i.Open != 0 {
			t.Error("a refusal is no irregularity")
		}
		h.refused("custody.not_for_agency", officeA, carrier, custody.OpenHandover{Office: officeA, From: custody.ByCarrier(carrier), To: agencyHolder, Things: []event.Thing{event.Thing(refusedItem)}})
	})
}

// If this fails a result could go to nobody knows whom, or come back to the wrong agency.
func TestAResultComesFromItsAgencyAndGoesOnlyToAKnownPerson(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := agencyHouse(t, db)
		result := h.dossierItem(event.DossierReturn, agencyHolder)
		h.wantHolder(result, agencyHolder)
		h.refused("custody.wrong_holder", officeA, clerkA, custody.Deliver{Item: result, To: "addressee", Identity: "cccd"})
		h.handOver2(agencyDesk, officer, officeA, clerkA, agencyHolder, custody.AtOffice(officeA), result)
		h.wantHolder(result, custody.AtOffice(officeA))
		h.refused("custody.identity", officeA, clerkA, custody.Deliver{Item: result, To: "addressee"})
		h.refused("custody.choice", officeA, clerkA, custody.Deliver{Item: result, To: "addressee", Identity: "library-card"})
		given := h.must(officeA, clerkA, custody.Deliver{Item: result, To: "addressee", Identity: "cccd"})
		h.refused("custody.undo_given", officeA, clerkA, custody.Undo{Item: result, Act: given.Act})
		h.refused("custody.other_office", officeB, clerkB, custody.TakeBack{Item: result, Reason: "wrong_person"})
		h.must(officeA, clerkA, custody.TakeBack{Item: result, Reason: "wrong_person"})
		h.wantHolder(result, custody.AtOffice(officeA))
		if i := h.item(result); i.Stage != custody.AtArrival || i.Open != 1 || i.EndedMs != 0 {
			t.Errorf("taken back: %s, %d irregularities", i.Stage, i.Open)
		}
		h.refused("custody.not_for_agency", officeA, clerkA, custody.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: agencyHolder, Things: []event.Thing{event.Thing(result)}})
		h.must(officeA, clerkA, custody.ReturnResult{Item: result, Reason: "unclaimed"})
		h.handOver2(officeA, clerkA, agencyDesk, officer, custody.AtOffice(officeA), agencyHolder, result)
		if i := h.item(result); i.Stage != custody.Returned || i.Holder != agencyHolder {
			t.Errorf("back at its agency: %s with %s", i.Stage, i.Holder)
		}
	})
}

// If this fails a citizen who changes his mind must wait until the bag is opened, and by then the dossier may be filed.
func TestASenderRecallsWhatIsInABag(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := agencyHouse(t, db)
		n := h.dossierItem(event.DossierSend, "")
		bag := h.bag(n)
		h.refused("custody.other_office", officeB, clerkB, custody.Recall{Item: n})
		h.must(officeA, clerkA, custody.Recall{Item: n})
		if i := h.item(n); i.Returning != "sender_request" || i.In != bag {
			t.Errorf("recalled: %q in %q", i.Returning, i.In)
		}
		h.refused("custody.returning", officeA, clerkA, custody.Recall{Item: n})
	})
}

func counted(items ...postal.ItemNumber) []event.Count {
	var counts []event.Count
	for _, n := range items {
		counts = append(counts, event.Count{Thing: event.Thing(n)})
	}
	return counts
}

// handOver2 is a handover between people of two desks; the post's office opens it.
func (h *house) handOver2(giverAt postal.OfficeCode, giver postal.StaffID, takerAt postal.OfficeCode, taker postal.StaffID, from, to event.Holder, n postal.ItemNumber) {
	h.t.Helper()
	code := h.must(officeA, clerkA, custody.OpenHandover{Office: officeA, From: from, To: to, Things: []event.Thing{event.Thing(n)}}).Facts[0].(event.HandoverOpened).Handover
	h.must(takerAt, taker, custody.CountThings{Handover: code, Counts: counted(n)})
	h.must(giverAt, giver, custody.SignHandover{Handover: code, Side: custody.Giver})
	h.must(takerAt, taker, custody.SignHandover{Handover: code, Side: custody.Taker})
}

// If this fails an agency's desk becomes a post office that holds items.
func TestAnAgencyFindsNothingForThePost(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := agencyHouse(t, db)
		item := h.dossierItem(event.DossierSend, "")
		h.must(officeA, clerkA, custody.ReportLost{Item: item, Reason: "not_found"})
		h.refused("custody.post_finds", agencyDesk, officer, custody.Find{Item: item})
		h.wantHolder(item, event.Lost)
		h.must(officeA, clerkA, custody.Find{Item: item})
		h.wantHolder(item, custody.AtOffice(officeA))
	})
}
