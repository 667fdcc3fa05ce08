package rulebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

func day(t testing.TB, text string) postal.Day {
	t.Helper()
	d, err := isoDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// small is a good little book that the tests spoil in one place.
const small = `
instrument tt-1
    kind: circular
    number: 1/2017/TT
    title vi: Thông tư
    title en: Circular
    issuer vi: Bộ
    issuer en: Ministry
    in force: 2017-01-01
    ended: 2022-01-01
    source: công báo
    verified: yes

key fee
    vi: Phí
    en: Fee
    type: int
    unit: vnd
    covers: always since 2017-01-01

rule fee
    from: 2017-01-01
    to: 2019-12-31
    value: 26000
    source: tt-1
    article: Điều 4 khoản 2
    verified: yes

rule fee
    from: 2020-01-01
    value: 30_000
    source: tt-1
    verified: no
    reason vi: chưa đọc
    reason en: not read
`

func layer(name, text string) Layer {
	dir := name
	if dir == "" {
		dir = "rules"
	}
	return Layer{Name: name, Dir: dir, FS: fstest.MapFS{"a.rules": {Data: []byte(text)}}}
}

func load(t testing.TB, layers ...Layer) *Book {
	t.Helper()
	book, err := Load(layers...)
	if err != nil {
		var all Problems
		errors.As(err, &all)
		t.Fatalf("%v", all)
	}
	return book
}

// If the law that ships with the program does not load, nothing that shows a price or a date can start.
func TestEmbeddedLawLoads(t *testing.T) {
	for _, p := range Check(EmbeddedLayer()) {
		t.Errorf("%s: %s", p.Place(), p.EN)
	}
}

// Each mistake must be refused at its own line, in both languages: half a law is worse than none.
func TestCheckRefusesEachMistakeWithItsPlace(t *testing.T) {
	for name, tc := range map[string]struct {
		old, new string
		code     string
		line     int
	}{
		"gap":                    {"    to: 2019-12-31", "    to: 2019-11-30", "rulebook.gap", 29},
		"overlap":                {"    to: 2019-12-31", "    to: 2020-01-01", "rulebook.overlap", 29},
		"gap_at_the_start":       {"    from: 2017-01-01\n    to: 2019-12-31", "    from: 2017-02-01\n    to: 2019-12-31", "rulebook.gap", 21},
		"gap_at_the_end":         {"    from: 2020-01-01\n", "    from: 2020-01-01\n    to: 2020-12-31\n", "rulebook.gap", 29},
		"backwards":              {"    to: 2019-12-31", "    to: 2016-12-31", "rulebook.backwards", 23},
		"unknown_key":            {"rule fee\n    from: 2020", "rule fees\n    from: 2020", "rulebook.unknown_key", 29},
		"no_source":              {"    source: tt-1\n    article", "    article", "rulebook.no_source", 21},
		"unknown_source":         {"    source: tt-1\n    article", "    source: tt-2\n    article", "rulebook.unknown_source", 25},
		"no_reason":              {"    reason en: not read\n", "", "rulebook.missing", 29},
		"reason_when_verified":   {"    article: Điều 4 khoản 2\n    verified: yes", "    verified: yes\n    reason vi: x", "rulebook.reason", 27},
		"not_a_number":           {"    value: 26000", "    value: 26.000", "rulebook.value", 24},
		"beyond_int64":           {"    value: 26000", "    value: 9223372036854775808", "rulebook.value", 24},
		"no_value":               {"    value: 26000\n", "", "rulebook.missing", 21},
		"not_a_day":              {"    to: 2019-12-31", "    to: 31/12/2019", "rulebook.day", 23},
		"no_such_day":            {"    to: 2019-12-31", "    to: 2019-02-30", "rulebook.day", 23},
		"unknown_field":          {"    article: Điều 4 khoản 2", "    artikel: Điều 4", "rulebook.unknown_field", 26},
		"repeated_field":         {"    article: Điều 4 khoản 2", "    value: 1", "rulebook.repeated", 26},
		"unknown_type":           {"    type: int", "    type: float", "rulebook.type", 17},
		"unknown_unit":           {"    unit: vnd", "    unit: usd", "rulebook.unit", 18},
		"key_twice":              {"rule fee\n    from: 2017", "key fee\n    vi: P\n    en: F\n    type: int\n    unit: vnd\n    covers: some days\n\nrule fee\n    from: 2017", "rulebook.twice", 21},
		"bad_head":               {"rule fee\n    from: 2020", "regel fee\n    from: 2020", "rulebook.syntax", 29},
		"no_colon":               {"    value: 26000", "    value 26000", "rulebook.syntax", 24},
		"verified_after_its_end": {"    verified: no\n    reason vi: chưa đọc\n    reason en: not read\n", "    verified: yes\n", "rulebook.not_in_force", 29},
		"unknown_successor":      {"    ended: 2022-01-01", "    ended: 2022-01-01\n    replaced by: tt-9", "rulebook.unknown_source", 2},
		"kind_of_instrument":     {"    kind: circular", "    kind: rumour", "rulebook.kind", 3},
		"one_language_only":      {"    title en: Circular\n", "", "rulebook.missing", 2},
		"list_item_astray":       {"    value: 26000", "    - 26000", "rulebook.syntax", 24},
		"row_astray":             {"    value: 26000", "    | 26000 |", "rulebook.syntax", 24},
		"name_with_blank":        {"rule fee\n    from: 2020", "rule fee two\n    from: 2020", "rulebook.syntax", 29},
		"covers":                 {"always since 2017-01-01", "always", "rulebook.covers", 19},
		"not_utf8":               {"    value: 26000", "    value: 26000\xff", "rulebook.utf8", 24},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, tc.old, tc.new, 1)
			if text == small {
				t.Fatal("the test spoils nothing")
			}
			problems := Check(layer("", text))
			for _, p := range problems {
				if p.Code == tc.code && p.Line == tc.line && p.File == "rules/a.rules" && p.VI != "" && p.EN != "" && p.VI != p.EN {
					return
				}
			}
			t.Errorf("want %s at line %d, got %+v", tc.code, tc.line, problems)
		})
	}
	if problems := Check(layer("", small)); len(problems) != 0 {
		t.Errorf("the unspoiled book: %v", problems)
	}
}

