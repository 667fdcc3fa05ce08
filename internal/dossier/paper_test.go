package dossier

import (
	"slices"
	"testing"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// TestACountedPaperKeepsItsKind counts one copy, certified copy or original: none becomes another.
func TestACountedPaperKeepsItsKind(t *testing.T) {
	for field, want := range map[string]event.Paper{
		"o.07": {Component: "07", Originals: 1}, "c.07": {Component: "07", Copies: 1}, "k.07": {Component: "07", Certified: 1}, "other": {Component: "07"},
	} {
		f := web.FormOf(field, "1")
		if got := readPaper(f, Asked{ID: "07"}); got != want || f.Err() != nil {
			t.Errorf("%s: %+v, %v", field, got, f.Err())
		}
	}
}

// If this fails the second result of linked procedures is counted as the first, or lost on the way.
func TestEachResultOfLinkedProceduresIsCountedByItsName(t *testing.T) {
	const code = postal.DossierNumber("61801000000010")
	linked := &Procedure{Results: []string{"Giấy khai sinh", "Trích lục đăng ký nhận cha, mẹ, con"}}
	f := web.FormOf("o."+string(code)+".result1", "1", "c."+string(code)+".result2", "2")
	got := countedResults(f, code, linked.ResultLines())
	want := []event.Paper{{Component: "result1", Originals: 1}, {Component: "result2", Copies: 2}}
	if !slices.Equal(got, want) || linked.resultName("result2") != linked.Results[1] {
		t.Errorf("counted %+v; the second is %q", got, linked.resultName("result2"))
	}
	var unknown *Procedure
	f = web.FormOf("o."+string(code), "1")
	if got := countedResults(f, code, unknown.ResultLines()); !slices.Equal(got, []event.Paper{{Component: "result", Originals: 1}}) {
		t.Errorf("one result without a name: %+v", got)
	}
}

// If this fails an agency that asked for a certified copy gets a plain one, and the citizen comes a third time.
func TestAPaperAddedLaterIsOfAKindThatTheListAsksFor(t *testing.T) {
	certified := Asked{ID: "07", Certified: 1}
	for name, c := range map[string]struct {
		asked Asked
		paper event.Paper
		want  bool
	}{
		"certified": {certified, event.Paper{Certified: 1}, true}, "plain": {certified, event.Paper{Copies: 1}, false}, "original": {Asked{Originals: 1}, event.Paper{Copies: 2}, false},
		"certified_for_plain": {Asked{Copies: 1}, event.Paper{Certified: 1}, true}, "original_for_plain": {Asked{Copies: 1}, event.Paper{Originals: 1}, false},
		"one_of_two": {Asked{Originals: 1, Copies: 2}, event.Paper{Copies: 1}, true}, "open": {Asked{Open: true}, event.Paper{Copies: 1}, true},
	} {
		if got := c.asked.suits(c.paper); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// If this fails a citizen who brings a certified copy where a plain one would do is sent home for a weaker paper.
func TestACertifiedCopyStandsForAPlainOne(t *testing.T) {
	list := &Procedure{Papers: []Asked{{ID: "07", Copies: 2, Certified: 1}}}
	for name, c := range map[string]struct {
		counted           event.Paper
		copies, certified int
	}{
		"all_certified": {event.Paper{Certified: 3}, 0, 0}, "one_of_each": {event.Paper{Copies: 1, Certified: 2}, 0, 0}, "plain_for_certified": {event.Paper{Copies: 3}, 0, 1},
		"originals": {event.Paper{Originals: 3}, 2, 1}, "short": {event.Paper{Certified: 2}, 1, 0},
	} {
		c.counted.Component = "07"
		missing := list.Lacks([]event.Paper{c.counted})
		var got Missing
		if len(missing) > 0 {
			got = missing[0]
		}
		if got.Copies != c.copies || got.Certified != c.certified {
			t.Errorf("%s: %d copies and %d certified ones are missing", name, got.Copies, got.Certified)
		}
	}
}
