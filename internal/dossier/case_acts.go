package dossier

import (
	"maps"
	"net/http"
	"slices"

	"citypost/internal/calendar"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// postCase does one thing to a dossier: the button says which.
func (s *Service) postCase(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	do, me := f.Value("do"), web.PersonOf(r)
	if rec, done, err := s.repeats(r, pathOf(d.Code)); err != nil {
		return err
	} else if done {
		return s.recorded(w, r, d, do, rec)
	}
	if _, known := doneWords[do]; known && !mayDo(me, do) {
		return notYours()
	}
	if asked, err := s.readCard(r, f, d); err != nil {
		return err
	} else if asked {
		status := http.StatusOK
		if f.Err() != nil {
			status = f.Status()
		}
		return s.drawCase(w, r, status, v, d, f)
	}
	desk := me.Office()
	if do != "approve" { // a manager belongs to no office
		if desk, err = me.Here(); err != nil {
			return err
		}
	}
	act, err := s.meant(r, f, v, d, desk)
	if err := f.Refuse(err); err != nil {
		return err
	}
	if act == nil && f.Err() == nil { // nothing is wrong, but the price has not been seen
		return s.drawCase(w, r, http.StatusOK, v, d, f)
	}
	var rec ledger.Receipt
	if f.Err() == nil {
		rec, err = s.writeCase(r, f, d, desk, act)
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return s.drawCase(w, r, f.Status(), v, d, f)
	}
	return s.recorded(w, r, d, do, rec)
}

// recorded leads back to the dossier and says what was done; an invitation that does not count is told apart from one that does.
func (s *Service) recorded(w http.ResponseWriter, r *http.Request, d *Dossier, do string, rec ledger.Receipt) error {
	vi, en := "Đã ghi: "+doneWords[do][0], "Recorded: "+doneWords[do][1]
	if !slices.ContainsFunc(rec.Facts, idle) {
		return web.Done(w, r, pathOf(d.Code), vi+".", en+".")
	}
	first, _, err := InviteAgain(s.Calendar, d, s.today())
	if err != nil {
		return err
	}
	return web.Leave(w, r, pathOf(d.Code), web.Flash{Tone: web.Ask, VI: vi + "; lần này không tính là một lần mời, mời từ ngày " + first.VN() + " mới tính.", EN: en + "; it does not count as an invitation, one from " + first.VN() + " does."})
}

// idle reports whether a fact is an invitation that does not count.
func idle(f event.Fact) bool {
	x, ok := f.(event.CitizenInvited)
	return ok && !x.Counts
}

func notYours() error {
	return fault.New(fault.Forbidden, "dossier.not_yours", "Vai trò đang dùng không được làm việc này. Bồi thường và biên bản trách nhiệm do kiểm soát viên làm; việc của bưu điện và của cơ quan thì mỗi bên tự làm.",
		"The role in use may not do this. A supervisor records liability and compensates; the post and the agency each do their own work.")
}

// writeCase appends the act with the mark of its form, and a complaint with its words.
func (s *Service) writeCase(r *http.Request, f *web.Form, d *Dossier, desk postal.OfficeCode, act ledger.Act) (ledger.Receipt, error) {
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, err
	}
	beside := []ledger.Beside{s.marked(r, id, pathOf(d.Code))}
	if _, ok := act.(Complain); ok {
		words, err := s.store().BesideComplaint(id, f.Lines("text", maxComplaint))
		if err != nil {
			return ledger.Receipt{}, err
		}
		beside = append(beside, words...)
	}
	rec, err := s.sendAs(r.Context(), id, web.PersonOf(r).ID, desk, act, beside...)
	if err == nil && rec.Repeated {
		rec, _, err = s.repeats(r, pathOf(d.Code))
	}
	return rec, err
}

