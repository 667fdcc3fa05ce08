package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// What every authenticator app understands: 20 bytes, SHA-1, six digits, thirty seconds.
const (
	seedSize   = 20
	stepLength = 30 * time.Second
	stepSkew   = 1 // a telephone's clock may be half a minute off
)

var codeOpts = totp.ValidateOpts{Period: uint(stepLength / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// recoveryCodes is how many a person gets to keep on paper.
const recoveryCodes = 10

// Enrolment is a second factor that waits for its first code.
type Enrolment struct {
	Secret string // to type by hand, in groups of four
	URI    string // to scan
}

func seedContext(id postal.StaffID) string { return "account.totp:" + string(id) }

// Enrol makes a new seed, or shows the waiting one again. Nothing changes for signing in until Confirm.
func (s *Service) Enrol(ctx context.Context, id postal.StaffID) (Enrolment, error) {
	var e Enrolment
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		var login string
		var waiting []byte
		if err := tx.QueryRowContext(ctx, `SELECT login, totp_waiting FROM account WHERE id = $1`, string(id)).Scan(&login, &waiting); err != nil {
			return fmt.Errorf("read second factor: %w", err)
		}
		secret, err := s.waitingSecret(ctx, tx, id, waiting)
		if err != nil {
			return err
		}
		e = Enrolment{Secret: inFours(secret), URI: s.seedURI(login, secret)}
		return nil
	})
	return e, err
}

func (s *Service) waitingSecret(ctx context.Context, tx *sql.Tx, id postal.StaffID, waiting []byte) (string, error) {
	if waiting != nil {
		return s.openSeed(id, waiting)
	}
	seed := make([]byte, seedSize)
	if _, err := rand.Read(seed); err != nil {
		return "", fmt.Errorf("make second factor: %w", err)
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed)
	sealed, err := s.House.Seal(seedContext(id), []byte(secret))
	if err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE account SET totp_waiting = $2 WHERE id = $1`, string(id), sealed); err != nil {
		return "", fmt.Errorf("keep second factor: %w", err)
	}
	return secret, nil
}

func (s *Service) openSeed(id postal.StaffID, sealed []byte) (string, error) {
	secret, err := s.House.Open(seedContext(id), sealed)
	if err != nil {
		return "", fmt.Errorf("open second factor of %s: %w", id, err)
	}
	return string(secret), nil
}

func (s *Service) seedURI(login, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {s.Issuer}}
	return "otpauth://totp/" + url.PathEscape(s.Issuer+":"+login) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

func inFours(text string) string {
	var groups []string
	for ; len(text) > 4; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(append(groups, text), " ")
}

// Confirm turns the waiting second factor on when its first code is right, and gives the recovery codes, which are shown once.
// A second factor that was on before is replaced.
func (s *Service) Confirm(ctx context.Context, by Actor, id postal.StaffID, code string) ([]string, error) {
	stop := codeBrake(string(id))
	if err := s.pull(ctx, stop); err != nil {
		return nil, err
	}
	var codes []string
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		var waiting []byte
		if err := tx.QueryRowContext(ctx, `SELECT totp_waiting FROM account WHERE id = $1`, string(id)).Scan(&waiting); err != nil {
			return fmt.Errorf("read second factor: %w", err)
		}
		if waiting == nil {
			return stale()
		}
		secret, err := s.openSeed(id, waiting)
		if err != nil {
			return err
		}
		step, ok := s.matchStep(secret, code)
		if !ok {
			return wrongCode()
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET totp = totp_waiting, totp_waiting = NULL, totp_step = $2 WHERE id = $1`, string(id), step); err != nil {
			return fmt.Errorf("turn second factor on: %w", err)
		}
		if codes, err = s.newRecovery(ctx, tx, id); err != nil {
			return err
		}
		if err := s.ease(ctx, tx, stop); err != nil {
			return err
		}
		return s.note(ctx, tx, by, SecondFactorOn, string(id), "")
	})
	return codes, err
}

// NewRecoveryCodes replaces the recovery codes; the person gives the password once more.
func (s *Service) NewRecoveryCodes(ctx context.Context, by Actor, id postal.StaffID, password string) ([]string, error) {
	if err := s.confirmPassword(ctx, id, password); err != nil {
		return nil, err
	}
	var codes []string
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		a, err := find(ctx, tx, `id = $1`, string(id))
		if err != nil {
			return err
		}
		if !a.SecondFactor {
			return stale()
		}
		if codes, err = s.newRecovery(ctx, tx, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, RecoveryCodesMade, string(id), "")
	})
	return codes, err
}

