package dossier

import (
	"net/http"
	"slices"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// PublicPath is where a citizen follows a dossier; ?code= fills the code in. The secret goes in the body of the form, never in an address.
const (
	PublicPath = "/track/dossier"
	publicPath = PublicPath
)

// MountPublic registers the pages for everyone.
func (s *Service) MountPublic(m *web.Mux) {
	m.Get(publicPath, web.Public, s.getStatusForm)
	m.Post(publicPath, web.Public, s.postStatus)
}

// publicView is what a citizen sees of a dossier.
type publicView struct {
	web.Page
	*Dossier
	Name   string // of the procedure
	Agency string
	Time   AgencyTime
	Post   []postClock
	Where  string // office or agency, never a person
	Events []web.Event
	Papers []string // that the agency asks for
	Pickup string   // office and address where the result waits

	GivenAt string // the office that gives the result, with its address

	PostageVND postal.VND // of the result, still to be paid
}

func (s *Service) getStatusForm(w http.ResponseWriter, r *http.Request) error {
	return s.drawStatusForm(w, r, http.StatusOK, web.FormOf("code", r.URL.Query().Get("code"))) // the note's QR code brings it
}

func (s *Service) drawStatusForm(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	w.Header().Set("X-Robots-Tag", "noindex")
	return web.Render(w, r, status, statusForm(web.NewPage(r, "Tra cứu hồ sơ", "Follow a dossier"), f))
}

// postStatus shows a dossier to whoever has its receipt. A code that does not exist and a secret that is wrong get the same answer.
func (s *Service) postStatus(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if s.asked.Wait(s.Limit, web.Network(web.AddressOf(r)), s.Now()) > 0 {
		return fault.New(fault.TooMany, "dossier.too_many", "Bạn tra cứu quá nhanh. Hãy đợi ít phút rồi thử lại.", "Too many questions. Please wait some minutes and try again.")
	}
	code, secret := f.Text("code", 40), f.Text("secret", 20)
	if f.Err() != nil {
		return s.drawStatusForm(w, r, http.StatusUnprocessableEntity, f)
	}
	v := s.Ledger.View(r.Context())
	d, err := s.byReceipt(v, code, secret)
	if fault.Is(err, fault.TooMany) {
		return err
	}
	if err := f.Refuse(err); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawStatusForm(w, r, http.StatusUnprocessableEntity, f)
	}
	return s.drawStatus(w, r, v, d)
}

// byReceipt finds the dossier that a receipt belongs to. Wrong secrets are counted by code, so that many askers together get no further than one.
func (s *Service) byReceipt(v *ledger.View, code, secret string) (*Dossier, error) {
	if err := s.triedTooOften(code); err != nil {
		return nil, err
	}
	d, err := s.fitting(v, code, secret)
	if fault.Code(err) == "dossier.receipt" {
		s.wrong.Wait(wrongSecrets, tried(code), s.Now())
	}
	return d, err
}

func (s *Service) fitting(v *ledger.View, code, secret string) (*Dossier, error) {
	no := fault.New(fault.Invalid, "dossier.receipt", "Mã hồ sơ và mã bí mật không khớp. Hãy xem lại phiếu gửi; mất phiếu thì mang giấy tờ đến bưu cục bất kỳ.",
		"Code and secret do not fit. Look at your consignment note; without it, bring your papers to any post office.").At("secret")
	n, err := postal.ParseDossierNumber(code)
	if err != nil {
		return nil, no
	}
	d, err := Find(v, n)
	if fault.Is(err, fault.NotFound) {
		return nil, no
	}
	if err != nil {
		return nil, err
	}
	if !postal.SecretFits(s.Vault.Blind, secret, d.Receipt) {
		return nil, no
	}
	return d, v.Err()
}

