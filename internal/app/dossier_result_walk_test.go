package app

import (
	"testing"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web/webtest"
)

// A result comes back: counted and sealed at the agency, given to the right person by his card, opened and counted with him, a paper taken back; another goes to the wrong person and is taken back; one is
// claimed by nobody and goes back after two invitations; one dossier is withdrawn on its way.
func TestResultsComeBackToTheRightPersonOrToTheAgency(t *testing.T) {
	w := openWalk(t)
	c, officer := w.form("gd1"), w.form("cb1")
	given, unclaimed := w.takenIn("NP000301"), w.takenIn("NP000302")
	for _, n := range []postal.DossierNumber{given, unclaimed} {
		w.bring(c, officer, n)
	}
	recalled := w.dossier(given).Papers[0].Component
	w.announces(given, recalled)
	w.announces(unclaimed, "")
	w.takesResults(given, unclaimed)
	w.gives(given, recalled)
	w.takesBack(given, recalled)
	w.invites(unclaimed)
	w.returns(unclaimed)
	w.withdraws(w.takenIn("NP000303"))
	if diff, err := w.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
		t.Errorf("replay differs from live: %v, %v", diff, err)
	}
}

// announces is the officer, who says that a result is there, and which paper the citizen has to give up.
func (w *walk) announces(n postal.DossierNumber, recall string) {
	w.be("cb1")
	w.open("/dossiers")
	w.scan(string(n))
	w.unfold("Cơ quan báo có kết quả")
	w.tick("outcome", "granted")
	if recall != "" {
		w.tick("recall", recall)
	}
	w.press("Cơ quan báo có kết quả")
	w.isAt(n, dossier.Ready)
	w.sees("Có kết quả")
}

// takesResults is the clerk at the agency: each result is scanned, counted and sealed; both sign.
func (w *walk) takesResults(list ...postal.DossierNumber) {
	w.be("gd1")
	w.open("/dossiers/agencies/" + string(justice))
	for k, n := range list {
		w.scan(string(n))
		w.sees("Quét niêm phong của kết quả")
		w.scan("KQ00" + itoa(k))
		if got := webtest.Eval[string](w.Browser, `document.getElementsByName("seal.`+string(n)+`")[0].value`); got != "KQ00"+itoa(k) {
			w.t.Errorf("the seal of the result reads %q", got)
		}
		w.put("o."+string(n), "1")
		w.put("weight."+string(n), "50")
	}
	w.look("results")
	w.press("Đóng gói và lập biên bản nhận")
	path := w.Path()
	for k, n := range list {
		item := string(w.dossier(n).Result)
		w.scan(item)
		w.sees("Đã đối chiếu " + itoa(k+1) + " / 2")
		w.scan(item) // the same code read twice counts once
		w.sees("Đã đối chiếu " + itoa(k+1) + " / 2")
	}
	w.look("results-counted")
	w.press("Tôi ký")
	w.be("cb1")
	w.open(path)
	w.press("Tôi ký")
	for _, n := range list {
		w.isAt(n, dossier.Received)
	}
}

// gives gives a result: a card that contradicts itself and a stranger's card open nothing, the right one does.
func (w *walk) gives(n postal.DossierNumber, recalled string) {
	w.be("gd1")
	w.open("/dossiers")
	w.scan(string(n))
	w.sees("Kết quả đã ở bưu cục phát", "Trả kết quả")
	w.card(wrongCard)
	w.refused("không khớp với ngày sinh")
	w.card(otherCard)
	w.sees("Thẻ của người khác", "chỉ giao khi có văn bản uỷ quyền", "!Trần Thị Khác")
	w.tick("counted", "1")
	w.press("Trả kết quả") // to a proxy without authority, and without the paper to be given up
	w.refused("Người nhận thay phải có văn bản uỷ quyền")
	w.card(goodCard)
	w.sees("Thẻ đúng người")
	w.isAt(n, dossier.Received)
	w.tick("recall."+recalled, "given")
	w.tick("counted", "1")
	w.look("give-result")
	w.press("Trả kết quả")
	w.sees("Đã ghi: đã trả kết quả")
	if d := w.isAt(n, dossier.Delivered); d.DeliveredTo != "self" || len(d.Recalled) != 1 {
		w.t.Errorf("delivered to %q, %v given up", d.DeliveredTo, d.Recalled)
	}
	w.sees("Đã trả kết quả", "Gửi giấy tờ thu hồi về cơ quan")
	w.look("given")
}

