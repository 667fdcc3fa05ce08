package tariff

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"citypost/internal/postal"
	"citypost/internal/rulebook"

	"github.com/xuri/excelize/v2"
)

// itemColumns head the list of items, figureColumns that of sums.
var (
	itemColumns = []rulebook.Words{{VI: "Kỳ", EN: "Month"}, {VI: "Bên trả", EN: "Payer"}, {VI: "Chính sách", EN: "Policy"}, {VI: "Số hiệu bưu gửi", EN: "Item"},
		{VI: "Bưu cục", EN: "Office"}, {VI: "Ngày tính giá", EN: "Day of the price"}, {VI: "Giá công bố (đồng)", EN: "Listed price (đồng)"},
		{VI: "Phần giảm (đồng)", EN: "Relief (đồng)"}, {VI: "Đối tượng", EN: "Class"}, {VI: "Giảm sau", EN: "Afterwards"}, {VI: "Số bút toán", EN: "Entry"}, {VI: "Ghi sổ lúc", EN: "Recorded at"}}
	figureColumns = []rulebook.Words{{VI: "Kỳ", EN: "Month"}, {VI: "Bên trả", EN: "Payer"}, {VI: "Chính sách", EN: "Policy"}, {VI: "Số bưu gửi", EN: "Items"},
		{VI: "Giá công bố (đồng)", EN: "Listed price (đồng)"}, {VI: "Phần giảm (đồng)", EN: "Relief (đồng)"}}
	totalColumns = []rulebook.Words{{VI: "Kỳ", EN: "Month"}, {VI: "Bên trả", EN: "Payer"}, {VI: "Số bưu gửi", EN: "Items"}, {VI: "Phần giảm (đồng)", EN: "Relief (đồng)"},
		{VI: "Theo sổ cái (đồng)", EN: "By the ledger (đồng)"}, {VI: "Khớp", EN: "Agrees"}}
)

var bearerWords = map[string]rulebook.Words{"operator": {VI: "Bưu điện", EN: "The post"}, "province": {VI: "Ngân sách tỉnh, thành phố", EN: "Provincial budget"}}

func heads(columns []rulebook.Words, lang string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.In(lang)
	}
	return out
}

// byteOrderMark makes spreadsheet programs read a CSV file as UTF-8, so that Vietnamese letters survive.
const byteOrderMark = "\uFEFF"

// ExportCSV writes the items behind a reconciliation as comma-separated values.
func (c *Claims) ExportCSV(ctx context.Context, w io.Writer, r *Reconciliation, lang string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(heads(itemColumns, lang)); err != nil {
		return err
	}
	err := c.EachRow(ctx, r.From, r.To, "", "", func(row Row) error {
		return out.Write([]string{row.Month, bearerWords[row.Payer].In(lang), row.Policy, string(row.Item), string(row.Office), row.On.String(),
			strconv.FormatInt(int64(row.ListVND), 10), strconv.FormatInt(int64(row.AmountVND), 10), row.Class, yes(row.Retro, lang), strconv.FormatInt(row.Seq, 10), moment(row.RecordedMs)})
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func yes(b bool, lang string) string {
	switch {
	case !b:
		return ""
	case lang == "en":
		return "yes"
	}
	return "có"
}

func moment(ms int64) string { return postal.FromMillis(ms).Format("2006-01-02 15:04:05") }

// ExportXLSX writes a reconciliation as a workbook of three sheets: totals with the ledger's own count, figures by policy, and the items behind them.
func (c *Claims) ExportXLSX(ctx context.Context, w io.Writer, r *Reconciliation, lang string) error {
	book := excelize.NewFile()
	defer book.Close()
	t := func(vi, en string) string { return rulebook.Words{VI: vi, EN: en}.In(lang) }
	totals, figures, items := t("Đối soát", "Reconciliation"), t("Theo chính sách", "By policy"), t("Bưu gửi", "Items")
	if err := book.SetSheetName("Sheet1", totals); err != nil {
		return err
	}
	err := sheet(book, totals, heads(totalColumns, lang), func(add func(...any) error) error {
		for i := range r.Totals {
			x := &r.Totals[i]
			agrees := yes(x.Agrees(), lang)
			if agrees == "" {
				agrees = t("LỆCH", "DIFFERS")
			}
			if err := add(x.Month, bearerWords[x.Payer].In(lang), x.Items, int64(x.AmountVND), int64(x.LedgerVND), agrees); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = sheet(book, figures, heads(figureColumns, lang), func(add func(...any) error) error {
		for _, f := range r.Figures {
			if err := add(f.Month, bearerWords[f.Payer].In(lang), f.Policy, f.Items, int64(f.ListVND), int64(f.AmountVND)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = sheet(book, items, heads(itemColumns, lang), func(add func(...any) error) error {
		return c.EachRow(ctx, r.From, r.To, "", "", func(row Row) error {
			return add(row.Month, bearerWords[row.Payer].In(lang), row.Policy, string(row.Item), string(row.Office), row.On.String(), int64(row.ListVND),
				int64(row.AmountVND), row.Class, yes(row.Retro, lang), row.Seq, moment(row.RecordedMs))
		})
	})
	if err != nil {
		return err
	}
	return book.Write(w)
}

// sheet writes one sheet row by row; the stream keeps a year of items out of memory.
func sheet(book *excelize.File, name string, head []string, rows func(add func(...any) error) error) error {
	if i, err := book.GetSheetIndex(name); err != nil {
		return err
	} else if i < 0 {
		if _, err := book.NewSheet(name); err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
	}
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("sheet %s: %w", name, err)
	}
	if err := out.SetColWidth(1, len(head), 20); err != nil {
		return err
	}
	line := 0
	add := func(cells ...any) error {
		line++
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		return out.SetRow(at, cells)
	}
	cells := make([]any, len(head))
	for i, h := range head {
		cells[i] = h
	}
	if err := add(cells...); err != nil {
		return err
	}
	if err := rows(add); err != nil {
		return err
	}
	return out.Flush()
}
