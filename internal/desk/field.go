package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// mountField registers the pages of delivery, of the carrier's round and of control.
func (s *Service) mountField(m *web.Mux) {
	s.mountLists(m)
	s.mountRound(m)
	s.mountItems(m)
	s.mountIrregularities(m)
	s.mountHandout(m)
	s.mountBoard(m)
}

// door is an item with the place it has to be taken to: its recipient's, or its sender's while it returns.
type door struct {
	*custody.Item
	Party        // empty when the people were forgotten or never given
	Where string // the commune's exact name today
	Old   string // where that was before July 2025, for carriers who know the old names
}

// doors finds out where items have to be taken, in walking order as far as addresses tell: by commune, street, house number.
func (s *Service) doors(ctx context.Context, p web.Page, items []*custody.Item) ([]door, error) {
	acts := make([]postal.ActID, len(items))
	for n, i := range items {
		acts[n] = i.AcceptAct
	}
	people, err := s.PartiesOf(ctx, acts...)
	if err != nil {
		return nil, err
	}
	list := make([]door, len(items))
	for n, i := range items {
		d := door{Item: i}
		if both, ok := people[i.AcceptAct]; ok {
			d.Party = both.Recipient
			if i.Returning != "" {
				d.Party = both.Sender
			}
		}
		unit := d.Unit
		if unit == "" {
			unit = i.ToUnit
		}
		d.Where, d.Old = s.unitName(p, unit), s.oldNames(p, unit)
		list[n] = d
	}
	slices.SortStableFunc(list, func(a, b door) int {
		return cmp.Or(cmp.Compare(postal.Fold(a.Where), postal.Fold(b.Where)), compareAddresses(a.Address, b.Address),
			cmp.Compare(postal.Fold(a.Name), postal.Fold(b.Name)), cmp.Compare(a.Code, b.Code))
	})
	return list, nil
}

// oldNames says in which old districts a commune lies: "trước 7/2025: Q. Ngô Quyền".
func (s *Service) oldNames(p web.Page, u postal.UnitCode) string {
	districts, err := s.Places.Gazetteer().OldDistricts(u, s.today())
	if err != nil || len(districts) == 0 {
		return ""
	}
	names := make([]string, 0, len(districts))
	for _, d := range districts {
		names = append(names, d.Unit.ShortName())
	}
	return p.T("trước 7/2025: ", "before 7/2025: ") + strings.Join(names, "; ")
}

// compareAddresses sorts by street first, then by the number before it, so that neighbours stand together.
func compareAddresses(a, b string) int {
	an, as := splitAddress(a)
	bn, bs := splitAddress(b)
	return cmp.Or(cmp.Compare(as, bs), cmp.Compare(an, bn), cmp.Compare(a, b))
}

// splitAddress takes "12A ngõ 5 Lạch Tray" apart into 12 and the folded rest.
func splitAddress(s string) (number int, street string) {
	s = postal.Fold(s)
	s = strings.TrimPrefix(s, "so ")
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' && n < 6 {
		number = number*10 + int(s[n]-'0')
		n++
	}
	if _, rest, found := strings.Cut(s, " "); found && n > 0 {
		return number, rest
	}
	return number, s
}

// sameDoor reports whether two items go to the same people: one bell, one signature.
func sameDoor(a, b door) bool {
	return a.Name != "" && postal.Fold(a.Name) == postal.Fold(b.Name) && postal.Fold(a.Address) == postal.Fold(b.Address) && a.Where == b.Where &&
		(a.Returning == "") == (b.Returning == "")
}

// late says how an item stands against its due time, in words; no words when there is nothing to say. What is late or due today, dueState decides, for the board as well.
func late(p web.Page, i *custody.Item, now time.Time) (words string, tone web.Tone) {
	due := postal.FromMillis(i.DueMs)
	switch state := dueState(i, now); {
	case i.DueMs > 0 && i.AttemptMs > i.DueMs:
		return p.T("Phát lần đầu trễ hạn", "First attempt was late"), web.Bad
	case state == "late":
		return p.T("Quá hạn ", "Late by ") + span(p, now.Sub(due)), web.Bad
	case state == "today":
		return p.T("Hạn hôm nay ", "Due today ") + p.Clock(due), web.Ask
	}
	return "", ""
}

// span is a length of time in the largest unit that says enough: "35 phút", "3 giờ", "2 ngày".
func span(p web.Page, d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf(p.T("%d phút", "%d min"), int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf(p.T("%d giờ", "%d h"), int(d.Hours()))
	}
	return fmt.Sprintf(p.T("%d ngày", "%d days"), int(d.Hours()/24))
}

// heldOver reports whether an item has waited at the office until its day is over.
func heldOver(i *custody.Item, now time.Time) bool {
	return i.Stage == custody.Held && i.HeldUntilMs <= postal.Millis(now)
}

// itemOf gives the item that a path names, and the view it came from.
func (s *Service) itemOf(ctx context.Context, number string) (*custody.Item, *ledger.View, error) {
	n, err := postal.ParseItemNumber(number)
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "desk.no_item", "Không có bưu gửi này. Hãy kiểm tra lại số hiệu.", "There is no such item. Check the number.").Because(err)
	}
	v := s.Ledger.View(ctx)
	i, err := state[*custody.Item](v, string(n))
	return i, v, err
}

// readItem reads an item number as a desk gives it: typed, scanned, or scanned through a Vietnamese input method.
func readItem(text string) (postal.ItemNumber, error) {
	fixed, _ := postal.MendScan(text)
	return postal.ParseItemNumber(fixed)
}
