package app_test

import (
	"path/filepath"
	"testing"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/counts"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// TestCountsTravelFromTheClosedHouseToTheOpenOne carries the file as a memory stick would, and alters it on the way.
func TestCountsTravelFromTheClosedHouseToTheOpenOne(t *testing.T) {
	closed, opened := openClosed(t, filepath.Join(t.TempDir(), "closed")), open(t)
	month := calendar.AddMonths(firstOf(postal.DayOf(time.Now())), -1)
	if _, err := closed.CountsFile(t.Context(), calendar.AddMonths(month, 1), counts.Floor); fault.Code(err) != "counts.month_open" {
		t.Errorf("a month that runs: %v", err)
	}
	file, err := closed.CountsFile(t.Context(), month, counts.Floor)
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
	for i := range file {
		bad := append([]byte(nil), file...)
		bad[i] ^= 1
		if _, err := store.Import(t.Context(), bad); fault.Code(err) != "counts.not_signed" {
			t.Errorf("byte %d altered: %v", i, err)
		}
	}
	if s, err := store.Import(t.Context(), file); err != nil || len(s.Lines) == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func firstOf(d postal.Day) postal.Day {
	y, m, _ := d.Date()
	return postal.MakeDay(y, m, 1)
}
