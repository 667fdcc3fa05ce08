package report

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sheet"
	"citypost/internal/web"
)

const (
	dossiersPath = "/reports/dossiers"
	behindPath   = "/reports/dossiers/behind"
	onePath      = "/reports/dossiers/dossier"
	filePath     = "/reports/dossiers/file"
)

// readers are those who answer for the figures, and those who ask for them.
var readers = web.AnyOf(web.Manager, web.Department, web.Supervisor)

// Service is the reports as pages.
type Service struct {
	Store
	Calendar  *calendar.Calendar
	Now       func() time.Time
	Procedure func(code string) string                                                     // name of a procedure
	Agencies  func(ctx context.Context, lang string) (map[postal.AgencyCode]string, error) // names of agencies
	Office    func(code postal.OfficeCode) string                                          // name of an office
	Say       func(group, code, lang string) string                                        // the words for a code of a dossier's
	Dossier   string                                                                       // path before the number of a dossier's page
	Duties    string                                                                       // path of the page of report dates
	MadeUp    bool
}

// Mount registers the pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	m.Job(web.AnyOf(web.Manager, web.Department), 68, dossiersPath, "Báo cáo hồ sơ", "Report on dossiers")
	m.RareJob(web.Supervisor, 68, dossiersPath, "Báo cáo hồ sơ", "Report on dossiers")
	m.Get(dossiersPath, readers, s.getReport)
	m.Get(behindPath, readers, s.getBehind)
	m.Get(onePath+"/{code}", readers, s.getOne)
	m.Get(filePath, readers, s.getFile)
}

type view struct {
	web.Page
	s      *Service
	Report *Report
	Form   *web.Form
	Due    *calendar.Duty
}

// basis names the article by which a period is reported, or says that no rule asks for it.
func basis(d *calendar.Duty, lang string) string {
	if d != nil {
		return d.Basis.In(lang)
	}
	return postal.In(lang, "không có quy định báo cáo kỳ này", "no rule asks for this period")
}

// duty is the report owed for a period, nil when no rule asks for it.
func (s *Service) duty(p Period) (*calendar.Duty, error) {
	_, last := p.Days()
	list, err := s.Calendar.Duties(last, last.AddDays(200)) // no report is due more than half a year after its period
	if err != nil {
		return nil, fmt.Errorf("find the report owed for %s: %w", p, err)
	}
	for n := range list {
		if list[n].Report == "dossiers" && list[n].Period == p.String() {
			return &list[n], nil
		}
	}
	return nil, nil
}

// period reads the period asked for; without one it is the last quarter that is over.
func (s *Service) period(f *web.Form) (Period, error) {
	if text := f.Value("period"); text != "" {
		return ParsePeriod(text)
	}
	year, month, _ := postal.DayOf(s.Now()).Date()
	quarter := postal.MakeDay(year, month-(month-1)%3, 1)
	return PeriodOf(quarter.AddDays(-1)), nil
}

func (s *Service) getReport(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := s.period(f)
	if err := f.Refuse(err); err != nil {
		return err
	}
	v := view{Page: web.NewPage(r, "Báo cáo hồ sơ", "Report on dossiers"), s: s, Form: f}
	v.Path, v.Wide = dossiersPath, true
	if f.Err() != nil {
		p, _ = s.period(nil)
	}
	if v.Report, err = s.Make(r.Context(), p); err != nil {
		return err
	}
	if v.Due, err = s.duty(p); err != nil {
		return err
	}
	status := http.StatusOK
	if f.Err() != nil {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, reportPage(v))
}

// periods offers the periods of this year and of the one before, and the one shown.
func (v view) periods() []web.Choice {
	year, _, _ := postal.DayOf(v.s.Now()).Date()
	var out []web.Choice
	shown := false
	add := func(p Period) {
		vi, en := p.Words()
		out = append(out, web.Choice{Value: p.String(), Label: v.T(vi, en)})
		shown = shown || p == v.Report.Period
	}
	for y := year; y >= year-1; y-- {
		for _, k := range kindOrder {
			add(Period{y, k})
		}
	}
	if !shown {
		add(v.Report.Period)
	}
	return out
}

func (v view) periodName() string {
	vi, en := v.Report.Period.Words()
	return v.T(vi, en)
}

func (v view) safety() string {
	permille, ok := v.Report.Safety()
	if !ok {
		return v.T("chưa chuyển gì trong kỳ", "nothing was carried")
	}
	return postal.In(v.Lang, fmt.Sprintf("%d,%d %%", permille/10, permille%10), fmt.Sprintf("%d.%d %%", permille/10, permille%10))
}

func (v view) behind(figure, procedure string) string {
	q := url.Values{"period": {v.Report.Period.String()}, "figure": {figure}}
	if procedure != "" {
		q.Set("procedure", procedure)
	}
	return behindPath + "?" + q.Encode()
}

func (v view) file(format sheet.Format) string {
	return filePath + "?" + url.Values{"period": {v.Report.Period.String()}, "format": {string(format)}}.Encode()
}

// listView is the lines behind a figure.
type listView struct {
	view
	Figure    Figure
	Procedure string
	Columns   []column
	Lines     []Counted
	Total     postal.VND // of all lines, shown or not
	More      bool
	Names     map[postal.AgencyCode]string // of agencies
}

