package app

import (
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/tariff"
)

// acceptance takes an item in at the price of its day, grants its relief and takes its money: all of it, or nothing. The price is worked out when the act is decided,
// with what is left of every budget then: two counters never share the last đồng, and the same act sent again is the same.
type acceptance struct {
	Item    custody.Accept  `json:"item"` // its fee and the rules of its price are the quote's
	From    postal.UnitCode `json:"from"`
	Class   string          `json:"class,omitempty"`
	TellVND postal.VND      `json:"tell_vnd"`
	Told    bool            `json:"told,omitempty"`  // the customer was told this price; any other is refused
	Means   string          `json:"means,omitempty"` // "" takes no money now
	Dues    []cash.Due      `json:"dues,omitempty"`
	till    *till
}

// Name of the act.
func (acceptance) Name() string { return "app.accept" }

// Touches what the acceptance itself touches; policies and drawers are few and stay in view.
func (a acceptance) Touches() []ledger.Key { return a.Item.Touches() }

// Decide prices the item, then lets custody, tariff and cash decide.
func (a acceptance) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	day := postal.DayOf(postal.FromMillis(e.OccurredMs))
	zone := a.till.zone(a.Item.Service, a.From, a.Item.ToUnit, day)
	q, err := quote(a.till.tariff, v, a.Item.Service, zone, a.Item.WeightG, a.Class, day)
	if fault.Is(err, fault.NotFound) { // no list has a price: what was told is from the paper list
		q, err = tariff.Quote{ListVND: a.TellVND, TotalVND: a.TellVND}, nil
	}
	if err != nil {
		return nil, err
	}
	if a.Told && a.TellVND != q.TotalVND {
		return nil, priceChanged(a.TellVND, q.TotalVND)
	}
	a.Item.FeeVND, a.Item.Rules = q.TotalVND, append(q.Rules(), a.Item.Rules...)
	act := ledger.Act(a.Item)
	if len(q.Grants) > 0 {
		act = tariff.Relieved{Act: act, Claim: q.Claim("")}
	}
	if a.Means == "" {
		return act.Decide(v, e)
	}
	take, err := a.take(v, e, &q)
	if err != nil {
		return nil, err
	}
	return cash.PaidAct{Act: act, Take: take}.Decide(v, e)
}

func priceChanged(told, now postal.VND) error {
	return fault.New(fault.Conflict, "app.price_changed",
		"Giá vừa đổi từ %[1]s thành %[2]s (kinh phí miễn, giảm hết hoặc bảng giá đổi). Báo khách giá mới rồi xác nhận lại.",
		"The price has just changed from %[3]s to %[4]s (a relief has run out, or the list has changed). Tell the customer the new price, then confirm again.",
		told, now, told.In("en"), now.In("en"))
}

// take is the money of the quote, into the drawer that the clerk has open.
func (a acceptance) take(v *ledger.View, e ledger.Envelope, q *tariff.Quote) (cash.Take, error) {
	drawer, ok := cash.OwnDrawer(v, e.Office, e.Actor)
	if !ok {
		return cash.Take{}, fault.New(fault.Conflict, "cash.no_shift", "Chưa mở ca nên chưa thu tiền được. Mở ca ở trang Quỹ và ca làm.", "No shift is open, so no money can be taken. Open one on the page Cash and shift.").At("means")
	}
	t := cash.Take{Drawer: drawer, Service: string(priced[a.Item.Service]), Means: a.Means, ListVND: q.ListVND, Dues: a.Dues}
	for _, g := range q.Grants {
		if g.Payer == "province" {
			t.ProvinceVND += g.AmountVND
		} else {
			t.OperatorVND += g.AmountVND
		}
	}
	return t, nil
}
