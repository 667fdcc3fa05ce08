package desk_test

import (
	"strings"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, somebody sees a stranger's address without a trace, or a clerk cannot do what the person before him asks for.

func TestTheItemPageTellsTheWholeCustody(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		n := h.acceptAt(officeTwo, "Nguyễn Thị Mẫu", "12 Lạch Tray")
		bag := h.act(officeTwo, "nv-gd2", custody.StartBag{Office: officeTwo, To: officeOne}).Facts[0].(event.BagStarted).Bag
		h.act(officeTwo, "nv-gd2", custody.Pack{Item: n, Bag: bag})
		h.act(officeTwo, "nv-gd2", custody.SealBag{Bag: bag, Seal: "NP-001"})
		page := h.as("clerk2").get("/desk/items/"+string(n)).want(t, 200, n.Grouped(), "Đang chuyển", "bưu cục 980100", grouped(bag), "Đóng vào túi", "Niêm phong túi", "niêm phong NP-001",
			"qua túi", "Giao dịch viên Khác", "của sổ, ghi lúc", "Hạn phát lần đầu")
		_, timeline, _ := strings.Cut(textOf(page.text), "Hành trình")
		if strings.Index(timeline, "Niêm phong túi") > strings.Index(timeline, "Nhận gửi") {
			t.Errorf("the newest entry is not on top: %s", timeline)
		}
		en := h.as("clerk2").get("/desk/items/"+string(n)+"?lang=en").want(t, 200, "On the way", "Packed into a bag", "by way of bag")
		if strings.Contains(en.text, "Đóng vào túi") {
			t.Error("the English page speaks Vietnamese")
		}
		h.as("clerk").get("/desk/items/RR473124829VN").want(t, 404)
		h.as("clerk").get("/desk/items/x").want(t, 404)
	})
}

func grouped(t event.Thing) string {
	return string(t[:1] + " " + t[1:7] + " " + t[7:13] + " " + t[13:])
}

func TestNamesAreMaskedUnlessTheOfficeHeldTheItemAndEveryLookIsNoted(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("Nguyễn Thị Mẫu", "12 Lạch Tray")
	path := "/desk/items/" + string(n)
	for _, who := range []string{"clerk", "clerk2", "planner", "carrier", "manager"} {
		page := h.as(who).get(path).want(t, 200, "N••• T••• M•••")
		for _, secret := range []string{"Nguyễn Thị Mẫu", "12 Lạch Tray", "0912 345 678"} {
			if strings.Contains(page.text, secret) {
				t.Errorf("%s sees %s", who, secret)
			}
		}
	}
	h.as("clerk").get(path+"?full=1").want(t, 200, "Nguyễn Thị Mẫu", "12 Lạch Tray", "0912 345 678")
	for _, who := range []string{"clerk2", "planner", "carrier", "manager"} {
		if page := h.as(who).get(path + "?full=1"); strings.Contains(page.text, "Nguyễn Thị Mẫu") {
			t.Errorf("%s sees the name in full", who)
		}
	}
	h.as("supervisor").get(path).want(t, 200, "Ai đã xem đầy đủ (1 lần gần nhất)", "Giao dịch viên Mẫu")
	h.take("carrier", n)
	h.as("carrier").get(path+"?full=1").want(t, 200, "Nguyễn Thị Mẫu")
	h.as("supervisor").get(path).want(t, 200, "(2 lần gần nhất)")
	if page := h.as("carrier2").get(path + "?full=1"); strings.Contains(page.text, "Nguyễn Thị Mẫu") {
		t.Error("another carrier sees the name")
	}
}

