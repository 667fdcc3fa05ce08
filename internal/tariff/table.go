package tariff

import (
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// source is where an amount comes from, in the form in which lines show it.
type source struct {
	rule     string
	basis    rulebook.Words
	verified bool
	reason   rulebook.Words
}

func sourceOf(r *rulebook.Rule) source {
	c := r.Cite()
	return source{c.RuleID, rulebook.Words{VI: c.In("vi"), EN: c.In("en")}, c.Verified, c.Reason}
}

// rung is one weight step of a column: a whole price, or an amount for each further step.
type rung struct {
	over, upto postal.Grams // over < weight ≤ upto; upto 0 is open
	each       postal.Grams // 0 for a whole price
	price      postal.VND
	absent     bool // the source does not give this cell
	what       rulebook.Words
}

// prices is one price table: a ladder of rungs for each column.
type prices struct {
	source
	columns [][]rung
}

// columnNames gives the columns of each price table.
var columnNames = [tables][]string{
	sendTable:   {"same-district", "between-districts", "same-region", "other-region"},
	returnTable: {"same-district", "between-districts", "same-region", "other-region"},
	letterTable: {"intra", "inter"},
	kt1Table:    {"intra", "inter-same-region", "inter"},
}

var tableKeys = [tables]string{sendTable: "dossier.price.send", returnTable: "dossier.price.return", letterTable: "letter.price", kt1Table: "kt1.price"}

var vatKeys = [tables]string{sendTable: "dossier.price.vat", returnTable: "dossier.price.vat", letterTable: "letter.price.vat", kt1Table: "kt1.price.vat"}

var tableWords = [tables]rulebook.Words{
	sendTable:   {VI: "Cước nhận gửi hồ sơ", EN: "Sending the dossier"},
	returnTable: {VI: "Cước chuyển trả kết quả", EN: "Returning the result"},
	letterTable: {VI: "Cước thư", EN: "Letter postage"},
	kt1Table:    {VI: "Cước KT1", EN: "KT1 postage"},
}

// column finds the column of a table for a zone, and the zone that it stands for.
func column(table int, z Zone) (int, Zone, error) {
	switch table {
	case sendTable, returnTable:
		for i, name := range columnNames[table] {
			if name == string(z) {
				return i, z, nil
			}
		}
		return 0, z, fault.New(fault.Invalid, "tariff.zone_too_wide",
			"Giá hồ sơ phân biệt same-district, between-districts (nội tỉnh) và same-region, other-region (liên tỉnh): hãy chọn một trong bốn vùng đó.",
			"Dossier prices tell same-district from between-districts (one province) and same-region from other-region: choose one of these four.").At("zone")
	case kt1Table:
		switch z {
		case SameDistrict, BetweenDistricts, Intra:
			return 0, Intra, nil
		case SameRegion:
			return 1, SameRegion, nil
		}
		return 2, Inter, nil
	}
	if z == SameDistrict || z == BetweenDistricts || z == Intra {
		return 0, Intra, nil
	}
	return 1, Inter, nil
}

// columnZone is the zone that a column stands for.
func columnZone(table, col int) Zone {
	if name := columnNames[table][col]; name != "inter-same-region" {
		return Zone(name)
	}
	return SameRegion
}

// find gives the rung that a weight stands on, and the last whole price at or below it (-1 when there is none).
func find(ladder []rung, w postal.Grams) (at, whole int, ok bool) {
	whole = -1
	for i := range ladder {
		if ladder[i].each == 0 {
			whole = i
		}
		if r := &ladder[i]; r.over < w && (r.upto == 0 || w <= r.upto) {
			return i, whole, true
		}
	}
	return 0, 0, false
}

// steps is how many steps of a rung a weight takes; started says that it ends within one.
func (r *rung) steps(w postal.Grams) (n int64, started bool) {
	if r.upto > 0 {
		w = min(w, r.upto)
	}
	n = int64((w - r.over) / r.each)
	return n, (w-r.over)%r.each > 0
}

// compilePrices reads a price table and says what is wrong with it.
func (c *compiler) compilePrices(table int, r *rulebook.Rule) prices {
	t := r.Value.Table()
	p := prices{source: sourceOf(r)}
	for col, name := range columnNames[table] {
		ladder := make([]rung, t.Len())
		for i := range ladder {
			ladder[i] = c.rung(t, table, col, i, name)
		}
		c.checkLadder(t, ladder)
		p.columns = append(p.columns, ladder)
	}
	return p
}

func (c *compiler) rung(t *rulebook.Table, table, col, row int, name string) rung {
	cell := t.Cell(row, name)
	r := rung{
		over: postal.Grams(t.Cell(row, "over_g").Int()), upto: postal.Grams(t.Cell(row, "upto_g").Int()), each: postal.Grams(t.Cell(row, "each_g").Int()),
		price: postal.VND(cell.Int()), absent: cell.Empty(),
	}
	zone := columnZone(table, col).Words()
	r.what = rulebook.Words{
		VI: tableWords[table].VI + " " + zone.VI + ", " + r.span("vi"),
		EN: tableWords[table].EN + " " + zone.EN + ", " + r.span("en"),
	}
	return r
}

// span says which weights a rung is for.
func (r *rung) span(lang string) string {
	switch {
	case lang == "en" && r.upto == 0:
		return "over " + r.over.In(lang)
	case lang == "en" && r.over == 0:
		return "up to " + r.upto.In(lang)
	case lang == "en":
		return "over " + r.over.In(lang) + " up to " + r.upto.In(lang)
	case r.upto == 0:
		return "trên " + r.over.String()
	case r.over == 0:
		return "đến " + r.upto.String()
	}
	return "trên " + r.over.String() + " đến " + r.upto.String()
}

// checkLadder refuses steps that leave a gap, are empty or fall.
func (c *compiler) checkLadder(t *rulebook.Table, ladder []rung) {
	var end postal.Grams
	var last postal.VND
	for i, r := range ladder {
		switch {
		case r.over != end || i > 0 && ladder[i-1].upto == 0:
			c.refuse(t, i, "tariff.steps", "Nấc khối lượng phải bắt đầu ở %[1]d g, nơi nấc trước kết thúc.", "The weight step must begin at %[1]d g, where the one before it ends.", int64(end))
		case r.upto != 0 && r.upto <= r.over || r.each < 0 || r.upto == 0 && r.each == 0 && i+1 < len(ladder):
			c.refuse(t, i, "tariff.steps", "Nấc khối lượng rỗng.", "The weight step is empty.")
		case r.price < 0:
			c.refuse(t, i, "tariff.negative", "Giá không được âm.", "A price must not be negative.")
		case r.each == 0 && !r.absent && r.price < last:
			c.refuse(t, i, "tariff.falls", "Giá giảm khi khối lượng tăng.", "The price falls as the weight grows.")
		}
		end = r.upto
		top, err := r.top(last)
		if err != nil {
			c.refuse(t, i, "tariff.range", "Giá vượt quá giới hạn tính được.", "The price is beyond what can be counted.")
		}
		last = max(last, top)
	}
}

// top is the price at the heavy end of a rung, when the one before it ended at base. An open rung ends at the heaviest weight that anybody may ask for.
func (r *rung) top(base postal.VND) (postal.VND, error) {
	switch {
	case r.absent:
		return base, nil
	case r.each <= 0:
		return r.price, nil
	}
	n, _ := r.steps(postal.MaxGrams)
	add, err := r.price.Mul(n + 1)
	if err != nil {
		return 0, err
	}
	return base.Add(add)
}
