package strongbox

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
)

func TestRepetitionsAndRunsAreNoPassphrase(t *testing.T) {
	for _, weak := range []string{
		"1234567812345678", "1234567890123456", "0987654321098765", "abcdefgh12345678", "abcdefghijklmnop", "qwertyuiopasdfgh", "qwertyuiop123456", "1qaz2wsx3edc4rfv5tgb", "zxcvbnmasdfghjkl",
		"passwordpassword", "matkhaumatkhau12", "mật khẩu mật khẩu mật khẩu", "hanoihanoihanoihanoi", "Abcdefgh!Abcdefgh!", "KT1-2026KT1-2026KT1-2026", "aaaaaaaabbbbbbbbccccccccdddddddd", "abc123abc123abc123abc123", "một một một một một một",
		"abcabcabcabcabcabc", "12121212121212345678", "ngắn quá thôi", "aaaaaaaaaaaaaaaaaaaaaaaa", "                ", "aabbccddeeffggaabbccddeeffgg",
	} {
		if _, _, err := Create(t.TempDir(), weak, time.Now(), quick); fault.Code(err) != "closed.weak_passphrase" {
			t.Errorf("%q was taken: %v", weak, err)
		}
		if f, ok := fault.From(checkPassphrase(weak)); !ok || !strings.Contains(f.VI, "--suggest") || !strings.Contains(f.EN, "five random words") {
			t.Errorf("%q: the answer does not say what to do", weak)
		}
	}
	for _, good := range []string{word, "một mật khẩu hoàn toàn khác", "nhà mẫu không giữ bí mật nào 7", "trăng khuyết hái mận bờ ao", "correct horse battery staple", "Bốn-Từ-Ghép-Ngẫu-Nhiên", "v8Kq2mZr7TxLw4Bn"} {
		if err := checkPassphrase(good); err != nil {
			t.Errorf("%q was refused: %v", good, err)
		}
	}
}

func TestAnOldPassphraseStillOpens(t *testing.T) {
	b, _, dir := made(t)
	l, err := b.close("passphrase", "1234567812345678", quick) // as it was taken before
	if err != nil {
		t.Fatal(err)
	}
	b.file.Passphrase = l
	if err := b.save(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, "1234567812345678"); err != nil {
		t.Error(err)
	}
	if err := b.Change("8765432187654321"); fault.Code(err) != "closed.weak_passphrase" {
		t.Errorf("changed to another like it: %v", err)
	}
}

func TestASuggestionIsFiveWordsOfTheListAndIsTaken(t *testing.T) {
	list := strings.Fields(syllables)
	if len(list) != 1024 {
		t.Fatalf("%d syllables", len(list))
	}
	plain := regexp.MustCompile(`^[a-z]{3,6}$`)
	for n, s := range list {
		if !plain.MatchString(s) || n > 0 && s <= list[n-1] {
			t.Errorf("%q stands wrongly in the list", s)
		}
	}
	seen := map[string]int{}
	for range 2000 {
		words, bits, err := Suggest()
		if err != nil || bits != 50 {
			t.Fatalf("%q, %v bits, %v", words, bits, err)
		}
		all := strings.Split(words, " ")
		if len(all) != 5 || checkPassphrase(words) != nil {
			t.Fatalf("suggested %q: %v", words, checkPassphrase(words))
		}
		for _, s := range all {
			if _, ok := slices.BinarySearch(list, s); !ok {
				t.Errorf("%q is not of the list", s)
			}
			seen[s]++
		}
	}
	if len(seen) < 1000 { // of 10,000 drawn about 1,023.9 differ
		t.Errorf("only %d different words were drawn", len(seen))
	}
}
