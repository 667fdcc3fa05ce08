package desk

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// paper is what the papers of an item are printed from.
type paper struct {
	web.Page
	*custody.Item
	Parties
	FromOffice, ToOffice string
	FromUnit, ToName     string
	ToPostcode           string
	Clerk                string
	Accepted             time.Time
	Paid                 *Payment // nil: the desk took no money
	Print                int      // the how many-eth print of this paper
	Proof                proved
	Track                string
	MadeUp               bool
}

// paperOf loads the item of a print page. Papers are made where the item was accepted or lies now.
func (s *Service) paperOf(r *http.Request) (paper, error) {
	ctx := r.Context()
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return paper{}, err
	}
	v := s.Ledger.View(ctx)
	i, err := state[*custody.Item](v, r.PathValue("code"))
	if err != nil {
		return paper{}, err
	}
	if h, _ := custody.Holder(v, event.Thing(i.Code)); i.Origin != office && h != custody.AtOffice(office) {
		return paper{}, fault.New(fault.Forbidden, "desk.papers_elsewhere", "Chỉ in được giấy tờ của bưu gửi nhận tại đây hoặc đang ở đây.", "Papers are printed only for items accepted here or lying here.")
	}
	p := paper{Page: web.NewPage(r, "", ""), Item: i, FromOffice: s.officeName(i.Origin), ToOffice: s.officeName(i.ToOffice), Accepted: postal.FromMillis(i.AcceptedMs), MadeUp: s.MadeUp}
	if s.MayShow != nil {
		if err := s.MayShow(ctx, event.Thing(i.Code)); err != nil {
			return p, err
		}
	}
	parties, err := s.PartiesOf(ctx, i.AcceptAct)
	if err != nil {
		return p, err
	}
	p.Parties = parties[i.AcceptAct]
	p.ToName, p.FromUnit = s.unitName(p.Page, i.ToUnit), s.unitName(p.Page, p.Sender.Unit)
	if u, ok := s.Places.Gazetteer().UnitOn(i.ToUnit, s.today()); ok {
		p.ToPostcode = u.Postcode
	}
	p.Track = s.trackURL(i.Code)
	if p.Paid, err = s.till().Paid(ctx, i); err != nil {
		return p, err
	}
	entries, err := s.Ledger.Entries(ctx, []int64{i.AcceptSeq})
	if err == nil && len(entries) == 1 {
		p.Clerk = s.Staff.Name(ctx, entries[0].Actor)
	}
	return p, err
}

// trackURL is where the public follows an item.
func (s *Service) trackURL(n postal.ItemNumber) string { return s.Base + "/track/" + string(n) }

// printed notes who printed a paper, and says the how many-eth print it is.
func (s *Service) printed(ctx context.Context, item event.Thing, what string, staff postal.StaffID) (n int, err error) {
	now := s.Now()
	id := postal.NewActID(now)
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO desk_print (item, id, paper, staff, at_ms) VALUES ($1, $2, $3, $4, $5)`, string(item), id[:], what, string(staff), postal.Millis(now))
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_print WHERE item = $1 AND paper = $2`, string(item), what).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("note print: %w", err)
	}
	return n, nil
}

// getLabel prints the item's label, 100 × 150 mm.
func (s *Service) getLabel(w http.ResponseWriter, r *http.Request) error {
	p, err := s.printOf(r, "label", "Nhãn bưu gửi", "Item label")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, labelPaper(p))
}

// getSticker prints the small sticker, 50 × 30 mm.
func (s *Service) getSticker(w http.ResponseWriter, r *http.Request) error {
	p, err := s.printOf(r, "sticker", "Tem nhỏ", "Sticker")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, stickerPaper(p))
}

// getReceipt prints the sender's receipt. It holds the secret, so it is printed where the item was accepted only, and every print leaves a trace.
func (s *Service) getReceipt(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	i, err := state[*custody.Item](s.Ledger.View(r.Context()), r.PathValue("code"))
	if err != nil {
		return err
	}
	if i.Origin != office {
		return fault.New(fault.Forbidden, "desk.papers_elsewhere", "Biên nhận chỉ in được tại bưu cục đã nhận gửi.", "A receipt is printed only at the office that accepted the item.")
	}
	p, err := s.printOf(r, "receipt", "Biên nhận", "Receipt")
	if err != nil {
		return err
	}
	p.Proof = s.prove(r.Context(), p.Page, p.AcceptSeq, string(p.Code))
	return web.Render(w, r, http.StatusOK, receiptPaper(p))
}

func (s *Service) printOf(r *http.Request, what, vi, en string) (paper, error) {
	p, err := s.paperOf(r)
	if err != nil {
		return p, err
	}
	p.Title = p.T(vi, en) + " " + p.Code.Grouped()
	p.Print, err = s.printed(r.Context(), event.Thing(p.Code), what, web.PersonOf(r).ID)
	return p, err
}

// bagPaper is what a bag's label and manifest are printed from.
type bagPaper struct {
	web.Page
	*custody.Bag
	FromName, ToName string
	Items            []*custody.Item
	Weight           postal.Grams
	When, By         string
	MadeUp           bool
	units            func(postal.UnitCode) string
}

