package closedmail

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Vessel is what custody does not know of a bag, box, dispatch or delivery list: which bag or box it is, who closed it, how it travels, whether it is frozen.
type Vessel struct {
	Code     event.Thing
	Facility FacilityCode // the bag or box in use
	Seal     Seal
	First    postal.StaffID // who closed it
	Second   postal.StaffID
	Vehicle  FacilityCode // of a dispatch or a delivery list
	Escort   postal.StaffID
	Guard    Guard
	ClosedG  postal.Grams   // weighed when it was closed; 0: not weighed
	OpenedG  postal.Grams   // weighed when it was opened
	Checked  postal.StaffID // the taker who looked before signing
	Frozen   ID
	Lost     ID           // the incident whose search was closed without finding it
	Answers  event.Holder // who held it last by the ledger, while it is lost

	Partner PartnerCode         // to which it was given, or that brought it
	Giver   postal.StaffID      // who brought it for the partner
	List    DocNumber           // the partner's list of what is in it
	Listed  []postal.ItemNumber // by that list
	Theirs  bool                // it left in a KT1 vehicle of the partner
}

// VesselKey is where it is kept.
func VesselKey(t event.Thing) ledger.Key { return ledger.Key("v:" + string(t)) }

// Place is none: custody knows where it lies.
func (*Vessel) Place() string { return "" }

// Encode writes the vessel.
func (s *Vessel) Encode(dst []byte) []byte { return ledger.Encode(dst, s.fields) }

// Decode reads the vessel.
func (s *Vessel) Decode(b []byte) error { return ledger.Decode(b, s.fields) }

func (s *Vessel) fields(c *ledger.Codec) {
	ledger.Str(c, &s.Code)
	ledger.Str(c, &s.Facility)
	ledger.Str(c, &s.Seal)
	ledger.Str(c, &s.First)
	ledger.Str(c, &s.Second)
	ledger.Str(c, &s.Vehicle)
	ledger.Str(c, &s.Escort)
	ledger.Str(c, &s.Checked)
	ledger.Str(c, &s.Frozen)
	ledger.Str(c, &s.Lost)
	ledger.Str(c, &s.Answers)
	ledger.Str(c, &s.Guard)
	ledger.Int(c, &s.ClosedG)
	ledger.Int(c, &s.OpenedG)
	ledger.Str(c, &s.Partner)
	ledger.Str(c, &s.Giver)
	ledger.Str(c, &s.List)
	ledger.List(c, &s.Listed, func(n *postal.ItemNumber, c *ledger.Codec) { ledger.Str(c, n) })
	ledger.Bool(c, &s.Theirs)
}

// StartVessel puts up an empty bag or box bound for an office.
type StartVessel struct {
	Office   postal.OfficeCode `json:"office"`
	To       postal.OfficeCode `json:"to"`
	Facility FacilityCode      `json:"facility"`
}

// Name of the act.
func (StartVessel) Name() string { return "kt1.start_vessel" }

func (a StartVessel) inner() custody.StartBag {
	return custody.StartBag{Office: a.Office, To: a.To, Apart: true}
}

// Touches the office's numbers and the bag or box.
func (a StartVessel) Touches() []ledger.Key {
	return append(a.inner().Touches(), FacilityKey(a.Facility))
}

// Decide refuses a bag or box that has not passed its inspection.
func (a StartVessel) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := destination(v, a.To); err != nil {
		return nil, err
	}
	if _, err := usable(v, a.Facility, e.Office, Box, BagOf); err != nil {
		return nil, err
	}
	facts, err := a.inner().Decide(v, e)
	if err != nil {
		return nil, err
	}
	bag, _ := factOf[event.BagStarted](facts)
	return append(facts, event.VesselStarted{Vessel: bag.Bag, Facility: string(a.Facility)}), nil
}

// Pack puts an item into an open bag or box. One that is bound for another office than the bag goes in only when somebody says that it travels by that office.
type Pack struct {
	Item postal.ItemNumber `json:"item"`
	Bag  event.Thing       `json:"bag"`
	Via  bool              `json:"via,omitempty"`
}

// Name of the act.
func (Pack) Name() string { return "kt1.pack" }

// Touches item and bag.
func (a Pack) Touches() []ledger.Key { return a.inner().Touches() }

func (a Pack) inner() custody.Pack { return custody.Pack{Item: a.Item, Bag: a.Bag} }

