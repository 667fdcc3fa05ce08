package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

// Report is what a check came to.
type Report struct {
	What     string    `json:"what"` // receipt, export, database, address
	OK       bool      `json:"ok"`
	Words    string    `json:"words"`
	Keys     string    `json:"keys"` // whose word the keys are: given, address, ledger
	Origin   string    `json:"origin,omitempty"`
	Seq      int64     `json:"seq,omitempty"`     // of a receipt
	Code     string    `json:"code,omitempty"`    // of a receipt
	Entries  int64     `json:"entries,omitempty"` // of a ledger
	Covered  int64     `json:"covered,omitempty"` // signed up to here
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is one wrong place.
type Finding struct {
	Kind  string `json:"kind"`
	Seq   int64  `json:"seq,omitempty"` // first entry concerned
	Upto  int64  `json:"upto,omitempty"`
	Tile  string `json:"tile,omitempty"`
	Words string `json:"words"`
}

// Checker checks receipts and whole ledgers.
type Checker struct {
	Keys     *tree.Keyring // whom to believe; nil: whatever the ledger or address names itself
	Policy   *tree.Policy  // its witnesses must have cosigned receipts and public checkpoints; nil: nobody must
	Lang     string
	Progress func(done, total int64)
	Client   *http.Client
	Now      func() time.Time // nil: the clock
}

// Check finds out what is before it, a receipt, a file, a folder or an address, and checks it. The error says that it could not be read.
func (c Checker) Check(ctx context.Context, what string) (Report, error) {
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 30 * time.Second}
	}
	lower := strings.ToLower(what)
	switch {
	case isReceipt(what):
		return c.receipt(ctx, what)
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
		return c.address(ctx, what)
	case strings.HasPrefix(lower, "postgres://"), strings.HasPrefix(lower, "postgresql://"):
		return c.database(ctx, what)
	}
	return c.path(ctx, what)
}

// isReceipt tells the text of a receipt from a path or an address.
func isReceipt(text string) bool {
	_, err := tree.ParseReceipt(strings.TrimSpace(text))
	return err == nil || strings.Contains(strings.ToUpper(text), ledger.ReceiptPath) && strings.HasPrefix(strings.ToUpper(text), "HTTP")
}

func (c Checker) path(ctx context.Context, path string) (Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Report{}, fault.New(fault.NotFound, "proof.no_such_thing",
			"Không thấy tệp, thư mục hay biên nhận “%s”.", "There is no file, folder or receipt “%s”.", path).Because(err)
	}
	if info.IsDir() {
		return c.database(ctx, filepath.Join(path, "city.db"))
	}
	f, err := os.Open(path)
	if err != nil {
		return Report{}, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := f.Read(head)
	if err != nil && !errors.Is(err, io.EOF) {
		return Report{}, err
	}
	head = head[:n]
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Report{}, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return c.database(ctx, path)
	case n > 0 && head[0] == '{':
		return c.export(ctx, f)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxReceipt))
	if err != nil {
		return Report{}, err
	}
	return c.receipt(ctx, strings.TrimSpace(string(text)))
}

