package procedure

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"citypost/internal/postal"
)

// MakeUp fills an empty catalogue with invented procedures for a demonstration, in force since well before the day, with one amended, one ended, one
// that ends soon and one to come. Their codes begin with 9.9, which no ministry uses, and every page says that they are made up.
// A catalogue that holds anything stays as it is.
func MakeUp(ctx context.Context, s *Store, day postal.Day) error {
	if len(s.Catalogue().All()) > 0 {
		return nil
	}
	base := postal.MakeDay(2025, time.July, 1)
	for _, r := range []Release{
		{Act: "01/QĐ-MẪU", From: base, Data: madeUpLines(sketches)},
		{Act: "02/QĐ-MẪU", From: day.AddDays(-40), Data: madeUpLines(changedSketches)},
		{Act: "03/QĐ-MẪU", From: day.AddDays(-20), Data: repeals("9.900024", sketches)},
		{Act: "04/QĐ-MẪU", From: day.AddDays(32), Data: repeals("9.900023", sketches)},
		{Act: "05/QĐ-MẪU", From: day.AddDays(60), Data: madeUpLines(comingSketches)},
	} {
		r.MadeUp = true
		if _, err := s.Apply(ctx, r, nil); err != nil {
			return fmt.Errorf("make up procedures: %w", err)
		}
	}
	return nil
}

// sketch is a made-up procedure in one line: number, name, field, agency, working days, fee, papers, result. A paper is “name|originals|copies”; one that begins with ! is
// only shown. online tells that it can be filed online too; noPost that the person must come.
type sketch struct {
	number         int
	name, field    string
	agency         string
	level          Level
	days           string
	fee            postal.VND
	papers         []string
	result         string
	noPost, online bool
}

const (
	ward     = "Uỷ ban nhân dân phường, xã (mẫu)"
	justice  = "Sở Tư pháp (mẫu)"
	building = "Sở Xây dựng (mẫu)"
	land     = "Văn phòng đăng ký đất đai (mẫu)"
	finance  = "Sở Tài chính (mẫu)"
	health   = "Sở Y tế (mẫu)"
	school   = "Sở Giáo dục và Đào tạo (mẫu)"
	labour   = "Sở Nội vụ (mẫu)"
	trade    = "Sở Công Thương (mẫu)"
)

const (
	form     = "Tờ khai theo mẫu|1|0"
	identity = "!Thẻ căn cước hoặc hộ chiếu|1|0"
	home     = "!Giấy tờ chứng minh nơi cư trú|1|0"
	proxy    = "Văn bản uỷ quyền, nếu người khác nộp thay|1|0"
)

