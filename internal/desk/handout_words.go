package desk

func handingTitle(v handing) string {
	if v.Returning != "" {
		return v.page.T("Trả cho người gửi", "Give back to the sender")
	}
	return v.page.T("Người nhận trên bì", "Recipient on the cover")
}
