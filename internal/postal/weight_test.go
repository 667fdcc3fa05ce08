package postal_test

import (
	"testing"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// A weight read wrong by a factor of a thousand is a price wrong by the same.
func TestParseGramsReadsWhatClerksAndScalesWrite(t *testing.T) {
	for in, want := range map[string]postal.Grams{
		"730": 730, "730 g": 730, "730G": 730, " 7 30 g": 730, "0,73 kg": 730, "0.73kg": 730, "1.2kg": 1200, "1,2 KG": 1200, "1.200 kg": 1200,
		"2 kg": 2000, "1.200": 1200, "1,200 g": 1200, "0,001 kg": 1, "1": 1, "1000 kg": postal.MaxGrams, "1.000.000": postal.MaxGrams,
	} {
		if got, err := postal.ParseGrams(in); err != nil || got != want {
			t.Errorf("ParseGrams(%q) = %d, %v, want %d", in, got, err, want)
		}
	}
}

func TestParseGramsRefusesWhatIsUnclear(t *testing.T) {
	for in, want := range map[string]string{
		"": "postal.weight.format", "g": "postal.weight.format", "kg": "postal.weight.format", "1,2": "postal.weight.format", "1.2 g": "postal.weight.format",
		"1.200.": "postal.weight.format", ".200": "postal.weight.format", "1,,200": "postal.weight.format", "1200.000": "postal.weight.format",
		"1.2345 kg": "postal.weight.format", "1. kg": "postal.weight.format", ".5 kg": "postal.weight.format", "1.200.000 kg": "postal.weight.format",
		"-730": "postal.weight.format", "730 lb": "postal.weight.format", "730 gg": "postal.weight.format", "1 gkg": "postal.weight.format", "７30": "postal.weight.format",
		"99999999999999999999": "postal.weight.format",
		"0":                    "postal.weight.bounds", "0 kg": "postal.weight.bounds", "1000001": "postal.weight.bounds", "1001 kg": "postal.weight.bounds",
	} {
		if got, err := postal.ParseGrams(in); fault.Code(err) != want || got != 0 {
			t.Errorf("ParseGrams(%q) = %d, %v, want %s", in, got, err, want)
		}
	}
}

func TestGramsAreWrittenForPeople(t *testing.T) {
	for g, want := range map[postal.Grams][2]string{
		0: {"0 g", "0 g"}, 1: {"1 g", "1 g"}, 730: {"730 g", "730 g"}, 999: {"999 g", "999 g"}, 1000: {"1 kg", "1 kg"}, 1200: {"1,2 kg", "1.2 kg"},
		1234: {"1,234 kg", "1.234 kg"}, 1005: {"1,005 kg", "1.005 kg"}, 1_234_560: {"1.234,56 kg", "1,234.56 kg"}, -1200: {"-1,2 kg", "-1.2 kg"}, -5: {"-5 g", "-5 g"},
	} {
		if g.String() != want[0] || g.In("en") != want[1] {
			t.Errorf("%d g is written %q, %q, want %q", int64(g), g, g.In("en"), want)
		}
	}
}

func TestEveryWrittenWeightReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := postal.Grams(rapid.Int64Range(1, int64(postal.MaxGrams)-1).Draw(t, "grams"))
		for _, lang := range []string{"vi", "en"} {
			if got, err := postal.ParseGrams(g.In(lang)); err != nil || got != g {
				t.Fatalf("%q read back as %d, %v", g.In(lang), got, err)
			}
		}
	})
}

func FuzzParseGrams(f *testing.F) {
	for _, s := range []string{"730", "0,73 kg", "1.2kg", "1.200.000", "kg", "\xff", "1,200,000 g"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := postal.ParseGrams(s)
		if err == nil && (g < 1 || g > postal.MaxGrams) {
			t.Fatalf("%q is %d g", s, g)
		}
	})
}