func TestTheItemPageDoesWhatThePersonAtTheCounterAsksFor(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk")
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	path := "/desk/items/" + string(n)
	page := v.get(path).want(t, 200, "Giữ tại bưu cục", "Chuyển tiếp tới nơi khác", "Chuyển hoàn cho người gửi", "Báo thất lạc")
	act := page.hiddenOf(t, "act")

	v.post(path+"/hold", "act", act, "until", "31/02/2026").want(t, 422, `value="31/02/2026"`, "until-error", act)
	v.post(path+"/hold", "act", act, "until", postal.DayOf(h.now()).AddDays(999).VN()).want(t, 422, "180 ngày")
	until := postal.DayOf(h.now()).AddDays(5)
	v.post(path+"/hold", "act", act, "until", until.VN()).lead(t, path)
	v.post(path+"/hold", "act", act, "until", until.VN()).lead(t, path) // pressed twice
	if i := h.item(n); i.Stage != custody.Held || count(entriesOf(t, h, n), "item.held") != 1 {
		t.Fatalf("stage %s, history %v", i.Stage, entriesOf(t, h, n))
	}
	last := v.get(path).want(t, 200, "Hoàn tác thao tác cuối").hiddenOf(t, "undo")
	v.post(path+"/undo", "undo", last).lead(t, path)
	if i := h.item(n); i.Stage == custody.Held {
		t.Fatal("the hold was not undone")
	}
	v.post(path+"/undo", "undo", last).want(t, 409, "Không hoàn tác được")

	v.post(path+"/redirect", "to.place", "").want(t, 422, "Ô này chưa điền")
	v.post(path+"/redirect", "to.place", "khong co noi nay").want(t, 422, "Không có xã, phường nào")
	asked := v.post(path+"/redirect", "to.place", "cam giang").want(t, 422, "Xã Cẩm Giàng", "Xã Cẩm Giang")
	if !strings.Contains(asked.text, `value="cam giang"`) {
		t.Error("what was typed is lost")
	}
	v.post(path+"/redirect", "to.place", "cam giang", "to.unit", "10909").lead(t, path)
	if i := h.item(n); i.ToUnit != "10909" || i.ToOffice == officeOne {
		t.Fatalf("goes to %s by %s", i.ToUnit, i.ToOffice)
	}
	v.post(path+"/return", "return_reason", "bored").want(t, 422, "Hãy chọn một mục", "return_reason-error")
	v.post(path+"/return", "return_reason", "sender_request").lead(t, path)
	if h.item(n).Returning != "sender_request" {
		t.Fatal("it does not return")
	}
	v.post(path+"/return", "return_reason", "sender_request").want(t, 409, "đang chuyển hoàn rồi")
	h.as("clerk2").post(path+"/hold", "until", until.VN()).want(t, 409, "không ở đây")
	h.as("carrier").post(path+"/hold", "until", until.VN()).want(t, 403)
	h.as("carrier").post(path+"/undo", "undo", h.item(n).Last.Act.String()).want(t, 403, "chính mình")
}

func TestALostItemIsFoundAgainAndAStrangeOneIsSeenHere(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk")
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	path := "/desk/items/" + string(n)
	v.post(path+"/lost", "lost_reason", "not_found").lead(t, path)
	v.get(path).want(t, 200, "Thất lạc, đang tìm", "Bất thường chưa xử lý: Không thấy", "Đã tìm thấy tại đây")
	v.post(path+"/found").lead(t, path)
	if h.item(n).Holder != custody.AtOffice(officeOne) {
		t.Fatalf("it is with %s", h.item(n).Holder)
	}
	h.take("carrier", n)
	v.get(path).want(t, 200, "Thấy tại đây")
	v.post(path+"/seen").lead(t, path)
	if h.item(n).Open != 2 {
		t.Errorf("%d open irregularities", h.item(n).Open)
	}
}

func TestTheProofIsShownOnlyToThoseWhoMayAndEveryLookIsNoted(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	h.take("carrier", n)
	path := "/desk/items/" + string(n)
	h.as("clerk").get(path+"/proof").want(t, 404)
	h.as("carrier").upload("/round/stop/"+string(n)+"/deliver", "photo", photo(64, 48), "item", string(n), "act."+string(n), actID(h), "to", "household", "relation", "child", "name", "Lê Thị Con", "how", "screen", "signature", drawing()).lead(t, "/round/")
	h.as("clerk").get(path).want(t, 200, "Bằng chứng phát")
	h.as("clerk").get(path+"/proof").want(t, 200, "Lê Thị Con", "Con, cháu", "data:image/png;base64,", "data:image/jpeg;base64,", "Bưu tá Mẫu")
	h.as("clerk2").get(path+"/proof").want(t, 404)
	h.as("planner").get(path+"/proof").want(t, 404)
	h.as("supervisor").get(path).want(t, 200, "xem bằng chứng phát")
}

