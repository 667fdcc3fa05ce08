package closedmail

import (
	"fmt"
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

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
		switch {
		case x.Seal == "":
			return v.T(fmt.Sprintf("túi, hộp %d bưu gửi, chưa niêm phong", x.Count), fmt.Sprintf("bag or box of %d, not sealed", x.Count))
		case v.toRead(x):
			return v.T(fmt.Sprintf("túi, hộp %d bưu gửi, đã niêm phong", x.Count), fmt.Sprintf("bag or box of %d, sealed", x.Count))
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
			hand.Held = append(hand.Held, event.Thing(s.inUseFor(r.Context(), extra)))
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
	return s.told(w, r, got, shiftPath, "Đã ghi ca trực.", "The shift is recorded.")
}
