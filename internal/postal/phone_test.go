package postal_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

func TestParsePhoneReadsWhatPeopleWrite(t *testing.T) {
	for in, want := range map[string]postal.Phone{
		"0912345678":        "+84912345678",
		"0912 345 678":      "+84912345678",
		"0912.345.678":      "+84912345678",
		"0912-345-678":      "+84912345678",
		"+84 912 345 678":   "+84912345678",
		"+84 (0)912345678":  "+84912345678",
		"84912345678":       "+84912345678",
		" 0321 234 567 ":    "+84321234567",
		"0225 312 3456":     "+842253123456",
		"(0225) 3.123.456":  "+842253123456",
		"+842203123456":     "+842203123456",
		"024 7300 1234":     "+842473001234",
		"0848\u00a0123 456": "+84848123456",
	} {
		if got, err := postal.ParsePhone(in); err != nil || got != want {
			t.Errorf("ParsePhone(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestParsePhoneSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "postal.phone.characters",
		" . ":               "postal.phone.characters",
		"0912 345 678 (mẹ)": "postal.phone.characters",
		"0912+345678":       "postal.phone.characters",
		"０912345678":        "postal.phone.characters",
		"+":                 "postal.phone.foreign",
		"+1 202 555 0100":   "postal.phone.foreign",
		"912345678":         "postal.phone.format",
		"091234567":         "postal.phone.format",
		"09123456789":       "postal.phone.format",
		"0412345678":        "postal.phone.format",
		"0225 312 345":      "postal.phone.format",
		"031 3123456":       "", // an old area code of Hải Phòng reads like a mobile number; nothing tells them apart
		"1800 1234":         "postal.phone.format",
		"+84":               "postal.phone.format",
		"0162 345 6789":     "postal.phone.old_mobile",
		"+84 120 345 6789":  "postal.phone.old_mobile",
		"0130 345 6789":     "postal.phone.format",
	} {
		if got, err := postal.ParsePhone(in); fault.Code(err) != want || want != "" && got != "" {
			t.Errorf("ParsePhone(%q) = %q, %v, want %s", in, got, err, want)
		}
	}
}

func TestOldMobileNumberIsToldItsNewPrefix(t *testing.T) {
	for old, want := range map[string]string{"01629999999": "0162 đổi thành 032", "01219999999": "0121 đổi thành 079", "01999999999": "0199 đổi thành 059"} {
		_, err := postal.ParsePhone(old)
		e, _ := fault.From(err)
		if e == nil || !strings.Contains(e.VI, want) || strings.Contains(e.VI+e.EN, "99999") {
			t.Errorf("%s: %+v", old, e)
		}
	}
}

func TestPhoneIsShownInGroupsOrMasked(t *testing.T) {
	for p, want := range map[postal.Phone][2]string{
		"+84912345678":  {"0912 345 678", "**** *** 678"},
		"+842253123456": {"0225 312 3456", "**** *** *456"},
		"+842473001234": {"024 7300 1234", "*** **** *234"},
		"+842838123456": {"028 3812 3456", "*** **** *456"},
		"":              {"", ""},
	} {
		if p.Display() != want[0] || p.Masked() != want[1] {
			t.Errorf("%q is shown %q and %q, want %q", string(p), p.Display(), p.Masked(), want)
		}
	}
	if !postal.Phone("+84912345678").Mobile() || postal.Phone("+842253123456").Mobile() || postal.Phone("").Mobile() {
		t.Error("mobile and fixed numbers are mixed up")
	}
}

func TestEveryShownPhoneReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := postal.ParsePhone(rapid.StringMatching(`0[35789][0-9]{8}|02[0-9]{9}`).Draw(t, "phone"))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := postal.ParsePhone(p.Display()); err != nil || back != p {
			t.Fatalf("%q read back as %q, %v", p.Display(), back, err)
		}
	})
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"0912 345 678", "+84 912 345 678", "(0225) 3.123.456", "+", "84", "\xff", "0162 345 6789"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := postal.ParsePhone(s)
		if err != nil {
			return
		}
		if back, err := postal.ParsePhone(string(p)); err != nil || back != p || !strings.HasPrefix(string(p), "+84") {
			t.Fatalf("%q is %q, which reads back as %q, %v", s, p, back, err)
		}
	})
}
