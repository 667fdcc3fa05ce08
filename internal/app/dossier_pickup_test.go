package app

import (
	"net/http"
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
