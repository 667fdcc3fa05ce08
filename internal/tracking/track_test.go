package tracking_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/tracking"
)

const (
	officeA = postal.OfficeCode("180100")
	officeB = postal.OfficeCode("180200")
	clerkA  = postal.StaffID("nv-a")
	clerkB  = postal.StaffID("nv-b")
	driver  = postal.StaffID("nv-lx")
	carrier = postal.StaffID("nv-bt")
)

// post is a small post with two offices.
type post struct {
	*ledger.Ledger
	t   *testing.T
	now time.Time
}

func newPost(t *testing.T, db *sqldb.DB) *post {
	t.Helper()
	p := &post{t: t, now: time.Date(2026, 3, 2, 8, 0, 0, 0, postal.HoChiMinh)}
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}, Now: func() time.Time { return p.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	p.Ledger = l
	p.do(officeA, "admin", custody.ReserveRange{Office: officeA, Letters: "RR", From: 1000, To: 1999})
	return p
}

func (p *post) do(o postal.OfficeCode, who postal.StaffID, a ledger.Act) ledger.Receipt {
	p.t.Helper()
	p.now = p.now.Add(time.Minute)
	r, err := p.Append(p.t.Context(), ledger.Envelope{Act: postal.NewActID(p.now), OccurredMs: p.now.UnixMilli(), Office: o, Actor: who}, a)
	if err != nil {
		p.t.Fatalf("%s: %v", a.Name(), err)
	}
	return r
}

func (p *post) accept() postal.ItemNumber {
	p.t.Helper()
	due := p.now.AddDate(0, 0, 3)
	r := p.do(officeA, clerkA, custody.Accept{Service: event.Registered, ToUnit: "11407", ToOffice: officeB, WeightG: 50, FeeVND: 12000, DueMs: due.UnixMilli(), Office: officeA})
	return r.Facts[0].(event.ItemAccepted).Item
}

func (p *post) handOver(o postal.OfficeCode, from, to event.Holder, giver, taker postal.StaffID, purpose, seal string, count event.Thing, things ...event.Thing) {
	p.t.Helper()
	code := p.do(o, giver, custody.OpenHandover{Office: o, From: from, To: to, Purpose: purpose, Things: things}).Facts[0].(event.HandoverOpened).Handover
	p.do(o, taker, custody.CountThings{Handover: code, Counts: []event.Count{{Thing: count, Seal: seal}}})
	p.do(o, giver, custody.SignHandover{Handover: code, Side: custody.Giver})
	p.do(o, taker, custody.SignHandover{Handover: code, Side: custody.Taker})
}

func (p *post) track(typed string) tracking.Status {
	p.t.Helper()
	s, err := tracking.Track(p.t.Context(), p.Ledger, typed)
	if err != nil {
		p.t.Fatalf("track %s: %v", typed, err)
	}
	return s
}

func (p *post) want(n postal.ItemNumber, step tracking.Step, x tracking.Exception, todo tracking.Todo, events string) tracking.Status {
	p.t.Helper()
	s := p.track(string(n))
	if s.Step != step || s.Exception != x || s.Todo != todo {
		p.t.Errorf("%s: step %q exception %q todo %q, want %q %q %q", n, s.Step, s.Exception, s.Todo, step, x, todo)
	}
	var got []string
	for _, e := range s.Events {
		word := string(e.Kind) + "@" + string(e.Office)
		if e.Undone {
			word = "~" + word
		}
		got = append(got, word)
	}
	if strings.Join(got, " ") != events {
		p.t.Errorf("%s: events\n got %s\nwant %s", n, strings.Join(got, " "), events)
	}
	return s
}

