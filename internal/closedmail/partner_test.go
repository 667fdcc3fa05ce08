package closedmail_test

import (
	"context"
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

const (
	partnerOne  = closedmail.PartnerCode("dt-01")
	partnerTwo  = closedmail.PartnerCode("dt-02")
	partnerMan  = postal.StaffID("nv-d1")
	strangerMan = postal.StaffID("nv-d9")
	farBody     = closedmail.BodyCode("cq-0005") // of another province
	registry5   = postal.StaffID("nv-r5")
)

// contract records a partner with a named person, and a body of another province.
func (h *house) contract() {
	h.t.Helper()
	h.contractOn()
	h.must(officeA, admin, closedmail.ListBody{Body: farBody, List: closedmail.Appendix2})
}

// contractOn records the partner alone.
func (h *house) contractOn() {
	h.t.Helper()
	h.must(officeA, headA, closedmail.NamePartner{Partner: partnerOne, Contract: "12/HĐKN-2020", From: day("2020-01-01"), Until: day("2021-12-31")})
	h.must(officeA, headA, closedmail.NamePartnerPerson{Partner: partnerOne, Person: partnerMan})
}

// outbound is an item for a body of another province; it is given to a partner at A.
func outbound() closedmail.Accept {
	a := cover()
	a.Addressee, a.Inter, a.ToUnit, a.ToOffice, a.DueMs = farBody, true, "00001", partnerOne.Desk(), time.Date(2020, 4, 24, 12, 0, 0, 0, postal.HoChiMinh).UnixMilli()
	return a
}

// outBag closes items in a bag for the partner.
func (h *house) outBag(f closedmail.FacilityCode, items ...postal.ItemNumber) event.Thing {
	h.t.Helper()
	bag := h.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: partnerOne.Desk(), Facility: f}).Facts[0].(event.BagStarted).Bag
	for _, i := range items {
		h.must(officeA, clerkA, closedmail.Pack{Item: i, Bag: bag, Via: !h.cover(i).Inter}) // one that stays in the province has no business there
	}
	h.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: h.seal(), Second: otherA})
	return bag
}

func (h *house) giving(bags ...event.Thing) closedmail.HandToPartner {
	h.t.Helper()
	a := closedmail.HandToPartner{Office: officeA, From: custody.AtOffice(officeA), Partner: partnerOne, Taker: partnerMan, Document: "77/BK", Theirs: true, Number: true, Packing: true, Seals: true}
	for _, b := range bags {
		a.Bags = append(a.Bags, closedmail.Read{Bag: b, Seal: closedmail.Seal(h.sealOf(b))})
	}
	return a
}

// tell does a Tell at the time that the partner's list gives.
func (h *house) tell(at time.Time, a closedmail.Tell) (ledger.Receipt, error) {
	h.now = h.now.Add(time.Second)
	return h.Append(context.Background(), ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: at.UnixMilli(), Office: officeA, Actor: clerkA}, a)
}

func (h *house) told(at time.Time, a closedmail.Tell) ledger.Receipt {
	h.t.Helper()
	if h.every != nil {
		h.every(officeA, clerkA, a)
	}
	r, err := h.tell(at, a)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) stage(i postal.ItemNumber) *custody.Item {
	h.t.Helper()
	s, ok := ledger.Get[*custody.Item](h.View(context.Background()), custody.ItemKey(i))
	if !ok {
		h.t.Fatalf("no item %s", i)
	}
	return s
}

