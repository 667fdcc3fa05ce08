package closedmail_test

import (
	"html"
	"strings"
	"testing"
	"time"

	"citypost/internal/closedmail"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// moved takes in one body of the directory at another address.
func (s *site) moved(change func(*closedmail.Entry)) {
	s.t.Helper()
	entries, err := closedmail.ReadEntries(strings.NewReader(directory))
	if err != nil {
		s.t.Fatal(err)
	}
	change(&entries[1])
	p, err := s.pages.Directory.Plan(s.t.Context(), entries, postal.DayOf(s.now))
	if err != nil || len(p.Changed) != 1 {
		s.t.Fatalf("%+v, %v", p, err)
	}
	s.now = s.now.Add(time.Second)
	if err := s.pages.Directory.Import(s.t.Context(), p, ledgerEnvelope(officeA, admin), admin, s.tick); err != nil {
		s.t.Fatal(err)
	}
}

// TestTheAddressSaysHowEarlyATimedItemMustCome: whatever the clerk does, the hours of notice follow from where the directory says that the addressee is.
func TestTheAddressSaysHowEarlyATimedItemMustCome(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	sender, addressee := &closedmail.Body{Code: bodyOne, List: closedmail.Appendix1}, &closedmail.Body{Code: bodyTwo, List: closedmail.Appendix2}
	home := closedmail.Entry{Code: bodyTwo, Unit: "11311"}
	for _, now := range []time.Time{time.Date(2020, 4, 20, 8, 0, 0, 0, postal.HoChiMinh), time.Date(2026, 11, 3, 8, 0, 0, 0, postal.HoChiMinh)} { // by the rules of 2017, and of 2022
		for hours, to := range map[int]closedmail.Entry{4: inZone(home, closedmail.Inner), 12: inZone(home, closedmail.Suburban), 24: {Code: bodyTwo, Unit: "00004", Province: "01"}} {
			a := cover()
			a.Urgency = closedmail.Timed
			a.AtMs = now.Add(time.Duration(hours) * time.Hour).UnixMilli()
			got, err := s.pages.Law.Terms(a, sender, addressee, to, now)
			if err != nil || got.DueMs() != a.AtMs || got.Inter != (hours == 24) || got.Suburban != (hours == 12) {
				t.Errorf("%d hours before, to %+v: %+v, %v", hours, to, got, err)
			}
			a.AtMs -= time.Minute.Milliseconds()
			if _, err := s.pages.Law.Terms(a, sender, addressee, to, now); fault.Code(err) != "calendar.timed_late" {
				t.Errorf("%d hours less a minute, to %+v: %v", hours, to, err)
			}
		}
	}
	a := cover()
	a.Urgency, a.AtMs = closedmail.Timed, s.now.Add(48*time.Hour).UnixMilli()
	for code, to := range map[string]closedmail.Entry{"closedmail.no_zone": home, "closedmail.no_province": {Code: bodyTwo, Unit: "00004"}} {
		if _, err := s.pages.Law.Terms(a, sender, addressee, to, s.now); fault.Code(err) != code {
			t.Errorf("to %+v: %v", to, err)
		}
	}
}

func inZone(e closedmail.Entry, z closedmail.Zone) closedmail.Entry {
	e.Zone = z
	return e
}

// TestAWardOfAnotherProvinceIsNeverTheInnerCity is what a tick left out once did: five hours before, a timed item to Hà Nội was promised.
func TestAWardOfAnotherProvinceIsNeverTheInnerCity(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		s.moved(func(e *closedmail.Entry) { e.Unit, e.Province, e.Zone = "00004", "01", closedmail.NoZone })
		clerk := s.as(clerkA)
		page := clerk.get("/kt1/accept").body
		if strings.Contains(page, `name="inter"`) || strings.Contains(page, `name="suburban"`) {
			t.Error("the form asks the clerk how far it is")
		}
		at := func(hours int) string {
			return s.now.Add(time.Duration(hours)*time.Hour + 5*time.Minute).Format("2006-01-02T15:04")
		}
		clerk.saysNo("24 giờ", "/kt1/accept", coverForm("urgency", "timed", "at", at(5))...)
		path := clerk.done("/kt1/accept", coverForm("urgency", "timed", "at", at(24))...)
		if body := clerk.get(path).body; !strings.Contains(body, "liên tỉnh") {
			t.Error("the page does not say that it goes to another province")
		}
	})
}

// TestADirectoryThatLeavesTheDistanceOpenIsRefused before anything of it is taken in.
func TestADirectoryThatLeavesTheDistanceOpenIsRefused(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	for _, e := range []closedmail.Entry{{Unit: "00004"}, {Unit: "11311"}, {Unit: "11311", Province: "01", Zone: closedmail.Inner}} {
		e.Code, e.List, e.Name, e.Address, e.Office, e.Hours = bodyTwo, closedmail.Appendix2, "Cơ quan", "Phố", officeB, "07:30-11:30"
		if _, err := s.pages.Directory.Plan(t.Context(), []closedmail.Entry{e}, postal.DayOf(s.now)); fault.Code(err) != "closedmail.import_rows" || !strings.Contains(err.Error(), "cq-0002: ") {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

// TestNobodyPaysWithoutARule: no rule says who pays for those who only hold State secrets, so nothing is charged, and no page calls that free.
func TestNobodyPaysWithoutARule(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.in2026()
	s.must(officeA, admin, closedmail.ListBody{Body: bodyTwo, List: closedmail.Holder})
	clerk := s.as(clerkA)
	path := clerk.done("/kt1/accept", coverForm("sender", string(bodyTwo), "addressee", string(bodyOne), "handed_by", string(registry2))...)
	if i := s.custodyOf(postal.ItemNumber(last(path))); i.FeeVND != 0 {
		t.Errorf("charged %d", i.FeeVND)
	}
	for who, page := range map[postal.StaffID]string{clerkA: path, headA: "/kt1/report?period=2026h2"} {
		body := html.UnescapeString(s.as(who).get(page).body)
		if strings.Contains(body, "Miễn cước") || !strings.Contains(body, "chưa có quy định ai trả cước") && !strings.Contains(body, "1 bưu gửi chưa có giá") {
			t.Errorf("%s does not say that no rule says who pays", page)
		}
	}
}
