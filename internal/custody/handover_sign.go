package custody

import (
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
)

// CountThings says what the taker has found. Counting a thing again replaces what was said of it.
type CountThings struct {
	Handover event.Thing   `json:"handover"`
	Counts   []event.Count `json:"counts"`
}

// Name of the act.
func (CountThings) Name() string { return "custody.count" }

// Touches the handover.
func (a CountThings) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Handover)} }

// Decide refuses once somebody has signed: a signature stands for what was counted then. It also refuses what an agency takes only opened and compared.
func (a CountThings) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	for _, c := range a.Counts {
		if h, ok := ledger.Get[*Handover](v, KeyOf(a.Handover)); ok && Agency(h.To) != "" && opened(v, c.Thing) {
			return nil, compareFirst(c.Thing)
		}
	}
	return a.count(v, e)
}

// CountCompared counts a packet that was opened and compared with its list, for the act that records the comparison.
func CountCompared(v *ledger.View, e ledger.Envelope, handover event.Thing, c event.Count) ([]event.Fact, error) {
	return CountThings{Handover: handover, Counts: []event.Count{c}}.count(v, e)
}

func (a CountThings) count(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	h, err := openOne(v, e, a.Handover)
	if err != nil {
		return nil, err
	}
	if h.Giver != "" || h.Taker != "" {
		return nil, fault.New(fault.Conflict, "custody.handover_signed",
			"Bàn giao %s đã có người ký nên không đếm thêm được. Hãy huỷ và lập lại nếu cần.",
			"Handover %s has been signed by one side, so the count is closed. Withdraw it and start again if needed.", a.Handover)
	}
	if len(a.Counts) == 0 || len(a.Counts)+len(h.Counts) > 2*maxInHandover {
		return nil, fault.New(fault.Invalid, "custody.handover_size", "Mỗi lần đếm từ 1 đến %d mục.", "Count 1 to %d things at a time.", maxInHandover)
	}
	for _, c := range a.Counts {
		if KeyOf(c.Thing) == "" || !slices.Contains([]event.Condition{event.Sound, event.Damaged, event.Refused}, c.Condition) {
			return nil, unknown(c.Thing)
		}
		if c.Condition == event.Refused && Agency(h.To) == "" {
			return nil, fault.New(fault.Conflict, "custody.refuses", "Chỉ cơ quan mới từ chối nhận; bên khác bỏ mục đó khỏi danh sách.", "Only an agency refuses; others leave the thing off the list.")
		}
		if err := mayReach(v, c.Thing, h.To); err != nil {
			return nil, err
		}
	}
	return []event.Fact{event.HandoverCounted{Handover: a.Handover, Counts: a.Counts}}, nil
}

// openOne gives an open handover in which the sender of the act has a part.
func openOne(v *ledger.View, e ledger.Envelope, code event.Thing) (*Handover, error) {
	h, err := findNow[*Handover](v, e, code)
	if err != nil {
		return nil, err
	}
	switch {
	case h.Status == HandoverWithdrawn:
		return nil, fault.New(fault.Conflict, "custody.handover_withdrawn",
			"Bàn giao %s đã bị huỷ, không có gì chuyển tay. Hãy lập bàn giao mới.",
			"Handover %s was withdrawn; nothing changed hands. Open a new one.", code)
	case h.Status == HandoverCompleted:
		return nil, fault.New(fault.Conflict, "custody.handover_completed", "Bàn giao %s đã hoàn tất.", "Handover %s is completed.", code)
	case !mayAct(e, h.From) && !mayAct(e, h.To):
		return nil, fault.New(fault.Forbidden, "custody.handover_others", "Bàn giao %s không phải của bạn.", "Handover %s is not yours.", code)
	}
	return h, nil
}

// mayAct says whether the sender of an act may speak for a side: the carrier himself, or anyone of the office.
func mayAct(e ledger.Envelope, side event.Holder) bool {
	if c := Carrier(side); c != "" {
		return c == e.Actor
	}
	return Desk(side) != "" && Desk(side) == e.Office
}

// Sides of a handover.
const (
	Giver = "giver"
	Taker = "taker"
)

// SignHandover is one side's signature. Difference is the digest of the difference on the signer's screen; when it is another by now the signature is refused.
// The second signature moves custody.
type SignHandover struct {
	Handover   event.Thing `json:"handover"`
	Side       string      `json:"side"`
	Difference string      `json:"difference,omitempty"`
}

// Name of the act.
func (SignHandover) Name() string { return "custody.sign_handover" }

// Touches the handover.
func (a SignHandover) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Handover)} }

// Decide refuses a signature for the other side, by the same person for both, or on another difference than the one seen.
func (a SignHandover) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	h, err := openOne(v, e, a.Handover)
	if err != nil {
		return nil, err
	}
	if err := a.check(h, e); err != nil {
		return nil, err
	}
	facts := []event.Fact{event.HandoverSigned{Handover: a.Handover, Side: a.Side, By: e.Actor, Difference: a.Difference}}
	first := (a.Side == Giver && h.Taker == "") || (a.Side == Taker && h.Giver == "")
	if first {
		return facts, nil
	}
	return append(facts, h.complete(v, e)...), nil
}

