package closedmail

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables of closed mail up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "closedmail", schema)
}

// Follower is the name under which Project follows the ledger.
const Follower = "closedmail"

// Project writes items, register lines and tallies into their tables, for ledger.Follow.
func Project(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	for i := range entries {
		e := &entries[i]
		for _, f := range e.Facts {
			if err := project(ctx, tx, e, f); err != nil {
				return fmt.Errorf("closed mail of entry %d: %w", e.Seq, err)
			}
		}
	}
	return nil
}

// Line is one line of a register.
type Line struct {
	N         int
	Seq       int64
	AtMs      int64
	Code      string
	Number    string
	Sender    BodyCode
	Addressee BodyCode
	Marks     string
	First     postal.StaffID
	Second    postal.StaffID
	Count     int
	What      string
}

// harmful are the troubles after which an item is not known to be whole: lost, torn, perhaps opened. A supervisor who looked and found it unharmed takes that back.
var harmful = []Trouble{Seals, Torn, Short, "theft", Back}

// findingTally counts what ended inspections found.
const findingTally = "kt1.inspection_finding"

func project(ctx context.Context, tx *sql.Tx, e *event.Entry, f event.Fact) error {
	run := func(text string, args ...any) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	}
	switch f := f.(type) {
	case event.KT1Accepted:
		return projectAccepted(ctx, tx, e, f)
	case event.ItemUndone:
		if err := run(`UPDATE closedmail_item SET undone = 1 WHERE item = $1 AND attempt_ms = 0 AND delivered_ms = 0`, string(f.Item)); err != nil {
			return err
		}
		return projectUndone(ctx, tx, e, f)
	case event.KT1Left:
		for n, i := range f.Items {
			if err := run(`UPDATE closedmail_item SET wait_min = $2 WHERE item = $1`, string(i), f.WaitMin[n]); err != nil {
				return err
			}
		}
	case event.ItemAttempted:
		if err := run(`UPDATE closedmail_item SET attempt_ms = $2 WHERE item = $1 AND attempt_ms = 0`, string(f.Item), e.OccurredMs); err != nil {
			return err
		}
		return tally(ctx, tx, e, f.Fact(), f.Reason, 1)
	case event.ItemPacked:
		return run(`UPDATE closedmail_item SET bag = $2 WHERE item = $1`, string(f.Item), string(f.Bag))
	case event.ItemUnpacked:
		return run(`UPDATE closedmail_item SET bag = '' WHERE item = $1`, string(f.Item))
	case event.ItemReturning: // turned back in time and never tried: no first attempt is owed any longer
		return run(`UPDATE closedmail_item SET due_ms = 0 WHERE item = $1 AND attempt_ms = 0 AND due_ms >= $2`, string(f.Item), e.OccurredMs)
	case event.ItemTakenOut:
		if err := run(`UPDATE closedmail_item SET bag = '' WHERE item = $1`, string(f.Item)); err != nil {
			return err
		}
		l := Line{Second: e.Actor, What: string(f.Bag)}
		if back, ok := factOf[event.CameBack](e.Facts); ok { // ours, out of the bag that a partner brought
			l.What = string(back.Bag)
		}
		if err := tx.QueryRowContext(ctx, `SELECT person FROM closedmail_brought WHERE thing = $1`, l.What).Scan(&l.First); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return lineOf(ctx, tx, e, InRegister, f.Item, l)
	case event.BagEmptied:
		return run(`DELETE FROM closedmail_brought WHERE thing = $1`, string(f.Bag))
	case event.KT1Delivered:
		after := 0
		if f.AfterHours {
			after = 1
		}
		if err := run(`UPDATE closedmail_item SET delivered_ms = $2, after_hours = $3, attempt_ms = CASE WHEN attempt_ms = 0 THEN $2 ELSE attempt_ms END WHERE item = $1 AND addressee = $4`,
			string(f.Item), e.OccurredMs, after, f.Body); err != nil { // what went back to its sender is not delivered
			return err
		}
		at := *e
		at.Office = cmp.Or(f.Office, e.Office)
		by := doer(e)
		if f.List != "" {
			by = f.By
		}
		return lineOf(ctx, tx, &at, TransferBook, f.Item, Line{First: by, Second: f.Receiver, What: f.As})
	case event.HandoverSigned:
		return run(`INSERT INTO closedmail_signed (handover, side, person) VALUES ($1, $2, $3) ON CONFLICT (handover, side) DO UPDATE SET person = $3`, string(f.Handover), f.Side, string(f.By))
	case event.HandoverCompleted:
		return projectCompleted(ctx, tx, e, f)
	case event.ShiftHanded:
		return addLine(ctx, tx, e, HandoverBook, Line{Code: fmt.Sprintf("%s/%d", f.Office, f.Shift), First: f.From, Second: f.To, Count: len(f.Held), What: "shift"})
	case event.IncidentOpened:
		code := ""
		if len(f.Things) > 0 {
			code = string(f.Things[0])
		}
		at := *e
		at.Office = f.Office
		if err := addLine(ctx, tx, &at, IncidentBook, Line{Code: code, Number: f.Found, First: doer(e), Count: len(f.Things), What: f.Kind}); err != nil {
			return err
		}
		if err := run(`INSERT INTO closedmail_incident (incident, office, n, code) SELECT $1, $2, max(n), $3 FROM closedmail_line WHERE register = $4 AND office = $2`,
			f.Incident, string(f.Office), code, string(IncidentBook)); err != nil {
			return err
		}
		for _, t := range f.Things {
			if !slices.Contains(harmful, Trouble(f.Kind)) {
				break
			}
			if err := run(`UPDATE closedmail_item SET harmed = $2 WHERE item = $1 OR bag = $1`, string(t), f.Incident); err != nil {
				return err
			}
		}
		if f.Partner != "" {
			if err := tally(ctx, tx, &at, partnerIncident, f.Partner+"/"+f.Kind, max(1, len(f.Things))); err != nil {
				return err
			}
		}
		return tally(ctx, tx, &at, f.Fact(), f.Kind, 1)
	case event.MinutesSigned:
		return incidentLine(ctx, tx, e, f.Incident, Line{First: f.First, Second: f.Second, What: minutesLine})
	case event.GivenToPartner, event.PartnerTold:
		return projectPartner(ctx, tx, e, f)
	case event.IncidentReleased:
		if err := incidentLine(ctx, tx, e, f.Incident, Line{First: f.By, What: releasedLine + f.Decision}); err != nil {
			return err
		}
		if Decision(f.Decision) == Rewrapped {
			return nil
		}
		return run(`UPDATE closedmail_item SET harmed = '' WHERE harmed = $1`, f.Incident)
	case event.KT1Excused:
		return run(`UPDATE closedmail_item SET excuse = $2 WHERE item = $1`, string(f.Item), f.Reason)
	case event.LostFound:
		return run(`UPDATE closedmail_item SET lost = 0 WHERE item = $1 OR bag = $1`, string(f.Thing))
	case event.SearchClosed:
		if len(f.Things) == 0 {
			return nil
		}
		for _, t := range f.Things {
			if err := run(`UPDATE closedmail_item SET lost = 1, harmed = $2 WHERE item = $1 OR bag = $1`, string(t), f.Incident); err != nil {
				return err
			}
		}
		if err := addLine(ctx, tx, e, IncidentBook, Line{Code: string(f.Things[0]), First: f.First, Second: f.Second, Count: len(f.Things), What: string(NotFound)}); err != nil {
			return err
		}
		return tally(ctx, tx, e, f.Fact(), string(NotFound), len(f.Things))
	case event.IncidentReported:
		if err := incidentLine(ctx, tx, e, f.Incident, Line{First: doer(e), What: reportedLine + f.To}); err != nil {
			return err
		}
		return tally(ctx, tx, e, f.Fact(), f.To, 1)
	case event.ComplaintOpened:
		return tally(ctx, tx, e, f.Fact(), f.About, 1)
	case event.ComplaintAnswered:
		return tally(ctx, tx, e, f.Fact(), f.Outcome, 1)
	case event.InspectionEnded:
		for _, finding := range f.Findings {
			if err := tally(ctx, tx, e, findingTally, finding, 1); err != nil {
				return err
			}
		}
		return tally(ctx, tx, e, f.Fact(), f.Kind, 1)
	case event.RegisterPrinted:
		return tally(ctx, tx, e, f.Fact(), f.Register, 1)
	case event.ReportApproved:
		return run(`INSERT INTO closedmail_report_approved (period, digest, seq, person, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (period, digest) DO NOTHING`, f.Period, f.Digest, e.Seq, string(f.By), e.OccurredMs)
	case event.VisitBegan:
		return tally(ctx, tx, e, f.Fact(), f.Purpose, 1)
	}
	return nil
}

