package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"citypost/internal/custody"
	"citypost/internal/postal"
	"citypost/internal/web/webtest"

	"github.com/chromedp/cdproto/cdp"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// maxPicture keeps the README quick to load.
const maxPicture = 200 << 10

// TestThePicturesOfTheReadme takes them anew into the folder CITYPOST_PICTURES ("make pictures").
func TestThePicturesOfTheReadme(t *testing.T) {
	dir := os.Getenv("CITYPOST_PICTURES")
	if dir == "" {
		t.Skip("only “make pictures” takes the README's pictures")
	}
	w := theTown(t)
	b := webtest.Open(t)
	w.signIn(b, w.at("gdv", officeA))
	b.Go(w.url + "/desk")
	items := w.Ledger.View(t.Context()).At(string(custody.AtOffice(officeA)), 'i')
	for _, k := range items[:min(4, len(items))] {
		code := string(k[2:])
		b.Fill("#scan", code+"\r")
		b.Until(`document.querySelector("main").textContent.includes("` + postal.ItemNumber(code).Grouped() + `")`)
	}
	shoot(t, b, filepath.Join(dir, "desk.png"))
	w.signIn(b, "")
	b.Width(webtest.Phone)
	b.Go(w.url + "/track/" + w.outForDelivery(t))
	shoot(t, b, filepath.Join(dir, "track.png"))
}

// outForDelivery is the number of an item that some carrier has in hand.
func (w *town) outForDelivery(t *testing.T) string {
	t.Helper()
	for _, o := range w.Places.Directory().All() {
		if out := w.Ledger.View(t.Context()).At(string(custody.ByCarrier(w.staff[w.at("buuta", o.Code)].ID)), 'i'); len(out) > 0 {
			return string(out[0][2:])
		}
	}
	t.Fatal("no carrier is out with anything")
	return ""
}

// shoot saves what the window shows.
func shoot(t *testing.T, b *webtest.Browser, path string) {
	t.Helper()
	webtest.Eval[bool](b, "document.fonts.ready.then(() => true)")
	shot := webtest.Run(b, "picture", chromedp.Action[cdpage.CaptureScreenshotResult](func(ctx context.Context, tg *chromedp.Target) (cdpage.CaptureScreenshotResult, error) {
		return cdp.Call(ctx, tg, cdpage.CaptureScreenshot, cdpage.CaptureScreenshotParams{Format: cdpage.CaptureScreenshotFormatPng})
	}))
	if len(shot.Data) == 0 || len(shot.Data) > maxPicture {
		t.Fatalf("%s has %d bytes, want at most %d", path, len(shot.Data), maxPicture)
	}
	if err := os.WriteFile(path, shot.Data, 0o644); err != nil {
		t.Fatal(err)
	}
}
