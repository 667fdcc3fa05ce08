package booking

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// The made-up city of the tests: one office that delivers in one ward, with two postmen and a dispatcher.
const (
	office postal.OfficeCode = "990100"
	ward   postal.UnitCode   = "11311"
	minh   postal.StaffID    = "bt-minh"
	hoa    postal.StaffID    = "bt-hoa"
)

var (
	dispatcher = web.Person{ID: "dp1", Login: "dieuphoi", Name: "Phạm Điều Phối", Acting: web.Role{Name: web.Dispatcher, Office: office}, Roles: []web.Role{{Name: web.Dispatcher, Office: office}}}
	elsewhereD = web.Person{ID: "dp2", Login: "dieuphoi2", Name: "Trần Điều Phối", Acting: web.Role{Name: web.Dispatcher, Office: "980100"}, Roles: []web.Role{{Name: web.Dispatcher, Office: "980100"}}}
	postman    = web.Person{ID: minh, Login: "buuta", Name: "Lê Bưu Tá Minh", Acting: web.Role{Name: web.Carrier, Office: office}, Roles: []web.Role{{Name: web.Carrier, Office: office}}}
)

type fakePlaces struct{ g *gazetteer.Gazetteer }

func (p fakePlaces) Gazetteer() *gazetteer.Gazetteer { return p.g }
func (p fakePlaces) Directory() *gazetteer.Directory {
	return gazetteer.NewDirectory(p.g, []gazetteer.Office{{Code: office, Name: "Bưu cục mẫu", Kind: "level1", Unit: ward, MadeUp: true}}, postal.MakeDay(2026, time.November, 30))
}
func (p fakePlaces) DeliveryOffice(u postal.UnitCode) (postal.OfficeCode, bool) {
	return office, u == ward
}

type fakePeople struct{}

func (fakePeople) Holding(_ context.Context, right web.Right, o postal.OfficeCode) ([]web.Person, error) {
	if right != web.Carrier || o != office {
		return nil, nil
	}
	return []web.Person{{ID: minh, Name: "Lê Bưu Tá Minh"}, {ID: hoa, Name: "Ngô Bưu Tá Hoà"}}, nil
}
func (fakePeople) Name(_ context.Context, id postal.StaffID) string { return string(id) }

// fakeProcedures has one procedure by post, and one that has ended; open: with a paper that is not demanded.
type fakeProcedures struct{ ended, open bool }

func (f *fakeProcedures) Procedure(code string, _ postal.Day) (Procedure, error) {
	switch {
	case code == "9.900001" && !f.ended:
		p := Procedure{Code: code, Name: "Đăng ký khai sinh (mẫu)", Papers: []Paper{
			{ID: "01", Name: "Tờ khai theo mẫu", CountVI: "1 bản chính", CountEN: "1 original"},
			{ID: "02", Name: "Thẻ căn cước hoặc hộ chiếu", CountVI: "1 bản sao có chứng thực", CountEN: "1 certified copy"}}}
		if f.open {
			p.Papers = append(p.Papers, Paper{ID: "03", Name: "Giấy uỷ quyền", CountVI: "1 bản chính", CountEN: "1 original", Open: true})
		}
		return p, nil
	case code == "9.900001":
		return Procedure{}, fault.New(fault.Conflict, "procedure.repealed", "Thủ tục “%s” đã bị bãi bỏ.", "The procedure “%s” was repealed.", "Đăng ký khai sinh (mẫu)")
	}
	return Procedure{}, fault.New(fault.NotFound, "procedure.unknown", "Không có thủ tục %s.", "There is no procedure %s.", code)
}

// house is the service with its clock and the addresses of its pages for everybody.
type house struct {
	*Service
	now        time.Time
	procedures *fakeProcedures
	t          *testing.T
}

