package cluster

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// townsNet is the network where the nodes of the program are; 1 to 3 are the members of the cluster.
const townsNet = 4

// network gives each machine a network of its own (a namespace of the kernel), joined by a router that can be told to drop what goes from one to another, one way or both. What is
// dropped vanishes without an answer, as with a cable that is pulled or a switch that has lost its way. The router is the network of the test itself, which therefore runs in one of its own.
type network struct {
	t     *testing.T
	holds [townsNet + 1]*process
	cuts  [][]string // rules of the router
}

// routerEnv marks the test that runs in the router's network.
const routerEnv = "CITYPOST_ROUTER"

// ownNetwork starts the test again in a network of its own and says whether this is that run; the first run only hands over what it said.
func ownNetwork(t *testing.T) bool {
	t.Helper()
	if os.Getenv(routerEnv) != "" {
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may make networks")
	}
	for _, tool := range []string{"ip", "nsenter"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not here (Debian: apt-get install iproute2 util-linux)", tool)
		}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1", "-test.timeout=40m")
	cmd.Env = append(os.Environ(), routerEnv+"=1", programEnv+"="+built) // what is built is built here: there may be no way out of that network
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Skipf("no network of its own may be made here: %v", err)
	}
	skipped := false
	for s := bufio.NewScanner(out); s.Scan(); {
		skipped = skipped || strings.HasPrefix(s.Text(), "--- SKIP")
		fmt.Println("    |", s.Text()) // as it comes: the drills take long
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("in its own network: %v", err)
	}
	if skipped {
		t.Skip("skipped in its own network, see above")
	}
	return false
}

// newNetwork makes the networks of the members and of the town.
func newNetwork(t *testing.T) *network {
	t.Helper()
	w := &network{t: t}
	dir := t.TempDir()
	t.Cleanup(guard(t, dir))
	w.ip("link", "set", "lo", "up")
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= townsNet; n++ {
		hold := exec.Command("sleep", "infinity") // a namespace lives as long as a process in it
		hold.Dir, hold.SysProcAttr = dir, &syscall.SysProcAttr{Setsid: true, Cloneflags: syscall.CLONE_NEWNET}
		if err := hold.Start(); err != nil {
			t.Fatal(err)
		}
		w.holds[n] = &process{cmd: hold, done: make(chan struct{})}
		go func() { _ = hold.Wait(); close(w.holds[n].done) }()
		pid, link := strconv.Itoa(hold.Process.Pid), fmt.Sprintf("to%d", n)
		w.ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", pid)
		w.ip("addr", "add", fmt.Sprintf("10.77.%d.1/24", n), "dev", link)
		w.ip("link", "set", link, "up")
		for _, args := range [][]string{{"link", "set", "lo", "up"}, {"addr", "add", w.addr(n) + "/24", "dev", "eth0"}, {"link", "set", "eth0", "up"}, {"route", "add", "default", "via", fmt.Sprintf("10.77.%d.1", n)}} {
			w.command("nsenter", append(append(w.enter(n, nil), "ip"), args...)...)
		}
	}
	return w
}

// addr is the address of a machine.
func (w *network) addr(n int) string { return fmt.Sprintf("10.77.%d.2", n) }

// enter is what nsenter needs to start a program in a machine's network, perhaps as another user.
func (w *network) enter(n int, as *syscall.Credential) []string {
	args := []string{"--target", strconv.Itoa(w.holds[n].cmd.Process.Pid), "--net"}
	if as != nil {
		args = append(args, "--setuid", fmt.Sprint(as.Uid), "--setgid", fmt.Sprint(as.Gid))
	}
	return append(args, "--")
}

func (w *network) ip(args ...string) {
	w.t.Helper()
	w.command("ip", args...)
}

func (w *network) command(name string, args ...string) {
	w.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		w.t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
}

// drop lets everything vanish that one machine sends to another, or only what goes to a service there.
func (w *network) drop(from, to int, port ...int) {
	w.t.Helper()
	rule := []string{"from", w.addr(from), "to", w.addr(to)}
	if len(port) > 0 {
		rule = append(rule, "ipproto", "tcp", "dport", strconv.Itoa(port[0]))
	}
	rule = append(rule, "pref", strconv.Itoa(100+len(w.cuts)), "blackhole")
	w.ip(append([]string{"rule", "add"}, rule...)...)
	w.cuts = append(w.cuts, rule)
}

// part cuts both ways between some machines and others.
func (w *network) part(some, others []int) {
	w.t.Helper()
	for _, a := range some {
		for _, b := range others {
			w.drop(a, b)
			w.drop(b, a)
		}
	}
}

// heal lets everything through again.
func (w *network) heal() {
	w.t.Helper()
	for _, rule := range w.cuts {
		w.ip(append([]string{"rule", "del"}, rule...)...)
	}
	w.cuts = nil
}

// TestTheRouterDropsWhatItIsTold is the control: what is cut does not arrive, the other way round does, and afterwards all does.
func TestTheRouterDropsWhatItIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("networks are made in the long run only")
	}
	if !ownNetwork(t) {
		return
	}
	w := newNetwork(t)
	asks := func(from, to, port int) bool { // a connection needs both ways
		args := append(w.enter(from, nil), os.Args[0])
		cmd := exec.Command("nsenter", args...)
		cmd.Env = append(os.Environ(), dialEnv+fmt.Sprintf("=%s:%d", w.addr(to), port))
		return cmd.Run() == nil
	}
	for n := 1; n <= 2; n++ {
		for _, port := range []int{5432, 2379} {
			cmd := exec.Command("nsenter", append(w.enter(n, nil), os.Args[0])...)
			cmd.Env = append(os.Environ(), listenEnv+fmt.Sprintf("=%s:%d", w.addr(n), port))
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
			await(t, 20*time.Second, func() bool { return asks(3, n, port) }, func() string { return "nobody listens" })
		}
	}
	w.drop(1, 2)
	if asks(1, 2, 5432) || asks(2, 1, 5432) || !asks(3, 1, 5432) || !asks(3, 2, 5432) {
		t.Error("one way cut between 1 and 2: connections between them must fail, others not")
	}
	w.heal()
	if !asks(1, 2, 5432) || !asks(2, 1, 5432) {
		t.Error("healed, and still nothing arrives")
	}
	w.drop(1, 2, 5432)
	if asks(1, 2, 5432) || !asks(1, 2, 2379) || !asks(2, 1, 5432) {
		t.Error("one service cut: it alone must be out of reach")
	}
	w.heal()
	w.part([]int{1}, []int{2, 3})
	if asks(1, 2, 2379) || asks(2, 1, 2379) || asks(3, 1, 2379) || !asks(3, 2, 2379) {
		t.Error("1 is alone: nobody may reach it, the others each other")
	}
}

// dialEnv and listenEnv make the test binary somebody who connects to an address, or who listens there.
const dialEnv, listenEnv = "CITYPOST_DIAL", "CITYPOST_LISTEN"

func dial(addr string) {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		os.Exit(1)
	}
	_ = c.Close()
	os.Exit(0)
}

func listen(addr string) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		os.Exit(1)
	}
	for {
		c, err := ln.Accept()
		if err != nil {
			os.Exit(1)
		}
		_ = c.Close()
	}
}
