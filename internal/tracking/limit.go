package tracking

import (
	"citypost/internal/fault"
	"citypost/internal/web"
)

// PublicLimit lets a whole office or a school behind one address follow its mail, and makes trying numbers one by one hopeless: at two a second, a hundred
// million serials take a year and a half for each pair of letters.
func PublicLimit() web.Limit { return web.Limit{PerSecond: 2, Burst: 120} }

var errTooMany = fault.New(fault.TooMany, "tracking.too_many",
	"Từ nơi bạn có quá nhiều lượt tra cứu trong một lúc. Hãy đợi một phút rồi tra lại; nếu cần tra nhiều bưu gửi, hãy gọi tổng đài hoặc hỏi bưu cục.",
	"Too many questions came from where you are. Wait a minute and ask again; if you follow many items, call us or ask at a post office.")
