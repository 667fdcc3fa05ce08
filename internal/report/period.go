package report

import (
	"strconv"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Period is the time of a report: a quarter, a half-year or a year, written as the calendar of duties does ("2026-q4", "2026-half-year", "2026-year").
type Period struct {
	Year int
	Kind string
}

// kinds of periods with their first month and how many months they have. The half-year is the first of the year: the second is in the year's report.
var kinds = map[string][2]int{"q1": {1, 3}, "q2": {4, 3}, "q3": {7, 3}, "q4": {10, 3}, "half-year": {1, 6}, "year": {1, 12}}

var kindOrder = []string{"q1", "q2", "half-year", "q3", "q4", "year"}

// Years that a report may be about: the service began in 2016.
const firstYear, lastYear = 2016, 2100

// ParsePeriod reads a period.
func ParsePeriod(s string) (Period, error) {
	year, kind, _ := strings.Cut(s, "-")
	n, err := strconv.Atoi(year)
	if _, known := kinds[kind]; err != nil || !known || n < firstYear || n > lastYear {
		return Period{}, fault.New(fault.Invalid, "report.period", "Kỳ báo cáo viết dạng 2026-q1, 2026-half-year hoặc 2026-year.", "A period is written 2026-q1, 2026-half-year or 2026-year.").At("period")
	}
	return Period{n, kind}, nil
}

// PeriodOf is the quarter of a day.
func PeriodOf(day postal.Day) Period {
	year, month, _ := day.Date()
	return Period{year, "q" + strconv.Itoa((int(month)+2)/3)}
}

func (p Period) String() string { return strconv.Itoa(p.Year) + "-" + p.Kind }

// Days are the first and the last day.
func (p Period) Days() (first, last postal.Day) {
	from, months := kinds[p.Kind][0], kinds[p.Kind][1]
	first = postal.MakeDay(p.Year, time.Month(from), 1)
	end := from + months
	if end > 12 {
		return first, postal.MakeDay(p.Year, 12, 31)
	}
	return first, postal.MakeDay(p.Year, time.Month(end), 1).AddDays(-1)
}

// bounds are the first millisecond of the period and the first after it.
func (p Period) bounds() (from, until int64) {
	first, last := p.Days()
	return postal.Millis(first.Start()), postal.Millis(last.AddDays(1).Start())
}

// Words name the period.
func (p Period) Words() (vi, en string) {
	year := strconv.Itoa(p.Year)
	switch p.Kind {
	case "half-year":
		return "6 tháng đầu năm " + year, "First half of " + year
	case "year":
		return "Năm " + year, "The year " + year
	}
	n := p.Kind[1:]
	return "Quý " + map[string]string{"1": "I", "2": "II", "3": "III", "4": "IV"}[n] + " năm " + year, "Quarter " + n + " of " + year
}
