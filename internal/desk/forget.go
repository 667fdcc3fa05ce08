package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"citypost/internal/custody"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/web"
)

// Told gives what stands on an item's cover to be told to the person whom it is about, and notes the look. nil: it is forgotten.
func (s *Service) Told(ctx context.Context, who web.Person, i *custody.Item) (*Parties, error) {
	found, err := s.PartiesOf(ctx, i.AcceptAct)
	if err != nil {
		return nil, err
	}
	p, ok := found[i.AcceptAct]
	if !ok {
		return nil, nil
	}
	return &p, s.noteAccess(ctx, who, string(i.Code), "request")
}

// Forget erases the people of the item that an act accepted, and with them the proofs of its delivery. Those forgotten or never kept are no error.
func (s *Service) Forget(ctx context.Context, tx *sql.Tx, accepted postal.ActID) error {
	var subject string
	err := tx.QueryRowContext(ctx, `SELECT subject FROM desk_party WHERE act = $1`, accepted[:]).Scan(&subject)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find cover: %w", err)
	}
	return s.Vault.EraseIn(ctx, tx, privacy.SubjectID(subject))
}