// toB takes an item to office B and out of its bag.
func (p *post) toB(item postal.ItemNumber) {
	p.t.Helper()
	bag := p.do(officeA, clerkA, custody.StartBag{Office: officeA, To: officeB}).Facts[0].(event.BagStarted).Bag
	p.do(officeA, clerkA, custody.Pack{Item: item, Bag: bag})
	p.do(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
	d := p.do(officeA, clerkA, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
	p.do(officeA, clerkA, custody.Load{Thing: bag, Dispatch: d})
	p.do(officeA, clerkA, custody.CloseDispatch{Dispatch: d})
	p.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", "NP1", bag, d)
	p.handOver(officeB, custody.ByCarrier(driver), custody.AtOffice(officeB), driver, clerkB, "", "NP1", bag, d)
	p.do(officeB, clerkB, custody.OpenBag{Bag: bag, Seal: "NP1"})
	p.do(officeB, clerkB, custody.TakeOut{Item: item, Bag: bag})
	p.do(officeB, clerkB, custody.EmptyBag{Bag: bag})
}

func (p *post) out(item postal.ItemNumber) {
	p.t.Helper()
	p.handOver(officeB, custody.AtOffice(officeB), custody.ByCarrier(carrier), clerkB, carrier, custody.ForDelivery, "", event.Thing(item), event.Thing(item))
}

func (p *post) back(item postal.ItemNumber) {
	p.t.Helper()
	p.handOver(officeB, custody.ByCarrier(carrier), custody.AtOffice(officeB), carrier, clerkB, "", "", event.Thing(item), event.Thing(item))
}

func TestTheFiveStepsFollowAnItemFromCounterToDoor(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := newPost(t, db)
		item := p.accept()
		s := p.want(item, tracking.Accepted, "", tracking.Wait, "accepted@180100")
		if s.Expected != postal.DayOf(p.now.AddDate(0, 0, 3)) || s.Late || s.At != officeA || s.Unit != "11407" || s.Destination != officeB {
			t.Errorf("status %+v", s)
		}
		bag := p.do(officeA, clerkA, custody.StartBag{Office: officeA, To: officeB}).Facts[0].(event.BagStarted).Bag
		p.do(officeA, clerkA, custody.Pack{Item: item, Bag: bag})
		p.do(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
		p.want(item, tracking.Accepted, "", tracking.Wait, "accepted@180100")
		d := p.do(officeA, clerkA, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
		p.do(officeA, clerkA, custody.Load{Thing: bag, Dispatch: d})
		p.do(officeA, clerkA, custody.CloseDispatch{Dispatch: d})
		p.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", "NP1", bag, d)
		if s := p.want(item, tracking.Moving, "", tracking.Wait, "departed@180100 accepted@180100"); s.At != "" {
			t.Errorf("a moving item is at %q", s.At)
		}
		p.handOver(officeB, custody.ByCarrier(driver), custody.AtOffice(officeB), driver, clerkB, "", "NP1", bag, d)
		p.want(item, tracking.AtDelivery, "", tracking.Wait, "arrived@180200 departed@180100 accepted@180100")
		p.do(officeB, clerkB, custody.OpenBag{Bag: bag, Seal: "NP1"})
		p.do(officeB, clerkB, custody.TakeOut{Item: item, Bag: bag})
		p.do(officeB, clerkB, custody.EmptyBag{Bag: bag})
		p.want(item, tracking.AtDelivery, "", tracking.Wait, "arrived@180200 departed@180100 accepted@180100")
		p.out(item)
		p.want(item, tracking.OutForDelivery, "", tracking.BeThere, "out_for_delivery@180200 arrived@180200 departed@180100 accepted@180100")
		p.do(officeB, carrier, custody.Deliver{Item: item, To: "household"})
		s = p.want(item, tracking.Delivered, "", tracking.Nothing, "delivered@180200 out_for_delivery@180200 arrived@180200 departed@180100 accepted@180100")
		if !s.Ended || !s.Expected.IsZero() || s.At != "" {
			t.Errorf("delivered: %+v", s)
		}
	})
}

func TestExceptionsTakeThePlaceOfTheHead(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t))
	item := p.accept()
	p.toB(item)
	p.out(item)
	p.do(officeB, carrier, custody.Attempt{Item: item, Reason: "absent", Next: "again"})
	const before = "out_for_delivery@180200 arrived@180200 departed@180100 accepted@180100"
	p.want(item, tracking.OutForDelivery, tracking.Attempted, tracking.NextAttempt, "attempted@180200 "+before)
	p.do(officeB, carrier, custody.Attempt{Item: item, Reason: "wrong_address", Next: "again"})
	p.want(item, tracking.OutForDelivery, tracking.Attempted, tracking.CheckAddress, "attempted@180200 attempted@180200 "+before)
	p.do(officeB, carrier, custody.Attempt{Item: item, Reason: "absent", Next: "hold"})
	p.back(item)
	s := p.want(item, tracking.AtDelivery, tracking.Attempted, tracking.WaitHold, "arrived@180200 attempted@180200 attempted@180200 attempted@180200 "+before)
	if s.Reason != "absent" || s.Attempts != 3 {
		t.Errorf("attempted: %+v", s)
	}
	until := postal.DayOf(p.now).AddDays(5)
	p.do(officeB, clerkB, custody.Hold{Item: item, Until: until})
	s = p.track(string(item))
	if s.Exception != tracking.Held || s.Todo != tracking.Fetch || s.HeldUntil != until || !strings.Contains(s.Head("vi"), until.VN()) {
		t.Errorf("held: %+v %s", s, s.Head("vi"))
	}
	p.do(officeB, clerkB, custody.Return{Item: item, Reason: "unclaimed"})
	s = p.track(string(item))
	if s.Exception != tracking.Returning || s.Todo != tracking.Wait || s.Reason != "unclaimed" || s.Step != tracking.OutForDelivery {
		t.Errorf("returning: %+v", s)
	}
	p.do(officeB, clerkB, custody.Deliver{Item: item, To: "sender"})
	s = p.track(string(item))
	if s.Exception != tracking.Returned || !s.Ended || s.Todo != tracking.Nothing {
		t.Errorf("returned: %+v", s)
	}
}

