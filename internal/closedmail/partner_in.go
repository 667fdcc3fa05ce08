package closedmail

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// maxListed bounds the list of a bag that a partner brings: every number of it is read by hand.
const maxListed = 60

// TakeFromPartner takes a closed bag or box from a partner's named person: the numbers on its list, the seal by the list and the seal as it was read. It gets a code of
// ours; a seal that differs freezes it at once. Two persons open it as any other (OpenVessel), every item is taken in (TakeIn, ComeBack), and two end the count (EmptyVessel).
type TakeFromPartner struct {
	Office  postal.OfficeCode   `json:"office"`
	Partner PartnerCode         `json:"partner"`
	Giver   postal.StaffID      `json:"giver"`
	List    DocNumber           `json:"list"`
	Known   Seal                `json:"known"` // by the list
	Seal    Seal                `json:"seal"`  // as read
	Items   []postal.ItemNumber `json:"items"`
	Number  bool                `json:"number,omitempty"`
	Packing bool                `json:"packing,omitempty"`
	Seals   bool                `json:"seals,omitempty"`
}

// Name of the act.
func (TakeFromPartner) Name() string { return "kt1.take_from_partner" }

func (a TakeFromPartner) inner(e ledger.Envelope) custody.FromOutside {
	return custody.FromOutside{Office: a.Office, From: a.Partner.Holder(), Seal: string(a.Known), Count: len(a.Items), Giver: a.Giver, Taker: e.Actor}
}

// Touches the office's numbers and the partner.
func (a TakeFromPartner) Touches() []ledger.Key {
	return append(a.inner(ledger.Envelope{}).Touches(), PartnerKey(a.Partner))
}

// Decide refuses a stranger who brings it, and a taker who has not looked. What a partner brings after its contract ended is taken all the same.
func (a TakeFromPartner) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	p, err := partner(v, a.Partner)
	if err != nil {
		return nil, err
	}
	if err := signsFor(v, e, p, a.Giver, "giver"); err != nil {
		return nil, err
	}
	if err := a.form(); err != nil {
		return nil, err
	}
	if !(a.Number && a.Packing && a.Seals) {
		return nil, notLooked()
	}
	facts, err := a.inner(e).Decide(v, e)
	if err != nil {
		return nil, err
	}
	done, _ := factOf[event.HandoverCompleted](facts)
	bag := done.Moved[0]
	facts = append(facts, event.HandoverChecked{Handover: done.Handover, By: e.Actor},
		event.TakenFromPartner{Bag: bag, Handover: done.Handover, Partner: string(a.Partner), Giver: a.Giver, List: string(a.List), Seal: string(a.Known), Items: a.Items})
	if a.Seal != a.Known {
		facts = append(facts, event.IncidentOpened{Incident: idOf(e, 0), Kind: string(Seals), Things: []event.Thing{bag}, Office: e.Office, Handover: done.Handover, Found: string(a.Seal), Known: string(a.Known), Partner: string(a.Partner)})
	}
	return facts, nil
}

func (a TakeFromPartner) form() error {
	if _, err := ParseDoc(string(a.List)); err != nil {
		return err
	}
	for _, s := range []Seal{a.Known, a.Seal} {
		if _, err := ParseSeal(string(s)); err != nil {
			return err
		}
	}
	if len(a.Items) == 0 || len(a.Items) > maxListed {
		return fault.New(fault.Invalid, "closedmail.listed_size", "Bản kê có từ 1 đến %d số hiệu.", "The list has 1 to %d numbers.", maxListed).At("items")
	}
	for n, i := range a.Items {
		if _, err := postal.ParseItemNumber(string(i)); err != nil {
			return err
		}
		if slices.Contains(a.Items[:n], i) {
			return fault.New(fault.Invalid, "closedmail.listed_twice", "%s có hai lần trên bản kê.", "%s is on the list twice.", i).At("items")
		}
	}
	return nil
}

