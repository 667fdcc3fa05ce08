package calendar

import (
	"encoding/json"
	"sync/atomic"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// The years that can be asked about. Whether the rulebook knows them is another question.
const (
	firstYear = 1900
	lastYear  = 2199
)

// Calendar answers which days are worked and when periods end. It is safe for any number of goroutines: years are worked out when first asked
// for and never change.
type Calendar struct {
	book  *rulebook.Book
	years [lastYear - firstYear + 1]atomic.Pointer[year]
}

// New gives the calendar of a book of law.
func New(book *rulebook.Book) *Calendar { return &Calendar{book: book} }

// Book gives the law that the calendar stands on.
func (c *Calendar) Book() *rulebook.Book { return c.book }

// Kind is what sort of day a day is.
type Kind uint8

// The three kinds of day, and the days that no rule covers.
const (
	Unknown        Kind = iota // no rule says
	Working                    // ngày làm việc
	Off                        // ngày nghỉ
	WorkingInstead             // ngày nghỉ nhưng đi làm thay
)

var kindNames = [...]string{"unknown", "working", "off", "working-instead"}

func (k Kind) String() string { return kindNames[k] }

// Why says what makes a day what it is.
type Why uint8

// The reasons for a kind of day.
const (
	WhyNothing      Why = iota // an ordinary working day
	WhyWeekend                 // weekly rest
	WhyHoliday                 // public holiday
	WhyCompensation            // off because a holiday fell on weekly rest
	WhySwappedOff              // off, another day is worked instead
	WhySwappedOn               // worked instead of another day
)

// DayInfo is a day with what is known of it.
type DayInfo struct {
	Day      postal.Day
	Kind     Kind
	Why      Why
	Name     rulebook.Words     // "Tết Âm lịch"; empty for ordinary days
	Basis    *rulebook.Citation // nil for ordinary working days
	Verified bool
}

// Worked reports whether the day counts as a working day.
func (d DayInfo) Worked() bool { return d.Kind == Working || d.Kind == WorkingInstead }

// MarshalJSON writes a day for programs.
func (d DayInfo) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Day      postal.Day         `json:"day"`
		Kind     string             `json:"kind"`
		Name     rulebook.Words     `json:"name,omitzero"`
		Basis    *rulebook.Citation `json:"basis,omitempty"`
		Verified bool               `json:"verified"`
	}{d.Day, d.Kind.String(), d.Name, d.Basis, d.Verified})
}

// Day tells what a day is. A day that no rule covers is a fault.
func (c *Calendar) Day(day postal.Day) (DayInfo, error) {
	at, err := c.at(day)
	if err != nil {
		return DayInfo{}, err
	}
	return at.info(), nil
}

// Worked reports whether a day is a working day.
func (c *Calendar) Worked(day postal.Day) (bool, error) {
	at, err := c.at(day)
	return err == nil && at.worked(), err
}

// NextWorking gives the first working day after a day.
func (c *Calendar) NextWorking(day postal.Day) (postal.Day, error) { return c.AddWorkingDays(day, 1) }

// OrNextWorking gives the day itself when it is worked, else the first working day after it.
func (c *Calendar) OrNextWorking(day postal.Day) (postal.Day, error) {
	at, err := c.at(day)
	if err != nil || at.worked() {
		return day, err
	}
	return c.NextWorking(day)
}

// AddWorkingDays gives the n-th working day after a day; the day itself does not count. n is at least 0.
func (c *Calendar) AddWorkingDays(day postal.Day, n int) (postal.Day, error) {
	at, err := c.at(day)
	for ; err == nil && n > 0; n-- {
		if err = at.next(); err != nil {
			break
		}
		for err == nil && !at.worked() {
			err = at.next()
		}
	}
	if err != nil {
		return postal.Day{}, err
	}
	return at.day, nil
}

