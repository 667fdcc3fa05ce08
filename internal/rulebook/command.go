package rulebook

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// CheckCommand is `citypost rulebook check`: it prints every mistake in the embedded law and in a site's folder laid over it.
// More checks may be given, such as calendar.Check, which knows that a swapped day needs its pair. A book with mistakes is a fault.
func CheckCommand(w io.Writer, siteDir string, p answer.Printing, more ...func(*Book) Problems) error {
	layers := []Layer{EmbeddedLayer()}
	if siteDir != "" {
		layers = append(layers, SiteLayer(siteDir))
	}
	book, problems := read(layers)
	if len(problems) == 0 {
		for _, check := range more {
			problems = append(problems, check(book)...)
		}
	}
	err := problems.err()
	if printErr := printCheck(w, book, problems, p); printErr != nil {
		return printErr
	}
	return err
}

func printCheck(w io.Writer, book *Book, problems Problems, p answer.Printing) error {
	rules, unverified := len(book.All()), len(book.Unverified())
	if p.JSON {
		return answer.JSON(w, struct {
			OK          bool     `json:"ok"`
			Instruments int      `json:"instruments"`
			Keys        int      `json:"keys"`
			Rules       int      `json:"rules"`
			Unverified  int      `json:"unverified"`
			Problems    Problems `json:"problems"`
		}{len(problems) == 0, len(book.instruments), len(book.keys), rules, unverified, append(Problems{}, problems...)})
	}
	for _, problem := range problems {
		fmt.Fprintf(w, "%s: %s\n", problem.Place(), problem.In(p.Lang))
	}
	if len(problems) > 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, p.T("Bộ quy tắc tốt: %d văn bản, %d tham số, %d quy tắc, trong đó %d chưa kiểm chứng.\n",
		"The rulebook is good: %d instruments, %d keys, %d rules, %d of them not verified.\n"), len(book.instruments), len(book.keys), rules, unverified)
	return err
}

// Filter chooses rules for `citypost rulebook list`; an empty field does not choose.
type Filter struct {
	Under      string     // a key or the first words of keys: "kt1"
	On         postal.Day // only rules that apply on this day
	Instrument string     // only rules from this instrument
	Unverified bool       // only rules that nobody could check
}

// Select gives the rules that a filter chooses, by name and day.
func (b *Book) Select(f Filter) []*Rule {
	return b.pick(func(r *Rule) bool {
		return (f.Under == "" || r.Name == f.Under || strings.HasPrefix(r.Name, f.Under+".")) &&
			(f.On.IsZero() || r.Has(f.On)) &&
			(f.Instrument == "" || r.Instrument.ID == f.Instrument) &&
			(!f.Unverified || !r.Verified)
	})
}

