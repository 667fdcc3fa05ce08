package custody

import (
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// How far a device's clock may be off. An act happens now, in front of people: five minutes ahead is a wrong clock, a day behind is no act at a counter.
// A late observation may be as old as a month.
const (
	clockAhead  = 5 * time.Minute
	clockBehind = 24 * time.Hour
	lateBehind  = 31 * 24 * time.Hour
)

// CheckClock refuses an act whose device claims an impossible time, for acts of others.
func CheckClock(v *ledger.View, e ledger.Envelope) error { return checkClock(v, e) }

// checkClock refuses an act whose device claims an impossible time.
func checkClock(v *ledger.View, e ledger.Envelope) error {
	if e.OccurredMs > v.NowMs+clockAhead.Milliseconds() || e.OccurredMs < v.NowMs-clockBehind.Milliseconds() {
		return fault.New(fault.Invalid, "custody.clock",
			"Đồng hồ của máy này sai (máy báo %s). Hãy chỉnh lại giờ rồi làm lại thao tác.",
			"This device's clock is wrong (it says %s). Set the time, then do it again.",
			postal.FromMillis(e.OccurredMs).Format("15:04 02/01/2006"))
	}
	return nil
}

// find gives the state of a thing that must exist.
func find[S ledger.State](v *ledger.View, t event.Thing) (S, error) {
	s, ok := ledger.Get[S](v, KeyOf(t))
	if !ok {
		return s, unknown(t)
	}
	return s, nil
}

// findNow is find for an act of now: the clock of the device is looked at first.
func findNow[S ledger.State](v *ledger.View, e ledger.Envelope, t event.Thing) (S, error) {
	if err := checkClock(v, e); err != nil {
		var none S
		return none, err
	}
	return find[S](v, t)
}

func unknown(t event.Thing) error {
	return fault.New(fault.NotFound, "custody.unknown",
		"Không có %s trong hệ thống. Hãy kiểm tra lại mã rồi quét lại.",
		"%s is not in the system. Check the code and scan it again.", t)
}

// mustHold refuses unless the thing is loose in the hands of holder and free to move.
func mustHold(v *ledger.View, t event.Thing, holder event.Holder) (located, error) {
	key := KeyOf(t)
	if key == "" {
		return nil, unknown(t)
	}
	s, ok := v.Get(key).(located)
	if !ok {
		return nil, unknown(t)
	}
	return s, held(s, t, holder)
}

func held(s located, t event.Thing, holder event.Holder) error {
	if err := ended(s, t); err != nil {
		return err
	}
	p := s.at()
	switch {
	case p.In != "":
		return fault.New(fault.Conflict, "custody.in_container",
			"%[1]s đang nằm trong %[2]s. Hãy lấy ra khỏi %[2]s trước.",
			"%[1]s is inside %[2]s. Take it out of %[2]s first.", t, p.In)
	case p.Holder == event.Lost:
		return fault.New(fault.Conflict, "custody.lost",
			"%s đang được ghi là thất lạc. Hãy dùng «Đã tìm thấy» trước.",
			"%s is recorded as lost. Use “Found again” first.", t)
	case p.Holder != holder:
		return wrongHolder(t, p.Holder)
	case p.Handover != "":
		return fault.New(fault.Conflict, "custody.in_handover",
			"%s đang trong bàn giao %s chưa ký xong. Hãy ký xong hoặc huỷ bàn giao đó.",
			"%s is part of handover %s, which is not signed yet. Finish or withdraw that handover.", t, p.Handover)
	}
	return nil
}

func wrongHolder(t event.Thing, h event.Holder) error {
	return fault.New(fault.Conflict, "custody.wrong_holder",
		"Theo sổ, %s không ở đây mà do %s giữ. Nếu đang cầm trên tay, hãy ghi «Thấy tại đây».",
		"By the ledger %s is not here but with %s. If you have it in your hands, record “Seen here”.", t, h)
}

func ended(s located, t event.Thing) error {
	over := false
	switch s := s.(type) {
	case *Item:
		over = s.Ended()
	case *Bag:
		over = s.Status == BagEmptied
	case *Dispatch:
		over = s.Status == DispatchArrived
	}
	if over {
		return fault.New(fault.Conflict, "custody.ended",
			"%s đã kết thúc hành trình (đã phát, đã trả hoặc đã khai thác xong).",
			"%s has ended its journey (delivered, returned or emptied).", t)
	}
	return nil
}

// holdItem is mustHold for an item.
func holdItem(v *ledger.View, n postal.ItemNumber, holder event.Holder) (*Item, error) {
	i, err := find[*Item](v, event.Thing(n))
	if err != nil {
		return nil, err
	}
	return i, held(i, event.Thing(n), holder)
}

// Holder follows a thing's containers up to whoever holds the outermost one.
func Holder(v *ledger.View, t event.Thing) (h event.Holder, inside []event.Thing) {
	for range 4 { // item in bag in dispatch: nesting is never deeper
		s, ok := v.Get(KeyOf(t)).(located)
		if !ok {
			return "", inside
		}
		if p := s.at(); p.In == "" {
			return p.Holder, inside
		} else {
			t = p.In
			inside = append(inside, t)
		}
	}
	return "", inside
}
