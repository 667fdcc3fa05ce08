package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Handler answers a request or says why not. What it returns becomes a page (fail.go); it must not have written anything then.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Gate knows who is at the other end. Package account implements it.
type Gate interface {
	// Who gives the person behind the request's session or token, with the roles in force today. ok is false when nobody
	// is signed in or the session has ended; that is no error. An error means that we could not find out.
	Who(r *http.Request) (p Person, ok bool, err error)
}

// Ender is a Gate that can end the session behind a request. Package account implements it.
type Ender interface {
	SignOff(w http.ResponseWriter, r *http.Request) error
}

// Knower is a Gate that sees on a request that it had a session which has ended. Package account implements it.
type Knower interface {
	HadSession(r *http.Request) bool
}

// NoGate is the Gate of a house without accounts: everyone is the public.
type NoGate struct{}

// Who knows nobody.
func (NoGate) Who(*http.Request) (Person, bool, error) { return Person{}, false, nil }

// Site is what all pages of one installation share.
type Site struct {
	NameVI, NameEN string // "Bưu điện thành phố", "City Post"
	Hotline        string // shown on public pages and receipts; empty: not shown
	Band           string // a fixed band on top of every page ("NỘI BỘ – KT1"); empty: none
	ScanTo         string // where the scan field on top of staff pages asks (GET, parameter "code"); empty: no field
	// Place names the place of a role for the header in a language; nil: it is shown by its code.
	Place   func(o postal.OfficeCode, lang string) string
	Secure  bool          // we are reached by TLS, here or at a proxy before us
	Closed  bool          // a closed house: see closed.go
	Idle    time.Duration // after which a session ends, said on every page of a closed house
	Proxies Proxies       // whose X-Forwarded-For is believed; empty: nobody's
}

// Route is one line of the rights list.
type Route struct {
	Method, Pattern string
	Right           Right
}

// Mux takes requests to handlers. Make it with New, hand it to every capability's Mount, then serve it.
type Mux struct {
	Site Site
	Log  *slog.Logger

	gate     Gate
	mux      *http.ServeMux
	chain    http.Handler
	routes   []Route
	jobs     []job
	services []Link
}

// New makes a Mux. Routes may be added until the first request is served.
func New(gate Gate, site Site, log *slog.Logger) *Mux {
	if site.NameVI == "" {
		site.NameVI, site.NameEN = "Bưu điện thành phố", "City Post"
	}
	if log == nil {
		log = slog.Default()
	}
	m := &Mux{Site: site, Log: log, gate: gate, mux: http.NewServeMux()}
	m.mux.HandleFunc("/", m.unmatched)
	m.mountAssets()
	m.Get(jobsPath, SignedIn, m.getJobs)
	if site.Closed {
		m.Get(overPath, Public, m.getOver, OwnAuth())
	}
	m.chain = m.middleware(m.mux)
	return m
}

// Get serves GET (and HEAD) of a ServeMux pattern ("/items/{code}") to whoever holds right.
func (m *Mux) Get(pattern string, right Right, h Handler, opts ...Option) {
	m.add("GET", pattern, right, h, opts)
}

// Post serves POST of a pattern to whoever holds right.
func (m *Mux) Post(pattern string, right Right, h Handler, opts ...Option) {
	m.add("POST", pattern, right, h, opts)
}

// Handle serves every method of a pattern with a plain http.Handler, for the API and for files.
func (m *Mux) Handle(pattern string, right Right, h http.Handler, opts ...Option) {
	m.add("", pattern, right, func(w http.ResponseWriter, r *http.Request) error { h.ServeHTTP(w, r); return nil }, opts)
}

// Routes lists what has been added, sorted, for the test that reads the rights aloud.
func (m *Mux) Routes() []Route {
	out := slices.Clone(m.routes)
	slices.SortFunc(out, func(a, b Route) int {
		return strings.Compare(a.Pattern+" "+a.Method, b.Pattern+" "+b.Method)
	})
	return out
}

// Option changes one route.
type Option func(*route)

// MaxBody lets a route take bodies up to n bytes instead of 1 MiB. Say why at the place of use.
func MaxBody(n int64) Option { return func(rt *route) { rt.maxBody = n } }

// Camera lets the page use the camera and compile our own wasm decoder.
func Camera() Option { return func(rt *route) { rt.camera = true } }

// OwnAuth says that the handler itself decides who may use it (the API with its own tokens); the right is then only listed.
func OwnAuth() Option { return func(rt *route) { rt.ownAuth = true } }

type route struct {
	Route
	handler Handler
	maxBody int64
	camera  bool
	ownAuth bool
}

// defaultBody is enough for every form here: the largest, a manifest of 500 items, is under 40 KB.
const defaultBody = 1 << 20

