package dossier

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// The liability record as people read, correct, approve and print it.

// liability is a record as it was written, with who wrote it and what came of it.
type liability struct {
	event.LiabilityRecorded
	AtMs       int64
	By, Office string
	ApprovedMs int64 // 0: nobody approved it, or nobody had to
	ApprovedBy string
}

// total is what is to be paid by it: nothing where the post is not at fault and grants nothing.
func (l liability) total() postal.VND {
	if l.Fault != atFault {
		return l.AmountVND
	}
	return max(l.AmountVND, l.LeastVND)
}

// liabilities lists the records of a dossier, the last first, out of its entries. One that was corrected stands behind the one that corrects it.
func (s *Service) liabilities(ctx context.Context, entries []event.Entry) (list []liability) {
	for _, e := range entries {
		for _, f := range e.Facts {
			switch f := f.(type) {
			case event.LiabilityRecorded:
				list = append(list, liability{LiabilityRecorded: f, AtMs: e.OccurredMs, By: s.Name(ctx, e.Actor), Office: s.officeName(e.Office)})
			case event.LiabilityApproved:
				if n := len(list) - 1; n >= 0 && list[n].Record == f.Record {
					list[n].ApprovedMs, list[n].ApprovedBy = e.OccurredMs, s.Name(ctx, e.Actor)
				}
			}
		}
	}
	slices.Reverse(list)
	return list
}

// least is the least that the rules of today oblige to pay for an item, and the day by which: a multiple of its listed price, for relief lowers what the customer pays and not what the carriage is worth.
func (s *Service) least(v *ledger.View, i *custody.Item) (postal.VND, postal.Day, []string, error) {
	list := postal.VND(0)
	if t, ok := s.Money.Paid(v, i.Code); ok {
		list = t.ListVND
	} else {
		list = s.Money.Owed(v, i).ListVND
	}
	return LeastCompensation(s.Calendar, list, s.today())
}

// caseLiability says what is owed for a loss or damage and what was paid, and who pays it: the form is only for those who may.
func (s *Service) caseLiability(ctx context.Context, v *ledger.View, c *caseView, entries []event.Entry) (err error) {
	c.Liabilities = s.liabilities(ctx, entries)
	if c.Item == nil || c.Liability == "" && !c.Can["liability"] {
		return nil
	}
	if c.LeastVND, _, _, err = s.least(v, c.Item); silent(err) != nil {
		return err
	}
	if t, ok := s.Money.Paid(v, c.Item.Code); ok {
		c.PaidOutVND = t.CompensatedVND
	}
	if c.Liable.of(c.Item.Code) {
		c.PaidOutVND = max(c.PaidOutVND, c.Liable.PaidVND)
	}
	if c.PaidOutVND > 0 {
		c.Can["compensate"], c.Can["correct"] = false, false
		return nil
	}
	if c.Liability == "" || c.Officer || !c.Liable.waits() {
		return nil
	}
	return s.casePayers(ctx, c)
}

// casePayers names who may pay or approve an amount above the least, so that whoever recorded it knows whom to call.
func (s *Service) casePayers(ctx context.Context, c *caseView) error {
	for _, x := range []struct {
		right web.Right
		into  *[]web.Person
	}{{web.Supervisor, &c.Payers}, {web.Manager, &c.Approvers}} {
		list, err := s.Signer.Holding(ctx, x.right, c.Dossier.Office)
		if err != nil {
			return err
		}
		*x.into = slices.DeleteFunc(list, func(p web.Person) bool { return p.ID == c.Liable.By })
		slices.SortFunc(*x.into, func(a, b web.Person) int { return cmp.Compare(a.Login, b.Login) })
	}
	return nil
}

// liable reads the record, or the correction of the one that is there.
func (s *Service) liable(f *web.Form, v *ledger.View, d *Dossier, corrects string) (ledger.Act, error) {
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(current(d)))
	if !ok {
		return nil, wrongState(d)
	}
	least, payBy, rules, err := s.least(v, i)
	if err != nil {
		return nil, err
	}
	a := RecordLiability{Dossier: d.Code, Item: i.Code, Record: f.Text("record", 40), Kind: f.Choice("kind", LiabilityKinds...), Fault: f.Choice("fault", LiabilityFaults...), PayBy: payBy, Rules: rules, LeastVND: least, Corrects: corrects}
	if f.Value("granted") != "" {
		a.AmountVND = f.VND("granted", 1, maxFee)
	}
	if corrects != "" {
		a.Why = f.Choice("why", CorrectionReasons...)
	}
	return a, nil
}

