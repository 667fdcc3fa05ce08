package rulebook

import (
	"strings"

	"citypost/internal/postal"
)

// reader takes the fields of one block and gathers what is wrong with them.
type reader struct {
	*block
	used     map[string]bool
	problems *Problems
}

func newReader(b *block, problems *Problems) *reader {
	return &reader{block: b, used: map[string]bool{}, problems: problems}
}

func (r *reader) refuse(p pos, code, vi, en string, args ...any) {
	*r.problems = append(*r.problems, p.problem(code, vi, en, args...))
}

// find gives a field of the block, nil when it is not there.
func (r *reader) find(name string) *field {
	r.used[name] = true
	for i := range r.fields {
		if r.fields[i].name == name {
			return &r.fields[i]
		}
	}
	return nil
}

// need gives the text of a field that must be there.
func (r *reader) need(name string) string {
	f := r.find(name)
	if f == nil || f.value == "" {
		at := r.pos
		if f != nil {
			at = f.pos
		}
		r.refuse(at, "rulebook.missing", "Mục %[1]s %[2]q thiếu trường %[3]q.", "The %[1]s %[2]q lacks the field %[3]q.", r.kind, r.name, name)
		return ""
	}
	return f.value
}

// may gives the text of a field that may be absent.
func (r *reader) may(name string) string {
	if f := r.find(name); f != nil {
		return f.value
	}
	return ""
}

// words gives a text that must be there in both languages.
func (r *reader) words(name string) Words {
	return Words{VI: r.need(name + " vi"), EN: r.need(name + " en")}
}

// mayWords gives a text that may be absent, but not in one language only.
func (r *reader) mayWords(name string) Words {
	if r.find(name+" vi") == nil && r.find(name+" en") == nil {
		return Words{}
	}
	return r.words(name)
}

// day gives a date; the zero Day when the field is absent.
func (r *reader) day(name string) postal.Day {
	f := r.find(name)
	if f == nil {
		return postal.Day{}
	}
	day, err := isoDay(f.value)
	if err != nil {
		r.refuse(f.pos, "rulebook.day", "%[1]q không phải là ngày dạng 2020-04-24.", "%[1]q is not a day such as 2020-04-24.", f.value)
	}
	return day
}

// yes gives a field that must say yes or no.
func (r *reader) yes(name string) bool {
	text := r.need(name)
	if text != "" && text != "yes" && text != "no" {
		r.refuse(r.find(name).pos, "rulebook.yes_no", "%[1]q phải là yes hoặc no.", "%[1]q must be yes or no.", text)
	}
	return text == "yes"
}

// verified gives whether the block is verified, with the reason when it is not; a verified block has no reason.
func (r *reader) verified() (bool, Words) {
	if r.yes("verified") {
		for _, name := range []string{"reason vi", "reason en"} {
			if f := r.find(name); f != nil {
				r.refuse(f.pos, "rulebook.reason", "Mục đã kiểm chứng thì không ghi lý do.", "What is verified has no reason.")
			}
		}
		return true, Words{}
	}
	return false, r.words("reason")
}

// done refuses the fields that nobody asked for.
func (r *reader) done() {
	for _, f := range r.fields {
		if !r.used[f.name] {
			r.refuse(f.pos, "rulebook.unknown_field", "Mục %[1]s không có trường %[2]q.", "A block %[1]s has no field %[2]q.", r.kind, f.name)
		}
	}
}

func (r *reader) instrument() *Instrument {
	i := &Instrument{ID: r.name, Kind: r.need("kind"), Number: r.need("number"), Title: r.words("title"), Issuer: r.words("issuer"),
		Issued: r.day("issued"), InForce: r.day("in force"), Ended: r.day("ended"), ReplacedBy: r.may("replaced by"), Source: r.need("source"),
		File: r.file, Line: r.line}
	i.Verified, i.Reason = r.verified()
	if _, ok := instrumentKinds[i.Kind]; !ok && i.Kind != "" {
		r.refuse(r.find("kind").pos, "rulebook.kind", "Loại văn bản %[1]q không có.", "There is no kind of instrument %[1]q.", i.Kind)
	}
	r.done()
	return i
}

