package closedmail_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func TestTheWholeWayOverThePages(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		clerk, carrier, there := s.as(clerkA), s.as(courier), s.as(clerkB)
		item := last(clerk.done("/kt1/accept", coverForm("secrecy", "A", "locator", "dv-01", "urgency", "express", "named", "1", "recall_by", "2020-06-01")...))
		clerk.saysNo("phải gắn thiết bị định vị", "/kt1/accept", coverForm("secrecy", "A", "number", "")...)
		if a := clerk.get("/kt1/items/" + item); a.status != 200 || !strings.Contains(a.body, "Cơ quan mẫu số 2") {
			t.Fatalf("item page %d", a.status)
		}
		bag := last(clerk.done("/kt1/vessels", "facility", "hop-01", "to", string(officeB)))
		clerk.done("/kt1/vessels/"+bag+"/pack", "item", item)
		clerk.saysNo("không đúng", "/kt1/vessels/"+bag+"/close", "seal", "NP-10001", "second_login", "a2", "second_password", "sai")
		clerk.saysNo("hai người khác nhau", "/kt1/vessels/"+bag+"/close", with(second(clerkA), "seal", "NP-10001")...)
		clerk.done("/kt1/vessels/"+bag+"/close", with(second(otherA), "seal", "NP-10001")...)
		trip := last(clerk.done("/kt1/dispatches", "to", string(officeB), "vehicle", "xe-01"))
		clerk.done("/kt1/dispatches/"+trip+"/load", "bag", bag)
		clerk.done("/kt1/dispatches/" + trip + "/close")
		out := last(clerk.done("/kt1/handovers", "kind", "out", "things", trip, "carrier", string(courier)))
		carrier.done("/kt1/handovers/"+out+"/count", "seal-"+bag, "NP-10001")
		clerk.done("/kt1/handovers/"+out+"/sign", "side", "giver")
		carrier.saysNo("kiểm đủ ba việc", "/kt1/handovers/"+out+"/sign", "side", "taker")
		looked := []string{"look_number", "1", "look_packing", "1", "look_seal", "1"}
		carrier.done("/kt1/handovers/"+out+"/sign", with(looked, "side", "taker")...)
		in := last(there.done("/kt1/handovers", "kind", "in", "things", trip, "carrier", string(courier)))
		there.done("/kt1/handovers/"+in+"/count", "seal-"+bag, "NP-10001")
		carrier.done("/kt1/handovers/"+in+"/sign", "side", "giver")
		there.done("/kt1/handovers/"+in+"/sign", with(looked, "side", "taker")...)
		there.done("/kt1/vessels/"+bag+"/open", with(second(otherB), "seal", "NP-10001")...)
		there.done("/kt1/vessels/"+bag+"/take", "item", item)
		there.done("/kt1/vessels/"+bag+"/empty", second(otherB)...)
		round := last(there.done("/kt1/handovers", "kind", "delivery", "things", item, "carrier", string(courier), "vehicle", "xe-02"))
		carrier.done("/kt1/handovers/"+round+"/count", "has-"+item, "yes")
		there.done("/kt1/handovers/"+round+"/sign", "side", "giver")
		carrier.done("/kt1/handovers/"+round+"/sign", with(looked, "side", "taker")...)
		carrier.saysNo("chuyển nguyên bì", "/kt1/round/"+item+"/deliver", with(with(looked, second(registry2)...), "as", "clerk")...)
		carrier.done("/kt1/round/"+item+"/deliver", with(with(looked, second(registry2)...), "as", "clerk", "unopened", "1")...)
		if who := s.holder(event.Thing(item)); who != event.Recipient {
			t.Errorf("the item is with %s", who)
		}
		for register, want := range map[string]string{"out": item, "handover": out} {
			if a := clerk.get("/kt1/registers/" + register + "/1"); !strings.Contains(a.body, want) {
				t.Errorf("register %s lacks %s", register, want)
			}
		}
		for register, want := range map[string]string{"in": item, "transfer": "Văn Thư Hai"} {
			if a := there.get("/kt1/registers/" + register + "/1"); !strings.Contains(a.body, want) {
				t.Errorf("register %s lacks %s", register, want)
			}
		}
		if a := s.as(headA).get("/kt1/report?period=2020h1"); !strings.Contains(a.body, "1/1 (100 %)") {
			t.Errorf("the report does not count the item: %d", a.status)
		}
		if a := s.as(registry2).get("/kt1/registry"); !strings.Contains(a.body, item) {
			t.Errorf("the registry does not see its item: %d", a.status)
		}
		if a := s.as(registry3).get("/kt1/registry"); strings.Contains(a.body, item) {
			t.Error("another registry sees the item")
		}
		s.sound()
	})
}

