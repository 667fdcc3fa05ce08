package procedure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// readLines reads one JSON record a line.
func (l *list) readLines(data []byte, read func(line []byte) (row, error)) {
	eachLine(data, func(number int, line []byte) {
		rw, err := read(line)
		l.take(number, rw, err)
	})
}

// ownRow reads a version in our own format. A member that is not known is refused, because a misspelt one would be lost silently.
func ownRow(line []byte) (rw row, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&rw.version); err != nil {
		return rw, unreadable(err)
	}
	return rw, nil
}

func unreadable(err error) error {
	if f, ok := fault.From(err); ok {
		return f
	}
	return fault.New(fault.Invalid, "procedure.json", "Dòng này không phải JSON đúng mẫu (%s).", "The row is no JSON of the right form (%s).", err.Error())
}

// The record of the national database, as far as we read it.
type detail struct {
	Code        string                `json:"code"`
	Name        string                `json:"name"`
	Category    struct{ Name string } `json:"category"`
	Promulgator string                `json:"promulgating_agency"`
	Agency      *string               `json:"executing_agency"`
	Subjects    []string              `json:"subject_types"`
	Results     []string              `json:"results"`
	Channels    []detailChannel       `json:"channels"`
	Cases       []detailCase          `json:"processing_cases"`
	LegalBasis  []string              `json:"legal_basis"`
	Checklist   []detailGroup         `json:"checklist_raw"`
	State       string                `json:"state"`
	Source      struct{ URL string }  `json:"source"`
}

type detailChannel struct {
	Method     string
	Fees       []detailFee
	Processing *detailLimit
	Note       string
}

type detailFee struct {
	Type  string
	Value *int64 `json:"value_vnd"`
	Text  string
}

// detailLimit has a number (5, 7.5) or words ("Theo mô tả") for its quantity.
type detailLimit struct {
	Quantity json.RawMessage `json:"qty"`
	Unit     string
}

type detailCase struct {
	Code string `json:"case_code"`
	detailLimit
}

type detailGroup struct {
	Group string
	Items []detailItem
}

type detailItem struct {
	Name      string
	Code      string
	Originals int `json:"original_qty"`
	Copies    int `json:"copy_qty"`
}

var (
	detailUnits    = map[string]Unit{"WORKING_DAY": WorkingDay, "DAY": Day, "HOUR": Hour, "MONTH": Month}
	detailMethods  = map[string]Method{"DIRECT": Direct, "ONLINE": Online, "POSTAL": Postal}
	detailFeeKinds = map[string]FeeKind{"FEE": Charge, "SERVICE_FEE": Duty, "PRICE_LEVEL": Price}
)

func detailRow(line []byte) (rw row, err error) {
	var d detail
	if err := json.Unmarshal(line, &d); err != nil {
		return rw, unreadable(err)
	}
	t := tidy{}
	v := &rw.version
	*v = Version{
		Code: Code(t.text(d.Code)), Name: t.text(d.Name), Field: t.text(d.Category.Name), Promulgator: t.text(d.Promulgator), Source: t.text(d.Source.URL),
		Subjects: t.texts(d.Subjects), Results: t.texts(d.Results), LegalBasis: t.texts(d.LegalBasis),
	}
	if d.Agency != nil {
		v.Agency = t.text(*d.Agency)
	}
	switch d.State {
	case "ACTIVE", "UPDATED", "":
	case "REPEALED", "INACTIVE":
		rw.repealed = true
	default:
		return rw, fault.New(fault.Invalid, "procedure.status", "Không hiểu trạng thái %q.", "The status %q is not known.", d.State)
	}
	for _, c := range d.Channels {
		ch, err := t.channel(c)
		if err != nil {
			return rw, err
		}
		v.Channels = append(v.Channels, ch)
	}
	for _, c := range d.Cases {
		v.Cases = append(v.Cases, Case{Code: t.text(c.Code), Limit: c.limit()})
	}
	v.Components = t.components(d.Checklist)
	return rw, t.err
}

// tidy cleans texts and keeps the first trouble.
type tidy struct{ err error }

func (t *tidy) text(s string) string {
	clean, err := postal.Clean(s)
	if err != nil && t.err == nil {
		t.err = err
	}
	return clean
}

func (t *tidy) texts(list []string) []string {
	var out []string
	for _, s := range list {
		if s = t.text(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (t *tidy) channel(c detailChannel) (Channel, error) {
	m, ok := detailMethods[c.Method]
	if !ok {
		return Channel{}, fault.New(fault.Invalid, "procedure.method", "Không có hình thức nộp %q.", "There is no channel %q.", c.Method)
	}
	ch := Channel{Method: m, Note: t.text(c.Note)}
	if c.Processing != nil {
		ch.Limit = c.Processing.limit()
	}
	for _, f := range c.Fees {
		fee := Fee{Kind: detailFeeKinds[f.Type], Text: t.text(f.Text)}
		if f.Value != nil && (*f.Value < 0 || *f.Value > maxFee) {
			return ch, fault.New(fault.Invalid, "procedure.fee", "Không đọc được mức phí %d.", "The fee %d cannot be read.", *f.Value)
		}
		if f.Value != nil && (*f.Value > 0 || saysFree(fee.Text)) { // a bare 0 is what an unfilled field becomes
			fee.Amount, fee.Known = postal.VND(*f.Value), true
		}
		if fee.Known || fee.Text != "" {
			ch.Fees = append(ch.Fees, fee)
		}
	}
	return ch, nil
}

func (l detailLimit) limit() Limit {
	return MakeLimit(strings.Trim(string(l.Quantity), `"`), detailUnits[l.Unit])
}

// components numbers the lines of the list in their order.
func (t *tidy) components(groups []detailGroup) []Component {
	var list []Component
	for _, g := range groups {
		group := strings.Trim(t.text(g.Group), "*: ")
		for _, i := range g.Items {
			name := strings.TrimSpace(strings.TrimLeft(t.text(i.Name), "-+* "))
			if name == "" {
				continue
			}
			counted := i.Originals+i.Copies > 0
			list = append(list, Component{
				ID: fmt.Sprintf("%02d", len(list)+1), Code: t.text(i.Code), Group: group, Name: name,
				Role: roleOf(group, name, counted), Originals: i.Originals, Copies: i.Copies, Only: onlyFor(name), Conditional: conditional(name),
			})
		}
	}
	return list
}
