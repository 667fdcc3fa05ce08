package rulebook

import (
	"embed"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
)

//go:embed rules/*.rules
var embedded embed.FS

// Layer is one folder of rule files. The embedded law is the lowest; a rule of a higher layer takes the place of lower ones on its days.
type Layer struct {
	Name string // "" for the embedded law; else part of the ids of its rules
	Dir  string // shown before the file names in errors
	FS   fs.FS
}

// SiteLayer gives the layer of a site's own folder. Its rules carry "+site" in their ids.
func SiteLayer(dir string) Layer { return Layer{Name: "site", Dir: dir, FS: os.DirFS(dir)} }

// EmbeddedLayer gives the law that is part of the program.
func EmbeddedLayer() Layer {
	sub, err := fs.Sub(embedded, "rules")
	if err != nil {
		panic(err) // the folder is named in the embed line above
	}
	return Layer{Dir: "rules", FS: sub}
}

var embeddedBook = sync.OnceValues(func() (*Book, error) { return Load(EmbeddedLayer()) })

// Embedded gives the law that is part of the program, without any site's own rules. It is read once.
func Embedded() (*Book, error) { return embeddedBook() }

// Open gives the embedded law with a site's folder laid over it; an empty dir is the embedded law alone.
func Open(dir string) (*Book, error) {
	if dir == "" {
		return Embedded()
	}
	return Load(EmbeddedLayer(), SiteLayer(dir))
}

// Load reads layers, the lowest first. It refuses the whole book when one line is wrong: half a law is worse than none.
// The error is a fault that names the first mistake; errors.As gives all of them as Problems.
func Load(layers ...Layer) (*Book, error) {
	book, problems := read(layers)
	if err := problems.err(); err != nil {
		return nil, err
	}
	return book, nil
}

// Check reads layers and gives everything that is wrong with them, in the order of files and lines; none is a good book.
func Check(layers ...Layer) Problems {
	_, problems := read(layers)
	_ = problems.err() // sorts
	return problems
}

// loading is a book in the making.
type loading struct {
	book     *Book
	blocks   [][]block       // by layer
	spoiled  map[string]bool // names with a refused rule: their gaps are not reported, they would vanish with the mistake
	problems Problems
}

func read(layers []Layer) (*Book, Problems) {
	l := &loading{spoiled: map[string]bool{}, book: &Book{instruments: map[string]*Instrument{}, keys: map[string]*Key{}, rules: map[string][]*Rule{}}}
	for _, layer := range layers {
		l.blocks = append(l.blocks, l.readLayer(layer))
	}
	for i := range layers {
		l.declare(l.blocks[i])
	}
	l.checkInstruments()
	for i, layer := range layers {
		l.lay(layer.Name, l.readRules(l.blocks[i]))
	}
	l.finish()
	return l.book, l.problems
}

func (l *loading) refuse(p pos, code, vi, en string, args ...any) {
	l.problems = append(l.problems, p.problem(code, vi, en, args...))
}

// readLayer reads all rule files of a folder, in the order of their names.
func (l *loading) readLayer(layer Layer) []block {
	var blocks []block
	names, err := fs.Glob(layer.FS, "*.rules")
	if err == nil && len(names) == 0 {
		_, err = fs.Stat(layer.FS, ".")
	}
	if err != nil {
		l.refuse(pos{file: layer.Dir}, "rulebook.unreadable", "Không đọc được thư mục quy tắc: %[1]v.", "The rules folder cannot be read: %[1]v.", err)
	}
	for _, name := range names {
		shown := path.Join(layer.Dir, name)
		f, err := layer.FS.Open(name)
		if err != nil {
			l.refuse(pos{file: shown}, "rulebook.unreadable", "Không đọc được tệp: %[1]v.", "The file cannot be read: %[1]v.", err)
			continue
		}
		found, problems := readBlocks(shown, f)
		f.Close()
		blocks = append(blocks, found...)
		l.problems = append(l.problems, problems...)
	}
	return blocks
}

