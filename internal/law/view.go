package law

import (
	"strings"
	"time"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// view speaks of rules in the reader's language.
type view struct {
	web.Page
	s *Service
}

// say picks one of two texts.
func (v view) say(w rulebook.Words) string { return w.In(v.Lang) }

// day prints a day as people write it here.
func (v view) day(d postal.Day) string { return v.Date(d.Start()) }

// weekday names the day of the week.
func (v view) weekday(d postal.Day) string {
	return v.say(wordOf("", [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[d.Weekday()]))
}

// span says on which days a rule applies.
func (v view) span(s rulebook.Span) string {
	switch {
	case s.Open:
		return v.T("từ ", "from ") + v.day(s.From)
	case s.From == s.To:
		return v.T("ngày ", "on ") + v.day(s.From)
	}
	return v.T("từ ", "from ") + v.day(s.From) + v.T(" đến ", " to ") + v.day(s.To)
}

// name says what a rule is about; a member of a family names itself too.
func (v view) name(r *rulebook.Rule) string { return v.nameOf(r.Name, r.Key) }

func (v view) nameOf(name string, k *rulebook.Key) string {
	means := v.say(k.Means)
	if !k.Family() {
		return means
	}
	member := strings.TrimPrefix(name, strings.TrimSuffix(k.Name, "*"))
	return means + ": " + v.say(wordOf("", member))
}

// value gives a rule's value with its unit; a table is only counted, its rows stand on the key's own page.
func (v view) value(r *rulebook.Rule) string {
	if t := r.Value.Table(); t != nil {
		return v.T("bảng ", "a table of ") + v.count(int64(t.Len()), "hàng", "row")
	}
	return v.cell(r, r.Key.Unit, "", r.Value)
}

// count puts a number before its word; English adds an s from two on.
func (v view) count(n int64, vi, en string) string {
	if n != 1 {
		en += "s"
	}
	return v.Number(n) + " " + v.T(vi, en)
}

// cell gives one value. unit is "none" in tables, whose heading names the unit.
func (v view) cell(r *rulebook.Rule, unit, column string, val rulebook.Value) string {
	switch val.Kind() {
	case rulebook.Int:
		return v.withUnit(v.Number(val.Int()), val.Int() == 1, unit)
	case rulebook.Decimal:
		return v.withUnit(v.decimal(val.Number()), false, unit)
	case rulebook.Bool:
		if val.Bool() {
			return v.T("có", "yes")
		}
		return v.T("không", "no")
	case rulebook.Date:
		return v.day(val.Day())
	case rulebook.MonthDay:
		d := val.YearDay()
		return time.Date(2024, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Format(v.T("02/01", "2 January"))
	case rulebook.List:
		parts := make([]string, len(val.List()))
		for i, one := range val.List() {
			parts[i] = v.cell(r, "none", column, one)
		}
		return strings.Join(parts, ", ")
	case rulebook.Text:
		return v.text(r, column, val.String())
	case 0:
		return "–"
	}
	return val.String()
}

// text names a word; codes of provinces become their names.
func (v view) text(r *rulebook.Rule, column, word string) string {
	if v.s.Province != nil && len(word) == 2 && (column == "province" || r.Name == "dossier.cities") {
		day := v.s.today()
		if r.From.After(day) {
			day = r.From
		} else if !r.Open && r.To.Before(day) {
			day = r.To
		}
		if name := v.s.Province(word, day); name != "" {
			return name
		}
	}
	return v.say(wordOf(column, word))
}

func (v view) decimal(n rulebook.Number) string {
	return strings.Replace(n.String(), ".", v.T(",", "."), 1)
}

// withUnit puts a unit after a number. English writes one day, two days.
func (v view) withUnit(number string, one bool, unit string) string {
	switch unit {
	case "none":
		return number
	case "percent":
		return number + "\u00a0%"
	}
	word := v.say((&rulebook.Key{Unit: unit}).UnitWords())
	if v.Lang == "en" && one {
		word = strings.TrimSuffix(word, "s")
	}
	return number + "\u00a0" + word
}

// unit names the unit of a table's numbers, "" when each column names its own.
func (v view) unit(k *rulebook.Key) string { return v.say(k.UnitWords()) }

// heads are the columns of a table; those of numbers stand to the right.
func (v view) heads(r *rulebook.Rule) []web.Head {
	t := r.Value.Table()
	heads := make([]web.Head, len(t.Columns()))
	for i, c := range t.Columns() {
		heads[i] = web.Head{Label: v.say(columnOf(c)), Number: v.numbers(t, c)}
	}
	return heads
}

// numbers reports whether a column holds numbers.
func (v view) numbers(t *rulebook.Table, column string) bool {
	for row := range t.Len() {
		if k := t.Cell(row, column).Kind(); k != 0 {
			return k == rulebook.Int || k == rulebook.Decimal
		}
	}
	return false
}

// cells are the values of a row.
func (v view) cells(r *rulebook.Rule, row int) []string {
	t := r.Value.Table()
	cells := make([]string, len(t.Columns()))
	for i, c := range t.Columns() {
		cells[i] = v.cell(r, "none", c, t.Cell(row, c))
	}
	return cells
}

// filled gives the columns of a wide row that hold something, as a list of facts: a table of one row and ten columns reads badly.
func (v view) filled(r *rulebook.Rule, row int) []web.Row {
	t := r.Value.Table()
	var rows []web.Row
	for _, c := range t.Columns() {
		if cell := t.Cell(row, c); !cell.Empty() {
			rows = append(rows, web.Row{Key: v.say(columnOf(c)), Value: v.cell(r, "none", c, cell)})
		}
	}
	return rows
}

// wide reports whether a table has more columns than a page has room for.
func wide(r *rulebook.Rule) bool { return len(r.Value.Table().Columns()) > 7 }

// cite names the source of a value.
func (v view) cite(c rulebook.Citation) string { return c.In(v.Lang) }

// keyPath leads to one rule among those of its key.
func keyPath(c rulebook.Citation) string { return keysPath + c.Key + "#" + c.RuleID }

// actPath leads to an instrument.
func actPath(id string) string { return actsPath + "/" + id }

// tabs lead to the views of the law.
func (v view) tabs(current string) []web.Tab {
	tabs := []web.Tab{
		{Label: v.T("Theo ngày", "By day"), Path: Path},
		{Label: v.T("Văn bản", "Documents"), Path: actsPath},
		{Label: v.T("Thay đổi", "Changes"), Path: changesPath},
		{Label: v.T("Chưa kiểm chứng", "Not verified"), Path: doubtPath},
		{Label: v.T("Lịch nghỉ", "Days off"), Path: yearPath},
		{Label: v.T("Thời hạn", "Deadlines"), Path: deadlinePath},
	}
	if v.May(reporters) {
		tabs = append(tabs, web.Tab{Label: v.T("Hạn báo cáo", "Report dates"), Path: dutiesPath})
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Path == current
	}
	return tabs
}

// section is the rules of one topic.
type section struct {
	topic
	Rules []*rulebook.Rule
}

// doubts counts the rules that nobody could check.
func (s section) doubts() int {
	n := 0
	for _, r := range s.Rules {
		if !r.Verified {
			n++
		}
	}
	return n
}

// counts says how many rules a section has, and how many nobody could check.
func (v view) counts(s section) string {
	text := v.count(int64(len(s.Rules)), "quy tắc", "rule")
	if n := s.doubts(); n > 0 {
		text += ", " + v.Number(int64(n)) + v.T(" chưa kiểm chứng", " not verified")
	}
	return text
}

// sections puts rules under their topics and leaves out empty ones.
func sections(rules []*rulebook.Rule) []section {
	all := make([]section, len(topics))
	for i, t := range topics {
		all[i].topic = t
	}
	for _, r := range rules {
		i := topicOf(r.Name)
		all[i].Rules = append(all[i].Rules, r)
	}
	var some []section
	for _, s := range all {
		if len(s.Rules) > 0 {
			some = append(some, s)
		}
	}
	return some
}

// layer says who laid a rule over the law: the site itself, or a demonstration that made it up.
func (v view) layer(r *rulebook.Rule) string {
	if r.Layer == "site" {
		return v.T("Quy định riêng của nơi này", "This site's own rule")
	}
	return v.T("Dữ liệu mẫu", "Made up")
}

// caption names a table by its unit and its days; among others also by its parameter.
func (v view) caption(r *rulebook.Rule, among bool) string {
	text := v.T("Trị số", "Values")
	if among {
		text = capital(v.name(r))
	}
	if unit := v.unit(r.Key); unit != "" {
		text += " (" + unit + ")"
	}
	return text + ", " + v.span(r.Span)
}

// keyName says what a key is about.
func (v view) keyName(name string) string {
	k, ok := v.s.book().FindKey(name)
	if !ok {
		return name
	}
	return v.nameOf(name, k)
}
