package closedmail_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

const (
	officeA = postal.OfficeCode("180100")
	officeB = postal.OfficeCode("180200")

	clerkA  = postal.StaffID("nv-a1")
	otherA  = postal.StaffID("nv-a2")
	headA   = postal.StaffID("nv-a3")
	clerkB  = postal.StaffID("nv-b1")
	otherB  = postal.StaffID("nv-b2")
	headB   = postal.StaffID("nv-b3")
	courier = postal.StaffID("nv-c1")
	admin   = postal.StaffID("nv-ad")

	bodyOne   = closedmail.BodyCode("cq-0001") // Appendix I
	bodyTwo   = closedmail.BodyCode("cq-0002") // Appendix II
	central   = closedmail.BodyCode("cq-0003") // central office
	outsider  = closedmail.BodyCode("cq-0004")
	registry1 = postal.StaffID("nv-r1")
	registry2 = postal.StaffID("nv-r2")
	contact2  = postal.StaffID("nv-k2")
	leader2   = postal.StaffID("nv-l2")
	registry3 = postal.StaffID("nv-r3")
	registry4 = postal.StaffID("nv-r4")
)

// house is a ledger with custody and closed mail, two offices, their people and three bodies.
type house struct {
	*ledger.Ledger
	t     testing.TB
	db    *sqldb.DB
	now   time.Time
	rows  []*ledger.Table
	seals int                                                         // taken from the roll
	every func(o postal.OfficeCode, who postal.StaffID, a ledger.Act) // sees every act before it is done
}

