package cluster

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"citypost/internal/upkeep"
)

// shop is a town whose commands run under strace, each in a folder of its own.
type shop struct {
	*testing.T
	*town
	strace, program string
	copy            string // a backup with keys
}

// tool is a command that writes files.
type tool struct {
	name   string
	before func(s *shop, try string) // prepares the folder
	args   func(s *shop, try string) []string
	writes []string                               // the files whose writes fail, in the folder of the try; none: every pwrite64 and every copy
	after  func(s *shop, try string, failed bool) // what must be true after one call failed
}

var tools = []tool{
	{"first start", nil, func(_ *shop, try string) []string { return []string{"ledger", "rebuild", "--check", "--data", try} },
		[]string{"city.db", "city.db-wal", "ledger.key", "house.key"},
		func(s *shop, try string, _ bool) {
			s.must("ledger", "rotate", "--data", try) // the key that was made signs
			s.must("verify", filepath.Join(try, "city.db"))
		}},
	{"backup", nil, func(s *shop, try string) []string { return []string{"backup", try, "--keys", "--data", s.data(0)} },
		nil, func(s *shop, try string, failed bool) {
			copy := s.lastBackup()
			if copy == "" && !failed {
				s.Fatal("the backup is not remembered and it was not said")
			}
			if copy != "" {
				s.restores(copy)
			}
		}},
	{"restore", nil, func(s *shop, try string) []string { return []string{"restore", s.copy, "--data", try} },
		[]string{"city.db.part", "house.key.part", "ledger.key.part"},
		func(s *shop, try string, failed bool) {
			if _, err := os.Stat(filepath.Join(try, "city.db")); err != nil {
				if !failed {
					s.Fatal("nothing was restored and it was not said")
				}
				s.must("restore", s.copy, "--data", try)
			}
			s.must("verify", filepath.Join(try, "city.db"))
			s.must("ledger", "rotate", "--data", try)
		}},
	{"ledger rotate", func(s *shop, try string) { s.must("restore", s.copy, "--data", try) },
		func(_ *shop, try string) []string { return []string{"ledger", "rotate", "--data", try} },
		[]string{"city.db-wal", "ledger.key.next"},
		func(s *shop, try string, _ bool) {
			s.must("ledger", "rotate", "--data", try)
			s.must("verify", filepath.Join(try, "city.db"))
		}},
	{"ledger export", nil, func(s *shop, try string) []string {
		return []string{"ledger", "export", filepath.Join(try, "out"), "--data", s.data(0)}
	},
		[]string{"out.part"}, func(s *shop, try string, failed bool) {
			file := filepath.Join(try, "out")
			if _, err := os.Stat(file); failed != (err != nil) {
				s.Fatalf("failed: %v, and the file: %v", failed, err)
			}
			s.must("ledger", "export", file, "--data", s.data(0))
			s.must("verify", file)
		}},
}

// TestEveryToolBearsAFailureOfEachCall lets the n-th sync, rename, link or write of a command fail: for the first n and then ever fewer, with CITYPOST_FAULTS (make faults) for nearly all. The command
// says so, nothing that is not whole bears its final name or is called proved, and the same command works afterwards.
func TestEveryToolBearsAFailureOfEachCall(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here: no way to let a system call fail")
	}
	if err := exec.Command(strace, "-o", os.DevNull, "true").Run(); err != nil {
		t.Skipf("strace may not trace here: %v", err)
	}
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	leap := 2
	if os.Getenv("CITYPOST_FAULTS") != "" {
		leap = 8
	}
	s := &shop{T: t, town: found(t, "", 1), strace: strace, program: path}
	s.must("backup", t.TempDir(), "--keys", "--data", s.data(0))
	s.copy = s.lastBackup()
	for _, tool := range tools {
		t.Run(strings.ReplaceAll(tool.name, " ", "-"), func(t *testing.T) {
			for _, c := range []struct{ kind, calls, errno string }{
				{"sync", "fsync,fdatasync", "EIO"},
				{"rename", "rename,renameat,renameat2,link,linkat", "EIO"},
				{"rename", "rename,renameat,renameat2,link,linkat", "ENOSPC"},
				{"write", "write,pwrite64,copy_file_range,sendfile", "ENOSPC"},
			} {
				s := *s
				s.T = t
				tries, failures := 0, 0
				for n := 1; ; n += 1 + n/leap {
					failed, hit := s.try(tool, c.kind, c.calls, c.errno, n)
					if !hit {
						break
					}
					tries++
					if failed {
						failures++
					}
				}
				t.Logf("%s %s: %d calls failed, %d times the command", c.kind, c.errno, tries, failures)
			}
		})
	}
}

// try runs a tool whose n-th call fails; hit is false when there was no n-th call.
func (s *shop) try(tool tool, kind, calls, errno string, n int) (failed, hit bool) {
	s.Helper()
	try := s.TempDir()
	if tool.before != nil {
		tool.before(s, try)
	}
	log := filepath.Join(s.TempDir(), "strace")
	args := []string{"-f", "-qq", "-o", log}
	if kind == "write" && tool.writes == nil {
		calls = strings.TrimPrefix(calls, "write,") // the engine writes with pwrite64; write is also how the program wakes itself up
	}
	if kind == "write" {
		for _, name := range tool.writes {
			args = append(args, "-P", filepath.Join(try, name))
		}
	}
	args = append(args, "-e", "trace="+calls, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d", calls, errno, n), s.program, "--lang", "en")
	said, err := exec.Command(s.strace, append(args, tool.args(s, try)...)...).CombinedOutput()
	traced, rerr := os.ReadFile(log)
	if rerr != nil {
		s.Fatal(rerr)
	}
	if hit = bytes.Contains(traced, []byte("(INJECTED)")); !hit && err != nil {
		s.Fatalf("%s: nothing failed, and it said: %s", tool.name, said)
	}
	tool.after(s, try, err != nil)
	return err != nil, hit
}

// must runs a command that nothing disturbs: it may not even raise an alarm.
func (s *shop) must(args ...string) {
	s.Helper()
	out, err := exec.Command(s.program, append([]string{"--lang", "en"}, args...)...).CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("ERROR")) {
		s.Errorf("citypost %v: %v: %s", args, err, out)
	}
}

// lastBackup gives the folder of the newest backup that the data folder remembers, "" when that is not proved.
func (s *shop) lastBackup() string {
	s.Helper()
	f, err := os.Open(filepath.Join(s.data(0), "backups.jsonl"))
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	var last upkeep.Manifest
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var m upkeep.Manifest
		if json.Unmarshal(lines.Bytes(), &m) == nil {
			last = m
		}
	}
	if last.ProvedMs == 0 {
		return ""
	}
	return last.Dir
}

func (s *shop) restores(copy string) {
	s.Helper()
	into := filepath.Join(s.TempDir(), "house")
	s.must("restore", copy, "--data", into)
	s.must("verify", filepath.Join(into, "city.db"))
}
