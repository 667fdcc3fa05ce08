package dossier

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"citypost/internal/calendar"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/idcard"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// intake is what stands on the one page on which a dossier is taken in, as far as it was read.
type intake struct {
	Procedure *Procedure
	Case      string
	Form      string
	Agency    Agency
	People
	Papers   []event.Paper
	Seal     string
	WeightG  postal.Grams
	Fees     []event.StateFee
	Means    string
	Slip     string
	SlipDue  postal.Day
	Keep     string
	Register bool
	Online   bool
	Pictures []Picture
	Channel  string
	Price    Price
	Back     Price // of the result, told now and paid when it is given
	Due      calendar.Answer
}

// intakeView is the page.
type intakeView struct {
	web.Page
	Form     *web.Form
	Act      string
	Desk     string
	Found    []Found
	In       intake
	Agencies []Agency
	From, To []web.Choice
	Missing  []Missing
	Checked  bool // complete: may be accepted
	Shown    string
	Drawer   string
	Shift    shift // to be opened, while there is no drawer
	Book     string
	Home     bool
	FromLine string
	ToLine   string
	GivenAt  string // the office that gives the result
}

// maxFound bounds the procedures offered for a search.
const maxFound = 8

// getNew shows an empty form; ?procedure= comes from the guide.
func (s *Service) getNew(w http.ResponseWriter, r *http.Request) error {
	f := web.FormOf("procedure", r.URL.Query().Get("procedure"))
	s.begin(f)
	if err := s.fillBooked(r, f); err != nil {
		return err
	}
	return s.drawIntake(w, r, http.StatusOK, f, intake{}, "find")
}

// begin fills in what is usual while nothing has been chosen yet: both ways, brought home, paid in cash. Where the sender lives is nobody's guess.
func (s *Service) begin(f *web.Form) {
	if f.Value("form") != "" {
		return
	}
	for name, usual := range map[string]string{"form": FormBoth, "same": "1", "means": "cash", "keep": "home"} {
		f.Set(name, usual)
	}
}

// fillBooked puts what the citizen prepared into the form. The papers are only ticked: they are counted all the same.
func (s *Service) fillBooked(r *http.Request, f *web.Form) error {
	ref := r.URL.Query().Get(bookingField)
	if ref == "" || s.Bookings == nil {
		return nil
	}
	b, err := s.Bookings.Take(r.Context(), ref, web.PersonOf(r))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{bookingField: b.Ref, "procedure": b.Procedure, "from.name": b.Sender.Name, "from.phone": b.Sender.Phone.Display(),
		"from.email": b.Sender.Email, "from.address": b.Sender.Address, "from.unit": string(b.Sender.Unit)} {
		f.Set(name, value)
	}
	for _, id := range b.Have {
		f.Set("ok."+id, "1")
	}
	return nil
}

// bookingField carries the reference of the booking that a dossier comes from.
const bookingField = "booking"

// cardFields are the fields that a citizen's card fills: its number is looked at, not kept.
var cardFields = idcard.Fields{Name: "from.name", Address: "from.address"}

// postNew reads the form. “find” looks for a procedure, “check” shows what is missing and what it costs, “accept” takes in what was shown.
func (s *Service) postNew(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if _, asked := idcard.FillForm(f, cardFields); asked { // nobody has looked at the card yet
		status := http.StatusOK
		if f.Err() != nil {
			status = http.StatusUnprocessableEntity
		}
		return s.drawIntake(w, r, status, f, intake{}, "find")
	}
	do, err := s.begun(r, f)
	if err != nil {
		return err
	}
	if do == "" {
		do = "find" // a procedure was chosen, or is to be changed
	}
	pictures, err := readPictures(r, f)
	if err != nil {
		return err
	}
	refused := http.StatusUnprocessableEntity
	if do == "accept" {
		rec, done, err := s.repeats(r, newPath, pictures...)
		if done {
			return s.accepted(w, r, f, rec)
		}
		if err := f.Refuse(err); err != nil {
			return err
		}
		if fault.Is(err, fault.Conflict) {
			refused = http.StatusConflict
		}
	}
	in, err := s.readIntake(r, f, do, pictures)
	if err != nil {
		return err
	}
	if do == "find" || f.Err() != nil {
		status := http.StatusOK
		if f.Err() != nil {
			status = refused
		}
		return s.drawIntake(w, r, status, f, in, do)
	}
	if do != "accept" || f.Value("shown") != in.digest() {
		return s.drawIntake(w, r, http.StatusOK, f, in, "check")
	}
	if in.Form != FormResult && !f.Ticked("signed") {
		_ = f.Refuse(fault.New(fault.Invalid, unsigned, "In bản kê đồng kiểm, hai bên đếm và ký, rồi đánh dấu.", "Print the list of the joint count; both count and sign it; then tick the box.").At("signed"))
		return s.drawIntake(w, r, http.StatusUnprocessableEntity, f, in, "check")
	}
	return s.takeIn(w, r, f, in)
}

