package dossier

import (
	"crypto/sha256"
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// bundleView is the place to hand over to an agency and to fetch from it.
type bundleView struct {
	web.Page
	Form  *web.Form
	Act   string
	Of    Agency
	Bring []bundleRow
	Fetch []fetchRow
	Mine  string

	Street bool
}

// path is where the page's form goes.
func (b bundleView) path() string { return agencyPath + "/" + string(b.Of.Code) }

// scanLabel says what the one field waits for.
func (b bundleView) scanLabel() string {
	if last := b.Form.Value(lastField); last != "" && b.Form.Value("seal."+last) == "" {
		return b.T("Quét niêm phong của kết quả ", "Scan the seal of the result of ") + grouped(postal.DossierNumber(last))
	}
	return b.T("Quét gói hoặc mã hồ sơ", "Scan a packet or a dossier's code")
}

// scanHint says what the ticks stand for: of what is to be brought all at first, then only what was scanned.
func (b bundleView) scanHint() string {
	if b.Form.Value(countingField) == "" && len(b.Bring) > 0 {
		return b.T("Những gì cần giao đang được đánh dấu tất cả. Từ lần quét đầu tiên, chỉ những gì đã quét được đánh dấu.", "All that is to be brought is ticked now. From the first scan on only what was scanned is ticked.")
	}
	return b.T("Chỉ những gì đã quét được đánh dấu.", "Only what was scanned is ticked.")
}

// bundleRow is one packet that could be handed over.
type bundleRow struct {
	Item    postal.ItemNumber
	Dossier *Dossier
	Leg     Leg
	Back    bool // goes back to the agency that sent it
	Sheets  int  // papers in it
}

// Waits reports whether the postman stays at the agency after the signatures: the result is there on the same day, and he brings it.
func (r bundleRow) Waits() bool {
	return r.Leg == SendLeg && r.Dossier.SameDay && r.Dossier.Brings()
}

// fetchRow is one dossier whose result could be fetched, with the lines to count it by.
type fetchRow struct {
	*Dossier
	Lines  []Asked
	Packed bool // and still there, because its handover was called off
}

// sheetsIn counts the papers of a packet by its list.
func sheetsIn(v *ledger.View, d *Dossier, leg Leg, n postal.ItemNumber) int {
	switch leg {
	case SendLeg:
		return Sheets(d.Papers)
	case ResultLeg:
		return Sheets(d.ResultPapers)
	}
	c, ok := ledger.Get[*Carriage](v, ItemKey(n))
	if !ok {
		return 0
	}
	return Sheets(c.Papers)
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
			list = append(list, bundleRow{n, d, leg, back, sheetsIn(v, d, leg, n)})
		}
	}
	return list
}

// toFetch lists the dossiers whose result may be fetched: ready ones, or with waiting also those of same-day procedures and those not announced.
func toFetch(v *ledger.View, a postal.AgencyCode, readyOnly bool) (list []*Dossier) {
	for _, d := range on(v, AgencyBoard(a)) {
		if d.Brings() && (d.Result == "" || packed(v, d)) && (d.State == Ready || !readyOnly && d.withAgency()) {
			list = append(list, d)
		}
	}
	return list
}

// packed reports whether a result lies packed at its agency, in no handover.
func packed(v *ledger.View, d *Dossier) bool {
	i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(d.Result))
	return ok && i.Stage == custody.Accepted && i.Holder == custody.AtAgency(d.Agency) && i.Handover == ""
}

// getBundle shows what is to be brought to an agency and fetched from it.
func (s *Service) getBundle(w http.ResponseWriter, r *http.Request) error {
	return s.drawBundle(w, r, http.StatusOK, web.FormOf())
}

func (s *Service) drawBundle(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	b, err := s.bundle(r, f)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, bundlePage(b))
}

