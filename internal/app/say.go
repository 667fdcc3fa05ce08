package app

import (
	"citypost/internal/cash"
	"citypost/internal/custody"
	"citypost/internal/dossier"
	"citypost/internal/event"
	"citypost/internal/tariff"
)

// sayFact names a fact of any capability, for histories and for the page that reads receipts.
func sayFact(f event.Fact) (vi, en string) {
	if w, ok := cash.SayFact(f); ok {
		return w.VI, w.EN
	}
	if w, ok := tariff.SayFact(f); ok {
		return w.VI, w.EN
	}
	w := custody.SayFact(f)
	if w.VI == f.Fact() {
		w = dossier.SayFact(f)
	}
	return w.VI, w.EN
}
