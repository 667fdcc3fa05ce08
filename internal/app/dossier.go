package app

import (
	"slices"
	"strconv"

	"citypost/internal/calendar"
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/rulebook"
	"citypost/internal/tariff"
	"citypost/internal/web"
)

// mountDossiers puts the pages of dossiers on the mux.
func (h *House) mountDossiers() {
	people := &people{accounts: h.Accounts}
	h.Dossiers = &dossier.Service{
		Ledger: h.Ledger, DB: h.DB, Vault: h.Vault, Calendar: h.Calendar, Catalogue: published{h.Procedures}, Communes: h.Desk, Places: h.Places, Routes: ways{h.routes()},
		Money: &dossierMoney{h.routes(), h.Tariff}, Signer: people, Bookings: prepared{h.Bookings}, Name: people.Name, Now: h.Now, Base: h.Base, Hotline: h.Hotline, MadeUp: h.MadeUp,
	}
	h.Dossiers.Mount(h.Mux)
	h.Mux.RareFor(web.Supervisor, "/desk/accept") // with dossiers his list would be too long
}

// ways tells dossier how far something goes.
type ways struct{ routes }

// Route is between under the name that dossier has for it.
func (w ways) Route(s calendar.Service, from, to postal.UnitCode, day postal.Day) (calendar.Route, error) {
	return w.between(s, from, to, day)
}

// published shows dossier the catalogue of procedures, as far as the postal channel is concerned.
type published struct{ store *procedure.Store }

// On gives a procedure as it was published on a day.
func (p published) On(code string, day postal.Day) (*dossier.Procedure, error) {
	v, err := p.store.Catalogue().On(procedure.Code(code), day)
	if err != nil {
		return nil, err
	}
	out := &dossier.Procedure{Code: string(v.Code), Version: v.From, Name: v.Name, Agency: v.Agency, Decision: v.Decision, Source: v.Source, Results: v.Results, ByPost: v.Accepts(procedure.Postal), MadeUp: v.MadeUp,
		Fees: feesOf(v.By(procedure.Postal)), Online: feesOf(v.By(procedure.Online))}
	for _, l := range v.Checklist(procedure.Postal) {
		out.Papers = append(out.Papers, dossier.Asked{ID: l.ID, Name: l.Name, Group: l.Group, Originals: l.Originals, Copies: l.Copies, Certified: l.Certified, Open: l.Open})
	}
	for _, c := range v.Cases {
		limit, _ := v.Limit(procedure.Postal, c.Code)
		out.Cases = append(out.Cases, dossier.Case{Code: c.Code, Name: c.Name, Limit: limitOf(limit), SameDay: sameDay(limit)})
	}
	if len(v.Cases) == 0 {
		limit, _ := v.Limit(procedure.Postal, "")
		out.Cases = []dossier.Case{{Limit: limitOf(limit), SameDay: sameDay(limit)}}
	}
	return out, nil
}

// hoursOfADay is how many hours an agency works in a day: a limit within them is a procedure of the same day.
const hoursOfADay = 8

// sameDay reports whether a case is decided on the day of its filing: within the hours of a day, or in less than a day.
func sameDay(l procedure.Limit) bool {
	switch l.Unit {
	case procedure.Hour:
		return l.Known() && l.Tenths <= 10*hoursOfADay
	case procedure.WorkingDay, procedure.Day:
		return l.Known() && l.Tenths < 10
	}
	return false
}

func limitOf(l procedure.Limit) event.Limit {
	if !l.Known() {
		return event.Limit{}
	}
	return event.Limit{Tenths: l.Tenths, Unit: string(l.Unit)}
}

// feesOf lists the fees of a channel's kinds of case, each once, and whether every case has it.
func feesOf(channels []procedure.Channel) (list []dossier.PublishedFee) {
	for _, c := range channels {
		for _, f := range c.Fees {
			x := dossier.PublishedFee{Kind: "charge", Name: f.Text, AmountVND: f.Amount, Unknown: !f.Known}
			if f.Kind == procedure.Charge {
				x.Kind = "fee"
			}
			x.Always = !slices.ContainsFunc(channels, func(c procedure.Channel) bool { return !slices.Contains(c.Fees, f) })
			if !slices.Contains(list, x) {
				list = append(list, x)
			}
		}
	}
	return list
}

var stateWords = map[procedure.State]string{procedure.Repealed: "Đã bãi bỏ", procedure.Future: "Chưa có hiệu lực"}

// Find looks for procedures; what is not in force is shown with the reason, so that nobody looks for it again.
func (p published) Find(text string, day postal.Day, most int) (found []dossier.Found) {
	hits, _ := p.store.Catalogue().Find(procedure.Query{Text: text, Day: day, Limit: most})
	for _, h := range hits {
		x := dossier.Found{Code: string(h.Procedure.Code), Name: h.Version.Name, State: stateWords[h.State]}
		if x.State == "" && !h.Version.Accepts(procedure.Postal) {
			x.State = "Không nhận qua bưu chính"
		}
		found = append(found, x)
	}
	return found
}

