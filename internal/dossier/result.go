package dossier

import (
	"slices"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// PackResult counts a result with the officer against the agency's list and seals it before his eyes; the agency is the sender on the consignment note. The packet lies with the agency until both sign the
// handover that follows. Same-day procedures come straight here: the result need not be announced first.
type PackResult struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Papers   []event.Paper        `json:"papers,omitempty"`
	Sealed   bool                 `json:"sealed,omitempty"` // by agreement taken sealed: many alike for one group
	Seal     string               `json:"seal"`
	Register bool                 `json:"register,omitempty"`
	Recall   []string             `json:"recall,omitempty"`
	OwedVND  postal.VND           `json:"owed_vnd,omitempty"`
	Pictures []string             `json:"pictures,omitempty"`
	Carriage custody.Accept       `json:"carriage"`
}

// Name of the act.
func (PackResult) Name() string { return "dossier.pack_result" }

// Touches the dossier, what the acceptance touches, and the seal.
func (a PackResult) Touches() []ledger.Key {
	return append(a.Carriage.Touches(), DossierKey(a.Dossier), sealKey(a.Seal))
}

// Decide refuses a second packet, a list that says nothing, and a signature in the register without the citizen's written authority.
func (a PackResult) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := a.check(d); err != nil {
		return nil, err
	}
	for _, err := range []error{(Hearing{}).listed(d, a.Recall, "recall"), freshSeal(v, a.Seal)} {
		if err != nil {
			return nil, err
		}
	}
	facts, err := a.Carriage.Decide(v, e)
	if err != nil {
		return nil, err
	}
	if d.State != Ready {
		facts = append(facts, event.ResultReady{Dossier: a.Dossier, Outcome: "granted", OwedVND: a.OwedVND, Recall: a.Recall})
	}
	return append(facts, event.ResultPacked{Dossier: a.Dossier, Item: acceptedItem(facts), Papers: a.Papers, Sealed: a.Sealed, Seal: a.Seal, Register: a.Register, Pictures: a.Pictures}), nil
}

func (a PackResult) check(d *Dossier) error {
	for _, err := range []error{checkPapers(a.Papers, "papers"), checkSeal(a.Seal), checkPictures(a.Pictures)} {
		if err != nil {
			return err
		}
	}
	switch {
	case !d.Brings():
		return fault.New(fault.Conflict, "dossier.not_brought", "Công dân không đăng ký nhận kết quả qua bưu điện.", "The citizen did not ask the post to fetch the result.")
	case !d.withAgency() && d.State != Ready || d.Result != "":
		return wrongState(d)
	case !a.Sealed && Sheets(a.Papers) == 0:
		return fault.New(fault.Invalid, "dossier.no_papers", "Chưa đếm giấy tờ nào.", "No paper has been counted.").At("papers")
	case a.Register && !d.Authorised:
		return fault.New(fault.Conflict, "dossier.register_authority", "Bưu tá chỉ ký sổ gốc khi có văn bản uỷ quyền của công dân; hồ sơ này không có.",
			"The postman signs the register only on the citizen's written authority; this dossier has none.").At("register")
	case a.Carriage.Service != event.DossierReturn || a.Carriage.From != custody.AtAgency(d.Agency):
		return fault.New(fault.Invalid, "dossier.service", "Kết quả đi bằng dịch vụ trả kết quả, người gửi là cơ quan của hồ sơ.", "A result goes by the service for results, and its sender is the dossier's agency.")
	case d.State == Ready && (a.OwedVND != 0 || len(a.Recall) > 0):
		return fault.New(fault.Conflict, "dossier.announced", "Cơ quan đã báo khoản phải thu và giấy tờ thu hồi; không ghi lại ở đây.", "The agency has said what is owed and what is to be given up; it is not said again here.")
	}
	return nil
}

// Invite asks the citizen to come for the result, or to be there. Last is the last invitation that counted, as seen on the screen; Counts says that this one lies far enough from it (calendar and rules of
// the day).
type Invite struct {
	Dossier postal.DossierNumber `json:"dossier"`
	How     string               `json:"how"`
	LastMs  int64                `json:"last_ms"`
	Counts  bool                 `json:"counts,omitempty"`
	Rules   []string             `json:"rules,omitempty"`
}

// Name of the act.
func (Invite) Name() string { return "dossier.invite" }

// Touches the dossier.
func (a Invite) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses when there is nothing to come for, where the packet is not, and when somebody else has invited meanwhile.
func (a Invite) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	return a.decide(v, e, d)
}

