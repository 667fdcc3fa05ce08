package desk

import (
	"fmt"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// place names the commune of one end of an item.
func (v itemView) place(u postal.UnitCode) string { return v.places[u] }

// formOf gives the form to the action that sent it.
func (v itemView) formOf(action string) *web.Form { return formFor(v.form, v.failed == action) }

// fault is a refusal of an action that belongs to none of its fields.
func (v itemView) fault(action string) string {
	if v.failed != action {
		return ""
	}
	for _, e := range v.form.Faults() {
		if e.Field == "" || e.Field == "undo" {
			return v.page.Say(e)
		}
	}
	return ""
}

// any reports whether there is something to do.
func (v itemView) any() bool {
	for _, can := range v.can {
		if can {
			return true
		}
	}
	return false
}

// facts are what does not change about an item.
func (v itemView) facts() []web.Row {
	p, i := v.page, v.of
	rows := []web.Row{
		{Key: p.T("Dịch vụ", "Service"), Value: serviceName(p, i.Service)},
		{Key: p.T("Nhận gửi", "Accepted"), Value: p.Millis(i.AcceptedMs)},
		{Key: p.T("Bưu cục nhận", "Accepting office"), Value: v.from},
		{Key: p.T("Nơi đến", "Destination"), Value: v.to},
		{Key: p.T("Bưu cục phát", "Delivering office"), Value: v.toOffice},
		{Key: p.T("Khối lượng", "Weight"), Value: fmt.Sprintf(p.T("%s gam", "%s g"), p.Number(int64(i.WeightG)))},
		{Key: p.T("Cước", "Fee"), Value: p.Money(i.FeeVND)},
	}
	if i.Attempts > 0 {
		rows = append(rows, web.Row{Key: p.T("Số lần phát", "Attempts"), Value: fmt.Sprintf("%d · %s", i.Attempts, say(p, "reason", i.Reason))})
	}
	return rows
}

// money says what was paid and given back.
func (v itemView) money() []web.Row {
	p, m := v.page, v.paid
	if m.Unpaid {
		return []web.Row{{Key: p.T("Tiền", "Money"), Value: p.T("Chưa thu: thu ở trang tiền của bưu gửi", "Not paid yet: take it on the item's page of money")}}
	}
	if m.Undone {
		return []web.Row{{Key: p.T("Tiền", "Money"), Value: p.T("Đã trả lại toàn bộ cho khách", "All given back to the customer")}}
	}
	rows := []web.Row{{Key: p.T("Đã thu", "Paid"), Value: p.Money(m.PaidVND) + ", " + meansWord(p, m.Means)}}
	for _, r := range m.Collected {
		rows = append(rows, web.Row{Key: collectedWord(p, r.Kind), Value: p.Money(r.Amount) + " · " + p.T("biên lai ", "receipt ") + r.Number + " · " + r.Agency})
	}
	if m.Refunded > 0 {
		rows = append(rows, web.Row{Key: p.T("Đã hoàn cước", "Postage refunded"), Value: p.Money(m.Refunded)})
	}
	if m.Compensated > 0 {
		rows = append(rows, web.Row{Key: p.T("Đã bồi thường", "Compensated"), Value: p.Money(m.Compensated)})
	}
	return rows
}

// prints are the papers of an item that the reader can print again.
func (v itemView) prints() []web.Link {
	if !v.papers {
		return nil
	}
	return []web.Link{
		{Path: v.page.Path + "/label", VI: "In lại nhãn", EN: "Print the label again"},
		{Path: v.page.Path + "/sticker", VI: "In lại nhãn nhỏ", EN: "Print the sticker again"},
	}
}

func lookWords(p web.Page, why string) string {
	switch why {
	case "proof":
		return p.T("xem bằng chứng phát", "proof of delivery")
	case "handout":
		return p.T("phát tại quầy", "handing out at the counter")
	}
	return p.T("xem trang bưu gửi", "item page")
}

func proofRows(v proofView) []web.Row {
	p := v.page
	rows := []web.Row{
		{Key: p.T("Phát cho", "Given to"), Value: say(p, "to", v.proof.To)},
		{Key: p.T("Lúc", "When"), Value: v.when},
		{Key: p.T("Bưu cục", "Office"), Value: v.where},
		{Key: p.T("Người phát", "Delivered by"), Value: v.who},
		{Key: p.T("Xác nhận bằng", "Proved by"), Value: proofWords(p, v.proof.How)},
	}
	if v.proof.Relation != "" {
		rows = append(rows, web.Row{Key: p.T("Quan hệ", "Relation"), Value: relationWords(p, v.proof.Relation)})
	}
	if v.proof.Name != "" {
		rows = append(rows, web.Row{Key: p.T("Họ tên người nhận thay", "Name of the taker"), Value: v.proof.Name})
	}
	if v.proof.Witness != "" {
		rows = append(rows, web.Row{Key: p.T("Người chứng kiến", "Witness"), Value: v.proof.Witness})
	}
	return rows
}

func proofWords(p web.Page, how string) string {
	switch how {
	case onScreen:
		return p.T("Ký trên màn hình", "Signature on the screen")
	case onPaper:
		return p.T("Ký trên giấy", "Signature on paper")
	case byWitness:
		return p.T("Người chứng kiến", "A witness")
	}
	return ""
}
