package calendar

import (
	"strconv"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// keyKT1Area is the table of journey times down to the commune, which the Central Post Department fixes with Vietnam Post. An empty cell is an area of special geography.
const keyKT1Area = "kt1.area.journey"

// Two doubts about a due time that no rule of its own stands for.
var (
	generalLimit = rulebook.Words{VI: "Chưa nạp bảng thời gian chi tiết theo xã, phường và vùng địa hình đặc biệt; lấy mức tối đa chung.",
		EN: "The table of times by commune and of areas of special geography is not loaded; the general limit is taken."}
	notCombined = rulebook.Words{VI: "Bộ quy định khi đó không nêu dịch vụ vừa theo độ mật vừa theo độ khẩn; lấy thời gian theo độ khẩn.",
		EN: "The rules of that time name no service that is both secret and urgent; the time of the urgency is taken."}
)

// KT1Doubts says why the due time of a KT1 item is not verified, by the rules that were frozen on it.
func KT1Doubts(rules []*rulebook.Rule) []rulebook.Words {
	w := &work{}
	journey, area := false, false
	for _, r := range rules {
		if !r.Verified {
			w.unverified(r.Reason)
		}
		journey, area = journey || r.Name == keyKT1Journey, area || r.Name == keyKT1Area
		if r.Name == keyKT1Combined && !r.Value.Bool() {
			w.unverified(notCombined)
		}
	}
	if journey && !area {
		w.unverified(generalLimit)
	}
	return w.reasons
}

// Area is what the table of a day says of one commune.
type Area struct {
	Rule    *rulebook.Rule // nil: no table is loaded for the day, so nobody knows whether the commune is of special geography
	Listed  bool           // the commune stands in the table; otherwise the general limit holds
	Special bool           // no time is fixed, it takes what it takes
	halves  int64
}

// Area looks a commune up for a KT1 item. Without a table it answers “not known” and is no fault.
func (c *Calendar) Area(unit postal.UnitCode, route Route, class string, day postal.Day) (Area, error) {
	rule, err := c.book.Rule(keyKT1Area, day)
	if fault.Is(err, fault.NotFound) {
		return Area{}, nil
	}
	if err != nil {
		return Area{}, err
	}
	a := Area{Rule: rule}
	code, err := strconv.ParseInt(string(unit), 10, 64)
	if err != nil {
		return a, nil // no commune of ours
	}
	t := rule.Value.Table()
	best := -1
	for row := range t.Len() {
		if t.Cell(row, "unit").Int() != code {
			continue
		}
		switch t.Cell(row, "class").String() {
		case class:
			best = row
		case "any":
			if best < 0 {
				best = row
			}
		}
	}
	if best < 0 {
		return a, nil
	}
	cell := t.Cell(best, string(route))
	a.Listed, a.Special = true, cell.Empty()
	if !a.Special {
		halves, whole := cell.Number().Times(2)
		if !whole || halves <= 0 {
			return a, noRow(keyKT1Area, day)
		}
		a.halves = halves
	}
	return a, nil
}

// area lets the table of communes speak before the general limit.
func (c *Calendar) area(w *work, q Question, class string, day postal.Day, halves int64) (int64, error) {
	if q.Unit == "" {
		return halves, nil
	}
	a, err := c.Area(q.Unit, q.Route, class, day)
	switch {
	case err != nil:
		return 0, err
	case a.Rule == nil:
		w.unverified(generalLimit)
		return halves, nil
	case a.Special:
		return 0, specialArea()
	}
	w.cite(a.Rule)
	if a.Listed {
		return a.halves, nil
	}
	return halves, nil
}

func specialArea() error {
	return fault.New(fault.NotFound, "calendar.special_area",
		"Vùng có điều kiện địa lý đặc biệt không có thời gian toàn trình ấn định; thực hiện theo thực tế.",
		"No journey time is fixed for an area of special geography; it takes what it takes.").At("special")
}
