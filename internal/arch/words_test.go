package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// pairs are the calls that take a sentence in Vietnamese and one in English: the name of the function and where the two stand.
var pairs = map[string]int{"New": 2, "In": 1, "T": 0, "NewPage": 1, "Job": 3, "Service": 1, "Done": 3}

// pairsOf are the packages whose function is meant, where the name alone does not tell.
var pairsOf = map[string]string{"New": "fault", "In": "postal"}

func isNamed(e ast.Expr, name string) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == name
}

// TestEverySentenceStandsInBothLanguages looks at every call that takes a pair of sentences: neither may be empty, and they have the same places to fill.
func TestEverySentenceStandsInBothLanguages(t *testing.T) {
	fset := token.NewFileSet()
	seen := 0
	for _, f := range files(t, ".go") {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(fset, f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			at, ok := pairs[sel.Sel.Name]
			if from, only := pairsOf[sel.Sel.Name]; only && !isNamed(sel.X, from) {
				return true
			}
			if !ok || len(call.Args) < at+2 {
				return true
			}
			vi, viOK := literal(call.Args[at])
			en, enOK := literal(call.Args[at+1])
			if !viOK || !enOK {
				return true
			}
			seen++
			if missing(sel.Sel.Name, vi, en) {
				t.Errorf("%s: a sentence is missing in one language", fset.Position(call.Pos()))
			}
			if v, e := places(vi), places(en); sel.Sel.Name == "New" && len(v) != len(e) {
				t.Errorf("%s: %q and %q do not fill as many places (%s, %s)", fset.Position(call.Pos()), vi, en, v, e)
			}
			return true
		})
	}
	if seen < 200 {
		t.Errorf("only %d pairs of sentences found: does the test still look at the right calls?", seen)
	}
}

// longestParticle is how long a word may be that only one of the languages needs ("Nghỉ liền …", "… off").
const longestParticle = 12

// missing says whether one language lacks its sentence. A page that is never shown has no title; a particle may stand in one language alone.
func missing(call, vi, en string) bool {
	vi, en = strings.TrimSpace(vi), strings.TrimSpace(en)
	switch {
	case vi != "" && en != "":
		return false
	case call == "NewPage":
		return vi != en
	case call == "T":
		return len([]rune(vi+en)) > longestParticle
	}
	return true
}

func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		return a + b, okA && okB
	}
	return "", false
}

var verb = regexp.MustCompile(`%(\[\d+\])?[-+#0-9.]*[a-zA-Z]`)

// places gives the sorted set of arguments that a format fills, by index: a sentence may name one twice, or in another order.
func places(s string) string {
	s = strings.ReplaceAll(s, "%%", "")
	var set [20]bool
	next := 0
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		if m[1] != "" {
			next, _ = strconv.Atoi(strings.Trim(m[1], "[]"))
			next--
		}
		if next < len(set) {
			set[next] = true
		}
		next++
	}
	out := ""
	for i, on := range set {
		if on {
			out += string(rune('a' + i))
		}
	}
	return out
}

// markup is what is no text in a templ file: Go expressions, tags, comments, Go lines.
var (
	code  = regexp.MustCompile(`<code>[^<]*</code>`)
	exprs = regexp.MustCompile(`\{[^{}]*\}`)
	tags  = regexp.MustCompile(`(?s)<[^>]*>`)
)

// TestPagesHoldNoBareText reads the templates: a word that stands between tags outside an expression exists in one language only.
func TestPagesHoldNoBareText(t *testing.T) {
	seen := 0
	for _, f := range files(t, ".templ") {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(f, "/gallery/") {
			continue // made-up content to look at the parts by
		}
		seen++
		for n, line := range strings.Split(string(raw), "\n") {
			trimmed := strings.TrimSpace(line)
			if !strings.HasPrefix(trimmed, "<") || !strings.Contains(trimmed, "</") {
				continue
			}
			text := code.ReplaceAllString(line, "")
			for exprs.MatchString(text) {
				text = exprs.ReplaceAllString(text, "")
			}
			text = tags.ReplaceAllString(text, "")
			if word := bareWord(text); word != "" {
				t.Errorf("%s:%d: %q stands in one language only", f, n+1, word)
			}
		}
	}
	if seen == 0 {
		t.Error("no template found")
	}
}

// named are words that are the same in both languages.
var named = map[string]bool{"Enter": true, "QR": true, "API": true, "KT1": true, "A4": true, "citypost": true, "English": true, "Tiếng": true, "Việt": true, "VNĐ": true, "Esc": true, "Tab": true, "Authorization": true, "Bearer": true}

func bareWord(text string) string {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(w)) > 1 && !named[w] && !regexp.MustCompile(`^F\d+$`).MatchString(w) {
			return w
		}
	}
	return ""
}
