package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// day is one day of the month: items come in, a box goes to the district, the courier delivers, the shift changes; now and then something is wrong.
func (c *closed) day(ctx context.Context, n int, day postal.Day) error {
	c.clock.Set(day.Start().Add(7*time.Hour + 20*time.Minute))
	if err := c.renew(ctx, day); err != nil {
		return err
	}
	c.clock.Set(day.Start().Add(7*time.Hour + 40*time.Minute))
	var near, far []postal.ItemNumber
	for range 3 + c.rand.IntN(5) {
		i, to, err := c.accept(ctx, day)
		if err != nil {
			return err
		}
		if to == closedCentre {
			near = append(near, i)
		} else {
			far = append(far, i)
		}
		c.clock.Set(c.clock.Now().Add(time.Duration(1+c.rand.IntN(6)) * time.Minute))
	}
	if len(far) > 0 {
		if err := c.transport(ctx, n, far); err != nil {
			return err
		}
	}
	if err := c.deliver(ctx, n, closedCentre, near); err != nil {
		return err
	}
	if err := c.deliver(ctx, n, closedDistrict, far); err != nil {
		return err
	}
	if n%8 == 1 { // the partner comes; after the last visit it is silent for too long
		if err := c.visit(ctx, day); err != nil {
			return err
		}
	}
	if err := c.sometimes(ctx, n, day); err != nil {
		return err
	}
	c.clock.Set(day.Start().Add(19 * time.Hour))
	return c.changeShifts(ctx)
}

// What ends within a month is renewed, for as long as it held at first.
const (
	renewAhead = 31
	inspected  = 200 // days that an inspection holds
	trained    = 365
)

