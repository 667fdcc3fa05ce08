package dossier

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables of dossiers up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "dossier", schema)
}

// Person is somebody of a dossier, as the consignment note has him (Circular 17/2017, article 9).
type Person struct {
	Name    string          `json:"name"`
	Phone   postal.Phone    `json:"phone,omitempty"`
	Email   string          `json:"email,omitempty"`
	Address string          `json:"address"`
	Unit    postal.UnitCode `json:"unit"`
}

// Slip of the post: what the consignment note shows beside the ledger, kept so that it can be printed again.
type Note struct {
	Secret string      `json:"secret"` // six characters; the ledger holds what postal.SecretHash makes of them
	Lines  []PriceLine `json:"lines,omitempty"`
	Means  string      `json:"means,omitempty"`
	Due    string      `json:"due,omitempty"` // the article that gave the due time
	DueEN  string      `json:"due_en,omitempty"`
	Sure   bool        `json:"sure,omitempty"`
	// BackVND is about what the result's way was said to cost; 0 when it was not known.
	BackVND postal.VND `json:"back_vnd,omitempty"`
}

// People are the two ends of a dossier: who hands it in, and who gets the result.
type People struct {
	Sender   Person
	Receiver Person
	Note     Note
}

// sealedSender is what lies under the sender's key.
type sealedSender struct {
	Person
	Note Note `json:"note"`
}

// The sides under which people are kept.
const (
	senderSide    = "sender"
	receiverSide  = "receiver"
	complaintSide = "complaint"
)

func personContext(side string) string { return "dossier." + side }

const pictureContext = "dossier.picture"

// Store keeps the people and pictures of dossiers.
type Store struct {
	DB    *sqldb.DB
	Vault *privacy.Vault
	nowMs func() int64
}

// The tables that take rows beside the acts of dossiers. What lies there already stays: an act has one set of people.
var (
	keyTable     = &ledger.Table{Insert: privacy.InsertKeys, Width: privacy.KeyColumns}
	personTable  = &ledger.Table{Insert: `INSERT INTO dossier_person (act, side, subject, phone, sealed, created_ms) VALUES `, After: ` ON CONFLICT (act, side) DO NOTHING`, Width: 6}
	agencyTable  = &ledger.Table{Insert: `INSERT INTO dossier_agency (` + agencyColumns + `) VALUES `, After: keepAgency, Width: 7}
	pictureTable = &ledger.Table{Insert: `INSERT INTO dossier_picture (act, hash, kind, type, subject, sealed, created_ms) VALUES `, After: ` ON CONFLICT (act, hash) DO NOTHING`, Width: 7}
)

// Tables are what the ledger must be opened with, for acts that keep people and pictures.
func Tables() []*ledger.Table {
	return []*ledger.Table{keyTable, personTable, pictureTable, formTable, agencyTable}
}

// Beside seals the people and pictures of an acceptance: rows to be appended with its act, so that all of it is one commit.
func (s *Store) Beside(act postal.ActID, p People, pictures []Picture) ([]ledger.Beside, error) {
	subjects, rows, err := s.newPeople(2)
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		side    string
		subject privacy.Subject
		phone   postal.Phone
		what    any
	}{{senderSide, subjects[0], p.Sender.Phone, sealedSender{p.Sender, p.Note}}, {receiverSide, subjects[1], p.Receiver.Phone, p.Receiver}} {
		row, err := s.personRow(act, x.side, x.subject, x.phone, x.what)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	for _, p := range pictures {
		sealed, err := subjects[0].Seal(pictureContext, p.Body)
		if err != nil {
			return nil, err
		}
		rows = append(rows, ledger.Beside{Table: pictureTable, Row: []any{act[:], p.Hash, p.Kind, p.Type, string(subjects[0].ID), sealed, s.nowMs()}})
	}
	return rows, nil
}

// newPeople makes keys for n people, with the rows that keep them.
func (s *Store) newPeople(n int) (list []privacy.Subject, rows []ledger.Beside, err error) {
	list, keys, err := s.Vault.NewKeys(n)
	for _, k := range keys {
		rows = append(rows, ledger.Beside{Table: keyTable, Row: k})
	}
	return list, rows, err
}

func (s *Store) personRow(act postal.ActID, side string, subject privacy.Subject, phone postal.Phone, v any) (ledger.Beside, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return ledger.Beside{}, fmt.Errorf("write %s: %w", side, err)
	}
	sealed, err := subject.Seal(personContext(side), plain)
	if err != nil {
		return ledger.Beside{}, err
	}
	var blind []byte
	if phone != "" {
		blind = s.Vault.Blind("dossier.phone", string(phone))
	}
	return ledger.Beside{Table: personTable, Row: []any{act[:], side, string(subject.ID), blind, sealed, s.nowMs()}}, nil
}

// PeopleOf opens the people of a dossier; fault privacy.erased when they were forgotten.
func (s *Store) PeopleOf(ctx context.Context, act postal.ActID) (People, error) {
	var p People
	var sender sealedSender
	if err := s.open(ctx, act, senderSide, &sender); err != nil {
		return p, err
	}
	p.Sender, p.Note = sender.Person, sender.Note
	return p, s.open(ctx, act, receiverSide, &p.Receiver)
}

