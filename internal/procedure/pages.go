package procedure

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
	"citypost/internal/web/code"
)

// The pages of the catalogue.
const (
	Path        = "/procedures" // the guide, for everyone
	CatalogPath = "/catalogue"  // states and imports, for planners and administrators
)

// PathOf is the page of a procedure.
func PathOf(c Code) string { return Path + "/" + string(c) }

// Pages are the guide for citizens and the catalogue for those who keep it.
type Pages struct {
	Store    *Store
	Now      func() time.Time
	Base     string         // the public address, for the QR code on paper
	Book     *rulebook.Book // tells what is cheaper online; nil: nothing is said
	Province string         // whose rules those are
	InUse    InUse
	// MostUsed lists what people send most, the most first; nil: nothing is known.
	MostUsed func(ctx context.Context, most int) ([]Code, error)
	Send     string // where a dossier is begun: this path with ?procedure=CODE; empty: nowhere
}

// Mount registers the pages. Every route says who may use it.
func (s *Pages) Mount(m *web.Mux) {
	keepers := web.AnyOf(web.Planner, web.Admin)
	m.Service(Path, "Thủ tục, gửi hồ sơ", "Procedures, dossiers")
	m.Job(keepers, 70, CatalogPath, "Danh mục thủ tục", "Procedures")
	m.Get(Path, web.Public, s.getGuide)
	m.Get(Path+"/{code}", web.Public, s.getProcedure)
	m.Get(Path+"/{code}/print", web.Public, s.getPrint)
	m.Get(CatalogPath, keepers, s.getCatalogue)
	m.Get(CatalogPath+"/import", keepers, s.getImport)
	m.Post(CatalogPath+"/import", keepers, s.postImport, web.MaxBody(maxUpload))
}

func (s *Pages) today() postal.Day { return postal.DayOf(s.Now()) }

// longestQuery bounds what is searched for: the longest name has some five hundred letters, nobody types a hundred.
const longestQuery = 100

// guide is what the search page shows.
type guide struct {
	Form *web.Form
	Text string
	Hits []Hit
	More bool
	All  int
	front
}

func (s *Pages) getGuide(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Thủ tục hành chính gửi qua bưu điện", "Administrative procedures by post")
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	g := guide{Form: f, Text: f.Maybe("q", longestQuery), All: len(s.Store.Catalogue().All())}
	if f.Err() != nil {
		return web.Render(w, r, web.Status(f.Err()), guidePage(p, g))
	}
	if g.Text != "" {
		q := Query{Text: g.Text, Day: s.today(), Limit: 30}
		if f.Ticked("post") {
			q.By = Postal
		}
		g.Hits, g.More = s.Store.Catalogue().Find(q)
	} else if g.front, err = s.front(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, guidePage(p, g))
}

// view is one procedure on its page, as one channel sees it.
type view struct {
	web.Page
	*Version
	State  State
	Bar    *fault.Error // why no dossier is taken; nil: it is
	By     Method
	Papers []Paper
	Notes  []Component
	Relief *relief
	Send   string // where the dossier is begun; empty: nowhere
	Link   string // for the QR code
	Today  postal.Day
	Next   *Version // the version that takes its place later
}

// relief says what the province takes online.
type relief struct {
	Fee  postal.VND
	Cite rulebook.Citation
}

// OnlineFee gives what a province takes for the fees on its own list when a dossier is filed online; ok is false where no rule says so.
func OnlineFee(book *rulebook.Book, province string, day postal.Day) (fee postal.VND, cite rulebook.Citation, ok bool) {
	if book == nil {
		return 0, rulebook.Citation{}, false
	}
	table, cite, err := book.Table("procedure.fee.online", day)
	if err != nil {
		return 0, rulebook.Citation{}, false
	}
	for i := range table.Len() {
		if table.Cell(i, "province").String() == province {
			return postal.VND(table.Cell(i, "vnd").Int()), cite, true
		}
	}
	return 0, rulebook.Citation{}, false
}

func (s *Pages) getProcedure(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, procedurePage(v))
}

// qrSide is how large the QR code on paper is, in millimetres.
const qrSide = 30

func (s *Pages) getPrint(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	qr, err := code.QR(v.Link, qrSide)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, printPage(v, qr))
}

// view finds the procedure of the address. One that has ended or is to come is shown, with the reason why no dossier is taken.
func (s *Pages) view(r *http.Request) (v view, err error) {
	c, err := ParseCode(r.PathValue("code"))
	if err != nil {
		return v, unknown()
	}
	cat, day := s.Store.Catalogue(), s.today()
	pr, ok := cat.Procedure(c)
	if !ok {
		return v, unknown()
	}
	v = view{Page: web.NewPage(r, "Thủ tục "+string(c), "Procedure "+string(c)), Version: pr.Shown(day), State: pr.State(day), Today: day, Link: s.Base + PathOf(c)}
	_, err = cat.On(c, day)
	v.Bar, _ = fault.From(err)
	if last := pr.Latest(); last != v.Version && last.From.After(day) {
		v.Next = last
	}
	v.By = s.channel(r.URL.Query(), v.Version)
	v.Papers, v.Notes = v.Checklist(v.By), v.Remarks(v.By)
	if fee, cite, ok := OnlineFee(s.Book, s.Province, day); ok && v.localFees() {
		v.Relief = &relief{Fee: fee, Cite: cite}
	}
	if s.Send != "" && v.Bar == nil && v.Accepts(Postal) {
		v.Send = s.Send + "?" + url.Values{"procedure": {string(c)}}.Encode()
	}
	return v, nil
}

// channel is the one asked for, else the post, else the first one there is.
func (s *Pages) channel(q url.Values, v *Version) Method {
	if m := Method(q.Get("by")); slices.Contains(Methods(), m) && v.Accepts(m) {
		return m
	}
	for _, m := range Methods() {
		if v.Accepts(m) {
			return m
		}
	}
	return Postal
}

// localFees reports whether the procedure is one whose fees the province may set: handled at its own levels, by more than one channel.
func (v view) localFees() bool {
	return v.Accepts(Online) && (slices.Contains(v.Levels, Province) || slices.Contains(v.Levels, Commune) || len(v.Levels) == 0)
}

// tabs lead to the papers of each channel.
func (v view) tabs() []web.Tab {
	var tabs []web.Tab
	for _, m := range Methods() {
		if v.Accepts(m) {
			tabs = append(tabs, web.Tab{Label: sentence(m.In(v.Lang)), Path: PathOf(v.Code) + "?by=" + string(m) + "#papers", Current: m == v.By})
		}
	}
	return tabs
}

func unknown() error {
	return fault.New(fault.NotFound, "procedure.no_page", "Danh mục không có thủ tục mang mã này. Hãy tìm theo tên.", "The catalogue has no procedure of this code. Look for it by name.")
}

// channelsBy gives the channels of a method; the view's own By is the channel that is shown.
func (v view) channelsBy(m Method) []Channel { return v.Version.By(m) }
