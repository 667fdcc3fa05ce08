package app

import (
	"context"
	"fmt"

	"citypost/internal/closedmail"
	"citypost/internal/counts"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
)

// figures counts what the closed house did in a period: how many, never who, whom, where, by which way or under which letter.
func (m closedMail) figures(ctx context.Context, from, to postal.Day, nowMs int64) (map[string]int64, error) {
	classes, err := m.Records.Volume(ctx, from, to, nowMs)
	if err != nil {
		return nil, err
	}
	sum := map[string]int64{"items": 0, "items.intra": 0, "items.inter": 0, "delivered": 0, "on_time": 0, "judged": 0, "incidents": 0, "complaints": 0, "inspections": 0}
	for _, c := range classes {
		sum["items"] += int64(c.Items)
		sum["items."+scope(c)] += int64(c.Items)
		sum["delivered"] += int64(c.Delivered)
		sum["on_time"] += int64(c.OnTime)
		sum["judged"] += int64(c.Judged)
		sum["fee_vnd"] += int64(c.FeeVND)
	}
	tallies, err := m.Records.Tallies(ctx, from, to)
	if err != nil {
		return nil, err
	}
	names := map[string]string{"kt1.incident_opened": "incidents", "kt1.complaint_opened": "complaints", "kt1.inspection_ended": "inspections"}
	for _, t := range tallies {
		if name, ok := names[t.What]; ok {
			sum[name] += int64(t.N)
		}
	}
	if sum["items"] == 0 {
		delete(sum, "fee_vnd")
	}
	return sum, nil
}

func scope(c closedmail.Class) string {
	if c.Inter {
		return "inter"
	}
	return "intra"
}

// CountsFile gives the signed file of a period; figures from 1 to below least are not in it, and revenue neither where the items are few.
func (h *ClosedHouse) CountsFile(ctx context.Context, from, to postal.Day, least int64) ([]byte, error) {
	nowMs := postal.Millis(h.Now())
	figures, err := h.figures(ctx, from, to, nowMs)
	if err != nil {
		return nil, err
	}
	if figures["items"] < least {
		delete(figures, "fee_vnd") // a sum over few items tells each
	}
	sheet, err := counts.Make(from, to, nowMs, least, figures)
	if err != nil {
		return nil, err
	}
	key, err := h.countsKey()
	if err != nil {
		return nil, err
	}
	return sheet.Sign(key.Signer)
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