func (s *Service) drawStatus(w http.ResponseWriter, r *http.Request, v *ledger.View, d *Dossier) (err error) {
	p := publicView{Page: web.NewPage(r, "Hồ sơ "+grouped(d.Code), "Dossier "+grouped(d.Code)), Dossier: d, Name: d.Procedure}
	p.Agency = s.agencyName(r.Context(), p.Page, d.Agency)
	listed, err := s.Catalogue.On(d.Procedure, d.Version)
	if _, known := fault.From(err); err != nil && !known {
		return err
	}
	if err == nil {
		p.Name = listed.Name
	}
	for _, id := range d.Supplement.Papers {
		name := id
		if listed != nil {
			if line, ok := listed.Line(id); ok {
				name = line.Name
			}
		}
		p.Papers = append(p.Papers, name)
	}
	if p.Time, err = AgencyDue(s.Calendar, d, s.Now()); err != nil && silent(err) != nil {
		return err
	}
	p.Post = s.postClocks(p.Page, d)
	p.GivenAt = s.officeLine(d.ToOffice)
	var item *custody.Item
	item, p.Where = s.packet(p.Page, v, d)
	if d.waits() && item != nil {
		p.Pickup, p.PostageVND = s.pickup(v, d), s.Money.Owed(v, item).TotalVND
	}
	entries, err := s.history(r, d)
	if err != nil {
		return err
	}
	p.Events = s.timeline(r, p.Page, d, entries)
	for n := range p.Events {
		p.Events[n].Text = "" // who worked with it is no affair of the public page
	}
	if err := v.Err(); err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	w.Header().Set("Cache-Control", "no-store")
	return web.Render(w, r, http.StatusOK, statusPage(p))
}

// stations are the steps of a dossier as a citizen counts them, by the form of the service.
func (p publicView) stations() []web.Step {
	type station struct {
		vi, en string
		when   int64
	}
	var list []station
	if p.Sends() {
		list = append(list, station{"Đã tiếp nhận", "Accepted", p.AcceptedMs}, station{"Cơ quan đã nhận", "With the agency", p.FiledMs})
	}
	if p.Form != FormSend {
		ended := int64(0)
		if p.State == Delivered {
			ended = p.EndedMs
		}
		list = append(list, station{"Có kết quả", "Result ready", p.AnsweredMs}, station{"Đang trả", "On its way", p.Return.StartedMs}, station{"Đã trả", "Delivered", ended})
	} else {
		list = append(list, station{"Đã báo ngày hẹn", "Day told", p.Slip.ToldMs})
	}
	steps := make([]web.Step, len(list))
	now := -1
	for n, x := range list {
		steps[n] = web.Step{Label: p.T(x.vi, x.en), When: p.Millis(x.when), State: web.StepLater}
		if x.when > 0 {
			now = n
		}
	}
	for n := range steps {
		switch {
		case n < now, n == now && p.State.Ended():
			steps[n].State = web.StepDone
		case n == now && p.trouble():
			steps[n].State = web.StepFailed
		case n == now:
			steps[n].State = web.StepNow
		}
	}
	return steps
}

// shownEvents is how many of the last steps stand open: what happened last is what a citizen comes for, on a telephone above all.
const shownEvents = 1

// next says what comes after the last step, and by when; nothing when the way has ended or was left.
func (p publicView) next() string {
	if p.Over() || p.trouble() {
		return ""
	}
	steps := p.stations()
	n := slices.IndexFunc(steps, func(s web.Step) bool { return s.State == web.StepLater })
	if n < 0 {
		return ""
	}
	text := p.T("Tiếp theo: ", "Next: ") + steps[n].Label
	post := p.Send
	if p.Return.StartedMs > 0 {
		post = p.Return
	}
	switch {
	case post.StartedMs > 0 && post.StoppedMs == 0 && post.DueMs > 0:
		text += p.T(", chậm nhất ", ", by ") + p.Millis(post.DueMs)
	case p.FiledMs > 0 && !p.Time.Due.IsZero() && !p.Time.Done && !p.Time.Paused:
		text += ", " + p.agencyTime()
	}
	return text + "."
}

// trouble reports whether the journey has left its way.
func (p publicView) trouble() bool {
	if p.SupplementUnderWay() {
		return false
	}
	switch p.State {
	case Lost, Refused, TurningBack, AttemptFailed, GoingBack, ReturnedToAgency, SupplementRequested:
		return true
	}
	return false
}

