package account

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

func (g *pages) mountPeople(m *web.Mux) {
	m.Job(web.Admin, 10, peoplePath, "Nhân sự và vai trò", "People and roles")
	m.Get(peoplePath, web.Admin, g.getPeople)
	m.Get(peoplePath+"/new", web.Admin, g.getNewPerson)
	m.Post(peoplePath, web.Admin, g.postPerson)
	m.Get(peoplePath+"/{id}", web.Admin, g.getPerson)
	m.Post(peoplePath+"/{id}/roles", web.Admin, g.postGive)
	m.Post(peoplePath+"/{id}/roles/{grant}/end", web.Admin, g.postEndRole)
	m.Post(peoplePath+"/{id}/password", web.Admin, g.postReset)
	m.Post(peoplePath+"/{id}/second-factor/off", web.Admin, g.confirmedAct(g.DropSecondFactor, "Đã tắt mã xác thực của người này.", "Sign-in codes of this person are off."))
	m.Post(peoplePath+"/{id}/disable", web.Admin, g.personAct(g.Disable, "Đã khoá tài khoản; mọi phiên đã kết thúc.", "The account is disabled and signed out everywhere."))
	m.Post(peoplePath+"/{id}/enable", web.Admin, g.confirmedAct(g.Enable, "Đã mở lại tài khoản.", "The account is open again."))
	m.Post(peoplePath+"/{id}/sessions/end", web.Admin, g.personAct(g.endEverywhere, "Đã kết thúc mọi phiên của người này.", "This person is signed out everywhere."))
}

func (s *Service) endEverywhere(ctx context.Context, by Actor, id postal.StaffID) error {
	return s.EndSessions(ctx, by, id, "")
}

// mostShown is how many people one page lists; more are found by searching.
const mostShown = 200

// people is the list with its search.
type people struct {
	page  web.Page
	form  *web.Form
	list  []Listed
	more  int // found but not shown
	total int
}

func (g *pages) getPeople(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	all, err := g.List(r.Context())
	if err != nil {
		return err
	}
	v := people{page: web.NewPage(r, "Nhân sự và vai trò", "People and roles"), form: f, total: len(all)}
	v.page.Wide = true
	query, state := postal.Fold(f.Value("q")), f.Value("state")
	for _, l := range all {
		if !shownIn(l, query, state) {
			continue
		}
		if len(v.list) == mostShown {
			v.more++
			continue
		}
		v.list = append(v.list, l)
	}
	return web.Render(w, r, http.StatusOK, peoplePage(v))
}

// shownIn matches a person by any part of name, login, id or office, without marks.
func shownIn(l Listed, query, state string) bool {
	if l.Disabled() != (state == "disabled") && state != "all" {
		return false
	}
	text := postal.Fold(l.Name) + " " + l.Login + " " + string(l.ID) + " " + string(l.Office)
	for _, g := range l.Grants {
		text += " " + string(g.Role.Office) + " " + string(g.Role.Name) + " " + postal.Fold(g.Role.Name.In("vi"))
	}
	return strings.Contains(text, query)
}

// newPerson is the form for an account.
type newPerson struct {
	page    web.Page
	form    *web.Form
	offices []Office
}

func (g *pages) getNewPerson(w http.ResponseWriter, r *http.Request) error {
	return g.showNewPerson(w, r, http.StatusOK, nil)
}

func (g *pages) showNewPerson(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	offices, err := g.officeList(r)
	if err != nil {
		return err
	}
	v := newPerson{page: web.NewPage(r, "Tài khoản mới", "New account"), form: f, offices: offices}
	v.page.Path = peoplePath + "/new"
	return web.Render(w, r, status, newPersonPage(v))
}

func (g *pages) officeList(r *http.Request) ([]Office, error) {
	if g.Offices == nil {
		return nil, nil
	}
	return g.Offices.Offices(r.Context())
}

func (g *pages) postPerson(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_ = f.Refuse(checkName(f.Value("name")))
	n := NewPerson{Name: f.Value("name"), Login: must(f, "login", ParseLogin), Office: web.MaybeParse(f, "home", postal.ParseOfficeCode),
		Phone: string(web.MaybeParse(f, "phone", postal.ParsePhone))}
	if f.Value("role") != "" {
		n.Roles = []web.Role{g.readRole(f)}
	}
	if f.Err() != nil {
		return g.showNewPerson(w, r, http.StatusUnprocessableEntity, f)
	}
	by, err := g.confirmed(r, f, secondField, "")
	if err != nil {
		return err
	}
	if f.Err() != nil {
		return g.showNewPerson(w, r, web.Status(f.Err()), f)
	}
	a, password, err := g.Add(r.Context(), by, n)
	if err != nil {
		status := web.Status(err)
		if err := f.Refuse(err); err != nil {
			return err
		}
		return g.showNewPerson(w, r, status, f)
	}
	return g.showPassword(w, r, a, password)
}

// readRole reads role, office and last day.
func (g *pages) readRole(f *web.Form) web.Role {
	role := func(name string) (web.Right, error) { return parseRole(name, g.Closed) }
	return web.Role{Name: must(f, "role", role), Office: must(f, "office", parseScope), Until: f.MaybeDay("until")}
}

// parseScope reads an office that must be chosen, even if it is "every office".
func parseScope(text string) (postal.OfficeCode, error) {
	switch text {
	case "":
		return "", fault.New(fault.Invalid, "account.no_office", "Hãy chọn bưu cục hoặc cơ quan, hoặc “Mọi bưu cục”.", "Choose an office or agency, or “Every office”.")
	case everywhere:
		return "", nil
	}
	return postal.ParseDesk(text)
}

