package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Cover is what stands on the outside of an item, and what has happened to it as KT1. Where it is says custody.
type Cover struct {
	Item       postal.ItemNumber
	Number     CoverNumber
	Sender     BodyCode
	Addressee  BodyCode
	Secrecy    Secrecy
	Urgency    Urgency
	AtMs       int64 // fixed by the sender
	NamedOnly  bool
	RecallBy   string // day by which the document must be back; "" not to be returned
	Returns    postal.ItemNumber
	Locator    FacilityCode
	Demand     Demand // of a locator
	Inter      bool
	Suburban   bool
	List       List
	HandedBy   postal.StaffID
	Frozen     ID  // the incident that holds it
	Left       int // minutes from acceptance to leaving, plus one; 0: not left
	Delivered  int64
	Receiver   postal.StaffID
	Recalled   bool // the document is back
	AcceptedMs int64
	Origin     postal.OfficeCode
	Lost       ID                // the incident whose search was closed without finding it
	Answers    event.Holder      // who held it last by the ledger, while it is lost
	Labels     int               // printed
	Returned   int64             // given back to the sender
	BackIn     postal.ItemNumber // the item in which the document is on its way back
	Excuse     Reason            // the superior force by which it was late; its delay is not judged
	Out        event.Thing       // the delivery list by which it left the office last; "" when it came into other hands since
	OutMs      int64             // when both had signed that list

	FromPartner PartnerCode // that brought it; "" when it was accepted here
	FromBag     event.Thing // in which a partner brought it last
	OriginDay   string      // of acceptance there: the clock runs from it
	Partner     PartnerCode // to which it was given
	GivenMs     int64
	GivenAt     postal.OfficeCode
	Told        Told // by that partner
	ToldMs      int64
}

const recallPlace = "kt1:recall"

// CoverKey is where the cover of an item is kept.
func CoverKey(n postal.ItemNumber) ledger.Key { return ledger.Key("t:" + string(n)) }

// Place is the board of documents to be returned while one is out.
func (c *Cover) Place() string {
	if c.Delivered != 0 && c.RecallBy != "" && !c.Recalled {
		return recallPlace
	}
	return ""
}

// Encode writes the cover.
func (c *Cover) Encode(dst []byte) []byte { return ledger.Encode(dst, c.fields) }

// Decode reads the cover.
func (c *Cover) Decode(b []byte) error { return ledger.Decode(b, c.fields) }

func (c *Cover) fields(w *ledger.Codec) {
	ledger.Str(w, &c.Item)
	ledger.Str(w, &c.Number)
	ledger.Str(w, &c.Sender)
	ledger.Str(w, &c.Addressee)
	ledger.Str(w, &c.Secrecy)
	ledger.Str(w, &c.Urgency)
	ledger.Int(w, &c.AtMs)
	ledger.Bool(w, &c.NamedOnly)
	ledger.Str(w, &c.RecallBy)
	ledger.Str(w, &c.Returns)
	ledger.Str(w, &c.Locator)
	ledger.Bool(w, &c.Inter)
	ledger.Bool(w, &c.Suburban)
	ledger.Str(w, &c.List)
	ledger.Str(w, &c.HandedBy)
	ledger.Str(w, &c.Frozen)
	ledger.Int(w, &c.Left)
	ledger.Int(w, &c.Delivered)
	ledger.Str(w, &c.Receiver)
	ledger.Bool(w, &c.Recalled)
	ledger.Int(w, &c.AcceptedMs)
	ledger.Str(w, &c.Origin)
	ledger.Str(w, &c.Lost)
	ledger.Str(w, &c.Answers)
	ledger.Int(w, &c.Labels)
	ledger.Str(w, &c.Demand)
	ledger.Int(w, &c.Returned)
	ledger.Str(w, &c.BackIn)
	ledger.Str(w, &c.Excuse)
	ledger.Str(w, &c.Out)
	ledger.Int(w, &c.OutMs)
	ledger.Str(w, &c.FromPartner)
	ledger.Str(w, &c.FromBag)
	ledger.Str(w, &c.OriginDay)
	ledger.Str(w, &c.Partner)
	ledger.Int(w, &c.GivenMs)
	ledger.Str(w, &c.GivenAt)
	ledger.Str(w, &c.Told)
	ledger.Int(w, &c.ToldMs)
}

// CoverOf gives the cover of an item.
func CoverOf(v *ledger.View, n postal.ItemNumber) (*Cover, bool) {
	return ledger.Get[*Cover](v, CoverKey(n))
}

