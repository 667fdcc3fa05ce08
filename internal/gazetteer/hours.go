package gazetteer

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"citypost/internal/postal"
)

// Hours are the opening hours of an office in a week, written "Mo-Fr 07:30-11:30,13:00-17:00; Sa 07:30-11:30". A day not named is closed;
// an empty text means that the hours are not known. "24/7" is always open.
type Hours string

const always = "24/7"

var weekdays = []string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}

// Opening is one stretch of time on one day of the week, in minutes since midnight, end not included.
type Opening struct {
	Day      time.Weekday
	From, To int
}

var errHours = errors.New("opening hours are not well written")

// Week lists the openings from Monday on.
func (h Hours) Week() ([]Opening, error) {
	var list []Opening
	switch strings.TrimSpace(string(h)) {
	case "":
		return nil, nil
	case always:
		for d := range weekdays {
			list = append(list, Opening{weekday(d), 0, 24 * 60})
		}
		return list, nil
	}
	for rule := range strings.SplitSeq(string(h), ";") {
		openings, err := parseRule(strings.TrimSpace(rule))
		if err != nil {
			return nil, fmt.Errorf("%w: %q", err, rule)
		}
		list = append(list, openings...)
	}
	slices.SortFunc(list, func(a, b Opening) int { return (fromMonday(a.Day)-fromMonday(b.Day))*10000 + a.From - b.From })
	for i := 1; i < len(list); i++ {
		if list[i].Day == list[i-1].Day && list[i].From < list[i-1].To {
			return nil, fmt.Errorf("%w: %s overlaps", errHours, list[i].Day)
		}
	}
	return list, nil
}

// parseRule reads "Mo-Fr 07:30-11:30,13:00-17:00".
func parseRule(rule string) ([]Opening, error) {
	days, times, ok := strings.Cut(rule, " ")
	if !ok {
		return nil, errHours
	}
	var list []Opening
	for part := range strings.SplitSeq(days, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		a, b := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if a < 0 || b < a {
			return nil, errHours
		}
		for d := a; d <= b; d++ {
			for span := range strings.SplitSeq(times, ",") {
				from, to, err := parseSpan(strings.TrimSpace(span))
				if err != nil {
					return nil, err
				}
				list = append(list, Opening{weekday(d), from, to})
			}
		}
	}
	return list, nil
}

func parseSpan(s string) (from, to int, err error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, errHours
	}
	if from, err = clock(a); err != nil {
		return 0, 0, err
	}
	if to, err = clock(b); err != nil {
		return 0, 0, err
	}
	if to <= from {
		return 0, 0, errHours
	}
	return from, to, nil
}

// clock reads "07:30" as minutes since midnight; "24:00" is the end of the day.
func clock(s string) (int, error) {
	if len(s) != 5 || s[2] != ':' {
		return 0, errHours
	}
	h, err1 := strconv.Atoi(s[:2])
	m, err2 := strconv.Atoi(s[3:])
	if err1 != nil || err2 != nil || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, errHours
	}
	return h*60 + m, nil
}

func weekday(fromMonday int) time.Weekday { return time.Weekday((fromMonday + 1) % 7) }

func fromMonday(d time.Weekday) int { return (int(d) + 6) % 7 }

func (h Hours) check() error {
	_, err := h.Week()
	return err
}

// Known reports whether hours are recorded.
func (h Hours) Known() bool { return strings.TrimSpace(string(h)) != "" }

// OpenAt reports whether the office is open at that minute of that day of the week; false also when the hours are not known.
func (h Hours) OpenAt(day time.Weekday, minute int) bool {
	week, err := h.Week()
	return err == nil && slices.ContainsFunc(week, func(o Opening) bool { return o.Day == day && o.From <= minute && minute < o.To })
}

// In says the hours in words: "Thứ Hai–Thứ Sáu 7:30–11:30, 13:00–17:00; Thứ Bảy 7:30–11:30".
func (h Hours) In(lang string) string {
	switch {
	case !h.Known():
		return postal.In(lang, "chưa rõ giờ mở cửa", "opening hours not known")
	case strings.TrimSpace(string(h)) == always:
		return postal.In(lang, "mở cửa suốt ngày đêm, tất cả các ngày", "always open")
	}
	pairs := []string{"-0", "–", "-", "–", ",0", ", ", ",", ", ", " 0", " "} // 07:30 is read 7:30
	for i, d := range weekdays {
		pairs = append(pairs, d, dayName(i, lang))
	}
	return strings.NewReplacer(pairs...).Replace(strings.Join(strings.Fields(string(h)), " "))
}

func dayName(fromMonday int, lang string) string {
	vi := [...]string{"Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"}
	return postal.In(lang, vi[fromMonday], weekday(fromMonday).String())
}
