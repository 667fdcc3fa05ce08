package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// OpenHandover says what is given and to which named person (bàn giao). Bags and boxes, and a delivery list with an item of letter A, B or C, leave an office only in a
// KT1 vehicle or with an escort; for a dispatch they may stay as its making named them, or be named anew.
type OpenHandover struct {
	Office   postal.OfficeCode `json:"office"`
	From     event.Holder      `json:"from"`
	To       event.Holder      `json:"to"`
	Delivery bool              `json:"delivery,omitempty"`
	Things   []event.Thing     `json:"things"`
	Vehicle  FacilityCode      `json:"vehicle,omitempty"`
	Escort   postal.StaffID    `json:"escort,omitempty"`
	Guard    Guard             `json:"guard,omitempty"`
}

// Name of the act.
func (OpenHandover) Name() string { return "kt1.open_handover" }

func (a OpenHandover) inner() custody.OpenHandover {
	h := custody.OpenHandover{Office: a.Office, From: a.From, To: a.To, Things: a.Things, Apart: true}
	if a.Delivery {
		h.Purpose = custody.ForDelivery
	}
	return h
}

// Touches the office's handover numbers and all that is given.
func (a OpenHandover) Touches() []ledger.Key { return a.inner().Touches() }

// Decide refuses a taker without valid papers, and whatever is frozen.
func (a OpenHandover) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := mayGive(v, e, a.From); err != nil {
		return nil, err
	}
	if c := custody.Carrier(a.To); c != "" {
		if err := mayWork(v, c, "", Courier, Escort); err != nil {
			return nil, err
		}
	}
	if err := free(v, a.Things...); err != nil {
		return nil, err
	}
	if err := a.loose(v); err != nil {
		return nil, err
	}
	facts, err := a.inner().Decide(v, e)
	if err != nil {
		return nil, err
	}
	h, _ := factOf[event.HandoverOpened](facts)
	if err := leaves(v, a.From, a.To, append(a.Things, h.Things...), a.journey(v)); err != nil {
		return nil, err
	}
	if a.Vehicle == "" && a.Escort == "" && a.Guard == "" {
		return facts, nil
	}
	return append(facts, event.TransportNamed{Thing: h.Handover, Vehicle: string(a.Vehicle), Escort: a.Escort, Guard: string(a.Guard)}), nil
}

// loose refuses loose items between offices, items on the delivery list of an office that does not deliver them, and a vehicle or guards for what comes in.
func (a OpenHandover) loose(v *ledger.View) error {
	if err := oneOf(Guards, a.Guard, "guard"); err != nil {
		return err
	}
	if custody.Office(a.From) == "" && (a.Vehicle != "" || a.Escort != "" || a.Guard != "") {
		return fault.New(fault.Invalid, "closedmail.transport_in", "Chỉ nêu xe, áp tải khi rời bưu cục.", "Vehicle and escort are named only when something leaves an office.").At("vehicle")
	}
	for _, t := range a.Things {
		if k := custody.KeyOf(t); k == "" || k[0] != 'i' || custody.Carrier(a.From) != "" {
			continue
		}
		if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(postal.ItemNumber(t))); ok && a.Delivery && boundFor(i) != custody.Office(a.From) {
			return fault.New(fault.Conflict, "closedmail.delivers_not", "%[1]s do bưu cục %[2]s phát. Gửi đến đó trong túi, hộp đã niêm phong.", "%[1]s is delivered by office %[2]s. Send it there in a sealed bag or box.", t, boundFor(i)).At("things")
		}
		if c, ok := CoverOf(v, postal.ItemNumber(t)); ok && a.Delivery && c.FromPartner != "" && turnsBack(v, c.Item) {
			return fault.New(fault.Conflict, "closedmail.home_by_partner", "%[1]s của tỉnh khác đang chuyển hoàn: đóng túi giao lại đối tác, không đưa đi phát.", "%[1]s of another province turns back: it goes to the partner in a bag, and on no delivery list.", t).At("things")
		}
		if !a.Delivery {
			return loose("things")
		}
	}
	return nil
}

