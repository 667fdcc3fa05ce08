package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"citypost/internal/app"
	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/demo"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/web/webtest"
)

// TestASessionThatEndsBetweenTwoSignaturesLosesNothing lets both persons fill in, press the key when their time is over, sign in again and go on: what the first asked
// and what the second ticked is what counts, and it counts once.
func TestASessionThatEndsBetweenTwoSignaturesLosesNothing(t *testing.T) {
	app.SkipShort(t)
	w := makeUp(t, filepath.Join(t.TempDir(), "closed"))
	t.Cleanup(func() { _ = w.h.Close() })
	url := webtest.Serve(t, w.h.Handler())
	bag := w.must(t, w.clerks[0], closedmail.StartVessel{Office: w.here, To: w.to, Facility: w.bags[0]}).Facts[0].(event.BagStarted).Bag
	w.must(t, w.clerks[0], closedmail.Pack{Item: w.items[0], Bag: bag})
	path := "/kt1/vessels/" + string(bag)
	first, second := webtest.Open(t), webtest.Open(t)
	enter := func(b *webtest.Browser, login string) {
		b.Fill("[name=login]", login)
		b.Fill("[name=password]", demo.Password)
		b.Submit("main form button[type=submit], main form button")
	}
	over := func(send func()) { // the time of every session is over when this is sent
		usual := w.h.Accounts.Idle
		w.h.Accounts.Idle = 0
		send()
		w.h.Accounts.Idle = usual
	}
	first.Go(url + "/sign-in")
	enter(first, w.logins[0])
	second.Go(url + "/sign-in")
	enter(second, w.logins[1])

	first.Go(url + path)
	first.Fill(`form[action$="/close"] [name=seal]`, "NP-80001")
	webtest.Eval[bool](first, `(document.querySelector("form[action$='/close'] [name=second]").value = "`+string(w.clerks[1])+`") !== ""`)
	over(func() { first.Submit(`form[action$="/close"] button[name=way]`) })
	says(t, first, "Phiên làm việc đã hết")
	enter(first, w.logins[0])
	says(t, first, "vẫn còn đây")
	says(t, first, "Đóng và niêm phong: hai người – Niêm phong") // what will be sent
	first.Submit("main form button")
	says(t, first, "Đang chờ")

	second.Go(url + "/kt1/signatures")
	second.Submit("main table a")
	says(t, second, "NP-80001")
	second.Click("[name=present]")
	over(func() { second.Submit(`form[action$="/sign"] button[type=submit]`) })
	says(t, second, "Phiên làm việc đã hết")
	if b, _ := ledger.Get[*custody.Bag](w.h.Ledger.View(t.Context()), custody.KeyOf(bag)); b.Status != custody.BagOpen {
		t.Fatal("the bag was closed by somebody who was not signed in")
	}
	enter(second, w.logins[1])
	second.Submit("main form button")
	says(t, second, "Đã ký")
	b, _ := ledger.Get[*custody.Bag](w.h.Ledger.View(t.Context()), custody.KeyOf(bag))
	x, _ := ledger.Get[*closedmail.Vessel](w.h.Ledger.View(t.Context()), closedmail.VesselKey(bag))
	if b.Status != custody.BagSealed || x.Seal != "NP-80001" || x.First != w.clerks[0] || x.Second != w.clerks[1] {
		t.Errorf("the bag is %s with seal %s by %s and %s", b.Status, x.Seal, x.First, x.Second)
	}
}

func says(t *testing.T, b *webtest.Browser, words string) {
	t.Helper()
	if text := b.Text("main"); !strings.Contains(text, words) {
		t.Fatalf("%s does not read %q:\n%s", b.Path(), words, text)
	}
}
