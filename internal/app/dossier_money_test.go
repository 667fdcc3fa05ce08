package app

import (
	"net/http"
	"testing"

	"citypost/internal/cash"
	"citypost/internal/dossier"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// If these fail, somebody pays a fee twice and nobody can give it back, or the agency gets what a wrong person paid.

// arrives fetches the result of a dossier for which something is owed; it lies at the office then. more is what else the agency says of it.
func (s *shop) arrives(c, officer *clerk, n postal.DossierNumber, owed string, more ...string) *dossier.Dossier {
	s.t.Helper()
	s.doIt(officer, n, "ready", http.StatusSeeOther, append(more, "outcome", "granted", "owed", owed)...)
	fetched := c.post("/dossiers/agencies/"+string(justice)+"/results", "dossier", string(n), "o."+string(n), "1", "seal."+string(n), s.nextSeal(), "weight."+string(n), "50", "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
	c.post(fetched.to+"/compare", "item", string(s.dossier(n).Result), "act", postal.NewActID(s.clock()).String()).wants(s.t, http.StatusSeeOther)
	s.signs(officer, fetched.to, "giver")
	s.signs(c, fetched.to, "taker")
	return s.isAt(n, dossier.Received)
}

var giving = []string{"to", "self", "identity", "cccd", "counted", "1", "owed_how", "post", "means", "cash"}

func (s *shop) paidFor(n postal.ItemNumber) bool {
	_, ok := cash.PaidFor(s.Ledger.View(s.t.Context()), n)
	return ok
}

func TestAWrongPersonGetsHisMoneyBackAndTheAgencyGetsItsFeeOnce(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer, boss := s.as("gd1"), s.as("cb1"), s.as("ks1")
		n := s.takeIn(c)
		s.bring(c, officer, n)
		d := s.arrives(c, officer, n, "8000")
		path, money := "/dossiers/case/"+string(n), cash.ItemPath(d.Result)
		c.get(path+"/paid").wants(t, http.StatusNotFound)

		s.doIt(c, n, "deliver", http.StatusSeeOther, giving...)
		s.balance(cash.Owed(justice), -8_000)
		c.get(path).wants(t, 200, "In biên nhận tiền khi trả kết quả")
		c.get(path+"/paid").wants(t, 200, "BIÊN NHẬN TIỀN KHI TRẢ KẾT QUẢ", "MAU/1/", "8.000 đ", "tiền mặt", "!Nguyễn Văn Mẫu")
		s.doIt(c, n, "takeback", http.StatusSeeOther, "reason", "wrong_person") // in the same shift: the money goes back at once
		if d = s.dossier(n); d.Owes() != 8_000 || s.paidFor(d.Result) {
			t.Errorf("owed %d, paid %v", d.Owes(), s.paidFor(d.Result))
		}
		s.balance(cash.Owed(justice), 0)

		s.doIt(c, n, "deliver", http.StatusSeeOther, giving...) // to another wrong person, and noticed when the agency has the money
		s.act("ks1", cash.Remit{Agency: justice, AmountVND: 8_000, Means: cash.Transfer, Slip: "UNC-1", Office: shopOffice})
		s.balance(cash.Owed(justice), 0)
		s.act("gd1", cash.Count{Drawer: "990100-1", Notes: nil})
		s.act("gd1", cash.End{Drawer: "990100-1", Office: shopOffice, Reason: "miscount"})
		s.openShift("gd1", "990100-1")
		s.doIt(c, n, "takeback", http.StatusSeeOther, "reason", "wrong_person")
		if d = s.dossier(n); d.Owes() != 8_000 || !s.paidFor(d.Result) {
			t.Errorf("owed %d, paid %v", d.Owes(), s.paidFor(d.Result))
		}
		c.get(path).wants(t, 200, "Người nhận nhầm đã trả", money)
		s.doIt(c, n, "deliver", http.StatusConflict, giving...).wants(t, http.StatusConflict, "chưa hoàn")
		c.get(money).wants(t, 200, "!Hoàn tiền người nhận nhầm")
		boss.get(money).wants(t, 200, "Hoàn tiền người nhận nhầm")
		boss.post(money+"/wrong", "from", "transfer", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		s.balance(cash.Owed(justice), 8_000) // ahead, until the right person pays
		boss.post(money+"/wrong", "from", "transfer", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusConflict)

		s.doIt(c, n, "deliver", http.StatusSeeOther, giving...)
		s.balance(cash.Owed(justice), 0)
		if d = s.isAt(n, dossier.Delivered); d.CollectedVND != 8_000 {
			t.Errorf("collected %d", d.CollectedVND)
		}
		if err := s.tries("ks1", cash.Remit{Agency: justice, AmountVND: 1, Means: cash.Transfer, Slip: "UNC-2", Office: shopOffice}); fault.Code(err) != "cash.remit_too_much" {
			t.Errorf("the agency gets the fee twice: %v", err)
		}
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

// If this fails the citizen's receipt names an office that never saw his money.
func TestAReceiptNamesTheOfficeThatTookTheMoney(t *testing.T) {
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer := s.as("gd1"), s.as("cb1")
		far, _ := s.Places.Directory().Office(otherOffice)
		n := s.takeIn(c, "from.unit", string(far.Unit))
		s.bring(c, officer, n)
		d := s.arrives(c, officer, n, "8000")
		if d.ToOffice == shopOffice {
			t.Fatal("the result goes no further")
		}
		s.doIt(c, n, "deliver", http.StatusSeeOther, giving...) // the citizen comes for it before it goes on
		c.get("/dossiers/case/"+string(n)+"/paid").wants(t, 200, "BIÊN NHẬN TIỀN KHI TRẢ KẾT QUẢ", s.House.officeName(shopOffice), "!"+s.House.officeName(d.ToOffice))
	})
}

// TestAResultComesBackWhateverBecameOfItsMoney lets the wrong person pay by transfer, has the money moved on and part of it refunded, and takes the result back all the same.
func TestAResultComesBackWhateverBecameOfItsMoney(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, officer, boss := s.as("gd1"), s.as("cb1"), s.as("ks1")
		n := s.takeIn(c)
		s.bring(c, officer, n)
		d := s.arrives(c, officer, n, "8000")
		money := cash.ItemPath(d.Result)
		s.doIt(c, n, "deliver", http.StatusSeeOther, "to", "self", "identity", "cccd", "counted", "1", "owed_how", "post", "means", "transfer")
		paid, _ := cash.PaidFor(s.Ledger.View(t.Context()), d.Result)
		all := paid.PostageVND + 8_000
		s.act("ks1", cash.Move{Reason: "arrived", From: cash.Transit(shopOffice), To: cash.Bank, AmountVND: all, Slip: "BC-1"})
		s.act("ks1", cash.Refund{Item: d.Result, AmountVND: 1_000, Reason: "late", Rule: "post.compensation.late_refund@2020-01-01"})
		before := cash.BalanceOf(s.Ledger.View(t.Context()), cash.Bank)
		s.doIt(c, n, "takeback", http.StatusSeeOther, "reason", "wrong_person")
		if !s.paidFor(d.Result) {
			t.Fatal("money that had been moved on went back by itself")
		}
		s.doIt(c, n, "deliver", http.StatusConflict, giving...).wants(t, http.StatusConflict, "chưa hoàn")
		boss.post(money+"/wrong", "from", "transfer", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusSeeOther)
		if got := before - cash.BalanceOf(s.Ledger.View(t.Context()), cash.Bank); got != all-1_000 {
			t.Errorf("%d went back, of %d paid and 1000 refunded", got, all)
		}
		s.balance(cash.Refunds, 0)
		s.doIt(c, n, "deliver", http.StatusSeeOther, giving...)
		s.isAt(n, dossier.Delivered)
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

func TestAFeeThatWasPaidTwiceGoesBackUntilTheAgencyHasIt(t *testing.T) {
	SkipShort(t)
	bothDatabases(t, func(t *testing.T, dir, dsn string) {
		s := openDossiers(t, dir, dsn)
		c, boss := s.as("gd1"), s.as("ks1")
		fee := []string{"fees.fee", "20000", "fees.fee.how", "post", "fees.fee.why", "by_notice"}
		first, second := s.dossier(s.takeIn(c, fee...)), s.dossier(s.takeIn(c, fee...))
		s.balance(cash.Owed(justice), -40_000)
		paid, _ := cash.PaidFor(s.Ledger.View(t.Context()), first.Item)
		postage := paid.PostageVND
		give := []string{"receipt", "MAU/1#1", "from", "transfer", "act", postal.NewActID(s.clock()).String()}
		c.post(cash.ItemPath(first.Item)+"/due", give...).wants(t, http.StatusForbidden)
		boss.get(cash.ItemPath(first.Item)).wants(t, 200, "Phí, lệ phí nộp hai lần", "MAU/1/1")
		boss.post(cash.ItemPath(second.Item)+"/due", give...).wants(t, http.StatusNotFound) // another item's receipt
		for range 2 {
			boss.post(cash.ItemPath(first.Item)+"/due", give...).wants(t, http.StatusSeeOther)
		}
		s.balance(cash.Owed(justice), -20_000)
		if paid, ok := cash.PaidFor(s.Ledger.View(t.Context()), first.Item); !ok || len(paid.Collected) != 0 || paid.PostageVND != postage {
			t.Errorf("left: %+v", paid)
		}
		s.must(s.Ledger.CatchUp(t.Context(), cash.Follower, cash.Project))
		receipts, err := (&cash.Records{DB: s.DB, Ledger: s.Ledger}).Receipts(t.Context(), justice, postal.DayOf(s.clock()).AddDays(-1), postal.DayOf(s.clock()))
		s.must(err)
		if len(receipts) != 2 || !receipts[0].Voided || receipts[1].Voided {
			t.Errorf("receipts %+v", receipts)
		}
		s.act("ks1", cash.Remit{Agency: justice, AmountVND: 20_000, Means: cash.Transfer, Slip: "UNC-1", Office: shopOffice})
		boss.post(cash.ItemPath(second.Item)+"/due", "receipt", "MAU/1#2", "from", "transfer", "act", postal.NewActID(s.clock()).String()).wants(t, http.StatusConflict, "xin cơ quan hoàn lại")
		if diff, err := s.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
			t.Errorf("replay differs from live: %v, %v", diff, err)
		}
	})
}

// tries is act when it may be refused.
func (s *shop) tries(login string, a ledger.Act) error {
	s.t.Helper()
	who, err := s.Accounts.List(s.t.Context())
	s.must(err)
	for _, x := range who {
		if x.Login == login {
			now := s.clock()
			_, err := s.Ledger.Append(s.t.Context(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: shopOffice, Actor: x.ID}, a)
			return err
		}
	}
	s.t.Fatalf("nobody is called %s", login)
	return nil
}
