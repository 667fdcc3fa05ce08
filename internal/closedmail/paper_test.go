package closedmail_test

import (
	"strings"
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

// listed brings items from A to B and into the courier's hands, and gives the delivery list by which they are out.
func (h *house) listed(items ...postal.ItemNumber) event.Thing {
	h.t.Helper()
	bag := h.vessel("tui-01", items...)
	h.send(bag)
	h.unpack(bag, items...)
	h.giveOut(items...)
	return h.cover(items[0]).Out
}

// back lets time pass on the road: the receiver signs after so many minutes, and the courier is back with the list an hour later.
func (h *house) back(minutes int) (signed int64) {
	signed = h.now.Add(time.Duration(minutes) * time.Minute).UnixMilli()
	h.now = h.now.Add(time.Duration(minutes)*time.Minute + time.Hour)
	return signed
}

func onPaper(list event.Thing, at int64, items ...postal.ItemNumber) closedmail.DeliverOnPaper {
	return closedmail.DeliverOnPaper{Items: items, List: list, AtMs: at, As: closedmail.ForClerk, Receiver: registry2, Number: true, Packing: true, Seal: true, Second: clerkB}
}

func (h *house) item(i postal.ItemNumber) *custody.Item {
	h.t.Helper()
	x, ok := ledger.Get[*custody.Item](h.View(h.t.Context()), custody.ItemKey(i))
	if !ok {
		h.t.Fatalf("no item %s", i)
	}
	return x
}

func TestAReceiverSignsOnTheListAndTwoEnterIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		var items []postal.ItemNumber
		for range 4 {
			items = append(items, h.accept(cover()))
		}
		list := h.listed(items...)
		signed := h.back(40)
		r := h.must(officeB, courier, onPaper(list, signed, items[0], items[1]))
		facts := 0
		for _, f := range r.Facts {
			if d, ok := f.(event.KT1Delivered); ok {
				facts++
				if d.List != list || d.By != courier || d.Checked != clerkB || d.Receiver != registry2 {
					t.Errorf("%+v", d)
				}
			}
		}
		if facts != 2 {
			t.Errorf("%d were delivered", facts)
		}
		if i := h.item(items[0]); i.AttemptMs != signed || i.EndedMs != signed || i.Holder != event.Recipient || h.cover(items[1]).Delivered != signed {
			t.Errorf("%+v, signed at %d", i, signed)
		}
		first := onPaper(list, signed, items[2])
		first.Second = courier // the clerk fills the form, the courier is the second
		if d, _ := factOf[event.KT1Delivered](h.must(officeB, otherB, first).Facts); d.By != courier || d.Checked != otherB {
			t.Errorf("%+v", d)
		}
		w := ask(h, officeB, courier, onPaper(list, signed, items[3]))
		if w.AtMs == signed {
			t.Error("it was asked at the time of the paper")
		}
		other := signing(w)
		other.AtMs = signed - 60_000
		h.refused("closedmail.ask_changed", officeB, clerkB, other)
		away := signing(w)
		away.Present = false
		h.refused("closedmail.not_present", officeB, clerkB, away)
		h.countersign(w)
		if i := h.item(items[3]); i.AttemptMs != signed || i.Holder != event.Recipient {
			t.Errorf("%+v", i)
		}
		if w = h.asked(w.Subject); w.EndedMs < w.AtMs {
			t.Errorf("asked at %d, ended at %d", w.AtMs, w.EndedMs)
		}
		h.sound()
	})
}