func open(t testing.TB, db *sqldb.DB, rows ...*ledger.Table) *house {
	t.Helper()
	h := &house{t: t, db: db, rows: rows, now: time.Date(2020, 4, 20, 8, 0, 0, 0, postal.HoChiMinh)}
	h.reopen()
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// reopen opens the ledger on the same database again, as after a power cut.
func (h *house) reopen() {
	h.t.Helper()
	if h.Ledger != nil {
		if err := h.Close(); err != nil {
			h.t.Fatal(err)
		}
	}
	l, err := ledger.Open(context.Background(), h.db, ledger.Config{
		Kinds: slices.Concat(custody.Kinds(), closedmail.Kinds()), Folds: []ledger.Fold{custody.Fold, closedmail.Fold}, Now: func() time.Time { return h.now }, Beside: h.rows})
	if err != nil {
		h.t.Fatal(err)
	}
	h.Ledger = l
}

func newHouse(t testing.TB, db *sqldb.DB, rows ...*ledger.Table) *house {
	t.Helper()
	h := open(t, db, rows...)
	h.furnish()
	return h
}

// furnish brings people, facilities, bodies and numbers.
func (h *house) furnish() {
	h.t.Helper()
	for i, o := range []postal.OfficeCode{officeA, officeB} {
		h.must(o, admin, custody.ReserveRange{Office: o, Letters: "NK", From: 1000 * (i + 1), To: 1000*(i+1) + 999})
	}
	for who, where := range map[postal.StaffID]postal.OfficeCode{clerkA: officeA, otherA: officeA, headA: officeA, clerkB: officeB, otherB: officeB, headB: officeB, courier: officeA} {
		h.clear(who)
		duty := closedmail.Clerk
		switch who {
		case headA, headB:
			duty = closedmail.Supervisor
		case courier:
			duty = closedmail.Courier
		}
		h.must(where, admin, closedmail.Assign{Person: who, Duty: duty, Office: where})
	}
	for n, o := range []postal.OfficeCode{officeA, officeB} {
		for _, c := range [][]closedmail.FacilityCode{{"kv-01", "xe-01", "hop-01", "tui-01", "tui-02", "tui-03", "dv-01", "dv-02"}, {"kv-02", "xe-02", "hop-02", "tui-04", "dv-03"}}[n] {
			h.must(o, []postal.StaffID{headA, headB}[n], closedmail.AddFacility{Facility: c, Office: o})
			h.must(o, []postal.StaffID{headA, headB}[n], closedmail.Inspect{Facility: c, Until: day("2021-04-20")})
		}
	}
	h.must(officeA, headA, closedmail.NameResponsible{Facility: "kv-01", Person: headA})
	for _, b := range []closedmail.ListBody{{Body: bodyOne, List: closedmail.Appendix1}, {Body: bodyTwo, List: closedmail.Appendix2}, {Body: central, List: closedmail.Appendix1, Central: true}, {Body: outsider, List: closedmail.Outside}} {
		h.must(officeA, admin, b)
	}
	for _, p := range []closedmail.NamePerson{{bodyOne, registry1, closedmail.ForClerk}, {bodyTwo, registry2, closedmail.ForClerk}, {bodyTwo, contact2, closedmail.ForContact},
		{bodyTwo, leader2, closedmail.ForLeader}, {central, registry3, closedmail.ForClerk}, {outsider, registry4, closedmail.ForClerk}} {
		h.must(officeA, admin, p)
	}
	h.must(officeA, clerkA, closedmail.OpenShift{Office: officeA})
	h.must(officeB, clerkB, closedmail.OpenShift{Office: officeB})
}

func (h *house) clear(who postal.StaffID) {
	h.t.Helper()
	for _, p := range closedmail.Papers {
		f := closedmail.FilePaper{Person: who, Paper: p, On: day("2020-01-02")}
		if p == closedmail.Training {
			f.Until = day("2022-01-01")
		}
		h.must(officeA, admin, f)
	}
}

func day(s string) postal.Day {
	d, err := postal.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (h *house) do(o postal.OfficeCode, who postal.StaffID, a ledger.Act) (ledger.Receipt, error) {
	h.now = h.now.Add(time.Second)
	return h.Append(context.Background(), ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: o, Actor: who}, a)
}

func (h *house) must(o postal.OfficeCode, who postal.StaffID, a ledger.Act) ledger.Receipt {
	h.t.Helper()
	if h.every != nil {
		h.every(o, who, a)
	}
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

// cover is an ordinary item from body one to body two.
func cover() closedmail.Accept {
	return closedmail.Accept{Office: officeA, Number: "123/QĐ-UB", Sender: bodyOne, HandedBy: registry1, Addressee: bodyTwo, WeightG: 120, ToUnit: "11407", ToOffice: officeB}
}

func (h *house) accept(a closedmail.Accept) postal.ItemNumber {
	h.t.Helper()
	return h.must(officeA, clerkA, a).Facts[0].(event.ItemAccepted).Item
}

func (h *house) vessel(f closedmail.FacilityCode, items ...postal.ItemNumber) event.Thing {
	h.t.Helper()
	bag := h.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: f}).Facts[0].(event.BagStarted).Bag
	for _, i := range items {
		h.must(officeA, clerkA, closedmail.Pack{Item: i, Bag: bag})
	}
	h.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: h.seal(), Second: otherA})
	return bag
}

// seal is the next of the roll: the first bag has NP-10001.
func (h *house) seal() closedmail.Seal {
	h.seals++
	return closedmail.Seal(fmt.Sprintf("NP-%d", 10_000+h.seals))
}

// sealOf is the seal of a closed bag by the books.
func (h *house) sealOf(bag event.Thing) string {
	h.t.Helper()
	b, ok := ledgerGet[*custody.Bag](h, custody.KeyOf(bag))
	if !ok {
		h.t.Fatalf("no bag %s", bag)
	}
	return b.Seal
}

func (h *house) dispatch(bags ...event.Thing) event.Thing {
	h.t.Helper()
	d := h.must(officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Vehicle: "xe-01"}).Facts[0].(event.DispatchStarted).Dispatch
	for _, b := range bags {
		h.must(officeA, clerkA, closedmail.Load{Bag: b, Dispatch: d})
	}
	h.must(officeA, clerkA, closedmail.CloseDispatch{Dispatch: d})
	return d
}

