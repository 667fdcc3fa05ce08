// Package webtest looks at pages the way people do: in a real browser, at two widths, with a keyboard, on paper, and with
// the eyes of axe-core.
//
// It owns the browser of a test and its temporary profile. Its promise: a test that uses it either ran in Chromium or says
// that it was skipped and why. It leans on chromedp and package web; no product code imports it. What a page should say it
// leaves to the test. Start with Open.
package webtest

import (
	"context"
	_ "embed" // axe-core
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/web"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed axe/axe.min.js
var axe string

// The widths at which every page has to be good: a counter's screen and a phone.
const (
	Desk  = 1366
	Phone = 390
)

// patience bounds one step in the browser; a slow machine needs seconds, a hanging page shall not need minutes.
const patience = 30 * time.Second

// Gate lets a fixed person through, in place of package account.
type Gate struct{ Person web.Person }

// Who is always the same person; the zero Person is nobody.
func (g Gate) Who(*http.Request) (web.Person, bool, error) { return g.Person, g.Person.Known(), nil }

// Serve offers h on loopback for the length of the test and gives its address.
func Serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// Browser is one window with cookies of its own.
type Browser struct {
	t       testing.TB
	ctx     context.Context
	mu      sync.Mutex
	console []string
}

// Sees gives the browser a camera that shows a film (Y4M), and lets every page use it.
func Sees(film string) []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", film)}
}

// Open gives a window of its own, or skips the test and says why. In a package whose tests run through Main all windows belong to one Chromium, each in a browser
// context of its own: cookies, storage, workers and emulation of one are nothing to another. With options, or without Main, the test has a Chromium for itself.
func Open(t testing.TB, more ...chromedp.ExecAllocatorOption) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("pages are looked at in the run without -short")
	}
	path := chromium()
	if path == "" {
		t.Skip("no Chromium here (Debian: chromium, or CITYPOST_CHROMIUM=path), so no page is looked at")
	}
	ctx := window(t, path, more)
	b := &Browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	b.Width(Desk)
	return b
}

// chromium finds the browser: the one without windows where it is, which takes half of the processor's time.
func chromium() string {
	for _, p := range []string{os.Getenv("CITYPOST_CHROMIUM"), "/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if p == "" {
			continue
		}
		if found, err := exec.LookPath(p); err == nil {
			return found
		}
	}
	return ""
}

// listen keeps what the page complains about: script errors, refused content, failed loads.
func (b *Browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.console = append(b.console, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
		}
	case *runtime.EventExceptionThrown:
		b.console = append(b.console, "exception: "+e.ExceptionDetails.Text+" "+describe(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			b.console = append(b.console, "console.error")
		}
	}
}

func describe(d *runtime.ExceptionDetails) string {
	if d.Exception == nil {
		return ""
	}
	return d.Exception.Description
}

// Complaints gives what the page complained about since the last call; answers with a status of 400 and more count too.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.console
	b.console = nil
	return c
}

// do runs steps and fails the test when one fails.
func (b *Browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// Width makes the window this wide (Desk or Phone), as high as such screens are.
func (b *Browser) Width(px int) {
	b.t.Helper()
	height := int64(768)
	if px < 600 {
		height = 844
	}
	b.do("width", chromedp.EmulateViewport(int64(px), height))
}

// Scripts switches JavaScript on or off for the pages that follow.
func (b *Browser) Scripts(on bool) {
	b.t.Helper()
	b.do("scripts", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// Go opens an address and waits until it is there.
func (b *Browser) Go(url string) {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url), chromedp.WaitReady("body"))
}

// Click presses what the selector finds and waits for the page that may follow.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(selector, chromedp.NodeVisible))
}

// Submit presses a button or link that leads to another page and waits for that page.
func (b *Browser) Submit(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(selector, chromedp.NodeVisible)); err != nil {
		b.t.Fatalf("submit %s: %v", selector, err)
	}
}

// Type types into whatever has the cursor; "\r" is Enter.
func (b *Browser) Type(keys string) {
	b.t.Helper()
	b.do("type", chromedp.KeyEvent(keys))
}

// TypeAndGo types keys that lead to another page ("RR…\r") and waits for that page.
func (b *Browser) TypeAndGo(keys string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(keys)); err != nil {
		b.t.Fatalf("type and go: %v", err)
	}
}

// names of keys that have no letter.
var names = map[string]string{"F2": kb.F2, "F4": kb.F4, "F8": kb.F8, "F9": kb.F9, "Escape": kb.Escape, "Enter": kb.Enter, "Tab": kb.Tab}

