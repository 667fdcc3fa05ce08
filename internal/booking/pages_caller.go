package booking

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/idcard"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// caller is the form by which the staff books for somebody who calls or stands at the counter.
type caller struct {
	send
	Read bool // a card was read into the form: it is to be looked at before it is sent
}

// cardFields are the fields of that form which a card fills. The number is not needed for a pick-up, so it is not even shown.
var cardFields = idcard.Fields{Name: "name", Address: "address"}

func (s *Service) newCaller(r *http.Request) (*caller, error) {
	v := &caller{send: send{Page: web.NewPage(r, "Hẹn giúp người gọi", "Book for a caller"), Booking: &Booking{}, Guide: s.Guide, service: s}}
	if err := v.choices(); err != nil {
		return nil, err
	}
	var err error
	v.Form, err = web.ReadForm(r)
	return v, err
}

func (s *Service) getCaller(w http.ResponseWriter, r *http.Request) error {
	v, err := s.newCaller(r)
	if err != nil {
		return err
	}
	v.Form = web.FormOf("procedure", v.Form.Value("procedure"))
	return web.Render(w, r, http.StatusOK, callerPage(*v))
}

// postCaller books, or first fills the form from a card that was scanned into it.
func (s *Service) postCaller(w http.ResponseWriter, r *http.Request) error {
	v, err := s.newCaller(r)
	if err != nil {
		return err
	}
	if _, asked := idcard.FillForm(v.Form, cardFields); asked {
		v.Read = v.Form.Err() == nil
		status := http.StatusOK
		if !v.Read {
			status = http.StatusUnprocessableEntity
		}
		return web.Render(w, r, status, callerPage(*v))
	}
	f, b := v.Form, v.Booking
	pr, err := s.Procedures.Procedure(f.Text("procedure", 20), s.today())
	if f.Fault("procedure") == nil {
		if err := f.Refuse(fault.At(err, "procedure")); err != nil {
			return err
		}
	}
	p := Person{Name: f.Text("name", 100), Phone: web.Parse(f, "phone", postal.ParsePhone)}
	if err := v.readHome(&p); err != nil {
		return err
	}
	if f.Err() == nil {
		b, err = s.Book(r.Context(), pr.Code, p, AtHome, b.Unit, b.Day, b.Window)
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return web.Render(w, r, http.StatusUnprocessableEntity, callerPage(*v))
	}
	return web.Done(w, r, StaffPath, "Đã hẹn. Mã hẹn đọc cho người gửi: "+b.Ref.Grouped(), "Booked. Reference to tell the sender: "+b.Ref.Grouped())
}
