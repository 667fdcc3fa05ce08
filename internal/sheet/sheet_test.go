package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func sample(rows int) *Document {
	list := make([][]any, rows)
	for n := range list {
		list[n] = []any{"Phường Lê Chân", n + 1, int64(1_234_567), "=1+1"}
	}
	return &Document{Title: "Báo cáo kết quả hồ sơ", Lines: []string{"Quý I năm 2026", "Bưu điện thành phố"}, Signs: []string{"Người lập biểu", "Giám đốc"}, Lang: "vi", Band: "DỮ LIỆU MẪU",
		Table: []Table{
			{Name: "Theo thủ tục", Columns: []Column{{Head: "Nơi"}, {Head: "Số", Number: true}, {Head: "Tiền", Number: true}, {Head: "Ghi chú"}}, Rows: Rows(list)},
			{Name: "Khiếu nại", Columns: []Column{{Head: "Lý do"}, {Head: "Số", Number: true}}, Rows: Rows([][]any{{"Chậm", 3}})},
		}}
}

func TestTheThreeFilesHoldTheSameRows(t *testing.T) {
	const rows = 120
	d := sample(rows)
	b, err := d.Bytes(CSV)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte(byteOrderMark))))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil || len(lines) != rows+3 || strings.Join(lines[1], "|") != "Phường Lê Chân|1|1234567|'=1+1" {
		t.Errorf("CSV: %d lines, %v, %v", len(lines), lines[1], err)
	}
	if b, err = d.Bytes(XLSX); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	got, err := book.GetRows("Theo thủ tục")
	if err != nil || len(got) != rows+5 || got[0][0] != d.Title || got[5][0] != "Phường Lê Chân" || got[5][2] != "1,234,567" || got[5][3] != "=1+1" {
		t.Errorf("XLSX: %d rows, %v, %v", len(got), got[5], err)
	}
	if f, err := book.GetCellFormula("Theo thủ tục", "D6"); err != nil || f != "" {
		t.Errorf("a text became the formula %q, %v", f, err)
	}
	text, pages := pdfText(t, d)
	if n := strings.Count(text, "Phường Lê Chân"); n != rows || !strings.Contains(text, "1.234.567") || !strings.Contains(text, "Khiếu nại") || !strings.Contains(text, "Người lập biểu") {
		t.Errorf("PDF: %d rows in %q…", n, text[:min(300, len(text))])
	}
	if pages < 3 || strings.Count(text, "DỮ LIỆU MẪU") != pages || strings.Count(text, "Ghi chú") != pages-1 && strings.Count(text, "Ghi chú") != pages {
		t.Errorf("PDF: %d pages, band %d times, head %d times", pages, strings.Count(text, "DỮ LIỆU MẪU"), strings.Count(text, "Ghi chú"))
	}
	if _, err := d.Bytes("doc"); err == nil {
		t.Error("an unknown format was written")
	}
}

// pdfText reads the PDF with an independent program.
func pdfText(t *testing.T, d *Document) (text string, pages int) {
	t.Helper()
	b, err := d.Bytes(PDF)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed (Debian: poppler-utils)")
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if keep := os.Getenv("CITYPOST_SHOTS"); keep != "" {
		path = filepath.Join(keep, "sheet.pdf")
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), strings.Count(string(out), "\f")
}

func TestAFaultIsNeverHalfAFile(t *testing.T) {
	d := sample(1)
	d.Table[0].Rows = func(func(...any) error) error { return errors.New("the database is away") }
	for _, f := range []Format{XLSX, CSV, PDF} {
		w := httptest.NewRecorder()
		if err := d.Send(w, f, "bao-cao"); err == nil || w.Body.Len() > 0 || w.Header().Get("Content-Type") != "" {
			t.Errorf("%s: %v, %d bytes", f, err, w.Body.Len())
		}
	}
	w := httptest.NewRecorder()
	if err := sample(1).Send(w, PDF, "bao-cao"); err != nil || w.Header().Get("Content-Disposition") != `attachment; filename="bao-cao.pdf"` || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF")) {
		t.Errorf("%v, %v", err, w.Header())
	}
}

func TestFiguresAreGroupedAsPeopleHereWriteThem(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1.000", -1234567: "-1.234.567"} {
		if got := (&Document{Lang: "vi"}).text(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if got := (&Document{Lang: "en"}).text(1234567); got != "1,234,567" {
		t.Errorf("%s", got)
	}
}
