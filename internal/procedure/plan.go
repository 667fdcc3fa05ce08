package procedure

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Plan is what taking in a release would do: it is shown before anything is written.
type Plan struct {
	Shape     Shape      `json:"shape"`
	Act       string     `json:"act"`
	From      postal.Day `json:"from"`
	SHA256    string     `json:"sha256"`
	Rows      int        `json:"rows"`
	Unchanged int        `json:"unchanged"`
	Added     []Change   `json:"added,omitempty"`
	Changed   []Change   `json:"changed,omitempty"`
	Closed    []Change   `json:"closed,omitempty"`
	Refused   []Refusal  `json:"refused,omitempty"`  // why the release cannot be taken in
	Errors    []Note     `json:"errors,omitempty"`   // rows that are left out
	Warnings  []Note     `json:"warnings,omitempty"` // rows taken in with a gap
	Applied   bool       `json:"applied"`

	write []Version
}

// Change is one line of a plan.
type Change struct {
	Code  Code     `json:"code"`
	Name  string   `json:"name"`
	Was   string   `json:"was,omitempty"`   // the name before, where it changes
	Parts []string `json:"parts,omitempty"` // what changes: "name", "channels", "components" …
	Fixes bool     `json:"fixes,omitempty"` // the version of the same day is corrected; otherwise a new version begins
}

// Refusal says which procedure stands in the way and why, in both languages.
type Refusal struct {
	Code Code   `json:"code"`
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

// Empty reports whether the plan would write nothing.
func (p *Plan) Empty() bool { return len(p.write) == 0 }

// Err is nil when the plan may be carried out, and otherwise one fault that names the first obstacles.
func (p *Plan) Err() error {
	if len(p.Refused) == 0 {
		return nil
	}
	var vi, en []string
	for _, r := range p.Refused[:min(len(p.Refused), 5)] {
		vi, en = append(vi, string(r.Code)+": "+r.VI), append(en, string(r.Code)+": "+r.EN)
	}
	return fault.New(fault.Conflict, "procedure.import_refused",
		"Không nhập được: %[1]d trở ngại. %[2]s", "Not imported: %[1]d obstacles. %[3]s", len(p.Refused), strings.Join(vi, " "), strings.Join(en, " "))
}

func (p *Plan) refuse(code Code, vi, en string, args ...any) {
	p.Refused = append(p.Refused, Refusal{code, fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)})
}

// sameAs reports whether q would write the same as p.
func (p *Plan) sameAs(q *Plan) bool { return reflect.DeepEqual(p.write, q.write) }

// makePlan compares a release with what is recorded.
func makePlan(ctx context.Context, have *Catalogue, r Release, inUse InUse) (*Plan, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	l, err := r.read()
	if err != nil {
		return nil, err
	}
	p := &Plan{Shape: l.shape, Act: r.Act, From: r.From, SHA256: r.checksum(), Rows: l.read, Errors: l.errors, Warnings: l.warnings}
	slices.SortFunc(p.Errors, func(a, b Note) int { return a.Row - b.Row })
	if len(p.Errors) > 0 && (!r.SkipBad || r.Whole) {
		first := p.Errors[0]
		p.Refused = append(p.Refused, Refusal{Code(first.Code),
			fmt.Sprintf("%d dòng sai; dòng %d: %s Hãy sửa tệp, hoặc bỏ qua các dòng sai.", len(p.Errors), first.Row, first.VI),
			fmt.Sprintf("%d rows are wrong; row %d: %s Mend the file, or skip the wrong rows.", len(p.Errors), first.Row, first.EN)})
	}
	named := map[Code]bool{}
	for _, rw := range l.rows {
		named[rw.version.Code] = true
		p.planRow(have, r, rw)
	}
	if r.Whole {
		return p, p.planRest(ctx, have, r, named, inUse)
	}
	return p, nil
}

// planRow says what one row does to the procedure that it names.
func (p *Plan) planRow(have *Catalogue, r Release, rw row) {
	v := rw.version
	old, ok := have.Procedure(v.Code)
	switch {
	case rw.repealed && !ok:
		p.refuse(v.Code, "danh sách bãi bỏ nêu thủ tục không có trong danh mục", "the list ends a procedure that the catalogue does not have")
	case rw.repealed:
		p.close(old.Latest(), r)
	case !ok:
		p.Added = append(p.Added, Change{Code: v.Code, Name: v.Name})
		p.write = append(p.write, v)
	default:
		p.revise(old.Latest(), v)
	}
}

