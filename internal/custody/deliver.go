package custody

import (
	"slices"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Recipients are the ways in which an item may leave our hands; "sender" only for one that returns.
var Recipients = []string{"addressee", "household", "reception", "registry", "sender"}

// Reasons are why an attempt may fail.
var Reasons = []string{"absent", "wrong_address", "refused", "moved", "closed", "no_access", "dangerous"}

// Nexts are what may happen after a failed attempt: try again, hold at the office, or return to the sender.
var Nexts = []string{"again", "hold", "return"}

// LostReasons are why an item or bag is reported lost.
var LostReasons = []string{"not_found", "theft", "accident", "other"}

// ReturnReasons are why an item is turned back to its sender (domain: Law on Post, undeliverable items).
var ReturnReasons = []string{"wrong_address", "moved", "not_found", "unclaimed", "refused", "sender_request"}

func oneOf(list []string, s, field string) error {
	if slices.Contains(list, s) {
		return nil
	}
	return fault.New(fault.Invalid, "custody.choice", "Giá trị %q không có trong danh sách.", "Value %q is not in the list.", s).At(field)
}

// Deliver hands an item to its recipient (phát): by the carrier who holds it, or at the counter of the office that holds it.
type Deliver struct {
	Item  postal.ItemNumber `json:"item"`
	To    string            `json:"to"`
	Proof string            `json:"proof,omitempty"`
	// Identity is the kind of identity paper that was looked at; services of dossiers ask for it.
	Identity string `json:"identity,omitempty"`
}

// Identities are the papers by which a person is known who takes or gets back a dossier (Circular 17/2017, article 5.2).
var Identities = []string{"cccd", "cmnd", "passport"}

// NeedsIdentity reports whether an item of a service goes only to a person whose identity was checked.
func NeedsIdentity(s event.Service) bool { return s == event.DossierSend || s == event.DossierReturn }

// Name of the act.
func (Deliver) Name() string { return "custody.deliver" }

// Touches the item.
func (a Deliver) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses anyone but the holder, and the sender for an item that does not return.
func (a Deliver) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := oneOf(Recipients, a.To, "to"); err != nil {
		return nil, err
	}
	i, err := inHand(v, e, a.Item)
	if err != nil {
		return nil, err
	}
	if (i.Returning != "") != (a.To == "sender") {
		return nil, fault.New(fault.Conflict, "custody.recipient",
			"Bưu gửi %s: chỉ trả cho người gửi khi đang chuyển hoàn, và chỉ phát cho người nhận khi không chuyển hoàn.",
			"Item %s: give it to the sender only while it returns, to its recipient only while it does not.", a.Item).At("to")
	}
	if err := a.checkIdentity(i); err != nil {
		return nil, err
	}
	return []event.Fact{event.ItemDelivered{Item: a.Item, To: a.To, Proof: a.Proof, Identity: a.Identity}}, nil
}

func (a Deliver) checkIdentity(i *Item) error {
	if a.Identity == "" && !NeedsIdentity(i.Service) {
		return nil
	}
	if a.Identity == "" {
		return fault.New(fault.Conflict, "custody.identity",
			"%s là hồ sơ hoặc kết quả: chỉ giao khi đã xem giấy tờ tuỳ thân. Hãy giao ở trang của hồ sơ.",
			"%s is a dossier or a result: hand it over only after looking at an identity paper, on the dossier's own page.", a.Item).At("identity")
	}
	return oneOf(Identities, a.Identity, "identity")
}

func (a Deliver) claims() (event.Thing, event.Holder) {
	if a.To == "sender" {
		return event.Thing(a.Item), event.Sender
	}
	return event.Thing(a.Item), event.Recipient
}

// inHand gives an item that the sender of the act holds: the carrier himself, or his office.
func inHand(v *ledger.View, e ledger.Envelope, n postal.ItemNumber) (*Item, error) {
	i, err := findNow[*Item](v, e, event.Thing(n))
	if err != nil {
		return nil, err
	}
	holder := AtOffice(e.Office)
	if i.Holder == ByCarrier(e.Actor) {
		holder = i.Holder
	}
	return i, held(i, event.Thing(n), holder)
}