// compensating pays for a loss or damage, at least the multiple of the postage that the rules name, by the number of the liability record. Whether the person may comes before where the money is.
func (s *Service) compensating(r *http.Request, f *web.Form, v *ledger.View, d *Dossier, desk postal.OfficeCode) (ledger.Act, error) {
	times, cite, err := s.Calendar.Book().Int("post.compensation.times_postage", s.today())
	if err != nil {
		return nil, err
	}
	cash, drawer, me := f.Choice("means", "cash", "transfer") == "cash", "", web.PersonOf(r)
	if cash {
		drawer = s.Money.Drawer(v, desk, me.ID)
	}
	act := s.Money.Compensate(drawer, current(d), f.VND("amount", 1, maxFee), times, cite.RuleID, d.Liability)
	if f.Err() != nil || !cash || drawer != "" {
		return act, nil
	}
	if _, err := act.Decide(v, ledger.Envelope{OccurredMs: postal.Millis(s.Now()), Office: desk, Actor: me.ID}); err != nil && fault.Code(err) != "cash.not_enough" { // of the bank, which is not asked for money here
		return nil, err
	}
	return nil, fault.New(fault.Conflict, "dossier.no_drawer", "Bạn chưa mở ca thu tiền. Mở ca ở mục Quỹ và ca làm, hoặc chi bằng chuyển khoản.", "You have no open shift. Open one under Cash and shift, or pay by transfer.").At("means")
}

// correctForm proposes what the record says now.
func (c caseView) correctForm() *web.Form {
	if c.Form.Value("do") == "correct" || len(c.Liabilities) == 0 {
		return c.of("correct")
	}
	l := c.Liabilities[0]
	f := web.FormOf("record", l.Record, "kind", l.Kind, "fault", l.Fault)
	if l.AmountVND > 0 {
		f.Set("granted", strconv.FormatInt(int64(l.AmountVND), 10))
	}
	return f
}

// liabilityPrint is a record on paper.
type liabilityPrint struct {
	web.Page
	*Dossier
	Records    []liability
	Name       string // of the procedure
	AgencyName string
	OfficeName string
	Basis      []string // the rules that the record rests on
	PaidVND    postal.VND
	MadeUp     bool
}

// getLiability prints the last record with those that it corrects. It names nobody but the staff who wrote and approved it.
func (s *Service) getLiability(w http.ResponseWriter, r *http.Request) error {
	_, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	entries, err := s.history(r, d)
	if err != nil {
		return err
	}
	p := liabilityPrint{Page: web.NewPage(r, "Biên bản xác định trách nhiệm", "Liability record"), Dossier: d, Records: s.liabilities(r.Context(), entries), Name: s.procedureName(d), OfficeName: s.officeName(d.Office), MadeUp: s.MadeUp}
	if len(p.Records) == 0 {
		return fault.New(fault.NotFound, "dossier.no_liability", "Hồ sơ này chưa có biên bản xác định trách nhiệm.", "This dossier has no liability record.")
	}
	p.AgencyName, p.PaidVND = s.agencyName(r.Context(), p.Page, d.Agency), d.Liable.PaidVND
	for _, id := range p.Records[0].Rules {
		if rule, ok := s.Calendar.Book().ByID(id); ok {
			p.Basis = append(p.Basis, rule.Cite().In(p.Lang))
		}
	}
	return web.Render(w, r, http.StatusOK, liabilityPage(p))
}

// waitingView is what waits for a manager's approval.
type waitingView struct {
	web.Page
	Rows []waitingRow
}

type waitingRow struct {
	*Dossier
	liability
	OfficeName string
}

// getWaiting lists the amounts above the least that nobody has approved or paid, the first to be paid first.
func (s *Service) getWaiting(w http.ResponseWriter, r *http.Request) error {
	v := s.Ledger.View(r.Context())
	x := waitingView{Page: web.NewPage(r, "Bồi thường chờ duyệt", "Compensations to approve")}
	agencies, err := s.store().Agencies(r.Context())
	if err != nil {
		return err
	}
	var places []string
	for _, a := range agencies {
		places = append(places, AgencyBoard(a.Code))
	}
	for _, o := range s.Places.Directory().All() {
		places = append(places, OfficeBoard(o.Code))
	}
	for _, place := range places {
		for _, d := range on(v, place) {
			if !d.Liable.waits() {
				continue
			}
			entries, err := s.history(r, d)
			if err != nil {
				return err
			}
			if list := s.liabilities(r.Context(), entries); len(list) > 0 {
				x.Rows = append(x.Rows, waitingRow{d, list[0], s.officeName(d.Office)})
			}
		}
	}
	slices.SortStableFunc(x.Rows, func(a, b waitingRow) int { return a.PayBy.DaysSince(b.PayBy) })
	if err := v.Err(); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, waitingPage(x))
}
