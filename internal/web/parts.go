package web

import (
	"slices"
	"strings"

	"citypost/internal/fault"

	"github.com/a-h/templ"
)

// Tone is how an answer feels to its reader; it never stands alone without words.
type Tone string

// The tones. A band's sound goes with it: Good one short high, Ask two, Bad one long low.
const (
	Good Tone = "good" // accepted, done
	Ask  Tone = "ask"  // needs an answer
	Bad  Tone = "bad"  // refused
	Info Tone = "info" // to know
)

// Field describes one input. What stands in it and what is wrong with it comes from the Form beside it.
type Field struct {
	Name     string
	Scope    string // begins the element's id where several forms of a page have fields of this name
	Label    string
	Hint     string
	Type     string // text when empty; number fields are text with InputMode "numeric"
	Mode     string // inputmode: numeric, tel, email
	Width    int    // in characters: 2, 3, 4, 5, 10, 20, 30; 0 is full width
	Max      int    // maxlength
	Prefix   string // a unit before ("đ")
	Suffix   string // a unit after ("gam")
	Complete string // autocomplete; "off" when empty
	Key      string // a key that jumps here ("F2"), shown as a key cap
	Big      bool   // the one field that the page is about
	Code     bool   // holds a code: no spell check, no Vietnamese input, capitals
	Focus    bool   // takes the cursor when the page opens; at most one a page
	Again    bool   // waits for the next scan after a refusal: takes the cursor from the summary of what to mend, with its value selected
	Optional bool   // says "(không bắt buộc)" after the label
	Rows     int    // lines of a Textarea
	Lang     string // language of what is typed, when not the page's
}

// id is the field's element; its hint and its error hang on it.
func (d Field) id() string {
	id := strings.ReplaceAll(d.Name, ".", "-")
	if d.Scope != "" {
		return d.Scope + "-" + id
	}
	return id
}

func (d Field) describedBy(f *Form) string {
	var ids []string
	if d.Hint != "" {
		ids = append(ids, d.id()+"-hint")
	}
	if f.Fault(d.Name) != nil {
		ids = append(ids, d.id()+"-error")
	}
	return strings.Join(ids, " ")
}

// attrs are the attributes that only some fields have.
func (d Field) attrs(f *Form) templ.Attributes {
	a := templ.Attributes{}
	if by := d.describedBy(f); by != "" {
		a["aria-describedby"] = by
	}
	if f.Fault(d.Name) != nil {
		a["aria-invalid"] = "true"
	}
	if d.Key != "" {
		a["data-key"] = d.Key
		a["aria-keyshortcuts"] = d.Key
	}
	if d.Code {
		a["lang"], a["spellcheck"], a["autocapitalize"] = "en", "false", "characters"
	} else if d.Lang != "" {
		a["lang"] = d.Lang
	}
	if d.Max > 0 {
		a["maxlength"] = decimal(int64(d.Max))
	}
	if d.Mode != "" {
		a["inputmode"] = d.Mode
	}
	if d.Focus {
		a["autofocus"] = true
	}
	if d.Again {
		a["data-again"] = true
	}
	return a
}

func (d Field) complete() string {
	if d.Complete == "" {
		return "off"
	}
	return d.Complete
}

func (d Field) kind() string {
	if d.Type == "" {
		return "text"
	}
	return d.Type
}

func (d Field) class(f *Form, base string) string {
	c := base
	if d.Width > 0 {
		c += " govuk-input--width-" + decimal(int64(d.Width))
	}
	if d.Big {
		c += " input-big"
	}
	if d.Code {
		c += " code"
	}
	if f.Fault(d.Name) != nil {
		c += " " + base + "--error"
	}
	return c
}

func groupClass(f *Form, name string) string {
	if f.Fault(name) != nil {
		return "govuk-form-group govuk-form-group--error"
	}
	return "govuk-form-group"
}

// Choice is one option of a select, of radios or of checkboxes.
type Choice struct {
	Value, Label, Hint string
	Key                string // a key that picks it ("1")
}

// Kind of a button.
type Kind string

// The kinds of buttons: at most one Main on a screen.
const (
	Main   Kind = ""
	Second Kind = "govuk-button--secondary"
	Danger Kind = "govuk-button--warning"
	Quiet  Kind = "button-quiet" // looks like a link, for "Hoàn tác" in a list
)

// Btn is a button; with Href it is a link that looks like one.
type Btn struct {
	Label       string
	Kind        Kind
	Key         string // "F4"; pressed anywhere on the page it presses the button, and it is shown as a key cap
	Name, Value string // what it sends
	Href        string
	Action      string // sends the form elsewhere (formaction)
	Label2      string // what a screen reader hears in addition ("… bưu gửi RR…"), when the label alone does not tell
	Target      string // "_blank" for a page to print beside the work
}

func (b Btn) class() string { return strings.TrimSpace("govuk-button " + string(b.Kind)) }

func keyAttrs(key string) templ.Attributes {
	if key == "" {
		return nil
	}
	return templ.Attributes{"data-key": key, "aria-keyshortcuts": key}
}

func (b Btn) attrs() templ.Attributes {
	a := templ.Attributes{}
	for k, v := range keyAttrs(b.Key) {
		a[k] = v
	}
	if b.Name != "" {
		a["name"], a["value"] = b.Name, b.Value
	}
	if b.Action != "" {
		a["formaction"] = b.Action
	}
	if b.Target != "" {
		a["target"], a["rel"] = b.Target, "noopener"
	}
	return a
}

