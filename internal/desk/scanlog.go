package desk

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// did says what a scan came to.
type did string

// What a scan can come to.
const (
	didShow   did = "shown"
	didPack   did = "packed"
	didTake   did = "taken_out"
	didLoad   did = "loaded"
	didCount  did = "counted"
	didAccept did = "accepted"
	didOpen   did = "opened"
	didAsk    did = "asked" // waits for an answer, as a bag does whose seal comes next
	didRefuse did = "refused"
)

// undoable are the scans that moved something and may be taken back.
func (d did) undoable() bool { return d == didPack || d == didLoad || d == didAccept }

// scan is one line of a person's last scans.
type scan struct {
	ID      postal.ActID
	AtMs    int64
	Context event.Thing
	Code    event.Thing
	Did     did
	Act     postal.ActID
	Undone  bool
	CanUndo bool
}

// shownScans is how many of the last scans a desk shows.
const shownScans = 10

// scansKept is how long scans stay listed: a night shift sees its beginning.
const scansKept = 48 * time.Hour

// keepScan lists a scan under the person who made it.
func (s *Service) keepScan(ctx context.Context, staff postal.StaffID, sc scan) error {
	now := s.Now()
	var act []byte
	if !sc.Act.IsZero() {
		act = sc.Act[:]
	}
	id := postal.NewActID(now)
	old := postal.NewActID(now.Add(-scansKept))
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO desk_scan (staff, id, at_ms, context, code, did, act) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			string(staff), id[:], postal.Millis(now), string(sc.Context), string(sc.Code), string(sc.Did), act)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM desk_scan WHERE staff = $1 AND id < $2`, string(staff), old[:])
		}
		if err != nil {
			return fmt.Errorf("keep scan: %w", err)
		}
		return nil
	})
}

// lastScans gives a person's last scans, newest first.
func (s *Service) lastScans(ctx context.Context, staff postal.StaffID, limit int) ([]scan, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT id, at_ms, context, code, did, act, undone FROM desk_scan WHERE staff = $1 ORDER BY id DESC LIMIT $2`, string(staff), limit)
	if err != nil {
		return nil, fmt.Errorf("last scans: %w", err)
	}
	defer rows.Close()
	var list []scan
	for rows.Next() {
		var sc scan
		var id, act []byte
		var undone int64
		if err := rows.Scan(&id, &sc.AtMs, &sc.Context, &sc.Code, &sc.Did, &act, &undone); err != nil {
			return nil, fmt.Errorf("last scans: %w", err)
		}
		copy(sc.ID[:], id)
		copy(sc.Act[:], act)
		sc.Undone = undone != 0
		list = append(list, sc)
	}
	return list, rows.Err()
}

// scansToday counts what a person's scans have moved since midnight.
func (s *Service) scansToday(ctx context.Context, staff postal.StaffID) (n int64, err error) {
	err = s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM desk_scan WHERE staff = $1 AND at_ms >= $2 AND undone = 0 AND did IN ('packed','taken_out','loaded','counted','accepted')`,
		string(staff), postal.Millis(s.today().Start())).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("scans of today: %w", err)
	}
	return n, nil
}

// repeatWithin is the time in which the same code is taken for a scanner that bounced.
const repeatWithin = 2 * time.Second

// bounced reports whether the person has just scanned this code in this context.
func (s *Service) bounced(list []scan, in, code event.Thing) bool {
	return len(list) > 0 && list[0].Code == code && list[0].Context == in && list[0].Did != didRefuse && list[0].Did != didAsk &&
		postal.Millis(s.Now())-list[0].AtMs < repeatWithin.Milliseconds()
}

// markUndone strikes a scan through.
func (s *Service) markUndone(ctx context.Context, staff postal.StaffID, id postal.ActID) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE desk_scan SET undone = 1 WHERE staff = $1 AND id = $2`, string(staff), id[:])
		return err
	})
}

// scanByID finds one scan of a person.
func (s *Service) scanByID(ctx context.Context, staff postal.StaffID, id postal.ActID) (sc scan, ok bool, err error) {
	list, err := s.lastScans(ctx, staff, 4*shownScans) // older ones are off every screen
	for _, sc := range list {
		if sc.ID == id {
			return sc, true, err
		}
	}
	return scan{}, false, err
}

// undo is the act that takes a scan back, nil when it can no longer be taken back.
func (sc scan) undo(v *ledger.View, o postal.OfficeCode) ledger.Act {
	if sc.Undone || !sc.Did.undoable() {
		return nil
	}
	switch sc.Did {
	case didPack:
		i, _ := ledger.Get[*custody.Item](v, custody.KeyOf(sc.Code))
		b, _ := ledger.Get[*custody.Bag](v, custody.KeyOf(sc.Context))
		if i != nil && b != nil && i.In == sc.Context && b.Status == custody.BagOpen && b.Holder == custody.AtOffice(o) {
			return custody.Unpack{Item: postal.ItemNumber(sc.Code), Bag: sc.Context}
		}
	case didLoad:
		d, _ := ledger.Get[*custody.Dispatch](v, custody.KeyOf(sc.Context))
		if d != nil && d.Status == custody.DispatchOpen && d.Holder == custody.AtOffice(o) && inside(v, sc.Code) == sc.Context {
			return custody.Unload{Thing: sc.Code, Dispatch: sc.Context}
		}
	case didAccept:
		if i, ok := ledger.Get[*custody.Item](v, custody.KeyOf(sc.Code)); ok && i.Last.Act == sc.Act && i.Last.Office == o && i.Handover == "" {
			return custody.Undo{Item: i.Code, Act: sc.Act} // through the till: see undoScan
		}
	}
	return nil
}

// inside is the container that an item or bag is in.
func inside(v *ledger.View, t event.Thing) event.Thing {
	switch st := v.Get(custody.KeyOf(t)).(type) {
	case *custody.Item:
		return st.In
	case *custody.Bag:
		return st.In
	}
	return ""
}

// withUndo says of each scan whether it can still be taken back.
func (s *Service) withUndo(v *ledger.View, o postal.OfficeCode, list []scan) []scan {
	var keys []ledger.Key
	for _, sc := range list {
		for _, t := range []event.Thing{sc.Code, sc.Context} {
			if k := custody.KeyOf(t); k != "" {
				keys = append(keys, k)
			}
		}
	}
	v.Load(keys...)
	for i := range list {
		list[i].CanUndo = list[i].undo(v, o) != nil
	}
	return list
}
