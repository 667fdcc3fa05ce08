package tree

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"citypost/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// Policy says what makes a checkpoint believable: a key of the log and, where the operator asks for it, enough witnesses.
type Policy struct {
	Keys      *Keyring
	Witnesses []Witness
	Quorum    Rule // the zero Rule asks for no witness
}

// Witness is somebody outside who watches that the ledger only grows.
type Witness struct {
	Name     string // as the policy calls it
	Verifier *CosignVerifier
	URL      string // where checkpoints are submitted (C2SP tlog-witness), empty when unknown
}

// Rule is met when at least Need of its members are: witnesses, or further rules.
type Rule struct {
	Need    int
	Witness string // a single witness by its name in the policy; then Of is empty
	Of      []Rule
}

// AtLeast is the rule "any need of these witnesses".
func AtLeast(need int, witnesses ...Witness) Rule {
	r := Rule{Need: need}
	for _, w := range witnesses {
		r.Of = append(r.Of, Rule{Need: 1, Witness: w.Name})
	}
	return r
}

func (r Rule) met(seen map[string]bool) bool {
	if r.Witness != "" {
		return seen[r.Witness]
	}
	have := 0
	for _, member := range r.Of {
		if member.met(seen) {
			have++
		}
	}
	return have >= r.Need
}

// Cosigned is a witness's word: it saw this checkpoint at that time as the newest head of a tree that only grew.
type Cosigned struct {
	Witness string    // the name in its key
	At      time.Time // the witness's own clock, signed by it
}

// Opened is a checkpoint that the policy accepts.
type Opened struct {
	Checkpoint
	Key       KeyRange // the log's key that signed it
	Witnesses []Cosigned
}

// Open checks a signed checkpoint: the log's signature, every known witness's cosignature and the quorum. Signatures of unknown keys
// are passed over, as the form demands; a wrong signature of a known key is refused.
func (p *Policy) Open(signed []byte) (Opened, error) {
	known := p.Keys.verifiers()
	for _, w := range p.Witnesses {
		known = append(known, w.Verifier)
	}
	n, err := openNote(signed, known...)
	if err != nil {
		return Opened{}, err
	}
	c, key, err := p.Keys.accept(n)
	if err != nil {
		return Opened{}, err
	}
	seen := map[string]bool{}
	var cosigned []Cosigned
	for _, w := range p.Witnesses {
		at, ok, err := timeOf(n, w.Verifier)
		if err != nil {
			return Opened{}, err
		}
		if ok {
			seen[w.Name] = true
			cosigned = append(cosigned, Cosigned{w.Verifier.name, at})
		}
	}
	if !p.Quorum.met(seen) {
		return Opened{}, tooFewWitnesses(len(seen))
	}
	return Opened{c, key, cosigned}, nil
}

// timeOf reads when a witness cosigned a note whose signatures are checked.
func timeOf(n *note.Note, v *CosignVerifier) (time.Time, bool, error) {
	for _, s := range n.Sigs {
		if s.Name != v.name || s.Hash != v.hash {
			continue
		}
		raw, err := strict64.DecodeString(s.Base64)
		if err != nil || len(raw) != 4+cosignatureLen {
			return time.Time{}, false, malformed("checkpoint", err)
		}
		at, _ := cosignedAt(raw[4:])
		return time.Unix(at, 0).UTC(), true, nil
	}
	return time.Time{}, false, nil
}

func tooFewWitnesses(have int) error {
	return fault.New(fault.Invalid, "tree.witnesses_missing",
		"Chưa đủ bên chứng kiến độc lập: mới có %d bên xác nhận. Chờ vài phút rồi lấy lại bản mới.",
		"Not enough independent witnesses: %d have confirmed. Wait some minutes and fetch it again.", have)
}

// ParsePolicy reads a policy file (C2SP tlog-policy): lines log, witness, group and quorum. Its log keys are taken as in use at every size;
// replace Keys when the ranges are known.
func ParsePolicy(text string) (*Policy, error) {
	r := policyReader{p: &Policy{}, rules: map[string]Rule{}, member: map[string]bool{}}
	for i, line := range strings.Split(text, "\n") {
		if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return nil, malformed("policy", fmt.Errorf("line %d: control character", i+1))
		}
		f := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' })
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if err := r.line(f[0], f[1:]); err != nil {
			return nil, malformed("policy", fmt.Errorf("line %d: %w", i+1, err))
		}
	}
	return r.finish()
}

