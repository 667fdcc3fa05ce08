package desk_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, a letter is taken at a counter and the post cannot say where it went.

// acceptForm is a filled form for a letter to office one's ward.
func acceptForm(act string, more ...string) []string {
	return append([]string{
		"act", act, "to.name", "Nguyễn Thị Mẫu", "to.phone", "0912 345 678", "to.address", "12 ngõ 5 đường Mẫu", "to.place", "hong bang", "to.unit", string(wardOne),
		"from.name", "Trần Văn Mẫu", "from.address", "45 phố Mẫu", "from.unit", string(wardOne), "weight", "20",
	}, more...)
}

// acceptMail takes a letter in by the forms of a browser without scripts and gives its number.
func (v visitor) acceptMail(more ...string) postal.ItemNumber {
	v.t.Helper()
	act := v.get("/desk/accept").want(v.t, 200).hiddenOf(v.t, "act")
	check := v.post("/desk/accept", acceptForm(act, more...)...).want(v.t, 200, "Kiểm tra rồi nhận", "Nguyễn Thị Mẫu", "Cước phải thu")
	done := v.post("/desk/accept", acceptForm(check.hiddenOf(v.t, "act"), append(more, "shown", check.hiddenOf(v.t, "shown"), "fee", "44.500 đ")...)...)
	to := done.lead(v.t, "/desk/items/")
	v.get(to).want(v.t, 200, "Đã nhận gửi", "44.500")
	return postal.ItemNumber(strings.Split(to, "/")[3])
}

// last is the last part of the path a page led to.
func (a answered) last() event.Thing {
	parts := strings.Split(a.to, "/")
	return event.Thing(parts[len(parts)-1])
}

func TestALetterGoesFromOneCounterToAnotherByPlainForms(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		from, to, driver := h.as("clerk2"), h.as("clerk"), h.as("driver")
		item := from.acceptMail()
		from.get("/desk/items/"+string(item)+"/label").want(t, 200, "THƯ BẢO ĐẢM", "Nguyễn Thị Mẫu", "MẪU")
		from.get("/desk/items/"+string(item)+"/sticker").want(t, 200, item.Grouped())
		from.get("/desk/items/"+string(item)+"/receipt").want(t, 200, "Bốn mươi tư nghìn năm trăm đồng", "Giữ phiếu này", "https://buudien.example/track/"+string(item))
		from.get("/desk/items/"+string(item)+"/receipt").want(t, 200, "Bản in lại lần 1")
		from.post("/desk", "code", string(item)).want(t, 200, "Đang ở đây, chờ chuyển đi", "Mở túi mới đi")

		bag := from.post("/desk/bags", "act", actID(h), "to", string(officeOne), "item", string(item))
		bag.lead(t, "/desk/bags/2")
		from.get(bag.to).want(t, 200, "Đã đóng vào túi: 1 bưu gửi", item.Grouped())
		from.post(bag.to, "code", "NP100").lead(t, bag.to+"/seal?seal=NP100")
		sealing := from.get(bag.to+"/seal?seal=NP100").want(t, 200, `value="NP100"`)
		from.post(bag.to+"/seal", "act", sealing.hiddenOf(t, "act"), "seal", "NP100").lead(t, bag.to)
		from.get(bag.to+"/label").want(t, 200, "TÚI THƯ", "NP100")
		from.get(bag.to+"/manifest").want(t, 200, "BẢN KÊ TÚI", item.Grouped())

		trip := from.post("/desk/dispatches", "act", actID(h), "to", string(officeOne))
		trip.lead(t, "/desk/dispatches/3")
		from.post(trip.to, "code", string(bag.last())).want(t, 200, "Đã xếp lên chuyến: 1 kiện")
		from.post(trip.to+"/close", "act", actID(h)).lead(t, trip.to)
		from.get(trip.to+"/manifest").want(t, 200, "BẢN KÊ CHUYẾN THƯ", "NP100")
		given := from.post(trip.to+"/give", "act", actID(h), "driver", "nv-lx1")
		given.lead(t, "/desk/handovers/4")

		driver.get("/desk/handovers").want(t, 200, given.to)
		page := driver.get(given.to).want(t, 200, "Bên nhận chưa đếm mục nào")
		driver.post(given.to, "code", string(bag.last())).want(t, 200, "Đọc số niêm phong")
		page = driver.post(given.to, "code", "NP100").want(t, 200, "Đã đếm đủ, khớp hoàn toàn", "Hai bên khớp")
		driver.post(given.to+"/sign", "act", actID(h), "side", "taker", "difference", page.hiddenOf(t, "difference")).lead(t, given.to)
		from.get(given.to).want(t, 200, "Lái xe Mẫu", "Ký giao")
		from.post(given.to+"/sign", "act", actID(h), "side", "giver", "difference", "").lead(t, given.to)
		from.get(given.to).want(t, 200, "Bàn giao xong, hai bên đã ký", "In biên bản")
		from.get(given.to+"/print").want(t, 200, "BIÊN BẢN BÀN GIAO", "Lái xe Mẫu", "ký lúc")

		to.get("/desk/dispatches").want(t, 200, "Đang đến đây", trip.to)
		got := to.post(trip.to+"/receive", "act", actID(h))
		got.lead(t, "/desk/handovers/4")
		to.post(got.to, "code", string(bag.last())).want(t, 200, "Đọc số niêm phong")
		to.post(got.to, "code", "NP100").want(t, 200, "khớp hoàn toàn")
		to.post(got.to+"/sign", "act", actID(h), "side", "taker", "difference", "").lead(t, got.to)
		to.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", "", "other", "1", "login", "lx1", "password", "mat-khau-mau").lead(t, got.to)
		to.get(got.to).want(t, 200, "hai bên đã ký", "Mở túi vừa nhận")

		to.post(bag.to, "code", "NP100").lead(t, bag.to)
		to.get(bag.to).want(t, 200, "Niêm phong đúng, đã mở túi")
		to.post(bag.to, "code", string(item)).want(t, 200, "Đã lấy ra: còn 0")
		end := to.get(bag.to+"/empty").want(t, 200, "Đã lấy ra đủ")
		to.post(bag.to+"/empty", "act", end.hiddenOf(t, "act"), "missing", end.hiddenOf(t, "missing")).lead(t, "/desk/bags")
		if i := h.item(item); i.Stage != custody.AtArrival || i.Holder != custody.AtOffice(officeOne) {
			t.Fatalf("stage %s with %s", i.Stage, i.Holder)
		}
		if d, err := h.Ledger.Check(t.Context(), nil); err != nil || len(d) > 0 {
			t.Fatalf("replay differs from live: %v, %v", d, err)
		}
	})
}

