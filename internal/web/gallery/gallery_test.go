package gallery

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// If these fail, a page is unkind to somebody: unreadable, unreachable by keyboard, wider than a phone, or wrong on paper.

func serve(t *testing.T, who web.Person) string {
	t.Helper()
	m := web.New(webtest.Gate{Person: who}, web.Site{ScanTo: "/_pages/desk", Hotline: "1900 0000"}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	Mount(m)
	return webtest.Serve(t, m)
}

func names() []string {
	var out []string
	for name := range pages {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

var onPaper = []string{"label", "sticker", "receipt", "manifest"}

func TestEveryPageIsAccessibleAndFitsBothWidths(t *testing.T) {
	b := webtest.Open(t)
	url := serve(t, Clerk)
	for _, name := range names() {
		if slices.Contains(onPaper, name) {
			continue
		}
		for _, width := range []int{webtest.Desk, webtest.Phone} {
			b.Width(width)
			for _, lang := range []string{"vi", "en"} {
				b.Go(fmt.Sprintf("%s/_pages/%s?lang=%s", url, name, lang))
				what := fmt.Sprintf("%s at %d in %s", name, width, lang)
				if width == webtest.Phone && lang == "vi" {
					b.Check(what)
				} else {
					b.Fits(what)
				}
				if lang == "vi" {
					b.Shot(fmt.Sprintf("%s-%d", name, width))
				}
			}
		}
	}
}

func TestPublicPagesAreGoodForStrangers(t *testing.T) {
	b := webtest.Open(t)
	url := serve(t, web.Person{})
	for _, name := range []string{"home", "public", "form"} {
		b.Width(320)
		b.Go(url + "/_pages/" + name)
		b.Check(name + " at 320")
	}
	b.Width(webtest.Desk)
	b.Go(url + "/_pages/home")
	b.Shot("home-stranger")
}

func TestErrorPagesAreAccessible(t *testing.T) {
	b := webtest.Open(t)
	url := serve(t, Clerk)
	for _, kind := range []string{"conflict", "full", "panic"} {
		b.Go(url + "/_pages/fail/" + kind)
		b.Complaints() // the browser notes the status itself
		b.Check(kind)
		b.Shot("fail-" + kind)
	}
}

func TestAFormToMendKeepsWhatWasTypedAndLeadsToTheField(t *testing.T) {
	b := webtest.Open(t)
	url := serve(t, Clerk)
	for _, scripts := range []bool{true, false} {
		b.Scripts(scripts)
		b.Go(url + "/_pages/parts")
		b.Fill("#sender", "Nguyễn Thị Mẫu")
		b.Fill("#weight", "nặng")
		b.Submit("main form .govuk-button")
		b.Scripts(true)
		if got := webtest.Eval[string](b, "document.querySelector('#weight').value + '|' + document.querySelector('#sender').value"); got != "nặng|Nguyễn Thị Mẫu" {
			t.Errorf("scripts %v: the form holds %q", scripts, got)
		}
		if got := webtest.Eval[int](b, "document.querySelectorAll('.govuk-error-summary a').length"); got != 2 {
			t.Errorf("scripts %v: the summary names %d fields", scripts, got)
		}
		b.Complaints()
		b.Check("form to mend")
		b.Shot("parts-mend")
		b.Click(".govuk-error-summary a")
		if got := b.Focus(); got != "weight" {
			t.Errorf("scripts %v: the first link leads to %q", scripts, got)
		}
	}
}

func TestTheScanFieldHasTheCursorBeforeAndAfterEveryScan(t *testing.T) {
	b := webtest.Open(t)
	b.Go(serve(t, Clerk) + "/_pages/desk")
	if b.Focus() != "scan" {
		t.Fatalf("the cursor starts at %q", b.Focus())
	}
	for _, c := range []struct{ code, class string }{{"GOOD", "good"}, {"ASK", "ask"}, {"X9", "bad"}} {
		b.Type(c.code + "\r")
		b.Wait("#answer .band--" + c.class)
		b.Until("document.activeElement.id === 'scan'")
		b.Check("answer " + c.code)
		b.Shot("desk-" + c.class)
	}
	if got := b.Path(); got != "/_pages/desk" {
		t.Errorf("the page moved to %s", got)
	}
}

func TestTheSameCodeTwiceInTwoSecondsIsSentOnce(t *testing.T) {
	b := webtest.Open(t)
	b.Go(serve(t, Clerk) + "/_pages/desk")
	webtest.Eval[bool](b, "window.sent = 0, document.addEventListener('htmx:before:request', () => window.sent++), true")
	b.Type("GOOD\r")
	b.Wait("#answer .band--good")
	b.Type("GOOD\r")
	b.Until("document.querySelector('[data-scan-note]').textContent !== ''")
	b.Type("ASK\r")
	b.Wait("#answer .band--ask")
	if got := webtest.Eval[int](b, "window.sent"); got != 2 {
		t.Errorf("%d requests for two codes", got)
	}
}

func TestScanningWorksWithoutScripts(t *testing.T) {
	b := webtest.Open(t)
	url := serve(t, Clerk)
	b.Scripts(false)
	b.Go(url + "/_pages/desk")
	b.Fill("main #scan", "GOOD")
	b.Submit("main .scan button")
	b.Scripts(true)
	b.Wait("#answer .band--good")
}

func TestKeysPressTheButtonsThatShowThem(t *testing.T) {
	b := webtest.Open(t)
	b.Go(serve(t, Clerk) + "/_pages/desk")
	b.Type("ASK\r")
	b.Wait("#answer .band--ask")
	b.Press("?")
	b.Wait("dialog[open]")
	b.Shot("keys")
	if got := b.Text("[data-keys-list]"); !strings.Contains(got, "F2") || !strings.Contains(got, "F4") {
		t.Errorf("the list of keys says %q", got)
	}
	b.Press("Escape")
	b.Until("!document.querySelector('dialog[open]')")
	b.PressAndGo("F4")
	if got := b.Path(); got != "/_pages/list" {
		t.Errorf("F4 leads to %s", got)
	}
	b.Press("F2")
	if b.Focus() != "scan" {
		t.Errorf("F2 leads to %q", b.Focus())
	}
}

func TestADraftOutlivesAClosedPageButNotItsSending(t *testing.T) {
	b := webtest.Open(t)
	url := serve(t, Clerk)
	b.Go(url + "/_pages/parts")
	b.Fill("#sender", "Nguyễn Thị Mẫu")
	b.Click("#service-2")
	b.Go(url + "/_pages/list")
	b.Go(url + "/_pages/parts")
	read := "document.querySelector('#sender').value + document.querySelector('#service-2').checked"
	if got := webtest.Eval[string](b, read); got != "Nguyễn Thị Mẫutrue" {
		t.Errorf("after coming back the form holds %q", got)
	}
	b.Fill("#weight", "20")
	b.Submit("main form .govuk-button")
	b.Wait(".band--good")
	b.Go(url + "/_pages/parts")
	if got := webtest.Eval[string](b, read); got != "false" {
		t.Errorf("after sending the form still holds %q", got)
	}
}

// A label that prints at 98 % does not fit its cover; a code that shrinks does not scan.
func TestPapersHaveTheirExactSize(t *testing.T) {
	b := webtest.Open(t)
	url := serve(t, Clerk)
	for name, want := range map[string]struct {
		w, h  float64
		pages int
	}{"label": {100, 150, 1}, "sticker": {50, 30, 1}, "receipt": {80, 140, 1}, "manifest": {210, 297, 2}} {
		b.Go(url + "/_pages/" + name)
		b.Check(name)
		b.Shot(name)
		if got := webtest.Eval[float64](b, "document.querySelector('.bar').getBoundingClientRect().width / 96 * 25.4"); got < 49.95 || got > 50.05 {
			t.Errorf("%s: the test bar is %.2f mm long", name, got)
		}
		pdf := b.PDF()
		keep(t, name, pdf)
		boxes := mediaBoxes(pdf)
		if len(boxes) != want.pages {
			t.Errorf("%s prints on %d pages, want %d", name, len(boxes), want.pages)
		}
		for _, box := range boxes {
			if diff(box[0], want.w) || diff(box[1], want.h) {
				t.Errorf("%s prints on %.2f × %.2f mm, want %v × %v", name, box[0], box[1], want.w, want.h)
			}
		}
	}
}

// A code printed from the page must be read by a stranger's scanner.
func TestPrintedCodesAreReadBack(t *testing.T) {
	zbar, err1 := exec.LookPath("zbarimg")
	ppm, err2 := exec.LookPath("pdftoppm")
	if err1 != nil || err2 != nil {
		t.Skip("zbarimg and pdftoppm are not both installed (Debian: zbar-tools, poppler-utils), so no scanner reads the paper")
	}
	b := webtest.Open(t)
	url := serve(t, Clerk)
	for name, codes := range map[string][]string{"label": {"CODE-128:RR473124829VN", "QR-Code:https://example.vn/t/RR473124829VN"}, "sticker": {"CODE-128:RR473124829VN"},
		"receipt": {"QR-Code:https://example.vn/t/RR473124829VN"}, "manifest": {"CODE-128:180100174"}} {
		b.Go(url + "/_pages/" + name)
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "p.pdf"), b.PDF(), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(ppm, "-r", "203", "-f", "1", "-l", "1", "-singlefile", "-gray", filepath.Join(dir, "p.pdf"), filepath.Join(dir, "p")).CombinedOutput(); err != nil {
			t.Fatalf("pdftoppm: %v %s", err, out)
		}
		out, err := exec.Command(zbar, "-q", filepath.Join(dir, "p.pgm")).Output()
		for _, code := range codes {
			if !strings.Contains(string(out), code) {
				t.Errorf("%s at 203 dots an inch: %q not among %q (%v)", name, code, out, err)
			}
		}
	}
}

func diff(a, b float64) bool { return a-b > 0.3 || b-a > 0.3 }

var mediaBox = regexp.MustCompile(`/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]`)

// mediaBoxes reads the sizes of a PDF's pages in mm; Chromium writes page objects uncompressed.
func mediaBoxes(pdf []byte) (mm [][2]float64) {
	for _, m := range mediaBox.FindAllSubmatch(pdf, -1) {
		w, _ := strconv.ParseFloat(string(m[1]), 64)
		h, _ := strconv.ParseFloat(string(m[2]), 64)
		mm = append(mm, [2]float64{w / 72 * 25.4, h / 72 * 25.4})
	}
	return mm
}

func keep(t *testing.T, name string, pdf []byte) {
	t.Helper()
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatalf("%s: no PDF", name)
	}
	if dir := os.Getenv("CITYPOST_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// leaving is a gate that a person can be taken out of while a page is open.
type leaving struct{ gone atomic.Bool }

func (l *leaving) Who(*http.Request) (web.Person, bool, error) {
	if l.gone.Load() {
		return web.Person{}, false, nil
	}
	return Clerk, true, nil
}

func TestAScanAfterTheSessionEndedIsCarriedThroughTheSignIn(t *testing.T) {
	b := webtest.Open(t)
	gate := &leaving{}
	m := web.New(gate, web.Site{}, slog.New(slog.DiscardHandler))
	Mount(m)
	m.Post(web.SignInPath, web.Public, func(w http.ResponseWriter, r *http.Request) error {
		gate.gone.Store(false)
		return web.Resume(w, r, Clerk, r.PostFormValue("next"))
	})
	b.Go(webtest.Serve(t, m) + "/_pages/desk")
	gate.gone.Store(true)
	b.Type("GOOD\r")
	b.Wait("#password")
	b.Complaints() // the 401
	b.Check("session ended")
	b.Shot("session-ended")
	b.Fill("#login", "gdv.mau")
	b.Fill("#password", "mat khau")
	b.TypeAndGo("\r")
	b.Check("send it now")
	b.Shot("resume")
	b.PressAndGo("Enter")
	b.Wait("#answer .band--good")
}

func TestALostNetworkIsSaidAndTheCodeStays(t *testing.T) {
	b := webtest.Open(t)
	m := web.New(webtest.Gate{Person: Clerk}, web.Site{}, slog.New(slog.DiscardHandler))
	Mount(m)
	s := httptest.NewServer(m)
	b.Go(s.URL + "/_pages/desk")
	s.Close()
	b.Type("GOOD\r")
	b.Until("document.querySelector('[data-scan-note]').textContent.includes('mạng')")
	if got := webtest.Eval[string](b, "document.querySelector('#scan').value"); got != "GOOD" {
		t.Errorf("the field holds %q", got)
	}
}

func TestEveryAnswerHasItsSound(t *testing.T) {
	b := webtest.Open(t)
	b.Go(serve(t, Clerk) + "/_pages/desk")
	webtest.Eval[bool](b, `(() => {
		window.notes = [];
		const make = AudioContext.prototype.createOscillator;
		AudioContext.prototype.createOscillator = function () {
			const o = make.call(this);
			const start = o.start.bind(o);
			o.start = (at) => { window.notes.push(Math.round(o.frequency.value)); start(at); };
			return o;
		};
		return true;
	})()`)
	for _, c := range []struct{ code, class, notes string }{{"GOOD", "good", "1320"}, {"ASK", "ask", "880,880"}, {"X9", "bad", "220"}} {
		b.Type(c.code + "\r")
		b.Wait("#answer .band--" + c.class)
		b.Until("window.notes.length > 0")
		if got := webtest.Eval[string](b, "window.notes.splice(0).join()"); got != c.notes {
			t.Errorf("%s sounds %s, want %s", c.code, got, c.notes)
		}
	}
}
