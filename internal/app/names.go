package app

import (
	"context"
	"sync"
	"time"

	"citypost/internal/dossier"
	"citypost/internal/postal"
)

// namesKept is how long the names of agencies are taken from memory: one that was renamed is shown under its old name for that long.
const namesKept = time.Minute

// namesWait bounds the reading of the names: pages wait for it.
const namesWait = 2 * time.Second

// agencyNames names agencies for pages that list many of them. What nobody has named is shown by its code.
type agencyNames struct {
	house *House

	mu sync.Mutex
	at time.Time
	of map[postal.AgencyCode]dossier.Agency
}

// names gives the house's one list of names.
func (h *House) names() *agencyNames {
	if h.agencies == nil {
		h.agencies = &agencyNames{house: h}
	}
	return h.agencies
}

// Name is an agency's name in a language.
func (n *agencyNames) Name(code postal.AgencyCode, lang string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := n.house.Now(); n.at.IsZero() || now.Sub(n.at) > namesKept || now.Before(n.at) {
		n.load(now)
	}
	if a, ok := n.of[code]; ok {
		return a.In(lang)
	}
	return string(code)
}

// load reads the names; when they cannot be read the former ones stay.
func (n *agencyNames) load(now time.Time) {
	if n.house.Dossiers == nil {
		return
	}
	n.at = now // also after a failure: the database is not asked again by every name of a page
	ctx, done := context.WithTimeout(context.Background(), namesWait)
	defer done()
	list, err := n.house.Dossiers.Agencies(ctx)
	if err != nil {
		n.house.Log.Warn("names of agencies", "err", err)
		return
	}
	n.of = make(map[postal.AgencyCode]dossier.Agency, len(list))
	for _, a := range list {
		n.of[a.Code] = a
	}
}

// Place names the place of a role: an office of ours or an agency.
func (n *agencyNames) Place(o postal.OfficeCode, lang string) string {
	if a := o.Agency(); a != "" {
		return n.Name(a, lang)
	}
	return string(o)
}
