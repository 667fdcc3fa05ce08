package dossier

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// keepRule says for how many years from acceptance the electronic records of a dossier are kept (Circular 17/2017, on records).
const keepRule = "dossier.records.electronic"

// KeptUntil is the last day on which the law has a dossier's records kept, with the rule; the zero Day when no rule says.
func (s *Service) KeptUntil(d *Dossier) (postal.Day, string, error) {
	accepted := postal.DayOf(postal.FromMillis(d.AcceptedMs))
	years, by, err := s.Calendar.Book().Int(keepRule, accepted)
	if fault.Is(err, fault.NotFound) {
		return postal.Day{}, "", nil
	}
	if err != nil {
		return postal.Day{}, "", err
	}
	year, month, day := accepted.Date()
	return postal.MakeDay(year+int(years), month, day), by.RuleID, nil
}

// Over reports whether the post has nothing more to do for a dossier. One that is only sent is over when its citizen knows the day, whatever the agency does with it.
func (d *Dossier) Over() bool { return d.EndedMs > 0 || d.State.Ended() }

// Outlived is a dossier whose records need no longer be kept.
type Outlived struct {
	Dossier postal.DossierNumber
	Rule    string
}

// Outlived lists at most limit ended dossiers whose people are still known although their time is over.
func (s *Service) Outlived(ctx context.Context, limit int) ([]Outlived, error) {
	acts, err := s.store().known(ctx, limit)
	if err != nil {
		return nil, err
	}
	v := s.Ledger.View(ctx)
	var out []Outlived
	for _, act := range acts {
		rec, ok, err := s.Ledger.Find(ctx, act)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue // the act was refused: its row is tidied away elsewhere
		}
		for _, f := range rec.Facts {
			a, ok := f.(event.DossierAccepted)
			if !ok {
				continue
			}
			d, ok := ledger.Get[*Dossier](v, DossierKey(a.Dossier))
			if !ok || !d.Over() {
				continue
			}
			until, rule, err := s.KeptUntil(d)
			if err != nil {
				return nil, err
			}
			if rule != "" && until.Before(s.today()) {
				out = append(out, Outlived{d.Code, rule})
			}
		}
	}
	return out, v.Err()
}

// known lists the acts whose people are not forgotten, the oldest first.
func (s *Store) known(ctx context.Context, limit int) ([]postal.ActID, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT p.act FROM dossier_person p LEFT JOIN subject_erased e ON e.subject = p.subject
		WHERE p.side = $1 AND e.subject IS NULL ORDER BY p.created_ms LIMIT $2`, senderSide, limit)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	defer rows.Close()
	var out []postal.ActID
	for rows.Next() {
		var act []byte
		if err := rows.Scan(&act); err != nil {
			return nil, fmt.Errorf("list people: %w", err)
		}
		out = append(out, postal.ActID(act))
	}
	return out, rows.Err()
}

// look refuses when the people of a dossier are no longer shown, and notes that somebody looks.
func (s *Service) look(r *http.Request, d *Dossier, what string) error {
	if s.MayShow != nil {
		if err := s.MayShow(r.Context(), event.Thing(d.Code)); err != nil {
			return err
		}
	}
	me := web.PersonOf(r)
	return s.store().NoteAccess(r.Context(), me.ID, me.Office(), d.Code, what)
}

// Told gives the people of a dossier to be told to one of them, and notes that somebody looked.
func (s *Service) Told(ctx context.Context, staff postal.StaffID, at postal.OfficeCode, d *Dossier) (People, error) {
	p, err := s.store().PeopleOf(ctx, d.Act)
	if err != nil {
		return p, err
	}
	return p, s.store().NoteAccess(ctx, staff, at, d.Code, "request")
}

// Forget erases the people and pictures of a dossier, and of its complaints; its facts stay.
func (s *Service) Forget(ctx context.Context, tx *sql.Tx, d *Dossier) error {
	acts := []postal.ActID{d.Act}
	v := s.Ledger.View(ctx)
	for n := 1; n <= d.Complaints; n++ {
		if c, ok := ledger.Get[*Complaint](v, ComplaintKey(d.Code, n)); ok {
			acts = append(acts, c.Act)
		}
	}
	if err := v.Err(); err != nil {
		return err
	}
	for _, act := range acts {
		if err := s.store().Forget(ctx, tx, act); err != nil {
			return err
		}
	}
	return nil
}

// Reach opens where the sender of a dossier can be told something; fault privacy.erased when they were forgotten.
func (s *Service) Reach(ctx context.Context, act postal.ActID) (Person, error) {
	p, err := s.store().PeopleOf(ctx, act)
	return p.Sender, err
}

// KeepPeople seals and stores the people and pictures of a dossier before the act that accepts it is written.
func (s *Service) KeepPeople(ctx context.Context, act postal.ActID, p People, pictures ...Picture) error {
	return s.store().Keep(ctx, act, p, pictures)
}
