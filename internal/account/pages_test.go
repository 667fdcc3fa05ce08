package account_test

import (
	"crypto/tls"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// site is a house with its pages, seen by one browser without scripts.
type site struct {
	*house
	url    string
	client *http.Client
	mux    *web.Mux
}

func newMux(h *house) *web.Mux {
	m := web.New(h.Service, web.Site{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	h.Mount(m)
	m.Get("/desk", web.Clerk, func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, "the desk")
		return err
	})
	m.Post("/desk", web.Clerk, func(w http.ResponseWriter, r *http.Request) error {
		f, err := web.ReadForm(r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "taken: %s", f.Value("weight"))
		return err
	})
	m.Job(web.Clerk, 1, "/desk", "Bàn quét", "Scan desk")
	return m
}

func newSite(t *testing.T) *site {
	t.Helper()
	h := newHouse(t, sqltest.SQLite(t))
	m := newMux(h)
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return &site{house: h, url: server.URL, client: browser(t), mux: m}
}

// browser keeps cookies and does not follow redirects.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// behindProxy sends requests as a proxy does that names the address of its client.
type behindProxy string

func (from behindProxy) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", string(from))
	return http.DefaultTransport.RoundTrip(r)
}

// page is an answer: status, place to go, words.
type page struct {
	status int
	to     string
	text   string
	header http.Header
}

func (s *site) read(r *http.Response, err error) page {
	s.Helper()
	s.must(err)
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	s.must(err)
	return page{r.StatusCode, r.Header.Get("Location"), html.UnescapeString(string(b)), r.Header}
}

func (s *site) get(path string) page {
	s.Helper()
	return s.read(s.client.Get(s.url + path))
}

// post sends fields: name, value, name, value …
func (s *site) post(path string, fields ...string) page {
	s.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return s.read(s.client.PostForm(s.url+path, form))
}

// hidden gathers the hidden fields of a page, so that a test sends a form as a browser does.
func (p page) hidden() []string {
	var fields []string
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(p.text, -1) {
		fields = append(fields, m[1], m[2])
	}
	return fields
}

func (s *site) enter(login string) {
	s.Helper()
	if p := s.post("/sign-in", "login", login, "password", password); p.status != http.StatusSeeOther {
		s.Fatalf("sign in as %s: %d\n%s", login, p.status, p.text)
	}
}

func (s *site) wants(p page, status int, words ...string) {
	s.Helper()
	if p.status != status {
		s.Errorf("status %d, want %d (to %q)", p.status, status, p.to)
	}
	for _, w := range words {
		if !strings.Contains(p.text, w) {
			s.Errorf("the page does not say %q", w)
		}
	}
}

func (s *site) leadsTo(p page, path string) {
	s.Helper()
	if p.status != http.StatusSeeOther || p.to != path {
		s.Errorf("%d to %q, want 303 to %q\n%s", p.status, p.to, path, p.text)
	}
}

func TestEveryRouteNamesItsRight(t *testing.T) {
	s := newSite(t)
	want := `GET /account signed-in
POST /account/password signed-in
POST /account/recovery-codes signed-in
GET /account/second-factor signed-in
POST /account/second-factor signed-in
POST /account/second-factor/off signed-in
POST /account/sessions/end-others signed-in
POST /account/sessions/{id}/end signed-in
GET /admin/audit admin
GET /admin/devices admin
POST /admin/devices admin
POST /admin/devices/{id}/revoke admin
GET /admin/people admin
POST /admin/people admin
GET /admin/people/new admin
GET /admin/people/{id} admin
POST /admin/people/{id}/disable admin
POST /admin/people/{id}/enable admin
POST /admin/people/{id}/password admin
POST /admin/people/{id}/roles admin
POST /admin/people/{id}/roles/{grant}/end admin
POST /admin/people/{id}/second-factor/off admin
POST /admin/people/{id}/sessions/end admin
GET /jobs signed-in
POST /role signed-in
GET /sign-in public
POST /sign-in public
GET /sign-in/code public
POST /sign-in/code public
GET /sign-in/password public
POST /sign-in/password public
POST /sign-out public
`
	var got strings.Builder
	for _, r := range s.mux.Routes() {
		if r.Pattern != "/desk" && !strings.HasPrefix(r.Pattern, "/assets") {
			fmt.Fprintf(&got, "%s %s %s\n", r.Method, r.Pattern, r.Right)
		}
	}
	if got.String() != want {
		t.Errorf("routes and rights are\n%s", got.String())
	}
}