// Attempt records a delivery that failed, with its reason and what happens next.
type Attempt struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
	Next   string            `json:"next"`
}

// Name of the act.
func (Attempt) Name() string { return "custody.attempt" }

// Touches the item.
func (a Attempt) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses anyone but the carrier who holds the item.
func (a Attempt) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := oneOf(Reasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	if err := oneOf(Nexts, a.Next, "next"); err != nil {
		return nil, err
	}
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	i, err := holdItem(v, a.Item, ByCarrier(e.Actor))
	if err != nil {
		return nil, err
	}
	if a.Next == "return" {
		if err := mayTurnBack(i); err != nil {
			return nil, err
		}
	}
	facts := []event.Fact{event.ItemAttempted{Item: a.Item, Reason: a.Reason, Next: a.Next}}
	if a.Next == "return" && i.Returning == "" {
		facts = append(facts, event.ItemReturning{Item: a.Item, Reason: returnReason(a.Reason)})
	}
	return facts, nil
}

func (a Attempt) claims() (event.Thing, event.Holder) { return event.Thing(a.Item), "" }

func returnReason(attempt string) string {
	switch attempt {
	case "wrong_address", "moved", "refused":
		return attempt
	}
	return "not_found"
}

// Hold keeps an item at the office for its recipient to fetch, until the end of a day.
type Hold struct {
	Item  postal.ItemNumber `json:"item"`
	Until postal.Day        `json:"until"`
}

// maxHold bounds how long an item may wait: an item is ownerless after six months (Law on Post; Joint Circular 18/2015), never before.
const maxHoldDays = 180

// Name of the act.
func (Hold) Name() string { return "custody.hold" }

// Touches the item.
func (a Hold) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses a day that is over or too far.
func (a Hold) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := checkClock(v, e); err != nil {
		return nil, err
	}
	if _, err := holdItem(v, a.Item, AtOffice(e.Office)); err != nil {
		return nil, err
	}
	today := postal.DayOf(postal.FromMillis(v.NowMs))
	if a.Until.Before(today) || a.Until.After(today.AddDays(maxHoldDays)) {
		return nil, fault.New(fault.Invalid, "custody.hold_until", "Ngày giữ phải từ hôm nay đến %d ngày tới.", "Hold until a day from today to %d days ahead.", maxHoldDays).At("until")
	}
	return []event.Fact{event.ItemHeld{Item: a.Item, Until: a.Until}}, nil
}

// Redirect sends an item to another commune (chuyển tiếp).
type Redirect struct {
	Item     postal.ItemNumber `json:"item"`
	ToUnit   postal.UnitCode   `json:"to_unit"`
	ToOffice postal.OfficeCode `json:"to_office"`
}

// Name of the act.
func (Redirect) Name() string { return "custody.redirect" }

// Touches the item.
func (a Redirect) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses a redirection to where the item goes already, and of an item that returns.
func (a Redirect) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	i, err := inHand(v, e, a.Item)
	if err != nil {
		return nil, err
	}
	if a.ToUnit == "" || a.ToOffice == "" || i.ToUnit == a.ToUnit && i.ToOffice == a.ToOffice || i.Returning != "" {
		return nil, fault.New(fault.Conflict, "custody.redirect", "Không chuyển tiếp được %s tới nơi này.", "Item %s cannot be redirected there.", a.Item).At("to_unit")
	}
	return []event.Fact{event.ItemRedirected{Item: a.Item, ToUnit: a.ToUnit, ToOffice: a.ToOffice}}, nil
}

// Return turns an item back to its sender (chuyển hoàn).
type Return struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
}

// Name of the act.
func (Return) Name() string { return "custody.return" }

// Touches the item.
func (a Return) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses an item that returns already.
func (a Return) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := oneOf(ReturnReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	i, err := inHand(v, e, a.Item)
	if err != nil {
		return nil, err
	}
	if err := mayTurnBack(i); err != nil {
		return nil, err
	}
	return turnRound(i, a.Reason)
}

