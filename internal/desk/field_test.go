package desk_test

import (
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
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

	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// The people and places of these tests are made up. Office one delivers, office two is where items come from.
const (
	officeOne = postal.OfficeCode("990100")
	officeTwo = postal.OfficeCode("980100")
	wardOne   = postal.UnitCode("11311")
)

var staff = map[string]web.Person{
	"clerk":      {ID: "nv-gd1", Login: "gd1", Name: "Giao dịch viên Mẫu", Acting: web.Role{Name: web.Clerk, Office: officeOne}},
	"supervisor": {ID: "nv-ks1", Login: "ks1", Name: "Kiểm soát viên Mẫu", Acting: web.Role{Name: web.Supervisor, Office: officeOne}},
	"carrier":    {ID: "nv-bt1", Login: "bt1", Name: "Bưu tá Mẫu", Acting: web.Role{Name: web.Carrier, Office: officeOne}},
	"carrier2":   {ID: "nv-bt2", Login: "bt2", Name: "Bưu tá Hai Mẫu", Acting: web.Role{Name: web.Carrier, Office: officeOne}},
	"clerk2":     {ID: "nv-gd2", Login: "gd2", Name: "Giao dịch viên Khác", Acting: web.Role{Name: web.Clerk, Office: officeTwo}},
	"manager":    {ID: "nv-ld", Login: "ld", Name: "Lãnh đạo Mẫu", Acting: web.Role{Name: web.Manager}},
	"driver":     {ID: "nv-lx1", Login: "lx1", Name: "Lái xe Mẫu", Acting: web.Role{Name: web.Driver}},
	"planner":    {ID: "nv-ml", Login: "ml", Name: "Mạng lưới Mẫu", Acting: web.Role{Name: web.Planner}},
}

// fieldHouse is a desk on a real database, with people who sign in by a cookie.
type fieldHouse struct {
	*desk.Service
	t   testing.TB
	url string
	mux *web.Mux

	mu    sync.Mutex
	clock time.Time
	out   bool // sessions have ended
	dead  bool // no network: connections break before anything is read
	deaf  bool // answers get lost on the way back
}

// serve answers like the house does, over the network as it is at the moment.
func (h *fieldHouse) serve(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	dead, deaf := h.dead, h.deaf
	h.mu.Unlock()
	if deaf && r.Method == http.MethodPost {
		h.mux.ServeHTTP(httptest.NewRecorder(), r)
		dead = true
	}
	if dead {
		panic(http.ErrAbortHandler)
	}
	h.mux.ServeHTTP(w, r)
}

func (h *fieldHouse) network(dead, deaf bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dead, h.deaf = dead, deaf
}

func (h *fieldHouse) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(time.Millisecond)
	return h.clock
}

func (h *fieldHouse) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

// Who reads the cookie; it is the Gate of these tests.
func (h *fieldHouse) Who(r *http.Request) (web.Person, bool, error) {
	c, err := r.Cookie("who")
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil || h.out {
		return web.Person{}, false, nil
	}
	p, ok := staff[c.Value]
	p.Roles = []web.Role{p.Acting}
	return p, ok, nil
}

// Holding lists the made-up staff.
func (h *fieldHouse) Holding(_ context.Context, right web.Right, office postal.OfficeCode) ([]web.Person, error) {
	var out []web.Person
	for _, p := range staff {
		if p.Acting.Name == right && p.Acting.Office == office {
			out = append(out, p)
		}
	}
	return out, nil
}

// Name names the made-up staff.
func (h *fieldHouse) Name(_ context.Context, id postal.StaffID) string {
	for _, p := range staff {
		if p.ID == id {
			return p.Name
		}
	}
	return string(id)
}

// Sign knows one password.
func (h *fieldHouse) Sign(_ *http.Request, login, password, _ string) (web.Person, error) {
	for _, p := range staff {
		if p.Login == login && password == "mat-khau-mau" {
			return p, nil
		}
	}
	return web.Person{}, fault.New(fault.Invalid, "test.password", "Sai mật khẩu.", "Wrong password.")
}

