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

// Sheet is the figures of a period.
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

// Make puts figures into a sheet and hides the small ones.
func Make(from, to postal.Day, madeMs, least int64, figures map[string]int64) (Sheet, error) {
	s := Sheet{From: from, To: to, MadeMs: madeMs, Least: least}
	for key, n := range figures {
		if !keyShape.MatchString(key) || n < 0 {
			return s, fmt.Errorf("counts: %q cannot be a figure", key)
		}
		s.Lines = append(s.Lines, Line{Key: key, N: n})
	}
	slices.SortFunc(s.Lines, func(a, b Line) int { return strings.Compare(a.Key, b.Key) })
	if to.Before(from) || len(s.Lines) > mostLines || least < 0 {
		return s, fmt.Errorf("counts: no such sheet")
	}
	s.hide()
	return s, nil
}

// hide hides what is small. Where one part of a total alone is hidden, the total would tell it: then the smallest other part goes too.
func (s *Sheet) hide() {
	for i := range s.Lines {
		l := &s.Lines[i]
		l.Hidden = l.N > 0 && l.N < s.Least
	}
	for i := range s.Lines {
		if total := s.Lines[i]; !strings.Contains(total.Key, ".") && !total.Hidden {
			s.hideSecond(total.Key + ".")
		}
	}
	for _, p := range [][2]string{{"judged", "on_time"}, {"items", "delivered"}, {"delivered", "judged"}, {"items", "judged"}} {
		s.hideRest(p[0], p[1])
	}
	for i := range s.Lines {
		if s.Lines[i].Hidden {
			s.Lines[i].N = 0
		}
	}
}

// hideRest hides a figure where what it leaves of another is small: 98 judged and 97 on time tell of one that was late.
func (s *Sheet) hideRest(whole, part string) {
	w := slices.IndexFunc(s.Lines, func(l Line) bool { return l.Key == whole })
	p := slices.IndexFunc(s.Lines, func(l Line) bool { return l.Key == part })
	if w < 0 || p < 0 || s.Lines[w].Hidden || s.Lines[p].Hidden {
		return
	}
	if rest := s.Lines[w].N - s.Lines[p].N; rest > 0 && rest < s.Least {
		s.Lines[p].Hidden = true
	}
}

func (s *Sheet) hideSecond(prefix string) {
	hidden, smallest := 0, -1
	for i, l := range s.Lines {
		if !strings.HasPrefix(l.Key, prefix) {
			continue
		}
		if l.Hidden {
			hidden++
		} else if l.N > 0 && (smallest < 0 || l.N < s.Lines[smallest].N) {
			smallest = i
		}
	}
	if hidden == 1 && smallest >= 0 {
		s.Lines[smallest].Hidden = true
	} else if hidden == 1 { // the total is that one part
		for i := range s.Lines {
			if s.Lines[i].Key+"." == prefix {
				s.Lines[i].Hidden = true
			}
		}
	}
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
