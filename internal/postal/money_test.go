package postal_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

const (
	mostVND  = postal.VND(math.MaxInt64)
	leastVND = postal.VND(math.MinInt64)
)

// anyVND draws amounts of all sizes, the ends of the range among them.
func anyVND() *rapid.Generator[postal.VND] {
	return rapid.OneOf(rapid.Map(rapid.Int64(), toVND), rapid.Map(rapid.Int64Range(-1_000_000_000, 1_000_000_000), toVND), rapid.SampledFrom([]postal.VND{0, 1, -1, mostVND, leastVND}))
}

func toVND(n int64) postal.VND { return postal.VND(n) }

// agrees checks a result against one of unlimited size: equal when it fits, a fault when it does not.
func agrees(t *rapid.T, what string, got postal.VND, err error, want *big.Int) {
	t.Helper()
	if !want.IsInt64() {
		if fault.Code(err) != "postal.money.range" || got != 0 {
			t.Fatalf("%s = %d, %v, want a fault: it is %s", what, got, err, want)
		}
		return
	}
	if err != nil || int64(got) != want.Int64() {
		t.Fatalf("%s = %d, %v, want %s", what, got, err, want)
	}
}

func TestSumsAgreeWithUnlimitedNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := anyVND().Draw(t, "v"), anyVND().Draw(t, "w")
		a, b := big.NewInt(int64(v)), big.NewInt(int64(w))
		sum, err := v.Add(w)
		agrees(t, "sum", sum, err, new(big.Int).Add(a, b))
		diff, err := v.Sub(w)
		agrees(t, "difference", diff, err, new(big.Int).Sub(a, b))
		product, err := v.Mul(int64(w))
		agrees(t, "product", product, err, new(big.Int).Mul(a, b))
	})
}

// A quote that is a đồng off is a quote nobody trusts: multiplying and dividing agrees with exact fractions, whatever the sizes.
func TestMulDivAgreesWithUnlimitedNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, num, den := anyVND().Draw(t, "v"), int64(anyVND().Draw(t, "num")), int64(anyVND().Draw(t, "den"))
		round := rapid.SampledFrom([]postal.Rounding{postal.RoundDown, postal.RoundUp, postal.RoundHalfUp}).Draw(t, "round")
		got, err := v.MulDiv(num, den, round)
		if den == 0 {
			if fault.Code(err) != "postal.money.divide" {
				t.Fatalf("divided by zero: %d, %v", got, err)
			}
			return
		}
		product := new(big.Int).Mul(big.NewInt(int64(v)), big.NewInt(num))
		agrees(t, "quotient", got, err, quotient(product, big.NewInt(den), round))
	})
}

func quotient(a, b *big.Int, round postal.Rounding) *big.Int {
	q, rem := new(big.Int).QuoRem(a, b, new(big.Int))
	twice := new(big.Int).Abs(rem)
	twice.Lsh(twice, 1)
	if rem.Sign() != 0 && (round == postal.RoundUp || round == postal.RoundHalfUp && twice.CmpAbs(b) >= 0) {
		q.Add(q, big.NewInt(int64(a.Sign()*b.Sign())))
	}
	return q
}

func TestRoundingHasAName(t *testing.T) {
	for _, c := range []struct {
		v, step, down, up, half postal.VND
	}{
		{0, 500, 0, 0, 0}, {1, 500, 0, 500, 0}, {249, 500, 0, 500, 0}, {250, 500, 0, 500, 500}, {500, 500, 500, 500, 500},
		{44_501, 500, 44_500, 45_000, 44_500}, {44_750, 500, 44_500, 45_000, 45_000}, {-1, 500, 0, -500, 0}, {-250, 500, 0, -500, -500},
		{7, 3, 6, 9, 6}, {8, 3, 6, 9, 9}, {mostVND, 1, mostVND, mostVND, mostVND}, {leastVND, 1, leastVND, leastVND, leastVND},
	} {
		down, err1 := c.v.RoundDownTo(c.step)
		up, err2 := c.v.RoundUpTo(c.step)
		half, err3 := c.v.RoundHalfUpTo(c.step)
		if down != c.down || up != c.up || half != c.half || err1 != nil || err2 != nil || err3 != nil {
			t.Errorf("%d to %d: down %d, up %d, half up %d (%v %v %v), want %d, %d, %d", c.v, c.step, down, up, half, err1, err2, err3, c.down, c.up, c.half)
		}
	}
}

func TestRoundingRefusesNoStepAndTooMuch(t *testing.T) {
	for _, step := range []postal.VND{0, -500} {
		if _, err := postal.VND(1).RoundUpTo(step); fault.Code(err) != "postal.money.step" {
			t.Errorf("step %d: %v", step, err)
		}
	}
	if v, err := mostVND.RoundUpTo(500); fault.Code(err) != "postal.money.range" {
		t.Errorf("rounded the most up to %d, %v", v, err)
	}
}

// A refund takes back exactly what was charged.
func TestRoundingIsTheSameForAnAmountTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := postal.VND(rapid.Int64Range(0, 1<<40).Draw(t, "v"))
		num, den := rapid.Int64Range(0, 1000).Draw(t, "num"), rapid.Int64Range(1, 1000).Draw(t, "den")
		for _, round := range []postal.Rounding{postal.RoundDown, postal.RoundUp, postal.RoundHalfUp} {
			there, err1 := v.MulDiv(num, den, round)
			back, err2 := (-v).MulDiv(num, den, round)
			if err1 != nil || err2 != nil || there != -back {
				t.Fatalf("%d × %d ÷ %d: %d there, %d back", v, num, den, there, back)
			}
		}
	})
}

