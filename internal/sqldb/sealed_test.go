package sqldb_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/sqldb"
)

func newSecret(t testing.TB) []byte {
	t.Helper()
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		t.Fatal(err)
	}
	return secret
}

func openSealed(t testing.TB, path string, secret []byte) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenSealed(t.Context(), path, secret)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func run(t testing.TB, db *sqldb.DB, text string, args ...any) {
	t.Helper()
	if _, err := db.Write().ExecContext(t.Context(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func closeDB(t testing.TB, db *sqldb.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// holds fails the test when a file of a folder holds a text that must not be readable there; it gives the number of bytes looked through.
func holds(t *testing.T, dir, secretText string) (looked int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		looked += len(text)
		for _, plain := range []string{secretText, "CREATE TABLE", "SQLite format 3"} {
			if bytes.Contains(text, []byte(plain)) {
				t.Errorf("%s holds %q", filepath.Base(path), plain)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return looked
}

const known = "KNOWN-PLAINTEXT-KT1-0042"

// TestNothingReadableReachesTheDisk looks into every file while the database is at work, after spilling sorts, savepoints, a copy and the close.
func TestNothingReadableReachesTheDisk(t *testing.T) {
	dir, secret := t.TempDir(), newSecret(t)
	t.Setenv("SQLITE_TMPDIR", dir)
	db := openSealed(t, filepath.Join(dir, "closed.db"), secret)
	run(t, db, `CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)`)
	run(t, db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 20000) INSERT INTO item (body) SELECT '`+known+`' || i || hex(randomblob(20)) FROM n`)
	holds(t, dir, known)
	err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		for _, text := range []string{`SAVEPOINT a`, `UPDATE item SET body = body || 'x'`, `ROLLBACK TO a`, `RELEASE a`, `UPDATE item SET body = body || '` + known + `'`, `CREATE INDEX by_body ON item (body)`} {
			if _, err := tx.ExecContext(t.Context(), text); err != nil {
				return err
			}
		}
		holds(t, dir, known) // in the middle of a large transaction
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Read().QueryContext(t.Context(), `SELECT body FROM item ORDER BY substr(body, 30), body`)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil || n != 20000 {
		t.Fatalf("%d rows, %v", n, err)
	}
	run(t, db, `VACUUM INTO $1`, filepath.Join(dir, "copy.db"))
	run(t, db, `VACUUM`)
	if looked := holds(t, dir, known); looked < 1<<20 {
		t.Fatalf("looked through %d bytes only", looked)
	}
	closeDB(t, db)
	holds(t, dir, known)
	for _, name := range []string{"closed.db", "copy.db"} {
		db := openSealed(t, filepath.Join(dir, name), secret)
		var word string
		var rows int
		if err := db.Read().QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&word); err != nil || word != "ok" {
			t.Errorf("%s: %s, %v", name, word, err)
		}
		if err := db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM item WHERE body LIKE '`+known+`%'`).Scan(&rows); err != nil || rows != 20000 {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
		closeDB(t, db)
	}
}

// TestAWrongKeyIsRefusedAndChangesNothing keeps a log beside the database, as a crash leaves it: an engine that took it for an empty one would delete it.
func TestAWrongKeyIsRefusedAndChangesNothing(t *testing.T) {
	dir, secret := t.TempDir(), newSecret(t)
	db := openSealed(t, filepath.Join(dir, "closed.db"), secret)
	run(t, db, `CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)`)
	run(t, db, `PRAGMA wal_checkpoint(TRUNCATE)`)
	run(t, db, `INSERT INTO item (body) VALUES ('only in the log')`)
	crashed := filepath.Join(t.TempDir(), "crashed")
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	closeDB(t, db)
	before := snapshot(t, crashed)
	path := filepath.Join(crashed, "closed.db")
	for name, try := range map[string]func() (*sqldb.DB, error){
		"other-key":  func() (*sqldb.DB, error) { return sqldb.OpenSealed(t.Context(), path, newSecret(t)) },
		"other-read": func() (*sqldb.DB, error) { return sqldb.OpenSealedRead(t.Context(), path, newSecret(t)) },
	} {
		if _, err := try(); fault.Code(err) != "db.wrong_key" {
			t.Errorf("%s: %v", name, err)
		}
		if after := snapshot(t, crashed); after != before {
			t.Errorf("%s changed the folder:\n%s\n%s", name, before, after)
		}
	}
	plain := filepath.Join(t.TempDir(), "plain.db")
	p, err := sqldb.Open(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	run(t, p, `CREATE TABLE a (b TEXT)`)
	closeDB(t, p)
	if _, err := sqldb.OpenSealed(t.Context(), plain, secret); fault.Code(err) != "db.wrong_key" {
		t.Errorf("a plain file: %v", err)
	}
	if _, err := sqldb.OpenSealed(t.Context(), filepath.Join(dir, "x.db"), secret[:31]); err == nil {
		t.Error("a secret of 31 bytes was taken")
	}
	back := openSealed(t, path, secret)
	defer closeDB(t, back)
	var body string
	if err := back.Read().QueryRowContext(t.Context(), `SELECT body FROM item`).Scan(&body); err != nil || body != "only in the log" {
		t.Errorf("%q, %v", body, err)
	}
}

func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %x\n", e.Name(), sumOf(text))
	}
	return b.String()
}

func sumOf(text []byte) (sum uint64) {
	for _, c := range text {
		sum = sum*1099511628211 + uint64(c) + 1
	}
	return sum
}

// TestSealedAndPlainFilesAnswerAlike does the same random work on both.
func TestSealedAndPlainFilesAnswerAlike(t *testing.T) {
	secret := newSecret(t)
	for seed := range uint64(3) {
		rnd := mrand.New(mrand.NewPCG(seed, 1))
		dir := t.TempDir()
		plain, err := sqldb.Open(t.Context(), filepath.Join(dir, "plain.db"))
		if err != nil {
			t.Fatal(err)
		}
		shut := openSealed(t, filepath.Join(dir, "sealed.db"), secret)
		both := func(text string, args ...any) {
			run(t, plain, text, args...)
			run(t, shut, text, args...)
		}
		both(`CREATE TABLE a (id INTEGER PRIMARY KEY, body BLOB)`)
		for range 80 {
			id := rnd.IntN(60)
			switch rnd.IntN(10) {
			case 0, 1, 2, 3, 4:
				body := make([]byte, rnd.IntN(20000))
				for i := range body {
					body[i] = byte(rnd.Uint32())
				}
				both(`INSERT INTO a VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body`, id, body)
			case 5, 6:
				both(`DELETE FROM a WHERE id > $1 AND id < $1 + 10`, id)
			case 7:
				both(`PRAGMA wal_checkpoint(` + []string{"PASSIVE", "TRUNCATE", "RESTART"}[rnd.IntN(3)] + `)`)
			case 8:
				both(`VACUUM`)
			case 9:
				closeDB(t, shut)
				shut = openSealed(t, filepath.Join(dir, "sealed.db"), secret)
			}
			if a, b := dump(t, plain), dump(t, shut); a != b {
				t.Fatalf("seed %d: the two differ", seed)
			}
		}
		closeDB(t, plain)
		closeDB(t, shut)
	}
}

func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	rows, err := db.Read().QueryContext(t.Context(), `SELECT id, body FROM a ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var id int
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d %d %x\n", id, len(body), sumOf(body))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAPowerCutAtAnyByteKeepsWhatWasCommitted puts any mixture of old and new sectors of the log on disk, one of them torn at any byte, as between two commits.
func TestAPowerCutAtAnyByteKeepsWhatWasCommitted(t *testing.T) {
	dir, secret := t.TempDir(), newSecret(t)
	path := filepath.Join(dir, "closed.db")
	db := openSealed(t, path, secret)
	run(t, db, `CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)`)
	const commits = 8
	logs := make([][]byte, commits)
	for i := range logs {
		run(t, db, `INSERT INTO item (body) VALUES ($1)`, fmt.Sprintf("%d %s", i, strings.Repeat("x", 300*i)))
		var err error
		if logs[i], err = os.ReadFile(path + "-wal"); err != nil {
			t.Fatal(err)
		}
	}
	main, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	closeDB(t, db)
	rnd := mrand.New(mrand.NewPCG(3, 3))
	const sector = 512
	tries := 0
	for i := range commits - 1 {
		old, next := logs[i], logs[i+1]
		for range 40 {
			tries++
			mixed := bytes.Clone(old)
			mixed = append(mixed, make([]byte, max(0, len(next)-len(old)))...)
			torn := (len(old)/sector + rnd.IntN(4) - 1) * sector
			cut := torn + rnd.IntN(sector+1)
			if rnd.IntN(2) == 0 { // within the block where the last commit ends and the next one may begin
				cut = len(old) - rnd.IntN(17)
				torn = cut / sector * sector
			}
			for at := 0; at < len(next); at += sector {
				end := min(at+sector, len(next))
				if at == torn {
					end = min(cut, end)
				} else if rnd.IntN(2) == 0 {
					continue
				}
				copy(mixed[at:end], next[at:end])
			}
			if rnd.IntN(3) == 0 {
				mixed = mixed[:len(old)+rnd.IntN(len(mixed)-len(old)+1)]
			}
			at := filepath.Join(t.TempDir(), "closed.db")
			if err := os.WriteFile(at, main, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at+"-wal", mixed, 0o600); err != nil {
				t.Fatal(err)
			}
			back := openSealed(t, at, secret)
			var n int
			var word string
			if err := back.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM item`).Scan(&n); err != nil || n < i+1 || n > i+2 {
				t.Fatalf("after commit %d: %d rows, %v", i+1, n, err)
			}
			if err := back.Read().QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&word); err != nil || word != "ok" {
				t.Fatalf("after commit %d: %s, %v", i+1, word, err)
			}
			closeDB(t, back)
		}
	}
	t.Logf("%d torn logs opened, nothing committed was lost", tries)
}

