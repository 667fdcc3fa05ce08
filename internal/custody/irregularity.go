package custody

import (
	"fmt"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Irregularity is two accounts of one thing that differ; a person of its office must settle it.
type Irregularity struct {
	ID       string
	Kind     string
	Thing    event.Thing
	Office   postal.OfficeCode
	Handover event.Thing
	Says     string // the new account
	Ledger   string // the ledger's account at that time
	RaisedMs int64
	Seq      int64
	Known    bool   // its thing was in the ledger when it was raised, so it counts on the thing until it is settled
	Decision string // "" while open
	Reason   string
	By       postal.StaffID
}

// Place is the board of its office while it is open.
func (x *Irregularity) Place() string {
	if x.Decision != "" {
		return ""
	}
	return string(AtOffice(x.Office))
}

// Encode writes the irregularity.
func (x *Irregularity) Encode(dst []byte) []byte { return ledger.Encode(dst, x.fields) }

// Decode reads the irregularity.
func (x *Irregularity) Decode(b []byte) error { return ledger.Decode(b, x.fields) }

func (x *Irregularity) fields(c *ledger.Codec) {
	ledger.Str(c, &x.ID)
	ledger.Str(c, &x.Kind)
	ledger.Str(c, &x.Thing)
	ledger.Str(c, &x.Office)
	ledger.Str(c, &x.Handover)
	ledger.Str(c, &x.Says)
	ledger.Str(c, &x.Ledger)
	ledger.Int(c, &x.RaisedMs)
	ledger.Int(c, &x.Seq)
	ledger.Bool(c, &x.Known)
	ledger.Str(c, &x.Decision)
	ledger.Str(c, &x.Reason)
	ledger.Str(c, &x.By)
}

// raise makes the n-th irregularity of an act; the act's whole id makes its own id unique: the ids that one device makes may all end alike (UUID version 1).
func raise(e ledger.Envelope, n int, r event.IrregularityRaised) event.IrregularityRaised {
	r.Irregularity = fmt.Sprintf("%x-%d", e.Act[:], n)
	return r
}

// seen records that a thing was seen in someone's hands against the ledger's account. It moves nothing.
func seen(e ledger.Envelope, t event.Thing, act, code, kind string, holder event.Holder, account string) []event.Fact {
	return []event.Fact{
		event.Observed{Thing: t, What: act, Code: code, Holder: holder},
		raise(e, 0, event.IrregularityRaised{Kind: kind, Thing: t, Office: e.Office, Says: string(holder), Ledger: account}),
	}
}

// SeeHere says that a thing is in this office's hands although the ledger says otherwise («Thấy tại đây»).
type SeeHere struct {
	Thing event.Thing `json:"thing"`
}

// Name of the act.
func (SeeHere) Name() string { return "custody.see_here" }

// Touches the thing.
func (a SeeHere) Touches() []ledger.Key {
	if k := KeyOf(a.Thing); k != "" {
		return []ledger.Key{k}
	}
	return nil
}

// Decide refuses only what is here by the ledger already, and codes of no form.
func (a SeeHere) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if KeyOf(a.Thing) == "" {
		return nil, unknown(a.Thing)
	}
	here := AtOffice(e.Office)
	s, known := v.Get(KeyOf(a.Thing)).(located)
	if !known {
		return seen(e, a.Thing, a.Name(), "custody.unknown", "unknown", here, ""), nil
	}
	if h, _ := Holder(v, a.Thing); h == here {
		return nil, alreadyThere(a.Thing, event.Thing(e.Office))
	}
	return seen(e, a.Thing, a.Name(), "custody.wrong_holder", "observation", here, where(s.at())), nil
}

// Decisions on an irregularity: the ledger stands, the new account holds, or it is only noted.
const (
	LedgerStands = "ledger"
	AccountHolds = "observation"
	Noted        = "noted"
)

// SettleReasons are why an irregularity was decided as it was.
var SettleReasons = []string{"recounted", "found", "label_mixed", "late_scan", "agreed_with_other_office", "compensated", "other"}

// Settle decides an irregularity. AccountHolds moves the thing to the holder that the new account names, or takes over its seal.
type Settle struct {
	Irregularity string `json:"irregularity"`
	Decision     string `json:"decision"`
	Reason       string `json:"reason"`
}

// Name of the act.
func (Settle) Name() string { return "custody.settle" }

// Touches the irregularity; its thing is looked up from it.
func (a Settle) Touches() []ledger.Key { return []ledger.Key{IrregularityKey(a.Irregularity)} }

