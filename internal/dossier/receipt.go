package dossier

import (
	"net/http"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// StateReceipt is a receipt (biên lai) for a State fee or charge that the post has taken for an agency.
type StateReceipt struct {
	event.Collected
	Seq int64 // the entry that took the money
}

// receiptsOf lists the receipts given for a dossier: when it was taken in, and with its result.
func (s *Service) receiptsOf(v *ledger.View, d *Dossier) (list []StateReceipt) {
	for _, n := range []postal.ItemNumber{d.Item, d.Result} {
		if n != "" {
			list = append(list, s.Money.Receipts(v, n)...)
		}
	}
	return list
}

// receiptView is the receipts of a dossier on paper, each on a sheet of its own.
type receiptView struct {
	web.Page
	*Dossier
	Payer    string
	Name     string // of the procedure
	MadeUp   bool
	Receipts []shownReceipt
}

// shownReceipt is one of them with its moment.
type shownReceipt struct {
	event.Collected
	AgencyName string
	At, Office string
	Clerk      string
}

// getReceipt prints the receipts of State fees. The payer's name stands on them, so that somebody looked is recorded.
func (s *Service) getReceipt(w http.ResponseWriter, r *http.Request) error {
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	list := s.receiptsOf(v, d)
	if len(list) == 0 {
		return fault.New(fault.NotFound, "dossier.no_receipt", "Hồ sơ này chưa có biên lai nào: bưu điện chưa thu hộ phí, lệ phí.", "This dossier has no receipt: the post has collected no State fee for it.")
	}
	if err := s.lookAt(r, v, d, "receipt"); err != nil {
		return err
	}
	people, err := s.store().PeopleOf(r.Context(), d.Act)
	if err != nil {
		return err
	}
	p := receiptView{Page: web.NewPage(r, "Biên lai thu phí, lệ phí", "Receipt of State fees"), Dossier: d, Payer: people.Sender.Name, Name: s.procedureName(d), MadeUp: s.MadeUp}
	for _, x := range list {
		entries, err := s.Ledger.Entries(r.Context(), []int64{x.Seq})
		if err != nil {
			return err
		}
		shown := shownReceipt{Collected: x.Collected, AgencyName: s.agencyName(r.Context(), p.Page, x.Agency)}
		if len(entries) == 1 {
			shown.At, shown.Office, shown.Clerk = p.Millis(entries[0].OccurredMs), s.officeName(entries[0].Office), s.Name(r.Context(), entries[0].Actor)
		}
		p.Receipts = append(p.Receipts, shown)
	}
	return web.Render(w, r, http.StatusOK, receiptPage(p))
}
