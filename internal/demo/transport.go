package demo

import (
	"context"
	"fmt"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// handing is one handover to be opened, counted and signed twice.
type handing struct {
	at           *office
	from, to     event.Holder
	giver, taker postal.StaffID
	purpose      string
	things       []event.Thing // what is said; a dispatch alone, or loose things
	counts       []event.Count // what is counted
	code         event.Thing
}

// give says a thing and counts it.
func (h *handing) give(t event.Thing, seal string) {
	h.things = append(h.things, t)
	h.counts = append(h.counts, event.Count{Thing: t, Seal: seal})
}

// handOver brings all handovers to their second signature.
func (c *city) handOver(ctx context.Context, list []*handing) error {
	var open, count []plan
	for _, h := range list {
		open = append(open, plan{at: h.at, who: h.opener(), act: custody.OpenHandover{Office: h.at.Code, From: h.from, To: h.to, Purpose: h.purpose, Things: h.things},
			then: func(r ledger.Receipt) { h.code = r.Facts[0].(event.HandoverOpened).Handover }})
	}
	if err := c.send(ctx, open); err != nil {
		return err
	}
	for _, h := range list {
		count = append(count, plan{at: h.at, who: h.taker, act: custody.CountThings{Handover: h.code, Counts: h.counts}})
	}
	if err := c.send(ctx, count); err != nil {
		return err
	}
	v := c.house.Ledger.View(ctx)
	for _, side := range []string{custody.Giver, custody.Taker} {
		var sign []plan
		for _, h := range list {
			s, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(h.code))
			if !ok {
				return fmt.Errorf("handover %s: %w", h.code, v.Err())
			}
			who := h.giver
			if side == custody.Taker {
				who = h.taker
			}
			sign = append(sign, plan{at: h.at, who: who, act: custody.SignHandover{Handover: h.code, Side: side, Difference: s.Difference().Digest()}})
		}
		if err := c.send(ctx, sign); err != nil {
			return err
		}
	}
	return nil
}

// opener is the person of the office at which the handover takes place.
func (h *handing) opener() postal.StaffID {
	if custody.Office(h.from) != "" {
		return h.giver
	}
	return h.taker
}

// run is one bag on one dispatch between the hub and an office.
type run struct {
	from, to      *office
	driver        postal.StaffID
	items         []*parcel
	bag, dispatch event.Thing
	seal          string
}

// toHub sends what the offices took in to the hub, on the days that have a van.
func (c *city) toHub(ctx context.Context, day postal.Day) error {
	var runs []*run
	for n, o := range c.offices {
		if o == c.hub || len(o.out) == 0 || (day.DaysSince(postal.MakeDay(2020, 1, 1))+n)%o.every != 0 {
			continue
		}
		runs = append(runs, &run{from: o, to: c.hub, driver: c.drivers[n%len(c.drivers)], items: o.out})
		o.out = nil
	}
	if err := c.depart(ctx, runs); err != nil {
		return err
	}
	return c.arrive(ctx, runs, func(p *parcel) { c.hub.out = append(c.hub.out, p) })
}

// sortAtHub bags what came to the hub by office and sends the vans off.
func (c *city) sortAtHub(ctx context.Context) error {
	byOffice := map[*office][]*parcel{}
	for _, p := range c.hub.out {
		byOffice[p.to] = append(byOffice[p.to], p)
	}
	c.hub.out = nil
	for n, o := range c.offices {
		if items := byOffice[o]; len(items) > 0 {
			c.under = append(c.under, &run{from: c.hub, to: o, driver: c.drivers[n%len(c.drivers)], items: items})
		}
	}
	return c.depart(ctx, c.under)
}

// arriveFromHub takes in the night's vans.
func (c *city) arriveFromHub(ctx context.Context) error {
	runs := c.under
	c.under = nil
	return c.arrive(ctx, runs, func(p *parcel) { p.to.ready = append(p.to.ready, p) })
}

// depart bags, seals, loads and hands over to the drivers.
func (c *city) depart(ctx context.Context, runs []*run) error {
	steps := []func(*run) []plan{
		func(r *run) []plan {
			return []plan{
				{at: r.from, who: r.from.clerk, act: custody.StartBag{Office: r.from.Code, To: r.to.Code}, then: func(x ledger.Receipt) { r.bag = x.Facts[0].(event.BagStarted).Bag }},
				{at: r.from, who: r.from.clerk, act: custody.StartDispatch{Office: r.from.Code, To: r.to.Code}, then: func(x ledger.Receipt) { r.dispatch = x.Facts[0].(event.DispatchStarted).Dispatch }},
			}
		},
		func(r *run) (out []plan) {
			for _, p := range r.items {
				out = append(out, plan{at: r.from, who: r.from.clerk, act: custody.Pack{Item: p.code, Bag: r.bag}})
			}
			return out
		},
		func(r *run) []plan {
			c.seals++
			r.seal = fmt.Sprintf("NP%07d", c.seals)
			return []plan{
				{at: r.from, who: r.from.clerk, act: custody.SealBag{Bag: r.bag, Seal: r.seal}},
				{at: r.from, who: r.from.clerk, act: custody.Load{Thing: r.bag, Dispatch: r.dispatch}},
				{at: r.from, who: r.from.clerk, act: custody.CloseDispatch{Dispatch: r.dispatch}},
			}
		},
	}
	if err := c.each(ctx, runs, steps...); err != nil {
		return err
	}
	var list []*handing
	for _, r := range runs {
		list = append(list, &handing{at: r.from, from: custody.AtOffice(r.from.Code), to: custody.ByCarrier(r.driver), giver: r.from.clerk, taker: r.driver,
			things: []event.Thing{r.dispatch}, counts: []event.Count{{Thing: r.bag, Seal: r.seal}}})
	}
	return c.handOver(ctx, list)
}

