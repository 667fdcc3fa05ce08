package desk_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"citypost/internal/event"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

// If these fail, a person holds a paper that proves nothing.

// scanned prints the page that is open at the resolution of a counter's printer and gives what a stranger's scanner reads on it.
func (c counter) scanned() string {
	c.t.Helper()
	zbar, err1 := exec.LookPath("zbarimg")
	ppm, err2 := exec.LookPath("pdftoppm")
	if err1 != nil || err2 != nil {
		c.t.Skip("zbarimg and pdftoppm are not both installed (Debian: zbar-tools, poppler-utils), so no scanner reads the paper")
	}
	dir := c.t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p.pdf"), c.PDF(), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if out, err := exec.Command(ppm, "-r", "203", "-singlefile", "-gray", filepath.Join(dir, "p.pdf"), filepath.Join(dir, "p")).CombinedOutput(); err != nil {
		c.t.Fatalf("pdftoppm: %v %s", err, out)
	}
	out, err := exec.Command(zbar, "-q", filepath.Join(dir, "p.pgm")).Output()
	if err != nil {
		c.t.Fatalf("zbarimg: %v %s", err, out)
	}
	return string(out)
}

var proofOnPaper = regexp.MustCompile(`QR-Code:(HTTPS://BUUDIEN\.EXAMPLE/R/\S+)`)

// prove checks the proof that was scanned and gives what it proves.
func (c counter) prove(h *fieldHouse, text string) tree.Proved {
	c.t.Helper()
	m := proofOnPaper.FindStringSubmatch(text)
	if m == nil {
		c.t.Fatalf("no proof among %q", text)
	}
	r, err := tree.ParseReceipt(m[1])
	h.must(err)
	keys, err := h.Ledger.Keyring(c.t.Context())
	h.must(err)
	p, err := tree.VerifyReceipt(tree.Trust{Policy: tree.Policy{Keys: keys}}, r)
	h.must(err)
	return p
}

func factsOf(t *testing.T, p tree.Proved) (names []string) {
	t.Helper()
	e, err := event.Read(p.Seq, p.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Facts {
		names = append(names, f.Fact())
	}
	return names
}

func TestThePapersCarryProofsThatAStrangersScannerReads(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	item := h.as("clerk2").acceptMail()
	trip, bag, _ := aTrip(t, h, 3)
	clerk := h.as("clerk")
	got := clerk.post("/desk/dispatches/"+string(trip)+"/receive", "act", actID(h))
	clerk.post(got.to+"/count", "act", actID(h), "seal-"+string(bag), "NP7").lead(t, got.to)
	clerk.post(got.to+"/sign", "act", actID(h), "side", "taker", "difference", "").lead(t, got.to)
	clerk.post(got.to+"/sign", "act", actID(h), "side", "giver", "difference", "", "other", "1", "login", "lx1", "password", "mat-khau-mau").lead(t, got.to)
	given := h.accept("A Mẫu", "1 Phố Mẫu")
	h.take("carrier", given)
	path := "/desk/items/" + string(given)
	clerk.get(path+"/delivered").want(t, 404)
	h.as("carrier").upload("/round/stop/"+string(given)+"/deliver", "photo", photo(64, 48), "item", string(given), "act."+string(given), actID(h), "to", "household", "relation", "child", "name", "Lê Thị Con", "how", "screen", "signature", drawing()).lead(t, "/round/")
	if page := clerk.get(path+"/delivered").want(t, 200, "XÁC NHẬN PHÁT", "Người trong gia đình", "Ký trên màn hình"); strings.Contains(page.text, "Lê Thị Con") {
		t.Error("the confirmation names the taker")
	}
	h.as("clerk2").get(path+"/delivered").want(t, 404)

	c := openCounter(t, h, "clerk2")
	for _, paper := range []struct{ who, path, name, code, fact string }{
		{"clerk2", "/desk/items/" + string(item) + "/receipt", "receipt", string(item), "item.accepted"},
		{"clerk", got.to + "/print", "handover-record", string(got.last()), "handover.completed"},
		{"clerk", path + "/delivered", "delivered", string(given), "item.delivered"},
	} {
		c.be(paper.who)
		c.Go(h.url + paper.path)
		c.Shot("proof-" + paper.name)
		c.Check(paper.name)
		save(t, "proof-"+paper.name+".pdf", c.PDF())
		p := c.prove(h, c.scanned())
		if facts := factsOf(t, p); p.Code != paper.code || !strings.Contains(strings.Join(facts, " "), paper.fact) {
			t.Errorf("%s proves %v of %s", paper.name, facts, p.Code)
		}
	}
}

func TestTheProofOfALongHandoverIsWholeInItsFile(t *testing.T) {
	h := newFieldHouse(t, sqltest.SQLite(t))
	items := make([]postal.ItemNumber, 60)
	for n := range items {
		items[n] = h.accept("A Mẫu", "1 Phố Mẫu")
	}
	h.take("carrier", items...)
	var handover event.Thing
	trails, err := h.Ledger.After(t.Context(), h.Ledger.Seq()-2, 2)
	h.must(err)
	for _, e := range trails {
		for _, f := range e.Facts {
			if d, ok := f.(event.HandoverCompleted); ok {
				handover = d.Handover
			}
		}
	}
	keys, err := h.Ledger.Keyring(t.Context())
	h.must(err)
	file := h.as("clerk").get("/desk/handovers/"+string(handover)+"/receipt").want(t, 200)
	r, err := tree.ParseReceipt(strings.TrimSpace(file.text))
	h.must(err)
	p, err := tree.VerifyReceipt(tree.Trust{Policy: tree.Policy{Keys: keys}}, r)
	h.must(err)
	if facts := factsOf(t, p); len(p.Body) < 1000 || !strings.Contains(strings.Join(facts, " "), "handover.completed") {
		t.Errorf("%d bytes, %v", len(p.Body), facts)
	}
}

func TestAReceiptsHolderGetsItsProofsAndNobodyElse(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newFieldHouse(t, db)
		item := h.as("clerk2").acceptMail()
		paper := h.as("clerk2").get("/desk/items/"+string(item)+"/receipt").want(t, 200, "Mã biên nhận")
		secret := regexp.MustCompile(`Mã biên nhận: ([2-9A-Z]{6})`).FindStringSubmatch(textOf(paper.text))
		if secret == nil {
			t.Fatal("the receipt bears no code")
		}
		number, list, err := h.Provable(t.Context(), string(item), secret[1])
		if err != nil || number != item || len(list) != 1 || list[0].VI == "" {
			t.Fatalf("%s %v %v", number, list, err)
		}
		_, _, wrongSecret := h.Provable(t.Context(), string(item), "AAAAAA")
		_, _, wrongNumber := h.Provable(t.Context(), "RR473124829VN", secret[1])
		if wrongSecret == nil || wrongNumber == nil || wrongSecret.Error() != wrongNumber.Error() {
			t.Errorf("a wrong code says %v, a wrong number %v", wrongSecret, wrongNumber)
		}
	})
}
