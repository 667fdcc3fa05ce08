package app

import (
	"context"
	"time"

	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/tariff"
)

// moneyItems tells cash what it must know of items to give money back.
type moneyItems struct {
	till *till
	now  func() time.Time
}

var _ cash.Items = (*moneyItems)(nil)

func (m *moneyItems) item(ctx context.Context, n postal.ItemNumber) (*custody.Item, *ledger.View, error) {
	v := m.till.ledger.View(ctx)
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n))
	if err := v.Err(); err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "custody.unknown", "Không có %s trong hệ thống. Hãy kiểm tra lại mã rồi quét lại.", "%s is not in the system. Check the code and scan it again.", n)
	}
	return i, v, nil
}

// Carriage says when an item was accepted, due and tried, and whether its acceptance can still be taken back.
func (m *moneyItems) Carriage(ctx context.Context, n postal.ItemNumber) (cash.Carriage, error) {
	i, v, err := m.item(ctx, n)
	if err != nil {
		return cash.Carriage{}, err
	}
	e := ledger.Envelope{OccurredMs: postal.Millis(m.now()), Office: i.Origin}
	_, err = custody.Undo{Item: n, Act: i.AcceptAct}.Decide(v, e)
	_, paid := cash.PaidFor(v, n)
	d, leg, ok := dossier.Of(v, n)
	wrong := ok && paid && leg == dossier.ResultLeg && d.Wrong > 0 && d.DeliveredTo == ""
	paidAt := ""
	if ok {
		paidAt = dossier.PathOf(d.Code)
	}
	return cash.Carriage{PaidAt: paidAt, Wrong: wrong, On: postal.DayOf(postal.FromMillis(i.AcceptedMs)), DueMs: i.DueMs, TriedMs: i.AttemptMs, Page: "/desk/items/" + string(n), Cancel: err == nil}, v.Err()
}

// regrant makes the act for an item, with the class whose evidence the clerk saw when it was accepted.
func (m *moneyItems) regrant(ctx context.Context, n postal.ItemNumber) (regrant, *ledger.View, error) {
	i, v, err := m.item(ctx, n)
	if err != nil {
		return regrant{}, nil, err
	}
	r := regrant{Item: n, till: m.till}
	entries, err := m.till.ledger.Entries(ctx, []int64{i.AcceptSeq})
	for _, e := range entries {
		for _, f := range e.Facts {
			if g, ok := f.(event.ReliefGranted); ok && g.Class != "" {
				r.Class = g.Class
			}
		}
	}
	return r, v, err
}

// Afterwards says what decisions since the acceptance give back.
func (m *moneyItems) Afterwards(ctx context.Context, n postal.ItemNumber) (*cash.Back, error) {
	r, v, err := m.regrant(ctx, n)
	if err != nil {
		return nil, err
	}
	back, ok, err := r.back(v)
	if _, isFault := fault.From(err); isFault || !ok && err == nil {
		return nil, v.Err() // no list has a price: nothing was ever reduced
	}
	if err != nil {
		return nil, err
	}
	b := &cash.Back{VND: back.RefundVND, Policy: back.Claim.Grants[0].Policy, Rule: back.Rule()}
	if rule, ok := m.till.tariff.Rule(b.Rule); ok {
		b.BasisVI, b.BasisEN = rule.Cite().In("vi"), rule.Cite().In("en")
	}
	return b, v.Err()
}

// GiveAfterwards makes the act that grants that relief and pays it out.
func (m *moneyItems) GiveAfterwards(ctx context.Context, n postal.ItemNumber, from cash.Source, told postal.VND) (ledger.Act, error) {
	r, _, err := m.regrant(ctx, n)
	r.Source, r.TellVND = from, told
	return r, err
}