func turnRound(i *Item, reason string) ([]event.Fact, error) {
	if i.Returning != "" {
		return nil, fault.New(fault.Conflict, "custody.returning", "Bưu gửi %s đang chuyển hoàn rồi.", "Item %s is returning already.", i.Code)
	}
	return []event.Fact{event.ItemReturning{Item: i.Code, Reason: reason}}, nil
}

// mayTurnBack keeps results from going back before their citizen was invited often enough: what is enough, the dossier knows (ReturnResult).
func mayTurnBack(i *Item) error {
	if i.Service != event.DossierReturn {
		return nil
	}
	return fault.New(fault.Conflict, "custody.result_turns_by_dossier",
		"Kết quả %s chỉ trả về cơ quan từ trang của hồ sơ, sau đủ số lần mời.",
		"Result %s goes back to its agency only from its dossier's page, after enough invitations.", i.Code)
}

// ReturnResult turns a result back to the agency that sent it. The dossier's own acts send it, once they know that the citizen was invited often enough or refused.
type ReturnResult struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
}

// Name of the act.
func (ReturnResult) Name() string { return "custody.return_result" }

// Touches the item.
func (a ReturnResult) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses an item that returns already.
func (a ReturnResult) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := oneOf(ReturnReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	i, err := inHand(v, e, a.Item)
	if err != nil {
		return nil, err
	}
	return turnRound(i, a.Reason)
}

// ReportLost says that an item which the office should have cannot be found.
type ReportLost struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
}

// Name of the act.
func (ReportLost) Name() string { return "custody.report_lost" }

// Touches the item.
func (a ReportLost) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide lets only the holder report.
func (a ReportLost) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := oneOf(LostReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	i, err := inHand(v, e, a.Item)
	if err != nil {
		return nil, err
	}
	return []event.Fact{
		event.ItemLost{Item: a.Item, Reason: a.Reason},
		raise(e, 0, event.IrregularityRaised{Kind: "missing", Thing: event.Thing(a.Item), Office: e.Office, Ledger: where(&i.Position)}),
	}, nil
}

// Find says that a lost item is in this office's hands.
type Find struct {
	Item postal.ItemNumber `json:"item"`
}

// Name of the act.
func (Find) Name() string { return "custody.find" }

// Touches the item.
func (a Find) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses an item that is not lost, and a finder that is no office of the post.
func (a Find) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	i, err := findNow[*Item](v, e, event.Thing(a.Item))
	if err != nil {
		return nil, err
	}
	if e.Office.Agency() != "" {
		return nil, fault.New(fault.Forbidden, "custody.post_finds", "Cơ quan không phải bưu cục nên không ghi tìm thấy được. Hãy giao lại cho bưu cục phục vụ; bưu cục ghi tìm thấy.",
			"An agency is no post office, so it cannot record a find. Give the item to the post office that serves you; that office records it.")
	}
	if i.Holder != event.Lost {
		return nil, fault.New(fault.Conflict, "custody.not_lost", "%s không ở trạng thái thất lạc.", "%s is not recorded as lost.", a.Item)
	}
	return []event.Fact{event.ItemFound{Item: a.Item, Holder: AtOffice(e.Office)}}, nil
}

// TakeBack takes an item back from the wrong person to whom it was given (thu lại). What happened stays in the ledger, and an irregularity asks how it came to it.
type TakeBack struct {
	Item   postal.ItemNumber `json:"item"`
	Reason string            `json:"reason"`
}

// TakeBackReasons are why an item is taken back.
var TakeBackReasons = []string{"wrong_person", "wrong_item"}

// Name of the act.
func (TakeBack) Name() string { return "custody.take_back" }

