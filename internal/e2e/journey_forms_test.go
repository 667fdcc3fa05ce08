package e2e

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/demo"
	"citypost/internal/web"

	"golang.org/x/net/html"
)

// forms is a hand that knows links and forms only, as a browser without scripts: it sends nothing that is not on the page.
type forms struct {
	t      *testing.T
	url    string
	client *http.Client
	at     *url.URL
	doc    *html.Node
	typed  url.Values // into the page that is open
}

func newForms(t *testing.T, base string) *forms {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &forms{t: t, url: base, client: &http.Client{Jar: jar, Timeout: time.Minute}}
}

func (f *forms) screen(int) {}

func (f *forms) open(path string) {
	f.t.Helper()
	f.arrive(f.client.Get(f.url + path))
}

// arrive reads the page that came. A page that asks for something to be mended is a page too.
func (f *forms) arrive(r *http.Response, err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if f.doc, err = html.Parse(r.Body); err != nil {
		f.t.Fatal(err)
	}
	f.at, f.typed = r.Request.URL, url.Values{}
	if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusUnprocessableEntity {
		f.t.Fatalf("%s: status %d: %s", f.at, r.StatusCode, textOf(f.doc))
	}
}

func (f *forms) path() string { return f.at.RequestURI() }

func (f *forms) be(login string) {
	f.t.Helper()
	if f.doc != nil && f.button("Đăng xuất") != nil {
		f.press("Đăng xuất")
		f.sees("Đã đăng xuất.")
	}
	if login == "" {
		return
	}
	f.open(web.SignInPath)
	f.fill("login", login)
	f.fill("password", demo.Password)
	f.press("Đăng nhập")
	if f.at.Path == web.SignInPath {
		f.t.Fatalf("%s cannot sign in: %s", login, textOf(f.doc))
	}
}

func (f *forms) fill(name, text string) {
	f.t.Helper()
	f.need(name)
	f.typed.Set(name, text)
}

func (f *forms) choose(name, value string) {
	f.t.Helper()
	f.need(name)
	if c := f.control(name); attr(c, "type") == "checkbox" {
		f.typed.Add(name, value)
		return
	}
	f.typed.Set(name, value)
}

// place asks the server for the communes of that name, and picks one when there are several.
func (f *forms) place(side, words, unit string) {
	f.t.Helper()
	f.fill(side+".place", words)
	f.press("Kiểm tra và tính cước")
	for n := range all(f.doc) {
		if attr(n, "name") == side+".unit" && attr(n, "value") == unit {
			f.choose(side+".unit", unit)
			return
		}
	}
	f.t.Fatalf("%s is not offered: %s", unit, textOf(f.doc))
}

func (f *forms) need(name string) {
	f.t.Helper()
	if f.control(name) == nil {
		f.t.Fatalf("%s has no field %s: %s", f.at, name, textOf(f.doc))
	}
}

func (f *forms) control(name string) *html.Node {
	return find(f.doc, func(n *html.Node) bool { return isControl(n) && attr(n, "name") == name && attr(n, "type") != "hidden" })
}

// button finds the last button of a text: of several that begin with it the shortest.
func (f *forms) button(words string) *html.Node {
	var best *html.Node
	for n := range all(f.doc) {
		if n.Data != "button" && (n.Data != "a" || attr(n, "role") != "button") || attr(n, "type") == "button" || !strings.HasPrefix(textOf(n), strings.TrimSpace(words)) {
			continue
		}
		if best == nil || len(textOf(n)) < len(textOf(best)) {
			best = n
		}
	}
	return best
}

func (f *forms) press(words string) {
	f.t.Helper()
	b := f.button(words)
	if b == nil {
		f.t.Fatalf("%s has no button %q: %s", f.at, words, textOf(f.doc))
	}
	if b.Data == "a" {
		f.goTo(attr(b, "href"))
		return
	}
	form := up(b, "form")
	values := f.valuesOf(form)
	if name := attr(b, "name"); name != "" {
		values.Add(name, attr(b, "value"))
	}
	f.send(form, values)
}

// goTo follows a link; one that stays on the page keeps what was typed.
func (f *forms) goTo(href string) {
	f.t.Helper()
	if strings.HasPrefix(href, "#") {
		if find(f.doc, func(n *html.Node) bool { return attr(n, "id") == href[1:] }) == nil {
			f.t.Fatalf("%s: nothing is at %s", f.at, href)
		}
		return
	}
	to, err := f.at.Parse(href)
	if err != nil {
		f.t.Fatal(err)
	}
	f.arrive(f.client.Get(to.String()))
}

func (f *forms) follow(words string) {
	f.t.Helper()
	a := find(f.doc, func(n *html.Node) bool { return n.Data == "a" && strings.Contains(textOf(n), words) })
	if a == nil {
		f.t.Fatalf("%s has no link %q: %s", f.at, words, textOf(f.doc))
	}
	f.goTo(attr(a, "href"))
}

