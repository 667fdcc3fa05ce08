package site

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// Places answers where things are. The pictures it gives do not change while they are held.
type Places interface {
	Gazetteer() *gazetteer.Gazetteer
	Directory() *gazetteer.Directory
	// DeliveryOffice is the office that delivers in a commune; ok is false when none is set.
	DeliveryOffice(unit postal.UnitCode) (o postal.OfficeCode, ok bool)
}

// Service is the public site of one house.
type Service struct {
	Places   Places
	Calendar *calendar.Calendar // tells holidays and the law; nil: neither is said
	Now      func() time.Time
	Version  string // of the program
	Notice   string // the text of NOTICE: what the program is made of

	mux    *web.Mux
	paths  func() []string // of all routes, read when the first page is asked for: others are mounted after us
	counts func() counts   // of the change of units, counted once
}

// Mount registers the pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	s.mux, s.counts = m, sync.OnceValue(s.count)
	s.paths = sync.OnceValue(func() []string {
		var paths []string
		for _, r := range m.Routes() {
			paths = append(paths, r.Pattern)
		}
		return paths
	})
	m.Service("/offices", "Tìm bưu cục", "Find an office")
	m.Service("/ward", "Phường xã của bạn", "Your ward")
	m.Service("/convert", "Đổi địa chỉ cũ", "Old addresses")
	m.Get("/{$}", web.Public, s.getHome)
	m.Get("/offices", web.Public, s.getOffices)
	m.Get("/offices/{code}", web.Public, s.getOffice)
	m.Get("/ward", web.Public, s.getWards)
	m.Get("/ward/{code}", web.Public, s.getWard)
	m.Get("/convert", web.Public, s.getConvert)
	m.Get(web.HelpPath, web.Public, s.getHelp)
	m.Get(web.AccessPath, web.Public, s.getAccess)
	m.Get(web.PrivacyPath, web.Public, s.getPrivacy)
	m.Get("/about", web.Public, s.getAbout)
	m.Get("/robots.txt", web.Public, s.getRobots)
	m.Get("/favicon.ico", web.Public, getIcon)
}

// has reports whether a page is there: the first page leads nowhere else.
func (s *Service) has(path string) bool { return slices.Contains(s.paths(), path) }

func (s *Service) today() postal.Day { return postal.DayOf(s.Now()) }

// book is the law, nil when the site has none.
func (s *Service) book() *rulebook.Book {
	if s.Calendar == nil {
		return nil
	}
	return s.Calendar.Book()
}

// robots keeps machines off everything that is about one item or for staff.
const robots = "User-agent: *\nDisallow: /track/\nDisallow: /account\nDisallow: /api/\nDisallow: /desk\nDisallow: /sign-in\n"

func (s *Service) getRobots(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(robots))
	return err
}

// getIcon answers browsers that ask for an icon without reading the page.
func getIcon(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, web.Asset("icon.svg"), http.StatusMovedPermanently)
	return nil
}