func TestASecondPressGivesTheSameReceipt(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	act := actID(h)
	shown := v.post("/desk/accept", acceptForm(act)...).want(t, 200).hiddenOf(t, "shown")
	form := acceptForm(act, "shown", shown, "fee", "12000")
	first, again := v.post("/desk/accept", form...), v.post("/desk/accept", form...)
	if first.lead(t, "/desk/items/") != again.lead(t, "/desk/items/") {
		t.Fatalf("two items: %s and %s", first.to, again.to)
	}
	secret := regexp.MustCompile(`Mã biên nhận: <strong class="code big">([2-9A-Z]{6})<`)
	path := strings.TrimSuffix(first.to, "accepted") + "receipt"
	one, two := secret.FindStringSubmatch(v.get(path).text), secret.FindStringSubmatch(v.get(path).text)
	if one == nil || two == nil || one[1] != two[1] {
		t.Fatalf("receipt codes %v and %v", one, two)
	}
	other := append(acceptForm(act), "shown", "", "fee", "12000")
	for i := range other {
		if other[i] == "20" {
			other[i] = "500"
		}
	}
	shown = v.post("/desk/accept", other...).want(t, 200).hiddenOf(t, "shown")
	changed := v.post("/desk/accept", append(other, "shown", shown)...)
	for i := range other {
		if other[i] == "shown" {
			other[i+1] = shown
		}
	}
	changed = v.post("/desk/accept", other...).want(t, http.StatusConflict, "Nguyễn Thị Mẫu")
	if changed.hiddenOf(t, "act") == act {
		t.Error("the form still carries the id that is spent")
	}
}

