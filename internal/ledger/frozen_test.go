package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestTheLedgerGoesOnWhenAMachineFreezesAndAnotherOneServes freezes one machine after the other under the ledger's work and that of as many followers as may write at once. None of them wakes up. What
// would hurt: a program that stands still until it does, an act that was acknowledged and is not there, an act that was sent again and counted twice.
func TestTheLedgerGoesOnWhenAMachineFreezesAndAnotherOneServes(t *testing.T) {
	freezes := killsWanted(t, 1)
	dsn, machines := sqltest.Machines(t, freezes+1)
	db, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := openSigned(t, db, newKey(t))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() { follow(ctx, db) })
	}
	var mu sync.Mutex
	acked := map[postal.ActID]int64{}
	for w := range 8 {
		work.Go(func() {
			for ctx.Err() == nil {
				e := envelope()
				r, err := sendAgain(l, e, count{Key: fmt.Sprint(w)})
				if err != nil {
					t.Errorf("an error that sending again does not mend: %v", err)
					return
				}
				mu.Lock()
				acked[e.Act] = r.Seq
				mu.Unlock()
			}
		})
	}
	for n := range freezes {
		grows(t, l, 200)
		machines[n].Freeze()
		machines[n+1].Start()
		began := time.Now()
		grows(t, l, 1)
		t.Logf("freeze %d: nothing was recorded for %.1f s", n+1, time.Since(began).Seconds())
	}
	grows(t, l, 200)
	stop()
	work.Wait()
	judgeEntries(t, l, acked)
	mustClose(t, l)
	if v := verdict(t, db); !v.OK() {
		t.Fatalf("%s", v.In("en"))
	}
}

// follow writes in transactions of its own whose statements have no time set.
func follow(ctx context.Context, db *sqldb.DB) {
	for ctx.Err() == nil {
		_ = db.Tx(context.WithoutCancel(ctx), func(tx *sql.Tx) error { // away now and then
			var n int
			return tx.QueryRow(`SELECT count(*) FROM ledger_checkpoint`).Scan(&n)
		})
		<-time.After(5 * time.Millisecond) // leaves the processor to others
	}
}

// sendAgain sends an act until it is known what became of it, as a client does.
func sendAgain(l *ledger.Ledger, e ledger.Envelope, act ledger.Act) (r ledger.Receipt, err error) {
	for range 100 {
		if r, err = l.Append(context.Background(), e, act); !fault.Is(err, fault.Unavailable) {
			return r, err
		}
	}
	return r, err
}

// grows waits until n more entries are recorded, for less than a frozen machine may hold the ledger up.
func grows(t *testing.T, l *ledger.Ledger, n int64) {
	t.Helper()
	late := time.After(45 * time.Second)
	for seen := l.Seq(); l.Seq() < seen+n; {
		select {
		case <-l.News():
		case <-late:
			t.Fatal("the ledger stands still")
		}
	}
}