func (c Checker) receipt(ctx context.Context, text string) (Report, error) {
	r := Report{What: "receipt", Keys: "given"}
	keys := c.Keys
	if keys == nil {
		base, _, found := strings.Cut(strings.ToUpper(text), ledger.ReceiptPath)
		if !found || base == "" {
			return r, fault.New(fault.Invalid, "proof.keys_needed",
				"Cần danh sách khoá công khai của sổ cái để kiểm biên nhận: thêm --keys TỆP.", "Checking a receipt needs the ledger's public keys: add --keys FILE.")
		}
		var err error
		if keys, err = c.fetchKeys(ctx, strings.ToLower(base)); err != nil {
			return r, err
		}
		r.Keys = "address"
	}
	receipt, err := tree.ParseReceipt(text)
	var proved tree.Proved
	if err == nil {
		proved, err = tree.VerifyReceipt(tree.Trust{Policy: c.policy(keys)}, receipt)
	}
	if f, isFault := fault.From(err); isFault {
		r.Words = f.In(c.Lang)
		r.Findings = []Finding{{Kind: f.Code, Words: r.Words}}
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.OK, r.Origin, r.Seq, r.Code = true, proved.Origin, proved.Seq, proved.Code
	r.Words = proved.In(c.Lang) + c.whose(r.Keys)
	return r, nil
}

// whose says what the keys are worth.
func (c Checker) whose(keys string) string {
	vi, en := "", ""
	switch keys {
	case "address":
		vi, en = " Khoá lấy từ chính địa chỉ được kiểm; muốn chắc hơn, hãy đối chiếu với khoá công bố ở nơi khác (--keys).", " The keys came from the very address under check; to be surer, compare them with keys published elsewhere (--keys)."
	case "ledger":
		vi, en = " Khoá do chính sổ cái nêu: sổ khớp với chính nó; muốn biết đúng là sổ của bưu điện, hãy dùng khoá công bố (--keys).", " The keys are those that the ledger names: it agrees with itself; that it is the post's, only keys published elsewhere can prove (--keys)."
	}
	return postal.In(c.Lang, vi, en)
}

func (c Checker) fetchKeys(ctx context.Context, base string) (*tree.Keyring, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+KeysPath, nil)
	if err != nil {
		return nil, err
	}
	res, err := c.Client.Do(req)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "proof.unreachable", "Không kết nối được %s.", "Cannot reach %s.", base).Because(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fault.New(fault.NotFound, "proof.no_keys", "%s không công bố khoá của sổ cái.", "%s publishes no keys of a ledger.", base)
	}
	return tree.ParseKeyring(string(text))
}

