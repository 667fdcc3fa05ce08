package booking

import (
	"context"
	"database/sql"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// mostOpen is how many unused bookings one telephone may have: a family, not a flood.
const mostOpen = 5

// confirm makes a booking of a complete draft. Doing it again changes nothing.
func (s *Service) confirm(ctx context.Context, b *Booking) error {
	if b.State != Draft {
		return nil
	}
	p, err := s.person(ctx, b)
	if err != nil {
		return err
	}
	if err := s.complete(b, p); err != nil {
		return err
	}
	n, err := s.openFor(ctx, b, p.Phone)
	if err != nil {
		return err
	}
	if n >= mostOpen {
		return fault.New(fault.TooMany, "booking.too_many", "Hiện chưa đặt thêm lịch qua trang này được. Hãy mang hồ sơ đến bưu cục hoặc gọi tổng đài.",
			"No more can be booked on this page for now. Bring the dossier to a post office or call us.")
	}
	b.State = Counter
	if b.Way == AtHome {
		b.State = Asked
	}
	return s.save(ctx, b)
}

// Book makes a booking in one go, for somebody who asked by telephone.
func (s *Service) Book(ctx context.Context, procedure string, p Person, way Way, unit postal.UnitCode, day postal.Day, w Window) (*Booking, error) {
	b, _, err := s.start(ctx, procedure)
	if err != nil {
		return nil, err
	}
	b.Way, b.Unit, b.Day, b.Window = way, unit, day, w
	if way == AtHome {
		b.Office, _ = s.Places.DeliveryOffice(unit)
	}
	if err := s.keepPerson(ctx, b, p); err != nil {
		return nil, err
	}
	return b, s.confirm(ctx, b)
}

// complete refuses a draft in which a step is missing, or whose procedure or day no longer stands.
func (s *Service) complete(b *Booking, p Person) error {
	if _, err := s.Procedures.Procedure(b.Procedure, s.today()); err != nil {
		return err
	}
	if p.Name == "" || p.Phone == "" || b.Way == "" {
		return fault.New(fault.Invalid, "booking.incomplete", "Còn bước chưa làm. Hãy làm đủ các bước trong danh sách.", "A step is missing. Do every step of the list.")
	}
	if b.Way != AtHome {
		return nil
	}
	days, err := s.days()
	if err != nil {
		return err
	}
	if !slices.Contains(days, b.Day) {
		return fault.New(fault.Invalid, "booking.day", "Ngày hẹn đã qua hoặc không còn nhận. Hãy chọn ngày khác.", "The day is past or no longer offered. Choose another.")
	}
	return nil
}

// may refuses an act that does not fit the state.
func (b *Booking) may(states ...State) error {
	if slices.Contains(states, b.State) {
		return nil
	}
	return fault.New(fault.Conflict, "booking.state", "Lịch hẹn %[1]s đang ở trạng thái “%[2]s” nên không làm việc này được. Hãy tải lại trang.",
		"The booking %[1]s is “%[3]s”, so this cannot be done. Reload the page.", b.Ref.Grouped(), b.State.In("vi"), b.State.In("en"))
}

// Assign gives a pick-up to a postman for a day and a window. One that failed is given out again the same way.
func (s *Service) Assign(ctx context.Context, b *Booking, carrier postal.StaffID, day postal.Day, w Window) error {
	if err := b.may(Asked, Assigned, Failed); err != nil {
		return err
	}
	carriers, err := s.People.Holding(ctx, web.Carrier, b.Office)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(carriers, func(p web.Person) bool { return p.ID == carrier }) {
		return fault.New(fault.Invalid, "booking.carrier", "Người này không phải bưu tá của bưu cục.", "This person is no postman of the office.").At("carrier")
	}
	if worked, err := s.Calendar.Worked(day); err != nil || !worked || day.Before(s.today()) {
		if err != nil {
			return err
		}
		return fault.New(fault.Invalid, "booking.day", "Ngày này đã qua hoặc là ngày nghỉ. Hãy chọn ngày khác.", "This day is past or a day off. Choose another.").At("day")
	}
	b.State, b.Carrier, b.Day, b.Window, b.Reason = Assigned, carrier, day, w, ""
	return s.save(ctx, b)
}

// Fetch notes that the postman has the papers. The intake is made of them at the counter, or by the postman himself.
func (s *Service) Fetch(ctx context.Context, b *Booking, carrier postal.StaffID) error {
	if b.State == Fetched && b.Carrier == carrier {
		return nil // the same press twice
	}
	if err := s.own(b, carrier); err != nil {
		return err
	}
	b.State, b.Reason = Fetched, ""
	return s.save(ctx, b)
}

// Fail notes why the postman came back without the papers; the dispatcher sees it at once.
func (s *Service) Fail(ctx context.Context, b *Booking, carrier postal.StaffID, why Reason) error {
	if b.State == Failed && b.Carrier == carrier && b.Reason == why {
		return nil
	}
	if err := s.own(b, carrier); err != nil {
		return err
	}
	if !slices.Contains(failReasons, why) {
		return fault.New(fault.Invalid, "booking.reason", "Hãy chọn lý do.", "Choose the reason.").At("reason")
	}
	b.State, b.Reason = Failed, why
	return s.save(ctx, b)
}

// failReasons are those that a postman picks from.
var failReasons = []Reason{Absent, NotReady, NoAddress, ChangeMind, NoTime}

func (s *Service) own(b *Booking, carrier postal.StaffID) error {
	if err := b.may(Assigned); err != nil {
		return err
	}
	if b.Carrier != carrier {
		return fault.New(fault.Forbidden, "booking.other_carrier", "Lịch hẹn này đã giao cho bưu tá khác.", "This booking was given to another postman.")
	}
	return nil
}

// Cancel ends a booking and forgets at once who made it.
func (s *Service) Cancel(ctx context.Context, b *Booking, why Reason) error {
	if b.State == Cancelled {
		return nil
	}
	if err := b.may(Draft, Counter, Asked, Assigned, Failed); err != nil {
		return err
	}
	b.State, b.Reason = Cancelled, why
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.forget(ctx, tx, b); err != nil {
			return err
		}
		return s.change(ctx, tx, b)
	})
}