func TestMoneyIsWrittenForPeople(t *testing.T) {
	for v, want := range map[postal.VND][2]string{
		0: {"0 đ", "VND 0"}, 999: {"999 đ", "VND 999"}, 44_500: {"44.500 đ", "VND 44,500"}, -1_234_567: {"-1.234.567 đ", "VND -1,234,567"},
		leastVND: {"-9.223.372.036.854.775.808 đ", "VND -9,223,372,036,854,775,808"},
	} {
		if v.String() != want[0] || v.In("vi") != want[0] || v.In("en") != want[1] {
			t.Errorf("%d is written %q, %q, %q", v, v, v.In("vi"), v.In("en"))
		}
	}
}

func TestCountGroupsThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 12: "12", 123: "123", 1234: "1.234", 1_234_567: "1.234.567", -100: "-100", -1000: "-1.000"} {
		if got := postal.Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

// A receipt whose words and figures differ is worth nothing before an inspector.
func TestWordsAreThoseOfAReceipt(t *testing.T) {
	for v, want := range map[postal.VND]string{
		0:                     "Không đồng",
		1:                     "Một đồng",
		4:                     "Bốn đồng",
		10:                    "Mười đồng",
		11:                    "Mười một đồng",
		14:                    "Mười bốn đồng",
		15:                    "Mười lăm đồng",
		20:                    "Hai mươi đồng",
		21:                    "Hai mươi mốt đồng",
		24:                    "Hai mươi tư đồng",
		25:                    "Hai mươi lăm đồng",
		100:                   "Một trăm đồng",
		105:                   "Một trăm linh năm đồng",
		104:                   "Một trăm linh bốn đồng",
		111:                   "Một trăm mười một đồng",
		115:                   "Một trăm mười lăm đồng",
		1_001:                 "Một nghìn không trăm linh một đồng",
		1_015:                 "Một nghìn không trăm mười lăm đồng",
		10_000:                "Mười nghìn đồng",
		44_500:                "Bốn mươi tư nghìn năm trăm đồng",
		1_000_000:             "Một triệu đồng",
		1_000_005:             "Một triệu không trăm linh năm đồng",
		1_005_000:             "Một triệu không trăm linh năm nghìn đồng",
		5_000_000_000:         "Năm tỷ đồng",
		1_000_000_021:         "Một tỷ không trăm hai mươi mốt đồng",
		1_200_000_000_000:     "Một nghìn hai trăm tỷ đồng",
		1_000_005_000_000_000: "Một triệu không trăm linh năm tỷ đồng",
		-44_500:               "Âm bốn mươi tư nghìn năm trăm đồng",
		mostVND: "Chín tỷ hai trăm hai mươi ba triệu ba trăm bảy mươi hai nghìn không trăm ba mươi sáu tỷ tám trăm năm mươi tư triệu" +
			" bảy trăm bảy mươi lăm nghìn tám trăm linh bảy đồng",
		leastVND: "Âm chín tỷ hai trăm hai mươi ba triệu ba trăm bảy mươi hai nghìn không trăm ba mươi sáu tỷ tám trăm năm mươi tư triệu" +
			" bảy trăm bảy mươi lăm nghìn tám trăm linh tám đồng",
	} {
		if got := v.Words(); got != want {
			t.Errorf("%d in words is %q, want %q", v, got, want)
		}
	}
}

func TestWordsTellTheAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyVND().Draw(t, "v")
		if rapid.Bool().Draw(t, "zeros inside") {
			v = v / 1_000_000 * 1_000_000
		}
		if got := amountOf(t, v.Words()); got.Cmp(big.NewInt(int64(v))) != 0 {
			t.Fatalf("%d reads %q, which is %s", v, v.Words(), got)
		}
	})
}

// amountOf reads words back: the opposite of Words, made another way.
func amountOf(t *rapid.T, words string) *big.Int {
	digits := map[string]int64{"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9}
	total, below, last := new(big.Int), int64(0), int64(0)
	three := int64(0)
	fields := strings.Fields(strings.ToLower(words))
	negative := fields[0] == "âm"
	for _, word := range fields {
		switch word {
		case "âm", "linh", "đồng":
		case "trăm":
			three, last = last*100, 0
		case "mười":
			three, last = three+10, 0
		case "mươi":
			three, last = three+last*10, 0
		case "nghìn":
			below, three, last = below+(three+last)*1_000, 0, 0
		case "triệu":
			below, three, last = below+(three+last)*1_000_000, 0, 0
		case "tỷ":
			total.Add(total, big.NewInt(below+three+last))
			total.Mul(total, big.NewInt(1_000_000_000))
			below, three, last = 0, 0, 0
		default:
			d, ok := digits[word]
			if !ok {
				t.Fatalf("%q is no word for a number", word)
			}
			last = d
		}
	}
	total.Add(total, big.NewInt(below+three+last))
	if negative {
		total.Neg(total)
	}
	return total
}

func BenchmarkMulDiv(b *testing.B) {
	for b.Loop() {
		if _, err := postal.VND(44_500).MulDiv(108, 100, postal.RoundHalfUp); err != nil {
			b.Fatal(err)
		}
	}
}
