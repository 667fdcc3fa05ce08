package dossier

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// agenciesView lists the agencies, with what is to be brought to each and fetched from it.
type agenciesView struct {
	web.Page
	Form *web.Form
	Rows []agencyRow
	Edit bool
}

type agencyRow struct {
	Agency
	Bring, Fetch int
	OfficeName   string
}

// getAgencies lists the agencies.
func (s *Service) getAgencies(w http.ResponseWriter, r *http.Request) error {
	return s.drawAgencies(w, r, http.StatusOK, web.FormOf())
}

func (s *Service) drawAgencies(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	me := web.PersonOf(r)
	list, err := s.store().Agencies(r.Context())
	if err != nil {
		return err
	}
	v := s.Ledger.View(r.Context())
	a := agenciesView{Page: web.NewPage(r, "Cơ quan", "Agencies"), Form: f, Edit: me.May(web.Supervisor, "")}
	for _, x := range list {
		a.Rows = append(a.Rows, agencyRow{Agency: x, Bring: len(s.toBring(v, holderOf(me), x.Code)), Fetch: len(toFetch(v, x.Code, true)), OfficeName: s.officeName(x.Office)})
	}
	return web.Render(w, r, status, agenciesPage(a))
}

// postAgency adds an agency or changes one.
func (s *Service) postAgency(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a := Agency{Code: web.Parse(f, "code", postal.ParseAgencyCode), Name: f.Text("name", 200), NameEN: f.Maybe("name_en", 200), Address: f.Text("address", 200), Unit: web.Parse(f, "unit", postal.ParseUnitCode), Active: !f.Ticked("off")}
	if o, ok := s.Places.DeliveryOffice(a.Unit); ok {
		a.Office = o
	} else if f.Err() == nil {
		_ = f.Refuse(fault.New(fault.Conflict, "dossier.no_delivery_office", "Chưa có bưu cục nào phát ở nơi đó.", "No office delivers there.").At("unit"))
	}
	if f.Err() != nil {
		return s.drawAgencies(w, r, http.StatusUnprocessableEntity, f)
	}
	if err := s.store().KeepAgency(r.Context(), a); err != nil {
		return err
	}
	return web.Done(w, r, agencyPath, "Đã ghi cơ quan "+a.Name+".", "The agency was recorded.")
}

// bundleView is the place to hand over to an agency and to fetch from it.
type bundleView struct {
	web.Page
	Form  *web.Form
	Act   string
	Of    Agency
	Bring []bundleRow
	Fetch []*Dossier
	Mine  string
}

// bundleRow is one packet that could be handed over.
type bundleRow struct {
	Item    postal.ItemNumber
	Dossier *Dossier
	Leg     Leg
	Back    bool // goes back to the agency that sent it
}

// toBring lists the packets that a holder has for an agency.
func (s *Service) toBring(v *ledger.View, h event.Holder, a postal.AgencyCode) (list []bundleRow) {
	for _, k := range v.At(string(h), 'i') {
		n := postal.ItemNumber(k[2:])
		d, leg, ok := Of(v, n)
		if !ok || d.Agency != a {
			continue
		}
		i, _ := ledger.Get[*custody.Item](v, k)
		back := leg == ResultLeg && i.Returning != ""
		if i.Handover == "" && (back || leg != ResultLeg && i.Returning == "") {
			list = append(list, bundleRow{n, d, leg, back})
		}
	}
	return list
}

// toFetch lists the dossiers whose result may be fetched: ready ones, or with waiting also those of same-day procedures and those not announced.
func toFetch(v *ledger.View, a postal.AgencyCode, readyOnly bool) (list []*Dossier) {
	for _, d := range on(v, AgencyBoard(a)) {
		if d.Brings() && d.Result == "" && (d.State == Ready || !readyOnly && d.withAgency()) {
			list = append(list, d)
		}
	}
	return list
}

