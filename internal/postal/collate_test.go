package postal_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"citypost/internal/postal"
)

func TestTextsSortAsInAVietnameseDictionary(t *testing.T) {
	for _, want := range [][]string{
		{"da", "dà", "dả", "dã", "dá", "dạ", "đa", "đà"},
		{"Ái", "An", "Ăn", "Ân", "Bình"},
		{"Dương", "Đồ", "Em", "Ếch"},
		{"o", "ô", "ơ", "p", "u", "ư", "v"},
		{"Hoa", "Hòa", "Hỏa", "Hóa", "Hoàng"},
	} {
		got := slices.Clone(want)
		slices.Reverse(got)
		slices.SortFunc(got, func(a, b string) int { return bytes.Compare(postal.CollationKey(a), postal.CollationKey(b)) })
		if !slices.Equal(got, want) {
			t.Errorf("sorted %q, want %q", got, want)
		}
	}
}

func TestPlaceOfTheToneDoesNotChangeTheOrder(t *testing.T) {
	if !bytes.Equal(postal.CollationKey("Thuỷ Nguyên"), postal.CollationKey("Thủy Nguyên")) {
		t.Error("Thuỷ and Thủy sort apart")
	}
}

// A clerk looks for a colleague by the last word of the name.
func TestNamesSortByLastWordThenFamilyThenMiddle(t *testing.T) {
	want := []string{
		"", "Lê Văn An", "Nguyễn An", "Nguyễn Thị An", "NGUYỄN VĂN AN", "Trần An", "Bùi Thị Ánh", "Trần Văn Ân", "Phạm Dũng", "Đỗ Dương", "Vũ Đạt", "Hoà", "Đặng Thị Hòa", "Ngô Văn Hoà",
		"Ngô Xuân Hòa", "Quý", "Lê Thị Ý",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	postal.SortNames(got)
	if !slices.Equal(got, want) {
		t.Errorf("sorted %q, want %q", got, want)
	}
}

func TestSortingNamesIsAnOrder(t *testing.T) {
	name := rapid.StringMatching(`([AĐÂăQ][nàáạiý]{0,2} ){0,3}[AĐÂăQ][nàáạiý]{0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(name, 0, 8).Draw(t, "names")
		sorted := slices.Clone(names)
		postal.SortNames(sorted)
		if !slices.IsSortedFunc(sorted, postal.CompareNames) {
			t.Fatalf("%q is not sorted", sorted)
		}
		slices.Reverse(names)
		postal.SortNames(names)
		if !slices.Equal(names, sorted) {
			t.Fatalf("another start sorts otherwise: %q, %q", names, sorted)
		}
	})
}

func TestCollationKeysAreTheSameFromManyGoroutines(t *testing.T) {
	want := postal.CollationKey("Nguyễn Thị Ánh Tuyết")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if !bytes.Equal(postal.CollationKey("Nguyễn Thị Ánh Tuyết"), want) {
					t.Error("a key changed")
					return
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkNameKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		postal.NameKey("Nguyễn Thị Ánh Tuyết")
	}
}
