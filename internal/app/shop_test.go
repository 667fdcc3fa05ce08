package app

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/tariff"
	"citypost/internal/web"
)

// shopRules are letter prices with a relief for a class, whose evidence must be seen and whose budget is three letters and a half.
const shopRules = ownPrices + `
rule relief.class.merit
    from: 2026-11-01
    table:
        | name_vi             | name_en         | evidence_vi        | evidence_en     |
        | Người có công mẫu   | Sample of merit | Giấy chứng nhận mẫu | Sample certificate |
    source: thiet-lap
    verified: no
    reason vi: Thử.
    reason en: A trial.

rule relief.policy.merit
    from: 2026-11-01
    table:
        | service | form | leg | zone | over_g | upto_g | online | class | kind    | value | payer    |
        | letter  | -    | -   | -    | -      | -      | -      | merit | percent | 50    | province |
    source: thiet-lap
    verified: no
    reason vi: Thử.
    reason en: A trial.

rule relief.terms.merit
    from: 2026-11-01
    table:
        | province | decided | budget_vnd | cap_each_vnd | cap_items | at_end | round | round_to_vnd | of   | stacks | order |
        | -        | -       | 15750      | -            | -         | rest   | up    | 1            | list | alone  | 1     |
    source: thiet-lap
    verified: no
    reason vi: Thử.
    reason en: A trial.
`

const (
	shopOffice  postal.OfficeCode = "990100"
	otherOffice postal.OfficeCode = "980100"
	secretWord                    = "mat-khau-mau-2026"
)

// shop is a house with one counter.
type shop struct {
	*House
	t    *testing.T
	url  string
	unit postal.UnitCode

	mu    sync.Mutex
	now   time.Time
	seals int // used
}

// openShop opens a house on a database in a folder, with a clerk "gd1" and a supervisor "ks1" at one office. The same again finds what is there.
func openShop(t *testing.T, dir, dsn, rules string) *shop {
	t.Helper()
	s := &shop{t: t, now: time.Date(2026, 11, 25, 9, 0, 0, 0, postal.HoChiMinh)}
	h, err := Open(t.Context(), Config{Data: dir, Database: dsn, Rules: siteRules(t, rules), Now: s.clock, Province: "31", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.House = h
	server := httptest.NewServer(h.Handler())
	s.url = server.URL
	t.Cleanup(func() { server.Close(); _ = h.Close() })
	if h.Ledger.Seq() == 0 {
		s.furnish()
	}
	o, _ := h.Places.Directory().Office(shopOffice)
	s.unit = o.Unit
	return s
}

func (s *shop) furnish() {
	s.t.Helper()
	day := postal.MakeDay(2026, 11, 1)
	offices := gazetteer.MadeUpOffices(s.Places.Gazetteer(), day)
	for n := range offices {
		offices[n].ValidFrom = day
	}
	s.must(s.Offices.SaveOffices(s.t.Context(), offices...))
	s.must(s.Places.Reload(s.t.Context()))
	for login, role := range map[string]web.Right{"gd1": web.Clerk, "ks1": web.Supervisor} {
		_, _, err := s.Accounts.Add(s.t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: login, Name: "Người mẫu " + login,
			Office: shopOffice, Roles: []web.Role{{Name: role, Office: shopOffice}}, Password: secretWord})
		s.must(err)
	}
	s.act("ks1", custody.ReserveRange{Office: shopOffice, Letters: "RR", From: 1000, To: 2999})
	s.act("ks1", cash.Move{From: cash.Opening, To: cash.Safe(shopOffice), AmountVND: 1_000_000, Reason: "opening"})
	s.act("ks1", cash.Move{From: cash.Opening, To: cash.Bank, AmountVND: 1_000_000, Reason: "opening"})
}

func (s *shop) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(time.Millisecond)
	return s.now
}

func (s *shop) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) act(login string, a ledger.Act) ledger.Receipt {
	s.t.Helper()
	who, err := s.Accounts.List(s.t.Context())
	s.must(err)
	for _, x := range who {
		if x.Login == login {
			now := s.clock()
			r, err := s.Ledger.Append(context.Background(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: shopOffice, Actor: x.ID}, a)
			s.must(err)
			return r
		}
	}
	s.t.Fatalf("nobody is called %s", login)
	return ledger.Receipt{}
}