// The child of the next test writes until it is killed and says each row that was committed.
const childPath, childSecret = "CITYPOST_TEST_SEALED_PATH", "CITYPOST_TEST_SEALED_SECRET"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		writeForEver(path, []byte(os.Getenv(childSecret)))
	}
	if path := os.Getenv(settleEnv); path != "" {
		openOnce(path)
	}
	os.Exit(m.Run())
}

func writeForEver(path string, secret []byte) {
	ctx := context.Background()
	db, err := sqldb.OpenSealed(ctx, path, secret)
	for i := 0; err == nil; i++ {
		if _, err = db.Write().ExecContext(ctx, `INSERT INTO item (body) VALUES ($1)`, strings.Repeat("y", i%3000)); err == nil {
			fmt.Println(i + 1)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(3)
}

func TestKillNineLosesNothingThatWasCommitted(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef") // passed through the environment of a test
	path := filepath.Join(t.TempDir(), "closed.db")
	db := openSealed(t, path, secret)
	run(t, db, `CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)`)
	closeDB(t, db)
	said := 0
	for round := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=none")
		cmd.Env = append(os.Environ(), childPath+"="+path, childSecret+"="+string(secret))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		base, lines := said, 0
		for s := bufio.NewScanner(out); s.Scan(); {
			n, err := strconv.Atoi(s.Text())
			if err != nil {
				t.Fatal(err)
			}
			said = base + n
			if lines++; lines == 30+17*round {
				_ = cmd.Process.Kill() // what it still wrote before it died is read on
			}
		}
		_ = cmd.Wait()
		if lines < 30 {
			t.Fatalf("the child wrote %d rows only", lines)
		}
		db := openSealed(t, path, secret)
		var n int
		var word string
		if err := db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM item`).Scan(&n); err != nil || n < said || n > said+1 {
			t.Fatalf("%d rows, %d were acknowledged, %v", n, said, err)
		}
		if err := db.Read().QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&word); err != nil || word != "ok" {
			t.Fatalf("%s, %v", word, err)
		}
		said = n
		closeDB(t, db)
	}
}

// TestTwoProcessesShareASealedFile writes from another process while this one reads and writes.
func TestTwoProcessesShareASealedFile(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	path := filepath.Join(t.TempDir(), "closed.db")
	db := openSealed(t, path, secret)
	defer func() { closeDB(t, db) }()
	run(t, db, `CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)`)
	cmd := exec.Command(os.Args[0], "-test.run=none")
	cmd.Env = append(os.Environ(), childPath+"="+path, childSecret+"="+string(secret))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs, ours := 0, 0
	for s := bufio.NewScanner(out); s.Scan(); {
		theirs++
		if theirs <= 200 {
			run(t, db, `INSERT INTO item (body) VALUES ('ours')`)
			ours++
		}
		if theirs == 200 {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	var n int
	var word string
	if err := db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM item`).Scan(&n); err != nil || n < theirs+ours || n > theirs+ours+1 {
		t.Fatalf("%d rows, %d theirs, %d ours, %v", n, theirs, ours, err)
	}
	if err := db.Read().QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&word); err != nil || word != "ok" {
		t.Fatalf("%s, %v", word, err)
	}
}

