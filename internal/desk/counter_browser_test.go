package desk_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/unicode/norm"
)

// counter is the browser of a clerk who never touches the mouse.
type counter struct {
	*webtest.Browser
	h *fieldHouse
	t *testing.T
}

func openCounter(t *testing.T, h *fieldHouse, who string) counter {
	t.Helper()
	c := counter{webtest.Open(t), h, t}
	c.be(who)
	return c
}

// be signs another person in.
func (c counter) be(who string) {
	webtest.Run(c.Browser, "sign in", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: "who", Value: who, URL: c.h.url})
		return err
	}))
}

// look takes a picture at both widths; the page must please axe, fit the window and complain about nothing.
func (c counter) look(name string) {
	c.t.Helper()
	c.Both("counter-"+name, name)
}

// scan types a code as a scanner does, with Enter, and waits for the answer.
func (c counter) scan(code, says string) {
	c.t.Helper()
	c.focused("scan")
	c.Type(code + "\r")
	c.Until(`document.body.innerText.includes(` + quote(says) + `)`)
	if f := c.Focus(); f != "scan" {
		c.t.Errorf("after %s the cursor is in %s", code, f)
	}
}

func quote(s string) string { return "`" + strings.ReplaceAll(s, "`", "") + "`" }

// key presses a key that webtest has no name for.
func (c counter) key(name string) {
	c.t.Helper()
	keys := map[string]string{"F6": kb.F6, "F7": kb.F7}
	c.Type(keys[name])
}

// focused waits until the cursor is in a field.
func (c counter) focused(id string) {
	c.t.Helper()
	c.Until(`document.activeElement && document.activeElement.id == ` + quote(id) + ` && document.readyState == "complete"`)
}

// at waits for a page.
func (c counter) at(path string) {
	c.t.Helper()
	c.Until(`location.pathname.startsWith(` + quote(path) + `) && document.readyState == "complete"`)
}

