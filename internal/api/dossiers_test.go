package api_test

import (
	"context"
	"net/http"
	"testing"

	"citypost/internal/api"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// oneDossier is a dossier of one agency; what is said of it becomes an act that needs nothing else.
type oneDossier struct{ said []api.Meaning }

const folder = "61801000000017"

func (o *oneDossier) Of(_ context.Context, a postal.AgencyCode) ([]api.Dossier, error) {
	if a != "so-tu-phap" {
		return []api.Dossier{}, nil
	}
	return []api.Dossier{{Code: folder, State: "handed_over", Procedure: "1.001193", Form: "both", Papers: []api.Sheets{{Component: "01", Originals: 2}}}}, nil
}

func (o *oneDossier) One(ctx context.Context, a postal.AgencyCode, code string) (api.Dossier, error) {
	list, err := o.Of(ctx, a)
	if err != nil || len(list) == 0 || code != folder {
		return api.Dossier{}, fault.New(fault.NotFound, "dossier.unknown", "Không có.", "There is none.")
	}
	return list[0], nil
}

// seen stands for the act: who sent it, and where, is what matters here.
type seen struct {
	Office postal.OfficeCode `json:"office"`
	N      int               `json:"n"`
}

func (seen) Name() string          { return "test.seen" }
func (seen) Touches() []ledger.Key { return nil }
func (a seen) Decide(_ *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if e.Office != a.Office {
		return nil, fault.New(fault.Forbidden, "test.desk", "Sai nơi.", "The wrong desk.")
	}
	return []event.Fact{event.RangeReserved{Office: officeA, Service: "RA", From: a.N, To: a.N}}, nil
}

func (o *oneDossier) Act(ctx context.Context, a postal.AgencyCode, code string, m api.Meaning) (ledger.Act, error) {
	if _, err := o.One(ctx, a, code); err != nil {
		return nil, err
	}
	o.said = append(o.said, m)
	return seen{a.Desk(), 7}, nil
}

func TestAnAgencysSystemSeesItsOwnDossiersAndSpeaksAtItsOwnDesk(t *testing.T) {
	have := &oneDossier{}
	h := newHouse(t, sqltest.SQLite(t), func(c *api.Config) {
		c.Dossiers = have
		c.Gate = gate{"justice": person("tb-tp", postal.AgencyCode("so-tu-phap").Desk(), web.Device, web.AgencyOfficer), "building": person("tb-xd", postal.AgencyCode("so-xay-dung").Desk(), web.Device, web.AgencyOfficer),
			"homeless": person("tb-x", "", web.Device, web.AgencyOfficer), "clerk": person("nv-a", officeA, web.Clerk)}
	})
	if r := h.get("/dossiers", "justice"); r.status != http.StatusOK || len(r.json()["dossiers"].([]any)) != 1 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if r := h.get("/dossiers", "building"); r.status != http.StatusOK || len(r.json()["dossiers"].([]any)) != 0 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	h.get("/dossiers", "clerk").wantProblem(http.StatusForbidden, "api.no_right")
	h.get("/dossiers", "homeless").wantProblem(http.StatusUnprocessableEntity, "api.no_office")
	h.get("/dossiers/"+folder, "building").wantProblem(http.StatusNotFound, "dossier.unknown")
	for path, body := range map[string]members{
		"slip": {"agency_code": "H24.12.5-260302-0042", "due_on": "2026-03-20"}, "supplement": {"papers": []string{"02"}, "reason": "paper_missing", "until": "2026-03-30"}, "complete": {},
		"reschedule": {"due_on": "2026-04-02"}, "result": {"outcome": "granted", "owed_vnd": 8000, "recall": []string{"old"}},
	} {
		if r := h.post("/dossiers/"+folder+"/"+path, "justice", body); r.status != http.StatusCreated {
			t.Errorf("%s: %d %s", path, r.status, r.raw)
		}
		h.post("/dossiers/"+folder+"/"+path, "building", body).wantProblem(http.StatusNotFound, "dossier.unknown")
	}
	if len(have.said) != 5 {
		t.Errorf("%+v", have.said)
	}
	for _, m := range have.said {
		if m.Kind == api.HasResult && (m.OwedVND != 8000 || m.Outcome != "granted" || len(m.Recall) != 1) || m.Kind == api.PutsOff && m.Due != postal.MakeDay(2026, 4, 2) {
			t.Errorf("%+v", m)
		}
	}
	h.post("/dossiers/"+folder+"/slip", "justice", members{"agency_code": "x", "due_on": "2026-02-30"}).wantProblem(http.StatusUnprocessableEntity, "api.day")
	h.post("/dossiers/"+folder+"/result", "justice", members{"outcome": "perhaps"}).wantProblem(http.StatusUnprocessableEntity, "api.choice")
}
