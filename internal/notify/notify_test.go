package notify

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/jobs"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// noon is a time at which nobody sleeps.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, postal.HoChiMinh)

// town tells of one person, who may be forgotten.
type town struct {
	reach  Reach
	forgot bool
}

func (t *town) Reach(context.Context, Notification) (Reach, error) {
	if t.forgot {
		return Reach{}, fault.New(fault.NotFound, "privacy.erased", "Đã xoá.", "Erased.")
	}
	return t.reach, nil
}

func (t *town) Text(_ context.Context, n Notification, lang string) (Text, error) {
	return Text{Subject: "Hồ sơ " + n.About, Body: "Cơ quan đã nhận hồ sơ " + n.About + ".\n", Short: "Ho so " + n.About + " da den co quan."}, nil
}

type house struct {
	t    *testing.T
	s    *Service
	q    *jobs.Queue
	town *town
	now  time.Time
}

func newHouse(t *testing.T, db *sqldb.DB, channels ...Channel) *house {
	t.Helper()
	h := &house{t: t, now: noon, town: &town{reach: Reach{Email: "mau@nguoi-nhan.example", Phone: "+84912345678", Lang: "vi"}}}
	clock := func() time.Time { return h.now }
	q, err := jobs.Open(t.Context(), db, clock)
	if err != nil {
		t.Fatal(err)
	}
	if h.s, err = New(t.Context(), db, q, clock, channels...); err != nil {
		t.Fatal(err)
	}
	h.q = q
	h.s.Register("town", h.town)
	return h
}

func (h *house) tell(notifications ...Notification) {
	h.t.Helper()
	if err := h.s.DB.Tx(h.t.Context(), func(tx *sql.Tx) error { return h.s.Tell(h.t.Context(), tx, notifications...) }); err != nil {
		h.t.Fatal(err)
	}
}

// run works on a notification as the queue would, the attempt given.
func (h *house) run(id int64, attempt int) error {
	return h.s.send(h.t.Context(), jobs.Job{Kind: jobKind, Args: jobArgs(id), Attempt: attempt})
}

func (h *house) only() Row {
	h.t.Helper()
	rows, err := h.s.List(h.t.Context(), "", 0, 10)
	if err != nil || len(rows) != 1 {
		h.t.Fatalf("%d notifications, %v; want one", len(rows), err)
	}
	return rows[0]
}

func handedOver(n int) Notification {
	return Notification{Key: fmt.Sprintf("d%d:handed_over", n), Source: "town", What: "handed_over", About: fmt.Sprintf("6180100000%03d", n), Who: "s1"}
}

func TestAChangeIsToldOncePerChannelAndItsJobHoldsNoAddress(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db, &SMTP{}, &SMS{})
		h.tell(handedOver(1), handedOver(1))
		h.tell(handedOver(1))
		rows, err := h.s.List(t.Context(), Waiting, 0, 10)
		if err != nil || len(rows) != 2 {
			t.Fatalf("%d notifications, %v; want one per channel", len(rows), err)
		}
		var all string
		for _, text := range []string{`SELECT string_agg(CAST(args AS text), ' ') FROM job`, `SELECT string_agg(about || told_key || ref || why, ' ') FROM notification`} {
			if db.Dialect == sqldb.Postgres {
				text = strings.Replace(text, "CAST(args AS text)", "convert_from(args, 'UTF8')", 1)
			}
			var s string
			if err := db.Read().QueryRowContext(t.Context(), text).Scan(&s); err != nil {
				t.Fatal(err)
			}
			all += s
		}
		if strings.Contains(all, "nguoi-nhan") || strings.Contains(all, "912345678") {
			t.Errorf("the tables hold an address: %s", all)
		}
		if err := h.s.DB.Tx(t.Context(), func(tx *sql.Tx) error {
			return h.s.Tell(t.Context(), tx, Notification{Key: "k", Source: "nobody", What: "x"})
		}); err == nil {
			t.Error("a source that nobody registered was taken")
		}
	})
}