// What a line tells when it is not the first about its item or incident.
const (
	undoneLine   = "undone"
	minutesLine  = "minutes"
	reportedLine = "reported:"
	releasedLine = "released:"
)

// projectUndone writes under the lines of an item that was taken in by mistake that it was taken back, and by whom: a line that is printed is never changed.
func projectUndone(ctx context.Context, tx *sql.Tx, e *event.Entry, f event.ItemUndone) error {
	l := Line{First: doer(e), Second: f.Second, What: undoneLine}
	for _, r := range []Register{OutRegister, InRegister} {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM closedmail_line WHERE register = $1 AND office = $2 AND code = $3`, string(r), string(e.Office), string(f.Item)).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := lineOf(ctx, tx, e, r, f.Item, l); err != nil {
			return err
		}
	}
	return nil
}

// incidentLine adds a line to the book in which an incident began. Its number is that of the first line.
func incidentLine(ctx context.Context, tx *sql.Tx, e *event.Entry, incident string, l Line) error {
	at := *e
	var n int
	err := tx.QueryRowContext(ctx, `SELECT office, n, code FROM closedmail_incident WHERE incident = $1`, incident).Scan(&at.Office, &n, &l.Code)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if n > 0 { // else it began before its line was remembered
		l.Number = strconv.Itoa(n)
	}
	return addLine(ctx, tx, &at, IncidentBook, l)
}

func projectAccepted(ctx context.Context, tx *sql.Tx, e *event.Entry, f event.KT1Accepted) error {
	a, ok := factOf[event.ItemAccepted](e.Facts)
	if !ok {
		return errors.New("accepted without custody")
	}
	inter := 0
	if f.Inter {
		inter = 1
	}
	if f.Partner != "" { // taken in anew after it was withdrawn as a mistake
		if _, err := tx.ExecContext(ctx, `DELETE FROM closedmail_item WHERE item = $1 AND undone = 1`, string(f.Item)); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO closedmail_item (item, seq, office, to_office, day, accepted_ms, number, sender, addressee, list, secrecy, urgency, inter, weight_g, fee_vnd, due_ms,
		wait_min, attempt_ms, delivered_ms, after_hours, undone, from_partner) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, -1, 0, 0, 0, 0, $17)`,
		string(f.Item), e.Seq, string(e.Office), string(a.ToOffice), dayOf(e), e.OccurredMs, f.Number, f.Sender, f.Addressee, f.List, f.Secrecy, f.Urgency, inter, int64(a.WeightG), int64(a.FeeVND), a.DueMs, f.Partner)
	if err != nil {
		return err
	}
	l := Line{Code: string(f.Item), Number: f.Number, Sender: BodyCode(f.Sender), Addressee: BodyCode(f.Addressee), Marks: marks(f), First: f.HandedBy, Second: e.Actor}
	if f.Partner != "" { // it comes in, and was never sent from here
		if err := tally(ctx, tx, e, takenIn, f.Partner, 1); err != nil {
			return err
		}
		return addLine(ctx, tx, e, InRegister, l)
	}
	if err := addLine(ctx, tx, e, OutRegister, l); err != nil {
		return err
	}
	if a.ToOffice == e.Office { // it arrives where it was taken in
		return addLine(ctx, tx, e, InRegister, l)
	}
	return nil
}

