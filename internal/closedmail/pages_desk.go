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

func (s *Pages) mountDesk(m *web.Mux) {
	m.Get(boardPath, web.KT1Clerk, s.getBoard)
	m.Get(shiftPath, web.KT1Clerk, s.getShift)
	m.Post(shiftPath, web.KT1Clerk, s.postShift)
	m.Get(acceptPath, web.KT1Clerk, s.getAccept)
	m.Post(acceptPath, web.KT1Clerk, s.postAccept)
	m.Get(itemsPath, handlers, s.findItem)
	m.Get(itemsPath+"/{item}", handlers, s.getItem)
	m.Post(itemsPath+"/{item}/undo", web.KT1Clerk, s.postUndo)
	m.Post(itemsPath+"/{item}/back", web.KT1Clerk, s.postBack)
	m.Get(itemsPath+"/{item}/label", web.KT1Clerk, s.getLabel)
}

// boardTabs lead to the board and the shift.
func (v view) boardTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("Bảng trực", "Duty board"), Path: boardPath, Current: current == boardPath},
		{Label: v.T("Ca trực", "Shift"), Path: shiftPath, Current: current == shiftPath},
	}
}

// getBoard shows what is on at the office, with the minutes that count.
func (s *Pages) getBoard(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Bảng trực", "Duty board")
	if err != nil {
		return err
	}
	v.Tabs, v.Wide = v.boardTabs(boardPath), true
	shift, open := ledger.Get[*Shift](v.led, ShiftKey(v.At))
	if !open || shift.Worker == "" {
		v.add(part{Text: v.T("Bưu cục chưa mở ca trực. Chưa nhận được bưu gửi.", "The office has no open shift. Nothing can be accepted."), Tone: web.Bad,
			Form: &form{Action: shiftPath, Button: v.T("Mở ca", "Open the shift"), Key: "F4", Hidden: []string{"do", "open"}}})
	}
	secret, others := v.waiting()
	incidents := Incidents(v.led, v.At)
	recalls := v.recalls()
	v.add(part{Counters: []counter{
		{Figure: v.Number(int64(len(secret))), Word: v.T("ký hiệu A, B, C chờ đi", "of letters A, B, C waiting"), Tone: toneIf(len(secret) > 0, web.Ask)},
		{Figure: v.Number(int64(len(others))), Word: v.T("bưu gửi khác tại đây", "other items here"), Tone: web.Info},
		{Figure: v.Number(int64(len(incidents))), Word: v.T("sự cố chưa giải toả", "open incidents"), Path: incidentPath, Tone: toneIf(len(incidents) > 0, web.Bad)},
		{Figure: v.Number(int64(len(recalls))), Word: v.T("tài liệu thu hồi chưa trả", "documents to be returned"), Tone: toneIf(len(recalls) > 0, web.Ask)},
	}})
	if len(incidents) > 0 {
		v.add(part{Head: v.T("Sự cố", "Incidents"), Table: v.incidentTable(incidents)})
	}
	v.add(part{Head: v.T("Phải đi ngay", "Must leave at once"), Table: v.waitingTable(secret, true)})
	if n := len(v.led.At(string(custody.AtOffice(v.At)), 'h')); n > 0 {
		v.add(part{Text: v.T(fmt.Sprintf("%d bàn giao chưa đủ hai chữ ký.", n), fmt.Sprintf("%d handovers lack a signature.", n)), Buttons: []web.Btn{{Label: v.T("Xem bàn giao", "See the handovers"), Kind: web.Second, Href: oversPath}}})
	}
	v.add(part{Head: v.T("Bưu gửi khác tại đây", "Other items here"), Table: v.waitingTable(others, false)})
	if len(recalls) > 0 {
		v.add(part{Head: v.T("Tài liệu thu hồi", "Documents to be returned"), Table: v.recallTable(recalls)})
	}
	return v.draw(w, r)
}

func toneIf(on bool, t web.Tone) web.Tone {
	if on {
		return t
	}
	return web.Info
}