// doneWords say what was done.
var doneWords = map[string][2]string{
	"slip": {"giấy hẹn", "the slip"}, "tell": {"đã báo ngày hẹn", "the day was told"}, "ask": {"yêu cầu bổ sung", "papers asked for"}, "completed": {"hồ sơ đã đủ", "the papers are complete"},
	"supplement": {"đã nhận giấy tờ bổ sung", "added papers accepted"}, "later": {"xin lỗi và hẹn lại", "apology and new day"}, "ready": {"có kết quả", "the result is ready"},
	"withdraw": {"công dân rút hồ sơ", "withdrawn"}, "giveback": {"đã trả lại người nộp", "given back"}, "deliver": {"đã trả kết quả", "the result was given"}, "invite": {"đã mời", "invited"},
	"try": {"trả chưa được, đã để lại giấy mời", "attempt failed, an invitation was left"}, "unclaimed": {"trả về cơ quan", "goes back to the agency"}, "takeback": {"đã thu lại, chờ xử lý bất thường", "taken back; an irregularity is open"},
	"recalled": {"đã nhận gửi giấy tờ thu hồi", "papers given up are on their way"}, "complain": {"khiếu nại", "the complaint"}, "answer": {"trả lời khiếu nại", "the answer"}, "liability": {"biên bản trách nhiệm", "the liability record"},
	"lost": {"thất lạc", "missing"}, "found": {"đã tìm thấy", "found again"}, "compensate": {"bồi thường", "compensation"},
	"correct": {"bản sửa biên bản trách nhiệm", "the correction of the liability record"}, "approve": {"duyệt số tiền bồi thường", "the amount is approved"},
}

// meant reads which act the form means.
func (s *Service) meant(r *http.Request, f *web.Form, v *ledger.View, d *Dossier, desk postal.OfficeCode) (ledger.Act, error) {
	heard, err := s.Hearing(r.Context(), d)
	if err != nil {
		return nil, err
	}
	switch f.Choice("do", slices.Sorted(maps.Keys(doneWords))...) {
	case "slip":
		return IssueSlip{Hearing: heard, Dossier: d.Code, Code: f.Text("slip", maxSlipCode), Due: f.MaybeDay("due")}, nil
	case "tell":
		return TellSlip{Hearing: heard, Dossier: d.Code, How: f.Choice("how", SlipWays...)}, nil
	case "withdraw":
		return Withdraw{Dossier: d.Code, Reason: f.Choice("reason", WithdrawReasons...)}, nil
	case "ready":
		return AnnounceResult{Hearing: heard, Dossier: d.Code, Outcome: f.Choice("outcome", Outcomes...), OwedVND: postal.VND(f.MaybeInt("owed", 0, int64(maxFee))), Recall: f.All("recall")}, nil
	case "completed":
		return CompleteSupplement{Dossier: d.Code}, nil
	case "ask":
		return s.Asking(r.Context(), d, f.All("papers"), f.Choice("reason", SupplementReasons...), f.MaybeDay("until"))
	case "later":
		return s.PuttingOff(r.Context(), d, f.Day("due"))
	case "supplement":
		return s.supplementing(r, f, v, d, desk)
	case "lost":
		return custody.ReportLost{Item: current(d), Reason: f.Choice("reason", custody.LostReasons...)}, nil
	case "found":
		i, _ := ledger.Get[*custody.Item](v, custody.ItemKey(current(d)))
		return custody.Find{Item: current(d)}, s.lostElsewhere(i, desk)
	}
	return s.meantLater(r, f, v, d, desk)
}

// current is the packet that matters now.
func current(d *Dossier) postal.ItemNumber {
	switch {
	case d.Result != "":
		return d.Result
	case d.SupplementUnderWay(), d.State == Lost && d.Before == SupplementRequested && d.Supplement.Item != "":
		return d.Supplement.Item
	}
	return d.Item
}

