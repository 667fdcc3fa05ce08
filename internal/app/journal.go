package app

import (
	"context"

	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/journal"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// mountJournal puts the journal of the ledger on the mux.
func (h *House) mountJournal() {
	(&journal.Service{Ledger: h.Ledger, Say: sayFact, KeyOf: keyOfThing, Path: pathOfThing, Offices: h.officeChoices, Staff: h.staffID, Names: h.Accounts.Names}).Mount(h.Mux)
}

// keyOfThing is where the ledger keeps a thing of any capability.
func keyOfThing(t event.Thing) ledger.Key {
	if n, err := postal.ParseDossierNumber(string(t)); err == nil {
		return dossier.DossierKey(n)
	}
	return custody.KeyOf(t)
}

// pathOfThing is the page of a thing, where the person may see it.
func pathOfThing(who web.Person, t event.Thing) string {
	if n, err := postal.ParseDossierNumber(string(t)); err == nil {
		if who.May(web.AnyOf(web.Clerk, web.Carrier), "") {
			return "/dossiers/case/" + string(n)
		}
		return ""
	}
	kinds := map[byte]string{'i': "items", 'b': "bags", 'd': "dispatches", 'h': "handovers"}
	key := custody.KeyOf(t)
	if key == "" || key[0] != 'i' && !who.May(web.Clerk, "") {
		return ""
	}
	return "/desk/" + kinds[key[0]] + "/" + string(t)
}

// officeChoices are today's offices, by name.
func (h *House) officeChoices() []web.Choice {
	var list []web.Choice
	for _, o := range h.Places.Directory().All() {
		list = append(list, web.Choice{Value: string(o.Code), Label: o.Name})
	}
	return list
}

// staffID reads a login or an id of staff.
func (h *House) staffID(ctx context.Context, text string) (postal.StaffID, error) {
	a, err := h.Accounts.FindLogin(ctx, text)
	if fault.Is(err, fault.NotFound) {
		return postal.StaffID(text), nil
	}
	return a.ID, err
}