func (s *Service) bundle(r *http.Request, f *web.Form) (bundleView, error) {
	a, err := s.store().Agency(r.Context(), postal.AgencyCode(r.PathValue("agency")))
	if err != nil {
		return bundleView{}, err
	}
	v := s.Ledger.View(r.Context())
	me := web.PersonOf(r)
	b := bundleView{Page: web.NewPage(r, a.Name, a.In("en")), Form: f, Act: web.ActOf(f, s.Now()), Of: a, Bring: s.toBring(v, holderOf(me), a.Code)}
	for _, d := range toFetch(v, a.Code, false) {
		b.Fetch = append(b.Fetch, fetchRow{d, s.published(d).ResultLines(), packed(v, d)})
	}
	b.Wide, b.NoScan = true, true
	b.Mine = s.holderName(b.Page, holderOf(me))
	b.Street = !me.May(web.Clerk, "")
	return b, v.Err()
}

// postBundleScan ticks what was scanned: a packet to be handed over, or a dossier whose result is taken. The first scan takes all ticks away: who scans, counts. A seal goes to the result that was ticked last.
func (s *Service) postBundleScan(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	b, err := s.bundle(r, f)
	if err != nil {
		return err
	}
	if f.Value(countingField) == "" {
		f.Set("item")
		f.Set(countingField, "1")
	}
	text := f.Value("scan")
	f.Set("scan")
	if text != "" {
		_ = f.Refuse(b.tick(text))
	}
	status := http.StatusOK
	if f.Err() != nil {
		status = f.Status()
	}
	return web.Render(w, r, status, bundlePage(b))
}

// countingField says that somebody ticks by scanning: what was not scanned is not ticked. lastField is the dossier that was ticked last.
const (
	countingField = "counting"
	lastField     = "last"
)

// tick ticks what a scan names, or writes the seal that it is to the result that waits for one. It refuses what names nothing here.
func (b bundleView) tick(text string) error {
	fixed, _ := postal.MendScan(text)
	item, itemErr := postal.ParseItemNumber(fixed)
	code, codeErr := postal.ParseDossierNumber(text)
	for _, x := range b.Bring {
		if itemErr == nil && x.Item == item || codeErr == nil && x.Dossier.Code == code {
			if !b.Form.Has("item", string(x.Item)) {
				b.Form.Set("item", append(b.Form.All("item"), string(x.Item))...)
			}
			return nil
		}
	}
	for _, d := range b.Fetch {
		if codeErr == nil && d.Code == code {
			if !b.Form.Has("dossier", string(code)) {
				b.Form.Set("dossier", append(b.Form.All("dossier"), string(code))...)
			}
			b.Form.Set(lastField, string(code))
			return nil
		}
	}
	if itemErr == nil || codeErr == nil {
		return fault.New(fault.NotFound, "dossier.scan_not_here", "“%s” không có trong danh sách của cơ quan này. Kiểm tra bìa hồ sơ rồi quét lại.", "“%s” is not on the list of this agency. Look at the folder, then scan again.", text).At("scan")
	}
	return b.sealWaiting(text)
}

// sealWaiting writes a scanned seal to the result that was ticked last; or, where results were ticked by hand, to the only one of them that has no seal yet.
func (b bundleView) sealWaiting(text string) error {
	seal, err := readSeal(text)
	if err != nil {
		return at(err, "scan")
	}
	if last := b.Form.Value(lastField); last != "" {
		b.Form.Set("seal."+last, seal)
		return nil
	}
	var open []string
	for _, d := range b.Fetch {
		if b.Form.Has("dossier", string(d.Code)) && !d.Packed && b.Form.Value("seal."+string(d.Code)) == "" {
			open = append(open, string(d.Code))
		}
	}
	if len(open) != 1 {
		return fault.New(fault.NotFound, "dossier.seal_of_which", "“%s” không phải gói hay mã hồ sơ ở đây. Nếu là niêm phong thì quét mã hồ sơ của kết quả trước, rồi quét niêm phong.",
			"“%s” is no packet and no dossier's code here. If it is a seal, scan the code of the result's dossier first, then the seal.", text).At("scan")
	}
	b.Form.Set("seal."+open[0], seal)
	return nil
}

