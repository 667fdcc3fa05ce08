package dossier

import (
	"testing"

	"citypost/internal/web"
)

// A result that the post has just fetched goes to an office that has a name.
func TestTheNextThingNamesTheOfficeThatGivesTheResult(t *testing.T) {
	c := caseView{Page: web.Page{Lang: "vi"}, Dossier: &Dossier{State: Received, ToOffice: "180200"}, GivenAt: "Bưu cục Phát"}
	if got := nextWords(c); got != "Chuyển kết quả về Bưu cục Phát." {
		t.Error(got)
	}
}

// A dossier that its agency did not take is still on its way back: nothing of it is done.
func TestARefusalIsNoEnd(t *testing.T) {
	p := web.Page{Lang: "vi"}
	d := &Dossier{State: Refused, Form: FormBoth, Send: Clock{StartedMs: 1, DueMs: 3, StoppedMs: 2}, Compared: Compared{Verdict: NotTaken}}
	if got, want := postDue(p, d), "cơ quan từ chối "+p.Millis(2); got != want {
		t.Errorf("refused: %s, want %s", got, want)
	}
	d.State, d.Compared.Verdict = HandedOver, Complete
	if got, want := postDue(p, d), "xong "+p.Millis(2); got != want {
		t.Errorf("taken: %s, want %s", got, want)
	}
}
