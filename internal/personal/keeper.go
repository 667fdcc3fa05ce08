package personal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Keeper is a capability that keeps personal data under the codes of its things.
type Keeper interface {
	// Knows reports whether the code is that of a thing of this capability.
	Knows(ctx context.Context, t event.Thing) (bool, error)
	// Data tells what is kept of the thing's people, in the language asked for, and notes that who looked; nothing when it is forgotten.
	Data(ctx context.Context, who web.Person, t event.Thing, lang string) ([]Datum, error)
	// Stays says why the data must not be erased yet: the thing is still under way, or the law has it kept. nil: it may go.
	Stays(ctx context.Context, t event.Thing) error
	// Forget erases what is known of the thing's people, within the transaction. What is forgotten already, or unknown, is no error.
	Forget(ctx context.Context, tx *sql.Tx, t event.Thing) error
	// Expired lists at most limit things whose people are known and whose time is over.
	Expired(ctx context.Context, limit int) ([]Expired, error)
	// Proves reports whether the secret is the one printed on the thing's receipt.
	Proves(ctx context.Context, t event.Thing, secret string) (bool, error)
}

// Datum is one thing that is kept of a person.
type Datum struct{ Label, Value string }

// keeperOf finds who keeps a thing.
func (s *Service) keeperOf(ctx context.Context, t event.Thing) (Keeper, error) {
	for _, k := range s.Keepers {
		if knows, err := k.Knows(ctx, t); err != nil || knows {
			return k, err
		}
	}
	return nil, fault.New(fault.NotFound, "personal.no_thing", "Không có bưu gửi hoặc hồ sơ %s.", "There is no item or dossier %s.", t).At("things")
}

// Follower is the name under which Erase follows the ledger.
const Follower = "personal"

// Erase does what the ledger says is forgotten, for ledger.Follow: the fact comes first, so that nothing is erased that nobody decided, and a stop in between
// loses no erasure.
func (s *Service) Erase(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	for _, e := range entries {
		for _, f := range e.Facts {
			gone, ok := f.(event.PersonalForgotten)
			if !ok {
				continue
			}
			for _, k := range s.Keepers {
				if err := k.Forget(ctx, tx, gone.Thing); err != nil {
					return fmt.Errorf("forget the people of entry %d: %w", e.Seq, err)
				}
			}
		}
	}
	return nil
}

// expireMost bounds one act of the retention.
const expireMost = 500

// Expire forgets what has outlived its time, some hundreds at a time, until nothing is left.
func (s *Service) Expire(ctx context.Context) (int, error) {
	total := 0
	for _, k := range s.Keepers {
		for {
			list, err := k.Expired(ctx, expireMost)
			if err != nil {
				return total, err
			}
			n, err := s.expire(ctx, list)
			total += n
			if err != nil {
				return total, err
			}
			if n == 0 {
				break
			}
			if err := s.Ledger.CatchUp(ctx, Follower, s.Erase); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

func (s *Service) expire(ctx context.Context, list []Expired) (int, error) {
	if len(list) == 0 {
		return 0, nil
	}
	rec, err := s.Ledger.Append(ctx, ledger.Envelope{Act: postal.NewActID(s.Now()), OccurredMs: s.Now().UnixMilli()}, Expire{Things: list})
	if fault.Code(err) == "personal.nothing_to_forget" { // all of it is held
		return 0, nil
	}
	return len(rec.Facts), err
}

// MayShow refuses to show people whose data is restricted. Capabilities ask it before they show names in full.
func (s *Service) MayShow(ctx context.Context, t event.Thing) error {
	v := s.Ledger.View(ctx)
	k, ok := ledger.Get[*Kept](v, KeptKey(t))
	if err := v.Err(); err != nil || !ok || !k.Restricted {
		return err
	}
	return fault.New(fault.Forbidden, "personal.restricted", "Theo yêu cầu của chủ thể dữ liệu, dữ liệu của %s không được xem nữa.",
		"By the request of the person, the data of %s is no longer shown.", t)
}

// Declines reports whether the people of a thing objected to notifications and were granted it. Whoever tells people something asks before.
func (s *Service) Declines(ctx context.Context, t event.Thing) (bool, error) {
	v := s.Ledger.View(ctx)
	k, ok := ledger.Get[*Kept](v, KeptKey(t))
	return ok && k.Objected, v.Err()
}

// due says by when a request that comes in now is to be answered, and by which rule.
func (s *Service) due(now time.Time) (time.Time, []string, error) {
	hours, by, err := s.Book.Int("privacy.request.answer", postal.DayOf(now))
	if err != nil {
		return time.Time{}, nil, err
	}
	return now.Add(time.Duration(hours) * time.Hour), []string{by.RuleID}, nil
}
