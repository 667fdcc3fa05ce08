package postal_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

func TestCleanKeepsWhatWasMeant(t *testing.T) {
	for in, want := range map[string]string{
		"  Nguyễn \t Văn\u00a0 An\r\n":          "Nguyễn Văn An",
		norm.NFD.String("Thủy Nguyên"):          "Thủy Nguyên",
		"\ufeffNguyễn\u200b Văn \u202eAn\u00ad": "Nguyễn Văn An",
		"":         "",
		" \n ":     "",
		"Hoà Bình": "Hoà Bình",
	} {
		if got, err := postal.Clean(in); err != nil || got != want {
			t.Errorf("Clean(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestCleanRefusesWhatIsNoText(t *testing.T) {
	for in, want := range map[string]string{"An\xff": "postal.text.encoding", "An\x00": "postal.text.control", "\x1b[31mAn": "postal.text.control", "An\u0081": "postal.text.control"} {
		if got, err := postal.Clean(in); fault.Code(err) != want || got != "" {
			t.Errorf("Clean(%q) = %q, %v, want %s", in, got, err, want)
		}
	}
}

func TestFoldDropsMarksCapitalsAndBlanks(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Thị  Ánh": "nguyen thi anh", "ĐƯỜNG Đà Nẵng": "duong da nang", "Hoà Bình": "hoa binh", "Hòa Bình": "hoa binh", "Thuỷ": "thuy", "Thủy": "thuy",
		" Quý ": "quy", "Ðông": "dong", "": "", "Tổ 5, ngõ 12/3": "to 5, ngo 12/3", norm.NFD.String("Ắ Ợ Ữ"): "a o u",
	} {
		if got := postal.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// Stored columns were folded once and queries are folded again: folding what is folded must change nothing, for every letter there is.
func TestFoldingTwiceIsFoldingOnce(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if !utf8.ValidRune(r) {
			continue
		}
		once := postal.Fold("a" + string(r) + "b")
		if twice := postal.Fold(once); twice != once {
			t.Errorf("%U folds to %q, then to %q", r, once, twice)
		}
	}
}

func TestTextRulesHoldForAllTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("aAàÁđĐươĂ \t\u0301\u0323\u00a0quyễ")))).Draw(t, "text")
		if postal.Fold(norm.NFD.String(s)) != postal.Fold(norm.NFC.String(s)) {
			t.Fatalf("%q folds differently composed and apart", s)
		}
		if !postal.SameName(s, norm.NFD.String(s)) {
			t.Fatalf("%q is not its own name", s)
		}
		clean, err := postal.Clean(s)
		if err != nil {
			return
		}
		again, err := postal.Clean(clean)
		if err != nil || again != clean || !norm.NFC.IsNormalString(clean) || strings.Contains(clean, "  ") || strings.TrimSpace(clean) != clean {
			t.Fatalf("%q cleans to %q, then to %q, %v", s, clean, again, err)
		}
		if postal.Fold(clean) != postal.Fold(s) || !postal.SameName(clean, clean) {
			t.Fatalf("cleaning %q changes what it folds to", s)
		}
	})
}

// Both places of the tone mark are right in Vietnamese; other marks and letters make other names.
func TestSameNameMindsAllButThePlaceOfTheTone(t *testing.T) {
	for _, c := range [][2]string{
		{"Hoà Bình", "Hòa Bình"}, {"Thuỷ Nguyên", "Thủy Nguyên"}, {"Thuỵ", "Thụy"}, {"Việt Hoà", "Việt Hòa"}, {"Khoẻ", "Khỏe"}, {"An", "An"},
		{norm.NFD.String("Thuỷ"), "Thủy"}, {"Hoà  Bình ", "Hòa Bình"},
	} {
		if !postal.SameName(c[0], c[1]) || !postal.SameName(c[1], c[0]) {
			t.Errorf("%q and %q are one name", c[0], c[1])
		}
	}
	for _, c := range [][2]string{
		{"Quý", "Quí"}, {"Cẩm Giàng", "Cẩm Giang"}, {"Hòa", "Hoa"}, {"Hòa", "Hóa"}, {"Hòa Bình", "Hoa Bình"}, {"Ân", "An"}, {"Đông", "Dông"}, {"hòa", "Hòa"},
		{"Hòa Bình", "HòaBình"}, {"Hoa Bình", "Hòa Binh"}, {"An", ""},
	} {
		if postal.SameName(c[0], c[1]) || postal.SameName(c[1], c[0]) {
			t.Errorf("%q and %q are two names", c[0], c[1])
		}
	}
}

func TestRankPutsTheBestAnswerFirst(t *testing.T) {
	for _, c := range []struct {
		query, name string
		want        int
	}{
		{"Cẩm Giàng", "Cẩm Giàng", postal.RankExact},
		{"cẩm giàng", "Cẩm Giàng", postal.RankExact},
		{"Thuỷ Nguyên", "Thủy Nguyên", postal.RankExact},
		{" hoà  bình ", "Hòa Bình", postal.RankExact},
		{"thuỷ n", "Thủy Nguyên", postal.RankPrefix},
		{"hoà", "Hòa Bình", postal.RankPrefix},
		{"hoà", "Hoàng Văn", postal.RankPrefix},
		{"nguyễ", "Nguyễn Trãi", postal.RankPrefix},
		{"cẩm gi", "Cẩm Giàng", postal.RankPrefix},
		{"cam giang", "Cẩm Giàng", postal.RankFold},
		{"cam giang", "Cẩm Giang", postal.RankFold},
		{"Cẩm Giang", "Cẩm Giàng", postal.RankFold},
		{"nguye", "Nguyễn Trãi", postal.RankFold},
		{"do son", "Nam Đồ Sơn", postal.RankInside},
		{"Sơn", "Nam Đồ Sơn", postal.RankInside},
		{"trần phú xã", "Trần Phú", postal.RankNone},
		{"huế", "Hải An", postal.RankNone},
		{"", "Hải An", postal.RankNone},
		{"  ", "Hải An", postal.RankNone},
		{"a", "", postal.RankNone},
	} {
		if got := postal.Rank(c.query, c.name); got != c.want {
			t.Errorf("Rank(%q, %q) = %d, want %d", c.query, c.name, got, c.want)
		}
	}
}

func TestRankFindsEveryNameByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.SampledFrom([]rune("aàáảãạăâbcdđeêghikoôơuưyNĐ "))).Draw(t, "name")
		if postal.Fold(name) == "" {
			return
		}
		if got := postal.Rank(name, name); got != postal.RankExact {
			t.Fatalf("%q ranks %d for itself", name, got)
		}
		if got := postal.Rank(postal.Fold(name), name); got < postal.RankFold {
			t.Fatalf("%q without marks ranks %d", name, got)
		}
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{" Nguyễn  Văn An ", "\x00", "\xff", "e\u0301\u0323", "\u200b\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, err := postal.Clean(s)
		if err != nil {
			return
		}
		if again, err := postal.Clean(clean); err != nil || again != clean {
			t.Fatalf("%q cleans to %q, then to %q, %v", s, clean, again, err)
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Nguyễn Thị Ánh", "Đường", "\xff", "İ", "ẞ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := postal.Fold(s); utf8.ValidString(s) && postal.Fold(once) != once {
			t.Fatalf("%q folds to %q, then to %q", s, once, postal.Fold(once))
		}
		postal.Rank(s, "Thủy Nguyên")
	})
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		postal.Fold("Nguyễn Thị Ánh Tuyết")
	}
}