func TestAnItemWhosePeopleAreForgottenStillHasItsPage(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	r := h.act(officeOne, "nv-gd1", custody.Accept{Service: event.Registered, ToUnit: wardOne, ToOffice: officeOne, WeightG: 20, Office: officeOne})
	n := r.Facts[0].(event.ItemAccepted).Item
	h.as("clerk").get("/desk/items/"+string(n)).want(t, 200, "Không còn thông tin người gửi, người nhận")
	h.as("clerk").get("/desk/lists").want(t, 200, n.Grouped())
	h.take("carrier", n)
	h.as("carrier").get("/round/stop/"+string(n)).want(t, 200, "xem trên bì thư")
}

func TestAnItemIsHandedOutAtTheCounterOnce(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		v := h.as("clerk")
		n := h.accept("Nguyễn Thị Mẫu", "12 Lạch Tray")
		h.act(officeOne, "nv-gd1", custody.Hold{Item: n, Until: postal.DayOf(h.now()).AddDays(2)})
		if page := v.get("/desk/handout").want(t, 200, n.Grouped(), "N••• T••• M•••"); strings.Contains(page.text, "Nguyễn Thị Mẫu") {
			t.Error("the list shows a full name across the counter")
		}
		v.post("/desk/handout", "code", "rr 000").want(t, 422, "13 ký tự")
		v.post("/desk/handout", "code", "RR473124829VN").want(t, 404)
		to := v.post("/desk/handout", "code", string(n)).lead(t, "/desk/handout/"+string(n))
		page := v.get(to).want(t, 200, "Nguyễn Thị Mẫu", "giấy tờ tuỳ thân")
		act := page.hiddenOf(t, "act")
		v.post(to, "act", act, "to", "household", "how", "paper", "name", "Ai Đó").want(t, 422, "hãy chọn quan hệ", `value="Ai Đó"`)
		form := []string{"act", act, "to", "addressee", "how", "screen", "signature", drawing()}
		v.post(to, form...).lead(t, "/desk/handout")
		v.post(to, form...).lead(t, "/desk/handout")
		if i := h.item(n); i.Stage != custody.Delivered || count(entriesOf(t, h, n), "item.delivered") != 1 {
			t.Fatalf("%s, %v", i.Stage, entriesOf(t, h, n))
		}
		v.post("/desk/handout", "code", string(n)).want(t, 409, "đã kết thúc hành trình")
		other := h.accept("B Mẫu", "2 Phố Mẫu")
		h.take("carrier", other)
		v.post("/desk/handout", "code", string(other)).want(t, 409, "không nằm tại quầy này")
		h.as("carrier").get("/desk/handout").want(t, 403)
	})
}

func TestASessionThatEndedInTheMiddleOfAFormLosesNothing(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	v := h.as("clerk")
	h.mu.Lock()
	h.out = true
	h.mu.Unlock()
	v.post("/desk/items/"+string(n)+"/hold", "act", actID(h), "until", "31/12/2099").want(t, 401, "Chưa có gì bị mất", "31/12/2099")
}

func TestTwoClerksOnOneItemAtOnceGetOneAnswerEach(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	path := "/desk/items/" + string(n) + "/return"
	h.as("clerk").post(path, "act", actID(h), "return_reason", "moved").lead(t, "/desk/items/")
	h.as("supervisor").post(path, "act", actID(h), "return_reason", "moved").want(t, 409, "đang chuyển hoàn rồi")
	id := actID(h)
	h.as("clerk").post("/desk/items/"+string(n)+"/lost", "act", id, "lost_reason", "theft").lead(t, "/desk/items/")
	h.as("clerk").post("/desk/items/"+string(n)+"/lost", "act", id, "lost_reason", "accident").want(t, 409)
}

