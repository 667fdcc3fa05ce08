package notify

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"citypost/internal/fault"
	"citypost/internal/jobs"
	"citypost/internal/sqldb"
)

// Row is a notification on one channel.
type Row struct {
	Notification
	ID        int64
	Channel   string
	State     State
	Ref       string // the other side's name for it
	Why       string // of a failure: codes only
	MadeMs    int64
	ChangedMs int64
}

const columns = `id, told_key, channel, source, about, body, state, ref, why, made_ms, changed_ms`

func scan(row interface{ Scan(...any) error }) (r Row, err error) {
	var key, about, source string
	var body []byte
	if err = row.Scan(&r.ID, &key, &r.Channel, &source, &about, &body, &r.State, &r.Ref, &r.Why, &r.MadeMs, &r.ChangedMs); err != nil {
		return r, err
	}
	err = json.Unmarshal(body, &r.Notification)
	r.Key, r.Source, r.About = key, source, about
	return r, err
}

func (s *Service) find(ctx context.Context, id int64) (Row, error) {
	r, err := scan(s.DB.Read().QueryRowContext(ctx, `SELECT `+columns+` FROM notification WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, fault.New(fault.NotFound, "notify.unknown", "Không có tin báo này.", "There is no such notification.")
	}
	if err != nil {
		return r, fmt.Errorf("find notification: %w", err)
	}
	return r, nil
}

func (s *Service) list(ctx context.Context, text string, args ...any) ([]Row, error) {
	rows, err := s.DB.Read().QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("list notifications: %w", err)
	}
	defer rows.Close()
	var out []Row
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list notifications: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Of lists what was told about a thing, oldest first.
func (s *Service) Of(ctx context.Context, about string) ([]Row, error) {
	return s.list(ctx, `SELECT `+columns+` FROM notification WHERE about = $1 ORDER BY id LIMIT 200`, about)
}

// List lists at most limit notifications in a state ("" for any), newest first, before one of them (0 from the newest).
func (s *Service) List(ctx context.Context, state State, before int64, limit int) ([]Row, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	if state == "" {
		return s.list(ctx, `SELECT `+columns+` FROM notification WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
	}
	return s.list(ctx, `SELECT `+columns+` FROM notification WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, string(state), before, limit)
}

// Count says how many notifications are in each state.
func (s *Service) Count(ctx context.Context) (map[State]int, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT state, count(*) FROM notification GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count notifications: %w", err)
	}
	defer rows.Close()
	out := map[State]int{}
	for rows.Next() {
		var state State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("count notifications: %w", err)
		}
		out[state] = n
	}
	return out, rows.Err()
}

// mark notes what became of a notification that was waiting.
func (s *Service) mark(ctx context.Context, id int64, state State, ref, why string) error {
	_, err := s.DB.Write().ExecContext(ctx, `UPDATE notification SET state = $2, ref = $3, why = $4, changed_ms = $5 WHERE id = $1 AND state = $6`,
		id, string(state), ref, why, s.Now().UnixMilli(), string(Waiting))
	if err != nil {
		return sqldb.Refine(fmt.Errorf("mark notification: %w", err))
	}
	return nil
}

// reported is why a message failed that was sent: the gateway said so later.
const reported = "reported"

// arrived notes what the other side reports of a message that was sent. A report that repeats itself, or comes for nothing of ours, changes nothing.
func (s *Service) arrived(ctx context.Context, channel, ref string, state State) error {
	if ref == "" {
		return nil
	}
	_, err := s.DB.Write().ExecContext(ctx, `UPDATE notification SET state = $3, why = $4, changed_ms = $5 WHERE channel = $1 AND ref = $2 AND state = $6`,
		channel, ref, string(state), map[State]string{Failed: reported}[state], s.Now().UnixMilli(), string(Sent))
	if err != nil {
		return sqldb.Refine(fmt.Errorf("note report: %w", err))
	}
	return nil
}

// Retry has a failed notification sent anew.
func (s *Service) Retry(ctx context.Context, id int64) error {
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		now := s.Now()
		res, err := tx.ExecContext(ctx, `UPDATE notification SET state = $2, why = '', ref = '', changed_ms = $3 WHERE id = $1 AND state = $4`, id, string(Waiting), now.UnixMilli(), string(Failed))
		if err != nil {
			return fmt.Errorf("retry notification: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "notify.not_failed", "Tin báo này không ở trạng thái lỗi nên không gửi lại.", "This notification has not failed, so it is not sent again."))
		}
		return s.Queue.Add(ctx, tx, jobs.Job{Kind: jobKind, Args: jobArgs(id), RunAt: s.Quiet.Next(now), Unique: fmt.Sprintf("%d!%d", id, now.UnixMilli())})
	})
	if err == nil {
		s.Queue.Wake()
	}
	return err
}
