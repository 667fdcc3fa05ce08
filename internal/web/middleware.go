package web

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"citypost/internal/fault"
)

// middleware is the chain around all routes, outermost first: log, recover, headers, text check, origin check, compression.
func (m *Mux) middleware(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(m.crossOrigin))
	guarded := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{mux: m, id: newID(), lang: "vi", start: time.Now(), address: m.Site.Proxies.client(r)}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		a := &answerWriter{ResponseWriter: w, gzipOK: acceptsGzip(r)}
		defer m.logAccess(r, a, v)
		defer a.close()
		defer m.recover(a, r)
		m.secure(a, r)
		v.lang = m.language(a, r)
		v.flash = takeFlash(a, r)
		if !isText(r) {
			m.fail(a, r, notText())
			return
		}
		guarded.ServeHTTP(a, r)
	})
}

func newID() string {
	var b [9]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func (m *Mux) crossOrigin(w http.ResponseWriter, r *http.Request) {
	m.fail(w, r, fault.New(fault.Forbidden, "web.cross_origin",
		"Yêu cầu này đến từ một trang khác nên không được nhận. Hãy mở trang của bưu điện và làm lại từ đó.",
		"This request came from another site and was not accepted. Open our own page and do it from there."))
}

// recover turns a panic into the internal error page; the stack goes to the log.
func (m *Mux) recover(a *answerWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(cause)
	}
	m.Log.ErrorContext(r.Context(), "panic", "request", visitOf(r).id, "route", r.Pattern, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if !a.sent {
		a.status = 0
		m.fail(a, r, fmt.Errorf("panic: %v", cause))
	}
}

// policy is the content security policy of every page; pages with a camera add the right to compile our wasm decoder.
const policy = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data: blob:; worker-src 'self'"

// secure sets the headers that hold for every answer, and the request's id.
func (m *Mux) secure(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Request-Id", visitOf(r).id)
	h.Set("Content-Security-Policy", policy)
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Cookie, Accept-Encoding, HX-Request")
	if m.Site.Closed {
		secureClosed(h)
	}
	if m.Site.Secure || r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// permit loosens the headers for the routes that said so.
func permit(w http.ResponseWriter, rt *route) {
	if rt.camera {
		w.Header().Set("Content-Security-Policy", policy+"; script-src 'self' 'wasm-unsafe-eval'")
		w.Header().Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()")
	}
}

// limitBody refuses a declared body over the limit at once and stops reading an undeclared one there.
func limitBody(w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close")
		return tooLarge(limit)
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	return nil
}

// mostSwallowed is how much of a refused body is read for nothing: a long film of a telephone is larger, a picture or a scan is not.
const mostSwallowed = 64 << 20

// swallow reads what a refused request still sends. A browser reads no answer before it has sent all, and shows a broken connection in place of the page that says what is wrong when we hang up on it. Who
// asks first whether he may send (Expect: 100-continue) hears no at once.
func swallow(r *http.Request, sent io.Reader) {
	if sent == nil || r.Header.Get("Expect") != "" {
		return
	}
	_, _ = io.CopyN(io.Discard, sent, mostSwallowed) // whatever ends it, the answer is tried
}

// langCookie keeps the language for a year.
const langCookie = "lang"

// language is ?lang= when given (and remembered), else the cookie, else Vietnamese.
func (m *Mux) language(w http.ResponseWriter, r *http.Request) string {
	if asked := r.URL.Query().Get("lang"); asked == "vi" || asked == "en" {
		http.SetCookie(w, &http.Cookie{Name: langCookie, Value: asked, Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: m.secureCookie(r), SameSite: http.SameSiteLaxMode})
		return asked
	}
	if c, err := r.Cookie(langCookie); err == nil && c.Value == "en" {
		return "en"
	}
	return "vi"
}

func (m *Mux) secureCookie(r *http.Request) bool { return m.Site.Secure || r.TLS != nil }

// isText reports whether path and query are UTF-8; forms are checked where they are read.
func isText(r *http.Request) bool {
	if !utf8.ValidString(r.URL.Path) {
		return false
	}
	if !strings.Contains(r.URL.RawQuery, "%") && utf8.ValidString(r.URL.RawQuery) {
		return true
	}
	for k, vs := range r.URL.Query() {
		if !utf8.ValidString(k) {
			return false
		}
		for _, v := range vs {
			if !utf8.ValidString(v) {
				return false
			}
		}
	}
	return true
}

func notText() *fault.Error {
	return fault.New(fault.Invalid, "web.not_text",
		"Nội dung gửi lên có ký tự không đọc được. Hãy gõ lại phần đó rồi gửi lần nữa.",
		"What was sent holds characters that cannot be read. Type that part again and resend.")
}

// logAccess writes one line per request: the pattern, never the path or the query, which may name a person.
func (m *Mux) logAccess(r *http.Request, a *answerWriter, v *visit) {
	if strings.HasPrefix(r.URL.Path, assetPrefix) {
		return
	}
	m.Log.InfoContext(r.Context(), "request", "request", v.id, "method", r.Method, "route", r.Pattern, "status", a.statusOr200(),
		"bytes", a.bytes, "took_ms", time.Since(v.start).Milliseconds(), "person", v.person.ID)
}

// answerWriter counts what is sent and compresses text that is worth it.
type answerWriter struct {
	http.ResponseWriter
	gzipOK bool
	status int  // as the handler set it; 0 before that
	sent   bool // the header has gone out: at the first Write, when the kind of content is known
	bytes  int64
	zip    *gzip.Writer
}

// worthZip is the size under which compression costs more than it saves: it fits one packet anyway.
const worthZip = 1024

var zips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return z
}}

func (a *answerWriter) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answerWriter) statusOr200() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

// WriteHeader keeps the status until the first Write, so that compression can still be announced.
func (a *answerWriter) WriteHeader(code int) {
	if code < 200 {
		a.ResponseWriter.WriteHeader(code)
		return
	}
	if a.status == 0 {
		a.status = code
	}
}

func (a *answerWriter) Write(p []byte) (int, error) {
	if !a.sent {
		a.begin(len(p))
	}
	a.bytes += int64(len(p))
	if a.zip != nil {
		return a.zip.Write(p)
	}
	return a.ResponseWriter.Write(p)
}

// begin sends the header, with or without compression.
func (a *answerWriter) begin(n int) {
	a.sent = true
	h := a.Header()
	if a.gzipOK && n >= worthZip && h.Get("Content-Encoding") == "" && isTextual(h.Get("Content-Type")) {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		a.zip = zips.Get().(*gzip.Writer)
		a.zip.Reset(a.ResponseWriter)
	}
	a.ResponseWriter.WriteHeader(a.statusOr200())
}

// Flush sends what is there, for answers that grow (progress of a long task).
func (a *answerWriter) Flush() {
	if !a.sent {
		a.begin(0)
	}
	if a.zip != nil {
		_ = a.zip.Flush()
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

func (a *answerWriter) close() {
	if !a.sent && a.status != 0 {
		a.begin(0)
	}
	if a.zip != nil {
		_ = a.zip.Close()
		zips.Put(a.zip)
		a.zip = nil
	}
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Method != http.MethodHead && r.Header.Get("Range") == ""
}

func isTextual(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json") || strings.Contains(contentType, "svg")
}
