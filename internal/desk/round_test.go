package desk_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, a carrier's day is lost: a list nobody can sign, an outcome that is not in the ledger, one that is there twice.

func TestAnItemGoesFromTheListToTheDoorByPlainForms(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		one, two := h.accept("Nguyễn Thị Mẫu", "12 Lạch Tray"), h.accept("Lê Văn Thử", "3 Lạch Tray")
		list := h.makeList("clerk", "carrier", one, two)
		h.signList("carrier", "clerk", list, one, two)

		carrier := h.as("carrier")
		page := carrier.get("/round/").want(t, 200, "3 Lạch Tray", "Lê Văn Thử", "Phường Hồng Bàng")
		if strings.Index(page.text, "3 Lạch Tray") > strings.Index(page.text, "12 Lạch Tray") {
			t.Error("number 12 stands before number 3 of the same street")
		}
		stop := carrier.get("/round/stop/"+string(two)).want(t, 200, "Điểm 1 / 2", "geo:0,0?q=3%20L%E1%BA%A1ch%20Tray", "tel:+84912345678", "trước 7/2025")
		next := carrier.upload("/round/stop/"+string(two)+"/deliver", "photo", photo(3000, 2000), "item", string(two), "act."+string(two), stop.hiddenOf(t, "act."+string(two)),
			"to", "household", "relation", "spouse", "name", "Phạm Thị Vợ", "how", "screen", "signature", drawing()).lead(t, "/round/stop/"+string(one))
		if i := h.item(two); i.Stage != custody.Delivered {
			t.Fatalf("stage %s", i.Stage)
		}
		h.checkProof(two, "Phạm Thị Vợ")

		stop = carrier.get(next).want(t, 200, "Điểm 1 / 1")
		carrier.post(next+"/failed", "item", string(one), "act."+string(one), stop.hiddenOf(t, "act."+string(one)), "reason", "absent", "next", "again").lead(t, "/round/")
		if i := h.item(one); i.Stage != custody.Attempted || i.Attempts != 1 {
			t.Fatalf("stage %s after %d attempts", i.Stage, i.Attempts)
		}
		h.handBack(one)
		if i := h.item(one); i.Holder != custody.AtOffice(officeOne) || i.Stage != custody.AtArrival {
			t.Fatalf("%s at stage %s", i.Holder, i.Stage)
		}
		h.as("clerk").get("/desk/lists").want(t, 200, one.Grouped(), "Người nhận vắng mặt")
	})
}

// makeList makes a delivery list by scanning and ticking.
func (h *fieldHouse) makeList(clerk, carrier string, items ...postal.ItemNumber) string {
	h.t.Helper()
	v := h.as(clerk)
	page := v.get("/desk/lists").want(h.t, 200, items[0].Grouped())
	scanned := v.post("/desk/lists", "do", "scan", "code", strings.ToLower(items[0].Grouped()), "act", page.hiddenOf(h.t, "act")).want(h.t, 200, "Đã chọn "+items[0].Grouped())
	form := []string{"do", "make", "act", scanned.hiddenOf(h.t, "act"), "carrier", string(staff[carrier].ID)}
	for _, n := range items {
		form = append(form, "thing", string(n))
	}
	to := v.post("/desk/lists", form...).lead(h.t, "/desk/lists/4")
	if again := v.post("/desk/lists", form...).lead(h.t, "/desk/lists/4"); again != to {
		h.t.Fatalf("the same form made a second list: %s and %s", to, again)
	}
	v.get(to).want(h.t, 200, staff[carrier].Name, items[0].Grouped())
	v.get(to+"/print").want(h.t, 200, "BẢN KÊ PHÁT", "DỮ LIỆU MẪU", items[0].Grouped(), "<svg")
	return strings.TrimPrefix(to, "/desk/lists/")
}