// Recalls lists the documents that are out and must be returned.
func Recalls(v *ledger.View) []*Cover {
	var all []*Cover
	for _, k := range v.At(recallPlace, 't') {
		if c, ok := ledger.Get[*Cover](v, k); ok {
			all = append(all, c)
		}
	}
	return all
}

// Accept takes an item from the named registry clerk of a body. It carries what stands on the cover; price and time come from the rules of the day.
type Accept struct {
	Office    postal.OfficeCode `json:"office"`
	Number    CoverNumber       `json:"number,omitempty"`
	Sender    BodyCode          `json:"sender"`
	HandedBy  postal.StaffID    `json:"handed_by"`
	Addressee BodyCode          `json:"addressee"`
	Secrecy   Secrecy           `json:"secrecy,omitempty"`
	Urgency   Urgency           `json:"urgency,omitempty"`
	AtMs      int64             `json:"at_ms,omitempty"`
	NamedOnly bool              `json:"named_only,omitempty"`
	RecallBy  postal.Day        `json:"recall_by,omitzero"`
	Returns   postal.ItemNumber `json:"returns,omitempty"`
	Locator   FacilityCode      `json:"locator,omitempty"`
	Demand    Demand            `json:"demand,omitempty"` // asked of a central office, and of nobody else
	WeightG   postal.Grams      `json:"weight_g"`
	ToUnit    postal.UnitCode   `json:"to_unit"`
	ToOffice  postal.OfficeCode `json:"to_office"`
	Inter     bool              `json:"inter,omitempty"`
	Suburban  bool              `json:"suburban,omitempty"`
	FeeVND    postal.VND        `json:"fee_vnd,omitempty"`
	DueMs     int64             `json:"due_ms,omitempty"`
	Rules     []RuleID          `json:"rules,omitempty"`
}

// Name of the act.
func (Accept) Name() string { return "kt1.accept" }

func (a Accept) inner() custody.Accept {
	return custody.Accept{Service: event.KT1, ToUnit: a.ToUnit, ToOffice: a.ToOffice, WeightG: a.WeightG, FeeVND: a.FeeVND, Rules: retyped[string](a.Rules), DueMs: a.DueMs, Office: a.Office}
}

// Touches the office's numbers, the two bodies, the worker, the shift and the locator.
func (a Accept) Touches() []ledger.Key {
	keys := append(a.inner().Touches(), BodyKey(a.Sender), BodyKey(a.Addressee), ShiftKey(a.Office))
	if a.Locator != "" {
		keys = append(keys, FacilityKey(a.Locator))
	}
	if a.Returns != "" {
		keys = append(keys, CoverKey(a.Returns))
	}
	return keys
}

// Decide refuses bodies that are not listed, a stranger who hands the item in, a letter A without locator, and everything that does not fit together.
func (a Accept) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if s, ok := ledger.Get[*Shift](v, ShiftKey(e.Office)); !ok || s.Worker == "" {
		return nil, fault.New(fault.Conflict, "closedmail.no_shift", "Bưu cục chưa mở ca trực. Hãy mở ca trước khi nhận.", "The office has no open shift. Open one before accepting.")
	}
	if err := a.form(v); err != nil {
		return nil, err
	}
	sender, err := a.bodies(v)
	if err != nil {
		return nil, err
	}
	if err := a.demand(sender); err != nil {
		return nil, err
	}
	if err := a.stamps(v); err != nil {
		return nil, err
	}
	facts, err := a.inner().Decide(v, e)
	if err != nil {
		return nil, err
	}
	item, _ := factOf[event.ItemAccepted](facts)
	return append(facts, event.KT1Accepted{Item: item.Item, Number: string(a.Number), Sender: string(a.Sender), HandedBy: a.HandedBy, Addressee: string(a.Addressee),
		Secrecy: string(a.Secrecy), Urgency: string(a.Urgency), AtMs: a.AtMs, NamedOnly: a.NamedOnly, RecallBy: a.RecallBy, Returns: a.Returns, Locator: string(a.Locator), Demand: string(a.Demand),
		Inter: a.Inter, Suburban: a.Suburban, List: string(sender.List)}), nil
}

