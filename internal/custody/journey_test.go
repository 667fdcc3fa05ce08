package custody_test

import (
	"fmt"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

const (
	officeA = postal.OfficeCode("180100")
	officeB = postal.OfficeCode("180200")
	clerkA  = postal.StaffID("nv-a")
	clerkB  = postal.StaffID("nv-b")
	driver  = postal.StaffID("nv-lx")
	carrier = postal.StaffID("nv-bt")
)

// house is a ledger with custody and nothing else.
type house struct {
	*ledger.Ledger
	t   testing.TB
	now time.Time
}

func newHouse(t testing.TB, db *sqldb.DB) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 3, 2, 8, 0, 0, 0, postal.HoChiMinh)}
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: append(custody.Kinds(), ledger.Kind{Letter: 'j', New: func() ledger.State { return &bound{} }}), Folds: []ledger.Fold{custody.Fold, bind}, Now: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	h.Ledger = l
	for i, o := range []postal.OfficeCode{officeA, officeB} {
		h.must(o, "admin", custody.ReserveRange{Office: o, Letters: "RR", From: 1000 * (i + 1), To: 1000*(i+1) + 799})
		h.must(o, "admin", custody.ReserveRange{Office: o, Letters: "RR", From: 1000*(i+1) + 800, To: 1000*(i+1) + 999, Printed: true})
	}
	return h
}

func (h *house) do(o postal.OfficeCode, who postal.StaffID, a ledger.Act) (ledger.Receipt, error) {
	h.now = h.now.Add(time.Second)
	return h.Append(h.t.Context(), ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: o, Actor: who}, a)
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

func (h *house) accept() postal.ItemNumber {
	h.t.Helper()
	r := h.must(officeA, clerkA, custody.Accept{Service: event.Registered, ToUnit: "11407", ToOffice: officeB, WeightG: 50, FeeVND: 12000, Office: officeA})
	return r.Facts[0].(event.ItemAccepted).Item
}

func (h *house) item(n postal.ItemNumber) *custody.Item {
	h.t.Helper()
	i, ok := ledger.Get[*custody.Item](h.View(h.t.Context()), custody.ItemKey(n))
	if !ok {
		h.t.Fatalf("no item %s", n)
	}
	return i
}

func (h *house) holder(n postal.ItemNumber) event.Holder {
	h.t.Helper()
	who, _ := custody.Holder(h.View(h.t.Context()), event.Thing(n))
	return who
}

func (h *house) wantHolder(n postal.ItemNumber, want event.Holder) {
	h.t.Helper()
	if got := h.holder(n); got != want {
		h.t.Fatalf("%s is with %s, want %s", n, got, want)
	}
}

// handOver opens, counts all and signs twice.
func (h *house) handOver(o postal.OfficeCode, from, to event.Holder, giver, taker postal.StaffID, purpose string, counts []event.Count, things ...event.Thing) event.Thing {
	h.t.Helper()
	code := h.must(o, giver, custody.OpenHandover{Office: o, From: from, To: to, Purpose: purpose, Things: things}).Facts[0].(event.HandoverOpened).Handover
	if len(counts) > 0 {
		h.must(o, taker, custody.CountThings{Handover: code, Counts: counts})
	}
	h.must(o, giver, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: h.difference(code)})
	h.must(o, taker, custody.SignHandover{Handover: code, Side: custody.Taker, Difference: h.difference(code)})
	return code
}

func (h *house) difference(code event.Thing) string {
	s, _ := ledger.Get[*custody.Handover](h.View(h.t.Context()), custody.KeyOf(code))
	return s.Difference().Digest()
}

func (h *house) bag(items ...postal.ItemNumber) event.Thing {
	h.t.Helper()
	bag := h.must(officeA, clerkA, custody.StartBag{Office: officeA, To: officeB}).Facts[0].(event.BagStarted).Bag
	for _, i := range items {
		h.must(officeA, clerkA, custody.Pack{Item: i, Bag: bag})
	}
	return bag
}

