package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

var update = flag.Bool("update", false, "write docs/openapi.json anew")

const frozen = "../../docs/openapi.json"

// Callers build on the contract: a change of it must be seen in review.
func TestTheContractIsTheFrozenOne(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	got := h.send("GET", "/api/openapi.json", "", nil)
	if got.status != 200 || !json.Valid(got.raw) || !bytes.Equal(got.raw, h.api.Contract()) {
		t.Fatalf("%d %.200s", got.status, got.raw)
	}
	if *update {
		if err := os.WriteFile(frozen, got.raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(frozen)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got.raw, want) {
		return
	}
	a, b := strings.Split(string(got.raw), "\n"), strings.Split(string(want), "\n")
	for n := range min(len(a), len(b)) {
		if a[n] != b[n] {
			t.Fatalf("docs/openapi.json differs from line %d:\n served %s\n frozen %s\nIf that is meant: go test ./internal/api -run Contract -update", n+1, a[n], b[n])
		}
	}
	t.Fatal("docs/openapi.json differs in length: go test ./internal/api -run Contract -update")
}

func TestTheContractIsOpenAPI31AndDescribesEveryRoute(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string
			Right       []string `json:"x-right"`
			Security    []map[string][]string
		}
	}
	if err := json.Unmarshal(h.api.Contract(), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %s", doc.OpenAPI)
	}
	for _, r := range h.api.Routes() {
		if r.Path == "/api/openapi.json" {
			continue
		}
		op, ok := doc.Paths[r.Path][strings.ToLower(r.Method)]
		if !ok || op.OperationID == "" || op.Summary == "" {
			t.Errorf("%s %s is not described", r.Method, r.Path)
		}
		if strings.Join(op.Right, "|") != string(r.Right) || (r.Right == web.Public) != (len(op.Security) == 0) {
			t.Errorf("%s %s: described for %v", r.Method, r.Path, op.Right)
		}
	}
}

// The rights of the whole API, read aloud.
func TestEveryRouteNamesItsRight(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	var got []string
	for _, r := range h.api.Routes() {
		if !r.Right.Known() {
			t.Errorf("%s %s: no right %q", r.Method, r.Path, r.Right)
		}
		if r.Right == web.Public {
			got = append(got, r.Path)
		}
	}
	slices.Sort(got)
	if want := []string{"/api/openapi.json", "/api/v1/tracking/{code}"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("open to everyone: %v, want %v", got, want)
	}
}
