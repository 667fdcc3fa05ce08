package app

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/api"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/notify"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/report"
	"citypost/internal/web"
)

// bring hands a dossier to its agency, both signing in sessions of their own.
func (s *shop) bring(c, officer *clerk, n postal.DossierNumber) {
	s.t.Helper()
	opened := c.post("/dossiers/agencies/"+string(justice), "item", string(s.dossier(n).Item), "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
	s.compares(officer, opened.to, n, "verdict", "complete").wants(s.t, http.StatusSeeOther)
	s.signs(c, opened.to, "giver")
	s.signs(officer, opened.to, "taker")
	s.isAt(n, dossier.HandedOver)
}

// fetch brings the result back to the office and gives it to its citizen.
func (s *shop) fetch(c, officer *clerk, n postal.DossierNumber) {
	s.t.Helper()
	s.doIt(officer, n, "ready", http.StatusSeeOther, "outcome", "granted")
	fetched := c.post("/dossiers/agencies/"+string(justice)+"/results", "dossier", string(n), "o."+string(n), "1", "seal."+string(n), s.nextSeal(), "weight."+string(n), "50", "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
	c.post(fetched.to+"/compare", "item", string(s.dossier(n).Result), "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
	s.signs(officer, fetched.to, "giver")
	s.signs(c, fetched.to, "taker")
	s.doIt(c, n, "deliver", http.StatusSeeOther, "to", "self", "identity", "cccd", "counted", "1", "means", "cash")
	s.isAt(n, dossier.Delivered)
}

// If this fails a citizen is not told that the agency has his dossier, or is told twice, or by somebody who may no longer know him; the Department gets other figures than the ledger; or people
// are kept for ever.
func TestADossierIsToldCountedReportedAndForgotten(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		var mu sync.Mutex
		var texts []string
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var m map[string]string
			_ = json.NewDecoder(r.Body).Decode(&m)
			mu.Lock()
			defer mu.Unlock()
			texts = append(texts, m["to"]+" "+m["text"])
		}))
		defer gateway.Close()
		s.Notifications.Channels = []notify.Channel{&notify.SMS{URL: gateway.URL}}
		c, officer := s.as("gd1"), s.as("cb1")
		n := s.takeIn(c)
		s.bring(c, officer, n)
		follow := func() {
			t.Helper()
			for range 2 { // a second look tells nothing anew
				s.must(s.Ledger.CatchUp(t.Context(), dossierNews, s.tellOfDossiers))
				s.must(s.Ledger.CatchUp(t.Context(), report.Follower, report.Project(s.reportLines)))
			}
		}
		follow()
		told, err := s.Notifications.Of(t.Context(), string(n))
		s.must(err)
		if len(told) != 1 || told[0].What != "filed" || !told[0].Legal {
			t.Fatalf("%+v", told)
		}
		source := dossierSource{s.House}
		if reach, err := source.Reach(t.Context(), told[0].Notification); err != nil || reach.Phone != "+84912345678" {
			t.Errorf("%+v, %v", reach, err)
		}
		if text, err := source.Text(t.Context(), told[0].Notification, "vi"); err != nil || !strings.Contains(text.Short, string(n)) || strings.Contains(text.Body+text.Short, "Nguyễn") {
			t.Errorf("%+v, %v", text, err)
		}
		s.agencySees(n)
		s.fetch(c, officer, n)
		follow()
		year, month, _ := postal.DayOf(s.clock()).Date()
		made, err := (&report.Store{DB: s.DB}).Make(t.Context(), report.PeriodOf(postal.MakeDay(year, month, 1)))
		s.must(err)
		if made.Counts["accepted"] != 1 || made.Counts["filed"] != 1 || made.Counts["results"] != 1 || len(made.Procedures) != 1 || made.PostageVND == 0 {
			t.Errorf("%+v", made)
		}
		s.forgets(n)
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs: %v, %v", diff, err)
		}
	})
}

