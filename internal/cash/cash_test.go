package cash_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/cash"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

const (
	office  = postal.OfficeCode("180100")
	other   = postal.OfficeCode("180200")
	clerk   = postal.StaffID("nv-1")
	agency  = postal.AgencyCode("so-tu-phap")
	drawer  = "180100-1"
	rule    = "post.compensation.times_postage@2011-08-15"
	million = postal.VND(1_000_000)
)

// house is a ledger with the money of the counters and nothing else.
type house struct {
	*ledger.Ledger
	t  testing.TB
	db *sqldb.DB
	mu sync.Mutex
	at time.Time
}

func newHouse(t testing.TB, db *sqldb.DB) *house {
	t.Helper()
	if err := cash.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, at: time.Date(2026, 3, 2, 7, 0, 0, 0, postal.HoChiMinh)}
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: cash.Kinds(), Folds: []ledger.Fold{cash.Fold}, Now: h.now})
	if err != nil {
		t.Fatal(err)
	}
	h.Ledger = l
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
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

func (h *house) send(o postal.OfficeCode, who postal.StaffID, a ledger.Act) (ledger.Receipt, error) {
	now := h.now()
	return h.Append(context.Background(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: o, Actor: who}, a)
}

func (h *house) must(a ledger.Act) ledger.Receipt {
	h.t.Helper()
	r, err := h.send(office, clerk, a)
	if err != nil {
		h.t.Fatalf("%s: %v", a.Name(), err)
	}
	return r
}

func (h *house) refused(code string, a ledger.Act) {
	h.t.Helper()
	if _, err := h.send(office, clerk, a); fault.Code(err) != code {
		h.t.Fatalf("%s: got %v, want %s", a.Name(), err, code)
	}
}

func (h *house) balance(a event.Account) postal.VND {
	h.t.Helper()
	return cash.BalanceOf(h.View(context.Background()), a)
}

func (h *house) wantBalance(a event.Account, want postal.VND) {
	h.t.Helper()
	if got := h.balance(a); got != want {
		h.t.Errorf("%s holds %d, want %d", a, got, want)
	}
}

// ready opens the safe, a book of a hundred receipts and a shift.
func (h *house) ready() {
	h.t.Helper()
	h.must(cash.Move{From: cash.Opening, To: cash.Safe(office), AmountVND: 10 * million, Reason: "opening"})
	h.must(cash.OpenBook{Book: "BL01-26P", From: 101, To: 200})
	h.must(cash.Begin{Drawer: drawer, FloatVND: million, Office: office})
}

