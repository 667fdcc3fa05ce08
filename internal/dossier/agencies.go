package dossier

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// agenciesView lists the agencies, with what is to be brought to each and fetched from it.
type agenciesView struct {
	web.Page
	Form *web.Form
	Rows []agencyRow
	Edit bool
}

type agencyRow struct {
	Agency
	Bring, Fetch int
	OfficeName   string
}

// getAgencies lists the agencies.
func (s *Service) getAgencies(w http.ResponseWriter, r *http.Request) error {
	return s.drawAgencies(w, r, http.StatusOK, web.FormOf())
}

func (s *Service) drawAgencies(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	me := web.PersonOf(r)
	list, err := s.store().Agencies(r.Context())
	if err != nil {
		return err
	}
	v := s.Ledger.View(r.Context())
	a := agenciesView{Page: web.NewPage(r, "Cơ quan", "Agencies"), Form: f, Edit: me.May(web.Supervisor, "")}
	for _, x := range list {
		a.Rows = append(a.Rows, agencyRow{Agency: x, Bring: len(s.toBring(v, holderOf(me), x.Code)), Fetch: len(toFetch(v, x.Code, true)), OfficeName: s.officeName(x.Office)})
	}
	return web.Render(w, r, status, agenciesPage(a))
}

// postAgency adds an agency or changes one.
func (s *Service) postAgency(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a := Agency{Code: web.Parse(f, "code", postal.ParseAgencyCode), Name: f.Text("name", 200), NameEN: f.Maybe("name_en", 200), Address: f.Text("address", 200), Unit: web.Parse(f, "unit", postal.ParseUnitCode), Active: !f.Ticked("off")}
	if o, ok := s.Places.DeliveryOffice(a.Unit); ok {
		a.Office = o
	} else if f.Err() == nil {
		_ = f.Refuse(fault.New(fault.Conflict, "dossier.no_delivery_office", "Chưa có bưu cục nào phát ở nơi đó.", "No office delivers there.").At("unit"))
	}
	if f.Err() != nil {
		return s.drawAgencies(w, r, http.StatusUnprocessableEntity, f)
	}
	if err := s.store().KeepAgency(r.Context(), a); err != nil {
		return err
	}
	return web.Done(w, r, agencyPath, "Đã ghi cơ quan "+a.Name+".", "The agency was recorded.")
}