// mailbox is a mail server that takes messages, or refuses them with a code.
type mailbox struct {
	addr   string
	refuse string // "550 5.1.1 <…> unknown"; "" takes all
	mu     sync.Mutex
	got    []string
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{addr: ln.Addr().String()}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { m.talk(c) })
		}
	})
	t.Cleanup(func() { _ = ln.Close(); all.Wait() })
	return m
}

func (m *mailbox) talk(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(line string) { fmt.Fprint(c, line+"\r\n") }
	say("220 mail.example")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		word := strings.ToUpper(strings.Fields(line + " x")[0])
		switch {
		case word == "EHLO" || word == "HELO":
			say("250 mail.example")
		case word == "RCPT" && m.refuse != "":
			say(m.refuse)
		case word == "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				l, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				b.WriteString(l)
			}
			m.mu.Lock()
			m.got = append(m.got, b.String())
			m.mu.Unlock()
			say("250 taken")
		case word == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestAMailServerGetsTheLetterWholeAndSentIsAllThatIsClaimed(t *testing.T) {
	box := newMailbox(t)
	smtp, err := ParseSMTP("smtp://"+box.addr+"?from=tin@buudien.example", "")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, sqltest.SQLite(t), smtp)
	h.tell(handedOver(7))
	id := h.only().ID
	if err := h.run(id, 1); err != nil {
		t.Fatal(err)
	}
	if err := h.run(id, 2); err != nil { // the job runs twice
		t.Fatal(err)
	}
	if len(box.got) != 1 {
		t.Fatalf("%d letters, want one", len(box.got))
	}
	m, err := mail.ReadMessage(strings.NewReader(box.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.Contains(string(body), "Cơ quan đã nhận hồ sơ 6180100000007.") {
		t.Errorf("body %q, %v", body, err)
	}
	if got := m.Header.Get("Subject"); !strings.HasPrefix(got, "=?utf-8?q?H") {
		t.Errorf("subject %q", got)
	}
	if m.Header.Get("Message-Id") != fmt.Sprintf("<notification-%d@buudien.example>", id) {
		t.Errorf("message id %q", m.Header.Get("Message-Id"))
	}
	if r := h.only(); r.State != Sent || r.Ref != "" {
		t.Errorf("state %s, ref %q", r.State, r.Ref)
	}
}

func TestARefusedAddressFailsAtOnceAndIsNotRepeatedInTheError(t *testing.T) {
	box := newMailbox(t)
	box.refuse = "550 5.1.1 <mau@nguoi-nhan.example> unknown"
	smtp, err := ParseSMTP("smtp://"+box.addr+"?from=tin@buudien.example", "")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, sqltest.SQLite(t), smtp)
	h.tell(handedOver(1))
	if err := h.run(h.only().ID, 1); err != nil {
		t.Fatalf("%v: the failed notification is its own dead letter", err)
	}
	if r := h.only(); r.State != Failed || r.Why != "SMTP 550" {
		t.Errorf("state %s, why %q", r.State, r.Why)
	}
	box.refuse = "451 <mau@nguoi-nhan.example> later"
	if err := h.s.Retry(t.Context(), h.only().ID); err != nil {
		t.Fatal(err)
	}
	if err := h.run(h.only().ID, 1); err == nil || strings.Contains(err.Error(), "nguoi-nhan") {
		t.Errorf("%v: a passing refusal is tried again, and names nobody", err)
	}
	if r := h.only(); r.State != Waiting {
		t.Errorf("state %s, want waiting", r.State)
	}
	if err := h.run(h.only().ID, attempts); err != nil {
		t.Fatal(err)
	}
	if r := h.only(); r.State != Failed {
		t.Errorf("after the last attempt: %s", r.State)
	}
	if err := h.s.Retry(t.Context(), 4711); !fault.Is(err, fault.Conflict) {
		t.Errorf("retry of nothing: %v", err)
	}
}

func TestAServerThatIsNotThisMachineMustOfferTLS(t *testing.T) {
	box := newMailbox(t)
	s := &SMTP{Server: box.addr, From: mail.Address{Address: "tin@buudien.example"}}
	if _, err := s.Send(t.Context(), Message{ID: "n", To: "mau@nguoi-nhan.example"}); err == nil || !strings.Contains(err.Error(), "no TLS") {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "http://x?from=a@b", "smtp://host", "smtp://host?from=nobody"} {
		if _, err := ParseSMTP(bad, ""); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if s, err := ParseSMTP("smtp://u@mail.example?from=a@b.example", "p"); err != nil || s.Plain || s.Server != "mail.example:587" || s.User != "u" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestAGatewayTakesReportsAndFails(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		status := http.StatusOK
		var asked []map[string]string
		gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var m map[string]string
			if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.Header.Get("Authorization") != "Bearer t0" {
				t.Errorf("asked with %q, %v", r.Header.Get("Authorization"), err)
			}
			asked = append(asked, m)
			w.WriteHeader(status)
			fmt.Fprint(w, `{"ref":"g-1"}`)
		}))
		defer gate.Close()
		sms, err := NewSMS(gate.URL, "t0")
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, db, sms)
		h.s.Reports = []byte("bi-mat")
		h.tell(handedOver(3))
		status = http.StatusServiceUnavailable
		if err := h.run(h.only().ID, 1); err == nil {
			t.Error("a busy gateway is tried again")
		}
		status = http.StatusOK
		if err := h.run(h.only().ID, 2); err != nil {
			t.Fatal(err)
		}
		if r := h.only(); r.State != Sent || r.Ref != "g-1" || asked[1]["to"] != "+84912345678" || asked[0]["id"] != asked[1]["id"] || !strings.Contains(asked[1]["text"], "6180100000003") {
			t.Errorf("%+v, asked %v", r, asked)
		}
		m := web.New(web.NoGate{}, web.Site{}, slog.New(slog.DiscardHandler))
		h.s.Mount(m)
		for _, c := range []struct {
			body, secret string
			code         int
			want         State
		}{
			{`{"channel":"sms","ref":"g-1","state":"delivered"}`, "khac", http.StatusForbidden, Sent},
			{`{"channel":"sms","ref":"g-1","state":"sent"}`, "bi-mat", http.StatusBadRequest, Sent},
			{`{"channel":"sms","ref":"g-2","state":"failed"}`, "bi-mat", http.StatusNoContent, Sent},
			{`{"channel":"sms","ref":"g-1","state":"delivered"}`, "bi-mat", http.StatusNoContent, Delivered},
			{`{"channel":"sms","ref":"g-1","state":"failed"}`, "bi-mat", http.StatusNoContent, Delivered}, // too late: it had arrived
		} {
			r := httptest.NewRequest("POST", "/notifications/report", strings.NewReader(c.body))
			mac := hmac.New(sha256.New, []byte(c.secret))
			mac.Write([]byte(c.body))
			r.Header.Set(HeaderSignature, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
			w := httptest.NewRecorder()
			m.ServeHTTP(w, r)
			if got := h.only().State; w.Code != c.code || got != c.want {
				t.Errorf("%s: %d, state %s; want %d, %s", c.body, w.Code, got, c.code, c.want)
			}
		}
	})
}