// unsigned is the fault of what was counted and priced, and is not signed yet: all else stands.
const unsigned = "dossier.unsigned"

func (s *Service) drawIntake(w http.ResponseWriter, r *http.Request, status int, f *web.Form, in intake, do string) error {
	me := web.PersonOf(r)
	office, err := me.Here()
	if err != nil {
		return err
	}
	v := intakeView{Page: web.NewPage(r, "Nhận hồ sơ", "Accept a dossier"), Form: f, Act: web.ActOf(f, s.Now()), Desk: s.officeName(office), In: in, Home: !me.May(web.Clerk, office)}
	v.NoScan, v.Wide = true, true
	if in.Procedure == nil && f.Value("procedure") != "" {
		v.In.Procedure, err = s.Catalogue.On(f.Value("procedure"), s.today())
		if err := f.Refuse(at(err, "procedure")); err != nil {
			return err
		}
	}
	if q := f.Value("q"); v.In.Procedure == nil && q != "" {
		v.Found = s.Catalogue.Find(q, s.today(), maxFound)
	}
	if v.Agencies, err = s.store().Agencies(r.Context()); err != nil {
		return err
	}
	if do == "find" && v.In.Procedure != nil && f.Value("agency") == "" {
		f.Set("agency", string(handler(v.In.Procedure, v.Agencies)))
	}
	if do == "find" && v.In.Procedure != nil {
		fillFees(f, v.In.Procedure, true)
	}
	view := s.Ledger.View(r.Context())
	v.Drawer, v.Book = s.Money.Drawer(view, office, me.ID), s.Money.Book(view, office)
	if v.Drawer == "" && !v.Home {
		v.Shift = shift{s.Money.FreeDrawers(view, office), postal.NewActID(s.Now()).String()}
		f.Set("float", cmp.Or(f.Value("float"), "0"))
	}
	v.From, v.To = s.offer(v.Page, f, "from"), s.offer(v.Page, f, "to")
	v.FromLine, _ = s.Communes.CommuneLine(v.Page, in.Sender.Unit)
	v.GivenAt = s.givenAt(in.Receiver.Unit)
	v.ToLine, _ = s.Communes.CommuneLine(v.Page, in.Receiver.Unit)
	if v.In.Procedure != nil && do != "find" && in.Form != FormResult {
		v.Missing = v.In.Procedure.Lacks(in.Papers)
	}
	v.Checked = do == "check" && in.Procedure != nil && (f.Err() == nil || fault.Code(f.Err()) == unsigned)
	v.Shown = in.digest()
	return web.Render(w, r, status, intakePage(v))
}

// at puts a fault beside its field; other errors stay what they are.
func at(err error, field string) error {
	if f, ok := fault.From(err); ok {
		return f.At(field)
	}
	return err
}

// offer gives the communes that go with what is typed.
func (s *Service) offer(p web.Page, f *web.Form, side string) []web.Choice {
	if q := f.Value(side + ".place"); q != "" {
		return s.Communes.Communes(p, q)
	}
	if line, ok := s.Communes.CommuneLine(p, postal.UnitCode(f.Value(side+".unit"))); ok {
		return []web.Choice{{Value: f.Value(side + ".unit"), Label: line}}
	}
	return nil
}

