package notify

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"citypost/internal/fault"
	"citypost/internal/jobs"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Channel is one way to reach a person.
type Channel interface {
	// Name is the channel's name in the table: "email", "sms".
	Name() string
	// To is the address of a person on this channel, "" when there is none.
	To(Reach) string
	// Send hands a message over. It gives the name under which the other side will report on it, "" when it never does. The error holds no address and no
	// text; jobs.Never marks one that trying again cannot mend.
	Send(ctx context.Context, m Message) (ref string, err error)
}

// Reach is where a person can be told something.
type Reach struct {
	Email    string
	Phone    postal.Phone
	Lang     string // "vi" or "en"
	Declined bool   // wants nothing but what the law requires
}

// Text is what is said. Short is for an SMS: one sentence, no link.
type Text struct{ Subject, Body, Short string }

// Message is a text on its way to one address.
type Message struct {
	ID   string // the same again when it is sent again
	To   string
	Lang string
	At   time.Time // when it is sent
	Text
}

// Source is a capability that has something to tell.
type Source interface {
	// Reach says where the person of a notification is told; fault.NotFound when we may no longer know.
	Reach(ctx context.Context, n Notification) (Reach, error)
	// Text writes the notification in a language. It names things by their codes, never a person.
	Text(ctx context.Context, n Notification, lang string) (Text, error)
}

// Notification is one thing to tell to one person.
type Notification struct {
	Key    string            `json:"-"`               // names the change: the same key is told once
	Source string            `json:"-"`               // who registered
	What   string            `json:"what"`            // "handed_over", "supplement_requested": the source's own word
	About  string            `json:"about"`           // the code of the item or dossier, shown to staff
	Who    string            `json:"who"`             // the source's own reference to the person
	Legal  bool              `json:"legal,omitempty"` // required by law: told also to those who declined
	Vars   map[string]string `json:"vars,omitempty"`  // codes, days, amounts
}

// State is what is known of a notification on one channel.
type State string

// The states. Sent means that the other side took it; whether it arrived is known only where the channel reports (Delivered, Failed).
const (
	Waiting   State = "waiting"
	Sent      State = "sent"
	Delivered State = "delivered"
	Failed    State = "failed"
	NoAddress State = "no_address" // the person gave none, or may no longer be known
	Declined  State = "declined"   // the person wants no notifications
)

// Service is the notifications of one house.
type Service struct {
	DB       *sqldb.DB
	Queue    *jobs.Queue
	Channels []Channel // those that the installation has configured
	Now      func() time.Time
	Log      *slog.Logger // nil: slog.Default
	Quiet    Quiet
	Reports  []byte // secret of delivery reports; empty: none are taken

	sources map[string]Source
}

// jobKind names our jobs. What is late is no news: ten attempts span about an hour and a half, the night's pause not counted.
const (
	jobKind  = "notification"
	attempts = 10
)

// New brings the table up to date and registers the sending with the queue.
func New(ctx context.Context, db *sqldb.DB, queue *jobs.Queue, now func() time.Time, channels ...Channel) (*Service, error) {
	s := &Service{DB: db, Queue: queue, Channels: channels, Now: now, Quiet: Night, sources: map[string]Source{}}
	queue.Register(jobKind, jobs.Kind{Do: s.send, Attempts: attempts})
	return s, sqldb.Migrate(ctx, db, "notify", schema)
}

// Register names a source, before Tell and before the queue runs.
func (s *Service) Register(name string, source Source) { s.sources[name] = source }

func (s *Service) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// Tell notes notifications in the caller's transaction, one for each channel. They go when it is committed; a key that was told before is left alone.
func (s *Service) Tell(ctx context.Context, tx *sql.Tx, notifications ...Notification) error {
	for _, n := range notifications {
		if _, known := s.sources[n.Source]; !known || n.Key == "" || n.What == "" {
			return fmt.Errorf("notification %q of source %q: unknown source, or no key", n.What, n.Source)
		}
		for _, c := range s.Channels {
			if err := s.note(ctx, tx, n, c.Name()); err != nil {
				return fmt.Errorf("note notification: %w", err)
			}
		}
	}
	return nil
}

