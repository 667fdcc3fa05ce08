package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// If these fail, somebody reaches a page that is not theirs, or is left without an answer.

var clerk = web.Person{ID: "NV0001", Name: "Trần Thị Mẫu", Roles: []web.Role{{Name: web.Clerk, Office: "180100"}},
	Acting: web.Role{Name: web.Clerk, Office: "180100"}}

type brokenGate struct{}

func (brokenGate) Who(*http.Request) (web.Person, bool, error) {
	return web.Person{}, false, errors.New("accounts database is away")
}

// site makes a mux with a page of every kind, and keeps its log.
func site(gate web.Gate) (*web.Mux, *bytes.Buffer) {
	var log bytes.Buffer
	m := web.New(gate, web.Site{}, slog.New(slog.NewTextHandler(&log, nil)))
	say := func(text string) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			p := web.NewPage(r, "Trang", "Page")
			_, err := fmt.Fprintf(w, "%s %s %s", text, p.Lang, web.PersonOf(r).ID)
			return err
		}
	}
	m.Get("/open", web.Public, say("open"))
	m.Get("/known", web.SignedIn, say("known"))
	m.Get("/clerk/{code}", web.Clerk, say("clerk"))
	m.Get("/carrier", web.Carrier, say("carrier"))
	m.Get("/camera", web.Public, say("camera"), web.Camera())
	m.Post("/accept", web.Clerk, func(w http.ResponseWriter, r *http.Request) error {
		f, err := web.ReadForm(r)
		if err != nil {
			return err
		}
		return web.Done(w, r, "/open", "Đã nhận "+f.Value("code"), "Accepted "+f.Value("code"))
	})
	m.Post("/upload", web.Clerk, say("upload"), web.MaxBody(8<<20))
	m.Get("/fault/{kind}", web.Public, func(_ http.ResponseWriter, r *http.Request) error {
		return faults[r.PathValue("kind")]
	})
	m.Get("/panic", web.Public, func(http.ResponseWriter, *http.Request) error { panic("secret 0912345678") })
	m.Get("/big", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusAccepted)
		_, err := io.WriteString(w, strings.Repeat("bưu gửi ", 1000))
		return err
	})
	return m, &log
}

var faults = map[string]error{
	"invalid":         fault.New(fault.Invalid, "t.invalid", "Sai", "Wrong"),
	"field":           fault.New(fault.Invalid, "t.field", "Sai ô", "Wrong field").At("weight"),
	"not_found":       fault.New(fault.NotFound, "t.none", "Không có", "None"),
	"conflict":        fault.New(fault.Conflict, "t.conflict", "Trái với sổ", "Contradicts the ledger"),
	"forbidden":       fault.New(fault.Forbidden, "t.forbidden", "Không được phép", "Not allowed"),
	"unauthenticated": fault.New(fault.Unauthenticated, "t.who", "Ai đấy?", "Who is it?"),
	"too_many":        fault.New(fault.TooMany, "t.many", "Chậm lại", "Slow down"),
	"too_large":       fault.New(fault.TooLarge, "t.large", "To quá", "Too large"),
	"unavailable":     fault.New(fault.Unavailable, "t.full", "Đĩa đầy", "Disk full"),
	"plain":           fmt.Errorf("take head: %w", errors.New("disk I/O error at 0912345678")),
	"wrapped":         fmt.Errorf("hand over: %w", fault.New(fault.Conflict, "t.wrapped", "Trái", "Contradicts")),
}

func get(m http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	return send(m, httptest.NewRequest("GET", path, nil), header...)
}

func post(m http.Handler, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(m, r, header...)
}

func send(m http.Handler, r *http.Request, header ...string) *httptest.ResponseRecorder {
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w
}

