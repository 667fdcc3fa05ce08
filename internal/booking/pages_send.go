package booking

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/code"
)

// send is what the citizen's pages show.
type send struct {
	web.Page
	Form      *web.Form
	Booking   *Booking
	Procedure Procedure
	Bar       *fault.Error // why the procedure cannot be sent; nil: it can
	Person    Person
	Guide     string
	Units     []web.Choice
	Days      []web.Choice
	Windows   []web.Choice
	Found     []web.Choice // communes of the name that was typed
	Costs     Costs
	NoCosts   *fault.Error // why they cannot be told
	service   *Service
}

// honey is a field that no person sees; a program that fills every field fills it too.
const honey = "website"

// open loads the draft of the browser with what its pages show. A browser without one is led to the beginning, and so is one whose draft is finished, to its end.
func (s *Service) open(w http.ResponseWriter, r *http.Request, vi, en string) (*send, error) {
	noStore(w)
	b, err := s.draft(r)
	if err != nil {
		return nil, err
	}
	if b == nil || b.State != Draft {
		return nil, errElsewhere
	}
	v := &send{Page: web.NewPage(r, vi, en), Booking: b, Guide: s.Guide, service: s}
	if v.Form, err = web.ReadForm(r); err != nil {
		return nil, err
	}
	if err := v.load(r); err != nil {
		return nil, err
	}
	return v, nil
}

// errElsewhere says that the page is not for this browser now: /send knows which one is.
var errElsewhere = errors.New("no draft under way")

func elsewhere(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, errElsewhere) {
		return web.Redirect(w, r, SendPath)
	}
	return err
}

func (v *send) load(r *http.Request) (err error) {
	v.Procedure, err = v.service.Procedures.Procedure(v.Booking.Procedure, v.service.today())
	var ok bool
	if v.Bar, ok = fault.From(err); err != nil && !ok {
		return err
	}
	if err := v.addCosts(r.Context()); err != nil {
		return err
	}
	v.Person, err = v.service.person(r.Context(), v.Booking)
	return err
}

// getSend shows the list of steps, or how to begin.
func (s *Service) getSend(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	b, err := s.draft(r)
	if err != nil {
		return err
	}
	asked := r.URL.Query().Get("procedure")
	v := send{Page: web.NewPage(r, "Gửi hồ sơ qua bưu điện", "Send a dossier by post"), Booking: b, Guide: s.Guide, service: s}
	if b != nil && b.State != Draft && asked == "" {
		return web.Redirect(w, r, SendPath+"/done")
	}
	if b != nil && b.State == Draft && (asked == "" || asked == b.Procedure) {
		if err := v.load(r); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, tasksPage(v))
	}
	if asked != "" {
		v.Procedure, err = s.Procedures.Procedure(asked, s.today())
		var ok bool
		if v.Bar, ok = fault.From(err); err != nil && !ok {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, startPage(v))
}

// postSend begins a draft for a procedure, or changes the procedure of the one under way.
func (s *Service) postSend(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if f.Value(honey) != "" {
		return web.Redirect(w, r, SendPath)
	}
	p, err := s.Procedures.Procedure(f.Maybe("procedure", 20), s.today())
	if err != nil {
		return err
	}
	b, err := s.draft(r)
	if err != nil {
		return err
	}
	if b != nil && b.State == Draft {
		b.Procedure, b.Have = p.Code, nil
		if err := s.save(r.Context(), b); err != nil {
			return err
		}
		return web.Redirect(w, r, SendPath)
	}
	_, t, err := s.start(r.Context(), p.Code)
	if err != nil {
		return err
	}
	days, err := s.keep("booking.draft.keep")
	if err != nil {
		return err
	}
	s.setCookie(w, t, days)
	return web.Redirect(w, r, SendPath)
}

func (s *Service) getPapers(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Giấy tờ bạn có", "The papers you have")
	if err != nil {
		return elsewhere(w, r, err)
	}
	v.Form = web.FormOf()
	v.Form.Set("have", v.Booking.Have...)
	return web.Render(w, r, http.StatusOK, papersPage(*v))
}

// postPapers keeps which papers are there. What is missing stops nobody: the counter counts, and the page says what to do.
func (s *Service) postPapers(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Giấy tờ bạn có", "The papers you have")
	if err != nil {
		return elsewhere(w, r, err)
	}
	v.Booking.Have = []string{"-"} // looked at, even when nothing is there
	for _, p := range v.Procedure.Papers {
		if v.Form.Has("have", p.ID) {
			v.Booking.Have = append(v.Booking.Have, p.ID)
		}
	}
	if err := s.save(r.Context(), v.Booking); err != nil {
		return err
	}
	return web.Redirect(w, r, SendPath)
}

