package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// Device is a telephone, a machine or a program that uses the API with a token of its own.
type Device struct {
	ID        string
	Name      string
	Office    postal.OfficeCode // empty: everywhere
	Rights    []web.Right
	Until     postal.Day // zero: no end
	CreatedMS int64
	CreatedBy string
	UsedMS    int64 // 0: never
	RevokedMS int64 // 0: in use
	RevokedBy string
}

// DeviceRights lists what a device can be allowed: the work with mail, never the care of accounts.
func DeviceRights() []web.Right {
	return []web.Right{web.Clerk, web.Carrier, web.Driver, web.Dispatcher, web.AgencyOfficer, web.Department}
}

// tokenPrefix lets a secret scanner, and a person, see what a leaked token is.
const tokenPrefix = "cpd_"

// AddDevice gives a device its token, which is shown once and kept only as a hash.
func (s *Service) AddDevice(ctx context.Context, by Actor, d Device) (Device, string, error) {
	if _, err := checkDeviceName(d.Name); err != nil {
		return d, "", err
	}
	if err := s.checkDevice(ctx, d); err != nil {
		return d, "", err
	}
	secret, _ := newToken()
	token := tokenPrefix + secret
	code, err := spell(1, 6)
	if err != nil {
		return d, "", err
	}
	d.ID, d.CreatedMS, d.CreatedBy = "tb-"+code, s.nowMS(), by.ID
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO account_device(id, name, token, office, rights, until_day, created_ms, created_by)
			VALUES($1, $2, $3, $4, $5, $6, $7, $8)`, d.ID, d.Name, tokenHash(token), string(d.Office), joinRights(d.Rights), d.Until.String(),
			d.CreatedMS, d.CreatedBy); err != nil {
			return fmt.Errorf("add device: %w", err)
		}
		detail := joinRights(d.Rights)
		if d.Office != "" {
			detail += "@" + string(d.Office)
		}
		return s.note(ctx, tx, by, DeviceAdded, d.ID, detail)
	})
	return d, token, err
}

func checkDeviceName(name string) (string, error) {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName {
		return "", fault.New(fault.Invalid, "account.device_name", "Hãy đặt tên cho thiết bị (tối đa %d ký tự).", "Name the device (at most %d characters).", maxName).At("name")
	}
	return name, nil
}

func (s *Service) checkDevice(ctx context.Context, d Device) error {
	if len(d.Rights) == 0 {
		return fault.New(fault.Invalid, "account.device_rights", "Hãy chọn ít nhất một quyền.", "Choose at least one right.").At("rights")
	}
	for _, r := range d.Rights {
		if !slices.Contains(DeviceRights(), r) {
			return fault.New(fault.Invalid, "account.device_right", "Thiết bị không thể có quyền “%[1]s”.", "A device cannot have the right “%[1]s”.", string(r)).At("rights")
		}
	}
	if !d.Until.IsZero() && d.Until.Before(postal.DayOf(s.Now())) {
		return fault.New(fault.Invalid, "account.until_past", "Ngày hết hạn đã qua.", "The last day is already over.").At("until")
	}
	return s.CheckOffice(ctx, d.Office)
}

func joinRights(rights []web.Right) string {
	names := make([]string, len(rights))
	for i, r := range rights {
		names[i] = string(r)
	}
	return strings.Join(names, "|")
}

func splitRights(text string) []web.Right {
	var rights []web.Right
	for name := range strings.SplitSeq(text, "|") {
		rights = append(rights, web.Right(name))
	}
	return rights
}

const deviceColumns = `id, name, office, rights, until_day, created_ms, created_by, COALESCE(used_ms, 0), COALESCE(revoked_ms, 0), COALESCE(revoked_by, '')`

func scanDevice(row scanner) (Device, error) {
	var d Device
	var rights, until string
	if err := row.Scan(&d.ID, &d.Name, &d.Office, &rights, &until, &d.CreatedMS, &d.CreatedBy, &d.UsedMS, &d.RevokedMS, &d.RevokedBy); err != nil {
		return d, err
	}
	var err error
	d.Rights = splitRights(rights)
	d.Until, err = readDay(until)
	return d, err
}

// Devices lists all devices, those in use first, then by name.
func (s *Service) Devices(ctx context.Context) ([]Device, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT `+deviceColumns+` FROM account_device ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []Device
	for rows.Next() {
		d, err := scanDevice(rows)
		if err != nil {
			return nil, fmt.Errorf("list devices: %w", err)
		}
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b Device) int {
		if (a.RevokedMS == 0) != (b.RevokedMS == 0) {
			if a.RevokedMS == 0 {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, rows.Err()
}

// RevokeDevice ends a token for ever: at once on this node, within deviceFresh on others.
func (s *Service) RevokeDevice(ctx context.Context, by Actor, id string) error {
	defer s.devices.forget()
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := findDevice(ctx, tx, id); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `UPDATE account_device SET revoked_ms = $2, revoked_by = $3 WHERE id = $1 AND revoked_ms IS NULL`, id, s.nowMS(), by.ID)
		if err != nil {
			return fmt.Errorf("revoke device: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.note(ctx, tx, by, DeviceRevoked, id, "")
	})
}

func findDevice(ctx context.Context, q sqldb.Querier, id string) (Device, error) {
	d, err := scanDevice(q.QueryRowContext(ctx, `SELECT `+deviceColumns+` FROM account_device WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return d, fault.New(fault.NotFound, "account.no_device", "Không có thiết bị này.", "There is no such device.")
	}
	return d, err
}