func TestAListTakesOnlyWhatCanStandOnIt(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	named := cover()
	named.NamedOnly = true
	i, j := h.accept(cover()), h.accept(named)
	list := h.listed(i, j)
	given := h.cover(i).OutMs
	signed := h.back(30)
	good := onPaper(list, signed, i)
	no := func(code string, o postal.OfficeCode, who postal.StaffID, change func(*closedmail.DeliverOnPaper)) {
		t.Helper()
		a := good
		change(&a)
		h.refused(code, o, who, a)
	}
	no("closedmail.second_missing", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Second = "" })
	no("closedmail.same_person", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Second = courier })
	no("closedmail.same_person", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Receiver = clerkB })
	no("closedmail.not_carrier", officeB, clerkB, func(a *closedmail.DeliverOnPaper) { a.Second = otherB })
	no("closedmail.no_duty", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Second = clerkA })
	no("closedmail.person_unknown", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Second = registry1 })
	no("closedmail.other_office", officeA, courier, func(*closedmail.DeliverOnPaper) {})
	no("closedmail.receiver", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Receiver = registry1 })
	no("closedmail.not_looked", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Seal = false })
	no("closedmail.after_hours", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.AfterHours = true })
	no("closedmail.working_hours", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.As, a.Receiver = closedmail.ForContact, contact2 })
	no("closedmail.unopened", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Items = []postal.ItemNumber{j} })
	no("closedmail.no_items", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Items = nil })
	no("closedmail.twice", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Items = []postal.ItemNumber{i, i} })
	no("closedmail.paper_time", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.AtMs = h.now.Add(time.Hour).UnixMilli() })
	no("closedmail.paper_time", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.AtMs = given - 60_000 })
	no("closedmail.paper_time", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.AtMs = 0 }) // no time of now either
	bag := h.vessel("tui-02", h.accept(cover()))
	open := h.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{bag}, Vehicle: "xe-01"})
	no("closedmail.no_list", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.List = open })
	if len(closedmail.AllAsked(h.View(t.Context()))) != 0 || h.item(i).AttemptMs != 0 {
		t.Error("what was refused left something")
	}
	loose := h.accept(cover())
	no("closedmail.not_on_list", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Items = []postal.ItemNumber{loose} })
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: clerkB, Paper: closedmail.Training, Reason: "expired"})
	no("closedmail.not_cleared", officeB, courier, func(*closedmail.DeliverOnPaper) {})
	no("closedmail.unopened", officeB, courier, func(a *closedmail.DeliverOnPaper) { a.Second, a.Items = headB, []postal.ItemNumber{i, j} })
	if h.holder(event.Thing(i)) != custody.ByCarrier(courier) {
		t.Error("one of two items was delivered although the other was refused")
	}
	good.Second, good.Unopened, good.Items = headB, true, []postal.ItemNumber{i, j}
	h.must(officeB, courier, good)
	h.refused("custody.ended", officeB, courier, good)
	h.sound()
}

func TestAListEndsWhenTheItemIsGivenBack(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	first := h.listed(i)
	signed := h.back(20)
	back := h.open(officeB, clerkB, closedmail.OpenHandover{From: custody.ByCarrier(courier), To: custody.AtOffice(officeB), Things: []event.Thing{event.Thing(i)}})
	h.must(officeB, clerkB, closedmail.CountThings{Handover: back, Counts: []event.Count{{Thing: event.Thing(i)}}})
	h.sign(officeA, courier, back, custody.Giver)
	h.sign(officeB, clerkB, back, custody.Taker)
	h.refused("closedmail.not_on_list", officeB, courier, onPaper(first, signed, i))
	h.giveOut(i)
	h.refused("closedmail.not_on_list", officeB, courier, onPaper(first, signed, i))
	second := h.cover(i).Out
	h.refused("closedmail.paper_time", officeB, courier, onPaper(second, signed, i))
	h.must(officeB, courier, onPaper(second, h.back(20), i))
	h.sound()
}

func TestATryOnTheRoadStopsTheClockWhenItHappened(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	i := h.accept(cover())
	list := h.listed(i)
	tried := h.back(30)
	a := closedmail.Attempt{Item: i, Reason: "absent", Next: "again", AtMs: h.cover(i).OutMs - 60_000}
	h.refused("closedmail.paper_time", officeA, courier, a)
	a.AtMs = tried
	h.refused("closedmail.no_duty", officeB, clerkB, a)
	h.now = h.now.AddDate(0, 0, 2) // the list lay over a holiday
	h.must(officeA, courier, a)
	if x := h.item(i); x.AttemptMs != tried || x.Attempts != 1 {
		t.Errorf("%+v, tried at %d", x, tried)
	}
	h.refused("closedmail.paper_time", officeB, courier, onPaper(list, tried-60_000, i))
	h.must(officeB, courier, onPaper(list, tried+60_000, i))
	if x := h.item(i); x.AttemptMs != tried || x.EndedMs != tried+60_000 {
		t.Errorf("%+v", x)
	}
	h.sound()
}