func TestAcceptAsksForWhatIsMissingAndKeepsWhatWasTyped(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	page := v.post("/desk/accept", "act", actID(h), "to.name", "Phạm Văn Mẫu", "to.phone", "123", "to.address", "5 phố Mẫu", "to.place", "cam giang", "weight", "nặng", "item", "RR473124820VN").
		want(t, http.StatusUnprocessableEntity, `value="Phạm Văn Mẫu"`, `value="cam giang"`, "Cẩm Giàng", "Cẩm Giang", "chọn một", "Số điện thoại chưa đúng", "Hãy ghi khối lượng", "sai số kiểm tra")
	for _, code := range regexp.MustCompile(`name="to.unit" type="radio" value="(\d{5})"`).FindAllStringSubmatch(page.text, -1) {
		if u, ok := h.Places.Gazetteer().Latest(postal.UnitCode(code[1])); ok && u.Postcode != "" && !strings.Contains(page.text, u.Postcode) {
			t.Errorf("%s is offered without its postcode %s", u.Name, u.Postcode)
		}
	}
	v.get("/desk/communes?side=to&to.place=lach+tray").want(t, 200, "Lạch Tray", "hỏi khách nhà ở phía nào", "04213")
	v.post("/desk/accept", "act", actID(h), "to.place", "khongcodau").want(t, http.StatusUnprocessableEntity, "Không có xã, phường nào tên như vậy")
}

func TestAPrintedLabelOfAnotherOfficeIsRefusedBesideItsField(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	label, err := postal.MakeItemNumber("RR", 5)
	h.must(err)
	act := actID(h)
	shown := v.post("/desk/accept", acceptForm(act, "item", string(label))...).want(t, 200, label.Grouped()).hiddenOf(t, "shown")
	v.post("/desk/accept", acceptForm(act, "item", string(label), "shown", shown, "fee", "1000")...).want(t, http.StatusConflict, "không thuộc dải nhãn in sẵn", `id="item-error"`)
}

func TestTheScanDeskSaysWhatIsWrongWithACode(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk")
	item := h.accept("Lê Thị Mẫu", "1 phố Mẫu")
	for scan, says := range map[string]string{
		"":               "Chưa có mã nào",
		"RR473124820VN":  "sai số kiểm tra",
		"RR473124829VN":  "Không có RR473124829VN",
		"RR473124829US":  "bưu chính nước khác",
		"abc":            "không phải mã nào ở đây",
		"29901000000011": "sai số kiểm tra",
		string(item):     "Đang ở đây, chờ phát",
		strings.ToLower(string(item[:2])) + " " + string(item[2:]): "Đang ở đây, chờ phát",
		"https://buudien.example/track/" + string(item):            "Đang ở đây, chờ phát",
	} {
		v.post("/desk", "code", scan).want(t, 200, says)
	}
	v.get("/desk").want(t, 200, "RR 473 124 829 VN", "Vừa quét")
}

func TestAScanGarbledByTheKeyboardCountsOnceAndWarns(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk")
	serial := 473124
	number, err := postal.MakeItemNumber("EE", serial)
	h.must(err)
	garbled := "Ê" + string(number[2:])
	v.post("/desk", "code", garbled).want(t, 200, "Tắt bộ gõ tiếng Việt", number.Grouped(), "Không có "+string(number))
}

func TestTheSameCodeTwiceWithinTwoSecondsCountsOnce(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	item := h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu")
	bag := v.post("/desk/bags", "act", actID(h), "to", string(officeOne))
	v.post(bag.to, "code", string(item)).want(t, 200, "Đã đóng vào túi: 1 bưu gửi")
	v.post(bag.to, "code", string(item)).want(t, 200, "vừa quét xong, không tính lần nữa")
	h.pass(3e9)
	v.post(bag.to, "code", string(item)).want(t, 200, "đã có trong", "không ghi thêm")
	if n := count(entriesOf(t, h, item), "item.packed"); n != 1 {
		t.Errorf("packed %d times", n)
	}
}