// meantLater reads the acts that come with the result, and after trouble.
func (s *Service) meantLater(r *http.Request, f *web.Form, v *ledger.View, d *Dossier, desk postal.OfficeCode) (ledger.Act, error) {
	switch f.Value("do") {
	case "giveback":
		identity, err := s.identity(f)
		return GiveBack{Dossier: d.Code, To: f.Choice("to", Takers...), Identity: identity, Papers: s.counted(f, "counted", d.Papers)}, err
	case "deliver":
		return s.delivering(r, f, v, d, desk)
	case "invite":
		if err := elsewhere(v, desk, web.PersonOf(r).ID, d.Result, s.officeName); err != nil { // with the name of the office, which the act does not know
			return nil, err
		}
		return s.inviting(f, d, f.Choice("how", InviteWays...))
	case "try":
		invite, err := s.inviting(f, d, "visit")
		return TryDelivery{Attempt: custody.Attempt{Item: d.Result, Reason: f.Choice("reason", custody.Reasons...), Next: f.Choice("next", "again", "hold")}, Invite: invite}, err
	case "unclaimed":
		least, cite, err := s.Calendar.Book().Int("dossier.invitations", s.today())
		return ReturnUnclaimed{Dossier: d.Code, Refused: f.Ticked("refused"), Least: least, Rules: []string{cite.RuleID}}, err
	case "takeback":
		if d.State == GivenBack { // its postage was paid by whoever sent it, not by the wrong one
			return custody.TakeBack{Item: d.Item, Reason: f.Choice("reason", custody.TakeBackReasons...)}, nil
		}
		return s.Money.TakeBack(custody.TakeBack{Item: d.Result, Reason: f.Choice("reason", custody.TakeBackReasons...)}, s.Money.Drawer(v, desk, web.PersonOf(r).ID)), nil
	case "recalled":
		a, err := s.store().Agency(r.Context(), d.Agency)
		return SendRecalled{Dossier: d.Code, Seal: web.Parse(f, "seal", readSeal), Carriage: custody.Accept{Service: event.DossierSend, ToUnit: a.Unit, ToOffice: a.Office, WeightG: web.Parse(f, "weight", postal.ParseGrams), Office: desk}}, err
	case "complain":
		return s.complaining(r, f, d)
	case "answer":
		return AnswerComplaint{Dossier: d.Code, Number: int(f.Int("number", 1, maxComplaints)), Outcome: f.Choice("outcome", ComplaintOutcomes...)}, nil
	case "liability":
		return s.liable(f, v, d, false)
	case "correct":
		return s.liable(f, v, d, true)
	case "approve":
		return ApproveLiability{Dossier: d.Code, Item: packetOf(f, d), Record: f.Text("record", 40), Kind: f.Choice("kind", LiabilityKinds...), Fault: f.Choice("fault", LiabilityFaults...), AmountVND: f.VND("granted", 1, maxFee)}, nil
	case "compensate":
		return s.compensating(r, f, v, d, desk)
	}
	return nil, fault.New(fault.Invalid, "dossier.choice", "Hãy chọn một việc.", "Choose what to do.").At("do")
}

// counted gives the list back when the box says that everything was counted and agrees; else nothing.
func (s *Service) counted(f *web.Form, name string, list []event.Paper) []event.Paper {
	if !f.Ticked(name) {
		_ = f.Refuse(fault.New(fault.Invalid, "dossier.count_first", "Đếm từng loại cùng người nhận theo bản kê; khớp thì đánh dấu.", "Count each paper with the receiver against the list; tick when it agrees.").At(name))
		return nil
	}
	var present []event.Paper
	for _, p := range list {
		if Sheets([]event.Paper{p}) > 0 {
			present = append(present, p)
		}
	}
	return present
}

// paid puts the payment around an act, out of the person's open drawer.
func (s *Service) paid(r *http.Request, v *ledger.View, desk postal.OfficeCode, act ledger.Act, service event.Service, price Price, pay Payment) (ledger.Act, error) {
	pay.Drawer = s.Money.Drawer(v, desk, web.PersonOf(r).ID)
	if pay.Drawer == "" {
		if price.TotalVND == 0 && len(pay.Dues) == 0 {
			return act, nil
		}
		return nil, fault.New(fault.Conflict, "dossier.no_drawer", "Bạn chưa mở ca thu tiền. Mở ca ở mục Quỹ và ca làm rồi làm lại.", "You have no open shift. Open one under Cash and shift, then do it again.").At("do")
	}
	return s.Money.Around(act, service, price, pay), nil
}

