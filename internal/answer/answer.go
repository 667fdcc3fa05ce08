// Package answer is how commands answer: in one of two languages, as text for people or as JSON for programs.
//
// It owns no command. Its promise: every command's JSON looks alike, and every import shows its plan, says whether it wrote, and returns its refusal as a fault.
// It leans on postal alone; what is answered, and the words, are the capability's affair. Start with Printing; plan.go is for imports.
package answer

import (
	"encoding/json"
	"io"

	"citypost/internal/postal"
)

// Printing says how a command answers: in which language, and as text for people or as JSON for programs.
type Printing struct {
	Lang string // "en", or Vietnamese
	JSON bool
}

// T picks one of two texts by language.
func (p Printing) T(vi, en string) string { return postal.In(p.Lang, vi, en) }

// JSON writes a value as commands do: indented, and with letters as they are.
func JSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Text writes a text.
func Text(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
