package answer

import (
	"fmt"
	"io"
	"strings"

	"citypost/internal/postal"
)

// Plan is what taking in a file would change.
type Plan interface {
	Err() error              // nil when it may be carried out, otherwise the fault that says why not
	Text(lang string) string // for people
}

// Planned prints a plan and gives its refusal back. The error is that of making or carrying out the plan.
func Planned(w io.Writer, p Printing, plan Plan, err error) error {
	if err == nil {
		err = plan.Err()
	}
	print := func() error { return Text(w, plan.Text(p.Lang)) }
	if p.JSON {
		print = func() error { return JSON(w, plan) }
	}
	if bad := print(); bad != nil {
		return bad
	}
	return err
}

// Section lists what changes in one way, each on a line of its own; the count stands above and at most so many are shown. Nothing is said of nothing.
func Section(lang, vi, en string, lines []string, most int) string {
	if len(lines) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d\n", postal.In(lang, vi, en), len(lines))
	for _, l := range lines[:min(len(lines), most)] {
		fmt.Fprintf(&b, "  %s\n", l)
	}
	if len(lines) > most {
		b.WriteString("  …\n")
	}
	return b.String()
}

// Outcome is how a plan ends.
type Outcome struct {
	Rows, Unchanged int
	Act, SHA256     string
	Refused         []string // for people, in the language asked for
	Applied         bool
}

// In says what was read and whether anything was written.
func (o Outcome) In(lang string) string {
	var b strings.Builder
	for _, r := range o.Refused {
		fmt.Fprintf(&b, "! %s\n", r)
	}
	fmt.Fprintf(&b, postal.In(lang, "%d dòng, %d không đổi. Văn bản: %s. SHA-256: %s\n", "%d rows, %d unchanged. Act: %s. SHA-256: %s\n"), o.Rows, o.Unchanged, o.Act, o.SHA256)
	switch {
	case len(o.Refused) > 0:
		b.WriteString(postal.In(lang, "Bị từ chối: chưa ghi gì.\n", "Refused: nothing was written.\n"))
	case o.Applied:
		b.WriteString(postal.In(lang, "Đã ghi.\n", "Written.\n"))
	default:
		b.WriteString(postal.In(lang, "Chạy thử: chưa ghi gì. Thêm --apply để ghi.\n", "Dry run: nothing was written. Add --apply to write.\n"))
	}
	return b.String()
}
