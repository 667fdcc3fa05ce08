package postal

import (
	"math"
	"math/bits"
	"strconv"

	"citypost/internal/fault"
)

// VND is an amount of money in whole đồng, the smallest unit in use. It may be negative: a refund, a difference.
// Every operation that could leave the range of 64 bits, or that needs rounding, says so.
type VND int64

// Rounding says what becomes of a remainder. It looks at the size of the amount, so that taking an amount back (the same, negative) always gives
// exactly what was charged.
type Rounding uint8

// The ways to round.
const (
	RoundDown   Rounding = iota // towards zero
	RoundUp                     // away from zero
	RoundHalfUp                 // to the nearest, a half away from zero
)

// Add gives v + w.
func (v VND) Add(w VND) (VND, error) {
	sum := v + w
	if (sum > v) != (w > 0) {
		return 0, tooMuch()
	}
	return sum, nil
}

// Sub gives v − w.
func (v VND) Sub(w VND) (VND, error) {
	diff := v - w
	if (diff < v) != (w > 0) {
		return 0, tooMuch()
	}
	return diff, nil
}

// Mul gives v × n.
func (v VND) Mul(n int64) (VND, error) { return v.MulDiv(n, 1, RoundDown) }

// MulDiv gives v × num ÷ den, rounded once, at the end: the product is held in 128 bits. So 10 % of v is v.MulDiv(10, 100, RoundHalfUp).
func (v VND) MulDiv(num, den int64, round Rounding) (VND, error) {
	if den == 0 {
		return 0, fault.New(fault.Invalid, "postal.money.divide", "Không thể chia cho 0.", "Cannot divide by zero.")
	}
	hi, lo := bits.Mul64(size(int64(v)), size(num))
	d := size(den)
	if hi >= d {
		return 0, tooMuch()
	}
	q, rem := bits.Div64(hi, lo, d)
	if roundsUp(rem, d, round) {
		if q == math.MaxUint64 {
			return 0, tooMuch()
		}
		q++
	}
	return signed(q, (v < 0) != (num < 0) != (den < 0))
}

// RoundUpTo gives the multiple of step at or beyond v, away from zero; tariffs say "làm tròn lên đến 500 đồng".
func (v VND) RoundUpTo(step VND) (VND, error) { return v.roundTo(step, RoundUp) }

// RoundDownTo gives the multiple of step at or before v, towards zero.
func (v VND) RoundDownTo(step VND) (VND, error) { return v.roundTo(step, RoundDown) }

// RoundHalfUpTo gives the multiple of step nearest to v, a half going away from zero.
func (v VND) RoundHalfUpTo(step VND) (VND, error) { return v.roundTo(step, RoundHalfUp) }

func (v VND) roundTo(step VND, round Rounding) (VND, error) {
	if step <= 0 {
		return 0, fault.New(fault.Invalid, "postal.money.step", "Bước làm tròn phải lớn hơn 0.", "The rounding step must be more than zero.")
	}
	n, err := v.MulDiv(1, int64(step), round)
	if err != nil {
		return 0, err
	}
	return n.Mul(int64(step))
}

// String writes the amount as people in Viet Nam do: "44.500 đ".
func (v VND) String() string { return Count(int64(v)) + " đ" }

// In writes the amount in the language asked for: "VND 44,500" for "en", "44.500 đ" for anything else.
func (v VND) In(lang string) string {
	if lang == "en" {
		return "VND " + CountIn(int64(v), lang)
	}
	return v.String()
}

// Count writes a whole number with points between groups of three: "1.234.567".
func Count(n int64) string { return group(n, '.') }

// CountIn writes a whole number in the language asked for: "1,234,567" for "en", "1.234.567" for anything else.
func CountIn(n int64, lang string) string {
	if lang == "en" {
		return group(n, ',')
	}
	return Count(n)
}

func group(n int64, sep byte) string {
	s := strconv.FormatInt(n, 10)
	b := make([]byte, 0, len(s)+len(s)/3)
	if s[0] == '-' {
		b, s = append(b, '-'), s[1:]
	}
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b = append(b, sep)
		}
		b = append(b, s[i])
	}
	return string(b)
}

func roundsUp(rem, den uint64, round Rounding) bool {
	switch round {
	case RoundUp:
		return rem > 0
	case RoundHalfUp:
		return rem >= den-rem
	}
	return false
}

// size is the amount without its sign; it also holds that of the lowest int64.
func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func signed(q uint64, negative bool) (VND, error) {
	switch {
	case !negative && q <= math.MaxInt64:
		return VND(q), nil
	case negative && q <= 1<<63:
		return VND(-q), nil
	}
	return 0, tooMuch()
}

func tooMuch() error {
	return fault.New(fault.Invalid, "postal.money.range", "Số tiền vượt quá giới hạn tính được.", "The amount is beyond what can be counted.")
}
