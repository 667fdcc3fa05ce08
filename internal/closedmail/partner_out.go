package closedmail

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// maxGiven bounds the bags of one handover to a partner: both sides read every seal.
const maxGiven = 50

// HandToPartner gives closed bags or boxes to a partner. Its named person reads every seal, looks at number and packing, and signs on our screen or on paper under the
// number of the partner's own document. A seal that differs gives nothing: it opens an incident.
type HandToPartner struct {
	Office   postal.OfficeCode `json:"office"`
	From     event.Holder      `json:"from"` // the office, or the courier who holds the bags
	Partner  PartnerCode       `json:"partner"`
	Taker    postal.StaffID    `json:"taker"`
	Document DocNumber         `json:"document"`
	Bags     []Read            `json:"bags"`
	Vehicle  FacilityCode      `json:"vehicle,omitempty"`
	Escort   postal.StaffID    `json:"escort,omitempty"`
	Guard    Guard             `json:"guard,omitempty"`
	Theirs   bool              `json:"theirs,omitempty"` // it leaves in a KT1 vehicle of the partner
	Number   bool              `json:"number,omitempty"`
	Packing  bool              `json:"packing,omitempty"`
	Seals    bool              `json:"seals,omitempty"`
}

// Read is a bag or box and the seal that was read off it.
type Read struct {
	Bag  event.Thing `json:"bag"`
	Seal Seal        `json:"seal"`
}

// Name of the act.
func (HandToPartner) Name() string { return "kt1.hand_to_partner" }

func (a HandToPartner) inner(e ledger.Envelope) custody.Outside {
	o := custody.Outside{Office: a.Office, From: a.From, To: a.Partner.Holder(), Giver: e.Actor, Taker: a.Taker}
	for _, b := range a.Bags {
		o.Bags, o.Seals = append(o.Bags, b.Bag), append(o.Seals, string(b.Seal))
	}
	return o
}

// Touches the office's handover numbers, the bags and the partner.
func (a HandToPartner) Touches() []ledger.Key {
	keys := append(a.inner(ledger.Envelope{}).Touches(), PartnerKey(a.Partner))
	for _, b := range a.Bags {
		keys = append(keys, VesselKey(b.Bag))
	}
	return keys
}

// Decide refuses a taker whom the partner did not name, one who has not looked, a bag that is bound elsewhere, and a journey without vehicle and escort.
func (a HandToPartner) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := a.giver(v, e); err != nil {
		return nil, err
	}
	p, err := underContract(v, a.Partner)
	if err != nil {
		return nil, err
	}
	if err := signsFor(v, e, p, a.Taker, "taker"); err != nil {
		return nil, err
	}
	if _, err := ParseDoc(string(a.Document)); err != nil {
		return nil, err
	}
	if !(a.Number && a.Packing && a.Seals) {
		return nil, notLooked()
	}
	if wrong, err := a.bags(v, e); err != nil || len(wrong) > 0 {
		return wrong, err
	}
	if err := a.travels(v, e); err != nil {
		return nil, err
	}
	facts, err := a.inner(e).Decide(v, e)
	if err != nil {
		return nil, err
	}
	return append(facts, a.left(v, e, facts)...), nil
}

// giver lets a clerk of the office act for it, and a courier for himself.
func (a HandToPartner) giver(v *ledger.View, e ledger.Envelope) error {
	if a.Office != e.Office {
		return fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", e.Office)
	}
	switch a.From {
	case custody.AtOffice(a.Office):
		return single(v, e, Clerk, Supervisor)
	case custody.ByCarrier(e.Actor):
		return mayWork(v, e.Actor, "", Courier, Escort)
	}
	return fault.New(fault.Forbidden, "closedmail.not_giver", "Chỉ bưu cục đang giữ, hoặc người đang cầm túi, giao được cho đối tác.", "Only the office or the courier who holds the bags gives them to a partner.").At("from")
}

