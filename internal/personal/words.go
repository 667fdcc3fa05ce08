package personal

import "citypost/internal/web"

var kindWords = map[string][2]string{
	Provide:  {"Cung cấp dữ liệu", "Tell what is kept"},
	Correct:  {"Chỉnh sửa dữ liệu", "Correct the data"},
	Delete:   {"Xoá dữ liệu", "Erase the data"},
	Restrict: {"Hạn chế xử lý", "Restrict the use"},
	Object:   {"Phản đối nhận tin báo", "Object to notifications"},
}

var viaWords = map[string][2]string{"counter": {"Tại quầy", "At the counter"}, "letter": {"Bằng thư", "By letter"}, "online": {"Trên trang web", "Online"}}

var checkedWords = map[string][2]string{
	"id-card":       {"Căn cước, CCCD", "Identity card"},
	"passport":      {"Hộ chiếu", "Passport"},
	"authorisation": {"Văn bản uỷ quyền và giấy tờ của người được uỷ quyền", "Authorisation, and the papers of the authorised person"},
	"receipt":       {"Mã bí mật trên biên nhận", "The secret on the receipt"},
}

var checkedOrder = []string{"id-card", "passport", "authorisation"}

var refusalWords = map[string][2]string{
	"not_party": {"Người yêu cầu không phải người gửi hay người nhận", "Neither sender nor recipient"},
	"identity":  {"Không chứng minh được là ai", "Identity not shown"},
	"retention": {"Pháp luật yêu cầu lưu đến hết thời hạn", "The law has it kept until its time is over"},
	"held":      {"Đang giữ để giải quyết khiếu nại, thanh tra hoặc vụ án", "Held for a complaint, an inspection or a court case"},
	"under_way": {"Bưu gửi, hồ sơ còn đang trên đường", "The item or dossier is still under way"},
}

var holdWords = map[string][2]string{"complaint": {"Khiếu nại", "Complaint"}, "inspection": {"Thanh tra, kiểm tra", "Inspection"}, "court": {"Vụ án, vụ kiện", "Court case"}}

func say(p web.Page, w [2]string) string { return p.T(w[0], w[1]) }

func choices(p web.Page, order []string, words map[string][2]string) []web.Choice {
	out := make([]web.Choice, len(order))
	for n, id := range order {
		out[n] = web.Choice{Value: id, Label: say(p, words[id])}
	}
	return out
}
