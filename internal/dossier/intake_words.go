package dossier

import (
	"fmt"
	"slices"
	"strings"

	"citypost/internal/event"
	"citypost/internal/idcard"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Small helpers of the intake page: how things are said.

func intakeTitle(v intakeView) string {
	if v.Home {
		return v.T("Nhận hồ sơ tại nhà", "Accept a dossier at home")
	}
	return v.T("Nhận hồ sơ", "Accept a dossier")
}

func intakeNames(p web.Page) []string {
	names := []string{"q", p.T("Thủ tục", "Procedure"), "procedure", p.T("Thủ tục", "Procedure"), "case", p.T("Trường hợp", "Case"), "agency", p.T("Cơ quan", "Agency"), "form", p.T("Hình thức", "Form"),
		"papers", p.T("Giấy tờ", "Papers"), "signed", p.T("Ký bản kê", "Signatures"), "seal", p.T("Số niêm phong", "Seal"), "weight", p.T("Khối lượng", "Weight"), "fees.fee", p.T("Phí", "Fee"),
		"fees.charge", p.T("Lệ phí", "Charge"), "means", p.T("Cách trả", "Payment"), "slip", p.T("Mã trên giấy hẹn", "Code on the slip"), "slip_due", p.T("Ngày hẹn", "Day on the slip"), "list", p.T("Ảnh bản kê", "Picture of the list"), "packet", p.T("Ảnh gói", "Picture of the packet"), "pictures", p.T("Ảnh", "Pictures"),
		"drawer", p.T("Ngăn tiền", "Drawer"), "float", p.T("Tiền đầu ca", "Float"), "keep", p.T("Nhận kết quả ở đâu", "Where the result is given"), "register", p.T("Ký sổ gốc", "The agency's register"), "return_unit", p.T("Nơi nhận kết quả", "Place of the result"), "do", p.T("Việc này", "This")}
	for side, who := range map[string]string{"from": p.T("Người nộp", "Sender"), "to": p.T("Người nhận kết quả", "Receiver")} {
		for field, word := range map[string]string{"name": p.T("họ tên", "name"), "phone": p.T("điện thoại", "phone"), "address": p.T("địa chỉ", "address"), "place": p.T("xã, phường", "commune"), "unit": p.T("nơi", "place")} {
			names = append(names, side+"."+field, who+": "+word)
		}
	}
	return names
}

// names are the fields of the page with their labels, for the summary of what is to be mended.
func (v intakeView) names() []string {
	names := intakeNames(v.Page)
	if v.In.Procedure != nil {
		names = append(names, paperNames(v.Page, v.In.Procedure.Papers)...)
	}
	return names
}

// paperNames are the counts of papers with their labels.
func paperNames(p web.Page, papers []Asked) (names []string) {
	for _, a := range papers {
		for _, kind := range []string{"o.", "c.", "k."} {
			names = append(names, kind+a.ID, countLabel(p, kind, a))
		}
	}
	return names
}

// enterDoes is what Enter does anywhere in the form, also when a scanner sends it after a seal: it never accepts and never throws anything away.
func enterDoes(v intakeView) string {
	if v.In.Procedure == nil {
		return "find"
	}
	return "check"
}

// intakeSteps say how far the clerk has come. A step that holds a fault is not done, whatever was typed into it.
func intakeSteps(v intakeView) []web.Step {
	f := v.Form
	done := []bool{
		v.In.Procedure != nil,
		f.Value("from.name") != "" && f.Value("from.phone") != "",
		v.In.Procedure != nil && len(v.In.Papers) > 0 && len(v.Missing) == 0,
		f.Value("seal") != "" && f.Value("weight") != "",
		v.Checked,
		false,
	}
	faulty := v.faultySteps()
	labels := []string{v.T("Thủ tục", "Procedure"), v.T("Người nộp", "Sender"), v.T("Giấy tờ", "Papers"), v.T("Niêm phong", "Seal"), v.T("Phí", "Fees"), v.T("Biên nhận", "Receipt")}
	steps := make([]web.Step, len(labels))
	now := slices.Index(done, false)
	for n, l := range labels {
		steps[n] = web.Step{Label: l, State: web.StepLater}
		switch {
		case faulty[n]:
			steps[n].State, steps[n].Word = web.StepFailed, v.T("có lỗi phải sửa", "has errors to mend")
		case done[n]:
			steps[n].State = web.StepDone
		case n == now:
			steps[n].State = web.StepNow
		}
	}
	return steps
}

// stepOf are the fields of the first five steps: whole names, and beginnings that end with a dot. All else keeps the receipt from being made.
var stepOf = [][]string{
	{"q", "procedure", "case", "agency", "form", "online"},
	{"from.", idcard.ScanName},
	{"papers", "signed", "list", "ok.", "o.", "c.", "k.", "absent."},
	{"seal", "weight", "packet"},
	{"fees", "fees."},
}

// faultySteps says which steps hold something to be mended.
func (v intakeView) faultySteps() map[int]bool {
	faulty := map[int]bool{2: len(v.Missing) > 0}
	for _, e := range v.Form.Faults() {
		n := slices.IndexFunc(stepOf, func(names []string) bool {
			return slices.ContainsFunc(names, func(name string) bool {
				return e.Field == name || strings.HasSuffix(name, ".") && strings.HasPrefix(e.Field, name)
			})
		})
		if n < 0 {
			n = len(stepOf)
		}
		faulty[n] = true
	}
	return faulty
}

func caseChoices(v intakeView) []web.Choice {
	list := []web.Choice{{Value: "", Label: v.T("Chọn trường hợp", "Choose the case")}}
	for _, c := range v.In.Procedure.Cases {
		name := c.Name
		if name == "" {
			name = c.Code
		}
		list = append(list, web.Choice{Value: c.Code, Label: name})
	}
	return list
}

func agencyChoices(v intakeView) []web.Choice {
	list := []web.Choice{{Value: "", Label: v.T("Chọn cơ quan", "Choose the agency")}}
	for _, a := range v.Agencies {
		if a.Active {
			list = append(list, web.Choice{Value: string(a.Code), Label: a.In(v.Lang)})
		}
	}
	return list
}

func absentChoices(p web.Page) []web.Choice {
	list := []web.Choice{{Value: "", Label: p.T("Chọn lý do…", "Choose…")}}
	for _, r := range AbsentReasons {
		list = append(list, web.Choice{Value: r, Label: Say("absent", r).In(p.Lang)})
	}
	return list
}

func feeWays(p web.Page) []web.Choice {
	var list []web.Choice
	for _, h := range []string{ByPost, ByOnline, ByAgency, Later} {
		list = append(list, web.Choice{Value: h, Label: Say("how", h).In(p.Lang)})
	}
	return list
}

// publishedFees says what the list has for a channel.
func publishedFees(p web.Page, list []PublishedFee) string {
	if len(list) == 0 {
		return p.T("danh mục không ghi phí", "the list names no fee")
	}
	var parts []string
	for _, f := range list {
		name := f.Name
		if name == "" {
			name = Say("fee", f.Kind).In(p.Lang)
		}
		if f.Unknown {
			parts = append(parts, name+": "+p.T("theo quy định riêng", "by rules of its own"))
			continue
		}
		parts = append(parts, name+": "+p.Money(f.AmountVND))
	}
	return strings.Join(parts, "; ")
}

// countText says how many papers: "2 bản chính, 1 bản sao".
func countText(p web.Page, x event.Paper) string {
	var parts []string
	for _, c := range []struct {
		n      int
		vi, en string
	}{{x.Originals, "bản chính", "original(s)"}, {x.Copies, "bản sao", "copy(ies)"}, {x.Certified, "bản chứng thực", "certified copy(ies)"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, p.T(c.vi, c.en)))
		}
	}
	if len(parts) == 0 {
		if x.Absent != "" {
			return Say("absent", x.Absent).In(p.Lang)
		}
		return p.T("không có", "none")
	}
	return strings.Join(parts, ", ")
}

