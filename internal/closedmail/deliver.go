package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Deliver hands an item to a named person of its addressee, who signed for himself after looking at number, packing and seal. An item that returns goes to its
// sender in the same way. What is for the named person only is taken to be passed on unopened; when the addressee is absent and it is express, the leader takes it.
type Deliver struct {
	Item       postal.ItemNumber `json:"item"`
	As         As                `json:"as"`
	Receiver   postal.StaffID    `json:"receiver"`
	AfterHours bool              `json:"after_hours,omitempty"`
	Number     bool              `json:"number,omitempty"`
	Packing    bool              `json:"packing,omitempty"`
	Seal       bool              `json:"seal,omitempty"`
	Unopened   bool              `json:"unopened,omitempty"`
}

// Name of the act.
func (Deliver) Name() string { return "kt1.deliver" }

// Touches the item and its cover.
func (a Deliver) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item)}
}

// Decide refuses whoever the body did not name, a receiver who has not looked, and a frozen item.
func (a Deliver) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := mayGive(v, e, ""); err != nil {
		return nil, err
	}
	c, ok := CoverOf(v, a.Item)
	if !ok {
		return nil, unknown(string(a.Item))
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	i, _ := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	to := c.Addressee
	act := custody.Deliver{Item: a.Item, To: "registry"}
	if i != nil && i.Returning != "" {
		to, act.To = c.Sender, "sender"
	}
	if err := a.receiver(v, e, c, to); err != nil {
		return nil, err
	}
	facts, err := act.Decide(v, e)
	if err != nil {
		return nil, err
	}
	facts = append(facts, event.KT1Delivered{Item: a.Item, Body: string(to), As: string(a.As), Receiver: a.Receiver, AfterHours: a.AfterHours, Unopened: a.Unopened, Office: boundFor(i)})
	if c.Returns != "" && act.To != "sender" {
		facts = append(facts, event.RecallMet{Item: c.Returns, By: a.Item})
	}
	return facts, nil
}

// receiver refuses who may not take the item now.
func (a Deliver) receiver(v *ledger.View, e ledger.Envelope, c *Cover, to BodyCode) error {
	if err := oneOf(Ases, a.As, "as"); err != nil {
		return err
	}
	if !(a.Number && a.Packing && a.Seal) {
		return notLooked()
	}
	b, ok := ledger.Get[*Body](v, BodyKey(to))
	switch {
	case !ok:
		return unknown(string(to))
	case a.Receiver == e.Actor:
		return samePerson()
	case !b.Has(a.Receiver, a.As):
		return fault.New(fault.Forbidden, "closedmail.receiver", "Người này không được cơ quan %s giao nhận thay ở vai này. Không giao.",
			"The body %s did not name this person to receive so. Do not hand it over.", to).At("receiver")
	case a.As == ForClerk && a.AfterHours:
		return fault.New(fault.Conflict, "closedmail.after_hours", "Ngoài giờ làm việc thì phát cho đầu mối nhận ngoài giờ.", "Outside working hours it goes to the after-hours contact.").At("as")
	case a.As == ForContact && !a.AfterHours:
		return fault.New(fault.Conflict, "closedmail.working_hours", "Trong giờ làm việc thì phát tại địa chỉ cho văn thư.", "In working hours it goes to the registry at the address.").At("as")
	case a.As == ForLeader && !(c.NamedOnly && c.Urgency == Express):
		return fault.New(fault.Conflict, "closedmail.leader", "Chỉ bưu gửi hoả tốc “chỉ người có tên mới được bóc bì” mà người đó vắng mới phát cho lãnh đạo.",
			"Only an express item for a named person who is absent goes to the leader.").At("as")
	case c.NamedOnly && !a.Unopened:
		return fault.New(fault.Invalid, "closedmail.unopened", "Bì “chỉ người có tên mới được bóc”: người nhận phải xác nhận chuyển nguyên bì, không bóc.",
			"For the named person only: the receiver confirms that it is passed on unopened.").At("unopened")
	}
	return notOurs(v, a.Receiver, "receiver")
}

// AttemptReasons are why nobody could take the item.
var AttemptReasons = []Reason{"absent", "closed", "no_access", "refused", "moved"}

// AttemptNexts are what happens then.
var AttemptNexts = []Reason{"again", "return"}

// Attempt records a delivery that failed; the first stops the clock.
type Attempt struct {
	Item   postal.ItemNumber `json:"item"`
	Reason Reason            `json:"reason"`
	Next   Reason            `json:"next"`
}

// Name of the act.
func (Attempt) Name() string { return "kt1.attempt" }

// Touches the item.
func (a Attempt) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item)}
}

// Decide refuses anyone but the courier who holds the item.
func (a Attempt) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := mayWork(v, e.Actor, "", Courier, Escort); err != nil {
		return nil, err
	}
	if err := oneOf(AttemptReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	if err := oneOf(AttemptNexts, a.Next, "next"); err != nil {
		return nil, err
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	return custody.Attempt{Item: a.Item, Reason: string(a.Reason), Next: string(a.Next)}.Decide(v, e)
}

// SendBack turns an item back to its sender.
type SendBack struct {
	Item   postal.ItemNumber `json:"item"`
	Reason Reason            `json:"reason"`
}

// SendBackReasons are why.
var SendBackReasons = []Reason{"moved", "refused", "sender_request", "wrong_address"}

// Name of the act.
func (SendBack) Name() string { return "kt1.send_back" }

// Touches the item.
func (a SendBack) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item)}
}

// Decide refuses an item that returns already.
func (a SendBack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(SendBackReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	return custody.Return{Item: a.Item, Reason: string(a.Reason)}.Decide(v, e)
}
