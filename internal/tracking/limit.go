package tracking

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"citypost/internal/fault"
)

// Limit is how many questions one address may ask: PerSecond for long, Burst at once. Zero PerSecond is no limit.
type Limit struct {
	PerSecond float64
	Burst     int
}

// PublicLimit lets a whole office or a school behind one address follow its mail, and makes trying numbers one by one hopeless: at two a second, a hundred
// million serials take a year and a half for each pair of letters.
func PublicLimit() Limit { return Limit{PerSecond: 2, Burst: 120} }

// asked holds one bucket per address.
type asked struct {
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

// allow counts a question and reports whether it may be answered.
func (a *asked) allow(l Limit, key string, now time.Time) bool {
	if l.PerSecond <= 0 {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	b, ok := a.buckets[key]
	if !ok {
		a.makeRoom(l, now)
		b = &bucket{Limiter: rate.NewLimiter(rate.Limit(l.PerSecond), max(1, l.Burst))}
		a.buckets[key] = b
	}
	b.used = now
	return b.AllowN(now, 1)
}

// makeRoom forgets addresses whose bucket is full again, once in the time that takes: nobody's address stays longer than it must. When all are busy all start
// anew, which is kinder than refusing strangers.
func (a *asked) makeRoom(l Limit, now time.Time) {
	refill := time.Duration(float64(l.Burst) / l.PerSecond * float64(time.Second))
	if len(a.buckets) >= maxBuckets || now.Sub(a.swept) > refill {
		a.swept = now
		for k, b := range a.buckets {
			if now.Sub(b.used) > refill {
				delete(a.buckets, k)
			}
		}
	}
	if a.buckets == nil || len(a.buckets) >= maxBuckets {
		a.buckets = map[string]*bucket{}
	}
}

// address is who asks: an address of version 4, or the /64 around one of version 6, which one household has.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return host
	}
	return p.String()
}

var errTooMany = fault.New(fault.TooMany, "tracking.too_many",
	"Từ nơi bạn có quá nhiều lượt tra cứu trong một lúc. Hãy đợi một phút rồi tra lại; nếu cần tra nhiều bưu gửi, hãy gọi tổng đài hoặc hỏi bưu cục.",
	"Too many questions came from where you are. Wait a minute and ask again; if you follow many items, call us or ask at a post office.")