// DeviceOf finds the device behind a token; ok is false when the token is unknown, revoked or past its last day.
func (s *Service) DeviceOf(ctx context.Context, token string) (d Device, ok bool, err error) {
	if !strings.HasPrefix(token, tokenPrefix) || len(token) != len(tokenPrefix)+43 {
		return d, false, nil
	}
	hash := tokenHash(token)
	r, ok := s.devices.find(string(hash), s.Now())
	if !ok {
		if r.Device, ok, err = s.readDevice(ctx, hash); err != nil || !ok {
			return d, false, err
		}
		s.devices.keep(string(hash), r)
	}
	if r.RevokedMS != 0 || !r.Until.IsZero() && r.Until.Before(postal.DayOf(s.Now())) {
		return d, false, nil
	}
	if s.used(ctx, &r.Device) {
		s.devices.keep(string(hash), r)
	}
	return r.Device, true, nil
}

func (s *Service) readDevice(ctx context.Context, hash []byte) (d Device, ok bool, err error) {
	find, err := s.DB.Ask(ctx, `SELECT `+deviceColumns+` FROM account_device WHERE token = $1`)
	if err != nil {
		return d, false, fmt.Errorf("find device: %w", err)
	}
	d, err = scanDevice(find.QueryRowContext(ctx, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err != nil {
		return d, false, fmt.Errorf("find device: %w", err)
	}
	return d, true, nil
}

// used notes the last use, at most once a minute and never at the price of the request; it reports whether it did.
func (s *Service) used(ctx context.Context, d *Device) bool {
	nowMS := s.nowMS()
	if nowMS-d.UsedMS < seenEvery.Milliseconds() {
		return false
	}
	d.UsedMS = nowMS // tried, at least: the next minute tries again
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE account_device SET used_ms = $2 WHERE id = $1`, d.ID, nowMS)
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		s.log().WarnContext(ctx, "use of device not noted", "device", d.ID, "err", err)
	}
	return true
}

// Person is the device as the routes see it: it holds the right Device and its own rights, all for its office.
func (d Device) Person() web.Person {
	p := web.Person{ID: postal.StaffID(d.ID), Name: d.Name, Session: d.ID}
	for _, r := range append([]web.Right{web.Device}, d.Rights...) {
		p.Roles = append(p.Roles, web.Role{Name: r, Office: d.Office, Until: d.Until})
	}
	return p
}

func (s *Service) whoDevice(ctx context.Context, token string) (web.Person, bool, error) {
	d, ok, err := s.DeviceOf(ctx, token)
	if !ok || err != nil {
		return web.Person{}, false, err
	}
	return d.Person(), true, nil
}

// bearer reads the token of an API request (Authorization: Bearer …).
func bearer(r *http.Request) (string, bool) {
	kind, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(kind, "Bearer")
}