func number(t testing.TB, serial int) postal.ItemNumber {
	t.Helper()
	n, err := postal.MakeItemNumber("RR", serial)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func take(item postal.ItemNumber, dues ...cash.Due) cash.Take {
	return cash.Take{Drawer: drawer, Item: item, Service: "dossier-send", Means: cash.Cash, ListVND: 26_000, Dues: dues}
}

func due(v postal.VND) cash.Due {
	return cash.Due{Agency: agency, Kind: "fee", AmountVND: v, Book: "BL01-26P"}
}

// sound checks what must always hold: the accounts add up to nothing, and the states are what the entries make.
func (h *house) sound() {
	h.t.Helper()
	var sum int64
	if err := h.CatchUp(h.t.Context(), cash.Follower, cash.Project); err != nil {
		h.t.Fatal(err)
	}
	if err := h.db.Read().QueryRowContext(h.t.Context(), `SELECT coalesce(sum(amount_vnd), 0) FROM cash_posting`).Scan(&sum); err != nil || sum != 0 {
		h.t.Errorf("all accounts add up to %d, %v", sum, err)
	}
	rows, err := h.db.Read().QueryContext(h.t.Context(), `SELECT account, sum(amount_vnd) FROM cash_posting GROUP BY account`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a event.Account
		var v postal.VND
		if err := rows.Scan(&a, &v); err != nil {
			h.t.Fatal(err)
		}
		if kept := h.balance(a); kept != v {
			h.t.Errorf("%s: postings %d, state %d", a, v, kept)
		}
		if strings.HasPrefix(string(a), "assets:cash:") && v < 0 || strings.HasPrefix(string(a), "assets:safe:") && v < 0 || strings.HasPrefix(string(a), "liabilities:") && v > 0 {
			h.t.Errorf("%s went beyond nothing: %d", a, v)
		}
	}
	if d, err := h.Check(h.t.Context(), nil); err != nil || len(d) > 0 {
		h.t.Errorf("replay differs from live: %v, %v", d, err)
	}
}

func TestADayAtACounter(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		h.ready()
		r := h.must(take(number(t, 1), due(200_000), cash.Due{Agency: agency, Kind: "charge", AmountVND: 5_000, Book: "BL01-26P"}))
		got := r.Facts[0].(event.MoneyTaken).Collected
		if got[0].Number != 101 || got[1].Number != 102 {
			t.Fatalf("receipts %+v", got)
		}
		half := take(number(t, 2))
		half.OperatorVND, half.ProvinceVND = 10_000, 3_000
		h.must(half)
		transfer := take(number(t, 3))
		transfer.Means = cash.Transfer
		h.must(transfer)
		h.wantBalance(cash.InDrawer(drawer), million+26_000+205_000+13_000)
		h.wantBalance(cash.Transit(office), 26_000)
		h.wantBalance(cash.ReliefGiven, 10_000)
		h.wantBalance(cash.ProvinceOwes, 3_000)
		h.wantBalance(cash.Owed(agency), -205_000)
		h.wantBalance(cash.Income("dossier-send"), -78_000)
		h.refused("cash.not_counted", cash.End{Drawer: drawer, Office: office})
		h.must(cash.Count{Drawer: drawer, Notes: []event.Notes{{ValueVND: 500_000, Count: 2}, {ValueVND: 200_000, Count: 1}, {ValueVND: 20_000, Count: 2}, {ValueVND: 2_000, Count: 2}}})
		h.must(cash.End{Drawer: drawer, Office: office})
		h.wantBalance(cash.InDrawer(drawer), 0)
		h.wantBalance(cash.Safe(office), 10*million+244_000)
		h.refused("cash.remit_too_much", cash.Remit{Agency: agency, AmountVND: 205_001, Means: cash.Cash, Slip: "PC-1", Office: office})
		h.must(cash.Remit{Agency: agency, AmountVND: 205_000, Means: cash.Cash, Slip: "PC-1", Office: office})
		h.wantBalance(cash.Owed(agency), 0)
		h.must(cash.Move{From: cash.Transit(office), To: cash.Bank, AmountVND: 26_000, Reason: "arrived"})
		h.must(cash.Move{From: cash.ProvinceOwes, To: cash.Bank, AmountVND: 3_000, Reason: "province_paid"})
		h.sound()
		statement(t, h)
	})
}

func statement(t *testing.T, h *house) {
	t.Helper()
	rec := cash.Records{DB: h.db, Ledger: h.Ledger}
	today := postal.DayOf(h.now())
	receipts, err := rec.Receipts(t.Context(), agency, today, today)
	if err != nil || len(receipts) != 2 || receipts[0].Number != 101 || receipts[1].Kind != "charge" || receipts[0].Voided {
		t.Errorf("receipts %+v, %v", receipts, err)
	}
	lines, err := rec.Statement(t.Context(), agency, today, today)
	if err != nil || len(lines) != 2 || lines[0] != (cash.Movement{Fact: "cash.remitted", Account: cash.Owed(agency), Count: 1, AmountVND: 205_000}) ||
		lines[1] != (cash.Movement{Fact: "cash.taken", Account: cash.Owed(agency), Count: 1, AmountVND: -205_000}) {
		t.Errorf("statement %v, %v", lines, err)
	}
	closing, err := rec.Shift(t.Context(), drawer, 1)
	if err != nil || len(closing) == 0 {
		t.Errorf("shift %v, %v", closing, err)
	}
}

