package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

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
	SkipShort(t)
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
	SkipShort(t)
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

// If this fails a result lies packed at its agency for ever once its handover was called off, or some results are taken while nobody is told of the others; and a packet that is scanned twice is counted twice.
func TestResultsAreFetchedAllOrNoneAndAgainAfterACalledOffHandover(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		n, second := s.takeIn(c), s.takeIn(c, "seal", "np000124")
		for _, n := range []postal.DossierNumber{n, second} {
			s.bring(c, officer, n)
			s.doIt(officer, n, "ready", http.StatusSeeOther, "outcome", "granted")
		}
		counts := func(n postal.DossierNumber, seal string) []string {
			return []string{"dossier", string(n), "o." + string(n), "1", "seal." + string(n), seal, "weight." + string(n), "50"}
		}
		at := "/dossiers/agencies/" + string(justice)
		fetch := func(form ...string) screen {
			v := url.Values{"act": {postal.NewActID(s.clock()).String()}}
			for i := 0; i+1 < len(form); i += 2 {
				v.Add(form[i], form[i+1])
			}
			return c.read(c.client.PostForm(c.url+at+"/results", v))
		}
		before := s.Ledger.Seq()
		refused := fetch(append(counts(n, "KQ77"), "dossier", string(second), "seal."+string(second), "KQ78", "weight."+string(second), "50")...) // nothing of the second was counted
		if refused.status < 400 || s.Ledger.Seq() != before || !strings.Contains(refused.text, string(second)[1:7]) {
			t.Fatalf("%d, %d acts", refused.status, s.Ledger.Seq()-before)
		}
		path := fetch(counts(n, "KQ77")...).wants(t, http.StatusSeeOther).to
		c.post(path+"/withdraw", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		c.get(at).wants(t, 200, "Đã đóng gói, niêm phong", "KQ77")
		path = fetch(append(counts(second, "KQ78"), "dossier", string(n))...).wants(t, http.StatusSeeOther).to
		scan := func() {
			c.post(path+"/scan", "code", string(s.dossier(n).Result)).wants(t, http.StatusSeeOther)
		}
		scan()
		before = s.Ledger.Seq()
		scan()
		if got := s.Ledger.Seq() - before; got != 0 {
			t.Errorf("%d acts by the second scan of a packet", got)
		}
		c.post(path+"/compare", "item", string(s.dossier(second).Result), "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		s.signs(officer, path, "giver")
		s.signs(c, path, "taker")
		s.isAt(n, dossier.Received)
		s.isAt(second, dossier.Received)

		left := func() (n int) {
			s.must(s.DB.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM dossier_form`).Scan(&n))
			return n
		}
		s.must(s.Dossiers.Tidy(t.Context()))
		if left() == 0 {
			t.Error("the marks of today's forms are gone")
		}
		s.pass(31 * 24 * time.Hour)
		s.must(s.Dossiers.Tidy(t.Context()))
		if n := left(); n != 0 {
			t.Errorf("%d marks of forms are left", n)
		}
	})
}
