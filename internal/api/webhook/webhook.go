package webhook

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/jobs"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Sealer keeps the subscriptions' secrets safe at rest. The house key of package privacy is one.
type Sealer interface {
	Seal(context string, plain []byte) ([]byte, error)
	Open(context string, sealed []byte) ([]byte, error)
}

// Config is what a house brings.
type Config struct {
	DB      *sqldb.DB
	Ledger  *ledger.Ledger
	Queue   *jobs.Queue // its Run does the sending
	House   Sealer
	Policy  Policy
	Now     func() time.Time
	Log     *slog.Logger                           // nil: slog.Default
	Offices func(code postal.OfficeCode) (ok bool) // nil: any six digits are an office
	// Agencies says which agencies an entry concerns: a subscription of an agency is told of its own dossiers, wherever they are. nil: none.
	Agencies func(ctx context.Context, e *event.Entry) ([]postal.AgencyCode, error)
	Retries  jobs.Kind // Attempts, Backoff and Timeout; zero: those of jobs
}

// Service is the webhooks of one house.
type Service struct {
	Config
	client *http.Client
}

// jobKind names our jobs.
const jobKind = "webhook"

// Follower is the name under which we follow the ledger.
const Follower = "webhooks"

// New brings the table up to date and registers the deliveries with the queue.
func New(ctx context.Context, c Config) (*Service, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Service{Config: c, client: newClient(c.Policy)}
	k := c.Retries
	k.Do = s.deliver
	c.Queue.Register(jobKind, k)
	return s, sqldb.Migrate(ctx, c.DB, "webhook", schema)
}

func (s *Service) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// Hook is one subscription.
type Hook struct {
	ID       string
	URL      string
	Events   []string          // names of facts; empty: all of Events
	Office   postal.OfficeCode // acts of this office only, or what concerns this agency ("agency:so-tu-phap"); empty: of all
	Active   bool
	FromSeq  int64 // entries up to this one are not told
	MadeAtMs int64
	MadeBy   postal.StaffID

	secret []byte
}

// Events lists the facts that can be subscribed to: all that concern mail. What concerns only our own numbers and keys is not told.
func Events() []string {
	facts := []event.Fact{
		event.ItemAccepted{}, event.ItemPacked{}, event.ItemUnpacked{}, event.ItemTakenOut{}, event.ItemAttempted{}, event.ItemDelivered{}, event.ItemTakenBack{}, event.ItemHeld{},
		event.ItemRedirected{}, event.ItemReturning{}, event.ItemLost{}, event.ItemFound{}, event.ItemUndone{},
		event.BagStarted{}, event.BagSealed{}, event.BagUnsealed{}, event.BagOpened{}, event.BagEmptied{},
		event.DispatchStarted{}, event.Loaded{}, event.Unloaded{}, event.DispatchClosed{}, event.DispatchReopened{},
		event.HandoverOpened{}, event.HandoverCounted{}, event.HandoverSigned{}, event.HandoverCompleted{}, event.HandoverWithdrawn{},
		event.Observed{}, event.IrregularityRaised{}, event.IrregularitySettled{},
		event.DossierAccepted{}, event.DossierCompared{}, event.SlipIssued{}, event.SlipTold{}, event.SupplementRequested{}, event.SupplementSent{}, event.SupplementCompleted{},
		event.DossierRescheduled{}, event.ResultReady{}, event.ResultPacked{}, event.CitizenInvited{}, event.ResultDelivered{}, event.RecalledSent{}, event.DossierWithdrawn{},
		event.DossierGivenBack{}, event.ResultUnclaimed{}, event.DossierComplained{}, event.DossierComplaintAnswered{}, event.LiabilityRecorded{}, event.LiabilityApproved{},
	}
	names := make([]string, len(facts))
	for n, f := range facts {
		names[n] = f.Fact()
	}
	return names
}

// wants reports whether the subscription asks for this entry; agencies are those that it concerns.
func (h *Hook) wants(e *event.Entry, agencies []postal.AgencyCode) bool {
	here := h.Office == "" || h.Office == e.Office || slices.Contains(agencies, h.Office.Agency())
	return here && e.Seq > h.FromSeq && slices.ContainsFunc(e.Facts, func(f event.Fact) bool { return h.asksFor(f) && h.mayKnow(f) })
}

// mayKnow reports whether a fact is the subscriber's affair. An agency is not told what else lies in a bag or moves in the same act: of handovers only those with itself.
func (h *Hook) mayKnow(f event.Fact) bool {
	if h.Office.Agency() == "" {
		return true
	}
	mine := event.Holder(h.Office)
	switch f := f.(type) {
	case event.HandoverOpened:
		return f.From == mine || f.To == mine
	case event.HandoverCompleted:
		return f.From == mine || f.To == mine
	case event.HandoverCounted, event.HandoverSigned, event.HandoverWithdrawn, event.BagStarted, event.BagSealed, event.BagUnsealed, event.BagOpened, event.BagEmptied,
		event.DispatchStarted, event.Loaded, event.Unloaded, event.DispatchClosed, event.DispatchReopened, event.ItemPacked, event.ItemUnpacked, event.ItemTakenOut:
		return false
	}
	return true
}