// sendersOf opens who handed dossiers in, by the act that took each in: one question for the rows, one for the keys. Who was forgotten is not among them.
func (s *Store) sendersOf(ctx context.Context, acts []postal.ActID) (map[postal.ActID]Person, error) {
	found := make(map[postal.ActID]Person, len(acts))
	for part := range slices.Chunk(acts, sendersAtOnce) {
		if err := s.addSenders(ctx, part, found); err != nil {
			return nil, fmt.Errorf("read senders: %w", err)
		}
	}
	return found, nil
}

// sendersAtOnce bounds one question: both databases take as many parameters.
const sendersAtOnce = 500

func (s *Store) addSenders(ctx context.Context, acts []postal.ActID, into map[postal.ActID]Person) error {
	args := make([]any, 0, len(acts)+1)
	args = append(args, senderSide)
	for _, a := range acts {
		args = append(args, a[:])
	}
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT act, subject, sealed FROM dossier_person WHERE side = $1 AND act IN (`+sqldb.List(2, len(acts))+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	type kept struct {
		subject privacy.SubjectID
		sealed  []byte
	}
	sealed := make(map[postal.ActID]kept, len(acts))
	var ids []privacy.SubjectID
	for rows.Next() {
		var act []byte
		var k kept
		if err := rows.Scan(&act, &k.subject, &k.sealed); err != nil {
			return err
		}
		sealed[postal.ActID(act)] = k
		ids = append(ids, k.subject)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	subjects, err := s.Vault.Subjects(ctx, s.DB.Read(), ids)
	if err != nil {
		return err
	}
	for act, k := range sealed {
		subject, ok := subjects[k.subject]
		if !ok {
			continue // forgotten
		}
		plain, err := subject.Open(personContext(senderSide), k.sealed)
		if err != nil {
			return err
		}
		var p sealedSender
		if err := json.Unmarshal(plain, &p); err != nil {
			return err
		}
		into[act] = p.Person
	}
	return nil
}

func (s *Store) open(ctx context.Context, act postal.ActID, side string, into any) error {
	var subject string
	var sealed []byte
	err := s.DB.Read().QueryRowContext(ctx, `SELECT subject, sealed FROM dossier_person WHERE act = $1 AND side = $2`, act[:], side).Scan(&subject, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "dossier.no_people", "Không có thông tin người gửi, người nhận của hồ sơ này.", "Nothing is kept of this dossier's people.")
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", side, err)
	}
	plain, err := s.Vault.Open(ctx, s.DB.Read(), privacy.SubjectID(subject), personContext(side), sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("read %s: %w", side, err)
	}
	return nil
}

// BesideComplaint seals the words of a complaint under a key of its own: rows to be appended with its act.
func (s *Store) BesideComplaint(act postal.ActID, text string) ([]ledger.Beside, error) {
	subjects, rows, err := s.newPeople(1)
	if err != nil {
		return nil, err
	}
	row, err := s.personRow(act, complaintSide, subjects[0], "", text)
	return append(rows, row), err
}

// ComplaintText opens the words of a complaint.
func (s *Store) ComplaintText(ctx context.Context, act postal.ActID) (text string, err error) {
	return text, s.open(ctx, act, complaintSide, &text)
}

// Acts finds the acts under which a telephone number is kept, newest last.
func (s *Store) Acts(ctx context.Context, phone postal.Phone) (acts []postal.ActID, err error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT DISTINCT act FROM dossier_person WHERE phone = $1 ORDER BY act LIMIT 100`, s.Vault.Blind("dossier.phone", string(phone)))
	if err != nil {
		return nil, fmt.Errorf("find by phone: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var act []byte
		if err := rows.Scan(&act); err != nil {
			return nil, fmt.Errorf("find by phone: %w", err)
		}
		acts = append(acts, postal.ActID(act))
	}
	return acts, rows.Err()
}

// PictureOf opens a picture and proves that it is the one the fact names.
func (s *Store) PictureOf(ctx context.Context, act postal.ActID, hash string) (Picture, error) {
	p := Picture{Hash: hash}
	var subject string
	var sealed []byte
	err := s.DB.Read().QueryRowContext(ctx, `SELECT kind, type, subject, sealed FROM dossier_picture WHERE act = $1 AND hash = $2`, act[:], hash).Scan(&p.Kind, &p.Type, &subject, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.NotFound, "dossier.no_picture", "Không có ảnh này.", "There is no such picture.")
	}
	if err != nil {
		return p, fmt.Errorf("read picture: %w", err)
	}
	if p.Body, err = s.Vault.Open(ctx, s.DB.Read(), privacy.SubjectID(subject), pictureContext, sealed); err != nil {
		return p, err
	}
	if sum := sha256.Sum256(p.Body); hex.EncodeToString(sum[:]) != hash {
		return p, privacy.ErrTampered
	}
	return p, nil
}

