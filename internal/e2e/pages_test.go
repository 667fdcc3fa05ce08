package e2e

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// walkers are one person of every role. The offices' people are of office A; where a page needs the person of another office, that one looks.
func (w *town) walkers() []string {
	return []string{"", w.at("gdv", officeA), w.at("ksv", officeA), w.at("buuta", officeA), "laixe01", "dieuphoi", "quantri", "mangluoi", "lanhdao", "canbo.so", "motcua"}
}

// kinds of people that every office has.
var kinds = []string{"gdv", "ksv", "buuta"}

// stand gives those who may stand in for a walker where a page is about another office.
func (w *town) stand(login string, s sample) []string {
	for _, k := range kinds {
		if strings.HasPrefix(login, k) && s.office != "" {
			return []string{w.at(k, s.office)}
		}
	}
	if strings.HasPrefix(login, "laixe") {
		return []string{"laixe01", "laixe02", "laixe03", "laixe04"}
	}
	return []string{login}
}

// page is one GET route with a path that opens it for somebody.
type page struct {
	pattern, path, login string
	answer               answer
}

// name is the page in the name of a picture: "desk-bags-code-seal".
func (p page) name() string {
	return strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(p.pattern), "-"), "-")
}

// notPages are routes that a walk leaves out, each with its reason.
var notPages = map[string]string{
	"/api/":        "the API has tests of its own",
	"/assets/":     "files",
	"/tile/":       "files of the public tree",
	"/R/{receipt}": "opens with the text of a printed receipt; package proof tests it",
}

// getRoutes lists the patterns that answer GET for a right.
func (w *town) getRoutes(may func(web.Right) bool) []string {
	var out []string
	for _, r := range w.Mux.Routes() {
		left := slices.ContainsFunc(keysOf(notPages), func(p string) bool { return strings.HasPrefix(r.Pattern, p) })
		if r.Method == http.MethodGet && !left && may(r.Right) {
			out = append(out, r.Pattern)
		}
	}
	return out
}

