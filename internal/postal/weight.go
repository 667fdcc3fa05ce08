package postal

import (
	"strconv"
	"strings"

	"citypost/internal/fault"
)

// Grams is a weight in whole grams.
type Grams int64

// MaxGrams is the heaviest weight that ParseGrams reads, one tonne: more is a slip of the finger. What a service carries is the rulebook's matter.
const MaxGrams Grams = 1_000_000

// ParseGrams reads a weight: "730", "730 g", "1.200 g", "0,73 kg", "1.2kg". A number without unit is grams; kilograms may have up to three digits after a
// comma or a point.
func ParseGrams(s string) (Grams, error) {
	s = strings.ToLower(squeeze(s))
	grams, ok := readGrams(strings.TrimSuffix(s, "g"))
	if kilos, isKilos := strings.CutSuffix(s, "kg"); isKilos {
		grams, ok = readKilos(kilos)
	}
	if !ok {
		return 0, fault.New(fault.Invalid, "postal.weight.format",
			"Hãy ghi khối lượng bằng gam hoặc ki-lô-gam, ví dụ 730 hoặc 0,73 kg.", "Write the weight in grams or kilograms, for example 730 or 0.73 kg.")
	}
	if grams < 1 || grams > MaxGrams {
		return 0, fault.New(fault.Invalid, "postal.weight.bounds",
			"Khối lượng phải từ 1 g đến 1.000 kg.", "The weight must lie between 1 g and 1,000 kg.")
	}
	return grams, nil
}

// String writes the weight as people in Viet Nam do: "730 g", from a kilogram on "1,2 kg".
func (g Grams) String() string { return g.In("vi") }

// In writes the weight in the language asked for: "1.2 kg" for "en", "1,2 kg" for anything else.
func (g Grams) In(lang string) string {
	if -1000 < g && g < 1000 {
		return strconv.FormatInt(int64(g), 10) + " g"
	}
	thousands, point := byte('.'), ","
	if lang == "en" {
		thousands, point = ',', "."
	}
	text := group(int64(g/1000), thousands)
	if rest := size(int64(g % 1000)); rest > 0 {
		text += point + strings.TrimRight(string(appendDigits(nil, int(rest), 3)), "0")
	}
	return text + " kg"
}

// readGrams reads whole grams; a separator must stand before groups of three digits.
func readGrams(s string) (Grams, bool) {
	groups := strings.FieldsFunc(s, isSeparator)
	if len(groups) == 0 || len(groups)-1 != strings.Count(s, ".")+strings.Count(s, ",") {
		return 0, false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 || len(groups[0]) > 3 {
			return 0, false
		}
	}
	n, ok := number(strings.Join(groups, ""), 1, 12)
	return Grams(n), ok
}

// readKilos reads kilograms with at most three digits after the separator.
func readKilos(s string) (Grams, bool) {
	at := strings.IndexFunc(s, isSeparator)
	whole, part := s, ""
	if at >= 0 {
		whole, part = s[:at], s[at+1:]
		if part == "" {
			return 0, false
		}
	}
	n, ok := number(whole, 1, 9)
	if !ok || len(part) > 3 {
		return 0, false
	}
	rest, ok := number((part + "000")[:3], 3, 3)
	return Grams(n*1000 + rest), ok
}

func isSeparator(r rune) bool { return r == '.' || r == ',' }
