package api_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"citypost/internal/api"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/tracking"
	"citypost/internal/web"
)

func TestEveryBadScanHasItsOwnStableAnswer(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	bag := h.must("/bags", "clerkA", members{"to_office": officeB}).text("thing")
	wrongDigit := item[:10] + string('0'+(item[10]-'0'+1)%10) + item[11:]
	for _, c := range []struct {
		name, who, code string
		scan            members
	}{
		{"wrong check digit", "carrier", "postal.item_number.check_digit", members{"act": "deliver", "item": wrongDigit, "to": "addressee"}},
		{"unknown number", "carrier", "custody.unknown", members{"act": "deliver", "item": "RR473124829VN", "to": "addressee"}},
		{"number of another post", "carrier", "postal.item_number.foreign", members{"act": "deliver", "item": "RR473124829JP", "to": "addressee"}},
		{"no number at all", "carrier", "postal.item_number.length", members{"act": "deliver", "item": "0912345678", "to": "addressee"}},
		{"wrong check digit of a bag", "clerkA", "postal.code.check_digit", members{"act": "pack", "item": item, "bag": bag[:13] + string('0'+(bag[13]-'0'+1)%10)}},
		{"a bag where a dispatch belongs", "clerkA", "postal.code.other_kind", members{"act": "load", "thing": item, "dispatch": bag}},
		{"clock ten years ahead", "clerkA", "custody.clock", members{"act": "pack", "item": item, "bag": bag, "occurred_at": "2036-03-02T08:00:00+07:00"}},
		{"clock ten years behind", "clerkA", "custody.clock", members{"act": "pack", "item": item, "bag": bag, "occurred_at": "2016-03-02T08:00:00+07:00"}},
		{"a time that is none", "clerkA", "api.time", members{"act": "pack", "item": item, "bag": bag, "occurred_at": "02/03/2026 08:00"}},
		{"a year of no clock", "clerkA", "api.time", members{"act": "pack", "item": item, "bag": bag, "occurred_at": "9999-12-31T23:59:59Z"}},
		{"no time", "clerkA", "api.missing", members{"act": "pack", "item": item, "bag": bag, "occurred_at": ""}},
		{"no id", "clerkA", "api.missing", members{"id": "", "act": "pack", "item": item, "bag": bag}},
		{"an id that is none", "clerkA", "postal.act_id", members{"id": "12", "act": "pack", "item": item, "bag": bag}},
		{"no act", "clerkA", "api.missing", members{"item": item}},
		{"unknown act", "clerkA", "api.unknown_act", members{"act": "steal", "item": item}},
		{"a signature among scans", "clerkA", "api.sign_alone", members{"act": "sign_handover"}},
		{"unknown member", "clerkA", "api.unknown_member", members{"act": "pack", "item": item, "bag": bag, "colour": "red"}},
		{"wrong type", "clerkA", "api.type", members{"act": "pack", "item": 5, "bag": bag}},
		{"weight of letters", "clerkA", "api.type", members{"act": "accept", "weight_g": "50"}},
		{"weight with a fraction", "clerkA", "api.type", members{"act": "accept", "weight_g": 50.5}},
		{"a reason that is none", "carrier", "api.choice", members{"act": "attempt", "item": item, "reason": "lazy", "next": "again"}},
		{"a service that is none", "clerkA", "api.choice", members{"act": "accept", "service": "teleport", "to_unit": "11407", "to_office": officeB, "weight_g": 5}},
		{"no weight", "clerkA", "custody.weight", members{"act": "accept", "service": "registered", "to_unit": "11407", "to_office": officeB}},
		{"a control character", "clerkA", "postal.text.control", members{"act": "seal_bag", "bag": bag, "seal": "NP\x01"}},
		{"another's office", "clerkA", "api.other_office", members{"act": "pack", "item": item, "bag": bag, "office": officeB}},
		{"another's work", "clerkA2", "api.no_right", members{"act": "attempt", "item": item, "reason": "absent", "next": "again"}},
		{"in another's name", "clerkA2", "api.actor", members{"act": "pack", "item": item, "bag": bag, "actor": "nv-a"}},
		{"a device in the name of one who lacks the right", "deviceB", "api.actor", members{"act": "deliver", "item": item, "to": "addressee", "actor": "nv-lx"}},
		{"a device in the name of one of another office", "deviceB", "api.actor", members{"act": "deliver", "item": item, "to": "addressee", "actor": "nv-a2"}},
		{"several offices and none named", "driver", "api.no_office", members{"act": "see_here", "thing": item}},
		{"a bag opened by the wrong office", "clerkA", "custody.bag_wrong_office", members{"act": "open_bag", "bag": bag, "seal": "NP1"}},
		{"an act that cannot be late", "clerkA", "custody.not_late", members{"act": "pack", "item": item, "bag": bag, "late": true}},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			wantRefused(t, h.scan(c.who, c.scan)[0], c.code)
		})
	}
	h.consistent()
}