func (s *shop) balance(a event.Account, want postal.VND) {
	s.t.Helper()
	if got := cash.BalanceOf(s.Ledger.View(s.t.Context()), a); got != want {
		s.t.Errorf("%s holds %d, want %d", a, got, want)
	}
}

// claimed is what the province bears of the policy.
func (s *shop) claimed() (sum postal.VND) {
	if a, ok := ledger.Get[*tariff.Account](s.Ledger.View(s.t.Context()), tariff.PolicyKey("merit")); ok {
		return a.VND
	}
	return 0
}

// sound checks that the states are what the entries give, and that the relief of the month equals its items.
func (s *shop) sound() {
	s.t.Helper()
	if d, err := s.Ledger.Check(s.t.Context(), nil); err != nil || len(d) > 0 {
		s.t.Errorf("replay differs from live: %v, %v", d, err)
	}
	r, err := (&tariff.Claims{DB: s.DB, Ledger: s.Ledger}).Reconcile(s.t.Context(), "2026-11", "2026-11")
	if err != nil || !r.Agrees() {
		s.t.Errorf("relief does not equal its items: %+v, %v", r, err)
	}
}

// clerk is a browser without scripts.
type clerk struct {
	t      *testing.T
	url    string
	client *http.Client
}

func (s *shop) as(login string) *clerk {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	s.must(err)
	c := &clerk{s.t, s.url, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if p := c.post("/sign-in", "login", login, "password", secretWord); p.status != http.StatusSeeOther {
		s.t.Fatalf("%s cannot sign in: %d", login, p.status)
	}
	return c
}

// screen is what came back.
type screen struct {
	status int
	to     string // where it leads
	text   string
}

func (c *clerk) read(r *http.Response, err error) screen {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return screen{r.StatusCode, r.Header.Get("Location"), strings.NewReplacer("\u00a0", " ", "<wbr>", "").Replace(html.UnescapeString(string(b)))}
}

func (c *clerk) get(path string) screen {
	c.t.Helper()
	return c.read(c.client.Get(c.url + path))
}

func (c *clerk) post(path string, pairs ...string) screen {
	c.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return c.read(c.client.PostForm(c.url+path, v))
}

// wants checks the status and the words that must stand there, and after "!" those that must not.
func (p screen) wants(t *testing.T, status int, words ...string) screen {
	t.Helper()
	if p.status != status {
		t.Errorf("status %d, want %d", p.status, status)
	}
	for _, w := range words {
		w, unwanted := strings.CutPrefix(w, "!")
		if strings.Contains(p.text, w) == unwanted {
			t.Errorf("%q stands there: %v", w, unwanted)
		}
	}
	return p
}

func (p screen) hidden(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(p.text)
	if m == nil {
		return ""
	}
	return m[1]
}

// letter is the filled form of one letter of 20 g, 9,000 đ.
func (s *shop) letter(more ...string) []string {
	return append([]string{"to.name", "Nguyễn Thị Mẫu", "to.address", "12 ngõ 5 đường Mẫu", "to.unit", string(s.unit), "from.name", "Trần Văn Mẫu",
		"from.address", "45 phố Mẫu", "from.unit", string(s.unit), "weight", "20"}, more...)
}

// shown is the check page of a letter, ready to be pressed: its act and what was looked at are added.
func (s *shop) shown(c *clerk, more ...string) (form []string, page screen) {
	s.t.Helper()
	form = s.letter(more...)
	page = c.post("/desk/accept", append(form, "act", c.get("/desk/accept").hidden("act"))...).wants(s.t, 200, "Kiểm tra rồi nhận")
	return append(form, "act", page.hidden("act"), "shown", page.hidden("shown"), "means", "cash"), page
}

// openShift opens the clerk's shift without a float.
func (s *shop) openShift(login, drawer string) {
	s.act(login, cash.Begin{Drawer: drawer, Office: shopOffice})
}

func itemOf(p screen) postal.ItemNumber { return postal.ItemNumber(strings.Split(p.to+"////", "/")[3]) }

// bothDatabases runs a test on SQLite and PostgreSQL.
func bothDatabases(t *testing.T, fn func(t *testing.T, dir, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { dir := t.TempDir(); fn(t, dir, filepath.Join(dir, "city.db")) })
	t.Run("postgres", func(t *testing.T) { fn(t, t.TempDir(), sqltest.PostgresDSN(t)) })
}
