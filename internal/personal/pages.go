package personal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

const (
	listPath   = "/personal"
	newPath    = "/personal/new"
	holdsPath  = "/personal/holds"
	publicPath = "/privacy/request"
)

// takers write requests down; deciders answer them.
var (
	takers   = web.AnyOf(web.Clerk, web.Manager)
	deciders = web.AnyOf(web.Supervisor, web.Manager)
)

// Mount registers the pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	m.RareJob(takers, 70, listPath, "Dữ liệu cá nhân", "Personal data")
	m.Get(listPath, takers, s.getList)
	m.Get(newPath, takers, s.getNew)
	m.Post(newPath, takers, s.postNew)
	m.Get(holdsPath, deciders, s.getHolds)
	m.Post(holdsPath, deciders, s.postHold)
	m.Get(listPath+"/{code}", takers, s.getRequest)
	m.Get(listPath+"/{code}/slip", takers, s.getSlip)
	m.Get(listPath+"/{code}/data", deciders, s.getData)
	m.Post(listPath+"/{code}", deciders, s.postAnswer)
	m.Get(publicPath, web.Public, s.getPublic)
	m.Post(publicPath, web.Public, s.postPublic)
}

func (s *Service) envelope(r *http.Request, f *web.Form) ledger.Envelope {
	who := web.PersonOf(r)
	return ledger.Envelope{Act: web.Parse(f, web.ActField, postal.ParseActID), OccurredMs: s.Now().UnixMilli(), Office: who.Office(), Actor: who.ID}
}

func draw(w http.ResponseWriter, r *http.Request, f *web.Form, c templ.Component) error {
	return web.Render(w, r, f.Status(), c)
}

type listView struct {
	web.Page
	now    time.Time
	Open   []*Request
	Latest []*Request
}

// late reports whether an open request has outrun its clock.
func (v listView) late(r *Request) bool { return r.Decision == "" && r.DueMs < v.now.UnixMilli() }

func (s *Service) getList(w http.ResponseWriter, r *http.Request) (err error) {
	v := listView{Page: web.NewPage(r, "Yêu cầu về dữ liệu cá nhân", "Requests about personal data"), now: s.Now()}
	v.Path, v.Wide = listPath, true
	if v.Open, err = s.Open(r.Context()); err != nil {
		return err
	}
	if v.Latest, err = s.Latest(r.Context()); err != nil {
		return err
	}
	v.Latest = slices.DeleteFunc(v.Latest, func(r *Request) bool { return r.Decision == "" })
	return web.Render(w, r, http.StatusOK, listPage(v))
}

type newView struct {
	web.Page
	Form   *web.Form
	Act    string
	Public bool
}

func (v newView) names() []string {
	return []string{"kind", v.T("Loại yêu cầu", "Kind"), "things", v.T("Mã bưu gửi, hồ sơ", "Items and dossiers"), "name", v.T("Họ và tên", "Name"), "contact", v.T("Nơi nhận trả lời", "Where to answer"),
		"checked", v.T("Giấy tờ đã xem", "Papers seen"), "via", v.T("Cách gửi", "How it came"), "secret", v.T("Mã bí mật", "Secret"), "words", v.T("Nội dung", "What is asked")}
}

func (s *Service) getNew(w http.ResponseWriter, r *http.Request) error {
	return s.drawNew(w, r, web.FormOf("via", "counter"))
}

func (s *Service) drawNew(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v := newView{Page: web.NewPage(r, "Nhận yêu cầu về dữ liệu", "Take a request"), Form: f, Act: web.ActOf(f, s.Now())}
	v.Path = listPath
	return draw(w, r, f, newPage(v))
}

