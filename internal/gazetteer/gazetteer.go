package gazetteer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Gazetteer is a fixed picture of all units and of what became of them. It never changes, so it may be read from anywhere; With makes a new one.
type Gazetteer struct {
	units     []Unit                   // sorted by code, then ValidFrom
	links     []Link                   // sorted by On, Old, New
	versions  map[postal.UnitCode]span // where the versions of a code lie in units
	became    map[Key][]Link           // out of a unit
	madeOf    map[Key][]Link           // into a unit
	postcodes map[string][]int         // positions in units
	index     func() *index            // for Find; built when first asked
}

type span struct{ lo, hi int }

// New makes a gazetteer and checks that it holds together: every link leads from a unit to a unit, no two versions of a code overlap.
func New(units []Unit, links []Link) (*Gazetteer, error) {
	g := &Gazetteer{
		units: slices.Clone(units), links: slices.Clone(links),
		versions: make(map[postal.UnitCode]span, len(units)), postcodes: map[string][]int{},
		became: make(map[Key][]Link, len(links)), madeOf: make(map[Key][]Link, len(links)),
	}
	slices.SortFunc(g.units, compareUnits)
	slices.SortFunc(g.links, compareLinks)
	for i, u := range g.units {
		s, seen := g.versions[u.Code]
		if !seen {
			s.lo = i
		} else if prev := g.units[i-1]; prev.ValidTo == zeroDay || !prev.ValidTo.Before(u.ValidFrom) {
			return nil, fmt.Errorf("unit %s: the versions from %q and from %q overlap", u.Code, prev.ValidFrom, u.ValidFrom)
		}
		s.hi = i + 1
		g.versions[u.Code] = s
		if u.Postcode != "" {
			g.postcodes[u.Postcode] = append(g.postcodes[u.Postcode], i)
		}
	}
	for _, l := range g.links {
		if err := g.connect(l); err != nil {
			return nil, err
		}
	}
	g.index = sync.OnceValue(func() *index { return newIndex(g) })
	return g, nil
}

func compareUnits(a, b Unit) int {
	return cmp.Or(cmp.Compare(a.Code, b.Code), compareDays(a.ValidFrom, b.ValidFrom))
}

func compareLinks(a, b Link) int {
	return cmp.Or(compareDays(a.On, b.On), cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
}

// connect hangs a link on the version of Old that had ended when New began.
func (g *Gazetteer) connect(l Link) error {
	to, ok := g.UnitOn(l.New, l.On)
	if !ok {
		return fmt.Errorf("link %s → %s on %s: no such new unit on that day", l.Old, l.New, l.On)
	}
	from, ok := g.lastBefore(l.Old, l.On)
	if !ok {
		return fmt.Errorf("link %s → %s on %s: no such old unit before that day", l.Old, l.New, l.On)
	}
	g.became[from.Key()] = append(g.became[from.Key()], l)
	g.madeOf[to.Key()] = append(g.madeOf[to.Key()], l)
	return nil
}

// lastBefore finds the version of a code that ended last before day.
func (g *Gazetteer) lastBefore(code postal.UnitCode, day postal.Day) (Unit, bool) {
	for _, u := range slices.Backward(g.Versions(code)) {
		if u.ValidTo != zeroDay && u.ValidTo.Before(day) {
			return u, true
		}
	}
	return Unit{}, false
}

// With lays units and links over g and gives the result: a unit with a known key replaces that version, a link with the same day and codes replaces that link.
func (g *Gazetteer) With(units []Unit, links []Link) (*Gazetteer, error) {
	if len(units) == 0 && len(links) == 0 {
		return g, nil
	}
	byKey := make(map[Key]Unit, len(g.units)+len(units))
	for _, list := range [][]Unit{g.units, units} {
		for _, u := range list {
			byKey[u.Key()] = u
		}
	}
	byLink := make(map[linkKey]Link, len(g.links)+len(links))
	for _, list := range [][]Link{g.links, links} {
		for _, l := range list {
			byLink[l.key()] = l
		}
	}
	return New(slices.Collect(maps.Values(byKey)), slices.Collect(maps.Values(byLink)))
}

// Versions gives all that a code ever meant, oldest first.
func (g *Gazetteer) Versions(code postal.UnitCode) []Unit {
	s := g.versions[code]
	return g.units[s.lo:s.hi:s.hi]
}

// UnitOn gives what a code meant on a day; ok is false when it meant nothing then.
func (g *Gazetteer) UnitOn(code postal.UnitCode, day postal.Day) (u Unit, ok bool) {
	for _, u := range g.Versions(code) {
		if u.InForce(day) {
			return u, true
		}
	}
	return Unit{}, false
}

// Unit is UnitOn for callers who need the unit: it refuses with a fault when the code means nothing on that day.
func (g *Gazetteer) Unit(code postal.UnitCode, day postal.Day) (Unit, error) {
	if u, ok := g.UnitOn(code, day); ok {
		return u, nil
	}
	return Unit{}, fault.New(fault.NotFound, "gazetteer.no_unit",
		"Ngày %[3]s không có đơn vị hành chính nào mang mã %[1]s.", "No administrative unit had the code %[1]s on %[2]s.", code, day, day.VN())
}

// Latest gives the newest version of a code, in force or not.
func (g *Gazetteer) Latest(code postal.UnitCode) (Unit, bool) {
	v := g.Versions(code)
	if len(v) == 0 {
		return Unit{}, false
	}
	return v[len(v)-1], true
}

// Units lists the communes, wards, townships and special zones in force on a day, by code.
func (g *Gazetteer) Units(day postal.Day) []Unit { return g.at(LevelCommune, day) }

// Districts lists the districts in force on a day, by code: none after 30 June 2025.
func (g *Gazetteer) Districts(day postal.Day) []Unit { return g.at(LevelDistrict, day) }

// Provinces lists the provinces in force on a day, by code.
func (g *Gazetteer) Provinces(day postal.Day) []Unit { return g.at(LevelProvince, day) }

func (g *Gazetteer) at(level Level, day postal.Day) []Unit {
	var list []Unit
	for _, u := range g.units {
		if u.Level() == level && u.InForce(day) {
			list = append(list, u)
		}
	}
	return list
}

// ProvinceOf gives the province in which a unit lies on a day; a province lies in itself.
func (g *Gazetteer) ProvinceOf(code postal.UnitCode, day postal.Day) (Unit, error) {
	u, err := g.Unit(code, day)
	if err != nil || u.Level() == LevelProvince {
		return u, err
	}
	return g.Unit(u.Province, day)
}

// ByPostcode lists the units that have this postcode on a day. A postcode names one unit; the list is longer only when a published table errs.
func (g *Gazetteer) ByPostcode(postcode string, day postal.Day) []Unit {
	var list []Unit
	for _, i := range g.postcodes[postcode] {
		if g.units[i].InForce(day) {
			list = append(list, g.units[i])
		}
	}
	return list
}

// Count is the number of unit versions held, then and now together.
func (g *Gazetteer) Count() int { return len(g.units) }