func (s *Service) getWho(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Người gửi hồ sơ", "Who sends the dossier")
	if err != nil {
		return elsewhere(w, r, err)
	}
	v.Form = web.FormOf("name", v.Person.Name, "phone", v.Person.Phone.Display(), "email", v.Person.Email)
	return web.Render(w, r, http.StatusOK, whoPage(*v))
}

func (s *Service) postWho(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Người gửi hồ sơ", "Who sends the dossier")
	if err != nil {
		return elsewhere(w, r, err)
	}
	p := Person{Name: v.Form.Text("name", 100), Phone: web.Parse(v.Form, "phone", postal.ParsePhone), Email: web.MaybeParse(v.Form, "email", web.ParseEmail), Address: v.Person.Address}
	if v.Form.Err() != nil {
		return web.Render(w, r, web.Status(v.Form.Err()), whoPage(*v))
	}
	if err := s.keepPerson(r.Context(), v.Booking, p); err != nil {
		return err
	}
	return web.Redirect(w, r, SendPath)
}

func (s *Service) getHow(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Mang đến bưu cục hay hẹn tại nhà", "At a counter or at home")
	if err != nil {
		return elsewhere(w, r, err)
	}
	if !v.Booking.Known() {
		return web.Redirect(w, r, SendPath+"/who")
	}
	b := v.Booking
	v.Form = web.FormOf("way", string(b.Way), "address", v.Person.Address, "unit", string(b.Unit), "day", dayValue(b.Day), "window", b.Window.String())
	return v.showHow(w, r, http.StatusOK)
}

func (v *send) showHow(w http.ResponseWriter, r *http.Request, status int) error {
	if err := v.choices(); err != nil {
		return err
	}
	return web.Render(w, r, status, howPage(*v))
}

func dayValue(d postal.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// choices fills in what can be chosen: communes that a post office serves, days and windows.
func (v *send) choices() error {
	v.Units = []web.Choice{{Label: v.T("Chọn phường, xã", "Choose a ward or commune")}}
	var units []gazetteer.Unit
	for _, u := range v.service.Places.Gazetteer().Units(v.service.today()) {
		if _, ok := v.service.Places.DeliveryOffice(u.Code); ok {
			units = append(units, u)
		}
	}
	keys := map[postal.UnitCode]string{}
	for _, u := range units {
		keys[u.Code] = string(postal.CollationKey(u.Name))
	}
	slices.SortStableFunc(units, func(a, b gazetteer.Unit) int { return cmp.Compare(keys[a.Code], keys[b.Code]) })
	for _, u := range units {
		v.Units = append(v.Units, web.Choice{Value: string(u.Code), Label: u.Name + " (" + string(u.Kind) + ")"})
	}
	days, err := v.service.days()
	if err != nil {
		return err
	}
	v.Days = []web.Choice{{Label: v.T("Chọn ngày", "Choose a day")}}
	for _, d := range days {
		v.Days = append(v.Days, web.Choice{Value: d.String(), Label: weekday(v.Page, d) + ", " + d.VN()})
	}
	windows, err := v.service.windows()
	if err != nil {
		return err
	}
	v.Windows = nil
	for _, w := range windows {
		v.Windows = append(v.Windows, web.Choice{Value: w.String(), Label: w.String()})
	}
	return nil
}

func weekday(p web.Page, d postal.Day) string {
	return p.T([]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}[d.Weekday()], d.Weekday().String())
}

func (s *Service) postHow(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Mang đến bưu cục hay hẹn tại nhà", "At a counter or at home")
	if err != nil {
		return elsewhere(w, r, err)
	}
	if !v.Booking.Known() {
		return web.Redirect(w, r, SendPath+"/who")
	}
	b, f := v.Booking, v.Form
	if f.Value("do") == "find" {
		v.lookFor(f.Text("place", maxPlace))
		return v.showHow(w, r, http.StatusOK)
	}
	b.Way = Way(f.Choice("way", string(ByCounter), string(AtHome)))
	b.Unit, b.Office, b.Day, b.Window = "", "", postal.Day{}, Window{}
	p := v.Person
	p.Address = ""
	if b.Way == AtHome {
		if err := v.readHome(&p); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return v.showHow(w, r, web.Status(f.Err()))
	}
	if err := s.keepPerson(r.Context(), b, p); err != nil {
		return err
	}
	return web.Redirect(w, r, SendPath)
}

// readHome reads where and when the postman comes.
func (v *send) readHome(p *Person) error {
	b, f := v.Booking, v.Form
	if err := v.choices(); err != nil {
		return err
	}
	p.Address = f.Text("address", 200)
	b.Unit = v.readUnit()
	if day := f.Choice("day", valuesOf(v.Days[1:])...); day != "" {
		b.Day, _ = postal.ParseDay(day) // one of ours
	}
	opens, closes, _ := strings.Cut(f.Choice("window", valuesOf(v.Windows)...), "–")
	b.Window = Window{opens, closes}
	b.Office, _ = v.service.Places.DeliveryOffice(b.Unit)
	return nil
}

