package desk

import (
	"context"
	"fmt"
	"net/http"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// readSeal is the seal that was read on a thing so far.
func readSeal(h *custody.Handover, t event.Thing) string {
	for _, c := range h.Counts {
		if c.Thing == t {
			return c.Seal
		}
	}
	return ""
}

// postSign writes one side's signature: of the person at the screen, or of another who gives login and password.
func (s *Service) postSign(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	key := f.Choice("side", custody.Giver, custody.Taker)
	if f.Err() != nil {
		return s.drawHandover(w, r, http.StatusUnprocessableEntity, nil, "", f)
	}
	rec, err := s.sign(r, f, h, key)
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawHandover(w, r, status, nil, "", f)
	}
	return web.Leave(w, r, pathOf(h.Code), signedFlash(rec))
}

func (s *Service) sign(r *http.Request, f *web.Form, h *custody.Handover, key string) (ledger.Receipt, error) {
	if h.Status == custody.HandoverOpen && len(h.Counts) == 0 {
		return ledger.Receipt{}, fault.New(fault.Conflict, "desk.count_first", "Bên nhận chưa đếm mục nào nên chưa ký được. Nếu không có gì để nhận, hãy huỷ bàn giao.",
			"Nothing has been counted, so nobody can sign yet. If there is nothing to take, withdraw the handover.")
	}
	who, err := s.signer(r, f)
	if err != nil {
		return ledger.Receipt{}, err
	}
	holder := h.From
	if key == custody.Taker {
		holder = h.To
	}
	if !mayStand(who, holder) {
		return ledger.Receipt{}, s.notYourSide(r.Context(), holder)
	}
	office := custody.Office(holder)
	if office == "" {
		office = h.Office
	}
	return s.append(r, who.ID, office, custody.SignHandover{Handover: h.Code, Side: key, Difference: f.Value("difference")})
}

// signer is who signs: the person at the screen, or the one who proves himself beside him.
func (s *Service) signer(r *http.Request, f *web.Form) (web.Person, error) {
	if f.Value("other") == "" {
		return web.PersonOf(r), nil
	}
	login, password := f.Text("login", 100), f.Text("password", 200)
	if fs := f.Faults(); len(fs) > 0 {
		return web.Person{}, fault.New(fault.Invalid, "desk.sign_fields", "Người kia gõ tên đăng nhập và mật khẩu của mình.", "The other person types login and password.")
	}
	return s.Signer.Sign(r, login, password, f.Value("otp"))
}

func (s *Service) notYourSide(ctx context.Context, holder event.Holder) error {
	if o := custody.Office(holder); o != "" {
		return fault.New(fault.Forbidden, "custody.handover_not_your_side", "Người này không có vai trò giao dịch viên tại bưu cục %s nên không ký được cho bên này.",
			"This person is no clerk at office %s and cannot sign for this side.", s.officeName(o)).At("login")
	}
	return fault.New(fault.Forbidden, "custody.handover_not_your_side", "Bên này chỉ %s mới ký được.", "Only %s can sign this side.", s.Staff.Name(ctx, custody.Carrier(holder))).At("login")
}

func signedFlash(rec ledger.Receipt) web.Flash {
	raised, done := 0, false
	for _, f := range rec.Facts {
		switch f.(type) {
		case event.IrregularityRaised:
			raised++
		case event.HandoverCompleted:
			done = true
		}
	}
	switch {
	case raised > 0:
		return web.Flash{Tone: web.Ask, VI: fmt.Sprintf("Bàn giao xong, ghi %d bất thường phải xử lý.", raised), EN: fmt.Sprintf("Handed over; %d irregularities have to be settled.", raised)}
	case done:
		return web.Flash{Tone: web.Good, VI: "Bàn giao xong, hai bên đã ký.", EN: "Handed over; both sides have signed."}
	}
	return web.Flash{Tone: web.Good, VI: "Đã ký một bên. Còn chữ ký của bên kia.", EN: "One side has signed. The other signature is still missing."}
}

var withdrawWords = map[string]custody.Words{
	"wrong_list":   {VI: "Kê sai", EN: "The list is wrong"},
	"wrong_person": {VI: "Sai người nhận", EN: "Wrong person"},
	"recount":      {VI: "Phải đếm lại sau khi ký", EN: "To be counted again after a signature"},
	"other":        {VI: "Lý do khác", EN: "Other reason"},
}

func withdrawChoices(p web.Page) []web.Choice {
	return reasonChoices(p, custody.WithdrawReasons, withdrawWords)
}

// postWithdraw calls a handover off.
func (s *Service) postWithdraw(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, h, err := s.theHandover(r)
	if err != nil {
		return err
	}
	reason := f.Choice("reason", custody.WithdrawReasons...)
	if f.Err() != nil {
		return s.drawHandover(w, r, http.StatusUnprocessableEntity, nil, "", f)
	}
	me := web.PersonOf(r)
	err = s.appendAs(r, me.ID, standsAt(me, h), custody.WithdrawHandover{Handover: h.Code, Reason: reason})
	status, err := judge(f, err)
	if err != nil {
		return err
	}
	if status != 0 {
		return s.drawHandover(w, r, status, nil, "", f)
	}
	return web.Done(w, r, pathOf(h.Code), "Đã huỷ bàn giao, không có gì chuyển tay.", "The handover was withdrawn; nothing changed hands.")
}

// append writes an act of a form in somebody's name at an office, under the form's id.
func (s *Service) append(r *http.Request, who postal.StaffID, o postal.OfficeCode, act ledger.Act) (ledger.Receipt, error) {
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, err
	}
	return s.Ledger.Append(r.Context(), ledger.Envelope{Act: id, OccurredMs: postal.Millis(s.Now()), Office: o, Actor: who}, act)
}

func (s *Service) appendAs(r *http.Request, who postal.StaffID, o postal.OfficeCode, act ledger.Act) error {
	_, err := s.append(r, who, o, act)
	return err
}