// If a bag could reach a partner without its named person's signature, nobody could say who had a State secret.
func TestABagGoesToAPartnerOnlyIntoNamedHands(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		h.contract()
		secret := outbound()
		secret.Secrecy = closedmail.SecrecyC
		a, b := h.accept(secret), h.accept(outbound())
		bag := h.outBag("tui-01", a, b)
		for code, change := range map[string]func(*closedmail.HandToPartner){
			"closedmail.partner_person": func(x *closedmail.HandToPartner) { x.Taker = strangerMan },
			"closedmail.same_person":    func(x *closedmail.HandToPartner) { x.Taker = clerkA },
			"closedmail.not_looked":     func(x *closedmail.HandToPartner) { x.Seals = false },
			"closedmail.transport":      func(x *closedmail.HandToPartner) { x.Theirs = false },
			"closedmail.document":       func(x *closedmail.HandToPartner) { x.Document = "" },
			"closedmail.no_partner":     func(x *closedmail.HandToPartner) { x.Partner = partnerTwo },
			"closedmail.not_giver":      func(x *closedmail.HandToPartner) { x.From = custody.ByCarrier(courier) },
			"closedmail.given_size":     func(x *closedmail.HandToPartner) { x.Bags = nil },
			"closedmail.seal":           func(x *closedmail.HandToPartner) { x.Bags[0].Seal = "" },
		} {
			x := h.giving(bag)
			change(&x)
			h.refused(code, officeA, clerkA, x)
		}
		h.refused("closedmail.no_duty", officeA, courier, h.giving(bag))
		h.refused("custody.bags_only", officeA, clerkA, h.giving(bag, bag))
		h.refused("custody.list_items_only", officeA, clerkA, closedmail.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: partnerOne.Holder(), Things: []event.Thing{bag}})
		if h.holder(event.Thing(a)) != custody.AtOffice(officeA) {
			t.Fatalf("%s is with %s", a, h.holder(event.Thing(a)))
		}
		h.now = h.now.Add(20 * time.Minute)
		r := h.must(officeA, clerkA, h.giving(bag))
		left, ok := factOf[event.KT1Left](r.Facts)
		if !ok || len(left.Items) != 2 || left.WaitMin[0] < 20 {
			t.Errorf("left: %+v", left)
		}
		for _, i := range []postal.ItemNumber{a, b} {
			if got := h.holder(event.Thing(i)); got != "agency:dt-01" {
				t.Errorf("%s is with %s", i, got)
			}
		}
		if c := h.cover(a); c.Partner != partnerOne || c.GivenAt != officeA || c.Left == 0 {
			t.Errorf("cover %+v", c)
		}
		done, _ := factOf[event.HandoverCompleted](r.Facts)
		over, _ := ledgerGet[*custody.Handover](h, custody.KeyOf(done.Handover))
		if over.Giver != clerkA || over.Taker != partnerMan || over.Status != custody.HandoverCompleted {
			t.Errorf("handover %+v", over)
		}
		h.refused("closedmail.not_held", officeA, clerkA, h.giving(bag))
		h.sound()
	})
}

func TestASealThatDiffersGivesNothingToAPartner(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	i := h.accept(outbound())
	bag := h.outBag("tui-01", i)
	x := h.giving(bag)
	x.Bags[0].Seal = "NP-90002"
	r := h.must(officeA, clerkA, x)
	if len(r.Facts) != 1 || r.Facts[0].(event.IncidentOpened).Kind != string(closedmail.Seals) || h.holder(bag) != custody.AtOffice(officeA) {
		t.Fatalf("%v, the bag is with %s", r.Facts, h.holder(bag))
	}
	h.refused("closedmail.frozen", officeA, clerkA, h.giving(bag))
	h.settle(officeA, clerkA, otherA, headA, closedmail.Sound)
	h.must(officeA, clerkA, x)
	h.sound()
}

