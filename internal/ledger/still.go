package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"citypost/internal/sqldb"
)

// still is one state of the database, seen by several transactions that only read: a verification reads in parallel, and a house at work goes on writing meanwhile.
type still struct {
	txs    []*sql.Tx
	shared bool // several may use one transaction at once: SQLite

	mu    sync.Mutex
	users []int         // of each transaction
	free  chan struct{} // a place, for each transaction that nobody uses
}

// How many transactions see one state. SQLite's are shared; PostgreSQL answers one question of a connection at a time, and each of two workers asks for a tile while it reads entries, beside the judge.
const (
	stillSQLite   = 2
	stillPostgres = 5
)

// stillTries bounds how often SQLite is asked for transactions that see the same: it takes some tenths of a millisecond, a house at work commits every few milliseconds.
const stillTries = 1000

// Still lets do see the ledger as it is now, whatever is recorded meanwhile. SQLite cannot shorten its log until do is done, and PostgreSQL cannot remove old rows.
func (a Audit) Still(ctx context.Context, do func(Audit) error) error {
	begin := sameInPostgres
	if a.DB.Dialect == sqldb.SQLite {
		begin = sameInSQLite
	}
	txs, err := begin(ctx, a.DB)
	if err != nil {
		return fmt.Errorf("look at one state of the ledger: %w", err)
	}
	defer end(txs)
	s := &still{txs: txs, shared: a.DB.Dialect == sqldb.SQLite, users: make([]int, len(txs)), free: make(chan struct{}, len(txs))}
	for range txs {
		s.free <- struct{}{}
	}
	a.still = s
	return do(a)
}

func end(txs []*sql.Tx) {
	for _, tx := range txs {
		_ = tx.Rollback() // it only read
	}
}

// sameInPostgres begins transactions that see what the first one sees.
func sameInPostgres(ctx context.Context, db *sqldb.DB) (txs []*sql.Tx, err error) {
	var state string
	for range stillPostgres {
		tx, err := db.Read().BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		if err != nil {
			end(txs)
			return nil, err
		}
		txs = append(txs, tx)
		if state == "" {
			err = tx.QueryRowContext(ctx, `SELECT pg_export_snapshot()`).Scan(&state)
		} else {
			_, err = tx.ExecContext(ctx, `SET TRANSACTION SNAPSHOT '`+state+`'`) // a name made by the server; takes no parameters
		}
		if err == nil { // the one that shows its state to the others says nothing more for long
			_, err = tx.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`)
		}
		if err != nil {
			end(txs)
			return nil, err
		}
	}
	return txs, nil
}

// sameInSQLite begins transactions until all see the same last entry and the same last signature. Whatever else a verification reads changes with one of them.
func sameInSQLite(ctx context.Context, db *sqldb.DB) ([]*sql.Tx, error) {
	for range stillTries {
		txs, same, err := someInSQLite(ctx, db)
		if err == nil && same {
			return txs, nil
		}
		end(txs)
		if err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the ledger changes too fast")
}

func someInSQLite(ctx context.Context, db *sqldb.DB) (txs []*sql.Tx, same bool, err error) {
	type state struct{ seq, recordedMs, rebuilt, signed int64 }
	var first state
	for range stillSQLite {
		tx, err := db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return txs, false, err
		}
		txs = append(txs, tx)
		var s state
		err = tx.QueryRowContext(ctx, `SELECT seq, recorded_ms, rebuilt, (SELECT coalesce(max(size), 0) FROM ledger_checkpoint) FROM ledger_head WHERE id = 1`).
			Scan(&s.seq, &s.recordedMs, &s.rebuilt, &s.signed)
		if err != nil {
			return txs, false, err
		}
		if len(txs) > 1 && s != first {
			return txs, false, nil
		}
		first = s
	}
	return txs, true, nil
}

// on lets do ask: in one of the transactions that see the same, or the database as it is.
func (a Audit) on(ctx context.Context, do func(sqldb.Querier) error) error {
	s := a.still
	if s == nil {
		return do(a.DB.Read())
	}
	if !s.shared {
		select {
		case <-s.free:
			defer func() { s.free <- struct{}{} }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	i := s.take()
	defer s.leave(i)
	return do(s.txs[i])
}

// take gives the transaction with the fewest users.
func (s *still) take() (least int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, n := range s.users {
		if n < s.users[least] {
			least = i
		}
	}
	s.users[least]++
	return least
}

func (s *still) leave(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[i]--
}

// auditLoader loads states for an audit.
type auditLoader struct{ a Audit }

func (l auditLoader) states(ctx context.Context, keys []Key, each func(Key, []byte, []byte) error) error {
	return l.a.on(ctx, func(q sqldb.Querier) error {
		rows, err := q.QueryContext(ctx, `SELECT key, trail, body FROM ledger_state WHERE key IN (`+sqldb.List(1, len(keys))+`)`, anyKeys(keys)...)
		if err != nil {
			return fmt.Errorf("load states: %w", err)
		}
		return allRows(rows, rowOfState(each))
	})
}

func (l auditLoader) keysAt(ctx context.Context, place string) (keys []Key, err error) {
	err = l.a.on(ctx, func(q sqldb.Querier) error {
		rows, err := q.QueryContext(ctx, keysAtText, place)
		if err != nil {
			return fmt.Errorf("keys at %s: %w", place, err)
		}
		return allRows(rows, func(rows *sql.Rows) error {
			var k string
			err := rows.Scan(&k)
			keys = append(keys, Key(k))
			return err
		})
	})
	return keys, err
}
