package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"citypost/internal/event"
	"citypost/internal/postal"
)

// clockTolerance is how far the machine's clock may lie behind the last entry of a closed house: more is no drift. Times of handover are evidence there, and
// a limit of hours is counted from them.
const clockTolerance = 2 * time.Minute

// clockNote is what is remembered of a clock that lies behind, until it can be written into the ledger. It lies in the box, so it outlives the process.
type clockNote struct {
	Act      postal.ActID      `json:"act"`
	Fact     event.ClockBehind `json:"fact"`
	Accepted int64             `json:"accepted_ms"` // a person took the clock for right although it lies so far behind
}

const boxClock = "clock"

// hearRefused lets care look at the clock soon.
func (h *ClosedHouse) hearRefused() {
	select {
	case h.refused <- struct{}{}:
	default:
	}
}

// watchClock notes a clock that lies behind, and records it when it is right again.
func (h *ClosedHouse) watchClock(ctx context.Context) error {
	note, err := h.clockNote()
	if err != nil {
		return err
	}
	h.Ledger.TolerateClock(clockTolerance + time.Duration(note.Accepted)*time.Millisecond)
	behind, err := h.Ledger.ClockBehind(ctx)
	if err != nil {
		return err
	}
	if left := min(note.Accepted, max(0, behind.Milliseconds())); left < note.Accepted { // the clock gains on the entry that ran ahead: what was forgiven shrinks with it
		note.Accepted = left
		if err := h.keepClockNote(note); err != nil {
			return err
		}
		h.Ledger.TolerateClock(clockTolerance + time.Duration(left)*time.Millisecond)
	}
	wrong := behind > clockTolerance+time.Duration(note.Accepted)*time.Millisecond
	switch {
	case wrong && behind.Milliseconds() > note.Fact.BehindMs:
		h.Log.WarnContext(ctx, "clock lies behind the last entry, acts are refused", "behind_ms", behind.Milliseconds())
		now := h.Now()
		if note.Act == (postal.ActID{}) {
			note.Act, note.Fact.MachineMs = postal.NewActID(now), postal.Millis(now)
		}
		note.Fact.BehindMs = behind.Milliseconds()
		return h.keepClockNote(note)
	case !wrong && note.Act != (postal.ActID{}):
		if _, err := h.Ledger.RecordClock(ctx, note.Act, "", note.Fact); err != nil {
			return err
		}
		return h.keepClockNote(clockNote{Accepted: note.Accepted})
	}
	return nil
}

// AcceptClock takes the machine's clock for right although it lies behind the last entry: the entry was made while the clock ran ahead. The acceptance is recorded.
func (h *ClosedHouse) AcceptClock(ctx context.Context, by postal.StaffID) (behind time.Duration, err error) {
	if behind, err = h.Ledger.ClockBehind(ctx); err != nil || behind <= clockTolerance {
		return behind, err
	}
	now := h.Now()
	fact := event.ClockBehind{MachineMs: postal.Millis(now), BehindMs: behind.Milliseconds(), Accepted: true}
	if _, err := h.Ledger.RecordClock(ctx, postal.NewActID(now), by, fact); err != nil {
		return behind, err
	}
	if err := h.keepClockNote(clockNote{Accepted: behind.Milliseconds()}); err != nil {
		return behind, err
	}
	return behind, h.watchClock(ctx)
}

func (h *ClosedHouse) clockNote() (n clockNote, err error) {
	text, err := h.Box.Read(boxClock)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	return n, json.Unmarshal(text, &n)
}

func (h *ClosedHouse) keepClockNote(n clockNote) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return h.Box.Keep(boxClock, text)
}