// agencySees asks as the agency's own system would.
func (s *shop) agencySees(n postal.DossierNumber) {
	s.t.Helper()
	face := agencyDossiers{s.House}
	list, err := face.Of(s.t.Context(), justice)
	s.must(err)
	if len(list) != 1 || list[0].Code != string(n) || list[0].FiledAt == "" || list[0].State != string(dossier.HandedOver) || len(list[0].Papers) == 0 {
		s.t.Errorf("%+v", list)
	}
	if _, err := face.One(s.t.Context(), "so-xay-dung-mau", string(n)); !fault.Is(err, fault.NotFound) {
		s.t.Errorf("another agency: %v", err)
	}
	for _, kind := range []api.MeaningKind{api.NamesDay, api.AsksMore, api.Completes, api.PutsOff, api.HasResult} {
		if act, err := face.Act(s.t.Context(), justice, string(n), api.Meaning{Kind: kind}); err != nil || act == nil {
			s.t.Errorf("%s: %v", kind, err)
		}
		if _, err := face.Act(s.t.Context(), "so-xay-dung-mau", string(n), api.Meaning{Kind: kind}); !fault.Is(err, fault.NotFound) {
			s.t.Errorf("%s by another agency: %v", kind, err)
		}
	}
}

// forgets sees that the law has the records kept for their time, and that they go afterwards.
func (s *shop) forgets(n postal.DossierNumber) {
	s.t.Helper()
	ctx := s.t.Context()
	keeper := dossierKeeper{s.House}
	boss := web.Person{ID: "ks", Acting: web.Role{Name: web.Supervisor, Office: shopOffice}}
	data := func() int {
		list, err := keeper.Data(ctx, boss, event.Thing(n), "vi")
		s.must(err)
		return len(list)
	}
	if err := keeper.Stays(ctx, event.Thing(n)); fault.Code(err) != "personal.law_keeps" || data() == 0 {
		s.t.Errorf("%v, %d data", err, data())
	}
	if _, err := s.Personal.Expire(ctx); err != nil || data() == 0 {
		s.t.Errorf("forgotten before its time: %v", err)
	}
	s.pass((5*366 + 2) * 24 * time.Hour)
	if got, err := s.Personal.Expire(ctx); err != nil || got != 1 || data() != 0 {
		s.t.Errorf("%d forgotten, %v, %d data left", got, err, data())
	}
	if err := keeper.Stays(ctx, event.Thing(n)); err != nil {
		s.t.Error(err)
	}
	source := dossierSource{s.House}
	if _, err := source.Reach(ctx, notify.Notification{Who: s.dossier(n).Act.String()}); !fault.Is(err, fault.NotFound) {
		s.t.Errorf("the forgotten are told: %v", err)
	}
}

// If this fails the post goes on sending messages to a person whose objection it has granted.
func TestWhoseObjectionIsGrantedIsToldOnlyWhatTheLawDemands(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		n, other := s.takeIn(s.as("gd1")), s.takeIn(s.as("gd1"))
		declined := func(n postal.DossierNumber) bool {
			reach, err := dossierSource{s.House}.Reach(t.Context(), notify.Notification{Who: s.dossier(n).Act.String(), About: string(n)})
			s.must(err)
			return reach.Declined
		}
		for _, decision := range []string{personal.Refused, personal.Granted} {
			env := func() ledger.Envelope {
				now := s.clock()
				return ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: shopOffice, Actor: "ks-1"}
			}
			code, err := s.Personal.Receive(t.Context(), env(), personal.Ask{Kind: personal.Object, Things: []event.Thing{event.Thing(n)}, Via: "counter"}, personal.Asker{Name: "Nguyễn Văn Mẫu", Contact: "0912 345 678"}, "id-card")
			s.must(err)
			if declined(n) {
				t.Error("an open objection counts")
			}
			answer := personal.Answer{Request: code, Decision: decision}
			if decision == personal.Refused {
				answer.Reason = "not_party"
			}
			s.must(s.Personal.Decide(t.Context(), env(), answer))
			if want := decision == personal.Granted; declined(n) != want {
				t.Errorf("%s, declined %v", decision, !want)
			}
		}
		if declined(other) {
			t.Error("it counts for another dossier")
		}
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs: %v, %v", diff, err)
		}
	})
}
