package closedmail_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"citypost/internal/closedmail"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
	"citypost/internal/web/webtest"
)

// someWords fill every section.
func someWords() (pairs []string) {
	for n, s := range closedmail.Sections {
		pairs = append(pairs, string(s), fmt.Sprintf("Mục %d: dịch vụ thực hiện đúng Quyết định 55/2016/QĐ-TTg và Thông tư 16/2017/TT-BTTTT, không có vướng mắc.\nĐề nghị bổ sung 01 xe chuyên dùng.", n+1))
	}
	return pairs
}

// TestAReportIsWrittenByOneAndApprovedByAnother writes, approves, and changes a word and a figure afterwards.
func TestAReportIsWrittenByOneAndApprovedByAnother(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := newSite(t, db)
		s.accept(cover())
		writer, head, clerk := s.as(security), s.as(headA), s.as(clerkA)
		if a := clerk.get("/kt1/report?period=2020h1"); a.status != http.StatusForbidden {
			t.Errorf("a clerk sees the report: %d", a.status)
		}
		page := head.get("/kt1/report?period=2020h1").body
		for _, want := range []string{"DỰ THẢO", "Chưa soạn", "Việc tuân thủ quy định về KT1", "09/07/2020", "19/07/2020", "Điều 16 khoản 1", "chưa kiểm chứng"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if page := head.get("/kt1/report?period=2020").body; !strings.Contains(page, "19/01/2021") {
			t.Error("the year's report is not due before 20 January")
		}
		digest := func() string {
			return between(head.get("/kt1/report?period=2020h1").body, `name="digest" value="`, `"`)
		}
		if digest() != "" {
			t.Error("a report that nobody wrote can be approved")
		}
		writer.done("/kt1/report/words", with(someWords(), "period", "2020h1")...)
		first := digest()
		head.saysNo("đã thay đổi", "/kt1/report/approve", "period", "2020h1", "digest", strings.Repeat("0", 64))
		own := someWords()
		own[len(own)-1] = "Đề nghị tập huấn hằng năm."
		head.done("/kt1/report/words", with(own, "period", "2020h1", "was.proposals", "1")...)
		head.saysNo("khác người soạn", "/kt1/report/approve", "period", "2020h1", "digest", digest())
		if digest() == first {
			t.Error("other words, the same fingerprint")
		}
		other := s.as(headB)
		other.done("/kt1/report/approve", "period", "2020h1", "digest", digestOf(other.get("/kt1/report?period=2020h1").body))
		if body := head.get("/kt1/report?period=2020h1").body; !strings.Contains(body, "Đã duyệt: "+names[headB]) || !strings.Contains(body, "Đề nghị tập huấn hằng năm.") {
			t.Error("the approval is not shown")
		}
		for _, format := range []string{"pdf", "xlsx"} {
			a := head.get("/kt1/report/file/" + format + "?period=2020h1")
			if a.status != http.StatusOK || len(a.body) < 2000 {
				t.Fatalf("%s: %d, %d bytes", format, a.status, len(a.body))
			}
			if dir := os.Getenv("CITYPOST_SHOTS"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, "kt1-report."+format), []byte(a.body), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		text := pdfText(t, []byte(head.get("/kt1/report/file/pdf?period=2020h1").body))
		for _, want := range []string{"Đề nghị tập huấn hằng năm.", "Việc tuân thủ quy định", "Đã duyệt", "NỘI BỘ – KT1", "19/07/2020", "Lưu trữ hồ sơ"} {
			if !strings.Contains(text, want) {
				t.Errorf("the PDF lacks %q:\n%s", want, text)
			}
		}
		head.done("/kt1/report/paper", "period", "2020h1")
		for _, want := range []string{"Đề nghị bổ sung 01 xe", "Đã duyệt"} {
			if !strings.Contains(head.get("/kt1/report/paper?period=2020h1").body, want) {
				t.Errorf("the paper lacks %q", want)
			}
		}
		s.accept(cover()) // a figure changes: what was approved is another report
		if !strings.Contains(head.get("/kt1/report?period=2020h1").body, "DỰ THẢO") {
			t.Error("the approval outlives a change of figures")
		}
		if a := head.get("/kt1/report?period=2020h3"); a.status == http.StatusOK {
			t.Error("there is no third half of a year")
		}
		s.sound()
	})
}

func between(text, from, to string) string {
	_, rest, ok := strings.Cut(text, from)
	if !ok {
		return ""
	}
	found, _, _ := strings.Cut(rest, to)
	return found
}

func digestOf(body string) string { return between(body, `name="digest" value="`, `"`) }