// waiting lists the items in the hands of the office, also in its bags: those with a letter that were taken in here and have not left, and the others.
func (v view) waiting() (secret, others []*Cover) {
	for _, t := range Held(v.led, v.At) {
		for _, x := range append([]event.Thing{t}, inside(v.led, t)...) {
			c, ok := CoverOf(v.led, postal.ItemNumber(x))
			switch {
			case !ok:
			case c.Secrecy != NoSecrecy && c.Left == 0 && c.Origin == v.At:
				secret = append(secret, c)
			default:
				others = append(others, c)
			}
		}
	}
	slices.SortFunc(secret, func(a, b *Cover) int { return int(a.AcceptedMs - b.AcceptedMs) })
	slices.SortFunc(others, func(a, b *Cover) int { return int(a.AcceptedMs - b.AcceptedMs) })
	return secret, others
}

// maxOnBoard bounds the lines of one list of the board.
const maxOnBoard = 100

func (v view) waitingTable(all []*Cover, minutes bool) *table {
	t := &table{Caption: v.T("Bưu gửi tại bưu cục, cũ nhất trước", "Items at the office, oldest first"), Empty: v.T("Không có bưu gửi nào đang chờ", "Nothing is waiting"),
		Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Ở đâu", "Where")}, {Label: v.T("Nhận lúc", "Accepted")}, {Label: v.T("Hạn phát", "Due")}}}
	if minutes {
		t.Caption = v.T("Bưu gửi ký hiệu A, B, C chưa rời bưu cục, cũ nhất trước", "Items of letters A, B, C that have not left, oldest first")
		t.Heads = append(t.Heads, web.Head{Label: v.T("Đã chờ", "Waited")})
	}
	limit := v.s.Law.Minutes(leaveLimit, v.day())
	for _, c := range all[:min(len(all), maxOnBoard)] {
		i, _ := ledger.Get[*custody.Item](v.led, custody.ItemKey(c.Item))
		row := []cell{codeCell(string(c.Item), itemsPath+"/"+string(c.Item)), textCell(v.marks(c)), {Text: v.place(i), Code: i != nil && i.In != ""}, textCell(v.Millis(c.AcceptedMs)), v.dueCell(i)}
		if minutes {
			n := v.since(c.AcceptedMs)
			tone := web.Ask
			if n > limit {
				tone = web.Bad
			}
			row = append(row, tagCell(v.minutes(n), tone))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v view) day() postal.Day { return postal.DayOf(v.s.Now()) }

// since gives the minutes that have passed.
func (v view) since(ms int64) int { return int(max(0, postal.Millis(v.s.Now())-ms) / 60_000) }

func (v view) minutes(n int) string { return v.T(fmt.Sprintf("%d phút", n), fmt.Sprintf("%d min", n)) }

func (v view) place(i *custody.Item) string {
	switch {
	case i == nil:
		return ""
	case i.In != "":
		return string(i.In)
	}
	return v.holder(i.Holder)
}

// dueCell says when an item is due, red when it is late and was not tried.
func (v view) dueCell(i *custody.Item) cell {
	if i == nil || i.DueMs == 0 {
		return textCell("")
	}
	if i.AttemptMs == 0 && i.DueMs < postal.Millis(v.s.Now()) {
		return tagCell(v.Millis(i.DueMs), web.Bad)
	}
	return textCell(v.Millis(i.DueMs))
}

// marks are the outer marks in words.
func (v view) marks(c *Cover) string {
	var out []string
	if c.Secrecy != NoSecrecy {
		out = append(out, string(c.Secrecy))
	}
	if c.Urgency != Plain {
		out = append(out, v.say("urgency", string(c.Urgency)))
	}
	if c.AtMs != 0 {
		out = append(out, v.Millis(c.AtMs))
	}
	if c.NamedOnly {
		out = append(out, v.T("Chỉ người có tên mới được bóc bì", "For the named person only"))
	}
	if c.RecallBy != "" {
		out = append(out, v.T("Tài liệu thu hồi", "To be returned"))
	}
	if c.Frozen != "" {
		out = append(out, v.T("Phong toả", "Frozen"))
	}
	return strings.Join(out, " · ")
}

// recalls lists the documents out of this office that must come back.
func (v view) recalls() []*Cover {
	return slices.DeleteFunc(Recalls(v.led), func(c *Cover) bool { return c.Origin != v.At })
}

func (v view) recallTable(all []*Cover) *table {
	t := &table{Caption: v.T("Tài liệu thu hồi chưa về nơi gửi", "Documents not yet back with their sender"),
		Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Đang ở", "With")}, {Label: v.T("Phát lúc", "Delivered")}, {Label: v.T("Hạn trả", "Return by")}}}
	slices.SortFunc(all, func(a, b *Cover) int { return strings.Compare(a.RecallBy, b.RecallBy) })
	for _, c := range all[:min(len(all), maxOnBoard)] {
		t.Rows = append(t.Rows, []cell{codeCell(string(c.Item), itemsPath+"/"+string(c.Item)), textCell(v.body(c.Addressee)), textCell(v.Millis(c.Delivered)), v.recallCell(c.RecallBy)})
	}
	return t
}

// recallCell says by when a document must be back; its clock turns yellow some days before and red after.
func (v view) recallCell(by string) cell {
	day, err := postal.ParseDay(by)
	if err != nil {
		return textCell(by)
	}
	left := day.DaysSince(v.day())
	switch text := day.VN(); {
	case left < 0:
		return tagCell(text+v.T(fmt.Sprintf(" (quá %d ngày)", -left), fmt.Sprintf(" (%d days late)", -left)), web.Bad)
	case left <= v.s.Law.Minutes(recallWarning, v.day()):
		return tagCell(text+v.T(fmt.Sprintf(" (còn %d ngày)", left), fmt.Sprintf(" (%d days left)", left)), web.Ask)
	default:
		return textCell(text)
	}
}

// getShift shows who is on duty and lets the holder of the shift count everything and hand it over.
func (s *Pages) getShift(w http.ResponseWriter, r *http.Request) error { return s.drawShift(w, r, nil) }

func (s *Pages) drawShift(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Ca trực", "Shift")
	if err != nil {
		return err
	}
	v.Tabs = v.boardTabs(shiftPath)
	shift, ok := ledger.Get[*Shift](v.led, ShiftKey(v.At))
	if !ok || shift.Worker == "" {
		v.add(part{Head: v.T("Chưa có ca", "No shift"), Form: &form{Action: shiftPath, Button: v.T("Mở ca", "Open the shift"), Key: "F4", Hidden: []string{"do", "open"}}})
		return v.draw(w, r)
	}
	v.add(part{Rows: []web.Row{{Key: v.T("Ca số", "Shift"), Value: v.Number(int64(shift.N))}, {Key: v.T("Người giữ ca", "Held by"), Value: v.name(shift.Worker)}, {Key: v.T("Từ", "Since"), Value: v.Millis(shift.SinceMs)}}})
	held := Held(v.led, v.At)
	if shift.Worker != v.Person.ID {
		v.add(part{Text: v.T("Chỉ người đang giữ ca mới giao ca được. Người nhận ca ký trên màn hình của người giao, hoặc ở mục “Chờ ký” trên máy của mình.", "Only the holder of the shift hands it over. Whoever takes it signs on the holder's screen, or under “Waiting for a signature” on his own.")})
		return v.draw(w, r)
	}
	if v.waits(ShiftKey(v.At)) {
		return v.draw(w, r)
	}
	f2 := form{Action: shiftPath, Button: v.T("Giao ca", "Hand over the shift"), Hidden: []string{"do", "hand"}}
	if len(held) > 0 {
		f2.Asks = append(f2.Asks, ask{Kind: askTicks, Field: web.Field{Name: "held", Label: v.T("Hai người cùng đếm: đánh dấu từng mục đang có trên tay", "Count together: tick everything that you both have in hand")}, Choices: v.thingChoices(held)})
	}
	f2.Asks = append(f2.Asks, ask{Kind: askCode, Field: web.Field{Name: "extra", Label: v.T("Mục khác đang có mà danh sách không có", "Something else that is here and not in the list"), Width: 20, Max: 20, Optional: true}})
	v.add(part{Head: v.T("Giao ca", "Hand over the shift"), Text: v.T("Mục không đánh dấu sẽ thành sự cố “thiếu” và bị phong toả.", "Whatever is not ticked becomes an incident “missing” and is frozen."),
		Form: v.pair(f2, v.secondAsks(), v.colleagues(Clerk, Supervisor))})
	return v.draw(w, r)
}

// thingChoices lists things to tick.
func (v view) thingChoices(all []event.Thing) []web.Choice {
	var out []web.Choice
	for _, t := range all {
		out = append(out, web.Choice{Value: string(t), Label: string(t), Hint: v.thing(t)})
	}
	return out
}

// thing says in a few words what a code is.
func (v view) thing(t event.Thing) string {
	switch x := v.led.Get(custody.KeyOf(t)).(type) {
	case *custody.Item:
		if c, ok := CoverOf(v.led, x.Code); ok {
			return v.T("bưu gửi", "item") + " " + v.marks(c)
		}
	case *custody.Bag:
		if x.Seal == "" {
			return v.T(fmt.Sprintf("túi, hộp %d bưu gửi, chưa niêm phong", x.Count), fmt.Sprintf("bag or box of %d, not sealed", x.Count))
		}
		return v.T(fmt.Sprintf("túi, hộp %d bưu gửi, niêm phong %s", x.Count, x.Seal), fmt.Sprintf("bag or box of %d, seal %s", x.Count, x.Seal))
	case *custody.Dispatch:
		return v.T(fmt.Sprintf("chuyến thư %d túi", x.Count), fmt.Sprintf("dispatch of %d", x.Count))
	}
	return ""
}

func (s *Pages) postShift(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	var act ledger.Act = OpenShift{Office: office}
	if f.Choice("do", "open", "hand") == "hand" {
		hand := HandShift{Office: office}
		for _, t := range f.All("held") {
			hand.Held = append(hand.Held, event.Thing(t))
		}
		if extra := f.Value("extra"); extra != "" {
			hand.Held = append(hand.Held, event.Thing(extra))
		}
		if act, err = s.joint(r, f, func(to postal.StaffID) Joint { hand.To = to; return hand }); err != nil {
			return err
		}
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawShift(w, r, f)
	}
	if _, asked := factOf[event.SignatureAsked](got.Facts); asked {
		return s.told(w, r, got, shiftPath, "", "")
	}
	return web.Done(w, r, shiftPath, "Đã ghi ca trực.", "The shift is recorded.")
}

// getAccept is the form of what stands on the cover.
func (s *Pages) getAccept(w http.ResponseWriter, r *http.Request) error {
	return s.drawAccept(w, r, nil)
}

func (s *Pages) drawAccept(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Nhận gửi KT1", "Accept KT1")
	if err != nil {
		return err
	}
	senders, addressees, people, err := v.bodyChoices()
	if err != nil {
		return err
	}
	v.add(part{Text: v.T("Chỉ ghi những gì có trên mặt ngoài của bì. Không ghi trích yếu, nội dung; không có chỗ để ghi.", "Only what stands on the outside of the cover. Never its subject; there is no place for it.")})
	if v.s.Law.Priceless(v.day()) {
		v.add(part{Tone: web.Ask, Text: v.T("Bảng giá KT1 chưa nạp: bưu gửi của nơi gửi phải trả cước vẫn nhận, nhưng chưa có giá. Báo quản trị viên nạp bảng kt1.price.",
			"The KT1 price table is not loaded: items of senders who pay are accepted all the same, without a price. Tell an administrator to take in kt1.price.")})
	}
	v.add(part{Head: v.T("Mặt ngoài của bì", "The cover"), Form: &form{Action: acceptPath, Button: v.T("Nhận gửi", "Accept"), Key: "F4", Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "sender", Label: v.T("Nơi gửi", "Sender"), Focus: true}, Choices: senders},
		{Kind: askChoice, Field: web.Field{Name: "handed_by", Label: v.T("Người mang đến (đã đăng ký của nơi gửi)", "Handed in by (named by the sender)")}, Choices: people},
		{Kind: askCode, Field: web.Field{Name: "number", Label: v.T("Số trên bì", "Number on the cover"), Hint: v.T("Ví dụ 123/QĐ-UBND. Bì ký hiệu A không ghi số thì để trống.", "For example 123/QĐ-UBND. Leave empty for a letter A without number."), Width: 20, Max: 24, Optional: true}},
		{Kind: askChoice, Field: web.Field{Name: "addressee", Label: v.T("Nơi nhận", "Addressee")}, Choices: addressees},
		{Kind: askRadio, Field: web.Field{Name: "secrecy", Label: v.T("Ký hiệu độ mật", "Letter of secrecy")}, Choices: sure(choices(v, "secrecy", Secrecies))},
		{Kind: askRadio, Field: web.Field{Name: "urgency", Label: v.T("Độ khẩn", "Urgency"), Hint: v.T("Độ khẩn và độ mật độc lập với nhau.", "Urgency and secrecy are independent.")}, Choices: sure(choices(v, "urgency", Urgencies))},
		{Kind: askMoment, Field: web.Field{Name: "at", Label: v.T("Giờ phát do nơi gửi hẹn (chỉ hẹn giờ)", "Time fixed by the sender (timed only)"), Optional: true}},
		{Kind: askTick, Field: web.Field{Name: "suburban", Label: v.T("Nơi nhận ở ngoại thành", "The addressee is outside the inner city")}},
		{Kind: askTick, Field: web.Field{Name: "inter", Label: v.T("Liên tỉnh", "To another province")}},
		{Kind: askTick, Field: web.Field{Name: "named", Label: v.T("Dấu “Chỉ người có tên mới được bóc bì”", "Stamp “For the named person only”")}},
		{Kind: askDay, Field: web.Field{Name: "recall_by", Label: v.T("Dấu “Tài liệu thu hồi”: hạn trả", "Stamp “Document to be returned”: by"), Optional: true}},
		{Kind: askCode, Field: web.Field{Name: "returns", Label: v.T("Bì này trả tài liệu thu hồi của bưu gửi", "This one returns the document of item"), Width: 20, Max: 20, Optional: true}},
		{Kind: askNumber, Field: web.Field{Name: "weight", Label: v.T("Khối lượng", "Weight"), Suffix: v.T("gam", "grams")}},
		{Kind: askChoice, Field: web.Field{Name: "locator", Label: v.T("Thiết bị định vị (bắt buộc với ký hiệu A)", "Locator (a must for letter A)")}, Choices: v.facilityChoices(Locator)},
	}}})
	return v.draw(w, r)
}

// bodyChoices lists who may send, who may receive, and the persons who hand in.
func (v view) bodyChoices() (senders, addressees, people []web.Choice, err error) {
	names, err := v.s.Directory.All(v.ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	senders = []web.Choice{{Label: v.T("Chọn cơ quan", "Choose a body")}}
	addressees = []web.Choice{{Label: v.T("Chọn cơ quan", "Choose a body")}}
	people = []web.Choice{{Label: v.T("Chọn người", "Choose a person")}}
	for _, b := range Bodies(v.led) {
		name := string(b.Code)
		if e, ok := names[b.Code]; ok {
			name = e.Name
		}
		c := web.Choice{Value: string(b.Code), Label: name + " · " + string(b.Code)}
		addressees = append(addressees, c)
		if b.List == Outside {
			continue
		}
		senders = append(senders, c)
		for _, p := range b.Persons() {
			people = append(people, web.Choice{Value: string(p), Label: v.name(p) + " · " + name})
		}
	}
	return senders, addressees, people, nil
}

// facilityChoices lists what of these kinds is here, fit and free.
func (v view) facilityChoices(kinds ...string) []web.Choice {
	out := []web.Choice{{Label: v.T("Không", "None")}}
	for _, f := range Facilities(v.led, v.At) {
		if slices.Contains(kinds, f.Code.Kind()) && f.Use == "" && f.Fit(v.day()) {
			out = append(out, web.Choice{Value: string(f.Code), Label: string(f.Code)})
		}
	}
	return out
}

func (s *Pages) postAccept(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	a := Accept{Office: office, Number: web.MaybeParse(f, "number", ParseCoverNumber), Sender: web.Parse(f, "sender", ParseBody), HandedBy: web.Parse(f, "handed_by", ParseStaff),
		Addressee: web.Parse(f, "addressee", ParseBody), Secrecy: said(f, "secrecy", Secrecies), Urgency: said(f, "urgency", Urgencies), NamedOnly: f.Ticked("named"), RecallBy: f.MaybeDay("recall_by"),
		Returns: web.MaybeParse(f, "returns", postal.ParseItemNumber), Locator: web.MaybeParse(f, "locator", ParseFacility), WeightG: web.Parse(f, "weight", postal.ParseGrams), Inter: f.Ticked("inter"), Suburban: f.Ticked("suburban")}
	if at := web.MaybeParse(f, "at", parseMoment); !at.IsZero() {
		a.AtMs = postal.Millis(at)
	}
	var terms Terms
	if f.Err() == nil {
		if terms, err = s.terms(r, &a); err != nil {
			if err := f.Refuse(err); err != nil {
				return err
			}
		}
	}
	got, ok, err := s.try(r, f, a)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawAccept(w, r, f)
	}
	item, _ := factOf[event.KT1Accepted](got.Facts)
	vi, en := "Đã nhận "+string(item.Item)+".", "Accepted "+string(item.Item)+"."
	tone := web.Good
	if !terms.Priced {
		tone = web.Ask
		vi, en = vi+" CHƯA NẠP BẢNG GIÁ KT1: bưu gửi chưa có cước, chưa thu tiền. Không ghi là miễn cước.", en+" THE KT1 PRICE TABLE IS NOT LOADED: the item has no price yet and nothing was charged. It is not free."
	}
	return web.Leave(w, r, itemsPath+"/"+string(item.Item), web.Flash{Tone: tone, VI: vi, EN: en})
}

// nothing is what a form sends for “no letter” and “plain”: it must be chosen like the others, so that nobody forgets a letter.
const nothing = "none"

func sure(all []web.Choice) []web.Choice {
	for n := range all {
		if all[n].Value == "" {
			all[n].Value = nothing
		}
	}
	return all
}

// said reads a choice that must be made.
func said[T ~string](f *web.Form, name string, list []T) T {
	var allowed []string
	for _, x := range list {
		if x == "" {
			x = nothing
		}
		allowed = append(allowed, string(x))
	}
	v := f.Choice(name, allowed...)
	if v == nothing {
		return ""
	}
	return T(v)
}

// terms asks directory and law, and completes the act with them.
func (s *Pages) terms(r *http.Request, a *Accept) (Terms, error) {
	led := s.Records.Ledger.View(r.Context())
	sender, err := body(led, a.Sender, "sender")
	if err != nil {
		return Terms{}, err
	}
	addressee, err := body(led, a.Addressee, "addressee")
	if err != nil {
		return Terms{}, err
	}
	to, err := s.Directory.Find(r.Context(), a.Addressee)
	if err != nil {
		return Terms{}, err
	}
	if to.Unit == "" {
		return Terms{}, fault.New(fault.Conflict, "closedmail.no_address", "Danh bạ chưa có địa chỉ của cơ quan %s.", "The directory has no address of the body %s.", a.Addressee).At("addressee")
	}
	a.ToUnit, a.ToOffice = to.Unit, to.Office
	t, err := s.Law.Terms(*a, sender, addressee, s.Now())
	if err != nil {
		return t, err
	}
	a.FeeVND, a.DueMs, a.Rules = t.FeeVND, t.DueMs(), t.Rules
	return t, nil
}

// parseMoment reads what a field of day and time sends.
func parseMoment(s string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02T15:04", s, postal.HoChiMinh)
	if err != nil {
		return t, fault.New(fault.Invalid, "closedmail.moment", "Ngày giờ chưa đúng.", "The day and time are not valid.")
	}
	return t, nil
}

// findItem goes to the item of a scanned number.
func (s *Pages) findItem(w http.ResponseWriter, r *http.Request) error {
	n, err := postal.ParseItemNumber(r.URL.Query().Get("code"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, itemsPath+"/"+string(n))
}

// item gives the cover that a path names.
func (s *Pages) item(r *http.Request, v view) (*Cover, *custody.Item, error) {
	n, err := postal.ParseItemNumber(r.PathValue("item"))
	if err != nil {
		return nil, nil, err
	}
	c, ok := CoverOf(v.led, n)
	i, _ := ledger.Get[*custody.Item](v.led, custody.ItemKey(n))
	if !ok || i == nil {
		return nil, nil, unknown(string(n))
	}
	if !v.mayKnow(c, i) {
		return nil, nil, unknown(string(n)) // the same words as for an item that is not there
	}
	return c, i, nil
}

// mayKnow reports whether an item is the reader's business: his office took it in, delivers it or holds it, or he carries it.
func (v view) mayKnow(c *Cover, i *custody.Item) bool {
	holder, _ := custody.Holder(v.led, event.Thing(c.Item))
	if custody.Carrier(holder) == v.Person.ID {
		return true
	}
	return v.May(web.KT1Clerk) && (c.Origin == v.At || i.ToOffice == v.At || custody.Office(holder) == v.At)
}

func (s *Pages) getItem(w http.ResponseWriter, r *http.Request) error { return s.drawItem(w, r, nil) }

func (s *Pages) drawItem(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Bưu gửi", "Item")
	if err != nil {
		return err
	}
	c, i, err := s.item(r, v)
	if err != nil {
		return err
	}
	v.Title, v.Sub = string(c.Item.Grouped()), v.marks(c)
	if c.Frozen != "" {
		v.add(part{Text: v.T("Bưu gửi đang bị phong toả vì sự cố. Không ai được chuyển.", "This item is frozen by an incident. Nobody may move it."), Tone: web.Bad,
			Buttons: []web.Btn{{Label: v.T("Xem sự cố", "See the incident"), Kind: web.Second, Href: incidentPath + "/" + string(c.Frozen)}}})
	}
	v.add(part{Rows: append(v.lostRows(c), v.coverRows(c, i)...)})
	path := itemsPath + "/" + string(c.Item)
	if v.May(web.KT1Clerk) {
		v.add(part{Buttons: []web.Btn{{Label: v.T("In nhãn và dấu KT1", "Print label and KT1 stamp"), Key: "F8", Href: path + "/label", Target: "_blank"}}})
	}
	if i.Stage == custody.Accepted && i.In == "" && v.May(web.KT1Clerk) && i.Origin == v.At {
		if !v.waits(custody.ItemKey(c.Item)) {
			v.add(part{Head: v.T("Huỷ nhận gửi do nhầm", "Take a mistaken acceptance back"), Text: v.T("Cần kiểm soát viên ký cùng.", "A supervisor signs too."),
				Form: v.pair(form{Action: path + "/undo", Button: v.T("Huỷ nhận gửi", "Take it back"), Kind: web.Danger}, v.secondAsks(), v.colleagues(Supervisor))})
		}
	}
	if custody.Office(i.Holder) == v.At && i.Returning == "" && i.Origin != v.At && v.May(web.KT1Clerk) {
		v.add(part{Head: v.T("Chuyển hoàn nơi gửi", "Send back"), Form: &form{Action: path + "/back", Button: v.T("Chuyển hoàn", "Send back"), Kind: web.Second,
			Asks: []ask{{Kind: askChoice, Field: web.Field{Name: "reason", Label: v.T("Lý do", "Reason")}, Choices: choices(v, "reason", SendBackReasons)}}}})
	}
	return v.draw(w, r)
}

func (v view) coverRows(c *Cover, i *custody.Item) []web.Row {
	rows := []web.Row{
		{Key: v.T("Trạng thái", "State"), Value: custody.Say("stage", string(i.Stage)).In(v.Lang) + " · " + v.place(i)},
		{Key: v.T("Số trên bì", "Number on the cover"), Value: string(c.Number), Code: true},
		{Key: v.T("Nơi gửi", "Sender"), Value: v.body(c.Sender) + " · " + v.say("list", string(c.List))},
		{Key: v.T("Người mang đến", "Handed in by"), Value: v.name(c.HandedBy)},
		{Key: v.T("Nơi nhận", "Addressee"), Value: v.body(c.Addressee)},
		{Key: v.T("Ký hiệu độ mật", "Letter"), Value: v.say("secrecy", string(c.Secrecy))},
		{Key: v.T("Độ khẩn", "Urgency"), Value: strings.TrimSpace(v.say("urgency", string(c.Urgency)) + " " + v.Millis(c.AtMs))},
		{Key: v.T("Khối lượng", "Weight"), Value: i.WeightG.In(v.Lang)},
		{Key: v.T("Cước", "Postage"), Value: v.postage(c, i)},
		{Key: v.T("Nhận lúc", "Accepted"), Value: v.Millis(c.AcceptedMs) + ", " + v.office(c.Origin)},
		{Key: v.T("Hạn phát lần đầu", "First attempt due"), Value: v.dueText(i)},
	}
	return append(rows,
		web.Row{Key: v.T("Thiết bị định vị", "Locator"), Value: string(c.Locator), Code: true},
		web.Row{Key: v.T("Tài liệu thu hồi, hạn trả", "To be returned by"), Value: vnDay(c.RecallBy)},
		web.Row{Key: v.T("Phát lần đầu", "First attempt"), Value: v.Millis(i.AttemptMs)},
		web.Row{Key: v.T("Phát lúc", "Delivered"), Value: v.Millis(c.Delivered)},
		web.Row{Key: v.T("Người nhận ký", "Signed by"), Value: v.name(c.Receiver)})
}

// postage is what was charged; when that is nothing, why.
func (v view) postage(c *Cover, i *custody.Item) string {
	if i.FeeVND != 0 {
		return v.Money(i.FeeVND)
	}
	switch pays, cite := v.s.Law.Payer(c.List, postal.DayOf(postal.FromMillis(c.AcceptedMs))); pays {
	case "central-budget":
		return v.T("Miễn cước: ", "Free: ") + v.say("list", string(c.List)) + v.T(", ngân sách trung ương trả (", ", paid from the central budget (") + cited(cite, v.Lang) + ")"
	case "sender":
		return v.T("Chưa thu: nơi gửi phải trả (", "Not charged yet: the sender pays (") + cited(cite, v.Lang) + v.T("), nhưng chưa có bảng giá cho trường hợp này", "), but no price table covers this case")
	}
	return v.T("Chưa thu: chưa có quy định ai trả cước của nơi gửi này", "Not charged: no rule says who pays for this sender")
}

func (v view) dueText(i *custody.Item) string {
	if i.DueMs == 0 {
		return v.T("theo thực tế (vùng địa hình đặc biệt)", "actual time (area of special geography)")
	}
	return v.Millis(i.DueMs)
}

// vnDay writes a stored day as people here do.
func vnDay(s string) string {
	d, err := postal.ParseDay(s)
	if err != nil {
		return ""
	}
	return d.VN()
}

func (s *Pages) postUndo(w http.ResponseWriter, r *http.Request) error {
	return s.onItem(w, r, func(f *web.Form, c *Cover, i *custody.Item) (ledger.Act, error) {
		return s.joint(r, f, func(second postal.StaffID) Joint { return UndoAccept{Item: c.Item, Act: i.AcceptAct, Second: second} })
	})
}

func (s *Pages) postBack(w http.ResponseWriter, r *http.Request) error {
	return s.onItem(w, r, func(f *web.Form, c *Cover, _ *custody.Item) (ledger.Act, error) {
		return SendBack{Item: c.Item, Reason: Reason(f.Value("reason"))}, nil
	})
}

// onItem does an act on the item of the path and shows the item again.
func (s *Pages) onItem(w http.ResponseWriter, r *http.Request, make func(*web.Form, *Cover, *custody.Item) (ledger.Act, error)) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	v, err := s.view(r, f, "", "")
	if err != nil {
		return err
	}
	c, i, err := s.item(r, v)
	if err != nil {
		return err
	}
	act, err := make(f, c, i)
	if err != nil {
		return err
	}
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawItem(w, r, f)
	}
	return s.told(w, r, got, itemsPath+"/"+string(c.Item), "Đã ghi.", "Recorded.")
}
