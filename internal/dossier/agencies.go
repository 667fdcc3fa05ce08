package dossier

import (
	"net/http"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
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
	a := agenciesView{Page: web.NewPage(r, "Cơ quan", "Agencies"), Form: f, Edit: me.May(web.Planner, "") || me.May(web.Admin, "")}
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
	old, err := s.store().Agency(r.Context(), a.Code)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if act := (RecordAgency{Agency: a.Code, What: a.differs(old), Unit: a.Unit, Office: a.Office, Active: a.Active}); len(act.What) > 0 {
		id, err := web.ActID(r, s.Now())
		if err != nil {
			return err
		}
		me := web.PersonOf(r)
		if _, err := s.sendAs(r.Context(), id, me.ID, me.Office(), act, ledger.Beside{Table: agencyTable, Row: a.row()}); err != nil {
			return err
		}
	}
	return web.Done(w, r, agencyPath, "Đã ghi cơ quan "+a.Name+".", "The agency was recorded.")
}

// differs names what is another than before; old is empty when the agency is new.
func (a Agency) differs(old Agency) (what []string) {
	if old.Code == "" {
		return []string{"added"}
	}
	for _, x := range []struct {
		name string
		is   bool
	}{
		{"named", a.Name != old.Name || a.NameEN != old.NameEN}, {"address", a.Address != old.Address}, {"moved", a.Unit != old.Unit || a.Office != old.Office},
		{"off", old.Active && !a.Active}, {"on", !old.Active && a.Active},
	} {
		if x.is {
			what = append(what, x.name)
		}
	}
	return what
}

// RecordAgency writes down that the list of agencies was changed, by whom and in what. The names stand in the row beside it.
type RecordAgency struct {
	Agency postal.AgencyCode `json:"agency"`
	What   []string          `json:"what"`
	Unit   postal.UnitCode   `json:"unit"`
	Office postal.OfficeCode `json:"office"`
	Active bool              `json:"active"`
}

// Name of the act.
func (RecordAgency) Name() string { return "dossier.record_agency" }

// Touches nothing: the list is a table.
func (RecordAgency) Touches() []ledger.Key { return nil }

// Decide refuses a change of nothing.
func (a RecordAgency) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	if len(a.What) == 0 {
		return nil, fault.New(fault.Invalid, "dossier.agency_same", "Cơ quan không có gì thay đổi.", "Nothing of the agency changes.")
	}
	return []event.Fact{event.AgencyKept(a)}, nil
}