func TestOnlyAppendixTwoPays(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	for sender, want := range map[closedmail.BodyCode]postal.VND{bodyOne: 0, bodyTwo: 30_000} {
		to, by := bodyTwo, registry1
		if sender == bodyTwo {
			to, by = bodyOne, registry2
		}
		item := postal.ItemNumber(last(clerk.done("/kt1/accept", coverForm("sender", string(sender), "addressee", string(to), "handed_by", string(by))...)))
		if i := s.custodyOf(item); i.FeeVND != want {
			t.Errorf("%s pays %d", sender, i.FeeVND)
		}
	}
}

// textInput finds every input and textarea of a page.
var textInput = regexp.MustCompile(`<(input|textarea|select)\b[^>]*>`)

var attr = regexp.MustCompile(`\b(name|type|maxlength|inputmode)="([^"]*)"`)

// codesOnly are the fields that take typed text, and what stops a sentence in them: each is read by a parser of codes, or is a secret.
var codesOnly = regexp.MustCompile(`^(code|number|returns|weight|pays|item|seal|bag|things?|extra|facility|visitor|seal-[0-9A-Z]+|second_login|second_password|second_code)$`)

func TestNoPageHasAFieldForFreeText(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	seen := 0
	for _, p := range s.everyPage() {
		a := s.as(p.who).get(p.path)
		if a.status != http.StatusOK {
			t.Errorf("%s as %s: %d %s", p.path, p.who, a.status, errorsOf(a.body))
			continue
		}
		if p.name == "report-words" {
			aboutTheServiceOnly(t, a.body)
			continue
		}
		if strings.Contains(a.body, "<textarea") || strings.Contains(a.body, `type="file"`) || strings.Contains(a.body, "contenteditable") {
			t.Errorf("%s has room for text or a file", p.path)
		}
		title := pageTitle.FindString(a.body)
		for _, word := range []string{"Hoả tốc", "Hẹn giờ", "Cơ quan mẫu", "Văn Thư", "mật", "123/"} {
			if strings.Contains(title, word) || strings.Contains(p.path, url.PathEscape(word)) {
				t.Errorf("%s says %q in its title or address", p.path, word)
			}
		}
		for _, tag := range textInput.FindAllString(a.body, -1) {
			at := map[string]string{}
			for _, m := range attr.FindAllStringSubmatch(tag, -1) {
				at[m[1]] = m[2]
			}
			switch {
			case strings.HasPrefix(tag, "<select"), at["type"] == "hidden", at["type"] == "radio", at["type"] == "checkbox", at["type"] == "date", at["type"] == "datetime-local":
			case at["type"] == "password" && at["name"] == "second_password":
			case codesOnly.MatchString(at["name"]) && (at["maxlength"] != "" && len(at["maxlength"]) <= 2 || at["inputmode"] == "numeric"):
				seen++
			default:
				t.Errorf("%s has a field that is neither code, number, day nor choice: %s", p.path, tag)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d fields were looked at", seen)
	}
}

// aboutTheServiceOnly looks at the one page with room for prose: its fields are the sections of the report, and it says above them what must not be written.
func aboutTheServiceOnly(t *testing.T, body string) {
	t.Helper()
	var fields []string
	for _, tag := range textInput.FindAllString(body, -1) {
		for _, m := range attr.FindAllStringSubmatch(tag, -1) {
			if m[1] == "name" && strings.HasPrefix(tag, "<textarea") {
				fields = append(fields, m[2])
			}
		}
		if !strings.HasPrefix(tag, "<textarea") && !strings.Contains(tag, `type="hidden"`) {
			t.Errorf("the page of the report's words asks for something else: %s", tag)
		}
	}
	var want []string
	for _, s := range closedmail.Sections {
		want = append(want, string(s))
	}
	if !slices.Equal(fields, want) || !strings.Contains(body, "Không ghi bất cứ điều gì về một bưu gửi") {
		t.Errorf("fields %v, want %v, and the warning", fields, want)
	}
}

var pageTitle = regexp.MustCompile(`<title>[^<]*</title>`)

func TestAPageOfARegisterIsAPDFOnlyAfterItsPrintWasRecorded(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	item := s.accept(cover())
	if a := clerk.get("/kt1/registers/out/1/pdf"); a.status != http.StatusConflict {
		t.Errorf("before the print: %d", a.status)
	}
	clerk.done("/kt1/registers/out/1")
	a := clerk.get("/kt1/registers/out/1/pdf")
	if a.status != http.StatusOK || !strings.HasPrefix(a.body, "%PDF-") {
		t.Fatalf("%d, %.20q", a.status, a.body)
	}
	text := pdfText(t, []byte(a.body))
	for _, want := range []string{string(item), "Cơ quan mẫu số 2", "Cộng dồn: 1", "NỘI BỘ – KT1 · a1 nv-a1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF lacks %q:\n%s", want, text)
		}
	}
}

