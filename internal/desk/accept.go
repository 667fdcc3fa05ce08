package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
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
	ToOffice postal.OfficeCode
}

// price is what an order costs: the lines of the tariff, or the reason why the clerk takes the amount from the paper tariff.
type price struct {
	Lines  []QuoteLine
	Total  postal.VND
	Reason *fault.Error // why there are no lines
	Due    Due
}

// acceptView is the page on which mail is accepted.
type acceptView struct {
	web.Page
	Form     *web.Form
	Act      string
	Desk     string
	From, To []web.Choice // communes offered
	Order    *order       // all is read: to be looked at once more
	Price    price
	Shown    string // what was looked at
	Changed  bool   // it is not what was looked at before
	ToName   string
	ToOffice string
}

// getAccept shows an empty form; the sender is taken to live where the office stands until the clerk says otherwise.
func (s *Service) getAccept(w http.ResponseWriter, r *http.Request) error {
	office, err := here(web.PersonOf(r))
	if err != nil {
		return err
	}
	f := web.FormOf()
	if o, ok := s.Places.Directory().Office(office); ok {
		f.Set("from.unit", string(o.Unit))
	}
	if item, err := postal.ParseItemNumber(r.URL.Query().Get("item")); err == nil {
		f.Set("item", string(item))
	}
	return s.drawAccept(w, r, http.StatusOK, f, nil)
}

func (s *Service) drawAccept(w http.ResponseWriter, r *http.Request, status int, f *web.Form, checked func(*acceptView)) error {
	office, err := here(web.PersonOf(r))
	if err != nil {
		return err
	}
	v := acceptView{Page: web.NewPage(r, "Nhận gửi", "Accept mail"), Form: f, Act: s.actOf(f), Desk: s.officeName(office)}
	v.NoScan, v.Wide = true, true
	v.From, v.To = s.communeChoices(v.Page, f, sideFrom), s.communeChoices(v.Page, f, sideTo)
	if checked != nil {
		checked(&v)
	}
	return web.Render(w, r, status, acceptPage(v))
}

// postAccept reads the form; what is complete is shown once more with its price, and what was shown unchanged is accepted.
func (s *Service) postAccept(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	office, err := here(web.PersonOf(r))
	if err != nil {
		return err
	}
	p := web.NewPage(r, "Nhận gửi", "Accept mail")
	o := s.readOrder(p, f)
	if f.Err() != nil {
		return s.drawAccept(w, r, http.StatusUnprocessableEntity, f, nil)
	}
	pr, err := s.price(r.Context(), office, o)
	if err != nil {
		return err
	}
	look := func(v *acceptView) {
		v.Order, v.Price, v.Shown = &o, pr, o.digest(pr)
		v.Changed = f.Value("shown") != "" && f.Value("shown") != v.Shown
		v.ToName, _ = s.communeLine(p, o.Recipient.Unit)
		v.ToOffice = s.officeName(o.ToOffice)
	}
	if f.Value("shown") != o.digest(pr) {
		return s.drawAccept(w, r, http.StatusOK, f, look)
	}
	if pr.Reason != nil {
		pr.Total = f.VND("fee", 0, maxFee)
	}
	if f.Err() != nil {
		return s.drawAccept(w, r, http.StatusUnprocessableEntity, f, look)
	}
	return s.accept(w, r, f, office, o, pr, look)
}

// maxFee bounds a typed fee: more is a slip of the finger.
const maxFee postal.VND = 100_000_000

func (s *Service) readOrder(p web.Page, f *web.Form) order {
	o := order{}
	o.Recipient = s.readParty(p, f, sideTo)
	o.Sender = s.readParty(p, f, sideFrom)
	o.Weight = web.Parse(f, "weight", postal.ParseGrams)
	o.Item = web.MaybeParse(f, "item", postal.ParseItemNumber)
	if o.Recipient.Unit == "" {
		return o
	}
	to, ok := s.Places.DeliveryOffice(o.Recipient.Unit)
	if !ok {
		_ = f.Refuse(fault.New(fault.Conflict, "desk.no_delivery_office", "Chưa có bưu cục nào phát ở nơi này. Báo người quản lý mạng lưới.", "No office delivers there yet. Tell the network planner.").At("to.place"))
	}
	o.ToOffice = to
	return o
}

func (s *Service) readParty(p web.Page, f *web.Form, side string) Party {
	return Party{
		Name:    f.Text(side+".name", 120),
		Phone:   web.MaybeParse(f, side+".phone", postal.ParsePhone),
		Address: f.Text(side+".address", 200),
		Unit:    s.readCommune(p, f, side),
	}
}

