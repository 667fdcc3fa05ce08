package account

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// brake lets some failures through at once and then one every now and then: burst in all within window. The state is one moment,
// "when all failures will be forgotten", kept in the database so that several nodes brake together.
type brake struct {
	kind   string
	value  string
	burst  int64
	window time.Duration
}

func (b brake) step() int64 { return b.window.Milliseconds() / b.burst }

// guessWindow is how long failures are remembered.
const guessWindow = 15 * time.Minute

// signInBrakes: somebody mistyping meets the first one. The second stops guessing one login from many places; it is wide enough that
// locking a colleague out takes an effort that shows. The third stops one place from trying many logins; a large office behind one
// address must still be able to start its morning, and successes are given back.
func signInBrakes(login, address string) []brake {
	address = web.Network(address)
	return []brake{
		{"login+address", login + " " + address, 8, guessWindow},
		{"login", login, 40, guessWindow},
		{"address", address, 100, guessWindow},
	}
}

// codeBrake: six digits have a million values, three of them good at a time.
func codeBrake(account string) brake { return brake{"code", account, 6, guessWindow} }

// ownPasswordBrake guards the field "present password" of somebody who is signed in.
func ownPasswordBrake(account string) brake { return brake{"own-password", account, 8, guessWindow} }

// pull counts one try on every brake before the try is made, so that a thousand tries at once do not slip through; one that is hot
// refuses, and nothing is counted. A try that turns out right is given back with ease.
func (s *Service) pull(ctx context.Context, brakes ...brake) error {
	nowMS := s.nowMS()
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		for _, k := range s.brakeKeys(brakes) {
			var fullMS int64
			if err := tx.QueryRowContext(ctx, `INSERT INTO account_brake(key, full_ms) VALUES($1, $2)
				ON CONFLICT (key) DO UPDATE SET full_ms = $3 + CASE WHEN account_brake.full_ms > $4 THEN account_brake.full_ms ELSE $4 END
				RETURNING full_ms`, k.key, nowMS+k.step(), k.step(), nowMS).Scan(&fullMS); err != nil {
				return fmt.Errorf("brake: %w", err)
			}
			if over := fullMS - nowMS - k.window.Milliseconds(); over > 0 {
				return tooMany(time.Duration(over) * time.Millisecond)
			}
		}
		return nil
	})
}

// ease gives back a try that was right. On the first brake, which only this person at this place pulled, all is forgiven.
func (s *Service) ease(ctx context.Context, tx *sql.Tx, brakes ...brake) error {
	for _, k := range s.brakeKeys(brakes) {
		query := `UPDATE account_brake SET full_ms = full_ms - $2 WHERE key = $1`
		args := []any{k.key, k.step()}
		if k.kind != "login" && k.kind != "address" {
			query, args = `DELETE FROM account_brake WHERE key = $1`, args[:1]
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("ease brake: %w", err)
		}
	}
	return nil
}

type brakeKey struct {
	brake
	key []byte
}

// brakeKeys hides logins and addresses, and gives every transaction the same order of rows, so that none waits for another in a circle.
func (s *Service) brakeKeys(brakes []brake) []brakeKey {
	keys := make([]brakeKey, len(brakes))
	for i, b := range brakes {
		keys[i] = brakeKey{b, s.House.Blind("brake "+b.kind, b.value)}
	}
	slices.SortFunc(keys, func(a, b brakeKey) int { return bytes.Compare(a.key, b.key) })
	return keys
}

func tooMany(wait time.Duration) error {
	minutes := int(wait/time.Minute) + 1
	return fault.New(fault.TooMany, "account.too_many",
		"Đã thử sai quá nhiều lần. Hãy đợi khoảng %d phút rồi thử lại, hoặc nhờ quản trị viên đặt lại mật khẩu.",
		"Too many wrong tries. Wait about %d min and try again, or ask an administrator to reset the password.", minutes)
}

// release forgets the failures on one login, when an administrator has set things right.
func (s *Service) release(ctx context.Context, tx *sql.Tx, login, account string) error {
	return s.forget(ctx, tx, brake{kind: "login", value: login, burst: 1}, codeBrake(account), ownPasswordBrake(account))
}

func (s *Service) forget(ctx context.Context, tx *sql.Tx, brakes ...brake) error {
	for _, k := range s.brakeKeys(brakes) {
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_brake WHERE key = $1`, k.key); err != nil {
			return fmt.Errorf("release brake: %w", err)
		}
	}
	return nil
}