// readThings reads codes one a line or with commas; blanks inside a code are taken out.
func readThings(f *web.Form) []event.Thing {
	var out []event.Thing
	for _, part := range strings.FieldsFunc(f.Lines("things", 2000), func(r rune) bool { return r == '\n' || r == ',' || r == ';' }) {
		if t := event.Thing(strings.ToUpper(strings.Join(strings.Fields(part), ""))); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

func readAsker(f *web.Form) Asker {
	return Asker{Name: f.Text("name", 120), Contact: f.Text("contact", 200), Words: f.MaybeLines("words", 1000)}
}

func (s *Service) postNew(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a := Ask{Kind: f.Choice("kind", kinds...), Things: readThings(f), Via: f.Choice("via", "counter", "letter")}
	who, checked, e := readAsker(f), f.Choice("checked", checkedOrder...), s.envelope(r, f)
	code := ""
	if f.Err() == nil {
		code, err = s.Receive(r.Context(), e, a, who, checked)
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.drawNew(w, r, f)
	}
	return web.Redirect(w, r, listPath+"/"+code)
}

type requestView struct {
	web.Page
	asked
	Form  *web.Form
	Act   string
	Late  bool
	Basis string
	Sure  bool
	Holds map[event.Thing][]string
}

func (s *Service) getRequest(w http.ResponseWriter, r *http.Request) error {
	return s.drawRequest(w, r, nil)
}

func (s *Service) drawRequest(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	a, err := s.open(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	v := requestView{Page: web.NewPage(r, "Yêu cầu ", "Request "), asked: a, Form: f, Act: web.ActOf(f, s.Now())}
	v.Title += a.Code
	v.Path = listPath
	v.Late = a.Decision == "" && a.DueMs < s.Now().UnixMilli()
	if len(a.Rules) > 0 {
		if rule, ok := s.Book.ByID(a.Rules[0]); ok {
			v.Basis, v.Sure = rule.Cite().In(v.Lang), rule.Verified
		}
	}
	if v.Holds, err = s.Held(r.Context()); err != nil {
		return err
	}
	return draw(w, r, f, requestPage(v))
}

func (s *Service) postAnswer(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a := Answer{Request: r.PathValue("code"), Decision: f.Choice("decision", Granted, Refused)}
	if a.Decision == Refused {
		a.Reason = f.Choice("reason", refusals...)
	}
	e := s.envelope(r, f)
	if f.Err() == nil {
		if err := f.Refuse(s.Decide(r.Context(), e, a)); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.drawRequest(w, r, f)
	}
	return web.Done(w, r, listPath+"/"+a.Request, "Đã ghi quyết định.", "The decision is recorded.")
}

type slipView struct {
	web.Page
	asked
}

// getSlip prints what the person takes home: the number, and by when we answer.
func (s *Service) getSlip(w http.ResponseWriter, r *http.Request) error {
	a, err := s.open(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, slipPage(slipView{web.NewPage(r, "Giấy tiếp nhận yêu cầu", "Receipt of a request"), a}))
}

type dataView struct {
	web.Page
	asked
	Things []thingData
}

// thingData is what is kept of one thing's people.
type thingData struct {
	Thing event.Thing
	Data  []Datum
}

// getData prints what is kept, for the person who asked. Each capability notes that it was shown.
func (s *Service) getData(w http.ResponseWriter, r *http.Request) error {
	a, err := s.open(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if a.Kind != Provide {
		return fault.New(fault.Conflict, "personal.not_provide", "Yêu cầu này không phải là yêu cầu cung cấp dữ liệu.", "This request does not ask what is kept.")
	}
	v := dataView{Page: web.NewPage(r, "Dữ liệu đang lưu", "What is kept"), asked: a}
	for _, t := range a.Things {
		k, err := s.keeperOf(r.Context(), t)
		if err != nil {
			return err
		}
		data, err := k.Data(r.Context(), web.PersonOf(r), t, v.Lang)
		if err != nil {
			return err
		}
		v.Things = append(v.Things, thingData{t, data})
	}
	return web.Render(w, r, http.StatusOK, dataPage(v))
}

type holdsView struct {
	web.Page
	Form *web.Form
	Act  string
	Held map[event.Thing][]string
}

// order lists the held things.
func (v holdsView) order() []event.Thing {
	var out []event.Thing
	for t := range v.Held {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}

func (s *Service) getHolds(w http.ResponseWriter, r *http.Request) error {
	return s.drawHolds(w, r, nil)
}

func (s *Service) drawHolds(w http.ResponseWriter, r *http.Request, f *web.Form) (err error) {
	v := holdsView{Page: web.NewPage(r, "Dữ liệu không được xoá", "Data on hold"), Form: f, Act: web.ActOf(f, s.Now())}
	v.Path = listPath
	if v.Held, err = s.Held(r.Context()); err != nil {
		return err
	}
	return draw(w, r, f, holdsPage(v))
}

func (s *Service) postHold(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a := Hold{Reason: f.Choice("reason", holds...), Over: f.Ticked("over")}
	if things := readThings(f); len(things) > 0 {
		a.Thing = things[0]
	}
	e := s.envelope(r, f)
	if f.Err() == nil {
		_, err := s.keeperOf(r.Context(), a.Thing)
		if err == nil {
			_, err = s.Ledger.Append(r.Context(), e, a)
		}
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.drawHolds(w, r, f)
	}
	return web.Done(w, r, holdsPath, "Đã ghi.", "Recorded.")
}

func (s *Service) getPublic(w http.ResponseWriter, r *http.Request) error {
	return s.drawPublic(w, r, nil)
}

func (s *Service) drawPublic(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v := newView{Page: web.NewPage(r, "Yêu cầu về dữ liệu cá nhân", "A request about your data"), Form: f, Act: web.ActOf(f, s.Now()), Public: true}
	return draw(w, r, f, publicPage(v))
}

// postPublic takes a request from somebody who knows a receipt's secret. A wrong secret and an unknown code are answered alike.
func (s *Service) postPublic(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if s.asked.Wait(s.Limit, web.Network(web.AddressOf(r)), s.Now()) > 0 {
		return fault.New(fault.TooMany, "personal.too_many", "Bạn đã gửi quá nhiều lần. Hãy thử lại sau ít phút.", "Too many tries. Try again in a few minutes.")
	}
	a := Ask{Kind: f.Choice("kind", kinds...), Things: readThings(f), Via: "online"}
	who, secret, e := readAsker(f), f.Text("secret", 20), s.envelope(r, f)
	if f.Err() == nil {
		if err := f.Refuse(s.prove(r, a.Things, secret)); err != nil {
			return err
		}
	}
	code := ""
	if f.Err() == nil {
		code, err = s.Receive(r.Context(), e, a, who, "receipt")
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.drawPublic(w, r, f)
	}
	req, err := s.find(r.Context(), code)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sentPage(web.NewPage(r, "Đã nhận yêu cầu", "We have your request"), req))
}

func (s *Service) prove(r *http.Request, things []event.Thing, secret string) error {
	no := fault.New(fault.Invalid, "personal.secret", "Mã và mã bí mật không khớp. Hãy xem lại biên nhận; mất biên nhận thì mang giấy tờ đến quầy.",
		"Code and secret do not fit. Look at your receipt; without it, bring your papers to a counter.").At("secret")
	if len(things) != 1 {
		return no
	}
	k, err := s.keeperOf(r.Context(), things[0])
	if fault.Is(err, fault.NotFound) {
		return no
	}
	if err != nil {
		return err
	}
	ok, err := k.Proves(r.Context(), things[0], secret)
	if err == nil && !ok {
		return no
	}
	return err
}
