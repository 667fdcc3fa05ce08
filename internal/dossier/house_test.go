package dossier_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

const (
	officeA  = postal.OfficeCode("180100") // takes in
	officeB  = postal.OfficeCode("180200") // delivers
	clerkA   = postal.StaffID("nv-a")
	clerkB   = postal.StaffID("nv-b")
	carrier  = postal.StaffID("nv-bt")
	officer  = postal.StaffID("cb-1")
	agency   = postal.AgencyCode("so-tu-phap")
	desk     = postal.OfficeCode("agency:so-tu-phap")
	stranger = postal.OfficeCode("agency:so-xay-dung")
	unit     = postal.UnitCode("11407")
)

var atAgency = custody.AtAgency(agency)

// house is a ledger with custody, dossiers and money.
type house struct {
	*ledger.Ledger
	t  testing.TB
	mu sync.Mutex
	at time.Time
}

func newHouse(t testing.TB, db *sqldb.DB) *house {
	t.Helper()
	h := &house{t: t, at: time.Date(2026, 3, 2, 8, 0, 0, 0, postal.HoChiMinh)}
	var kinds []ledger.Kind
	kinds = append(append(append(kinds, custody.Kinds()...), dossier.Kinds()...), cash.Kinds()...)
	l, err := ledger.Open(context.Background(), db, ledger.Config{Kinds: kinds, Folds: []ledger.Fold{custody.Fold, dossier.Fold, cash.Fold}, Now: h.now})
	if err != nil {
		t.Fatal(err)
	}
	h.Ledger = l
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	for n, o := range []postal.OfficeCode{officeA, officeB} {
		for _, s := range []event.Service{event.DossierSend, event.DossierReturn} {
			h.must(o, "admin", custody.ReserveRange{Office: o, Letters: custody.Letters(s), From: 100_000 * (n + 1), To: 100_000*(n+1) + 9999})
		}
	}
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func (h *house) do(o postal.OfficeCode, who postal.StaffID, a ledger.Act) (ledger.Receipt, error) {
	h.pass(time.Second)
	now := h.now()
	return h.Append(context.Background(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: o, Actor: who}, a)
}

func (h *house) must(o postal.OfficeCode, who postal.StaffID, a ledger.Act) ledger.Receipt {
	h.t.Helper()
	r, err := h.do(o, who, a)
	if err != nil {
		h.t.Fatalf("%s: %v", a.Name(), err)
	}
	return r
}

func (h *house) refused(code string, o postal.OfficeCode, who postal.StaffID, a ledger.Act) {
	h.t.Helper()
	if _, err := h.do(o, who, a); fault.Code(err) != code {
		h.t.Fatalf("%s: got %v, want %s", a.Name(), err, code)
	}
}

func (h *house) view() *ledger.View { return h.View(context.Background()) }

func (h *house) get(n postal.DossierNumber) *dossier.Dossier {
	h.t.Helper()
	d, err := dossier.Find(h.view(), n)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func (h *house) wants(n postal.DossierNumber, want dossier.State) *dossier.Dossier {
	h.t.Helper()
	d := h.get(n)
	if d.State != want {
		h.t.Fatalf("dossier is %s, want %s", d.State, want)
	}
	return d
}

// papers are two originals of one paper and a certified copy of another.
func papers() []event.Paper {
	return []event.Paper{{Component: "01", Originals: 2}, {Component: "02", Certified: 1}, {Component: "03", Absent: "other_case"}}
}

func sending(o postal.OfficeCode, s event.Service, to postal.OfficeCode, from event.Holder) custody.Accept {
	return custody.Accept{Service: s, ToUnit: unit, ToOffice: to, WeightG: 120, FeeVND: 26_000, Office: o, From: from, DueMs: time.Date(2026, 3, 9, 23, 59, 59, 0, postal.HoChiMinh).UnixMilli()}
}

func terms(form string) event.DossierAccepted {
	t := event.DossierAccepted{Procedure: "1.001193", Version: postal.MakeDay(2026, 1, 1), Agency: agency, Form: form, Channel: dossier.AtCounter, ToUnit: unit, ToOffice: officeB,
		Limit: event.Limit{Tenths: 50, Unit: "working_day"}}
	if form == dossier.FormResult {
		t.Slip, t.SlipDue = "H24.12.5-260302-0042", postal.MakeDay(2026, 3, 20)
		return t
	}
	t.Papers, t.Seal = papers(), nextSeal()
	return t
}

// take accepts a dossier at office A.
func (h *house) take(form string) postal.DossierNumber {
	h.t.Helper()
	return acceptedIn(h.must(officeA, clerkA, taking(form)))
}

// seals counts the seals of all tests: each has its number once.
var seals atomic.Int64

func nextSeal() string { return fmt.Sprintf("NP%06d", seals.Add(1)) }

func taking(form string) dossier.Accept {
	a := dossier.Accept{Office: officeA, Terms: terms(form)}
	if form != dossier.FormResult {
		c := sending(officeA, event.DossierSend, officeA, "")
		a.Carriage = &c
	}
	return a
}

func acceptedIn(r ledger.Receipt) postal.DossierNumber {
	for _, f := range r.Facts {
		if x, ok := f.(event.DossierAccepted); ok {
			return x.Dossier
		}
	}
	return ""
}

// pass hands loose items from one holder to another, the post opening and counting all.
func (h *house) handOver(office postal.OfficeCode, from, to event.Holder, giver, taker postal.StaffID, items ...postal.ItemNumber) {
	h.t.Helper()
	opener := giver // the post opens, whichever way things go
	if custody.Agency(from) != "" {
		opener = taker
	}
	code := h.open(office, from, to, opener, items...)
	var counts []event.Count
	for _, n := range items {
		counts = append(counts, event.Count{Thing: event.Thing(n)})
	}
	h.must(office, opener, custody.CountThings{Handover: code, Counts: counts})
	h.signBoth(office, code, giver, taker, from, to)
}

func (h *house) open(office postal.OfficeCode, from, to event.Holder, opener postal.StaffID, items ...postal.ItemNumber) event.Thing {
	h.t.Helper()
	var things []event.Thing
	for _, n := range items {
		things = append(things, event.Thing(n))
	}
	return h.must(office, opener, custody.OpenHandover{Office: office, From: from, To: to, Things: things}).Facts[0].(event.HandoverOpened).Handover
}

func (h *house) signBoth(office postal.OfficeCode, code event.Thing, giver, taker postal.StaffID, from, to event.Holder) ledger.Receipt {
	h.t.Helper()
	place := func(side event.Holder) postal.OfficeCode {
		if o := custody.Desk(side); o != "" {
			return o
		}
		return office
	}
	h.must(place(from), giver, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: h.difference(code)})
	return h.must(place(to), taker, custody.SignHandover{Handover: code, Side: custody.Taker, Difference: h.difference(code)})
}

func (h *house) difference(code event.Thing) string {
	s, _ := ledger.Get[*custody.Handover](h.view(), custody.KeyOf(code))
	return s.Difference().Digest()
}

func (h *house) compare(code event.Thing, n postal.DossierNumber) dossier.Compare {
	return dossier.Compare{Handover: code, Dossier: n, Seal: h.get(n).Seal, Papers: papers()[:2], Verdict: dossier.Complete, Most: 1}
}

// bring takes dossiers to the agency and compares each as f says; nil: complete.
func (h *house) bring(f func(n postal.DossierNumber, c *dossier.Compare), dossiers ...postal.DossierNumber) event.Thing {
	h.t.Helper()
	var items []postal.ItemNumber
	for _, n := range dossiers {
		items = append(items, h.get(n).Item)
	}
	h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(carrier), clerkA, carrier, items...)
	code := h.open(officeA, custody.ByCarrier(carrier), atAgency, carrier, items...)
	for _, n := range dossiers {
		c := h.compare(code, n)
		if f != nil {
			f(n, &c)
		}
		h.must(desk, officer, c)
	}
	h.signBoth(officeA, code, carrier, officer, custody.ByCarrier(carrier), atAgency)
	return code
}

// fetch packs a result and brings it to office B.
func (h *house) fetch(n postal.DossierNumber) *dossier.Dossier {
	h.t.Helper()
	h.must(officeB, carrier, dossier.PackResult{Dossier: n, Papers: []event.Paper{{Component: "result", Originals: 1}}, Seal: nextSeal(), Carriage: sending(officeB, event.DossierReturn, officeB, atAgency)})
	d := h.wants(n, dossier.Ready)
	h.handOver(officeB, atAgency, custody.ByCarrier(carrier), officer, carrier, d.Result)
	h.wants(n, dossier.Received)
	h.handOver(officeB, custody.ByCarrier(carrier), custody.AtOffice(officeB), carrier, clerkB, d.Result)
	return h.wants(n, dossier.Returning)
}

func giving(n postal.DossierNumber) dossier.DeliverResult {
	return dossier.DeliverResult{Dossier: n, To: "self", Identity: "cccd", Papers: []event.Paper{{Component: "result", Originals: 1}}}
}

var atOfficeA = custody.AtOffice(officeA)

func withdrawing(code event.Thing) custody.WithdrawHandover {
	return custody.WithdrawHandover{Handover: code, Reason: "recount"}
}
