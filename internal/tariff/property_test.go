package tariff_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"citypost/internal/postal"
	"citypost/internal/tariff"
)

// The second calculation. It shares nothing with the package: the lists are typed from the source, weights are climbed step by step, days are compared as text,
// relief is worked out in exact fractions.

type way string

var listed = map[way]map[tariff.Zone][3]int64{
	"send": {
		"same-district": {26000, 26000, 26500}, "between-districts": {30000, 30000, 30500},
		"same-region": {30500, 31000, 32500}, "other-region": {31000, 34000, 38000},
	},
	"return": {
		"same-district": {26000, 27000, 28500}, "between-districts": {30000, 31000, 32500},
		"same-region": {30500, 32000, 34500}, "other-region": {31000, 35000, 40000},
	},
}

var further = map[tariff.Zone]int64{"same-district": 2200, "between-districts": 2900, "same-region": 3600, "other-region": 6300}

// slow gives the listed price of one way, or false when no list of the time gives one.
func slow(w way, z tariff.Zone, grams int64, on string) (int64, bool) {
	list, ok := listed[w][z]
	if !ok || grams < 1 || grams > 30000 || on < "2020-03-01" {
		return 0, false
	}
	if on < "2021-04-20" { // only the first step inside the province was seen
		first := map[tariff.Zone]int64{"same-district": 26000, "between-districts": 30000}[z]
		return first, first > 0 && grams <= 100
	}
	switch {
	case grams <= 100:
		return list[0], true
	case grams <= 250:
		return list[1], true
	}
	price := list[2]
	for covered := int64(500); covered < grams; covered += 500 {
		price += further[z]
	}
	return price, true
}

// slowRelief gives what is left to pay of one way.
func slowRelief(q tariff.Question, w way, list int64, on string) int64 {
	left := new(big.Rat).SetInt64(list)
	half := new(big.Rat).Mul(left, big.NewRat(1, 2))
	province := q.Province
	if province == "" {
		province = "31"
	}
	near, far := q.Zone == "same-district", q.Zone == "between-districts"
	switch {
	case province == "31" && on >= "2020-03-01" && on <= "2020-06-30":
		left = half
	case province == "46" && on >= "2020-03-12" && on <= "2020-06-30" && q.Online:
		left.Sub(left, half).Sub(left, half)
	case province == "51" && on >= "2020-03-01" && on <= "2020-04-30" && near:
		left.SetInt64(15000)
	case province == "51" && on >= "2020-03-01" && on <= "2020-04-30" && far:
		left.SetInt64(20000)
	case province == "20" && on >= "2020-03-01" && on <= "2020-06-30" && w == "return" && near:
		left.SetInt64(12000)
	case province == "20" && on >= "2020-03-01" && on <= "2020-06-30" && w == "return" && far:
		left.SetInt64(16000)
	case province == "56" && on >= "2020-03-01" && q.Class != "":
		left.SetInt64(0)
	}
	if !left.IsInt() { // the terms of 2020 round up
		up := new(big.Int).Add(new(big.Int).Div(left.Num(), left.Denom()), big.NewInt(1))
		return up.Int64()
	}
	return left.Num().Int64()
}

func second(q tariff.Question) (total, list int64, ok bool) {
	ways := map[tariff.Service][]way{tariff.DossierSend: {"send"}, tariff.DossierReturn: {"return"}, tariff.DossierBoth: {"send", "return"}}[q.Service]
	on := q.On.String()
	for _, w := range ways {
		grams := int64(q.WeightG)
		if w == "return" && q.Service == tariff.DossierBoth && q.ReturnWeightG > 0 {
			grams = int64(q.ReturnWeightG)
		}
		price, there := slow(w, q.Zone, grams, on)
		if !there {
			return 0, 0, false
		}
		list += price
		if q.NoRelief {
			total += price
			continue
		}
		total += slowRelief(q, w, price, on)
	}
	return total, list, len(ways) > 0
}

// edgeDays are the days on which something changes, with their neighbours.
var edgeDays = func() []postal.Day {
	var days []postal.Day
	for _, text := range []string{"2020-03-01", "2020-03-12", "2020-04-30", "2020-05-01", "2020-06-30", "2020-07-01", "2021-04-19", "2021-04-20", "2025-06-30", "2025-07-01"} {
		d := day(text)
		days = append(days, d.AddDays(-1), d, d.AddDays(1))
	}
	return days
}()

var edgeWeights = []postal.Grams{1, 99, 100, 101, 249, 250, 251, 499, 500, 501, 999, 1000, 1001, 1499, 1500, 1501, 29_999, 30_000, 30_001}

func randomQuestion(rnd *rand.Rand) tariff.Question {
	q := tariff.Question{Service: tariff.Services[rnd.IntN(3)], Zone: tariff.Zones[rnd.IntN(4)], NoRelief: rnd.IntN(3) == 0, Online: rnd.IntN(2) == 0,
		Province: []string{"", "31", "46", "51", "20", "56", "01"}[rnd.IntN(7)], Class: []string{"", "", "heroic-mother", "revolutionary-1945"}[rnd.IntN(4)]}
	q.On = day("2020-01-01").AddDays(rnd.IntN(2500))
	if rnd.IntN(2) == 0 {
		q.On = edgeDays[rnd.IntN(len(edgeDays))]
	}
	weigh := func() postal.Grams {
		switch rnd.IntN(3) {
		case 0:
			return edgeWeights[rnd.IntN(len(edgeWeights))]
		case 1:
			return postal.Grams(1 + rnd.IntN(600))
		}
		return postal.Grams(1 + rnd.IntN(30_500))
	}
	q.WeightG = weigh()
	if rnd.IntN(2) == 0 {
		q.ReturnWeightG = weigh()
	}
	if q.Service != tariff.DossierBoth {
		q.ReturnWeightG = 0
	}
	return q
}