func TestNobodyReachesAHandlerWithoutItsRight(t *testing.T) {
	carrier := web.Person{ID: "NV2", Roles: []web.Role{{Name: web.Carrier}}, Acting: web.Role{Name: web.Carrier}}
	head := web.Person{ID: "NV3", Roles: []web.Role{{Name: web.Supervisor}}, Acting: web.Role{Name: web.Supervisor}}
	both := web.Person{ID: "NV4", Roles: []web.Role{{Name: web.Clerk}, {Name: web.Carrier}}, Acting: web.Role{Name: web.Carrier}}
	for _, c := range []struct {
		name string
		who  web.Person
		path string
		want int
	}{
		{"public to public", web.Person{}, "/open", 200},
		{"public to known", web.Person{}, "/known", 303},
		{"public to clerk", web.Person{}, "/clerk/1", 303},
		{"carrier to known", carrier, "/known", 200},
		{"carrier to clerk", carrier, "/clerk/1", 403},
		{"clerk to clerk", clerk, "/clerk/1", 200},
		{"supervisor to clerk", head, "/clerk/1", 200},
		{"supervisor to carrier", head, "/carrier", 403},
		{"clerk acting as carrier", both, "/clerk/1", 403},
	} {
		m, _ := site(webtest.Gate{Person: c.who})
		if got := get(m, c.path).Code; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	m, _ := site(webtest.Gate{Person: both})
	if body := get(m, "/clerk/1").Body.String(); !strings.Contains(body, "Giao dịch viên") {
		t.Error("a person with the right role, not in use, is not told to change to it")
	}
}

func TestAScopedRoleHoldsAtItsOfficeOnly(t *testing.T) {
	if !clerk.May(web.Clerk, "180100") || clerk.May(web.Clerk, "180200") || !clerk.May(web.Clerk, "") {
		t.Error("scope of the clerk's role is wrong")
	}
	everywhere := web.Person{ID: "NV5", Roles: []web.Role{{Name: web.Manager}}}
	if !everywhere.May(web.Manager, "180200") || everywhere.May(web.Admin, "") || !everywhere.May(web.Staff, "") {
		t.Error("a role without scope or without being in use is wrong")
	}
	if (web.Person{}).May(web.SignedIn, "") || (web.Person{}).May(web.Staff, "") {
		t.Error("nobody holds a right")
	}
	if !clerk.May(web.AnyOf(web.Carrier, web.Clerk), "") || clerk.May(web.AnyOf(web.Carrier, web.Driver), "") {
		t.Error("AnyOf is wrong")
	}
}

func TestEveryRightHasItsNameInBothLanguages(t *testing.T) {
	for _, r := range web.Rights() {
		if !r.Known() || r.In("vi") == "" || r.In("en") == "" || r.In("vi") == r.In("en") {
			t.Errorf("%s: %q, %q", r, r.In("vi"), r.In("en"))
		}
	}
}

func TestRoutesAreListedWithTheirRights(t *testing.T) {
	m, _ := site(web.NoGate{})
	var got []string
	for _, r := range m.Routes() {
		got = append(got, fmt.Sprintf("%s %s %s", r.Method, r.Pattern, r.Right))
	}
	for _, want := range []string{"POST /accept clerk", "GET /assets/ public", "GET /clerk/{code} clerk"} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
}

func TestARouteWithoutAKnownRightIsRefusedAtStart(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a route with the right \"clark\" was added")
		}
	}()
	m, _ := site(web.NoGate{})
	m.Get("/x", "clark", nil)
}