// bags refuses what is frozen or bound elsewhere, and opens an incident for every seal that differs.
func (a HandToPartner) bags(v *ledger.View, e ledger.Envelope) (wrong []event.Fact, err error) {
	if len(a.Bags) == 0 || len(a.Bags) > maxGiven {
		return nil, fault.New(fault.Invalid, "closedmail.given_size", "Mỗi lần giao từ 1 đến %d túi, hộp.", "Give 1 to %d bags or boxes at a time.", maxGiven).At("bags")
	}
	for _, r := range a.Bags {
		if _, err := ParseSeal(string(r.Seal)); err != nil {
			return nil, err
		}
		b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(r.Bag))
		switch {
		case !ok:
			return nil, unknown(string(r.Bag))
		case b.Holder != a.From:
			return nil, fault.New(fault.Conflict, "closedmail.not_held", "Theo sổ %[1]s không do bên giao giữ.", "By the books the giver does not hold %[1]s.", r.Bag).At("bags")
		case b.To != a.Partner.Desk():
			return nil, fault.New(fault.Conflict, "closedmail.bag_bound_elsewhere", "Túi %[1]s không đóng cho đối tác này. Không giao.", "Bag %[1]s was not made up for this partner. Do not give it.", r.Bag).At("bags")
		}
		if err := free(v, r.Bag); err != nil {
			return nil, err
		}
		if err := fit(v, r.Bag); err != nil {
			return nil, err
		}
		if err := outward(v, r.Bag); err != nil {
			return nil, err
		}
		if b.Status == custody.BagSealed && b.Seal != string(r.Seal) && !releasedWith(v, r.Bag, r.Seal) {
			wrong = append(wrong, event.IncidentOpened{Incident: idOf(e, len(wrong)), Kind: string(Seals), Things: []event.Thing{r.Bag}, Office: e.Office, Found: string(r.Seal), Known: b.Seal})
		}
	}
	return wrong, nil
}

// outward refuses a bag with an item that is not for a partner: one of ours goes out only to another province, one of theirs only when it turns back.
func outward(v *ledger.View, bag event.Thing) error {
	for _, t := range inside(v, bag) {
		if !goesOut(v, t) {
			return fault.New(fault.Conflict, "closedmail.not_outward", "%[1]s trong túi %[2]s phát trong tỉnh, không giao cho đối tác. Mở lại túi và lấy ra.", "%[1]s in bag %[2]s is delivered in this province and does not go to a partner. Open the bag again and take it out.", t, bag).At("bags")
		}
	}
	return nil
}

// goesOut reports whether an item is for a partner; what is no item passes.
func goesOut(v *ledger.View, t event.Thing) bool {
	c, ok := CoverOf(v, postal.ItemNumber(t))
	i, known := ledger.Get[*custody.Item](v, custody.KeyOf(t))
	if !ok || !known {
		return true
	}
	if c.FromPartner != "" {
		return i.Returning != ""
	}
	return c.Inter && i.Returning == ""
}

// travels asks for a KT1 vehicle, ours or the partner's, or an escort, when bags leave an office. What a courier holds is on its way already.
func (a HandToPartner) travels(v *ledger.View, e ledger.Envelope) error {
	if err := oneOf(Guards, a.Guard, "guard"); err != nil {
		return err
	}
	if a.Vehicle == "" && a.Escort == "" && (a.Theirs || custody.Carrier(a.From) != "") {
		return nil
	}
	return transport(v, e.Office, &Vessel{Vehicle: a.Vehicle, Escort: a.Escort})
}

// homeward reports whether a partner gets back what it brought and nobody could deliver.
func homeward(v *ledger.View, i *custody.Item, to postal.OfficeCode) bool {
	c, ok := CoverOf(v, i.Code)
	return ok && c.FromPartner != "" && i.Returning != "" && to == c.FromPartner.Desk()
}

