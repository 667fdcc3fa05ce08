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
)

// openRules reads the law with the site's folder laid over it. A house whose rules are wrong does not open: it would promise wrong days and prices.
func openRules(dir string) (*rulebook.Book, *calendar.Calendar, error) {
	book, err := rulebook.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	if problems := calendar.Check(book); len(problems) > 0 {
		first := problems[0]
		return nil, nil, fault.New(fault.Invalid, "rulebook.refused", "Lịch làm việc có %[1]d lỗi; lỗi đầu tiên ở %[2]s: %[3]s",
			"The calendar has %[1]d mistakes; the first is at %[2]s: %[4]s", len(problems), first.Place(), first.VI, first.EN).Because(problems)
	}
	return book, calendar.New(book), nil
}

// dueTimes tells the desk when an item is due, by the rules of its day of acceptance.
type dueTimes struct {
	calendar *calendar.Calendar
	places   interface{ Gazetteer() *gazetteer.Gazetteer }
}

// dueServices are the services of custody with the names that the rules have for them.
var dueServices = map[event.Service]calendar.Service{event.Registered: calendar.Registered}

// Due gives when the item must first have been tried. A service, a place or a case that no rule covers gives the zero Due.
func (d *dueTimes) Due(_ context.Context, s event.Service, from, to postal.UnitCode, accepted time.Time) (desk.Due, error) {
	service, ok := dueServices[s]
	if !ok {
		return desk.Due{}, nil
	}
	day := postal.DayOf(accepted)
	route, err := d.calendar.RouteBetween(service, d.place(from, day), d.place(to, day), day)
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

// place gives the province of a commune as it was on the day; unknown communes have none.
func (d *dueTimes) place(u postal.UnitCode, day postal.Day) calendar.Place {
	units := d.places.Gazetteer()
	unit, ok := units.UnitOn(u, day)
	if !ok {
		unit, ok = units.Latest(u)
	}
	if !ok {
		return calendar.Place{}
	}
	return calendar.Place{Province: string(unit.Province), District: string(unit.District)}
}

// noDue lets an item be accepted where the rules are silent; any other error stands.
func noDue(err error) error {
	if fault.Is(err, fault.NotFound) || fault.Code(err) == "calendar.place" {
		return nil
	}
	return err
}
