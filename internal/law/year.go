package law

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"citypost/internal/calendar"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// The years that a visitor may ask for; calendar refuses those that no rule covers.
const (
	firstYear = 1900
	lastYear  = 2199
)

// getYear shows the days off and the days worked instead of one year, and its months.
func (s *Service) getYear(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	number := int(f.MaybeInt("year", firstYear, lastYear))
	if number == 0 {
		number, _, _ = s.today().Date()
		if f.Err() == nil {
			f.Set("year", strconv.Itoa(number))
		}
	}
	days, err := s.Calendar.Days(postal.MakeDay(number, 1, 1), postal.MakeDay(number, 12, 31))
	if rest := f.Refuse(err); rest != nil {
		return rest
	}
	year := strconv.Itoa(number)
	v := s.page(r, "Lịch làm việc năm "+year, "Working days of "+year)
	return draw(w, r, f, yearPage(v, f, number, days))
}

// pause is a run of days off that is more than a weekend.
type pause struct {
	From, To postal.Day
	Parts    []part
	Verified bool
	Reasons  []rulebook.Words
}

// part is the days of a pause that are off for the same reason by the same rule.
type part struct {
	Name  rulebook.Words
	Days  int
	Basis rulebook.Citation
	rest  bool // weekly rest
}

// Length is how many days are off in a row.
func (p pause) Length() int { return p.To.DaysSince(p.From) + 1 }

// pauses gives the runs of days off of a year in which at least one day is off for another reason than weekly rest.
func pauses(days []calendar.DayInfo) []pause {
	var all []pause
	for i := 0; i < len(days); {
		if days[i].Worked() {
			i++
			continue
		}
		start, special := i, false
		for ; i < len(days) && !days[i].Worked(); i++ {
			special = special || days[i].Why != calendar.WhyWeekend
		}
		if special {
			all = append(all, pauseOf(days[start:i]))
		}
	}
	return all
}

func pauseOf(days []calendar.DayInfo) pause {
	p := pause{From: days[0].Day, To: days[len(days)-1].Day, Verified: true}
	for _, d := range days {
		p.Verified = p.Verified && d.Verified
		if !d.Verified && d.Basis != nil {
			p.doubt(d.Basis.Reason)
		}
		p.add(d)
	}
	return p
}

func (p *pause) doubt(reason rulebook.Words) {
	if !slices.Contains(p.Reasons, reason) {
		p.Reasons = append(p.Reasons, reason)
	}
}

func (p *pause) add(d calendar.DayInfo) {
	for i := range p.Parts {
		if p.Parts[i].Name == d.Name && (d.Basis == nil || p.Parts[i].Basis.RuleID == d.Basis.RuleID) {
			p.Parts[i].Days++
			return
		}
	}
	next := part{Name: d.Name, Days: 1, rest: d.Why == calendar.WhyWeekend}
	if d.Basis != nil {
		next.Basis = *d.Basis
	}
	p.Parts = append(p.Parts, next)
}

// title names a pause by its holidays.
func (v view) title(p pause) string {
	text := ""
	for _, one := range p.Parts {
		if !one.rest {
			if text != "" {
				text += ", "
			}
			text += v.say(one.Name)
		}
	}
	return capital(text)
}

// capital makes the first letter large.
func capital(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:n]) + text[n:]
}

// when says from when until when a pause lasts, with the days of the week.
func (v view) when(p pause) string {
	if p.From == p.To {
		return v.weekday(p.From) + " " + v.day(p.From)
	}
	return v.weekday(p.From) + " " + v.day(p.From) + " – " + v.weekday(p.To) + " " + v.day(p.To)
}

// parts says what a pause is made of: "Tết Âm lịch (5), nghỉ hằng tuần (4)".
func (v view) parts(p pause) string {
	var texts []string
	for _, one := range p.Parts {
		texts = append(texts, v.say(one.Name)+" ("+strconv.Itoa(one.Days)+")")
	}
	return strings.Join(texts, ", ")
}

// sources are the rules that a pause stands on, those of one article once.
func (v view) sources(p pause) []rulebook.Citation {
	var some []rulebook.Citation
	for _, one := range p.Parts {
		if one.rest || one.Basis.RuleID == "" || slices.ContainsFunc(some, func(c rulebook.Citation) bool { return v.cite(c) == v.cite(one.Basis) }) {
			continue
		}
		some = append(some, one.Basis)
	}
	return some
}

// instead gives the days of a year that are worked although they are days of rest.
func instead(days []calendar.DayInfo) []calendar.DayInfo {
	var some []calendar.DayInfo
	for _, d := range days {
		if d.Kind == calendar.WorkingInstead {
			some = append(some, d)
		}
	}
	return some
}

// worked counts the working days.
func worked(days []calendar.DayInfo) int {
	n := 0
	for _, d := range days {
		if d.Worked() {
			n++
		}
	}
	return n
}

// holidays counts the days off that are not weekly rest.
func holidays(days []calendar.DayInfo) int {
	n := 0
	for _, d := range days {
		if !d.Worked() && d.Why != calendar.WhyWeekend {
			n++
		}
	}
	return n
}

// month is one month laid out in weeks that begin on Monday; days of other months are nil.
type month struct {
	Number int
	Worked int
	Weeks  [][7]*calendar.DayInfo
}

// months lays a year out.
func months(days []calendar.DayInfo) []month {
	var all []month
	for i := range days {
		_, number, ofMonth := days[i].Day.Date()
		if ofMonth == 1 {
			all = append(all, month{Number: int(number)})
		}
		m := &all[len(all)-1]
		at := (int(days[i].Day.Weekday()) + 6) % 7
		if ofMonth == 1 || at == 0 {
			m.Weeks = append(m.Weeks, [7]*calendar.DayInfo{})
		}
		m.Weeks[len(m.Weeks)-1][at] = &days[i]
		if days[i].Worked() {
			m.Worked++
		}
	}
	return all
}

// monthName names a month.
func (v view) monthName(n int) string {
	return v.T("Tháng "+strconv.Itoa(n), time.Month(n).String())
}

// weekHeads are the short names of the days of the week with their full ones.
func (v view) weekHeads() [7][2]string {
	short := [7]string{"T2", "T3", "T4", "T5", "T6", "T7", "CN"}
	if v.Lang == "en" {
		short = [7]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}
	}
	var heads [7][2]string
	for i, code := range [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		heads[i] = [2]string{short[i], v.say(wordOf("", code))}
	}
	return heads
}

// dayClass is how a day looks in a month.
func dayClass(d *calendar.DayInfo) string {
	switch {
	case d == nil:
		return ""
	case d.Kind == calendar.WorkingInstead:
		return "month__instead"
	case d.Worked():
		return ""
	case d.Why == calendar.WhyWeekend:
		return "month__rest"
	}
	return "month__off"
}

// dayNote says what a day is to those who do not see its colour; nothing for working days and weekends.
func (v view) dayNote(d *calendar.DayInfo) string {
	if d.Worked() && d.Kind != calendar.WorkingInstead || d.Why == calendar.WhyWeekend {
		return ""
	}
	return v.say(d.Name)
}

// ofMonth is the number of a day in its month.
func ofMonth(d *calendar.DayInfo) string {
	_, _, n := d.Day.Date()
	return strconv.Itoa(n)
}

// years are the tabs around a year.
func years(path string, number int) []web.Tab {
	var tabs []web.Tab
	for y := max(number-2, firstYear); y <= min(number+2, lastYear); y++ {
		tabs = append(tabs, web.Tab{Label: strconv.Itoa(y), Path: path + "?year=" + strconv.Itoa(y), Current: y == number})
	}
	return tabs
}
