package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is how many requests one asker may send: PerSecond for long, Burst at once. Zero PerSecond is no limit.
type Limit struct {
	PerSecond float64
	Burst     int
}

// Limiter holds one bucket per asker; an asker is a credential or a Network. The zero Limiter is ready.
type Limiter struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	*rate.Limiter
	used time.Time
}

// maxBuckets bounds the memory for strangers: about 2 MB.
const maxBuckets = 20_000

// Wait counts a request of key and says how long it has to wait, 0 when it may go now; one that has to wait is not counted.
func (l *Limiter) Wait(limit Limit, key string, now time.Time) time.Duration {
	if limit.PerSecond <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[key]
	if !ok {
		l.makeRoom(limit, now)
		b = &bucket{Limiter: rate.NewLimiter(rate.Limit(limit.PerSecond), max(1, limit.Burst))}
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

// Full reports whether a request of key would have to wait, without counting one.
func (l *Limiter) Full(limit Limit, key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[key]
	return limit.PerSecond > 0 && ok && b.TokensAt(now) < 1
}

// makeRoom forgets askers whose bucket is full again, once in the time that takes: nobody's address stays longer than it must. When all are busy all start
// anew, which is kinder than refusing strangers.
func (l *Limiter) makeRoom(limit Limit, now time.Time) {
	refill := time.Duration(float64(max(1, limit.Burst)) / limit.PerSecond * float64(time.Second))
	if len(l.buckets) >= maxBuckets || now.Sub(l.swept) > refill {
		l.swept = now
		for k, b := range l.buckets {
			if now.Sub(b.used) > refill {
				delete(l.buckets, k)
			}
		}
	}
	if l.buckets == nil || len(l.buckets) >= maxBuckets {
		l.buckets = map[string]*bucket{}
	}
}
