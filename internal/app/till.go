package app

import (
	"context"
	"strconv"

	"citypost/internal/api"
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/tariff"
)

// till prices what comes to a counter, with the tariff's rules, and takes its money, with cash's drawers.
type till struct {
	routes
	tariff *tariff.Tariff
	ledger *ledger.Ledger
	places *Places
	agency func(code postal.AgencyCode, lang string) string
}

func (h *House) newTill() *till {
	return &till{routes: h.routes(), tariff: h.Tariff, ledger: h.Ledger, places: h.Places, agency: h.names().Name}
}

// priced are the services of custody with the names that the tariff has for them.
var priced = map[event.Service]tariff.Service{event.Registered: tariff.Letter}

// zone is how far an item goes, for its price; "" when nobody knows, and then no list has a price.
func (t *till) zone(s event.Service, from, to postal.UnitCode, day postal.Day) tariff.Zone {
	route, err := t.between(dueServices[s], from, to, day)
	if err != nil {
		return ""
	}
	return tariff.Zone(route) // letters go intra or inter in both
}

// Price gives the lines of a price, with what is left of every relief now.
func (t *till) Price(ctx context.Context, c desk.Case) (desk.Bill, error) {
	v := t.ledger.View(ctx)
	q, err := quote(t.tariff, v, c.Service, t.zone(c.Service, c.From, c.To, postal.DayOf(c.At)), c.WeightG, c.Class, postal.DayOf(c.At))
	if err != nil {
		return desk.Bill{}, err
	}
	return billOf(&q), v.Err()
}

// quote prices an item of custody on a day.
func quote(t *tariff.Tariff, v *ledger.View, s event.Service, zone tariff.Zone, weight postal.Grams, class string, day postal.Day) (tariff.Quote, error) {
	service, ok := priced[s]
	if !ok || zone == "" {
		return tariff.Quote{}, fault.New(fault.NotFound, "tariff.service", "Không có bảng giá cho trường hợp này.", "There is no price list for this case.")
	}
	return t.Quote(tariff.Question{Service: service, Zone: zone, WeightG: weight, On: day, KnownOn: day, Class: class, Room: t.RoomLeft(v, day)})
}

func billOf(q *tariff.Quote) desk.Bill {
	b := desk.Bill{Lines: make([]desk.QuoteLine, len(q.Lines))}
	for i, l := range q.Lines {
		b.Lines[i] = desk.QuoteLine{VI: l.What.VI, EN: l.What.EN, Amount: l.AmountVND, Relief: l.Kind == tariff.Relief || l.Kind == tariff.Free, Rule: l.Rule,
			Basis: l.Basis.VI, BasisEN: l.Basis.EN, Verified: l.Verified}
	}
	vat := q.VATWords()
	b.Notes = append(b.Notes, custody.Words{VI: vat.VI, EN: vat.EN})
	for _, n := range append(q.Reasons, q.Notes...) {
		b.Notes = append(b.Notes, custody.Words{VI: n.VI, EN: n.EN})
	}
	return b
}

// Classes lists who has relief for a service on a day.
func (t *till) Classes(s event.Service, day postal.Day) []desk.Class {
	var list []desk.Class
	for _, c := range t.tariff.Classes(priced[s], day, "") {
		list = append(list, desk.Class{ID: c.ID, Name: custody.Words{VI: c.Name.VI, EN: c.Name.EN}, Evidence: custody.Words{VI: c.Evidence.VI, EN: c.Evidence.EN},
			Basis: custody.Words{VI: c.Cite.In("vi"), EN: c.Cite.In("en")}})
	}
	return list
}

// Shift says with which drawer a person works.
func (t *till) Shift(ctx context.Context, o postal.OfficeCode, who postal.StaffID) (*desk.Shift, error) {
	v := t.ledger.View(ctx)
	s := &desk.Shift{}
	if s.Drawer, _ = cash.OwnDrawer(v, o, who); s.Drawer == "" {
		s.Free = cash.FreeDrawers(v, o)
	}
	return s, v.Err()
}

// Begin opens a shift.
func (t *till) Begin(o postal.OfficeCode, drawer string, float postal.VND) ledger.Act {
	return cash.Begin{Drawer: drawer, FloatVND: float, Office: o}
}

// Accept makes the act that takes an item in at the counter with its relief and its money.
func (t *till) Accept(a custody.Accept, s desk.Sale) ledger.Act {
	return acceptance{Item: a, From: s.From, Class: s.Class, TellVND: s.Told, Told: true, Means: s.Means, till: t}
}

// Undo makes the act that takes back the last one on an item, with its relief and money.
func (t *till) Undo(u custody.Undo) ledger.Act { return undoing{u} }

// Acceptance makes of an acceptance that came through the API the act that prices it. A fee that was sent must be the price; without means no money is taken yet.
func (t *till) Acceptance(a custody.Accept, means string) ledger.Act {
	told := a.FeeVND
	a.FeeVND = 0
	return acceptance{Item: a, From: t.unitOf(a.Office), TellVND: told, Told: told != 0, Means: means, till: t}
}