// marks writes the outer marks as codes: "A express named recall:2020-05-01".
func marks(f event.KT1Accepted) string {
	var out []string
	for _, m := range []string{f.Secrecy, f.Urgency} {
		if m != "" {
			out = append(out, m)
		}
	}
	if f.NamedOnly {
		out = append(out, "named")
	}
	if !f.RecallBy.IsZero() {
		out = append(out, "recall:"+f.RecallBy.String())
	}
	return strings.Join(out, " ")
}

// What reports count of partners beside the facts' own names.
const (
	takenIn         = "kt1.taken_in"
	partnerIncident = "kt1.partner_incident"
)

// projectPartner keeps what partners have to do with items.
func projectPartner(ctx context.Context, tx *sql.Tx, e *event.Entry, f event.Fact) error {
	run := func(text string, args ...any) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	}
	switch f := f.(type) {
	case event.GivenToPartner:
		for _, i := range f.Items {
			if err := run(`UPDATE closedmail_item SET to_partner = $2, given_day = $3, told = '' WHERE item = $1`, string(i), f.Partner, dayOf(e)); err != nil {
				return err
			}
		}
		return tally(ctx, tx, e, f.Fact(), f.Partner, len(f.Items))
	case event.PartnerTold: // an attempt that failed is the item's own fact beside this one
		if f.Told == custody.ToldDelivered && !f.Home {
			if err := run(`UPDATE closedmail_item SET delivered_ms = $2, bag = '', attempt_ms = CASE WHEN attempt_ms = 0 THEN $2 ELSE attempt_ms END WHERE item = $1`, string(f.Item), e.OccurredMs); err != nil {
				return err
			}
		}
		if err := run(`UPDATE closedmail_item SET told = $2 WHERE item = $1`, string(f.Item), f.Told); err != nil {
			return err
		}
		return tally(ctx, tx, e, f.Fact(), f.Told, 1)
	}
	return nil
}

