package gazetteer

import (
	"context"
	"slices"

	"citypost/internal/fault"
)

// planUnits compares a release of units with what is recorded.
func planUnits(ctx context.Context, g *Gazetteer, r Release, inUse InUse) (*Plan, error) {
	listed, err := readUnits(r.Data)
	if err != nil {
		return nil, err
	}
	p := r.plan(len(listed))
	links, err := r.lineage(r.Lineage)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if !slices.Contains(g.links, l) {
			p.links = append(p.links, l)
		}
	}
	versions := func(u Unit) []Unit { return g.Versions(u.Code) }
	now, past := split(listed, r)
	p.units = comparePast(p, past, versions)
	write, closed, err := compareNow(p, r, now, versions, g.inForce(r), scopeOf(now, r))
	if err != nil {
		return nil, err
	}
	p.units = append(p.units, write...)
	if err := p.checkClosedUnits(ctx, closed, links, inUse); err != nil {
		return nil, err
	}
	p.checkTogether(g)
	return p, nil
}

// planLinks checks links against the units on both sides.
func planLinks(g *Gazetteer, r Release) (*Plan, error) {
	links, err := r.lineage(r.Data)
	if err != nil {
		return nil, err
	}
	p := r.plan(len(links))
	have := make(map[linkKey]Link, len(g.links))
	for _, l := range g.links {
		have[l.key()] = l
	}
	for _, l := range links {
		old, known := have[l.key()]
		c := Change{Code: string(l.Old), After: string(l.New) + " (" + l.Share.In("vi") + ")"}
		switch {
		case known && old.Share == l.Share:
			p.Unchanged++
			continue
		case known:
			c.Before = string(old.New) + " (" + old.Share.In("vi") + ")"
			p.Changed = append(p.Changed, c)
		default:
			p.Added = append(p.Added, c)
		}
		p.links = append(p.links, l)
	}
	p.checkTogether(g)
	return p, nil
}

