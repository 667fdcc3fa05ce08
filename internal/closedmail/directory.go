package closedmail

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// Entry is a body's line in the directory: the organisation's name and where and when it receives.
type Entry struct {
	Code     BodyCode
	List     List
	Central  bool
	Name     string
	Address  string
	Unit     postal.UnitCode
	Province string // code of the province of Unit; may be "" where the gazetteer knows Unit
	Zone     Zone
	Office   postal.OfficeCode // that delivers there; for a body of another province the desk of the partner that does, "agency:dt-01"
	Hours    string            // "07:30-11:30,13:30-17:00"
	Contact
}

// Contact is where a body's contact outside working hours receives, and his telephone. Known says that a file has columns for it: a file without them changes nothing.
type Contact struct {
	Place string
	Phone postal.Phone
	Known bool
}

// where is place and telephone, as far as they are known.
func (c Contact) where() string { return strings.Trim(c.Place+" · "+c.Phone.Display(), " ·") }

// over is what stands in the line afterwards.
func (c Contact) over(old Contact) Contact {
	if !c.Known {
		return old
	}
	return Contact{Place: c.Place, Phone: c.Phone}
}

// readContact reads the two columns that a file may have.
func readContact(cells []string) (c Contact, err error) {
	if len(cells) == 0 {
		return c, nil
	}
	c = Contact{Place: cells[0], Known: true}
	if len(c.Place) > 300 {
		return c, fault.New(fault.Invalid, "closedmail.import_contact", "nơi nhận ngoài giờ quá dài", "the place of the after-hours contact is too long")
	}
	if cells[1] != "" {
		c.Phone, err = postal.ParsePhone(cells[1])
	}
	return c, err
}

var spanForm = regexp.MustCompile(`^(([01][0-9]|2[0-3]):[0-5][0-9])-((([01][0-9]|2[0-3]):[0-5][0-9])|24:00)$`)

// parseHours refuses spans that are no times of day, end before they begin, or begin before the one before has ended.
func parseHours(s string) error {
	last := ""
	for _, span := range strings.Split(s, ",") {
		from, to, _ := strings.Cut(span, "-")
		switch {
		case !spanForm.MatchString(span):
			return fault.New(fault.Invalid, "closedmail.hours", "giờ làm việc %q không đúng: viết như 07:30-11:30,13:30-17:00", "the hours %q are not valid: write them like 07:30-11:30,13:30-17:00", s)
		case from >= to || from < last:
			return fault.New(fault.Invalid, "closedmail.hours_order", "giờ làm việc %q không theo thứ tự: mỗi khoảng từ giờ sớm đến giờ muộn, không chồng lên nhau; ca qua đêm chia tại 24:00", "the hours %q are not in order: each span goes from early to late and none lies on another; a night is cut at 24:00", s)
		}
		last = to
	}
	return nil
}

var provinceForm = regexp.MustCompile(`^[0-9]{2}$`)

// Open reports whether a body receives at its address at a time of day; working says whether the day is worked.
func (e Entry) Open(at time.Time, working bool) bool {
	if !working {
		return false
	}
	clock := at.In(postal.HoChiMinh).Format("15:04")
	for _, span := range strings.Split(e.Hours, ",") {
		if from, to, ok := strings.Cut(span, "-"); ok && from <= clock && clock < to {
			return true
		}
	}
	return false
}

// Directory reads and writes the names of the bodies.
type Directory struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Reach  Reach
}

// entryColumns are those that an Entry is read from.
const entryColumns = `code, name, address, unit, province, zone, office, hours, contact_place, contact_phone`

func (e *Entry) scan(row interface{ Scan(...any) error }) error {
	return row.Scan(&e.Code, &e.Name, &e.Address, &e.Unit, &e.Province, &e.Zone, &e.Office, &e.Hours, &e.Place, &e.Phone)
}

