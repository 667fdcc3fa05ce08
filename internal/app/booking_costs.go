package app

import (
	"context"

	"citypost/internal/booking"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/tariff"
)

// bookingPrices tells citizens how much money to bring with a dossier.
type bookingPrices struct{ *House }

// Costs gives the published fees of the postal channel and the postage of the first weight step.
func (h bookingPrices) Costs(ctx context.Context, code string, from postal.UnitCode, day postal.Day) (booking.Costs, error) {
	p, err := published{h.Procedures}.On(code, day)
	if err != nil {
		return booking.Costs{}, err
	}
	costs := feeCosts(p)
	postage, err := h.postageCost(ctx, p, from, day)
	costs.Lines = append(costs.Lines, postage)
	return costs, err
}

// feeCosts are the fees that the list asks of everybody.
func feeCosts(p *dossier.Procedure) (costs booking.Costs) {
	for _, kind := range []string{"fee", "charge"} {
		amount, exact := dossier.ExactFee(p.Fees, kind)
		if exact {
			w := dossier.Say("fee", kind)
			costs.Lines = append(costs.Lines, booking.Cost{What: rulebook.Words{VI: w.VI, EN: w.EN}, Basis: rulebook.Words{VI: "danh mục: " + p.Decision, EN: "the list: " + p.Decision}, Least: amount, Most: amount, Verified: true})
			continue
		}
		for _, f := range p.Fees {
			costs.Untold = costs.Untold || f.Kind == kind && (f.Unknown || f.AmountVND > 0)
		}
	}
	return costs
}

// anyWeight stands on the first step of every price table.
const anyWeight postal.Grams = 1

// postageCost is the postage of the way to the agency, where both ends are known; otherwise that of the nearest and of the farthest way within the city.
func (h bookingPrices) postageCost(ctx context.Context, p *dossier.Procedure, from postal.UnitCode, day postal.Day) (booking.Cost, error) {
	view := h.Ledger.View(ctx)
	agency, known, err := h.Dossiers.AgencyFor(ctx, p)
	if err != nil {
		return booking.Cost{}, err
	}
	if known && from != "" {
		money := &dossierMoney{h.routes(), h.Tariff}
		price, err := money.Price(view, dossier.PriceQuestion{Service: event.DossierSend, From: from, To: agency.Unit, WeightG: anyWeight, On: day})
		if err != nil {
			return booking.Cost{}, err
		}
		l := price.Lines[0]
		return booking.Cost{What: rulebook.Words{VI: l.VI, EN: l.EN}, Basis: rulebook.Words{VI: l.Basis, EN: l.BasisEN}, Least: price.TotalVND, Most: price.TotalVND, Verified: l.Verified}, nil
	}
	cost := booking.Cost{What: rulebook.Words{VI: "Cước nhận gửi hồ sơ trong thành phố, tuỳ nơi gửi", EN: "Postage of the dossier within the city, depending on where from"}}
	for n, zone := range []tariff.Zone{tariff.SameDistrict, tariff.BetweenDistricts} {
		quote, err := h.Tariff.Quote(tariff.Question{Service: tariff.DossierSend, Zone: zone, WeightG: anyWeight, On: day, KnownOn: day, Room: h.Tariff.RoomLeft(view, day)})
		if err != nil {
			return booking.Cost{}, err
		}
		l := quote.Lines[0]
		if n == 0 {
			cost.Least, cost.Most, cost.Basis, cost.Verified = quote.TotalVND, quote.TotalVND, l.Basis, l.Verified
		}
		cost.Least, cost.Most = min(cost.Least, quote.TotalVND), max(cost.Most, quote.TotalVND)
	}
	return cost, view.Err()
}
