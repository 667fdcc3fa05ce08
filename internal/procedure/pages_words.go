package procedure

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// sentence begins a phrase with a capital.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// levelWords are how pages say the levels.
var levelWords = map[Level][2]string{
	Ministry: {"cấp bộ", "ministry"}, Province: {"cấp tỉnh", "province"}, Commune: {"cấp xã", "commune"}, Other: {"cơ quan khác", "another body"},
}

func (v *Version) levelText(lang string) string {
	var names []string
	for _, l := range v.Levels {
		names = append(names, postal.In(lang, levelWords[l][0], levelWords[l][1]))
	}
	return sentence(strings.Join(names, ", "))
}

// tone is how a state feels.
func (s State) tone() web.Tone {
	switch s {
	case Published, Amended:
		return web.Good
	case Future:
		return web.Info
	}
	return web.Bad
}

// postWord says in a list whether a procedure goes by post.
func (h Hit) postWord(p web.Page) (string, web.Tone) {
	switch {
	case h.State == Repealed:
		return p.T("Đã bãi bỏ", "Repealed"), web.Bad
	case h.State == Future:
		return p.T("Từ ", "From ") + h.Version.From.VN(), web.Info
	case h.Version.Accepts(Postal):
		return p.T("Gửi được qua bưu điện", "Goes by post"), web.Good
	}
	return p.T("Không nhận qua bưu điện", "Not by post"), web.Info
}

// office says who handles the procedure.
func (v *Version) office() string { return cmp.Or(v.Agency, v.Promulgator) }

// limitText says the time limit of a channel, or leads to the cases.
func (v *Version) limitText(p web.Page, c Channel) string {
	switch {
	case len(v.Cases) == 1 && v.Cases[0].Limit.Known():
		return v.Cases[0].Limit.In(p.Lang)
	case len(v.Cases) > 1:
		return p.T("theo trường hợp, xem bên dưới", "by case, see below")
	}
	return c.Limit.In(p.Lang)
}

// source says which rule gives the lower fee, and that nobody could check it.
func (r relief) source(p web.Page) string {
	s := p.T("Theo ", "By ") + r.Cite.In(p.Lang) + "."
	if !r.Cite.Verified {
		s += " " + p.T("Chưa kiểm chứng.", "Not verified.")
	}
	return s
}