// getBundle shows what is to be brought to an agency and fetched from it.
func (s *Service) getBundle(w http.ResponseWriter, r *http.Request) error {
	return s.drawBundle(w, r, http.StatusOK, web.FormOf())
}

func (s *Service) drawBundle(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	a, err := s.store().Agency(r.Context(), postal.AgencyCode(r.PathValue("agency")))
	if err != nil {
		return err
	}
	v := s.Ledger.View(r.Context())
	me := web.PersonOf(r)
	b := bundleView{Page: web.NewPage(r, a.Name, a.In("en")), Form: f, Act: s.actOf(f), Of: a, Bring: s.toBring(v, holderOf(me), a.Code), Fetch: toFetch(v, a.Code, false)}
	b.Wide, b.NoScan = true, true
	b.Mine = s.holderName(b.Page, holderOf(me))
	return web.Render(w, r, status, bundlePage(b))
}

// postBundle opens the handover record of the ticked packets.
func (s *Service) postBundle(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	desk, err := here(me)
	if err != nil {
		return err
	}
	var things []event.Thing
	for _, t := range f.All("item") {
		things = append(things, event.Thing(t))
	}
	if len(things) == 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "dossier.nothing_ticked", "Đánh dấu hồ sơ cần giao.", "Tick what is to be handed over.").At("item"))
		return s.drawBundle(w, r, http.StatusUnprocessableEntity, f)
	}
	rec, err := s.send(r, me.ID, desk, custody.OpenHandover{Office: desk, From: holderOf(me), To: custody.AtAgency(postal.AgencyCode(r.PathValue("agency"))), Things: things})
	return s.opened(w, r, f, rec, err)
}

// opened goes to the handover that was opened.
func (s *Service) opened(w http.ResponseWriter, r *http.Request, f *web.Form, rec ledger.Receipt, err error) error {
	if refused := f.Refuse(err); refused != nil {
		return refused
	}
	if err != nil {
		return s.drawBundle(w, r, web.Status(err), f)
	}
	return web.Redirect(w, r, handingPath+"/"+string(rec.Facts[0].(event.HandoverOpened).Handover))
}

// postFetch packs the ticked results and opens the handover from the agency. Pressed twice it packs nothing twice: each packet's act has an id made from the form's and the dossier's.
func (s *Service) postFetch(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	desk, err := here(me)
	if err != nil {
		return err
	}
	agency := postal.AgencyCode(r.PathValue("agency"))
	var things []event.Thing
	for _, code := range f.All("dossier") {
		n, err := s.pack(r, f, desk, postal.DossierNumber(code))
		if refused := f.Refuse(err); refused != nil {
			return refused
		}
		if err == nil && f.Err() == nil {
			things = append(things, event.Thing(n))
		}
	}
	if len(f.All("dossier")) == 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "dossier.nothing_ticked", "Đánh dấu kết quả cần nhận.", "Tick the results to be fetched.").At("dossier"))
	}
	if len(things) == 0 {
		return s.drawBundle(w, r, http.StatusUnprocessableEntity, f)
	}
	id, err := derived(r, "handover")
	if err != nil {
		return err
	}
	rec, err := s.sendAs(r.Context(), id, me.ID, desk, custody.OpenHandover{Office: desk, From: custody.AtAgency(agency), To: holderOf(me), Things: things})
	return s.opened(w, r, f, rec, err)
}

// derived makes the id of a further act of one form.
func derived(r *http.Request, part string) (postal.ActID, error) {
	id, err := postal.ParseActID(r.PostFormValue(actField))
	if err != nil {
		return id, err
	}
	sum := sha256.Sum256(append(id[:], part...))
	copy(id[6:], sum[:10]) // the time in front stays: ids lie in the order of their making
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id, nil
}