func (h *Hook) asksFor(f event.Fact) bool {
	if len(h.Events) > 0 {
		return slices.Contains(h.Events, f.Fact())
	}
	return slices.Contains(offered, f.Fact())
}

var offered = Events()

// maxHooks bounds the subscriptions: each of them is asked about every entry.
const maxHooks = 100

// Add makes a subscription for what will happen from now on, with its secret. The key is the sender's: the same key again gives the same
// subscription and secret again, so that a lost answer does no harm.
func (s *Service) Add(ctx context.Context, by postal.StaffID, key postal.ActID, h Hook) (made Hook, secret string, repeated bool, err error) {
	if err := s.check(h); err != nil {
		return h, "", false, err
	}
	h.ID = idOf(key)
	plain := make([]byte, 32)
	_, _ = rand.Read(plain)
	h.Active, h.FromSeq, h.MadeAtMs, h.MadeBy = true, s.Ledger.Seq(), s.Now().UnixMilli(), by
	if h.secret, err = s.House.Seal("webhook:"+h.ID, plain); err != nil {
		return h, "", false, fmt.Errorf("seal secret of %s: %w", h.ID, err)
	}
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		old, err := scanHook(tx.QueryRowContext(ctx, `SELECT `+hookColumns+` FROM webhook WHERE id = $1`, h.ID))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return insert(ctx, tx, h)
		case err != nil:
			return fmt.Errorf("add webhook: %w", err)
		case old.URL != h.URL || old.Office != h.Office || !slices.Equal(old.Events, h.Events) || old.MadeBy != by:
			return fault.New(fault.Conflict, "webhook.key_reused", "Mã yêu cầu này đã dùng cho một đăng ký khác.", "This key was used for another subscription.")
		}
		h, repeated = old, true
		return nil
	})
	if err == nil && repeated {
		plain, err = s.House.Open("webhook:"+h.ID, h.secret)
	}
	return h, secretPrefix + base64.StdEncoding.EncodeToString(plain), repeated, err
}

func idOf(key postal.ActID) string {
	sum := sha256.Sum256(key[:])
	return fmt.Sprintf("wh-%x", sum[:6])
}

func insert(ctx context.Context, tx *sql.Tx, h Hook) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM webhook`).Scan(&n); err != nil {
		return fmt.Errorf("count webhooks: %w", err)
	}
	if n >= maxHooks {
		return fault.New(fault.Conflict, "webhook.too_many", "Đã có %d đăng ký nhận tin. Hãy xoá bớt đăng ký không dùng.", "There are %d subscriptions already. Delete those that are not used.", maxHooks)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO webhook (id, url, secret, events, office, active, from_seq, made_at_ms, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		h.ID, h.URL, h.secret, strings.Join(h.Events, ","), string(h.Office), h.Active, h.FromSeq, h.MadeAtMs, string(h.MadeBy))
	if err != nil {
		return fmt.Errorf("add webhook: %w", err)
	}
	return nil
}

// secretPrefix says what a leaked secret is.
const secretPrefix = "whsec_"

func (s *Service) check(h Hook) error {
	if err := s.checkURL(h.URL); err != nil {
		return err
	}
	for _, e := range h.Events {
		if !slices.Contains(offered, e) {
			return fault.New(fault.Invalid, "webhook.event", "Có sự kiện không thuộc danh sách nhận tin.", "There is an event that cannot be subscribed to.").At("events")
		}
	}
	if h.Office == "" {
		return nil
	}
	if o, err := postal.ParseDesk(string(h.Office)); err != nil || o != h.Office || o.Agency() == "" && s.Offices != nil && !s.Offices(o) {
		return fault.New(fault.Invalid, "webhook.office", "Không có bưu cục nào mang mã này.", "No office has this code.").At("office")
	}
	return nil
}

func (s *Service) checkURL(text string) error {
	bad := fault.New(fault.Invalid, "webhook.url",
		"Địa chỉ nhận tin phải là https://…, không kèm tên đăng nhập hay dấu #.", "The address must be https://…, without a user name or a fragment.").At("url")
	u, err := url.Parse(text)
	if err != nil || len(text) > 500 || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return bad
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !s.Policy.PlainHTTP) {
		return bad
	}
	return nil
}

const hookColumns = `id, url, secret, events, office, active, from_seq, made_at_ms, made_by`

func scanHook(row interface{ Scan(...any) error }) (Hook, error) {
	var h Hook
	var events string
	err := row.Scan(&h.ID, &h.URL, &h.secret, &events, &h.Office, &h.Active, &h.FromSeq, &h.MadeAtMs, &h.MadeBy)
	if events != "" {
		h.Events = strings.Split(events, ",")
	}
	return h, err
}

// List lists all subscriptions, oldest first.
func (s *Service) List(ctx context.Context) ([]Hook, error) {
	return list(ctx, s.DB.Read(), `SELECT `+hookColumns+` FROM webhook ORDER BY made_at_ms, id`)
}

func list(ctx context.Context, q sqldb.Querier, text string, args ...any) ([]Hook, error) {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("list webhooks: %w", err)
	}
	defer rows.Close()
	var out []Hook
	for rows.Next() {
		h, err := scanHook(rows)
		if err != nil {
			return nil, fmt.Errorf("list webhooks: %w", err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

var errUnknown = fault.New(fault.NotFound, "webhook.unknown", "Không có đăng ký nhận tin này.", "There is no such subscription.")

// Find gives one subscription.
func (s *Service) Find(ctx context.Context, id string) (Hook, error) {
	h, err := scanHook(s.DB.Read().QueryRowContext(ctx, `SELECT `+hookColumns+` FROM webhook WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return h, errUnknown
	}
	if err != nil {
		return h, fmt.Errorf("find webhook: %w", err)
	}
	return h, nil
}