func (h *house) dispatch(bags ...event.Thing) event.Thing {
	h.t.Helper()
	d := h.must(officeA, clerkA, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
	for _, b := range bags {
		h.must(officeA, clerkA, custody.Load{Thing: b, Dispatch: d})
	}
	h.must(officeA, clerkA, custody.CloseDispatch{Dispatch: d})
	return d
}

func (h *house) consistent() {
	h.t.Helper()
	if d, err := h.Check(h.t.Context(), nil); err != nil || len(d) > 0 {
		h.t.Fatalf("replay differs from live: %v, %v", d, err)
	}
}

func TestAnItemGoesFromCounterToDoor(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		item := h.accept()
		h.wantHolder(item, custody.AtOffice(officeA))
		bag := h.bag(item)
		h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
		d := h.dispatch(bag)
		h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: bag, Seal: "NP1"}}, d)
		h.wantHolder(item, custody.ByCarrier(driver))
		h.handOver(officeB, custody.ByCarrier(driver), custody.AtOffice(officeB), driver, clerkB, "", []event.Count{{Thing: bag, Seal: "NP1"}}, d)
		h.wantHolder(item, custody.AtOffice(officeB))
		h.refused("custody.bag_wrong_office", officeA, clerkA, custody.OpenBag{Bag: bag, Seal: "NP1"})
		h.must(officeB, clerkB, custody.OpenBag{Bag: bag, Seal: "NP1"})
		h.must(officeB, clerkB, custody.TakeOut{Item: item, Bag: bag})
		h.must(officeB, clerkB, custody.EmptyBag{Bag: bag})
		if i := h.item(item); i.Stage != custody.AtArrival {
			t.Fatalf("stage %s", i.Stage)
		}
		h.handOver(officeB, custody.AtOffice(officeB), custody.ByCarrier(carrier), clerkB, carrier, custody.ForDelivery, []event.Count{{Thing: event.Thing(item)}}, event.Thing(item))
		h.must(officeB, carrier, custody.Attempt{Item: item, Reason: "absent", Next: "again"})
		h.must(officeB, carrier, custody.Deliver{Item: item, To: "household"})
		h.wantHolder(item, event.Recipient)
		h.refused("custody.ended", officeB, carrier, custody.Deliver{Item: item, To: "household"})

		steps, err := custody.History(t.Context(), h.Ledger, item)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range steps {
			names = append(names, s.Entry.Facts[0].Fact())
		}
		want := "[item.accepted item.packed bag.sealed dispatch.loaded dispatch.closed handover.opened handover.signed handover.opened handover.signed bag.opened item.taken_out handover.opened handover.signed item.attempted item.delivered]"
		if got := fmt.Sprint(names); got != want {
			t.Errorf("history\n got %s\nwant %s", got, want)
		}
		h.consistent()
	})
}

func TestTheTwoAccountsOfAHandoverAreKeptAndSettled(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a, b, c := h.accept(), h.accept(), h.accept()
	ta, tb, tc := event.Thing(a), event.Thing(b), event.Thing(c)
	from, to := custody.AtOffice(officeA), custody.ByCarrier(carrier)
	code := h.must(officeA, clerkA, custody.OpenHandover{Office: officeA, From: from, To: to, Things: []event.Thing{ta, tb}}).Facts[0].(event.HandoverOpened).Handover
	h.refused("custody.in_handover", officeA, clerkA, custody.OpenHandover{Office: officeA, From: from, To: to, Things: []event.Thing{ta}})
	h.must(officeA, carrier, custody.CountThings{Handover: code, Counts: []event.Count{{Thing: ta, Condition: event.Damaged}, {Thing: tc}}})
	h.refused("custody.difference_changed", officeA, clerkA, custody.SignHandover{Handover: code, Side: custody.Giver})
	h.must(officeA, clerkA, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: h.difference(code)})
	h.refused("custody.handover_signed", officeA, carrier, custody.CountThings{Handover: code, Counts: []event.Count{{Thing: tb}}})
	h.refused("custody.handover_not_your_side", officeB, carrier, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: h.difference(code)})
	r := h.must(officeA, carrier, custody.SignHandover{Handover: code, Side: custody.Taker, Difference: h.difference(code)})
	h.wantHolder(a, to)
	h.wantHolder(b, from)
	h.wantHolder(c, to)
	var kinds []string
	var short event.IrregularityRaised
	for _, f := range r.Facts {
		if x, ok := f.(event.IrregularityRaised); ok {
			kinds = append(kinds, x.Kind)
			if x.Kind == "short" {
				short = x
			}
		}
	}
	if fmt.Sprint(kinds) != "[short over damaged]" {
		t.Fatalf("raised %v", kinds)
	}
	h.must(officeA, clerkA, custody.Settle{Irregularity: short.Irregularity, Decision: custody.AccountHolds, Reason: "found"})
	h.wantHolder(b, to)
	h.refused("custody.settled", officeA, clerkA, custody.Settle{Irregularity: short.Irregularity, Decision: custody.Noted, Reason: "other"})
	h.consistent()
}

