package postal_test

import (
	"testing"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

var codeKinds = []postal.CodeKind{postal.CodeBag, postal.CodeDispatch, postal.CodeHandover, postal.CodeBadge, postal.CodeCommand}

func anyCode(t *rapid.T) (string, postal.CodeKind, postal.OfficeCode, int) {
	kind := rapid.SampledFrom(codeKinds).Draw(t, "kind")
	office := postal.OfficeCode(rapid.StringMatching(`[0-9]{6}`).Draw(t, "office"))
	serial := rapid.IntRange(0, postal.MaxCodeSerial).Draw(t, "serial")
	code, err := postal.MakeCode(kind, office, serial)
	if err != nil {
		t.Fatal(err)
	}
	return code, kind, office, serial
}

func TestEveryMadeCodeReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code, kind, office, serial := anyCode(t)
		if len(code) != 14 {
			t.Fatalf("%q has %d digits", code, len(code))
		}
		k, o, n, err := postal.ParseCode(code[:7] + " " + code[7:])
		if err != nil || k != kind || o != office || n != serial {
			t.Fatalf("%s read back as %d %s %d, %v", code, k, o, n, err)
		}
	})
}

// A bag scanned or typed wrong must never move another bag: Damm's digit finds every single wrong digit and every swap of neighbours.
func TestCodeFindsEveryWrongDigitAndEverySwap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code, _, _, _ := anyCode(t)
		for at := range len(code) {
			for d := byte('0'); d <= '9'; d++ {
				wrong := []byte(code)
				wrong[at] = d
				refuseCode(t, code, string(wrong))
			}
			if at > 0 {
				wrong := []byte(code)
				wrong[at-1], wrong[at] = wrong[at], wrong[at-1]
				refuseCode(t, code, string(wrong))
			}
		}
	})
}

func refuseCode(t *rapid.T, code, wrong string) {
	if _, _, _, err := postal.ParseCode(wrong); err == nil && wrong != code {
		t.Fatalf("%s passes for %s", wrong, code)
	}
}

// The check digit stands on printed labels: it must never change.
func TestCodeCheckDigitStaysAsItIs(t *testing.T) {
	for want, c := range map[string]struct {
		kind   postal.CodeKind
		office postal.OfficeCode
		serial int
	}{
		"21801000000010": {postal.CodeBag, "180100", 1},
		"31801000000023": {postal.CodeDispatch, "180100", 2},
		"41801000000037": {postal.CodeHandover, "180100", 3},
		"51801000000040": {postal.CodeBadge, "180100", 4},
		"90000000000052": {postal.CodeCommand, "000000", 5},
	} {
		if got, err := postal.MakeCode(c.kind, c.office, c.serial); err != nil || got != want {
			t.Errorf("MakeCode(%d, %s, %d) = %s, %v, want %s", c.kind, c.office, c.serial, got, err, want)
		}
	}
}

func TestParseCodeSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		"":               "postal.code.digits",
		"2180100000001":  "postal.code.digits",
		"2180100000001A": "postal.code.digits",
		"RR473124829VN":  "postal.code.digits",
		"21801000000018": "postal.code.check_digit",
		"00000000000000": "postal.code.kind",
		"２1801000000017": "postal.code.digits",
	} {
		if _, _, _, err := postal.ParseCode(in); fault.Code(err) != want {
			t.Errorf("ParseCode(%q) = %v, want %s", in, err, want)
		}
	}
}

func TestMakeCodeRefusesWhatCannotBePrinted(t *testing.T) {
	for want, c := range map[string]struct {
		kind   postal.CodeKind
		office postal.OfficeCode
		serial int
	}{
		"postal.code.kind":   {1, "180100", 1},
		"postal.office_code": {postal.CodeBag, "18010", 1},
		"postal.code.serial": {postal.CodeBag, "180100", 1_000_000},
	} {
		if got, err := postal.MakeCode(c.kind, c.office, c.serial); fault.Code(err) != want || got != "" {
			t.Errorf("MakeCode(%+v) = %q, %v, want %s", c, got, err, want)
		}
	}
}

func TestANumberOfOneKindIsNotTakenForAnother(t *testing.T) {
	bag, err := postal.MakeCode(postal.CodeBag, "180100", 7)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := postal.ParseBagNumber(" " + bag); err != nil || string(n) != bag {
		t.Errorf("bag: %q, %v", n, err)
	}
	if n, err := postal.ParseDispatchNumber(bag); fault.Code(err) != "postal.code.other_kind" || n != "" {
		t.Errorf("a bag is no dispatch: %q, %v", n, err)
	}
	if n, err := postal.ParseHandoverNumber(bag); fault.Code(err) != "postal.code.other_kind" || n != "" {
		t.Errorf("a bag is no handover: %q, %v", n, err)
	}
	if _, err := postal.ParseBagNumber("12"); fault.Code(err) != "postal.code.digits" {
		t.Errorf("12 is no code: %v", err)
	}
}

func TestParsePlaceCodes(t *testing.T) {
	if c, err := postal.ParseOfficeCode(" 180 100"); err != nil || c != "180100" {
		t.Errorf("office: %q, %v", c, err)
	}
	if c, err := postal.ParseUnitCode("11311 "); err != nil || c != "11311" {
		t.Errorf("unit: %q, %v", c, err)
	}
	for _, bad := range []string{"", "1801", "18010a", "1801000", "１80100"} {
		if _, err := postal.ParseOfficeCode(bad); fault.Code(err) != "postal.office_code" {
			t.Errorf("office %q: %v", bad, err)
		}
		if _, err := postal.ParseUnitCode(bad); fault.Code(err) != "postal.unit_code" {
			t.Errorf("unit %q: %v", bad, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"21801000000010", "2 180100 000001 0", "", "90000000000052", "\xff1801000000017"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kind, office, serial, err := postal.ParseCode(s)
		if err != nil {
			return
		}
		if made, err := postal.MakeCode(kind, office, serial); err != nil || len(made) != 14 {
			t.Fatalf("%q reads but cannot be made: %q, %v", s, made, err)
		}
	})
}
