package custody

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// An operator outside this house holds what it was given at its desk, "agency:dt-01", as an agency does. Its people have no session here: they sign on paper or on our
// screen, so a handover with them is opened, counted and signed by both in one entry. Only closed bags pass; what is in them passes with them.

// Outside is such a handover of bags that are in our hands.
type Outside struct {
	Office postal.OfficeCode
	From   event.Holder // ours: the office, or a carrier
	To     event.Holder // the operator
	Bags   []event.Thing
	Seals  []string // as its person read them
	Giver  postal.StaffID
	Taker  postal.StaffID
}

// ForOutside is the purpose of a handover with an operator outside.
const ForOutside = "partner"

// Touches the office's handover numbers and the bags.
func (a Outside) Touches() []ledger.Key {
	return OpenHandover{Office: a.Office, Things: a.Bags}.Touches()
}

// Decide refuses what the giver does not hold closed.
func (a Outside) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if Agency(a.To) == "" || len(a.Bags) == 0 || len(a.Bags) != len(a.Seals) || a.Giver == "" || a.Taker == "" || a.Giver == a.Taker {
		return nil, fault.New(fault.Invalid, "custody.handover_sides", "Bên giao và bên nhận không hợp lệ.", "The two sides of the handover are not valid.")
	}
	for n, b := range a.Bags {
		s, err := mustHold(v, b, a.From)
		if err != nil {
			return nil, err
		}
		if _, bag := s.(*Bag); !bag || slices.Contains(a.Bags[:n], b) {
			return nil, fault.New(fault.Invalid, "custody.bags_only", "Chỉ giao túi đã niêm phong; %s không phải.", "Only sealed bags are given; %s is none.", b)
		}
		if err := unsealed(s); err != nil {
			return nil, err
		}
	}
	code, err := nextCode(v, postal.CodeHandover, a.Office, true)
	return signedAtOnce(code, a), err
}

// signedAtOnce are the facts of a handover that both sides sign as it is opened.
func signedAtOnce(code event.Thing, a Outside) []event.Fact {
	counts := make([]event.Count, len(a.Bags))
	for n, b := range a.Bags {
		counts[n] = event.Count{Thing: b, Seal: a.Seals[n]}
	}
	return []event.Fact{
		event.HandoverOpened{Handover: code, From: a.From, To: a.To, Purpose: ForOutside, Things: a.Bags, Seals: a.Seals},
		event.HandoverCounted{Handover: code, Counts: counts},
		event.HandoverSigned{Handover: code, Side: Giver, By: a.Giver},
		event.HandoverSigned{Handover: code, Side: Taker, By: a.Taker},
		event.HandoverCompleted{Handover: code, From: a.From, To: a.To, Purpose: ForOutside, Moved: a.Bags},
	}
}

// FromOutside takes in a closed bag that an operator brings. It gets a number of the office; its seal is that of the operator's list.
type FromOutside struct {
	Office postal.OfficeCode
	From   event.Holder
	Seal   string
	Count  int // of items by the list
	Giver  postal.StaffID
	Taker  postal.StaffID
}

// Touches the office's numbers of bags and handovers.
func (a FromOutside) Touches() []ledger.Key {
	return []ledger.Key{ownKey(postal.CodeBag, a.Office), ownKey(postal.CodeHandover, a.Office)}
}

// Decide gives the bag its number.
func (a FromOutside) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if a.Office != e.Office || Agency(a.From) == "" || a.Giver == "" || a.Taker == "" || a.Giver == a.Taker {
		return nil, fault.New(fault.Invalid, "custody.handover_sides", "Bên giao và bên nhận không hợp lệ.", "The two sides of the handover are not valid.")
	}
	if err := checkSeal(a.Seal); err != nil {
		return nil, err
	}
	bag, err := nextCode(v, postal.CodeBag, a.Office, true)
	if err != nil {
		return nil, err
	}
	over, err := nextCode(v, postal.CodeHandover, a.Office, true)
	if err != nil {
		return nil, err
	}
	both := signedAtOnce(over, Outside{From: a.From, To: AtOffice(a.Office), Bags: []event.Thing{bag}, Seals: []string{a.Seal}, Giver: a.Giver, Taker: a.Taker})
	return append([]event.Fact{event.BagStarted{Bag: bag, To: a.Office, With: a.From}, event.BagSealed{Bag: bag, Seal: a.Seal, Count: a.Count}}, both...), nil
}

// AcceptForeign takes an item in that another operator accepted, under the number that it bears.
type AcceptForeign struct {
	Item     postal.ItemNumber
	Service  event.Service
	ToUnit   postal.UnitCode
	ToOffice postal.OfficeCode
	WeightG  postal.Grams
	Rules    []string
	DueMs    int64
	Office   postal.OfficeCode
}