// left are closed mail's own facts about what was given.
func (a HandToPartner) left(v *ledger.View, e ledger.Envelope, facts []event.Fact) []event.Fact {
	done, _ := factOf[event.HandoverCompleted](facts)
	given := event.GivenToPartner{Handover: done.Handover, Partner: string(a.Partner), Taker: a.Taker, Document: string(a.Document), Bags: done.Moved, Theirs: a.Theirs}
	left := event.KT1Left{Handover: done.Handover, Vehicle: string(a.Vehicle), Escort: a.Escort}
	for _, b := range done.Moved {
		for _, t := range inside(v, b) {
			c, ok := CoverOf(v, postal.ItemNumber(t))
			if !ok {
				continue
			}
			given.Items = append(given.Items, c.Item)
			if c.Left == 0 && c.Origin == custody.Office(a.From) {
				left.Items, left.WaitMin = append(left.Items, c.Item), append(left.WaitMin, int(max(0, e.OccurredMs-c.AcceptedMs)/60_000))
			}
		}
	}
	more := []event.Fact{event.HandoverChecked{Handover: done.Handover, By: a.Taker}, given}
	if a.Vehicle != "" || a.Escort != "" || a.Guard != "" {
		more = append(more, event.TransportNamed{Thing: done.Handover, Vehicle: string(a.Vehicle), Escort: a.Escort, Guard: string(a.Guard)})
	}
	if len(left.Items) > 0 {
		more = append(more, left)
	}
	return more
}

// Tell records what a partner's signed list says of an item that the partner holds. It happened at the time that the list gives, which is the time of the act: that time
// stops the clock. What is delivered has ended; what turns back stays with the partner until it is taken in.
type Tell struct {
	Item     postal.ItemNumber `json:"item"`
	Told     Told              `json:"told"`
	Reason   Reason            `json:"reason,omitempty"`
	Document DocNumber         `json:"document"`
}

// Name of the act.
func (Tell) Name() string { return "kt1.tell" }

// Touches the item and its cover.
func (a Tell) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item)}
}

// Decide refuses an item that no partner holds, a time before it was given or ahead of now, and another office than the one that gave it.
func (a Tell) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := a.form(); err != nil {
		return nil, err
	}
	c, ok := CoverOf(v, a.Item)
	if !ok || c.GivenAt != e.Office && !concerns(v, e.Office, event.Thing(a.Item)) {
		return nil, unknown(string(a.Item))
	}
	if err := a.when(v, e, c); err != nil {
		return nil, err
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	i, _ := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	if i != nil && i.Returning != "" && a.Told == custody.ToldReturned {
		return nil, fault.New(fault.Conflict, "closedmail.returning", "%s đang chuyển hoàn rồi.", "%s is turning back already.", a.Item).At("told")
	}
	if i != nil && i.Returning != "" && a.Told == custody.ToldDelivered && c.FromPartner == "" {
		return nil, fault.New(fault.Conflict, "closedmail.comes_back", "%s đang chuyển hoàn về nơi gửi trong tỉnh: đối tác mang trả bưu cục, không phát.", "%s turns back to a sender of this province: the partner brings it back to the office and delivers it to nobody.", a.Item).At("told")
	}
	facts, err := custody.Told(v, a.Item, c.Partner.Holder(), string(a.Told), string(a.Reason))
	if err != nil {
		return nil, err
	}
	home := a.Told == custody.ToldDelivered && i.Returning != ""
	facts = append(facts, event.PartnerTold{Item: a.Item, Partner: string(c.Partner), Told: string(a.Told), Reason: string(a.Reason), Document: string(a.Document), Home: home})
	if a.Told == custody.ToldDelivered && c.Returns != "" && i.Returning == "" {
		facts = append(facts, event.RecallMet{Item: c.Returns, By: a.Item})
	}
	return facts, nil
}

func (a Tell) form() error {
	if err := oneOf(Tolds, a.Told, "told"); err != nil {
		return err
	}
	if _, err := ParseDoc(string(a.Document)); err != nil {
		return err
	}
	switch a.Told {
	case custody.ToldAttempted:
		return oneOf(AttemptReasons, a.Reason, "reason")
	case custody.ToldReturned:
		return oneOf(SendBackReasons, a.Reason, "reason")
	}
	if a.Reason != "" {
		return fault.New(fault.Invalid, "closedmail.told_reason", "Đã phát thì không ghi lý do.", "What was delivered has no reason.").At("reason")
	}
	return nil
}