// TestSpeedBesideThePlainEngine prints what sealing costs; it fails only when that is out of all proportion.
func TestSpeedBesideThePlainEngine(t *testing.T) {
	measure := func(db *sqldb.DB) (single, bulk, scan time.Duration) {
		defer closeDB(t, db)
		run(t, db, `CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)`)
		start := time.Now()
		for range 300 {
			run(t, db, `INSERT INTO item (body) VALUES ('one')`)
		}
		single = time.Since(start) / 300
		start = time.Now()
		run(t, db, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 100000) INSERT INTO item (body) SELECT hex(randomblob(100)) FROM n`)
		bulk = time.Since(start)
		run(t, db, `PRAGMA wal_checkpoint(TRUNCATE)`)
		start = time.Now()
		var n int64
		if err := db.Read().QueryRowContext(t.Context(), `SELECT SUM(length(body)) FROM item`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return single, bulk, time.Since(start)
	}
	p, err := sqldb.Open(t.Context(), filepath.Join(t.TempDir(), "plain.db"))
	if err != nil {
		t.Fatal(err)
	}
	single, bulk, scan := measure(p)
	ssingle, sbulk, sscan := measure(openSealed(t, filepath.Join(t.TempDir(), "sealed.db"), newSecret(t)))
	t.Logf("one row a commit: plain %v, sealed %v; 100,000 rows in one commit: plain %v, sealed %v; reading 23 MB from disk: plain %v, sealed %v",
		single.Round(time.Microsecond), ssingle.Round(time.Microsecond), bulk.Round(time.Millisecond), sbulk.Round(time.Millisecond), scan.Round(time.Millisecond), sscan.Round(time.Millisecond))
	if sbulk > 20*bulk || ssingle > 20*single {
		t.Errorf("sealing costs out of proportion")
	}
}
