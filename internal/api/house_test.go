package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/api"
	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

const (
	officeA = "180100"
	officeB = "180200"
)

// gate knows people by their token, as package account does.
type gate map[string]web.Person

func (g gate) Who(r *http.Request) (web.Person, bool, error) {
	p, ok := g[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	return p, ok, nil
}

func person(id string, office postal.OfficeCode, rights ...web.Right) web.Person {
	p := web.Person{ID: postal.StaffID(id), Session: id}
	for _, r := range rights {
		p.Roles = append(p.Roles, web.Role{Name: r, Office: office})
	}
	return p
}

var people = gate{
	"clerkA":  person("nv-a", officeA, web.Supervisor),
	"clerkA2": person("nv-a2", officeA, web.Clerk),
	"clerkB":  person("nv-b", officeB, web.Supervisor),
	"driver":  person("nv-lx", "", web.Driver),
	"carrier": person("nv-bt", officeB, web.Carrier),
	"deviceB": person("tb-b", officeB, web.Device, web.Clerk, web.Carrier),
	"agency":  person("tb-x", "", web.Device, web.AgencyOfficer),
	"admin":   person("nv-admin", "", web.Admin),
}

// Sign knows everybody's password to be the token.
func (g gate) Sign(_ *http.Request, login, password, _ string) (web.Person, error) {
	if p, ok := g[login]; ok && password == "pw-"+login {
		return p, nil
	}
	return web.Person{}, fault.New(fault.Unauthenticated, "account.wrong", "Sai tên hoặc mật khẩu.", "Wrong name or password.")
}

func (g gate) Roles(_ context.Context, id postal.StaffID) ([]web.Role, error) {
	for _, p := range g {
		if p.ID == id {
			return p.Roles, nil
		}
	}
	return nil, nil
}

// house is a ledger with the API on top.
type house struct {
	t   testing.TB
	l   *ledger.Ledger
	api *api.Service
	mu  sync.Mutex
	now time.Time

	step atomic.Pointer[ledger.Trip] // lets steps of the ledger fail or wait
}

func (h *house) trip(step string, after bool) error {
	if t := h.step.Load(); t != nil {
		return (*t)(step, after)
	}
	return nil
}

// at does something before every step of this name.
func (h *house) at(step string, do func() error) {
	t := ledger.Trip(func(s string, after bool) error {
		if s != step || after {
			return nil
		}
		return do()
	})
	h.step.Store(&t)
}

func newHouse(t testing.TB, db *sqldb.DB, change ...func(*api.Config)) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 3, 2, 8, 0, 0, 0, postal.HoChiMinh)}
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}, Now: h.clock, Trip: h.trip})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	h.l = l
	c := api.Config{Ledger: l, Gate: people, Signer: people, Staff: people, Now: h.clock}
	for _, f := range change {
		f(&c)
	}
	if h.api, err = api.New(c); err != nil {
		t.Fatal(err)
	}
	for n, o := range []postal.OfficeCode{officeA, officeB} {
		e := ledger.Envelope{Act: postal.NewActID(h.now), OccurredMs: h.now.UnixMilli(), Office: o, Actor: "admin"}
		if _, err := l.Append(t.Context(), e, custody.ReserveRange{Office: o, Letters: "RR", From: 1_000_000 * (n + 1), To: 1_000_000*(n+1) + 899_999}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// clock moves a millisecond at every look.
func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(time.Millisecond)
	return h.now
}

func (h *house) stamp() string { return h.clock().Format(time.RFC3339Nano) }

func (h *house) id() string { return postal.NewActID(h.clock()).String() }

// reply is what came back.
type reply struct {
	status int
	header http.Header
	raw    []byte
	t      testing.TB
}

func (r reply) json() map[string]any {
	r.t.Helper()
	var m map[string]any
	if err := json.Unmarshal(r.raw, &m); err != nil {
		r.t.Fatalf("no JSON: %v: %.300s", err, r.raw)
	}
	return m
}

func (r reply) text(member string) string {
	r.t.Helper()
	s, _ := r.json()[member].(string)
	return s
}

// send makes a request; header pairs come last.
func (h *house) send(method, path, who string, body any, header ...string) reply {
	h.t.Helper()
	var b io.Reader = http.NoBody
	switch body := body.(type) {
	case nil:
	case string:
		b = strings.NewReader(body)
	case []byte:
		b = bytes.NewReader(body)
	case io.Reader:
		b = body
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			h.t.Fatal(err)
		}
		b = bytes.NewReader(raw)
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, b)
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	for n := 0; n+1 < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	w := httptest.NewRecorder()
	h.api.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.Bytes(), h.t}
}

func (h *house) get(path, who string) reply {
	h.t.Helper()
	return h.send("GET", "/api/v1"+path, who, nil)
}

type members map[string]any