func TestEveryAdminRouteRefusesOthers(t *testing.T) {
	s := newSite(t)
	s.add("giao.dich", "Đỗ Giao Dịch", web.Role{Name: web.Supervisor, Office: "180100"})
	s.enter("giao.dich")
	for _, r := range s.mux.Routes() {
		if r.Right != web.Admin {
			continue
		}
		path := strings.NewReplacer("{id}", string(s.boss.ID), "{grant}", "1").Replace(r.Pattern)
		p := s.get(path)
		if r.Method == http.MethodPost {
			p = s.post(path)
		}
		if p.status != http.StatusForbidden {
			t.Errorf("%s %s answered %d to a supervisor", r.Method, path, p.status)
		}
	}
}

func TestSignInLeadsWhereThePersonWanted(t *testing.T) {
	s := newSite(t)
	s.add("giao.dich", "Đỗ Giao Dịch", web.Role{Name: web.Clerk, Office: "180100"})
	s.leadsTo(s.get("/account?x=1"), "/sign-in?next=%2Faccount%3Fx%3D1")
	p := s.get("/sign-in?next=%2Faccount%3Fx%3D1")
	s.wants(p, http.StatusOK, "Tên đăng nhập", "Mật khẩu")
	s.leadsTo(s.post("/sign-in", append(p.hidden(), "login", "giao.dich", "password", password)...), "/account?x=1")
	s.leadsTo(s.get("/sign-in"), "/desk") // signed in already: the first job
}

func TestSignInNeverLeadsToAnotherSite(t *testing.T) {
	s := newSite(t)
	s.add("giao.dich", "Đỗ Giao Dịch", web.Role{Name: web.Clerk, Office: "180100"})
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "evil", ""} {
		s.client = browser(t)
		s.leadsTo(s.post("/sign-in", "login", "giao.dich", "password", password, "next", next), "/desk")
	}
}

func TestRefusedSignInKeepsTheLoginAndNeverThePassword(t *testing.T) {
	s := newSite(t)
	p := s.post("/sign-in", "login", "quan.tri", "password", "sai mật khẩu rồi", "next", "/account")
	s.wants(p, http.StatusUnprocessableEntity, `value="quan.tri"`, "Tên đăng nhập hoặc mật khẩu không đúng", `name="next" value="/account"`)
	if strings.Contains(p.text, "sai mật khẩu rồi") {
		t.Error("the password is on the page")
	}
	s.wants(s.post("/sign-in", "login", "quan.tri"), http.StatusUnprocessableEntity, `value="quan.tri"`)
	s.wants(s.get("/sign-in?lang=en"), http.StatusOK, "Sign in", "Password")
}

func TestInterruptedFormSurvivesEveryStepOfTheSignIn(t *testing.T) {
	s := newSite(t)
	a, once, err := s.Add(t.Context(), by, account.NewPerson{Login: "moi.vao", Name: "Phạm Mới Vào", Roles: []web.Role{{Name: web.Clerk, Office: "180100"}}})
	s.must(err)
	secret, _ := s.enrol(a)
	s.clock.move(time.Minute)
	p := s.post("/desk", "weight", "730") // the session has ended
	s.wants(p, http.StatusUnauthorized, "730")
	p = s.post("/sign-in", append(p.hidden(), "login", "moi.vao", "password", "sai mật khẩu rồi")...)
	s.wants(p, http.StatusUnprocessableEntity, "730")
	p = s.post("/sign-in", append(p.hidden(), "login", "moi.vao", "password", once)...)
	s.wants(p, http.StatusOK, "Mã xác thực", "730")
	p = s.post("/sign-in/code", append(p.hidden(), "otp", "000000")...)
	s.wants(p, http.StatusUnprocessableEntity, "Mã không đúng", "730")
	p = s.post("/sign-in/code", append(p.hidden(), "otp", s.code(secret))...)
	s.wants(p, http.StatusOK, "Đặt mật khẩu của bạn", "730")
	p = s.post("/sign-in/password", append(p.hidden(), "new_password", password, "new_password_again", "khác hẳn mất rồi")...)
	s.wants(p, http.StatusUnprocessableEntity, "không giống nhau", "730")
	p = s.post("/sign-in/password", append(p.hidden(), "new_password", password, "new_password_again", password)...)
	s.wants(p, http.StatusOK, "Phạm Mới Vào", `action="/desk"`)
	s.wants(s.post("/desk", p.hidden()...), http.StatusOK, "taken: 730")
}