func TestLoadGivesTheFirstMistakeAsAFault(t *testing.T) {
	_, err := Load(layer("", strings.Replace(small, "26000", "x", 1)))
	f, ok := fault.From(err)
	if !ok || f.Code != "rulebook.refused" || !strings.Contains(f.EN, "rules/a.rules:24") || !strings.Contains(f.VI, "rules/a.rules:24") {
		t.Errorf("got %v", err)
	}
}

// A question about a past day is answered by the rules of that day.
func TestPastDayIsAnsweredByTheRulesOfThatDay(t *testing.T) {
	book := load(t, layer("", small))
	for text, want := range map[string]int64{"2017-01-01": 26000, "2019-12-31": 26000, "2020-01-01": 30000, "2040-05-05": 30000} {
		if got, _, err := book.Int("fee", day(t, text)); err != nil || got != want {
			t.Errorf("fee on %s is %d (%v), want %d", text, got, err, want)
		}
	}
	_, cite, _ := book.Int("fee", day(t, "2018-06-01"))
	if cite.RuleID != "fee@2017-01-01" || cite.In("vi") != "1/2017/TT, Điều 4 khoản 2" || cite.In("en") != "1/2017/TT, article 4 clause 2" || !cite.Verified {
		t.Errorf("got %+v", cite)
	}
	_, cite, _ = book.Int("fee", day(t, "2021-06-01"))
	if cite.Verified || cite.Reason.In("en") != "not read" || cite.Reason.In("vi") != "chưa đọc" {
		t.Errorf("got %+v", cite)
	}
	if _, _, err := book.Int("fee", day(t, "2016-12-31")); fault.Code(err) != "rulebook.no_rule" || !fault.Is(err, fault.NotFound) {
		t.Errorf("before the first rule: %v", err)
	}
	if _, _, err := book.Int("toll", day(t, "2017-01-01")); fault.Code(err) != "rulebook.unknown_key" {
		t.Errorf("an unknown key: %v", err)
	}
	if _, _, err := book.Table("fee", day(t, "2017-01-01")); fault.Code(err) != "rulebook.wrong_type" {
		t.Errorf("a fee asked for as a table: %v", err)
	}
}

