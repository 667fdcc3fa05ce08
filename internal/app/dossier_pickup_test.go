package app

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"citypost/internal/web"
)

// If this fails a clerk reads that a result was given which nobody has fetched.
func TestAnInvitationIsNoEndOnTheClerksPage(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c, "keep", "office")
	s.bring(c, officer, n)
	s.arrives(c, officer, n, "8000")
	s.doIt(c, n, "invite", http.StatusSeeOther, "how", "phone", "last", "0")
	if page := c.get("/dossiers/case/"+string(n)).wants(t, 200, "</strong>, đã mời "); strings.Count(page.text, "</strong>, xong ") != 1 {
		t.Error("one way is done, the one to the agency")
	}
	c.get("/dossiers").wants(t, 200, "đã mời ", "!xong ")
}

// If this fails nobody learns at which office a result is to be fetched: the system chooses it by the place.
func TestWhereAResultIsFetchedIsNamed(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	o, _ := s.Places.Directory().Office(shopOffice)
	at := "người dân đến nhận tại " + o.Name
	if o.Name == "" {
		t.Fatal("the office has no name")
	}
	form := append(s.intake("keep", "office", "seal", s.nextSeal()), s.papersOf(certificate)...)
	c.post("/dossiers/new", append(form, "act", c.get("/dossiers/new").hidden("act"), "do", "check")...).wants(t, 200, at)
	n := s.takeIn(c, "keep", "office")
	path := "/dossiers/case/" + string(n)
	c.get(path).wants(t, 200, at)
	c.get(path+"/note").wants(t, 200, "Nhận kết quả: <strong>"+at)
	p, err := s.Dossiers.Told(t.Context(), "NV0001", shopOffice, s.dossier(n))
	s.must(err)
	c.post("/track/dossier", "code", string(n), "secret", p.Note.Secret).wants(t, 200, at)
	s.bring(c, officer, n)
	s.arrives(c, officer, n, "0")
	c.get(path).wants(t, 200, "mời người nhận đến")
}

// If this fails a clerk who is asked for a result that lies in his room finds it in no list.
func TestAResultThatLiesHereIsOnTheClerksList(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	far, _ := s.Places.Directory().Office(otherOffice)
	n := s.takeIn(c, "keep", "office", "same", "", "to.name", "Trần Thị Mẫu", "to.phone", "0912 345 679", "to.address", "2 đường Mẫu", "to.unit", string(far.Unit))
	s.bring(c, officer, n)
	if d := s.arrives(c, officer, n, "0"); d.ToOffice != otherOffice {
		t.Fatalf("it goes to %s", d.ToOffice)
	}
	link := `href="/dossiers/case/` + string(n) + `"`
	c.get("/dossiers").wants(t, 200, link)
	s.hire("gd9", web.Clerk, otherOffice).get("/dossiers").wants(t, 200, link)
	m := s.takeIn(c, "keep", "office")
	s.bring(c, officer, m)
	s.arrives(c, officer, m, "0")
	if page := c.get("/dossiers"); strings.Count(page.text, `href="/dossiers/case/`+string(m)+`"`) != 1 {
		t.Error("a result that is this office's stands on its list once")
	}
}

// If this fails a clerk takes an invitation that does not count for one that does.
func TestAnInvitationThatDoesNotCountIsToldApart(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c, "keep", "office")
	s.bring(c, officer, n)
	s.arrives(c, officer, n, "0")
	path := "/dossiers/case/" + string(n)
	invite := func(words ...string) {
		t.Helper()
		s.doIt(c, n, "invite", http.StatusSeeOther, "how", "phone", "last", strconv.FormatInt(s.dossier(n).InvitedMs, 10))
		c.get(path).wants(t, 200, words...)
	}
	const idle = "lần này không tính là một lần mời, mời từ ngày 27/11/2026 mới tính."
	invite("Đã ghi: đã mời.", "!"+idle)
	invite("Đã ghi: đã mời; "+idle, "!Đã ghi: đã mời.")
}

var blankBefore = regexp.MustCompile(`\S+(</[a-z]+>)? +[,.;:]( |<|$)`)

// If this fails commas and points stand after a blank on what the citizen takes home.
func TestNoBlankStandsBeforeAComma(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c, "keep", "office")
	s.bring(c, officer, n)
	s.arrives(c, officer, n, "0")
	for _, path := range []string{"/dossiers/case/" + string(n), "/dossiers/case/" + string(n) + "/note", "/dossiers/new/missing?procedure=" + certificate} {
		page := c.get(path).wants(t, 200)
		if found := blankBefore.FindString(page.text); found != "" {
			t.Errorf("%s: %q", path, found)
		}
	}
}

// If this fails the place is called optional as soon as places are offered, and the form is refused without one.
func TestThePlaceIsNotCalledOptional(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c := s.as("gd1")
	form := append(s.intake("act", c.get("/dossiers/new").hidden("act")), s.papersOf(certificate)...)
	page := c.post("/dossiers/new", append(form, "do", "check")...).wants(t, 200, `name="from.unit"`)
	_, label, _ := strings.Cut(page.text, `for="from-place"`)
	if label, _, _ = strings.Cut(label, "</label>"); !strings.Contains(label, "Xã, phường, đặc khu") || strings.Contains(label, "không bắt buộc") {
		t.Errorf("the label reads %q", label)
	}
}
