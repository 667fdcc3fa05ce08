package personal

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
)

// holds are the reasons that stop the clock of retention.
var holds = []string{"complaint", "inspection", "court"}

// Kept is what is known of the data of one thing's people.
type Kept struct {
	Holds       []string // the reasons for which it must not be erased
	Restricted  bool     // it is not shown
	ForgottenMs int64
	Objected    bool // its people want no notifications but those that the law demands
}

// heldPlace is where things lie whose data is held.
const heldPlace = "personal:held"

// Place is among the held while there is a hold.
func (k *Kept) Place() string {
	if len(k.Holds) > 0 {
		return heldPlace
	}
	return ""
}

// Encode writes what is known.
func (k *Kept) Encode(dst []byte) []byte { return ledger.Encode(dst, k.fields) }

// Decode reads what is known.
func (k *Kept) Decode(b []byte) error { return ledger.Decode(b, k.fields) }

func (k *Kept) fields(c *ledger.Codec) {
	ledger.List(c, &k.Holds, func(s *string, c *ledger.Codec) { ledger.Str(c, s) })
	ledger.Bool(c, &k.Restricted)
	ledger.Int(c, &k.ForgottenMs)
	ledger.Bool(c, &k.Objected)
}

// KeptKey is where the data of a thing's people is spoken of.
func KeptKey(t event.Thing) ledger.Key { return ledger.Key("a:" + t) }

// free refuses what is held.
func free(v *ledger.View, t event.Thing) error {
	if k, ok := ledger.Get[*Kept](v, KeptKey(t)); ok && len(k.Holds) > 0 {
		return fault.New(fault.Conflict, "personal.held", "Dữ liệu của %s đang được giữ (khiếu nại, thanh tra hoặc vụ án) nên chưa được xoá.",
			"The data of %s is held (complaint, inspection or court case) and must not be erased yet.", t)
	}
	return nil
}

// Hold keeps the data of a thing from being erased, for one reason.
type Hold struct {
	Thing  event.Thing `json:"thing"`
	Reason string      `json:"reason"`
	Over   bool        `json:"over,omitempty"` // the reason is gone
}

// Name of the act.
func (Hold) Name() string { return "personal.hold" }

// Touches the thing's data.
func (a Hold) Touches() []ledger.Key { return []ledger.Key{KeptKey(a.Thing)} }

// Decide refuses to hold what is forgotten, and what is held for the reason already.
func (a Hold) Decide(v *ledger.View, _ ledger.Envelope) ([]event.Fact, error) {
	if !slices.Contains(holds, a.Reason) || a.Thing == "" {
		return nil, fault.New(fault.Invalid, "personal.hold_reason", "Hãy chọn lý do giữ: khiếu nại, thanh tra hoặc vụ án.", "Choose why it is held: complaint, inspection or court case.").At("reason")
	}
	k, ok := ledger.Get[*Kept](v, KeptKey(a.Thing))
	held := ok && slices.Contains(k.Holds, a.Reason)
	switch {
	case ok && k.ForgottenMs > 0:
		return nil, fault.New(fault.Conflict, "personal.forgotten", "Dữ liệu của %s đã xoá.", "The data of %s is erased already.", a.Thing)
	case a.Over && !held:
		return nil, fault.New(fault.Conflict, "personal.not_held", "%s không bị giữ vì lý do này.", "%s is not held for this reason.", a.Thing)
	case a.Over:
		return []event.Fact{event.PersonalReleased{Thing: a.Thing, Reason: a.Reason}}, nil
	case held:
		return nil, fault.New(fault.Conflict, "personal.held_already", "%s đã được giữ vì lý do này.", "%s is held for this reason already.", a.Thing)
	}
	return []event.Fact{event.PersonalHeld{Thing: a.Thing, Reason: a.Reason}}, nil
}

// Expire forgets the people of things whose time is over. What is held meanwhile stays, and so does what was forgotten before.
type Expire struct {
	Things []Expired `json:"things"`
}

// Expired is a thing whose data need no longer be kept, with the rule that says so.
type Expired struct {
	Thing event.Thing `json:"thing"`
	Rule  string      `json:"rule"`
}

// Name of the act.
func (Expire) Name() string { return "personal.expire" }

// Touches the data of the things.
func (a Expire) Touches() []ledger.Key {
	keys := make([]ledger.Key, len(a.Things))
	for n, t := range a.Things {
		keys[n] = KeptKey(t.Thing)
	}
	return keys
}

// Decide refuses when nothing is left to be forgotten.
func (a Expire) Decide(v *ledger.View, _ ledger.Envelope) ([]event.Fact, error) {
	var facts []event.Fact
	for _, t := range a.Things {
		if k, ok := ledger.Get[*Kept](v, KeptKey(t.Thing)); ok && (len(k.Holds) > 0 || k.ForgottenMs > 0) {
			continue
		}
		facts = append(facts, event.PersonalForgotten{Thing: t.Thing, Rule: t.Rule})
	}
	if len(facts) == 0 {
		return nil, fault.New(fault.Conflict, "personal.nothing_to_forget", "Không có gì hết hạn lưu.", "Nothing has outlived its time.")
	}
	return facts, nil
}
