package dossier

import (
	"fmt"
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// paidView is the receipt of what was paid when a result was given: it is printed then, apart from the consignment note, which was paid at the intake.
type paidView struct {
	web.Page
	*Dossier
	Takings
	Office     string // that took the money
	AgencyName string
	When       string // it did
	MadeUp     bool
}

// getPaid prints it. It names no person: whoever has the paper paid.
func (s *Service) getPaid(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	p := paidView{Page: web.NewPage(r, "Biên nhận tiền khi trả kết quả", "Receipt of what was paid with the result"), Dossier: d, MadeUp: s.MadeUp}
	paid, ok := s.Money.Paid(v, d.Result)
	if err := v.Err(); err != nil {
		return err
	}
	if !ok || d.DeliveredTo == "" {
		return fault.New(fault.NotFound, "dossier.nothing_paid", "Chưa thu khoản nào khi trả kết quả này.", "Nothing was paid with this result.")
	}
	p.Takings, p.AgencyName = paid, s.agencyName(r.Context(), p.Page, d.Agency)
	taken, err := s.Ledger.Entries(r.Context(), []int64{paid.Seq})
	if err != nil {
		return fmt.Errorf("read who took the money: %w", err)
	}
	for _, e := range taken {
		p.Office, p.When = s.officeName(e.Office), p.Millis(e.OccurredMs)
	}
	return web.Render(w, r, http.StatusOK, paidPage(p))
}