// ListCommand is `citypost rulebook list`: one line a rule.
func ListCommand(w io.Writer, b *Book, f Filter, p answer.Printing) error {
	rules := b.Select(f)
	if p.JSON {
		views := make([]ruleView, len(rules))
		for i, r := range rules {
			views[i] = viewOf(r)
		}
		return answer.JSON(w, views)
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range rules {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", r.Name, r.Span, short(p, r), r.Cite().In(p.Lang), mark(p, r.Verified))
	}
	return tw.Flush()
}

func mark(p answer.Printing, verified bool) string {
	if verified {
		return ""
	}
	return p.T("chưa kiểm chứng", "not verified")
}

// short gives a value on one line.
func short(p answer.Printing, r *Rule) string {
	if r.Value.kind == Grid {
		return fmt.Sprintf(p.T("bảng %d hàng", "table of %d rows"), r.Value.table.Len())
	}
	if r.Value.kind == Bool {
		return map[bool]string{true: p.T("có", "yes"), false: p.T("không", "no")}[r.Value.Bool()]
	}
	return strings.TrimSpace(r.Value.String() + " " + r.Key.UnitWords().In(p.Lang))
}

// ShowCommand is `citypost rulebook show`: everything about a key, one rule by its id, or an instrument. With a day, only the rule of that day.
func ShowCommand(w io.Writer, b *Book, name string, on postal.Day, p answer.Printing) error {
	if i, ok := b.instruments[name]; ok {
		return showInstrument(w, b, i, p)
	}
	rules, err := b.rulesFor(name, on)
	if err != nil {
		return err
	}
	if p.JSON {
		views := make([]ruleView, len(rules))
		for i, r := range rules {
			views[i] = viewOf(r)
		}
		return answer.JSON(w, views)
	}
	for _, r := range rules {
		printRule(w, p, r)
	}
	return nil
}

func (b *Book) rulesFor(name string, on postal.Day) ([]*Rule, error) {
	if r, ok := b.ByID(name); ok {
		return []*Rule{r}, nil
	}
	if !on.IsZero() {
		r, err := b.Rule(name, on)
		return []*Rule{r}, err
	}
	if rules := b.Under(name); len(rules) > 0 {
		return rules, nil
	}
	return nil, fault.New(fault.NotFound, "rulebook.unknown_key", "Bộ quy tắc không có tham số, quy tắc hay văn bản %[1]q.", "The rulebook has no key, rule or instrument %[1]q.", name)
}

func printRule(w io.Writer, p answer.Printing, r *Rule) {
	fmt.Fprintf(w, "%s\n  %s\n  %s: %s\n", r.ID(), r.Key.Means.In(p.Lang), p.T("áp dụng", "applies"), r.Span)
	if r.Value.kind == Grid {
		printTable(w, r.Value.table)
	} else {
		fmt.Fprintf(w, "  %s: %s\n", p.T("giá trị", "value"), short(p, r))
	}
	fmt.Fprintf(w, "  %s: %s\n", p.T("căn cứ", "source"), r.Cite().In(p.Lang))
	if !r.Verified {
		fmt.Fprintf(w, "  %s: %s\n", p.T("CHƯA KIỂM CHỨNG", "NOT VERIFIED"), r.Reason.In(p.Lang))
	}
	if note := r.Note.In(p.Lang); note != "" {
		fmt.Fprintf(w, "  %s: %s\n", p.T("ghi chú", "note"), note)
	}
	fmt.Fprintf(w, "  %s:%d\n\n", r.File, r.Line)
}

func printTable(w io.Writer, t *Table) {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "    "+strings.Join(t.Columns(), "\t"))
	for _, cells := range t.rows {
		words := make([]string, len(cells))
		for i, cell := range cells {
			words[i] = cell.String()
		}
		fmt.Fprintln(tw, "    "+strings.Join(words, "\t"))
	}
	tw.Flush()
}

func showInstrument(w io.Writer, b *Book, i *Instrument, p answer.Printing) error {
	rules := b.ByInstrument(i.ID)
	if p.JSON {
		view := viewOfInstrument(i)
		for _, r := range rules {
			view.Rules = append(view.Rules, r.ID())
		}
		return answer.JSON(w, view)
	}
	fmt.Fprintf(w, "%s  %s\n  %s\n  %s: %s\n", i.Number, i.Title.In(p.Lang), i.Issuer.In(p.Lang), p.T("nguồn", "source"), i.Source)
	for _, line := range []struct {
		what string
		day  postal.Day
	}{{p.T("ban hành", "issued"), i.Issued}, {p.T("hiệu lực từ", "in force"), i.InForce}, {p.T("hết hiệu lực", "ended"), i.Ended}} {
		if !line.day.IsZero() {
			fmt.Fprintf(w, "  %s: %s\n", line.what, line.day)
		}
	}
	if next, ok := b.instruments[i.ReplacedBy]; ok {
		fmt.Fprintf(w, "  %s: %s\n", p.T("thay bằng", "replaced by"), next.Number)
	}
	if !i.Verified {
		fmt.Fprintf(w, "  %s: %s\n", p.T("CHƯA KIỂM CHỨNG", "NOT VERIFIED"), i.Reason.In(p.Lang))
	}
	for _, r := range rules {
		fmt.Fprintf(w, "  %s  %s\n", r.ID(), short(p, r))
	}
	return nil
}

