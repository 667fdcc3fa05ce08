package closedmail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"

	"golang.org/x/text/unicode/norm"
)

// The half-year and year report has words beside its figures. They are the only prose in the house, in a table of their own: about the service as a whole, never about an
// item. What would name one is refused. One person writes, another one approves: the approval is a fact with the fingerprint of words and figures.

// Section is a part of the report that people write.
type Section string

// Sections are those that the circular asks for, in its order.
var Sections = []Section{"compliance", "quality", "interconnection", "security", "archives", "violations", "difficulties", "proposals"}

// mostWords bounds a section: about two pages.
const mostWords = 4000

// periodForm names a half-year or a year.
var periodForm = regexp.MustCompile(`^[0-9]{4}(h[12])?$`)

// Passage is the newest words of a section.
type Passage struct {
	Section Section        `json:"section"`
	Version int            `json:"version"`
	Words   string         `json:"words"`
	Writer  postal.StaffID `json:"writer"`
	AtMs    int64          `json:"at_ms"`
}

// Passages gives the newest words of every section of a period, in the order of the report; sections without words are empty.
func (r *Records) Passages(ctx context.Context, period string) ([]Passage, error) {
	return passages(ctx, r.DB.Read(), period)
}

func passages(ctx context.Context, q sqldb.Querier, period string) ([]Passage, error) {
	rows, err := q.QueryContext(ctx, `SELECT section, version, words, writer, at_ms FROM closedmail_report_text t WHERE period = $1
		AND version = (SELECT max(version) FROM closedmail_report_text u WHERE u.period = t.period AND u.section = t.section)`, period)
	if err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	defer rows.Close()
	all := make([]Passage, len(Sections))
	for n, s := range Sections {
		all[n].Section = s
	}
	for rows.Next() {
		var p Passage
		if err := rows.Scan(&p.Section, &p.Version, &p.Words, &p.Writer, &p.AtMs); err != nil {
			return nil, fmt.Errorf("read report: %w", err)
		}
		if n := slices.Index(Sections, p.Section); n >= 0 {
			all[n] = p
		}
	}
	return all, rows.Err()
}

// Draft is a section as it comes back from a form, and the version that the form was drawn with.
type Draft struct {
	Words string
	Was   int
}

