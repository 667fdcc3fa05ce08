package bench

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb/sqltest"
)

// BenchmarkAppend is for profiles: go test -bench Append -cpuprofile.
func BenchmarkAppend(b *testing.B) {
	db := sqltest.SQLite(b)
	key, err := tree.GenerateKey(filepath.Join(b.TempDir(), "ledger.key"), "bench.test/ledger")
	if err != nil {
		b.Fatal(err)
	}
	l, err := ledger.Open(b.Context(), db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}, Key: key})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	ws, err := workers(b.Context(), l, 8)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	start := time.Now()
	var done atomic.Int64
	var wg sync.WaitGroup
	for _, w := range ws {
		wg.Go(func() {
			for done.Load() < int64(b.N) {
				rs, err := l.AppendAll(b.Context(), w.submissions())
				if err != nil {
					b.Error(err)
					return
				}
				for _, r := range rs {
					if r.Err != nil {
						b.Error(r.Err)
						return
					}
				}
				done.Add(int64(len(rs)))
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(done.Load())/time.Since(start).Seconds(), "acts/s")
}