func TestEveryKindOfFaultHasItsStatus(t *testing.T) {
	m, _ := site(web.NoGate{})
	for kind, want := range map[string]int{"invalid": 400, "field": 422, "not_found": 404, "conflict": 409, "forbidden": 403,
		"too_many": 429, "too_large": 413, "unavailable": 503, "plain": 500, "wrapped": 409} {
		if got := get(m, "/fault/"+kind).Code; got != want {
			t.Errorf("%s: %d, want %d", kind, got, want)
		}
	}
	if got := get(m, "/nowhere").Code; got != 404 {
		t.Errorf("unknown path: %d", got)
	}
	w := post(m, "/open", nil)
	if w.Code != 405 || w.Header().Get("Allow") != "GET" {
		t.Errorf("wrong method: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestErrorsSpeakTheReadersLanguageAndForm(t *testing.T) {
	m, _ := site(web.NoGate{})
	for _, c := range []struct {
		name   string
		header []string
		want   string
		not    string
	}{
		{"page vi", nil, "Trái với sổ", "Contradicts"},
		{"page en", []string{"Cookie", "lang=en"}, "Contradicts the ledger", "Trái với sổ"},
		{"fragment", []string{"HX-Request", "true"}, "band--bad", "<html"},
		{"json", []string{"Accept", "application/json"}, `"code":"t.conflict"`, "<"},
	} {
		body := get(m, "/fault/conflict", c.header...).Body.String()
		if !strings.Contains(body, c.want) || strings.Contains(body, c.not) {
			t.Errorf("%s: %s", c.name, body)
		}
	}
	if w := get(m, "/api/nothing"); w.Header().Get("Content-Type") != "application/problem+json" {
		t.Error("an unknown API path does not answer problem+json")
	}
}

func TestWhatIsUnknownIsShownAsInternalAndNeverInWords(t *testing.T) {
	m, log := site(web.NoGate{})
	for _, path := range []string{"/fault/plain", "/panic"} {
		w := get(m, path)
		body := w.Body.String()
		if w.Code != 500 || strings.Contains(body, "0912345678") || strings.Contains(body, "I/O") {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
		if id := w.Header().Get("X-Request-Id"); id == "" || !strings.Contains(body, id) || !strings.Contains(log.String(), id) {
			t.Errorf("%s: page and log do not share the request id", path)
		}
	}
}

func TestALogLineNamesTheRouteAndNeverWhatWasAsked(t *testing.T) {
	m, log := site(webtest.Gate{Person: clerk})
	get(m, "/clerk/RR473124829VN?phone=0912345678")
	post(m, "/accept", url.Values{"code": {"0912345678"}})
	text := log.String()
	if strings.Contains(text, "0912345678") || strings.Contains(text, "RR473124829VN") || strings.Contains(text, "Mẫu") {
		t.Errorf("the log tells too much: %s", text)
	}
	for _, want := range []string{"/clerk/{code}", "status=200", "status=303", "took_ms", "person=NV0001"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not say %s: %s", want, text)
		}
	}
}

func TestAPublicPageStandsWhenAccountsAreAway(t *testing.T) {
	m, _ := site(brokenGate{})
	if got := get(m, "/open").Code; got != 200 {
		t.Errorf("public page: %d", got)
	}
	if got := get(m, "/clerk/1").Code; got != 500 {
		t.Errorf("staff page: %d", got)
	}
}

func TestHeadersProtectEveryAnswer(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	for _, path := range []string{"/open", "/fault/conflict", "/nowhere", "/panic", web.Asset("site.css")} {
		h := get(m, path).Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" || !strings.Contains(h.Get("Permissions-Policy"), "camera=()") {
			t.Errorf("%s: headers %v", path, h)
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: HSTS without TLS", path)
		}
	}
	h := get(m, "/camera").Header()
	if !strings.Contains(h.Get("Permissions-Policy"), "camera=(self)") || !strings.Contains(h.Get("Content-Security-Policy"), "'wasm-unsafe-eval'") ||
		strings.Contains(h.Get("Permissions-Policy"), "geolocation=(self)") {
		t.Errorf("camera page: %v", h)
	}
	if got := get(m, "/clerk/1").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("a staff page may be stored: %q", got)
	}
	secure := web.New(web.NoGate{}, web.Site{Secure: true}, slog.New(slog.DiscardHandler))
	secure.Get("/", web.Public, func(http.ResponseWriter, *http.Request) error { return nil })
}

