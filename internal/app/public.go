package app

import (
	"strings"

	"citypost"
	"citypost/internal/dossier"
	"citypost/internal/site"
	"citypost/internal/tracking"
)

// mountPublic puts the pages for everyone on the mux.
func (h *House) mountPublic() {
	h.Tracking = &tracking.Service{Ledger: h.Ledger, Places: h.Places, Sure: h.sureDay, Now: h.Now, Base: h.Base, Dossiers: dossier.PublicPath, Limit: tracking.PublicLimit()}
	h.Tracking.Mount(h.Mux)
	pages := &site.Service{Places: h.Places, Calendar: h.Calendar, Now: h.Now, Notice: citypost.Notice}
	pages.Mount(h.Mux)
}

// sureDay reports whether the rule of the journey time among those frozen on an item was checked against its source.
func (h *House) sureDay(rules []string) bool {
	for _, id := range rules {
		if name, _, _ := strings.Cut(id, "@"); strings.HasSuffix(name, ".journey") {
			rule, ok := h.Book.ByID(id)
			return ok && rule.Verified
		}
	}
	return false
}
