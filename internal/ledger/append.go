package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
)

// Limits of the batch machine. A batch larger than maxBatch gains nothing more from sharing one commit; MaxSubmission bounds what one caller may put in at once.
const (
	maxBatch      = 2000
	MaxSubmission = 1000
)

// maxBeside bounds the bytes that the acts of one batch keep beside their entries: they all wait for the same commit, so a batch of pictures must not keep them waiting long.
const maxBeside = 8 << 20

// Submission is one act with its envelope, and the rows that it keeps beside its entry.
type Submission struct {
	Envelope
	Act    Act
	Beside []Beside
}

// Result answers one submission: a receipt, or the reason why not.
type Result struct {
	Receipt Receipt
	Err     error
}

// pending is a submission under way.
type pending struct {
	sub    Submission
	digest int64
	result Result
	asked  bool // a commit with it was asked for: if it stands in the ledger, it was this one
	entry  event.Entry
	body   []byte
	group  *group
}

// group is what one caller put in together; it waits until all are answered.
type group struct {
	left int
	done chan struct{}
}

func (p *pending) answer(r Result) {
	p.result = r
	p.group.left--
	if p.group.left == 0 {
		close(p.group.done)
	}
}

// Append writes one act and answers when it is on disk. The same act again gets the first answer with Repeated set; another content under the same id is refused
// with ledger.act_reused. When ctx ends while the act is under way it may still be written: send it again with the same id to know.
func (l *Ledger) Append(ctx context.Context, e Envelope, act Act, beside ...Beside) (Receipt, error) {
	results, err := l.AppendAll(ctx, []Submission{{e, act, beside}})
	if err != nil {
		return Receipt{}, err
	}
	return results[0].Receipt, results[0].Err
}

// AppendAll writes several acts in the order given, answering each for itself. The error is for the whole: too many, stopped, ctx ended.
func (l *Ledger) AppendAll(ctx context.Context, subs []Submission) ([]Result, error) {
	if len(subs) > MaxSubmission {
		return nil, fault.New(fault.TooLarge, "ledger.too_many_acts",
			"Một lần gửi tối đa %[2]d thao tác, lần này có %[1]d. Hãy chia nhỏ rồi gửi lại.",
			"At most %[2]d acts at a time, these were %[1]d. Send them in smaller parts.", len(subs), MaxSubmission)
	}
	if len(subs) == 0 {
		return nil, nil
	}
	if err := l.Stopped(); err != nil {
		return nil, err
	}
	g := &group{left: len(subs), done: make(chan struct{})}
	acts := make([]*pending, len(subs))
	for i, s := range subs {
		d, err := digest(s)
		if err != nil {
			return nil, err
		}
		if err := l.writer.beside.check(s.Beside); err != nil {
			return nil, err
		}
		acts[i] = &pending{sub: s, digest: d, group: g}
	}
	select {
	case l.queue <- acts:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.done:
		return nil, errClosed
	}
	select {
	case <-g.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.done:
		select {
		case <-g.done: // by the last batch
		default:
			return nil, errClosed
		}
	}
	out := make([]Result, len(acts))
	for i, p := range acts {
		out[i] = p.result
	}
	return out, nil
}

var errClosed = fault.New(fault.Unavailable, "ledger.closed",
	"Hệ thống đang dừng: thao tác này chưa được ghi. Hãy gửi lại sau ít phút.",
	"The system is shutting down: this act was not answered. Send it again in a few minutes.")

// digest tells two contents under one id apart. The claimed time is no part of the content: a form sent twice was sent at two times.
func digest(s Submission) (int64, error) {
	body, err := json.Marshal(s.Act)
	if err != nil {
		return 0, fmt.Errorf("read act %s: %w", s.Act.Name(), err)
	}
	b := make([]byte, 0, len(body)+96)
	for _, part := range []string{s.Act.Name(), string(s.Office), string(s.Actor)} {
		b = append(append(b, part...), 0)
	}
	sum := sha256.Sum256(append(b, body...))
	return int64(binary.BigEndian.Uint64(sum[:8])), nil
}

// run is the batch machine: it takes all that waits, commits it together, and answers. While one batch is being made durable the next one gathers.
func (l *Ledger) run(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(signEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			l.seal(context.WithoutCancel(ctx)) // what was answered is signed before we go
			return
		case <-tick.C:
			l.seal(context.WithoutCancel(ctx))
		case acts := <-l.queue:
			l.commit(context.WithoutCancel(ctx), l.gather(acts)) // a batch under way is finished even when closing
		}
	}
}

func (l *Ledger) gather(acts []*pending) []*pending {
	for bytes := besideOf(acts); len(acts) < maxBatch && bytes < maxBeside; {
		select {
		case more := <-l.queue:
			acts, bytes = append(acts, more...), bytes+besideOf(more)
		default:
			return acts
		}
	}
	return acts
}

// besideOf is about how many bytes acts keep beside their entries.
func besideOf(acts []*pending) (n int) {
	for _, p := range acts {
		for _, b := range p.sub.Beside {
			n += b.size()
		}
	}
	return n
}
