package api

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"citypost/internal/fault"
)

// Scan is one act of a batch. Which members it needs depends on the act; the others stay away.
type Scan struct {
	ID           string `json:"id" format:"uuid" doc:"The act's own id, a UUID (best version 7), made by the device: sending the same scan twice is harmless"`
	Act          string `json:"act" doc:"What was done"`
	OccurredAt   string `json:"occurred_at" format:"date-time" doc:"When, by the device's clock"`
	Late         bool   `json:"late,omitempty" doc:"It happened earlier, without network: it is recorded even where it contradicts the ledger (deliver and attempt only)"`
	Office       string `json:"office,omitempty" pattern:"^[0-9]{6}$" doc:"Where; the device's own office when left out"`
	Actor        string `json:"actor,omitempty" maxLength:"32" doc:"The member of staff who holds a shared device; the caller when left out"`
	Item         string `json:"item,omitempty" doc:"S10 number" example:"RR473124829VN"`
	Bag          string `json:"bag,omitempty" doc:"14 digits, starting with 2"`
	Dispatch     string `json:"dispatch,omitempty" doc:"14 digits, starting with 3"`
	Handover     string `json:"handover,omitempty" doc:"14 digits, starting with 4"`
	Thing        string `json:"thing,omitempty" doc:"An item, bag or dispatch: for load, unload, count, see_here"`
	Service      string `json:"service,omitempty" doc:"For accept" example:"registered"`
	ToUnit       string `json:"to_unit,omitempty" pattern:"^[0-9]{5}$" doc:"Commune of destination: for accept, redirect"`
	ToOffice     string `json:"to_office,omitempty" pattern:"^[0-9]{6}$" doc:"Office of destination: for accept, redirect (the commune's own when left out), start_bag, start_dispatch"`
	WeightG      int64  `json:"weight_g,omitempty" minimum:"1" doc:"For accept"`
	FeeVND       int64  `json:"fee_vnd,omitempty" minimum:"0" doc:"For accept; where prices are known it may be left out, and must agree with the price after relief when given"`
	Means        string `json:"means,omitempty" enum:"cash,transfer" doc:"For accept: takes the money too, into the open drawer of the actor; left out, none is taken"`
	Receipt      string `json:"receipt,omitempty" pattern:"^[0-9a-f]{64}$" doc:"For accept: hex SHA-256 of the receipt's secret"`
	Seal         string `json:"seal,omitempty" maxLength:"32" doc:"For seal_bag, open_bag, count"`
	Condition    string `json:"condition,omitempty" enum:"sound,damaged" doc:"For take_out, count"`
	To           string `json:"to,omitempty" enum:"addressee,household,reception,registry,sender" doc:"For deliver"`
	Proof        string `json:"proof,omitempty" pattern:"^[0-9a-f]{64}$" doc:"For deliver: hex SHA-256 of the stored proof"`
	Reason       string `json:"reason,omitempty" maxLength:"100" doc:"For attempt, return, report_lost, settle, unseal_bag and withdraw_handover: a code of the list of each"`
	Next         string `json:"next,omitempty" enum:"again,hold,return" doc:"For attempt"`
	Until        string `json:"until,omitempty" format:"date" doc:"For hold"`
	Undoes       string `json:"undoes,omitempty" format:"uuid" doc:"For undo: the id of the act that was a mistake"`
	Irregularity string `json:"irregularity,omitempty" maxLength:"40" doc:"For settle"`
	Decision     string `json:"decision,omitempty" enum:"ledger,observation,noted" doc:"For settle"`
}

// text gives the text member of this name, nil when it has none.
func (s *Scan) text(name string) *string {
	switch name {
	case "id":
		return &s.ID
	case "act":
		return &s.Act
	case "occurred_at":
		return &s.OccurredAt
	case "office":
		return &s.Office
	case "actor":
		return &s.Actor
	case "item":
		return &s.Item
	case "bag":
		return &s.Bag
	case "dispatch":
		return &s.Dispatch
	case "handover":
		return &s.Handover
	case "thing":
		return &s.Thing
	case "service":
		return &s.Service
	case "to_unit":
		return &s.ToUnit
	case "to_office":
		return &s.ToOffice
	case "means":
		return &s.Means
	case "receipt":
		return &s.Receipt
	case "seal":
		return &s.Seal
	case "condition":
		return &s.Condition
	case "to":
		return &s.To
	case "proof":
		return &s.Proof
	case "reason":
		return &s.Reason
	case "next":
		return &s.Next
	case "until":
		return &s.Until
	case "undoes":
		return &s.Undoes
	case "irregularity":
		return &s.Irregularity
	case "decision":
		return &s.Decision
	}
	return nil
}

