package app

import (
	"context"
	"time"

	"citypost/internal/api/webhook"
	"citypost/internal/cash"
	"citypost/internal/desk"
	"citypost/internal/personal"
	"citypost/internal/report"
	"citypost/internal/tariff"
)

// Run does the work that goes on beside the requests, until ctx ends and all of it has ended: jobs, webhooks, and the minute's and night's care.
func (h *House) Run(ctx context.Context) error {
	return runAll(ctx,
		h.Jobs.Run,
		h.Hooks.Run,
		h.follow(tariff.Follower, tariff.Project),
		h.follow(tariff.ItemFollower, tariff.ProjectItems),
		h.follow(cash.Follower, cash.Project),
		h.follow(cash.ShiftFollower, cash.ProjectShifts),
		h.follow(desk.Follower, desk.Project),
		h.follow(personal.Follower, h.Personal.Erase),
		h.follow(dossierNews, h.tellOfDossiers),
		h.follow(report.Follower, report.Project(h.reportLines)),
		h.Ledger.Publish,
		h.care,
	)
}

// followers names all of it that follows the ledger.
func followers() []string {
	return []string{
		webhook.Follower, tariff.Follower, tariff.ItemFollower, cash.Follower, cash.ShiftFollower, desk.Follower, personal.Follower, dossierNews, report.Follower,
	}
}

// How often the house looks after itself.
const (
	everyMinute = time.Minute
	everyDay    = 24 * time.Hour
)

// care keeps the picture of the offices fresh, sweeps ended sessions, and once a day removes what refused acts and erased persons left behind.
func (h *House) care(ctx context.Context) error {
	minute, day := time.NewTicker(everyMinute), time.NewTicker(everyDay)
	defer minute.Stop()
	defer day.Stop()
	h.daily(ctx) // a house that is stopped every night looks after itself too
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-minute.C:
			h.try("offices not reloaded", h.Places.Reload(ctx))
			h.try("procedures not reloaded", h.Procedures.Reload(ctx))
			h.try("ended sessions not swept", h.Accounts.Sweep(ctx))
		case <-day.C:
			h.daily(ctx)
		}
	}
}

// daily removes what refused acts and erased persons left behind, and what outlived its time.
func (h *House) daily(ctx context.Context) {
	h.try("covers without items not removed", h.Desk.Tidy(ctx))
	h.try("people without dossiers not removed", h.Dossiers.Tidy(ctx))
	h.try("who asked in vain not removed", h.Personal.Tidy(ctx))
	_, old := h.Bookings.Tidy(ctx)
	h.try("old bookings not deleted", old)
	_, err := h.Personal.Expire(ctx)
	h.try("what outlived its time not forgotten", err)
	h.try("traces of erased keys not scrubbed", h.Vault.Scrub(ctx))
}
