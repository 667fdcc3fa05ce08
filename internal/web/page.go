package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Paths that the layout points at. Package account serves the first four, the public pages the rest.
const (
	SignInPath  = "/sign-in"       // GET: the form, ?next=; POST: fields login, password, next
	SignOutPath = "/sign-out"      // POST
	RolePath    = "/role"          // POST: field role (index into Person.Roles) and next
	OwnPath     = "/account"       // GET: one's own password, second factor and sessions
	HelpPath    = "/help"          // GET
	AccessPath  = "/accessibility" // GET
	PrivacyPath = "/privacy"       // GET
)

// Page is what the layout needs to draw the frame, and what every component needs to speak the reader's language.
type Page struct {
	Title  string
	Lang   string // "vi" or "en"
	Person Person
	Site   Site
	Path   string // path and query without lang, for the language switch and for coming back
	Flash  *Flash
	NoScan bool   // the page has its own scan field, so the frame shows none
	Wide   bool   // a board or a desk: use the whole width
	App    string // address of the manifest with which a telephone installs the page as an app; empty: none
	Script bool   // staff scripts on a public frame (sign-in keeps drafts); staff frames have them anyway

	jobs     []Link
	services []Link
	at       time.Time // when the page was asked for
}

// NewPage begins a page with its title in both languages.
func NewPage(r *http.Request, vi, en string) Page {
	v := visitOf(r)
	p := Page{Lang: v.lang, Person: v.person, Flash: v.flash, Path: pathWithoutLang(r)}
	p.Title = p.T(vi, en)
	if v.mux != nil {
		p.Site = v.mux.Site
		p.jobs = v.mux.jobsOf(v.person)
		p.services = v.mux.services
		p.at = v.start
	}
	return p
}

// pathWithoutLang is where the language switch leads: this page, or for the answer to a form the page that it was sent from.
func pathWithoutLang(r *http.Request) string {
	u := r.URL
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		from, err := url.Parse(r.Referer())
		if err != nil || from.Host != r.Host || SafeNext(from.Path) != from.Path {
			return r.URL.Path
		}
		u = from
	}
	q := u.Query()
	q.Del("lang")
	if len(q) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + q.Encode()
}

// T picks the sentence in the reader's language.
func (p Page) T(vi, en string) string { return postal.In(p.Lang, vi, en) }

// Say gives a fault's sentence in the reader's language.
func (p Page) Say(f *fault.Error) string { return f.In(p.Lang) }

// May reports whether the reader may do what right stands for, anywhere; to show or leave out a button.
func (p Page) May(right Right) bool { return p.Person.May(right, "") }

// inLang is the address of this page in the given language.
func (p Page) inLang(lang string) string {
	sep := "?"
	if strings.Contains(p.Path, "?") {
		sep = "&"
	}
	return p.Path + sep + "lang=" + lang
}

// siteName is the name on top of every page.
func (p Page) siteName() string {
	if p.Site.NameVI == "" {
		return p.T("Bưu điện thành phố", "City Post")
	}
	return p.T(p.Site.NameVI, p.Site.NameEN)
}

// DateTime prints a moment as people here write it: 24/11/2026 14:05 (English: 24 Nov 2026 14:05).
func (p Page) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(postal.HoChiMinh).Format(p.T("02/01/2006 15:04", "2 Jan 2006 15:04"))
}

// Clock prints only the time of day.
func (p Page) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(postal.HoChiMinh).Format("15:04")
}

// Date prints only the day of a moment.
func (p Page) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(postal.HoChiMinh).Format(p.T("02/01/2006", "2 Jan 2006"))
}

// Millis is DateTime of UTC milliseconds, as the databases keep them; 0 is empty.
func (p Page) Millis(ms int64) string {
	if ms == 0 {
		return ""
	}
	return p.DateTime(time.UnixMilli(ms))
}

// Number prints a whole number with the language's separator: 1.500 or 1,500.
func (p Page) Number(n int64) string { return postal.CountIn(n, p.Lang) }

// Money prints an amount: 44.500 đ, or VND 44,500.
func (p Page) Money(v postal.VND) string { return strings.ReplaceAll(v.In(p.Lang), " ", "\u00a0") }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// Link is an entry of a list of places to go.
type Link struct {
	Path, VI, EN string
	Current      bool
	Also         []string // paths beside Path whose pages count as lying here
}

type job struct {
	Link
	right Right
	order int
	rare  bool  // not in the list: under "Việc khác"
	but   Right // a role for which it is rare, though others have it in their list
}

func (j job) rareTo(p Person) bool { return j.rare || j.but != "" && p.Acting.Name == j.but }

