package procedure

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Release is a published list to take in, with the act that makes it known and the day from which it holds.
type Release struct {
	Data   []byte
	SHA256 string     // expected checksum in hex; empty: not checked
	Act    string     // the decision or letter behind the list, required
	From   postal.Day // first day on which it holds, required
	Whole  bool       // the list is the whole catalogue: what it does not name ends on the day before
	// SkipBad takes in the good rows of a list that has bad ones. Without it a list with a bad row is refused whole, and so is a whole catalogue always:
	// nobody knows which procedure the bad row names.
	SkipBad bool
	MadeUp  bool // marks every version as invented
	// Progress is told how many rows are done; nil: nobody watches.
	Progress func(done, total int64)
}

// InUse tells whether something still depends on a procedure (a dossier under way, a booking), and says what in one short sentence.
type InUse func(ctx context.Context, code Code) (used bool, why string, err error)

// Shape is the form of a list.
type Shape string

// The shapes that are read; which one a file has is seen from its first line.
const (
	TableShape  Shape = "table"  // tab-separated with a line of column names: the national list and the city's priority list
	DetailShape Shape = "detail" // one JSON record of the national database a line
	OwnShape    Shape = "own"    // one Version a line, with the members that “procedure show --json” gives for each
)

// maxFile and maxRows bound a list: all procedures of the nation are some seven thousand; with all their papers sixty megabytes.
const (
	maxFile = 128 << 20
	maxRows = 50_000
)

// row is one line of a list as it was read.
type row struct {
	number   int // its line in the file, from 1
	version  Version
	repealed bool // the list says that the procedure has ended
}

// list is a file as it was read: its good rows, and what there is to say of the others.
type list struct {
	shape    Shape
	rows     []row
	read     int
	errors   []Note // rows that are left out
	warnings []Note // rows that are taken in with a gap
}

// Note is what is to be said of one row.
type Note struct {
	Row  int    `json:"row"`
	Code string `json:"code,omitempty"`
	What string `json:"what"` // stable: "procedure.code", "procedure.unfilled_limit"
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

func (n Note) in(lang string) string { return postal.In(lang, n.VI, n.EN) }

// open checks what must be there before a file is read.
func (r Release) open() error {
	if strings.TrimSpace(r.Act) == "" {
		return fault.New(fault.Invalid, "procedure.act_required",
			"Phải ghi văn bản công bố danh mục, ví dụ: 2628/QĐ-BTC.", "Name the decision behind the list, for example 2628/QĐ-BTC.").At("act")
	}
	if r.From.IsZero() {
		return fault.New(fault.Invalid, "procedure.from_required", "Phải ghi ngày có hiệu lực.", "Give the day from which the list holds.").At("from")
	}
	if len(r.Data) > maxFile {
		return fault.New(fault.TooLarge, "procedure.too_large", "Tệp lớn hơn %d MB.", "The file is larger than %d MB.", maxFile>>20)
	}
	if want := strings.ToLower(strings.TrimSpace(r.SHA256)); want != "" && want != r.checksum() {
		return fault.New(fault.Invalid, "procedure.checksum",
			"Tệp không đúng mã kiểm tra SHA-256: tính được %s.", "The file does not match its SHA-256 checksum: it has %s.", r.checksum()).At("sha256")
	}
	return nil
}

func (r Release) checksum() string {
	sum := sha256.Sum256(r.Data)
	return hex.EncodeToString(sum[:])
}

// read reads the list, whichever shape it has.
func (r Release) read() (*list, error) {
	data := bytes.TrimPrefix(r.Data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, fault.New(fault.Invalid, "procedure.not_utf8", "Tệp không phải UTF-8. Hãy lưu lại bằng mã UTF-8.", "The file is not UTF-8. Save it again as UTF-8.")
	}
	l := &list{}
	firstLine, _, _ := bytes.Cut(bytes.TrimSpace(data), []byte("\n"))
	switch {
	case bytes.HasPrefix(firstLine, []byte("{")) && bytes.Contains(firstLine, []byte(`"checklist_raw"`)):
		l.shape = DetailShape
		l.readLines(data, detailRow)
	case bytes.HasPrefix(firstLine, []byte("{")):
		l.shape = OwnShape
		l.readLines(data, ownRow)
	default:
		l.shape = TableShape
		if err := l.readTable(data); err != nil {
			return nil, err
		}
	}
	if l.read == 0 || l.read > maxRows {
		return nil, fault.New(fault.Invalid, "procedure.rows", "Tệp có %d dòng; phải từ 1 đến %d.", "The file has %d rows; it must have from 1 to %d.", l.read, maxRows)
	}
	l.refuseTwice()
	r.stamp(l)
	return l, nil
}

// stamp gives every row what the release says of all.
func (r Release) stamp(l *list) {
	for i := range l.rows {
		v := &l.rows[i].version
		v.MadeUp = v.MadeUp || r.MadeUp
		if v.From.IsZero() {
			v.From = r.From
		}
		if v.Decision == "" {
			v.Decision = r.Act
		}
	}
}

// take keeps a row, or notes why it is left out.
func (l *list) take(number int, rw row, err error) {
	l.read++
	rw.number = number
	if err == nil {
		v := rw.version
		if v.From.IsZero() {
			v.From = postal.MakeDay(2000, 1, 1) // stamped later; check wants a day
		}
		err = v.check()
	}
	if err != nil {
		l.errors = append(l.errors, noteOf(number, rw.version.Code, err))
		return
	}
	l.rows = append(l.rows, rw)
	l.warn(rw)
}

func noteOf(number int, code Code, err error) Note {
	if f, ok := fault.From(err); ok {
		return Note{number, string(code), f.Code, f.VI, f.EN}
	}
	return Note{number, string(code), "procedure.unreadable", "Không đọc được dòng này: " + err.Error(), "The row cannot be read: " + err.Error()}
}

// warn notes the gaps of a row that is taken in all the same.
func (l *list) warn(rw row) {
	v := &rw.version
	note := func(what, vi, en string) {
		l.warnings = append(l.warnings, Note{rw.number, string(v.Code), what, vi, en})
	}
	if rw.repealed {
		return
	}
	if len(v.Channels) == 0 {
		note("procedure.no_channel", "không ghi hình thức nộp nào", "no channel is told")
	}
	if v.Agency == "" {
		note("procedure.no_agency", "không ghi cơ quan thực hiện", "the agency is not told")
	}
	for _, c := range v.Channels {
		if !c.Limit.Known() && len(v.Cases) == 0 {
			note("procedure.unfilled_limit", "thời hạn chưa điền đơn vị; không coi là thời hạn", "a time limit without its unit; it is not taken for one")
			break
		}
	}
}

// refuseTwice leaves out a code that stands a second time in a list.
func (l *list) refuseTwice() {
	seen := map[Code]int{}
	kept := l.rows[:0]
	for _, rw := range l.rows {
		if first, twice := seen[rw.version.Code]; twice {
			l.errors = append(l.errors, noteOf(rw.number, rw.version.Code, fault.New(fault.Invalid, "procedure.twice",
				"Mã này đã có ở dòng %d.", "This code stands in row %d already.", first)))
			continue
		}
		seen[rw.version.Code] = rw.number
		kept = append(kept, rw)
	}
	l.rows = kept
}