func (a SignHandover) check(h *Handover, e ledger.Envelope) error {
	side, signed, other := h.From, h.Giver, h.Taker
	switch a.Side {
	case Giver:
	case Taker:
		side, signed, other = h.To, h.Taker, h.Giver
	default:
		return fault.New(fault.Invalid, "custody.handover_side", "Phải ký bên giao hoặc bên nhận.", "Sign as giver or taker.").At("side")
	}
	switch {
	case !mayAct(e, side):
		return fault.New(fault.Forbidden, "custody.handover_not_your_side", "Bạn không ký được cho bên này.", "You cannot sign for this side.")
	case signed != "":
		return fault.New(fault.Conflict, "custody.handover_side_signed", "Bên này đã ký rồi.", "This side has signed already.")
	case other == e.Actor:
		return fault.New(fault.Conflict, "custody.same_person", "Hai bên phải do hai người khác nhau ký.", "The two sides must be signed by two different people.")
	case a.Difference != h.Difference().Digest():
		return fault.New(fault.Conflict, "custody.difference_changed",
			"Chênh lệch trên màn hình không còn đúng. Hãy xem lại rồi ký.",
			"The difference on your screen is out of date. Look again, then sign.")
	}
	return nil
}

// complete passes custody for all that was counted and raises what the two accounts differ in.
func (h *Handover) complete(v *ledger.View, e ledger.Envelope) []event.Fact {
	d := h.Difference()
	office := Office(h.To)
	if office == "" {
		office = Office(h.From)
	}
	if office == "" { // a carrier and an agency: the carrier's office
		office = h.Office
	}
	done := event.HandoverCompleted{Handover: h.Code, From: h.From, To: h.To, Purpose: h.Purpose, Dispatch: h.Dispatch, Short: d.Short, Refused: d.Refused}
	var raised []event.Fact
	note := func(r event.IrregularityRaised) {
		r.Office, r.Handover = office, h.Code
		raised = append(raised, raise(e, len(raised), r))
	}
	for _, c := range h.Counts {
		if c.Condition == event.Refused {
			continue
		}
		if !slices.Contains(d.Over, c.Thing) || h.reallyGiven(v, c.Thing) {
			done.Moved = append(done.Moved, c.Thing)
		}
	}
	for _, t := range d.Short {
		note(event.IrregularityRaised{Kind: "short", Thing: t, Says: string(h.To), Ledger: string(h.From)})
	}
	for _, t := range d.Over {
		r := event.IrregularityRaised{Kind: "over", Thing: t, Says: string(h.To)}
		if s, ok := v.Get(KeyOf(t)).(located); ok {
			r.Ledger = where(s.at())
		}
		note(r)
	}
	for _, t := range d.Damaged {
		note(event.IrregularityRaised{Kind: "damaged", Thing: t})
	}
	for _, t := range d.Lacking {
		note(event.IrregularityRaised{Kind: "lacking", Thing: t})
	}
	for _, c := range d.WrongSeal {
		note(event.IrregularityRaised{Kind: "wrong_seal", Thing: c.Thing, Says: c.Seal, Ledger: h.saidSeal(c.Thing)})
	}
	return append([]event.Fact{done}, raised...)
}

// reallyGiven says whether a thing that was counted but not said may still move: the giver holds it, free, and a bag is sealed.
func (h *Handover) reallyGiven(v *ledger.View, t event.Thing) bool {
	if _, isDispatch := v.Get(KeyOf(t)).(*Dispatch); isDispatch {
		return false
	}
	s, err := mustHold(v, t, h.From)
	return err == nil && unsealed(s) == nil && mayReach(v, t, h.To) == nil
}

func (h *Handover) saidSeal(t event.Thing) string {
	for _, g := range h.Things {
		if g.Thing == t {
			return g.Seal
		}
	}
	return ""
}

// WithdrawReasons are why a handover is called off.
var WithdrawReasons = []string{"wrong_list", "wrong_person", "recount", "other"}

// WithdrawHandover calls a handover off before both have signed (huỷ bàn giao); nothing moves.
type WithdrawHandover struct {
	Handover event.Thing `json:"handover"`
	Reason   string      `json:"reason,omitempty"`
}

// Name of the act.
func (WithdrawHandover) Name() string { return "custody.withdraw_handover" }

// Touches the handover.
func (a WithdrawHandover) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Handover)} }

// Decide lets either side withdraw.
func (a WithdrawHandover) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if _, err := openOne(v, e, a.Handover); err != nil {
		return nil, err
	}
	if a.Reason != "" { // a code: the ledger keeps it for ever, and no words of anybody about anybody
		if err := oneOf(WithdrawReasons, a.Reason, "reason"); err != nil {
			return nil, err
		}
	}
	return []event.Fact{event.HandoverWithdrawn{Handover: a.Handover, Reason: a.Reason}}, nil
}
