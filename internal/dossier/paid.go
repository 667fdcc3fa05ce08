package dossier

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// paidView is the receipt of what was paid when a result was given: it is printed then, apart from the consignment note, which was paid at the intake.
type paidView struct {
	web.Page
	*Dossier
	Takings
	Office     string
	AgencyName string
	When       string
	MadeUp     bool
}

// getPaid prints it. It names no person: whoever has the paper paid.
func (s *Service) getPaid(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	p := paidView{Page: web.NewPage(r, "Biên nhận tiền khi trả kết quả", "Receipt of what was paid with the result"), Dossier: d, Office: s.officeName(d.ToOffice), MadeUp: s.MadeUp}
	paid, ok := s.Money.Paid(v, d.Result)
	if err := v.Err(); err != nil {
		return err
	}
	if !ok || d.DeliveredTo == "" {
		return fault.New(fault.NotFound, "dossier.nothing_paid", "Chưa thu khoản nào khi trả kết quả này.", "Nothing was paid with this result.")
	}
	p.Takings, p.AgencyName, p.When = paid, s.agencyName(r.Context(), p.Page, d.Agency), p.Millis(d.EndedMs)
	return web.Render(w, r, http.StatusOK, paidPage(p))
}
