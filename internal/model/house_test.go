package model

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/account"
	"citypost/internal/api"
	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// firstDay is the house's first day; its clock moves a millisecond at every look and never leaves the day.
var firstDay = time.Date(2026, 3, 2, 6, 0, 0, 0, postal.HoChiMinh)

var offices = []string{"180100", "180200", "180300"}

// caller is a device with a token, or a person who is signed in himself.
type caller struct {
	name, id, token string
	device          bool
	right           string // what it may do
	office          string // "" everywhere
}

// brings says what a role allows beside its own name.
func brings(role, right string) bool {
	return role == right || role == "supervisor" && (right == "clerk" || right == "dispatcher")
}

// may says whether a caller holds one of the rights at an office; "" asks for any.
func (p *caller) may(rights, office string) bool {
	if office != "" && p.office != "" && p.office != office {
		return false
	}
	return slices.ContainsFunc(strings.Split(rights, "|"), func(r string) bool {
		return slices.ContainsFunc(strings.Split(p.right, "|"), func(own string) bool { return brings(own, r) })
	})
}

const mover = "clerk|carrier|driver|dispatcher"

// rights says who may do what.
var rights = map[string]string{
	"accept": "clerk", "start_bag": "clerk", "pack": "clerk", "unpack": "clerk", "seal_bag": "clerk", "unseal_bag": "clerk", "open_bag": "clerk",
	"take_out": "clerk", "empty_bag": "clerk", "hold": "clerk", "find": "clerk",
	"start_dispatch": "clerk|dispatcher", "load": "clerk|dispatcher", "unload": "clerk|dispatcher", "close_dispatch": "clerk|dispatcher", "reopen_dispatch": "clerk|dispatcher",
	"open_handover": mover, "count": mover, "sign_handover": mover, "withdraw_handover": mover, "see_here": mover,
	"deliver": "clerk|carrier", "redirect": "clerk|carrier", "return": "clerk|carrier", "report_lost": "clerk|carrier", "undo": "clerk|carrier",
	"attempt": "carrier", "settle": "supervisor",
}

// cast is everybody who takes part.
type cast struct {
	devices, people []*caller
	labels          map[string]string // printed labels and the offices they were given to; a sequence has its own
}

func newCast() *cast {
	c := &cast{}
	for n, o := range offices {
		c.people = append(c.people,
			&caller{name: fmt.Sprintf("clerk%da", n+1), right: "clerk", office: o},
			&caller{name: fmt.Sprintf("clerk%db", n+1), right: "clerk", office: o},
			&caller{name: fmt.Sprintf("head%d", n+1), right: "supervisor", office: o})
		c.devices = append(c.devices,
			&caller{name: fmt.Sprintf("counter%da", n+1), right: "clerk|dispatcher", office: o, device: true},
			&caller{name: fmt.Sprintf("counter%db", n+1), right: "clerk|dispatcher", office: o, device: true})
	}
	for n, o := range []string{offices[0], offices[1], offices[1], offices[2]} {
		c.people = append(c.people, &caller{name: fmt.Sprintf("carrier%d", n+1), right: "carrier", office: o})
		c.devices = append(c.devices, &caller{name: fmt.Sprintf("telephone%d", n+1), right: "carrier", office: o, device: true})
	}
	for n := range 2 {
		c.people = append(c.people, &caller{name: fmt.Sprintf("driver%d", n+1), right: "driver"})
		c.devices = append(c.devices, &caller{name: fmt.Sprintf("cab%d", n+1), right: "driver", device: true})
	}
	for _, p := range c.people {
		p.id, p.token = "nv-"+p.name, "person-"+p.name
	}
	return c
}

func (c *cast) person(id string) *caller {
	for _, p := range c.people {
		if p.id == id {
			return p
		}
	}
	return nil
}

// door says why a command does not get as far as the rules, and finds out where and in whose name it is.
func (c *cast) door(m *command) string {
	right := rights[m.act]
	if code := whereOf(m, m.from, right); code != "" {
		return code
	}
	if m.act == "sign_handover" {
		return c.signs(m)
	}
	m.who = m.from.id
	if m.actor != "" && m.actor != m.from.id {
		p := c.person(m.actor)
		if !m.from.device || p == nil || !p.may(right, m.where) {
			return "api.actor"
		}
		m.who = p.id
	}
	return m.form()
}

