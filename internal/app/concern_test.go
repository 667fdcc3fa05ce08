package app

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Whoever has a right at one office has nothing to do with the dossiers and the money of another.

// hire adds a person with one role.
func (s *shop) hire(login string, right web.Right, o postal.OfficeCode) *clerk {
	s.t.Helper()
	_, _, err := s.Accounts.Add(s.t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: login, Name: "Người mẫu " + login, Office: o, Roles: []web.Role{{Name: right, Office: o}}, Password: secretWord})
	s.must(err)
	return s.as(login)
}

// If this fails a supervisor anywhere pays himself any sum for a packet that nothing happened to.
func TestNobodyCompensatesWhatIsSoundOrMoreThanWasGranted(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, boss, second, far := s.as("gd1"), s.as("ks1"), s.hire("ks2", web.Supervisor, shopOffice), s.hire("ks9", web.Supervisor, otherOffice)
		n := s.takeIn(c)
		item := s.dossier(n).Item
		paid, _ := cash.PaidFor(s.Ledger.View(t.Context()), item)
		least := itoa(int(4 * paid.ListVND))
		record := []string{"record", "BB-1", "kind", "damaged", "fault", "post"}
		page := cash.ItemPath(item) + "/compensate"
		s.doIt(boss, n, "liability", http.StatusConflict, record...)
		s.doIt(far, n, "liability", http.StatusForbidden, record...)
		boss.post(page, "from", "transfer", "amount_vnd", least, "record", "BB-1", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusConflict, "biên bản")
		s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
		s.doIt(far, n, "liability", http.StatusForbidden, record...)
		s.doIt(boss, n, "liability", http.StatusSeeOther, append(record, "granted", "300000")...)
		far.post(page, "from", "transfer", "amount_vnd", least, "record", "BB-1", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusForbidden)
		s.doIt(far, n, "compensate", http.StatusForbidden, "amount", least, "means", "transfer")
		boss.post(page, "from", "transfer", "amount_vnd", least, "record", "BB-2", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusConflict, "biên bản")
		s.doIt(second, n, "compensate", http.StatusConflict, "amount", "300001", "means", "transfer").wants(t, http.StatusConflict, "300.000 đ")
		s.doIt(boss, n, "compensate", http.StatusForbidden, "amount", "300000", "means", "transfer")
		s.balance(cash.Compensation, 0)
		s.doIt(second, n, "compensate", http.StatusSeeOther, "amount", "300000", "means", "transfer")
		s.balance(cash.Compensation, 300_000)
		if d := s.isAt(n, dossier.Lost); d.Liables[0].AmountVND != 300_000 || d.Liables[0].By == "" {
			t.Errorf("the record: %+v", d.Liables[0])
		}
	})
}

// If this fails ordinary mail that lies sound at the counter is paid for, or more than the rules give.
func TestOrdinaryMailIsCompensatedOnlyWhenItIsLostAndByTheRules(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openShop(t, dir, dsn, ownPrices)
		s.openShift("gd1", "990100-1")
		c, boss, far := s.as("gd1"), s.as("ks1"), s.hire("ks9", web.Supervisor, otherOffice)
		form, _ := s.shown(c)
		set(form, "means", "transfer")
		item := itemOf(c.post("/desk/accept", form...).wants(t, http.StatusSeeOther))
		paid, _ := cash.PaidFor(s.Ledger.View(t.Context()), item)
		pay := func(who *clerk, amount postal.VND, status int) {
			t.Helper()
			who.post(cash.ItemPath(item)+"/compensate", "from", "transfer", "amount_vnd", itoa(int(amount)), "record", "BB-1", "act", postal.NewActID(s.clock()).String()).wants(t, status)
		}
		least := 4 * paid.ListVND
		pay(boss, least, http.StatusConflict)
		s.act("gd1", custody.ReportLost{Item: item, Reason: "not_found"})
		pay(far, least, http.StatusForbidden)
		pay(boss, least+1, http.StatusConflict)
		s.balance(cash.Compensation, 0)
		pay(boss, least, http.StatusSeeOther)
		s.balance(cash.Compensation, least)
	})
}

