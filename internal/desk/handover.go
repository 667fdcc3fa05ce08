package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// handler is who takes part in handovers between an office and the road.
var handler = web.AnyOf(web.Clerk, web.Driver, web.Carrier)

// handoverRow is one handover in a list.
type handoverRow struct {
	*custody.Handover
	FromName, ToName string
	Signed           int // of two
}

// handoverList is the page of the handovers that wait for somebody.
type handoverList struct {
	web.Page
	Rows     []handoverRow
	Carrying []dispatchRow // what the person has on the road
	Driver   bool
}

// getHandovers lists the open handovers: of the office for a clerk, his own for a driver.
func (s *Service) getHandovers(w http.ResponseWriter, r *http.Request) error {
	ctx, me := r.Context(), web.PersonOf(r)
	l := handoverList{Page: web.NewPage(r, "Bàn giao", "Handovers"), Driver: !me.May(web.Clerk, "")}
	v := s.Ledger.View(ctx)
	var err error
	if !l.Driver {
		office, err := me.Here()
		if err != nil {
			return err
		}
		if l.Rows, err = s.handoversAt(ctx, l.Page, v, custody.AtOffice(office)); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, handoverListPage(l))
	}
	if l.Rows, err = s.handoversOf(ctx, l.Page, v, custody.ByCarrier(me.ID)); err != nil {
		return err
	}
	mine, err := lying[*custody.Dispatch](ctx, s, v, 'd', custody.ByCarrier(me.ID))
	if err != nil {
		return err
	}
	for _, d := range mine {
		l.Carrying = append(l.Carrying, s.dispatchRow(ctx, l.Page, d))
	}
	return web.Render(w, r, http.StatusOK, handoverListPage(l))
}

// handoversAt lists the open handovers on the boards of some offices, the oldest first.
func (s *Service) handoversAt(ctx context.Context, p web.Page, v *ledger.View, places ...event.Holder) ([]handoverRow, error) {
	list, err := lying[*custody.Handover](ctx, s, v, 'h', places...)
	if err != nil {
		return nil, err
	}
	rows := make([]handoverRow, len(list))
	for i, h := range list {
		rows[i] = handoverRow{Handover: h, FromName: s.holderName(ctx, p, h.From), ToName: s.holderName(ctx, p, h.To)}
		for _, by := range []postal.StaffID{h.Giver, h.Taker} {
			if by != "" {
				rows[i].Signed++
			}
		}
	}
	return rows, nil
}

// handoversOf lists the open handovers in which a holder has a part, at whatever office.
func (s *Service) handoversOf(ctx context.Context, p web.Page, v *ledger.View, who event.Holder) ([]handoverRow, error) {
	var places []event.Holder
	for _, o := range s.Places.Directory().All() {
		places = append(places, custody.AtOffice(o.Code))
	}
	rows, err := s.handoversAt(ctx, p, v, places...)
	return slices.DeleteFunc(rows, func(h handoverRow) bool { return h.From != who && h.To != who }), err
}

// side is one of the two who sign.
type side struct {
	Key    string // custody.Giver or custody.Taker
	Holder event.Holder
	Name   string
	Signed string // who signed, "" not yet
	Mine   bool   // the person at the screen may sign it now
	Other  bool   // somebody else may sign it on this screen
}

// given is one thing of a handover, with what both sides say of it.
type given struct {
	Thing   event.Thing
	Label   string
	Seal    string // the ledger's
	Counted bool
	Found   string // the seal that was read
	Damaged bool
	Over    bool
}

// Right reports whether the seal read is the ledger's.
func (g given) Right() bool { return g.Counted && g.Seal == g.Found }

// handoverWork is a handover on the desk.
type handoverWork struct {
	web.Page
	*custody.Handover
	Form       *web.Form
	Act, Act2  string // of signing and counting, of withdrawing
	FromName   string
	ToName     string
	Rows       []given
	Said       int
	Counted    int
	Diff       custody.Difference
	Sides      [2]side
	MayCount   bool
	MaySign    bool // something has been counted
	MayCancel  bool
	OpenNext   []given // bags that can be opened now
	SignerName string
}

