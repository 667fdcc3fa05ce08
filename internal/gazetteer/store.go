package gazetteer

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables of this package up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	sub, err := fs.Sub(schema, "schema")
	if err != nil {
		return fmt.Errorf("schema of gazetteer: %w", err)
	}
	return sqldb.Migrate(ctx, db, "gazetteer", sub)
}

// Store keeps what a site has imported: its offices, and the units and links that lie over the shipped tables.
type Store struct {
	DB  *sqldb.DB
	Now func() time.Time
}

// Gazetteer gives the shipped tables with the site's imports over them.
func (s *Store) Gazetteer(ctx context.Context) (*Gazetteer, error) { return overlaid(ctx, s.DB.Read()) }

func overlaid(ctx context.Context, q sqldb.Querier) (*Gazetteer, error) {
	base, err := Load()
	if err != nil {
		return nil, err
	}
	units, err := queryUnits(ctx, q)
	if err != nil {
		return nil, err
	}
	links, err := queryLinks(ctx, q)
	if err != nil {
		return nil, err
	}
	return base.With(units, links)
}

// Offices lists the offices open on a day, by code.
func (s *Store) Offices(ctx context.Context, day postal.Day) ([]Office, error) {
	all, err := queryOffices(ctx, s.DB.Read(), "")
	if err != nil {
		return nil, err
	}
	var open []Office
	for _, o := range all {
		if o.Open(day) {
			open = append(open, o)
		}
	}
	return open, nil
}

// Directory gives the offices open on a day with search; places is the gazetteer of the site.
func (s *Store) Directory(ctx context.Context, places *Gazetteer, day postal.Day) (*Directory, error) {
	offices, err := s.Offices(ctx, day)
	if err != nil {
		return nil, err
	}
	return NewDirectory(places, offices, day), nil
}

// Office gives the newest version of an office, open or closed, because old items still name closed ones.
func (s *Store) Office(ctx context.Context, code postal.OfficeCode) (Office, error) {
	all, err := queryOffices(ctx, s.DB.Read(), code)
	if err != nil {
		return Office{}, err
	}
	if len(all) == 0 {
		return Office{}, fault.New(fault.NotFound, "gazetteer.no_office", "Không có bưu cục mã %s.", "There is no office %s.", code)
	}
	return all[len(all)-1], nil
}

// SaveOffices writes offices as they are, all or none. A version that is there already is replaced, so writing twice is harmless.
func (s *Store) SaveOffices(ctx context.Context, offices ...Office) error {
	for _, o := range offices {
		if err := o.check(); err != nil {
			return err
		}
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error { return saveOffices(ctx, tx, offices) })
}

// Plan tells what taking in a release would do and writes nothing.
func (s *Store) Plan(ctx context.Context, r Release, inUse InUse) (*Plan, error) {
	return makePlan(ctx, s.DB.Read(), r, inUse)
}

