package dossier

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// A shift is opened in the middle of an intake: the form goes along, so nothing that was typed is lost.

// beginField is the button that opens a shift; the fields beside it say with which drawer and float.
const beginField = "begin"

// begun opens a shift, if the form asks for it, and says how the page goes on: with what was shown before.
func (s *Service) begun(r *http.Request, f *web.Form) (do string, err error) {
	do = f.Value("do")
	if do != beginField {
		return do, nil
	}
	if do = "find"; f.Ticked("checked") {
		do = "check"
	}
	me := web.PersonOf(r)
	office, err := me.Here()
	if err != nil {
		return do, err
	}
	v := s.Ledger.View(r.Context())
	if s.Money.Drawer(v, office, me.ID) != "" { // opened meanwhile, or pressed twice
		return do, v.Err()
	}
	drawer, float := f.Choice("drawer", s.Money.FreeDrawers(v, office)...), f.VND("float", 0, maxFee)
	id := web.Parse(f, "begin_act", postal.ParseActID)
	if f.Err() != nil {
		return do, v.Err()
	}
	_, err = s.sendAs(r.Context(), id, me.ID, office, s.Money.Begin(office, drawer, float))
	if e, ok := fault.From(err); ok && e.Field == "amount" {
		err = e.At("float")
	}
	return do, f.Refuse(err)
}

// shift is what the page needs to open one.
type shift struct {
	Free []string // drawers that a shift can be opened for
	Act  string
}

func drawerChoices(list []string) (choices []web.Choice) {
	for _, code := range list {
		choices = append(choices, web.Choice{Value: code, Label: code})
	}
	return choices
}