// TakeIn takes an item that a partner brought out of its opened bag: it has been accepted elsewhere, under a number of that operator, and nothing is charged here. What
// stands on the cover is written down as at an acceptance; the clock runs from the day of acceptance that is stamped on it.
type TakeIn struct {
	Office    postal.OfficeCode `json:"office"`
	Bag       event.Thing       `json:"bag"`
	Item      postal.ItemNumber `json:"item"`
	Condition event.Condition   `json:"condition,omitempty"`
	Number    CoverNumber       `json:"number,omitempty"`
	Sender    BodyCode          `json:"sender"`
	Addressee BodyCode          `json:"addressee"`
	Secrecy   Secrecy           `json:"secrecy,omitempty"`
	Urgency   Urgency           `json:"urgency,omitempty"`
	AtMs      int64             `json:"at_ms,omitempty"`
	NamedOnly bool              `json:"named_only,omitempty"`
	RecallBy  postal.Day        `json:"recall_by,omitzero"`
	Returns   postal.ItemNumber `json:"returns,omitempty"`
	Locator   FacilityCode      `json:"locator,omitempty"`
	OriginDay postal.Day        `json:"origin_day"`
	WeightG   postal.Grams      `json:"weight_g"`
	ToUnit    postal.UnitCode   `json:"to_unit"`
	ToOffice  postal.OfficeCode `json:"to_office"`
	Suburban  bool              `json:"suburban,omitempty"`
	DueMs     int64             `json:"due_ms,omitempty"`
	Rules     []RuleID          `json:"rules,omitempty"`
}

// Name of the act.
func (TakeIn) Name() string { return "kt1.take_in" }

// cover is what an acceptance here would say of it: the checks of a cover are the same.
func (a TakeIn) cover() Accept {
	return Accept{Office: a.Office, Number: a.Number, Sender: a.Sender, Addressee: a.Addressee, Secrecy: a.Secrecy, Urgency: a.Urgency, AtMs: a.AtMs, NamedOnly: a.NamedOnly, RecallBy: a.RecallBy,
		Returns: a.Returns, Locator: a.Locator, WeightG: a.WeightG, ToUnit: a.ToUnit, ToOffice: a.ToOffice, Inter: true, Suburban: a.Suburban, DueMs: a.DueMs, Rules: a.Rules}
}

func (a TakeIn) inner() custody.AcceptForeign {
	x := a.cover().inner()
	return custody.AcceptForeign{Item: a.Item, Service: x.Service, ToUnit: x.ToUnit, ToOffice: x.ToOffice, WeightG: x.WeightG, Rules: x.Rules, DueMs: x.DueMs, Office: x.Office}
}

// Touches item and bag, the two bodies, the locator and what it returns.
func (a TakeIn) Touches() []ledger.Key {
	keys := append(a.inner().Touches(), CoverKey(a.Item), custody.KeyOf(a.Bag), VesselKey(a.Bag), BodyKey(a.Sender), BodyKey(a.Addressee))
	if a.Locator != "" {
		keys = append(keys, FacilityKey(a.Locator))
	}
	if a.Returns != "" {
		keys = append(keys, CoverKey(a.Returns))
	}
	return keys
}

// Decide refuses a bag that is not open, bodies that are not in the directory, and a cover that does not fit together. An item that is not on the list, or is damaged, is
// taken in and frozen under an incident; so is one that was missed and comes to light after the count.
func (a TakeIn) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	s, err := counting(v, e, a.Bag, a.Item, a.Condition)
	if err != nil {
		return nil, err
	}
	sender, err := a.check(v)
	if err != nil {
		return nil, err
	}
	facts, err := a.inner().Decide(v, e)
	if err != nil {
		return nil, err
	}
	facts = append(facts, event.KT1Accepted{Item: a.Item, Number: string(a.Number), Sender: string(a.Sender), HandedBy: s.Giver, Addressee: string(a.Addressee), Secrecy: string(a.Secrecy),
		Urgency: string(a.Urgency), AtMs: a.AtMs, NamedOnly: a.NamedOnly, RecallBy: a.RecallBy, Returns: a.Returns, Locator: string(a.Locator), Inter: true, Suburban: a.Suburban, List: string(sender.List),
		Partner: string(s.Partner), Bag: a.Bag, OriginDay: a.OriginDay})
	return append(facts, s.wrong(v, e, a.Bag, a.Item, a.Condition)...), nil
}

