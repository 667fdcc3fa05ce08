package closedmail

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Whoever changes where a body receives redirects its mail, secret mail too. So every change of a line of the directory is a fact, with who made it; the line itself, with its name
// and address, is a row by version, and the fact bears the fingerprint of the row.

// ChangeEntry says that a line of the directory is another one from now on.
type ChangeEntry struct {
	Body    BodyCode       `json:"body"`
	Version int            `json:"version"`
	Digest  string         `json:"digest"`
	By      postal.StaffID `json:"by"`
}

// Name of the act.
func (ChangeEntry) Name() string { return "kt1.change_entry" }

// Touches the body.
func (a ChangeEntry) Touches() []ledger.Key { return []ledger.Key{BodyKey(a.Body)} }

// Decide refuses a body that is not listed, and a version that somebody else wrote meanwhile.
func (a ChangeEntry) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := overseeing(v, e); err != nil {
		return nil, err
	}
	b, err := body(v, a.Body, "body")
	if err != nil {
		return nil, err
	}
	if err := wellFormed(digestForm, a.Digest, "digest", "Mã kiểm không đúng.", "The fingerprint is not valid."); err != nil {
		return nil, err
	}
	if _, err := ParseStaff(string(a.By)); err != nil {
		return nil, err
	}
	if a.Version != b.Version+1 {
		return nil, fault.New(fault.Conflict, "closedmail.entry_version", "Dòng danh bạ của %s vừa có người khác đổi. Lập lại kế hoạch nạp.", "Somebody else has changed the directory line of %s meanwhile. Plan again.", a.Body).At("body")
	}
	return []event.Fact{event.EntryChanged{Body: string(a.Body), Version: a.Version, Digest: a.Digest, By: a.By}}, nil
}