// Decide refuses a frozen item, and one that another bag should carry.
func (a Pack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, event.Thing(a.Item), a.Bag); err != nil {
		return nil, err
	}
	facts, err := a.inner().Decide(v, e)
	if err != nil {
		return nil, err
	}
	i, _ := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(a.Bag))
	if b.To.Agency() != "" && !goesOut(v, event.Thing(a.Item)) {
		return nil, fault.New(fault.Conflict, "closedmail.not_outward", "%[1]s phát trong tỉnh, túi %[2]s đi đối tác. Hãy xếp vào túi khác.", "%[1]s is delivered in this province and bag %[2]s goes to a partner. Use another bag.", a.Item, a.Bag).At("item")
	}
	if to := boundFor(i); to != b.To && !a.Via && !homeward(v, i, b.To) {
		return nil, fault.New(fault.Conflict, "closedmail.other_way", "%[1]s đi %[2]s, túi này đi %[3]s. Hãy xếp vào túi khác; nếu phải đi qua bưu cục đó, đánh dấu “Đi vòng”.",
			"%[1]s goes to %[2]s, this bag to %[3]s. Use another bag; if it must travel by that office, tick “By way of”.", a.Item, to, b.To).At("item")
	} else if to != b.To && a.Via {
		facts = append(facts, event.Detoured{Item: a.Item, Via: b.To})
	}
	return facts, nil
}

// boundFor is the office that an item goes to: the one that delivers it, or the one that took it in when it returns.
func boundFor(i *custody.Item) postal.OfficeCode {
	if i.Returning != "" {
		return i.Origin
	}
	return i.ToOffice
}

// Unpack takes an item out of a bag or box that is not closed yet.
type Unpack struct {
	Item postal.ItemNumber `json:"item"`
	Bag  event.Thing       `json:"bag"`
}

// Name of the act.
func (Unpack) Name() string { return "kt1.unpack" }

// Touches item and bag.
func (a Unpack) Touches() []ledger.Key { return custody.Unpack(a).Touches() }

// Decide refuses a frozen item.
func (a Unpack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	return custody.Unpack(a).Decide(v, e)
}

// CloseVessel closes and seals a bag or box; two persons stand by. WeightG is 0 where it was not weighed.
type CloseVessel struct {
	Bag     event.Thing    `json:"bag"`
	Seal    Seal           `json:"seal"`
	Second  postal.StaffID `json:"second"`
	WeightG postal.Grams   `json:"weight_g,omitempty"`
}

// Name of the act.
func (CloseVessel) Name() string { return "kt1.close_vessel" }

// Touches the bag and the seal.
func (a CloseVessel) Touches() []ledger.Key {
	return []ledger.Key{custody.KeyOf(a.Bag), VesselKey(a.Bag), SealKey(a.Seal)}
}

// Decide refuses one person alone, and a seal that was used before.
func (a CloseVessel) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if _, err := ParseSeal(string(a.Seal)); err != nil {
		return nil, err
	}
	if err := weight(a.WeightG); err != nil {
		return nil, err
	}
	if err := pair(v, e, a.Second, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, a.Bag); err != nil {
		return nil, err
	}
	if err := fit(v, a.Bag); err != nil {
		return nil, err
	}
	if err := freshSeal(v, a.Seal); err != nil {
		return nil, err
	}
	facts, err := custody.SealBag{Bag: a.Bag, Seal: string(a.Seal)}.Decide(v, e)
	if err != nil {
		return nil, err
	}
	return append(facts, event.VesselClosed{Vessel: a.Bag, Seal: string(a.Seal), First: e.Actor, Second: a.Second, WeightG: a.WeightG}), nil
}

// ReopenVessel opens a bag or box again at the office that closed it, before it leaves.
type ReopenVessel struct {
	Bag    event.Thing    `json:"bag"`
	Second postal.StaffID `json:"second"`
}

// Name of the act.
func (ReopenVessel) Name() string { return "kt1.reopen_vessel" }

// Touches the bag.
func (a ReopenVessel) Touches() []ledger.Key {
	return []ledger.Key{custody.KeyOf(a.Bag), VesselKey(a.Bag)}
}

// Decide refuses one person alone.
func (a ReopenVessel) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := pair(v, e, a.Second, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, a.Bag); err != nil {
		return nil, err
	}
	if _, err := (custody.UnsealBag{Bag: a.Bag, Reason: "other"}).Decide(v, e); err != nil {
		return nil, err
	}
	facts := []event.Fact{event.BagUnsealed{Bag: a.Bag, Reason: "two_persons"}} // a reason that no single person can give
	return append(facts, event.VesselReopened{Vessel: a.Bag, First: e.Actor, Second: a.Second}), nil
}

