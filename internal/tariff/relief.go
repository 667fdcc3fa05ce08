package tariff

import (
	"maps"
	"slices"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// taken is what one policy takes off one leg.
type taken struct {
	p      *policy
	g      *grant
	amount postal.VND
}

// relief adds the relief of one leg. The policies that stack are taken off one after the other; a policy that stands alone is weighed against
// all of them together and against every other; what leaves the customer the least to pay is granted; of equals the one that stands alone, of those the first.
func (b *builder) relief(l leg, z Zone, list postal.VND) error {
	active := on(b.t.windows, b.Question.On)
	if active == nil || list == 0 {
		return nil
	}
	var alone taken
	var space [4]taken
	together := space[:0]
	var sum postal.VND
	for _, p := range *active {
		g := b.grantOf(p, l, z)
		if g == nil {
			continue
		}
		rest := list
		if !p.alone {
			rest -= sum
		}
		amount, err := p.off(g, list, rest)
		if err != nil {
			return err
		}
		amount = b.withinLimits(p, amount)
		switch {
		case amount == 0:
		case !p.alone:
			together = append(together, taken{p, g, amount})
			sum += amount
		case amount > alone.amount:
			alone = taken{p, g, amount}
		}
	}
	if alone.amount >= sum && alone.p != nil {
		return b.take(alone, list)
	}
	for _, one := range together {
		if err := b.take(one, list); err != nil {
			return err
		}
	}
	return nil
}

// grantOf gives the first row of a policy that is for this leg, nil when the policy is not.
func (b *builder) grantOf(p *policy, l leg, z Zone) *grant {
	q := &b.Question
	province := q.Province
	if province == "" {
		province = b.t.home
	}
	if p.province != "" && p.province != province || !q.KnownOn.IsZero() && p.decided.After(q.KnownOn) {
		return nil
	}
	for i := range p.grants {
		if p.grants[i].matches(q, l, z) {
			return &p.grants[i]
		}
	}
	return nil
}

// withinLimits cuts an amount to what the policy still has for this item and in all.
func (b *builder) withinLimits(p *policy, amount postal.VND) postal.VND {
	used := b.granted(p.name)
	if p.capEach > 0 {
		amount = min(amount, p.capEach-used)
	}
	left, known := b.Question.Room[p.name]
	if !known {
		left = Room{p.budget, p.capItems}
	}
	if p.capItems > 0 && left.Items <= 0 {
		return 0
	}
	if p.budget > 0 && amount > left.VND-used {
		if !p.rest {
			return 0
		}
		amount = left.VND - used
	}
	return max(0, amount)
}

// granted is what a policy has already taken off this item.
func (b *builder) granted(policy string) postal.VND {
	for i := range b.Grants {
		if b.Grants[i].Policy == policy {
			return b.Grants[i].AmountVND
		}
	}
	return 0
}

// take adds the line of one relief, and its grant; both legs of an item are one grant of a policy.
func (b *builder) take(one taken, list postal.VND) error {
	p := one.p
	if err := b.add(Relief, p.wordsFor(one.g, list, one.amount), -one.amount, &p.source); err != nil {
		return err
	}
	b.also(&p.terms)
	for i := range b.Grants {
		if g := &b.Grants[i]; g.Policy == p.name {
			g.AmountVND += one.amount
			g.ListVND += list
			return nil
		}
	}
	b.Grants = append(b.Grants, Grant{Policy: p.name, Rule: p.rule, Payer: one.g.payer, Class: one.g.class, ListVND: list, AmountVND: one.amount, BudgetVND: p.budget, CapItems: p.capItems})
	return nil
}

// checkReliefNeverFalls refuses policies that make a heavier item cheaper than a lighter one.
func (c *compiler) checkReliefNeverFalls(t *Tariff) {
	for _, w := range t.windows {
		for _, day := range t.daysOfChange(w.Span) {
			seen := map[string]bool{}
			for _, p := range w.v {
				if !seen[p.province] {
					seen[p.province] = true
					c.checkProvince(t, day, p, w.v)
				}
			}
		}
	}
}

// daysOfChange gives the first day of a span and the days in it on which a price list begins.
func (t *Tariff) daysOfChange(span rulebook.Span) []postal.Day {
	days := []postal.Day{span.From}
	for table := range tables {
		for _, p := range t.prices[table] {
			if span.Has(p.From) {
				days = append(days, p.From)
			}
		}
	}
	slices.SortFunc(days, postal.Day.Compare)
	return slices.Compact(days)
}

// checkProvince asks for everything that the policies in force could reduce in one province.
func (c *compiler) checkProvince(t *Tariff, day postal.Day, p *policy, all []*policy) {
	kinds, classes := map[string]bool{}, map[string]bool{"": true}
	for _, other := range all {
		for _, g := range other.grants {
			kinds[g.service], classes[g.class] = true, true
		}
	}
	for _, service := range Services {
		for _, zone := range Zones {
			if _, _, err := column(tableOf(service), zone); err != nil || !kinds[kindOf(service)] {
				continue
			}
			for class := range classes {
				for _, online := range []bool{false, true} {
					c.checkWeights(t, Question{Service: service, Zone: zone, On: day, Online: online, Class: class, Province: p.province}, p)
				}
			}
		}
	}
}

func tableOf(s Service) int {
	var space [2]leg
	q := Question{Service: s}
	return q.legs(&space)[0].table
}

// checkWeights asks at both sides of every weight where a price or a relief changes.
func (c *compiler) checkWeights(t *Tariff, q Question, p *policy) {
	var last postal.VND
	for _, w := range t.edges(q.On) {
		q.WeightG = w
		got, err := t.Quote(q)
		if err != nil {
			break // no price from here on: nothing to compare
		}
		if got.TotalVND < last {
			blame := p.rule
			if n := len(got.Grants); n > 0 {
				blame = got.Grants[n-1].Rule
			}
			rule, _ := t.book.ByID(blame)
			c.refuse(rule.Value.Table(), 0, "tariff.falls", "Chính sách này làm bưu gửi nặng hơn lại rẻ hơn (từ %[1]d g).",
				"This policy makes a heavier item cheaper than a lighter one (from %[1]d g on).", int64(w))
			return
		}
		last = got.TotalVND
	}
}

// edges lists the weights where something changes on a day, and those just beyond, in order.
func (t *Tariff) edges(day postal.Day) []postal.Grams {
	set := map[postal.Grams]bool{1: true}
	mark := func(w postal.Grams) {
		if w > 0 {
			set[w], set[w+1] = true, true
		}
	}
	for table := range tables {
		if p := on(t.prices[table], day); p != nil {
			for _, r := range p.columns[0] {
				mark(r.over)
				mark(r.upto)
				mark(r.over + r.each)
			}
		}
	}
	if active := on(t.windows, day); active != nil {
		for _, p := range *active {
			for _, g := range p.grants {
				mark(g.over)
				mark(g.upto)
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}
