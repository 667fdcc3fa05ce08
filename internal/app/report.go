package app

import (
	"context"

	"citypost/internal/cash"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/law"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/report"
)

// mountReport puts the reports on the mux.
func (h *House) mountReport() {
	(&report.Service{
		Store: report.Store{DB: h.DB}, Calendar: h.Calendar, Now: h.Now, MadeUp: h.MadeUp, Procedure: h.procedureName, Agencies: h.agencyNames, Office: h.officeName,
		Say:     func(group, code, lang string) string { return dossier.Say(group, code).In(lang) },
		Dossier: "/dossiers/case/", Duties: law.Path + "/reports",
	}).Mount(h.Mux)
}

// agencyNames are the names of the agencies that dossiers go to.
func (h *House) agencyNames(ctx context.Context, lang string) (map[postal.AgencyCode]string, error) {
	list, err := h.Dossiers.Agencies(ctx)
	names := make(map[postal.AgencyCode]string, len(list))
	for _, a := range list {
		names[a.Code] = a.In(lang)
	}
	return names, err
}

// reportLines gives what reports need of the dossiers that some entries are about, as the ledger has them now: doing it again changes nothing, and the last entry wins.
func (h *House) reportLines(ctx context.Context, entries []event.Entry) ([]report.Line, error) {
	v := h.Ledger.View(ctx)
	at := map[postal.DossierNumber]int{}
	var out []report.Line
	for n := range entries {
		for _, code := range dossier.About(v, &entries[n]) {
			d, ok := ledger.Get[*dossier.Dossier](v, dossier.DossierKey(code))
			if !ok {
				continue
			}
			if _, there := at[code]; !there {
				at[code] = len(out)
				out = append(out, reportLine(v, d))
			}
			for _, f := range entries[n].Facts {
				if _, paid := f.(event.Compensated); paid {
					out[at[code]].PaidMs = entries[n].RecordedMs
				}
			}
		}
	}
	return out, v.Err()
}

func reportLine(v *ledger.View, d *dossier.Dossier) report.Line {
	l := report.Line{Dossier: d.Code, Procedure: d.Procedure, Agency: d.Agency, Office: d.Office, Form: d.Form, State: string(d.State), AcceptedMs: d.AcceptedMs,
		SendDueMs: d.Send.DueMs, SentMs: d.Send.StoppedMs, FiledMs: d.FiledMs, ResultMs: d.Return.StartedMs, ReturnDueMs: d.Return.DueMs, ReturnedMs: d.Return.StoppedMs, Lost: d.State == dossier.Lost}
	if d.State == dossier.Delivered {
		l.DeliveredMs = d.EndedMs
	}
	for _, item := range d.Packets() {
		p, paid := cash.PaidFor(v, item)
		if paid {
			l.PostageVND += p.PostageVND - p.Refunded
			for _, c := range p.Collected {
				l.StateVND += c.AmountVND
			}
		}
		if p != nil { // also of a result that was lost before anybody paid for it
			l.PaidVND += p.Compensated
		}
	}
	return l
}

// procedureName names a procedure by its latest version, by its code when it is not known.
func (h *House) procedureName(code string) string {
	if p, ok := h.Procedures.Catalogue().Procedure(procedure.Code(code)); ok && len(p.Versions) > 0 {
		return p.Versions[len(p.Versions)-1].Name
	}
	return ""
}