// policyReader holds what the lines so far have defined.
type policyReader struct {
	p         *Policy
	logs      []KeyRange
	rules     map[string]Rule // witnesses and groups by name
	member    map[string]bool // names that are already in a group
	hasQuorum bool
}

func (r *policyReader) line(word string, args []string) error {
	switch word {
	case "log":
		if len(args) < 1 || len(args) > 2 {
			return errForm
		}
		r.logs = append(r.logs, KeyRange{Verifier: args[0]})
		return nil
	case "witness":
		return r.witness(args)
	case "group":
		return r.group(args)
	case "quorum":
		return r.quorum(args)
	}
	return fmt.Errorf("unknown word %q", word)
}

func (r *policyReader) witness(args []string) error {
	if len(args) < 2 || len(args) > 3 {
		return errForm
	}
	v, err := NewCosignVerifier(args[1])
	if err != nil {
		return err
	}
	for _, other := range r.p.Witnesses {
		if string(other.Verifier.key) == string(v.key) {
			return fmt.Errorf("witnesses %s and %s have the same key", other.Name, args[0])
		}
	}
	w := Witness{Name: args[0], Verifier: v}
	if len(args) == 3 {
		w.URL = args[2]
	}
	r.p.Witnesses = append(r.p.Witnesses, w)
	return r.define(args[0], Rule{Need: 1, Witness: args[0]})
}

func (r *policyReader) group(args []string) error {
	if len(args) < 3 {
		return errForm
	}
	members := args[2:]
	rule := Rule{}
	switch args[1] {
	case "any":
		rule.Need = 1
	case "all":
		rule.Need = len(members)
	default:
		need, err := strconv.Atoi(args[1])
		if err != nil || need < 1 || need > len(members) {
			return fmt.Errorf("a group of %d cannot need %s", len(members), args[1])
		}
		rule.Need = need
	}
	for _, name := range members {
		m, ok := r.rules[name]
		if !ok || r.member[name] {
			return fmt.Errorf("%q is not defined above, or is in a group already", name)
		}
		r.member[name] = true
		rule.Of = append(rule.Of, m)
	}
	return r.define(args[0], rule)
}

func (r *policyReader) quorum(args []string) error {
	if len(args) != 1 || r.hasQuorum {
		return errForm
	}
	r.hasQuorum = true
	if args[0] == "none" {
		return nil
	}
	rule, ok := r.rules[args[0]]
	if !ok {
		return fmt.Errorf("%q is not defined above", args[0])
	}
	r.p.Quorum = rule
	return nil
}

func (r *policyReader) define(name string, rule Rule) error {
	if _, twice := r.rules[name]; twice || name == "none" {
		return fmt.Errorf("the name %q is taken", name)
	}
	r.rules[name] = rule
	return nil
}

func (r *policyReader) finish() (*Policy, error) {
	if !r.hasQuorum {
		return nil, malformed("policy", fmt.Errorf("no quorum line"))
	}
	if len(r.logs) > 0 {
		keys, err := NewKeyring(r.logs...)
		if err != nil {
			return nil, err
		}
		r.p.Keys = keys
	}
	return r.p, nil
}

// Text writes the witnesses and the quorum as ParsePolicy reads them; the keys of the log are left to the caller.
func (p *Policy) Text() string {
	var b strings.Builder
	for _, w := range p.Witnesses {
		fmt.Fprintln(&b, strings.TrimSpace("witness "+w.Name+" "+w.Verifier.String()+" "+w.URL))
	}
	if p.Quorum.Need == 0 {
		b.WriteString("quorum none\n")
		return b.String()
	}
	groups := 0
	var write func(r Rule) string
	write = func(r Rule) string {
		if r.Witness != "" {
			return r.Witness
		}
		names := make([]string, len(r.Of))
		for i, member := range r.Of {
			names[i] = write(member)
		}
		groups++
		name := fmt.Sprintf("group-%d", groups)
		fmt.Fprintf(&b, "group %s %d %s\n", name, r.Need, strings.Join(names, " "))
		return name
	}
	fmt.Fprintf(&b, "quorum %s\n", write(p.Quorum))
	return b.String()
}
