package app_test

import (
	"path/filepath"
	"testing"
	"time"

	"citypost/internal/counts"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// TestCountsTravelFromTheClosedHouseToTheOpenOne carries the file as a memory stick would, and alters it on the way.
func TestCountsTravelFromTheClosedHouseToTheOpenOne(t *testing.T) {
	closed, opened := openClosed(t, filepath.Join(t.TempDir(), "closed")), open(t)
	today := postal.DayOf(time.Now())
	file, err := closed.CountsFile(t.Context(), today, today, 5)
	if err != nil {
		t.Fatal(err)
	}
	key, err := closed.CountsVerifier()
	if err != nil {
		t.Fatal(err)
	}
	store := &counts.Store{DB: opened.DB, Now: time.Now}
	if err := store.Trust(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	bad := append([]byte(nil), file...)
	bad[len(bad)/2] ^= 1
	if _, err := store.Import(t.Context(), bad); fault.Code(err) != "counts.not_signed" {
		t.Errorf("altered: %v", err)
	}
	if s, err := store.Import(t.Context(), file); err != nil || len(s.Lines) == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}