func TestAMissingItemIsInTroubleUntilFound(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t))
	item := p.accept()
	p.do(officeA, clerkA, custody.ReportLost{Item: item, Reason: "not_found"})
	p.want(item, tracking.Accepted, tracking.Trouble, tracking.Call, "trouble@180100 accepted@180100")
	p.do(officeA, clerkA, custody.Find{Item: item})
	if s := p.track(string(item)); s.Exception != "" {
		t.Errorf("found: %+v", s)
	}
}

func TestALateItemAsksTheReaderToCall(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t))
	item := p.accept()
	p.now = p.now.AddDate(0, 0, 4)
	if s := p.track(string(item)); !s.Late || s.Todo != tracking.Call {
		t.Errorf("late: %+v", s)
	}
}

func TestWhatWasUndoneIsStruckOut(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t))
	item := p.accept()
	p.toB(item)
	p.out(item)
	wrong := p.do(officeB, carrier, custody.Deliver{Item: item, To: "addressee"})
	p.do(officeB, carrier, custody.Undo{Item: item, Act: wrong.Act})
	s := p.want(item, tracking.OutForDelivery, "", tracking.BeThere, "~delivered@180200 out_for_delivery@180200 arrived@180200 departed@180100 accepted@180100")
	if text := s.Events[0].In("vi"); !strings.Contains(text, "huỷ") {
		t.Errorf("words %q", text)
	}
}

func TestARedirectedItemForgetsTheAttemptAtItsOldAddress(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t))
	item := p.accept()
	p.toB(item)
	p.out(item)
	p.do(officeB, carrier, custody.Attempt{Item: item, Reason: "moved", Next: "again"})
	p.back(item)
	p.do(officeB, clerkB, custody.Redirect{Item: item, ToUnit: "11311", ToOffice: officeB})
	if s := p.track(string(item)); s.Exception != "" || s.Step != tracking.AtDelivery || s.Unit != "11311" {
		t.Errorf("redirected: %+v", s)
	}
}