// mayStand reports whether a person may sign for a side: anyone of the office's counter, or the very carrier.
func mayStand(p web.Person, h event.Holder) bool {
	if o := custody.Office(h); o != "" {
		return p.May(web.Clerk, o)
	}
	return p.Known() && custody.Carrier(h) == p.ID
}

// theHandover gives the handover that a page is about, if the person has a part in it.
func (s *Service) theHandover(r *http.Request) (*ledger.View, *custody.Handover, error) {
	v := s.Ledger.View(r.Context())
	h, err := state[*custody.Handover](v, r.PathValue("code"))
	if err != nil {
		return v, nil, err
	}
	me := web.PersonOf(r)
	if mayStand(me, h.From) || mayStand(me, h.To) {
		return v, h, nil
	}
	return v, nil, fault.New(fault.Forbidden, "custody.handover_others", "Bàn giao %s không phải của bạn.", "Handover %s is not yours.", h.Code)
}

// standsAt is the office in whose name a person counts or withdraws: his own when it has a part, else the one on whose board the handover stands.
func standsAt(p web.Person, h *custody.Handover) postal.OfficeCode {
	for _, holder := range []event.Holder{h.From, h.To} {
		if o := custody.Office(holder); o != "" && p.May(web.Clerk, o) && p.Office() == o {
			return o
		}
	}
	return h.Office
}

// getHandover shows a handover: what the giver says, what the taker has counted, the difference, the signatures.
func (s *Service) getHandover(w http.ResponseWriter, r *http.Request) error {
	return s.drawHandover(w, r, http.StatusOK, nil, "", nil)
}

func (s *Service) drawHandover(w http.ResponseWriter, r *http.Request, status int, a *reply, typed string, f *web.Form) error {
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	fr := frame{Page: web.NewPage(r, "Bàn giao "+grouped(h.Code), "Handover "+grouped(h.Code)), Path: pathOf(h.Code), Answer: a, Typed: typed}
	fr.NoScan, fr.Wide, fr.Clock = true, true, fr.DateTime(s.Now())
	fr.Label = fr.T("Quét từng mục đã nhận", "Scan each thing taken")
	work, err := s.handoverWork(r, fr.Page, v, h)
	if err != nil {
		return err
	}
	work.Form, work.Act, work.Act2 = f, web.ActOf(f, s.Now()), s.newAct()
	fr.Work = handoverBoard(work)
	fr.takeFlash()
	if !work.MayCount {
		fr.Path = "/desk"
		fr.Label = fr.T("Quét hoặc gõ mã", "Scan or type a code")
	}
	if !me.May(web.Clerk, "") {
		fr.Street = true
		if !work.MayCount {
			fr.Path = ""
		}
		return s.renderAnswer(w, r, status, fr, handoverStreet(fr))
	}
	office, err := me.Here()
	if err != nil {
		return err
	}
	fr.Desk = s.officeName(office)
	if err := s.counters(r, &fr, v, office); err != nil {
		return err
	}
	return s.renderAnswer(w, r, status, fr, deskScreen(fr))
}

func (s *Service) handoverWork(r *http.Request, p web.Page, v *ledger.View, h *custody.Handover) (handoverWork, error) {
	ctx := r.Context()
	w := handoverWork{Page: p, Handover: h, FromName: s.holderName(ctx, p, h.From), ToName: s.holderName(ctx, p, h.To), Diff: h.Difference(), Said: len(h.Things)}
	w.Rows = s.givenRows(p, v, h)
	for _, g := range w.Rows {
		if g.Counted && !g.Over {
			w.Counted++
		}
		if b, ok := ledger.Get[*custody.Bag](v, custody.KeyOf(g.Thing)); ok && h.Status == custody.HandoverCompleted && b.Holder == h.To && custody.AtOffice(b.To) == h.To && b.Status == custody.BagSealed {
			w.OpenNext = append(w.OpenNext, g)
		}
	}
	open := h.Status == custody.HandoverOpen
	w.MayCount = open && h.Giver == "" && h.Taker == ""
	w.MaySign = open && len(h.Counts) > 0
	w.MayCancel = open
	w.Sides = s.sides(ctx, p, web.PersonOf(r), h)
	return w, v.Err()
}

