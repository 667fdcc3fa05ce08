package app

import (
	"net/http"
	"strings"
	"testing"

	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// lacks brings a dossier to its agency, where its first paper is not certified: both sign for what is missing.
func (s *shop) lacks(c, officer *clerk, n postal.DossierNumber) (path string) {
	s.t.Helper()
	opened := c.post("/dossiers/agencies/"+string(justice), "item", string(s.dossier(n).Item), "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
	officer.get(opened.to).wants(s.t, 200, `name="lack"`, `name="missing"`, "Nhận, yêu cầu bổ sung")
	s.compares(officer, opened.to, n, "verdict", "supplement", "missing", s.dossier(n).Papers[0].Component, "lack", "paper_wrong").wants(s.t, http.StatusSeeOther)
	s.signs(c, opened.to, "giver")
	s.signs(officer, opened.to, "taker")
	s.isAt(n, dossier.SupplementRequested)
	return opened.to
}

// If this fails the clerk asks the citizen for money that the page never named, gives him no receipt, and nobody sees what was added.
func TestAddedPapersArePricedListedAndPrinted(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		n := s.takeIn(c)
		handover := s.lacks(c, officer, n)
		path, id := "/dossiers/case/"+string(n), s.dossier(n).Papers[0].Component
		c.get(handover).wants(t, 200, "Cần bổ sung: Tờ khai theo mẫu. Lý do: Giấy tờ không đúng loại.")
		c.get(path).wants(t, 200, "hai bên đã ký nhưng hồ sơ còn thiếu giấy tờ", "!bắt đầu khi hai bên ký tại cơ quan", "Xem cước phải thu")

		form := []string{"o." + id, "1", "seal", "BS000301", "weight", "20", "means", "cash"}
		before := s.Ledger.Seq()
		s.doIt(c, n, "supplement", http.StatusUnprocessableEntity, form[2:]...).wants(t, http.StatusUnprocessableEntity, "Chưa đếm giấy tờ nào")
		for _, kind := range []string{"c", "k"} { // the list asks for an original: said where the other kind was typed
			s.doIt(c, n, "supplement", http.StatusUnprocessableEntity, append(form[2:], kind+"."+id, "1")...).wants(t, http.StatusUnprocessableEntity, "cần loại bản khác", `id="`+kind+"-"+id+`-error"`, `!id="o-`+id+`-error"`)
		}
		s.doIt(c, n, "supplement", http.StatusOK, form...).wants(t, http.StatusOK, "Thu của người nộp: 26.000", "Nhận và thu 26.000", `name="fare" value="26000"`)
		s.doIt(c, n, "supplement", http.StatusOK, append(form[:4:4], "weight", "900", "means", "cash", "fare", "26000")...).wants(t, http.StatusOK, "Nhận và thu 28.700") // another weight: seen anew
		if s.Ledger.Seq() != before {
			t.Error("something was taken in before its price was seen")
		}
		s.doIt(c, n, "supplement", http.StatusSeeOther, append(form, "fare", "26000")...)
		item := string(s.dossier(n).Supplement.Item)
		note := path + "/supplements/" + item
		c.get(path).wants(t, 200, "Bổ sung 25/11/2026", "BS000301", note, "In phiếu gửi bổ sung")
		c.get(note).wants(t, 200, "PHIẾU GỬI GIẤY TỜ BỔ SUNG", "Tờ khai theo mẫu", "BS000301", "26.000", "tiền mặt", "Hai mươi sáu nghìn đồng", "Nguyễn Văn Mẫu", "Bản 3")
		c.get(path+"/supplements/"+string(s.dossier(n).Item)).wants(t, http.StatusNotFound)
		c.get("/desk/items/"+item).wants(t, 200, `href="`+path+`"`)

		opened := c.post("/dossiers/agencies/"+string(justice), "item", item, "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		officer.get(opened.to).wants(t, 200, `name="refusal"`, `!name="lack"`, `!name="missing"`, "!Nhận, yêu cầu bổ sung") // papers are asked for once
		officer.post(opened.to+"/compare", "dossier", string(n), "seal", "BS000301", "paper", id, "o."+id, "1", "verdict", "complete", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		s.signs(c, opened.to, "giver")
		s.signs(officer, opened.to, "taker")
		s.isAt(n, dossier.HandedOver)
		c.get(path).wants(t, 200, "Bổ sung 25/11/2026", note) // the list keeps what came later
		c.get(handover+"/record").wants(t, 200, "Cần bổ sung: Tờ khai theo mẫu. Lý do: Giấy tờ không đúng loại.")
		c.get(opened.to+"/record").wants(t, 200, "!Cần bổ sung")
	})
}

// If this fails added papers that are lost are never paid for, and what was paid to carry them is missing from the report.
func TestLostAddedPapersHaveARecordAndArePaidFor(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer, boss := s.as("gd1"), s.as("cb1"), s.as("ks1")
		n := s.takeIn(c)
		s.lacks(c, officer, n)
		s.doIt(c, n, "supplement", http.StatusSeeOther, "o."+s.dossier(n).Papers[0].Component, "1", "seal", "BS000302", "weight", "20", "means", "cash", "fare", "26000")
		first, _ := cash.PaidFor(s.Ledger.View(t.Context()), s.dossier(n).Item)
		if got := reportLine(s.Ledger.View(t.Context()), s.dossier(n)).PostageVND; got != first.PostageVND+26_000 {
			t.Errorf("the report says %d of postage", got)
		}
		s.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
		s.isAt(n, dossier.Lost)
		s.doIt(boss, n, "liability", http.StatusSeeOther, "record", "BB-3/2026", "kind", "lost", "fault", "post")
		if d := s.dossier(n); d.Liables[0].Item != d.Supplement.Item {
			t.Errorf("the record is about %s, lost are %s", d.Liables[0].Item, d.Supplement.Item)
		}
		least := s.dossier(n).Liables[0].LeastVND
		s.doIt(boss, n, "compensate", http.StatusSeeOther, "amount", itoa(int(least)), "means", "transfer")
		s.balance(cash.Compensation, least)
		s.doIt(c, n, "found", http.StatusSeeOther)
		s.isAt(n, dossier.SupplementRequested)

		added := string(s.dossier(n).Supplement.Item)
		opened := c.post("/dossiers/agencies/"+string(justice), "item", added, "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		officer.post(opened.to+"/compare", "dossier", string(n), "seal", "BS000302", "paper", s.dossier(n).Papers[0].Component, "o."+s.dossier(n).Papers[0].Component, "1", "verdict", "complete", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		s.signs(c, opened.to, "giver")
		s.signs(officer, opened.to, "taker")
		s.isAt(n, dossier.HandedOver)
		if got := reportLine(s.Ledger.View(t.Context()), s.dossier(n)); got.PostageVND != first.PostageVND+26_000 || got.PaidVND != least { // they have arrived: what was paid for them stays
			t.Errorf("the report says %d of postage, %d paid out", got.PostageVND, got.PaidVND)
		}
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

// If this fails a certified copy is sent home at the counter where the list wants a plain one.
func TestACertifiedCopyIsTakenInForAPlainOne(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c := s.as("gd1")
	const record = "9.900008" // its list asks for a plain copy of the identity card
	p, err := published{s.Procedures}.On(record, postal.DayOf(s.clock()))
	s.must(err)
	form := s.intake()
	form[1] = record
	for _, a := range p.Papers {
		if a.Copies > 0 {
			form = append(form, "k."+a.ID, itoa(a.Copies))
		} else {
			form = append(form, "ok."+a.ID, "1")
		}
	}
	page := c.post("/dossiers/new", append(form, "act", c.get("/dossiers/new").hidden("act"), "do", "check")...).wants(t, 200, "bản chứng thực thay được bản sao")
	done := c.post("/dossiers/new", append(form, "act", page.hidden("act"), "shown", page.hidden("shown"), "do", "accept")...).wants(t, http.StatusSeeOther)
	code := postal.DossierNumber(strings.TrimSuffix(strings.TrimPrefix(done.to, "/dossiers/case/"), "?new=1"))
	i, _ := ledger.Get[*custody.Item](s.Ledger.View(t.Context()), custody.ItemKey(s.dossier(code).Item))
	if i == nil || dossier.Sheets(s.dossier(code).Papers) == 0 {
		t.Errorf("taken in: %+v", s.dossier(code).Papers)
	}
}
