package app_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/app"
	"citypost/internal/strongbox"
	"citypost/internal/web"
)

const closedWord = "bốn từ ghép ngẫu nhiên 7"

// quickCost keeps tests fast; the real cost is only larger.
var quickCost = strongbox.Cost{Time: 1, MemoryKiB: 64, Threads: 1}

// openClosed makes a closed house, or opens the one that the folder holds.
func openClosed(t testing.TB, dir string) *app.ClosedHouse {
	t.Helper()
	box, err := strongbox.Open(dir, closedWord)
	if !strongbox.Exists(dir) {
		if box, _, err = strongbox.Create(dir, closedWord, time.Now(), quickCost); err == nil {
			err = app.FurnishBox(box)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	h, err := app.OpenClosed(t.Context(), app.Config{Data: dir, Log: slog.New(slog.DiscardHandler)}, box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// TestNothingOfTheClosedHouseIsPublicButTheWayIn lists what may be asked without a sign-in.
func TestNothingOfTheClosedHouseIsPublicButTheWayIn(t *testing.T) {
	want := []string{"/assets/", "/sign-in", "/sign-in", "/sign-in/code", "/sign-in/code", "/sign-in/over", "/sign-in/password", "/sign-in/password", "/sign-out", "GET /healthz"}
	var got []string
	for _, r := range openClosed(t, t.TempDir()).Mux.Routes() {
		if r.Right == web.Public {
			got = append(got, r.Pattern)
		}
		for _, word := range []string{"tuyet", "toi-mat", "secret", "top-secret", "/a/", "/b/", "/c/"} {
			if strings.Contains(r.Pattern, word) {
				t.Errorf("%s tells a secrecy level", r.Pattern)
			}
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("public: %v, want %v", got, want)
	}
}

// TestNeitherHouseKnowsTheRolesOfTheOther keeps KT1 out of the open house's lists, sentences and grants.
func TestNeitherHouseKnowsTheRolesOfTheOther(t *testing.T) {
	opened, closed := open(t), openClosed(t, t.TempDir())
	add := func(s *account.Service, login string, role web.Right) error {
		_, _, err := s.Add(t.Context(), account.Actor{ID: account.Command}, account.NewPerson{Login: login, Name: "Người Mẫu", Roles: []web.Role{{Name: role}}})
		return err
	}
	for _, role := range web.ClosedRights() {
		if err := add(opened.Accounts, "in-open", role); err == nil || strings.Contains(err.Error(), "kt1-clerk, ") {
			t.Errorf("open house: %s: %v", role, err)
		}
		if err := add(closed.Accounts, "as-"+string(role), role); err != nil {
			t.Errorf("closed house: %s: %v", role, err)
		}
		if slices.Contains(web.Rights(), role) || slices.Contains(account.Grantable(false), role) {
			t.Errorf("%s stands in a list of the open house", role)
		}
	}
	if err := add(closed.Accounts, "in-closed", web.Clerk); err == nil {
		t.Error("the closed house has counter clerks")
	}
	for _, r := range opened.Mux.Routes() {
		for _, role := range web.ClosedRights() {
			if strings.Contains(string(r.Right), string(role)) {
				t.Errorf("%s %s of the open house names %s", r.Method, r.Pattern, role)
			}
		}
	}
}
