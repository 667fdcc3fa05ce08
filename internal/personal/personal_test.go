package personal_test

import (
	"context"
	"database/sql"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

const office = postal.OfficeCode("180100")

// shelf keeps the people of a few things, as a capability would.
type shelf struct {
	people  map[event.Thing]string
	moving  map[event.Thing]bool
	lawful  map[event.Thing]bool // the law has it kept
	expired []personal.Expired
}

func (s *shelf) Knows(_ context.Context, t event.Thing) (bool, error) {
	_, ok := s.people[t]
	return ok, nil
}

func (s *shelf) Data(_ context.Context, _ web.Person, t event.Thing, _ string) ([]personal.Datum, error) {
	if s.people[t] == "" {
		return nil, nil
	}
	return []personal.Datum{{Label: "Tên", Value: s.people[t]}}, nil
}

func (s *shelf) Stays(_ context.Context, t event.Thing) error {
	switch {
	case s.moving[t]:
		return fault.New(fault.Conflict, personal.UnderWay, "còn trên đường", "under way")
	case s.lawful[t]:
		return fault.New(fault.Conflict, "shelf.kept", "phải lưu", "kept by law")
	}
	return nil
}

func (s *shelf) Forget(_ context.Context, _ *sql.Tx, t event.Thing) error {
	if _, ok := s.people[t]; ok {
		s.people[t] = ""
	}
	return nil
}

func (s *shelf) Expired(_ context.Context, limit int) ([]personal.Expired, error) {
	var out []personal.Expired
	for _, e := range s.expired {
		if s.people[e.Thing] != "" && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *shelf) Proves(_ context.Context, _ event.Thing, secret string) (bool, error) {
	return strings.EqualFold(strings.TrimSpace(secret), "AB23CD"), nil
}

type house struct {
	t     *testing.T
	s     *personal.Service
	shelf *shelf
	now   time.Time
}

func newHouse(t *testing.T, db *sqldb.DB) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, postal.HoChiMinh), shelf: &shelf{
		people: map[event.Thing]string{"RR000000004VN": "Nguyễn Văn Mẫu", "RR000000015VN": "Trần Thị Mẫu", "RR000000029VN": "Lê Văn Mẫu"},
		moving: map[event.Thing]bool{}, lawful: map[event.Thing]bool{},
	}}
	clock := func() time.Time { return h.now }
	if err := personal.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	key, err := privacy.LoadOrCreateHouseKey(t.TempDir() + "/house.key")
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.OpenVault(t.Context(), db, key, clock)
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: personal.Kinds(), Folds: []ledger.Fold{personal.Fold}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	h.s = &personal.Service{DB: db, Ledger: l, Vault: vault, Book: book, Keepers: []personal.Keeper{h.shelf}, Now: clock,
		Name: func(context.Context, postal.StaffID) string { return "Người Mẫu" }}
	return h
}

func (h *house) envelope() ledger.Envelope {
	return ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: office, Actor: "ks-1"}
}

