package dossier

import (
	"testing"

	"citypost/internal/event"
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
