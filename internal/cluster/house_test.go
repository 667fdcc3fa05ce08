package cluster

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// browser is a clerk's browser without eyes; it follows redirects and keeps cookies, whatever node it asks.
type browser struct {
	t *testing.T
	w *town
	c *http.Client
}

// page is what came back.
type page struct {
	status int
	header http.Header
	body   string
	path   string
}

func (w *town) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, w, &http.Client{Jar: jar, Timeout: time.Minute}}
}

func (b *browser) page(res *http.Response, err error) page {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := read(res)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{res.StatusCode, res.Header, string(body), res.Request.URL.Path}
}

func (b *browser) get(node int, path string) page {
	b.t.Helper()
	return b.page(b.c.Get("http://" + b.w.nodes[node].addr + path))
}

func (b *browser) post(node int, path string, form url.Values) page {
	b.t.Helper()
	return b.page(b.c.PostForm("http://"+b.w.nodes[node].addr+path, form))
}

func (b *browser) signIn(node int) {
	b.t.Helper()
	if p := b.post(node, "/sign-in", url.Values{"login": {clerk}, "password": {clerkPassword}, "next": {"/desk/bags"}}); p.status != http.StatusOK || p.path != "/desk/bags" {
		b.t.Fatalf("sign-in: %d at %s", p.status, p.path)
	}
}

var hiddenAct = regexp.MustCompile(`name="act" value="([^"]+)"`)

// form gives the form for a new bag as the page at a node draws it.
func (b *browser) form(node int) url.Values {
	b.t.Helper()
	m := hiddenAct.FindStringSubmatch(b.get(node, "/desk/bags").body)
	if m == nil {
		b.t.Fatal("the page of the bags carries no act")
	}
	return url.Values{"act": {html.UnescapeString(m[1])}, "to": {string(b.w.to)}}
}

// TestSessionsAndFormsWorkAcrossNodes signs in at one node, draws a form at it, sends it to the other, and sends it again to the first.
func TestSessionsAndFormsWorkAcrossNodes(t *testing.T) {
	w := found(t, sqltest.PostgresDSN(t), 1)
	w.open(2)
	b := w.browser(t)
	b.signIn(0)
	form := b.form(0)
	first := b.post(1, "/desk/bags", form)
	if first.status != http.StatusOK || !strings.HasPrefix(first.path, "/desk/bags/2") {
		t.Fatalf("sent to the other node: %d at %s", first.status, first.path)
	}
	if again := b.post(0, "/desk/bags", form); again.path != first.path {
		t.Fatalf("sent again to the first node: %s, at first %s", again.path, first.path)
	}
	if p := b.get(0, "/desk/bags"); strings.Count(p.body, `href="/desk/bags/2`) < 1 {
		t.Error("the first node does not show the bag of the second")
	}
	w.nodes[0].restart() // a session outlives its node
	if p := b.get(0, "/desk/bags"); p.status != http.StatusOK || p.path != "/desk/bags" {
		t.Errorf("after a restart: %d at %s", p.status, p.path)
	}
}

// bad lets system calls of a running node on the database's files fail until it is ended.
func bad(t *testing.T, w *town, calls, errno string) (mend func()) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here: no way to let a system call fail")
	}
	db := filepath.Join(w.data(0), "city.db")
	log := filepath.Join(w.dir, "strace.log")
	p := launch(t, log, nil, w.dir, strace, "-f", "-o", os.DevNull, "-p", strconv.Itoa(w.nodes[0].proc.cmd.Process.Pid), "-P", db, "-P", db+"-wal", "-P", db+"-shm",
		"-e", "trace="+calls, "-e", "inject="+calls+":error="+errno)
	await(t, 30*time.Second, func() bool {
		said, _ := os.ReadFile(log)
		select {
		case <-p.done:
			t.Skipf("strace may not trace here: %s", said)
		default:
		}
		return strings.Contains(string(said), "attached")
	}, func() string { return "strace does not attach" })
	return func() {
		p.signal(syscall.SIGINT) // it lets go and ends
		p.wait()
	}
}

