package site_test

import (
	"fmt"
	"os"
	"testing"

	"citypost/internal/web/webtest"
)

// If these fail, a page is unkind to somebody: unreadable, unreachable by keyboard, or wider than a phone.

// look is one way to look at a page.
type look struct {
	width int
	lang  string
}

func TestEveryPageIsKindToEveryone(t *testing.T) {
	b := webtest.Open(t)
	p := open(t)
	base := webtest.Serve(t, p.mux)
	looks := []look{{320, "vi"}, {webtest.Desk, "en"}} // what fits 320 fits a phone; package e2e looks at the rest
	if os.Getenv("CITYPOST_SHOTS") != "" {
		looks = append(looks, look{webtest.Phone, "vi"}, look{webtest.Desk, "vi"}, look{webtest.Phone, "en"})
	}
	for _, l := range looks {
		b.Width(l.width)
		b.Go(base + "/robots.txt?lang=" + l.lang) // the cookie keeps it
		for name, path := range everyPath {
			b.Go(base + path)
			b.Check(fmt.Sprintf("%s at %d in %s", name, l.width, l.lang))
			b.Shot(fmt.Sprintf("site-%s-%s-%d", name, l.lang, l.width))
		}
	}
}

func TestAnOldAddressIsConvertedWithTheKeyboardAloneAndWithoutScripts(t *testing.T) {
	b := webtest.Open(t)
	p := open(t)
	base := webtest.Serve(t, p.mux)
	b.Scripts(false)
	b.Go(base + "/convert")
	for b.Focus() != "q" {
		b.Press("Tab")
	}
	b.TypeAndGo("Lạch Tray, quận Ngô Quyền\r")
	if got := webtest.Eval[int](b, "document.querySelectorAll('input[name=to]').length"); got < 2 {
		t.Fatalf("%d sides to choose from at %s", got, b.Path())
	}
	for b.Focus() != "to" {
		b.Press("Tab")
	}
	b.Press(" ")
	b.TypeAndGo("\r")
	if got := b.Text("#now"); got != "Nay là" {
		t.Errorf("the page says %q", got)
	}
	b.Scripts(true)
	b.Check("converted")
}
