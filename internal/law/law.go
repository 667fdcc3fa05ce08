package law

import (
	"net/http"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

// Service is the law of one house, as its pages show it.
type Service struct {
	Calendar *calendar.Calendar
	Now      func() time.Time
	// Province names a province by its two-digit code as it was on a day, "" when it is not known. Nil: codes are shown.
	Province func(code string, day postal.Day) string
}

// The pages.
const (
	Path         = "/rules"             // the rules of a day
	keysPath     = Path + "/keys/"      // one parameter over time
	actsPath     = Path + "/documents"  // the legal instruments
	changesPath  = Path + "/changes"    // what changes, and when
	doubtPath    = Path + "/unverified" // what nobody could check
	yearPath     = Path + "/calendar"   // the working days of a year
	deadlinePath = Path + "/deadline"   // when it is due
	dutiesPath   = Path + "/reports"    // which reports are owed, and when
)

// reporters see which reports are owed: whoever writes them and whoever receives them.
var reporters = web.AnyOf(web.Staff, web.Department)

// Mount registers the pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	m.Service(Path, "Quy định", "Rules")
	m.Job(web.AnyOf(web.Manager, web.Department), 70, dutiesPath, "Hạn báo cáo", "Report dates")
	m.Get(Path, web.Public, s.getDay)
	m.Get(keysPath+"{name}", web.Public, s.getKey)
	m.Get(actsPath, web.Public, s.getActs)
	m.Get(actsPath+"/{id}", web.Public, s.getAct)
	m.Get(changesPath, web.Public, s.getChanges)
	m.Get(doubtPath, web.Public, s.getDoubt)
	m.Get(yearPath, web.Public, s.getYear)
	m.Get(deadlinePath, web.Public, s.getDeadline)
	m.Get(dutiesPath, reporters, s.getDuties)
}

func (s *Service) book() *rulebook.Book { return s.Calendar.Book() }

func (s *Service) today() postal.Day { return postal.DayOf(s.Now()) }

// page begins a page with its title in both languages.
func (s *Service) page(r *http.Request, vi, en string) view {
	return view{Page: web.NewPage(r, vi, en), s: s}
}

// draw renders a page; fields that have to be mended make it a 422.
func draw(w http.ResponseWriter, r *http.Request, f *web.Form, c templ.Component) error {
	if err := f.Err(); err != nil {
		return web.Render(w, r, web.Status(err), c)
	}
	return web.Render(w, r, http.StatusOK, c)
}
