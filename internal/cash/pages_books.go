package cash

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// bookRow is one book: what it has left, and what was issued from it.
type bookRow struct {
	Code   string
	Left   int // receipts still in it; 0 when it is used up
	Issued BookRecord
}

type bookList struct {
	pageView
	Books []bookRow
}

// getBooks lists the receipt books of the office and whether their numbers are whole.
func (s *Pages) getBooks(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	return s.drawBooks(w, r, nil, office)
}

func (s *Pages) drawBooks(w http.ResponseWriter, r *http.Request, f *web.Form, office postal.OfficeCode) error {
	l := bookList{pageView: s.page(r, f, office, "Quyển biên lai", "Receipt books")}
	issued, err := s.Records.BooksOf(r.Context(), office)
	if err != nil {
		return err
	}
	view := s.Records.Ledger.View(r.Context())
	open := Books(view, office)
	if err := view.Err(); err != nil {
		return err
	}
	for _, b := range issued {
		row := bookRow{Code: b.Book, Issued: b}
		if have := open[b.Book]; have != nil {
			row.Left = have.Left()
			delete(open, b.Book)
		}
		l.Books = append(l.Books, row)
	}
	for _, code := range slices.Sorted(maps.Keys(open)) {
		l.Books = append(l.Books, bookRow{Code: code, Left: open[code].Left()})
	}
	return draw(w, r, f, booksPage(l))
}

// postBook opens a receipt book.
func (s *Pages) postBook(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	act := OpenBook{Book: f.Text("book", 40), From: int(f.Int("from", 1, 99_999_999)), To: int(f.Int("to", 1, 99_999_999))}
	if err := s.try(r, f, office, act); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawBooks(w, r, f, office)
	}
	return web.Done(w, r, booksPath, "Đã nhập quyển biên lai "+act.Book+".", "Receipt book "+act.Book+" is open.")
}

// receiptsShown bounds one page of receipts: two books of fifty.
const receiptsShown = 100

type receiptList struct {
	pageView
	Book     string
	Receipts []Receipt
	Older    string // the next numbers
}

// getReceipts lists the receipts of a book by number.
func (s *Pages) getReceipts(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	l := receiptList{pageView: s.page(r, nil, office, "Biên lai của quyển ", "Receipts of book "), Book: f.Text("book", 40)}
	from := f.MaybeInt("from", 0, 99_999_999)
	if err := f.Err(); err != nil {
		return err
	}
	l.Title += l.Book
	if l.Receipts, err = s.Records.ReceiptsOf(r.Context(), l.Book, int(from), receiptsShown+1); err != nil {
		return err
	}
	if len(l.Receipts) == 0 {
		return fault.New(fault.NotFound, "cash.no_receipts", "Quyển %q chưa có biên lai nào.", "Book %q has no receipts.", l.Book)
	}
	if l.Receipts[0].Office != office {
		return fault.New(fault.Forbidden, "cash.other_office", "Quyển biên lai này thuộc bưu cục khác.", "This receipt book belongs to another office.")
	}
	if len(l.Receipts) > receiptsShown {
		l.Older = receiptsPath(l.Book, l.Receipts[receiptsShown].Number)
		l.Receipts = l.Receipts[:receiptsShown]
	}
	return draw(w, r, nil, receiptsPage(l))
}

func receiptsPath(book string, from int) string {
	return booksPath + "/receipts?" + url.Values{"book": {book}, "from": {decimal(from)}}.Encode()
}

// agencies is what is owed to agencies, and one of them in a period.
type agencies struct {
	pageView
	Debts    []Debt
	Agency   postal.AgencyCode
	From, To postal.Day
	Moved    []Movement
	SafeVND  postal.VND
	BankVND  postal.VND
}

// getAgencies shows what is owed, and one agency's statement.
func (s *Pages) getAgencies(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	return s.drawAgencies(w, r, f, office)
}

