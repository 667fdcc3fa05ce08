package closedmail

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// The delivery list (bản kê phát): printed before the courier leaves, signed at the addressees' doors, entered by two when it is back.

func (s *Pages) mountLists(m *web.Mux) {
	m.Get(oversPath+"/{code}/list", handlers, s.getList)
	m.Post(oversPath+"/{code}/list", handlers, s.postList)
	m.Get(oversPath+"/{code}/paper", handlers, s.getEntry)
	m.Post(oversPath+"/{code}/paper", handlers, s.postEntry)
}

// deliveryList gives the list that a path names: a delivery handover that both have signed.
func (v view) deliveryList(r *http.Request) (*custody.Handover, error) {
	h, err := v.handover(r)
	if err == nil && !isList(h) {
		err = noList(h.Code)
	}
	return h, err
}

// taken lists the covers that went out by a list: what was said and counted.
func (v view) taken(h *custody.Handover) []*Cover {
	var all []*Cover
	for _, g := range h.Things {
		c, ok := CoverOf(v.led, postal.ItemNumber(g.Thing))
		if ok && slices.ContainsFunc(h.Counts, func(c event.Count) bool { return c.Thing == g.Thing }) {
			all = append(all, c)
		}
	}
	return all
}

// out reports whether an item is still in the courier's hands by this list.
func (v view) out(h *custody.Handover, c *Cover) bool {
	holder, _ := custody.Holder(v.led, event.Thing(c.Item))
	return c.Out == h.Code && holder == h.To
}

// goal is the body to which an item goes now.
func (v view) goal(c *Cover) BodyCode { return goal(v.led, c) }

// listsOut tells of the lists whose items are still out: those of the reader's office, and those that he carries himself.
func (v view) listsOut() *table {
	t := &table{Caption: v.T("Bản kê phát đang đi, chờ ghi kết quả", "Delivery lists that are out"), Heads: []web.Head{{Label: v.T("Bản kê", "List")}, {Label: v.T("Giao thông viên", "Courier")}, {Label: v.T("Giao lúc", "Given at")}, {Label: v.T("Còn cầm", "In hand"), Number: true}}}
	for _, w := range Workers(v.led) {
		left := map[event.Thing]int{}
		var lists []*Cover // one of each list
		for _, k := range v.led.At(string(custody.ByCarrier(w.ID)), 'i') {
			c, ok := CoverOf(v.led, postal.ItemNumber(k[2:]))
			if !ok || c.Out == "" {
				continue
			}
			h, ok := ledger.Get[*custody.Handover](v.led, custody.KeyOf(c.Out))
			if !ok || !v.side(h.From) && !v.side(h.To) {
				continue
			}
			if left[c.Out]++; left[c.Out] == 1 {
				lists = append(lists, c)
			}
		}
		slices.SortFunc(lists, func(a, b *Cover) int { return strings.Compare(string(a.Out), string(b.Out)) })
		for _, c := range lists {
			t.Rows = append(t.Rows, []cell{codeCell(string(c.Out), oversPath+"/"+string(c.Out)+"/paper"), textCell(v.name(w.ID)), textCell(v.Millis(c.OutMs)), {Text: v.Number(int64(left[c.Out])), Num: true}})
		}
	}
	return t
}

// listButtons lead from a delivery handover to its list: on paper, and to what comes back on it.
func (v *view) listButtons(h *custody.Handover) {
	if isList(h) {
		path := oversPath + "/" + string(h.Code)
		v.printPart(ListForm, string(h.Code), path+"/list", path+"/list")
		v.add(part{Buttons: []web.Btn{{Label: v.T("Ghi kết quả trên bản kê", "Enter what stands on the list"), Href: path + "/paper"}}})
	}
}

func (s *Pages) getEntry(w http.ResponseWriter, r *http.Request) error { return s.drawEntry(w, r, nil) }