// compare says how a quote differs from the second calculation, "" when it does not.
func compare(tf *tariff.Tariff, q tariff.Question) (answered bool, difference string) {
	total, list, there := second(q)
	got, err := tf.Quote(q)
	switch {
	case there && err != nil:
		return there, fmt.Sprintf("%+v: refused (%v), want %d", q, err, total)
	case !there && err == nil:
		return there, fmt.Sprintf("%+v: got %d, want a refusal", q, got.TotalVND)
	case there && (int64(got.TotalVND) != total || int64(got.ListVND) != list):
		return there, fmt.Sprintf("%+v: got %d (list %d), want %d (list %d)", q, got.TotalVND, got.ListVND, total, list)
	case got.TotalVND < 0:
		return there, fmt.Sprintf("%+v: negative: %d", q, got.TotalVND)
	}
	var sum postal.VND
	for _, l := range got.Lines {
		sum += l.AmountVND
	}
	if sum != got.TotalVND {
		return there, fmt.Sprintf("%+v: lines add up to %d, not %d", q, sum, got.TotalVND)
	}
	return there, ""
}

// A đồng too much or too little is a complaint at every counter of the city.
func TestQuotesEqualASecondCalculation(t *testing.T) {
	tf := embedded(t)
	const questions = 100_000
	rnd := rand.New(rand.NewPCG(49, 2010))
	answered := 0
	for range questions {
		there, difference := compare(tf, randomQuestion(rnd))
		if difference != "" {
			t.Fatal(difference)
		}
		if there {
			answered++
		}
	}
	if answered < questions/4 {
		t.Errorf("only %d of %d questions had a price: the comparison is worth little", answered, questions)
	}
}

func TestQuotesEqualASecondCalculationAtEveryBoundary(t *testing.T) {
	tf := embedded(t)
	for _, on := range edgeDays {
		for _, w := range edgeWeights {
			for _, service := range tariff.Services[:3] {
				for _, zone := range tariff.Zones[:4] {
					for _, province := range []string{"31", "46", "51", "20", "56"} {
						q := tariff.Question{Service: service, Zone: zone, WeightG: w, On: on, Province: province, Online: true}
						if _, difference := compare(tf, q); difference != "" {
							t.Fatal(difference)
						}
					}
				}
			}
		}
	}
}

// Every gram up to the first further step, then both sides of every later one, for every service, zone and province, on each side of every change.
func TestPriceNeverFallsAsWeightGrows(t *testing.T) {
	tf := embedded(t)
	for _, on := range edgeDays {
		for _, service := range tariff.Services[:3] {
			for _, zone := range tariff.Zones[:4] {
				for _, province := range []string{"31", "46", "51", "20", "56"} {
					neverFalls(t, tf, tariff.Question{Service: service, Zone: zone, On: on, Province: province, Online: true})
				}
			}
		}
	}
}

func neverFalls(t *testing.T, tf *tariff.Tariff, q tariff.Question) {
	t.Helper()
	var last postal.VND
	for q.WeightG = 1; q.WeightG <= 30_000; q.WeightG++ {
		if w := q.WeightG % 500; q.WeightG > 505 && w != 0 && w != 1 {
			continue
		}
		got, err := tf.Quote(q)
		if err != nil {
			return
		}
		if got.TotalVND < last || got.TotalVND < 0 {
			t.Fatalf("%+v: %d after %d", q, got.TotalVND, last)
		}
		last = got.TotalVND
	}
}

func TestTheSameQuestionFromManySidesHasOneAnswer(t *testing.T) {
	tf := embedded(t)
	q := tariff.Question{Service: tariff.DossierBoth, Zone: tariff.SameDistrict, WeightG: 100, On: day("2020-04-15")}
	want := fmt.Sprint(ask(t, tf, q))
	done := make(chan string, 8)
	for range cap(done) {
		go func() {
			for range 500 {
				if got, err := tf.Quote(q); err != nil || fmt.Sprint(got) != want {
					done <- fmt.Sprint(got, err)
					return
				}
			}
			done <- ""
		}()
	}
	for range cap(done) {
		if difference := <-done; difference != "" {
			t.Fatal(difference)
		}
	}
}

func BenchmarkQuote(b *testing.B) {
	tf := embedded(b)
	for name, q := range map[string]tariff.Question{
		"OneWay":         {Service: tariff.DossierSend, Zone: tariff.SameDistrict, WeightG: 730, On: day("2021-05-04")},
		"BothWaysRelief": {Service: tariff.DossierBoth, Zone: tariff.SameDistrict, WeightG: 100, On: day("2020-04-15")},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tf.Quote(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Other work on the machine takes from one measurement, so the best of a few counts.
func TestBenchAnswersFastEnough(t *testing.T) {
	best := 0.0
	for n := 0; n < 10 && best < 50_000; n++ {
		r, err := tariff.Bench(t.Context(), embedded(t), 1, 300*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		best = max(best, r.PerSecondCore)
	}
	if t.Logf("%.0f quotes/s on one core", best); best < 50_000 {
		t.Errorf("%.0f quotes/s on a core, want 50,000", best)
	}
}
