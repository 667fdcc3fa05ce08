package cash_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"citypost/internal/cash"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb/sqltest"
)

// books makes three days of random work and gives the records with the first and the last day.
func books(t *testing.T) (*house, *cash.Records, postal.Day, postal.Day) {
	t.Helper()
	h := newHouse(t, sqltest.SQLite(t))
	first := postal.DayOf(h.now())
	h.ready()
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 900 {
		h.pass(5 * time.Minute)
		if _, err := h.send(office, clerk, randomAct(t, rnd)); err != nil && fault.Code(err) == "" {
			t.Fatal(err)
		}
	}
	return h, &cash.Records{DB: h.db, Ledger: h.Ledger}, first, postal.DayOf(h.now())
}

func write(t *testing.T, r *cash.Records, f cash.Format, from, to postal.Day) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Journal(t.Context(), &out, f, from, to); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "books."+string(f))
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// run runs a book-keeping program of Debian, and says so when it is not installed.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed: its reading of the books was not tried (apt-get install hledger ledger beancount)", program)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// wantBalances compares lines "account amount" with the states of the ledger.
func wantBalances(t *testing.T, h *house, lines string, rename func(string) string) {
	t.Helper()
	seen := 0
	for line := range strings.Lines(lines) {
		cells := strings.Fields(strings.NewReplacer(`"`, "", ",", " ", "VND", "").Replace(line))
		if len(cells) != 2 {
			continue
		}
		v, err := strconv.ParseInt(cells[1], 10, 64)
		if err != nil {
			continue
		}
		seen++
		if got := h.balance(event.Account(rename(cells[0]))); got != postal.VND(v) {
			t.Errorf("%s: the program says %d, the ledger %d", cells[0], v, got)
		}
	}
	if seen < 8 {
		t.Errorf("only %d balances in\n%s", seen, lines)
	}
}

func same(s string) string { return s }

func TestHledgerReadsAndBalancesTheBooks(t *testing.T) {
	h, r, first, last := books(t)
	name := write(t, r, cash.LedgerFormat, first, last)
	run(t, "hledger", "-f", name, "check", "--strict")
	wantBalances(t, h, run(t, "hledger", "-f", name, "balance", "-N", "-E", "--flat", "-O", "csv"), same)
}

func TestLedgerReadsAndBalancesTheBooks(t *testing.T) {
	h, r, first, last := books(t)
	name := write(t, r, cash.LedgerFormat, first, last)
	wantBalances(t, h, run(t, "ledger", "-f", name, "balance", "--flat", "--no-total", "--balance-format", "%(account) %(quantity(scrub(display_total)))\n"), same)
}

func TestBeancountReadsAndBalancesTheBooks(t *testing.T) {
	h, r, first, last := books(t)
	name := write(t, r, cash.BeancountFormat, first, last)
	if out := run(t, "bean-check", name); strings.TrimSpace(out) != "" {
		t.Errorf("bean-check: %s", out)
	}
	back := func(s string) string {
		parts := strings.Split(s, ":")
		for i, p := range parts {
			parts[i] = strings.ToLower(p[:1]) + p[1:]
		}
		return strings.Join(parts, ":")
	}
	wantBalances(t, h, run(t, "bean-query", "-f", "csv", "-q", name, "SELECT account, sum(number) GROUP BY account"), back)
}

// A month's books stand alone: they begin with what was there before, and the programs find every balance at the end.
func TestTheBooksOfOneDayBeginWithTheBalancesBefore(t *testing.T) {
	h, r, _, last := books(t)
	name := write(t, r, cash.LedgerFormat, last, last)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), "Số dư đầu kỳ") {
		t.Fatalf("no opening balances: %v", err)
	}
	wantBalances(t, h, run(t, "hledger", "-f", name, "balance", "-N", "-E", "--flat", "-O", "csv"), same)
	run(t, "bean-check", write(t, r, cash.BeancountFormat, last, last))
}

// The programs must be able to see a mistake, or their silence means nothing.
func TestTheProgramsSeeAMissingDong(t *testing.T) {
	_, r, first, last := books(t)
	for _, c := range []struct {
		format cash.Format
		argv   []string
	}{
		{cash.LedgerFormat, []string{"hledger", "balance", "-f"}},
		{cash.LedgerFormat, []string{"ledger", "balance", "-f"}},
		{cash.BeancountFormat, []string{"bean-check"}},
	} {
		t.Run(c.argv[0], func(t *testing.T) {
			name := write(t, r, c.format, first, last)
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			broken := strings.Replace(string(text), "  1000000 VND", "  999999 VND", 1)
			if broken == string(text) {
				t.Fatal("nothing was broken")
			}
			if err := os.WriteFile(name, []byte(broken), 0o600); err != nil {
				t.Fatal(err)
			}
			path, err := exec.LookPath(c.argv[0])
			if err != nil {
				t.Skipf("%s is not installed: its eye for mistakes was not tried", c.argv[0])
			}
			if out, err := exec.CommandContext(t.Context(), path, append(c.argv[1:], name)...).CombinedOutput(); err == nil {
				t.Errorf("a missing đồng went unnoticed:\n%s", out)
			}
		})
	}
}

func TestJournalRefusesWhatItCannotWrite(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	r := cash.Records{DB: h.db, Ledger: h.Ledger}
	today := postal.DayOf(h.now())
	for code, try := range map[string]func() error{
		"cash.format": func() error { return r.Journal(t.Context(), &bytes.Buffer{}, "xml", today, today) },
		"cash.days": func() error {
			return r.Journal(t.Context(), &bytes.Buffer{}, cash.LedgerFormat, today, today.AddDays(-1))
		},
	} {
		if err := try(); fault.Code(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	var out bytes.Buffer
	if err := r.Journal(t.Context(), &out, cash.BeancountFormat, today, today); err != nil || strings.Contains(out.String(), "open") {
		t.Errorf("empty books: %v\n%s", err, out.String())
	}
}
