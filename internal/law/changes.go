package law

import (
	"net/http"
	"slices"
	"strings"

	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// dayOfChange is all that changes on one day.
type dayOfChange struct {
	Day     postal.Day
	Changes []rulebook.Change
}

// getChanges shows what begins, ends or changes between two days; without days, from a year ago until a year from now.
func (s *Service) getChanges(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	from, to := f.MaybeDay("from"), f.MaybeDay("to")
	if from.IsZero() {
		from = calendar.AddMonths(s.today(), -12)
	}
	if to.IsZero() {
		to = calendar.AddMonths(s.today(), 12)
	}
	if f.Err() == nil {
		f.Set("from", from.String())
		f.Set("to", to.String())
		if to.Before(from) {
			_ = f.Refuse(fault.New(fault.Invalid, "law.backwards", "Ngày cuối đứng trước ngày đầu.", "The last day lies before the first.").At("to"))
		}
	}
	var days []dayOfChange
	for _, c := range s.book().Changes(from.AddDays(-1), to) {
		if len(days) == 0 || days[len(days)-1].Day != c.Day {
			days = append(days, dayOfChange{Day: c.Day})
		}
		d := &days[len(days)-1]
		d.Changes = append(d.Changes, c)
	}
	slices.Reverse(days)
	return draw(w, r, f, changesPage(s.page(r, "Quy định thay đổi", "What changes"), f, days))
}

// rule gives the rule that a change is about.
func ruleOf(c rulebook.Change) *rulebook.Rule {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// cellsChanged says which cells of two tables differ: “nội tỉnh, thường: 1,5 → 2”. It is empty when rows cannot be matched by their words.
func (v view) cellsChanged(c rulebook.Change) []string {
	if c.Before == nil || c.After == nil || c.Before.Value.Table() == nil || c.SameValue() {
		return nil
	}
	old, now := c.Before.Value.Table(), c.After.Value.Table()
	if !slices.Equal(old.Columns(), now.Columns()) || old.Len() != now.Len() {
		return nil
	}
	var found []string
	for row := range now.Len() {
		was, label := sameRow(old, now, row)
		if was < 0 {
			return nil
		}
		for _, column := range now.Columns() {
			before, after := v.cell(c.Before, "none", column, old.Cell(was, column)), v.cell(c.After, "none", column, now.Cell(row, column))
			if before != after {
				found = append(found, v.label(label, column)+": "+before+" → "+after)
			}
		}
	}
	return found
}

// sameRow finds the row of the old table whose words are those of a row of the new one, at least the first of them where it names one row only.
func sameRow(old, now *rulebook.Table, row int) (was int, words []string) {
	var wanted []string
	for _, column := range now.Columns() {
		if cell := now.Cell(row, column); cell.Kind() == rulebook.Text {
			wanted = append(wanted, column, cell.String())
		}
	}
	if len(wanted) == 0 {
		return -1, nil
	}
	if was, ok := old.Find(wanted...); ok {
		return was, wanted
	}
	first := wanted[:2]
	if was, ok := old.Find(first...); ok && once(old, first) && once(now, first) {
		return was, first
	}
	return -1, nil
}

// once reports whether a word stands in one row only.
func once(t *rulebook.Table, columnAndWord []string) bool {
	n := 0
	for row := range t.Len() {
		if t.Cell(row, columnAndWord[0]).String() == columnAndWord[1] {
			n++
		}
	}
	return n == 1
}

// label names a cell by the words of its row and its column.
func (v view) label(words []string, column string) string {
	var parts []string
	for i := 0; i+1 < len(words); i += 2 {
		parts = append(parts, v.say(wordOf(words[i], words[i+1])))
	}
	return strings.Join(append(parts, v.say(columnOf(column))), ", ")
}
