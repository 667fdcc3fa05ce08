package demo_test

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/demo"
	"citypost/internal/event"
	"citypost/internal/postal"
)

func TestTheSameSeedMakesTheSameCityAndItsStatesAreWhatItsEntriesGive(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 30, 0, 0, postal.HoChiMinh)
	var sums []string
	for range 2 {
		clock := demo.NewClock(now, 7)
		h, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Now: clock.Now, Log: slog.New(slog.DiscardHandler), MadeUp: true, Province: "31"})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := demo.Fill(t.Context(), h, clock, demo.Options{Seed: 7, Days: 30}, func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d entries in %v", h.Ledger.Seq(), time.Since(start))
		entries, err := h.Ledger.After(t.Context(), 0, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[string]int{}
		sum := sha256.New()
		for _, e := range entries {
			if e.Facts[0].Fact() == "ledger.key_begun" {
				continue // the ledger's own key is made by chance
			}
			fmt.Fprintln(sum, e.Seq, e.Act, e.OccurredMs, e.Office) // staff ids are given by chance, all else follows from the seed
			for _, f := range e.Facts {
				kinds[f.Fact()]++
				if x, ok := f.(event.IrregularityRaised); ok {
					kinds[x.Kind]++
				}
			}
		}
		for _, want := range []string{"item.returning", "item.held", "item.found", "irregularity.settled", "wrong_seal", "missing", "damaged", "observation",
			"relief.granted", "cash.taken", "cash.taking_undone", "cash.drawer_opened", "cash.drawer_counted", "cash.drawer_closed", "cash.remitted", "cash.moved", "cash.refunded", "cash.book_opened"} {
			if kinds[want] == 0 {
				t.Errorf("the city has no %s", want)
			}
		}
		sums = append(sums, fmt.Sprintf("%d %x %v", len(entries), sum.Sum(nil), kinds))
		if d, err := h.Ledger.Check(t.Context(), nil); err != nil || len(d) > 0 {
			t.Errorf("replay differs from live: %v, %v", d, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("two cities of one seed differ:\n%s\n%s", sums[0], sums[1])
	}
}
