package closedmail

import (
	"context"
	"fmt"
	"slices"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// What the report says beside volume and counts: the people and bodies as they were when the period ended, items that came whole, deliveries a day, inspections of the year.

// Figures are those. What happens after the period does not change them.
type Figures struct {
	Workers   int // with a duty and all papers valid when the period ended; now, while it runs
	Faulty    int // bodies that lacked a registry clerk or a contact then
	Ended     int // items accepted in the period that were delivered, or given up as lost
	Intact    int // of them those that no incident left torn, opened or lost
	Inspected int // regular inspections that ended in the year, up to the end of the period
	Rounds    []Rounds
}

// Rounds are the deliveries of an office on those days of a period on which a rule fixes their least number.
type Rounds struct {
	Office postal.OfficeCode
	Days   int // on which there were any
	Rounds int
	Below  int // days with fewer than the rule asks
}

// figures gathers them. The end of a period that still runs is now.
func (r *Records) figures(ctx context.Context, l *Law, from, to postal.Day, nowMs int64) (f Figures, err error) {
	until := min(nowMs, postal.Millis(to.AddDays(1).Start())-1)
	if f.Workers, err = r.workersAt(ctx, until); err != nil {
		return f, err
	}
	if f.Faulty, err = r.faultyAt(ctx, until); err != nil {
		return f, err
	}
	err = r.DB.Read().QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN harmed = '' THEN 1 ELSE 0 END), 0) FROM closedmail_item
		WHERE day >= $1 AND day <= $2 AND undone = 0 AND from_partner = '' AND (delivered_ms > 0 OR lost = 1)`, from.String(), to.String()).Scan(&f.Ended, &f.Intact)
	if err != nil {
		return f, fmt.Errorf("count what came whole: %w", err)
	}
	year, _, _ := to.Date()
	if f.Inspected, err = r.inspected(ctx, postal.MakeDay(year, time.January, 1), to); err != nil {
		return f, err
	}
	f.Rounds, err = r.rounds(ctx, l, from, to)
	return f, err
}

// workersAt counts the workers directly engaged at a moment: those with a duty whose papers were all valid.
func (r *Records) workersAt(ctx context.Context, ms int64) (n int, err error) {
	var keys []ledger.Key
	for _, w := range Workers(r.Ledger.View(ctx)) {
		keys = append(keys, WorkerKey(w.ID))
	}
	all := map[postal.StaffID]*Worker{}
	err = r.until(ctx, keys, ms, func(f event.Fact) {
		who := workerOf(f)
		if who == "" {
			return
		}
		if all[who] == nil {
			all[who] = &Worker{}
		}
		all[who].fold(f)
	})
	for _, w := range all {
		if len(w.Duties) > 0 && len(w.Lacks(postal.DayOf(postal.FromMillis(ms)))) == 0 {
			n++
		}
	}
	return n, err
}

// faultyAt counts the bodies on the list that lacked a registry clerk or a contact at a moment. Persons of bodies of another province are named where those are.
func (r *Records) faultyAt(ctx context.Context, ms int64) (n int, err error) {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT code FROM closedmail_entry e WHERE office NOT LIKE 'agency:%'
		AND version = (SELECT max(version) FROM closedmail_entry f WHERE f.code = e.code AND f.from_ms <= $1)`, ms)
	if err != nil {
		return 0, fmt.Errorf("bodies of the directory: %w", err)
	}
	defer rows.Close()
	var keys []ledger.Key
	for rows.Next() {
		var code BodyCode
		if err := rows.Scan(&code); err != nil {
			return 0, fmt.Errorf("bodies of the directory: %w", err)
		}
		keys = append(keys, BodyKey(code))
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	all := map[BodyCode]*Body{}
	err = r.until(ctx, keys, ms, func(f event.Fact) {
		code := bodyOf(f)
		if code == "" {
			return
		}
		if all[code] == nil {
			all[code] = &Body{}
		}
		all[code].fold(f)
	})
	for _, b := range all {
		if !b.Ended && len(b.Faults()) > 0 {
			n++
		}
	}
	return n, err
}

// readAtOnce bounds the states, and the entries, that one query asks for.
const readAtOnce = 500

// until tells every fact in the entries of these states up to a moment, in the order of the ledger.
func (r *Records) until(ctx context.Context, keys []ledger.Key, ms int64, tell func(event.Fact)) error {
	var seqs []int64
	for some := range slices.Chunk(keys, readAtOnce) {
		trails, err := r.Ledger.Trails(ctx, some)
		if err != nil {
			return err
		}
		for _, trail := range trails {
			seqs = append(seqs, trail...)
		}
	}
	slices.Sort(seqs)
	for some := range slices.Chunk(slices.Compact(seqs), readAtOnce) {
		entries, err := r.Ledger.Entries(ctx, some)
		if err != nil {
			return err
		}
		for n := range entries {
			if entries[n].RecordedMs > ms {
				return nil
			}
			for _, f := range entries[n].Facts {
				tell(f)
			}
		}
	}
	return nil
}

// inspected counts the regular inspections that ended from one day to another.
func (r *Records) inspected(ctx context.Context, from, to postal.Day) (n int, err error) {
	err = r.DB.Read().QueryRowContext(ctx, `SELECT coalesce(sum(n), 0) FROM closedmail_tally WHERE what = $1 AND kind = 'regular' AND day >= $2 AND day <= $3`,
		event.InspectionEnded{}.Fact(), from.String(), to.String()).Scan(&n)
	return n, err
}

// rounds counts the deliveries that each office began, by day, where a rule of the day fixes their least number.
func (r *Records) rounds(ctx context.Context, l *Law, from, to postal.Day) ([]Rounds, error) {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT office, at_ms FROM closedmail_line WHERE register = $1 AND what = $2 AND at_ms >= $3 AND at_ms < $4 ORDER BY office, at_ms`,
		string(HandoverBook), custody.ForDelivery, postal.Millis(from.Start()), postal.Millis(to.AddDays(1).Start()))
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	defer rows.Close()
	var all []Rounds
	perDay := map[postal.OfficeCode]map[postal.Day]int{}
	for rows.Next() {
		var o postal.OfficeCode
		var ms int64
		if err := rows.Scan(&o, &ms); err != nil {
			return nil, fmt.Errorf("count deliveries: %w", err)
		}
		day := postal.DayOf(postal.FromMillis(ms))
		if _, ok := l.Least(perDayKey, day); !ok {
			continue
		}
		if perDay[o] == nil {
			perDay[o] = map[postal.Day]int{}
			all = append(all, Rounds{Office: o})
		}
		perDay[o][day]++
	}
	for n := range all {
		for day, count := range perDay[all[n].Office] {
			all[n].Days, all[n].Rounds = all[n].Days+1, all[n].Rounds+count
			if least, _ := l.Least(perDayKey, day); int64(count) < least.N {
				all[n].Below++
			}
		}
	}
	return all, rows.Err()
}

// The keys of what the report is measured by.
const (
	perDayKey  = "kt1.dispatch.district.per_day"
	safetyKey  = "kt1.safety"
	perYearKey = "kt1.inspection.per_year"
)

// Least is a number that a rule asks for at least.
type Least struct {
	N    int64
	Cite rulebook.Citation
}

// Least gives what a rule of a day asks for; ok is false when none holds.
func (l *Law) Least(key string, day postal.Day) (x Least, ok bool) {
	n, cite, err := l.Calendar.Book().Int(key, day)
	return Least{n, cite}, err == nil
}
