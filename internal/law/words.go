package law

import (
	"strings"

	"citypost/internal/rulebook"
)

// columnWords name the columns of the rulebook's tables.
var columnWords = map[string]rulebook.Words{
	"about": {VI: "Về việc", EN: "About"}, "act": {VI: "Hành vi", EN: "Act"}, "amount": {VI: "Trị số", EN: "Amount"}, "area": {VI: "Khu vực", EN: "Area"},
	"at_end": {VI: "Khi kinh phí không đủ", EN: "When the money runs out"}, "before": {VI: "Trước ngày", EN: "Before"}, "below_age": {VI: "Dưới tuổi", EN: "Below age"},
	"between-districts": {VI: "Giữa các quận, huyện", EN: "Between districts"}, "budget_vnd": {VI: "Kinh phí (đồng)", EN: "Budget (đồng)"},
	"calendar": {VI: "Lịch", EN: "Calendar"}, "cap_each_vnd": {VI: "Giảm tối đa mỗi bưu gửi (đồng)", EN: "Most on one item (đồng)"},
	"cap_items": {VI: "Số bưu gửi tối đa", EN: "Most items"}, "chosen": {VI: "Ngày nghỉ", EN: "Days"}, "class": {VI: "Loại", EN: "Class"}, "unit": {VI: "Mã xã, phường", EN: "Commune"},
	"closes": {VI: "Đóng cửa", EN: "Closes"}, "day": {VI: "Ngày", EN: "Day"}, "days": {VI: "Số ngày", EN: "Days"},
	"days_with_slip": {VI: "Có phát giấy hẹn", EN: "With the slip"}, "decided": {VI: "Ngày quyết định", EN: "Decided on"}, "each_g": {VI: "Mỗi nấc (gam)", EN: "Each step (g)"},
	"evidence_en": {VI: "Giấy tờ phải xem (tiếng Anh)", EN: "Evidence to see"}, "evidence_vi": {VI: "Giấy tờ phải xem", EN: "Evidence to see (Vietnamese)"},
	"form": {VI: "Hình thức", EN: "Form"}, "from_age": {VI: "Từ tuổi", EN: "From age"}, "grade": {VI: "Loại", EN: "Grade"}, "grams": {VI: "Tối đa (gam)", EN: "At most (g)"},
	"high": {VI: "Cao nhất", EN: "Highest"}, "high_50_250g": {VI: "50–250 g, cao nhất", EN: "50–250 g, highest"}, "high_next_250g": {VI: "Mỗi 250 g tiếp, cao nhất", EN: "Each further 250 g, highest"},
	"holder": {VI: "Bên lưu", EN: "Kept by"}, "hours": {VI: "Số giờ", EN: "Hours"}, "id": {VI: "Ngày lễ", EN: "Holiday"}, "inter": {VI: "Liên tỉnh", EN: "Between provinces"},
	"inter-same-region": {VI: "Liên tỉnh cùng vùng", EN: "In the region"}, "intra": {VI: "Nội tỉnh", EN: "In the province"}, "kind": {VI: "Loại", EN: "Kind"},
	"leg": {VI: "Chiều", EN: "Way"}, "level": {VI: "Độ mật", EN: "Level"}, "levels": {VI: "Mức", EN: "Levels"}, "list": {VI: "Danh mục", EN: "List"},
	"low": {VI: "Thấp nhất", EN: "Lowest"}, "low_50_250g": {VI: "50–250 g, thấp nhất", EN: "50–250 g, lowest"}, "low_next_250g": {VI: "Mỗi 250 g tiếp, thấp nhất", EN: "Each further 250 g, lowest"},
	"month": {VI: "Tháng", EN: "Month"}, "months": {VI: "Số tháng", EN: "Months"}, "name_en": {VI: "Tên tiếng Anh", EN: "Name"}, "name_vi": {VI: "Tên", EN: "Name in Vietnamese"},
	"of": {VI: "Phần trăm của", EN: "Per cent of"}, "off": {VI: "Ngày được nghỉ", EN: "Day off"}, "online": {VI: "Nộp trực tuyến", EN: "Filed online"},
	"opens": {VI: "Mở cửa", EN: "Opens"}, "order": {VI: "Thứ tự trừ", EN: "Order"}, "other-region": {VI: "Liên tỉnh khác vùng", EN: "To another region"},
	"over_g": {VI: "Trên (gam)", EN: "Over (g)"}, "payer": {VI: "Bên trả phần giảm", EN: "Who pays the difference"}, "pays": {VI: "Bên trả cước", EN: "Who pays"},
	"percent": {VI: "Phần trăm", EN: "Per cent"}, "period": {VI: "Kỳ", EN: "Period"}, "point": {VI: "Điểm", EN: "Point"}, "province": {VI: "Địa phương", EN: "Province"}, "region": {VI: "Vùng", EN: "Region"},
	"round": {VI: "Làm tròn", EN: "Rounding"}, "round_to_vnd": {VI: "Làm tròn đến (đồng)", EN: "Rounded to (đồng)"}, "route": {VI: "Phạm vi", EN: "Route"},
	"same-district": {VI: "Trong quận, huyện", EN: "In one district"}, "same-region": {VI: "Liên tỉnh cùng vùng", EN: "In the region"}, "to": {VI: "Người nhận", EN: "Addressee"}, "sender": {VI: "Người gửi", EN: "Sender"},
	"service": {VI: "Dịch vụ", EN: "Service"}, "stacks": {VI: "Cộng dồn", EN: "Stacking"}, "upto_g": {VI: "Đến (gam)", EN: "Up to (g)"}, "value": {VI: "Mức", EN: "Value"},
	"vnd": {VI: "Đồng", EN: "Đồng"}, "what": {VI: "Chỉ tiêu", EN: "What"}, "worked": {VI: "Ngày làm thay", EN: "Day worked instead"}, "years": {VI: "Số năm", EN: "Years"},
	"years_later": {VI: "Sau kỳ báo cáo (năm)", EN: "Years later"}, "zone": {VI: "Vùng", EN: "Zone"},
}