var sketches = []sketch{
	{1, "Đăng ký khai sinh (mẫu)", "Hộ tịch", ward, Commune, "1", 0, []string{form, "Giấy chứng sinh|1|0", identity, home, proxy}, "Giấy khai sinh", false, true},
	{2, "Đăng ký lại khai sinh (mẫu)", "Hộ tịch", ward, Commune, "5", 8_000, []string{form, "Bản sao hồ sơ, giấy tờ có ngày sinh|0|1", identity}, "Giấy khai sinh", false, true},
	{3, "Đăng ký khai tử (mẫu)", "Hộ tịch", ward, Commune, "1", 0, []string{form, "Giấy báo tử|1|0", identity, proxy}, "Trích lục khai tử", false, true},
	{4, "Đăng ký kết hôn (mẫu)", "Hộ tịch", ward, Commune, "3", 0, []string{form, identity}, "Giấy chứng nhận kết hôn", true, false},
	{5, "Cấp giấy xác nhận tình trạng hôn nhân (mẫu)", "Hộ tịch", ward, Commune, "3", 15_000, []string{form, identity, "Bản án, quyết định ly hôn, nếu có|0|1"}, "Giấy xác nhận tình trạng hôn nhân", false, true},
	{6, "Cấp bản sao trích lục hộ tịch (mẫu)", "Hộ tịch", ward, Commune, "1", 8_000, []string{form, identity, proxy}, "Bản sao trích lục", false, true},
	{7, "Thay đổi, cải chính hộ tịch (mẫu)", "Hộ tịch", ward, Commune, "3", 28_000, []string{form, "Giấy tờ làm căn cứ cải chính|1|1", identity}, "Trích lục cải chính", false, true},
	{8, "Cấp phiếu lý lịch tư pháp (mẫu)", "Lý lịch tư pháp", justice, Province, "10", 200_000, []string{form, "Bản sao thẻ căn cước|0|1", proxy}, "Phiếu lý lịch tư pháp", false, true},
	{9, "Đăng ký hành nghề luật sư tại tổ chức (mẫu)", "Luật sư", justice, Province, "7", 50_000, []string{form, "Bản sao chứng chỉ hành nghề|0|1"}, "Giấy đăng ký", false, true},
	{10, "Cấp giấy phép xây dựng nhà ở riêng lẻ (mẫu)", "Xây dựng", building, Province, "15", 75_000, []string{"Đơn đề nghị theo mẫu|1|0", "Bản sao giấy tờ về quyền sử dụng đất|0|1", "Bản vẽ thiết kế|2|0"}, "Giấy phép xây dựng", false, true},
	{11, "Gia hạn giấy phép xây dựng (mẫu)", "Xây dựng", building, Province, "5", 15_000, []string{"Đơn đề nghị theo mẫu|1|0", "Giấy phép xây dựng đã cấp|1|0"}, "Giấy phép đã gia hạn", false, true},
	{12, "Cấp lại chứng chỉ hành nghề xây dựng (mẫu)", "Xây dựng", building, Province, "7", 150_000, []string{"Đơn đề nghị theo mẫu|1|0", "Ảnh 4 × 6|2|0"}, "Chứng chỉ hành nghề", false, true},
	{13, "Đăng ký biến động đất đai (mẫu)", "Đất đai", land, Province, "10", 30_000, []string{"Đơn đăng ký theo mẫu|1|0", "Giấy chứng nhận đã cấp|1|0", "Hợp đồng, văn bản chuyển quyền|1|1"}, "Giấy chứng nhận", false, true},
	{14, "Cấp lại giấy chứng nhận bị mất (mẫu)", "Đất đai", land, Province, "10", 50_000, []string{"Đơn đề nghị theo mẫu|1|0", "Giấy xác nhận đã niêm yết|1|0"}, "Giấy chứng nhận", false, false},
	{15, "Tách thửa, hợp thửa đất (mẫu)", "Đất đai", land, Province, "12", 30_000, []string{"Đơn đề nghị theo mẫu|1|0", "Giấy chứng nhận đã cấp|1|0", "Bản vẽ tách thửa|1|0"}, "Giấy chứng nhận", false, false},
	{16, "Đăng ký thành lập hộ kinh doanh (mẫu)", "Đăng ký kinh doanh", finance, Commune, "3", 100_000, []string{"Giấy đề nghị theo mẫu|1|0", "Bản sao thẻ căn cước của chủ hộ|0|1"}, "Giấy chứng nhận đăng ký", false, true},
	{17, "Chấm dứt hoạt động hộ kinh doanh (mẫu)", "Đăng ký kinh doanh", finance, Commune, "3", 0, []string{"Thông báo theo mẫu|1|0", "Giấy chứng nhận đăng ký đã cấp|1|0"}, "Thông báo chấm dứt", false, true},
	{18, "Cấp chứng chỉ hành nghề dược (mẫu)", "Dược phẩm", health, Province, "20", 500_000, []string{"Đơn đề nghị theo mẫu|1|0", "Bản sao văn bằng chuyên môn|0|1", "Giấy chứng nhận sức khoẻ|1|0"}, "Chứng chỉ hành nghề", false, true},
	{19, "Cấp giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm (mẫu)", "An toàn thực phẩm", trade, Province, "20", 700_000, []string{"Đơn đề nghị theo mẫu|1|0", "Bản thuyết minh cơ sở vật chất|1|0"}, "Giấy chứng nhận", false, true},
	{20, "Cấp bản sao văn bằng từ sổ gốc (mẫu)", "Giáo dục", school, Province, "1", 0, []string{"Đơn đề nghị theo mẫu|1|0", identity, proxy}, "Bản sao văn bằng", false, true},
	{21, "Giải quyết trợ cấp mai táng (mẫu)", "Người có công", labour, Commune, "7.5", 0, []string{form, "Trích lục khai tử|0|1"}, "Quyết định trợ cấp", false, true},
	{22, "Trợ cấp xã hội hằng tháng (mẫu)", "Bảo trợ xã hội", ward, Commune, "10", 0, []string{form, "Giấy xác nhận khuyết tật, nếu có|0|1", identity}, "Quyết định trợ cấp", false, true},
	{23, "Cấp giấy phép bán lẻ rượu (mẫu)", "Lưu thông hàng hoá", trade, Commune, "7", 0, []string{"Đơn đề nghị theo mẫu|1|0", "Bản sao giấy đăng ký kinh doanh|0|1"}, "Giấy phép", false, true},
	{24, "Xác nhận đơn xin sao hồ sơ cũ (mẫu)", "Lưu trữ", ward, Commune, "", 0, []string{"Đơn đề nghị|1|0"}, "Đơn đã xác nhận", false, false},
}

