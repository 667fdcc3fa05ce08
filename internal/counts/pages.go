package counts

import (
	"net/http"
	"strings"

	"citypost/internal/web"
)

// Path is where the page lies.
const Path = "/counts"

// Readers lead the post, or watch over it.
var Readers = web.AnyOf(web.Manager, web.Department)

// Mount registers the page. It is looked at twice a year, for the reports.
func (s *Store) Mount(m *web.Mux) {
	m.Get(Path, Readers, s.getCounts)
	m.RareJob(Readers, 75, Path, "Số liệu nhà nội bộ", "Closed house's figures")
}

func (s *Store) getCounts(w http.ResponseWriter, r *http.Request) error {
	sheets, err := s.Sheets(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, countsPage(web.NewPage(r, "Số liệu tổng hợp nhận từ nhà nội bộ", "Figures taken from the closed house"), sheets))
}

// words of the figures that the closed house sends; what is not here is shown by its key.
var words = map[string][2]string{
	"items": {"Bưu gửi", "Items"}, "items.intra": {"– nội tỉnh", "– intra-province"}, "items.inter": {"– liên tỉnh", "– inter-province"},
	"delivered": {"Đã phát", "Delivered"}, "on_time": {"Phát lần đầu đúng hạn", "First attempt on time"}, "judged": {"Đã đến lúc xét thời hạn", "Judged against the limit"},
	"incidents": {"Sự cố", "Incidents"}, "complaints": {"Khiếu nại", "Complaints"}, "inspections": {"Cuộc kiểm tra", "Inspections"}, "fee_vnd": {"Doanh thu (đồng)", "Revenue (đồng)"},
}

func say(p web.Page, key string) string {
	if w, ok := words[key]; ok {
		return p.T(w[0], w[1])
	}
	return strings.ReplaceAll(key, "_", " ")
}

func figure(p web.Page, s Sheet, l Line) string {
	if l.Hidden {
		return p.T("ẩn", "hidden")
	}
	return p.Number(l.N)
}
