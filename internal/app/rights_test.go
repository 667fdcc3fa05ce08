package app_test

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"citypost/internal/app"
	"citypost/internal/web"
)

var update = flag.Bool("update", false, "write docs/RIGHTS.md anew")

const rightsFile = "../../docs/RIGHTS.md"

// TestEveryRouteAndItsRightStandInTheList keeps docs/RIGHTS.md true: who may use what is read by people, not only by the program.
func TestEveryRouteAndItsRightStandInTheList(t *testing.T) {
	h := open(t)
	var b strings.Builder
	b.WriteString("# Who may use what\n\nWritten by `go test ./internal/app -run Right -update` and kept true by the same test. A role holds the right of its name; a supervisor also holds clerk and\ndispatcher, everyone who works for the post also holds staff.\n\n| method | path | right |\n|---|---|---|\n")
	for _, r := range h.Mux.Routes() {
		method := r.Method
		if method == "" {
			method = "any"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", method, r.Pattern, strings.ReplaceAll(string(r.Right), "|", " or "))
	}
	b.WriteString("\n## The closed house\n\nNothing in it is public but the way in.\n\n| method | path | right |\n|---|---|---|\n")
	for _, r := range openClosed(t, t.TempDir()).Mux.Routes() {
		method := r.Method
		if method == "" {
			method = "any"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", method, r.Pattern, strings.ReplaceAll(string(r.Right), "|", " or "))
	}
	b.WriteString("\n## The API\n\n| method | path | right |\n|---|---|---|\n")
	for _, r := range h.API.Routes() {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", r.Method, r.Path, strings.ReplaceAll(string(r.Right), "|", " or "))
	}
	if *update {
		if err := os.WriteFile(rightsFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(rightsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Errorf("docs/RIGHTS.md is out of date: go test ./internal/app -run Right -update\n%s", b.String())
	}
}

// public are the only things that need no sign-in; a new one must be added here on purpose.
var publicPrefixes = []string{"/sign-in", "/sign-out", "/assets/", "/static/", "/track", "/offices", "/ward", "/convert", "/help", "/accessibility", "/privacy", "/about", "/rules", "/verify",
	"/checkpoint", "/tile/", "/ledger", "/receipt", "/R/", "/price", "/api/", "/robots.txt", "/favicon.ico", "/.well-known/", "/healthz", "GET /healthz", "/round/app.webmanifest", "/{$}", "/calendar", "/deadline",
	"/procedures", "/send"}

func TestOnlyWhatIsMeantForThePublicIsPublic(t *testing.T) {
	h := open(t)
	for _, r := range h.Mux.Routes() {
		if r.Right != web.Public || slices.ContainsFunc(publicPrefixes, func(p string) bool { return strings.HasPrefix(r.Pattern, p) }) {
			continue
		}
		t.Errorf("%s %s is open to everyone: if that is meant, add it to publicPrefixes", r.Method, r.Pattern)
	}
}

func TestNoRoleHasMoreThanSevenJobs(t *testing.T) {
	h := open(t)
	for _, right := range web.Rights() {
		p := web.Person{ID: "nv-test", Acting: web.Role{Name: right, Office: "990100"}}
		if n := len(h.Mux.EveryJobOf(p)); n > 7 {
			t.Errorf("%s has %d jobs in the list", right, n)
		}
	}
}

func open(t *testing.T) *app.House {
	t.Helper()
	h, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
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
