package app

import (
	"regexp"
	"testing"

	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/web/webtest"
)

// A dossier is complained about and lost: the complaint has its day, the supervisor records who is liable and pays at least the multiple of the postage. A fee that was paid twice goes back once. A
// citizen asks what is kept of him.
func TestALostDossierIsComplainedAboutAndPaidFor(t *testing.T) {
	w := openWalk(t)
	lost := w.takenIn("NP000401")
	paid := w.takenIn("NP000402", "fees.fee", "20000", "fees.fee.how", "post", "fees.fee.why", "by_notice")
	w.complains(lost)
	w.loses(lost)
	w.paysFor(lost)
	w.answers(lost)
	w.givesTheFeeBack(paid)
	w.asksWhatIsKept(paid)
	w.complainsTooLate(paid)
	if diff, err := w.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
		t.Errorf("replay differs from live: %v, %v", diff, err)
	}
}

// complains writes down what a citizen complains about; the page names the last day for the answer: five working days in the city.
func (w *walk) complains(n postal.DossierNumber) {
	w.be("gd1")
	w.open("/dossiers")
	w.scan(string(n))
	w.unfold("Ghi khiếu nại")
	w.pick("about", "lost")
	w.put("text", "Chưa thấy hồ sơ đến cơ quan (mẫu)")
	w.press("Ghi khiếu nại")
	w.sees("Đã ghi: khiếu nại", "trả lời chậm nhất 02/12/2026", "!Chưa thấy hồ sơ") // the words are sealed, and not shown on the case
	w.open("/dossiers")
	w.press("Khiếu nại (1)")
	w.sees("Chưa thấy hồ sơ đến cơ quan (mẫu)", "02/12/2026")
	w.look("complaints")
}

// loses reports the packet missing.
func (w *walk) loses(n postal.DossierNumber) {
	w.open("/dossiers/case/" + string(n))
	w.unfold("Báo thất lạc")
	w.pick("reason", "not_found")
	w.press("Báo thất lạc")
	w.isAt(n, dossier.Lost)
	w.sees("Tìm gói; lập biên bản trách nhiệm", "!Lập biên bản xác định trách nhiệm") // for a supervisor
	w.look("lost")
	w.be("")
	w.screen(webtest.Phone)
	w.open("/track/dossier?code=" + string(n))
	w.put("secret", "")
	w.TypeAndGo(w.secretOf(n) + "\r")
	w.sees("Bưu điện", "!not_found", "!Chưa thấy hồ sơ")
	w.look("status-lost")
	w.screen(webtest.Desk)
}

// paysFor is the supervisor: who is liable, and the compensation, which is what the record grants.
func (w *walk) paysFor(n postal.DossierNumber) {
	w.be("ks1")
	w.open("/dossiers/case/" + string(n))
	w.put("record", "BB-01/2026")
	w.tick("kind", "lost")
	w.tick("fault", "post")
	w.press("Lập biên bản xác định trách nhiệm")
	w.sees("Đã ghi: biên bản trách nhiệm")
	fee := held[*custody.Item](w, custody.ItemKey(w.dossier(n).Item)).FeeVND
	w.unfold("Chi bồi thường theo biên bản BB-01/2026")
	if got := webtest.Eval[string](w.Browser, `document.querySelector("input[name=amount]").value`); got != itoa(int(4*fee)) {
		w.t.Errorf("the form pays %q", got)
	}
	w.tick("means", "transfer")
	w.look("compensation-to-pay")
	w.press("Chi bồi thường theo biên bản BB-01/2026")
	w.sees("Đã ghi: bồi thường", "Đã bồi thường", "BB-01/2026", "!Chi bồi thường theo biên bản")
	w.look("compensated")
}

// answers records that the complaint was answered in writing.
func (w *walk) answers(n postal.DossierNumber) {
	w.tick("outcome", "right")
	w.press("Ghi trả lời")
	w.sees("Đã ghi: trả lời khiếu nại", "đã trả lời:")
	w.open("/dossiers/complaints")
	w.sees("Không có khiếu nại nào chờ trả lời")
}