// If this fails anybody of the post reads who sends what to which authority, and prints the note with the citizen's secret.
func TestOnlyTheOfficesOnItsWaySeeWhoseADossierIs(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, far, postman := s.as("gd1"), s.hire("gd9", web.Clerk, otherOffice), s.hire("bt9", web.Carrier, otherOffice)
		n := s.takeIn(c)
		path := "/dossiers/case/" + string(n)
		p, err := s.Dossiers.Told(t.Context(), "NV0001", shopOffice, s.dossier(n))
		s.must(err)
		for _, who := range []*clerk{far, postman} {
			who.get(path).wants(t, 200, "không qua bưu cục của bạn", "!N•••", "!"+p.Note.Secret)
			for _, what := range []string{"/people", "/note"} {
				who.get(path+what).wants(t, http.StatusForbidden, "!Nguyễn Văn Mẫu", "!"+p.Note.Secret)
			}
		}
		far.post(path, "do", "withdraw", "reason", "none", "full", "1", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusUnprocessableEntity, "!Nguyễn Văn Mẫu")
		far.post("/dossiers", "q", "0912345678").wants(t, 200, "Không tìm thấy", "!"+string(n))
		c.post("/dossiers", "q", "0912345678").wants(t, http.StatusSeeOther)
		far.post(path+"/people", "secret", "AAAAAA").wants(t, http.StatusUnprocessableEntity, "Không khớp với hồ sơ này", "!Nguyễn Văn Mẫu")
		far.post(path+"/people", "secret", p.Note.Secret).wants(t, 200, "Nguyễn Văn Mẫu")
		c.get(path+"/people").wants(t, 200, "Nguyễn Văn Mẫu")
		far.get("/track/"+string(s.dossier(n).Item)).wants(t, http.StatusNotFound) // its numbers follow one another: it is followed by code and secret
		c.get(path+"/note").wants(t, 200, p.Note.Secret)
	})
}

// If this fails many strangers together guess the six characters of one dossier.
func TestWrongSecretsOfOneDossierAreCountedTogether(t *testing.T) {
	SkipShort(t)
	s := openDossiers(t, t.TempDir(), "")
	n := s.takeIn(s.as("gd1"))
	p, err := s.Dossiers.Told(t.Context(), "NV0001", shopOffice, s.dossier(n))
	s.must(err)
	s.Dossiers.Limit = web.Limit{} // as if each came from a network of its own
	stranger := s.as("bt1")        // signed in or not, it is the page for everyone
	for range 10 {
		stranger.post("/track/dossier", "code", string(n), "secret", "AAAAAA").wants(t, http.StatusUnprocessableEntity)
	}
	stranger.post("/track/dossier", "code", string(n), "secret", p.Note.Secret).wants(t, http.StatusTooManyRequests)
	s.pass(time.Hour)
	stranger.post("/track/dossier", "code", string(n), "secret", p.Note.Secret).wants(t, 200)
}

// If this fails the supervisor of one office moves or switches off an agency of the whole city, and nobody knows who did.
func TestOnlyThePlannerChangesAgenciesAndTheLedgerKnowsWho(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		planner := s.hire("ql1", web.Planner, "")
		form := []string{"code", string(justice), "name", "Sở Tư pháp mẫu", "address", "1 phố Mẫu", "unit", string(s.unit), "off", "1"}
		s.as("ks1").post("/dossiers/agencies", form...).wants(t, http.StatusForbidden)
		s.as("ks1").get("/dossiers/agencies").wants(t, 200, "Sở Tư pháp mẫu", "!Thêm hoặc sửa cơ quan")
		planner.get("/dossiers/agencies").wants(t, 200, "Thêm hoặc sửa cơ quan")
		before := s.Ledger.Seq()
		planner.post("/dossiers/agencies", form...).wants(t, http.StatusSeeOther)
		planner.post("/dossiers/agencies", form...).wants(t, http.StatusSeeOther) // nothing changes: nothing is written
		entries, err := s.Ledger.After(t.Context(), before, 10)
		s.must(err)
		if len(entries) != 1 || entries[0].Actor == "" {
			t.Fatalf("%d entries: %+v", len(entries), entries)
		}
		if f, ok := entries[0].Facts[0].(event.AgencyKept); !ok || f.Agency != justice || !slices.Equal(f.What, []string{"off"}) || f.Active || f.Unit != s.unit {
			t.Errorf("recorded: %+v", entries[0].Facts)
		}
		list, err := s.Dossiers.Agencies(t.Context())
		s.must(err)
		if len(list) != 1 || list[0].Active {
			t.Errorf("the list: %+v", list)
		}
	})
}