// planOffices compares a register of offices with what is recorded.
func planOffices(ctx context.Context, g *Gazetteer, recorded []Office, r Release, inUse InUse) (*Plan, error) {
	listed, err := readOffices(r.Data)
	if err != nil {
		return nil, err
	}
	p := r.plan(len(listed))
	byCode := map[string][]Office{}
	for _, o := range recorded {
		byCode[o.code()] = append(byCode[o.code()], o)
	}
	versions := func(o Office) []Office { return byCode[o.code()] }
	now, past := split(listed, r)
	p.offices = comparePast(p, past, versions)
	var open []Office
	for _, o := range recorded {
		if o.Open(r.From) {
			open = append(open, o)
		}
	}
	write, closed, err := compareNow(p, r, now, versions, open, func(Office) bool { return true })
	if err != nil {
		return nil, err
	}
	p.offices = append(p.offices, write...)
	p.checkPlaces(g, now, r)
	for _, o := range closed {
		if err := p.checkClosed(ctx, o.code(), inUse); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (r Release) plan(rows int) *Plan {
	return &Plan{What: r.What, Act: r.Act, From: r.From, Until: r.Until, SHA256: r.checksum(), Rows: rows}
}

// lineage reads links; those without a day begin with the release.
func (r Release) lineage(data []byte) ([]Link, error) {
	if len(data) == 0 {
		return nil, nil
	}
	links, err := readLinks(data)
	if err != nil {
		return nil, err
	}
	for i := range links {
		if links[i].On == zeroDay {
			links[i].On = r.From
		}
		if links[i].On == zeroDay {
			return nil, fault.New(fault.Invalid, "gazetteer.from_required",
				"Phải ghi ngày có hiệu lực của bảng chuyển đổi.", "Give the day from which the lineage table holds.").At("from")
		}
		if links[i].Act == "" {
			links[i].Act = r.Act
		}
	}
	return links, nil
}

// split parts what a file says about today from what it says about the past.
func split[T thing[T]](listed []T, r Release) (now, past []T) {
	for _, t := range listed {
		switch {
		case t.lastDay() != zeroDay:
			past = append(past, t)
		case r.Until != zeroDay:
			past = append(past, t.until(r.Until))
		default:
			now = append(now, t)
		}
	}
	return now, past
}

// comparePast adds what the record does not know; where both know, the record stays and the plan tells the difference.
func comparePast[T thing[T]](p *Plan, past []T, versions func(T) []T) (write []T) {
	for _, t := range past {
		known := false
		for _, v := range versions(t) {
			if !v.open(t.lastDay()) {
				continue
			}
			known = true
			if v.sameName(t) && v.samePlace(t) {
				p.Unchanged++
			} else {
				p.Kept = append(p.Kept, Change{Code: t.code(), Before: v.label(), After: t.label()})
			}
		}
		if !known {
			p.Added = append(p.Added, Change{Code: t.code(), After: t.label()})
			write = append(write, t)
		}
	}
	return write
}

// compareNow plans what the release changes in what is in force on its first day. Everything recorded, in scope and not listed ends on the day before.
func compareNow[T thing[T]](p *Plan, r Release, listed []T, versions func(T) []T, recorded []T, inScope func(T) bool) (write, closed []T, err error) {
	if r.From == zeroDay && len(listed) > 0 {
		return nil, nil, fault.New(fault.Invalid, "gazetteer.from_required", "Phải ghi ngày có hiệu lực.", "Give the day from which the data holds.").At("from")
	}
	seen := make(map[string]bool, len(listed))
	for _, next := range listed {
		if seen[next.code()] {
			p.refuse(next.code(), "có hai lần trong tệp.", "is in the file twice.")
			continue
		}
		seen[next.code()] = true
		write = append(write, compareOne(p, r, next, versions(next))...)
	}
	if r.Partial || len(listed) == 0 {
		return write, nil, nil
	}
	for _, have := range recorded {
		if seen[have.code()] || !inScope(have) {
			continue
		}
		p.Closed = append(p.Closed, Change{Code: have.code(), Before: have.label()})
		if have.firstDay() == r.From {
			p.refuse(have.code(), "có hiệu lực từ chính ngày này nên không thể hết hiệu lực cùng ngày.", "begins on this very day and cannot end on it.")
			continue
		}
		closed = append(closed, have)
		write = append(write, have.until(r.From.AddDays(-1)))
	}
	return write, closed, nil
}

// compareOne plans what a listed unit or office changes.
func compareOne[T thing[T]](p *Plan, r Release, next T, versions []T) []T {
	var old T
	known := false
	for _, v := range versions {
		if r.From.Before(v.firstDay()) {
			p.refuse(next.code(), "đã có dữ liệu mới hơn, từ ngày %[2]s.", "already has newer data, from %[1]s.", v.firstDay(), v.firstDay().VN())
			return nil
		}
		if v.open(r.From) {
			old, known = v, true
		}
	}
	if !known {
		p.Added = append(p.Added, Change{Code: next.code(), After: next.label()})
		if next.firstDay() != zeroDay && next.firstDay().Before(r.From) {
			return []T{next.since(next.firstDay(), r.Act)} // the file knows since when
		}
		return []T{next.since(r.From, r.Act)}
	}
	next = old.merged(next)
	if !p.note(next.code(), old.label(), next.label(), !old.sameName(next), !old.samePlace(next), !old.sameRest(next)) {
		return nil
	}
	if old.firstDay() == r.From {
		return []T{next.since(r.From, r.Act)}
	}
	return []T{old.until(r.From.AddDays(-1)), next.since(r.From, r.Act)}
}

// note enters a difference into the lists where it belongs and reports whether there was one.
func (p *Plan) note(code, was, is string, name, place, rest bool) bool {
	c := Change{Code: code, Before: was, After: is}
	if name {
		p.Renamed = append(p.Renamed, c)
	}
	if place {
		p.Moved = append(p.Moved, c)
	}
	if rest && !name && !place {
		p.Changed = append(p.Changed, c)
	}
	if !name && !place && !rest {
		p.Unchanged++
		return false
	}
	return true
}

// inForce lists everything in force when the release begins.
func (g *Gazetteer) inForce(r Release) []Unit {
	var list []Unit
	for _, u := range g.units {
		if u.InForce(r.From) {
			list = append(list, u)
		}
	}
	return list
}

// scopeOf says what a release speaks about: units of the levels and provinces that it lists, and provinces only when it lists the nation.
func scopeOf(listed []Unit, r Release) func(Unit) bool {
	levels, provinces, threeTiers := map[Level]bool{}, map[string]bool{}, false
	for _, u := range listed {
		threeTiers = threeTiers || u.District != ""
		levels[u.Level()] = true
		provinces[string(u.Province)] = true
		if u.Level() == LevelProvince {
			provinces[string(u.Code)] = true
		}
	}
	return func(u Unit) bool {
		switch {
		case u.Level() == LevelProvince:
			return r.Nation
		case r.Nation:
			return true
		}
		return provinces[string(u.Province)] && (levels[u.Level()] || u.Level() == LevelDistrict && !threeTiers)
	}
}

// checkClosedUnits refuses that a unit in use ends without the release saying what it becomes.
func (p *Plan) checkClosedUnits(ctx context.Context, closed []Unit, links []Link, inUse InUse) error {
	followed := map[string]bool{}
	for _, l := range links {
		followed[string(l.Old)] = true
	}
	for _, u := range closed {
		if followed[u.code()] {
			continue
		}
		if err := p.checkClosed(ctx, u.code(), inUse); err != nil {
			return err
		}
	}
	return nil
}

// checkClosed refuses that something in use ends.
func (p *Plan) checkClosed(ctx context.Context, code string, inUse InUse) error {
	if inUse == nil {
		return nil
	}
	used, why, err := inUse(ctx, code)
	if err != nil {
		return err
	}
	if used {
		p.refuse(code, "đang được sử dụng (%s) nên không thể hết hiệu lực.", "is in use (%s) and cannot end.", why)
	}
	return nil
}

// checkPlaces refuses offices in units that do not exist.
func (p *Plan) checkPlaces(g *Gazetteer, listed []Office, r Release) {
	for _, o := range listed {
		if _, ok := g.UnitOn(o.Unit, r.From); !ok {
			p.refuse(o.code(), "nằm ở đơn vị mã %[1]s, mã này không có hiệu lực ngày %[3]s.", "stands in unit %[1]s, a code not in force on %[2]s.", o.Unit, r.From, r.From.VN())
		}
	}
}

// checkTogether refuses a result that does not hold together: versions that overlap, links into nothing, communes of no province.
func (p *Plan) checkTogether(g *Gazetteer) {
	if len(p.Refused) > 0 {
		return
	}
	next, err := g.With(p.units, p.links)
	if err != nil {
		p.refuse("–", "Dữ liệu không khớp nhau: %s.", "The data does not hold together: %s.", err)
		return
	}
	for _, u := range p.units {
		if u.Province == "" {
			continue
		}
		if _, ok := next.UnitOn(u.Province, lastDay(u)); !ok {
			p.refuse(u.code(), "thuộc tỉnh mã %s, mã này không có hiệu lực cùng lúc.", "lies in province %s, a code not in force at the same time.", u.Province)
		}
	}
}
