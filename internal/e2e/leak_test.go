package e2e

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/demo"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
	"citypost/internal/web"
)

// journal keeps what a house logs.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// closedFacts makes a closed house with its days of work and gives the words that nobody outside may read: numbers, codes and seals, people, bodies.
func closedFacts(t *testing.T) (numbers []string, words map[string]bool) {
	t.Helper()
	dir := t.TempDir()
	box, _, err := strongbox.Create(dir, "bốn từ ghép ngẫu nhiên 7", time.Now(), strongbox.Cost{Time: 1, MemoryKiB: 64, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.FurnishBox(box); err != nil {
		t.Fatal(err)
	}
	clock := demo.NewClock(morning, 7)
	h, err := app.OpenClosed(t.Context(), app.Config{Data: dir, Now: clock.Now, MadeUp: true, Province: "31", Log: slog.New(slog.DiscardHandler)}, box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := demo.FillClosed(t.Context(), h, clock, demo.Options{Seed: 7}, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	words = map[string]bool{}
	number := regexp.MustCompile(`^[A-Z]{2}[0-9]{9}VN$`)
	for seq := int64(0); ; {
		entries, err := h.Ledger.After(t.Context(), seq, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			seq = e.Seq
			words[string(e.Actor)] = true
			for _, f := range e.Facts {
				body, err := json.Marshal(f)
				if err != nil {
					t.Fatal(err)
				}
				for _, word := range regexp.MustCompile(`"([^"]{7,})"`).FindAllStringSubmatch(string(body), -1) {
					if w := word[1]; strings.ContainsAny(w, "0123456789") {
						words[w] = true
						if number.MatchString(w) && !slices.Contains(numbers, w) {
							numbers = append(numbers, w)
						}
					}
				}
			}
		}
	}
	staff, err := h.Accounts.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range staff {
		words[string(a.ID)] = true
	}
	return numbers, words
}

// common drops words that the open house has of its own: days, offices, versions of rules, and words of the price list that is public.
func common(word string) bool {
	return word == "" || len(word) < 7 || regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$|@|^office:|^[0-9]{6}$|^appendix-|^[a-z]+\.[a-z]`).MatchString(word)
}

// TestTheOpenHouseAnswersKT1NumbersLikeUnknownOnes compares status, bytes and time.
func TestTheOpenHouseAnswersKT1NumbersLikeUnknownOnes(t *testing.T) {
	w := theTown(t)
	numbers, _ := closedFacts(t)
	if len(numbers) < 20 {
		t.Fatalf("the closed house has %d items only", len(numbers))
	}
	unknown := "RR123456785VN" // a right number that nobody has; not the example that the form shows
	for path, login := range map[string]string{"/track/%": "", "/api/v1/track/%": "", "/track?code=%": "", "/track/%?lang=en": "", "/desk/find?code=%": w.at("gdv", officeA), "/desk/items/%": w.at("gdv", officeA)} {
		ask := func(number string) (int, string, time.Duration) {
			start := time.Now()
			a := w.get(t, login, strings.ReplaceAll(path, "%", number))
			took := time.Since(start)
			body := regexp.MustCompile(`"request_id":"[0-9a-f]*"|<span class="code">[0-9a-f]{18}</span>`).ReplaceAllString(a.body, "")
			return a.status, strings.NewReplacer(number, "#", strings.ToLower(number), "#", spaced(number), "#").Replace(body), took
		}
		status, body, _ := ask(unknown)
		var times, unknownTimes []time.Duration
		for _, number := range numbers[:20] {
			_, _, base := ask(unknown)
			s, b, took := ask(number)
			times, unknownTimes = append(times, took), append(unknownTimes, base)
			if s != status {
				t.Fatalf("%s: status %d for KT1, %d for an unknown number", path, s, status)
			}
			if b != body {
				t.Fatalf("%s: the answers differ: %s", path, difference(b, body))
			}
		}
		slices.Sort(times)
		slices.Sort(unknownTimes)
		kt1, other := times[len(times)/2], unknownTimes[len(times)/2]
		t.Logf("%s: status %d, median %v for KT1, %v for unknown", path, status, kt1.Round(time.Microsecond), other.Round(time.Microsecond))
		if kt1 > 3*other+5*time.Millisecond || other > 3*kt1+5*time.Millisecond {
			t.Errorf("%s: the time tells them apart: %v and %v", path, kt1, other)
		}
	}
}

// difference shows where two answers part.
func difference(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	around := func(s string) string { return s[max(0, n-80):min(len(s), n+80)] }
	return around(a) + " | " + around(b)
}

// spaced is a number as pages print it: "RR 473 124 829 VN".
func spaced(n string) string {
	if parsed, err := postal.ParseItemNumber(n); err == nil {
		return parsed.Grouped()
	}
	return n
}

// TestNoOutputOfTheOpenHouseHoldsAFactOfTheClosedOne reads every page of every role, the log, the ledger and the names of files, after days of work in both houses.
func TestNoOutputOfTheOpenHouseHoldsAFactOfTheClosedOne(t *testing.T) {
	w := theTown(t)
	numbers, words := closedFacts(t)
	for word := range words {
		if common(word) {
			delete(words, word)
		}
	}
	if len(words) < 100 {
		t.Fatalf("%d words only: this proves nothing", len(words))
	}
	looked := 0
	search := func(where, text string) {
		t.Helper()
		looked += len(text)
		for _, token := range regexp.MustCompile(`[^\s"'<>(){}\[\],;&?=/]{7,}`).FindAllString(text, -1) {
			if words[token] {
				t.Errorf("%s holds %q", where, token)
			}
		}
	}
	for _, login := range w.walkers() {
		who := w.who(login)
		for _, pattern := range w.getRoutes(func(r web.Right) bool { return r == web.Public && login == "" || r != web.Public && who.May(r, "") }) {
			if _, known := fill(pattern, w.samples(t)); !known {
				continue // the walk over all pages asks for its sample
			}
			if p, ok := w.openAs(t, login, pattern); ok {
				search(login+" "+p.pattern, p.path+" "+p.answer.body)
			}
		}
		for _, number := range numbers[:3] { // whoever types one learns nothing, and the log does not keep it
			a := w.get(t, login, "/desk/find?code="+url.QueryEscape(number))
			if a.status == http.StatusOK && strings.Contains(a.body, "KT1") {
				t.Errorf("%s is told something of KT1", login)
			}
		}
	}
	search("the log", townLog.String())
	if err := w.Ledger.EachBody(t.Context(), 0, func(_ int64, body []byte) error {
		search("the ledger", string(body))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(made.dir, func(path string, _ fs.DirEntry, err error) error {
		search("a file's name", path)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if looked < 1<<20 {
		t.Errorf("%d bytes read only", looked)
	}
	t.Logf("%d words of the closed house looked for in %d KB of the open one", len(words), looked>>10)
}
