package site

import (
	"fmt"

	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// law is one sentence that stands on a rule, with the article that gives it.
type law struct {
	Text   string
	Basis  string
	Unsure string // why nobody could check it; "" when it was checked
}

// statute says one number of the law, or several, in a sentence.
type statute struct {
	Key    string
	Cells  [][]string // of a table: the row's words and the column, in the order of the sentence; none for a simple value
	VI, EN string
}

// complaints are the rules that a reader with a complaint needs.
var complaints = []statute{
	{Key: "post.complaint.limit", Cells: [][]string{{"months", "about", "loss-or-delay"}, {"months", "about", "damage-or-other"}},
		VI: "Khiếu nại mất hoặc chậm: trong %s tháng, kể từ ngày lẽ ra phải phát. Hư hỏng, giá cước và việc khác: trong %s tháng, kể từ ngày phát.",
		EN: "Complain of loss or delay within %s months from the day it should have been delivered; of damage, price and other matters within %s month from delivery."},
	{Key: "post.complaint.answer", Cells: [][]string{{"months", "service", "domestic"}, {"months", "service", "international"}},
		VI: "Chúng tôi phải trả lời trong %s tháng với bưu gửi trong nước, %s tháng với bưu gửi quốc tế.",
		EN: "We must answer within %s months for a domestic item, %s months for an international one."},
	{Key: "post.compensation.times_postage",
		VI: "Mất hoặc hư hỏng do lỗi của bưu điện: bồi thường ít nhất %s lần cước đã trả, đã gồm hoàn cước.",
		EN: "Lost or damaged by our fault: compensation of at least %s times the postage paid, refund included."},
	{Key: "post.compensation.pay_within",
		VI: "Tiền bồi thường được trả trong %s ngày, kể từ khi lập văn bản xác định trách nhiệm.",
		EN: "Compensation is paid within %s days of the written record of liability."},
}

// absences are the rules for whoever was not at home.
var absences = []statute{
	{Key: "post.invitations",
		VI: "Khi không gặp người nhận, bưu điện mời ít nhất %s lần trước khi coi là không phát được.",
		EN: "When nobody is there, we invite at least %s times before an item counts as undeliverable."},
	{Key: "post.invitations.apart",
		VI: "Hai lần mời cách nhau ít nhất %s ngày làm việc.",
		EN: "Two invitations are at least %s working days apart."},
	{Key: "post.ownerless.after",
		VI: "Không ai nhận và cũng không trả lại được: sau %s tháng kể từ ngày gửi, bưu gửi coi là không có người nhận.",
		EN: "What can be neither delivered nor returned counts as ownerless %s months after posting."},
}

// rights are the rules on requests about one's own data.
var rights = []statute{
	{Key: "privacy.request.answer",
		VI: "Yêu cầu xem, sửa, xoá, hạn chế dữ liệu của mình được trả lời trong %s giờ.",
		EN: "A request to see, mend, delete or restrict your own data is answered within %s hours."},
	{Key: "privacy.breach.notice",
		VI: "Nếu lộ dữ liệu, chúng tôi báo cơ quan công an trong %s giờ.",
		EN: "If data leaks, we tell the police department within %s hours."},
}

// keeping are the rules on how long records are kept at least.
var keeping = []statute{
	{Key: "dossier.records.electronic",
		VI: "Dữ liệu về hồ sơ hành chính gửi qua bưu điện: ít nhất %s năm.",
		EN: "Data on administrative dossiers sent by post: at least %s years."},
	{Key: "dossier.records.paper",
		VI: "Giấy tờ giao nhận hồ sơ hành chính: ít nhất %s năm.",
		EN: "Papers of dossiers handed over: at least %s year."},
}

// laws says statutes as they stand today. One that has no rule today is left out: nothing is promised then.
func (s *Service) laws(p web.Page, list []statute) []law {
	book := s.book()
	if book == nil {
		return nil
	}
	var out []law
	for _, st := range list {
		rule, err := book.Rule(st.Key, s.today())
		if err != nil {
			continue
		}
		numbers, ok := st.numbers(rule)
		if !ok {
			continue
		}
		l := law{Text: fmt.Sprintf(p.T(st.VI, st.EN), numbers...), Basis: rule.Cite().In(p.Lang)}
		if !rule.Verified {
			l.Unsure = rule.Reason.In(p.Lang)
		}
		out = append(out, l)
	}
	return out
}

// numbers takes what the sentence needs out of a rule; ok is false when the rule has it not.
func (st statute) numbers(rule *rulebook.Rule) (out []any, ok bool) {
	if len(st.Cells) == 0 {
		return []any{rule.Value.String()}, rule.Value.Kind() == rulebook.Int
	}
	table := rule.Value.Table()
	if table == nil {
		return nil, false
	}
	for _, cell := range st.Cells {
		row, ok := table.Find(cell[1:]...)
		if !ok {
			return nil, false
		}
		out = append(out, table.Cell(row, cell[0]).String())
	}
	return out, true
}
