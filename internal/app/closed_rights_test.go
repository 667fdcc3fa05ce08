package app_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/postal"
	"citypost/internal/web"
)

const closedRightsFile = "../../docs/RIGHTS-closed.md"

// TestEveryRouteOfTheClosedHouseStandsInItsList keeps docs/RIGHTS-closed.md true.
func TestEveryRouteOfTheClosedHouseStandsInItsList(t *testing.T) {
	h := openClosed(t, t.TempDir())
	var b strings.Builder
	b.WriteString("# Who may use what in the closed house\n\nWritten by `go test ./internal/app -run ClosedHouseStands -update` and kept true by the same test. A KT1 supervisor also holds KT1 clerk. Whether a person's papers\nhold today, and whether he is on duty at the office, every act asks again.\n\n| method | path | right |\n|---|---|---|\n")
	for _, r := range h.Mux.Routes() {
		method := r.Method
		if method == "" {
			method = "any"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", method, r.Pattern, strings.ReplaceAll(string(r.Right), "|", " or "))
	}
	if *update {
		if err := os.WriteFile(closedRightsFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(closedRightsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Errorf("%s is out of date: go test ./internal/app -run ClosedHouseStands -update", closedRightsFile)
	}
}

func TestNoRoleOfTheClosedHouseHasMoreThanSevenJobs(t *testing.T) {
	h := openClosed(t, t.TempDir())
	for _, right := range web.ClosedRights() {
		p := web.Person{ID: "nv-test", Acting: web.Role{Name: right, Office: "990100"}}
		if n := len(h.Mux.EveryJobOf(p)); n > 7 || n == 0 {
			t.Errorf("%s has %d jobs in the list", right, n)
		}
	}
}

// TestTheOpenHouseHasNoPageOfClosedMail looks at every route of the open house.
func TestTheOpenHouseHasNoPageOfClosedMail(t *testing.T) {
	h := open(t)
	for _, r := range h.Mux.Routes() {
		if strings.Contains(strings.ToLower(r.Pattern), "kt1") {
			t.Errorf("the open house serves %s", r.Pattern)
		}
	}
}

func TestAppendixOneSendsFreeAndAppendixTwoPaysByTheTariff(t *testing.T) {
	h := openClosed(t, t.TempDir())
	day := postal.MakeDay(2020, 4, 20)
	if pays, cite, err := h.Law.Payer(closedmail.Appendix1, day); err != nil || pays != "central-budget" || cite.RuleID == "" {
		t.Errorf("for Appendix I pays %q by %q", pays, cite.RuleID)
	}
	if pays, _, err := h.Law.Payer(closedmail.Appendix2, day); err != nil || pays != "sender" {
		t.Errorf("for Appendix II pays %q", pays)
	}
	if fee, _, err := h.Law.Price.KT1(closedmail.PriceQuestion{From: "31", To: "31", WeightG: 100, On: day}); err == nil {
		t.Errorf("no table of KT1 prices was read, and yet a sender who pays is charged %d", fee)
	}
}
