package closedmail

import (
	"fmt"
	"net/http"
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

func (s *Pages) mountRound(m *web.Mux) {
	m.Get(roundPath, web.KT1Courier, s.getRound)
	m.Get(roundPath+"/{item}", web.KT1Courier, s.getDeliver)
	m.Post(roundPath+"/{item}/{do}", web.KT1Courier, s.postDeliver)
}

// getRound lists what the courier has to deliver.
func (s *Pages) getRound(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Bưu gửi đang cầm", "Items in hand")
	if err != nil {
		return err
	}
	v.remindOf(v.Person.ID)
	t := &table{Caption: v.T("Phải phát", "To be delivered"), Empty: v.T("Không cầm bưu gửi nào", "Nothing in hand"), Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Nơi nhận", "Addressee")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Hạn phát", "Due")}, {Label: v.T("Lần phát gần nhất", "Last attempt")}}}
	var accepted []int64
	for _, k := range v.led.At(string(custody.ByCarrier(v.Person.ID)), 'i') {
		i, _ := ledger.Get[*custody.Item](v.led, k)
		c, ok := CoverOf(v.led, postal.ItemNumber(k[2:]))
		if !ok || i == nil {
			continue
		}
		t.Rows = append(t.Rows, []cell{codeCell(string(c.Item), roundPath+"/"+string(c.Item)), textCell(v.body(v.goesTo(c, i))), textCell(v.marks(c)), v.dueCell(i), textCell("")})
		if i.AttemptMs != 0 {
			tried, err := v.lastAttempt(c.Item)
			if err != nil {
				return err
			}
			t.Rows[len(t.Rows)-1][4] = tried
		}
		accepted = append(accepted, c.AcceptedMs)
	}
	t.Note = v.dueNote(accepted...)
	bags := v.inHand()
	if len(t.Rows) > 0 || len(bags.Rows) == 0 {
		v.add(part{Table: t})
	}
	if len(bags.Rows) > 0 {
		v.add(part{Table: bags})
	}
	if lists := v.listsOut(); len(lists.Rows) > 0 {
		v.add(part{Table: lists})
	}
	return v.draw(w, r)
}

// lastAttempt says when and why an item could not be delivered last, and what was to happen then.
func (v view) lastAttempt(n postal.ItemNumber) (cell, error) {
	entries, err := v.entriesOf(custody.ItemKey(n))
	if err != nil {
		return cell{}, err
	}
	for _, e := range slices.Backward(entries) {
		if f, ok := factOf[event.ItemAttempted](e.Facts); ok {
			return tagCell(v.Millis(e.OccurredMs)+": "+lower(v.say("reason", f.Reason))+" → "+lower(v.say("next", f.Next)), web.Ask), nil
		}
	}
	return textCell(""), nil
}

