package desk

import (
	"fmt"
	"strconv"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

// addressLine is the street part of an address; an item whose people were forgotten says so.
func addressLine(p web.Page, d door) string {
	if d.Address == "" {
		return p.T("Không còn địa chỉ – xem trên bì thư", "No address kept – see the cover")
	}
	return d.Address
}

func toSignTitle(p web.Page, h toSign) string {
	switch {
	case h.taking && h.Taker == "":
		return p.T("Bản kê phát chờ bạn ký nhận", "A delivery list waits for your signature")
	case h.taking:
		return p.T("Bản kê phát chờ bưu cục ký giao", "A delivery list waits for the office")
	case h.Giver == "":
		return p.T("Nộp lại: chờ bạn ký", "Handing back: waits for your signature")
	}
	return p.T("Nộp lại: chờ bưu cục ký", "Handing back: waits for the office")
}

func toSignButton(p web.Page, h toSign) string {
	if h.taking && h.Taker == "" {
		return p.T("Đếm và ký nhận", "Count and sign")
	}
	return p.T("Xem bàn giao", "See the handover")
}

// formFor gives the form to the part of the page that sent it; the other part shows itself untouched.
func formFor(f *web.Form, mine bool) *web.Form {
	if mine {
		return f
	}
	return nil
}

func relationChoices(p web.Page) []web.Choice {
	list := []web.Choice{{Value: "", Label: p.T("Chọn quan hệ…", "Choose the relation…")}}
	for _, r := range relations {
		list = append(list, web.Choice{Value: r, Label: relationWords(p, r)})
	}
	return list
}

// proofChoices are the ways in which a taker proves that he took.
func proofChoices(p web.Page) []web.Choice {
	list := make([]web.Choice, len(proofWays))
	for n, how := range proofWays {
		list[n] = web.Choice{Value: how, Label: proofWords(p, how)}
	}
	return list
}

// withKeys gives choices the number keys from first on.
func withKeys(list []web.Choice, first int) []web.Choice {
	for n := range list {
		list[n].Key = strconv.Itoa(first + n)
	}
	return list
}

// scripted hides what needs scripts until they are there: a signature on the screen.
func scripted(c web.Choice) templ.Attributes {
	if c.Value != onScreen {
		return nil
	}
	return templ.Attributes{"hidden": true, "data-needs-script": true}
}

func keyed(c web.Choice) templ.Attributes {
	if c.Key == "" {
		return nil
	}
	return templ.Attributes{"data-key": c.Key, "aria-keyshortcuts": c.Key}
}

// pickID gives the first choice the field's own id, so that the error summary leads to it.
func pickID(name string, n int) string {
	if n == 0 {
		return name + "-1st"
	}
	return fmt.Sprintf("%s-%d", name, n+1)
}

func pickError(f *web.Form, name string) string {
	if f.Fault(name) != nil {
		return name + "-error"
	}
	return ""
}

func thingOf(d door) event.Thing { return event.Thing(d.Code) }

// mayCount reports whether the taker can still say what he counted.
func (v passing) mayCount() bool {
	return v.of.Status == custody.HandoverOpen && v.of.Giver == "" && v.of.Taker == ""
}

// maySign reports whether it is this carrier's turn to sign. Who gives back signs once the office has counted.
func (v passing) maySign() bool {
	if v.of.Status != custody.HandoverOpen {
		return false
	}
	if v.taking {
		return v.of.Taker == ""
	}
	return v.of.Giver == "" && len(v.of.Counts) > 0
}

// ticked are all items at first, what was ticked when the form comes back, and what was counted before.
func (v passing) ticked(n postal.ItemNumber) bool {
	return v.form == nil || v.form.Has("thing", string(n)) || v.counted[event.Thing(n)]
}

func passingTitle(v passing) string {
	if v.taking {
		return v.page.T("Nhận bản kê phát", "Take a delivery list")
	}
	return v.page.T("Nộp lại bưu cục", "Hand back to the office")
}

func passingButton(v passing) string {
	switch {
	case v.confirm:
		return v.page.T("Ký với chênh lệch này", "Sign with this difference")
	case v.taking:
		return v.page.T("Đếm đủ, ký nhận", "All counted, sign")
	}
	return v.page.T("Ký giao", "Sign")
}

func passingWait(v passing) string {
	switch {
	case v.of.Status == custody.HandoverWithdrawn:
		return v.page.T("Bàn giao này đã huỷ, không có gì chuyển tay.", "This handover was withdrawn; nothing changed hands.")
	case v.of.Status == custody.HandoverCompleted:
		return v.page.T("Hai bên đã ký xong.", "Both sides have signed.")
	case !v.taking && len(v.of.Counts) == 0:
		return v.page.T("Đưa bưu gửi cho giao dịch viên đếm. Đếm xong, tải lại trang này để ký.", "Give the items to the clerk to count. Then reload this page to sign.")
	}
	return v.page.T("Bạn đã ký. Chờ bưu cục ký.", "You have signed. The office signs next.")
}
