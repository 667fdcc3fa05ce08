package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

var noteAddress = regexp.MustCompile(`(?:https?://[^/<]+)?(/[a-z/]*dossier[a-z/]*)<br/?>`)

// If this fails the citizen's note leads nowhere, or the agency and the post keep the citizen's secret.
func TestTheNoteLeadsToAPageAndOnlyTheCitizensCopyHasTheSecret(t *testing.T) {
	SkipShort(t)
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
	SkipShort(t)
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

// If this fails the post goes on showing a person who asked, and was granted, to be shown to nobody.
func TestARestrictedDossierShowsNobody(t *testing.T) {
	SkipShort(t)
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c)
	s.bring(c, officer, n)
	s.fetch(c, officer, n)
	path := "/dossiers/case/" + string(n)
	carrier := s.as("bt1")
	carrier.get(path+"/people").wants(t, 200, "Nguyễn Văn Mẫu")
	env := func() ledger.Envelope {
		now := s.clock()
		return ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: shopOffice, Actor: "ks-1"}
	}
	code, err := s.Personal.Receive(t.Context(), env(), personal.Ask{Kind: personal.Restrict, Things: []event.Thing{event.Thing(n)}, Via: "counter"}, personal.Asker{Name: "Nguyễn Văn Mẫu", Contact: "0912 345 678"}, "id-card")
	s.must(err)
	s.must(s.Personal.Decide(t.Context(), env(), personal.Answer{Request: code, Decision: personal.Granted}))
	for _, page := range []string{"/people", "/note"} {
		if p := carrier.get(path + page); p.status == http.StatusOK || strings.Contains(p.text, "Nguyễn Văn Mẫu") {
			t.Errorf("%s: %d", page, p.status)
		}
	}
	carrier.get(path).wants(t, 200, "!Nguyễn Văn Mẫu")
	if p := c.post(path, "full", "1", "do", "deliver", "act", postal.NewActID(s.clock()).String()); strings.Contains(p.text, "Nguyễn Văn Mẫu") {
		t.Error("a refused act shows them")
	}
}

// If this fails people stay for ever whose dossier was never taken in, or they keep others from being forgotten.
func TestARefusedIntakeLeavesNobodyAndOrphansStarveNothing(t *testing.T) {
	SkipShort(t)
	s := openDossiers(t, t.TempDir(), "")
	ctx := t.Context()
	someone := dossier.Person{Name: "Nguyễn Văn Mẫu", Phone: "+84912345678", Address: "1 phố Mẫu", Unit: s.unit}
	var last postal.ActID
	for range 510 {
		last = postal.NewActID(s.clock())
		rows, err := s.Dossiers.Beside(last, dossier.People{Sender: someone, Receiver: someone}, dossier.Picture{Kind: "list", Type: "image/png", Hash: "00", Body: []byte("x")})
		s.must(err)
		for _, r := range rows { // as earlier versions kept them, before an act that then was refused
			_, err := s.DB.Write().ExecContext(ctx, r.Table.Insert+sqldb.Rows(1, r.Table.Width)+r.Table.After, r.Row...)
			s.must(err)
		}
	}
	count := func(table string) (n int) {
		s.must(s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n))
		return n
	}
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c)
	s.bring(c, officer, n)
	s.fetch(c, officer, n)
	s.must(s.Dossiers.Tidy(ctx))
	if got := count("dossier_person"); got != 2*511 {
		t.Errorf("%d people before the day is over", got)
	}
	s.forgets(n) // behind the orphans
	s.must(s.Dossiers.Tidy(ctx))
	if people, pictures := count("dossier_person"), count("dossier_picture"); people != 2 || pictures != 0 {
		t.Errorf("%d people and %d pictures are left", people, pictures)
	}
	if _, err := s.Dossiers.Reach(ctx, last); fault.Code(err) != "dossier.no_people" {
		t.Errorf("%v", err)
	}
}

// If this fails telephone numbers of citizens stand in addresses, logs and histories of browsers.
func TestATelephoneNumberIsSearchedInABodyNeverInAnAddress(t *testing.T) {
	SkipShort(t)
	s := openDossiers(t, t.TempDir(), "")
	c := s.as("gd1")
	n := s.takeIn(c)
	c.get("/dossiers").wants(t, 200, `<form method="post" action="/dossiers" role="search"`)
	if p := c.post("/dossiers", "q", "0912 345 678"); p.to != "/dossiers/case/"+string(n) {
		t.Errorf("by telephone: %d %s", p.status, p.to)
	}
	if p := c.get("/dossiers?q=0912345678"); p.status != http.StatusOK || p.to != "" || !strings.Contains(p.text, "Không tìm thấy hồ sơ") {
		t.Errorf("by an address: %d %s", p.status, p.to)
	}
	if p := c.get("/dossiers?q=" + string(n)); p.to != "/dossiers/case/"+string(n) {
		t.Errorf("by code: %d %s", p.status, p.to)
	}
}

// If this fails nobody can see later that a proxy took the result on a written authority, or that he had lost what he was to give up.
func TestTheHistorySaysWhoTookTheResultAndWhatHeHadLost(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		n := s.takeIn(c)
		s.bring(c, officer, n)
		paper := s.dossier(n).Papers[0].Component
		d := s.arrives(c, officer, n, "", "recall", paper)
		list, err := published{s.Procedures}.On(certificate, postal.DayOf(s.clock()))
		s.must(err)
		line, _ := list.Line(paper)
		s.doIt(c, n, "deliver", http.StatusSeeOther, "to", "proxy", "authorised", "1", "identity", "cccd", "counted", "1", "means", "cash", "recall."+paper, "lost")
		const told, lost = "Người được uỷ quyền nhận, đã xem văn bản uỷ quyền", "Giấy tờ thu hồi: người nhận đã mất"
		c.get("/dossiers/case/"+string(n)).wants(t, 200, told, lost+" ("+line.Name+")")
		c.get("/desk/items/"+string(d.Result)).wants(t, 200, told, lost, "!>Người nhận ·")
		c.get("/desk/items/"+string(d.Result)+"/delivered").wants(t, 200, "XÁC NHẬN PHÁT", "<dd>Người được uỷ quyền</dd>", "!<dd>Người nhận</dd>")
		c.get("/desk/items/"+string(d.Item)).wants(t, 200, "Sở Tư pháp mẫu · Người mẫu cb1", "!"+string(justice.Desk())) // an act of the agency's officer

		own := s.takeIn(c)
		s.bring(c, officer, own)
		s.arrives(c, officer, own, "")
		s.doIt(c, own, "deliver", http.StatusSeeOther, "to", "self", "identity", "cccd", "counted", "1", "means", "cash")
		c.get("/desk/items/"+string(s.dossier(own).Result)+"/delivered").wants(t, 200, "<dd>Người nhận</dd>")
		c.get("/dossiers/case/"+string(own)).wants(t, 200, "Trả kết quả, mở và đếm cùng người nhận", "!"+told, "!"+lost)
	})
}
