package law

import (
	"net/http"
	"strconv"
	"strings"

	"citypost/internal/calendar"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// duty is a report that is owed, as its line shows it.
type duty struct {
	calendar.Duty
	Past  bool
	Left  int        // days from today until it is due
	Early postal.Day // the last working day before, when it is due on a day off; else the zero Day
}

// getDuties shows which reports are due in the coming twelve months, or in one year, and how long it is until then.
func (s *Service) getDuties(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	number := int(f.MaybeInt("year", firstYear, lastYear))
	from, to := s.today(), calendar.AddMonths(s.today(), 12)
	v := s.page(r, "Báo cáo sắp đến hạn", "Reports soon due")
	if number != 0 {
		from, to = postal.MakeDay(number, 1, 1), postal.MakeDay(number, 12, 31)
		v.Title = v.T("Hạn báo cáo năm ", "Report dates of ") + strconv.Itoa(number)
	}
	owed, err := s.Calendar.Duties(from, to)
	if err != nil {
		return err
	}
	lines := make([]duty, len(owed))
	for i, d := range owed {
		lines[i] = duty{Duty: d, Past: d.Due.Before(s.today()), Left: d.Due.DaysSince(s.today()), Early: s.workingDayBefore(d.Due)}
	}
	return draw(w, r, f, dutiesPage(v, f, v.dutyTabs(number), lines))
}

// dutyTabs lead to the coming months and to the years around.
func (v view) dutyTabs(number int) []web.Tab {
	around := number
	if number == 0 {
		around, _, _ = v.s.today().Date()
	}
	tabs := []web.Tab{{Label: v.T("Sắp tới", "To come"), Path: dutiesPath, Current: number == 0}}
	for _, t := range years(dutiesPath, around) {
		t.Current = t.Current && number != 0
		tabs = append(tabs, t)
	}
	return tabs
}

// longestPause bounds the search for a working day: no run of days off is longer.
const longestPause = 30

// workingDayBefore gives the last working day before a day off, the zero Day when the day itself is worked or nothing is known of it.
func (s *Service) workingDayBefore(day postal.Day) postal.Day {
	for i := range longestPause {
		worked, err := s.Calendar.Worked(day.AddDays(-i))
		if err != nil {
			return postal.Day{}
		}
		if worked && i > 0 {
			return day.AddDays(-i)
		}
		if worked {
			return postal.Day{}
		}
	}
	return postal.Day{}
}

// period names the period of a report: "quý III năm 2026".
func (v view) period(d duty) string {
	year, kind, _ := strings.Cut(d.Period, "-")
	switch kind {
	case "year":
		return v.T("năm ", "the year ") + year
	case "half-year":
		return v.T("6 tháng đầu năm ", "first half of ") + year
	}
	return v.say(wordOf("", kind)) + v.T(" năm ", " of ") + year
}

// left says how long it is until a report is due.
func (v view) left(d duty) (string, web.Tone) {
	switch {
	case d.Past:
		return v.T("đã qua", "past"), web.Info
	case d.Left == 0:
		return v.T("hôm nay", "today"), web.Bad
	case d.Left <= soon:
		return v.T("còn ", "in ") + v.count(int64(d.Left), "ngày", "day"), web.Ask
	}
	return v.T("còn ", "in ") + v.count(int64(d.Left), "ngày", "day"), web.Good
}

// soon is how many days ahead a report begins to press: two weeks to gather figures and have them signed.
const soon = 14
