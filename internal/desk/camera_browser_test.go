package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// film shows a camera one still picture: a code in the middle of a sheet of paper, a little out of focus as in a hand.
func film(t *testing.T, code barcode.Barcode, err error, wide, high int) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if code, err = barcode.Scale(code, wide, high); err != nil {
		t.Fatal(err)
	}
	const w, h = 1280, 720
	frame := image.NewGray(image.Rect(0, 0, w, h))
	for n := range frame.Pix {
		frame.Pix[n] = 225
	}
	at := image.Pt((w-wide)/2, (h-high)/2)
	draw.Draw(frame, image.Rectangle{Min: at, Max: at.Add(image.Pt(wide, high))}, code, image.Point{}, draw.Src)
	blurred := bytes.Clone(frame.Pix)
	for n := w + 1; n < len(blurred)-w-1; n++ {
		blurred[n] = uint8((int(frame.Pix[n-1]) + 2*int(frame.Pix[n]) + int(frame.Pix[n+1])) / 4)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", w, h)
	for range 2 {
		out.WriteString("FRAME\n")
		out.Write(blurred)
		out.Write(bytes.Repeat([]byte{128}, w*h/2))
	}
	path := filepath.Join(t.TempDir(), "camera.y4m")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func labelOf(t *testing.T, n postal.ItemNumber) string {
	t.Helper()
	code, err := code128.Encode(string(n))
	return film(t, code, err, 620, 160)
}

// openCamera is a carrier's phone whose camera looks at a film.
func openCamera(t *testing.T, h *fieldHouse, film string) phone {
	t.Helper()
	p := phone{webtest.Open(t, webtest.Sees(film)...), h}
	p.Width(webtest.Phone)
	p.signIn("carrier")
	return p
}

// If these fail, a carrier types thirteen letters at every door, in the rain.

func TestTheCameraLeadsFromALabelToItsStop(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	one, two := h.accept("Người Nhận 1", "1 Phố Mẫu"), h.accept("Người Nhận 2", "2 Phố Mẫu")
	h.take("carrier", one, two)
	p := openCamera(t, h, labelOf(t, two))
	p.Go(h.url + "/round/")
	if got := p.loaded("zxing"); got != 0 {
		t.Errorf("the reader is loaded before anyone scans")
	}
	p.Click("[data-camera-open]")
	p.Until(`location.pathname === "/round/stop/` + string(two) + `"`)
	p.Check("the stop")
	p.Click("[data-camera-open]") // the same label again, on its own stop
	p.Until(`location.hash === "#deliver"`)
	if said := p.Text("[data-camera-note]"); !strings.Contains(said, "Đúng bưu gửi") {
		t.Errorf("the page says %q", said)
	}
	p.Shot("round-camera-here-390")
	p.Until(`document.querySelector("video").srcObject === null`) // the camera is off after a hit
	p.Check("the stop after a scan")
}

func (p phone) loaded(name string) int {
	return webtest.Eval[int](p.Browser, `performance.getEntriesByType("resource").filter(e => e.name.includes("`+name+`")).length`)
}

func TestTheCameraReadsTheAddressInALabelsQRCode(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	item := h.accept("Người Nhận", "1 Phố Mẫu")
	h.take("carrier", item)
	code, err := qr.Encode("https://buudien.example/track/"+string(item), qr.M, qr.Auto)
	p := openCamera(t, h, film(t, code, err, 300, 300))
	p.Go(h.url + "/round/")
	p.Click("[data-camera-open]")
	p.Until(`location.pathname === "/round/stop/` + string(item) + `"`)
	p.Check("the stop")
}

func TestScanningAListCountsIt(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	one, two := h.accept("Người Nhận 1", "1 Phố Mẫu"), h.accept("Người Nhận 2", "2 Phố Mẫu")
	list := h.makeList("clerk", "carrier", one, two)
	p := openCamera(t, h, labelOf(t, two))
	p.Go(h.url + "/round/lists/" + list)
	p.Check("the list")
	p.Click("[data-camera-open]")
	p.Until(`document.querySelector("[data-camera-note]").textContent === "1 / 2"`)
	if got := webtest.Eval[string](p.Browser, `[...document.querySelectorAll("[name=thing]:checked")].map(e => e.value).join(" ")`); got != string(two) {
		t.Errorf("ticked after the scan: %s", got)
	}
	p.Fill("#code", "rr 473 124 829 vn\r")
	p.Until(`document.querySelector("[data-camera-note]").textContent.startsWith("RR473124829VN: không có")`)
	p.Type(strings.ToLower(one.Grouped()) + "\r") // as a wedge scanner: it types over what stands there
	p.Until(`document.querySelector("[data-camera-note]").textContent === "2 / 2"`)
	p.Check("the counted list")
}

func TestATelephoneIsMadeReadyAndInstallsTheRound(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	item := h.accept("Người Nhận", "1 Phố Mẫu")
	h.take("carrier", item)
	p := openCamera(t, h, labelOf(t, item))
	p.Go(h.url + "/round/")
	p.waitKept(1)
	p.Go(h.url + "/round/ready")
	p.Check("ready")
	p.Until(`document.querySelector("[data-ready=pages] .tag--good")`)
	p.Click("[data-camera-open]")
	p.Until(`document.querySelector("[data-ready=camera]").textContent.includes("` + string(item) + `")`)
	p.Check("ready, camera tried")
	p.Shot("round-ready-390")
	p.Go(h.url + "/round/") // from now on the reader is at hand without network
	p.Until(`(async () => { for (const n of await caches.keys()) if ((await (await caches.open(n)).keys()).some(r => r.url.includes("zxing"))) return true; return false })()`)
	p.Go(h.url + "/round/ready")
	manifest := webtest.Run(p.Browser, "manifest", chromedp.Action[page.GetAppManifestResult](func(ctx context.Context, t *chromedp.Target) (page.GetAppManifestResult, error) {
		return cdp.Call(ctx, t, page.GetAppManifest, page.GetAppManifestParams{})
	}))
	if !strings.Contains(manifest.URL, "/round/app.webmanifest") || len(manifest.Errors) > 0 {
		t.Errorf("manifest %s: %+v", manifest.URL, manifest.Errors)
	}
	wrong := webtest.Run(p.Browser, "installability", chromedp.Action[page.GetInstallabilityErrorsResult](func(ctx context.Context, t *chromedp.Target) (page.GetInstallabilityErrorsResult, error) {
		return cdp.Call(ctx, t, page.GetInstallabilityErrors, cdp.Empty{})
	}))
	for _, e := range wrong.InstallabilityErrors {
		t.Errorf("cannot be installed: %s %v", e.ErrorID, e.ErrorArguments)
	}
}
