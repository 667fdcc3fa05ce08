package closedmail_test

import (
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// out is a handover of things from office A to the courier.
func out(things ...event.Thing) closedmail.OpenHandover {
	return closedmail.OpenHandover{Office: officeA, From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: things}
}

// counted opens a handover, counts it and signs for the giver.
func (h *house) counted(a closedmail.OpenHandover, bags ...event.Thing) event.Thing {
	h.t.Helper()
	over := h.open(officeA, clerkA, a)
	counts := make([]event.Count, len(bags))
	for n, b := range bags {
		counts[n] = event.Count{Thing: b, Seal: h.sealOf(b)}
	}
	h.must(officeA, courier, closedmail.CountThings{Handover: over, Counts: counts})
	h.sign(officeA, clerkA, over, custody.Giver)
	return over
}

// takes is the courier's signature.
func (h *house) takes(over event.Thing) closedmail.SignHandover {
	return closedmail.SignHandover{Handover: over, Side: custody.Taker, Difference: h.difference(over), Number: true, Packing: true, Seals: true}
}

func TestABagLeavesAnOfficeOnlyInAVehicleOrWithAnEscort(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	secret := cover()
	secret.Secrecy, secret.Locator = closedmail.SecrecyA, "dv-01"
	bag := h.vessel("tui-01", h.accept(secret))
	h.refused("closedmail.transport", officeA, clerkA, out(bag))
	other := out(bag)
	other.Escort = otherA
	h.refused("closedmail.no_duty", officeA, clerkA, other)
	direct := out(bag)
	direct.To, direct.Vehicle = custody.AtOffice(officeB), "xe-01"
	h.refused("closedmail.no_carrier", officeA, clerkA, direct)
	plain := h.vessel("tui-02", h.accept(cover()))
	h.refused("closedmail.transport", officeA, clerkA, out(plain)) // whatever is in it: the law speaks of bags
	escorted := out(bag, plain)
	escorted.Escort = courier
	over := h.counted(escorted, bag, plain)
	h.must(officeA, courier, h.takes(over))
	if who := h.holder(bag); who != custody.ByCarrier(courier) {
		t.Errorf("the bag is with %s", who)
	}
	h.sound()
}

func TestWithoutAVehicleTheCarrierIsTheEscort(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	const guide = postal.StaffID("nv-n1")
	h.clear(guide)
	h.must(officeA, admin, closedmail.Assign{Person: guide, Duty: closedmail.Escort, Office: officeA})
	bag := h.vessel("tui-01", h.accept(cover()))
	trip := h.must(officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Escort: guide}).Facts[0].(event.DispatchStarted).Dispatch
	h.must(officeA, clerkA, closedmail.Load{Bag: bag, Dispatch: trip})
	h.must(officeA, clerkA, closedmail.CloseDispatch{Dispatch: trip})
	h.refused("closedmail.other_escort", officeA, clerkA, out(trip))
	named := out(trip)
	named.Vehicle = "xe-01"
	over := h.open(officeA, clerkA, named)
	h.must(officeA, clerkA, closedmail.WithdrawHandover{Handover: over})
	named.Vehicle, named.Escort = "", courier
	over = h.counted(named, bag)
	left, _ := factOf[event.KT1Left](h.must(officeA, courier, h.takes(over)).Facts)
	if left.Escort != courier || left.Vehicle != "" {
		t.Errorf("it left with %+v", left)
	}
	h.sound()
}

func TestWhatHasRunOutSinceDoesNotLeave(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	bag := h.vessel("tui-01", h.accept(cover()))
	trip := h.dispatch(bag) // in xe-01
	over := h.counted(out(trip), bag)
	h.must(officeA, headA, closedmail.Inspect{Facility: "xe-01", Lacks: []closedmail.Property{"locked"}, Until: day("2021-01-01")})
	h.refused("closedmail.facility_unfit", officeA, courier, h.takes(over))
	h.must(officeA, clerkA, closedmail.WithdrawHandover{Handover: over})
	h.refused("closedmail.facility_unfit", officeA, clerkA, out(trip))
	named := out(trip)
	named.Escort = courier
	over = h.open(officeA, clerkA, named)
	h.must(officeA, courier, closedmail.CountThings{Handover: over, Counts: []event.Count{{Thing: bag, Seal: h.sealOf(bag)}}})
	h.must(officeA, courier, h.takes(over)) // the taker first
	h.must(officeA, admin, closedmail.WithdrawPaper{Person: courier, Paper: closedmail.Clearance, Reason: "expired"})
	h.refused("closedmail.not_cleared", officeA, clerkA, closedmail.SignHandover{Handover: over, Side: custody.Giver, Difference: h.difference(over)})
	if who := h.holder(bag); who != custody.AtOffice(officeA) {
		t.Errorf("the bag is with %s", who)
	}
	h.sound()
}

