package bench

import (
	"context"
	"testing"
)

// TestEveryMeasurementRuns keeps the measurements alive; the figures of so short a run mean nothing.
func TestEveryMeasurementRuns(t *testing.T) {
	for name, run := range map[string]func(context.Context, Options) (Result, error){"scans": Scans, "acts": Acts, "track": Track, "rebuild": Rebuild, "decay": Decay, "verify": Verify, "cover": Cover, "intakes": Intakes} {
		t.Run(name, func(t *testing.T) {
			r, err := run(t.Context(), Options{Seconds: 1, Dir: t.TempDir(), Entries: 30_000, Reads: true})
			if err != nil || r.PerS <= 0 || (r.BarePerS <= 0) != (name == "cover") || r.P99 < r.P50 || r.Entries == 0 || (len(r.Reads) == 3) != (name == "decay") {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}