func TestOneBadScanNeverFailsItsNeighbours(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	a, b := h.accept(), h.accept()
	bag := h.must("/bags", "clerkA", members{"to_office": officeB}).text("thing")
	scan := func(item string) string {
		return fmt.Sprintf(`{"id":%q,"act":"pack","item":%q,"bag":%q,"occurred_at":%q}`, h.id(), item, bag, h.stamp())
	}
	body := `{"scans":[` + scan(a) + "," + strings.Replace(scan(b), "pack", "pa\xffck", 1) + `,7,{"id":"x","nest":[{"a":1}]},` + scan(b) + `]}`
	got := results(t, h.send("POST", "/api/v1/scans", "clerkA", body))
	if got[0]["status"] != "recorded" || got[4]["status"] != "recorded" {
		t.Errorf("neighbours: %v", got)
	}
	wantRefused(t, got[1], "api.not_text")
	wantRefused(t, got[2], "api.missing")
	wantRefused(t, got[3], "postal.act_id")
	if got[3]["id"] != "" {
		t.Errorf("an id that is none is repeated: %v", got[3])
	}
}

func TestWhatCannotBeReadIsRefusedAsAWhole(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	before := h.l.Seq()
	scans := func(n int) members {
		var list []members
		for range n {
			list = append(list, members{"id": h.id(), "act": "start_bag", "to_office": officeB, "occurred_at": h.stamp()})
		}
		return members{"scans": list}
	}
	big := strings.Repeat(" ", 10<<20)
	for _, c := range []struct {
		name, code string
		status     int
		body       any
	}{
		{"a batch of 201", "api.too_many_scans", http.StatusRequestEntityTooLarge, scans(201)},
		{"a body of 10 MB", "web.too_large", http.StatusRequestEntityTooLarge, big},
		{"a body of 10 MB of unknown length", "web.too_large", http.StatusRequestEntityTooLarge, io.MultiReader(strings.NewReader(big))},
		{"no body", "api.not_json", http.StatusBadRequest, nil},
		{"no JSON", "api.not_json", http.StatusBadRequest, "Ngô Văn Secret"},
		{"cut JSON", "api.not_json", http.StatusBadRequest, `{"scans":[{"id":"`},
		{"a list", "api.not_json", http.StatusBadRequest, `[]`},
		{"more than one document", "api.not_json", http.StatusBadRequest, `{"scans":[]}{}`},
		{"deep nesting", "api.not_json", http.StatusBadRequest, `{"scans":[{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}]}`},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			r := h.send("POST", "/api/v1/scans", "clerkA", c.body)
			r.t = t
			r.wantProblem(c.status, c.code, "Secret")
		})
	}
	if h.l.Seq() != before {
		t.Error("something was recorded")
	}
	if r := h.send("POST", "/api/v1/scans", "clerkA", scans(200)); r.status != http.StatusOK {
		t.Errorf("a batch of 200: %d", r.status)
	}
	if r := h.send("POST", "/api/v1/scans", "clerkA", `{"scans":[]}`); string(r.raw) != "{\"results\":[]}\n" {
		t.Errorf("an empty batch: %d %s", r.status, r.raw)
	}
}

