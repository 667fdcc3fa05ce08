package closedmail

import (
	"citypost/internal/web"
)

func (s *Pages) mountBooks(m *web.Mux) {
	m.Get(incidentPath, handlers, s.getIncidents)
	m.Post(incidentPath, handlers, s.postIncident)
	m.Get(incidentPath+"/{id}", handlers, s.getIncident)
	m.Post(incidentPath+"/{id}/{do}", handlers, s.postIncidentAct)
	m.Get(incidentPath+"/{id}/minutes", handlers, s.getMinutes)
	m.Post(incidentPath+"/{id}/minutes", handlers, s.postMinutes)
	m.Post(incidentPath+"/settle", web.KT1Supervisor, s.postSettle)
	m.Post(incidentPath+"/found", web.KT1Clerk, s.postFound)
	m.Get(registerPath, web.KT1Clerk, s.getRegisters)
	m.Get(registerPath+"/{register}/{page}", web.KT1Clerk, s.getPage)
	m.Post(registerPath+"/{register}/{page}", web.KT1Clerk, s.postPage)
	m.Get(registerPath+"/{register}/{page}/paper", web.KT1Clerk, s.getPaper)
	m.Get(registerPath+"/{register}/{page}/pdf", web.KT1Clerk, s.getPDF)
	m.Post(registerPath+"/{register}/{page}/destroy", web.KT1Supervisor, s.postDestroy)
	s.mountReport(m)
}

func (v view) bookTabs(current string) []web.Tab {
	tabs := []web.Tab{{Label: v.T("Sổ", "Registers"), Path: registerPath, Current: current == registerPath}}
	if v.May(web.AnyOf(web.KT1Supervisor, web.SecurityOfficer)) {
		tabs = append(tabs, web.Tab{Label: v.T("Báo cáo kỳ", "Periodic report"), Path: reportPath, Current: current == reportPath})
	}
	return tabs
}
