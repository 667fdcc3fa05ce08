package postal_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// anyDay draws a day that has a day before it and one after it.
func anyDay(t *rapid.T, label string) postal.Day {
	return postal.MakeDay(1, time.January, 1).AddDays(rapid.IntRange(1, 3_652_057).Draw(t, label))
}

// A deadline that jumps by a day at five in the afternoon would be a deadline missed: the day turns at midnight in Viet Nam, not in London.
func TestDayTurnsAtMidnightInVietNam(t *testing.T) {
	for at, want := range map[string]string{
		"2020-04-23T16:59:59Z":      "2020-04-23",
		"2020-04-23T17:00:00Z":      "2020-04-24",
		"2020-04-24T23:59:59+07:00": "2020-04-24",
		"2020-04-24T00:00:00+07:00": "2020-04-24",
		"1969-12-31T16:59:59Z":      "1969-12-31",
		"1969-12-31T17:00:00Z":      "1970-01-01",
		"1950-01-01T12:00:00Z":      "1950-01-01",
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := postal.DayOf(moment).String(); got != want {
			t.Errorf("DayOf(%s) = %s, want %s", at, got, want)
		}
	}
}

func TestDayIsWrittenAndReadBothWays(t *testing.T) {
	day := postal.MakeDay(2020, time.April, 24)
	if day.String() != "2020-04-24" || day.VN() != "24/04/2020" || day.Weekday() != time.Friday {
		t.Errorf("%s, %s, %s", day, day.VN(), day.Weekday())
	}
	for _, s := range []string{"2020-04-24", "24/04/2020", "24/4/2020", "24-4-2020", "24.04.2020", " 24/04/2020 "} {
		if got, err := postal.ParseDay(s); err != nil || got != day {
			t.Errorf("ParseDay(%q) = %s, %v", s, got, err)
		}
	}
}

func TestParseDayRefusesWhatIsNoDay(t *testing.T) {
	for in, want := range map[string]string{
		"": "postal.day.format", "24/04": "postal.day.format", "24/04/20": "postal.day.format", "2020-4-24": "postal.day.format", "2020/04/24": "postal.day.format",
		"24/04-2020": "postal.day.format", "24/04/2020/1": "postal.day.format", "20200424": "postal.day.format", "-1/04/2020": "postal.day.format",
		"+1/04/2020": "postal.day.format", "２4/04/2020": "postal.day.format", "hôm nay": "postal.day.format",
		"30/02/2020": "postal.day.none", "29/02/2021": "postal.day.none", "31/04/2020": "postal.day.none", "2020-13-01": "postal.day.none",
		"00/01/2020": "postal.day.none", "01/00/2020": "postal.day.none", "01/01/0000": "postal.day.none", "0000-12-31": "postal.day.none",
	} {
		if got, err := postal.ParseDay(in); fault.Code(err) != want || !got.IsZero() {
			t.Errorf("ParseDay(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestDayStartsAndEndsInVietNam(t *testing.T) {
	day := postal.MakeDay(2020, time.April, 24)
	if got := day.Start().Format(time.RFC3339); got != "2020-04-24T00:00:00+07:00" {
		t.Errorf("starts %s", got)
	}
	if got := day.End().Format(time.RFC3339); got != "2020-04-24T23:59:59+07:00" {
		t.Errorf("ends %s", got)
	}
	if day.Start().Location().String() != "Asia/Ho_Chi_Minh" {
		t.Errorf("on the clock of %s", day.Start().Location())
	}
}

func TestNoDayIsBeforeAllAndStaysNoDay(t *testing.T) {
	var none postal.Day
	first := postal.MakeDay(1, time.January, 1)
	if !none.IsZero() || none.String() != "" || none.VN() != "" || none.AddDays(5) != none || !none.Before(first) || !none.Start().IsZero() || !none.End().IsZero() {
		t.Error("the zero day behaves like a day")
	}
	if y, m, d := none.Date(); y != 0 || m != 0 || d != 0 {
		t.Errorf("no day has the date %d-%d-%d", y, m, d)
	}
	if postal.DayOf(time.Time{}) != none {
		t.Error("no moment has a day")
	}
}

func TestDaysStayWithinFourDigitYears(t *testing.T) {
	first, last := postal.MakeDay(1, time.January, 1), postal.MakeDay(9999, time.December, 31)
	for _, n := range []int{1, 1 << 40, -1, -1 << 40} {
		if first.AddDays(n).IsZero() || last.AddDays(n).IsZero() || first.AddDays(-max(n, -n)) != first || last.AddDays(max(n, -n)) != last {
			t.Errorf("adding %d days leaves the calendar", n)
		}
	}
	if last.String() != "9999-12-31" || first.String() != "0001-01-01" || postal.MakeDay(12000, 1, 1) != last || postal.MakeDay(-5, 1, 1) != first {
		t.Errorf("the calendar runs from %s to %s", first, last)
	}
}

func TestDayCountsAsTheCalendarOfGoDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day, n := anyDay(t, "from"), rapid.IntRange(-40_000, 40_000).Draw(t, "n")
		y, m, d := day.Date()
		want := time.Date(y, m, d+n, 0, 0, 0, 0, time.UTC)
		got := day.AddDays(n)
		if want.Year() < 1 || want.Year() > 9999 {
			return
		}
		if got.String() != want.Format(time.DateOnly) || got.Weekday() != want.Weekday() || got.DaysSince(day) != n {
			t.Fatalf("%s + %d = %s (%s), want %s", day, n, got, got.Weekday(), want)
		}
	})
}

func TestEveryDayReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := anyDay(t, "day")
		for _, text := range []string{day.String(), day.VN()} {
			if got, err := postal.ParseDay(text); err != nil || got != day {
				t.Fatalf("%q read back as %s, %v", text, got, err)
			}
		}
		if postal.DayOf(day.Start()) != day || postal.DayOf(day.End()) != day || postal.DayOf(day.Start().Add(-1)) == day || postal.DayOf(day.End().Add(time.Second)) == day {
			t.Fatalf("%s does not hold its own hours", day)
		}
	})
}

func TestDaysCompareAsTheirTextsDo(t *testing.T) {
	days := []postal.Day{postal.MakeDay(2025, 7, 1), {}, postal.MakeDay(2020, 4, 24), postal.MakeDay(2025, 6, 30)}
	slices.SortFunc(days, postal.Day.Compare)
	if !slices.IsSortedFunc(days, func(a, b postal.Day) int { return a.DaysSince(b) }) || !days[0].IsZero() || !days[1].Before(days[2]) || !days[3].After(days[2]) || days[1].Compare(days[1]) != 0 {
		t.Errorf("sorted as %v", days)
	}
}

func TestDayTravelsAsJSON(t *testing.T) {
	type paper struct {
		On    postal.Day         `json:"on"`
		Until postal.Day         `json:"until,omitzero"`
		Per   map[postal.Day]int `json:"per"`
	}
	day := postal.MakeDay(2020, 4, 24)
	text, err := json.Marshal(paper{On: day, Per: map[postal.Day]int{day: 3}})
	if err != nil || string(text) != `{"on":"2020-04-24","per":{"2020-04-24":3}}` {
		t.Fatalf("%s, %v", text, err)
	}
	var back paper
	if err := json.Unmarshal(text, &back); err != nil || back.On != day || !back.Until.IsZero() || back.Per[day] != 3 {
		t.Errorf("%+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"","until":"24/04/2020"}`), &back); err != nil || !back.On.IsZero() || back.Until != day {
		t.Errorf("%+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"soon"}`), &back); fault.Code(err) != "postal.day.format" {
		t.Errorf("soon is no day: %v", err)
	}
}

func TestMillisComeBackOnTheClockOfVietNam(t *testing.T) {
	moment := time.Date(2020, 4, 23, 17, 30, 0, 123_456_789, time.UTC)
	ms := postal.Millis(moment)
	back := postal.FromMillis(ms)
	if ms != 1_587_663_000_123 || !back.Equal(moment.Truncate(time.Millisecond)) || back.Format("15:04 02/01/2006") != "00:30 24/04/2020" {
		t.Errorf("%d, %s", ms, back)
	}
}

// A server without a time zone database must not show other hours.
func TestClockOfVietNamNeedsNoTimeZoneDatabase(t *testing.T) {
	if os.Getenv("CITYPOST_TEST_NO_TZDATA") != "" {
		if got := postal.FromMillis(0).Format(time.RFC3339); got != "1970-01-01T07:00:00+07:00" {
			t.Fatal(got)
		}
		return
	}
	self := exec.Command(os.Args[0], "-test.run=^TestClockOfVietNamNeedsNoTimeZoneDatabase$")
	self.Env = []string{"CITYPOST_TEST_NO_TZDATA=1", "ZONEINFO=/none", "TZ=America/New_York"}
	if out, err := self.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2020-04-24", "24/04/2020", "29/02/2021", "1.1.1", "", "////", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		day, err := postal.ParseDay(s)
		if err != nil {
			return
		}
		if back, err := postal.ParseDay(day.String()); err != nil || back != day || day.IsZero() {
			t.Fatalf("%q is %s, which reads back as %s, %v", s, day, back, err)
		}
	})
}
