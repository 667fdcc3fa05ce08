package app

import (
	"context"
	"testing"

	"citypost/internal/booking"
	"citypost/internal/postal"
)

// TestADatabaseThatDoesNotAnswerIsNotSaidToHoldNothing: the scan field and the journal must not answer “unknown” when nobody looked.
func TestADatabaseThatDoesNotAnswerIsNotSaidToHoldNothing(t *testing.T) {
	h, err := Open(t.Context(), Config{Data: t.TempDir(), MadeUp: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	dossierCode, err := postal.MakeCode(postal.CodeDossier, "180100", 1)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := booking.ParseRef("bcfg-hjkm")
	if err != nil {
		t.Fatal(err)
	}
	if who, err := h.staffID(t.Context(), "nv-1"); err != nil || who != "nv-1" {
		t.Errorf("an id: %q, %v", who, err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if who, err := h.staffID(gone, "thu.ha"); err == nil {
		t.Errorf("a login that nobody looked for is the id %q", who)
	}
	for _, text := range []string{string(dossierCode), string(ref)} {
		if path, err := h.findBeside(t.Context(), text); err != nil || path != "" {
			t.Errorf("%s, which there is not: %q, %v", text, path, err)
		}
		if _, err := h.findBeside(gone, text); err == nil {
			t.Errorf("%s, for which nobody looked, is said to be nowhere", text)
		}
	}
}
