package app

import (
	"context"

	"citypost/internal/desk"
	"citypost/internal/postal"
	"citypost/internal/proof"
)

// slips lets the desk, which knows receipts, answer the page that gives out proofs.
type slips struct{ desk *desk.Service }

// Provable asks the desk.
func (s slips) Provable(ctx context.Context, number, secret string) (postal.ItemNumber, []proof.Provable, error) {
	item, list, err := s.desk.Provable(ctx, number, secret)
	out := make([]proof.Provable, len(list))
	for n, e := range list {
		out[n] = proof.Provable(e)
	}
	return item, out, err
}