// card scans a card into the form of the delivery.
func (w *walk) card(text string) {
	w.t.Helper()
	w.put("secret.card", "")
	w.TypeAndGo(text + "\r")
	w.Until(`document.readyState === "complete"`)
}

// takesBack takes a result back from the wrong person, settles what came of it and gives it to the right one.
func (w *walk) takesBack(n postal.DossierNumber, recalled string) {
	w.unfold("Thu lại: đã trả nhầm người")
	w.pick("reason", "wrong_person")
	w.press("Thu lại: đã trả nhầm người")
	if d := w.isAt(n, dossier.Returning); d.Wrong != 1 {
		w.t.Errorf("given %d times to the wrong person", d.Wrong)
	}
	w.sees("Kết quả đã ở bưu cục phát")
	w.look("taken-back")
	w.card(goodCard)
	w.tick("recall."+recalled, "given")
	w.tick("counted", "1")
	w.press("Trả kết quả")
	w.isAt(n, dossier.Delivered)
}

// invites asks the citizen twice; an invitation on the same day does not count.
func (w *walk) invites(n postal.DossierNumber) {
	invite := func() {
		w.open("/dossiers/case/" + string(n))
		w.unfold("Mời nhận kết quả")
		w.tick("how", "phone")
		w.press("Mời nhận kết quả")
	}
	invite()
	invite()
	if d := w.dossier(n); d.Invitations != 1 {
		w.t.Errorf("%d invitations count after two on one day", d.Invitations)
	}
	w.open("/dossiers/case/" + string(n))
	w.unfold("Trả kết quả về cơ quan")
	w.press("Trả kết quả về cơ quan")
	w.refused("Mới mời 1 lần")
	w.days(6)                  // a weekend lies between: two working days apart is Friday, six days are the Tuesday after
	w.in = map[string]*clerk{} // sessions have ended meanwhile
	w.be("gd1")
	invite()
	if d := w.dossier(n); d.Invitations != 2 {
		w.t.Errorf("%d invitations count", d.Invitations)
	}
	w.unfold("Mời nhận kết quả")
	w.sees("Đã mời 2 lần, lần gần nhất 01/12/2026")
	w.look("invited")
}

// returns brings an unclaimed result back to its agency, where both sign.
func (w *walk) returns(n postal.DossierNumber) {
	w.unfold("Trả kết quả về cơ quan")
	w.press("Trả kết quả về cơ quan")
	w.isAt(n, dossier.GoingBack)
	w.open("/dossiers/agencies/" + string(justice))
	w.sees("kết quả trả về")
	w.scan(string(w.dossier(n).Result))
	w.PressAndGo("F4")
	path := w.Path()
	w.scan(string(w.dossier(n).Result))
	w.sees("Đã đối chiếu 1 / 1")
	w.press("Tôi ký")
	w.be("cb1")
	w.open(path)
	w.press("Tôi ký")
	w.isAt(n, dossier.ReturnedToAgency)
}

// withdraws lets a citizen have his dossier back while it lies in a bag for the agency.
func (w *walk) withdraws(n postal.DossierNumber) {
	bag := w.act("gd1", custody.StartBag{Office: shopOffice, To: otherOffice}).Facts[0].(event.BagStarted).Bag
	w.act("gd1", custody.Pack{Item: w.dossier(n).Item, Bag: bag})
	w.isAt(n, dossier.InTransit)
	w.be("gd1")
	w.open("/dossiers")
	w.scan(string(n))
	w.unfold("Công dân rút hồ sơ")
	w.pick("reason", "changed_mind")
	w.press("Công dân rút hồ sơ")
	w.isAt(n, dossier.TurningBack)
	w.sees("Công dân rút, đang trả lại", "Mang hồ sơ về trả người nộp")
	w.look("withdrawn")
	w.act("gd1", custody.Unpack{Item: w.dossier(n).Item, Bag: bag})
	w.open("/dossiers/case/" + string(n))
	w.card(goodCard)
	w.tick("counted", "1")
	w.press("Trả lại người nộp")
	w.isAt(n, dossier.GivenBack)
}