// todo is what the citizen does next, in one sentence.
func (p publicView) todo() string {
	if p.SupplementUnderWay() {
		return p.T("Bưu điện đang chuyển giấy tờ bổ sung đến cơ quan. Chưa cần làm gì.", "The post is taking the added papers to the agency. Nothing for now.")
	}
	if p.waits() {
		return p.fetch()
	}
	switch p.State {
	case SupplementRequested:
		return p.T("Mang hoặc gửi các giấy tờ nêu dưới đây đến bưu cục bất kỳ; bưu điện chuyển đến cơ quan.", "Bring or send the papers named below to any post office; the post takes them to the agency.")
	case AttemptFailed:
		return p.T("Bưu tá đã đến mà chưa gặp. Hãy chuẩn bị giấy tờ tuỳ thân; bưu điện sẽ hẹn lại.", "The postman came and met nobody. Have your identity paper ready; the post will come again.")
	case OutForDelivery:
		return p.T("Bưu tá đang mang kết quả đến. Hãy chuẩn bị giấy tờ tuỳ thân"+p.owedVI()+".", "The postman is on the way. Have your identity paper ready"+p.owedEN()+".")
	case Refused:
		return p.T("Cơ quan không nhận hồ sơ. Bưu điện đang trả lại giấy tờ; lý do ghi ở dưới.", "The agency did not take the dossier. The post brings your papers back; the reason stands below.")
	case Lost:
		if p.paidFor() {
			return p.T("Bưu điện đã bồi thường ", "The post has compensated ") + p.Money(p.Liable(current(p.Dossier)).PaidVND) + p.T(" (đã gồm hoàn cước). Giấy tờ bị mất thì xin nơi đã cấp cấp lại.", " (refund of postage included). Ask whoever issued the lost papers for new ones.")
		}
		return p.T("Bưu điện đang tìm. Bạn có quyền khiếu nại và được bồi thường theo quy định.", "The post is searching. You may complain and are compensated by the rules.")
	case GoingBack, ReturnedToAgency:
		return p.T("Không ai nhận sau các lần mời nên kết quả trả về cơ quan. Hãy liên hệ cơ quan để nhận.", "Nobody took the result after the invitations, so it went back. Ask the agency for it.")
	case Delivered, GivenBack:
		return p.T("Không cần làm gì nữa.", "Nothing more.")
	case Cancelled:
		return p.T("Hồ sơ này đã huỷ.", "This dossier was cancelled.")
	}
	return p.T("Chưa cần làm gì. Bạn sẽ được báo khi có thay đổi.", "Nothing for now. You will be told when something changes.")
}

func (p publicView) owedVI() string {
	if p.Owes() == 0 {
		return ""
	}
	return " và " + p.Money(p.Owes()) + " phí, lệ phí phải nộp"
}

func (p publicView) owedEN() string {
	if p.Owes() == 0 {
		return ""
	}
	return " and " + p.Money(p.Owes()) + " to be paid"
}

// facts are the lines under the bar; the two clocks stand apart.
func (p publicView) facts() []web.Row {
	rows := []web.Row{{Key: p.T("Thủ tục", "Procedure"), Value: p.Name, Lang: "vi"}, {Key: p.T("Cơ quan", "Agency"), Value: p.Agency}, {Key: p.T("Đang ở", "Where it is"), Value: p.Where}}
	if p.Brings() {
		rows = append(rows, web.Row{Key: p.T("Nhận kết quả", "Result"), Value: keepWords(p.Page, p.Keep, p.GivenAt)})
	}
	for _, c := range p.Post {
		value := c.Due
		if c.Done != "" {
			value += "; " + c.Done
		}
		rows = append(rows, web.Row{Key: p.T("Bưu điện: ", "The post: ") + c.Label, Value: value})
	}
	rows = append(rows, web.Row{Key: p.T("Cơ quan: giải quyết", "The agency"), Value: p.agencyTime()})
	if p.Slip.Code != "" {
		rows = append(rows, web.Row{Key: p.T("Mã hồ sơ của cơ quan", "The agency's own code"), Value: p.Slip.Code, Code: true})
	}
	return rows
}

func (p publicView) agencyTime() string {
	switch {
	case p.Time.Done:
		return p.T("đã có kết quả ", "result ready ") + p.Millis(p.AnsweredMs)
	case p.Time.Paused:
		return p.T("tạm dừng, chờ bổ sung giấy tờ", "stands until the papers are complete")
	case p.Time.Due.IsZero():
		return p.T("chưa có ngày hẹn", "no day named yet")
	case p.Time.Late:
		return p.T("quá hẹn ngày ", "should have been ready on ") + p.Time.Day.VN()
	}
	return p.T("hẹn ngày ", "by ") + p.Time.Day.VN()
}

// refusal is why the agency did not take the dossier, and by which rule.
func (p publicView) refusal() string {
	if p.State != Refused && p.State != GivenBack || p.Compared.Verdict != "refused" {
		return ""
	}
	return Say("refusal", p.Compared.Reason).In(p.Lang) + ". " + Say("basis", p.Compared.Basis).In(p.Lang)
}

// apology says that the agency has named another day.
func (p publicView) apology() string {
	if p.Apologised == 0 {
		return ""
	}
	return p.T("Cơ quan đã xin lỗi bằng văn bản và hẹn lại ngày ", "The agency apologised in writing and named ") + p.Due.VN() + "."
}
