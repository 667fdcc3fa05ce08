package desk

import (
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
	return append(names, "weight", p.T("Khối lượng", "Weight"), "weight_g", p.T("Khối lượng", "Weight"), "item", p.T("Nhãn in sẵn", "Printed label"), "fee", p.T("Cước", "Postage"))
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
