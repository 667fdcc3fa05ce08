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

// claim is what a packet's records say: the one that holds, those that it corrects, and what came of it.
type claim struct {
	Liable
	Records []liability // the last first
}

// claims lists the records of a dossier out of its entries, those of each packet together, the packets in the order in which they first had one.
func (s *Service) claims(ctx context.Context, d *Dossier, entries []event.Entry) (list []claim) {
	last := map[string]*liability{} // by its number, for approvals of earlier versions, which name no packet
	for _, e := range entries {
		for _, f := range e.Facts {
			switch f := f.(type) {
			case event.LiabilityRecorded:
				n := slices.IndexFunc(list, func(x claim) bool { return x.Records[0].Item == f.Item })
				if n < 0 {
					n, list = len(list), append(list, claim{Liable: d.Liable(f.Item)})
				}
				list[n].Records = append([]liability{{LiabilityRecorded: f, AtMs: e.OccurredMs, By: s.Name(ctx, e.Actor), Office: s.officeName(e.Office)}}, list[n].Records...)
				last[f.Record], last[string(f.Item)] = &list[n].Records[0], &list[n].Records[0]
			case event.LiabilityApproved:
				if l := last[cmp.Or(string(f.Item), f.Record)]; l != nil && l.Record == f.Record {
					l.ApprovedMs, l.ApprovedBy = e.OccurredMs, s.Name(ctx, e.Actor)
				}
			}
		}
	}
	return list
}

// packetOf is the packet that a form of the page is about: the one that it names, or else the one that matters now.
func packetOf(f *web.Form, d *Dossier) postal.ItemNumber {
	if text := f.Value("packet"); text != "" {
		return postal.ItemNumber(text)
	}
	return current(d)
}

// chosenPacket is the dossier's packet that somebody asked for; otherwise the one that matters now.
func chosenPacket(v *ledger.View, d *Dossier, asked string, now *custody.Item) *custody.Item {
	if x, _, ok := Of(v, postal.ItemNumber(asked)); ok && x.Code == d.Code {
		if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(postal.ItemNumber(asked))); ok {
			return i
		}
	}
	return now
}

// canClaim adds to what the page offers the acts on the liability record of one packet.
func (s *Service) canClaim(v *ledger.View, me web.Person, d *Dossier, i *custody.Item, can map[string]bool) {
	if i == nil {
		return
	}
	l, wrong, ours := d.Liable(i.Code), wentWrong(i), d.Office == me.Office() || i.Origin == me.Office()
	for do, offered := range map[string]bool{
		"liability":  l.Record == "" && wrong && ours,
		"correct":    l.Record != "" && ours && l.PaidVND == 0, // also of what was found since: its record is taken back
		"approve":    l.waits() && l.By != me.ID,
		"compensate": l.Record != "" && l.PaidVND == 0 && l.Kind != "late" && l.Owes() && l.PaidBy(me.ID) && concerns(v, me, d),
	} {
		can[do] = offered && mayDo(me, do)
	}
}

// wentWrong reports whether a packet is lost, or something about it is unsettled.
func wentWrong(i *custody.Item) bool { return i.Stage == custody.Missing || i.Open > 0 }

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

// caseLiability says what is owed for losses and damages and what was paid, and who pays it: the forms are only for those who may, and about one packet at a time.
func (s *Service) caseLiability(ctx context.Context, v *ledger.View, c *caseView, entries []event.Entry) (err error) {
	c.Claims = s.claims(ctx, c.Dossier, entries)
	if c.Packet == nil {
		return nil
	}
	if n := slices.IndexFunc(c.Claims, func(x claim) bool { return x.Records[0].Item == c.Packet.Code }); n > 0 {
		c.Claims[0], c.Claims[n] = c.Claims[n], c.Claims[0]
	}
	c.Unclaimed = s.unclaimed(v, c)
	c.PaidOutVND = s.compensation(v, c.Dossier, current(c.Dossier))
	if c.chosen().Record == "" && !c.Can["liability"] {
		return nil
	}
	if c.LeastVND, _, _, err = s.least(v, c.Packet); silent(err) != nil {
		return err
	}
	if s.compensation(v, c.Dossier, c.Packet.Code) > 0 {
		c.Can["compensate"], c.Can["correct"] = false, false
		return nil
	}
	if c.Officer || !c.chosen().waits() {
		return nil
	}
	return s.casePayers(ctx, c)
}

