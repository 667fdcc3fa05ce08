package desk

import (
	"strings"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// acceptNames are the labels of the fields, for the error summary.
func acceptNames(p web.Page) []string {
	var names []string
	for _, side := range []struct{ field, vi, en string }{{sideTo, "Người nhận", "Recipient"}, {sideFrom, "Người gửi", "Sender"}} {
		who := p.T(side.vi, side.en)
		names = append(names, side.field+".name", who+p.T(" – họ tên", " – name"), side.field+".phone", who+p.T(" – điện thoại", " – phone"),
			side.field+".address", who+p.T(" – địa chỉ", " – address"), side.field+".place", who+p.T(" – xã, phường", " – commune"), side.field+".unit", who+p.T(" – xã, phường", " – commune"))
	}
	return append(names, "weight", p.T("Khối lượng", "Weight"), "weight_g", p.T("Khối lượng", "Weight"), "item", p.T("Nhãn in sẵn", "Printed label"), "fee", p.T("Cước", "Postage"), "class", p.T("Đối tượng", "Class"), "evidence", p.T("Giấy tờ đã xem", "Papers seen"),
		"means", p.T("Khách trả bằng", "Paid by"), "drawer", p.T("Ngăn tiền", "Drawer"), "float", p.T("Tiền đầu ca", "Float"))
}

func numberText(v acceptView) string {
	if v.Order.Item != "" {
		return v.Order.Item.Grouped()
	}
	return v.T("số tiếp theo của bưu cục", "the office's next number")
}

func total(lines []QuoteLine) (sum postal.VND) {
	for _, l := range lines {
		sum += l.Amount
	}
	return sum
}

func acceptLabel(v acceptView) string {
	if v.Price.Reason != nil {
		return v.T("Nhận gửi", "Accept")
	}
	return v.T("Thu ", "Collect ") + v.Money(v.Price.Total) + v.T(" và nhận gửi", " and accept")
}

// classChoices are the classes of beneficiaries, each with the papers to see.
func classChoices(v acceptView) []web.Choice {
	list := []web.Choice{{Value: "", Label: v.T("Không", "Nobody")}}
	for _, c := range v.Classes {
		list = append(list, web.Choice{Value: c.ID, Label: c.Name.In(v.Lang), Hint: v.T("Phải xem: ", "To be seen: ") + c.Evidence.In(v.Lang)})
	}
	return list
}

// chosenClass is the class of the order, nil for none.
func chosenClass(v acceptView) *Class {
	for n := range v.Classes {
		if v.Classes[n].ID == v.Order.Class {
			return &v.Classes[n]
		}
	}
	return nil
}

func drawerChoices(v acceptView) []web.Choice {
	list := make([]web.Choice, len(v.Shift.Free))
	for n, code := range v.Shift.Free {
		list[n] = web.Choice{Value: code, Label: code}
	}
	return list
}

// ruleLink is where a rule is explained, "" when nowhere.
func ruleLink(rules, id string) string {
	key, _, ok := strings.Cut(id, "@")
	if rules == "" || !ok {
		return ""
	}
	return rules + key + "#" + id
}

// acceptedMoney says whether the money is in the drawer already.
func acceptedMoney(v acceptedView) string {
	if v.Paid == nil || v.Paid.Unpaid {
		return v.T("Thu của khách: ", "Collect from the customer: ")
	}
	return v.T("Đã thu, ", "Paid, ") + meansWord(v.Page, v.Paid.Means) + ": "
}

func meansWord(p web.Page, means string) string {
	if means == byTransfer {
		return p.T("chuyển khoản", "by transfer")
	}
	return p.T("tiền mặt", "in cash")
}