// must reads a field with a parser that also knows what to say about an empty one.
func must[T any](f *web.Form, name string, parse func(string) (T, error)) T {
	got, err := parse(f.Value(name))
	if e, ok := fault.From(err); ok {
		_ = f.Refuse(e.At(name)) // a fault is always taken
	}
	return got
}

func (g *pages) showPassword(w http.ResponseWriter, r *http.Request, a Account, password string) error {
	p := web.NewPage(r, "Mật khẩu dùng một lần", "One-time password")
	p.Path = peoplePath + "/" + string(a.ID)
	return web.Render(w, r, http.StatusOK, passwordPage(p, a, password))
}

// person is everything about one account.
type person struct {
	page    web.Page
	form    *web.Form // the role to give
	care    *web.Form // what is done about the sign-in
	account Account
	grants  []Grant
	today   postal.Day
	offices []Office
	audit   []AuditLine
	names   map[string]string
	online  int
}

// untouchable reports whether it is the reader's own account in a closed house: others change it.
func (v person) untouchable() bool { return v.page.Site.Closed && v.account.ID == v.page.Person.ID }

func (g *pages) getPerson(w http.ResponseWriter, r *http.Request) error {
	return g.showPerson(w, r, http.StatusOK, nil, nil)
}

func (g *pages) showPerson(w http.ResponseWriter, r *http.Request, status int, f, care *web.Form) (err error) {
	ctx, id := r.Context(), postal.StaffID(pathID(r))
	v := person{form: f, care: care, today: postal.DayOf(g.Now())}
	if v.account, err = g.Find(ctx, id); err != nil {
		return err
	}
	if v.grants, err = g.Grants(ctx, id); err != nil {
		return err
	}
	if v.offices, err = g.officeList(r); err != nil {
		return err
	}
	if v.audit, err = g.Audit(ctx, AuditQuery{Who: string(id), Limit: 20}); err != nil {
		return err
	}
	ids := actors(v.audit)
	for _, gr := range v.grants {
		ids = append(ids, gr.GrantedBy, gr.EndedBy)
	}
	if v.names, err = g.Names(ctx, append(ids, v.account.CreatedBy)); err != nil {
		return err
	}
	sessions, err := g.Sessions(ctx, id)
	if err != nil {
		return err
	}
	v.online = len(sessions)
	v.page = web.NewPage(r, v.account.Name, v.account.Name)
	v.page.Path = peoplePath + "/" + string(id)
	return web.Render(w, r, status, personPage(v))
}

func (g *pages) postGive(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	role := g.readRole(f)
	id, status := postal.StaffID(pathID(r)), http.StatusUnprocessableEntity
	var by Actor
	if f.Err() == nil {
		if by, err = g.confirmed(r, f, secondField, id); err != nil {
			return err
		}
		status = web.Status(f.Err())
	}
	if f.Err() == nil {
		err := g.Give(r.Context(), by, id, role)
		if err == nil {
			return web.Done(w, r, peoplePath+"/"+pathID(r), "Đã cấp vai trò: "+role.Name.In("vi")+".", "Role granted: "+role.Name.In("en")+".")
		}
		status = web.Status(err)
		if fault.Is(err, fault.NotFound) {
			return err
		}
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	return g.showPerson(w, r, status, f, nil)
}

func (g *pages) postEndRole(w http.ResponseWriter, r *http.Request) error {
	grant, err := strconv.ParseInt(r.PathValue("grant"), 10, 64)
	if err != nil {
		grant = 0 // no role has this number
	}
	if err := g.End(r.Context(), g.actor(r), postal.StaffID(pathID(r)), grant); err != nil {
		return err
	}
	return web.Done(w, r, peoplePath+"/"+pathID(r), "Đã thu hồi vai trò; có hiệu lực ngay.", "The role has ended, at once.")
}

func (g *pages) postReset(w http.ResponseWriter, r *http.Request) error {
	id := postal.StaffID(pathID(r))
	a, err := g.Find(r.Context(), id)
	if err != nil {
		return err
	}
	var password string
	done, err := g.withSecond(w, r, func(by Actor) (err error) {
		password, err = g.ResetPassword(r.Context(), by, id)
		return err
	})
	if err != nil || !done {
		return err
	}
	return g.showPassword(w, r, a, password)
}

// withSecond does something about the sign-in of the path's account when the second person that it takes has signed; else the page is shown again and says why.
func (g *pages) withSecond(w http.ResponseWriter, r *http.Request, act func(Actor) error) (done bool, err error) {
	f, err := web.ReadForm(r)
	if err != nil {
		return false, err
	}
	by, err := g.confirmed(r, f, secondCareField, postal.StaffID(pathID(r)))
	if err != nil {
		return false, err
	}
	if f.Err() != nil {
		return false, g.showPerson(w, r, web.Status(f.Err()), nil, f)
	}
	return true, act(by)
}

// confirmedAct is personAct for what takes a second person.
func (g *pages) confirmedAct(act func(context.Context, Actor, postal.StaffID) error, vi, en string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := postal.StaffID(pathID(r))
		done, err := g.withSecond(w, r, func(by Actor) error { return act(r.Context(), by, id) })
		if err != nil || !done {
			return err
		}
		return web.Done(w, r, peoplePath+"/"+pathID(r), vi, en)
	}
}

// personAct makes the handler of a button that does one thing to one account.
func (g *pages) personAct(act func(context.Context, Actor, postal.StaffID) error, vi, en string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := act(r.Context(), g.actor(r), postal.StaffID(pathID(r))); err != nil {
			return err
		}
		if pathID(r) == string(web.PersonOf(r).ID) { // they may just have signed themselves out
			return web.Done(w, r, ownPath, vi, en)
		}
		return web.Done(w, r, peoplePath+"/"+pathID(r), vi, en)
	}
}
