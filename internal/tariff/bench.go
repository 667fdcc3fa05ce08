package tariff

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"citypost/internal/postal"
)

// BenchResult is what `citypost bench quotes` measured.
type BenchResult struct {
	Quotes         int64   `json:"quotes"`
	Seconds        float64 `json:"seconds"`
	Cores          int     `json:"cores"`
	PerSecond      float64 `json:"quotes_per_second"`
	PerSecondCore  float64 `json:"quotes_per_second_per_core"`
	FloorPerSecond float64 `json:"floor_per_second_per_core"` // a bare map look-up and addition on this machine in the same run
}

// Bench asks questions on a number of cores for a time and counts the answers. Beside it the same machine does a bare look-up, so that the ratio can be judged.
func Bench(ctx context.Context, t *Tariff, cores int, d time.Duration) (BenchResult, error) {
	if cores <= 0 {
		cores = runtime.GOMAXPROCS(0)
	}
	questions := benchQuestions(t)
	counts, errs := make([]int64, cores), make([]error, cores)
	start := time.Now()
	var wg sync.WaitGroup
	for c := range cores {
		wg.Go(func() {
			for time.Since(start) < d && ctx.Err() == nil && errs[c] == nil {
				var n int
				n, errs[c] = askAll(t, questions)
				counts[c] += int64(n)
			}
		})
	}
	wg.Wait()
	r := BenchResult{Seconds: time.Since(start).Seconds(), Cores: cores}
	for c := range cores {
		if errs[c] != nil {
			return r, errs[c]
		}
		r.Quotes += counts[c]
	}
	r.PerSecond = float64(r.Quotes) / r.Seconds
	r.PerSecondCore = r.PerSecond / float64(cores)
	r.FloorPerSecond = benchFloor(questions)
	return r, ctx.Err()
}

// askAll asks every question once; the clock is looked at only between rounds, because on some machines that costs more than a quote.
func askAll(t *Tariff, questions []Question) (int, error) {
	for i := range questions {
		if _, err := t.Quote(questions[i]); err != nil {
			return i, err
		}
	}
	return len(questions), nil
}

// benchQuestions makes questions that all have an answer, over every service with a list, every zone and the weights of a working day.
func benchQuestions(t *Tariff) []Question {
	rnd := rand.New(rand.NewPCG(2020, 4))
	var all []Question
	for len(all) < 4096 {
		q := Question{Service: Services[rnd.IntN(3)], Zone: Zones[rnd.IntN(4)], WeightG: postal.Grams(1 + rnd.IntN(3000)),
			On: postal.MakeDay(2021, time.April, 20).AddDays(rnd.IntN(2000)), Online: rnd.IntN(2) == 0}
		if rnd.IntN(4) == 0 {
			q.On, q.WeightG, q.Zone = postal.MakeDay(2020, time.March, 1).AddDays(rnd.IntN(122)), postal.Grams(1+rnd.IntN(100)), Zones[rnd.IntN(2)]
		}
		if _, err := t.Quote(q); err == nil {
			all = append(all, q)
		}
	}
	return all
}

// benchFloor is the bare engine: one look-up and one addition for a question.
func benchFloor(questions []Question) float64 {
	table := map[Zone]postal.VND{SameDistrict: 26_000, BetweenDistricts: 30_000, SameRegion: 30_500, OtherRegion: 31_000}
	var sum postal.VND
	var n int64
	start := time.Now()
	for time.Since(start) < 50*time.Millisecond {
		for i := range questions {
			sum += table[questions[i].Zone] + postal.VND(questions[i].WeightG)
			n++
		}
	}
	if sum < 0 {
		return 0
	}
	return float64(n) / time.Since(start).Seconds()
}
