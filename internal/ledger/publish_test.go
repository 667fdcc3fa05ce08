package ledger_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, the public sees a head of the tree that no outsider vouched for, or a counter waits for somebody far away.

// witness is a witness that can be sent away. It believes what it is told: that the proofs are right is the interop test's affair.
type witness struct {
	tree.Witness
	self *tree.Cosigner
	size atomic.Int64
	away atomic.Bool
}

func newWitness(t *testing.T, name string) *witness {
	t.Helper()
	_, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{}
	if w.self, err = tree.NewCosigner(name, secret, time.Now); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.Witness = tree.Witness{Name: name, Verifier: &w.self.CosignVerifier, URL: server.URL}
	return w
}

func (w *witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	q, err := tree.ParseWitnessRequest(body)
	text, _, _ := strings.Cut(string(q.Checkpoint), "\n\n")
	switch c, cerr := tree.ParseCheckpoint(text + "\n"); {
	case w.away.Load():
		http.Error(out, "away", http.StatusServiceUnavailable)
	case err != nil || cerr != nil:
		http.Error(out, "malformed", http.StatusBadRequest)
	case q.Old != w.size.Load():
		out.WriteHeader(http.StatusConflict)
		fmt.Fprintln(out, w.size.Load())
	default:
		line, err := w.self.Line([]byte(c.Text()))
		if err != nil {
			http.Error(out, "sign", http.StatusInternalServerError)
			return
		}
		w.size.Store(c.Size)
		fmt.Fprint(out, line)
	}
}

func TestTheCheckpointIsPublicOnlyWhenEnoughWitnessesCosignedIt(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		a, b, c := newWitness(t, "a.example"), newWitness(t, "b.example"), newWitness(t, "c.example")
		policy := &tree.Policy{Witnesses: []tree.Witness{a.Witness, b.Witness, c.Witness}, Quorum: tree.AtLeast(2, a.Witness, b.Witness, c.Witness)}
		l, err := ledger.Open(t.Context(), db, ledger.Config{
			Kinds: []ledger.Kind{{Letter: 't', New: func() ledger.State { return &tally{} }, Trail: true}}, Folds: []ledger.Fold{fold},
			Key: newKey(t), Base: "https://post.test", Witnesses: policy,
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Publish(ctx) }()
		t.Cleanup(func() {
			stop()
			<-ended
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
		write := func() int64 {
			r, err := l.Append(t.Context(), envelope(), count{Key: "bag"})
			if err != nil {
				t.Fatal(err)
			}
			return r.Seq
		}
		reaches := func(seq int64) tree.Opened {
			t.Helper()
			for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) { // another goroutine publishes
				src, err := l.Public(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				signed, err := src.Checkpoint(t.Context())
				if err != nil {
					continue
				}
				believe := *policy
				if believe.Keys, err = l.Keyring(t.Context()); err != nil {
					t.Fatal(err)
				}
				opened, err := believe.Open(signed)
				if err != nil {
					t.Fatalf("the public checkpoint: %v", err)
				}
				if opened.Size >= seq {
					return opened
				}
			}
			t.Fatalf("entry %d was not published", seq)
			return tree.Opened{}
		}
		c.away.Store(true)
		if opened := reaches(write()); len(opened.Witnesses) != 2 {
			t.Fatalf("%d cosignatures, want those of the two who are there", len(opened.Witnesses))
		}
		b.away.Store(true)
		before := reaches(1).Size
		seq := write()                                                            // one witness of two needed: nobody at a counter notices
		for signed := int64(0); signed < seq; time.Sleep(20 * time.Millisecond) { // the batch machine signs within a second
			w, _, err := l.Witnessing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			signed = w.Signed
		}
		text, err := l.Receipt(t.Context(), seq, "")
		if err != nil {
			t.Fatal(err)
		}
		if p := proved(t, l, text); len(p.Witnesses) != 0 {
			t.Errorf("a receipt printed before the witnesses came names %v", p.Witnesses)
		}
		if w, required, err := l.Witnessing(t.Context()); err != nil || !required || w.Published != before || w.Signed < seq || !w.Late(time.Now().Add(2*time.Minute)) {
			t.Errorf("%+v, %t, %v: want the public at %d", w, required, err, before)
		}
		b.away.Store(false)
		reaches(seq)
		if text, err = l.Receipt(t.Context(), seq, ""); err != nil {
			t.Fatal(err)
		}
		if p := proved(t, l, text); len(p.Witnesses) != 2 {
			t.Errorf("the receipt names %v, want two witnesses", p.Witnesses)
		}
		again, err := l.Policy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if read, err := tree.ParsePolicy(again); err != nil || len(read.Witnesses) != 3 || read.Text() != policy.Text() {
			t.Errorf("the policy reads back as %v, %v", read, err)
		}
	})
}

// proved checks a receipt, its cosignatures where it has some.
func proved(t *testing.T, l *ledger.Ledger, text string) tree.Proved {
	t.Helper()
	r, err := tree.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := l.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := tree.VerifyReceipt(tree.Trust{Policy: l.Believe(keys)}, r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
