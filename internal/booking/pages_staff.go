package booking

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// line is one booking in a list: no name, a masked telephone; the page of the booking has the rest.
type line struct {
	*Booking
	Name    string // of the procedure
	Place   string
	Carrier string
}

// bookings is the dispatcher's page.
type bookings struct {
	web.Page
	Office string
	Tab    string
	Tabs   []web.Tab
	Lines  []line
	Form   *web.Form
}

// tabs are the views of an office's bookings with the states that they show.
var tabs = []struct {
	name, vi, en string
	states       []State
}{
	{"", "Cần phân công", "To assign", []State{Asked, Failed}},
	{"out", "Đang đi nhận", "Out", []State{Assigned}},
	{"in", "Đã nhận, chờ lập hồ sơ", "Fetched", []State{Fetched}},
}

// getBookings lists the office's bookings, or opens the one whose reference was typed or scanned.
func (s *Service) getBookings(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Hẹn nhận hồ sơ tại nhà", "Pick-ups at home")
	p.NoScan = true // the page has the one field
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if f.Value("ref") != "" {
		if ref := web.Parse(f, "ref", ParseRef); ref != "" {
			return web.Redirect(w, r, StaffPath+"/"+string(ref))
		}
	}
	office := p.Person.Office()
	v := bookings{Page: p, Tab: f.Value("tab"), Form: f, Office: s.officeName(office)}
	for _, t := range tabs {
		list, err := s.ofOffice(r, office, t.states)
		if err != nil {
			return err
		}
		path := StaffPath
		if t.name != "" {
			path += "?tab=" + t.name
		}
		v.Tabs = append(v.Tabs, web.Tab{Label: p.T(t.vi, t.en), Path: path, Count: p.Number(int64(len(list))), Current: t.name == v.Tab})
		if t.name == v.Tab {
			v.Lines = s.lines(r, p, list)
		}
	}
	status := http.StatusOK
	if f.Err() != nil {
		status = web.Status(f.Err())
	}
	return web.Render(w, r, status, bookingsPage(v))
}

// ofOffice lists bookings of an office; somebody who works everywhere sees all.
func (s *Service) ofOffice(r *http.Request, office postal.OfficeCode, states []State) ([]*Booking, error) {
	var all []*Booking
	for _, state := range states {
		list, err := s.list(r.Context(), `state = $1 AND ($2 = '' OR office = $2)`, string(state), string(office))
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b *Booking) int {
		if c := a.Day.Compare(b.Day); c != 0 {
			return c
		}
		return strings.Compare(a.Window.Opens, b.Window.Opens)
	})
	return all, nil
}

func (s *Service) lines(r *http.Request, p web.Page, list []*Booking) []line {
	var out []line
	for _, b := range list {
		l := line{Booking: b, Name: s.procedureName(b.Procedure), Place: s.placeName(b.Unit, p.Lang)}
		if b.Carrier != "" {
			l.Carrier = s.People.Name(r.Context(), b.Carrier)
		}
		out = append(out, l)
	}
	return out
}

func (s *Service) procedureName(code string) string {
	if p, err := s.Procedures.Procedure(code, s.today()); err == nil {
		return p.Name
	}
	return code
}

func (s *Service) placeName(u postal.UnitCode, lang string) string {
	unit, ok := s.Places.Gazetteer().Latest(u)
	if !ok {
		return ""
	}
	return unit.ExactName(lang)
}

// one is the page of a booking.
type one struct {
	web.Page
	Form     *web.Form
	Booking  *Booking
	Person   Person
	Name     string
	Place    string
	Carrier  string
	Carriers []web.Choice
	Days     []web.Choice
	Windows  []web.Choice
	Papers   []Paper
	Intake   string
}

// mayDispatch reports whether the reader may give the booking out or cancel it.
func (v one) mayDispatch() bool { return v.Page.Person.May(web.Dispatcher, v.Booking.Office) }

