package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"citypost/internal/api/webhook"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/tracking"
	"citypost/internal/web"
)

// Places answers where things are. The pictures it gives do not change while they are held.
type Places interface {
	Gazetteer() *gazetteer.Gazetteer
	Directory() *gazetteer.Directory
	// DeliveryOffice is the office that delivers in a commune; ok is false when none is set.
	DeliveryOffice(unit postal.UnitCode) (o postal.OfficeCode, ok bool)
}

// Signer checks a person who signs on somebody else's device: login, password, and a code where the second factor is on, with the brakes of the
// sign-in. The person comes back with all roles in force.
type Signer interface {
	Sign(r *http.Request, login, password, code string) (web.Person, error)
}

// Staff says which roles of a member of staff are in force today; none for an unknown or disabled account.
type Staff interface {
	Roles(ctx context.Context, id postal.StaffID) ([]web.Role, error)
}

// Clock knows when an item must first have been tried, and by which rule; 0 where no rule says so. The same question must always get the same answer: a device
// sends an act again until it hears of it.
type Clock interface {
	DueBy(s event.Service, from postal.OfficeCode, to postal.UnitCode, at time.Time) (dueMs int64, rule string, err error)
}

// Till prices what is accepted and takes its money. The acts that it makes must be the same for the same request, whatever has happened since.
type Till interface {
	// Acceptance prices an acceptance when it is decided, relief included. A fee that was sent must be the price. Without means ("cash", "transfer") no money is taken.
	Acceptance(a custody.Accept, means string) ledger.Act
	// Undo takes the last act on an item back; with an acceptance its relief and money too.
	Undo(u custody.Undo) ledger.Act
}

// Tracker tells the public how far an item has come; it fails with tracking.NotFound for every number that is not shown.
type Tracker interface {
	Track(ctx context.Context, typed string) (tracking.Status, error)
}

// Config is what a house brings.
type Config struct {
	Ledger   *ledger.Ledger
	Gate     web.Gate         // who is asking: a device's token or a person's session
	Signer   Signer           // nil: nobody can sign on a device
	Staff    Staff            // nil: a device acts in its own name only
	Places   Places           // nil: codes are checked for their form only
	Clock    Clock            // nil: nothing is due
	Till     Till             // nil: the fee is the one sent, and no money is taken
	Tracker  Tracker          // nil: straight from the ledger
	Hooks    *webhook.Service // nil: no webhooks
	Dossiers Dossiers         // nil: none
	Now      func() time.Time // nil: the clock
	Log      *slog.Logger     // nil: slog.Default

	Known     web.Limit // of each credential
	Strangers web.Limit // of each address without one: tracking
}

// Route is one line of the rights list of the API.
type Route struct {
	Method, Path string
	Right        web.Right
}

// Service answers the API of one house.
type Service struct {
	Config
	mux       *http.ServeMux
	huma      huma.API
	contract  []byte
	routes    []Route
	known     web.Limiter
	strangers web.Limiter
	staff     staffCache
}

// takeOver puts our errors in place of huma's, which are the same for the whole program.
var takeOver = sync.OnceFunc(func() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return newHumaError(nil, status, msg, errs...)
	}
	huma.NewErrorWithContext = newHumaError
})

// New makes the API of a house.
func New(c Config) (*Service, error) {
	takeOver()
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Gate == nil {
		c.Gate = web.NoGate{}
	}
	if c.Tracker == nil {
		c.Tracker = fromLedger{c.Ledger}
	}
	s := &Service{Config: c, mux: http.NewServeMux()}
	s.huma = humago.New(s.mux, contractConfig())
	s.addActs()
	s.addQuestions()
	s.addHooks()
	s.addDossiers()
	s.addScans()
	contract, err := json.MarshalIndent(s.huma.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write contract: %w", err)
	}
	s.contract = append(contract, '\n')
	s.route(http.MethodGet, "/api/openapi.json", web.Public, s.openapi)
	s.mux.HandleFunc("/", s.unmatched)
	return s, nil
}

type fromLedger struct{ l *ledger.Ledger }

// Track asks the ledger.
func (f fromLedger) Track(ctx context.Context, typed string) (tracking.Status, error) {
	return tracking.Track(ctx, f.l, typed)
}

// Mount puts the API on a house's mux. It decides itself who may do what, route by route: see Routes.
func (s *Service) Mount(m *web.Mux) {
	const ownLimit = 64 << 20 // we refuse over maxBody ourselves, in our own form
	m.Handle("/api/", web.Public, s, web.OwnAuth(), web.MaxBody(ownLimit))
}

// Routes lists who may use what, for the test that reads the rights aloud.
func (s *Service) Routes() []Route { return s.routes }