// asksFor says what the list asks for of a line.
func asksFor(p web.Page, a Asked) string {
	text := p.T("danh mục: ", "the list: ") + countText(p, event.Paper{Originals: a.Originals, Copies: a.Copies, Certified: a.Certified})
	if a.Open {
		text = p.T("danh mục không ghi số bản: có thể kèm, không bắt buộc", "the list says no number: may be added, not demanded")
	}
	if !a.Open && a.Copies > 0 {
		text += p.T("; bản chứng thực thay được bản sao", "; a certified copy stands for a plain one")
	}
	return text
}

func countLabel(p web.Page, kind string, a Asked) string {
	switch kind {
	case "o.":
		return p.T("Bản chính: ", "Originals: ") + a.Name
	case "c.":
		return p.T("Bản sao: ", "Copies: ") + a.Name
	}
	return p.T("Bản chứng thực: ", "Certified copies: ") + a.Name
}

func (v intakeView) lacks(id string) bool {
	return slices.ContainsFunc(v.Missing, func(m Missing) bool { return m.ID == id })
}

func (v intakeView) howMany(id string) string {
	for _, m := range v.Missing {
		if m.ID == id {
			return countText(v.Page, event.Paper{Originals: m.Originals, Copies: m.Copies, Certified: m.Certified})
		}
	}
	return ""
}