// post sends an act of its own, with a fresh key and the time when they are not given.
func (h *house) post(path, who string, m members) reply {
	h.t.Helper()
	if _, ok := m["occurred_at"]; !ok {
		m["occurred_at"] = h.stamp()
	}
	return h.send("POST", "/api/v1"+path, who, m, "Idempotency-Key", h.id())
}

// must posts and gives the code of what was made.
func (h *house) must(path, who string, m members) reply {
	h.t.Helper()
	r := h.post(path, who, m)
	if r.status != http.StatusCreated {
		h.t.Fatalf("%s: %d %s", path, r.status, r.raw)
	}
	return r
}

// scan sends scans and gives the results.
func (h *house) scan(who string, scans ...members) []map[string]any {
	h.t.Helper()
	for _, s := range scans {
		if _, ok := s["id"]; !ok {
			s["id"] = h.id()
		}
		if _, ok := s["occurred_at"]; !ok {
			s["occurred_at"] = h.stamp()
		}
	}
	return results(h.t, h.send("POST", "/api/v1/scans", who, members{"scans": scans}))
}

func results(t testing.TB, r reply) []map[string]any {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("scans: %d %s", r.status, r.raw)
	}
	var out []map[string]any
	for _, x := range r.json()["results"].([]any) {
		out = append(out, x.(map[string]any))
	}
	return out
}

// mustScan sends scans that must all be recorded.
func (h *house) mustScan(who string, scans ...members) []map[string]any {
	h.t.Helper()
	out := h.scan(who, scans...)
	for n, r := range out {
		if r["status"] != "recorded" {
			h.t.Fatalf("scan %d %v: %v", n, scans[n], r)
		}
	}
	return out
}

func (h *house) accept() string {
	h.t.Helper()
	return h.must("/items", "clerkA", members{"service": "registered", "to_unit": "11407", "to_office": officeB, "weight_g": 50, "fee_vnd": 12000}).text("thing")
}

// sign signs a handover with the digest of the difference that is on the screen.
func (h *house) sign(code, side, who string) reply {
	h.t.Helper()
	d := h.get("/handovers/"+code, who).json()["difference"].(map[string]any)["digest"]
	return h.post("/handovers/"+code+"/signatures", who, members{"side": side, "difference": d, "office": h.officeOf(who)})
}

func (h *house) officeOf(who string) string {
	if o := people[who].Roles[0].Office; o != "" {
		return string(o)
	}
	return officeA
}

// handOver opens, counts and signs twice.
func (h *house) handOver(office, from, to, giver, taker, purpose string, counts []members, things ...string) string {
	h.t.Helper()
	open := members{"from": from, "to": to, "things": things, "office": office}
	if purpose != "" {
		open["purpose"] = purpose
	}
	code := h.must("/handovers", giver, open).text("thing")
	h.must("/handovers/"+code+"/counts", taker, members{"counts": counts, "office": office})
	for side, who := range map[string]string{"giver": giver, "taker": taker} {
		d := h.get("/handovers/"+code, who).json()["difference"].(map[string]any)["digest"]
		h.must("/handovers/"+code+"/signatures", who, members{"side": side, "difference": d, "office": office})
	}
	return code
}

func (h *house) consistent() {
	h.t.Helper()
	if d, err := h.l.Check(h.t.Context(), nil); err != nil || len(d) > 0 {
		h.t.Fatalf("replay differs from live: %v, %v", d, err)
	}
}

// wantProblem checks a refusal: status, code, and both languages without what was sent.
func (r reply) wantProblem(status int, code string, sentWords ...string) {
	r.t.Helper()
	if r.status != status || r.text("code") != code {
		r.t.Errorf("got %d %s, want %d %s", r.status, r.raw, status, code)
		return
	}
	if ct := r.header.Get("Content-Type"); ct != "application/problem+json" {
		r.t.Errorf("%s: content type %s", code, ct)
	}
	m := r.json()
	for _, member := range []string{"detail", "detail_vi", "detail_en", "title"} {
		if s, _ := m[member].(string); s == "" {
			r.t.Errorf("%s: no %s", code, member)
		}
	}
	if m["detail_vi"] == m["detail_en"] {
		r.t.Errorf("%s: both languages are the same", code)
	}
	for _, w := range sentWords {
		if strings.Contains(string(r.raw), w) {
			r.t.Errorf("%s: the answer repeats what was sent: %s", code, r.raw)
		}
	}
}

// wantRefused checks one result of a scan.
func wantRefused(t testing.TB, r map[string]any, code string) {
	t.Helper()
	vi, _ := r["message_vi"].(string)
	en, _ := r["message_en"].(string)
	if r["status"] != "refused" || r["code"] != code || vi == "" || en == "" || vi == en || r["message"] == "" {
		t.Errorf("got %v, want refused with %s in both languages", r, code)
	}
}
