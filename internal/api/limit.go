package api

import (
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"citypost/internal/fault"
)

// Limit is how many requests a credential may send: PerSecond for long, Burst at once. Zero PerSecond is no limit.
type Limit struct {
	PerSecond float64
	Burst     int
}

// limiter holds one bucket per credential.
type limiter struct {
	mu      sync.Mutex
	limit   Limit
	buckets map[string]*bucket
}

type bucket struct {
	*rate.Limiter
	used time.Time
}

const (
	maxBuckets = 20_000          // about 2 MB
	bucketIdle = 2 * time.Minute // after which a bucket is full again and can be forgotten
)

// wait says how long key has to wait before its next request, 0 when it may go now.
func (l *limiter) wait(key string, now time.Time) time.Duration {
	if l.limit.PerSecond <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[key]
	if !ok {
		l.tidy(now)
		b = &bucket{Limiter: rate.NewLimiter(rate.Limit(l.limit.PerSecond), max(1, l.limit.Burst))}
		l.buckets[key] = b
	}
	b.used = now
	r := b.ReserveN(now, 1)
	d := r.DelayFrom(now)
	if d > 0 {
		r.CancelAt(now)
	}
	return d
}

// tidy makes room: idle buckets go; when all are busy, all start anew, which is kinder than refusing strangers.
func (l *limiter) tidy(now time.Time) {
	if len(l.buckets) < maxBuckets && l.buckets != nil {
		return
	}
	for k, b := range l.buckets {
		if now.Sub(b.used) > bucketIdle {
			delete(l.buckets, k)
		}
	}
	if len(l.buckets) >= maxBuckets || l.buckets == nil {
		l.buckets = map[string]*bucket{}
	}
}

// admitRate counts a request against its credential, or against its address when it has none.
func (s *Service) admitRate(w http.ResponseWriter, c *call) error {
	l, key := &s.known, c.person.Session
	if key == "" {
		key = string(c.person.ID)
	}
	if !c.person.Known() {
		l, key = &s.strangers, s.address(c.r)
	}
	d := l.wait(key, s.Now())
	if d <= 0 {
		return nil
	}
	seconds := int(math.Ceil(d.Seconds()))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return fault.New(fault.TooMany, "api.too_many",
		"Gửi quá nhanh. Hãy đợi %d giây rồi gửi lại.", "Too many requests. Wait %d seconds, then send again.", seconds)
}

func (s *Service) address(r *http.Request) string {
	if s.Address != nil {
		return s.Address(r)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