func whereOf(m *command, p *caller, right string) string {
	switch {
	case !p.may(right, ""):
		return "api.no_right"
	case m.office == "" && p.office == "":
		return "api.no_office"
	case m.office == "":
		m.where = p.office
	case !p.may(right, m.office):
		return "api.other_office"
	default:
		m.where = m.office
	}
	return ""
}

// signs finds out who signs: nobody can in another's name.
func (c *cast) signs(m *command) string {
	who := m.from
	switch {
	case m.signer != nil && m.badPassword:
		return "account.wrong"
	case m.signer != nil:
		who = m.signer
	case m.from.device:
		return "api.signer"
	}
	if !who.may(mover, m.where) {
		return "api.no_right"
	}
	m.who = who.id
	return m.form()
}

func (m *command) form() string {
	if m.badTime {
		return "api.time"
	}
	return m.broken
}

// gate knows devices by the accounts' own tokens, and people who are signed in by the test's.
type gate struct {
	devices *account.Service
	people  map[string]*caller
}

func (g gate) Who(r *http.Request) (web.Person, bool, error) {
	if p, ok := g.people[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; ok {
		return asPerson(p), true, nil
	}
	return g.devices.Who(r)
}

func asPerson(p *caller) web.Person {
	out := web.Person{ID: postal.StaffID(p.id), Name: p.name, Session: p.id}
	for _, r := range strings.Split(p.right, "|") {
		out.Roles = append(out.Roles, web.Role{Name: web.Right(r), Office: postal.OfficeCode(p.office)})
	}
	return out
}

// staff proves signers without the price of a password hash: thirty thousand of them are not what is tested here.
type staff struct{ *cast }

func (s staff) Sign(_ *http.Request, login, password, _ string) (web.Person, error) {
	for _, p := range s.people {
		if p.name == login && password == "pw-"+login {
			return asPerson(p), nil
		}
	}
	return web.Person{}, fault.New(fault.Unauthenticated, "account.wrong", "Sai tên hoặc mật khẩu.", "Wrong name or password.")
}

func (s staff) Roles(_ context.Context, id postal.StaffID) ([]web.Role, error) {
	if p := s.person(string(id)); p != nil {
		return asPerson(p).Roles, nil
	}
	return nil, nil
}

// house is the program under test: accounts, ledger, custody and the API behind one address.
type house struct {
	*cast
	ledger *ledger.Ledger
	url    string
	client *http.Client
	ticks  atomic.Int64

	mu    sync.Mutex
	given map[string]bool // every code that the program made: none may come twice
}

func (h *house) now() time.Time {
	return firstDay.Add(time.Duration(h.ticks.Add(1)) * time.Millisecond)
}

func newHouse(t *testing.T, db *sqldb.DB) *house {
	t.Helper()
	h := &house{cast: newCast(), given: map[string]bool{}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := privacy.LoadOrCreateHouseKey(filepath.Join(t.TempDir(), "house.key"))
	must(err)
	accounts, err := account.New(t.Context(), db, key, h.now)
	must(err)
	h.ledger, err = ledger.Open(t.Context(), db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}, Now: h.now})
	must(err)
	t.Cleanup(func() {
		if err := h.ledger.Close(); err != nil {
			t.Error(err)
		}
	})
	people := map[string]*caller{}
	for _, p := range h.people {
		people[p.token] = p
	}
	for _, d := range h.devices {
		add := account.Device{Name: d.name, Office: postal.OfficeCode(d.office)}
		for _, r := range strings.Split(d.right, "|") {
			add.Rights = append(add.Rights, web.Right(r))
		}
		made, token, err := accounts.AddDevice(t.Context(), account.Actor{ID: "nv-admin"}, add)
		must(err)
		d.id, d.token = made.ID, token
	}
	g := gate{accounts, people}
	service, err := api.New(api.Config{Ledger: h.ledger, Gate: g, Signer: staff{h.cast}, Staff: staff{h.cast}, Now: h.now})
	must(err)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil)) // a line for every request would drown what matters
	mux := web.New(g, web.Site{}, quiet)
	service.Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	h.url, h.client = server.URL, server.Client()
	h.client.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	for n, o := range offices {
		for half, printed := range []bool{false, true} {
			from := labelBase*(n+1) + half*labelBase/2
			e := ledger.Envelope{Act: postal.NewActID(h.now()), OccurredMs: h.now().UnixMilli(), Office: postal.OfficeCode(o), Actor: "nv-admin"}
			_, err := h.ledger.Append(t.Context(), e, custody.ReserveRange{Office: postal.OfficeCode(o), Letters: "RR", From: from, To: from + labelBase/2 - 1, Printed: printed})
			must(err)
		}
	}
	return h
}