// form refuses what is no code, choice or number.
func (a Accept) form(v *ledger.View) error {
	if a.Number != "" || a.Secrecy != SecrecyA {
		if _, err := ParseCoverNumber(string(a.Number)); err != nil {
			return err
		}
	}
	if err := oneOf(Secrecies, a.Secrecy, "secrecy"); err != nil {
		return err
	}
	if err := oneOf(Urgencies, a.Urgency, "urgency"); err != nil {
		return err
	}
	if _, err := postal.ParseUnitCode(string(a.ToUnit)); err != nil {
		return err
	}
	if err := deliversThere(a.ToOffice); err != nil {
		return err
	}
	if a.ToOffice.Agency() != "" && !a.Inter {
		return fault.New(fault.Invalid, "closedmail.inter", "Nơi nhận ở tỉnh khác: bưu gửi là liên tỉnh.", "The addressee is in another province: the item is inter-province.").At("inter")
	}
	if (a.Urgency == Timed) != (a.AtMs != 0) || a.AtMs != 0 && a.AtMs <= v.NowMs {
		return fault.New(fault.Invalid, "closedmail.timed", "Chỉ bưu gửi hẹn giờ mới ghi giờ phát, và giờ đó phải còn ở phía trước.",
			"A timed item, and no other, has a time of delivery, and it lies ahead.").At("at")
	}
	return parseRules(a.Rules)
}

// bodies refuses senders and addressees that are not listed, and whoever hands in for a body that did not name him.
func (a Accept) bodies(v *ledger.View) (*Body, error) {
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
	case !sender.Has(a.HandedBy, ForClerk, ForContact, ForLeader):
		return nil, fault.New(fault.Forbidden, "closedmail.handed_by", "Người mang đến không phải văn thư hay đầu mối đã đăng ký của cơ quan gửi.",
			"Whoever brought it is neither registry clerk nor contact of the sending body.").At("handed_by")
	}
	return sender, notOurs(v, a.HandedBy, "handed_by")
}

func mayNotWrite(from, to *Body) error {
	return fault.New(fault.Forbidden, "closedmail.may_not_write", "Theo danh sách được dùng KT1, %[1]s không được gửi cho %[2]s.",
		"By the lists of KT1 users, %[1]s may not send to %[2]s.", from.Code, to.Code).At("addressee")
}

// demand refuses a central office that was not asked whether it demands a locator, one that demands it and gets none, and an answer of anybody else.
func (a Accept) demand(sender *Body) error {
	if !sender.Central {
		if a.Demand == "" {
			return nil
		}
		return fault.New(fault.Invalid, "closedmail.demand", "Chỉ bốn văn phòng trung ương có quyền yêu cầu; muốn gắn định vị cho bưu gửi này thì chọn thiết bị.", "Only the four central offices may demand it; to attach a locator to this item, choose one.").At("demand")
	}
	if a.Demand == "" {
		return fault.New(fault.Invalid, "closedmail.demand_unasked", "Nơi gửi là văn phòng trung ương: hỏi và ghi có yêu cầu gắn thiết bị định vị hay không.", "The sender is a central office: ask whether it demands a locator, and write the answer.").At("demand")
	}
	if err := oneOf(Demands, a.Demand, "demand"); err != nil {
		return err
	}
	if a.Demand == DemandYes && a.Locator == "" {
		return fault.New(fault.Conflict, "closedmail.locator_demanded", "Nơi gửi yêu cầu gắn thiết bị định vị: gắn và chọn thiết bị trước khi nhận.", "The sender demands a locator: attach one and choose it before accepting.").At("locator")
	}
	return nil
}

// stamps refuses a letter A without locator and a recall that does not fit.
func (a Accept) stamps(v *ledger.View) error {
	if a.Secrecy == SecrecyA && a.Locator == "" {
		return fault.New(fault.Conflict, "closedmail.locator_missing", "Bưu gửi ký hiệu A phải gắn thiết bị định vị trước khi nhận.", "An item of letter A needs a locator before it is accepted.").At("locator")
	}
	if a.Locator != "" {
		if _, err := usable(v, a.Locator, a.Office, Locator); err != nil {
			return err
		}
	}
	if !a.RecallBy.IsZero() && a.RecallBy.Before(today(v)) {
		return fault.New(fault.Invalid, "closedmail.recall_day", "Hạn trả tài liệu thu hồi đã qua.", "The day by which the document must be returned is over.").At("recall_by")
	}
	if a.Returns == "" {
		return nil
	}
	first, ok := CoverOf(v, a.Returns)
	if ok && first.BackIn != "" {
		return fault.New(fault.Conflict, "closedmail.returns", "%[1]s đang trên đường trả về trong %[2]s.", "%[1]s is on its way back in %[2]s already.", a.Returns, first.BackIn).At("returns")
	}
	if !ok || first.RecallBy == "" || first.Recalled || first.Delivered == 0 || first.Sender != a.Addressee || first.Addressee != a.Sender {
		return fault.New(fault.Conflict, "closedmail.returns", "%s không phải tài liệu thu hồi đang chờ cơ quan này trả.", "%s is no document that this body has to return.", a.Returns).At("returns")
	}
	return nil
}