// declare takes in the instruments and keys of a layer. A higher layer may restate an instrument, never a key.
func (l *loading) declare(blocks []block) {
	here := map[string]pos{}
	for i := range blocks {
		b := &blocks[i]
		if b.kind == "rule" {
			continue
		}
		if first, twice := here[b.kind+" "+b.name]; twice {
			l.refuse(b.pos, "rulebook.twice", "%[1]s %[2]q đã được khai báo ở %[3]s:%[4]d.", "The %[1]s %[2]q is already declared at %[3]s:%[4]d.", b.kind, b.name, first.file, first.line)
			continue
		}
		here[b.kind+" "+b.name] = b.pos
		if b.kind == "instrument" {
			l.book.instruments[b.name] = newReader(b, &l.problems).instrument()
		}
		if b.kind == "key" {
			l.declareKey(b)
		}
	}
}

func (l *loading) declareKey(b *block) {
	if first := l.book.keys[b.name]; first != nil {
		l.refuse(b.pos, "rulebook.twice", "Tham số %[1]q đã được khai báo ở %[2]s:%[3]d.", "The key %[1]q is already declared at %[2]s:%[3]d.", b.name, first.File, first.Line)
		return
	}
	l.book.keys[b.name] = newReader(b, &l.problems).key()
}

func (l *loading) checkInstruments() {
	for _, i := range l.book.Instruments() {
		at := pos{file: i.File, line: i.Line}
		if i.ReplacedBy != "" && l.book.instruments[i.ReplacedBy] == nil {
			l.refuse(at, "rulebook.unknown_source", "Văn bản thay thế %[1]q chưa được khai báo.", "The replacing instrument %[1]q is not declared.", i.ReplacedBy)
		}
		if !i.Ended.IsZero() && !i.InForce.IsZero() && i.Ended.Before(i.InForce) {
			l.refuse(at, "rulebook.backwards", "Văn bản hết hiệu lực trước khi có hiệu lực.", "The instrument ends before it begins.")
		}
	}
}

// readRules reads the rules of one layer, by name and day, and refuses those that overlap.
func (l *loading) readRules(blocks []block) map[string][]*Rule {
	rules := map[string][]*Rule{}
	for i := range blocks {
		b := &blocks[i]
		if b.kind != "rule" {
			continue
		}
		key := l.book.keyOf(b.name)
		if key == nil || strings.HasSuffix(b.name, ".*") {
			l.refuse(b.pos, "rulebook.unknown_key", "Tham số %[1]q chưa được khai báo bằng mục key.", "The key %[1]q is not declared by a key block.", b.name)
			continue
		}
		before := len(l.problems)
		r := newReader(b, &l.problems).rule(key, l.book.instruments)
		if len(l.problems) > before {
			l.spoiled[b.name] = true
			continue
		}
		rules[r.Name] = append(rules[r.Name], r)
	}
	for name := range rules {
		l.refuseOverlaps(rules[name])
	}
	return rules
}

func (l *loading) refuseOverlaps(rules []*Rule) {
	sort.SliceStable(rules, func(i, j int) bool { return rules[i].From.Before(rules[j].From) })
	for i := 1; i < len(rules); i++ {
		if last, r := rules[i-1], rules[i]; last.overlaps(r.Span) {
			l.refuse(pos{r.File, r.Line}, "rulebook.overlap", "Quy tắc %[1]q (%[2]s) trùng ngày với quy tắc ở %[3]s:%[4]d (%[5]s).", "The rule %[1]q (%[2]s) shares days with the rule at %[3]s:%[4]d (%[5]s).",
				r.Name, r.Span, last.File, last.Line, last.Span)
		}
	}
}

// lay puts the rules of a layer over what is there: on their days, and only there, they take its place.
func (l *loading) lay(layer string, rules map[string][]*Rule) {
	for name, above := range rules {
		below := l.book.rules[name]
		for _, r := range above {
			r.name(layer)
			below = cutOut(below, r.Span)
		}
		below = append(below, above...)
		sort.SliceStable(below, func(i, j int) bool { return below[i].From.Before(below[j].From) })
		l.book.rules[name] = below
	}
}

