package app

import (
	"context"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"citypost/internal/dossier"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web/webtest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// The walks through the flows of a dossier in Chromium, in Vietnamese, with a scanner's keystrokes. Each file of walks has one house and one browser; the same people come and go in it.
// If one of them fails a clerk, a postman, an officer or a citizen stands before a page that does not let him do his work.

// walk is a browser in which the people of a shop do their work one after the other.
type walk struct {
	*webtest.Browser
	*shop
	t     *testing.T
	in    map[string]*clerk // by login
	seen  map[string]bool   // pages that axe has looked at
	width int
}

// openWalk opens a house with dossiers and a browser on it.
func openWalk(t *testing.T) *walk {
	t.Helper()
	SkipShort(t)
	b := webtest.Open(t)
	dir := t.TempDir()
	w := &walk{Browser: b, shop: openDossiers(t, dir, filepath.Join(dir, "city.db")), t: t, in: map[string]*clerk{}, seen: map[string]bool{}}
	w.screen(webtest.Desk)
	return w
}

func (w *walk) screen(px int) {
	w.width = px
	w.Width(px)
}

// be lets somebody sit down at the browser; "" leaves it to the public. The session is that of his plain forms, so a password is typed once for each of them.
func (w *walk) be(login string) {
	w.t.Helper()
	webtest.Run(w.Browser, "forget cookies", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
	if login == "" {
		return
	}
	where, err := url.Parse(w.url)
	w.must(err)
	for _, c := range w.form(login).client.Jar.Cookies(where) {
		webtest.Run(w.Browser, "cookie", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: w.url})
			return err
		}))
	}
}

// form is somebody's browser without scripts, for what another test looks at.
func (w *walk) form(login string) *clerk {
	if w.in[login] == nil {
		w.in[login] = w.as(login)
	}
	return w.in[login]
}

// open types an address.
func (w *walk) open(path string) {
	w.t.Helper()
	w.Go(w.url + path)
}

// scan types a code into the one field, as fast as a scanner, and ends with Enter.
func (w *walk) scan(code string) {
	w.t.Helper()
	if f := w.Focus(); f != "scan" && f != "q" {
		w.Press("F2")
	}
	if f := w.Focus(); f != "scan" && f != "q" {
		w.t.Fatalf("%s: F2 leads to %q, not to the scan field", w.Path(), f)
	}
	w.TypeAndGo(code + "\r")
	w.Until(`document.readyState === "complete"`)
}

// sees waits for words on the page; after "!" they must not stand there.
func (w *walk) sees(words ...string) {
	w.t.Helper()
	for _, x := range words {
		if x, unwanted := strings.CutPrefix(x, "!"); unwanted {
			if strings.Contains(w.text(), x) {
				w.t.Errorf("%s says %q", w.Path(), x)
			}
			continue
		}
		if !strings.Contains(w.text(), x) {
			w.Shot("walk-failed")
			w.t.Fatalf("%s does not say %q:\n%s", w.Path(), x, w.text())
		}
	}
}

func (w *walk) text() string {
	return webtest.Eval[string](w.Browser, `document.body.innerText.replace(/[\s\u00a0\u200b]+/g, " ")`)
}

// tick puts a tick, or picks a radio button.
func (w *walk) tick(name, value string) {
	w.t.Helper()
	one := `[...document.getElementsByName("` + name + `")].find(e => e.value === "` + value + `" && !e.closest("details:not([open])") && e.getClientRects().length)`
	if !webtest.Eval[bool](w.Browser, `!!(`+one+`)?.checked`) { // what was ticked before a form came back still is
		w.clickOne(one)
	}
}

// clickOne presses what an expression finds; one that is behind its own label is pressed by that.
func (w *walk) clickOne(element string) {
	w.t.Helper()
	if !webtest.Eval[bool](w.Browser, `(e => !!e && (e.click(), true))(`+element+`)`) {
		w.t.Fatalf("%s has no %s:\n%s", w.Path(), element, w.text())
	}
}

// put types into a field of the form that stands open.
func (w *walk) put(name, value string) {
	w.t.Helper()
	if !webtest.Eval[bool](w.Browser, `(e => !!e && (e.focus(), e.select?.(), true))([...document.getElementsByName("`+name+`")].find(e => e.type !== "hidden" && !e.closest("details:not([open])") && e.getClientRects().length))`) {
		w.t.Fatalf("%s has no open field %s:\n%s", w.Path(), name, w.text())
	}
	if value != "" {
		w.Type(value)
	}
}

