package sqldb_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"citypost/internal/sqldb"
)

const settleEnv = "CITYPOST_SETTLE"

// openOnce is the process that opens a database under strace, or leaves one as a killed process does: without closing it.
func openOnce(path string) {
	db, err := sqldb.Open(context.Background(), path)
	if err == nil && strings.HasSuffix(path, "killed.db") {
		_, err = db.Write().Exec(`CREATE TABLE t (n BIGINT)`)
	}
	if err != nil {
		os.Exit(3)
	}
	os.Exit(0)
}

// TestWhatAKilledProcessCommittedIsSyncedBeforeItIsTold opens a database whose log nobody can vouch for, and looks for the sync of it.
func TestWhatAKilledProcessCommittedIsSyncedBeforeItIsTold(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil || exec.Command(strace, "-o", os.DevNull, "true").Run() != nil {
		t.Skip("strace is not here or may not trace: no way to see a sync")
	}
	dir := t.TempDir()
	path, log := filepath.Join(dir, "killed.db"), filepath.Join(dir, "calls")
	run := func(under ...string) {
		t.Helper()
		args := append(under, os.Args[0])
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Env = append(os.Environ(), settleEnv+"="+path)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	run()
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("no log was left: %v", err)
	}
	if err := os.Rename(path, filepath.Join(dir, "city.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"-wal", filepath.Join(dir, "city.db-wal")); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(path + "-shm")
	path = filepath.Join(dir, "city.db")
	run(strace, "-f", "-qq", "-y", "-o", log, "-e", "trace=fsync,fdatasync")
	calls, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(calls), "city.db-wal") {
		t.Fatalf("the log was not synced at the opening: %v\n%s", err, calls)
	}
}

// TestTheFolderOfANewDatabaseIsSynced makes a database, commits, and looks whether the folder was synced after the log got its name there: else a power cut takes the file with all that was committed.
func TestTheFolderOfANewDatabaseIsSynced(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil || exec.Command(strace, "-o", os.DevNull, "true").Run() != nil {
		t.Skip("strace is not here or may not trace: no way to see a sync")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "calls")
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-qq", "-y", "-o", log, "-e", "trace=fsync,fdatasync", os.Args[0])
	cmd.Env = append(os.Environ(), settleEnv+"="+filepath.Join(dir, "killed.db"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	calls, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	first := strings.Index(string(calls), "killed.db-wal>")
	if first < 0 || !strings.Contains(string(calls[first:]), "<"+dir+">") {
		t.Fatalf("after the log was synced first, its folder was not:\n%s", calls)
	}
}