func (s *Service) note(ctx context.Context, tx *sql.Tx, n Notification, channel string) error {
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	now := s.Now()
	var id int64
	err = tx.QueryRowContext(ctx, `INSERT INTO notification (told_key, channel, source, about, body, state, made_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
		ON CONFLICT (told_key, channel) DO NOTHING RETURNING id`, n.Key, channel, n.Source, n.About, body, string(Waiting), now.UnixMilli()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) { // told before
		return nil
	}
	if err != nil {
		return err
	}
	return s.Queue.Add(ctx, tx, jobs.Job{Kind: jobKind, Args: jobArgs(id), RunAt: s.Quiet.Next(now), Unique: strconv.FormatInt(id, 10)})
}

func jobArgs(id int64) json.RawMessage { return json.RawMessage(strconv.FormatInt(id, 10)) }

// send sends one notification on one channel. A job may run twice, so what was sent is not sent again; a stop between the sending and its note can still double
// a message, which then carries the same id.
func (s *Service) send(ctx context.Context, j jobs.Job) error {
	id, err := strconv.ParseInt(string(j.Args), 10, 64)
	if err != nil {
		return jobs.Never(fmt.Errorf("read job: %w", err))
	}
	r, err := s.find(ctx, id)
	if fault.Is(err, fault.NotFound) || err == nil && r.State != Waiting {
		return nil
	}
	if err != nil {
		return err
	}
	if at := s.Quiet.Next(s.Now()); at.After(s.Now()) { // a retry fell into the night
		return s.DB.Tx(ctx, func(tx *sql.Tx) error {
			return s.Queue.Add(ctx, tx, jobs.Job{Kind: jobKind, Args: jobArgs(id), RunAt: at, Unique: fmt.Sprintf("%d@%d", id, at.Unix())})
		})
	}
	err = s.sendNow(ctx, r)
	if err != nil && (jobs.IsNever(err) || j.Attempt >= attempts) { // the failed notification is its own dead letter: the job ends here
		s.log().WarnContext(ctx, "notification failed", "notification", id, "channel", r.Channel, "attempts", j.Attempt, "err", err)
		return s.mark(ctx, id, Failed, "", short(err.Error()))
	}
	return err
}

// short bounds what is kept of an error.
func short(why string) string {
	const most = 200
	return string([]rune(why)[:min(most, len([]rune(why)))])
}

func (s *Service) sendNow(ctx context.Context, r Row) error {
	source, channel := s.sources[r.Source], s.channel(r.Channel)
	if source == nil || channel == nil {
		return jobs.Never(fmt.Errorf("no source %q or channel %q is configured here", r.Source, r.Channel))
	}
	reach, err := source.Reach(ctx, r.Notification)
	if fault.Is(err, fault.NotFound) {
		return s.mark(ctx, r.ID, NoAddress, "", "")
	}
	if err != nil {
		return fmt.Errorf("reach: %w", err)
	}
	to := channel.To(reach)
	switch {
	case to == "":
		return s.mark(ctx, r.ID, NoAddress, "", "")
	case reach.Declined && !r.Legal:
		return s.mark(ctx, r.ID, Declined, "", "")
	}
	text, err := source.Text(ctx, r.Notification, reach.Lang)
	if err != nil {
		return fmt.Errorf("text: %w", err)
	}
	ref, err := channel.Send(ctx, Message{ID: fmt.Sprintf("notification-%d", r.ID), To: to, Lang: reach.Lang, At: s.Now(), Text: text})
	if err != nil {
		return err
	}
	return s.mark(ctx, r.ID, Sent, ref, "")
}

func (s *Service) channel(name string) Channel {
	for _, c := range s.Channels {
		if c.Name() == name {
			return c
		}
	}
	return nil
}
