package cash

import (
	"net/http"
	"strconv"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// drawers is the page of one's own drawer, and for a supervisor of all.
type drawers struct {
	pageView
	Own         *Drawer
	Expected    postal.VND // of one's own; shown once it was counted, so that the count is a count
	Open        []*Drawer
	Choices     []web.Choice
	SafeVND     postal.VND
	Differences []ShiftRecord // that nobody has decided on
}

// Shows the drawer of whoever asks.
func (s *Pages) getDrawer(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	return s.drawDrawer(w, r, nil, office)
}

func (s *Pages) drawDrawer(w http.ResponseWriter, r *http.Request, f *web.Form, office postal.OfficeCode) error {
	view := s.Records.Ledger.View(r.Context())
	d := drawers{pageView: s.page(r, f, office, "Ngăn tiền", "Drawer"), Open: Drawers(view, office), SafeVND: BalanceOf(view, Safe(office))}
	for _, code := range FreeDrawers(view, office) {
		d.Choices = append(d.Choices, web.Choice{Value: code, Label: code})
	}
	if d.Own = own(d.Open, d.Person.ID); d.Own != nil {
		d.Expected = BalanceOf(view, InDrawer(d.Own.Code))
	}
	if err := view.Err(); err != nil {
		return err
	}
	if d.May(web.Supervisor) {
		var err error
		if d.Differences, err = s.undecided(r, view, office); err != nil {
			return err
		}
	}
	return draw(w, r, f, drawerPage(d))
}

// own is the open drawer of a person at an office, nil when there is none.
func own(all []*Drawer, who postal.StaffID) *Drawer {
	for _, d := range all {
		if d.Clerk == who {
			return d
		}
	}
	return nil
}

// undecided lists the last shift of every drawer whose difference nobody has decided on.
func (s *Pages) undecided(r *http.Request, view *ledger.View, office postal.OfficeCode) ([]ShiftRecord, error) {
	shifts, err := s.Records.Shifts(r.Context(), office, maxShifts)
	if err != nil {
		return nil, err
	}
	var list []ShiftRecord
	seen := map[string]bool{}
	for _, x := range shifts {
		if x.ClosedSeq > 0 && x.Difference() != 0 && x.BornBy == "" && !seen[x.Drawer] && BalanceOf(view, Difference(x.Drawer)) != 0 {
			list = append(list, x)
			seen[x.Drawer] = true
		}
	}
	return list, view.Err()
}

// postBegin opens a shift.
func (s *Pages) postBegin(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	act := Begin{Drawer: f.Text("drawer", 20), FloatVND: f.VND("float", 0, maxAmount), Office: office}
	if err := s.try(r, f, office, act); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawDrawer(w, r, f, office)
	}
	return web.Done(w, r, drawerPath, "Đã mở ca ở ngăn tiền "+act.Drawer+".", "The shift of drawer "+act.Drawer+" is open.")
}

// counting is the page on which a drawer is counted.
type counting struct {
	pageView
	Drawer *Drawer
}

// ask finds the drawer that is meant: one's own, or for a supervisor any of the office.
func (s *Pages) asked(r *http.Request, office postal.OfficeCode) (*Drawer, error) {
	view := s.Records.Ledger.View(r.Context())
	d := own(Drawers(view, office), web.PersonOf(r).ID)
	if err := view.Err(); err != nil {
		return nil, err
	}
	if d == nil {
		return nil, fault.New(fault.Conflict, "cash.no_drawer", "Bạn chưa mở ca ở ngăn tiền nào.", "You have no drawer with an open shift.")
	}
	return d, nil
}

func (s *Pages) getCount(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	return s.drawCount(w, r, nil, office)
}

func (s *Pages) drawCount(w http.ResponseWriter, r *http.Request, f *web.Form, office postal.OfficeCode) error {
	d, err := s.asked(r, office)
	if err != nil {
		return err
	}
	return draw(w, r, f, countPage(counting{s.page(r, f, office, "Kiểm tiền", "Count the drawer"), d}))
}