// Decide refuses other offices, a second settlement, an account that is out of date, and a move while the thing is in an open handover.
func (a Settle) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	x, ok := ledger.Get[*Irregularity](v, IrregularityKey(a.Irregularity))
	if !ok {
		return nil, fault.New(fault.NotFound, "custody.irregularity_unknown", "Không có bất thường này.", "There is no such irregularity.")
	}
	if err := a.check(x, e); err != nil {
		return nil, err
	}
	f := event.IrregularitySettled{Irregularity: a.Irregularity, Decision: a.Decision, Reason: a.Reason, Thing: x.Thing}
	if a.Decision != AccountHolds {
		return []event.Fact{f}, nil
	}
	s, known := v.Get(KeyOf(x.Thing)).(located)
	if !known {
		return nil, cannotMove(x.Thing)
	}
	if x.Kind == "wrong_seal" {
		return []event.Fact{f}, sameSeal(s, x)
	}
	if d, isDispatch := s.(*Dispatch); x.Says == "" || underSignature(v, s.at()) || isDispatch && d.Status == DispatchArrived {
		return nil, cannotMove(x.Thing)
	}
	switch now := where(s.at()); now {
	case x.Says: // it is there already
	case x.Ledger:
		f.Holder = event.Holder(x.Says)
		if err := mayReach(v, x.Thing, f.Holder); err != nil {
			return nil, err
		}
		if Agency(f.Holder) != "" && opened(v, x.Thing) {
			return nil, compareFirst(x.Thing)
		}
	default:
		return nil, fault.New(fault.Conflict, "custody.account_changed",
			"Từ khi ghi bất thường này, %s đã sang tay khác (%s). Không chuyển theo lời khai cũ; hãy chọn «Giữ theo sổ» hoặc «Ghi nhận».",
			"Since this irregularity was raised %s has changed hands (%s). It cannot follow the old account; choose “The ledger stands” or “Noted”.", x.Thing, now)
	}
	return []event.Fact{f}, nil
}

func (a Settle) check(x *Irregularity, e ledger.Envelope) error {
	switch {
	case x.Office != e.Office:
		return fault.New(fault.Forbidden, "custody.other_office", "Bất thường này do bưu cục %s xử lý.", "Office %s settles this irregularity.", x.Office)
	case x.Decision != "":
		return fault.New(fault.Conflict, "custody.settled", "Bất thường này đã được xử lý.", "This irregularity has been settled.")
	}
	if err := oneOf([]string{LedgerStands, AccountHolds, Noted}, a.Decision, "decision"); err != nil {
		return err
	}
	return oneOf(SettleReasons, a.Reason, "reason")
}

// sameSeal refuses to take over the seal of an old account when the bag has got another one since, or stands open.
func sameSeal(s located, x *Irregularity) error {
	if b, isBag := s.(*Bag); isBag && b.Seal != x.Ledger && b.Seal != x.Says {
		return fault.New(fault.Conflict, "custody.seal_changed",
			"Từ khi ghi bất thường này, niêm phong của túi %s đã đổi. Không lấy lại số niêm phong cũ; hãy chọn «Giữ theo sổ» hoặc «Ghi nhận».",
			"Since this irregularity was raised bag %s has got another seal. The old one is not taken over; choose “The ledger stands” or “Noted”.", x.Thing)
	}
	return nil
}

// underSignature says whether two people are about to sign for a thing: it is part of an open handover itself, or lies on a dispatch that is.
func underSignature(v *ledger.View, p *Position) bool {
	if p.In == "" {
		return p.Handover != ""
	}
	d, onDispatch := ledger.Get[*Dispatch](v, KeyOf(p.In))
	return onDispatch && d.Handover != ""
}

func cannotMove(t event.Thing) error {
	return fault.New(fault.Conflict, "custody.cannot_move",
		"%s đang trong một bàn giao chưa ký xong hoặc không có trong sổ, nên chưa chuyển theo quan sát được.",
		"%s is part of an open handover or not in the ledger, so it cannot follow the new account yet.", t)
}

func foldRaised(v *ledger.View, e *event.Entry, f event.IrregularityRaised) {
	x := ledger.Edit[*Irregularity](v, IrregularityKey(f.Irregularity))
	*x = Irregularity{ID: f.Irregularity, Kind: f.Kind, Thing: f.Thing, Office: f.Office, Handover: f.Handover, Says: f.Says, Ledger: f.Ledger, RaisedMs: e.RecordedMs, Seq: e.Seq}
	if k := KeyOf(f.Thing); k != "" && v.Get(k) != nil {
		x.Known = true
		changeOpen(v, k, +1)
	}
}

func changeOpen(v *ledger.View, k ledger.Key, by int) {
	switch s := v.Edit(k).(type) {
	case *Item:
		s.Open += by
	case *Bag:
		s.Open += by
	}
}

func foldSettled(v *ledger.View, e *event.Entry, f event.IrregularitySettled) {
	x := ledger.Edit[*Irregularity](v, IrregularityKey(f.Irregularity))
	x.Decision, x.Reason, x.By = f.Decision, f.Reason, e.Actor
	if x.Known {
		changeOpen(v, KeyOf(f.Thing), -1)
	}
	if f.Decision != AccountHolds {
		return
	}
	if b, ok := v.Get(KeyOf(f.Thing)).(*Bag); ok && x.Kind == "wrong_seal" {
		v.Edit(KeyOf(f.Thing))
		b.Seal = x.Says
		return
	}
	if f.Holder == "" {
		return
	}
	s, ok := v.Edit(KeyOf(f.Thing)).(located)
	if !ok {
		return
	}
	if i, isItem := s.(*Item); isItem {
		i.before(e, f)
	}
	changeCount(v, s.at().In, -1)
	s.at().to(f.Holder, e.Seq)
	if i, isItem := s.(*Item); isItem {
		i.stageAt(f.Holder, "")
		i.EndedMs = 0
		if i.Ended() {
			i.EndedMs = e.OccurredMs
		}
	}
}