func TestAPartnerGetsOnlyWhatGoesToAnotherProvince(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	inner, other := h.accept(cover()), h.accept(cover())
	out := h.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: partnerOne.Desk(), Facility: "tui-01"}).Facts[0].(event.BagStarted).Bag
	h.refused("closedmail.not_outward", officeA, clerkA, closedmail.Pack{Item: inner, Bag: out})
	h.refused("closedmail.not_outward", officeA, clerkA, closedmail.Pack{Item: inner, Bag: out, Via: true}) // no detour leads abroad
	h.refused("closedmail.bag_bound_elsewhere", officeA, clerkA, h.giving(h.vessel("tui-02", other)))
	h.refused("closedmail.no_partner", officeA, clerkA, closedmail.StartVessel{Office: officeA, To: partnerTwo.Desk(), Facility: "tui-03"})
	h.must(officeA, headA, closedmail.EndPartner{Partner: partnerOne, Reason: "expired"})
	h.refused("closedmail.no_contract", officeA, clerkA, closedmail.StartVessel{Office: officeA, To: partnerOne.Desk(), Facility: "tui-03"})
	h.refused("closedmail.no_contract", officeA, clerkA, h.giving(h.vesselOf("tui-01")))
	h.refused("closedmail.contract_ended", officeA, headA, closedmail.EndPartner{Partner: partnerOne, Reason: "expired"})
	h.refused("closedmail.no_duty", officeA, clerkA, closedmail.NamePartner{Partner: partnerOne, Contract: "13/HĐKN", From: day("2020-01-01")})
	h.must(officeA, headA, closedmail.NamePartner{Partner: partnerOne, Contract: "13/HĐKN", From: day("2020-05-01")})
	h.refused("closedmail.no_contract", officeA, clerkA, h.giving(h.vesselOf("tui-01")))
	h.sound()
}

// vesselOf gives the bag for which a facility is in use.
func (h *house) vesselOf(f closedmail.FacilityCode) event.Thing {
	s, _ := ledgerGet[*closedmail.Facility](h, closedmail.FacilityKey(f))
	return event.Thing(s.Use)
}

func TestWhoSignsForAPartnerIsNeitherOursNorABodys(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	h.refused("closedmail.own_staff", officeA, headA, closedmail.NamePartnerPerson{Partner: partnerOne, Person: courier})
	h.refused("closedmail.of_a_body", officeA, headA, closedmail.NamePartnerPerson{Partner: partnerOne, Person: registry1})
	h.refused("closedmail.named", officeA, headA, closedmail.NamePartnerPerson{Partner: partnerOne, Person: partnerMan})
	h.must(officeA, headA, closedmail.EndPartnerPerson{Partner: partnerOne, Person: partnerMan})
	h.refused("closedmail.partner_person", officeA, clerkA, h.giving(h.outBag("tui-01", h.accept(outbound()))))
}

