package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheDrillsInstallWhatIsMissing runs scripts/failover.sh where nothing is installed, with stand-ins for apt-get, sudo and go that write down how they were called.
func TestTheDrillsInstallWhatIsMissing(t *testing.T) {
	if installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(installed) == 0 {
		t.Skip("PostgreSQL is not installed: what is missing here is another list")
	}
	for _, c := range []struct {
		name, uid, has, want, not string
	}{
		{"root", "0", "", "apt-get update -qq|apt-get install -y -qq --no-install-recommends patroni etcd-server iproute2|go test", "sudo"},
		{"user", "1000", "etcd ip", "sudo apt-get update -qq|sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends patroni|go test", "etcd-server"},
		{"all-there", "0", "patroni etcd ip", "go test", "apt-get"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin, log := t.TempDir(), filepath.Join(t.TempDir(), "calls")
			write := func(name, text string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			write("id", "echo "+c.uid)
			write("sudo", `echo "sudo $*" >>`+log)
			for _, name := range append([]string{"apt-get", "go"}, strings.Fields(c.has)...) {
				write(name, `echo "`+name+` $*" >>`+log)
			}
			for _, name := range []string{"dirname", "env", "bash", "sh"} {
				path, err := exec.LookPath(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("/bin/bash", "../../scripts/failover.sh")
			cmd.Env = []string{"PATH=" + bin}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			calls, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			at := 0
			for _, want := range strings.Split(c.want, "|") {
				i := strings.Index(string(calls[at:]), want)
				if i < 0 {
					t.Fatalf("%q was not called, or too early:\n%s", want, calls)
				}
				at += i
			}
			if strings.Contains(string(calls), c.not) {
				t.Errorf("%q was called:\n%s", c.not, calls)
			}
		})
	}
	t.Run("no-apt-get", func(t *testing.T) {
		cmd := exec.Command("/bin/bash", "../../scripts/failover.sh")
		dirname, err := exec.LookPath("dirname")
		if err != nil {
			t.Fatal(err)
		}
		bin := t.TempDir()
		if err := os.Symlink(dirname, filepath.Join(bin, "dirname")); err != nil {
			t.Fatal(err)
		}
		cmd.Env = []string{"PATH=" + bin}
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "needed and not here: patroni") {
			t.Errorf("%v: %s", err, out)
		}
	})
}
