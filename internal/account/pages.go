package account

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"

	"citypost/internal/fault"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

// Paths of our pages beside those that web names.
const (
	codePath    = "/sign-in/code"
	firstPath   = "/sign-in/password"
	ownPath     = web.OwnPath
	peoplePath  = "/admin/people"
	devicesPath = "/admin/devices"
	auditPath   = "/admin/audit"
)

// pages are the handlers; they know the mux only to ask where a person lands.
type pages struct {
	*Service
	landing func(web.Person) string
}

// Mount registers the pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	g := &pages{Service: s, landing: m.Landing}
	m.Get(web.SignInPath, web.Public, g.getSignIn)
	m.Post(web.SignInPath, web.Public, g.postSignIn)
	m.Get(codePath, web.Public, g.getCode)
	m.Post(codePath, web.Public, g.postCode)
	m.Get(firstPath, web.Public, g.getFirst)
	m.Post(firstPath, web.Public, g.postFirst)
	m.Post(web.SignOutPath, web.Public, g.postSignOut)
	m.Post(web.RolePath, web.SignedIn, g.postRole)
	g.mountOwn(m)
	g.mountPeople(m)
	if !s.Closed { // no program asks a closed house
		g.mountDevices(m)
	}
	g.mountAudit(m)
}

// step is what travels through the steps of a sign-in: where to go and the form that was interrupted.
type step struct {
	page  web.Page
	form  *web.Form
	next  string
	carry web.Carried
}

// at makes the page of a step; its language switch leads back to the same step.
func (g *pages) at(r *http.Request, f *web.Form, path, next, vi, en string) step {
	st := step{page: web.NewPage(r, vi, en), form: f, next: next}
	st.page.Script = true
	st.page.Path = path
	if next != "" {
		st.page.Path += "?next=" + url.QueryEscape(next)
	}
	if r.Method == http.MethodPost {
		st.carry = web.CarriedOf(r)
	}
	return st
}

func (g *pages) signInStep(r *http.Request, f *web.Form, next string) step {
	return g.at(r, f, web.SignInPath, next, "Đăng nhập", "Sign in")
}

func (g *pages) codeStep(r *http.Request, f *web.Form, next string) step {
	return g.at(r, f, codePath, next, "Nhập mã xác thực", "Enter your code")
}

func (g *pages) firstStep(r *http.Request, f *web.Form, next string) step {
	return g.at(r, f, firstPath, next, "Đặt mật khẩu của bạn", "Choose your password")
}

func (g *pages) getSignIn(w http.ResponseWriter, r *http.Request) error {
	next := r.URL.Query().Get("next")
	if p := web.PersonOf(r); p.Known() {
		return web.Redirect(w, r, g.destination(p, next))
	}
	return web.Render(w, r, http.StatusOK, signInPage(g.signInStep(r, nil, next), g.overheard(r), web.SessionEnded(r)))
}

// destination is the page asked for, or the first of the person's jobs; who has no job yet sees their own account.
func (g *pages) destination(p web.Person, next string) string {
	if safe := web.SafeNext(next); safe != "/" {
		return safe
	}
	if first := g.landing(p); first != "/" {
		return first
	}
	return ownPath
}

// overheard reports whether a password would cross a network in the clear.
func (g *pages) overheard(r *http.Request) bool {
	if g.secure(r) || g.AllowPlain {
		return false
	}
	a, err := netip.ParseAddr(web.AddressOf(r))
	return err != nil || !a.Unmap().IsLoopback()
}