// Touches the item.
func (a AcceptForeign) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses a number of ours, and one that is in the books already unless its acceptance was withdrawn as a mistake.
func (a AcceptForeign) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	inner := Accept{Item: a.Item, Service: a.Service, ToUnit: a.ToUnit, ToOffice: a.ToOffice, WeightG: a.WeightG, Rules: a.Rules, DueMs: a.DueMs, Office: a.Office}
	if err := inner.check(v, e); err != nil {
		return nil, err
	}
	if _, err := postal.ParseItemNumber(string(a.Item)); err != nil {
		return nil, err
	}
	if OurNumber(a.Item) {
		return nil, fault.New(fault.Conflict, "custody.number_ours", "Số hiệu %s thuộc dải của chúng ta, không phải bưu gửi do nơi khác nhận gửi.", "Number %s is of our own series: it was not accepted elsewhere.", a.Item).At("item")
	}
	if i, used := ledger.Get[*Item](v, ItemKey(a.Item)); used && i.Stage != Withdrawn {
		return nil, fault.New(fault.Conflict, "custody.number_taken_in", "%s đã có trong sổ, không nhận lần thứ hai.", "%s is in the books already and is not taken in twice.", a.Item).At("item")
	}
	return []event.Fact{event.ItemAccepted{Item: a.Item, Service: a.Service, ToUnit: a.ToUnit, ToOffice: a.ToOffice, WeightG: a.WeightG, Rules: a.Rules, DueMs: a.DueMs}}, nil
}

// OurNumber reports whether a number is of one of our services.
func OurNumber(n postal.ItemNumber) bool {
	return slices.ContainsFunc([]event.Service{event.Registered, event.DossierSend, event.DossierReturn, event.KT1}, func(s event.Service) bool { return n.Service() == Letters(s) })
}

// What an operator outside may say of an item that it holds.
const (
	ToldAttempted = "attempted"
	ToldDelivered = "delivered"
	ToldReturned  = "returned"
)

// Told gives the facts of what the operator that holds an item says of it: an attempt that failed, its delivery, or that it turns back. Only delivery ends custody; what
// turns back stays with the operator until it is taken in again (CameBack).
func Told(v *ledger.View, n postal.ItemNumber, by event.Holder, told, reason string) ([]event.Fact, error) {
	i, err := heldOutside(v, n, by)
	if err != nil {
		return nil, err
	}
	switch told {
	case ToldAttempted:
		return []event.Fact{event.ItemAttempted{Item: n, Reason: reason, Next: "again"}}, oneOf(Reasons, reason, "reason")
	case ToldDelivered:
		to := "registry"
		if i.Returning != "" {
			to = "sender"
		}
		return []event.Fact{event.ItemDelivered{Item: n, To: to}}, nil
	case ToldReturned:
		if err := mayTurnBack(i); err != nil {
			return nil, err
		}
		return []event.Fact{event.ItemReturning{Item: n, Reason: reason}}, oneOf(ReturnReasons, reason, "reason")
	}
	return nil, oneOf([]string{ToldAttempted, ToldDelivered, ToldReturned}, told, "told")
}

// CameBack gives the facts by which an item of ours is in this office's hands again, out of the bag in which it went to the operator.
func CameBack(v *ledger.View, e ledger.Envelope, n postal.ItemNumber, by event.Holder, c event.Condition) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	i, err := heldOutside(v, n, by)
	if err != nil {
		return nil, err
	}
	facts := []event.Fact{event.ItemTakenOut{Item: n, Bag: i.In, Condition: c}}
	if c == event.Damaged {
		facts = append(facts, raise(e, 0, event.IrregularityRaised{Kind: "damaged", Thing: event.Thing(n), Office: e.Office}))
	}
	return facts, nil
}

// heldOutside gives an item that lies in a bag of an operator.
func heldOutside(v *ledger.View, n postal.ItemNumber, by event.Holder) (*Item, error) {
	i, err := find[*Item](v, event.Thing(n))
	if err != nil {
		return nil, err
	}
	if err := ended(i, event.Thing(n)); err != nil {
		return nil, err
	}
	if h, around := Holder(v, event.Thing(n)); h != by || len(around) == 0 || Agency(by) == "" {
		return nil, wrongHolder(event.Thing(n), h)
	}
	return i, nil
}

// BackEmpty gives the facts by which a bag that an operator holds, with nothing in it by the ledger, is out of use.
func BackEmpty(v *ledger.View, e ledger.Envelope, bag event.Thing, by event.Holder) ([]event.Fact, error) {
	b, err := findNow[*Bag](v, e, bag)
	if err != nil {
		return nil, err
	}
	if err := held(b, bag, by); err != nil {
		return nil, err
	}
	if n := len(v.At(string(KeyOf(bag)), 'i')); n > 0 {
		return nil, fault.New(fault.Conflict, "custody.bag_not_empty", "Theo sổ túi %[1]s còn %[2]d bưu gửi chưa có kết quả.", "By the books bag %[1]s still has %[2]d items without an outcome.", bag, n)
	}
	return []event.Fact{event.BagEmptied{Bag: bag}}, nil
}