// listed bounds one page; the file has them all.
const listed = 500

func (s *Service) getBehind(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := s.period(f)
	if err != nil {
		return err
	}
	figure, ok := figureOf(f.Value("figure"))
	if !ok {
		return fault.New(fault.NotFound, "report.figure", "Không có chỉ tiêu này.", "There is no such figure.")
	}
	v := listView{view: view{Page: web.NewPage(r, figure.VI, figure.EN), s: s, Form: f, Report: &Report{Period: p}}, Figure: figure, Procedure: f.Maybe("procedure", 40)}
	v.Path, v.Wide = dossiersPath, true
	if v.Names, err = s.Agencies(r.Context(), v.Lang); err != nil {
		return err
	}
	v.Columns = s.columns(figure, v.Lang)
	err = s.Behind(r.Context(), p, figure, v.Procedure, func(l Counted) error {
		v.Total += l.VND
		if len(v.Lines) == listed {
			v.More = true
			return nil
		}
		v.Lines = append(v.Lines, l)
		return nil
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, behindPage(v))
}

// cell writes what stands in a column.
func (v listView) cell(x column, c Counted) string {
	if amount, ok := x.cell(c).(int64); ok {
		return v.Money(postal.VND(amount))
	}
	return fmt.Sprint(x.cell(c))
}

// dossierPage is where the code of a dossier leads: to its own page for whoever works with it, to what reports know of it for whoever only reads figures.
func (v view) dossierPage(n postal.DossierNumber) string {
	if v.May(web.Clerk) {
		return v.s.Dossier + string(n)
	}
	return onePath + "/" + string(n)
}

// oneView is what reports know of one dossier.
type oneView struct {
	view
	Told
	Agency string
}

func (s *Service) getOne(w http.ResponseWriter, r *http.Request) error {
	n, err := postal.ParseDossierNumber(r.PathValue("code"))
	if err != nil {
		return err
	}
	v := oneView{view: view{Page: web.NewPage(r, "Hồ sơ "+n.Grouped(), "Dossier "+n.Grouped()), s: s}}
	v.Path, v.Wide = dossiersPath, true
	if v.Told, err = s.One(r.Context(), n); err != nil {
		return err
	}
	names, err := s.Agencies(r.Context(), v.Lang)
	if err != nil {
		return err
	}
	v.Agency = cmp.Or(names[v.Told.Agency], string(v.Told.Agency))
	return web.Render(w, r, http.StatusOK, onePage(v))
}

// rows are the moments of a dossier with their due times, and its money.
func (v oneView) rows() []web.Row {
	l := v.Line
	rows := []web.Row{{Key: v.T("Thủ tục", "Procedure"), Value: v.s.Procedure(l.Procedure) + " (" + l.Procedure + ")", Lang: "vi"}, {Key: v.T("Cơ quan", "Agency"), Value: v.Agency}, {Key: v.T("Bưu cục nhận", "Office"), Value: v.s.Office(l.Office)},
		{Key: v.T("Hình thức", "Form"), Value: v.s.Say("form", l.Form, v.Lang)}, {Key: v.T("Trạng thái", "State"), Value: v.s.Say("state", l.State, v.Lang)}}
	add := func(vi, en string, dueMs, doneMs int64) {
		value := moment(doneMs)
		if dueMs > 0 {
			value += v.T(" (hạn ", " (due ") + moment(dueMs) + ")"
			if by := v.s.lateBy(Counted{DueMs: dueMs, DoneMs: doneMs}, v.Lang); by != "" {
				value += v.T(", chậm ", ", late by ") + by
			}
		}
		if value != "" {
			rows = append(rows, web.Row{Key: v.T(vi, en), Value: value})
		}
	}
	add("Nhận gửi", "Taken in", 0, l.AcceptedMs)
	add("Đến cơ quan", "At the agency", l.SendDueMs, l.SentMs)
	add("Nộp hợp lệ", "Filed", 0, l.FiledMs)
	add("Nhận kết quả từ cơ quan", "Result fetched", 0, l.ResultMs)
	add("Trả kết quả", "Result brought", l.ReturnDueMs, l.ReturnedMs)
	rows = append(rows, web.Row{Key: v.T("Cước", "Postage"), Value: v.Money(l.PostageVND)}, web.Row{Key: v.T("Thu hộ", "Collected"), Value: v.Money(l.StateVND)})
	if l.PaidVND > 0 {
		rows = append(rows, web.Row{Key: v.T("Bồi thường", "Compensation"), Value: v.Money(l.PaidVND) + ", " + moment(l.PaidMs)})
	}
	return rows
}

func (s *Service) getFile(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p, err := s.period(f)
	if err != nil {
		return err
	}
	report, err := s.Make(r.Context(), p)
	if err != nil {
		return err
	}
	lang := web.NewPage(r, "", "").Lang
	d, err := s.Document(r.Context(), report, lang)
	if err != nil {
		return err
	}
	return d.Send(w, sheet.Format(f.Value("format")), "bao-cao-ho-so-"+p.String())
}