// wordWords name the words of closed sets. A word that means something else in one column stands as "column=word".
var wordWords = map[string]rulebook.Words{
	"A": {VI: "A", EN: "A"}, "B": {VI: "B", EN: "B"}, "C": {VI: "C", EN: "C"},
	"mon": {VI: "thứ Hai", EN: "Monday"}, "tue": {VI: "thứ Ba", EN: "Tuesday"}, "wed": {VI: "thứ Tư", EN: "Wednesday"}, "thu": {VI: "thứ Năm", EN: "Thursday"},
	"fri": {VI: "thứ Sáu", EN: "Friday"}, "sat": {VI: "thứ Bảy", EN: "Saturday"}, "sun": {VI: "Chủ nhật", EN: "Sunday"},
	"q1": {VI: "quý I", EN: "quarter I"}, "q2": {VI: "quý II", EN: "quarter II"}, "q3": {VI: "quý III", EN: "quarter III"}, "q4": {VI: "quý IV", EN: "quarter IV"},
	"half-year": {VI: "6 tháng đầu năm", EN: "first half-year"}, "year": {VI: "cả năm", EN: "whole year"},
	"new-year": {VI: "Tết Dương lịch", EN: "New Year's Day"}, "tet": {VI: "Tết Âm lịch", EN: "Lunar New Year"}, "hung-kings": {VI: "Giỗ Tổ Hùng Vương", EN: "Hùng Kings' Day"},
	"victory": {VI: "Ngày Chiến thắng", EN: "Victory Day"}, "labour": {VI: "Ngày Quốc tế lao động", EN: "Labour Day"}, "national": {VI: "Quốc khánh", EN: "National Day"},
	"solar": {VI: "dương lịch", EN: "solar"}, "lunar": {VI: "âm lịch", EN: "lunar"}, "fixed": {VI: "giá cố định", EN: "fixed price"}, "chosen=fixed": {VI: "cố định", EN: "fixed"},
	"decision": {VI: "theo quyết định hằng năm", EN: "by the year's decision"}, "before": {VI: "ngày liền trước", EN: "the day before"}, "after": {VI: "ngày liền sau", EN: "the day after"},
	"longest": {VI: "ngày cho kỳ nghỉ dài hơn", EN: "whichever makes the longer run"},
	"intra":   {VI: "nội tỉnh", EN: "in the province"}, "inter": {VI: "liên tỉnh", EN: "between provinces"}, "inter-same-region": {VI: "liên tỉnh, cùng vùng", EN: "between provinces of the region"},
	"central-office": {VI: "bốn văn phòng trung ương", EN: "the four central offices"},
	"secret-holder":  {VI: "nơi có bí mật nhà nước cần gửi", EN: "has State secrets to send"},
	"outside":        {VI: "người ngoài danh sách", EN: "a person outside the lists"},
	"label":          {VI: "nhãn bưu gửi", EN: "item label"}, "bag_label": {VI: "nhãn túi, hộp", EN: "bag label"}, "manifest": {VI: "bản kê túi, hộp", EN: "manifest"}, "record": {VI: "biên bản giao nhận", EN: "handover record"},
	"minutes": {VI: "biên bản sự cố", EN: "incident minutes"}, "shift": {VI: "biên bản giao ca", EN: "change of shift"}, "statement": {VI: "bảng đối soát", EN: "statement"},
	"reconcile": {VI: "bảng đối soát với đối tác", EN: "reconciliation with a partner"}, "report": {VI: "báo cáo", EN: "report"}, "out": {VI: "sổ đăng ký bưu gửi đi", EN: "out register"}, "in": {VI: "sổ đăng ký bưu gửi đến", EN: "in register"}, "transfer": {VI: "sổ chuyển giao", EN: "transfer book"},
	"handover": {VI: "sổ biên bản giao nhận", EN: "handover register"}, "incident": {VI: "sổ biên bản sự cố", EN: "incident register"},
	"inner": {VI: "nội thành", EN: "inner city"}, "suburban": {VI: "ngoại thành", EN: "suburbs"}, "same-district": {VI: "trong một quận, huyện (cũ)", EN: "in one (former) district"},
	"between-districts": {VI: "giữa các quận, huyện (cũ) trong tỉnh", EN: "between (former) districts of the province"},
	"cities":            {VI: "giữa các đô thị loại đặc biệt, loại I", EN: "between cities of special class and class I"},
	"other-province":    {VI: "liên tỉnh khác", EN: "to any other province"}, "same-region": {VI: "liên tỉnh, cùng vùng", EN: "to a province of the region"},
	"other-region": {VI: "liên tỉnh, khác vùng", EN: "to another region"}, "district": {VI: "quận, huyện", EN: "district"}, "former-district": {VI: "quận, huyện cũ", EN: "former district"},
	"any":   {VI: "mọi loại", EN: "any"},
	"plain": {VI: "thường", EN: "plain"}, "express": {VI: "hoả tốc", EN: "express"}, "timed": {VI: "hẹn giờ", EN: "timed"},
	"basic": {VI: "thư cơ bản", EN: "basic letter"}, "registered": {VI: "thư ghi số", EN: "registered letter"},
	"dossier": {VI: "hồ sơ", EN: "dossier"}, "kt1": {VI: "KT1", EN: "KT1"}, "letter": {VI: "thư", EN: "letter"}, "send": {VI: "gửi hồ sơ", EN: "send a dossier"},
	"return": {VI: "trả kết quả", EN: "return a result"}, "both": {VI: "gửi và trả", EN: "both ways"}, "levels=both": {VI: "mức 1 và mức 2", EN: "levels 1 and 2"},
	"cccd": {VI: "thẻ căn cước, căn cước công dân", EN: "citizen identity card"}, "cmnd": {VI: "chứng minh nhân dân", EN: "old identity card"}, "passport": {VI: "hộ chiếu", EN: "passport"},
	"level-1": {VI: "mức 1", EN: "level 1"}, "on-demand": {VI: "theo nhu cầu", EN: "on demand"},
	"domestic": {VI: "trong nước", EN: "domestic"}, "international": {VI: "quốc tế", EN: "international"}, "loss-or-delay": {VI: "mất hoặc chậm", EN: "loss or delay"},
	"damage-or-other": {VI: "hư hỏng hoặc việc khác", EN: "damage or anything else"}, "required": {VI: "bắt buộc", EN: "required"}, "recommended": {VI: "nên có", EN: "recommended"},
	"appendix-1": {VI: "danh sách phụ lục I", EN: "list of appendix I"}, "appendix-2": {VI: "danh sách phụ lục II", EN: "list of appendix II"},
	"central-budget": {VI: "ngân sách trung ương", EN: "the central budget"}, "sender": {VI: "người gửi", EN: "the sender"},
	"operator": {VI: "doanh nghiệp bưu chính", EN: "the postal operator"}, "province": {VI: "tỉnh, thành phố", EN: "the province"}, "authority": {VI: "cơ quan quản lý", EN: "the authority"},
	"included": {VI: "đã gồm thuế", EN: "VAT included"}, "excluded": {VI: "chưa gồm thuế", EN: "VAT not included"}, "not-stated": {VI: "nguồn không nói", EN: "the source does not say"},
	"percent": {VI: "phần trăm", EN: "per cent"}, "subsidy": {VI: "trợ giá", EN: "subsidy"}, "none": {VI: "thôi giảm", EN: "no relief"},
	"rest": {VI: "phần còn lại", EN: "what is left"}, "at_end=rest": {VI: "giảm phần còn lại", EN: "what is left"}, "list": {VI: "giá công bố", EN: "the listed price"},
	"up": {VI: "lên", EN: "up"}, "down": {VI: "xuống", EN: "down"}, "half-up": {VI: "nửa thì lên", EN: "half up"},
	"alone": {VI: "không cộng với chính sách khác", EN: "alone"}, "together": {VI: "cộng với chính sách khác", EN: "with others"},
	"heroic-mother": {VI: "Bà mẹ Việt Nam anh hùng", EN: "Heroic Mother"}, "revolutionary-before-august-1945": {VI: "người hoạt động cách mạng trước tháng 8/1945", EN: "revolutionary active before August 1945"},
	"revolutionary-1945": {VI: "người hoạt động cách mạng trước tháng 8/1945", EN: "revolutionary active before August 1945"},
	"main":               {VI: "bưu cục chính", EN: "main office"}, "other": {VI: "hình thức khác", EN: "other forms"}, "point=other": {VI: "điểm khác", EN: "other points"},
	"post-office": {VI: "bưu cục", EN: "post office"}, "commune-point": {VI: "điểm Bưu điện – Văn hoá xã", EN: "commune post and culture point"},
	"letterbox": {VI: "thùng thư công cộng", EN: "public letterbox"}, "hours_a_day": {VI: "giờ mở cửa mỗi ngày", EN: "opening hours a day"},
	"letter_kg": {VI: "thư nhận đến (kg)", EN: "letters up to (kg)"}, "parcel_kg": {VI: "kiện nhận đến (kg)", EN: "parcels up to (kg)"},
	"regular": {VI: "định kỳ", EN: "regular"}, "surprise": {VI: "đột xuất", EN: "surprise"},
	"so-tttt": {VI: "Sở Thông tin và Truyền thông", EN: "Department of Information and Communications"}, "so-khcn": {VI: "Sở Khoa học và Công nghệ", EN: "Department of Science and Technology"},
	// Acts that are fined.
	"kt1-quality": {VI: "không bảo đảm chất lượng KT1", EN: "KT1 quality not kept"}, "service-refused": {VI: "từ chối cung ứng dịch vụ trái quy định", EN: "service refused without reason"},
	"security-not-applied":     {VI: "không áp dụng biện pháp bảo đảm an ninh", EN: "security measures not applied"},
	"use-of-service-disclosed": {VI: "tiết lộ thông tin sử dụng dịch vụ", EN: "use of the service disclosed"}, "item-opened": {VI: "bóc mở bưu gửi trái phép", EN: "item opened without right"},
	"report-late-upto-15-days": {VI: "báo cáo chậm đến 15 ngày", EN: "report late by up to 15 days"}, "report-late-over-15-days": {VI: "báo cáo chậm quá 15 ngày", EN: "report late by more than 15 days"},
	"report-none-or-inaccurate": {VI: "không báo cáo hoặc báo cáo sai", EN: "no report, or a wrong one"}, "public-post-report-wrong": {VI: "báo cáo sai về bưu chính công ích", EN: "wrong report on public services"},
	"public-post-report-none": {VI: "không báo cáo về bưu chính công ích", EN: "no report on public services"}, "mailbox-wrongly-installed": {VI: "lắp đặt hộp thư sai quy định", EN: "mailbox installed wrongly"},
	"mailbox-no-site": {VI: "không bố trí chỗ đặt hộp thư", EN: "no place given for mailboxes"}, "mailbox-or-letterbox-not-installed": {VI: "không lắp đặt hộp thư, thùng thư", EN: "mailbox or letterbox not installed"},
	"postal-works-damaged": {VI: "phá hoại công trình bưu chính", EN: "postal works damaged"},
	// Members of families of keys.
	"agency": {VI: "cơ quan nhà nước", EN: "State agencies"}, "post": {VI: "bưu cục", EN: "post offices"}, "dossiers": {VI: "nhận gửi hồ sơ, trả kết quả", EN: "dossiers and results"},
	"public-network": {VI: "mạng bưu chính công cộng", EN: "public network"}, "quality": {VI: "chất lượng dịch vụ công ích", EN: "quality of public services"},
	"kt1-cpma": {VI: "KT1, Cục Bưu điện Trung ương", EN: "KT1, Central Post Department"}, "commune-points": {VI: "điểm Bưu điện – Văn hoá xã", EN: "commune points"},
	"public-plan": {VI: "kế hoạch dịch vụ công ích", EN: "plan of public services"}, "public-plan-result": {VI: "kết quả kế hoạch công ích", EN: "results of the plan"},
	"hai-phong-2020": {VI: "Hải Phòng 2020", EN: "Hải Phòng 2020"}, "hue-2020-post": {VI: "Huế 2020, phần của bưu điện", EN: "Huế 2020, the post's part"},
	"hue-2020-province": {VI: "Huế 2020, phần của tỉnh", EN: "Huế 2020, the province's part"}, "quang-ngai-2020": {VI: "Quảng Ngãi 2020", EN: "Quảng Ngãi 2020"},
	"lang-son-2020": {VI: "Lạng Sơn 2020", EN: "Lạng Sơn 2020"}, "khanh-hoa-merit": {VI: "Khánh Hoà, người có công", EN: "Khánh Hoà, people of merit"},
}

