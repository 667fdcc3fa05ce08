package calendar

import (
	"math/rand/v2"
	"testing"
	"time"

	"citypost/internal/fault"
)

func TestPeriodsEndByTheCivilCode(t *testing.T) {
	c := law(t)
	for name, tc := range map[string]struct {
		event string
		n     int64
		unit  Unit
		want  string
	}{
		"days":                      {"2021-03-01", 30, Days, "2021-03-31T23:59:59+07:00"},
		"last_day_on_sunday":        {"2021-03-01", 6, Days, "2021-03-08T23:59:59+07:00"},
		"last_day_on_holiday":       {"2021-04-20", 10, Days, "2021-05-04T23:59:59+07:00"},
		"months":                    {"2021-03-15", 6, Months, "2021-09-15T23:59:59+07:00"},
		"month_without_that_number": {"2022-08-31", 6, Months, "2023-02-28T23:59:59+07:00"},
		"leap_february":             {"2023-08-31", 6, Months, "2024-02-29T23:59:59+07:00"},
		"year":                      {"2024-02-29", 1, Years, "2025-02-28T23:59:59+07:00"},
		"weeks":                     {"2021-03-01", 2, Weeks, "2021-03-15T23:59:59+07:00"},
		"working_days":              {"2020-04-24", 5, WorkingDays, "2020-05-05T23:59:59+07:00"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Period(day(t, tc.event), tc.n, tc.unit, nil)
			if err != nil || got.Due.Format(time.RFC3339) != tc.want {
				t.Errorf("got %s (%v), want %s", got.Due.Format(time.RFC3339), err, tc.want)
			}
		})
	}
	if _, err := c.Period(day(t, "2021-03-01"), 0, Days, nil); fault.Code(err) != "calendar.period" {
		t.Errorf("a period of no days: %v", err)
	}
	if _, err := c.Period(day(t, "2021-03-01"), 1, "fortnights", nil); fault.Code(err) != "calendar.unit" {
		t.Errorf("a period in fortnights: %v", err)
	}
}