// drawEntry shows a list that is back, and the form for what one person of one body signed.
func (s *Pages) drawEntry(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Bản kê phát ", "Delivery list ")
	if err != nil {
		return err
	}
	h, err := v.deliveryList(r)
	if err != nil {
		return err
	}
	all := v.taken(h)
	if f == nil && len(all) > 0 {
		v.Form = web.FormOf("on", postal.DayOf(postal.FromMillis(all[0].OutMs)).String())
	}
	path := oversPath + "/" + string(h.Code)
	v.Title = v.Title + string(h.Code)
	v.Tabs = v.overTabs(oversPath)
	v.add(part{Rows: []web.Row{{Key: v.T("Giao thông viên", "Courier"), Value: v.holder(h.To)}, {Key: v.T("Bưu cục lập", "Made at"), Value: v.holder(h.From)}},
		Buttons: []web.Btn{{Label: v.T("Bàn giao và bản in", "The handover and its prints"), Kind: web.Second, Href: path}}})
	chosen, of := v.chosen(r, h, all)
	v.add(part{Table: v.entryTable(h, all, path)})
	if chosen == "" {
		v.add(part{Text: v.T("Đã ghi hết bản kê này. Lưu bản giấy có chữ ký theo số bản kê.", "All of this list is entered. File the signed paper under its number.")})
		return v.draw(w, r)
	}
	if err := v.entryForm(h, chosen, of, path+"/paper"); err != nil {
		return err
	}
	return v.draw(w, r)
}

// chosen is the body whose lines are entered now, the first one that has items in hand unless the path names another, and those items.
func (v view) chosen(r *http.Request, h *custody.Handover, all []*Cover) (BodyCode, []*Cover) {
	want := BodyCode(r.FormValue("body"))
	by := map[BodyCode][]*Cover{}
	var first BodyCode
	for _, c := range all {
		if !v.out(h, c) {
			continue
		}
		to := v.goal(c)
		if by[to] = append(by[to], c); first == "" {
			first = to
		}
	}
	if len(by[want]) > 0 {
		return want, by[want]
	}
	return first, by[first]
}

