package app

import (
	"context"
	"fmt"

	"citypost/internal/calendar"
	"citypost/internal/closedmail"
	"citypost/internal/counts"
	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
)

// figures counts what the closed house did in a month: how many, never who, whom, where, by which way or under which letter.
func (m closedMail) figures(ctx context.Context, month postal.Day, nowMs int64) (counts.Figures, error) {
	f := counts.Figures{Month: month, Behind: map[string]int64{"fee_vnd": 0},
		Counts: map[string]int64{"items": 0, "items.intra": 0, "items.inter": 0, "delivered": 0, "on_time": 0, "judged": 0, "incidents": 0, "complaints": 0, "inspections": 0, "fee_vnd": 0}}
	end := calendar.AddMonths(month, 1).AddDays(-1)
	classes, err := m.Records.Volume(ctx, month, end, nowMs)
	if err != nil {
		return f, err
	}
	for _, c := range classes {
		f.Counts["items"] += int64(c.Items)
		f.Counts["items."+scope(c)] += int64(c.Items)
		f.Counts["delivered"] += int64(c.Delivered)
		f.Counts["on_time"] += int64(c.OnTime)
		f.Counts["judged"] += int64(c.Judged)
		f.Counts["fee_vnd"] += int64(c.FeeVND)
		f.Behind["fee_vnd"] += int64(c.Paying)
	}
	tallies, err := m.Records.Tallies(ctx, month, end)
	if err != nil {
		return f, err
	}
	names := map[string]string{"kt1.incident_opened": "incidents", "kt1.complaint_opened": "complaints", "kt1.inspection_ended": "inspections"}
	for _, t := range tallies {
		if name, ok := names[t.What]; ok {
			f.Counts[name] += int64(t.N)
		}
	}
	return f, nil
}

func scope(c closedmail.Class) string {
	if c.Inter {
		return "inter"
	}
	return "intra"
}

// CountsFile gives the signed file of a month that is over; what would tell of fewer than least is not in it, however many files of that month there are.
func (h *ClosedHouse) CountsFile(ctx context.Context, month postal.Day, least int64) ([]byte, error) {
	if postal.DayOf(h.Now()).Before(calendar.AddMonths(month, 1)) {
		return nil, fault.New(fault.Conflict, "counts.month_open", "Tháng này chưa hết: chỉ lập tệp số liệu sau ngày cuối tháng.", "The month is not over: the sheet is made after its last day.")
	}
	key, err := h.countsKey()
	if err != nil {
		return nil, err
	}
	f, err := h.figures(ctx, month, postal.Millis(h.Now()))
	if err != nil {
		return nil, err
	}
	return (&counts.Store{DB: h.DB, Now: h.Now}).Issue(ctx, f, least, key.Signer, key.Verifier())
}

// CountsVerifier is the public key that an open house must name to take the files.
func (h *ClosedHouse) CountsVerifier() (string, error) {
	key, err := h.countsKey()
	if err != nil {
		return "", err
	}
	return key.Verifier(), nil
}

func (h *ClosedHouse) countsKey() (*tree.LogKey, error) {
	secret, err := h.Box.Read(boxCountsKey)
	if err != nil {
		return nil, fmt.Errorf("key of counts: %w", unfurnished(boxCountsKey, err))
	}
	return tree.ParseKey(string(secret))
}
