package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// short is what stands for ten seconds here.
const short = 400 * time.Millisecond

// pair opens a database on two machines of which the first serves, with a table n.
func pair(t *testing.T) (*sqldb.DB, []*sqltest.Machine) {
	t.Helper()
	dsn, machines := sqltest.Machines(t, 2)
	sqldb.SetWaits(t, short)
	db, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Log(err) // a server that was given up does not take leave
		}
	})
	if _, err := db.Write().ExecContext(t.Context(), `CREATE TABLE n (n BIGINT)`); err != nil {
		t.Fatal(err)
	}
	return db, machines
}

// change lets the second machine take the place of the first, which freezes.
func change(machines []*sqltest.Machine) {
	machines[0].Freeze()
	machines[1].Start()
}

func add(ctx context.Context, db *sqldb.DB) error {
	return db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO n VALUES (3)`)
		return err
	})
}

// goesOn fails the test unless as many transactions as there are places, at once, end soon, and the next one is done.
func goesOn(t *testing.T, db *sqldb.DB) {
	t.Helper()
	var all sync.WaitGroup
	for range sqldb.Writers {
		all.Go(func() {
			if err := add(t.Context(), db); err != nil && !sqldb.IsAway(err) {
				t.Error(err)
			}
		})
	}
	within(t, 10*time.Second, all.Wait)
	within(t, 10*time.Second, func() {
		if err := add(t.Context(), db); err != nil {
			t.Errorf("the other machine serves: %v", err)
		}
	})
}

// within fails the test when do takes longer.
func within(t *testing.T, d time.Duration, do func()) {
	t.Helper()
	done := make(chan bool)
	go func() { defer close(done); do() }()
	select {
	case <-done:
	case <-time.After(d):
		t.Fatalf("not done after %s", d)
	}
}

// TestAFrozenMachineKeepsNoPlaceAmongTheWriters freezes a machine under as many transactions as there are places, none of which has a time set by its caller. What would hurt: a program that stands still
// although another machine serves, and a commit that its own client cancelled.
func TestAFrozenMachineKeepsNoPlaceAmongTheWriters(t *testing.T) {
	for step, last := range map[string]func(context.Context, *sql.Tx) error{
		"statement": func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO n VALUES (2)`)
			return err
		},
		"commit": func(context.Context, *sql.Tx) error { return nil },
		"undo":   func(context.Context, *sql.Tx) error { return errChanged },
	} {
		t.Run(step, func(t *testing.T) {
			db, machines := pair(t)
			inside, frozen := make(chan bool), make(chan bool)
			var all sync.WaitGroup
			for range sqldb.Writers {
				all.Go(func() {
					err := db.Tx(t.Context(), func(tx *sql.Tx) error {
						if _, err := tx.ExecContext(t.Context(), `INSERT INTO n VALUES (1)`); err != nil {
							return err
						}
						inside <- true
						<-frozen
						return last(t.Context(), tx)
					})
					if !sqldb.IsAway(err) && !errors.Is(err, errChanged) {
						t.Errorf("%v", err)
					}
				})
			}
			for range sqldb.Writers {
				<-inside
			}
			change(machines)
			close(frozen)
			within(t, 10*time.Second, all.Wait)
			goesOn(t, db)
			if n := machines[0].Asked.Load(); n != 0 {
				t.Errorf("%d questions were cancelled, perhaps commits", n)
			}
		})
	}
}

var errChanged = errors.New("changed my mind")

// TestConnectionsThatLieIdleToAFrozenMachineAreLeft: some were used a moment ago, some not; all have questions prepared, to take back which the driver would wait long.
func TestConnectionsThatLieIdleToAFrozenMachineAreLeft(t *testing.T) {
	for name, idle := range map[string]time.Duration{"a moment": 0, "a while": 1100 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			db, machines := pair(t)
			fill(t, db)
			<-time.After(idle)
			change(machines)
			goesOn(t, db)
		})
	}
}

// fill opens all the connections that may write, each with a question prepared.
func fill(t *testing.T, db *sqldb.DB) {
	t.Helper()
	stmt, err := db.Write().PrepareContext(t.Context(), `SELECT count(*) FROM n`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stmt.Close() }) // its connections may be gone
	var held []*sql.Rows                   // each on a connection of its own
	for range sqldb.Writers {
		rows, err := stmt.QueryContext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, rows)
	}
	for _, rows := range held {
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestASlowQuestionIsNotGivenUp: it waits for longer than a frozen machine is waited for, also after something else gave reason to doubt.
func TestASlowQuestionIsNotGivenUp(t *testing.T) {
	db, _ := pair(t)
	err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		db.Suspect()
		_, err := tx.ExecContext(t.Context(), `SELECT pg_sleep($1)`, (4 * short).Seconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAQuestionOfAnEarlierEraEndsOneDay: the machine is awake, only what this question needs hangs.
func TestAQuestionOfAnEarlierEraEndsOneDay(t *testing.T) {
	db, _ := pair(t)
	within(t, 30*short, func() {
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			db.Suspect()
			_, err := tx.ExecContext(t.Context(), `SELECT pg_sleep($1)`, (60 * short).Seconds())
			return err
		})
		if !sqldb.IsAway(err) {
			t.Errorf("%v", err)
		}
	})
}

// TestTheEndDoesNotWaitForAFrozenMachine: a node that is told to stop must stop.
func TestTheEndDoesNotWaitForAFrozenMachine(t *testing.T) {
	db, machines := pair(t)
	fill(t, db)
	machines[0].Freeze()
	within(t, 10*time.Second, func() { _ = db.Close() }) // that it ends is what is asked here
}