func TestALetterGoesFromCounterToCounterByKeyboardAlone(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	c := openCounter(t, h, "clerk2")
	c.Go(h.url + "/desk")
	c.focused("scan")
	c.look("scan-empty")
	c.Go(h.url + "/desk/accept")
	c.look("accept")
	c.focused("to-name")
	c.Type("Nguyễn Thị Mẫu\t0912345678\t12 ngõ 5 đường Mẫu\tcam giang")
	c.Until(`document.querySelectorAll("input[name='to.unit']").length > 1`)
	c.Type("\t")
	c.Type(" ")
	c.look("accept-commune")
	c.Until(`document.querySelector("input[name='to.unit']:checked")`)
	c.Type("\tTrần Văn Mẫu\t\t45 phố Mẫu\t\t\t20")
	c.PressAndGo("F4")
	c.look("accept-check")
	c.focused("fee")
	c.Type("44500")
	c.PressAndGo("F4")
	c.at("/desk/items/")
	c.look("accepted")
	item := strings.Split(c.Path(), "/")[3]

	c.Go(h.url + "/desk")
	c.scan(item, "chờ chuyển đi")
	c.look("scan-item")
	c.PressAndGo("F4")
	c.at("/desk/bags/2")
	bag := strings.TrimPrefix(c.Path(), "/desk/bags/")
	for n := range 3 {
		c.scan(string(h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu")), fmt.Sprintf("Đã đóng vào túi: %d bưu gửi", n+2))
	}
	c.focused("scan")
	c.Type(string(h.acceptAt(officeTwo, "Lê Thị Mẫu", "1 phố Mẫu")) + "\r") // the scanner does not wait for the answer
	c.scan(string(h.acceptAt(officeTwo, "Vũ Thị Mẫu", "2 phố Mẫu")), "Đã đóng vào túi: 6 bưu gửi")
	c.look("bag-open")
	c.scan("RR473124820VN", "sai số kiểm tra")
	c.look("bag-refused")
	c.PressAndGo("F4")
	c.focused("seal")
	c.Type("NP100")
	c.look("bag-seal")
	c.PressAndGo("F4")
	c.at("/desk/bags/2")
	c.look("bag-sealed")
	c.Go(h.url + "/desk/bags")
	c.look("bags")
	c.Go(h.url + "/desk/bags/" + bag)
	c.PressAndGo("F4")
	c.at("/desk/dispatches/3")
	trip := c.Path()
	c.look("dispatch-open")
	c.PressAndGo("F4")
	c.look("dispatch-closed")
	c.Go(h.url + "/desk/dispatches")
	c.look("dispatches")
	c.Go(h.url + trip)
	c.focused("scan")
	c.key("F6")
	c.focused("driver")
	c.Type("L")
	c.PressAndGo("F4")
	c.at("/desk/handovers/4")
	c.look("handover-new")
	c.scan(bag, "Đọc số niêm phong")
	c.look("handover-seal")
	c.scan("NP100", "khớp hoàn toàn")
	c.look("handover-counted")
	c.Press("Tab")
	handover := c.Path()
	c.be("driver")
	c.Go(h.url + "/desk/handovers")
	c.look("driver-handovers")
	c.Go(h.url + handover)
	c.look("driver-sign")
	c.PressAndGo("F4")
	c.be("clerk2")
	c.Go(h.url + handover)
	c.look("handover-one-signed")
	c.PressAndGo("F4")
	c.look("handover-done")
}

// box is the paper of the first page of a PDF in millimetres.
func box(t *testing.T, pdf []byte) (width, height float64, pages int) {
	t.Helper()
	m := regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`).FindSubmatch(pdf)
	if m == nil {
		t.Fatal("the print has no page")
	}
	w, _ := strconv.ParseFloat(string(m[1]), 64)
	h, _ := strconv.ParseFloat(string(m[2]), 64)
	return w / 72 * 25.4, h / 72 * 25.4, len(regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(pdf, -1))
}

func TestPapersLeaveAtTheirExactSize(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	item := h.as("clerk2").acceptMail()
	trip, bag, _ := aTrip(t, h, 70)
	got := h.as("clerk").post("/desk/dispatches/"+string(trip)+"/receive", "act", actID(h))
	next, _, _ := aTrip(t, h, 3)
	clerk := h.as("clerk")
	clerk.get(got.to+"/print").want(t, http.StatusConflict, "chưa ký xong")
	clerk.post(got.to+"/count", "act", actID(h), "seal-"+string(bag), "NP8").lead(t, got.to)
	digest := clerk.get(got.to).hiddenOf(t, "difference")
	clerk.post(got.to+"/sign", "act", actID(h), "side", "taker", "difference", digest).lead(t, got.to)
	clerk.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", digest, "other", "1", "login", "lx1", "password", "mat-khau-mau").lead(t, got.to)
	c := openCounter(t, h, "clerk2")
	for _, p := range []struct {
		path, name    string
		width, height float64
		pages         int
	}{
		{"/desk/items/" + string(item) + "/label", "label", 100, 150, 1},
		{"/desk/items/" + string(item) + "/sticker", "sticker", 50, 30, 1},
		{"/desk/items/" + string(item) + "/receipt", "receipt", 80, 0, 1},
		{"/desk/bags/" + string(bag) + "/label", "bag-label", 100, 150, 1},
		{"/desk/bags/" + string(bag) + "/manifest", "bag-manifest", 210, 297, 3},
		{"/desk/dispatches/" + string(next) + "/manifest", "dispatch-manifest", 210, 297, 1},
		{"/desk/cards", "cards", 210, 297, 1},
		{got.to + "/print", "handover-record", 210, 297, 1},
	} {
		if p.name == "handover-record" {
			c.be("clerk")
		}
		c.Go(h.url + p.path)
		c.Shot("paper-" + p.name)
		c.Check(p.name)
		pdf := c.PDF()
		save(t, "paper-"+p.name+".pdf", pdf)
		w, height, pages := box(t, pdf)
		if math.Abs(w-p.width) > 0.5 || p.height != 0 && math.Abs(height-p.height) > 0.5 || pages != p.pages {
			t.Errorf("%s is %.1f × %.1f mm on %d pages, want %.0f × %.0f on %d", p.name, w, height, pages, p.width, p.height, p.pages)
		}
	}
}

// save keeps a print for people to look at, where the pictures go.
func save(t *testing.T, name string, b []byte) {
	t.Helper()
	if dir := os.Getenv("CITYPOST_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADispatchIsReceivedAndABagCountedOutByKeyboardAlone(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	trip, bag, items := aTrip(t, h, 3)
	c := openCounter(t, h, "clerk")
	c.Go(h.url + "/desk/dispatches")
	c.look("dispatches-coming")
	c.Go(h.url + "/desk")
	c.focused("scan")
	c.TypeAndGo(string(trip) + "\r")
	c.at("/desk/dispatches/3")
	c.look("dispatch-coming")
	c.PressAndGo("F4")
	c.at("/desk/handovers/4")
	c.scan(string(bag), "Đọc số niêm phong")
	c.scan("NP8", "Sai niêm phong")
	c.look("handover-difference")
	c.scan(string(bag), "Đọc số niêm phong")
	c.scan("NP7", "khớp hoàn toàn")
	c.PressAndGo("F4")
	c.focused("scan")
	c.key("F6")
	c.focused("login")
	c.Type("lx1\tmat-khau-mau")
	c.TypeAndGo("\r")
	c.at("/desk/handovers/4")
	c.Until(`document.body.innerText.includes("hai bên đã ký")`)
	c.look("handover-received")
	c.PressAndGo("F4")
	c.at("/desk/bags/2")
	c.focused("scan")
	c.look("bag-arrived")
	c.TypeAndGo("NP9\r")
	c.at("/desk/bags/" + string(bag) + "/open")
	c.look("bag-wrong-seal")
	c.PressAndGo("Escape")
	c.at("/desk/bags/2")
	c.focused("scan")
	c.TypeAndGo("NP7\r")
	c.Until(`document.body.innerText.includes("Niêm phong đúng")`)
	c.scan(string(items[0]), "còn 2")
	c.scan(string(h.accept("Vũ Thị Mẫu", "3 phố Mẫu")), "đã được đếm rồi")
	c.look("bag-counting")
	c.scan(string(items[1]), "còn 1")
	c.PressAndGo("F4")
	c.at("/desk/bags/" + string(bag) + "/empty")
	c.look("bag-missing")
	c.PressAndGo("Escape")
	c.scan(string(items[2]), "còn 0")
	c.PressAndGo("F4")
	c.at("/desk/bags/" + string(bag) + "/empty")
	c.PressAndGo("F4")
	c.at("/desk/bags")
	c.look("bags-after")
	c.Go(h.url + "/desk/bags?lang=en")
	c.look("bags-en")
	c.Go(h.url + "/desk/handovers")
	c.look("handovers-en")
}

func TestTheDeskSpeaksEnglishToo(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	item := h.accept("Lê Thị Mẫu", "1 phố Mẫu")
	v := h.as("clerk")
	v.get("/desk?lang=en").want(t, 200, "Scan or type a code", "For example")
	v.post("/desk", "code", string(item)).want(t, 200, "Here, to be delivered", "See its journey")
	v.get("/desk/accept").want(t, 200, "Recipient", "Check and price")
	v.get("/desk/items/"+string(item)+"/receipt").want(t, 200, "RECEIPT", "Keep this receipt")
}

func TestNothingTypedIsLostWhenTheSessionHasEnded(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	form := acceptForm(actID(h))
	h.out = true
	page := v.post("/desk/accept", form...).want(t, http.StatusUnauthorized, "Chưa có gì bị mất", "12 ngõ 5 đường Mẫu")
	h.out = false
	if !strings.Contains(page.text, `value="to.address"`) {
		t.Error("the address is not carried")
	}
}

func TestAcceptTakesDecomposedLettersAndRefusesBrokenBytes(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	v := h.as("clerk2")
	v.post("/desk/accept", acceptForm(actID(h), "to.name", norm.NFD.String("Đỗ Thị Mẫu"))...).want(t, 200)
	form := acceptForm(actID(h))
	for i := range form {
		if form[i] == "Nguyễn Thị Mẫu" {
			form[i] = norm.NFD.String(form[i])
		}
	}
	v.post("/desk/accept", form...).want(t, 200, norm.NFC.String("Nguyễn Thị Mẫu"))
	v.post("/desk", "code", "RR\xff\xfe").want(t, http.StatusBadRequest)
}
