package app

import (
	"bytes"
	"database/sql"
	"os"
	"strings"
	"testing"
	"time"

	"citypost/internal/custody"
	"citypost/internal/desk"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/personal"
	"citypost/internal/postal"
	"citypost/internal/proof"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// TestAnErasedPersonIsUnreadableAndEveryEntryStillProves goes through the whole house, on both databases: accept, deliver, ask, erase, replay, prove.
func TestAnErasedPersonIsUnreadableAndEveryEntryStillProves(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{"sqlite": func(t *testing.T) string { return "" }, "postgres": func(t *testing.T) string { return sqltest.PostgresDSN(t) }} {
		t.Run(name, func(t *testing.T) { eraseOne(t, dsn(t)) })
	}
}

func eraseOne(t *testing.T, dsn string) {
	ctx := t.Context()
	h, err := Open(ctx, Config{Data: t.TempDir(), Database: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	const here = postal.OfficeCode("990100")
	to, _, _ := communes(t, h)
	say := func(act ledger.Act, id postal.ActID) ledger.Receipt {
		t.Helper()
		rec, err := h.Ledger.Append(ctx, ledger.Envelope{Act: id, OccurredMs: postal.Millis(time.Now()), Office: here, Actor: "nv-1"}, act)
		if err != nil {
			t.Fatal(err)
		}
		return rec
	}
	fresh := func() postal.ActID { return postal.NewActID(time.Now()) }
	say(custody.ReserveRange{Office: here, Letters: "RR", From: 1, To: 99}, fresh())
	accepted := fresh()
	const name = "Nguyễn Văn Mẫu"
	if err := h.Desk.KeepParties(ctx, desk.Cover{Act: accepted, Parties: desk.Parties{Sender: desk.Party{Name: name, Address: "1 phố Mẫu", Unit: to}, Recipient: desk.Party{Name: "Trần Thị Mẫu", Address: "2 phố Mẫu", Unit: to}}}); err != nil {
		t.Fatal(err)
	}
	rec := say(custody.Accept{Service: event.Registered, ToUnit: to, ToOffice: here, WeightG: 20, Office: here}, accepted)
	item := event.Thing(rec.Facts[0].(event.ItemAccepted).Item)
	supervisor := web.Person{ID: "ks-1", Acting: web.Role{Name: web.Supervisor, Office: here}}
	data := func() string {
		t.Helper()
		list, err := h.Personal.Keepers[0].Data(ctx, supervisor, item, "vi")
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, d := range list {
			all.WriteString(d.Label + "=" + d.Value + "\n")
		}
		return all.String()
	}
	if got := data(); !strings.Contains(got, "Người gửi: tên="+name) {
		t.Fatalf("before: %s", got)
	}
	receipts := []string{receiptOf(t, h, rec, item)} // the sender holds it on paper
	ask := func(e postal.ActID) string {
		t.Helper()
		code, err := h.Personal.Receive(ctx, ledger.Envelope{Act: e, OccurredMs: postal.Millis(time.Now()), Office: here, Actor: "nv-1"},
			personal.Ask{Kind: personal.Delete, Things: []event.Thing{item}, Via: "counter"}, personal.Asker{Name: name, Contact: "0912 345 678"}, "id-card")
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	grant := func(code string) error {
		return h.Personal.Decide(ctx, ledger.Envelope{Act: fresh(), OccurredMs: postal.Millis(time.Now()), Office: here, Actor: "ks-1"}, personal.Answer{Request: code, Decision: personal.Granted})
	}
	code := ask(fresh())
	if err := grant(code); fault.Code(err) != personal.UnderWay {
		t.Fatalf("an item under way: %v", err)
	}
	receipts = append(receipts, receiptOf(t, h, say(custody.Deliver{Item: postal.ItemNumber(item), To: "addressee"}, fresh()), item))
	if err := grant(code); err != nil {
		t.Fatal(err)
	}
	if got := data(); got != "" {
		t.Errorf("after: %s", got)
	}
	var sealed []byte
	if err := h.DB.Read().QueryRowContext(ctx, `SELECT sealed FROM desk_party WHERE act = $1`, accepted[:]).Scan(&sealed); err != nil && err != sql.ErrNoRows {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "Mẫu") {
		t.Error("the row is readable")
	}
	stillProves(t, h, receipts)
	if diff, err := h.Ledger.Check(ctx, nil); err != nil || len(diff) > 0 {
		t.Errorf("replay: %v, %v", diff, err)
	}
}

func receiptOf(t *testing.T, h *House, rec ledger.Receipt, item event.Thing) string {
	t.Helper()
	text, err := h.Ledger.Receipt(t.Context(), rec.Seq, string(item))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// stillProves checks, as a stranger would, the receipts from before and the whole ledger, and that no name stands in the database in clear.
func stillProves(t *testing.T, h *House, receipts []string) {
	t.Helper()
	keys, err := h.Ledger.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check := proof.Checker{Keys: keys, Lang: "en"}
	for _, text := range receipts {
		if r, err := check.Check(t.Context(), text); err != nil || !r.OK {
			t.Errorf("a receipt from before: %s, %v", r.Words, err)
		}
	}
	for { // the whole of it, when the last entry is signed
		r, err := check.Check(t.Context(), h.Database)
		if err != nil || len(r.Findings) > 0 {
			t.Fatalf("the whole ledger: %s, %v", r.Words, err)
		}
		if r.OK && r.Covered == h.Ledger.Seq() {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the last entry was never signed")
		case <-time.After(100 * time.Millisecond): // the ledger signs about once a second and gives no signal
		}
	}
	if h.DB.Dialect != sqldb.SQLite {
		return
	}
	for _, name := range []string{h.Database, h.Database + "-wal"} {
		text, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("Nguyễn Văn Mẫu")) {
			t.Errorf("%s holds the name in clear", name)
		}
	}
}
