package calendar

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Step is one step of a count. It becomes words only when somebody reads it: most deadlines are computed and never explained.
type Step struct {
	Day  postal.Day
	kind stepKind
	n    int
	at   time.Time
	mark *mark
	unit string
}

type stepKind uint8

const (
	stepAccepted stepKind = iota // the moment of acceptance; its day is not counted
	stepEvent                    // a day on which a period begins
	stepSkipped                  // a day off
	stepCounted                  // the n-th working day
	stepHalf                     // half of the n-th working day
	stepNotice                   // accepted early enough before a fixed time
	stepLast                     // the last day of a period in days, months or years
	stepRolled                   // the last day moved over a day off
	stepPaused                   // a working day at whose end the clock stood
	stepDue
)

// Words gives the step in both languages.
func (s Step) Words() rulebook.Words {
	return rulebook.Words{VI: s.In("vi"), EN: s.In("en")}
}

// In gives the step in the language asked for; anything but "en" is Vietnamese.
func (s Step) In(lang string) string {
	t := func(vi, en string, args ...any) string {
		return fmt.Sprintf(rulebook.Words{VI: vi, EN: en}.In(lang), args...)
	}
	day := weekdays[s.Day.Weekday()].In(lang) + " " + s.Day.VN()
	first := sentence(day)
	switch s.kind {
	case stepAccepted:
		return t("Chấp nhận lúc %[2]s, %[1]s: là ngày J, không tính.", "Accepted at %[2]s on %[1]s: that is day J and does not count.", day, clock(s.at))
	case stepEvent:
		return t("Thời hạn bắt đầu từ sự kiện ngày %[1]s: ngày này không tính.", "The period begins with the event of %[1]s: that day does not count.", day)
	case stepSkipped:
		return t("%[1]s: %[2]s, không tính.", "%[1]s: %[2]s, not counted.", first, s.mark.name().In(lang))
	case stepCounted:
		return t("%[1]s: ngày làm việc thứ %[2]d%[3]s.", "%[1]s: working day %[2]d%[3]s.", first, s.n, s.instead(lang))
	case stepHalf:
		return t("%[1]s: nửa đầu ngày làm việc thứ %[2]d%[3]s.", "%[1]s: first half of working day %[2]d%[3]s.", first, s.n, s.instead(lang))
	case stepNotice:
		return t("Được chấp nhận trước giờ phát ít nhất %[1]d giờ như quy định.", "It was accepted at least %[1]d hours before its time, as the rules ask.", s.n)
	case stepLast:
		return t("Hết %[2]d %[3]s vào %[1]s.", "%[2]d %[3]s end on %[1]s.", day, s.n, unitWords[s.unit].In(lang))
	case stepPaused:
		return t("%[1]s: đang tạm dừng, không tính.", "%[1]s: the clock stands, not counted.", first)
	case stepRolled:
		return t("%[1]s: %[2]s, thời hạn kéo sang ngày làm việc tiếp theo.", "%[1]s: %[2]s, so the period moves to the next working day.", first, s.mark.name().In(lang))
	}
	return t("Hạn: %[2]s %[1]s.", "Due: %[2]s on %[1]s.", day, clock(s.at))
}

// sentence begins a sentence with a day: only Vietnamese writes weekdays small.
func sentence(day string) string {
	if rest, small := strings.CutPrefix(day, "thứ"); small {
		return "Thứ" + rest
	}
	return day
}

func (s Step) instead(lang string) string {
	if s.mark == nil || s.mark.kind != WorkingInstead {
		return ""
	}
	return " (" + s.mark.name().In(lang) + ")"
}

// clock gives a time of day; the last second of a day is 24:00, as the law says it.
func clock(at time.Time) string {
	at = at.In(postal.HoChiMinh)
	if at.Equal(postal.DayOf(at).End()) {
		return "24:00"
	}
	return at.Format("15:04")
}

// MarshalJSON writes the step as its day and its words in both languages.
func (s Step) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Day postal.Day `json:"day"`
		VI  string     `json:"vi"`
		EN  string     `json:"en"`
	}{s.Day, s.In("vi"), s.In("en")})
}
