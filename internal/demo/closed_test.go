package demo_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/closedmail"
	"citypost/internal/demo"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
)

// closedHouse makes an empty closed house and fills its days.
func closedHouse(t *testing.T, now time.Time, days int) (*app.ClosedHouse, []demo.Login) {
	t.Helper()
	clock := demo.NewClock(now, 7)
	dir := t.TempDir()
	box, _, err := strongbox.Create(dir, "bốn từ ghép ngẫu nhiên 7", now, strongbox.Cost{Time: 1, MemoryKiB: 64, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.FurnishBox(box); err != nil {
		t.Fatal(err)
	}
	h, err := app.OpenClosed(t.Context(), app.Config{Data: dir, Now: clock.Now, Log: slog.New(slog.DiscardHandler), MadeUp: true, Province: "31"}, box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	logins, err := demo.FillClosed(t.Context(), h, clock, demo.Options{Seed: 7, Days: days}, func(int64, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return h, logins
}

// TestAYearOfTheClosedHouseOutlivesItsInspections: facilities are inspected and people trained again before that runs out.
func TestAYearOfTheClosedHouseOutlivesItsInspections(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 30, 0, 0, postal.HoChiMinh)
	h, _ := closedHouse(t, now, 365)
	view := h.Ledger.View(t.Context())
	for _, o := range []postal.OfficeCode{"990901", "980100"} {
		for _, f := range closedmail.Facilities(view, o) {
			if !f.Fit(postal.DayOf(now)) {
				t.Errorf("%s holds until %s", f.Code, f.Until)
			}
		}
	}
	for _, w := range closedmail.Workers(view) {
		if lacks := w.Lacks(postal.DayOf(now)); len(lacks) > 0 {
			t.Errorf("%s lacks %v", w.ID, lacks)
		}
	}
}

func TestAMonthOfTheClosedHouseShowsEveryKindOfWork(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 30, 0, 0, postal.HoChiMinh)
	start := time.Now()
	h, logins := closedHouse(t, now, demo.ClosedDays)
	t.Logf("%d entries, %d logins in %v", h.Ledger.Seq(), len(logins), time.Since(start))
	entries, err := h.Ledger.After(t.Context(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, e := range entries {
		for _, f := range e.Facts {
			kinds[f.Fact()]++
		}
	}
	for _, want := range []string{"kt1.accepted", "kt1.delivered", "kt1.left", "kt1.vessel_closed", "kt1.vessel_opened", "kt1.incident_opened", "kt1.minutes_signed", "kt1.incident_reported", "kt1.incident_released",
		"kt1.shift_handed", "kt1.register_printed", "kt1.complaint_answered", "kt1.inspection_ended", "kt1.visit_ended", "item.attempted",
		"kt1.given_to_partner", "kt1.partner_told", "kt1.vessel_back", "kt1.taken_from_partner"} {
		if kinds[want] == 0 {
			t.Errorf("the month has no %s", want)
		}
	}
	classes, err := h.Records.Volume(t.Context(), postal.DayOf(now).AddDays(-40), postal.DayOf(now), postal.Millis(now))
	if err != nil {
		t.Fatal(err)
	}
	var paid postal.VND
	for _, c := range classes {
		paid += c.FeeVND
		if c.List == closedmail.Appendix1 && c.FeeVND != 0 {
			t.Errorf("Appendix I paid %d", c.FeeVND)
		}
	}
	if paid == 0 {
		t.Error("Appendix II paid nothing")
	}
	if d, err := h.Ledger.Check(t.Context(), nil); err != nil || len(d) > 0 {
		t.Errorf("replay differs from live: %v, %v", d, err)
	}
	fmt.Fprintln(t.Output(), kinds)
}
