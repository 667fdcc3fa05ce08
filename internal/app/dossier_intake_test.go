package app

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"citypost/internal/cash"
	"citypost/internal/postal"
	"citypost/internal/web"
)

var intakeStep = regexp.MustCompile(`steps__step--(\w+)"[^>]*>\s*<span class="steps__label">([^<]*)</span>\s*<span class="govuk-visually-hidden">([^<]*)<`)

// steps gives each step of the bar: its state and what is read out.
func (p screen) steps() map[string]string {
	list := map[string]string{}
	for _, m := range intakeStep.FindAllStringSubmatch(p.text, -1) {
		list[m[2]] = m[1] + ": " + m[3]
	}
	return list
}

// If this fails the clerk reads a tick where something has still to be mended, and looks for the fault elsewhere.
func TestAStepThatHoldsAFaultIsNotTicked(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c := s.as("gd1")
	form := append(s.intake("seal", "NPX#7", "from.phone", "12"), s.papersOf(certificate)...)
	page := c.post("/dossiers/new", append(form, "act", c.get("/dossiers/new").hidden("act"), "do", "check")...).wants(t, http.StatusUnprocessableEntity, "không có dấu “#”")
	for step, want := range map[string]string{"Thủ tục": "done: xong", "Người nộp": "failed: có lỗi phải sửa", "Niêm phong": "failed: có lỗi phải sửa"} {
		if got := page.steps()[step]; got != want {
			t.Errorf("%s is %q, want %q", step, got, want)
		}
	}
	lacks := s.papersOf(certificate)[2:]
	page = c.post("/dossiers/new", append(append(s.intake(), lacks...), "act", page.hidden("act"), "do", "check")...).wants(t, http.StatusUnprocessableEntity, "Thiếu ")
	if got := page.steps()["Giấy tờ"]; !strings.HasPrefix(got, "failed") {
		t.Errorf("papers are missing, and the step is %q", got)
	}
	page = c.post("/dossiers/new", append(append(s.intake(), s.papersOf(certificate)...), "act", page.hidden("act"), "do", "check")...).wants(t, 200)
	for _, step := range []string{"Thủ tục", "Người nộp", "Giấy tờ", "Niêm phong", "Phí"} {
		if got := page.steps()[step]; got != "done: xong" {
			t.Errorf("%s is %q when all is right", step, got)
		}
	}
}

// If this fails the clerk types what the list says already, or cannot change it, or the fee of one channel is taken for the other's.
func TestTheOneFeeThatTheListGivesIsFilledIn(t *testing.T) {
	s := openDossiers(t, t.TempDir(), "")
	c := s.as("gd1")
	const record = "9.900008"
	const source = "nộp qua bưu chính: 200.000 đ, điền sẵn, sửa được"
	holds := func(page screen, charge string) {
		t.Helper()
		if got := chargeField.FindStringSubmatch(page.text); got == nil || got[1] != charge {
			t.Errorf("the charge reads %q, want %q", got, charge)
		}
	}
	holds(c.get("/dossiers/new?procedure="+record).wants(t, 200, source, `name="filled.charge" value="200000"`), "200000")
	form := append(s.intake("procedure", record, "act", c.get("/dossiers/new").hidden("act"), "do", "check", "fees.charge", "200000", "fees.charge.how", "post", "filled.charge", "200000"), s.papersOf(record)...)
	holds(c.post("/dossiers/new", form...).wants(t, 200, "!Khác danh mục công bố"), "200000")
	holds(c.post("/dossiers/new", append(form, "fees.charge", "150000")...).wants(t, 200, "ở đây là 150.000 đ"), "150000")
	holds(c.post("/dossiers/new", append(form, "fees.charge", "")...).wants(t, 200, "ở đây để trống"), "") // emptied on purpose: asked about, not filled in again
	holds(c.post("/dossiers/new", append(form, "do", "find", "fees.charge", "")...).wants(t, 200), "")
	holds(c.post("/dossiers/new", append(form, "online", "1")...).wants(t, 200, "!"+source, "!Khác danh mục công bố"), "")
	holds(c.post("/dossiers/new", append(form, "do", "find", "form", "result")...).wants(t, 200, "!"+source), "")
}

var chargeField = regexp.MustCompile(`<input[^>]*name="fees\.charge"[^>]*value="([^"]*)"`)

// If this fails a clerk who forgot to open his shift types a whole dossier again.
func TestAShiftIsOpenedInTheMiddleOfAnIntake(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c := s.hire("gd5", web.Clerk, shopOffice)
		form := append(s.intake("act", c.get("/dossiers/new").hidden("act")), s.papersOf(certificate)...)
		c.get("/dossiers/new?procedure="+certificate).wants(t, 200, "Mở ca ngay tại đây", `name="float"`, "!href=\"/cash\">mở ca")
		half := c.post("/dossiers/new", "procedure", certificate, "from.name", "Nguyễn Văn Mẫu", "do", "begin", "begin_act", postal.NewActID(s.clock()).String(), "drawer", "990100-9x", "float", "0")
		half.wants(t, http.StatusUnprocessableEntity, "Ngăn tiền: Hãy chọn một mục", `value="Nguyễn Văn Mẫu"`)
		page := c.post("/dossiers/new", append(form, "do", "check")...).wants(t, 200, "Nhận hồ sơ, thu ", "Mở ca ngay tại đây", `name="checked" value="1"`)
		begin := append(form, "do", "begin", "begin_act", page.hidden("begin_act"), "checked", "1", "drawer", "990100-2", "float", "0", "shown", page.hidden("shown"))
		page = c.post("/dossiers/new", begin...).wants(t, 200, "Nhận hồ sơ, thu ", "!Mở ca ngay tại đây", `value="Nguyễn Văn Mẫu"`, "NP000123")
		c.post("/dossiers/new", begin...).wants(t, 200, "Nhận hồ sơ, thu ") // pressed twice
		c.post("/dossiers/new", append(form, "do", "accept", "shown", page.hidden("shown"))...).wants(t, http.StatusSeeOther)
		if !slices.ContainsFunc(cash.Drawers(s.Ledger.View(t.Context()), shopOffice), func(d *cash.Drawer) bool { return d.Code == "990100-2" }) {
			t.Error("no shift is open in the drawer that was chosen")
		}
	})
}