func (m *Mux) add(method, pattern string, right Right, h Handler, opts []Option) {
	if !right.Known() {
		panic(fmt.Sprintf("web: route %s %s: unknown right %q", method, pattern, right))
	}
	if m.Site.Closed {
		right = closedRight(pattern, right)
	}
	rt := &route{Route: Route{Method: method, Pattern: pattern, Right: right}, handler: h, maxBody: defaultBody}
	for _, o := range opts {
		o(rt)
	}
	if m.Site.Closed && rt.camera {
		panic(fmt.Sprintf("web: route %s %s: a closed house has no camera", method, pattern))
	}
	m.routes = append(m.routes, rt.Route)
	full := pattern
	if method != "" {
		full = method + " " + pattern
	}
	m.mux.HandleFunc(full, func(w http.ResponseWriter, r *http.Request) { m.serve(w, r, rt) })
}

// serve admits the person, bounds the body, runs the handler and turns what it returns into an answer.
func (m *Mux) serve(w http.ResponseWriter, r *http.Request, rt *route) {
	permit(w, rt)
	sent := r.Body
	if err := limitBody(w, r, rt.maxBody); err != nil {
		swallow(r, sent)
		m.fail(w, r, err)
		return
	}
	r, err := m.admit(r, rt)
	carries := false
	if !rt.ownAuth {
		var broken error
		if carries, broken = m.onlyCarries(r); err == nil {
			err = broken
		}
	}
	if carries {
		err = m.endSession(w, r)
	} else if err == nil {
		if rt.Right != Public || personOf(r).Known() {
			w.Header().Set("Cache-Control", "no-store")
		}
		err = rt.handler(w, r)
	}
	if err != nil {
		swallow(r, sent)
		m.fail(w, r, err)
	}
}

// admit finds out who asks and refuses whoever lacks the right.
func (m *Mux) admit(r *http.Request, rt *route) (*http.Request, error) {
	if rt.ownAuth {
		return r, nil
	}
	p, ok, err := m.gate.Who(r)
	if err != nil {
		if rt.Right == Public { // the public page must stand when the accounts' database does not
			m.Log.WarnContext(r.Context(), "session not readable", "err", err)
			return r, nil
		}
		return r, fmt.Errorf("who is asking: %w", err)
	}
	if ok {
		visitOf(r).person = p
	}
	if p.May(rt.Right, "") {
		return r, nil
	}
	if !ok {
		return r, signIn()
	}
	if other, ok := p.CouldAs(rt.Right); ok {
		return r, fault.New(fault.Forbidden, "web.other_role",
			"Vai trò đang dùng không mở được trang này. Hãy đổi sang vai trò “%[1]s” ở đầu trang rồi làm lại.",
			"The role in use may not open this page. Change to the role “%[2]s” at the top of the page and try again.",
			other.Name.In("vi"), other.Name.In("en"))
	}
	return r, fault.New(fault.Forbidden, "web.no_right",
		"Việc này dành cho: %[1]s. Nếu bạn cần làm việc này, hãy nhờ người quản trị cấp vai trò.",
		"This is for: %[2]s. If you need it, ask an administrator for the role.",
		rt.Right.In("vi"), rt.Right.In("en"))
}

func signIn() error {
	return fault.New(fault.Unauthenticated, "web.sign_in", "Mời đăng nhập để tiếp tục.", "Please sign in to go on.")
}

// unmatched answers paths that no route serves, and known paths asked with the wrong method.
func (m *Mux) unmatched(w http.ResponseWriter, r *http.Request) {
	if p, ok, err := m.gate.Who(r); err == nil && ok {
		visitOf(r).person = p
	}
	var allow []string
	for _, method := range []string{"GET", "POST"} {
		probe := r.Clone(context.WithoutCancel(r.Context()))
		probe.Method = method
		if _, pattern := m.mux.Handler(probe); pattern != "/" {
			allow = append(allow, method)
		}
	}
	if len(allow) > 0 && !slices.Contains(allow, r.Method) {
		w.Header().Set("Allow", strings.Join(allow, ", "))
		m.answer(w, r, http.StatusMethodNotAllowed, fault.New(fault.Invalid, "web.method",
			"Trang này không nhận cách gửi đó.", "This page does not take that kind of request."), nil)
		return
	}
	m.fail(w, r, fault.New(fault.NotFound, "web.not_found",
		"Không có trang này. Có thể địa chỉ gõ sai hoặc trang đã chuyển chỗ.",
		"There is no such page. The address may be mistyped, or the page has moved."))
}

// ServeHTTP runs the whole chain: see middleware.go.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.chain.ServeHTTP(w, r) }

// visit is what one request knows beside its URL; one pointer in the context, filled on the way in.
type visit struct {
	mux     *Mux
	id      string
	address string // of the client
	lang    string
	person  Person
	flash   *Flash
	start   time.Time
}

type visitKey struct{}

// visitOf gives the request's visit; outside a Mux (tests of a bare component) an empty one.
func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{lang: "vi"}
}

func personOf(r *http.Request) Person { return visitOf(r).person }

// PersonOf says who asks; the zero Person is the public. Inside a route whose right is not Public it is always known.
func PersonOf(r *http.Request) Person { return personOf(r) }

// RequestID names the request, for log lines of handlers.
func RequestID(ctx context.Context) string {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v.id
	}
	return ""
}
