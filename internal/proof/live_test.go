package proof_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestAHouseAtWorkIsCheckedAsItIsAtOneMoment checks a database again and again while acts are recorded and signed. What would hurt: a city told that its ledger was cut off, or holds entries that do not
// belong there, because it goes on working.
func TestAHouseAtWorkIsCheckedAsItIsAtOneMoment(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l, _ := fill(t, db, 2000)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var work sync.WaitGroup
		work.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				now := time.Now()
				e := ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: "180100", Actor: "nv-1"}
				if _, err := l.Append(context.WithoutCancel(ctx), e, seal{event.Thing(fmt.Sprintf("3%013d", n))}); err != nil {
					t.Error(err)
					return
				}
			}
		})
		first := check(t, db.DSN, nil)
		last := first
		for began := time.Now(); time.Since(began) < 2*time.Second || last.Entries == first.Entries; { // some signatures long: one is made each second
			if last = check(t, db.DSN, nil); !last.OK {
				t.Errorf("%s", last.Words)
				break
			}
		}
		stop()
		work.Wait()
		if last.Entries <= first.Entries {
			t.Errorf("%d entries, then %d: nothing was recorded meanwhile", first.Entries, last.Entries)
		}
	})
}
