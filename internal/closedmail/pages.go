package closedmail

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

// Signer checks a second person who signs on the first one's screen: login, password and a code where the second factor is on, with the brakes of the sign-in.
type Signer interface {
	Sign(r *http.Request, login, password, code string) (web.Person, error)
}

// Staff names people and lists who holds a right; names are for pages only.
type Staff interface {
	Holding(ctx context.Context, right web.Right, office postal.OfficeCode) ([]web.Person, error)
	Name(ctx context.Context, id postal.StaffID) string
	Names(ctx context.Context, ids []string) (map[string]string, error) // those that are known
}

// Place is an office of the post.
type Place struct {
	Code postal.OfficeCode
	Name string
	Unit postal.UnitCode
}

// Places lists the offices of the post.
type Places interface {
	Offices(ctx context.Context) ([]Place, error)
}

// Pages are closed mail as its people work with it.
type Pages struct {
	Records   *Records
	Directory *Directory
	Law       *Law
	Signer    Signer
	Staff     Staff
	Places    Places
	Vault     *privacy.Vault
	Now       func() time.Time
	MadeUp    bool
}

// The pages.
const (
	boardPath      = "/kt1"
	shiftPath      = "/kt1/shift"
	acceptPath     = "/kt1/accept"
	itemsPath      = "/kt1/items"
	findPath       = "/kt1/find"
	vesselsPath    = "/kt1/vessels"
	tripsPath      = "/kt1/dispatches"
	oversPath      = "/kt1/handovers"
	roundPath      = "/kt1/round"
	incidentPath   = "/kt1/incidents"
	registerPath   = "/kt1/registers"
	reportPath     = "/kt1/report"
	peoplePath     = "/kt1/people"
	facilityPath   = "/kt1/facilities"
	bodiesListPath = "/kt1/bodies"
	visitsPath     = "/kt1/visits"
	casesPath      = "/kt1/cases"
	registryPath   = "/kt1/registry"
)

// Who may look at the management of closed mail, and who may change the register of people.
var (
	handlers = web.AnyOf(web.KT1Clerk, web.KT1Courier)
	overseer = web.AnyOf(web.KT1Supervisor, web.SecurityOfficer)
	// doorkeepers keep the log of visits: the desk is there at every hour.
	doorkeepers = web.AnyOf(web.KT1Clerk, web.SecurityOfficer)
)

// Mount registers the pages. Every route says who may use it.
func (s *Pages) Mount(m *web.Mux) {
	m.Job(web.KT1Clerk, 10, boardPath, "Bảng trực", "Duty board", visitsPath)
	m.Job(web.KT1Clerk, 20, acceptPath, "Nhận gửi", "Accept", itemsPath)
	m.Job(web.KT1Clerk, 30, vesselsPath, "Túi, hộp, chuyến", "Bags and dispatches", tripsPath, partnersPath)
	m.Job(web.KT1Courier, 35, roundPath, "Phát", "Deliver", itemsPath)
	m.Job(web.KT1Courier, 36, partnersPath, "Giao đối tác", "To partners")
	m.Job(handlers, 40, oversPath, "Bàn giao, chờ ký", "Handovers, signatures", signPath)
	m.Job(handlers, 50, incidentPath, "Sự cố", "Incidents")
	m.Job(web.KT1Clerk, 60, registerPath, "Sổ, báo cáo", "Registers, reports", reportPath)
	m.Job(overseer, 70, peoplePath, "Quản lý", "Management", facilityPath, bodiesListPath, casesPath)
	m.Job(web.RegistryClerk, 10, registryPath, "Bưu gửi của cơ quan", "Our items", signPath)
	s.mountDesk(m)
	s.mountSign(m)
	s.mountMoves(m)
	s.mountBooks(m)
	s.mountManagement(m)
	s.mountPartners(m)
}

// view is a page in the making.
type view struct {
	web.Page
	s     *Pages
	ctx   context.Context
	led   *ledger.View
	Form  *web.Form
	At    postal.OfficeCode
	Sub   string
	Tabs  []web.Tab
	Parts []part
	quiet bool  // the page is about signatures itself
	back  *form // the form of the page that was sent and comes back to be mended

	failed *error // what first went wrong while the pieces were made; nobody is shown such a page
}

