package law

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// today of the tests: a Wednesday.
var today = postal.MakeDay(2026, 11, 25)

var manager = web.Person{ID: "m1", Login: "lanh.dao", Name: "Vũ Lãnh Đạo", Acting: web.Role{Name: web.Manager}, Roles: []web.Role{{Name: web.Manager}}}

// newMux makes the pages of the law, with a site's own rules laid over it when there are any.
func newMux(t *testing.T, who web.Person, site string) *web.Mux {
	t.Helper()
	dir := ""
	if site != "" {
		dir = t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "site.rules"), []byte(site), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	book, err := rulebook.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := web.New(webtest.Gate{Person: who}, web.Site{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	s := &Service{Calendar: calendar.New(book), Now: func() time.Time { return today.Start().Add(9 * time.Hour) },
		Province: func(code string, _ postal.Day) string {
			return map[string]string{"31": "Hải Phòng", "01": "Hà Nội"}[code]
		}}
	s.Mount(m)
	return m
}

// get answers status and text of a page.
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
	for _, word := range words {
		word, unwanted := strings.CutPrefix(word, "!")
		if strings.Contains(text, word) == unwanted {
			t.Errorf("%s: %q stands there: %v", path, word, unwanted)
		}
	}
}

func TestLawOfADayIsThatOfTheDay(t *testing.T) {
	m := newMux(t, web.Person{}, "")
	wants(t, m, "/rules", 200, "Luật của ngày 25/11/2026", "Hồ sơ hành chính", " chưa kiểm chứng", "!Thời gian toàn trình tối đa của hồ sơ", "!Hạn báo cáo")
	wants(t, m, "/rules?on=2026-11-25&topic=dossier", 200, "Thời gian toàn trình tối đa của hồ sơ", "← Tất cả chủ đề", "!Giờ làm việc theo thứ")
	wants(t, m, "/rules?topic=price", 200, "Giá nhận gửi hồ sơ", "Phụ thu", "!Thời gian toàn trình")
	wants(t, m, "/rules?topic=nothing", 200, "Không có quy định nào khớp")
	wants(t, m, "/rules?on=2020-05-04&words=khieu+nai+kt1", 200, "04/05/2020", "7\u00a0ngày làm việc", "16/2017/TT-BTTTT, Điều 4 khoản 6", "!Giờ mở cửa")
	wants(t, m, "/rules?on=2020-05-04&words=khieu+nai+kt1&lang=en", 200, "The law of 4 May 2020", "7\u00a0working days", "16/2017/TT-BTTTT, article 4 clause 6")
	wants(t, m, "/rules?on=04/05/2020", 200, "Luật của ngày 04/05/2020")
	wants(t, m, "/rules?on=2020-02-30", 422, "Còn chỗ phải sửa")
	wants(t, m, "/rules?words=khong-co-gi-nhu-the", 200, "Không có quy định nào khớp")
	wants(t, m, "/rules?words="+strings.Repeat("x", 200), 422, "tối đa 80")
	wants(t, m, "/rules?on=1990-01-01", 200, "Không có quy định nào khớp")
}

func TestKeyIsShownOverTimeWithItsTables(t *testing.T) {
	m := newMux(t, web.Person{}, "")
	wants(t, m, "/rules/keys/kt1.journey", 200, "Từ 15/08/2017 đến 14/02/2022", "Từ 15/02/2022", "Đang áp dụng", "Chưa kiểm chứng vì: Chưa đọc thời gian toàn trình của Thông tư 15/2022/TT-BTTTT",
		"hoả tốc", ">1,5<", "kt1.journey@2017-08-15", `id="kt1.journey@2017-08-15"`)
	wants(t, m, "/rules/keys/kt1.journey?lang=en", 200, "From 15 Aug 2017 to 14 Feb 2022", "!hoả tốc", ">1.5<", "express")
	wants(t, m, "/rules/keys/report.due.*", 200, "Thời hạn nộp báo cáo: nhận gửi hồ sơ, trả kết quả", "10/07")
	wants(t, m, "/rules/keys/relief.terms.hai-phong-2020", 200, "cộng dồn: Hải Phòng 2020</h1>", "không cộng với chính sách khác", "!cap_each_vnd")
	wants(t, m, "/rules/keys/dossier.cities", 200, "Hải Phòng</strong>")
	wants(t, m, "/rules/keys/no.such.key", 404, "no.such.key")
}

func TestInstrumentsNameWhatTheyGive(t *testing.T) {
	m := newMux(t, web.Person{}, "")
	wants(t, m, "/rules/documents", 200, "Thông tư", "17/2017/TT-BTTTT", "Hết hiệu lực")
	wants(t, m, "/rules/documents/tt-16-2017", 200, "15/08/2017", "Đã được thay thế", "15/2022/TT-BTTTT", "Thời gian toàn trình tối đa của bưu gửi KT1")
	wants(t, m, "/rules/documents/tt-16-2017?lang=en", 200, "Replaced by", "Longest journey of a KT1 item")
	wants(t, m, "/rules/documents/tt-99-2099", 404)
}

func TestChangesAreSaidCellByCell(t *testing.T) {
	m := newMux(t, web.Person{}, `
rule letter.journey
    from: 2026-12-01
    table:
        | route | class      | days |
        | intra | basic      | 2    |
        | intra | registered | 1    |
        | inter | basic      | 6    |
        | inter | registered | 6    |
    source: thiet-lap
    verified: yes
`)
	wants(t, m, "/rules/changes", 200, "Thứ Ba 01/12/2026", "Sắp tới", "nội tỉnh, thư ghi số, Số ngày: 2 → 1", "!thư cơ bản, Số ngày")
	wants(t, m, "/rules/keys/letter.journey", 200, "Quy định riêng của nơi này", "letter.journey</span><wbr>", "@2026-12-01+site", "Từ 01/12/2026")
	wants(t, m, "/rules/changes?from=2021-01-01&to=2021-01-01", 200, "Thứ Sáu 01/01/2021", "10/2012/QH13", "45/2019/QH14", "Bắt đầu: ", "Trị số giữ nguyên", "Quốc khánh, Số ngày: 1 → 2", "Quốc khánh, Ngày nghỉ: cố định → theo quyết định hằng năm")
	wants(t, m, "/rules/changes?from=2021-01-01&to=2020-01-01", 422, "Ngày cuối đứng trước ngày đầu")
	wants(t, m, "/rules/changes?from=1990-01-01&to=1990-12-31&lang=en", 200, "Nothing changes")
}

func TestUnverifiedRulesSayWhy(t *testing.T) {
	m := newMux(t, web.Person{}, "")
	wants(t, m, "/rules/unverified", 200, "Văn bản không nói nửa ngày tính thế nào", "!10 ngày nghỉ ghi theo hiểu biết chung")
	wants(t, m, "/rules/unverified?all=1", 200, "10 ngày nghỉ ghi theo hiểu biết chung")
	wants(t, m, "/rules/unverified?lang=en", 200, "No instrument says how the half day counts")
}

func TestYearShowsPausesSwapsAndMonths(t *testing.T) {
	m := newMux(t, web.Person{}, "")
	wants(t, m, "/rules/calendar", 200, "Lịch làm việc năm 2026", "Tết Âm lịch", "Thứ Bảy 14/02/2026 – Chủ nhật 22/02/2026", "Nghỉ liền 9 ngày", "Tết Âm lịch (5)",
		"Thứ Bảy 22/08/2026", "Cặp ngày hoán đổi dịp Quốc khánh 2026 chưa được kiểm chứng", "Tháng 12")
	wants(t, m, "/rules/calendar?year=2024&lang=en", 200, "Working days of 2024", "Saturday 4 May 2024", "5 days off", "December")
	wants(t, m, "/rules/calendar?year=2031", 200, "Chưa có quyết định của năm")
	wants(t, m, "/rules/calendar?year=1999", 404, "Không có quy định về ngày làm việc")
	wants(t, m, "/rules/calendar?year=99999", 422, "Số này phải từ 1.900 đến 2.199")
	wants(t, m, "/rules/calendar?year=abc", 422)
}

func TestMonthsHoldEveryDayOnce(t *testing.T) {
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.New(book).Days(postal.MakeDay(2024, 1, 1), postal.MakeDay(2024, 12, 31))
	if err != nil {
		t.Fatal(err)
	}
	next, all, sum := postal.MakeDay(2024, 1, 1), months(days), 0
	for _, m := range all {
		sum += m.Worked
		for _, w := range m.Weeks {
			for i, d := range w {
				if d == nil {
					continue
				}
				if d.Day != next || (int(d.Day.Weekday())+6)%7 != i {
					t.Fatalf("%v stands where %v is due, in column %d", d.Day, next, i)
				}
				next = next.AddDays(1)
			}
		}
	}
	if len(all) != 12 || next != postal.MakeDay(2025, 1, 1) || sum != worked(days) {
		t.Errorf("%d months until %v, %d of %d working days", len(all), next, sum, worked(days))
	}
}

func TestDeadlineIsCountedInWordsWithItsArticles(t *testing.T) {
	m := newMux(t, web.Person{}, "")
	wants(t, m, "/rules/deadline", 200, "Gửi hồ sơ", "Trong một quận, huyện (cũ)", `value="2026-11-25"`, `value="09:00"`, "!Độ mật")
	wants(t, m, "/rules/deadline?service=kt1", 200, "Độ mật", "Hoả tốc", "!Có phát lại giấy hẹn")
	kt1 := "/rules/deadline?service=kt1&route=intra&class=plain&secrecy=&day=2020-04-24&time=09:00"
	wants(t, m, kt1, 200, "Hạn: 12:00 thứ Ba 28/04/2020.", "Thứ Bảy 25/04/2020: nghỉ hằng tuần, không tính.", "16/2017/TT-BTTTT, Điều 4 khoản 4", "bưu điện đặt 12 giờ trưa")
	wants(t, m, kt1+"&lang=en", 200, "Due: 12:00 on Tuesday 28/04/2020.", "article 4 clause 4", "the post takes twelve noon")
	wants(t, m, "/rules/deadline?service=dossier-send&route=same-district&day=2020-04-29&time=15:00", 200, "Hạn: 24:00 thứ Hai 04/05/2020.")
	wants(t, m, "/rules/deadline?service=dossier-send&route=same-district&day=2020-04-29&time=15:00&slip=1", 200, "Hạn: 24:00 thứ Ba 05/05/2020.")
	wants(t, m, "/rules/deadline?service=registered&route=intra&day=2010-05-04&time=09:00", 200, "Không tính được thời hạn.")
	wants(t, m, "/rules/deadline?service=registered&route=intra&day=2026-05-04&time=09:00&special=1", 200, "Vùng có điều kiện địa lý đặc biệt không có thời gian toàn trình ấn định")
	wants(t, m, "/rules/deadline?service=kt1&route=inter&class=timed&secrecy=&day=2020-04-24&time=09:00", 422, "Ngày hẹn: Ô này chưa điền")
	wants(t, m, "/rules/deadline?service=kt1&route=intra&class=timed&secrecy=&day=2020-04-24&time=09:00&at_day=2020-04-24&at_time=09:30", 409, "ít nhất")
	wants(t, m, "/rules/deadline?service=registered&route=moon&day=2026-05-04&time=9h", 422, "Hãy chọn một mục", "Không hiểu nội dung này")
	wants(t, m, "/rules/deadline?service=pigeon", 404)
}

func TestReportDatesAreForStaff(t *testing.T) {
	wants(t, newMux(t, web.Person{}, ""), "/rules/reports", 303)
	m := newMux(t, manager, "")
	wants(t, m, "/rules", 200, "Hạn báo cáo")
	wants(t, m, "/rules/reports", 200, "Báo cáo sắp đến hạn", "Thứ Bảy 09/01/2027", "còn 45 ngày", "!đã qua")
	wants(t, m, "/rules/reports?year=2026", 200, "Hạn báo cáo năm 2026", "09/07/2026", "đã qua", "quý II năm 2026", "17/2017/TT-BTTTT", "Điều 13 khoản 1 điểm d")
	wants(t, m, "/rules/reports?year=2027&lang=en", 200, "Report dates of 2027", "9 Jan 2027", "in 45 days", "Due on a day off: send it by Friday 8 Jan 2027", "the year 2026")
	wants(t, m, "/rules/reports?year=1950", 200, "không có báo cáo nào")
	wants(t, m, "/rules/reports?year=x", 422)
}

func TestEveryWordOfTheLawHasWordsInBothLanguages(t *testing.T) {
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	known := func(column, word string) {
		t.Helper()
		if _, ok := wordWords[word]; !ok {
			t.Errorf("the word %q of column %q has no words", word, column)
		}
	}
	for _, k := range book.Keys() {
		for _, word := range k.Type.OneOf {
			known("", word)
		}
		for _, c := range k.Type.Columns {
			if _, ok := columnWords[c.Name]; !ok {
				t.Errorf("the column %q of %s has no words", c.Name, k.Name)
			}
			for _, word := range c.OneOf {
				known(c.Name, word)
			}
		}
	}
	for _, r := range book.All() {
		if topicOf(r.Name) == len(topics)-1 {
			t.Errorf("%s belongs to no topic", r.Name)
		}
		if r.Key.Family() {
			known("", r.Name[strings.LastIndexByte(r.Name, '.')+1:])
		}
	}
}

func TestEveryRuleAndInstrumentHasItsPage(t *testing.T) {
	m := newMux(t, web.Person{}, "")
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range book.All() {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
			wants(t, m, keysPath+r.Name, 200, r.ID(), "!%!")
			wants(t, m, keysPath+r.Name+"?lang=en", 200, r.ID(), "!%!")
		}
	}
	for _, i := range book.Instruments() {
		wants(t, m, actPath(i.ID), 200, i.Number, "!%!")
	}
}

