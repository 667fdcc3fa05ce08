package cash

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

// Pages is the money of the counters as staff work with it: drawers and shifts, receipt books, what is owed to agencies, the safe, the books.
type Pages struct {
	Records *Records
	Now     func() time.Time
	Name    func(ctx context.Context, id postal.StaffID) string // of a member of staff
	Office  func(postal.OfficeCode) string                      // name of an office
	Agency  func(code postal.AgencyCode, lang string) string    // name of an agency; nil: agencies are shown by their code
	MadeUp  bool                                                // a demonstration: prints say so
	Prices  string                                              // where staff look up prices; "": no link
	Law     *rulebook.Book                                      // what is given back for lateness and loss
	Rules   string                                              // where a rule is explained, followed by its key and "#" and its id; "": not linked
	Items   Items
}

// The pages.
const (
	drawerPath  = "/cash"          // my drawer: open, count, close
	beginPath   = "/cash/begin"    // open a shift
	countPath   = "/cash/count"    // count the drawer
	endPath     = "/cash/end"      // close the shift
	settlePath  = "/cash/settle"   // who bears a difference
	shiftsPath  = "/cash/shifts"   // the shifts of the office
	booksPath   = "/cash/books"    // State receipts, book by book
	agencyPath  = "/cash/agencies" // what is owed to agencies
	safePath    = "/cash/safe"     // safe and bank
	journalPath = "/cash/journal"  // the books as plain text
)

// Mount registers the pages. Every route says who may use it.
func (s *Pages) Mount(m *web.Mux) {
	m.Job(web.Clerk, 28, drawerPath, "Quỹ và ca làm", "Cash and shift")
	m.Job(web.Manager, 65, journalPath, "Sổ quỹ", "Cash journal")
	m.Get(drawerPath, web.Clerk, s.getDrawer)
	m.Post(beginPath, web.Clerk, s.postBegin)
	m.Get(countPath, web.Clerk, s.getCount)
	m.Post(countPath, web.Clerk, s.postCount)
	m.Post(endPath, web.Clerk, s.postEnd)
	m.Post(settlePath, web.Supervisor, s.postSettle)
	m.Get(shiftsPath, web.Clerk, s.getShifts)
	m.Get(shiftsPath+"/{drawer}/{shift}", web.Clerk, s.getShift)
	m.Get(shiftsPath+"/{drawer}/{shift}/sheet", web.Clerk, s.getSheet)
	m.Get(booksPath, web.Clerk, s.getBooks)
	m.Post(booksPath, web.Supervisor, s.postBook)
	m.Get(booksPath+"/receipts", web.Clerk, s.getReceipts)
	m.Get(agencyPath, web.Clerk, s.getAgencies)
	m.Post(agencyPath, web.Supervisor, s.postRemit)
	m.Get(safePath, web.Supervisor, s.getSafe)
	m.Post(safePath, web.Supervisor, s.postMove)
	m.Get(journalPath, web.Manager, s.getJournal)
	m.Get(journalPath+"/file", web.Manager, s.getJournalFile)
	s.mountItems(m)
}

// do writes an act in the name of the person behind the request, at his office, under the id the form carries.
func (s *Pages) do(r *http.Request, office postal.OfficeCode, act ledger.Act) error {
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return err
	}
	_, err = s.Records.Ledger.Append(r.Context(), ledger.Envelope{Act: id, OccurredMs: postal.Millis(s.Now()), Office: office, Actor: web.PersonOf(r).ID}, act)
	return err
}

// try does the act of a form that has nothing to mend; what the act refuses stands in the form afterwards.
func (s *Pages) try(r *http.Request, f *web.Form, office postal.OfficeCode, act ledger.Act) error {
	if f.Err() != nil {
		return nil
	}
	return f.Refuse(s.do(r, office, act))
}

// form reads what was sent, and where.
func (s *Pages) form(r *http.Request) (*web.Form, postal.OfficeCode, error) {
	f, err := web.ReadForm(r)
	if err != nil {
		return nil, "", err
	}
	office, err := web.PersonOf(r).Here()
	return f, office, err
}

