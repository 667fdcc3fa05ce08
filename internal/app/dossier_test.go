package app

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/web"
)

// If these fail, a dossier gets stuck at some screen on its way from the counter to the agency and back, or leaves its money or its people behind.

const (
	justice     postal.AgencyCode = "so-tu-phap-mau"
	certificate                   = "9.900001"
)

// openDossiers is a shop that takes dossiers in for one agency, with a postman and the agency's officer.
func openDossiers(t *testing.T, dir, dsn string) *shop {
	t.Helper()
	s := openShop(t, dir, dsn, ownPrices)
	s.must(procedure.MakeUp(t.Context(), s.Procedures, postal.DayOf(s.clock())))
	s.must(s.Dossiers.KeepAgency(t.Context(), dossier.Agency{Code: justice, Name: "Sở Tư pháp mẫu", Address: "1 phố Mẫu", Unit: s.unit, Office: shopOffice, Active: true}))
	for login, role := range map[string]web.Role{"bt1": {Name: web.Carrier, Office: shopOffice}, "cb1": {Name: web.AgencyOfficer, Office: justice.Desk()}} {
		_, _, err := s.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: login, Name: "Người mẫu " + login, Roles: []web.Role{role}, Password: secretWord})
		s.must(err)
	}
	for _, service := range []event.Service{event.DossierSend, event.DossierReturn} {
		s.act("ks1", custody.ReserveRange{Office: shopOffice, Letters: custody.Letters(service), From: 1, To: 999})
	}
	s.act("ks1", cash.OpenBook{Book: "MAU/1", From: 1, To: 50})
	s.openShift("gd1", "990100-1")
	return s
}

// papersOf is the form of everything on the list, as asked for.
func (s *shop) papersOf(code string) (form []string) {
	p, err := published{s.Procedures}.On(code, postal.DayOf(s.clock()))
	s.must(err)
	for _, a := range p.Papers {
		form = append(form, "ok."+a.ID, "1")
	}
	return form
}

func (s *shop) intake(more ...string) []string {
	return append([]string{"procedure", certificate, "agency", string(justice), "form", "both", "same", "1", "keep", "home", "means", "cash", "signed", "1", "seal", "np000123", "weight", "120",
		"from.name", "Nguyễn Văn Mẫu", "from.phone", "0912 345 678", "from.address", "12 ngõ 5 đường Mẫu", "from.unit", string(s.unit)}, more...)
}

// nextSeal gives a seal that closes nothing yet.
func (s *shop) nextSeal() string {
	s.seals++
	return fmt.Sprintf("NPX%06d", s.seals)
}

// takeIn takes one dossier in at the counter and gives its code.
func (s *shop) takeIn(c *clerk, more ...string) postal.DossierNumber {
	s.t.Helper()
	form := append(s.intake(append([]string{"seal", s.nextSeal()}, more...)...), s.papersOf(certificate)...)
	page := c.post("/dossiers/new", append(form, "act", c.get("/dossiers/new").hidden("act"), "do", "check")...).wants(s.t, 200, "Nhận hồ sơ, thu ", "Sở Tư pháp mẫu", "Giao cơ quan ", "chậm nhất")
	done := c.post("/dossiers/new", append(form, "act", page.hidden("act"), "shown", page.hidden("shown"), "do", "accept")...).wants(s.t, http.StatusSeeOther)
	code, err := postal.ParseDossierNumber(strings.TrimSuffix(strings.TrimPrefix(done.to, "/dossiers/case/"), "?new=1"))
	if err != nil {
		s.t.Fatalf("led to %s: %v", done.to, err)
	}
	return code
}

func (s *shop) dossier(n postal.DossierNumber) *dossier.Dossier {
	s.t.Helper()
	d, err := dossier.Find(s.Ledger.View(s.t.Context()), n)
	s.must(err)
	return d
}

