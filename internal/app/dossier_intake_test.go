package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
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