// refusedBy sends acts through the API until one is refused, and gives the refusal.
func (w *town) refusedBy(t *testing.T) (act postal.ActID, status int, header http.Header, code, vi, en string) {
	t.Helper()
	body := `{"occurred_at":"` + time.Now().UTC().Format(time.RFC3339Nano) + `","to_office":"` + string(w.to) + `"}`
	for range 200 {
		act = postal.NewActID(time.Now())
		r, err := http.NewRequest(http.MethodPost, "http://"+w.nodes[0].addr+"/api/v1/bags", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+w.tokens[0])
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", act.String())
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := read(res)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusCreated {
			continue
		}
		var p struct {
			Code string `json:"code"`
			VI   string `json:"detail_vi"`
			EN   string `json:"detail_en"`
		}
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatalf("%d %s", res.StatusCode, raw)
		}
		return act, res.StatusCode, res.Header, p.Code, p.VI, p.EN
	}
	t.Fatal("nothing is refused")
	return
}

// readable fails unless what can be read without writing still is.
func (b *browser) readable() {
	b.t.Helper()
	for _, path := range []string{"/", "/desk/bags", "/track?code=RR100000014VN"} {
		if p := b.get(0, path); p.status >= 500 {
			b.t.Errorf("%s cannot be read: %d", path, p.status)
		}
	}
}

// refuses sends the form and looks at the page that comes back, in both languages: the sentence, and what was chosen kept under the same act.
func (b *browser) refuses(form url.Values, vi, en string) {
	b.t.Helper()
	for lang, sentence := range map[string]string{"en": en, "vi": vi} {
		p := b.post(0, "/desk/bags?lang="+lang, form)
		if p.status != http.StatusServiceUnavailable || !strings.Contains(html.UnescapeString(p.body), sentence) {
			b.t.Errorf("%s: %d, without the sentence %q", lang, p.status, sentence)
		}
		to := form.Get("to")
		chosen := strings.Contains(p.body, `value="`+to+`" selected`) || strings.Contains(p.body, `name="to" value="`+to+`"`)
		if !strings.Contains(p.body, `name="act" value="`+form.Get("act")+`"`) || !chosen {
			b.t.Errorf("%s: what was typed is not kept", lang)
		}
	}
}

// TestTheHouseBearsAFullDisk lets every write to the database's files say that there is no room, in the running program. Pages stay readable, what writes says so in both
// languages and keeps what was typed, and all goes on by itself when there is room again.
func TestTheHouseBearsAFullDisk(t *testing.T) {
	w := found(t, "", 1)
	w.open(1)
	b := w.browser(t)
	b.signIn(0)
	form := b.form(0)
	mend := bad(t, w, "pwrite64,write", "ENOSPC")
	_, status, header, code, vi, en := w.refusedBy(t)
	if status != http.StatusServiceUnavailable || code != "db.disk_full" || header.Get("Retry-After") == "" || header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("the API on a full disk: %d %s %v", status, code, header)
	}
	b.readable()
	b.refuses(form, vi, en)
	mend()
	if p := b.post(0, "/desk/bags", form); p.status != http.StatusOK || !strings.HasPrefix(p.path, "/desk/bags/2") {
		t.Errorf("with room again: %d at %s", p.status, p.path)
	}
	if said, err := w.command("--lang", "en", "verify", filepath.Join(w.data(0), "city.db")); err != nil {
		t.Errorf("%s", said)
	}
}

// TestTheHouseStopsWritingAfterAFailedSync lets every sync fail, in the running program: after it nobody knows what is on disk.
func TestTheHouseStopsWritingAfterAFailedSync(t *testing.T) {
	w := found(t, "", 1)
	w.open(1)
	b := w.browser(t)
	b.signIn(0)
	form := b.form(0)
	mend := bad(t, w, "fdatasync,fsync", "EIO")
	_, status, header, code, vi, en := w.refusedBy(t)
	if status != http.StatusServiceUnavailable || code != "ledger.stopped" || header.Get("Retry-After") == "" {
		t.Errorf("the API after a failed sync: %d %s %v", status, code, header)
	}
	b.readable()
	b.refuses(form, vi, en)
	if got := w.nodes[0].healthy(); got != http.StatusServiceUnavailable {
		t.Errorf("/healthz says %d", got)
	}
	mend()
	if _, _, _, code, _, _ := w.refusedBy(t); code != "ledger.stopped" {
		t.Errorf("the disk says yes again and the ledger goes on (%s): what failed once may be missing", code)
	}
	w.nodes[0].restart()
	if p := b.post(0, "/desk/bags", form); p.status != http.StatusOK || !strings.HasPrefix(p.path, "/desk/bags/2") {
		t.Errorf("after a restart: %d at %s", p.status, p.path)
	}
	if said, err := w.command("--lang", "en", "verify", filepath.Join(w.data(0), "city.db")); err != nil {
		t.Errorf("%s", said)
	}
}
