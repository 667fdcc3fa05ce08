package closedmail

import (
	"net/http"

	"citypost/internal/ledger"
	"citypost/internal/web"
)

func (s *Pages) mountManagement(m *web.Mux) {
	m.Get(peoplePath, overseer, s.getPeople)
	m.Get(peoplePath+"/{person}", overseer, s.getPerson)
	m.Post(peoplePath+"/{do}", web.SecurityOfficer, s.postPeople)
	m.Get(facilityPath, overseer, s.getFacilities)
	m.Get(facilityPath+"/{code}", overseer, s.getFacility)
	m.Post(facilityPath+"/{do}", web.KT1Supervisor, s.postFacility)
	m.Get(bodiesListPath, overseer, s.getBodies)
	m.Get(bodiesListPath+"/{code}", overseer, s.getBody)
	m.Get(bodiesListPath+"/{code}/statement/{month}", overseer, s.getStatement)
	m.Post(bodiesListPath+"/{code}/statement/{month}", overseer, s.postStatement)
	m.Get(bodiesListPath+"/{code}/statement/{month}/paper", overseer, s.getStatementPaper)
	m.Get(registryPath+"/{code}/statement/{month}", web.RegistryClerk, s.getStatement)
	m.Post(registryPath+"/{code}/statement/{month}", web.RegistryClerk, s.postStatement)
	m.Post(registryPath+"/{code}/statement/{month}/confirm", web.RegistryClerk, s.postConfirm)
	m.Get(registryPath+"/{code}/statement/{month}/paper", web.RegistryClerk, s.getStatementPaper)
	m.Post(bodiesListPath+"/{code}/{do}", overseer, s.postBody)
	m.Get(visitsPath, doorkeepers, s.getVisits)
	m.Post(visitsPath+"/{do}", web.KT1Clerk, s.postVisit)
	m.Get(casesPath, overseer, s.getCases)
	m.Post(casesPath+"/{do}", web.KT1Supervisor, s.postCase)
	m.Get(registryPath, web.RegistryClerk, s.getRegistry)
}

func (v view) manageTabs(current string) []web.Tab {
	tabs := []web.Tab{{Label: v.T("Người làm KT1", "Workers"), Path: peoplePath}, {Label: v.T("Khu vực, xe, túi, hộp", "Facilities"), Path: facilityPath}, {Label: v.T("Cơ quan", "Bodies"), Path: bodiesListPath},
		{Label: v.T("Khiếu nại, kiểm tra, lưu giữ", "Complaints, inspections, holds"), Path: casesPath}}
	if !v.May(web.KT1Clerk) {
		tabs = append(tabs, web.Tab{Label: v.T("Ra vào", "Visits"), Path: visitsPath})
	}
	for n := range tabs {
		tabs[n].Current = tabs[n].Path == current
	}
	return tabs
}

// finish does an act, shows the page again when it is refused, and goes back to it when it is done.
func (s *Pages) finish(w http.ResponseWriter, r *http.Request, f *web.Form, act ledger.Act, back string, again func(http.ResponseWriter, *http.Request, *web.Form) error) error {
	got, ok, err := s.try(r, f, act)
	if err != nil {
		return err
	}
	if !ok {
		return again(w, r, f)
	}
	return s.told(w, r, got, back, "Đã ghi.", "Recorded.")
}
