package postal_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// A wrong check digit would make every label of an office unreadable to other posts. The vectors are recomputed from UPU S10-12.
func TestCheckDigitAgreesWithS10(t *testing.T) {
	for serial, want := range map[int]int{
		47312482: 9, 0: 5, 12345678: 5, 1: 4, 3: 1, 5: 9, 9876543: 9, 99999999: 5, 70433309: 5,
	} {
		if got := postal.CheckDigit(serial); got != want {
			t.Errorf("CheckDigit(%08d) = %d, want %d", serial, got, want)
		}
	}
}

func TestParseItemNumberAcceptsWhatPeopleType(t *testing.T) {
	for in, want := range map[string]postal.ItemNumber{
		"RR473124829VN":           "RR473124829VN",
		"rr473124829vn":           "RR473124829VN",
		" RR 473 124 829 VN ":     "RR473124829VN",
		"RR\u00a0473 124\t829 VN": "RR473124829VN",
		"EE704333095VN\r\n":       "EE704333095VN",
		"ZA000000005VN":           "ZA000000005VN",
	} {
		got, err := postal.ParseItemNumber(in)
		if err != nil || got != want {
			t.Errorf("ParseItemNumber(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestParseItemNumberSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "postal.item_number.length",
		"RR47312482VN":         "postal.item_number.length",
		"RR4731248290VN":       "postal.item_number.length",
		"21801000000017":       "postal.item_number.length",
		"R1473124829VN":        "postal.item_number.letters",
		"RR47312482OVN":        "postal.item_number.letters",
		"RR473124829V4":        "postal.item_number.letters",
		"ÊE473124829VN":        "postal.item_number.letters",
		"Ê473124829VN":         "postal.item_number.letters",
		"RR473124829\xff\xfeN": "postal.item_number.letters",
		"RR４73124829VN":        "postal.item_number.letters",
		"RR473124828VN":        "postal.item_number.check_digit",
		"rr 473 124 828 vn":    "postal.item_number.check_digit",
		"RR473124828CN":        "postal.item_number.check_digit",
		"RR473124829CN":        "postal.item_number.foreign",
	} {
		got, err := postal.ParseItemNumber(in)
		if fault.Code(err) != want || !fault.Is(err, fault.Invalid) || got != "" {
			t.Errorf("ParseItemNumber(%q) = %q, %v, want %s", in, got, err, want)
		}
	}
}

func TestWrongCheckDigitTellsTheRightOne(t *testing.T) {
	_, err := postal.ParseItemNumber("RR473124820VN")
	e, ok := fault.From(err)
	if !ok || !strings.Contains(e.VI, "là 0, đúng ra phải là 9") || !strings.Contains(e.EN, "is 0 and should be 9") {
		t.Errorf("the fault does not tell the digits: %+v", e)
	}
}

func TestMakeItemNumberRefusesWhatCannotBePrinted(t *testing.T) {
	for _, c := range []struct {
		service string
		serial  int
		want    string
	}{
		{"rr", 1, "postal.item_number.service"}, {"R", 1, "postal.item_number.service"}, {"ĐD", 1, "postal.item_number.service"},
		{"Đ", 1, "postal.item_number.service"}, {"RRR", 1, "postal.item_number.service"},
		{"RR", -1, "postal.item_number.serial"}, {"RR", 100_000_000, "postal.item_number.serial"},
	} {
		if n, err := postal.MakeItemNumber(c.service, c.serial); fault.Code(err) != c.want || n != "" {
			t.Errorf("MakeItemNumber(%q, %d) = %q, %v, want %s", c.service, c.serial, n, err, c.want)
		}
	}
}

func TestItemNumberTellsItsParts(t *testing.T) {
	n := postal.ItemNumber("RR473124829VN")
	if n.Service() != "RR" || n.Serial() != 47312482 || n.Grouped() != "RR 473 124 829 VN" {
		t.Errorf("parts of %s: %q, %d, %q", n, n.Service(), n.Serial(), n.Grouped())
	}
	var none postal.ItemNumber
	if none.Service() != "" || none.Serial() != 0 || none.Grouped() != "" {
		t.Error("no number has parts")
	}
}

func TestEveryMadeItemNumberReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		service := rapid.StringMatching(`[A-Z]{2}`).Draw(t, "service")
		serial := rapid.IntRange(0, postal.MaxSerial).Draw(t, "serial")
		n, err := postal.MakeItemNumber(service, serial)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{string(n), n.Grouped(), strings.ToLower(n.Grouped())} {
			got, err := postal.ParseItemNumber(form)
			if err != nil || got != n || got.Service() != service || got.Serial() != serial {
				t.Fatalf("%q read back as %q, %v", form, got, err)
			}
		}
	})
}

// One digit typed wrong must never reach another person's item.
func TestS10FindsEveryWrongDigitOfASerial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, err := postal.MakeItemNumber("RR", rapid.IntRange(0, postal.MaxSerial).Draw(t, "serial"))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(2, 9).Draw(t, "at")
		b := []byte(n)
		b[at] = '0' + (b[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "shift")))%10
		// The digits 0 and 5 each stand for two remainders (UPU S10-12), so a few errors must pass; all others must not.
		if _, err := postal.ParseItemNumber(string(b)); err == nil && b[10] != '0' && b[10] != '5' {
			t.Fatalf("%s passes for %s", b, n)
		}
	})
}

func TestParseItemNumberDoesNotAllocateForScans(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _, _ = postal.ParseItemNumber("RR473124829VN") }); n != 0 {
		t.Errorf("%v allocations for a clean scan", n)
	}
}

func FuzzParseItemNumber(f *testing.F) {
	for _, s := range []string{"RR473124829VN", "rr 473 124 829 vn", "Ê704333095VN", "RR473124829CN", "", "\xff", "RR 473 124 829 V"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := postal.ParseItemNumber(s)
		if err != nil {
			if fault.Code(err) == "" || n != "" {
				t.Fatalf("%q: %q, %v", s, n, err)
			}
			return
		}
		made, err := postal.MakeItemNumber(n.Service(), n.Serial())
		if err != nil || made != n {
			t.Fatalf("%q read as %q, made again as %q, %v", s, n, made, err)
		}
	})
}

func BenchmarkParseItemNumber(b *testing.B) {
	for name, s := range map[string]string{"scanned": "RR473124829VN", "typed": "rr 473 124 829 vn"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := postal.ParseItemNumber(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleItemNumber_Grouped() {
	n, err := postal.ParseItemNumber("ee704333095vn")
	fmt.Println(n, n.Grouped(), err)
	// Output: EE704333095VN EE 704 333 095 VN <nil>
}
