package tariff

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Account is what the facts add up to for one policy, for one payer in one month, or for one item.
type Account struct {
	VND    postal.VND
	Items  int
	Grants []Granted // of an item: the relief that it has now
}

// Granted is a relief that an item has.
type Granted struct {
	Policy, Payer      string
	On                 postal.Day
	ListVND, AmountVND postal.VND
}

// Place is none: relief lies nowhere.
func (*Account) Place() string { return "" }

// Encode writes the account.
func (a *Account) Encode(dst []byte) []byte { return ledger.Encode(dst, a.fields) }

// Decode reads the account.
func (a *Account) Decode(b []byte) error { return ledger.Decode(b, a.fields) }

func (a *Account) fields(c *ledger.Codec) {
	ledger.Int(c, &a.VND)
	ledger.Int(c, &a.Items)
	ledger.List(c, &a.Grants, func(g *Granted, c *ledger.Codec) {
		ledger.Str(c, &g.Policy)
		ledger.Str(c, &g.Payer)
		days := g.On.DaysSince(postal.Day{})
		ledger.Int(c, &days)
		g.On = postal.MakeDay(1, 1, 1).AddDays(days - 1)
		ledger.Int(c, &g.ListVND)
		ledger.Int(c, &g.AmountVND)
	})
}

// Kinds lists the states that tariff keeps in the ledger.
func Kinds() []ledger.Kind {
	return []ledger.Kind{{Letter: 'r', New: func() ledger.State { return &Account{} }}}
}

// PolicyKey is where the use of a policy is counted, for its budget.
func PolicyKey(policy string) ledger.Key { return ledger.Key("r:p/" + policy) }

// PeriodKey is where the relief of one payer in one month ("2020-04") is counted.
func PeriodKey(payer, month string) ledger.Key { return ledger.Key("r:t/" + payer + "/" + month) }

// ItemKey is where the relief of an item is kept.
func ItemKey(n postal.ItemNumber) ledger.Key { return ledger.Key("r:i/" + string(n)) }

// monthOf is the month in which a fact is booked: that of the ledger's own clock, so that a month that has passed never changes.
func monthOf(recordedMs int64) string {
	return postal.DayOf(postal.FromMillis(recordedMs)).String()[:7]
}

// Claim grants an item the relief of its quote. It is refused when a budget no longer covers it: quote again with RoomLeft and tell the customer the new price.
type Claim struct {
	Item    postal.ItemNumber `json:"item,omitempty"` // "" inside Relieved: the item that the act accepts
	On      postal.Day        `json:"on"`
	Grants  []Grant           `json:"grants"`
	Instead []string          `json:"instead,omitempty"` // policies whose relief the item loses in the same moment
	Retro   bool              `json:"retro,omitempty"`
}

// Claim gives the act that grants an item the relief of the quote; there is nothing to claim when Grants is empty.
func (q *Quote) Claim(item postal.ItemNumber) Claim {
	return Claim{Item: item, On: q.Question.On, Grants: q.Grants}
}

// Name of the act.
func (Claim) Name() string { return "tariff.claim" }

// Touches the item's relief and the policies.
func (a Claim) Touches() []ledger.Key {
	var keys []ledger.Key
	if a.Item != "" {
		keys = append(keys, ItemKey(a.Item))
	}
	for _, g := range a.Grants {
		keys = append(keys, PolicyKey(g.Policy))
	}
	for _, policy := range a.Instead {
		keys = append(keys, PolicyKey(policy))
	}
	return keys
}

// Decide refuses a second relief of one policy, and more than a budget holds.
func (a Claim) Decide(v *ledger.View, _ ledger.Envelope) ([]event.Fact, error) {
	return a.decide(v, a.Item)
}

