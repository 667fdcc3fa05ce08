package dossier

import (
	"context"

	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// Asking makes the request for more papers as the rules of today allow it.
func (s *Service) Asking(ctx context.Context, d *Dossier, papers []string, reason string, until postal.Day) (ledger.Act, error) {
	book := s.Calendar.Book()
	most, many, err := book.Int("onestop.supplement.requests", s.today())
	if err != nil {
		return nil, err
	}
	restarts, again, err := book.Bool("onestop.restarts", s.today())
	if err != nil {
		return nil, err
	}
	heard, err := s.Hearing(ctx, d)
	return RequestSupplement{Hearing: heard, Dossier: d.Code, Papers: papers, Reason: reason, Until: until, Restarts: restarts, Most: most, Rules: []string{many.RuleID, again.RuleID}}, err
}

// PuttingOff makes the apology with its new day as the rules of today allow it.
func (s *Service) PuttingOff(ctx context.Context, d *Dossier, due postal.Day) (ledger.Act, error) {
	book := s.Calendar.Book()
	before, early, err := book.Int("onestop.apology.before", s.today())
	if err != nil {
		return nil, err
	}
	most, once, err := book.Int("onestop.reschedulings", s.today())
	if err != nil {
		return nil, err
	}
	heard, err := s.Hearing(ctx, d)
	if err != nil {
		return nil, err
	}
	was := *d
	if d.Heard.PutOff != "" { // the agency may put the day right that the post wrote down: it stands for that one
		was.Due, was.Apologised, was.ApologyLate = postal.Day{}, 0, false
	}
	now, err := AgencyDue(s.Calendar, &was, s.Now())
	return Reschedule{Hearing: heard, Dossier: d.Code, Was: now.Day, Due: due, Before: before, Most: most, Rules: []string{early.RuleID, once.RuleID}}, err
}

// On lists the dossiers of a board, the oldest first.
func On(v *ledger.View, place string) []*Dossier { return on(v, place) }
