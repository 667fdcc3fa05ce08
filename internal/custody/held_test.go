package custody_test

import (
	"testing"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// What the random sequences of package model found, each as small as it gets.

func TestIrregularitiesOfActsWithAlikeIDsStayApart(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	ids := map[string]bool{}
	for n := range 2 { // version 1: the ids of one device differ in their first half only
		id, err := postal.ParseActID([]string{"0b7f1a10-0000-1000-8000-0242ac120002", "0b7f1a11-0000-1000-8000-0242ac120002"}[n])
		if err != nil {
			t.Fatal(err)
		}
		e := ledger.Envelope{Act: id, OccurredMs: h.now.UnixMilli(), Office: officeB, Actor: clerkB}
		r, err := h.Append(t.Context(), e, custody.SeeHere{Thing: event.Thing(h.accept())})
		if err != nil {
			t.Fatal(err)
		}
		ids[r.Facts[1].(event.IrregularityRaised).Irregularity] = true
	}
	if len(ids) != 2 {
		t.Errorf("two irregularities have the ids %v", ids)
	}
}

func TestWhatWasRaisedOnAnUnknownNumberDoesNotCountOnTheItemThatGetsIt(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	label, err := postal.MakeItemNumber("RR", 1800)
	if err != nil {
		t.Fatal(err)
	}
	x := h.must(officeB, clerkB, custody.SeeHere{Thing: event.Thing(label)}).Facts[1].(event.IrregularityRaised)
	h.must(officeA, clerkA, custody.Accept{Item: label, Service: event.Registered, ToUnit: "11407", ToOffice: officeB, WeightG: 50, Office: officeA})
	h.must(officeB, clerkB, custody.Settle{Irregularity: x.Irregularity, Decision: custody.Noted, Reason: "label_mixed"})
	if open := h.item(label).Open; open != 0 {
		t.Errorf("%d irregularities are open on the item", open)
	}
	h.consistent()
}

func TestASettlementTakesNothingOffADispatchThatIsBeingHandedOver(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	d := h.must(officeA, clerkA, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
	h.must(officeA, clerkA, custody.Load{Thing: event.Thing(item), Dispatch: d})
	h.must(officeA, clerkA, custody.CloseDispatch{Dispatch: d})
	x := h.must(officeB, clerkB, custody.SeeHere{Thing: event.Thing(item)}).Facts[1].(event.IrregularityRaised)
	over := h.must(officeA, clerkA, custody.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(driver), Things: []event.Thing{d}}).Facts[0].(event.HandoverOpened).Handover
	settle := custody.Settle{Irregularity: x.Irregularity, Decision: custody.AccountHolds, Reason: "found"}
	h.refused("custody.cannot_move", officeB, clerkB, settle)
	h.must(officeA, clerkA, custody.WithdrawHandover{Handover: over})
	h.must(officeB, clerkB, settle)
	h.wantHolder(item, custody.AtOffice(officeB))
	h.consistent()
}

func TestAnItemCountedOverOntoADispatchIsOnItsWay(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item, over := h.accept(), h.accept()
	d := h.must(officeA, clerkA, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
	h.must(officeA, clerkA, custody.Load{Thing: event.Thing(item), Dispatch: d})
	h.must(officeA, clerkA, custody.CloseDispatch{Dispatch: d})
	h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: event.Thing(item)}, {Thing: event.Thing(over)}}, d)
	h.wantHolder(over, custody.ByCarrier(driver))
	i := h.item(over)
	if i.Stage != custody.Moving {
		t.Errorf("on the road its stage is %s", i.Stage)
	}
	h.refused("custody.not_undoable", officeA, clerkA, custody.Undo{Item: over, Act: i.AcceptAct})
	h.consistent()
}

