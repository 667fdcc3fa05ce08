package api_test

import (
	"net/http"
	"testing"

	"citypost/internal/api"
	"citypost/internal/api/webhook"
	"citypost/internal/jobs"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// openSealer hides nothing: these tests are not about secrets at rest.
type openSealer struct{}

func (openSealer) Seal(_ string, plain []byte) ([]byte, error)  { return plain, nil }
func (openSealer) Open(_ string, sealed []byte) ([]byte, error) { return sealed, nil }

func withHooks(t *testing.T, db *sqldb.DB) func(*api.Config) {
	t.Helper()
	return func(c *api.Config) {
		q, err := jobs.Open(t.Context(), db, c.Now)
		if err != nil {
			t.Fatal(err)
		}
		c.Hooks, err = webhook.New(t.Context(), webhook.Config{DB: db, Ledger: c.Ledger, Queue: q, House: openSealer{}, Now: c.Now})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnAdministratorKeepsTheSubscriptions(t *testing.T) {
	db := sqltest.SQLite(t)
	h := newHouse(t, db, withHooks(t, db))
	h.get("/webhooks", "clerkA").wantProblem(http.StatusForbidden, "api.no_right")
	h.send("POST", "/api/v1/webhooks", "admin", members{"url": "http://inner/x"}, "Idempotency-Key", h.id()).wantProblem(http.StatusUnprocessableEntity, "webhook.url", "inner/x")
	h.send("POST", "/api/v1/webhooks", "admin", members{"url": "https://example.org/in"}).wantProblem(http.StatusUnprocessableEntity, "api.missing")
	key := h.id()
	made := h.send("POST", "/api/v1/webhooks", "admin", members{"url": "https://example.org/in", "events": []string{"item.delivered"}}, "Idempotency-Key", key)
	again := h.send("POST", "/api/v1/webhooks", "admin", members{"url": "https://example.org/in", "events": []string{"item.delivered"}}, "Idempotency-Key", key)
	if made.status != http.StatusCreated || again.status != http.StatusOK || made.text("secret") == "" || made.text("secret") != again.text("secret") {
		t.Fatalf("%d %s, again %d %s", made.status, made.raw, again.status, again.raw)
	}
	path := "/api/v1/webhooks/" + made.text("id")
	if r := h.send("PATCH", path, "admin", members{"active": false, "office": officeA}); r.status != http.StatusOK || r.json()["active"] != false || r.text("url") != "https://example.org/in" {
		t.Errorf("%d %s", r.status, r.raw)
	}
	list := h.get("/webhooks", "admin").json()["entries"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["secret"] != nil {
		t.Errorf("list %v", list)
	}
	if r := h.send("DELETE", path, "admin", nil); r.status != http.StatusNoContent {
		t.Errorf("%d %s", r.status, r.raw)
	}
	h.send("DELETE", path, "admin", nil).wantProblem(http.StatusNotFound, "webhook.unknown")
}

func TestDeadDeliveriesAreListedRetriedAndDiscarded(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db, withHooks(t, db))
		for n := range 5 { // as deliveries are left that failed twelve times
			if _, err := db.Write().ExecContext(t.Context(), `INSERT INTO job (kind, args, run_at_ms, made_at_ms, attempt, last_error, dead_at_ms) VALUES ('webhook', $1, 1, 1, 12, 'HTTP 500', $2)`,
				[]byte(`{"hook":"wh-1","seq":7}`), n+1); err != nil {
				t.Fatal(err)
			}
		}
		first := h.get("/webhooks/dead?limit=3", "admin").json()
		second := h.get("/webhooks/dead?limit=3&after="+first["next"].(string), "admin").json()
		a, b := first["entries"].([]any), second["entries"].([]any)
		if len(a) != 3 || len(b) != 2 || second["next"] != nil || a[0].(map[string]any)["seq"] != 7.0 || a[0].(map[string]any)["error"] != "HTTP 500" {
			t.Fatalf("%v, %v", first, second)
		}
		if r := h.send("POST", "/api/v1/webhooks/dead/1/retry", "admin", nil); r.status != http.StatusNoContent {
			t.Errorf("%d %s", r.status, r.raw)
		}
		h.send("POST", "/api/v1/webhooks/dead/1/retry", "admin", nil).wantProblem(http.StatusNotFound, "jobs.not_dead")
		if r := h.send("DELETE", "/api/v1/webhooks/dead/2", "admin", nil); r.status != http.StatusNoContent {
			t.Errorf("%d %s", r.status, r.raw)
		}
		h.get("/webhooks/dead?after=aTox", "admin").wantProblem(http.StatusUnprocessableEntity, "api.cursor")
	})
}

func TestWithoutWebhooksTheAnswerSaysSo(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.get("/webhooks", "admin").wantProblem(http.StatusServiceUnavailable, "api.no_webhooks")
}
