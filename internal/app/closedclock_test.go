package app_test

import (
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
)

// turned is a machine's clock that somebody sets.
type turned struct{ off atomic.Int64 }

func (c *turned) now() time.Time      { return time.Now().Add(time.Duration(c.off.Load())) }
func (c *turned) set(d time.Duration) { c.off.Store(int64(d)) }

func openClosedAt(t *testing.T, dir string, c *turned) *app.ClosedHouse {
	t.Helper()
	box, err := strongbox.Open(dir, closedWord)
	if err != nil {
		t.Fatal(err)
	}
	h, err := app.OpenClosed(t.Context(), app.Config{Data: dir, Now: c.now, Log: slog.New(slog.DiscardHandler)}, box)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var ranges atomic.Int64

func reserve(t *testing.T, h *app.ClosedHouse) error {
	t.Helper()
	from := int(ranges.Add(10))
	e := ledger.Envelope{Act: postal.NewActID(time.Now()), OccurredMs: postal.Millis(h.Now()), Office: "180100", Actor: "nv-1"}
	_, err := h.Ledger.Append(t.Context(), e, custody.ReserveRange{Office: "180100", Letters: "RR", From: from, To: from + 9})
	return err
}

// TestAClockSetBackStopsActsAndIsRecordedWhenItIsRightAgain restarts the house in between: the incident is not forgotten.
func TestAClockSetBackStopsActsAndIsRecordedWhenItIsRightAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "closed")
	box, _, err := strongbox.Create(dir, closedWord, time.Now(), quickCost)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.FurnishBox(box); err != nil {
		t.Fatal(err)
	}
	clock := &turned{}
	h := openClosedAt(t, dir, clock)
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	clock.set(-90 * time.Second) // drift is no incident
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	clock.set(-time.Hour)
	if err := reserve(t, h); fault.Code(err) != "ledger.clock_behind" {
		t.Fatalf("an hour behind: %v", err)
	}
	before := h.Ledger.Seq()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = openClosedAt(t, dir, clock) // still wrong: noted
	if err := reserve(t, h); fault.Code(err) != "ledger.clock_behind" {
		t.Fatalf("after a restart: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	clock.set(0)
	h = openClosedAt(t, dir, clock)
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got := incidents(t, h, before); len(got) != 1 || got[0].BehindMs < 59*60*1000 || got[0].Accepted {
		t.Fatalf("recorded: %+v", got)
	}
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	// The other way: the clock ran ahead, an act was recorded, and the clock was set right. Nothing can be recorded until a person accepts that.
	clock.set(48 * time.Hour)
	if err := reserve(t, h); err != nil {
		t.Fatal(err)
	}
	clock.set(0)
	if err := reserve(t, h); fault.Code(err) != "ledger.clock_behind" {
		t.Fatalf("set right again: %v", err)
	}
	if _, err := h.AcceptClock(t.Context(), "nv-1"); err != nil {
		t.Fatal(err)
	}
	if err := reserve(t, h); err != nil {
		t.Fatalf("accepted: %v", err)
	}
	clock.set(-time.Hour)
	if err := reserve(t, h); fault.Code(err) != "ledger.clock_behind" {
		t.Fatalf("an hour behind what was accepted: %v", err)
	}
}

// TestWhatWasAcceptedOfAClockShrinks lets days pass after an acceptance: then the house promises two minutes again, not two days.
func TestWhatWasAcceptedOfAClockShrinks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "closed")
	box, _, err := strongbox.Create(dir, closedWord, time.Now(), quickCost)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.FurnishBox(box); err != nil {
		t.Fatal(err)
	}
	clock := &turned{}
	h := openClosedAt(t, dir, clock)
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	at := func(d time.Duration) error { // the house looks at the clock when it opens
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		clock.set(d)
		h = openClosedAt(t, dir, clock)
		return reserve(t, h)
	}
	if err := at(48 * time.Hour); err != nil {
		t.Fatal(err)
	}
	clock.set(0)
	if _, err := h.AcceptClock(t.Context(), "nv-1"); err != nil {
		t.Fatal(err)
	}
	if err := at(time.Hour); err != nil {
		t.Fatalf("accepted, an hour later: %v", err)
	}
	if err := at(100 * time.Hour); err != nil {
		t.Fatalf("four days later: %v", err)
	}
	if err := at(100*time.Hour + time.Minute); err != nil {
		t.Fatalf("a minute later: %v", err)
	}
	if err := at(70 * time.Hour); fault.Code(err) != "ledger.clock_behind" {
		t.Fatalf("set back by thirty hours: %v", err)
	}
	if err := at(101 * time.Hour); err != nil {
		t.Fatalf("right again: %v", err)
	}
}

func incidents(t *testing.T, h *app.ClosedHouse, after int64) (found []event.ClockBehind) {
	t.Helper()
	entries, err := h.Ledger.After(t.Context(), after, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for _, f := range e.Facts {
			if c, ok := f.(event.ClockBehind); ok {
				found = append(found, c)
			}
		}
	}
	return found
}