func (h *house) open(o postal.OfficeCode, who postal.StaffID, a closedmail.OpenHandover) event.Thing {
	h.t.Helper()
	a.Office = o
	return h.must(o, who, a).Facts[0].(event.HandoverOpened).Handover
}

// sign signs one side; the office of a courier is his own.
func (h *house) sign(o postal.OfficeCode, who postal.StaffID, code event.Thing, side string) ledger.Receipt {
	h.t.Helper()
	s := closedmail.SignHandover{Handover: code, Side: side, Difference: h.difference(code)}
	if side == custody.Taker {
		s.Number, s.Packing, s.Seals = true, true, true
	}
	return h.must(o, who, s)
}

func (h *house) difference(code event.Thing) string {
	s, _ := ledger.Get[*custody.Handover](h.View(context.Background()), custody.KeyOf(code))
	return s.Difference().Digest()
}

// send takes bags from A to B in the courier's hands.
func (h *house) send(bags ...event.Thing) {
	h.t.Helper()
	d := h.dispatch(bags...)
	h.leave(d, bags...)
	h.arrive(d, bags...)
}

// leave hands a dispatch with these bags to the courier.
func (h *house) leave(d event.Thing, bags ...event.Thing) {
	h.t.Helper()
	out := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{d}})
	h.must(officeA, courier, closedmail.CountThings{Handover: out, Counts: h.sealed(bags)})
	h.sign(officeA, clerkA, out, custody.Giver)
	h.sign(officeA, courier, out, custody.Taker)
}

// arrive hands it on to office B.
func (h *house) arrive(d event.Thing, bags ...event.Thing) {
	h.t.Helper()
	in := h.open(officeB, clerkB, closedmail.OpenHandover{From: custody.ByCarrier(courier), To: custody.AtOffice(officeB), Things: []event.Thing{d}})
	h.must(officeB, clerkB, closedmail.CountThings{Handover: in, Counts: h.sealed(bags)})
	h.sign(officeA, courier, in, custody.Giver)
	h.sign(officeB, clerkB, in, custody.Taker)
}

// sealed counts bags with their seals.
func (h *house) sealed(bags []event.Thing) []event.Count {
	h.t.Helper()
	var counts []event.Count
	for _, b := range bags {
		counts = append(counts, event.Count{Thing: b, Seal: h.sealOf(b)})
	}
	return counts
}

// unpack opens and empties a bag at B.
func (h *house) unpack(bag event.Thing, items ...postal.ItemNumber) {
	h.t.Helper()
	h.must(officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(h.sealOf(bag)), Second: otherB})
	for _, i := range items {
		h.must(officeB, clerkB, closedmail.TakeOut{Item: i, Bag: bag})
	}
	h.must(officeB, clerkB, closedmail.EmptyVessel{Bag: bag, Second: otherB})
}

// giveOut hands items to the courier for delivery.
func (h *house) giveOut(items ...postal.ItemNumber) {
	h.t.Helper()
	var list []event.Thing
	var counts []event.Count
	for _, i := range items {
		list = append(list, event.Thing(i))
		counts = append(counts, event.Count{Thing: event.Thing(i)})
	}
	code := h.open(officeB, clerkB, closedmail.OpenHandover{From: custody.AtOffice(officeB), To: custody.ByCarrier(courier), Delivery: true, Things: list, Vehicle: "xe-02"})
	h.must(officeA, courier, closedmail.CountThings{Handover: code, Counts: counts})
	h.sign(officeB, clerkB, code, custody.Giver)
	h.sign(officeA, courier, code, custody.Taker)
}

func deliver(i postal.ItemNumber) closedmail.Deliver {
	return closedmail.Deliver{Item: i, As: closedmail.ForClerk, Receiver: registry2, Number: true, Packing: true, Seal: true}
}

