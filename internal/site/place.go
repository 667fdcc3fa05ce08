package site

import (
	"slices"
	"strings"

	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// longestQuery is more than an address line that makes sense.
const longestQuery = 120

// mostChoices is how many places a reader is asked to choose from; whoever gets more is better served by typing more.
const mostChoices = 12

// find looks for places, then and now. A whole address line is understood too: when nothing has that name, the parts before the first commas are taken for
// house and street and left out.
func (s *Service) find(query string) []gazetteer.Match {
	g, today := s.Places.Gazetteer(), s.today()
	parts := strings.Split(query, ",")
	for n := range parts {
		rest := strings.TrimSpace(strings.Join(parts[n:], ","))
		if found := g.Find(rest, today, gazetteer.MaxMatches); len(found) > 0 {
			return found
		}
	}
	return nil
}

// choice is a place that the reader may have meant.
type choice struct {
	Unit gazetteer.Unit
	Line string // how it tells itself apart from the others
	Path string
}

// communes lists the communes of today that a query may mean, each once: those found by name, and what the old places found by name have become.
func (s *Service) communes(query, lang string, path func(postal.UnitCode) string) []choice {
	var list []choice
	seen := map[postal.UnitCode]bool{}
	add := func(u gazetteer.Unit, line string) {
		if !seen[u.Code] && u.Level() == gazetteer.LevelCommune && len(list) < mostChoices {
			seen[u.Code] = true
			list = append(list, choice{u, line, path(u.Code)})
		}
	}
	for _, m := range s.find(query) {
		if m.InForce {
			add(m.Unit, m.Line(lang))
			continue
		}
		for _, c := range m.Became {
			if !m.Automatic || c.Share != gazetteer.Area { // nobody lives on land that went alone
				add(c.Unit, c.Unit.ExactName(lang)+", "+c.Unit.Postcode+" ("+was(m, lang)+")")
			}
		}
	}
	return list
}

// was is an old place as a note beside the new one: "trước 7/2025: P. Lạch Tray, Q. Ngô Quyền".
func was(m gazetteer.Match, lang string) string {
	name := m.Unit.ShortName()
	if m.District != nil {
		name += ", " + m.District.ShortName()
	}
	return postal.In(lang, "trước 7/2025: "+name, "before 7/2025: "+name)
}

// unit gives a commune of today.
func (s *Service) unit(code string) (gazetteer.Unit, bool) {
	u, ok := s.Places.Gazetteer().UnitOn(postal.UnitCode(code), s.today())
	return u, ok && u.Level() == gazetteer.LevelCommune
}

// unitName is the exact name of a commune, its code when it is not known.
func (s *Service) unitName(lang string, code postal.UnitCode) string {
	g := s.Places.Gazetteer()
	if u, ok := g.UnitOn(code, s.today()); ok {
		return u.ExactName(lang)
	}
	if u, ok := g.Latest(code); ok {
		return u.ExactName(lang)
	}
	return string(code)
}

// byName sorts units as a Vietnamese list does.
func byName(units []gazetteer.Unit) []gazetteer.Unit {
	type keyed struct {
		key  []byte
		unit gazetteer.Unit
	}
	list := make([]keyed, len(units))
	for n, u := range units {
		list[n] = keyed{postal.CollationKey(u.Name), u}
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return slices.Compare(a.key, b.key) })
	out := make([]gazetteer.Unit, len(list))
	for n, k := range list {
		out[n] = k.unit
	}
	return out
}

// line is one office in a list.
type line struct {
	gazetteer.Office
	Unit string // name of the commune
	KM   string // how far, as the crow flies; "" when nobody asked from anywhere
	Now  opening
	Said string // Now in words
}

func (s *Service) lineOf(p web.Page, o gazetteer.Office) line {
	now := s.Now()
	open := openingAt(o.Hours, now)
	return line{Office: o, Unit: s.unitName(p.Lang, o.Unit), Now: open, Said: open.say(p, now)}
}

func (s *Service) lines(p web.Page, offices []gazetteer.Office) []line {
	list := make([]line, len(offices))
	for n, o := range offices {
		list[n] = s.lineOf(p, o)
	}
	return list
}

// where is the address as far as it is known: street, then commune.
func (l line) where() string {
	if l.Address == "" {
		return l.Unit
	}
	return l.Address + ", " + l.Unit
}