func TestAScanCanBeUndoneUntilTheBagIsSealed(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	a, b := h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu"), h.acceptAt(officeTwo, "Vũ Thị Mẫu", "2 phố Mẫu")
	bag := v.post("/desk/bags", "act", actID(h), "to", string(officeOne))
	v.post(bag.to, "code", string(a))
	page := v.post(bag.to, "code", string(b)).want(t, 200, "Hoàn tác")
	scan := page.hiddenOf(t, "scan")
	v.post("/desk/undo", "act", actID(h), "scan", scan, "back", bag.to).lead(t, bag.to)
	v.get(bag.to).want(t, 200, "Đã hoàn tác", "scan-log__undone")
	if h.item(b).In != "" || h.item(a).In != bag.last() {
		t.Fatalf("b in %q, a in %q", h.item(b).In, h.item(a).In)
	}
	undoA := v.get("/desk").hiddenOf(t, "scan")
	v.post(bag.to+"/seal", "act", actID(h), "seal", "NP1").lead(t, bag.to)
	if strings.Contains(v.get("/desk").text, `action="/desk/undo"`) {
		t.Error("a sealed bag still offers to undo")
	}
	v.post("/desk/undo", "act", actID(h), "scan", undoA, "back", bag.to).lead(t, bag.to)
	v.get(bag.to).want(t, 200, "Không hoàn tác được nữa")
	v.post(bag.to+"/unseal", "act", actID(h), "reason", "").want(t, http.StatusUnprocessableEntity, "Hãy chọn một mục")
	v.post(bag.to+"/unseal", "act", actID(h), "reason", "forgotten").lead(t, bag.to)
	v.get("/desk").want(t, 200, `action="/desk/undo"`)
}

func TestACommandCardDoesWhatItSays(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	card := func(n int) string {
		code, err := postal.MakeCode(postal.CodeCommand, officeTwo, n)
		h.must(err)
		return code
	}
	v.get("/desk/cards").want(t, 200, "Đóng túi", "Hoàn tác lần quét cuối")
	v.post("/desk", "code", card(1)).want(t, 200, "chưa dùng được ở đây")
	item := h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu")
	bag := v.post("/desk/bags", "act", actID(h), "to", string(officeOne))
	v.post(bag.to, "code", string(item))
	v.post(bag.to, "code", card(4)).want(t, 200, "Đã hoàn tác")
	if h.item(item).In != "" {
		t.Error("the card undid nothing")
	}
	v.post(bag.to, "code", card(1)).lead(t, bag.to+"/seal")
	v.post(bag.to, "code", card(3)).lead(t, "/desk")
	v.post("/desk", "code", card(5)).lead(t, "/desk/accept")
	v.post("/desk", "code", card(99)).want(t, 200, "không dùng nữa")
}

// aTrip brings a bag with n items from office two to office one's door, on a dispatch that the driver holds.
func aTrip(t *testing.T, h *fieldHouse, n int) (trip, bag event.Thing, items []postal.ItemNumber) {
	t.Helper()
	bag = h.act(officeTwo, "nv-gd2", custody.StartBag{Office: officeTwo, To: officeOne}).Facts[0].(event.BagStarted).Bag
	for range n {
		i := h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu")
		h.act(officeTwo, "nv-gd2", custody.Pack{Item: i, Bag: bag})
		items = append(items, i)
	}
	h.act(officeTwo, "nv-gd2", custody.SealBag{Bag: bag, Seal: "NP7"})
	trip = h.act(officeTwo, "nv-gd2", custody.StartDispatch{Office: officeTwo, To: officeOne}).Facts[0].(event.DispatchStarted).Dispatch
	h.act(officeTwo, "nv-gd2", custody.Load{Thing: bag, Dispatch: trip})
	h.act(officeTwo, "nv-gd2", custody.CloseDispatch{Dispatch: trip})
	code := h.act(officeTwo, "nv-gd2", custody.OpenHandover{Office: officeTwo, From: custody.AtOffice(officeTwo), To: custody.ByCarrier("nv-lx1"), Things: []event.Thing{trip}}).Facts[0].(event.HandoverOpened).Handover
	h.act(officeTwo, "nv-lx1", custody.CountThings{Handover: code, Counts: []event.Count{{Thing: bag, Seal: "NP7"}}})
	h.act(officeTwo, "nv-gd2", custody.SignHandover{Handover: code, Side: custody.Giver})
	h.act(officeTwo, "nv-lx1", custody.SignHandover{Handover: code, Side: custody.Taker})
	return trip, bag, items
}

