package closedmail

import (
	"context"
	"fmt"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/postal"
)

// A reconciliation is what the post and a partner compare each month (đối soát sản lượng và chất lượng, by the interconnection contract): what went to it and what came
// from it, by class, and what became of that. It has counts only.

// Exchanged is what became of the items of one class. The counts after Items add up to it.
type Exchanged struct {
	Secrecy  Secrecy
	Urgency  Urgency
	Items    int
	OnTime   int // first attempt by the due time
	Late     int // first attempt after it, or none and it is over
	Lost     int
	Returned int // turned back in time, never tried
	Open     int
}

// Reconciliation is a partner's month.
type Reconciliation struct {
	Sent, Taken []Exchanged
	Differences []Tally // incidents about what this partner brought or holds, by kind
}

// Reconcile counts what was given to a partner, and taken from it, from one day to another.
func (r *Records) Reconcile(ctx context.Context, p PartnerCode, from, to postal.Day, nowMs int64) (x Reconciliation, err error) {
	tallies, err := r.Tallies(ctx, from, to)
	if err != nil {
		return x, err
	}
	for _, t := range tallies {
		if kind, ok := strings.CutPrefix(t.Kind, string(p)+"/"); ok && t.What == partnerIncident {
			x.Differences = append(x.Differences, Tally{What: t.What, Kind: kind, N: t.N})
		}
	}
	if x.Sent, err = r.exchanged(ctx, "to_partner", "given_day", p, from, to, nowMs); err != nil {
		return x, err
	}
	x.Taken, err = r.exchanged(ctx, "from_partner", "day", p, from, to, nowMs)
	return x, err
}

func (r *Records) exchanged(ctx context.Context, partner, day string, p PartnerCode, from, to postal.Day, nowMs int64) ([]Exchanged, error) {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT secrecy, urgency, CASE WHEN excuse = '' THEN due_ms ELSE 0 END, attempt_ms, told, lost FROM closedmail_item
		WHERE `+partner+` = $1 AND `+day+` >= $2 AND `+day+` <= $3 AND undone = 0 ORDER BY secrecy, urgency`, string(p), from.String(), to.String())
	if err != nil {
		return nil, fmt.Errorf("reconcile: %w", err)
	}
	defer rows.Close()
	var all []Exchanged
	for rows.Next() {
		var x Exchanged
		var due, attempt int64
		var told Told
		var lost int
		if err := rows.Scan(&x.Secrecy, &x.Urgency, &due, &attempt, &told, &lost); err != nil {
			return nil, fmt.Errorf("reconcile: %w", err)
		}
		if n := len(all); n == 0 || all[n-1].Secrecy != x.Secrecy || all[n-1].Urgency != x.Urgency {
			all = append(all, x)
		}
		all[len(all)-1].count(due, attempt, told, lost == 1, nowMs)
	}
	return all, rows.Err()
}

// count puts an item into its class. What superior force excuses has no due time here: it is not judged.
func (x *Exchanged) count(due, attempt int64, told Told, lost bool, nowMs int64) {
	x.Items++
	switch {
	case lost:
		x.Lost++
	case attempt > 0 && (due == 0 || attempt <= due):
		x.OnTime++
	case attempt > 0 || due > 0 && due < nowMs:
		x.Late++
	case told == custody.ToldReturned:
		x.Returned++
	default:
		x.Open++
	}
}
