package dossier

import (
	"fmt"
	"slices"
	"unicode"

	"citypost/internal/custody"
	"citypost/internal/idcard"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Small helpers of the case page: how things are said.

func stateTone(s State) web.Tone {
	switch s {
	case Delivered, HandedOver, SlipTold, GivenBack:
		return web.Good
	case Lost, Refused, Cancelled, ReturnedToAgency:
		return web.Bad
	case SupplementRequested, AttemptFailed, TurningBack, GoingBack, AwaitingPickup:
		return web.Ask
	}
	return web.Info
}

func caseNames(p web.Page) []string {
	return []string{"secret", p.T("Mã bí mật", "Secret"), "slip", p.T("Mã hồ sơ của cơ quan", "The agency's code"), "due", p.T("Ngày", "Day"), "how", p.T("Cách", "How"), "reason", p.T("Lý do", "Reason"), "to", p.T("Ai nhận", "Who takes it"),
		idcard.ScanName, p.T("Thẻ căn cước", "Card"), "identity", p.T("Giấy tờ tuỳ thân", "Identity paper"), "authorised", p.T("Văn bản uỷ quyền", "Written authority"), "counted", p.T("Đếm giấy tờ", "Counting"), "papers", p.T("Giấy tờ", "Papers"), "seal", p.T("Niêm phong", "Seal"),
		"weight", p.T("Khối lượng", "Weight"), "owed", p.T("Phí còn thu", "Fees owed"), "owed_how", p.T("Cách nộp phí", "How fees are paid"), "fees", p.T("Phí, lệ phí", "Fees"), "record", p.T("Số biên bản", "Record"), "about", p.T("Về việc", "About"),
		"text", p.T("Nội dung", "Words"), "outcome", p.T("Kết quả", "Outcome"), "amount", p.T("Số tiền", "Amount"), "means", p.T("Chi bằng", "Paid by"), "do", p.T("Việc này", "This"), "until", p.T("Ngày", "Day"), "next", p.T("Sau đó", "Then"),
		"granted", p.T("Số tiền bồi thường", "Compensation"), "why", p.T("Vì sao sửa", "Why"), "kind", p.T("Sự việc", "What happened"), "fault", p.T("Trách nhiệm", "Fault"), "recalled", p.T("Giấy tờ thu hồi", "Papers to be given up"), "packet", p.T("Bưu gửi", "Item"), "register", p.T("Ký sổ gốc", "The agency's register")}
}

// names are the fields of the page with their labels, for the summary of what is to be mended.
func (c caseView) names() []string {
	names := caseNames(c.Page)
	if c.Procedure != nil {
		names = append(names, paperNames(c.Page, c.Procedure.Papers)...)
	}
	for _, id := range c.Recall {
		names = append(names, "recall."+id, c.T("Giấy tờ thu hồi: ", "To be given up: ")+c.paperName(id))
	}
	return names
}

// supplementLabel names the form that takes the added papers in; a second time for what the citizen brings later.
func supplementLabel(c caseView) string {
	if c.SupplementUnderWay() {
		return c.T("Nhận thêm giấy tờ bổ sung", "Accept more added papers")
	}
	return c.T("Nhận giấy tờ bổ sung gửi cơ quan", "Accept the added papers")
}

// slipOverWords say why the day of the first slip no longer stands.
func slipOverWords(c caseView) string {
	if c.Slip.Due.IsZero() {
		return c.T("Giấy hẹn trước lập khi chưa bổ sung: ghi ngày cơ quan hẹn lại.", "The slip was issued before the papers were added: record the day that the agency names now.")
	}
	return c.T("Ngày hẹn cũ ", "The former day, ") + c.Date(c.Slip.Due.Start()) + c.T(" không còn tính vì sau đó đã bổ sung giấy tờ: ghi ngày cơ quan hẹn lại.", ", no longer stands, because papers were added since: record the day that the agency names now.")
}

// of is what was sent for one of the page's forms; the others have fields of the same names, and stay as they were.
func (c caseView) of(do string) *web.Form {
	if c.Form.Value("do") == do {
		return c.Form
	}
	return web.FormOf()
}

// actFor gives each form of the page an act id of its own; the one that was sent keeps the id it came with.
func (c caseView) actFor(do string) string {
	if c.Form.Value("do") == do {
		return c.Act
	}
	return postal.NewActID(postal.FromMillis(c.AcceptedMs)).String()
}

func noteKind(c caseView) web.Kind {
	if c.New {
		return web.Main
	}
	return web.Second
}

// paperName is a paper's title on the list by which the dossier was accepted.
func (c caseView) paperName(id string) string {
	if id == oneResult {
		return c.T("Kết quả", "Result")
	}
	if name := c.Procedure.resultName(id); name != "" {
		return name
	}
	if c.Procedure != nil {
		if a, ok := c.Procedure.Line(id); ok {
			return a.Name
		}
	}
	return id
}

func (c caseView) paperChoices() (list []web.Choice) {
	if c.Procedure == nil {
		return nil
	}
	for _, a := range c.Procedure.Papers {
		list = append(list, web.Choice{Value: a.ID, Label: a.Name})
	}
	return list
}

// within says a code inside a sentence or a list, where it begins with a small letter: "Mất, lỗi của bưu điện".
func within(p web.Page, group, code string) string {
	r := []rune(Say(group, code).In(p.Lang))
	if len(r) > 0 {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

func sayChoices(p web.Page, group string, codes []string) (list []web.Choice) {
	for _, c := range codes {
		list = append(list, web.Choice{Value: c, Label: Say(group, c).In(p.Lang)})
	}
	return list
}

func custodyChoices(p web.Page, group string, codes []string) (list []web.Choice) {
	for _, c := range codes {
		list = append(list, web.Choice{Value: c, Label: custody.Say(group, c).In(p.Lang)})
	}
	return list
}

// keepWords say where the citizen chose to get the result; office is the one that gives it.
func keepWords(p web.Page, keep, office string) string {
	if keep == KeptAtOffice {
		return p.T("người dân đến nhận tại ", "fetched at ") + office
	}
	return p.T("bưu tá mang đến nhà", "brought home")
}

// caseRows are what does not change, and what the agency said.
func caseRows(c caseView) []web.Row {
	name := c.Dossier.Procedure
	if c.Procedure != nil {
		name = c.Procedure.Name + " (" + c.Procedure.Code + ")"
	}
	rows := []web.Row{
		{Key: c.T("Thủ tục", "Procedure"), Value: name, Lang: "vi"},
		{Key: c.T("Cơ quan", "Agency"), Value: c.AgencyName},
		{Key: c.T("Hình thức", "Form"), Value: Say("form", c.Dossier.Form).In(c.Lang) + ", " + within(c.Page, "channel", c.Channel)},
		{Key: c.T("Nhận tại", "Accepted at"), Value: c.Office + ", " + c.Millis(c.AcceptedMs)},
	}
	if c.Dossier.Form != FormSend {
		rows = append(rows, web.Row{Key: c.T("Nhận kết quả", "Result"), Value: keepWords(c.Page, c.Keep, c.GivenAt)})
	}
	add := func(vi, en, value string) {
		if value != "" {
			rows = append(rows, web.Row{Key: c.T(vi, en), Value: value})
		}
	}
	add("Niêm phong", "Seal", c.Seal)
	if c.FiledMs > 0 {
		add("Nộp hợp lệ lúc", "Filed at", c.Millis(c.FiledMs))
	}
	add("Mã của cơ quan", "The agency's code", c.Slip.Code)
	if !c.Slip.Due.IsZero() && !c.slipOver() {
		add("Ngày hẹn trả", "Day of the result", c.Date(c.Slip.Due.Start()))
	}
	for _, f := range c.Dossier.Fees {
		rows = append(rows, web.Row{Key: Say("fee", f.Kind).In(c.Lang), Value: c.Money(f.AmountVND) + ", " + within(c.Page, "how", f.How)})
	}
	if c.Owes() > 0 {
		value := c.Money(c.Owes())
		if c.Heard.Ready != "" {
			value += c.T(", do bưu cục ghi theo lời cơ quan: ", ", as written down from the agency's word by ") + c.HeardAt
		} else if c.Outcome != "" {
			value += c.T(", do cơ quan báo", ", as the agency says")
		}
		add("Thu khi trả kết quả", "To collect with the result", value)
	}
	if c.Compared.Verdict == NotTaken {
		add("Từ chối", "Refused", Say("refusal", c.Compared.Reason).In(c.Lang)+"; "+Say("basis", c.Compared.Basis).In(c.Lang))
	}
	if c.State == SupplementRequested {
		list := ""
		for _, id := range c.Supplement.Papers {
			list += "· " + c.paperName(id) + " "
		}
		if c.SupplementUnderWay() {
			add("Đã nhận bổ sung", "Added papers taken in", list)
		} else {
			add("Cần bổ sung", "To be added", list+"("+within(c.Page, "supplement", c.Supplement.Reason)+")")
		}
		if !c.Supplement.Until.IsZero() {
			add("Bổ sung trước ngày", "Until", c.Date(c.Supplement.Until.Start()))
		}
	}
	for _, x := range c.Claims {
		if x.PaidVND > 0 {
			add("Đã bồi thường", "Compensated", c.Money(x.PaidVND)+" ("+x.Records[0].Item.Grouped()+")")
		}
	}
	if c.Outcome != "" {
		add("Kết quả", "Result", Say("outcome", c.Outcome).In(c.Lang))
	}
	return rows
}

// meansForm proposes cash where nothing was chosen.
func (c caseView) meansForm() *web.Form {
	if c.Form.Value("means") != "" || c.Form.Fault("means") != nil {
		return c.Form
	}
	return web.FormOf("means", "cash")
}

// compensation is what the record obliges to pay: what it grants, or the least of the rules.
func (c caseView) compensation() postal.VND {
	return max(c.LeastVND, c.chosen().AmountVND)
}

func peopleRows(c caseView) []web.Row {
	p := c.People
	line := func(x Person, place string) string {
		phone := x.Phone.Masked()
		if c.Full {
			phone = x.Phone.Display()
		}
		text := x.Name + ", " + phone + ", " + x.Address + ", " + place
		if x.Email != "" {
			text += ", " + x.Email
		}
		return text
	}
	rows := []web.Row{{Key: c.T("Người nộp", "Sender"), Value: line(p.Sender, c.FromLine)}}
	if c.Brings() {
		rows = append(rows, web.Row{Key: c.T("Nhận kết quả", "Gets the result"), Value: line(p.Receiver, c.ToLine)})
	}
	return rows
}

// agencyClock says how the agency's time stands.
func agencyClock(c caseView) string {
	t, state := c.Time, c.State
	if state == Lost {
		state = c.Before
	}
	switch {
	case t.Paused:
		return c.T("Tạm dừng: chờ công dân bổ sung giấy tờ.", "Stands: papers are awaited from the citizen.")
	case c.FiledMs == 0 && state == SupplementRequested:
		return c.T("Chưa chạy: hai bên đã ký nhưng hồ sơ còn thiếu giấy tờ; bắt đầu khi bổ sung đủ.", "Not running: both have signed, but papers are missing; it begins when they are complete.")
	case c.FiledMs == 0 && slices.Contains([]State{Refused, TurningBack, GivenBack, Cancelled}, state):
		return c.T("Không chạy: cơ quan không giữ hồ sơ.", "Not running: the agency does not have the dossier.")
	case c.FiledMs == 0 && state != AwaitingResult:
		return c.T("Chưa chạy: bắt đầu khi hai bên ký tại cơ quan.", "Not running: it begins when both sign at the agency.")
	case t.Source == Unknown:
		return c.T("Danh mục không công bố thời hạn.", "The list gives no time limit.")
	}
	day := c.Date(t.Day.Start())
	if c.slipOver() && t.Source == ByLimit {
		return c.T("Trả chậm nhất ", "By ") + day + c.T(" (bưu điện tính lại từ ngày bổ sung đủ, cơ quan chưa ghi ngày hẹn mới).", " (counted by us anew from the day the papers were complete; the agency has named no new day).")
	}
	source := map[Source]string{ByReschedule: c.T("ngày hẹn lại", "the new day"), BySlip: c.T("theo giấy hẹn", "by the slip"), ByLimit: c.T("bưu điện tính theo thời hạn công bố", "counted by us from the published limit")}[t.Source]
	if t.Done {
		return c.T("Đã có kết quả; hạn là ", "The result is there; the day was ") + day + " (" + source + ")."
	}
	return c.T("Trả chậm nhất ", "By ") + day + " (" + source + ")."
}

// nextWords say in a sentence what is to be done.
func nextWords(c caseView) string {
	w, ok := map[State][2]string{
		Accepted:            {"Chuyển cho bưu tá đi cơ quan, hoặc đóng túi đi bưu cục của cơ quan.", "Give it to the postman who goes to the agency, or bag it for the agency's office."},
		InTransit:           {"Đang trên đường tới cơ quan.", "On its way to the agency."},
		AtAgency:            {"Đối chiếu với cán bộ một cửa rồi hai bên ký biên bản.", "Compare with the officer, then both sign."},
		HandedOver:          {"Lấy giấy hẹn hoặc mã hồ sơ của cơ quan.", "Get the slip or the agency's code."},
		SlipIssued:          {"Báo công dân ngày hẹn.", "Tell the citizen the day."},
		SlipTold:            {"Chờ cơ quan báo có kết quả.", "Wait for the agency's result."},
		SupplementRequested: {"Báo công dân giấy tờ cần bổ sung; nhận lại tại quầy hoặc tại nhà.", "Tell the citizen which papers are missing; take them at the counter or at home."},
		Refused:             {"Mang hồ sơ về trả người nộp, kèm lý do.", "Bring the dossier back to its sender, with the reason."},
		TurningBack:         {"Mang hồ sơ về trả người nộp.", "Bring the dossier back to its sender."},
		AwaitingResult:      {"Chờ cơ quan báo có kết quả, hoặc đến lấy vào ngày hẹn.", "Wait for the agency's word, or fetch on the day."},
		Ready:               {"Đến cơ quan nhận kết quả.", "Fetch the result from the agency."},
		Received:            {"Chuyển kết quả về " + c.GivenAt + ".", "Bring the result to " + c.GivenAt + "."},
		Returning:           {"Trả kết quả tận tay hoặc mời đến nhận.", "Give the result, or invite."},
		OutForDelivery:      {"Trả kết quả tận tay; không gặp thì để lại giấy mời.", "Give the result; leave an invitation if nobody is met."},
		AttemptFailed:       {"Mời lại; đủ số lần mà không ai nhận thì trả về cơ quan.", "Invite again; after enough invitations it goes back."},
		AwaitingPickup:      {"Mời công dân đến nhận tại bưu cục.", "Invite the citizen to the office."},
		GoingBack:           {"Giao lại cho cơ quan, ký biên bản.", "Hand it back to the agency, both sign."},
		Lost:                {"Tìm gói; lập biên bản trách nhiệm; giúp công dân xin cấp lại giấy tờ.", "Look for it; record who is liable; help the citizen to get new papers."},
	}[c.State]
	switch {
	case !ok:
		return c.T("Không còn việc gì với hồ sơ này.", "Nothing more is to be done.")
	case c.PaidOutVND > 0:
		return c.T("Đã bồi thường. Giúp công dân xin cấp lại giấy tờ; thấy gói thì ghi.", "Compensated. Help the citizen to get new papers; record the packet when it is found.")
	case c.State == Lost && c.Liable(current(c.Dossier)).waits():
		return c.T("Số tiền bồi thường chờ người khác chi hoặc lãnh đạo duyệt; giúp công dân xin cấp lại giấy tờ.", "The compensation waits for another person to pay it or a manager to approve it; help the citizen to get new papers.")
	case c.State == Lost && c.Liable(current(c.Dossier)).Record != "":
		return c.T("Bồi thường nếu bưu điện có lỗi; giúp công dân xin cấp lại giấy tờ.", "Compensate if the post is at fault; help the citizen to get new papers.")
	case c.inHands() && c.Away != nil:
		return c.T("Kết quả đang trên đường trả cho công dân.", "The result is on its way to the citizen.")
	case c.SupplementUnderWay():
		return c.T("Chuyển giấy tờ bổ sung đến cơ quan; hai bên ký thì hồ sơ đủ.", "Bring the added papers to the agency; when both sign, the dossier is complete.")
	case (c.State == Received || c.State == Returning) && c.Item != nil && c.Item.Holder == custody.AtOffice(c.ToOffice):
		if c.Keep == KeptAtOffice {
			return c.T("Kết quả đã ở bưu cục phát: mời người nhận đến.", "The result is at the delivering office: invite the receiver.")
		}
		return c.T("Kết quả đã ở bưu cục phát: giao bưu tá, hoặc mời người nhận đến.", "The result is at the delivering office: give it to a postman, or invite the receiver.")
	}
	return c.T(w[0], w[1])
}

// inviteWords say whether an invitation of today counts.
func inviteWords(c caseView) string {
	if c.Invitations == 0 {
		return invitedWords(c)
	}
	return invitedWords(c) + " " + c.T("Lần sau chỉ được tính là một lần mời nếu mời từ ngày ", "The next counts as an invitation from ") + c.Date(c.InviteFrom.Start()) + "."
}

// invitedWords say how often the citizen was invited.
func invitedWords(c caseView) string {
	if c.Invitations == 0 {
		return c.T("Chưa mời lần nào.", "Not invited yet.")
	}
	return fmt.Sprintf(c.T("Đã mời %d lần, lần gần nhất %s.", "Invited %d times, last on %s."), c.Invitations, c.Millis(c.InvitedMs))
}

// handingWords say which way a handover with the agency went, and when.
func handingWords(c caseView, h *custody.Handover) string {
	if custody.Agency(h.To) != "" {
		return c.T("giao ", "to it ") + c.Millis(h.OpenedMs)
	}
	return c.T("nhận ", "from it ") + c.Millis(h.OpenedMs)
}

// collectRows add up what is collected with the result.
func collectRows(c caseView) []web.Row {
	if c.Owes() == 0 {
		return []web.Row{{Key: c.T("Phải thu: cước trả kết quả", "To collect: postage of the result"), Value: c.Money(c.Giving.PostageVND)}}
	}
	return []web.Row{{Key: c.T("Cước trả kết quả", "Postage of the result"), Value: c.Money(c.Giving.PostageVND)}, {Key: c.T("Phí, lệ phí của cơ quan", "Fees of the agency"), Value: c.Money(c.Owes())},
		{Key: c.T("Tổng phải thu nếu phí nộp qua bưu điện", "To collect in all if the fees are paid through the post"), Value: c.Money(c.Giving.ToCollect(c.Dossier))}}
}

func countLabelOf(c caseView) string {
	if c.ResultSealed {
		return c.T("Đã mở và đếm cùng người nhận (gói nhận niêm phong sẵn)", "Opened and counted with the receiver (taken sealed)")
	}
	return fmt.Sprintf(c.T("Đã mở, đếm đủ %d bản cùng người nhận, khớp danh mục", "Opened, all %d papers counted with the receiver, agrees"), Sheets(c.ResultPapers))
}
