package tariff_test

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/tariff"
)

func openLedger(t testing.TB, db *sqldb.DB, now func() time.Time) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), db, ledger.Config{Kinds: tariff.Kinds(), Folds: []ledger.Fold{tariff.Fold}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func send(l *ledger.Ledger, a ledger.Act) (ledger.Receipt, error) {
	now := time.Now()
	return l.Append(context.Background(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: "180100", Actor: "nv-1"}, a)
}

func number(t testing.TB, serial int) postal.ItemNumber {
	t.Helper()
	n, err := postal.MakeItemNumber("RR", serial)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func account(t testing.TB, l *ledger.Ledger, k ledger.Key) tariff.Account {
	t.Helper()
	a, ok := ledger.Get[*tariff.Account](l.View(t.Context()), k)
	if !ok {
		return tariff.Account{}
	}
	return *a
}

func replayEqualsLive(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	if d, err := l.Check(t.Context(), nil); err != nil || len(d) > 0 {
		t.Errorf("replay differs from live: %v, %v", d, err)
	}
}

const halfOfAll = "        | dossier | - | - | - | - | - | - | - | percent | 50 | province |"

// Sixty-four counters grant from one budget until nothing is left: not a đồng may be missing or too much.
func TestTheLastDongOfABudgetIsExact(t *testing.T) {
	const budget = 1_234_567
	for atEnd, want := range map[string]postal.VND{"rest": budget, "none": budget / 13_000 * 13_000} {
		t.Run(atEnd, func(t *testing.T) {
			tf, err := site(t, policy("day", "2022-01-01", "", halfOfAll, "| - | - | 1234567 | - | - | "+atEnd+" | up | 1 | list | alone | 1 |"))
			if err != nil {
				t.Fatal(err)
			}
			sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
				l := openLedger(t, db, nil)
				var serial, refused, paid atomic.Int64
				var wg sync.WaitGroup
				for range 64 {
					wg.Go(func() {
						for range 4 {
							n, err := counter(t, tf, l, int(serial.Add(1)), &refused)
							if err != nil {
								t.Error(err)
								return
							}
							paid.Add(int64(n))
						}
					})
				}
				wg.Wait()
				got := account(t, l, tariff.PolicyKey("day"))
				if got.VND != want || postal.VND(paid.Load()) != want {
					t.Errorf("the budget gave %d, the counters granted %d, want %d", got.VND, paid.Load(), want)
				}
				t.Logf("%d items, %d claims refused and quoted again", got.Items, refused.Load())
				replayEqualsLive(t, l)
			})
		})
	}
}

// counter is one customer at one counter: the price is quoted, claimed, and quoted again when somebody else was faster.
func counter(t *testing.T, tf *tariff.Tariff, l *ledger.Ledger, serial int, refused *atomic.Int64) (postal.VND, error) {
	item := number(t, serial)
	for {
		q := tariff.Question{Service: tariff.DossierSend, Zone: tariff.SameDistrict, WeightG: 100, On: day("2022-01-10")}
		q.Room = tf.RoomLeft(l.View(context.Background()), q.On)
		quote, err := tf.Quote(q)
		if err != nil || len(quote.Grants) == 0 {
			return 0, err
		}
		switch _, err := send(l, quote.Claim(item)); {
		case err == nil:
			return quote.Grants[0].AmountVND, nil
		case fault.Code(err) != "tariff.budget_exhausted":
			return 0, err
		}
		refused.Add(1)
	}
}

func TestReliefIsGrantedOnceAndMayBeTakenBack(t *testing.T) {
	tf, err := site(t, policy("few", "2022-01-01", "", halfOfAll, "| - | - | 13000 | - | 1 | none | up | 1 | list | alone | 1 |"))
	if err != nil {
		t.Fatal(err)
	}
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := openLedger(t, db, nil)
		quote := ask(t, tf, tariff.Question{Service: tariff.DossierSend, Zone: tariff.SameDistrict, WeightG: 100, On: day("2022-01-10")})
		must := func(a ledger.Act) {
			t.Helper()
			if _, err := send(l, a); err != nil {
				t.Fatal(err)
			}
		}
		refused := func(code string, a ledger.Act) {
			t.Helper()
			if _, err := send(l, a); fault.Code(err) != code {
				t.Fatalf("got %v, want %s", err, code)
			}
		}
		first, second := number(t, 1), number(t, 2)
		must(quote.Claim(first))
		refused("tariff.relief_twice", quote.Claim(first))
		refused("tariff.budget_exhausted", quote.Claim(second))
		refused("tariff.no_relief", tariff.Reverse{Item: second, Reason: "mistake"})
		refused("tariff.reverse_reason", tariff.Reverse{Item: first, Reason: "because"})
		must(tariff.Reverse{Item: first, Reason: "cancelled"})
		refused("tariff.no_relief", tariff.Reverse{Item: first, Policy: "few", Reason: "mistake"})
		must(quote.Claim(second))
		if got := account(t, l, tariff.PolicyKey("few")); got.VND != 13_000 || got.Items != 1 {
			t.Errorf("policy: %+v", got)
		}
		if got := account(t, l, tariff.ItemKey(second)); len(got.Grants) != 1 || got.Grants[0].On != day("2022-01-10") || got.Grants[0].ListVND != 26_000 {
			t.Errorf("item: %+v", got)
		}
		quote.Grants[0].AmountVND = 26_001
		refused("tariff.claim_amount", quote.Claim(number(t, 3)))
		refused("tariff.no_claim", tariff.Claim{Item: first, On: day("2022-01-10")})
		replayEqualsLive(t, l)
	})
}