func (h *house) ask(kind string, things ...event.Thing) string {
	h.t.Helper()
	code, err := h.s.Receive(h.t.Context(), h.envelope(), personal.Ask{Kind: kind, Things: things, Via: "counter"},
		personal.Asker{Name: "Nguyễn Văn Mẫu", Contact: "0912 345 678"}, "id-card")
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

func (h *house) decide(code, decision, reason string) error {
	return h.s.Decide(h.t.Context(), h.envelope(), personal.Answer{Request: code, Decision: decision, Reason: reason})
}

func (h *house) hold(t event.Thing, over bool) error {
	_, err := h.s.Ledger.Append(h.t.Context(), h.envelope(), personal.Hold{Thing: t, Reason: "complaint", Over: over})
	return err
}

func (h *house) replayed() {
	h.t.Helper()
	diff, err := h.s.Ledger.Check(h.t.Context(), nil)
	if err != nil || len(diff) > 0 {
		h.t.Errorf("replay differs: %v, %v", diff, err)
	}
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if fault.Code(err) != code {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestARequestHasItsClockByTheRulesOfItsDay(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		e := h.envelope()
		a := personal.Ask{Kind: personal.Provide, Things: []event.Thing{"RR000000004VN"}, Via: "counter"}
		who := personal.Asker{Name: "Nguyễn Văn Mẫu", Contact: "0912 345 678"}
		code, err := h.s.Receive(t.Context(), e, a, who, "id-card")
		if err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(time.Hour)
		again, err := h.s.Receive(t.Context(), e, a, who, "id-card") // a second click, an hour later
		if err != nil || again != code {
			t.Errorf("%s, %v; want %s again", again, err, code)
		}
		open, err := h.s.Open(t.Context())
		if err != nil || len(open) != 1 || open[0].DueMs-open[0].AskedMs != 72*time.Hour.Milliseconds() || !slices.Equal(open[0].Rules, []string{"privacy.request.answer@2026-01-01"}) {
			t.Fatalf("%+v, %v", open, err)
		}
		_, err = h.s.Receive(t.Context(), h.envelope(), personal.Ask{Kind: personal.Provide, Things: []event.Thing{"RR999999995VN"}, Via: "counter"}, who, "id-card")
		refused(t, err, "personal.no_thing")
		refused(t, h.decide("YCNONE", personal.Granted, ""), "personal.unknown")
		refused(t, h.decide(code, personal.Refused, "because"), "personal.reason")
		if err := h.decide(code, personal.Refused, "identity"); err != nil {
			t.Fatal(err)
		}
		refused(t, h.decide(code, personal.Granted, ""), "personal.answered")
		if open, err := h.s.Open(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("%d open, %v", len(open), err)
		}
		h.replayed()
	})
}

func TestOnlyADecisionErasesAndAHoldForbidsIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		const a, b = event.Thing("RR000000004VN"), event.Thing("RR000000015VN")
		code := h.ask(personal.Delete, a, b)
		h.shelf.moving[b] = true
		refused(t, h.decide(code, personal.Granted, ""), personal.UnderWay)
		h.shelf.moving[b] = false
		if err := h.hold(b, false); err != nil {
			t.Fatal(err)
		}
		refused(t, h.hold(b, false), "personal.held_already")
		refused(t, h.decide(code, personal.Granted, ""), "personal.held")
		if h.shelf.people[a] == "" {
			t.Error("erased although the request was refused as a whole")
		}
		if err := h.hold(b, true); err != nil {
			t.Fatal(err)
		}
		refused(t, h.hold(b, true), "personal.not_held")
		if err := h.decide(code, personal.Granted, ""); err != nil {
			t.Fatal(err)
		}
		if h.shelf.people[a] != "" || h.shelf.people[b] != "" || h.shelf.people["RR000000029VN"] == "" {
			t.Errorf("%v", h.shelf.people)
		}
		refused(t, h.hold(a, false), "personal.forgotten")
		h.replayed()
	})
}

func TestWhatOutlivesItsTimeIsForgottenButNotWhatIsHeld(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		for thing := range h.shelf.people {
			h.shelf.expired = append(h.shelf.expired, personal.Expired{Thing: thing, Rule: "dossier.records.electronic@2017-08-15"})
		}
		const held = event.Thing("RR000000029VN")
		if err := h.hold(held, false); err != nil {
			t.Fatal(err)
		}
		n, err := h.s.Expire(t.Context())
		if err != nil || n != 2 || h.shelf.people[held] == "" || h.shelf.people["RR000000004VN"] != "" {
			t.Errorf("%d forgotten, %v, left %v", n, err, h.shelf.people)
		}
		if n, err := h.s.Expire(t.Context()); err != nil || n != 0 {
			t.Errorf("again: %d, %v", n, err)
		}
		h.replayed()
	})
}

func TestRestrictedDataIsShownToNobodyButStaysWhatTheLawHasKept(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	const a = event.Thing("RR000000004VN")
	h.shelf.lawful[a] = true
	refused(t, h.decide(h.ask(personal.Delete, a), personal.Granted, ""), "shelf.kept")
	if err := h.s.MayShow(t.Context(), a); err != nil {
		t.Error(err)
	}
	if err := h.decide(h.ask(personal.Restrict, a), personal.Granted, ""); err != nil {
		t.Fatal(err)
	}
	refused(t, h.s.MayShow(t.Context(), a), "personal.restricted")
	if err := h.s.MayShow(t.Context(), "RR000000015VN"); err != nil || h.shelf.people[a] == "" {
		t.Errorf("%v, %q", err, h.shelf.people[a])
	}
}

// as is the pages as one person sees them.
func (h *house) as(role web.Right) *web.Mux {
	who := web.Person{}
	if role != web.Public {
		r := web.Role{Name: role, Office: office}
		who = web.Person{ID: "ks-1", Name: "Người Mẫu", Roles: []web.Role{r}, Acting: r}
	}
	m := web.New(webtest.Gate{Person: who}, web.Site{}, slog.New(slog.DiscardHandler))
	h.s.Mount(m)
	return m
}

func ask(m *web.Mux, method, path string, form url.Values) (*httptest.ResponseRecorder, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w, html.UnescapeString(w.Body.String())
}

var actID = regexp.MustCompile(`name="act" value="([^"]+)"`)