// readIntake reads what is there; with “find” only the procedure.
func (s *Service) readIntake(r *http.Request, f *web.Form, do string, pictures []Picture) (intake, error) {
	in := intake{Pictures: pictures}
	if f.Value("change") != "" {
		f.Set("procedure", "")
		f.Set("agency", "")
	}
	if code := f.Value("procedure"); code != "" {
		p, err := s.Catalogue.On(code, s.today())
		if err := f.Refuse(at(err, "procedure")); err != nil {
			return in, err
		}
		in.Procedure = p
	}
	if do == "find" {
		s.begin(f)
		return in, nil
	}
	if in.Procedure == nil {
		_ = f.Refuse(fault.New(fault.Invalid, "dossier.procedure", "Hãy chọn thủ tục.", "Choose the procedure.").At("q"))
		return in, nil
	}
	fillFees(f, in.Procedure, false)
	if err := s.readTerms(r, f, &in); err != nil {
		return in, err
	}
	s.readPapers(f, &in)
	if f.Err() != nil {
		return in, nil
	}
	return in, s.priceIntake(r, f, &in)
}

func (s *Service) readTerms(r *http.Request, f *web.Form, in *intake) error {
	me := web.PersonOf(r)
	p := web.NewPage(r, "", "")
	in.Channel = AtHome
	if me.May(web.Clerk, "") {
		in.Channel = AtCounter
	}
	in.Form = f.Choice("form", Forms...)
	in.Case = f.Maybe("case", 40)
	if _, ok := in.Procedure.Case(in.Case); !ok {
		_ = f.Refuse(fault.New(fault.Invalid, "dossier.case", "Chọn trường hợp của thủ tục.", "Choose the case of the procedure.").At("case"))
	}
	a, err := s.store().Agency(r.Context(), postal.AgencyCode(f.Value("agency")))
	if f.Value("agency") == "" {
		err = fault.New(fault.Invalid, "dossier.agency_unchosen", "Chọn cơ quan tiếp nhận hồ sơ.", "Choose the agency that the dossier goes to.").At("agency")
	} else if err == nil && !a.Active {
		err = fault.New(fault.Conflict, "dossier.agency_off", "Cơ quan này đã ngừng nhận hồ sơ qua bưu điện.", "This agency no longer takes dossiers from the post.").At("agency")
	}
	if err := f.Refuse(err); err != nil {
		return err
	}
	in.Agency = a
	in.Sender = s.readPerson(p, f, "from")
	in.Receiver = in.Sender
	if !f.Ticked("same") {
		in.Receiver = s.readPerson(p, f, "to")
	}
	in.Keep = f.Choice("keep", "home", KeptAtOffice)
	if in.Keep == "home" {
		in.Keep = ""
	}
	in.Register, in.Online = f.Ticked("register"), f.Ticked("online")
	if in.Form == FormResult {
		in.Slip = web.Parse(f, "slip", func(s string) (string, error) { return s, checkSlipCode(s) })
		in.SlipDue = f.MaybeDay("slip_due")
		return nil
	}
	in.WeightG = web.Parse(f, "weight", postal.ParseGrams)
	in.Seal = web.Parse(f, "seal", readSeal)
	in.Means = f.Choice("means", "cash", "transfer")
	in.Fees = readFees(f, "fees")
	return nil
}

func (s *Service) readPerson(p web.Page, f *web.Form, side string) Person {
	return Person{
		Name:    f.Text(side+".name", 120),
		Phone:   web.Parse(f, side+".phone", postal.ParsePhone),
		Email:   web.MaybeParse(f, side+".email", web.ParseEmail),
		Address: f.Text(side+".address", 200),
		Unit:    s.Communes.ReadCommune(p, f, side),
	}
}

// readPapers reads the counts of the published list: a ticked line is there as asked, typed numbers say how many there are.
func (s *Service) readPapers(f *web.Form, in *intake) {
	if in.Form == FormResult {
		return
	}
	in.Papers = countedOf(f, in.Procedure)
	if err := in.Procedure.Refuse(in.Case, in.Papers); err != nil {
		_ = f.Refuse(err)
	}
}

