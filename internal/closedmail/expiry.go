package closedmail

import (
	"fmt"
	"slices"
	"strings"

	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// What ends on a day by itself: papers of workers, inspections of facilities. Whoever keeps them is told before, in the days of the rule kt1.expiry.warning.

// Until is the last day on which all four papers of the worker hold; "" when one lacks already, or when none ever ends.
func (w *Worker) Until(on postal.Day) string {
	if len(w.Lacks(on)) > 0 {
		return ""
	}
	first := ""
	for _, p := range w.Papers {
		if p.Until != "" && (first == "" || p.Until < first) {
			first = p.Until
		}
	}
	return first
}

// ending says how many days are left until something ends, when they are few enough to be told.
func (v view) ending(until string) (left int, soon bool) {
	day, err := postal.ParseDay(until)
	if err != nil {
		return 0, false
	}
	left = day.DaysSince(v.day())
	return left, left >= 0 && left <= v.limit(expiryWarning)
}

// daysLeft says it in words.
func (v view) daysLeft(left int) string {
	if left == 0 {
		return v.T(" (hôm nay)", " (today)")
	}
	return v.T(fmt.Sprintf(" (còn %d ngày)", left), fmt.Sprintf(" (%d days left)", left))
}

// remindOf tells a worker that one of his own papers ends soon, for without it his acts are refused, and a supervisor what ends at the office.
func (v *view) remindOf(id postal.StaffID) {
	if v.May(web.KT1Supervisor) {
		v.remindEnding()
	}
	if v.unfit(id) {
		return
	}
	w, ok := ledger.Get[*Worker](v.led, WorkerKey(id))
	if !ok {
		return
	}
	until := w.Until(v.day())
	if left, soon := v.ending(until); soon {
		v.add(part{Tone: web.Ask, Text: v.T("Hồ sơ của bạn có giấy hết hiệu lực sau ngày ", "One of your papers ends after ") + vnDay(until) + v.daysLeft(left) +
			v.T(". Sau đó mọi việc KT1 của bạn bị từ chối: hãy báo cán bộ bảo mật.", ". After that your KT1 acts are refused: tell the security officer.")})
	}
}

// unfit tells a worker that his papers lack or have ended, before he fills in what would be refused.
func (v *view) unfit(id postal.StaffID) bool {
	w, ok := ledger.Get[*Worker](v.led, WorkerKey(id))
	if !ok {
		w = &Worker{ID: id}
	}
	if len(w.Lacks(v.day())) == 0 {
		return false
	}
	v.add(part{Tone: web.Bad, Text: v.T("Hồ sơ KT1 của bạn chưa đủ. ", "Your KT1 papers are not complete. ") + v.lackWords(w) +
		v.T(". Mọi việc KT1 của bạn bị từ chối cho đến khi cán bộ bảo mật ghi giấy mới.", ". Your KT1 acts are refused until the security officer files new ones.")})
	return true
}

// lackWords says which papers have ended and which were never there, or were withdrawn.
func (v view) lackWords(w *Worker) string {
	var ended, none []Paper
	for _, p := range w.Lacks(v.day()) {
		if slices.ContainsFunc(w.Papers, func(f Filed) bool { return f.Paper == p && f.ended(v.day()) }) {
			ended = append(ended, p)
		} else {
			none = append(none, p)
		}
	}
	var out []string
	if len(ended) > 0 {
		out = append(out, v.T("Hết hạn: ", "Ended: ")+v.papers(ended))
	}
	if len(none) > 0 {
		out = append(out, v.T("Thiếu: ", "Lacks: ")+v.papers(none))
	}
	return strings.Join(out, "; ")
}

// remindEnding tells a supervisor whose papers at the office, and which inspections, have ended or end soon.
func (v *view) remindEnding() {
	people, things := 0, 0
	for _, w := range Workers(v.led) {
		if !w.has(v.At, Duties...) {
			continue
		}
		if _, soon := v.ending(w.Until(v.day())); soon || len(w.Lacks(v.day())) > 0 {
			people++
		}
	}
	for _, f := range Facilities(v.led, v.At) {
		if _, soon := v.ending(f.Until); soon || !f.Fit(v.day()) {
			things++
		}
	}
	if people+things == 0 {
		return
	}
	p := part{Tone: web.Ask, Text: v.T(fmt.Sprintf("Hết hoặc sắp hết hiệu lực: hồ sơ của %d người, kiểm tra của %d cơ sở vật chất.", people, things),
		fmt.Sprintf("Over or soon over: papers of %d workers, inspections of %d facilities.", people, things))}
	if people > 0 {
		p.Buttons = append(p.Buttons, web.Btn{Label: v.T("Xem người", "See the people"), Kind: web.Second, Href: peoplePath})
	}
	if things > 0 {
		p.Buttons = append(p.Buttons, web.Btn{Label: v.T("Xem cơ sở vật chất", "See the facilities"), Kind: web.Second, Href: facilityPath})
	}
	v.add(p)
}
