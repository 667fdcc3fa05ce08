package tariff

import (
	"context"
	"strconv"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/sheet"
)

var bearerWords = map[string]rulebook.Words{"operator": {VI: "Bưu điện", EN: "The post"}, "province": {VI: "Ngân sách tỉnh, thành phố", EN: "Provincial budget"}}

// Items is the list of items behind a reconciliation, as one table for programs.
func (c *Claims) Items(ctx context.Context, r *Reconciliation, lang string) *sheet.Document {
	return &sheet.Document{Lang: lang, Table: []sheet.Table{c.itemTable(ctx, r, lang)}}
}

// Document is a reconciliation in three tables: totals with the ledger's own count, figures by policy, and the items behind them.
func (c *Claims) Document(ctx context.Context, r *Reconciliation, lang string) *sheet.Document {
	return &sheet.Document{
		Title: postal.In(lang, "Đối soát miễn, giảm cước", "Reconciliation of relief"),
		Lines: []string{r.From + " – " + r.To + postal.In(lang, ", đến bút toán số ", ", up to entry ") + postal.CountIn(r.Seq, lang)},
		Lang:  lang,
		Table: []sheet.Table{r.totalTable(lang), r.figureTable(lang), c.itemTable(ctx, r, lang)},
	}
}

func (r *Reconciliation) totalTable(lang string) sheet.Table {
	t := func(vi, en string) string { return postal.In(lang, vi, en) }
	var rows [][]any
	for i := range r.Totals {
		x := &r.Totals[i]
		agrees := t("có", "yes")
		if !x.Agrees() {
			agrees = t("LỆCH", "DIFFERS")
		}
		rows = append(rows, []any{x.Month, bearerWords[x.Payer].In(lang), x.Items, int64(x.AmountVND), int64(x.LedgerVND), agrees})
	}
	return sheet.Table{Name: t("Đối soát", "Reconciliation"), Rows: sheet.Rows(rows), Columns: []sheet.Column{{Head: t("Kỳ", "Month")}, {Head: t("Bên trả", "Payer")},
		{Head: t("Số bưu gửi", "Items"), Number: true}, {Head: t("Phần giảm (đồng)", "Relief (đồng)"), Number: true},
		{Head: t("Theo sổ cái (đồng)", "By the ledger (đồng)"), Number: true}, {Head: t("Khớp", "Agrees")}}}
}

func (r *Reconciliation) figureTable(lang string) sheet.Table {
	t := func(vi, en string) string { return postal.In(lang, vi, en) }
	var rows [][]any
	for _, f := range r.Figures {
		rows = append(rows, []any{f.Month, bearerWords[f.Payer].In(lang), f.Policy, f.Items, int64(f.ListVND), int64(f.AmountVND)})
	}
	return sheet.Table{Name: t("Theo chính sách", "By policy"), Rows: sheet.Rows(rows), Columns: []sheet.Column{{Head: t("Kỳ", "Month")}, {Head: t("Bên trả", "Payer")},
		{Head: t("Chính sách", "Policy")}, {Head: t("Số bưu gửi", "Items"), Number: true}, {Head: t("Giá công bố (đồng)", "Listed price (đồng)"), Number: true},
		{Head: t("Phần giảm (đồng)", "Relief (đồng)"), Number: true}}}
}

// itemTable reads the items row by row: a year of them need not lie in memory.
func (c *Claims) itemTable(ctx context.Context, r *Reconciliation, lang string) sheet.Table {
	t := func(vi, en string) string { return postal.In(lang, vi, en) }
	rows := func(add func(...any) error) error {
		return c.EachRow(ctx, r.From, r.To, "", "", func(row Row) error {
			retro := ""
			if row.Retro {
				retro = t("có", "yes")
			}
			return add(row.Month, bearerWords[row.Payer].In(lang), row.Policy, string(row.Item), string(row.Office), row.On.String(), int64(row.ListVND),
				int64(row.AmountVND), row.Class, retro, strconv.FormatInt(row.Seq, 10), postal.FromMillis(row.RecordedMs).Format("2006-01-02 15:04:05"))
		})
	}
	return sheet.Table{Name: t("Bưu gửi", "Items"), Rows: rows, Columns: []sheet.Column{{Head: t("Kỳ", "Month")}, {Head: t("Bên trả", "Payer")}, {Head: t("Chính sách", "Policy")},
		{Head: t("Số hiệu bưu gửi", "Item")}, {Head: t("Bưu cục", "Office")}, {Head: t("Ngày tính giá", "Day of the price")}, {Head: t("Giá công bố (đồng)", "Listed price (đồng)"), Number: true},
		{Head: t("Phần giảm (đồng)", "Relief (đồng)"), Number: true}, {Head: t("Đối tượng", "Class")}, {Head: t("Giảm sau", "Afterwards")}, {Head: t("Số bút toán", "Entry")},
		{Head: t("Ghi sổ lúc", "Recorded at")}}}
}