func readPaper(f *web.Form, a Asked) event.Paper {
	p := event.Paper{Component: a.ID}
	typed := f.Value("o."+a.ID) + f.Value("c."+a.ID) + f.Value("k."+a.ID)
	switch {
	case typed != "":
		p.Originals = int(f.MaybeInt("o."+a.ID, 0, maxCount))
		p.Copies = int(f.MaybeInt("c."+a.ID, 0, maxCount))
		p.Certified = int(f.MaybeInt("k."+a.ID, 0, maxCount))
	case f.Ticked("ok." + a.ID):
		p.Originals, p.Copies, p.Certified = a.Originals, a.Copies, a.Certified
		if a.Originals+a.Copies+a.Certified == 0 {
			p.Originals = 1
		}
	case f.Value("absent."+a.ID) != "":
		p.Absent = f.Choice("absent."+a.ID, AbsentReasons...)
	}
	return p
}

// readPictures reads the pictures that came along; none is no fault.
func readPictures(r *http.Request, f *web.Form) (list []Picture, err error) {
	for _, kind := range []string{"list", "packet"} {
		file, head, err := r.FormFile(kind)
		if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		body := make([]byte, min(head.Size, maxPicture+1)) // one byte too many is enough to refuse it
		_, err = io.ReadFull(file, body)
		if err := errors.Join(err, file.Close()); err != nil && len(body) > 0 {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		if len(body) == 0 {
			continue
		}
		p, err := ReadPicture(kind, body)
		if err := f.Refuse(err); err != nil {
			return nil, err
		}
		if len(list) > 0 && list[0].Hash == p.Hash {
			_ = f.Refuse(fault.New(fault.Invalid, "dossier.picture_twice", "Hai ảnh là một. Chụp bản kê đồng kiểm và gói đã niêm phong thành hai ảnh.",
				"Both pictures are the same. Take one of the signed list and one of the sealed packet.").At(kind))
		}
		list = append(list, p)
	}
	return list, nil
}

// priceIntake asks what it costs and when it is due.
func (s *Service) priceIntake(r *http.Request, f *web.Form, in *intake) error {
	office := web.PersonOf(r).Office()
	now := s.Now()
	view := s.Ledger.View(r.Context())
	from := s.unitOf(office)
	if in.Form != FormResult {
		if err := f.Refuse(freshSeal(view, in.Seal)); err != nil { // said before anybody pays
			return err
		}
		var err error
		in.Price, err = s.Money.Price(view, PriceQuestion{Service: event.DossierSend, From: from, To: in.Agency.Unit, WeightG: in.WeightG, Online: in.Online, On: postal.DayOf(now)})
		if err := f.Refuse(at(err, "weight")); err != nil {
			return err
		}
		if in.Due, err = s.sendDue(in.Form, from, in.Agency.Unit, now); err != nil {
			return err
		}
		if sumFees(in.Fees, ByPost) > 0 && s.Money.Book(view, office) == "" {
			_ = f.Refuse(fault.New(fault.Conflict, "dossier.no_book", "Bưu cục hết biên lai nên không thu hộ được. Hãy báo kiểm soát viên mở quyển mới.", "The office has no receipts left, so no fee can be collected. Ask the supervisor to open a book.").At("fees.fee"))
		}
	}
	if in.Form != FormSend {
		back, err := s.Money.Price(view, PriceQuestion{Service: event.DossierReturn, From: in.Agency.Unit, To: in.Receiver.Unit, WeightG: max(in.WeightG, 50), Online: in.Online, On: postal.DayOf(now)})
		if err := f.Refuse(at(err, "to.place")); err != nil { // or its result would lie at the agency, and nobody could say what its way costs
			return err
		}
		in.Back = back
	}
	return nil
}

// digest is a mark of all that is shown before accepting: when it is the same, what is taken in is what was looked at.
func (in intake) digest() string {
	h := sha256.New()
	code := ""
	if in.Procedure != nil {
		code = in.Procedure.Code + in.Procedure.Version.String()
	}
	fmt.Fprintf(h, "%q %q %q %q %+v %+v %v %q %d %v %q %q %s %q %t %t\n", code, in.Case, in.Form, in.Agency.Code, in.Sender, in.Receiver, in.Papers, in.Seal, in.WeightG, in.Fees, in.Means, in.Slip, in.SlipDue, in.Keep, in.Register, in.Online)
	for _, l := range slices.Concat(in.Price.Lines, in.Back.Lines) {
		fmt.Fprintf(h, "%q %d\n", l.VI, l.Amount)
	}
	due := "" // the day: where the law counts hours, every minute of looking would make it another time
	if !in.Due.Due.IsZero() {
		due = postal.DayOf(in.Due.Due).String()
	}
	fmt.Fprintf(h, "%d %d %s\n", in.Price.TotalVND, in.Back.TotalVND, due)
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// takeIn writes the act with its people and pictures. A second press gives the same receipt.
func (s *Service) takeIn(w http.ResponseWriter, r *http.Request, f *web.Form, in intake) error {
	rec, err := s.writeIntake(r, in)
	if err == nil && rec.Repeated { // pressed twice at once: the ledger has compared the act, the people stand beside it
		rec, _, err = s.repeats(r, newPath, in.Pictures...)
	}
	if err := f.Refuse(err); err != nil {
		return err
	}
	if err != nil {
		return s.drawIntake(w, r, web.Status(err), f, in, "check")
	}
	return s.accepted(w, r, f, rec)
}

// accepted leads on to the dossier that an act took in.
func (s *Service) accepted(w http.ResponseWriter, r *http.Request, f *web.Form, rec ledger.Receipt) error {
	for _, x := range rec.Facts {
		if d, ok := x.(event.DossierAccepted); ok {
			if err := s.usedBooking(r, f, string(d.Dossier)); err != nil {
				return err
			}
			return web.Done(w, r, pathOf(d.Dossier)+"?new=1", "Đã nhận hồ sơ. In phiếu gửi ba bản, dán mã lên bìa.", "The dossier is accepted. Print the note in three copies and label the folder.")
		}
	}
	return web.Redirect(w, r, boardPath)
}

// usedBooking tells the booking what became of it. The dossier stands whatever it answers, and the same press again tells it again.
func (s *Service) usedBooking(r *http.Request, f *web.Form, dossier string) error {
	ref := f.Value(bookingField)
	if ref == "" || s.Bookings == nil {
		return nil
	}
	err := s.Bookings.Used(r.Context(), ref, web.PersonOf(r), dossier)
	if _, ok := fault.From(err); ok { // cancelled or used meanwhile, or another office's: the counted papers are what counts
		return nil
	}
	return err
}

// writeIntake appends the act, and with it the people, the pictures and the mark of the form: one commit.
func (s *Service) writeIntake(r *http.Request, in intake) (ledger.Receipt, error) {
	me := web.PersonOf(r)
	office, err := me.Here()
	if err != nil {
		return ledger.Receipt{}, err
	}
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, err
	}
	in.Note = Note{Secret: postal.SecretFrom(func(n int) []byte { return s.Vault.Blind("dossier.secret", id.String()+strconv.Itoa(n)) }), Lines: in.Price.Lines, Means: in.Means, Sure: in.Due.Verified, BackVND: in.Back.TotalVND}
	if len(in.Due.Basis) > 0 {
		in.Note.Due, in.Note.DueEN = in.Due.Basis[0].In("vi"), in.Due.Basis[0].In("en")
	}
	act, err := s.actOfIntake(r, in, office)
	if err != nil {
		return ledger.Receipt{}, err
	}
	beside, err := s.store().Beside(id, in.People, in.Pictures)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return s.sendAs(r.Context(), id, me.ID, office, act, append(beside, s.marked(r, id, newPath, in.Pictures...))...)
}

// actOfIntake puts payment and relief around the acceptance.
func (s *Service) actOfIntake(r *http.Request, in intake, office postal.OfficeCode) (ledger.Act, error) {
	a := in.act(office, s.Vault.Blind)
	c, _ := in.Procedure.Case(in.Case)
	a.Terms.Limit, a.Terms.SameDay = c.Limit, c.SameDay
	if back, ok := s.Places.DeliveryOffice(in.Receiver.Unit); ok {
		a.Terms.ToOffice = back
	} else if in.Form != FormSend {
		return nil, fault.New(fault.Conflict, "dossier.no_delivery_office", "Chưa có bưu cục nào phát ở nơi trả kết quả.", "No office delivers where the result goes.").At("to.place")
	}
	if a.Carriage == nil {
		return a, nil
	}
	view := s.Ledger.View(r.Context())
	drawer := s.Money.Drawer(view, office, web.PersonOf(r).ID)
	if drawer == "" && in.Channel == AtHome { // a postman has no drawer: his office takes the postage when he is back
		if sumFees(in.Fees, ByPost) > 0 {
			return nil, fault.New(fault.Conflict, "dossier.home_fees", "Bưu tá không mang biên lai nên không thu hộ phí tại nhà. Chọn nộp trực tuyến, tại cơ quan, hoặc thu khi trả kết quả.",
				"A postman carries no receipts, so he collects no fee at home. Choose online, at the agency, or with the result.").At("fees.fee")
		}
		return s.Money.Around(a, event.DossierSend, in.Price, Payment{}), nil
	}
	if drawer == "" && (in.Price.TotalVND > 0 || sumFees(in.Fees, ByPost) > 0) {
		return nil, fault.New(fault.Conflict, "dossier.no_drawer", "Bạn chưa mở ca thu tiền. Mở ca ở ngay dưới đây rồi bấm nhận lại; những gì đã gõ vẫn còn.", "You have no open shift. Open one right here, then accept again; what you typed is kept.").At("means")
	}
	var dues []event.StateFee
	for _, x := range in.Fees {
		if x.How == ByPost {
			dues = append(dues, x)
		}
	}
	return s.Money.Around(a, event.DossierSend, in.Price, Payment{Drawer: drawer, Means: in.Means, Agency: in.Agency.Code, Dues: dues, Book: s.Money.Book(view, office)}), nil
}

// act is the acceptance as the ledger knows it: codes, no people.
func (in intake) act(office postal.OfficeCode, blind postal.Blind) Accept {
	a := Accept{Office: office, Terms: event.DossierAccepted{
		Procedure: in.Procedure.Code, Version: in.Procedure.Version, Case: in.Case, Agency: in.Agency.Code, Form: in.Form, Channel: in.Channel, Papers: in.Papers, Seal: in.Seal, Fees: in.Fees,
		Slip: in.Slip, SlipDue: in.SlipDue, Authorised: in.Register, Keep: in.Keep, ToUnit: in.Receiver.Unit, Receipt: postal.SecretHash(blind, in.Note.Secret)}}
	for _, p := range in.Pictures {
		a.Terms.Pictures = append(a.Terms.Pictures, p.Hash)
	}
	if in.Form == FormResult {
		a.Terms.Seal, a.Terms.Papers = "", nil
		return a
	}
	a.Carriage = &custody.Accept{Service: event.DossierSend, ToUnit: in.Agency.Unit, ToOffice: in.Agency.Office, WeightG: in.WeightG, FeeVND: in.Price.TotalVND, Rules: append(dueRules(in.Due), in.Price.Rules...),
		DueMs: dueMs(in.Due), Receipt: postal.SecretHash(blind, in.Note.Secret), Office: office}
	return a
}

// missingView is the slip that a citizen takes home when papers are missing.
type missingView struct {
	web.Page
	Procedure *Procedure
	Missing   []Missing
	Desk      string
	Now       string
	Hotline   string
}

// getMissing prints what is still missing: have=07:2:0:1 says what is there.
func (s *Service) getMissing(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := s.Catalogue.On(f.Value("procedure"), s.today())
	if err != nil {
		return err
	}
	v := missingView{Page: web.NewPage(r, "Giấy tờ còn thiếu", "Papers still missing"), Procedure: p, Missing: p.Lacks(countedOf(f, p)), Desk: s.officeName(web.PersonOf(r).Office()), Hotline: s.Hotline}
	v.Now = v.DateTime(s.Now())
	return web.Render(w, r, http.StatusOK, missingPage(v))
}
