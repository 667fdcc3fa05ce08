package tariff

import (
	"slices"
	"strings"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// policy is one relief policy over days on which neither its grants nor its terms change.
type policy struct {
	rulebook.Span
	source
	name     string
	province string // "" for everywhere
	decided  postal.Day
	budget   postal.VND // 0 for none
	capEach  postal.VND // 0 for none
	capItems int        // 0 for none
	rest     bool       // when the budget does not cover a whole relief, its rest is granted
	round    postal.Rounding
	roundTo  postal.VND
	ofRest   bool
	alone    bool
	order    int64
	grants   []grant
	terms    source
}

// grant is one row of a policy: who gets what.
type grant struct {
	service, form, leg string
	zone               Zone
	over, upto         postal.Grams // upto 0 is open
	online             *bool
	class              string
	kind               string // percent, fixed, subsidy
	value              int64
	payer              string
	what               rulebook.Words
}

const policyPrefix = "relief.policy."

// policies reads every relief policy, each cut where its grants or its terms change.
func (c *compiler) policies(classes map[string]bool) []*policy {
	var all []*policy
	for _, r := range c.book.Under("relief.policy") {
		name := strings.TrimPrefix(r.Name, policyPrefix)
		terms := c.book.Rules("relief.terms." + name)
		covered := r.From
		for _, tr := range terms {
			span, ok := common(r.Span, tr.Span)
			if !ok {
				continue
			}
			if span.From.After(covered) {
				break
			}
			all = append(all, c.policy(name, span, r, tr, classes))
			covered = span.To.AddDays(1)
			if span.Open {
				covered = postal.Day{}
				break
			}
		}
		if !covered.IsZero() && (r.Open || !covered.After(r.To)) {
			c.refuse(r.Value.Table(), 0, "tariff.no_terms", "Chính sách %[1]q không có điều kiện (relief.terms.%[1]s) từ ngày %[2]s.",
				"The policy %[1]q has no terms (relief.terms.%[1]s) from %[2]s on.", name, covered)
		}
	}
	slices.SortStableFunc(all, func(a, b *policy) int {
		if a.order != b.order {
			return int(a.order - b.order)
		}
		return strings.Compare(a.name, b.name)
	})
	return all
}

// common gives the days that two spans share.
func common(a, b rulebook.Span) (rulebook.Span, bool) {
	s := rulebook.Span{From: a.From, To: a.To, Open: a.Open && b.Open}
	if b.From.After(s.From) {
		s.From = b.From
	}
	if a.Open || !b.Open && b.To.Before(a.To) {
		s.To = b.To
	}
	return s, s.Open || !s.To.Before(s.From)
}

func (c *compiler) policy(name string, span rulebook.Span, r, tr *rulebook.Rule, classes map[string]bool) *policy {
	t := tr.Value.Table()
	text := func(column string) string { return t.Cell(0, column).String() }
	p := &policy{Span: span, source: sourceOf(r), terms: sourceOf(tr), name: name, decided: t.Cell(0, "decided").Day(),
		budget: postal.VND(t.Cell(0, "budget_vnd").Int()), capEach: postal.VND(t.Cell(0, "cap_each_vnd").Int()), capItems: int(t.Cell(0, "cap_items").Int()),
		rest: text("at_end") == "rest", roundTo: postal.VND(t.Cell(0, "round_to_vnd").Int()), ofRest: text("of") == "rest", alone: text("stacks") == "alone",
		order: t.Cell(0, "order").Int(),
		round: map[string]postal.Rounding{"up": postal.RoundUp, "down": postal.RoundDown, "half-up": postal.RoundHalfUp}[text("round")]}
	if province := text("province"); province != "-" {
		p.province = province
	}
	c.checkTerms(t, p)
	table := r.Value.Table()
	for row := range table.Len() {
		p.grants = append(p.grants, c.grant(table, row, classes))
		if p.grants[row].payer != p.grants[0].payer {
			c.refuse(table, row, "tariff.payers", "Một chính sách chỉ có một bên trả phần giảm; hãy tách thành hai chính sách.", "A policy has one payer of the difference; split it into two policies.")
		}
	}
	return p
}

func (c *compiler) checkTerms(t *rulebook.Table, p *policy) {
	if t.Len() != 1 {
		c.refuse(t, 0, "tariff.terms", "Điều kiện của một chính sách phải có đúng một hàng.", "The terms of a policy have exactly one row.")
		return
	}
	for _, column := range []string{"budget_vnd", "cap_each_vnd", "cap_items"} {
		if cell := t.Cell(0, column); !cell.Empty() && cell.Int() <= 0 {
			c.refuse(t, 0, "tariff.budget", "%[1]s phải lớn hơn 0; không giới hạn thì ghi “-”.", "%[1]s must be more than 0; write “-” for no limit.", column)
		}
	}
	if p.roundTo <= 0 || p.roundTo > 1_000_000 {
		c.refuse(t, 0, "tariff.round", "Bước làm tròn phải từ 1 đến 1.000.000 đ.", "The rounding step must lie between VND 1 and 1,000,000.")
	}
	if p.order < 0 || p.order > 1000 {
		c.refuse(t, 0, "tariff.order", "Thứ tự trừ phải từ 0 đến 1000.", "The order must lie between 0 and 1000.")
	}
}

func (c *compiler) grant(t *rulebook.Table, row int, classes map[string]bool) grant {
	text := func(column string) string {
		if v := t.Cell(row, column); !v.Empty() {
			return v.String()
		}
		return ""
	}
	g := grant{service: text("service"), form: text("form"), leg: text("leg"), zone: Zone(text("zone")), over: postal.Grams(t.Cell(row, "over_g").Int()),
		upto: postal.Grams(t.Cell(row, "upto_g").Int()), class: text("class"), kind: text("kind"), value: t.Cell(row, "value").Int(), payer: text("payer")}
	if v := t.Cell(row, "online"); !v.Empty() {
		online := v.Bool()
		g.online = &online
	}
	switch {
	case g.value < 0 || g.kind == "percent" && g.value > 100:
		c.refuse(t, row, "tariff.relief_value", "Mức giảm phải từ 0 đến 100 phần trăm, hoặc một số tiền không âm.", "Relief is 0 to 100 per cent, or an amount that is not negative.")
	case g.over < 0 || g.upto < 0 || g.upto != 0 && g.upto <= g.over:
		c.refuse(t, row, "tariff.relief_weight", "Nấc khối lượng của mức giảm rỗng.", "The weights of this relief are empty.")
	case g.class != "" && !classes[g.class]:
		c.refuse(t, row, "tariff.relief_class", "Đối tượng %[1]q chưa được khai báo (relief.class.%[1]s).", "The class %[1]q is not declared (relief.class.%[1]s).", g.class)
	case g.service != "dossier" && (g.form != "" || g.leg != ""):
		c.refuse(t, row, "tariff.relief_form", "Chỉ hồ sơ mới có hình thức và chiều.", "Only dossiers have a form and a leg.")
	}
	g.what = g.words()
	return g
}

var payerWords = map[string]rulebook.Words{
	"operator": {VI: "bưu điện chịu", EN: "borne by the post"},
	"province": {VI: "ngân sách tỉnh, thành phố trả", EN: "paid by the provincial budget"},
}

// words says what a grant does, for the line of a quote.
func (g *grant) words() rulebook.Words {
	payer := payerWords[g.payer]
	switch g.kind {
	case "percent":
		n := postal.Count(g.value)
		return rulebook.Words{VI: "Giảm " + n + " % cước (" + payer.VI + ")", EN: n + " % off the postage (" + payer.EN + ")"}
	case "fixed":
		v := postal.VND(g.value)
		return rulebook.Words{VI: "Giá ưu đãi " + v.String() + " (" + payer.VI + " phần giảm)", EN: "Special price " + v.In("en") + " (difference " + payer.EN + ")"}
	}
	v := postal.VND(g.value)
	return rulebook.Words{VI: "Hỗ trợ " + v.String() + " (" + payer.VI + ")", EN: "Subsidy of " + v.In("en") + " (" + payer.EN + ")"}
}

// wordsFor says what a grant takes off a price; where the sum is not the plain percentage because the price is rounded, it says that too.
func (p *policy) wordsFor(g *grant, list, amount postal.VND) rulebook.Words {
	step := int64(p.roundTo)
	if g.kind != "percent" || p.ofRest || step <= 1 || int64(list)*(100-g.value)%(100*step) == 0 {
		return g.what
	}
	if whole, err := p.off(g, list, list); err != nil || whole != amount {
		return g.what // a limit cut it, and the limit is told elsewhere
	}
	how := map[postal.Rounding][2]string{postal.RoundUp: {"làm tròn lên", "rounded up"}, postal.RoundDown: {"làm tròn xuống", "rounded down"}, postal.RoundHalfUp: {"làm tròn", "rounded"}}[p.round]
	return rulebook.Words{VI: g.what.VI + "; giá sau giảm " + how[0] + " đến " + p.roundTo.String(), EN: g.what.EN + "; the price is " + how[1] + " to " + p.roundTo.In("en")}
}

// windowsOf cuts the calendar where a policy begins or ends, so that a day finds its policies at once.
func windowsOf(policies []*policy) []dated[[]*policy] {
	var cuts []postal.Day
	for _, p := range policies {
		cuts = append(cuts, p.From)
		if !p.Open {
			cuts = append(cuts, p.To.AddDays(1))
		}
	}
	slices.SortFunc(cuts, postal.Day.Compare)
	cuts = slices.Compact(cuts)
	var windows []dated[[]*policy]
	for i, from := range cuts {
		w := dated[[]*policy]{Span: rulebook.Span{From: from, Open: i == len(cuts)-1}}
		if !w.Open {
			w.To = cuts[i+1].AddDays(-1)
		}
		for _, p := range policies {
			if p.Has(from) {
				w.v = append(w.v, p)
			}
		}
		if len(w.v) > 0 {
			windows = append(windows, w)
		}
	}
	return windows
}

// matches reports whether a grant is for this leg of this question.
func (g *grant) matches(q *Question, l leg, z Zone) bool {
	return g.service == kindOf(q.Service) && (g.form == "" || g.form == formOf(q.Service)) && (g.leg == "" || g.leg == l.name) &&
		(g.zone == "" || g.zone == z) && g.over < l.grams && (g.upto == 0 || l.grams <= g.upto) &&
		(g.online == nil || *g.online == q.Online) && (g.class == "" || g.class == q.Class)
}

func kindOf(s Service) string {
	switch s {
	case KT1:
		return "kt1"
	case Letter:
		return "letter"
	}
	return "dossier"
}

func formOf(s Service) string {
	switch s {
	case DossierSend:
		return "send"
	case DossierReturn:
		return "return"
	case DossierBoth:
		return "both"
	}
	return ""
}

// off is what a grant takes off a price of which rest is left; never more than that, never less than nothing.
func (p *policy) off(g *grant, list, rest postal.VND) (postal.VND, error) {
	var cut postal.VND
	switch g.kind {
	case "percent":
		base := list
		if p.ofRest {
			base = rest
		}
		left, err := base.MulDiv(100-g.value, 100*int64(p.roundTo), p.round) // rounded once, in steps
		if err == nil {
			left, err = left.Mul(int64(p.roundTo))
		}
		if err != nil {
			return 0, err
		}
		cut = base - left
	case "fixed":
		cut = rest - postal.VND(g.value)
	default:
		cut = postal.VND(g.value)
	}
	return max(0, min(cut, rest)), nil
}
