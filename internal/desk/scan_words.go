package desk

import (
	"crypto/sha256"
	"maps"
	"slices"

	"citypost/internal/postal"
	"citypost/internal/web"
)

// scanWords says what a scan came to.
func scanWords(p web.Page, sc scan) string {
	text := ""
	switch sc.Did {
	case didPack:
		text = p.T("vào túi ", "into bag ") + grouped(sc.Context)
	case didTake:
		text = p.T("lấy ra khỏi túi ", "out of bag ") + grouped(sc.Context)
	case didLoad:
		text = p.T("lên chuyến ", "onto dispatch ") + grouped(sc.Context)
	case didCount:
		text = p.T("đếm trong bàn giao ", "counted in handover ") + grouped(sc.Context)
	case didAccept:
		text = p.T("nhận gửi", "accepted")
	case didOpen:
		text = p.T("mở túi", "bag opened")
	case didAsk:
		text = p.T("chờ số niêm phong", "waiting for its seal")
	case didRefuse:
		text = p.T("không được", "refused")
	default:
		text = p.T("đã xem", "looked at")
	}
	if sc.Undone {
		text += p.T(" – đã hoàn tác", " – undone")
	}
	return text
}

func settleTone(n int) web.Tone {
	if n > 0 {
		return web.Bad
	}
	return web.Good
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// sampleCode is an example of our own codes with a right check digit.
func sampleCode(kind postal.CodeKind) string {
	code, err := postal.MakeCode(kind, "180100", 17)
	if err != nil {
		return ""
	}
	return code[:1] + " " + code[1:7] + " " + code[7:13] + " " + code[13:]
}

// backTo is where an undo returns to: the work that lies open.
func backTo(fr frame) string {
	if fr.Path == "" {
		return "/desk"
	}
	return fr.Path
}

// undoAct is the id of the act that takes a scan back: two presses are one act.
func undoAct(sc scan) string { return derive(sc.ID.String(), "undo") }

// derive makes another act id out of one, the same for the same purpose: a page with many buttons draws one id.
func derive(act, purpose string) string {
	id, err := postal.ParseActID(act)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(act + " " + purpose))
	copy(id[9:], sum[:7]) // the time and the version stay
	return id.String()
}
