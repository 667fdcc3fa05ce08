package booking

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables of this package up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "booking", schema)
}

// sealContext binds the sealed bytes to what they are.
const sealContext = "booking.person"

// token is the secret of a draft in the citizen's browser; we keep its hash.
type token string

func newToken() token {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return token(base64.RawURLEncoding.EncodeToString(b[:]))
}

func (t token) hash() []byte {
	sum := sha256.Sum256([]byte(t))
	return sum[:]
}

const columns = `ref, state, version, procedure, way, unit, office, day, opens, closes, carrier, reason, item, papers, subject, sealed, created_ms, changed_ms`

func scan(row interface{ Scan(...any) error }) (*Booking, error) {
	var b Booking
	var day, papers string
	var created, changed int64
	err := row.Scan(&b.Ref, &b.State, &b.version, &b.Procedure, &b.Way, &b.Unit, &b.Office, &day, &b.Window.Opens, &b.Window.Closes, &b.Carrier, &b.Reason, &b.Item,
		&papers, &b.subject, &b.sealed, &created, &changed)
	if err != nil {
		return nil, err
	}
	if day != "" {
		if b.Day, err = postal.ParseDay(day); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal([]byte(papers), &b.Have); err != nil {
		return nil, err
	}
	b.Created, b.Changed = time.UnixMilli(created), time.UnixMilli(changed)
	return &b, nil
}

// start makes a draft and gives the secret for the browser.
func (s *Service) start(ctx context.Context, procedure string) (*Booking, token, error) {
	b := &Booking{Ref: newRef(), State: Draft, Procedure: procedure, Created: s.Now(), Changed: s.Now(), version: 1}
	t := newToken()
	ms := postal.Millis(b.Created)
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO booking (token_hash, phone_blind, `+columns+`) VALUES ($1,$2,$3,$4,$5,$6,'','','','','','','','','','[]','',$2,$7,$7)`,
			t.hash(), []byte{}, string(b.Ref), string(b.State), b.version, procedure, ms)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("begin a booking: %w", err)
	}
	return b, t, nil
}

// mine finds the booking of a browser; nil when it has none.
func (s *Service) mine(ctx context.Context, t token) (*Booking, error) {
	b, err := scan(s.DB.Read().QueryRowContext(ctx, `SELECT `+columns+` FROM booking WHERE token_hash = $1`, t.hash()))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the draft: %w", err)
	}
	return b, nil
}

// Find gives a booking by its reference.
func (s *Service) Find(ctx context.Context, ref Ref) (*Booking, error) {
	b, err := scan(s.DB.Read().QueryRowContext(ctx, `SELECT `+columns+` FROM booking WHERE ref = $1`, string(ref)))
	if errors.Is(err, sql.ErrNoRows) || err == nil && b.State == Draft {
		return nil, fault.New(fault.NotFound, "booking.unknown", "Không có lịch hẹn mang mã này, hoặc đã hết hạn lưu.", "There is no booking of this reference, or it is no longer kept.")
	}
	if err != nil {
		return nil, fmt.Errorf("find a booking: %w", err)
	}
	return b, nil
}

// list gives bookings by a condition on state and day, the nearest first.
func (s *Service) list(ctx context.Context, where string, args ...any) ([]*Booking, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT `+columns+` FROM booking WHERE `+where+fmt.Sprintf(` ORDER BY day, opens, ref LIMIT %d`, mostListed), args...)
	if err != nil {
		return nil, fmt.Errorf("list bookings: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []*Booking
	for rows.Next() {
		b, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list bookings: %w", err)
		}
		list = append(list, b)
	}
	return list, rows.Err()
}

// mostListed bounds a list: an office fetches some dozens a day.
const mostListed = 200

// change writes a booking as it now is, when nobody changed it since it was read.
func (s *Service) change(ctx context.Context, tx sqldb.Querier, b *Booking) error {
	have := b.Have
	if have == nil {
		have = []string{}
	}
	papers, err := json.Marshal(have)
	if err != nil {
		return err
	}
	b.Changed = s.Now()
	day := ""
	if !b.Day.IsZero() {
		day = b.Day.String()
	}
	if b.sealed == nil {
		b.sealed = []byte{}
	}
	done, err := tx.ExecContext(ctx, `UPDATE booking SET version = version + 1, state = $3, procedure = $4, way = $5, unit = $6, office = $7, day = $8, opens = $9, closes = $10,
		carrier = $11, reason = $12, item = $13, papers = $14, subject = $15, sealed = $16, changed_ms = $17 WHERE ref = $1 AND version = $2`,
		string(b.Ref), b.version, string(b.State), b.Procedure, string(b.Way), string(b.Unit), string(b.Office), day, b.Window.Opens, b.Window.Closes,
		string(b.Carrier), string(b.Reason), b.Item, string(papers), string(b.subject), b.sealed, postal.Millis(b.Changed))
	if err != nil {
		return fmt.Errorf("change a booking: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fault.New(fault.Conflict, "booking.changed", "Lịch hẹn này vừa được người khác thay đổi. Hãy tải lại trang.", "This booking was changed by someone else just now. Reload the page."))
	}
	b.version++
	return nil
}

// save is change in a transaction of its own.
func (s *Service) save(ctx context.Context, b *Booking) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error { return s.change(ctx, tx, b) })
}

