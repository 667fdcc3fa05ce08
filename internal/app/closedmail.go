package app

import (
	"context"
	"slices"

	"citypost/internal/closedmail"
	"citypost/internal/counts"
	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
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
	reach := closedmail.Reach{Home: h.Province, Land: closedPlaces{h.Places}}
	h.Directory = &closedmail.Directory{DB: h.DB, Ledger: h.Ledger, Reach: reach}
	h.Records = &closedmail.Records{DB: h.DB, Ledger: h.Ledger}
	h.Law = &closedmail.Law{Calendar: h.Calendar, Price: closedPrice{h.Tariff, h.Book}, Reach: reach}
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

// Province gives the province of a commune on a day. A code that means nothing on that day stands for what its commune has become.
func (p closedPlaces) Province(unit postal.UnitCode, on postal.Day) string {
	units := p.places.Gazetteer()
	if u, err := units.ProvinceOf(unit, on); err == nil {
		return string(u.Code)
	}
	last, ok := units.Latest(unit)
	if !ok {
		return ""
	}
	if _, stands := units.UnitOn(last.Province, on); stands {
		return string(last.Province)
	}
	became, err := units.Convert(last.Province)
	if err != nil {
		return ""
	}
	return string(became.Candidates[0].Unit.Code)
}

// closedPrice prices KT1 by tariff for a sender who pays; who does so is for closed mail to ask.
type closedPrice struct {
	tariff *tariff.Tariff
	book   *rulebook.Book
}

// keyKT1Regions says in which region of the KT1 price list a province lies. The table was not seen; a post takes in its own.
const keyKT1Regions = "kt1.price.region"

func (p closedPrice) KT1(q closedmail.PriceQuestion) (postal.VND, []string, error) {
	zone, region, err := zoneBetween(p.book, keyKT1Regions, q.From, q.To, q.On)
	if err != nil {
		return 0, nil, err
	}
	quote, err := p.tariff.Quote(tariff.Question{Service: tariff.KT1, Zone: zone, WeightG: q.WeightG, On: q.On, Urgency: string(q.Urgency), Secrecy: string(q.Secrecy), NoRelief: true})
	if err != nil {
		return 0, nil, err
	}
	if region == "" {
		return quote.TotalVND, quote.Rules(), nil
	}
	return quote.TotalVND, append(quote.Rules(), region), nil
}