// pick chooses of a list.
func (w *walk) pick(name, value string) {
	w.t.Helper()
	if !webtest.Eval[bool](w.Browser, `(e => !!e && (e.value = "`+value+`", e.value === "`+value+`"))([...document.getElementsByName("`+name+`")].find(e => !e.closest("details:not([open])") && e.getClientRects().length))`) {
		w.t.Fatalf("%s has no choice %q of %s", w.Path(), value, name)
	}
}

// press presses the button that begins with these words and waits for the page that follows; a drawer in which it lies is opened first.
func (w *walk) press(words string) {
	w.t.Helper()
	find := `[...document.querySelectorAll("button, a[role=button]")].filter(b => b.textContent.replace(/\s+/g, " ").trim().startsWith("` + words + `")).sort((a, b) => a.textContent.trim().length - b.textContent.trim().length)[0]`
	webtest.Eval[bool](w.Browser, `(e => { const d = e?.closest("details"); if (d) d.open = true; return true })(`+find+`)`)
	if !webtest.Eval[bool](w.Browser, `(e => !!e && (e.id = "walk-press", true))(`+find+`)`) {
		w.t.Fatalf("%s has no button %q:\n%s", w.Path(), words, w.text())
	}
	w.Submit("#walk-press")
	w.Until(`document.readyState === "complete"`)
}

// unfold opens a drawer by its words.
func (w *walk) unfold(words string) {
	w.t.Helper()
	if !webtest.Eval[bool](w.Browser, `(s => !!s && (s.parentElement.open = true))([...document.querySelectorAll("summary")].find(s => s.textContent.trim().startsWith("`+words+`")))`) {
		w.t.Fatalf("%s has no drawer %q:\n%s", w.Path(), words, w.text())
	}
}

// look takes a picture, and lets axe look at a kind of page once for each width.
func (w *walk) look(name string) {
	w.t.Helper()
	w.Shot("walk-" + name)
	if w.seen[name] {
		return
	}
	w.seen[name] = true
	w.Check(name)
}

// refused forgets what the browser says of a form that came back: the answer of a refused form is an error for it.
func (w *walk) refused(words ...string) {
	w.t.Helper()
	w.sees(words...)
	w.Complaints()
}

// network takes the network away and gives it back: requests fail, and the page is told.
func (w *walk) network(on bool) {
	webtest.Run(w.Browser, "network", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		rule := []*network.Conditions{{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1}}
		if _, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: rule}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	}))
}

// counted types every number of the open comparison as the list beside it says, but for those named.
func (w *walk) counted(n postal.DossierNumber, papers []paperCount) {
	w.t.Helper()
	for _, p := range papers {
		if p.count > 0 || p.asked {
			w.put(p.name, itoa(p.count))
		}
	}
}

// paperCount is one number to be typed.
type paperCount struct {
	name  string
	count int
	asked bool
}

// asListed gives the numbers of a dossier's list.
func asListed(d *dossier.Dossier) (list []paperCount) {
	for _, p := range d.Papers {
		for _, x := range []struct {
			prefix string
			n      int
		}{{"o.", p.Originals}, {"c.", p.Copies}, {"k.", p.Certified}} {
			if x.n > 0 {
				list = append(list, paperCount{x.prefix + p.Component, x.n, true})
			}
		}
	}
	return list
}

// takenIn takes a dossier in by plain forms, under a seal of its own.
func (w *walk) takenIn(seal string, more ...string) postal.DossierNumber {
	w.t.Helper()
	return w.takeIn(w.form("gd1"), append([]string{"seal", seal}, more...)...)
}

// held gives an item that a dossier's code leads to.
func held[T ledger.State](w *walk, key ledger.Key) T {
	w.t.Helper()
	x, ok := ledger.Get[T](w.Ledger.View(w.t.Context()), key)
	if !ok {
		w.t.Fatalf("%s is not in the ledger", key)
	}
	return x
}

// secretOf reads the secret off the sheet that its citizen keeps.
func (w *walk) secretOf(n postal.DossierNumber) string {
	w.t.Helper()
	m := regexp.MustCompile(`mã bí mật\s*<strong class="code">([^<]+)<`).FindStringSubmatch(w.form("gd1").get("/dossiers/case/" + string(n) + "/note").text)
	if m == nil {
		w.t.Fatal("the note has no secret")
	}
	return m[1]
}

// nextWorkingDays lets so many days go by.
func (w *walk) days(n int) { w.pass(time.Duration(n) * 24 * time.Hour) }
