package postal_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// The numbers here are made up.
func TestParsePersonalIDReadsBothKinds(t *testing.T) {
	for in, want := range map[string]postal.PersonalID{
		"031090000001": "031090000001", " 031 090 000 001 ": "031090000001", "031.090.000.001": "031090000001", "001300000001": "001300000001", "096000000000": "096000000000",
		"031000001": "031000001", "031 000 001": "031000001",
	} {
		if got, err := postal.ParsePersonalID(in); err != nil || got != want {
			t.Errorf("ParsePersonalID(%q) = %q, %v", in, got, err)
		}
	}
}

func TestParsePersonalIDSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		"": "postal.personal_id.digits", "03109000001": "postal.personal_id.digits", "0310900000011": "postal.personal_id.digits", "03109000000A": "postal.personal_id.digits",
		"０31090000001": "postal.personal_id.digits", "C1234567": "postal.personal_id.digits", "000000000": "postal.personal_id.zero",
		"000090000001": "postal.personal_id.province", "097090000001": "postal.personal_id.province", "999090000001": "postal.personal_id.province",
		"031490000001": "postal.personal_id.century", "031990000001": "postal.personal_id.century",
	} {
		got, err := postal.ParsePersonalID(in)
		if fault.Code(err) != want || got != "" {
			t.Errorf("ParsePersonalID(%q) = %q, %v, want %s", in, got, err, want)
		}
	}
}

func TestPersonalIDTellsSexAndYear(t *testing.T) {
	for id, want := range map[postal.PersonalID]struct {
		sex  postal.Sex
		year int
	}{
		"031090000001": {postal.Male, 1990}, "031190000001": {postal.Female, 1990}, "031205000001": {postal.Male, 2005}, "031305000001": {postal.Female, 2005},
		"031000000001": {postal.Male, 1900}, "031000001": {postal.SexUnknown, 0}, "": {postal.SexUnknown, 0},
	} {
		if id.Sex() != want.sex || id.BirthYear() != want.year {
			t.Errorf("%s: sex %d, year %d", id, id.Sex(), id.BirthYear())
		}
	}
}

func TestPersonalIDAgreesWithTheCard(t *testing.T) {
	id, born := postal.PersonalID("031090000001"), postal.MakeDay(1990, 1, 1)
	for want, c := range map[string]struct {
		sex  postal.Sex
		born postal.Day
	}{
		"":                              {postal.Male, born},
		"postal.personal_id.sex":        {postal.Female, born},
		"postal.personal_id.birth_year": {postal.Male, postal.MakeDay(1991, 1, 1)},
	} {
		if err := id.Agrees(c.sex, c.born); fault.Code(err) != want || want == "" && err != nil {
			t.Errorf("Agrees(%d, %s) = %v, want %q", c.sex, c.born, err, want)
		}
	}
	if err := id.Agrees(postal.SexUnknown, postal.Day{}); err != nil {
		t.Errorf("what is not known was checked: %v", err)
	}
	if err := postal.PersonalID("031000001").Agrees(postal.Female, born); err != nil {
		t.Errorf("the old number says nothing of sex or birth: %v", err)
	}
}

func TestPersonalIDIsMasked(t *testing.T) {
	for id, want := range map[postal.PersonalID]string{"031090000001": "031******001", "031000789": "******789", "12": "**", "": ""} {
		if got := id.Masked(); got != want {
			t.Errorf("%q masked is %q, want %q", string(id), got, want)
		}
	}
}

// A fault is logged, and a personal number must not be.
func TestFaultsNeverTellThePersonalNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{5,14}`).Draw(t, "id")
		id, err := postal.ParsePersonalID(s)
		if err == nil {
			err = id.Agrees(postal.Female, postal.MakeDay(1950, 1, 1))
		}
		if e, ok := fault.From(err); ok && (strings.Contains(e.Error(), s) || strings.Contains(e.VI, s)) {
			t.Fatalf("the fault tells the number: %v", e)
		}
	})
}

func FuzzParsePersonalID(f *testing.F) {
	for _, s := range []string{"031090000001", "031 000 001", "031.490.000.001", "", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := postal.ParsePersonalID(s)
		if err != nil {
			return
		}
		if back, err := postal.ParsePersonalID(string(id)); err != nil || back != id || strings.Contains(id.Masked(), string(id)) {
			t.Fatalf("%q is %q, %v", s, id, err)
		}
	})
}
