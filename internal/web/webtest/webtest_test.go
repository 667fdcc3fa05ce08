package webtest

import (
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, `<!doctype html><html lang="vi"><title>t</title><body><p id="p">no script</p><script>document.getElementById("p").textContent = "script"</script>`)
}

// TestWindowsOfOneChromiumKnowNothingOfEachOther: what one test leaves behind must not help or hurt another.
func TestWindowsOfOneChromiumKnowNothingOfEachOther(t *testing.T) {
	url := Serve(t, http.HandlerFunc(page))
	a := Open(t)
	a.Go(url)
	Eval[string](a, `document.cookie = "who=a; path=/"`)
	Eval[bool](a, `localStorage.setItem("who", "a"), sessionStorage.setItem("who", "a"), caches.open("who").then(() => true)`)
	a.Scripts(false)
	a.Width(Phone)
	Eval[bool](a, `console.error("a"), true`)

	b := Open(t)
	b.Go(url)
	if chromedp.FromContext(a.ctx).Browser != chromedp.FromContext(b.ctx).Browser {
		t.Error("each window has a Chromium of its own")
	}
	if got := Eval[string](b, `document.cookie + (localStorage.getItem("who") ?? "") + (sessionStorage.getItem("who") ?? "")`); got != "" {
		t.Errorf("the second window sees %q of the first", got)
	}
	if got := Eval[int](b, `caches.keys().then(k => k.length)`); got != 0 {
		t.Errorf("the second window sees %d caches of the first", got)
	}
	if got := b.Text("#p"); got != "script" {
		t.Errorf("in the second window scripts do not run: %q", got)
	}
	if got := Eval[int](b, "innerWidth"); got != Desk {
		t.Errorf("the second window is %d wide", got)
	}
	if c := b.Complaints(); len(c) != 0 {
		t.Errorf("the second window hears the complaints of the first: %v", c)
	}
	a.Go(url)
	if got := a.Text("#p"); got != "no script" {
		t.Errorf("in the first window scripts run again: %q", got)
	}
	if c := a.Complaints(); len(c) != 1 {
		t.Errorf("the first window lost its complaint: %v", c)
	}
}

// TestAWindowAfterACrashIsNew: the tests after the one whose Chromium ended are looked at all the same.
func TestAWindowAfterACrashIsNew(t *testing.T) {
	url := Serve(t, http.HandlerFunc(page))
	first := &ends{TB: t}
	Open(first).Go(url)
	whole := shared.ctx
	if err := chromedp.FromContext(whole).Browser.Process().Kill(); err != nil {
		t.Fatal(err)
	}
	<-whole.Done()
	first.end()
	if !first.failed {
		t.Error("the test whose Chromium ended passes")
	}
	b := Open(t)
	b.Go(url)
	if got := b.Text("#p"); got != "script" {
		t.Errorf("the new Chromium shows %q", got)
	}
}

// ends is a test that ends before the test it stands in.
type ends struct {
	testing.TB
	last   []func()
	failed bool
}

func (e *ends) Cleanup(f func()) { e.last = append(e.last, f) }
func (e *ends) Error(...any)     { e.failed = true }
func (e *ends) end() {
	for _, f := range e.last {
		f()
	}
}
