package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Carried is a form that was sent when the session had ended. It travels through the sign-in as hidden fields and is offered
// for sending again afterwards, so that nothing typed is lost. Passwords and files are never carried.
type Carried struct {
	Path   string
	Fields []CarriedField
	Lost   bool // the form was too large or held files: the person is told so
}

// CarriedField is one name with one value.
type CarriedField struct{ Name, Value string }

// Hidden fields of a carried form.
const (
	carryPath  = "carry.path"
	carryName  = "carry.name"
	carryValue = "carry.value"
	carryOnly  = "carry.only" // the page emptied itself: nobody pressed a key, so the form is carried and never performed
)

// endedParam says on the way to the sign-in page that a session has ended.
const endedParam = "ended"

// SessionEnded reports whether the sign-in page is asked for because a session has ended.
func SessionEnded(r *http.Request) bool { return r.URL.Query().Get(endedParam) != "" }

// WhatField tells in a form, hidden, what it is for a person: the page, its heading and its button. When the form is carried through a sign-in, the person reads it before sending.
const WhatField = "carry.what"

// What says what is carried; "" when the form did not.
func (c Carried) What() string {
	for _, f := range c.Fields {
		if f.Name == WhatField {
			return f.Value
		}
	}
	return ""
}

// Limits of a carried form: every form of a desk is far below them, an upload is above.
const (
	carryBytes  = 64 << 10
	carryFields = 1000
)

// secretWords mark fields that are never carried and never kept as a draft.
var secretWords = []string{"password", "passwd", "secret", "totp", "otp", "pin"}

func isSecret(name string) bool {
	name = strings.ToLower(name)
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		if slices.Contains(secretWords, part) {
			return true
		}
	}
	return strings.Contains(name, "password") || strings.HasPrefix(name, "second_") && strings.HasSuffix(name, "code") // of the second factor
}

// carry takes the form of a POST that came too late.
func carry(r *http.Request) Carried {
	c := Carried{Path: r.URL.Path}
	if r.URL.RawQuery != "" {
		c.Path += "?" + r.URL.RawQuery
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") || r.ParseForm() != nil {
		c.Lost = true
		return c
	}
	total := 0
	for _, name := range sortedNames(r.PostForm) {
		for _, v := range r.PostForm[name] {
			total += len(name) + len(v)
			if name == carryOnly || isSecret(name) || !utf8.ValidString(name) || !utf8.ValidString(v) {
				continue
			}
			c.Fields = append(c.Fields, CarriedField{name, v})
		}
	}
	if total > carryBytes || len(c.Fields) > carryFields {
		return Carried{Path: c.Path, Lost: true}
	}
	return c
}

func sortedNames(v url.Values) []string {
	names := make([]string, 0, len(v))
	for n := range v {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// CarriedOf reads a carried form out of a sign-in form, to show it again beside a wrong password or a second step.
func CarriedOf(r *http.Request) Carried {
	if parse(r) != nil {
		return Carried{}
	}
	path := SafeNext(r.PostForm.Get(carryPath))
	names, values := r.PostForm[carryName], r.PostForm[carryValue]
	if r.PostForm.Get(carryPath) == "" || path == "/" || len(names) != len(values) || len(names) > carryFields {
		return Carried{}
	}
	c := Carried{Path: path}
	for i := range names {
		c.Fields = append(c.Fields, CarriedField{names[i], values[i]})
	}
	return c
}

// Empty reports whether nothing is carried.
func (c Carried) Empty() bool { return c.Path == "" || len(c.Fields) == 0 }

// Resume answers a successful sign-in: a carried form is shown for sending again with one key, else the person goes to next.
// The form is not sent by itself, because another person may have signed in.
func Resume(w http.ResponseWriter, r *http.Request, who Person, next string) error {
	c := CarriedOf(r)
	if c.Empty() {
		return Redirect(w, r, SafeNext(next))
	}
	visitOf(r).person = who
	p := NewPage(r, "Gửi tiếp phần đang làm", "Send what you were doing")
	return Render(w, r, http.StatusOK, resumePage(p, c))
}

// carriedWhat says what a carried form is: in its own words, or by the job that its page belongs to.
func (p Page) carriedWhat(c Carried) string {
	if what := c.What(); what != "" {
		return what
	}
	path, _, _ := strings.Cut(c.Path, "?")
	best, name := 0, path
	for _, l := range p.jobs {
		if n := l.near(path); n > best {
			best, name = n, p.T(l.VI, l.EN)
		}
	}
	return name
}

// onlyCarries reports whether a page sent its form because its time was over. A form that cannot be read is refused here, for it cannot be read again.
func (m *Mux) onlyCarries(r *http.Request) (bool, error) {
	if r.Method != http.MethodPost || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") && !m.Site.Closed { // files of the open house are left to their handlers
		return false, nil
	}
	if err := parse(r); err != nil {
		return false, err
	}
	return r.PostForm.Get(carryOnly) != "", nil
}

// endSession ends the session of a page whose time is over, and gives the refusal that leads to the sign-in with what was typed. The page's clock may run ahead of
// the session's.
func (m *Mux) endSession(w http.ResponseWriter, r *http.Request) error {
	if e, ok := m.gate.(Ender); ok && personOf(r).Known() {
		if err := e.SignOff(w, r); err != nil {
			return err
		}
	}
	visitOf(r).person = Person{}
	return signIn()
}

// askToSignIn answers "nobody is signed in" in the way that loses nothing; false when the caller reads JSON.
func (m *Mux) askToSignIn(w http.ResponseWriter, r *http.Request) bool {
	if wantsJSON(r) {
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		path := SignInPath + "?next=" + url.QueryEscape(comeBack(r))
		if k, ok := m.gate.(Knower); ok && k.HadSession(r) {
			path += "&" + endedParam + "=1"
		}
		_ = Redirect(w, r, path)
		return true
	}
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Retarget", "body")
		w.Header().Set("HX-Reswap", "innerHTML")
	}
	p := NewPage(r, "Phiên làm việc đã hết", "Your session has ended")
	p.Script = true
	if err := Render(w, r, http.StatusUnauthorized, sessionEndedPage(p, carry(r))); err != nil {
		m.Log.ErrorContext(r.Context(), "sign-in page failed", "request", visitOf(r).id, "err", err)
	}
	return true
}

// comeBack is the page to return to after sign-in: the one asked for, or the one around a fragment.
func comeBack(r *http.Request) string {
	if Partial(r) {
		if u, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil && u.Path != "" {
			return SafeNext(u.RequestURI())
		}
	}
	return SafeNext(r.URL.RequestURI())
}
