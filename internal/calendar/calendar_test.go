package calendar

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// law gives the calendar of the law that ships with the program.
func law(t testing.TB) *Calendar {
	t.Helper()
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return New(book)
}

// lawWith lays a site's own rules over the law.
func lawWith(t testing.TB, rules string) *Calendar {
	t.Helper()
	book, err := rulebook.Load(rulebook.EmbeddedLayer(), rulebook.Layer{Name: "site", Dir: "site", FS: fstest.MapFS{"own.rules": {Data: []byte(rules)}}})
	if err != nil {
		t.Fatal(err)
	}
	return New(book)
}

func day(t testing.TB, text string) postal.Day {
	t.Helper()
	d, err := postal.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := ParseTime(text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// offWeekdays are the days from Monday to Friday that are off, and worked the days of weekly rest that are worked, typed by hand from the published
// decisions: an account of the calendar that shares nothing with the code.
var (
	offWeekdays = map[int]string{
		2020: "01-01 01-23 01-24 01-27 01-28 01-29 04-02 04-30 05-01 09-02",
		2021: "01-01 02-10 02-11 02-12 02-15 02-16 04-21 04-30 05-03 09-02 09-03",
		2022: "01-03 01-31 02-01 02-02 02-03 02-04 04-11 05-02 05-03 09-01 09-02",
		2023: "01-02 01-20 01-23 01-24 01-25 01-26 05-01 05-02 05-03 09-01 09-04",
		2024: "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03",
		2025: "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02",
		2026: "01-01 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02",
	}
	workedInstead = map[string]bool{"2024-05-04": true, "2025-04-26": true, "2026-08-22": true}
)

// worksNaively says by hand-typed lists whether a day is worked.
func worksNaively(d time.Time) bool {
	if workedInstead[d.Format(time.DateOnly)] {
		return true
	}
	if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	return !strings.Contains(offWeekdays[d.Year()], d.Format("01-02"))
}

// One wrong day off moves every deadline that crosses it.
func TestDaysOffAreThoseOfThePublishedDecisions(t *testing.T) {
	c := law(t)
	for d := day(t, "2020-01-01"); d.Before(day(t, "2027-01-01")); d = d.AddDays(1) {
		worked, err := c.Worked(d)
		if err != nil {
			t.Fatal(err)
		}
		if want := worksNaively(d.Start()); worked != want {
			info, _ := c.Day(d)
			t.Errorf("%s worked = %v (%s), want %v", d, worked, info.Name.EN, want)
		}
	}
}

func TestHolidaysFollowTheLabourCodeOfTheirYear(t *testing.T) {
	c := law(t)
	for text, want := range map[string]string{
		"2020-09-02": "National Day", "2020-09-03": "", "2021-09-03": "National Day", "2020-01-28": "day off in lieu of Lunar New Year",
		"2024-04-29": "day off by a swap", "2024-05-04": "worked instead, by a swap", "2026-02-16": "Lunar New Year", "2026-02-14": "weekly rest",
	} {
		info, err := c.Day(day(t, text))
		if err != nil || info.Name.EN != want {
			t.Errorf("%s is %q (%v), want %q", text, info.Name.EN, err, want)
		}
	}
	for y, want := range map[int]int{2020: 10, 2021: 11, 2022: 11, 2027: 11, 2031: 11} {
		n := 0
		days, err := c.Days(postal.MakeDay(y, 1, 1), postal.MakeDay(y, 12, 31))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range days {
			if d.Why == WhyHoliday {
				n++
			}
		}
		if n != want {
			t.Errorf("%d has %d paid holidays, want %d", y, n, want)
		}
	}
}

// A year whose decision is not known is proposed, and says that it is.
func TestYearWithoutDecisionIsProposedAndUnverified(t *testing.T) {
	c := law(t)
	for text, want := range map[string]Kind{"2027-02-05": Off, "2027-02-06": Off, "2027-02-09": Off, "2027-09-02": Off, "2027-09-03": Off} {
		info, err := c.Day(day(t, text))
		if err != nil || info.Kind != want || info.Verified {
			t.Errorf("%s is %s, verified %v (%v); want %s, unverified", text, info.Kind, info.Verified, err, want)
		}
	}
	if info, _ := c.Day(day(t, "2027-02-04")); info.Verified {
		t.Error("a working day next to a proposed Tết must be doubtful")
	}
	if info, _ := c.Day(day(t, "2027-06-10")); !info.Verified {
		t.Error("a working day far from any proposal must be verified")
	}
}

func TestDayBeforeTheLawIsRefused(t *testing.T) {
	c := law(t)
	if _, err := c.Worked(day(t, "2010-06-01")); fault.Code(err) != "calendar.no_rule" {
		t.Errorf("got %v", err)
	}
	if _, err := c.Worked(day(t, "1801-06-01")); fault.Code(err) != "calendar.year" {
		t.Errorf("got %v", err)
	}
	if _, err := c.Worked(postal.Day{}); err == nil {
		t.Error("the zero day must be refused")
	}
}

func TestSwappedDayWithoutItsPairIsRefusedWithItsPlace(t *testing.T) {
	for name, tc := range map[string]struct {
		row  string
		code string
	}{
		"alone_off":        {"| 2027-04-26 | - |", "calendar.swap_alone"},
		"alone_worked":     {"| - | 2027-04-24 |", "calendar.swap_alone"},
		"off_is_weekend":   {"| 2027-04-25 | 2027-04-24 |", "calendar.swap_off"},
		"off_is_holiday":   {"| 2027-04-30 | 2027-04-24 |", "calendar.swap_off"},
		"worked_is_worked": {"| 2027-04-26 | 2027-04-23 |", "calendar.swap_worked"},
	} {
		t.Run(name, func(t *testing.T) {
			c := lawWith(t, "rule calendar.swaps\n  from: 2027-01-01\n  to: 2027-12-31\n  table:\n    | off | worked |\n    "+tc.row+"\n  source: thiet-lap\n  verified: yes\n")
			problems := Check(c.Book())
			if len(problems) != 1 || problems[0].Code != tc.code || problems[0].Place() != "site/own.rules:6" || problems[0].VI == "" || problems[0].EN == "" {
				t.Errorf("got %+v", problems)
			}
		})
	}
}

func TestDecisionOfAnotherLengthIsRefused(t *testing.T) {
	c := lawWith(t, "rule calendar.tet\n  from: 2027-01-01\n  to: 2027-12-31\n  list:\n    - 2027-02-05\n    - 2027-02-06\n  source: thiet-lap\n  verified: yes\n")
	if problems := Check(c.Book()); len(problems) != 1 || problems[0].Code != "calendar.decision_count" {
		t.Errorf("got %+v", problems)
	}
	c = lawWith(t, "rule calendar.national\n  from: 2027-01-01\n  to: 2027-12-31\n  list:\n    - 2027-09-03\n    - 2027-09-04\n  source: thiet-lap\n  verified: yes\n")
	if problems := Check(c.Book()); len(problems) != 1 || problems[0].Code != "calendar.decision_without" {
		t.Errorf("got %+v", problems)
	}
}

func TestEmbeddedDecisionsAreSound(t *testing.T) {
	for _, p := range Check(law(t).Book()) {
		t.Errorf("%s: %s", p.Place(), p.EN)
	}
}

func TestSiteDecisionTakesThePlaceOfTheProposal(t *testing.T) {
	c := lawWith(t, "rule calendar.national\n  from: 2027-01-01\n  to: 2027-12-31\n  list:\n    - 2027-09-01\n    - 2027-09-02\n  source: thiet-lap\n  verified: yes\n")
	info, err := c.Day(day(t, "2027-09-01"))
	if err != nil || info.Kind != Off || !info.Verified || info.Basis.RuleID != "calendar.national@2027-01-01+site" {
		t.Errorf("got %+v, %v", info, err)
	}
	if worked, _ := c.Worked(day(t, "2027-09-03")); !worked {
		t.Error("3 September 2027 must be worked by the site's decision")
	}
}

// The deadlines that the fact sheet works out by hand.
func TestDeadlinesAreThoseOfTheRules(t *testing.T) {
	c := law(t)
	for name, tc := range map[string]struct {
		q    Question
		want string
	}{
		"kt1_intra":          {Question{Service: KT1, Route: Intra, Accepted: at(t, "2020-04-24T15:10")}, "2020-04-28T12:00:00+07:00"},
		"kt1_intra_A":        {Question{Service: KT1, Route: Intra, Secrecy: "A", Accepted: at(t, "2020-04-24T15:10")}, "2020-04-28T12:00:00+07:00"},
		"kt1_intra_express":  {Question{Service: KT1, Route: Intra, Class: Express, Accepted: at(t, "2020-04-24T15:10")}, "2020-04-27T23:59:59+07:00"},
		"kt1_inter":          {Question{Service: KT1, Route: Inter, Accepted: at(t, "2020-04-24T15:10")}, "2020-05-04T12:00:00+07:00"},
		"kt1_inter_express":  {Question{Service: KT1, Route: Inter, Class: Express, Accepted: at(t, "2020-04-24T15:10")}, "2020-04-29T12:00:00+07:00"},
		"kt1_on_sunday":      {Question{Service: KT1, Route: Intra, Accepted: at(t, "2020-04-26T03:00")}, "2020-04-28T12:00:00+07:00"},
		"kt1_timed":          {Question{Service: KT1, Route: Intra, Class: Timed, Accepted: at(t, "2020-04-24T08:00"), At: at(t, "2020-04-24T12:00")}, "2020-04-24T12:00:00+07:00"},
		"dossier_same":       {Question{Service: DossierSend, Route: SameDistrict, Accepted: at(t, "2020-04-29T09:00")}, "2020-05-04T23:59:59+07:00"},
		"dossier_same_slip":  {Question{Service: DossierSend, Route: SameDistrict, Slip: true, Accepted: at(t, "2020-04-29T09:00")}, "2020-05-05T23:59:59+07:00"},
		"dossier_between":    {Question{Service: DossierReturn, Route: BetweenDistricts, Accepted: at(t, "2020-04-29T09:00")}, "2020-05-05T23:59:59+07:00"},
		"dossier_cities":     {Question{Service: DossierSend, Route: Cities, Accepted: at(t, "2021-03-01T09:00")}, "2021-03-04T23:59:59+07:00"},
		"dossier_other_slip": {Question{Service: DossierSend, Route: OtherProvince, Slip: true, Accepted: at(t, "2021-03-01T09:00")}, "2021-03-11T23:59:59+07:00"},
		"dossier_after_2025": {Question{Service: DossierSend, Route: SameDistrict, Accepted: at(t, "2025-07-01T09:00")}, "2025-07-02T23:59:59+07:00"},
		"letter":             {Question{Service: BasicLetter, Route: Intra, Accepted: at(t, "2025-07-01T09:00")}, "2025-07-03T23:59:59+07:00"},
		"over_a_swap":        {Question{Service: DossierSend, Route: SameDistrict, Accepted: at(t, "2024-05-03T09:00")}, "2024-05-04T23:59:59+07:00"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Deadline(tc.q)
			if err != nil {
				t.Fatal(err)
			}
			if due := got.Due.Format(time.RFC3339); due != tc.want {
				t.Errorf("due %s, want %s\n%s", due, tc.want, explain(got))
			}
		})
	}
}

func explain(a Answer) string {
	var lines strings.Builder
	_ = a.Print(&lines, "en")
	return lines.String()
}

func TestAnswerSaysWhatIsNotVerified(t *testing.T) {
	c := law(t)
	kt1, err := c.Deadline(Question{Service: KT1, Route: Intra, Accepted: at(t, "2021-04-05T10:00")})
	if err != nil || kt1.Verified || !strings.Contains(kt1.Reason.EN, "half day") || !strings.Contains(kt1.Reason.VI, "nửa ngày") {
		t.Errorf("J + 1.5 must be unverified because of the half day: %+v, %v", kt1.Reason, err)
	}
	dossier, err := c.Deadline(Question{Service: DossierSend, Route: SameDistrict, Accepted: at(t, "2021-04-05T10:00")})
	if err != nil || !dossier.Verified {
		t.Errorf("J + 1 of 2021 must be verified: %+v, %v", dossier.Reason, err)
	}
	if dossier.Basis[0].In("en") != "17/2017/TT-BTTTT, article 7 clause 2" {
		t.Errorf("basis is %q", dossier.Basis[0].In("en"))
	}
	for _, q := range []Question{
		{Service: DossierSend, Route: SameDistrict, Accepted: at(t, "2025-08-05T10:00")},
		{Service: KT1, Route: Intra, Class: Express, Accepted: at(t, "2023-04-05T10:00")},
		{Service: KT1, Route: Intra, Class: Express, Secrecy: "A", Accepted: at(t, "2021-04-05T10:00")},
		{Service: BasicLetter, Route: Intra, Accepted: at(t, "2021-04-05T10:00")},
	} {
		if a, err := c.Deadline(q); err != nil || a.Verified || a.Reason.VI == "" || a.Reason.EN == "" {
			t.Errorf("%+v must be unverified with a reason: %+v, %v", q, a.Reason, err)
		}
	}
}

func TestDeadlineRefusesWhatNoRuleCovers(t *testing.T) {
	c := law(t)
	early, mid := at(t, "2016-04-24T15:10"), at(t, "2020-04-24T15:10")
	for name, tc := range map[string]struct {
		q    Question
		code string
	}{
		"before_the_rules":   {Question{Service: KT1, Route: Intra, Accepted: early}, "rulebook.no_rule"},
		"kt1_dossier_route":  {Question{Service: KT1, Route: SameDistrict, Accepted: mid}, "calendar.no_rule"},
		"dossier_kt1_route":  {Question{Service: DossierSend, Route: Intra, Accepted: mid}, "calendar.no_rule"},
		"unknown_service":    {Question{Service: "parcel", Route: Intra, Accepted: mid}, "calendar.service"},
		"special_area":       {Question{Service: KT1, Route: Intra, Special: true, Accepted: mid}, "calendar.special_area"},
		"no_time":            {Question{Service: KT1, Route: Intra}, "calendar.accepted"},
		"slip_on_return":     {Question{Service: DossierReturn, Route: SameDistrict, Slip: true, Accepted: mid}, "calendar.slip"},
		"timed_without_time": {Question{Service: KT1, Route: Intra, Class: Timed, Accepted: mid}, "calendar.timed_at"},
		"timed_too_late":     {Question{Service: KT1, Route: Intra, Class: Timed, Accepted: mid, At: mid.Add(4*time.Hour - time.Second)}, "calendar.timed_late"},
		"suburb_too_late":    {Question{Service: KT1, Route: Intra, Class: Timed, Suburban: true, Accepted: mid, At: mid.Add(11 * time.Hour)}, "calendar.timed_late"},
		"province_too_late":  {Question{Service: KT1, Route: Inter, Class: Timed, Accepted: mid, At: mid.Add(23 * time.Hour)}, "calendar.timed_late"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Deadline(tc.q)
			f, ok := fault.From(err)
			if !ok || f.Code != tc.code || f.VI == "" || f.EN == "" {
				t.Errorf("got %v, want %s", err, tc.code)
			}
		})
	}
}