// names are the fields of the page with their labels, for the summary of what is to be mended.
func (b bundleView) names() []string {
	list := []string{"scan", b.T("Mã quét", "Scan"), "item", b.T("Hồ sơ cần giao", "Dossiers to hand over"), "dossier", b.T("Kết quả cần nhận", "Results to fetch")}
	for _, d := range b.Fetch {
		of := b.T(" của hồ sơ ", " of dossier ") + grouped(d.Code)
		list = append(list, "seal."+string(d.Code), b.T("Niêm phong", "Seal")+of, "weight."+string(d.Code), b.T("Khối lượng", "Weight")+of)
		for _, a := range d.Lines {
			what := of
			if a.Name != "" {
				what = ": " + a.Name + "," + of
			}
			list = append(list, "o."+resultField(d.Code, a), b.T("Bản chính", "Originals")+what, "c."+resultField(d.Code, a), b.T("Bản sao", "Copies")+what)
		}
	}
	return list
}

// gives reports whether a packet is ticked: all are until somebody scans.
func (b bundleView) gives(n postal.ItemNumber) bool {
	return b.Form.Value(countingField) == "" && b.Form.Value(web.ActField) == "" || b.Form.Has("item", string(n))
}

// postBundle opens the handover record of the ticked packets.
func (s *Service) postBundle(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	desk, err := me.Here()
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

// postFetch packs the ticked results and opens the handover from the agency; one that cannot be packed stops them all. Pressed twice it packs nothing twice: each packet's act has an id made from the form's
// and the dossier's.
func (s *Service) postFetch(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	desk, err := me.Here()
	if err != nil {
		return err
	}
	agency := postal.AgencyCode(r.PathValue("agency"))
	var list []parcel
	closed := map[string]string{}
	for _, code := range f.All("dossier") {
		x, err := s.parcel(r, f, desk, agency, postal.DossierNumber(code))
		seal, _ := readSeal(f.Value("seal." + code))
		if other := closed[seal]; err == nil && seal != "" && other != "" {
			err = fault.New(fault.Conflict, "dossier.seal_used", "Số niêm phong %[1]s cũng ghi cho hồ sơ %[2]s: quét lại số trên từng gói.", "Seal %[1]s is written for dossier %[2]s too: scan the number on each packet again.", seal, grouped(postal.DossierNumber(other)))
		}
		closed[seal] = code
		if refused := f.Refuse(ofDossier(code, err)); refused != nil {
			return refused
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		_ = f.Refuse(fault.New(fault.Invalid, "dossier.nothing_ticked", "Đánh dấu kết quả cần nhận.", "Tick the results to be fetched.").At("dossier"))
	}
	if f.Err() != nil {
		return s.drawBundle(w, r, f.Status(), f)
	}
	var things []event.Thing
	for _, x := range list {
		if x.item == "" {
			rec, err := s.sendAs(r.Context(), x.id, me.ID, desk, x.act)
			if refused := f.Refuse(ofDossier(string(x.of), err)); refused != nil {
				return refused
			}
			if err != nil { // it has changed in this very moment; those before it lie packed, and are offered again
				return s.drawBundle(w, r, f.Status(), f)
			}
			x.item = acceptedItem(rec.Facts)
		}
		things = append(things, event.Thing(x.item))
	}
	id, err := derived(r, "handover")
	if err != nil {
		return err
	}
	rec, err := s.sendAs(r.Context(), id, me.ID, desk, custody.OpenHandover{Office: desk, From: custody.AtAgency(agency), To: holderOf(me), Things: things})
	return s.opened(w, r, f, rec, err)
}

// ofDossier says which dossier of several a fault is about.
func ofDossier(code string, err error) error {
	x, ok := fault.From(err)
	if !ok {
		return err
	}
	n := grouped(postal.DossierNumber(code))
	field := "dossier"
	if x.Field == "seal" || x.Field == "weight" {
		field = x.Field + "." + code
	}
	return fault.New(x.Kind, x.Code, "%[1]s: %[2]s", "%[1]s: %[3]s", n, x.VI, x.EN).At(field)
}

// published is the list that a dossier was taken in by; nil when it is not known any more.
func (s *Service) published(d *Dossier) *Procedure {
	if p, err := s.Catalogue.On(d.Procedure, d.Version); err == nil {
		return p
	}
	return nil
}

// countedResults reads how many there are of each result: “o.CODE” and “c.CODE”, with “.LINE” behind it where there are several.
func countedResults(f *web.Form, code postal.DossierNumber, lines []Asked) (list []event.Paper) {
	for _, a := range lines {
		key := resultField(code, a)
		p := event.Paper{Component: a.ID, Originals: int(f.MaybeInt("o."+key, 0, maxCount)), Copies: int(f.MaybeInt("c."+key, 0, maxCount))}
		if p.Originals+p.Copies > 0 || len(lines) == 1 {
			list = append(list, p)
		}
	}
	return list
}

func resultField(code postal.DossierNumber, a Asked) string {
	if a.ID == oneResult {
		return string(code)
	}
	return string(code) + "." + a.ID
}

// derived makes the id of a further act of one form.
func derived(r *http.Request, part string) (postal.ActID, error) {
	id, err := postal.ParseActID(r.PostFormValue(web.ActField))
	if err != nil {
		return id, err
	}
	sum := sha256.Sum256(append(id[:], part...))
	copy(id[6:], sum[:10]) // the time in front stays: ids lie in the order of their making
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id, nil
}

// parcel is one result to be fetched: packed already, or the act that packs it.
type parcel struct {
	of   postal.DossierNumber
	item postal.ItemNumber
	id   postal.ActID
	act  ledger.Act
}

// parcel counts and seals one result with the officer, and prices its way to the citizen. Nothing is written yet; what the ledger would refuse is refused.
func (s *Service) parcel(r *http.Request, f *web.Form, desk postal.OfficeCode, agency postal.AgencyCode, code postal.DossierNumber) (x parcel, err error) {
	v := s.Ledger.View(r.Context())
	d, err := Find(v, code)
	if err != nil {
		return x, err
	}
	if d.Agency != agency {
		return x, fault.New(fault.Conflict, "dossier.other_agency", "Hồ sơ này thuộc cơ quan khác.", "This dossier belongs to another agency.")
	}
	x.of = code
	if x.id, err = derived(r, string(code)); err != nil {
		return x, err
	}
	rec, done, err := s.Ledger.Find(r.Context(), x.id)
	if x.item = acceptedItem(rec.Facts); err != nil || done {
		return x, err
	}
	if packed(v, d) {
		x.item = d.Result
		return x, nil
	}
	if x.act, err = s.packing(r, f, v, d, desk); err != nil || f.Err() != nil {
		return x, err
	}
	_, err = x.act.Decide(v, ledger.Envelope{Act: x.id, OccurredMs: postal.Millis(s.Now()), Office: desk, Actor: web.PersonOf(r).ID})
	return x, err
}

// packing reads the act that packs one result.
func (s *Service) packing(r *http.Request, f *web.Form, v *ledger.View, d *Dossier, desk postal.OfficeCode) (ledger.Act, error) {
	key := string(d.Code)
	a := PackResult{Dossier: d.Code, Sealed: f.Ticked("sealed." + key), Seal: web.Parse(f, "seal."+key, readSeal), Register: f.Ticked("register." + key)}
	if !a.Sealed {
		a.Papers = countedResults(f, d.Code, s.published(d).ResultLines())
	}
	weight := web.Parse(f, "weight."+key, postal.ParseGrams)
	if f.Err() != nil {
		return nil, nil
	}
	from, err := s.store().Agency(r.Context(), d.Agency)
	if err != nil {
		return nil, err
	}
	price, err := s.Money.Price(v, PriceQuestion{Service: event.DossierReturn, From: from.Unit, To: d.ToUnit, WeightG: weight, On: s.today()})
	if err != nil {
		return nil, err
	}
	due, err := s.returnDue(from.Unit, d.ToUnit, s.Now())
	if err != nil {
		return nil, err
	}
	a.Carriage = custody.Accept{Service: event.DossierReturn, ToUnit: d.ToUnit, ToOffice: d.ToOffice, WeightG: weight, FeeVND: price.TotalVND, Rules: append(dueRules(due), price.Rules...), DueMs: dueMs(due), Office: desk, From: custody.AtAgency(d.Agency)}
	return s.Money.Around(a, event.DossierReturn, price, Payment{}), nil
}
