package dossier_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

func embedded(t testing.TB) *calendar.Calendar {
	t.Helper()
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return calendar.New(book)
}

// oracle counts days on its own, from nothing but the list of days off that the law gives.
type oracle struct{ off map[postal.Day]bool }

func newOracle(t testing.TB, cal *calendar.Calendar, from, to postal.Day) oracle {
	t.Helper()
	o := oracle{off: map[postal.Day]bool{}}
	for d := from; !d.After(to); d = d.AddDays(1) {
		info, err := cal.Day(d)
		if err != nil {
			t.Fatal(err)
		}
		o.off[d] = info.Kind == calendar.Off
	}
	return o
}

// after walks n working days on; a day whose end falls into [pauseFrom, pauseUntil) is not counted.
func (o oracle) after(d postal.Day, n int, pauseFrom, pauseUntil time.Time) postal.Day {
	for n > 0 {
		d = d.AddDays(1)
		end := d.End()
		stands := !pauseFrom.IsZero() && !end.Before(pauseFrom) && end.Before(pauseUntil)
		if !o.off[d] && !stands {
			n--
		}
	}
	return d
}

// postDays is the table of Circular 17/2017, article 7, written down a second time.
var postDays = map[calendar.Route][2]int{calendar.SameDistrict: {1, 2}, calendar.BetweenDistricts: {2, 4}, calendar.Cities: {3, 6}, calendar.OtherProvince: {4, 8}}

// If this fails the post or an agency is called late when it is not, or the other way round.
func TestAHundredThousandDeadlinesEqualAnIndependentCount(t *testing.T) {
	cal := embedded(t)
	first, last := postal.MakeDay(2020, 1, 2), postal.MakeDay(2026, 9, 30)
	o := newOracle(t, cal, first, postal.MakeDay(2026, 12, 31))
	r := rand.New(rand.NewPCG(5, 17))
	routes := []calendar.Route{calendar.SameDistrict, calendar.BetweenDistricts, calendar.Cities, calendar.OtherProvince}
	moment := func() time.Time {
		return first.AddDays(r.IntN(last.DaysSince(first))).Start().Add(time.Duration(r.IntN(24*3600)) * time.Second)
	}
	for n := range 100_000 {
		at := moment()
		if n%2 == 0 {
			checkPost(t, cal, o, routes[r.IntN(4)], r.IntN(3), at)
			continue
		}
		d := &dossier.Dossier{State: dossier.HandedOver, FiledMs: postal.Millis(at), CountMs: postal.Millis(at), Limit: event.Limit{Tenths: 5 * (1 + r.IntN(40)), Unit: "working_day"}}
		var from, until time.Time
		if r.IntN(2) == 0 {
			from = at.Add(time.Duration(1+r.IntN(8*24*3600)) * time.Second)
			until = from.Add(time.Duration(1+r.IntN(20*24*3600)) * time.Second)
			d.Supplement = dossier.Supplement{RequestedMs: postal.Millis(from), CompletedMs: postal.Millis(until)}
		}
		want := o.after(postal.DayOf(at), (d.Limit.Tenths+9)/10, from, until)
		got, err := dossier.AgencyDue(cal, d, at)
		if err != nil || got.Day != want || got.Source != dossier.ByLimit {
			t.Fatalf("agency, filed %s, %d tenths, paused %s–%s: got %s (%v), want %s", at, d.Limit.Tenths, from, until, got.Day, err, want)
		}
	}
}

func checkPost(t *testing.T, cal *calendar.Calendar, o oracle, route calendar.Route, form int, at time.Time) {
	t.Helper()
	var got calendar.Answer
	var err error
	n := postDays[route][0]
	switch form {
	case 0:
		n = postDays[route][1]
		got, err = dossier.SendDue(cal, route, dossier.FormSend, at)
	case 1:
		got, err = dossier.SendDue(cal, route, dossier.FormBoth, at)
	default:
		got, err = dossier.ReturnDue(cal, route, at)
	}
	if want := o.after(postal.DayOf(at), n, time.Time{}, time.Time{}); err != nil || got.Day != want {
		t.Fatalf("post, %s, form %d, accepted %s: got %s (%v), want %s", route, form, at, got.Day, err, want)
	}
}

