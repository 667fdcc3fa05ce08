package dossier_test

import (
	"slices"
	"testing"

	"citypost/internal/dossier"
)

// If this fails an upgrade forgets who answers for a loss, or the record of a second packet is lost on the way to the disk.
func TestLiabilityRecordsAreReadAsTheyWereWritten(t *testing.T) {
	one := dossier.Liable{Record: "BB-1/2026", Item: "EE123456785VN", Kind: "lost", AmountVND: 300_000, By: "nv-1", LeastVND: 100_000, Approved: "nv-2", PaidVND: 300_000, Fault: "post"}
	two := dossier.Liable{Record: "BB-2/2026", Item: "EE123456799VN", Kind: "damaged", Fault: "nobody"}
	for _, want := range [][]dossier.Liable{nil, {one}, {one, two}} {
		b := (&dossier.Dossier{Code: "26990100000012", Liables: want}).Encode(nil)
		got := new(dossier.Dossier)
		if err := got.Decode(b); err != nil || !slices.Equal(got.Liables, want) {
			t.Errorf("read %+v, %v, want %+v", got.Liables, err, want)
		}
		if len(want) > 1 {
			continue
		}
		earlier := new(dossier.Dossier) // the version before ended with the one record that it knew, without further ones and added packets
		if err := earlier.Decode(b[:len(b)-2]); err != nil || !slices.Equal(earlier.Liables, want) {
			t.Errorf("out of the bytes of before: %+v, %v, want %+v", earlier.Liables, err, want)
		}
	}
}
