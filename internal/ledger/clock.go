package ledger

import (
	"context"
	"sync/atomic"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// clock refuses acts while the machine's clock lies behind the last entry by more than a tolerance: deadlines would be counted from a wrong moment. The order of
// entries does not need it; houses where minutes count for the law do.
type clock struct {
	behind atomic.Int64 // tolerance in ms; 0: whatever the clock says is taken
	heard  func()       // hears that acts were refused; must not wait for the ledger
}

// TolerateClock sets how far the machine's clock may lie behind the last entry before acts are refused. 0: any distance.
func (l *Ledger) TolerateClock(d time.Duration) { l.clock.behind.Store(d.Milliseconds()) }

// ClockBehind is how far the machine's clock lies behind the last entry; negative or 0 when it does not.
func (l *Ledger) ClockBehind(ctx context.Context) (time.Duration, error) {
	head, err := Audit{DB: l.db}.RecordedMs(ctx)
	return time.Duration(head-postal.Millis(l.now())) * time.Millisecond, err
}

// refuseBehind answers acts that nobody answered yet while the clock is wrong. What is in the ledger already was answered before.
func (b *batch) refuseBehind(acts []*pending) {
	tolerance, now := b.l.clock.behind.Load(), postal.Millis(b.l.now())
	if tolerance == 0 || b.headMs-now <= tolerance {
		return
	}
	refused := false
	for _, p := range acts {
		if _, ours := p.sub.Act.(recordClock); !ours && p.unanswered() {
			p.result.Err, refused = clockBehind(now, b.headMs), true
		}
	}
	if refused && b.l.clock.heard != nil {
		b.l.clock.heard()
	}
}

func clockBehind(now, head int64) *fault.Error {
	words := func(ms int64) string {
		return postal.FromMillis(ms).In(postal.HoChiMinh).Format("15:04 02/01/2006")
	}
	return fault.New(fault.Unavailable, "ledger.clock_behind",
		"Đồng hồ máy (%[1]s) chạy lùi so với lần ghi cuối (%[2]s) nên chưa ghi được gì. Hãy chỉnh lại giờ máy rồi làm lại; sự việc sẽ được ghi vào sổ cái.",
		"The machine's clock (%[1]s) lies behind the last entry (%[2]s), so nothing was recorded. Set the clock right and do it again; the incident will be recorded.", words(now), words(head))
}

// recordClock writes down that the clock was wrong. It is taken while the clock is still wrong too: that is how a person accepts it.
type recordClock struct{ event.ClockBehind }

func (recordClock) Name() string   { return "ledger.clock" }
func (recordClock) Touches() []Key { return nil }
func (a recordClock) Decide(*View, Envelope) ([]event.Fact, error) {
	return []event.Fact{a.ClockBehind}, nil
}

// RecordClock writes down that the clock was wrong, by whom it was accepted (empty: it is right again). The same id is written once.
func (l *Ledger) RecordClock(ctx context.Context, id postal.ActID, by postal.StaffID, c event.ClockBehind) (Receipt, error) {
	if by == "" {
		by = self
	}
	return l.Append(ctx, Envelope{Act: id, OccurredMs: c.MachineMs, Actor: by}, recordClock{c})
}