func TestTheSameScanAgainGetsTheFirstAnswerAndAnotherContentIsRefused(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		first := members{"id": h.id(), "act": "start_bag", "to_office": officeB, "occurred_at": h.stamp()}
		a := h.mustScan("clerkA", first)[0]
		again := h.scan("clerkA", first, first)
		for _, r := range again {
			if r["status"] != "repeated" || r["seq"] != a["seq"] || r["thing"] != a["thing"] || r["recorded_at"] != a["recorded_at"] {
				t.Errorf("again: %v, first %v", r, a)
			}
		}
		other := members{"id": first["id"], "act": "start_bag", "to_office": "180300", "occurred_at": first["occurred_at"]}
		wantRefused(t, h.scan("clerkA", other)[0], "ledger.act_reused")

		key, at := h.id(), h.stamp()
		body := members{"service": "registered", "to_unit": "11407", "to_office": officeB, "weight_g": 50, "occurred_at": at}
		one := h.send("POST", "/api/v1/items", "clerkA", body, "Idempotency-Key", key)
		two := h.send("POST", "/api/v1/items", "clerkA", body, "Idempotency-Key", key)
		if one.status != http.StatusCreated || two.status != http.StatusOK || one.text("thing") != two.text("thing") || two.text("status") != "repeated" {
			t.Errorf("one %d %s, two %d %s", one.status, one.raw, two.status, two.raw)
		}
		body["weight_g"] = 51
		h.send("POST", "/api/v1/items", "clerkA", body, "Idempotency-Key", key).wantProblem(http.StatusConflict, "ledger.act_reused")
	})
}

func TestComposedAndDecomposedTextAreTheSameAct(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	bag := h.must("/bags", "clerkA", members{"to_office": officeB}).text("thing")
	h.mustScan("clerkA", members{"act": "pack", "item": item, "bag": bag})
	seal := members{"id": h.id(), "act": "seal_bag", "bag": bag, "seal": "Niêm 7", "occurred_at": h.stamp()}
	h.mustScan("clerkA", seal)
	seal["seal"] = "Nie\u0302m  7 "
	if r := h.scan("clerkA", seal)[0]; r["status"] != "repeated" {
		t.Errorf("the decomposed form: %v", r)
	}
	if got := h.get("/bags/"+bag, "clerkA").text("seal"); got != "Niêm 7" {
		t.Errorf("seal %q", got)
	}
}

func TestANumberGarbledByAnInputMethodIsMended(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.mustScan("clerkA", members{"act": "see_here", "thing": "EE000000005VN"}) // unknown here, but well formed
	garbled := "Ê000000005VN"
	fixed, mended := postal.MendScan(garbled)
	if !mended {
		t.Fatalf("this garbling is not one that postal mends: %q", fixed)
	}
	for _, text := range []string{garbled, "E\u0302000000005VN"} {
		if r := h.scan("clerkA", members{"act": "see_here", "thing": text})[0]; r["status"] != "recorded" {
			t.Errorf("%q: %v", text, r)
		}
	}
}

func TestAnItemScannedInTwoPlacesIsNeverInTwoCustodies(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	wantRefused(t, h.scan("carrier", members{"act": "deliver", "item": item, "to": "addressee"})[0], "custody.wrong_holder")
	r := h.mustScan("clerkB", members{"act": "see_here", "thing": item})[0]
	if ids, _ := r["irregularities"].([]any); len(ids) != 1 {
		t.Errorf("seen in another office: %v", r)
	}
	if got := h.get("/items/"+item, "clerkA").text("holder"); got != "office:"+officeA {
		t.Errorf("the item is with %s", got)
	}
	h.consistent()
}

func TestALateScanWithAWrongClockIsRecordedAndMustBeSettled(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	r := h.mustScan("carrier", members{"act": "deliver", "item": item, "to": "addressee", "late": true, "occurred_at": "2016-03-02T08:00:00+07:00"})[0]
	if ids, _ := r["irregularities"].([]any); len(ids) != 2 {
		t.Errorf("a late scan, ten years off and against the ledger: %v", r)
	}
}