func TestSecondSignatureAfterTheFirstWithdrewIsRefused(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a := event.Thing(h.accept())
	code := h.must(officeA, clerkA, custody.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(carrier), Things: []event.Thing{a}}).Facts[0].(event.HandoverOpened).Handover
	h.must(officeA, clerkA, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: h.difference(code)})
	h.must(officeA, clerkA, custody.WithdrawHandover{Handover: code})
	h.refused("custody.handover_withdrawn", officeA, carrier, custody.SignHandover{Handover: code, Side: custody.Taker})
	h.wantHolder(postal.ItemNumber(a), custody.AtOffice(officeA))
	h.consistent()
}

func TestALateScanIsNeverRefusedAndAContradictionMustBeSettled(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	late := custody.Late{Act: custody.Deliver{Item: item, To: "addressee"}}
	r := h.must(officeB, carrier, late)
	x, ok := r.Facts[1].(event.IrregularityRaised)
	if !ok || x.Kind != "observation" || x.Says != string(event.Recipient) {
		t.Fatalf("facts %+v", r.Facts)
	}
	h.wantHolder(item, custody.AtOffice(officeA))
	if h.item(item).Open != 1 {
		t.Error("the item does not show its open irregularity")
	}
	h.refused("custody.other_office", officeA, clerkA, custody.Settle{Irregularity: x.Irregularity, Decision: custody.AccountHolds, Reason: "late_scan"})
	h.must(officeB, clerkB, custody.Settle{Irregularity: x.Irregularity, Decision: custody.AccountHolds, Reason: "late_scan"})
	h.wantHolder(item, event.Recipient)
	unknown := h.must(officeB, carrier, custody.Late{Act: custody.Deliver{Item: "RR473124829VN", To: "addressee"}})
	if u := unknown.Facts[1].(event.IrregularityRaised); u.Kind != "unknown" {
		t.Errorf("unknown number: %+v", u)
	}
	h.consistent()
}

func TestASettlementNeverMovesAThingThatHasGoneOnSince(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	x := h.must(officeB, carrier, custody.Late{Act: custody.Deliver{Item: item, To: "addressee"}}).Facts[1].(event.IrregularityRaised)
	h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: event.Thing(item)}}, event.Thing(item))
	h.refused("custody.account_changed", officeB, clerkB, custody.Settle{Irregularity: x.Irregularity, Decision: custody.AccountHolds, Reason: "late_scan"})
	h.must(officeB, clerkB, custody.Settle{Irregularity: x.Irregularity, Decision: custody.LedgerStands, Reason: "late_scan"})
	h.wantHolder(item, custody.ByCarrier(driver))
	h.consistent()
}

func TestUndoTakesBackTheLastActOnly(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	bag := h.must(officeA, clerkA, custody.StartBag{Office: officeA, To: officeB}).Facts[0].(event.BagStarted).Bag
	packed := h.must(officeA, clerkA, custody.Pack{Item: item, Bag: bag})
	h.refused("custody.already_there", officeA, clerkA, custody.Pack{Item: item, Bag: bag})
	h.must(officeA, clerkA, custody.Undo{Item: item, Act: packed.Act})
	if b, _ := ledger.Get[*custody.Bag](h.View(t.Context()), custody.KeyOf(bag)); b.Count != 0 {
		t.Errorf("bag still counts %d", b.Count)
	}
	h.wantHolder(item, custody.AtOffice(officeA))
	h.refused("custody.not_undoable", officeA, clerkA, custody.Undo{Item: item, Act: packed.Act})
	again := h.must(officeA, clerkA, custody.Pack{Item: item, Bag: bag})
	h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP9"})
	h.refused("custody.bag_closed", officeA, clerkA, custody.Undo{Item: item, Act: again.Act})
	old := h.accept()
	h.now = h.now.Add(25 * time.Hour)
	h.refused("custody.undo_too_late", officeA, clerkA, custody.Undo{Item: old, Act: h.item(old).Last.Act})
	wrong := h.accept()
	first := h.item(wrong).Last.Act
	h.must(officeA, clerkA, custody.Undo{Item: wrong, Act: first})
	if i := h.item(wrong); i.Stage != custody.Withdrawn || i.Holder != event.Sender {
		t.Errorf("withdrawn item: %+v", i.Moment)
	}
	h.consistent()
}

