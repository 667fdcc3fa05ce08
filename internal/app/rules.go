package app

import (
	"context"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/tariff"
)

// openRules reads the law with the site's folder laid over it. A house whose rules are wrong does not open: it would promise wrong days and prices.
func (h *floor) openRules() error {
	layers := []rulebook.Layer{rulebook.EmbeddedLayer()}
	if h.MadeUp {
		layers = append(layers, tariff.MadeUpLayer())
	}
	if h.Rules != "" {
		layers = append(layers, rulebook.SiteLayer(h.Rules))
	}
	book, err := rulebook.Load(layers...)
	if err != nil {
		return err
	}
	if problems := calendar.Check(book); len(problems) > 0 {
		first := problems[0]
		return fault.New(fault.Invalid, "rulebook.refused", "Lịch làm việc có %[1]d lỗi; lỗi đầu tiên ở %[2]s: %[3]s",
			"The calendar has %[1]d mistakes; the first is at %[2]s: %[4]s", len(problems), first.Place(), first.VI, first.EN).Because(problems)
	}
	h.Book, h.Calendar = book, calendar.New(book)
	h.Tariff, err = tariff.Compile(book, h.Province)
	return err
}

// provinceName names a province as it was on a day, for the pages of the law.
func (h *floor) provinceName(code string, day postal.Day) string {
	units := h.Places.Gazetteer()
	if u, ok := units.UnitOn(postal.UnitCode(code), day); ok {
		return u.Name
	}
	u, _ := units.Latest(postal.UnitCode(code))
	return u.Name
}

// routes finds how far an item goes.
type routes struct {
	calendar *calendar.Calendar
	places   interface{ Gazetteer() *gazetteer.Gazetteer }
}

func (h *floor) routes() routes { return routes{calendar: h.Calendar, places: h.Places} }

// between gives the route of a service between two communes by the rules of a day.
func (r routes) between(s calendar.Service, from, to postal.UnitCode, day postal.Day) (calendar.Route, error) {
	return r.calendar.RouteBetween(s, r.place(from, day), r.place(to, day), day)
}

// place gives the province of a commune, or of an address known only by its province, as it was on the day; an unknown unit has none.
func (r routes) place(u postal.UnitCode, day postal.Day) calendar.Place {
	units := r.places.Gazetteer()
	unit, ok := units.UnitOn(u, day)
	if !ok {
		unit, ok = units.Latest(u)
	}
	if !ok {
		return calendar.Place{}
	}
	if unit.Level() == gazetteer.LevelProvince {
		return calendar.Place{Province: string(unit.Code)}
	}
	return calendar.Place{Province: string(unit.Province), District: string(r.district(unit))}
}

// district is the zone that dossiers are counted and priced by: the district, and since there are none the old one from which most of the commune came. A commune that spans two
// takes the larger part's: the rule that no law has yet is marked unverified wherever it counts.
func (r routes) district(u gazetteer.Unit) postal.UnitCode {
	if u.District != "" {
		return u.District
	}
	old, err := r.places.Gazetteer().OldDistricts(u.Code, u.ValidFrom)
	if err != nil || len(old) == 0 {
		return ""
	}
	return old[0].Unit.Code
}

// dueTimes tells the desk when an item is due, by the rules of its day of acceptance.
type dueTimes struct{ routes }

// dueServices are the services of custody with the names that the rules have for them.
var dueServices = map[event.Service]calendar.Service{event.Registered: calendar.Registered}

// Due gives when the item must first have been tried. A service, a place or a case that no rule covers gives the zero Due.
func (d *dueTimes) Due(_ context.Context, s event.Service, from, to postal.UnitCode, accepted time.Time) (desk.Due, error) {
	service, ok := dueServices[s]
	if !ok {
		return desk.Due{}, nil
	}
	day := postal.DayOf(accepted)
	route, err := d.between(service, from, to, day)
	if err != nil {
		return desk.Due{}, noDue(err)
	}
	answer, err := d.calendar.Deadline(calendar.Question{Service: service, Route: route, Accepted: accepted})
	if err != nil {
		return desk.Due{}, noDue(err)
	}
	by := answer.Basis[0] // the rule of the journey time; the others only say how days are counted
	return desk.Due{At: answer.Due, Rule: by.RuleID, Basis: by.In("vi"), Verified: answer.Verified}, nil
}

// noDue lets an item be accepted where the rules are silent; any other error stands.
func noDue(err error) error {
	if fault.Is(err, fault.NotFound) || fault.Code(err) == "calendar.place" {
		return nil
	}
	return err
}