// TestWordsThatTellOfAnItemAreRefused types what a tired manager might.
func TestWordsThatTellOfAnItemAreRefused(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	item := s.accept(cover())
	head := s.as(headA)
	bag := string(s.vessel("tui-01", item))
	for what, text := range map[string]string{
		"an-item":          "Bưu gửi " + string(item) + " bị rách.",
		"an-item-spaced":   "Bưu gửi " + item.Grouped() + " bị rách.",
		"an-item-in-small": "bưu gửi " + strings.ToLower(string(item)),
		"a-bag":            "Túi " + bag + " sai niêm phong.",
		"a-seal":           "Niêm phong NP-10001 bị đứt.",
		"a-body":           "Cơ quan cq-0002 thường nhận muộn.",
		"a-body-by-name":   "CƠ QUAN MẪU SỐ 2 thường nhận muộn.",
		"a-cover":          "Công văn 123/QĐ-UB, đến muộn.",
		"a-person":         "nv-a1 làm mất",
		"a-vehicle":        "xe-01 hỏng",
		"too-long":         strings.Repeat("a ", 2500),
	} {
		f := with(nil, "period", "2020h1", "security", text)
		if a := head.post("/kt1/report/words", f...); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "govuk-error-summary") {
			t.Errorf("%s: %d %s", what, a.status, errorsOf(a.body))
		}
	}
	for n, good := range []string{"Thực hiện Quyết định 55/2016/QĐ-TTg, điều 9.", "Sản lượng 1.234 bưu gửi, tăng 12,5 %.", "QCVN 01:2015, Nghị định 26/2020", "Ngày 20/07/2020 nộp báo cáo.", "Điện thoại 24/7 hoạt động tốt, BD13 dùng đủ."} {
		head.done("/kt1/report/words", "period", "2020h1", "security", good, "was.security", strconv.Itoa(n))
	}
}

// TestTheWordsOfAReportCanBeWrittenAndReadOnPaper looks at the pages at both widths.
func TestTheWordsOfAReportCanBeWrittenAndReadOnPaper(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	s.everyPage()
	s.as(security).done("/kt1/report/words", with(someWords(), "period", "2020h1")...)
	b := webtest.Open(t)
	b.Go(s.url + "/enter/" + string(postal.StaffID(headA)))
	for _, p := range []struct{ path, name string }{{"/kt1/report?period=2020h1", "report-written"}, {"/kt1/report/words?period=2020h1", "report-words"}} {
		for _, width := range []int{webtest.Desk, webtest.Phone} {
			b.Width(width)
			b.Go(s.url + p.path)
			b.Shot(fmt.Sprintf("kt1-%s-%d", p.name, width))
			if width == webtest.Phone {
				b.Check(p.path + " on a phone")
			} else {
				b.Fits(p.path + " on a desk")
			}
		}
	}
	head := s.sit(headA)
	s.as(headA).done("/kt1/report/paper", "period", "2020h1", "why_report", "changed")
	head.gone("/kt1/report/paper?period=2020h1")
	head.paper("report-written", 2)
}

// TestTwoWhoWriteAtOnceLoseNothing lets two people open the words, each change a section, and both the same one.
func TestTwoWhoWriteAtOnceLoseNothing(t *testing.T) {
	s := newSite(t, sqltest.SQLite(t))
	who := s.as(headA)
	first, second := closedmail.Sections[0], closedmail.Sections[1]
	form := []string{"period", "2020h1", "was." + string(first), "0", "was." + string(second), "0", string(first), "", string(second), ""}
	put := func(pairs ...string) []string { return append(slices.Clone(form), pairs...) }
	who.done("/kt1/report/words", append([]string{string(first), "Lời của người thứ nhất."}, put()...)...)
	who.done("/kt1/report/words", append([]string{string(second), "Lời của người thứ hai."}, put()...)...) // the first section came back as it was drawn
	words := func() (a, b string) {
		t.Helper()
		all, err := s.pages.Records.Passages(t.Context(), "2020h1")
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Words, all[1].Words
	}
	if a, b := words(); a != "Lời của người thứ nhất." || b != "Lời của người thứ hai." {
		t.Fatalf("kept: %q and %q", a, b)
	}
	late := append([]string{string(first), "Lời đến sau."}, put()...)
	if a := who.post("/kt1/report/words", late...); a.status != http.StatusConflict || !strings.Contains(a.body, "Lời của người thứ nhất.") || !strings.Contains(a.body, "Lời đến sau.") {
		t.Errorf("%d: both versions are not shown", a.status)
	}
	if a, _ := words(); a != "Lời của người thứ nhất." {
		t.Errorf("the later one replaced the other unseen: %q", a)
	}
	late = append([]string{"was." + string(first), "1"}, late...)
	who.done("/kt1/report/words", late...)
	if a, _ := words(); a != "Lời đến sau." {
		t.Errorf("after looking at it: %q", a)
	}
}
