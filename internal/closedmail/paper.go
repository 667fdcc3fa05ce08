package closedmail

import (
	"slices"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// timed is an act about what happened before it is entered. Its entry bears that time; when it was entered says the ledger.
type timed interface {
	ledger.Act
	when() int64 // UTC milliseconds; 0: now
}

// Occurred gives the time that the envelope of an act must bear: the time on the paper from which it is entered, or now. UTC milliseconds.
func Occurred(a ledger.Act, now time.Time) int64 {
	if t, ok := a.(timed); ok && t.when() != 0 {
		return t.when()
	}
	return postal.Millis(now)
}

// DeliverOnPaper enters what receivers signed on the printed delivery list (bản kê phát), when it is back: the house is one computer without network, so nobody signs in at
// the addressee's door. Two persons enter it at the office that made the list, the courier who carried it and a clerk who has read it. What the ticks say stands on the paper.
// It takes several items that one person received at one time.
type DeliverOnPaper struct {
	Items      []postal.ItemNumber `json:"items"`
	List       event.Thing         `json:"list"` // the handover by which the courier got them
	AtMs       int64               `json:"at_ms"`
	As         As                  `json:"as"`
	Receiver   postal.StaffID      `json:"receiver"`
	AfterHours bool                `json:"after_hours,omitempty"` // at that time
	Number     bool                `json:"number,omitempty"`
	Packing    bool                `json:"packing,omitempty"`
	Seal       bool                `json:"seal,omitempty"`
	Unopened   bool                `json:"unopened,omitempty"`
	Absent     bool                `json:"absent,omitempty"`
	Second     postal.StaffID      `json:"second"`
}

// Name of the act.
func (DeliverOnPaper) Name() string { return "kt1.deliver_on_paper" }

// Touches the list, the items and their covers.
func (a DeliverOnPaper) Touches() []ledger.Key {
	keys := []ledger.Key{custody.KeyOf(a.List)}
	for _, i := range a.Items {
		keys = append(keys, custody.ItemKey(i), CoverKey(i))
	}
	return keys
}

func (a DeliverOnPaper) when() int64 { return a.AtMs }

// Decide refuses a list that was not signed over, persons who are not the courier of the list and a clerk of its office, a time that cannot stand on it, and for each item
// whatever Deliver refuses.
func (a DeliverOnPaper) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if _, err := postal.ParseHandoverNumber(string(a.List)); err != nil {
		return nil, err
	}
	h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(a.List))
	if !ok || !isList(h) {
		return nil, noList(a.List)
	}
	carrier, reader, err := a.persons(v, e, h)
	if err != nil {
		return nil, err
	}
	if len(a.Items) == 0 || len(a.Items) > maxOnBoard {
		return nil, fault.New(fault.Invalid, "closedmail.no_items", "Hãy đánh dấu bưu gửi mà người này đã ký nhận, tối đa %d.", "Tick the items that this person signed for, at most %d.", maxOnBoard).At("items")
	}
	var facts []event.Fact
	for n, i := range a.Items {
		if slices.Contains(a.Items[:n], i) {
			return nil, fault.New(fault.Invalid, "closedmail.twice", "%s có hai lần trong danh sách.", "%s is in the list twice.", i).At("items")
		}
		one, err := a.one(v, e, i, carrier, reader)
		if err != nil {
			return nil, err
		}
		facts = append(facts, one...)
	}
	return facts, nil
}

// isList reports whether a handover is a delivery list that both have signed.
func isList(h *custody.Handover) bool {
	return h.Purpose == custody.ForDelivery && h.Status == custody.HandoverCompleted
}

func noList(t event.Thing) error {
	return fault.New(fault.Conflict, "closedmail.no_list", "%s không phải bản kê phát đã ký giao nhận.", "%s is no delivery list that both have signed.", t).At("list")
}

// persons gives the courier who carried the list and the one who has read it, whichever of them is the first.
func (a DeliverOnPaper) persons(v *ledger.View, e ledger.Envelope, h *custody.Handover) (carrier, reader postal.StaffID, err error) {
	office := custody.Office(h.From)
	carrier, reader = custody.Carrier(h.To), a.Second
	if a.Second == carrier {
		reader = e.Actor
	}
	switch {
	case a.Second == "":
		return "", "", fault.New(fault.Invalid, "closedmail.second_missing", "Việc này phải có hai người. Người thứ hai chưa ký.", "This takes two persons. The second has not signed.").At("second")
	case a.Second == e.Actor, a.Receiver == carrier, a.Receiver == reader:
		return "", "", samePerson()
	case e.Office != office:
		return "", "", fault.New(fault.Forbidden, "closedmail.other_office", "Chỉ làm được tại bưu cục %s.", "This is done only at office %s.", office)
	case a.Second != carrier && e.Actor != carrier:
		return "", "", fault.New(fault.Forbidden, "closedmail.not_carrier", "Một trong hai người phải là giao thông viên đã đi phát theo bản kê này.", "One of the two must be the courier who carried this list.").At("second")
	}
	if err := mayWork(v, carrier, "", Courier, Escort); err != nil {
		return "", "", err
	}
	return carrier, reader, mayWork(v, reader, office, Clerk, Supervisor)
}