// --- irregularities ---

func TestAnIrregularityIsSettledByTheSupervisorWithBothAccountsBeforeHim(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		n := h.accept("A Mẫu", "1 Phố Mẫu")
		h.take("carrier", n)
		h.act(officeOne, "nv-gd1", custody.SeeHere{Thing: event.Thing(n)})
		h.pass(3 * time.Hour)
		list := h.as("clerk").get("/desk/irregularities").want(t, 200, "Quét muộn trái với sổ", n.Grouped(), "Bưu tá Mẫu", "bưu cục 990100", "3 giờ")
		at := strings.Index(list.text, `href="/desk/irregularities/`)
		path := list.text[at+6 : at+6+strings.Index(list.text[at+6:], `"`)]
		h.as("clerk").get(path).want(t, 200, "Theo sổ", "Thực tế đã thấy", "Kiểm soát viên của bưu cục xử lý")
		h.as("clerk").post(path, "decision", "observation", "reason", "found").want(t, 403)
		h.as("clerk2").get(path).want(t, 404)
		h.as("planner").get(path).want(t, 404)
		v := h.as("supervisor")
		page := v.get(path).want(t, 200, "Theo thực tế đã thấy", "Giữ theo sổ", "Ghi nhận")
		v.post(path, "act", page.hiddenOf(t, "act"), "decision", "observation").want(t, 422, "Hãy chọn một mục", "reason-error", `value="observation" checked`)
		form := []string{"act", page.hiddenOf(t, "act"), "decision", "observation", "reason", "found"}
		v.post(path, form...).lead(t, "/desk/irregularities")
		v.post(path, form...).lead(t, "/desk/irregularities")
		if i := h.item(n); i.Holder != custody.AtOffice(officeOne) || i.Open != 0 {
			t.Fatalf("with %s, %d open", i.Holder, i.Open)
		}
		v.post(path, "decision", "ledger", "reason", "other").want(t, 409, "đã được xử lý")
		h.as("clerk").get(path).want(t, 200, "Đã xử lý: Theo thực tế đã thấy", "Kiểm soát viên Mẫu", "Đã tìm thấy")
		h.must(h.Ledger.CatchUp(t.Context(), desk.Follower, desk.Project))
		v.get("/desk/irregularities").want(t, 200, "Không có bất thường nào chờ xử lý", "1 bất thường đã xử lý gần đây", "Theo thực tế đã thấy", "Kiểm soát viên Mẫu")
	})
}

// --- boards ---

// If this fails an item that turned back is called late by a day that was never its own, or nobody sees how long it has been on its way back.
func TestWhatReturnsIsNotLateByItsWayOut(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		first, second := h.accept("A Mẫu", "1 Phố Mẫu"), h.accept("B Mẫu", "2 Phố Mẫu")
		h.act(officeOne, "nv-gd1", custody.Recall{Item: first})
		h.pass(24 * time.Hour)
		h.act(officeOne, "nv-gd1", custody.Recall{Item: second})
		h.pass(48 * time.Hour) // the day of the way out is over

		v := h.as("supervisor")
		board := v.get("/desk/board").want(t, 200, `href="/desk/board/items?due=back"><span class="counter__figure">2<`, `href="/desk/board/items?due=late"><span class="counter__figure">0<`)
		if strings.Contains(board.text, "counter--bad") {
			t.Error("the board worries")
		}
		rows := v.get("/desk/board/items?due=back").want(t, 200, first.Grouped(), "Đang chuyển hoàn, 3 ngày", "Đang chuyển hoàn, 2 ngày", "Không có quy định nào đã đọc nêu hạn")
		if strings.Contains(rows.text, "Quá hạn") || strings.Index(rows.text, first.Grouped()) > strings.Index(rows.text, second.Grouped()) {
			t.Error("called late, or not the longest first")
		}
		v.get("/desk/board/items?due=late").want(t, 200, "Không có bưu gửi nào như vậy")
	})
}

