package cash

import (
	"net/url"
	"strconv"

	"citypost/internal/postal"
	"citypost/internal/web"
)

func decimal(n int) string { return strconv.Itoa(n) }

// dayOf prints the day of a row as people here write it.
func (v pageView) dayOf(text string) string {
	d, err := postal.ParseDay(text)
	if err != nil {
		return text
	}
	return v.Date(d.Start())
}

// agency names an agency.
func (v pageView) agency(code postal.AgencyCode) string {
	if v.s.Agency == nil {
		return string(code)
	}
	return v.s.Agency(code, v.Lang)
}

// kind names what a receipt is for.
func (v pageView) kind(id string) string {
	if id == "charge" {
		return v.T("Lệ phí", "Charge")
	}
	return v.T("Phí", "Fee")
}

func (v pageView) reasonChoices() []web.Choice {
	list := []web.Choice{{Value: "", Label: v.T("Chọn lý do", "Choose a reason")}}
	for _, id := range Reasons {
		list = append(list, web.Choice{Value: id, Label: v.reason(id)})
	}
	return list
}

// countedOf says what was counted in a drawer since its last movement.
func (v pageView) countedOf(d *Drawer) string {
	if !d.Counted {
		return v.T("Chưa kiểm tiền", "Not yet")
	}
	return v.Money(d.CountedVND)
}

func (v pageView) agencyLink(a postal.AgencyCode) string {
	return agencyPath + "?" + url.Values{"agency": {string(a)}}.Encode()
}

// facts are the head of a shift's sheet.
func (x sheet) facts() []web.Row {
	rows := []web.Row{
		{Key: x.T("Ca", "Shift"), Value: shift(x.Drawer, x.Shift)},
		{Key: x.T("Người giữ", "Clerk"), Value: x.name(x.Clerk)},
		{Key: x.T("Mở lúc", "Opened"), Value: x.Millis(x.OpenedMs)},
		{Key: x.T("Tiền đầu ca", "Float"), Value: x.Money(x.FloatVND)},
	}
	if x.ClosedSeq == 0 {
		return append(rows, web.Row{Key: x.T("Tình trạng", "State"), Value: x.T("Đang mở", "Open")})
	}
	rows = append(rows, web.Row{Key: x.T("Kết lúc", "Closed"), Value: x.Millis(x.ClosedMs)})
	if x.ClosedBy != x.Clerk {
		rows = append(rows, web.Row{Key: x.T("Kết thay bởi", "Closed by"), Value: x.name(x.ClosedBy)})
	}
	rows = append(rows, web.Row{Key: x.T("Theo sổ", "By the books"), Value: x.Money(x.ExpectedVND)}, web.Row{Key: x.T("Đã đếm", "Counted"), Value: x.Money(x.CountedVND)},
		web.Row{Key: x.T("Chênh lệch", "Difference"), Value: x.difference(x.Difference())})
	if x.Reason != "" {
		rows = append(rows, web.Row{Key: x.T("Lý do", "Reason"), Value: x.reason(x.Reason)})
	}
	switch x.BornBy {
	case "clerk":
		rows = append(rows, web.Row{Key: x.T("Xử lý", "Settled"), Value: x.T("Nhân viên nộp bù", "The clerk paid it in")})
	case "post":
		rows = append(rows, web.Row{Key: x.T("Xử lý", "Settled"), Value: x.T("Bưu điện chịu hoặc hưởng", "The post bears or keeps it")})
	}
	return rows
}
