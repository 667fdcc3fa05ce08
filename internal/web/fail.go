package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/sqldb"
)

// status is the only table from a fault's kind to HTTP.
var status = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// Status gives the HTTP status of an error: nil is 200, a fault its kind's (Invalid without a field is 400: there is no form
// to mend), anything else 500.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	f, ok := fault.From(err)
	if !ok {
		return http.StatusInternalServerError
	}
	if f.Kind == fault.Invalid && f.Field == "" {
		return http.StatusBadRequest
	}
	if s, ok := status[f.Kind]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Understood turns any error into a fault that may be shown: a body over its limit becomes TooLarge, a full disk and an absent database become
// Unavailable, what is no fault becomes "internal". The API uses it too.
func Understood(err error) *fault.Error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return tooLarge(big.Limit).Because(err)
	}
	if f, ok := fault.From(err); ok {
		return f
	}
	if f, ok := fault.From(sqldb.Refine(err)); ok {
		return f
	}
	return fault.New(0, "internal",
		"Hệ thống gặp trục trặc, việc vừa làm có thể chưa được ghi. Hãy xem lại rồi thử lần nữa; nếu vẫn vậy, báo cho người quản trị kèm mã yêu cầu dưới đây.",
		"Something went wrong on our side and what you just did may not be recorded. Check, then try again; if it stays so, tell the administrator the request id below.").Because(err)
}

func tooLarge(limit int64) *fault.Error {
	return fault.New(fault.TooLarge, "web.too_large",
		"Nội dung gửi lên quá lớn (tối đa %[1]s). Hãy bớt đi hoặc chia làm nhiều lần.",
		"What was sent is too large (at most %[1]s). Send less, or in several parts.", size(limit))
}

// size prints a limit the way people say it: "1 MB", "64 KB".
func size(n int64) string {
	if n >= 1<<20 {
		return decimal(n>>20) + " MB"
	}
	return decimal(n>>10) + " KB"
}

// fail answers a request whose handler returned err.
func (m *Mux) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		w.WriteHeader(499) // the caller has gone; nobody reads this
		return
	}
	f := Understood(err)
	s := Status(f)
	m.logFailure(r, s, f, err)
	if s == http.StatusUnauthorized && m.askToSignIn(w, r) {
		return
	}
	m.answer(w, r, s, f, err)
}

func (m *Mux) logFailure(r *http.Request, s int, f *fault.Error, err error) {
	if s < 500 { // the sentence may repeat what was typed: the code says enough
		m.Log.DebugContext(r.Context(), "request refused", "request", visitOf(r).id, "route", r.Pattern, "status", s, "code", f.Code)
		return
	}
	level := slog.LevelError
	if s == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	m.Log.Log(r.Context(), level, "request refused", "request", visitOf(r).id, "route", r.Pattern, "status", s, "code", f.Code, "err", err)
}

// answer writes a fault in the form the caller can read: JSON, a fragment for htmx, or a page.
func (m *Mux) answer(w http.ResponseWriter, r *http.Request, s int, f *fault.Error, cause error) {
	w.Header().Set("Cache-Control", "no-store")
	if s == http.StatusServiceUnavailable || s == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "5")
	}
	if wantsJSON(r) {
		writeProblem(w, r, s, f)
		return
	}
	p := NewPage(r, "Chưa làm được", "Not done")
	p.Title = failTitle(s, p)
	var err error
	if Partial(r) {
		err = Render(w, r, s, FailBand(p, f))
	} else {
		err = Render(w, r, s, failPage(p, s, f, visitOf(r).id, keptOf(r, s)))
	}
	if err != nil {
		m.Log.ErrorContext(r.Context(), "error page failed", "request", visitOf(r).id, "err", err)
	}
}

// keptOf is the form of a request that could not be served for the moment, to be sent again from the page that says so: with its act's id in it, what was recorded
// all the same is not recorded twice. What holds a password or a file cannot be kept; the browser's own back button still has it.
func keptOf(r *http.Request, s int) Carried {
	if r.Method != http.MethodPost || s != http.StatusServiceUnavailable && s != http.StatusTooManyRequests {
		return Carried{}
	}
	c := carry(r)
	for name := range r.PostForm {
		if isSecret(name) {
			return Carried{}
		}
	}
	return c
}

func failTitle(s int, p Page) string {
	switch s {
	case http.StatusNotFound:
		return p.T("Không tìm thấy", "Not found")
	case http.StatusForbidden:
		return p.T("Chưa có quyền", "Not allowed")
	case http.StatusUnauthorized:
		return p.T("Mời đăng nhập", "Please sign in")
	case http.StatusConflict:
		return p.T("Không làm được vì dữ liệu đã khác", "Not done: things have changed")
	case http.StatusRequestEntityTooLarge:
		return p.T("Gửi quá nhiều", "Too large")
	case http.StatusTooManyRequests:
		return p.T("Làm quá nhanh", "Too many requests")
	case http.StatusServiceUnavailable:
		return p.T("Tạm thời chưa ghi được", "Not available for a moment")
	case http.StatusInternalServerError:
		return p.T("Hệ thống gặp trục trặc", "Something went wrong")
	}
	return p.T("Nội dung gửi chưa đúng", "The request could not be understood")
}

// wantsJSON is true for the API and for callers that ask for JSON and not for pages.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.Contains(accept, "json") && !strings.Contains(accept, "html")
}

// problem is the body of an API error (RFC 9457).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	VI     string `json:"detail_vi"`
	Field  string `json:"field,omitempty"`
	ID     string `json:"request_id,omitempty"`
}

func writeProblem(w http.ResponseWriter, r *http.Request, s int, f *fault.Error) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(s)
	_ = json.NewEncoder(w).Encode(problem{Type: "about:blank", Title: http.StatusText(s), Status: s, Code: f.Code,
		Detail: f.EN, VI: f.VI, Field: f.Field, ID: visitOf(r).id})
}
