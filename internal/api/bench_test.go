package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// BenchmarkScans sends batches of 200 over real HTTP from several devices at once, each scan a new item: the whole path, durable.
func BenchmarkScans(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchScans(b, sqltest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchScans(b, sqltest.Postgres(b)) })
}

func benchScans(b *testing.B, db *sqldb.DB) {
	h := newHouse(b, db)
	srv := httptest.NewServer(h.api)
	defer srv.Close()
	const devices, batch = 8, 200
	var wg sync.WaitGroup
	jobs := make(chan string, devices)
	failed := make(chan string, devices)
	b.ResetTimer()
	for range devices {
		wg.Go(func() {
			for body := range jobs {
				if err := sendBatch(srv.URL, body); err != nil {
					select {
					case failed <- err.Error():
					default:
					}
				}
			}
		})
	}
	start := time.Now()
	for range b.N {
		jobs <- acceptBatch(h, batch)
	}
	close(jobs)
	wg.Wait()
	select {
	case why := <-failed:
		b.Fatal(why)
	default:
	}
	b.ReportMetric(float64(b.N*batch)/time.Since(start).Seconds(), "scans/s")
}

func acceptBatch(h *house, n int) string {
	var body strings.Builder
	body.WriteString(`{"scans":[`)
	now := h.clock()
	at := now.Format(time.RFC3339Nano)
	for i := range n {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"id":%q,"act":"accept","service":"registered","to_unit":"11407","to_office":"180200","weight_g":50,"fee_vnd":12000,"occurred_at":%q}`, postal.NewActID(now), at)
	}
	body.WriteString(`]}`)
	return body.String()
}

func sendBatch(url, body string) error {
	r, err := http.NewRequest("POST", url+"/api/v1/scans", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer clerkA")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var b strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if resp.StatusCode != http.StatusOK || strings.Contains(b.String(), "refused") {
		return fmt.Errorf("%d %.300s", resp.StatusCode, b.String())
	}
	return nil
}
