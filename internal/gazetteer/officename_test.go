package gazetteer

import "testing"

func TestAnOfficeIsCalledAsPeopleCallIt(t *testing.T) {
	for name, want := range map[string][2]string{
		"Hồng Bàng":              {"Bưu cục Hồng Bàng", "Hồng Bàng post office"},
		"Bưu điện Kiến An":       {"Bưu điện Kiến An", "Bưu điện Kiến An"},
		"Điểm BĐ-VHX Tân Trào":   {"Điểm BĐ-VHX Tân Trào", "Điểm BĐ-VHX Tân Trào"},
		"bưu cục cấp 3 Cát Bà":   {"bưu cục cấp 3 Cát Bà", "bưu cục cấp 3 Cát Bà"},
		"Trung tâm (mẫu)":        {"Bưu cục Trung tâm (mẫu)", "Trung tâm (mẫu) post office"},
		"Trung tâm khai thác Đồ": {"Trung tâm khai thác Đồ", "Trung tâm khai thác Đồ"},
	} {
		o := Office{Name: name}
		if vi, en := o.FullName("vi"), o.FullName("en"); vi != want[0] || en != want[1] {
			t.Errorf("%s: %q, %q", name, vi, en)
		}
	}
}
