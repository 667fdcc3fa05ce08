package dossier

import (
	"fmt"
	"strconv"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// maxFee bounds a typed State fee: more is a slip of the finger.
const maxFee postal.VND = 100_000_000

// feeKinds are the two sorts of State money.
var feeKinds = []string{"fee", "charge"}

// readFees reads the fee and the charge of one dossier.
func readFees(f *web.Form, prefix string) (list []event.StateFee) {
	for _, kind := range feeKinds {
		name := prefix + "." + kind
		if f.Value(name) == "" || f.Value(name) == "0" {
			continue
		}
		amount := f.VND(name, 0, maxFee)
		how := f.Choice(name+".how", ByPost, ByOnline, ByAgency, Later)
		list = append(list, event.StateFee{Kind: kind, AmountVND: amount, How: how})
	}
	return list
}

// filledField carries what the page itself put into a fee's field ("filled.fee"): what still stands there unchanged may be put right when the procedure or the channel changes; what somebody typed, or emptied, stays.
const filledField = "filled."

// feesOf gives the published fees of the channel that a dossier was filed through: online, as far as the list says anything of it, else by post.
func (p *Procedure) feesOf(online bool) []PublishedFee {
	if online && len(p.Online) > 0 {
		return p.Online
	}
	return p.Fees
}

// ExactFee is what the list asks of one kind, where it asks one amount of everybody: one line, told in full, the same for every case.
func ExactFee(list []PublishedFee, kind string) (amount postal.VND, exact bool) {
	lines := 0
	for _, f := range list {
		if f.Kind == kind {
			lines++
			amount, exact = f.AmountVND, !f.Unknown && f.Always && f.AmountVND > 0
		}
	}
	return amount, exact && lines == 1
}

// fillFees proposes the published fees. Only a page that shows them may begin to; a form that was sent without them is read as it came.
func fillFees(f *web.Form, p *Procedure, begin bool) {
	for _, kind := range feeKinds {
		field, filled := "fees."+kind, f.Value(filledField+kind)
		if f.Value(field) != filled || filled == "" && !begin {
			continue
		}
		want := ""
		if amount, exact := ExactFee(p.feesOf(f.Ticked("online")), kind); exact && f.Value("form") != FormResult {
			want = strconv.FormatInt(int64(amount), 10)
		}
		f.Set(field, want)
		f.Set(filledField+kind, want)
	}
}

// filledHint says where an amount comes from, where the list gives one.
func filledHint(v intakeView, kind string) string {
	amount, exact := ExactFee(v.In.Procedure.feesOf(v.Form.Ticked("online")), kind)
	if !exact || v.Form.Value("form") == FormResult {
		return ""
	}
	channel := v.T("nộp qua bưu chính", "filed by post")
	if v.Form.Ticked("online") && len(v.In.Procedure.Online) > 0 {
		channel = v.T("nộp trực tuyến", "filed online")
	}
	return fmt.Sprintf(v.T("Danh mục (%s), %s: %s, điền sẵn, sửa được.", "The list (%s), %s: %s, filled in, may be changed."), v.In.Procedure.Decision, channel, v.Money(amount))
}