func (a TakeIn) check(v *ledger.View) (*Body, error) {
	c := a.cover()
	late := a.Urgency == Timed && a.AtMs != 0 && a.AtMs <= v.NowMs
	if late { // the time that the sender fixed may be over when it comes: it is taken in all the same
		c.AtMs = v.NowMs + 1
	}
	if err := c.form(v); err != nil {
		return nil, err
	}
	sender, err := body(v, a.Sender, "sender")
	if err != nil {
		return nil, err
	}
	addressee, err := body(v, a.Addressee, "addressee")
	switch {
	case err != nil:
		return nil, err
	case a.Sender == a.Addressee:
		return nil, fault.New(fault.Invalid, "closedmail.own_addressee", "Nơi gửi và nơi nhận trùng nhau.", "Sender and addressee are the same.").At("addressee")
	case sender.List == Outside, addressee.List == Outside && !sender.Central:
		return nil, mayNotWrite(sender, addressee)
	case a.OriginDay.IsZero() || a.OriginDay.After(today(v)) || today(v).DaysSince(a.OriginDay) > maxUnderWay:
		return nil, fault.New(fault.Invalid, "closedmail.origin_day", "Ngày nhận gửi trên dấu phải trong vòng %d ngày trở lại đây.", "The day of acceptance on the stamp lies within the last %d days.", maxUnderWay).At("origin_day")
	}
	if !c.RecallBy.IsZero() && c.RecallBy.Before(today(v)) {
		c.RecallBy = today(v) // over already: the clock of the recall says so
	}
	return sender, c.stamps(v)
}

// maxUnderWay is how many days ago an item may have been accepted elsewhere: an older stamp was misread.
const maxUnderWay = 90

// ComeBack takes an item of ours, which a partner held and brings back, out of the bag in which it comes.
type ComeBack struct {
	Bag       event.Thing       `json:"bag"`
	Item      postal.ItemNumber `json:"item"`
	Condition event.Condition   `json:"condition,omitempty"`
}

// Name of the act.
func (ComeBack) Name() string { return "kt1.come_back" }

// Touches item and bag.
func (a ComeBack) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item), custody.KeyOf(a.Bag), VesselKey(a.Bag)}
}

// Decide refuses what this partner does not hold by the books.
func (a ComeBack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	s, err := counting(v, e, a.Bag, a.Item, a.Condition)
	if err != nil {
		return nil, err
	}
	holder, _ := custody.Holder(v, event.Thing(a.Item))
	if _, ok := CoverOf(v, a.Item); !ok || holder != s.Partner.Holder() && !concerns(v, e.Office, event.Thing(a.Item)) {
		return nil, unknown(string(a.Item))
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	facts, err := custody.CameBack(v, e, a.Item, s.Partner.Holder(), a.Condition)
	if err != nil {
		return nil, err
	}
	facts = append(facts, event.CameBack{Item: a.Item, Partner: string(s.Partner), Bag: a.Bag})
	return append(facts, s.wrong(v, e, a.Bag, a.Item, a.Condition)...), nil
}

// counting gives the bag that a partner brought while its items are counted; what was missed may still come out of it after the count.
func counting(v *ledger.View, e ledger.Envelope, bag event.Thing, item postal.ItemNumber, c event.Condition) (*Vessel, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if _, err := postal.ParseItemNumber(string(item)); err != nil {
		return nil, err
	}
	if err := oneOf([]event.Condition{event.Sound, event.Damaged}, c, "condition"); err != nil {
		return nil, err
	}
	s, ok := ledger.Get[*Vessel](v, VesselKey(bag))
	b, known := ledger.Get[*custody.Bag](v, custody.KeyOf(bag))
	switch {
	case !ok || !known || !s.Foreign():
		return nil, unknown(string(bag))
	case b.Holder != custody.AtOffice(e.Office):
		return nil, fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", b.To)
	case b.Status != custody.BagOpened && !(b.Status == custody.BagEmptied && slices.Contains(s.unseen(v), item)):
		return nil, fault.New(fault.Conflict, "closedmail.bag_not_counted", "Túi %s không đang mở để đếm.", "Bag %s is not open to be counted.", bag).At("bag")
	}
	return s, free(v, bag)
}

// wrong opens an incident about an item that is damaged, is not on the list, or comes out of a bag that two had found empty.
func (s *Vessel) wrong(v *ledger.View, e ledger.Envelope, bag event.Thing, item postal.ItemNumber, c event.Condition) []event.Fact {
	b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(bag))
	f := event.IncidentOpened{Incident: idOf(e, 0), Things: []event.Thing{event.Thing(item)}, Office: e.Office, Partner: string(s.Partner)}
	found := s.searched(v, e, item)
	switch {
	case c == event.Damaged:
		f.Kind = string(Torn)
	case b.Status == custody.BagEmptied:
		f.Kind = string(Back)
	case !slices.Contains(s.Listed, item):
		f.Kind = "over"
	default:
		return found
	}
	return append(found, f)
}

