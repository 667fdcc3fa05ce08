package closedmail

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
)

// Verdict is what a body says of its statement.
type Verdict string

// The verdicts.
const (
	Agrees  Verdict = "agrees"
	Differs Verdict = "differs"
)

// Verdicts lists them in the order of a menu.
var Verdicts = []Verdict{Agrees, Differs}

// Month is a month of a statement, "2026-10".
type Month string

var monthForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)

// ConfirmStatement is a body's word on the statement of a month that is over: the user reconciles volume and confirms quality (Circular 16/2017, article 18).
// Digest is the mark of the figures that were on the screen.
type ConfirmStatement struct {
	Body    BodyCode `json:"body"`
	Month   Month    `json:"month"`
	Verdict Verdict  `json:"verdict"`
	Digest  Digest   `json:"digest"`
}

// Name of the act.
func (ConfirmStatement) Name() string { return "kt1.confirm_statement" }

// StatementKey is where the last word on a statement is kept.
func StatementKey(b BodyCode, m Month) ledger.Key {
	return ledger.Key("e:confirmed/" + string(b) + "/" + string(m))
}

// Touches the body and its last word.
func (a ConfirmStatement) Touches() []ledger.Key {
	return []ledger.Key{BodyKey(a.Body), StatementKey(a.Body, a.Month)}
}

// Decide refuses whoever the body did not name, a month that is not over, and the same word about the same figures again.
func (a ConfirmStatement) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if _, err := ParseBody(string(a.Body)); err != nil {
		return nil, err
	}
	if err := wellFormed(monthForm, string(a.Month), "month", "Tháng có dạng 2026-04.", "A month looks like 2026-04."); err != nil {
		return nil, err
	}
	if err := wellFormed(digestForm, string(a.Digest), "digest", "Hãy tải lại trang rồi xác nhận.", "Reload the page, then confirm."); err != nil {
		return nil, err
	}
	if err := oneOf(Verdicts, a.Verdict, "verdict"); err != nil {
		return nil, err
	}
	_, last, err := parseMonth(string(a.Month))
	if err != nil {
		return nil, err
	}
	b, ok := ledger.Get[*Body](v, BodyKey(a.Body))
	said, _ := ledger.Get[*Case](v, StatementKey(a.Body, a.Month))
	switch {
	case !ok:
		return nil, unknown(string(a.Body))
	case !b.Has(e.Actor, Ases...):
		return nil, fault.New(fault.Forbidden, "closedmail.not_of_body", "Chỉ người được cơ quan %s đăng ký mới xác nhận đối soát của cơ quan đó.", "Only those whom the body %s named confirm its statement.", a.Body)
	case !today(v).After(last):
		return nil, fault.New(fault.Conflict, "closedmail.month_runs", "Tháng này chưa hết nên chưa xác nhận được.", "The month is not over, so it cannot be confirmed yet.")
	case said != nil && said.What == string(a.Verdict) && said.Outcome == string(a.Digest):
		return nil, fault.New(fault.Conflict, "closedmail.confirmed", "Đã xác nhận đúng số liệu này.", "These figures were confirmed already.")
	}
	return []event.Fact{event.StatementConfirmed{Body: string(a.Body), Month: string(a.Month), Verdict: string(a.Verdict), Digest: string(a.Digest), By: e.Actor}}, nil
}

func foldStatement(v *ledger.View, e *event.Entry, f event.Fact) {
	if s, ok := f.(event.StatementConfirmed); ok {
		*ledger.Edit[*Case](v, StatementKey(BodyCode(s.Body), Month(s.Month))) = Case{Kind: "statement", Office: e.Office, About: s.Body, What: s.Verdict, Outcome: s.Digest, Person: s.By, OpenedMs: e.OccurredMs}
	}
}

// statementDigest is the mark of the figures of a statement: every item with its weight and price, and how many came in time.
func statementDigest(b BodyCode, m Month, items []Sent, owed []Owing, sent, got Quality) Digest {
	h := sha256.New()
	fmt.Fprintf(h, "kt1 statement 1\n%s %s\n%d %d %d\n%d %d %d\n", b, m, sent.Items, sent.Judged, sent.OnTime, got.Items, got.Judged, got.OnTime)
	for _, x := range items {
		fmt.Fprintf(h, "%s %s %d %d\n", x.Item, x.Day, x.WeightG, x.FeeVND)
	}
	fmt.Fprintf(h, "%v\n", owed) // also of items beyond those that are listed
	return Digest(hex.EncodeToString(h.Sum(nil)))
}
