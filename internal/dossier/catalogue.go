package dossier

import (
	"slices"
	"strconv"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Procedure is what dossier needs to know of a published procedure on a day. Texts are as published.
type Procedure struct {
	Code     string
	Version  postal.Day // its first day
	Name     string
	Agency   string // who handles it, as published
	Decision string // that made the list public
	Source   string // address of the published record
	ByPost   bool   // may be filed through the public post
	Cases    []Case
	Papers   []Asked
	Fees     []PublishedFee // of the postal channel
	Online   []PublishedFee // of the online channel, to be told before paying
	Results  []string       // what the agency gives, as published; linked procedures give several
	MadeUp   bool
}

// Case is a kind of request with a time limit of its own; a procedure without cases has one with an empty code.
type Case struct {
	Code    string
	Name    string
	Limit   event.Limit
	SameDay bool // the result is there on the day of the filing: the postman waits for it
}

// Asked is one line of the published list for the postal channel.
type Asked struct {
	ID        string
	Name      string
	Group     string
	Originals int
	Copies    int
	Certified int
	Open      bool // the list does not say how many: it may be added, it may not be demanded
}

// suits reports whether a counted paper is of a kind that the list asks for: a certified copy stands for a plain one, a plain copy for nothing else, and an original for no copy, for it would stay with the agency.
func (a Asked) suits(p event.Paper) bool {
	return a.Open || a.Originals+a.Copies+a.Certified == 0 || a.Originals > 0 && p.Originals > 0 || a.Copies > 0 && p.Copies+p.Certified > 0 || a.Certified > 0 && p.Certified > 0
}

// lacks is what is missing of the line in what was counted: certified copies beyond those asked for stand for plain ones.
func (a Asked) lacks(p event.Paper) Missing {
	certified := max(0, p.Certified-a.Certified)
	return Missing{Asked: a, Originals: max(0, a.Originals-p.Originals), Copies: max(0, a.Copies-p.Copies-certified), Certified: max(0, a.Certified-p.Certified)}
}

// PublishedFee is a fee of the published list. Unknown: the list does not tell the amount.
type PublishedFee struct {
	Kind      string // "fee" or "charge"
	Name      string
	AmountVND postal.VND
	Unknown   bool
	Always    bool // every case of the channel has it
}

// Found is one answer of a search.
type Found struct {
	Code  string
	Name  string
	State string // "", or why it cannot be used today
}

// Catalogue knows the published procedures. On refuses an unknown one and, by its name, one that is not in force on the day, with the decision that ended it.
type Catalogue interface {
	On(code string, day postal.Day) (*Procedure, error)
	Find(text string, day postal.Day, most int) []Found
}

// Case finds the case of a dossier; the only one when none is named.
func (p *Procedure) Case(code string) (Case, bool) {
	if len(p.Cases) == 1 && code == "" {
		return p.Cases[0], true
	}
	n := slices.IndexFunc(p.Cases, func(c Case) bool { return c.Code == code })
	if n < 0 {
		return Case{}, len(p.Cases) == 0 && code == ""
	}
	return p.Cases[n], true
}

// Line gives a line of the list; none of a list that is not known.
func (p *Procedure) Line(id string) (Asked, bool) {
	if p == nil {
		return Asked{}, false
	}
	n := slices.IndexFunc(p.Papers, func(a Asked) bool { return a.ID == id })
	if n < 0 {
		return Asked{}, false
	}
	return p.Papers[n], true
}

// oneResult is the component of a result that needs no name of its own.
const oneResult = "result"

// ResultLines are the lines by which a result is counted: one, or one for each that the list names, for linked procedures bring several in one packet.
func (p *Procedure) ResultLines() []Asked {
	if p == nil || len(p.Results) < 2 {
		return []Asked{{ID: oneResult}}
	}
	lines := make([]Asked, len(p.Results))
	for n, name := range p.Results {
		lines[n] = Asked{ID: oneResult + strconv.Itoa(n+1), Name: name}
	}
	return lines
}

// resultName names a line of a result; nothing for the only one, and for what is no result.
func (p *Procedure) resultName(id string) string {
	lines := p.ResultLines()
	n := slices.IndexFunc(lines, func(a Asked) bool { return a.ID == id })
	if n < 0 {
		return ""
	}
	return lines[n].Name
}

// Missing is a paper of the list that is not there in the number asked for.
type Missing struct {
	Asked
	Originals, Copies, Certified int // how many are missing
}

// Lacks lists what is missing from the papers counted. A paper said to be absent with a reason is not missing.
func (p *Procedure) Lacks(counted []event.Paper) (missing []Missing) {
	have := map[string]event.Paper{}
	for _, c := range counted {
		have[c.Component] = c
	}
	for _, a := range p.Papers {
		c := have[a.ID]
		if a.Open || c.Absent != "" {
			continue
		}
		m := a.lacks(c)
		if m.Originals+m.Copies+m.Certified > 0 {
			missing = append(missing, m)
		}
	}
	return missing
}

// Refuse refuses to take a dossier in: the procedure is not accepted by post, the case is not known, a paper is missing, or one was demanded that the list does not have. Staff may not ask for more than
// the list (Circular 17/2017); what a citizen adds of his own will goes under a line that the list leaves open.
func (p *Procedure) Refuse(caseCode string, papers []event.Paper) error {
	if !p.ByPost {
		return fault.New(fault.Conflict, "dossier.not_by_post", "Thủ tục %[1]s không nhận qua bưu chính (%[2]s). Người dân nộp trực tiếp hoặc trực tuyến.",
			"Procedure %[1]s is not accepted by post (%[2]s). It is filed in person or online.", p.Code, p.Decision).At("procedure")
	}
	if _, ok := p.Case(caseCode); !ok {
		return fault.New(fault.Invalid, "dossier.case", "Chọn trường hợp của thủ tục.", "Choose the case of the procedure.").At("case")
	}
	for _, c := range papers {
		if _, ok := p.Line(c.Component); !ok {
			return fault.New(fault.Conflict, "dossier.beyond_list", "Giấy tờ %q không có trong danh mục công bố nên không được yêu cầu.", "The paper %q is not on the published list, so it may not be asked for.", c.Component).At("papers")
		}
	}
	if missing := p.Lacks(papers); len(missing) > 0 {
		return fault.New(fault.Conflict, "dossier.missing_papers", "Còn thiếu %[1]d loại giấy tờ của danh mục công bố (%[2]s): xem từng dòng màu đỏ.", "%[1]d kinds of papers of the published list are missing (%[2]s): see each red line.",
			len(missing), p.Decision).At("papers")
	}
	return nil
}

// Refreshed checks a dossier already taken in against a list of today, when the procedure has changed since: the officer decides, the page tells him.
func Refreshed(c Catalogue, d *Dossier, today postal.Day) (changed bool, why error) {
	p, err := c.On(d.Procedure, today)
	if err != nil {
		return true, err
	}
	return p.Version != d.Version, nil
}
