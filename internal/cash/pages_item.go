package cash

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

const itemsPath = "/cash/items"

// ItemPath is the page about the money of an item.
func ItemPath(n postal.ItemNumber) string { return itemsPath + "/" + string(n) }

// Carriage is what the page must know of an item beside its money.
type Carriage struct {
	On      postal.Day // of acceptance: the law of that day counts
	DueMs   int64      // when a first attempt was due; 0: no rule
	TriedMs int64      // the first attempt; 0 while there was none
	Page    string     // of the item
	PaidAt  string     // the page on which its compensation is paid, by a record that is kept there; "": on the page of its money
	Cancel  bool       // its acceptance can still be taken back
	Wrong   bool       // it was given to the wrong person and taken back: what he paid is still there
}

// Late says by how much an item missed its time: it was tried after it was due, or is not tried yet and overdue. 0 is in time.
func (c *Carriage) lateMs(nowMs int64) int64 {
	at := c.TriedMs
	if at == 0 {
		at = nowMs
	}
	if c.DueMs == 0 || at <= c.DueMs {
		return 0
	}
	return at - c.DueMs
}

// Back is relief that a decision gives an item after it was accepted.
type Back struct {
	VND              postal.VND
	Policy, Rule     string
	BasisVI, BasisEN string
}

// Items knows the items and their relief; the acts that it makes must be the same for the same request, whatever has happened since.
type Items interface {
	// Carriage fails with NotFound for an unknown item.
	Carriage(ctx context.Context, n postal.ItemNumber) (Carriage, error)
	// Afterwards says what decisions since the acceptance give back; nil when they give nothing.
	Afterwards(ctx context.Context, n postal.ItemNumber) (*Back, error)
	// GiveAfterwards makes the act that grants that relief and pays it out; another amount than the one told is refused.
	GiveAfterwards(ctx context.Context, n postal.ItemNumber, from Source, told postal.VND) (ledger.Act, error)
	// Owed says what an item costs for which nothing was paid: its listed price and the relief it has. ok is false when it was withdrawn.
	Owed(ctx context.Context, n postal.ItemNumber) (t Take, ok bool, err error)
	// Compensating makes the act that pays it only for what was lost or damaged, at an office that the item concerns, and no more than the rules or the liability record grant.
	Compensating(pay Compensate) ledger.Act
	// Cancel makes the act that takes an acceptance back, with its relief and all of its money.
	Cancel(ctx context.Context, n postal.ItemNumber, from Source) (ledger.Act, error)
}

// itemMoney is the page about the money of an item.
type itemMoney struct {
	pageView
	Item     postal.ItemNumber
	Carriage Carriage
	Paid     *Paid // nil when nothing was ever taken
	History  []moneyEvent
	Late     lateness
	Least    least
	Back     *Back
	Owed     *Take  // what is to be taken; nil when it was, or when there is nothing to take
	Own      string // the drawer that the reader has open
	Failed   string // the form to be mended
}

// lateness is the right to the postage of a late item.
type lateness struct {
	Ms    int64
	VND   postal.VND // still to be refunded
	Gives bool
	Cite  rulebook.Citation
	None  *fault.Error // why no rule says so
}

// least is the least compensation.
type least struct {
	Times int64
	VND   postal.VND
	Cite  rulebook.Citation
	None  *fault.Error
}

// moneyEvent is one movement of an item's money.
type moneyEvent struct {
	Fact  string
	AtMs  int64
	By    postal.StaffID
	Where postal.OfficeCode
	VND   postal.VND // into the post's hands; less than nothing when it goes out
	Note  string
}

func (s *Pages) mountItems(m *web.Mux) {
	m.Get(itemsPath+"/{number}", web.Clerk, s.getItem)
	m.Post(itemsPath+"/{number}/take", web.Clerk, s.giveBack("take", s.taking, "Đã thu tiền.", "The money is taken."))
	m.Post(itemsPath+"/{number}/late", web.Supervisor, s.giveBack("late", s.lateRefund, "Đã hoàn cước.", "The postage is refunded."))
	m.Post(itemsPath+"/{number}/compensate", web.Supervisor, s.giveBack("compensate", s.compensation, "Đã ghi bồi thường.", "The compensation is recorded."))
	m.Post(itemsPath+"/{number}/relief", web.Supervisor, s.giveBack("relief", s.reliefBack, "Đã hoàn phần được giảm.", "The relief is paid back."))
	m.Post(itemsPath+"/{number}/wrong", web.Supervisor, s.giveBack("wrong", s.wrongPerson, "Đã hoàn tiền cho người nhận nhầm.", "The wrong person has his money back."))
	m.Post(itemsPath+"/{number}/due", web.Supervisor, s.giveBack("due", s.returnDue, "Đã hoàn khoản nộp hai lần, biên lai đã huỷ.", "The fee paid twice is given back, its receipt is void."))
	m.Post(itemsPath+"/{number}/cancel", web.Supervisor, s.giveBack("cancel", s.cancellation, "Đã huỷ nhận gửi và hoàn tiền.", "The acceptance is cancelled and its money given back."))
}