// Write saves what has changed of a report's words, each as a new version; older ones stay. Nothing is saved when somebody else changed a section meanwhile that was changed here too: the refusals name
// these sections, and changed gives them as they stand now.
func (r *Records) Write(ctx context.Context, period string, drafts map[Section]Draft, writer postal.StaffID, atMs int64) (changed []Passage, err error) {
	if err := parsePeriod(period); err != nil {
		return nil, err
	}
	err = r.DB.Tx(ctx, func(tx *sql.Tx) error {
		changed = nil
		now, err := passages(ctx, tx, period)
		if err != nil {
			return err
		}
		for _, p := range now {
			d, given := drafts[p.Section]
			if !given || d.Words == p.Words {
				continue
			}
			if d.Was != p.Version {
				var drawn string
				err := tx.QueryRowContext(ctx, `SELECT words FROM closedmail_report_text WHERE period = $1 AND section = $2 AND version = $3`, period, string(p.Section), d.Was).Scan(&drawn)
				if err != nil && !errors.Is(err, sql.ErrNoRows) {
					return fmt.Errorf("read report: %w", err)
				}
				if d.Words != drawn {
					changed = append(changed, p)
				}
				continue
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO closedmail_report_text (period, section, version, words, writer, at_ms) VALUES ($1, $2, $3, $4, $5, $6)`,
				period, string(p.Section), p.Version+1, d.Words, string(writer), atMs); err != nil {
				return fmt.Errorf("write report: %w", err)
			}
		}
		if len(changed) > 0 {
			return fault.New(fault.Conflict, "closedmail.words_changed", "Người khác vừa sửa mục này. Chưa lưu gì: xem lời mới ở dưới, gộp lại rồi bấm Lưu.",
				"Somebody else has changed this section meanwhile. Nothing is saved: look at the new words below, put them together, then save.").At(string(changed[0].Section))
		}
		return nil
	})
	return changed, err
}

func parsePeriod(s string) error {
	return wellFormed(periodForm, s, "period", "Kỳ báo cáo có dạng 2026h1, 2026h2 hoặc 2026.", "A period looks like 2026h1, 2026h2 or 2026.")
}

// codesOf find what names an item, a bag, a seal, a body or a person in prose.
var codesOf = []struct {
	re     *regexp.Regexp
	vi, en string
}{
	{regexp.MustCompile(`(?i)\b[A-Z]{2}[ .]?([0-9][ .]?){9}[A-Z]{2}\b`), "số hiệu bưu gửi", "the number of an item"},
	{regexp.MustCompile(`\b([0-9][ .]?){13}[0-9]\b`), "mã túi, chuyến hoặc bàn giao", "the code of a bag, dispatch or handover"},
	{regexp.MustCompile(`(?i)\b(cq|nv|kv|xe|hop|tui|dv)-[0-9a-z]{2,8}\b`), "mã cơ quan, người, xe, túi hoặc hộp", "the code of a body, a person, a vehicle, a bag or a box"},
	{regexp.MustCompile(`\b[A-Z]{1,4}-?[0-9]{4,10}\b`), "số niêm phong", "the number of a seal"},
}

// Clean refuses words that would tell of an item: codes of ours, a number that stands on a cover here, the name of a body. It cannot know everything: the page warns too.
func (r *Records) Clean(ctx context.Context, d *Directory, text string) (string, error) {
	text = strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(text, "\r\n", "\n")))
	if utf8.RuneCountInString(text) > mostWords || strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
		return text, fault.New(fault.Invalid, "closedmail.report_long", "Mỗi mục tối đa %s ký tự, chỉ gồm chữ thường.", "A section has at most %s letters, and plain text only.", postal.Count(mostWords))
	}
	for _, c := range codesOf {
		if c.re.MatchString(text) {
			return text, telling(c.vi, c.en)
		}
	}
	if err := r.catchUp(ctx); err != nil { // a cover of a minute ago counts too
		return text, err
	}
	if found, err := r.coverIn(ctx, text); err != nil {
		return text, err
	} else if found {
		return text, telling("số trên bì của một bưu gửi", "the number on the cover of an item")
	}
	return text, r.namesNobody(ctx, d, text)
}

// shortName: names of fewer letters stand in ordinary words.
const shortName = 8

func (r *Records) namesNobody(ctx context.Context, d *Directory, text string) error {
	all, err := d.All(ctx)
	if err != nil {
		return err
	}
	folded := postal.Fold(text)
	for _, e := range all {
		if name := postal.Fold(e.Name); utf8.RuneCountInString(name) >= shortName && strings.Contains(folded, name) {
			return telling("tên một cơ quan dùng KT1", "the name of a body that uses KT1")
		}
	}
	return nil
}

func telling(vi, en string) error {
	return fault.New(fault.Invalid, "closedmail.report_tells", "Lời báo cáo không được có %[1]s. Chỉ viết về dịch vụ nói chung.", "The report must not hold %[2]s. Write about the service as a whole.", vi, en)
}

// PeriodReport is everything that a report of a period says.
type PeriodReport struct {
	Period   string
	From, To postal.Day
	Passages []Passage
	Classes  []Class
	Tallies  []Tally
	Figures
}

// Payers says whether somebody else pays for what the bodies of a list sent on a day.
type Payers func(List, postal.Day) (bool, error)

// countUnpriced counts the items that were not charged though nobody else pays for them.
func (r *Records) countUnpriced(ctx context.Context, classes []Class, from, to postal.Day, free Payers) error {
	rows, err := r.DB.Read().QueryContext(ctx, `SELECT list, secrecy, urgency, inter, day, count(*) FROM closedmail_item
		WHERE day >= $1 AND day <= $2 AND undone = 0 AND from_partner = '' AND fee_vnd = 0 GROUP BY list, secrecy, urgency, inter, day`, from.String(), to.String())
	if err != nil {
		return fmt.Errorf("count items without a price: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Class
		var inter, n int
		var on string
		if err := rows.Scan(&c.List, &c.Secrecy, &c.Urgency, &inter, &on, &n); err != nil {
			return fmt.Errorf("count items without a price: %w", err)
		}
		day, err := postal.ParseDay(on)
		if err != nil {
			return fmt.Errorf("day of an item: %w", err)
		}
		others, err := free(c.List, day)
		if err != nil {
			return err
		}
		if others {
			continue
		}
		for i := range classes {
			if x := &classes[i]; x.List == c.List && x.Secrecy == c.Secrecy && x.Urgency == c.Urgency && x.Inter == (inter == 1) {
				x.Unpriced += n
			}
		}
	}
	return rows.Err()
}

// Report gathers a period, by the rules of its days.
func (r *Records) Report(ctx context.Context, l *Law, period string, nowMs int64) (x PeriodReport, err error) {
	if err := parsePeriod(period); err != nil {
		return x, err
	}
	x.Period = period
	x.From, x.To = daysOf(period)
	if x.Classes, err = r.Volume(ctx, x.From, x.To, nowMs); err != nil {
		return x, err
	}
	if err = r.countUnpriced(ctx, x.Classes, x.From, x.To, l.Free); err != nil {
		return x, err
	}
	if x.Tallies, err = r.Tallies(ctx, x.From, x.To); err != nil {
		return x, err
	}
	if x.Figures, err = r.figures(ctx, l, x.From, x.To, nowMs); err != nil {
		return x, err
	}
	x.Passages, err = r.Passages(ctx, period)
	return x, err
}

// daysOf gives the first and last day of a period that is well formed.
func daysOf(period string) (from, to postal.Day) {
	y, _ := strconv.Atoi(period[:4])
	switch period[4:] {
	case "h1":
		return postal.MakeDay(y, 1, 1), postal.MakeDay(y, 6, 30)
	case "h2":
		return postal.MakeDay(y, 7, 1), postal.MakeDay(y, 12, 31)
	}
	return postal.MakeDay(y, 1, 1), postal.MakeDay(y, 12, 31)
}

// Writers are those whose words the report holds.
func (x PeriodReport) Writers() (all []postal.StaffID) {
	for _, p := range x.Passages {
		if p.Writer != "" && !slices.Contains(all, p.Writer) {
			all = append(all, p.Writer)
		}
	}
	return all
}

// Written reports whether every section has words.
func (x PeriodReport) Written() bool {
	return !slices.ContainsFunc(x.Passages, func(p Passage) bool { return p.Words == "" })
}

// Approval is who approved a report, and where the ledger says so.
type Approval struct {
	Seq    int64
	Person postal.StaffID
	AtMs   int64
}

// Approved gives the approval of exactly this report, words and figures; ok is false when there is none.
func (r *Records) Approved(ctx context.Context, period, digest string) (a Approval, ok bool, err error) {
	if err := r.catchUp(ctx); err != nil {
		return a, false, err
	}
	err = r.DB.Read().QueryRowContext(ctx, `SELECT seq, person, at_ms FROM closedmail_report_approved WHERE period = $1 AND digest = $2`, period, digest).Scan(&a.Seq, &a.Person, &a.AtMs)
	if err == sql.ErrNoRows {
		return a, false, nil
	}
	return a, err == nil, err
}

// ApproveReport approves a report in the name of whoever leads. Nobody approves his own words.
type ApproveReport struct {
	Period  string           `json:"period"`
	Digest  string           `json:"digest"`
	Writers []postal.StaffID `json:"writers"`
}

// Name of the act.
func (ApproveReport) Name() string { return "kt1.approve_report" }

// Touches the worker who approves: single looks him up.
func (ApproveReport) Touches() []ledger.Key { return nil }

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Decide refuses the writer as approver, and a report that nobody wrote.
func (a ApproveReport) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Supervisor); err != nil {
		return nil, err
	}
	if err := parsePeriod(a.Period); err != nil {
		return nil, err
	}
	if err := wellFormed(digestForm, a.Digest, "digest", "Mã kiểm không đúng.", "The fingerprint is not valid."); err != nil {
		return nil, err
	}
	if len(a.Writers) == 0 || len(a.Writers) > len(Sections) {
		return nil, fault.New(fault.Conflict, "closedmail.report_empty", "Chưa ai soạn lời báo cáo kỳ này.", "Nobody has written the words of this report yet.")
	}
	for _, w := range a.Writers {
		if _, err := ParseStaff(string(w)); err != nil {
			return nil, err
		}
		if w == e.Actor {
			return nil, fault.New(fault.Conflict, "closedmail.same_person", "Người duyệt phải khác người soạn.", "Whoever approves must be another person than the writer.")
		}
	}
	return []event.Fact{event.ReportApproved{Period: a.Period, Digest: a.Digest, Writers: a.Writers, By: e.Actor}}, nil
}