func TestABagWithoutASealStaysWhereItIs(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item, bag := event.Thing(h.accept()), h.bag(h.accept())
	give := custody.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(driver), Things: []event.Thing{bag}}
	h.refused("custody.bag_not_sealed_yet", officeA, clerkA, give)
	d := h.must(officeA, clerkA, custody.StartDispatch{Office: officeA, To: officeB}).Facts[0].(event.DispatchStarted).Dispatch
	h.refused("custody.bag_not_sealed_yet", officeA, clerkA, custody.Load{Thing: bag, Dispatch: d})
	over := h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: item}, {Thing: bag}}, item)
	if who, _ := custody.Holder(h.View(t.Context()), bag); who != custody.AtOffice(officeA) {
		t.Errorf("counted over in %s the open bag went to %s", over, who)
	}
	h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
	h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: bag, Seal: "NP1"}}, bag)
	h.handOver(officeB, custody.ByCarrier(driver), custody.AtOffice(officeB), driver, clerkB, "", []event.Count{{Thing: bag, Seal: "NP1"}}, bag)
	h.must(officeB, clerkB, custody.OpenBag{Bag: bag, Seal: "NP1"})
	h.refused("custody.bag_not_sealed_yet", officeB, clerkB, custody.OpenHandover{Office: officeB, From: custody.AtOffice(officeB), To: custody.ByCarrier(driver), Things: []event.Thing{bag}})
	h.consistent()
}

func TestASettlementNeverBringsBackASealThatWasReplaced(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	bag := h.bag(h.accept())
	h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
	h.handOver(officeA, custody.AtOffice(officeA), custody.ByCarrier(driver), clerkA, driver, "", []event.Count{{Thing: bag, Seal: "NP2"}}, bag)
	back := h.must(officeA, driver, custody.OpenHandover{Office: officeA, From: custody.ByCarrier(driver), To: custody.AtOffice(officeA), Things: []event.Thing{bag}}).Facts[0].(event.HandoverOpened).Handover
	h.must(officeA, clerkA, custody.CountThings{Handover: back, Counts: []event.Count{{Thing: bag, Seal: "NP2"}}})
	h.must(officeA, driver, custody.SignHandover{Handover: back, Side: custody.Giver, Difference: h.difference(back)})
	raised := h.must(officeA, clerkA, custody.SignHandover{Handover: back, Side: custody.Taker, Difference: h.difference(back)}).Facts[2].(event.IrregularityRaised)
	h.must(officeA, clerkA, custody.UnsealBag{Bag: bag, Reason: "forgotten"})
	settle := custody.Settle{Irregularity: raised.Irregularity, Decision: custody.AccountHolds, Reason: "recounted"}
	h.refused("custody.seal_changed", officeA, clerkA, settle)
	h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP3"})
	h.refused("custody.seal_changed", officeA, clerkA, settle)
	settle.Decision = custody.Noted
	h.must(officeA, clerkA, settle)
	b, _ := ledger.Get[*custody.Bag](h.View(t.Context()), custody.KeyOf(bag))
	if b.Seal != "NP3" || b.Open != 1 {
		t.Errorf("the bag has seal %s and %d open irregularities, want NP3 and the one of the first handover", b.Seal, b.Open)
	}
	h.consistent()
}

// TestAHandoverIsCalledOffAndABagOpenedForAReasonOfTheListOnly: what a client may write freely could name a person, and the ledger forgets nothing.
func TestAHandoverIsCalledOffAndABagOpenedForAReasonOfTheListOnly(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	over := h.must(officeA, clerkA, custody.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(carrier), Purpose: custody.ForDelivery, Things: []event.Thing{event.Thing(item)}}).Facts[0].(event.HandoverOpened).Handover
	h.refused("custody.choice", officeA, clerkA, custody.WithdrawHandover{Handover: over, Reason: "bà Mẫu gọi 0912000111"})
	h.must(officeA, clerkA, custody.WithdrawHandover{Handover: over, Reason: custody.WithdrawReasons[0]})
	bag := h.bag(item)
	h.must(officeA, clerkA, custody.SealBag{Bag: bag, Seal: "NP1"})
	h.refused("custody.choice", officeA, clerkA, custody.UnsealBag{Bag: bag, Reason: "quên thư của bà Mẫu"})
	h.must(officeA, clerkA, custody.UnsealBag{Bag: bag, Reason: custody.UnsealReasons[0]})
}
