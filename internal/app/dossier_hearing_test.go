package app

import (
	"net/http"
	"strings"
	"testing"

	"citypost/internal/account"
	"citypost/internal/api"
	"citypost/internal/dossier"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// If this fails a carrier, or a clerk of any office, speaks for any agency, and writes into the ledger what he likes.
func TestAPostmanSpeaksForNoAgencyAndNobodyWritesWordsForPapers(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer, postman := s.as("gd1"), s.as("cb1"), s.as("bt1")
	n := s.takeIn(c)
	s.bring(c, officer, n)
	for do, pairs := range map[string][]string{"slip": {"slip", "H24-1"}, "ask": {"papers", "01", "reason", "paper_missing"}, "later": {"due", "2027-01-01"},
		"ready": {"outcome", "granted", "owed", "99000000"}} {
		s.doIt(postman, n, do, http.StatusForbidden, pairs...)
	}
	s.doIt(c, n, "slip", http.StatusSeeOther, "slip", "H24-1", "due", "2026-12-20")
	s.doIt(postman, n, "tell", http.StatusForbidden, "how", "phone")
	for _, who := range []*clerk{c, officer} {
		s.doIt(who, n, "ask", http.StatusUnprocessableEntity, "papers", "Nguyễn Văn Mẫu, 0912345678", "reason", "paper_missing").wants(t, http.StatusUnprocessableEntity, "danh mục công bố")
		s.doIt(who, n, "ready", http.StatusUnprocessableEntity, "outcome", "granted", "recall", "0912345678")
	}
	act, err := agencyDossiers{s.House}.Act(t.Context(), justice, string(n), api.Meaning{Kind: api.AsksMore, Papers: []string{strings.Repeat("x", 500_000)}, Reason: "paper_missing"})
	s.must(err)
	now := s.clock()
	if _, err := s.Ledger.Append(t.Context(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: justice.Desk(), Actor: "NV0001"}, act); fault.Code(err) != "dossier.not_listed" {
		t.Errorf("500,000 letters by the API: %v", err)
	}
	s.doIt(c, n, "ready", http.StatusSeeOther, "outcome", "granted", "owed", "99000000")
	c.get("/dossiers/case/"+string(n)).wants(t, 200, "99.000.000", "do bưu cục ghi theo lời cơ quan")
	s.doIt(officer, n, "ready", http.StatusSeeOther, "outcome", "granted", "owed", "8000")
	c.get("/dossiers/case/"+string(n)).wants(t, 200, "8.000", "do cơ quan báo")
	if d := s.isAt(n, dossier.Ready); d.OwedVND != 8_000 {
		t.Errorf("owed %d", d.OwedVND)
	}
}

// If this fails a clerk files a dossier with any agency, or counts it past the comparison, by a form that no page has.
func TestNoFormFilesADossierElsewhereOrUncompared(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	const other postal.AgencyCode = "so-xay-dung-mau"
	s.must(s.Dossiers.KeepAgency(t.Context(), dossier.Agency{Code: other, Name: "Sở Xây dựng mẫu", Address: "2 phố Mẫu", Unit: s.unit, Office: shopOffice, Active: true}))
	_, _, err := s.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: "cb2", Name: "Người mẫu cb2", Roles: []web.Role{{Name: web.AgencyOfficer, Office: other.Desk()}}, Password: secretWord})
	s.must(err)
	c := s.as("gd1")
	n := s.takeIn(c)
	item := string(s.dossier(n).Item)
	opens := func(at string) screen {
		return c.post("/dossiers/agencies/"+at, "item", item, "act", postal.NewActID(s.clock()).String())
	}
	opens(string(other)).wants(t, http.StatusConflict, "không phải hồ sơ gửi cơ quan này")
	opens("khong-co").wants(t, http.StatusNotFound)
	path := opens(string(justice)).wants(t, http.StatusSeeOther).to
	for _, who := range []*clerk{c, s.as("cb1")} {
		who.post(path+"/compare", "item", item, "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusConflict, "đối chiếu từng giấy tờ")
	}
	s.as("cb2").get(path).wants(t, http.StatusForbidden)
	s.isAt(n, dossier.AtAgency)
}
