package tariff

import (
	"slices"
	"strconv"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// LineKind says what a line of a quote is.
type LineKind string

// The kinds of line.
const (
	Postage   LineKind = "postage"
	Surcharge LineKind = "surcharge"
	Relief    LineKind = "relief" // its amount is negative
	Free      LineKind = "free"   // somebody else pays the whole postage
)

// Line is one line of a quote, with the rule that gives it.
type Line struct {
	Kind      LineKind
	What      rulebook.Words
	AmountVND postal.VND
	Rule      string         // the rule's id
	Basis     rulebook.Words // instrument and article
	Verified  bool
	Reason    rulebook.Words // why it is not verified
}

// Grant is what one relief policy takes off a price, and who pays it instead of the customer.
type Grant struct {
	Policy    string     `json:"policy"`
	Rule      string     `json:"rule"`
	Payer     string     `json:"payer"`           // "operator" or "province"
	Class     string     `json:"class,omitempty"` // of beneficiary, when it chose
	ListVND   postal.VND `json:"list_vnd"`
	AmountVND postal.VND `json:"amount_vnd"`
	BudgetVND postal.VND `json:"budget_vnd,omitempty"` // of the whole policy; 0 for none
	CapItems  int        `json:"cap_items,omitempty"`  // of the whole policy; 0 for none
}

// Quote is the answer to a question: what the customer pays, line by line.
type Quote struct {
	Question     Question
	ListVND      postal.VND // postage and surcharges before relief
	TotalVND     postal.VND // postage and surcharges that the customer pays
	CollectedVND postal.VND // fees and charges of agencies; not part of the total
	ToPayVND     postal.VND // total and collected
	Lines        []Line
	Grants       []Grant
	VAT          string // "included", "excluded" or "not-stated"
	Verified     bool   // every line is, and nothing else is in doubt
	Reasons      []rulebook.Words
	Notes        []rulebook.Words
	rules        []string // that no line names
}

// Rules lists the ids of the rules that gave the price, to be frozen on the item.
func (q *Quote) Rules() []string {
	var ids []string
	for _, l := range q.Lines {
		if !slices.Contains(ids, l.Rule) {
			ids = append(ids, l.Rule)
		}
	}
	for _, id := range q.rules {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Quote answers a question by the rules of its day. It is pure: the same question always has the same answer.
func (t *Tariff) Quote(q Question) (Quote, error) {
	if err := q.check(); err != nil {
		return Quote{}, err
	}
	if q.Class != "" && !t.classes[q.Class] {
		return Quote{}, fault.New(fault.Invalid, "tariff.class", "Không có đối tượng %q.", "There is no class of beneficiaries %q.", q.Class).At("class")
	}
	b := builder{t: t, Quote: Quote{Question: q, VAT: "not-stated", Verified: true, Lines: make([]Line, 0, 8)}}
	if err := b.heaviest(); err != nil {
		return Quote{}, err
	}
	if q.Service == KT1 && b.paidByBudget() {
		return b.Quote, b.close()
	}
	var space [2]leg
	for _, l := range q.legs(&space) {
		if err := b.leg(l); err != nil {
			return Quote{}, err
		}
	}
	if err := b.surcharges(); err != nil {
		return Quote{}, err
	}
	b.districts()
	b.promotion()
	return b.Quote, b.close()
}

// builder makes one quote.
type builder struct {
	t *Tariff
	Quote
}

// doubt notes why the price as a whole is not verified.
func (b *builder) doubt(reason rulebook.Words) {
	b.Verified = false
	if !slices.Contains(b.Reasons, reason) {
		b.Reasons = append(b.Reasons, reason)
	}
}

// add puts a line under the others.
func (b *builder) add(kind LineKind, what rulebook.Words, amount postal.VND, s *source) error {
	b.Lines = append(b.Lines, Line{Kind: kind, What: what, AmountVND: amount, Rule: s.rule, Basis: s.basis, Verified: s.verified, Reason: s.reason})
	if !s.verified {
		b.doubt(s.reason)
	}
	var err error
	if b.TotalVND, err = b.TotalVND.Add(amount); err == nil && kind != Relief {
		b.ListVND, err = b.ListVND.Add(amount)
	}
	return err
}

// also makes the last line depend on another rule.
func (b *builder) also(s *source) {
	b.rules = append(b.rules, s.rule)
	if s.verified {
		return
	}
	l := &b.Lines[len(b.Lines)-1]
	if l.Verified {
		l.Verified, l.Reason = false, s.reason
	}
	b.doubt(s.reason)
}

// heaviest refuses a weight that the service does not take.
func (b *builder) heaviest() error {
	limits := on(b.t.heaviest, b.Question.On)
	if limits == nil {
		return nil
	}
	limit, ok := (*limits)[b.Question.Service]
	if w := max(b.Question.WeightG, b.Question.ReturnWeightG); ok && w > limit.grams {
		return fault.New(fault.Invalid, "tariff.too_heavy", "Khối lượng %[1]s vượt mức tối đa %[2]s của dịch vụ này.",
			"%[3]s is more than this service takes, at most %[4]s.", w, limit.grams, w.In("en"), limit.grams.In("en")).At("weight")
	}
	return nil
}

// paidByBudget closes the quote of a KT1 sender whose postage the central budget pays.
func (b *builder) paidByBudget() bool {
	p := on(b.t.payers, b.Question.On)
	if p == nil || !p.free[b.Question.Sender] {
		return false
	}
	what := rulebook.Words{VI: "Miễn cước: ngân sách trung ương trả", EN: "Free of charge: paid from the central budget"}
	return b.add(Free, what, 0, &p.source) == nil
}

// leg adds the lines of one way: postage, then relief.
func (b *builder) leg(l leg) error {
	col, zone, err := column(l.table, b.Question.Zone)
	if err != nil {
		return err
	}
	table := on(b.t.prices[l.table], b.Question.On)
	if table == nil {
		return b.noTable(l, col)
	}
	if v := on(b.t.vat[l.table], b.Question.On); v != nil {
		b.VAT = v.says
		b.rules = append(b.rules, v.rule)
	}
	before := b.ListVND
	if err := b.postage(l, table, table.columns[col]); err != nil {
		return err
	}
	if b.Question.NoRelief {
		return nil
	}
	return b.relief(l, zone, b.ListVND-before)
}

// postage adds the whole price and the steps beyond it.
func (b *builder) postage(l leg, table *prices, ladder []rung) error {
	at, whole, ok := find(ladder, l.grams)
	if !ok {
		return fault.New(fault.NotFound, "tariff.no_step", "Bảng giá (%[1]s) không có nấc cho %[2]s.", "The price list (%[3]s) has no step for %[4]s.",
			table.basis.VI, l.grams, table.basis.EN, l.grams.In("en")).At("weight")
	}
	for i := max(whole, 0); i <= at; i++ {
		if ladder[i].absent {
			return noCell(table, &ladder[i])
		}
	}
	if whole >= 0 {
		if err := b.add(Postage, ladder[whole].what, ladder[whole].price, &table.source); err != nil {
			return err
		}
	}
	for i := whole + 1; i <= at; i++ {
		if err := b.steps(l, table, &ladder[i]); err != nil {
			return err
		}
	}
	return nil
}

func noCell(table *prices, r *rung) error {
	return fault.New(fault.NotFound, "tariff.no_cell",
		"Chưa thấy giá cho ô này (%[1]s), nên không tính. %[2]s", "The price of this cell was not seen (%[3]s), so none is given. %[4]s",
		r.what.VI, table.reason.VI, r.what.EN, table.reason.EN).At("weight")
}

// steps adds the further weight steps of one rung; every started step counts in full, unless a rule says that it does not.
func (b *builder) steps(l leg, table *prices, r *rung) error {
	n, started := r.steps(l.grams)
	var rule *flag
	if l.table == sendTable || l.table == returnTable {
		rule = on(b.t.started, b.Question.On)
	}
	if started && (rule == nil || rule.yes) {
		n++
	}
	amount, err := r.price.Mul(n)
	if err != nil {
		return err
	}
	count := strconv.FormatInt(n, 10)
	what := rulebook.Words{
		VI: "Cộng " + count + " nấc " + r.each.String() + " × " + r.price.String(),
		EN: count + " further step(s) of " + r.each.In("en") + " × " + r.price.In("en"),
	}
	if err := b.add(Postage, what, amount, &table.source); err != nil {
		return err
	}
	if started && rule != nil {
		b.also(&rule.source)
	}
	return nil
}

// surcharges adds what KT1 costs for urgency and secrecy; both when both hold.
func (b *builder) surcharges() error {
	for _, class := range []string{b.Question.Urgency, b.Question.Secrecy} {
		if class == "" {
			continue
		}
		all := on(b.t.surcharges, b.Question.On)
		if all == nil {
			return b.noRule("kt1.surcharge")
		}
		s, ok := (*all)[class]
		if !ok {
			return fault.New(fault.NotFound, "tariff.no_surcharge", "Không có mức phụ thu cho loại %q.", "There is no surcharge for the class %q.", class)
		}
		if err := b.add(Surcharge, s.what, s.vnd, &s.source); err != nil {
			return err
		}
	}
	return nil
}

// districts notes when the zone speaks of districts that are no more.
func (b *builder) districts() {
	if z := b.Question.Zone; z != SameDistrict && z != BetweenDistricts || kindOf(b.Question.Service) != "dossier" {
		return
	}
	if d := on(b.t.district, b.Question.On); d != nil && !d.yes {
		b.rules = append(b.rules, d.rule)
		if !d.verified {
			b.doubt(d.reason)
		}
	}
}

// promotion notes when the post itself takes off more than a promotion may.
func (b *builder) promotion() {
	top := on(b.t.promotion, b.Question.On)
	var own, list postal.VND
	for _, g := range b.Grants {
		if g.Payer == "operator" {
			own += g.AmountVND
		}
		list = max(list, g.ListVND)
	}
	if top == nil || own == 0 {
		return
	}
	if most, err := list.MulDiv(top.percent, 100, postal.RoundDown); err == nil && own > most {
		n := postal.Count(top.percent)
		b.Notes = append(b.Notes, rulebook.Words{
			VI: "Phần bưu điện giảm vượt mức khuyến mại tối đa " + n + " % (" + top.basis.VI + ").",
			EN: "What the post takes off is more than a promotion may, " + n + " % (" + top.basis.EN + ").",
		})
	}
}

// close adds what is collected for agencies.
func (b *builder) close() error {
	b.ToPayVND = b.TotalVND
	for _, c := range b.Question.Collect {
		var err error
		if b.CollectedVND, err = b.CollectedVND.Add(c.AmountVND); err != nil {
			return err
		}
	}
	var err error
	b.ToPayVND, err = b.TotalVND.Add(b.CollectedVND)
	return err
}

// noTable says why there is no price: for KT1 the ranges that were seen are told, so that nobody thinks the caps are unknown.
func (b *builder) noTable(l leg, col int) error {
	day := b.Question.On
	if l.table != kt1Table {
		return b.noRule(tableKeys[l.table])
	}
	t, cite, err := b.t.book.Table("kt1.price.range", day)
	if err != nil {
		return b.noRule("kt1.price")
	}
	row, ok := t.Find("route", [...]string{"intra", "inter-same-region", "inter"}[col])
	if !ok {
		return b.noRule("kt1.price")
	}
	cell := func(name string) postal.VND { return postal.VND(t.Cell(row, name).Int()) }
	low, high, more, most := cell("low_50_250g"), cell("high_50_250g"), cell("low_next_250g"), cell("high_next_250g")
	return fault.New(fault.NotFound, "tariff.kt1_cells_unseen",
		"Không tính được cước KT1: chỉ thấy khoảng giá tối đa %[1]s–%[2]s cho 50–250 g và %[3]s–%[4]s cho mỗi 250 g tiếp theo (%[5]s), chưa thấy giá từng nấc; chương trình không nội suy. Bưu điện có thể nhập bảng giá kt1.price vào thư mục quy tắc riêng.",
		"No KT1 postage can be given: only the caps' range was seen, %[6]s–%[7]s for 50–250 g and %[8]s–%[9]s for each further 250 g (%[10]s), not the price of each step; nothing is interpolated. The post may lay its own kt1.price table over the law.",
		low, high, more, most, cite.In("vi"), low.In("en"), high.In("en"), more.In("en"), most.In("en"), cite.In("en"))
}

// noRule is the rulebook's own sentence for a day without a rule.
func (b *builder) noRule(key string) error {
	_, err := b.t.book.Rule(key, b.Question.On)
	return err
}
