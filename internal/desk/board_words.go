package desk

import (
	"fmt"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// itemsLink leads to the rows behind a number.
func (v board) itemsLink(parts ...string) string {
	return withQuery(boardPath+"/items", append([]string{v.query}, parts...)...)
}

// nameOf names an office, the code when it is not in the directory.
func (v board) nameOf(o postal.OfficeCode) string {
	if n := v.names[o]; n != "" {
		return n
	}
	return string(o)
}

// toneOf is quiet while there is nothing to worry about.
func toneOf(n int, worry web.Tone) web.Tone {
	if n == 0 {
		return web.Good
	}
	return worry
}

func stageHeads(p web.Page) []web.Head {
	heads := []web.Head{{Label: p.T("Giai đoạn", "Stage")}}
	for _, a := range ages {
		heads = append(heads, web.Head{Label: p.T(a.vi, a.en), Number: true})
	}
	return append(heads, web.Head{Label: p.T("Cộng", "Sum"), Number: true})
}

// itemsCaption says how many rows there are, and in which order.
func itemsCaption(v boardItems) string {
	n := len(v.rows) + v.more
	if v.backOnly {
		return fmt.Sprintf(v.page.T("%d bưu gửi đang chuyển hoàn, lâu nhất trước", "%d items returning, the longest first"), n)
	}
	return fmt.Sprintf(v.page.T("%d bưu gửi, gần hạn nhất trước", "%d items, the next due first"), n)
}
