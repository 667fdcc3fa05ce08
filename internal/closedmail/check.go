package closedmail

import (
	"citypost/internal/custody"
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

func today(v *ledger.View) postal.Day { return postal.DayOf(postal.FromMillis(v.NowMs)) }

// mayWork refuses whoever has not all papers today, or none of these duties at the office; an empty office asks for the duty anywhere.
func mayWork(v *ledger.View, who postal.StaffID, office postal.OfficeCode, duties ...Duty) error {
	if err := wellFormed(staffForm, string(who), "person", "Mã người không đúng.", "The id of the person is not valid."); err != nil {
		return err
	}
	w, ok := ledger.Get[*Worker](v, WorkerKey(who))
	if !ok {
		return fault.New(fault.Forbidden, "closedmail.person_unknown", "%s không có trong danh sách người làm KT1.", "%s is not in the register of KT1 workers.", who)
	}
	if lacks := w.Lacks(today(v)); len(lacks) > 0 {
		return notCleared(who, lacks)
	}
	if !w.has(office, duties...) {
		return fault.New(fault.Forbidden, "closedmail.no_duty", "%s không được phân công việc này tại đây.", "%s is not assigned to this here.", who)
	}
	return nil
}

// concerns reports whether an office has to do with a thing: it took it in, gets it, or it is in its hands or in those of a worker of its own. What concerns it not looks
// to it like what was never in the books.
func concerns(v *ledger.View, o postal.OfficeCode, t event.Thing) bool {
	switch x := v.Get(custody.KeyOf(t)).(type) {
	case *custody.Item:
		if x.Origin == o || x.ToOffice == o {
			return true
		}
	case *custody.Bag:
		if x.From == o || x.To == o {
			return true
		}
	case *custody.Dispatch:
		if x.From == o || x.To == o {
			return true
		}
	default:
		return false
	}
	return handsOf(v, o, t) || gaveAway(v, o, t)
}

// handsOf reports whether a thing is in the hands of an office or of somebody with a duty there.
func handsOf(v *ledger.View, o postal.OfficeCode, t event.Thing) bool {
	holder, _ := custody.Holder(v, t)
	if c := custody.Carrier(holder); c != "" {
		w, ok := ledger.Get[*Worker](v, WorkerKey(c))
		return ok && w.has(o, Duties...)
	}
	return custody.Office(holder) == o
}

// inHands reports whether a thing is in the hands of the office of an act, of its people, or of whoever sends it.
func inHands(v *ledger.View, e ledger.Envelope, t event.Thing) bool {
	holder, _ := custody.Holder(v, t)
	return custody.Carrier(holder) == e.Actor && e.Actor != "" || handsOf(v, e.Office, t) || gaveAway(v, e.Office, t)
}

func notCleared(who postal.StaffID, lacks []Paper) error {
	var vi, en []string
	for _, p := range lacks {
		vi, en = append(vi, Say("paper", string(p)).VI), append(en, Say("paper", string(p)).EN)
	}
	return fault.New(fault.Forbidden, "closedmail.not_cleared", "%[1]s chưa đủ hồ sơ còn hiệu lực: %[2]s.", "%[1]s lacks valid papers: %[3]s.",
		who, strings.Join(vi, ", "), strings.Join(en, ", "))
}

// secondMissing is said of an act of two persons that one has sent, at the field where the other is named.
func secondMissing(field string) *fault.Error {
	return fault.New(fault.Invalid, "closedmail.second_missing", "Việc này phải có hai người. Người thứ hai chưa ký.", "This takes two persons. The second has not signed.").At(field)
}

// pair refuses unless two different persons may do this together here.
func pair(v *ledger.View, e ledger.Envelope, second postal.StaffID, duties ...Duty) error {
	if second == "" {
		return secondMissing("second")
	}
	if second == e.Actor {
		return samePerson()
	}
	if err := mayWork(v, e.Actor, e.Office, duties...); err != nil {
		return err
	}
	return mayWork(v, second, e.Office, duties...)
}

// single refuses unless the sender of the act may do this here.
func single(v *ledger.View, e ledger.Envelope, duties ...Duty) error {
	return mayWork(v, e.Actor, e.Office, duties...)
}

// overseeing refuses a KT1 worker who is no supervisor here with valid papers. Who is no worker is the security officer or the importer: their right is asked where they
// come in, for the ledger knows no roles.
func overseeing(v *ledger.View, e ledger.Envelope) error {
	if _, worker := ledger.Get[*Worker](v, WorkerKey(e.Actor)); !worker {
		return nil
	}
	return single(v, e, Supervisor)
}

// keepsPapers refuses whoever has a duty in KT1: papers and duties are kept by the security officer, who carries and seals nothing himself. That he is one is asked where
// he comes in, for the ledger knows no roles.
func keepsPapers(v *ledger.View, e ledger.Envelope) error {
	if w, ok := ledger.Get[*Worker](v, WorkerKey(e.Actor)); ok && len(w.Duties) > 0 {
		return fault.New(fault.Forbidden, "closedmail.keeps_papers", "Người đang được phân công việc KT1 không ghi hồ sơ và không phân công. Việc này của cán bộ bảo mật.",
			"Whoever has a duty in KT1 keeps no papers and assigns nobody. That is the security officer's.")
	}
	return nil
}

// idOf makes the id of what an act opens.
func idOf(e ledger.Envelope, n int) string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, 36)
	for _, c := range e.Act {
		b = append(b, hex[c>>4], hex[c&15])
	}
	if n > 0 {
		b = append(b, '-', '0'+byte(n/100%10), '0'+byte(n/10%10), '0'+byte(n%10))
	}
	return string(b)
}

// factOf gives the fact of a type that an act of custody made.
func factOf[F event.Fact](facts []event.Fact) (f F, ok bool) {
	for _, x := range facts {
		if f, ok = x.(F); ok {
			return f, true
		}
	}
	return f, false
}

// parseThing refuses what is no item number and no code of ours: custody looks at the form only, and thirteen letters would pass.
func parseThing(t event.Thing) error {
	if _, err := postal.ParseItemNumber(string(t)); err == nil {
		return nil
	}
	if _, _, _, err := postal.ParseCode(string(t)); err != nil {
		return unknown(string(t))
	}
	return nil
}

func unknown(what string) error {
	return fault.New(fault.NotFound, "closedmail.unknown", "Không có %q trong sổ.", "%q is not in the books.", what)
}
