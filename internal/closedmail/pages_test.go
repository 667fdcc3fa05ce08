package closedmail_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/closedmail"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

const security = postal.StaffID("nv-s1")

// gate lets in whoever the cookie "as" names.
type gate struct{}

func (gate) Who(r *http.Request) (web.Person, bool, error) {
	c, err := r.Cookie("as")
	if err != nil {
		return web.Person{}, false, nil
	}
	return person(postal.StaffID(c.Value)), true, nil
}

func person(id postal.StaffID) web.Person {
	role := web.Role{Name: web.KT1Clerk, Office: officeOf(id)}
	switch id {
	case headA, headB:
		role.Name = web.KT1Supervisor
	case courier:
		role.Name = web.KT1Courier
	case security:
		role.Name = web.SecurityOfficer
	case registry1, registry2, registry3, registry4, contact2, leader2:
		role = web.Role{Name: web.RegistryClerk}
	}
	return web.Person{ID: id, Login: strings.TrimPrefix(string(id), "nv-"), Name: names[id], Roles: []web.Role{role}, Acting: role, Session: "test"}
}

var names = map[postal.StaffID]string{clerkA: "Nguyễn Văn Mẫu", otherA: "Trần Thị Mẫu", headA: "Lê Văn Mẫu", clerkB: "Phạm Thị Mẫu", otherB: "Hoàng Văn Mẫu", headB: "Vũ Thị Mẫu", courier: "Đỗ Văn Mẫu",
	registry1: "Văn Thư Một", registry2: "Văn Thư Hai", contact2: "Trực Ban Hai", leader2: "Lãnh Đạo Hai", registry3: "Văn Thư Ba", registry4: "Người Nhận Bốn", security: "Bảo Mật Mẫu"}

// crew signs and names the people of the test.
type crew struct{}

func (crew) Sign(_ *http.Request, login, password, _ string) (web.Person, error) {
	id := postal.StaffID("nv-" + login)
	if names[id] == "" || password != "mat-khau" {
		return web.Person{}, fault.New(fault.Unauthenticated, "account.wrong", "Tên đăng nhập hoặc mật khẩu không đúng.", "Login or password is wrong.")
	}
	return person(id), nil
}

func (crew) Name(_ context.Context, id postal.StaffID) string {
	if n := names[id]; n != "" {
		return n
	}
	return string(id)
}

func (crew) Holding(_ context.Context, right web.Right, _ postal.OfficeCode) ([]web.Person, error) {
	var out []web.Person
	for id := range names {
		if p := person(id); p.May(right, "") {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b web.Person) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out, nil
}

func (crew) Offices(context.Context) ([]closedmail.Place, error) {
	return []closedmail.Place{{Code: officeA, Name: "Bưu cục KT1 Mẫu A", Unit: "11407"}, {Code: officeB, Name: "Bưu cục KT1 Mẫu B", Unit: "11311"}}, nil
}

// price charges Appendix II by weight and nothing else: what tables there are is tariff's matter.
type price struct{}

func (price) KT1(q closedmail.PriceQuestion) (postal.VND, []string, error) {
	if q.List == closedmail.Appendix1 {
		return 0, []string{"kt1.payer@2017-02-25"}, nil
	}
	return 30_000, []string{"kt1.price@2018-01-01"}, nil
}

// site is the pages on a house.
type site struct {
	*house
	url   string
	mux   *web.Mux
	pages *closedmail.Pages
}

func newSite(t testing.TB, db *sqldb.DB) *site {
	t.Helper()
	if err := closedmail.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, db)
	key, err := privacy.LoadOrCreateHouseKey(t.TempDir() + "/house.key")
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.OpenVault(t.Context(), db, key, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{house: h}
	s.mux = web.New(gate{}, web.Site{NameVI: "Bưu điện thành phố", NameEN: "City Post", Band: "NỘI BỘ – KT1", Closed: true, Idle: 10 * time.Minute}, slog.New(slog.DiscardHandler))
	s.pages = &closedmail.Pages{Records: &closedmail.Records{DB: db, Ledger: h.Ledger}, Directory: &closedmail.Directory{DB: db, Ledger: h.Ledger}, Law: &closedmail.Law{Calendar: calendar.New(book), Price: price{}},
		Signer: crew{}, Staff: crew{}, Places: crew{}, Vault: vault, Now: func() time.Time { return h.now }, MadeUp: true}
	s.pages.Mount(s.mux)
	s.seedNames()
	outer := http.NewServeMux()
	outer.HandleFunc("/enter/{id}", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "as", Value: r.PathValue("id"), Path: "/"})
		fmt.Fprint(w, `<!DOCTYPE html><title>in</title><link rel="icon" href="data:,"><p>in</p>`)
	})
	outer.Handle("/", s.mux)
	s.url = webtest.Serve(t, outer)
	return s
}

