package strongbox

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"citypost/internal/fault"
)

// If these fail, a secret is exchanged while somebody has the house open, and what he writes cannot be read any more.

// TestWhoCouldNotBeAloneStillHoldsTheFolder: Linux lets go of the shared lock before it finds that the exclusive one cannot be had.
func TestWhoCouldNotBeAloneStillHoldsTheFolder(t *testing.T) {
	made, _, dir := made(t)
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	one, other := opened(t, dir), opened(t, dir)
	for range 3 {
		for _, b := range []*Box{one, other} {
			if err := b.Alone(); fault.Code(err) != "closed.in_use" {
				t.Fatalf("alone beside another: %v", err)
			}
		}
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Alone(); err != nil {
		t.Errorf("alone: %v", err)
	}
	if _, err := Open(dir, word); fault.Code(err) != "closed.rekeying" {
		t.Errorf("opened beside one who is alone: %v", err)
	}
}

func opened(t *testing.T, dir string) *Box {
	t.Helper()
	b, err := Open(dir, word)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// TestAnExchangeLeftBehindIsEndedByOneOfManyWhoEnter: all see the new key afterwards, and nobody is inside while it is put in place.
func TestAnExchangeLeftBehindIsEndedByOneOfManyWhoEnter(t *testing.T) {
	for range 20 {
		b, _, dir := made(t)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		old := opened(t, dir)
		r, err := old.Renew(word, old.Made(), quick, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(r.Dir, filepath.Join(dir, readyDir)); err != nil { // decided; then the power fails
			t.Fatal(err)
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				f, err := enter(dir)
				if err != nil {
					t.Errorf("enter: %v", err)
					return
				}
				defer f.Close()
				if _, err := os.Stat(filepath.Join(dir, readyDir)); err == nil {
					t.Error("inside while the exchange is not carried out")
				}
			})
		}
		all.Wait()
		if now := opened(t, dir); now.Fingerprint() != r.Box.Fingerprint() {
			t.Error("the new key is not in place")
		}
	}
}

// TestAnExchangeDecidedAfterTheLookIsSeen: one who waits for the folder while another decides must look when he has it.
func TestAnExchangeDecidedAfterTheLookIsSeen(t *testing.T) {
	b, _, dir := made(t)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, readyDir), 0o700); err != nil { // decided, all files in place but the folder
		t.Fatal(err)
	}
	inside, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	if err := lock(inside, syscall.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	if _, err := enter(dir); fault.Code(err) != "closed.rekeying" {
		t.Errorf("entered beside one who is inside before the end of the exchange: %v", err)
	}
	if err := lock(inside, syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if f, err := enter(dir); err != nil {
		t.Error(err)
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
}
