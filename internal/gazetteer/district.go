package gazetteer

import (
	"cmp"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// OldDistrict is a district of the time before 1 July 2025 in which a unit of today, or a part of it, lies. Older tariffs take it as a zone.
type OldDistrict struct {
	Unit   Unit `json:"unit"`
	People bool `json:"people"` // false when only land came from it, as far as the table says
	Parts  int  `json:"parts"`  // how many former communes of it went into the unit
}

// OldDistricts says in which old districts a unit lies: those that gave people first, among them the one that gave most communes. A unit of today may span two of them: then the list has two
// entries and only a street can tell which one an address is in. A former commune has exactly one.
func (g *Gazetteer) OldDistricts(code postal.UnitCode, day postal.Day) ([]OldDistrict, error) {
	u, err := g.Unit(code, day)
	if err != nil {
		return nil, err
	}
	found := map[postal.UnitCode]OldDistrict{}
	g.collectDistricts(u, true, maxSteps, found)
	list := make([]OldDistrict, 0, len(found))
	for _, d := range found {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b OldDistrict) int {
		return cmp.Or(cmp.Compare(b.rank(), a.rank()), cmp.Compare(a.Unit.Code, b.Unit.Code))
	})
	return list, nil
}

// rank is higher for districts that gave more.
func (d OldDistrict) rank() int {
	if d.People {
		return d.Parts + 1000 // no unit is made of so many
	}
	return d.Parts
}

func (g *Gazetteer) collectDistricts(u Unit, people bool, steps int, found map[postal.UnitCode]OldDistrict) {
	switch {
	case u.Level() == LevelDistrict:
		found[u.Code] = OldDistrict{u, people, 1}
	case u.District != "":
		if d, ok := g.UnitOn(u.District, u.ValidTo); ok {
			was := found[d.Code]
			found[d.Code] = OldDistrict{d, people || was.People, was.Parts + 1}
		}
	case steps > 0:
		for _, m := range g.MadeOf(u) { // land alone brings no inhabitants, as far as the table says
			g.collectDistricts(m.Unit, people && m.Share != Area, steps-1, found)
		}
		if prev, ok := g.predecessor(u); ok && len(g.madeOf[u.Key()]) == 0 {
			g.collectDistricts(prev, people, steps-1, found)
		}
	}
}

// predecessor is the version of the same code that ended when u began.
func (g *Gazetteer) predecessor(u Unit) (Unit, bool) {
	for _, v := range g.Versions(u.Code) {
		if v.ValidTo != zeroDay && v.ValidTo.AddDays(1) == u.ValidFrom {
			return v, true
		}
	}
	return Unit{}, false
}

// Sameness answers a question about two units that sometimes only a street can settle.
type Sameness int

// The answers.
const (
	Different Sameness = iota
	Same
	Depends // one of the units spans several old districts, and at least one of them is shared
)

// SameOldDistrict says whether two units lay in the same old district. Land without known inhabitants does not count, unless there is nothing else.
func (g *Gazetteer) SameOldDistrict(a, b postal.UnitCode, day postal.Day) (Sameness, error) {
	da, err := g.zonesOf(a, day)
	if err != nil {
		return Different, err
	}
	db, err := g.zonesOf(b, day)
	if err != nil {
		return Different, err
	}
	shared := slices.ContainsFunc(da, func(c postal.UnitCode) bool { return slices.Contains(db, c) })
	switch {
	case !shared:
		return Different, nil
	case len(da) == 1 && len(db) == 1:
		return Same, nil
	}
	return Depends, nil
}

// zonesOf lists the codes of the old districts from which people of a unit came.
func (g *Gazetteer) zonesOf(code postal.UnitCode, day postal.Day) ([]postal.UnitCode, error) {
	list, err := g.OldDistricts(code, day)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "gazetteer.no_old_district",
			"Chưa biết đơn vị %s thuộc quận, huyện nào trước ngày 01/07/2025.", "It is not recorded in which district unit %s lay before 1 July 2025.", code)
	}
	var codes []postal.UnitCode
	for _, d := range list {
		if d.People || !list[0].People {
			codes = append(codes, d.Unit.Code)
		}
	}
	return codes, nil
}