func TestTheBoardCountsWhatItsListsShow(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		old := h.accept("A Mẫu", "1 Phố Mẫu")
		h.pass(72 * time.Hour)
		out := h.accept("B Mẫu", "2 Phố Mẫu")
		h.take("carrier", out)
		held := h.accept("C Mẫu", "3 Phố Mẫu")
		h.act(officeOne, "nv-gd1", custody.Hold{Item: held, Until: postal.DayOf(h.now())})
		h.act(officeOne, "nv-gd1", custody.SeeHere{Thing: "RR473124829VN"})
		bag := h.act(officeTwo, "nv-gd2", custody.StartBag{Office: officeTwo, To: officeOne}).Facts[0].(event.BagStarted).Bag
		far := h.acceptAt(officeTwo, "D Mẫu", "4 Phố Mẫu")
		h.act(officeTwo, "nv-gd2", custody.Pack{Item: far, Bag: bag})
		h.act(officeTwo, "nv-gd2", custody.SealBag{Bag: bag, Seal: "S1"})
		d := h.act(officeTwo, "nv-gd2", custody.StartDispatch{Office: officeTwo, To: officeOne}).Facts[0].(event.DispatchStarted).Dispatch
		h.act(officeTwo, "nv-gd2", custody.Load{Thing: bag, Dispatch: d})
		h.act(officeTwo, "nv-gd2", custody.CloseDispatch{Dispatch: d})
		hand := h.act(officeTwo, "nv-gd2", custody.OpenHandover{Office: officeTwo, From: custody.AtOffice(officeTwo), To: custody.ByCarrier("nv-lx"), Things: []event.Thing{d}}).Facts[0].(event.HandoverOpened).Handover
		h.act(officeTwo, "nv-lx", custody.CountThings{Handover: hand, Counts: []event.Count{{Thing: bag, Seal: "S1"}}})
		h.act(officeTwo, "nv-lx", custody.SignHandover{Handover: hand, Side: custody.Taker})
		h.act(officeTwo, "nv-gd2", custody.SignHandover{Handover: hand, Side: custody.Giver})

		v := h.as("supervisor")
		board := v.get("/desk/board").want(t, 200, "tính lúc", "Đang tới", grouped(d), "980100", "bất thường")
		for _, want := range []string{`counter--bad"><a class="counter__link" href="/desk/board/items?due=late"><span class="counter__figure">1<`, `href="/desk/board/items?stage=out&age=0">1<`, `<span class="counter__figure">3<`} {
			if !strings.Contains(board.text, want) {
				t.Errorf("the board does not hold %s", want)
			}
		}
		rows := v.get("/desk/board/items?due=late").want(t, 200, old.Grouped(), "Quá hạn 1 ngày")
		if strings.Contains(rows.text, out.Grouped()) {
			t.Error("an item in time stands among the late ones")
		}
		v.get("/desk/board/items?stage=out&age=0").want(t, 200, out.Grouped(), "Bưu tá Mẫu")
		h.pass(24 * time.Hour)
		v.get("/desk/board/items?due=over").want(t, 200, held.Grouped())

		v.get("/desk/board?office=980100").want(t, 403)
		v.get("/board").want(t, 403)
		m := h.as("manager")
		m.get("/board").want(t, 200, "990100", "980100", "/desk/board?office=990100", `href="/desk/irregularities?office=990100">1<`, `href="/desk/board/items?office=990100">2<`)
		m.get("/desk/board?office=990100").want(t, 200, "Bảng bưu cục", "office=990100&due=late")
		m.get("/desk/board/items?office=990100").want(t, 200, held.Grouped())
		m.get("/desk/irregularities?office=990100").want(t, 200, "Mã không có trong sổ")
		m.get("/desk/board?office=123456").want(t, 404)
		m.get("/desk/board").want(t, 403, "không gắn với bưu cục nào")
	})
}
