package booking

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// The pages of bookings.
const (
	SendPath    = "/send"     // the citizen prepares a dossier
	StaffPath   = "/bookings" // the dispatcher and the clerk
	PickupsPath = "/pickups"  // the postman
)

// Mount registers the pages. Every route says who may use it. The guide to procedures leads to the citizen's,
// the office board and “Việc khác” to the bookings.
func (s *Service) Mount(m *web.Mux) {
	for _, step := range []struct {
		path string
		get  web.Handler
		post web.Handler
	}{
		{SendPath, s.getSend, s.postSend}, {SendPath + "/papers", s.getPapers, s.postPapers}, {SendPath + "/who", s.getWho, s.postWho},
		{SendPath + "/how", s.getHow, s.postHow}, {SendPath + "/check", s.getCheck, s.postCheck}, {SendPath + "/done", s.getDone, s.postCancel},
	} {
		m.Get(step.path, web.Public, step.get)
		m.Post(step.path, web.Public, s.braked(step.post))
	}
	m.Get(SendPath+"/done/print", web.Public, s.getDonePrint)
	desk := web.AnyOf(web.Clerk, web.Dispatcher)
	m.RareJob(desk, 45, StaffPath, "Lịch hẹn gửi hồ sơ", "Bookings of dossiers")
	m.Get(StaffPath, desk, s.getBookings)
	m.Get(StaffPath+"/new", desk, s.getCaller)
	m.Post(StaffPath+"/new", desk, s.postCaller)
	m.Get(StaffPath+"/{ref}", desk, s.getBooking)
	m.Post(StaffPath+"/{ref}/assign", web.Dispatcher, s.postAssign)
	m.Post(StaffPath+"/{ref}/cancel", web.Dispatcher, s.postStaffCancel)
	m.Job(web.Carrier, 20, PickupsPath, "Nhận tại nhà", "Pick-ups")
	m.Get(PickupsPath, web.Carrier, s.getPickups)
	m.Post(PickupsPath+"/{ref}", web.Carrier, s.postPickup)
}

// braked stops a network that sends too much.
func (s *Service) braked(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.limiter.Wait(s.Limit, web.Network(web.AddressOf(r)), s.Now()) > 0 {
			return fault.New(fault.TooMany, "booking.brake", "Từ nơi bạn vừa gửi quá nhiều lần. Hãy đợi một phút rồi gửi lại; những gì đã gõ vẫn còn.",
				"Too much was sent from where you are. Wait a minute and send again; what you typed is still there.")
		}
		return h(w, r)
	}
}

// cookieName holds the secret of a draft. It goes to these pages only and is no account.
const cookieName = "send"

func (s *Service) setCookie(w http.ResponseWriter, t token, days int) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: string(t), Path: SendPath, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode, MaxAge: days * 24 * 3600})
}

// draft finds the booking of the browser; nil when it has none.
func (s *Service) draft(r *http.Request) (*Booking, error) {
	c, err := r.Cookie(cookieName)
	if err != nil || c.Value == "" {
		return nil, nil
	}
	return s.mine(r.Context(), token(c.Value))
}

// noStore keeps what a citizen typed out of every cache.
func noStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }
