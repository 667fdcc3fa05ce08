package closedmail_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb/sqltest"
)

// TestCodesOfTheClosedHouseAreASeriesOfTheirOwn makes a bag, a dispatch and a handover.
func TestCodesOfTheClosedHouseAreASeriesOfTheirOwn(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	bag := h.vessel("tui-01", h.accept(cover()))
	trip := h.dispatch(bag)
	over := h.open(officeA, clerkA, closedmail.OpenHandover{From: "office:" + event.Holder(officeA), To: "carrier:" + event.Holder(courier), Things: []event.Thing{trip}, Vehicle: "xe-01"})
	for _, code := range []event.Thing{bag, trip, over} {
		_, office, serial, err := postal.ParseCode(string(code))
		if err != nil || office != officeA || serial < 900_000 {
			t.Errorf("%s: office %s, serial %d, %v; the open house counts below 900000", code, office, serial, err)
		}
	}
}

// noPrice is a tariff without a table.
type noPrice struct{}

func (noPrice) KT1(closedmail.PriceQuestion) (postal.VND, []string, error) {
	return 0, nil, fault.New(fault.NotFound, "tariff.kt1_cells_unseen", "Chưa có giá.", "No price.")
}

// TestAnItemWithoutAPriceNeverLooksFree accepts one of each list without a price table.
func TestAnItemWithoutAPriceNeverLooksFree(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.pages.Law.Price = noPrice{}
	clerk := s.as(clerkA)
	if page := clerk.get("/kt1/accept").body; !strings.Contains(page, "Bảng giá KT1 chưa nạp") {
		t.Error("the form does not say that there is no price table")
	}
	pays := last(clerk.done("/kt1/accept", coverForm("sender", string(bodyTwo), "addressee", string(bodyOne), "handed_by", string(registry2))...))
	free := last(clerk.done("/kt1/accept", coverForm()...))
	if page := clerk.get("/kt1/items/" + pays).body; !strings.Contains(page, "chưa có bảng giá hoặc bảng vùng cho trường hợp này") || strings.Contains(page, "0 đ") {
		t.Error("the page of an item without a price does not say so")
	}
	if page := clerk.get("/kt1/items/" + free).body; !strings.Contains(page, "Miễn cước: ") {
		t.Error("the page of a free item does not say so")
	}
	report := s.as(headA).get("/kt1/report?period=2020h1").body
	if !strings.Contains(report, "1 bưu gửi chưa có giá") || !strings.Contains(report, "miễn cước") || strings.Contains(report, "0 đ") {
		t.Error("the report takes nothing for a price")
	}
}

// doubts are what of a due time is not verified.
func doubts(law *closedmail.Law, t closedmail.Terms) string {
	due, _ := law.Grounds(t.Rules)
	return due.Why("vi")
}

// TestTimesByCommuneComeFromTheTableAndSpecialAreasTakeWhatTheyTake lays a site's table over the law.
func TestTimesByCommuneComeFromTheTableAndSpecialAreasTakeWhatTheyTake(t *testing.T) {
	site := rulebook.Layer{Name: "site", FS: fstest.MapFS{"areas.rules": {Data: []byte(`rule kt1.area.journey
    from: 2018-01-01
    table:
        | unit  | class   | intra | inter |
        | 11311 | any     | -     | 3     |
        | 11407 | any     | 1     | 3     |
        | 11407 | express | 0.5   | 2     |
    source: thiet-lap
    verified: no
    reason vi: Bảng của bưu điện.
    reason en: The post's own table.
`)}}}
	book, err := rulebook.Load(rulebook.EmbeddedLayer(), site)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, sqltest.SQLite(t))
	body := func(list closedmail.List) *closedmail.Body { return &closedmail.Body{Code: "cq-0001", List: list} }
	terms := func(law *closedmail.Law, unit postal.UnitCode, urgency closedmail.Urgency) closedmail.Terms {
		t.Helper()
		a := cover()
		a.Urgency = urgency
		got, err := law.Terms(a, body(closedmail.Appendix1), body(closedmail.Appendix2), closedmail.Entry{Unit: unit, Province: "31", Zone: closedmail.Inner}, time.Date(2020, 4, 20, 8, 0, 0, 0, postal.HoChiMinh)) // a Monday
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	law := &closedmail.Law{Calendar: calendar.New(book), Price: price{}, Reach: reach}
	if got := terms(law, "11311", closedmail.Plain); !got.Special || got.DueMs() != 0 || doubts(law, got) == "" {
		t.Errorf("special area: %+v", got)
	}
	if got := terms(law, "11407", closedmail.Plain); got.Special || postal.DayOf(got.Due) != day("2020-04-21") {
		t.Errorf("one day: %v", got.Due)
	}
	if got := terms(law, "11407", closedmail.Express); got.Due.Hour() != 12 || postal.DayOf(got.Due) != day("2020-04-21") {
		t.Errorf("half a day: %v", got.Due)
	}
	if got := terms(law, "11000", closedmail.Plain); postal.DayOf(got.Due) != day("2020-04-22") {
		t.Errorf("a commune that the table does not hold: %v", got.Due)
	}
	unknown := terms(s.pages.Law, "11311", closedmail.Plain)
	if postal.DayOf(unknown.Due) != day("2020-04-22") || !strings.Contains(doubts(s.pages.Law, unknown), "vùng địa hình đặc biệt") {
		t.Errorf("without a table: %+v", unknown)
	}

	s.pages.Law = law // on the pages: no due time, and never late
	clerk := s.as(clerkA)
	item := last(clerk.done("/kt1/accept", coverForm()...))
	if page := clerk.get("/kt1/items/" + item).body; !strings.Contains(page, "theo thực tế (vùng địa hình đặc biệt)") {
		t.Error("the page of an item to a special area does not say that it takes what it takes")
	}
	s.now = s.now.AddDate(0, 1, 0)
	classes, err := s.pages.Records.Volume(t.Context(), day("2020-04-01"), day("2020-04-30"), s.now.UnixMilli())
	if err != nil || len(classes) != 1 || classes[0].Judged != 0 || classes[0].Items != 1 {
		t.Errorf("judged: %+v, %v", classes, err)
	}
}
