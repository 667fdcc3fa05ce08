package app

import (
	"net/http"
	"testing"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/notify"
	"citypost/internal/postal"
	"citypost/internal/web/webtest"
)

// Four dossiers go to the agency in one bundle: one is complete, one comes torn and under another seal, one is refused, of one papers are missing. The network is lost between the two signatures. What
// was refused goes back to its sender, the slip is told, the missing paper is taken in at the counter, brought, and handed over.
func TestABundleGoesToTheAgencyAndHalfOfItComesBack(t *testing.T) {
	w := openWalk(t)
	list := []postal.DossierNumber{w.takenIn("NP000201"), w.takenIn("NP000202"), w.takenIn("NP000203"), w.takenIn("NP000205")}
	path := w.bundles(list)
	w.comparesAll(path, list)
	w.signsWithoutNetwork(path, list)
	w.givesBack(list[2])
	w.tellsTheDay(list[0], list[1])
	w.asksForPapers(list[3])
	w.bringsPapers(list[3])
}

// bundles counts the packets with the scanner and opens the record.
func (w *walk) bundles(list []postal.DossierNumber) string {
	w.be("gd1")
	w.open("/dossiers")
	w.sees("Đã tiếp nhận (4)", "N••• V••• M•••", "Đăng ký khai sinh (mẫu)")
	if n := webtest.Eval[int](w.Browser, `document.querySelectorAll("[data-key=F2]").length`); n != 1 {
		w.t.Errorf("%d fields for the scanner", n)
	}
	w.look("board")
	w.open("/dossiers/agencies/" + string(justice))
	ticked := `document.querySelectorAll("input[name=item]:checked").length`
	if n := webtest.Eval[int](w.Browser, ticked); n != 4 {
		w.t.Errorf("%d packets are ticked before anybody counts", n)
	}
	for n, d := range list {
		w.scan(string(w.dossier(d).Item))
		if n == 0 {
			w.scan(string(w.dossier(d).Item)) // the same code read twice
		}
		if got := webtest.Eval[int](w.Browser, ticked); got != n+1 {
			w.t.Fatalf("%d packets are ticked after %d were scanned", got, n+1)
		}
	}
	w.scan("RR473124829VN") // somebody else's letter lies in the bundle
	w.refused("không có trong danh sách")
	if got := webtest.Eval[int](w.Browser, ticked); got != 4 {
		w.t.Errorf("%d ticked after a strange scan", got)
	}
	w.look("bundle")
	w.PressAndGo("F4")
	w.sees("Đã đối chiếu 0 / 4")
	w.look("handing")
	return w.Path()
}

// comparesAll compares the four: what is scanned opens, the seal goes into its form, each number is counted.
func (w *walk) comparesAll(path string, list []postal.DossierNumber) {
	w.scan(string(w.dossier(list[0]).Item))
	w.sees("Quét số niêm phong trên gói")
	w.scan("NP000201")
	w.press("Ghi đối chiếu") // nobody has counted and nothing is decided
	w.refused("Ghi số bản đếm được")
	w.look("handing-uncounted")
	w.counted(list[0], asListed(w.dossier(list[0])))
	w.tick("verdict", "complete")
	w.press("Ghi đối chiếu")
	w.sees("Đã đối chiếu 1 / 4")

	w.scan(string(w.dossier(list[1]).Item)) // torn, and under a seal that the note does not name
	w.scan("NP999999")
	w.sees("Khác phiếu gửi", "Phiếu gửi ghi NP000202")
	w.counted(list[1], asListed(w.dossier(list[1])))
	w.tick("damaged", "1")
	w.tick("verdict", "complete")
	w.look("handing-seal")
	w.press("Ghi đối chiếu")
	w.sees("Sai niêm phong: NP999999")

	w.scan(w.dossier(list[2]).Seal) // the seal alone finds its packet
	w.counted(list[2], asListed(w.dossier(list[2])))
	w.tick("verdict", "refused")
	w.pick("refusal", "not_competent")
	w.pick("basis", "onestop_17")
	w.press("Ghi đối chiếu")
	w.sees("Từ chối, trả lại", "Đã đối chiếu 3 / 4")

	short := asListed(w.dossier(list[3]))[0]
	w.scan(string(w.dossier(list[3]).Code))
	w.scan("NP000205")
	w.tick("as_listed", "1") // all but one, which is typed
	w.put(short.name, "0")
	w.tick("verdict", "complete")
	w.PressAndGo("F4")
	w.refused("Đếm được ít hơn bản kê")
	w.tick("verdict", "supplement")
	w.tick("missing", w.dossier(list[3]).Papers[0].Component)
	w.pick("lack", "paper_missing")
	w.press("Ghi đối chiếu")
	w.sees("Nhận, yêu cầu bổ sung", "Đã đối chiếu 4 / 4")
	w.scan("NP777777") // no packet of this handover
	w.refused("không có trong biên bản này")
	w.open(path)
	w.look("handing-compared")
}

