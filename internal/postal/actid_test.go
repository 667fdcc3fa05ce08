package postal_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// The example of RFC 9562, appendix A.6, fixes where the time, the version and the variant stand.
func TestActIDStandsAsInTheRFC(t *testing.T) {
	const example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
	id, err := postal.ParseActID(example)
	if err != nil || id.String() != example {
		t.Fatalf("%s, %v", id, err)
	}
	made := postal.NewActID(time.UnixMilli(0x017f22e279b0)).String()
	if made[:15] != example[:15] || !strings.Contains("89ab", made[19:20]) {
		t.Errorf("made %s at the moment of %s", made, example)
	}
}

func TestActIDsOfOneDeviceSortByTime(t *testing.T) {
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	last := postal.NewActID(at)
	for range 2000 {
		at = at.Add(300 * time.Nanosecond)
		id := postal.NewActID(at)
		if bytes.Compare(id[:8], last[:8]) < 0 {
			t.Fatalf("%s, made after %s, sorts before it", id, last)
		}
		last = id
	}
}

func TestActIDsOfOneMomentDiffer(t *testing.T) {
	seen := map[postal.ActID]bool{}
	for range 10_000 {
		seen[postal.NewActID(time.UnixMilli(1))] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("%d ids of 10000 differ", len(seen))
	}
}

func TestParseActIDTakesOtherVersionsAndRefusesOtherTexts(t *testing.T) {
	for _, s := range []string{"919108f7-52d1-4320-9bac-f847db4148a8", "C232AB00-9414-11EC-B3C8-9F6BDECED846", "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"} {
		if id, err := postal.ParseActID(s); err != nil || id.String() != strings.ToLower(s) {
			t.Errorf("ParseActID(%q) = %s, %v", s, id, err)
		}
	}
	for _, s := range []string{
		"", "00000000-0000-0000-0000-000000000000", "017f22e279b07cc398c4dc0c0c07398f", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-48c4-dc0c0c07398f", "017f22e2-79b0-0cc3-98c4-dc0c0c07398f", "ffffffff-ffff-ffff-ffff-ffffffffffff",
	} {
		if id, err := postal.ParseActID(s); fault.Code(err) != "postal.act_id" || !id.IsZero() {
			t.Errorf("ParseActID(%q) = %s, %v", s, id, err)
		}
	}
}

func TestActIDTravelsAsJSON(t *testing.T) {
	type act struct {
		ID   postal.ActID `json:"id"`
		Undo postal.ActID `json:"undo,omitzero"`
	}
	id := postal.NewActID(time.Now())
	text, err := json.Marshal(act{ID: id})
	if err != nil || string(text) != `{"id":"`+id.String()+`"}` {
		t.Fatalf("%s, %v", text, err)
	}
	var back act
	if err := json.Unmarshal(text, &back); err != nil || back.ID != id || !back.Undo.IsZero() {
		t.Errorf("%+v, %v", back, err)
	}
	none, err := json.Marshal([]postal.ActID{{}})
	var nones []postal.ActID
	if err != nil || json.Unmarshal(none, &nones) != nil || len(nones) != 1 || !nones[0].IsZero() {
		t.Errorf("no id travels as %s, %v", none, err)
	}
	if err := json.Unmarshal([]byte(`{"id":"x"}`), &back); fault.Code(err) != "postal.act_id" {
		t.Errorf("x is no id: %v", err)
	}
}

func TestEveryActIDReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := postal.NewActID(time.UnixMilli(rapid.Int64Range(0, 1<<47).Draw(t, "ms")))
		if back, err := postal.ParseActID(id.String()); err != nil || back != id {
			t.Fatalf("%s read back as %s, %v", id, back, err)
		}
	})
}

func FuzzParseActID(f *testing.F) {
	f.Add("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := postal.ParseActID(s); err == nil && id.String() != strings.ToLower(s) {
			t.Fatalf("%q is %s", s, id)
		}
	})
}