// Touches the item.
func (a TakeBack) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses what was not delivered, and other offices than the one that delivered it. A dossier that was given back to its sender can be taken back too: nothing else mends that.
func (a TakeBack) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := oneOf(TakeBackReasons, a.Reason, "reason"); err != nil {
		return nil, err
	}
	i, err := findNow[*Item](v, e, event.Thing(a.Item))
	if err != nil {
		return nil, err
	}
	switch {
	case (i.Stage != Delivered || i.Holder != event.Recipient) && !i.handedToAPerson():
		return nil, fault.New(fault.Conflict, "custody.not_delivered", "%s chưa phát cho ai nên không có gì để thu lại.", "%s was not delivered, so there is nothing to take back.", a.Item)
	case i.Last.Office != e.Office:
		return nil, fault.New(fault.Forbidden, "custody.other_office", "Chỉ bưu cục đã phát mới thu lại được.", "Only the office that delivered it can take it back.")
	}
	return []event.Fact{
		event.ItemTakenBack{Item: a.Item, Holder: AtOffice(e.Office), Reason: a.Reason},
		raise(e, 0, event.IrregularityRaised{Kind: "wrong_recipient", Thing: event.Thing(a.Item), Office: e.Office, Says: string(AtOffice(e.Office)), Ledger: string(i.Holder)}),
	}, nil
}

// Recall lets a sender have an item back before it is delivered (Law on Post): it turns round where it is, be it in a bag or under way.
type Recall struct {
	Item postal.ItemNumber `json:"item"`
}

// Name of the act.
func (Recall) Name() string { return "custody.recall" }

// Touches the item.
func (a Recall) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide lets the office that accepted the item, and whoever has it, turn it round; not while two people are about to sign for it.
func (a Recall) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	i, err := findNow[*Item](v, e, event.Thing(a.Item))
	if err != nil {
		return nil, err
	}
	if err := ended(i, event.Thing(a.Item)); err != nil {
		return nil, err
	}
	switch {
	case i.Origin != e.Office && i.Holder != AtOffice(e.Office) && i.Holder != ByCarrier(e.Actor):
		return nil, fault.New(fault.Forbidden, "custody.other_office", "Chỉ bưu cục đã nhận gửi hoặc nơi đang giữ mới rút lại được.", "Only the office that accepted it, or whoever has it, can recall it.")
	case i.Returning != "":
		return nil, fault.New(fault.Conflict, "custody.returning", "Bưu gửi %s đang chuyển hoàn rồi.", "Item %s is returning already.", a.Item)
	case i.In == "" && i.Handover != "":
		return nil, fault.New(fault.Conflict, "custody.in_handover",
			"%s đang trong bàn giao %s chưa ký xong. Hãy ký xong hoặc huỷ bàn giao đó.",
			"%s is part of handover %s, which is not signed yet. Finish or withdraw that handover.", a.Item, i.Handover)
	}
	return []event.Fact{event.ItemReturning{Item: a.Item, Reason: "sender_request"}}, nil
}

// Undo takes back the last act on an item, while nothing else has happened to it (hoàn tác). The act stays in the ledger; this fact names it.
type Undo struct {
	Item postal.ItemNumber `json:"item"`
	Act  postal.ActID      `json:"act"`
}

// undoWithin bounds an undo to the shift in which the mistake was made: later, people and papers have gone on.
const undoWithin = 24 * time.Hour

// undoable are the facts whose effect on an item can be taken back.
var undoable = []string{"item.accepted", "item.packed", "item.unpacked", "item.attempted", "item.delivered", "item.held", "item.redirected", "item.returning", "item.lost", "item.found"}

// Name of the act.
func (Undo) Name() string { return "custody.undo" }

// Touches the item.
func (a Undo) Touches() []ledger.Key { return []ledger.Key{ItemKey(a.Item)} }

