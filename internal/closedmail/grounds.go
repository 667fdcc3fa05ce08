package closedmail

import (
	"slices"
	"strings"

	"citypost/internal/calendar"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Grounds are the rules that a time or a price stands on, and what of it nobody could verify. No page shows such a figure as a fact without them.
type Grounds struct {
	Cites  []rulebook.Citation
	Doubts []rulebook.Words
}

// The rules of the price; all others that are frozen on an item, but who may write to whom, made its time.
var feeKeys = []string{"kt1.price", "kt1.price.vat", "kt1.price.region", "kt1.surcharge", "kt1.payer"}

const maySendKey = "kt1.may_send"

// Grounds reads the rules that were frozen on an item at its acceptance: those of its time and those of its price. A rule that the book does not hold any more is named by
// its id, and is not verified.
func (l *Law) Grounds(ids []RuleID) (due, fee Grounds) {
	var times []*rulebook.Rule
	for _, id := range ids {
		key, _, _ := strings.Cut(string(id), "@")
		if key == maySendKey {
			continue
		}
		into := &due
		if slices.Contains(feeKeys, key) {
			into = &fee
		}
		rule, ok := l.Calendar.Book().ByID(string(id))
		if !ok {
			into.Cites = append(into.Cites, rulebook.Citation{RuleID: string(id), Key: key, Number: string(id)})
			into.doubt(rulebook.Words{VI: "Quy định " + string(id) + " không còn trong bộ quy tắc.", EN: "The rule " + string(id) + " is not in the rulebook any longer."})
			continue
		}
		into.Cites = append(into.Cites, rule.Cite())
		switch {
		case into == &due:
			times = append(times, rule)
		case !rule.Verified:
			into.doubt(rule.Reason)
		}
	}
	for _, why := range calendar.KT1Doubts(times) {
		due.doubt(why)
	}
	return due, fee
}

func (g *Grounds) doubt(why rulebook.Words) {
	if !slices.Contains(g.Doubts, why) {
		g.Doubts = append(g.Doubts, why)
	}
}

// Mark is what stands behind the figure itself.
func (g Grounds) Mark(lang string) string {
	if len(g.Doubts) == 0 {
		return ""
	}
	return postal.In(lang, " – chưa kiểm chứng", " – not verified")
}

// In names every article once, those marked that were not read.
func (g Grounds) In(lang string) string {
	var all []string
	for _, c := range g.Cites {
		if text := c.Marked(lang); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; ")
}

// first names the article that the others only serve, for short answers.
func (g Grounds) first(lang string) string {
	if len(g.Cites) == 0 {
		return ""
	}
	return " (" + g.Cites[0].In(lang) + ")"
}

// Why says what could not be verified.
func (g Grounds) Why(lang string) string {
	var all []string
	for _, w := range g.Doubts {
		all = append(all, w.In(lang))
	}
	return strings.Join(all, " ")
}

// DueDoubtful reports whether due times of a day's items stand on something that is not verified: for lists, which say so once.
func (l *Law) DueDoubtful(day postal.Day) bool {
	return !l.verified(day, "kt1.journey", "kt1.timed.notice", "kt1.area.journey", "period.half_day_ends_at")
}

// FeeDoubtful reports the same of prices.
func (l *Law) FeeDoubtful(day postal.Day) bool {
	return !l.verified(day, "kt1.price", "kt1.price.vat", "kt1.surcharge", "kt1.payer")
}

func (l *Law) verified(day postal.Day, keys ...string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool {
		rule, err := l.Calendar.Book().Rule(key, day)
		return err != nil || !rule.Verified
	})
}

// dueNote stands under a list that shows due times of items accepted at these moments.
func (v view) dueNote(acceptedMs ...int64) string {
	if !slices.ContainsFunc(acceptedMs, func(ms int64) bool { return v.s.Law.DueDoubtful(postal.DayOf(postal.FromMillis(ms))) }) {
		return ""
	}
	return v.T("Hạn phát: chưa kiểm chứng. Căn cứ và lý do đứng ở trang của từng bưu gửi.", "Due times: not verified. Each item's page names the articles and says why.")
}