func TestADifferenceIsRecordedAndSettled(t *testing.T) {
	for name, c := range map[string]struct {
		notes  []event.Notes
		bornBy string
		into   event.Account
		want   postal.VND
		wrong  string
	}{
		"ShortClerkPays": {[]event.Notes{{ValueVND: 500_000, Count: 1}}, "clerk", cash.Safe(office), 10 * million, "customer"},
		"ShortPostBears": {[]event.Notes{{ValueVND: 500_000, Count: 1}}, "post", cash.Shortages, million / 2, ""},
		"Over":           {[]event.Notes{{ValueVND: 500_000, Count: 3}}, "post", cash.Surpluses, -million / 2, "clerk"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, sqltest.SQLite(t))
			h.ready()
			h.must(cash.Count{Drawer: drawer, Notes: c.notes})
			h.refused("cash.difference", cash.End{Drawer: drawer, Office: office})
			h.must(cash.End{Drawer: drawer, Reason: "miscount", Office: office})
			h.refused("cash.born_by", cash.SettleDifference{Drawer: drawer, BornBy: c.wrong, Office: office})
			h.must(cash.SettleDifference{Drawer: drawer, BornBy: c.bornBy, Office: office})
			h.refused("cash.no_difference", cash.SettleDifference{Drawer: drawer, BornBy: c.bornBy, Office: office})
			h.wantBalance(c.into, c.want)
			h.wantBalance(cash.Difference(drawer), 0)
			h.sound()
		})
	}
}

func TestCountersRefuseWhatDoesNotFit(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.refused("cash.drawer_closed", take(number(t, 1)))
	h.refused("cash.not_enough", cash.Begin{Drawer: drawer, FloatVND: 1, Office: office})
	h.ready()
	h.refused("cash.drawer_open", cash.Begin{Drawer: drawer, Office: office})
	h.refused("cash.drawer", cash.Begin{Drawer: "180200-1", Office: office})
	h.refused("cash.drawer", cash.Begin{Drawer: "180100-01", Office: office})
	h.refused("cash.book_there", cash.OpenBook{Book: "BL01-26P", From: 1, To: 2})
	h.refused("cash.book_range", cash.OpenBook{Book: "BL02", From: 5, To: 4})
	h.refused("cash.code", cash.OpenBook{Book: "a b", From: 1, To: 2})
	h.must(take(number(t, 1), due(1000)))
	h.refused("cash.paid_twice", take(number(t, 1)))
	h.refused("cash.paid_twice", take(""))
	h.refused("cash.book_unknown", take(number(t, 2), cash.Due{Agency: agency, Kind: "fee", AmountVND: 1, Book: "BL99"}))
	h.refused("cash.due_kind", take(number(t, 2), cash.Due{Agency: agency, Kind: "tip", AmountVND: 1, Book: "BL01-26P"}))
	h.refused("cash.amount", take(number(t, 2), due(0)))
	h.refused("cash.amount", take(number(t, 2), due(1<<62)))
	tooMuch := take(number(t, 2))
	tooMuch.OperatorVND, tooMuch.ProvinceVND = 20_000, 6_001
	h.refused("cash.postage", tooMuch)
	noMeans := take(number(t, 2))
	noMeans.Means = "gold"
	h.refused("cash.means", noMeans)
	h.refused("cash.notes", cash.Count{Drawer: drawer, Notes: []event.Notes{{ValueVND: 300_000, Count: 1}}})
	h.refused("cash.notes", cash.Count{Drawer: drawer, Notes: []event.Notes{{ValueVND: 1000, Count: 1}, {ValueVND: 1000, Count: 1}}})
	h.refused("cash.notes", cash.Count{Drawer: drawer, Notes: []event.Notes{{ValueVND: 1000, Count: -1}}})
	if _, err := h.send(office, "nv-2", take(number(t, 2))); fault.Code(err) != "cash.other_clerk" {
		t.Errorf("another clerk: %v", err)
	}
	for reason, m := range map[string]cash.Move{
		"cash.move":         {From: cash.Safe(office), To: cash.Bank, AmountVND: 1, Reason: "gift"},
		"cash.not_enough":   {From: cash.Safe(office), To: cash.Bank, AmountVND: 10 * million, Reason: "deposit"},
		"cash.other_office": {From: cash.Safe(other), To: cash.Safe(office), AmountVND: 1, Reason: "between_offices"},
		"cash.amount":       {From: cash.Safe(office), To: cash.Bank, AmountVND: -1, Reason: "deposit"},
	} {
		h.refused(reason, m)
	}
	h.refused("cash.move", cash.Move{From: cash.Opening, To: cash.Owed(agency), AmountVND: 1, Reason: "opening"})
	h.refused("cash.move", cash.Move{From: cash.InDrawer(drawer), To: cash.Bank, AmountVND: 1, Reason: "deposit"})
	h.sound()
}