// arrive hands over to the office, opens the bags and counts them; sometimes something is wrong.
func (c *city) arrive(ctx context.Context, runs []*run, each func(*parcel)) error {
	var list []*handing
	for _, r := range runs {
		list = append(list, &handing{at: r.to, from: custody.ByCarrier(r.driver), to: custody.AtOffice(r.to.Code), giver: r.driver, taker: r.to.clerk,
			things: []event.Thing{r.dispatch}, counts: []event.Count{{Thing: r.bag, Seal: r.seal}}})
	}
	if err := c.handOver(ctx, list); err != nil {
		return err
	}
	return c.each(ctx, runs,
		func(r *run) []plan {
			found := r.seal
			if c.rand.IntN(150) == 0 {
				found = "NP9" + found[3:]
			}
			return []plan{{at: r.to, who: r.to.clerk, act: custody.OpenBag{Bag: r.bag, Seal: found}, then: c.noteRaised(r.to)}}
		},
		func(r *run) (out []plan) {
			for _, p := range r.items {
				switch luck := c.rand.IntN(1000); {
				case luck < 2:
					c.lost = append(c.lost, missing{p, r.to})
				default:
					out = append(out, plan{at: r.to, who: r.to.clerk, act: custody.TakeOut{Item: p.code, Bag: r.bag, Condition: condition(luck)}, then: c.noteRaised(r.to)})
					each(p)
				}
			}
			return out
		},
		func(r *run) []plan {
			return []plan{{at: r.to, who: r.to.clerk, act: custody.EmptyBag{Bag: r.bag}, then: c.noteRaised(r.to)}}
		})
}

// condition lets three in a thousand arrive damaged.
func condition(luck int) event.Condition {
	if luck < 5 {
		return event.Damaged
	}
	return event.Sound
}

// each sends one wave a step over all runs.
func (c *city) each(ctx context.Context, runs []*run, steps ...func(*run) []plan) error {
	for _, step := range steps {
		var plans []plan
		for _, r := range runs {
			plans = append(plans, step(r)...)
		}
		if err := c.send(ctx, plans); err != nil {
			return err
		}
	}
	return nil
}

// missing is an item that was not in its bag, and the office that looks for it.
type missing struct {
	p  *parcel
	at *office
}

// raised is an irregularity that somebody must settle.
type raised struct {
	at   *office
	fact event.IrregularityRaised
}

// noteRaised remembers the irregularities of a receipt.
func (c *city) noteRaised(o *office) func(ledger.Receipt) {
	return func(r ledger.Receipt) {
		for _, f := range r.Facts {
			if x, ok := f.(event.IrregularityRaised); ok {
				c.open = append(c.open, raised{o, x})
			}
		}
	}
}

// settle lets supervisors work off most of what is open, and some lost items turn up again. Now and then a late scan contradicts the ledger.
func (c *city) settle(ctx context.Context) error {
	var plans []plan
	var lost []missing
	for _, m := range c.lost {
		if c.rand.IntN(3) > 0 {
			lost = append(lost, m)
			continue
		}
		plans = append(plans, plan{at: m.at, who: m.at.clerk, act: custody.Find{Item: m.p.code}, then: func(ledger.Receipt) {
			if m.at == m.p.to {
				m.at.ready = append(m.at.ready, m.p)
			} else {
				m.at.out = append(m.at.out, m.p)
			}
		}})
	}
	c.lost = lost
	var open []raised
	for _, x := range c.open {
		if c.rand.IntN(4) == 0 {
			open = append(open, x)
			continue
		}
		decision, reason := custody.Noted, "recounted"
		if x.fact.Kind == "missing" {
			reason = "found"
		} else if x.fact.Kind == "observation" {
			decision, reason = custody.LedgerStands, "late_scan"
		}
		plans = append(plans, plan{at: x.at, who: x.at.super, act: custody.Settle{Irregularity: x.fact.Irregularity, Decision: decision, Reason: reason}})
	}
	c.open = open
	if err := c.send(ctx, plans); err != nil {
		return err
	}
	return c.lateScan(ctx)
}

// lateScan lets a carrier's device, long without network, claim a delivery that the ledger knows nothing of.
func (c *city) lateScan(ctx context.Context) error {
	if c.rand.IntN(4) > 0 {
		return nil
	}
	from := c.offices[c.rand.IntN(len(c.offices))]
	by := c.offices[c.rand.IntN(len(c.offices))]
	if from == by || len(from.out) == 0 {
		return nil
	}
	item := from.out[c.rand.IntN(len(from.out))].code
	return c.send(ctx, []plan{{at: by, who: by.carrier, act: custody.Late{Act: custody.Deliver{Item: item, To: "addressee"}}, then: c.noteRaised(by)}})
}