func valuesOf(choices []web.Choice) []string {
	values := make([]string, len(choices))
	for i, c := range choices {
		values[i] = c.Value
	}
	return values
}

func (s *Service) getCheck(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Kiểm tra trước khi gửi", "Check before you send")
	if err != nil {
		return elsewhere(w, r, err)
	}
	return web.Render(w, r, http.StatusOK, checkPage(*v))
}

func (s *Service) postCheck(w http.ResponseWriter, r *http.Request) error {
	v, err := s.open(w, r, "Kiểm tra trước khi gửi", "Check before you send")
	if err != nil {
		return elsewhere(w, r, err)
	}
	if v.Form.Value(honey) != "" {
		return web.Redirect(w, r, SendPath)
	}
	err = s.confirm(r.Context(), v.Booking)
	if err := v.Form.Refuse(err); err != nil {
		return err
	}
	if v.Form.Err() != nil {
		return web.Render(w, r, web.Status(v.Form.Err()), checkPage(*v))
	}
	if c, err := r.Cookie(cookieName); err == nil { // the booking lives longer than a draft
		days, err := s.keep("booking.keep")
		if err != nil {
			return err
		}
		s.setCookie(w, token(c.Value), days)
	}
	return web.Redirect(w, r, SendPath+"/done")
}

// finished loads the booking of the browser once it is no draft.
func (s *Service) finished(w http.ResponseWriter, r *http.Request) (*send, error) {
	noStore(w)
	b, err := s.draft(r)
	if err != nil {
		return nil, err
	}
	if b == nil || b.State == Draft {
		return nil, errElsewhere
	}
	title := [2]string{"Mã hẹn để mang hồ sơ đến bưu cục", "A reference to bring your dossier with"}
	if b.Way == AtHome {
		title = [2]string{"Đã nhận lịch hẹn gửi hồ sơ", "Your dossier is booked"}
	}
	v := &send{Page: web.NewPage(r, title[0], title[1]), Booking: b, Guide: s.Guide, service: s}
	return v, v.load(r)
}

func (s *Service) getDone(w http.ResponseWriter, r *http.Request) error {
	v, err := s.finished(w, r)
	if err != nil {
		return elsewhere(w, r, err)
	}
	return web.Render(w, r, http.StatusOK, donePage(*v))
}

func (s *Service) getDonePrint(w http.ResponseWriter, r *http.Request) error {
	v, err := s.finished(w, r)
	if err != nil {
		return elsewhere(w, r, err)
	}
	bars, err := code.Code128(string(v.Booking.Ref), 0.4, 14)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, donePrint(*v, bars))
}

// postCancel lets the citizen take the booking back.
func (s *Service) postCancel(w http.ResponseWriter, r *http.Request) error {
	v, err := s.finished(w, r)
	if err != nil {
		return elsewhere(w, r, err)
	}
	if err := s.Cancel(r.Context(), v.Booking, ByCitizen); err != nil {
		return err
	}
	return web.Redirect(w, r, SendPath+"/done")
}

// place names the commune of a booking.
func (v send) place() string {
	u, _ := v.service.Places.Gazetteer().Latest(v.Booking.Unit)
	return u.ExactName(v.Lang)
}

// officeName names the office that comes.
func (s *Service) officeName(o postal.OfficeCode) string {
	if of, ok := s.Places.Directory().Office(o); ok {
		return of.Name
	}
	return string(o)
}

// missing lists the papers that are demanded and that the citizen does not have yet.
func (v send) missing() []Paper {
	var list []Paper
	for _, p := range v.Procedure.Papers {
		if !p.Open && !slices.Contains(v.Booking.Have, p.ID) {
			list = append(list, p)
		}
	}
	return list
}

// task is one step of the list.
type task struct {
	Path, Name string
	Done       bool
	Locked     bool // a step before it is missing
}

func (v send) tasks() []task {
	b := v.Booking
	list := []task{
		{SendPath + "/papers", v.T("Kiểm tra giấy tờ", "Check the papers"), len(b.Have) > 0, false},
		{SendPath + "/who", v.T("Người gửi", "Who sends it"), v.Person.Name != "", false},
		{SendPath + "/how", v.T("Mang đến bưu cục hay hẹn tại nhà", "At a counter or at home"), b.Way != "", v.Person.Name == ""},
	}
	ready := !slices.ContainsFunc(list, func(t task) bool { return !t.Done })
	return append(list, task{SendPath + "/check", v.T("Kiểm tra và gửi", "Check and send"), false, !ready})
}
