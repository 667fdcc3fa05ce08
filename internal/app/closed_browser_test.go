package app_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

const closedPassword = "mot-cau-kho-doan-27"

// administrator adds the account that the pages are looked at with.
func administrator(t *testing.T, h *app.ClosedHouse) {
	t.Helper()
	_, _, err := h.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: "quan.tri", Name: "Nguyễn Văn Mẫu", Password: closedPassword,
		Roles: []web.Role{{Name: web.Admin}}})
	if err != nil {
		t.Fatal(err)
	}
}

func signInClosed(b *webtest.Browser, url string) {
	b.Go(url + "/sign-in")
	b.Fill("[name=login]", "quan.tri")
	b.Fill("[name=password]", closedPassword)
	b.Submit("main form button")
	b.Wait(".session-end")
}

// TestEveryPageOfTheClosedHouseSaysWhereOneIsAndWhoLooks looks at pages and paper, at both widths.
func TestEveryPageOfTheClosedHouseSaysWhereOneIsAndWhoLooks(t *testing.T) {
	app.SkipShort(t)
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	administrator(t, h)
	clerk, _, err := h.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: "gdv.mau", Name: "Trần Thị Mẫu", Roles: []web.Role{{Name: web.KT1Clerk}}})
	if err != nil {
		t.Fatal(err)
	}
	b := webtest.Open(t)
	url := webtest.Serve(t, h.Handler())
	b.Go(url + "/")
	b.Both("closed-sign-in", "sign-in")
	signInClosed(b, url)
	for shot, page := range map[string]string{"people": "/admin/people", "new": "/admin/people/new", "person": "/admin/people/" + string(clerk.ID), "own": "/account"} {
		b.Go(url + page)
		b.Both("closed-"+shot, page)
		if band := b.Text(".house-band"); !strings.Contains(band, "NỘI BỘ – KT1") {
			t.Errorf("%s: the band says %q", page, band)
		}
		if mark := webtest.Eval[string](b, `document.querySelector(".watermark text").textContent`); !strings.Contains(mark, "quan.tri nv-") || !strings.Contains(mark, time.Now().Format("/2006 ")) {
			t.Errorf("%s: the watermark says %q", page, mark)
		}
		if stored := webtest.Eval[int](b, `localStorage.length + sessionStorage.length`); stored != 0 {
			t.Errorf("%s: the browser keeps %d things", page, stored)
		}
		if n := webtest.Eval[int](b, `performance.getEntriesByType("resource").filter((e) => !e.name.startsWith(location.origin)).length`); n != 0 {
			t.Errorf("%s: %d things come from elsewhere", page, n)
		}
	}
	b.Width(webtest.Desk)
	b.Go(url + "/admin/people")
	if pdf := b.PDF(); len(pdf) < 1000 {
		t.Error("nothing printed")
	}
}

// TestAnEndedSessionEmptiesThePageAndKeepsWhatWasTyped types half a form and waits for the end, which comes after two seconds here.
func TestAnEndedSessionEmptiesThePageAndKeepsWhatWasTyped(t *testing.T) {
	app.SkipShort(t)
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	administrator(t, h)
	b := webtest.Open(t)
	url := webtest.Serve(t, h.Handler())
	signInClosed(b, url)
	h.Mux.Site.Idle, h.Accounts.Idle = 32*time.Second, 2*time.Second
	b.Go(url + "/admin/people/new")
	b.Fill("[name=name]", "Trần Thị Mẫu")
	b.Until(`!document.querySelector("[name=name]") && document.querySelector("[name=login]") !== null`)
	b.Shot("closed-session-ended")
	if page := webtest.Eval[string](b, `document.body.innerText`); strings.Contains(page, "Trần Thị Mẫu") {
		t.Error("the empty desk still shows what was typed")
	}
	h.Mux.Site.Idle, h.Accounts.Idle = 10*time.Minute, 10*time.Minute
	b.Fill("[name=login]", "quan.tri")
	b.Fill("[name=password]", closedPassword)
	b.Submit("main form button")
	b.Until(`[...document.querySelectorAll("input[type=hidden]")].some((e) => e.value === "Trần Thị Mẫu")`)
	b.Shot("closed-resume")
	if stored := webtest.Eval[int](b, `localStorage.length + sessionStorage.length`); stored != 0 {
		t.Errorf("the browser keeps %d things", stored)
	}
	h.Mux.Site.Idle, h.Accounts.Idle = 32*time.Second, 2*time.Second
	b.Go(url + "/admin/people")
	b.Until(`document.querySelector("[name=login]") !== null`)
	h.Mux.Site.Idle, h.Accounts.Idle = 10*time.Minute, 10*time.Minute
	if page := b.Text("main"); !strings.Contains(page, "Phiên làm việc đã hết") {
		t.Errorf("nothing was typed, and nothing says why the page is gone: %s", page)
	}
	b.Fill("[name=login]", "quan.tri")
	b.Fill("[name=password]", closedPassword)
	b.Submit("main form button")
	if path := b.Path(); path != "/admin/people" {
		t.Errorf("after the sign-in at %s", path)
	}
	_ = b.Complaints() // the page that refuses has status 401
}

// TestNoAnswerOfTheClosedHouseMayBeKept asks for pages, assets, refusals and errors.
func TestNoAnswerOfTheClosedHouseMayBeKept(t *testing.T) {
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	url := webtest.Serve(t, h.Handler())
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/", "/sign-in", "/admin/people", "/no-such-page", web.Asset("desk.css"), web.Asset("closed.js"), web.Asset("text-400.woff2"), "/healthz"} {
		r, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if got := r.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		if got := r.Header.Get("Permissions-Policy"); !strings.Contains(got, "camera=()") || !strings.Contains(got, "geolocation=()") {
			t.Errorf("%s: Permissions-Policy %q", path, got)
		}
		if got := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") || strings.Contains(got, "http") || strings.Contains(got, "unsafe") {
			t.Errorf("%s: Content-Security-Policy %q", path, got)
		}
	}
	for _, path := range []string{"/round/sw.js", "/app.webmanifest", "/manifest.webmanifest", "/api/v1/track", "/track", "/robots.txt"} {
		r, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, r.StatusCode)
		}
	}
}