// All gives every entry by code.
func (d *Directory) All(ctx context.Context) (map[BodyCode]Entry, error) {
	rows, err := d.DB.Read().QueryContext(ctx, `SELECT `+entryColumns+` FROM closedmail_entry e
		WHERE version = (SELECT max(version) FROM closedmail_entry f WHERE f.code = e.code)`)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	defer rows.Close()
	all := map[BodyCode]Entry{}
	for rows.Next() {
		var e Entry
		if err := e.scan(rows); err != nil {
			return nil, fmt.Errorf("read directory: %w", err)
		}
		all[e.Code] = e
	}
	return all, rows.Err()
}

// Find gives the entry of a body; a body without one has only its code.
func (d *Directory) Find(ctx context.Context, code BodyCode) (Entry, error) {
	return d.find(ctx, code, `ORDER BY version DESC`)
}

// FindAt gives the entry of a body as it stood at a moment: what held then, or the oldest that is known.
func (d *Directory) FindAt(ctx context.Context, code BodyCode, ms int64) (Entry, error) {
	return d.find(ctx, code, `ORDER BY CASE WHEN from_ms <= $2 THEN version ELSE -1 - version END DESC`, ms)
}

func (d *Directory) find(ctx context.Context, code BodyCode, order string, more ...any) (Entry, error) {
	var e Entry
	err := e.scan(d.DB.Read().QueryRowContext(ctx, `SELECT `+entryColumns+` FROM closedmail_entry WHERE code = $1 `+order+` LIMIT 1`, append([]any{string(code)}, more...)...))
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{Code: code, Name: string(code)}, nil
	}
	if err != nil {
		return e, fmt.Errorf("read directory: %w", err)
	}
	return e, nil
}

// columns of the file that the importer reads.
var columns = []string{"code", "list", "central", "name", "address", "unit", "province", "zone", "office", "hours"}

// contactColumns may follow them.
var contactColumns = []string{"contact_place", "contact_phone"}

// maxBodies bounds a directory: a province has a few thousand bodies.
const maxBodies = 20_000

// ReadEntries reads a directory as CSV with a head line. It names every wrong row, not only the first.
func ReadEntries(r io.Reader) ([]Entry, error) {
	in := csv.NewReader(r)
	head, err := in.Read() // every further line must have as many
	if err != nil || !slices.Equal(head, columns) && !slices.Equal(head, slices.Concat(columns, contactColumns)) {
		return nil, fault.New(fault.Invalid, "closedmail.import_head", "Dòng đầu của tệp phải là: %[1]s, có thể thêm %[2]s.", "The first line of the file must be: %[1]s, and may go on with %[2]s.", strings.Join(columns, ","), strings.Join(contactColumns, ","))
	}
	var all []Entry
	var vi, en []string // what is wrong, row by row
	seen := map[BodyCode]int{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return all, wrongRows(vi, en)
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			return nil, unreadable(err)
		}
		if len(all) >= maxBodies {
			return nil, fault.New(fault.TooLarge, "closedmail.import_many", "Tệp có quá nhiều cơ quan: tối đa %s.", "The file has too many bodies: at most %s.", postal.Count(maxBodies))
		}
		line, _ := in.FieldPos(0)
		e, err := readEntry(row, len(head))
		if first := seen[e.Code]; err == nil && first > 0 {
			err = fault.New(fault.Invalid, "closedmail.import_twice", "mã trùng với dòng %d", "the code is that of line %d", first)
		}
		if err != nil {
			f, _ := fault.From(err)
			vi, en = append(vi, fmt.Sprintf("%d: %s", line, f.In("vi"))), append(en, fmt.Sprintf("%d: %s", line, f.In("en")))
			continue
		}
		seen[e.Code] = line
		all = append(all, e)
	}
}

// unreadable is said of a file whose quotes do not match: where the next row begins nobody knows.
func unreadable(err error) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return fmt.Errorf("read directory: %w", err)
	}
	return fault.New(fault.Invalid, "closedmail.import_row", "Dòng %d không đọc được: dấu ngoặc kép không khớp.", "Line %d cannot be read: its quotes do not match.", at.StartLine).Because(err)
}

// maxWrong bounds the rows that one answer names.
const maxWrong = 20

