package app

import (
	"net/http"
	"strings"
	"testing"
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
