package dossier

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/idcard"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// cardField says what a scanned card is worth for the act that the form is about; it is written by readCard only and never sent.
const cardField = "card"

// What a card is worth.
const (
	cardSame  = "same"  // its name is that of the person who is meant
	cardOther = "other" // it is somebody else's
)

// readCard looks at a card that was scanned into a form by which something is given to a person: whether it agrees with itself, is in force, and bears the name that was given when the dossier was taken
// in. Nothing of the card is kept, neither its number nor its name. asked is false when no card came along: then the form is what its sender meant.
func (s *Service) readCard(r *http.Request, f *web.Form, d *Dossier) (asked bool, err error) {
	f.Set(cardField)
	card, asked := idcard.FillForm(f, idcard.Fields{})
	if !asked {
		return f.Has("do", "card"), nil // Enter in an empty field gives nothing away
	}
	if f.Err() != nil {
		return true, nil
	}
	if card.Expired(s.today()) {
		return true, f.Refuse(fault.New(fault.Conflict, "dossier.card_expired", "Thẻ này đã hết hạn. Hãy xem giấy tờ tuỳ thân khác.", "This card has expired. Look at another identity paper.").At(idcard.ScanName))
	}
	people, err := s.store().PeopleOf(r.Context(), d.Act)
	if silent(err) != nil {
		return true, err
	}
	name := people.Receiver.Name
	if f.Value("do") == "giveback" {
		name = people.Sender.Name
	}
	f.Set("identity", "cccd")
	if err == nil && postal.Fold(card.Name) == postal.Fold(name) {
		f.Set(cardField, cardSame)
		f.Set("to", "self")
	} else {
		f.Set(cardField, cardOther)
		f.Set("to", "proxy")
	}
	return true, nil
}
