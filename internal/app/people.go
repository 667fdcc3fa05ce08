package app

import (
	"context"
	"net/http"

	"citypost/internal/account"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// people lets the desk see staff: who works at an office, and a second person's signature.
type people struct{ accounts *account.Service }

// Holding lists who holds a right at an office today, those who hold it everywhere included; an empty office asks for everyone who holds it anywhere.
func (p *people) Holding(ctx context.Context, right web.Right, office postal.OfficeCode) ([]web.Person, error) {
	all, err := p.accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	var out []web.Person
	for _, a := range all {
		if a.DisabledMS != 0 {
			continue
		}
		for _, g := range a.Grants {
			if g.Role.May(right, office) && g.InForce(p.today()) {
				out = append(out, web.Person{ID: a.ID, Login: a.Login, Name: a.Name, Acting: g.Role})
				break
			}
		}
	}
	return out, nil
}

// Name gives a person's name for a staff screen, the id when it is not known.
func (p *people) Name(ctx context.Context, id postal.StaffID) string {
	a, err := p.accounts.Find(ctx, id)
	if err != nil {
		return string(id)
	}
	return a.Name
}

// Names names many at once, those that are known.
func (p *people) Names(ctx context.Context, ids []string) (map[string]string, error) {
	return p.accounts.Names(ctx, ids)
}

// Sign checks a second person who signs on the first one's screen.
func (p *people) Sign(r *http.Request, login, password, code string) (web.Person, error) {
	return p.accounts.Prove(r.Context(), account.Credentials{Login: login, Password: password, Address: web.AddressOf(r), Agent: r.UserAgent()}, code)
}

// Roles gives the roles of a member of staff in force today; none for an unknown or closed account.
func (p *people) Roles(ctx context.Context, id postal.StaffID) ([]web.Role, error) {
	a, err := p.accounts.Find(ctx, id)
	if fault.Is(err, fault.NotFound) || err == nil && a.Disabled() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	grants, err := p.accounts.Grants(ctx, id)
	if err != nil {
		return nil, err
	}
	var roles []web.Role
	for _, g := range grants {
		if g.InForce(p.today()) {
			roles = append(roles, g.Role)
		}
	}
	return roles, nil
}

func (p *people) today() postal.Day { return postal.DayOf(p.accounts.Now()) }