func TestAMistakenTakingIsGivenBackAndItsReceiptsAreVoid(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		h.ready()
		h.refused("cash.not_paid", cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), Reason: "mistake"})
		h.must(take(number(t, 1), due(50_000)))
		h.refused("cash.undo_reason", cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), Reason: "mood"})
		h.must(cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), Reason: "mistake"})
		h.refused("cash.not_paid", cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), Reason: "mistake"})
		h.wantBalance(cash.InDrawer(drawer), million)
		h.wantBalance(cash.Owed(agency), 0)
		r := h.must(take(number(t, 1), due(50_000)))
		if n := r.Facts[0].(event.MoneyTaken).Collected[0].Number; n != 102 {
			t.Errorf("the void number was given again: %d", n)
		}
		h.must(cash.Remit{Agency: agency, AmountVND: 50_000, Means: cash.Cash, Slip: "PC-1", Office: office})
		h.refused("cash.remitted_before", cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), Reason: "mistake"})
		h.must(take(number(t, 2)))
		h.must(cash.Count{Drawer: drawer, Notes: nil})
		h.must(cash.End{Drawer: drawer, Reason: "unknown", Office: office})
		h.must(cash.Begin{Drawer: drawer, FloatVND: 100_000, Office: office})
		h.refused("cash.other_shift", cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 2), Reason: "mistake"})
		if _, err := h.send(other, clerk, cash.UndoTake{Item: number(t, 2), Reason: "mistake", Later: true}); fault.Code(err) != "cash.drawer" {
			t.Errorf("another office gives the money back: %v", err)
		}
		h.must(cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 2), Reason: "cancelled", Later: true})
		h.wantBalance(cash.InDrawer(drawer), 100_000-26_000)
		h.refused("cash.not_paid", cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 2), Reason: "cancelled", Later: true})
		rec := cash.Records{DB: db, Ledger: h.Ledger}
		all, err := rec.Receipts(t.Context(), "", postal.DayOf(h.now()), postal.DayOf(h.now()))
		if err != nil || len(all) != 2 || !all[0].Voided || all[1].Voided {
			t.Errorf("%+v, %v", all, err)
		}
		h.sound()
	})
}