// note keeps an error that came while a piece of the page was made.
func (v view) note(err error) {
	if err != nil && *v.failed == nil {
		*v.failed = err
	}
}

// whole says whether everything on the page could be read.
func (v view) whole() error { return cmp.Or(*v.failed, v.led.Err()) }

// view begins a page about the office of whoever asks.
func (s *Pages) view(r *http.Request, f *web.Form, vi, en string) (view, error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return view{}, err
	}
	v := view{Page: web.NewPage(r, vi, en), s: s, ctx: r.Context(), led: s.Records.Ledger.View(r.Context()), failed: new(error), Form: f, At: office}
	v.scans()
	v.Sub = v.office(office)
	return v, nil
}

// scans puts the scan field on top of the page for whoever handles items.
func (v *view) scans() {
	if v.May(handlers) {
		v.Site.ScanTo = findPath
	}
}

// scanned reports whether a field of the page itself waits for a scan: then the frame shows none.
func (v view) scanned() bool {
	return slices.ContainsFunc(v.Parts, func(p part) bool {
		return p.Form != nil && slices.ContainsFunc(p.Form.Asks, func(a ask) bool { return a.Kind == askCode && a.Field.Focus })
	})
}

func (v *view) add(parts ...part) { v.Parts = append(v.Parts, parts...) }

func (v view) name(id postal.StaffID) string {
	if id == "" {
		return ""
	}
	return v.s.Staff.Name(v.ctx, id)
}

// namesOf names many at once; who is not known is named by his id.
func (v view) namesOf(ids []postal.StaffID) map[postal.StaffID]string {
	known, err := v.s.Staff.Names(v.ctx, texts(ids))
	v.note(err)
	all := make(map[postal.StaffID]string, len(ids))
	for _, id := range ids {
		all[id] = cmp.Or(known[string(id)], string(id))
	}
	return all
}

func (v view) say(group string, code string) string { return Say(group, code).In(v.Lang) }

// office names an office.
func (v view) office(code postal.OfficeCode) string {
	if p := PartnerOf(event.Holder(code)); p != "" { // a bag may come from a partner, or be bound for one
		return v.partnerName(p)
	}
	all, err := v.s.Places.Offices(v.ctx)
	v.note(err)
	for _, o := range all {
		if o.Code == code {
			return o.Name
		}
	}
	return string(code)
}

// body names a body.
func (v view) body(code BodyCode) string {
	e, err := v.s.Directory.Find(v.ctx, code) // a body without an entry is named by its code
	v.note(err)
	return e.Name
}

// bodyAt names a body as the directory had it at a moment: a page that was bound then is printed the same again.
func (v view) bodyAt(code BodyCode, ms int64) string {
	e, err := v.s.Directory.FindAt(v.ctx, code, ms)
	if err != nil {
		return string(code)
	}
	return e.Name
}

// holder names who has something.
func (v view) holder(h event.Holder) string {
	if id, ok := strings.CutPrefix(string(h), "carrier:"); ok {
		return v.name(postal.StaffID(id))
	}
	if o, ok := strings.CutPrefix(string(h), "office:"); ok {
		return v.office(postal.OfficeCode(o))
	}
	if p := PartnerOf(h); p != "" {
		return v.partnerName(p)
	}
	switch h {
	case event.Recipient:
		return v.T("Nơi nhận", "Addressee")
	case event.Sender:
		return v.T("Nơi gửi", "Sender")
	case event.Lost:
		return v.T("Thất lạc, đang tìm", "Missing, being searched for")
	}
	return string(h)
}

// draw renders the page; fields that have to be mended make it a 422, other refusals what they are.
func (v view) draw(w http.ResponseWriter, r *http.Request) error {
	v.remind()
	if err := v.whole(); err != nil {
		return err
	}
	v.NoScan = v.scanned()
	v.settle()
	return render(w, r, v.Form, screen(v))
}

func render(w http.ResponseWriter, r *http.Request, f *web.Form, c templ.Component) error {
	return web.Render(w, r, f.Status(), c)
}

