package calendar

import (
	"time"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// The keys of the rulebook that make days.
const (
	keyWeeklyRest    = "calendar.weekly_rest"
	keyHolidays      = "calendar.holidays"
	keyCompensation  = "calendar.compensation"
	keyTet           = "calendar.tet"
	keyTetBefore     = "calendar.tet.before"
	keyNational      = "calendar.national"
	keyNationalExtra = "calendar.national.extra"
	keySwaps         = "calendar.swaps"
)

// mark is what is known of one day.
type mark struct {
	kind     Kind
	why      Why
	holiday  holiday
	verified bool
	rule     *rulebook.Rule
}

// year is the days of one year. It never changes once made.
type year struct {
	number int
	first  postal.Day
	days   []mark
}

// holiday says which public holiday a day is.
type holiday uint8

const (
	noHoliday holiday = iota
	newYear
	tet
	hungKings
	victory
	labour
	national
)

var holidays = map[string]holiday{"new-year": newYear, "tet": tet, "hung-kings": hungKings, "victory": victory, "labour": labour, "national": national}

var holidayNames = [...]rulebook.Words{
	{},
	{VI: "Tết Dương lịch", EN: "New Year's Day"},
	{VI: "Tết Âm lịch", EN: "Lunar New Year"},
	{VI: "Giỗ Tổ Hùng Vương", EN: "Hùng Kings' Day"},
	{VI: "Ngày Chiến thắng", EN: "Victory Day"},
	{VI: "Ngày Quốc tế lao động", EN: "Labour Day"},
	{VI: "Quốc khánh", EN: "National Day"},
}

// name says in words why a day is off, or worked instead.
func (m *mark) name() rulebook.Words {
	switch m.why {
	case WhyWeekend:
		return rulebook.Words{VI: "nghỉ hằng tuần", EN: "weekly rest"}
	case WhyHoliday:
		return holidayNames[m.holiday]
	case WhyCompensation:
		h := holidayNames[m.holiday]
		return rulebook.Words{VI: "nghỉ bù " + h.VI, EN: "day off in lieu of " + h.EN}
	case WhySwappedOff:
		return rulebook.Words{VI: "nghỉ hoán đổi", EN: "day off by a swap"}
	case WhySwappedOn:
		return rulebook.Words{VI: "làm bù ngày hoán đổi", EN: "worked instead, by a swap"}
	}
	return rulebook.Words{}
}

// makeYear works out the days of a year: weekly rest, then holidays, then the days off in lieu, then swaps.
func makeYear(book *rulebook.Book, number int) *year {
	y := makeUnswappedYear(book, number)
	y.swap(book)
	return y
}

// makeUnswappedYear is makeYear without the swaps, which are checked against it.
func makeUnswappedYear(book *rulebook.Book, number int) *year {
	y := &year{number: number, first: postal.MakeDay(number, time.January, 1)}
	y.days = make([]mark, postal.MakeDay(number+1, time.January, 1).DaysSince(y.first))
	y.rest(book)
	y.markHolidays(book)
	y.compensate(book)
	return y
}

// mark gives a day of the year, nil for a day of another year.
func (y *year) mark(day postal.Day) *mark {
	i := day.DaysSince(y.first)
	if i < 0 || i >= len(y.days) {
		return nil
	}
	return &y.days[i]
}

// rest marks weekly rest and ordinary working days; days without a rule on holidays and weekly rest stay unknown.
func (y *year) rest(book *rulebook.Book) {
	for i := range y.days {
		day := y.first.AddDays(i)
		rule, resting := rests(book, day)
		if _, err := book.Rule(keyHolidays, day); rule == nil || err != nil {
			continue
		}
		y.days[i] = mark{kind: Working, verified: true}
		if resting {
			y.days[i] = mark{kind: Off, why: WhyWeekend, verified: rule.Verified, rule: rule}
		}
	}
}

func (y *year) markHolidays(book *rulebook.Book) {
	for _, rule := range book.Rules(keyHolidays) {
		table := rule.Value.Table()
		for row := range table.Len() {
			y.markHoliday(book, rule, row)
		}
	}
}

// markHoliday marks one row of the law's table in this year, by the year's decision where the law leaves the days to one.
func (y *year) markHoliday(book *rulebook.Book, law *rulebook.Rule, row int) {
	table := law.Value.Table()
	which := holidays[table.Cell(row, "id").String()]
	month, dayOfMonth, count := int(table.Cell(row, "month").Int()), int(table.Cell(row, "day").Int()), int(table.Cell(row, "days").Int())
	day := postal.MakeDay(y.number, time.Month(month), dayOfMonth)
	if table.Cell(row, "calendar").String() == "lunar" {
		day = LunarDay(y.number, month, dayOfMonth)
	}
	if !law.Has(day) {
		return
	}
	switch {
	case table.Cell(row, "chosen").String() == "fixed":
		y.markRun(day, count, which, law)
	case y.decided(book, which, day):
	case which == tet:
		y.proposeTet(book, day, count)
	default:
		y.proposeNational(book, day)
	}
}

func (y *year) markRun(first postal.Day, count int, which holiday, rule *rulebook.Rule) {
	for i := range count {
		y.markDay(first.AddDays(i), which, rule)
	}
}

func (y *year) markDay(day postal.Day, which holiday, rule *rulebook.Rule) {
	if m := y.mark(day); m != nil {
		*m = mark{kind: Off, why: WhyHoliday, holiday: which, verified: rule.Verified, rule: rule}
	}
}

// decided marks the days of the year's decision, when it is known.
func (y *year) decided(book *rulebook.Book, which holiday, day postal.Day) bool {
	key := keyTet
	if which == national {
		key = keyNational
	}
	decision, err := book.Rule(key, day)
	if err != nil {
		return false
	}
	for _, off := range decision.Value.List() {
		y.markDay(off.Day(), which, decision)
	}
	return true
}

// proposeTet marks the days that the post's own setting proposes while the year's decision is not known. The days around them are doubtful too.
func (y *year) proposeTet(book *rulebook.Book, newYearsDay postal.Day, count int) {
	setting, err := book.Rule(keyTetBefore, newYearsDay)
	if err != nil {
		return
	}
	before := int(setting.Value.Int())
	y.doubt(newYearsDay.AddDays(-2), newYearsDay.AddDays(count+1), setting)
	y.markRun(newYearsDay.AddDays(-before), count, tet, setting)
}

// proposeNational marks 2 September and the day next to it that the setting proposes.
func (y *year) proposeNational(book *rulebook.Book, day postal.Day) {
	setting, err := book.Rule(keyNationalExtra, day)
	if err != nil {
		return
	}
	first := day
	switch setting.Value.String() {
	case "before":
		first = day.AddDays(-1)
	case "longest":
		if y.runWith(day.AddDays(-1)) >= y.runWith(day) {
			first = day.AddDays(-1)
		}
	}
	y.doubt(day.AddDays(-1), day.AddDays(1), setting)
	y.markRun(first, 2, national, setting)
}

// runWith gives how many days off in a row two holidays from first would make, with those in lieu.
func (y *year) runWith(first postal.Day) int {
	run, lieu := 2, 0
	for i := range 2 {
		if y.isRest(first.AddDays(i)) {
			lieu++
		}
	}
	for day := first.AddDays(-1); y.isRest(day); day = day.AddDays(-1) {
		run++
	}
	for day := first.AddDays(2); y.isRest(day) || lieu > 0; day = day.AddDays(1) {
		if !y.isRest(day) {
			lieu--
		}
		run++
	}
	return run
}

func (y *year) isRest(day postal.Day) bool {
	m := y.mark(day)
	return m != nil && m.why == WhyWeekend
}

// doubt marks working days as unverified: the decision, once known, may take them.
func (y *year) doubt(from, to postal.Day, setting *rulebook.Rule) {
	for day := from; !day.After(to); day = day.AddDays(1) {
		if m := y.mark(day); m != nil && m.kind == Working {
			m.verified, m.rule = setting.Verified, setting
		}
	}
}

// compensate gives the working day after a holiday that fell on weekly rest (Labour Code 2019, article 111.3).
func (y *year) compensate(book *rulebook.Book) {
	for i := range y.days {
		m, day := y.days[i], y.first.AddDays(i)
		if m.why != WhyHoliday {
			continue
		}
		if _, resting := rests(book, day); !resting {
			continue
		}
		rule, err := book.Rule(keyCompensation, day)
		if err != nil || !rule.Value.Bool() {
			continue
		}
		if next := y.nextWorking(i); next != nil {
			*next = mark{kind: Off, why: WhyCompensation, holiday: m.holiday, verified: rule.Verified && m.verified, rule: rule}
			if !m.verified {
				next.rule = m.rule
			}
		}
	}
}

// rests reports whether a day's weekday is one of weekly rest, and by which rule.
func rests(book *rulebook.Book, day postal.Day) (*rulebook.Rule, bool) {
	rule, err := book.Rule(keyWeeklyRest, day)
	if err != nil {
		return nil, false
	}
	for _, weekday := range rule.Value.List() {
		if weekday.String() == weekdayCodes[day.Weekday()] {
			return rule, true
		}
	}
	return rule, false
}

func (y *year) nextWorking(i int) *mark {
	for i++; i < len(y.days); i++ {
		if y.days[i].kind == Working {
			return &y.days[i]
		}
	}
	return nil
}

// swap applies the pairs of swapped days. A pair may reach over the end of a year, so the pairs of all rules are looked at.
func (y *year) swap(book *rulebook.Book) {
	for _, rule := range book.Rules(keySwaps) {
		table := rule.Value.Table()
		for row := range table.Len() {
			if m := y.mark(table.Cell(row, "off").Day()); m != nil && m.kind == Working {
				*m = mark{kind: Off, why: WhySwappedOff, verified: rule.Verified, rule: rule}
			}
			if m := y.mark(table.Cell(row, "worked").Day()); m != nil && m.why == WhyWeekend {
				*m = mark{kind: WorkingInstead, why: WhySwappedOn, verified: rule.Verified, rule: rule}
			}
		}
	}
}