func (r *reader) key() *Key {
	k := &Key{Name: r.name, Means: Words{VI: r.need("vi"), EN: r.need("en")}, Unit: r.need("unit"), File: r.file, Line: r.line}
	if _, ok := units[k.Unit]; !ok && k.Unit != "" {
		r.refuse(r.find("unit").pos, "rulebook.unit", "Đơn vị %[1]q không có trong danh sách.", "The unit %[1]q is not in the list.", k.Unit)
	}
	k.Type = r.typeOf()
	r.covers(k)
	r.done()
	return k
}

// covers reads "covers: always since 2018-01-01", "covers: 2018-01-01 to 2020-12-31" or "covers: some days".
func (r *reader) covers(k *Key) {
	text := r.need("covers")
	if text == "" {
		return
	}
	if text == "some days" {
		k.Gaps = true
		return
	}
	from, to, bounded := strings.Cut(strings.TrimPrefix(text, "always since "), " to ")
	var err error
	k.Covers = Span{Open: !bounded}
	if k.Covers.From, err = isoDay(from); err == nil && bounded {
		k.Covers.To, err = isoDay(to)
	}
	if err != nil || !bounded && !strings.HasPrefix(text, "always since ") || bounded && k.Covers.To.Before(k.Covers.From) {
		r.refuse(r.find("covers").pos, "rulebook.covers", "“covers” phải là “always since NGÀY”, “NGÀY to NGÀY” hoặc “some days”.", "“covers” is “always since DAY”, “DAY to DAY” or “some days”.")
	}
}

// typeOf reads the type of a key: a simple kind, "{one of these}", "list of KIND", or "table" with columns.
func (r *reader) typeOf() Type {
	text, columns := r.need("type"), r.find("columns")
	if text == "table" {
		return r.tableType(columns)
	}
	if columns != nil {
		r.refuse(columns.pos, "rulebook.columns", "Chỉ bảng mới có cột.", "Only a table has columns.")
	}
	item, isList := strings.CutPrefix(text, "list of ")
	kind, oneOf, ok := simpleType(item)
	if !ok && text != "" {
		r.refuse(r.find("type").pos, "rulebook.type", "Kiểu %[1]q không có.", "There is no type %[1]q.", text)
	}
	if isList {
		return Type{Kind: List, Item: kind, OneOf: oneOf}
	}
	return Type{Kind: kind, OneOf: oneOf}
}

func (r *reader) tableType(columns *field) Type {
	t := Type{Kind: Grid}
	if columns == nil {
		r.need("columns")
		return t
	}
	for _, part := range strings.Split(columns.value, ",") {
		name, kindText, _ := strings.Cut(strings.TrimSpace(part), " ")
		kindText, optional := strings.CutSuffix(strings.TrimSpace(kindText), "?")
		kind, oneOf, ok := simpleType(kindText)
		if !ok || !validName(name) {
			r.refuse(columns.pos, "rulebook.columns", "Cột %[1]q phải có dạng “tên kiểu”.", "The column %[1]q must read “name type”.", strings.TrimSpace(part))
		}
		t.Columns = append(t.Columns, Column{Name: name, Kind: kind, OneOf: oneOf, Optional: optional})
	}
	return t
}

// simpleType reads the name of a kind that fits on one line, or the closed set of words "{intra inter}".
func simpleType(text string) (kind Kind, oneOf []string, ok bool) {
	if words, braced := strings.CutPrefix(text, "{"); braced && strings.HasSuffix(words, "}") {
		oneOf = strings.Fields(strings.TrimSuffix(words, "}"))
		return Text, oneOf, len(oneOf) > 0
	}
	for k := Int; k <= MonthDay; k++ {
		if kindNames[k] == text {
			return k, nil, true
		}
	}
	return 0, nil, false
}

