package tracking_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/tracking"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// places are the two offices of the small post, in the real communes.
type places struct {
	units   *gazetteer.Gazetteer
	offices *gazetteer.Directory
}

func (p places) Gazetteer() *gazetteer.Gazetteer { return p.units }
func (p places) Directory() *gazetteer.Directory { return p.offices }

func newPlaces(t *testing.T) places {
	t.Helper()
	units, err := gazetteer.Load()
	if err != nil {
		t.Fatal(err)
	}
	return places{units, gazetteer.NewDirectory(units, []gazetteer.Office{
		{Code: officeA, Name: "Trung tâm", Kind: gazetteer.Level1, Unit: "11311", Hours: "Mo-Su 07:00-19:00"},
		{Code: officeB, Name: "Kiến An", Kind: gazetteer.Level2, Unit: "11407", Hours: "Mo-Fr 07:30-17:30; Sa 07:30-11:30"},
	}, postal.MakeDay(2026, 3, 2))}
}

// public is the post with its public pages.
type public struct {
	*post
	*tracking.Service
	mux *web.Mux
}

func newPublic(t *testing.T, db *sqldb.DB) *public {
	t.Helper()
	p := newPost(t, db)
	s := &tracking.Service{Ledger: p.Ledger, Places: newPlaces(t), Now: func() time.Time { return p.now }, Base: "https://buudien.example"}
	m := web.New(webtest.Gate{}, web.Site{Hotline: "1900 0000"}, slog.New(slog.DiscardHandler))
	s.Mount(m)
	return &public{p, s, m}
}

func (p *public) get(path string) *httptest.ResponseRecorder {
	p.t.Helper()
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// want asks for a page and wants these words in it.
func (p *public) has(path string, status int, words ...string) string {
	p.t.Helper()
	w := p.get(path)
	body := w.Body.String()
	if w.Code != status {
		p.t.Errorf("%s: status %d, want %d", path, w.Code, status)
	}
	for _, word := range words {
		if !strings.Contains(body, word) {
			p.t.Errorf("%s lacks %q", path, word)
		}
	}
	return body
}

func TestThePageOfAnItemTellsWhereItIsAndWhatToDo(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := newPublic(t, db)
		item := p.accept()
		path := tracking.PathOf(item)
		body := p.has(path, 200, item.Grouped(), "Đã nhận gửi", "Bạn cần làm gì?", "Bạn chưa cần làm gì.", "chậm nhất ngày 05/03/2026", "để tham khảo", "Bưu cục Trung tâm, Phường ", `aria-current="step"`)
		if strings.Count(body, "steps__step--later") != 4 {
			t.Error("the bar does not show four steps to come")
		}
		p.has(path+"?lang=en", 200, "Accepted", "by 5 Mar 2026", "Trung tâm post office", `<html lang="en"`)
		p.toB(item)
		p.out(item)
		body = p.has(path, 200, "Đang phát", "Hôm nay bưu tá mang đi phát", "Bưu tá mang đi phát", "Bưu cục Kiến An")
		if at, first := strings.Index(body, "Bưu tá mang đi phát</h3>"), strings.Index(body, "Nhận gửi tại bưu cục</h3>"); at < 0 || first < at {
			t.Error("the newest event does not come first")
		}
		p.do(officeB, carrier, custody.Attempt{Item: item, Reason: "absent", Next: "hold"})
		p.back(item)
		until := postal.DayOf(p.now).AddDays(5)
		p.do(officeB, clerkB, custody.Hold{Item: item, Until: until})
		p.has(path, 200, "Chờ nhận tại bưu cục đến hết ngày "+until.VN(), "Hãy đến bưu cục nhận", `href="/offices/180200"`, "Thứ Hai–Thứ Sáu 7:30–17:30", "không có người nhận")
		p.do(officeB, clerkB, custody.Deliver{Item: item, To: "addressee"})
		p.has(path, 200, "Bạn không cần làm gì thêm.", "Đã phát")
	})
}

func TestADayIsCalledAGuideUnlessItsRuleWasChecked(t *testing.T) {
	p := newPublic(t, sqltest.SQLite(t))
	path := tracking.PathOf(p.accept())
	p.has(path, 200, "để tham khảo")
	p.Sure = func([]string) bool { return true }
	if body := p.has(path, 200); strings.Contains(body, "để tham khảo") {
		t.Error("a sure day is called a guide")
	}
}

// The bytes of the answer must not tell an unknown number from one that we keep to ourselves.
func TestEveryNumberThatIsNotShownGetsThePageThatDiffersByTheEchoAlone(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := newPublic(t, db)
		withdrawn := p.accept()
		p.do(officeA, clerkA, custody.Undo{Item: withdrawn, Act: lastAct(t, p.post, withdrawn)})
		var first, firstPath string
		for _, number := range []string{"RR473124829VN", string(withdrawn), "MA000000019VN", "RR473124820VN", "RR473124829JP", "XYZ12", "21801000000012"} {
			for _, suffix := range []string{"", "/print"} {
				w := p.get("/track/" + number + suffix)
				if w.Code != http.StatusNotFound {
					t.Errorf("%s%s: status %d", number, suffix, w.Code)
				}
				if w.Header().Get("X-Robots-Tag") != "noindex" {
					t.Errorf("%s%s may be indexed", number, suffix)
				}
				body := strings.ReplaceAll(w.Body.String(), number+suffix, number)
				body = strings.ReplaceAll(body, number, "#")
				if first == "" {
					first, firstPath = body, number
				} else if body != first {
					t.Errorf("%s%s and %s get different pages", number, suffix, firstPath)
				}
			}
		}
		for _, words := range []string{"Chưa tra cứu được số hiệu này", "bưu chính nước khác", "Đọc lại từng chữ số", "1900 0000", "Cách đọc số hiệu"} {
			if !strings.Contains(first, words) {
				t.Errorf("the page lacks %q", words)
			}
		}
	})
}