// The Gregorian year 2020: what a clerk would count with a finger on a wall calendar.
func TestWorkingDaysBetweenAndAddWorkingDaysAgree(t *testing.T) {
	c := law(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		from, n := day(t, "2020-01-01").AddDays(r.IntN(2000)), r.IntN(60)
		until, err := c.AddWorkingDays(from, n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.WorkingDaysBetween(from, until); err != nil || got != n {
			t.Fatalf("%s + %d working days is %s, but %d lie between (%v)", from, n, until, got, err)
		}
	}
}

func TestDossierAfterTheCutOffMovesOnTheNextWorkingDay(t *testing.T) {
	c := law(t)
	for received, want := range map[string]string{
		"2020-04-24T14:59": "2020-04-24", "2020-04-24T15:00": "2020-04-24", "2020-04-24T15:01": "2020-04-27",
		"2020-04-25T09:00": "2020-04-27", "2020-04-29T16:00": "2020-05-04",
	} {
		got, cite, err := c.MovesOn(at(t, received))
		if err != nil || got.String() != want || cite.Number != "61/2018/NĐ-CP" {
			t.Errorf("%s moves on %s (%v), want %s", received, got, err, want)
		}
	}
}

func TestClockStandsWhilePaused(t *testing.T) {
	c := law(t)
	clock := StartClock(at(t, "2021-03-01T09:00")) // a Monday
	must := func(next Clock, err error) Clock {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	due, known, err := clock.Due(c, 5, nil)
	if err != nil || !known || due.Day != day(t, "2021-03-08") {
		t.Fatalf("due %s, %v, %v", due.Day, known, err)
	}
	paused := must(clock.Pause(at(t, "2021-03-03T10:00")))
	if _, known, _ := paused.Due(c, 5, nil); known {
		t.Error("nobody can know the end of a standing clock")
	}
	resumed := must(paused.Resume(at(t, "2021-03-05T10:00"))) // Wednesday and Thursday ended paused
	due, known, err = resumed.Due(c, 5, nil)
	if err != nil || !known || due.Day != day(t, "2021-03-10") {
		t.Errorf("due %s, %v, %v; want 10 March\n%s", due.Day, known, err, explain(due))
	}
	if used, err := resumed.WorkingDays(c, at(t, "2021-03-08T12:00")); err != nil || used != 2 {
		t.Errorf("used %d working days (%v), want 2: Tuesday and Friday", used, err)
	}
	if got := resumed.Elapsed(at(t, "2021-03-05T11:00")); got != 50*time.Hour {
		t.Errorf("ran %s, want 50h", got)
	}
	if open, err := resumed.OpenTime(c, AgencyDesk, at(t, "2021-03-05T11:00")); err != nil || open != 20*time.Hour {
		t.Errorf("ran %s of office time (%v), want 20h", open, err)
	}
	stopped := must(resumed.Stop(at(t, "2021-03-05T12:00")))
	if got := stopped.Elapsed(at(t, "2021-04-01T12:00")); got != 51*time.Hour {
		t.Errorf("ran %s, want 51h", got)
	}
	if len(clock.Pauses) != 0 || !clock.Running() {
		t.Error("the first clock must be as it was")
	}
}

func TestClockRefusesActsOutOfOrder(t *testing.T) {
	clock := StartClock(at(t, "2021-03-01T09:00"))
	paused, _ := clock.Pause(at(t, "2021-03-02T09:00"))
	stopped, _ := clock.Stop(at(t, "2021-03-02T09:00"))
	for name, act := range map[string]func() (Clock, error){
		"pause_twice":     func() (Clock, error) { return paused.Pause(at(t, "2021-03-03T09:00")) },
		"resume_running":  func() (Clock, error) { return clock.Resume(at(t, "2021-03-03T09:00")) },
		"pause_backwards": func() (Clock, error) { return clock.Pause(at(t, "2021-02-03T09:00")) },
		"resume_early":    func() (Clock, error) { return paused.Resume(at(t, "2021-03-01T10:00")) },
		"stop_twice":      func() (Clock, error) { return stopped.Stop(at(t, "2021-03-03T09:00")) },
		"pause_stopped":   func() (Clock, error) { return stopped.Pause(at(t, "2021-03-03T09:00")) },
		"pause_unstarted": func() (Clock, error) { return Clock{}.Pause(at(t, "2021-03-03T09:00")) },
	} {
		if _, err := act(); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRoutesAreFoundFromPlaces(t *testing.T) {
	c := law(t)
	hongBang, kienAn, hanoi := Place{"31", "303"}, Place{"31", "307"}, Place{"01", "001"}
	for _, tc := range []struct {
		service  Service
		from, to Place
		want     Route
	}{
		{DossierSend, hongBang, hongBang, SameDistrict}, {DossierSend, hongBang, kienAn, BetweenDistricts}, {DossierSend, hongBang, hanoi, OtherProvince},
		{KT1, hongBang, kienAn, Intra}, {KT1, hongBang, hanoi, Inter}, {BasicLetter, hongBang, hanoi, Inter},
	} {
		if got, err := c.RouteBetween(tc.service, tc.from, tc.to, day(t, "2020-04-24")); err != nil || got != tc.want {
			t.Errorf("%s %v to %v is %s (%v), want %s", tc.service, tc.from, tc.to, got, err, tc.want)
		}
	}
	if _, err := c.RouteBetween(DossierSend, Place{Province: "31"}, hongBang, day(t, "2025-07-24")); fault.Code(err) != "calendar.district" {
		t.Errorf("an address without a zone: %v", err)
	}
}

// The report calendar of 2020 as the fact sheet gives it.
func TestReportsAreDueOnTheDaysOfTheCirculars(t *testing.T) {
	duties, err := law(t).Duties(day(t, "2020-01-01"), day(t, "2020-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, d := range duties {
		found[d.Report+" "+d.Period] = d.Due.String()
		if d.What.VI == "" || d.What.EN == "" {
			t.Errorf("%s has no name", d.Report)
		}
	}
	for duty, want := range map[string]string{
		"dossiers 2020-q1": "2020-04-09", "dossiers 2019-q4": "2020-01-09", "dossiers 2020-half-year": "2020-07-09", "dossiers 2019-year": "2020-01-09",
		"public-network 2020-half-year": "2020-07-30", "public-network 2019-year": "2020-01-30", "quality 2020-year": "2020-10-31",
		"kt1-cpma 2020-half-year": "2020-07-19", "public-plan 2020-year": "2020-10-29", "public-plan-result 2019-year": "2020-02-28",
	} {
		if found[duty] != want {
			t.Errorf("%s is due %q, want %s", duty, found[duty], want)
		}
	}
}
