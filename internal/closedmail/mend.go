package closedmail

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// A form that is refused comes back on a page that may have others, with fields of the same names. What is wrong is said at its fields and at no other's, in the names of
// people, bodies and offices: the ledger, which refuses, knows only their codes.

// settle gets the forms of a finished page ready to be drawn.
func (v *view) settle() {
	all := v.forms()
	for _, p := range v.Parts {
		if p.Form != nil {
			p.Form.what = join(v.Title, p.Head, p.Form.Button)
		}
	}
	taken := map[string]bool{}
	for n, f := range all {
		if f.what == "" { // of a table
			f.what = join(v.Title, f.Button+f.About)
		}
		names := f.fields()
		if slices.ContainsFunc(names, func(name string) bool { return taken[name] }) {
			f.scope = "f" + strconv.Itoa(n+1)
		}
		for _, name := range names {
			taken[name] = true
		}
	}
	if v.Form == nil {
		return
	}
	if v.back = v.cameBack(all); v.back != nil {
		v.Form.Within(v.back.scope)
	}
	v.Form.Reword(v.reword)
}

// join writes what is said of a form, each once.
func join(all ...string) string {
	return strings.Join(slices.Compact(slices.DeleteFunc(all, func(s string) bool { return s == "" })), " – ")
}

// forms lists those of the page, also those in its tables.
func (v view) forms() []*form {
	var all []*form
	for _, p := range v.Parts {
		if p.Table != nil {
			for _, row := range p.Table.Rows {
				for _, c := range row {
					if c.Do != nil {
						all = append(all, c.Do)
					}
				}
			}
		}
		if p.Form != nil {
			all = append(all, p.Form)
		}
	}
	return all
}

// cameBack finds the form that was sent: by where it is sent to, and among several of those by what it sends that nobody types.
func (v view) cameBack(all []*form) *form {
	var same []*form
	for _, f := range all {
		if f.Action == v.Form.Value("form") {
			same = append(same, f)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	for _, f := range same {
		if f.hides(v.Form) {
			return f
		}
	}
	return nil
}

func (f *form) hides(sent *web.Form) bool {
	for n := 0; n+1 < len(f.Hidden); n += 2 {
		if !sent.Has(f.Hidden[n], f.Hidden[n+1]) {
			return false
		}
	}
	return true
}

// all lists everything that a form asks.
func (f *form) all() []ask {
	all := slices.Concat(f.Asks, f.Here)
	if f.Own != nil {
		all = append(all, *f.Own)
	}
	return all
}

func (f *form) fields() []string {
	var names []string
	for _, a := range f.all() {
		names = append(names, a.Field.Name)
	}
	return names
}

// said is what stands in a form when it is drawn: what was sent in the one that comes back, nothing in the others.
func (v view) said(f *form) *web.Form {
	if v.back == nil || v.back == f {
		return v.Form
	}
	return nil
}

// act is the id for one form of the page: fresh for each, the one it came with for the form that is shown again.
func (v view) act(f *form) string {
	if v.back == f {
		return web.ActOf(v.Form, v.s.Now())
	}
	return web.ActOf(nil, v.s.Now())
}

// field completes a field of a form for the page.
func (v view) field(f *form, a ask) web.Field {
	d := a.field()
	d.Scope = f.scope
	d.Again = a.Kind == askCode && d.Focus && v.back == f && v.Form.Err() != nil
	return d
}

// labels are the labels of the fields of the form that comes back, for the summary of what to mend.
func (v view) labels() []string {
	if v.back == nil {
		return nil
	}
	var out []string
	for _, a := range v.back.all() {
		label, _, _ := strings.Cut(a.Field.Label, " (")
		out = append(out, a.Field.Name, label)
	}
	return out
}

var (
	// codesInWords finds codes, with the word before them that a name says itself.
	codesInWords = regexp.MustCompile(`(?:(?:cơ quan|Bưu cục|bưu cục|[Tt]he body|[Oo]ffice) )?\b(nv-[a-z0-9]{1,8}|cq-[0-9]{3,6}|[0-9]{6})\b`)
	// otherSeries is the example that the parser of item numbers gives; here the numbers have a series of their own.
	otherSeries = strings.NewReplacer("RR 473 124 829 VN", exampleItem)
)

// exampleItem is a number of the series of closed mail.
const exampleItem = "NK 100 001 454 VN"

// reword puts names to the codes of a refusal (what is not well-formed shows examples, and those stay), and takes the field from it where the form has none of that name: it would lead nowhere.
func (v view) reword(e *fault.Error) *fault.Error {
	said := *e
	said.VI, said.EN = otherSeries.Replace(e.VI), otherSeries.Replace(e.EN)
	if e.Kind != fault.Invalid {
		said.VI, said.EN = v.named(said.VI), v.named(said.EN)
	}
	if v.back != nil && !slices.Contains(v.back.fields(), e.Field) {
		said.Field = ""
	}
	return &said
}

func (v view) named(text string) string {
	return codesInWords.ReplaceAllStringFunc(text, func(found string) string {
		code := found[strings.LastIndexByte(found, ' ')+1:]
		name := code
		switch {
		case strings.HasPrefix(code, "nv-"):
			name = v.name(postal.StaffID(code))
		case strings.HasPrefix(code, "cq-"):
			name = v.body(BodyCode(code))
		default:
			name = v.office(postal.OfficeCode(code))
		}
		if name == "" || name == code {
			return found
		}
		return name + " (" + code + ")"
	})
}
