package desk

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/code"
)

// proved is the proof of one entry as a paper carries it. Without Text there was none to be had when the paper was printed.
type proved struct {
	Seq  int64
	Text string
	Code code.Drawing
	Base string // where it can be checked
}

// prove makes the proof of an entry for a paper. A counter never waits for it: what fails is logged, and the paper says how to get the proof later.
func (s *Service) prove(ctx context.Context, p web.Page, seq int64, thing string) proved {
	v := proved{Seq: seq, Base: s.Base}
	text, err := s.Ledger.Receipt(ctx, seq, thing)
	if err == nil {
		v.Code, err = code.QRWide(text, p.T("Mã bằng chứng", "Code of the proof"), code.Normal)
	}
	if err != nil {
		slog.WarnContext(ctx, "paper without proof", "seq", seq, "err", err)
		return v
	}
	v.Text = text
	return v
}

// Provable is one entry that the holder of a receipt may have proved.
type Provable struct {
	Seq    int64
	AtMs   int64
	VI, EN string
}

var errNoReceipt = fault.New(fault.NotFound, "desk.no_receipt",
	"Số hiệu hoặc mã biên nhận không đúng. Cả hai in trên biên nhận: số hiệu ở trên cùng, mã sáu ký tự ở cuối. Kiểm tra rồi gõ lại.",
	"The number or the receipt code is not right. Both stand on the receipt: the number on top, the six letters of the code near the end. Check and type them again.")

// Provable lists what the holder of an item's receipt may have proved: acceptance, what was decided about the item, delivery. An unknown number and a wrong
// secret get the same answer.
func (s *Service) Provable(ctx context.Context, number, secret string) (postal.ItemNumber, []Provable, error) {
	item, ok := ledger.Get[*custody.Item](s.Ledger.View(ctx), custody.ItemKey(postal.ItemNumber(number)))
	if !ok || !postal.SecretFits(s.Vault.Blind, secret, item.Receipt) {
		return "", nil, errNoReceipt
	}
	steps, err := custody.History(ctx, s.Ledger, item.Code)
	if err != nil {
		return "", nil, err
	}
	var out []Provable
	for _, t := range steps {
		if t.Via != "" {
			continue // a bag's or a handover's entry speaks of other people's items too
		}
		for _, f := range t.Entry.Facts {
			switch f.(type) {
			case event.ItemAccepted, event.ItemDelivered, event.ItemAttempted, event.ItemRedirected, event.ItemReturning, event.ItemUndone, event.ItemLost, event.ItemFound:
				w := custody.SayFact(f)
				out = append(out, Provable{t.Entry.Seq, t.Entry.RecordedMs, w.VI, w.EN})
			}
		}
	}
	return item.Code, slices.CompactFunc(out, func(a, b Provable) bool { return a.Seq == b.Seq }), nil
}

// deliveredPaper is what the confirmation of a delivery is printed from. It names the taker's kind, never the taker.
type deliveredPaper struct {
	web.Page
	*custody.Item
	event.ItemDelivered
	Taker                 string // his kind
	When, Where, Who, How string // How is empty when what was kept of the delivery is erased; the fact stays
	Proof                 proved
	MadeUp                bool
}

// getDelivered prints the confirmation of a delivery with its proof, for those who may see the people of the item.
func (s *Service) getDelivered(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	i, view, err := s.itemOf(ctx, r.PathValue("number"))
	if err != nil {
		return err
	}
	steps, err := custody.History(ctx, s.Ledger, i.Code)
	if err != nil {
		return err
	}
	holder, _ := custody.Holder(view, event.Thing(i.Code))
	entry, given := lastDelivery(steps)
	if entry == nil || i.Stage != custody.Delivered && i.Stage != custody.Returned || !maySeePeople(web.PersonOf(r), steps, holder) {
		return fault.New(fault.NotFound, "desk.not_delivered", "Bưu gửi này chưa phát, hoặc bưu cục bạn chưa từng giữ nó, nên không có giấy xác nhận phát.",
			"This item is not delivered, or your office never held it, so there is no confirmation of its delivery.")
	}
	p := deliveredPaper{Page: web.NewPage(r, "Xác nhận phát "+i.Code.Grouped(), "Confirmation of delivery "+i.Code.Grouped()), Item: i, ItemDelivered: given, MadeUp: s.MadeUp}
	p.Taker = takerWords(p.Page, entry, given)
	p.When, p.Where, p.Who = p.Millis(entry.OccurredMs), s.officeName(entry.Office), s.Staff.Name(ctx, entry.Actor)
	if given.Proof != "" {
		kept := proofView{page: p.Page, of: i}
		if err := s.openProof(ctx, &kept, given.Proof); err != nil {
			return err
		}
		p.How = proofWords(p.Page, kept.proof.How)
	}
	p.Proof = s.prove(ctx, p.Page, entry.Seq, string(i.Code))
	return web.Render(w, r, http.StatusOK, deliveryPaper(p))
}

// takerWords say into whose hands an item was given; for a result of a dossier a proxy is told from the person himself.
func takerWords(p web.Page, e *event.Entry, given event.ItemDelivered) string {
	for _, f := range e.Facts {
		if r, ok := f.(event.ResultDelivered); ok && r.To == "proxy" {
			return p.T("Người được uỷ quyền", "A proxy")
		}
	}
	return say(p, "to", given.To)
}

// lastDelivery finds the entry that delivered an item last.
func lastDelivery(steps []custody.Step) (*event.Entry, event.ItemDelivered) {
	for _, t := range slices.Backward(steps) {
		for _, f := range t.Entry.Facts {
			if d, ok := f.(event.ItemDelivered); ok {
				return t.Entry, d
			}
		}
	}
	return nil, event.ItemDelivered{}
}