func TestNothingThatIsAskedBreaksAPage(t *testing.T) {
	m := newMux(t, manager, "")
	for _, path := range []string{
		"/rules?on=%ff", "/rules?on=0000-00-00", "/rules?on=9999-12-31", "/rules?words=%00", "/rules?words=%ff%fe", "/rules?topic=%22%3E%3Cscript%3E", "/rules?on=" + strings.Repeat("1", 5000),
		"/rules/keys/%2e%2e%2f", "/rules/keys/*", "/rules/keys/.", "/rules/keys/kt1.", "/rules/keys/%ff", "/rules/keys/kt1", "/rules/documents/%00", "/rules/documents/*",
		"/rules/changes?from=0001-01-01&to=9999-12-31", "/rules/changes?from=x&to=y", "/rules/unverified?all=%ff",
		"/rules/calendar?year=-1", "/rules/calendar?year=9223372036854775808", "/rules/calendar?year=1900", "/rules/calendar?year=2199",
		"/rules/reports?year=1900", "/rules/reports?year=2199", "/rules/reports?year=0",
		"/rules/deadline?service=kt1&route=intra&class=plain&secrecy=Z&day=2020-04-24&time=25:00", "/rules/deadline?service=kt1&day=9999-12-31&time=23:59&route=inter&class=express&secrecy=",
		"/rules/deadline?service=registered&route=inter&day=2199-12-31&time=09:00", "/rules/deadline?service=registered&route=inter&day=0001-01-01&time=00:00",
		"/rules/deadline?service=dossier-send&route=intra&day=2020-04-24&time=09:00", "/rules/deadline?service=%ff",
	} {
		status, text := get(t, m, path)
		if status >= 500 || strings.Contains(text, "%!") || strings.Contains(text, "><script>") {
			t.Errorf("%.80s: %d", path, status)
		}
	}
}
