package site_test

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"citypost/internal/calendar"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/site"
	"citypost/internal/web"
	"citypost/internal/web/assets"
	"citypost/internal/web/webtest"
)

// now is a Tuesday, half past ten in the morning, of no holiday.
var now = time.Date(2026, 11, 17, 10, 30, 0, 0, postal.HoChiMinh)

// places is the made-up network in the real communes.
type places struct {
	units   *gazetteer.Gazetteer
	offices *gazetteer.Directory
}

func (p *places) Gazetteer() *gazetteer.Gazetteer { return p.units }
func (p *places) Directory() *gazetteer.Directory { return p.offices }

func (p *places) DeliveryOffice(u postal.UnitCode) (postal.OfficeCode, bool) {
	o, err := p.offices.DeliveringTo(u)
	return o.Code, err == nil
}

type public struct {
	*testing.T
	*places
	mux *web.Mux
	now time.Time
}

func open(t *testing.T) *public {
	t.Helper()
	units, err := gazetteer.Load()
	if err != nil {
		t.Fatal(err)
	}
	day := postal.DayOf(now)
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	notice, err := os.ReadFile("../../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	p := &public{T: t, places: &places{units, gazetteer.NewDirectory(units, gazetteer.MadeUpOffices(units, day), day)}, now: now}
	p.mux = web.New(webtest.Gate{}, web.Site{Hotline: "1900 0000"}, slog.New(slog.DiscardHandler))
	s := &site.Service{Places: p.places, Calendar: calendar.New(book), Now: func() time.Time { return p.now }, Notice: string(notice), Version: "v1"}
	s.Mount(p.mux)
	return p
}

func (p *public) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// has asks for a page, and wants this status and these words.
func (p *public) has(path string, status int, words ...string) string {
	p.Helper()
	w := p.get(path)
	if w.Code != status {
		p.Errorf("%s: status %d, want %d", path, w.Code, status)
	}
	for _, word := range words {
		if !strings.Contains(w.Body.String(), word) {
			p.Errorf("%s lacks %q", path, word)
		}
	}
	return w.Body.String()
}

// lacks wants words to be absent.
func (p *public) lacks(path string, words ...string) {
	p.Helper()
	body := p.get(path).Body.String()
	for _, word := range words {
		if strings.Contains(body, word) {
			p.Errorf("%s holds %q", path, word)
		}
	}
}

func find(q string) string { return "/offices?q=" + url.QueryEscape(q) }

// everyPath names each page in each of its states.
var everyPath = map[string]string{
	"home": "/", "offices": "/offices", "offices-choose": find("cam giang"), "offices-near": "/offices?unit=11359", "offices-open": "/offices?open=1",
	"offices-none": find("không có đâu"), "office": "/offices/990100", "wards": "/ward", "wards-choose": "/ward?q=hong", "ward": "/ward/11359",
	"ward-without-office": "/ward/10888", "convert": "/convert", "convert-alone": "/convert?old=10507", "convert-ask": "/convert?old=11341",
	"convert-choose": "/convert?q=gia+vien", "convert-district": "/convert?q=quan+ngo+quyen", "convert-chosen": "/convert?old=11341&to=11359",
	"help": "/help", "accessibility": "/accessibility", "privacy": "/privacy", "about": "/about",
}

var title = regexp.MustCompile(`<title>(.*?)</title>`)

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p := open(t)
	for name, path := range everyPath {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		vi := p.has(path, 200, `<html lang="vi"`)
		en := p.has(path+sep+"lang=en", 200, `<html lang="en"`)
		if title.FindString(vi) == title.FindString(en) {
			t.Errorf("%s: the title %s does not change with the language", name, title.FindString(vi))
		}
	}
}