// DiffDaysCommand is `citypost rulebook diff DAY DAY`: what the law says differently on two days.
func DiffDaysCommand(w io.Writer, b *Book, first, second postal.Day, p answer.Printing) error {
	return printChanges(w, b.DiffDays(first, second), p)
}

// DiffCommand is `citypost rulebook diff FOLDER FOLDER`: what two sites' books say differently. An empty folder is the embedded law alone.
func DiffCommand(w io.Writer, oneDir, otherDir string, p answer.Printing) error {
	one, err := Open(oneDir)
	other, otherErr := Open(otherDir)
	if err := errors.Join(err, otherErr); err != nil {
		return err
	}
	return printChanges(w, Diff(one, other), p)
}

func printChanges(w io.Writer, changes []Change, p answer.Printing) error {
	if p.JSON {
		views := make([]changeView, len(changes))
		for i, c := range changes {
			views[i] = changeView{Change: c, SameValue: c.SameValue(), Before: maybeView(c.Before), After: maybeView(c.After)}
		}
		return answer.JSON(w, views)
	}
	for _, c := range changes {
		fmt.Fprintf(w, "%s  %s\n", c.Name, c.Means.In(p.Lang))
		for _, side := range []struct {
			sign string
			r    *Rule
		}{{"-", c.Before}, {"+", c.After}} {
			if side.r != nil {
				fmt.Fprintf(w, "  %s %s  %s  %s  %s\n", side.sign, side.r.Span, short(p, side.r), side.r.Cite().In(p.Lang), mark(p, side.r.Verified))
			}
		}
	}
	if len(changes) == 0 {
		fmt.Fprintln(w, p.T("Không có gì khác.", "Nothing differs."))
	}
	return nil
}

// ruleView is a rule as JSON.
type ruleView struct {
	ID    string      `json:"id"`
	Key   string      `json:"key"`
	Means Words       `json:"means"`
	Unit  string      `json:"unit"`
	From  postal.Day  `json:"from"`
	To    *postal.Day `json:"to"` // null while it still applies
	Value Value       `json:"value"`
	Cite  Citation    `json:"citation"`
	Note  Words       `json:"note,omitzero"`
	Place string      `json:"place"`
}

func viewOf(r *Rule) ruleView {
	v := ruleView{ID: r.ID(), Key: r.Name, Means: r.Key.Means, Unit: r.Key.Unit, From: r.From, Value: r.Value, Cite: r.Cite(), Note: r.Note, Place: fmt.Sprintf("%s:%d", r.File, r.Line)}
	if !r.Open {
		v.To = &r.To
	}
	return v
}

func maybeView(r *Rule) *ruleView {
	if r == nil {
		return nil
	}
	v := viewOf(r)
	return &v
}

type changeView struct {
	Change
	SameValue bool      `json:"same_value"`
	Before    *ruleView `json:"before"`
	After     *ruleView `json:"after"`
}

type instrumentView struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind"`
	Number     string     `json:"number"`
	Title      Words      `json:"title"`
	Issuer     Words      `json:"issuer"`
	Issued     postal.Day `json:"issued,omitzero"`
	InForce    postal.Day `json:"in_force,omitzero"`
	Ended      postal.Day `json:"ended,omitzero"`
	ReplacedBy string     `json:"replaced_by,omitempty"`
	Source     string     `json:"source"`
	Verified   bool       `json:"verified"`
	Reason     Words      `json:"reason,omitzero"`
	Rules      []string   `json:"rules"`
}

func viewOfInstrument(i *Instrument) instrumentView {
	return instrumentView{ID: i.ID, Kind: i.Kind, Number: i.Number, Title: i.Title, Issuer: i.Issuer, Issued: i.Issued, InForce: i.InForce, Ended: i.Ended,
		ReplacedBy: i.ReplacedBy, Source: i.Source, Verified: i.Verified, Reason: i.Reason, Rules: []string{}}
}