// Change sets address, events, office and whether the subscription is active. What happens while it is not is not told later.
func (s *Service) Change(ctx context.Context, h Hook) error {
	if err := s.check(h); err != nil {
		return err
	}
	return s.one(ctx, `UPDATE webhook SET url = $2, events = $3, office = $4, active = $5 WHERE id = $1`, h.ID, h.URL, strings.Join(h.Events, ","), string(h.Office), h.Active)
}

// Delete ends a subscription; deliveries that wait are dropped.
func (s *Service) Delete(ctx context.Context, id string) error {
	return s.one(ctx, `DELETE FROM webhook WHERE id = $1`, id)
}

func (s *Service) one(ctx context.Context, text string, args ...any) error {
	res, err := s.DB.Write().ExecContext(ctx, text, args...)
	if err != nil {
		return sqldb.Refine(fmt.Errorf("change webhook: %w", err))
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errUnknown)
	}
	return nil
}

// errand is what a delivery is to carry: the content is read from the ledger when it goes.
type errand struct {
	Hook string `json:"hook"`
	Seq  int64  `json:"seq"`
}

// Run turns new entries into deliveries until ctx ends. Run the queue beside it.
func (s *Service) Run(ctx context.Context) error { return s.Ledger.Follow(ctx, Follower, s.Work) }

// Work notes the deliveries for some entries, in the follower's transaction.
func (s *Service) Work(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	hooks, err := list(ctx, tx, `SELECT `+hookColumns+` FROM webhook WHERE active = $1`, true)
	if err != nil || len(hooks) == 0 {
		return err
	}
	var due []jobs.Job
	for n := range entries {
		var agencies []postal.AgencyCode
		if s.Agencies != nil && slices.ContainsFunc(hooks, func(h Hook) bool { return h.Office.Agency() != "" }) {
			if agencies, err = s.Agencies(ctx, &entries[n]); err != nil {
				return err
			}
		}
		for k := range hooks {
			if !hooks[k].wants(&entries[n], agencies) {
				continue
			}
			args, err := json.Marshal(errand{hooks[k].ID, entries[n].Seq})
			if err != nil {
				return err
			}
			due = append(due, jobs.Job{Kind: jobKind, Args: args, Unique: fmt.Sprintf("%s:%d", hooks[k].ID, entries[n].Seq)})
		}
	}
	return s.Queue.Add(ctx, tx, due...)
}

// DeadLetter is a delivery that was given up.
type DeadLetter struct {
	Job      int64
	Hook     string
	Seq      int64
	Attempts int
	Error    string
	DeadAtMs int64
}

// Dead lists at most limit deliveries that were given up, newest first, before one of them (0 from the newest).
func (s *Service) Dead(ctx context.Context, before int64, limit int) ([]DeadLetter, error) {
	dead, err := s.Queue.Dead(ctx, jobKind, before, limit)
	if err != nil {
		return nil, err
	}
	out := make([]DeadLetter, len(dead))
	for n, j := range dead {
		var e errand
		if err := json.Unmarshal(j.Args, &e); err != nil {
			return nil, fmt.Errorf("read delivery %d: %w", j.ID, err)
		}
		out[n] = DeadLetter{Job: j.ID, Hook: e.Hook, Seq: e.Seq, Attempts: j.Attempt, Error: j.LastError, DeadAtMs: j.DeadAtMs}
	}
	return out, nil
}

// Retry has a delivery that was given up tried anew.
func (s *Service) Retry(ctx context.Context, job int64) error {
	return s.Queue.Retry(ctx, jobKind, job)
}

// Discard gives a delivery up for good.
func (s *Service) Discard(ctx context.Context, job int64) error {
	return s.Queue.Discard(ctx, jobKind, job)
}
