package booking

import (
	"context"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// Cost is one sum to bring with a dossier: between Least and Most where it depends on what is not known yet.
type Cost struct {
	What, Basis rulebook.Words // what it is for, and what it rests on: instrument and article
	Least, Most postal.VND
	Verified    bool
}

// Costs are the sums to bring with a dossier. Untold: the list asks for a fee, but tells no single amount of it.
type Costs struct {
	Lines  []Cost
	Untold bool
}

// total adds the lines up.
func (c Costs) total() (least, most postal.VND) {
	for _, x := range c.Lines {
		least, most = least+x.Least, most+x.Most
	}
	return least, most
}

// Prices knows what sending costs.
type Prices interface {
	// Costs gives the fees and the postage of a procedure's dossier on a day, from a commune; without one, from anywhere in the city. It refuses with a fault that says what is not known.
	Costs(ctx context.Context, code string, from postal.UnitCode, day postal.Day) (Costs, error)
}

// addCosts asks what is to be brought; what cannot be told is said.
func (v *send) addCosts(ctx context.Context) error {
	if v.service.Prices == nil || v.Bar != nil {
		return nil
	}
	var err error
	v.Costs, err = v.service.Prices.Costs(ctx, v.Booking.Procedure, v.Booking.Unit, v.service.today())
	var ok bool
	if v.NoCosts, ok = fault.From(err); err != nil && !ok {
		return err
	}
	return nil
}

// between writes a sum: "26.000 đ", or "26.000 đ đến 30.000 đ".
func between(p web.Page, least, most postal.VND) string {
	if least == most {
		return p.Money(least)
	}
	return p.Money(least) + p.T(" đến ", " to ") + p.Money(most)
}

// bring says how much money to bring: the sum, its lines with what they rest on, and what is not in it.
func (v send) bring() []web.Row {
	var rows []web.Row
	for _, c := range v.Costs.Lines {
		basis := c.Basis.In(v.Lang)
		if !c.Verified {
			basis += v.T(" (chưa kiểm chứng)", " (not verified)")
		}
		rows = append(rows, web.Row{Key: c.What.In(v.Lang), Value: between(v.Page, c.Least, c.Most) + " – " + basis})
	}
	if v.Costs.Untold {
		rows = append(rows, web.Row{Key: v.T("Phí, lệ phí", "State fees"), Value: v.T("danh mục không ghi một mức chung: giao dịch viên báo khi nhận hồ sơ", "the list tells no single amount: the clerk says it when the dossier is taken in")})
	}
	least, most := v.Costs.total()
	sum := between(v.Page, least, most)
	if v.Costs.Untold {
		sum += v.T(", chưa gồm phí, lệ phí", ", without the State fees")
	}
	return append(rows, web.Row{Key: v.T("Cộng, cần mang theo", "To bring in all"), Value: sum})
}