// inHand lists the dispatches and bags that the reader carries. Their seals are read off them, not off a page.
func (v view) inHand() *table {
	t := &table{Caption: v.T("Chuyến thư, túi, hộp đang cầm", "Dispatches, bags and boxes in hand"), Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Là gì", "What")}, {Label: v.T("Đi", "To")}}}
	for _, letter := range []byte{'d', 'b'} {
		for _, k := range v.led.At(string(custody.ByCarrier(v.Person.ID)), letter) {
			switch x := v.led.Get(k).(type) {
			case *custody.Dispatch:
				t.Rows = append(t.Rows, []cell{codeCell(string(x.Code), ""), textCell(v.T(fmt.Sprintf("chuyến thư %d túi", x.Count), fmt.Sprintf("dispatch of %d", x.Count))), textCell(v.office(x.To))})
			case *custody.Bag:
				t.Rows = append(t.Rows, []cell{codeCell(string(x.Code), ""), textCell(v.T("túi, hộp", "bag or box")), textCell(v.office(x.To))})
			}
		}
	}
	return t
}

// goesTo is the body that gets the item now: the sender when it returns.
func (v view) goesTo(c *Cover, i *custody.Item) BodyCode {
	if i.Returning != "" {
		return c.Sender
	}
	return c.Addressee
}

func (s *Pages) getDeliver(w http.ResponseWriter, r *http.Request) error {
	return s.drawDeliver(w, r, nil)
}

func (s *Pages) drawDeliver(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Phát", "Deliver")
	if err != nil {
		return err
	}
	c, i, err := s.item(r, v)
	if err != nil {
		return err
	}
	to := v.goesTo(c, i)
	e, err := s.Directory.Find(r.Context(), to)
	if err != nil {
		return err
	}
	after, err := s.afterHours(e, s.Now())
	if err != nil {
		return err
	}
	b, ok := ledger.Get[*Body](v.led, BodyKey(to))
	if !ok {
		return unknown(string(to))
	}
	v.Title, v.Sub = c.Item.Grouped(), v.marks(c)
	if f == nil && c.Out != "" {
		v.Form = web.FormOf("on", postal.DayOf(postal.FromMillis(c.OutMs)).String())
	}
	if c.NamedOnly {
		v.add(part{Text: v.T("Chỉ người có tên mới được bóc bì: không mở, chuyển nguyên bì.", "For the named person only: do not open, pass it on as it is."), Tone: web.Ask})
	}
	place := web.Row{Key: v.T("Địa chỉ", "Address"), Value: e.Address}
	if after {
		place = web.Row{Key: v.T("Nơi nhận ngoài giờ", "Place after hours"), Value: v.contactPlace(e)}
	}
	v.add(part{Rows: []web.Row{{Key: v.T("Nơi nhận", "Addressee"), Value: e.Name}, place, {Key: v.T("Giờ làm việc", "Hours"), Value: e.Hours}, {Key: v.T("Bây giờ", "Now"), Value: v.hoursWord(after)}}})
	path := roundPath + "/" + string(c.Item)
	as := v.asChoices(b, c, after)
	if len(as) == 0 {
		v.add(part{Text: v.T("Cơ quan chưa có người nhận vào lúc này. Báo kiểm soát viên bổ sung đầu mối.", "The body has nobody to receive at this hour. Tell the supervisor to add a contact."), Tone: web.Bad})
	} else {
		here := v.lookAsks()
		if c.NamedOnly {
			here = append(here, v.unopenedAsk())
		}
		f := form{Action: path + "/deliver", Button: v.T("Phát", "Deliver"), Key: "F4", Asks: []ask{{Kind: askRadio, Field: web.Field{Name: "as", Label: v.T("Người nhận là", "The receiver is")}, Choices: as}}}
		if v.mayGoToLeader(b, c) {
			f.Asks = append(f.Asks, v.absentAsk())
		}
		if !v.waits(custody.ItemKey(c.Item)) {
			v.add(part{Head: v.T("Người nhận kiểm và ký", "The receiver looks and signs"), Form: v.pair(f, append(here, v.receiverAsks()...), v.receivers(b))})
		}
	}
	v.add(v.failedForm(c, path+"/attempt"))
	return v.draw(w, r)
}

// failedForm records that an item could not be delivered, now or at the time on the list by which it is out.
func (v view) failedForm(c *Cover, action string) part {
	f := &form{Action: action, Button: v.T("Ghi phát chưa được", "Record the attempt"), Kind: web.Second, Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(v, "reason", AttemptReasons)},
		{Kind: askRadio, Field: web.Field{Name: "next", Label: v.T("Tiếp theo", "Next")}, Choices: choices(v, "next", AttemptNexts)}}}
	if c.Out != "" {
		f.Asks = append(f.Asks, ask{Kind: askDay, Field: web.Field{Name: "on", Label: v.T("Ngày ghi trên bản kê", "Day on the list"), Optional: true}},
			ask{Kind: askClock, Field: web.Field{Name: "clock", Label: v.T("Giờ, phút ghi trên bản kê", "Hour and minute on the list"), Hint: v.T("Để trống nếu việc vừa xảy ra.", "Leave empty if it happens now."), Optional: true}})
	}
	return part{Head: v.T("Không phát được", "Could not be delivered"), Form: f}
}

func (v view) hoursWord(after bool) string {
	if after {
		return v.T("ngoài giờ: phát cho đầu mối nhận ngoài giờ", "outside working hours: to the after-hours contact")
	}
	return v.T("trong giờ: phát tại địa chỉ cho văn thư", "in working hours: to the registry at the address")
}

// afterHours reports whether a body does not receive at its address at a time.
func (s *Pages) afterHours(e Entry, at time.Time) (bool, error) {
	working, err := s.Law.Working(at)
	return !e.Open(at, working), err
}

