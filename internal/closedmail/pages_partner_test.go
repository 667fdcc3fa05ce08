package closedmail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

const farDirectory = `code,list,central,name,address,unit,province,zone,office,hours
cq-0005,appendix-2,no,Cơ quan tỉnh bạn số 5,5 phố Bạn,00004,01,,agency:dt-01,"07:30-17:00"
`

// partnered brings the names of partners and a body of another province.
func (s *site) partnered() {
	s.t.Helper()
	names, err := closedmail.ReadPartners(strings.NewReader("code,name,address\ndt-01,Bưu điện tỉnh bạn Mẫu,9 phố Mẫu\ndt-02,Đơn vị trung ương Mẫu,1 phố Mẫu\n"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.pages.Directory.NamePartners(s.t.Context(), names); err != nil {
		s.t.Fatal(err)
	}
	entries, err := closedmail.ReadEntries(strings.NewReader(farDirectory))
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := s.pages.Directory.Plan(context.Background(), entries, postal.DayOf(s.now))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.pages.Directory.Import(context.Background(), p, ledgerEnvelope(officeA, admin), admin, s.tick); err != nil {
		s.t.Fatal(err)
	}
}

// clickPartner names a partner, gives it a bag, records what it tells, and takes a bag from it.
func (s *site) clickPartner() {
	s.t.Helper()
	s.partnered()
	head, clerk := s.as(headA), s.as(clerkA)
	path := head.done("/kt1/partners", "partner", "dt-01", "contract", "12/HĐKN-2020", "from", "2020-01-01", "until", "2021-12-31")
	head.done(path+"/contract/name", "person", string(partnerMan))
	clerk.done(path + "/month/2020-04/paper")
	item := last(clerk.done("/kt1/accept", coverForm("addressee", string(farBody))...))
	bag := last(clerk.done("/kt1/vessels", "facility", "tui-03", "to", "agency:dt-01"))
	clerk.done("/kt1/vessels/"+bag+"/pack", "item", item)
	clerk.done("/kt1/vessels/"+bag+"/close", with(second(otherA), "seal", "NP-30003")...)
	clerk.saysNo("Phải đi xe chuyên dùng KT1", path+"/give", with(looked, "bags", bag, "seal-"+bag, "NP-30003", "taker", string(partnerMan), "document", "77/BK")...)
	over := clerk.done(path+"/give", with(looked, "bags", bag, "seal-"+bag, "NP-30003", "taker", string(partnerMan), "document", "77/BK", "theirs", "1")...)
	clerk.done(over + "/record")
	if page := clerk.get(over + "/record").body; !strings.Contains(page, "77/BK") || !strings.Contains(page, "Giao Nhận Mẫu") || !strings.Contains(page, "Bưu điện tỉnh bạn Mẫu") {
		s.t.Error("the printed record does not name the partner, its person and its number")
	}
	clerk.saysNo("sau lúc giao", path+"/tell", "item", item, "told", "returned", "reason", "moved", "document", "78/BK", "at", "2020-04-01T08:00")
	s.now = s.now.Add(time.Hour)
	at := s.now.Add(-time.Minute).In(postal.HoChiMinh).Format("2006-01-02T15:04")
	clerk.done(path+"/tell", "item", item, "told", "returned", "reason", "moved", "document", "78/BK", "at", at)
	foreignOne := foreign(s.t, 1)
	in := clerk.done(path+"/take", with(looked, "giver", string(partnerMan), "list", "31/BK", "known", "HN-7001", "seal", "HN-7001", "items", string(foreignOne.Grouped())+", "+item)...)
	clerk.done(in+"/open", with(second(otherA), "seal", "HN-7001")...)
	clerk.done(in+"/in", "item", string(foreignOne), "origin_day", s.now.Format("2006-01-02"), "sender", string(farBody), "number", "45/UBND", "addressee", string(bodyOne), "secrecy", "none", "urgency", "none", "weight", "90")
	clerk.done(in+"/home", "item", item)
	clerk.done(in+"/empty", second(otherA)...)
	clerk.done(path+"/back", "bag", bag)
	head.done(path+"/contract/end", "reason", "expired")
}

// If a page showed the seal that the books know, nobody would read it off the bag.
func TestThePagesOfAPartnerHideSealsAndShowCounts(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.partnered()
	s.must(officeA, headA, closedmail.NamePartner{Partner: partnerOne, Contract: "12/HĐKN-2020", From: day("2020-01-01")})
	s.must(officeA, headA, closedmail.NamePartnerPerson{Partner: partnerOne, Person: partnerMan})
	clerk := s.as(clerkA)
	away := s.accept(outbound())
	s.must(officeA, clerkA, s.giving(s.outBag("tui-01", away)))
	s.outBag("tui-02", s.accept(outbound()))
	page := clerk.get("/kt1/partners/dt-01").body
	if strings.Contains(page, "NP-10001") {
		t.Error("the page shows the seal")
	}
	if !strings.Contains(page, string(away)) || !strings.Contains(page, "Bưu điện tỉnh bạn Mẫu") {
		t.Error("the page does not show what the partner holds")
	}
	if strings.Contains(page, "/contract/") {
		t.Error("a clerk is offered the contract")
	}
	s.now = s.now.AddDate(0, 0, 9)
	if board := clerk.get("/kt1").body; !strings.Contains(board, "Chờ kết quả của đối tác") || !strings.Contains(board, string(away)) {
		t.Error("the board does not say that a partner is silent")
	}
	clerk.done("/kt1/partners/dt-01/month/2020-04/paper")
	month := clerk.get("/kt1/partners/dt-01/month/2020-04/paper").body
	if strings.Contains(month, string(away)) || strings.Contains(month, "123/QĐ") || !strings.Contains(month, "12/HĐKN-2020") || !strings.Contains(month, "Đại diện đối tác") {
		t.Error("the reconciliation has more than counts, or nobody to sign it")
	}
	if a := s.as(registry1).get("/kt1/partners/dt-01"); a.status != 403 {
		t.Errorf("a registry clerk reads a partner's page: %d", a.status)
	}
	if a := clerk.get("/kt1/items/" + string(away)).body; !strings.Contains(a, "Giao đối tác") {
		t.Error("the item does not say where it is")
	}
	s.sound()
}

func TestACourierGivesWhatHeHolds(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.contract()
	i := h.accept(outbound())
	bag := h.outBag("tui-01", i)
	over := h.open(officeA, clerkA, closedmail.OpenHandover{From: "office:180100", To: "carrier:nv-c1", Things: []event.Thing{bag}, Vehicle: "xe-01"})
	h.must(officeA, courier, closedmail.CountThings{Handover: over, Counts: []event.Count{{Thing: bag, Seal: h.sealOf(bag)}}})
	h.sign(officeA, clerkA, over, "giver")
	h.sign(officeA, courier, over, "taker")
	x := h.giving(bag)
	h.refused("closedmail.not_held", officeA, clerkA, x)
	x.From, x.Theirs = "carrier:nv-c1", false
	h.refused("closedmail.not_giver", officeA, clerkA, x)
	h.must(officeA, courier, x)
	if got := h.holder(event.Thing(i)); got != partnerOne.Holder() {
		t.Errorf("%s is with %s", i, got)
	}
	h.sound()
}

func TestReadPartnersNamesEveryWrongRow(t *testing.T) {
	for text, want := range map[string]string{
		"a,b,c\n":                                   "closedmail.import_head",
		"code,name,address\ndt-01,,x\nfoo,B,y\n":    "closedmail.import_rows",
		"code,name,address\ndt-01,A,x\ndt-01,B,y\n": "closedmail.import_rows",
		"code,name,address\ndt-01,A\n":              "closedmail.import_row",
		"code,name,address\ndt-01,A,x\ndt-02,B,y\n": "",
	} {
		all, err := closedmail.ReadPartners(strings.NewReader(text))
		if fault.Code(err) != want || want == "" && (err != nil || len(all) != 2) {
			t.Errorf("%q: %v, %v, want %q", text, all, err, want)
		}
	}
}