func TestTwoClerksOnOneBagAtOnce(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		item := h.accept()
		bag := h.must("/bags", "clerkA", members{"to_office": officeB}).text("thing")
		h.mustScan("clerkA", members{"act": "pack", "item": item, "bag": bag})
		var wg sync.WaitGroup
		answers := make([]reply, 8)
		for n := range answers {
			who := []string{"clerkA", "clerkA2"}[n%2]
			body := members{"seal": fmt.Sprint("NP", n), "occurred_at": h.stamp()}
			key := h.id()
			wg.Go(func() {
				answers[n] = h.send("POST", "/api/v1/bags/"+bag+"/seal", who, body, "Idempotency-Key", key)
			})
		}
		wg.Wait()
		sealed := 0
		for _, a := range answers {
			if a.status == http.StatusCreated {
				sealed++
				continue
			}
			a.wantProblem(http.StatusConflict, "custody.bag_closed")
		}
		if sealed != 1 {
			t.Errorf("the bag was sealed %d times", sealed)
		}
		h.consistent()
	})
}

func TestSecondSignatureAfterTheFirstWithdrewIsRefused(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	code := h.must("/handovers", "clerkA", members{"from": "office:" + officeA, "to": "carrier:nv-bt", "things": []string{item}}).text("thing")
	if r := h.sign(code, "giver", "clerkA"); r.status != http.StatusCreated {
		t.Fatalf("first signature: %d %s", r.status, r.raw)
	}
	h.must("/handovers/"+code+"/withdrawal", "clerkA", members{})
	h.sign(code, "taker", "carrier").wantProblem(http.StatusConflict, "custody.handover_withdrawn")
	if got := h.get("/items/"+item, "clerkA").text("holder"); got != "office:"+officeA {
		t.Errorf("the item is with %s", got)
	}
}

func TestASignatureIsTheSignersOwn(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	code := h.must("/handovers", "clerkA", members{"from": "office:" + officeA, "to": "office:" + officeB, "things": []string{item}}).text("thing")
	path := "/handovers/" + code + "/signatures"
	h.must("/handovers/"+code+"/counts", "deviceB", members{"counts": []members{{"thing": item}}})
	h.post(path, "deviceB", members{"side": "taker"}).wantProblem(http.StatusForbidden, "api.signer")
	h.post(path, "deviceB", members{"side": "taker", "signer": members{"login": "clerkB", "password": "guessed-secret"}}).wantProblem(http.StatusUnauthorized, "account.wrong", "guessed-secret")
	h.post(path, "deviceB", members{"side": "taker", "signer": members{"login": "clerkA", "password": "pw-clerkA"}}).wantProblem(http.StatusForbidden, "api.no_right", "pw-clerkA")
	h.must(path, "deviceB", members{"side": "taker", "signer": members{"login": "clerkB", "password": "pw-clerkB"}})
	h.must(path, "clerkA", members{"side": "giver"})
	if got := h.get("/handovers/"+code, "clerkA"); got.text("taker") != "nv-b" || got.text("giver") != "nv-a" || got.text("status") != "completed" {
		t.Errorf("signed by %s", got.raw)
	}
}

func TestADeviceWritesInTheNameOfWhoHoldsIt(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.must("/items", "clerkB", members{"service": "registered", "to_unit": "11407", "to_office": officeB, "weight_g": 50}).text("thing")
	h.handOver(officeB, "office:"+officeB, "carrier:nv-bt", "clerkB", "carrier", "delivery", []members{{"thing": item}}, item)
	h.mustScan("deviceB", members{"act": "deliver", "item": item, "to": "household", "actor": "nv-bt"})
	steps := h.get("/items/"+item, "clerkB").json()["history"].([]any)
	if got := steps[len(steps)-1].(map[string]any)["actor"]; got != "nv-bt" {
		t.Errorf("delivered by %v", got)
	}
}

func TestSessionsAndRights(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	r := h.send("POST", "/api/v1/scans", "", `{"scans":[]}`)
	r.wantProblem(http.StatusUnauthorized, "api.no_token")
	if r.header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
	h.send("POST", "/api/v1/scans", "revoked", `{"scans":[]}`).wantProblem(http.StatusUnauthorized, "api.no_token")
	h.get("/items/"+item, "").wantProblem(http.StatusUnauthorized, "api.no_token")
	h.get("/items/"+item, "agency").wantProblem(http.StatusForbidden, "api.no_right")
	h.post("/items", "carrier", members{"service": "registered", "to_unit": "11407", "to_office": officeB, "weight_g": 50}).wantProblem(http.StatusForbidden, "api.no_right")
	if r := h.get("/tracking/"+item, ""); r.status != http.StatusOK {
		t.Errorf("tracking is public: %d %s", r.status, r.raw)
	}
}

