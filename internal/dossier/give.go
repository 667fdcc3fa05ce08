package dossier

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// identityRule lists the papers by which a person is known who takes a result or has a dossier back; which ones are valid changes with the day.
const identityRule = "dossier.identity.papers"

// giving is what whoever gives a result, or a dossier back, needs to see at that step: whose paper to look at, and what to collect.
type giving struct {
	Taker      string       // in full; "" when nobody is named
	Unnamed    *fault.Error // why nobody is named
	Identities []string
	PostageVND postal.VND
}

// ToCollect is the postage with the fees that are paid through the post.
func (g giving) ToCollect(d *Dossier) postal.VND { return g.PostageVND + d.Owes() }

// caseGiving fills in the step of giving where the page offers it. The name is shown in full, as an identity paper is to be compared with it; that somebody looked is recorded.
func (s *Service) caseGiving(r *http.Request, v *ledger.View, c *caseView) (err error) {
	if !c.Can["deliver"] && !c.Can["giveback"] {
		return nil
	}
	if c.Giving.Identities, err = s.identities(); err != nil {
		return err
	}
	if c.Can["deliver"] {
		c.Giving.PostageVND = s.Money.Owed(v, c.Item).TotalVND
	}
	p, err := s.store().PeopleOf(r.Context(), c.Dossier.Act)
	if err == nil && !c.Full { // who asked for all of it has been noted already
		err = s.look(r, c.Dossier, "handout")
	}
	if f, ok := fault.From(err); ok {
		c.Giving.Unnamed = f
		return nil
	}
	c.Giving.Taker = p.Receiver.Name
	if c.Can["giveback"] {
		c.Giving.Taker = p.Sender.Name
	}
	return err
}

// identities are the papers that count today.
func (s *Service) identities() (list []string, err error) {
	values, _, err := s.Calendar.Book().List(identityRule, s.today())
	for _, x := range values {
		list = append(list, x.String())
	}
	return list, err
}

// identity reads which paper was looked at; one that is no longer valid is no choice.
func (s *Service) identity(f *web.Form) (string, error) {
	list, err := s.identities()
	return f.Choice("identity", list...), err
}