func TestWhatIsTypedLeadsToThePageOfItsNumber(t *testing.T) {
	p := newPublic(t, sqltest.SQLite(t))
	for typed, want := range map[string]string{
		"RR473124829VN":     "/track/RR473124829VN",
		" rr 473 124 829vn": "/track/RR473124829VN",
		"RR-473.124.829-VN": "/track/RR473124829VN",
		"Ê704333095VN":      "/track/EE704333095VN", // Telex made Ê of EE
		"RR473124820VN":     "/track/RR473124820VN", // wrong check digit: the page says so without saying so
		"xyz":               "/track/XYZ",
	} {
		w := p.get("/track?code=" + url.QueryEscape(typed))
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%q: %d to %q, want %s", typed, w.Code, w.Header().Get("Location"), want)
		}
	}
	garbled := p.get("/track?code=" + url.QueryEscape("Ê704333095VN"))
	if len(garbled.Result().Cookies()) == 0 {
		t.Error("nobody is told to switch the Vietnamese keyboard off")
	}
	for _, nonsense := range []string{"..", "../../etc", "số hiệu của tôi", "<script>alert(1)</script>", strings.Repeat("A", 5000), "?", "/"} {
		body := p.has("/track?code="+url.QueryEscape(nonsense), http.StatusNotFound, "Chưa tra cứu được số hiệu này")
		if strings.Contains(body, "<script>a") {
			t.Error("what was typed is not escaped")
		}
	}
	p.has("/track?code=", http.StatusUnprocessableEntity, "Ô này chưa điền.")
	p.has("/track?code=%ff%fe", http.StatusBadRequest, "ký tự không đọc được")
	p.has("/track", http.StatusOK, "Cách đọc số hiệu", `name="code"`)
}

func TestTooManyQuestionsFromOneAddressAreRefusedInWords(t *testing.T) {
	p := newPublic(t, sqltest.SQLite(t))
	p.Limit = web.Limit{PerSecond: 1, Burst: 5}
	path := tracking.PathOf(p.accept())
	for range 5 {
		p.has(path, 200)
	}
	body := p.has(path, http.StatusTooManyRequests, "quá nhiều lượt tra cứu")
	if strings.Contains(body, "Đã nhận gửi") {
		t.Error("the refused page shows the item")
	}
	p.has(path+"?lang=en", http.StatusTooManyRequests, "Too many questions")
	p.has("/track", 200) // the form stands
	other := httptest.NewRequest(http.MethodGet, path, nil)
	other.RemoteAddr = "203.0.113.9:1000"
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, other)
	if w.Code != 200 {
		t.Errorf("another address is refused too: %d", w.Code)
	}
	p.now = p.now.Add(3 * time.Second)
	p.has(path, 200)
}

func TestThePrintedPageLeadsBackToTheLivingOne(t *testing.T) {
	p := newPublic(t, sqltest.SQLite(t))
	item := p.accept()
	body := p.has(tracking.PathOf(item)+"/print", 200, `class="paper-a4"`, "https://buudien.example/track/"+string(item), "<svg", item.Grouped())
	if strings.Contains(body, "MẪU") {
		t.Error("a real sheet says that it is made up")
	}
	p.mux.Site.Band = "DỮ LIỆU MẪU"
	if sheet := p.has(tracking.PathOf(item)+"/print", 200); !strings.Contains(sheet, "<strong>DỮ LIỆU MẪU</strong>") {
		t.Error("a sheet of a made-up city does not say so on paper")
	}
	if side := regexp.MustCompile(`<svg class="qr"[^>]* width="(\d+)mm"`).FindStringSubmatch(body); side == nil || side[1] < "20" {
		t.Errorf("the QR code is too small: %v", side)
	}
}

func TestTrackingPagesAreKindToEveryone(t *testing.T) {
	p := newPublic(t, sqltest.SQLite(t))
	moving, held := p.accept(), p.accept()
	p.toB(held)
	p.out(held)
	p.do(officeB, carrier, custody.Attempt{Item: held, Reason: "absent", Next: "hold"})
	p.back(held)
	p.do(officeB, clerkB, custody.Hold{Item: held, Until: postal.DayOf(p.now).AddDays(5)})
	done := p.accept()
	p.toB(done)
	p.out(done)
	p.do(officeB, carrier, custody.Deliver{Item: done, To: "household"})
	b := webtest.Open(t)
	base := webtest.Serve(t, p.mux)
	for name, path := range map[string]string{"form": "/track", "moving": tracking.PathOf(moving), "held": tracking.PathOf(held), "delivered": tracking.PathOf(done), "unknown": "/track/RR473124829VN"} {
		for _, width := range []int{webtest.Desk, webtest.Phone, 320} {
			for _, lang := range []string{"vi", "en"} {
				b.Width(width)
				b.Go(base + path + "?lang=" + lang)
				for _, c := range b.Complaints() {
					if !strings.Contains(c, "404") || name != "unknown" {
						t.Errorf("%s: %s", name, c)
					}
				}
				b.Check(fmt.Sprintf("%s at %d in %s", name, width, lang))
				b.Shot(fmt.Sprintf("track-%s-%s-%d", name, lang, width))
			}
		}
	}
	b.Width(webtest.Desk)
	b.Scripts(false)
	b.Go(base + "/track?lang=vi")
	b.Fill("#code", "rr 473 124 829 vn")
	b.Submit("main form button")
	if b.Path() != "/track/RR473124829VN" {
		t.Errorf("without scripts the form leads to %s", b.Path())
	}
}