// cutOut takes the days of span out of the rules; a rule around it falls into two.
func cutOut(rules []*Rule, span Span) []*Rule {
	var left []*Rule
	for _, r := range rules {
		if !r.overlaps(span) {
			left = append(left, r)
			continue
		}
		if r.From.Before(span.From) {
			before := *r
			before.Span = Span{From: r.From, To: span.From.AddDays(-1)}
			left = append(left, &before)
		}
		if !span.Open && (r.Open || r.To.After(span.To)) {
			after := *r
			after.Span = Span{From: span.To.AddDays(1), To: r.To, Open: r.Open}
			left = append(left, &after)
		}
	}
	return left
}

// finish checks what only the whole book can show: gaps, days that must be covered, and rules beyond the life of their instrument.
func (l *loading) finish() {
	for name := range l.book.rules {
		l.book.names = append(l.book.names, name)
	}
	sort.Strings(l.book.names)
	for _, name := range l.book.names {
		if !l.spoiled[name] {
			l.checkGaps(l.book.rules[name])
		}
		for _, r := range l.book.rules[name] {
			l.checkLife(r)
		}
	}
	for _, k := range l.book.Keys() {
		if !k.Family() && !k.Gaps && !l.spoiled[k.Name] && len(l.book.rules[k.Name]) == 0 {
			l.refuse(pos{k.File, k.Line}, "rulebook.gap", "Tham số %[1]q phải có quy tắc từ %[2]s nhưng chưa có quy tắc nào.", "The key %[1]q must have rules from %[2]s but has none.", k.Name, k.Covers)
		}
	}
}

func (l *loading) checkGaps(rules []*Rule) {
	k := rules[0].Key
	if k.Gaps {
		return
	}
	first, last := rules[0], rules[len(rules)-1]
	if !k.Family() && first.From.After(k.Covers.From) {
		l.refuse(pos{first.File, first.Line}, "rulebook.gap", "Thiếu quy tắc %[1]q từ %[2]s đến trước %[3]s.", "There is no rule %[1]q from %[2]s until %[3]s.", first.Name, k.Covers.From, first.From)
	}
	for i := 1; i < len(rules); i++ {
		if end := rules[i-1].Span; !end.Open && end.To.AddDays(1).Before(rules[i].From) {
			l.refuse(pos{rules[i].File, rules[i].Line}, "rulebook.gap", "Quy tắc %[1]q bỏ trống từ sau %[2]s đến trước %[3]s.", "The rules %[1]q leave a gap after %[2]s and before %[3]s.", rules[i].Name, end.To, rules[i].From)
		}
	}
	if !k.Family() && !last.Open && (k.Covers.Open || last.To.Before(k.Covers.To)) {
		l.refuse(pos{last.File, last.Line}, "rulebook.gap", "Thiếu quy tắc %[1]q sau ngày %[2]s.", "There is no rule %[1]q after %[2]s.", last.Name, last.To)
	}
}

// checkLife refuses a verified rule on days when its instrument does not bind: such a value may be kept, but not as verified.
func (l *loading) checkLife(r *Rule) {
	i := r.Instrument
	if !r.Verified || !instrumentKinds[i.Kind].binds {
		return
	}
	at := pos{r.File, r.Line}
	if !i.InForce.IsZero() && r.From.Before(i.InForce) {
		l.refuse(at, "rulebook.not_in_force", "Quy tắc %[1]q bắt đầu %[2]s, trước khi %[3]s có hiệu lực (%[4]s).", "The rule %[1]q begins %[2]s, before %[3]s is in force (%[4]s).", r.Name, r.From, i.Number, i.InForce)
	}
	if !i.Ended.IsZero() && (r.Open || !r.To.Before(i.Ended)) {
		l.refuse(at, "rulebook.not_in_force", "Quy tắc %[1]q còn áp dụng khi %[2]s đã hết hiệu lực (%[3]s); nếu giữ thì ghi verified: no.", "The rule %[1]q goes on after %[2]s has ended (%[3]s); to keep it, say verified: no.", r.Name, i.Number, i.Ended)
	}
}
