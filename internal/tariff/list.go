package tariff

import (
	"strings"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Class is a class of beneficiaries, and the papers that a clerk must see before granting its relief.
type Class struct {
	ID       string
	Name     rulebook.Words
	Evidence rulebook.Words
	Cite     rulebook.Citation
}

// Classes lists the classes of beneficiaries of a day that some policy for a service, in force in a province, speaks of; province "" is the tariff's own, service ""
// any.
func (t *Tariff) Classes(s Service, day postal.Day, province string) []Class {
	named := map[string]bool{}
	for _, p := range t.PoliciesOn(day, province) {
		for _, g := range p.Grants {
			if s == "" || g.Service == kindOf(s) {
				named[g.Class] = true
			}
		}
	}
	var all []Class
	for _, r := range t.book.Under("relief.class") {
		if r.Has(day) && named[strings.TrimPrefix(r.Name, "relief.class.")] {
			all = append(all, classOf(r))
		}
	}
	return all
}

// classOf reads a class from its rule.
func classOf(r *rulebook.Rule) Class {
	cell := func(column string) string { return r.Value.Table().Cell(0, column).String() }
	return Class{ID: strings.TrimPrefix(r.Name, "relief.class."), Name: rulebook.Words{VI: cell("name_vi"), EN: cell("name_en")},
		Evidence: rulebook.Words{VI: cell("evidence_vi"), EN: cell("evidence_en")}, Cite: r.Cite()}
}

// Rule gives the rule of an id, to be cited.
func (t *Tariff) Rule(id string) (*rulebook.Rule, bool) { return t.book.ByID(id) }

// Policy is a relief policy as a screen shows it.
type Policy struct {
	Name      string
	Rule      string
	Span      rulebook.Span
	Basis     rulebook.Words
	Verified  bool
	Reason    rulebook.Words
	BudgetVND postal.VND // 0 for none
	CapItems  int        // 0 for none
	CapEach   postal.VND // 0 for none
	Decided   postal.Day // zero unless it reaches back
	Grants    []Offer
}

// Offer is one row of a policy: who gets what. Empty fields do not choose.
type Offer struct {
	What                      rulebook.Words
	Service, Form, Leg, Class string
	Zone                      Zone
	OverG, UptoG              postal.Grams
	Online                    *bool
	Payer                     string
}

// PoliciesOn lists the relief policies of a day in a province, in the order in which they are taken off; province "" is the tariff's own.
func (t *Tariff) PoliciesOn(day postal.Day, province string) []Policy {
	if province == "" {
		province = t.home
	}
	active := on(t.windows, day)
	if active == nil {
		return nil
	}
	var all []Policy
	for _, p := range *active {
		if p.province != "" && p.province != province {
			continue
		}
		all = append(all, p.shown())
	}
	return all
}

// shown is the policy as a screen shows it.
func (p *policy) shown() Policy {
	x := Policy{Name: p.name, Rule: p.rule, Span: p.Span, Basis: p.basis, Verified: p.verified && p.terms.verified, Reason: p.reason,
		BudgetVND: p.budget, CapItems: p.capItems, CapEach: p.capEach, Decided: p.decided}
	if p.verified {
		x.Reason = p.terms.reason
	}
	for _, g := range p.grants {
		x.Grants = append(x.Grants, Offer{What: g.what, Service: g.service, Form: g.form, Leg: g.leg, Class: g.class, Zone: g.zone,
			OverG: g.over, UptoG: g.upto, Online: g.online, Payer: g.payer})
	}
	return x
}
