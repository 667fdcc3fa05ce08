package ledger_test

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// needStrace skips where system calls cannot be made to fail.
func needStrace(t *testing.T) string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here: no way to let a system call fail")
	}
	if err := exec.Command(strace, "-o", os.DevNull, "true").Run(); err != nil {
		t.Skipf("strace may not trace here: %v", err)
	}
	return strace
}

// failing starts the child with the n-th and all further calls of a kind failing.
func failing(t *testing.T, strace, dir, calls, errno string, n int) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	cmd, out := startChild(t, dir, strace, "-f", "--seccomp-bpf", "-qq", "-o", os.DevNull, "-P", filepath.Join(dir, "city.db-wal"), "-P", filepath.Join(dir, "city.db"), "-P", filepath.Join(dir, "city.db-shm"),
		"-e", "trace="+calls, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d+", calls, errno, n))
	return cmd, bufio.NewReader(out)
}

// rounds is how often each fault is tried, each time at another call: CITYPOST_FAULTS, else a few.
func rounds(t *testing.T) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("CITYPOST_FAULTS")); err == nil {
		return n
	}
	if testing.Short() {
		return 1
	}
	return 3
}

// TestAFailedWriteOrSyncLosesNothingAndSaysWhatItIs lets the n-th write or sync of the database's files fail, and all after it. After a failed one nobody knows what is on
// disk, so writing stops; a full disk is said to be full. Whatever was acknowledged before is there.
func TestAFailedWriteOrSyncLosesNothingAndSaysWhatItIs(t *testing.T) {
	skipShort(t)
	strace := needStrace(t)
	for _, c := range []struct {
		name, calls, errno, says string
		first                    int // well after the start; counted for each thread
	}{
		{"sync EIO", "fdatasync,fsync", "EIO", "ledger.stopped", 20},
		{"sync ENOSPC", "fdatasync,fsync", "ENOSPC", "ledger.stopped", 20},
		{"write EIO", "pwrite64,write", "EIO", "ledger.stopped", 100},
		{"write ENOSPC", "pwrite64,write", "ENOSPC", "db.disk_full", 100},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			acks, before := 0, 0
			for range rounds(t) {
				dir := t.TempDir()
				n := c.first * (10 + rand.IntN(30)) / 10
				cmd, out := failing(t, strace, dir, c.calls, c.errno, n)
				acked := map[postal.ActID]int64{}
				other, err := acksOf(out, acked)
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Wait(); err == nil || !strings.Contains(strings.Join(other, " "), c.says) {
					t.Fatalf("call %d: the child ended with %v and said %v", n, err, other)
				}
				if len(acked) > 0 {
					before++
				}
				acks += len(acked)
				judge(t, dir, acked)
			}
			if before == 0 {
				t.Fatal("nothing was acknowledged before the disk failed: the test proves nothing")
			}
			t.Logf("%d rounds, %d acknowledged before the fault, all of them there", rounds(t), acks)
		})
	}
}

// TestAKeyThatCannotBeStoredIsNotUsed lets the syncs of a first start fail one by one, up to those of the new signing key and of its folder: the start fails, and the next one works. A key that a
// power cut could take away must sign nothing. One sync may fail unheard: SQLite does not ask whether the folder of its first journal was stored, when there is no database yet to lose.
func TestAKeyThatCannotBeStoredIsNotUsed(t *testing.T) {
	skipShort(t)
	strace := needStrace(t)
	for _, errno := range []string{"EIO", "ENOSPC"} {
		refused := map[string]bool{}
		for n := 1; !refused["the folder"] || !refused[".ledger.key-"]; n++ {
			dir, trace := t.TempDir(), filepath.Join(t.TempDir(), "trace")
			cmd, out := startChild(t, dir, strace, "-f", "-qq", "-y", "-o", trace, "-e", "trace=fsync,fdatasync", "-e", fmt.Sprintf("inject=fsync,fdatasync:error=%s:when=%d", errno, n))
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if line == "ready\n" {
				kill(cmd)
				if file := failedSync(t, trace, dir); n > 2 || file != "the folder" {
					t.Fatalf("%s: the %d. sync, of %q, failed and the start went on", errno, n, file)
				}
				continue
			}
			if err := cmd.Wait(); err == nil || !strings.Contains(line, "failed:") {
				t.Fatalf("%s: the child ended with %v and said %s", errno, err, line)
			}
			refused[failedSync(t, trace, dir)] = true
			cmd, stdout := startChild(t, dir)
			if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "ready\n" {
				t.Fatalf("%s at sync %d: the next start: %q, %v", errno, n, line, err)
			}
			kill(cmd)
		}
		t.Logf("%s: refused to start without %v on disk", errno, slices.Sorted(maps.Keys(refused)))
	}
}

// failedSync reads which file of a folder strace did not let come to disk, without the random digits of its name.
func failedSync(t *testing.T, trace, dir string) string {
	t.Helper()
	b, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if _, rest, ok := strings.Cut(line, "<"+dir); ok && strings.Contains(line, "(INJECTED)") {
			file, _, _ := strings.Cut(rest, ">")
			return cmp.Or(strings.TrimLeft(strings.TrimRight(file, "0123456789"), "/"), "the folder")
		}
	}
	t.Fatalf("no sync failed:\n%s", b)
	return ""
}

// TestASmallDiskThatFillsUpLosesNothingAndWorksAgainWithRoom uses a real file system of a few megabytes.
func TestASmallDiskThatFillsUpLosesNothingAndWorksAgainWithRoom(t *testing.T) {
	skipShort(t)
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqldb.Open(t.Context(), filepath.Join(dir, "city.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := openSigned(t, db, newKey(t))
	acked := map[postal.ActID]int64{}
	fill := func(most int) (refused error) {
		for range most {
			e := envelope()
			r, err := l.Append(t.Context(), e, count{Key: fmt.Sprint(rand.IntN(1000))})
			if err != nil {
				return err
			}
			acked[e.Act] = r.Seq
		}
		return nil
	}
	for round := range 3 {
		refused := fill(200_000)
		if fault.Code(refused) != "db.disk_full" || l.Stopped() != nil {
			t.Fatalf("round %d: a full disk: %v; stopped: %v", round, refused, l.Stopped())
		}
		for range 20 { // again and again: no further failure may be taken for a broken disk
			if err := fill(1); err != nil && fault.Code(err) != "db.disk_full" {
				t.Fatalf("round %d: still full: %v", round, err)
			}
		}
		if _, err := l.Body(t.Context(), 2); err != nil {
			t.Fatalf("reading must go on: %v", err)
		}
		if err := os.Truncate(ballast, int64(2-round)<<20); err != nil { // room for some more
			t.Fatal(err)
		}
		if err := fill(100); err != nil {
			t.Fatalf("round %d: with room again: %v", round, err)
		}
	}
	judgeEntries(t, l, acked)
	mustClose(t, l)
	t.Logf("%d acknowledged, full three times", len(acked))
}
