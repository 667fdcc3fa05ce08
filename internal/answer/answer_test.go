package answer

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"citypost/internal/fault"
)

type plan struct {
	Refusal error `json:"-"`
	Added   int   `json:"added"`
}

func (p plan) Err() error              { return p.Refusal }
func (p plan) Text(lang string) string { return "plan in " + lang + "\n" }

func TestAPlanIsShownWhateverBecomesOfIt(t *testing.T) {
	refused := fault.New(fault.Conflict, "x.refused", "Không nhập được.", "Not imported.")
	disk := errors.New("disk is full")
	for name, c := range map[string]struct {
		plan plan
		err  error
		want error
	}{"good": {}, "refused": {plan: plan{Refusal: refused}, want: refused}, "not-written": {err: disk, want: disk}} {
		t.Run(name, func(t *testing.T) {
			var text, object strings.Builder
			if err := Planned(&text, Printing{Lang: "en"}, c.plan, c.err); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if text.String() != "plan in en\n" {
				t.Errorf("people read %q", text.String())
			}
			if err := Planned(&object, Printing{JSON: true}, c.plan, c.err); !errors.Is(err, c.want) {
				t.Errorf("with JSON: %v, want %v", err, c.want)
			}
			if !json.Valid([]byte(object.String())) || !strings.Contains(object.String(), `"added"`) {
				t.Errorf("programs read %q", object.String())
			}
		})
	}
}

func TestASectionCountsAllAndShowsSome(t *testing.T) {
	if got := Section("en", "Thêm mới", "Added", nil, 2); got != "" {
		t.Errorf("nothing said: %q", got)
	}
	if got, want := Section("vi", "Thêm mới", "Added", []string{"a", "b", "c"}, 2), "Thêm mới: 3\n  a\n  b\n  …\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAnOutcomeSaysWhetherAnythingWasWritten(t *testing.T) {
	for want, o := range map[string]Outcome{
		"nothing was written": {Refused: []string{"31  ends while in use"}, Applied: true},
		"Written":             {Applied: true},
		"Dry run":             {},
	} {
		if got := o.In("en"); !strings.Contains(got, want) {
			t.Errorf("%+v: %q does not say %q", o, got, want)
		}
	}
}