// toPay is what the customer pays now.
func (v intakeView) toPay() postal.VND { return v.In.Price.TotalVND + sumFees(v.In.Fees, ByPost) }

// checkRows show once more what is about to be accepted.
func checkRows(v intakeView) []web.Row {
	to := v.In.Receiver.Name + ", " + v.In.Receiver.Address + ", " + v.ToLine
	if v.In.Form != FormSend {
		to += " · " + keepWords(v.Page, v.In.Keep, v.GivenAt)
	}
	rows := []web.Row{
		{Key: v.T("Người nộp", "Sender"), Value: v.In.Sender.Name},
		{Key: v.T("Trả kết quả cho", "Result to"), Value: to},
		{Key: v.T("Cơ quan", "Agency"), Value: v.In.Agency.In(v.Lang)},
	}
	if v.In.Form != FormResult {
		rows = append(rows, web.Row{Key: v.T("Giấy tờ", "Papers"), Value: fmt.Sprintf(v.T("%d bản, niêm phong %s", "%d papers, seal %s"), Sheets(v.In.Papers), v.In.Seal)})
		due := noTime(v.Page)
		if !v.In.Due.Due.IsZero() {
			due = v.DateTime(v.In.Due.Due)
			if !v.In.Due.Verified {
				due += " (" + v.T("chưa kiểm chứng", "not verified") + ")"
			}
		}
		rows = append(rows, web.Row{Key: promise(v.Page, v.In.Form), Value: due})
	}
	if v.In.Form != FormSend {
		rows = append(rows, web.Row{Key: v.T("Cước trả kết quả", "Postage of the result"), Value: backWords(v.Page, v.In.Back.TotalVND)})
	}
	return rows
}

// promise says what the post has to do in its time, the same on every screen and on the note.
func promise(p web.Page, form string) string {
	if form == FormSend {
		return p.T("Giao cơ quan và báo ngày hẹn chậm nhất", "With the agency and the day told by")
	}
	return p.T("Giao cơ quan chậm nhất", "With the agency by")
}

// noTime says that no rule gives the post a time.
func noTime(p web.Page) string {
	return p.T("quy định không ấn định", "no time is fixed")
}

// backWords say what the result's way will cost, as far as it is known before the result is weighed.
func backWords(p web.Page, amount postal.VND) string {
	if amount == 0 {
		return p.T("theo bảng giá của ngày trả, thu khi trả", "by the list of the day, paid when it is given")
	}
	return p.T("khoảng ", "about ") + p.Money(amount) + p.T(", tính theo khối lượng kết quả, thu khi trả", ", by the weight of the result, paid when it is given")
}

// countHead names a column of counts.
func countHead(p web.Page, kind string) string {
	switch kind {
	case "o.":
		return p.T("Bản chính", "Originals")
	case "c.":
		return p.T("Bản sao", "Copies")
	}
	return p.T("Chứng thực", "Certified")
}

// paperHeads are the columns of the checklist; on a phone the counts stand under the paper's name.
func paperHeads(v intakeView) []web.Head {
	heads := []web.Head{{Label: v.T("Giấy tờ", "Paper")}}
	if !v.Home {
		for _, kind := range []string{"o.", "c.", "k."} {
			heads = append(heads, web.Head{Label: countHead(v.Page, kind)})
		}
	}
	return heads
}

// comeBack says where to go with the whole dossier, on the list of what is missing.
func (v missingView) comeBack() string {
	text := v.T("Khi đủ, mang cả hồ sơ đến bưu cục nào cũng được", "When complete, bring the dossier to any post office")
	if v.Hotline != "" {
		text += v.T(", hoặc gọi ", ", or call ") + v.Hotline
	}
	return text + "."
}