// rule reads a rule of a key that is declared; law gives the instruments by id.
func (r *reader) rule(key *Key, law map[string]*Instrument) *Rule {
	u := &Rule{Key: key, Name: r.name, Article: r.may("article"), Note: r.mayWords("note"), File: r.file, Line: r.line}
	r.need("from")
	u.Span = Span{From: r.day("from"), To: r.day("to"), Open: r.find("to") == nil}
	if !u.Open && u.To.Before(u.From) {
		r.refuse(r.find("to").pos, "rulebook.backwards", "Ngày cuối đứng trước ngày đầu.", "The last day comes before the first.")
	}
	u.Written = u.Span
	u.Value = r.value(key.Type)
	u.Instrument = r.source(law)
	u.Verified, u.Reason = r.verified()
	r.done()
	return u
}

func (r *reader) source(law map[string]*Instrument) *Instrument {
	f := r.find("source")
	if f == nil || f.value == "" {
		r.refuse(r.pos, "rulebook.no_source", "Quy tắc %[1]q không nêu nguồn: mọi giá trị phải có văn bản làm căn cứ.", "The rule %[1]q names no source: every value needs an instrument that gives it.", r.name)
		return nil
	}
	i := law[f.value]
	if i == nil {
		r.refuse(f.pos, "rulebook.unknown_source", "Nguồn %[1]q chưa được khai báo bằng mục instrument.", "The source %[1]q is not declared by an instrument block.", f.value)
	}
	return i
}

func (r *reader) value(t Type) Value {
	holder := map[Kind]string{List: "list", Grid: "table"}[t.Kind]
	if holder == "" {
		holder = "value"
	}
	f := r.find(holder)
	if f == nil {
		r.refuse(r.pos, "rulebook.missing", "Mục %[1]s %[2]q thiếu trường %[3]q.", "The %[1]s %[2]q lacks the field %[3]q.", r.kind, r.name, holder)
		return Value{}
	}
	switch t.Kind {
	case List:
		return r.list(t, f)
	case Grid:
		return r.table(t, f)
	}
	return r.simple(f.pos, t.Kind, t.OneOf, f.value)
}

func (r *reader) simple(at pos, kind Kind, oneOf []string, text string) Value {
	v, err := parseSimple(kind, oneOf, text)
	if err != nil {
		r.refuse(at, "rulebook.value", "Giá trị %[1]q không đúng kiểu %[2]s.", "The value %[1]q is not of type %[2]s.", text, simpleName(kind, oneOf))
	}
	return v
}

func (r *reader) list(t Type, f *field) Value {
	if f.value != "" {
		r.refuse(f.pos, "rulebook.syntax", "Các mục của danh sách đứng ở những dòng “- …” bên dưới.", "The items of a list stand on lines “- …” below.")
	}
	v := Value{kind: List}
	for _, i := range f.items {
		v.list = append(v.list, r.simple(i.pos, t.Item, t.OneOf, i.text))
	}
	return v
}

func (r *reader) table(t Type, f *field) Value {
	table := &Table{columns: t.Columns}
	if f.value != "" || len(f.rows) == 0 {
		r.refuse(f.pos, "rulebook.syntax", "Các hàng của bảng đứng ở những dòng “| … |” bên dưới; hàng đầu là tên cột.", "The rows of a table stand on lines “| … |” below; the first names the columns.")
		return Value{kind: Grid, table: table}
	}
	if got, want := strings.Join(f.rows[0].cells, " | "), strings.Join(table.Columns(), " | "); got != want {
		r.refuse(f.rows[0].pos, "rulebook.columns", "Hàng đầu phải là tên cột: | %[1]s |", "The first row must name the columns: | %[1]s |", want)
		return Value{kind: Grid, table: table}
	}
	for _, line := range f.rows[1:] {
		r.tableRow(table, line)
	}
	return Value{kind: Grid, table: table}
}

func (r *reader) tableRow(t *Table, line row) {
	if len(line.cells) != len(t.columns) {
		r.refuse(line.pos, "rulebook.columns", "Hàng có %[1]d ô, bảng có %[2]d cột.", "The row has %[1]d cells, the table %[2]d columns.", len(line.cells), len(t.columns))
		return
	}
	cells := make([]Value, len(t.columns))
	for i, c := range t.columns {
		if line.cells[i] == "-" && c.Optional {
			continue
		}
		cells[i] = r.simple(line.pos, c.Kind, c.OneOf, line.cells[i])
	}
	t.rows = append(t.rows, cells)
	t.places = append(t.places, line.pos)
}