// revise lays a row over the newest version of its procedure: the same day corrects it, a later day begins a new version, an earlier one is refused
// because what was promised under the recorded one must stay.
func (p *Plan) revise(last *Version, v Version) {
	full := v.over(last)
	parts := differences(last, &full)
	ended := !last.To.IsZero() && last.To.Before(v.From)
	switch {
	case len(parts) == 0 && !ended:
		p.Unchanged++
	case v.From.Before(last.From):
		p.refuse(v.Code, "danh mục đã có bản từ ngày %s, mới hơn danh sách này", "the catalogue has a version from %s, newer than this list", last.From.VN())
	case v.From == last.From:
		full.To, full.EndedBy = last.To, last.EndedBy
		p.Changed = append(p.Changed, Change{Code: v.Code, Name: full.Name, Was: was(last, &full), Parts: parts, Fixes: true})
		p.write = append(p.write, full)
	case ended:
		p.Added = append(p.Added, Change{Code: v.Code, Name: full.Name, Was: was(last, &full), Parts: parts})
		p.write = append(p.write, full)
	default:
		before := *last
		before.To, before.EndedBy = v.From.AddDays(-1), full.Decision
		p.Changed = append(p.Changed, Change{Code: v.Code, Name: full.Name, Was: was(last, &full), Parts: parts})
		p.write = append(p.write, before, full)
	}
}

func was(old, new *Version) string {
	if old.Name == new.Name {
		return ""
	}
	return old.Name
}

// close ends a procedure on the day before the release. One that ends by then already stays as it is.
func (p *Plan) close(last *Version, r Release) {
	end := r.From.AddDays(-1)
	switch {
	case !last.To.IsZero() && !last.To.After(end):
		p.Unchanged++
	case end.Before(last.From):
		p.refuse(last.Code, "bản từ ngày %s chưa có hiệu lực trước ngày bãi bỏ", "the version from %s is not yet in force when it would end", last.From.VN())
	default:
		v := *last
		v.To, v.EndedBy = end, r.Act
		p.Closed = append(p.Closed, Change{Code: v.Code, Name: v.Name})
		p.write = append(p.write, v)
	}
}

// planRest ends what a whole list no longer names. A procedure in use does not vanish silently: a list must say that it is repealed.
func (p *Plan) planRest(ctx context.Context, have *Catalogue, r Release, named map[Code]bool, inUse InUse) error {
	for _, old := range have.All() {
		last := old.Latest()
		if named[old.Code] || !last.To.IsZero() || !last.From.Before(r.From) {
			continue
		}
		if inUse != nil {
			used, why, err := inUse(ctx, old.Code)
			if err != nil {
				return fmt.Errorf("is procedure %s in use: %w", old.Code, err)
			}
			if used {
				p.refuse(old.Code, "“%s” đang dùng (%s) mà danh sách mới không còn; hãy ghi rõ là bãi bỏ", "“%s” is in use (%s) and the new list has it no longer; let the list say that it is repealed", last.Name, why)
				continue
			}
		}
		p.close(last, r)
	}
	return nil
}

// over fills what a poorer list does not tell from the version before.
func (v Version) over(last *Version) Version {
	v.Levels, v.Subjects, v.Results, v.LegalBasis = or(v.Levels, last.Levels), or(v.Subjects, last.Subjects), or(v.Results, last.Results), or(v.LegalBasis, last.LegalBasis)
	v.Cases, v.Components = or(v.Cases, last.Cases), or(v.Components, last.Components)
	v.Field, v.Promulgator, v.Agency, v.Source = orText(v.Field, last.Field), orText(v.Promulgator, last.Promulgator), orText(v.Agency, last.Agency), orText(v.Source, last.Source)
	if len(v.Channels) == 0 || poorer(v.Channels, last.Channels) {
		v.Channels = last.Channels
	}
	return v
}

// poorer reports whether channels tell only the first fee of what the others tell in full: the table beside the record of the same procedure.
func poorer(channels, than []Channel) bool {
	firstOnly := func(list []Channel) bool {
		return slices.ContainsFunc(list, func(c Channel) bool { return c.FirstFee })
	}
	return firstOnly(channels) && len(than) > 0 && !firstOnly(than)
}

func or[T any](list, other []T) []T {
	if len(list) == 0 {
		return other
	}
	return list
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// differences names the parts in which two versions differ; days and decisions are no part of it.
func differences(a, b *Version) []string {
	var parts []string
	for _, p := range []struct {
		name string
		a, b any
	}{
		{"name", a.Name, b.Name}, {"level", a.Levels, b.Levels}, {"field", a.Field, b.Field}, {"agency", a.Agency, b.Agency}, {"promulgator", a.Promulgator, b.Promulgator},
		{"subjects", a.Subjects, b.Subjects}, {"channels", a.Channels, b.Channels}, {"cases", a.Cases, b.Cases}, {"components", a.Components, b.Components},
		{"results", a.Results, b.Results}, {"legal_basis", a.LegalBasis, b.LegalBasis}, {"source", a.Source, b.Source},
	} {
		if !reflect.DeepEqual(p.a, p.b) {
			parts = append(parts, p.name)
		}
	}
	return parts
}