type places struct {
	units   *gazetteer.Gazetteer
	offices *gazetteer.Directory
}

func (p places) Gazetteer() *gazetteer.Gazetteer { return p.units }
func (p places) Directory() *gazetteer.Directory { return p.offices }
func (p places) DeliveryOffice(u postal.UnitCode) (postal.OfficeCode, bool) {
	o, err := p.offices.DeliveringTo(u)
	return o.Code, err == nil
}

func newFieldHouse(t testing.TB, db *sqldb.DB) *fieldHouse {
	t.Helper()
	h := &fieldHouse{t: t, clock: time.Now().Truncate(time.Second)}
	ctx := t.Context()
	key, err := privacy.NewHouseKey(bytes.Repeat([]byte{9}, 32))
	h.must(err)
	vault, err := privacy.OpenVault(ctx, db, key, h.now)
	h.must(err)
	h.must(desk.Migrate(ctx, db))
	signs, err := tree.GenerateKey(filepath.Join(t.TempDir(), "ledger.key"), "buudien.example/ledger")
	h.must(err)
	l, err := ledger.Open(ctx, db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}, Now: h.now, Key: signs, Base: "https://buudien.example"})
	h.must(err)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	units, err := gazetteer.Load()
	h.must(err)
	today := postal.DayOf(h.clock)
	h.Service = &desk.Service{Ledger: l, DB: db, Vault: vault, Places: places{units, gazetteer.NewDirectory(units, gazetteer.MadeUpOffices(units, today), today)},
		Signer: h, Staff: h, Now: h.now, Base: "https://buudien.example", MadeUp: true}
	h.mux = web.New(h, web.Site{ScanTo: "/desk/find"}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	h.Mount(h.mux)
	server := httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(server.Close)
	h.url = server.URL
	for n, o := range []postal.OfficeCode{officeOne, officeTwo} {
		h.act(o, "admin", custody.ReserveRange{Office: o, Letters: "RR", From: 1000 * (n + 1), To: 1000*(n+1) + 999})
	}
	return h
}

func (h *fieldHouse) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// act writes an act without a page.
func (h *fieldHouse) act(o postal.OfficeCode, who postal.StaffID, a ledger.Act) ledger.Receipt {
	h.t.Helper()
	now := h.now()
	r, err := h.Ledger.Append(h.t.Context(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: o, Actor: who}, a)
	if err != nil {
		h.t.Fatalf("%s: %v", a.Name(), err)
	}
	return r
}

// accept makes an item for office one, with made-up people, lying there.
func (h *fieldHouse) accept(name, address string) postal.ItemNumber {
	h.t.Helper()
	return h.acceptAt(officeOne, name, address)
}

func (h *fieldHouse) acceptAt(o postal.OfficeCode, name, address string) postal.ItemNumber {
	h.t.Helper()
	now := h.now()
	id := postal.NewActID(now)
	h.must(h.KeepParties(h.t.Context(), desk.Cover{Act: id, Parties: desk.Parties{
		Sender:    desk.Party{Name: "Trần Văn Gửi", Phone: "+84912000111", Address: "1 Đường Mẫu", Unit: wardOne},
		Recipient: desk.Party{Name: name, Phone: "+84912345678", Address: address, Unit: wardOne},
	}}))
	r, err := h.Ledger.Append(h.t.Context(), ledger.Envelope{Act: id, OccurredMs: postal.Millis(now), Office: o, Actor: "nv-gd1"},
		custody.Accept{Service: event.Registered, ToUnit: wardOne, ToOffice: officeOne, WeightG: 20, FeeVND: 12000, Office: o, DueMs: postal.Millis(now.Add(48 * time.Hour))})
	h.must(err)
	return r.Facts[0].(event.ItemAccepted).Item
}

