package booking

import (
	"context"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// fakePrices has one fee, and a postage that is known once the commune is; nothing when it is off.
type fakePrices struct{ off, untold bool }

func (f fakePrices) Costs(_ context.Context, _ string, from postal.UnitCode, _ postal.Day) (Costs, error) {
	if f.off {
		return Costs{}, fault.New(fault.NotFound, "fake.no_price", "Chưa có bảng giá của ngày này.", "There is no price list of this day.")
	}
	most := postal.VND(30_000)
	if from != "" {
		most = 26_000
	}
	post := Cost{What: rulebook.Words{VI: "Cước nhận gửi", EN: "Postage"}, Basis: rulebook.Words{VI: "Bảng giá mẫu, điều 1", EN: "Made-up list, article 1"}, Least: 26_000, Most: most}
	fee := Cost{What: rulebook.Words{VI: "Lệ phí", EN: "Charge"}, Basis: rulebook.Words{VI: "Quyết định mẫu", EN: "Made-up decision"}, Least: 8_000, Most: 8_000, Verified: true}
	return Costs{Lines: []Cost{fee, post}, Untold: f.untold}, nil
}

// If this fails a citizen stands at the counter without the money, or leaves a paper at home that was demanded because one that was not is counted for it.
func TestTheCitizenReadsWhatToBring(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		h.Prices, h.procedures.open = fakePrices{}, true
		v := h.visit(web.Person{})
		v.post("/send", "procedure", "9.900001")
		s, text := v.get("/send")
		wants(t, "steps", s, text, 200, "Tiền cần mang theo", "34.000\u00a0đ đến 38.000\u00a0đ", "Bảng giá mẫu, điều 1 (chưa kiểm chứng)", "Quyết định mẫu")
		s, text = v.get("/send/papers")
		wants(t, "papers", s, text, 200, "Nếu có, không bắt buộc. ")
		v.post("/send/papers", "have", "03")
		v.post("/send/who", "name", "Nguyễn Văn Mẫu", "phone", "0912 345 678")
		v.post("/send/how", "way", "home", "address", "Số 7 ngõ Mẫu", "unit", string(ward), "day", "2026-12-01", "window", "08:00–10:00")
		s, text = v.get("/send/check")
		wants(t, "check", s, text, 200, "0 trong 2 giấy tờ bắt buộc, thêm 1 không bắt buộc", "34.000\u00a0đ", "!38.000", "!Giấy uỷ quyền</span>:")
		h.Prices = fakePrices{untold: true}
		s, text = v.get("/send/check")
		wants(t, "a fee that is not told", s, text, 200, "danh mục không ghi một mức chung", "chưa gồm phí, lệ phí")
		h.Prices = fakePrices{off: true}
		s, text = v.get("/send/check")
		wants(t, "no price list", s, text, 200, "Chưa tính được: Chưa có bảng giá của ngày này.")
		h.Prices = fakePrices{}
		v.post("/send/check")
		for _, page := range []string{"/send/done", "/send/done/print"} {
			s, text = v.get(page)
			wants(t, page, s, text, 200, "Tiền cần mang theo", "34.000\u00a0đ")
		}
	})
}

// If this fails a citizen who knows the old name of his ward alone finds it nowhere in a list of a hundred new ones.
func TestAWardIsFoundByItsOldName(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		u, _ := h.Places.Gazetteer().UnitOn(ward, h.today())
		old := ""
		for _, c := range h.Places.Gazetteer().MadeOf(u) {
			if postal.Fold(c.Unit.Name) != postal.Fold(u.Name) {
				old = c.Unit.Name
			}
		}
		if old == "" {
			t.Fatal("the ward was made of nothing")
		}
		v := h.visit(web.Person{})
		v.post("/send", "procedure", "9.900001")
		v.post("/send/who", "name", "Nguyễn Văn Mẫu", "phone", "0912 345 678")
		form := []string{"way", "home", "address", "Số 7 ngõ Mẫu", "day", "2026-12-01", "window", "08:00–10:00", "place", postal.Fold(old)}
		s, text := v.post("/send/how", append(form, "do", "find")...)
		wants(t, "find", s, text, 200, `value="`+string(ward)+`"`, "trước 7/2025: ", u.Name, `value="Số 7 ngõ Mẫu"`, "!Còn chỗ phải sửa")
		s, text = v.post("/send/how", append(form[:len(form)-1:len(form)-1], "khongcodau")...)
		wants(t, "a name of nothing", s, text, 422, "kể cả tên cũ", `href="#place"`)
		s, text = v.post("/send/how", form...)
		wants(t, "the only one of that name", s, text, 200, "Kiểm tra và gửi")
		s, text = v.get("/send/check")
		wants(t, "check", s, text, 200, u.Name, "Số 7 ngõ Mẫu")
	})
}
