package desk

import (
	"context"
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"

	"github.com/a-h/templ"
)

// reply is what the desk says to a scan: one headline, at most three facts, at most three actions.
type reply struct {
	Tone     web.Tone
	Headline string
	Code     string // the code it is about, grouped for the eye
	Facts    []string
	Actions  []action
	Mended   bool   // the scan was garbled by a Vietnamese input method
	Go       string // the page to open instead: what was scanned is to be worked on there
	Did      did
	Act      postal.ActID // what was written, if anything
}

// action is one thing to do next: a link, or with Post a form of one button.
type action struct {
	Label string
	Key   string
	Path  string
	Post  bool
	With  map[string]string
	Main  bool
	Blank bool // opens beside the work: something to print
}

func (a action) btn() web.Btn {
	b := web.Btn{Label: a.Label, Key: a.Key, Kind: web.Second}
	if a.Main {
		b.Kind = web.Main
	}
	if !a.Post {
		b.Href = a.Path
	}
	if a.Blank {
		b.Target = "_blank"
	}
	return b
}

// frame is what every page of the scan desk draws: the field, the answer, the work that lies open, the last scans, the counters.
type frame struct {
	web.Page
	Desk     string // the office
	Clock    string
	Path     string // where a scan goes
	Label    string // of the field, when the work asks for something of its own
	Typed    string // shown again after a refusal
	Street   bool   // on a driver's phone: no list, no counters
	Answer   *reply
	Work     templ.Component // the bag, dispatch or handover that lies open
	Scans    []scan
	Today    int64
	Open     int
	ToSettle int
}

// getScan shows the empty desk.
func (s *Service) getScan(w http.ResponseWriter, r *http.Request) error {
	return s.drawDesk(w, r, http.StatusOK, "", nil, "")
}

// postScan answers a scan, on the desk or in the page of the work that lies open.
func (s *Service) postScan(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	sc, err := s.newScanning(r, event.Thing(r.PathValue("code")), f.Maybe("code", 200))
	if err != nil {
		return err
	}
	sc.Damaged = f.Ticked("damaged")
	a, err := sc.answer()
	if err != nil {
		return err
	}
	if a.Go != "" {
		if a.Headline == "" {
			return web.Redirect(w, r, a.Go)
		}
		return web.Leave(w, r, a.Go, web.Flash{Tone: a.Tone, VI: a.Headline, EN: a.Headline})
	}
	typed := ""
	if a.Tone == web.Bad {
		typed = sc.Text
	}
	return s.drawDesk(w, r, http.StatusOK, sc.In, a, typed)
}

// drawDesk draws the desk with the work named by in: whole, or for htmx only what a scan changes.
func (s *Service) drawDesk(w http.ResponseWriter, r *http.Request, status int, in event.Thing, a *reply, typed string) error {
	return s.drawWork(w, r, status, in, a, typed, nil)
}

// drawWork is drawDesk with a form of the work that was refused.
func (s *Service) drawWork(w http.ResponseWriter, r *http.Request, status int, in event.Thing, a *reply, typed string, f *web.Form) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	fr := frame{Page: web.NewPage(r, "Bàn quét", "Scan desk"), Path: "/desk", Answer: a, Typed: typed}
	fr.NoScan, fr.Wide = true, true
	fr.Desk, fr.Clock = s.officeName(office), fr.DateTime(s.Now())
	fr.Label = fr.T("Quét hoặc gõ mã", "Scan or type a code")
	v := s.Ledger.View(r.Context())
	fr.takeFlash()
	if in != "" {
		fr.Path = pathOf(in)
		if err := s.drawn(r, &fr, v, office, in, f); err != nil {
			return err
		}
	}
	if err := s.counters(r, &fr, v, office); err != nil {
		return err
	}
	return s.renderAnswer(w, r, status, fr, deskScreen(fr))
}

// renderAnswer draws the whole screen, or for htmx only what a scan changes.
func (s *Service) renderAnswer(w http.ResponseWriter, r *http.Request, status int, fr frame, whole templ.Component) error {
	if web.Partial(r) {
		return web.Render(w, r, status, deskAnswer(fr))
	}
	return web.Render(w, r, status, whole)
}

// takeFlash shows a word left by the page before as the desk's answer, so that the next scan takes its place.
func (fr *frame) takeFlash() {
	if fr.Flash != nil && fr.Answer == nil {
		fr.Answer = &reply{Tone: fr.Flash.Tone, Headline: fr.T(fr.Flash.VI, fr.Flash.EN)}
	}
	fr.Flash = nil
}