// sent is a scan as it came, with the first thing that was wrong in its form.
type sent struct {
	Scan
	wrong *fault.Error
}

func (s *sent) fault(f *fault.Error) {
	if s.wrong == nil {
		s.wrong = f
	}
}

// batch is the body of a scans request.
type batch struct {
	scans []sent
	facts bool // whether the answer lists the facts
}

// maxScans bounds a batch: what a device gathers in a minute, and what one transaction takes without keeping others waiting.
const maxScans = 200

var errTooManyScans = fault.New(fault.TooLarge, "api.too_many_scans",
	"Mỗi lần gửi tối đa %d lượt quét. Chưa ghi lượt nào; hãy chia nhỏ rồi gửi lại.",
	"At most %d scans at a time. None was recorded; send them in smaller parts.", maxScans)

// decodeScans reads a batch without reflection: it is the path of nearly all requests. A scan with a wrong member is marked and the others are
// read; only what is no JSON at all spoils the whole. Texts share the memory of body.
func decodeScans(body string) (batch, error) {
	d := decoder{s: body}
	var b batch
	var tooMany bool
	d.object(func(name string) {
		switch name {
		case "scans":
			d.array(func() {
				if len(b.scans) >= maxScans {
					tooMany = true
					d.broken = true
					return
				}
				if b.scans == nil {
					b.scans = make([]sent, 0, 64)
				}
				b.scans = append(b.scans, sent{})
				d.scan(&b.scans[len(b.scans)-1])
			})
		case "facts":
			b.facts = d.peek() == 't'
			if c := d.peek(); c != 't' && c != 'f' {
				d.broken = true
			}
			d.skip(0)
		default:
			d.broken = true
		}
	})
	d.space()
	switch {
	case tooMany:
		return b, errTooManyScans
	case d.broken || d.i != len(d.s):
		return b, errNotJSON
	}
	return b, nil
}

// decoder walks over JSON text. After the first break in its form it stands still.
type decoder struct {
	s       string
	i       int
	broken  bool
	notText bool // the last text was no UTF-8
}

func (d *decoder) space() {
	for d.i < len(d.s) {
		switch d.s[d.i] {
		case ' ', '\n', '\t', '\r':
			d.i++
		default:
			return
		}
	}
}

// peek gives the first byte of the next value, 0 at the end.
func (d *decoder) peek() byte {
	d.space()
	if d.broken || d.i >= len(d.s) {
		return 0
	}
	return d.s[d.i]
}

func (d *decoder) take(c byte) bool {
	if d.peek() != c {
		return false
	}
	d.i++
	return true
}

// object calls each with every member's name; each must read the value.
func (d *decoder) object(each func(name string)) {
	if !d.take('{') {
		d.broken = true
		return
	}
	if d.take('}') {
		return
	}
	for !d.broken {
		name := d.text()
		if !d.take(':') {
			d.broken = true
			return
		}
		each(name)
		if d.take('}') {
			return
		}
		if !d.take(',') {
			d.broken = true
		}
	}
}

// array calls each at every element; each must read it.
func (d *decoder) array(each func()) {
	if !d.take('[') {
		d.broken = true
		return
	}
	if d.take(']') {
		return
	}
	for !d.broken {
		each()
		if d.take(']') {
			return
		}
		if !d.take(',') {
			d.broken = true
		}
	}
}

func (d *decoder) scan(s *sent) {
	if d.peek() != '{' {
		s.fault(wrongType("scans"))
		d.skip(0)
		return
	}
	d.object(func(name string) {
		if d.notText {
			s.fault(errNotText)
		}
		if at := s.text(name); at != nil {
			d.textMember(s, name, at)
			return
		}
		switch name {
		case "weight_g":
			d.wholeMember(s, "weight_g", &s.WeightG)
		case "fee_vnd":
			d.wholeMember(s, "fee_vnd", &s.FeeVND)
		case "late":
			d.boolMember(s, "late", &s.Late)
		default:
			s.fault(errUnknownMember)
			d.skip(0)
		}
	})
}

var errUnknownMember = fault.New(fault.Invalid, "api.unknown_member",
	"Lượt quét có mục không dùng ở đây. Hãy xem lại tên các mục.", "The scan has a member that is not used here. Check the names.")

func wrongType(field string) *fault.Error {
	return fault.New(fault.Invalid, "api.type", "Mục %s không đúng kiểu giá trị.", "The member %s has the wrong kind of value.", field).At(field)
}