// OpenVessel looks at the seal of a bag or box at its destination and opens it. Another seal than the books know opens an incident instead, and the bag stays closed;
// once a supervisor has released it, it is opened with the seal that was found. A bag that was weighed when it was closed and weighs something else now is looked at again
// first: Reweighed says that both have done so.
type OpenVessel struct {
	Bag       event.Thing    `json:"bag"`
	Seal      Seal           `json:"seal"`
	Second    postal.StaffID `json:"second"`
	WeightG   postal.Grams   `json:"weight_g,omitempty"`
	Reweighed bool           `json:"reweighed,omitempty"`
}

// Name of the act.
func (OpenVessel) Name() string { return "kt1.open_vessel" }

// Touches the bag.
func (a OpenVessel) Touches() []ledger.Key {
	return []ledger.Key{custody.KeyOf(a.Bag), VesselKey(a.Bag)}
}

// Decide refuses one person alone.
func (a OpenVessel) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if _, err := ParseSeal(string(a.Seal)); err != nil {
		return nil, err
	}
	if err := pair(v, e, a.Second, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, a.Bag); err != nil {
		return nil, err
	}
	facts, err := custody.OpenBag{Bag: a.Bag, Seal: string(a.Seal)}.Decide(v, e)
	if err != nil {
		return nil, err
	}
	b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(a.Bag))
	if b.Seal != string(a.Seal) && !releasedWith(v, a.Bag, a.Seal) {
		s, _ := ledger.Get[*Vessel](v, VesselKey(a.Bag))
		return []event.Fact{event.IncidentOpened{Incident: idOf(e, 0), Kind: string(Seals), Things: []event.Thing{a.Bag}, Office: e.Office, Found: string(a.Seal), Known: b.Seal, Partner: string(s.broughtBy())}}, nil
	}
	if err := a.weighs(v); err != nil {
		return nil, err
	}
	return append(facts, event.VesselOpened{Vessel: a.Bag, Seal: string(a.Seal), First: e.Actor, Second: a.Second, WeightG: a.WeightG}), nil
}

// weight refuses what no bag weighs; 0 says that it was not weighed.
func weight(g postal.Grams) error {
	if g < 0 || g > postal.MaxGrams {
		return fault.New(fault.Invalid, "closedmail.weight", "Khối lượng không đúng.", "The weight is not valid.").At("weight")
	}
	return nil
}

// weighs refuses another weight than at closing until it was looked at again; there is no difference that is small enough to pass.
func (a OpenVessel) weighs(v *ledger.View) error {
	if err := weight(a.WeightG); err != nil {
		return err
	}
	s, ok := ledger.Get[*Vessel](v, VesselKey(a.Bag))
	if !ok || s.ClosedG == 0 || a.WeightG == 0 || s.ClosedG == a.WeightG || a.Reweighed {
		return nil
	}
	return fault.New(fault.Conflict, "closedmail.weight_differs", "Khi đóng nặng %[1]d g, bây giờ %[2]d g. Hai người cân lại và nhìn kỹ bao bì, niêm phong: đúng như vậy thì đánh dấu “Đã cân lại” rồi mở; nghi ngờ thì báo sự cố.",
		"It weighed %[1]d g when it was closed and weighs %[2]d g now. Both weigh it again and look closely at packing and seal: if it is so, tick “Weighed again” and open it; if in doubt, report an incident.", s.ClosedG, a.WeightG).At("reweighed")
}

// releasedWith reports whether a supervisor has seen and released the bag with this other seal.
func releasedWith(v *ledger.View, bag event.Thing, seal Seal) bool {
	s, ok := ledger.Get[*Vessel](v, VesselKey(bag))
	return ok && s.Seal == seal
}

// TakeOut counts an item out of an opened bag or box. A damaged one is frozen at once.
type TakeOut struct {
	Item      postal.ItemNumber `json:"item"`
	Bag       event.Thing       `json:"bag"`
	Condition event.Condition   `json:"condition,omitempty"`
}

// Name of the act.
func (TakeOut) Name() string { return "kt1.take_out" }

// Touches item and bag.
func (a TakeOut) Touches() []ledger.Key { return custody.TakeOut(a).Touches() }

