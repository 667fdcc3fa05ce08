package cash

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"sort"
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Format is a plain-text form of the books.
type Format string

// The forms: hledger and ledger read the first, beancount the second.
const (
	LedgerFormat    Format = "ledger"
	BeancountFormat Format = "beancount"
)

// transaction is one fact of the books.
type transaction struct {
	seq, n    int64
	day       string
	fact      string
	item, ref string
	office    string
	postings  []event.Posting
}

// Journal writes the books of some days as plain text. It begins with the balances of before and ends with assertions of every balance, so that the program that
// reads it proves both that each transaction balances and that nothing is missing.
func (r *Records) Journal(ctx context.Context, w io.Writer, format Format, from, to postal.Day) error {
	if format != LedgerFormat && format != BeancountFormat {
		return fault.New(fault.Invalid, "cash.format", "Dạng sổ là ledger hoặc beancount.", "The form of the books is ledger or beancount.").At("format")
	}
	if to.Before(from) || from.IsZero() {
		return fault.New(fault.Invalid, "cash.days", "Ngày cuối đứng trước ngày đầu.", "The last day comes before the first.").At("to")
	}
	if err := r.catchUp(ctx); err != nil {
		return err
	}
	opening, err := r.balances(ctx, from.AddDays(-1))
	if err != nil {
		return err
	}
	closing, err := r.balances(ctx, to)
	if err != nil {
		return err
	}
	j := journal{w: bufio.NewWriter(w), format: format, names: beancountNames(closing)}
	j.begin(opening, closing, from)
	if err := r.transactions(ctx, from, to, j.transaction); err != nil {
		return err
	}
	j.end(closing, to)
	return j.w.Flush()
}

// balances gives every account that was ever used up to a day, with its balance at the day's end.
func (r *Records) balances(ctx context.Context, upTo postal.Day) ([]event.Posting, error) {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT account, sum(amount_vnd) FROM cash_posting WHERE day <= $1 GROUP BY account ORDER BY account`, upTo.String())
	if err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	defer rows.Close()
	var all []event.Posting
	for rows.Next() {
		var p event.Posting
		if err := rows.Scan(&p.Account, &p.AmountVND); err != nil {
			return nil, fmt.Errorf("balances: %w", err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// transactions reads the facts of money from one day to another, in the order of the ledger.
func (r *Records) transactions(ctx context.Context, from, to postal.Day, each func(transaction)) error {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT seq, n, day, fact, item, ref, office, account, amount_vnd FROM cash_posting
		WHERE day >= $1 AND day <= $2 ORDER BY seq, n, p`, from.String(), to.String())
	if err != nil {
		return fmt.Errorf("read postings: %w", err)
	}
	defer rows.Close()
	var t transaction
	for rows.Next() {
		var x transaction
		var p event.Posting
		if err := rows.Scan(&x.seq, &x.n, &x.day, &x.fact, &x.item, &x.ref, &x.office, &p.Account, &p.AmountVND); err != nil {
			return fmt.Errorf("read postings: %w", err)
		}
		if x.seq != t.seq || x.n != t.n {
			if t.seq > 0 {
				each(t)
			}
			t = x
		}
		t.postings = append(t.postings, p)
	}
	if t.seq > 0 {
		each(t)
	}
	return rows.Err()
}

// journal is a book in the writing. Errors of the writer come out at its Flush.
type journal struct {
	w      *bufio.Writer
	format Format
	names  map[event.Account]string
}

func (j *journal) name(a event.Account) string {
	if j.format == BeancountFormat {
		return j.names[a]
	}
	return string(a)
}

func (j *journal) begin(opening, all []event.Posting, from postal.Day) {
	if j.format == BeancountFormat {
		fmt.Fprintln(j.w, `option "operating_currency" "VND"`)
		for _, p := range all {
			fmt.Fprintf(j.w, "%s open %s VND\n", from, j.name(p.Account))
		}
	} else if len(all) > 0 {
		fmt.Fprintln(j.w, "commodity VND")
		for _, p := range all {
			fmt.Fprintf(j.w, "account %s\n", j.name(p.Account))
		}
	}
	var kept []event.Posting
	for _, p := range opening {
		if p.AmountVND != 0 {
			kept = append(kept, p)
		}
	}
	if len(kept) > 0 {
		j.head(from.String(), "Số dư đầu kỳ", "")
		j.postings(kept)
	}
}

func (j *journal) head(day, what, about string) {
	if j.format == BeancountFormat {
		fmt.Fprintf(j.w, "\n%s * \"%s\" \"%s\"\n", day, what, about)
		return
	}
	fmt.Fprintf(j.w, "\n%s * %s\n", day, strings.TrimSpace(what+" "+about))
}

func (j *journal) transaction(t transaction) {
	if len(t.postings) == 0 {
		return
	}
	j.head(t.day, words[t.fact].VI, strings.TrimSpace(t.item+" "+t.ref))
	if j.format == BeancountFormat {
		fmt.Fprintf(j.w, "  entry: \"%d.%d\"\n  office: \"%s\"\n", t.seq, t.n, t.office)
	} else {
		fmt.Fprintf(j.w, "    ; entry: %d.%d\n    ; office: %s\n", t.seq, t.n, t.office)
	}
	j.postings(t.postings)
}

func (j *journal) postings(all []event.Posting) {
	for _, p := range all {
		fmt.Fprintf(j.w, "    %-48s  %d VND\n", j.name(p.Account), int64(p.AmountVND))
	}
}

// end asserts the balance of every account.
func (j *journal) end(closing []event.Posting, to postal.Day) {
	if len(closing) == 0 {
		return
	}
	fmt.Fprintln(j.w)
	if j.format == BeancountFormat {
		for _, p := range closing { // beancount checks at the beginning of a day
			fmt.Fprintf(j.w, "%s balance %s  %d VND\n", to.AddDays(1), j.name(p.Account), int64(p.AmountVND))
		}
		return
	}
	fmt.Fprintf(j.w, "%s * Số dư cuối kỳ\n", to)
	for _, p := range closing {
		fmt.Fprintf(j.w, "    %-48s  0 VND = %d VND\n", j.name(p.Account), int64(p.AmountVND))
	}
}

// beancountNames gives every account a name that beancount takes: parts begin with a capital or a digit and hold letters, digits and hyphens only.
func beancountNames(all []event.Posting) map[event.Account]string {
	names, used := map[event.Account]string{}, map[string]bool{}
	accounts := make([]string, len(all))
	for i, p := range all {
		accounts[i] = string(p.Account)
	}
	sort.Strings(accounts)
	for _, a := range accounts {
		name := beancountName(a)
		for unique, n := name, 2; ; n++ {
			if !used[unique] {
				names[event.Account(a)], used[unique] = unique, true
				break
			}
			unique = fmt.Sprintf("%s-%d", name, n)
		}
	}
	return names
}

func beancountName(account string) string {
	parts := strings.Split(account, ":")
	for i, part := range parts {
		part = strings.Map(func(r rune) rune {
			if r == '.' || r == '/' {
				return '-'
			}
			return r
		}, part)
		parts[i] = strings.ToUpper(part[:1]) + part[1:]
		if part[0] == '-' {
			parts[i] = "X" + part
		}
	}
	return strings.Join(parts, ":")
}
