package dossier

import (
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
)

// Carriage is a way of a dossier as custody accepts it: its due time by the rules of the moment, and its price.
func (s *Service) Carriage(service event.Service, form string, office postal.OfficeCode, to Agency, weight postal.Grams, price Price, at time.Time) (custody.Accept, error) {
	a := custody.Accept{Service: service, ToUnit: to.Unit, ToOffice: to.Office, WeightG: weight, FeeVND: price.TotalVND, Rules: price.Rules, Office: office}
	due, err := s.sendDue(form, s.unitOf(office), to.Unit, at)
	if service == event.DossierReturn {
		due, err = s.returnDue(s.unitOf(office), to.Unit, at)
	}
	a.DueMs, a.Rules = dueMs(due), append(dueRules(due), a.Rules...)
	return a, err
}
