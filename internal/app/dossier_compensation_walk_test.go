package app

import (
	"net/http"
	"testing"

	"citypost/internal/cash"
	"citypost/internal/dossier"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/webtest"
)

// An office with one supervisor grants more than the least for a packet, and later for another of the same dossier. A manager finds both on the list, reads each on its own and approves it; then the supervisor pays.
func TestAManagerApprovesTheCompensationOfEachPacket(t *testing.T) {
	w := openWalk(t)
	w.hire("ld1", web.Manager, "")
	n := w.takenIn("NP000501")
	sent := w.dossier(n).Item
	w.be("gd1")
	w.loses(n)
	w.grants(n, "BB-01/2026", "300000")
	w.approves(n, "BB-01/2026", "300.000", "")
	w.paysApproved(n, "BB-01/2026", "")
	w.balance(cash.Compensation, 300_000)

	c, officer := w.form("gd1"), w.form("cb1")
	w.doIt(c, n, "found", http.StatusSeeOther)
	w.bring(c, officer, n)
	result := w.arrives(c, officer, n, "").Result
	w.doIt(c, n, "lost", http.StatusSeeOther, "reason", "not_found")
	w.grants(n, "BB-02/2026", "500000")
	w.sees("BB-01/2026", "BB-02/2026", sent.Grouped(), result.Grouped(), "Đã bồi thường 300.000")
	w.look("two-records")
	w.approves(n, "BB-02/2026", "500.000", "BB-01/2026")
	w.paysApproved(n, "BB-02/2026", "BB-01/2026")
	w.balance(cash.Compensation, 800_000)
	if diff, err := w.Ledger.Check(t.Context(), nil); err != nil || len(diff) > 0 {
		t.Errorf("replay differs from live: %v, %v", diff, err)
	}
}

// grants is the supervisor, who records more than the least and reads that he does not pay it alone.
func (w *walk) grants(n postal.DossierNumber, record, amount string) {
	w.be("ks1")
	w.screen(webtest.Desk)
	w.isAt(n, dossier.Lost)
	w.open("/dossiers/case/" + string(n))
	w.put("record", record)
	w.tick("kind", "lost")
	w.tick("fault", "post")
	w.put("granted", amount)
	w.press("Lập biên bản xác định trách nhiệm")
	w.sees("Đã ghi: biên bản trách nhiệm", "người lập biên bản không tự chi", "Người mẫu ld1", "!Chi bồi thường theo biên bản "+record)
}

// approves is the manager: from the list to the one record that waits, and back to an empty list.
func (w *walk) approves(n postal.DossierNumber, record, amount, settled string) {
	w.be("ld1")
	w.open("/dossiers/compensations")
	w.sees(record, "Mất, lỗi của bưu điện", amount)
	if settled != "" {
		w.sees("!" + settled)
	}
	w.look("compensations")
	w.Submit(`main table a[href^="/dossiers/case/"]`)
	w.sees(record, "Duyệt "+amount, "!Nguyễn Văn Mẫu")
	w.screen(webtest.Phone)
	w.look("to-approve")
	w.screen(webtest.Desk)
	w.press("Duyệt " + amount)
	w.sees("Đã ghi: duyệt số tiền bồi thường", "Duyệt số tiền", "Người mẫu ld1", "!Duyệt "+amount)
	w.open("/dossiers/compensations")
	w.sees("Không có khoản bồi thường nào chờ duyệt")
}

// paysApproved is the supervisor again, who pays exactly what was approved, by its own record.
func (w *walk) paysApproved(n postal.DossierNumber, record, settled string) {
	w.be("ks1")
	w.open("/dossiers/case/" + string(n))
	w.unfold("Chi bồi thường theo biên bản " + record)
	w.tick("means", "transfer")
	w.press("Chi bồi thường theo biên bản " + record)
	w.sees("Đã ghi: bồi thường", "Thất lạc, đã bồi thường", record, settled, "!Chi bồi thường theo biên bản")
	w.open(webtest.Eval[string](w.Browser, `document.querySelector('a[href*="/liability?packet="]').getAttribute("href")`)) // in a window of its own
	w.sees("BIÊN BẢN XÁC ĐỊNH TRÁCH NHIỆM", record, "Đã bồi thường")
	if settled != "" {
		w.sees("!" + settled)
	}
	w.look("record-print")
}
