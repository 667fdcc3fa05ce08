package dossier

import (
	"cmp"
	"context"
	"fmt"
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
	Fault      *fault.Error // what is wrong with the last scan
	Open       string       // the dossier whose form stands open; "" for none
}

// handingRow is one packet of the handover.
type handingRow struct {
	Item      postal.ItemNumber
	Dossier   *Dossier
	Procedure string // its name, its code when the list is not known
	Leg       Leg
	Papers    []event.Paper
	Seal      string // on the note
	Names     map[string]string
	Count     *event.Count
	Found     Compared // what the comparison says beside the count: what is missing, why, by what law
	Changed   string   // the procedure is not what it was
}

// signSide is one of the two who sign.
type signSide struct {
	Key, Name, Signed string // Signed: who did, "" until then
	At                string // when
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

// mayOpen reports whether a handover with an agency is a person's affair: he stands on one of its sides, or it is kept at his office.
func mayOpen(me web.Person, h *custody.Handover) bool {
	return custody.Agency(h.From)+custody.Agency(h.To) != "" && (mayStand(me, h.From) || mayStand(me, h.To) || me.Office() == h.Office)
}

func (s *Service) theHandover(r *http.Request) (*ledger.View, *custody.Handover, error) {
	v := s.Ledger.View(r.Context())
	h, ok := ledger.Get[*custody.Handover](v, custody.KeyOf(event.Thing(r.PathValue("code"))))
	if !ok || custody.Agency(h.From)+custody.Agency(h.To) == "" {
		return v, nil, fault.New(fault.NotFound, "dossier.no_handover", "Không có biên bản giao nhận này.", "There is no such handover.")
	}
	if !mayOpen(web.PersonOf(r), h) {
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
	x := handingView{Page: web.NewPage(r, "Giao nhận với cơ quan", "Handover with an agency"), Handover: h, Form: f, Act: web.ActOf(f, s.Now()), Act2: postal.NewActID(s.Now()).String(), Toward: custody.Agency(h.To) != "", Diff: h.Difference()}
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
	if err := s.addFound(r.Context(), h, x.Rows); err != nil {
		return x, err
	}
	x.MayCompare = h.Status == custody.HandoverOpen && h.Giver == "" && h.Taker == ""
	x.Open = x.toCompare(cmp.Or(f.Value("dossier"), r.URL.Query().Get(packetField)))
	x.Sides = s.signSides(r.Context(), x.Page, me, h)
	if x.Sides[0].Signed+x.Sides[1].Signed != "" {
		if err := s.signTimes(r.Context(), x.Page, h, &x.Sides); err != nil {
			return x, err
		}
	}
	return x, v.Err()
}

// signTimes says when each side signed.
func (s *Service) signTimes(ctx context.Context, p web.Page, h *custody.Handover, sides *[2]signSide) error {
	entries, err := s.handoverTrail(ctx, h)
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, f := range e.Facts {
			signed, ok := f.(event.HandoverSigned)
			if n := slices.IndexFunc(sides[:], func(x signSide) bool { return x.Key == signed.Side }); ok && n >= 0 {
				sides[n].At = p.Millis(e.OccurredMs)
			}
		}
	}
	return nil
}

func (s *Service) handingRow(p web.Page, v *ledger.View, h *custody.Handover, n postal.ItemNumber) (handingRow, bool) {
	d, leg, ok := Of(v, n)
	if !ok {
		return handingRow{}, false
	}
	row := handingRow{Item: n, Dossier: d, Procedure: d.Procedure, Leg: leg, Papers: d.Papers, Seal: d.Seal, Names: map[string]string{oneResult: p.T("Kết quả", "Result")}}
	switch leg {
	case ResultLeg:
		row.Papers, row.Seal = d.ResultPapers, d.ResultSeal
	case SupplementLeg, RecalledLeg:
		c, _ := ledger.Get[*Carriage](v, ItemKey(n))
		row.Papers, row.Seal = c.Papers, c.Seal
	}
	if list := s.published(d); list != nil {
		row.Procedure = list.Name
		for _, a := range append(list.ResultLines(), list.Papers...) {
			if a.Name != "" {
				row.Names[a.ID] = a.Name
			}
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

// addFound adds what was found in each packet. A dossier that was compared again since has it no more: then the handover's own entries do.
func (s *Service) addFound(ctx context.Context, h *custody.Handover, rows []handingRow) error {
	missing := false
	for n := range rows {
		x := &rows[n]
		if x.Dossier.Compared.Handover == h.Code {
			x.Found = x.Dossier.Compared
		} else if x.Count != nil {
			missing = true
		}
	}
	if !missing || custody.Agency(h.To) == "" {
		return nil
	}
	entries, err := s.handoverTrail(ctx, h)
	if err != nil {
		return err
	}
	for _, e := range entries {
		for _, f := range e.Facts {
			c, ok := f.(event.DossierCompared)
			if n := slices.IndexFunc(rows, func(x handingRow) bool { return x.Item == c.Item }); ok && n >= 0 {
				rows[n].Found = Compared{Handover: c.Handover, Verdict: c.Verdict, Missing: c.Missing, Reason: c.Reason, Basis: c.Basis}
			}
		}
	}
	return nil
}

// handoverTrail reads what happened to a handover, the oldest first.
func (s *Service) handoverTrail(ctx context.Context, h *custody.Handover) ([]event.Entry, error) {
	key := custody.KeyOf(h.Code)
	trails, err := s.Ledger.Trails(ctx, []ledger.Key{key})
	if err != nil {
		return nil, fmt.Errorf("find what happened to a handover: %w", err)
	}
	entries, err := s.Ledger.Entries(ctx, trails[key])
	if err != nil {
		return nil, fmt.Errorf("read what happened to a handover: %w", err)
	}
	return entries, nil
}

// packetField names the packet of a dossier that is to be compared now.
const packetField = "packet"

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
	if f.Value("do") == "look" { // Enter in a field, also a scanner's: it records nothing
		return s.drawHanding(w, r, http.StatusOK, v, h, f)
	}
	act, err := s.comparing(r, f, v, h)
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
	path := handingPath + "/" + string(h.Code)
	if len(h.Counts)+1 >= len(h.Things) || f.Value("dossier") == "" { // the last one: what comes next is to sign
		path += "#ky"
	}
	return web.Redirect(w, r, path)
}

func (s *Service) comparing(r *http.Request, f *web.Form, v *ledger.View, h *custody.Handover) (ledger.Act, error) {
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
	if err := s.allCounted(f, v, h, d); err != nil {
		return nil, err
	}
	heard, err := s.Hearing(r.Context(), d)
	if err != nil {
		return nil, err
	}
	c := Compare{Hearing: heard, Handover: h.Code, Dossier: d.Code, Seal: web.Parse(f, "seal", readSeal), Damaged: f.Ticked("damaged"), Verdict: f.Choice("verdict", Verdicts...), Most: most}
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

// asListedField is the tick by which both say that they counted and that it agrees; a number that was typed beside it stands.
const asListedField = "as_listed"

// allCounted wants a number for each kind of paper that the list has, typed or by the one tick: what nobody counted is not taken as listed, and not as missing either.
func (s *Service) allCounted(f *web.Form, v *ledger.View, h *custody.Handover, d *Dossier) error {
	_, listed, err := Compare{Handover: h.Code}.packet(v, d)
	if err != nil {
		return err
	}
	for _, p := range listed {
		for _, x := range []struct {
			prefix string
			listed int
		}{{"o.", p.Originals}, {"c.", p.Copies}, {"k.", p.Certified}} {
			if name := x.prefix + p.Component; x.listed > 0 && f.Value(name) == "" {
				if f.Ticked(asListedField) {
					f.Set(name, strconv.Itoa(x.listed))
					continue
				}
				_ = f.Refuse(fault.New(fault.Invalid, "dossier.uncounted", "Ghi số bản đếm được; không có bản nào thì ghi 0.", "Write how many you counted; 0 when there is none.").At(name))
			}
		}
	}
	return nil
}

// postHandingScan reads a code into the one field of the page: a packet opens its form, or is counted when it is not opened here; a seal goes into the form of the packet that it belongs to.
func (s *Service) postHandingScan(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	x, err := s.handing(r, v, h, web.FormOf())
	if err != nil {
		return err
	}
	row, seal := x.scanned(f.Text("code", 200), f.Value("dossier"))
	switch {
	case row == nil:
		err = fault.New(fault.NotFound, "dossier.scan_strange", "“%s” không có trong biên bản này. Để riêng gói đó ra, đừng giao.", "“%s” is not in this handover. Put that packet aside, do not hand it over.", f.Value("code"))
	case !x.MayCompare:
		err = fault.New(fault.Conflict, "dossier.scan_closed", "Biên bản này đã có chữ ký nên không đếm thêm được.", "This handover has been signed, so nothing more is counted.")
	case row.compares(x.Toward):
		x.Open = string(row.Dossier.Code)
		x.Form = web.FormOf("dossier", x.Open, "seal", seal)
	case row.Count == nil: // a second scan of the same packet counts nothing anew
		err = s.countOne(r, h, row.Item)
	}
	var known bool
	if x.Fault, known = fault.From(err); err != nil && !known {
		return err
	}
	if row != nil && err == nil && !row.compares(x.Toward) {
		return web.Redirect(w, r, handingPath+"/"+string(h.Code))
	}
	status := http.StatusOK
	if x.Fault != nil {
		status = web.Status(x.Fault)
	}
	return web.Render(w, r, status, handingPage(x))
}

// countOne counts a packet that is not opened here.
func (s *Service) countOne(r *http.Request, h *custody.Handover, n postal.ItemNumber) error {
	me := web.PersonOf(r)
	_, err := s.sendAs(r.Context(), postal.NewActID(s.Now()), me.ID, standing(me, h), custody.CountThings{Handover: h.Code, Counts: []event.Count{{Thing: event.Thing(n)}}})
	return err
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
		flash.VI, flash.EN = "Hai bên đã ký: hồ sơ đủ giấy tờ tính là đã nộp từ lúc này, hãy ghi giấy hẹn. Hồ sơ cần bổ sung thì chưa tính.", "Both have signed: complete dossiers count as filed from now; record their slips. Those that lack papers do not count yet."
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
	at, err := s.signedAt(r, h)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, recordPage(recordView{x, at, s.MadeUp}))
}

// recordView is the handover record on paper.
type recordView struct {
	handingView
	SignedAt string
	MadeUp   bool
}

// signedAt is when the second side signed: the legal time of filing.
func (s *Service) signedAt(r *http.Request, h *custody.Handover) (string, error) {
	p := web.NewPage(r, "", "")
	entries, err := s.handoverTrail(r.Context(), h)
	if err != nil {
		return "", err
	}
	for n := range entries {
		for _, f := range entries[n].Facts {
			if _, ok := f.(event.HandoverCompleted); ok {
				return p.Millis(entries[n].OccurredMs), nil
			}
		}
	}
	return "", nil
}

// countedText says how many packets were compared.
func (v handingView) countedText() string {
	return fmt.Sprintf(v.T("Đã đối chiếu %d / %d", "Compared %d of %d"), v.Counted, len(v.Things))
}
