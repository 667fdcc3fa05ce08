package desk_test

import (
	"context"
	"fmt"
	"testing"

	"citypost/internal/custody"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// phone is the browser of a carrier.
type phone struct {
	*webtest.Browser
	h *fieldHouse
}

// openPhone signs a person in on a phone, or skips the test and says why.
func openPhone(t *testing.T, h *fieldHouse, who string) phone {
	t.Helper()
	p := phone{webtest.Open(t), h}
	p.Width(webtest.Phone)
	p.signIn(who)
	return p
}

func (p phone) signIn(who string) {
	webtest.Run(p.Browser, "sign in", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: "who", Value: who, URL: p.h.url})
		return err
	}))
}

// air switches the network off and on: the browser is told so, and connections break for the service worker too.
func (p phone) air(on bool) {
	p.h.network(!on, false)
	webtest.Run(p.Browser, "network", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !on, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	}))
}

// waitKept waits until the device holds the pages of the round.
func (p phone) waitKept(stops int) {
	p.Until(fmt.Sprintf(`(async () => { for (const n of await caches.keys()) if (n.startsWith("round:") && (await (await caches.open(n)).keys()).filter(r => !r.url.includes("/assets/")).length >= %d) return true; return false })()`, stops+1))
	p.Until("navigator.serviceWorker.controller")
}

// draw writes a line into the signature field.
func (p phone) draw() {
	box := webtest.Eval[[]float64](p.Browser, `(() => { const c = document.querySelector("[data-sign-field]"); c.scrollIntoView({block: "center"}); const r = c.getBoundingClientRect(); return [r.left + 40, r.top + 40, r.left + 200, r.top + 60] })()`)
	for _, m := range []struct {
		kind input.DispatchMouseEventType
		x, y float64
	}{{input.DispatchMouseEventTypeMousePressed, box[0], box[1]}, {input.DispatchMouseEventTypeMouseMoved, box[2], box[3]}, {input.DispatchMouseEventTypeMouseReleased, box[2], box[3]}} {
		webtest.Run(p.Browser, "draw", chromedp.MouseEvent(m.kind, m.x, m.y, chromedp.ButtonLeft))
	}
	p.Until(`document.querySelector("[data-sign-value]").value.startsWith("data:image/png")`)
}

// deliver records a delivery with a drawn signature on the stop page that is open.
func (p phone) deliver() {
	p.Click(`a[href="#deliver"]`)
	p.Click(`#deliver input[name=to][value=addressee]`)
	p.Click(`#deliver input[name=how][value=screen]`)
	p.draw()
	p.Submit(`#deliver button[type=submit]`)
}

func (p phone) waiting(n int) {
	p.Until(fmt.Sprintf(`document.querySelector("[data-outbox]") && !document.querySelector("[data-outbox]").hidden && document.querySelector("[data-outbox-count]").textContent === "%d"`, n))
}

func (p phone) nothingWaits() {
	p.Until(`document.querySelector("[data-outbox]") && document.querySelector("[data-outbox]").hidden`)
}

// If this fails, what a carrier did in a cellar or on a hill is lost or counted twice.
func TestOutcomesRecordedWithoutNetworkArriveExactlyOnce(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	var items []postal.ItemNumber
	for n := range 4 {
		items = append(items, h.accept(fmt.Sprintf("Người Nhận %d", n+1), fmt.Sprintf("%d Phố Mẫu", n+1)))
	}
	h.take("carrier", items...)
	p := openPhone(t, h, "carrier")
	p.Go(h.url + "/round/")
	p.waitKept(len(items))
	p.Check("today")

	p.air(false)
	p.Go(h.url + "/round/stop/" + string(items[0]))
	p.Complaints()
	p.deliver()
	p.Until(`location.pathname.endsWith("` + string(items[1]) + `")`)
	p.waiting(1)
	p.Shot("round-offline-390")

	p.Click(`a[href="#failed"]`)
	p.Click(`#failed input[name=reason][value=absent]`)
	p.Click(`#failed input[name=next][value=again]`)
	p.Submit(`#failed button[type=submit]`)
	p.Until(`location.pathname.endsWith("` + string(items[2]) + `")`)
	p.waiting(2)
	p.deliver()
	p.waiting(3)

	p.Go("about:blank") // the app is closed and opened again
	p.Go(h.url + "/round/")
	p.waiting(3)
	p.Until(`document.querySelectorAll("li[data-stop].done").length === 3`)
	p.Shot("round-outbox-390")
	if got := h.item(items[0]).Stage; got != custody.Out {
		t.Fatalf("something arrived without network: %s", got)
	}

	h.network(false, true) // the network comes back, but answers get lost at first
	p.Click("[data-outbox-send]")
	until(t, "three outcomes in the ledger", func() bool {
		return h.item(items[0]).Stage == custody.Delivered && h.item(items[1]).Stage == custody.Attempted && h.item(items[2]).Stage == custody.Delivered
	})
	p.waiting(3)
	p.air(true)
	p.nothingWaits()
	p.Complaints() // lost connections are noted by the browser itself
	for n, want := range []string{"item.delivered", "item.attempted", "item.delivered"} {
		if got := entriesOf(t, h, items[n]); count(got, want) != 1 || count(got, "irregularity.raised") != 0 {
			t.Errorf("history of %s: %v", items[n], got)
		}
	}
	p.Go(h.url + "/round/")
	p.Check("today afterwards")
	if got := webtest.Eval[int](p.Browser, `document.querySelectorAll("li[data-stop]").length`); got != 1 {
		t.Errorf("%d stops left", got)
	}
}