// pack counts and seals one result with the officer, and prices its way to the citizen.
func (s *Service) pack(r *http.Request, f *web.Form, desk postal.OfficeCode, code postal.DossierNumber) (postal.ItemNumber, error) {
	v := s.Ledger.View(r.Context())
	d, err := Find(v, code)
	if err != nil {
		return "", err
	}
	key := string(code)
	paper := event.Paper{Component: "result", Originals: int(f.MaybeInt("o."+key, 0, maxCount)), Copies: int(f.MaybeInt("c."+key, 0, maxCount))}
	a := PackResult{Dossier: code, Sealed: f.Ticked("sealed." + key), Seal: strings.ToUpper(f.Text("seal."+key, maxSeal)), Register: f.Ticked("register." + key)}
	if !a.Sealed {
		a.Papers = []event.Paper{paper}
	}
	weight := web.Parse(f, "weight."+key, postal.ParseGrams)
	if f.Err() != nil {
		return "", nil
	}
	from, err := s.store().Agency(r.Context(), d.Agency)
	if err != nil {
		return "", err
	}
	price, err := s.Money.Price(v, PriceQuestion{Service: event.DossierReturn, From: from.Unit, To: d.ToUnit, WeightG: weight, On: s.today()})
	if err != nil {
		return "", err
	}
	due, err := s.returnDue(from.Unit, d.ToUnit, s.Now())
	if err != nil {
		return "", err
	}
	a.Carriage = custody.Accept{Service: event.DossierReturn, ToUnit: d.ToUnit, ToOffice: d.ToOffice, WeightG: weight, FeeVND: price.TotalVND, Rules: append(dueRules(due), price.Rules...), DueMs: dueMs(due), Office: desk, From: custody.AtAgency(d.Agency)}
	id, err := derived(r, key)
	if err != nil {
		return "", err
	}
	rec, err := s.sendAs(r.Context(), id, web.PersonOf(r).ID, desk, s.Money.Around(a, event.DossierReturn, price, Payment{}))
	return acceptedItem(rec.Facts), err
}

// handingView is a handover with an agency: what is given, what was compared, both signatures.
type handingView struct {
	web.Page
	*custody.Handover
	Form       *web.Form
	Act, Act2  string
	Of         Agency
	Toward     bool // to the agency
	Rows       []handingRow
	Diff       custody.Difference
	Sides      [2]signSide
	MayCompare bool
	Counted    int
	Street     bool
	Officer    bool
}

// handingRow is one packet of the handover.
type handingRow struct {
	Item    postal.ItemNumber
	Dossier *Dossier
	Leg     Leg
	Papers  []event.Paper
	Seal    string
	Names   map[string]string
	Count   *event.Count
	Changed string // the procedure is not what it was
}

// signSide is one of the two who sign.
type signSide struct {
	Key, Name, Signed string
	Mine, Other       bool
}

// mayStand reports whether a person may sign for a side.
func mayStand(p web.Person, h event.Holder) bool {
	switch {
	case custody.Office(h) != "":
		return p.May(web.Clerk, custody.Office(h))
	case custody.Agency(h) != "":
		return p.May(web.AgencyOfficer, custody.Agency(h).Desk())
	}
	return p.Known() && custody.Carrier(h) == p.ID
}

func (s *Service) theHandover(r *http.Request) (*ledger.View, *custody.Handover, error) {
	v := s.Ledger.View(r.Context())
	h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(event.Thing(r.PathValue("code"))))
	if !ok || custody.Agency(h.From)+custody.Agency(h.To) == "" {
		return v, nil, fault.New(fault.NotFound, "dossier.no_handover", "Không có biên bản giao nhận này.", "There is no such handover.")
	}
	me := web.PersonOf(r)
	if !mayStand(me, h.From) && !mayStand(me, h.To) && me.Office() != h.Office {
		return v, nil, fault.New(fault.Forbidden, "custody.handover_others", "Bàn giao %s không phải của bạn.", "Handover %s is not yours.", string(h.Code))
	}
	return v, h, v.Err()
}