func TestADifferenceIsShownBeforeAnybodySigns(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	trip, bag, items := aTrip(t, h, 2)
	over := h.accept("Vũ Thị Mẫu", "3 phố Mẫu")
	v := h.as("clerk")
	got := v.post("/desk/dispatches/"+string(trip)+"/receive", "act", actID(h))
	if strings.Contains(v.get(got.to).text, "NP7") {
		t.Error("the seal is shown to whoever has to read it")
	}
	v.post(got.to+"/count", "act", actID(h)).want(t, http.StatusUnprocessableEntity, "Chưa đánh dấu mục nào")
	v.post(got.to+"/count", "act", actID(h), "seal-"+string(bag), "NP8", "damaged", string(bag)).lead(t, got.to)
	page := v.post(got.to, "code", string(over)).want(t, 200, "Thừa", "Sai niêm phong", "Hư hỏng", "sổ ghi NP7", "Ký nhận, có chênh lệch")
	digest := page.hiddenOf(t, "difference")
	v.post(got.to+"/sign", "act", actID(h), "side", "taker", "difference", "").want(t, http.StatusConflict, "không còn đúng")
	v.post(got.to+"/sign", "act", actID(h), "side", "taker", "difference", digest).lead(t, got.to)
	v.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", digest).want(t, http.StatusForbidden, "chỉ Lái xe Mẫu mới ký được")
	v.post(got.to, "code", string(items[0])).want(t, 200, "đã có người ký")
	v.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", digest, "other", "1", "login", "lx1", "password", "sai").want(t, http.StatusUnprocessableEntity, "Sai mật khẩu", `value="lx1"`)
	v.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", digest, "other", "1", "login", "ks1", "password", "mat-khau-mau").want(t, http.StatusForbidden, "chỉ Lái xe Mẫu")
	v.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", digest, "other", "1", "login", "lx1", "password", "mat-khau-mau").lead(t, got.to)
	v.get(got.to).want(t, 200, "bất thường phải xử lý")
	v.get(got.to+"/print").want(t, 200, "Sai niêm phong, hư hỏng", "Thừa", "Chênh lệch")
}

func TestTheSecondCannotSignAfterTheFirstWithdrew(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	trip, bag, _ := aTrip(t, h, 1)
	clerk, driver := h.as("clerk"), h.as("driver")
	got := clerk.post("/desk/dispatches/"+string(trip)+"/receive", "act", actID(h))
	clerk.post(got.to+"/count", "act", actID(h), "seal-"+string(bag), "NP7").lead(t, got.to)
	clerk.post(got.to+"/sign", "act", actID(h), "side", "taker", "difference", "").lead(t, got.to)
	driver.get(got.to).want(t, 200, "Ký giao")
	clerk.post(got.to+"/withdraw", "act", actID(h), "reason", "").want(t, http.StatusUnprocessableEntity)
	clerk.post(got.to+"/withdraw", "act", actID(h), "reason", "recount").lead(t, got.to)
	driver.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", "").want(t, http.StatusConflict, "đã bị huỷ")
	driver.get("/desk/handovers").want(t, 200, "Không có bàn giao nào chờ ký", "tôi đang chở")
	h.as("clerk2").get(got.to).want(t, http.StatusForbidden)
}

func TestNobodySignsBothSides(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	i := h.accept("Lê Thị Mẫu", "1 phố Mẫu")
	code := h.act(officeOne, "nv-gd1", custody.OpenHandover{Office: officeOne, From: custody.AtOffice(officeOne), To: custody.AtOffice(officeTwo), Things: []event.Thing{event.Thing(i)}}).Facts[0].(event.HandoverOpened).Handover
	path := "/desk/handovers/" + string(code)
	v := h.as("clerk")
	v.post(path+"/count", "act", actID(h), "thing", string(i)).lead(t, path)
	v.post(path+"/sign", "act", actID(h), "side", "giver", "difference", "").lead(t, path)
	v.post(path+"/sign", "act", actID(h), "side", "taker", "difference", "", "other", "1", "login", "gd1", "password", "mat-khau-mau").want(t, http.StatusForbidden, "không có vai trò giao dịch viên tại bưu cục")
	v.post(path+"/sign", "act", actID(h), "side", "taker", "difference", "", "other", "1", "login", "gd2", "password", "mat-khau-mau").lead(t, path)
	if h.item(i).Holder != custody.AtOffice(officeTwo) {
		t.Errorf("the item is with %s", h.item(i).Holder)
	}
}

