package idcard

import (
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// ScanName is the field that takes a scan. Its name marks it as a secret: it is never carried through a sign-in, kept as a draft or sent back.
const ScanName = "secret.card"

// Fields are the names of a form's fields that a card fills; an empty name is left out. Where the form already holds a value the card's takes its place.
type Fields struct {
	ID      string // the number of 12 digits
	Name    string
	Born    string // as dd/mm/yyyy
	Sex     string // as "male" or "female"
	Address string
}

// The values of a sex field.
const (
	MaleValue   = "male"
	FemaleValue = "female"
)

// FillForm reads the scan that came with a form, puts what the card says into the form's fields and forgets the scan. asked is false when there was no scan:
// then the form is what its owner sent. When asked, answer the form again (200) instead of acting on it: a scanner ends with Enter, and nobody has looked
// at the card yet. What cannot be read is a fault at the scan field.
func FillForm(f *web.Form, to Fields) (card Card, asked bool) {
	scan := f.Value(ScanName)
	f.Set(ScanName)
	if scan == "" {
		return Card{}, false
	}
	card, err := Read(scan)
	if err != nil {
		_ = f.Refuse(fault.At(err, ScanName)) // every error of Read is a fault
		return Card{}, true
	}
	put := func(name, value string) {
		if name != "" && value != "" {
			f.Set(name, value)
		}
	}
	put(to.ID, string(card.ID))
	if !card.Plain || f.Value(to.Name) == "" || !sameLetters(f.Value(to.Name), card.Name) {
		put(to.Name, card.Name)
	}
	put(to.Born, card.Born.VN())
	put(to.Sex, sexValue(card.Sex))
	put(to.Address, card.Address)
	return card, true
}

// sameLetters reports whether two names differ in marks and capitals only: the zone must not take the marks from a name that has them.
func sameLetters(a, b string) bool { return postal.Fold(a) == postal.Fold(b) }

func sexValue(s postal.Sex) string {
	switch s {
	case postal.Male:
		return MaleValue
	case postal.Female:
		return FemaleValue
	}
	return ""
}
