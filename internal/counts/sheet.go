package counts

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"

	"golang.org/x/mod/sumdb/note"
)

// Sheet is the figures of a month.
type Sheet struct {
	From, To postal.Day
	MadeMs   int64
	Least    int64 // figures from 1 to below this are hidden
	Lines    []Line
}

// Line is one figure. Its key says of what, in words with dots; "items.intra" is a part of the total "items".
type Line struct {
	Key    string
	N      int64
	Hidden bool
}

const header = "citypost counts 1"

var keyShape = regexp.MustCompile(`^[a-z0-9_]{1,30}(\.[a-z0-9_]{1,30})?$`)

// mostLines bounds a file: the report has a few dozen figures.
const mostLines = 500

// Floor is the least that Least may be: fewer than five stand for persons.
const Floor = 5

// Figures are what a month is counted to. Behind says on how many items an amount of money stands; that number does not leave the house.
type Figures struct {
	Month  postal.Day // its first day
	Counts map[string]int64
	Behind map[string]int64
}

// Make puts figures into a sheet and hides what would tell of a few, in the sheet and beside the others that were made of the same month.
func Make(f Figures, madeMs, least int64, others []Sheet) (Sheet, error) {
	s := Sheet{From: f.Month, To: endOf(f.Month), MadeMs: madeMs, Least: least}
	for key, n := range f.Counts {
		if !keyShape.MatchString(key) || n < 0 {
			return s, fmt.Errorf("counts: %q cannot be a figure", key)
		}
		behind, money := f.Behind[key]
		s.Lines = append(s.Lines, Line{Key: key, N: n, Hidden: money && s.small(behind)})
	}
	slices.SortFunc(s.Lines, func(a, b Line) int { return strings.Compare(a.Key, b.Key) })
	s.hide(others)
	return s, s.check(others)
}

func endOf(month postal.Day) postal.Day {
	y, m, _ := month.Date()
	return postal.MakeDay(y, m+1, 0)
}

// check refuses a sheet that is not of one whole month, whose sums do not agree, or that tells of a few, alone or beside the others of its month.
func (s *Sheet) check(others []Sheet) error {
	if _, _, day := s.From.Date(); day != 1 || s.To != endOf(s.From) || len(s.Lines) == 0 || len(s.Lines) > mostLines || s.Least < Floor || s.MadeMs <= 0 {
		return fault.New(fault.Invalid, "counts.form", "Tệp số liệu phải của trọn một tháng, ngưỡng ẩn từ %d trở lên.", "A sheet of counts is of one whole month, and hides what is below %d or more.", Floor)
	}
	for i, l := range s.Lines {
		if i > 0 && s.Lines[i-1].Key >= l.Key {
			return disagree(l.Key)
		}
		if !l.Hidden && s.hasParts(l.Key) && !s.addsUp(l) {
			return disagree(l.Key)
		}
	}
	if i := s.tells(others); i >= 0 {
		return fault.New(fault.Conflict, "counts.unsafe",
			"Tệp này để lộ hoặc để tính ra được số nhỏ hơn %[1]d (“%[2]s”), tự nó hoặc khi đặt cạnh tệp đã nhận của cùng tháng. Không nhận. Hãy xuất lại tệp bằng phiên bản mới của nhà nội bộ.",
			"This file shows, or lets one work out, a figure below %[1]d (“%[2]s”), alone or beside a file of the same month that was taken. It is not taken. Write it anew with the closed house's present version.", s.Least, s.Lines[i].Key)
	}
	return nil
}

// addsUp reports whether a total can be what its parts say.
func (s *Sheet) addsUp(total Line) bool {
	left, hidden := total.N, false
	for _, l := range s.Lines {
		if strings.HasPrefix(l.Key, total.Key+".") {
			left, hidden = left-l.N, hidden || l.Hidden
		}
	}
	return left == 0 || left > 0 && hidden
}

func disagree(key string) error {
	return fault.New(fault.Invalid, "counts.disagree", "Số liệu “%s” trong tệp không khớp với các phần của nó. Không nhận.", "The figure “%s” of the file does not agree with its parts. It is not taken.", key)
}

// text is what is signed.
func (s Sheet) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s %s\nmade %d\nleast %d\n", header, s.From, s.To, s.MadeMs, s.Least)
	for _, l := range s.Lines {
		figure := strconv.FormatInt(l.N, 10)
		if l.Hidden {
			figure = "-"
		}
		fmt.Fprintf(&b, "%s %s\n", l.Key, figure)
	}
	return b.String()
}

// Sign gives the file that leaves the house.
func (s Sheet) Sign(key note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: s.text()}, key)
}

// Open reads a file that the key signed; anything else is refused.
func Open(file []byte, key note.Verifier) (Sheet, error) {
	n, err := note.Open(file, note.VerifierList(key))
	if err == nil {
		err = oneForm(n)
	}
	if err != nil {
		return Sheet{}, fault.New(fault.Invalid, "counts.not_signed",
			"Tệp số liệu không có chữ ký đúng của nhà nội bộ, hoặc đã bị sửa dù chỉ một byte. Không nhận. Hãy xuất lại tệp và kiểm tra thiết bị nhớ.",
			"The file bears no right signature of the closed house, or was altered, be it by one byte. It is not taken. Write the file anew and check the memory device.").Because(err)
	}
	s, err := parse(n.Text)
	if err != nil || s.text() != n.Text { // one form only
		return Sheet{}, fault.New(fault.Invalid, "counts.not_understood", "Tệp có chữ ký đúng nhưng không phải số liệu KT1 của phiên bản này.", "The file is signed, but it is no sheet of counts of this version.").Because(err)
	}
	return s, nil
}

// oneForm refuses what says the same in other bytes: a second signature, or the bits that the last letter of base64 leaves unused.
func oneForm(n *note.Note) error {
	if len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return fmt.Errorf("want one signature")
	}
	_, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64)
	return err
}

func parse(text string) (s Sheet, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 4 || len(lines) > 4+mostLines || lines[0] != header {
		return s, fmt.Errorf("not a sheet")
	}
	from, to, _ := strings.Cut(lines[1], " ")
	if s.From, err = postal.ParseDay(from); err != nil {
		return s, err
	}
	if s.To, err = postal.ParseDay(to); err != nil {
		return s, err
	}
	if _, err = fmt.Sscanf(lines[2]+"\n"+lines[3], "made %d\nleast %d", &s.MadeMs, &s.Least); err != nil {
		return s, err
	}
	for _, line := range lines[4:] {
		key, figure, _ := strings.Cut(line, " ")
		l := Line{Key: key, Hidden: figure == "-"}
		if !l.Hidden {
			if l.N, err = strconv.ParseInt(figure, 10, 64); err != nil {
				return s, err
			}
		}
		if !keyShape.MatchString(key) || l.N < 0 {
			return s, fmt.Errorf("line %q", line)
		}
		s.Lines = append(s.Lines, l)
	}
	return s, nil
}