// digest is a mark of all that is shown before accepting: when it is the same, what is accepted is what was looked at.
func (o order) digest(pr price) string {
	h := sha256.New()
	for _, side := range []Party{o.Sender, o.Recipient} {
		fmt.Fprintf(h, "%q %q %q %q\n", side.Name, side.Phone, side.Address, side.Unit)
	}
	fmt.Fprintf(h, "%s %d %s %t\n", o.Item, o.Weight, o.ToOffice, pr.Reason != nil)
	for _, l := range pr.Lines {
		fmt.Fprintf(h, "%q %d\n", l.VI, l.Amount)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// price asks the tariff and the clock. A case without rule is priced by the clerk, from the paper tariff.
func (s *Service) price(ctx context.Context, office postal.OfficeCode, o order) (price, error) {
	var pr price
	from := o.Sender.Unit
	if at, ok := s.Places.Directory().Office(office); ok {
		from = at.Unit
	}
	now := s.Now()
	pr.Reason = fault.New(fault.Unavailable, "desk.no_tariff", "Bảng cước chưa được nạp vào hệ thống.", "No tariff has been loaded into the system.")
	if s.Quotes != nil {
		lines, err := s.Quotes.Quote(ctx, event.Registered, from, o.Recipient.Unit, o.Weight, postal.DayOf(now))
		reason, isFault := fault.From(err)
		if err != nil && !isFault {
			return pr, fmt.Errorf("price: %w", err)
		}
		if pr.Lines, pr.Reason = lines, reason; reason == nil && len(lines) == 0 {
			pr.Reason = fault.New(fault.Unavailable, "desk.no_price", "Không có quy tắc cước cho trường hợp này.", "There is no tariff rule for this case.")
		}
	}
	for _, l := range pr.Lines {
		pr.Total += l.Amount
	}
	if s.Clock == nil {
		return pr, nil
	}
	due, err := s.Clock.Due(ctx, event.Registered, from, o.Recipient.Unit, now)
	if _, isFault := fault.From(err); err != nil && !isFault {
		return pr, fmt.Errorf("due time: %w", err)
	}
	pr.Due = due
	return pr, nil
}

// typedFee stands among an item's rules when the clerk took the fee from the paper tariff.
const typedFee = "counter.typed_fee"

// accept keeps who sends and receives, then writes the act. The slip that is kept first is the one that counts, so a second press gives the same receipt.
func (s *Service) accept(w http.ResponseWriter, r *http.Request, f *web.Form, office postal.OfficeCode, o order, pr price, look func(*acceptView)) error {
	rec, err := s.writeAcceptance(r, office, o, pr)
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		f.Set(ActField, s.newAct()) // what was kept under the old one belongs to what was refused
		return s.drawAccept(w, r, status, f, look)
	}
	item := rec.Facts[0].(event.ItemAccepted).Item
	if !rec.Repeated {
		if err := s.keepScan(r.Context(), web.PersonOf(r).ID, scan{Code: event.Thing(item), Did: didAccept, Act: rec.Act}); err != nil {
			return err
		}
	}
	return web.Redirect(w, r, pathOf(event.Thing(item))+"/accepted")
}

func (s *Service) writeAcceptance(r *http.Request, office postal.OfficeCode, o order, pr price) (ledger.Receipt, error) {
	ctx := r.Context()
	id, err := s.actID(r)
	if err != nil {
		return ledger.Receipt{}, err
	}
	secret, err := newSecret()
	if err != nil {
		return ledger.Receipt{}, err
	}
	if pr.Reason != nil {
		pr.Lines = []QuoteLine{{VI: "Cước theo bảng giá giấy", EN: "Postage from the paper tariff", Amount: pr.Total, Rule: typedFee}}
	}
	o.Slip = &Slip{Secret: secret, Lines: pr.Lines, Due: pr.Due}
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
	return s.append(r, web.PersonOf(r).ID, office, o.act(office, pr.Total))
}

// reusedForm answers a form that was sent before with other people or another price on it.
func reusedForm() error {
	return fault.New(fault.Conflict, "ledger.act_reused",
		"Biểu mẫu này đã gửi một lần với nội dung khác. Kiểm tra mục Vừa quét ở bàn quét; nếu là bưu gửi khác thì bấm nhận lần nữa.",
		"This form was sent before with other content. Look at your last scans on the scan desk; if this is another item, accept it again.")
}

// act is the acceptance of the order as the ledger knows it: codes, no people.
func (o order) act(office postal.OfficeCode, fee postal.VND) custody.Accept {
	a := custody.Accept{Item: o.Item, Service: event.Registered, ToUnit: o.Recipient.Unit, ToOffice: o.ToOffice, WeightG: o.Weight, FeeVND: fee,
		Receipt: secretHash(o.Slip.Secret), Office: office}
	for _, l := range o.Slip.Lines {
		if l.Rule != "" {
			a.Rules = append(a.Rules, l.Rule)
		}
	}
	if d := o.Slip.Due; !d.At.IsZero() {
		a.DueMs = postal.Millis(d.At)
		a.Rules = append(a.Rules, d.Rule)
	}
	return a
}

// secretLetters leave out what is read for something else: 0 and O, 1, I and L.
const secretLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// newSecret makes the six characters of a receipt: with them the sender sees more than the public does.
func newSecret() (string, error) {
	var b [6]byte
	var s strings.Builder
	for s.Len() < len(b) {
		if _, err := rand.Read(b[:1]); err != nil {
			return "", fmt.Errorf("receipt secret: %w", err)
		}
		if n := int(b[0]); n < 256/len(secretLetters)*len(secretLetters) {
			s.WriteByte(secretLetters[n%len(secretLetters)])
		}
	}
	return s.String(), nil
}

// secretHash is what the ledger holds of a receipt's secret.
func secretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// acceptedView is the page after an acceptance: what to print, what to ask for.
type acceptedView struct {
	web.Page
	*custody.Item
	Lines    []QuoteLine
	ToName   string
	ToOffice string
	Due      time.Time
}

// getAccepted shows what was just accepted, with its papers.
func (s *Service) getAccepted(w http.ResponseWriter, r *http.Request) error {
	v := acceptedView{Page: web.NewPage(r, "Đã nhận gửi", "Accepted")}
	paper, err := s.paperOf(r)
	if err != nil {
		return err
	}
	v.Item, v.ToName, v.ToOffice = paper.Item, paper.ToName, paper.ToOffice
	if paper.Slip != nil {
		v.Lines = paper.Slip.Lines
	}
	if paper.Item.DueMs != 0 {
		v.Due = postal.FromMillis(paper.Item.DueMs)
	}
	return web.Render(w, r, http.StatusOK, acceptedPage(v))
}