// PictureKinds tells what the pictures of an act show, by their hashes; those that were forgotten are not among them.
func (s *Store) PictureKinds(ctx context.Context, act postal.ActID) (map[string]string, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT hash, kind FROM dossier_picture WHERE act = $1`, act[:])
	if err != nil {
		return nil, fmt.Errorf("read kinds of pictures: %w", err)
	}
	defer rows.Close()
	kinds := map[string]string{}
	for rows.Next() {
		var hash, kind string
		if err := rows.Scan(&hash, &kind); err != nil {
			return nil, fmt.Errorf("read kinds of pictures: %w", err)
		}
		kinds[hash] = kind
	}
	return kinds, rows.Err()
}

// Forget erases the people and pictures of an act, within the transaction; the facts stay. What is forgotten already is no error.
func (s *Store) Forget(ctx context.Context, tx *sql.Tx, act postal.ActID) error {
	rows, err := tx.QueryContext(ctx, `SELECT subject FROM dossier_person WHERE act = $1`, act[:])
	if err != nil {
		return fmt.Errorf("forget people: %w", err)
	}
	var subjects []privacy.SubjectID
	for rows.Next() {
		var id privacy.SubjectID
		if err := rows.Scan(&id); err != nil {
			rows.Close()
			return fmt.Errorf("forget people: %w", err)
		}
		subjects = append(subjects, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("forget people: %w", err)
	}
	for _, id := range subjects {
		if err := s.Vault.EraseIn(ctx, tx, id); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	for _, text := range []string{`DELETE FROM dossier_picture WHERE act = $1`, `DELETE FROM dossier_form WHERE act = $1`, `UPDATE dossier_person SET phone = NULL WHERE act = $1`} {
		if _, err := tx.ExecContext(ctx, text, act[:]); err != nil {
			return fmt.Errorf("forget people: %w", err)
		}
	}
	return nil
}

// NoteAccess records that somebody saw a dossier's people or pictures in full.
func (s *Store) NoteAccess(ctx context.Context, staff postal.StaffID, office postal.OfficeCode, dossier postal.DossierNumber, what string) error {
	_, err := s.DB.Write().ExecContext(ctx, `INSERT INTO dossier_access (at_ms, staff, office, dossier, what) VALUES ($1, $2, $3, $4, $5)`, s.nowMs(), string(staff), string(office), string(dossier), what)
	if err != nil {
		return fmt.Errorf("note access: %w", err)
	}
	return nil
}

// Agency is a State agency with which the post exchanges dossiers.
type Agency struct {
	Code    postal.AgencyCode
	Name    string
	NameEN  string
	Address string
	Unit    postal.UnitCode
	Office  postal.OfficeCode // whose postman goes there
	Active  bool
}

// In names the agency in a language.
func (a Agency) In(lang string) string {
	if lang == "en" && a.NameEN != "" {
		return a.NameEN
	}
	return a.Name
}

const keepAgency = ` ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, address = excluded.address, unit = excluded.unit, office = excluded.office, active = excluded.active`

// row is the agency as its table has it.
func (a Agency) row() []any {
	active := 0
	if a.Active {
		active = 1
	}
	return []any{string(a.Code), a.Name, a.NameEN, a.Address, string(a.Unit), string(a.Office), active}
}

// KeepAgency adds an agency or changes it where an installation is set up; what people change is an act (see RecordAgency).
func (s *Store) KeepAgency(ctx context.Context, a Agency) error {
	if _, err := postal.ParseAgencyCode(string(a.Code)); err != nil {
		return err
	}
	_, err := s.DB.Write().ExecContext(ctx, `INSERT INTO dossier_agency (`+agencyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`+keepAgency, a.row()...)
	if err != nil {
		return fmt.Errorf("keep agency: %w", err)
	}
	return nil
}

const agencyColumns = `code, name, name_en, address, unit, office, active`

func scanAgency(row interface{ Scan(...any) error }) (a Agency, err error) {
	var active int
	err = row.Scan(&a.Code, &a.Name, &a.NameEN, &a.Address, &a.Unit, &a.Office, &active)
	a.Active = active == 1
	return a, err
}

// Agencies lists the agencies by code; a city has some hundreds.
func (s *Store) Agencies(ctx context.Context) (list []Agency, err error) {
	stmt, err := s.DB.Ask(ctx, `SELECT `+agencyColumns+` FROM dossier_agency ORDER BY code LIMIT 2000`)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanAgency(rows)
		if err != nil {
			return nil, fmt.Errorf("list agencies: %w", err)
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// Agency finds an agency.
func (s *Store) Agency(ctx context.Context, code postal.AgencyCode) (Agency, error) {
	stmt, err := s.DB.Ask(ctx, `SELECT `+agencyColumns+` FROM dossier_agency WHERE code = $1`)
	if err != nil {
		return Agency{}, err
	}
	a, err := scanAgency(stmt.QueryRowContext(ctx, string(code)))
	if err == nil {
		return a, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Agency{}, fmt.Errorf("find agency: %w", err)
	}
	return Agency{}, fault.New(fault.NotFound, "dossier.no_agency", "Chưa có cơ quan %s trong danh sách.", "Agency %s is not in the list.", string(code)).At("agency")
}