// Contract gives the OpenAPI document.
func (s *Service) Contract() []byte { return s.contract }

func (s *Service) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// ServeHTTP finds out who asks, counts the request, reads small bodies whole, and lets the route answer.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, lang: langOf(r.Header.Get("Accept-Language"))}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language, Authorization")
	p, ok, err := s.Gate.Who(r)
	if ok {
		c.person = p
	}
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	c.r = r
	if err != nil {
		s.fail(w, r, fmt.Errorf("who is asking: %w", err))
		return
	}
	err = s.admitRate(w, c)
	if err == nil && r.Method != http.MethodGet && r.Method != http.MethodHead && r.URL.Path != scansPath {
		err = checkBody(r)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// checkBody reads a body before huma does: over its limit, of another kind or no text it goes no further.
func checkBody(r *http.Request) error {
	body, err := readBody(r.Body, r.ContentLength)
	if err != nil {
		return err
	}
	if !utf8.ValidString(body) {
		return errNotText
	}
	if ct := r.Header.Get("Content-Type"); ct != "" && body != "" {
		if kind, _, err := mime.ParseMediaType(ct); err != nil || kind != "application/json" {
			return errContentType
		}
	}
	if body != "" && !json.Valid([]byte(body)) {
		return errNotJSON
	}
	r.Body = io.NopCloser(bytes.NewReader([]byte(body)))
	return nil
}

// route adds a route that huma does not run.
func (s *Service) route(method, path string, right web.Right, h web.Handler) {
	s.routes = append(s.routes, Route{method, path, right})
	s.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// add adds a route that huma runs: it reads the request into I, describes it in the contract, and writes O.
func add[I, O any](s *Service, right web.Right, op huma.Operation, h func(ctx context.Context, c *call, in *I) (*O, error)) {
	s.routes = append(s.routes, Route{op.Method, op.Path, right})
	describe(&op, right)
	op.BodyReadTimeout = -1 // the body is read already; huma's deadline would outlive it and end the connection's context when an act takes longer
	op.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		if err := callOf(r.Context()).admit(right); err != nil {
			s.fail(w, r, err)
			return
		}
		next(ctx)
	}}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		c := callOf(ctx)
		out, err := h(ctx, c, in)
		if err != nil {
			p := problemOf(err, c.lang)
			logProblem(ctx, s.log(), p, err)
			if p.Status == http.StatusServiceUnavailable {
				return nil, huma.ErrorWithHeaders(p, http.Header{"Retry-After": {retryAfter}})
			}
			return nil, p
		}
		return out, nil
	})
}

// describe writes into the contract who may use an operation.
func describe(op *huma.Operation, right web.Right) {
	op.Security = []map[string][]string{}
	if right != web.Public {
		op.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	}
	op.Extensions = map[string]any{"x-right": strings.Split(string(right), "|")}
}

func contractConfig() huma.Config {
	c := huma.DefaultConfig("citypost", "1")
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	c.Info.Description = `The API of the city post.

Every write is an act with an id made by the sender (a UUID, best of version 7): in a scan it is the member id, elsewhere the header Idempotency-Key. Sending the
same act again gets the first answer again, with the status "repeated"; the same id with another content is refused with ledger.act_reused (409).
Errors are problem+json with a stable code and a sentence in Vietnamese and English; Accept-Language chooses which one is in detail.
Over the rate limit the answer is 429 with Retry-After. After a 5xx or no answer at all send the same request again.
Lists come in pages: send the member next back as the parameter after. Times are RFC 3339; order is seq, never a clock.`
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A device's token, shown once when an administrator adds the device"},
		"session": {Type: "apiKey", In: "cookie", Name: "citypost", Description: "A person signed in with the browser"},
	}
	return c
}

func (s *Service) openapi(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
	w.Header().Set("Cache-Control", "public, max-age=300")
	if _, err := w.Write(s.contract); err != nil {
		s.log().DebugContext(r.Context(), "answer not taken", "err", err)
	}
	return nil
}

// unmatched answers paths that no route serves, and known paths asked with the wrong method.
func (s *Service) unmatched(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		probe := r.Clone(context.WithoutCancel(r.Context()))
		probe.Method = method
		if _, pattern := s.mux.Handler(probe); pattern != "/" {
			allow = append(allow, method)
		}
	}
	if len(allow) == 0 {
		s.fail(w, r, fault.New(fault.NotFound, "api.no_route", "Không có đường dẫn này. Xem mô tả ở /api/openapi.json.", "There is no such path. See the contract at /api/openapi.json."))
		return
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	p := problemOf(fault.New(fault.Invalid, "api.method", "Đường dẫn này không nhận cách gửi đó.", "This path does not take that method."), callOf(r.Context()).lang)
	p.Status, p.Title = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