// signList counts and signs on the carrier's phone, then signs for the office.
func (h *fieldHouse) signList(carrier, clerk, list string, items ...postal.ItemNumber) {
	h.t.Helper()
	v := h.as(carrier)
	v.get("/round/").want(h.t, 200, "Bản kê phát chờ bạn ký nhận", "/round/lists/"+list)
	page := v.get("/round/lists/"+list).want(h.t, 200, "Đếm đủ, ký nhận")
	form := []string{"count", page.hiddenOf(h.t, "count"), "sign", page.hiddenOf(h.t, "sign")}
	for _, n := range items {
		form = append(form, "thing", string(n))
	}
	v.post("/round/lists/"+list, form...).lead(h.t, "/round/")
	v.post("/round/lists/"+list, form...).lead(h.t, "/round/") // a second press changes nothing
	h.as(clerk).post("/desk/handovers/"+list+"/sign", "act", actID(h), "side", "giver", "difference", "").lead(h.t, "/desk/handovers/"+list)
}

// handBack gives items back to the office in the evening.
func (h *fieldHouse) handBack(items ...postal.ItemNumber) {
	h.t.Helper()
	v := h.as("carrier")
	page := v.get("/round/").want(h.t, 200, "Nộp lại bưu cục")
	form := []string{"act", page.hiddenOf(h.t, "act")}
	var counts []event.Count
	for _, n := range items {
		form, counts = append(form, "thing", string(n)), append(counts, event.Count{Thing: event.Thing(n)})
	}
	to := v.post("/round/back", form...).lead(h.t, "/round/lists/4")
	v.get(to).want(h.t, 200, "Đưa bưu gửi cho giao dịch viên đếm")
	code := event.Thing(strings.TrimPrefix(to, "/round/lists/"))
	h.act(officeOne, "nv-gd1", custody.CountThings{Handover: code, Counts: counts})
	sign := v.get(to).want(h.t, 200, "Ký giao")
	v.post(to, "sign", sign.hiddenOf(h.t, "sign"), "difference", sign.hiddenOf(h.t, "difference")).lead(h.t, "/round/")
	h.act(officeOne, "nv-gd1", custody.SignHandover{Handover: code, Side: custody.Taker})
}

type proofKept struct{ Name, Signature, Photo string }

// proofOf opens what was kept of a delivery.
func (h *fieldHouse) proofOf(n postal.ItemNumber) (p proofKept) {
	h.t.Helper()
	steps, err := custody.History(h.t.Context(), h.Ledger, n)
	h.must(err)
	kind, b, err := h.Proof(h.t.Context(), steps[len(steps)-1].Entry.Facts[0].(event.ItemDelivered).Proof)
	h.must(err)
	h.must(json.Unmarshal(b, &p))
	if kind != "delivery" {
		h.t.Fatalf("proof of kind %s", kind)
	}
	return p
}

func (h *fieldHouse) checkProof(n postal.ItemNumber, name string) {
	h.t.Helper()
	p := h.proofOf(n)
	if p.Name != name {
		h.t.Fatalf("proof for %q", p.Name)
	}
	_, small, err := h.Proof(h.t.Context(), p.Photo)
	h.must(err)
	m, err := jpeg.Decode(bytes.NewReader(small))
	h.must(err)
	if m.Bounds().Dx() > 1280 || len(small) > 300<<10 {
		h.t.Errorf("the photo is %d wide, %d bytes", m.Bounds().Dx(), len(small))
	}
	kind, drawn, err := h.Proof(h.t.Context(), p.Signature)
	if err != nil || kind != "signature" {
		h.t.Fatalf("signature: %s %v", kind, err)
	}
	if _, err := png.Decode(bytes.NewReader(drawn)); err != nil {
		h.t.Errorf("the signature is no picture: %v", err)
	}
}

func photo(w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, &jpeg.Options{Quality: 40})
	return b.Bytes()
}

func drawingBytes() []byte {
	m := image.NewGray(image.Rect(0, 0, 600, 240))
	for x := range 500 {
		m.Set(50+x, 100+x/10, color.White)
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

func drawing() string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawingBytes())
}

