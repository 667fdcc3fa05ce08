package gazetteer

import (
	"context"
	"fmt"
	"io"
	"strings"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// FindOptions are those of "citypost gazetteer find".
type FindOptions struct {
	Query string
	Day   postal.Day // what is in force on that day comes first
	Limit int
	JSON  bool
	Lang  string // "vi" or "en"
}

// RunFind prints the units that answer to a name, a code or a postcode.
func RunFind(w io.Writer, g *Gazetteer, o FindOptions) error {
	matches := g.Find(o.Query, o.Day, o.Limit)
	if o.JSON {
		return answer.JSON(w, orEmpty(matches))
	}
	if len(matches) == 0 {
		return nothingFound(o.Query)
	}
	var b strings.Builder
	for _, m := range matches {
		fmt.Fprintf(&b, "%-5s  %s, %s\n", m.Unit.Code, m.Line(o.Lang), m.Province.ShortName())
	}
	return answer.Text(w, b.String())
}

// ConvertOptions are those of "citypost gazetteer convert".
type ConvertOptions struct {
	Query string // code of a unit of before 1 July 2025, or its name: "P. Lạch Tray, Q. Ngô Quyền"
	JSON  bool
	Lang  string
}

// RunConvert prints what became of an old unit. It never chooses where the official table leaves a choice.
func RunConvert(w io.Writer, g *Gazetteer, o ConvertOptions) error {
	code, err := g.oldCode(o.Query, o.Lang)
	if err != nil {
		return err
	}
	c, err := g.Convert(code)
	if err != nil {
		return err
	}
	if o.JSON {
		return answer.JSON(w, c)
	}
	return answer.Text(w, c.text(g, o.Lang))
}

// oldCode reads a code, or a name that only one old unit answers to.
func (g *Gazetteer) oldCode(query, lang string) (postal.UnitCode, error) {
	query, err := postal.Clean(query)
	if err != nil {
		return "", err
	}
	if unitCodeOK(postal.UnitCode(query)) {
		return postal.UnitCode(query), nil
	}
	var best []Match
	for _, m := range g.Find(query, LastThreeTierDay(), MaxMatches) {
		if m.Unit.InForce(LastThreeTierDay()) && m.Unit.ValidTo != zeroDay && (len(best) == 0 || m.rank == best[0].rank) {
			best = append(best, m)
		}
	}
	switch len(best) {
	case 0:
		return "", nothingFound(query)
	case 1:
		return best[0].Unit.Code, nil
	}
	var lines []string
	for _, m := range best {
		lines = append(lines, string(m.Unit.Code)+"  "+m.where())
	}
	return "", fault.New(fault.Conflict, "gazetteer.ambiguous", "Có %[1]d đơn vị cũ khớp với “%[2]s”. Hãy chọn theo mã:\n%[3]s",
		"%[1]d old units answer to “%[2]s”. Choose by code:\n%[3]s", len(best), query, strings.Join(lines, "\n"))
}

// where is the old unit as it was written: "P. Lạch Tray, Q. Ngô Quyền, TP. Hải Phòng".
func (m Match) where() string {
	parts := []string{m.Unit.ShortName()}
	if m.District != nil {
		parts = append(parts, m.District.ShortName())
	}
	if m.Unit.Level() != LevelProvince {
		parts = append(parts, m.Province.ShortName())
	}
	return strings.Join(parts, ", ")
}

func nothingFound(query string) error {
	return fault.New(fault.NotFound, "gazetteer.nothing_found", "Không tìm thấy đơn vị hành chính nào khớp với “%s”.", "No administrative unit answers to “%s”.", query)
}

// text tells a conversion to a person.
func (c Conversion) text(g *Gazetteer, lang string) string {
	var b strings.Builder
	day := lastDay(c.Old)
	old := Match{Unit: c.Old}
	if d, ok := g.UnitOn(c.Old.District, day); ok {
		old.District = &d
	}
	old.Province, _ = g.UnitOn(c.Old.Province, day)
	fmt.Fprintf(&b, "%s  %s\n", c.Old.Code, old.where())
	if c.Automatic {
		fmt.Fprintf(&b, "→ %s  %s", c.To.Code, c.To.FullName(lang))
		if c.To.Postcode != "" {
			fmt.Fprintf(&b, ", %s", c.To.Postcode)
		}
		return b.String() + "\n"
	}
	b.WriteString(postal.In(lang, "Phải chọn theo tên đường hoặc bản đồ:\n", "Choose by street or map:\n"))
	for _, cand := range c.Candidates {
		fmt.Fprintf(&b, "? %s  %s, %s (%s)\n", cand.Unit.Code, cand.Unit.FullName(lang), cand.Unit.Postcode, cand.Share.In(lang))
	}
	return b.String()
}

// ImportOptions are those of "citypost gazetteer import units|lineage|offices FILE".
type ImportOptions struct {
	Release
	Apply bool // false: a dry run, which writes nothing
	InUse InUse
	JSON  bool
	Lang  string
}

// RunImport shows what a file would change and, when told to, takes it in. A refusal is printed with its plan and returned as a fault.
func RunImport(ctx context.Context, w io.Writer, s *Store, o ImportOptions) error {
	take := s.Plan
	if o.Apply {
		take = s.Apply
	}
	p, err := take(ctx, o.Release, o.InUse)
	if p == nil {
		return err
	}
	return answer.Planned(w, answer.Printing{Lang: o.Lang, JSON: o.JSON}, p, err)
}

// shownChanges of each sort are printed; --json has them all.
const shownChanges = 30

// Text tells a plan to a person.
func (p *Plan) Text(lang string) string {
	var b strings.Builder
	for _, part := range []struct {
		vi, en string
		list   []Change
	}{
		{"Thêm mới", "Added", p.Added},
		{"Hết hiệu lực", "Closed", p.Closed},
		{"Đổi tên", "Renamed", p.Renamed},
		{"Chuyển nơi", "Moved", p.Moved},
		{"Thay đổi khác", "Other changes", p.Changed},
		{"Khác với dữ liệu đang lưu, giữ nguyên", "Differs from the record, kept as it is", p.Kept},
	} {
		lines := make([]string, len(part.list))
		for i, c := range part.list {
			lines[i] = c.Code + "  " + strings.Trim(c.Before+" → "+c.After, " →")
		}
		b.WriteString(answer.Section(lang, part.vi, part.en, lines, shownChanges))
	}
	end := answer.Outcome{Rows: p.Rows, Unchanged: p.Unchanged, Act: p.Act, SHA256: p.SHA256, Applied: p.Applied}
	for _, r := range p.Refused {
		end.Refused = append(end.Refused, r.Code+"  "+postal.In(lang, r.VI, r.EN))
	}
	return b.String() + end.In(lang)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
