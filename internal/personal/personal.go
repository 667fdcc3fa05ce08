package personal

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/rulebook"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

//go:embed schema
var schema embed.FS

// Service is the requests about personal data of one house.
type Service struct {
	DB      *sqldb.DB
	Ledger  *ledger.Ledger
	Vault   *privacy.Vault
	Book    *rulebook.Book
	Keepers []Keeper
	Name    func(ctx context.Context, id postal.StaffID) string // of a member of staff
	Limit   web.Limit                                           // of strangers
	Now     func() time.Time

	asked web.Limiter
}

// Migrate brings the table up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "personal", schema)
}

// Asker is who asks, sealed.
type Asker struct {
	Name    string `json:"name"`
	Contact string `json:"contact"` // where the answer goes
	Words   string `json:"words,omitempty"`
}

// askerContext binds the sealed bytes to what they are.
const askerContext = "personal.asker"

// asked is a request with who asks, when that is still known.
type asked struct {
	*Request
	Asker
	Checked string // how the person was identified
	By      postal.StaffID
}

// Receive takes a request in: who asks is kept first, under the code that the act will have, then the act is written. The same act again gives the first answer.
func (s *Service) Receive(ctx context.Context, e ledger.Envelope, a Ask, who Asker, checked string) (code string, err error) {
	for _, t := range a.Things {
		if _, err := s.keeperOf(ctx, t); err != nil {
			return "", err
		}
	}
	due, rules, err := s.due(s.Now())
	if err != nil {
		return "", err
	}
	code = CodeOf(e.Act)
	if old, err := s.find(ctx, code); err == nil { // sent again
		a.DueMs, a.Rules = old.DueMs, old.Rules
	} else if !fault.Is(err, fault.NotFound) {
		return "", err
	} else {
		a.DueMs, a.Rules = due.UnixMilli(), rules
	}
	if err := s.keep(ctx, code, e.Actor, who, checked); err != nil {
		return "", err
	}
	_, err = s.Ledger.Append(ctx, e, a)
	return code, err
}

func (s *Service) keep(ctx context.Context, code string, by postal.StaffID, who Asker, checked string) error {
	plain, err := json.Marshal(who)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM personal_request WHERE code = $1`, code).Scan(&n); err != nil || n > 0 {
			return err
		}
		subject, err := s.Vault.NewSubject(ctx, tx)
		if err != nil {
			return err
		}
		sealed, err := subject.Seal(askerContext, plain)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO personal_request (code, subject, sealed, checked, made_by, created_ms) VALUES ($1, $2, $3, $4, $5, $6)`,
			code, string(subject.ID), sealed, checked, string(by), s.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("keep request: %w", err)
		}
		return nil
	})
}

// find gives a request of the ledger.
func (s *Service) find(ctx context.Context, code string) (*Request, error) {
	v := s.Ledger.View(ctx)
	r, ok := ledger.Get[*Request](v, RequestKey(code))
	if err := v.Err(); err != nil {
		return nil, err
	}
	if !ok {
		return nil, unknown()
	}
	return r, nil
}

// open gives a request with who asks.
func (s *Service) open(ctx context.Context, code string) (a asked, err error) {
	if a.Request, err = s.find(ctx, code); err != nil {
		return a, err
	}
	var subject string
	var sealed []byte
	err = s.DB.Read().QueryRowContext(ctx, `SELECT subject, sealed, checked, made_by FROM personal_request WHERE code = $1`, code).Scan(&subject, &sealed, &a.Checked, &a.By)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil
	}
	if err != nil {
		return a, fmt.Errorf("read request: %w", err)
	}
	plain, err := s.Vault.Open(ctx, s.DB.Read(), privacy.SubjectID(subject), askerContext, sealed)
	if fault.Code(err) == "privacy.erased" {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(plain, &a.Asker)
}

// listed is how many ended requests are shown.
const listed = 100

// Open lists the open requests, the most urgent first.
func (s *Service) Open(ctx context.Context) ([]*Request, error) {
	v := s.Ledger.View(ctx)
	var out []*Request
	for _, k := range v.At(openPlace, 'l') {
		if r, ok := ledger.Get[*Request](v, k); ok {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *Request) int { return cmp.Or(cmp.Compare(a.DueMs, b.DueMs), cmp.Compare(a.Code, b.Code)) })
	return out, v.Err()
}

// Latest lists the latest requests, open or not, newest first.
func (s *Service) Latest(ctx context.Context) ([]*Request, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT code FROM personal_request ORDER BY created_ms DESC, code LIMIT $1`, listed)
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	defer rows.Close()
	var keys []ledger.Key
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return nil, fmt.Errorf("list requests: %w", err)
		}
		keys = append(keys, RequestKey(code))
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	v := s.Ledger.View(ctx)
	v.Load(keys...)
	var out []*Request
	for _, k := range keys {
		if r, ok := ledger.Get[*Request](v, k); ok { // else it was refused after its row was kept
			out = append(out, r)
		}
	}
	return out, v.Err()
}

// Held lists what must not be erased now.
func (s *Service) Held(ctx context.Context) (map[event.Thing][]string, error) {
	v := s.Ledger.View(ctx)
	out := map[event.Thing][]string{}
	for _, k := range v.At(heldPlace, 'a') {
		if h, ok := ledger.Get[*Kept](v, k); ok {
			out[event.Thing(k[2:])] = h.Holds
		}
	}
	return out, v.Err()
}

// Decide answers a request. A deletion waits until no keeper objects.
func (s *Service) Decide(ctx context.Context, e ledger.Envelope, a Answer) error {
	r, err := s.find(ctx, a.Request)
	if err != nil {
		return err
	}
	if r.Decision == "" && a.Decision == Granted && (r.Kind == Delete || r.Kind == Restrict) {
		for _, t := range r.Things {
			k, err := s.keeperOf(ctx, t)
			if err != nil {
				return err
			}
			if r.Kind == Delete {
				err = k.Stays(ctx, t)
			} else {
				err = stillMoving(k.Stays(ctx, t))
			}
			if err != nil {
				return err
			}
		}
	}
	if _, err = s.Ledger.Append(ctx, e, a); err != nil {
		return err
	}
	return s.Ledger.CatchUp(ctx, Follower, s.Erase)
}

// UnderWay is the code of the refusal with which a keeper says that a thing is still under way.
const UnderWay = "personal.under_way"

// stillMoving keeps only the objection that a thing is under way: its people's addresses are needed to carry it. What the law has kept may be hidden.
func stillMoving(err error) error {
	if fault.Code(err) == UnderWay {
		return err
	}
	if _, known := fault.From(err); known {
		return nil
	}
	return err
}