func (h *house) holder(t event.Thing) event.Holder {
	h.t.Helper()
	who, _ := custody.Holder(h.View(context.Background()), t)
	return who
}

func (h *house) cover(i postal.ItemNumber) *closedmail.Cover {
	h.t.Helper()
	c, ok := closedmail.CoverOf(h.View(context.Background()), i)
	if !ok {
		h.t.Fatalf("no cover of %s", i)
	}
	return c
}

func (h *house) incidents(o postal.OfficeCode) []*closedmail.Incident {
	h.t.Helper()
	return closedmail.Incidents(h.View(context.Background()), o)
}

// settle signs the minutes, reports and releases the only incident of an office.
func (h *house) settle(o postal.OfficeCode, first, second, head postal.StaffID, d closedmail.Decision) {
	h.t.Helper()
	all := h.incidents(o)
	if len(all) != 1 {
		h.t.Fatalf("%d incidents at %s", len(all), o)
	}
	h.must(o, first, closedmail.SignMinutes{Incident: all[0].ID, Second: second})
	h.must(o, first, closedmail.ReportUp{Incident: all[0].ID, To: "province"})
	h.must(o, head, closedmail.Release{Incident: all[0].ID, Decision: d})
}

// find records what is missing by the only incident of an office as found there, and lets it go on.
func (h *house) find(o postal.OfficeCode, first, second, head postal.StaffID) {
	h.t.Helper()
	all := h.incidents(o)
	if len(all) != 1 {
		h.t.Fatalf("%d incidents at %s", len(all), o)
	}
	for _, t := range all[0].Things {
		h.must(o, first, closedmail.ReportFound{Thing: t})
		h.settle(o, first, second, head, closedmail.Sound)
	}
}

// sound checks that a replay gives the same states.
func (h *house) sound() {
	h.t.Helper()
	if d, err := h.Check(context.Background(), nil); err != nil || len(d) > 0 {
		h.t.Errorf("replay differs from live: %v, %v", d, err)
	}
}

// sentences are what somebody might try to write about the content of a cover.
var sentences = []string{"Kế hoạch bảo vệ mục tiêu", "KE HOACH BAO VE", "ke-hoach-bao-ve", "KEHOACHPHONGT", "plan", "1 plan", "cq-mat", "nv-Kế hoạch"}

// eachText calls try with every copy of an act in which one text is a sentence.
func eachText(t testing.TB, act ledger.Act, try func(changed ledger.Act, field, text string)) {
	t.Helper()
	kind := reflect.TypeOf(act)
	for n := range 400 { // the n-th text of the act, until there is no such
		for _, text := range sentences {
			fresh := reflect.New(kind).Elem()
			raw, err := json.Marshal(act)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, fresh.Addr().Interface()); err != nil {
				t.Fatal(err)
			}
			left := n
			field := setText(fresh, kind.Name(), &left, text)
			if field == "" {
				return
			}
			try(fresh.Interface().(ledger.Act), field, text)
		}
	}
}

// setText puts text into the left-th string of a value and names it; an empty list gets an element of its own.
func setText(v reflect.Value, name string, left *int, text string) string {
	switch v.Kind() {
	case reflect.String:
		if *left == 0 {
			v.SetString(text)
			return name
		}
		*left--
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if f := setText(v.Field(i), name+"."+v.Type().Field(i).Name, left, text); f != "" {
				return f
			}
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		return setText(v.Index(0), name+"[0]", left, text)
	}
	return ""
}

func ledgerEnvelope(o postal.OfficeCode, who postal.StaffID) ledger.Envelope {
	return ledger.Envelope{Office: o, Actor: who}
}

func ledgerGet[S ledger.State](h *house, k ledger.Key) (S, bool) {
	return ledger.Get[S](h.View(context.Background()), k)
}
