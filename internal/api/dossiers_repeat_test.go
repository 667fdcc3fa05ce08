package api_test

import (
	"context"
	"net/http"
	"testing"

	"citypost/internal/api"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// apologised is an act that looks back at the day in force: what it is made of is another thing once it was done.
type apologised struct {
	Was int        `json:"was"`
	Due postal.Day `json:"due"`
}

func (apologised) Name() string          { return "test.apologised" }
func (apologised) Touches() []ledger.Key { return nil }
func (a apologised) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	return []event.Fact{event.DossierRescheduled{Dossier: folder, Due: a.Due}}, nil
}

type changing struct {
	oneDossier
	n int
}

func (c *changing) Act(ctx context.Context, a postal.AgencyCode, code string, m api.Meaning) (ledger.Act, error) {
	c.n++
	return apologised{c.n, m.Due}, nil
}

// If this fails an agency's system whose answer got lost asks again and is told that it said something else.
func TestWhatAnAgencySaysTwiceUnderOneKeyHasOneAnswer(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db, func(c *api.Config) {
			c.Dossiers = &changing{}
			c.Gate = gate{"justice": person("tb-tp", postal.AgencyCode("so-tu-phap").Desk(), web.Device, web.AgencyOfficer), "building": person("tb-xd", postal.AgencyCode("so-xay-dung").Desk(), web.Device, web.AgencyOfficer)}
		})
		key, body := h.id(), members{"occurred_at": h.stamp(), "due_on": "2026-04-02"}
		send := func(who string, body members) reply {
			return h.send("POST", "/api/v1/dossiers/"+folder+"/reschedule", who, body, "Idempotency-Key", key)
		}
		first, again := send("justice", body), send("justice", body)
		if first.status != http.StatusCreated || again.status != http.StatusOK || again.json()["seq"] != first.json()["seq"] || again.json()["status"] != "repeated" {
			t.Errorf("%d %s, then %d %s", first.status, first.raw, again.status, again.raw)
		}
		send("justice", members{"occurred_at": h.stamp(), "due_on": "2026-04-03"}).wantProblem(http.StatusConflict, "ledger.act_reused")
		send("building", body).wantProblem(http.StatusConflict, "ledger.act_reused")
		h.send("POST", "/api/v1/dossiers/"+folder+"/complete", "justice", members{"occurred_at": h.stamp()}, "Idempotency-Key", key).wantProblem(http.StatusConflict, "ledger.act_reused")
	})
}
