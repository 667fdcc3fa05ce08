package app_test

import (
	"bytes"
	"citypost/internal/event"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/demo"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

var (
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
	link        = regexp.MustCompile(`href="(/[^"#]*)`)
	digits      = regexp.MustCompile(`[0-9]+`)
	outside     = regexp.MustCompile(`(?:src|href|action|content)="[^"]*(?:https?:|url=)?//[^"]*"`)
)

// visitor is a browser without scripts.
type visitor struct {
	t      *testing.T
	url    string
	client *http.Client
}

func visit(t *testing.T, at string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, at, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask gives status, headers and text of an answer; a form makes it a POST.
func (v *visitor) ask(method, path string, form url.Values) (int, http.Header, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	a, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return a.StatusCode, a.Header, string(body)
}

// enter signs in and wants to be let in.
func (v *visitor) enter(login, password string) {
	v.t.Helper()
	if status, _, body := v.ask("POST", "/sign-in", url.Values{"login": {login}, "password": {password}}); status != http.StatusSeeOther {
		v.t.Fatalf("sign in %s: status %d\n%s", login, status, body)
	}
}

// TestASessionOfTheClosedHouseEndsAfterTenMinutesWithoutAnyScript moves the clock: the page names the minute, a browser without scripts leaves it by itself, the server
// lets nobody in later, and the page that it left to keeps no session alive.
func TestASessionOfTheClosedHouseEndsAfterTenMinutesWithoutAnyScript(t *testing.T) {
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	start := time.Now()
	var past atomic.Int64
	h.Accounts.Now = func() time.Time { return start.Add(time.Duration(past.Load())) }
	administrator(t, h)
	v := visit(t, webtest.Serve(t, h.Handler()))
	v.enter("quan.tri", closedPassword)
	_, _, page := v.ask("GET", "/admin/people", nil)
	said := regexp.MustCompile(`Phiên tự kết thúc lúc\s*<strong>([0-9:]+)</strong>`).FindStringSubmatch(page)
	if said == nil {
		t.Fatal("the page does not say when the session ends")
	}
	at, err := time.ParseInLocation("2/1/2006 15:04", time.Now().In(postal.HoChiMinh).Add(9*time.Minute).Format("2/1/2006 ")+said[1], postal.HoChiMinh)
	if left := time.Until(at); err != nil || left < 7*time.Minute || left > 10*time.Minute {
		t.Errorf("the page says %s, which is in %v, %v", said[1], left, err)
	}
	if want := `<noscript><meta http-equiv="refresh" content="570; url=/sign-in/over"></noscript>`; !strings.Contains(page, want) {
		t.Errorf("the page lacks %s", want)
	}
	for range 4 { // as two pages left open would
		past.Add(int64(2 * time.Minute))
		if status, _, over := v.ask("GET", "/sign-in/over", nil); status != http.StatusOK || !strings.Contains(over, "Phiên làm việc đã kết thúc") || strings.Contains(over, "quan.tri") {
			t.Fatalf("status %d\n%s", status, over)
		}
	}
	past.Add(int64(2*time.Minute - time.Second))
	if status, _, _ := v.ask("GET", "/admin/people", nil); status != http.StatusOK {
		t.Fatalf("a second before the end: status %d", status)
	}
	past.Add(int64(10 * time.Minute))
	status, header, page := v.ask("GET", "/admin/people", nil)
	if status != http.StatusSeeOther || !strings.HasPrefix(header.Get("Location"), "/sign-in") || strings.Contains(page, "Nguyễn Văn Mẫu") {
		t.Errorf("after ten minutes: status %d\n%s", status, page)
	}
	if status, _, _ = v.ask("POST", "/admin/people", url.Values{"name": {"Trần Thị Mẫu"}, "login": {"mau"}}); status != http.StatusUnauthorized {
		t.Errorf("a form after ten minutes: status %d", status)
	}
}

// TestEveryRouteOfTheClosedHouseIsPlainAndKeptByNobody asks for every route as everybody: the public and every role, GET and POST. Whatever the answer is, no browser
// may keep it, and nothing in it leads outside.
func TestEveryRouteOfTheClosedHouseIsPlainAndKeptByNobody(t *testing.T) {
	app.SkipShort(t)
	var log syncBuffer
	h := workedInLogging(t, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	secrets := secretsOf(t, h)
	quiet := func(login, path string, header http.Header, body string) {
		t.Helper()
		title := pageTitle.FindString(body)
		for _, word := range secrets.words {
			if strings.Contains(header.Get("Content-Disposition"), word) {
				t.Errorf("GET %s as %q: the file's name holds %q", path, login, word)
			}
		}
		for _, word := range append(secrets.names, "Hoả tốc", "Hẹn giờ", "độ mật") {
			if strings.Contains(title, word) {
				t.Errorf("GET %s as %q: the title holds %q", path, login, word)
			}
		}
	}
	at := webtest.Serve(t, h.Handler())
	browsers := map[string]*visitor{"": visit(t, at)}
	for _, login := range []string{"kt1.gdv01", "kt1.ksv01", "kt1.gtv01", "baomat", "quantri", "vanthu01"} {
		browsers[login] = visit(t, at)
		browsers[login].enter(login, demo.Password)
	}
	asked, shown := 0, map[int]int{}
	for _, route := range h.Mux.Routes() {
		pattern, method := strings.TrimPrefix(route.Pattern, "GET "), route.Method
		if pattern == "/sign-out" || strings.HasSuffix(pattern, "end-others") || strings.HasPrefix(pattern, "/admin/people/{id}") {
			continue // they end what the others are asked with
		}
		if method == "" {
			method = "GET"
		}
		path := strings.NewReplacer("{$}", "", "{format}", "pdf", "{register}", "out", "{page}", "1", "{do}", "close").Replace(pattern)
		path = placeholder.ReplaceAllString(path, "khong-co")
		if pattern == "/assets/" {
			path = web.Asset("closed.css")
		}
		for login, v := range browsers {
			status, header, body := v.ask(method, path, url.Values{})
			asked++
			shown[status]++
			for _, complaint := range plain(header, body) {
				t.Errorf("%s %s as %q (status %d): %s", method, path, login, status, complaint)
			}
		}
	}
	for login, v := range browsers {
		for _, path := range v.wander(300) {
			status, header, body := v.ask("GET", path, nil)
			asked++
			shown[status]++
			for _, complaint := range plain(header, body) {
				t.Errorf("GET %s as %q (status %d): %s", path, login, status, complaint)
			}
			quiet(login, path, header, body)
		}
		for _, item := range secrets.words[:5] { // what is typed or scanned, also where it is refused
			for _, path := range []string{"/kt1/find?code=", "/kt1/items/", "/kt1/round/", "/kt1/vessels/", "/khong-co/"} {
				v.ask("GET", path+url.PathEscape(item), nil)
				v.ask("POST", path+url.PathEscape(item)+"/pack", url.Values{"item": {item}})
			}
		}
	}
	for _, word := range append(secrets.words, secrets.names...) {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log of the closed house holds %q", word)
		}
	}
	if !strings.Contains(log.String(), "/kt1/items/{item}") {
		t.Error("the log does not tell which routes were asked: nothing was looked at")
	}
	if log.Len() < 10_000 {
		t.Errorf("the log has %d bytes only", log.Len())
	}
	t.Logf("%d answers, by status %v", asked, shown)
	if asked < 300 || shown[http.StatusOK] < 50 || shown[http.StatusForbidden] == 0 || shown[http.StatusUnauthorized] == 0 {
		t.Error("too few answers were looked at")
	}
}

// wander follows links from the first page, three of each shape, and gives the paths it found.
func (v *visitor) wander(most int) (paths []string) {
	seen, shapes := map[string]bool{"/": true}, map[string]int{}
	for queue := []string{"/"}; len(queue) > 0 && len(paths) < most; queue = queue[1:] {
		_, header, body := v.ask("GET", queue[0], nil)
		paths = append(paths, queue[0])
		links := link.FindAllStringSubmatch(body, -1)
		if to := header.Get("Location"); to != "" {
			links = append(links, []string{"", to})
		}
		for _, l := range links {
			path := strings.ReplaceAll(l[1], "&amp;", "&")
			shape := digits.ReplaceAllString(path, "#")
			if !seen[path] && shapes[shape] < 3 {
				seen[path] = true
				shapes[shape]++
				queue = append(queue, path)
			}
		}
	}
	return paths
}

var pageTitle = regexp.MustCompile(`<title>[^<]*</title>`)

// syncBuffer is a log that many write.
type syncBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *syncBuffer) Len() int { return len(b.String()) }

// secretWords are what neither log nor file name of the closed house may hold: numbers of items as they are and as they are printed, numbers on covers, seals; and names.
type secretWords struct{ words, names []string }

func secretsOf(t *testing.T, h *app.ClosedHouse) (s secretWords) {
	t.Helper()
	for seq := int64(0); ; {
		entries, err := h.Ledger.After(t.Context(), seq, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			seq = e.Seq
			for _, f := range e.Facts {
				switch f := f.(type) {
				case event.KT1Accepted:
					s.words = append(s.words, string(f.Item), f.Item.Grouped(), f.Number)
				case event.VesselClosed:
					s.words = append(s.words, f.Seal)
				}
			}
		}
	}
	s.words = slices.DeleteFunc(s.words, func(w string) bool { return len(w) < 6 })
	bodies, err := h.Directory.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bodies {
		s.names = append(s.names, b.Name, b.Address)
	}
	if len(s.words) < 100 || len(s.names) < 10 {
		t.Fatalf("%d words and %d names: this proves nothing", len(s.words), len(s.names))
	}
	return s
}

// workedIn is a closed house with days of made-up work.
func workedIn(t *testing.T) *app.ClosedHouse {
	t.Helper()
	return workedInLogging(t, slog.New(slog.DiscardHandler))
}

func workedInLogging(t *testing.T, log *slog.Logger) *app.ClosedHouse {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "closed")
	box, _, err := strongbox.Create(dir, closedWord, time.Now(), quickCost)
	if err == nil {
		err = app.FurnishBox(box)
	}
	if err != nil {
		t.Fatal(err)
	}
	clock := demo.NewClock(time.Now(), 7)
	h, err := app.OpenClosed(t.Context(), app.Config{Data: dir, Now: clock.Now, MadeUp: true, Province: "31", Log: log}, box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := demo.FillClosed(t.Context(), h, clock, demo.Options{Seed: 7}, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	return h
}

// plain lists what an answer of the closed house may not do.
func plain(h http.Header, body string) (complaints []string) {
	say := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	if got := h.Get("Cache-Control"); got != "no-store" {
		say("Cache-Control %q", got)
	}
	for _, never := range []string{"ETag", "Last-Modified", "Expires", "Link", "Service-Worker-Allowed", "Access-Control-Allow-Origin", "Report-To", "Refresh"} {
		if got := h.Get(never); got != "" {
			say("%s: %q", never, got)
		}
	}
	csp := h.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; ") {
		say("Content-Security-Policy %q", csp)
	}
	for directive := range strings.SplitSeq(csp, ";") {
		for _, source := range strings.Fields(directive)[1:] {
			if source != "'self'" && source != "'none'" && source != "data:" {
				say("Content-Security-Policy lets in %q", source)
			}
		}
	}
	for _, power := range []string{"camera=()", "geolocation=()", "microphone=()", "display-capture=()"} {
		if !strings.Contains(h.Get("Permissions-Policy"), power) {
			say("Permissions-Policy without %s", power)
		}
	}
	if !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		return complaints
	}
	for _, link := range outside.FindAllString(body, -1) {
		say("leads elsewhere: %s", link)
	}
	for _, word := range []string{"serviceWorker", `rel="manifest"`, "webmanifest", "<iframe", "<object", "<embed", "<video", `capture=`, "maplibre", "leaflet"} {
		if strings.Contains(body, word) {
			say("has %s", word)
		}
	}
	if !strings.Contains(body, "NỘI BỘ – KT1") || !strings.Contains(body, `class="watermark"`) {
		say("has no band or no watermark")
	}
	return complaints
}
