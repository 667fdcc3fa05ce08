package event

import (
	"encoding/json"
	"testing"
)

// Facts of money and relief as they were first written. They must read, and write the same again, for ever: a line here is never changed.
var oldMoney = map[string]string{
	"relief.granted":          `{"item":"RR000000014VN","policy":"p","rule":"relief.policy.p@2020-03-01","payer":"province","on":"2020-04-15","list_vnd":26000,"amount_vnd":13000,"retro":true}`,
	"relief.reversed":         `{"item":"RR000000014VN","policy":"p","payer":"operator","on":"2020-04-15","list_vnd":26000,"amount_vnd":13000,"reason":"mistake"}`,
	"cash.book_opened":        `{"book":"BL01-26P","office":"180100","from":1,"to":100}`,
	"cash.receipt_voided":     `{"book":"BL01-26P","number":7,"reason":"mistake"}`,
	"cash.drawer_opened":      `{"drawer":"180100-1","shift":3,"clerk":"nv-1","float_vnd":1000000,"postings":[{"account":"assets:safe:180100","amount_vnd":-1000000},{"account":"assets:cash:180100-1","amount_vnd":1000000}]}`,
	"cash.drawer_counted":     `{"drawer":"180100-1","shift":3,"notes":[{"value_vnd":500000,"count":2}],"counted_vnd":1000000}`,
	"cash.drawer_closed":      `{"drawer":"180100-1","shift":3,"clerk":"nv-1","expected_vnd":1000000,"counted_vnd":990000,"reason":"miscount","postings":[{"account":"assets:cash:180100-1","amount_vnd":-1000000},{"account":"assets:safe:180100","amount_vnd":990000},{"account":"assets:difference:180100-1","amount_vnd":10000}]}`,
	"cash.difference_settled": `{"drawer":"180100-1","shift":3,"amount_vnd":-10000,"born_by":"post","postings":[{"account":"assets:difference:180100-1","amount_vnd":-10000},{"account":"expenses:shortages","amount_vnd":10000}]}`,
	"cash.taken":              `{"drawer":"180100-1","shift":3,"item":"RR000000014VN","service":"dossier-send","means":"cash","list_vnd":26000,"operator_vnd":10000,"province_vnd":3000,"postage_vnd":13000,"collected":[{"agency":"so-tu-phap","kind":"fee","amount_vnd":200000,"book":"BL01-26P","number":7}],"postings":[{"account":"income:postage:dossier-send","amount_vnd":-26000}]}`,
	"cash.taking_undone":      `{"drawer":"180100-1","shift":3,"item":"RR000000014VN","seq":9,"reason":"mistake","postings":[{"account":"assets:cash:180100-1","amount_vnd":-26000}]}`,
	"cash.collected_returned": `{"drawer":"180100-1","shift":3,"item":"RR000000014VN","agency":"so-tu-phap","kind":"fee","amount_vnd":200000,"book":"BL01-26P","number":7,"reason":"paid_twice","postings":[{"account":"assets:cash:180100-1","amount_vnd":-200000},{"account":"liabilities:collected:so-tu-phap","amount_vnd":200000}]}`,
	"cash.refunded":           `{"item":"RR000000014VN","amount_vnd":13000,"reason":"relief","payer":"province","rule":"relief.policy.p@2020-03-01","postings":[{"account":"assets:bank","amount_vnd":-13000}]}`,
	"cash.compensated":        `{"item":"RR000000014VN","amount_vnd":104000,"least_vnd":104000,"paid_vnd":91000,"record":"BB-7","rule":"post.compensation.times_postage@2011-08-15","postings":[{"account":"assets:bank","amount_vnd":-91000}]}`,
	"cash.remitted":           `{"agency":"so-tu-phap","amount_vnd":200000,"means":"transfer","slip":"UNC-1","postings":[{"account":"assets:bank","amount_vnd":-200000}]}`,
	"cash.moved":              `{"from":"equity:opening","to":"assets:bank","amount_vnd":1,"reason":"opening","slip":"PT-1","postings":[{"account":"equity:opening","amount_vnd":-1},{"account":"assets:bank","amount_vnd":1}]}`,
}

func TestOldFactsOfMoneyStillRead(t *testing.T) {
	for name, text := range oldMoney {
		f, err := readFact(name, []byte(text))
		if err != nil || f.Fact() != name {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := json.Marshal(f); err != nil || string(again) != text {
			t.Errorf("%s was written %s, now %s", name, text, again)
		}
	}
}
