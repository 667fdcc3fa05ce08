package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/app"
	"citypost/internal/counts"
	"citypost/internal/custody"
	"citypost/internal/demo"
	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/strongbox"
	"citypost/internal/upkeep"
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

// outsideOf is what of a closed house with a month of work nobody outside may read, and the one file that may leave it.
type outsideOf struct {
	numbers []string        // of items
	words   map[string]bool // codes, seals, cover numbers, ids
	names   []string        // of bodies, of the people who stand for them, and where they are
	counts  []byte          // the signed file of the month that is over
	key     string          // that verifies it
}

// closedFacts makes a closed house with its days of work and gives the words that nobody outside may read: numbers, codes and seals, people, bodies.
func closedFacts(t *testing.T) (numbers []string, words map[string]bool) {
	t.Helper()
	o := closedMonth(t)
	return o.numbers, o.words
}

// closedMade is made once for all tests of this package.
var closedMade struct {
	once sync.Once
	outsideOf
}

func closedMonth(t *testing.T) outsideOf {
	t.Helper()
	closedMade.once.Do(func() { closedMade.outsideOf = makeClosedMonth(t) })
	if closedMade.numbers == nil {
		t.Fatal("the closed house could not be made")
	}
	return closedMade.outsideOf
}

func makeClosedMonth(t *testing.T) (o outsideOf) {
	t.Helper()
	words, numbers := map[string]bool{}, []string(nil)
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
		if strings.HasPrefix(a.Login, "vanthu") || strings.HasPrefix(a.Login, "trucban") {
			words[a.Login] = true
			o.names = append(o.names, a.Name)
		}
	}
	bodies, err := h.Directory.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bodies {
		o.names = append(o.names, b.Name, b.Address)
	}
	month := postal.MakeDay(2026, 10, 1)
	if o.counts, err = h.CountsFile(t.Context(), month, counts.Floor); err != nil {
		t.Fatal(err)
	}
	if o.key, err = h.CountsVerifier(); err != nil {
		t.Fatal(err)
	}
	o.numbers, o.words = numbers, words
	return o
}

// facts are the words as they stand in the ledger, and numbers as pages print them too.
func (o outsideOf) facts(words map[string]bool) []string {
	all := slices.Concat(slices.Collect(maps.Keys(words)), o.names)
	for _, n := range o.numbers {
		all = append(all, spaced(n))
	}
	return all
}

// planted puts one fact of each kind where a leak would put it: each must be found, or the search proves nothing.
func (o outsideOf) planted(t *testing.T, facts finder) {
	t.Helper()
	seal, cover := "", ""
	for w := range o.words {
		switch {
		case strings.HasPrefix(w, "NP-"):
			seal = w
		case strings.Contains(w, "/CV-M") && len(w) >= 7:
			cover = w
		}
	}
	for kind, text := range map[string]string{
		"a number in an address":       `<a href="/track/` + o.numbers[0] + `?lang=en">`,
		"a number as it is printed":    "<p>" + spaced(o.numbers[1]) + "</p>",
		"a number on a cover in a log": `{"msg":"accepted","about":"` + cover + `,x"}`,
		"a seal in a file's name":      "/data/exports/" + seal + ".pdf",
		"a name in a sentence":         "Đã phát cho " + o.names[0] + ".",
	} {
		if seal == "" || cover == "" || facts.in([]byte(text)) == "" {
			t.Errorf("the search does not find %s: %s", kind, text)
		}
	}
}

// textOfPDF is what stands on the pages of a PDF.
func textOfPDF(t *testing.T, pdf string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-", "-")
	cmd.Stdin = strings.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(text)
}