func (v view) entryTable(h *custody.Handover, all []*Cover, path string) *table {
	t := &table{Caption: v.T("Các dòng của bản kê", "Lines of the list"), Heads: []web.Head{{Label: v.T("TT", "No."), Number: true}, {Label: v.T("Số hiệu", "Number")}, {Label: v.T("Số trên bì", "On the cover")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Nơi nhận", "Addressee")}, {Label: v.T("Kết quả", "Outcome")}}}
	for n, c := range all {
		to := v.goal(c)
		body, state := textCell(v.body(to)), textCell(v.T("Không còn trên bản kê", "Not on the list any longer"))
		switch {
		case v.out(h, c):
			body.Href, state = path+"/paper?body="+url.QueryEscape(string(to)), tagCell(v.T("Chưa ghi", "Not entered"), web.Ask)
			if i, ok := ledger.Get[*custody.Item](v.led, custody.ItemKey(c.Item)); ok && i.Stage == custody.Attempted {
				state = tagCell(v.T("Phát chưa được, còn cầm", "Tried, still in hand"), web.Ask)
			}
		case c.Out == h.Code && c.Delivered != 0:
			state = tagCell(v.T("Đã phát ", "Delivered ")+v.Millis(c.Delivered), web.Good)
		case c.Out == h.Code && c.Returned != 0:
			state = tagCell(v.T("Đã trả nơi gửi ", "Given back to the sender ")+v.Millis(c.Returned), web.Good)
		}
		t.Rows = append(t.Rows, []cell{{Text: v.Number(int64(n + 1)), Num: true}, codeCell(string(c.Item), ""), codeCell(string(c.Number), ""), textCell(v.marks(c)), body, state})
	}
	return t
}

// entryForm asks what the paper says of one person who signed for some items of a body.
func (v *view) entryForm(h *custody.Handover, to BodyCode, of []*Cover, action string) error {
	b, ok := ledger.Get[*Body](v.led, BodyKey(to))
	if !ok {
		return unknown(string(to))
	}
	e, err := v.s.Directory.Find(v.ctx, to)
	if err != nil {
		return err
	}
	var items []web.Choice
	named, leader := false, false
	for _, c := range of {
		if v.waits(custody.ItemKey(c.Item)) {
			continue
		}
		items = append(items, web.Choice{Value: string(c.Item), Label: c.Item.Grouped() + " · " + string(c.Number) + " · " + v.marks(c)})
		named, leader = named || c.NamedOnly, leader || v.mayGoToLeader(b, c)
	}
	if len(items) == 0 {
		return nil
	}
	f := form{Action: action, Button: v.T("Ghi đã phát", "Enter as delivered"), Key: "F4", Hidden: []string{"body", string(to)}, Asks: []ask{
		{Kind: askTicks, Field: web.Field{Name: "items", Label: v.T("Đã ký nhận", "Signed for")}, Choices: items},
		{Kind: askDay, Field: web.Field{Name: "on", Label: v.T("Ngày ghi trên bản kê", "Day on the list")}},
		{Kind: askClock, Field: web.Field{Name: "clock", Label: v.T("Giờ, phút ghi trên bản kê", "Hour and minute on the list")}},
		{Kind: askChoice, Field: web.Field{Name: "receiver", Label: v.T("Người đã ký nhận", "Who signed"), Hint: v.T("Giờ làm việc: ", "Working hours: ") + e.Hours}, Choices: v.signedAs(b, leader)}}}
	f.Asks = append(f.Asks, v.lookAsks()...)
	if named {
		f.Asks = append(f.Asks, v.unopenedAsk())
	}
	if leader {
		f.Asks = append(f.Asks, v.absentAsk())
	}
	v.add(part{Head: v.T("Ghi ký nhận: ", "Enter what was signed: ") + v.body(to), Text: v.T("Ghi đúng như trên giấy. Ô kiểm mà người nhận không đánh dấu thì không ghi là đã phát.", "Enter what stands on the paper. Where the receiver did not tick, it is not entered as delivered."),
		Form: v.pair(f, v.secondAsks(), v.partners(h))})
	return nil
}

// signedAs lists whom the body named, each way of receiving apart: which one fits is said by the hour on the paper.
func (v view) signedAs(b *Body, leader bool) []web.Choice {
	var out []web.Choice
	for _, as := range Ases {
		if as == ForLeader && !leader {
			continue
		}
		for _, p := range b.Of(as) {
			out = append(out, web.Choice{Value: string(as) + ":" + string(p), Label: v.name(p) + " · " + lower(v.say("as", string(as)))})
		}
	}
	return out
}

// partners are who may be the other of the two: the courier of the list for a clerk, clerks of its office for the courier.
func (v view) partners(h *custody.Handover) []web.Choice {
	if carrier := custody.Carrier(h.To); carrier != v.Person.ID {
		return []web.Choice{{Label: v.T("Chọn người", "Choose a person")}, {Value: string(carrier), Label: v.name(carrier)}}
	}
	return v.workerChoices(v.T("Chọn người", "Choose a person"), custody.Office(h.From), Clerk, Supervisor)
}

// signer is a person with the way in which he received.
type signer struct {
	As     As
	Person postal.StaffID
}

func parseSigner(s string) (signer, error) {
	as, person, _ := strings.Cut(s, ":")
	id, err := ParseStaff(person)
	return signer{As(as), id}, err
}

// parseClock reads hour and minute of a day.
func parseClock(s string) (time.Time, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return t, fault.New(fault.Invalid, "closedmail.clock", "Giờ, phút chưa đúng.", "Hour and minute are not valid.")
	}
	return t, nil
}

// onList reads the time that was written on a list.
func onList(f *web.Form) time.Time {
	day, clock := f.Day("on"), web.Parse(f, "clock", parseClock)
	if day.IsZero() {
		return time.Time{}
	}
	return day.Start().Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
}

func (s *Pages) postEntry(w http.ResponseWriter, r *http.Request) error {
	f, v, err := s.posted(r)
	if err != nil {
		return err
	}
	h, err := v.deliveryList(r)
	if err != nil {
		return err
	}
	a, err := s.readEntry(r, f, h)
	if err != nil {
		return err
	}
	act, err := s.joint(r, f, func(second postal.StaffID) Joint { a.Second = second; return a })
	if err != nil {
		return err
	}
	got, ok, err := s.tryAt(r, f, custody.Office(h.From), act) // a courier of another office enters it where the list was made
	if err != nil {
		return err
	}
	if !ok {
		return s.drawEntry(w, r, f)
	}
	return s.told(w, r, got, oversPath+"/"+string(h.Code)+"/paper", fmt.Sprintf("Đã ghi %d bưu gửi.", len(a.Items)), fmt.Sprintf("%d items are entered.", len(a.Items)))
}

// readEntry is what a form says that stands on the paper. Whether it was after hours follows from the time there, the body's hours and the working calendar.
func (s *Pages) readEntry(r *http.Request, f *web.Form, h *custody.Handover) (DeliverOnPaper, error) {
	at, who := onList(f), web.Parse(f, "receiver", parseSigner)
	body, err := s.goesToOne(r, f)
	if err != nil {
		return DeliverOnPaper{}, err
	}
	e, err := s.Directory.FindAt(r.Context(), body, postal.Millis(at))
	if err != nil {
		return DeliverOnPaper{}, err
	}
	after, err := s.afterHours(e, at)
	if err != nil {
		return DeliverOnPaper{}, err
	}
	a := DeliverOnPaper{List: h.Code, AtMs: postal.Millis(at), As: who.As, Receiver: who.Person, AfterHours: after,
		Number: f.Ticked("look_number"), Packing: f.Ticked("look_packing"), Seal: f.Ticked("look_seal"), Unopened: f.Ticked("unopened"), Absent: f.Ticked("absent")}
	for _, i := range f.All("items") {
		a.Items = append(a.Items, postal.ItemNumber(i))
	}
	return a, nil
}

// goesToOne is the body that all items of an entry go to: whoever signs, signs for one.
func (s *Pages) goesToOne(r *http.Request, f *web.Form) (body BodyCode, err error) {
	v := view{led: s.Records.Ledger.View(r.Context())}
	for _, i := range f.All("items") {
		c, ok := CoverOf(v.led, postal.ItemNumber(i))
		if !ok {
			return "", unknown(i)
		}
		to := v.goal(c)
		if body != "" && to != body {
			return "", f.Refuse(fault.New(fault.Invalid, "closedmail.two_bodies", "Các bưu gửi này của hai cơ quan: ghi riêng từng cơ quan.", "These items are for two bodies: enter each body for itself.").At("items"))
		}
		body = to
	}
	return body, v.led.Err()
}

// show lists what two persons say stands on a list.
func (a DeliverOnPaper) show(v *view) {
	v.add(part{Rows: []web.Row{{Key: v.T("Bản kê phát", "Delivery list"), Value: string(a.List), Code: true}, {Key: v.T("Giờ ghi trên bản kê", "Time on the list"), Value: v.Millis(a.AtMs)},
		{Key: v.T("Người đã ký nhận", "Who signed"), Value: v.name(a.Receiver)}, {Key: v.T("Nhận với tư cách", "Received as"), Value: v.receivedAs(a.As, a.Absent)}, {Key: v.T("Ngoài giờ làm việc", "Outside working hours"), Value: v.yes(a.AfterHours)},
		{Key: v.T("Chuyển nguyên bì", "Passed on unopened"), Value: v.yes(a.Unopened)}}})
	t := &table{Caption: v.T("Bưu gửi đã ký nhận", "Items signed for"), Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Số trên bì", "On the cover")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Nơi nhận", "Addressee")}}}
	for _, i := range a.Items {
		if c, ok := CoverOf(v.led, i); ok {
			t.Rows = append(t.Rows, []cell{codeCell(string(i), ""), codeCell(string(c.Number), ""), textCell(v.marks(c)), textCell(v.body(v.goal(c)))})
		}
	}
	v.add(part{Table: t})
}

// receivedAs says what the receiver is for the body, and that the named person is absent.
func (v view) receivedAs(as As, absent bool) string {
	if absent {
		return v.say("as", string(as)) + v.T(", người có tên trên bì vắng mặt", ", the named person is absent")
	}
	return v.say("as", string(as))
}

func (v view) yes(b bool) string {
	if b {
		return v.T("Có", "Yes")
	}
	return ""
}
