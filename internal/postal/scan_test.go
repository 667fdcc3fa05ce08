package postal_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"citypost/internal/postal"
)

// The scanner types like a keyboard; a Vietnamese input method left on eats letters. A clerk must not have to type thirteen characters because of that.
func TestMendScanUndoesInputMethods(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"telex_EE":           {"Ê704333095VN", "EE704333095VN"},
		"telex_DD":           {"Đ473124829VN", "DD473124829VN"},
		"telex_AA":           {"Â473124829VN", "AA473124829VN"},
		"telex_OO":           {"Ô473124829VN", "OO473124829VN"},
		"telex_W_first":      {"ƯA473124829VN", "WA473124829VN"},
		"telex_W_second":     {"RƯ473124829VN", "RW473124829VN"},
		"telex_WW":           {"ƯƯ473124829VN", "WW473124829VN"},
		"telex_UW":           {"Ư473124829VN", "UW473124829VN"},
		"telex_OW":           {"Ơ473124829VN", "OW473124829VN"},
		"telex_AW":           {"Ă473124829VN", "AW473124829VN"},
		"telex_tone_key":     {"É473124829VN", "ES473124829VN"},
		"telex_tone_on_W":    {"Ứ473124829VN", "WS473124829VN"},
		"tone_from_nowhere":  {"ÉA473124829VN", "EA473124829VN"},
		"tone_on_circumflex": {"Ế704333095VN", "EE704333095VN"},
		"vni_digit_as_tone":  {"EÁ23456785VN", "EA123456785VN"},
		"lower_case":         {"ê704333095vn", "EE704333095VN"},
		"blanks":             {" Ê 704 333 095 VN\r", "EE704333095VN"},
		"decomposed":         {norm.NFD.String("Ê704333095VN"), "EE704333095VN"},
		"foreign":            {"Ê704333095CN", "EE704333095CN"},
	} {
		t.Run(name, func(t *testing.T) {
			got, mended := postal.MendScan(c.in)
			if c.want == "" && (mended || got != c.in) || c.want != "" && (!mended || got != c.want) {
				t.Errorf("MendScan(%q) = %q, %v, want %q", c.in, got, mended, c.want)
			}
		})
	}
}

func TestMendScanLeavesEverythingElseAlone(t *testing.T) {
	for _, s := range []string{"", "RR473124829VN", "rr 473124829 vn", "21801000000017", "Ê704333094VN", "Nguyễn Văn Ân", "ÊĐ704333095VN", "€704333095VN", "\xffÊ704333095VN", "É"} {
		if got, mended := postal.MendScan(s); mended || got != s {
			t.Errorf("MendScan(%q) = %q, %v", s, got, mended)
		}
	}
}

func TestEveryGarbledNumberIsMendedBack(t *testing.T) {
	garble := strings.NewReplacer("EE", "Ê", "DD", "Đ", "AA", "Â", "OO", "Ô", "UW", "Ư", "OW", "Ơ", "AW", "Ă", "AS", "Á", "EF", "È", "OR", "Ỏ", "UX", "Ũ", "IJ", "Ị", "YS", "Ý", "W", "Ư")
	rapid.Check(t, func(t *rapid.T) {
		service := rapid.SampledFrom([]string{"EE", "DD", "AA", "OO", "UW", "OW", "AW", "AS", "EF", "OR", "UX", "IJ", "YS", "WA", "RW", "WW", "NW", "ZW"}).Draw(t, "service")
		n, err := postal.MakeItemNumber(service, rapid.IntRange(0, postal.MaxSerial).Draw(t, "serial"))
		if err != nil {
			t.Fatal(err)
		}
		if got, mended := postal.MendScan(garble.Replace(string(n))); !mended || got != string(n) {
			t.Fatalf("%s, scanned as %s, mended to %s, %v", n, garble.Replace(string(n)), got, mended)
		}
	})
}

func FuzzMendScan(f *testing.F) {
	for _, s := range []string{"Ê704333095VN", "EÁ23456785VN", "Ứ473124829VN", "Đ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, mended := postal.MendScan(s)
		if !mended && got != s {
			t.Fatalf("%q was changed to %q", s, got)
		}
		if !mended {
			return
		}
		if n, err := postal.ParseItemNumber(got); err == nil && string(n) != got {
			t.Fatalf("%q mended to %q, which is not final", s, got)
		}
	})
}
