package custody

import (
	"citypost/internal/event"
	"citypost/internal/postal"
)

// Words is a name in both languages.
type Words struct{ VI, EN string }

// In picks the name in a language; anything but "en" is Vietnamese.
func (w Words) In(lang string) string { return postal.In(lang, w.VI, w.EN) }

// Say names a code of this package for people. The groups are "stage", "reason" (of an attempt), "next", "to" (recipient), "return", "lost",
// "bag", "dispatch", "handover", "identity", "back" (why taken back), "irregularity", "decision", "settle", "fact". An unknown code is shown as it is.
func Say(group, code string) Words {
	if w, ok := words[group+"."+code]; ok {
		return w
	}
	return Words{code, code}
}

// SayFact names a fact as a line of a history.
func SayFact(f event.Fact) Words { return Say("fact", f.Fact()) }

var words = map[string]Words{
	"stage.accepted":   {"Đã nhận gửi", "Accepted"},
	"stage.moving":     {"Đang chuyển", "On the way"},
	"stage.at_arrival": {"Đến bưu cục phát", "At the delivery office"},
	"stage.out":        {"Đang phát", "Out for delivery"},
	"stage.attempted":  {"Phát chưa được", "Delivery attempted"},
	"stage.held":       {"Chờ nhận tại bưu cục", "Held for collection"},
	"stage.delivered":  {"Đã phát", "Delivered"},
	"stage.returned":   {"Đã chuyển hoàn cho người gửi", "Returned to sender"},
	"stage.missing":    {"Thất lạc, đang tìm", "Missing, being searched for"},
	"stage.withdrawn":  {"Đã huỷ nhận gửi", "Acceptance withdrawn"},

	"reason.absent":        {"Người nhận vắng mặt", "Recipient absent"},
	"reason.wrong_address": {"Sai hoặc thiếu địa chỉ", "Wrong or incomplete address"},
	"reason.refused":       {"Người nhận từ chối", "Recipient refused"},
	"reason.moved":         {"Người nhận đã chuyển đi", "Recipient moved away"},
	"reason.closed":        {"Cơ quan, cửa hàng đóng cửa", "Premises closed"},
	"reason.no_access":     {"Không vào được toà nhà, khu dân cư", "No access to the building"},
	"reason.dangerous":     {"Không an toàn (chó dữ, ngập, cháy…)", "Not safe (dog, flood, fire…)"},

	"next.again":  {"Phát lại", "Try again"},
	"next.hold":   {"Giữ tại bưu cục", "Hold at the office"},
	"next.return": {"Chuyển hoàn", "Return to sender"},

	"to.addressee": {"Người nhận", "Addressee"},
	"to.household": {"Người trong gia đình", "Member of the household"},
	"to.reception": {"Lễ tân, bảo vệ, hộp thư toà nhà", "Reception or building mailbox"},
	"to.registry":  {"Văn thư cơ quan", "Agency registry"},
	"to.sender":    {"Người gửi", "Sender"},

	"return.wrong_address":  {"Sai hoặc thiếu địa chỉ", "Wrong or incomplete address"},
	"return.moved":          {"Đã chuyển đi, không có địa chỉ mới", "Moved, no forwarding address"},
	"return.not_found":      {"Không tìm thấy người nhận", "Recipient not found"},
	"return.unclaimed":      {"Đã mời nhiều lần, không đến nhận", "Invited, not collected"},
	"return.refused":        {"Người nhận từ chối", "Recipient refused"},
	"return.sender_request": {"Người gửi yêu cầu", "Requested by the sender"},

	"lost.not_found": {"Không tìm thấy", "Cannot be found"},
	"lost.theft":     {"Mất cắp", "Stolen"},
	"lost.accident":  {"Tai nạn, thiên tai", "Accident or disaster"},
	"lost.other":     {"Lý do khác", "Other reason"},

	"bag.open":    {"Đang mở", "Open"},
	"bag.sealed":  {"Đã niêm phong", "Sealed"},
	"bag.opened":  {"Đang khai thác", "Being emptied"},
	"bag.emptied": {"Đã khai thác xong", "Emptied"},

	"dispatch.open":      {"Đang xếp", "Being loaded"},
	"dispatch.closed":    {"Đã đóng, chờ giao", "Closed, to be handed over"},
	"dispatch.under_way": {"Đang trên đường", "Under way"},
	"dispatch.arrived":   {"Đã đến", "Arrived"},

	"handover.open":      {"Chưa ký xong", "Not signed by both"},
	"handover.completed": {"Đã hoàn tất", "Completed"},
	"handover.withdrawn": {"Đã huỷ", "Withdrawn"},

	"irregularity.short":       {"Thiếu", "Short"},
	"irregularity.over":        {"Thừa", "Over"},
	"irregularity.damaged":     {"Hư hỏng", "Damaged"},
	"irregularity.wrong_seal":  {"Sai niêm phong", "Wrong seal"},
	"irregularity.observation": {"Quét muộn trái với sổ", "Scan against the ledger"},
	"irregularity.clock":       {"Đồng hồ thiết bị sai", "Device clock wrong"},
	"irregularity.unknown":     {"Mã không có trong sổ", "Code not in the ledger"},
	"irregularity.missing":     {"Không thấy", "Missing"},

	"irregularity.lacking":         {"Thiếu giấy tờ so với bản kê", "Fewer papers than listed"},
	"irregularity.wrong_recipient": {"Phát nhầm người", "Given to the wrong person"},

	"identity.cccd":     {"Căn cước, căn cước công dân", "Citizen identity card"},
	"identity.cmnd":     {"Chứng minh nhân dân", "Old identity card"},
	"identity.passport": {"Hộ chiếu", "Passport"},

	"back.wrong_person": {"Phát nhầm người", "Given to the wrong person"},
	"back.wrong_item":   {"Phát nhầm bưu gửi", "The wrong item was given"},

	"decision.ledger":      {"Giữ theo sổ", "The ledger stands"},
	"decision.observation": {"Theo thực tế đã thấy", "The new account holds"},
	"decision.noted":       {"Ghi nhận, không đổi", "Noted, nothing changes"},

	"settle.recounted":                {"Đã đếm lại", "Counted again"},
	"settle.found":                    {"Đã tìm thấy", "Found"},
	"settle.label_mixed":              {"Nhầm nhãn", "Labels mixed up"},
	"settle.late_scan":                {"Quét muộn", "Late scan"},
	"settle.agreed_with_other_office": {"Đã thống nhất với bưu cục kia", "Agreed with the other office"},
	"settle.compensated":              {"Đã bồi thường", "Compensated"},
	"settle.other":                    {"Lý do khác", "Other reason"},

	"fact.item.accepted":        {"Nhận gửi", "Accepted"},
	"fact.item.packed":          {"Đóng vào túi", "Packed into a bag"},
	"fact.item.unpacked":        {"Lấy ra khỏi túi", "Taken out before sealing"},
	"fact.item.taken_out":       {"Khai thác từ túi", "Counted out of the bag"},
	"fact.item.attempted":       {"Phát chưa được", "Delivery attempted"},
	"fact.item.delivered":       {"Phát", "Delivered"},
	"fact.item.taken_back":      {"Thu lại sau khi phát nhầm", "Taken back from the wrong person"},
	"fact.item.held":            {"Giữ tại bưu cục", "Held at the office"},
	"fact.item.redirected":      {"Chuyển tiếp", "Redirected"},
	"fact.item.returning":       {"Chuyển hoàn", "Turned back to sender"},
	"fact.item.lost":            {"Báo thất lạc", "Reported lost"},
	"fact.item.found":           {"Đã tìm thấy", "Found again"},
	"fact.item.undone":          {"Hoàn tác", "Undone"},
	"fact.bag.started":          {"Mở túi mới", "Bag started"},
	"fact.bag.sealed":           {"Niêm phong túi", "Bag sealed"},
	"fact.bag.unsealed":         {"Mở lại túi", "Bag reopened"},
	"fact.bag.opened":           {"Mở túi tại nơi đến", "Bag opened at destination"},
	"fact.bag.emptied":          {"Khai thác xong túi", "Bag emptied"},
	"fact.dispatch.started":     {"Lập chuyến thư", "Dispatch started"},
	"fact.dispatch.loaded":      {"Xếp lên chuyến thư", "Loaded on a dispatch"},
	"fact.dispatch.unloaded":    {"Dỡ khỏi chuyến thư", "Taken off a dispatch"},
	"fact.dispatch.closed":      {"Đóng chuyến thư", "Dispatch closed"},
	"fact.dispatch.reopened":    {"Mở lại chuyến thư", "Dispatch reopened"},
	"fact.handover.opened":      {"Lập bàn giao", "Handover opened"},
	"fact.handover.counted":     {"Bên nhận đếm", "Counted by the taker"},
	"fact.handover.signed":      {"Ký bàn giao", "Handover signed"},
	"fact.handover.completed":   {"Bàn giao xong", "Handover completed"},
	"fact.handover.withdrawn":   {"Huỷ bàn giao", "Handover withdrawn"},
	"fact.thing.observed":       {"Thấy trái với sổ", "Seen against the ledger"},
	"fact.irregularity.raised":  {"Ghi bất thường", "Irregularity raised"},
	"fact.irregularity.settled": {"Xử lý bất thường", "Irregularity settled"},
	"fact.range.reserved":       {"Cấp dải số", "Number range reserved"},
}
