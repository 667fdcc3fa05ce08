package procedure

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

var (
	today = postal.MakeDay(2026, time.November, 29)
	first = postal.MakeDay(2026, time.January, 1)
)

// some is a small catalogue with one procedure in each state.
func some(t *testing.T) *Catalogue {
	t.Helper()
	c, err := New([]Version{
		{Code: "9.900001", From: first, Decision: "1/QĐ-MẪU", Name: "Thủ tục đăng ký thử nghiệm", Field: "Hộ tịch", Levels: []Level{Commune},
			Channels: []Channel{{Method: Postal, Limit: MakeLimit("5", WorkingDay)}, {Method: Direct, Limit: MakeLimit("3", WorkingDay)}}},
		{Code: "9.900002", From: first, To: postal.MakeDay(2026, time.June, 30), Decision: "1/QĐ-MẪU", Name: "Cấp giấy mẫu"},
		{Code: "9.900002", From: postal.MakeDay(2026, time.July, 1), Decision: "2/QĐ-MẪU", Name: "Cấp, cấp lại giấy mẫu"},
		{Code: "9.900003", From: first, To: postal.MakeDay(2026, time.August, 31), Decision: "1/QĐ-MẪU", EndedBy: "3/QĐ-MẪU", Name: "Xác nhận mẫu cũ"},
		{Code: "9.900004", From: postal.MakeDay(2027, time.March, 1), Decision: "4/QĐ-MẪU", Name: "Đăng ký mẫu mới"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEachStateIsToldAndOnlyWhatIsInForceIsAccepted(t *testing.T) {
	c := some(t)
	for code, want := range map[Code]struct {
		state State
		fault string
		says  string
	}{
		"9.900001": {Published, "", ""},
		"9.900002": {Amended, "", ""},
		"9.900003": {Repealed, "procedure.repealed", "“Xác nhận mẫu cũ” (9.900003) đã bị bãi bỏ sau ngày 31/08/2026 (văn bản: 3/QĐ-MẪU)"},
		"9.900004": {Future, "procedure.future", "“Đăng ký mẫu mới” (9.900004) từ ngày 01/03/2027"},
	} {
		p, ok := c.Procedure(code)
		if !ok || p.State(today) != want.state {
			t.Errorf("%s is %v, want %s", code, p.State(today), want.state)
		}
		v, err := c.On(code, today)
		if fault.Code(err) != want.fault || (err == nil) != (v != nil) {
			t.Errorf("%s: %v, want the fault %q", code, err, want.fault)
		}
		if f, ok := fault.From(err); ok && !strings.Contains(f.VI, want.says) {
			t.Errorf("%s is not refused by its name: %q", code, f.VI)
		}
	}
	if _, err := c.On("1.000000", today); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown code: %v", err)
	}
	if v, err := c.On("9.900002", postal.MakeDay(2026, time.June, 30)); err != nil || v.Name != "Cấp giấy mẫu" {
		t.Errorf("a past day is not answered by the version of that day: %v, %v", v, err)
	}
}

func TestVersionsOfOneCodeMayNotOverlap(t *testing.T) {
	if _, err := New([]Version{{Code: "9.900001", From: first, Name: "A"}, {Code: "9.900001", From: today, Name: "B"}}); err == nil {
		t.Error("two versions in force at once were taken")
	}
}

func TestAnUnfilledLimitIsNeverALimit(t *testing.T) {
	for _, c := range []struct {
		quantity string
		unit     Unit
		want     string
	}{
		{"1", "OTHER", "chưa công bố"}, {"1", "", "chưa công bố"}, {"0", WorkingDay, "chưa công bố"}, {"Theo mô tả", WorkingDay, "chưa công bố"}, {"-3", Day, "chưa công bố"},
		{"1.25", Day, "chưa công bố"}, {"99999999", Day, "chưa công bố"}, {"7.5", WorkingDay, "7,5 ngày làm việc"}, {"10", Day, "10 ngày"}, {"8", Hour, "8 giờ"}, {"1", Month, "1 tháng"},
	} {
		if got := MakeLimit(c.quantity, c.unit); got.In("vi") != c.want {
			t.Errorf("%q %q is %q, want %q", c.quantity, c.unit, got.In("vi"), c.want)
		}
	}
	l := MakeLimit("21.5", WorkingDay)
	b, err := json.Marshal(l)
	var again Limit
	if err != nil || json.Unmarshal(b, &again) != nil || again != l {
		t.Errorf("%s comes back as %+v", b, again)
	}
}

func TestTheLimitOfTheCaseCounts(t *testing.T) {
	v := Version{Channels: []Channel{{Method: Postal, Limit: MakeLimit("9", WorkingDay)}}, Cases: []Case{{Code: "a", Limit: MakeLimit("1", WorkingDay)}, {Code: "b"}}}
	if l, ok := v.Limit(Postal, "a"); !ok || l.Tenths != 10 {
		t.Errorf("case a: %v %v", l, ok)
	}
	for _, code := range []string{"b", "", "c"} {
		if l, ok := v.Limit(Postal, code); ok {
			t.Errorf("case %q has the limit %v", code, l)
		}
	}
	v.Cases = nil
	if l, ok := v.Limit(Postal, ""); !ok || l.Tenths != 90 {
		t.Errorf("without cases: %v %v", l, ok)
	}
}

func TestByPostCertifiedCopiesStandForPapersToShow(t *testing.T) {
	v := Version{Components: []Component{
		{ID: "01", Name: "Tờ khai theo mẫu", Originals: 1, Only: []Method{Direct, Postal}},
		{ID: "02", Name: "Giấy tờ tùy thân", Role: Present, Originals: 1},
		{ID: "03", Name: "- Trường hợp gửi hồ sơ qua hệ thống bưu chính thì phải gửi kèm theo bản sao có chứng thực các giấy tờ phải xuất trình nêu trên.", Role: Remark},
		{ID: "04", Name: "Tệp tin điện tử", Only: []Method{Online}},
	}}
	post, counter := v.Checklist(Postal), v.Checklist(Direct)
	if len(post) != 2 || post[1].Certified != 1 || post[1].Originals != 0 || post[1].Open {
		t.Errorf("by post: %+v", post)
	}
	if len(counter) != 2 || counter[1].Certified != 0 || counter[1].Originals != 1 {
		t.Errorf("at the counter: %+v", counter)
	}
	v.Components[0].Conditional = true
	if post := v.Checklist(Postal); !post[0].Open || post[0].CountText("vi") != "1 bản chính" {
		t.Errorf("a paper for some cases is demanded of all: %+v", post[0])
	}
	v.Components = v.Components[:2]
	if post := v.Checklist(Postal); !post[1].Open || post[1].Certified != 0 {
		t.Errorf("what the list does not ask for is demanded: %+v", post)
	}
}

func TestSearchFoldsAndPutsWhatIsInForceFirst(t *testing.T) {
	c := some(t)
	for query, want := range map[string]string{
		"dang ky": "9.900001 9.900004", "ĐĂNG KÝ thử": "9.900001", "ho tich": "9.900001", "mau cap": "9.900002", "9.9": "9.900001 9.900002 9.900004 9.900003",
		"cap giay mau": "9.900002", "xac nhan": "9.900003", "thủ tục đăng ký": "9.900001 9.900004", "khong co": "",
	} {
		hits, _ := c.Find(Query{Text: query, Day: today})
		var got []string
		for _, h := range hits {
			got = append(got, string(h.Version.Code))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %s", query, got, want)
		}
	}
	if hits, more := c.Find(Query{Day: today, By: Postal}); len(hits) != 1 || more {
		t.Errorf("by post: %v", hits)
	}
	if hits, more := c.Find(Query{Day: today, Limit: 2}); len(hits) != 2 || !more {
		t.Errorf("two of four: %v %v", hits, more)
	}
}

func TestCodesAreChecked(t *testing.T) {
	if c, err := ParseCode(" 1.001 193 "); err != nil || c != "1.001193" {
		t.Errorf("%q, %v", c, err)
	}
	for _, bad := range []string{"10.005090", "1.00119", "0.001193", "1-001193", "", "1.0011934"} {
		if _, err := ParseCode(bad); fault.Code(err) != "procedure.code" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestFixedPhrasesOfListsAreRead(t *testing.T) {
	for _, c := range []struct {
		group, name string
		counted     bool
		role        Role
		only        int
	}{
		{"* Giấy tờ phải nộp:", "- Giấy chứng sinh;", true, Submit, 0},
		{"* Giấy tờ phải xuất trình:", "Hộ chiếu", true, Present, 0},
		{"* Giấy tờ phải xuất trình:", "- Trường hợp gửi hồ sơ qua hệ thống bưu chính thì phải gửi kèm theo bản sao có chứng thực các giấy tờ phải xuất trình nêu trên.", false, Remark, 1},
		{"* Lưu ý :", "- Giấy tờ do cơ quan nước ngoài cấp phải được hợp pháp hóa lãnh sự.", false, Remark, 0},
		{"", "- Chứng cứ chứng minh quan hệ gồm:", false, Remark, 0},
		{"", "- Tờ khai theo mẫu (nếu nộp hồ sơ theo hình thức trực tiếp hoặc gửi hồ sơ qua hệ thống bưu chính).", true, Submit, 2},
	} {
		if got := roleOf(c.group, c.name, c.counted); got != c.role {
			t.Errorf("%q is %q, want %q", c.name, got, c.role)
		}
		if got := onlyFor(c.name); len(got) != c.only {
			t.Errorf("%q is for %v", c.name, got)
		}
	}
	for name, want := range map[string]bool{
		"Giấy chứng sinh; trường hợp không có Giấy chứng sinh thì nộp văn bản của người làm chứng": false, "Trường hợp trẻ em bị bỏ rơi thì phải có biên bản": true,
		"Văn bản ủy quyền trong trường hợp ủy quyền": true, "Bản án, quyết định ly hôn, nếu có": true, "Giấy khai sinh": false,
		"Tờ khai theo mẫu (nếu nộp hồ sơ theo hình thức trực tiếp hoặc gửi hồ sơ qua hệ thống bưu chính).": false,
	} {
		if conditional(name) != want {
			t.Errorf("%q is conditional: %v", name, !want)
		}
	}
	for text, want := range map[string]bool{"Không": true, "Miễn phí.": true, "": false, "Không quá 8.000 đồng": false, "Mức lệ phí do Hội đồng nhân dân quyết định": false} {
		if saysFree(text) != want {
			t.Errorf("%q says free: %v", text, !want)
		}
	}
}
