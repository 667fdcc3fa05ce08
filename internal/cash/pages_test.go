package cash_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/cash"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

func person(id string, name web.Right) web.Person {
	role := web.Role{Name: name, Office: office}
	return web.Person{ID: postal.StaffID(id), Login: id, Name: "Nguyễn Mẫu " + id, Acting: role, Roles: []web.Role{role}}
}

var (
	teller = person(string(clerk), web.Clerk)
	head   = person("ks-1", web.Supervisor)
	boss   = person("ld-1", web.Manager)
)

// counter is the pages as one person sees them.
type counter struct {
	t testing.TB
	m *web.Mux
}

func (h *house) as(p web.Person) *counter {
	h.t.Helper()
	m := web.New(webtest.Gate{Person: p}, web.Site{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	(&cash.Pages{Records: &cash.Records{DB: h.db, Ledger: h.Ledger}, Now: h.now, Prices: "/tariff", MadeUp: true,
		Name:   func(_ context.Context, id postal.StaffID) string { return "Nguyễn Mẫu " + string(id) },
		Office: func(o postal.OfficeCode) string { return "Bưu cục " + string(o) }}).Mount(m)
	return &counter{h.t, m}
}

func (c *counter) ask(r *http.Request) (int, string) {
	w := httptest.NewRecorder()
	c.m.ServeHTTP(w, r)
	return w.Code, strings.ReplaceAll(html.UnescapeString(w.Body.String()), "\u00a0", " ")
}

// wants checks the status of a page, the words that must stand there, and, after "!", those that must not.
func (c *counter) wants(path string, status int, words ...string) string {
	c.t.Helper()
	got, text := c.ask(httptest.NewRequest(http.MethodGet, path, nil))
	c.check(path, got, status, text, words)
	return text
}

func (c *counter) check(path string, got, status int, text string, words []string) {
	c.t.Helper()
	if got != status {
		c.t.Errorf("%s: status %d, want %d", path, got, status)
	}
	for _, word := range words {
		word, unwanted := strings.CutPrefix(word, "!")
		if strings.Contains(text, word) == unwanted {
			c.t.Errorf("%s: %q stands there: %v", path, word, unwanted)
		}
	}
}

var actID = regexp.MustCompile(`name="act" value="([^"]+)"`)

// post sends a form with the act id of the page it stands on, given as pairs of field and value.
func (c *counter) post(path, act string, status int, pairs ...string) string {
	c.t.Helper()
	v := url.Values{"act": {act}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	got, text := c.ask(r)
	c.check("POST "+path, got, status, text, nil)
	return text
}

// actOn gives the act id of the first form of a page.
func (c *counter) actOn(path string) string {
	c.t.Helper()
	m := actID.FindStringSubmatch(c.wants(path, 200))
	if m == nil {
		c.t.Fatalf("%s has no form with an act", path)
	}
	return m[1]
}

func (c *counter) fill(path, action string, status int, pairs ...string) string {
	c.t.Helper()
	return c.post(action, c.actOn(path), status, pairs...)
}

func TestShiftIsOpenedCountedAndClosedByPlainForms(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		c, s := h.as(teller), h.as(head)
		s.fill("/cash/safe", "/cash/safe", 303, "reason", "opening", "amount_vnd", "5.000.000")
		s.wants("/cash/safe", 200, "5.000.000 đ")
		c.fill("/cash", "/cash/begin", 409, "drawer", drawer, "float", "9000000")
		c.fill("/cash", "/cash/begin", 422, "drawer", drawer, "float", "")
		act := c.actOn("/cash")
		for range 2 { // the second click gives the first answer
			c.post("/cash/begin", act, 303, "drawer", drawer, "float", "500000")
		}
		h.wantBalance(cash.InDrawer(drawer), 500_000)
		s.fill("/cash/books", "/cash/books", 303, "book", "01AA/2026", "from", "1", "to", "50")
		h.must(cash.Take{Drawer: drawer, Item: number(t, 1), Service: "dossier-send", Means: cash.Cash, ListVND: 26_000, Dues: []cash.Due{{Agency: agency, Kind: "fee", AmountVND: 200_000, Book: "01AA/2026"}}})
		h.must(cash.Take{Drawer: drawer, Item: number(t, 2), Service: "dossier-send", Means: cash.Transfer, ListVND: 30_000})
		c.wants("/cash", 200, "Kiểm tiền", "!726.000 đ")
		c.post("/cash/end", "", 409, "drawer", drawer)
		c.fill("/cash/count", "/cash/count", 422, "drawer", drawer, "n500000", "x")
		c.fill("/cash/count", "/cash/count", 303, "drawer", drawer, "n500000", "1", "n200000", "1", "n20000", "1")
		c.wants("/cash", 200, "726.000 đ", "Thiếu 6.000 đ")
		if text := c.fill("/cash", "/cash/end", 422, "drawer", drawer); !strings.Contains(text, `href="#reason"`) {
			t.Error("the reason is not asked for at its field")
		}
		act = c.actOn("/cash")
		for range 2 {
			c.post("/cash/end", act, 303, "drawer", drawer, "reason", "change")
		}
		c.wants("/cash/shifts/"+drawer+"/1", 200, "Thiếu 6.000 đ", "Thối tiền nhầm", "Chuyển khoản", "30.000 đ", "720.000 đ", "226.000 đ")
		c.wants("/cash/shifts/"+drawer+"/1/sheet", 200, "BẢNG KÊ CA", "Bảy trăm hai mươi nghìn đồng", "MẪU")
		c.wants("/cash/shifts", 200, "Chờ xử lý", drawer+"/1")
		c.wants("/cash/shifts/"+drawer+"/9", 404)
		c.post("/cash/settle", "", 403, "drawer", drawer, "born_by", "post")
		s.wants("/cash", 200, "Chênh lệch chờ xử lý")
		s.post("/cash/settle", postal.NewActID(h.now()).String(), 303, "drawer", drawer, "born_by", "clerk")
		h.wantBalance(cash.Difference(drawer), 0)
		c.wants("/cash/shifts", 200, "!Chờ xử lý")
		c.wants("/cash/shifts/"+drawer+"/1", 200, "Nhân viên nộp bù")
	})
}

func TestSupervisorClosesForAnAbsentClerk(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	c, s := h.as(teller), h.as(head)
	c.fill("/cash", "/cash/begin", 303, "drawer", drawer, "float", "0")
	c.fill("/cash/count", "/cash/count", 303, "drawer", drawer)
	s.wants("/cash", 200, "Kết ca thay", "Nguyễn Mẫu nv-1")
	s.post("/cash/end", "", 303, "drawer", drawer)
	c.wants("/cash/shifts/"+drawer+"/1", 200, "Kết thay bởi", "Nguyễn Mẫu ks-1", "Khớp")
	other := h.as(person("nv-2", web.Clerk))
	c.fill("/cash", "/cash/begin", 303, "drawer", drawer, "float", "0")
	other.post("/cash/end", "", 403, "drawer", drawer)
}

func TestReceiptsAndRemittanceAddUp(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		c, s := h.as(teller), h.as(head)
		c.wants("/cash/books", 200, "Chưa có quyển biên lai nào", "!Nhập quyển mới")
		c.wants("/cash/agencies", 200, "Chưa thu hộ khoản nào")
		s.fill("/cash/books", "/cash/books", 422, "book", "quyển có dấu", "from", "5", "to", "1")
		s.fill("/cash/books", "/cash/books", 303, "book", "01AA/2026", "from", "1", "to", "250")
		s.fill("/cash/books", "/cash/books", 409, "book", "01AA/2026", "from", "1", "to", "250")
		c.fill("/cash", "/cash/begin", 303, "drawer", drawer, "float", "0")
		for n := 1; n <= 102; n++ {
			h.must(cash.Take{Drawer: drawer, Item: number(t, n), Service: "dossier-send", Means: cash.Cash, Dues: []cash.Due{{Agency: agency, Kind: "charge", AmountVND: 5_000, Book: "01AA/2026"}}})
		}
		h.must(cash.UndoTake{Source: cash.Source{Drawer: drawer}, Item: number(t, 7), Reason: "mistake"})
		c.wants("/cash/books", 200, "1–102", "505.000 đ", "148", "!Đứt số")
		c.wants("/cash/books/receipts?book=01AA%2F2026", 200, "Huỷ", "Lệ phí", "from=101")
		c.wants("/cash/books/receipts?book=01AA%2F2026&from=101", 200, number(t, 102).Grouped(), "!"+number(t, 100).Grouped())
		c.wants("/cash/books/receipts?book=none", 404)
		c.wants("/cash/agencies", 200, "505.000 đ", string(agency))
		c.wants("/cash/agencies?agency="+string(agency), 200, "Thu và nộp", "!Nộp tiền cho cơ quan")
		page := "/cash/agencies?agency=" + string(agency)
		s.fill(page, "/cash/agencies", 409, "agency", string(agency), "amount_vnd", "505000", "means", "cash", "slip", "PC-1") // the money lies in the drawer still
		c.fill("/cash/count", "/cash/count", 303, "drawer", drawer, "n500000", "1", "n5000", "1")
		c.fill("/cash", "/cash/end", 303, "drawer", drawer)
		s.fill(page, "/cash/agencies", 422, "agency", string(agency), "amount_vnd", "505000", "means", "", "slip", "")
		s.fill(page, "/cash/agencies", 303, "agency", string(agency), "amount_vnd", "505.000", "means", "cash", "slip", "PC-1")
		s.wants(page, 200, "Nộp tiền thu hộ", "-505.000 đ")
		m := h.as(boss)
		m.wants("/cash/journal", 200, "beancount")
		m.wants("/cash/journal/file?from=2026-03-01&to=2026-03-31&format=ledger", 200, "Nộp tiền thu hộ", "liabilities:collected:so-tu-phap")
		m.wants("/cash/journal/file?from=2026-03-01&to=2026-03-31&format=beancount", 200, "balance")
		m.wants("/cash/journal/file?from=2026-03-31&to=2026-03-01&format=x", 422, `href="#format"`)
		c.wants("/cash/journal", 403)
		if d, err := h.Check(t.Context(), nil); err != nil || len(d) > 0 {
			t.Errorf("replay differs from live: %v, %v", d, err)
		}
	})
}

