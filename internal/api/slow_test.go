package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/sqldb/sqltest"
)

// TestAnActThatTakesLongIsAnsweredAndItsConnectionGoesOn holds one act longer than the framework's own deadline for bodies. What would hurt: while a database changes machines
// every act takes that long, and each would end its connection's context, so that all later requests on it are answered with nothing.
func TestAnActThatTakesLongIsAnsweredAndItsConnectionGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("takes six seconds")
	}
	h := newHouse(t, sqltest.SQLite(t))
	server := httptest.NewServer(h.api)
	defer server.Close()
	for n, slow := range []bool{false, true, false, false} {
		if slow {
			h.at("begin", func() error {
				<-time.After(6 * time.Second)
				h.step.Store(nil)
				return nil
			})
		}
		body := fmt.Sprintf(`{"occurred_at":%q,"service":"registered","to_unit":"11407","to_office":"%s","weight_g":50}`, h.stamp(), officeB)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/api/v1/items", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer clerkA")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", h.id())
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusCreated {
			t.Fatalf("request %d (slow: %v): %s", n, slow, res.Status)
		}
	}
}

// TestWhatCannotBeWrittenNowSaysWhenToComeBack: on every kind of route.
func TestWhatCannotBeWrittenNowSaysWhenToComeBack(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.at("begin", func() error { return fault.New(fault.Unavailable, "db.away", "chờ", "wait") })
	for _, r := range []reply{
		h.post("/items", "clerkA", members{"service": "registered", "to_unit": "11407", "to_office": officeB, "weight_g": 50}),
		h.send("POST", "/api/v1/scans", "clerkA", members{"scans": []members{{"id": h.id(), "act": "start_bag", "occurred_at": h.stamp(), "to_office": officeB}}}),
	} {
		if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") != "5" || r.header.Get("Content-Type") != "application/problem+json" || r.text("code") != "db.away" {
			t.Errorf("%d %v %s", r.status, r.header, r.raw)
		}
	}
}