// Owed says what an item costs: its listed price, and the relief that it was granted.
func (m *moneyItems) Owed(ctx context.Context, n postal.ItemNumber) (t cash.Take, ok bool, err error) {
	i, v, err := m.item(ctx, n)
	if err != nil {
		return t, false, err
	}
	service, known := priced[i.Service]
	if !known && custody.OfDossier(n) { // taken in at home: the postman brings the postage to the counter
		service, known = tariff.Service(i.Service), true
	}
	t = cash.Take{Item: n, Service: string(service), ListVND: i.FeeVND}
	if a, has := ledger.Get[*tariff.Account](v, tariff.ItemKey(n)); has {
		for _, g := range a.Grants {
			t.ListVND += g.AmountVND
			if g.Payer == "province" {
				t.ProvinceVND += g.AmountVND
			} else {
				t.OperatorVND += g.AmountVND
			}
		}
	}
	return t, known && i.Stage != custody.Withdrawn && i.FeeVND > 0, v.Err()
}

// Cancel makes the act that takes an acceptance back, with its relief and all of its money.
func (m *moneyItems) Cancel(ctx context.Context, n postal.ItemNumber, from cash.Source) (ledger.Act, error) {
	i, _, err := m.item(ctx, n)
	if err != nil {
		return nil, err
	}
	return cancelling{Undo: custody.Undo{Item: n, Act: i.AcceptAct}, Source: from}, nil
}

// cancelling takes an acceptance back whose shift is over: a supervisor gives the money back.
type cancelling struct {
	Undo   custody.Undo `json:"undo"`
	Source cash.Source  `json:"source"`
}

// Name of the act.
func (cancelling) Name() string { return "app.cancel" }

// Touches the item, its relief and its money.
func (a cancelling) Touches() []ledger.Key { return undoing{a.Undo}.Touches() }

// Decide takes back what the acceptance brought: item, relief, money.
func (a cancelling) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	facts, err := a.Undo.Decide(v, e)
	if err != nil {
		return nil, err
	}
	back, err := takeBack(v, e, a.Undo.Item, cash.UndoTake{Source: a.Source, Item: a.Undo.Item, Reason: "cancelled", Later: true})
	return append(facts, back...), err
}

// regrant grants relief that was decided after an item was accepted, and pays it out.
type regrant struct {
	Item    postal.ItemNumber `json:"item"`
	Class   string            `json:"class,omitempty"`
	Source  cash.Source       `json:"source"`
	TellVND postal.VND        `json:"tell_vnd"` // what the customer was told
	till    *till
}

// Name of the act.
func (regrant) Name() string { return "app.regrant" }

// Touches the item, its relief and its money.
func (a regrant) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), tariff.ItemKey(a.Item), cash.ItemKey(a.Item)}
}

// back works out what the item gets.
func (a regrant) back(v *ledger.View) (tariff.Afterwards, bool, error) {
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	if !ok {
		return tariff.Afterwards{}, false, nil
	}
	service, ok := priced[i.Service]
	if !ok {
		return tariff.Afterwards{}, false, nil
	}
	o, ok := a.till.places.Directory().Office(i.Origin)
	if !ok {
		return tariff.Afterwards{}, false, nil
	}
	day := postal.DayOf(postal.FromMillis(i.AcceptedMs))
	q := tariff.Question{Service: service, Zone: a.till.zone(i.Service, o.Unit, i.ToUnit, day), WeightG: i.WeightG, On: day, Class: a.Class}
	if q.Zone == "" {
		return tariff.Afterwards{}, false, nil
	}
	return a.till.tariff.Retroactive(v, a.Item, q)
}

// Decide grants the relief and pays it out of the source.
func (a regrant) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	back, ok, err := a.back(v)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fault.New(fault.Conflict, "app.nothing_back", "Không có quyết định miễn, giảm nào cho bưu gửi này được hoàn thêm.", "No relief decided since gives this item anything back.")
	case back.RefundVND != a.TellVND:
		return nil, priceChanged(a.TellVND, back.RefundVND)
	}
	facts, err := back.Claim.Decide(v, e)
	if err != nil {
		return nil, err
	}
	paid, err := cash.Refund{Source: a.Source, Item: a.Item, AmountVND: back.RefundVND, Reason: "relief", OperatorVND: back.OperatorVND, ProvinceVND: back.ProvinceVND, Rule: back.Rule()}.Decide(v, e)
	return append(facts, paid...), err
}
