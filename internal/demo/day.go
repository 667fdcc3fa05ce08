package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// parcel is an item as the demonstration follows it.
type parcel struct {
	code     postal.ItemNumber
	act      postal.ActID // of its acceptance
	from, to *office
	tries    int
	back     bool // it returns to its sender

	accepted  postal.Day
	dueMs     int64
	paid      postal.VND // of the postage, by the customer
	withdrawn bool       // the customer changes his mind at once
}

// plan is one act to be sent, and what follows from its receipt. Refusal, when it may be refused, is what follows then.
type plan struct {
	at      *office
	who     postal.StaffID
	act     ledger.Act
	id      postal.ActID // made when zero
	beside  []ledger.Beside
	then    func(ledger.Receipt)
	refused func(error)
}

// send writes plans as one wave: they do not depend on each other.
func (c *city) send(ctx context.Context, plans []plan) error {
	now := postal.Millis(c.house.Now())
	for start := 0; start < len(plans); start += ledger.MaxSubmission {
		part := plans[start:min(start+ledger.MaxSubmission, len(plans))]
		subs := make([]ledger.Submission, len(part))
		for n, p := range part {
			if p.id.IsZero() {
				p.id = c.clock.act()
			}
			subs[n] = ledger.Submission{Envelope: ledger.Envelope{Act: p.id, OccurredMs: now - c.rand.Int64N(120_000), Office: p.at.Code, Actor: p.who}, Act: p.act, Beside: p.beside}
		}
		results, err := c.house.Ledger.AppendAll(ctx, subs)
		if err != nil {
			return err
		}
		for n, r := range results {
			switch {
			case r.Err != nil && part[n].refused != nil:
				part[n].refused(r.Err)
			case r.Err != nil:
				return fmt.Errorf("%s at %s: %w", part[n].act.Name(), part[n].at.Code, r.Err)
			case part[n].then != nil:
				part[n].then(r.Receipt)
			}
		}
	}
	return nil
}

// phase is one part of the day.
type phase struct {
	minute int // after midnight
	do     func(context.Context) error
}

// phases is an ordinary day. Counters take in from half past seven, the vans leave at five, the hub sorts at night, the lists are ready in the morning.
func (c *city) phases(day postal.Day) []phase {
	sunday := day.Weekday() == time.Sunday
	list := []phase{{6*60 + 30, c.arriveFromHub}}
	if sunday {
		return list
	}
	list = append(list, phase{7*60 + 40, c.settle}, phase{7*60 + 45, c.openShifts}, phase{7*60 + 50, c.giveLists}, phase{7*60 + 55, c.refundLate})
	end := 16*60 + 40
	if day.Weekday() == time.Saturday {
		end = 11 * 60
	}
	slots := (end - 8*60) / slot
	for n := range slots {
		minute := 8*60 + n*slot
		list = append(list,
			phase{minute, func(ctx context.Context) error { return c.takeIn(ctx, day, slots) }},
			phase{minute + 10, func(ctx context.Context) error { return c.deliver(ctx, slots-n) }})
	}
	list = append(list, phase{end + 2, func(ctx context.Context) error { return c.closeShifts(ctx, day) }})
	if weekEnd(day) {
		list = append(list, phase{end + 3, func(ctx context.Context) error { return c.bringMoney(ctx, day) }})
	}
	list = append(list, phase{end + 5, c.handBack}, phase{end + 20, func(ctx context.Context) error { return c.toHub(ctx, day) }},
		phase{19*60 + 30, c.sortAtHub})
	list = append(list, c.dossierPhases(day)...)
	slices.SortStableFunc(list, func(a, b phase) int { return a.minute - b.minute })
	return list
}

// slot is the minutes between two rounds of the counters and carriers.
const slot = 40

// takeIn accepts what came to the counters since the last round.
func (c *city) takeIn(ctx context.Context, day postal.Day, slots int) error {
	var plans []plan
	var covers []cover
	var made []*parcel
	for _, o := range c.offices {
		for range c.some(o.busy, slots) {
			to := c.destination(o)
			p := &parcel{act: c.clock.act(), from: o, to: to.office, accepted: day, withdrawn: c.rand.IntN(400) == 0}
			covers = append(covers, c.cover(p.act, o, to.unit))
			a := c.accept(ctx, o, to)
			p.dueMs = a.DueMs
			class, means, dues := c.payment(o)
			made = append(made, p)
			plans = append(plans, plan{at: o, who: o.clerk, act: c.house.Till.AtPrice(a, class, means, dues...), id: p.act, refused: c.skip(), then: func(r ledger.Receipt) {
				p.code, p.paid = r.Facts[0].(event.ItemAccepted).Item, paid(r)
				switch {
				case p.withdrawn:
				case p.to == p.from:
					p.to.ready = append(p.to.ready, p)
				default:
					p.from.out = append(p.from.out, p)
				}
			}})
		}
	}
	if len(plans) == 0 {
		return nil
	}
	if err := c.keep(ctx, covers); err != nil {
		return err
	}
	if err := c.send(ctx, plans); err != nil {
		return err
	}
	return c.takeBack(ctx, made)
}

