package custody

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Lose gives the facts by which a thing that nobody can find leaves its holder's hands in the ledger; none when it is recorded as lost already. What lies in a bag
// stays in it. It is for a capability whose search has ended, wherever the thing should be: ReportLost is for the one who holds it.
func Lose(v *ledger.View, t event.Thing, reason string) ([]event.Fact, error) {
	s, ok := v.Get(KeyOf(t)).(located)
	if !ok {
		return nil, unknown(t)
	}
	if err := ended(s, t); err != nil {
		return nil, err
	}
	holder, around := Holder(v, t)
	for _, x := range append([]event.Thing{t}, around...) {
		if p := v.Get(KeyOf(x)).(located).at(); p.Handover != "" {
			return nil, fault.New(fault.Conflict, "custody.in_handover",
				"%s đang trong bàn giao %s chưa ký xong. Hãy ký xong hoặc huỷ bàn giao đó.",
				"%s is part of handover %s, which is not signed yet. Finish or withdraw that handover.", x, p.Handover)
		}
	}
	if holder == event.Lost {
		return nil, nil
	}
	switch s.(type) {
	case *Item:
		return []event.Fact{event.ItemLost{Item: postal.ItemNumber(t), Reason: reason}}, nil
	case *Bag:
		return []event.Fact{event.BagLost{Bag: t, Reason: reason}}, nil
	}
	return nil, fault.New(fault.Invalid, "custody.lose_what", "%s không phải bưu gửi hay túi.", "%s is neither item nor bag.", t)
}

// Recover gives the facts by which a lost item or bag is in the hands of the office that found it, an item also out of a lost bag.
func Recover(v *ledger.View, e ledger.Envelope, t event.Thing) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	s, ok := v.Get(KeyOf(t)).(located)
	if !ok {
		return nil, unknown(t)
	}
	if holder, _ := Holder(v, t); holder != event.Lost {
		return nil, fault.New(fault.Conflict, "custody.not_lost", "%s không ở trạng thái thất lạc.", "%s is not recorded as lost.", t)
	}
	switch s.(type) {
	case *Item:
		return []event.Fact{event.ItemFound{Item: postal.ItemNumber(t), Holder: AtOffice(e.Office)}}, nil
	case *Bag:
		return []event.Fact{event.BagFound{Bag: t, Holder: AtOffice(e.Office)}}, nil
	}
	return nil, fault.New(fault.Invalid, "custody.lose_what", "%s không phải bưu gửi hay túi.", "%s is neither item nor bag.", t)
}
