package closedmail_test

import (
	"regexp"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"
)

var (
	idOfElement = regexp.MustCompile(`<[^>]* id="([^"]+)"`)
	toElement   = regexp.MustCompile(`<a href="#([^"]+)"`)
	labelled    = regexp.MustCompile(`<label[^>]* for="([^"]+)"`)
)

// Two fields with one id: the label of the second leads to the first, and whoever hears the page fills in the wrong one.
func TestEveryPageHasEachIdOnce(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	for _, p := range s.everyPage() {
		a := s.as(p.who).get(p.path)
		if a.status != 200 {
			t.Fatalf("%s: %d", p.name, a.status)
		}
		idsFit(t, p.name, a.body)
	}
	for path, pairs := range map[string][]string{"/kt1/people/withdraw": {}, "/kt1/people/relieve": {"person", "nv-a1"}} {
		a := s.as(security).post(path, pairs...)
		if a.status < 400 {
			t.Fatalf("%s is not refused", path)
		}
		idsFit(t, path, a.body)
		for _, m := range toElement.FindAllStringSubmatch(errorsOf(a.body), -1) {
			_, form, _ := strings.Cut(a.body, `action="`+path+`"`)
			form, _, _ = strings.Cut(form, "</form>")
			if !strings.Contains(form, `id="`+m[1]+`"`) {
				t.Errorf("%s: the summary leads to #%s, which is not in the form that was sent", path, m[1])
			}
		}
	}
}

func idsFit(t *testing.T, name, body string) {
	t.Helper()
	ids := map[string]bool{}
	for _, m := range idOfElement.FindAllStringSubmatch(body, -1) {
		if ids[m[1]] {
			t.Errorf("%s: id %q twice", name, m[1])
		}
		ids[m[1]] = true
	}
	for _, re := range []*regexp.Regexp{toElement, labelled} {
		for _, m := range re.FindAllStringSubmatch(body, -1) {
			if !ids[m[1]] {
				t.Errorf("%s: %q leads to no element", name, m[1])
			}
		}
	}
}

// A refusal that speaks of codes, of another field or of another series helps nobody at the counter.
func TestRefusalsSayWhoAndWhere(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	for _, c := range []struct {
		what string
		a    answer
		want string
		not  string
	}{
		{"bodies", clerk.post("/kt1/accept", coverForm("sender", string(bodyTwo), "handed_by", string(registry2), "addressee", string(outsider))...), "Cơ quan mẫu số 2 (cq-0002) không được gửi cho Nơi nhận mẫu số 4 (cq-0004)", ""},
		{"series", clerk.post("/kt1/accept", coverForm("returns", "12")...), "NK 100 001 454 VN", "RR 473"},
		{"visit", clerk.post("/kt1/visits/begin", "purpose", "repair"), "Khu vực: Ô này chưa điền", ""},
	} {
		if got := errorsOf(c.a.body); !strings.Contains(got, c.want) || c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: %d %s", c.what, c.a.status, got)
		}
	}
}

// "You are named for no body" is untrue for whoever is named for another.
func TestAnothersStatementIsRefusedTruly(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.as(registry2).saysGet("không được đăng ký là người của cơ quan này", "/kt1/registry/"+string(bodyOne)+"/statement/2020-04")
}

func (c client) saysGet(words, path string) {
	c.t.Helper()
	if a := c.get(path); !strings.Contains(a.body, words) {
		c.t.Errorf("GET %s: %d, want %q", path, a.status, words)
	}
}

// Whoever scans looks at what he scans: after a refusal the next scan must take the place of the wrong one, and a good one says what and how many.
func TestTheNextScanTakesThePlaceOfARefusedOne(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	first, other := s.accept(cover()), s.accept(cover())
	bag := s.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "hop-01"}).Facts[0].(event.BagStarted).Bag
	clerk := s.sit(clerkA)
	page := "/kt1/vessels/" + string(bag)
	clerk.gone(page)
	clerk.fill(page+"/pack", "item", string(first))
	clerk.says("Đã xếp " + first.Grouped() + " · 1 bưu gửi trong túi")
	clerk.fill(page+"/pack", "item", string(first))
	if !webtest.Eval[bool](clerk.Browser, `document.querySelector("[role=alert].govuk-error-summary") !== null`) {
		t.Fatal("the refusal is not announced")
	}
	clerk.TypeAndGo(string(other) + "\r")
	clerk.says("Đã xếp " + other.Grouped() + " · 2 bưu gửi trong túi")
	s.must(officeA, clerkA, closedmail.CloseVessel{Bag: bag, Seal: "NP-10001", Second: otherA})
	trip := s.must(officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Vehicle: "xe-01"}).Facts[0].(event.DispatchStarted).Dispatch
	clerk.gone("/kt1/dispatches/" + string(trip))
	clerk.fill("/kt1/dispatches/"+string(trip)+"/load", "bag", "tui-02")
	clerk.says("tui-02 không đang dùng")
	clerk.TypeAndGo("hop-01\r")
	clerk.says("Đã xếp " + string(bag) + " · 1 túi, hộp trên chuyến")
}

