package dossier

import (
	"citypost/internal/custody"
	"citypost/internal/event"
)

// Say names a code of this package for people. The groups are those before the dots below. An unknown code is shown as it is.
func Say(group, code string) custody.Words {
	if w, ok := words[group+"."+code]; ok {
		return w
	}
	return custody.Words{VI: code, EN: code}
}

// SayFact names a fact as a line of a history.
func SayFact(f event.Fact) custody.Words {
	if l, ok := f.(event.LiabilityRecorded); ok && l.Corrects != "" {
		return Say("fact", "dossier.liability_corrected")
	}
	w := Say("fact", f.Fact())
	if g, ok := f.(event.ResultDelivered); ok {
		w = givenWords(w, g)
	}
	return w
}

// givenWords add who took a result when he is not the person himself, and that he had lost what he should have given up.
func givenWords(w custody.Words, g event.ResultDelivered) custody.Words {
	if g.To == "proxy" {
		w.VI, w.EN = w.VI+". Người được uỷ quyền nhận", w.EN+". Taken by a proxy"
		if g.Authorised {
			w.VI, w.EN = w.VI+", đã xem văn bản uỷ quyền", w.EN+", whose written authority was seen"
		}
	}
	if len(g.Lost) > 0 {
		w.VI, w.EN = w.VI+". Giấy tờ thu hồi: người nhận đã mất", w.EN+". The receiver has lost what was to be given up"
	}
	return w
}

