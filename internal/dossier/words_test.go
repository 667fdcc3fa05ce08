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
