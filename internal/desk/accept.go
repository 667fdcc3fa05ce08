package desk

import (
	"net/http"
	"slices"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// The two sides of a cover, as the form names its fields.
const (
	sideFrom = "from"
	sideTo   = "to"
)

// order is what a customer hands over, as read from the form.
type order struct {
	Parties
	Item     postal.ItemNumber // of a printed label, "" for the office's next number
	Weight   postal.Grams
	Class    string // of beneficiary; "" for none
	ToOffice postal.OfficeCode
}

// acceptView is the page on which mail is accepted.
type acceptView struct {
	web.Page
	Form     *web.Form
	Act      string
	Desk     string
	From, To []web.Choice // communes offered
	Classes  []Class
	Shift    *Shift // nil: no drawers are kept here
	BeginAct string
	Order    *order // all is read: to be looked at once more
	Price    price
	Shown    string // what was looked at
	Changed  bool   // it is not what was looked at before
	ToName   string
	ToOffice string
	Rules    string
}

// accepting is one form of the accept page on its way.
type accepting struct {
	s      *Service
	w      http.ResponseWriter
	r      *http.Request
	page   web.Page
	form   *web.Form
	office postal.OfficeCode
	shift  *Shift
	order  order
	price  price
}

func (s *Service) accepting(w http.ResponseWriter, r *http.Request, f *web.Form) (*accepting, error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return nil, err
	}
	a := &accepting{s: s, w: w, r: r, page: web.NewPage(r, "Nhận gửi", "Accept mail"), form: f, office: office}
	a.page.NoScan, a.page.Wide = true, true
	return a, a.findShift()
}

func (a *accepting) findShift() (err error) {
	a.shift, err = a.s.till().Shift(a.r.Context(), a.office, web.PersonOf(a.r).ID)
	return err
}

// getAccept shows an empty form; the sender is taken to live where the office stands until the clerk says otherwise.
func (s *Service) getAccept(w http.ResponseWriter, r *http.Request) error {
	f := web.FormOf()
	a, err := s.accepting(w, r, f)
	if err != nil {
		return err
	}
	if o, ok := s.Places.Directory().Office(a.office); ok {
		f.Set("from.unit", string(o.Unit))
	}
	if item, err := postal.ParseItemNumber(r.URL.Query().Get("item")); err == nil {
		f.Set("item", string(item))
	}
	return a.draw(http.StatusOK, false)
}

// draw shows the form; checked, with what will be accepted and its price beside it.
func (a *accepting) draw(status int, checked bool) error {
	v := acceptView{Page: a.page, Form: a.form, Act: web.ActOf(a.form, a.s.Now()), Desk: a.s.officeName(a.office), Shift: a.shift, BeginAct: a.s.newAct(), Rules: a.s.Rules,
		Classes: a.s.till().Classes(event.Registered, a.s.today())}
	v.From, v.To = a.s.communeChoices(v.Page, a.form, sideFrom), a.s.communeChoices(v.Page, a.form, sideTo)
	if v.Form.Value("class") == "" {
		v.Form.Set("class", "")
	}
	if checked {
		v.Order, v.Price, v.Shown = &a.order, a.price, a.order.digest(a.price)
		v.Changed = a.form.Value("shown") != "" && a.form.Value("shown") != v.Shown
		v.ToName, _ = a.s.communeLine(a.page, a.order.Recipient.Unit)
		v.ToOffice = a.s.officeName(a.order.ToOffice)
		if a.form.Value("means") == "" {
			a.form.Set("means", byCash)
		}
		if a.form.Value("float") == "" {
			a.form.Set("float", "0")
		}
	}
	return web.Render(a.w, a.r, status, acceptPage(v))
}

// postAccept reads the form; what is complete is shown once more with its price, and what was shown unchanged is accepted.
func (s *Service) postAccept(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a, err := s.accepting(w, r, f)
	if err != nil {
		return err
	}
	a.order = a.readOrder()
	if f.Err() == nil {
		if a.price, err = s.price(r.Context(), a.office, a.order, f); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return a.draw(http.StatusUnprocessableEntity, false)
	}
	if f.Value("do") == "begin" {
		return a.begin()
	}
	if done, err := a.acceptedBefore(); done || err != nil {
		return err
	}
	if f.Value("shown") != a.order.digest(a.price) {
		return a.draw(http.StatusOK, true)
	}
	return a.accept(a.readSale())
}

// How a customer pays.
const (
	byCash     = "cash"
	byTransfer = "transfer"
)

// maxFee bounds a typed fee: more is a slip of the finger.
const maxFee postal.VND = 100_000_000

