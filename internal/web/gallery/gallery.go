// Package gallery shows every part and every frame of package web with made-up data, for people to look at and for the
// browser tests.
//
// It owns the pages under /_pages. Its promise: what is not in the gallery is not tested in a browser, so a new part comes
// with a new picture. It leans on web and web/code; no product code imports it. Start with Mount.
package gallery

import (
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// Clerk is a made-up counter clerk with two roles, to look at staff pages as.
var Clerk = web.Person{ID: "NV0001", Login: "gdv.mau", Name: "Trần Thị Mẫu", Session: "s1",
	Roles:  []web.Role{{Name: web.Clerk, Office: "180100"}, {Name: web.Carrier, Office: "180100"}},
	Acting: web.Role{Name: web.Clerk, Office: "180100"}}

// Mount adds the gallery to a mux.
func Mount(m *web.Mux) {
	m.Service("/_pages/public", "Tra cứu", "Track")
	m.Service("/_pages/form", "Gửi hồ sơ", "Send a dossier")
	m.Service("/_pages/home", "Thùng thư gần bạn", "Letterboxes near you")
	for i, j := range [][3]string{{"/_pages/desk", "Bàn quét", "Scan desk"}, {"/_pages/parts", "Nhận bưu gửi", "Accept mail"},
		{"/_pages/list", "Túi và bản kê", "Bags and manifests"}, {"/_pages/street", "Danh sách phát", "Delivery list"}} {
		m.Job(web.AnyOf(web.Clerk, web.Carrier), i, j[0], j[1], j[2])
	}
	for path, page := range pages {
		m.Get("/_pages/"+path, web.Public, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, http.StatusOK, page(web.NewPage(r, "Trang mẫu", "Sample page")))
		})
	}
	m.Post("/_pages/desk", web.Clerk, postScan)
	m.Post("/_pages/parts", web.Clerk, postParts)
	m.Get("/_pages/fail/{kind}", web.Public, fail)
	m.Get("/_pages/done", web.Public, func(w http.ResponseWriter, r *http.Request) error {
		return web.Done(w, r, "/_pages/desk", "Đã đóng túi 1801-0017, 24 bưu gửi.", "Bag 1801-0017 closed with 24 items.")
	})
}

// postScan answers a scan the three ways a desk can: GOOD…, ASK…, anything else is refused.
func postScan(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	code := f.Text("code", 40)
	p := web.NewPage(r, "Bàn quét", "Scan desk")
	answer := scanAnswer(p, code)
	if web.Partial(r) {
		return web.Render(w, r, http.StatusOK, answer)
	}
	return web.Render(w, r, http.StatusOK, deskPage(p, answer))
}

func postParts(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	f.Text("sender", 60)
	f.Int("weight", 1, 30000)
	f.Choice("service", "letter", "parcel")
	p := web.NewPage(r, "Nhận bưu gửi", "Accept mail")
	if err := f.Err(); err != nil {
		return web.Render(w, r, web.Status(err), partsPage(p, f))
	}
	return web.Done(w, r, "/_pages/desk", "Đã nhận bưu gửi RR473124829VN.", "Item RR473124829VN accepted.")
}

func fail(_ http.ResponseWriter, r *http.Request) error {
	switch r.PathValue("kind") {
	case "conflict":
		return fault.New(fault.Conflict, "gallery.conflict", "Bưu gửi RR473124829VN đang ở bưu cục 180200, không phải ở đây.",
			"Item RR473124829VN is at office 180200, not here.")
	case "panic":
		panic("as asked")
	}
	return fault.New(fault.Unavailable, "gallery.full", "Ổ đĩa đã đầy nên chưa ghi được. Đọc vẫn bình thường.",
		"The disk is full, so nothing can be written. Reading goes on.")
}
