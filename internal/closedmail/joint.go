package closedmail

import (
	"encoding/json"
	"fmt"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Joint is an act that takes two persons. Whoever sends it is the first; it names the second, who signs on the first one's screen, or is asked (Ask) and signs in a
// session of his own (Sign). Either way it is the same act and decides by the same rules.
type Joint interface {
	ledger.Act
	second() postal.StaffID         // who signs beside the first
	subject() ledger.Key            // what it is about: about one subject only one act waits for a signature
	looked(Looked) (Joint, error)   // the act with what the second person has seen with his own eyes
	seen(v *ledger.View) []contents // what the signature speaks of besides the act's own words
	show(v *view)                   // puts on the page what the second person signs
}

// Looked is what a person who signs in a session of his own says that he has done.
type Looked struct {
	Present  bool `json:"present,omitempty"` // he stands where it happens and has looked
	Number   bool `json:"number,omitempty"`
	Packing  bool `json:"packing,omitempty"`
	Seal     bool `json:"seal,omitempty"`
	Unopened bool `json:"unopened,omitempty"`
}

// everything is what somebody says who has looked at all of it.
var everything = Looked{Present: true, Number: true, Packing: true, Seal: true, Unopened: true}

// contents is one thing that a signature speaks of.
type contents string

func (l Looked) present() error {
	if l.Present {
		return nil
	}
	return fault.New(fault.Invalid, "closedmail.not_present", "Người thứ hai phải có mặt tại chỗ và đã kiểm tận mắt thì mới ký.",
		"The second person signs only where it happens, after looking.").At("present")
}

// joints reads the acts that can wait for a signature. An act waits for minutes only, so its form may change from version to version.
var joints = map[string]func([]byte) (Joint, error){
	CloseVessel{}.Name(): readJoint[CloseVessel], ReopenVessel{}.Name(): readJoint[ReopenVessel], OpenVessel{}.Name(): readJoint[OpenVessel], EmptyVessel{}.Name(): readJoint[EmptyVessel],
	SignMinutes{}.Name(): readJoint[SignMinutes], HandShift{}.Name(): readJoint[HandShift], Deliver{}.Name(): readJoint[Deliver], UndoAccept{}.Name(): readJoint[UndoAccept],
	DestroyPage{}.Name(): readJoint[DestroyPage], CloseSearch{}.Name(): readJoint[CloseSearch],
}

func readJoint[A Joint](b []byte) (Joint, error) {
	var a A
	err := json.Unmarshal(b, &a)
	return a, err
}

// Of gives the act that waits.
func (w *Asked) Of() (Joint, error) {
	read, ok := joints[w.Act]
	if !ok {
		return nil, fmt.Errorf("act %q cannot wait for a signature", w.Act)
	}
	return read([]byte(w.Body))
}

func (a CloseVessel) second() postal.StaffID          { return a.Second }
func (a CloseVessel) subject() ledger.Key             { return custody.KeyOf(a.Bag) }
func (a CloseVessel) looked(l Looked) (Joint, error)  { return a, l.present() }
func (a CloseVessel) seen(v *ledger.View) []contents  { return list(inside(v, a.Bag)) }
func (a ReopenVessel) second() postal.StaffID         { return a.Second }
func (a ReopenVessel) subject() ledger.Key            { return custody.KeyOf(a.Bag) }
func (a ReopenVessel) looked(l Looked) (Joint, error) { return a, l.present() }
func (a ReopenVessel) seen(v *ledger.View) []contents { return list(inside(v, a.Bag)) }
func (a OpenVessel) second() postal.StaffID           { return a.Second }
func (a OpenVessel) subject() ledger.Key              { return custody.KeyOf(a.Bag) }
func (a OpenVessel) looked(l Looked) (Joint, error)   { return a, l.present() }
func (a OpenVessel) seen(v *ledger.View) []contents   { return list(inside(v, a.Bag)) }
func (a EmptyVessel) second() postal.StaffID          { return a.Second }
func (a EmptyVessel) subject() ledger.Key             { return custody.KeyOf(a.Bag) }
func (a EmptyVessel) looked(l Looked) (Joint, error)  { return a, l.present() }
func (a EmptyVessel) seen(v *ledger.View) []contents  { return list(inside(v, a.Bag)) }
func (a HandShift) second() postal.StaffID            { return a.To }
func (a HandShift) subject() ledger.Key               { return ShiftKey(a.Office) }
func (a HandShift) looked(l Looked) (Joint, error)    { return a, l.present() }
func (a HandShift) seen(v *ledger.View) []contents    { return list(Held(v, a.Office)) }
func (a UndoAccept) second() postal.StaffID           { return a.Second }
func (a UndoAccept) subject() ledger.Key              { return custody.ItemKey(a.Item) }
func (a UndoAccept) looked(l Looked) (Joint, error)   { return a, l.present() }
func (a UndoAccept) seen(*ledger.View) []contents     { return nil }
func (a DestroyPage) second() postal.StaffID          { return a.Second }
func (a DestroyPage) subject() ledger.Key             { return PageKey(a.Register, a.Office, a.Page) }
func (a DestroyPage) looked(l Looked) (Joint, error)  { return a, l.present() }
func (a DestroyPage) seen(*ledger.View) []contents    { return nil }
func (a SignMinutes) second() postal.StaffID          { return a.Second }
func (a SignMinutes) subject() ledger.Key             { return IncidentKey(a.Incident) }
func (a SignMinutes) looked(l Looked) (Joint, error)  { return a, l.present() }
func (a SignMinutes) seen(v *ledger.View) []contents  { return minutesOf(v, a.Incident) }
func (a CloseSearch) second() postal.StaffID          { return a.Second }
func (a CloseSearch) subject() ledger.Key             { return IncidentKey(a.Incident) }
func (a CloseSearch) looked(l Looked) (Joint, error)  { return a, l.present() }
func (a CloseSearch) seen(v *ledger.View) []contents  { return minutesOf(v, a.Incident) }
func (a Deliver) second() postal.StaffID              { return a.Receiver }
func (a Deliver) subject() ledger.Key                 { return custody.ItemKey(a.Item) }
func (a Deliver) seen(*ledger.View) []contents        { return nil }

// looked puts what the receiver looked at in place of what the courier's screen said.
func (a Deliver) looked(l Looked) (Joint, error) {
	a.Number, a.Packing, a.Seal, a.Unopened = l.Number, l.Packing, l.Seal, l.Unopened
	return a, nil
}

// minutesOf is what the minutes of an incident say.
func minutesOf(v *ledger.View, id ID) []contents {
	i, ok := ledger.Get[*Incident](v, IncidentKey(id))
	if !ok {
		return nil
	}
	return append([]contents{contents(i.Kind), contents(i.Found), contents(i.Known)}, list(i.Things)...)
}

func list[T ~string](all []T) []contents {
	out := make([]contents, len(all))
	for n, t := range all {
		out[n] = contents(t)
	}
	return out
}