// readSale reads what is filled in after the price was shown.
func (a *accepting) readSale() Sale {
	if a.price.Reason != nil {
		a.price.Total = a.form.VND("fee", 0, maxFee)
	}
	sale := Sale{From: a.s.unitOf(a.office, a.order.Sender.Unit), Class: a.order.Class, Told: a.price.Total}
	if sale.Class != "" && !a.form.Ticked("evidence") {
		_ = a.form.Refuse(fault.New(fault.Invalid, "desk.evidence", "Xem giấy tờ của người gửi rồi đánh dấu vào đây; không có thì bỏ chọn đối tượng.",
			"See the sender's papers, then tick this box; without papers choose no class.").At("evidence"))
	}
	if a.shift == nil {
		return sale
	}
	sale.Means = a.form.Choice("means", byCash, byTransfer)
	if a.shift.Drawer == "" {
		_ = a.form.Refuse(fault.New(fault.Conflict, "desk.no_shift", "Chưa mở ca nên chưa thu tiền được. Mở ca ở ngay dưới đây; những gì đã gõ vẫn còn.",
			"No shift is open, so no money can be taken. Open one right here; what you typed is kept."))
	}
	return sale
}

// begin opens a shift in the middle of an acceptance and goes on with it.
func (a *accepting) begin() error {
	if a.shift != nil && a.shift.Drawer == "" {
		drawer, float := a.form.Choice("drawer", a.shift.Free...), a.form.VND("float", 0, maxFee)
		id := web.Parse(a.form, "begin_act", postal.ParseActID)
		if a.form.Err() == nil {
			e := ledger.Envelope{Act: id, OccurredMs: postal.Millis(a.s.Now()), Office: a.office, Actor: web.PersonOf(a.r).ID}
			_, err := a.s.Ledger.Append(a.r.Context(), e, a.s.till().Begin(a.office, drawer, float))
			if e, ok := fault.From(err); ok && e.Field == "amount" {
				err = e.At("float")
			}
			if err := a.form.Refuse(err); err != nil {
				return err
			}
		}
		if err := a.findShift(); err != nil {
			return err
		}
	}
	if err := a.form.Err(); err != nil {
		return a.draw(web.Status(err), true)
	}
	return a.draw(http.StatusOK, true)
}

func (a *accepting) readOrder() order {
	o := order{}
	o.Recipient = a.readParty(sideTo)
	o.Sender = a.readParty(sideFrom)
	o.Weight = web.Parse(a.form, "weight", postal.ParseGrams)
	o.Item = web.MaybeParse(a.form, "item", postal.ParseItemNumber)
	if o.Class = a.form.Maybe("class", 60); o.Class != "" && a.s.class(o.Class) == nil {
		a.form.Set("class", "")
		_ = a.form.Refuse(fault.New(fault.Invalid, "desk.class", "Đối tượng này hôm nay không có miễn, giảm. Hãy chọn lại.", "This class has no relief today. Choose again.").At("class"))
	}
	if o.Recipient.Unit == "" {
		return o
	}
	to, ok := a.s.Places.DeliveryOffice(o.Recipient.Unit)
	if !ok {
		_ = a.form.Refuse(fault.New(fault.Conflict, "desk.no_delivery_office", "Chưa có bưu cục nào phát ở nơi này. Báo người quản lý mạng lưới.", "No office delivers there yet. Tell the network planner.").At("to.place"))
	}
	o.ToOffice = to
	return o
}

// class finds a class of beneficiaries that has relief today, nil when there is none of that name.
func (s *Service) class(id string) *Class {
	for _, c := range s.till().Classes(event.Registered, s.today()) {
		if c.ID == id {
			return &c
		}
	}
	return nil
}

func (a *accepting) readParty(side string) Party {
	f := a.form
	return Party{
		Name:    f.Text(side+".name", 120),
		Phone:   web.MaybeParse(f, side+".phone", postal.ParsePhone),
		Address: f.Text(side+".address", 200),
		Unit:    a.s.readCommune(a.page, f, side),
	}
}

// acceptedBefore answers a form that was sent before: the same letter gets the first receipt again, whatever prices and drawers have come to since.
func (a *accepting) acceptedBefore() (bool, error) {
	if a.form.Value("shown") == "" || a.form.Value(web.ActField) == "" {
		return false, nil
	}
	id, err := web.ActID(a.r, a.s.Now())
	if err != nil {
		return false, err
	}
	rec, found, err := a.s.Ledger.Find(a.r.Context(), id)
	if err != nil || !found {
		return false, err
	}
	kept, err := a.s.PartiesOf(a.r.Context(), id)
	if err != nil {
		return false, err
	}
	was, ok := rec.Facts[0].(event.ItemAccepted)
	o, k := a.order, kept[id]
	if !ok || k.Sender != o.Sender || k.Recipient != o.Recipient || was.WeightG != o.Weight || o.Item != "" && was.Item != o.Item {
		return true, a.refused(reusedForm())
	}
	return true, web.Redirect(a.w, a.r, acceptedPath(was.Item))
}

func acceptedPath(n postal.ItemNumber) string { return pathOf(event.Thing(n)) + "/accepted" }

