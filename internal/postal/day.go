package postal

import (
	"strconv"
	"strings"
	"time"

	"citypost/internal/fault"
)

// HoChiMinh is the legal time of Viet Nam, UTC+7 without summer time (in the whole country since 13 June 1975). It is a fixed zone on purpose: a
// machine without a time zone database must show the same hours.
var HoChiMinh = time.FixedZone("Asia/Ho_Chi_Minh", zoneOffset)

// Day is a civil day in Viet Nam. Days compare with == and may be keys of maps. The zero Day is no day at all: it is before every other,
// is written as an empty text and stays zero under AddDays.
type Day struct {
	n int32 // days since 31 December of the year 0, so that 1 is 0001-01-01
}

const (
	zoneOffset    = 7 * 60 * 60
	secondsPerDay = 24 * 60 * 60

	firstDay = 1         // 0001-01-01
	unixDay  = 719_163   // 1970-01-01
	finalDay = 3_652_059 // 9999-12-31, the last one with a year of four digits
)

// DayOf gives the civil day in Viet Nam on which the moment t falls; no moment (the zero time) has no day.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return Day{}
	}
	sec := t.Unix() + zoneOffset
	n := sec / secondsPerDay
	if sec%secondsPerDay < 0 {
		n--
	}
	return clampDay(n + unixDay)
}

// MakeDay gives a day from its parts; like time.Date it carries what is over, so that 30 February is 1 or 2 March.
func MakeDay(year int, month time.Month, day int) Day {
	return clampDay(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay + unixDay)
}

// ParseDay reads a day as browsers and files write it, 2020-04-24, or as people do, 24/04/2020 (also 24-4-2020 and 24.4.2020).
func ParseDay(s string) (Day, error) {
	y, m, d, ok := splitDay(strings.TrimSpace(s))
	if !ok {
		return Day{}, fault.New(fault.Invalid, "postal.day.format",
			"Hãy ghi ngày theo mẫu ngày/tháng/năm, ví dụ 24/04/2020.", "Write the day as day/month/year, for example 24/04/2020.")
	}
	day := MakeDay(y, time.Month(m), d)
	if gy, gm, gd := day.Date(); gy != y || int(gm) != m || gd != d {
		return Day{}, fault.New(fault.Invalid, "postal.day.none",
			"Không có ngày %02d/%02d/%04d trong lịch.", "There is no day %02d/%02d/%04d in the calendar.", d, m, y)
	}
	return day, nil
}

// IsZero reports whether d is no day at all.
func (d Day) IsZero() bool { return d.n == 0 }

// Date gives the year, the month and the day of the month; all zero for the zero Day.
func (d Day) Date() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return d.utc().Date()
}

// String writes the day as ISO 8601 has it, 2020-04-24; the zero Day is empty.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// VN writes the day as people in Viet Nam do, 24/04/2020; the zero Day is empty.
func (d Day) VN() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format("02/01/2006")
}

// AddDays gives the day n days later, or earlier when n is negative. It stops at the first day of year 1 and the last of year 9999.
func (d Day) AddDays(n int) Day {
	if d.IsZero() {
		return d
	}
	n = max(-finalDay, min(n, finalDay))
	return clampDay(int64(d.n) + int64(n))
}

// DaysSince gives the number of days from e to d, negative when d is earlier.
func (d Day) DaysSince(e Day) int { return int(d.n) - int(e.n) }

// Weekday gives the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday(d.n % 7) }

// Start is the first moment of the day, 00:00:00 in Viet Nam; the zero Day has the zero time.
func (d Day) Start() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Unix((int64(d.n)-unixDay)*secondsPerDay-zoneOffset, 0).In(HoChiMinh)
}

// End is the last second of the day, 23:59:59 in Viet Nam; the zero Day has the zero time.
func (d Day) End() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.Start().Add((secondsPerDay - 1) * time.Second)
}

// Before reports whether d comes before e.
func (d Day) Before(e Day) bool { return d.n < e.n }

// After reports whether d comes after e.
func (d Day) After(e Day) bool { return d.n > e.n }

// Compare gives -1, 0 or +1, for slices.SortFunc.
func (d Day) Compare(e Day) int {
	switch {
	case d.n < e.n:
		return -1
	case d.n > e.n:
		return 1
	}
	return 0
}

// MarshalText writes the day as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDay reads; an empty text is the zero Day.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Day{}
		return nil
	}
	day, err := ParseDay(string(b))
	if err != nil {
		return err
	}
	*d = day
	return nil
}

// Millis is the moment t as the database and the ledger keep it: milliseconds since 1970 in UTC.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// FromMillis gives the moment back, on the clock of Viet Nam.
func FromMillis(ms int64) time.Time { return time.UnixMilli(ms).In(HoChiMinh) }

func (d Day) utc() time.Time { return time.Unix((int64(d.n)-unixDay)*secondsPerDay, 0).UTC() }

func clampDay(n int64) Day { return Day{int32(max(firstDay, min(n, finalDay)))} }

// splitDay takes the parts out of yyyy-mm-dd, or of d/m/yyyy with one and the same separator.
func splitDay(s string) (y, m, d int, ok bool) {
	at := strings.IndexAny(s, "/.-")
	if at < 0 {
		return 0, 0, 0, false
	}
	parts := strings.Split(s, s[at:at+1])
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	if at == 4 && s[at] == '-' {
		y, okY := number(parts[0], 4, 4)
		m, okM := number(parts[1], 2, 2)
		d, okD := number(parts[2], 2, 2)
		return y, m, d, okY && okM && okD
	}
	d, okD := number(parts[0], 1, 2)
	m, okM := number(parts[1], 1, 2)
	y, okY := number(parts[2], 4, 4)
	return y, m, d, okD && okM && okY
}

// number reads an unsigned number of low to high digits.
func number(s string, low, high int) (int, bool) {
	if len(s) < low || len(s) > high || !allDigits(s, len(s)) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
