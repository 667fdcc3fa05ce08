package closedmail_test

import (
	"fmt"
	"strings"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// TestWordsMayNotNameACoverHoweverItIsWritten: in small letters, in brackets, glued to a word, without its stroke's usual form.
func TestWordsMayNotNameACoverHoweverItIsWritten(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		s.accept(cover()) // 123/QĐ-UB
		short := cover()
		short.Number = "77-QĐ"
		s.accept(short)
		clean := func(text string) error {
			_, err := s.pages.Records.Clean(t.Context(), s.pages.Directory, text)
			return err
		}
		for _, text := range []string{"Công văn 123/QĐ-UB đến muộn", "Công văn 123/qđ-ub, đến muộn", "Công văn [123/QĐ-UB] đến muộn", "Công văn 123/QĐ-UB! muộn", "Công văn 77-QĐ đến muộn", "Công văn số123/QĐ-UB",
			"123/QĐ-UB–muộn", "123/QĐ-UB-muộn", "123/QD-UB", "123 / QĐ - UB", "123⁄QĐ‑UB.", "77–qd", "(77-QĐ/muộn)", strings.Repeat("9/X ", 900) + "77-QĐ"} {
			if err := clean(text); fault.Code(err) != "closedmail.report_tells" {
				t.Errorf("%.40q: %v", text, err)
			}
		}
		for _, text := range []string{"Quyết định 55/2016/QĐ-TTg và Thông tư 16/2017/TT-BTTTT", "1123/QĐ-UB", "123/QĐ-UBND", "123/QĐ-UB-TH", "77-QĐ/UB", "177-QĐ", "Có 123 bưu gửi, 77 túi; 123/365 ngày", "01 xe"} {
			if err := clean(text); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
		var many strings.Builder
		for n := range 500 {
			fmt.Fprintf(&many, "%d/A ", 1000+n)
		}
		if err := clean(many.String()); err != nil {
			t.Errorf("500 numbers: %v", err)
		}
	})
}
