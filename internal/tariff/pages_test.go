package tariff_test

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/tariff"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

var leader = web.Person{ID: "m1", Login: "lanh.dao", Name: "Vũ Lãnh Đạo", Acting: web.Role{Name: web.Manager}, Roles: []web.Role{{Name: web.Manager}}}

// told is an act that only says what it is given: the preview needs items that somebody accepted.
type told struct{ Fact event.ItemAccepted }

func (told) Name() string          { return "told" }
func (told) Touches() []ledger.Key { return nil }
func (a told) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	return []event.Fact{a.Fact}, nil
}
func newPages(t *testing.T, db *sqldb.DB, who web.Person) (*web.Mux, *ledger.Ledger) {
	t.Helper()
	if err := tariff.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Load(rulebook.EmbeddedLayer(), tariff.MadeUpLayer())
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return day("2020-05-04").Start().Add(9 * time.Hour) }
	l := openLedger(t, db, now)
	m := web.New(webtest.Gate{Person: who}, web.Site{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	(&tariff.Pages{Tariff: compiled(t, book), Claims: &tariff.Claims{DB: db, Ledger: l}, Now: now, Rules: "/rules/keys/",
		Province: func(code string, _ postal.Day) string {
			return map[string]string{"31": "Hải Phòng", "46": "Huế"}[code]
		},
		Zone: func(postal.OfficeCode, postal.UnitCode, postal.Day) (tariff.Zone, error) {
			return tariff.SameDistrict, nil
		},
	}).Mount(m)
	return m, l
}

func get(t *testing.T, m http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, html.UnescapeString(w.Body.String())
}

// wants checks the status of a page, the words that must stand there, and, after "!", those that must not.
func wants(t *testing.T, m http.Handler, path string, status int, words ...string) {
	t.Helper()
	got, text := get(t, m, path)
	if got != status {
		t.Errorf("%s: status %d, want %d", path, got, status)
	}
	text = strings.ReplaceAll(text, "\u00a0", " ")
	for _, word := range words {
		word, unwanted := strings.CutPrefix(word, "!")
		if strings.Contains(text, word) == unwanted {
			t.Errorf("%s: %q stands there: %v", path, word, unwanted)
		}
	}
}

func TestPriceIsShownBeforeOneGoes(t *testing.T) {
	m, _ := newPages(t, sqltest.SQLite(t), web.Person{})
	wants(t, m, "/price", 200, "Xem giá trước khi ra bưu cục", "Nhận gửi hồ sơ", "!KT1")
	wants(t, m, "/price?service=dossier-send&zone=same-district&weight=730&on=2021-05-04&class=", 200,
		"Bạn trả 28.700 đ", "Hai mươi tám nghìn bảy trăm đồng", "Chưa kiểm chứng", `href="/rules/keys/dossier.price.send#dossier.price.send@`)
	wants(t, m, "/price?service=dossier-send&zone=same-district&weight=100&on=2020-05-04&class=", 200,
		"Bạn trả 13.000 đ", "Giá chưa giảm 26.000 đ", "Giảm 50 % cước")
	wants(t, m, "/price?service=dossier-both&zone=between-districts&weight=100&on=2021-05-04&class=&lang=en", 200, "You pay VND 60,000")
	wants(t, m, "/price?service=letter&zone=same-district&weight=20&on=2026-05-04&class=", 200, "Bạn trả 10.000 đ", "Giá chưa giảm 11.000 đ", "Giá giả định")
	wants(t, m, "/price?service=letter&zone=same-district&weight=80&on=2026-05-04&class=", 200, "Bạn trả 11.000 đ", "!Giá chưa giảm")
	wants(t, m, "/price?service=dossier-send&zone=same-district&weight=730&on=2019-01-01&class=", 200, "Không có giá cho trường hợp này")
	for _, weight := range []string{"", "0", "-5", "x", "50000"} {
		wants(t, m, "/price?service=dossier-send&zone=same-district&weight="+weight+"&on=2021-05-04&class=", 422, "Còn chỗ phải sửa", `href="#weight"`)
	}
	wants(t, m, "/price?service=kt1&zone=same-district&weight=20&on=2020-05-04&class=", 422, `href="#service"`)
	wants(t, m, "/price?service=dossier-send&zone=moon&weight=20&on=2020-02-30&class=king", 422, `href="#zone"`, `href="#on"`, `href="#class"`)
}

func TestReliefIsFoundByFourQuestions(t *testing.T) {
	m, _ := newPages(t, sqltest.SQLite(t), web.Person{})
	wants(t, m, "/price/relief", 200, "Bốn câu hỏi", "Hải Phòng", "Huế", "Nơi khác", "Mang theo")
	wants(t, m, "/price/relief?online=no&class=&province=31&on=2020-05-04", 200, "Có. Vào ngày 04/05/2020", "Giảm 50 % cước", "Chưa kiểm chứng", "!Chưa kiểm chứng vì")
	wants(t, m, "/price/relief?online=yes&class=&province=46&on=2020-05-04", 200, "bưu điện chịu", "ngân sách tỉnh, thành phố trả", "nộp trực tuyến")
	wants(t, m, "/price/relief?online=no&class=&province=46&on=2020-05-04", 200, "Không có miễn, giảm", "chính sách cho đối tượng khác")
	wants(t, m, "/price/relief?online=no&class=&province=-&on=2026-05-04&lang=en", 200, "There is no relief for this case")
	wants(t, m, "/price/relief?online=maybe&class=&province=31&on=", 422, `href="#online"`)
}

func TestStaffSeePricesOfAnyDay(t *testing.T) {
	m, _ := newPages(t, sqltest.SQLite(t), leader)
	wants(t, m, "/tariff", 200, "Giá ngày đó là bao nhiêu?", "Đối soát")
	wants(t, m, "/tariff?service=dossier-return&zone=other-region&weight=1200&on=2021-05-04&class=&province=31", 200, "52.600 đ")
	wants(t, m, "/tariff?service=dossier-send&zone=same-district&weight=100&on=2020-05-04&class=&province=31&no_relief=1", 200, "Bạn trả 26.000 đ")
	wants(t, m, "/tariff?service=kt1&zone=same-district&weight=100&on=2020-05-04&class=&province=31&urgency=&secrecy=&sender=appendix-1", 200, "Bạn trả 0 đ")
	wants(t, m, "/tariff/tables", 200, "Đang áp dụng", "26.000 đ")
	wants(t, m, "/tariff/tables?table=letter", 200, "Giá giả định", "+ 2.500 đ")
	wants(t, m, "/tariff/tables?table=kt1&lang=en", 200, "KT1 postage")
	wants(t, m, "/tariff/tables?table=x", 404)
	wants(t, m, "/tariff/relief", 200, "hai-phong-2020", "Điểm còn mở", "chưa có bưu gửi nào", "Không ghi giới hạn")
	stranger, _ := newPages(t, sqltest.SQLite(t), web.Person{})
	wants(t, stranger, "/tariff", 303)
	carrier, _ := newPages(t, sqltest.SQLite(t), web.Person{ID: "b1", Acting: web.Role{Name: web.Carrier}})
	wants(t, carrier, "/tariff/claims", 403)
}

func TestReconciliationLeadsToItsItems(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m, l := newPages(t, db, leader)
		wants(t, m, "/tariff/claims", 200, "Kỳ này không có miễn, giảm nào")
		tf := embedded(t)
		quote := ask(t, tf, tariff.Question{Service: tariff.DossierSend, Zone: tariff.SameDistrict, WeightG: 100, On: day("2020-05-04")})
		for serial := 1; serial <= 3; serial++ {
			if _, err := send(l, quote.Claim(number(t, serial))); err != nil {
				t.Fatal(err)
			}
		}
		wants(t, m, "/tariff/claims", 200, "Khớp", "39.000 đ", "/tariff/claims/items?from=2020-05&payer=operator&policy=hai-phong-2020&to=2020-05")
		wants(t, m, "/tariff/claims/items?from=2020-05&payer=operator&policy=hai-phong-2020&to=2020-05", 200, number(t, 2).Grouped(), "39.000 đ", "Tháng 05/2020")
		wants(t, m, "/tariff/relief", 200, "39.000 đ cho 3 bưu gửi")
		wants(t, m, "/tariff/claims.csv?from=2020-05&to=2020-05", 200, "Số hiệu bưu gửi", string(number(t, 3)))
		wants(t, m, "/tariff/claims.xlsx?from=2020-05&to=2020-05", 200, "PK")
		wants(t, m, "/tariff/claims?from=2020-07&to=2020-05", 422, "Còn chỗ phải sửa")
		wants(t, m, "/tariff/claims/items?from=x&to=y", 400)
	})
}

