package app_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/closedmail"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
)

// closedBySite opens a closed house of Hải Phòng with made-up prices and a site's rules.
func closedBySite(t *testing.T, rules string) *app.ClosedHouse {
	t.Helper()
	dir, site := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(site, "site.rules"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	box, _, err := strongbox.Create(dir, closedWord, time.Now(), quickCost)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.FurnishBox(box); err != nil {
		t.Fatal(err)
	}
	h, err := app.OpenClosed(t.Context(), app.Config{Data: dir, Rules: site, MadeUp: true, Province: "31", Log: slog.New(slog.DiscardHandler)}, box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// TestKT1HasThreePriceZones: between provinces the price depends on their regions, which a site takes in; without them there is no price rather than a wrong one.
func TestKT1HasThreePriceZones(t *testing.T) {
	regions := "rule kt1.price.region\n    from: 2020-01-01\n    table:\n        | province | region |\n        | 31 | north |\n        | 01 | north |\n        | 79 | south |\n    source: thiet-lap\n    verified: yes\n"
	with, without := closedBySite(t, regions), closedBySite(t, "")
	ask := func(h *app.ClosedHouse, to string) (postal.VND, []string, error) {
		return h.Law.Price.KT1(closedmail.PriceQuestion{From: "31", To: to, WeightG: 100, On: postal.MakeDay(2026, 11, 3)})
	}
	for to, want := range map[string]postal.VND{"31": 12000, "01": 14000, "79": 20000} {
		fee, rules, err := ask(with, to)
		if err != nil || fee != want || slices.Contains(rules, "kt1.price.region@2020-01-01+site") != (to != "31") {
			t.Errorf("to %s: %d by %v, %v", to, fee, rules, err)
		}
	}
	if _, _, err := ask(with, "48"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a province that the table does not have: %v", err)
	}
	if _, _, err := ask(without, "01"); !fault.Is(err, fault.NotFound) {
		t.Errorf("without a table of regions: %v", err)
	}
	if fee, _, err := ask(without, "31"); err != nil || fee != 12000 {
		t.Errorf("inside the province: %d, %v", fee, err)
	}
}

// TestTheProvinceOfAnAddressIsThatOfTheDay: Hải Dương was another province until it became a part of Hải Phòng.
func TestTheProvinceOfAnAddressIsThatOfTheDay(t *testing.T) {
	land := closedBySite(t, "").Directory.Reach.Land
	for _, c := range []struct {
		unit postal.UnitCode
		on   postal.Day
		want string
	}{
		{"11311", postal.MakeDay(2020, 4, 20), "31"}, {"11311", postal.MakeDay(2026, 4, 20), "31"}, {"10507", postal.MakeDay(2020, 4, 20), "30"}, {"10507", postal.MakeDay(2026, 4, 20), "31"},
		{"10510", postal.MakeDay(2026, 4, 20), "31"}, {"00004", postal.MakeDay(2026, 4, 20), ""},
	} {
		if got := land.Province(c.unit, c.on); got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.unit, c.on, got, c.want)
		}
	}
}