// A phone on a slow network in a far commune shows the page in a second and a half only when it weighs little.
func TestEveryPageIsLight(t *testing.T) {
	p := open(t)
	shared := 0
	for _, name := range []string{"site.css", "site.js", "text-400.woff2", "text-700.woff2", "icon.svg"} {
		shared += assets.Weight(name)
	}
	for name, path := range everyPath {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(p.get(path).Body.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if total := b.Len() + shared; total > 60_000 {
			t.Errorf("%s weighs %d bytes, more than 60 KB", name, total)
		}
	}
}

func TestPagesHaveNothingInlineAndLoadNoStaffScripts(t *testing.T) {
	p := open(t)
	for _, path := range everyPath {
		p.lacks(path, " style=", "<style", " onclick=", "javascript:", "<script>", "/assets/desk", "http://", "https://")
	}
}

func TestTheFirstPageLeadsOnlyWhereAPageIs(t *testing.T) {
	p := open(t)
	p.has("/", 200, `href="/offices"`, `href="/convert"`, `action="/track"`, `href="/sign-in"`)
	p.lacks("/", `href="/price"`, `href="/rules"`)
	m := web.New(webtest.Gate{}, web.Site{}, slog.New(slog.DiscardHandler))
	s := &site.Service{Places: p.places, Now: func() time.Time { return now }}
	s.Mount(m)
	m.Get("/price", web.Public, func(http.ResponseWriter, *http.Request) error { return nil }) // mounted after us
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if !strings.Contains(w.Body.String(), `href="/price"`) {
		t.Error("the first page does not lead to the prices")
	}
}

func TestANameOfTwoCommunesIsLeftToTheReader(t *testing.T) {
	p := open(t)
	for _, path := range []string{"/offices?q=cam+giang", "/ward?q=cam+giang"} {
		body := p.has(path, 200, "Bạn ở nơi nào?", "Xã Cẩm Giang, 03606", "Xã Cẩm Giàng, 03")
		if strings.Contains(body, "Gần nhất, tính từ") {
			t.Errorf("%s decides for the reader", path)
		}
	}
}

func TestOfficesAreFoundByOldAndNewNamesWithoutMarks(t *testing.T) {
	p := open(t)
	for query, want := range map[string]string{
		"thuy nguyen":                  "Phường Thủy Nguyên",
		norm.NFD.String("Thuỷ Nguyên"): "Phường Thủy Nguyên",
		"lach tray":                    "Phường ",
		"12 Lạch Tray, P. Lạch Tray":   "Phường ",
		"Số 5, phường Cẩm Thượng, Hải Dương": "Phường Thành Đông",
		"990100": "Trung tâm Hải Phòng (mẫu)",
	} {
		body := p.has(find(query), 200, want)
		if strings.Contains(body, "Không tìm thấy") {
			t.Errorf("%q finds nothing", query)
		}
	}
	p.has(find("không có đâu"), 200, "Không tìm thấy nơi này.")
	p.has(find(strings.Repeat("a", 500)), http.StatusUnprocessableEntity, "tối đa 120")
	p.has("/offices?q=%ff", http.StatusBadRequest, "ký tự không đọc được")
}

func TestTheTenNearestComeInOrderWithTheirDistance(t *testing.T) {
	p := open(t)
	body := p.has("/offices?unit=11359", 200, "Gần nhất, tính từ trung tâm", "km", "chim bay", "mẫu", "không có thật")
	if n := strings.Count(body, `class="govuk-summary-list__key"`); n != 10 {
		t.Errorf("%d offices, want 10", n)
	}
	near, err := p.offices.Nearest("11359", 10)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, n := range near {
		next := strings.Index(body, "/offices/"+string(n.Office.Code)+`"`)
		if next < at {
			t.Fatalf("%s stands out of order", n.Office.Code)
		}
		at = next
	}
	p.has("/offices?unit=00000", http.StatusNotFound, "Không có phường, xã nào đang mang mã 00000")
}

func TestOnlyOpenOfficesWhenAsked(t *testing.T) {
	p := open(t)
	p.now = time.Date(2026, 11, 17, 22, 0, 0, 0, postal.HoChiMinh)
	body := p.has("/offices?open=1", 200, "Hệ 1 Hải Phòng")
	if strings.Contains(body, "Trung tâm Hải Dương") || strings.Contains(body, "Đang đóng") {
		t.Error("a closed office is listed as open")
	}
	p.has("/offices/990100", 200, "Đang đóng cửa, mở lại 7:00 ngày mai")
	p.now = time.Date(2026, 11, 17, 12, 0, 0, 0, postal.HoChiMinh)
	p.has("/offices/990100", 200, "Đang mở cửa, đến 19:00", "Thứ Ba (hôm nay)", "7:00–19:00", "Bưu tá ở đây phát thư cho")
	p.has("/offices/991055", 200, "Đang đóng cửa, mở lại 13:00")
	p.has("/offices/990901", 200, "Mở cửa suốt ngày đêm")
	p.has("/offices/123456", http.StatusNotFound, "Không có bưu cục nào đang mở mang mã 123456")
}

func TestAHolidayIsSaid(t *testing.T) {
	p := open(t)
	p.now = time.Date(2027, 1, 1, 9, 0, 0, 0, postal.HoChiMinh)
	p.has("/offices", 200, "Hôm nay nghỉ:", "Nên gọi trước khi đến")
	p.has("/offices/990100", 200, "Hôm nay nghỉ:")
	p.now = now
	p.lacks("/offices", "Hôm nay nghỉ")
}

func TestAWardTellsItsOfficesPostcodeAndPast(t *testing.T) {
	p := open(t)
	u, _ := p.units.UnitOn("11359", postal.DayOf(now))
	p.has("/ward/11359", 200, u.FullName("vi"), u.Postcode, "Bưu cục phát thư", "Trước ngày 01/07/2025", "Được lập từ", "1669/NQ-UBTVQH15", "Bưu cục ở đây")
	for _, u := range p.units.Units(postal.DayOf(now)) {
		if len(p.offices.InUnit(u.Code)) == 0 {
			p.has("/ward/"+string(u.Code), 200, "Ở đây chưa có bưu cục; gần nhất là")
			break
		}
	}
	body := p.has("/ward", 200)
	if n := strings.Count(body, `href="/ward/`); n != 114 {
		t.Errorf("%d wards are listed, want 114", n)
	}
	if i, j := strings.Index(body, "Phường An Biên"), strings.Index(body, "Phường Ái Quốc"); j > i {
		t.Error("Ái does not stand before An, as the Vietnamese alphabet has it")
	}
	if w := p.get("/ward/11341"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/convert?old=11341" {
		t.Errorf("a former commune: %d to %s", w.Code, w.Header().Get("Location"))
	}
	if w := p.get("/ward?q=hung+dao+duong"); w.Code == http.StatusInternalServerError {
		t.Errorf("status %d", w.Code)
	}
	if w := p.get("/ward?q=Ph%C6%B0%E1%BB%9Dng+Th%E1%BB%A7y+Nguy%C3%AAn"); w.Code != 200 && w.Code != http.StatusSeeOther {
		t.Errorf("status %d", w.Code)
	}
	for _, code := range []string{"99999", "abc", "31", "<b>"} {
		p.has("/ward/"+url.PathEscape(code), http.StatusNotFound)
	}
}

// The page must convert what the table settles, and must ask where it does not: a wrong guess sends a letter astray.
func TestThePageConverts317AloneAndAsksFor57(t *testing.T) {
	p := open(t)
	alone, ask := 0, 0
	for _, old := range p.units.Units(gazetteer.LastThreeTierDay()) {
		body := p.has("/convert?old="+string(old.Code), 200, old.Name)
		converts, asks := strings.Contains(body, ">Nay là<"), strings.Contains(body, "Nhà ở phía nào?")
		switch {
		case converts && !asks:
			alone++
		case asks && !converts:
			ask++
		default:
			t.Errorf("%s %s: converts %v, asks %v", old.Code, old.Name, converts, asks)
		}
	}
	if alone != 317 || ask != 57 {
		t.Errorf("%d convert, %d ask; want 317 and 57", alone, ask)
	}
	p.has("/convert", 200, "374 xã, phường, thị trấn thành 114 đơn vị mới. 317 nơi", "57 nơi")
}

func TestWhoSaysOnWhichSideTheHouseStandsGetsTheNewAddress(t *testing.T) {
	p := open(t)
	body := p.has("/convert?old=11341", 200, "Nhà ở phía nào?", `value="11359"`, "trung tâm ở phía ")
	if strings.Contains(body, "checked") {
		t.Error("a side is chosen for the reader")
	}
	p.has("/convert?old=11341&to=11359", 200, ">Nay là<", "Thành phố Hải Phòng", "Phường Gia Viên, Quận Ngô Quyền", "Chọn lại phía khác")
	p.has("/convert?old=11341&to=10507", 200, "Nhà ở phía nào?") // no candidate: asked again
	p.has("/convert?old=99999", http.StatusNotFound, "Không có đơn vị hành chính nào mang mã 99999")
	p.has("/convert?old=%3Cb%3E", http.StatusNotFound)
}

func TestOldAddressesAreReadAsPeopleWriteThem(t *testing.T) {
	p := open(t)
	for _, query := range []string{"P. Lạch Tray, Q. Ngô Quyền", "lach tray ngo quyen", "Số 12 ngõ 5, Lạch Tray, quận Ngô Quyền, Hải Phòng"} {
		p.has("/convert?q="+url.QueryEscape(query), 200, "Phường Lạch Tray, Quận Ngô Quyền", "Nhà ở phía nào?")
	}
	p.has("/convert?q="+url.QueryEscape("Số 5, phường Cẩm Thượng, Hải Dương"), 200, "Phường Cẩm Thượng, Thành phố Hải Dương", ">Nay là<", "Phường Thành Đông")
	p.has("/convert?q=gia+vien", 200, "Địa chỉ cũ là nơi nào?", "Đang là tên hiện nay", "Phường Gia Viên, Quận Ngô Quyền")
	p.has("/convert?q=quan+ngo+quyen", 200, "Địa chỉ cũ là nơi nào?", "Phường Lạch Tray, Quận Ngô Quyền")
	p.has("/convert?q=bach+long+vi", 200, "Đặc khu Bạch Long Vĩ")
	p.has("/convert?q=khong+co+dau", 200, "Không tìm thấy nơi này.")
}

func TestNumbersOfTheLawStandWithTheirArticle(t *testing.T) {
	p := open(t)
	p.has("/help", 200, "trong 6 tháng", "trong 1 tháng", "ít nhất 4 lần cước", "(49/2010/QH12, Điều 38 khoản 2)", "mời ít nhất 2 lần", "1900 0000")
	p.has("/help?lang=en", 200, "within 6 months", "article 38 clause 2")
	p.has("/privacy", 200, "được trả lời trong 72 giờ", "Chưa kiểm chứng", "ít nhất 5 năm")
	p.now = time.Date(2009, 1, 5, 9, 0, 0, 0, postal.HoChiMinh) // before the law: nothing is promised
	p.lacks("/help", "4 lần cước", "%!")
}

func TestTheProgramSaysWhatItIsMadeOf(t *testing.T) {
	p := open(t)
	p.has("/about", 200, "Apache-2.0", "modernc.org/sqlite", "govuk-frontend", "Be Vietnam Pro", "OFL-1.1", "v1")
	p.lacks("/about", "-----")
}

func TestMachinesAreToldWhatIsNotForThem(t *testing.T) {
	p := open(t)
	p.has("/robots.txt", 200, "Disallow: /track/", "User-agent: *")
	if w := p.get("/favicon.ico"); w.Code != http.StatusMovedPermanently || !strings.HasSuffix(w.Header().Get("Location"), ".svg") {
		t.Errorf("favicon: %d to %s", w.Code, w.Header().Get("Location"))
	}
}
