package webhook

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/jobs"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

const officeA, officeB = postal.OfficeCode("180100"), postal.OfficeCode("180200")

// plainSealer hides nothing, but notices when the context is another.
type plainSealer struct{}

func (plainSealer) Seal(context string, plain []byte) ([]byte, error) {
	return append([]byte(context+"|"), plain...), nil
}

func (plainSealer) Open(context string, sealed []byte) ([]byte, error) {
	plain, ok := strings.CutPrefix(string(sealed), context+"|")
	if !ok {
		return nil, errors.New("tampered")
	}
	return []byte(plain), nil
}

// post is a ledger with webhooks and a receiver.
type post struct {
	t    *testing.T
	l    *ledger.Ledger
	q    *jobs.Queue
	s    *Service
	got  chan received
	code atomic.Int64 // what the receiver answers
	srv  *httptest.Server
}

type received struct {
	header http.Header
	body   []byte
}

func newPost(t *testing.T, db *sqldb.DB, policy Policy) *post {
	t.Helper()
	p := &post{t: t, got: make(chan received, 100)}
	p.code.Store(http.StatusOK)
	p.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if c := int(p.code.Load()); c >= 300 && c < 400 {
			http.Redirect(w, r, "/elsewhere", c)
		} else {
			w.WriteHeader(c)
		}
		p.got <- received{r.Header.Clone(), body}
	}))
	t.Cleanup(p.srv.Close)
	var err error
	p.l, err = ledger.Open(t.Context(), db, ledger.Config{Kinds: custody.Kinds(), Folds: []ledger.Fold{custody.Fold}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.l.Close(); err != nil {
			t.Error(err)
		}
	})
	if p.q, err = jobs.Open(t.Context(), db, nil); err != nil {
		t.Fatal(err)
	}
	p.q.Poll = 5 * time.Millisecond
	p.s, err = New(t.Context(), Config{DB: db, Ledger: p.l, Queue: p.q, House: plainSealer{}, Policy: policy,
		Retries: jobs.Kind{Attempts: 3, Backoff: func(int) time.Duration { return 0 }}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var open = Policy{Private: true, PlainHTTP: true}

func (p *post) run() {
	ctx, cancel := context.WithCancel(p.t.Context())
	ended := make(chan struct{}, 2)
	go func() { _ = p.s.Run(ctx); ended <- struct{}{} }()
	go func() { _ = p.q.Run(ctx); ended <- struct{}{} }()
	p.t.Cleanup(func() { cancel(); <-ended; <-ended })
}

func (p *post) startBag(office, to postal.OfficeCode) ledger.Receipt {
	p.t.Helper()
	now := time.Now()
	r, err := p.l.Append(p.t.Context(), ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: office, Actor: "nv-a"}, custody.StartBag{Office: office, To: to})
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *post) add(h Hook) (Hook, string) {
	p.t.Helper()
	if h.URL == "" {
		h.URL = p.srv.URL + "/in?key=1"
	}
	h, secret, repeated, err := p.s.Add(p.t.Context(), "nv-admin", postal.NewActID(time.Now()), h)
	if err != nil || repeated {
		p.t.Fatalf("add: %v, repeated %v", err, repeated)
	}
	return h, secret
}

func (p *post) wait() received {
	p.t.Helper()
	select {
	case r := <-p.got:
		return r
	case <-time.After(20 * time.Second):
		p.t.Fatal("nothing was delivered")
		panic("unreachable")
	}
}

// dead waits until a delivery is given up.
func (p *post) dead() DeadLetter {
	p.t.Helper()
	for range 4000 {
		list, err := p.s.Dead(p.t.Context(), 0, 10)
		if err != nil {
			p.t.Fatal(err)
		}
		if len(list) > 0 {
			return list[0]
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.t.Fatal("no delivery was given up")
	panic("unreachable")
}

func TestASubscriberIsToldSignedAndOnlyWhatWasAskedFor(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := newPost(t, db, open)
		p.startBag(officeA, officeB) // before the subscription: not told
		h, secret := p.add(Hook{Events: []string{"bag.started"}, Office: officeA})
		p.run()
		p.startBag(officeB, officeA) // another office
		r := p.startBag(officeA, officeB)
		got := p.wait()
		var m struct {
			Message
			Facts []struct {
				Fact string
				Data event.BagStarted
			} `json:"facts"`
		}
		if err := json.Unmarshal(got.body, &m); err != nil {
			t.Fatal(err)
		}
		if m.Seq != r.Seq || m.Act != r.Act.String() || len(m.Facts) != 1 || m.Facts[0].Data != r.Facts[0] || m.Hook != h.ID {
			t.Errorf("message %s, receipt %+v", got.body, r)
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			t.Fatal(err)
		}
		at, err := strconv.ParseInt(got.header.Get("webhook-timestamp"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if want := Sign(key, m.ID, time.Unix(at, 0), got.body); got.header.Get("webhook-signature") != want || got.header.Get("webhook-id") != m.ID {
			t.Errorf("signature %q, want %q", got.header.Get("webhook-signature"), want)
		}
		if strings.Contains(string(got.body), "nv-a") {
			t.Errorf("a delivery names a person: %s", got.body)
		}
		select {
		case more := <-p.got:
			t.Errorf("told more than was asked for: %s", more.body)
		case <-time.After(100 * time.Millisecond):
		}
	})
}

// The vector of the Standard Webhooks specification's own example.
func TestTheSignatureIsThatOfTheSpecification(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("got %s", got)
	}
}

func TestAFailingReceiverIsTriedAgainThenGivenUpUntilAPersonRetries(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), open)
	p.add(Hook{})
	p.code.Store(http.StatusInternalServerError)
	p.run()
	r := p.startBag(officeA, officeB)
	var ids []string
	for range 3 {
		ids = append(ids, p.wait().header.Get(HeaderID))
	}
	d := p.dead()
	if d.Seq != r.Seq || d.Attempts != 3 || d.Error != "HTTP 500" || ids[0] != ids[1] || ids[1] != ids[2] {
		t.Errorf("%+v, ids %v", d, ids)
	}
	p.code.Store(http.StatusNoContent)
	if err := p.s.Retry(t.Context(), d.Job); err != nil {
		t.Fatal(err)
	}
	p.wait()
	if err := p.s.Retry(t.Context(), d.Job); fault.Code(err) != "jobs.not_dead" {
		t.Errorf("twice: %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), open)
	p.add(Hook{})
	p.code.Store(http.StatusTemporaryRedirect)
	p.run()
	p.startBag(officeA, officeB)
	if d := p.dead(); !strings.HasPrefix(d.Error, "HTTP 307") {
		t.Errorf("%+v", d)
	}
	if len(p.got) != 3 {
		t.Errorf("%d requests", len(p.got))
	}
}

func TestAReceiverThatIsGoneIsSwitchedOff(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), open)
	h, _ := p.add(Hook{})
	p.code.Store(http.StatusGone)
	p.run()
	p.startBag(officeA, officeB)
	if d := p.dead(); d.Attempts != 1 {
		t.Errorf("%+v", d)
	}
	if h, err := p.s.Find(t.Context(), h.ID); err != nil || h.Active {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestNothingGoesIntoAnInnerNetwork(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), Policy{PlainHTTP: true})
	p.add(Hook{}) // the receiver listens on loopback
	p.add(Hook{URL: strings.Replace(p.srv.URL, "127.0.0.1", "localhost", 1)})
	p.run()
	p.startBag(officeA, officeB)
	if d := p.dead(); d.Error == "" || !strings.Contains(d.Error, "inner network") || strings.Contains(d.Error, "key=1") {
		t.Errorf("%+v", d)
	}
	if len(p.got) != 0 {
		t.Error("the receiver was reached")
	}
}

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	for text, want := range map[string]bool{
		"113.160.0.1": true, "2405:4800::1": true, "8.8.8.8": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "fd00::1": false, "fe80::1%eth0": false, "::": false, "192.0.2.1": false,
	} {
		if a := netip.MustParseAddr(text); public(a) != want {
			t.Errorf("%s: public is %v", text, !want)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestBadSubscriptionsAreRefusedInBothLanguages(t *testing.T) {
	p := newPost(t, sqltest.SQLite(t), Policy{})
	for code, h := range map[string][]Hook{
		"webhook.url": {{URL: ""}, {URL: "http://example.org/"}, {URL: "ftp://example.org/"}, {URL: "https://a:b@example.org/"}, {URL: "https:///x"}, {URL: "javascript:alert(1)"},
			{URL: "https://example.org/#x"}, {URL: "https://example.org/" + strings.Repeat("x", 600)}},
		"webhook.event":  {{URL: "https://example.org/", Events: []string{"item.stolen"}}, {URL: "https://example.org/", Events: []string{"range.reserved"}}},
		"webhook.office": {{URL: "https://example.org/", Office: "1801"}},
	} {
		for _, h := range h {
			_, _, _, err := p.s.Add(t.Context(), "nv-admin", postal.NewActID(time.Now()), h)
			if f, ok := fault.From(err); !ok || f.Code != code || f.VI == "" || f.EN == "" {
				t.Errorf("%+v: %v, want %s", h, err, code)
			}
		}
	}
}

func TestTheSameKeyGivesTheSameSubscriptionAndSecret(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		p := newPost(t, db, Policy{})
		key := postal.NewActID(time.Now())
		want := Hook{URL: "https://example.org/in", Events: []string{"item.delivered"}}
		a, secretA, _, err := p.s.Add(t.Context(), "nv-admin", key, want)
		if err != nil {
			t.Fatal(err)
		}
		b, secretB, repeated, err := p.s.Add(t.Context(), "nv-admin", key, want)
		if err != nil || !repeated || a.ID != b.ID || secretA != secretB || len(secretA) < 40 {
			t.Errorf("%v %v %v %v", a, b, repeated, err)
		}
		want.URL = "https://example.org/other"
		if _, _, _, err := p.s.Add(t.Context(), "nv-admin", key, want); fault.Code(err) != "webhook.key_reused" {
			t.Errorf("other content: %v", err)
		}
		a.Active, a.Events = false, nil
		if err := p.s.Change(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		if got, err := p.s.Find(t.Context(), a.ID); err != nil || got.Active || got.Events != nil || got.URL != a.URL {
			t.Errorf("%+v, %v", got, err)
		}
		if err := p.s.Delete(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		if err := p.s.Delete(t.Context(), a.ID); fault.Code(err) != "webhook.unknown" {
			t.Errorf("deleted twice: %v", err)
		}
	})
}

// A subscription must stay readable whatever facts are added: every fact that concerns mail is offered on purpose or left out on purpose.
func TestOfferedEventsAreFacts(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Events() {
		if seen[e] || !strings.Contains(e, ".") {
			t.Errorf("event %q", e)
		}
		seen[e] = true
	}
	if len(seen) != 51 {
		t.Errorf("%d events", len(seen))
	}
}

func TestAnAgencyIsToldOfItsOwnDossiersOnly(t *testing.T) {
	e := &event.Entry{Seq: 5, Office: "180100", Facts: []event.Fact{event.ResultReady{}}}
	h := &Hook{Office: postal.AgencyCode("so-tu-phap").Desk()}
	if !h.wants(e, []postal.AgencyCode{"so-tu-phap"}) || h.wants(e, []postal.AgencyCode{"so-xay-dung"}) || h.wants(e, nil) {
		t.Error("told of others' dossiers, or not of its own")
	}
	if every, one := (&Hook{}), (&Hook{Office: "180200"}); !every.wants(e, nil) || one.wants(e, []postal.AgencyCode{"so-tu-phap"}) {
		t.Error("subscriptions of offices")
	}
}

// TestAnAgencyIsNotToldWhatElseMoves gives an agency a list that carries others' items too, and a fact about another agency's dossier: neither is told.
func TestAnAgencyIsNotToldWhatElseMoves(t *testing.T) {
	h := &Hook{Office: postal.AgencyCode("so-tu-phap").Desk()}
	ours, list := event.HandoverCompleted{From: "office:180100", To: event.Holder(h.Office)}, event.HandoverCompleted{From: "office:180100", To: "carrier:bt-1"}
	if !h.mayKnow(ours) || h.mayKnow(list) || h.mayKnow(event.BagSealed{}) || h.mayKnow(event.HandoverOpened{To: "carrier:bt-1"}) {
		t.Errorf("own handover %v, a delivery list %v", h.mayKnow(ours), h.mayKnow(list))
	}
	if !(&Hook{Office: "180100"}).mayKnow(list) {
		t.Error("an office is not told of its own list")
	}
	s := &Service{Config: Config{Agencies: func(_ context.Context, e *event.Entry) ([]postal.AgencyCode, error) {
		var out []postal.AgencyCode
		for _, f := range e.Facts {
			if d, ok := f.(event.DossierComplained); ok {
				out = append(out, postal.AgencyCode(d.About))
			}
		}
		return out, nil
	}}}
	for about, others := range map[string]bool{"so-tu-phap": false, "so-xay-dung": true} {
		if got, err := s.ofOthers(t.Context(), h, event.Entry{}, event.DossierComplained{About: about}); err != nil || got != others {
			t.Errorf("%s: of others %v, %v", about, got, err)
		}
	}
	for _, f := range []event.Fact{event.IrregularityRaised{Thing: "RR123456785VN"}, event.Observed{Thing: "RR123456785VN"}, event.ItemLost{Item: "RR123456785VN"}} { // of no dossier: it lay in the same bag
		if others, err := s.ofOthers(t.Context(), h, event.Entry{}, f); err != nil || !others {
			t.Errorf("%s of no dossier: of others %v, %v", f.Fact(), others, err)
		}
	}
	if others, err := (&Service{}).ofOthers(t.Context(), h, event.Entry{}, ours); err != nil || !others {
		t.Errorf("where nobody knows whose it is: of others %v, %v", others, err)
	}
	for _, f := range []event.Fact{event.HandoverCompleted{From: "carrier:nv-bt", To: event.Holder(h.Office)}, event.DossierAccepted{Receipt: "c0ffee", Agency: "so-tu-phap"}, event.ItemAccepted{Receipt: "c0ffee"},
		event.IrregularityRaised{Says: "carrier:nv-bt", Ledger: "carrier:nv-lx"}, event.Observed{Holder: "carrier:nv-bt"}} {
		data, err := h.shows(f)
		text, _ := json.Marshal(data)
		if err != nil || strings.Contains(string(text), "nv-") || strings.Contains(string(text), "c0ffee") {
			t.Errorf("%s tells an agency %s, %v", f.Fact(), text, err)
		}
	}
}
