package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// load is what clients do meanwhile: each accepts one item after the other and sends an act again, with the same id and perhaps to another node, until it is
// answered. That is how docs/operations.md says that a program must do it.
type load struct {
	w       *town
	mu      sync.Mutex
	acks    []ack
	sent    map[postal.ActID]bool // every act that was ever sent
	refused []string              // answers that no client should see
	again   atomic.Int64          // requests that were sent again
	twice   atomic.Int64          // of them, those that were found recorded already: the answer had been lost, not the act
	stop    context.CancelFunc
	clients sync.WaitGroup
}

// ack is what a client holds in hand.
type ack struct {
	act  postal.ActID
	seq  int64
	item string
	at   time.Time
}

// again is how long a client waits before it sends again, to the next node.
const resend = 250 * time.Millisecond

// begin lets one client work for each of the town's devices.
func (w *town) begin() *load {
	ctx, stop := context.WithCancel(context.Background())
	l := &load{w: w, sent: map[postal.ActID]bool{}, stop: stop}
	for i, token := range w.tokens {
		l.clients.Go(func() { l.client(ctx, i, token) })
	}
	return l
}

// end lets every client get its last answer.
func (l *load) end() {
	l.stop()
	l.clients.Wait()
}

func (l *load) client(ctx context.Context, i int, token string) {
	c := &http.Client{Timeout: 40 * time.Second}
	for n := i; ctx.Err() == nil; n++ {
		act := postal.NewActID(time.Now())
		l.mu.Lock()
		l.sent[act] = true
		l.mu.Unlock()
		l.accept(ctx, c, token, act, &n)
	}
}

// accept sends one act until it is answered. When the load ends while nothing answers any more (the control), the act stays open.
func (l *load) accept(ctx context.Context, c *http.Client, token string, act postal.ActID, n *int) {
	body := fmt.Sprintf(`{"occurred_at":%q,"service":"registered","to_unit":%q,"to_office":%q,"weight_g":50}`, time.Now().UTC().Format(time.RFC3339Nano), l.w.toUnit, l.w.to)
	var ended time.Time
	for ; ; *n++ {
		nd := l.w.nodes[*n%len(l.w.nodes)]
		status, answer, err := send(c, "http://"+nd.addr+"/api/v1/items", token, act, body)
		switch {
		case err == nil && (status == http.StatusCreated || status == http.StatusOK):
			l.take(act, answer)
			return
		case err == nil && status < 500 && status != http.StatusTooManyRequests:
			l.mu.Lock()
			l.refused = append(l.refused, fmt.Sprintf("%s node %d: %d %s", time.Now().Format("15:04:05.000"), nd.n, status, answer))
			l.mu.Unlock()
			return
		}
		l.again.Add(1)
		if ctx.Err() != nil && ended.IsZero() {
			ended = time.Now()
		}
		if !ended.IsZero() && time.Since(ended) > 30*time.Second {
			return
		}
		<-time.After(resend)
	}
}

func send(c *http.Client, url, token string, act postal.ActID, body string) (int, []byte, error) {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewBufferString(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", act.String())
	res, err := c.Do(r)
	if err != nil {
		return 0, nil, err
	}
	answer, err := read(res)
	return res.StatusCode, answer, err
}

func (l *load) take(act postal.ActID, answer []byte) {
	var out struct {
		Status, Thing string
		Seq           int64
	}
	err := json.Unmarshal(answer, &out)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || out.Seq == 0 || out.Thing == "" {
		l.refused = append(l.refused, fmt.Sprintf("not understood: %s", answer))
		return
	}
	if out.Status == "repeated" {
		l.twice.Add(1)
	}
	l.acks = append(l.acks, ack{act, out.Seq, out.Thing, time.Now()})
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acks)
}

// flows waits until so many further acts are acknowledged.
func (l *load) flows(t *testing.T, more int, limit time.Duration) {
	t.Helper()
	want := l.count() + more
	await(t, limit, func() bool { return l.count() >= want }, func() string {
		return fmt.Sprintf("acknowledgements do not flow: %d of %d\n%s", l.count(), want, l.w.nodes[0].log(3000))
	})
}

// gap is the longest time without any acknowledgement since a moment.
func (l *load) gap(since time.Time) (longest time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := since
	for _, a := range l.acks {
		if a.at.Before(since) {
			continue
		}
		longest = max(longest, a.at.Sub(last))
		last = a.at
	}
	return longest
}

// judgement compares the clients' own list with the ledger.
type judgement struct {
	acked, entries, lost, moved, doubled, unknown int
}

func (j judgement) right() bool { return j.lost+j.moved+j.doubled+j.unknown == 0 }

func (j judgement) String() string {
	return fmt.Sprintf("%d acknowledged, %d entries of the clients; lost %d, at another place %d, doubled %d, never sent %d", j.acked, j.entries, j.lost, j.moved, j.doubled, j.unknown)
}

func (l *load) judge(t *testing.T) (j judgement) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), l.w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Read().QueryContext(t.Context(), `SELECT id, seq FROM ledger_act`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[postal.ActID]int64{}
	for rows.Next() {
		var id []byte
		var seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			t.Fatal(err)
		}
		found[postal.ActID(id)] = seq
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	items := map[string]postal.ActID{}
	for _, a := range l.acks {
		seq, there := found[a.act]
		switch first, given := items[a.item]; {
		case !there:
			j.lost++
		case seq != a.seq:
			j.moved++
		case given && first != a.act: // one number for two items, or one act answered with two
			j.doubled++
		}
		items[a.item] = a.act
	}
	for id := range found {
		if l.sent[id] {
			j.entries++
		}
	}
	j.acked = len(l.acks)
	j.unknown = len(found) - j.entries - l.w.before
	return j
}

// calm says what clients saw that they should not have.
func (l *load) calm() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.refused) == 0 {
		return nil
	}
	return fmt.Errorf("%d answers that no client should see, the first: %s, the last: %s", len(l.refused), l.refused[0], l.refused[len(l.refused)-1])
}