// drawn draws the work that lies open.
func (s *Service) drawn(r *http.Request, fr *frame, v *ledger.View, o postal.OfficeCode, in event.Thing, f *web.Form) error {
	switch st := v.Get(custody.KeyOf(in)).(type) {
	case *custody.Bag:
		return s.drawBag(r, fr, v, o, st, f)
	case *custody.Dispatch:
		return s.drawDispatch(r, fr, v, o, st, f)
	}
	_, err := state[*custody.Bag](v, string(in))
	return err
}

// counters fills in the right side and the bottom of the desk.
func (s *Service) counters(r *http.Request, fr *frame, v *ledger.View, o postal.OfficeCode) (err error) {
	ctx, at := r.Context(), custody.AtOffice(o)
	if fr.Scans, err = s.lastScans(ctx, fr.Person.ID, shownScans); err != nil {
		return err
	}
	fr.Scans = s.withUndo(v, o, fr.Scans)
	if fr.Today, err = s.scansToday(ctx, fr.Person.ID); err != nil {
		return err
	}
	bags, err := lying[*custody.Bag](ctx, s, v, 'b', at)
	if err != nil {
		return err
	}
	for _, b := range bags {
		if b.Status == custody.BagOpen || b.Status == custody.BagOpened {
			fr.Open++
		}
	}
	settle, err := s.Ledger.Lying(ctx, 'x', string(at))
	fr.ToSettle = len(settle)
	return err
}

// postUndo takes one of the person's last scans back.
func (s *Service) postUndo(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	me := web.PersonOf(r)
	office, err := me.Here()
	if err != nil {
		return err
	}
	p := web.NewPage(r, "Bàn quét", "Scan desk")
	back := web.SafeNext(f.Value("back"))
	id := web.Parse(f, "scan", postal.ParseActID)
	if err := f.Err(); err != nil {
		return err
	}
	a, err := s.undoScan(r, p, office, id)
	if err != nil {
		return err
	}
	if web.Partial(r) {
		return s.drawDesk(w, r, http.StatusOK, event.Thing(f.Value("in")), a, "")
	}
	return web.Leave(w, r, back, web.Flash{Tone: a.Tone, VI: a.Headline, EN: a.Headline})
}

// undoScan takes a scan back and says how it went.
func (s *Service) undoScan(r *http.Request, p web.Page, o postal.OfficeCode, id postal.ActID) (*reply, error) {
	ctx, me := r.Context(), web.PersonOf(r)
	sc, ok, err := s.scanByID(ctx, me.ID, id)
	if err != nil {
		return nil, err
	}
	v := s.Ledger.View(ctx)
	act := sc.undo(v, o)
	if !ok || act == nil {
		return &reply{Tone: web.Bad, Headline: p.T("Không hoàn tác được nữa: túi hoặc chuyến đã đóng, hoặc sau đó đã có thao tác khác.",
			"This can no longer be undone: the bag or dispatch is closed, or something else has happened since.")}, v.Err()
	}
	if undo, ok := act.(custody.Undo); ok {
		act = s.till().Undo(undo)
	}
	if _, err := s.do(r, act); err != nil {
		return refused(p, err)
	}
	if err := s.markUndone(ctx, me.ID, id); err != nil {
		return nil, err
	}
	return &reply{Tone: web.Good, Headline: p.T("Đã hoàn tác: ", "Undone: ") + grouped(sc.Code)}, nil
}

// beside finds the page of something of others by its code; "" when there is none.
func (s *Service) beside(ctx context.Context, text string) (path string, err error) {
	if s.Beside.Find == nil || text == "" {
		return "", nil
	}
	return s.Beside.Find(ctx, text)
}

// getFind leads from the scan field on top of every page to the page of what was scanned.
func (s *Service) getFind(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	rd := read(f.Maybe("code", 200))
	if rd.Code != "" && s.Ledger.View(r.Context()).Get(custody.KeyOf(rd.Code)) != nil {
		return web.Redirect(w, r, pathOf(rd.Code))
	}
	path, err := s.beside(r.Context(), rd.Text)
	if err != nil {
		return err
	}
	if path != "" {
		return web.Redirect(w, r, path)
	}
	if !web.PersonOf(r).May(web.Clerk, "") {
		_, err := state[*custody.Item](s.Ledger.View(r.Context()), rd.Text)
		if rd.Err != nil {
			err = rd.Err
		}
		return err
	}
	sc, err := s.newScanning(r, "", rd.Text)
	if err != nil {
		return err
	}
	a, err := sc.answer()
	if err != nil {
		return err
	}
	if a.Go != "" {
		return web.Redirect(w, r, a.Go)
	}
	return s.drawDesk(w, r, http.StatusOK, "", a, rd.Text)
}
