package postal

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// MendScan undoes what a Vietnamese input method did to a scanned item number, where the scanner types like a keyboard: Telex makes Ê of EE, Đ of DD, Ư of W, É of
// ES; VNI takes the digit after a letter as its mark. The mended text is given back only when it has the shape and the check digit of an item number;
// mended then tells the page to ask that the input method be switched off. Whatever else comes in goes back as it came. The caller parses.
// The check digit proves the digits, not the letters (UPU S10-12 computes it over the serial alone), so the page also shows what was made of the scan.
func MendScan(s string) (fixed string, mended bool) {
	if isASCII(s) {
		return s, false
	}
	plain := squeeze(strings.ToUpper(norm.NFC.String(s)))
	for _, undo := range []func(letter) string{letter.telex, letter.telexNoTone, letter.vni} {
		fixed := undoInputMethod(plain, undo)
		if len(fixed) == itemNumberLen && isItemShape(fixed) && fixed[10] == s10Check(fixed[2:10]) {
			return fixed, true
		}
	}
	return s, false
}

// letter is one Vietnamese capital taken apart.
type letter struct {
	base  rune // A … Z
	shape rune // the mark that makes another letter: circumflex, breve, horn, the bar of Đ; 0 for none
	tone  rune // the tone mark; 0 for none
	alone bool // the only letter before the digits: it must stand for both letters of service
}

const (
	circumflex rune = '\u0302'
	breve      rune = '\u0306'
	horn       rune = '\u031b'
	bar        rune = '\u0335' // we write it for Đ, which Unicode does not take apart

	grave   rune = '\u0300'
	acute   rune = '\u0301'
	tilde   rune = '\u0303'
	hook    rune = '\u0309'
	dotDown rune = '\u0323'
)

// telexTones and vniKeys are the keys that the two input methods read as marks.
var (
	telexTones = map[rune]string{acute: "S", grave: "F", hook: "R", tilde: "X", dotDown: "J"}
	vniKeys    = map[rune]string{acute: "1", grave: "2", hook: "3", tilde: "4", dotDown: "5", circumflex: "6", horn: "7", breve: "8", bar: "9"}
)

// telex gives the keys that were typed for a letter, its tone key included.
func (l letter) telex() string { return l.telexNoTone() + telexTones[l.tone] }

// telexNoTone gives the keys for a letter whose tone came from nowhere: the mark is dropped.
func (l letter) telexNoTone() string {
	switch {
	case l.shape == circumflex, l.shape == bar:
		return string([]rune{l.base, l.base})
	case l.shape == horn && l.base == 'U' && (!l.alone || l.tone != 0):
		return "W" // a W that stands alone becomes Ư
	case l.shape == horn, l.shape == breve:
		return string(l.base) + "W"
	}
	return string(l.base)
}

// vni gives the keys of the VNI method, whose marks are digits.
func (l letter) vni() string { return string(l.base) + vniKeys[l.shape] + vniKeys[l.tone] }

func undoInputMethod(plain string, undo func(letter) string) string {
	alone := strings.IndexFunc(plain, func(r rune) bool { return r >= '0' && r <= '9' })
	var b strings.Builder
	for i, r := range plain {
		l, ok := takeApart(r)
		if !ok {
			b.WriteRune(r)
			continue
		}
		l.alone = i == 0 && alone == len(string(r))
		b.WriteString(undo(l))
	}
	return b.String()
}

// takeApart takes a marked Vietnamese capital apart; ok is false for every other character.
func takeApart(r rune) (l letter, ok bool) {
	if r == 'Đ' {
		return letter{base: 'D', shape: bar}, true
	}
	for i, part := range []rune(norm.NFD.String(string(r))) {
		switch part {
		case circumflex, breve, horn:
			l.shape = part
		case grave, acute, tilde, hook, dotDown:
			l.tone = part
		default:
			if i > 0 || part < 'A' || part > 'Z' {
				return letter{}, false
			}
			l.base = part
		}
	}
	return l, l.shape != 0 || l.tone != 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