// take passes items to the carrier by a delivery list signed by both.
func (h *fieldHouse) take(carrier string, items ...postal.ItemNumber) {
	h.t.Helper()
	who := staff[carrier].ID
	var things []event.Thing
	var counts []event.Count
	for _, n := range items {
		things, counts = append(things, event.Thing(n)), append(counts, event.Count{Thing: event.Thing(n)})
	}
	code := h.act(officeOne, "nv-gd1", custody.OpenHandover{Office: officeOne, From: custody.AtOffice(officeOne), To: custody.ByCarrier(who), Purpose: custody.ForDelivery, Things: things}).
		Facts[0].(event.HandoverOpened).Handover
	h.act(officeOne, who, custody.CountThings{Handover: code, Counts: counts})
	h.act(officeOne, who, custody.SignHandover{Handover: code, Side: custody.Taker})
	h.act(officeOne, "nv-gd1", custody.SignHandover{Handover: code, Side: custody.Giver})
}

func (h *fieldHouse) item(n postal.ItemNumber) *custody.Item {
	h.t.Helper()
	i, ok := ledger.Get[*custody.Item](h.Ledger.View(h.t.Context()), custody.ItemKey(n))
	if !ok {
		h.t.Fatalf("no item %s", n)
	}
	return i
}

// visitor is one browser without scripts.
type visitor struct {
	*fieldHouse
	client *http.Client
}

func (h *fieldHouse) as(who string) visitor {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	h.must(err)
	u, err := url.Parse(h.url)
	h.must(err)
	jar.SetCookies(u, []*http.Cookie{{Name: "who", Value: who, Path: "/"}})
	return visitor{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what a page answered: status, where to go, words.
type answered struct {
	status int
	to     string
	text   string
	header http.Header
}

func (v visitor) read(r *http.Response, err error) answered {
	v.t.Helper()
	v.must(err)
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	v.must(err)
	return answered{r.StatusCode, r.Header.Get("Location"), html.UnescapeString(string(b)), r.Header}
}

func (v visitor) get(path string) answered { v.t.Helper(); return v.read(v.client.Get(v.url + path)) }

func (v visitor) post(path string, pairs ...string) answered {
	v.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return v.read(v.client.PostForm(v.url+path, values))
}

// upload posts a form with a file.
func (v visitor) upload(path, field string, file []byte, pairs ...string) answered {
	v.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.must(m.WriteField(pairs[i], pairs[i+1]))
	}
	if file != nil {
		w, err := m.CreateFormFile(field, "anh.jpg")
		v.must(err)
		_, err = w.Write(file)
		v.must(err)
	}
	v.must(m.Close())
	return v.read(v.client.Post(v.url+path, m.FormDataContentType(), &body))
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// hiddenOf reads a hidden field of a page.
func (a answered) hiddenOf(t testing.TB, name string) string {
	t.Helper()
	for _, m := range hidden.FindAllStringSubmatch(a.text, -1) {
		if m[1] == name {
			return m[2]
		}
	}
	t.Fatalf("the page has no hidden field %s", name)
	return ""
}

func (a answered) want(t testing.TB, status int, words ...string) answered {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, textOf(a.text))
	}
	for _, w := range words {
		if !strings.Contains(a.text, w) {
			t.Fatalf("the page does not say %q: %s", w, textOf(a.text))
		}
	}
	return a
}

func (a answered) lead(t testing.TB, prefix string) string {
	t.Helper()
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, prefix) {
		t.Fatalf("answered %d to %q, want 303 to %s…: %s", a.status, a.to, prefix, textOf(a.text))
	}
	return a.to
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)

func textOf(page string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(page, " ")), " ")
}

// until asks again until ok or patience ends; it is for what another goroutine has to finish.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	end := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			t.Fatal(errors.New("waited in vain: " + what))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func entriesOf(t testing.TB, h *fieldHouse, n postal.ItemNumber) []string {
	t.Helper()
	steps, err := custody.History(t.Context(), h.Ledger, n)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range steps {
		for _, f := range s.Entry.Facts {
			out = append(out, f.Fact())
		}
	}
	return out
}

func count(list []string, s string) int {
	n := 0
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

func actID(h *fieldHouse) string { return postal.NewActID(h.now()).String() }