// Decide refuses once something else has happened, at another office, when the bag concerned is sealed, and what went into the hands of a person who was identified.
func (a Undo) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	i, err := findNow[*Item](v, e, event.Thing(a.Item))
	if err != nil {
		return nil, err
	}
	switch {
	case i.Last.Act != a.Act || !slices.Contains(undoable, i.Last.Fact) || i.Handover != "":
		return nil, fault.New(fault.Conflict, "custody.not_undoable",
			"Không hoàn tác được: sau thao tác đó bưu gửi %s đã có thao tác khác.",
			"This cannot be undone: something else has happened to item %s since.", a.Item)
	case i.handedToAPerson():
		return nil, fault.New(fault.Conflict, "custody.undo_given",
			"%s là hồ sơ hoặc kết quả đã trao tay người nhận nên không hoàn tác được. Nếu trao nhầm, bấm «Thu lại» ở trang của hồ sơ.",
			"%s is a dossier or a result that somebody was given, so it cannot be undone. If he was the wrong one, use “Take back” on the dossier's page.", a.Item)
	case i.Last.Office != e.Office:
		return nil, fault.New(fault.Forbidden, "custody.other_office", "Chỉ bưu cục đã làm thao tác mới hoàn tác được.", "Only the office that did it can undo it.")
	case i.Last.Ms < v.NowMs-undoWithin.Milliseconds():
		return nil, fault.New(fault.Conflict, "custody.undo_too_late",
			"Đã quá %d giờ nên không hoàn tác được. Hãy báo kiểm soát viên ghi bất thường.",
			"More than %d hours have passed, so it cannot be undone. Ask the supervisor to record an irregularity.", int(undoWithin.Hours()))
	}
	for _, bag := range []event.Thing{i.In, i.BeforeAt.In} {
		if bag == "" {
			continue
		}
		if _, err := openBag(v, bag, e.Office); err != nil {
			return nil, err
		}
	}
	return []event.Fact{event.ItemUndone{Item: a.Item, Act: a.Act, Seq: i.Last.Seq}}, nil
}

// handedToAPerson reports whether somebody has an item in whose hands it came only after his identity was checked: that is never wiped, it is taken back, with an irregularity.
func (i *Item) handedToAPerson() bool {
	return NeedsIdentity(i.Service) && (i.Stage == Delivered && i.Holder == event.Recipient || i.Stage == Returned && i.Holder == event.Sender)
}

// before remembers the item as it was, so that the act at hand can be undone.
func (i *Item) before(e *event.Entry, f event.Fact) {
	if i.Last.Seq == e.Seq {
		return // a second fact of the same act: one undo takes back both
	}
	i.Before, i.BeforeAt = i.Moment, Position{Holder: i.Holder, In: i.In}
	i.Last = Last{Seq: e.Seq, Act: e.Act, Office: e.Office, Fact: f.Fact(), Ms: e.RecordedMs}
}

// stageAt sets the stage that follows from whose hands an item came into.
func (i *Item) stageAt(h event.Holder, purpose string) {
	switch {
	case h == event.Lost:
		i.Stage = Missing
	case h == event.Recipient:
		i.Stage = Delivered
	case Agency(h) != "" && h == i.SentBy:
		i.Stage = Returned
	case Agency(h) != "":
		i.Stage = Delivered
	case h == event.Sender:
		i.Stage = Returned
	case purpose == ForDelivery:
		i.Stage = Out
	case Office(h) != "" && Office(h) == i.ToOffice:
		i.Stage = AtArrival
	default:
		i.Stage = Moving
	}
}

func foldUndone(v *ledger.View, e *event.Entry, f event.ItemUndone) {
	i := ledger.Edit[*Item](v, ItemKey(f.Item))
	changeCount(v, i.In, -1)
	first := i.Last.Fact == "item.accepted"
	i.Moment = i.Before
	if in := i.BeforeAt.In; in != "" {
		i.into(in, e.Seq)
	} else {
		i.to(i.BeforeAt.Holder, e.Seq)
	}
	changeCount(v, i.In, +1)
	if first {
		i.Stage, i.EndedMs = Withdrawn, e.OccurredMs
	}
	i.Last = Last{Seq: e.Seq, Act: e.Act, Office: e.Office, Fact: f.Fact(), Ms: e.RecordedMs}
}

// changeCount keeps the number of things in a container.
func changeCount(v *ledger.View, container event.Thing, by int) {
	if container == "" {
		return
	}
	switch c := v.Edit(KeyOf(container)).(type) {
	case *Bag:
		c.Count += by
	case *Dispatch:
		c.Count += by
	}
}