// maxJobs is how many jobs the list on the left shows a role; more is a menu to search, not a desk.
const maxJobs = 7

// Job puts a page in the left list of everyone who holds right. Lower order comes first; the first is the landing page. Also are other paths whose pages
// belong to the same job.
func (m *Mux) Job(right Right, order int, path, vi, en string, also ...string) {
	m.jobs = append(m.jobs, job{Link: Link{Path: path, VI: vi, EN: en, Also: also}, right: right, order: order})
	slices.SortStableFunc(m.jobs, func(a, b job) int { return a.order - b.order })
}

// RareJob puts a page under "Việc khác" (/jobs), for work that comes up seldom: the list on the left stays short.
func (m *Mux) RareJob(right Right, order int, path, vi, en string, also ...string) {
	m.Job(right, order, path, vi, en, also...)
	for n := range m.jobs {
		if m.jobs[n].Path == path && m.jobs[n].right == right {
			m.jobs[n].rare = true
		}
	}
}

// RareFor moves a job under "Việc khác" for one role: a head of office may do all that his clerks do, but seldom does.
func (m *Mux) RareFor(role Right, path string) {
	for n := range m.jobs {
		if m.jobs[n].Path == path {
			m.jobs[n].but = role
		}
	}
}

// Service puts a page in the public navigation, in the order of the calls.
func (m *Mux) Service(path, vi, en string) {
	m.services = append(m.services, Link{Path: path, VI: vi, EN: en})
}

func (m *Mux) jobsOf(p Person) []Link {
	if !p.Known() {
		return nil
	}
	var out []Link
	more := Link{Path: jobsPath, VI: "Việc khác", EN: "More"}
	for _, j := range m.jobs {
		switch {
		case !p.May(j.right, ""):
		case j.rareTo(p):
			more.Also = append(append(more.Also, j.Path), j.Also...)
		case len(out) < maxJobs:
			out = append(out, j.Link)
		}
	}
	if len(more.Also) > 0 {
		out = append(out, more)
	}
	return out
}

// Landing is the first job of a person's list: where sign-in leads when no page was asked for.
func (m *Mux) Landing(p Person) string {
	if jobs := m.jobsOf(p); len(jobs) > 0 {
		return jobs[0].Path
	}
	return "/"
}

// JobsOf lists the jobs that a person sees.
func (m *Mux) JobsOf(p Person) []Link { return m.jobsOf(p) }

// EveryJobOf lists all jobs of a person that are not rare, also those that would not fit the list, for the test that keeps every role at seven or fewer.
func (m *Mux) EveryJobOf(p Person) []Link {
	var out []Link
	for _, j := range m.jobs {
		if p.May(j.right, "") && !j.rareTo(p) {
			out = append(out, j.Link)
		}
	}
	return out
}

// here reports whether l is where the reader is: the page shown lies at or below it, and no other link of the same list is nearer ("/desk" is not where
// one is on "/desk/lists" when the list has that too).
func (p Page) here(l Link) bool {
	path, _, _ := strings.Cut(p.Path, "?")
	near := l.near(path)
	return near > 0 && !slices.ContainsFunc(slices.Concat(p.jobs, p.services), func(other Link) bool { return other.near(path) > near })
}

// near is how much of path the link has in common with it, 0 when the path lies elsewhere.
func (l Link) near(path string) (n int) {
	for _, top := range append([]string{l.Path}, l.Also...) {
		if within(path, top) {
			n = max(n, len(top))
		}
	}
	return n
}

// within reports whether path is top or lies below it; only "/" itself lies at "/".
func within(path, top string) bool {
	return path == top || top != "/" && strings.HasPrefix(path, top+"/")
}

// serviceHere names the service that the reader is at, for the closed menu of a telephone.
func (p Page) serviceHere() string {
	for _, l := range p.services {
		if p.here(l) {
			return p.T("Dịch vụ: ", "Services: ") + p.T(l.VI, l.EN)
		}
	}
	return p.T("Dịch vụ", "Services")
}

// landing is where "go to the first page" leads: the first job, or the public home.
func (p Page) landing() string {
	if len(p.jobs) > 0 {
		return p.jobs[0].Path
	}
	return "/"
}

// roleText names a role with its office, for the header: "Giao dịch viên · 180100".
func roleText(p Page, r Role) string {
	if r.Office == "" {
		return r.Name.In(p.Lang)
	}
	place := string(r.Office)
	if p.Site.Place != nil {
		place = p.Site.Place(r.Office, p.Lang)
	}
	return r.Name.In(p.Lang) + " · " + place
}