var changedSketches = []sketch{
	{8, "Cấp phiếu lý lịch tư pháp số 1 (mẫu)", "Lý lịch tư pháp", justice, Province, "7", 200_000, []string{form, "Bản sao thẻ căn cước|0|1", proxy}, "Phiếu lý lịch tư pháp", false, true},
	{16, "Đăng ký thành lập hộ kinh doanh (mẫu)", "Đăng ký kinh doanh", finance, Commune, "2", 100_000, []string{"Giấy đề nghị theo mẫu|1|0"}, "Giấy chứng nhận đăng ký", false, true},
}

var comingSketches = []sketch{
	{25, "Cấp mã định danh địa điểm kinh doanh (mẫu)", "Đăng ký kinh doanh", finance, Commune, "3", 0, []string{form, identity}, "Mã định danh", false, true},
}

// madeUpLines writes sketches as a list in our own format.
func madeUpLines(list []sketch) []byte {
	var b bytes.Buffer
	for _, s := range list {
		v := s.version()
		line, err := jsonLine(&v)
		if err != nil {
			panic(err) // a version is always JSON
		}
		b.Write(line)
	}
	return b.Bytes()
}

// repeals writes a list that ends one of the sketches.
func repeals(code Code, list []sketch) []byte {
	for _, s := range list {
		if s.code() == code {
			return []byte("code\tname\tstatus\n" + string(code) + "\t" + s.name + "\trepealed\n")
		}
	}
	return nil
}

func (s sketch) code() Code { return Code(fmt.Sprintf("9.9%05d", s.number)) }

func (s sketch) version() Version {
	limit := MakeLimit(s.days, WorkingDay)
	fees := func(amount postal.VND) []Fee { return []Fee{{Kind: Duty, Amount: amount, Known: true}} }
	v := Version{Code: s.code(), Name: s.name, Field: s.field, Agency: s.agency, Levels: []Level{s.level}, Results: []string{s.result}, Subjects: []string{"Cá nhân"},
		Channels: []Channel{{Method: Direct, Limit: limit, Fees: fees(s.fee)}}, LegalBasis: []string{"Văn bản mẫu, không có thật"}}
	if s.online {
		v.Channels = append(v.Channels, Channel{Method: Online, Limit: limit, Fees: fees(0)})
	}
	if !s.noPost {
		v.Channels = append(v.Channels, Channel{Method: Postal, Limit: limit, Fees: fees(s.fee)})
	}
	shown := false
	for i, text := range s.papers {
		c := Component{ID: fmt.Sprintf("%02d", i+1)}
		parts := strings.Split(text, "|")
		if c.Name = parts[0]; strings.HasPrefix(c.Name, "!") {
			c.Name, c.Role, shown = c.Name[1:], Present, true
		}
		c.Conditional = conditional(c.Name)
		c.Originals, c.Copies = int(parts[1][0]-'0'), int(parts[2][0]-'0')
		v.Components = append(v.Components, c)
	}
	if shown {
		v.Components = append(v.Components, Component{ID: fmt.Sprintf("%02d", len(v.Components)+1), Role: Remark, Only: []Method{Postal},
			Name: "Gửi qua bưu chính thì kèm bản sao có chứng thực các giấy tờ phải xuất trình."})
	}
	return v
}
