package booking

import (
	"citypost/internal/postal"
	"citypost/internal/web"
)

var stateWords = map[State][2]string{
	Draft: {"đang khai", "draft"}, Counter: {"chờ mang đến bưu cục", "to be brought to a counter"}, Asked: {"chờ phân công", "waiting to be assigned"},
	Assigned: {"đã giao bưu tá", "given to a postman"}, Fetched: {"bưu tá đã nhận", "fetched"}, Failed: {"chưa nhận được", "not fetched"},
	Taken: {"đã thành hồ sơ", "taken in"}, Cancelled: {"đã huỷ", "cancelled"},
}

// In says the state in the language asked for.
func (s State) In(lang string) string { return postal.In(lang, stateWords[s][0], stateWords[s][1]) }

func (s State) tone() web.Tone {
	switch s {
	case Asked, Failed:
		return web.Ask
	case Fetched, Taken:
		return web.Good
	case Cancelled:
		return web.Bad
	}
	return web.Info
}

var reasonWords = map[Reason][2]string{
	Absent: {"Không có ai ở nhà", "Nobody at home"}, NotReady: {"Giấy tờ chưa đủ", "Papers not complete"}, NoAddress: {"Không tìm thấy địa chỉ", "Address not found"},
	ChangeMind: {"Người gửi đổi ý", "The sender changed their mind"}, NoTime: {"Không kịp giờ hẹn", "No time within the window"},
	ByCitizen: {"Người gửi huỷ", "Cancelled by the sender"}, Impossible: {"Bưu cục không phục vụ được", "The post cannot serve it"},
}

// In says the reason in the language asked for.
func (r Reason) In(lang string) string { return postal.In(lang, reasonWords[r][0], reasonWords[r][1]) }
