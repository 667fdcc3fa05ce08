package event

import (
	"encoding/json"
	"strings"
	"testing"
)

// Facts of closed mail as they were first written. They must read, and write the same again, for ever: a line here is never changed.
var oldKT1 = map[string]string{
	"kt1.paper_filed":        `{"person":"nv-1","paper":"training","on":"2020-01-02","until":"2022-01-01"}`,
	"kt1.paper_withdrawn":    `{"person":"nv-1","paper":"training","reason":"left"}`,
	"kt1.person_assigned":    `{"person":"nv-1","duty":"clerk","office":"180100"}`,
	"kt1.person_relieved":    `{"person":"nv-1","duty":"clerk","office":"180100"}`,
	"kt1.facility_added":     `{"facility":"xe-01","kind":"vehicle","office":"180100"}`,
	"kt1.facility_inspected": `{"facility":"xe-01","lacks":["locked"],"until":"2021-01-01"}`,
	"kt1.facility_retired":   `{"facility":"xe-01","reason":"worn"}`,
	"kt1.facility_moved":     `{"facility":"tui-01","to":"180200"}`,
	"kt1.responsible_named":  `{"facility":"kv-01","person":"nv-1"}`,
	"kt1.visit_began":        `{"visit":"00","facility":"kv-01","purpose":"repair","host":"nv-1"}`,
	"kt1.visit_ended":        `{"visit":"00"}`,
	"kt1.body_listed":        `{"body":"cq-0001","list":"appendix-1","central":true}`,
	"kt1.body_delisted":      `{"body":"cq-0001"}`,
	"kt1.entry_changed":      `{"body":"cq-0001","version":2,"digest":"00","by":"nv-ad"}`,
	"kt1.body_person_named":  `{"body":"cq-0001","person":"nv-r1","as":"clerk"}`,
	"kt1.body_person_ended":  `{"body":"cq-0001","person":"nv-r1","as":"clerk"}`,
	"kt1.excused":            `{"item":"NK000000014VN","reason":"storm","by":"nv-1"}`,
	"kt1.accepted":           `{"item":"NK000000014VN","number":"9/UB","sender":"cq-0001","handed_by":"nv-r1","addressee":"cq-0002","secrecy":"A","urgency":"timed","at_ms":1,"named_only":true,"recall_by":"2020-05-01","returns":"NK000000028VN","locator":"dv-01","inter":true,"suburban":true,"list":"appendix-1"}`,
	"kt1.left":               `{"items":["NK000000014VN"],"wait_min":[7],"handover":"4","vehicle":"xe-01","escort":"nv-1"}`,
	"kt1.delivered":          `{"item":"NK000000014VN","body":"cq-0002","as":"contact","receiver":"nv-k2","after_hours":true,"unopened":true}`,
	// The same fact with what was added later.
	"kt1.delivered ":           `{"item":"NK000000014VN","body":"cq-0002","as":"leader","receiver":"nv-l2","office":"180200","absent":true,"list":"4","by":"nv-1","checked":"nv-2"}`,
	"kt1.recall_met":           `{"item":"NK000000014VN","by":"NK000000028VN"}`,
	"kt1.vessel_started":       `{"vessel":"2","facility":"tui-01"}`,
	"kt1.vessel_closed":        `{"vessel":"2","seal":"NP-1","first":"nv-1","second":"nv-2"}`,
	"kt1.vessel_reopened":      `{"vessel":"2","first":"nv-1","second":"nv-2"}`,
	"kt1.vessel_opened":        `{"vessel":"2","seal":"NP-1","first":"nv-1","second":"nv-2"}`,
	"kt1.vessel_emptied":       `{"vessel":"2","first":"nv-1","second":"nv-2","short":["NK000000014VN"]}`,
	"kt1.transport_named":      `{"thing":"3","vehicle":"xe-01","escort":"nv-1"}`,
	"kt1.handover_checked":     `{"handover":"4","by":"nv-1"}`,
	"kt1.incident_opened":      `{"incident":"00","kind":"seal","things":["2"],"office":"180100","handover":"4","found":"NP-2","known":"NP-1"}`,
	"kt1.minutes_signed":       `{"incident":"00","first":"nv-1","second":"nv-2"}`,
	"kt1.incident_reported":    `{"incident":"00","to":"province","after_min":3}`,
	"kt1.incident_released":    `{"incident":"00","decision":"sound","by":"nv-3"}`,
	"kt1.shift_opened":         `{"office":"180100","shift":1,"worker":"nv-1"}`,
	"kt1.shift_handed":         `{"office":"180100","shift":2,"from":"nv-1","to":"nv-2","held":["2"],"short":["NK000000014VN"],"over":["NK000000028VN"]}`,
	"kt1.register_printed":     `{"register":"out","office":"180100","page":1,"rows":20,"total":20,"copy":2,"reason":"lost"}`,
	"kt1.form_printed":         `{"form":"label","about":"NK000000014VN","copy":2,"reason":"damaged"}`,
	"kt1.locator_changed":      `{"item":"NK000000014VN","from":"dv-01","to":"dv-02"}`,
	"kt1.statement_confirmed":  `{"body":"cq-0001","month":"2020-04","verdict":"agrees","digest":"00","by":"nv-r1"}`,
	"kt1.detoured":             `{"item":"NK000000014VN","via":"180200"}`,
	"kt1.register_destroyed":   `{"register":"out","office":"180100","page":1,"first":"nv-1","second":"nv-2","rule":"kt1.records.paper@2017-08-15"}`,
	"kt1.complaint_opened":     `{"complaint":"00","body":"cq-0001","item":"NK000000014VN","about":"late","due_ms":1,"rules":["kt1.complaint.answer@2017-08-15"]}`,
	"kt1.complaint_answered":   `{"complaint":"00","outcome":"upheld"}`,
	"kt1.inspection_announced": `{"inspection":"00","authority":"department","kind":"surprise","office":"180100","on":"2020-04-22","short":true}`,
	"kt1.inspection_ended":     `{"inspection":"00","findings":["bags"]}`,
	"kt1.report_approved":      `{"period":"2020h1","digest":"00","writers":["nv-1"],"by":"nv-2"}`,
	"kt1.hold_placed":          `{"hold":"00","reason":"complaint","office":"180100"}`,
	"kt1.hold_lifted":          `{"hold":"00"}`,
	"kt1.signature_asked":      `{"asked":"00","subject":"b:2","act":"kt1.close_vessel","body":{"bag":"2","seal":"NP-1","second":"nv-2"},"second":"nv-2","until_ms":1,"digest":"ab"}`,
	"kt1.signature_given":      `{"asked":"00","subject":"b:2","act":"kt1.close_vessel","first":"nv-1","second":"nv-2","digest":"ab"}`,
	"kt1.signature_ended":      `{"asked":"00","subject":"b:2","how":"declined"}`,
	"kt1.search_closed":        `{"incident":"00","things":["NK000000014VN"],"answers":["office:180200"],"first":"nv-3","second":"nv-2"}`,
	"kt1.lost_found":           `{"thing":"NK000000014VN","incident":"00"}`,
	"kt1.partner_named":        `{"partner":"dt-01","contract":"12/HDKN-2020","from":"2020-01-01","until":"2022-01-01"}`,
	"kt1.partner_ended":        `{"partner":"dt-01","reason":"expired"}`,
	"kt1.partner_person_named": `{"partner":"dt-01","person":"nv-d1"}`,
	"kt1.partner_person_ended": `{"partner":"dt-01","person":"nv-d1"}`,
	"kt1.given_to_partner":     `{"handover":"4","partner":"dt-01","taker":"nv-d1","document":"77/BK","bags":["2"],"items":["NK000000014VN"],"theirs":true}`,
	"kt1.partner_told":         `{"item":"NK000000014VN","partner":"dt-01","told":"attempted","reason":"absent","document":"78/BK"}`,
	"kt1.vessel_back":          `{"vessel":"2","partner":"dt-01"}`,
	"kt1.taken_from_partner":   `{"bag":"2","handover":"4","partner":"dt-01","giver":"nv-d1","list":"79/BK","seal":"HN-1001","items":["ER000000016VN"]}`,
	"kt1.came_back":            `{"item":"NK000000014VN","partner":"dt-01","bag":"2"}`,
}

func TestOldFactsOfClosedMailStillRead(t *testing.T) {
	known := map[string]bool{}
	for name, text := range oldKT1 {
		name = strings.TrimRight(name, " ") // a fact that grew stands here once more, with a space behind its name
		known[name] = true
		f, err := readFact(name, []byte(text))
		if err != nil || f.Fact() != name {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := json.Marshal(f); err != nil || string(again) != text {
			t.Errorf("%s was written %s, now %s", name, text, again)
		}
	}
	if len(known) != len(kt1Readers) {
		t.Errorf("%d facts are read, %d are remembered here", len(kt1Readers), len(known))
	}
}