// searched notes the find of what an earlier list of the partner named and its bag had not.
func (s *Vessel) searched(v *ledger.View, e ledger.Envelope, item postal.ItemNumber) []event.Fact {
	for _, i := range Incidents(v, e.Office) {
		if i.Kind == Short && i.Partner == s.Partner && slices.Contains(searchedFor(v, i), event.Thing(item)) {
			return []event.Fact{event.LostFound{Thing: event.Thing(item), Incident: string(i.ID)}}
		}
	}
	return nil
}

// Foreign reports whether a partner brought the bag.
func (s *Vessel) Foreign() bool { return s != nil && s.Giver != "" }

// broughtBy is the partner that brought the bag, "" for a bag of ours.
func (s *Vessel) broughtBy() PartnerCode {
	if !s.Foreign() {
		return ""
	}
	return s.Partner
}

// unseen lists what a partner's list names and nobody has taken out of the bag.
func (s *Vessel) unseen(v *ledger.View) []postal.ItemNumber {
	if !s.Foreign() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Listed), func(n postal.ItemNumber) bool { return tookIn(v, n, s.Code) })
}

// tookIn reports whether an item came out of this bag, and its taking in was not withdrawn as a mistake.
func tookIn(v *ledger.View, n postal.ItemNumber, bag event.Thing) bool {
	c, ok := CoverOf(v, n)
	i, known := ledger.Get[*custody.Item](v, custody.ItemKey(n))
	return ok && known && c.FromBag == bag && i.Stage != custody.Withdrawn
}

// notForeign refuses to count items out of a partner's bag as if it were ours: the ledger does not know them yet.
func notForeign(v *ledger.View, bag event.Thing) error {
	if s, _ := ledger.Get[*Vessel](v, VesselKey(bag)); s.Foreign() {
		return fault.New(fault.Conflict, "closedmail.foreign_bag", "Túi %s do đối tác mang đến: nhận từng bưu gửi với những gì ghi trên bì.", "A partner brought bag %s: take in each item with what stands on its cover.", bag).At("bag")
	}
	return nil
}

// stillOpen refuses to withdraw the taking in of an item after its bag was counted: it would be missing and nobody would know.
func stillOpen(v *ledger.View, n postal.ItemNumber) error {
	c, ok := CoverOf(v, n)
	if !ok || c.FromBag == "" {
		return nil
	}
	if b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(c.FromBag)); ok && b.Status != custody.BagOpened {
		return fault.New(fault.Conflict, "closedmail.counted", "Túi %s đã đếm xong nên không huỷ được.", "Bag %s is counted, so this cannot be taken back.", c.FromBag)
	}
	return nil
}

func foldTaken(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.TakenFromPartner:
		ledger.Edit[*Vessel](v, VesselKey(f.Handover)).List = DocNumber(f.List)
		*ledger.Edit[*Vessel](v, VesselKey(f.Bag)) = Vessel{Code: f.Bag, Seal: Seal(f.Seal), Partner: PartnerCode(f.Partner), Giver: f.Giver, List: DocNumber(f.List), Listed: f.Items}
	case event.CameBack:
		c := ledger.Edit[*Cover](v, CoverKey(f.Item))
		c.FromBag, c.Partner = f.Bag, ""
	}
}