// common drops words that the open house has of its own: days, offices, versions of rules, and words of the price list that is public.
func common(word string) bool {
	return word == "" || len(word) < 7 || regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$|@|^office:|^[0-9]{6}$|^appendix-|^[a-z]+\.[a-z]`).MatchString(word)
}

// unpacked are the parts of a workbook.
func unpacked(t *testing.T, body string) map[string]string {
	t.Helper()
	if !strings.HasPrefix(body, "PK\x03\x04") {
		return nil
	}
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

// searchBackup copies the open house as every night and looks through the bytes of the copy. Short words are left out: among so many bytes they stand by chance.
func (w *town) searchBackup(t *testing.T, closed outsideOf) {
	t.Helper()
	m, err := (upkeep.Installation{Data: made.dir, Now: time.Now}).Backup(t.Context(), t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	var long []string
	for _, word := range closed.facts(closed.words) {
		if len(word) >= 10 || !onlyDigits(word) && !common(word) {
			long = append(long, word)
		}
	}
	anyOf := newFinder(long)
	files, err := os.ReadDir(m.Dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(m.Dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if found := anyOf.in(text); found != "" {
			t.Errorf("the backup's %s holds %q", f.Name(), found)
		}
		t.Logf("backup: %s, %d KB looked through for %d words", f.Name(), len(text)>>10, len(long))
	}
}

// onlyDigits tells a code that stands by chance among many figures.
func onlyDigits(word string) bool { return strings.Trim(word, "0123456789") == "" }

// finder looks for many words in one pass.
type finder struct {
	size    int                 // of the shortest word, in bytes
	byStart map[string][]string // words by their first size bytes
}

func newFinder(words []string) finder {
	f := finder{size: math.MaxInt, byStart: map[string][]string{}}
	for _, w := range words {
		f.size = min(f.size, len(w))
	}
	for _, w := range words {
		f.byStart[w[:f.size]] = append(f.byStart[w[:f.size]], w)
	}
	return f
}

// in gives a word that stands in text, or "".
func (f finder) in(text []byte) string {
	for n := 0; n+f.size <= len(text); n++ {
		for _, w := range f.byStart[string(text[n:n+f.size])] {
			if bytes.HasPrefix(text[n:], []byte(w)) {
				return w
			}
		}
	}
	return ""
}

// TestTheTimeOfAnAnswerTellsNothingOfANumber lets a listener time many answers for an unknown, a withdrawn and a KT1 number in turn. He then tells two of them apart by
// the faster one; who guesses is right half of the time, and he may be right in 62 of 100 cases at most: with 300 answers of each, chance alone stays below that in all
// but one of a million tries.
func TestTheTimeOfAnAnswerTellsNothingOfANumber(t *testing.T) {
	w := theTown(t)
	numbers, _ := closedFacts(t)
	clerk := w.at("gdv", officeA)
	withdrawn := w.accept(t, clerk)
	act, ok := w.lastActOf(t, withdrawn)
	if !ok {
		t.Fatal("no act of the item")
	}
	w.do(t, officeA, clerk, custody.Undo{Item: withdrawn, Act: act})
	asked := map[string]string{"unknown": "RR123456785VN", "withdrawn": string(withdrawn), "KT1": numbers[0]}
	for _, path := range []string{"/track/%", "/track?code=%", "/api/v1/tracking/%"} {
		told := map[string]int{} // in how many of the series
		const series = 3         // a machine that is busy for a moment tells once, a leak each time
		for range series {
			took := map[string][]float64{}
			status, body := map[string]int{}, map[string]string{}
			for range 200 {
				for kind, number := range asked { // in another order each time
					start := time.Now()
					a := w.get(t, "", strings.ReplaceAll(path, "%", number))
					took[kind] = append(took[kind], time.Since(start).Seconds())
					status[kind] = a.status
					body[kind] = strings.NewReplacer(number, "#", strings.ToLower(number), "#", spaced(number), "#").Replace(hex18.ReplaceAllString(a.body, ""))
				}
			}
			for kind := range asked {
				if status[kind] != status["unknown"] || body[kind] != body["unknown"] {
					t.Errorf("%s: %s is answered %d, unknown %d: %s", path, kind, status[kind], status["unknown"], difference(body[kind], body["unknown"]))
				}
				right := guessed(took[kind], took["unknown"])
				t.Logf("%s: %s against unknown: right in %.1f of 100", path, kind, 100*right)
				if right > 0.62 {
					told[kind]++
				}
			}
		}
		for kind, n := range told {
			if n == series {
				t.Errorf("%s: in each of %d series the time tells %s from unknown", path, n, kind)
			}
		}
	}
}

var hex18 = regexp.MustCompile(`"request_id":"[0-9a-f]*"|<span class="code">[0-9a-f]{18}</span>`)

// guessed is how often the better of the two simple rules, “the slower one is it” and “the faster one is it”, is right.
func guessed(a, b []float64) float64 {
	slower := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				slower++
			case x == y:
				slower += 0.5
			}
		}
	}
	slower /= float64(len(a) * len(b))
	return max(slower, 1-slower)
}

// lastActOf gives the act of an item's last entry.
func (w *town) lastActOf(t *testing.T, item postal.ItemNumber) (act postal.ActID, ok bool) {
	t.Helper()
	entries, err := w.Ledger.After(t.Context(), w.Ledger.Seq()-20, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for _, f := range e.Facts {
			if a, is := f.(event.ItemAccepted); is && a.Item == item {
				act, ok = e.Act, true
			}
		}
	}
	return act, ok
}

// TestTheOpenHouseAnswersKT1NumbersLikeUnknownOnes compares status, bytes and time.
func TestTheOpenHouseAnswersKT1NumbersLikeUnknownOnes(t *testing.T) {
	w := theTown(t)
	numbers, _ := closedFacts(t)
	if len(numbers) < 20 {
		t.Fatalf("the closed house has %d items only", len(numbers))
	}
	unknown := "RR123456785VN" // a right number that nobody has; not the example that the form shows
	for path, login := range map[string]string{"/track/%": "", "/track/%/print": "", "/api/v1/tracking/%": "", "/track?code=%": "", "/verify?code=%": "", "/track/%?lang=en": "", "/desk/find?code=%": w.at("gdv", officeA), "/desk/items/%": w.at("gdv", officeA)} {
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
	closed := closedMonth(t)
	closed.words = maps.Clone(closed.words)
	numbers, words := closed.numbers, closed.words
	store := &counts.Store{DB: w.DB, Now: w.Now}
	if err := store.Trust(t.Context(), closed.key); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Import(t.Context(), closed.counts); err != nil { // the one thing that crosses
		t.Fatal(err)
	}
	for word := range words {
		if common(word) {
			delete(words, word)
		}
	}
	if len(words) < 100 {
		t.Fatalf("%d words only: this proves nothing", len(words))
	}
	looked := 0
	facts := newFinder(closed.facts(words))
	search := func(where, text string) {
		t.Helper()
		looked += len(text)
		if found := facts.in([]byte(text)); found != "" {
			t.Errorf("%s holds %q", where, found)
		}
		if strings.HasPrefix(text, "%PDF-") {
			if found := facts.in([]byte(textOfPDF(t, text))); found != "" {
				t.Errorf("%s holds %q on a page", where, found)
			}
		}
	}
	closed.planted(t, facts)
	search("the file of counts", string(closed.counts))
	for _, login := range w.walkers() {
		who := w.who(login)
		for _, pattern := range w.getRoutes(func(r web.Right) bool { return r == web.Public && login == "" || r != web.Public && who.May(r, "") }) {
			if _, known := fill(pattern, w.samples(t)); !known {
				continue // the walk over all pages asks for its sample
			}
			if p, ok := w.openAs(t, login, pattern); ok {
				search(login+" "+p.pattern, p.path+" "+p.answer.body)
				for name, text := range unpacked(t, p.answer.body) {
					search(login+" "+p.pattern+" "+name, text)
				}
			}
		}
		for _, number := range numbers[:3] { // whoever types one learns nothing, and the log does not keep it
			a := w.get(t, login, "/desk/find?code="+url.QueryEscape(number))
			if a.status == http.StatusOK && strings.Contains(a.body, "KT1") {
				t.Errorf("%s is told something of KT1", login)
			}
		}
	}
	for _, path := range []string{"/search?q=%", "/api/v1/items/%", "/api/v1/tracking/%", "/khong-co/%", "/desk/items/%/label", "/desk/bags/%", "/verify?code=%"} { // typed where it does not belong: the refusal may name what was typed, and nothing more
		for _, number := range numbers[:3] {
			a := w.get(t, w.at("ksv", officeA), strings.ReplaceAll(path, "%", number))
			search("the refusal of "+path, strings.NewReplacer(number, "#", strings.ToLower(number), "#", spaced(number), "#").Replace(a.body))
		}
	}
	search("the log", townLog.String())
	w.searchBackup(t, closed)
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
