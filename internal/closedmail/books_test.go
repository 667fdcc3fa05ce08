package closedmail_test

import (
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/sqldb/sqltest"
)

// A dispatch that has come says what it carried, one that waits for a courier stands where handovers are made, and the courier sees what he carries, without its seals.
func TestADispatchIsSeenAllTheWay(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	bag := s.vessel("tui-01", s.accept(cover()))
	trip := s.dispatch(bag)
	s.as(clerkA).saysGet("chờ lập bàn giao", "/kt1/handovers")
	out := s.open(officeA, clerkA, closedmail.OpenHandover{From: custody.AtOffice(officeA), To: custody.ByCarrier(courier), Things: []event.Thing{trip}})
	counts := []event.Count{{Thing: bag, Seal: "NP-10001"}}
	s.must(officeA, courier, closedmail.CountThings{Handover: out, Counts: counts})
	s.sign(officeA, clerkA, out, custody.Giver)
	s.sign(officeA, courier, out, custody.Taker)
	s.as(courier).saysGet(string(trip), "/kt1/round")
	s.as(courier).saysNot("NP-10001", "/kt1/round")
	s.as(courier).saysNot("Không cầm bưu gửi nào", "/kt1/round")
	s.as(clerkA).saysNot("chờ lập bàn giao", "/kt1/handovers")
	in := s.open(officeB, clerkB, closedmail.OpenHandover{From: custody.ByCarrier(courier), To: custody.AtOffice(officeB), Things: []event.Thing{trip}})
	s.must(officeB, clerkB, closedmail.CountThings{Handover: in, Counts: counts})
	s.sign(officeA, courier, in, custody.Giver)
	s.sign(officeB, clerkB, in, custody.Taker)
	for _, who := range []client{s.as(clerkA), s.as(clerkB)} {
		who.saysGet(string(bag), "/kt1/dispatches/"+string(trip))
		who.saysNot("Chưa xếp túi nào", "/kt1/dispatches/"+string(trip))
	}
	s.as(clerkB).saysNot("NP-10001", "/kt1/dispatches/"+string(trip))
}

// After an attempt the round says so: the courier must not try the same door twice for nothing.
func TestTheRoundShowsTheLastAttempt(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	i := s.accept(cover())
	bag := s.vessel("tui-01", i)
	s.send(bag)
	s.unpack(bag, i)
	s.giveOut(i)
	s.as(courier).saysNot("vắng mặt", "/kt1/round")
	s.as(courier).done("/kt1/round/"+string(i)+"/attempt", "reason", "absent", "next", "again")
	s.as(courier).saysGet("vắng mặt → phát lại", "/kt1/round")
}

// Pages of registers are turned both ways, and the bound one bears only its own number; where something is taken there is room to sign.
func TestRegistersAreTurnedAndSigned(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	for range closedmail.PageRows + 1 {
		s.accept(cover())
	}
	bag := s.vessel("tui-01", s.accept(cover()))
	s.send(bag)
	clerk.saysGet("Trang sau", "/kt1/registers/out/1")
	clerk.saysNot("Trang trước", "/kt1/registers/out/1")
	clerk.saysNot("Trang sau", "/kt1/registers/out/2")
	for register, signs := range map[string]bool{"out": false, "handover": true} {
		to := clerk.done("/kt1/registers/" + register + "/1")
		a := clerk.get(to)
		if strings.Contains(a.body, "/2<") || strings.Contains(a.body, "trang 1/") || strings.Contains(a.body, "Ký nhận") != signs {
			t.Errorf("%s on paper: %d\n%s", register, a.status, a.body)
		}
	}
}

// What one is asked to sign oneself is not also among what was sent to others; whoever hands in is found under his body.
func TestListsSayEachThingOnceAndWhoseItIs(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	bag := s.filled("tui-01", s.accept(cover()))
	w := ask(s.house, officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-20002", Second: otherA})
	for who, times := range map[client]int{s.as(otherA): 1, s.as(clerkA): 1} {
		if n := strings.Count(who.get("/kt1/signatures").body, "/kt1/signatures/"+string(w.ID)); n != times {
			t.Errorf("%s sees it %d times", who.id, n)
		}
	}
	s.as(clerkA).saysGet(`<optgroup label="Cơ quan mẫu số 1 · cq-0001">`, "/kt1/accept")
	s.as(clerkA).saysGet("ca trực: Nguyễn Văn Mẫu", "/kt1/accept")
}
