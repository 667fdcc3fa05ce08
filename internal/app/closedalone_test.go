package app_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/account"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// oneTime is how a one-time password looks on a page.
var oneTime = regexp.MustCompile(`\b[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{5}\b`)

// TestAnAdministratorAloneBecomesNobodyElse walks the whole way by which one person would be both persons at a bag: take the roles himself, make two accounts whose
// passwords he sees, or take over a supervisor's. Each way ends at its first step: no role, no account, no password, and he never sees a page of KT1.
func TestAnAdministratorAloneBecomesNobodyElse(t *testing.T) {
	h := openClosed(t, filepath.Join(t.TempDir(), "closed"))
	administrator(t, h)
	add := func(login string, role web.Right) account.Account {
		a, _, err := h.Accounts.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: login, Name: "Người Mẫu " + login, Password: closedPassword, Roles: []web.Role{{Name: role}}})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	add("bao.mat", web.SecurityOfficer)
	head := add("kiem.soat", web.KT1Supervisor)
	admin, err := h.Accounts.FindLogin(t.Context(), "quan.tri")
	if err != nil {
		t.Fatal(err)
	}
	at := webtest.Serve(t, h.Handler())
	v := visit(t, at)
	v.enter("quan.tri", closedPassword)
	refused := func(path string, fields url.Values) {
		t.Helper()
		status, _, body := v.ask("POST", path, fields)
		if status < 400 || status >= 500 || oneTime.MatchString(body) {
			t.Errorf("%s %v: status %d, shows a password: %v", path, fields, status, oneTime.MatchString(body))
		}
	}
	own, other := "/admin/people/"+string(admin.ID), "/admin/people/"+string(head.ID)
	for _, role := range []string{"security-officer", "kt1-supervisor", "kt1-clerk"} {
		refused(own+"/roles", url.Values{"role": {role}, "office": {"*"}})
	}
	for _, n := range []string{"1", "2"} {
		refused("/admin/people", url.Values{"name": {"Người Bịa " + n}, "login": {"nguoi.bia." + n}, "role": {"kt1-clerk"}, "office": {"*"}})
		refused("/admin/people", url.Values{"name": {"Người Bịa " + n}, "login": {"nguoi.bia." + n}})
		if _, err := h.Accounts.FindLogin(t.Context(), "nguoi.bia."+n); err == nil {
			t.Errorf("nguoi.bia.%s was made by one person", n)
		}
	}
	refused(other+"/password", nil)
	refused(other+"/second-factor/off", nil)
	for _, sign := range []url.Values{{"second_care_login": {"quan.tri"}, "second_care_password": {closedPassword}}, {"second_care_login": {"kiem.soat"}, "second_care_password": {closedPassword}}} {
		refused(other+"/password", sign)
	}
	if status, _, _ := v.ask("GET", "/kt1/people", nil); status != http.StatusForbidden {
		t.Errorf("the register of papers: status %d", status)
	}
	for _, post := range []string{"/kt1/people/file", "/kt1/people/assign"} {
		if status, _, _ := v.ask("POST", post, url.Values{"person": {string(admin.ID)}}); status != http.StatusForbidden {
			t.Errorf("%s: status %d", post, status)
		}
	}
	supervisor := visit(t, at)
	supervisor.enter("kiem.soat", closedPassword) // the password is still his
	if grants, err := h.Accounts.Grants(t.Context(), admin.ID); err != nil || len(grants) != 1 {
		t.Errorf("%v, %v", grants, err)
	}
	lines, err := h.Accounts.Audit(t.Context(), account.AuditQuery{Who: string(head.ID), Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, l := range lines {
		acts = append(acts, string(l.Action))
	}
	if got, want := strings.Join(acts, " "), "signed_in proved role_granted account_added"; got != want {
		t.Errorf("about the supervisor the log says %q, want %q", got, want)
	}
}