// UndoAccept takes a mistaken acceptance back while nothing else has happened to the item; a supervisor stands by.
type UndoAccept struct {
	Item   postal.ItemNumber `json:"item"`
	Act    postal.ActID      `json:"act"`
	Second postal.StaffID    `json:"second"`
}

// Name of the act.
func (UndoAccept) Name() string { return "kt1.undo_accept" }

// Touches the item.
func (a UndoAccept) Touches() []ledger.Key {
	return []ledger.Key{custody.ItemKey(a.Item), CoverKey(a.Item)}
}

// Decide refuses once the item has moved, and without a supervisor.
func (a UndoAccept) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := pair(v, e, a.Second, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := mayWork(v, a.Second, e.Office, Supervisor); err != nil {
		return nil, err
	}
	if err := free(v, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(a.Item))
	if !ok || i.AcceptAct != a.Act {
		return nil, fault.New(fault.Conflict, "closedmail.not_acceptance", "Chỉ huỷ được thao tác nhận gửi.", "Only an acceptance can be taken back.")
	}
	if err := stillOpen(v, a.Item); err != nil {
		return nil, err
	}
	facts, err := custody.Undo{Item: a.Item, Act: a.Act}.Decide(v, e)
	for n := range facts {
		if f, ok := facts[n].(event.ItemUndone); ok {
			f.Second = a.Second
			facts[n] = f
		}
	}
	return facts, err
}

func foldItem(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.KT1Accepted:
		c := Cover{Item: f.Item, Number: CoverNumber(f.Number), Sender: BodyCode(f.Sender), HandedBy: f.HandedBy, Addressee: BodyCode(f.Addressee), Secrecy: Secrecy(f.Secrecy),
			Urgency: Urgency(f.Urgency), AtMs: f.AtMs, NamedOnly: f.NamedOnly, Returns: f.Returns, Locator: FacilityCode(f.Locator), Demand: Demand(f.Demand), Inter: f.Inter, Suburban: f.Suburban,
			List: List(f.List), AcceptedMs: e.OccurredMs, Origin: e.Office, FromPartner: PartnerCode(f.Partner), FromBag: f.Bag, OriginDay: dayText(f.OriginDay)}
		if !f.RecallBy.IsZero() {
			c.RecallBy = f.RecallBy.String()
		}
		*ledger.Edit[*Cover](v, CoverKey(f.Item)) = c
		use(v, c.Locator, string(f.Item), "")
		backIn(v, &c, f.Item)
	case event.ItemUndone:
		if c, ok := CoverOf(v, f.Item); ok {
			use(v, c.Locator, "", c.Origin)
			backIn(v, c, "")
		}
	case event.HandoverCompleted:
		foldOut(v, e, f)
	case event.LocatorChanged:
		use(v, FacilityCode(f.From), "", e.Office)
		use(v, FacilityCode(f.To), string(f.Item), "")
		ledger.Edit[*Cover](v, CoverKey(f.Item)).Locator = FacilityCode(f.To)
	case event.KT1Excused:
		ledger.Edit[*Cover](v, CoverKey(f.Item)).Excuse = Reason(f.Reason)
	case event.KT1Left:
		for n, i := range f.Items {
			ledger.Edit[*Cover](v, CoverKey(i)).Left = f.WaitMin[n] + 1
		}
	case event.KT1Delivered:
		c := ledger.Edit[*Cover](v, CoverKey(f.Item))
		c.Receiver = f.Receiver
		if BodyCode(f.Body) == c.Addressee {
			c.Delivered = e.OccurredMs
		} else {
			c.Returned = e.OccurredMs
			backIn(v, c, "")
		}
		use(v, c.Locator, "", e.Office)
	case event.RecallMet:
		ledger.Edit[*Cover](v, CoverKey(f.Item)).Recalled = true
	}
}

// backIn notes in which item a document that must be returned travels back; "" when it does not any longer.
func backIn(v *ledger.View, c *Cover, item postal.ItemNumber) {
	if c.Returns == "" {
		return
	}
	if _, ok := CoverOf(v, c.Returns); ok {
		ledger.Edit[*Cover](v, CoverKey(c.Returns)).BackIn = item
	}
}