// some is how many of a day's number fall into one of n rounds.
func (c *city) some(perDay, n int) int {
	k := 0
	for range perDay {
		if c.rand.IntN(n) == 0 {
			k++
		}
	}
	return k
}

// accept makes an acceptance with its due time, where there is a rule.
func (c *city) accept(ctx context.Context, o *office, to place) custody.Accept {
	weight := postal.Grams(20 + c.rand.IntN(480))
	a := custody.Accept{Service: event.Registered, ToUnit: to.unit, ToOffice: to.office.Code, WeightG: weight, Office: o.Code}
	if due, err := c.house.Desk.Clock.Due(ctx, a.Service, o.Unit, to.unit, c.house.Now()); err == nil && !due.At.IsZero() {
		a.DueMs, a.Rules = postal.Millis(due.At), []string{due.Rule}
	}
	return a
}

// place is where an item goes.
type place struct {
	office *office
	unit   postal.UnitCode
}

func (c *city) destination(from *office) place {
	for {
		o := c.offices[c.rand.IntN(len(c.offices))]
		if c.rand.IntN(5) == 0 {
			o = from
		}
		if len(o.units) > 0 {
			return place{o, o.units[c.rand.IntN(len(o.units))]}
		}
	}
}

// giveLists hands every office's ready items to its carrier, by two signatures.
func (c *city) giveLists(ctx context.Context) error {
	var list []*handing
	for _, o := range c.offices {
		if len(o.ready) == 0 {
			continue
		}
		h := &handing{at: o, from: custody.AtOffice(o.Code), to: custody.ByCarrier(o.carrier), giver: o.clerk, taker: o.carrier, purpose: custody.ForDelivery}
		for _, p := range o.ready {
			h.give(event.Thing(p.code), "")
		}
		o.round, o.ready = append(o.round, o.ready...), nil
		list = append(list, h)
	}
	return c.handOver(ctx, list)
}

// deliver makes part of each carrier's round; left is how many parts are to come, this one counted.
func (c *city) deliver(ctx context.Context, left int) error {
	var plans []plan
	for _, o := range c.offices {
		n := (len(o.round) + left - 1) / left
		for _, p := range o.round[:n] {
			plans = append(plans, c.atTheDoor(o, p))
		}
		o.round = o.round[n:]
	}
	return c.send(ctx, plans)
}

// atTheDoor is what happens to one item at its door.
func (c *city) atTheDoor(o *office, p *parcel) plan {
	out := plan{at: o, who: o.carrier}
	luck := c.rand.IntN(100)
	switch {
	case p.back:
		out.act = custody.Deliver{Item: p.code, To: "sender"}
	case luck < 84 || p.tries >= 2 && luck < 94:
		out.act = custody.Deliver{Item: p.code, To: custody.Recipients[c.rand.IntN(4)]}
		c.delivered(p)
	case luck == 99:
		out.act = custody.Attempt{Item: p.code, Reason: "refused", Next: "return"}
		p.back, p.to = true, p.from
		o.left = append(o.left, p)
	default:
		p.tries++
		out.act = custody.Attempt{Item: p.code, Reason: []string{"absent", "absent", "closed", "no_access", "wrong_address"}[c.rand.IntN(5)], Next: "again"}
		o.left = append(o.left, p)
	}
	return out
}

// handBack ends the rounds: what was not delivered comes back to the office, where some is held or turned back.
func (c *city) handBack(ctx context.Context) error {
	var list []*handing
	var after []plan
	for _, o := range c.offices {
		o.left = append(o.left, o.round...)
		o.round = nil
		if len(o.left) == 0 {
			continue
		}
		h := &handing{at: o, from: custody.ByCarrier(o.carrier), to: custody.AtOffice(o.Code), giver: o.carrier, taker: o.clerk}
		for _, p := range o.left {
			h.give(event.Thing(p.code), "")
		}
		after = append(after, c.backAtOffice(o)...)
		list = append(list, h)
	}
	if err := c.handOver(ctx, list); err != nil {
		return err
	}
	return c.send(ctx, after)
}

// backAtOffice decides what becomes of what came back.
func (c *city) backAtOffice(o *office) []plan {
	var out []plan
	for _, p := range o.left {
		switch {
		case p.back && p.to != o:
			o.out = append(o.out, p)
		case p.tries >= 3 && !p.back:
			p.back, p.to = true, p.from
			out = append(out, plan{at: o, who: o.clerk, act: custody.Return{Item: p.code, Reason: "unclaimed"}})
			if p.to == o {
				o.ready = append(o.ready, p)
			} else {
				o.out = append(o.out, p)
			}
		case p.tries == 2 && c.rand.IntN(3) == 0:
			out = append(out, plan{at: o, who: o.clerk, act: custody.Hold{Item: p.code, Until: postal.DayOf(c.house.Now()).AddDays(5)}})
			o.ready = append(o.ready, p)
		default:
			o.ready = append(o.ready, p)
		}
	}
	o.left = nil
	return out
}