// wordOf names a word of a closed set as it stands in a column ("" outside tables); a word of a site's own making stands for itself.
func wordOf(column, word string) rulebook.Words {
	if w, ok := wordWords[column+"="+word]; ok {
		return w
	}
	if w, ok := wordWords[word]; ok {
		return w
	}
	return rulebook.Words{VI: word, EN: word}
}

// columnOf names a column.
func columnOf(name string) rulebook.Words {
	if w, ok := columnWords[name]; ok {
		return w
	}
	return rulebook.Words{VI: name, EN: name}
}

// topic is a subject under which rules are shown together.
type topic struct {
	id    string
	words rulebook.Words
	heads []string // keys, or their first words; the longest that fits decides
}

// topics in the order in which people ask for them; what belongs to none is shown last.
var topics = []topic{
	{"dossier", rulebook.Words{VI: "Hồ sơ hành chính", EN: "Administrative dossiers"}, []string{"dossier", "onestop", "procedure", "booking"}},
	{"item", rulebook.Words{VI: "Thư và bưu gửi nói chung", EN: "Letters and all items"}, []string{"letter", "post"}},
	{"kt1", rulebook.Words{VI: "Dịch vụ KT1", EN: "KT1 service"}, []string{"kt1"}},
	{"price", rulebook.Words{VI: "Giá cước, khuyến mại, miễn giảm", EN: "Prices, promotions and relief"}, []string{"tariff", "promotion", "relief", "dossier.price", "letter.price", "kt1.price", "kt1.surcharge", "kt1.payer"}},
	{"days", rulebook.Words{VI: "Ngày làm việc và cách đếm thời hạn", EN: "Working days and how periods are counted"}, []string{"calendar", "period"}},
	{"hours", rulebook.Words{VI: "Giờ mở cửa", EN: "Opening hours"}, []string{"office"}},
	{"network", rulebook.Words{VI: "Mạng điểm phục vụ", EN: "The network of service points"}, []string{"network"}},
	{"report", rulebook.Words{VI: "Báo cáo, kiểm tra, chất lượng", EN: "Reports, inspections, quality"}, []string{"report", "survey", "quality", "department"}},
	{"people", rulebook.Words{VI: "Bí mật, dữ liệu cá nhân, định danh", EN: "Secrets, personal data, identity"}, []string{"secrets", "privacy", "identity"}},
	{"fines", rulebook.Words{VI: "Mức phạt", EN: "Fines"}, []string{"sanction"}},
	{"other", rulebook.Words{VI: "Quy định khác", EN: "Other rules"}, nil},
}

// topicOf gives the place of a key's topic in topics.
func topicOf(name string) int {
	best, place := 0, len(topics)-1
	for i, t := range topics {
		for _, h := range t.heads {
			if len(h) > best && (name == h || strings.HasPrefix(name, h+".")) {
				best, place = len(h), i
			}
		}
	}
	return place
}