func (c Checker) address(ctx context.Context, url string) (Report, error) {
	r := Report{What: "address", Keys: "given"}
	keys := c.Keys
	if keys == nil {
		var err error
		if keys, err = c.fetchKeys(ctx, url); err != nil {
			return r, err
		}
		r.Keys = "address"
	}
	remote, err := tree.OpenRemote(ctx, url, c.Client, keys)
	if err != nil {
		return r, err
	}
	policy := c.policy(keys)
	opened, err := policy.Open(remote.Signed())
	if f, isFault := fault.From(err); isFault {
		r.Words = f.In(c.Lang)
		r.Findings = []Finding{{Kind: f.Code, Words: r.Words}}
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r, err = c.whole(ctx, r, remote, keys)
	for _, w := range opened.Witnesses {
		if r.OK {
			r.Words += " " + w.In(c.Lang)
		}
	}
	return r, err
}

// policy is what is asked of signatures by these keys.
func (c Checker) policy(keys *tree.Keyring) tree.Policy {
	if c.Policy == nil {
		return tree.Policy{Keys: keys}
	}
	p := *c.Policy
	p.Keys = keys
	return p
}

func (c Checker) database(ctx context.Context, dsn string) (Report, error) {
	db, err := sqldb.OpenRead(ctx, dsn)
	if err != nil {
		return Report{What: "database", Keys: "given"}, err
	}
	defer db.Close()
	return c.Database(ctx, db)
}

// Database checks the ledger in an open database against its signed tree, in one state of it.
func (c Checker) Database(ctx context.Context, db *sqldb.DB) (Report, error) {
	r := Report{What: "database", Keys: "given"}
	err := ledger.Audit{DB: db}.Still(ctx, func(a ledger.Audit) (err error) { // the house may go on writing
		r, err = c.audit(ctx, r, a)
		return err
	})
	return r, err
}

func (c Checker) audit(ctx context.Context, r Report, audit ledger.Audit) (_ Report, err error) {
	keys := c.Keys
	if keys == nil {
		if keys, err = audit.Keyring(ctx); err != nil {
			return r, err
		}
		r.Keys = "ledger"
	}
	if keys == nil {
		return r, errUnsigned
	}
	if r, err = c.whole(ctx, r, audit, keys); err != nil || !r.OK || r.Covered == r.Entries {
		return r, err
	}
	since, err := audit.RecordedAt(ctx, r.Covered+1)
	if err != nil {
		return r, err
	}
	if age := c.now().Sub(postal.FromMillis(since)); age < 0 || age > aheadOfSignature {
		c.unsigned(&r)
	}
	return r, nil
}

// aheadOfSignature is how old an unsigned entry of a database may be: a house at work signs every second.
const aheadOfSignature = time.Minute

// unsigned says that the entries at the end are proved by nothing.
func (c Checker) unsigned(r *Report) {
	r.OK = false
	words := c.say(fmt.Sprintf("Từ dòng %d đến dòng %d của sổ không có chữ ký.", r.Covered+1, r.Entries), fmt.Sprintf("Entries %d to %d are not signed.", r.Covered+1, r.Entries))
	r.Findings = append(r.Findings, Finding{Kind: "unsigned", Seq: r.Covered + 1, Upto: r.Entries, Words: words})
}

var errUnsigned = fault.New(fault.Conflict, "proof.unsigned",
	"Sổ cái này chưa từng được ký nên không có gì để đối chiếu.", "This ledger was never signed, so there is nothing to check it against.")

func (c Checker) export(ctx context.Context, f *os.File) (Report, error) {
	r := Report{What: "export", Keys: "given"}
	a, err := openArchive(f)
	if err != nil {
		return r, err
	}
	keys := c.Keys
	if keys == nil {
		keys, r.Keys = a.keys, "ledger"
	}
	if keys == nil && a.first == nil {
		return r, errUnsigned
	}
	if keys != nil {
		if r, err = c.whole(ctx, r, a, keys); err != nil {
			return r, err
		}
	}
	if r.OK && r.Covered < r.Entries { // an export ends with a signed entry
		c.unsigned(&r)
	}
	if a.first != nil {
		words := c.say(fmt.Sprintf("Bản xuất SAI: dòng %d của tệp không phải là điều sổ cái đã ghi, hoặc không đứng đúng chỗ.", a.first.number),
			fmt.Sprintf("The export is WRONG: line %d of the file is not what the ledger recorded, or does not belong there.", a.first.number))
		if len(r.Findings) == 0 {
			r.Words = words
		}
		r.OK = false
		r.Findings = append(r.Findings, Finding{Kind: "line_wrong", Seq: a.first.seq, Upto: a.first.seq, Words: words})
	}
	return r, nil
}

func (c Checker) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c Checker) say(vi, en string) string { return postal.In(c.Lang, vi, en) }

func (c Checker) whole(ctx context.Context, r Report, src tree.LogSource, keys *tree.Keyring) (Report, error) {
	v, err := tree.Verifier{Keys: keys, Progress: c.Progress}.VerifyLog(ctx, src)
	if err != nil {
		return r, err
	}
	r.OK, r.Origin, r.Entries, r.Covered, r.Words = v.Proved(), keys.Origin(), v.Size, v.Covered, v.In(c.Lang)
	switch {
	case r.OK:
		r.Words += c.whose(r.Keys)
	case v.OK():
		r.Findings = append(r.Findings, Finding{Kind: "unsigned", Seq: min(1, v.Size), Upto: v.Size, Words: r.Words})
	}
	for _, f := range v.Findings {
		out := Finding{Kind: string(f.Kind), Seq: f.Seq, Upto: f.Upto, Words: f.In(c.Lang)}
		if f.Kind == tree.TileWrong || f.Kind == tree.TileMissing {
			out.Tile = tree.TilePath{Level: f.Level, N: f.N, Width: 256}.String()
		}
		r.Findings = append(r.Findings, out)
	}
	return r, nil
}
