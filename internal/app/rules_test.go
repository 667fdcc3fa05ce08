package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"citypost/internal/desk"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

func openTestHouse(t *testing.T, rules string) (*House, error) {
	t.Helper()
	h, err := Open(t.Context(), Config{Data: t.TempDir(), Rules: rules})
	if err == nil {
		t.Cleanup(func() { _ = h.Close() })
	}
	return h, err
}

// siteRules writes one rule file into a folder of its own.
func siteRules(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "site.rules"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const ownJourney = `
rule letter.journey
    from: 2026-11-01
    table:
        | route | class      | days |
        | intra | basic      | 1    |
        | intra | registered | 1    |
        | inter | basic      | 3    |
        | inter | registered | 3    |
    source: thiet-lap
    verified: yes
`

// communes gives two communes of one province, and another province.
func communes(t *testing.T, h *House) (here, near, far postal.UnitCode) {
	t.Helper()
	units := h.Places.Gazetteer().Units(postal.MakeDay(2026, 11, 25))
	if len(units) == 0 {
		t.Fatal("no communes")
	}
	for _, p := range h.Places.Gazetteer().Provinces(postal.MakeDay(2026, 11, 25)) {
		if p.Code != units[0].Province {
			far = p.Code
		}
	}
	return units[0].Code, units[1].Code, far
}

func TestDueTimeNamesTheRuleOfItsDay(t *testing.T) {
	h, err := openTestHouse(t, siteRules(t, ownJourney))
	if err != nil {
		t.Fatal(err)
	}
	here, near, far := communes(t, h)
	due := func(to postal.UnitCode, day postal.Day) (time.Time, string) {
		t.Helper()
		d, err := h.Desk.Clock.Due(t.Context(), event.Registered, here, to, day.Start().Add(9*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return d.At, d.Rule
	}
	wednesday := postal.MakeDay(2026, 11, 25)
	at, rule := due(near, wednesday)
	if want := postal.MakeDay(2026, 11, 26).End(); !at.Equal(want) || rule != "letter.journey@2026-11-01+site" {
		t.Errorf("inside the province: due %v by %s, want %v by the site's rule", at, rule, want)
	}
	if at, _ := due(far, wednesday); !at.Equal(postal.MakeDay(2026, 11, 30).End()) {
		t.Errorf("to another province: due %v", at)
	}
	if _, rule := due(near, postal.MakeDay(2026, 10, 28)); rule != "letter.journey@2016-01-01" {
		t.Errorf("before the site's rule the law's own counts, not %s", rule)
	}
}

func TestDueTimeIsLeftOpenWhereNoRuleIsKnown(t *testing.T) {
	h, err := openTestHouse(t, "")
	if err != nil {
		t.Fatal(err)
	}
	here, near, _ := communes(t, h)
	accepted := postal.MakeDay(2026, 11, 25).Start()
	for name, ask := range map[string]struct {
		service event.Service
		to      postal.UnitCode
		at      time.Time
	}{
		"service": {"parcel", near, accepted},
		"place":   {event.Registered, "99999", accepted},
		"day":     {event.Registered, near, postal.MakeDay(2010, 5, 4).Start()},
	} {
		d, err := h.Desk.Clock.Due(t.Context(), ask.service, here, ask.to, ask.at)
		if err != nil || !d.At.IsZero() || d.Rule != "" {
			t.Errorf("%s: %+v, %v; want no due time and no error", name, d, err)
		}
	}
}

func TestHouseWithWrongRulesDoesNotOpen(t *testing.T) {
	for name, text := range map[string]string{
		"unknown-key": "rule letter.jurney\n    from: 2026-11-01\n    value: 1\n    source: thiet-lap\n    verified: yes\n",
		"lone-swap": "rule calendar.swaps\n    from: 2027-01-01\n    to: 2027-12-31\n    table:\n        | off        | worked |\n        | 2027-04-29 | -      |\n" +
			"    source: thiet-lap\n    verified: yes\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openTestHouse(t, siteRules(t, text))
			if fault.Code(err) != "rulebook.refused" {
				t.Errorf("the house opened: %v", err)
			}
		})
	}
}

const ownPrices = `
rule letter.price
    from: 2026-11-01
    table:
        | over_g | upto_g | each_g | intra | inter |
        | 0      | 20     | -      | 9000  | 12000 |
        | 20     | 2000   | 100    | 1500  | 2500  |
    source: thiet-lap
    verified: no
    reason vi: Giá thử.
    reason en: A trial price.
`

func TestDeskQuotesTheSitesLetterPrices(t *testing.T) {
	h, err := openTestHouse(t, siteRules(t, ownPrices))
	if err != nil {
		t.Fatal(err)
	}
	here, near, far := communes(t, h)
	at := postal.MakeDay(2026, 11, 25).Start()
	for to, want := range map[postal.UnitCode]postal.VND{near: 9000 + 2*1500, far: 12000 + 2*2500} {
		bill, err := h.Till.Price(t.Context(), desk.Case{Service: event.Registered, From: here, To: to, WeightG: 150, At: at})
		if err != nil {
			t.Fatal(err)
		}
		var total postal.VND
		for _, l := range bill.Lines {
			total += l.Amount
			if l.Rule != "letter.price@2026-11-01+site" || l.VI == "" || l.EN == "" || l.Basis == "" || l.BasisEN == "" || l.Verified {
				t.Errorf("line %+v", l)
			}
		}
		if total != want {
			t.Errorf("to %s: %d, want %d", to, total, want)
		}
	}
	early := desk.Case{Service: event.Registered, From: here, To: near, WeightG: 150, At: postal.MakeDay(2026, 10, 1).Start()}
	if _, err := h.Till.Price(t.Context(), early); !fault.Is(err, fault.NotFound) {
		t.Errorf("a day without a price: %v", err)
	}
}

// If this fails a dossier to or from another province is refused at the counter, or costs what another region costs.
func TestADossierBetweenProvincesIsPricedByTheRegionsThatThePostTookIn(t *testing.T) {
	SkipShort(t)
	day := postal.MakeDay(2026, 11, 25)
	price := func(regions string) (there, back dossier.Price, err error) {
		h, err := openTestHouse(t, siteRules(t, regions))
		if err != nil {
			t.Fatal(err)
		}
		here, _, far := communes(t, h)
		v := h.Ledger.View(t.Context())
		there, err = h.Dossiers.Money.Price(v, dossier.PriceQuestion{Service: event.DossierSend, From: here, To: far, WeightG: 300, On: day})
		if err != nil {
			return there, back, err
		}
		back, err = h.Dossiers.Money.Price(v, dossier.PriceQuestion{Service: event.DossierReturn, From: far, To: here, WeightG: 300, On: day})
		return there, back, err
	}
	table := func(near, far string) string {
		h, err := openTestHouse(t, "")
		if err != nil {
			t.Fatal(err)
		}
		here, _, other := communes(t, h)
		unit, _ := h.Places.Gazetteer().UnitOn(here, day)
		return fmt.Sprintf("rule dossier.price.region\n    from: 2026-01-01\n    table:\n        | province | region |\n        | %s | %s |\n        | %s | %s |\n    source: thiet-lap\n    verified: yes\n",
			unit.Province, near, other, far)
	}
	for name, c := range map[string]struct {
		near, far   string
		there, back postal.VND
	}{"same_region": {"1", "1", 32_500, 34_500}, "other_region": {"1", "3", 38_000, 40_000}} {
		there, back, err := price(table(c.near, c.far))
		if err != nil || there.TotalVND != c.there || back.TotalVND != c.back || !slices.Contains(there.Rules, "dossier.price.region@2026-01-01+site") {
			t.Errorf("%s: there %d by %v, back %d, %v", name, there.TotalVND, there.Rules, back.TotalVND, err)
		}
	}
	if _, _, err := price(""); fault.Code(err) != "app.region" {
		t.Errorf("without a table: %v", err)
	}
}

func TestDeskHasNoPriceWhereTheLawNamesNone(t *testing.T) {
	h, err := openTestHouse(t, "")
	if err != nil {
		t.Fatal(err)
	}
	here, near, _ := communes(t, h)
	c := desk.Case{Service: event.Registered, From: here, To: near, WeightG: 20, At: postal.MakeDay(2026, 11, 25).Start()}
	if _, err := h.Till.Price(t.Context(), c); fault.Code(err) != "rulebook.no_rule" {
		t.Errorf("prices of letters were seen nowhere, yet the desk quotes them: %v", err)
	}
}