func turnsBack(v *ledger.View, n postal.ItemNumber) bool {
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n))
	return ok && i.Returning != ""
}

// journey is how it will travel: what this handover names, or what was named for the dispatch.
func (a OpenHandover) journey(v *ledger.View) *Vessel {
	if a.Vehicle == "" && a.Escort == "" && len(a.Things) == 1 {
		return journeyOf(v, a.Things[0])
	}
	return &Vessel{Vehicle: a.Vehicle, Escort: a.Escort}
}

// mayGive lets clerks of the office act, and couriers anywhere: custody says whose side it is. Whoever holds things may always give them back, also when his papers
// have run out since.
func mayGive(v *ledger.View, e ledger.Envelope, from event.Holder) error {
	if custody.Carrier(from) == e.Actor && e.Actor != "" {
		return nil
	}
	err := mayWork(v, e.Actor, e.Office, Clerk, Supervisor)
	if err == nil {
		return nil
	}
	if mayWork(v, e.Actor, "", Courier, Escort) == nil {
		return nil
	}
	return err
}

// CountThings says what the taker has found. A bag with another seal than the books know, or a damaged thing, is frozen at once and opens an incident.
type CountThings struct {
	Handover event.Thing   `json:"handover"`
	Counts   []event.Count `json:"counts"`
}

// Name of the act.
func (CountThings) Name() string { return "kt1.count" }

// Touches the handover.
func (a CountThings) Touches() []ledger.Key { return custody.CountThings(a).Touches() }

// Decide opens an incident for what differs.
func (a CountThings) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	h, _ := ledger.Get[*custody.Handover](v, custody.KeyOf(a.Handover))
	if err := mayGive(v, e, giver(h)); err != nil {
		return nil, err
	}
	for _, c := range a.Counts {
		if err := parseThing(c.Thing); err != nil {
			return nil, err
		}
		if c.Remark != "" {
			return nil, fault.New(fault.Invalid, "closedmail.remark", "KT1 không ghi nhận xét.", "No remarks are written about closed mail.").At("counts")
		}
		if c.Seal != "" {
			if _, err := ParseSeal(c.Seal); err != nil {
				return nil, err
			}
		}
	}
	facts, err := custody.CountThings(a).Decide(v, e)
	if err != nil {
		return nil, err
	}
	said := map[event.Thing]string{}
	for _, g := range h.Things {
		said[g.Thing] = g.Seal
	}
	opened := 0
	for _, c := range a.Counts {
		known, ok := said[c.Thing]
		if !ok || frozenBy(v, c.Thing) != "" {
			continue
		}
		f := event.IncidentOpened{Incident: idOf(e, opened), Things: []event.Thing{c.Thing}, Office: h.Office, Handover: a.Handover}
		switch {
		case c.Seal != known && !releasedWith(v, c.Thing, Seal(c.Seal)):
			f.Kind, f.Found, f.Known = string(Seals), c.Seal, known
		case c.Condition == event.Damaged:
			f.Kind = string(Torn)
		default:
			continue
		}
		facts = append(facts, f)
		opened++
	}
	return facts, nil
}

// SignHandover is one side's signature. The taker says that number, packing and seals were looked at. Custody passes with the second signature, and not while anything is frozen.
type SignHandover struct {
	Handover   event.Thing `json:"handover"`
	Side       string      `json:"side"`
	Difference string      `json:"difference,omitempty"`
	Number     bool        `json:"number,omitempty"`
	Packing    bool        `json:"packing,omitempty"`
	Seals      bool        `json:"seals,omitempty"`
}

// Name of the act.
func (SignHandover) Name() string { return "kt1.sign_handover" }

func (a SignHandover) inner() custody.SignHandover {
	return custody.SignHandover{Handover: a.Handover, Side: a.Side, Difference: a.Difference}
}