func TestEveryNumberThatIsNotShownGetsTheSameAnswer(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t))
	item := p.accept()
	p.do(officeA, clerkA, custody.Undo{Item: item, Act: lastAct(t, p, item)})
	for name, typed := range map[string]string{
		"withdrawn": string(item), "unknown": "RR473124829VN", "wrong check digit": "RR473124820VN", "another post": "RR473124829JP",
		"closed service": "MA000000019VN", "nonsense": "xyz", "empty": "", "not text": "\xff\xfe", "too long": strings.Repeat("A", 10_000), "a bag": "21801000000012",
	} {
		s, err := tracking.Track(t.Context(), p.Ledger, typed)
		if !reflect.DeepEqual(err, tracking.NotFound()) || !reflect.DeepEqual(s, tracking.Status{}) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if !fault.Is(tracking.NotFound(), fault.NotFound) {
		t.Error("the answer is no NotFound")
	}
}

func lastAct(t *testing.T, p *post, n postal.ItemNumber) postal.ActID {
	t.Helper()
	i, ok := ledger.Get[*custody.Item](p.View(t.Context()), custody.ItemKey(n))
	if !ok {
		t.Fatalf("no item %s", n)
	}
	return i.Last.Act
}

func TestANumberIsReadAsPeopleAndScannersGiveIt(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t))
	item := p.accept()
	for _, typed := range []string{strings.ToLower(string(item)), item.Grouped(), " " + string(item) + "\n"} {
		if s := p.track(typed); s.Number != item {
			t.Errorf("%q gave %s", typed, s.Number)
		}
	}
}

// A status must never hold what only the parties may know: the test names every field that it may have.
func TestAStatusHoldsPublicFactsOnly(t *testing.T) {
	allowed := map[string]bool{}
	for name := range strings.FieldsSeq("Number Step Exception Todo Ended Late Origin Destination Unit At Expected HeldUntil Reason Attempts Events AtMs Kind Office Until Undone seq next rules") {
		allowed[name] = true
	}
	for _, v := range []any{tracking.Status{}, tracking.Event{}} {
		for f := range reflect.TypeOf(v).Fields() {
			if !allowed[f.Name] {
				t.Errorf("%T has the field %s: is it fit for anyone's eyes?", v, f.Name)
			}
		}
	}
}

func TestEveryCodeHasWordsInBothLanguages(t *testing.T) {
	var texts []func(string) string
	for _, s := range tracking.Steps() {
		texts = append(texts, s.In)
	}
	for _, x := range []tracking.Exception{tracking.Held, tracking.Attempted, tracking.Returning, tracking.Returned, tracking.Trouble} {
		texts = append(texts, x.In)
	}
	for _, d := range []tracking.Todo{tracking.Wait, tracking.BeThere, tracking.NextAttempt, tracking.CheckAddress, tracking.WaitHold, tracking.Fetch, tracking.Call, tracking.Nothing} {
		texts = append(texts, d.In)
	}
	for _, k := range []tracking.Kind{tracking.TakenIn, tracking.Departed, tracking.Arrived, tracking.OnRound, tracking.DeliveryAttempted, tracking.KeptForPickup, tracking.Redirected, tracking.TurnedBack, tracking.GivenOut, tracking.GivenBack, tracking.Missing, tracking.FoundAgain} {
		texts = append(texts, k.In)
	}
	for _, r := range append(append([]string{}, custody.Reasons...), custody.ReturnReasons...) {
		texts = append(texts, func(lang string) string { return tracking.Reason(r, lang) })
	}
	for n, text := range texts {
		if vi, en := text("vi"), text("en"); vi == "" || en == "" || vi == en {
			t.Errorf("text %d: %q, %q", n, vi, en)
		}
	}
}
