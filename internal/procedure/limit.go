package procedure

import (
	"encoding/json"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Unit is what a time limit counts.
type Unit string

// The units. A limit in any other unit ("1 OTHER") is a field that nobody filled in.
const (
	WorkingDay Unit = "working_day"
	Day        Unit = "day"
	Hour       Unit = "hour"
	Month      Unit = "month"
)

// unitWords are how lists write the units, and how pages do.
var unitWords = map[Unit]struct{ list, vi, en string }{
	WorkingDay: {"Ngày làm việc", "ngày làm việc", "working days"},
	Day:        {"Ngày", "ngày", "days"},
	Hour:       {"Giờ", "giờ", "hours"},
	Month:      {"Tháng", "tháng", "months"},
}

// Limit is how long the agency may take. The zero Limit is one that the list does not tell.
type Limit struct {
	Tenths int  // lists have halves: 7.5 working days is 75
	Unit   Unit // empty: not told
}

// maxTenths bounds a limit; the longest published one is 360 days.
const maxTenths = 10 * 3650

// MakeLimit makes a limit of a written quantity ("7.5") and a unit; anything that is no positive quantity of a known unit is not told.
func MakeLimit(quantity string, unit Unit) Limit {
	if _, known := unitWords[unit]; !known {
		return Limit{}
	}
	whole, part, _ := strings.Cut(strings.TrimSpace(quantity), ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > maxTenths/10 {
		return Limit{}
	}
	part = strings.TrimRight(part, "0")
	if len(part) > 1 || part != "" && (part[0] < '0' || part[0] > '9') {
		return Limit{}
	}
	tenths := 10 * n
	if part != "" {
		tenths += int(part[0] - '0')
	}
	if tenths == 0 {
		return Limit{}
	}
	return Limit{Tenths: tenths, Unit: unit}
}

// Known reports whether the list tells the limit.
func (l Limit) Known() bool { return l.Unit != "" }

// Quantity is the number as written, "7.5" or "10".
func (l Limit) Quantity() string {
	s := strconv.Itoa(l.Tenths / 10)
	if l.Tenths%10 != 0 {
		s += "." + strconv.Itoa(l.Tenths%10)
	}
	return s
}

// In says the limit in words: "7,5 ngày làm việc", "7.5 working days"; a limit that is not told says so.
func (l Limit) In(lang string) string {
	w, ok := unitWords[l.Unit]
	if !ok {
		return postal.In(lang, "chưa công bố", "not stated")
	}
	if lang != "en" {
		return strings.ReplaceAll(l.Quantity(), ".", ",") + " " + w.vi
	}
	if l.Tenths == 10 {
		return "1 " + strings.TrimSuffix(w.en, "s")
	}
	return l.Quantity() + " " + w.en
}

type limitJSON struct {
	Quantity string `json:"quantity"`
	Unit     Unit   `json:"unit"`
}

// MarshalJSON writes {"quantity":"7.5","unit":"working_day"}.
func (l Limit) MarshalJSON() ([]byte, error) {
	if !l.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(limitJSON{l.Quantity(), l.Unit})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *Limit) UnmarshalJSON(b []byte) error {
	var j *limitJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*l = Limit{}
	if j == nil {
		return nil
	}
	if *l = MakeLimit(j.Quantity, j.Unit); !l.Known() {
		return fault.New(fault.Invalid, "procedure.limit", "Không đọc được thời hạn “%s %s”.", "The time limit “%s %s” cannot be read.", j.Quantity, string(j.Unit))
	}
	return nil
}

// FeeKind tells State money apart.
type FeeKind string

// The kinds of fee.
const (
	Charge FeeKind = "charge" // phí
	Duty   FeeKind = "duty"   // lệ phí
	Price  FeeKind = "price"  // giá dịch vụ
)

// Fee is money that the agency takes. An amount that the list leaves to a text ("the province decides") is not known: it is not zero.
type Fee struct {
	Kind   FeeKind    `json:"kind,omitzero"`
	Amount postal.VND `json:"amount_vnd"`
	Known  bool       `json:"known"`
	Text   string     `json:"text,omitzero"` // the condition, as published
}
