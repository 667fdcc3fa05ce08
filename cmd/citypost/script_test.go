package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestCommandsKeepTheirContracts runs the scripts of testdata. A script is lines:
//
//	$ deadline --json …   run a command; its exit code must be 0
//	$2 deadline           run a command; its exit code must be 2
//	> words               what it printed has these words
//	!> words              what it printed has not
//	! words               what it said to people (standard error) has these words
//	= due "2020-…"        its JSON has this value there; * is any value
//	# remark
//
// Files stand at the end, each after a line “-- name --”. The commands find them in $WORK, a folder of the script's own; $DATA is an empty data folder.
func TestCommandsKeepTheirContracts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.script")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".script"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			work := t.TempDir()
			s := script{T: t, path: path, vars: strings.NewReplacer("$WORK", work, "$DATA", filepath.Join(work, "data"))}
			s.play(s.unpack(string(text), work))
		})
	}
}

// script is one script under way.
type script struct {
	*testing.T
	path     string
	vars     *strings.Replacer
	line     int
	args     string
	out, say string
}

// unpack writes the files at the end of a script and gives its lines.
func (s *script) unpack(text, work string) []string {
	parts := strings.Split("\n"+text, "\n-- ")
	for _, p := range parts[1:] {
		name, content, ok := strings.Cut(p, " --\n")
		if !ok {
			s.Fatalf("%s: a file without its name line", s.path)
		}
		file := filepath.Join(work, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content+"\n"), 0o600); err != nil {
			s.Fatal(err)
		}
	}
	return strings.Split(parts[0], "\n")[1:]
}

func (s *script) play(lines []string) {
	for i, line := range lines {
		s.line = i + 1
		verb, rest, _ := strings.Cut(line, " ")
		switch rest = s.vars.Replace(rest); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(verb, "$"):
			s.run(strings.TrimPrefix(verb, "$"), rest)
		case verb == ">":
			s.expect(strings.Contains(s.out, rest), line)
		case verb == "!>":
			s.expect(!strings.Contains(s.out, rest), line)
		case verb == "!":
			s.expect(strings.Contains(s.say, rest), line)
		case verb == "=":
			where, want, _ := strings.Cut(rest, " ")
			s.value(where, want)
		default:
			s.Fatalf("%s:%d: %q is no line of a script", s.path, s.line, line)
		}
	}
}

func (s *script) run(code, args string) {
	want := 0
	if code != "" {
		want, _ = strconv.Atoi(code)
	}
	var out, say bytes.Buffer
	got := run(s.Context(), words(args), &out, &say)
	s.args, s.out, s.say = args, out.String(), say.String()
	if got != want {
		s.Fatalf("%s:%d: citypost %s: exit %d, want %d\n%s%s", s.path, s.line, args, got, want, s.out, s.say)
	}
	if got != 0 && s.say == "" {
		s.Errorf("%s:%d: citypost %s: exit %d without a word", s.path, s.line, args, got)
	}
}

// words splits arguments at blanks; "…" holds a blank.
func words(args string) []string {
	var list []string
	for i, part := range strings.Split(args, `"`) {
		if i%2 == 1 {
			list = append(list, part)
			continue
		}
		list = append(list, strings.Fields(part)...)
	}
	return list
}

func (s *script) expect(ok bool, line string) {
	s.Helper()
	if !ok {
		s.Errorf("%s:%d: citypost %s: %s\nprinted: %s\nsaid: %s", s.path, s.line, s.args, line, s.out, s.say)
	}
}

// value looks up a place such as steps.0.day in the JSON that was printed.
func (s *script) value(where, want string) {
	var v any
	d := json.NewDecoder(strings.NewReader(s.out))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		s.Fatalf("%s:%d: citypost %s printed no JSON: %v\n%s", s.path, s.line, s.args, err, s.out)
	}
	for _, step := range strings.Split(where, ".") {
		ok := true
		switch in := v.(type) {
		case map[string]any:
			v, ok = in[step]
		case []any:
			n, err := strconv.Atoi(step)
			if ok = err == nil && n < len(in); ok {
				v = in[n]
			}
		default:
			ok = false
		}
		if !ok {
			s.Errorf("%s:%d: citypost %s: no %s in\n%s", s.path, s.line, s.args, where, s.out)
			return
		}
	}
	got, _ := json.Marshal(v)
	if want != "*" && string(got) != want {
		s.Errorf("%s:%d: citypost %s: %s is %s, want %s", s.path, s.line, s.args, where, got, want)
	}
}

func TestServeAnswersUntilItIsToldToStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--log", "error"}, w, io.Discard)
		_ = w.Close()
	}()
	var url string
	if _, err := fmt.Fscanf(r, "citypost: %s\n", &url); err != nil {
		t.Fatalf("serve did not say where: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	for _, path := range []string{"/healthz", "/rules", "/rules/deadline"} {
		res, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("stopped with exit %d", code)
	}
}

func TestServeSaysWhenItsAddressIsTaken(t *testing.T) {
	busy, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	var say bytes.Buffer
	if code := run(t.Context(), []string{"serve", "--data", t.TempDir(), "--listen", busy.Addr().String(), "--log", "error"}, io.Discard, &say); code != 1 || !strings.Contains(say.String(), busy.Addr().String()) {
		t.Errorf("exit %d: %s", code, say.String())
	}
}