func (a Invite) decide(v *ledger.View, e ledger.Envelope, d *Dossier) ([]event.Fact, error) {
	if err := oneOf(InviteWays, a.How, "how"); err != nil {
		return nil, err
	}
	if !d.inHands() {
		return nil, wrongState(d)
	}
	if err := elsewhere(v, e.Office, e.Actor, d.Result, codeAlone); err != nil {
		return nil, err
	}
	if a.LastMs != d.InvitedMs {
		return nil, fault.New(fault.Conflict, "dossier.invited_meanwhile", "Vừa có người khác mời. Hãy xem lại trang hồ sơ.", "Somebody else has just invited. Look at the dossier again.")
	}
	return []event.Fact{event.CitizenInvited{Dossier: a.Dossier, How: a.How, Counts: a.Counts, Rules: a.Rules}}, nil
}

// TryDelivery records that the citizen was not met and that an invitation was left (giấy mời): custody's attempt and the invitation in one act.
type TryDelivery struct {
	Attempt custody.Attempt `json:"attempt"`
	Invite  Invite          `json:"invite"`
}

// Name of the act.
func (TryDelivery) Name() string { return "dossier.try_delivery" }

// Touches the item and the dossier.
func (a TryDelivery) Touches() []ledger.Key {
	return append(a.Attempt.Touches(), a.Invite.Touches()...)
}

// Decide refuses what either part refuses, and another dossier's item.
func (a TryDelivery) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Invite.Dossier)
	if err != nil {
		return nil, err
	}
	if a.Attempt.Item != d.Result {
		return nil, wrongState(d)
	}
	invited, err := a.Invite.decide(v, e, d)
	if err != nil {
		return nil, err
	}
	facts, err := a.Attempt.Decide(v, e)
	return append(facts, invited...), err
}

// DeliverResult opens the packet with the right person, counts it with him against the list, takes what he must give up, and gives him the result.
type DeliverResult struct {
	Dossier    postal.DossierNumber `json:"dossier"`
	To         string               `json:"to"`
	Identity   string               `json:"identity"`
	Authorised bool                 `json:"authorised,omitempty"` // a proxy's written authority was looked at
	Papers     []event.Paper        `json:"papers,omitempty"`     // as counted; nothing for a packet that was taken sealed
	Recalled   []event.Paper        `json:"recalled,omitempty"`
	Lost       []string             `json:"lost,omitempty"` // papers to be given up that the citizen has lost: the agency's own rule says what then
	Fees       []event.StateFee     `json:"fees,omitempty"`
	Proof      string               `json:"proof,omitempty"`
}

// Name of the act.
func (DeliverResult) Name() string { return "dossier.deliver_result" }

// Touches the dossier; its packet is looked up from it.
func (a DeliverResult) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses a person whose identity was not checked, a count that is not the list's, papers that were not given up, and money that is not what is owed.
func (a DeliverResult) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := a.check(d); err != nil {
		return nil, err
	}
	facts, err := custody.Deliver{Item: d.Result, To: "addressee", Identity: a.Identity, Proof: a.Proof}.Decide(v, e)
	if err != nil {
		return nil, err
	}
	return append(facts, event.ResultDelivered{Dossier: a.Dossier, Item: d.Result, To: a.To, Identity: a.Identity, Authorised: a.Authorised, Papers: a.Papers, Recalled: a.Recalled, Lost: a.Lost, Fees: a.Fees}), nil
}

func (a DeliverResult) check(d *Dossier) error {
	for _, err := range []error{oneOf(Takers, a.To, "to"), oneOf(custody.Identities, a.Identity, "identity"), checkPapers(a.Papers, "papers"), checkPapers(a.Recalled, "recalled"), checkFees(a.Fees)} {
		if err != nil {
			return err
		}
	}
	switch {
	case d.Result == "":
		return wrongState(d)
	case a.To == "proxy" && !a.Authorised:
		return fault.New(fault.Conflict, "dossier.proxy_authority", "Người nhận thay phải có văn bản uỷ quyền. Xem văn bản rồi đánh dấu; không có thì không giao.",
			"A proxy needs a written authority. Look at it and tick the box; without it nothing is handed over.").At("authorised")
	case !d.ResultSealed && !sameCounts(d.ResultPapers, a.Papers):
		return fault.New(fault.Conflict, "dossier.result_count", "Số giấy tờ đếm với người nhận khác bản kê của cơ quan. Đếm lại; nếu vẫn khác thì không giao, ghi bất thường và báo kiểm soát viên.",
			"The papers counted with the receiver differ from the agency's list. Count again; if they still differ, do not hand over: record an irregularity and tell the supervisor.").At("papers")
	}
	if err := a.checkRecall(d); err != nil {
		return err
	}
	if sumFees(a.Fees, ByPost, ByOnline, ByAgency) != d.Owes() || sumFees(a.Fees, Later) > 0 {
		return fault.New(fault.Conflict, "dossier.owed_differs", "Phí, lệ phí còn phải thu là %[1]s. Không thu hơn và không thu hai lần.", "The fees still owed are %[2]s. Neither more nor twice.",
			d.Owes(), d.Owes().In("en")).At("fees")
	}
	return nil
}

