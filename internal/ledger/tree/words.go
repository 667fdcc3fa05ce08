package tree

import (
	"fmt"
	"strings"
	"time"
)

// In says what is proved, in sentences for a person; anything but "en" is Vietnamese. It never says more than was checked.
func (p *Proved) In(lang string) string {
	if lang == "en" {
		return p.english()
	}
	return p.vietnamese()
}

func (p *Proved) vietnamese() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Biên nhận ĐÚNG. Sổ cái “%s” đã ghi việc này ở dòng số %d", p.Origin, p.Seq)
	if p.Code != "" {
		fmt.Fprintf(&b, ", về bưu gửi %s", p.Code)
	}
	fmt.Fprintf(&b, ". Sổ cái đã ký xác nhận toàn bộ sổ khi có %d dòng, nên không thể sửa, bỏ hay chen dòng nào trước đó mà không bị lộ.", p.Size)
	if len(p.Body) > 0 {
		b.WriteString(" Nội dung kèm theo đúng từng byte như lúc ghi.")
	} else {
		b.WriteString(" Biên nhận này chỉ mang dấu niêm của nội dung; muốn biết nội dung đúng hay sai phải đối chiếu với bản đầy đủ.")
	}
	if len(p.Witnesses) == 0 {
		b.WriteString(" Chưa có bên chứng kiến độc lập nào được kiểm: giờ ghi là lời của bưu điện.")
	}
	for _, w := range p.Witnesses {
		b.WriteString(" " + w.In("vi"))
	}
	return b.String()
}

func (p *Proved) english() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The receipt is VALID. The ledger “%s” recorded this as entry %d", p.Origin, p.Seq)
	if p.Code != "" {
		fmt.Fprintf(&b, ", about item %s", p.Code)
	}
	fmt.Fprintf(&b, ". The ledger signed the whole of itself at %d entries, so none before that can be changed, dropped or slipped in without being found out.", p.Size)
	if len(p.Body) > 0 {
		b.WriteString(" The content that comes with it is, byte for byte, what was recorded.")
	} else {
		b.WriteString(" This receipt carries only the seal of the content; to know whether a content is right, compare it with the full one.")
	}
	if len(p.Witnesses) == 0 {
		b.WriteString(" No independent witness was checked: the time of recording is the post's own word.")
	}
	for _, w := range p.Witnesses {
		b.WriteString(" " + w.In("en"))
	}
	return b.String()
}

// In says what a witness confirms.
func (w Cosigned) In(lang string) string {
	if lang == "en" {
		return fmt.Sprintf("Witness %s confirms having seen this ledger at %s.", w.Witness, w.At.In(hanoi).Format("15:04:05 on 2 January 2006 (UTC+7)"))
	}
	return fmt.Sprintf("Bên chứng kiến %s xác nhận đã thấy sổ này lúc %s.", w.Witness, w.At.In(hanoi).Format("15:04:05 ngày 02/01/2006"))
}

// hanoi is Vietnam's time; it has had no daylight saving since before this program.
var hanoi = time.FixedZone("UTC+7", 7*60*60)
