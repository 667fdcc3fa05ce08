package procedure

import (
	"slices"

	"citypost/internal/postal"
)

// Paper is one line of the list of papers for a channel: what somebody brings, gives or posts.
type Paper struct {
	Component
	Certified int  // certified copies that go along in place of showing the paper (by post)
	Open      bool // it may be added, it may not be demanded: the list does not say how many, or asks for it only in a case that it names
}

// Checklist gives the papers for a channel. Nothing beyond it may be asked for. By post nobody shows a paper at the counter, so a
// paper to present becomes one certified copy, where the list says that certified copies go along; where it does not say so the paper is open.
func (v *Version) Checklist(m Method) []Paper {
	certified := v.certifiedByPost()
	var list []Paper
	for _, c := range v.Components {
		if c.Role == Remark || !c.For(m) {
			continue
		}
		p := Paper{Component: c, Open: c.Originals == 0 && c.Copies == 0}
		if c.Role == Present && m == Postal {
			p.Originals, p.Copies, p.Open = 0, 0, true
			if certified {
				p.Certified, p.Open = 1, c.Originals == 0 && c.Copies == 0
			}
		}
		p.Open = p.Open || c.Conditional
		list = append(list, p)
	}
	return list
}

// Remarks gives the lines of the list that are no papers, for the same channel.
func (v *Version) Remarks(m Method) []Component {
	var list []Component
	for _, c := range v.Components {
		if c.Role == Remark && c.For(m) {
			list = append(list, c)
		}
	}
	return list
}

// certifiedByPost reports whether the list says that a dossier sent by post holds certified copies of the papers to present.
func (v *Version) certifiedByPost() bool {
	return slices.ContainsFunc(v.Components, func(c Component) bool { return asksCertified(postal.Fold(c.Name)) })
}