// givesTheFeeBack gives back what was paid to the agency too; the same form sent twice gives it back once and is answered alike.
func (w *walk) givesTheFeeBack(n postal.DossierNumber) {
	w.balance(cash.Owed(justice), -20_000)
	item := w.dossier(n).Item
	w.be("gd1")
	w.open(cash.ItemPath(item))
	w.sees("!Hoàn khoản nộp hai lần", "do kiểm soát viên làm")
	w.be("ks1")
	w.open(cash.ItemPath(item))
	w.look("item-money")
	form := `document.querySelector("form[action$='/due']")`
	w.clickOne(form + `.querySelector("input[name=receipt]")`)
	w.clickOne(form + `.querySelector("input[name=from][value=transfer]")`)
	twice := webtest.Eval[string](w.Browser, `(async f => { const b = new URLSearchParams(new FormData(f)); const once = async () => { const r = await fetch(f.action, {method: "POST", body: b}); return r.status + " " + r.url }; return (await once()) + "|" + (await once()) })(`+form+`)`)
	if want := "200 " + w.url + cash.ItemPath(item); twice != want+"|"+want {
		w.t.Errorf("the fee given back twice: %s", twice)
	}
	w.balance(cash.Owed(justice), 0)
	w.open(cash.ItemPath(item))
	w.sees("!Hoàn khoản nộp hai lần")
	w.look("item-money-given-back")
}

// asksWhatIsKept is the citizen with his note, and the supervisor who has 72 hours.
func (w *walk) asksWhatIsKept(n postal.DossierNumber) {
	ask := func(kind, secret string) {
		w.open("/privacy/request")
		w.tick("kind", kind)
		w.put("things", string(n))
		w.put("secret", secret)
		w.put("name", "Nguyễn Văn Mẫu")
		w.put("contact", "0912 345 678")
		w.press("Gửi yêu cầu")
	}
	secret := w.secretOf(n)
	w.be("")
	w.screen(webtest.Phone)
	ask("provide", "XXXXXX")
	w.refused("Mã và mã bí mật không khớp")
	w.look("rights-refused")
	ask("provide", secret)
	w.sees("Số yêu cầu:", "Chúng tôi trả lời trước", "28/11/2026 09:")
	w.look("rights-sent")
	m := regexp.MustCompile(`Số yêu cầu: (\S+)`).FindStringSubmatch(w.text())
	if m == nil {
		w.t.Fatalf("no number: %s", w.text())
	}
	ask("delete", secret)
	w.screen(webtest.Desk)
	w.be("ks1")
	w.open("/personal")
	w.sees("Cung cấp dữ liệu", "Xoá dữ liệu", "28/11/2026 09:")
	w.look("rights-list")
	w.open("/personal/" + m[1] + "/data")
	w.sees("Nguyễn Văn Mẫu", "12 ngõ 5 đường Mẫu", "!"+secret)
	w.look("rights-data")
	w.open("/personal/" + m[1])
	w.tick("decision", "granted")
	w.press("Ghi quyết định")
	w.sees("Đã ghi quyết định", "đã thực hiện")
	w.open("/personal")
	w.Submit(`main tbody tr:first-child a`) // what is open: to erase it, while the dossier is under way
	w.tick("decision", "granted")
	w.press("Ghi quyết định")
	w.refused("đang")
	w.look("rights-under-way")
	w.tick("decision", "refused")
	w.tick("reason", "under_way")
	w.press("Ghi quyết định")
	w.sees("đã từ chối", "còn đang trên đường")
}

// complainsTooLate comes more than six months after the journey's time.
func (w *walk) complainsTooLate(n postal.DossierNumber) {
	w.days(200)
	w.in = map[string]*clerk{}
	w.be("gd1")
	w.open("/dossiers/case/" + string(n))
	w.unfold("Ghi khiếu nại")
	w.pick("about", "late")
	w.put("text", "Chờ lâu quá (mẫu)")
	w.press("Ghi khiếu nại")
	w.refused("khiếu nại")
	w.look("complaint-too-late")
	if d := w.dossier(n); d.Complaints != 0 {
		w.t.Errorf("%d complaints after their time", d.Complaints)
	}
}