func newHouse(t *testing.T, db *sqldb.DB) *house {
	t.Helper()
	h := &house{now: time.Date(2026, 11, 30, 9, 0, 0, 0, postal.HoChiMinh), procedures: &fakeProcedures{}, t: t}
	clock := func() time.Time { return h.now }
	key, err := privacy.NewHouseKey([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.OpenVault(t.Context(), db, key, clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Open("")
	if err != nil {
		t.Fatal(err)
	}
	g, err := gazetteer.Load()
	if err != nil {
		t.Fatal(err)
	}
	h.Service = &Service{DB: db, Vault: vault, Calendar: calendar.New(book), Places: fakePlaces{g}, People: fakePeople{}, Procedures: h.procedures, Now: clock,
		Guide: "/procedures", Intake: "/dossiers/accept"}
	return h
}

func (h *house) serve(who web.Person) string {
	m := web.New(webtest.Gate{Person: who}, web.Site{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	h.Mount(m)
	m.Get("/procedures", web.Public, func(w http.ResponseWriter, r *http.Request) error { _, err := w.Write([]byte("guide")); return err })
	return webtest.Serve(h.t, m)
}

// visitor is a browser without eyes.
type visitor struct {
	t    *testing.T
	base string
	*http.Client
}

func (h *house) visit(who web.Person) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &visitor{h.t, h.serve(who), &http.Client{Jar: jar}}
}

// get opens a page, post sends a form; both follow to the page that answers and give its status and text.
func (v *visitor) get(path string) (int, string) { return v.read(v.Get(v.base + path)) }

func (v *visitor) post(path string, fields ...string) (int, string) {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return v.read(v.PostForm(v.base+path, form))
}

func (v *visitor) read(r *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r.StatusCode, html.UnescapeString(string(b))
}

func wants(t *testing.T, what string, status int, text string, want int, words ...string) {
	t.Helper()
	if status != want {
		t.Errorf("%s: status %d, want %d", what, status, want)
	}
	for _, w := range words {
		w, unwanted := strings.CutPrefix(w, "!")
		if strings.Contains(text, w) == unwanted {
			t.Errorf("%s: %q stands there: %v", what, w, unwanted)
		}
	}
}

var refShown = regexp.MustCompile(`(?s)Mã hẹn của bạn.{0,200}?(?:class="code">|\s)(\w{4}-\w{4})`)

// prepare goes through all the steps as a citizen does and gives the reference.
func (h *house) prepare(v *visitor, name, phone string, home bool) Ref {
	h.t.Helper()
	v.post("/send", "procedure", "9.900001")
	v.post("/send/papers", "have", "01")
	v.post("/send/who", "name", name, "phone", phone)
	if home {
		v.post("/send/how", "way", "home", "address", "Số 7 ngõ Mẫu", "unit", string(ward), "day", "2026-12-01", "window", "08:00–10:00")
	} else {
		v.post("/send/how", "way", "counter")
	}
	_, text := v.post("/send/check")
	m := refShown.FindStringSubmatch(text)
	if m == nil {
		h.t.Fatalf("no reference: %s", text)
	}
	ref, err := ParseRef(m[1])
	if err != nil {
		h.t.Fatal(err)
	}
	return ref
}

func TestACitizenPreparesADossierAndAPostmanFetchesIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		citizen := h.visit(web.Person{})
		s, text := citizen.get("/send?procedure=9.900001")
		wants(t, "start", s, text, 200, "Đăng ký khai sinh (mẫu)", "Bắt đầu")
		s, text = citizen.post("/send", "procedure", "9.900001")
		wants(t, "steps", s, text, 200, "Kiểm tra giấy tờ", "Chưa làm", "Làm các bước trên trước")
		s, text = citizen.post("/send/papers", "have", "01")
		wants(t, "after papers", s, text, 200, "Xong")
		s, text = citizen.post("/send/who", "name", "", "phone", "0912")
		wants(t, "a bad sender", s, text, 422, "Ô này chưa điền", "Số điện thoại chưa đúng", `value="0912"`)
		citizen.post("/send/who", "name", "Nguyễn Văn Mẫu", "phone", "0912 345 678", "email", "mau@example.vn")
		s, text = citizen.post("/send/how", "way", "home", "address", "", "unit", "00000", "day", "2026-11-30", "window", "23:00–24:00")
		wants(t, "a bad place", s, text, 422, "Còn chỗ phải sửa")
		citizen.post("/send/how", "way", "home", "address", "Số 7 ngõ Mẫu", "unit", string(ward), "day", "2026-12-01", "window", "08:00–10:00")
		s, text = citizen.get("/send/check")
		wants(t, "check", s, text, 200, "Nguyễn Văn Mẫu", "0912 345 678", "Số 7 ngõ Mẫu", "01/12/2026", "1 trong 2", "Thẻ căn cước hoặc hộ chiếu</span>: 1 bản sao có chứng thực", "!Tờ khai theo mẫu")
		s, text = citizen.post("/send/check")
		m := refShown.FindStringSubmatch(text)
		if s != 200 || m == nil {
			t.Fatalf("no reference: %d %s", s, text)
		}
		s, text = citizen.post("/send/check") // a second press
		wants(t, "a second press", s, text, 200, m[1])
		ref, err := ParseRef(m[1])
		if err != nil {
			t.Fatal(err)
		}

		d := h.visit(dispatcher)
		s, text = d.get("/bookings")
		wants(t, "to assign", s, text, 200, m[1], "Chờ phân công", "!Nguyễn Văn Mẫu", "!0912")
		s, text = d.get("/bookings/" + string(ref))
		wants(t, "one", s, text, 200, "Nguyễn Văn Mẫu", "Số 7 ngõ Mẫu", "Lê Bưu Tá Minh", "Lượt xem này được ghi lại", "/dossiers/accept?booking="+string(ref))
		s, text = h.visit(elsewhereD).get("/bookings/" + string(ref))
		wants(t, "another office", s, text, 403, "!Nguyễn Văn Mẫu")
		s, text = d.post("/bookings/"+string(ref)+"/assign", "carrier", "somebody", "day", "2026-12-01", "window", "08:00–10:00")
		wants(t, "no postman of ours", s, text, 422, "không phải bưu tá của bưu cục")
		s, _ = d.post("/bookings/"+string(ref)+"/assign", "carrier", string(minh), "day", "2026-12-01", "window", "10:00–12:00")
		if s != 200 {
			t.Errorf("assign: %d", s)
		}

		p := h.visit(postman)
		s, text = p.get("/pickups")
		wants(t, "the postman's list", s, text, 200, "Số 7 ngõ Mẫu", "Nguyễn Văn Mẫu", "tel:+84912345678", "10:00–12:00", "/dossiers/accept?booking="+string(ref))
		s, text = p.post("/pickups/"+string(ref), "do", "failed")
		wants(t, "failed without a reason", s, text, 422, "Hãy chọn lý do")
		p.post("/pickups/"+string(ref), "do", "failed", "reason", "absent")
		s, text = d.get("/bookings")
		wants(t, "failed", s, text, 200, "Không có ai ở nhà")
		d.post("/bookings/"+string(ref)+"/assign", "carrier", string(minh), "day", "2026-12-02", "window", "08:00–10:00")
		p.post("/pickups/"+string(ref), "do", "fetched")
		s, _ = p.post("/pickups/"+string(ref), "do", "fetched") // twice
		if s != 200 {
			t.Errorf("the same press twice: %d", s)
		}
		s, text = citizen.get("/send/done")
		wants(t, "the citizen sees it", s, text, 200, "Bưu tá đã nhận")

		if used, err := h.UsesProcedure(t.Context(), "9.900001"); err != nil || used != 1 {
			t.Errorf("the procedure is in use by %d, %v", used, err)
		}
		stranger := elsewhereD
		if _, err := h.Take(t.Context(), ref, stranger); fault.Code(err) != "booking.other_office" {
			t.Errorf("taken at another office: %v", err)
		}
		got, err := h.Take(t.Context(), ref, dispatcher)
		if err != nil || got.Person.Name != "Nguyễn Văn Mẫu" || got.Person.Phone != "+84912345678" || got.Unit != ward || got.Procedure != "9.900001" || len(got.Have) != 2 {
			t.Errorf("for the intake: %+v, %v", got, err)
		}
		if err := h.Used(t.Context(), ref, stranger, "RH000000011VN"); fault.Code(err) != "booking.other_office" {
			t.Errorf("used up at another office: %v", err)
		}
		for range 2 {
			if err := h.Used(t.Context(), ref, dispatcher, "RH000000011VN"); err != nil {
				t.Error(err)
			}
		}
		if err := h.Used(t.Context(), ref, dispatcher, "RH000000025VN"); !fault.Is(err, fault.Conflict) {
			t.Errorf("used for another item: %v", err)
		}
		if _, err := h.Take(t.Context(), ref, dispatcher); !fault.Is(err, fault.Conflict) {
			t.Errorf("taken twice: %v", err)
		}
		if used, _ := h.UsesProcedure(t.Context(), "9.900001"); used != 0 {
			t.Errorf("still in use by %d", used)
		}
	})
}

func TestWhatACitizenTypedIsSealedAndForgotten(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	v := h.visit(web.Person{})
	ref := h.prepare(v, "Nguyễn Văn Mẫu Kín", "0912345678", true)
	raw := func() string {
		if _, err := h.DB.Write().ExecContext(t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(h.DB.DSN)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, secret := range []string{"Mẫu Kín", "912345678", "ngõ Mẫu"} {
		if strings.Contains(raw(), secret) {
			t.Errorf("%q lies open in the database", secret)
		}
	}
	b, err := h.Find(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	was := b.sealed
	if s, text := v.post("/send/done"); s != 200 || !strings.Contains(text, "Lịch hẹn đã huỷ") || strings.Contains(text, "Mẫu Kín") {
		t.Errorf("cancel: %d", s)
	}
	if _, err := h.Vault.Open(t.Context(), h.DB.Read(), b.subject, sealContext, was); fault.Code(err) != "privacy.erased" {
		t.Errorf("a cancelled booking can still be opened: %v", err)
	}
}

func TestOldDraftsAndBookingsAreDeleted(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		draft := h.visit(web.Person{})
		draft.post("/send", "procedure", "9.900001")
		draft.post("/send/who", "name", "Nguyễn Văn Mẫu", "phone", "0912345678")
		ref := h.prepare(h.visit(web.Person{}), "Trần Thị Mẫu", "0912345679", true)
		count := func() (n int) {
			if err := db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM booking`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		h.now = h.now.AddDate(0, 0, 6)
		if n, err := h.Tidy(t.Context()); err != nil || n != 0 || count() != 2 {
			t.Errorf("after six days %d were deleted, %v", n, err)
		}
		h.now = h.now.AddDate(0, 0, 2)
		if n, err := h.Tidy(t.Context()); err != nil || n != 1 || count() != 1 {
			t.Errorf("after eight days %d were deleted, %v", n, err)
		}
		if s, text := draft.get("/send"); s != 200 || !strings.Contains(text, "Chọn thủ tục") {
			t.Errorf("a deleted draft: %d", s)
		}
		if b, err := h.Find(t.Context(), ref); err != nil || h.Cancel(t.Context(), b, ByCitizen) != nil {
			t.Fatal(err)
		}
		h.now = h.now.AddDate(0, 0, 31)
		if n, err := h.Tidy(t.Context()); err != nil || n != 1 || count() != 0 {
			t.Errorf("a month later %d were deleted, %v", n, err)
		}
	})
}

func TestAProcedureThatEndsMeanwhileStopsTheDraft(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	v := h.visit(web.Person{})
	v.post("/send", "procedure", "9.900001")
	v.post("/send/who", "name", "Nguyễn Văn Mẫu", "phone", "0912345678")
	v.post("/send/papers")
	v.post("/send/how", "way", "counter")
	h.procedures.ended = true
	s, text := v.get("/send")
	wants(t, "the steps", s, text, 200, "“Đăng ký khai sinh (mẫu)” đã bị bãi bỏ", "Tìm thủ tục khác")
	s, text = v.post("/send/check")
	wants(t, "the end", s, text, 409, "đã bị bãi bỏ", "!Mã hẹn của bạn")
	s, text = h.visit(web.Person{}).post("/send", "procedure", "9.900001")
	wants(t, "a new one", s, text, 409, "đã bị bãi bỏ")
}

func TestFloodsAndProgramsAreStoppedWithoutTellingAnything(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	for range mostOpen {
		h.prepare(h.visit(web.Person{}), "Nguyễn Văn Mẫu", "0912345678", false)
	}
	v := h.visit(web.Person{})
	v.post("/send", "procedure", "9.900001")
	v.post("/send/papers")
	v.post("/send/who", "name", "Kẻ Lạ Mẫu", "phone", "0912345678")
	v.post("/send/how", "way", "counter")
	s, text := v.post("/send/check")
	wants(t, "one telephone too often", s, text, 429, "Hiện chưa đặt thêm lịch qua trang này được", "!Nguyễn Văn Mẫu")
	robot := h.visit(web.Person{})
	if s, text := robot.post("/send", "procedure", "9.900001", "website", "http://spam.example"); s != 200 || strings.Contains(text, "Kiểm tra giấy tờ") {
		t.Errorf("a program that fills every field began a draft: %d", s)
	}
	h.Limit = web.Limit{PerSecond: 0.01, Burst: 2}
	h.limiter = web.Limiter{}
	fast := h.visit(web.Person{})
	fast.post("/send", "procedure", "9.900001")
	fast.post("/send/papers")
	s, text = fast.post("/send/papers")
	wants(t, "too fast", s, text, 429, "Hãy đợi một phút")
	stranger := h.visit(web.Person{})
	if s, text := stranger.get("/send/done"); s != 200 || strings.Contains(text, "Mã hẹn của bạn") {
		t.Errorf("a stranger sees a booking: %d", s)
	}
}

func TestNobodyOverwritesAnothersChange(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	ref := h.prepare(h.visit(web.Person{}), "Nguyễn Văn Mẫu", "0912345678", true)
	one, err := h.Find(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.Find(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	day := postal.MakeDay(2026, time.December, 1)
	if err := h.Assign(t.Context(), one, minh, day, Window{"08:00", "10:00"}); err != nil {
		t.Fatal(err)
	}
	if err := h.Assign(t.Context(), two, hoa, day, Window{"08:00", "10:00"}); fault.Code(err) != "booking.changed" {
		t.Errorf("two dispatchers at once: %v", err)
	}
	if err := h.Fetch(t.Context(), one, hoa); fault.Code(err) != "booking.other_carrier" {
		t.Errorf("another postman: %v", err)
	}
	for _, bad := range []postal.Day{postal.MakeDay(2026, time.November, 29), postal.MakeDay(2026, time.December, 6)} { // past; a Sunday
		if err := h.Assign(t.Context(), one, minh, bad, Window{"08:00", "10:00"}); fault.Code(err) != "booking.day" {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestTheStaffBooksForACallerWithACardOrWithout(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	d := h.visit(dispatcher)
	card := "031090000001||Nguyễn Văn Thẻ|01011990|Nam|Tổ 1, Hồng Bàng, Hải Phòng|01012021"
	s, text := d.post("/bookings/new", "secret.card", card, "procedure", "9.900001", "phone", "0912 345 678")
	wants(t, "a card", s, text, 200, `value="Nguyễn Văn Thẻ"`, `value="Tổ 1, Hồng Bàng, Hải Phòng"`, `value="0912 345 678"`, "Hãy đối chiếu với thẻ", "!031090000001")
	s, text = d.post("/bookings/new", "secret.card", strings.Replace(card, "Nam", "Nữ", 1), "procedure", "9.900001")
	wants(t, "a card that contradicts itself", s, text, 422, "Đừng nhận thẻ này", "!Nguyễn Văn Thẻ")
	s, text = d.post("/bookings/new", "secret.card", strings.Replace(card, "Nguyễn", "Nguyeenx", 1))
	wants(t, "a garbled card", s, text, 422, "bộ gõ tiếng Việt làm sai")
	s, text = d.post("/bookings/new", "procedure", "9.900777", "name", "", "phone", "")
	wants(t, "nothing right", s, text, 422, "Không có thủ tục 9.900777", "Ô này chưa điền")
	s, text = d.post("/bookings/new", "procedure", "9.900001", "name", "Nguyễn Văn Thẻ", "phone", "0912345678", "address", "Tổ 1", "unit", string(ward), "day", "2026-12-01", "window", "08:00–10:00")
	wants(t, "booked", s, text, 200, "Mã hẹn đọc cho người gửi", "Chờ phân công")
}

func TestReferencesSurviveEveryKeyboard(t *testing.T) {
	seen := map[Ref]bool{}
	for range 1000 {
		r := newRef()
		if seen[r] {
			t.Fatalf("%s came twice", r)
		}
		seen[r] = true
		for _, form := range []string{string(r), r.Grouped(), strings.ToLower(r.Grouped()), " " + string(r[:4]) + " " + string(r[4:])} {
			if got, err := ParseRef(form); err != nil || got != r {
				t.Errorf("%q is read as %q, %v", form, got, err)
			}
		}
	}
	for _, bad := range []string{"", "BCFG234", "BCFG-2340", "ABCF-2345", "<script>"} {
		if _, err := ParseRef(bad); fault.Code(err) != "booking.ref" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestTheWholeWayInABrowser walks the citizen's way without scripts, and the staff's with them, in Vietnamese.
func TestTheWholeWayInABrowser(t *testing.T) {
	b := webtest.Open(t)
	h := newHouse(t, sqltest.SQLite(t))
	public, staff, carrier := h.serve(web.Person{}), h.serve(dispatcher), h.serve(postman)
	look := func(name string) {
		t.Helper()
		for _, w := range []int{webtest.Desk, webtest.Phone} {
			b.Width(w)
			b.Shot("booking-" + name + map[int]string{webtest.Phone: "-phone", webtest.Desk: "-desk"}[w])
			if w == webtest.Desk {
				b.Check(name)
			} else {
				b.Fits(name)
			}
		}
	}
	b.Go(public + "/send")
	look("begin")
	b.Go(public + "/send?procedure=9.900001")
	look("start")
	b.Submit("main form button")
	look("tasks")
	b.Submit(`a[href="/send/papers"]`)
	look("papers")
	b.Click("#have")
	b.Submit("main form button")
	b.Submit(`a[href="/send/who"]`)
	b.Submit("main form button") // nothing filled in
	if f := b.Complaints(); len(f) == 0 {
		t.Error("an empty form was taken")
	}
	look("who-wrong")
	b.Fill("input[name=name]", "Nguyễn Văn Mẫu")
	b.Fill("input[name=phone]", "0912345678")
	b.Submit("main form button")
	b.Submit(`a[href="/send/how"]`)
	look("how")
	b.Click("#way-2")
	b.Fill("input[name=address]", "Số 7 ngõ Mẫu")
	webtest.Eval[bool](b, `(() => { document.getElementById("unit").value = "`+string(ward)+`"; document.getElementById("day").selectedIndex = 1; return true })()`)
	b.Click("#window")
	b.Submit("main form > button:last-of-type")
	b.Submit(`a[href="/send/check"]`)
	look("check")
	b.Submit("main form button")
	look("done")
	m := refShown.FindStringSubmatch(b.Text("main"))
	if m == nil {
		t.Fatalf("no reference: %s", b.Text("main"))
	}
	ref, _ := ParseRef(m[1])
	b.Submit(`a[href="/send/done/print"]`)
	b.Shot("booking-print")
	b.Go(staff + "/bookings")
	look("bookings")
	b.Fill("input[name=ref]", strings.ToLower(m[1]))
	b.TypeAndGo("\r")
	look("booking")
	webtest.Eval[bool](b, `(() => { document.getElementById("carrier").value = "`+string(minh)+`"; return true })()`)
	b.Submit(`form[action$="/assign"] button`)
	if !strings.Contains(b.Text("main"), "Đã giao cho bưu tá") {
		t.Errorf("not assigned: %s", b.Text("main"))
	}
	b.Go(staff + "/bookings/new")
	b.Click(`input[name="secret.card"]`)
	b.TypeAndGo("031090000001||Nguyễn Văn Thẻ|01011990|Nam|Tổ 1, Hồng Bàng, Hải Phòng|01012021\r")
	look("caller")
	if got := webtest.Eval[string](b, `document.querySelector("input[name=name]").value`); got != "Nguyễn Văn Thẻ" {
		t.Errorf("a scanner's keystrokes filled in %q", got)
	}
	b.Go(carrier + "/pickups")
	look("pickups")
	b.Submit(`button[value="fetched"]`)
	if !strings.Contains(b.Text("main"), "hồ sơ đang ở chỗ bạn") {
		t.Errorf("not fetched: %s", b.Text("main"))
	}
	if got, err := h.Find(t.Context(), ref); err != nil || got.State != Fetched {
		t.Errorf("%+v, %v", got, err)
	}
}

// If this fails a citizen who only brings his dossier to the counter waits at home for an appointment that nobody made.
func TestWhoComesToTheCounterHasAReferenceAndNoAppointment(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	for home, words := range map[bool][2]string{true: {"Đã nhận lịch hẹn gửi hồ sơ", "Mã hẹn để mang hồ sơ"}, false: {"Mã hẹn để mang hồ sơ đến bưu cục", "Đã nhận lịch hẹn"}} {
		v := h.visit(web.Person{})
		h.prepare(v, "Nguyễn Văn Mẫu", "0912345678", home)
		if s, text := v.get("/send/done"); s != 200 || !strings.Contains(text, words[0]) || strings.Contains(text, words[1]) {
			t.Errorf("at home %t: %d, %q is not there, or %q is", home, s, words[0], words[1])
		}
		paper := map[bool]string{true: "Phiếu hẹn bưu tá đến nhà nhận hồ sơ. Đưa phiếu cho bưu tá.", false: "Phiếu hẹn gửi hồ sơ tại bưu cục. Đưa phiếu cho giao dịch viên."}[home]
		s, text := v.get("/send/done/print")
		wants(t, "on paper", s, text, 200, paper)
		if _, done := v.get("/send/done"); !home && (strings.Contains(strings.ToLower(text), "lịch hẹn") || strings.Contains(strings.ToLower(done), "lịch hẹn")) {
			t.Error("who comes to the counter reads of an appointment")
		}
	}
}
