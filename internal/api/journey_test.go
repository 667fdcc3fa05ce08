package api_test

import (
	"net/http"
	"testing"

	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

func TestAnItemGoesFromCounterToDoorByHTTPAlone(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		item := h.accept()
		bag := h.must("/bags", "clerkA", members{"to_office": officeB}).text("thing")
		h.mustScan("clerkA", members{"act": "pack", "item": item, "bag": bag})
		h.must("/bags/"+bag+"/seal", "clerkA", members{"seal": "NP1"})
		d := h.must("/dispatches", "clerkA", members{"to_office": officeB}).text("thing")
		h.mustScan("clerkA", members{"act": "load", "thing": bag, "dispatch": d})
		h.must("/dispatches/"+d+"/close", "clerkA", members{})
		counts := []members{{"thing": bag, "seal": "NP1"}}
		h.handOver(officeA, "office:"+officeA, "carrier:nv-lx", "clerkA", "driver", "", counts, d)
		if got := h.get("/items/"+item, "clerkB").text("holder"); got != "carrier:nv-lx" {
			t.Fatalf("on the road the item is with %s", got)
		}
		h.handOver(officeB, "carrier:nv-lx", "office:"+officeB, "driver", "clerkB", "", counts, d)
		h.must("/bags/"+bag+"/open", "clerkB", members{"seal": "NP1"})
		h.mustScan("clerkB", members{"act": "take_out", "item": item, "bag": bag})
		h.must("/bags/"+bag+"/empty", "clerkB", members{})
		h.handOver(officeB, "office:"+officeB, "carrier:nv-bt", "clerkB", "carrier", "delivery", []members{{"thing": item}}, item)
		h.mustScan("carrier", members{"act": "attempt", "item": item, "reason": "absent", "next": "again"}, members{"act": "deliver", "item": item, "to": "household"})

		got := h.get("/items/"+item, "clerkB").json()
		if got["stage"] != "delivered" || got["holder"] != "recipient" || len(got["history"].([]any)) != 15 {
			t.Errorf("item: %v", got)
		}
		track := h.get("/tracking/"+item, "")
		if track.status != http.StatusOK || track.text("step") != "delivered" {
			t.Errorf("tracking: %d %s", track.status, track.raw)
		}
		h.consistent()
	})
}

func TestASettledIrregularityMovesTheThing(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	item := h.accept()
	r := h.mustScan("carrier", members{"act": "deliver", "item": item, "to": "addressee", "late": true})[0]
	ids, _ := r["irregularities"].([]any)
	if len(ids) != 1 {
		t.Fatalf("a late scan against the ledger: %v", r)
	}
	id := ids[0].(string)
	list := h.get("/irregularities", "clerkB").json()["entries"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["id"] != id {
		t.Fatalf("board: %v", list)
	}
	h.post("/irregularities/"+id+"/settlement", "clerkA", members{"decision": "observation", "reason": "late_scan"}).wantProblem(http.StatusForbidden, "custody.other_office")
	h.post("/irregularities/"+id+"/settlement", "carrier", members{"decision": "observation", "reason": "late_scan"}).wantProblem(http.StatusForbidden, "api.no_right")
	h.must("/irregularities/"+id+"/settlement", "clerkB", members{"decision": "observation", "reason": "late_scan"})
	if got := h.get("/items/"+item, "clerkA").text("holder"); got != "recipient" {
		t.Errorf("settled: %s", got)
	}
	if got := h.get("/irregularities/"+id, "clerkB").text("by"); got != "nv-b" {
		t.Errorf("settled by %q", got)
	}
}

func TestBoardsComeInPages(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := newHouse(t, db)
		var scans []members
		for range 25 {
			scans = append(scans, members{"act": "accept", "service": "registered", "to_unit": "11407", "to_office": officeB, "weight_g": 20})
		}
		h.mustScan("clerkA", scans...)
		seen := map[string]bool{}
		after, pages := "", 0
		for {
			r := h.get("/offices/"+officeA+"/holdings?limit=10&after="+after, "clerkA").json()
			for _, e := range r["entries"].([]any) {
				seen[e.(map[string]any)["code"].(string)] = true
			}
			pages++
			next, ok := r["next"].(string)
			if !ok {
				break
			}
			after = next
		}
		if len(seen) != 25 || pages != 3 {
			t.Errorf("%d items on %d pages", len(seen), pages)
		}
		h.get("/offices/"+officeA+"/holdings?after=xx", "clerkA").wantProblem(http.StatusUnprocessableEntity, "api.cursor")
		h.get("/offices/"+officeB+"/holdings", "clerkA").wantProblem(http.StatusForbidden, "api.other_office")
		if r := h.get("/offices/"+officeA+"/holdings?kind=bag", "clerkA").json(); len(r["entries"].([]any)) != 0 {
			t.Errorf("bags: %v", r)
		}
	})
}

func TestTheReceiptOfAnActCanBeAskedFor(t *testing.T) {
	h := newHouse(t, sqltest.SQLite(t))
	id := h.id()
	h.get("/acts/"+id, "clerkA").wantProblem(http.StatusNotFound, "api.act_unknown")
	h.mustScan("clerkA", members{"id": id, "act": "start_bag", "to_office": officeB})
	if r := h.get("/acts/"+id, "clerkA"); r.status != http.StatusOK || r.text("thing") == "" || r.text("status") != "repeated" {
		t.Errorf("%d %s", r.status, r.raw)
	}
}