// AtPrice makes the act that takes an item in at whatever its price is, with fees collected for agencies.
func (t *till) AtPrice(a custody.Accept, class, means string, dues ...cash.Due) ledger.Act {
	return acceptance{Item: a, From: t.unitOf(a.Office), Class: class, Means: means, Dues: dues, till: t}
}

// unitOf is the commune where an office stands.
func (t *till) unitOf(o postal.OfficeCode) postal.UnitCode {
	at, _ := t.places.Directory().Office(o)
	return at.Unit
}

var (
	_ desk.Till = (*till)(nil)
	_ api.Till  = (*till)(nil)
)

// Paid says what the books hold of an item's money.
func (t *till) Paid(ctx context.Context, i *custody.Item) (_ *desk.Payment, err error) {
	v := t.ledger.View(ctx)
	p, ever := ledger.Get[*cash.Paid](v, cash.ItemKey(i.Code))
	if err := v.Err(); err != nil {
		return nil, err
	}
	if !ever {
		return t.unpaid(ctx, i)
	}
	pay := &desk.Payment{Means: p.Means, ListVND: p.ListVND, PaidVND: p.PostageVND, Refunded: p.Refunded, Compensated: p.Compensated, Undone: p.Seq == 0, Page: cash.ItemPath(i.Code)}
	for _, c := range p.Collected {
		pay.Collected = append(pay.Collected, desk.Receipt{Number: c.Book + "/" + strconv.Itoa(c.Number), Agency: t.agency(c.Agency, "vi"), Kind: c.Kind, Amount: c.AmountVND})
	}
	if pay.Relief, err = t.granted(ctx, i); err != nil {
		return nil, err
	}
	return pay, v.Err()
}

// unpaid is an item that was accepted without its money; nil when it costs nothing.
func (t *till) unpaid(ctx context.Context, i *custody.Item) (*desk.Payment, error) {
	if i.FeeVND == 0 || i.Stage == custody.Withdrawn {
		return nil, nil
	}
	lines, err := t.granted(ctx, i)
	return &desk.Payment{Unpaid: true, Relief: lines, Page: cash.ItemPath(i.Code)}, err
}

// granted gives the listed price and the relief of an item as its acceptance recorded them, each with its rule.
func (t *till) granted(ctx context.Context, i *custody.Item) (lines []desk.QuoteLine, err error) {
	entries, err := t.ledger.Entries(ctx, []int64{i.AcceptSeq})
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	for _, f := range entries[0].Facts {
		switch f := f.(type) {
		case event.ItemAccepted:
			lines = append(lines, desk.QuoteLine{VI: "Giá công bố", EN: "Listed price", Amount: f.FeeVND, Verified: true})
			if len(f.Rules) > 0 {
				lines[0].Rule = f.Rules[0]
			}
		case event.ReliefGranted:
			lines[0].Amount += f.AmountVND
			lines = append(lines, desk.QuoteLine{VI: "Miễn, giảm", EN: "Relief", Amount: -f.AmountVND, Relief: true, Rule: f.Rule, Verified: true})
		}
	}
	return lines, nil
}

// undoing takes the last act on an item back. When that was its acceptance, its relief and its money go back in the same act.
type undoing struct {
	Undo custody.Undo `json:"undo"`
}

// Name of the act.
func (undoing) Name() string { return "app.undo" }

// Touches the item, its relief and its money.
func (a undoing) Touches() []ledger.Key {
	return append(a.Undo.Touches(), tariff.ItemKey(a.Undo.Item), cash.ItemKey(a.Undo.Item))
}

// Decide lets custody undo, then takes back what came with an acceptance.
func (a undoing) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	i, _ := ledger.Get[*custody.Item](v, custody.ItemKey(a.Undo.Item))
	facts, err := a.Undo.Decide(v, e)
	if err != nil || i == nil || i.Last.Fact != (event.ItemAccepted{}).Fact() {
		return facts, err
	}
	var source cash.Source
	if paid, ok := cash.PaidFor(v, a.Undo.Item); ok {
		source.Drawer = paid.Drawer
	}
	back, err := takeBack(v, e, a.Undo.Item, cash.UndoTake{Source: source, Item: a.Undo.Item, Reason: "mistake"})
	return append(facts, back...), err
}

// takeBack takes back the relief and the money of an item, as far as it has any.
func takeBack(v *ledger.View, e ledger.Envelope, item postal.ItemNumber, money cash.UndoTake) (facts []event.Fact, err error) {
	acts := []ledger.Act{}
	if relief, ok := ledger.Get[*tariff.Account](v, tariff.ItemKey(item)); ok && len(relief.Grants) > 0 {
		acts = append(acts, tariff.Reverse{Item: item, Reason: money.Reason})
	}
	if _, ok := cash.PaidFor(v, item); ok {
		acts = append(acts, money)
	}
	for _, act := range acts {
		more, err := act.Decide(v, e)
		if err != nil {
			return nil, err
		}
		facts = append(facts, more...)
	}
	return facts, nil
}