// postCount records what lies in the drawer.
func (s *Pages) postCount(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	act := Count{Drawer: f.Text("drawer", 20), Notes: readNotes(f)}
	if err := s.try(r, f, office, act); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawCount(w, r, f, office)
	}
	return web.Done(w, r, drawerPath, "Đã ghi kết quả kiểm tiền.", "The count is recorded.")
}

// postEnd closes a shift; a supervisor may close another's.
func (s *Pages) postEnd(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	act := End{Drawer: f.Text("drawer", 20), Office: office}
	if f.Value("reason") != "" {
		act.Reason = f.Choice("reason", Reasons...)
	}
	view := s.Records.Ledger.View(r.Context())
	d, _ := ledger.Get[*Drawer](view, DrawerKey(act.Drawer))
	if err := view.Err(); err != nil {
		return err
	}
	person := web.PersonOf(r)
	act.Supervisor = d != nil && d.Clerk != person.ID && person.May(web.Supervisor, office)
	if err := s.try(r, f, office, act); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawDrawer(w, r, f, office)
	}
	return web.Done(w, r, shiftPath(act.Drawer, d.Shift), "Đã kết ca, tiền đã vào két.", "The shift is closed and its money is in the safe.")
}

// postSettle decides who bears a difference.
func (s *Pages) postSettle(w http.ResponseWriter, r *http.Request) error {
	f, office, err := s.form(r)
	if err != nil {
		return err
	}
	act := SettleDifference{Drawer: f.Text("drawer", 20), BornBy: f.Choice("born_by", "clerk", "post"), Office: office}
	if err := s.try(r, f, office, act); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawDrawer(w, r, f, office)
	}
	return web.Done(w, r, drawerPath, "Đã xử lý chênh lệch của ngăn tiền "+act.Drawer+".", "The difference of drawer "+act.Drawer+" is settled.")
}

// maxShifts bounds the list of shifts: about a month of a small office.
const maxShifts = 100

type shiftList struct {
	pageView
	Shifts []ShiftRecord
}

// getShifts lists the last shifts of the office.
func (s *Pages) getShifts(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	l := shiftList{pageView: s.page(r, nil, office, "Các ca làm", "Shifts")}
	if l.Shifts, err = s.Records.Shifts(r.Context(), office, maxShifts); err != nil {
		return err
	}
	return draw(w, r, nil, shiftsPage(l))
}

func shiftPath(drawer string, n int) string { return shiftsPath + "/" + drawer + "/" + strconv.Itoa(n) }

// sheet is one shift with what moved in it.
type sheet struct {
	pageView
	ShiftRecord
	Moved []Movement
}

func (s *Pages) sheet(r *http.Request) (x sheet, err error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return x, err
	}
	n, err := strconv.Atoi(r.PathValue("shift"))
	if err != nil {
		n = 0
	}
	x.pageView = s.page(r, nil, office, "Bảng kê ca ", "Shift sheet ")
	x.ShiftRecord, x.Moved, err = s.Records.Sheet(r.Context(), r.PathValue("drawer"), n)
	if err == nil && x.Office != office {
		err = fault.New(fault.Forbidden, "cash.other_office", "Ca này thuộc bưu cục khác.", "This shift belongs to another office.")
	}
	x.Title += x.Drawer + "/" + strconv.Itoa(x.Shift)
	return x, err
}

// cash is what movements put into the drawer; transfers are those that customers sent.
func (x sheet) cash(m Movement) bool { return m.Account == InDrawer(x.Drawer) }

// counted is the number and sum of the notes of a value.
func (x sheet) worth(n event.Notes) postal.VND { return n.ValueVND * postal.VND(n.Count) }

func (s *Pages) getShift(w http.ResponseWriter, r *http.Request) error {
	x, err := s.sheet(r)
	if err != nil {
		return err
	}
	return draw(w, r, nil, shiftPage(x))
}

func (s *Pages) getSheet(w http.ResponseWriter, r *http.Request) error {
	x, err := s.sheet(r)
	if err != nil {
		return err
	}
	return draw(w, r, nil, sheetPaper(x))
}