// Step is one station of a journey.
type Step struct {
	Label string
	When  string // under the label, small; empty when not yet
	State StepState
	Word  string // what the state is called to those who do not see it, where the usual word says too little; such a step is not called the present one
}

// StepState says where the journey stands relative to a step.
type StepState string

// Past, present, future, and stuck.
const (
	StepDone   StepState = "done"
	StepNow    StepState = "now"
	StepLater  StepState = "later"
	StepFailed StepState = "failed"
)

// Event is one line of a timeline, newest first.
type Event struct {
	When  string // as printed
	Stamp string // machine-readable (RFC 3339), optional
	Title string
	Place string
	Text  string
	Tone  Tone // Good for the last good news, Bad for trouble; empty is ordinary
}

// Row is one line of a summary list.
type Row struct {
	Key    string
	Value  string
	Code   bool   // the value is a code: set in figures of equal width
	Lang   string // of the value, when it is not the page's: published texts are Vietnamese
	Href   string
	Change string // label of a link to change it, with Href
}

func (r Row) attrs() templ.Attributes {
	if r.Lang == "" {
		return nil
	}
	return templ.Attributes{"lang": r.Lang}
}

// Tab is one of a few views of the same thing; each has its own address, so it works without scripts.
type Tab struct {
	Label, Path string
	Count       string // "12", shown after the label
	Current     bool
}

// Head is a column of a table.
type Head struct {
	Label  string
	Number bool // right-aligned figures
	Hidden bool // for screen readers only ("Việc làm")
}

// Pager leads to the pages before and after; empty paths are left out. Lists here have no page numbers: they grow at the top.
type Pager struct{ Newer, Older string }

// Scan is the one field of a desk.
type Scan struct {
	Action string // where it posts
	Target string // selector of the panel that takes the answer, with scripts
	Label  string
	Hint   string
	Value  string            // shown again after a refusal
	Name   string            // "code" when empty
	With   map[string]string // hidden fields that go along (the open bag, the act's id)
}

func cameraFault(f *Form, s Scan) templ.Attributes {
	if f.Fault(s.name()) == nil {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": s.name() + "-error"}
}

func (s Scan) name() string {
	if s.Name == "" {
		return "code"
	}
	return s.Name
}

func (s Scan) attrs() templ.Attributes {
	if s.Target == "" {
		return nil
	}
	return templ.Attributes{"hx-post": s.Action, "hx-target": s.Target, "hx-swap": "innerHTML", "hx-sync": "this:queue all"}
}

// faultTone: a conflict needs an answer, the rest is refused.
func faultTone(f *fault.Error) Tone {
	if f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
		return Ask
	}
	return Bad
}

func toneWord(p Page, t Tone) string {
	switch t {
	case Good:
		return p.T("Được", "Done")
	case Ask:
		return p.T("Cần xử lý", "Needs attention")
	case Bad:
		return p.T("Không được", "Refused")
	}
	return p.T("Lưu ý", "Note")
}

// shown is the value that an input repeats; a secret is never sent back.
func shown(f *Form, d Field) string {
	if d.kind() == "password" {
		return ""
	}
	return f.Value(d.Name)
}

func rows(d Field) string {
	if d.Rows == 0 {
		return "3"
	}
	return decimal(int64(d.Rows))
}

func optionsClass(kind string) string {
	if kind == "radio" {
		return "govuk-radios govuk-radios--small"
	}
	return "govuk-checkboxes govuk-checkboxes--small"
}

func optionClass(kind, part string) string {
	if kind == "radio" {
		return "govuk-radios__" + part
	}
	return "govuk-checkboxes__" + part
}

// optionID gives the first option the field's own id, so that the error summary leads to it.
func optionID(d Field, i int) string {
	if i == 0 {
		return d.id()
	}
	return d.id() + "-" + decimal(int64(i+1))
}

// keyName is what stands on the key cap.
func keyName(key string) string {
	if key == "Escape" {
		return "Esc"
	}
	return key
}

func bandRole(t Tone) string {
	if t == Bad || t == Ask {
		return "alert"
	}
	return "status"
}

func bandLive(t Tone) string {
	if t == Info {
		return "polite"
	}
	return "assertive"
}

func stepAttrs(s Step) templ.Attributes {
	if s.State == StepNow || s.State == StepFailed && s.Word == "" {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

func stepWord(p Page, s Step) string {
	if s.Word != "" {
		return s.Word
	}
	switch s.State {
	case StepDone:
		return p.T("xong", "done")
	case StepNow:
		return p.T("đang ở đây", "now")
	case StepFailed:
		return p.T("đang vướng", "stuck")
	}
	return p.T("chưa tới", "not yet")
}

func currentAttrs(current bool) templ.Attributes {
	if current {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

func scanHintAttrs(s Scan) templ.Attributes {
	if s.Hint == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": "scan-hint"}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// faultText is a fault as the summary says it: after the label of its field, when the page gave one.
func faultText(p Page, e *fault.Error, names []string) string {
	for i := 0; i+1 < len(names); i += 2 {
		if names[i] == e.Field {
			return names[i+1] + ": " + p.Say(e)
		}
	}
	return p.Say(e)
}