// getHanding shows a handover with an agency.
func (s *Service) getHanding(w http.ResponseWriter, r *http.Request) error {
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	return s.drawHanding(w, r, http.StatusOK, v, h, web.FormOf())
}

func (s *Service) drawHanding(w http.ResponseWriter, r *http.Request, status int, v *ledger.View, h *custody.Handover, f *web.Form) error {
	x, err := s.handing(r, v, h, f)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, handingPage(x))
}

func (s *Service) handing(r *http.Request, v *ledger.View, h *custody.Handover, f *web.Form) (handingView, error) {
	me := web.PersonOf(r)
	x := handingView{Page: web.NewPage(r, "Giao nhận với cơ quan", "Handover with an agency"), Handover: h, Form: f, Act: s.actOf(f), Act2: postal.NewActID(s.Now()).String(), Toward: custody.Agency(h.To) != "", Diff: h.Difference()}
	x.Wide, x.NoScan = true, true
	x.Officer = me.Office().Agency() != ""
	x.Street = !x.Officer && !me.May(web.Clerk, "")
	var err error
	code := custody.Agency(h.To) + custody.Agency(h.From)
	if x.Of, err = s.store().Agency(r.Context(), code); err != nil {
		x.Of = Agency{Code: code, Name: string(code)}
	}
	for _, g := range h.Things {
		if row, ok := s.handingRow(x.Page, v, h, postal.ItemNumber(g.Thing)); ok {
			x.Rows = append(x.Rows, row)
			if row.Count != nil {
				x.Counted++
			}
		}
	}
	x.MayCompare = h.Status == custody.HandoverOpen && h.Giver == "" && h.Taker == ""
	x.Sides = s.signSides(r.Context(), x.Page, me, h)
	return x, v.Err()
}

func (s *Service) handingRow(p web.Page, v *ledger.View, h *custody.Handover, n postal.ItemNumber) (handingRow, bool) {
	d, leg, ok := Of(v, n)
	if !ok {
		return handingRow{}, false
	}
	row := handingRow{Item: n, Dossier: d, Leg: leg, Papers: d.Papers, Seal: d.Seal, Names: map[string]string{"result": p.T("Kết quả", "Result")}}
	switch leg {
	case ResultLeg:
		row.Papers, row.Seal = d.ResultPapers, d.ResultSeal
	case SupplementLeg, RecalledLeg:
		c, _ := ledger.Get[*Carriage](v, ItemKey(n))
		row.Papers, row.Seal = c.Papers, c.Seal
	}
	if list, err := s.Catalogue.On(d.Procedure, d.Version); err == nil {
		for _, a := range list.Papers {
			row.Names[a.ID] = a.Name
		}
	}
	if leg == SendLeg {
		if changed, why := Refreshed(s.Catalogue, d, s.today()); changed {
			row.Changed = p.T("Thủ tục đã thay đổi từ khi nhận hồ sơ", "The procedure has changed since acceptance")
			if f, ok := fault.From(why); ok {
				row.Changed = p.Say(f)
			}
		}
	}
	for k := range h.Counts {
		if h.Counts[k].Thing == event.Thing(n) {
			row.Count = &h.Counts[k]
		}
	}
	return row, true
}

// name is a paper's title, its id when the list is not known.
func (r handingRow) name(id string) string {
	if n := r.Names[id]; n != "" {
		return n
	}
	return id
}

// compares reports whether the packet is opened and compared paper by paper; others are only counted.
func (r handingRow) compares(toward bool) bool {
	return toward && (r.Leg == SendLeg || r.Leg == SupplementLeg)
}