// dossierMoney prices dossiers with the tariff's rules and takes their money with cash's drawers.
type dossierMoney struct {
	routes
	tariff *tariff.Tariff
}

// keyRegions is the table that says in which region of the price list a province lies; a post takes in its own.
const keyRegions = "dossier.price.region"

// zone is a question's route as the price list has it, with the rule that says the region when it leads to another province. Without a table, or with a province that it does not have, the case is told, not guessed.
func (m *dossierMoney) zone(q dossier.PriceQuestion) (tariff.Zone, string, error) {
	route, err := m.between(calendar.Service(q.Service), q.From, q.To, q.On)
	if err != nil {
		return "", "", err
	}
	if route == calendar.SameDistrict || route == calendar.BetweenDistricts {
		return tariff.Zone(route), "", nil
	}
	return zoneBetween(m.calendar.Book(), keyRegions, m.place(q.From, q.On).Province, m.place(q.To, q.On).Province, q.On)
}

// zoneBetween is the zone of a price list between two provinces, with the rule that says their regions; inside one province no rule is asked. Without a table, or with a province that it
// does not have, the case is NotFound, not guessed.
func zoneBetween(book *rulebook.Book, key, from, to string, on postal.Day) (tariff.Zone, string, error) {
	if from == to {
		return tariff.Intra, "", nil
	}
	rule, err := book.Rule(key, on)
	if fault.Is(err, fault.NotFound) {
		return "", "", noRegion(key)
	}
	if err != nil {
		return "", "", err
	}
	a, b := regionOf(rule, from), regionOf(rule, to)
	switch {
	case a == "" || b == "":
		return "", "", noRegion(key)
	case a == b:
		return tariff.SameRegion, rule.ID(), nil
	}
	return tariff.OtherRegion, rule.ID(), nil
}

// regionOf is the region of a province, "" when the table does not have it.
func regionOf(rule *rulebook.Rule, province string) string {
	code, err := strconv.ParseInt(province, 10, 64)
	if err != nil {
		return ""
	}
	t := rule.Value.Table()
	for row := range t.Len() {
		if t.Cell(row, "province").Int() == code {
			return t.Cell(row, "region").String()
		}
	}
	return ""
}

func noRegion(key string) error {
	return fault.New(fault.NotFound, "app.region", "Chưa có vùng của tỉnh gửi hoặc tỉnh nhận nên không tính được cước liên tỉnh. Nhờ quản trị nạp bảng vùng (%s).",
		"The region of the sending or of the receiving province is not known, so there is no price between them. Ask the administrator to take in the table of regions (%s).", key)
}

// Price prices one way of a dossier, with what is left of every relief now.
func (m *dossierMoney) Price(v *ledger.View, q dossier.PriceQuestion) (dossier.Price, error) {
	zone, region, err := m.zone(q)
	if err != nil {
		return dossier.Price{}, err
	}
	quote, err := m.tariff.Quote(tariff.Question{Service: tariff.Service(q.Service), Zone: zone, WeightG: q.WeightG, On: q.On, KnownOn: q.On, Online: q.Online, Room: m.tariff.RoomLeft(v, q.On)})
	if err != nil {
		return dossier.Price{}, err
	}
	p := dossier.Price{ListVND: quote.ListVND, TotalVND: quote.TotalVND, Rules: quote.Rules()}
	if region != "" {
		p.Rules = append(p.Rules, region)
	}
	for _, l := range quote.Lines {
		p.Lines = append(p.Lines, dossier.PriceLine{VI: l.What.VI, EN: l.What.EN, Amount: l.AmountVND, Rule: l.Rule, Basis: l.Basis.VI, BasisEN: l.Basis.EN, Verified: l.Verified})
	}
	for _, g := range quote.Grants {
		addRelief(&p, g.Payer, g.AmountVND)
	}
	if len(quote.Grants) > 0 {
		p.Grant = func(act ledger.Act) ledger.Act { return tariff.Relieved{Act: act, Claim: quote.Claim("")} }
	}
	return p, nil
}

func addRelief(p *dossier.Price, payer string, amount postal.VND) {
	if payer == "province" {
		p.ProvinceVND += amount
	} else {
		p.OperatorVND += amount
	}
}

// Owed is what an item accepted before still costs: its listed price, less the relief that it was given.
func (m *dossierMoney) Owed(v *ledger.View, i *custody.Item) dossier.Price {
	if _, paid := cash.PaidFor(v, i.Code); paid {
		return dossier.Price{}
	}
	p := dossier.Price{ListVND: i.FeeVND, TotalVND: i.FeeVND}
	if relief, ok := ledger.Get[*tariff.Account](v, tariff.ItemKey(i.Code)); ok {
		for _, g := range relief.Grants {
			addRelief(&p, g.Payer, g.AmountVND)
			p.ListVND += g.AmountVND
		}
	}
	return p
}

