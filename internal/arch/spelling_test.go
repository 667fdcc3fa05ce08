package arch

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// newTone finds syllables in oa, oe and uy whose tone mark stands on the first vowel: our texts put it on the second (xoá, khoẻ, uỷ).
var newTone = regexp.MustCompile(`(?i)\pL*(?:[òóỏõọ][ae]|[ùúủũụ]y)(\PL|$)`)

// asPublished are proper names, which stand as the official lists write them.
var asPublished = []string{"Hòa", "Thủy", "Thụy", "Hóa"}

// If this fails one screen says xoá and the next one says it with the mark on the other vowel: a reader takes that for carelessness, and a search in the page misses one of them.
func TestToneMarksStandWhereOurTextsPutThem(t *testing.T) {
	seen := 0
	for _, f := range files(t, ".go", ".templ", ".rules") {
		if strings.HasSuffix(f, "_test.go") || strings.HasSuffix(f, "_templ.go") || strings.HasPrefix(f, root+"/internal/postal/") { // package postal speaks of both ways
			continue
		}
		seen++
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			for _, m := range newTone.FindAllString(line, -1) {
				if word := strings.TrimRight(m, " \t.,;:!?)(\"”“/|–-"); !slices.Contains(asPublished, word) {
					t.Errorf("%s:%d: %q", f, n+1, word)
				}
			}
		}
	}
	if seen < 300 {
		t.Errorf("only %d files were read", seen)
	}
}
