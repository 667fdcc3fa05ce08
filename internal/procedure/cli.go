package procedure

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// FindOptions are those of "citypost procedure find".
type FindOptions struct {
	Query
	JSON bool
	Lang string // "vi" or "en"
}

// RunFind prints the procedures that answer to words or to a code.
func RunFind(w io.Writer, c *Catalogue, o FindOptions) error {
	hits, more := c.Find(o.Query)
	if o.JSON {
		return answer.JSON(w, map[string]any{"hits": append([]Hit{}, hits...), "more": more})
	}
	if len(hits) == 0 {
		return fault.New(fault.NotFound, "procedure.nothing_found", "Không tìm thấy thủ tục nào khớp với “%s”.", "No procedure answers to “%s”.", o.Text)
	}
	var b strings.Builder
	for _, h := range hits {
		fmt.Fprintf(&b, "%s  %-9s  %s\n", h.Version.Code, h.State.In(o.Lang), h.Version.Name)
	}
	if more {
		b.WriteString("…\n")
	}
	return answer.Text(w, b.String())
}

// stateWords are how pages and commands say the states.
var stateWords = map[State][2]string{
	Published: {"hiệu lực", "in force"}, Amended: {"sửa đổi", "amended"}, Repealed: {"bãi bỏ", "repealed"}, Future: {"sắp có", "future"},
}

// In says the state in the language asked for.
func (s State) In(lang string) string { return postal.In(lang, stateWords[s][0], stateWords[s][1]) }

// methodWords are how pages and commands say the channels.
var methodWords = map[Method][2]string{Postal: {"qua bưu điện", "by post"}, Direct: {"trực tiếp", "in person"}, Online: {"trực tuyến", "online"}}

// In says the channel in the language asked for.
func (m Method) In(lang string) string { return postal.In(lang, methodWords[m][0], methodWords[m][1]) }

// ShowOptions are those of "citypost procedure show".
type ShowOptions struct {
	Code Code
	Day  postal.Day
	JSON bool
	Lang string
}

// RunShow prints what holds on a day: papers, limits and fees by channel. A procedure that may not be used on the day is refused by its name; JSON gives every version.
func RunShow(w io.Writer, c *Catalogue, o ShowOptions) error {
	if o.JSON {
		p, ok := c.Procedure(o.Code)
		if !ok {
			_, err := c.On(o.Code, o.Day)
			return err
		}
		return answer.JSON(w, struct {
			State State `json:"state"`
			*Procedure
		}{p.State(o.Day), p})
	}
	v, err := c.On(o.Code, o.Day)
	if err != nil {
		return err
	}
	return answer.Text(w, v.text(o.Lang))
}

func (v *Version) text(lang string) string {
	var b strings.Builder
	line := func(vi, en, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", postal.In(lang, vi, en), value)
		}
	}
	fmt.Fprintf(&b, "%s  %s\n", v.Code, v.Name)
	line("Hiệu lực từ", "In force from", v.From.VN())
	line("Văn bản", "Decision", v.Decision)
	line("Lĩnh vực", "Field", v.Field)
	line("Cơ quan", "Agency", cmp.Or(v.Agency, v.Promulgator))
	for _, m := range Methods() {
		if !v.Accepts(m) {
			line(m.In("vi"), m.In("en"), postal.In(lang, "không nhận", "not accepted"))
			continue
		}
		for _, c := range v.By(m) {
			line(m.In("vi"), m.In("en"), c.Limit.In(lang)+"; "+c.feeText(lang))
		}
	}
	for _, c := range v.Cases {
		line("Trường hợp "+c.Code, "Case "+c.Code, c.Limit.In(lang))
	}
	for _, p := range v.Checklist(Postal) {
		fmt.Fprintf(&b, "- %s: %s\n", p.Name, p.CountText(lang))
	}
	return b.String()
}

// feeText says the fees of a channel in one line.
func (c Channel) feeText(lang string) string {
	var parts []string
	for _, f := range c.Fees {
		parts = append(parts, f.Say(lang))
	}
	if len(parts) == 0 {
		return postal.In(lang, "mức thu chưa công bố", "amount not stated")
	}
	if c.FirstFee {
		parts = append(parts, postal.In(lang, "có thể còn khoản khác", "there may be others"))
	}
	return strings.Join(parts, "; ")
}

// Say says a fee; one that the list leaves to a text is that text and no amount.
func (f Fee) Say(lang string) string {
	switch {
	case f.Known && f.Amount == 0:
		return postal.In(lang, "không thu", "free of charge")
	case f.Known && f.Text != "":
		return f.Amount.In(lang) + " (" + f.Text + ")"
	case f.Known:
		return f.Amount.In(lang)
	case f.Text != "":
		return f.Text
	}
	return postal.In(lang, "mức thu chưa công bố", "amount not stated")
}

