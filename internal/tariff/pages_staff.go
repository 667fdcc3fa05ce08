package tariff

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sheet"
	"citypost/internal/web"
)

// tableNames are the price lists in the order of their tabs, as they stand in addresses.
var tableNames = [tables]string{sendTable: "send", returnTable: "return", letterTable: "letter", kt1Table: "kt1"}

// version is a price list over the days on which it holds.
type version struct {
	Rule  *rulebook.Rule
	Heads []web.Head
	Rows  [][]string
}

// getTables shows a price list in all its versions, the newest first.
func (s *Pages) getTables(w http.ResponseWriter, r *http.Request) error {
	v := s.page(r, "Bảng giá theo từng thời kỳ", "Price lists by version")
	table := sendTable
	if asked := r.URL.Query().Get("table"); asked != "" {
		if table = slices.Index(tableNames[:], asked); table < 0 {
			return fault.New(fault.NotFound, "tariff.table", "Không có bảng giá %q.", "There is no price list %q.", asked)
		}
	}
	rules := s.Tariff.book.Rules(tableKeys[table])
	all := make([]version, 0, len(rules))
	for _, rule := range slices.Backward(rules) {
		all = append(all, v.version(table, rule))
	}
	return draw(w, r, nil, tablesPage(v, table, all))
}

func (v pageView) version(table int, rule *rulebook.Rule) version {
	x := version{Rule: rule, Heads: []web.Head{{Label: v.T("Khối lượng", "Weight")}}}
	for col := range columnNames[table] {
		x.Heads = append(x.Heads, web.Head{Label: capital(v.say(columnZone(table, col).Words())), Number: true})
	}
	p := on(v.s.Tariff.prices[table], rule.From)
	if p == nil {
		return x
	}
	for i := range p.columns[0] {
		row := []string{v.rung(p.columns[0][i])}
		for _, column := range p.columns {
			row = append(row, v.rungPrice(column[i]))
		}
		x.Rows = append(x.Rows, row)
	}
	return x
}

// rung names a weight step.
func (v pageView) rung(r rung) string {
	switch {
	case r.each > 0 && r.upto > 0:
		return v.T("Trên ", "Over ") + r.over.In(v.Lang) + v.T(" đến ", " to ") + r.upto.In(v.Lang) + v.T(", mỗi ", ", each ") + r.each.In(v.Lang)
	case r.each > 0:
		return v.T("Trên ", "Over ") + r.over.In(v.Lang) + v.T(", mỗi ", ", each further ") + r.each.In(v.Lang) + v.T(" tiếp theo", "")
	case r.upto == 0:
		return v.T("Trên ", "Over ") + r.over.In(v.Lang)
	case r.over == 0:
		return v.T("Đến ", "Up to ") + r.upto.In(v.Lang)
	}
	return v.T("Trên ", "Over ") + r.over.In(v.Lang) + v.T(" đến ", " to ") + r.upto.In(v.Lang)
}

func (v pageView) rungPrice(r rung) string {
	if r.absent {
		return "–"
	}
	if r.each > 0 {
		return "+ " + v.Money(r.price)
	}
	return v.Money(r.price)
}

func (v pageView) tableTabs(table int) []web.Tab {
	var tabs []web.Tab
	for i, name := range tableNames {
		tabs = append(tabs, web.Tab{Label: v.say(tableWords[i]), Path: tablesPath + "?table=" + name, Current: i == table})
	}
	return tabs
}

// shownPolicy is a policy with its terms, what is open about it, and what was granted under it.
type shownPolicy struct {
	Policy
	Facts []web.Row
	Doubt []rulebook.Words
	Today bool
}

// getPolicies lists the relief policies, the newest first, with their terms and open points.
func (s *Pages) getPolicies(w http.ResponseWriter, r *http.Request) error {
	v := s.page(r, "Chính sách miễn, giảm", "Relief policies")
	view := s.Claims.Ledger.View(r.Context())
	var all []shownPolicy
	for _, p := range s.policies() {
		all = append(all, v.policy(view, p))
	}
	if err := view.Err(); err != nil {
		return err
	}
	return draw(w, r, nil, policiesPage(v, all))
}