func (d *decoder) textMember(s *sent, name string, at *string) {
	switch d.peek() {
	case '"':
		*at = d.text()
		if d.notText {
			s.fault(errNotText.At(name))
		}
	case 'n':
		d.skip(0)
	default:
		s.fault(wrongType(name))
		d.skip(0)
	}
}

func (d *decoder) wholeMember(s *sent, name string, at *int64) {
	from := d.i
	c := d.peek()
	from = max(from, d.i)
	d.skip(0)
	if c == 'n' {
		return
	}
	n, err := strconv.ParseInt(d.s[from:d.i], 10, 64)
	if err != nil {
		s.fault(wrongType(name))
	}
	*at = n
}

func (d *decoder) boolMember(s *sent, name string, at *bool) {
	switch d.peek() {
	case 't':
		*at = true
	case 'f':
		*at = false
	case 'n':
	default:
		s.fault(wrongType(name))
	}
	d.skip(0)
}

// maxDepth bounds nesting in values that are only skipped.
const maxDepth = 32

// skip passes over one value of any kind.
func (d *decoder) skip(depth int) {
	switch c := d.peek(); {
	case depth > maxDepth:
		d.broken = true
	case c == '"':
		d.text()
	case c == '{':
		d.object(func(string) { d.skip(depth + 1) })
	case c == '[':
		d.array(func() { d.skip(depth + 1) })
	case c == 't':
		d.word("true")
	case c == 'f':
		d.word("false")
	case c == 'n':
		d.word("null")
	default:
		d.number()
	}
}

func (d *decoder) word(w string) {
	if !strings.HasPrefix(d.s[d.i:], w) {
		d.broken = true
		return
	}
	d.i += len(w)
}

// number passes over a number in the form of RFC 8259.
func (d *decoder) number() {
	digits := func() {
		from := d.i
		for d.i < len(d.s) && d.s[d.i] >= '0' && d.s[d.i] <= '9' {
			d.i++
		}
		d.broken = d.broken || d.i == from
	}
	at := func(c string) bool { return d.i < len(d.s) && strings.IndexByte(c, d.s[d.i]) >= 0 }
	if at("-") {
		d.i++
	}
	if at("0") {
		d.i++
	} else {
		digits()
	}
	if at(".") {
		d.i++
		digits()
	}
	if at("eE") {
		d.i++
		if at("+-") {
			d.i++
		}
		digits()
	}
}

// text reads a string. One that is no UTF-8 sets notText and reads as empty.
func (d *decoder) text() string {
	d.notText = false
	if !d.take('"') {
		d.broken = true
		return ""
	}
	from := d.i
	plain := true
	for d.i < len(d.s) {
		switch c := d.s[d.i]; {
		case c == '"':
			out := d.s[from:d.i]
			d.i++
			if !plain && !utf8.ValidString(out) {
				d.notText = true
				return ""
			}
			return out
		case c == '\\':
			return d.escaped(from)
		case c < ' ':
			d.broken = true
			return ""
		case c >= utf8.RuneSelf:
			plain = false
		}
		d.i++
	}
	d.broken = true
	return ""
}

// escaped reads the rest of a string that has escapes.
func (d *decoder) escaped(from int) string {
	var b strings.Builder
	b.WriteString(d.s[from:d.i])
	for d.i < len(d.s) {
		c := d.s[d.i]
		d.i++
		switch {
		case c == '"':
			if out := b.String(); !d.notText && utf8.ValidString(out) {
				return out
			}
			d.notText = true
			return ""
		case c < ' ':
			d.broken = true
			return ""
		case c == '\\':
			d.escape(&b)
		default:
			b.WriteByte(c)
		}
	}
	d.broken = true
	return ""
}

func (d *decoder) escape(b *strings.Builder) {
	if d.i >= len(d.s) {
		d.broken = true
		return
	}
	c := d.s[d.i]
	d.i++
	switch c {
	case '"', '\\', '/':
		b.WriteByte(c)
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'u':
		d.unicode(b)
	default:
		d.broken = true
	}
}

// unicode reads the four digits after \u, and the second half of a pair.
func (d *decoder) unicode(b *strings.Builder) {
	r := d.hex4()
	if utf16.IsSurrogate(r) {
		second := rune(-1)
		if strings.HasPrefix(d.s[d.i:], `\u`) {
			d.i += 2
			second = d.hex4()
		}
		if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
			d.notText = true // half a pair
		}
	}
	b.WriteRune(r)
}

func (d *decoder) hex4() rune {
	if d.i+4 > len(d.s) {
		d.broken = true
		return 0
	}
	n, err := strconv.ParseUint(d.s[d.i:d.i+4], 16, 16)
	if err != nil {
		d.broken = true
	}
	d.i += 4
	return rune(n)
}