// asChoices are the ways in which somebody may receive now.
func (v view) asChoices(b *Body, c *Cover, after bool) []web.Choice {
	var out []web.Choice
	as := ForClerk
	if after {
		as = ForContact
	}
	if len(b.Of(as)) > 0 {
		out = append(out, web.Choice{Value: string(as), Label: v.say("as", string(as))})
	}
	if v.mayGoToLeader(b, c) {
		out = append(out, web.Choice{Value: string(ForLeader), Label: v.T("Lãnh đạo (người có tên vắng, hoả tốc)", "Leader (the named person is absent, express)")})
	}
	return out
}

// mayGoToLeader reports whether the leader of the body takes the item when the named person is absent.
func (v view) mayGoToLeader(b *Body, c *Cover) bool {
	return c.NamedOnly && c.Urgency == Express && len(b.Of(ForLeader)) > 0
}

func (v view) absentAsk() ask {
	return ask{Kind: askTick, Field: web.Field{Name: "absent", Label: v.T("Người có tên trên bì vắng mặt (chỉ khi phát cho lãnh đạo)", "The named person is absent (only when the leader takes it)"), Optional: true}}
}

// receivers lists whom the body named, each once.
func (v view) receivers(b *Body) []web.Choice {
	out := []web.Choice{{Label: v.T("Chọn người", "Choose a person")}}
	for _, p := range b.Persons() {
		out = append(out, web.Choice{Value: string(p), Label: v.name(p) + " · " + v.roles(b, p)})
	}
	return out
}

// roles says what a person is for a body.
func (v view) roles(b *Body, who postal.StaffID) string {
	var out []string
	for _, as := range b.As(who) {
		out = append(out, lower(v.say("as", string(as))))
	}
	return strings.Join(out, ", ")
}

func (v view) unopenedAsk() ask {
	return ask{Kind: askTick, Field: web.Field{Name: "unopened", Label: v.T("Người nhận xác nhận chuyển nguyên bì, không bóc", "The receiver will pass it on unopened")}}
}

// receiverAsks are the fields by which the receiver signs on the courier's screen.
func (v view) receiverAsks() []ask {
	asks := v.secondAsks()
	asks[0].Field.Label, asks[1].Field.Label = v.T("Người nhận: tên đăng nhập", "Receiver: login"), v.T("Người nhận: mật khẩu", "Receiver: password")
	return asks
}

// delivered gives the receipt of the act that a form carries, if by it the item of the path was delivered.
func (s *Pages) delivered(r *http.Request) (ledger.Receipt, bool, error) {
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, false, err
	}
	got, ok, err := s.Records.Ledger.Find(r.Context(), id)
	f, _ := factOf[event.KT1Delivered](got.Facts)
	return got, ok && string(f.Item) == r.PathValue("item"), err
}

func (s *Pages) postDeliver(w http.ResponseWriter, r *http.Request) error {
	if do := r.PathValue("do"); do != "deliver" && do != "attempt" {
		return unknown(do)
	}
	f, v, err := s.posted(r)
	if err != nil {
		return err
	}
	c, i, err := s.item(r, v)
	if fault.Is(err, fault.NotFound) { // he has given it away: perhaps by this very form
		if got, ok, err := s.delivered(r); ok || err != nil {
			if err != nil {
				return err
			}
			return s.told(w, r, got, roundPath, "Đã ghi.", "Recorded.")
		}
	}
	if err != nil {
		return err
	}
	failed := Attempt{Item: c.Item, Reason: Reason(f.Value("reason")), Next: Reason(f.Value("next"))}
	if r.PathValue("do") == "attempt" && f.Value("clock") != "" {
		failed.AtMs = postal.Millis(onList(f))
	}
	var act ledger.Act = failed
	if r.PathValue("do") == "deliver" {
		e, err := s.Directory.Find(r.Context(), v.goesTo(c, i))
		if err != nil {
			return err
		}
		after, err := s.afterHours(e, s.Now())
		if err != nil {
			return err
		}
		act, err = s.joint(r, f, func(who postal.StaffID) Joint {
			return Deliver{Item: c.Item, As: As(f.Value("as")), Receiver: who, AfterHours: after, Number: f.Ticked("look_number"), Packing: f.Ticked("look_packing"), Seal: f.Ticked("look_seal"), Unopened: f.Ticked("unopened"), Absent: f.Ticked("absent")}
		})
		if err != nil {
			return err
		}
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawDeliver(w, r, f)
	}
	return s.told(w, r, got, roundPath, "Đã ghi.", "Recorded.")
}
