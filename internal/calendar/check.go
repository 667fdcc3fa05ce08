package calendar

import (
	"fmt"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Check gives what is wrong with the yearly decisions and swaps of a book: what the file format allows but no calendar can mean.
// `citypost rulebook check` runs it after the rulebook's own checks.
func Check(book *rulebook.Book) rulebook.Problems {
	c := checker{book: book, years: map[int]*year{}}
	for _, rule := range book.Rules(keySwaps) {
		for row := range rule.Value.Table().Len() {
			c.swap(rule.Value.Table(), row)
		}
	}
	for _, rule := range book.Rules(keyTet) {
		c.decision(rule, tet)
	}
	for _, rule := range book.Rules(keyNational) {
		c.decision(rule, national)
	}
	return c.problems
}

type checker struct {
	book     *rulebook.Book
	years    map[int]*year
	problems rulebook.Problems
}

func (c *checker) refuse(file string, line int, code, vi, en string, args ...any) {
	if len(args) > 0 {
		vi, en = fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)
	}
	c.problems = append(c.problems, rulebook.Problem{File: file, Line: line, Code: code, VI: vi, EN: en})
}

func (c *checker) mark(day postal.Day) *mark {
	number, _, _ := day.Date()
	if c.years[number] == nil {
		c.years[number] = makeUnswappedYear(c.book, number)
	}
	return c.years[number].mark(day)
}

// swap refuses a day without its pair, a day off that is off anyway, and a day to work that is worked anyway or a holiday.
func (c *checker) swap(t *rulebook.Table, row int) {
	off, worked := t.Cell(row, "off"), t.Cell(row, "worked")
	file, line := t.Place(row)
	if off.Empty() || worked.Empty() {
		alone := off
		if off.Empty() {
			alone = worked
		}
		c.refuse(file, line, "calendar.swap_alone", "Ngày hoán đổi %[1]s không có ngày đi cùng cặp: nghỉ một ngày thì phải ghi ngày làm bù, và ngược lại.",
			"The swapped day %[1]s lacks its pair: a day off needs the day worked instead, and the other way round.", alone)
		return
	}
	if m := c.mark(off.Day()); m == nil || m.kind != Working {
		c.refuse(file, line, "calendar.swap_off", "Ngày %[1]s vốn không phải ngày làm việc nên không thể hoán đổi để nghỉ.", "%[1]s is no working day, so it cannot be taken off by a swap.", off)
	}
	if m := c.mark(worked.Day()); m == nil || m.why != WhyWeekend {
		c.refuse(file, line, "calendar.swap_worked", "Ngày %[1]s không phải ngày nghỉ hằng tuần nên không thể làm bù.", "%[1]s is no day of weekly rest, so it cannot be worked instead.", worked)
	}
}

// decision refuses a year's decision with another number of days than the law gives, or without the day itself.
func (c *checker) decision(rule *rulebook.Rule, which holiday) {
	number, _, _ := rule.Written.From.Date()
	wanted, itself := c.lawOf(which, number)
	days := rule.Value.List()
	if int64(len(days)) != wanted {
		c.refuse(rule.File, rule.Line, "calendar.decision_count", "%[1]s năm %[2]d phải có %[3]d ngày nghỉ, ở đây ghi %[4]d.", "%[5]s of %[2]d has %[3]d days off, not %[4]d.",
			holidayNames[which].VI, number, wanted, len(days), holidayNames[which].EN)
		return
	}
	for i, day := range days {
		if i > 0 && day.Day() != days[i-1].Day().AddDays(1) {
			c.refuse(rule.File, rule.Line, "calendar.decision_run", "Các ngày nghỉ %[1]s năm %[2]d phải liền nhau, theo thứ tự.", "The days off of %[3]s %[2]d must follow each other.", holidayNames[which].VI, number, holidayNames[which].EN)
			return
		}
	}
	if itself.Before(days[0].Day()) || itself.After(days[len(days)-1].Day()) {
		c.refuse(rule.File, rule.Line, "calendar.decision_without", "Các ngày nghỉ %[1]s năm %[2]d phải có ngày %[3]s.", "The days off of %[4]s %[2]d must include %[3]s.", holidayNames[which].VI, number, itself, holidayNames[which].EN)
	}
}

// lawOf gives how many days the law of a year gives a holiday, and the day itself.
func (c *checker) lawOf(which holiday, number int) (count int64, itself postal.Day) {
	itself = postal.MakeDay(number, 9, 2)
	if which == tet {
		itself = LunarDay(number, 1, 1)
	}
	law, err := c.book.Rule(keyHolidays, itself)
	if err != nil {
		return 0, itself
	}
	table := law.Value.Table()
	for row := range table.Len() {
		if holidays[table.Cell(row, "id").String()] == which {
			return table.Cell(row, "days").Int(), itself
		}
	}
	return 0, itself
}