// Apply takes a release in, in one transaction, or refuses with a fault and writes nothing; the plan tells why. A second time it finds nothing to do.
// It is planned anew on what is recorded at that moment, and inUse is asked before the transaction begins.
func (s *Store) Apply(ctx context.Context, r Release, inUse InUse) (*Plan, error) {
	p, err := makePlan(ctx, s.DB.Read(), r, inUse)
	if err != nil {
		return nil, err
	}
	if err := p.Err(); err != nil {
		return p, err
	}
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE gazetteer_turn SET turns = turns + 1 WHERE id = 1`); err != nil {
			return fmt.Errorf("wait for the turn to import: %w", err)
		}
		again, err := makePlan(ctx, tx, r, nil)
		if err != nil {
			return err
		}
		if !again.sameAs(p) {
			return fault.New(fault.Conflict, "gazetteer.changed_meanwhile",
				"Dữ liệu vừa được người khác thay đổi. Hãy xem lại rồi nhập lại.", "The data was changed by someone else just now. Look again, then import again.")
		}
		return s.write(ctx, tx, p)
	})
	if err != nil {
		return p, err
	}
	p.Applied = true
	return p, nil
}

func makePlan(ctx context.Context, q sqldb.Querier, r Release, inUse InUse) (*Plan, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	g, err := overlaid(ctx, q)
	if err != nil {
		return nil, err
	}
	switch r.What {
	case UnitsFile:
		return planUnits(ctx, g, r, inUse)
	case LinksFile:
		return planLinks(g, r)
	case OfficesFile:
		recorded, err := queryOffices(ctx, q, "")
		if err != nil {
			return nil, err
		}
		return planOffices(ctx, g, recorded, r, inUse)
	}
	return nil, fault.New(fault.Invalid, "gazetteer.what", "Không nhập được loại tệp %q (units, lineage, offices).", "There is no file of kind %q (units, lineage, offices).", r.What)
}

func (s *Store) write(ctx context.Context, tx *sql.Tx, p *Plan) error {
	if p.Empty() {
		return nil
	}
	if err := saveUnits(ctx, tx, p.units); err != nil {
		return err
	}
	if err := saveLinks(ctx, tx, p.links); err != nil {
		return err
	}
	if err := saveOffices(ctx, tx, p.offices); err != nil {
		return err
	}
	const text = `INSERT INTO gazetteer_import (what, sha256, valid_from, act, rows_read, added, closed, renamed, moved, changed, imported_at_ms)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) ON CONFLICT (what, sha256, valid_from) DO UPDATE SET imported_at_ms = excluded.imported_at_ms`
	_, err := tx.ExecContext(ctx, text, string(p.What), p.SHA256, p.From.String(), p.Act, p.Rows,
		len(p.Added), len(p.Closed), len(p.Renamed), len(p.Moved), len(p.Changed), s.Now().UnixMilli())
	if err != nil {
		return fmt.Errorf("note the import: %w", err)
	}
	return nil
}

// Import is one file that was taken in.
type Import struct {
	What       What
	SHA256     string
	From       postal.Day
	Act        string
	Rows       int
	ImportedAt time.Time
}

// Imports lists the files taken in, newest first.
func (s *Store) Imports(ctx context.Context) ([]Import, error) {
	const text = `SELECT what, sha256, valid_from, act, rows_read, imported_at_ms FROM gazetteer_import ORDER BY imported_at_ms DESC, what, sha256, valid_from`
	return collect(ctx, s.DB.Read(), text, nil, func(rows *sql.Rows) (i Import, err error) {
		var from string
		var atMs int64
		if err := rows.Scan(&i.What, &i.SHA256, &from, &i.Act, &i.Rows, &atMs); err != nil {
			return i, err
		}
		i.ImportedAt = time.UnixMilli(atMs).UTC()
		i.From, err = parseDay(from)
		return i, err
	})
}

// batch rows are written with one statement. SQLite looks a numbered parameter up among all others of its statement, so long statements cost more
// than many short ones: fourteen thousand units take five seconds by 500 and less than one by 30.
const batch = 30

func saveUnits(ctx context.Context, q sqldb.Querier, units []Unit) error {
	const head = `INSERT INTO gazetteer_unit (code, valid_from, valid_to, kind, name, name_en, district, province, postcode, act, area_ha, population, lat, lon, seat) VALUES `
	const tail = ` ON CONFLICT (code, valid_from) DO UPDATE SET valid_to = excluded.valid_to, kind = excluded.kind, name = excluded.name, name_en = excluded.name_en,
		district = excluded.district, province = excluded.province, postcode = excluded.postcode, act = excluded.act, area_ha = excluded.area_ha,
		population = excluded.population, lat = excluded.lat, lon = excluded.lon, seat = excluded.seat`
	return insert(ctx, q, "units", head, tail, units, func(u Unit) []any {
		return []any{string(u.Code), u.ValidFrom.String(), u.ValidTo.String(), string(u.Kind), u.Name, u.NameEN, string(u.District), string(u.Province),
			u.Postcode, u.Act, u.AreaHa, u.Population, u.Lat, u.Lon, u.Seat}
	})
}

func saveLinks(ctx context.Context, q sqldb.Querier, links []Link) error {
	const head = `INSERT INTO gazetteer_link (on_day, old_code, new_code, share, act) VALUES `
	const tail = ` ON CONFLICT (on_day, old_code, new_code) DO UPDATE SET share = excluded.share, act = excluded.act`
	return insert(ctx, q, "links", head, tail, links, func(l Link) []any {
		return []any{l.On.String(), string(l.Old), string(l.New), string(l.Share), l.Act}
	})
}

func saveOffices(ctx context.Context, q sqldb.Querier, offices []Office) error {
	const head = `INSERT INTO gazetteer_office (code, valid_from, valid_to, kind, name, unit, address, lat, lon, hours, act, made_up) VALUES `
	const tail = ` ON CONFLICT (code, valid_from) DO UPDATE SET valid_to = excluded.valid_to, kind = excluded.kind, name = excluded.name, unit = excluded.unit,
		address = excluded.address, lat = excluded.lat, lon = excluded.lon, hours = excluded.hours, act = excluded.act, made_up = excluded.made_up`
	return insert(ctx, q, "offices", head, tail, offices, func(o Office) []any {
		return []any{string(o.Code), o.ValidFrom.String(), o.ValidTo.String(), string(o.Kind), o.Name, string(o.Unit), o.Address, o.Lat, o.Lon, string(o.Hours), o.Act, o.MadeUp}
	})
}

// insert writes rows in batches.
func insert[T any](ctx context.Context, q sqldb.Querier, what, head, tail string, list []T, values func(T) []any) error {
	for len(list) > 0 {
		part := list[:min(batch, len(list))]
		list = list[len(part):]
		var args []any
		for _, v := range part {
			args = append(args, values(v)...)
		}
		if _, err := q.ExecContext(ctx, head+sqldb.Rows(len(part), len(args)/len(part))+tail, args...); err != nil {
			return fmt.Errorf("write %s: %w", what, err)
		}
	}
	return nil
}

func queryUnits(ctx context.Context, q sqldb.Querier) ([]Unit, error) {
	const text = `SELECT code, valid_from, valid_to, kind, name, name_en, district, province, postcode, act, area_ha, population, lat, lon, seat FROM gazetteer_unit`
	return collect(ctx, q, text, nil, func(rows *sql.Rows) (u Unit, err error) {
		var from, to string
		err = rows.Scan(&u.Code, &from, &to, &u.Kind, &u.Name, &u.NameEN, &u.District, &u.Province, &u.Postcode, &u.Act, &u.AreaHa, &u.Population, &u.Lat, &u.Lon, &u.Seat)
		return u, errors.Join(err, parseDays(from, &u.ValidFrom, to, &u.ValidTo))
	})
}

func queryLinks(ctx context.Context, q sqldb.Querier) ([]Link, error) {
	return collect(ctx, q, `SELECT on_day, old_code, new_code, share, act FROM gazetteer_link`, nil, func(rows *sql.Rows) (l Link, err error) {
		var on string
		if err := rows.Scan(&on, &l.Old, &l.New, &l.Share, &l.Act); err != nil {
			return l, err
		}
		l.On, err = parseDay(on)
		return l, err
	})
}

// queryOffices lists all versions of one office, or of all of them when code is empty, by code and first day.
func queryOffices(ctx context.Context, q sqldb.Querier, code postal.OfficeCode) ([]Office, error) {
	const text = `SELECT code, valid_from, valid_to, kind, name, unit, address, lat, lon, hours, act, made_up FROM gazetteer_office
		WHERE code = $1 OR $1 = '' ORDER BY code, valid_from`
	return collect(ctx, q, text, []any{string(code)}, func(rows *sql.Rows) (o Office, err error) {
		var from, to string
		err = rows.Scan(&o.Code, &from, &to, &o.Kind, &o.Name, &o.Unit, &o.Address, &o.Lat, &o.Lon, &o.Hours, &o.Act, &o.MadeUp)
		return o, errors.Join(err, parseDays(from, &o.ValidFrom, to, &o.ValidTo))
	})
}

func parseDays(from string, first *postal.Day, to string, last *postal.Day) (err error) {
	var err2 error
	*first, err = parseDay(from)
	*last, err2 = parseDay(to)
	return errors.Join(err, err2)
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q sqldb.Querier, text string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read the gazetteer: %w", err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read the gazetteer: %w", err)
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
