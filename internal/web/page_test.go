package web_test

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"citypost/internal/web"
	"citypost/internal/web/assets"
	"citypost/internal/web/gallery"
	"citypost/internal/web/webtest"
)

func TestFiguresAndTimesAreWrittenAsPeopleHereDo(t *testing.T) {
	at := time.Date(2026, 11, 24, 7, 5, 0, 0, time.UTC)
	vi, en := web.Page{Lang: "vi"}, web.Page{Lang: "en"}
	for _, c := range [][2]string{
		{vi.DateTime(at), "24/11/2026 14:05"}, {en.DateTime(at), "24 Nov 2026 14:05"}, {vi.Clock(at), "14:05"},
		{vi.Date(at), "24/11/2026"}, {vi.Millis(at.UnixMilli()), "24/11/2026 14:05"}, {vi.Millis(0), ""},
		{vi.Number(1234567), "1.234.567"}, {en.Number(-1500), "-1,500"}, {vi.Number(999), "999"},
		{vi.Money(44500), "44.500\u00a0đ"}, {en.Money(44500), "VND\u00a044,500"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

func TestTheLanguageSwitchStaysOnThePage(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	show := func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, 200, web.PublicPage(web.NewPage(r, "Trang", "Page")))
	}
	m.Get("/list", web.Public, show)
	m.Post("/list/close", web.Public, show)
	for _, c := range []struct{ name, page, want string }{
		{"page", get(m, "/list?bag=7&lang=vi").Body.String(), "/list?bag=7&amp;lang=en"},
		{"answer to a form", post(m, "/list/close", nil, "Referer", "http://example.com/list?bag=7").Body.String(), "/list?bag=7&amp;lang=en"},
		{"answer to a form of nowhere", post(m, "/list/close", nil, "Referer", "http://evil.example/list").Body.String(), "/list/close?lang=en"},
	} {
		if !strings.Contains(c.page, `href="`+c.want+`"`) {
			t.Errorf("%s: no link to %s", c.name, c.want)
		}
	}
}

func TestTheLeftListHasSevenJobsAtMost(t *testing.T) {
	m := web.New(web.NoGate{}, web.Site{}, slog.New(slog.DiscardHandler))
	for i := range 9 {
		m.Job(web.Clerk, 9-i, "/job"+string(rune('a'+i)), "Việc", "Job")
	}
	m.Job(web.Carrier, 0, "/round", "Tuyến", "Round")
	jobs := m.JobsOf(clerk)
	if len(jobs) != 7 || jobs[0].Path != "/jobi" {
		t.Errorf("%d jobs, first %s", len(jobs), jobs[0].Path)
	}
	if m.Landing(clerk) != "/jobi" || m.Landing(web.Person{}) != "/" {
		t.Errorf("landing %s, %s", m.Landing(clerk), m.Landing(web.Person{}))
	}
}

// ux.md: a citizen on a slow phone waits for at most 60 KB.
func TestPublicPageIsLight(t *testing.T) {
	m := web.New(webtest.Gate{}, web.Site{Hotline: "1900 0000"}, slog.New(slog.DiscardHandler))
	gallery.Mount(m)
	page := get(m, "/_pages/public").Body.Bytes()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(page)
	_ = z.Close()
	total := zipped.Len()
	for _, name := range []string{"site.css", "site.js", "text-400.woff2", "text-700.woff2", "icon.svg"} {
		total += assets.Weight(name)
	}
	t.Logf("page %d, css %d, js %d, fonts %d: %d bytes in all", zipped.Len(), assets.Weight("site.css"), assets.Weight("site.js"),
		assets.Weight("text-400.woff2")+assets.Weight("text-700.woff2"), total)
	if total > 60_000 {
		t.Errorf("a public page weighs %d bytes, more than 60 KB", total)
	}
	if strings.Contains(string(page), "desk.") {
		t.Error("a public page loads staff scripts")
	}
}

// The policy forbids inline scripts and styles; a page that has some is broken without anyone noticing.
func TestPagesHaveNothingInline(t *testing.T) {
	m := web.New(webtest.Gate{Person: gallery.Clerk}, web.Site{ScanTo: "/_pages/desk"}, slog.New(slog.DiscardHandler))
	gallery.Mount(m)
	for _, r := range m.Routes() {
		if r.Method != "GET" || strings.ContainsAny(r.Pattern, "{") || !strings.HasPrefix(r.Pattern, "/_pages/") {
			continue
		}
		page := get(m, r.Pattern).Body.String()
		for _, bad := range []string{" style=", "<style", " onclick=", " onload=", "javascript:", "<script>"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s holds %q", r.Pattern, bad)
			}
		}
	}
}

// The tracking page has to answer 2,000 times a second on two cores; this is its frame, parts and compression alone.
func BenchmarkPublicPage(b *testing.B) {
	m := web.New(webtest.Gate{}, web.Site{}, slog.New(slog.DiscardHandler))
	gallery.Mount(m)
	b.ReportAllocs()
	for b.Loop() {
		if get(m, "/_pages/public", "Accept-Encoding", "gzip").Code != 200 {
			b.Fatal("no page")
		}
	}
}

func TestSeldomJobsLieUnderOneLinkAndNoneIsLost(t *testing.T) {
	m := web.New(webtest.Gate{Person: clerk}, web.Site{}, slog.New(slog.DiscardHandler))
	m.Job(web.Clerk, 10, "/often", "Hằng ngày", "Daily")
	m.RareJob(web.Clerk, 20, "/seldom", "Thỉnh thoảng", "Seldom")
	m.RareJob(web.Admin, 30, "/others", "Của người khác", "Others'")
	if jobs := m.JobsOf(clerk); len(jobs) != 2 || jobs[1].Path != "/jobs" || len(m.EveryJobOf(clerk)) != 1 {
		t.Errorf("%+v", jobs)
	}
	if page := get(m, "/jobs").Body.String(); !strings.Contains(page, "/seldom") || !strings.Contains(page, "/often") || strings.Contains(page, "/others") {
		t.Error("the page of all jobs")
	}
}
