package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

const origin = "post.test/ledger"

func newKey(t testing.TB) *tree.LogKey {
	t.Helper()
	k, err := tree.GenerateKey(filepath.Join(t.TempDir(), "ledger.key"), origin)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// openSigned opens a ledger that signs its tree; the caller closes it.
func openSigned(t testing.TB, db *sqldb.DB, key *tree.LogKey) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), db, ledger.Config{
		Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}},
		Folds: []ledger.Fold{fold}, Key: key, Base: "https://post.test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustAppend(t testing.TB, l *ledger.Ledger, n int) {
	t.Helper()
	for n > 0 {
		part := make([]ledger.Submission, min(n, 500))
		for i := range part {
			part[i] = ledger.Submission{Envelope: envelope(), Act: count{Key: fmt.Sprint(i % 50)}}
		}
		rs, err := l.AppendAll(t.Context(), part)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
		}
		n -= len(part)
	}
}

func mustClose(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// verdict verifies the tables by the keys that the ledger names.
func verdict(t testing.TB, db *sqldb.DB) tree.Verdict {
	t.Helper()
	a := ledger.Audit{DB: db}
	keys, err := a.Keyring(t.Context())
	if err != nil || keys == nil {
		t.Fatalf("keyring: %v, %v", keys, err)
	}
	v, err := tree.Verifier{Keys: keys}.VerifyLog(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheTreeGrowsWithTheEntriesAndIsSigned(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		key := newKey(t)
		for range 3 { // each time from the tables anew
			l := openSigned(t, db, key)
			mustAppend(t, l, 700)
			mustClose(t, l)
		}
		v := verdict(t, db)
		if !v.OK() || v.Size != 2101 || v.Covered != v.Size { // one entry names the key
			t.Fatalf("%s", v.In("en"))
		}
	})
}

func TestAnAcknowledgedEntryIsCoveredWithinTwoSeconds(t *testing.T) {
	l := openSigned(t, sqltest.SQLite(t), newKey(t))
	defer mustClose(t, l)
	r, err := l.Append(t.Context(), envelope(), count{Key: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) { // the signal is the checkpoint itself
		if c, ok := published(t, l); ok && c.Size >= r.Seq {
			return
		}
		if time.Since(start) > 2*time.Second {
			t.Fatal("not covered within two seconds")
		}
	}
}

func published(t testing.TB, l *ledger.Ledger) (tree.Checkpoint, bool) {
	t.Helper()
	src, err := l.Public(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := src.Checkpoint(t.Context())
	if err != nil {
		return tree.Checkpoint{}, false
	}
	keys, err := l.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := keys.Open(signed)
	if err != nil {
		t.Fatal(err)
	}
	return c, true
}

func TestAChangedEntryStopsWritingAtTheNextStart(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		key := newKey(t)
		l := openSigned(t, db, key)
		mustAppend(t, l, 300)
		mustClose(t, l)
		var body []byte
		if err := db.Read().QueryRowContext(t.Context(), `SELECT body FROM ledger_entry WHERE seq = 299`).Scan(&body); err != nil {
			t.Fatal(err)
		}
		body[len(body)-1] ^= 1
		if _, err := db.Write().ExecContext(t.Context(), `UPDATE ledger_entry SET body = $1 WHERE seq = 299`, body); err != nil {
			t.Fatal(err)
		}
		l = openSigned(t, db, key)
		defer mustClose(t, l)
		if _, err := l.Append(t.Context(), envelope(), count{Key: "a"}); fault.Code(err) != "ledger.tree_differs" {
			t.Fatalf("append to a changed ledger: %v", err)
		}
		if _, err := l.Body(t.Context(), 5); err != nil {
			t.Errorf("reading must go on: %v", err)
		}
		v := verdict(t, db)
		if v.OK() || v.Findings[0].Seq != 299 {
			t.Errorf("%s", v.In("en"))
		}
	})
}

func TestTwoProcessesGrowOneTree(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		key := newKey(t)
		a := openSigned(t, db, key)
		other, err := sqldb.Open(t.Context(), db.DSN)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		b := openSigned(t, other, key)
		for range 5 {
			mustAppend(t, a, 130)
			mustAppend(t, b, 170)
		}
		mustClose(t, a)
		mustClose(t, b)
		if v := verdict(t, db); !v.OK() || v.Size != 1501 {
			t.Fatalf("%s", v.In("en"))
		}
	})
}

func TestAReceiptProvesItsEntryAlsoAfterTheKeyWasRotated(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		old, next := newKey(t), newKey(t)
		l := openSigned(t, db, old)
		mustAppend(t, l, 400)
		before, err := l.Receipt(t.Context(), 77, "25")
		if err != nil {
			t.Fatal(err)
		}
		var alarms bytes.Buffer
		usual := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&alarms, &slog.HandlerOptions{Level: slog.LevelError})))
		_, err = l.Rotate(t.Context(), next)
		slog.SetDefault(usual)
		if err != nil || alarms.Len() > 0 {
			t.Fatalf("%v, %s", err, &alarms)
		}
		mustAppend(t, l, 300)
		after, err := l.Receipt(t.Context(), 600, "")
		if err != nil {
			t.Fatal(err)
		}
		again, err := l.Receipt(t.Context(), 77, "25")
		if err != nil {
			t.Fatal(err)
		}
		keys, err := l.Keyring(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range []string{before, after, again} {
			if !strings.HasPrefix(text, "HTTPS://POST.TEST/R/") {
				t.Fatalf("receipt %d: %.40s", i, text)
			}
			r, err := tree.ParseReceipt(text)
			if err != nil {
				t.Fatal(err)
			}
			p, err := tree.VerifyReceipt(tree.Trust{Policy: tree.Policy{Keys: keys}}, r)
			if err != nil || p.Seq != []int64{77, 600, 77}[i] {
				t.Fatalf("receipt %d: %+v, %v", i, p.Seq, err)
			}
		}
		mustClose(t, l)
		l = openSigned(t, db, old) // the old key signs nothing any more, no receipt either
		mustAppend(t, l, 10)
		if _, err := l.Receipt(t.Context(), 77, "25"); fault.Code(err) != "ledger.other_key" {
			t.Fatalf("a receipt under a key that is not the ledger's: %v", err)
		}
		mustClose(t, l)
		l = openSigned(t, db, next)
		mustAppend(t, l, 10)
		mustClose(t, l)
		if v := verdict(t, db); !v.OK() || v.Covered != v.Size {
			t.Fatalf("%s", v.In("en"))
		}
	})
}

func TestThePublicReadsTheTreeOverHTTP(t *testing.T) {
	db := sqltest.SQLite(t)
	l := openSigned(t, db, newKey(t))
	defer mustClose(t, l)
	mustAppend(t, l, 999)
	for c, ok := published(t, l); !ok || c.Size < 1000; c, ok = published(t, l) {
		time.Sleep(10 * time.Millisecond) // the signal is the checkpoint itself
	}
	src, err := l.Public(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(tree.Server{Source: src})
	defer srv.Close()
	keys, err := l.Keyring(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	remote, err := tree.OpenRemote(t.Context(), srv.URL, srv.Client(), keys)
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.Verifier{Keys: keys}.VerifyLog(t.Context(), remote)
	if err != nil || !v.OK() || v.Size != 1000 {
		t.Fatalf("%s, %v", v.In("en"), err)
	}
}
