package web

import (
	"net/http"
	"time"

	"citypost/internal/postal"
)

// ActField is the hidden form field that carries the act's id: made when the form was drawn, so a second click sends the same act.
const ActField = "act"

// actReused is how the ledger refuses an id that is spent on another content.
const actReused = "ledger.act_reused"

// ActOf is the act id that a form carries when it is drawn again: the one it came with, a new one when there was none or when it is spent on another content.
func ActOf(f *Form, now time.Time) string {
	id := f.Value(ActField)
	for _, e := range f.Faults() {
		if e.Code == actReused {
			id = ""
		}
	}
	if id == "" {
		return postal.NewActID(now).String()
	}
	return id
}

// ActID reads the act id of the form that was sent; a form without one (made by hand) gets a fresh one.
func ActID(r *http.Request, now time.Time) (postal.ActID, error) {
	text := r.PostFormValue(ActField)
	if text == "" {
		return postal.NewActID(now), nil
	}
	return postal.ParseActID(text)
}
