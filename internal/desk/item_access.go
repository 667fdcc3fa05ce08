package desk

import (
	"context"
	"fmt"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// look is one look at people's full names and addresses.
type look struct {
	AtMs   int64
	Staff  postal.StaffID
	Office postal.OfficeCode
	Role   web.Right
	Why    string
}

// noteAccess writes down that somebody is shown the full names and addresses of an item or list.
func (s *Service) noteAccess(ctx context.Context, who web.Person, what, why string) error {
	if s.MayShow != nil && why != "list" && why != "request" { // a list is work under way; the person asks for their own
		if err := s.MayShow(ctx, event.Thing(what)); err != nil {
			return err
		}
	}
	_, err := s.DB.Write().ExecContext(ctx, `INSERT INTO desk_access (at_ms, staff, office, role, what, why) VALUES ($1, $2, $3, $4, $5, $6)`,
		postal.Millis(s.Now()), string(who.ID), string(who.Office()), string(who.Acting.Name), what, why)
	if err != nil {
		return fmt.Errorf("note access: %w", err)
	}
	return nil
}

// maxLooks is how many looks the item page tells of.
const maxLooks = 20

// looks lists the last looks at an item's people, newest first.
func (s *Service) looks(ctx context.Context, what string) ([]look, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT at_ms, staff, office, role, why FROM desk_access WHERE what = $1 ORDER BY id DESC LIMIT $2`, what, maxLooks)
	if err != nil {
		return nil, fmt.Errorf("read looks: %w", err)
	}
	defer rows.Close()
	var out []look
	for rows.Next() {
		var l look
		if err := rows.Scan(&l.AtMs, &l.Staff, &l.Office, &l.Role, &l.Why); err != nil {
			return nil, fmt.Errorf("read looks: %w", err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
