package app

import (
	"os"
	"path/filepath"
	"testing"

	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"time"
)

// TestTheLedgersKeyIsRotatedAndACrashInBetweenIsMended leaves the new key under its waiting name, as a crash after the entry would.
func TestTheLedgersKeyIsRotatedAndACrashInBetweenIsMended(t *testing.T) {
	dir := t.TempDir()
	start := func() *House {
		h, err := Open(t.Context(), Config{Data: dir})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	stop := func(h *House) {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	from := 1
	write := func(h *House) {
		now := time.Now()
		e := ledger.Envelope{Act: postal.NewActID(now), OccurredMs: postal.Millis(now), Office: "180100", Actor: "nv-1"}
		if _, err := h.Ledger.Append(t.Context(), e, custody.ReserveRange{Office: "180100", Letters: "RR", From: from, To: from + 9}); err != nil {
			t.Fatal(err)
		}
		from += 10
	}
	h := start()
	write(h)
	if _, err := h.RotateLedgerKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(h)
	stop(h)
	h = start()
	next, err := tree.GenerateKey(filepath.Join(dir, NextKeyFile), h.ledgerName(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ledger.Rotate(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	stop(h) // the crash
	h = start()
	write(h)
	stop(h)
	if _, err := os.Stat(filepath.Join(dir, NextKeyFile)); err == nil {
		t.Error("the next key still waits")
	}
	h = start()
	defer stop(h)
	keys, err := h.Ledger.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.Verifier{Keys: keys}.VerifyLog(t.Context(), ledger.Audit{DB: h.DB})
	if err != nil || !v.OK() || v.Covered != v.Size || len(keys.Ranges()) != 3 {
		t.Fatalf("%s, %v", v.In("en"), err)
	}
}

func (h *House) ledgerName(t *testing.T) string {
	t.Helper()
	keys, err := h.Ledger.Keyring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return keys.Origin()
}
