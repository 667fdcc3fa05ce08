package tariff

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

// Pages shows prices and relief: to everyone what something costs, to staff on any day, with the tables and the accounts behind it.
type Pages struct {
	Tariff *Tariff
	Claims *Claims
	Now    func() time.Time
	// Province names a province by its two-digit code on a day, "" when it is not known. Nil: codes are shown.
	Province func(code string, day postal.Day) string
	// Zone says how far an item went that an office accepted for a commune, for the preview of a policy. Nil: there is no preview.
	Zone func(from postal.OfficeCode, to postal.UnitCode, day postal.Day) (Zone, error)
	// Rules is where a rule is explained, followed by its key and "#" and its id; "": rules are named, not linked.
	Rules string
}

// The pages.
const (
	pricePath    = "/price"         // what does it cost
	reliefPath   = "/price/relief"  // who has relief
	StaffPath    = "/tariff"        // what did it cost on that day; where staff begin
	tablesPath   = "/tariff/tables" // the price lists by version
	policiesPath = "/tariff/relief" // the relief policies with their terms
	previewPath  = "/tariff/preview"
	claimsPath   = "/tariff/claims" // relief claimed, by payer and month
	itemsPath    = "/tariff/claims/items"
)

// readers look up prices and policies of any day; accountants see what was claimed.
var (
	readers     = web.AnyOf(web.Manager, web.Planner, web.Department, web.Supervisor, web.Clerk)
	accountants = web.AnyOf(web.Manager, web.Planner, web.Department, web.Supervisor)
)

// Mount registers the pages. Every route says who may use it.
func (s *Pages) Mount(m *web.Mux) {
	m.Service(pricePath, "Giá cước", "Prices")
	m.Job(web.AnyOf(web.Manager, web.Planner, web.Department), 60, StaffPath, "Giá và miễn giảm", "Prices and relief")
	m.Get(pricePath, web.Public, s.getPrice)
	m.Get(reliefPath, web.Public, s.getRelief)
	m.Get(StaffPath, readers, s.getSimulator)
	m.Get(tablesPath, readers, s.getTables)
	m.Get(policiesPath, readers, s.getPolicies)
	m.Get(previewPath, accountants, s.getPreview)
	m.Get(claimsPath, accountants, s.getClaims)
	m.Get(itemsPath, accountants, s.getItems)
	m.Get(claimsPath+".csv", accountants, s.getCSV)
	m.Get(claimsPath+".xlsx", accountants, s.getXLSX)
}

func (s *Pages) today() postal.Day { return postal.DayOf(s.Now()) }

// pageView speaks of prices in the reader's language.
type pageView struct {
	web.Page
	s *Pages
}

func (s *Pages) page(r *http.Request, vi, en string) pageView {
	return pageView{Page: web.NewPage(r, vi, en), s: s}
}

// draw renders a page; fields that have to be mended make it a 422.
func draw(w http.ResponseWriter, r *http.Request, f *web.Form, c templ.Component) error {
	if err := f.Err(); err != nil {
		return web.Render(w, r, web.Status(err), c)
	}
	return web.Render(w, r, http.StatusOK, c)
}

func (v pageView) say(w rulebook.Words) string { return w.In(v.Lang) }

func (v pageView) day(d postal.Day) string { return v.Date(d.Start()) }

// span says on which days something holds.
func (v pageView) span(s rulebook.Span) string {
	if s.Open {
		return v.T("từ ", "from ") + v.day(s.From)
	}
	return v.T("từ ", "from ") + v.day(s.From) + v.T(" đến ", " to ") + v.day(s.To)
}

// rulePath leads to where a rule is explained, "" when nowhere.
func (v pageView) rulePath(id string) string {
	key, _, ok := strings.Cut(id, "@")
	if v.s.Rules == "" || !ok {
		return ""
	}
	return v.s.Rules + key + "#" + id
}

// province names a province, with its code when the name is not known.
func (v pageView) province(code string, day postal.Day) string {
	if v.s.Province != nil {
		if name := v.s.Province(code, day); name != "" {
			return name
		}
	}
	return v.T("tỉnh mã ", "province ") + code
}

// payer names who bears a relief.
func (v pageView) payer(id string) string { return v.say(bearerWords[id]) }

