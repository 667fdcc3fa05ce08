package cash

import (
	"citypost/internal/event"
	"citypost/internal/rulebook"
)

// words names the facts of money. The books, which are the post's own papers, take the Vietnamese.
var words = map[string]rulebook.Words{
	"cash.book_opened":        {VI: "Nhập quyển biên lai", EN: "Receipt book opened"},
	"cash.receipt_voided":     {VI: "Huỷ biên lai", EN: "Receipt voided"},
	"cash.drawer_opened":      {VI: "Mở ca", EN: "Float"},
	"cash.drawer_counted":     {VI: "Kiểm tiền", EN: "Counted"},
	"cash.drawer_closed":      {VI: "Kết ca", EN: "Closed"},
	"cash.difference_settled": {VI: "Xử lý chênh lệch", EN: "Difference settled"},
	"cash.taken":              {VI: "Thu tiền", EN: "Money taken"},
	"cash.taking_undone":      {VI: "Huỷ thu", EN: "Taking undone"},
	"cash.collected_returned": {VI: "Hoàn khoản thu hộ", EN: "Collected fee given back"},
	"cash.refunded":           {VI: "Hoàn cước", EN: "Postage refunded"},
	"cash.compensated":        {VI: "Bồi thường", EN: "Compensation"},
	"cash.remitted":           {VI: "Nộp tiền thu hộ", EN: "Remitted"},
	"cash.moved":              {VI: "Chuyển tiền", EN: "Moved"},
}

// SayFact names a fact of money; ok is false for facts of others.
func SayFact(f event.Fact) (w rulebook.Words, ok bool) {
	w, ok = words[f.Fact()]
	return w, ok
}
