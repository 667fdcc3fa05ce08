package app

import (
	"net/http"
	"regexp"
	"testing"

	"citypost/internal/dossier"
	"citypost/internal/postal"
)

// nameless finds a line of the summary that does not say which field is empty.
var nameless = regexp.MustCompile(`<a href="#[^"]*">Ô này chưa điền`)

// If this fails the postman at the agency cannot scan a seal, or does not learn which of twenty fields he left empty.
func TestSealsOfResultsAreScannedAndEveryFaultNamesItsField(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		n, other := s.takeIn(c), s.takeIn(c)
		for _, x := range []postal.DossierNumber{n, other} {
			s.bring(c, officer, x)
			s.doIt(officer, x, "ready", http.StatusSeeOther, "outcome", "granted")
		}
		page, code := "/dossiers/agencies/"+string(justice), string(n)
		act := func() string { return postal.NewActID(s.clock()).String() }

		empty := c.post(page+"/results", "dossier", code, "o."+code, "1", "act", act()).wants(t, http.StatusUnprocessableEntity,
			`<a href="#seal-`+code+`">Niêm phong của hồ sơ `+n.Grouped()+": ", `<a href="#weight-`+code+`">Khối lượng của hồ sơ `, `id="seal-`+code+`"`)
		if nameless.MatchString(empty.text) {
			t.Error("a fault does not name its field")
		}
		c.post(page+"/scan", "scan", " npx 900 001\t", "dossier", code, "act", act()).wants(t, 200, `name="seal.`+code+`" value="NPX900001"`) // ticked by hand, the seal scanned
		c.post(page+"/scan", "scan", code, "act", act()).wants(t, 200, `name="last" value="`+code+`"`)
		c.post(page+"/scan", "scan", "NPX900001", "last", code, "dossier", code, "act", act()).wants(t, 200, `name="seal.`+code+`" value="NPX900001"`)
		c.post(page+"/scan", "scan", "NPX900001", "act", act()).wants(t, http.StatusNotFound, "quét mã hồ sơ của kết quả trước")
		c.post(page+"/scan", "scan", "NĐ900001", "last", code, "dossier", code, "act", act()).wants(t, http.StatusUnprocessableEntity, "tắt bộ gõ tiếng Việt")
		c.post(page+"/results", "dossier", code, "o."+code, "1", "seal."+code, "NPX#1", "weight."+code, "50", "act", act()).wants(t, http.StatusUnprocessableEntity, "không có dấu “#”", `href="#seal-`+code)
		fetched := c.post(page+"/results", "dossier", code, "o."+code, "1", "seal."+code, "npx 900 001", "weight."+code, "50", "act", act()).wants(t, http.StatusSeeOther)
		if d := s.dossier(n); d.ResultSeal != "NPX900001" || d.State != dossier.Ready {
			t.Errorf("sealed with %q, %s", d.ResultSeal, d.State)
		}
		c.post(page+"/results", "dossier", string(other), "o."+string(other), "1", "seal."+string(other), "NPX900001", "weight."+string(other), "50", "act", act()).wants(t, http.StatusConflict, "đã dùng cho gói", `href="#seal-`+string(other))
		c.post(fetched.to+"/scan", "code", "npx 900001").wants(t, http.StatusSeeOther)
	})
}

// If this fails the summary of a dossier's own forms does not name what is empty.
func TestTheDossiersPagesNameEveryEmptyField(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c, officer := s.as("gd1"), s.as("cb1")
	n := s.takeIn(c)
	s.lacks(c, officer, n)
	intake := c.post("/dossiers/new", "procedure", certificate, "agency", string(justice), "form", "both", "act", c.get("/dossiers/new").hidden("act"), "do", "check").wants(t, http.StatusUnprocessableEntity, "Còn chỗ phải sửa")
	for do, page := range map[string]screen{"intake": intake, "supplement": s.doIt(c, n, "supplement", http.StatusUnprocessableEntity), "slip": s.doIt(c, s.takeIn(c), "slip", http.StatusUnprocessableEntity),
		"complain": s.doIt(c, n, "complain", http.StatusUnprocessableEntity)} {
		if m := nameless.FindString(page.text); m != "" {
			t.Errorf("%s: %s", do, m)
		}
	}
}
