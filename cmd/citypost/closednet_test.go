package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const noNetwork = "CITYPOST_TEST_NO_NETWORK"

// TestTheClosedHouseWorksWithoutAnyNetwork runs itself again in a network namespace that has nothing but its own loopback, and, where strace is there, lists
// every address that the process ever asked for.
func TestTheClosedHouseWorksWithoutAnyNetwork(t *testing.T) {
	if os.Getenv(noNetwork) != "" {
		walkWithoutNetwork(t)
		return
	}
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("unshare is not installed: no network namespace to test in")
	}
	if out, err := exec.CommandContext(t.Context(), unshare, "-rn", "true").CombinedOutput(); err != nil {
		t.Skipf("this machine allows no network namespace: %s", out)
	}
	args := []string{"-rn"}
	trace := filepath.Join(t.TempDir(), "trace")
	strace, err := exec.LookPath("strace")
	if err == nil {
		args = append(args, strace, "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", trace)
	} else {
		t.Log("strace is not installed: attempts that failed at once are not seen, only sockets are")
	}
	cmd := exec.CommandContext(t.Context(), unshare, append(args, os.Args[0], "-test.run=^TestTheClosedHouseWorksWithoutAnyNetwork$", "-test.v")...)
	cmd.Env = append(os.Environ(), noNetwork+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "walked") {
		t.Fatalf("%v\n%s", err, out)
	}
	if strace == "" {
		return
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "sin_addr") && !strings.Contains(line, "sin6_addr") {
			continue
		}
		asked++
		if !strings.Contains(line, `inet_addr("127.0.0.1")`) && !strings.Contains(line, `"::1"`) {
			t.Errorf("asked for the network: %s", line)
		}
	}
	if asked == 0 {
		t.Error("the trace saw not even our own browser: it proves nothing")
	}
}

// walkWithoutNetwork makes a closed house, serves it, signs in and opens every page that an administrator has; then people work in a house that has a past.
func walkWithoutNetwork(t *testing.T) {
	loopbackUp(t)
	all, err := net.Interfaces()
	if err != nil || len(all) != 1 || all[0].Flags&net.FlagLoopback == 0 {
		t.Fatalf("interfaces %v, %v; want loopback alone", all, err)
	}
	work := t.TempDir()
	word := filepath.Join(work, "word")
	if err := os.WriteFile(word, []byte("bốn từ ghép ngẫu nhiên 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	house := []string{"--data", filepath.Join(work, "house"), "--passphrase-file", word}
	var out, said bytes.Buffer
	if code := run(t.Context(), append([]string{"closed", "init"}, house...), &out, &said); code != 0 {
		t.Fatalf("init: exit %d: %s", code, said.String())
	}
	once := regexp.MustCompile(`một lần: (\S+)`).FindStringSubmatch(out.String())
	if once == nil {
		t.Fatalf("no password in %s", out.String())
	}
	base, stop := serveClosed(t, house...)
	walkClosed(t, base, once[1])
	onlyLoopback(t)
	stop()
	workWithoutNetwork(t)
	if !t.Failed() {
		fmt.Println("walked")
	}
}

// serveClosed starts the house and gives its address and the way to end it.
func serveClosed(t *testing.T, house ...string) (base string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	served := make(chan int, 1)
	go func() {
		served <- run(ctx, append([]string{"closed", "serve", "--listen", "127.0.0.1:0", "--log", "error"}, house...), write, os.Stderr)
		_ = write.Close()
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("serve: %v", err)
	}
	return strings.TrimSpace(line[strings.Index(line, "http"):]), func() {
		cancel()
		if code := <-served; code != 0 {
			t.Errorf("serve: exit %d", code)
		}
	}
}

func walkClosed(t *testing.T, base, once string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	look := func(what string, r *http.Response, err error, want string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Fatalf("%s: status %d, %v; want %q", what, r.StatusCode, err, want)
		}
		for _, foreign := range regexp.MustCompile(`(?:src|href|action)="(https?:)?//[^"]*"`).FindAllString(string(body), -1) {
			t.Errorf("%s leads elsewhere: %s", what, foreign)
		}
	}
	r, err := client.Get(base + "/")
	look("/", r, err, "NỘI BỘ – KT1")
	r, err = client.PostForm(base+"/sign-in", url.Values{"login": {"quan.tri"}, "password": {once}})
	look("sign-in", r, err, "new_password")
	fresh := "mot-cau-kho-doan-27"
	r, err = client.PostForm(base+"/sign-in/password", url.Values{"new_password": {fresh}, "new_password_again": {fresh}})
	look("own password", r, err, "Quản trị viên")
	for _, path := range []string{"/", "/admin/people", "/admin/people/new", "/admin/audit", "/account"} {
		r, err = client.Get(base + path)
		look(path, r, err, `class="watermark"`)
	}
	r, err = client.Get(base + "/healthz")
	look("healthz", r, err, "ok")
}

// loopbackUp turns on the only interface of a new namespace.
func loopbackUp(t *testing.T) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatal(err)
	}
}

// onlyLoopback looks at every socket of the namespace.
func onlyLoopback(t *testing.T) {
	t.Helper()
	seen := 0
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6", "raw"} {
		text, err := os.ReadFile("/proc/self/net/" + table)
		if err != nil {
			continue // this kernel has no such sockets
		}
		for i, line := range strings.Split(string(text), "\n") {
			f := strings.Fields(line)
			if i == 0 || len(f) < 3 {
				continue
			}
			seen++
			if !strings.HasPrefix(f[1], "0100007F:") || f[2] != "00000000:0000" && !strings.HasPrefix(f[2], "0100007F:") {
				t.Errorf("a socket that is not loopback: %s", line)
			}
		}
	}
	if seen == 0 {
		t.Error("no socket seen: this proves nothing")
	}
}