func TestHSTSComesWithTLS(t *testing.T) {
	m := web.New(web.NoGate{}, web.Site{Secure: true}, slog.New(slog.DiscardHandler))
	if get(m, "/").Header().Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS behind TLS")
	}
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	form := url.Values{"code": {"RR473124829VN"}}
	for _, c := range []struct {
		name   string
		header []string
		want   int
	}{
		{"own page", []string{"Sec-Fetch-Site", "same-origin"}, 303},
		{"program without a browser", nil, 303},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"sister host", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"old browser, other origin", []string{"Origin", "https://evil.example"}, 403},
	} {
		if got := post(m, "/accept", form, c.header...).Code; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestABodyOverItsLimitIsRefusedInWords(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	big := url.Values{"code": {strings.Repeat("x", 10<<20)}}
	w := post(m, "/accept", big)
	if w.Code != 413 || !strings.Contains(w.Body.String(), "1 MB") {
		t.Errorf("declared: %d %s", w.Code, w.Body.String())
	}
	r := httptest.NewRequest("POST", "/accept", io.MultiReader(strings.NewReader(big.Encode()))) // no length told
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := send(m, r); w.Code != 413 {
		t.Errorf("undeclared: %d", w.Code)
	}
	if w := post(m, "/upload", url.Values{"a": {strings.Repeat("x", 4<<20)}}); w.Code != 200 {
		t.Errorf("a route with its own limit: %d", w.Code)
	}
}

func TestWhatIsNoTextIsRefused(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	for _, path := range []string{"/clerk/%ff", "/open?q=%c3%28"} {
		if got := get(m, path).Code; got != 400 {
			t.Errorf("%s: %d", path, got)
		}
	}
	r := httptest.NewRequest("POST", "/accept", strings.NewReader("code=%ff%fe"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := send(m, r).Code; got != 400 {
		t.Errorf("form: %d", got)
	}
}

func TestTextIsCompressedForWhoAsks(t *testing.T) {
	m, _ := site(web.NoGate{})
	plain := get(m, "/big")
	zipped := get(m, "/big", "Accept-Encoding", "gzip")
	if zipped.Code != 202 || zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Body.Len()*5 > plain.Body.Len() {
		t.Fatalf("%d, %q, %d of %d bytes", zipped.Code, zipped.Header().Get("Content-Encoding"), zipped.Body.Len(), plain.Body.Len())
	}
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || string(text) != plain.Body.String() {
		t.Errorf("unpacked text differs (%v)", err)
	}
	if get(m, "/open", "Accept-Encoding", "gzip").Header().Get("Content-Encoding") != "" {
		t.Error("a short answer was compressed")
	}
}

func TestTheLanguageIsAskedForOnceAndKept(t *testing.T) {
	m, _ := site(web.NoGate{})
	if got := get(m, "/open").Body.String(); !strings.Contains(got, " vi ") {
		t.Errorf("first visit: %s", got)
	}
	w := get(m, "/open?lang=en")
	if !strings.Contains(w.Body.String(), " en ") || !strings.Contains(w.Header().Get("Set-Cookie"), "lang=en") {
		t.Errorf("asked for English: %s, cookie %s", w.Body.String(), w.Header().Get("Set-Cookie"))
	}
	if got := get(m, "/open", "Cookie", "lang=en").Body.String(); !strings.Contains(got, " en ") {
		t.Errorf("next visit: %s", got)
	}
	if got := get(m, "/open?lang=xx", "Cookie", "lang=en").Body.String(); !strings.Contains(got, " en ") {
		t.Errorf("nonsense: %s", got)
	}
}

func TestAGoodWordWaitsForTheNextPageOnly(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	m.Get("/page", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, 200, web.PublicPage(web.NewPage(r, "Trang", "Page")))
	})
	w := post(m, "/accept", url.Values{"code": {"RR473124829VN"}})
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	next := get(m, "/page", "Cookie", cookie)
	if !strings.Contains(next.Body.String(), "Đã nhận RR473124829VN") {
		t.Error("the next page does not say it")
	}
	if !strings.Contains(next.Header().Get("Set-Cookie"), "flash=; ") {
		t.Errorf("it is not taken away: %q", next.Header().Get("Set-Cookie"))
	}
	if get(m, "/page", "Cookie", "flash=bm90IGpzb24").Code != 200 {
		t.Error("a broken flash breaks the page")
	}
}

func TestARedirectAlsoReachesHtmx(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	w := post(m, "/accept", url.Values{"code": {"1"}}, "HX-Request", "true")
	if w.Code != 200 || w.Header().Get("HX-Redirect") != "/open" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
