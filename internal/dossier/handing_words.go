package dossier

import (
	"slices"
	"strings"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Small helpers of the page of a handover with an agency.

// formFor is the form as it was sent, for the packet that it was about; an empty one for the others.
func (h handingView) formFor(r handingRow) *web.Form {
	if h.Form.Value("dossier") == string(r.Dossier.Code) {
		return h.Form
	}
	return web.FormOf()
}

// toCompare is the one packet whose form stands open: the one that was scanned, sent or asked for, else the first that nobody has compared. One form at a time: a bundle has dozens.
func (h handingView) toCompare(asked string) string {
	for _, r := range h.Rows {
		if r.compares(h.Toward) && (asked == string(r.Dossier.Code) || asked == "" && r.Count == nil) {
			return string(r.Dossier.Code)
		}
	}
	return ""
}

// opens reports whether the form of a packet stands open.
func (h handingView) opens(r handingRow) bool { return h.Open == string(r.Dossier.Code) }

// comparePath opens the form of a packet.
func (h handingView) comparePath(r handingRow) string {
	return handingPath + "/" + string(h.Code) + "?" + packetField + "=" + string(r.Dossier.Code)
}

// names are the fields of the page with their labels, for the summary of what is to be mended.
func (h handingView) names() []string {
	list := []string{"login", h.T("Người ký", "Signer"), "seal", h.T("Niêm phong", "Seal"), "papers", h.T("Giấy tờ", "Papers"), "verdict", h.T("Quyết định", "Decision"), "missing", h.T("Cần bổ sung", "To be added"),
		"refusal", h.T("Lý do từ chối", "Reason"), "basis", h.T("Căn cứ", "Basis"), "lack", h.T("Lý do", "Reason"), "item", h.T("Gói", "Packets")}
	for _, r := range h.Rows {
		if !h.opens(r) {
			continue
		}
		for _, p := range r.Papers {
			for _, c := range h.counts(p) {
				list = append(list, c.Name, c.Head+", "+r.name(p.Component))
			}
		}
	}
	return list
}

// otherSeal reports whether the seal that was read is not the note's.
func (h handingView) otherSeal(r handingRow) bool {
	seal, _ := readSeal(h.formFor(r).Value("seal"))
	return seal != "" && !strings.EqualFold(seal, r.Seal)
}

// fresh is the act id of a packet's form.
func (h handingView) fresh(r handingRow) string {
	if h.Form.Value("dossier") == string(r.Dossier.Code) {
		return h.Act
	}
	return postal.NewActID(postal.FromMillis(h.OpenedMs)).String()
}

// signAct is the act id of one side's signature: a form that was refused keeps the id it came with.
func (h handingView) signAct(side string) string {
	if h.Form.Value("side") == side && h.Form.Value("side") != "" {
		return h.Act
	}
	return postal.NewActID(postal.FromMillis(h.OpenedMs)).String()
}

// counts are the three columns of a comparison. The fields begin empty: what is listed stands beside them, what is there is counted.
func (h handingView) counts(p event.Paper) []countCell {
	return []countCell{{"o." + p.Component, h.T("Bản chính", "Originals"), p.Originals}, {"c." + p.Component, h.T("Bản sao", "Copies"), p.Copies}, {"k." + p.Component, h.T("Chứng thực", "Certified"), p.Certified}}
}

// countCell is one number to be counted.
type countCell struct {
	Name, Head string
	Listed     int
}

// scanned finds the packet that a scan names: by its number, by its dossier's code, by the seal that the note says, or else the open packet, whose seal then reads differently. seal is what is to stand
// in its form.
func (h handingView) scanned(text, open string) (row *handingRow, seal string) {
	fixed, _ := postal.MendScan(text)
	item, itemErr := postal.ParseItemNumber(fixed)
	code, codeErr := postal.ParseDossierNumber(text)
	read, sealErr := readSeal(text)
	for n := range h.Rows {
		x := &h.Rows[n]
		switch {
		case itemErr == nil && x.Item == item, codeErr == nil && x.Dossier.Code == code:
			return x, ""
		case x.Seal != "" && strings.EqualFold(x.Seal, read):
			return x, read
		}
	}
	if itemErr == nil || codeErr == nil || sealErr != nil {
		return nil, ""
	}
	for n := range h.Rows {
		if x := &h.Rows[n]; open != "" && string(x.Dossier.Code) == open {
			return x, read
		}
	}
	return nil, ""
}

// scanLabel says what the one field waits for.
func (h handingView) scanLabel() string {
	if h.Form.Value("dossier") != "" && h.Form.Value("seal") == "" && h.Form.Err() == nil {
		return h.T("Quét số niêm phong trên gói ", "Scan the seal of packet ") + grouped(postal.DossierNumber(h.Form.Value("dossier")))
	}
	return h.T("Quét gói hoặc niêm phong", "Scan a packet or a seal")
}

// anyCounted reports whether there are packets that are only counted.
func (h handingView) anyCounted() bool {
	for _, r := range h.Rows {
		if !r.compares(h.Toward) {
			return true
		}
	}
	return false
}

func withEmpty(p web.Page, list []web.Choice) []web.Choice {
	return append([]web.Choice{{Value: "", Label: p.T("Chọn…", "Choose…")}}, list...)
}

// verdictChoices are the agency's three decisions; added papers are not asked for a second time.
func verdictChoices(h handingView, r handingRow) (list []web.Choice) {
	for _, v := range Verdicts {
		if v == Incomplete && r.Dossier.Supplements > 0 {
			continue
		}
		list = append(list, web.Choice{Value: v, Label: Say("verdict", v).In(h.Lang)})
	}
	return list
}

// mayAsk reports whether papers may be asked for: then the form has fields for it.
func mayAsk(h handingView, r handingRow) bool {
	return slices.ContainsFunc(verdictChoices(h, r), func(c web.Choice) bool { return c.Value == Incomplete })
}

// compareHeads are the columns of a comparison.
func compareHeads(h handingView, r handingRow) []web.Head {
	list := []web.Head{{Label: h.T("Giấy tờ", "Paper")}, {Label: h.T("Bản chính", "Originals")}, {Label: h.T("Bản sao", "Copies")}, {Label: h.T("Chứng thực", "Certified")}}
	if mayAsk(h, r) {
		list = append(list, web.Head{Label: h.T("Cần bổ sung", "To be added")})
	}
	return list
}

// collected are the State fees that the post collected with a dossier when it was taken in.
func (r handingRow) collected() (list []event.StateFee) {
	if r.Leg != SendLeg {
		return nil
	}
	for _, f := range r.Dossier.Agreed() {
		if f.How == ByPost && f.AmountVND > 0 {
			list = append(list, f)
		}
	}
	return list
}

// signedRows say who signed for which side, and when.
func (h handingView) signedRows() (rows []web.Row) {
	rows = append(rows, web.Row{Key: h.T("Biên bản số", "Record no."), Value: postal.HandoverNumber(h.Code).Grouped(), Code: true})
	for _, x := range h.Sides {
		rows = append(rows, web.Row{Key: sideWord(h.Page, x.Key) + ": " + x.Name, Value: x.Signed + ", " + x.At})
	}
	return rows
}

// comparing reports whether packets are still to be compared: then that is what the page is for, else to sign.
func (h handingView) comparing() bool { return h.MayCompare && h.Open != "" && len(h.Diff.Short) > 0 }

func (h handingView) compareButton() web.Btn {
	b := web.Btn{Label: h.T("Ghi đối chiếu", "Record"), Kind: web.Second}
	if h.comparing() {
		b.Kind, b.Key = web.Main, "F4"
	}
	return b
}

func (h handingView) signButton() web.Btn {
	if h.comparing() {
		return web.Btn{Label: h.T("Tôi ký", "I sign"), Kind: web.Second}
	}
	return web.Btn{Label: h.T("Tôi ký", "I sign"), Key: "F4"}
}

// found says what is missing or refused, and why; nothing of a complete dossier.
func (r handingRow) found(p web.Page) string {
	switch r.Found.Verdict {
	case Incomplete:
		names := make([]string, len(r.Found.Missing))
		for n, id := range r.Found.Missing {
			names[n] = r.name(id)
		}
		return p.T("Cần bổ sung: ", "To be added: ") + strings.Join(names, "; ") + ". " + p.T("Lý do: ", "Reason: ") + Say("supplement", r.Found.Reason).In(p.Lang) + "."
	case NotTaken:
		return p.T("Lý do: ", "Reason: ") + Say("refusal", r.Found.Reason).In(p.Lang) + ". " + p.T("Căn cứ: ", "By: ") + Say("basis", r.Found.Basis).In(p.Lang) + "."
	}
	return ""
}