func wrongRows(vi, en []string) error {
	if len(vi) == 0 {
		return nil
	}
	n := min(len(vi), maxWrong)
	return fault.New(fault.Invalid, "closedmail.import_rows", "Tệp có %[1]d dòng sai. Sửa rồi nạp lại: %[2]s", "The file has %[1]d wrong lines. Mend them and take it in again: %[3]s",
		len(vi), strings.Join(vi[:n], "; "), strings.Join(en[:n], "; "))
}

func readEntry(row []string, want int) (Entry, error) {
	if len(row) != want {
		return Entry{}, fault.New(fault.Invalid, "closedmail.import_columns", "có %[1]d cột, phải có %[2]d", "has %[1]d columns, not %[2]d", len(row), want)
	}
	e := Entry{Code: BodyCode(row[0]), List: List(row[1]), Central: row[2] == "yes", Name: row[3], Address: row[4], Unit: postal.UnitCode(row[5]), Province: row[6], Zone: Zone(row[7]),
		Office: postal.OfficeCode(row[8]), Hours: row[9]}
	if _, err := ParseBody(row[0]); err != nil {
		return e, err
	}
	if err := oneOf(Lists, e.List, "list"); err != nil {
		return e, err
	}
	if _, err := postal.ParseUnitCode(row[5]); err != nil {
		return e, err
	}
	if e.Province != "" {
		if err := wellFormed(provinceForm, e.Province, "province", "Mã tỉnh, thành phố gồm 2 chữ số.", "The code of a province has 2 digits."); err != nil {
			return e, err
		}
	}
	if err := oneOf(Zones, e.Zone, "zone"); err != nil {
		return e, err
	}
	if err := deliversThere(e.Office); err != nil {
		return e, err
	}
	if row[2] != "yes" && row[2] != "no" || e.Name == "" || len(e.Name) > 300 || e.Address == "" || len(e.Address) > 300 {
		return e, fault.New(fault.Invalid, "closedmail.import_row_fields", "thiếu tên hoặc địa chỉ, hoặc cột central không phải yes/no", "name or address missing, or central is neither yes nor no")
	}
	if err := parseHours(e.Hours); err != nil {
		return e, err
	}
	var err error
	e.Contact, err = readContact(row[len(columns):])
	return e, err
}

// deliversThere refuses what is neither an office nor the desk of a partner.
func deliversThere(o postal.OfficeCode) error {
	if code := o.Agency(); code != "" {
		_, err := ParsePartner(string(code))
		return err
	}
	_, err := postal.ParseOfficeCode(string(o))
	return err
}

// Abroad reports whether a partner delivers there: a body of another province, of which we name no persons.
func (e Entry) Abroad() bool { return e.Office.Agency() != "" }

// Plan is what an import would do.
type Plan struct {
	New     []Entry
	Changed []Entry
	Same    int
	Missing []BodyCode // listed today and not in the file: nothing happens to them, but somebody should look
}

// Plan compares a file with the directory; nothing is written. It refuses lines that leave open how far a body is on the day.
func (d *Directory) Plan(ctx context.Context, entries []Entry, on postal.Day) (Plan, error) {
	var vi, en []string
	for _, e := range entries {
		if err := d.Reach.check(e, on); err != nil {
			f, _ := fault.From(err)
			vi, en = append(vi, string(e.Code)+": "+f.In("vi")), append(en, string(e.Code)+": "+f.In("en"))
		}
	}
	if err := wrongRows(vi, en); err != nil {
		return Plan{}, err
	}
	known, err := d.All(ctx)
	if err != nil {
		return Plan{}, err
	}
	v := d.Ledger.View(ctx)
	var p Plan
	inFile := map[BodyCode]bool{}
	for _, e := range entries {
		inFile[e.Code] = true
		b, listed := ledger.Get[*Body](v, BodyKey(e.Code))
		old := known[e.Code]
		old.List, old.Central = e.List, e.Central
		e.Contact = e.over(old.Contact)
		switch {
		case !listed || b.Ended:
			p.New = append(p.New, e)
		case b.List != e.List || b.Central != e.Central || old != e:
			p.Changed = append(p.Changed, e)
		default:
			p.Same++
		}
	}
	for _, b := range Bodies(v) {
		if !inFile[b.Code] {
			p.Missing = append(p.Missing, b.Code)
		}
	}
	return p, v.Err()
}