// The least compensation of a lost item of 26,000 is 104,000, the refund of its postage included.
func TestCompensationIsAtLeastFourTimesThePostageRefundIncluded(t *testing.T) {
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	times, cite, err := cash.LeastTimes(book, postal.MakeDay(2026, 3, 2))
	if err != nil || times != 4 || cite.RuleID != rule {
		t.Fatalf("%d, %+v, %v", times, cite, err)
	}
	if yes, _, err := cash.RefundsLateness(book, postal.MakeDay(2026, 3, 2)); err != nil || !yes {
		t.Fatalf("lateness: %v, %v", yes, err)
	}
	h := newHouse(t, sqltest.SQLite(t))
	h.ready()
	relieved := take(number(t, 1))
	relieved.OperatorVND = 13_000
	h.must(relieved)
	from := cash.Source{Drawer: drawer}
	pay := cash.Compensate{Source: from, Item: number(t, 1), AmountVND: 103_999, Times: times, Rule: cite.RuleID, Record: "BB-7/2026"}
	h.refused("cash.compensation_too_low", pay)
	h.must(cash.Refund{Source: from, Item: number(t, 1), AmountVND: 13_000, Reason: "late", Rule: "post.compensation.late_refund@2011-08-15"})
	h.refused("cash.refund_too_much", cash.Refund{Source: from, Item: number(t, 1), AmountVND: 1, Reason: "late", Rule: "x"})
	pay.AmountVND = 104_000
	r := h.must(pay)
	if f := r.Facts[0].(event.Compensated); f.PaidVND != 91_000 || f.LeastVND != 104_000 {
		t.Errorf("paid %d (least %d), want 91,000 after the refund of 13,000", f.PaidVND, f.LeastVND)
	}
	h.refused("cash.compensated", pay)
	h.refused("cash.compensated", cash.Refund{Source: from, Item: number(t, 1), AmountVND: 1, Reason: "late", Rule: "x"})
	h.refused("cash.not_paid", cash.Refund{Source: from, Item: number(t, 9), AmountVND: 1, Reason: "late", Rule: "x"})
	h.refused("cash.refund_reason", cash.Refund{Source: from, Item: number(t, 1), AmountVND: 1, Reason: "late", ProvinceVND: 1, Rule: "x"})
	h.must(take(number(t, 2)))
	h.refused("cash.not_enough", cash.Compensate{Item: number(t, 2), AmountVND: 104_000, Times: 4, Rule: rule, Record: "BB"}) // nothing is at the bank
	h.sound()
}

func TestAReliefGivenAfterwardsIsPaidBackOnItsPayer(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.ready()
	h.must(take(number(t, 1)))
	h.must(cash.Refund{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), AmountVND: 13_000, Reason: "relief", ProvinceVND: 13_000, Rule: "relief.policy.x@2026-01-01"})
	h.wantBalance(cash.ProvinceOwes, 13_000)
	h.wantBalance(cash.InDrawer(drawer), million+13_000)
	r := h.must(cash.Refund{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), AmountVND: 3_000, Reason: "relief", OperatorVND: 5_000, ProvinceVND: -2_000, Rule: "relief.policy.y@2026-01-01"})
	if payer := r.Facts[0].(event.PostageRefunded).Payer; payer != "" {
		t.Errorf("two bear it, the fact names %q alone", payer)
	}
	h.wantBalance(cash.ProvinceOwes, 11_000)
	h.wantBalance(cash.ReliefGiven, 5_000)
	h.refused("cash.refund_reason", cash.Refund{Source: cash.Source{Drawer: drawer}, Item: number(t, 1), AmountVND: 3_000, Reason: "relief", OperatorVND: 2_000, Rule: "x"})
	h.sound()
}

// accept stands for an act of custody that gives an item its number.
type accept struct{ Item postal.ItemNumber }

func (accept) Name() string          { return "test.accept" }
func (accept) Touches() []ledger.Key { return nil }
func (a accept) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	return []event.Fact{event.ItemAccepted{Item: a.Item, Service: event.Registered, WeightG: 20}}, nil
}

func TestAcceptanceAndMoneyHappenTogetherOrNotAtAll(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.ready()
	before := h.Seq()
	both := cash.PaidAct{Act: accept{number(t, 5)}, Take: take("", due(1_000))}
	both.Take.Dues[0].Book = "BL99"
	h.refused("cash.book_unknown", both)
	if h.Seq() != before {
		t.Fatal("the item was accepted without its money")
	}
	both.Take.Dues[0].Book = "BL01-26P"
	r := h.must(both)
	if len(r.Facts) != 2 || r.Facts[1].(event.MoneyTaken).Item != number(t, 5) {
		t.Errorf("%+v", r.Facts)
	}
	h.sound()
}

