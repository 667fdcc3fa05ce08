package custody

import (
	"crypto/sha256"
	"encoding/hex"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// maxInHandover bounds a handover: both sides count it by hand.
const maxInHandover = 400

// ForDelivery is the purpose of a handover that is a delivery list (bản kê phát).
const ForDelivery = "delivery"

// Handover is a passing of things between two people (bàn giao): the giver says, the taker counts, both sign.
type Handover struct {
	Code     event.Thing
	From, To event.Holder
	Purpose  string
	Office   postal.OfficeCode // on whose board it stands
	OpenedMs int64
	Dispatch event.Thing // the dispatch that is handed over, if it is one
	Things   []Given     // what the giver says; for a dispatch, what is on it
	Counts   []event.Count
	Giver    postal.StaffID // who signed for the giver, "" not yet
	Taker    postal.StaffID
	Status   HandoverStatus
}

// Given is one thing of a handover with the seal that the ledger knows.
type Given struct {
	Thing event.Thing
	Seal  string
}

// HandoverStatus is open, completed or withdrawn.
type HandoverStatus string

// The life of a handover.
const (
	HandoverOpen      HandoverStatus = "open"
	HandoverCompleted HandoverStatus = "completed"
	HandoverWithdrawn HandoverStatus = "withdrawn"
)

// Place is the board of the office concerned while the handover is open.
func (h *Handover) Place() string {
	if h.Status != HandoverOpen {
		return ""
	}
	return string(AtOffice(h.Office))
}

// Encode writes the handover.
func (h *Handover) Encode(dst []byte) []byte { return ledger.Encode(dst, h.fields) }

// Decode reads the handover.
func (h *Handover) Decode(b []byte) error { return ledger.Decode(b, h.fields) }

func (h *Handover) fields(c *ledger.Codec) {
	ledger.Str(c, &h.Code)
	ledger.Str(c, &h.From)
	ledger.Str(c, &h.To)
	ledger.Str(c, &h.Purpose)
	ledger.Str(c, &h.Office)
	ledger.Int(c, &h.OpenedMs)
	ledger.Str(c, &h.Dispatch)
	ledger.List(c, &h.Things, func(g *Given, c *ledger.Codec) {
		ledger.Str(c, &g.Thing)
		ledger.Str(c, &g.Seal)
	})
	ledger.List(c, &h.Counts, func(n *event.Count, c *ledger.Codec) {
		ledger.Str(c, &n.Thing)
		ledger.Str(c, &n.Seal)
		ledger.Str(c, &n.Condition)
	})
	ledger.Str(c, &h.Giver)
	ledger.Str(c, &h.Taker)
	ledger.Str(c, &h.Status)
	for n := range h.Counts { // after the rest: remarks came later than counts
		ledger.Str(c, &h.Counts[n].Remark)
		ledger.Bool(c, &h.Counts[n].Lacking)
	}
}

// Difference is what the two sides' accounts do not agree on.
type Difference struct {
	Short     []event.Thing // said, not counted
	Over      []event.Thing // counted, not said
	Damaged   []event.Thing
	WrongSeal []event.Count // counted with another seal than the ledger's
	Refused   []event.Thing // seen, not taken
	Remarked  []event.Count // counted with a remark that both sides sign
	Lacking   []event.Thing // there was less inside than its list says
}

// None reports that both accounts agree.
func (d Difference) None() bool {
	return len(d.Short)+len(d.Over)+len(d.Damaged)+len(d.WrongSeal)+len(d.Refused)+len(d.Remarked)+len(d.Lacking) == 0
}

// Digest is a short mark of the difference, "" for none: who signs says by it which difference was on the screen.
func (d Difference) Digest() string {
	if d.None() {
		return ""
	}
	h := sha256.New()
	for _, list := range [][]event.Thing{d.Short, d.Over, d.Damaged} {
		for _, t := range list {
			h.Write([]byte(t + " "))
		}
		h.Write([]byte{'\n'})
	}
	for _, c := range d.WrongSeal {
		h.Write([]byte(string(c.Thing) + "=" + c.Seal + " "))
	}
	if len(d.Refused)+len(d.Remarked)+len(d.Lacking) > 0 { // apart, so that the mark of a difference without them is what it always was
		for _, t := range d.Refused {
			h.Write([]byte("!" + t + " "))
		}
		for _, c := range d.Remarked {
			h.Write([]byte(string(c.Thing) + "#" + c.Remark + " "))
		}
		for _, t := range d.Lacking {
			h.Write([]byte("-" + t + " "))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Difference compares what the giver says with what the taker has counted so far. A bag counted without a seal number counts as agreed only if the
// ledger knows no seal.
func (h *Handover) Difference() Difference {
	var d Difference
	said := map[event.Thing]string{}
	for _, g := range h.Things {
		said[g.Thing] = g.Seal
	}
	counted := map[event.Thing]bool{}
	for _, c := range h.Counts {
		counted[c.Thing] = true
		seal, ok := said[c.Thing]
		if !ok {
			d.Over = append(d.Over, c.Thing)
		} else if seal != c.Seal {
			d.WrongSeal = append(d.WrongSeal, c)
		}
		switch {
		case c.Condition == event.Damaged:
			d.Damaged = append(d.Damaged, c.Thing)
		case c.Condition == event.Refused && ok:
			d.Refused = append(d.Refused, c.Thing)
		}
		if c.Lacking {
			d.Lacking = append(d.Lacking, c.Thing)
		}
		if c.Remark != "" {
			d.Remarked = append(d.Remarked, c)
		}
	}
	for _, g := range h.Things {
		if !counted[g.Thing] {
			d.Short = append(d.Short, g.Thing)
		}
	}
	return d
}

// OpenHandover says what is given and to whom. Things are loose items and bags, or one closed dispatch.
type OpenHandover struct {
	Office  postal.OfficeCode `json:"office"` // where it takes place: the office that gives or takes
	From    event.Holder      `json:"from"`
	To      event.Holder      `json:"to"`
	Purpose string            `json:"purpose,omitempty"`
	Things  []event.Thing     `json:"things"`
	Apart   bool              `json:"apart,omitempty"` // numbered in the closed house's series
}

// Name of the act.
func (OpenHandover) Name() string { return "custody.open_handover" }

// Touches the office's handover numbers and all that is given.
func (a OpenHandover) Touches() []ledger.Key {
	keys := []ledger.Key{ownKey(postal.CodeHandover, a.Office)}
	for _, t := range a.Things {
		if k := KeyOf(t); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// Decide refuses what the giver does not hold, and bags without a seal.
func (a OpenHandover) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := a.check(v, e); err != nil {
		return nil, err
	}
	f := event.HandoverOpened{From: a.From, To: a.To, Purpose: a.Purpose}
	for _, t := range a.Things {
		s, err := mustHold(v, t, a.From)
		if err != nil {
			return nil, err
		}
		if d, ok := s.(*Dispatch); ok {
			if err := a.checkDispatch(d); err != nil {
				return nil, err
			}
			f.Dispatch = t
			f.Things, f.Seals = onDispatch(v, t)
			break
		}
		if err := unsealed(s); err != nil {
			return nil, err
		}
		f.Things = append(f.Things, t)
		f.Seals = append(f.Seals, sealOf(s))
	}
	if a.Purpose == ForDelivery || Agency(a.From) != "" || Agency(a.To) != "" {
		if err := onlyItems(f.Things); err != nil {
			return nil, err
		}
	}
	if err := a.checkAgency(v, f.Things); err != nil {
		return nil, err
	}
	var err error
	f.Handover, err = nextCode(v, postal.CodeHandover, a.Office, a.Apart)
	return []event.Fact{f}, err
}

func (a OpenHandover) check(v *ledger.View, e ledger.Envelope) error {
	own := AtOffice(a.Office)
	mine := ByCarrier(e.Actor)
	switch {
	case a.Office != e.Office || !(a.From == own || a.To == own || Agency(a.From) != "" && a.To == mine || Agency(a.To) != "" && a.From == mine):
		return fault.New(fault.Forbidden, "custody.other_office", "Bàn giao phải lập tại bưu cục giao hoặc nhận.", "A handover is opened at the office that gives or takes.")
	case a.From == a.To || !canHold(a.From) || !canHold(a.To):
		return fault.New(fault.Invalid, "custody.handover_sides", "Bên giao và bên nhận không hợp lệ.", "The two sides of the handover are not valid.")
	case a.From != own && a.From != mine && Office(a.From) != "":
		return fault.New(fault.Forbidden, "custody.other_office", "Chỉ bưu cục đang giữ mới lập bàn giao được.", "Only the office that holds the things may open the handover.")
	case len(a.Things) == 0 || len(a.Things) > maxInHandover:
		return fault.New(fault.Invalid, "custody.handover_size", "Bàn giao phải có từ 1 đến %d mục.", "A handover has 1 to %d things.", maxInHandover).At("things")
	}
	seen := map[event.Thing]bool{}
	for _, t := range a.Things {
		if seen[t] {
			return fault.New(fault.Invalid, "custody.twice_in_list", "%s có hai lần trong danh sách.", "%s is in the list twice.", t)
		}
		seen[t] = true
	}
	return checkClock(v, e)
}

// canHold says who may be a side of a handover.
func canHold(h event.Holder) bool {
	return Office(h) != "" || Carrier(h) != "" || Agency(h) != ""
}

// checkAgency lets an agency have its own packets only.
func (a OpenHandover) checkAgency(v *ledger.View, things []event.Thing) error {
	for _, t := range things {
		if err := mayReach(v, t, a.To); err != nil {
			return err
		}
	}
	return nil
}

func (a OpenHandover) checkDispatch(d *Dispatch) error {
	switch {
	case len(a.Things) != 1:
		return fault.New(fault.Invalid, "custody.dispatch_alone", "Chuyến thư %s phải bàn giao riêng.", "Dispatch %s is handed over on its own.", d.Code)
	case d.Status == DispatchOpen:
		return fault.New(fault.Conflict, "custody.dispatch_open", "Chuyến thư %s chưa đóng.", "Dispatch %s is not closed yet.", d.Code)
	case Office(a.To) != "" && Office(a.To) != d.To && Office(a.To) != d.From:
		return fault.New(fault.Conflict, "custody.dispatch_wrong_office",
			"Chuyến thư %s đi bưu cục %s, không giao cho bưu cục này.",
			"Dispatch %s goes to office %s and is not handed over here.", d.Code, d.To)
	}
	return nil
}

// onDispatch lists what is on a dispatch, with the seals.
func onDispatch(v *ledger.View, d event.Thing) (things []event.Thing, seals []string) {
	for _, letter := range []byte{'b', 'i'} {
		for _, k := range v.At(string(KeyOf(d)), letter) {
			s, _ := v.Get(k).(located)
			things = append(things, event.Thing(k[2:]))
			seals = append(seals, sealOf(s))
		}
	}
	return things, seals
}

func sealOf(s ledger.State) string {
	if b, ok := s.(*Bag); ok {
		return b.Seal
	}
	return ""
}

func onlyItems(things []event.Thing) error {
	for _, t := range things {
		if k := KeyOf(t); k == "" || k[0] != 'i' {
			return fault.New(fault.Invalid, "custody.list_items_only", "Bản kê phát chỉ gồm bưu gửi rời; %s không phải.", "A delivery list holds loose items only; %s is none.", t)
		}
	}
	return nil
}