func (s *Pages) getItem(w http.ResponseWriter, r *http.Request) error {
	return s.drawItem(w, r, web.FormOf(), "")
}

func (s *Pages) drawItem(w http.ResponseWriter, r *http.Request, f *web.Form, failed string) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	x, err := s.itemMoney(r, f, office)
	if err != nil {
		return err
	}
	x.Failed = failed
	if x.Failed != "compensate" && x.Least.VND > 0 {
		f.Set("amount_vnd", postal.Count(int64(x.Least.VND)))
	}
	return draw(w, r, f, itemPage(x))
}

func (s *Pages) itemMoney(r *http.Request, f *web.Form, office postal.OfficeCode) (x itemMoney, err error) {
	ctx := r.Context()
	if x.Item, err = postal.ParseItemNumber(r.PathValue("number")); err != nil {
		return x, err
	}
	if x.Carriage, err = s.Items.Carriage(ctx, x.Item); err != nil {
		return x, err
	}
	x.pageView = s.page(r, f, office, "Tiền của bưu gửi ", "Money of item ")
	x.Title += x.Item.Grouped()
	v := s.Records.Ledger.View(ctx)
	x.Paid, _ = ledger.Get[*Paid](v, ItemKey(x.Item))
	x.Own, _ = OwnDrawer(v, office, x.Person.ID)
	if err := v.Err(); err != nil {
		return x, err
	}
	if x.Paid == nil || x.Paid.Seq == 0 {
		owed, ok, err := s.Items.Owed(ctx, x.Item)
		if err != nil {
			return x, err
		}
		if ok {
			x.Owed = &owed
		}
	}
	if x.Paid == nil {
		return x, nil
	}
	if x.History, err = s.history(ctx, x.Item); err != nil || x.Paid.Seq == 0 {
		return x, err
	}
	s.rights(&x)
	x.Back, err = s.Items.Afterwards(ctx, x.Item)
	return x, err
}

// rights works out what the law of the day of acceptance gives back.
func (s *Pages) rights(x *itemMoney) {
	var err error
	x.Late.Ms, x.Late.VND = x.Carriage.lateMs(postal.Millis(s.Now())), x.Paid.PostageVND-x.Paid.Refunded
	x.Late.Gives, x.Late.Cite, err = RefundsLateness(s.Law, x.Carriage.On)
	x.Late.None, _ = fault.From(err)
	x.Least.Times, x.Least.Cite, err = LeastTimes(s.Law, x.Carriage.On)
	x.Least.None, _ = fault.From(err)
	if v, err := x.Paid.ListVND.Mul(x.Least.Times); err == nil {
		x.Least.VND = v
	}
}

// history tells what became of an item's money, oldest first.
func (s *Pages) history(ctx context.Context, n postal.ItemNumber) ([]moneyEvent, error) {
	key := ItemKey(n)
	trails, err := s.Records.Ledger.Trails(ctx, []ledger.Key{key})
	if err != nil {
		return nil, err
	}
	entries, err := s.Records.Ledger.Entries(ctx, trails[key])
	if err != nil {
		return nil, err
	}
	var all []moneyEvent
	for i := range entries {
		e := &entries[i]
		for _, f := range e.Facts {
			item, note := about(f)
			postings, ok := PostingsOf(f)
			if !ok || item != string(n) {
				continue
			}
			m := moneyEvent{Fact: f.Fact(), AtMs: e.RecordedMs, By: e.Actor, Where: e.Office, Note: note}
			for _, p := range postings {
				if holdsMoney(p.Account) || p.Account == Bank {
					m.VND += p.AmountVND
				}
			}
			all = append(all, m)
		}
	}
	return all, nil
}