// keepPerson seals who sends the dossier into the draft.
func (s *Service) keepPerson(ctx context.Context, b *Booking, p Person) error {
	plain, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if b.subject == "" {
			subject, err := s.Vault.NewSubject(ctx, tx)
			if err != nil {
				return err
			}
			b.subject = subject.ID
		}
		if b.sealed, err = s.Vault.Seal(ctx, tx, b.subject, sealContext, plain); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE booking SET phone_blind = $2 WHERE ref = $1`, string(b.Ref), s.Vault.Blind("booking.phone", string(p.Phone))); err != nil {
			return fmt.Errorf("note the telephone: %w", err)
		}
		return s.change(ctx, tx, b)
	})
}

// person opens who sends the dossier; the zero Person where nobody said so yet or all is forgotten.
func (s *Service) person(ctx context.Context, b *Booking) (p Person, err error) {
	if !b.Known() {
		return p, nil
	}
	plain, err := s.Vault.Open(ctx, s.DB.Read(), b.subject, sealContext, b.sealed)
	if fault.Code(err) == "privacy.erased" {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(plain, &p)
}

// forget erases who sent a dossier and what was typed, and keeps what counts need.
func (s *Service) forget(ctx context.Context, tx *sql.Tx, b *Booking) error {
	if b.subject != "" {
		if err := s.Vault.EraseIn(ctx, tx, b.subject); err != nil {
			return err
		}
	}
	b.subject, b.sealed = "", []byte{}
	if _, err := tx.ExecContext(ctx, `UPDATE booking SET phone_blind = $2 WHERE ref = $1`, string(b.Ref), []byte{}); err != nil {
		return fmt.Errorf("forget the telephone: %w", err)
	}
	return nil
}

// Tidy deletes drafts that nobody went on with, and bookings that ended long enough ago, with all that was typed.
func (s *Service) Tidy(ctx context.Context) (deleted int, err error) {
	for _, c := range []struct {
		rule  string
		where string
	}{
		{"booking.draft.keep", `state = 'draft'`},
		{"booking.keep", `state <> 'draft' AND (state IN ('taken', 'cancelled') OR day < $2)`},
	} {
		days, err := s.keep(c.rule)
		if err != nil {
			return deleted, err
		}
		before := s.Now().AddDate(0, 0, -days)
		args := []any{postal.Millis(before)}
		if c.rule == "booking.keep" {
			args = append(args, postal.DayOf(before).String())
		}
		for {
			old, err := s.list(ctx, `changed_ms < $1 AND `+c.where, args...)
			if err != nil {
				return deleted, err
			}
			for _, b := range old {
				if err := s.delete(ctx, b); err != nil {
					return deleted, err
				}
				deleted++
			}
			if len(old) < mostListed {
				break
			}
		}
	}
	return deleted, nil
}

func (s *Service) delete(ctx context.Context, b *Booking) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.forget(ctx, tx, b); err != nil {
			return err
		}
		for _, table := range []string{"booking_look", "booking"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE ref = $1`, string(b.Ref)); err != nil {
				return fmt.Errorf("delete a booking: %w", err)
			}
		}
		return nil
	})
}

// openFor counts what a telephone has booked and not yet used.
func (s *Service) openFor(ctx context.Context, b *Booking, phone postal.Phone) (n int, err error) {
	err = s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM booking WHERE phone_blind = $1 AND ref <> $2 AND state IN ('counter', 'asked', 'assigned', 'failed')`,
		s.Vault.Blind("booking.phone", string(phone)), string(b.Ref)).Scan(&n)
	return n, err
}

// UsesProcedure reports how many open bookings name a procedure, so that it does not vanish.
func (s *Service) UsesProcedure(ctx context.Context, code string) (n int, err error) {
	err = s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM booking WHERE procedure = $1 AND state IN ('counter', 'asked', 'assigned', 'fetched', 'failed')`, code).Scan(&n)
	return n, err
}

// noteLook writes down that a member of staff sees somebody's full name and address: once a day for each booking.
func (s *Service) noteLook(ctx context.Context, ref Ref, staff postal.StaffID, role string) error {
	_, err := s.DB.Write().ExecContext(ctx, `INSERT INTO booking_look (ref, staff, day, role, at_ms) VALUES ($1,$2,$3,$4,$5) ON CONFLICT (ref, staff, day) DO NOTHING`,
		string(ref), string(staff), s.today().String(), role, postal.Millis(s.Now()))
	if err != nil {
		return fmt.Errorf("note a look: %w", err)
	}
	return nil
}