// pdfText gives the words of a PDF as poppler reads them.
func pdfText(t *testing.T, b []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed: nobody to read the PDF")
	}
	cmd := exec.CommandContext(t.Context(), tool, "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestADirectoryIsPlannedBeforeItIsTakenIn(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	for text, code := range map[string]string{
		"":                                      "closedmail.import_head",
		"code,name\ncq-0001,Mẫu\n":              "closedmail.import_head",
		directory + "cq-0001,appendix-1\n":      "closedmail.import_rows",
		directory + "cq-0010,\"a\"b\n":          "closedmail.import_row",
		directory + "cq-9,x,no,n,a,1,2,3,4,5\n": "closedmail.import_rows",
		directory + directoryRow("cq-0001"):     "closedmail.import_rows",
		directory + directoryRow("Kế hoạch"):    "closedmail.import_rows",
	} {
		if _, err := closedmail.ReadEntries(strings.NewReader(text)); fault.Code(err) != code {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
	entries, err := closedmail.ReadEntries(strings.NewReader(strings.Replace(directory, "cq-0004,outside", "cq-0014,outside", 1)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.pages.Directory.Plan(t.Context(), entries, postal.DayOf(s.now))
	if err != nil || len(p.New) != 1 || p.Same != 3 || len(p.Missing) != 1 || p.Missing[0] != outsider {
		t.Fatalf("plan %+v, %v", p, err)
	}
	if all, err := s.pages.Directory.All(t.Context()); err != nil || len(all) != 4 {
		t.Errorf("a plan wrote: %d entries, %v", len(all), err)
	}
}

// TestEveryWrongRowOfADirectoryIsNamed: rows of too few columns, and hours that are none.
func TestEveryWrongRowOfADirectoryIsNamed(t *testing.T) {
	head, _, _ := strings.Cut(directory, "\n")
	with := func(hours string) string {
		return `cq-0010,appendix-1,no,Cơ quan mẫu,1 phố Mẫu,11407,,inner,180100,"` + hours + `"` + "\n"
	}
	for hours, want := range map[string]string{"17:00-07:30": "not in order", "07:30-11:30,11:00-17:00": "not in order", "08:00-08:00": "not in order", "29:00-29:30": "not valid", "07:30": "not valid", "": "not valid", "08:00-24:30": "not valid"} {
		if _, err := closedmail.ReadEntries(strings.NewReader(head + "\n" + with(hours))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", hours, err)
		}
	}
	for _, hours := range []string{"07:30-11:30,13:30-17:00", "00:00-24:00", "00:00-06:00,17:00-24:00"} {
		if all, err := closedmail.ReadEntries(strings.NewReader(head + "\n" + with(hours))); err != nil || len(all) != 1 {
			t.Errorf("%q: %v", hours, err)
		}
	}
	_, err := closedmail.ReadEntries(strings.NewReader(head + "\ncq-0001,appendix-1\n" + with("07:30-11:30") + "xx,appendix-1,no,A,B,11407,,inner,180100,07:00-11:00\n"))
	if err == nil || !strings.Contains(err.Error(), "2: has 2 columns, not 10; 4: ") {
		t.Errorf("two wrong rows: %v", err)
	}
	var many strings.Builder
	many.WriteString(head + "\n")
	for n := range 20_001 {
		fmt.Fprintf(&many, "cq-%06d,appendix-1,no,A,B,11407,,inner,180100,07:00-11:00\n", n+100)
	}
	if _, err := closedmail.ReadEntries(strings.NewReader(many.String())); fault.Code(err) != "closedmail.import_many" {
		t.Errorf("too many: %v", err)
	}
}

func directoryRow(code string) string {
	return code + `,appendix-1,no,Cơ quan mẫu,1 phố Mẫu,11407,,inner,180100,07:30-17:00` + "\n"
}

func TestTheVisitorLogIsForTheOfficeAndItsNumbersForTheSecurityOfficer(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	clerk.done("/kt1/visits/begin", "facility", "kv-01", "purpose", "repair", "host", string(otherA), "kind", "cccd", "visitor", "031090000001")
	clerk.saysNo("5 đến 12 chữ số", "/kt1/visits/begin", "facility", "kv-01", "purpose", "repair", "host", string(otherA), "kind", "cccd", "visitor", "Nguyễn Văn A")
	if a := clerk.get("/kt1/visits"); !strings.Contains(a.body, "Trần Thị Mẫu") || !strings.Contains(a.body, "…001") || strings.Contains(a.body, "031090000001") {
		t.Errorf("the desk's log: %d", a.status)
	}
	clerk.done("/kt1/visits/end", "id", string(closedmail.Cases(s.View(t.Context()), "visit")[0].ID))
	if a := s.as(security).get("/kt1/visits"); !strings.Contains(a.body, "031090000001") || strings.Contains(a.body, "đang ở trong") {
		t.Errorf("the security officer's log of a visit that has ended: %d", a.status)
	}
	if a := s.as(headB).get("/kt1/visits"); a.status != http.StatusOK || strings.Contains(a.body, "kv-01") {
		t.Errorf("office B reads who was inside at office A: %d", a.status)
	}
}

func TestACodeLeadsToWhatItNamesAndNothingElse(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	secret := cover()
	secret.Secrecy, secret.Locator = closedmail.SecrecyA, "dv-01"
	item := s.accept(secret)
	bag := s.vessel("tui-01", item)
	trip := s.dispatch(bag)
	clerk := s.as(clerkA)
	for text, want := range map[string]string{string(item): "/kt1/items/" + string(item), "nk 000 010 008 vn": "/kt1/items/" + string(item), string(bag): "/kt1/vessels/" + string(bag),
		"TUI-01": "/kt1/vessels/" + string(bag), "dv-01": "/kt1/items/" + string(item), string(trip): "/kt1/dispatches/" + string(trip)} {
		if a := clerk.get("/kt1/find?code=" + url.QueryEscape(text)); a.to != want {
			t.Errorf("%q leads to %q (%d), want %s", text, a.to, a.status, want)
		}
	}
	for _, text := range []string{"", "Kế hoạch bảo vệ", "tui-02", "NK000000001VN1"} {
		if a := clerk.get("/kt1/find?code=" + url.QueryEscape(text)); a.status != http.StatusNotFound || strings.Contains(a.body, "Kế hoạch") {
			t.Errorf("%q: %d", text, a.status)
		}
	}
	if a := s.as(registry2).get("/kt1/find?code=" + string(item)); a.status != http.StatusForbidden {
		t.Errorf("a registry clerk looks for any number: %d", a.status)
	}
}

func TestTheHistoryOfAnItemNamesEveryHandAndNoSeal(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	a, b := s.accept(cover()), s.accept(cover())
	s.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(a)}})
	s.settle(officeA, clerkA, otherA, headA, closedmail.Rewrapped)
	bag := s.vessel("tui-01", a)
	s.send(bag)
	page := s.as(clerkB).get("/kt1/items/" + string(a)).body
	for _, want := range []string{"Sự cố, phong toả", "Niêm phong túi", "Nguyễn Văn Mẫu, Trần Thị Mẫu", "Bàn giao xong", "Bưu cục KT1 Mẫu A → Đỗ Văn Mẫu", string(bag), "Rời bưu cục nhận", "Văn Thư Một"} {
		if !strings.Contains(page, want) {
			t.Errorf("the history lacks %q", want)
		}
	}
	if strings.Contains(page, "NP-10001") {
		t.Error("the history tells the seal that is still to be read off the bag")
	}
	if strings.Contains(s.as(clerkA).get("/kt1/items/"+string(b)).body, "Sự cố, phong toả") {
		t.Error("the history tells another item's incident")
	}
}