func TestTheCarrierIsAskedBeforeHeSignsForLessThanTheList(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	one, two := h.accept("A Mẫu", "1 Phố Mẫu"), h.accept("B Mẫu", "2 Phố Mẫu")
	list := h.makeList("clerk", "carrier", one, two)
	v := h.as("carrier")
	page := v.get("/round/lists/" + list)
	asked := v.post("/round/lists/"+list, "count", page.hiddenOf(t, "count"), "sign", page.hiddenOf(t, "sign"), "thing", string(one)).
		want(t, 200, "Đếm được khác với bản kê", "Thiếu", two.Grouped(), "Ký với chênh lệch này")
	v.post("/round/lists/"+list, "count", asked.hiddenOf(t, "count"), "sign", asked.hiddenOf(t, "sign"), "difference", asked.hiddenOf(t, "difference"), "thing", string(one)).lead(t, "/round/")
	state, _ := ledger.Get[*custody.Handover](h.Ledger.View(t.Context()), custody.KeyOf(event.Thing(list)))
	h.act(officeOne, "nv-gd1", custody.SignHandover{Handover: event.Thing(list), Side: custody.Giver, Difference: state.Difference().Digest()})
	if h.item(one).Stage != custody.Out || h.item(two).Holder != custody.AtOffice(officeOne) {
		t.Errorf("one is %s, two with %s", h.item(one).Stage, h.item(two).Holder)
	}
}

func TestAListRefusesWhatCannotGoOut(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk")
	h.accept("A Mẫu", "1 Phố Mẫu")
	gone := h.accept("B Mẫu", "2 Phố Mẫu")
	h.take("carrier", gone)
	held := h.accept("C Mẫu", "3 Phố Mẫu")
	h.act(officeOne, "nv-gd1", custody.Hold{Item: held, Until: postal.DayOf(h.now()).AddDays(3)})
	v.post("/desk/lists", "do", "scan", "code", "RR473124828VN").want(t, 422, "sai số kiểm tra")
	v.post("/desk/lists", "do", "scan", "code", "RR473124829VN").want(t, 404, "Không có RR473124829VN")
	v.post("/desk/lists", "do", "scan", "code", string(gone)).want(t, 409, "Theo sổ")
	v.post("/desk/lists", "do", "scan", "code", string(held)).want(t, 409, "đang giữ cho người nhận")
	v.post("/desk/lists", "do", "make", "carrier", "nv-bt1").want(t, 422, "ít nhất một bưu gửi")
	v.post("/desk/lists", "do", "make", "carrier", "nv-gd1", "thing", string(gone)).want(t, 422, "không phải bưu tá")
	v.post("/desk/lists", "do", "make", "carrier", "nv-bt1", "thing", string(gone)).want(t, 409, "Theo sổ")
	h.as("planner").get("/desk/lists").want(t, 403)
	h.as("carrier").get("/desk/lists").want(t, 403)
}

func TestAnOutcomeToMendKeepsWhatWasTyped(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	h.take("carrier", n)
	v := h.as("carrier")
	path := "/round/stop/" + string(n)
	id := actID(h)
	for _, c := range []struct {
		words string
		form  []string
	}{
		{"Hãy chọn một mục", []string{"name", "Nguyễn Văn Khác"}},
		{"hãy chọn quan hệ", []string{"to", "household", "how", "paper", "name", "Nguyễn Văn Khác"}},
		{"Chưa có chữ ký", []string{"to", "addressee", "how", "screen", "name", "Nguyễn Văn Khác"}},
		{"Không đọc được chữ ký", []string{"to", "addressee", "how", "screen", "signature", "data:image/png;base64,AAAA", "name", "Nguyễn Văn Khác"}},
		{"người chứng kiến", []string{"to", "addressee", "how", "witness", "name", "Nguyễn Văn Khác"}},
	} {
		v.post(path+"/deliver", append(c.form, "item", string(n), "act."+string(n), id)...).want(t, 422, c.words, `value="Nguyễn Văn Khác"`, "outcome--open", id)
	}
	v.upload(path+"/deliver", "photo", []byte("no picture"), "item", string(n), "act."+string(n), id, "to", "addressee", "how", "paper").want(t, 422, "Không đọc được ảnh")
	v.post(path+"/failed", "item", string(n), "reason", "asleep", "next", "again").want(t, 422, "Hãy chọn một mục")
	v.post(path+"/failed", "reason", "absent", "next", "again").want(t, 422, "ít nhất một bưu gửi")
	if h.item(n).Stage != custody.Out {
		t.Fatalf("stage %s", h.item(n).Stage)
	}
	good := []string{"item", string(n), "act." + string(n), id, "to", "addressee", "how", "witness", "witness", "nv-gd1"}
	v.post(path+"/deliver", good...).lead(t, "/round/")
	v.post(path+"/deliver", good...).lead(t, "/round/")
	if got := count(entriesOf(t, h, n), "item.delivered"); got != 1 {
		t.Errorf("%d deliveries", got)
	}
}

