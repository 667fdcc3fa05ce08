package law

import (
	"strings"
	"testing"

	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// pages are looked at by the public, both languages in turn.
var pages = []struct{ name, path string }{
	{"day", "/rules"},
	{"day-topic", "/rules?on=2026-11-25&topic=dossier"},
	{"key-long", "/rules/keys/relief.policy.hue-2020-province"},
	{"day-none", "/rules?words=khong-co"},
	{"key-table", "/rules/keys/kt1.journey"},
	{"key-value", "/rules/keys/post.complaint.limit"},
	{"key-wide", "/rules/keys/relief.terms.hai-phong-2020"},
	{"key-price", "/rules/keys/dossier.price.send"},
	{"key-family", "/rules/keys/office.hours"},
	{"documents", "/rules/documents"},
	{"document", "/rules/documents/tt-16-2017"},
	{"changes", "/rules/changes?from=2020-12-01&to=2022-03-01"},
	{"unverified", "/rules/unverified"},
	{"calendar", "/rules/calendar?year=2026"},
	{"deadline", "/rules/deadline?service=dossier-send"},
	{"deadline-kt1", "/rules/deadline?service=kt1&route=intra&class=plain&secrecy=&day=2020-04-24&time=09:00"},
	{"deadline-none", "/rules/deadline?service=registered&route=intra&day=2010-05-04&time=09:00"},
}

func TestPagesOfTheLawAreKindToEveryone(t *testing.T) {
	b := webtest.Open(t)
	url := webtest.Serve(t, newMux(t, web.Person{}, ""))
	for i, p := range pages {
		if i%3 == 2 { // the language stays with the visitor
			b.Go(url + p.path + sign(p.path) + "lang=en")
		} else {
			b.Go(url + p.path + sign(p.path) + "lang=vi")
		}
		look(b, p.name)
	}
}

func sign(path string) string {
	if strings.Contains(path, "?") {
		return "&"
	}
	return "?"
}

// look checks a page at both widths; CITYPOST_SHOTS keeps its picture.
func look(b *webtest.Browser, name string) {
	b.Both("law-"+name, name)
}

func TestReportDatesAreKindToStaff(t *testing.T) {
	b := webtest.Open(t)
	b.Go(webtest.Serve(t, newMux(t, manager, "")) + "/rules/reports")
	look(b, "reports")
}

func TestDeadlineIsAskedWithoutScripts(t *testing.T) {
	b := webtest.Open(t)
	b.Scripts(false)
	b.Go(webtest.Serve(t, newMux(t, web.Person{}, "")) + "/rules/deadline?service=registered")
	b.Submit("main form button")
	if text := b.Text(".todo"); !strings.Contains(text, "Hạn: 24:00 thứ Sáu 27/11/2026.") {
		t.Errorf("the answer is %q", text)
	}
}
