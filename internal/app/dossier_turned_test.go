package app

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/dossier"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// refuses brings a dossier to its agency, which does not take it.
func (s *shop) refuses(c, officer *clerk, n postal.DossierNumber) {
	s.t.Helper()
	opened := c.post("/dossiers/agencies/"+string(justice), "item", string(s.dossier(n).Item), "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
	s.compares(officer, opened.to, n, "verdict", "refused", "refusal", "not_competent", "basis", "onestop_17").wants(s.t, http.StatusSeeOther)
	s.signs(c, opened.to, "giver")
	s.signs(officer, opened.to, "taker")
	s.isAt(n, dossier.Refused)
}

// If this fails a dossier that its agency refused lies for weeks and stands on no board that says so: the way back has no due date.
func TestWhatWasRefusedStandsOnTheBoardsWithItsDays(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		s.must(s.Dossiers.KeepAgency(t.Context(), dossier.Agency{Code: "so-xay-dung-mau", Name: "Sở Xây dựng mẫu", Address: "2 phố Mẫu", Unit: s.unit, Office: shopOffice, Active: true}))
		_, _, err := s.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: "cb2", Name: "Người mẫu cb2", Roles: []web.Role{{Name: web.AgencyOfficer, Office: postal.AgencyCode("so-xay-dung-mau").Desk()}}, Password: secretWord})
		s.must(err)
		c, officer := s.as("gd1"), s.as("cb1")
		later, first := s.takeIn(c), s.takeIn(c)
		s.refuses(c, officer, first)
		c.get("/dossiers").wants(t, 200, "Đang trả về, từ hôm nay")
		s.pass(48 * time.Hour)
		c, officer = s.as("gd1"), s.as("cb1")
		s.refuses(c, officer, later)
		wanted := s.takeIn(c)
		s.doIt(c, wanted, "withdraw", http.StatusSeeOther, "reason", "changed_mind")
		s.pass(3 * 24 * time.Hour)

		words := []string{"Đang trả về, 5 ngày", "Đang trả về, 3 ngày", "Không có quy định nào đã đọc nêu hạn cho chiều trả về"}
		for _, x := range []struct{ login, path string }{{"gd1", "/dossiers"}, {"cb1", "/dossiers"}, {"gd1", "/dossiers/late"}} {
			page := s.as(x.login).get(x.path).wants(t, 200, words...)
			if strings.Index(page.text, first.Grouped()) > strings.Index(page.text, later.Grouped()) {
				t.Errorf("%s sees on %s the later one first", x.login, x.path)
			}
			if mine := x.login == "gd1"; strings.Contains(page.text, wanted.Grouped()) != mine {
				t.Errorf("%s sees on %s what its citizen wants back: %v", x.login, x.path, !mine)
			}
		}
		s.as("gd1").get("/dossiers").wants(t, 200, "!Bưu điện trễ")
		s.as("gd1").get("/dossiers/case/"+string(wanted)).wants(t, 200, "không còn tính: hồ sơ quay về", "!Bưu điện trễ")
		s.as("cb2").get("/dossiers").wants(t, 200, "!"+first.Grouped())
		s.as("cb1").get("/dossiers/case/"+string(first)).wants(t, 200, "Cơ quan từ chối")
	})
}