func (f *forms) scan(code, says string) {
	f.t.Helper()
	main := find(f.doc, func(n *html.Node) bool { return n.Data == "main" })
	field := find(main, func(n *html.Node) bool { return attr(n, "id") == "scan" })
	if field == nil {
		f.t.Fatalf("%s has no scan field: %s", f.at, textOf(f.doc))
	}
	f.typed.Set(attr(field, "name"), code)
	form := up(field, "form")
	f.send(form, f.valuesOf(form))
	f.sees(says)
}

func (f *forms) sees(words ...string) {
	f.t.Helper()
	text := textOf(f.doc)
	for _, w := range words {
		if !strings.Contains(text, w) {
			f.t.Fatalf("%s does not say %q: %s", f.at, w, text)
		}
	}
}

func (f *forms) paper(words, says string) {
	f.t.Helper()
	b, before := f.button(words), f.at
	if b == nil || b.Data != "a" {
		f.t.Fatalf("%s prints no %q: %s", f.at, words, textOf(f.doc))
	}
	f.goTo(attr(b, "href"))
	f.sees(says, "MẪU")
	f.arrive(f.client.Get(before.String()))
}

// look asks of a page without eyes what it can: a title, one main heading, a language, every field with a name of its own.
func (f *forms) look(name string) {
	f.t.Helper()
	headings := 0
	labels := map[string]bool{}
	for n := range all(f.doc) {
		switch n.Data {
		case "h1":
			headings++
		case "label":
			labels[attr(n, "for")] = true
		}
	}
	if headings != 1 {
		f.t.Errorf("%s: %d main headings", name, headings)
	}
	for n := range all(f.doc) {
		if isControl(n) && n.Data != "button" && attr(n, "type") != "hidden" && !labels[attr(n, "id")] {
			f.t.Errorf("%s: the field %s has no label", name, attr(n, "name"))
		}
	}
	if root := find(f.doc, func(n *html.Node) bool { return n.Data == "html" }); attr(root, "lang") != "vi" {
		f.t.Errorf("%s: the language is %q", name, attr(root, "lang"))
	}
}

// valuesOf is what a browser would send of a form as it stands.
func (f *forms) valuesOf(form *html.Node) url.Values {
	out := url.Values{}
	for n := range all(form) {
		name := attr(n, "name")
		if !isControl(n) || name == "" || n.Data == "button" || has(n, "disabled") {
			continue
		}
		typed, set := f.typed[name]
		switch {
		case n.Data == "select":
			if !set {
				typed = []string{selected(n)}
			}
			out[name] = typed
		case n.Data == "textarea":
			out.Set(name, textOf(n))
		case slices.Contains([]string{"radio", "checkbox"}, attr(n, "type")):
			if set && slices.Contains(typed, attr(n, "value")) || has(n, "checked") && !(set && attr(n, "type") == "radio") {
				out.Add(name, attr(n, "value"))
			}
		case set && attr(n, "type") != "hidden":
			out[name] = typed
		case attr(n, "type") != "file":
			out.Add(name, attr(n, "value"))
		}
	}
	return out
}

// selected is the entry that a list shows.
func selected(list *html.Node) string {
	shown := find(list, func(n *html.Node) bool { return n.Data == "option" && has(n, "selected") })
	if shown == nil {
		shown = find(list, func(n *html.Node) bool { return n.Data == "option" })
	}
	return attr(shown, "value")
}

func (f *forms) send(form *html.Node, values url.Values) {
	f.t.Helper()
	to, err := f.at.Parse(attr(form, "action"))
	if err != nil {
		f.t.Fatal(err)
	}
	if !strings.EqualFold(attr(form, "method"), http.MethodPost) {
		to.RawQuery = values.Encode()
		f.arrive(f.client.Get(to.String()))
		return
	}
	kind, body := "application/x-www-form-urlencoded", io.Reader(strings.NewReader(values.Encode()))
	if attr(form, "enctype") == "multipart/form-data" {
		kind, body = parts(values)
	}
	r, err := http.NewRequest(http.MethodPost, to.String(), body)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Origin", f.url)
	f.arrive(f.client.Do(r))
}

func parts(values url.Values) (kind string, body io.Reader) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, list := range values {
		for _, v := range list {
			_ = m.WriteField(name, v)
		}
	}
	_ = m.Close()
	return m.FormDataContentType(), &b
}

// --- reading a page ---

// all walks over the elements under n.
func all(n *html.Node) func(func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && !yield(d) {
				return
			}
		}
	}
}

func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	for d := range all(n) {
		if ok(d) {
			return d
		}
	}
	return nil
}

func up(n *html.Node, tag string) *html.Node {
	for ; n != nil && n.Data != tag; n = n.Parent {
	}
	return n
}

func isControl(n *html.Node) bool {
	return slices.Contains([]string{"input", "select", "textarea", "button"}, n.Data)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// textOf is the text of an element in one line, without what stands in key caps.
func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Data == "head" || n.Data == "script" || n.Data == "kbd" {
			return
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
		if slices.Contains([]string{"p", "li", "td", "th", "div", "h1", "h2", "h3", "br", "dt", "dd", "label", "option", "legend"}, n.Data) {
			b.WriteByte(' ')
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}
