package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"citypost/internal/demo"
	"citypost/internal/web"
	"citypost/internal/web/webtest"

	"github.com/chromedp/cdproto/cdp"
	devicepage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keys is a hand on the keyboard alone: keys with caps, Tab to everything else, no mouse.
type keys struct {
	*webtest.Browser
	t     *testing.T
	url   string
	now   func() time.Time // of the city
	width int
	in    bool
}

// mostTabs is how often Tab is pressed before something counts as out of reach.
const mostTabs = 200

func (k *keys) screen(width int) {
	k.width = width
	k.Width(width)
}

// open sets the device's clock to the city's and types an address.
func (k *keys) open(path string) {
	k.t.Helper()
	k.tellTime()
	k.Go(k.url + path)
}

// tellTime gives the device the time of the city: what a carrier records carries it.
func (k *keys) tellTime() {
	ahead := time.Until(k.now()).Milliseconds()
	script := fmt.Sprintf(`(() => { const Real = globalThis.RealDate ??= Date, ahead = %d; globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(Real.now() + ahead) } static now() { return Real.now() + ahead } } })()`, ahead)
	webtest.Run(k.Browser, "device clock", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, devicepage.AddScriptToEvaluateOnNewDocument, devicepage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

func (k *keys) path() string { return k.Path() }

func (k *keys) be(login string) {
	k.t.Helper()
	if k.in {
		k.tab(`document.querySelector("details.person summary")`)
		k.Press("Enter")
		k.tab(`[...document.querySelectorAll("details.person button")].find(b => b.textContent.includes("Đăng xuất"))`)
		k.PressAndGo("Enter")
		k.sees("Đã đăng xuất.")
		k.in = false
	}
	if login == "" {
		return
	}
	k.open(web.SignInPath)
	if f := k.Focus(); f != "login" {
		k.t.Errorf("the cursor of the sign-in page is in %s", f)
	}
	k.Type(login + "\t" + demo.Password)
	k.PressAndGo("Enter")
	if strings.HasPrefix(k.Path(), web.SignInPath) {
		k.t.Fatalf("%s cannot sign in", login)
	}
	k.in = true
}

// tab brings the cursor to an element of the page, the shorter way round.
func (k *keys) tab(element string) {
	k.t.Helper()
	if !webtest.Eval[bool](k.Browser, `!!(window.wanted = `+element+`)`) {
		k.t.Fatalf("%s has no %s: %s", k.Path(), element, k.Text("body"))
	}
	for range mostTabs {
		switch webtest.Eval[string](k.Browser, `(() => { const a = document.activeElement, w = window.wanted; if (a === w) return "here"; return a !== document.body && w.compareDocumentPosition(a) & Node.DOCUMENT_POSITION_FOLLOWING ? "back" : "on" })()`) {
		case "here":
			return
		case "back":
			k.key(kb.Tab, chromedp.ModifierShift)
		default:
			k.key(kb.Tab)
		}
	}
	k.t.Fatalf("%s: %s cannot be reached with Tab; the cursor is in %s", k.Path(), element, k.Focus())
}

func (k *keys) key(key string, held ...chromedp.Modifier) {
	k.t.Helper()
	webtest.Run(k.Browser, "key", chromedp.KeyEvent(key, chromedp.KeyModifiers(held...)))
}

// enter presses Enter on a link or button and waits when it leads away.
func (k *keys) enter(element string) {
	k.t.Helper()
	k.tab(element)
	if webtest.Eval[bool](k.Browser, `(window.wanted.getAttribute("href") ?? "").startsWith("#")`) {
		k.Press("Enter")
		return
	}
	k.PressAndGo("Enter")
}

func (k *keys) follow(words string) {
	k.t.Helper()
	k.settled()
	k.enter(`[...document.querySelectorAll("a")].find(a => a.getClientRects().length && plain(a).includes(` + quote(words) + `))`)
}

// settled waits until the page is there, and gives it the function that reads an element's text as people do.
func (k *keys) settled() {
	k.t.Helper()
	k.Until(`document.readyState === "complete"`)
	webtest.Eval[bool](k.Browser, `!!(globalThis.plain = e => { const c = e.cloneNode(true); for (const x of c.querySelectorAll("kbd")) x.remove(); return c.textContent.replace(/\s+/g, " ").trim() })`)
}

func quote(s string) string { return "`" + strings.ReplaceAll(s, "`", "") + "`" }

// press uses the key whose cap the button shows, or Tab and Enter.
func (k *keys) press(words string) {
	k.t.Helper()
	k.settled()
	button := `[...document.querySelectorAll("button:not([type=button]), a[role=button]")].filter(b => b.getClientRects().length && plain(b).startsWith(` + quote(strings.TrimSpace(words)) + `)).sort((a, b) => plain(a).length - plain(b).length)[0]`
	if webtest.Eval[bool](k.Browser, `!(`+button+`)`) {
		k.t.Fatalf("%s has no button %q: %s", k.Path(), words, k.Text("body"))
	}
	if key := webtest.Eval[string](k.Browser, `(`+button+`).dataset.key ?? ""`); key != "" {
		k.PressAndGo(key)
		return
	}
	k.enter(button)
}

func (k *keys) fill(name, text string) {
	k.t.Helper()
	k.settled()
	k.tab(field(name))
	webtest.Eval[bool](k.Browser, `(document.activeElement.select?.(), true)`) // as Tab does
	k.Type(text)
}

func field(name string) string {
	return `[...document.querySelectorAll("main [name]")].find(e => e.name === ` + quote(name) + ` && e.type !== "hidden" && e.getClientRects().length)`
}

func (k *keys) choose(name, value string) {
	k.t.Helper()
	k.settled()
	one := `[...document.getElementsByName(` + quote(name) + `)].find(e => e.value === ` + quote(value) + ` && e.type !== "hidden")`
	switch webtest.Eval[string](k.Browser, `(`+field(name)+`)?.type ?? ""`) {
	case "checkbox":
		k.tab(one)
		if !webtest.Eval[bool](k.Browser, `window.wanted.checked`) {
			k.Type(" ")
		}
	case "select-one":
		k.tab(field(name))
		k.down(`window.wanted.value === ` + quote(value))
	default:
		k.tab(`[...document.getElementsByName(` + quote(name) + `)].find(e => e.checked) ?? ` + field(name))
		if !webtest.Eval[bool](k.Browser, `window.wanted.checked`) {
			k.Type(" ")
		}
		k.down(`(` + one + `).checked`)
	}
}

// down presses the arrow until it is so.
func (k *keys) down(so string) {
	k.t.Helper()
	for range mostTabs {
		if webtest.Eval[bool](k.Browser, so) {
			return
		}
		k.key(kb.ArrowDown)
	}
	k.t.Fatalf("%s: the arrow keys never make it so that %s", k.Path(), so)
}

func (k *keys) place(side, words, unit string) {
	k.t.Helper()
	k.fill(side+".place", words)
	k.Until(`[...document.getElementsByName("` + side + `.unit")].some(e => e.value === "` + unit + `")`)
	k.choose(side+".unit", unit)
}

func (k *keys) scan(code, says string) {
	k.t.Helper()
	k.settled()
	if k.Focus() != "scan" {
		k.Press("F2")
	}
	k.Type(code + "\r")
	k.sees(says)
	k.Until(`document.activeElement?.id === "scan"`)
}

func (k *keys) sees(words ...string) {
	k.t.Helper()
	for _, w := range words {
		k.Until(`document.body && document.body.textContent.replace(/\s+/g, " ").includes(` + quote(w) + `)`)
	}
}

// paper opens what the button would open beside the page, and goes back with Escape.
func (k *keys) paper(words, says string) {
	k.t.Helper()
	k.settled()
	before := k.Path()
	button := `[...document.querySelectorAll("a[role=button]")].filter(b => plain(b).startsWith(` + quote(words) + `)).sort((a, b) => plain(a).length - plain(b).length)[0]`
	found := webtest.Eval[[]string](k.Browser, `(b => b ? [b.dataset.key ?? "", b.getAttribute("href")] : [])(`+button+`)`)
	if len(found) == 0 || found[0] == "" {
		k.t.Fatalf("%s: no key prints %q: %v", before, words, found)
	}
	k.Go(k.url + found[1])
	k.sees(says, "MẪU")
	if over := webtest.Eval[int](k.Browser, `Math.max(...[...document.querySelectorAll(".sheet")].map(s => s.scrollHeight - s.clientHeight))`); over > 1 {
		k.t.Errorf("%s: %d points hang out of the paper", words, over)
	}
	for _, v := range k.Axe() {
		k.t.Errorf("%s: %s", words, v)
	}
	for _, c := range k.Complaints() {
		k.t.Errorf("%s: %s", words, c)
	}
	k.Shot("journey-paper-" + strings.ReplaceAll(words, " ", "-"))
	k.Press("Escape")
	k.Until(`location.pathname + location.search === ` + quote(before) + ` && document.readyState === "complete"`)
}

// look asks axe, the window's edge and the console, and takes a picture.
func (k *keys) look(name string) {
	k.t.Helper()
	k.settled()
	k.Shot(fmt.Sprintf("journey-%s-%d", strings.ReplaceAll(name, " ", "-"), k.width))
	k.Check(name)
}
