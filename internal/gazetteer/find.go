package gazetteer

import (
	"strconv"
	"strings"

	"citypost/internal/postal"
)

// Match is one answer of Find. Show Line, or at least the exact name with postcode and old district: several names read alike without marks.
type Match struct {
	Unit         Unit          `json:"unit"`
	InForce      bool          `json:"in_force"`                // on the day of the question
	Became       []Candidate   `json:"became,omitempty"`        // for a unit that has ended: what it is now
	Automatic    bool          `json:"automatic,omitempty"`     // for a unit that has ended: an address in it converts without asking
	OldDistricts []OldDistrict `json:"old_districts,omitempty"` // for a unit of today: where it lay before 1 July 2025
	District     *Unit         `json:"district,omitempty"`      // for a former commune: the district it lay in
	Province     Unit          `json:"province"`
	rank         int
}

// MaxMatches is the longest answer of Find: nobody reads further.
const MaxMatches = 50

// Find looks for units by name, then and now, without regard to marks: "cam giang" finds both Cẩm Giàng and Cẩm Giang. The last word may be unfinished;
// kinds, old districts and provinces may stand beside the name ("p lach tray q ngo quyen"); codes and postcodes are found too.
// What is in force on the day comes first among equally good answers; a unit that has ended says what it became.
func (g *Gazetteer) Find(query string, day postal.Day, limit int) []Match {
	if limit <= 0 || limit > MaxMatches {
		limit = MaxMatches
	}
	hits := g.index().search(query, day)
	matches := make([]Match, 0, min(limit, len(hits)))
	for _, h := range hits {
		m, ok := g.match(h, day)
		if !ok {
			continue
		}
		if matches = append(matches, m); len(matches) == limit {
			break
		}
	}
	return matches
}

// match tells the story of a hit; ok is false for a former version of a unit that goes on as the same place.
func (g *Gazetteer) match(h hit, day postal.Day) (m Match, ok bool) {
	u := *h.entry.unit
	m = Match{Unit: u, InForce: u.InForce(day), Province: u, rank: h.rank}
	if p, ok := g.UnitOn(u.Province, lastDay(u)); ok {
		m.Province = p
	}
	if d, ok := g.UnitOn(u.District, lastDay(u)); ok {
		m.District = &d
	}
	if u.ValidTo == zeroDay {
		m.OldDistricts, _ = g.OldDistricts(u.Code, u.ValidFrom) // without a record there is none to show
		return m, true
	}
	c := g.convert(u)
	m.Became, m.Automatic = c.Candidates, c.Automatic
	return m, m.InForce || !g.goesOn(u, c)
}

// goesOn reports whether a unit that has ended is the same place under a later version: the same name and kind, or the same code raised in rank.
func (g *Gazetteer) goesOn(u Unit, c Conversion) bool {
	if next, ok := g.successor(u); ok && len(g.became[u.Key()]) == 0 {
		return postal.SameName(next.Name, u.Name)
	}
	return len(c.Candidates) == 1 && c.Automatic && c.To.Kind == u.Kind && postal.SameName(c.To.Name, u.Name)
}

// Line is the match in one line, as a list shows it: "Xã Cẩm Giàng, 03613 (trước 7/2025: H. Cẩm Giàng)" or, for a unit that has ended,
// "Phường Gia Viên (trước 7/2025: P. Lạch Tray, Q. Ngô Quyền)".
func (m Match) Line(lang string) string {
	if m.Unit.ValidTo == zeroDay {
		return m.lineNow(lang)
	}
	return m.lineThen(lang)
}

func (m Match) lineNow(lang string) string {
	line := m.Unit.ExactName(lang)
	if m.Unit.Postcode != "" {
		line += ", " + m.Unit.Postcode
	}
	if len(m.OldDistricts) == 0 {
		return line
	}
	names := make([]string, 0, len(m.OldDistricts))
	for _, d := range m.OldDistricts {
		names = append(names, d.Unit.ShortName())
	}
	return line + " (" + beforeWord(m.OldDistricts[0].Unit, lang) + strings.Join(names, "; ") + ")"
}

// maxNames are named in a line; a former district became a dozen units, which nobody reads there.
const maxNames = 4

func (m Match) lineThen(lang string) string {
	old := m.Unit.ShortName()
	if m.District != nil {
		old += ", " + m.District.ShortName()
	}
	if len(m.Became) == 0 {
		return old + " (" + beforeWord(m.Unit, lang) + "…)"
	}
	var names []string
	for _, c := range m.Became {
		if m.Automatic && c.Share == Area {
			continue // nobody lives there
		}
		names = append(names, c.Unit.ExactName(lang))
	}
	if len(names) > maxNames {
		names = []string{strconv.Itoa(len(names)) + postal.In(lang, " đơn vị", " units")}
	}
	return strings.Join(names, postal.In(lang, " hoặc ", " or ")) + " (" + beforeWord(m.Unit, lang) + old + ")"
}

// beforeWord is "trước 7/2025: " for a unit whose last day was 30 June 2025.
func beforeWord(ended Unit, lang string) string {
	first := ended.ValidTo.AddDays(1).String() // "2025-07-01"
	return postal.In(lang, "trước ", "before ") + strings.TrimPrefix(first[5:7], "0") + "/" + first[:4] + ": "
}