// digest is the fingerprint of a line with its salt, without which a short address could be found by trying.
func (e Entry) digest(version int, salt string) (string, error) {
	line := []any{salt, version, e.Code, e.Name, e.Address, e.Unit, e.Province, e.Zone, e.Office, e.Hours}
	if e.Contact != (Contact{}) { // a line that is older than these columns keeps its fingerprint
		line = append(line, e.Place, e.Phone)
	}
	text, err := json.Marshal(line)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// Import does what a plan says, in the name of a person: facts for the lists and for every line that changes, rows for the lines.
func (d *Directory) Import(ctx context.Context, p Plan, by ledger.Envelope, operator postal.StaffID, now func() time.Time) error {
	for _, e := range slices.Concat(p.New, p.Changed) {
		next := func() ledger.Envelope {
			env := by
			env.Act, env.OccurredMs = postal.NewActID(now()), postal.Millis(now())
			return env
		}
		_, err := d.Ledger.Append(ctx, next(), ListBody{Body: e.Code, List: e.List, Central: e.Central})
		if err != nil && fault.Code(err) != "closedmail.listed" {
			return fmt.Errorf("list %s: %w", e.Code, err)
		}
		if err := d.change(ctx, e, next(), operator); err != nil {
			return fmt.Errorf("line of %s: %w", e.Code, err)
		}
	}
	return nil
}

// change writes the fact first, then its row: when the machine stops in between, the plan shows the line again, and it becomes a later version.
func (d *Directory) change(ctx context.Context, e Entry, env ledger.Envelope, operator postal.StaffID) error {
	old, err := d.Find(ctx, e.Code)
	if err != nil {
		return err
	}
	if e.Known {
		e.Contact = e.over(old.Contact)
	}
	if old.List, old.Central = e.List, e.Central; old == e {
		return nil
	}
	b, ok := ledger.Get[*Body](d.Ledger.View(ctx), BodyKey(e.Code))
	if !ok {
		return unknown(string(e.Code))
	}
	salt := rand.Text()
	version := b.Version + 1
	digest, err := e.digest(version, salt)
	if err != nil {
		return err
	}
	if _, err := d.Ledger.Append(ctx, env, ChangeEntry{Body: e.Code, Version: version, Digest: digest, By: operator}); err != nil {
		return err
	}
	_, err = d.DB.Write().ExecContext(ctx, `INSERT INTO closedmail_entry (`+entryColumns+`, version, from_ms, salt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		string(e.Code), e.Name, e.Address, string(e.Unit), e.Province, string(e.Zone), string(e.Office), e.Hours, e.Place, string(e.Phone), version, env.OccurredMs, salt)
	return err
}

// Version is one version of a line of the directory.
type Version struct {
	Entry
	N      int
	FromMs int64
	By     postal.StaffID // "" for a line from before changes were facts
	Proved bool           // the ledger has the fingerprint of exactly this row, from exactly then
	Gone   bool           // the ledger has the fact, and nobody has the row
}

// Versions lists all that ever stood in the line of a body, the newest first, each set against its fact.
func (d *Directory) Versions(ctx context.Context, code BodyCode) ([]Version, error) {
	facts, err := d.changes(ctx, code)
	if err != nil {
		return nil, err
	}
	rows, err := d.DB.Read().QueryContext(ctx, `SELECT `+entryColumns+`, version, from_ms, salt FROM closedmail_entry WHERE code = $1 ORDER BY version DESC`, string(code))
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	defer rows.Close()
	var all []Version
	for rows.Next() {
		var x Version
		var salt string
		if err := rows.Scan(&x.Code, &x.Name, &x.Address, &x.Unit, &x.Province, &x.Zone, &x.Office, &x.Hours, &x.Place, &x.Phone, &x.N, &x.FromMs, &salt); err != nil {
			return nil, fmt.Errorf("read directory: %w", err)
		}
		digest, err := x.Entry.digest(x.N, salt)
		if err != nil {
			return nil, err
		}
		if f, ok := facts[x.N]; ok {
			x.By, x.Proved = f.By, f.Digest == digest && f.atMs == x.FromMs
			delete(facts, x.N)
		}
		all = append(all, x)
	}
	for n, f := range facts { // rows that somebody took away
		all = append(all, Version{N: n, FromMs: f.atMs, By: f.By, Gone: true})
	}
	slices.SortFunc(all, func(a, b Version) int { return cmp.Compare(b.N, a.N) })
	return all, rows.Err()
}

// changedAt is a change of a line with the time of its entry.
type changedAt struct {
	event.EntryChanged
	atMs int64
}

// changes gives the facts about a line by version.
func (d *Directory) changes(ctx context.Context, code BodyCode) (map[int]changedAt, error) {
	trails, err := d.Ledger.Trails(ctx, []ledger.Key{BodyKey(code)})
	if err != nil {
		return nil, err
	}
	entries, err := d.Ledger.Entries(ctx, trails[BodyKey(code)])
	if err != nil {
		return nil, err
	}
	all := map[int]changedAt{}
	for _, e := range entries {
		for _, f := range e.Facts {
			if f, ok := f.(event.EntryChanged); ok && f.Body == string(code) {
				all[f.Version] = changedAt{f, e.OccurredMs}
			}
		}
	}
	return all, nil
}

// versionTable shows every version of a body's line, with who made it and whether the ledger proves it.
func (v view) versionTable(all []Version) *table {
	t := &table{Caption: v.T("Các lần đổi tên, địa chỉ, giờ", "Changes of name, address and hours"), Heads: []web.Head{{Label: v.T("Từ", "From")}, {Label: v.T("Tên, địa chỉ", "Name and address")}, {Label: v.T("Giờ làm việc", "Hours")},
		{Label: v.T("Bưu cục phát", "Delivered by")}, {Label: v.T("Người đổi", "Changed by")}, {Label: v.T("Sổ cái", "Ledger")}}}
	for _, x := range all[:min(len(all), maxOnBoard)] {
		proof := tagCell(v.T("Khớp", "Fits"), web.Good)
		switch {
		case x.Gone:
			proof = tagCell(v.T("MẤT DÒNG: đã bị xoá ngoài chương trình", "THE ROW IS GONE: it was taken away outside the program"), web.Bad)
		case x.By == "" && x.N == 0:
			proof = tagCell(v.T("Có từ trước khi ghi sổ cái", "From before the ledger held changes"), web.Ask)
		case !x.Proved:
			proof = tagCell(v.T("KHÔNG KHỚP: dòng đã bị sửa ngoài chương trình", "DOES NOT FIT: the row was changed outside the program"), web.Bad)
		}
		t.Rows = append(t.Rows, []cell{textCell(v.Millis(x.FromMs)), textCell(x.Name + " · " + x.Address), textCell(x.Hours), textCell(v.office(x.Office)), textCell(v.name(x.By)), proof})
	}
	return t
}
