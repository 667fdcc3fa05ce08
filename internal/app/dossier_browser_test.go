package app

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"citypost/internal/dossier"
	"citypost/internal/postal"
	"citypost/internal/web/webtest"
)

// signIn signs somebody in by the page, as he would.
func signIn(b *webtest.Browser, url, login string) {
	b.Go(url + "/sign-in")
	b.Fill("input#login", login)
	b.Fill("input#password", secretWord)
	b.Submit(`main form button[type="submit"]`)
}

// The counter's main flow with a scanner's keystrokes: number keys tick papers, a seal that is scanned ends with Enter and accepts nothing, F4 accepts.
func TestADossierIsTakenInWithKeysAndScannerAlone(t *testing.T) {
	SkipShort(t)
	dir := t.TempDir()
	s := openDossiers(t, dir, filepath.Join(dir, "city.db"))
	b := webtest.Open(t)
	signIn(b, s.url, "gd1")
	b.Go(s.url + "/dossiers/new")
	b.TypeAndGo("khai sinh\r")
	b.Shot("dossier-find-desk")
	b.Check("finding a procedure")
	b.Submit(`button[name="procedure"][value="` + certificate + `"]`)
	webtest.Eval[bool](b, `(document.querySelector("#agency").value = "`+string(justice)+`") != ""`)
	b.Fill("input#from-name", "Nguyễn Văn Mẫu")
	b.Fill("input#from-phone", "0912345678")
	b.Fill("input#from-address", "12 ngõ 5 đường Mẫu")
	b.Fill("input#from-place", "hong bang")
	ward := `input[name="from.unit"][value="` + string(s.unit) + `"]`
	b.Wait(ward)
	b.Click(ward)
	b.Fill("input#weight", "120")
	b.Press("F2")
	if f := b.Focus(); f != "seal" {
		t.Fatalf("F2 leads to %q", f)
	}
	b.TypeAndGo("NP000123\r") // the scanner's Enter: it checks
	b.Shot("dossier-missing-desk")
	b.Complaints() // a 422 is what a refused form answers
	b.Check("papers missing")
	if !strings.Contains(b.Text("main"), "Thiếu 1 bản") {
		t.Error("nothing is missing")
	}
	webtest.Eval[bool](b, `document.activeElement.blur() || true`)
	for _, key := range []string{"1", "2", "3", "4", "5"} {
		b.Press(key)
	}
	b.Click("#signed")
	b.PressAndGo("F4")
	b.Shot("dossier-check-desk")
	b.Check("ready to accept")
	b.PressAndGo("F4")
	b.Wait(".panel")
	if !strings.HasPrefix(b.Path(), "/dossiers/case/") {
		t.Fatalf("at %s: %s", b.Path(), b.Text("main"))
	}
	code, err := postal.ParseDossierNumber(strings.TrimPrefix(strings.SplitN(b.Path(), "?", 2)[0], "/dossiers/case/"))
	s.must(err)
	s.isAt(code, dossier.Accepted)
	b.Shot("dossier-case-desk")
	b.Check("the case")
	for _, page := range []struct{ name, path string }{
		{"board", "/dossiers"}, {"new", "/dossiers/new?procedure=" + certificate}, {"case", "/dossiers/case/" + string(code)}, {"agencies", "/dossiers/agencies"}, {"bundle", "/dossiers/agencies/" + string(justice)}, {"late", "/dossiers/late"},
	} {
		b.Go(s.url + page.path)
		b.Both("dossier-"+page.name, page.name)
	}
	b.Go(s.url + "/dossiers/case/" + string(code) + "/note")
	home := webtest.Open(t)
	home.Width(webtest.Phone)
	signIn(home, s.url, "bt1")
	home.Go(s.url + "/dossiers/new?procedure=" + certificate)
	home.Shot("dossier-home-phone")
	home.Check("at home on a phone")
	b.Shot("dossier-note")
	b.Check("the note")
}

// Both sign on one screen: the clerk, then the officer beside him with login and password.
func TestTheOfficerSignsBesideTheClerk(t *testing.T) {
	SkipShort(t)
	dir := t.TempDir()
	s := openDossiers(t, dir, filepath.Join(dir, "city.db"))
	c := s.as("gd1")
	n := s.takeIn(c)
	opened := c.post("/dossiers/agencies/"+string(justice), "item", string(s.dossier(n).Item), "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
	b := webtest.Open(t)
	signIn(b, s.url, "gd1")
	b.Go(s.url + opened.to)
	b.Shot("dossier-handing-desk")
	b.Check("handing over")
	b.Fill("input#seal", "NP000123")
	for _, x := range asListed(s.dossier(n)) {
		b.Fill(`input[name="`+x.name+`"]`, itoa(x.count))
	}
	b.Click(`input[name="verdict"][value="complete"]`)
	b.Submit(`form[action$="/compare"] button[type="submit"]`)
	b.Submit(`.sign-side:first-of-type form[action$="/sign"] button`)
	b.Shot("dossier-signed-once-desk")
	b.Click(".sign-side summary")
	b.Fill("input#login", "cb1")
	b.Fill("input#password", secretWord)
	b.Submit(`.sign-side details[open] button`)
	s.isAt(n, dossier.HandedOver)
	b.Shot("dossier-signed-desk")
	b.Check("signed")
	b.Width(webtest.Phone)
	b.Go(s.url + opened.to)
	b.Shot("dossier-signed-phone")
	b.Check("signed, on a phone")
}
