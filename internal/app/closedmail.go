package app

import (
	"context"

	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/sqldb"
)

// Here the capability of closed mail joins its house: its states, its folds, its tables, its pages and its followers.

// closedMail is what the capability adds to the house.
type closedMail struct{}

// closedKinds are the states of the closed house's ledger.
func closedKinds() []ledger.Kind { return custody.Kinds() }

// closedFolds bring facts into those states, custody's first.
func closedFolds() []ledger.Fold { return []ledger.Fold{custody.Fold} }

// closedTables bring the capability's own tables up to date.
func closedTables() []func(context.Context, *sqldb.DB) error { return nil }

// mountClosedMail puts the capability's pages on the mux.
func (h *ClosedHouse) mountClosedMail() error { return nil }

// closedWork is what goes on beside the requests.
func (h *ClosedHouse) closedWork() []func(context.Context) error { return nil }