func (s *shop) isAt(n postal.DossierNumber, want dossier.State) *dossier.Dossier {
	s.t.Helper()
	d := s.dossier(n)
	if d.State != want {
		s.t.Fatalf("the dossier is %s, want %s", d.State, want)
	}
	return d
}

// doIt presses one of the buttons of a dossier's page.
func (s *shop) doIt(c *clerk, n postal.DossierNumber, do string, status int, pairs ...string) screen {
	s.t.Helper()
	act := postal.NewActID(s.clock()).String()
	return c.post("/dossiers/case/"+string(n), append(pairs, "do", do, "act", act)...).wants(s.t, status)
}

var differenceMark = regexp.MustCompile(`name="difference" value="([^"]*)"`)

// signs lets somebody sign a side in a session of his own.
func (s *shop) signs(c *clerk, path, side string) {
	s.t.Helper()
	page := c.get(path).wants(s.t, 200)
	mark := ""
	if m := differenceMark.FindStringSubmatch(page.text); m != nil {
		mark = m[1]
	}
	c.post(path+"/sign", "side", side, "difference", mark, "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
}

// compares records the officer's finding as the page shows it: everything as listed.
func (s *shop) compares(c *clerk, path string, n postal.DossierNumber, more ...string) screen {
	s.t.Helper()
	d := s.dossier(n)
	v := url.Values{"dossier": {string(n)}, "seal": {d.Seal}, "act": {postal.NewActID(s.clock()).String()}}
	for _, p := range d.Papers {
		v.Add("paper", p.Component)
		v.Set("o."+p.Component, itoa(p.Originals))
		v.Set("c."+p.Component, itoa(p.Copies))
		v.Set("k."+p.Component, itoa(p.Certified))
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return c.read(c.client.PostForm(c.url+path+"/compare", v))
}

func itoa(n int) string { return strconv.Itoa(n) }

func TestADossierGoesFromTheCounterToItsAgencyAndBackByPlainForms(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		n := s.takeIn(c, "fees.fee", "20000", "fees.fee.how", "post")
		d := s.isAt(n, dossier.Accepted)
		if paid, ok := cash.PaidFor(s.Ledger.View(t.Context()), d.Item); !ok || len(paid.Collected) != 1 || paid.PostageVND == 0 {
			t.Fatalf("paid %+v", paid)
		}
		c.get("/dossiers/case/"+string(n)).wants(t, 200, "Hai đồng hồ", "N••• V••• M•••", "!Nguyễn Văn Mẫu", "Chưa chạy")
		c.get("/dossiers/case/"+string(n)+"/people").wants(t, 200, "Nguyễn Văn Mẫu", "0912 345 678")
		c.get("/dossiers/case/"+string(n)+"/note").wants(t, 200, "PHIẾU GỬI HỒ SƠ", "Bản 3: bưu điện lưu", d.Seal, "20.000 đ", "Nguyễn Văn Mẫu")
		officer.get("/dossiers/case/"+string(n)).wants(t, 200, "!Nguyễn Văn Mẫu")

		opened := c.post("/dossiers/agencies/"+string(justice), "item", string(d.Item), "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		s.compares(officer, opened.to, n, "verdict", "complete").wants(t, http.StatusSeeOther)
		s.signs(c, opened.to, "giver")
		s.isAt(n, dossier.AtAgency)
		s.signs(officer, opened.to, "taker")
		if d = s.isAt(n, dossier.HandedOver); !d.Filed() {
			t.Fatal("not filed")
		}
		code := opened.to[strings.LastIndex(opened.to, "/")+1:]
		signed := []string{postal.HandoverNumber(code).Grouped(), "Người mẫu gd1", "Người mẫu cb1", web.Page{Lang: "vi"}.Millis(d.FiledMs)}
		c.get(opened.to+"/record").wants(t, 200, append(signed, "BIÊN BẢN GIAO NHẬN HỒ SƠ", "Đủ, nhận", "Hai bên ký xong lúc", "niêm phong <span class=\"code\">"+d.Seal, "20.000 đ, bưu điện đã thu", "!>"+code+"<")...)
		c.get(opened.to).wants(t, 200, append(signed, "Bên giao: ", "Bên nhận: Sở Tư pháp mẫu")...)

		s.doIt(officer, n, "slip", http.StatusSeeOther, "slip", "H24.12.5-261125-0042", "due", "2026-12-04")
		s.doIt(c, n, "tell", http.StatusSeeOther, "how", "phone")
		s.doIt(officer, n, "later", http.StatusSeeOther, "due", "2026-12-10")
		s.doIt(officer, n, "later", http.StatusConflict, "due", "2026-12-20")
		s.doIt(officer, n, "ready", http.StatusSeeOther, "outcome", "granted", "owed", "8000")
		fetched := c.post("/dossiers/agencies/"+string(justice)+"/results", "dossier", string(n), "o."+string(n), "1", "seal."+string(n), "KQ77", "weight."+string(n), "50", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		d = s.isAt(n, dossier.Ready)
		c.post(fetched.to+"/compare", "item", string(d.Result), "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		s.signs(officer, fetched.to, "giver")
		s.signs(c, fetched.to, "taker")
		s.isAt(n, dossier.Received)

		invite := []string{"do", "invite", "how", "phone", "last", c.get("/dossiers/case/" + string(n)).hidden("last"), "act", postal.NewActID(s.clock()).String()}
		before := s.Ledger.Seq()
		for range 2 { // pressed twice: one invitation, the same answer
			c.post("/dossiers/case/"+string(n), invite...).wants(t, http.StatusSeeOther)
		}
		if got := s.Ledger.Seq() - before; got != 1 {
			t.Errorf("%d acts, want 1", got)
		}
		s.doIt(c, n, "invite", http.StatusConflict, "how", "phone", "last", "0") // an old page

		give := []string{"to", "self", "identity", "cccd", "counted", "1"}
		s.doIt(c, n, "deliver", http.StatusUnprocessableEntity, give...).wants(t, 422, "Hãy chọn")
		give = append(give, "owed_how", "post", "means", "cash")
		s.doIt(c, n, "deliver", http.StatusUnprocessableEntity, append(give, "identity", "")...)
		s.doIt(c, n, "deliver", http.StatusSeeOther, give...)
		d = s.isAt(n, dossier.Delivered)
		if paid, ok := cash.PaidFor(s.Ledger.View(t.Context()), d.Result); !ok || paid.PostageVND == 0 || paid.Collected[0].AmountVND != 8_000 {
			t.Errorf("the result's money: %+v", paid)
		}
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

func TestAMissingPaperIsExplainedAndNothingBeyondTheListIsAskedFor(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c := s.as("gd1")
		form := append(s.intake(), s.papersOf(certificate)[2:]...) // the first paper of the list is not there
		page := c.post("/dossiers/new", append(form, "do", "check", "act", c.get("/dossiers/new").hidden("act"))...).
			wants(t, http.StatusUnprocessableEntity, "Thiếu ", "QĐ-MẪU", "In phiếu giấy tờ còn thiếu", "!Nhận hồ sơ, thu")
		link := regexp.MustCompile(`/dossiers/new/missing\?[^"]+`).FindString(page.text)
		c.get(strings.ReplaceAll(link, "&amp;", "&")).wants(t, 200, "GIẤY TỜ CÒN THIẾU", "không được đòi giấy tờ nào khác")
		// What is no paper of the list is not even read.
		done := append(form, "ok.99", "1")
		c.post("/dossiers/new", append(done, "do", "check", "act", page.hidden("act"))...).wants(t, http.StatusUnprocessableEntity, "Thiếu ")
		// A reason why there is none lets the citizen go on.
		first := regexp.MustCompile(`name="absent\.([^"]+)"`).FindStringSubmatch(page.text)
		if first == nil {
			t.Fatal("no reasons are offered")
		}
		c.post("/dossiers/new", append(form, "absent."+first[1], "other_case", "do", "check", "act", page.hidden("act"))...).wants(t, 200, "Nhận hồ sơ, thu ", "Không áp dụng cho trường hợp này")
		// A repealed procedure is refused by name.
		c.post("/dossiers/new", "procedure", "9.900024", "do", "check").wants(t, http.StatusUnprocessableEntity, "03/QĐ-MẪU")
	})
}

func TestTheSameIntakePressedTwiceTakesOneDossierIn(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c := s.as("gd1")
		form := append(s.intake(), s.papersOf(certificate)...)
		page := c.post("/dossiers/new", append(form, "act", c.get("/dossiers/new").hidden("act"), "do", "check")...)
		form = append(form, "act", page.hidden("act"), "shown", page.hidden("shown"), "do", "accept")
		first, second := c.post("/dossiers/new", form...), c.post("/dossiers/new", form...)
		if first.to != second.to || first.status != http.StatusSeeOther {
			t.Errorf("first to %q, then to %q", first.to, second.to)
		}
		if got := len(s.Ledger.View(t.Context()).At(dossier.OfficeBoard(shopOffice), 'o')); got != 1 {
			t.Errorf("%d dossiers", got)
		}
	})
}

// If this fails a clerk who goes back, corrects a name and presses again is told that it is recorded, and it is not; or a dossier is taken in twice.
func TestTheSameFormWithOtherContentIsRefused(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c := s.as("gd1")
		form := append(s.intake(), s.papersOf(certificate)...)
		page := c.post("/dossiers/new", append(form, "act", c.get("/dossiers/new").hidden("act"), "do", "check")...)
		form = append(form, "act", page.hidden("act"), "shown", page.hidden("shown"), "do", "accept")
		first := c.post("/dossiers/new", form...).wants(t, http.StatusSeeOther)
		n := postal.DossierNumber(strings.TrimSuffix(strings.TrimPrefix(first.to, "/dossiers/case/"), "?new=1"))
		before := s.Ledger.Seq()
		for name, other := range map[string]string{"from.name": "Trần Thị Mẫu", "from.address": "13 ngõ 5 đường Mẫu", "seal": "NP000124", "weight": "121"} {
			c.post("/dossiers/new", append(form, name, other)...).wants(t, http.StatusConflict, "đã gửi một lần với nội dung khác")
		}
		s.act("gd1", cash.Count{Drawer: "990100-1", Notes: []event.Notes{{ValueVND: 1000, Count: 1}}})
		s.act("gd1", cash.End{Drawer: "990100-1", Office: shopOffice, Reason: "miscount"}) // the shift is over: the act could not be made again
		if again := c.post("/dossiers/new", form...); again.to != first.to {
			t.Errorf("the same form leads to %q, not to %q", again.to, first.to)
		}
		complaint := []string{"do", "complain", "about", "late", "text", "Chờ lâu quá (mẫu)", "act", postal.NewActID(s.clock()).String()}
		path := "/dossiers/case/" + string(n)
		c.post(path, complaint...).wants(t, http.StatusSeeOther)
		c.post(path, complaint...).wants(t, http.StatusSeeOther)
		c.post(path, append(complaint, "text", "Chuyện khác (mẫu)")...).wants(t, http.StatusConflict)
		c.post(path, append(complaint, "about", "staff")...).wants(t, http.StatusConflict)
		if got := s.Ledger.Seq() - before; got != 3 || // the money was counted, the shift ended, one complaint made
			s.dossier(n).Complaints != 1 {
			t.Errorf("%d acts since, %d complaints", got, s.dossier(n).Complaints)
		}
	})
}