// delivering reads the delivery: identity, count, papers given up, and the money for the result's way and for the agency.
func (s *Service) delivering(r *http.Request, f *web.Form, v *ledger.View, d *Dossier, desk postal.OfficeCode) (ledger.Act, error) {
	identity, err := s.identity(f)
	if err != nil {
		return nil, err
	}
	a := DeliverResult{Dossier: d.Code, To: f.Choice("to", Takers...), Identity: identity, Authorised: f.Ticked("authorised")}
	if !d.ResultSealed || f.Ticked("counted") {
		a.Papers = s.counted(f, "counted", d.ResultPapers)
	}
	for _, id := range d.Recall {
		switch f.Value("recall." + id) {
		case "given":
			a.Recalled = append(a.Recalled, event.Paper{Component: id, Originals: 1})
		case "lost":
			a.Lost = append(a.Lost, id)
		}
	}
	if wrong := s.wrongMoney(v, d); wrong != nil {
		return nil, fault.New(fault.Conflict, "dossier.wrong_money", "Tiền người nhận nhầm đã trả (%[1]s) chưa hoàn. Nhờ kiểm soát viên hoàn ở trang Tiền của bưu gửi, rồi trả kết quả và thu của người nhận đúng.",
			"The wrong person's money (%[2]s) has not gone back yet. A supervisor gives it back on the item's page of money; then give the result and collect from the right person.",
			wrong.Total(), wrong.Total().In("en")).At("do")
	}
	pay := Payment{Item: d.Result, Agency: d.Agency}
	if d.Owes() > 0 {
		fee := event.StateFee{Kind: "charge", AmountVND: d.Owes(), How: f.Choice("owed_how", ByPost, ByOnline, ByAgency)}
		a.Fees = append(a.Fees, fee)
		if fee.How == ByPost {
			pay.Dues = []event.StateFee{fee}
			if pay.Book = s.Money.Book(v, desk); pay.Book == "" {
				return nil, fault.New(fault.Conflict, "dossier.no_book", "Bưu cục hết biên lai nên không thu hộ được. Hãy báo kiểm soát viên mở quyển mới.", "The office has no receipts left, so no fee can be collected. Ask the supervisor to open a book.").At("owed_how")
			}
		}
	}
	if f.Err() != nil {
		return nil, nil
	}
	var price Price
	if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(d.Result)); ok {
		price = s.Money.Owed(v, i)
	}
	if price.TotalVND == 0 && len(pay.Dues) == 0 {
		return a, nil
	}
	if pay.Means = f.Choice("means", "cash", "transfer"); f.Err() != nil {
		return nil, nil
	}
	return s.paid(r, v, desk, a, event.DossierReturn, price, pay)
}

// wrongMoney is what a wrong person paid for the result and has not got back; nil when there is none.
func (s *Service) wrongMoney(v *ledger.View, d *Dossier) *Takings {
	if d.Wrong == 0 || d.DeliveredTo != "" || d.Result == "" {
		return nil
	}
	if t, ok := s.Money.Paid(v, d.Result); ok {
		return &t
	}
	return nil
}

// inviting says whether the invitation counts, by the calendar and the rules of today. The last one is what the form was drawn with, so an old page invites nobody twice.
func (s *Service) inviting(f *web.Form, d *Dossier, how string) (Invite, error) {
	first, rules, err := InviteAgain(s.Calendar, d, s.today())
	return Invite{Dossier: d.Code, How: how, LastMs: f.MaybeInt("last", 0, 1<<53), Counts: !s.today().Before(first), Rules: rules}, err
}

// maxComplaint bounds the words of a complaint.
const maxComplaint = 2000

// complaining gives the act with its days; its words are kept with it.
func (s *Service) complaining(r *http.Request, f *web.Form, d *Dossier) (ledger.Act, error) {
	about := f.Choice("about", ComplaintMatters...)
	f.Text("text", maxComplaint)
	a, err := s.store().Agency(r.Context(), d.Agency)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	near := true
	p, err := s.store().PeopleOf(r.Context(), d.Act)
	if silent(err) != nil {
		return nil, err
	}
	if err == nil && a.Unit != "" {
		route, err := s.Routes.Route(calendar.DossierSend, p.Sender.Unit, a.Unit, s.today())
		if silent(err) != nil {
			return nil, err
		}
		if err == nil {
			near = route == calendar.SameDistrict || route == calendar.BetweenDistricts
		}
	}
	last, by, rules, err := ComplaintDays(s.Calendar, d, near, s.today())
	if err != nil || f.Err() != nil {
		return nil, err
	}
	return Complain{Dossier: d.Code, About: about, LastDay: last, AnswerBy: by, Rules: rules}, nil
}
