package calendar

import (
	"testing"

	"citypost/internal/postal"
)

// A Tết one day off moves a week of deadlines. The list was computed by another published method for UTC+7.
func TestLunarHolidaysAgreeWithThePublishedList(t *testing.T) {
	want := map[int][2]string{
		2020: {"2020-01-25", "2020-04-02"}, 2021: {"2021-02-12", "2021-04-21"}, 2022: {"2022-02-01", "2022-04-10"}, 2023: {"2023-01-22", "2023-04-29"},
		2024: {"2024-02-10", "2024-04-18"}, 2025: {"2025-01-29", "2025-04-07"}, 2026: {"2026-02-17", "2026-04-26"}, 2027: {"2027-02-06", "2027-04-16"},
		2028: {"2028-01-26", "2028-04-04"}, 2029: {"2029-02-13", "2029-04-23"}, 2030: {"2030-02-02", "2030-04-12"}, 2031: {"2031-01-23", "2031-04-01"},
		2032: {"2032-02-11", "2032-04-19"}, 2033: {"2033-01-31", "2033-04-09"}, 2034: {"2034-02-19", "2034-04-28"}, 2035: {"2035-02-08", "2035-04-17"},
	}
	for year, days := range want {
		if got := LunarDay(year, 1, 1).String(); got != days[0] {
			t.Errorf("Tết %d is %s, want %s", year, got, days[0])
		}
		if got := LunarDay(year, 3, 10).String(); got != days[1] {
			t.Errorf("Hùng Kings %d is %s, want %s", year, got, days[1])
		}
	}
}

// In these years the clock of UTC+7 gives another New Year than that of UTC+8: a calendar copied from the north would be wrong.
func TestTetFollowsTheClockOfVietNam(t *testing.T) {
	for year, want := range map[int]string{1985: "1985-01-21", 2007: "2007-02-17", 2030: "2030-02-02"} {
		if got := LunarDay(year, 1, 1).String(); got != want {
			t.Errorf("Tết %d is %s, want %s", year, got, want)
		}
	}
}

// A month has 29 or 30 days, and a year of lunar months never drifts from the sun.
func TestLunarMonthsHaveTwentyNineOrThirtyDays(t *testing.T) {
	for year := 1990; year < 2100; year++ {
		tet := LunarDay(year, 1, 1)
		low, high := postal.MakeDay(year, 1, 20), postal.MakeDay(year, 2, 21)
		if tet.Before(low) || tet.After(high) {
			t.Errorf("Tết %d falls on %s", year, tet)
		}
		if n := LunarDay(year, 2, 1).DaysSince(tet); n < 29 || n > 60 {
			t.Errorf("first month of %d has %d days", year, n)
		}
	}
}