func TestAPostmanTakesADossierInAtHome(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		form := append(s.intake("fees.fee", "20000", "fees.fee.how", "post"), s.papersOf(certificate)...)
		b := s.as("bt1")
		page := b.post("/dossiers/new", append(form, "act", b.get("/dossiers/new").hidden("act"), "do", "check")...).wants(t, 200, "Nhận hồ sơ tại nhà")
		b.post("/dossiers/new", append(form, "act", page.hidden("act"), "shown", page.hidden("shown"), "do", "accept")...).wants(t, http.StatusConflict, "Bưu tá không mang biên lai")
		n := s.takeIn(b)
		if d := s.isAt(n, dossier.Accepted); d.Channel != dossier.AtHome {
			t.Errorf("taken in at %q", d.Channel)
		}
	})
}

func TestTroubleHasItsPlaceOnTheDossiersPage(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, boss := s.as("gd1"), s.as("ks1")
		n := s.takeIn(c)
		s.doIt(c, n, "complain", http.StatusSeeOther, "about", "late", "text", "Chờ lâu quá (mẫu)")
		c.get("/dossiers/complaints").wants(t, 200, "Chờ lâu quá (mẫu)")
		s.doIt(c, n, "answer", http.StatusSeeOther, "number", "1", "outcome", "wrong")
		s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
		d := s.isAt(n, dossier.Lost)
		s.doIt(boss, n, "liability", http.StatusSeeOther, "record", "BB-12/2026", "kind", "lost", "fault", "post")
		i, _ := ledger.Get[*custody.Item](s.Ledger.View(t.Context()), custody.ItemKey(d.Item))
		s.doIt(boss, n, "compensate", http.StatusConflict, "amount", itoa(int(i.FeeVND)), "means", "transfer")
		s.doIt(boss, n, "compensate", http.StatusSeeOther, "amount", itoa(int(4*i.FeeVND)), "means", "transfer")
		back := s.takeIn(c, "fees.fee", "")
		s.doIt(c, back, "withdraw", http.StatusSeeOther, "reason", "changed_mind")
		s.doIt(c, back, "giveback", http.StatusUnprocessableEntity, "to", "self", "identity", "cccd")
		s.doIt(c, back, "giveback", http.StatusSeeOther, "to", "self", "identity", "cccd", "counted", "1")
		s.isAt(back, dossier.GivenBack)
		s.pass(200 * 24 * time.Hour)
	})
}

