package closedmail_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
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
	case registry1, registry2, registry3, registry4, contact2, leader2, partnerMan:
		role = web.Role{Name: web.RegistryClerk}
	}
	return web.Person{ID: id, Login: strings.TrimPrefix(string(id), "nv-"), Name: names[id], Roles: []web.Role{role}, Acting: role, Session: "test"}
}

var names = map[postal.StaffID]string{clerkA: "Nguyễn Văn Mẫu", otherA: "Trần Thị Mẫu", headA: "Lê Văn Mẫu", clerkB: "Phạm Thị Mẫu", otherB: "Hoàng Văn Mẫu", headB: "Vũ Thị Mẫu", courier: "Đỗ Văn Mẫu",
	registry1: "Văn Thư Một", registry2: "Văn Thư Hai", contact2: "Trực Ban Hai", leader2: "Lãnh Đạo Hai", registry3: "Văn Thư Ba", registry4: "Người Nhận Bốn", security: "Bảo Mật Mẫu", partnerMan: "Giao Nhận Mẫu"}

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

func (c crew) Names(ctx context.Context, ids []string) (map[string]string, error) {
	all := map[string]string{}
	for _, id := range ids {
		all[id] = c.Name(ctx, postal.StaffID(id))
	}
	return all, nil
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

// price charges every sender who pays the same: what tables there are is tariff's matter.
type price struct{}

func (price) KT1(closedmail.PriceQuestion) (postal.VND, []string, error) {
	return 30_000, []string{"kt1.price@2018-01-01"}, nil
}

// land knows the communes of Hải Phòng that the tests use, and none of other provinces.
type land struct{}

func (land) Province(unit postal.UnitCode, _ postal.Day) string {
	if unit == "11407" || unit == "11311" {
		return "31"
	}
	return ""
}

var reach = closedmail.Reach{Home: "31", Land: land{}}

// site is the pages on a house.
type site struct {
	*house
	url     string
	mux     *web.Mux
	pages   *closedmail.Pages
	clicked []string // where forms were sent and done
}

func newSite(t testing.TB, db *sqldb.DB) *site {
	t.Helper()
	if err := closedmail.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	key, err := privacy.LoadOrCreateHouseKey(t.TempDir() + "/house.key")
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.OpenVault(t.Context(), db, key, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, db, closedmail.Tables()...) // the tables are there
	book, err := rulebook.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{house: h}
	s.mux = web.New(gate{}, web.Site{NameVI: "Bưu điện thành phố", NameEN: "City Post", Band: "NỘI BỘ – KT1", Closed: true, Idle: 10 * time.Minute}, slog.New(slog.DiscardHandler))
	s.pages = &closedmail.Pages{Records: &closedmail.Records{DB: db, Ledger: h.Ledger}, Directory: &closedmail.Directory{DB: db, Ledger: h.Ledger, Reach: reach}, Law: &closedmail.Law{Calendar: calendar.New(book), Price: price{}, Reach: reach},
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
	p, err := s.pages.Directory.Plan(context.Background(), entries, postal.DayOf(s.now))
	if err != nil {
		s.t.Fatal(err)
	}
	if len(p.New) != 0 || len(p.Changed) != 4 {
		s.t.Fatalf("plan %+v", p)
	}
	s.now = s.now.Add(time.Second)
	if err := s.pages.Directory.Import(context.Background(), p, ledgerEnvelope(officeA, admin), admin, s.tick); err != nil {
		s.t.Fatal(err)
	}
}

// tick lets a millisecond pass.
func (s *site) tick() time.Time {
	s.now = s.now.Add(time.Millisecond)
	return s.now
}

const directory = `code,list,central,name,address,unit,province,zone,office,hours,contact_place,contact_phone
cq-0001,appendix-1,no,Cơ quan mẫu số 1,1 phố Mẫu,11407,,inner,180100,"07:30-11:30,13:30-17:00",,
cq-0002,appendix-2,no,Cơ quan mẫu số 2,2 phố Mẫu,11311,31,inner,180200,"07:30-11:30,13:30-17:00",Phòng trực tầng 1,0225 312 3456
cq-0003,appendix-1,yes,Văn phòng mẫu số 3,3 phố Mẫu,11407,,inner,180100,"07:30-11:30,13:30-17:00",,
cq-0004,outside,no,Nơi nhận mẫu số 4,4 phố Mẫu,11311,31,inner,180200,"07:30-17:00",,
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

// done clicks twice on a button and wants a redirect, both times to the same page: the second click sends the same act. It gives where to.
func (c client) done(path string, pairs ...string) string {
	c.t.Helper()
	pairs = with(pairs, "act", postal.NewActID(c.now).String())
	var to string
	for click := range 2 {
		a := c.post(path, pairs...)
		if a.status != http.StatusSeeOther {
			c.t.Fatalf("POST %s %v, click %d: %d\n%s", path, pairs, click+1, a.status, errorsOf(a.body))
		}
		if click == 1 && a.to != to {
			c.t.Errorf("POST %s %v: first to %s, then to %s", path, pairs, to, a.to)
		}
		to = a.to
	}
	c.clicked = append(c.clicked, path)
	return to
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

func (s *site) custodyOf(n postal.ItemNumber) *custody.Item {
	i, ok := ledgerGet[*custody.Item](s.house, custody.ItemKey(n))
	if !ok {
		s.t.Fatalf("no item %s", n)
	}
	return i
}

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
	list := s.cover(b).Out
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
	s.visit(officeA, clerkA, "kv-01", otherA)
	s.must(officeA, clerkA, closedmail.Complain{Body: bodyTwo, Item: a, About: "late", DueMs: s.now.AddDate(0, 0, 9).UnixMilli()})
	s.must(officeA, clerkA, closedmail.Announce{Authority: "department", Surprise: true, On: day("2020-04-22")})
	s.must(officeA, headA, closedmail.Hold{Reason: "investigation"})
	s.must(officeA, admin, closedmail.EndPerson{Body: bodyTwo, Person: contact2, As: closedmail.ForContact})
	carried := s.carrySomething()
	back := s.cover(carried).Out
	waiting := ask(s.house, officeA, clerkA, closedmail.CloseVessel{Bag: open, Seal: "NP-20002", Second: otherA})
	handed := ask(s.house, officeA, courier, closedmail.Deliver{Item: carried, As: closedmail.ForClerk, Receiver: registry1})
	another, signed := s.carrySomething(), s.carrySomething()
	open2 := s.cover(another).Out
	paper := closedmail.DeliverOnPaper{Items: []postal.ItemNumber{signed}, List: s.cover(signed).Out, AtMs: s.cover(signed).OutMs, As: closedmail.ForClerk, Receiver: registry1, Number: true, Packing: true, Seal: true, Unopened: true, Second: clerkB}
	read := ask(s.house, officeB, courier, paper)
	s.must(officeA, clerkA, closedmail.ReportIncident{Kind: "theft", Things: []event.Thing{event.Thing(s.accept(cover()))}})
	theft := s.incidents(officeA)[1].ID
	s.must(officeA, clerkA, closedmail.SignMinutes{Incident: theft, Second: otherA})
	s.must(officeA, clerkA, closedmail.ReportUp{Incident: theft, To: "province"})
	s.must(officeA, clerkA, closedmail.PrintPage{Register: closedmail.OutRegister, Office: officeA, Page: 1, Rows: 7, Total: 7})
	for _, p := range []struct {
		who   postal.StaffID
		form  closedmail.Form
		about string
	}{{clerkA, closedmail.LabelForm, string(a)}, {clerkA, closedmail.ManifestForm, string(bag3)}, {clerkB, closedmail.BagLabelForm, string(bag2)}, {clerkB, closedmail.RecordForm, string(over)}, {clerkB, closedmail.ListForm, string(back)},
		{headA, closedmail.MinutesForm, string(incident)}, {headA, closedmail.StatementForm, string(bodyOne) + "/2020-04"}, {headA, closedmail.ReportForm, "2020h1"}} {
		s.must(officeOf(p.who), p.who, closedmail.PrintForm{Form: p.form, About: p.about})
	}
	return []pageOf{
		{clerkA, "/kt1", "board"}, {clerkA, "/kt1/shift", "shift"}, {clerkA, "/kt1/accept", "accept"}, {clerkA, "/kt1/items/" + string(a), "item"}, {clerkA, "/kt1/items/" + string(a) + "/label", "label"},
		{clerkA, "/kt1/vessels", "vessels"}, {clerkA, "/kt1/vessels/" + string(open), "vessel-open"}, {clerkB, "/kt1/vessels/" + string(bag2), "vessel-arrived"}, {clerkB, "/kt1/vessels/" + string(bag), "vessel-count"},
		{clerkA, "/kt1/vessels/" + string(bag3) + "/manifest", "manifest"}, {clerkA, "/kt1/dispatches", "dispatches"}, {clerkA, "/kt1/dispatches/" + string(trip), "dispatch-closed"}, {clerkA, "/kt1/dispatches/" + string(openTrip), "dispatch-open"},
		{clerkB, "/kt1/handovers", "handovers"}, {courier, "/kt1/handovers/" + string(over), "handover-sign"}, {clerkB, "/kt1/handovers/" + string(over), "handover-give"},
		{courier, "/kt1/round", "round"}, {courier, "/kt1/round/" + string(carried), "deliver"}, {clerkA, "/kt1/incidents", "incidents"}, {headA, "/kt1/incidents/" + string(incident), "incident"}, {headA, "/kt1/incidents/" + string(incident) + "/minutes", "minutes"},
		{clerkA, "/kt1/registers", "registers"}, {clerkA, "/kt1/registers/out/1", "register"}, {clerkA, "/kt1/registers/handover/1", "register-handover"}, {headA, "/kt1/report", "report"}, {headA, "/kt1/report/paper", "report-paper"}, {headA, "/kt1/report/words", "report-words"},
		{security, "/kt1/people", "people"}, {headA, "/kt1/facilities", "facilities"}, {headA, "/kt1/bodies", "bodies"}, {headA, "/kt1/bodies/" + string(bodyTwo), "body"}, {headA, "/kt1/bodies/" + string(bodyOne) + "/statement/2020-04", "statement-page"}, {headA, "/kt1/bodies/" + string(bodyOne) + "/statement/2020-04/paper", "statement"}, {clerkB, "/kt1/handovers/" + string(over) + "/record", "record"}, {clerkA, "/kt1/visits", "visits"}, {security, "/kt1/people/" + string(headA), "person"}, {headA, "/kt1/facilities/kv-01", "facility"}, {headA, "/kt1/cases", "cases"}, {registry2, "/kt1/registry", "registry"},
		{otherA, "/kt1/signatures", "signatures"}, {otherA, "/kt1/signatures/" + string(waiting.ID), "signature"}, {clerkA, "/kt1/signatures/" + string(waiting.ID), "signature-sent"}, {registry1, "/kt1/signatures/" + string(handed.ID), "signature-receiver"},
		{clerkB, "/kt1/handovers/" + string(back) + "/list", "delivery-list"}, {courier, "/kt1/handovers/" + string(back) + "/paper", "list-waits"}, {clerkB, "/kt1/handovers/" + string(list) + "/paper", "list-entered"},
		{clerkB, "/kt1/handovers/" + string(open2) + "/paper", "list-entry"}, {clerkB, "/kt1/signatures/" + string(read.ID), "signature-list"}, {otherA, "/kt1", "board-reminds"}, {headA, "/kt1/incidents/" + string(theft), "search"}, {clerkB, "/kt1/vessels/" + string(bag2) + "/label", "bag-label"},
	}
}

// visit lets somebody into an area who shows a paper.
func (s *site) visit(o postal.OfficeCode, who postal.StaffID, area closedmail.FacilityCode, host postal.StaffID) {
	s.t.Helper()
	id := postal.NewActID(s.now)
	beside, err := closedmail.BesideVisit(s.pages.Vault, id, o, "cccd", "031090000001")
	if err != nil {
		s.t.Fatal(err)
	}
	e := ledgerEnvelope(o, who)
	e.Act, e.OccurredMs = id, postal.Millis(s.now)
	if _, err := s.Append(s.t.Context(), e, closedmail.BeginVisit{Facility: area, Purpose: "repair", Host: host}, beside...); err != nil {
		s.t.Fatal(err)
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
