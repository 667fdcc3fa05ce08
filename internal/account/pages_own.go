package account

import (
	"net/http"

	"citypost/internal/web"
	"citypost/internal/web/code"
)

const (
	ownPasswordPath = ownPath + "/password"
	ownFactorPath   = ownPath + "/second-factor"
	ownCodesPath    = ownPath + "/recovery-codes"
	ownSessionsPath = ownPath + "/sessions"
)

func (g *pages) mountOwn(m *web.Mux) {
	m.Get(ownPath, web.SignedIn, g.getOwn)
	m.Post(ownPasswordPath, web.SignedIn, g.postOwnPassword)
	m.Get(ownFactorPath, web.SignedIn, g.getFactor)
	m.Post(ownFactorPath, web.SignedIn, g.postFactor)
	m.Post(ownFactorPath+"/off", web.SignedIn, g.postFactorOff)
	m.Post(ownCodesPath, web.SignedIn, g.postCodes)
	m.Post(ownSessionsPath+"/{id}/end", web.SignedIn, g.postEndSession)
	m.Post(ownSessionsPath+"/end-others", web.SignedIn, g.postEndOthers)
}

// own is what "my account" shows: facts, and three small forms of which one may have been refused.
type own struct {
	page     web.Page
	account  Account
	grants   []Grant
	sessions []Session
	codes    int // recovery codes left
	password *web.Form
	factor   *web.Form
}

func (g *pages) own(r *http.Request) (o own, err error) {
	ctx, who := r.Context(), web.PersonOf(r)
	o.page = web.NewPage(r, "Tài khoản của tôi", "My account")
	o.page.Path = ownPath
	if o.account, err = g.Find(ctx, who.ID); err != nil {
		return o, err
	}
	if o.grants, err = g.inForce(ctx, who.ID); err != nil {
		return o, err
	}
	if o.codes, err = g.RecoveryLeft(ctx, who.ID); err != nil {
		return o, err
	}
	o.sessions, err = g.Sessions(ctx, who.ID)
	return o, err
}

func (g *pages) getOwn(w http.ResponseWriter, r *http.Request) error {
	o, err := g.own(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ownPage(o))
}

func (g *pages) postOwnPassword(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	who := web.PersonOf(r)
	fresh, err := freshPassword(r)
	if err == nil {
		err = g.ChangePassword(r.Context(), g.actor(r), who.ID, who.Session, r.PostForm.Get("password"), fresh)
	}
	if err == nil {
		return web.Done(w, r, ownPath, "Đã đổi mật khẩu. Các phiên khác của bạn đã kết thúc.", "Password changed. Your other sessions have ended.")
	}
	status := web.Status(err)
	if err := f.Refuse(err); err != nil {
		return err
	}
	o, err := g.own(r)
	if err != nil {
		return err
	}
	o.password = f
	return web.Render(w, r, status, ownPage(o))
}

// qrSide in mm is easy to scan from a screen at arm's length.
const qrSide = 60

// factor is the page that turns the second factor on.
type factor struct {
	page  web.Page
	form  *web.Form
	seed  Enrolment
	qr    code.Drawing
	again bool // one is on already and will be replaced
}

func (g *pages) getFactor(w http.ResponseWriter, r *http.Request) error {
	return g.showFactor(w, r, http.StatusOK, nil)
}

func (g *pages) showFactor(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	who := web.PersonOf(r)
	v := factor{page: web.NewPage(r, "Bật mã xác thực", "Turn on sign-in codes"), form: f}
	a, err := g.Find(r.Context(), who.ID)
	if err != nil {
		return err
	}
	v.again = a.SecondFactor
	if v.seed, err = g.Enrol(r.Context(), who.ID); err != nil {
		return err
	}
	if v.qr, err = code.QR(v.seed.URI, qrSide); err != nil {
		return err
	}
	return web.Render(w, r, status, factorPage(v))
}

func (g *pages) postFactor(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	typed := f.Text("otp", 20)
	if f.Err() != nil {
		return g.showFactor(w, r, http.StatusUnprocessableEntity, f)
	}
	codes, err := g.Confirm(r.Context(), g.actor(r), web.PersonOf(r).ID, typed)
	if err == nil {
		return g.showCodes(w, r, codes)
	}
	status := web.Status(err)
	if err := f.Refuse(err); err != nil {
		return err
	}
	f.Set("otp", "")
	return g.showFactor(w, r, status, f)
}

func (g *pages) showCodes(w http.ResponseWriter, r *http.Request, codes []string) error {
	p := web.NewPage(r, "Mã dự phòng", "Recovery codes")
	p.Path = ownPath
	return web.Render(w, r, http.StatusOK, codesPage(p, codes))
}

// postCodes makes new recovery codes, and postFactorOff turns the second factor off; both ask for the password.
func (g *pages) postCodes(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	codes, err := g.NewRecoveryCodes(r.Context(), g.actor(r), web.PersonOf(r).ID, r.PostForm.Get("factor_password"))
	if err != nil {
		return g.factorRefused(w, r, f, err)
	}
	return g.showCodes(w, r, codes)
}

func (g *pages) postFactorOff(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if err := g.DropOwnSecondFactor(r.Context(), g.actor(r), web.PersonOf(r).ID, r.PostForm.Get("factor_password")); err != nil {
		return g.factorRefused(w, r, f, err)
	}
	return web.Done(w, r, ownPath, "Đã tắt mã xác thực.", "Sign-in codes are off.")
}

func (g *pages) factorRefused(w http.ResponseWriter, r *http.Request, f *web.Form, err error) error {
	status := web.Status(err)
	if err := f.Refuse(atField(err, "password", "factor_password")); err != nil {
		return err
	}
	o, err := g.own(r)
	if err != nil {
		return err
	}
	o.factor = f
	return web.Render(w, r, status, ownPage(o))
}

func (g *pages) postEndSession(w http.ResponseWriter, r *http.Request) error {
	who := web.PersonOf(r)
	if err := g.EndSession(r.Context(), g.actor(r), who.ID, pathID(r)); err != nil {
		return err
	}
	return web.Done(w, r, ownPath, "Đã kết thúc phiên.", "The session has ended.")
}

func (g *pages) postEndOthers(w http.ResponseWriter, r *http.Request) error {
	who := web.PersonOf(r)
	if err := g.EndSessions(r.Context(), g.actor(r), who.ID, who.Session); err != nil {
		return err
	}
	return web.Done(w, r, ownPath, "Đã kết thúc mọi phiên khác.", "All other sessions have ended.")
}