// A site's own rule takes the place of the law on its days, and on no other.
func TestSiteRuleIsLaidOverItsDaysOnly(t *testing.T) {
	own := `
rule fee
    from: 2018-03-01
    to: 2018-03-31
    value: 13000
    source: tt-1
    verified: yes
`
	book := load(t, layer("", small), layer("site", own))
	for text, want := range map[string]string{
		"2018-02-28": "fee@2017-01-01 26000", "2018-03-01": "fee@2018-03-01+site 13000", "2018-03-31": "fee@2018-03-01+site 13000",
		"2018-04-01": "fee@2017-01-01 26000", "2020-01-01": "fee@2020-01-01 30000",
	} {
		r, err := book.Rule("fee", day(t, text))
		if err != nil || r.ID()+" "+r.Value.String() != strings.Replace(want, "30000", "30_000", 1) {
			t.Errorf("on %s: %v %v, want %s", text, r.ID(), err, want)
		}
	}
	if n := len(book.Rules("fee")); n != 4 {
		t.Errorf("%d rules, want 4", n)
	}
	changes := Diff(load(t, layer("", small)), book)
	if len(changes) != 3 {
		t.Errorf("%d differences, want 3: the shortened rule, the site's and the rest", len(changes))
	}
}

func TestSiteMayNotDeclareAKeyAgain(t *testing.T) {
	again := "key fee\n  vi: a\n  en: b\n  type: int\n  unit: vnd\n  covers: some days\n"
	if problems := Check(layer("", small), layer("site", again)); len(problems) != 1 || problems[0].Code != "rulebook.twice" || problems[0].Place() != "site/a.rules:1" {
		t.Errorf("got %v", problems)
	}
}