func TestSeveralItemsOfOneDoorTakeOneSignature(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	a, b, c := h.accept("UBND Mẫu", "18 Hoàng Diệu"), h.accept("UBND MẪU", "18  Hoàng Diệu"), h.accept("UBND Mẫu", "18 Hoàng Diệu")
	h.take("carrier", a, b, c)
	v := h.as("carrier")
	page := v.get("/round/stop/"+string(a)).want(t, 200, "Điểm 1 / 1", a.Grouped(), b.Grouped(), c.Grouped())
	form := []string{"to", "registry", "how", "screen", "signature", drawing()}
	for _, n := range []postal.ItemNumber{a, b} {
		form = append(form, "item", string(n), "act."+string(n), page.hiddenOf(t, "act."+string(n)))
	}
	v.post("/round/stop/"+string(a)+"/deliver", form...).lead(t, "/round/stop/"+string(c))
	one, two := h.proofOf(a), h.proofOf(b)
	if one.Signature == "" || one.Signature == two.Signature {
		t.Errorf("one proof for two items: forgetting the people of one would not forget it (%s, %s)", one.Signature, two.Signature)
	}
	if h.item(a).Stage != custody.Delivered || h.item(b).Stage != custody.Delivered || h.item(c).Stage != custody.Out {
		t.Errorf("%s %s %s", h.item(a).Stage, h.item(b).Stage, h.item(c).Stage)
	}
}

func TestAReturningItemGoesToItsSender(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	h.act(officeOne, "nv-gd1", custody.Return{Item: n, Reason: "moved"})
	h.take("carrier", n)
	v := h.as("carrier")
	v.get("/round/stop/"+string(n)).want(t, 200, "Trần Văn Gửi", "1 Đường Mẫu", "Người gửi – chuyển hoàn")
	v.post("/round/stop/"+string(n)+"/deliver", "item", string(n), "to", "sender", "how", "paper").lead(t, "/round/")
	if h.item(n).Stage != custody.Returned {
		t.Errorf("stage %s", h.item(n).Stage)
	}
}

// --- the outbox ---

type keptAct map[string]any

func (v visitor) send(person string, acts ...keptAct) (answered, []map[string]string) {
	v.t.Helper()
	b, err := json.Marshal(map[string]any{"person": staff[person].ID, "acts": acts})
	v.must(err)
	r, err := http.NewRequest("POST", v.url+"/round/outbox", bytes.NewReader(b))
	v.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	a := v.read(v.client.Do(r))
	var body struct{ Answers []map[string]string }
	if a.status == 200 {
		v.must(json.Unmarshal([]byte(a.text), &body))
	}
	return a, body.Answers
}

func deliverKept(h *fieldHouse, n postal.ItemNumber, at time.Time) keptAct {
	return keptAct{"id": actID(h), "kind": "deliver", "item": string(n), "occurred_ms": at.UnixMilli(), "to": "addressee", "how": "screen", "signature": drawingBytes()}
}

func TestTheOutboxTakesEveryOutcomeOnceHoweverOftenItIsSent(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		one, two := h.accept("A Mẫu", "1 Phố Mẫu"), h.accept("B Mẫu", "2 Phố Mẫu")
		h.take("carrier", one, two)
		at := h.now()
		h.pass(3 * time.Hour)
		acts := []keptAct{deliverKept(h, one, at), {"id": actID(h), "kind": "attempt", "item": string(two), "occurred_ms": at.UnixMilli(), "reason": "absent", "next": "again"}}
		for range 3 {
			_, answers := h.as("carrier").send("carrier", acts...)
			for n, a := range answers {
				if a["status"] != "done" || a["id"] != acts[n]["id"] {
					t.Fatalf("answer %v", a)
				}
			}
		}
		if got := entriesOf(t, h, one); count(got, "item.delivered") != 1 || count(got, "irregularity.raised") != 0 {
			t.Errorf("history %v", got)
		}
		if i := h.item(one); i.EndedMs != at.UnixMilli() {
			t.Errorf("delivered at %d, the device said %d", i.EndedMs, at.UnixMilli())
		}
		if got := entriesOf(t, h, two); count(got, "item.attempted") != 1 {
			t.Errorf("history %v", got)
		}
	})
}