// Sixteen drawers of one office take from one book at once: every number is given, each once, none beyond the last.
func TestReceiptNumbersHaveNoGapsUnderConcurrency(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		h.must(cash.Move{From: cash.Opening, To: cash.Safe(office), AmountVND: 100 * million, Reason: "opening"})
		h.must(cash.OpenBook{Book: "BL01-26P", From: 1, To: 200})
		var mu sync.Mutex
		given := map[int]int{}
		usedUp := 0
		var wg sync.WaitGroup
		for d := range 16 {
			code, who := cash.DrawerCode(office, d+1), postal.StaffID(fmt.Sprint("nv-", d))
			if _, err := h.send(office, who, cash.Begin{Drawer: code, FloatVND: 1000, Office: office}); err != nil {
				t.Fatal(err)
			}
			for g := range 4 {
				wg.Go(func() {
					for i := range 4 {
						a := take(number(t, 1+i+10*g+100*d), due(1_000))
						a.Drawer = code
						r, err := h.send(office, who, a)
						mu.Lock()
						switch {
						case err == nil:
							given[r.Facts[0].(event.MoneyTaken).Collected[0].Number]++
						case fault.Code(err) == "cash.book_used_up":
							usedUp++
						default:
							t.Error(err)
						}
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
		if len(given) != 200 || usedUp != 56 {
			t.Errorf("%d numbers given, %d refused; want 200 and 56", len(given), usedUp)
		}
		for n := 1; n <= 200; n++ {
			if given[n] != 1 {
				t.Errorf("receipt %d was given %d times", n, given[n])
			}
		}
		h.sound()
	})
}

// Whatever people try, in whatever order, the books stay sound.
func TestBooksStaySoundUnderRandomActs(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.ready()
	rnd := rand.New(rand.NewPCG(7, 7))
	done := map[string]int{}
	for range 3000 {
		h.pass(time.Minute)
		a := randomAct(t, rnd)
		switch _, err := h.send(office, clerk, a); {
		case err == nil:
			done[a.Name()]++
		case fault.Code(err) == "":
			t.Fatalf("%s %+v: %v", a.Name(), a, err)
		}
	}
	if len(done) < 10 {
		t.Errorf("only these acts ever succeeded: %v", done)
	}
	h.sound()
}

func randomAct(t *testing.T, rnd *rand.Rand) ledger.Act {
	item := number(t, 1+rnd.IntN(400))
	amount := postal.VND(rnd.IntN(30_000))
	from := cash.Source{Drawer: drawer}
	if rnd.IntN(3) == 0 {
		from.Drawer = ""
	}
	switch rnd.IntN(14) {
	case 0, 1, 2, 3:
		a := take(item)
		a.ListVND, a.OperatorVND = amount, amount/postal.VND(1+rnd.IntN(3))
		if rnd.IntN(2) == 0 {
			a.Dues = []cash.Due{due(1 + amount)}
		}
		if rnd.IntN(4) == 0 {
			a.Means = cash.Transfer
		}
		return a
	case 4:
		return cash.UndoTake{Source: from, Item: item, Reason: "cancelled", Later: rnd.IntN(2) == 0}
	case 5:
		return cash.Refund{Source: from, Item: item, AmountVND: amount, Reason: "late", Rule: "r"}
	case 6:
		return cash.Compensate{Source: from, Item: item, AmountVND: amount * 4, Times: 4, Rule: rule, Record: "BB"}
	case 7:
		return cash.Count{Drawer: drawer, Notes: []event.Notes{{ValueVND: 1000, Count: rnd.IntN(2000)}}}
	case 8:
		return cash.End{Drawer: drawer, Reason: "unknown", Office: office}
	case 9:
		return cash.Begin{Drawer: drawer, FloatVND: amount * 10, Office: office}
	case 10:
		return cash.Remit{Agency: agency, AmountVND: amount, Means: []string{cash.Cash, cash.Transfer}[rnd.IntN(2)], Slip: "PC", Office: office}
	case 11:
		return cash.Move{From: cash.Transit(office), To: cash.Bank, AmountVND: amount, Reason: "arrived"}
	case 12:
		return cash.Move{From: cash.Safe(office), To: cash.Bank, AmountVND: amount, Reason: "deposit"}
	}
	return cash.SettleDifference{Drawer: drawer, BornBy: []string{"clerk", "post"}[rnd.IntN(2)], Office: office}
}