func TestPagesOfMoneyAreKindToStaff(t *testing.T) {
	b := webtest.Open(t)
	h := newHouse(t, sqltest.SQLite(t))
	c, s, m := h.as(teller), h.as(head), h.as(boss)
	clerkURL, headURL, bossURL := webtest.Serve(t, c.m), webtest.Serve(t, s.m), webtest.Serve(t, m.m)
	look := func(name, url string) {
		if url != "" {
			b.Go(url)
		}
		b.Both("cash-"+name, name)
	}
	look("begin", clerkURL+"/cash")
	b.Scripts(false) // a shift needs none
	b.Go(clerkURL + "/cash")
	b.Fill("#float", "0")
	b.Submit("main form button")
	b.Scripts(true)
	s.fill("/cash/books", "/cash/books", 303, "book", "01AA/2026", "from", "1", "to", "50")
	h.must(cash.Take{Drawer: drawer, Item: number(t, 1), Service: "dossier-send", Means: cash.Cash, ListVND: 26_000, Dues: []cash.Due{{Agency: agency, Kind: "fee", AmountVND: 200_000, Book: "01AA/2026"}}})
	look("open", clerkURL+"/cash")
	look("count", clerkURL+"/cash/count")
	b.Fill("#n200000", "1")
	b.Submit("#notes button")
	look("close", clerkURL+"/cash?lang=en")
	b.Submit("main form button")
	b.Complaints() // the status 422 is meant
	look("close-refused", "")
	c.fill("/cash", "/cash/end", 303, "drawer", drawer, "reason", "unknown")
	look("supervisor", headURL+"/cash")
	look("shifts", clerkURL+"/cash/shifts")
	look("shift", clerkURL+"/cash/shifts/"+drawer+"/1?lang=vi")
	look("sheet", clerkURL+"/cash/shifts/"+drawer+"/1/sheet")
	if pdf := b.PDF(); !strings.HasPrefix(string(pdf), "%PDF") {
		t.Error("the sheet does not print")
	}
	look("books", headURL+"/cash/books")
	look("receipts", clerkURL+"/cash/books/receipts?book=01AA%2F2026")
	look("agencies", headURL+"/cash/agencies?agency="+string(agency))
	look("safe", headURL+"/cash/safe?lang=en")
	look("journal", bossURL+"/cash/journal?lang=vi")
}
