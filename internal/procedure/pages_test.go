package procedure_test

import (
	"bytes"
	"compress/gzip"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

var (
	noon    = time.Date(2026, 11, 29, 12, 0, 0, 0, postal.HoChiMinh)
	planner = web.Person{ID: "m1", Login: "mangluoi", Name: "Phạm Mạng Lưới", Acting: web.Role{Name: web.Planner}, Roles: []web.Role{{Name: web.Planner}}}
	clerk   = web.Person{ID: "c1", Login: "gdv", Name: "Lê Giao Dịch", Acting: web.Role{Name: web.Clerk}, Roles: []web.Role{{Name: web.Clerk}}}
)

// newMux serves the pages over a made-up catalogue.
func newMux(t *testing.T, who web.Person) (*web.Mux, *procedure.Store) {
	t.Helper()
	db := sqltest.SQLite(t)
	if err := procedure.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	store := &procedure.Store{DB: db, Now: func() time.Time { return noon }}
	if err := store.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := procedure.MakeUp(t.Context(), store, postal.DayOf(noon)); err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Open("")
	if err != nil {
		t.Fatal(err)
	}
	m := web.New(webtest.Gate{Person: who}, web.Site{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	(&procedure.Pages{Store: store, Now: store.Now, Base: "https://buudien.example", Book: book, Province: "31", Send: "/send"}).Mount(m)
	return m, store
}

func get(m http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, html.UnescapeString(w.Body.String())
}

// wants checks the status of a page, the words that must stand there, and, after "!", those that must not.
func wants(t *testing.T, m http.Handler, path string, status int, words ...string) {
	t.Helper()
	got, text := get(m, path)
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

func TestTheGuideSaysWhatACitizenMustKnow(t *testing.T) {
	m, _ := newMux(t, web.Person{})
	wants(t, m, "/procedures", 200, "Có 25 thủ tục")
	wants(t, m, "/procedures?q=khai+sinh", 200, "Đăng ký khai sinh (mẫu)", "Đăng ký lại khai sinh (mẫu)", "Gửi được qua bưu điện", "!Đăng ký kết hôn")
	wants(t, m, "/procedures?q=ket+hon", 200, "Đăng ký kết hôn (mẫu)", "Không nhận qua bưu điện")
	wants(t, m, "/procedures?q=ket+hon&post=1", 200, "Không tìm thấy thủ tục này")
	wants(t, m, "/procedures?q=9.900024", 200, "Đã bãi bỏ")
	wants(t, m, "/procedures?q="+strings.Repeat("x", 200), 422, "tối đa 100")
	wants(t, m, "/procedures/9.900001", 200, "không có thật", "Gửi được qua bưu điện", "1 bản sao có chứng thực", "thay cho việc xuất trình", "1 ngày làm việc", "23/2026/NQ-HĐND", "Chưa kiểm chứng", "/send?procedure=9.900001", "không được đòi thêm giấy tờ")
	wants(t, m, "/procedures/9.900001?by=direct", 200, "(để xuất trình)", "!1 bản sao có chứng thực")
	wants(t, m, "/procedures/9.900004", 200, "Không nhận qua bưu điện", "!/send?procedure")
	wants(t, m, "/procedures/9.900008", 200, "Cấp phiếu lý lịch tư pháp số 1", "200.000")
	wants(t, m, "/procedures/9.900024", 200, "“Xác nhận đơn xin sao hồ sơ cũ (mẫu)” (9.900024) đã bị bãi bỏ", "03/QĐ-MẪU", "!/send?procedure", "chưa công bố")
	wants(t, m, "/procedures/9.900025", 200, "mới có hiệu lực", "!/send?procedure")
	wants(t, m, "/procedures/9.900001?lang=en", 200, "Goes by post", "1 certified copy", "Filed online: VND")
	wants(t, m, "/procedures/9.900099", 404, "Danh mục không có thủ tục")
	wants(t, m, "/procedures/khong", 404, "Danh mục không có thủ tục")
	wants(t, m, "/procedures/9.900001/print", 200, "Giấy chứng sinh", "https://buudien.example/procedures/9.900001")
}

func TestPublicPagesAreLight(t *testing.T) {
	m, _ := newMux(t, web.Person{})
	for _, path := range []string{"/procedures?q=mau", "/procedures/9.900001"} {
		_, text := get(m, path)
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		if b.Len() > 12<<10 { // beside some 45 KB of style and font
			t.Errorf("%s weighs %d bytes", path, b.Len())
		}
	}
}

func TestTheCatalogueIsForThoseWhoKeepIt(t *testing.T) {
	m, _ := newMux(t, clerk)
	wants(t, m, "/catalogue", 403)
	m, _ = newMux(t, planner)
	wants(t, m, "/catalogue", 200, "Sắp thay đổi", "Hết hiệu lực", "Cấp giấy phép bán lẻ rượu (mẫu)", "04/QĐ-MẪU", "Cấp mã định danh địa điểm kinh doanh (mẫu)", "31/12/2026", "28/01/2027", "Các lần nhập")
	wants(t, m, "/catalogue?state=repealed", 200, "Xác nhận đơn xin sao hồ sơ cũ", "!Đăng ký khai sinh (mẫu)")
	wants(t, m, "/catalogue?state=nonsense&q=khai+tu", 200, "Đăng ký khai tử (mẫu)")
}

// send posts the form of an import.
func send(t *testing.T, m http.Handler, file string, fields ...string) (int, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", "list.tsv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(file)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/catalogue/import", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	rec := httptest.NewRecorder()
	m.ServeHTTP(rec, r)
	return rec.Code, html.UnescapeString(rec.Body.String())
}

func TestAListIsSeenBeforeItIsTakenIn(t *testing.T) {
	m, store := newMux(t, planner)
	list := "code\tname\tdirect_time\n9.900030\tThủ tục thử (mẫu)\t1\n9.900002\tĐăng ký lại khai sinh (mẫu)\t5 Ngày làm việc\n"
	status, text := send(t, m, list, "act", "9/QĐ-THU", "from", "01/12/2026", "do", "plan")
	if status != 200 || !strings.Contains(text, "9.900030") || !strings.Contains(text, "thời hạn chưa điền đơn vị") && !strings.Contains(text, "Thời hạn chưa điền đơn vị") {
		t.Fatalf("the plan: %d %s", status, text)
	}
	if _, ok := store.Catalogue().Procedure("9.900030"); ok {
		t.Fatal("a dry run wrote something")
	}
	_, rest, _ := strings.Cut(text, `name="sha256" value="`)
	sum, _, _ := strings.Cut(rest, `"`)
	if status, text := send(t, m, list+"9.900031\tkhác\t\n", "act", "9/QĐ-THU", "from", "01/12/2026", "do", "apply", "sha256", sum); status != 422 && status != 400 || !strings.Contains(text, "không đúng mã kiểm tra") {
		t.Errorf("another file than the one shown: %d", status)
	}
	if status, _ := send(t, m, list, "act", "9/QĐ-THU", "from", "01/12/2026", "do", "apply", "sha256", sum); status != http.StatusSeeOther {
		t.Errorf("taking it in: %d", status)
	}
	if _, ok := store.Catalogue().Procedure("9.900030"); !ok {
		t.Error("nothing was taken in")
	}
	if status, text := send(t, m, "", "act", "", "from", ""); status != 422 || !strings.Contains(text, "Hãy chọn tệp danh mục") {
		t.Errorf("an empty form: %d", status)
	}
	if status, text := send(t, m, "code\tname\n10.005090\tMã sai\n", "act", "9/QĐ-THU", "from", "01/12/2026", "do", "plan"); status == 200 || !strings.Contains(text, "10.005090") {
		t.Errorf("a list with a bad row: %d", status)
	}
}

func TestPagesAreKindToEveryone(t *testing.T) {
	b := webtest.Open(t)
	public, _ := newMux(t, web.Person{})
	staff, _ := newMux(t, planner)
	urls := map[web.Right]string{web.Public: webtest.Serve(t, public), web.Planner: webtest.Serve(t, staff)}
	for i, p := range []struct {
		name, path string
		who        web.Right
	}{
		{"guide", "/procedures", web.Public}, {"guide-hits", "/procedures?q=cap", web.Public}, {"procedure", "/procedures/9.900001", web.Public},
		{"procedure-bar", "/procedures/9.900024", web.Public}, {"print", "/procedures/9.900001/print", web.Public},
		{"catalogue", "/catalogue?state=amended", web.Planner}, {"import", "/catalogue/import", web.Planner},
	} {
		lang := []string{"vi", "vi", "en"}[i%3]
		sep := "?"
		if strings.Contains(p.path, "?") {
			sep = "&"
		}
		b.Go(urls[p.who] + p.path + sep + "lang=" + lang)
		for _, w := range []int{webtest.Phone, webtest.Desk} {
			b.Width(w)
			b.Shot("procedure-" + p.name + map[int]string{webtest.Phone: "-phone", webtest.Desk: "-desk"}[w])
			if p.name != "print" {
				b.Check(p.name)
			}
		}
	}
}