// compensation is what was paid for a packet, as its record or the till knows it.
func (s *Service) compensation(v *ledger.View, d *Dossier, n postal.ItemNumber) postal.VND {
	paid := d.Liable(n).PaidVND
	if t, ok := s.Money.Paid(v, n); ok {
		paid = max(paid, t.CompensatedVND)
	}
	return paid
}

// unclaimed lists the packets other than the chosen one that went wrong and have no record, for whoever may make one.
func (s *Service) unclaimed(v *ledger.View, c *caseView) (list []postal.ItemNumber) {
	me := c.Person
	for _, n := range c.Packets() {
		i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n))
		if !ok || n == c.Packet.Code {
			continue
		}
		can := map[string]bool{}
		if s.canClaim(v, me, c.Dossier, i, can); can["liability"] {
			list = append(list, n)
		}
	}
	return list
}

// chosen is the record of the packet that the forms are about.
func (c caseView) chosen() Liable {
	if c.Packet == nil {
		return Liable{}
	}
	return c.Liable(c.Packet.Code)
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
		*x.into = slices.DeleteFunc(list, func(p web.Person) bool { return p.ID == c.chosen().By })
		slices.SortFunc(*x.into, func(a, b web.Person) int { return cmp.Compare(a.Login, b.Login) })
	}
	return nil
}

// liable reads the record of a packet, or the correction of the one that is there.
func (s *Service) liable(f *web.Form, v *ledger.View, d *Dossier, corrects bool) (ledger.Act, error) {
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(packetOf(f, d)))
	if !ok {
		return nil, wrongState(d)
	}
	least, payBy, rules, err := s.least(v, i)
	if err != nil {
		return nil, err
	}
	a := RecordLiability{Dossier: d.Code, Item: i.Code, Record: f.Text("record", 40), Kind: f.Choice("kind", LiabilityKinds...), Fault: f.Choice("fault", LiabilityFaults...), PayBy: payBy, Rules: rules, LeastVND: least}
	if f.Value("granted") != "" {
		a.AmountVND = f.VND("granted", 1, maxFee)
	}
	if corrects {
		a.Corrects = d.Liable(i.Code).Record
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
	packet := packetOf(f, d)
	act := s.Money.Compensate(drawer, packet, f.VND("amount", 1, maxFee), times, cite.RuleID, d.Liable(packet).Record)
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
	if c.Form.Value("do") == "correct" || len(c.Claims) == 0 {
		return c.of("correct")
	}
	l := c.Claims[0].Records[0]
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

// getLiability prints a packet's record with those that it corrects: of the packet that is asked for, or the one that had one last. It names nobody but the staff who wrote and approved it.
func (s *Service) getLiability(w http.ResponseWriter, r *http.Request) error {
	_, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	entries, err := s.history(r, d)
	if err != nil {
		return err
	}
	p := liabilityPrint{Page: web.NewPage(r, "Biên bản xác định trách nhiệm", "Liability record"), Dossier: d, Name: s.procedureName(d), OfficeName: s.officeName(d.Office), MadeUp: s.MadeUp}
	for _, x := range s.claims(r.Context(), d, entries) {
		if asked := r.URL.Query().Get("packet"); asked == "" || asked == string(x.Records[0].Item) {
			p.Records, p.PaidVND = x.Records, x.PaidVND
		}
	}
	if len(p.Records) == 0 {
		return fault.New(fault.NotFound, "dossier.no_liability", "Hồ sơ này chưa có biên bản xác định trách nhiệm.", "This dossier has no liability record.")
	}
	p.AgencyName = s.agencyName(r.Context(), p.Page, d.Agency)
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
			if !d.waitsForApproval() {
				continue
			}
			entries, err := s.history(r, d)
			if err != nil {
				return err
			}
			for _, c := range s.claims(r.Context(), d, entries) {
				if c.waits() {
					x.Rows = append(x.Rows, waitingRow{d, c.Records[0], s.officeName(d.Office)})
				}
			}
		}
	}
	slices.SortStableFunc(x.Rows, func(a, b waitingRow) int { return a.PayBy.DaysSince(b.PayBy) })
	if err := v.Err(); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, waitingPage(x))
}
