package web

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

var breaks = strings.NewReplacer(".", ".<wbr>", "@", "@<wbr>", "_", "_<wbr>")

// Breakable is a long id that may go on in the next line after any of its parts, so that it fits a narrow panel.
func Breakable(id string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, breaks.Replace(templ.EscapeString(id)))
		return err
	})
}