// do writes an act in the name of the person behind the request, at his office, under the id the form carries.
func (s *Pages) do(r *http.Request, act ledger.Act) (ledger.Receipt, error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return ledger.Receipt{}, err
	}
	return s.doAt(r, office, act)
}

// doAt writes an act that is done at an office.
func (s *Pages) doAt(r *http.Request, office postal.OfficeCode, act ledger.Act, beside ...ledger.Beside) (ledger.Receipt, error) {
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, err
	}
	return s.Records.Ledger.Append(r.Context(), ledger.Envelope{Act: id, OccurredMs: Occurred(act, s.Now()), Office: office, Actor: web.PersonOf(r).ID}, act, beside...)
}

// sent reads a form.
func sent(r *http.Request) (*web.Form, error) {
	f, err := web.ReadForm(r)
	if err == nil {
		f.Set("form", r.URL.Path)
	}
	return f, err
}

// posted reads a form, and what stands behind the person who sent it.
func (s *Pages) posted(r *http.Request) (*web.Form, view, error) {
	f, err := sent(r)
	if err != nil {
		return nil, view{}, err
	}
	v, err := s.view(r, f, "", "")
	return f, v, err
}

// try does the act of a form that has nothing to mend; what the act refuses stands in the form afterwards.
func (s *Pages) try(r *http.Request, f *web.Form, act ledger.Act) (ledger.Receipt, bool, error) {
	if f.Err() != nil {
		return ledger.Receipt{}, false, nil
	}
	got, err := s.do(r, act)
	if err == nil {
		return got, true, nil
	}
	return got, false, f.Refuse(err)
}

// tryAt is try for an act that is done at another office than the person's own, by a person who has none, or with rows of our own beside it.
func (s *Pages) tryAt(r *http.Request, f *web.Form, office postal.OfficeCode, act ledger.Act, beside ...ledger.Beside) (ledger.Receipt, bool, error) {
	if f.Err() != nil {
		return ledger.Receipt{}, false, nil
	}
	got, err := s.doAt(r, office, act, beside...)
	if err == nil {
		return got, true, nil
	}
	return got, false, f.Refuse(err)
}

// secondAsks are the fields by which the second person signs on this screen.
func (v view) secondAsks() []ask {
	return []ask{
		{Kind: askLogin, Field: web.Field{Name: "second_login", Label: v.T("Người thứ hai: tên đăng nhập", "Second person: login")}},
		{Kind: askSecret, Field: web.Field{Name: "second_password", Label: v.T("Người thứ hai: mật khẩu", "Second person: password")}},
		{Kind: askCode, Field: web.Field{Name: "second_code", Label: v.T("Mã xác thực, nếu có bật", "Code of the second factor, where it is on"), Width: 10, Max: 12, Optional: true}},
	}
}

// second is the person who signed as the second; the form says why not.
func (s *Pages) second(r *http.Request, f *web.Form) (postal.StaffID, error) {
	login := f.Value("second_login")
	if login == "" {
		return "", f.Refuse(secondMissing("second_login"))
	}
	p, err := s.Signer.Sign(r, login, r.PostFormValue("second_password"), f.Value("second_code"))
	if e, ok := fault.From(err); ok {
		return "", f.Refuse(e.At("second_login"))
	}
	return p.ID, err
}

// choices makes the options of a closed list.
func choices[T ~string](v view, group string, list []T) []web.Choice {
	out := make([]web.Choice, len(list))
	for n, x := range list {
		out[n] = web.Choice{Value: string(x), Label: upper(v.say(group, string(x)))}
	}
	return out
}

// unchosen puts an empty choice first, so that nothing is chosen unless somebody chose it.
func (v view) unchosen(all []web.Choice) []web.Choice {
	if len(all) > 0 && all[0].Value == "" {
		return all
	}
	return append([]web.Choice{{Label: v.T("Chọn", "Choose")}}, all...)
}

// lower drops the first letter, within a sentence.
func lower(s string) string {
	for _, r := range s {
		return strings.ToLower(string(r)) + s[len(string(r)):]
	}
	return s
}

// upper raises the first letter.
func upper(s string) string {
	for _, r := range s {
		return strings.ToUpper(string(r)) + s[len(string(r)):]
	}
	return s
}
