package closedmail

import (
	"net/url"
	"slices"

	"citypost/internal/web"
)

// Pages of closed mail are lists of parts: facts, tables and forms. A form asks for codes, choices, numbers, days and ticks, and has no other kind of field. So no
// page can be written by which a sentence would enter; a test reads the HTML of every page to be sure.

// part is one piece of a page; what is nil or empty is left out.
type part struct {
	Head     string
	Text     string
	Tone     web.Tone // with Text: a band
	Counters []counter
	Rows     []web.Row
	Table    *table
	Form     *form
	Buttons  []web.Btn
	Events   []web.Event
}

type counter struct {
	Figure, Word, Path string
	Tone               web.Tone
}

type table struct {
	Caption string
	Heads   []web.Head
	Rows    [][]cell
	Empty   string // said instead when there is no row
	Note    string // under the rows: what holds of all of them
}

type cell struct {
	Text  string
	Href  string
	Code  bool
	Num   bool
	Tag   web.Tone
	Clock clock // with Tag: minutes that go on counting in the browser
	Do    *form // one button
}

// clock counts minutes on a page that is left open: it turns red at the limit, and that is said once.
type clock struct {
	Minutes, Limit int
	Over           string // what is said then
}

// form posts to one address of ours.
type form struct {
	Action string
	Button string
	Kind   web.Kind
	Key    string
	About  string // what a screen reader hears after the button's word
	Hidden []string
	Asks   []ask
	Here   []ask  // how the second person signs on this screen
	Own    *ask   // who signs instead in a session of his own; it has a button of its own
	what   string // the form in words, for whoever sends it again after a sign-in
	scope  string // of the ids of its fields, where an earlier form of the page has fields of the same names
}

// ask is one thing that a person says.
type ask struct {
	Kind    askKind
	Field   web.Field
	Choices []web.Choice
}

type askKind string

// All that can be asked.
const (
	askCode   askKind = "code"
	askNumber askKind = "number"
	askDay    askKind = "day"
	askMoment askKind = "moment" // day and time
	askChoice askKind = "choice" // one of many
	askRadio  askKind = "radio"  // one of a few
	askTicks  askKind = "ticks"  // any of a few
	askTick   askKind = "tick"
	askLogin  askKind = "login" // of the second person
	askSecret askKind = "secret"
)

func (a ask) field() web.Field {
	f := a.Field
	switch a.Kind {
	case askCode:
		f.Code = true
		if f.Max == 0 {
			f.Max = 40
		}
	case askNumber:
		f.Mode = "numeric"
		if f.Width == 0 {
			f.Width = 5
		}
	case askDay:
		f.Type, f.Width = "date", 10
	case askMoment:
		f.Type, f.Width = "datetime-local", 20
	case askLogin:
		f.Code, f.Width, f.Max = true, 20, 40
	case askSecret:
		f.Type, f.Width = "password", 20
	}
	return f
}

// filled leaves out the rows that say nothing.
func filled(rows []web.Row) []web.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r web.Row) bool { return r.Value == "" })
}

// blank is a line to write on, where nothing is known yet.
func blank(s string) string {
	if s == "" {
		return "…………"
	}
	return s
}

// older leads to the lines of a list before the last one shown.
func (v view) older(path, before string) part {
	return v.onward(v.T("Xem cũ hơn", "See older ones"), path+"?before="+url.QueryEscape(before))
}

// onward leads to the next page of a long list.
func (v view) onward(label, path string) part {
	return part{Buttons: []web.Btn{{Label: label, Kind: web.Second, Href: path}}}
}

func codeCell(text, href string) cell { return cell{Text: text, Href: href, Code: true} }
func textCell(text string) cell       { return cell{Text: text} }
func tagCell(text string, t web.Tone) cell {
	return cell{Text: text, Tag: t}
}
