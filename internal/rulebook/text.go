package rulebook

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// maxFile and maxLine bound what is read: the whole law of the post is some hundred kilobytes, and a longer line is no longer edited by people.
const (
	maxFile = 4 << 20
	maxLine = 8 << 10
)

// Problem is one thing wrong in the rule files, with the place where it stands and what to do about it.
type Problem struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Code string `json:"code"`
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

// In gives the sentence in the language asked for; anything but "en" is Vietnamese.
func (p Problem) In(lang string) string { return postal.In(lang, p.VI, p.EN) }

// Place is "file:line", the form that editors understand.
func (p Problem) Place() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Problems is everything wrong in a set of rule files; it is an error when there is at least one.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Place() + ": " + p.EN
	}
	return strings.Join(lines, "\n")
}

// err gives the problems as one fault that names the first of them, or nil.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].File != ps[j].File {
			return ps[i].File < ps[j].File
		}
		return ps[i].Line < ps[j].Line
	})
	first := ps[0]
	return fault.New(fault.Invalid, "rulebook.refused",
		"Bộ quy tắc có %[1]d lỗi; lỗi đầu tiên ở %[2]s: %[3]s",
		"The rulebook has %[1]d mistakes; the first is at %[2]s: %[4]s",
		len(ps), first.Place(), first.VI, first.EN).Because(ps)
}

// pos is a place in a rule file.
type pos struct {
	file string
	line int
}

func (p pos) problem(code, vi, en string, args ...any) Problem {
	if len(args) > 0 {
		vi, en = fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)
	}
	return Problem{File: p.file, Line: p.line, Code: code, VI: vi, EN: en}
}

// A block is one paragraph of a rule file: a head in the first column ("rule kt1.journey") and its indented fields.
type block struct {
	pos
	kind   string
	name   string
	fields []field
}

// A field is one indented line "name: value", with the rows ("| … |") or items ("- …") that follow it.
type field struct {
	pos
	name  string
	value string
	rows  []row
	items []item
}

// A row is one line of a table.
type row struct {
	pos
	cells []string
}

// An item is one line of a list.
type item struct {
	pos
	text string
}

// readBlocks splits a rule file into its blocks. It knows lines, not law: which fields a block may have is checked later.
func readBlocks(name string, r io.Reader) ([]block, Problems) {
	s := splitter{file: name}
	lines := bufio.NewScanner(io.LimitReader(r, maxFile))
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	for lines.Scan() {
		s.line++
		s.take(lines.Text())
	}
	if err := lines.Err(); err != nil {
		s.line++
		s.refuse("rulebook.unreadable", "Dòng này dài quá %[1]d byte hoặc không đọc được (%[2]v).", "This line is longer than %[1]d bytes or cannot be read (%[2]v).", maxLine, err)
	}
	return s.blocks, s.problems
}

type splitter struct {
	file     string
	line     int
	blocks   []block
	problems Problems
}

func (s *splitter) refuse(code, vi, en string, args ...any) {
	s.problems = append(s.problems, s.at().problem(code, vi, en, args...))
}

func (s *splitter) at() pos { return pos{file: s.file, line: s.line} }

func (s *splitter) take(line string) {
	if !utf8.ValidString(line) {
		s.refuse("rulebook.utf8", "Dòng không phải là văn bản UTF-8.", "The line is not UTF-8 text.")
		return
	}
	text := strings.TrimSpace(line)
	switch {
	case text == "" || strings.HasPrefix(text, "#"):
	case line[0] != ' ' && line[0] != '\t':
		s.head(text)
	case len(s.blocks) == 0:
		s.refuse("rulebook.syntax", "Dòng thụt lề phải đứng sau dòng đầu mục (instrument, key hoặc rule).", "An indented line must follow a head line (instrument, key or rule).")
	case strings.HasPrefix(text, "|"):
		s.row(text)
	case strings.HasPrefix(text, "- "):
		s.item(strings.TrimSpace(text[2:]))
	default:
		s.field(text)
	}
}

func (s *splitter) head(text string) {
	kind, name, _ := strings.Cut(text, " ")
	name = strings.TrimSpace(name)
	switch {
	case kind != "instrument" && kind != "key" && kind != "rule":
		s.refuse("rulebook.syntax", "Đầu mục phải là instrument, key hoặc rule; ở đây là %[1]q.", "A head line is instrument, key or rule; this is %[1]q.", kind)
	case !validName(name):
		s.refuse("rulebook.syntax", "Tên %[1]q không hợp lệ: chỉ dùng a–z, 0–9, gạch nối, gạch dưới và dấu chấm.", "The name %[1]q is not valid: use a–z, 0–9, hyphen, underscore and dot only.", name)
	}
	s.blocks = append(s.blocks, block{pos: s.at(), kind: kind, name: name})
}

func (s *splitter) field(text string) {
	b := &s.blocks[len(s.blocks)-1]
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		s.refuse("rulebook.syntax", "Dòng này phải có dạng “tên: giá trị”.", "This line must read “name: value”.")
		return
	}
	name = strings.Join(strings.Fields(name), " ")
	for _, f := range b.fields {
		if f.name == name {
			s.refuse("rulebook.repeated", "Trường %[1]q đã có ở dòng %[2]d.", "The field %[1]q already stands on line %[2]d.", name, f.line)
			return
		}
	}
	b.fields = append(b.fields, field{pos: s.at(), name: name, value: strings.TrimSpace(value)})
}

func (s *splitter) row(text string) {
	f := s.lastField()
	if f == nil || f.name != "table" || !strings.HasSuffix(text, "|") || len(text) < 2 {
		s.refuse("rulebook.syntax", "Hàng bảng phải nằm dưới “table:”, mở và đóng bằng dấu |.", "A table row stands under “table:” and opens and closes with |.")
		return
	}
	cells := strings.Split(text[1:len(text)-1], "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	f.rows = append(f.rows, row{pos: s.at(), cells: cells})
}

func (s *splitter) item(text string) {
	f := s.lastField()
	if f == nil || f.name != "list" {
		s.refuse("rulebook.syntax", "Dòng “- …” phải nằm dưới “list:”.", "A line “- …” stands under “list:”.")
		return
	}
	f.items = append(f.items, item{pos: s.at(), text: text})
}

func (s *splitter) lastField() *field {
	b := &s.blocks[len(s.blocks)-1]
	if len(b.fields) == 0 {
		return nil
	}
	return &b.fields[len(b.fields)-1]
}

// validName reports whether name may name an instrument, key or rule; a key may end in ".*" to declare a family.
func validName(name string) bool {
	name = strings.TrimSuffix(name, ".*")
	if name == "" || len(name) > 80 {
		return false
	}
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.') {
			return false
		}
	}
	return true
}