// WorkingDaysBetween counts the working days after one day up to and including another; 0 when the second is not later.
func (c *Calendar) WorkingDaysBetween(after, until postal.Day) (int, error) {
	n := 0
	at, err := c.at(after)
	for err == nil && at.day.Before(until) {
		if err = at.next(); err == nil && at.worked() {
			n++
		}
	}
	return n, err
}

// Days gives the days from one to another, both included, at most two years of them: for a month's page or a printed calendar.
func (c *Calendar) Days(from, to postal.Day) ([]DayInfo, error) {
	if to.DaysSince(from) > 2*366 {
		return nil, fault.New(fault.TooLarge, "calendar.range", "Mỗi lần xem được tối đa hai năm.", "At most two years may be asked for at once.")
	}
	var days []DayInfo
	at, err := c.at(from)
	for err == nil && !at.day.After(to) {
		days = append(days, at.info())
		err = at.next()
	}
	return days, err
}

// cursor walks over days without asking for the year of each.
type cursor struct {
	c    *Calendar
	year *year
	i    int
	day  postal.Day
}

// at gives a cursor on a day.
func (c *Calendar) at(day postal.Day) (cursor, error) {
	y, _, _ := day.Date()
	if y < firstYear || y > lastYear {
		return cursor{}, fault.New(fault.Invalid, "calendar.year", "Lịch chỉ trả lời cho các năm %[1]d–%[2]d.", "The calendar answers for the years %[1]d–%[2]d only.", firstYear, lastYear)
	}
	at := cursor{c: c, year: c.yearOf(y), day: day}
	at.i = day.DaysSince(at.year.first)
	return at, at.known()
}

// next moves to the following day.
func (at *cursor) next() error {
	at.day = at.day.AddDays(1)
	if at.i++; at.i < len(at.year.days) {
		return at.known()
	}
	moved, err := at.c.at(at.day)
	*at = moved
	return err
}

func (at *cursor) mark() *mark { return &at.year.days[at.i] }

func (at *cursor) worked() bool {
	kind := at.mark().kind
	return kind == Working || kind == WorkingInstead
}

func (at *cursor) known() error {
	if at.mark().kind != Unknown {
		return nil
	}
	return fault.New(fault.NotFound, "calendar.no_rule", "Không có quy định về ngày làm việc cho ngày %[1]s.", "There is no rule on working days for %[2]s.", at.day.VN(), at.day)
}

func (at *cursor) info() DayInfo {
	m := at.mark()
	info := DayInfo{Day: at.day, Kind: m.kind, Why: m.why, Name: m.name(), Verified: m.verified}
	if m.rule != nil {
		cite := m.rule.Cite()
		info.Basis = &cite
	}
	return info
}

// yearOf gives a year's days, working them out when nobody asked before. Two goroutines may do so at once: both find the same.
func (c *Calendar) yearOf(y int) *year {
	slot := &c.years[y-firstYear]
	if known := slot.Load(); known != nil {
		return known
	}
	slot.CompareAndSwap(nil, makeYear(c.book, y))
	return slot.Load()
}

// weekdays are the words of the week, by time.Weekday.
var weekdays = [...]rulebook.Words{
	{VI: "Chủ nhật", EN: "Sunday"}, {VI: "thứ Hai", EN: "Monday"}, {VI: "thứ Ba", EN: "Tuesday"}, {VI: "thứ Tư", EN: "Wednesday"},
	{VI: "thứ Năm", EN: "Thursday"}, {VI: "thứ Sáu", EN: "Friday"}, {VI: "thứ Bảy", EN: "Saturday"},
}

// weekdayCodes are the short names in rule files, by time.Weekday.
var weekdayCodes = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// moment gives a time of day on a day; 24:00 is the last second of the day.
func moment(day postal.Day, at rulebook.TimeOfDay) time.Time {
	if at >= rulebook.EndOfDay {
		return day.End()
	}
	return day.Start().Add(time.Duration(at) * time.Minute)
}
