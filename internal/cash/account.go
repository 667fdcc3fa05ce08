package cash

import (
	"fmt"
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// The accounts that there is one of. A positive balance is what the post has or has spent, a negative one what it owes or has earned.
const (
	Bank         event.Account = "assets:bank"
	ProvinceOwes event.Account = "assets:receivable:province" // relief that the provincial budget has not paid yet
	Opening      event.Account = "equity:opening"
	ReliefGiven  event.Account = "expenses:relief" // relief that the post bears itself
	Compensation event.Account = "expenses:compensation"
	Shortages    event.Account = "expenses:shortages" // differences of shifts that the post bears
	Surpluses    event.Account = "income:surpluses"
	Refunds      event.Account = "income:refunds" // postage given back
)

// Safe is the safe of an office (két).
func Safe(o postal.OfficeCode) event.Account { return event.Account("assets:safe:" + o) }

// Transit is money that customers of an office have sent by transfer and that has not been seen at the bank.
func Transit(o postal.OfficeCode) event.Account { return event.Account("assets:transit:" + o) }

// InDrawer is what lies in a drawer.
func InDrawer(drawer string) event.Account { return event.Account("assets:cash:" + drawer) }

// Difference is what the shifts of a drawer have been short (positive) or over (negative), until somebody decides who bears it.
func Difference(drawer string) event.Account { return event.Account("assets:difference:" + drawer) }

// Owed is what was collected for an agency and not yet remitted; its balance is negative.
func Owed(a postal.AgencyCode) event.Account { return event.Account("liabilities:collected:" + a) }

// Income is the postage earned by a service, at the listed price.
func Income(service string) event.Account { return event.Account("income:postage:" + service) }

// Balance is the state of one account.
type Balance struct{ VND postal.VND }

// Place is none.
func (*Balance) Place() string { return "" }

// Encode writes the balance.
func (b *Balance) Encode(dst []byte) []byte { return ledger.Encode(dst, b.fields) }

// Decode reads the balance.
func (b *Balance) Decode(p []byte) error { return ledger.Decode(p, b.fields) }

func (b *Balance) fields(c *ledger.Codec) { ledger.Int(c, &b.VND) }

// AccountKey is where the balance of an account is kept.
func AccountKey(a event.Account) ledger.Key { return ledger.Key("m:" + string(a)) }

// BalanceOf gives the balance of an account.
func BalanceOf(v *ledger.View, a event.Account) postal.VND {
	if b, ok := ledger.Get[*Balance](v, AccountKey(a)); ok {
		return b.VND
	}
	return 0
}

// postings gathers the two sides of a movement; amounts of nothing are left out.
type postings struct {
	all []event.Posting
	err error
}

func (p *postings) put(a event.Account, v postal.VND) {
	if v == 0 {
		return
	}
	for i := range p.all {
		if p.all[i].Account == a {
			sum, err := p.all[i].AmountVND.Add(v)
			if err != nil {
				p.err = err
			}
			p.all[i].AmountVND = sum
			return
		}
	}
	p.all = append(p.all, event.Posting{Account: a, AmountVND: v})
}

// move takes from one account and gives to another.
func (p *postings) move(from, to event.Account, v postal.VND) {
	p.put(from, -v)
	p.put(to, v)
}

// done gives the postings, balanced.
func (p *postings) done() ([]event.Posting, error) {
	if p.err != nil {
		return nil, p.err
	}
	return p.all, balanced(p.all)
}

// balanced refuses postings that do not add up to nothing: a defect, never a person's mistake.
func balanced(all []event.Posting) error {
	var sum postal.VND
	for _, p := range all {
		var err error
		if sum, err = sum.Add(p.AmountVND); err != nil {
			return err
		}
	}
	if sum != 0 {
		return fmt.Errorf("postings add up to %d, not to nothing", sum)
	}
	return nil
}

// reversed gives the postings that undo others.
func reversed(all []event.Posting) []event.Posting {
	out := make([]event.Posting, len(all))
	for i, p := range all {
		out[i] = event.Posting{Account: p.Account, AmountVND: -p.AmountVND}
	}
	return out
}

// holds refuses to take more from an account than lies in it.
func holds(v *ledger.View, a event.Account, want postal.VND) error {
	if have := BalanceOf(v, a); have < want {
		return fault.New(fault.Conflict, "cash.not_enough", "Không đủ tiền: chỉ còn %[1]s, cần %[2]s.", "Not enough money: there is %[3]s, %[4]s is needed.",
			have, want, have.In("en"), want.In("en")).At("amount")
	}
	return nil
}

// positive refuses amounts of nothing, less, or beyond all sense: a hundred billion đồng is more than a counter ever sees.
func positive(v postal.VND, field string) error {
	if v <= 0 || v > maxAmount {
		return fault.New(fault.Invalid, "cash.amount", "Số tiền phải lớn hơn 0 và không quá %[1]s.", "The amount must be more than 0 and at most %[2]s.",
			maxAmount, maxAmount.In("en")).At(field)
	}
	return nil
}

const maxAmount postal.VND = 100_000_000_000

// code refuses names that could not stand in an account or a key.
func code(s, field string) error {
	ok := s != "" && len(s) <= 40
	for _, r := range s {
		ok = ok && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-./", r))
	}
	if !ok {
		return fault.New(fault.Invalid, "cash.code", "Mã %q không hợp lệ: chỉ dùng chữ không dấu, số, gạch nối, dấu chấm và gạch chéo.",
			"The code %q is not valid: use plain letters, digits, hyphen, point and slash.", s).At(field)
	}
	return nil
}

// Means by which money comes and goes.
const (
	Cash     = "cash"
	Transfer = "transfer"
)

// means refuses others than cash and transfer.
func means(s string) error {
	if s != Cash && s != Transfer {
		return fault.New(fault.Invalid, "cash.means", "Hình thức trả tiền là tiền mặt hoặc chuyển khoản.", "Money is paid in cash or by transfer.").At("means")
	}
	return nil
}