func TestThePageAsksHowABagTravels(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	bag := s.vessel("tui-01", s.accept(cover()))
	clerk, carrier := s.as(clerkA), s.as(courier)
	page := clerk.get("/kt1/handovers").body
	if !strings.Contains(page, "Giao túi, hộp không qua chuyến thư") || !strings.Contains(page, `value="`+string(bag)+`"`) {
		t.Fatal("the page does not offer the bag")
	}
	give := []string{"kind", "out", "things", string(bag), "carrier", string(courier)}
	clerk.saysNo("Phải đi xe chuyên dùng KT1", "/kt1/handovers", give...)
	over := clerk.done("/kt1/handovers", with(give, "vehicle", "xe-01")...)
	carrier.done(over+"/count", "seal-"+string(bag), s.sealOf(bag))
	clerk.done(over+"/sign", "side", "giver")
	s.must(officeA, headA, closedmail.Retire{Facility: "xe-01", Reason: "damaged"})
	if page := carrier.get(over).body; !strings.Contains(page, "Huỷ bàn giao này rồi lập lại") {
		t.Error("the page does not say what to do")
	}
	carrier.saysNo("xe-01", over+"/sign", with(looked, "side", "taker")...)
	clerk.done(over + "/withdraw")
	over = clerk.done("/kt1/handovers", with(give, "escort", string(courier))...)
	carrier.done(over+"/count", "seal-"+string(bag), s.sealOf(bag))
	clerk.done(over+"/sign", "side", "giver")
	carrier.done(over+"/sign", with(looked, "side", "taker")...)
	s.sound()
}

func TestGuardsStandOnTheRecordOfTheHandover(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk, carrier := s.as(clerkA), s.as(courier)
	bag := s.vessel("tui-01", s.accept(cover()))
	clerk.saysNo("không có trong danh sách", "/kt1/dispatches", "to", string(officeB), "vehicle", "xe-01", "guard", "soldiers")
	trip := clerk.done("/kt1/dispatches", "to", string(officeB), "vehicle", "xe-01", "guard", "guard")
	clerk.done(trip+"/load", "bag", string(bag))
	clerk.done(trip + "/close")
	if page := clerk.get(trip).body; !strings.Contains(page, "Bảo vệ đi cùng") {
		t.Error("the dispatch does not name its guards")
	}
	record := func(more ...string) string {
		t.Helper()
		over := clerk.done("/kt1/handovers", with([]string{"kind", "out", "things", last(trip), "carrier", string(courier)}, more...)...)
		carrier.done(over+"/count", "seal-"+string(bag), s.sealOf(bag))
		clerk.done(over + "/record")
		page := clerk.get(over + "/record").body
		clerk.done(over + "/withdraw")
		return page
	}
	if page := record(); !strings.Contains(page, "Bảo vệ đi cùng") || !strings.Contains(page, "xe-01") {
		t.Error("the record names neither guards nor vehicle")
	}
	if page := record("guard", "police"); !strings.Contains(page, "Công an đi cùng") || !strings.Contains(page, "xe-01") {
		t.Error("the record does not name who guards it now")
	}
	plain := out(event.Thing(s.accept(cover())))
	plain.Delivery, plain.Guard = true, "police" // an item without a letter needs neither vehicle nor escort
	over := s.open(officeA, clerkA, plain)
	if page := carrier.get("/kt1/handovers/" + string(over)).body; !strings.Contains(page, "Công an đi cùng") {
		t.Error("the delivery list does not name its guards")
	}
	s.sound()
}