func (s *Service) newRecovery(ctx context.Context, tx *sql.Tx, id postal.StaffID) ([]string, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM account_recovery WHERE account = $1`, string(id)); err != nil {
		return nil, fmt.Errorf("drop recovery codes: %w", err)
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		code, err := spell(2, 5)
		if err != nil {
			return nil, err
		}
		codes[i] = code
		if _, err := tx.ExecContext(ctx, `INSERT INTO account_recovery(account, code) VALUES($1, $2)`, string(id), s.recoveryHash(id, code)); err != nil {
			return nil, fmt.Errorf("keep recovery code: %w", err)
		}
	}
	return codes, nil
}

// recoveryHash is keyed with the house key, so a stolen table cannot be tried against all codes there are.
func (s *Service) recoveryHash(id postal.StaffID, code string) []byte {
	return s.House.Blind("account.recovery "+string(id), code)
}

// RecoveryLeft counts the unused recovery codes.
func (s *Service) RecoveryLeft(ctx context.Context, id postal.StaffID) (n int, err error) {
	err = s.DB.Read().QueryRowContext(ctx, `SELECT count(*) FROM account_recovery WHERE account = $1 AND used_ms IS NULL`, string(id)).Scan(&n)
	return n, err
}

// DropSecondFactor turns the second factor off for who has lost everything.
func (s *Service) DropSecondFactor(ctx context.Context, by Actor, id postal.StaffID) error {
	if err := s.twoPersons(by, id); err != nil {
		return err
	}
	return s.dropSecondFactor(ctx, by, id)
}

func (s *Service) dropSecondFactor(ctx context.Context, by Actor, id postal.StaffID) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := find(ctx, tx, `id = $1`, string(id)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE account SET totp = NULL, totp_waiting = NULL WHERE id = $1`, string(id)); err != nil {
			return fmt.Errorf("turn second factor off: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_recovery WHERE account = $1`, string(id)); err != nil {
			return fmt.Errorf("drop recovery codes: %w", err)
		}
		if err := s.forget(ctx, tx, codeBrake(string(id))); err != nil {
			return err
		}
		return s.note(ctx, tx, by, SecondFactorOff, string(id), "")
	})
}

// DropOwnSecondFactor asks for the password first.
func (s *Service) DropOwnSecondFactor(ctx context.Context, by Actor, id postal.StaffID, password string) error {
	if err := s.confirmPassword(ctx, id, password); err != nil {
		return err
	}
	return s.dropSecondFactor(ctx, by, id)
}

// spendCode accepts a code of the authenticator or a recovery code, each once.
func (s *Service) spendCode(ctx context.Context, tx *sql.Tx, by Actor, id postal.StaffID, typed string) error {
	code := strings.ToLower(strings.Join(strings.Fields(typed), ""))
	var sealed []byte
	if err := tx.QueryRowContext(ctx, `SELECT totp FROM account WHERE id = $1`, string(id)).Scan(&sealed); err != nil {
		return fmt.Errorf("read second factor: %w", err)
	}
	if sealed == nil {
		return stale() // turned off between the two steps
	}
	if len(code) != codeOpts.Digits.Length() {
		return s.spendRecovery(ctx, tx, by, id, code)
	}
	secret, err := s.openSeed(id, sealed)
	if err != nil {
		return err
	}
	step, ok := s.matchStep(secret, code)
	if !ok {
		return wrongCode()
	}
	// The condition makes a code good once, even when it is sent twice at the same moment.
	done, err := tx.ExecContext(ctx, `UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2`, string(id), step)
	if err != nil {
		return fmt.Errorf("spend code: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, wrongCode())
	}
	return nil
}

func (s *Service) spendRecovery(ctx context.Context, tx *sql.Tx, by Actor, id postal.StaffID, code string) error {
	if plain := strings.ReplaceAll(code, "-", ""); len(plain) == 10 {
		code = plain[:5] + "-" + plain[5:]
	}
	done, err := tx.ExecContext(ctx, `UPDATE account_recovery SET used_ms = $3 WHERE account = $1 AND code = $2 AND used_ms IS NULL`,
		string(id), s.recoveryHash(id, code), s.nowMS())
	if err != nil {
		return fmt.Errorf("spend recovery code: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, wrongCode())
	}
	return s.note(ctx, tx, by, RecoveryCodeUsed, string(id), "")
}

// matchStep finds the time step whose code this is.
func (s *Service) matchStep(secret, code string) (int64, bool) {
	code = strings.Join(strings.Fields(code), "")
	now := s.Now()
	var found int64
	ok := false
	for d := -stepSkew; d <= stepSkew; d++ {
		at := now.Add(time.Duration(d) * stepLength)
		want, err := totp.GenerateCodeCustom(secret, at, codeOpts)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found, ok = at.Unix()/int64(stepLength/time.Second), true
		}
	}
	return found, ok
}

const wrongCodeCode = "account.wrong_code"

func wrongCode() error {
	return fault.New(fault.Invalid, wrongCodeCode,
		"Mã không đúng hoặc đã dùng rồi. Hãy đợi mã mới trên điện thoại rồi nhập lại.",
		"The code is wrong or was used already. Wait for the next one on the telephone and try again.").At("otp")
}