func TestMissingItemsOfABagAreLostUntilFound(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a, b := h.accept(), h.accept()
	stray := h.accept()
	bag := h.bag(a, b)
	h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
	d := h.dispatch(bag)
	h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: bag, Seal: "NP1"}}, d)
	h.handOver(officeB, custody.ByCarrier(driver), custody.AtOffice(officeB), driver, clerkB, "", []event.Count{{Thing: bag, Seal: "NP1"}}, d)
	r := h.must(officeB, clerkB, custody.OpenBag{Bag: bag, Seal: "NP2"})
	if x := r.Facts[1].(event.IrregularityRaised); x.Kind != "wrong_seal" || x.Says != "NP2" || x.Ledger != "NP1" {
		t.Fatalf("wrong seal: %+v", x)
	}
	h.must(officeB, clerkB, custody.TakeOut{Item: a, Bag: bag})
	over := h.must(officeB, clerkB, custody.TakeOut{Item: stray, Bag: bag})
	if x := over.Facts[1].(event.IrregularityRaised); x.Kind != "over" {
		t.Fatalf("over: %+v", x)
	}
	h.wantHolder(stray, custody.AtOffice(officeA))
	h.must(officeB, clerkB, custody.EmptyBag{Bag: bag})
	h.wantHolder(b, event.Lost)
	h.must(officeB, clerkB, custody.Find{Item: b})
	h.wantHolder(b, custody.AtOffice(officeB))
	h.consistent()
}

func TestBadInputIsRefusedWithAStableCode(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	accept := custody.Accept{Service: event.Registered, ToUnit: "11407", ToOffice: officeB, WeightG: 50, Office: officeA}
	printed, err := postal.MakeItemNumber("RR", 1801)
	if err != nil {
		t.Fatal(err)
	}
	used := accept
	used.Item = printed
	h.must(officeA, clerkA, used)
	h.refused("custody.number_used", officeA, clerkA, used)
	foreign := accept
	foreign.Item, _ = postal.MakeItemNumber("RR", 2801)
	h.refused("custody.number_foreign", officeA, clerkA, foreign)
	heavy := accept
	heavy.WeightG = 0
	h.refused("custody.weight", officeA, clerkA, heavy)
	h.refused("custody.other_office", officeB, clerkB, accept)
	h.refused("custody.range_taken", officeA, "admin", custody.ReserveRange{Office: officeA, Letters: "RR", From: 1700, To: 1900})
	h.refused("custody.wrong_holder", officeB, clerkB, custody.Deliver{Item: item, To: "addressee"})
	h.refused("custody.unknown", officeA, clerkA, custody.Deliver{Item: "RR473124829VN", To: "addressee"})
	h.now = h.now.Add(time.Second)
	_, err = h.Append(t.Context(), ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.AddDate(10, 0, 0).UnixMilli(), Office: officeA, Actor: clerkA}, custody.Deliver{Item: item, To: "addressee"})
	if fault.Code(err) != "custody.clock" {
		t.Errorf("clock ten years ahead: %v", err)
	}
	h.consistent()
}

func TestABagOf500ItemsScannedOnceGives500Histories(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	var items []postal.ItemNumber
	for range 500 {
		items = append(items, h.accept())
	}
	bag := h.bag(items...)
	h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
	d := h.dispatch(bag)
	h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: bag, Seal: "NP1"}}, d)
	best := time.Hour
	for range 3 {
		start := time.Now()
		histories, err := custody.Histories(t.Context(), h.Ledger, items...)
		if err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
		for _, i := range items {
			if n := len(histories[i]); n != 7 {
				t.Fatalf("%s has %d steps", i, n)
			}
		}
	}
	t.Logf("500 histories in %v", best)
	if best > 100*time.Millisecond && !raceEnabled {
		t.Errorf("500 histories took %v, want at most 100ms", best)
	}
}
