package desk

import (
	"regexp"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// reading is what a scan says, before anyone asks what it means here.
type reading struct {
	Text   string          // as it came
	Code   event.Thing     // of an item, bag, dispatch or handover
	Kind   postal.CodeKind // of one of our own codes, also of a badge or a command card
	Serial int             // of a command card
	Mended bool            // a Vietnamese input method had garbled it
	Free   bool            // it has the form of no code, so it may be the number of a seal
	Err    error           // why it is no code of ours
}

// inAddress finds the item number in the address that a label's QR code holds.
var inAddress = regexp.MustCompile(`[A-Z]{2}[0-9]{9}[A-Z]{2}`)

// read takes a scan apart: item numbers, also garbled ones whose check digit is right, our own codes of 14 digits, and addresses of our QR codes.
func read(text string) reading {
	rd := reading{Text: text}
	fixed, mended := postal.MendScan(text)
	plain := strings.ToUpper(strings.Join(strings.Fields(fixed), ""))
	if strings.Contains(plain, "://") {
		plain = inAddress.FindString(plain)
	}
	if len(plain) == 14 && strings.Trim(plain, "0123456789") == "" {
		kind, _, serial, err := postal.ParseCode(plain)
		rd.Kind, rd.Serial, rd.Err = kind, serial, err
		switch {
		case err != nil || kind == postal.CodeBadge || kind == postal.CodeCommand:
		case custody.KeyOf(event.Thing(plain)) != "":
			rd.Code = event.Thing(plain)
		default: // a good code of something that is not carried, a dossier say
			rd.Err = fault.New(fault.Invalid, "desk.not_carried", "Mã %s không phải bưu gửi, túi hay chuyến thư. Mã hồ sơ thì mở ở mục Hồ sơ.",
				"The code %s is no item, bag or dispatch. A dossier's code opens under Dossiers.", plain)
		}
		return rd
	}
	item, err := postal.ParseItemNumber(plain)
	if err != nil {
		rd.Err, rd.Free = notACode(err, text), !inAddress.MatchString(plain) && isSeal(text)
		return rd
	}
	rd.Code, rd.Mended = event.Thing(item), mended
	return rd
}

// isSeal reports whether a text could be the number of a seal: short, plain, without blanks.
func isSeal(text string) bool {
	for _, r := range text {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return text != "" && len(text) <= 32
}

// notACode says more plainly what is wrong with a scan that has not even the length of a code.
func notACode(err error, text string) error {
	switch fault.Code(err) {
	case "postal.item_number.length":
		return fault.New(fault.Invalid, "desk.not_a_code",
			"“%s” không phải mã nào ở đây. Bưu gửi có 13 ký tự (RR 473 124 829 VN); túi, chuyến thư, bàn giao có 14 chữ số.",
			"“%s” is no code used here. Items have 13 characters (RR 473 124 829 VN); bags, dispatches and handovers have 14 digits.", short(text))
	case "postal.item_number.foreign":
		return fault.New(fault.Invalid, "postal.item_number.foreign",
			"%s là số hiệu của bưu chính nước khác (hai chữ cuối không phải VN). Hệ thống này chỉ theo dõi số hiệu kết thúc bằng VN: xử lý theo quy trình bưu gửi quốc tế.",
			"%s is a number of another country's post (it does not end in VN). Only numbers ending in VN are followed here: treat it as international mail.", short(text))
	}
	return err
}

// short keeps a wrong scan short enough for a headline.
func short(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}
