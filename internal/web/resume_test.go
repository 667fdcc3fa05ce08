package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// If these fail, a clerk whose session ended types a customer's form twice.

func TestAPageAskedForTooLateComesBackAfterSignIn(t *testing.T) {
	m, _ := site(web.NoGate{})
	w := get(m, "/clerk/1?tab=2&q=h%E1%BB%93")
	if want := "/sign-in?next=" + url.QueryEscape("/clerk/1?tab=2&q=h%E1%BB%93"); w.Code != 303 || w.Header().Get("Location") != want {
		t.Errorf("%d to %s, want %s", w.Code, w.Header().Get("Location"), want)
	}
	w = get(m, "/clerk/1", "HX-Request", "true", "HX-Current-URL", "http://example.com/desk?bag=7")
	if want := "/sign-in?next=" + url.QueryEscape("/desk?bag=7"); w.Header().Get("HX-Redirect") != want {
		t.Errorf("fragment leads to %s", w.Header().Get("HX-Redirect"))
	}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// fields reads the hidden fields of a page back.
func fields(page string) url.Values {
	v := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		v.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return v
}

func TestAFormSentTooLateSurvivesTheSignIn(t *testing.T) {
	typed := url.Values{"sender": {`Nguyễn "Mẫu" <b>`}, "item": {"RR1", "RR2"}, "note": {"dòng một\r\ndòng hai"}, "password": {"hunter2"}, "totp": {"123456"}, "second_code": {"654321"}}
	m, _ := site(web.NoGate{})
	late := post(m, "/accept", typed)
	page := late.Body.String()
	if late.Code != 401 || !strings.Contains(page, `action="/sign-in"`) || strings.Contains(page, "hunter2") || strings.Contains(page, "123456") || strings.Contains(page, "654321") {
		t.Fatalf("%d %s", late.Code, page)
	}
	signIn := fields(page)
	signIn.Set("login", "gdv.mau")

	m, _ = site(web.NoGate{})
	m.Post("/sign-in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		if c := web.CarriedOf(r); c.Path != "/accept" {
			t.Errorf("the sign-in page sees %+v", c)
		}
		return web.Resume(w, r, clerk, r.PostFormValue("next"))
	})
	resumed := post(m, "/sign-in", signIn).Body.String()
	if !strings.Contains(resumed, `action="/accept"`) || !strings.Contains(resumed, clerk.Name) {
		t.Fatalf("after sign-in: %s", resumed)
	}
	got := fields(resumed)
	for _, name := range []string{"sender", "item", "note"} {
		if strings.Join(got[name], "|") != strings.Join(typed[name], "|") {
			t.Errorf("%s came back as %q", name, got[name])
		}
	}
	m, _ = site(webtest.Gate{Person: clerk})
	if w := post(m, "/accept", got); w.Code != 303 {
		t.Errorf("sending it again: %d", w.Code)
	}
}

func TestAFormTooLargeToCarryIsSaidToBe(t *testing.T) {
	m, _ := site(web.NoGate{})
	w := post(m, "/accept", url.Values{"note": {strings.Repeat("x", 70<<10)}})
	if w.Code != 401 || strings.Contains(w.Body.String(), "xxxx") || !strings.Contains(w.Body.String(), "quá lớn") {
		t.Errorf("%d %.300s", w.Code, w.Body.String())
	}
}

func TestSignInNeverLeadsToAnotherSite(t *testing.T) {
	for next, want := range map[string]string{"/desk?x=1": "/desk?x=1", "": "/", "//evil.example": "/", "https://evil.example/": "/",
		`/\evil.example`: "/", "javascript:alert(1)": "/", "/a\r\nX: y": "/"} {
		if got := web.SafeNext(next); got != want {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	m, _ := site(web.NoGate{})
	m.Post("/sign-in", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Resume(w, r, clerk, r.PostFormValue("next"))
	})
	w := post(m, "/sign-in", url.Values{"carry.path": {"https://evil.example/"}, "carry.name": {"a"}, "carry.value": {"b"}, "next": {"/desk"}})
	if w.Header().Get("Location") != "/desk" {
		t.Errorf("a carried form leads to %q: %s", w.Header().Get("Location"), w.Body.String())
	}
}

// TestAFormThatCannotBeServedNowIsKeptOnThePageThatSaysSo: the disk is full or the database changes machines while a clerk has a form full of words.
func TestAFormThatCannotBeServedNowIsKeptOnThePageThatSaysSo(t *testing.T) {
	m, _ := site(web.NoGate{})
	m.Post("/full", web.Public, func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Unavailable, "db.disk_full", "Ổ đĩa đã đầy.", "The disk is full.")
	})
	typed := url.Values{"sender": {`Nguyễn "Mẫu" <b>`}, "item": {"RR1", "RR2"}, "act": {"0197"}}
	w := post(m, "/full", typed)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "Ổ đĩa đã đầy.") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if kept := fields(w.Body.String()); !strings.Contains(w.Body.String(), `action="/full"`) || kept.Encode() != typed.Encode() {
		t.Errorf("kept: %v", kept)
	}
	typed.Set("password", "hunter2")
	if page := post(m, "/full", typed).Body.String(); strings.Contains(page, "hunter2") || strings.Contains(page, "data-kept") {
		t.Error("a form with a password must not be kept on a page")
	}
}

// liveGate is somebody signed in until the session is ended.
type liveGate struct{ over *bool }

func (g liveGate) Who(*http.Request) (web.Person, bool, error) {
	if *g.over {
		return web.Person{}, false, nil
	}
	return clerk, true, nil
}

func (g liveGate) SignOff(http.ResponseWriter, *http.Request) error { *g.over = true; return nil }

// If this fails, a screen that nobody touches records what was half typed on it.
func TestAFormOfAPageThatEmptiedItselfIsCarriedAndNotPerformed(t *testing.T) {
	over, performed := false, 0
	m, _ := site(liveGate{&over})
	m.Post("/act", web.SignedIn, func(http.ResponseWriter, *http.Request) error { performed++; return nil })
	w := post(m, "/act", url.Values{"note": {"half typ"}, "carry.only": {"1"}})
	got := fields(w.Body.String())
	if w.Code != 401 || performed != 0 || !over {
		t.Fatalf("%d, performed %d times, session over: %t", w.Code, performed, over)
	}
	if got.Get("carry.path") != "/act" || strings.Join(got["carry.name"], "|") != "note" || got.Get("carry.value") != "half typ" || strings.Contains(w.Body.String(), clerk.Name) {
		t.Errorf("the sign-in page carries %v", got)
	}
	over = false
	if post(m, "/act", url.Values{"note": {"typed"}}); performed != 1 {
		t.Errorf("pressed by a person: performed %d times", performed)
	}
}