// Whoever's papers have ended must hear it before he fills in a cover; a paper that has ended is no paper.
func TestPapersThatLackAreToldFirst(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.as(clerkA).saysNot("Hồ sơ KT1 của bạn chưa đủ", "/kt1")
	s.refused("closedmail.paper_ended", officeA, admin, closedmail.FilePaper{Person: clerkA, Paper: closedmail.Commitment, On: day("2020-01-02"), Until: day("2020-04-19")})
	s.must(officeA, admin, closedmail.FilePaper{Person: clerkA, Paper: closedmail.Commitment, On: day("2020-01-02"), Until: day("2020-04-20")})
	s.must(officeA, admin, closedmail.WithdrawPaper{Person: clerkA, Paper: closedmail.Background, Reason: "failed_check"})
	s.now = s.now.AddDate(0, 0, 1)
	for _, path := range []string{"/kt1", "/kt1/accept"} {
		s.as(clerkA).saysGet("Hết hạn: bản cam kết bảo vệ bí mật nhà nước; Thiếu: thẩm tra lý lịch", path)
	}
	s.as(clerkA).saysNot(`name="addressee"`, "/kt1/accept")
	s.as(security).saysGet("Hết hạn: bản cam kết", "/kt1/people")
}

func (c client) saysNot(words, path string) {
	c.t.Helper()
	if a := c.get(path); a.status != 200 || strings.Contains(a.body, words) {
		c.t.Errorf("GET %s: %d, and it reads %q", path, a.status, words)
	}
}

// An inspection that passes what nobody looked at is none.
func TestAnInspectionAnswersForEveryProperty(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	head := s.as(headA)
	head.saysNo("Chống thấm nước", "/kt1/facilities/inspect", "facility", "tui-01", "check-tough", "passed", "check-fireproof", "passed", "until", "2021-01-01")
	head.done("/kt1/facilities/inspect", "facility", "tui-01", "check-tough", "passed", "check-fireproof", "passed", "check-waterproof", "failed", "until", "2021-01-01")
	head.saysGet("Không đạt: Chống thấm nước", "/kt1/facilities/tui-01")
	head.saysNot("Có camera", "/kt1/facilities/tui-01")
	head.saysNot("Chống thấm nước</label>", "/kt1/facilities")
}

// The history of an item is not that of its neighbours in the bag, and it names both who took an acceptance back.
func TestAnItemsPageSpeaksOfThisItem(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	a, b, wrong := s.accept(cover()), s.accept(cover()), s.accept(cover())
	bag := s.vessel("tui-01", a, b)
	s.send(bag)
	s.must(officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB})
	s.must(officeB, clerkB, closedmail.TakeOut{Item: b, Bag: bag})
	s.as(clerkA).saysNot("Khai thác từ túi", "/kt1/items/"+string(a))
	s.as(clerkB).saysGet("Khai thác từ túi", "/kt1/items/"+string(b))
	s.giveOut(b)
	s.must(officeA, courier, deliver(b))
	s.as(clerkA).saysGet("Đã phát · Cơ quan mẫu số 2", "/kt1/items/"+string(b))
	s.as(clerkA).done("/kt1/items/"+string(wrong)+"/undo", second(headA)...)
	s.as(clerkA).saysNot("Hạn phát lần đầu", "/kt1/items/"+string(wrong))
	s.as(clerkA).saysGet("Nguyễn Văn Mẫu, Lê Văn Mẫu", "/kt1/items/"+string(wrong))
}

// Who leaves is told from who stays by the end of the number; the whole is for the security officer's log alone.
func TestTheDeskTellsVisitorsApart(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.as(clerkA).done("/kt1/visits/begin", "facility", "kv-01", "purpose", "repair", "host", string(otherA), "kind", "cccd", "visitor", "031090000789")
	inside, _, _ := strings.Cut(s.as(security).get("/kt1/visits").body, "Sổ ra vào")
	if !strings.Contains(inside, "…789") || strings.Contains(inside, "031090000789") {
		t.Error("the list of those inside does not show the end of the number, and no more")
	}
}