// labelBase parts the offices' numbers: the lower half of each ten million is given out, the upper half is printed on labels.
const labelBase = 10_000_000

// number makes an item number of a serial by UPU S10: the ninth digit checks the other eight.
func number(serial int) string {
	digits := fmt.Sprintf("%08d", serial)
	sum := 0
	for n, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(digits[n]-'0') * weight
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return fmt.Sprintf("RR%s%dVN", digits, check)
}

// answer is what came back for one command.
type answer struct {
	ID             string   `json:"id"`
	Status         string   `json:"status"`
	Code           string   `json:"code"`
	Seq            int64    `json:"seq"`
	Thing          string   `json:"thing"`
	Irregularities []string `json:"irregularities"`
	VI             string   `json:"message_vi"`
	EN             string   `json:"message_en"`
}

// send makes a request and reads the answer into out, whatever its status.
func (h *house) send(ctx context.Context, method, path, token, key string, body, out any) (int, error) {
	var b io.Reader = http.NoBody
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		b = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, h.url+"/api/v1"+path, b)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w, err := h.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer w.Body.Close()
	raw, err := io.ReadAll(w.Body)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return 0, fmt.Errorf("%s %s: %d: %w: %.200s", method, path, w.StatusCode, err, raw)
	}
	return w.StatusCode, nil
}

// scans sends commands of one caller as a batch.
func (h *house) scans(ctx context.Context, batch []*command) ([]answer, error) {
	list := make([]members, len(batch))
	for n, c := range batch {
		list[n] = c.scan(h.now())
	}
	var out struct {
		Results []answer `json:"results"`
		Code    string   `json:"code"`
	}
	status, err := h.send(ctx, "POST", "/scans", batch[0].from.token, "", members{"scans": list}, &out)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK || len(out.Results) != len(batch) {
		return nil, fmt.Errorf("batch of %d scans: %d %s, %d results", len(batch), status, out.Code, len(out.Results))
	}
	return out.Results, nil
}

// alone sends a command to its own path.
func (h *house) alone(ctx context.Context, c *command) (answer, error) {
	var out answer
	var raw json.RawMessage
	status, err := h.send(ctx, "POST", ownPaths[c.act](c), c.from.token, c.id, c.body(h.now()), &raw)
	if err != nil {
		return answer{}, err
	}
	if status >= http.StatusBadRequest {
		var p struct {
			Code string `json:"code"`
			VI   string `json:"detail_vi"`
			EN   string `json:"detail_en"`
		}
		err := json.Unmarshal(raw, &p)
		if want := statusOf(p.Code); want != 0 && want != status {
			return answer{}, fmt.Errorf("%s has the status %d, want %d", p.Code, status, want)
		}
		return answer{ID: c.id, Status: "refused", Code: p.Code, VI: p.VI, EN: p.EN}, err
	}
	err = json.Unmarshal(raw, &out)
	if want := map[string]int{"recorded": http.StatusCreated, "repeated": http.StatusOK}[out.Status]; status != want {
		return answer{}, fmt.Errorf("an act that was %s has the status %d", out.Status, status)
	}
	return out, err
}

// statusOf gives the status of some codes, one of each kind.
func statusOf(code string) int {
	return map[string]int{"custody.wrong_holder": 409, "custody.unknown": 404, "custody.other_office": 403, "custody.clock": 400, "ledger.act_reused": 409,
		"custody.in_handover": 409, "custody.handover_others": 403, "custody.difference_changed": 409, "api.actor": 403, "account.wrong": 401}[code]
}