func TestTheLeaderTakesItOnlyWhenTheNamedPersonIsAbsent(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	express := cover()
	express.NamedOnly, express.Urgency = true, closedmail.Express
	i, j := h.accept(express), h.accept(express)
	list := h.listed(i, j)
	d := deliver(i)
	d.As, d.Receiver, d.Unopened = closedmail.ForLeader, leader2, true
	h.refused("closedmail.not_absent", officeA, courier, d)
	d.Absent = true
	if f, _ := factOf[event.KT1Delivered](h.must(officeA, courier, d).Facts); !f.Absent {
		t.Errorf("%+v", f)
	}
	p := onPaper(list, h.back(5), j)
	p.As, p.Receiver, p.Unopened = closedmail.ForLeader, leader2, true
	h.refused("closedmail.not_absent", officeB, courier, p)
	p.As, p.Receiver, p.Absent = closedmail.ForClerk, registry2, true
	h.refused("closedmail.absent", officeB, courier, p)
	p.As, p.Receiver = closedmail.ForLeader, leader2
	h.must(officeB, courier, p)
	h.sound()
}

func TestAPersonOutsideTheListReceivesOnPaper(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	out := cover()
	out.Sender, out.HandedBy, out.Addressee, out.Demand = central, registry3, outsider, closedmail.DemandNo
	i := h.accept(out)
	a := onPaper(h.listed(i), h.back(30), i)
	h.refused("closedmail.receiver", officeB, courier, a)
	a.Receiver = registry4
	h.must(officeB, courier, a)
	if c := h.cover(i); c.Receiver != registry4 || h.holder(event.Thing(i)) != event.Recipient {
		t.Errorf("%+v", c)
	}
	h.sound()
}

func TestTheContactHasAPlaceAndATelephone(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		if e, err := s.pages.Directory.Find(t.Context(), bodyTwo); err != nil || e.Place != "Phòng trực tầng 1" || e.Phone.Display() != "0225 312 3456" {
			t.Errorf("%+v, %v", e, err)
		}
		s.must(officeA, admin, closedmail.NamePerson{Body: bodyOne, Person: "nv-k1", As: closedmail.ForContact})
		head := s.as(headA)
		if a := head.get("/kt1/bodies").body; strings.Count(a, "nơi nhận ngoài giờ") != 1 {
			t.Error("a contact without a place is no fault, or one with a place is")
		}
		if a := head.get("/kt1/bodies/cq-0001").body; !strings.Contains(a, "Thiếu nơi nhận ngoài giờ. Phải bổ sung.") {
			t.Error("the body's page does not say what is to be mended")
		}
		plain := "code,list,central,name,address,unit,province,zone,office,hours\ncq-0002,appendix-2,no,Cơ quan mẫu số 2,20 phố Mẫu,11311,31,inner,180200,07:30-11:30\n"
		entries, err := closedmail.ReadEntries(strings.NewReader(plain))
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.pages.Directory.Plan(t.Context(), entries, postal.DayOf(s.now))
		if err != nil || len(p.Changed) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		if err := s.pages.Directory.Import(t.Context(), p, ledgerEnvelope(officeA, admin), admin, func() time.Time { s.now = s.now.Add(time.Second); return s.now }); err != nil {
			t.Fatal(err)
		}
		if e, _ := s.pages.Directory.Find(t.Context(), bodyTwo); e.Address != "20 phố Mẫu" || e.Place != "Phòng trực tầng 1" {
			t.Errorf("a file without the columns changed them: %+v", e)
		}
		if _, err := closedmail.ReadEntries(strings.NewReader(strings.Replace(directory, "0225 312 3456", "12", 1))); fault.Code(err) != "closedmail.import_rows" {
			t.Errorf("a wrong telephone: %v", err)
		}
		i := s.accept(cover())
		s.listed(i)
		s.now = time.Date(2020, 4, 20, 18, 0, 0, 0, postal.HoChiMinh)
		if a := s.as(courier).get("/kt1/round/" + string(i)).body; !strings.Contains(a, "Phòng trực tầng 1 · 0225 312 3456") || strings.Contains(a, "20 phố Mẫu") {
			t.Error("after hours the courier is not led to the contact")
		}
	})
}