func TestWhoIsForgottenOrDeclinedIsNotTold(t *testing.T) {
	for _, c := range []struct {
		name  string
		reach Reach
		gone  bool
		legal bool
		want  State
	}{
		{"no number", Reach{Email: "mau@nguoi-nhan.example"}, false, false, NoAddress},
		{"forgotten", Reach{}, true, false, NoAddress},
		{"declined", Reach{Phone: "+84912345678", Declined: true}, false, false, Declined},
		{"declined but the law asks", Reach{Phone: "+84912345678", Declined: true}, false, true, Sent},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			gate := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			defer gate.Close()
			h := newHouse(t, sqltest.SQLite(t), &SMS{URL: gate.URL})
			h.town.reach, h.town.forgot = c.reach, c.gone
			n := handedOver(1)
			n.Legal = c.legal
			h.tell(n)
			if err := h.run(h.only().ID, 1); err != nil {
				t.Fatal(err)
			}
			if got := h.only().State; got != c.want {
				t.Errorf("state %s, want %s", got, c.want)
			}
		})
	}
}

func TestNobodyIsWokenAtNight(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 3, day, hour, minute, 0, 0, postal.HoChiMinh)
	}
	for _, c := range []struct{ t, want time.Time }{
		{at(2, 6, 59), at(2, 7, 0)}, {at(2, 7, 0), at(2, 7, 0)}, {at(2, 20, 59), at(2, 20, 59)},
		{at(2, 21, 0), at(3, 7, 0)}, {at(2, 23, 59), at(3, 7, 0)}, {at(3, 0, 0), at(3, 7, 0)},
	} {
		if got := Night.Next(c.t); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", c.t, got, c.want)
		}
		if got := (Quiet{}).Next(c.t); !got.Equal(c.t) {
			t.Errorf("without a quiet time: %s", got)
		}
	}
	h := newHouse(t, sqltest.SQLite(t), &SMS{URL: "http://127.0.0.1:1"})
	h.now = at(2, 22, 0)
	h.tell(handedOver(1))
	if err := h.run(h.only().ID, 2); err != nil { // a retry in the night
		t.Fatal(err)
	}
	if r := h.only(); r.State != Waiting {
		t.Errorf("state %s", r.State)
	}
	rows, err := h.s.DB.Read().QueryContext(t.Context(), `SELECT run_at_ms FROM job`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var ms int64
		if err := rows.Scan(&ms); err != nil || !postal.FromMillis(ms).Equal(at(3, 7, 0)) {
			t.Errorf("a job at %s, %v", postal.FromMillis(ms), err)
		}
		n++
	}
	if n != 2 || rows.Err() != nil {
		t.Errorf("%d jobs, %v", n, rows.Err())
	}
}

