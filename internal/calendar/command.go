package calendar

import (
	"fmt"
	"io"
	"strings"
	"time"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// Asked is a question as typed on the command line or sent to the API.
type Asked struct {
	Service  string // kt1, dossier-send, dossier-return, letter, registered
	Route    string // intra, inter; same-district, between-districts, cities, other-province
	Class    string // plain, express, timed; A, B or C is plain with that secrecy
	Secrecy  string // A, B, C
	Slip     bool
	Special  bool
	Suburban bool
	Accepted string // 2020-04-24T15:10, with or without a zone; a day alone is its first moment
	At       string // as Accepted
}

// routes are the names that a route may be typed by.
var routes = map[string]Route{
	"intra": Intra, "inter": Inter, "same-district": SameDistrict, "between-districts": BetweenDistricts, "cities": Cities, "between-cities": Cities, "class1-cities": Cities,
	"other-province": OtherProvince, "same-region": OtherProvince, "other-region": OtherProvince,
}

// Question reads what was asked.
func (a Asked) Question() (Question, error) {
	q := Question{Service: Service(a.Service), Secrecy: strings.ToUpper(a.Secrecy), Slip: a.Slip, Special: a.Special, Suburban: a.Suburban}
	var err error
	if q.Accepted, err = ParseTime(a.Accepted); err != nil {
		return q, fault.New(fault.Invalid, "calendar.accepted", "Thời điểm chấp nhận phải có dạng 2020-04-24T15:10.", "The time of acceptance reads like 2020-04-24T15:10.").At("accepted")
	}
	if a.At != "" {
		if q.At, err = ParseTime(a.At); err != nil {
			return q, fault.New(fault.Invalid, "calendar.timed_at", "Giờ hẹn phải có dạng 2020-04-24T15:10.", "The fixed time reads like 2020-04-24T15:10.").At("at")
		}
	}
	var known bool
	if q.Route, known = routes[a.Route]; !known {
		return q, fault.New(fault.Invalid, "calendar.route", "Không có phạm vi %[1]q.", "There is no route %[1]q.", a.Route).At("route")
	}
	return q, q.classify(a.Class)
}

// classify reads the class, which may also be a letter of secrecy.
func (q *Question) classify(class string) error {
	switch class {
	case "A", "B", "C":
		if q.Secrecy != "" && q.Secrecy != class {
			return fault.New(fault.Invalid, "calendar.secrecy", "Hai độ mật khác nhau: %[1]s và %[2]s.", "Two levels of secrecy: %[1]s and %[2]s.", q.Secrecy, class).At("secrecy")
		}
		q.Secrecy, q.Class = class, Plain
	case "", "plain":
		q.Class = Plain
	case "express", "timed":
		q.Class = Class(class)
	default:
		return fault.New(fault.Invalid, "calendar.class", "Không có loại %[1]q.", "There is no class %[1]q.", class).At("class")
	}
	if q.Service != KT1 && (q.Class != Plain || q.Secrecy != "") {
		return fault.New(fault.Invalid, "calendar.class", "Chỉ bưu gửi KT1 mới có độ khẩn và độ mật.", "Only KT1 items have urgency and secrecy.").At("class")
	}
	if q.Secrecy != "" && q.Secrecy != "A" && q.Secrecy != "B" && q.Secrecy != "C" {
		return fault.New(fault.Invalid, "calendar.secrecy", "Độ mật là A, B hoặc C.", "Secrecy is A, B or C.").At("secrecy")
	}
	return nil
}

// ParseTime reads a moment; without a zone it is meant in Viet Nam, and a day alone is its first moment.
func ParseTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(postal.HoChiMinh), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, postal.HoChiMinh); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("not a time: %q", text)
}

// deadlineView is the stable shape of `citypost deadline --json`.
type deadlineView struct {
	Service  Service   `json:"service"`
	Route    Route     `json:"route"`
	Class    Class     `json:"class,omitempty"`
	Secrecy  string    `json:"secrecy,omitempty"`
	Slip     bool      `json:"slip"`
	Accepted time.Time `json:"accepted"`
	Answer
}

// unanswered is the answer in JSON when no rule covers the case.
type unanswered struct {
	Due      *time.Time          `json:"due"` // always null: there is none
	Steps    []Step              `json:"steps"`
	Basis    []rulebook.Citation `json:"basis"`
	Verified bool                `json:"verified"` // always false
	Code     string              `json:"code"`
	Reason   rulebook.Words      `json:"reason"`
}

// DeadlineCommand is `citypost deadline`: when something must be there, step by step, with the articles. A case that no rule covers is a fault;
// with JSON it is also an answer that says so.
func DeadlineCommand(w io.Writer, c *Calendar, asked Asked, p answer.Printing) error {
	q, err := asked.Question()
	if err != nil {
		return err
	}
	found, err := c.Deadline(q)
	if f, ok := fault.From(err); ok && f.Kind == fault.NotFound && p.JSON {
		none := unanswered{Steps: []Step{}, Basis: []rulebook.Citation{}, Code: f.Code, Reason: rulebook.Words{VI: f.In("vi"), EN: f.In("en")}}
		if err := answer.JSON(w, none); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if p.JSON {
		view := deadlineView{Service: q.Service, Route: q.Route, Slip: q.Slip, Accepted: q.Accepted.In(postal.HoChiMinh), Answer: found}
		if q.Service == KT1 {
			view.Class, view.Secrecy = q.Class, q.Secrecy
		}
		return answer.JSON(w, view)
	}
	return found.Print(w, p.Lang)
}

// Print writes an answer for people: the steps, the sources, and a warning when something is not verified.
func (a Answer) Print(w io.Writer, lang string) error {
	t := func(vi, en string) string { return rulebook.Words{VI: vi, EN: en}.In(lang) }
	for _, s := range a.Steps {
		fmt.Fprintf(w, "  %s\n", s.In(lang))
	}
	fmt.Fprintf(w, "%s\n", t("Căn cứ:", "By:"))
	for _, cite := range a.Basis {
		mark := ""
		if !cite.Verified {
			mark = t("  (chưa kiểm chứng)", "  (not verified)")
		}
		fmt.Fprintf(w, "  %s%s\n", cite.In(lang), mark)
	}
	if !a.Verified {
		fmt.Fprintf(w, "%s %s\n", t("Chưa kiểm chứng:", "Not verified:"), a.Reason.In(lang))
	}
	_, err := fmt.Fprintf(w, "%s\n", a.Due.Format("2006-01-02T15:04:05-07:00"))
	return err
}
