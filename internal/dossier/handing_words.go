package dossier

import (
	"strconv"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Small helpers of the page of a handover with an agency.

// formFor is the form as it was sent, for the packet that it was about; an empty one for the others.
func (h handingView) formFor(r handingRow) *web.Form {
	if h.Form.Value("dossier") == string(r.Dossier.Code) {
		return h.Form
	}
	return web.FormOf()
}

// fresh is the act id of a packet's form.
func (h handingView) fresh(r handingRow) string {
	if h.Form.Value("dossier") == string(r.Dossier.Code) {
		return h.Act
	}
	return postal.NewActID(postal.FromMillis(h.OpenedMs)).String()
}

// signAct is the act id of one side's signature: a form that was refused keeps the id it came with.
func (h handingView) signAct(side string) string {
	if h.Form.Value("side") == side && h.Form.Value("side") != "" {
		return h.Act
	}
	return postal.NewActID(postal.FromMillis(h.OpenedMs)).String()
}

// found is the count of a paper as typed before, or as listed: the officer changes what differs.
func (h handingView) found(r handingRow, prefix string, p event.Paper, listed int) string {
	if f := h.formFor(r); f.Value("dossier") != "" {
		return f.Value(prefix + p.Component)
	}
	return strconv.Itoa(listed)
}

// anyCounted reports whether there are packets that are only counted.
func (h handingView) anyCounted() bool {
	for _, r := range h.Rows {
		if !r.compares(h.Toward) {
			return true
		}
	}
	return false
}

func withEmpty(p web.Page, list []web.Choice) []web.Choice {
	return append([]web.Choice{{Value: "", Label: p.T("Chọn…", "Choose…")}}, list...)
}

// verdictChoices are the agency's three decisions; added papers are not asked for a second time.
func verdictChoices(h handingView, r handingRow) (list []web.Choice) {
	for _, v := range Verdicts {
		if v == Incomplete && r.Dossier.Supplements > 0 {
			continue
		}
		list = append(list, web.Choice{Value: v, Label: Say("verdict", v).In(h.Lang)})
	}
	return list
}