// one delivers one item of the list.
func (a DeliverOnPaper) one(v *ledger.View, e ledger.Envelope, i postal.ItemNumber, carrier, reader postal.StaffID) ([]event.Fact, error) {
	c, ok := CoverOf(v, i)
	if !ok {
		return nil, unknown(string(i))
	}
	if c.Out != a.List {
		return nil, fault.New(fault.Conflict, "closedmail.not_on_list", "%[1]s không còn trên bản kê %[2]s.", "%[1]s is not on the list %[2]s, or not any longer.", i, a.List).At("items")
	}
	if err := onPaper(v, e, c, a.AtMs); err != nil {
		return nil, err
	}
	if b, ok := ledger.Get[*Body](v, BodyKey(goal(v, c))); ok && b.Has(a.Receiver, a.As) && !b.HadAt(a.Receiver, a.As, a.AtMs) {
		return nil, fault.New(fault.Forbidden, "closedmail.named_later", "Lúc ghi trên bản kê, người này chưa được cơ quan %s đăng ký. Không ghi; báo kiểm soát viên.",
			"At the time on the list the body %s had not named this person yet. Do not enter it; tell a supervisor.", b.Code).At("receiver")
	}
	gives := e // the courier gave it, and custody's rule for clocks is for acts of now
	gives.Actor, gives.OccurredMs = carrier, v.NowMs
	d := Deliver{Item: i, As: a.As, Receiver: a.Receiver, AfterHours: a.AfterHours, Number: a.Number, Packing: a.Packing, Seal: a.Seal, Unopened: a.Unopened && c.NamedOnly, Absent: a.Absent}
	return d.hand(v, gives, event.KT1Delivered{List: a.List, By: carrier, Checked: reader})
}

// goal is the body that gets an item: its addressee, or its sender when it returns.
func goal(v *ledger.View, c *Cover) BodyCode {
	if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(c.Item)); ok && i.Returning != "" {
		return c.Sender
	}
	return c.Addressee
}

// onPaper refuses a time that cannot stand on the delivery list by which an item is out: before the courier had the list, before a try that is in the books, ahead of now, or
// another time than the entry bears. What is written by hand is minutes, so minutes are compared.
func onPaper(v *ledger.View, e ledger.Envelope, c *Cover, at int64) error {
	wrong := func(vi, en string, args ...any) error {
		return fault.New(fault.Invalid, "closedmail.paper_time", vi, en, args...).At("at")
	}
	words := func(ms int64) string {
		return postal.FromMillis(ms).In(postal.HoChiMinh).Format("15:04 02/01/2006")
	}
	i, _ := ledger.Get[*custody.Item](v, custody.ItemKey(c.Item))
	switch {
	case c.Out == "":
		return fault.New(fault.Conflict, "closedmail.not_out", "%s không đi phát theo bản kê nào.", "%s is not out on any delivery list.", c.Item).At("items")
	case at > v.NowMs:
		return wrong("Giờ ghi trên bản kê (%s) ở phía trước. Hãy đọc lại.", "The time on the list (%s) lies ahead. Read it again.", words(at))
	case minute(at) < minute(c.OutMs):
		return wrong("Giờ ghi trên bản kê (%[1]s) trước lúc giao thông viên nhận bản kê (%[2]s). Hãy đọc lại.", "The time on the list (%[1]s) is before the courier got it (%[2]s). Read it again.", words(at), words(c.OutMs))
	case i != nil && minute(at) < minute(i.AttemptMs):
		return wrong("Giờ ghi trên bản kê (%[1]s) trước lần phát đã ghi (%[2]s). Hãy đọc lại.", "The time on the list (%[1]s) is before the try in the books (%[2]s). Read it again.", words(at), words(i.AttemptMs))
	case at != e.OccurredMs:
		return wrong("Bút toán phải mang giờ ghi trên bản kê (%s).", "The entry must bear the time on the list (%s).", words(at))
	}
	return nil
}

// paperMs is the time on paper that what waits tells of; 0 when it tells of now.
func (w *Asked) paperMs() int64 {
	if act, err := w.Of(); err == nil {
		if t, ok := act.(timed); ok {
			return t.when()
		}
	}
	return 0
}

// minute is the minute of a time. A time in UTC milliseconds.
func minute(ms int64) int64 { return ms / time.Minute.Milliseconds() }

// foldOut notes by which delivery list an item is out, and that it came into other hands.
func foldOut(v *ledger.View, e *event.Entry, f event.HandoverCompleted) {
	list, ms := event.Thing(""), int64(0)
	if f.Purpose == custody.ForDelivery {
		list, ms = f.Handover, e.RecordedMs
	}
	for _, t := range f.Moved {
		c, ok := CoverOf(v, postal.ItemNumber(t))
		if ok && c.Out != list {
			c = ledger.Edit[*Cover](v, CoverKey(c.Item))
			c.Out, c.OutMs = list, ms
		}
	}
}