func TestTheQueueSendsWhatWasTold(t *testing.T) {
	arrived := make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(arrived) }))
	defer gate.Close()
	h := newHouse(t, sqltest.SQLite(t), &SMS{URL: gate.URL})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.q.Run(ctx) }()
	h.tell(handedOver(1))
	h.q.Wake()
	<-arrived
	stop()
	<-ended
}

func TestThePageShowsStatesWithoutPeople(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t), &SMS{URL: "http://127.0.0.1:1"})
	h.tell(handedOver(1))
	if err := h.run(h.only().ID, attempts); err != nil {
		t.Fatal(err)
	}
	role := web.Role{Name: web.Admin}
	m := web.New(webtest.Gate{Person: web.Person{ID: "nv-admin", Name: "Quản Trị", Roles: []web.Role{role}, Acting: role}}, web.Site{}, slog.New(slog.DiscardHandler))
	h.s.Mount(m)
	get := func(path string) string {
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		return w.Body.String()
	}
	page := get(path)
	if !strings.Contains(page, "6180100000001") || !strings.Contains(page, "không gửi được") || strings.Contains(page, "912") {
		t.Error("the page shows no failed notification, or shows a number")
	}
	if !strings.Contains(get(path+"?state=sent"), "Không có tin báo nào") || !strings.Contains(get(path+"?lang=en"), "Send again") {
		t.Error("the empty list or the English page")
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("POST", fmt.Sprintf("%s/%d/retry", path, h.only().ID), nil))
	if w.Code != http.StatusSeeOther || h.only().State != Waiting {
		t.Errorf("retry: %d, %s", w.Code, h.only().State)
	}
}