// accept keeps who sends and receives, then writes the act. The slip that is kept first is the one that counts, so a second press gives the same receipt.
func (a *accepting) accept(sale Sale) error {
	if err := a.form.Err(); err != nil {
		return a.draw(web.Status(err), true)
	}
	rec, err := a.write(sale)
	if err != nil {
		return a.refused(err)
	}
	item := rec.Facts[0].(event.ItemAccepted).Item
	if !rec.Repeated {
		if err := a.s.keepScan(a.r.Context(), web.PersonOf(a.r).ID, scan{Code: event.Thing(item), Did: didAccept, Act: rec.Act}); err != nil {
			return err
		}
	}
	return web.Redirect(a.w, a.r, acceptedPath(item))
}

// refused says why nothing was accepted, with the price as it is now: when a relief has run out meanwhile, the clerk tells the customer the new price and presses again.
func (a *accepting) refused(err error) error {
	status, rest := judge(a.form, err)
	if rest != nil {
		return rest
	}
	if !fault.Is(err, fault.Unavailable) { // then it may be recorded all the same: sent again under the same id it is not recorded twice
		a.form.Set(web.ActField, a.s.newAct()) // what was kept under the old one belongs to what was refused
	}
	if a.price, err = a.s.price(a.r.Context(), a.office, a.order, a.form); err != nil {
		return err
	}
	return a.draw(status, true)
}

func (a *accepting) write(sale Sale) (ledger.Receipt, error) {
	s, ctx, o := a.s, a.r.Context(), a.order
	id, err := web.ActID(a.r, s.Now())
	if err != nil {
		return ledger.Receipt{}, err
	}
	lines := a.price.Lines
	if a.price.Reason != nil {
		lines = []QuoteLine{{VI: "Cước theo bảng giá giấy", EN: "Postage from the paper tariff", Amount: a.price.Total, Rule: typedFee}}
	}
	o.Slip = &Slip{Secret: postal.NewSecret(), Lines: lines, Due: a.price.Due}
	if err := s.KeepParties(ctx, Cover{Act: id, Parties: o.Parties}); err != nil {
		return ledger.Receipt{}, err
	}
	kept, err := s.PartiesOf(ctx, id)
	if err != nil {
		return ledger.Receipt{}, err
	}
	k := kept[id]
	if k.Slip == nil || k.Sender != o.Sender || k.Recipient != o.Recipient || !slices.Equal(k.Slip.Lines, o.Slip.Lines) {
		return ledger.Receipt{}, reusedForm()
	}
	o.Slip = k.Slip
	return s.append(a.r, web.PersonOf(a.r).ID, a.office, s.till().Accept(o.act(a.office, s.Vault.Blind), sale))
}

// reusedForm answers a form that was sent before with other people or another price on it.
func reusedForm() error {
	return fault.New(fault.Conflict, "ledger.act_reused",
		"Biểu mẫu này đã gửi một lần với nội dung khác. Kiểm tra mục Vừa quét ở bàn quét; nếu là bưu gửi khác thì bấm nhận lần nữa.",
		"This form was sent before with other content. Look at your last scans on the scan desk; if this is another item, accept it again.")
}

// typedFee stands among an item's rules when the clerk took the fee from the paper tariff.
const typedFee = "counter.typed_fee"

// act is the acceptance of the order as the ledger knows it: codes, no people. The till adds the fee and the rules of its lines.
func (o order) act(office postal.OfficeCode, blind postal.Blind) custody.Accept {
	a := custody.Accept{Item: o.Item, Service: event.Registered, ToUnit: o.Recipient.Unit, ToOffice: o.ToOffice, WeightG: o.Weight,
		Receipt: postal.SecretHash(blind, o.Slip.Secret), Office: office}
	if l := o.Slip.Lines; len(l) == 1 && l[0].Rule == typedFee {
		a.Rules = append(a.Rules, typedFee)
	}
	if d := o.Slip.Due; !d.At.IsZero() {
		a.DueMs = postal.Millis(d.At)
		a.Rules = append(a.Rules, d.Rule)
	}
	return a
}

// acceptedView is the page after an acceptance: what to print, what to ask for.
type acceptedView struct {
	web.Page
	*custody.Item
	Lines    []QuoteLine
	Paid     *Payment
	ToName   string
	ToOffice string
	Due      time.Time
	Rules    string
}

// getAccepted shows what was just accepted, with its papers.
func (s *Service) getAccepted(w http.ResponseWriter, r *http.Request) error {
	v := acceptedView{Page: web.NewPage(r, "Đã nhận gửi", "Accepted")}
	paper, err := s.paperOf(r)
	if err != nil {
		return err
	}
	v.Item, v.ToName, v.ToOffice, v.Paid, v.Rules = paper.Item, paper.ToName, paper.ToOffice, paper.Paid, s.Rules
	if paper.Slip != nil {
		v.Lines = paper.Slip.Lines
	}
	if paper.Item.DueMs != 0 {
		v.Due = postal.FromMillis(paper.Item.DueMs)
	}
	return web.Render(w, r, http.StatusOK, acceptedPage(v))
}
