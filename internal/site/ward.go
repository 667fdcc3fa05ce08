package site

import (
	"net/http"

	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// wards is what the page of all wards shows.
type wards struct {
	Form    *web.Form
	Query   string
	Choices []choice
	All     []gazetteer.Unit
}

func (s *Service) getWards(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Phường xã của bạn", "Your ward or commune")
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := wards{Form: f, Query: f.Maybe("q", longestQuery)}
	if f.Err() != nil {
		return web.Render(w, r, web.Status(f.Err()), wardsPage(p, v))
	}
	if v.Query == "" {
		v.All = byName(s.Places.Gazetteer().Units(s.today()))
		return web.Render(w, r, http.StatusOK, wardsPage(p, v))
	}
	v.Choices = s.communes(v.Query, p.Lang, wardPath)
	if len(v.Choices) == 1 {
		return web.Redirect(w, r, v.Choices[0].Path)
	}
	return web.Render(w, r, http.StatusOK, wardsPage(p, v))
}

func wardPath(code postal.UnitCode) string { return "/ward/" + string(code) }

// ward is one commune with all that the post knows of it.
type ward struct {
	gazetteer.Unit
	Province  gazetteer.Unit
	Here      []line // offices that stand in it
	Near      []line // the nearest ones, when none does
	Delivery  *line  // from where carriers come
	Districts []gazetteer.OldDistrict
	MadeOf    []gazetteer.Candidate
	Holiday   string
}

func (s *Service) getWard(w http.ResponseWriter, r *http.Request) error {
	code := postal.UnitCode(r.PathValue("code"))
	u, ok := s.unit(string(code))
	if !ok {
		if old, known := s.Places.Gazetteer().Latest(code); known && old.Level() != gazetteer.LevelProvince {
			return web.Redirect(w, r, convertPath(old.Code)) // it has ended: the reader wants what it became
		}
		return noUnit(string(code))
	}
	p := web.NewPage(r, u.FullName("vi"), u.ExactName("en"))
	return web.Render(w, r, http.StatusOK, wardPage(p, s.ward(p, u)))
}

func (s *Service) ward(p web.Page, u gazetteer.Unit) ward {
	g, d := s.Places.Gazetteer(), s.Places.Directory()
	v := ward{Unit: u, Here: s.lines(p, d.InUnit(u.Code)), MadeOf: g.MadeOf(u), Holiday: s.holiday(p.Lang)}
	v.Province, _ = g.UnitOn(u.Province, s.today())
	v.Districts, _ = g.OldDistricts(u.Code, s.today())
	if code, ok := s.Places.DeliveryOffice(u.Code); ok {
		if o, ok := d.Office(code); ok {
			l := s.lineOf(p, o)
			v.Delivery = &l
		}
	}
	if len(v.Here) > 0 {
		return v
	}
	near, err := d.Nearest(u.Code, 3)
	if err != nil { // without a point nobody knows what is near
		return v
	}
	for _, n := range near {
		l := s.lineOf(p, n.Office)
		l.KM = km(p, n.KM)
		v.Near = append(v.Near, l)
	}
	return v
}

// districts names where the commune lay before 1 July 2025.
func (v ward) districts() string {
	text := ""
	for n, d := range v.Districts {
		if n > 0 {
			text += "; "
		}
		text += d.Unit.ShortName()
	}
	return text
}
