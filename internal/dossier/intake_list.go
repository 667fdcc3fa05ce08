package dossier

import (
	"net/http"
	"strings"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// listView is the sheet of the joint count: what was counted, to be signed by both before anything is accepted. It knows no person; the sender writes his name himself.
type listView struct {
	web.Page
	Procedure *Procedure
	Papers    []event.Paper
	Seal      string
	Desk      string
	Now       string
}

// getList prints the sheet of the joint count; the counts come as from the slip of missing papers.
func (s *Service) getList(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := s.Catalogue.On(f.Value("procedure"), s.today())
	if err != nil {
		return err
	}
	v := listView{Page: web.NewPage(r, "Bản kê đồng kiểm hồ sơ", "List of the joint count"), Procedure: p, Papers: countedOf(f, p), Seal: strings.ToUpper(f.Maybe("seal", maxSeal)), Desk: s.officeName(web.PersonOf(r).Office())}
	if f.Err() != nil {
		return f.Err()
	}
	v.Now = v.DateTime(s.Now())
	return web.Render(w, r, http.StatusOK, listPage(v))
}

// countedOf reads what a form has of the published list.
func countedOf(f *web.Form, p *Procedure) (list []event.Paper) {
	for _, a := range p.Papers {
		x := readPaper(f, a)
		if x.Absent != "" || Sheets([]event.Paper{x}) > 0 {
			list = append(list, x)
		}
	}
	return list
}

// handler is the one agency of ours that the published list names for a procedure: by its whole name, or by how its name begins ("Sở Tư pháp" of a city). None when no name fits, or more than one.
func handler(p *Procedure, list []Agency) (only postal.AgencyCode) {
	want := postal.Fold(p.Agency)
	if want == "" {
		return ""
	}
	for _, a := range list {
		name := postal.Fold(a.Name)
		if !a.Active || name != want && !strings.HasPrefix(name, want+" ") {
			continue
		}
		if only != "" {
			return ""
		}
		only = a.Code
	}
	return only
}