func TestWrongFormsNameEveryMemberWithoutRepeatingWhatWasSent(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	key := []string{"Idempotency-Key", h.id()}
	send := func(body any, header ...string) reply {
		return h.send("POST", "/api/v1/items", "clerkA", body, header...)
	}
	good := members{"service": "registered", "to_unit": "11407", "to_office": officeB, "weight_g": 50, "occurred_at": h.stamp()}
	with := func(k string, v any) members {
		m := members{}
		for a, b := range good {
			m[a] = b
		}
		m[k] = v
		return m
	}
	send(good).wantProblem(http.StatusUnprocessableEntity, "api.missing")
	send(good, "Idempotency-Key", "NguyenSecret").wantProblem(http.StatusUnprocessableEntity, "api.uuid", "NguyenSecret")
	send(with("weight_g", "NguyenSecret"), key...).wantProblem(http.StatusUnprocessableEntity, "api.type", "NguyenSecret")
	send(with("weight_g", 0), key...).wantProblem(http.StatusUnprocessableEntity, "api.too_small")
	send(with("NguyenSecret", 1), key...).wantProblem(http.StatusUnprocessableEntity, "api.unknown_member", "NguyenSecret")
	send(with("service", "NguyenSecret"), key...).wantProblem(http.StatusUnprocessableEntity, "api.choice", "NguyenSecret")
	send(with("occurred_at", "NguyenSecret"), key...).wantProblem(http.StatusUnprocessableEntity, "api.time", "NguyenSecret")
	send(`{"to_unit":"NguyenSecret`, key...).wantProblem(http.StatusBadRequest, "api.not_json", "NguyenSecret")
	send("{\"to_unit\":\"Nguyen\xffSecret\"}", key...).wantProblem(http.StatusBadRequest, "api.not_text", "Secret")
	send(bytes.Repeat([]byte(" "), 10<<20), key...).wantProblem(http.StatusRequestEntityTooLarge, "web.too_large")
	send(good, append(key, "Content-Type", "text/plain")...).wantProblem(http.StatusBadRequest, "api.content_type")

	r := send(members{"service": "NguyenSecret", "weight_g": -1}, key...)
	r.wantProblem(http.StatusUnprocessableEntity, "api.invalid", "NguyenSecret")
	if n := len(r.json()["errors"].([]any)); n != 4 {
		t.Errorf("%d members at fault are named: %s", n, r.raw)
	}
}

func TestUnknownPathsAndMethodsAreProblemsToo(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	h.get("/nothing", "clerkA").wantProblem(http.StatusNotFound, "api.no_route")
	r := h.send("DELETE", "/api/v1/scans", "clerkA", nil)
	r.wantProblem(http.StatusMethodNotAllowed, "api.method")
	if r.header.Get("Allow") != "POST" {
		t.Errorf("Allow: %s", r.header.Get("Allow"))
	}
	h.get("/bags/RR473124829VN", "clerkA").wantProblem(http.StatusBadRequest, "postal.code.digits")
	h.get("/offices/"+officeA+"/holdings?colour=red", "clerkA").wantProblem(http.StatusUnprocessableEntity, "api.invalid")
}

func TestTheLanguageIsChosenByTheCaller(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	for accept, member := range map[string]string{
		"": "detail_vi", "vi-VN,en;q=0.5": "detail_vi", "en-GB,vi;q=0.9": "detail_en", "fr,en;q=0.3": "detail_en", "fr": "detail_vi", "*": "detail_vi", ";;;": "detail_vi",
	} {
		r := h.send("GET", "/api/v1/tracking/x", "", nil, "Accept-Language", accept)
		if m := r.json(); m["detail"] != m[member] {
			t.Errorf("%q: detail is not %s: %s", accept, member, r.raw)
		}
	}
	r := results(t, h.send("POST", "/api/v1/scans", "clerkA", `{"scans":[{}]}`, "Accept-Language", "en"))[0]
	if r["message"] != r["message_en"] {
		t.Errorf("scan: %v", r)
	}
}

