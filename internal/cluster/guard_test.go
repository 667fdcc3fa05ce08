package cluster

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The guard is this test binary, started again: it outlives the test by a moment and ends what the test left running in a folder. A test that runs out of time, is interrupted or
// killed has no other way to do that.
const guardEnv = "CITYPOST_GUARD"

// guard sees to it that nothing that works in a folder outlives the test, however the test ends. release is for a test that has cleared up itself.
func guard(t *testing.T, dir string) (release func()) {
	t.Helper()
	release, err := startGuard(dir)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

func startGuard(dir string) (release func(), err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Dir, cmd.Stdin = append(os.Environ(), guardEnv+"="+dir), "/", read
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // an interrupt at the keyboard is not for it
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = write.Close() // the guard clears up what is left: nothing, after a test that did so itself
		_ = cmd.Wait()
	}, nil
}

// watchOver waits until the test is gone; its end of the pipe closes then, whatever it died of.
func watchOver(dir string) {
	_, _ = io.Copy(io.Discard, os.Stdin)
	endAllIn(dir)
	_ = os.RemoveAll(dir)
}

// endAllIn kills every process that works in a folder, until none is left: one may start another in the last moment.
func endAllIn(dir string) {
	for range 200 {
		pids := workingIn(dir)
		if len(pids) == 0 {
			return
		}
		signalAll(syscall.SIGKILL, pids...)
		<-time.After(10 * time.Millisecond)
	}
}

// workingIn gives the processes whose working folder is this one or lies in it.
func workingIn(dir string) (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		at, err := os.Readlink(link)
		if err != nil || at != dir && !strings.HasPrefix(at, dir+"/") {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// cutShortEnv makes the test binary a test that is cut short: it starts processes in a folder and ends without clearing up.
const cutShortEnv = "CITYPOST_CUT_SHORT"

func cutShort(dir string) {
	if _, err := startGuard(dir); err != nil {
		os.Exit(3)
	}
	for n := range 3 {
		cmd := exec.Command("sleep", "1000")
		cmd.Dir, cmd.SysProcAttr = dir, &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			os.Exit(3)
		}
		if n == 0 { // a frozen one, as the drills leave them
			_ = cmd.Process.Signal(syscall.SIGSTOP)
		}
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// TestNothingOutlivesATestThatIsCutShort kills a test in the middle of its work.
func TestNothingOutlivesATestThatIsCutShort(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cluster")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), cutShortEnv+"="+dir)
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the test was to be killed: %v", err)
	}
	await(t, time.Minute, func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	}, func() string { return "its folder is still there" })
	if left := workingIn(dir + " (deleted)"); len(left) > 0 { // how the system names a folder that is gone
		t.Errorf("processes are left: %v", left)
	}
}