// find opens the booking of the address for the reader's office. A booking for the counter belongs to no office until it comes.
func (s *Service) find(r *http.Request) (*Booking, error) {
	ref, err := ParseRef(r.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	b, err := s.Find(r.Context(), ref)
	if err != nil {
		return nil, err
	}
	return b, s.ours(b, web.PersonOf(r))
}

// ours refuses the booking of another office.
func (s *Service) ours(b *Booking, who web.Person) error {
	if mine := who.Office(); b.Office != "" && mine != "" && mine != b.Office {
		return fault.New(fault.Forbidden, "booking.other_office", "Lịch hẹn này thuộc bưu cục %[1]s.", "This booking belongs to the office %[1]s.", s.officeName(b.Office))
	}
	return nil
}

func (s *Service) getBooking(w http.ResponseWriter, r *http.Request) error {
	b, err := s.find(r)
	if err != nil {
		return err
	}
	day := b.Day
	if day.Before(s.today()) {
		day = s.today()
	}
	return s.showBooking(w, r, b, web.FormOf("day", day.String(), "window", b.Window.String(), "carrier", string(b.Carrier)), http.StatusOK)
}

// showBooking shows everything about a booking and notes who looked.
func (s *Service) showBooking(w http.ResponseWriter, r *http.Request, b *Booking, f *web.Form, status int) error {
	p := web.NewPage(r, "Lịch hẹn "+b.Ref.Grouped(), "Booking "+b.Ref.Grouped())
	v := one{Page: p, Form: f, Booking: b, Name: s.procedureName(b.Procedure), Place: s.placeName(b.Unit, p.Lang)}
	if err := s.noteLook(r.Context(), b.Ref, p.Person.ID, string(p.Person.Acting.Name)); err != nil {
		return err
	}
	var err error
	if v.Person, err = s.person(r.Context(), b); err != nil {
		return err
	}
	if pr, err := s.Procedures.Procedure(b.Procedure, s.today()); err == nil {
		v.Papers = pr.Papers
	}
	if b.Carrier != "" {
		v.Carrier = s.People.Name(r.Context(), b.Carrier)
	}
	if s.Intake != "" && b.may(Counter, Asked, Assigned, Fetched, Failed) == nil {
		v.Intake = s.Intake + "?booking=" + string(b.Ref)
	}
	if v.mayDispatch() && b.Office != "" {
		if err := s.assignChoices(r, &v); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, bookingPage(v))
}

// assignChoices fills in who may go, and when: today too, when somebody called.
func (s *Service) assignChoices(r *http.Request, v *one) error {
	carriers, err := s.People.Holding(r.Context(), web.Carrier, v.Booking.Office)
	if err != nil {
		return err
	}
	v.Carriers = []web.Choice{{Label: v.T("Chọn bưu tá", "Choose a postman")}}
	for _, c := range carriers {
		v.Carriers = append(v.Carriers, web.Choice{Value: string(c.ID), Label: c.Name})
	}
	days, err := s.days()
	if err != nil {
		return err
	}
	if worked, err := s.Calendar.Worked(s.today()); err == nil && worked {
		days = append([]postal.Day{s.today()}, days...)
	}
	for _, d := range days {
		v.Days = append(v.Days, web.Choice{Value: d.String(), Label: weekday(v.Page, d) + ", " + d.VN()})
	}
	windows, err := s.windows()
	if err != nil {
		return err
	}
	for _, w := range windows {
		v.Windows = append(v.Windows, web.Choice{Value: w.String(), Label: w.String()})
	}
	return nil
}

func (s *Service) postAssign(w http.ResponseWriter, r *http.Request) error {
	b, err := s.find(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	windows, err := s.windows()
	if err != nil {
		return err
	}
	names := make([]string, len(windows))
	for i, win := range windows {
		names[i] = win.String()
	}
	carrier, day := postal.StaffID(f.Text("carrier", 100)), f.Day("day")
	opens, closes, _ := strings.Cut(f.Choice("window", names...), "–")
	if f.Err() == nil {
		if err := f.Refuse(s.Assign(r.Context(), b, carrier, day, Window{opens, closes})); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.showBooking(w, r, b, f, web.Status(f.Err()))
	}
	return web.Done(w, r, StaffPath, "Đã giao cho bưu tá.", "Given to the postman.")
}

func (s *Service) postStaffCancel(w http.ResponseWriter, r *http.Request) error {
	b, err := s.find(r)
	if err != nil {
		return err
	}
	if err := s.Cancel(r.Context(), b, Impossible); err != nil {
		return err
	}
	return web.Done(w, r, StaffPath, "Đã huỷ lịch hẹn và xoá dữ liệu người gửi.", "The booking was cancelled and the sender's data deleted.")
}

// pickup is one stop of the postman.
type pickup struct {
	*Booking
	Person Person
	Name   string
	Place  string
	Papers []Paper
	Late   bool
}

// pickups is the postman's page.
type pickups struct {
	web.Page
	Form   *web.Form
	Stops  []pickup
	Today  postal.Day
	Intake string
}

func (s *Service) getPickups(w http.ResponseWriter, r *http.Request) error {
	return s.showPickups(w, r, nil, http.StatusOK)
}

// showPickups lists what the postman still has to fetch, the nearest first. He needs names and addresses, so that he saw them is noted.
func (s *Service) showPickups(w http.ResponseWriter, r *http.Request, f *web.Form, status int) error {
	p := web.NewPage(r, "Nhận hồ sơ tại nhà", "Pick-ups at home")
	list, err := s.list(r.Context(), `carrier = $1 AND state = 'assigned'`, string(p.Person.ID))
	if err != nil {
		return err
	}
	v := pickups{Page: p, Form: f, Today: s.today(), Intake: s.Intake}
	for _, b := range list {
		if err := s.noteLook(r.Context(), b.Ref, p.Person.ID, string(p.Person.Acting.Name)); err != nil {
			return err
		}
		pr, err := s.Procedures.Procedure(b.Procedure, s.today())
		if _, isFault := fault.From(err); err != nil && !isFault { // one that has ended meanwhile is settled at the intake
			return err
		}
		stop := pickup{Booking: b, Name: cmp.Or(pr.Name, b.Procedure), Papers: pr.Papers, Place: s.placeName(b.Unit, p.Lang), Late: b.Day.Before(v.Today)}
		if stop.Person, err = s.person(r.Context(), b); err != nil {
			return err
		}
		v.Stops = append(v.Stops, stop)
	}
	return web.Render(w, r, status, pickupsPage(v))
}

// postPickup notes how a visit ended.
func (s *Service) postPickup(w http.ResponseWriter, r *http.Request) error {
	ref, err := ParseRef(r.PathValue("ref"))
	if err != nil {
		return err
	}
	b, err := s.Find(r.Context(), ref)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	who := web.PersonOf(r).ID
	switch f.Choice("do", "fetched", "failed") {
	case "fetched":
		if err := s.Fetch(r.Context(), b, who); err != nil {
			return err
		}
		return web.Done(w, r, PickupsPath, "Đã ghi: hồ sơ đang ở chỗ bạn.", "Noted: you have the dossier.")
	case "failed":
		if err := f.Refuse(s.Fail(r.Context(), b, who, Reason(f.Value("reason")))); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.showPickups(w, r, f, web.Status(f.Err()))
	}
	return web.Done(w, r, PickupsPath, "Đã ghi. Điều phối viên sẽ hẹn lại.", "Noted. The dispatcher will arrange another visit.")
}
