package closedmail

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

func (s *Pages) mountDesk(m *web.Mux) {
	m.Get(boardPath, web.KT1Clerk, s.getBoard)
	m.Get(shiftPath, web.KT1Clerk, s.getShift)
	m.Post(shiftPath, web.KT1Clerk, s.postShift)
	m.Get(shiftPath+"/{n}", web.KT1Clerk, s.getHanded)
	m.Get(shiftPath+"/{n}/record", web.KT1Clerk, s.getHandedRecord)
	m.Post(shiftPath+"/{n}/record", web.KT1Clerk, s.postHandedRecord)
	m.Get(acceptPath, web.KT1Clerk, s.getAccept)
	m.Post(acceptPath, web.KT1Clerk, s.postAccept)
	m.Get(findPath, handlers, s.find)
	m.Get(itemsPath+"/{item}", handlers, s.getItem)
	m.Post(itemsPath+"/{item}/undo", web.KT1Clerk, s.postUndo)
	m.Post(itemsPath+"/{item}/locator", web.KT1Clerk, s.postLocator)
	m.Post(itemsPath+"/{item}/redirect", web.KT1Clerk, s.postRedirect)
	m.Post(itemsPath+"/{item}/back", web.KT1Clerk, s.postBack)
	m.Post(itemsPath+"/{item}/excuse", web.KT1Supervisor, s.postExcuse)
	m.Get(itemsPath+"/{item}/label", web.KT1Clerk, s.getLabel)
	m.Post(itemsPath+"/{item}/label", web.KT1Clerk, s.postLabel)
}

// boardTabs lead to the board and the shift.
func (v view) boardTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("Bảng trực", "Duty board"), Path: boardPath, Current: current == boardPath},
		{Label: v.T("Ca trực", "Shift"), Path: shiftPath, Current: current == shiftPath},
		{Label: v.T("Ra vào", "Visits"), Path: visitsPath, Current: current == visitsPath},
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
	v.remindOf(v.Person.ID)
	secret, arrived, others := v.waiting()
	incidents := Incidents(v.led, v.At)
	recalls, silent := v.recalls(), v.awayTooLong()
	v.add(part{Counters: []counter{
		{Figure: v.Number(int64(len(secret))), Word: v.T("ký hiệu A, B, C chờ đi", "of letters A, B, C waiting"), Tone: toneIf(len(secret) > 0, web.Ask)},
		{Figure: v.Number(int64(len(arrived))), Word: v.T("ký hiệu A, B, C đã đến, phải phát", "of letters A, B, C that have come, to be delivered"), Tone: toneIf(len(arrived) > 0, web.Ask)},
		{Figure: v.Number(int64(len(others))), Word: v.T("bưu gửi khác tại đây", "other items here"), Tone: web.Info},
		{Figure: v.Number(int64(len(incidents))), Word: v.T("sự cố chưa giải toả", "open incidents"), Path: incidentPath, Tone: toneIf(len(incidents) > 0, web.Bad)},
		{Figure: v.Number(int64(len(recalls))), Word: v.T("tài liệu thu hồi chưa trả", "documents to be returned"), Tone: toneIf(len(recalls) > 0, web.Ask)},
		{Figure: v.Number(int64(len(silent))), Word: v.T("chờ kết quả của đối tác", "waiting for a partner"), Path: partnersPath, Tone: toneIf(len(silent) > 0, web.Bad)},
	}})
	if len(incidents) > 0 {
		v.add(part{Head: v.T("Sự cố", "Incidents"), Table: v.incidentTable(incidents)})
	}
	v.add(part{Head: v.T("Phải đi ngay", "Must leave at once"), Table: v.waitingTable(secret, true)})
	if len(arrived) > 0 {
		t := v.waitingTable(arrived, false)
		t.Caption = v.T("Ký hiệu A, B, C đã đến, phải phát, cũ nhất trước", "Letters A, B, C that have come, to be delivered, oldest first")
		v.add(part{Table: t})
	}
	if t := v.underWay(); len(t.Rows) > 0 {
		v.add(part{Table: t})
	}
	if n := len(v.led.At(string(custody.AtOffice(v.At)), 'h')); n > 0 {
		v.add(part{Text: v.T(fmt.Sprintf("%d bàn giao chưa đủ hai chữ ký.", n), fmt.Sprintf("%d handovers lack a signature.", n)), Buttons: []web.Btn{{Label: v.T("Xem bàn giao", "See the handovers"), Kind: web.Second, Href: oversPath}}})
	}
	v.add(part{Head: v.T("Bưu gửi khác tại đây", "Other items here"), Table: v.waitingTable(others, false)})
	if len(silent) > 0 {
		t := v.awayTable(silent)
		t.Caption = v.T("Quá hạn phát, đối tác chưa báo gì", "Due time over, nothing told")
		v.add(part{Head: v.T("Chờ kết quả của đối tác", "Waiting for a partner"), Table: t})
	}
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

// waiting lists the items in the hands of the office, also in its bags: those with a letter that were taken in here and have not left, those with a letter that have come
// from elsewhere, and the others.
func (v view) waiting() (secret, arrived, others []*Cover) {
	for _, t := range Held(v.led, v.At) {
		for _, x := range append([]event.Thing{t}, inside(v.led, t)...) {
			c, ok := CoverOf(v.led, postal.ItemNumber(x))
			switch {
			case !ok:
			case c.Secrecy != NoSecrecy && c.Left == 0 && c.Origin == v.At:
				secret = append(secret, c)
			case c.Secrecy != NoSecrecy:
				arrived = append(arrived, c)
			default:
				others = append(others, c)
			}
		}
	}
	for _, all := range [][]*Cover{secret, arrived, others} {
		slices.SortFunc(all, func(a, b *Cover) int { return cmp.Compare(a.AcceptedMs, b.AcceptedMs) })
	}
	return secret, arrived, others
}