// tabs lead to the views of prices for staff.
func (v pageView) tabs(current string) []web.Tab {
	tabs := []web.Tab{
		{Label: v.T("Tính thử", "Simulator"), Path: StaffPath},
		{Label: v.T("Bảng giá", "Price lists"), Path: tablesPath},
		{Label: v.T("Miễn giảm", "Relief"), Path: policiesPath},
	}
	if v.May(accountants) {
		if v.s.Zone != nil {
			tabs = append(tabs, web.Tab{Label: v.T("Xem trước", "Preview"), Path: previewPath})
		}
		tabs = append(tabs, web.Tab{Label: v.T("Đối soát", "Reconciliation"), Path: claimsPath})
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Path == current
	}
	return tabs
}

// publicTabs lead from the price to the relief and back.
func (v pageView) publicTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("Giá cước", "Price"), Path: pricePath, Current: current == pricePath},
		{Label: v.T("Tôi có được giảm không?", "Do I have relief?"), Path: reliefPath, Current: current == reliefPath},
	}
}

// priced lists the services that some rule gives a price for; staff are offered all, to read why there is none.
func (s *Pages) priced(staff bool) []Service {
	var list []Service
	for _, service := range Services {
		if staff || service != KT1 && len(s.Tariff.prices[tableOf(service)]) > 0 {
			list = append(list, service)
		}
	}
	return list
}

func (v pageView) serviceChoices(staff bool) []web.Choice {
	var list []web.Choice
	for _, service := range v.s.priced(staff) {
		list = append(list, web.Choice{Value: string(service), Label: v.say(service.Words())})
	}
	return list
}

// askedZones are the zones that a person chooses from; services that look no closer take two of them together.
var askedZones = []Zone{SameDistrict, BetweenDistricts, SameRegion, OtherRegion}

func (v pageView) zoneChoices() []web.Choice {
	list := make([]web.Choice, len(askedZones))
	for i, z := range askedZones {
		list[i] = web.Choice{Value: string(z), Label: capital(v.say(z.Words()))}
	}
	return list
}

// classChoices are the classes of beneficiaries that the rules of any day know.
func (v pageView) classChoices() []web.Choice {
	list := []web.Choice{{Value: "", Label: v.T("Không thuộc đối tượng nào", "None of them")}}
	for _, c := range v.s.classes() {
		list = append(list, web.Choice{Value: c.ID, Label: v.say(c.Name)})
	}
	return list
}

// classes lists every class that the rules know, whatever the day.
func (s *Pages) classes() []Class {
	var all []Class
	for _, r := range s.Tariff.book.Under("relief.class") {
		c := classOf(r)
		if !slices.ContainsFunc(all, func(o Class) bool { return o.ID == c.ID }) {
			all = append(all, c)
		}
	}
	return all
}

// elsewhere stands for every province that no policy names.
const elsewhere = "-"

// provinceChoices are the own province and those that a policy names; an office elsewhere has only what holds everywhere.
func (v pageView) provinceChoices() []web.Choice {
	var list []web.Choice
	if home := v.s.Tariff.home; home != "" {
		list = append(list, web.Choice{Value: home, Label: v.province(home, v.s.today())})
	}
	for _, code := range v.s.policyProvinces() {
		if code != v.s.Tariff.home {
			list = append(list, web.Choice{Value: code, Label: v.province(code, v.s.today())})
		}
	}
	return append(list, web.Choice{Value: elsewhere, Label: v.T("Nơi khác", "Elsewhere")})
}

// policyProvinces lists the provinces that have a policy of their own, on any day.
func (s *Pages) policyProvinces() []string {
	var codes []string
	for _, window := range s.Tariff.windows {
		for _, p := range window.v {
			if p.province != "" {
				codes = append(codes, p.province)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// values are the values of choices, for reading one of them.
func values(choices []web.Choice) []string {
	list := make([]string, len(choices))
	for i, c := range choices {
		list[i] = c.Value
	}
	return list
}

// orDefault shows values in fields that came without any.
func orDefault(f *web.Form, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if f.Value(pairs[i]) == "" {
			f.Set(pairs[i], pairs[i+1])
		}
	}
}

// capital begins a label with a capital letter.
func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// answered keeps apart what a form can mend, what no rule answers, and our own faults.
func answered(f *web.Form, err error) (none *fault.Error, rest error) {
	e, ok := fault.From(err)
	switch {
	case err == nil:
		return nil, nil
	case !ok:
		return nil, err
	case e.Kind == fault.Invalid:
		return nil, f.Refuse(err)
	}
	return e, nil
}
