package dossier

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"time"

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

// Outlived lists at most limit ended dossiers whose people are still known although their time is over; held are left out. It looks through all that is known, so that
// what may not go yet never stands before what must.
func (s *Service) Outlived(ctx context.Context, limit int, held func(event.Thing) bool) ([]Outlived, error) {
	v := s.Ledger.View(ctx)
	var out []Outlived
	var at place
	for {
		page, err := s.store().known(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, at = range page {
			x, ok, err := s.outlived(ctx, v, at.act)
			if err != nil {
				return nil, err
			}
			if ok && (held == nil || !held(event.Thing(x.Dossier))) {
				out = append(out, x)
			}
			if len(out) == limit {
				return out, v.Err()
			}
		}
		if len(page) < knownMost {
			return out, v.Err()
		}
	}
}

// outlived judges the dossier that an act took in; what was refused is Tidy's.
func (s *Service) outlived(ctx context.Context, v *ledger.View, act postal.ActID) (Outlived, bool, error) {
	rec, _, err := s.Ledger.Find(ctx, act)
	if err != nil {
		return Outlived{}, false, err
	}
	for _, f := range rec.Facts {
		a, ok := f.(event.DossierAccepted)
		if !ok {
			continue
		}
		d, ok := ledger.Get[*Dossier](v, DossierKey(a.Dossier))
		if !ok || !d.Over() {
			return Outlived{}, false, nil
		}
		until, rule, err := s.KeptUntil(d)
		return Outlived{d.Code, rule}, err == nil && rule != "" && until.Before(s.today()), err
	}
	return Outlived{}, false, nil
}

// place is where a page of the people that are known ends.
type place struct {
	createdMs int64
	act       postal.ActID
}

// knownMost is the size of such a page.
const knownMost = 500

// known lists the next acts whose people are not forgotten, the oldest first.
func (s *Store) known(ctx context.Context, after place) ([]place, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT p.created_ms, p.act FROM dossier_person p LEFT JOIN subject_erased e ON e.subject = p.subject
		WHERE p.side = $1 AND e.subject IS NULL AND (p.created_ms > $2 OR p.created_ms = $2 AND p.act > $3) ORDER BY p.created_ms, p.act LIMIT $4`, senderSide, after.createdMs, after.act[:], knownMost)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return places(rows)
}

func places(rows *sql.Rows) ([]place, error) {
	defer rows.Close()
	var out []place
	for rows.Next() {
		var at place
		var act []byte
		if err := rows.Scan(&at.createdMs, &act); err != nil {
			return nil, fmt.Errorf("list people: %w", err)
		}
		at.act = postal.ActID(act)
		out = append(out, at)
	}
	return out, rows.Err()
}

// tidyAfter is how long people could wait for their act when they were still kept before it; formDays how long a form that was sent can be sent again and get its first answer.
const (
	tidyAfter = 24 * time.Hour
	formDays  = 30
)

// Tidy forgets people and pictures without an act, and the marks of forms of long ago. Today's people are kept in the transaction of their act, so there are none without; earlier versions kept them before it
// and left those of refused intakes. What was looked through once is not looked through again until the program starts anew.
func (s *Service) Tidy(ctx context.Context) error {
	before := s.Now().Add(-tidyAfter)
	for {
		list, err := s.store().orphans(ctx, s.tidied, before)
		if err != nil {
			return err
		}
		for _, act := range list {
			if err := s.DB.Tx(ctx, func(tx *sql.Tx) error { return s.store().dropOrphan(ctx, tx, act) }); err != nil {
				return err
			}
		}
		if len(list) < knownMost {
			break
		}
	}
	s.tidied = firstActOf(before)
	return s.store().forgetForms(ctx, firstActOf(s.Now().AddDate(0, 0, -formDays)))
}

// firstActOf is the least id that an act of a moment can have: ids begin with their time.
func firstActOf(at time.Time) (id postal.ActID) {
	made := postal.NewActID(at)
	copy(id[:6], made[:6])
	return id
}

// orphans lists acts from one on that are in no ledger although people are kept under them. It only reads.
func (s *Store) orphans(ctx context.Context, from postal.ActID, before time.Time) (list []postal.ActID, err error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT DISTINCT p.act FROM dossier_person p WHERE p.act >= $1 AND p.created_ms < $2
		AND NOT EXISTS (SELECT 1 FROM ledger_act a WHERE a.id = p.act) LIMIT $3`,
		from[:], postal.Millis(before), knownMost)
	if err != nil {
		return nil, fmt.Errorf("find people without dossiers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var act []byte
		if err := rows.Scan(&act); err != nil {
			return nil, fmt.Errorf("find people without dossiers: %w", err)
		}
		list = append(list, postal.ActID(act))
	}
	return list, rows.Err()
}

// dropOrphan forgets the people of one act, if the ledger still does not know it.
func (s *Store) dropOrphan(ctx context.Context, tx *sql.Tx, act postal.ActID) error {
	var known int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM ledger_act WHERE id = $1`, act[:]).Scan(&known); err != nil {
		return fmt.Errorf("look for an act: %w", err)
	}
	if known > 0 {
		return nil
	}
	if err := s.Forget(ctx, tx, act); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM dossier_person WHERE act = $1`, act[:]); err != nil {
		return fmt.Errorf("forget people: %w", err)
	}
	return nil
}

// forgetForms deletes the marks of forms from before an act, a few at a time.
func (s *Store) forgetForms(ctx context.Context, before postal.ActID) error {
	for {
		var gone int64
		err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
			done, err := tx.ExecContext(ctx, `DELETE FROM dossier_form WHERE act IN (SELECT act FROM dossier_form WHERE act < $1 LIMIT $2)`, before[:], knownMost)
			if err != nil {
				return fmt.Errorf("forget marks of forms: %w", err)
			}
			gone, err = done.RowsAffected()
			return err
		})
		if err != nil || gone < knownMost {
			return err
		}
	}
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

// Beside seals the people and pictures of a dossier: rows to be appended with the act that accepts it.
func (s *Service) Beside(act postal.ActID, p People, pictures ...Picture) ([]ledger.Beside, error) {
	return s.store().Beside(act, p, pictures)
}

// BesideComplaint seals the words of a complaint: rows to be appended with its act.
func (s *Service) BesideComplaint(act postal.ActID, words string) ([]ledger.Beside, error) {
	return s.store().BesideComplaint(act, words)
}

// PictureOf opens a picture of an acceptance and proves that it is the one that its fact names. Whoever shows it to somebody notes that he looked.
func (s *Service) PictureOf(ctx context.Context, act postal.ActID, hash string) (Picture, error) {
	return s.store().PictureOf(ctx, act, hash)
}

// PeopleOf opens the people of an acceptance; fault privacy.erased when they were forgotten.
func (s *Service) PeopleOf(ctx context.Context, act postal.ActID) (People, error) {
	return s.store().PeopleOf(ctx, act)
}