// givenRows are the things of a handover: said ones in their order, then those counted over.
func (s *Service) givenRows(p web.Page, v *ledger.View, h *custody.Handover) []given {
	rows := make([]given, 0, len(h.Things)+len(h.Counts))
	for _, t := range h.Things {
		rows = append(rows, given{Thing: t.Thing, Label: s.thingLabel(p, v, t.Thing), Seal: t.Seal})
	}
	for _, c := range h.Counts {
		n := slices.IndexFunc(rows, func(g given) bool { return g.Thing == c.Thing })
		if n < 0 {
			rows = append(rows, given{Thing: c.Thing, Label: s.thingLabel(p, v, c.Thing), Over: true})
			n = len(rows) - 1
		}
		rows[n].Counted, rows[n].Found, rows[n].Damaged = true, c.Seal, c.Condition == event.Damaged
	}
	return rows
}

// thingLabel says in a few words what a thing of a list is.
func (s *Service) thingLabel(p web.Page, v *ledger.View, t event.Thing) string {
	switch st := v.Get(custody.KeyOf(t)).(type) {
	case *custody.Bag:
		return p.T(fmt.Sprintf("Túi, %d bưu gửi, đi ", st.Count), fmt.Sprintf("Bag, %d items, to ", st.Count)) + s.officeName(st.To)
	case *custody.Item:
		return serviceName(p, st.Service) + ", " + st.WeightG.In(p.Lang) + p.T(", đi ", ", to ") + s.officeName(st.ToOffice)
	}
	return p.T("Không có trong sổ", "Not in the ledger")
}

func (s *Service) sides(ctx context.Context, p web.Page, me web.Person, h *custody.Handover) [2]side {
	list := [2]side{
		{Key: custody.Giver, Holder: h.From, Name: s.holderName(ctx, p, h.From)},
		{Key: custody.Taker, Holder: h.To, Name: s.holderName(ctx, p, h.To)},
	}
	signed := [2]postal.StaffID{h.Giver, h.Taker}
	for n := range list {
		d := &list[n]
		if signed[n] != "" {
			d.Signed = s.Staff.Name(ctx, signed[n])
			continue
		}
		if h.Status == custody.HandoverOpen && len(h.Counts) > 0 {
			d.Mine = mayStand(me, d.Holder) && signed[1-n] != me.ID
			d.Other = !d.Mine
		}
	}
	return list
}

// postHandoverScan counts a scanned thing.
func (s *Service) postHandoverScan(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	sc, err := s.scanningAt(r, h.Code, f.Maybe("code", 200), me, standsAt(me, h))
	if err != nil {
		return err
	}
	sc.Damaged = f.Ticked("damaged")
	a, err := sc.answer()
	if err != nil {
		return err
	}
	if a.Go != "" && a.Go != pathOf(h.Code) {
		return web.Redirect(w, r, a.Go)
	}
	typed := ""
	if a.Tone == web.Bad {
		typed = sc.Text
	}
	return s.drawHandover(w, r, http.StatusOK, a, typed, nil)
}

// inHandover counts a scanned thing of a handover. A bag is counted when its seal has been read too.
func (sc *scanning) inHandover(h *custody.Handover) (*reply, error) {
	if h.Status != custody.HandoverOpen {
		return nil, nil
	}
	if bag := sc.awaited(); bag != "" && (sc.Free || sc.Text == saidSeal(h, bag)) {
		sc.Code = bag
		return sc.count(h, event.Count{Thing: bag, Seal: sc.Text})
	}
	if sc.Code == "" {
		return nil, nil
	}
	switch custody.KeyOf(sc.Code)[0] {
	case 'd', 'h':
		return &reply{Tone: web.Ask, Headline: sc.p.T("Đang bàn giao: quét từng túi và bưu gửi rời, không quét mã chuyến.", "This is a handover: scan each bag and loose item, not the dispatch.")}, nil
	}
	if saidSeal(h, sc.Code) != "" && h.Giver == "" && h.Taker == "" {
		return &reply{Tone: web.Ask, Did: didAsk, Headline: sc.p.T("Đọc số niêm phong trên túi này, quét hoặc gõ vào ô.", "Read the seal on this bag: scan or type its number.")}, nil
	}
	if a := sc.bounce(); a != nil {
		return a, nil
	}
	return sc.count(h, event.Count{Thing: sc.Code})
}