func (a Claim) decide(v *ledger.View, item postal.ItemNumber) ([]event.Fact, error) {
	if item == "" || len(a.Grants) == 0 || a.On.IsZero() {
		return nil, fault.New(fault.Invalid, "tariff.no_claim", "Không có bưu gửi hoặc khoản miễn, giảm nào để ghi.", "There is no item or no relief to be granted.")
	}
	facts, err := reversals(v, item, a.Instead, "replaced")
	if err != nil {
		return nil, err
	}
	have, _ := ledger.Get[*Account](v, ItemKey(item))
	for i, g := range a.Grants {
		if g.AmountVND <= 0 || g.AmountVND > g.ListVND || g.Policy == "" || g.Payer == "" {
			return nil, fault.New(fault.Invalid, "tariff.claim_amount", "Khoản miễn, giảm phải lớn hơn 0 và không quá giá công bố.", "A relief is more than nothing and at most the listed price.")
		}
		if have.has(g.Policy) && !slices.Contains(a.Instead, g.Policy) || slices.ContainsFunc(a.Grants[:i], func(o Grant) bool { return o.Policy == g.Policy }) {
			return nil, fault.New(fault.Conflict, "tariff.relief_twice", "Bưu gửi %s đã được giảm theo chính sách %q.", "Item %s already has the relief of %q.", item, g.Policy)
		}
		if err := a.room(v, g, facts); err != nil {
			return nil, err
		}
		facts = append(facts, event.ReliefGranted{Item: item, Policy: g.Policy, Rule: g.Rule, Payer: g.Payer, Class: g.Class, On: a.On, ListVND: g.ListVND, AmountVND: g.AmountVND, Retro: a.Retro})
	}
	return facts, nil
}

// room refuses a grant that the policy's budget does not cover; what this act itself reverses is free again.
func (a Claim) room(v *ledger.View, g Grant, facts []event.Fact) error {
	used := Account{}
	if s, ok := ledger.Get[*Account](v, PolicyKey(g.Policy)); ok {
		used = *s
	}
	for _, f := range facts {
		if r, ok := f.(event.ReliefReversed); ok && r.Policy == g.Policy {
			used.VND -= r.AmountVND
			used.Items--
		}
	}
	if g.BudgetVND > 0 && g.AmountVND > g.BudgetVND-used.VND {
		left := max(0, g.BudgetVND-used.VND)
		return fault.New(fault.Conflict, "tariff.budget_exhausted",
			"Kinh phí của chính sách %[1]s chỉ còn %[2]s, không đủ %[3]s. Hãy tính lại giá rồi báo khách.",
			"The budget of policy %[1]s has only %[4]s left, not %[5]s. Work out the price again and tell the customer.",
			g.Policy, left, g.AmountVND, left.In("en"), g.AmountVND.In("en"))
	}
	if g.CapItems > 0 && used.Items >= g.CapItems {
		return fault.New(fault.Conflict, "tariff.items_exhausted", "Chính sách %[1]s đã dùng hết %[2]d bưu gửi. Hãy tính lại giá rồi báo khách.",
			"Policy %[1]s has used up its %[2]d items. Work out the price again and tell the customer.", g.Policy, g.CapItems)
	}
	return nil
}

func (a *Account) has(policy string) bool {
	return a != nil && slices.ContainsFunc(a.Grants, func(g Granted) bool { return g.Policy == policy })
}

// Relieved is an act that accepts an item, and the relief of that item: both happen, or neither.
type Relieved struct {
	Act   ledger.Act `json:"act"`
	Claim Claim      `json:"claim"`
}

// Name of the act.
func (a Relieved) Name() string { return a.Act.Name() + "+relief" }

// Touches what both touch.
func (a Relieved) Touches() []ledger.Key { return append(a.Act.Touches(), a.Claim.Touches()...) }

// Decide lets the act decide, then grants relief to the item that it accepts.
func (a Relieved) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	facts, err := a.Act.Decide(v, e)
	if err != nil {
		return nil, err
	}
	item := a.Claim.Item
	for _, f := range facts {
		if accepted, ok := f.(event.ItemAccepted); ok {
			item = accepted.Item
		}
	}
	granted, err := a.Claim.decide(v, item)
	return append(facts, granted...), err
}

// Reverse takes the relief of an item back; without Policy, all of it. Its budget has room again.
type Reverse struct {
	Item   postal.ItemNumber `json:"item"`
	Policy string            `json:"policy,omitempty"`
	Reason string            `json:"reason"` // "cancelled" or "mistake"
}