// Receipts are those of the State fees taken with an item.
func (*dossierMoney) Receipts(v *ledger.View, n postal.ItemNumber) (list []dossier.StateReceipt) {
	p, ok := cash.PaidFor(v, n)
	if !ok {
		return nil
	}
	for _, c := range p.Collected {
		list = append(list, dossier.StateReceipt{Collected: c, Seq: p.Seq})
	}
	return list
}

// Drawer is the open drawer of a person.
func (*dossierMoney) Drawer(v *ledger.View, o postal.OfficeCode, who postal.StaffID) string {
	drawer, _ := cash.OwnDrawer(v, o, who)
	return drawer
}

// FreeDrawers are the office's drawers that a shift can be opened for.
func (*dossierMoney) FreeDrawers(v *ledger.View, o postal.OfficeCode) []string {
	return cash.FreeDrawers(v, o)
}

// Begin opens a shift.
func (*dossierMoney) Begin(o postal.OfficeCode, drawer string, float postal.VND) ledger.Act {
	return cash.Begin{Drawer: drawer, FloatVND: float, Office: o}
}

// Book is the office's receipt book with receipts left; the first by name when there are several.
func (*dossierMoney) Book(v *ledger.View, o postal.OfficeCode) string {
	first := ""
	for code := range cash.Books(v, o) {
		if first == "" || code < first {
			first = code
		}
	}
	return first
}

// Around puts the relief, then the payment, around an act.
func (*dossierMoney) Around(act ledger.Act, s event.Service, p dossier.Price, pay dossier.Payment) ledger.Act {
	if p.Grant != nil {
		act = p.Grant(act)
	}
	if pay.Drawer == "" {
		return act
	}
	take := cash.Take{Drawer: pay.Drawer, Item: pay.Item, Service: string(s), Means: pay.Means, ListVND: p.ListVND, OperatorVND: p.OperatorVND, ProvinceVND: p.ProvinceVND}
	for _, f := range pay.Dues {
		take.Dues = append(take.Dues, cash.Due{Agency: pay.Agency, Kind: f.Kind, AmountVND: f.AmountVND, Book: pay.Book})
	}
	return cash.PaidAct{Act: act, Take: take}
}

// Paid is what the books hold of an item's money.
func (*dossierMoney) Paid(v *ledger.View, n postal.ItemNumber) (dossier.Takings, bool) {
	p, ok := cash.PaidFor(v, n)
	if !ok {
		return dossier.Takings{}, false
	}
	r := dossier.Takings{ListVND: p.ListVND, PostageVND: p.PostageVND, Means: p.Means, Page: cash.ItemPath(n), Seq: p.Seq, CompensatedVND: p.Compensated}
	for _, c := range p.Collected {
		r.Receipts = append(r.Receipts, dossier.FeeReceipt{Kind: c.Kind, AmountVND: c.AmountVND, Number: c.Book + "/" + strconv.Itoa(c.Number)})
	}
	return r, true
}

// TakeBack takes a result back from the wrong person, and gives him his money when it still lies in the clerk's drawer.
func (*dossierMoney) TakeBack(act custody.TakeBack, drawer string) ledger.Act {
	return takingBack{TakeBack: act, Drawer: drawer}
}

// takingBack is both in one entry. Money that cannot go back now (another shift took it, it was moved on) stays until a supervisor gives it back: that the result is back must be recorded all the same.
type takingBack struct {
	TakeBack custody.TakeBack `json:"take_back"`
	Drawer   string           `json:"drawer,omitempty"`
}

// Name of the act.
func (takingBack) Name() string { return "app.take_back" }

// Touches the item and its money.
func (a takingBack) Touches() []ledger.Key {
	return append(a.TakeBack.Touches(), cash.ItemKey(a.TakeBack.Item), cash.DrawerKey(a.Drawer))
}

// Decide lets custody take the item back, then gives the money back.
func (a takingBack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	facts, err := a.TakeBack.Decide(v, e)
	if err != nil {
		return nil, err
	}
	if _, paid := cash.PaidFor(v, a.TakeBack.Item); !paid || a.Drawer == "" {
		return facts, nil
	}
	undo := cash.UndoTake{Source: cash.Source{Drawer: a.Drawer}, Item: a.TakeBack.Item, Reason: cash.WrongPerson}
	back, err := undo.Decide(v, e)
	if _, refused := fault.From(err); refused {
		return facts, nil
	}
	return append(facts, back...), err
}

// Compensate pays for a lost or damaged item.
func (*dossierMoney) Compensate(drawer string, item postal.ItemNumber, amount postal.VND, times int64, rule, record string) ledger.Act {
	return compensating{cash.Compensate{Source: cash.Source{Drawer: drawer}, Item: item, AmountVND: amount, Times: times, Rule: rule, Record: record}}
}