// draw renders a page; fields that have to be mended make it a 422, other refusals what they are.
func draw(w http.ResponseWriter, r *http.Request, f *web.Form, c templ.Component) error {
	return web.Render(w, r, f.Status(), c)
}

// pageView is a page about the money of an office.
type pageView struct {
	web.Page
	s    *Pages
	ctx  context.Context
	Form *web.Form
	Act  string
	At   postal.OfficeCode
}

func (s *Pages) page(r *http.Request, f *web.Form, at postal.OfficeCode, vi, en string) pageView {
	return pageView{Page: web.NewPage(r, vi, en), s: s, ctx: r.Context(), Form: f, Act: web.ActOf(f, s.Now()), At: at}
}

func (v pageView) name(id postal.StaffID) string { return v.s.Name(v.ctx, id) }

func (v pageView) office() string { return v.s.Office(v.At) }

// tabs lead to the views of the money of an office.
func (v pageView) tabs(current string) []web.Tab {
	tabs := []web.Tab{
		{Label: v.T("Ngăn tiền", "Drawer"), Path: drawerPath},
		{Label: v.T("Các ca", "Shifts"), Path: shiftsPath},
		{Label: v.T("Biên lai", "Receipts"), Path: booksPath},
		{Label: v.T("Tiền thu hộ", "Collected for agencies"), Path: agencyPath},
	}
	if v.May(web.Supervisor) {
		tabs = append(tabs, web.Tab{Label: v.T("Két", "Safe"), Path: safePath})
	}
	if v.s.Prices != "" {
		tabs = append(tabs, web.Tab{Label: v.T("Giá và miễn giảm", "Prices and relief"), Path: v.s.Prices})
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Path == current
	}
	return tabs
}

// names of the fields, for the summary of what to mend.
func (v pageView) names() []string {
	return []string{"drawer", v.T("Ngăn tiền", "Drawer"), "float", v.T("Tiền đầu ca", "Float"), "amount", v.T("Số tiền", "Amount"), "amount_vnd", v.T("Số tiền", "Amount"),
		"notes", v.T("Kiểm tiền", "Count"), "reason", v.T("Lý do", "Reason"), "book", v.T("Quyển", "Book"), "from", v.T("Từ số", "From"), "to", v.T("Đến số", "To"),
		"slip", v.T("Số chứng từ", "Slip"), "means", v.T("Hình thức", "Means"), "agency", v.T("Cơ quan", "Agency"), "refund_vnd", v.T("Số tiền hoàn", "Refund"), "record", v.T("Số biên bản", "Record"), "born_by", v.T("Bên chịu", "Borne by")}
}

// reason names the reason of a difference.
func (v pageView) reason(id string) string {
	switch id {
	case "change":
		return v.T("Thối tiền nhầm", "Wrong change")
	case "miscount":
		return v.T("Đếm nhầm", "Counted wrong")
	case "unposted":
		return v.T("Có khoản chưa ghi sổ", "Something was not booked")
	case "unknown":
		return v.T("Chưa rõ", "Not known")
	}
	return ""
}

// difference says how far a drawer is from the books.
func (v pageView) difference(d postal.VND) string {
	switch {
	case d < 0:
		return v.T("Thiếu ", "Short by ") + v.Money(-d)
	case d > 0:
		return v.T("Thừa ", "Over by ") + v.Money(d)
	}
	return v.T("Khớp", "No difference")
}

// fact says what moved money.
func (v pageView) fact(name string) string { return words[name].In(v.Lang) }

// noteField is the form field of the notes of one value.
func noteField(value postal.VND) string { return "n" + strconv.FormatInt(int64(value), 10) }

// readNotes reads a count, greatest value first; empty fields are none.
func readNotes(f *web.Form) []event.Notes {
	var notes []event.Notes
	for _, value := range NoteValues {
		if n := f.MaybeInt(noteField(value), 0, maxNotes); n > 0 {
			notes = append(notes, event.Notes{ValueVND: value, Count: int(n)})
		}
	}
	return notes
}
