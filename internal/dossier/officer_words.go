package dossier

// officerWords say what comes next to the agency's officer: his own work, or what the post does meanwhile.
func officerWords(c caseView) string {
	w, ok := map[State][2]string{
		Accepted:            {"Bưu điện đang chuyển hồ sơ đến. Chưa cần làm gì.", "The post is bringing the dossier. Nothing for now."},
		InTransit:           {"Bưu điện đang chuyển hồ sơ đến. Chưa cần làm gì.", "The post is bringing the dossier. Nothing for now."},
		AtAgency:            {"Đối chiếu với bưu tá rồi hai bên ký biên bản.", "Compare with the postman, then both sign."},
		HandedOver:          {"Ghi mã hồ sơ và ngày hẹn trả của giấy tiếp nhận.", "Record the code and the day of your receipt."},
		SlipIssued:          {"Giải quyết hồ sơ; có kết quả thì báo. Bưu điện báo công dân ngày hẹn.", "Decide the dossier, and say when the result is there. The post tells the citizen the day."},
		SlipTold:            {"Giải quyết hồ sơ; có kết quả thì báo.", "Decide the dossier, and say when the result is there."},
		SupplementRequested: {"Chờ công dân bổ sung giấy tờ; khi đủ thì ghi hồ sơ đã đủ.", "Wait for the added papers; record when they are complete."},
		Refused:             {"Bưu điện mang hồ sơ về trả người nộp, kèm lý do.", "The post brings the dossier back to its sender, with the reason."},
		TurningBack:         {"Bưu điện mang hồ sơ về trả người nộp.", "The post brings the dossier back to its sender."},
		AwaitingResult:      {"Có kết quả thì báo để bưu điện đến nhận.", "Say when the result is there; the post fetches it."},
		Ready:               {"Chuẩn bị kết quả để đếm và niêm phong cùng bưu tá.", "Have the result ready to be counted and sealed with the postman."},
		Received:            {"Bưu điện đang trả kết quả cho công dân.", "The post is bringing the result to the citizen."},
		Returning:           {"Bưu điện đang trả kết quả cho công dân.", "The post is bringing the result to the citizen."},
		OutForDelivery:      {"Bưu điện đang trả kết quả cho công dân.", "The post is bringing the result to the citizen."},
		AttemptFailed:       {"Bưu điện chưa gặp công dân, đang mời lại.", "The post has not met the citizen and invites again."},
		AwaitingPickup:      {"Kết quả chờ công dân đến nhận tại bưu cục.", "The result waits at the post office."},
		GoingBack:           {"Kết quả không ai nhận đang trả về: đếm gói rồi ký nhận.", "The result that nobody took comes back: count the packet, then sign."},
		Lost:                {"Bưu điện đang tìm gói.", "The post is looking for the packet."},
	}[c.State]
	text := c.T(w[0], w[1])
	switch {
	case !ok:
		return c.T("Không còn việc gì với hồ sơ này.", "Nothing more is to be done.")
	case c.SupplementUnderWay():
		return c.T("Bưu điện đang mang giấy tờ bổ sung đến.", "The post is bringing the added papers.")
	case c.Time.Late && !c.Time.Done && c.Apologised == 0:
		text += " " + c.T("Đã quá ngày hẹn: gửi văn bản xin lỗi và hẹn lại.", "The day has passed: apologise in writing and name another day.")
	}
	return text
}