// byTransfer stands for the bank among the sources of a refund; the others are drawers.
const byTransfer = "transfer"

func (s *Pages) source(f *web.Form) Source {
	if from := f.Text("from", 20); from != byTransfer {
		return Source{Drawer: from}
	}
	return Source{}
}

// giving makes the act that a form of the item's page asks for.
type giving func(r *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error)

func (s *Pages) giveBack(name string, read giving, vi, en string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, office, err := s.form(r)
		if err != nil {
			return err
		}
		n, err := postal.ParseItemNumber(r.PathValue("number"))
		if err != nil {
			return err
		}
		act, err := read(r, f, n)
		if err := f.Refuse(err); err != nil {
			return err
		}
		if err := s.try(r, f, office, act); err != nil {
			return err
		}
		if f.Err() != nil {
			return s.drawItem(w, r, f, name)
		}
		return web.Done(w, r, ItemPath(n), vi, en)
	}
}

// taking takes the money of an item that was accepted without it.
func (s *Pages) taking(r *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error) {
	t, _, err := s.Items.Owed(r.Context(), n)
	t.Drawer, t.Means = f.Text("from", 20), f.Choice("means", Cash, Transfer)
	return t, err
}

// lateRefund gives postage back for an item that missed its time, by the law of the day of its acceptance.
func (s *Pages) lateRefund(r *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error) {
	c, err := s.Items.Carriage(r.Context(), n)
	if err != nil {
		return nil, err
	}
	gives, cite, err := RefundsLateness(s.Law, c.On)
	if err != nil {
		return nil, err
	}
	if !gives || c.lateMs(postal.Millis(s.Now())) == 0 {
		return nil, fault.New(fault.Conflict, "cash.not_late", "Bưu gửi này không trễ hạn nên không có căn cứ hoàn cước.", "This item is not late, so nothing gives a right to a refund.")
	}
	return Refund{Source: s.source(f), Item: n, AmountVND: f.VND("refund_vnd", 1, maxAmount), Reason: "late", Rule: cite.RuleID}, nil
}

// compensation pays for an item that was lost or damaged.
func (s *Pages) compensation(r *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error) {
	c, err := s.Items.Carriage(r.Context(), n)
	if err != nil {
		return nil, err
	}
	times, cite, err := LeastTimes(s.Law, c.On)
	if err != nil {
		return nil, err
	}
	return s.Items.Compensating(Compensate{Source: s.source(f), Item: n, AmountVND: f.VND("amount_vnd", 1, maxAmount), Times: times, Rule: cite.RuleID, Record: f.Text("record", 40)}), nil
}

// reliefBack pays out a relief that was decided after the acceptance.
func (s *Pages) reliefBack(r *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error) {
	from, told := s.source(f), f.VND("told", 1, maxAmount)
	if f.Err() != nil {
		return nil, nil
	}
	return s.Items.GiveAfterwards(r.Context(), n, from, told)
}

// cancellation takes an acceptance back whose shift is over.
func (s *Pages) cancellation(r *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error) {
	from := s.source(f)
	if f.Err() != nil {
		return nil, nil
	}
	return s.Items.Cancel(r.Context(), n, from)
}

// wrongPerson gives back what somebody paid to whom the item was given by mistake.
func (s *Pages) wrongPerson(r *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error) {
	c, err := s.Items.Carriage(r.Context(), n)
	if err != nil {
		return nil, err
	}
	if !c.Wrong {
		return nil, fault.New(fault.Conflict, "cash.not_wrong", "Bưu gửi này không bị thu lại vì trả nhầm người.", "This item was not taken back from a wrong person.")
	}
	return UndoTake{Source: s.source(f), Item: n, Reason: WrongPerson, Later: true}, nil
}

// returnDue gives a fee back that its payer had paid to the agency already.
func (s *Pages) returnDue(_ *http.Request, f *web.Form, n postal.ItemNumber) (ledger.Act, error) {
	book, number, _ := strings.Cut(f.Text("receipt", 60), "#")
	at, err := strconv.Atoi(number)
	if err != nil {
		return nil, fault.New(fault.Invalid, "cash.receipt", "Chọn biên lai của khoản nộp hai lần.", "Choose the receipt of the fee that was paid twice.").At("receipt")
	}
	return ReturnDue{Source: s.source(f), Item: n, Book: book, Number: at, Reason: PaidTwice}, nil
}

