package gazetteer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// What says what a file holds.
type What string

// What can be imported.
const (
	UnitsFile   What = "units"
	LinksFile   What = "lineage"
	OfficesFile What = "offices"
)

// Release is a file to take in, with the act that makes it law and the day from which it holds.
type Release struct {
	What    What
	Data    []byte     // TSV, CSV or JSON; UTF-8, with or without byte-order mark
	Lineage []byte     // with units: what the units that end become, as a lineage table; may be empty
	SHA256  string     // expected checksum of Data in hex; empty: not checked
	Act     string     // the legal act or decision, required
	From    postal.Day // first day in force, required unless Until is given
	Until   postal.Day // the file tells a past state that ended on this day: it only adds what is missing
	Partial bool       // the file lists changes only: what it does not name stays
	Nation  bool       // the file lists the whole nation: provinces that it does not name end
}

// InUse tells whether something still depends on an office or unit (an item lies there, a person works there), and says what in one short sentence.
type InUse func(ctx context.Context, code string) (used bool, why string, err error)

// open checks what must be there before a file is read.
func (r Release) open() error {
	if strings.TrimSpace(r.Act) == "" {
		return fault.New(fault.Invalid, "gazetteer.act_required",
			"Phải ghi văn bản pháp lý của dữ liệu, ví dụ: 1669/NQ-UBTVQH15.", "Name the legal act behind the data, for example 1669/NQ-UBTVQH15.").At("act")
	}
	if (r.From == zeroDay) == (r.Until == zeroDay) && r.What != LinksFile {
		return fault.New(fault.Invalid, "gazetteer.from_required",
			"Phải ghi ngày có hiệu lực (hoặc, với dữ liệu lịch sử, ngày hết hiệu lực).", "Give the day from which the data holds (or, for past data, the day until which it held).").At("from")
	}
	if want := strings.ToLower(strings.TrimSpace(r.SHA256)); want != "" && want != r.checksum() {
		return fault.New(fault.Invalid, "gazetteer.checksum",
			"Tệp không đúng mã kiểm tra SHA-256: tính được %s.", "The file does not match its SHA-256 checksum: it has %s.", r.checksum()).At("sha256")
	}
	return nil
}

func (r Release) checksum() string {
	sum := sha256.Sum256(r.Data)
	return hex.EncodeToString(sum[:])
}

// readUnits reads a table of units, a JSON list of them, or the published JSON tree of provinces with their communes.
func readUnits(data []byte) ([]Unit, error) {
	data, err := decode(data)
	if err != nil {
		return nil, err
	}
	if !isJSON(data) {
		return readRows(data, unitFromRow, unitColumns...)
	}
	var tree []province
	if err := json.Unmarshal(data, &tree); err == nil && len(tree) > 0 && tree[0].FullName != "" {
		return unitsOfTree(tree)
	}
	return readJSON(data, func(u *Unit) error {
		if err := clean((*string)(&u.Kind), &u.Name, &u.NameEN, &u.Seat); err != nil {
			return err
		}
		u.Kind = Kind(strings.ToLower(string(u.Kind)))
		u.nameInEnglish()
		return u.check()
	})
}

func readLinks(data []byte) ([]Link, error) {
	data, err := decode(data)
	if err != nil {
		return nil, err
	}
	if !isJSON(data) {
		return readRows(data, linkFromRow, linkColumns...)
	}
	return readJSON(data, func(l *Link) error { return l.check() })
}

func readOffices(data []byte) ([]Office, error) {
	data, err := decode(data)
	if err != nil {
		return nil, err
	}
	if !isJSON(data) {
		return readRows(data, officeFromRow, officeColumns...)
	}
	return readJSON(data, func(o *Office) error {
		if err := clean(&o.Name, &o.Address); err != nil {
			return err
		}
		return o.check()
	})
}

func isJSON(data []byte) bool {
	data = bytes.TrimSpace(data)
	return len(data) > 0 && (data[0] == '[' || data[0] == '{')
}

// readJSON reads a list; a member that is not known is refused, because a misspelt one would be lost silently.
func readJSON[T any](data []byte, check func(*T) error) ([]T, error) {
	var list []T
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, badFile(err)
	}
	if len(list) > maxRows {
		return nil, fault.New(fault.TooLarge, "gazetteer.too_many_rows", "Tệp có quá %d dòng.", "The file has more than %d rows.", maxRows)
	}
	var wrong []string
	for i := range list {
		if err := check(&list[i]); err != nil {
			wrong = append(wrong, oneLine(err))
		}
	}
	return list, wrongRows(wrong)
}

// clean tidies texts in their place.
func clean(texts ...*string) error {
	for _, t := range texts {
		s, err := postal.Clean(*t)
		if err != nil {
			return err
		}
		*t = s
	}
	return nil
}

// province, district and commune are the published tree; the names of its members differ between editions.
type province struct {
	commune
	Wards    []commune
	District []district
}

type district struct {
	commune
	Ward []commune
}

type commune struct {
	Code       postal.UnitCode
	FullName   string
	FullNameEn string
}

func unitsOfTree(tree []province) ([]Unit, error) {
	var list []Unit
	var wrong []string
	add := func(c commune, province, district postal.UnitCode) {
		u, err := c.unit(province, district)
		if err != nil {
			wrong = append(wrong, oneLine(err))
		}
		list = append(list, u)
	}
	for _, p := range tree {
		add(p.commune, "", "")
		for _, w := range p.Wards {
			add(w, p.Code, "")
		}
		for _, d := range p.District {
			add(d.commune, p.Code, "")
			for _, w := range d.Ward {
				add(w, p.Code, d.Code)
			}
		}
	}
	return list, wrongRows(wrong)
}

// unit splits "Phường Hồng Bàng" into kind and name.
func (c commune) unit(province, district postal.UnitCode) (Unit, error) {
	if err := clean(&c.FullName, &c.FullNameEn); err != nil {
		return Unit{}, err
	}
	u := Unit{Code: c.Code, Province: province, District: district, Name: c.FullName}
	lower := strings.ToLower(u.Name)
	for k, words := range kindWords {
		if strings.HasPrefix(lower, string(k)+" ") {
			u.Kind, u.Name = k, u.Name[len(k)+1:]
			u.NameEN = englishName(c.FullNameEn, words.en)
			break
		}
	}
	u.nameInEnglish()
	return u, u.check()
}

// englishName takes the kind off the end: "Hong Bang Ward", "Cat Hai Special administrative region".
func englishName(full, kind string) string {
	for _, tail := range []string{kind, "City", "Special administrative region", "Commune-level town", "Town"} {
		if s, ok := strings.CutSuffix(full, " "+tail); ok {
			return s
		}
	}
	return full
}