// signsWithoutNetwork loses the network between the two signatures: nothing is filed until the second one has arrived.
func (w *walk) signsWithoutNetwork(path string, list []postal.DossierNumber) {
	w.press("Tôi ký")
	w.sees("Đã ký một bên")
	second := func() {
		w.unfold("Người kia ký trên màn hình này")
		w.put("login", "cb1")
		w.put("password", secretWord)
	}
	second()
	w.network(false)
	w.clickOne(`[...document.querySelectorAll(".sign-side details[open] button")].pop()`)
	w.Until(`location.protocol === "chrome-error:"`)
	if d := w.isAt(list[0], dossier.AtAgency); d.Filed() {
		w.t.Error("filed by one signature")
	}
	w.network(true)
	w.Complaints()
	w.open(path)
	w.sees("Đã ký")
	second()
	lost := webtest.Eval[int](w.Browser, `(f => fetch(f.action, {method: "POST", body: new URLSearchParams(new FormData(f))}).then(r => r.status))([...document.querySelectorAll(".sign-side details[open] form")].pop())`)
	if d := w.isAt(list[0], dossier.HandedOver); lost != 200 || !d.Filed() {
		w.t.Errorf("signed: %d", lost)
	}
	filed := w.dossier(list[0]).FiledMs // the answer was lost: the page that still stands there is sent again, and gets the first answer
	w.clickOne(`[...document.querySelectorAll(".sign-side details[open] button")].pop()`)
	w.Until(`document.body?.innerText.includes("Hai bên đã ký")`)
	if got := w.dossier(list[0]).FiledMs; got != filed {
		w.t.Errorf("filed at %d, then at %d", filed, got)
	}
	w.look("handing-signed")
	for n, want := range []dossier.State{dossier.HandedOver, dossier.HandedOver, dossier.Refused, dossier.SupplementRequested} {
		w.isAt(list[n], want)
	}
	if i := held[*custody.Item](w, custody.ItemKey(w.dossier(list[1]).Item)); i.Open == 0 {
		w.t.Error("a torn packet under another seal raises no irregularity")
	}
	w.open(path + "/record")
	w.sees("BIÊN BẢN GIAO NHẬN HỒ SƠ", "Từ chối, trả lại", "Nhận, yêu cầu bổ sung", "Hai bên ký xong lúc")
	w.look("record")
}

// givesBack gives a refused dossier to its sender, whose card is scanned.
func (w *walk) givesBack(n postal.DossierNumber) {
	w.open("/dossiers")
	w.scan(string(n))
	w.sees("Cơ quan từ chối, đang trả lại", "Không thuộc thẩm quyền")
	w.put("secret.card", "")
	w.TypeAndGo(goodCard + "\r")
	w.sees("Thẻ đúng người")
	w.isAt(n, dossier.Refused) // a scan gives nothing away
	w.tick("counted", "1")
	w.look("give-back")
	w.press("Trả lại người nộp")
	w.isAt(n, dossier.GivenBack)
}

// tellsTheDay is the slip: the officer names the day, the clerk tells one citizen by telephone and brings the other the slip.
func (w *walk) tellsTheDay(first, second postal.DossierNumber) {
	w.be("cb1")
	w.open("/dossiers")
	w.scan(string(first))
	w.put("slip", "H24.12.5-261125-0001")
	w.pick("due", "2026-12-04")
	w.look("officer-case")
	w.press("Ghi giấy tiếp nhận và hẹn trả")
	w.isAt(first, dossier.SlipIssued)
	w.be("gd1")
	w.open("/dossiers/case/" + string(first))
	w.sees("Báo công dân ngày hẹn", "Ngày hẹn trả 04/12/2026")
	w.tick("how", "phone")
	w.press("Báo công dân ngày hẹn")
	w.doIt(w.form("cb1"), second, "slip", http.StatusSeeOther, "slip", "H24.12.5-261125-0002", "due", "2026-12-04") // the same forms, without the browser
	w.doIt(w.form("gd1"), second, "tell", http.StatusSeeOther, "how", "delivered")
	for n, how := range map[postal.DossierNumber]string{first: "phone", second: "delivered"} {
		if d := w.isAt(n, dossier.SlipTold); d.Slip.How != how {
			w.t.Errorf("told by %q", d.Slip.How)
		}
	}
}

