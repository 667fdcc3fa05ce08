package site_test

import (
	"fmt"
	"testing"

	"citypost/internal/web/webtest"
)

// If these fail, a page is unkind to somebody: unreadable, unreachable by keyboard, or wider than a phone.

func TestEveryPageIsKindToEveryone(t *testing.T) {
	b := webtest.Open(t)
	p := open(t)
	base := webtest.Serve(t, p.mux)
	for name, path := range everyPath {
		for _, width := range []int{webtest.Desk, webtest.Phone, 320} {
			b.Width(width)
			for _, lang := range []string{"en", "vi"} { // the cookie keeps it
				b.Go(base + "/robots.txt?lang=" + lang)
				b.Go(base + path)
				b.Check(fmt.Sprintf("%s at %d in %s", name, width, lang))
				if width != 320 {
					b.Shot(fmt.Sprintf("site-%s-%s-%d", name, lang, width))
				}
			}
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
	b.Check("converted")
}
