package gazetteer

import (
	"cmp"
	"fmt"
	"slices"

	"citypost/internal/postal"
)

// madeUpOffices is the number of offices of the demonstration city, the size of the real network without its commune points.
const madeUpOffices = 45

// MadeUpOffices invents the post offices of the demonstration city, always the same: two central offices, a sorting centre, counters at the public
// administration centre and for State bodies, an area office in the largest unit of each former district, and offices in the largest units left.
// Units and centre points are real, offices are not, and each says so.
func MadeUpOffices(g *Gazetteer, day postal.Day) []Office {
	m := madeUp{taken: map[postal.UnitCode]bool{}, serial: map[string]int{}}
	m.named("990100", "Trung tâm Hải Phòng", Level1, "11311", "Mo-Su 07:00-19:00")
	m.named("980100", "Trung tâm Hải Dương", Level1, "10525", "Mo-Su 07:00-19:00")
	m.named("991000", "Khai thác Hải Phòng", SortingCentre, "11413", always)
	m.named("991055", "Hành chính công Hải Phòng", ServiceCounter, "11359", "Mo-Fr 07:30-11:30,13:00-17:00")
	m.named("990901", "Hệ 1 Hải Phòng", StateCounter, "11311", always)
	units := g.Units(day)
	units = slices.DeleteFunc(units, func(u Unit) bool { return u.Province != "31" })
	slices.SortFunc(units, func(a, b Unit) int { return cmp.Or(b.Population-a.Population, cmp.Compare(a.Code, b.Code)) })
	served := map[postal.UnitCode]bool{}
	for _, u := range units {
		old, err := g.OldDistricts(u.Code, day)
		if err == nil && len(old) > 0 && !served[old[0].Unit.Code] {
			served[old[0].Unit.Code] = true
			m.add(u, old[0].Unit.Province, Level2)
		}
	}
	for _, u := range units {
		if len(m.list) >= madeUpOffices {
			break
		}
		if old, err := g.OldDistricts(u.Code, day); err == nil && len(old) > 0 && !m.taken[u.Code] {
			m.add(u, old[0].Unit.Province, Level3)
		}
	}
	slices.SortFunc(m.list, func(a, b Office) int { return cmp.Compare(a.Code, b.Code) })
	return m.list
}

// madeUp gathers invented offices.
type madeUp struct {
	list   []Office
	taken  map[postal.UnitCode]bool
	serial map[string]int
}

func (m *madeUp) named(code postal.OfficeCode, name string, kind OfficeKind, unit postal.UnitCode, hours Hours) {
	m.taken[unit] = m.taken[unit] || kind.delivers()
	m.list = append(m.list, Office{Code: code, Name: name + " (mẫu)", Kind: kind, Unit: unit, Hours: hours, ValidFrom: FirstTwoTierDay(), MadeUp: true})
}

// add gives the next free code: 99 for the former Hải Phòng, 98 for the former Hải Dương, which no real office starts with, then 2 for area offices and 3 for the others.
func (m *madeUp) add(u Unit, formerProvince postal.UnitCode, kind OfficeKind) {
	head := "99"
	if formerProvince == "30" {
		head = "98"
	}
	if kind == Level2 {
		head += "2"
	} else {
		head += "3"
	}
	m.serial[head]++
	code := postal.OfficeCode(fmt.Sprintf("%s%02d0", head, m.serial[head]))
	m.named(code, u.Name, kind, u.Code, "Mo-Fr 07:30-17:30; Sa 07:30-11:30")
}