// asksForPapers sees that the citizen is told of what is missing: by a notification, and on the page of his dossier.
func (w *walk) asksForPapers(n postal.DossierNumber) {
	w.Notifications.Channels = []notify.Channel{&notify.SMS{URL: "http://127.0.0.1:1/none"}} // nothing is sent here: what is looked at is what would be
	w.must(w.Ledger.CatchUp(w.t.Context(), dossierNews, w.tellOfDossiers))
	told, err := w.Notifications.Of(w.t.Context(), string(n))
	w.must(err)
	if len(told) != 1 || told[0].What != "supplement" || !told[0].Legal {
		w.t.Errorf("told %+v", told)
	}
	w.be("")
	w.screen(webtest.Phone)
	w.open("/track/dossier?code=" + string(n))
	w.put("secret", "")
	w.TypeAndGo(w.secretOf(n) + "\r")
	w.sees("Cần bổ sung giấy tờ", "Tờ khai theo mẫu", "Thiếu giấy tờ")
	w.look("status-supplement")
	w.screen(webtest.Desk)
}

// bringsPapers takes the missing paper in at the counter and brings it to the agency, where both sign.
func (w *walk) bringsPapers(n postal.DossierNumber) {
	id := w.dossier(n).Supplement.Papers[0]
	w.be("gd1")
	w.open("/dossiers")
	w.scan(string(n))
	w.sees("Cần bổ sung")
	w.put("o."+id, "1")
	w.put("weight", "20")
	w.put("seal", "")
	w.TypeAndGo("BS000205\r") // Enter, also a scanner's, only tells the price
	w.sees("Thu của người nộp: 26.000 đ", "Nhận và thu 26.000 đ")
	if d := w.dossier(n); d.SupplementUnderWay() {
		w.t.Error("taken in before the price was seen")
	}
	w.look("supplement-fare")
	w.press("Nhận và thu 26.000 đ")
	w.sees("In phiếu gửi bổ sung", "Bổ sung 25/11/2026", "Giấy tờ bổ sung đang chuyển đến cơ quan", "Đã nhận bổ sung", "!Mời nhận kết quả")
	w.look("supplement-taken-in")
	d := w.isAt(n, dossier.SupplementRequested)
	if !d.SupplementUnderWay() || held[*custody.Item](w, custody.ItemKey(d.Supplement.Item)).FeeVND == 0 {
		w.t.Errorf("%+v", d.Supplement)
	}
	w.form("gd1").get("/dossiers").wants(w.t, http.StatusOK, "Bổ sung đang chuyển")
	w.open("/dossiers/agencies/" + string(justice))
	w.scan(string(d.Supplement.Item))
	w.PressAndGo("F4")
	path := w.Path()
	w.scan("BS000205")
	w.put("o."+id, "0")
	w.tick("verdict", "complete")
	w.press("Ghi đối chiếu")
	w.refused("chỉ còn cách từ chối kèm lý do")
	w.sees("!Nhận, yêu cầu bổ sung")
	w.put("o."+id, "1")
	w.tick("verdict", "complete")
	w.press("Ghi đối chiếu")
	w.signs(w.form("gd1"), path, "giver") // how it looks was seen with the bundle
	w.signs(w.form("cb1"), path, "taker")
	if d := w.isAt(n, dossier.HandedOver); !d.Filed() || d.SupplementUnderWay() {
		w.t.Errorf("filed %d, under way %v", d.FiledMs, d.SupplementUnderWay())
	}
	if diff, err := w.Ledger.Check(w.t.Context(), nil); err != nil || len(diff) > 0 {
		w.t.Errorf("replay differs from live: %v, %v", diff, err)
	}
}
