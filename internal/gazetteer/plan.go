package gazetteer

import (
	"fmt"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Plan is what taking in a release would do: it is shown before anything is written.
type Plan struct {
	What      What       `json:"what"`
	Act       string     `json:"act"`
	From      postal.Day `json:"from,omitzero"`
	Until     postal.Day `json:"until,omitzero"`
	SHA256    string     `json:"sha256"`
	Rows      int        `json:"rows"`
	Unchanged int        `json:"unchanged"`
	Added     []Change   `json:"added,omitempty"`
	Closed    []Change   `json:"closed,omitempty"`
	Renamed   []Change   `json:"renamed,omitempty"` // name or kind
	Moved     []Change   `json:"moved,omitempty"`   // to another province, district, unit, address or point
	Changed   []Change   `json:"changed,omitempty"` // anything else
	Kept      []Change   `json:"kept,omitempty"`    // past data that differs from what is recorded: the record stays
	Refused   []Refusal  `json:"refused,omitempty"` // why the release cannot be taken in
	Applied   bool       `json:"applied"`

	units   []Unit
	links   []Link
	offices []Office
}

// Change is one line of a plan. A thing may be both renamed and moved: then it stands in both lists.
type Change struct {
	Code   string `json:"code"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Refusal says which code stands in the way and why, in both languages.
type Refusal struct {
	Code string `json:"code"`
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

// Empty reports whether the plan would write nothing.
func (p *Plan) Empty() bool { return len(p.units)+len(p.links)+len(p.offices) == 0 }

// Err is nil when the plan may be carried out, and otherwise one fault that names the first obstacles.
func (p *Plan) Err() error {
	if len(p.Refused) == 0 {
		return nil
	}
	var vi, en []string
	for _, r := range p.Refused[:min(len(p.Refused), 5)] {
		vi, en = append(vi, r.Code+": "+r.VI), append(en, r.Code+": "+r.EN)
	}
	return fault.New(fault.Conflict, "gazetteer.import_refused",
		"Không nhập được: %[1]d trở ngại. %[2]s", "Not imported: %[1]d obstacles. %[3]s", len(p.Refused), strings.Join(vi, " "), strings.Join(en, " "))
}

func (p *Plan) refuse(code, vi, en string, args ...any) {
	p.Refused = append(p.Refused, Refusal{code, fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)})
}

// sameAs reports whether q would write the same as p.
func (p *Plan) sameAs(q *Plan) bool {
	return slices.Equal(p.units, q.units) && slices.Equal(p.links, q.links) && slices.Equal(p.offices, q.offices)
}
