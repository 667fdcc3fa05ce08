package demo

import (
	"context"
	"fmt"
	"time"

	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// agenciesPaid are the made-up agencies for which counters collect fees.
var agenciesPaid = []postal.AgencyCode{"so-tu-phap-mau", "so-tai-nguyen-mau", "ubnd-phuong-mau"}

// A made-up office starts with this in its safe, and a shift with this in its drawer.
const (
	inSafe  postal.VND = 3_000_000
	inFloat postal.VND = 200_000
	atBank  postal.VND = 50_000_000
)

// booksOf is how many receipts a made-up book has.
const booksOf = 5_000

func (o *office) drawer() string { return cash.DrawerCode(o.Code, 1) }

// book is the receipt book of an office that collects fees, "" for small ones.
func (o *office) book() string {
	if o.busy < 3 {
		return ""
	}
	return fmt.Sprintf("MAU/%s", o.Code)
}

// fund puts money into the safes and receipts on the shelves.
func (c *city) fund(ctx context.Context) error {
	plans := []plan{{at: c.hub, who: c.hub.super, act: cash.Move{From: cash.Opening, To: cash.Bank, AmountVND: atBank, Reason: "opening", Slip: "MAU-0"}}}
	for _, o := range c.offices {
		plans = append(plans, plan{at: o, who: o.super, act: cash.Move{From: cash.Opening, To: cash.Safe(o.Code), AmountVND: inSafe, Reason: "opening", Slip: "MAU-0"}})
		if book := o.book(); book != "" {
			plans = append(plans, plan{at: o, who: o.super, act: cash.OpenBook{Book: book, From: 1, To: booksOf}})
		}
	}
	return c.send(ctx, plans)
}

// skip lets a step pass when people at the screens have been faster; while the past is made nothing may be refused.
func (c *city) skip() func(error) {
	if c.clock.Running() {
		return func(error) {}
	}
	return nil
}

// openShifts lets every clerk begin his day.
func (c *city) openShifts(ctx context.Context) error {
	var plans []plan
	for _, o := range c.offices {
		if o.busy > 0 {
			plans = append(plans, plan{at: o, who: o.clerk, act: cash.Begin{Drawer: o.drawer(), FloatVND: inFloat, Office: o.Code}, refused: c.skip()})
		}
	}
	return c.send(ctx, plans)
}

// closeShifts counts every open drawer and closes it. Now and then a clerk has given wrong change; the last time at the office that is shown first, where it waits
// for its supervisor.
func (c *city) closeShifts(ctx context.Context, day postal.Day) error {
	var count, end []plan
	v := c.house.Ledger.View(ctx)
	for _, o := range c.offices {
		d, ok := ledger.Get[*cash.Drawer](v, cash.DrawerKey(o.drawer()))
		if !ok || !d.Open || d.Clerk != o.clerk {
			continue
		}
		there, reason := cash.BalanceOf(v, cash.InDrawer(o.drawer())), ""
		if c.rand.IntN(250) == 0 || o.Code == shown && day == workBefore(c.today) {
			there, reason = there-5_000, "change"
			c.short = append(c.short, o)
		}
		count = append(count, plan{at: o, who: o.clerk, act: cash.Count{Drawer: o.drawer(), Notes: notesOf(there)}, refused: c.skip()})
		end = append(end, plan{at: o, who: o.clerk, act: cash.End{Drawer: o.drawer(), Reason: reason, Office: o.Code}, refused: c.skip()})
	}
	if err := v.Err(); err != nil {
		return err
	}
	if err := c.send(ctx, count); err != nil {
		return err
	}
	return c.send(ctx, end)
}

// notesOf pays an amount with as few notes as possible.
func notesOf(v postal.VND) []event.Notes {
	var notes []event.Notes
	for _, value := range cash.NoteValues {
		if n := v / value; n > 0 {
			notes = append(notes, event.Notes{ValueVND: value, Count: int(n)})
			v -= n * value
		}
	}
	return notes
}

// bringMoney is the week's end: transfers are seen at the bank, safes are emptied into it, agencies get what is theirs, differences are decided on.
func (c *city) bringMoney(ctx context.Context, day postal.Day) error {
	v := c.house.Ledger.View(ctx)
	var plans []plan
	slip := "MAU-" + day.String()
	for _, o := range c.offices {
		if transit := cash.BalanceOf(v, cash.Transit(o.Code)); transit > 0 {
			plans = append(plans, plan{at: o, who: o.super, act: cash.Move{From: cash.Transit(o.Code), To: cash.Bank, AmountVND: transit, Reason: "arrived", Slip: slip}, refused: c.skip()})
		}
		if safe := cash.BalanceOf(v, cash.Safe(o.Code)); safe > inSafe {
			plans = append(plans, plan{at: o, who: o.super, act: cash.Move{From: cash.Safe(o.Code), To: cash.Bank, AmountVND: safe - inSafe, Reason: "deposit", Slip: slip}, refused: c.skip()})
		}
	}
	for _, o := range c.short {
		if o.Code != shown || day.Before(workBefore(c.today)) {
			plans = append(plans, plan{at: o, who: o.super, act: cash.SettleDifference{Drawer: o.drawer(), BornBy: "clerk", Office: o.Code}, refused: func(error) {}})
		}
	}
	c.short = nil
	if err := v.Err(); err != nil {
		return err
	}
	if err := c.send(ctx, plans); err != nil {
		return err
	}
	return c.remit(ctx, slip)
}

// remit hands the agencies by transfer what was collected for them.
func (c *city) remit(ctx context.Context, slip string) error {
	v := c.house.Ledger.View(ctx)
	var plans []plan
	for _, a := range agenciesPaid {
		if owed := -cash.BalanceOf(v, cash.Owed(a)); owed > 0 {
			plans = append(plans, plan{at: c.hub, who: c.hub.super, act: cash.Remit{Agency: a, AmountVND: owed, Means: cash.Transfer, Slip: slip, Office: c.hub.Code}, refused: c.skip()})
		}
	}
	if err := v.Err(); err != nil {
		return err
	}
	return c.send(ctx, plans)
}

// payment makes up how a customer pays, what class he is of, and what is collected with it.
func (c *city) payment(o *office) (class, means string, dues []cash.Due) {
	means = cash.Cash
	if c.rand.IntN(5) == 0 {
		means = cash.Transfer
	}
	if c.rand.IntN(12) == 0 {
		class = "nguoi-co-cong-mau"
	}
	if book := o.book(); book != "" && c.rand.IntN(8) == 0 {
		due := cash.Due{Agency: agenciesPaid[c.rand.IntN(len(agenciesPaid))], Kind: "fee", AmountVND: postal.VND(10_000 * (1 + c.rand.IntN(10))), Book: book}
		if c.rand.IntN(3) == 0 {
			due.Kind = "charge"
		}
		dues = []cash.Due{due}
	}
	return class, means, dues
}

// paid is what a customer paid of the postage.
func paid(r ledger.Receipt) postal.VND {
	for _, f := range r.Facts {
		if t, ok := f.(event.MoneyTaken); ok {
			return t.PostageVND
		}
	}
	return 0
}

// maxLate bounds the refunds of one day: few customers ask.
const maxLate = 2

// refundLate gives the postage of some late items back, by transfer.
func (c *city) refundLate(ctx context.Context) error {
	var plans []plan
	for _, p := range c.late[:min(len(c.late), maxLate)] {
		_, cite, err := cash.RefundsLateness(c.house.Book, p.accepted)
		if err != nil {
			return err
		}
		plans = append(plans, plan{at: p.from, who: p.from.super, act: cash.Refund{Item: p.code, AmountVND: p.paid, Reason: "late", Rule: cite.RuleID}, refused: c.skip()})
	}
	c.late = nil
	return c.send(ctx, plans)
}

// delivered notes an item that came late.
func (c *city) delivered(p *parcel) {
	if p.dueMs > 0 && postal.Millis(c.house.Now()) > p.dueMs && p.paid > 0 && !p.back {
		c.late = append(c.late, p)
	}
}

// takeBack undoes an acceptance in the same shift: the customer has changed his mind.
func (c *city) takeBack(ctx context.Context, made []*parcel) error {
	var plans []plan
	for _, p := range made {
		if p.withdrawn {
			plans = append(plans, plan{at: p.from, who: p.from.clerk, act: c.house.Till.Undo(custody.Undo{Item: p.code, Act: p.act}), refused: c.skip()})
		}
	}
	return c.send(ctx, plans)
}

// workBefore is the last day before another on which counters are open.
func workBefore(day postal.Day) postal.Day {
	before := day.AddDays(-1)
	if before.Weekday() == time.Sunday {
		return before.AddDays(-1)
	}
	return before
}

// weekEnd says on which day the week's money is brought away.
func weekEnd(day postal.Day) bool { return day.Weekday() == time.Friday }