func (g *pages) postSignIn(w http.ResponseWriter, r *http.Request) error {
	if g.overheard(r) {
		return fault.New(fault.Forbidden, "account.plain_http",
			"Kết nối này không được mã hoá nên không nhận mật khẩu. Hãy dùng địa chỉ https, hoặc làm ngay trên máy chủ.",
			"This connection is not encrypted, so no password is taken over it. Use the https address, or the server machine itself.")
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	next := f.Value("next")
	login := f.Text("login", 100)
	if r.PostForm.Get("password") == "" {
		f.Text("password", maxPassword)
	}
	if f.Err() != nil {
		return web.Render(w, r, http.StatusUnprocessableEntity, signInPage(g.signInStep(r, f, next), false, false))
	}
	o, err := g.SignIn(r.Context(), Credentials{Login: login, Password: r.PostForm.Get("password"), Address: web.AddressOf(r), Agent: r.UserAgent()})
	if err != nil {
		status := web.Status(err)
		if err := f.Refuse(err); err != nil {
			return err
		}
		return web.Render(w, r, status, signInPage(g.signInStep(r, f, next), false, false))
	}
	return g.goOn(w, r, o, next)
}

// goOn hands over the cookie of the new stage and shows the next step, or resumes the work.
func (g *pages) goOn(w http.ResponseWriter, r *http.Request, o Opened, next string) error {
	g.setCookie(w, r, o.Token)
	switch o.Stage {
	case stageCode:
		return web.Render(w, r, http.StatusOK, codePage(g.codeStep(r, nil, next)))
	case stagePassword:
		return web.Render(w, r, http.StatusOK, firstPage(g.firstStep(r, nil, next)))
	}
	l, err := g.load(r.Context(), g.DB.Read(), o.Token)
	if err != nil {
		return err
	}
	if l == nil {
		return stale()
	}
	who := l.person()
	return web.Resume(w, r, who, g.destination(who, next))
}

func (g *pages) getCode(w http.ResponseWriter, r *http.Request) error {
	return g.getStep(w, r, stageCode, codePage, g.codeStep)
}

func (g *pages) getFirst(w http.ResponseWriter, r *http.Request) error {
	return g.getStep(w, r, stagePassword, firstPage, g.firstStep)
}

// getStep shows a step to whoever is at it, and the beginning to everyone else.
func (g *pages) getStep(w http.ResponseWriter, r *http.Request, stage string, page func(step) templ.Component,
	make func(*http.Request, *web.Form, string) step) error {
	next := r.URL.Query().Get("next")
	if _, err := g.pending(r.Context(), g.cookie(r), stage); err != nil {
		if fault.Code(err) != "account.stale" {
			return err
		}
		return web.Redirect(w, r, web.SignInPath+"?next="+url.QueryEscape(web.SafeNext(next)))
	}
	return web.Render(w, r, http.StatusOK, page(make(r, nil, next)))
}

func (g *pages) postCode(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	next := f.Value("next")
	code := f.Text("otp", 20)
	status := http.StatusUnprocessableEntity
	if f.Err() == nil {
		o, err := g.EnterCode(r.Context(), g.cookie(r), code, web.AddressOf(r))
		if err == nil {
			return g.goOn(w, r, o, next)
		}
		if status, err = g.refusal(f, err); err != nil {
			return g.beginAgain(w, r, err, next)
		}
	}
	f.Set("otp", "")
	return web.Render(w, r, status, codePage(g.codeStep(r, f, next)))
}

func (g *pages) postFirst(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	next := f.Value("next")
	fresh, err := freshPassword(r)
	var o Opened
	if err == nil {
		o, err = g.ChooseFirst(r.Context(), g.cookie(r), fresh, web.AddressOf(r))
	}
	if err == nil {
		return g.goOn(w, r, o, next)
	}
	status, err := g.refusal(f, err)
	if err != nil {
		return g.beginAgain(w, r, err, next)
	}
	return web.Render(w, r, status, firstPage(g.firstStep(r, f, next)))
}

// refusal puts a fault that the form can show into the form; what it cannot show comes back.
func (g *pages) refusal(f *web.Form, err error) (int, error) {
	if fault.Code(err) == "account.stale" {
		return 0, err
	}
	return web.Status(err), f.Refuse(err)
}

// beginAgain leads to the sign-in form, with the interrupted work, when a step came too late.
func (g *pages) beginAgain(w http.ResponseWriter, r *http.Request, err error, next string) error {
	if fault.Code(err) != "account.stale" {
		return err
	}
	f := web.FormOf()
	if err := f.Refuse(err); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusConflict, signInPage(g.signInStep(r, f, next), g.overheard(r), false))
}

// freshPassword reads a new password typed twice, exactly as typed.
func freshPassword(r *http.Request) (string, error) {
	fresh, again := r.PostForm.Get("new_password"), r.PostForm.Get("new_password_again")
	if fresh != again {
		return "", fault.New(fault.Invalid, "account.not_the_same", "Hai lần gõ mật khẩu mới không giống nhau.", "The new password was not typed the same twice.").At("new_password_again")
	}
	return fresh, nil
}

func (g *pages) postSignOut(w http.ResponseWriter, r *http.Request) error {
	if err := g.SignOff(w, r); err != nil {
		return err
	}
	return web.Done(w, r, web.SignInPath, "Đã đăng xuất.", "Signed out.")
}

// postRole changes the role in use; the menu names a role by its place in Person.Roles.
func (g *pages) postRole(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	l, err := g.load(r.Context(), g.DB.Read(), g.cookie(r))
	if err != nil {
		return err
	}
	i, err := strconv.Atoi(f.Value("role"))
	if err != nil || l == nil || i < 0 || i >= len(l.grants) {
		return fault.New(fault.Conflict, "account.roles_changed", "Danh sách vai trò vừa thay đổi. Hãy tải lại trang và chọn lại.", "Your roles have just changed. Reload the page and choose again.")
	}
	by := g.actor(r)
	if err := g.Act(r.Context(), by, l.account, l.id, l.grants[i]); err != nil {
		return err
	}
	role := l.roles[i]
	// The page asked from may be closed to the new role: then its first job is the better place.
	to := g.destination(web.Person{ID: l.account, Roles: l.roles, Acting: role}, "")
	return web.Done(w, r, to, "Đang dùng vai trò: "+role.Name.In("vi")+".", "Role in use: "+role.Name.In("en")+".")
}

// actor is who makes the request, for the audit.
func (g *pages) actor(r *http.Request) Actor { return ActorOf(web.PersonOf(r), web.AddressOf(r)) }

// pathID is the {id} of the path.
func pathID(r *http.Request) string { return r.PathValue("id") }