// underWay lists the dispatches and loose bags that couriers carry from or to this office.
func (v view) underWay() *table {
	t := &table{Caption: v.T("Chuyến thư và túi đang đi, đang đến", "Dispatches and bags that have left or are coming"),
		Heads: []web.Head{{Label: v.T("Mã", "Code")}, {Label: v.T("Từ – đến", "From – to")}, {Label: v.T("Người giữ", "With")}, {Label: v.T("Xe, áp tải", "Vehicle, escort")}}}
	for _, w := range Workers(v.led) {
		for _, letter := range []byte{'d', 'b'} {
			for _, k := range v.led.At(string(custody.ByCarrier(w.ID)), letter) {
				code := event.Thing(k[2:])
				from, to := v.ends(code)
				if from != v.At && to != v.At {
					continue
				}
				x, _ := ledger.Get[*Vessel](v.led, VesselKey(code))
				t.Rows = append(t.Rows, []cell{codeCell(string(code), findPath+"?code="+string(code)), textCell(v.office(from) + " – " + v.office(to)), textCell(v.name(w.ID)), textCell(v.travels(x))})
			}
		}
	}
	return t
}

// ends are the offices between which a bag or dispatch goes.
func (v view) ends(code event.Thing) (from, to postal.OfficeCode) {
	switch x := v.led.Get(custody.KeyOf(code)).(type) {
	case *custody.Dispatch:
		return x.From, x.To
	case *custody.Bag:
		return x.From, x.To
	}
	return "", ""
}

// maxOnBoard bounds the lines of one list of the board.
const maxOnBoard = 100

func (v view) waitingTable(all []*Cover, minutes bool) *table {
	t := &table{Caption: v.T("Bưu gửi tại bưu cục, cũ nhất trước", "Items at the office, oldest first"), Empty: v.T("Không có bưu gửi nào khác tại đây", "There is no other item here"),
		Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Dấu", "Marks")}, {Label: v.T("Ở đâu", "Where")}, {Label: v.T("Đi", "To")}, {Label: v.T("Nhận lúc", "Accepted")}, {Label: v.T("Hạn phát", "Due")}}}
	if minutes {
		t.Empty = v.T("Không có bưu gửi ký hiệu A, B, C nào chờ đi", "No item of letters A, B, C waits to leave")
		t.Caption = v.T("Bưu gửi ký hiệu A, B, C chưa rời bưu cục, cũ nhất trước", "Items of letters A, B, C that have not left, oldest first")
		t.Heads = append(t.Heads, web.Head{Label: v.T("Đã chờ", "Waited")})
	}
	limit := v.limit(leaveLimit)
	var accepted []int64
	for _, c := range all[:min(len(all), maxOnBoard)] {
		accepted = append(accepted, c.AcceptedMs)
		i, _ := ledger.Get[*custody.Item](v.led, custody.ItemKey(c.Item))
		row := []cell{codeCell(string(c.Item), itemsPath+"/"+string(c.Item)), textCell(v.marks(c)), {Text: v.place(i), Code: i != nil && i.In != ""}, textCell(v.bound(i)), textCell(v.Millis(c.AcceptedMs)), v.dueCell(i)}
		if minutes {
			row = append(row, v.counting("", c.AcceptedMs, limit, v.T(" chưa rời bưu cục", " has not left"), string(c.Item)))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Note = v.dueNote(accepted...)
	return t
}

// bound names the office that an item goes to; nothing when it is here.
func (v view) bound(i *custody.Item) string {
	if i == nil || boundFor(i) == v.At {
		return v.T("phát tại đây", "delivered here")
	}
	return v.office(boundFor(i))
}

func (v view) day() postal.Day { return postal.DayOf(v.s.Now()) }

// limit gives a number of the rulebook as it is today.
func (v view) limit(key string) int {
	n, err := v.s.Law.Limit(key, v.day())
	v.note(err)
	return n
}

// since gives the minutes that have passed.
func (v view) since(ms int64) int { return int(max(0, postal.Millis(v.s.Now())-ms) / 60_000) }

// counting is a clock that began at a time and turns red when it passes its limit in minutes, also on a page that is left open.
func (v view) counting(before string, sinceMs int64, limit int, what, about string) cell {
	n, tone := v.since(sinceMs), web.Ask
	if n > limit {
		tone = web.Bad
	}
	return cell{Text: before + v.minutes(n), Tag: tone, Clock: clock{Minutes: n, Limit: limit, Over: about + what + v.T(" sau ", " after ") + v.minutes(limit)}}
}

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
	if c.Excuse != "" {
		out = append(out, v.T("Bất khả kháng", "Superior force"))
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
		Heads: []web.Head{{Label: v.T("Số hiệu", "Number")}, {Label: v.T("Đang ở", "With")}, {Label: v.T("Phát lúc", "Delivered")}, {Label: v.T("Hạn trả", "Return by")}, {Label: v.T("Đang trả trong", "On its way back in")}}}
	slices.SortFunc(all, func(a, b *Cover) int { return strings.Compare(a.RecallBy, b.RecallBy) })
	for _, c := range all[:min(len(all), maxOnBoard)] {
		t.Rows = append(t.Rows, []cell{codeCell(string(c.Item), itemsPath+"/"+string(c.Item)), textCell(v.body(c.Addressee)), textCell(v.Millis(c.Delivered)), v.recallCell(c.RecallBy), codeCell(string(c.BackIn), "")})
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
	case left <= v.limit(recallWarning):
		return tagCell(text+v.daysLeft(left), web.Ask)
	default:
		return textCell(text)
	}
}
