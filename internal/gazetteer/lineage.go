package gazetteer

import (
	"cmp"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Share says how much of an old unit went into a new one, in the words of the official conversion table.
type Share string

// The shares.
const (
	Whole  Share = "whole"  // Nhập toàn bộ: all of it
	People Share = "people" // một phần diện tích, toàn bộ dân số: a part of the land and every inhabitant
	Part   Share = "part"   // Nhập một phần: a part of land and people
	Area   Share = "area"   // một phần diện tích: a part of the land; the table does not say whether anyone lives there
)

// rank orders shares from "everyone" to "perhaps nobody".
func (s Share) rank() int {
	return slices.Index([]Share{Whole, People, Part, Area}, s)
}

// Known reports whether s is one of the shares.
func (s Share) Known() bool { return s.rank() >= 0 }

// In says the share in words.
func (s Share) In(lang string) string {
	words := map[Share][2]string{
		Whole:  {"toàn bộ", "all of it"},
		People: {"một phần diện tích, toàn bộ dân số", "part of the land, all inhabitants"},
		Part:   {"một phần", "a part"},
		Area:   {"một phần diện tích", "part of the land"},
	}[s]
	return postal.In(lang, words[0], words[1])
}

// Link says that on day On a share of the unit Old, which had ended the day before, went into the unit New.
type Link struct {
	On    postal.Day      `json:"on"`
	Old   postal.UnitCode `json:"old"`
	New   postal.UnitCode `json:"new"`
	Share Share           `json:"share"`
	Act   string          `json:"act,omitempty"`
}

type linkKey struct {
	on       postal.Day
	old, new postal.UnitCode
}

func (l Link) key() linkKey { return linkKey{l.On, l.Old, l.New} }

// Candidate is a unit that an old one may now be, with the share that went there.
type Candidate struct {
	Unit  Unit  `json:"unit"`
	Share Share `json:"share"`
}

// Conversion is what became of an old unit. When it is Automatic an address in Old is in To, because the official table sends every inhabitant
// there; otherwise a person must choose among the candidates by street or map. The old text is kept beside the choice, never overwritten.
type Conversion struct {
	Old        Unit        `json:"old"`
	Automatic  bool        `json:"automatic"`
	To         *Unit       `json:"to,omitempty"`
	Candidates []Candidate `json:"candidates"` // likeliest first; more than one also when Automatic, if some land went elsewhere
}

// LastThreeTierDay is the last day of provinces, districts and communes; from the next day on there are no districts.
func LastThreeTierDay() postal.Day { return postal.MakeDay(2025, 6, 30) }

// FirstTwoTierDay is the first day of the units of today.
func FirstTwoTierDay() postal.Day { return postal.MakeDay(2025, 7, 1) }

// Convert says what became of a unit of the time before 1 July 2025.
func (g *Gazetteer) Convert(old postal.UnitCode) (Conversion, error) {
	if _, ok := g.UnitOn(old, LastThreeTierDay()); ok {
		return g.ConvertOn(old, LastThreeTierDay())
	}
	if u, ok := g.Latest(old); ok && u.ValidTo != zeroDay {
		return g.ConvertOn(old, u.ValidTo)
	} else if ok {
		return Conversion{}, fault.New(fault.Invalid, "gazetteer.already_new",
			"Mã %s là %s, đơn vị đang có hiệu lực: không cần chuyển đổi.", "Code %s is %s, a unit in force: there is nothing to convert.", old, u.ShortName())
	}
	return Conversion{}, fault.New(fault.NotFound, "gazetteer.no_old_unit",
		"Không có đơn vị hành chính nào mang mã %s trước ngày 01/07/2025.", "No administrative unit had the code %s before 1 July 2025.", old)
}

// ConvertOn says what the unit that had this code on that day has become by now. A unit still in force becomes itself.
func (g *Gazetteer) ConvertOn(code postal.UnitCode, day postal.Day) (Conversion, error) {
	old, err := g.Unit(code, day)
	if err != nil {
		return Conversion{}, err
	}
	c := g.convert(old)
	if len(c.Candidates) == 0 {
		return Conversion{}, fault.New(fault.NotFound, "gazetteer.no_lineage",
			"Chưa có dữ liệu chuyển đổi cho %s (mã %s).", "No conversion is recorded for %s (code %s).", old.ShortName(), code)
	}
	return c, nil
}

func (g *Gazetteer) convert(old Unit) Conversion {
	found := map[Key]Candidate{}
	g.follow(old, Whole, maxSteps, found)
	c := Conversion{Old: old}
	for _, cand := range found {
		c.Candidates = append(c.Candidates, cand)
	}
	slices.SortFunc(c.Candidates, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Share.rank(), b.Share.rank()), cmp.Compare(a.Unit.Code, b.Unit.Code))
	})
	if len(c.Candidates) > 0 && c.Candidates[0].Share.rank() <= People.rank() {
		c.Automatic, c.To = true, &c.Candidates[0].Unit
	}
	return c
}

// maxSteps bounds how many rearrangements are followed; there were three in fifty years.
const maxSteps = 16

// follow collects in found where the people of u are now; share is what has been lost on the way to u.
func (g *Gazetteer) follow(u Unit, share Share, steps int, found map[Key]Candidate) {
	if u.ValidTo == zeroDay || steps == 0 {
		if have, ok := found[u.Key()]; !ok || share.rank() < have.Share.rank() {
			found[u.Key()] = Candidate{u, share}
		}
		return
	}
	links := g.became[u.Key()]
	for _, l := range links {
		if next, ok := g.UnitOn(l.New, l.On); ok {
			g.follow(next, worse(share, l.Share), steps-1, found)
		}
	}
	if len(links) > 0 {
		return
	}
	if next, ok := g.successor(u); ok { // renamed or raised in rank: same code, the next day
		g.follow(next, share, steps-1, found)
	} else if u.Level() == LevelDistrict {
		g.followCommunes(u, steps-1, found)
	}
}

// followCommunes scatters a district over what its communes became: it went to none of them as a whole.
func (g *Gazetteer) followCommunes(district Unit, steps int, found map[Key]Candidate) {
	for _, u := range g.units {
		if u.District == district.Code && u.InForce(district.ValidTo) {
			g.follow(u, Part, steps, found)
		}
	}
}

// successor is the version of the same code that begins when u ends.
func (g *Gazetteer) successor(u Unit) (Unit, bool) {
	for _, v := range g.Versions(u.Code) {
		if v.ValidFrom == u.ValidTo.AddDays(1) {
			return v, true
		}
	}
	return Unit{}, false
}

func worse(a, b Share) Share {
	if a.rank() > b.rank() {
		return a
	}
	return b
}

// MadeOf lists the old units from which a unit was made on its first day, likeliest share first; none for a unit that was not rearranged.
func (g *Gazetteer) MadeOf(u Unit) []Candidate {
	var list []Candidate
	for _, l := range g.madeOf[u.Key()] {
		if old, ok := g.lastBefore(l.Old, l.On); ok {
			list = append(list, Candidate{old, l.Share})
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(a.Share.rank(), b.Share.rank()) })
	return list
}