// Name of the act.
func (Reverse) Name() string { return "tariff.reverse" }

// Touches the item's relief.
func (a Reverse) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses what is not there.
func (a Reverse) Decide(v *ledger.View, _ ledger.Envelope) ([]event.Fact, error) {
	if a.Reason != "cancelled" && a.Reason != "mistake" {
		return nil, fault.New(fault.Invalid, "tariff.reverse_reason", "Hãy chọn lý do: huỷ bưu gửi hoặc nhầm.", "Choose a reason: cancelled or mistake.").At("reason")
	}
	policies := []string{a.Policy}
	if a.Policy == "" {
		policies = nil
		if have, ok := ledger.Get[*Account](v, ItemKey(a.Item)); ok {
			for _, g := range have.Grants {
				policies = append(policies, g.Policy)
			}
		}
	}
	if len(policies) == 0 {
		return nil, noRelief(a.Item)
	}
	return reversals(v, a.Item, policies, a.Reason)
}

func noRelief(item postal.ItemNumber) error {
	return fault.New(fault.Conflict, "tariff.no_relief", "Bưu gửi %s không có khoản miễn, giảm này.", "Item %s does not have this relief.", item)
}

func reversals(v *ledger.View, item postal.ItemNumber, policies []string, reason string) ([]event.Fact, error) {
	if len(policies) == 0 {
		return nil, nil
	}
	have, _ := ledger.Get[*Account](v, ItemKey(item))
	var facts []event.Fact
	for _, policy := range policies {
		if !have.has(policy) {
			return nil, noRelief(item)
		}
		for _, g := range have.Grants {
			if g.Policy == policy {
				facts = append(facts, event.ReliefReversed{Item: item, Policy: policy, Payer: g.Payer, On: g.On, ListVND: g.ListVND, AmountVND: g.AmountVND, Reason: reason})
			}
		}
	}
	return facts, nil
}

// SayFact names a fact of relief; ok is false for facts of others.
func SayFact(f event.Fact) (w rulebook.Words, ok bool) {
	switch f.(type) {
	case event.ReliefGranted:
		return rulebook.Words{VI: "Miễn, giảm cước", EN: "Relief"}, true
	case event.ReliefReversed:
		return rulebook.Words{VI: "Huỷ miễn, giảm", EN: "Relief taken back"}, true
	}
	return w, false
}

// Fold brings the facts of relief into its accounts. Facts of others pass by.
func Fold(v *ledger.View, e *event.Entry, f event.Fact) error {
	switch f := f.(type) {
	case event.ReliefGranted:
		for _, k := range []ledger.Key{PolicyKey(f.Policy), PeriodKey(f.Payer, monthOf(e.RecordedMs)), ItemKey(f.Item)} {
			a := ledger.Edit[*Account](v, k)
			a.VND += f.AmountVND
			a.Items++
		}
		a := ledger.Edit[*Account](v, ItemKey(f.Item))
		a.Grants = append(a.Grants, Granted{f.Policy, f.Payer, f.On, f.ListVND, f.AmountVND})
	case event.ReliefReversed:
		for _, k := range []ledger.Key{PolicyKey(f.Policy), PeriodKey(f.Payer, monthOf(e.RecordedMs)), ItemKey(f.Item)} {
			a := ledger.Edit[*Account](v, k)
			a.VND -= f.AmountVND
			a.Items--
		}
		a := ledger.Edit[*Account](v, ItemKey(f.Item))
		a.Grants = slices.DeleteFunc(a.Grants, func(g Granted) bool { return g.Policy == f.Policy })
	}
	return nil
}

// RoomLeft says what the budgets of a day's policies still hold, for Question.Room.
func (t *Tariff) RoomLeft(v *ledger.View, day postal.Day) map[string]Room {
	active := on(t.windows, day)
	if active == nil {
		return nil
	}
	room := map[string]Room{}
	for _, p := range *active {
		left := Room{p.budget, p.capItems}
		if used, ok := ledger.Get[*Account](v, PolicyKey(p.name)); ok {
			left.VND -= used.VND
			left.Items -= used.Items
		}
		room[p.name] = left
	}
	return room
}