// Prepared is what the intake needs of a booking.
type Prepared struct {
	Ref       Ref
	Procedure string
	Person    Person
	Unit      postal.UnitCode
	Have      []string // ids of the papers that the citizen said to have
}

// Take opens a booking for the intake. That somebody looked is noted.
func (s *Service) Take(ctx context.Context, ref Ref, who web.Person) (Prepared, error) {
	b, err := s.Find(ctx, ref)
	if err != nil {
		return Prepared{}, err
	}
	if err := s.ours(b, who); err != nil {
		return Prepared{}, err
	}
	if err := b.may(Counter, Asked, Assigned, Fetched, Failed); err != nil {
		return Prepared{}, err
	}
	if err := s.noteLook(ctx, ref, who.ID, string(who.Acting.Name)); err != nil {
		return Prepared{}, err
	}
	p, err := s.person(ctx, b)
	return Prepared{Ref: b.Ref, Procedure: b.Procedure, Person: p, Unit: b.Unit, Have: b.Have}, err
}

// Used notes which dossier somebody's intake made of a booking and forgets what was typed here: the dossier has its own. Noting it again changes nothing; the booking of another office is refused.
func (s *Service) Used(ctx context.Context, ref Ref, who web.Person, item string) error {
	b, err := s.Find(ctx, ref)
	if err != nil {
		return err
	}
	if err := s.ours(b, who); err != nil {
		return err
	}
	if b.State == Taken && b.Item == item {
		return nil
	}
	if err := b.may(Counter, Asked, Assigned, Fetched, Failed); err != nil {
		return err
	}
	b.State, b.Item = Taken, item
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.forget(ctx, tx, b); err != nil {
			return err
		}
		return s.change(ctx, tx, b)
	})
}
