package app

import (
	"regexp"
	"strings"
	"testing"

	"citypost/internal/account"
	"citypost/internal/booking"
	"citypost/internal/dossier"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// The synthetic cards of the walks (domain D.4): the first belongs to the sender, the number of the second says another year of birth than the card does.
const (
	goodCard  = "031090000001||Nguyễn Văn Mẫu|01011990|Nam|12 ngõ 5 đường Mẫu|01012021"
	wrongCard = "031090000001||Nguyễn Văn Mẫu|01011991|Nam|12 ngõ 5 đường Mẫu|01012021"
	otherCard = "031190000002||Trần Thị Khác|02021990|Nữ|7 phố Mẫu|01012021"
)

// A citizen prepares a dossier at home and books a postman, the dispatcher sends one, he takes it in at the door, and the citizen follows it with what stands on the note.
func TestACitizenBooksAndThePostmanTakesTheDossierInAtTheDoor(t *testing.T) {
	w := openWalk(t)
	_, _, err := w.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: "dp1", Name: "Người mẫu dp1", Roles: []web.Role{{Name: web.Dispatcher, Office: shopOffice}}, Password: secretWord})
	w.must(err)
	ref := w.books()
	w.assigns(ref)
	n := w.takesInAtTheDoor(ref)
	w.follows(n)
}

// books is the citizen on a telephone: guide, task list, reference.
func (w *walk) books() string {
	w.screen(webtest.Phone)
	w.open("/procedures")
	w.sees("Theo lĩnh vực", "Hộ tịch", "gửi được qua bưu điện")
	w.look("guide")
	w.Fill("input#q", "dang ky khai sinh")
	w.TypeAndGo("\r")
	w.sees("Đăng ký khai sinh (mẫu)", "Gửi được qua bưu điện")
	w.Submit(`a[href="/procedures/` + certificate + `"]`)
	w.sees("Giấy tờ cần có", "Bao lâu, bao nhiêu tiền")
	w.look("guide-procedure")
	w.press("Gửi hồ sơ này qua bưu điện")
	w.press("Bắt đầu")
	w.sees("Kiểm tra giấy tờ", "Người gửi")
	w.look("send-tasks")
	w.Submit(`a[href="/send/papers"]`)
	w.clickOne(`document.querySelector("main input[type=checkbox]")`)
	w.look("send-papers")
	w.Submit("main form button")
	w.Submit(`a[href="/send/who"]`)
	w.put("name", "Nguyễn Văn Mẫu")
	w.put("phone", "0912 345 678")
	w.Submit("main form button")
	w.Submit(`a[href="/send/how"]`)
	w.tick("way", "home")
	w.put("address", "12 ngõ 5 đường Mẫu")
	w.pick("unit", string(w.unit))
	w.pick("day", "2026-11-26")
	w.clickOne(`document.querySelector("input[name=window]")`)
	w.look("send-how")
	w.Submit("main form > button:last-of-type")
	w.Submit(`a[href="/send/check"]`)
	w.look("send-check")
	w.Submit("main form button")
	w.sees("Mã hẹn của bạn")
	w.look("send-done")
	m := regexp.MustCompile(`Mã hẹn của bạn (\w{4}-\w{4})`).FindStringSubmatch(w.text())
	if m == nil {
		w.t.Fatalf("no reference: %s", w.text())
	}
	return m[1]
}

// assigns is the dispatcher, who gives the booking to a postman; a clerk's scan field knows the reference too.
func (w *walk) assigns(ref string) {
	w.screen(webtest.Desk)
	w.be("gd1")
	w.open("/desk")
	w.scan(strings.ToLower(ref))
	w.sees("Lịch hẹn "+ref, "Nguyễn Văn Mẫu")
	w.be("dp1")
	w.open("/bookings")
	w.look("bookings")
	w.Fill("input[name=ref]", ref)
	w.TypeAndGo("\r")
	w.look("booking")
	w.pick("carrier", string(w.staffOf("bt1")))
	w.press("Giao việc")
	w.sees("Đã giao cho bưu tá")
}

// staffOf is a person's id.
func (w *walk) staffOf(login string) postal.StaffID {
	w.t.Helper()
	list, err := w.Accounts.List(w.t.Context())
	w.must(err)
	for _, a := range list {
		if a.Login == login {
			return a.ID
		}
	}
	w.t.Fatalf("nobody is called %s", login)
	return ""
}

// takesInAtTheDoor is the postman with a telephone and a scanner: card, papers, seal.
func (w *walk) takesInAtTheDoor(ref string) postal.DossierNumber {
	w.screen(webtest.Phone)
	w.be("bt1")
	w.open("/pickups")
	w.sees("12 ngõ 5 đường Mẫu")
	w.look("pickups")
	w.press("Đếm, niêm phong và nhận tại nhà")
	w.sees("Nhận hồ sơ tại nhà")
	w.put("secret.card", "")
	w.TypeAndGo(wrongCard + "\r")
	w.refused("không khớp với ngày sinh")
	w.put("secret.card", "")
	w.TypeAndGo(goodCard + "\r")
	if got := webtest.Eval[string](w.Browser, `document.querySelector("#from-name").value`); got != "Nguyễn Văn Mẫu" {
		w.t.Errorf("the card filled in %q", got)
	}
	w.look("home-intake")
	w.pick("agency", string(justice))
	if !webtest.Eval[bool](w.Browser, `document.querySelector("main input[name^='ok.']").checked`) {
		w.t.Error("what the citizen said to have is not ticked")
	}
	webtest.Eval[bool](w.Browser, `(document.querySelectorAll("main input[name^='ok.']").forEach(e => e.checked = true), true)`)
	w.tick("signed", "1")
	w.put("weight", "120")
	w.put("seal", "")
	w.TypeAndGo("NP000900\r") // the scanner's Enter checks and accepts nothing
	w.sees("Nhận hồ sơ, thu", "Giao cơ quan chậm nhất", "Cước trả kết quả")
	w.look("home-checked")
	w.press("Nhận hồ sơ, thu")
	code, err := postal.ParseDossierNumber(strings.TrimPrefix(strings.SplitN(w.Path(), "?", 2)[0], "/dossiers/case/"))
	w.must(err)
	if d := w.isAt(code, dossier.Accepted); d.Channel != dossier.AtHome || d.Seal != "NP000900" {
		w.t.Errorf("%+v", d)
	}
	w.look("home-case")
	parsed, err := booking.ParseRef(ref)
	w.must(err)
	if b, err := w.Bookings.Find(w.t.Context(), parsed); err != nil || b.State != booking.Taken {
		w.t.Errorf("the booking: %+v, %v", b, err)
	}
	w.open("/dossiers/new?booking=" + string(parsed)) // the same code read twice makes no second dossier
	w.refused("đã thành hồ sơ")
	return code
}

// follows is the citizen, who has the note.
func (w *walk) follows(n postal.DossierNumber) {
	w.be("")
	w.open("/track/dossier?code=" + string(n))
	w.look("status-form")
	w.put("secret", "XXXXXX")
	w.TypeAndGo("\r")
	w.refused("Mã hồ sơ và mã bí mật không khớp")
	w.put("secret", "")
	w.TypeAndGo(w.secretOf(n) + "\r")
	w.sees("Đã tiếp nhận", "Chưa cần làm gì", "Sở Tư pháp mẫu", "Giao cơ quan chậm nhất", "!Nguyễn Văn Mẫu", "!gd1")
	w.look("status")
}