// naive recomputes a deadline from hand-typed tables by stepping over civil days of the standard library.
func naive(q Question) time.Time {
	halves := map[string]int{
		"kt1 intra plain": 3, "kt1 intra express": 2, "kt1 inter plain": 7, "kt1 inter express": 5,
		"dossier same-district": 2, "dossier between-districts": 4, "dossier cities": 6, "dossier other-province": 8,
		"letter intra": 4, "letter inter": 12,
	}
	var n int
	switch q.Service {
	case KT1:
		n = halves["kt1 "+string(q.Route)+" "+string(q.Class)]
	case DossierSend, DossierReturn:
		n = halves["dossier "+string(q.Route)]
		if q.Slip {
			n *= 2
		}
	default:
		n = halves["letter "+string(q.Route)]
	}
	local := q.Accepted.In(time.FixedZone("", 7*3600))
	d := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	for left := n; left > 0; {
		if d = d.AddDate(0, 0, 1); worksNaively(d) {
			left -= 2
		}
	}
	if n%2 == 1 {
		return d.Add(12 * time.Hour)
	}
	return d.Add(24*time.Hour - time.Second)
}

// A deadline that is wrong once in a hundred thousand is wrong for somebody every day.
func TestHundredThousandDeadlinesEqualANaiveRecount(t *testing.T) {
	c := law(t)
	r := rand.New(rand.NewPCG(20, 4))
	first, last := at(t, "2020-01-01").Unix(), at(t, "2026-12-10").Unix()
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	for range 100_000 {
		q := Question{Service: Service(pick("kt1", "dossier-send", "dossier-return", "letter", "registered")), Accepted: time.Unix(first+r.Int64N(last-first), 0)}
		switch q.Service {
		case KT1:
			q.Route, q.Class, q.Secrecy = Route(pick("intra", "inter")), Class(pick("plain", "express")), pick("", "A", "B", "C")
		case DossierSend, DossierReturn:
			q.Route, q.Slip = Route(pick("same-district", "between-districts", "cities", "other-province")), q.Service == DossierSend && r.IntN(2) == 0
		default:
			q.Route = Route(pick("intra", "inter"))
		}
		got, err := c.Deadline(q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if want := naive(q); !got.Due.Equal(want) {
			t.Fatalf("%+v: due %s, want %s\n%s", q, got.Due, want, explain(got))
		}
	}
}

func TestDesksOpenByTheirOwnHours(t *testing.T) {
	c := law(t)
	for _, tc := range []struct {
		desk Desk
		at   string
		want bool
	}{
		{AgencyDesk, "2020-04-24T08:00", true}, {AgencyDesk, "2020-04-24T17:00", false}, {AgencyDesk, "2020-04-25T09:00", false},
		{PostDesk, "2020-04-25T09:00", true}, {PostDesk, "2020-04-30T09:00", false}, {KT1Desk, "2020-04-30T03:00", true},
		{AgencyDesk, "2024-05-04T09:00", true}, {AgencyDesk, "2024-04-29T09:00", false},
	} {
		if got, err := c.IsOpen(tc.desk, at(t, tc.at)); err != nil || got != tc.want {
			t.Errorf("%s open at %s = %v (%v), want %v", tc.desk, tc.at, got, err, tc.want)
		}
	}
	next, err := c.NextOpen(AgencyDesk, at(t, "2020-04-29T18:00"))
	if err != nil || !next.Equal(at(t, "2020-05-04T08:00")) {
		t.Errorf("the agency opens next at %s (%v)", next, err)
	}
	open, err := c.OpenTime(AgencyDesk, at(t, "2020-04-24T16:00"), at(t, "2020-04-27T09:30"))
	if err != nil || open != 2*time.Hour+30*time.Minute {
		t.Errorf("open for %s (%v), want 2h30m", open, err)
	}
}

func TestStepsSpeakBothLanguages(t *testing.T) {
	a, err := law(t).Deadline(Question{Service: DossierSend, Route: SameDistrict, Accepted: at(t, "2020-04-29T09:05")})
	if err != nil {
		t.Fatal(err)
	}
	var vi []string
	for _, s := range a.Steps {
		vi = append(vi, s.In("vi"))
	}
	want := []string{
		"Chấp nhận lúc 09:05, thứ Tư 29/04/2020: là ngày J, không tính.",
		"Thứ Năm 30/04/2020: Ngày Chiến thắng, không tính.",
		"Thứ Sáu 01/05/2020: Ngày Quốc tế lao động, không tính.",
		"Thứ Bảy 02/05/2020: nghỉ hằng tuần, không tính.",
		"Chủ nhật 03/05/2020: nghỉ hằng tuần, không tính.",
		"Thứ Hai 04/05/2020: ngày làm việc thứ 1.",
		"Hạn: 24:00 thứ Hai 04/05/2020.",
	}
	if strings.Join(vi, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(vi, "\n"), strings.Join(want, "\n"))
	}
	if en := a.Steps[5].In("en"); en != "Monday 04/05/2020: working day 1." {
		t.Errorf("got %q", en)
	}
}