// receipts are the receipts of an item, to choose one.
func (x itemMoney) receipts() []web.Choice {
	var list []web.Choice
	for _, c := range x.Paid.Collected {
		list = append(list, web.Choice{Value: c.Book + "#" + strconv.Itoa(c.Number), Label: x.kind(c.Kind) + " " + x.Money(c.AmountVND) + ", " + x.T("biên lai ", "receipt ") + c.Book + "/" + strconv.Itoa(c.Number)})
	}
	return list
}

// sources are where money that goes back may come from: one's own drawer, or the bank.
func (x itemMoney) sources() []web.Choice {
	var list []web.Choice
	if x.Own != "" {
		list = append(list, web.Choice{Value: x.Own, Label: x.T("Tiền mặt, ngăn ", "Cash, drawer ") + x.Own})
	}
	return append(list, web.Choice{Value: byTransfer, Label: x.T("Chuyển khoản từ ngân hàng", "Transfer from the bank")})
}

// formOf gives the form to the part of the page that sent it.
func (x itemMoney) formOf(name string) *web.Form {
	if x.Failed == name || x.Failed == "" {
		return x.Form
	}
	return nil
}

// toPay is what the customer owes.
func (t *Take) toPay() postal.VND { return t.ListVND - t.OperatorVND - t.ProvinceVND }

// actFor is the act's id of one of the page's forms: each has its own.
func (x itemMoney) actFor(name string) string {
	if x.Failed == name {
		return x.Act
	}
	return web.ActOf(nil, x.s.Now())
}

// refundForm proposes all that is left of the postage.
func (x itemMoney) refundForm() *web.Form {
	if x.Failed == "late" {
		return x.Form
	}
	return web.FormOf("refund_vnd", decimal(int(x.Late.VND)))
}

// meansForm proposes cash.
func (x itemMoney) meansForm() *web.Form {
	if x.Failed == "take" {
		return x.Form
	}
	return web.FormOf("means", Cash)
}

// rows are what was paid and given back.
func (x itemMoney) rows() []web.Row {
	p := x.Paid
	rows := []web.Row{
		{Key: x.T("Giá công bố", "Listed price"), Value: x.Money(p.ListVND)},
		{Key: x.T("Bưu điện chịu", "Borne by the post"), Value: x.Money(p.OperatorVND)},
		{Key: x.T("Ngân sách tỉnh, thành phố trả", "Paid by the province"), Value: x.Money(p.ProvinceVND)},
		{Key: x.T("Khách trả", "Paid by the customer"), Value: x.Money(p.PostageVND) + ", " + x.means(p.Means)},
		{Key: x.T("Ca thu", "Shift"), Value: shift(p.Drawer, p.Shift), Href: shiftPath(p.Drawer, p.Shift)},
	}
	for _, c := range p.Collected {
		rows = append(rows, web.Row{Key: x.kind(c.Kind) + " · " + x.agency(c.Agency), Value: x.Money(c.AmountVND) + " · " + x.T("biên lai ", "receipt ") + c.Book + "/" + decimal(c.Number)})
	}
	if p.Refunded > 0 {
		rows = append(rows, web.Row{Key: x.T("Đã hoàn cước", "Refunded"), Value: x.Money(p.Refunded)})
	}
	if p.Compensated > 0 {
		rows = append(rows, web.Row{Key: x.T("Đã bồi thường", "Compensated"), Value: x.Money(p.Compensated)})
	}
	return rows
}

func (x itemMoney) means(id string) string {
	if id == Transfer {
		return x.T("chuyển khoản", "transfer")
	}
	return x.T("tiền mặt", "cash")
}

// lateBy says how late an item is, in days and hours.
func (x itemMoney) lateBy() string {
	hours := (x.Late.Ms + 3_599_999) / 3_600_000
	if hours < 48 {
		return x.Number(hours) + x.T(" giờ", " hours")
	}
	return x.Number((hours+23)/24) + x.T(" ngày", " days")
}

// rulePath leads to a rule, "" when nowhere.
func (x itemMoney) rulePath(c rulebook.Citation) string {
	if x.s.Rules == "" {
		return ""
	}
	return x.s.Rules + url.PathEscape(c.Key) + "#" + c.RuleID
}
