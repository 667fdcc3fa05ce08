package dossier

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// What is on its way back: a dossier that its agency refused or its citizen wants back, a result that nobody took. No rule that was read gives that way a time, so none of it is ever late; the boards say instead for
// how many days it has been on its way, the longest first.

// turnedBack are the states of what is on its way back.
var turnedBack = []State{Refused, TurningBack, GoingBack}

// turned reports whether a way that was never finished no longer counts: the dossier or its result is on its way back, or was given back.
func (d *Dossier) turned() bool { return slices.Contains(turnedBack, d.State) || d.State == GivenBack }

// since fills in when rows turned back (UTC milliseconds), as far as they did, and puts those the longest first.
func (s *Service) since(ctx context.Context, v *ledger.View, p web.Page, rows []row) error {
	var items []*custody.Item
	for _, x := range rows {
		if slices.Contains(turnedBack, x.State) {
			if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(current(x.Dossier))); ok {
				items = append(items, i)
			}
		}
	}
	if len(items) == 0 {
		return v.Err()
	}
	turned, err := custody.TurnedMs(ctx, s.Ledger, items)
	if err != nil {
		return err
	}
	for n := range rows {
		if ms, ok := turned[current(rows[n].Dossier)]; ok {
			rows[n].TurnedMs, rows[n].Back = ms, turnedWords(p, ms, s.today())
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { // what did not turn back keeps its order, the late ones first
		return cmp.Compare(a.TurnedMs, b.TurnedMs)
	})
	return v.Err()
}

// refusedBy lists the dossiers that an agency did not take and that are not back at their senders: they stand on the boards of the offices that took them in.
func (s *Service) refusedBy(v *ledger.View, a postal.AgencyCode) (list []*Dossier) {
	for _, o := range s.Places.Directory().All() {
		for _, d := range on(v, OfficeBoard(o.Code)) {
			if d.State == Refused && d.Agency == a {
				list = append(list, d)
			}
		}
	}
	return list
}

// turnedWords say for how many days something has been on its way back.
func turnedWords(p web.Page, turnedMs int64, today postal.Day) string {
	days := today.DaysSince(postal.DayOf(postal.FromMillis(turnedMs)))
	if days <= 0 {
		return p.T("Đang trả về, từ hôm nay", "On its way back since today")
	}
	return fmt.Sprintf(p.T("Đang trả về, %d ngày", "On its way back for %d days"), days)
}

// noBackTime says that nothing is late on the way back.
func noBackTime(p web.Page) string {
	return p.T("Không có quy định nào đã đọc nêu hạn cho chiều trả về, nên không tính trễ; lâu nhất xếp trước.", "No rule that was read gives a time for the way back, so nothing is late by it; the longest stands first.")
}
