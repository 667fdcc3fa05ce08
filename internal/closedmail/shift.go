package closedmail

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Shift is who is on duty at a KT1 office; the desk never closes, so a shift ends only by handing over.
type Shift struct {
	Office  postal.OfficeCode
	N       int
	Worker  postal.StaffID
	SinceMs int64
}

const shiftsPlace = "kt1:shifts"

// ShiftKey is where the shift of an office is kept.
func ShiftKey(o postal.OfficeCode) ledger.Key { return ledger.Key("s:" + string(o)) }

// Place is the board of all KT1 offices.
func (*Shift) Place() string { return shiftsPlace }

// Encode writes the shift.
func (s *Shift) Encode(dst []byte) []byte { return ledger.Encode(dst, s.fields) }

// Decode reads the shift.
func (s *Shift) Decode(b []byte) error { return ledger.Decode(b, s.fields) }

func (s *Shift) fields(c *ledger.Codec) {
	ledger.Str(c, &s.Office)
	ledger.Int(c, &s.N)
	ledger.Str(c, &s.Worker)
	ledger.Int(c, &s.SinceMs)
}

// Shifts lists the KT1 offices with who is on duty.
func Shifts(v *ledger.View) []*Shift {
	var all []*Shift
	for _, k := range v.At(shiftsPlace, 's') {
		if s, ok := ledger.Get[*Shift](v, k); ok {
			all = append(all, s)
		}
	}
	return all
}

// Held lists what lies in the hands of an office: loose items, bags, dispatches. What is in a bag is the bag's.
func Held(v *ledger.View, o postal.OfficeCode) []event.Thing {
	var all []event.Thing
	for _, letter := range []byte{'i', 'b', 'd'} {
		for _, k := range v.At(string(custody.AtOffice(o)), letter) {
			all = append(all, event.Thing(k[2:]))
		}
	}
	return all
}

// OpenShift begins the first shift of a KT1 office.
type OpenShift struct {
	Office postal.OfficeCode `json:"office"`
}

// Name of the act.
func (OpenShift) Name() string { return "kt1.open_shift" }

// Touches the shift.
func (a OpenShift) Touches() []ledger.Key { return []ledger.Key{ShiftKey(a.Office)} }

// Decide refuses an office that has one.
func (a OpenShift) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if a.Office != e.Office {
		return nil, fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", e.Office)
	}
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if s, ok := ledger.Get[*Shift](v, ShiftKey(a.Office)); ok && s.Worker != "" {
		return nil, fault.New(fault.Conflict, "closedmail.shift_open", "Bưu cục đang có ca. Hãy giao ca.", "The office has a shift. Hand it over instead.")
	}
	return []event.Fact{event.ShiftOpened{Office: a.Office, Shift: 1, Worker: e.Actor}}, nil
}

// HandShift passes everything that the office holds to the next shift (giao ca). Held is what both counted together; what is not there becomes an incident.
type HandShift struct {
	Office postal.OfficeCode `json:"office"`
	To     postal.StaffID    `json:"to"` // signs beside the one who goes
	Held   []event.Thing     `json:"held,omitempty"`
}

// maxHeld bounds what two persons can count between shifts.
const maxHeld = 900

// Name of the act.
func (HandShift) Name() string { return "kt1.hand_shift" }

// Touches the shift.
func (a HandShift) Touches() []ledger.Key { return []ledger.Key{ShiftKey(a.Office)} }

// Decide refuses anyone but the holder of the shift, and a list that names a thing twice.
func (a HandShift) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if a.Office != e.Office {
		return nil, fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", e.Office)
	}
	if err := pair(v, e, a.To, Clerk, Supervisor); err != nil {
		return nil, err
	}
	s, ok := ledger.Get[*Shift](v, ShiftKey(a.Office))
	if !ok || s.Worker != e.Actor {
		return nil, fault.New(fault.Forbidden, "closedmail.not_on_shift", "Chỉ người đang giữ ca mới giao ca.", "Only the holder of the shift hands it over.")
	}
	counted, over, err := a.counted(v)
	if err != nil {
		return nil, err
	}
	f := event.ShiftHanded{Office: a.Office, Shift: s.N + 1, From: e.Actor, To: a.To, Held: counted, Over: over}
	var frozen []event.Thing
	for _, t := range Held(v, a.Office) {
		if !slices.Contains(counted, t) {
			f.Short = append(f.Short, t)
			if frozenBy(v, t) == "" {
				frozen = append(frozen, t)
			}
		}
	}
	facts := []event.Fact{f}
	if len(frozen) > 0 {
		facts = append(facts, event.IncidentOpened{Incident: idOf(e, 0), Kind: string(Short), Things: frozen, Office: a.Office})
	}
	if fresh := slices.DeleteFunc(slices.Clone(over), func(t event.Thing) bool { return frozenBy(v, t) != "" || !inHands(v, e, t) }); len(over) > 0 && (len(fresh) > 0 || strange(v, e, over)) {
		facts = append(facts, event.IncidentOpened{Incident: idOf(e, 1), Kind: "over", Things: fresh, Office: a.Office})
	}
	return facts, nil
}

// counted splits what was counted into what the office holds by the books and what it does not.
func (a HandShift) counted(v *ledger.View) (held, over []event.Thing, err error) {
	if len(a.Held) > maxHeld {
		return nil, nil, fault.New(fault.TooLarge, "closedmail.too_many", "Mỗi lần giao ca đếm tối đa %d mục.", "At most %d things are counted at a change of shift.", maxHeld)
	}
	known := Held(v, a.Office)
	for n, t := range a.Held {
		k := custody.KeyOf(t)
		if k == "" || k[0] == 'h' {
			return nil, nil, unknown(string(t))
		}
		if slices.Contains(a.Held[:n], t) {
			return nil, nil, fault.New(fault.Invalid, "closedmail.twice", "%s có hai lần trong danh sách.", "%s is in the list twice.", t).At("held")
		}
		switch {
		case slices.Contains(known, t):
			held = append(held, t)
		case parseThing(t) != nil:
			return nil, nil, unknown(string(t))
		case missing(v, t) != "":
			return nil, nil, fault.New(fault.Conflict, "closedmail.find_first", "%[1]s đang được tìm. Ghi “Ghi tìm thấy” ở mục Sự cố trước, rồi đếm và giao ca.",
				"%[1]s is searched for. Record the find under Incidents first, then count and hand over.", t).At("held")
		default:
			over = append(over, t)
		}
	}
	return held, over, nil
}

// strange reports whether something was counted that the books give to nobody here: it is an incident, and freezes nothing, for another office may hold it.
func strange(v *ledger.View, e ledger.Envelope, over []event.Thing) bool {
	return slices.ContainsFunc(over, func(t event.Thing) bool { return frozenBy(v, t) == "" && !inHands(v, e, t) })
}

func foldShift(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.ShiftOpened:
		*ledger.Edit[*Shift](v, ShiftKey(f.Office)) = Shift{Office: f.Office, N: f.Shift, Worker: f.Worker, SinceMs: e.OccurredMs}
	case event.ShiftHanded:
		*ledger.Edit[*Shift](v, ShiftKey(f.Office)) = Shift{Office: f.Office, N: f.Shift, Worker: f.To, SinceMs: e.OccurredMs}
	}
}
