package main

import (
	"bytes"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shellWord is a word of a command; only double quotes are known.
var shellWord = regexp.MustCompile(`"[^"]*"|\S+`)

// TestTheFirstDayAsItIsWritten types the commands of docs/closed-house.md, “First day”, as they stand there: only the folder and the way to the passphrase are others.
// Then administrator and security officer choose their passwords, and make a clerk together, whom neither of them makes alone.
func TestTheFirstDayAsItIsWritten(t *testing.T) {
	text, err := os.ReadFile("../../docs/closed-house.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "## First day\n\n```\n")
	day, _, found := strings.Cut(after, "```")
	commands := strings.Split(strings.TrimSpace(day), "\n")
	if !found || len(commands) < 4 {
		t.Fatalf("%d commands in the document", len(commands))
	}
	work := t.TempDir()
	for name, text := range map[string]string{"word": "bốn từ ghép ngẫu nhiên 7\n", "offices.tsv": "code\tname\tkind\tunit\n180100\tBưu cục mẫu\tlevel1\t11311\n"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	house := []string{"--data", filepath.Join(work, "house"), "--passphrase-file", filepath.Join(work, "word")}
	once := map[string]string{}
	for _, command := range commands {
		var args []string
		for _, w := range shellWord.FindAllString(command, -1) {
			args = append(args, strings.Trim(w, `"`))
		}
		if args[0] != "citypost" || !slices.Contains(args, "/var/lib/citypost-closed") {
			t.Fatalf("not a command on the house: %s", command)
		}
		if args[2] == "serve" {
			continue
		}
		for n, a := range args {
			switch a {
			case "offices.tsv":
				args[n] = filepath.Join(work, a)
			case "/var/lib/citypost-closed":
				args[n] = house[1]
			}
		}
		var out, said bytes.Buffer
		if code := run(t.Context(), append(args[1:], house[2:]...), &out, &said); code != 0 {
			t.Fatalf("%s: exit %d: %s", command, code, said.String())
		}
		if p := regexp.MustCompile(`(?s)Tài khoản (\S+) .*một lần: (\S+)`).FindStringSubmatch(out.String()); p != nil {
			once[p[1]] = p[2]
		}
	}
	base, stop := serveClosed(t, house...)
	defer stop()
	officer, admin := chooses(t, base, "bao.mat", once["bao.mat"]), chooses(t, base, "quan.tri", once["quan.tri"])
	officer.sees("/account", "Cán bộ bảo mật")
	clerk := []string{"name", "Giao dịch viên mẫu", "login", "gdv.mau", "role", "kt1-clerk", "office", "180100"}
	if to, refusal := admin.does("/admin/people", clerk...); refusal == "" {
		t.Fatalf("the administrator made a clerk alone: %s", to)
	}
	status, _, body := admin.post("/admin/people", append(clerk, "second_login", "bao.mat", "second_password", firstDayWord)...)
	p := regexp.MustCompile(`[a-z0-9]{5}-[a-z0-9]{5}-[a-z0-9]{5}`).FindString(body)
	if status != http.StatusOK || p == "" {
		t.Fatalf("two persons make a clerk: status %d", status)
	}
	chooses(t, base, "gdv.mau", p).sees("/account", "Giao dịch viên KT1")
}

const firstDayWord = "mot-cau-kho-doan-27"

// chooses lets a person sign in with a one-time password and choose one.
func chooses(t *testing.T, base, login, once string) worker {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := worker{t, base, login, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	w.does("/sign-in", "login", login, "password", once)
	w.done("/sign-in/password", "new_password", firstDayWord, "new_password_again", firstDayWord)
	return w
}
