package cash

import (
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Book is a book of State receipts (quyển biên lai). Its numbers are given one after the other, none left out and none given twice.
type Book struct {
	Office   postal.OfficeCode
	From, To int
	Next     int
	Voided   int // how many of the issued ones
}

// Left is how many receipts the book still has.
func (b *Book) Left() int { return b.To - b.Next + 1 }

// Place is its office's shelf while it has receipts left.
func (b *Book) Place() string {
	if b.Left() <= 0 {
		return ""
	}
	return Shelf(b.Office)
}

// Shelf is the place of an office's receipt books and open drawers.
func Shelf(o postal.OfficeCode) string { return "cash:" + string(o) }

// Encode writes the book.
func (b *Book) Encode(dst []byte) []byte { return ledger.Encode(dst, b.fields) }

// Decode reads the book.
func (b *Book) Decode(p []byte) error { return ledger.Decode(p, b.fields) }

func (b *Book) fields(c *ledger.Codec) {
	ledger.Str(c, &b.Office)
	ledger.Int(c, &b.From)
	ledger.Int(c, &b.To)
	ledger.Int(c, &b.Next)
	ledger.Int(c, &b.Voided)
}

// BookKey is where a receipt book is kept.
func BookKey(book string) ledger.Key { return ledger.Key("c:" + book) }

// OpenBook lets an office issue the receipts From to To of a book.
type OpenBook struct {
	Book string `json:"book"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// Name of the act.
func (OpenBook) Name() string { return "cash.open_book" }

// Touches the book.
func (a OpenBook) Touches() []ledger.Key { return []ledger.Key{BookKey(a.Book)} }

// maxBook bounds a book: one of more receipts is a slip of the finger.
const maxBook = 1_000_000

// Decide refuses a book that was opened before, anywhere.
func (a OpenBook) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := code(a.Book, "book"); err != nil {
		return nil, err
	}
	if a.From < 1 || a.To < a.From || a.To-a.From >= maxBook {
		return nil, fault.New(fault.Invalid, "cash.book_range", "Số biên lai từ %d đến %d không hợp lệ.", "Receipts %d to %d are not a valid range.", a.From, a.To).At("to")
	}
	if _, there := ledger.Get[*Book](v, BookKey(a.Book)); there {
		return nil, fault.New(fault.Conflict, "cash.book_there", "Quyển biên lai %q đã được nhập.", "The receipt book %q was opened already.", a.Book).At("book")
	}
	return []event.Fact{event.ReceiptBookOpened{Book: a.Book, Office: e.Office, From: a.From, To: a.To}}, nil
}

// issue gives the next number of a book to each due that names it. taken counts those that this act has already given.
func issue(v *ledger.View, o postal.OfficeCode, book string, taken map[string]int) (int, error) {
	b, ok := ledger.Get[*Book](v, BookKey(book))
	if !ok || b.Office != o {
		return 0, fault.New(fault.NotFound, "cash.book_unknown", "Bưu cục này không có quyển biên lai %q.", "This office has no receipt book %q.", book).At("book")
	}
	if b.Left() <= taken[book] {
		return 0, fault.New(fault.Conflict, "cash.book_used_up", "Quyển biên lai %q đã hết số. Hãy dùng quyển khác.", "The receipt book %q is used up. Use another.", book).At("book")
	}
	taken[book]++
	return b.Next + taken[book] - 1, nil
}