// Touches the handover and how it travels.
func (a SignHandover) Touches() []ledger.Key {
	return append(a.inner().Touches(), VesselKey(a.Handover))
}

// Decide refuses a taker who has not looked, whoever has no valid papers, and a frozen thing.
func (a SignHandover) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	h, _ := ledger.Get[*custody.Handover](v, custody.KeyOf(a.Handover))
	if err := mayGive(v, e, giver(h)); err != nil {
		return nil, err
	}
	if a.Side == custody.Taker && !(a.Number && a.Packing && a.Seals) {
		return nil, notLooked()
	}
	facts, err := a.inner().Decide(v, e)
	if err != nil {
		return nil, err
	}
	if err := free(v, given(h)...); err != nil {
		return nil, err
	}
	if a.Side == custody.Taker {
		facts = append(facts, event.HandoverChecked{Handover: a.Handover, By: e.Actor})
	}
	done, completed := factOf[event.HandoverCompleted](facts)
	if !completed {
		return facts, nil
	}
	if err := leaves(v, done.From, done.To, given(h), journeyOf(v, done.Handover, done.Dispatch)); err != nil {
		return nil, err
	}
	if left, ok := leaving(v, e, done); ok {
		facts = append(facts, left)
	}
	if n := len(done.Short); n > 0 {
		facts = append(facts, event.IncidentOpened{Incident: idOf(e, 0), Kind: string(Short), Things: done.Short, Office: h.Office, Handover: a.Handover})
	}
	return facts, nil
}

// giver is the giving side of a handover that may not exist.
func giver(h *custody.Handover) event.Holder {
	if h == nil {
		return ""
	}
	return h.From
}

func notLooked() error {
	return fault.New(fault.Invalid, "closedmail.not_looked", "Trước khi ký phải kiểm đủ ba việc: số lượng, bao bì, niêm phong.",
		"Before signing, look at all three: number, packing and seals.").At("look_number")
}

// given lists all that a handover could move: what was said, what was counted, and the dispatch.
func given(h *custody.Handover) []event.Thing {
	var all []event.Thing
	for _, g := range h.Things {
		all = append(all, g.Thing)
	}
	for _, c := range h.Counts {
		all = append(all, c.Thing)
	}
	if h.Dispatch != "" {
		all = append(all, h.Dispatch)
	}
	return all
}

// leaving says which items go from the office that took them in, and how long each has waited.
func leaving(v *ledger.View, e ledger.Envelope, done event.HandoverCompleted) (left event.KT1Left, ok bool) {
	if custody.Office(done.From) == "" || custody.Carrier(done.To) == "" {
		return left, false
	}
	how := journeyOf(v, done.Handover, done.Dispatch)
	left.Handover, left.Vehicle, left.Escort = done.Handover, string(how.Vehicle), how.Escort
	for _, t := range done.Moved {
		for _, x := range append([]event.Thing{t}, inside(v, t)...) {
			c, known := CoverOf(v, postal.ItemNumber(x))
			if known && c.Left == 0 && c.Origin == custody.Office(done.From) {
				left.Items = append(left.Items, c.Item)
				left.WaitMin = append(left.WaitMin, int(max(0, e.OccurredMs-c.AcceptedMs)/60_000))
			}
		}
	}
	return left, len(left.Items) > 0
}

// WithdrawHandover calls a handover off before both have signed; nothing moves.
type WithdrawHandover struct {
	Handover event.Thing `json:"handover"`
}

// Name of the act.
func (WithdrawHandover) Name() string { return "kt1.withdraw_handover" }

// Touches the handover.
func (a WithdrawHandover) Touches() []ledger.Key {
	return custody.WithdrawHandover{Handover: a.Handover}.Touches()
}

// Decide lets either side withdraw.
func (a WithdrawHandover) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	h, _ := ledger.Get[*custody.Handover](v, custody.KeyOf(a.Handover))
	if err := mayGive(v, e, giver(h)); err != nil {
		return nil, err
	}
	return custody.WithdrawHandover{Handover: a.Handover}.Decide(v, e)
}
