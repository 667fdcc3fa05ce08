package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/custody"
	"citypost/internal/demo"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/webtest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// morning is when the town is looked at: a working Tuesday, counters open, carriers out.
var morning = time.Date(2026, 11, 24, 10, 30, 0, 0, postal.HoChiMinh)

// days of past work are enough for every kind of thing to exist.
const days = 8

// town is a made-up city on loopback, made once for all tests of this package.
type town struct {
	*app.House
	url    string
	staff  map[string]account.Listed // by login
	server *httptest.Server

	walked map[string][]page // what opens for whom: see pagesOf

	mu      sync.Mutex
	clients map[string]*http.Client
}

var made struct {
	once sync.Once
	town *town
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := webtest.Main(m)
	if made.town != nil {
		made.town.server.Close()
		if err := made.town.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "close the town:", err)
			code = 1
		}
	}
	if made.dir != "" {
		_ = os.RemoveAll(made.dir)
	}
	os.Exit(code)
}

// townLog is what the town logs, for the test that looks for what must not stand there.
var townLog journal

// theTown gives the city.
func theTown(t *testing.T) *town {
	t.Helper()
	made.once.Do(func() { made.town, made.err = makeTown(t) })
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.town
}

func makeTown(t *testing.T) (*town, error) {
	ctx := context.WithoutCancel(t.Context()) // the town outlives the test that asks for it first
	var err error
	if made.dir, err = os.MkdirTemp("", "citypost-e2e-"); err != nil {
		return nil, err
	}
	clock := demo.NewClock(morning, 7)
	h, err := app.Open(ctx, app.Config{Data: made.dir, Now: clock.Now, MadeUp: true, Province: "31", Hotline: "1900 0000", Base: "https://buudien.example", Log: slog.New(slog.NewTextHandler(&townLog, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		return nil, err
	}
	h.Tracking.Limit = web.Limit{} // one browser asks for a whole city here
	w := &town{House: h, staff: map[string]account.Listed{}, clients: map[string]*http.Client{}, walked: map[string][]page{}}
	if _, err := demo.Fill(ctx, h, clock, demo.Options{Seed: 7, Days: days}, func(int64, int64) {}); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	people, err := h.Accounts.List(ctx)
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	for _, a := range people {
		w.staff[a.Login] = a
	}
	w.server = httptest.NewServer(h.Handler())
	w.url = w.server.URL
	return w, nil
}

// at gives the login of the office's person of a kind: "gdv" clerk, "ksv" supervisor, "buuta" carrier.
func (w *town) at(kind string, office postal.OfficeCode) string {
	for n, o := range w.Places.Directory().All() {
		if o.Code == office {
			return fmt.Sprintf("%s%02d", kind, n+1)
		}
	}
	return ""
}

// who is an account as the layout knows it.
func (w *town) who(login string) web.Person {
	a := w.staff[login]
	p := web.Person{ID: a.ID, Login: a.Login, Name: a.Name}
	for _, g := range a.Grants {
		p.Roles = append(p.Roles, g.Role)
	}
	return p
}

// client is somebody's browser without eyes; "" is a stranger.
func (w *town) client(t *testing.T, login string) *http.Client {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.clients[login]; c != nil {
		return c
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	if login != "" {
		r, err := c.PostForm(w.url+web.SignInPath, url.Values{"login": {login}, "password": {demo.Password}, "next": {"/account"}})
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != 200 || r.Request.URL.Path != "/account" {
			t.Fatalf("%s cannot sign in: %d at %s", login, r.StatusCode, r.Request.URL)
		}
	}
	w.clients[login] = c
	return c
}

// answer is what came back for a path, after redirects.
type answer struct {
	status int
	kind   string // of content
	path   string // where it ended
	body   string
}

// isPage tells a whole page from a file and from a piece of a page.
func (a answer) isPage() bool {
	return strings.HasPrefix(a.kind, "text/html") && strings.Contains(a.body, "<html")
}

// get asks for a path as somebody.
func (w *town) get(t *testing.T, login, path string) answer {
	t.Helper()
	r, err := w.client(t, login).Get(w.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{r.StatusCode, r.Header.Get("Content-Type"), r.Request.URL.RequestURI(), string(body)}
}

// signIn opens a browser's session as somebody; "" signs nobody in.
func (w *town) signIn(b *webtest.Browser, login string) {
	webtest.Run(b, "forget cookies", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
	if login == "" {
		return
	}
	b.Go(w.url + web.SignInPath + "?next=/account")
	b.Fill("#login", login)
	b.Fill("#password", demo.Password)
	b.Submit("main form button")
}

// do writes an act as somebody at an office, beside the screens.
func (w *town) do(t *testing.T, office postal.OfficeCode, login string, act ledger.Act) ledger.Receipt {
	t.Helper()
	e := ledger.Envelope{Act: postal.NewActID(w.Now()), OccurredMs: w.Now().UnixMilli(), Office: office, Actor: w.staff[login].ID}
	r, err := w.Ledger.Append(t.Context(), e, act)
	if err != nil {
		t.Fatalf("%s at %s: %v", act.Name(), office, err)
	}
	return r
}

// handOver passes things on by two signatures.
func (w *town) handOver(t *testing.T, office postal.OfficeCode, from, to event.Holder, giver, taker string, counts []event.Count, things ...event.Thing) {
	t.Helper()
	opener := giver
	if custody.Office(from) == "" {
		opener = taker
	}
	code := w.do(t, office, opener, custody.OpenHandover{Office: office, From: from, To: to, Things: things}).Facts[0].(event.HandoverOpened).Handover
	w.do(t, office, taker, custody.CountThings{Handover: code, Counts: counts})
	w.do(t, office, giver, custody.SignHandover{Handover: code, Side: custody.Giver})
	w.do(t, office, taker, custody.SignHandover{Handover: code, Side: custody.Taker})
}