func TestTheCounterTakesARequestPrintsItsSlipAndTheAnswer(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	clerk, head := h.as(web.Clerk), h.as(web.Supervisor)
	_, page := ask(clerk, "GET", "/personal/new", nil)
	form := url.Values{"act": {actID.FindStringSubmatch(page)[1]}, "kind": {"provide"}, "things": {"rr 000 000 004 vn"}, "name": {"Nguyễn Văn Mẫu"}, "contact": {"0912 345 678"}, "via": {"counter"}}
	if w, text := ask(clerk, "POST", "/personal/new", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "Nguyễn Văn Mẫu") {
		t.Errorf("without papers seen: %d, or what was typed is lost", w.Code)
	}
	form.Set("checked", "id-card")
	w, _ := ask(clerk, "POST", "/personal/new", form)
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/personal/YC") {
		t.Fatalf("%d to %q", w.Code, to)
	}
	if w, _ := ask(clerk, "POST", "/personal/new", form); w.Header().Get("Location") != to {
		t.Error("a second click made a second request")
	}
	for path, words := range map[string][]string{to: {"RR000000004VN", "0912 345 678", "đang chờ", "chưa kiểm chứng"}, to + "/slip": {"05/03/2026", to[len("/personal/"):]}, to + "/data": {"Nguyễn Văn Mẫu"}, "/personal": {"đang chờ"}} {
		_, text := ask(head, "GET", path, nil)
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s: %q is not there", path, word)
			}
		}
	}
	if w, _ := ask(clerk, "GET", to+"/data", nil); w.Code != http.StatusForbidden {
		t.Errorf("a clerk reads the data: %d", w.Code)
	}
	_, page = ask(head, "GET", to, nil)
	if w, _ := ask(head, "POST", to, url.Values{"act": {actID.FindStringSubmatch(page)[1]}, "decision": {"granted"}}); w.Code != http.StatusSeeOther {
		t.Errorf("answer: %d", w.Code)
	}
	if _, text := ask(head, "GET", "/personal?lang=en", nil); !strings.Contains(text, "granted") {
		t.Error("the answered request is not listed")
	}
}

func TestAStrangerNeedsTheReceiptsSecretAndLearnsNothingWithout(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	m := h.as(web.Public)
	_, page := ask(m, "GET", "/privacy/request", nil)
	act := actID.FindStringSubmatch(page)[1]
	send := func(thing, secret string) (int, string) {
		w, text := ask(m, "POST", "/privacy/request", url.Values{"act": {act}, "kind": {"delete"}, "things": {thing}, "secret": {secret}, "name": {"Nguyễn Văn Mẫu"}, "contact": {"0912 345 678"}})
		return w.Code, regexp.MustCompile(`RR\d+VN|nonce="[^"]*"`).ReplaceAllString(text, "")
	}
	code1, known := send("RR000000004VN", "WRONG1")
	code2, unknown := send("RR999999995VN", "WRONG1")
	if code1 != http.StatusUnprocessableEntity || code1 != code2 || known != unknown {
		t.Errorf("%d and %d, or the pages differ: a stranger learns which item exists", code1, code2)
	}
	if code, text := send("RR000000004VN", "ab23cd"); code != http.StatusOK || !strings.Contains(text, "YC") {
		t.Errorf("%d", code)
	}
	h.s.Limit = web.Limit{PerSecond: 0.01, Burst: 1}
	if code, _ := send("RR000000004VN", "AB23CD"); code != http.StatusOK {
		t.Errorf("sent again: %d", code)
	}
	if code, _ := send("RR000000004VN", "AB23CD"); code != http.StatusTooManyRequests {
		t.Errorf("over the limit: %d", code)
	}
}

// If this fails people stay for ever who asked for something that was refused, or a request under way loses who asked.
func TestARefusedRequestLeavesNobody(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		taken := h.ask(personal.Provide, "RR000000004VN")
		refusedAsk := func() {
			_, err := h.s.Receive(t.Context(), h.envelope(), personal.Ask{Kind: "everything", Things: []event.Thing{"RR000000004VN"}, Via: "counter"},
				personal.Asker{Name: "Trần Thị Mẫu", Contact: "0912 345 679"}, "id-card")
			refused(t, err, "personal.kind")
		}
		refusedAsk()
		rows := func() (n int) {
			if err := db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM personal_request`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		tidy := func(want int) {
			t.Helper()
			if err := h.s.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := rows(); got != want {
				t.Errorf("%d askers are kept, want %d", got, want)
			}
		}
		tidy(2) // its act may be under way still
		h.now = h.now.Add(25 * time.Hour)
		refusedAsk()
		tidy(2) // the old one goes, the new one stays a day
		list, err := h.s.Open(t.Context())
		if err != nil || len(list) != 1 || list[0].Code != taken {
			t.Errorf("%v, %v", list, err)
		}
		var subjects int
		if err := db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM subject_erased`).Scan(&subjects); err != nil || subjects != 1 {
			t.Errorf("%d keys were erased, %v", subjects, err)
		}
	})
}
