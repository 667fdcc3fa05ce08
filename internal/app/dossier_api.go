package app

import (
	"context"
	"fmt"

	"citypost/internal/api"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// agenciesOf says which agencies an entry concerns: those whose dossiers it speaks of.
func (h *House) agenciesOf(ctx context.Context, e *event.Entry) ([]postal.AgencyCode, error) {
	v := h.Ledger.View(ctx)
	var out []postal.AgencyCode
	for _, n := range dossier.About(v, e) {
		if d, err := dossier.Find(v, n); err == nil {
			out = append(out, d.Agency)
		}
	}
	return out, v.Err()
}

// agencyDossiers gives the API the dossiers of an agency.
type agencyDossiers struct{ h *House }

// Of lists those on the agency's board.
func (a agencyDossiers) Of(ctx context.Context, agency postal.AgencyCode) ([]api.Dossier, error) {
	v := a.h.Ledger.View(ctx)
	list := []api.Dossier{}
	for _, d := range dossier.On(v, dossier.AgencyBoard(agency)) {
		x, err := a.face(d)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, v.Err()
}

// One gives one of them; another agency's is as unknown as none.
func (a agencyDossiers) One(ctx context.Context, agency postal.AgencyCode, code string) (api.Dossier, error) {
	d, err := a.find(ctx, agency, code)
	if err != nil {
		return api.Dossier{}, err
	}
	return a.face(d)
}

func (a agencyDossiers) find(ctx context.Context, agency postal.AgencyCode, code string) (*dossier.Dossier, error) {
	n, err := postal.ParseDossierNumber(code)
	if err != nil {
		return nil, err
	}
	d, err := dossier.Find(a.h.Ledger.View(ctx), n)
	if err != nil {
		return nil, err
	}
	if d.Agency != agency {
		return nil, fault.New(fault.NotFound, "dossier.unknown", "Không có hồ sơ %s. Hãy kiểm tra lại mã trên bìa hồ sơ.", "There is no dossier %s. Check the code on the folder.", string(n))
	}
	return d, nil
}

func (a agencyDossiers) face(d *dossier.Dossier) (api.Dossier, error) {
	x := api.Dossier{Code: string(d.Code), State: string(d.State), Procedure: d.Procedure, Form: d.Form, AgencyCode: d.Slip.Code, FiledAt: api.Stamp(d.FiledMs), Papers: []api.Sheets{}}
	for _, p := range d.Papers {
		x.Papers = append(x.Papers, api.Sheets{Component: p.Component, Originals: p.Originals, Copies: p.Copies, Certified: p.Certified})
	}
	if d.State == dossier.SupplementRequested {
		x.Missing = d.Supplement.Papers
	}
	t, err := dossier.AgencyDue(a.h.Calendar, d, a.h.Now())
	if _, silent := fault.From(err); err != nil && !silent {
		return x, err
	}
	x.Late, x.Waiting = t.Late, t.Paused
	if !t.Day.IsZero() {
		x.DueOn = t.Day.String()
	}
	return x, nil
}

// Act makes the act that the agency means, by the rules of today.
func (a agencyDossiers) Act(ctx context.Context, agency postal.AgencyCode, code string, m api.Meaning) (ledger.Act, error) {
	d, err := a.find(ctx, agency, code)
	if err != nil {
		return nil, err
	}
	heard, err := a.h.Dossiers.Hearing(ctx, d)
	if err != nil {
		return nil, err
	}
	switch m.Kind {
	case api.NamesDay:
		return dossier.IssueSlip{Hearing: heard, Dossier: d.Code, Code: m.Slip, Due: m.Due}, nil
	case api.AsksMore:
		return a.h.Dossiers.Asking(ctx, d, m.Papers, m.Reason, m.Until)
	case api.Completes:
		return dossier.CompleteSupplement{Dossier: d.Code}, nil
	case api.PutsOff:
		return a.h.Dossiers.PuttingOff(ctx, d, m.Due)
	case api.HasResult:
		return dossier.AnnounceResult{Hearing: heard, Dossier: d.Code, Outcome: m.Outcome, OwedVND: m.OwedVND, Recall: m.Recall}, nil
	}
	return nil, fmt.Errorf("an agency cannot mean %q", m.Kind)
}
