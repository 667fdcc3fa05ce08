package calendar

import (
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Unit is what a period is counted in.
type Unit string

// The units of periods.
const (
	Days        Unit = "days"
	WorkingDays Unit = "working_days"
	Weeks       Unit = "weeks"
	Months      Unit = "months"
	Years       Unit = "years"
)

// maxPeriod bounds a period: no rule of the post reaches further than a state secret's thirty years.
const maxPeriod = 100 * 366

var unitWords = map[string]rulebook.Words{
	string(Days): {VI: "ngày", EN: "days"}, string(WorkingDays): {VI: "ngày làm việc", EN: "working days"}, string(Weeks): {VI: "tuần", EN: "weeks"},
	string(Months): {VI: "tháng", EN: "months"}, string(Years): {VI: "năm", EN: "years"},
}

// Period gives the end of a period of n units that begins with an event on a day, by articles 147 and 148 of the Civil Code: the day of the event
// is not counted, the period ends at 24:00 of its last day, and a last day that is off moves to the next working day.
// The rule that fixes n may be given so that the answer names it.
func (c *Calendar) Period(event postal.Day, n int64, unit Unit, by *rulebook.Rule) (Answer, error) {
	if n < 1 || n > maxPeriod {
		return Answer{}, fault.New(fault.Invalid, "calendar.period", "Thời hạn phải từ 1 đến %[1]d.", "A period is 1 to %[1]d.", maxPeriod)
	}
	w := &work{c: c, accepted: event.Start()}
	if by != nil {
		w.cite(by)
	}
	if err := w.citeKeys(event, keyFirstDay); err != nil {
		return Answer{}, err
	}
	w.step(Step{kind: stepEvent, Day: event})
	if unit == WorkingDays {
		return w.workingPeriod(event, int(n))
	}
	last, err := lastDay(event, int(n), unit)
	if err != nil {
		return Answer{}, err
	}
	w.step(Step{kind: stepLast, Day: last, n: int(n), unit: string(unit)})
	return w.roll(last)
}

func (w *work) workingPeriod(event postal.Day, n int) (Answer, error) {
	at, err := w.c.at(event)
	for counted := 0; err == nil && counted < n; {
		if err = at.next(); err == nil && w.pass(&at, counted+1, false) {
			counted++
		}
	}
	if err != nil {
		return Answer{}, err
	}
	return w.end(at.day)
}

// roll moves the last day over days off, where the law of that day says so.
func (w *work) roll(last postal.Day) (Answer, error) {
	rolls, err := w.c.book.Rule(keyRolls, last)
	if err != nil {
		return Answer{}, err
	}
	at, err := w.c.at(last)
	for err == nil && rolls.Value.Bool() && !at.worked() {
		w.cite(rolls)
		w.cite(at.mark().rule)
		w.step(Step{kind: stepRolled, Day: at.day, mark: at.mark()})
		err = at.next()
	}
	if err != nil {
		return Answer{}, err
	}
	return w.end(at.day)
}

func (w *work) end(day postal.Day) (Answer, error) {
	ends, err := w.c.book.Rule(keyEndsAt, day)
	if err != nil {
		return Answer{}, err
	}
	w.cite(ends)
	return w.answer(moment(day, ends.Value.Time())), nil
}

// lastDay gives the last day of a period before it moves over days off. A month ends on the day of the same number, or on its last day.
func lastDay(event postal.Day, n int, unit Unit) (postal.Day, error) {
	switch unit {
	case Days:
		return event.AddDays(n), nil
	case Weeks:
		return event.AddDays(7 * n), nil
	case Months:
		return AddMonths(event, n), nil
	case Years:
		return AddMonths(event, 12*n), nil
	}
	return postal.Day{}, fault.New(fault.Invalid, "calendar.unit", "Không có đơn vị thời hạn %[1]q.", "There is no unit of periods %[1]q.", unit)
}

// AddMonths gives the day of the same number n months later, or the last day of that month when it has none (Civil Code, article 148.3).
func AddMonths(day postal.Day, n int) postal.Day {
	y, m, d := day.Date()
	there := postal.MakeDay(y, m+time.Month(n), d)
	if _, _, got := there.Date(); got != d {
		return postal.MakeDay(y, m+time.Month(n)+1, 0)
	}
	return there
}