// If the clock ran on until a clerk typed the list, every item of another province would count as late.
func TestWhatAPartnerTellsStopsTheClockAtItsOwnTime(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := closedmail.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, db)
		h.contract()
		a, b, c := h.accept(outbound()), h.accept(outbound()), h.accept(outbound())
		bag := h.outBag("tui-01", a, b, c)
		h.must(officeA, clerkA, h.giving(bag))
		given := h.now
		h.now = h.now.AddDate(0, 0, 9) // long after it was due
		at := given.AddDate(0, 0, 2)
		for code, x := range map[string]struct {
			at  time.Time
			act closedmail.Tell
		}{
			"closedmail.told_when":        {given.Add(-time.Minute), closedmail.Tell{Item: a, Told: "delivered", Document: "78/BK"}},
			"closedmail.told_reason":      {at, closedmail.Tell{Item: a, Told: "delivered", Reason: "absent", Document: "78/BK"}},
			"closedmail.document":         {at, closedmail.Tell{Item: a, Told: "delivered"}},
			"closedmail.choice":           {at, closedmail.Tell{Item: a, Told: "lost", Document: "78/BK"}},
			"closedmail.unknown":          {at, closedmail.Tell{Item: "NK000000000VN", Told: "delivered", Document: "78/BK"}},
			"closedmail.not_with_partner": {at, closedmail.Tell{Item: h.accept(outbound()), Told: "delivered", Document: "78/BK"}},
		} {
			if _, err := h.tell(x.at, x.act); fault.Code(err) != code {
				t.Errorf("got %v, want %s", err, code)
			}
		}
		h.told(at, closedmail.Tell{Item: a, Told: "attempted", Reason: "closed", Document: "78/BK"})
		if _, err := h.tell(at.Add(-time.Hour), closedmail.Tell{Item: a, Told: "delivered", Document: "78/BK"}); fault.Code(err) != "closedmail.told_when" {
			t.Errorf("an earlier outcome after a later one: %v", err)
		}
		h.told(at.Add(time.Hour), closedmail.Tell{Item: a, Told: "delivered", Document: "78/BK"})
		h.told(at, closedmail.Tell{Item: b, Told: "returned", Reason: "moved", Document: "79/BK"})
		if i := h.stage(a); i.Holder != event.Recipient || i.AttemptMs != at.UnixMilli() || i.EndedMs != at.Add(time.Hour).UnixMilli() {
			t.Errorf("delivered: %+v", i.Position)
		}
		if i := h.stage(b); i.Returning != "moved" || h.holder(event.Thing(b)) != partnerOne.Holder() {
			t.Errorf("returned: %+v", i)
		}
		if _, err := h.tell(at.AddDate(0, 0, 1), closedmail.Tell{Item: a, Told: "delivered", Document: "78/BK"}); fault.Code(err) != "custody.ended" {
			t.Errorf("delivered twice: %v", err)
		}
		if away := closedmail.Away(h.View(t.Context()), partnerOne); len(away) != 2 {
			t.Errorf("%d items away", len(away))
		}
		h.refused("custody.bag_not_empty", officeA, clerkA, closedmail.TakeVesselBack{Bag: bag})
		records := &closedmail.Records{DB: db, Ledger: h.Ledger}
		var attempt, delivered int64
		if _, err := records.Volume(t.Context(), day("2020-04-20"), day("2020-04-30"), h.now.UnixMilli()); err != nil {
			t.Fatal(err)
		}
		if err := db.Read().QueryRowContext(t.Context(), `SELECT attempt_ms, delivered_ms FROM closedmail_item WHERE item = $1`, string(a)).Scan(&attempt, &delivered); err != nil || attempt != at.UnixMilli() || delivered != at.Add(time.Hour).UnixMilli() {
			t.Errorf("the table has attempt %d, delivered %d, %v", attempt, delivered, err)
		}
		h.sound()
	})
}

func TestWhatAPartnerLosesIsAnIncidentOfTheOfficeThatGaveIt(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	a, b := h.accept(outbound()), h.accept(outbound())
	bag := h.outBag("tui-01", a, b)
	h.must(officeA, clerkA, h.giving(bag))
	h.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Short, Things: []event.Thing{event.Thing(a)}})
	if _, err := h.tell(h.now, closedmail.Tell{Item: a, Told: "delivered", Document: "78/BK"}); fault.Code(err) != "closedmail.frozen" {
		t.Errorf("a frozen item was delivered: %v", err)
	}
	id := h.incidents(officeA)[0].ID
	h.must(officeA, clerkA, closedmail.SignMinutes{Incident: id, Second: otherA})
	h.must(officeA, clerkA, closedmail.ReportUp{Incident: id, To: "cpma"})
	h.must(officeA, headA, closedmail.CloseSearch{Incident: id, Second: clerkA})
	if c := h.cover(a); c.Lost != id || c.Answers != partnerOne.Holder() {
		t.Errorf("lost by %s, %s answers", c.Lost, c.Answers)
	}
	h.told(h.now, closedmail.Tell{Item: b, Told: "delivered", Document: "78/BK"})
	h.must(officeA, clerkA, closedmail.TakeVesselBack{Bag: bag})
	if f, _ := ledgerGet[*closedmail.Facility](h, closedmail.FacilityKey("tui-01")); f.Use != "" || f.Office != officeA {
		t.Errorf("the bag is %+v", f)
	}
	h.sound()
}