func TestSiteFolderIsReadFromDisk(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Open(dir + "/none"); fault.Code(err) != "rulebook.refused" {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestFamilyDeclaresAllItsNames(t *testing.T) {
	text := small + `
key hours.*
    vi: Giờ
    en: Hours
    type: table
    columns: day {mon tue}, opens time, note text?
    unit: none
    covers: some days

rule hours.post
    from: 2018-01-01
    table:
        | day | opens | note |
        | mon | 07:30 | -    |
        | tue | 24:00 | muộn |
    source: tt-1
    verified: no
    reason vi: a
    reason en: b
`
	book := load(t, layer("", text))
	table, _, err := book.Table("hours.post", day(t, "2019-01-01"))
	if err != nil || table.Len() != 2 || table.Cell(1, "opens").Time() != EndOfDay || !table.Cell(0, "note").Empty() {
		t.Fatalf("got %v, %v", table, err)
	}
	if row, ok := table.Find("day", "tue"); !ok || row != 1 {
		t.Errorf("found row %d, %v", row, ok)
	}
	if _, line := table.Place(0); line != 49 {
		t.Errorf("row 0 stands on line %d", line)
	}
	out, err := json.Marshal(table)
	if want := `[{"day":"mon","opens":"07:30","note":null},{"day":"tue","opens":"24:00","note":"muộn"}]`; string(out) != want || err != nil {
		t.Errorf("got %s (%v)", out, err)
	}
	for name, change := range map[string][2]string{
		"columns":  {"| day | opens | note |", "| day | opens |"},
		"cells":    {"| mon | 07:30 | -    |", "| mon | 07:30 |"},
		"word":     {"| mon | 07:30", "| sun | 07:30"},
		"time":     {"07:30", "7:30"},
		"too_late": {"24:00", "24:01"},
		"empty":    {"| mon |", "| -   |"},
	} {
		if problems := Check(layer("", strings.Replace(text, change[0], change[1], 1))); len(problems) == 0 {
			t.Errorf("%s was not refused", name)
		}
	}
}

func TestNumbersAreExact(t *testing.T) {
	for text, want := range map[string]int64{"1.5": 3, "1": 2, "3.5": 7, "0.5": 1, "-1.5": -3} {
		n, err := ParseNumber(text)
		if err != nil || n.String() != text {
			t.Errorf("%s reads as %s (%v)", text, n, err)
		}
		if got, whole := n.Times(2); !whole || got != want {
			t.Errorf("2 × %s = %d, %v", text, got, whole)
		}
	}
	if n, _ := ParseNumber("0.05"); n.String() != "0.05" {
		t.Errorf("0.05 reads as %s", n)
	}
	if n, _ := ParseNumber("1.3"); n != (Number{13, 1}) {
		t.Errorf("1.3 reads as %+v", n)
	}
	for _, text := range []string{"", ".", "1.", ".5", "1,5", "1e3", "1.-5", "1.1234567890", "99999999999999999999", "-", "1.5.5"} {
		if n, err := ParseNumber(text); err == nil {
			t.Errorf("%q reads as %s", text, n)
		}
	}
	if _, whole := (Number{Units: 1 << 62, Scale: 0}).Times(4); whole {
		t.Error("an overflow was not noticed")
	}
}

func TestChangesSayWhatChangesAndWhen(t *testing.T) {
	book := load(t, layer("", small))
	changes := book.Changes(day(t, "2018-01-01"), day(t, "2030-01-01"))
	if len(changes) != 1 || changes[0].Day != day(t, "2020-01-01") || changes[0].Before == nil || changes[0].Before.Value.Int() != 26000 || changes[0].After.Value.Int() != 30000 || changes[0].SameValue() {
		t.Errorf("got %+v", changes)
	}
	if got := book.DiffDays(day(t, "2017-05-05"), day(t, "2019-05-05")); len(got) != 0 {
		t.Errorf("two days of one rule differ: %+v", got)
	}
	if got := book.DiffDays(day(t, "2017-05-05"), day(t, "2021-05-05")); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}

// What nobody could verify (section K of the fact sheet) must never be shown as fact.
func TestWhatWasNotSeenIsNotVerified(t *testing.T) {
	book, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ key, day string }{
		{"letter.journey", "2020-05-05"}, {"letter.on_time", "2020-05-05"}, {"letter.safety", "2020-05-05"}, {"letter.frequency", "2020-05-05"},
		{"network.radius", "2020-05-05"}, {"network.people", "2020-05-05"}, {"network.opening", "2020-05-05"},
		{"kt1.price.range", "2020-05-05"}, {"kt1.journey", "2023-05-05"}, {"kt1.timed.notice", "2023-05-05"}, {"period.half_day_ends_at", "2020-05-05"},
		{"calendar.swaps", "2026-05-05"}, {"calendar.national", "2026-05-05"}, {"onestop.cutoff", "2025-08-05"}, {"privacy.request.answer", "2026-05-05"},
		{"dossier.journey", "2025-08-05"}, {"dossier.price.send", "2020-05-05"},
	} {
		r, err := book.Rule(tc.key, day(t, tc.day))
		if err != nil || r.Verified || r.Reason.VI == "" || r.Reason.EN == "" {
			t.Errorf("%s on %s: %v", tc.key, tc.day, err)
		}
	}
	for _, tc := range []struct{ key, day string }{
		{"kt1.journey", "2020-05-05"}, {"dossier.journey", "2020-05-05"}, {"onestop.cutoff", "2020-05-05"}, {"dossier.price.return", "2021-05-04"},
		{"kt1.surcharge", "2020-05-05"}, {"calendar.holidays", "2022-05-05"}, {"post.compensation.times_postage", "2020-05-05"},
	} {
		if r, err := book.Rule(tc.key, day(t, tc.day)); err != nil || !r.Verified || r.Instrument == nil {
			t.Errorf("%s on %s: %v", tc.key, tc.day, err)
		}
	}
}

func TestEmbeddedPricesAreThoseOfTheList(t *testing.T) {
	book, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		key, over, column string
		want              int64
	}{
		{"dossier.price.send", "250", "same-district", 26500}, {"dossier.price.send", "500", "same-district", 2200},
		{"dossier.price.return", "250", "other-region", 40000}, {"dossier.price.return", "500", "other-region", 6300},
		{"dossier.price.send", "0", "between-districts", 30000}, {"dossier.price.send", "100", "other-region", 34000},
	} {
		table, _, err := book.Table(tc.key, day(t, "2021-05-04"))
		if err != nil {
			t.Fatal(err)
		}
		row, ok := table.Find("over_g", tc.over)
		if got := table.Cell(row, tc.column).Int(); !ok || got != tc.want {
			t.Errorf("%s over %s g, %s: %d, want %d", tc.key, tc.over, tc.column, got, tc.want)
		}
	}
}

