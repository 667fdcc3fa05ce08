package proof_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/proof"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// oneSlip is a receipt with the number RR473124829VN and the code K7Q2PX.
type oneSlip struct{ seq int64 }

func (s oneSlip) Provable(_ context.Context, number, secret string) (postal.ItemNumber, []proof.Provable, error) {
	if number != "RR473124829VN" || secret != "K7Q2PX" {
		return "", nil, fault.New(fault.NotFound, "test.no_receipt", "Không đúng", "Not right")
	}
	return "", []proof.Provable{{Seq: s.seq, AtMs: 1, VI: "Đã nhận gửi", EN: "Accepted"}}, nil
}

func openPages(t *testing.T, l *ledger.Ledger) (*webtest.Browser, string) {
	t.Helper()
	m := web.New(web.NoGate{}, web.Site{}, slog.New(slog.DiscardHandler))
	(&proof.Service{Ledger: l, Slips: oneSlip{3}}).Mount(m)
	b := webtest.Open(t)
	return b, webtest.Serve(t, m)
}

// put pastes a text into a large field.
func put(b *webtest.Browser, id, text string) {
	webtest.Eval[string](b, fmt.Sprintf("document.getElementById(%q).value = %q", id, text))
}

// judge lets the page check a receipt in the browser and gives the tone of its answer and what it says.
func judge(b *webtest.Browser, text string) (tone, says string) {
	put(b, "receipt", text)
	webtest.Eval[bool](b, `(document.querySelector("[data-verify-answer]").replaceChildren(), true)`)
	b.Click("button[data-verify-here]")
	b.Until(`document.querySelector("[data-verify-answer] .band") !== null`)
	tone = webtest.Eval[string](b, `document.querySelector("[data-verify-answer] .band").className`)
	return tone, b.Text("[data-verify-answer]")
}

func TestTheBrowserProvesAReceiptByItselfAndAsksNobody(t *testing.T) {
	_, l := newLedger(t, 1500)
	b, url := openPages(t, l)
	b.Go(url + "/verify?lang=en")
	webtest.Eval[bool](b, `(window.fetch = () => { throw new Error("the page asked somebody") }, true)`)
	for range 12 {
		seq := 2 + rand.Int64N(1400)
		text, err := l.Receipt(t.Context(), seq, "")
		if err != nil {
			t.Fatal(err)
		}
		tone, says := judge(b, text)
		if !strings.Contains(tone, "good") || !strings.Contains(says, "bag.sealed") || !strings.Contains(strings.ReplaceAll(says, ",", ""), fmt.Sprintf("entry %d", seq)) {
			t.Fatalf("receipt of %d: %s: %s", seq, tone, says)
		}
	}
	b.Shot("verify-good")
	b.Check("verify")
	if tone, says := judge(b, "HTTPS://POST.TEST/R/ABC"); !strings.Contains(tone, "bad") {
		t.Errorf("nonsense: %s %s", tone, says)
	}
	b.Width(webtest.Phone)
	b.Shot("verify-bad-phone")
	b.Check("verify")
	put(b, "keys", "nonsense")
	text, err := l.Receipt(t.Context(), 5, "")
	if err != nil {
		t.Fatal(err)
	}
	if tone, says := judge(b, text); !strings.Contains(tone, "ask") {
		t.Errorf("without keys: %s %s", tone, says)
	}
}

// TestTheBrowsersCheckAgreesWithTheProgramOnEveryFlippedBit gives both the same receipts, right and with one bit of their bytes flipped and the checksum mended,
// so that only the proof can tell.
func TestTheBrowsersCheckAgreesWithTheProgramOnEveryFlippedBit(t *testing.T) {
	_, l := newLedger(t, 700)
	keys := keysOf(t, l)
	b, url := openPages(t, l)
	b.Go(url + "/verify?lang=en")
	const each = 60
	var texts []string
	for range each {
		text, err := l.Receipt(t.Context(), 2+rand.Int64N(650), "")
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text, flipBit(t, text))
	}
	list, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	webtest.Eval[bool](b, `(window.answers = [], window.asked = `+string(list)+`, (async () => {
		for (const text of window.asked) {
			document.querySelector("#receipt").value = text;
			const out = document.querySelector("[data-verify-answer]");
			out.replaceChildren();
			document.querySelector("button[data-verify-here]").click();
			while (!out.firstElementChild) await new Promise((r) => setTimeout(r, 1));
			window.answers.push(out.firstElementChild.className);
		}
	})(), true)`)
	b.Until(fmt.Sprintf("window.answers.length === %d", 2*each))
	answers := webtest.Eval[[]string](b, "window.answers")
	for n, tone := range answers {
		right := check(t, texts[n], keys).OK
		if right != (n%2 == 0) || right != strings.Contains(tone, "good") {
			t.Errorf("receipt %d: the program says %t, the browser %s\n%s", n, right, tone, texts[n])
		}
	}
}

func TestAPaperReceiptsHolderGetsTheProofWithoutScripts(t *testing.T) {
	_, l := newLedger(t, 20)
	b, url := openPages(t, l)
	b.Scripts(false)
	b.Go(url + "/receipt?lang=en")
	b.Scripts(true) // the page is there without them; they judge it now
	b.Shot("receipt-form")
	b.Check("receipt")
	b.Scripts(false)
	b.Fill("#number", "rr 473 124 829 vn")
	b.Fill("#secret", "aaaaaa")
	b.Submit("form[action='/receipt'] button")
	if text := b.Text("main"); !strings.Contains(text, "Not right") {
		t.Errorf("a wrong code: %s", text)
	}
	b.Complaints() // of the refusal
	b.Fill("#secret", "k7q2px")
	b.Submit("form[action='/receipt'] button")
	b.Scripts(true)
	b.Shot("receipt-proofs")
	b.Check("receipt")
	text := webtest.Eval[string](b, `document.querySelector("pre.code").textContent`)
	if r := check(t, text, keysOf(t, l)); !r.OK || r.Seq != 3 {
		t.Errorf("the proof on the page: %s", r.Words)
	}
	b.Width(webtest.Phone)
	b.Shot("receipt-proofs-phone")
	b.Check("receipt")
	b.Scripts(false)
	b.Go(url + "/R/" + text[strings.LastIndexByte(text, '/')+1:])
	if says := b.Text("main"); !strings.Contains(says, "Biên nhận ĐÚNG") && !strings.Contains(says, "VALID") {
		t.Errorf("the server says %s", says)
	}
	b.Scripts(true)
	b.Go(url + "/R/" + text[strings.LastIndexByte(text, '/')+1:])
	b.Until(`document.querySelector("[data-verify-answer] .band--good") !== null`)
	b.Shot("receipt-opened-phone")
}

func TestNobodyGuessesAReceiptCode(t *testing.T) {
	_, l := newLedger(t, 2)
	b, url := openPages(t, l)
	b.Go(url + "/receipt?lang=en")
	for n := range 12 {
		if !strings.HasPrefix(b.Path(), "/receipt") {
			t.Fatalf("at %s", b.Path())
		}
		if n == 11 {
			break
		}
		if strings.Contains(b.Text("main"), "too many tries") {
			t.Logf("stopped after %d", n)
			return
		}
		b.Fill("#number", "RR473124829VN")
		b.Fill("#secret", "AAAAAA")
		b.Submit("form[action='/receipt'] button")
	}
	if !strings.Contains(b.Text("main"), "too many tries") {
		t.Error("nobody stops a guesser")
	}
}