// The agency is late and apologises, once; the procedure is repealed while its dossiers are on their way. A result is brought home: nobody is met, the invitation brings a proxy with an authority to the counter.
func TestALateAgencyApologisesAndAProxyFetchesTheResult(t *testing.T) {
	w := openWalk(t)
	c, officer := w.form("gd1"), w.form("cb1")
	late := w.takenIn("NP000501")
	w.bring(c, officer, late)
	w.repeals()
	w.apologises(late)
	w.bringsTheResultHome(late)
	w.comesForIt(late)
}

// repeals ends the procedure by the next list, as the catalogue's keeper does; dossiers taken in before go on, and no other is taken.
func (w *walk) repeals() {
	under := w.takenIn("NP000502")
	today := postal.DayOf(w.clock())
	_, err := w.Procedures.Apply(w.t.Context(), procedure.Release{Act: "99/QĐ-MẪU", From: today, MadeUp: true, Data: []byte("code\tname\tstatus\n" + certificate + "\tĐăng ký khai sinh (mẫu)\trepealed\n")}, nil)
	w.must(err)
	w.be("gd1")
	w.open("/dossiers")
	w.scan(string(under))
	w.sees("đã bị bãi bỏ", "99/QĐ-MẪU", "Hồ sơ nhận theo danh mục của ngày nhận vẫn được chuyển", "Đăng ký khai sinh (mẫu)")
	w.look("repealed-case")
	w.open("/dossiers/new")
	w.TypeAndGo("khai sinh\r")
	w.sees("Đăng ký khai sinh (mẫu) Đã bãi bỏ")
	w.open("/dossiers/new?procedure=" + certificate)
	w.refused("đã bị bãi bỏ", "99/QĐ-MẪU")
	w.look("repealed-new")
	path := w.bundleOf(under)
	w.sees("đã bị bãi bỏ")
	w.look("repealed-handing")
	w.scan(w.dossier(under).Seal)
	w.tick("as_listed", "1") // instead of a number for each paper
	w.tick("verdict", "refused")
	w.pick("refusal", "not_competent")
	w.pick("basis", "onestop_17")
	w.press("Ghi đối chiếu")
	w.press("Tôi ký")
	w.be("cb1")
	w.open(path)
	w.press("Tôi ký")
	w.isAt(under, dossier.Refused)
	w.be("")
	w.open("/procedures/" + certificate)
	w.sees("đã bị bãi bỏ", "99/QĐ-MẪU", "Không chuẩn bị giấy tờ", "!Tờ khai theo mẫu", "!Gửi hồ sơ này qua bưu điện")
	w.look("guide-repealed")
}

// bundleOf opens the handover of one packet.
func (w *walk) bundleOf(n postal.DossierNumber) string {
	w.t.Helper()
	w.open("/dossiers/agencies/" + string(justice))
	w.scan(string(w.dossier(n).Item))
	w.PressAndGo("F4")
	return w.Path()
}

// apologises is the officer after his day: the board shows him, he apologises once and names another day.
func (w *walk) apologises(n postal.DossierNumber) {
	w.days(28)
	w.in = map[string]*clerk{}
	w.be("gd1")
	w.open("/dossiers/late")
	w.sees("Theo cơ quan", "Sở Tư pháp mẫu (1)", "Cơ quan trễ", "chưa xin lỗi")
	w.look("late")
	w.be("cb1")
	w.open("/dossiers")
	w.scan(string(n))
	w.sees("Cơ quan chưa gửi văn bản xin lỗi")
	w.unfold("Xin lỗi và hẹn lại (một lần)")
	w.press("Xin lỗi và hẹn lại (một lần)") // without a day: only this form says so, not the one of the slip with a day of its own
	w.refused("Ô này chưa điền")
	if n := webtest.Eval[int](w.Browser, `document.querySelectorAll(".govuk-error-message").length`); n != 1 {
		w.t.Errorf("%d forms complain", n)
	}
	webtest.Eval[bool](w.Browser, `(document.querySelector("input[name=do][value=later]").form.due.value = "2026-12-31") !== ""`)
	w.press("Xin lỗi và hẹn lại (một lần)")
	w.sees("Cơ quan đã xin lỗi bằng văn bản", "Xin lỗi muộn", "31/12/2026", "!Xin lỗi và hẹn lại (một lần)")
	w.look("apologised")
	w.unfold("Cơ quan báo có kết quả")
	w.tick("outcome", "granted")
	w.press("Cơ quan báo có kết quả")
	w.isAt(n, dossier.Ready)
}

