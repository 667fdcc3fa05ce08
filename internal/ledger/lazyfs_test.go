package ledger_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"citypost/internal/postal"
)

// lazyFS is a file system (LazyFS) that keeps what nobody synced in memory and forgets it when told to, as a power cut does. Everything that the program does to its files goes through it.
type lazyFS struct {
	t       *testing.T
	dir     string // the mount
	faults  *os.File
	done    *bufio.Reader
	process *exec.Cmd
}

// mountLazyFS skips where LazyFS is not installed or may not be mounted.
func mountLazyFS(t *testing.T) *lazyFS {
	t.Helper()
	program, err := exec.LookPath("lazyfs")
	if err != nil {
		t.Skip("lazyfs is not on the PATH: docs/reliability.md says how to build it")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may mount LazyFS here")
	}
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skipf("no FUSE here: %v", err)
	}
	home := t.TempDir()
	at := func(name string) string { return filepath.Join(home, name) }
	for _, d := range []string{home, filepath.Dir(home)} {
		if err := os.Chmod(d, 0o755); err != nil { // the database runs as another user
			t.Fatal(err)
		}
	}
	for _, d := range []string{"root", "mnt"} {
		if err := os.Mkdir(at(d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, pipe := range []string{"faults", "done"} {
		if err := syscall.Mkfifo(at(pipe), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := fmt.Sprintf("[faults]\nfifo_path=%q\nfifo_path_completed=%q\n[cache]\napply_eviction=false\n[cache.simple]\ncustom_size=\"0.5GB\"\nblocks_per_page=1\n[filesystem]\nlog_all_operations=false\nlogfile=%q\n",
		at("faults"), at("done"), at("log"))
	if err := os.WriteFile(at("config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	z := &lazyFS{t: t, dir: at("mnt")}
	z.process = exec.Command(program, z.dir, "--config-path", at("config.toml"), "-o", "allow_other", "-o", "modules=subdir", "-o", "subdir="+at("root"), "-f")
	z.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a mount must not outlive a test that was cut short
	said := &strings.Builder{}
	z.process.Stdout, z.process.Stderr = said, said
	if err := z.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(z.dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
		_ = z.process.Process.Kill()
		_ = z.process.Wait()
		if z.faults != nil {
			_ = z.faults.Close()
		}
	})
	for began := time.Now(); ; { // the mount gives no other sign
		var here, above syscall.Stat_t
		if syscall.Stat(z.dir, &here) == nil && syscall.Stat(home, &above) == nil && here.Dev != above.Dev {
			break
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("LazyFS was not mounted: %s", said)
		}
		<-time.After(20 * time.Millisecond)
	}
	if z.faults, err = os.OpenFile(at("faults"), os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	done, err := os.OpenFile(at("done"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = done.Close() })
	z.done = bufio.NewReader(done)
	return z
}

// cutPower forgets everything that nobody synced.
func (z *lazyFS) cutPower() {
	z.t.Helper()
	if _, err := z.faults.WriteString("lazyfs::clear-cache\n"); err != nil {
		z.t.Fatal(err)
	}
	if line, err := z.done.ReadString('\n'); err != nil || !strings.Contains(line, "finished::clear-cache") {
		z.t.Fatalf("clear-cache: %q, %v", line, err)
	}
}

// TestNothingAcknowledgedIsLostWhenLazyFSForgets kills the ledger's process on LazyFS at random moments and lets the file system forget.
func TestNothingAcknowledgedIsLostWhenLazyFSForgets(t *testing.T) {
	skipShort(t)
	z := mountLazyFS(t)
	acked := map[postal.ActID]int64{}
	cuts := rounds(t) * 5
	for i := range cuts {
		z.killChild(z.dir, acked)
		z.cutPower()
		judge(t, z.dir, acked)
		if i%25 == 24 {
			t.Logf("%d acts acknowledged so far", len(acked))
		}
	}
	if len(acked) < cuts {
		t.Fatalf("%d acts acknowledged in %d lives: the test proves nothing", len(acked), cuts)
	}
	t.Logf("the power cut %d times, %d acts acknowledged, nothing lost, nothing twice", cuts, len(acked))
}

// killChild lets the child write for a moment and kills it.
func (z *lazyFS) killChild(dir string, acked map[postal.ActID]int64) {
	z.t.Helper()
	cmd, out := startChild(z.t, dir)
	r := bufio.NewReader(out)
	if line, err := r.ReadString('\n'); err != nil || line != "ready\n" {
		z.t.Fatalf("the child said %q, %v", line, err)
	}
	time.AfterFunc(time.Duration(20+rand.Int64N(300))*time.Millisecond, func() { _ = cmd.Process.Kill() }) // it may be gone already
	if other, err := acksOf(r, acked); err != nil || len(other) > 0 {
		z.t.Fatalf("the child said %v, %v", other, err)
	}
	_ = cmd.Wait() // killed
}

// TestTheControlOnLazyFSLoses does the same with an engine that does not wait for the disk.
func TestTheControlOnLazyFSLoses(t *testing.T) {
	skipShort(t)
	z := mountLazyFS(t)
	t.Setenv(carelessEnv, "1")
	acked := map[postal.ActID]int64{}
	for range 3 {
		dir := filepath.Join(z.dir, fmt.Sprintf("town-%d", rand.Uint32()))
		clear(acked)
		z.killChild(dir, acked)
		z.cutPower()
		lost, err := missing(t, storages()[0], dir, acked)
		t.Logf("synchronous=OFF: %d acknowledged, %d lost, %v", len(acked), lost, err)
		if lost > 0 || err != nil && len(acked) > 0 {
			return
		}
	}
	t.Error("nothing was lost: the cuts prove nothing")
}
