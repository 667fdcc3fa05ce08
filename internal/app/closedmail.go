package app

import (
	"context"
	"slices"

	"citypost/internal/closedmail"
	"citypost/internal/counts"
	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/tariff"
)

// Here the capability of closed mail joins its house: its states, its folds, its tables, its pages and its followers.

// closedMail is what the capability adds to the house.
type closedMail struct {
	Directory *closedmail.Directory // the closed list of bodies that use KT1
	Records   *closedmail.Records   // registers and counts
	Law       *closedmail.Law
}

// closedKinds are the states of the closed house's ledger.
func closedKinds() []ledger.Kind { return slices.Concat(custody.Kinds(), closedmail.Kinds()) }

// closedFolds bring facts into those states, custody's first.
func closedFolds() []ledger.Fold { return []ledger.Fold{custody.Fold, closedmail.Fold} }

// closedTables bring the capability's own tables up to date.
func closedTables() []func(context.Context, *sqldb.DB) error {
	return []func(context.Context, *sqldb.DB) error{closedmail.Migrate, counts.Migrate}
}

// mountClosedMail puts the capability's pages on the mux.
func (h *ClosedHouse) mountClosedMail() error {
	h.Directory = &closedmail.Directory{DB: h.DB, Ledger: h.Ledger}
	h.Records = &closedmail.Records{DB: h.DB, Ledger: h.Ledger}
	h.Law = &closedmail.Law{Calendar: h.Calendar, Price: closedPrice{h.Tariff}}
	crew := &people{accounts: h.Accounts}
	(&closedmail.Pages{
		Records: h.Records, Directory: h.Directory, Law: h.Law, Signer: crew, Staff: crew, Places: closedPlaces{h.Places}, Vault: h.Vault, Now: h.Now, MadeUp: h.MadeUp,
	}).Mount(h.Mux)
	return nil
}

// closedWork is what goes on beside the requests.
func (h *ClosedHouse) closedWork() []func(context.Context) error {
	return []func(context.Context) error{func(ctx context.Context) error { return h.Ledger.Follow(ctx, closedmail.Follower, closedmail.Project) }}
}

// closedFollowers names all of it that follows the ledger.
func closedFollowers() []string { return []string{closedmail.Follower} }

// closedPlaces lists the offices as closed mail wants them.
type closedPlaces struct{ places *Places }

func (p closedPlaces) Offices(context.Context) ([]closedmail.Place, error) {
	var out []closedmail.Place
	for _, o := range p.places.Directory().All() {
		out = append(out, closedmail.Place{Code: o.Code, Name: o.Name, Unit: o.Unit})
	}
	return out, nil
}

// closedPrice prices KT1 by tariff. What lies between provinces is taken as another region: the rules that tell the regions apart for KT1 were not read.
type closedPrice struct{ tariff *tariff.Tariff }

func (p closedPrice) KT1(q closedmail.PriceQuestion) (postal.VND, []string, error) {
	zone, sender := tariff.Intra, "appendix-2"
	if q.Inter {
		zone = tariff.OtherRegion
	}
	if q.List == closedmail.Appendix1 {
		sender = "appendix-1"
	}
	quote, err := p.tariff.Quote(tariff.Question{Service: tariff.KT1, Zone: zone, WeightG: q.WeightG, On: q.On, Urgency: string(q.Urgency), Secrecy: string(q.Secrecy), Sender: sender, NoRelief: true})
	if err != nil {
		return 0, nil, err
	}
	return quote.TotalVND, quote.Rules(), nil
}
