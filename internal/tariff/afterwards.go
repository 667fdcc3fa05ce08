package tariff

import (
	"slices"

	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Afterwards is what a decision that reaches back means for one item.
type Afterwards struct {
	Claim       Claim
	RefundVND   postal.VND // what the customer gets back
	OperatorVND postal.VND // of it, what the post bears more than before; less than nothing when another takes its part over
	ProvinceVND postal.VND // of it, what the province bears more than before
}

// Rule is the rule of the first relief that is granted.
func (a *Afterwards) Rule() string { return a.Claim.Grants[0].Rule }

// Retroactive works out what a decision that reaches back means for an item accepted before it: the act that grants it, and what the customer gets back. ok is
// false when nothing changes in the customer's favour. The question is the one that was asked at acceptance; what the item was granted then is read from the view.
func (t *Tariff) Retroactive(v *ledger.View, item postal.ItemNumber, q Question) (back Afterwards, ok bool, err error) {
	var have []Granted
	if a, there := ledger.Get[*Account](v, ItemKey(item)); there {
		have = a.Grants
	}
	q.KnownOn, q.NoRelief = postal.Day{}, false
	q.Room = t.RoomLeft(v, q.On)
	var had postal.VND
	for _, g := range have {
		had += g.AmountVND
		if r, limited := q.Room[g.Policy]; limited { // what the item has is its own to be granted again
			q.Room[g.Policy] = Room{r.VND + g.AmountVND, r.Items + 1}
		}
	}
	now, err := t.Quote(q)
	if err != nil || now.TotalVND >= now.ListVND-had {
		return back, false, err
	}
	back.RefundVND = now.ListVND - had - now.TotalVND
	back.Claim = Claim{Item: item, On: q.On, Retro: true}
	back.change(have, now.Grants)
	return back, true, nil
}

// change finds what is granted new, what falls away for it, and who bears how much more.
func (a *Afterwards) change(have []Granted, now []Grant) {
	same := func(h Granted, g Grant) bool { return h.Policy == g.Policy && h.AmountVND == g.AmountVND }
	for _, g := range now {
		if !slices.ContainsFunc(have, func(h Granted) bool { return same(h, g) }) {
			a.Claim.Grants = append(a.Claim.Grants, g)
			a.bears(g.Payer, g.AmountVND)
		}
	}
	for _, h := range have {
		if !slices.ContainsFunc(now, func(g Grant) bool { return same(h, g) }) {
			a.Claim.Instead = append(a.Claim.Instead, h.Policy)
			a.bears(h.Payer, -h.AmountVND)
		}
	}
}

func (a *Afterwards) bears(payer string, v postal.VND) {
	if payer == "province" {
		a.ProvinceVND += v
	} else {
		a.OperatorVND += v
	}
}