// CountText says how many of a paper: "1 bản chính, 1 bản sao".
func (p Paper) CountText(lang string) string {
	if p.Originals+p.Copies+p.Certified == 0 {
		return postal.In(lang, "danh mục không ghi số bản", "the list does not say how many")
	}
	var parts []string
	add := func(n int, vi, en, ens string) {
		if n == 1 {
			parts = append(parts, postal.In(lang, "1 "+vi, "1 "+en))
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, postal.In(lang, vi, ens)))
		}
	}
	add(p.Originals, "bản chính", "original", "originals")
	add(p.Copies, "bản sao", "copy", "copies")
	add(p.Certified, "bản sao có chứng thực", "certified copy", "certified copies")
	return strings.Join(parts, ", ")
}

// ImportOptions are those of "citypost procedure import FILE".
type ImportOptions struct {
	Release
	Apply bool // false: a dry run, which writes nothing
	InUse InUse
	JSON  bool
	Lang  string
}

// RunImport shows what a list would change and, when told to, takes it in. A refusal is printed with its plan and returned as a fault.
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

// shown of each sort are printed; --json has them all.
const shown = 20

// Text tells a plan to a person.
func (p *Plan) Text(lang string) string {
	var b strings.Builder
	for _, part := range []struct {
		vi, en string
		list   []Change
	}{{"Thêm mới", "Added", p.Added}, {"Thay đổi", "Changed", p.Changed}, {"Hết hiệu lực", "Closed", p.Closed}} {
		lines := make([]string, len(part.list))
		for i, c := range part.list {
			lines[i] = string(c.Code) + "  " + c.Name + c.partsText(lang)
		}
		b.WriteString(answer.Section(lang, part.vi, part.en, lines, shown))
	}
	b.WriteString(notesText(lang, "Dòng sai, không nhập", "Wrong rows, left out", p.Errors, shown))
	for _, g := range groupNotes(p.Warnings) {
		b.WriteString(notesText(lang, "Lưu ý, "+g[0].VI, "Note, "+g[0].EN, g, 3))
	}
	end := answer.Outcome{Rows: p.Rows, Unchanged: p.Unchanged, Act: p.Act, SHA256: p.SHA256, Applied: p.Applied}
	for _, r := range p.Refused {
		end.Refused = append(end.Refused, string(r.Code)+"  "+postal.In(lang, r.VI, r.EN))
	}
	return b.String() + end.In(lang)
}

// partWords are the parts of a version, as a plan names them.
var partWords = map[string][2]string{
	"name": {"tên", "name"}, "level": {"cấp", "level"}, "field": {"lĩnh vực", "field"}, "agency": {"cơ quan", "agency"}, "promulgator": {"cơ quan công bố", "promulgator"},
	"subjects": {"đối tượng", "subjects"}, "channels": {"hình thức nộp", "channels"}, "cases": {"trường hợp", "cases"}, "components": {"thành phần hồ sơ", "papers"},
	"results": {"kết quả", "results"}, "legal_basis": {"căn cứ", "legal basis"}, "source": {"nguồn", "source"},
}

// PartsIn names the parts that change.
func (c Change) PartsIn(lang string) string {
	var names []string
	for _, p := range c.Parts {
		names = append(names, postal.In(lang, partWords[p][0], partWords[p][1]))
	}
	return strings.Join(names, ", ")
}

func (c Change) partsText(lang string) string {
	if len(c.Parts) == 0 {
		return ""
	}
	return " (" + c.PartsIn(lang) + ")"
}

// notesText lists notes by row: "dòng 17  1.001193  …".
func notesText(lang, vi, en string, notes []Note, most int) string {
	lines := make([]string, len(notes))
	for i, n := range notes {
		lines[i] = fmt.Sprintf("%s %d  %s  %s", postal.In(lang, "dòng", "row"), n.Row, n.Code, n.in(lang))
	}
	return answer.Section(lang, vi, en, lines, most)
}

// groupNotes puts notes of one sort together, the most frequent first.
func groupNotes(notes []Note) [][]Note {
	by := map[string][]Note{}
	for _, n := range notes {
		by[n.What] = append(by[n.What], n)
	}
	groups := make([][]Note, 0, len(by))
	for _, g := range by {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b []Note) int { return cmp.Or(len(b)-len(a), strings.Compare(a[0].What, b[0].What)) })
	return groups
}

// jsonLine writes a version as one line of our own format.
func jsonLine(v *Version) ([]byte, error) {
	line, err := json.Marshal(v)
	return append(line, '\n'), err
}
