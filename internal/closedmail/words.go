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

	"demand.yes": {"Có", "Yes"},
	"demand.no":  {"Không", "No"},

	"guard.":       {"Không", "None"},
	"guard.guard":  {"Bảo vệ đi cùng", "Guards go along"},
	"guard.police": {"Công an đi cùng", "Police go along"},

	"withdrawal.expired":      {"Hết hiệu lực", "Expired"},
	"withdrawal.moved":        {"Chuyển công tác", "Moved to other work"},
	"withdrawal.left":         {"Nghỉ việc", "Left"},
	"withdrawal.failed_check": {"Kiểm tra không đạt", "Failed a check"},
	"withdrawal.by_order":     {"Theo quyết định", "By order"},

	"section.compliance":      {"việc tuân thủ quy định về KT1", "compliance with the rules on KT1"},
	"section.quality":         {"chất lượng dịch vụ", "quality of service"},
	"section.interconnection": {"kết nối với mạng bưu chính công cộng", "interconnection with the public network"},
	"section.security":        {"an ninh, an toàn", "security and safety"},
	"section.archives":        {"lưu trữ hồ sơ", "archives"},
	"section.violations":      {"vi phạm và xử lý vi phạm", "violations and how they were dealt with"},
	"section.difficulties":    {"khó khăn, vướng mắc", "difficulties"},
	"section.proposals":       {"đề xuất, kế hoạch 6 tháng tới", "proposals for the next six months"},

	"section_hint.compliance":      {"Việc thực hiện quy định, quy trình; kiểm tra nội bộ.", "How rules and procedures are kept; own checks."},
	"section_hint.quality":         {"Tỷ lệ đúng hạn, nguyên nhân chậm, biện pháp.", "Share on time, causes of delay, what is done."},
	"section_hint.interconnection": {"Đối soát sản lượng, hợp đồng kết nối.", "Reconciliation of volumes, the contract of interconnection."},
	"section_hint.security":        {"Phương tiện, khu vực, người làm; sự cố và bài học, không nêu bưu gửi.", "Vehicles, areas, people; incidents and what was learnt, naming no item."},
	"section_hint.archives":        {"Sổ đã in, đã đóng, nơi lưu, việc tiêu huỷ.", "Registers printed and bound, where they are kept, what was destroyed."},
	"section_hint.violations":      {"Số vụ, hình thức xử lý. Không ghi tên người.", "How many, how dealt with. No names."},
	"section_hint.difficulties":    {"Về người, phương tiện, quy định.", "About people, means, rules."},
	"section_hint.proposals":       {"Kiến nghị với Cục, Bộ, Sở, Tổng công ty.", "What is asked of the Department, the ministry, Vietnam Post."},

	"retirement.worn":     {"Đã cũ, hỏng", "Worn out"},
	"retirement.damaged":  {"Hư hại", "Damaged"},
	"retirement.lost":     {"Thất lạc", "Lost"},
	"retirement.replaced": {"Đã thay", "Replaced"},

	"trouble.seal":      {"Sai niêm phong", "Seal differs"},
	"trouble.torn":      {"Bì rách, hư hại", "Cover torn or damaged"},
	"trouble.opened":    {"Bì bị bóc mở", "Cover was opened"},
	"trouble.missing":   {"Thiếu", "Missing"},
	"trouble.recovered": {"Tìm thấy lại", "Found again"},
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
	"decision.lost":      {"Không tìm thấy: mất", "Not found: lost"},

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

	"visitor.cccd":     {"Căn cước", "Identity card"},
	"visitor.official": {"Thẻ công vụ", "Official card"},
	"visitor.passport": {"Hộ chiếu", "Passport"},

	"about.late":    {"Chậm", "Late"},
	"about.lost":    {"Mất", "Lost"},
	"about.damaged": {"Hư hại", "Damaged"},
	"about.opened":  {"Bị bóc mở", "Opened"},
	"about.conduct": {"Thái độ phục vụ", "Conduct"},
	"about.price":   {"Cước", "Price"},

	"force.storm":       {"Bão", "Storm"},
	"force.flood":       {"Lũ, ngập lụt", "Flood"},
	"force.fire":        {"Cháy", "Fire"},
	"force.road_closed": {"Đường bị chặn, sạt lở", "Road closed"},
	"force.epidemic":    {"Dịch bệnh", "Epidemic"},
	"force.order":       {"Theo lệnh của cơ quan có thẩm quyền", "Order of an authority"},

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

	"verdict.agrees":  {"Khớp với sổ của cơ quan", "Agrees with our books"},
	"verdict.differs": {"Không khớp, cần đối chiếu lại", "Differs, to be compared again"},

	"reprint.grew":    {"Trang đã ghi thêm dòng", "The page has more lines"},
	"reprint.damaged": {"Bản in hỏng", "The copy is damaged"},
	"reprint.lost":    {"Bản in thất lạc", "The copy is lost"},
	"reprint.archive": {"Lưu thêm", "For the archive"},

	"recopy.changed":   {"Nội dung đã thay đổi", "What it says has changed"},
	"recopy.damaged":   {"Bản in hỏng, không đọc được", "The copy is damaged"},
	"recopy.lost":      {"Bản in bong, mất", "The copy came off or is lost"},
	"recopy.rewrapped": {"Bọc lại theo biên bản", "Wrapped anew by minutes"},
	"recopy.archive":   {"Lưu thêm", "For the archive"},

	"hold.complaint":     {"Khiếu nại", "Complaint"},
	"hold.inspection":    {"Kiểm tra", "Inspection"},
	"hold.investigation": {"Điều tra", "Investigation"},

	"told.":          {"", ""},
	"told.attempted": {"Đã phát, chưa được", "Attempted"},
	"told.delivered": {"Đã phát", "Delivered"},
	"told.returned":  {"Chuyển hoàn", "Turned back"},

	"ending.expired":  {"Hết hạn", "Expired"},
	"ending.by_order": {"Theo quyết định", "By order"},
	"ending.replaced": {"Thay bằng hợp đồng khác", "Replaced by another"},

	"reason.absent":         {"Vắng mặt", "Absent"},
	"reason.closed":         {"Đóng cửa", "Closed"},
	"reason.no_access":      {"Không vào được", "No access"},
	"reason.refused":        {"Từ chối nhận", "Refused"},
	"reason.moved":          {"Đã chuyển đi", "Moved"},
	"reason.wrong_address":  {"Sai địa chỉ", "Wrong address"},
	"reason.sender_request": {"Nơi gửi yêu cầu", "Requested by the sender"},
	"next.again":            {"Phát lại", "Try again"},
	"next.return":           {"Chuyển hoàn nơi gửi", "Return to the sender"},

	"how.signed":     {"đã ký", "signed"},
	"how.declined":   {"người thứ hai từ chối ký", "declined by the second person"},
	"how.called_off": {"đã thu lại", "called off"},
	"how.expired":    {"quá giờ", "not signed in time"},
	"how.overtaken":  {"đã làm bằng cách khác", "done in another way"},

	"joint.kt1.close_vessel":     {"Đóng, niêm phong túi, hộp", "Close and seal a bag or box"},
	"joint.kt1.reopen_vessel":    {"Mở lại túi, hộp trước khi đi", "Open a bag or box again before it leaves"},
	"joint.kt1.open_vessel":      {"Kiểm niêm phong, mở túi, hộp", "Look at the seal and open a bag or box"},
	"joint.kt1.empty_vessel":     {"Kết thúc đếm túi, hộp", "End the count of a bag or box"},
	"joint.kt1.sign_minutes":     {"Biên bản sự cố", "Incident minutes"},
	"joint.kt1.close_search":     {"Kết thúc tìm kiếm", "End of a search"},
	"joint.kt1.hand_shift":       {"Giao ca", "Change of shift"},
	"joint.kt1.deliver":          {"Nhận bưu gửi", "Receive an item"},
	"joint.kt1.deliver_on_paper": {"Ghi ký nhận trên bản kê phát", "Enter what was signed on a delivery list"},
	"joint.kt1.undo_accept":      {"Huỷ nhận gửi do nhầm", "Take a mistaken acceptance back"},
	"joint.kt1.destroy_page":     {"Tiêu huỷ bản giấy của sổ", "Destroy a page of a register"},

	"fact.kt1.left":               {"Rời bưu cục nhận", "Left the office that took it in"},
	"fact.kt1.form_printed":       {"In nhãn và dấu KT1", "Label and KT1 stamp printed"},
	"fact.kt1.detoured":           {"Đi vòng", "By way of"},
	"fact.kt1.locator_changed":    {"Thay thiết bị định vị", "Another locator"},
	"fact.kt1.entry_changed":      {"Đổi dòng danh bạ", "Directory line changed"},
	"fact.kt1.excused":            {"Chậm vì bất khả kháng", "Late by superior force"},
	"fact.kt1.recall_met":         {"Tài liệu thu hồi đã về nơi gửi", "The document is back with its sender"},
	"fact.kt1.incident_opened":    {"Sự cố, phong toả", "Incident, frozen"},
	"fact.kt1.incident_released":  {"Giải toả", "Released"},
	"fact.kt1.search_closed":      {"Kết thúc tìm kiếm", "The search ended"},
	"fact.kt1.given_to_partner":   {"Giao đối tác", "Given to a partner"},
	"fact.kt1.partner_told":       {"Đối tác báo kết quả", "The partner told"},
	"fact.kt1.came_back":          {"Đối tác trả lại", "The partner brought it back"},
	"fact.kt1.lost_found":         {"Ghi tìm thấy", "A find was recorded"},
	"fact.kt1.facility_added":     {"Khai báo", "Added"},
	"fact.kt1.facility_inspected": {"Kiểm tra", "Inspected"},
	"fact.kt1.facility_moved":     {"Chuyển bưu cục", "Sent to another office"},
	"fact.kt1.facility_retired":   {"Thôi sử dụng", "Taken out of use"},
	"fact.kt1.responsible_named":  {"Giao người chịu trách nhiệm", "Responsible worker named"},
	"fact.kt1.paper_filed":        {"Ghi giấy tờ", "Paper filed"},
	"fact.kt1.paper_withdrawn":    {"Rút giấy tờ", "Paper withdrawn"},
	"fact.kt1.person_assigned":    {"Phân công", "Assigned"},
	"fact.kt1.person_relieved":    {"Thôi phân công", "Duty ended"},

	"inspection.regular":  {"Định kỳ", "Regular"},
	"inspection.surprise": {"Đột xuất", "Unannounced"},
}