// awaited is the bag whose seal comes next.
func (sc *scanning) awaited() event.Thing {
	if len(sc.last) == 1 && sc.last[0].Did == didAsk && sc.last[0].Context == sc.In {
		return sc.last[0].Code
	}
	return ""
}

func saidSeal(h *custody.Handover, t event.Thing) string {
	for _, g := range h.Things {
		if g.Thing == t {
			return g.Seal
		}
	}
	return ""
}

func (sc *scanning) count(h *custody.Handover, c event.Count) (*reply, error) {
	if sc.Damaged {
		c.Condition = event.Damaged
	}
	r, err := sc.do(custody.CountThings{Handover: h.Code, Counts: []event.Count{c}})
	if err != nil {
		return nil, err
	}
	now, err := state[*custody.Handover](sc.v, string(h.Code))
	if err != nil {
		return nil, err
	}
	d := now.Difference()
	a := &reply{Tone: web.Good, Did: didCount, Act: r.Act, Code: grouped(c.Thing), Headline: sc.p.T(fmt.Sprintf("Đã đếm, còn %d", len(d.Short)), fmt.Sprintf("Counted, %d to go", len(d.Short)))}
	switch {
	case slices.Contains(d.Over, c.Thing):
		a.Tone, a.Headline = web.Ask, sc.p.T("Thừa: bên giao không kê mục này. Đã ghi vào chênh lệch.", "Over: the giver did not list this. It is in the difference now.")
	case slices.ContainsFunc(d.WrongSeal, func(x event.Count) bool { return x.Thing == c.Thing }):
		a.Tone, a.Headline = web.Ask, sc.p.T("Sai niêm phong: số vừa đọc khác số trong sổ. Đọc lại; nếu đúng là khác, chênh lệch này được ghi khi ký.", "Wrong seal: the number read is not the ledger's. Read it again; if it is so, the difference is recorded with the signatures.")
	case len(d.Short) == 0 && d.None():
		a.Headline = sc.p.T("Đã đếm đủ, khớp hoàn toàn. Hai bên ký.", "All counted, everything agrees. Both sides sign.")
		a.Actions = []action{{Label: sc.p.T("Tới chỗ ký", "Go to the signatures"), Path: pathOf(h.Code) + "#sign"}}
	}
	return a, nil
}

// postCount counts what was ticked: for whoever has no scanner.
func (s *Service) postCount(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	counts := tickedCounts(f, h)
	if len(counts) == 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "desk.nothing_ticked", "Chưa đánh dấu mục nào.", "Nothing is ticked yet."))
		return s.drawHandover(w, r, http.StatusUnprocessableEntity, nil, "", f)
	}
	me := web.PersonOf(r)
	err = s.appendAs(r, me.ID, standsAt(me, h), custody.CountThings{Handover: h.Code, Counts: counts})
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawHandover(w, r, status, nil, "", f)
	}
	return web.Done(w, r, pathOf(h.Code), fmt.Sprintf("Đã ghi số đếm của %d mục.", len(counts)), fmt.Sprintf("%d things counted.", len(counts)))
}

// tickedCounts reads the ticks, the seals and the damages of the list. A seal that was typed counts as a tick; one read before stays when none is typed.
func tickedCounts(f *web.Form, h *custody.Handover) []event.Count {
	var counts []event.Count
	for _, g := range h.Things {
		seal := f.Maybe("seal-"+string(g.Thing), 32)
		damaged := f.Has("damaged", string(g.Thing))
		if !f.Has("thing", string(g.Thing)) && seal == "" && !damaged {
			continue
		}
		c := event.Count{Thing: g.Thing, Seal: cmp.Or(seal, readSeal(h, g.Thing))}
		if damaged {
			c.Condition = event.Damaged
		}
		counts = append(counts, c)
	}
	return counts
}
