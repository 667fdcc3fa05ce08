package calendar

import (
	"sort"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Duty is a report that is owed, with the last day on which it is in time.
type Duty struct {
	Report string            `json:"report"` // "dossiers": the name under report.due
	What   rulebook.Words    `json:"what"`
	Period string            `json:"period"` // "2020-q1", "2020-half-year", "2020-year"
	From   postal.Day        `json:"from"`   // first day of the period
	To     postal.Day        `json:"to"`     // last day of the period
	Due    postal.Day        `json:"due"`
	Basis  rulebook.Citation `json:"basis"`
}

// Duties gives the reports due from one day to another, both included, in the order of their days; at most five years of them.
// A report due “before 10 July” is in time on 9 July. Its date does not move over days off: the rules name a day, not a period.
func (c *Calendar) Duties(from, to postal.Day) ([]Duty, error) {
	if to.DaysSince(from) > 5*366 {
		return nil, fault.New(fault.TooLarge, "calendar.range", "Mỗi lần xem được tối đa năm năm.", "At most five years may be asked for at once.")
	}
	firstYear, _, _ := from.Date()
	lastYear, _, _ := to.Date()
	var duties []Duty
	for _, rule := range c.book.Under("report.due") {
		for year := firstYear - 1; year <= lastYear; year++ {
			for _, duty := range dutiesOf(rule, year) {
				if rule.Has(duty.Due) && !duty.Due.Before(from) && !duty.Due.After(to) {
					duties = append(duties, duty)
				}
			}
		}
	}
	sort.SliceStable(duties, func(i, j int) bool { return duties[i].Due.Before(duties[j].Due) })
	return duties, nil
}

// dutiesOf gives what one rule asks for about one year.
func dutiesOf(rule *rulebook.Rule, year int) []Duty {
	table := rule.Value.Table()
	duties := make([]Duty, table.Len())
	for row := range duties {
		period := table.Cell(row, "period").String()
		from, to := periodOf(period, year)
		before := table.Cell(row, "before").YearDay().In(year + int(table.Cell(row, "years_later").Int()))
		duties[row] = Duty{Report: strings.TrimPrefix(rule.Name, "report.due."), What: rule.Note, Period: strconv.Itoa(year) + "-" + period,
			From: from, To: to, Due: before.AddDays(-1), Basis: rule.Cite()}
	}
	return duties
}

func periodOf(period string, year int) (from, to postal.Day) {
	first, months := 1, 12
	switch period {
	case "q1", "q2", "q3", "q4":
		first, months = int(period[1]-'1')*3+1, 3
	case "half-year":
		months = 6
	}
	from = postal.MakeDay(year, 1, 1)
	if first > 1 {
		from = AddMonths(from, first-1)
	}
	return from, AddMonths(from, months).AddDays(-1)
}