func (s *Pages) drawAgencies(w http.ResponseWriter, r *http.Request, f *web.Form, office postal.OfficeCode) (err error) {
	l := agencies{Agency: postal.AgencyCode(f.Value("agency")), To: postal.DayOf(s.Now())}
	year, month, _ := l.To.Date()
	l.From = postal.MakeDay(year, month, 1)
	if f.Value("from") != "" && f.Value("to") != "" {
		l.From, l.To = f.Day("from"), f.Day("to")
	} else {
		f.Set("from", l.From.String())
		f.Set("to", l.To.String())
	}
	if l.Debts, err = s.Records.Debts(r.Context()); err != nil {
		return err
	}
	view := s.Records.Ledger.View(r.Context())
	l.SafeVND, l.BankVND = BalanceOf(view, Safe(office)), BalanceOf(view, Bank)
	if err := view.Err(); err != nil {
		return err
	}
	if l.Agency != "" && f.Fault("from") == nil && f.Fault("to") == nil {
		if l.Moved, err = s.Records.Statement(r.Context(), l.Agency, l.From, l.To); err != nil {
			return err
		}
	}
	l.pageView = s.page(r, f, office, "Tiền thu hộ cơ quan", "Collected for agencies")
	return draw(w, r, f, agenciesPage(l))
}

// postRemit hands collected money to its agency.
func (s *Pages) postRemit(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	act := Remit{Agency: postal.AgencyCode(f.Text("agency", 40)), AmountVND: f.VND("amount_vnd", 1, maxAmount), Means: f.Choice("means", Cash, Transfer), Slip: f.Text("slip", 40), Office: office}
	if err := s.try(r, f, office, act); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawAgencies(w, r, f, office)
	}
	return web.Done(w, r, agencyPath+"?"+url.Values{"agency": {string(act.Agency)}}.Encode(),
		"Đã nộp "+act.AmountVND.String()+" cho "+string(act.Agency)+".", act.AmountVND.In("en")+" remitted to "+string(act.Agency)+".")
}

type safe struct {
	pageView
	SafeVND, BankVND, TransitVND, ProvinceVND postal.VND
}

// getSafe shows what lies in the safe and at the bank.
func (s *Pages) getSafe(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	return s.drawSafe(w, r, nil, office)
}

func (s *Pages) drawSafe(w http.ResponseWriter, r *http.Request, f *web.Form, office postal.OfficeCode) error {
	view := s.Records.Ledger.View(r.Context())
	x := safe{pageView: s.page(r, f, office, "Két và ngân hàng", "Safe and bank"), SafeVND: BalanceOf(view, Safe(office)), BankVND: BalanceOf(view, Bank),
		TransitVND: BalanceOf(view, Transit(office)), ProvinceVND: BalanceOf(view, ProvinceOwes)}
	if err := view.Err(); err != nil {
		return err
	}
	return draw(w, r, f, safePage(x))
}

// postMove brings money from or to the safe.
func (s *Pages) postMove(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	act := Move{AmountVND: f.VND("amount_vnd", 1, maxAmount), Reason: f.Choice("reason", "opening", "deposit", "withdrawal", "arrived", "province_paid"), Slip: f.Maybe("slip", 40)}
	switch act.Reason {
	case "opening":
		act.From, act.To = Opening, Safe(office)
	case "deposit":
		act.From, act.To = Safe(office), Bank
	case "withdrawal":
		act.From, act.To = Bank, Safe(office)
	case "arrived":
		act.From, act.To = Transit(office), Bank
	case "province_paid":
		act.From, act.To = ProvinceOwes, Bank
	}
	if err := s.try(r, f, office, act); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawSafe(w, r, f, office)
	}
	return web.Done(w, r, safePath, "Đã ghi "+act.AmountVND.String()+".", act.AmountVND.In("en")+" recorded.")
}

// getJournal asks which days of the books are wanted.
func (s *Pages) getJournal(w http.ResponseWriter, r *http.Request) error {
	today := postal.DayOf(s.Now())
	year, month, _ := today.Date()
	f := web.FormOf("from", postal.MakeDay(year, month, 1).String(), "to", today.String(), "format", string(LedgerFormat))
	return draw(w, r, f, journalPage(s.page(r, f, "", "Sổ quỹ dạng văn bản", "The books as plain text")))
}

// getJournalFile sends the books of some days. They are written whole first, so that a fault is a page and never half a file.
func (s *Pages) getJournalFile(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	from, to := f.Day("from"), f.Day("to")
	format := Format(f.Choice("format", string(LedgerFormat), string(BeancountFormat)))
	var b bytes.Buffer
	if f.Err() == nil {
		if err := f.Refuse(s.Records.Journal(r.Context(), &b, format, from, to)); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return draw(w, r, f, journalPage(s.page(r, f, "", "Sổ quỹ dạng văn bản", "The books as plain text")))
	}
	ending := map[Format]string{LedgerFormat: "journal", BeancountFormat: "beancount"}[format]
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="cash-`+from.String()+`-`+to.String()+`.`+ending+`"`)
	_, err = w.Write(b.Bytes())
	return err
}
