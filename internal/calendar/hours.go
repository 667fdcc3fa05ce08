package calendar

import (
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Desk is a kind of place with office hours of its own: a name under office.hours in the rulebook. A site may add desks by adding rules.
type Desk string

// The desks that the embedded rules know.
const (
	AgencyDesk Desk = "agency"
	PostDesk   Desk = "post"
	KT1Desk    Desk = "kt1"
)

// maxWalk bounds how far opening hours are looked for: no desk is closed for two months.
const maxWalk = 62

// Span is a run of time from one instant until just before another.
type Span struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Open gives the opening hours of a desk on a day, in order, and the rule that gives them; none when it is closed.
func (c *Calendar) Open(desk Desk, day postal.Day) ([]Span, rulebook.Citation, error) {
	rule, err := c.book.Rule("office.hours."+string(desk), day)
	if err != nil {
		return nil, rulebook.Citation{}, err
	}
	closed, err := c.closed(desk, day)
	if err != nil || closed {
		return nil, rule.Cite(), err
	}
	weekday := weekdayCodes[day.Weekday()]
	if worked, err := c.Day(day); err == nil && worked.Kind == WorkingInstead {
		weekday = weekdayCodes[time.Friday] // a swapped day is worked like the day it stands for
	}
	var open []Span
	table := rule.Value.Table()
	for row := range table.Len() {
		if table.Cell(row, "day").String() == weekday {
			open = append(open, Span{From: start(day, table.Cell(row, "opens").Time()), Until: start(day, table.Cell(row, "closes").Time())})
		}
	}
	return open, rule.Cite(), nil
}

// closed reports whether a holiday, a day in lieu or a swap closes the desk. Weekly rest does not: the hours of the weekday say so.
func (c *Calendar) closed(desk Desk, day postal.Day) (bool, error) {
	info, err := c.Day(day)
	if err != nil || info.Kind != Off || info.Why == WhyWeekend {
		return false, err
	}
	onHolidays, _, err := c.book.Bool("office.open_on_holidays."+string(desk), day)
	return !onHolidays, err
}

// start gives an instant on a day; 24:00 is the first instant of the next day.
func start(day postal.Day, at rulebook.TimeOfDay) time.Time {
	return day.Start().Add(time.Duration(at) * time.Minute)
}

// IsOpen reports whether a desk is open at an instant.
func (c *Calendar) IsOpen(desk Desk, at time.Time) (bool, error) {
	open, _, err := c.Open(desk, postal.DayOf(at))
	for _, span := range open {
		if !at.Before(span.From) && at.Before(span.Until) {
			return true, err
		}
	}
	return false, err
}

// NextOpen gives the instant itself when the desk is open, else the next opening.
func (c *Calendar) NextOpen(desk Desk, at time.Time) (time.Time, error) {
	for day, n := postal.DayOf(at), 0; n < maxWalk; day, n = day.AddDays(1), n+1 {
		open, _, err := c.Open(desk, day)
		if err != nil {
			return time.Time{}, err
		}
		for _, span := range open {
			if at.Before(span.From) {
				return span.From, nil
			}
			if at.Before(span.Until) {
				return at, nil
			}
		}
	}
	return time.Time{}, fault.New(fault.NotFound, "calendar.never_open", "Không tìm thấy giờ mở cửa trong %[1]d ngày tới.", "No opening hours were found in the next %[1]d days.", maxWalk)
}

// OpenTime gives how long a desk was open between two instants: working time.
func (c *Calendar) OpenTime(desk Desk, from, until time.Time) (time.Duration, error) {
	var total time.Duration
	for day := postal.DayOf(from); day.Start().Before(until); day = day.AddDays(1) {
		open, _, err := c.Open(desk, day)
		if err != nil {
			return 0, err
		}
		for _, span := range open {
			total += overlap(span, Span{From: from, Until: until})
		}
	}
	return total, nil
}

func overlap(a, b Span) time.Duration {
	from, until := a.From, a.Until
	if b.From.After(from) {
		from = b.From
	}
	if b.Until.Before(until) {
		until = b.Until
	}
	return max(0, until.Sub(from))
}

// MovesOn gives the working day on which a one-stop desk must pass on a dossier received at an instant: the same day, or the start of the
// next working day when it came after the cut-off or on a day off (Decree 61/2018, article 18).
func (c *Calendar) MovesOn(received time.Time) (postal.Day, rulebook.Citation, error) {
	day := postal.DayOf(received)
	cutoff, cite, err := c.book.Time("onestop.cutoff", day)
	if err != nil {
		return postal.Day{}, cite, err
	}
	worked, err := c.Worked(day)
	if err != nil || worked && !received.After(start(day, cutoff)) {
		return day, cite, err
	}
	next, err := c.NextWorking(day)
	return next, cite, err
}
