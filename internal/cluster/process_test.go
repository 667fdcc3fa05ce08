package cluster

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that we started; only such are ever sent a signal.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

// launch starts a program in a session of its own, with its output in a file.
func launch(t *testing.T, log string, as *syscall.Credential, dir, program string, args ...string) *process {
	t.Helper()
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: as}
	cmd.Env = append(os.Environ(), "HOME="+dir, "ETCD_UNSUPPORTED_ARCH=", "PYTHONUNBUFFERED=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is the test's own doing
		close(p.done)
	}()
	return p
}

func (p *process) signal(s syscall.Signal) {
	if p == nil {
		return
	}
	select {
	case <-p.done: // its number may be somebody else's by now
	default:
		_ = p.cmd.Process.Signal(s)
	}
}

func (p *process) wait() {
	if p != nil {
		<-p.done
	}
}

func signalAll(s syscall.Signal, pids ...int) {
	for _, pid := range pids {
		if pid > 1 {
			_ = syscall.Kill(pid, s) // it may have ended meanwhile
		}
	}
}

// children are the processes that a process started.
func children(pid int) (pids []int) {
	if pid <= 1 {
		return nil
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		rest := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if len(rest) > 1 && rest[1] == strconv.Itoa(pid) {
			if n, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				pids = append(pids, n)
			}
		}
	}
	return pids
}

// await asks again and again until the answer is yes: the other side gives no signal to wait for.
func await(t *testing.T, limit time.Duration, yes func() bool, why func() string) {
	t.Helper()
	end := time.After(limit)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("after %s: %s", limit, why())
		}
	}
}

// built is the folder of the program, once it is built; forget takes it away.
var (
	built  string
	forget func()
)

// programEnv names the folder of the program where it is built already.
const programEnv = "CITYPOST_BUILT"

// program builds citypost once.
var program = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv(programEnv); dir != "" {
		return filepath.Join(dir, "citypost"), nil
	}
	var err error
	if built, err = os.MkdirTemp("", "citypost-bin-"); err != nil {
		return "", err
	}
	if forget, err = startGuard(built); err != nil { // a test that is cut short leaves no program behind either
		return "", err
	}
	path := filepath.Join(built, "citypost")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "citypost/cmd/citypost")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build citypost: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(guardEnv) != "":
		watchOver(os.Getenv(guardEnv))
	case os.Getenv(cutShortEnv) != "":
		cutShort(os.Getenv(cutShortEnv))
	case os.Getenv(dialEnv) != "":
		dial(os.Getenv(dialEnv))
	case os.Getenv(listenEnv) != "":
		listen(os.Getenv(listenEnv))
	default:
		code := m.Run()
		if forget != nil {
			forget()
		}
		os.Exit(code)
	}
}
