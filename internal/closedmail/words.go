package closedmail

import "citypost/internal/postal"

// Words is a name in both languages.
type Words struct{ VI, EN string }

// In picks the name in a language; anything but "en" is Vietnamese.
func (w Words) In(lang string) string { return postal.In(lang, w.VI, w.EN) }

// Say names a code of this package for people; an unknown code is shown as it is.
func Say(group, code string) Words {
	if w, ok := words[group+"."+code]; ok {
		return w
	}
	return Words{code, code}
}

var words = map[string]Words{
	"paper.clearance":  {"quyết định tiếp cận bí mật nhà nước", "security clearance"},
	"paper.background": {"thẩm tra lý lịch", "background check"},
	"paper.training":   {"tập huấn bảo vệ bí mật nhà nước", "secrecy training"},
	"paper.commitment": {"bản cam kết bảo vệ bí mật nhà nước", "written commitment"},

	"duty.clerk":      {"Khai thác KT1", "KT1 clerk"},
	"duty.courier":    {"Giao thông viên KT1", "KT1 courier"},
	"duty.escort":     {"Áp tải", "Escort"},
	"duty.supervisor": {"Kiểm soát viên KT1", "KT1 supervisor"},

	"list.appendix-1":    {"Phụ lục I (trung ương)", "Appendix I (central)"},
	"list.appendix-2":    {"Phụ lục II (địa phương)", "Appendix II (local)"},
	"list.secret-holder": {"Nơi có bí mật nhà nước cần gửi (2021)", "Has State secrets to send (2021)"},
	"list.outside":       {"Ngoài danh sách, chỉ nhận", "Outside the lists, receives only"},

	"as.clerk":   {"Văn thư", "Registry clerk"},
	"as.contact": {"Đầu mối nhận ngoài giờ", "After-hours contact"},
	"as.leader":  {"Lãnh đạo", "Leader"},

	"secrecy.":        {"Không có ký hiệu", "None"},
	"secrecy.A":       {"A", "A"},
	"secrecy.B":       {"B", "B"},
	"secrecy.C":       {"C", "C"},
	"urgency.":        {"Thường", "Plain"},
	"urgency.express": {"Hoả tốc", "Express"},
	"urgency.timed":   {"Hẹn giờ", "Timed"},

	"withdrawal.expired":      {"Hết hiệu lực", "Expired"},
	"withdrawal.moved":        {"Chuyển công tác", "Moved to other work"},
	"withdrawal.left":         {"Nghỉ việc", "Left"},
	"withdrawal.failed_check": {"Kiểm tra không đạt", "Failed a check"},
	"withdrawal.by_order":     {"Theo quyết định", "By order"},

	"retirement.worn":     {"Đã cũ, hỏng", "Worn out"},
	"retirement.damaged":  {"Hư hại", "Damaged"},
	"retirement.lost":     {"Thất lạc", "Lost"},
	"retirement.replaced": {"Đã thay", "Replaced"},

	"trouble.seal":      {"Sai niêm phong", "Seal differs"},
	"trouble.torn":      {"Bì rách, hư hại", "Cover torn or damaged"},
	"trouble.missing":   {"Thiếu", "Missing"},
	"trouble.over":      {"Thừa", "Over"},
	"trouble.locator":   {"Mất tín hiệu định vị", "Locator silent"},
	"trouble.accident":  {"Tai nạn trên đường", "Accident on the road"},
	"trouble.intrusion": {"Người lạ vào khu vực", "Intrusion"},
	"trouble.theft":     {"Mất cắp", "Theft"},
	"trouble.other":     {"Sự cố khác", "Other"},

	"level.head":     {"Người đứng đầu bưu cục", "Head of the office"},
	"level.province": {"Bưu điện tỉnh, thành phố", "Provincial post"},
	"level.vnpost":   {"Tổng công ty Bưu điện Việt Nam", "Vietnam Post"},
	"level.cpma":     {"Cục Bưu điện Trung ương", "Central Post Department"},
	"level.police":   {"Công an", "Police"},

	"decision.sound":     {"Đã kiểm tra, nguyên vẹn, cho đi tiếp", "Looked at, unharmed, goes on"},
	"decision.rewrapped": {"Đã kiểm kê, đóng gói lại theo biên bản", "Listed and wrapped anew under the minutes"},
	"decision.found":     {"Đã tìm thấy", "Found"},

	"property.separate":     {"Khu vực riêng", "Separate"},
	"property.locked":       {"Có khoá", "Locked"},
	"property.watched":      {"Có camera hoặc bảo vệ", "Watched"},
	"property.rules_posted": {"Có niêm yết nội quy", "Rules posted"},
	"property.special":      {"Xe chuyên dùng", "Special vehicle"},
	"property.fireproof":    {"Chống cháy", "Fireproof"},
	"property.waterproof":   {"Chống thấm nước", "Waterproof"},
	"property.shatterproof": {"Chống vỡ", "Shatterproof"},
	"property.tough":        {"Bền chắc", "Tough"},
	"property.answers":      {"Có tín hiệu", "Answers"},
	"property.charged":      {"Đủ pin", "Charged"},

	"facility.area":    {"Khu vực KT1", "KT1 area"},
	"facility.vehicle": {"Xe chuyên dùng", "KT1 vehicle"},
	"facility.box":     {"Hộp", "Box"},
	"facility.bag":     {"Túi", "Bag"},
	"facility.locator": {"Thiết bị định vị", "Locator"},

	"purpose.inspection": {"Kiểm tra", "Inspection"},
	"purpose.repair":     {"Sửa chữa", "Repair"},
	"purpose.guard":      {"Bảo vệ", "Guard"},
	"purpose.delivery":   {"Giao, nhận", "Delivery"},
	"purpose.leadership": {"Lãnh đạo làm việc", "Leadership"},

	"about.late":    {"Chậm", "Late"},
	"about.lost":    {"Mất", "Lost"},
	"about.damaged": {"Hư hại", "Damaged"},
	"about.opened":  {"Bị bóc mở", "Opened"},
	"about.conduct": {"Thái độ phục vụ", "Conduct"},
	"about.price":   {"Cước", "Price"},

	"outcome.upheld":    {"Đúng", "Upheld"},
	"outcome.partly":    {"Đúng một phần", "Partly upheld"},
	"outcome.rejected":  {"Không đúng", "Rejected"},
	"outcome.withdrawn": {"Rút khiếu nại", "Withdrawn"},

	"authority.ministry":   {"Bộ quản lý chuyên ngành", "Ministry"},
	"authority.cpma":       {"Cục Bưu điện Trung ương", "Central Post Department"},
	"authority.department": {"Sở quản lý bưu chính", "Department"},
	"authority.vnpost":     {"Tổng công ty Bưu điện Việt Nam", "Vietnam Post"},
	"authority.police":     {"Công an", "Police"},

	"finding.people":    {"Nhân sự", "People"},
	"finding.papers":    {"Hồ sơ, cam kết", "Papers and commitments"},
	"finding.area":      {"Khu vực KT1", "KT1 area"},
	"finding.vehicle":   {"Phương tiện", "Vehicles"},
	"finding.bags":      {"Túi, hộp", "Bags and boxes"},
	"finding.registers": {"Sổ sách", "Registers"},
	"finding.time":      {"Thời gian toàn trình", "Journey time"},
	"finding.seals":     {"Niêm phong", "Seals"},
	"finding.archive":   {"Lưu trữ", "Archive"},

	"register.out":      {"Sổ đăng ký bưu gửi đi", "Out register"},
	"register.in":       {"Sổ đăng ký bưu gửi đến", "In register"},
	"register.transfer": {"Sổ chuyển giao", "Transfer book"},
	"register.handover": {"Biên bản giao nhận", "Handover records"},
	"register.incident": {"Biên bản sự cố", "Incident minutes"},

	"reprint.grew":    {"Trang đã ghi thêm dòng", "The page has more lines"},
	"reprint.damaged": {"Bản in hỏng", "The copy is damaged"},
	"reprint.lost":    {"Bản in thất lạc", "The copy is lost"},
	"reprint.archive": {"Lưu thêm", "For the archive"},

	"hold.complaint":     {"Khiếu nại", "Complaint"},
	"hold.inspection":    {"Kiểm tra", "Inspection"},
	"hold.investigation": {"Điều tra", "Investigation"},

	"reason.absent":         {"Vắng mặt", "Absent"},
	"reason.closed":         {"Đóng cửa", "Closed"},
	"reason.no_access":      {"Không vào được", "No access"},
	"reason.refused":        {"Từ chối nhận", "Refused"},
	"reason.moved":          {"Đã chuyển đi", "Moved"},
	"reason.wrong_address":  {"Sai địa chỉ", "Wrong address"},
	"reason.sender_request": {"Nơi gửi yêu cầu", "Requested by the sender"},
	"next.again":            {"Phát lại", "Try again"},
	"next.return":           {"Chuyển hoàn nơi gửi", "Return to the sender"},

	"inspection.regular":  {"Định kỳ", "Regular"},
	"inspection.surprise": {"Đột xuất", "Unannounced"},
}
