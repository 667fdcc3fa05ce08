package proof_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/proof"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web"
)

// seal is an act that is always done.
type seal struct{ Bag event.Thing }

func (seal) Name() string          { return "test.seal" }
func (seal) Touches() []ledger.Key { return nil }
func (a seal) Decide(*ledger.View, ledger.Envelope) ([]event.Fact, error) {
	return []event.Fact{event.BagSealed{Bag: a.Bag, Seal: "NP1", Count: 3}}, nil
}

// newLedger writes n entries and closes the ledger, so that all are signed.
func newLedger(t testing.TB, n int) (*sqldb.DB, *ledger.Ledger) {
	t.Helper()
	db := sqltest.SQLite(t)
	l, _ := fill(t, db, n)
	return db, l
}

// fill writes n entries into an empty database.
func fill(t testing.TB, db *sqldb.DB, n int) (*ledger.Ledger, *tree.LogKey) {
	t.Helper()
	key, err := tree.GenerateKey(filepath.Join(t.TempDir(), "ledger.key"), "post.test/ledger")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		l, err := ledger.Open(t.Context(), db, ledger.Config{Key: key, Base: "https://post.test"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range n / 2 {
			if i%500 != 0 {
				continue
			}
			subs := make([]ledger.Submission, min(500, n/2-i))
			for k := range subs {
				now := time.Now()
				subs[k] = ledger.Submission{Envelope: ledger.Envelope{Act: postal.NewActID(now), OccurredMs: now.UnixMilli(), Office: "180100", Actor: "nv-1"}, Act: seal{event.Thing(fmt.Sprintf("2%013d", i+k))}}
			}
			if _, err := l.AppendAll(t.Context(), subs); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l, err := ledger.Open(t.Context(), db, ledger.Config{Key: key, Base: "https://post.test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, key
}

func check(t testing.TB, what string, keys *tree.Keyring) proof.Report {
	t.Helper()
	r, err := proof.Checker{Keys: keys, Lang: "en"}.Check(t.Context(), what)
	if err != nil {
		t.Fatalf("%.60s: %v", what, err)
	}
	return r
}

func keysOf(t testing.TB, l *ledger.Ledger) *tree.Keyring {
	t.Helper()
	k, err := l.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestEveryReceiptPassesAndNoneWithOneFlippedBit takes random receipts, as many as CITYPOST_RECEIPTS says, and flips in each one bit of what it says, its checksum mended,
// and one character of its text.
func TestEveryReceiptPassesAndNoneWithOneFlippedBit(t *testing.T) {
	_, l := newLedger(t, 3000)
	keys := keysOf(t, l)
	for range manyTimes(t, "CITYPOST_RECEIPTS", 300) {
		seq := 2 + rand.Int64N(2900)
		text, err := l.Receipt(t.Context(), seq, "")
		if err != nil {
			t.Fatal(err)
		}
		if r := check(t, text, keys); !r.OK || r.Seq != seq {
			t.Fatalf("receipt of %d: %s", seq, r.Words)
		}
		if r := check(t, flipBit(t, text), keys); r.OK {
			t.Fatalf("receipt of %d passes with a bit flipped", seq)
		}
		const prefix = len("HTTPS://POST.TEST/R/")
		bad := []byte(text)
		at := prefix + rand.IntN(len(bad)-prefix)
		bad[at] = "0123456789ABCDEF"[(strings.IndexByte("0123456789ABCDEF", bad[at])+1)%16]
		if r := check(t, string(bad), keys); r.OK {
			t.Fatalf("receipt of %d passes with character %d changed", seq, at)
		}
	}
}

// manyTimes is how often a test tries: a few times, or as often as the variable says.
func manyTimes(t testing.TB, variable string, few int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number", variable, text)
	}
	return n
}

func TestAnExportProvesItselfAndShowsItsFirstWrongLine(t *testing.T) {
	db, l := newLedger(t, 2000)
	var out bytes.Buffer
	if err := proof.Export(t.Context(), ledger.Audit{DB: db}, &out); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	write := func(b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(out.Bytes())
	if r := check(t, path, keysOf(t, l)); !r.OK || r.Entries != 2001 || r.Covered != 2001 {
		t.Fatalf("%s", r.Words)
	}
	whole := out.Bytes()
	starts := []int{0}
	for i, c := range whole {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	for range 40 {
		line := 1 + rand.IntN(1990)
		at := starts[line] + rand.IntN(starts[line+1]-1-starts[line])
		bad := bytes.Clone(whole)
		bad[at] ^= 1
		write(bad)
		r := check(t, path, keysOf(t, l))
		if r.OK || len(r.Findings) == 0 {
			t.Fatalf("byte %d of line %d changed and not found", at-starts[line], line+1)
		}
		if at <= starts[line]+bytes.IndexByte(whole[starts[line]:], ',') {
			continue // the line's own number was changed: it is found under the number that it now claims
		}
		if near := r.Findings[0].Seq; near < int64(line) || near > int64(line)+2 {
			t.Fatalf("line %d changed, found at %d: %s", line+1, near, r.Words)
		}
	}
}

func TestTheCheckerReadsADatabaseFileAndChangesNothing(t *testing.T) {
	db, _ := newLedger(t, 300)
	r := check(t, db.DSN, nil)
	if !r.OK || r.What != "database" || r.Entries != 301 || r.Keys != "ledger" {
		t.Fatalf("%+v", r)
	}
	if _, err := (proof.Checker{}).Check(t.Context(), filepath.Join(t.TempDir(), "none.db")); fault.Code(err) != "proof.no_such_thing" {
		t.Fatalf("a file that is not there: %v", err)
	}
}

func TestThePagesCheckAReceiptWithoutScripts(t *testing.T) {
	_, l := newLedger(t, 300)
	m := web.New(web.NoGate{}, web.Site{}, nil)
	(&proof.Service{Ledger: l}).Mount(m)
	text, err := l.Receipt(t.Context(), 42, "20000000000040")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	path := strings.TrimPrefix(text, "HTTPS://POST.TEST")
	if w := get(path); w.Code != 200 || !strings.Contains(w.Body.String(), "Biên nhận ĐÚNG") {
		t.Errorf("a scanned receipt: %d", w.Code)
	}
	if w := get(path[:len(path)-3] + "000"); w.Code != 422 {
		t.Errorf("a damaged receipt: %d", w.Code)
	}
	form := url.Values{"receipt": {text}}.Encode()
	req := httptest.NewRequest(http.MethodPost, "/verify?lang=en", strings.NewReader(form))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.ServeHTTP(w, req)
	if w.Code != 200 || !strings.Contains(w.Body.String(), "The receipt is VALID") {
		t.Errorf("a pasted receipt: %d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/verify", "/ledger", "/checkpoint", "/tile/0/000", "/tile/entries/000", "/ledger/keys"} {
		if w := get(path); w.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	srv := httptest.NewServer(m)
	defer srv.Close()
	if r := check(t, srv.URL, nil); !r.OK || r.Entries != 301 || r.Keys != "address" {
		t.Errorf("%+v", r)
	}
}

func TestAReceiptWithoutTheWitnessesThatAPolicyAsksForIsNotBelieved(t *testing.T) {
	_, l := newLedger(t, 20)
	_, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := tree.NewCosigner("witness.example", secret, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	w := tree.Witness{Name: "w", Verifier: &other.CosignVerifier}
	text, err := l.Receipt(t.Context(), 5, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := proof.Checker{Keys: keysOf(t, l), Policy: &tree.Policy{Witnesses: []tree.Witness{w}, Quorum: tree.AtLeast(1, w)}, Lang: "en"}.Check(t.Context(), text)
	if err != nil || r.OK || len(r.Findings) != 1 || r.Findings[0].Kind != "tree.witnesses_missing" {
		t.Errorf("%+v, %v", r, err)
	}
}
