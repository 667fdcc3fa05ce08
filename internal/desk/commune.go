package desk

import (
	"net/http"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// shownCommunes bounds the communes offered for a name.
const shownCommunes = 12

// communes offers the communes of today for what was typed: a name of now or of before July 2025, without regard to marks, or a postcode.
// A commune of before whose people were divided gives each part as a choice of its own, because only the customer knows on which side the house stands.
func (s *Service) communes(p web.Page, query string) []web.Choice {
	var list []web.Choice
	add := func(u gazetteer.Unit, label, hint string) {
		here := func(c web.Choice) bool { return c.Value == string(u.Code) }
		if u.Level() == gazetteer.LevelCommune && len(list) < shownCommunes && !slices.ContainsFunc(list, here) {
			list = append(list, web.Choice{Value: string(u.Code), Label: label, Hint: hint})
		}
	}
	for _, m := range s.Places.Gazetteer().Find(query, s.today(), gazetteer.MaxMatches) {
		switch {
		case m.Unit.Level() != gazetteer.LevelCommune:
		case m.InForce:
			add(m.Unit, m.Line(p.Lang), "")
		case m.Automatic && len(m.Became) > 0:
			add(m.Became[0].Unit, withPostcode(m.Became[0].Unit, m.Line(p.Lang)), "")
		default:
			for _, c := range m.Became {
				add(c.Unit, withPostcode(c.Unit, c.Unit.ExactName(p.Lang)), divided(p, m))
			}
		}
	}
	return list
}

// divided asks the question that an old commune with divided people raises.
func divided(p web.Page, m gazetteer.Match) string {
	old := m.Unit.ShortName()
	if m.District != nil {
		old += ", " + m.District.ShortName()
	}
	return p.T("một phần của "+old+" cũ: hỏi khách nhà ở phía nào", "a part of the former "+old+": ask on which side the house stands")
}

func withPostcode(u gazetteer.Unit, line string) string {
	if u.Postcode == "" {
		return line
	}
	return line + " · " + u.Postcode
}

// communeLine is a chosen commune as the list shows it.
func (s *Service) communeLine(p web.Page, code postal.UnitCode) (line string, ok bool) {
	u, ok := s.Places.Gazetteer().UnitOn(code, s.today())
	if !ok || u.Level() != gazetteer.LevelCommune {
		return "", false
	}
	return withPostcode(u, u.ExactName(p.Lang)), true
}

// readCommune reads the chosen commune of one side of a cover. What was only typed must name exactly one; else the page offers what was found. A choice
// that does not go with what is typed now was made before it was typed, and is asked for again.
func (s *Service) readCommune(p web.Page, f *web.Form, side string) postal.UnitCode {
	query := f.Maybe(side+".place", 100)
	chosen := postal.UnitCode(f.Value(side + ".unit"))
	if _, ok := s.communeLine(p, chosen); ok && (query == "" || offers(s.communes(p, query), chosen)) {
		return chosen
	}
	f.Set(side+".unit", "")
	if query == "" {
		f.Text(side+".place", 100)
		return ""
	}
	found := s.communes(p, query)
	switch len(found) {
	case 0:
		_ = f.Refuse(fault.New(fault.Invalid, "desk.no_commune", "Không có xã, phường nào tên như vậy, kể cả tên cũ. Kiểm tra lại chính tả hoặc gõ mã bưu chính.",
			"There is no commune of that name, now or before. Check the spelling or type the postcode.").At(side + ".place"))
		return ""
	case 1:
		f.Set(side+".unit", found[0].Value)
		return postal.UnitCode(found[0].Value)
	}
	_ = f.Refuse(fault.New(fault.Invalid, "desk.choose_commune", "Có %d nơi tên như vậy: chọn một.", "%d places read like that: choose one.", len(found)).At(side + ".unit"))
	return ""
}

func offers(list []web.Choice, u postal.UnitCode) bool {
	return slices.ContainsFunc(list, func(c web.Choice) bool { return c.Value == string(u) })
}

// communeChoices are the radios under the name of one side: the chosen commune, or all that was found for what is typed.
func (s *Service) communeChoices(p web.Page, f *web.Form, side string) []web.Choice {
	if line, ok := s.communeLine(p, postal.UnitCode(f.Value(side+".unit"))); ok {
		return []web.Choice{{Value: f.Value(side + ".unit"), Label: line}}
	}
	if query := f.Value(side + ".place"); query != "" {
		return s.communes(p, query)
	}
	return nil
}

// getCommunes offers communes while a name is being typed.
func (s *Service) getCommunes(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	side := f.Choice("side", sideFrom, sideTo)
	query := f.Maybe(side+".place", 100)
	if err := f.Err(); err != nil {
		return err
	}
	p := web.NewPage(r, "Xã, phường", "Communes")
	typed := web.FormOf(side+".place", query)
	list := s.communeChoices(p, typed, side)
	if len(list) == 1 {
		typed.Set(side+".unit", list[0].Value)
	}
	return web.Render(w, r, http.StatusOK, communeRadios(p, typed, side, list))
}

// Communes offers the communes of today for what was typed, for pages of others.
func (s *Service) Communes(p web.Page, query string) []web.Choice { return s.communes(p, query) }

// CommuneLine is a commune as lists show it.
func (s *Service) CommuneLine(p web.Page, code postal.UnitCode) (line string, ok bool) {
	return s.communeLine(p, code)
}

// ReadCommune reads the chosen commune of one side of a form that has the desk's fields.
func (s *Service) ReadCommune(p web.Page, f *web.Form, side string) postal.UnitCode {
	return s.readCommune(p, f, side)
}
