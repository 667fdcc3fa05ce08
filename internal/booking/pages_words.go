package booking

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"citypost/internal/web"
)

// paperChoices are the papers to tick.
func (v send) paperChoices() []web.Choice {
	var list []web.Choice
	for _, p := range v.Procedure.Papers {
		hint := v.T(p.CountVI, p.CountEN)
		if p.Open {
			hint = v.T("Nếu có, không bắt buộc. ", "If any, not demanded. ") + hint
		}
		list = append(list, web.Choice{Value: p.ID, Label: p.Name, Hint: hint})
	}
	return list
}

// answers are what the citizen gave; on the page of checking each leads back to its step.
func (v send) answers(change bool) []web.Row {
	b, p := v.Booking, v.Person
	row := func(key, value, step string) web.Row {
		r := web.Row{Key: key, Value: value}
		if change {
			r.Href, r.Change = SendPath+step, v.T("Sửa", "Change")
		}
		return r
	}
	list := []web.Row{{Key: v.T("Thủ tục", "Procedure"), Value: v.Procedure.Name}}
	if !change {
		list = append(list, web.Row{Key: v.T("Tình trạng", "State"), Value: sentence(b.State.In(v.Lang))})
	}
	list = append(list,
		row(v.T("Giấy tờ đã có", "Papers at hand"), v.haveText(), "/papers"),
		row(v.T("Người gửi", "Sender"), strings.TrimSpace(p.Name), "/who"),
		row(v.T("Điện thoại", "Telephone"), p.Phone.Display(), "/who"))
	if p.Email != "" {
		list = append(list, row(v.T("Thư điện tử", "E-mail"), p.Email, "/who"))
	}
	if b.Way != AtHome {
		return append(list, row(v.T("Cách gửi", "How"), v.T("Mang đến bưu cục", "Brought to a post office"), "/how"))
	}
	return append(list,
		row(v.T("Cách gửi", "How"), v.T("Bưu tá đến nhà", "A postman comes"), "/how"),
		row(v.T("Địa chỉ", "Address"), p.Address+", "+v.place(), "/how"),
		row(v.T("Ngày giờ", "When"), weekday(v.Page, b.Day)+", "+b.Day.VN()+", "+b.Window.String(), "/how"))
}

// haveText counts the papers at hand, those that are demanded apart from the others: "3 trong 4 giấy tờ bắt buộc, thêm 1 không bắt buộc".
func (v send) haveText() string {
	have, demanded, more := 0, 0, 0
	for _, p := range v.Procedure.Papers {
		ticked := slices.Contains(v.Booking.Have, p.ID)
		switch {
		case !p.Open && ticked:
			have, demanded = have+1, demanded+1
		case !p.Open:
			demanded++
		case ticked:
			more++
		}
	}
	text := fmt.Sprintf(v.T("%d trong %d giấy tờ bắt buộc", "%d of %d papers that are demanded"), have, demanded)
	if more > 0 {
		text += fmt.Sprintf(v.T(", thêm %d không bắt buộc", ", and %d that are not"), more)
	}
	return text
}

// sentence begins a phrase with a capital.
func sentence(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// facts are what the staff has to know of a booking.
func (v one) facts() []web.Row {
	b, p := v.Booking, v.Person
	rows := []web.Row{{Key: v.T("Thủ tục", "Procedure"), Value: v.Name + " (" + b.Procedure + ")"}}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, web.Row{Key: key, Value: value})
		}
	}
	add(v.T("Người gửi", "Sender"), p.Name)
	if p.Phone != "" {
		add(v.T("Điện thoại", "Telephone"), p.Phone.Display())
	}
	add(v.T("Thư điện tử", "E-mail"), p.Email)
	if b.Way == AtHome {
		add(v.T("Địa chỉ", "Address"), strings.TrimPrefix(p.Address+", "+v.Place, ", "))
		add(v.T("Ngày giờ", "When"), weekday(v.Page, b.Day)+", "+b.Day.VN()+", "+b.Window.String())
		add(v.T("Bưu tá", "Postman"), v.Carrier)
	} else {
		add(v.T("Cách gửi", "How"), v.T("Người gửi mang đến bưu cục", "The sender brings it to a counter"))
	}
	add(v.T("Bưu gửi", "Item"), b.Item)
	add(v.T("Đặt lúc", "Booked"), v.DateTime(b.Created))
	return rows
}

func (v one) haveWord(p Paper) string {
	if slices.Contains(v.Booking.Have, p.ID) {
		return v.T(" – đã có", " – has it")
	}
	return ""
}

// booked is what the citizen has: an appointment with a postman, or only a reference to bring the dossier with.
func (v send) booked() string {
	if v.Booking.Way == AtHome {
		return v.T("Lịch hẹn", "Booking")
	}
	return v.T("Mã hẹn", "Reference")
}

// confirmLabel is the button by which he gets it.
func (v send) confirmLabel() string {
	if v.Booking.Way == AtHome {
		return v.T("Xác nhận lịch hẹn", "Confirm the booking")
	}
	return v.T("Nhận mã hẹn", "Get the reference")
}

// paper says what the printed sheet is, and to whom it is given.
func (v send) paper() string {
	if v.Booking.Way == AtHome {
		return v.T("Phiếu hẹn bưu tá đến nhà nhận hồ sơ. Đưa phiếu cho bưu tá.", "Slip for the postman who fetches the dossier. Give it to him.")
	}
	return v.T("Phiếu hẹn gửi hồ sơ tại bưu cục. Đưa phiếu cho giao dịch viên.", "Slip for sending a dossier at a post office. Give it to the clerk.")
}

// lowerFirst puts a label into the middle of a sentence.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}