func TestDeadlineCommandKeepsItsContract(t *testing.T) {
	var out bytes.Buffer
	asked := Asked{Service: "kt1", Route: "intra", Class: "plain", Accepted: "2020-04-24T15:10"}
	if err := DeadlineCommand(&out, law(t), asked, answer.Printing{JSON: true}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Due      string
		Verified *bool
		Steps    []struct{ Day, VI, EN string }
		Basis    []rulebook.Citation
		Reason   rulebook.Words
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Due != "2020-04-28T12:00:00+07:00" || got.Verified == nil || *got.Verified || len(got.Steps) != 6 || len(got.Basis) < 3 || got.Reason.VI == "" {
		t.Errorf("got %s", out.String())
	}
	out.Reset()
	if err := DeadlineCommand(&out, law(t), asked, answer.Printing{Lang: "en"}); err != nil || !strings.HasSuffix(out.String(), "2020-04-28T12:00:00+07:00\n") {
		t.Errorf("got %s (%v)", out.String(), err)
	}
	for _, bad := range []Asked{
		{Service: "kt1", Route: "intra", Accepted: "yesterday"}, {Service: "kt1", Route: "moon", Accepted: "2020-04-24"},
		{Service: "kt1", Route: "intra", Class: "slow", Accepted: "2020-04-24"}, {Service: "letter", Route: "intra", Class: "express", Accepted: "2020-04-24"},
		{Service: "kt1", Route: "intra", Class: "A", Secrecy: "b", Accepted: "2020-04-24"}, {Service: "kt1", Route: "intra", Secrecy: "D", Accepted: "2020-04-24"},
	} {
		if err := DeadlineCommand(&out, law(t), bad, answer.Printing{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// Years are worked out when first asked for; many readers at once must all find the same.
func TestManyReadersFindTheSameYear(t *testing.T) {
	c := law(t)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for y := 2020; y < 2040; y++ {
				if worked, err := c.Worked(LunarDay(y, 1, 1)); worked || err != nil {
					t.Errorf("Tết %d is worked (%v)", y, err)
				}
			}
		})
	}
	all.Wait()
}

// A quarter of a million open items are counted when a board is drawn: an answer must cost little.
func BenchmarkDeadline(b *testing.B) {
	c := law(b)
	q := Question{Service: DossierSend, Route: OtherProvince, Slip: true, Accepted: at(b, "2021-04-21T09:00")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Deadline(q); err != nil {
			b.Fatal(err)
		}
	}
}

// The deadline of an item is asked for at every scan; each allocation here is paid for a million times.
func TestDeadlineAllocatesLittle(t *testing.T) {
	c := law(t)
	q := Question{Service: KT1, Route: Inter, Class: Plain, Accepted: at(t, "2021-04-21T09:00")}
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := c.Deadline(q); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 8 {
		t.Errorf("%v allocations, want at most 8", allocs)
	}
}

func TestRulebookCheckRunsTheCalendarsChecks(t *testing.T) {
	dir := t.TempDir()
	text := "rule calendar.swaps\n  from: 2027-01-01\n  to: 2027-12-31\n  table:\n    | off | worked |\n    | 2027-04-26 | - |\n  source: thiet-lap\n  verified: yes\n"
	if err := os.WriteFile(filepath.Join(dir, "own.rules"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := rulebook.CheckCommand(&out, dir, answer.Printing{Lang: "en"}, Check)
	if !fault.Is(err, fault.Invalid) || !strings.Contains(out.String(), "own.rules:6: The swapped day 2027-04-26 lacks its pair") {
		t.Errorf("got %v\n%s", err, out.String())
	}
}

func TestLateMonthsBelongToTheirOwnLunarYear(t *testing.T) {
	for _, tc := range []struct {
		year, month, day int
		want             string
	}{{2020, 12, 1, "2021-01-13"}, {2020, 5, 5, "2020-06-25"}, {2020, 8, 15, "2020-10-01"}, {2033, 8, 15, "2033-09-08"}, {2023, 8, 15, "2023-09-29"}} {
		if got := LunarDay(tc.year, tc.month, tc.day).String(); got != tc.want {
			t.Errorf("day %d of month %d of %d is %s, want %s", tc.day, tc.month, tc.year, got, tc.want)
		}
	}
}