// Decide refuses a frozen item; an item that should not be in the bag is seen, and an incident opened.
func (a TakeOut) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if _, err := postal.ParseItemNumber(string(a.Item)); err != nil {
		return nil, err
	}
	if err := oneOf([]event.Condition{event.Sound, event.Damaged}, a.Condition, "condition"); err != nil {
		return nil, err
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	if by := frozenBy(v, a.Bag); by != "" {
		return nil, free(v, a.Bag)
	}
	if err := notForeign(v, a.Bag); err != nil {
		return nil, err
	}
	facts, err := custody.TakeOut(a).Decide(v, e)
	if err != nil {
		return nil, err
	}
	raised, _ := factOf[event.IrregularityRaised](facts)
	switch raised.Kind {
	case "":
		return facts, nil
	case "damaged":
		return append(facts, event.IncidentOpened{Incident: idOf(e, 0), Kind: string(Torn), Things: []event.Thing{event.Thing(a.Item)}, Office: e.Office}), nil
	}
	return append(facts, event.IncidentOpened{Incident: idOf(e, 0), Kind: "over", Things: []event.Thing{event.Thing(a.Item)}, Office: e.Office}), nil
}

// EmptyVessel ends the count; two persons stand by. What was not in it is missing, and an incident.
type EmptyVessel struct {
	Bag    event.Thing    `json:"bag"`
	Second postal.StaffID `json:"second"`
}

// Name of the act.
func (EmptyVessel) Name() string { return "kt1.empty_vessel" }

// Touches the bag.
func (a EmptyVessel) Touches() []ledger.Key {
	return []ledger.Key{custody.KeyOf(a.Bag), VesselKey(a.Bag)}
}

// Decide refuses one person alone.
func (a EmptyVessel) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := pair(v, e, a.Second, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, a.Bag); err != nil {
		return nil, err
	}
	facts, err := custody.EmptyBag{Bag: a.Bag}.Decide(v, e)
	if err != nil {
		return nil, err
	}
	emptied, _ := factOf[event.BagEmptied](facts)
	s, _ := ledger.Get[*Vessel](v, VesselKey(a.Bag))
	short := append(emptied.Short, s.unseen(v)...)
	facts = append(facts, event.VesselEmptied{Vessel: a.Bag, First: e.Actor, Second: a.Second, Short: short})
	if len(short) > 0 {
		facts = append(facts, event.IncidentOpened{Incident: idOf(e, 0), Kind: string(Short), Things: s.missed(v, short), Office: e.Office, Partner: string(s.broughtBy())})
	}
	return facts, nil
}

// missed are the things of an incident about what a bag lacked. A partner's list may name what by our books somebody else of ours holds, or what has been delivered: that
// is a difference with the partner, and freezes nothing.
func (s *Vessel) missed(v *ledger.View, short []postal.ItemNumber) []event.Thing {
	partner := s.broughtBy()
	return slices.DeleteFunc(things(short), func(t event.Thing) bool {
		if partner == "" {
			return false
		}
		holder, _ := custody.Holder(v, t)
		return holder != "" && holder != partner.Holder()
	})
}

func things(items []postal.ItemNumber) []event.Thing {
	out := make([]event.Thing, len(items))
	for n, i := range items {
		out[n] = event.Thing(i)
	}
	return out
}

func foldVessel(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.VesselStarted:
		*ledger.Edit[*Vessel](v, VesselKey(f.Vessel)) = Vessel{Code: f.Vessel, Facility: FacilityCode(f.Facility)}
		use(v, FacilityCode(f.Facility), string(f.Vessel), "")
	case event.VesselClosed:
		s := ledger.Edit[*Vessel](v, VesselKey(f.Vessel))
		s.Seal, s.First, s.Second, s.ClosedG = Seal(f.Seal), f.First, f.Second, f.WeightG
		ledger.Edit[*UsedSeal](v, SealKey(Seal(f.Seal))).Bag = f.Vessel
	case event.VesselOpened: // perhaps by another seal than it was closed with
		ledger.Edit[*Vessel](v, VesselKey(f.Vessel)).OpenedG = f.WeightG
		ledger.Edit[*UsedSeal](v, SealKey(Seal(f.Seal))).Bag = f.Vessel
	case event.VesselReopened:
		s := ledger.Edit[*Vessel](v, VesselKey(f.Vessel))
		s.Seal, s.First, s.Second, s.ClosedG = "", "", "", 0
	case event.VesselEmptied:
		s := ledger.Edit[*Vessel](v, VesselKey(f.Vessel))
		use(v, s.Facility, "", e.Office)
	case event.TransportNamed:
		s := ledger.Edit[*Vessel](v, VesselKey(f.Thing))
		s.Code, s.Vehicle, s.Escort, s.Guard = f.Thing, FacilityCode(f.Vehicle), f.Escort, Guard(f.Guard)
	case event.HandoverChecked:
		s := ledger.Edit[*Vessel](v, VesselKey(f.Handover))
		s.Code, s.Checked = f.Handover, f.By
	}
}