// Who asks must not learn from the answer whether a number exists, is KT1's, or was withdrawn.
func TestTrackingAnswersEveryHiddenNumberWithTheSameBytes(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	withdrawn := h.accept()
	h.mustScan("clerkA", members{"act": "undo", "item": withdrawn, "undoes": h.get("/items/"+withdrawn, "clerkA").text("last_act")})
	var first reply
	for n, path := range []string{withdrawn, "RR473124829VN", "RR473124820VN", "MA000000019VN", "KT1-2026-17", "KT1", "%FF", "x", strings.Repeat("9", 3000), withdrawn[:12]} {
		r := h.send("GET", "/api/v1/tracking/"+path, "", nil)
		if n == 0 {
			r.wantProblem(http.StatusNotFound, "tracking.not_found")
			first = r
			continue
		}
		if r.status != first.status || !bytes.Equal(r.raw, first.raw) || fmt.Sprint(r.header) != fmt.Sprint(first.header) {
			t.Errorf("%.20s: %d %v %s", path, r.status, r.header, r.raw)
		}
	}
}

func TestTrackingHoldsNothingPrivate(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	raw := string(h.get("/tracking/"+item, "").raw)
	for _, word := range []string{"weight", "fee", "12000", "nv-a", "receipt", "holder", "actor"} {
		if strings.Contains(raw, word) {
			t.Errorf("tracking says %q: %s", word, raw)
		}
	}
	if !strings.Contains(raw, tracking.Accepted.In("vi")) {
		t.Errorf("tracking has no words: %s", raw)
	}
}

func TestOverTheRateTheAnswerSaysHowLongToWait(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t), func(c *api.Config) {
		c.Known, c.Strangers = web.Limit{PerSecond: 1, Burst: 5}, web.Limit{PerSecond: 0.1, Burst: 2}
	})
	for range 5 {
		if r := h.get("/irregularities", "clerkA"); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.raw)
		}
	}
	r := h.get("/irregularities", "clerkA")
	r.wantProblem(http.StatusTooManyRequests, "api.too_many")
	if r.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
	}
	if r := h.get("/irregularities", "clerkB"); r.status != http.StatusOK {
		t.Errorf("another credential: %d", r.status)
	}
	h.mu.Lock()
	h.now = h.now.Add(2 * time.Second)
	h.mu.Unlock()
	if r := h.get("/irregularities", "clerkA"); r.status != http.StatusOK {
		t.Errorf("after waiting: %d", r.status)
	}
	for range 2 {
		h.get("/tracking/x", "")
	}
	if r := h.get("/tracking/x", ""); r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") != "10" {
		t.Errorf("strangers: %d, wait %s", r.status, r.header.Get("Retry-After"))
	}
}

// On the house's mux the API keeps its own form of errors: who calls it must not get a page.
func TestTheAPIStandsOnTheHousesMux(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	m := web.New(people, web.Site{}, slog.New(slog.DiscardHandler))
	h.api.Mount(m)
	send := func(method, path, who, body string, header ...string) reply {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+who)
		r.Header.Set("Accept", "text/html")
		for n := 0; n+1 < len(header); n += 2 {
			r.Header.Set(header[n], header[n+1])
		}
		w := httptest.NewRecorder()
		m.ServeHTTP(w, r)
		return reply{w.Code, w.Header(), w.Body.Bytes(), t}
	}
	send("POST", "/api/v1/scans", "nobody", `{"scans":[]}`).wantProblem(http.StatusUnauthorized, "api.no_token")
	send("POST", "/api/v1/scans", "clerkA", strings.Repeat(" ", 10<<20)).wantProblem(http.StatusRequestEntityTooLarge, "web.too_large")
	send("GET", "/api/v1/nothing", "clerkA", "").wantProblem(http.StatusNotFound, "api.no_route")
	send("GET", "/api/v1/tracking/x", "", "").wantProblem(http.StatusNotFound, "tracking.not_found")
	if r := send("POST", "/api/v1/scans", "clerkA", `{"scans":[{}]}`); len(results(t, r)) != 1 {
		t.Errorf("%s", r.raw)
	}
	r := send("POST", "/api/v1/scans", "clerkA", `{"scans":[]}`, "Sec-Fetch-Site", "cross-site")
	if r.status != http.StatusForbidden || r.text("code") != "web.cross_origin" {
		t.Errorf("from another site: %d %s", r.status, r.raw)
	}
}