// policies lists every policy once, the newest first.
func (s *Pages) policies() []*policy {
	var all []*policy
	for _, window := range s.Tariff.windows {
		for _, p := range window.v {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *policy) int {
		if c := b.From.Compare(a.From); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	return all
}

func (v pageView) policy(view *ledger.View, p *policy) shownPolicy {
	x := shownPolicy{Policy: p.shown(), Today: p.Has(v.s.today())}
	for _, src := range []source{p.source, p.terms} {
		if !src.verified && !slices.Contains(x.Doubt, src.reason) {
			x.Doubt = append(x.Doubt, src.reason)
		}
	}
	where := v.T("mọi nơi", "everywhere")
	if p.province != "" {
		where = v.province(p.province, p.From)
	}
	x.Facts = []web.Row{{Key: v.T("Nơi áp dụng", "Where"), Value: capital(where)}, {Key: v.T("Bên trả phần giảm", "Who pays it"), Value: v.payer(p.grants[0].payer)},
		{Key: v.T("Kinh phí", "Budget"), Value: v.budget(p)}, {Key: v.T("Làm tròn", "Rounding"), Value: v.rounding(p)}, {Key: v.T("Cùng chính sách khác", "With other policies"), Value: v.stacking(p)}}
	if p.capEach > 0 {
		x.Facts = append(x.Facts, web.Row{Key: v.T("Tối đa mỗi bưu gửi", "At most for an item"), Value: v.Money(p.capEach)})
	}
	if !p.decided.IsZero() {
		x.Facts = append(x.Facts, web.Row{Key: v.T("Quyết định ngày", "Decided on"), Value: v.day(p.decided) + v.T(", hồi tố", ", reaches back")})
	}
	used := v.T("chưa có bưu gửi nào", "no item yet")
	if a, ok := ledger.Get[*Account](view, PolicyKey(p.name)); ok {
		used = v.Money(a.VND) + v.T(" cho ", " for ") + v.Number(int64(a.Items)) + v.T(" bưu gửi", " items")
	}
	x.Facts = append(x.Facts, web.Row{Key: v.T("Đã giảm", "Granted so far"), Value: used})
	return x
}

// policyName names a policy by what it gives and when; one that is no longer known by its key.
func (v pageView) policyName(name string) string {
	for _, p := range v.s.policies() {
		if p.name == name {
			return capital(v.say(p.grants[0].what)) + ", " + v.span(p.Span)
		}
	}
	return name
}

func (v pageView) budget(p *policy) string {
	var parts []string
	if p.budget > 0 {
		parts = append(parts, v.Money(p.budget))
	}
	if p.capItems > 0 {
		parts = append(parts, v.Number(int64(p.capItems))+v.T(" bưu gửi", " items"))
	}
	if len(parts) == 0 {
		return v.T("Không ghi giới hạn", "No limit is given")
	}
	if p.rest {
		parts = append(parts, v.T("phần còn lại vẫn được giảm nốt", "the rest is still granted"))
	}
	return strings.Join(parts, ", ")
}

func (v pageView) rounding(p *policy) string {
	how := map[postal.Rounding]string{postal.RoundUp: v.T("giá làm tròn lên đến ", "the price is rounded up to "), postal.RoundDown: v.T("giá làm tròn xuống đến ", "the price is rounded down to "),
		postal.RoundHalfUp: v.T("giá làm tròn đến ", "the price is rounded to ")}[p.round]
	return capital(how + v.Money(p.roundTo))
}

func (v pageView) stacking(p *policy) string {
	switch {
	case p.alone:
		return v.T("Không cộng dồn", "Not together with others")
	case p.ofRest:
		return v.T("Cộng dồn, tính trên phần còn lại", "Together, of what is left")
	}
	return v.T("Cộng dồn, tính trên giá công bố", "Together, of the listed price")
}

// offerFor says for whom and for what a row of a policy is.
func (v pageView) offerFor(o Offer) string {
	var parts []string
	add := func(s string) { parts = append(parts, s) }
	switch {
	case o.Form != "":
		add(strings.ToLower(v.say(map[string]Service{"send": DossierSend, "return": DossierReturn, "both": DossierBoth}[o.Form].Words())))
	case o.Leg == "send":
		add(v.T("chiều gửi hồ sơ", "for sending the dossier"))
	case o.Leg == "return":
		add(v.T("chiều trả kết quả", "for returning the result"))
	case o.Service == "letter":
		add(v.T("thư", "letters"))
	case o.Service == "kt1":
		add("KT1")
	default:
		add(v.T("hồ sơ hành chính", "dossiers"))
	}
	if o.Zone != "" {
		add(v.say(o.Zone.Words()))
	}
	if o.UptoG > 0 {
		add(v.T("đến ", "up to ") + o.UptoG.In(v.Lang))
	}
	if o.OverG > 0 {
		add(v.T("trên ", "over ") + o.OverG.In(v.Lang))
	}
	if o.Online != nil && *o.Online {
		add(v.T("nộp trực tuyến", "filed online"))
	} else if o.Online != nil {
		add(v.T("không nộp trực tuyến", "not filed online"))
	}
	if o.Class != "" {
		for _, c := range v.s.classes() {
			if c.ID == o.Class {
				add(v.say(c.Name))
			}
		}
	}
	return ": " + strings.Join(parts, ", ")
}

// zoneHint says what a district is where there are none any more.
func (v pageView) zoneHint() string {
	return v.T("Từ 01/07/2025 không còn quận, huyện; bưu điện tính theo quận, huyện cũ", "There are no districts since 1 July 2025; the former ones are meant")
}

// classChoicesOn are the classes, with the evidence to bring.
func (v pageView) classChoicesOn(*web.Form) []web.Choice {
	list := v.classChoices()
	for i, c := range v.s.classes() {
		list[i+1].Hint = v.T("Mang theo: ", "Bring: ") + v.say(c.Evidence)
	}
	return list
}

// period reads the months of a reconciliation; without any it is this month and the one before.
func (s *Pages) period(f *web.Form) (from, to string) {
	year, month, _ := s.today().Date()
	orDefault(f, "from", postal.MakeDay(year, month-1, 1).String()[:7], "to", s.today().String()[:7])
	return f.Value("from"), f.Value("to")
}

// getClaims sets relief claimed beside what the ledger counted, by payer and month.
func (s *Pages) getClaims(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := s.page(r, "Đối soát miễn, giảm", "Reconciliation of relief")
	from, to := s.period(f)
	got, err := s.Claims.Reconcile(r.Context(), from, to)
	if e, ok := fault.From(err); ok {
		if rest := f.Refuse(e.At("from")); rest != nil {
			return rest
		}
	} else if err != nil {
		return err
	}
	return draw(w, r, f, claimsPage(v, f, got))
}

// query is the address of something about the same months.
func (v pageView) monthsOf(path string, from, to string, more ...string) string {
	q := url.Values{"from": {from}, "to": {to}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

// maxShown bounds a list on a page; the download has all.
const maxShown = 500

// errEnough ends a list that is long enough.
var errEnough = errors.New("enough")

// claimedItems are the items behind a figure.
type claimedItems struct {
	From, To, Payer, Policy string
	Rows                    []Row
	More                    bool
	Sum                     postal.VND // of the rows shown
}

// getItems lists the items behind one figure.
func (s *Pages) getItems(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := s.page(r, "Bưu gửi đằng sau con số", "The items behind the figure")
	x := claimedItems{Payer: f.Value("payer"), Policy: f.Value("policy")}
	x.From, x.To = s.period(f)
	if _, err := s.Claims.Reconcile(r.Context(), x.From, x.To); err != nil {
		return err
	}
	err = s.Claims.EachRow(r.Context(), x.From, x.To, x.Payer, x.Policy, func(row Row) error {
		if len(x.Rows) == maxShown {
			x.More = true
			return errEnough
		}
		x.Rows = append(x.Rows, row)
		x.Sum += row.AmountVND
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return draw(w, r, nil, itemsPage(v, x))
}

// getCSV sends the items of a reconciliation.
func (s *Pages) getCSV(w http.ResponseWriter, r *http.Request) error {
	got, v, err := s.reconciled(r)
	if err != nil {
		return err
	}
	return s.Claims.Items(r.Context(), got, v.Lang).Send(w, sheet.CSV, fileName(got))
}

// getXLSX sends a reconciliation as a workbook.
func (s *Pages) getXLSX(w http.ResponseWriter, r *http.Request) error {
	got, v, err := s.reconciled(r)
	if err != nil {
		return err
	}
	return s.Claims.Document(r.Context(), got, v.Lang).Send(w, sheet.XLSX, fileName(got))
}

func fileName(r *Reconciliation) string { return "relief-" + r.From + "-" + r.To }

func (s *Pages) reconciled(r *http.Request) (*Reconciliation, pageView, error) {
	v := s.page(r, "Đối soát miễn, giảm", "Reconciliation of relief")
	f, err := web.ReadForm(r)
	if err != nil {
		return nil, v, err
	}
	from, to := s.period(f)
	got, err := s.Claims.Reconcile(r.Context(), from, to)
	return got, v, err
}