func TestTheOutboxRecordsWhatContradictsTheLedgerAsSeen(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	h.take("carrier", n)
	h.act(officeOne, staff["carrier"].ID, custody.Deliver{Item: n, To: "addressee"})
	late := deliverKept(h, n, h.now())
	_, answers := h.as("carrier").send("carrier", late)
	if a := answers[0]; a["status"] != "observed" || !strings.Contains(a["message"], "đã kết thúc") || !strings.Contains(a["message"], "990100") {
		t.Fatalf("answer %v", a)
	}
	unknown := deliverKept(h, "RR473124829VN", h.now())
	if _, answers = h.as("carrier").send("carrier", unknown); answers[0]["status"] != "observed" {
		t.Fatalf("unknown number: %v", answers[0])
	}
	old := h.accept("B Mẫu", "2 Phố Mẫu")
	h.take("carrier", old)
	if _, answers = h.as("carrier").send("carrier", deliverKept(h, old, h.now().AddDate(10, 0, 0))); answers[0]["status"] != "done" || h.item(old).Open != 1 {
		t.Fatalf("a clock ten years off: %v, %d irregularities", answers[0], h.item(old).Open)
	}
}

func TestTheOutboxRefusesOnlyWhatSaysNothing(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n, m := h.accept("A Mẫu", "1 Phố Mẫu"), h.accept("B Mẫu", "2 Phố Mẫu")
	h.take("carrier", n, m)
	bad := deliverKept(h, n, h.now())
	bad["to"] = "nobody"
	unsigned := deliverKept(h, n, h.now())
	unsigned["signature"] = nil
	_, answers := h.as("carrier").send("carrier", bad, unsigned, keptAct{"id": "x"}, deliverKept(h, m, h.now()))
	for i, want := range []string{"refused", "refused", "refused", "done"} {
		if answers[i]["status"] != want {
			t.Errorf("answer %d: %v", i, answers[i])
		}
	}
	if a, _ := h.as("carrier").send("carrier2", deliverKept(h, n, h.now())); a.status != 403 || !strings.Contains(a.text, "desk.other_person") {
		t.Errorf("another person's outcomes: %d %s", a.status, a.text)
	}
	if a, _ := h.as("clerk").send("clerk", deliverKept(h, n, h.now())); a.status != 403 {
		t.Errorf("a clerk: %d", a.status)
	}
	if a, _ := h.as("nobody").send("carrier", deliverKept(h, n, h.now())); a.status != 401 {
		t.Errorf("nobody: %d", a.status)
	}
	many := make([]keptAct, 51)
	for i := range many {
		many[i] = keptAct{"id": actID(h)}
	}
	if a, _ := h.as("carrier").send("carrier", many...); a.status != 413 {
		t.Errorf("51 outcomes: %d", a.status)
	}
	if h.item(n).Stage != custody.Out {
		t.Errorf("stage %s", h.item(n).Stage)
	}
}

func TestAnOutcomeSentByTheFormAndFromTheOutboxCountsOnce(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	n := h.accept("A Mẫu", "1 Phố Mẫu")
	h.take("carrier", n)
	k := keptAct{"id": actID(h), "kind": "attempt", "item": string(n), "occurred_ms": h.now().UnixMilli(), "reason": "absent", "next": "again"}
	h.as("carrier").post("/round/stop/"+string(n)+"/failed", "item", string(n), "act."+string(n), k["id"].(string), "reason", "absent", "next", "again").lead(t, "/round/")
	if _, answers := h.as("carrier").send("carrier", k); answers[0]["status"] != "done" {
		t.Fatalf("answer %v", answers[0])
	}
	if got := entriesOf(t, h, n); count(got, "item.attempted") != 1 {
		t.Errorf("history %v", got)
	}
}