func (s *Service) signSides(ctx context.Context, p web.Page, me web.Person, h *custody.Handover) [2]signSide {
	list := [2]signSide{{Key: custody.Giver}, {Key: custody.Taker}}
	for n, side := range []struct {
		holder event.Holder
		signed postal.StaffID
		other  postal.StaffID
	}{{h.From, h.Giver, h.Taker}, {h.To, h.Taker, h.Giver}} {
		list[n].Name = s.holderName(p, side.holder)
		if a := custody.Agency(side.holder); a != "" {
			list[n].Name = s.agencyName(ctx, p, a)
		}
		if c := custody.Carrier(side.holder); c != "" {
			list[n].Name = s.Name(ctx, c)
		}
		if side.signed != "" {
			list[n].Signed = s.Name(ctx, side.signed)
		} else if h.Status == custody.HandoverOpen && len(h.Counts) > 0 {
			list[n].Mine = mayStand(me, side.holder) && side.other != me.ID
			list[n].Other = !list[n].Mine
		}
	}
	return list
}

// standing is the place in whose name a person acts in a handover.
func standing(me web.Person, h *custody.Handover) postal.OfficeCode {
	if me.Office().Agency() != "" {
		return me.Office()
	}
	return h.Office
}

// postCompare records what was found in one packet, or counts those that are not opened.
func (s *Service) postCompare(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	act, err := s.comparing(f, v, h)
	if refused := f.Refuse(err); refused != nil {
		return refused
	}
	if f.Err() == nil {
		me := web.PersonOf(r)
		_, err = s.send(r, me.ID, standing(me, h), act)
		if refused := f.Refuse(err); refused != nil {
			return refused
		}
	}
	if f.Err() != nil {
		return s.drawHanding(w, r, f.Status(), v, h, f)
	}
	return web.Redirect(w, r, handingPath+"/"+string(h.Code)+"#ky")
}

func (s *Service) comparing(f *web.Form, v *ledger.View, h *custody.Handover) (ledger.Act, error) {
	if f.Value("dossier") == "" {
		var counts []event.Count
		for _, t := range f.All("item") {
			counts = append(counts, event.Count{Thing: event.Thing(t)})
		}
		if len(counts) == 0 {
			return nil, fault.New(fault.Invalid, "dossier.nothing_ticked", "Đánh dấu từng gói đã nhận.", "Tick each packet taken.").At("item")
		}
		return custody.CountThings{Handover: h.Code, Counts: counts}, nil
	}
	d, err := Find(v, postal.DossierNumber(f.Value("dossier")))
	if err != nil {
		return nil, err
	}
	most, _, err := s.Calendar.Book().Int("onestop.supplement.requests", s.today())
	if err != nil {
		return nil, err
	}
	c := Compare{Handover: h.Code, Dossier: d.Code, Seal: strings.ToUpper(f.Text("seal", maxSeal)), Damaged: f.Ticked("damaged"), Verdict: f.Choice("verdict", Verdicts...), Most: most}
	for _, id := range f.All("paper") {
		p := event.Paper{Component: id, Originals: int(f.MaybeInt("o."+id, 0, maxCount)), Copies: int(f.MaybeInt("c."+id, 0, maxCount)), Certified: int(f.MaybeInt("k."+id, 0, maxCount))}
		c.Papers = append(c.Papers, p)
	}
	switch c.Verdict {
	case Incomplete:
		c.Missing, c.Reason = f.All("missing"), f.Choice("lack", SupplementReasons...)
	case NotTaken:
		c.Reason, c.Basis = f.Choice("refusal", RefusalReasons...), f.Choice("basis", RefusalBases...)
	}
	return c, nil
}

// postSign writes one side's signature: of the person at the screen, or of the one beside him who gives login and password.
func (s *Service) postSign(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	rec, err := s.sign(r, f, h)
	if refused := f.Refuse(err); refused != nil {
		return refused
	}
	if f.Err() != nil {
		return s.drawHanding(w, r, f.Status(), v, h, f)
	}
	done := slices.ContainsFunc(rec.Facts, func(x event.Fact) bool { _, ok := x.(event.HandoverCompleted); return ok })
	flash := web.Flash{Tone: web.Good, VI: "Đã ký một bên. Còn chữ ký của bên kia.", EN: "One side has signed. The other signature is still missing."}
	if done && custody.Agency(h.To) != "" {
		flash.VI, flash.EN = "Hai bên đã ký: hồ sơ được nhận là đã nộp từ lúc này. Ghi giấy hẹn cho từng hồ sơ.", "Both have signed: what was taken counts as filed from now. Record the slip of each dossier."
	} else if done {
		flash.VI, flash.EN = "Hai bên đã ký: bưu điện đã nhận kết quả.", "Both have signed: the post has the results."
	}
	return web.Leave(w, r, handingPath+"/"+string(h.Code), flash)
}

