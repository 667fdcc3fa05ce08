package report

import (
	"cmp"
	"context"

	"citypost/internal/postal"
	"citypost/internal/sheet"
)

// Document is the report as a file: figures, procedures, and the lines behind the figures.
func (s *Service) Document(ctx context.Context, r *Report, lang string) (*sheet.Document, error) {
	due, err := s.duty(r.Period)
	if err != nil {
		return nil, err
	}
	t := func(vi, en string) string { return postal.In(lang, vi, en) }
	vi, en := r.Period.Words()
	first, last := r.Period.Days()
	d := &sheet.Document{
		Title: t("Báo cáo dịch vụ nhận gửi hồ sơ, chuyển trả kết quả", "Report on dossiers and results through the post"), Lang: lang,
		Lines: []string{t(vi, en) + " (" + first.VN() + " – " + last.VN() + ")", t("Căn cứ: ", "Basis: ") + basis(due, lang), t("Tính lúc ", "Computed at ") + s.Now().In(postal.HoChiMinh).Format("15:04 02/01/2006")},
		Signs: []string{t("Người lập biểu", "Prepared by"), t("Giám đốc", "Director")},
	}
	if s.MadeUp {
		d.Band = t("DỮ LIỆU MẪU", "MADE-UP DATA")
	}
	var list [][]any
	for _, f := range figures {
		list = append(list, []any{t(f.VI, f.EN), r.Counts[f.ID]})
	}
	list = append(list, []any{t("Doanh thu cước (đồng)", "Postage (đồng)"), int64(r.PostageVND)}, []any{t("Phí, lệ phí thu hộ (đồng)", "Collected for agencies (đồng)"), int64(r.StateVND)},
		[]any{t("Tiền bồi thường (đồng)", "Compensation (đồng)"), int64(r.PaidVND)})
	if permille, ok := r.Safety(); ok {
		list = append(list, []any{t("Mức độ an toàn (%)", "Safety (%)"), float64(permille) / 10})
	}
	d.Table = append(d.Table, sheet.Table{Name: t("Tổng hợp", "Summary"), Columns: []sheet.Column{{Head: t("Chỉ tiêu", "Figure"), Width: 4}, {Head: t("Kỳ này", "This period"), Number: true}}, Rows: sheet.Rows(list)})
	d.Table = append(d.Table, s.procedureTable(r, t))
	names, err := s.Agencies(ctx, lang)
	if err != nil {
		return nil, err
	}
	d.Table = append(d.Table, s.lineTables(ctx, r, names, lang)...)
	return d, nil
}

func (s *Service) procedureTable(r *Report, t func(vi, en string) string) sheet.Table {
	var list [][]any
	for _, b := range r.Procedures {
		list = append(list, []any{b.Procedure, s.Procedure(b.Procedure), b.Accepted, b.Results, b.Late, int64(b.PostageVND), int64(b.StateVND)})
	}
	return sheet.Table{Name: t("Theo thủ tục", "By procedure"), Columns: []sheet.Column{{Head: t("Mã", "Code"), Width: 2}, {Head: t("Thủ tục", "Procedure"), Width: 5}, {Head: t("Nhận gửi", "Taken in"), Number: true},
		{Head: t("Đã trả", "Delivered"), Number: true}, {Head: t("Chậm", "Late"), Number: true}, {Head: t("Cước (đồng)", "Postage (đồng)"), Number: true, Width: 2},
		{Head: t("Thu hộ (đồng)", "Collected (đồng)"), Number: true, Width: 2}}, Rows: sheet.Rows(list)}
}

// behindFigures are the lists that go into the file: what was carried, and whatever went wrong.
var behindFigures = []string{"accepted", "results", "send_late", "return_late", "complaints", "lost", "damaged", "compensated"}

func (s *Service) lineTables(ctx context.Context, r *Report, names map[postal.AgencyCode]string, lang string) []sheet.Table {
	t := func(vi, en string) string { return postal.In(lang, vi, en) }
	var out []sheet.Table
	for _, id := range behindFigures {
		f, _ := figureOf(id)
		if r.Counts[id] == 0 {
			continue
		}
		columns := s.columns(f, lang)
		heads := []sheet.Column{{Head: t("Mã hồ sơ", "Dossier")}, {Head: t("Thủ tục", "Procedure")}, {Head: t("Cơ quan", "Agency")}, {Head: t("Bưu cục", "Office")}}
		for _, c := range columns {
			heads = append(heads, sheet.Column{Head: t(c.vi, c.en), Number: c.money})
		}
		out = append(out, sheet.Table{Name: t(f.VI, f.EN), Columns: heads,
			Rows: func(add func(...any) error) error {
				return s.Store.Behind(ctx, r.Period, f, "", func(c Counted) error {
					row := []any{string(c.Dossier), c.Procedure, cmp.Or(names[c.Agency], string(c.Agency)), s.Office(c.Office)}
					for _, x := range columns {
						row = append(row, x.cell(c))
					}
					return add(row...)
				})
			}})
	}
	return out
}

func moment(ms int64) string {
	if ms == 0 {
		return ""
	}
	return postal.FromMillis(ms).In(postal.HoChiMinh).Format("02/01/2006 15:04")
}