func TestABagIsOpenedOnlyWhereItIsBoundAndAWrongSealIsAskedAbout(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	trip, bag, items := aTrip(t, h, 2)
	path := "/desk/bags/" + string(bag)
	h.as("clerk2").post(path+"/open", "act", actID(h), "seal", "NP7").want(t, http.StatusForbidden, "bưu cục này không được mở")
	v := h.as("clerk")
	got := v.post("/desk/dispatches/"+string(trip)+"/receive", "act", actID(h))
	v.post(got.to+"/count", "act", actID(h), "seal-"+string(bag), "NP7")
	v.post(got.to+"/sign", "act", actID(h), "side", "taker", "difference", "")
	v.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", "", "other", "1", "login", "lx1", "password", "mat-khau-mau").lead(t, got.to)
	v.post(path, "code", string(items[0])).want(t, 200, "Quét số niêm phong để mở")
	v.post(path, "code", "NP9").lead(t, path+"/open?seal=NP9")
	v.get(path+"/open").lead(t, path) // nothing was read yet
	ask := v.get(path+"/open?seal=NP9").want(t, 200, "Niêm phong không khớp", "NP7", "NP9")
	v.post(path+"/open", "act", ask.hiddenOf(t, "act"), "seal", "NP9", "sure", "1").lead(t, path)
	v.get(path).want(t, 200, "ghi sai niêm phong")
	v.post(path+"/take", "act", actID(h), "item", string(items[0]), "condition", "damaged").lead(t, path)
	end := v.get(path+"/empty").want(t, 200, "Còn 1 bưu gửi theo sổ mà chưa thấy", items[1].Grouped())
	v.post(path+"/empty", "act", actID(h), "missing", "2").want(t, http.StatusConflict, "Số bưu gửi chưa thấy đã khác")
	v.post(path+"/empty", "act", end.hiddenOf(t, "act"), "missing", end.hiddenOf(t, "missing")).lead(t, "/desk/bags")
	v.get("/desk/bags").want(t, 200, "1 bưu gửi không thấy")
	if h.item(items[1]).Stage != custody.Missing {
		t.Errorf("the other item is %s", h.item(items[1]).Stage)
	}
	v.post("/desk", "code", string(items[1])).want(t, 200, "Thất lạc")
}

func TestTwoClerksOnOneBagAtOnceSeeTheSameBag(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	one, two := h.as("clerk2"), h.as("clerk2")
	var items []postal.ItemNumber
	for range 8 {
		items = append(items, h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu"))
	}
	bag := one.post("/desk/bags", "act", actID(h), "to", string(officeOne))
	done := make(chan int, 2*len(items))
	for _, v := range []visitor{one, two} {
		go func() {
			for _, i := range items {
				done <- v.post(bag.to, "code", string(i)).status
			}
		}()
	}
	for range cap(done) {
		if s := <-done; s != 200 {
			t.Errorf("status %d", s)
		}
	}
	b, ok := ledger.Get[*custody.Bag](h.Ledger.View(t.Context()), custody.KeyOf(bag.last()))
	if !ok || b.Count != len(items) {
		t.Fatalf("the bag counts %+v", b)
	}
	one.post(bag.to+"/seal", "act", actID(h), "seal", "NP1").lead(t, bag.to)
	two.post(bag.to+"/seal", "act", actID(h), "seal", "NP2").want(t, http.StatusConflict, "đã niêm phong", `value="NP2"`)
}

func TestTheScanFieldOnTopLeadsToThePageOfTheThing(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	trip, bag, items := aTrip(t, h, 1)
	v := h.as("clerk2")
	for _, code := range []string{string(trip), string(bag), string(items[0])} {
		if to := v.get("/desk/find?code="+code).lead(t, "/desk/"); !strings.HasSuffix(to, code) {
			t.Errorf("%s leads to %s", code, to)
		}
	}
	v.get("/desk/find?code=RR473124829VN").want(t, 200, "Không có RR473124829VN", "Nhận gửi với nhãn này")
	h.as("manager").get("/desk/find?code=RR473124829VN").want(t, http.StatusNotFound)
	h.as("manager").get("/desk/find?code=RR473124820VN").want(t, http.StatusBadRequest, "sai số kiểm tra")
}

func TestWhatIsHereAgainstTheLedgerIsRecordedAsSeen(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	item := h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu")
	v := h.as("clerk")
	v.post("/desk", "code", string(item)).want(t, 200, "Thấy tại đây")
	v.post("/desk/seen", "thing", string(item)).lead(t, "/desk")
	v.get("/desk").want(t, 200, "Đã ghi «Thấy tại đây»")
	if h.item(item).Open != 1 || h.item(item).Holder != custody.AtOffice(officeTwo) {
		t.Errorf("open %d, with %s", h.item(item).Open, h.item(item).Holder)
	}
}