// renew inspects facilities and trains people again before their time is over.
func (c *closed) renew(ctx context.Context, day postal.Day) error {
	soon := day.AddDays(renewAhead).String()
	view := c.house.Ledger.View(ctx)
	for _, o := range []postal.OfficeCode{closedCentre, closedDistrict} {
		_, _, head := crewOf(o)
		for _, f := range closedmail.Facilities(view, o) {
			if f.Retired == "" && f.Until < soon {
				if err := c.all(ctx, o, head, closedmail.Inspect{Facility: f.Code, Until: day.AddDays(inspected)}); err != nil {
					return err
				}
			}
		}
	}
	for _, w := range closedmail.Workers(view) {
		if until := w.Until(day); until != "" && until < soon {
			if err := c.all(ctx, closedCentre, "baomat", closedmail.FilePaper{Person: w.ID, Paper: closedmail.Training, On: day, Until: day.AddDays(trained)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// accept takes one item in at the centre, from a body chosen by chance.
func (c *closed) accept(ctx context.Context, day postal.Day) (postal.ItemNumber, postal.OfficeCode, error) {
	from := c.rand.IntN(bodies)
	to := (from + 1 + c.rand.IntN(bodies-2)) % bodies
	if to == bodies-1 { // it has nobody to receive out of hours
		to = (from + 1) % (bodies - 1)
	}
	if to == from {
		to = (to + 1) % (bodies - 1)
	}
	entry, err := c.house.Directory.Find(ctx, code(to))
	if err != nil {
		return "", "", err
	}
	a := closedmail.Accept{Office: closedCentre, Number: closedmail.CoverNumber(fmt.Sprintf("%d/CV-M", 1+c.rand.IntN(900))), Sender: code(from), HandedBy: c.ids[registry(from)], Addressee: code(to),
		WeightG: postal.Grams(30 + c.rand.IntN(900)), ToUnit: entry.Unit, ToOffice: entry.Office}
	a.Secrecy = []closedmail.Secrecy{"", "", "", "", closedmail.SecrecyB, closedmail.SecrecyC, closedmail.SecrecyA}[c.rand.IntN(7)]
	a.Urgency = []closedmail.Urgency{"", "", "", closedmail.Express, closedmail.Timed}[c.rand.IntN(5)]
	if a.Urgency == closedmail.Timed {
		notice := 9 * time.Hour
		if entry.Zone == closedmail.Suburban {
			notice = 13 * time.Hour
		}
		a.AtMs = postal.Millis(c.clock.Now().Add(notice))
	}
	a.NamedOnly = c.rand.IntN(6) == 0
	if c.rand.IntN(10) == 0 {
		a.RecallBy = day.AddDays(10 + c.rand.IntN(20))
	}
	if a.Secrecy == closedmail.SecrecyA {
		if a.Locator = c.spare(ctx, closedCentre, closedmail.Locator); a.Locator == "" {
			a.Secrecy = closedmail.SecrecyB
		}
	}
	view := c.house.Ledger.View(ctx)
	sender, _ := ledger.Get[*closedmail.Body](view, closedmail.BodyKey(a.Sender))
	addressee, _ := ledger.Get[*closedmail.Body](view, closedmail.BodyKey(a.Addressee))
	terms, err := c.house.Law.Terms(a, sender, addressee, entry, c.clock.Now())
	if err != nil {
		return "", "", err
	}
	a.Inter, a.Suburban, a.FeeVND, a.DueMs, a.Rules = terms.Inter, terms.Suburban, terms.FeeVND, terms.DueMs(), terms.Rules
	r, err := c.do(ctx, closedCentre, c.on[closedCentre], a)
	if err != nil {
		return "", "", err
	}
	item := r.Facts[0].(event.ItemAccepted).Item
	if !a.RecallBy.IsZero() {
		c.lent = append(c.lent, item)
	}
	return item, entry.Office, nil
}

// spare gives a facility of an office that is free.
func (c *closed) spare(ctx context.Context, o postal.OfficeCode, kinds ...string) closedmail.FacilityCode {
	for _, f := range closedmail.Facilities(c.house.Ledger.View(ctx), o) {
		if slices.Contains(kinds, f.Code.Kind()) && f.Use == "" {
			return f.Code
		}
	}
	return ""
}

// transport takes the items of the district there in a sealed bag or box.
func (c *closed) transport(ctx context.Context, n int, items []postal.ItemNumber) error {
	clerk, second := c.on[closedCentre], "kt1.ksv01"
	vessel := c.spare(ctx, closedCentre, closedmail.Box, closedmail.BagOf)
	r, err := c.do(ctx, closedCentre, clerk, closedmail.StartVessel{Office: closedCentre, To: closedDistrict, Facility: vessel})
	if err != nil {
		return err
	}
	bag := r.Facts[0].(event.BagStarted).Bag
	for _, i := range items {
		if err := c.all(ctx, closedCentre, clerk, closedmail.Pack{Item: i, Bag: bag}); err != nil {
			return err
		}
	}
	c.seals++
	seal := fmt.Sprintf("NP-%05d", c.seals)
	if err := c.all(ctx, closedCentre, clerk, closedmail.CloseVessel{Bag: bag, Seal: closedmail.Seal(seal), Second: c.ids[second]}); err != nil {
		return err
	}
	r, err = c.do(ctx, closedCentre, clerk, closedmail.StartDispatch{Office: closedCentre, To: closedDistrict, Vehicle: c.spare(ctx, closedCentre, closedmail.Vehicle)})
	if err != nil {
		return err
	}
	trip := r.Facts[0].(event.DispatchStarted).Dispatch
	if err := c.all(ctx, closedCentre, clerk, closedmail.Load{Bag: bag, Dispatch: trip}, closedmail.CloseDispatch{Dispatch: trip}); err != nil {
		return err
	}
	counts := []event.Count{{Thing: bag, Seal: seal}}
	if err := c.handOver(ctx, closedCentre, custody.AtOffice(closedCentre), custody.ByCarrier(c.ids[closedCourier]), clerk, closedCourier, closedmail.OpenHandover{Things: []event.Thing{trip}}, counts); err != nil {
		return err
	}
	c.clock.Set(c.clock.Now().Add(time.Duration(50+c.rand.IntN(30)) * time.Minute))
	there := c.on[closedDistrict]
	if err := c.handOver(ctx, closedDistrict, custody.ByCarrier(c.ids[closedCourier]), custody.AtOffice(closedDistrict), closedCourier, there, closedmail.OpenHandover{Things: []event.Thing{trip}}, counts); err != nil {
		return err
	}
	if err := c.open(ctx, n, bag, seal, items); err != nil {
		return err
	}
	return c.all(ctx, closedDistrict, "kt1.ksv02", closedmail.MoveFacility{Facility: vessel, To: closedCentre}) // the empty one goes home
}

// handOver opens, counts and signs twice.
func (c *closed) handOver(ctx context.Context, at postal.OfficeCode, from, to event.Holder, giver, taker string, a closedmail.OpenHandover, counts []event.Count) error {
	a.Office, a.From, a.To = at, from, to
	clerk := giver
	if giver == closedCourier {
		clerk = taker
	}
	r, err := c.do(ctx, at, clerk, a)
	if err != nil {
		return err
	}
	code := r.Facts[0].(event.HandoverOpened).Handover
	if err := c.all(ctx, c.officeOf(taker), taker, closedmail.CountThings{Handover: code, Counts: counts}); err != nil {
		return err
	}
	if err := c.all(ctx, c.officeOf(giver), giver, closedmail.SignHandover{Handover: code, Side: custody.Giver}); err != nil {
		return err
	}
	return c.all(ctx, c.officeOf(taker), taker, closedmail.SignHandover{Handover: code, Side: custody.Taker, Number: true, Packing: true, Seals: true})
}

// officeOf is where a person has his role.
func (c *closed) officeOf(login string) postal.OfficeCode {
	switch login {
	case "kt1.gdv03", "kt1.gdv04", "kt1.ksv02":
		return closedDistrict
	}
	return closedCentre
}

// open counts a bag out at the district; once in the month its seal differs, and once an item is torn.
func (c *closed) open(ctx context.Context, n int, bag event.Thing, seal string, items []postal.ItemNumber) error {
	_, _, head := crewOf(closedDistrict)
	clerk := c.on[closedDistrict]
	other := c.other(closedDistrict)
	found := seal
	if n >= 8 && !c.wrong {
		c.wrong, found = true, "NP-90001"
		if err := c.all(ctx, closedDistrict, clerk, closedmail.OpenVessel{Bag: bag, Seal: "NP-90001", Second: c.ids[other]}); err != nil {
			return err
		}
		if err := c.mend(ctx, closedDistrict, clerk, other, head, closedmail.Sound); err != nil {
			return err
		}
	}
	if err := c.all(ctx, closedDistrict, clerk, closedmail.OpenVessel{Bag: bag, Seal: closedmail.Seal(found), Second: c.ids[other]}); err != nil {
		return err
	}
	if found != seal {
		if err := c.settle(ctx, closedDistrict, head); err != nil {
			return err
		}
	}
	for _, i := range items {
		take := closedmail.TakeOut{Item: i, Bag: bag}
		if n >= 16 && !c.torn {
			c.torn, take.Condition = true, event.Damaged
		}
		if err := c.all(ctx, closedDistrict, clerk, take); err != nil {
			return err
		}
		if take.Condition == event.Damaged {
			if err := c.mend(ctx, closedDistrict, clerk, other, head, closedmail.Rewrapped); err != nil {
				return err
			}
		}
	}
	return c.all(ctx, closedDistrict, clerk, closedmail.EmptyVessel{Bag: bag, Second: c.ids[other]})
}

// other is the clerk of an office who does not hold the shift.
func (c *closed) other(o postal.OfficeCode) string {
	first, second, _ := crewOf(o)
	if c.on[o] == first {
		return second
	}
	return first
}

// mend takes the open incidents of an office through minutes, report and release.
func (c *closed) mend(ctx context.Context, o postal.OfficeCode, first, second, head string, d closedmail.Decision) error {
	for _, i := range closedmail.Incidents(c.house.Ledger.View(ctx), o) {
		c.clock.Set(c.clock.Now().Add(time.Duration(3+c.rand.IntN(6)) * time.Minute))
		if err := c.all(ctx, o, first, closedmail.SignMinutes{Incident: i.ID, Second: c.ids[second]}, closedmail.ReportUp{Incident: i.ID, To: "province"}); err != nil {
			return err
		}
		c.clock.Set(c.clock.Now().Add(20 * time.Minute))
		if err := c.all(ctx, o, head, closedmail.Release{Incident: i.ID, Decision: d}); err != nil {
			return err
		}
	}
	return nil
}

// settle notes what custody raised beside an incident.
func (c *closed) settle(ctx context.Context, o postal.OfficeCode, head string) error {
	for _, k := range c.house.Ledger.View(ctx).At(string(custody.AtOffice(o)), 'x') {
		if err := c.all(ctx, o, head, closedmail.Settle{Irregularity: closedmail.ID(k[2:]), Decision: custody.Noted, Reason: "recounted"}); err != nil {
			return err
		}
	}
	return nil
}

// deliver gives items to the courier and has each signed for by a named person of its body; a few are tried in vain first. Every other day receivers sign on the printed
// list, which the courier and a clerk enter when he is back.
func (c *closed) deliver(ctx context.Context, n int, o postal.OfficeCode, items []postal.ItemNumber) error {
	if len(items) == 0 {
		return nil
	}
	var things []event.Thing
	var counts []event.Count
	for _, i := range items {
		things, counts = append(things, event.Thing(i)), append(counts, event.Count{Thing: event.Thing(i)})
	}
	clerk := c.on[o]
	if err := c.handOver(ctx, o, custody.AtOffice(o), custody.ByCarrier(c.ids[closedCourier]), clerk, closedCourier, closedmail.OpenHandover{Delivery: true, Things: things, Vehicle: c.spare(ctx, o, closedmail.Vehicle)}, counts); err != nil {
		return err
	}
	paper := n%2 == 1
	var read []ledger.Act // off the list, in the order of its hours
	for _, i := range items {
		c.clock.Set(c.clock.Now().Add(time.Duration(8+c.rand.IntN(15)) * time.Minute))
		acts, err := c.atTheDoor(ctx, i, paper, c.ids[clerk])
		if err != nil {
			return err
		}
		if read = append(read, acts...); paper {
			continue
		}
		if err := c.all(ctx, closedCentre, closedCourier, acts...); err != nil {
			return err
		}
	}
	if !paper {
		return nil
	}
	c.clock.Set(c.clock.Now().Add(25 * time.Minute))
	return c.all(ctx, o, closedCourier, read...)
}

// atTheDoor is what happens to one item now: perhaps a try in vain and another one later, then the signature of the registry of its body, or outside working hours of its
// contact. On paper it is entered later, beside a clerk.
func (c *closed) atTheDoor(ctx context.Context, i postal.ItemNumber, paper bool, clerk postal.StaffID) ([]ledger.Act, error) {
	var acts []ledger.Act
	if c.rand.IntN(12) == 0 {
		failed := closedmail.Attempt{Item: i, Reason: "closed", Next: "again"}
		if paper {
			failed.AtMs = postal.Millis(c.clock.Now())
			acts = append(acts, failed)
		} else if err := c.all(ctx, closedCentre, closedCourier, failed); err != nil {
			return nil, err
		}
		c.clock.Set(c.clock.Now().Add(40 * time.Minute))
	}
	d, err := c.receiver(ctx, i)
	if err != nil || !paper {
		return append(acts, d), err
	}
	cover, _ := closedmail.CoverOf(c.house.Ledger.View(ctx), i)
	return append(acts, closedmail.DeliverOnPaper{Items: []postal.ItemNumber{i}, List: cover.Out, AtMs: postal.Millis(c.clock.Now()), As: d.As, Receiver: d.Receiver, AfterHours: d.AfterHours,
		Number: true, Packing: true, Seal: true, Unopened: d.Unopened, Second: clerk}), nil
}

// receiver says who of its body takes an item now.
func (c *closed) receiver(ctx context.Context, i postal.ItemNumber) (closedmail.Deliver, error) {
	cover, ok := closedmail.CoverOf(c.house.Ledger.View(ctx), i)
	if !ok {
		return closedmail.Deliver{}, fmt.Errorf("no cover of %s", i)
	}
	entry, err := c.house.Directory.Find(ctx, cover.Addressee)
	if err != nil {
		return closedmail.Deliver{}, err
	}
	worked, err := c.house.Law.Working(c.clock.Now())
	if err != nil {
		return closedmail.Deliver{}, err
	}
	var n int
	if _, err := fmt.Sscanf(string(cover.Addressee), "cq-%d", &n); err != nil {
		return closedmail.Deliver{}, err
	}
	d := closedmail.Deliver{Item: i, As: closedmail.ForClerk, Receiver: c.ids[registry(n-1)], Number: true, Packing: true, Seal: true, Unopened: cover.NamedOnly}
	if !entry.Open(c.clock.Now(), worked) {
		d.As, d.Receiver, d.AfterHours = closedmail.ForContact, c.ids[contact(n-1)], true
	}
	return d, nil
}

// sometimes does what is not done every day: registers, visits, a complaint, an inspection.
func (c *closed) sometimes(ctx context.Context, n int, day postal.Day) error {
	clerk, head := c.on[closedCentre], "kt1.ksv01"
	switch {
	case n%7 == 3:
		area := c.spare(ctx, closedCentre, closedmail.Area)
		id := c.next()
		beside, err := closedmail.BesideVisit(c.house.Vault, id, closedCentre, "cccd", fmt.Sprintf("031199%06d", n))
		if err != nil {
			return err
		}
		r, err := c.write(ctx, id, closedCentre, clerk, closedmail.BeginVisit{Facility: area, Purpose: "repair", Host: c.ids[head]}, beside...)
		if err != nil {
			return err
		}
		visit := r.Facts[0].(event.VisitBegan).Visit
		c.clock.Set(c.clock.Now().Add(35 * time.Minute))
		return c.all(ctx, closedCentre, clerk, closedmail.EndVisit{Visit: closedmail.ID(visit)})
	case n%7 == 5:
		return c.print(ctx, closedCentre)
	case n == 13:
		due, rules, err := c.house.Law.Answer(0, c.clock.Now())
		if err != nil {
			return err
		}
		r, err := c.do(ctx, closedCentre, clerk, closedmail.Complain{Body: code(5), About: "late", DueMs: postal.Millis(due), Rules: rules})
		if err != nil {
			return err
		}
		return c.all(ctx, closedCentre, head, closedmail.Answer{Complaint: closedmail.ID(r.Facts[0].(event.ComplaintOpened).Complaint), Outcome: "rejected"})
	case n == 20:
		return c.all(ctx, closedCentre, clerk, closedmail.Announce{Authority: "department", Surprise: true, On: day.AddDays(1)})
	case n == 22:
		for _, x := range closedmail.Cases(c.house.Ledger.View(ctx), "inspection") {
			if err := c.all(ctx, closedCentre, head, closedmail.EndInspection{Inspection: x.ID, Findings: []closedmail.Finding{"bags"}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// print puts the full pages of the registers on paper.
func (c *closed) print(ctx context.Context, o postal.OfficeCode) error {
	for _, reg := range closedmail.Registers {
		for page := 1; ; page++ {
			lines, _, err := c.house.Records.Lines(ctx, reg, o, page)
			if err != nil {
				return err
			}
			if len(lines) < closedmail.PageRows {
				break
			}
			_, err = c.do(ctx, o, c.on[o], closedmail.PrintPage{Register: reg, Office: o, Page: page, Rows: len(lines), Total: page * closedmail.PageRows})
			if err != nil && fault.Code(err) != "closedmail.reprint" {
				return err
			}
		}
	}
	return nil
}

// changeShifts hands everything to the other clerk of each office.
func (c *closed) changeShifts(ctx context.Context) error {
	for _, o := range []postal.OfficeCode{closedCentre, closedDistrict} {
		next := c.other(o)
		if err := c.all(ctx, o, c.on[o], closedmail.HandShift{Office: o, To: c.ids[next], Held: closedmail.Held(c.house.Ledger.View(ctx), o)}); err != nil {
			return err
		}
		c.on[o] = next
	}
	return nil
}

// unfinished leaves something to do today: items that wait, one of them frozen by an incident.
func (c *closed) unfinished(ctx context.Context) error {
	var last postal.ItemNumber
	for range 4 {
		i, _, err := c.accept(ctx, postal.DayOf(c.clock.Now()))
		if err != nil {
			return err
		}
		last = i
	}
	return c.all(ctx, closedCentre, c.on[closedCentre], closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(last)}})
}
