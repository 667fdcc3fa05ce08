package bench

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkIntakes and BenchmarkIntakesAppend are for profiles: go test -bench Intakes -cpuprofile.
func BenchmarkIntakes(b *testing.B)       { intakes(b, (*counterClerk).byPage) }
func BenchmarkIntakesAppend(b *testing.B) { intakes(b, (*counterClerk).direct) }

func intakes(b *testing.B, take func(*counterClerk, context.Context) (int, error)) {
	dir := b.TempDir()
	c, err := openCounters(b.Context(), dir, filepath.Join(dir, "house.db"), mixed, 48, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer c.close()
	if err := c.serve(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	start, cpu := time.Now(), spent()
	var done atomic.Int64
	var wg sync.WaitGroup
	for _, k := range c.clerks {
		wg.Go(func() {
			for done.Add(1) <= int64(b.N) {
				if _, err := take(k, b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "intakes/s")
	b.ReportMetric((spent()-cpu)/float64(b.N), "cpu-µs/intake")
}
