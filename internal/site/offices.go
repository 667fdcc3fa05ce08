package site

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// nearest is how many offices are shown around a place.
const nearest = 10

// mostListed bounds the list of all offices, so that the page stays light in a large city; search finds the rest.
const mostListed = 120

// search is what the office page shows: either all offices, or those found by name, or those near a place, or places to choose from.
type search struct {
	Form    *web.Form
	Query   string
	OpenNow bool
	Unit    *gazetteer.Unit // the place around which is looked
	Choices []choice
	Lines   []line
	More    bool // the list was cut
	Holiday string
	MadeUp  bool
}

func (s *Service) getOffices(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Tìm bưu cục", "Find a post office")
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	q := search{Form: f, Query: f.Maybe("q", longestQuery), OpenNow: f.Ticked("open"), Holiday: s.holiday(p.Lang)}
	if f.Err() != nil {
		return web.Render(w, r, web.Status(f.Err()), officesPage(p, q))
	}
	unit, err := s.asked(f)
	if err != nil {
		return err
	}
	switch {
	case unit != nil:
		s.around(p, &q, *unit)
	case q.Query != "":
		s.look(p, &q)
	default:
		q.Lines = s.all(p)
	}
	q.filter()
	return web.Render(w, r, http.StatusOK, officesPage(p, q))
}

// asked gives the commune that the address names, nil when it names none.
func (s *Service) asked(f *web.Form) (*gazetteer.Unit, error) {
	code := f.Value("unit")
	if code == "" {
		return nil, nil
	}
	u, ok := s.unit(code)
	if !ok {
		return nil, noUnit(code)
	}
	return &u, nil
}

func noUnit(code string) error {
	return fault.New(fault.NotFound, "site.no_unit", "Không có phường, xã nào đang mang mã %s. Hãy tìm theo tên.",
		"No ward or commune has the code %s today. Look for it by name.", cut(code))
}

// cut keeps what a stranger put into an address short enough to show.
func cut(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

// around fills in the offices nearest to a commune.
func (s *Service) around(p web.Page, q *search, u gazetteer.Unit) {
	q.Unit = &u
	most := nearest
	if q.OpenNow {
		most = len(s.Places.Directory().All()) // the nearest ten that are open
	}
	near, err := s.Places.Directory().Nearest(u.Code, most)
	if err != nil { // no point is recorded: its own offices are all that can be said
		q.Lines = s.lines(p, s.Places.Directory().InUnit(u.Code))
		return
	}
	for _, n := range near {
		l := s.lineOf(p, n.Office)
		l.KM = km(p, n.KM)
		q.Lines = append(q.Lines, l)
	}
}

// km writes a distance as roughly as it is known.
func km(p web.Page, d float64) string {
	if d < 0.5 {
		return p.T("dưới 0,5 km", "under 0.5 km")
	}
	text := fmt.Sprintf("%.1f", d)
	if d >= 10 {
		text = fmt.Sprintf("%.0f", d)
	}
	return p.T(strings.Replace(text, ".", ",", 1), text) + " km"
}

// look finds offices and places by name. When the name means one place only, and no office, the offices around it are the answer.
func (s *Service) look(p web.Page, q *search) {
	q.Lines = s.lines(p, s.Places.Directory().Find(q.Query, nearest))
	q.Choices = s.communes(q.Query, p.Lang, func(c postal.UnitCode) string {
		path := "/offices?unit=" + string(c)
		if q.OpenNow {
			path += "&open=1"
		}
		return path
	})
	if len(q.Choices) == 1 {
		only := q.Choices[0].Unit
		q.Choices, q.Lines = nil, nil
		s.around(p, q, only)
	}
}

// all lists every office by name.
func (s *Service) all(p web.Page) []line {
	list := s.lines(p, s.Places.Directory().All())
	keys := make(map[postal.OfficeCode][]byte, len(list))
	for _, l := range list {
		keys[l.Code] = postal.CollationKey(l.Name)
	}
	slices.SortStableFunc(list, func(a, b line) int {
		return cmp.Or(slices.Compare(keys[a.Code], keys[b.Code]), cmp.Compare(a.Code, b.Code))
	})
	return list
}

// filter keeps the open offices when asked, and a length that people read.
func (q *search) filter() {
	if q.OpenNow {
		q.Lines = slices.DeleteFunc(q.Lines, func(l line) bool { return !l.Now.Open })
	}
	most := mostListed
	if q.Unit != nil {
		most = nearest
	} else if len(q.Lines) > most {
		q.More = true
	}
	q.Lines = q.Lines[:min(len(q.Lines), most)]
	q.MadeUp = slices.ContainsFunc(q.Lines, func(l line) bool { return l.MadeUp })
}

// officeView is one office on its own page.
type officeView struct {
	line
	Week     []dayHours
	Holiday  string
	Delivers []gazetteer.Unit // the communes to which its carriers go
}

func (s *Service) getOffice(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	o, ok := s.Places.Directory().Office(postal.OfficeCode(code))
	if !ok {
		return fault.New(fault.NotFound, "site.no_office", "Không có bưu cục nào đang mở mang mã %s. Hãy tìm theo tên hoặc phường, xã.",
			"No post office of today has the code %s. Look for it by name or by place.", cut(code))
	}
	p := web.NewPage(r, o.FullName("vi"), o.FullName("en"))
	v := officeView{line: s.lineOf(p, o), Week: weekOf(p, o.Hours, s.Now().In(postal.HoChiMinh).Weekday()), Holiday: s.holiday(p.Lang)}
	for _, u := range s.Places.Gazetteer().Units(s.today()) {
		if by, ok := s.Places.DeliveryOffice(u.Code); ok && by == o.Code {
			v.Delivers = append(v.Delivers, u)
		}
	}
	v.Delivers = byName(v.Delivers)
	return web.Render(w, r, http.StatusOK, officePage(p, v))
}