func TestQueriesFindByInstrumentDayAndDoubt(t *testing.T) {
	book, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range book.ByInstrument("tt-17-2017") {
		if r.Instrument.Number != "17/2017/TT-BTTTT" {
			t.Errorf("%s is from %s", r.ID(), r.Instrument.Number)
		}
	}
	if len(book.ByInstrument("tt-17-2017")) < 8 || len(book.Under("kt1")) < 20 || len(book.On(day(t, "2020-05-05"))) < 40 {
		t.Error("rules are missing")
	}
	for _, r := range book.Unverified() {
		if r.Verified {
			t.Errorf("%s is verified", r.ID())
		}
		if again, ok := book.ByID(r.ID()); !ok || again.Name != r.Name {
			t.Errorf("%s is not found by its id", r.ID())
		}
	}
	for _, i := range book.Instruments() {
		if found, ok := book.FindInstrument(i.ID); !ok || found != i {
			t.Errorf("%s is not found", i.ID)
		}
	}
}

func TestCommandsSpeakToPeopleAndPrograms(t *testing.T) {
	book, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	d := func(text string) postal.Day { return day(t, text) }
	for name, run := range map[string]struct {
		do   func(w *bytes.Buffer, p answer.Printing) error
		text string
	}{
		"check": {func(w *bytes.Buffer, p answer.Printing) error { return CheckCommand(w, "", p) }, "The rulebook is good"},
		"list": {func(w *bytes.Buffer, p answer.Printing) error {
			return ListCommand(w, book, Filter{Under: "dossier", On: d("2021-05-05")}, p)
		}, "dossier.price.send"},
		"unverified": {func(w *bytes.Buffer, p answer.Printing) error {
			return ListCommand(w, book, Filter{Unverified: true}, p)
		}, "not verified"},
		"show_key": {func(w *bytes.Buffer, p answer.Printing) error {
			return ShowCommand(w, book, "kt1.journey", d("2020-05-05"), p)
		}, "16/2017/TT-BTTTT, article 4 clause 4"},
		"show_id": {func(w *bytes.Buffer, p answer.Printing) error {
			return ShowCommand(w, book, "onestop.cutoff@2018-06-21", postal.Day{}, p)
		}, "15:00"},
		"instrument": {func(w *bytes.Buffer, p answer.Printing) error {
			return ShowCommand(w, book, "qd-55-2016", postal.Day{}, p)
		}, "37/2021/QĐ-TTg"},
		"diff_days": {func(w *bytes.Buffer, p answer.Printing) error {
			return DiffDaysCommand(w, book, d("2020-12-31"), d("2021-01-01"), p)
		}, "calendar.holidays"},
		"diff_same": {func(w *bytes.Buffer, p answer.Printing) error { return DiffCommand(w, "", "", p) }, "Nothing differs"},
	} {
		t.Run(name, func(t *testing.T) {
			var text, program bytes.Buffer
			if err := run.do(&text, answer.Printing{Lang: "en"}); err != nil || !strings.Contains(text.String(), run.text) {
				t.Errorf("got %s (%v)", text.String(), err)
			}
			if err := run.do(&program, answer.Printing{JSON: true}); err != nil || !json.Valid(program.Bytes()) {
				t.Errorf("got %s (%v)", program.String(), err)
			}
		})
	}
	if err := ShowCommand(&bytes.Buffer{}, book, "nothing", postal.Day{}, answer.Printing{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}

// The parser reads what people type by hand: whatever it is, it must answer with problems and never fall over.
func FuzzReadNeverFallsOver(f *testing.F) {
	f.Add(small)
	f.Add("rule\n| |\n- \nkey a.*\n  columns: {")
	f.Add("key a\n vi: x\n en: y\n type: table\n columns: a {}, b int?\n unit: none\n covers: 2020-01-01 to \nrule a\n from: 2020-01-01\n table:\n ||\n")
	f.Fuzz(func(t *testing.T, text string) {
		book, err := Load(layer("", text))
		if (book == nil) == (err == nil) {
			t.Fatal("neither a book nor an error")
		}
	})
}