func (s *Service) bagPaperOf(r *http.Request, vi, en string) (bagPaper, error) {
	_, b, _, err := s.theBag(r)
	if err != nil {
		return bagPaper{}, err
	}
	p := bagPaper{Page: web.NewPage(r, vi, en), Bag: b, FromName: s.officeName(b.From), ToName: s.officeName(b.To), MadeUp: s.MadeUp, By: web.PersonOf(r).Name}
	p.Title += " " + grouped(b.Code)
	p.When = p.DateTime(s.Now())
	p.units = func(u postal.UnitCode) string { return s.unitName(p.Page, u) }
	if p.Items, err = s.inBag(r.Context(), s.Ledger.View(r.Context()), b.Code); err != nil {
		return p, err
	}
	for _, i := range p.Items {
		p.Weight += i.WeightG
	}
	return p, nil
}

// getBagLabel prints the label that hangs on a bag.
func (s *Service) getBagLabel(w http.ResponseWriter, r *http.Request) error {
	p, err := s.bagPaperOf(r, "Nhãn túi", "Bag label")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, bagLabelPaper(p))
}

// getBagManifest prints the list of a bag's items.
func (s *Service) getBagManifest(w http.ResponseWriter, r *http.Request) error {
	p, err := s.bagPaperOf(r, "Bản kê túi", "Bag manifest")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, bagManifestPaper(p))
}

// dispatchPaper is what a dispatch's manifest is printed from.
type dispatchPaper struct {
	dispatchWork
	When, By string
	MadeUp   bool
	Count    int // of items, those in bags included
}

// getDispatchManifest prints what is on a dispatch, with the seals.
func (s *Service) getDispatchManifest(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	v := s.Ledger.View(r.Context())
	d, err := state[*custody.Dispatch](v, r.PathValue("code"))
	if err != nil {
		return err
	}
	work, err := s.dispatchWork(r, web.NewPage(r, "Bản kê chuyến thư", "Dispatch manifest"), v, office, d)
	if err != nil {
		return err
	}
	work.Title += " " + grouped(d.Code)
	p := dispatchPaper{dispatchWork: work, When: work.DateTime(s.Now()), By: web.PersonOf(r).Name, MadeUp: s.MadeUp, Count: len(work.Items)}
	for _, b := range work.Bags {
		p.Count += b.Count
	}
	return web.Render(w, r, http.StatusOK, dispatchManifestPaper(p))
}

// handoverPaper is what the record of a handover is printed from.
type handoverPaper struct {
	handoverWork
	Signed [2]string // when each side signed
	When   string
	Proof  proved // of the entry that ended it
	MadeUp bool
}

// getHandoverPrint prints the record of a handover: both accounts, the difference, who signed and when.
func (s *Service) getHandoverPrint(w http.ResponseWriter, r *http.Request) error {
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	if h.Status == custody.HandoverOpen { // a paper would show the seals to whoever still has to read them
		return fault.New(fault.Conflict, "desk.record_open", "Bàn giao chưa ký xong nên chưa có biên bản.", "This handover is not signed by both, so there is no record of it yet.")
	}
	work, err := s.handoverWork(r, web.NewPage(r, "Biên bản bàn giao", "Handover record"), v, h)
	if err != nil {
		return err
	}
	work.Title += " " + grouped(h.Code)
	p := handoverPaper{handoverWork: work, When: work.DateTime(s.Now()), MadeUp: s.MadeUp}
	entries, err := s.handoverEntries(r.Context(), h)
	if err != nil {
		return err
	}
	p.Signed = signedAt(work.Page, entries)
	p.Proof = s.prove(r.Context(), work.Page, endOf(entries), string(h.Code))
	return web.Render(w, r, http.StatusOK, handoverRecordPaper(p))
}

func (s *Service) handoverEntries(ctx context.Context, h *custody.Handover) ([]event.Entry, error) {
	key := custody.KeyOf(h.Code)
	trails, err := s.Ledger.Trails(ctx, []ledger.Key{key})
	if err != nil {
		return nil, err
	}
	return s.Ledger.Entries(ctx, trails[key])
}

// signedAt says when each side of a handover signed.
func signedAt(p web.Page, entries []event.Entry) (when [2]string) {
	for _, e := range entries {
		for _, f := range e.Facts {
			if sg, ok := f.(event.HandoverSigned); ok {
				n := 0
				if sg.Side == custody.Taker {
					n = 1
				}
				when[n] = p.Millis(e.RecordedMs)
			}
		}
	}
	return when
}

// endOf is the entry that completed a handover or called it off, 0 while it is under way.
func endOf(entries []event.Entry) int64 {
	for _, e := range entries {
		for _, f := range e.Facts {
			switch f.(type) {
			case event.HandoverCompleted, event.HandoverWithdrawn:
				return e.Seq
			}
		}
	}
	return 0
}

// getHandoverReceipt gives the proof of a finished handover as a file, which holds the whole entry however long it is.
func (s *Service) getHandoverReceipt(w http.ResponseWriter, r *http.Request) error {
	_, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	entries, err := s.handoverEntries(r.Context(), h)
	if err != nil {
		return err
	}
	text, err := s.Ledger.ReceiptFile(r.Context(), endOf(entries), string(h.Code))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="bang-chung-`+string(h.Code)+`.txt"`)
	_, err = fmt.Fprintln(w, text)
	return err
}

// card is one command card.
type card struct {
	Code string
	Name string
}

// getCards prints the command cards of a counter.
func (s *Service) getCards(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	p := web.NewPage(r, "Thẻ lệnh", "Command cards")
	var cards []card
	for n := cmdSealBag; n <= cmdEmptyBag; n++ {
		code, err := postal.MakeCode(postal.CodeCommand, office, n)
		if err != nil {
			return err
		}
		cards = append(cards, card{code, commandWords[n].In(p.Lang)})
	}
	return web.Render(w, r, http.StatusOK, cardsPaper(p, s.officeName(office), cards, s.MadeUp))
}
