package site

import (
	"fmt"
	"strings"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// opening tells whether an office is open at a moment, and when that changes.
type opening struct {
	Known, Open bool
	Always      bool
	Changes     time.Time // when it closes or opens next; zero when never
}

const minutesADay = 24 * 60

// openingAt looks at an office's hours a week ahead. Holidays are not in them.
func openingAt(h gazetteer.Hours, at time.Time) opening {
	week, err := h.Week()
	if err != nil || len(week) == 0 {
		return opening{}
	}
	at = at.In(postal.HoChiMinh)
	day := postal.DayOf(at)
	now := at.Hour()*60 + at.Minute()
	o := opening{Known: true, Open: h.OpenAt(at.Weekday(), now)}
	for n := range 8 {
		for _, span := range week {
			if span.Day != day.AddDays(n).Weekday() {
				continue
			}
			for _, minute := range []int{span.From, span.To} {
				moment := n*minutesADay + minute
				if moment <= now || openThen(h, day, moment) == o.Open {
					continue
				}
				o.Changes = day.Start().Add(time.Duration(moment) * time.Minute)
				return o
			}
		}
	}
	o.Always = o.Open
	return o
}

// openThen is whether the hours say open at a minute counted from the start of day.
func openThen(h gazetteer.Hours, day postal.Day, minute int) bool {
	return h.OpenAt(day.AddDays(minute/minutesADay).Weekday(), minute%minutesADay)
}

// say puts it in words: "Đang mở cửa, đến 17:30".
func (o opening) say(p web.Page, now time.Time) string {
	switch {
	case !o.Known:
		return p.T("Chưa rõ giờ mở cửa", "Opening hours not known")
	case o.Always:
		return p.T("Mở cửa suốt ngày đêm", "Open day and night")
	case o.Open:
		return p.T("Đang mở cửa, đến ", "Open now, until ") + when(p, o.Changes, now)
	case o.Changes.IsZero():
		return p.T("Đang đóng cửa", "Closed now")
	}
	return p.T("Đang đóng cửa, mở lại ", "Closed now, opens ") + when(p, o.Changes, now)
}

func (o opening) tone() web.Tone {
	switch {
	case o.Open:
		return web.Good
	case o.Known:
		return web.Ask
	}
	return web.Info
}

// when is a time of today, or with the day's name when it is another day.
func when(p web.Page, t, now time.Time) string {
	at := t.In(postal.HoChiMinh)
	clock := clock(at.Hour()*60 + at.Minute())
	day := postal.DayOf(t)
	switch day.DaysSince(postal.DayOf(now)) {
	case 0:
		return clock
	case 1:
		return p.T(clock+" ngày mai", "tomorrow at "+clock)
	}
	return p.T(clock+" "+lower(weekday("vi", day.Weekday()))+" "+day.VN()[:5], weekday("en", day.Weekday())+" at "+clock)
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// weekday names a day of the week.
func weekday(lang string, d time.Weekday) string {
	if lang == "en" {
		return d.String()
	}
	return [...]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}[d]
}

// dayHours are the hours of one day of the week, in words.
type dayHours struct {
	Day, Hours string
	Today      bool
}

// weekOf lists an office's week from Monday on; nil when the hours are not known.
func weekOf(p web.Page, h gazetteer.Hours, today time.Weekday) []dayHours {
	week, err := h.Week()
	if err != nil || len(week) == 0 {
		return nil
	}
	var list []dayHours
	for n := range 7 {
		day := time.Weekday((n + 1) % 7)
		var spans []string
		for _, o := range week {
			if o.Day == day {
				spans = append(spans, clock(o.From)+"–"+clock(o.To))
			}
		}
		said := strings.Join(spans, ", ")
		switch said {
		case "":
			said = p.T("nghỉ", "closed")
		case "0:00–24:00":
			said = p.T("cả ngày", "all day")
		}
		list = append(list, dayHours{weekday(p.Lang, day), said, day == today})
	}
	return list
}

// clock writes minutes after midnight: 7:30.
func clock(minute int) string {
	return fmt.Sprintf("%d:%02d", minute/60, minute%60)
}

// holiday names what makes today a day off beyond the weekend; "" on other days.
func (s *Service) holiday(lang string) string {
	if s.Calendar == nil {
		return ""
	}
	info, err := s.Calendar.Day(s.today())
	if err != nil || info.Kind != calendar.Off || info.Why == calendar.WhyWeekend {
		return ""
	}
	return info.Name.In(lang)
}
