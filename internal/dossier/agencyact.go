package dossier

import (
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Asking makes the request for more papers as the rules of today allow it.
func (s *Service) Asking(d *Dossier, papers []string, reason string, until postal.Day) (ledger.Act, error) {
	book := s.Calendar.Book()
	most, many, err := book.Int("onestop.supplement.requests", s.today())
	if err != nil {
		return nil, err
	}
	restarts, again, err := book.Bool("onestop.restarts", s.today())
	return RequestSupplement{Dossier: d.Code, Papers: papers, Reason: reason, Until: until, Restarts: restarts, Most: most, Rules: []string{many.RuleID, again.RuleID}}, err
}

// PuttingOff makes the apology with its new day as the rules of today allow it.
func (s *Service) PuttingOff(d *Dossier, due postal.Day) (ledger.Act, error) {
	book := s.Calendar.Book()
	before, early, err := book.Int("onestop.apology.before", s.today())
	if err != nil {
		return nil, err
	}
	most, once, err := book.Int("onestop.reschedulings", s.today())
	if err != nil {
		return nil, err
	}
	now, err := AgencyDue(s.Calendar, d, s.Now())
	return Reschedule{Dossier: d.Code, Was: now.Day, Due: due, Before: before, Most: most, Rules: []string{early.RuleID, once.RuleID}}, err
}

// On lists the dossiers of a board, the oldest first.
func On(v *ledger.View, place string) []*Dossier { return on(v, place) }