func keysOf(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

// pagesOf finds for a walker a path that opens each route that his role may use. Public pages are those of the stranger. A walker's way is walked once for all tests.
func (w *town) pagesOf(t *testing.T, login string) []page {
	t.Helper()
	if walked, ok := w.walked[login]; ok {
		return walked
	}
	who := w.who(login)
	patterns := w.getRoutes(func(r web.Right) bool {
		return r == web.Public && login == "" || r != web.Public && who.May(r, "")
	})
	var out []page
	for _, pattern := range patterns {
		if p, ok := w.openAs(t, login, pattern); ok {
			out = append(out, p)
		}
	}
	w.walked[login] = out
	return out
}

// openAs tries the samples until the page opens.
func (w *town) openAs(t *testing.T, login, pattern string) (page, bool) {
	t.Helper()
	paths, known := fill(pattern, w.samples(t))
	if !known {
		t.Errorf("%s: no sample of its kind: add one to gather in samples_test.go", pattern)
		return page{}, false
	}
	tried := map[int]int{}
	for _, s := range paths {
		for _, by := range w.stand(login, s) {
			a := w.get(t, by, s.code)
			if a.status == http.StatusOK {
				return page{pattern, s.code, by, a}, true
			}
			if a.status >= 500 {
				t.Errorf("%s as %q: status %d", s.code, by, a.status)
			}
			tried[a.status]++
		}
	}
	for status := range tried { // a role may have nothing of this kind, or only see what is its own: then the page is not there, not for it, or not now
		if status != http.StatusForbidden && status != http.StatusNotFound && status != http.StatusConflict {
			t.Errorf("%s as %q: none of %d samples opens it: %v", pattern, login, len(paths), tried)
		}
	}
	return page{}, false
}

var (
	htmlLang  = regexp.MustCompile(`<html lang="(\w+)"`)
	htmlTitle = regexp.MustCompile(`<title>(.*?)</title>`)
)

// speaksBoth reports how a page fails to change its language.
func (w *town) speaksBoth(t *testing.T, p page) error {
	t.Helper()
	sep := "?"
	if strings.Contains(p.path, "?") {
		sep = "&"
	}
	en, vi := w.get(t, p.login, p.path+sep+"lang=en"), w.get(t, p.login, p.path+sep+"lang=vi")
	for lang, a := range map[string]answer{"en": en, "vi": vi} {
		if m := htmlLang.FindStringSubmatch(a.body); m == nil || m[1] != lang {
			return fmt.Errorf("asked for %s, got %v", lang, m)
		}
	}
	if e, v := htmlTitle.FindString(en.body), htmlTitle.FindString(vi.body); e == v {
		return fmt.Errorf("the title %s is the same in both languages", e)
	}
	return nil
}

// TestEveryPageOpensForItsRolesInBothLanguages asks for every GET route as every role that may use it.
func TestEveryPageOpensForItsRolesInBothLanguages(t *testing.T) {
	w := theTown(t)
	opened := map[string]bool{}
	for _, login := range w.walkers() {
		t.Run("as_"+cmpOr(login, "nobody"), func(t *testing.T) {
			seen := 0
			for _, p := range w.pagesOf(t, login) {
				opened[p.pattern] = true
				if !p.answer.isPage() {
					continue
				}
				seen++
				if err := w.speaksBoth(t, p); err != nil {
					t.Errorf("%s: %v", p.path, err)
				}
				for _, bad := range []string{" style=\"", "<style", " onclick=", "javascript:", "%!", "&lt;nil&gt;"} {
					if strings.Contains(p.answer.body, bad) {
						t.Errorf("%s holds %q", p.path, bad)
					}
				}
			}
			if seen == 0 {
				t.Error("no page opens")
			}
			t.Logf("%d pages", seen)
		})
	}
	for _, pattern := range w.getRoutes(func(web.Right) bool { return true }) {
		if !opened[pattern] {
			t.Errorf("%s opens for nobody", pattern)
		}
	}
}

func cmpOr(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// look is one way to look at a page.
type look struct {
	width int
	lang  string
}

// looks: in full, as make pages does, every page at both widths, and in English at one; else each page at one width only.
func looks() []look {
	if os.Getenv("CITYPOST_PAGES") != "" {
		return []look{{webtest.Desk, "vi"}, {webtest.Phone, "vi"}, {webtest.Desk, "en"}}
	}
	return []look{{webtest.Phone, "vi"}}
}

// TestEveryPageIsKindInTheBrowser opens pages in Chromium: no finding of axe-core, nothing wider than the window, no complaint on the console. With
// CITYPOST_PAGES=1 every page as every role, at both widths; without, the pages of strangers and the first page of every role.
func TestEveryPageIsKindInTheBrowser(t *testing.T) {
	w := theTown(t)
	b := webtest.Open(t)
	full := os.Getenv("CITYPOST_PAGES") != ""
	seen := 0
	for _, walker := range w.walkers() {
		in := "\x00"
		for _, p := range w.pagesOf(t, walker) {
			if !p.answer.isPage() || !full && walker != "" && p.path != w.Mux.Landing(w.who(walker)) {
				continue
			}
			seen++
			if p.login != in {
				w.signIn(b, p.login)
				in = p.login
			}
			for _, l := range looks() {
				w.lookAt(t, b, walker, p, l, true)
			}
		}
	}
	t.Logf("%d pages looked at", seen)
}

// lookAt opens one page one way, asks axe or leaves that to another look at it, and takes its picture.
func (w *town) lookAt(t *testing.T, b *webtest.Browser, walker string, p page, l look, axe bool) {
	t.Helper()
	b.Width(l.width)
	b.Go(w.url + "/robots.txt?lang=" + l.lang) // the cookie keeps the language, and the page's own address stays as people have it
	b.Complaints()
	b.Go(w.url + p.path)
	what := fmt.Sprintf("%s as %q at %d in %s", p.path, p.login, l.width, l.lang)
	if axe {
		for _, v := range b.Axe() {
			t.Errorf("%s: %s", what, v)
		}
	}
	if px := b.Overflow(); px > 0 && !strings.Contains(p.answer.body, `class="paper-`) { // paper has its own size
		t.Errorf("%s: %d px wider than the window", what, px)
	}
	for _, c := range b.Complaints() {
		t.Errorf("%s: %s", what, c)
	}
	b.Shot(fmt.Sprintf("%s-%s-%s-%d", cmpOr(strings.TrimRight(walker, "0123456789"), "public"), p.name(), l.lang, l.width))
}