func (a Tell) when(v *ledger.View, e ledger.Envelope, c *Cover) error {
	switch {
	case c.Partner == "":
		return fault.New(fault.Conflict, "closedmail.not_with_partner", "%s không ở đối tác nào.", "No partner holds %s.", a.Item).At("item")
	case c.GivenAt != e.Office:
		return fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", c.GivenAt)
	case e.OccurredMs < max(c.GivenMs, c.ToldMs) || e.OccurredMs > v.NowMs:
		return fault.New(fault.Invalid, "closedmail.told_when", "Giờ trên danh sách phải sau lúc giao cho đối tác, sau kết quả ghi trước đó, và không ở phía trước.",
			"The time on the list lies after the handover and after what was told before, and not ahead.").At("at")
	}
	return nil
}

// TakeVesselBack says that an empty bag or box is back from a partner and free again.
type TakeVesselBack struct {
	Bag event.Thing `json:"bag"`
}

// Name of the act.
func (TakeVesselBack) Name() string { return "kt1.take_vessel_back" }

// Touches the bag.
func (a TakeVesselBack) Touches() []ledger.Key {
	return []ledger.Key{custody.KeyOf(a.Bag), VesselKey(a.Bag)}
}

// Decide refuses while an item in it has no outcome.
func (a TakeVesselBack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(a.Bag)); !ok || b.From != e.Office && !gaveAway(v, e.Office, a.Bag) {
		return nil, unknown(string(a.Bag))
	}
	s, ok := ledger.Get[*Vessel](v, VesselKey(a.Bag))
	if !ok || s.Partner == "" || s.Foreign() {
		return nil, unknown(string(a.Bag))
	}
	if err := free(v, a.Bag); err != nil {
		return nil, err
	}
	facts, err := custody.BackEmpty(v, e, a.Bag, s.Partner.Holder())
	if err != nil {
		return nil, err
	}
	return append(facts, event.VesselBack{Vessel: a.Bag, Partner: string(s.Partner)}), nil
}

// gaveAway reports whether a partner holds a thing that this office gave it: the office speaks for it, for the partner has nobody in the house.
func gaveAway(v *ledger.View, o postal.OfficeCode, t event.Thing) bool {
	if h, _ := custody.Holder(v, t); PartnerOf(h) == "" {
		return false
	}
	return slices.ContainsFunc(append([]event.Thing{t}, inside(v, t)...), func(x event.Thing) bool {
		c, ok := CoverOf(v, postal.ItemNumber(x))
		return ok && c.GivenAt == o
	})
}

// Away lists the items that a partner holds, oldest handover first.
func Away(v *ledger.View, code PartnerCode) []*Cover {
	var all []*Cover
	for _, k := range v.At(string(code.Holder()), 'b') {
		for _, t := range inside(v, event.Thing(k[2:])) {
			if c, ok := CoverOf(v, postal.ItemNumber(t)); ok {
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *Cover) int { return int(a.GivenMs - b.GivenMs) })
	return all
}

func foldGiven(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.GivenToPartner:
		h := ledger.Edit[*Vessel](v, VesselKey(f.Handover))
		h.List, h.Theirs = DocNumber(f.Document), f.Theirs
		for _, b := range f.Bags {
			ledger.Edit[*Vessel](v, VesselKey(b)).Partner = PartnerCode(f.Partner)
		}
		for _, i := range f.Items {
			c := ledger.Edit[*Cover](v, CoverKey(i))
			c.Partner, c.GivenMs, c.GivenAt, c.Told, c.ToldMs = PartnerCode(f.Partner), e.OccurredMs, e.Office, "", 0
		}
	case event.PartnerTold:
		c := ledger.Edit[*Cover](v, CoverKey(f.Item))
		c.Told, c.ToldMs = Told(f.Told), e.OccurredMs
		if f.Told == custody.ToldDelivered {
			if f.Home {
				c.Returned = e.OccurredMs
				backIn(v, c, "")
			} else {
				c.Delivered = e.OccurredMs
			}
			use(v, c.Locator, "", e.Office)
		}
	case event.VesselBack:
		use(v, ledger.Edit[*Vessel](v, VesselKey(f.Vessel)).Facility, "", e.Office)
	}
}