func TestAStatementIsForTheBodyItselfAndNeverSaysNothingDueForNoPrice(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk, head := s.as(clerkA), s.as(headA)
	priced := last(clerk.done("/kt1/accept", coverForm("sender", string(bodyTwo), "addressee", string(bodyOne), "handed_by", string(registry2))...))
	free := last(clerk.done("/kt1/accept", coverForm("number", "77/UB")...))
	s.pages.Law.Price = noPrice{}
	unpriced := last(clerk.done("/kt1/accept", coverForm("sender", string(bodyTwo), "addressee", string(bodyOne), "handed_by", string(registry2), "number", "78/UB")...))
	two := head.get("/kt1/bodies/cq-0002/statement/2020-04").body
	for _, want := range []string{priced, unpriced, "Phải trả 30.000", "cho 1 bưu gửi.", "1 bưu gửi chưa có giá", "2 bưu gửi"} {
		if !strings.Contains(two, want) {
			t.Errorf("the statement of one who pays lacks %q", want)
		}
	}
	one := s.as(registry1).get("/kt1/registry/cq-0001/statement/2020-04").body
	if !strings.Contains(one, free) || !strings.Contains(one, "miễn") || strings.Contains(one, priced) || strings.Contains(one, "Phải trả") {
		t.Error("the statement of one who sends free")
	}
	if strings.Contains(one+two, ">0 đ") {
		t.Error("a statement writes 0 đ")
	}
	for path, want := range map[string]int{"/kt1/registry/cq-0002/statement/2020-04": http.StatusForbidden, "/kt1/bodies/cq-0001/statement/2020-04": http.StatusForbidden, "/kt1/registry/cq-0001/statement/2020-13": http.StatusNotFound} {
		if a := s.as(registry1).get(path); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
	if empty := head.get("/kt1/bodies/cq-0002/statement/2020-03").body; strings.Contains(empty, priced) {
		t.Error("a statement of March tells of April")
	}
}

func TestASecondClickOnASignatureGetsTheFirstAnswer(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	w := ask(s.house, officeA, clerkA, closedmail.CloseVessel{Bag: s.filled("tui-01", s.accept(cover())), Seal: "NP-10001", Second: otherA})
	path := "/kt1/signatures/" + string(w.ID) + "/sign"
	sent := []string{"act", postal.NewActID(s.now).String(), "digest", w.Digest, "subject", string(w.Subject), "present", "1"}
	for range 2 {
		s.as(otherA).done(path, sent...)
	}
	sent[1] = postal.NewActID(s.now).String()
	s.as(otherA).saysNo("không còn chờ ký", path, sent...)
	s.as(clerkB).saysNo("Không có việc này", path, sent...)
	s.sound()
}