// The example of the domain sheet: accepted on Wednesday 29 April 2020 inside one district, due on Monday 4 May.
func TestTheHolidaysOfApril2020AreNotCounted(t *testing.T) {
	at := time.Date(2020, 4, 29, 10, 0, 0, 0, postal.HoChiMinh)
	got, err := dossier.SendDue(embedded(t), calendar.SameDistrict, dossier.FormBoth, at)
	if err != nil || got.Day != postal.MakeDay(2020, 5, 4) {
		t.Fatalf("%s, %v", got.Day, err)
	}
}

// If this fails an agency's clock runs while papers are awaited, or its apology moves nothing.
func TestTheAgencysDayFollowsSlipPauseAndApology(t *testing.T) {
	cal := embedded(t)
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, postal.HoChiMinh)
	d := &dossier.Dossier{State: dossier.HandedOver, FiledMs: postal.Millis(monday), CountMs: postal.Millis(monday), Limit: event.Limit{Tenths: 50, Unit: "working_day"}}
	want := func(source dossier.Source, day postal.Day, late bool, now time.Time) {
		t.Helper()
		got, err := dossier.AgencyDue(cal, d, now)
		if err != nil || got.Source != source || got.Day != day || got.Late != late {
			t.Errorf("got %s %s late=%v (%v), want %s %s late=%v", got.Source, got.Day, got.Late, err, source, day, late)
		}
	}
	want(dossier.ByLimit, postal.MakeDay(2026, 3, 9), false, monday)
	want(dossier.ByLimit, postal.MakeDay(2026, 3, 9), true, monday.AddDate(0, 0, 8))
	d.Slip = dossier.Slip{Code: "H24-1", Due: postal.MakeDay(2026, 3, 11), IssuedMs: postal.Millis(monday)}
	want(dossier.BySlip, postal.MakeDay(2026, 3, 11), false, monday)
	d.State, d.Supplement.RequestedMs = dossier.SupplementRequested, postal.Millis(monday.Add(time.Hour))
	got, err := dossier.AgencyDue(cal, d, monday.AddDate(0, 1, 0))
	if err != nil || !got.Paused || got.Late {
		t.Errorf("while papers are awaited: %+v, %v", got, err)
	}
	d.State, d.Supplement.CompletedMs = dossier.HandedOver, postal.Millis(monday.AddDate(0, 0, 7))
	d.CountMs = d.Supplement.CompletedMs // it begins anew
	want(dossier.ByLimit, postal.MakeDay(2026, 3, 16), false, monday.AddDate(0, 0, 7))
	d.Due = postal.MakeDay(2026, 3, 20)
	want(dossier.ByReschedule, d.Due, false, monday.AddDate(0, 0, 15))
	d.AnsweredMs = postal.Millis(monday.AddDate(0, 0, 16))
	want(dossier.ByReschedule, d.Due, false, monday.AddDate(1, 0, 0))
}

// If this fails the second invitation counts too early, and a result goes back too soon.
func TestInvitationsLieTwoWorkingDaysApart(t *testing.T) {
	cal := embedded(t)
	friday := time.Date(2026, 3, 6, 16, 0, 0, 0, postal.HoChiMinh)
	first, rules, err := dossier.InviteAgain(cal, &dossier.Dossier{InvitedMs: postal.Millis(friday)}, postal.MakeDay(2026, 3, 7))
	if err != nil || first != postal.MakeDay(2026, 3, 10) || len(rules) == 0 {
		t.Fatalf("%s %v, %v", first, rules, err)
	}
}

// A complaint may come six months after the journey's end, and is answered in five working days within the province, seven beyond.
func TestComplaintsHaveTheirDays(t *testing.T) {
	cal := embedded(t)
	d := &dossier.Dossier{Send: dossier.Clock{DueMs: postal.Millis(postal.MakeDay(2026, 3, 4).End())}}
	today := postal.MakeDay(2026, 3, 16)
	last, by, rules, err := dossier.ComplaintDays(cal, d, true, today)
	if err != nil || last != postal.MakeDay(2026, 9, 4) || by != postal.MakeDay(2026, 3, 23) || len(rules) != 2 {
		t.Fatalf("%s %s %v, %v", last, by, rules, err)
	}
	if _, by, _, err = dossier.ComplaintDays(cal, d, false, today); err != nil || by != postal.MakeDay(2026, 3, 25) {
		t.Fatalf("%s, %v", by, err)
	}
}