// checkRecall wants every paper that the agency asks back: given up, or said to be lost.
func (a DeliverResult) checkRecall(d *Dossier) error {
	for _, id := range d.Recall {
		given := slices.ContainsFunc(a.Recalled, func(p event.Paper) bool { return p.Component == id && Sheets([]event.Paper{p}) > 0 })
		if !given && !slices.Contains(a.Lost, id) {
			return fault.New(fault.Conflict, "dossier.recall", "Cơ quan thu hồi giấy tờ %q khi trả kết quả: nhận lại, hoặc ghi người nhận đã mất giấy đó.", "The agency wants the paper %q back with the result: take it, or record that the receiver has lost it.", id).At("recalled")
		}
	}
	for n, id := range a.Lost {
		if !slices.Contains(d.Recall, id) || slices.Contains(a.Lost[:n], id) {
			return fault.New(fault.Invalid, "dossier.not_listed", "Chọn giấy tờ theo danh mục công bố của thủ tục, mỗi loại một lần.", "Choose papers of the published list, each once.").At("recalled")
		}
	}
	for _, p := range a.Recalled {
		if !slices.Contains(d.Recall, p.Component) {
			return fault.New(fault.Conflict, "dossier.beyond_recall", "Cơ quan không yêu cầu thu hồi giấy tờ %q.", "The agency did not ask for the paper %q back.", p.Component).At("recalled")
		}
	}
	return nil
}

// SendRecalled sends the papers that the citizen gave up back to the agency. Its price is part of the result's.
type SendRecalled struct {
	Dossier  postal.DossierNumber `json:"dossier"`
	Seal     string               `json:"seal"`
	Carriage custody.Accept       `json:"carriage"`
}

// Name of the act.
func (SendRecalled) Name() string { return "dossier.send_recalled" }

// Touches the dossier, what the acceptance touches, and the seal.
func (a SendRecalled) Touches() []ledger.Key {
	return append(a.Carriage.Touches(), DossierKey(a.Dossier), sealKey(a.Seal))
}

// Decide refuses a second packet of the same papers.
func (a SendRecalled) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if err := checkSeal(a.Seal); err != nil {
		return nil, err
	}
	if d.State != Delivered || Sheets(d.Recalled) == 0 || d.RecalledItem != "" || a.Carriage.Service != event.DossierSend || a.Carriage.FeeVND != 0 {
		return nil, wrongState(d)
	}
	if err := freshSeal(v, a.Seal); err != nil {
		return nil, err
	}
	facts, err := a.Carriage.Decide(v, e)
	if err != nil {
		return nil, err
	}
	return append(facts, event.RecalledSent{Dossier: a.Dossier, Item: acceptedItem(facts), Papers: d.Recalled, Seal: a.Seal}), nil
}

// ReturnUnclaimed turns a result back to its agency when nobody came after enough invitations, or when the citizen refuses it.
type ReturnUnclaimed struct {
	Dossier postal.DossierNumber `json:"dossier"`
	Refused bool                 `json:"refused,omitempty"`
	Least   int64                `json:"least"` // the rule dossier.invitations of the day
	Rules   []string             `json:"rules,omitempty"`
}

// Name of the act.
func (ReturnUnclaimed) Name() string { return "dossier.return_unclaimed" }

// Touches the dossier.
func (a ReturnUnclaimed) Touches() []ledger.Key { return []ledger.Key{DossierKey(a.Dossier)} }

// Decide refuses before the citizen was invited often enough.
func (a ReturnUnclaimed) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	d, err := ours(v, e, a.Dossier)
	if err != nil {
		return nil, err
	}
	if d.Result == "" || d.State.Ended() {
		return nil, wrongState(d)
	}
	reason := "refused"
	if !a.Refused {
		reason = "unclaimed"
		if a.Least < 1 || int64(d.Invitations) < a.Least {
			return nil, fault.New(fault.Conflict, "dossier.invite_more", "Mới mời %[1]d lần đủ cách ngày; phải mời ít nhất %[2]d lần rồi mới trả về cơ quan.",
				"Invited %[1]d times far enough apart; it takes at least %[2]d before the result goes back.", d.Invitations, a.Least)
		}
	}
	facts, err := custody.ReturnResult{Item: d.Result, Reason: reason}.Decide(v, e)
	if err != nil {
		return nil, err
	}
	return append(facts, event.ResultUnclaimed{Dossier: a.Dossier, Item: d.Result, Invitations: d.Invitations, Rules: a.Rules}), nil
}
