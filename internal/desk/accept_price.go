package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// price is what an order costs: the lines of the tariff, or the reason why the clerk takes the amount from the paper tariff.
type price struct {
	Bill
	Total  postal.VND
	Reason *fault.Error // why there are no lines
	Due    Due
}

// price asks the till and the clock. A case without a list is priced by the clerk, from the paper tariff; what no list could take is noted at its field.
func (s *Service) price(ctx context.Context, office postal.OfficeCode, o order, f *web.Form) (pr price, err error) {
	from, now := s.unitOf(office, o.Sender.Unit), s.Now()
	pr.Bill, err = s.till().Price(ctx, Case{Service: event.Registered, From: from, To: o.Recipient.Unit, WeightG: o.Weight, Class: o.Class, At: now})
	reason, isFault := fault.From(err)
	switch {
	case err != nil && !isFault:
		return pr, fmt.Errorf("price: %w", err)
	case reason != nil && reason.Kind == fault.Invalid:
		return pr, f.Refuse(reason)
	case reason != nil:
		pr.Reason = reason
	}
	pr.Total = total(pr.Lines)
	if s.Clock == nil {
		return pr, nil
	}
	due, err := s.Clock.Due(ctx, event.Registered, from, o.Recipient.Unit, now)
	if _, isFault := fault.From(err); err != nil && !isFault {
		return pr, fmt.Errorf("due time: %w", err)
	}
	pr.Due = due
	return pr, nil
}

// unitOf is the commune where an office stands, from which prices count.
func (s *Service) unitOf(o postal.OfficeCode, otherwise postal.UnitCode) postal.UnitCode {
	if at, ok := s.Places.Directory().Office(o); ok {
		return at.Unit
	}
	return otherwise
}

// digest is a mark of all that is shown before accepting: when it is the same, what is accepted is what was looked at.
func (o order) digest(pr price) string {
	h := sha256.New()
	for _, side := range []Party{o.Sender, o.Recipient} {
		fmt.Fprintf(h, "%q %q %q %q\n", side.Name, side.Phone, side.Address, side.Unit)
	}
	fmt.Fprintf(h, "%s %d %q %s %t\n", o.Item, o.Weight, o.Class, o.ToOffice, pr.Reason != nil)
	for _, l := range pr.Lines {
		fmt.Fprintf(h, "%q %d\n", l.VI, l.Amount)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
