package custody

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

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

// checkAgency lets an agency have what is on its way to it, and what it sent itself only when that turns back.
func (a OpenHandover) checkAgency(v *ledger.View, things []event.Thing) error {
	if Agency(a.To) == "" {
		return nil
	}
	for _, t := range things {
		i, _ := ledger.Get[*Item](v, KeyOf(t))
		if turns := i.Returning != ""; turns != (i.SentBy == a.To) {
			return fault.New(fault.Conflict, "custody.not_for_agency",
				"%s không giao cho cơ quan này được: bưu gửi đang quay về người gửi, hoặc do chính cơ quan này gửi đi. Hãy bỏ khỏi danh sách.",
				"%s cannot go to this agency: it is turning back to its sender, or this agency sends it itself. Take it off the list.", t)
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

// CountThings says what the taker has found. Counting a thing again replaces what was said of it.
type CountThings struct {
	Handover event.Thing   `json:"handover"`
	Counts   []event.Count `json:"counts"`
}

// Name of the act.
func (CountThings) Name() string { return "custody.count" }

// Touches the handover.
func (a CountThings) Touches() []ledger.Key { return []ledger.Key{KeyOf(a.Handover)} }

// Decide refuses once somebody has signed: a signature stands for what was counted then.
func (a CountThings) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
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
	}
	return []event.Fact{event.HandoverCounted{Handover: a.Handover, Counts: a.Counts}}, nil
}

// openOne gives an open handover in which the sender of the act has a part.
func openOne(v *ledger.View, e ledger.Envelope, code event.Thing) (*Handover, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	h, err := find[*Handover](v, code)
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
	return err == nil && unsealed(s) == nil
}

func (h *Handover) saidSeal(t event.Thing) string {
	for _, g := range h.Things {
		if g.Thing == t {
			return g.Seal
		}
	}
	return ""
}

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
	return []event.Fact{event.HandoverWithdrawn{Handover: a.Handover, Reason: a.Reason}}, nil
}

func foldHandoverOpened(v *ledger.View, e *event.Entry, f event.HandoverOpened) error {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	*h = Handover{Code: f.Handover, From: f.From, To: f.To, Purpose: f.Purpose, Office: e.Office, OpenedMs: e.OccurredMs, Dispatch: f.Dispatch, Status: HandoverOpen}
	if o := Office(f.To); o != "" {
		h.Office = o
	}
	for n, t := range f.Things {
		h.Things = append(h.Things, Given{Thing: t, Seal: f.Seals[n]})
	}
	for _, t := range h.bound() {
		v.Edit(KeyOf(t)).(located).at().Handover = f.Handover
	}
	return foldOwn(v, f.Handover)
}

// bound are the things that nothing else may move while the handover is open: the dispatch, or all that is given.
func (h *Handover) bound() []event.Thing {
	if h.Dispatch != "" {
		return []event.Thing{h.Dispatch}
	}
	things := make([]event.Thing, len(h.Things))
	for n, g := range h.Things {
		things[n] = g.Thing
	}
	return things
}

func (h *Handover) release(v *ledger.View) {
	for _, t := range h.bound() {
		v.Edit(KeyOf(t)).(located).at().Handover = ""
	}
}

func foldCounted(v *ledger.View, f event.HandoverCounted) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	for _, c := range f.Counts {
		n := slices.IndexFunc(h.Counts, func(old event.Count) bool { return old.Thing == c.Thing })
		if n < 0 {
			h.Counts = append(h.Counts, c)
		} else {
			h.Counts[n] = c
		}
	}
}

func foldSigned(v *ledger.View, f event.HandoverSigned) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	if f.Side == Giver {
		h.Giver = f.By
	} else {
		h.Taker = f.By
	}
}

func foldCompleted(v *ledger.View, e *event.Entry, f event.HandoverCompleted) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	h.Status = HandoverCompleted
	h.release(v)
	leaves := f.Dispatch != "" && Office(f.To) == "" // a dispatch goes off with a driver: what is on it stays on it
	for _, t := range f.Moved {
		if leaves {
			loadOn(v, e, t, f)
			continue
		}
		arrive(v, e, t, f)
	}
	for _, t := range f.Short {
		if f.Dispatch != "" { // it is not on the dispatch: its giver must say where it is
			arrive(v, e, t, event.HandoverCompleted{To: f.From})
		}
	}
	for _, t := range f.Refused {
		turnBack(v, e, t, f)
	}
	if f.Dispatch == "" {
		return
	}
	d := ledger.Edit[*Dispatch](v, KeyOf(f.Dispatch))
	d.to(f.To, e.Seq)
	d.Status, d.Count = DispatchUnder, len(f.Moved)
	if !leaves {
		d.Status, d.Count = DispatchArrived, 0
	}
}

// loadOn keeps a counted thing on the dispatch that leaves, or puts it there when it was counted over.
func loadOn(v *ledger.View, e *event.Entry, t event.Thing, f event.HandoverCompleted) {
	s := v.Get(KeyOf(t)).(located)
	if s.at().In == f.Dispatch {
		return
	}
	v.Edit(KeyOf(t))
	if i, ok := s.(*Item); ok {
		i.before(e, f)
		i.Stage = Moving
	}
	s.at().into(f.Dispatch, e.Seq)
}

// turnBack sends an item that an agency refused back to its sender: it stays where it is, but goes no further.
func turnBack(v *ledger.View, e *event.Entry, t event.Thing, f event.HandoverCompleted) {
	i, ok := v.Edit(KeyOf(t)).(*Item)
	if !ok {
		return
	}
	i.before(e, f)
	i.firstAttempt(e)
	i.Returning, i.ToOffice = "refused", i.Origin
	i.stageAt(i.Holder, "")
}

// arrive puts a thing into the taker's hands.
func arrive(v *ledger.View, e *event.Entry, t event.Thing, f event.HandoverCompleted) {
	switch s := v.Edit(KeyOf(t)).(type) {
	case *Item:
		s.before(e, f)
		s.to(f.To, e.Seq)
		s.stageAt(f.To, f.Purpose)
		if Agency(f.To) != "" {
			s.firstAttempt(e)
			s.EndedMs = e.OccurredMs
		}
	case *Bag:
		s.to(f.To, e.Seq)
	}
}

func foldWithdrawn(v *ledger.View, f event.HandoverWithdrawn) {
	h := ledger.Edit[*Handover](v, KeyOf(f.Handover))
	h.Status = HandoverWithdrawn
	h.release(v)
}
