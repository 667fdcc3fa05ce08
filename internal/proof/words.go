package proof

// sentence is one that the browser's own check may need, in both languages; {…} are filled by js/verify.js.
type sentence struct{ name, vi, en string }

var verifySentences = []sentence{
	{"proved", "Sổ cái “{origin}” đã ghi việc này ở dòng số {seq}. Sổ cái đã ký xác nhận toàn bộ sổ khi có {size} dòng, nên không thể sửa, bỏ hay chen dòng nào trước đó mà không bị lộ.",
		"The ledger “{origin}” recorded this as entry {seq}. It signed the whole of itself at {size} entries, so none before that can be changed, dropped or slipped in without being found out."},
	{"proved-item", "Sổ cái “{origin}” đã ghi việc này ở dòng số {seq}, về {code}. Sổ cái đã ký xác nhận toàn bộ sổ khi có {size} dòng, nên không thể sửa, bỏ hay chen dòng nào trước đó mà không bị lộ.",
		"The ledger “{origin}” recorded this as entry {seq}, about {code}. It signed the whole of itself at {size} entries, so none before that can be changed, dropped or slipped in without being found out."},
	{"whole", "Nội dung kèm theo đúng từng byte như lúc ghi.", "The content that comes with it is, byte for byte, what was recorded."},
	{"seal", "Biên nhận này chỉ mang dấu niêm của nội dung; muốn biết nội dung đúng hay sai phải đối chiếu với bản đầy đủ.",
		"This receipt carries only the seal of the content; to know whether a content is right, compare it with the full one."},
	{"no-witness", "Chưa có bên chứng kiến độc lập nào được kiểm: giờ ghi là lời của bưu điện.", "No independent witness was checked: the time of recording is the post's own word."},
	{"witness", "Bên chứng kiến {name} xác nhận đã thấy sổ này lúc {at}.", "Witness {name} confirms having seen this ledger at {at}."},
	{"recorded", "Ghi lúc", "Recorded"},
	{"office", "Bưu cục", "Office"},
	{"misread", "Không đọc được mã: thiếu hoặc sai ký tự. Hãy quét lại cho đủ, rõ.", "The code cannot be read: characters are missing or wrong. Scan it again, whole and sharp."},
	{"other-item", "Biên nhận ghi một bưu gửi nhưng nội dung đã ghi sổ không nói về bưu gửi đó.", "The receipt names an item, but the recorded entry is not about it."},
	{"key-unknown", "Không có chữ ký nào của các khoá ở trên cho cỡ sổ này. Kiểm tra lại danh sách khoá.", "There is no signature by one of the keys above for this size of the ledger. Check the list of keys."},
	{"forged", "Chữ ký không khớp với nội dung. Biên nhận đã bị sửa hoặc là giả.", "The signature does not match the content. The receipt was changed or forged."},
	{"keys", "Không đọc được khoá công khai. Hãy chép lại đúng từng ký tự.", "The public keys cannot be read. Copy them again, letter by letter."},
	{"no-ed25519", "Trình duyệt này quá cũ, chưa biết kiểm chữ ký Ed25519. Hãy cập nhật, nhờ máy chủ kiểm bằng nút dưới đây, hoặc dùng chương trình citypost verify.",
		"This browser is too old to check Ed25519 signatures. Update it, let the server check with the button below, or use the program citypost verify."},
	{"insecure", "Trang này không mở qua https nên trình duyệt không cho tính băm. Hãy nhờ máy chủ kiểm bằng nút dưới đây, hoặc dùng chương trình citypost verify.",
		"This page was not opened by https, so the browser does not let us compute hashes. Let the server check with the button below, or use the program citypost verify."},
}