// seedNames imports the directory.
func (s *site) seedNames() {
	s.t.Helper()
	entries, err := closedmail.ReadEntries(strings.NewReader(directory))
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := s.pages.Directory.Plan(context.Background(), entries)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(p.New) != 0 || len(p.Changed) != 4 {
		s.t.Fatalf("plan %+v", p)
	}
	s.now = s.now.Add(time.Second)
	if err := s.pages.Directory.Import(context.Background(), p, ledgerEnvelope(officeA, admin), func() time.Time { s.now = s.now.Add(time.Millisecond); return s.now }); err != nil {
		s.t.Fatal(err)
	}
}

const directory = `code,list,central,name,address,unit,office,hours
cq-0001,appendix-1,no,Cơ quan mẫu số 1,1 phố Mẫu,11407,180100,"07:30-11:30,13:30-17:00"
cq-0002,appendix-2,no,Cơ quan mẫu số 2,2 phố Mẫu,11311,180200,"07:30-11:30,13:30-17:00"
cq-0003,appendix-1,yes,Văn phòng mẫu số 3,3 phố Mẫu,11407,180100,"07:30-11:30,13:30-17:00"
cq-0004,outside,no,Nơi nhận mẫu số 4,4 phố Mẫu,11311,180200,"07:30-17:00"
`

// as makes a client of a person.
func (s *site) as(id postal.StaffID) client { return client{s, id} }

type client struct {
	*site
	id postal.StaffID
}

// answer is what came back.
type answer struct {
	status int
	body   string
	to     string
}

func (c client) do(req *http.Request) answer {
	c.t.Helper()
	req.AddCookie(&http.Cookie{Name: "as", Value: string(c.id)})
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, string(b), resp.Header.Get("Location")}
}

func (c client) get(path string) answer {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.do(req)
}