// If this fails a postman or an agency's officer pays out the post's money with a form that was never drawn for him.
func TestOnlyASupervisorPaysForALostDossier(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, boss := s.as("gd1"), s.as("ks1")
		n := s.takeIn(c)
		s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
		record := []string{"record", "BB-12/2026", "kind", "lost", "fault", "post"}
		paid, _ := cash.PaidFor(s.Ledger.View(t.Context()), s.dossier(n).Item)
		money := []string{"amount", itoa(int(4 * paid.ListVND)), "means", "transfer"}
		for _, login := range []string{"gd1", "bt1", "cb1"} {
			who := s.as(login)
			s.doIt(who, n, "liability", http.StatusForbidden, record...)
			s.doIt(who, n, "compensate", http.StatusForbidden, money...)
		}
		for _, do := range []string{"found", "withdraw", "deliver", "complain", "supplement"} {
			s.doIt(s.as("cb1"), n, do, http.StatusForbidden)
		}
		s.doIt(c, n, "completed", http.StatusForbidden)
		s.doIt(boss, n, "liability", http.StatusSeeOther, record...)
		for _, login := range []string{"gd1", "bt1", "cb1"} {
			s.doIt(s.as(login), n, "compensate", http.StatusForbidden, money...)
		}
		money = append(money, "do", "compensate", "act", postal.NewActID(s.clock()).String())
		boss.post("/dossiers/case/"+string(n), money...).wants(t, http.StatusSeeOther)
		before := s.Ledger.Seq()
		boss.post("/dossiers/case/"+string(n), money...).wants(t, http.StatusSeeOther) // pressed twice: the first answer, not "already compensated"
		c.post("/dossiers/case/"+string(n), money...).wants(t, http.StatusConflict)    // another person's act
		if s.Ledger.Seq() != before {
			t.Error("a repeat wrote something")
		}
	})
}