func TestPreviewSaysWhoWouldGetWhat(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		m, l := newPages(t, db, leader)
		for serial, service := range []event.Service{"dossier-send", "dossier-send", event.Registered, "pigeon"} {
			if _, err := send(l, told{event.ItemAccepted{Item: number(t, serial+1), Service: service, ToUnit: "11311", WeightG: 100}}); err != nil {
				t.Fatal(err)
			}
		}
		wants(t, m, "/tariff/preview", 200, "Không ghi gì vào sổ")
		wants(t, m, "/tariff/preview?month=2020-05&rules=2020-05-04&class=", 200, "hai-phong-2020", "26.000 đ", number(t, 1).Grouped(), `Không có dịch vụ "pigeon"`, "!"+number(t, 3).Grouped())
		wants(t, m, "/tariff/preview?month=2020-05&rules=2026-05-04&class=", 200, "Không bưu gửi nào được giảm")
		wants(t, m, "/tariff/preview?month=2020&rules=x&class=", 422, `href="#month"`, `href="#rules"`)
	})
}

func TestPagesOfPricesAreKindToEveryone(t *testing.T) {
	b := webtest.Open(t)
	db := sqltest.SQLite(t)
	m, l := newPages(t, db, leader)
	tf := embedded(t)
	quote := ask(t, tf, tariff.Question{Service: tariff.DossierSend, Zone: tariff.SameDistrict, WeightG: 100, On: day("2020-05-04")})
	if _, err := send(l, quote.Claim(number(t, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := send(l, told{event.ItemAccepted{Item: number(t, 2), Service: "dossier-send", ToUnit: "11311", WeightG: 100}}); err != nil {
		t.Fatal(err)
	}
	public, _ := newPages(t, sqltest.SQLite(t), web.Person{})
	staff, open := webtest.Serve(t, m), webtest.Serve(t, public)
	for i, p := range []struct{ name, url string }{
		{"price", open + "/price?"}, {"price-answer", open + "/price?service=dossier-send&zone=same-district&weight=730&on=2020-05-04&class="},
		{"relief", open + "/price/relief?"}, {"relief-answer", open + "/price/relief?online=no&class=heroic-mother&province=31&on=2020-05-04"},
		{"simulator", staff + "/tariff?"}, {"simulator-answer", staff + "/tariff?service=dossier-both&zone=other-region&weight=730&on=2021-05-04&class=&province=31"},
		{"tables", staff + "/tariff/tables?"}, {"policies", staff + "/tariff/relief?"}, {"claims", staff + "/tariff/claims?"},
		{"items", staff + "/tariff/claims/items?from=2020-05&to=2020-05"}, {"preview", staff + "/tariff/preview?month=2020-05&rules=2020-05-04&class="},
	} {
		b.Go(p.url + "&lang=" + [...]string{"vi", "en"}[i%5/4])
		for _, w := range []struct {
			px   int
			name string
		}{{webtest.Phone, "phone"}, {webtest.Desk, "desk"}} {
			b.Width(w.px)
			b.Shot("tariff-" + p.name + "-" + w.name)
			b.Check(p.name + " " + w.name)
		}
	}
}
