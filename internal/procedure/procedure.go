package procedure

import (
	"regexp"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Code is the national code of a procedure: "1.001193".
type Code string

var codeShape = regexp.MustCompile(`^[1-9]\.\d{6}$`)

// ParseCode reads the code of a procedure; blanks are accepted.
func ParseCode(s string) (Code, error) {
	s = strings.Join(strings.Fields(s), "")
	if !codeShape.MatchString(s) {
		return "", fault.New(fault.Invalid, "procedure.code",
			"Mã thủ tục gồm một chữ số, dấu chấm và sáu chữ số, ví dụ 1.001193.", "The code of a procedure is one digit, a dot and six digits, for example 1.001193.")
	}
	return Code(s), nil
}

// Level says at which level of government a procedure is handled.
type Level string

// The levels.
const (
	Ministry Level = "ministry"
	Province Level = "province"
	Commune  Level = "commune"
	Other    Level = "other"
)

// Method is a way to file a dossier.
type Method string

// The channels, as the national database has them.
const (
	Direct Method = "direct" // at the one-stop office
	Online Method = "online"
	Postal Method = "postal" // through the public post
)

// Methods lists the channels in the order in which pages show them.
func Methods() []Method { return []Method{Postal, Direct, Online} }

// Version is a procedure as one decision made it, for the days from From to To. Texts are in Vietnamese, as published.
type Version struct {
	Code        Code        `json:"code"`
	From        postal.Day  `json:"from"`
	To          postal.Day  `json:"to,omitzero"`       // last day in force; zero while it has no end
	Decision    string      `json:"decision"`          // the decision that made it public: "2628/QĐ-BTC"
	EndedBy     string      `json:"ended_by,omitzero"` // the decision that ended it
	Name        string      `json:"name"`
	Levels      []Level     `json:"levels,omitzero"`
	Field       string      `json:"field,omitzero"`       // "Hộ tịch"
	Promulgator string      `json:"promulgator,omitzero"` // the ministry whose procedure it is
	Agency      string      `json:"agency,omitzero"`      // who handles it
	Subjects    []string    `json:"subjects,omitzero"`    // who may ask for it
	Channels    []Channel   `json:"channels,omitzero"`    // a method may stand several times, once for each kind of case
	Cases       []Case      `json:"cases,omitzero"`
	Components  []Component `json:"components,omitzero"`
	Results     []string    `json:"results,omitzero"`
	LegalBasis  []string    `json:"legal_basis,omitzero"`
	Source      string      `json:"source,omitzero"`  // address of the published record
	MadeUp      bool        `json:"made_up,omitzero"` // invented for a demonstration; every page says so
}

// Channel is one way to file, with what it takes and costs.
type Channel struct {
	Method   Method `json:"method"`
	Limit    Limit  `json:"limit,omitzero"`
	Fees     []Fee  `json:"fees,omitzero"`
	FirstFee bool   `json:"first_fee,omitzero"` // the source gave only the first of the fees
	Note     string `json:"note,omitzero"`
}

// Case is a kind of request with a time limit of its own; where a procedure has cases, their limits count and not the channels'.
type Case struct {
	Code  string `json:"code"` // "1.000080.01"
	Name  string `json:"name,omitzero"`
	Limit Limit  `json:"limit,omitzero"`
}

// Role says what becomes of a component.
type Role string

// The roles.
const (
	Submit  Role = ""        // handed in
	Present Role = "present" // only shown at the counter; by post a certified copy goes along
	Remark  Role = "remark"  // no paper: a heading or an explanation
)

// Component is a line of the list of papers (thành phần hồ sơ).
type Component struct {
	ID        string   `json:"id"`             // stable within the version: "07"
	Code      string   `json:"code,omitzero"`  // the national code of the paper
	Group     string   `json:"group,omitzero"` // the heading above it
	Name      string   `json:"name"`
	Role      Role     `json:"role,omitzero"`
	Originals int      `json:"originals,omitzero"`
	Copies    int      `json:"copies,omitzero"`
	Only      []Method `json:"only,omitzero"` // the channels that ask for it; empty: all
	// Conditional is a paper that is asked for only in a case that its own words name ("trường hợp …", "nếu có"): a person decides.
	Conditional bool `json:"conditional,omitzero"`
}

// For reports whether a channel asks for the component.
func (c Component) For(m Method) bool { return len(c.Only) == 0 || slices.Contains(c.Only, m) }

// InForce reports whether the version holds on a day.
func (v *Version) InForce(day postal.Day) bool {
	return !day.Before(v.From) && (v.To.IsZero() || !day.After(v.To))
}

// By gives the channels of one method, in the published order; none means that it is not accepted that way.
func (v *Version) By(m Method) []Channel {
	var list []Channel
	for _, c := range v.Channels {
		if c.Method == m {
			list = append(list, c)
		}
	}
	return list
}

// Accepts reports whether dossiers are taken this way.
func (v *Version) Accepts(m Method) bool {
	return slices.ContainsFunc(v.Channels, func(c Channel) bool { return c.Method == m })
}

// Case finds a case by its code.
func (v *Version) Case(code string) (Case, bool) {
	for _, c := range v.Cases {
		if c.Code == code {
			return c, true
		}
	}
	return Case{}, false
}

// Limit gives the agency's time limit: of the case asked for, of the only case, or of the channel. ok is false where the list left it unfilled
// or where the case must be known first.
func (v *Version) Limit(m Method, caseCode string) (l Limit, ok bool) {
	if len(v.Cases) > 0 {
		if len(v.Cases) == 1 && caseCode == "" {
			caseCode = v.Cases[0].Code
		}
		c, found := v.Case(caseCode)
		return c.Limit, found && c.Limit.Known()
	}
	list := v.By(m)
	if len(list) != 1 {
		return Limit{}, false
	}
	return list[0].Limit, list[0].Limit.Known()
}

// check refuses what no version may be.
func (v *Version) check() error {
	if _, err := ParseCode(string(v.Code)); err != nil {
		return err
	}
	if v.Name == "" {
		return fault.New(fault.Invalid, "procedure.no_name", "Thiếu tên thủ tục.", "The name of the procedure is missing.")
	}
	if v.From.IsZero() || !v.To.IsZero() && v.To.Before(v.From) {
		return fault.New(fault.Invalid, "procedure.days", "Ngày hết hiệu lực phải sau ngày có hiệu lực.", "The last day must not lie before the first.")
	}
	for _, c := range v.Channels {
		if !slices.Contains(Methods(), c.Method) {
			return fault.New(fault.Invalid, "procedure.method", "Không có hình thức nộp %q.", "There is no channel %q.", string(c.Method))
		}
	}
	return v.checkComponents()
}

// maxCount is the largest number of one paper that a list asks for; the published ones go up to ten.
const maxCount = 99

func (v *Version) checkComponents() error {
	seen := map[string]bool{}
	for _, c := range v.Components {
		if c.ID == "" || c.Name == "" || seen[c.ID] {
			return fault.New(fault.Invalid, "procedure.component", "Thành phần hồ sơ %q trùng hoặc thiếu tên.", "The component %q stands twice or has no name.", c.ID)
		}
		seen[c.ID] = true
		if c.Originals < 0 || c.Copies < 0 || c.Originals > maxCount || c.Copies > maxCount {
			return fault.New(fault.Invalid, "procedure.count", "Số bản của thành phần %q phải từ 0 đến %d.", "The counts of component %q must be from 0 to %d.", c.ID, maxCount)
		}
	}
	return nil
}
