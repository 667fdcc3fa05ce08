package tariff

import (
	"context"
	"database/sql"
	"fmt"

	"citypost/internal/event"
	"citypost/internal/postal"
)

// ItemFollower is the name under which ProjectItems follows the ledger.
const ItemFollower = "tariff-items"

// ProjectItems writes what was accepted into its table, for ledger.Follow. An item number is accepted once; should it come again the first stands.
func ProjectItems(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	for i := range entries {
		e := &entries[i]
		for _, f := range e.Facts {
			a, ok := f.(event.ItemAccepted)
			if !ok {
				continue
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO tariff_item (item, seq, month, on_day, office, service, to_unit, weight_g, fee_vnd)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (item) DO NOTHING`,
				string(a.Item), e.Seq, monthOf(e.RecordedMs), postal.DayOf(postal.FromMillis(e.OccurredMs)).String(), string(e.Office), string(a.Service), string(a.ToUnit), int64(a.WeightG), int64(a.FeeVND))
			if err != nil {
				return fmt.Errorf("item of entry %d: %w", e.Seq, err)
			}
		}
	}
	return nil
}

// accepted is an item as far as its price depends on it.
type accepted struct {
	Item    postal.ItemNumber
	On      postal.Day
	Office  postal.OfficeCode
	Service event.Service
	ToUnit  postal.UnitCode
	WeightG postal.Grams
}

// acceptedIn gives the items of a month in their order, at most limit of them.
func (c *Claims) acceptedIn(ctx context.Context, month string, limit int) ([]accepted, error) {
	if err := c.Ledger.CatchUp(ctx, ItemFollower, ProjectItems); err != nil {
		return nil, err
	}
	rows, err := c.DB.Read().QueryContext(ctx, `SELECT item, on_day, office, service, to_unit, weight_g FROM tariff_item WHERE month = $1 ORDER BY seq LIMIT $2`, month, limit)
	if err != nil {
		return nil, fmt.Errorf("read accepted items: %w", err)
	}
	defer rows.Close()
	var all []accepted
	for rows.Next() {
		var a accepted
		var day string
		if err := rows.Scan(&a.Item, &day, &a.Office, &a.Service, &a.ToUnit, &a.WeightG); err != nil {
			return nil, fmt.Errorf("read accepted items: %w", err)
		}
		if err := a.On.UnmarshalText([]byte(day)); err != nil {
			return nil, fmt.Errorf("read accepted items: %w", err)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// wish says under which rules a month's items are looked at again.
type wish struct {
	Rules  postal.Day // the rules of this day
	Online bool       // as if all had been filed online
	Class  string     // as if all senders were of this class
}

// preview is who would get what.
type preview struct {
	Items    int // looked at
	More     bool
	Unpriced map[string]int // by the sentence that says why there is no price
	ListVND  postal.VND
	TotalVND postal.VND
	Policies []previewed
	Some     []previewRow // the first items that get something
}

// previewed is what one policy would give.
type previewed struct {
	Policy, Payer, Rule string
	Items               int
	AmountVND           postal.VND
}

// previewRow is what one item would get.
type previewRow struct {
	accepted
	Zone              Zone
	ListVND, TotalVND postal.VND
}

// serviceOf names a service of custody as the prices do.
func serviceOf(s event.Service) Service {
	if s == event.Registered {
		return Letter
	}
	return Service(s)
}

// maxPreviewed bounds a preview: enough for a month of a district's counters, and done in well under a second.
const maxPreviewed = 20_000

// maxPreviewRows bounds the items that a preview lists one by one.
const maxPreviewRows = 100

// add takes one item's price into the preview.
func (p *preview) add(a accepted, q Quote) {
	p.ListVND += q.ListVND
	p.TotalVND += q.TotalVND
	if len(q.Grants) > 0 && len(p.Some) < maxPreviewRows {
		p.Some = append(p.Some, previewRow{a, q.Question.Zone, q.ListVND, q.TotalVND})
	}
	for _, g := range q.Grants {
		p.policy(g).Items++
		p.policy(g).AmountVND += g.AmountVND
	}
}

func (p *preview) policy(g Grant) *previewed {
	for i := range p.Policies {
		if p.Policies[i].Policy == g.Policy {
			return &p.Policies[i]
		}
	}
	p.Policies = append(p.Policies, previewed{Policy: g.Policy, Payer: g.Payer, Rule: g.Rule})
	return &p.Policies[len(p.Policies)-1]
}
