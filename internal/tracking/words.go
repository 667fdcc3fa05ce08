package tracking

import "citypost/internal/postal"

// pair is one sentence in both languages.
type pair struct{ vi, en string }

func (p pair) in(lang string) string { return postal.In(lang, p.vi, p.en) }

var stepWords = map[Step]pair{
	Accepted:       {"Đã nhận gửi", "Accepted"},
	Moving:         {"Đang chuyển", "On its way"},
	AtDelivery:     {"Đến bưu cục phát", "At the delivery office"},
	OutForDelivery: {"Đang phát", "Out for delivery"},
	Delivered:      {"Đã phát", "Delivered"},
}

// In names the step.
func (s Step) In(lang string) string { return stepWords[s].in(lang) }

var exceptionWords = map[Exception]pair{
	Held:      {"Chờ nhận tại bưu cục", "Waiting at the post office"},
	Attempted: {"Phát chưa được", "Delivery attempted"},
	Returning: {"Đang chuyển hoàn", "Returning to sender"},
	Returned:  {"Đã trả người gửi", "Returned to sender"},
	Trouble:   {"Có sự cố", "There is a problem"},
}

// In names the exception.
func (x Exception) In(lang string) string { return exceptionWords[x].in(lang) }

// Head is the line on top of the answer: the exception when there is one, else the step.
func (s Status) Head(lang string) string {
	switch {
	case s.Exception == Held && !s.HeldUntil.IsZero():
		return pair{"Chờ nhận tại bưu cục đến hết ngày " + s.HeldUntil.VN(), "Waiting at the post office until " + s.HeldUntil.VN()}.in(lang)
	case s.Exception != "":
		return s.Exception.In(lang)
	}
	return s.Step.In(lang)
}

var todoWords = map[Todo]pair{
	Wait:         {"Bạn chưa cần làm gì.", "Nothing for now."},
	BeThere:      {"Hôm nay bưu tá mang đi phát. Hãy có người nhận ở địa chỉ nhận.", "The carrier is on the way today. Please have someone at the address."},
	NextAttempt:  {"Bưu tá sẽ phát lại. Hãy có người nhận ở địa chỉ nhận, hoặc gọi bưu cục phát để hẹn.", "The carrier will try again. Please have someone at the address, or call the delivery office to agree on a time."},
	CheckAddress: {"Địa chỉ nhận chưa đúng. Hãy gọi bưu cục phát để báo lại địa chỉ.", "The address was not right. Please call the delivery office with the correct one."},
	WaitHold:     {"Bưu gửi sẽ được giữ tại bưu cục phát. Hãy đợi ngày nhận hiện ở đây.", "The item will be kept at the delivery office. Wait until the day is shown here."},
	Fetch:        {"Hãy đến bưu cục nhận, mang theo giấy tờ tuỳ thân và số hiệu này.", "Come to the office to fetch it, with an identity paper and this number."},
	Call:         {"Bưu gửi chậm hoặc gặp trục trặc, chúng tôi đang kiểm tra. Bạn có thể gọi tổng đài và đọc số hiệu này.", "The item is late or in trouble and we are looking into it. You may call us with this number."},
	Nothing:      {"Bạn không cần làm gì thêm.", "Nothing more to do."},
}

// In says what to do, in one sentence.
func (t Todo) In(lang string) string { return todoWords[t].in(lang) }

var kindWords = map[Kind]pair{
	TakenIn:           {"Nhận gửi tại bưu cục", "Accepted at the post office"},
	Departed:          {"Rời bưu cục", "Left the post office"},
	Arrived:           {"Đến bưu cục", "Arrived at the post office"},
	OnRound:           {"Bưu tá mang đi phát", "Out with the carrier"},
	DeliveryAttempted: {"Phát chưa được", "Delivery attempted"},
	KeptForPickup:     {"Giữ tại bưu cục chờ nhận", "Kept at the post office"},
	Redirected:        {"Chuyển tiếp đến nơi khác", "Redirected"},
	TurnedBack:        {"Chuyển hoàn về người gửi", "Turned back to the sender"},
	GivenOut:          {"Đã phát", "Delivered"},
	GivenBack:         {"Đã trả người gửi", "Given back to the sender"},
	Missing:           {"Chưa xác định được vị trí, đang tìm", "Cannot be found, being searched for"},
	FoundAgain:        {"Đã tìm thấy", "Found again"},
}

// In says what happened, without the office, which the page names.
func (k Kind) In(lang string) string { return kindWords[k].in(lang) }

var reasonWords = map[string]pair{
	"absent":         {"không có người nhận", "nobody was there"},
	"wrong_address":  {"địa chỉ chưa đúng", "the address was not right"},
	"refused":        {"người nhận từ chối", "the recipient refused it"},
	"moved":          {"người nhận đã chuyển đi", "the recipient has moved"},
	"closed":         {"nơi nhận đóng cửa", "the place was closed"},
	"no_access":      {"không vào được nơi nhận", "the place could not be reached"},
	"dangerous":      {"đường vào không an toàn", "the way was not safe"},
	"not_found":      {"không tìm được người nhận", "the recipient could not be found"},
	"unclaimed":      {"quá hạn không đến nhận", "it was not fetched in time"},
	"sender_request": {"theo yêu cầu của người gửi", "the sender asked for it"},
}

// Reason says why an attempt failed or an item returns; "" for a code that is not known.
func Reason(code, lang string) string { return reasonWords[code].in(lang) }

// In tells the event in plain words, without time and office.
func (e Event) In(lang string) string {
	text := e.Kind.In(lang)
	if why := Reason(e.Reason, lang); why != "" {
		text += ": " + why
	}
	if e.Kind == KeptForPickup && !e.Until.IsZero() {
		text += pair{" đến hết ngày ", " until "}.in(lang) + e.Until.VN()
	}
	if e.Undone {
		text += pair{" (ghi nhầm, đã huỷ)", " (noted by mistake, taken back)"}.in(lang)
	}
	return text
}

// Time is when the event happened, in Viet Nam.
func (e Event) Time() string { return postal.FromMillis(e.AtMs).Format("15:04 02/01/2006") }