func (s *Service) sign(r *http.Request, f *web.Form, h *custody.Handover) (ledger.Receipt, error) {
	key := f.Choice("side", custody.Giver, custody.Taker)
	if f.Err() != nil {
		return ledger.Receipt{}, nil
	}
	who := web.PersonOf(r)
	if f.Value("other") != "" {
		var err error
		if who, err = s.Signer.Sign(r, f.Text("login", 100), f.Text("password", 200), f.Value("otp")); err != nil {
			return ledger.Receipt{}, at(err, "login")
		}
	}
	holder := h.From
	if key == custody.Taker {
		holder = h.To
	}
	if !mayStand(who, holder) {
		return ledger.Receipt{}, fault.New(fault.Forbidden, "custody.handover_not_your_side", "Người này không ký được cho bên này: cơ quan do cán bộ của chính cơ quan ký, bưu điện do người đang giữ hồ sơ ký.",
			"This person cannot sign for this side: an agency is signed for by its own officer, the post by whoever has the dossiers.").At("login")
	}
	place := custody.Desk(holder)
	if place == "" {
		place = h.Office
	}
	return s.send(r, who.ID, place, custody.SignHandover{Handover: h.Code, Side: key, Difference: f.Value("difference")})
}

// postCallOff calls the handover off before both have signed.
func (s *Service) postCallOff(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	_, err = s.send(r, me.ID, standing(me, h), custody.WithdrawHandover{Handover: h.Code, Reason: "recount"})
	if refused := f.Refuse(err); refused != nil {
		return refused
	}
	if err != nil {
		return s.drawHanding(w, r, web.Status(err), v, h, f)
	}
	return web.Done(w, r, boardPath, "Đã huỷ biên bản, không có gì chuyển tay.", "The handover was withdrawn; nothing changed hands.")
}

// getRecord prints the handover record (biên bản giao nhận).
func (s *Service) getRecord(w http.ResponseWriter, r *http.Request) error {
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	x, err := s.handing(r, v, h, web.FormOf())
	if err != nil {
		return err
	}
	x.Page = web.NewPage(r, "Biên bản giao nhận hồ sơ", "Handover record")
	return web.Render(w, r, http.StatusOK, recordPage(recordView{x, s.signedAt(r, h), s.MadeUp}))
}

// recordView is the handover record on paper.
type recordView struct {
	handingView
	SignedAt string
	MadeUp   bool
}

// signedAt is when the second side signed: the legal time of filing.
func (s *Service) signedAt(r *http.Request, h *custody.Handover) string {
	p := web.NewPage(r, "", "")
	key := custody.KeyOf(h.Code)
	trails, err := s.Ledger.Trails(r.Context(), []ledger.Key{key})
	if err != nil {
		return ""
	}
	entries, err := s.Ledger.Entries(r.Context(), trails[key])
	if err != nil {
		return ""
	}
	for n := range entries {
		for _, f := range entries[n].Facts {
			if _, ok := f.(event.HandoverCompleted); ok {
				return p.Millis(entries[n].OccurredMs)
			}
		}
	}
	return ""
}

// countedText says how many packets were compared.
func (v handingView) countedText() string {
	return fmt.Sprintf(v.T("Đã đối chiếu %d / %d", "Compared %d of %d"), v.Counted, len(v.Things))
}
