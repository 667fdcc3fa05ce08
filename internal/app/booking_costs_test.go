package app

import (
	"testing"

	"citypost/internal/dossier"
	"citypost/internal/postal"
)

// If this fails a citizen is told to bring another sum than the counter collects, or one that nothing says.
func TestTheMoneyToBringComesFromTheListAndTheRules(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	s.must(s.Dossiers.KeepAgency(t.Context(), dossier.Agency{Code: justice, Name: "Sở Tư pháp (mẫu) thành phố Mẫu", Address: "1 phố Mẫu", Unit: s.unit, Office: shopOffice, Active: true}))
	const record = "9.900008"
	prices, day := bookingPrices{s.House}, postal.DayOf(s.clock())
	anywhere, err := prices.Costs(t.Context(), record, "", day)
	s.must(err)
	if len(anywhere.Lines) != 2 || anywhere.Untold || anywhere.Lines[0].Least != 200_000 || anywhere.Lines[0].Basis.VI == "" {
		t.Fatalf("the fee: %+v", anywhere)
	}
	near, err := prices.Costs(t.Context(), record, s.unit, day)
	s.must(err)
	a, b := anywhere.Lines[1], near.Lines[1]
	if a.Least <= 0 || a.Most <= a.Least || b.Least != b.Most || b.Least < a.Least || b.Least > a.Most || b.Basis.VI == "" {
		t.Errorf("from anywhere %+v, from one commune %+v", a, b)
	}
	other, err := prices.Costs(t.Context(), certificate, s.unit, day)
	s.must(err)
	if n := len(other.Lines); n == 0 || other.Lines[n-1].Most <= 0 {
		t.Errorf("another procedure: %+v", other)
	}
	if _, err := prices.Costs(t.Context(), "9.999999", s.unit, day); err == nil {
		t.Error("an unknown procedure costs something")
	}
}