// Press presses one key by its name: F2, F4, F8, F9, Escape, Enter, Tab, or a single letter.
func (b *Browser) Press(key string) {
	b.t.Helper()
	if k, ok := names[key]; ok {
		key = k
	}
	b.do("press", chromedp.KeyEvent(key))
}

// PressAndGo presses a key that leads to another page and waits for that page.
func (b *Browser) PressAndGo(key string) {
	b.t.Helper()
	if k, ok := names[key]; ok {
		key = k
	}
	b.TypeAndGo(key)
}

// Fill puts the cursor into a field, empties it and types.
func (b *Browser) Fill(selector, text string) {
	b.t.Helper()
	b.do("fill "+selector, chromedp.Clear(selector), chromedp.SendKeys(selector, text))
}

// Wait waits until the selector finds something visible.
func (b *Browser) Wait(selector string) {
	b.t.Helper()
	b.do("wait for "+selector, chromedp.WaitVisible(selector))
}

// Text is the visible text of what the selector finds.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return Run(b, "text of "+selector, chromedp.Text(selector))
}

// Eval runs an expression in the page; it works under every content policy.
func Eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	return Run(b, "eval", chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Until waits until an expression is true in the page.
func (b *Browser) Until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingTimeout(patience)))
		if err == nil {
			return
		}
		// The page that was asked went away while it was asked: ask the one that came.
		if ctx.Err() != nil || !strings.Contains(err.Error(), "context") && !strings.Contains(err.Error(), "navigated") {
			b.t.Fatalf("until %s: %v", expression, err)
		}
	}
}

// Run runs any action of chromedp and gives its result.
func Run[T any](b *Browser, what string, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, a)
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	return got
}

// Title is the title of the page.
func (b *Browser) Title() string { return Run(b, "title", chromedp.Title()) }

// Path is the path and query of the page's address.
func (b *Browser) Path() string {
	return Eval[string](b, "location.pathname + location.search")
}

// Focus names the element that has the cursor: its id, or its tag.
func (b *Browser) Focus() string {
	return Eval[string](b, "document.activeElement ? document.activeElement.id || document.activeElement.tagName : ''")
}

// Overflow is by how many pixels the page is wider than the window; a page that scrolls sideways is broken.
func (b *Browser) Overflow() int {
	return Eval[int](b, "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)")
}

// Shot saves a picture of the whole page as name.png in the folder CITYPOST_SHOTS, for people to look at; without the
// variable it does nothing.
func (b *Browser) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv("CITYPOST_SHOTS")
	if dir == "" {
		return
	}
	Eval[bool](b, "document.fonts.ready.then(() => true)")
	png := Run(b, "picture", chromedp.FullScreenshot(100))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// PDF prints the page on the paper that its own style asks for.
func (b *Browser) PDF() []byte {
	b.t.Helper()
	return Run(b, "print", chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
}

// Violation is one rule of WCAG that the page breaks.
type Violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v Violation) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %s", v.ID, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&s, "\n    %s\n      %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n      "))
	}
	return s.String()
}

// Axe looks for what WCAG 2.2 A and AA forbid, and for axe's own good practice.
func (b *Browser) Axe() []Violation {
	b.t.Helper()
	b.do("load axe", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: axe})
		return err
	}))
	text := Eval[string](b, `axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"], resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`)
	var found []Violation
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatalf("axe: %v", err)
	}
	return found
}

// Check fails the test when the page breaks a rule, is wider than the window, or complained.
func (b *Browser) Check(what string) {
	b.t.Helper()
	for _, v := range b.Axe() {
		b.t.Errorf("%s: %s", what, v)
	}
	b.Fits(what)
}

// Both checks the page at both widths, with axe at the phone's, where things are tightest, and leaves the window wide. The pictures are shot-phone and shot-desk.
func (b *Browser) Both(shot, what string) {
	b.t.Helper()
	b.Width(Phone)
	b.Shot(shot + "-phone")
	b.Check(what + " phone")
	b.Width(Desk)
	b.Shot(shot + "-desk")
	b.Fits(what + " desk")
}

// Fits is Check without axe, for a page that axe has seen at another width or in the other language.
func (b *Browser) Fits(what string) {
	b.t.Helper()
	if px := b.Overflow(); px > 0 {
		b.t.Errorf("%s: %d px wider than the window", what, px)
	}
	for _, c := range b.Complaints() {
		b.t.Errorf("%s: %s", what, c)
	}
}