// lineOf adds a line about an item, with its cover as the register in which it stands first has it.
func lineOf(ctx context.Context, tx *sql.Tx, e *event.Entry, r Register, item postal.ItemNumber, l Line) error {
	l.Code = string(item)
	err := tx.QueryRowContext(ctx, `SELECT number, sender, addressee, marks FROM closedmail_line WHERE register IN ('out', 'in') AND code = $1 ORDER BY seq LIMIT 1`, string(item)).
		Scan(&l.Number, &l.Sender, &l.Addressee, &l.Marks)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // no item of closed mail
	}
	if err != nil {
		return err
	}
	return addLine(ctx, tx, e, r, l)
}

func addLine(ctx context.Context, tx *sql.Tx, e *event.Entry, r Register, l Line) error {
	var last int
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM closedmail_line WHERE register = $1 AND office = $2`, string(r), string(e.Office)).Scan(&last); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO closedmail_line (register, office, n, seq, at_ms, code, number, sender, addressee, marks, first, second, count, what)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		string(r), string(e.Office), last+1, e.Seq, e.OccurredMs, l.Code, l.Number, string(l.Sender), string(l.Addressee), l.Marks, string(l.First), string(l.Second), l.Count, l.What)
	return err
}

func projectCompleted(ctx context.Context, tx *sql.Tx, e *event.Entry, f event.HandoverCompleted) error {
	l := Line{Code: string(f.Handover), Count: len(f.Moved), What: "handover"}
	if f.Purpose != "" {
		l.What = f.Purpose
	}
	for side, into := range map[string]*postal.StaffID{"giver": &l.First, "taker": &l.Second} {
		err := tx.QueryRowContext(ctx, `SELECT person FROM closedmail_signed WHERE handover = $1 AND side = $2`, string(f.Handover), side).Scan(into)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if custody.Office(f.To) != "" {
		if err := brought(ctx, tx, f.Moved, l.First); err != nil {
			return err
		}
	}
	_, at, _, err := postal.ParseCode(string(f.Handover)) // the office where the handover was opened
	if err != nil {
		return err
	}
	where := *e
	where.Office = at
	return addLine(ctx, tx, &where, HandoverBook, l)
}

// brought keeps who brought bags and boxes, until they are emptied: the in-register names him beside each item that is taken out.
func brought(ctx context.Context, tx *sql.Tx, moved []event.Thing, by postal.StaffID) error {
	for _, t := range moved {
		if _, err := postal.ParseItemNumber(string(t)); err == nil {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO closedmail_brought (thing, person) VALUES ($1, $2) ON CONFLICT (thing) DO UPDATE SET person = $2`, string(t), string(by)); err != nil {
			return err
		}
	}
	return nil
}

func tally(ctx context.Context, tx *sql.Tx, e *event.Entry, what, kind string, n int) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO closedmail_tally (day, office, what, kind, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (day, office, what, kind) DO UPDATE SET n = closedmail_tally.n + $5`, dayOf(e), string(e.Office), what, kind, n)
	return err
}

func dayOf(e *event.Entry) string { return postal.DayOf(postal.FromMillis(e.RecordedMs)).String() }