// accept stands for custody's act: it makes the number inside the decision.
type accept struct {
	Item   postal.ItemNumber
	Refuse bool
}

func (accept) Name() string          { return "test.accept" }
func (accept) Touches() []ledger.Key { return nil }
func (a accept) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	if a.Refuse {
		return nil, fault.New(fault.Conflict, "test.no", "không", "no")
	}
	return []event.Fact{event.ItemAccepted{Item: a.Item, Service: event.Registered, WeightG: 100}}, nil
}

func TestAcceptanceAndItsReliefHappenTogetherOrNotAtAll(t *testing.T) {
	tf, err := site(t, policy("one", "2022-01-01", "", halfOfAll, "| - | - | - | - | 1 | none | up | 1 | list | alone | 1 |"))
	if err != nil {
		t.Fatal(err)
	}
	l := openLedger(t, sqltest.SQLite(t), nil)
	quote := ask(t, tf, tariff.Question{Service: tariff.DossierSend, Zone: tariff.SameDistrict, WeightG: 100, On: day("2022-01-10")})
	if _, err := send(l, tariff.Relieved{Act: accept{Refuse: true}, Claim: quote.Claim("")}); fault.Code(err) != "test.no" {
		t.Fatal(err)
	}
	r, err := send(l, tariff.Relieved{Act: accept{Item: number(t, 7)}, Claim: quote.Claim("")})
	if err != nil || len(r.Facts) != 2 || r.Facts[1].(event.ReliefGranted).Item != number(t, 7) {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := send(l, tariff.Relieved{Act: accept{Item: number(t, 8)}, Claim: quote.Claim("")}); fault.Code(err) != "tariff.items_exhausted" {
		t.Fatalf("the second item: %v", err)
	}
	if l.Seq() != 1 {
		t.Errorf("%d entries, want 1: a refused relief must leave no item behind", l.Seq())
	}
}

func TestADecisionThatReachesBackGivesTheDifference(t *testing.T) {
	const old = "        | dossier | - | - | - | - | - | - | - | percent | 20 | operator |"
	tf, err := site(t, policy("old", "2022-01-01", "", old, "| - | - | - | - | - | none | up | 1 | list | alone | 1 |")+
		policy("back", "2022-01-01", "", halfOfAll, "| - | 2022-02-01 | - | - | - | none | up | 1 | list | alone | 2 |"))
	if err != nil {
		t.Fatal(err)
	}
	l := openLedger(t, sqltest.SQLite(t), nil)
	q := tariff.Question{Service: tariff.DossierSend, Zone: tariff.SameDistrict, WeightG: 100, On: day("2022-01-10"), KnownOn: day("2022-01-10")}
	then := ask(t, tf, q)
	if _, err := send(l, then.Claim(number(t, 1))); err != nil || then.TotalVND != 20_800 {
		t.Fatalf("%d, %v", then.TotalVND, err)
	}
	back, ok, err := tf.Retroactive(l.View(t.Context()), number(t, 1), q)
	if err != nil || !ok || back.RefundVND != 7_800 || back.OperatorVND != -5_200 || back.ProvinceVND != 13_000 || back.Rule() != "relief.policy.back@2022-01-01+site" {
		t.Fatalf("%+v, %v, %v", back, ok, err)
	}
	if _, err := send(l, back.Claim); err != nil {
		t.Fatal(err)
	}
	if got := account(t, l, tariff.ItemKey(number(t, 1))); len(got.Grants) != 1 || got.Grants[0].Policy != "back" || got.VND != 13_000 {
		t.Errorf("%+v", got)
	}
	if got := account(t, l, tariff.PolicyKey("old")); got.VND != 0 || got.Items != 0 {
		t.Errorf("the old policy: %+v", got)
	}
	q.On, q.KnownOn = day("2022-02-02"), day("2022-02-02")
	later := ask(t, tf, q)
	if _, err := send(l, later.Claim(number(t, 2))); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 2; n++ {
		if _, ok, err := tf.Retroactive(l.View(t.Context()), number(t, n), q); ok || err != nil {
			t.Errorf("item %d has it already: %v, %v", n, ok, err)
		}
	}
	replayEqualsLive(t, l)
}

// The forms in which the facts were written must be read for ever.
func TestFactsOfReliefStillRead(t *testing.T) {
	for text, want := range map[string]event.Fact{
		`{"item":"RR000000014VN","policy":"p","rule":"relief.policy.p@2020-03-01","payer":"province","on":"2020-04-15","list_vnd":26000,"amount_vnd":13000,"retro":true}`: event.ReliefGranted{
			Item: "RR000000014VN", Policy: "p", Rule: "relief.policy.p@2020-03-01", Payer: "province", On: day("2020-04-15"), ListVND: 26000, AmountVND: 13000, Retro: true},
		`{"item":"RR000000014VN","policy":"p","payer":"operator","on":"2020-04-15","list_vnd":26000,"amount_vnd":13000,"reason":"mistake"}`: event.ReliefReversed{
			Item: "RR000000014VN", Policy: "p", Payer: "operator", On: day("2020-04-15"), ListVND: 26000, AmountVND: 13000, Reason: "mistake"},
	} {
		if got, err := json.Marshal(want); err != nil || string(got) != text {
			t.Errorf("written %s, want %s (%v)", got, text, err)
		}
	}
}