func (c client) post(path string, pairs ...string) answer {
	c.t.Helper()
	c.now = c.now.Add(time.Second)
	values := url.Values{}
	for n := 0; n+1 < len(pairs); n += 2 {
		values.Add(pairs[n], pairs[n+1])
	}
	req, err := http.NewRequest(http.MethodPost, c.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.do(req)
}

// done posts and wants a redirect; it gives where to.
func (c client) done(path string, pairs ...string) string {
	c.t.Helper()
	a := c.post(path, pairs...)
	if a.status != http.StatusSeeOther {
		c.t.Fatalf("POST %s %v: %d\n%s", path, pairs, a.status, errorsOf(a.body))
	}
	return a.to
}

// refused posts and wants a page with the words.
func (c client) saysNo(words, path string, pairs ...string) {
	c.t.Helper()
	a := c.post(path, pairs...)
	if a.status < 400 || !strings.Contains(a.body, words) {
		c.t.Fatalf("POST %s %v: %d, want %q\n%s", path, pairs, a.status, words, errorsOf(a.body))
	}
}

var summary = regexp.MustCompile(`(?s)<ul class="govuk-list govuk-error-summary__list">.*?</ul>|<h1[^>]*data-failed.*?</p>`)

func errorsOf(body string) string { return summary.FindString(body) }

func second(id postal.StaffID) []string {
	return []string{"second_login", strings.TrimPrefix(string(id), "nv-"), "second_password", "mat-khau"}
}

func with(pairs []string, more ...string) []string { return append(slices.Clone(pairs), more...) }

// form is the cover of an ordinary item as the page sends it.
func coverForm(more ...string) []string {
	base := map[string]string{"sender": string(bodyOne), "handed_by": string(registry1), "number": "123/QĐ-UB", "addressee": string(bodyTwo), "weight": "120", "secrecy": "none", "urgency": "none"}
	for n := 0; n+1 < len(more); n += 2 {
		base[more[n]] = more[n+1]
	}
	var out []string
	for k, v := range base {
		out = append(out, k, v)
	}
	return out
}

func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

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
			at := there
			if register == "transfer" {
				at = s.as(clerkA) // the courier's office keeps his transfer book
			}
			if a := at.get("/kt1/registers/" + register + "/1"); !strings.Contains(a.body, want) {
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

func TestTimedItemsAreRefusedBelowTheHoursOfTheRules(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	clerk := s.as(clerkA)
	clerk.saysNo("Ký hiệu độ mật", "/kt1/accept", coverForm("secrecy", "")...)
	at := func(hours int) string {
		return s.now.Add(time.Duration(hours)*time.Hour + 5*time.Minute).Format("2006-01-02T15:04")
	}
	for _, c := range []struct {
		hours int
		more  []string
		least string
	}{{3, nil, "4 giờ"}, {11, []string{"suburban", "1"}, "12 giờ"}, {23, []string{"inter", "1"}, "24 giờ"}} {
		clerk.saysNo(c.least, "/kt1/accept", coverForm(with(c.more, "urgency", "timed", "at", at(c.hours))...)...)
		clerk.done("/kt1/accept", coverForm(with(c.more, "urgency", "timed", "at", at(c.hours+1))...)...)
	}
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

func (s *site) custodyOf(n postal.ItemNumber) *custody.Item {
	i, ok := ledgerGet[*custody.Item](s.house, custody.ItemKey(n))
	if !ok {
		s.t.Fatalf("no item %s", n)
	}
	return i
}

// textInput finds every input and textarea of a page.
var textInput = regexp.MustCompile(`<(input|textarea|select)\b[^>]*>`)

var attr = regexp.MustCompile(`\b(name|type|maxlength|inputmode)="([^"]*)"`)

// codesOnly are the fields that take typed text, and what stops a sentence in them: each is read by a parser of codes, or is a secret.
var codesOnly = regexp.MustCompile(`^(number|returns|weight|item|seal|bag|things?|extra|facility|visitor|seal-[0-9A-Z]+|second_login|second_password|second_code)$`)

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

type pageOf struct {
	who  postal.StaffID
	path string
	name string
}

// everyPage brings the house into a state in which every page shows its forms, and lists the pages.
func (s *site) everyPage() []pageOf {
	s.t.Helper()
	secret := cover()
	secret.Secrecy, secret.Locator, secret.NamedOnly, secret.Urgency = closedmail.SecrecyA, "dv-01", true, closedmail.Express
	recall := cover()
	recall.RecallBy = day("2020-04-22")
	a, b, c := s.accept(secret), s.accept(recall), s.accept(cover())
	bag := s.vessel("tui-01", b, c)
	open := s.must(officeA, clerkA, closedmail.StartVessel{Office: officeA, To: officeB, Facility: "tui-02"}).Facts[0].(event.BagStarted).Bag
	s.must(officeA, clerkA, closedmail.Pack{Item: s.accept(cover()), Bag: open})
	s.send(bag)
	s.must(officeB, clerkB, closedmail.OpenVessel{Bag: bag, Seal: "NP-10001", Second: otherB})
	s.must(officeB, clerkB, closedmail.TakeOut{Item: b, Bag: bag})
	s.must(officeB, clerkB, closedmail.TakeOut{Item: c, Bag: bag})
	s.giveOut(b)
	s.must(officeA, courier, deliver(b))
	over := s.open(officeB, clerkB, closedmail.OpenHandover{From: custody.AtOffice(officeB), To: custody.ByCarrier(courier), Delivery: true, Things: []event.Thing{event.Thing(c)}})
	s.must(officeA, courier, closedmail.CountThings{Handover: over, Counts: []event.Count{{Thing: event.Thing(c)}}})
	second := s.accept(cover())
	bag2 := s.vessel("tui-03", second)
	s.send(bag2)
	third := s.accept(cover())
	bag3 := s.vessel("hop-01", third)
	trip := s.dispatch(bag3)
	openTrip := s.must(officeA, clerkA, closedmail.StartDispatch{Office: officeA, To: officeB, Escort: courier}).Facts[0].(event.DispatchStarted).Dispatch
	torn := s.accept(cover())
	s.must(officeA, clerkA, closedmail.ReportIncident{Kind: closedmail.Torn, Things: []event.Thing{event.Thing(torn)}})
	incident := s.incidents(officeA)[0].ID
	s.now = s.now.Add(25 * time.Minute)
	s.must(officeA, clerkA, closedmail.SignMinutes{Incident: incident, Second: otherA})
	s.must(officeA, clerkA, closedmail.ReportUp{Incident: incident, To: "province"})
	s.must(officeA, clerkA, closedmail.BeginVisit{Facility: "kv-01", Purpose: "repair", Host: otherA})
	s.must(officeA, clerkA, closedmail.Complain{Body: bodyTwo, Item: a, About: "late", DueMs: s.now.AddDate(0, 0, 9).UnixMilli()})
	s.must(officeA, clerkA, closedmail.Announce{Authority: "department", Surprise: true, On: day("2020-04-22")})
	s.must(officeA, headA, closedmail.Hold{Reason: "investigation"})
	s.must(officeA, admin, closedmail.EndPerson{Body: bodyTwo, Person: contact2, As: closedmail.ForContact})
	carried := s.carrySomething()
	waiting := ask(s.house, officeA, clerkA, closedmail.CloseVessel{Bag: open, Seal: "NP-20002", Second: otherA})
	handed := ask(s.house, officeA, courier, closedmail.Deliver{Item: carried, As: closedmail.ForClerk, Receiver: registry1})
	s.must(officeA, clerkA, closedmail.ReportIncident{Kind: "theft", Things: []event.Thing{event.Thing(s.accept(cover()))}})
	theft := s.incidents(officeA)[1].ID
	s.must(officeA, clerkA, closedmail.SignMinutes{Incident: theft, Second: otherA})
	s.must(officeA, clerkA, closedmail.ReportUp{Incident: theft, To: "province"})
	s.must(officeA, clerkA, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 7, Total: 7})
	return []pageOf{
		{clerkA, "/kt1", "board"}, {clerkA, "/kt1/shift", "shift"}, {clerkA, "/kt1/accept", "accept"}, {clerkA, "/kt1/items/" + string(a), "item"}, {clerkA, "/kt1/items/" + string(a) + "/label", "label"},
		{clerkA, "/kt1/vessels", "vessels"}, {clerkA, "/kt1/vessels/" + string(open), "vessel-open"}, {clerkB, "/kt1/vessels/" + string(bag2), "vessel-arrived"}, {clerkB, "/kt1/vessels/" + string(bag), "vessel-count"},
		{clerkA, "/kt1/vessels/" + string(bag3) + "/manifest", "manifest"}, {clerkA, "/kt1/dispatches", "dispatches"}, {clerkA, "/kt1/dispatches/" + string(trip), "dispatch-closed"}, {clerkA, "/kt1/dispatches/" + string(openTrip), "dispatch-open"},
		{clerkB, "/kt1/handovers", "handovers"}, {courier, "/kt1/handovers/" + string(over), "handover-sign"}, {clerkB, "/kt1/handovers/" + string(over), "handover-give"},
		{courier, "/kt1/round", "round"}, {courier, "/kt1/round/" + string(carried), "deliver"}, {clerkA, "/kt1/incidents", "incidents"}, {headA, "/kt1/incidents/" + string(incident), "incident"}, {headA, "/kt1/incidents/" + string(incident) + "/minutes", "minutes"},
		{clerkA, "/kt1/registers", "registers"}, {clerkA, "/kt1/registers/out/1", "register"}, {clerkA, "/kt1/registers/handover/1", "register-handover"}, {headA, "/kt1/report", "report"}, {headA, "/kt1/report/paper", "report-paper"}, {headA, "/kt1/report/words", "report-words"},
		{security, "/kt1/people", "people"}, {headA, "/kt1/facilities", "facilities"}, {headA, "/kt1/bodies", "bodies"}, {headA, "/kt1/bodies/" + string(bodyTwo), "body"}, {headA, "/kt1/visits", "visits"}, {headA, "/kt1/cases", "cases"}, {registry2, "/kt1/registry", "registry"},
		{otherA, "/kt1/signatures", "signatures"}, {otherA, "/kt1/signatures/" + string(waiting.ID), "signature"}, {clerkA, "/kt1/signatures/" + string(waiting.ID), "signature-sent"}, {registry1, "/kt1/signatures/" + string(handed.ID), "signature-receiver"},
		{otherA, "/kt1", "board-reminds"}, {headA, "/kt1/incidents/" + string(theft), "search"}, {clerkB, "/kt1/vessels/" + string(bag2) + "/label", "bag-label"},
	}
}

// carrySomething leaves an item in the courier's hands.
func (s *site) carrySomething() postal.ItemNumber {
	s.t.Helper()
	a := cover()
	a.Office, a.Sender, a.HandedBy, a.Addressee, a.ToOffice, a.NamedOnly, a.Urgency = officeB, bodyTwo, registry2, bodyOne, officeB, true, closedmail.Express
	i := s.must(officeB, clerkB, a).Facts[0].(event.ItemAccepted).Item
	s.giveOut(i)
	return i
}

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
		"":                                   "closedmail.import_head",
		"code,name\ncq-0001,Mẫu\n":           "closedmail.import_head",
		directory + "cq-0001,appendix-1\n":   "closedmail.import_row",
		directory + "cq-9,x,no,n,a,1,2,3\n":  "closedmail.import_rows",
		directory + directoryRow("cq-0001"):  "closedmail.import_rows",
		directory + directoryRow("Kế hoạch"): "closedmail.import_rows",
	} {
		if _, err := closedmail.ReadEntries(strings.NewReader(text)); fault.Code(err) != code {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
	entries, err := closedmail.ReadEntries(strings.NewReader(strings.Replace(directory, "cq-0004,outside", "cq-0014,outside", 1)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.pages.Directory.Plan(t.Context(), entries)
	if err != nil || len(p.New) != 1 || p.Same != 3 || len(p.Missing) != 1 || p.Missing[0] != outsider {
		t.Fatalf("plan %+v, %v", p, err)
	}
	if all, err := s.pages.Directory.All(t.Context()); err != nil || len(all) != 4 {
		t.Errorf("a plan wrote: %d entries, %v", len(all), err)
	}
}

func directoryRow(code string) string {
	return code + `,appendix-1,no,Cơ quan mẫu,1 phố Mẫu,11407,180100,07:30-17:00` + "\n"
}
func TestVisitorsOfAnotherOfficeAreNotShown(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.must(officeA, clerkA, closedmail.BeginVisit{Facility: "kv-01", Purpose: "repair", Host: otherA})
	if a := s.as(headA).get("/kt1/visits"); !strings.Contains(a.body, "Trần Thị Mẫu") {
		t.Errorf("the visitor is not shown at his own office: %d", a.status)
	}
	if a := s.as(headB).get("/kt1/visits"); a.status != http.StatusOK || strings.Contains(a.body, "kv-01") {
		t.Errorf("office B reads who is inside at office A: %d", a.status)
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
