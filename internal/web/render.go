package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// buffers hold pages while they are drawn, so that a page that fails half-way is never sent.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render draws c completely, then sends it with the status. When drawing fails nothing has been sent and the error comes back.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := c.Render(r.Context(), b); err != nil {
		return err
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// Partial reports whether htmx asks for a piece of the page instead of the whole.
func Partial(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Request-Type") != "full"
}

// Redirect sends the browser to another page of ours after a form was taken (303), also when htmx asked.
func Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", path)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Flash is one sentence that waits for the next page: "Đã nhận bưu gửi RR…". No names, phones or addresses in it.
type Flash struct {
	Tone Tone   `json:"t"`
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

const flashCookie = "flash"

// Done leaves a good word for the next page and goes there.
func Done(w http.ResponseWriter, r *http.Request, path, vi, en string) error {
	return Leave(w, r, path, Flash{Tone: Good, VI: vi, EN: en})
}

// Leave leaves a flash of any tone and goes to path.
func Leave(w http.ResponseWriter, r *http.Request, path string, f Flash) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(b), Path: "/", MaxAge: flashAge(r),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil || visitOf(r).mux != nil && visitOf(r).mux.Site.Secure})
	return Redirect(w, r, path)
}

// flashAge lets an unread flash go after a minute; in a closed house it goes with the browser and is never written to its disk.
func flashAge(r *http.Request) int {
	if m := visitOf(r).mux; m != nil && m.Site.Closed {
		return 0
	}
	return 60
}

// takeFlash reads and clears the flash when a whole page is asked for.
func takeFlash(w http.ResponseWriter, r *http.Request) *Flash {
	c, err := r.Cookie(flashCookie)
	if err != nil || r.Method != http.MethodGet || Partial(r) || strings.HasPrefix(r.URL.Path, assetPrefix) {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(b) > 1000 {
		return nil
	}
	var f Flash
	if json.Unmarshal(b, &f) != nil {
		return nil
	}
	return &f
}

// SafeNext gives back next when it is a path of ours, else "/": a sign-in never sends anyone to another site.
func SafeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