func TestStepsOfASignInAreOpenOnlyToWhoIsAtThem(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/sign-in/code", "/sign-in/password"} {
		s.leadsTo(s.get(path+"?next=%2Faccount"), "/sign-in?next=%2Faccount")
		s.wants(s.post(path, "otp", "123456", "new_password", password, "new_password_again", password), http.StatusConflict, "đã hết hạn")
	}
	s.enrol(s.boss)
	s.wants(s.post("/sign-in", "login", "quan.tri", "password", password), http.StatusOK)
	s.wants(s.get("/sign-in/code"), http.StatusOK, "Mã xác thực")
	s.leadsTo(s.get("/sign-in/password"), "/sign-in?next=%2F")
	s.leadsTo(s.get("/account"), "/sign-in?next=%2Faccount")
	s.leadsTo(s.post("/sign-out"), "/sign-in")
	s.leadsTo(s.get("/sign-in/code"), "/sign-in?next=%2F")
}

func TestCookieCannotBeReadByScriptsOrSentElsewhere(t *testing.T) {
	s := newSite(t)
	p := s.post("/sign-in", "login", "quan.tri", "password", password)
	c := p.header.Get("Set-Cookie")
	for _, part := range []string{"citypost=", "Path=/", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(c, part) {
			t.Errorf("%s: no %s", c, part)
		}
	}
	if strings.Contains(c, "Max-Age") || strings.Contains(c, "Domain") {
		t.Error(c)
	}
	r := httptest.NewRequest(http.MethodPost, "https://buudien.example/sign-in", strings.NewReader(url.Values{"login": {"quan.tri"}, "password": {password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	if c := w.Header().Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-citypost=") || !strings.Contains(c, "Secure") || strings.Contains(c, "Domain") {
		t.Errorf("over TLS: %s", c)
	}
}

func TestGuessersBehindOneProxyAreToldApart(t *testing.T) {
	s := newSite(t)
	s.mux.Site.Proxies = web.Proxies{netip.MustParsePrefix("127.0.0.0/8")}
	s.AllowPlain = true
	guess := func(from string) int {
		s.client.Transport = behindProxy(from)
		return s.post("/sign-in", "login", "quan.tri", "password", "sai mật khẩu").status
	}
	for range 8 {
		guess("203.0.113.1")
	}
	if got := guess("203.0.113.1"); got != http.StatusTooManyRequests {
		t.Errorf("the ninth guess from one address answers %d", got)
	}
	if got := guess("203.0.113.2"); got == http.StatusTooManyRequests {
		t.Error("the colleague at another address pays for it")
	}
}

func TestNoPasswordIsTakenInTheClearFromAnotherMachine(t *testing.T) {
	s := newSite(t)
	s.mux.Site.Proxies = web.Proxies{netip.MustParsePrefix("127.0.0.0/8")}
	s.client.Transport = behindProxy("10.0.0.9")
	if p := s.get("/sign-in"); strings.Contains(p.text, `type="password"`) {
		t.Error("the page asks for a password over plain HTTP")
	}
	s.wants(s.post("/sign-in", "login", "quan.tri", "password", password), http.StatusForbidden, "không được mã hoá")
	s.AllowPlain = true
	s.leadsTo(s.post("/sign-in", "login", "quan.tri", "password", password), "/admin/people")
}

func TestFormsFromOtherSitesAreRefused(t *testing.T) {
	s := newSite(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/sign-in", strings.NewReader("login=quan.tri&password=x"))
	s.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	s.wants(s.read(s.client.Do(r)), http.StatusForbidden)
}

func TestSignOutEndsTheCookieAndTheSession(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	s.wants(s.get("/account"), http.StatusOK, "Lê Thị Quản Trị", "phiên này")
	s.leadsTo(s.post("/sign-out"), "/sign-in")
	s.wants(s.get("/sign-in"), http.StatusOK, "Đã đăng xuất")
	s.leadsTo(s.get("/account"), "/sign-in?next=%2Faccount")
	s.leadsTo(s.post("/sign-out"), "/sign-in") // once more is harmless
}

func TestPersonSwitchesRolesAndTheHeaderShowsIt(t *testing.T) {
	s := newSite(t)
	s.add("hai.vai", "Bùi Hai Vai", web.Role{Name: web.Clerk, Office: "180100"}, web.Role{Name: web.Admin})
	s.enter("hai.vai")
	s.wants(s.get("/admin/people"), http.StatusForbidden, "Quản trị hệ thống")
	s.leadsTo(s.post("/role", "role", "1"), "/admin/people")
	s.wants(s.get("/admin/people"), http.StatusOK, `<span class="person__role">Quản trị hệ thống`)
	for _, bad := range []string{"2", "-1", "x", ""} {
		s.wants(s.post("/role", "role", bad), http.StatusConflict)
	}
}

func TestAdministratorMakesAPersonWhoThenWorks(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	p := s.post("/admin/people", "name", "Nguyễn Thị Hương", "login", "Huong.NT", "phone", "0912 345 678", "home", "180100", "role", "clerk", "office", "180100", "until", "2026-12-31")
	s.wants(p, http.StatusOK, "huong.nt", "Mật khẩu dùng một lần")
	once := regexp.MustCompile(`[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{5}`).FindString(p.text)
	id := regexp.MustCompile(`/admin/people/(nv-[a-z0-9]{6})`).FindString(p.text)
	s.wants(s.get(id), http.StatusOK, "Nguyễn Thị Hương", "Giao dịch viên · 180100", "31/12/2026", "0912 345 678", "chờ đặt mật khẩu")
	s.wants(s.get("/admin/people?q=huong"), http.StatusOK, "Nguyễn Thị Hương")
	s.wants(s.get("/admin/people?q=giao+dich"), http.StatusOK, "Nguyễn Thị Hương")
	if p := s.get("/admin/people?q=khong-co"); strings.Contains(p.text, "Nguyễn Thị Hương") {
		t.Error("found by a query that does not match")
	}
	boss := s.client
	s.client = browser(t)
	p = s.post("/sign-in", "login", "huong.nt", "password", once)
	s.leadsTo(s.post("/sign-in/password", append(p.hidden(), "new_password", password, "new_password_again", password)...), "/desk")
	s.wants(s.get("/desk"), http.StatusOK, "the desk")
	clerk := s.client
	s.client = boss
	s.leadsTo(s.post(id+"/roles/2/end"), id)
	s.client = clerk
	s.wants(s.get("/desk"), http.StatusForbidden)
	s.client = boss
	s.leadsTo(s.post(id+"/disable"), id)
	s.wants(s.get(id), http.StatusOK, "đã khoá", "Thu hồi vai trò", "Lê Thị Quản Trị")
	s.client = clerk
	s.leadsTo(s.get("/account"), "/sign-in?next=%2Faccount&ended=1")
	s.wants(s.get("/sign-in?next=%2Faccount&ended=1"), http.StatusOK, "Phiên làm việc đã hết")
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	p := s.post("/admin/people", "name", "Nguyễn Thị Hương", "login", "hương nt", "phone", "12", "home", "180100", "role", "clerk", "office", "", "until", "2026-12-31")
	s.wants(p, http.StatusUnprocessableEntity, `value="Nguyễn Thị Hương"`, `value="hương nt"`, `value="12"`, `value="180100"`, `value="clerk" selected`, `value="2026-12-31"`, `href="#office"`)
	p = s.post("/admin/people/"+string(s.boss.ID)+"/roles", "role", "driver", "office", "abc", "until", "2026-12-31")
	s.wants(p, http.StatusUnprocessableEntity, `value="driver" selected`, `value="abc"`, "Mã bưu cục gồm 6 chữ số")
	p = s.post("/admin/people/"+string(s.boss.ID)+"/roles", "role", "admin", "office", "*")
	s.wants(p, http.StatusConflict, "đang có vai trò đó", `value="*"`)
	p = s.post("/admin/devices", "name", "Máy số 2", "office", "180100", "until", "2026-12-31")
	s.wants(p, http.StatusUnprocessableEntity, `value="Máy số 2"`, "ít nhất một quyền")
	p = s.post("/account/password", "password", "sai mật khẩu rồi", "new_password", "một câu khác hẳn", "new_password_again", "một câu khác hẳn")
	s.wants(p, http.StatusUnprocessableEntity, "Mật khẩu hiện tại không đúng")
	if strings.Contains(p.text, "một câu khác hẳn") {
		t.Error("a password is on the page")
	}
}

func TestPersonCaresForTheirOwnAccount(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	p := s.get("/account/second-factor")
	s.wants(p, http.StatusOK, "<svg")
	secret := strings.ReplaceAll(regexp.MustCompile(`([A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(p.text), " ", "")
	s.wants(s.post("/account/second-factor", "otp", ""), http.StatusUnprocessableEntity)
	s.wants(s.post("/account/second-factor", "otp", "000000"), http.StatusUnprocessableEntity, "Mã không đúng")
	s.wants(s.post("/account/second-factor", "otp", s.code(secret)), http.StatusOK, "Mã dự phòng")
	s.wants(s.get("/account"), http.StatusOK, "Còn 10 mã dự phòng")
	s.wants(s.post("/account/recovery-codes", "factor_password", "sai mật khẩu rồi"), http.StatusUnprocessableEntity, `href="#factor_password"`)
	s.wants(s.post("/account/recovery-codes", "factor_password", password), http.StatusOK, "Mã dự phòng")
	s.leadsTo(s.post("/account/second-factor/off", "factor_password", password), "/account")
	s.leadsTo(s.post("/account/password", "password", password, "new_password", "một câu khác hẳn", "new_password_again", "một câu khác hẳn"), "/account")
	other := s.signInWith("quan.tri", "một câu khác hẳn")
	s.leadsTo(s.post("/account/sessions/"+other.ID+"/end"), "/account")
	if _, ok := s.who(other.Token); ok {
		t.Error("the ended session goes on")
	}
	s.leadsTo(s.post("/account/sessions/end-others"), "/account")
}

func (h *house) signInWith(login, password string) account.Opened {
	h.Helper()
	o, err := h.SignIn(h.Context(), creds(login, password))
	h.must(err)
	return o
}

func TestAdministratorIssuesAndRevokesADeviceToken(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	p := s.post("/admin/devices", "name", "Máy chia chọn số 2", "office", "180100", "rights", "clerk", "rights", "driver")
	token := regexp.MustCompile(`cpd_[A-Za-z0-9_-]{43}`).FindString(p.text)
	id := regexp.MustCompile(`tb-[a-z0-9]{6}`).FindString(p.text)
	if _, ok := s.whoDevice(token); !ok {
		t.Fatalf("%d: the token on the page opens nothing", p.status)
	}
	p = s.get("/admin/devices")
	s.wants(p, http.StatusOK, "Máy chia chọn số 2", id, "Giao dịch viên, Lái xe đường thư")
	if strings.Contains(p.text, token) {
		t.Error("the token is shown again")
	}
	s.leadsTo(s.post("/admin/devices/"+id+"/revoke"), "/admin/devices")
	if _, ok := s.whoDevice(token); ok {
		t.Error("the revoked token opens")
	}
	s.wants(s.get("/admin/devices"), http.StatusOK, "đã thu hồi")
	s.wants(s.get("/admin/audit?who=quan.tri"), http.StatusOK, "Cấp mã cho thiết bị", "Thu hồi mã thiết bị")
}

func TestUnknownPeopleAreNotFound(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	s.wants(s.get("/admin/people/nv-khongc"), http.StatusNotFound)
	for _, act := range []string{"roles", "password", "disable", "enable", "second-factor/off"} {
		s.wants(s.post("/admin/people/nv-khongc/"+act, "role", "clerk", "office", "*"), http.StatusNotFound)
	}
	s.wants(s.post("/admin/people/"+string(s.boss.ID)+"/roles/x/end"), http.StatusNotFound)
}

func TestPagesWithSecretsAreNeverKept(t *testing.T) {
	s := newSite(t)
	s.enter("quan.tri")
	for _, p := range []page{s.get("/account"), s.get("/account/second-factor"), s.get("/admin/people"),
		s.post("/admin/people/" + string(s.boss.ID) + "/password")} {
		if p.status != http.StatusOK || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d %q", p.status, p.header.Get("Cache-Control"))
		}
	}
}