// bringsTheResultHome is the postman on his telephone, who meets nobody and leaves an invitation.
func (w *walk) bringsTheResultHome(n postal.DossierNumber) {
	w.be("gd1")
	w.open("/dossiers/agencies/" + string(justice))
	w.scan(string(n))
	w.scan("KQ0501")
	w.put("o."+string(n), "1")
	w.put("weight."+string(n), "50")
	w.press("Đóng gói và lập biên bản nhận")
	path := w.Path()
	w.scan(string(w.dossier(n).Result))
	w.press("Tôi ký")
	w.be("cb1")
	w.open(path)
	w.press("Tôi ký")
	w.isAt(n, dossier.Received)
	w.passes(custody.AtOffice(shopOffice), custody.ByCarrier(w.staffOf("bt1")), custody.ForDelivery, "gd1", "bt1", w.dossier(n).Result)
	w.isAt(n, dossier.OutForDelivery)
	w.screen(webtest.Phone)
	w.be("bt1")
	w.open("/dossiers/case/" + string(n))
	w.sees("Trả kết quả tận tay")
	w.look("home-delivery")
	w.unfold("Không gặp, để lại giấy mời")
	w.pick("reason", "absent")
	w.tick("next", "hold")
	w.press("Không gặp, để lại giấy mời")
	w.sees("Đã ghi: trả chưa được, đã để lại giấy mời")
	if d := w.dossier(n); d.Invitations != 1 {
		w.t.Errorf("%d invitations by the postman's visit", d.Invitations)
	}
	w.look("home-nobody")
	w.screen(webtest.Desk)
	w.passes(custody.ByCarrier(w.staffOf("bt1")), custody.AtOffice(shopOffice), "", "bt1", "gd1", w.dossier(n).Result)
	w.isAt(n, dossier.AttemptFailed)
}

// passes lets an item go from hand to hand in the office.
func (w *walk) passes(from, to event.Holder, purpose, giver, taker string, items ...postal.ItemNumber) {
	w.t.Helper()
	var things []event.Thing
	var counts []event.Count
	for _, n := range items {
		things, counts = append(things, event.Thing(n)), append(counts, event.Count{Thing: event.Thing(n)})
	}
	code := w.act(giver, custody.OpenHandover{Office: shopOffice, From: from, To: to, Purpose: purpose, Things: things}).Facts[0].(event.HandoverOpened).Handover
	w.act(taker, custody.CountThings{Handover: code, Counts: counts})
	mark := held[*custody.Handover](w, custody.KeyOf(code)).Difference().Digest()
	w.act(giver, custody.SignHandover{Handover: code, Side: custody.Giver, Difference: mark})
	w.act(taker, custody.SignHandover{Handover: code, Side: custody.Taker, Difference: mark})
}

// comesForIt is a proxy at the counter: his own card, and the written authority.
func (w *walk) comesForIt(n postal.DossierNumber) {
	w.be("gd1")
	w.open("/dossiers")
	w.scan(string(n))
	w.card(otherCard)
	w.sees("Thẻ của người khác")
	w.tick("counted", "1")
	w.tick("authorised", "1")
	w.press("Trả kết quả")
	if d := w.isAt(n, dossier.Delivered); d.DeliveredTo != "proxy" {
		w.t.Errorf("delivered to %q", d.DeliveredTo)
	}
	w.sees("Đã ghi: đã trả kết quả", "!Trần Thị Khác")
	if diff, err := w.Ledger.Check(w.t.Context(), nil); err != nil || len(diff) > 0 {
		w.t.Errorf("replay differs from live: %v, %v", diff, err)
	}
}
