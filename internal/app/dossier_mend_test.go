package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/personal"
)

var noteAddress = regexp.MustCompile(`(?:https?://[^/<]+)?(/[a-z/]*dossier[a-z/]*)<br/?>`)

// If this fails the citizen's note leads nowhere, or the agency and the post keep the citizen's secret.
func TestTheNoteLeadsToAPageAndOnlyTheCitizensCopyHasTheSecret(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c := s.as("gd1")
	n := s.takeIn(c)
	page := c.get("/dossiers/case/"+string(n)+"/note").wants(t, 200, "Bản 1", "Bản 3")
	addresses := noteAddress.FindAllStringSubmatch(page.text, -1)
	if len(addresses) != 3 {
		t.Fatalf("%d addresses on three copies", len(addresses))
	}
	c.get(addresses[0][1]+"?code="+string(n)).wants(t, 200, `value="`+string(n)+`"`)
	p, err := s.Dossiers.Told(t.Context(), "NV0001", shopOffice, s.dossier(n))
	s.must(err)
	if at := strings.Index(page.text, p.Note.Secret); p.Note.Secret == "" || strings.Count(page.text, p.Note.Secret) != 1 || at > strings.Index(page.text, "Bản 2") {
		t.Error("the secret is not on the first copy alone")
	}
}

// If this fails whoever only sent a dossier is never forgotten.
func TestADossierThatIsOnlySentIsForgottenToo(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c, "form", "send")
	if err := (dossierKeeper{s.House}).Stays(t.Context(), event.Thing(n)); fault.Code(err) != personal.UnderWay {
		t.Errorf("at the office: %v", err)
	}
	s.bring(c, officer, n)
	s.doIt(officer, n, "slip", http.StatusSeeOther, "slip", "H24.12.5-261125-0042", "due", "2026-12-04")
	s.doIt(c, n, "tell", http.StatusSeeOther, "how", "phone")
	s.isAt(n, dossier.SlipTold)
	s.forgets(n)
}
