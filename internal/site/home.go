package site

import (
	"net/http"

	"citypost/internal/web"
)

// card is one task on the first page.
type card struct{ Path, VI, EN, TextVI, TextEN string }

// cards lists the tasks in the order in which people come for them; those whose page is not there are left out.
var cards = []card{
	{"/offices", "Tìm bưu cục", "Find a post office", "Gần bạn nhất, giờ mở cửa, đang mở hay không.", "Nearest to you, opening hours, open now or not."},
	{"/procedures", "Thủ tục gửi qua bưu điện", "Procedures by post", "Cần giấy tờ gì, bao lâu, bao nhiêu tiền, nộp ở đâu.", "Which papers, how long, how much, and where."},
	{"/send", "Gửi hồ sơ", "Send a dossier", "Chuẩn bị trước, mang đến bưu cục hoặc hẹn bưu tá đến nhà.", "Prepare it, then bring it or have a postman fetch it."},
	{"/track/dossier", "Theo dõi hồ sơ", "Follow a dossier", "Hồ sơ gửi cơ quan đang ở đâu, bao giờ có kết quả.", "Where a dossier for an agency is, and when its result comes."},
	{"/price", "Tra cước", "Look up a price", "Biết cước và mức giảm trước khi gửi.", "Know the price and any reduction before you go."},
	{"/rules/deadline", "Bao giờ thì đến", "When will it arrive", "Tính ngày phải phát, từng bước, theo văn bản.", "The day it is due, step by step, with the law."},
	{"/convert", "Đổi địa chỉ cũ", "Convert an old address", "Xã, phường trước ngày 01/07/2025 nay tên gì.", "What a commune of before 1 July 2025 is called today."},
	{"/ward", "Phường xã của bạn", "Your ward or commune", "Bưu cục, mã bưu chính, địa giới cũ.", "Its offices, postcode and old boundaries."},
	{"/rules", "Quy định đang áp dụng", "Rules in force", "Thời hạn, mức cước và căn cứ của từng con số.", "Time limits, prices, and where each number comes from."},
	{"/verify", "Kiểm chứng biên nhận", "Verify a receipt", "Tự kiểm tra biên nhận có thật nằm trong sổ của bưu điện.", "Check for yourself that a receipt really stands in our ledger."},
	{web.HelpPath, "Trợ giúp và khiếu nại", "Help and complaints", "Mất, chậm, hư hỏng: làm gì, trong bao lâu.", "Lost, late or damaged: what to do and how soon."},
}

func (s *Service) getHome(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Bạn cần làm gì?", "What would you like to do?")
	var shown []card
	for _, c := range cards {
		if s.has(c.Path) {
			shown = append(shown, c)
		}
	}
	desk := ""
	if p.Person.Known() {
		if l := s.mux.Landing(p.Person); l != "/" {
			desk = l
		}
	}
	return web.Render(w, r, http.StatusOK, homePage(p, shown, desk))
}