var words = map[string]custody.Words{
	"state.accepted":             {VI: "Đã tiếp nhận", EN: "Accepted"},
	"state.in_transit":           {VI: "Đang chuyển đến cơ quan", EN: "On the way to the agency"},
	"state.at_agency":            {VI: "Đang giao cho cơ quan", EN: "Being handed to the agency"},
	"state.handed_over":          {VI: "Cơ quan đã nhận", EN: "Taken by the agency"},
	"state.slip_issued":          {VI: "Đã có giấy hẹn", EN: "The agency named a day"},
	"state.slip_told":            {VI: "Đã báo ngày hẹn", EN: "The citizen knows the day"},
	"state.supplement_requested": {VI: "Cần bổ sung giấy tờ", EN: "Papers to be added"},
	"state.supplement_sent":      {VI: "Giấy tờ bổ sung đang chuyển đến cơ quan", EN: "Added papers on their way to the agency"},
	"state.refused":              {VI: "Cơ quan từ chối, đang trả lại", EN: "Refused, on its way back"},
	"state.turning_back":         {VI: "Công dân rút, đang trả lại", EN: "Withdrawn, on its way back"},
	"state.given_back":           {VI: "Đã trả lại người nộp", EN: "Given back to the sender"},
	"state.awaiting_result":      {VI: "Chờ kết quả", EN: "Waiting for the result"},
	"state.result_ready":         {VI: "Có kết quả", EN: "The result is ready"},
	"state.result_received":      {VI: "Bưu điện đã nhận kết quả", EN: "The post has the result"},
	"state.result_in_transit":    {VI: "Đang chuyển kết quả", EN: "The result is on its way"},
	"state.out_for_delivery":     {VI: "Đang trả kết quả", EN: "Out for delivery"},
	"state.attempt_failed":       {VI: "Trả chưa được", EN: "Delivery attempted"},
	"state.awaiting_pickup":      {VI: "Chờ nhận tại bưu cục", EN: "Waits at the office"},
	"state.delivered":            {VI: "Đã trả kết quả", EN: "Delivered"},
	"state.returning_to_agency":  {VI: "Đang trả về cơ quan", EN: "Going back to the agency"},
	"state.returned_to_agency":   {VI: "Đã trả về cơ quan", EN: "Back at the agency"},
	"state.lost":                 {VI: "Thất lạc, đang tìm", EN: "Missing, being searched for"},
	"state.lost_paid":            {VI: "Thất lạc, đã bồi thường", EN: "Missing, compensated"},
	"state.cancelled":            {VI: "Đã huỷ", EN: "Cancelled"},

	"form.send":   {VI: "Gửi hồ sơ", EN: "Send the dossier"},
	"form.result": {VI: "Nhận kết quả", EN: "Fetch the result"},
	"form.both":   {VI: "Gửi hồ sơ và nhận kết quả", EN: "Send the dossier and fetch the result"},

	"channel.counter": {VI: "Tại quầy", EN: "At the counter"},
	"channel.home":    {VI: "Tại nhà", EN: "At home"},

	"verdict.complete":   {VI: "Đủ, nhận", EN: "Complete, taken"},
	"verdict.supplement": {VI: "Nhận, yêu cầu bổ sung", EN: "Taken, papers to be added"},
	"verdict.refused":    {VI: "Từ chối, trả lại", EN: "Refused, goes back"},

	"absent.other_case":    {VI: "Không áp dụng cho trường hợp này", EN: "For other cases"},
	"absent.agency_has_it": {VI: "Cơ quan tự tra cứu được", EN: "The agency finds it itself"},
	"absent.none_exists":   {VI: "Người nộp không có loại giấy này (nếu có)", EN: "The sender has none (“if any”)"},

	"refusal.not_competent":   {VI: "Không thuộc thẩm quyền", EN: "Not competent"},
	"refusal.not_by_post":     {VI: "Thủ tục phải nộp trực tiếp", EN: "Must be filed in person"},
	"refusal.no_right":        {VI: "Người nộp không có quyền yêu cầu", EN: "The sender may not ask for it"},
	"refusal.deadline_passed": {VI: "Quá thời hạn nộp", EN: "Filed too late"},
	"refusal.false_papers":    {VI: "Giấy tờ không hợp lệ", EN: "The papers are not valid"},
	"refusal.repealed":        {VI: "Thủ tục đã bãi bỏ", EN: "The procedure was repealed"},

	"basis.onestop_17":     {VI: "Nghị định 61/2018/NĐ-CP, Điều 17", EN: "Decree 61/2018/NĐ-CP, article 17"},
	"basis.procedure_list": {VI: "Quyết định công bố thủ tục", EN: "The decision that published the procedure"},
	"basis.special_law":    {VI: "Luật chuyên ngành (ghi trên phiếu từ chối)", EN: "A special law (named on the refusal)"},

	"supplement.paper_missing":      {VI: "Thiếu giấy tờ", EN: "A paper is missing"},
	"supplement.paper_wrong":        {VI: "Giấy tờ không đúng loại", EN: "A paper of the wrong kind"},
	"supplement.copy_not_certified": {VI: "Bản sao chưa chứng thực", EN: "A copy is not certified"},
	"supplement.form_incomplete":    {VI: "Tờ khai chưa ghi đủ", EN: "The form is not filled in"},
	"supplement.fee_missing":        {VI: "Chưa nộp phí, lệ phí", EN: "The fee was not paid"},

	"slip.phone":     {VI: "Gọi điện", EN: "By telephone"},
	"slip.message":   {VI: "Nhắn tin, thư điện tử", EN: "By message or e-mail"},
	"slip.counter":   {VI: "Báo tại quầy", EN: "At the counter"},
	"slip.delivered": {VI: "Phát giấy hẹn tận tay", EN: "The slip was brought"},

	"invite.phone":   {VI: "Gọi điện", EN: "By telephone"},
	"invite.message": {VI: "Nhắn tin, thư điện tử", EN: "By message or e-mail"},
	"invite.letter":  {VI: "Gửi giấy mời", EN: "By letter"},
	"invite.visit":   {VI: "Đến nhà, để lại giấy mời", EN: "A visit, an invitation was left"},

	"outcome.granted":  {VI: "Có kết quả", EN: "Granted"},
	"outcome.rejected": {VI: "Văn bản từ chối giải quyết", EN: "Rejected in writing"},

	"taker.self":  {VI: "Chính người đó", EN: "The person himself"},
	"taker.proxy": {VI: "Người được uỷ quyền", EN: "A proxy"},

	"withdraw.changed_mind":   {VI: "Không nộp nữa", EN: "Changed his mind"},
	"withdraw.mistake":        {VI: "Nộp nhầm", EN: "A mistake"},
	"withdraw.file_elsewhere": {VI: "Nộp nơi khác", EN: "Files elsewhere"},

	"complaint.late":    {VI: "Chậm", EN: "Late"},
	"complaint.lost":    {VI: "Mất", EN: "Lost"},
	"complaint.damaged": {VI: "Hư hỏng, rách nát", EN: "Damaged"},
	"complaint.fees":    {VI: "Giá cước, phí, lệ phí", EN: "Prices and fees"},
	"complaint.staff":   {VI: "Thái độ phục vụ", EN: "Staff"},
	"complaint.refused": {VI: "Bị từ chối, đòi thêm giấy tờ", EN: "Refused, or asked for more papers"},
	"complaint.other":   {VI: "Việc khác", EN: "Other"},

	"outcome.right":  {VI: "Khiếu nại đúng", EN: "The complaint is right"},
	"outcome.partly": {VI: "Đúng một phần", EN: "Partly right"},
	"outcome.wrong":  {VI: "Không có cơ sở", EN: "Not founded"},

	"liability.lost":    {VI: "Mất", EN: "Lost"},
	"liability.damaged": {VI: "Hư hỏng", EN: "Damaged"},
	"liability.late":    {VI: "Chậm", EN: "Late"},

	"correction.mistyped":    {VI: "Ghi nhầm", EN: "Written wrong"},
	"correction.new_finding": {VI: "Xác minh lại", EN: "Found out since"},
	"correction.amount":      {VI: "Thoả thuận lại số tiền", EN: "Another amount was agreed"},

	"fault.post":   {VI: "Lỗi của bưu điện", EN: "The post"},
	"fault.sender": {VI: "Lỗi của người gửi", EN: "The sender"},
	"fault.agency": {VI: "Lỗi của cơ quan", EN: "The agency"},
	"fault.nobody": {VI: "Bất khả kháng", EN: "Nobody (force majeure)"},

	"picture.list":   {VI: "Ảnh bản kê hai bên đã ký", EN: "Picture of the signed list"},
	"picture.packet": {VI: "Ảnh gói đã niêm phong", EN: "Picture of the sealed packet"},

	"fee.fee":    {VI: "Phí", EN: "Fee"},
	"fee.charge": {VI: "Lệ phí", EN: "Charge"},
	"how.post":   {VI: "Bưu điện thu hộ", EN: "Through the post"},
	"how.online": {VI: "Đã nộp trực tuyến", EN: "Paid online"},
	"how.agency": {VI: "Nộp tại cơ quan", EN: "At the agency"},
	"how.later":  {VI: "Thu khi trả kết quả", EN: "With the result"},

	"fact.dossier.accepted":             {VI: "Tiếp nhận hồ sơ, đồng kiểm, niêm phong", EN: "Accepted, counted together, sealed"},
	"fact.dossier.supplement_sent":      {VI: "Gửi giấy tờ bổ sung", EN: "Added papers sent"},
	"fact.dossier.compared":             {VI: "Đối chiếu với cơ quan", EN: "Compared at the agency"},
	"fact.dossier.slip_issued":          {VI: "Cơ quan hẹn ngày trả", EN: "The agency named a day"},
	"fact.dossier.slip_told":            {VI: "Đã báo công dân ngày hẹn", EN: "The citizen was told the day"},
	"fact.dossier.supplement_requested": {VI: "Cơ quan yêu cầu bổ sung", EN: "The agency asked for papers"},
	"fact.dossier.supplement_completed": {VI: "Hồ sơ đã đủ", EN: "The papers are complete"},
	"fact.dossier.rescheduled":          {VI: "Cơ quan xin lỗi, hẹn lại", EN: "The agency apologised and named another day"},
	"fact.dossier.result_ready":         {VI: "Cơ quan báo có kết quả", EN: "The agency has the result"},
	"fact.dossier.result_packed":        {VI: "Đồng kiểm, niêm phong kết quả tại cơ quan", EN: "Result counted and sealed at the agency"},
	"fact.dossier.invited":              {VI: "Mời nhận kết quả", EN: "Invited"},
	"fact.dossier.result_delivered":     {VI: "Trả kết quả, mở và đếm cùng người nhận", EN: "Result opened, counted and given"},
	"fact.dossier.recalled_sent":        {VI: "Gửi giấy tờ thu hồi về cơ quan", EN: "Papers given up sent to the agency"},
	"fact.dossier.withdrawn":            {VI: "Công dân rút hồ sơ", EN: "Withdrawn by the citizen"},
	"fact.dossier.given_back":           {VI: "Trả lại hồ sơ cho người nộp", EN: "Given back to the sender"},
	"fact.dossier.result_unclaimed":     {VI: "Không ai nhận, trả về cơ quan", EN: "Not claimed, back to the agency"},
	"fact.dossier.complained":           {VI: "Khiếu nại", EN: "Complaint"},
	"fact.dossier.complaint_answered":   {VI: "Trả lời khiếu nại", EN: "Complaint answered"},
	"fact.dossier.agency_kept":          {VI: "Sửa danh sách cơ quan", EN: "List of agencies changed"},
	"fact.dossier.liability_recorded":   {VI: "Lập biên bản xác định trách nhiệm", EN: "Liability recorded"},
	"fact.dossier.liability_corrected":  {VI: "Sửa biên bản xác định trách nhiệm", EN: "Liability record corrected"},
	"fact.dossier.liability_approved":   {VI: "Duyệt số tiền bồi thường", EN: "Amount of the compensation approved"},
	"fact.cash.compensated":             {VI: "Đã bồi thường", EN: "Compensated"},
}
