package account

import (
	"net/http"

	"citypost/internal/web"
)

func (g *pages) mountDevices(m *web.Mux) {
	m.Job(web.Admin, 20, devicesPath, "Thiết bị và mã API", "Devices and API tokens")
	m.Get(devicesPath, web.Admin, g.getDevices)
	m.Post(devicesPath, web.Admin, g.postDevice)
	m.Post(devicesPath+"/{id}/revoke", web.Admin, g.postRevoke)
}

// devices is the list and the form for a new one.
type devices struct {
	page    web.Page
	form    *web.Form
	list    []Device
	names   map[string]string
	offices []Office
}

func (g *pages) getDevices(w http.ResponseWriter, r *http.Request) error {
	return g.showDevices(w, r, http.StatusOK, nil)
}

func (g *pages) showDevices(w http.ResponseWriter, r *http.Request, status int, f *web.Form) (err error) {
	v := devices{page: web.NewPage(r, "Thiết bị và mã API", "Devices and API tokens"), form: f}
	v.page.Path, v.page.Wide = devicesPath, true
	if v.list, err = g.Devices(r.Context()); err != nil {
		return err
	}
	var ids []string
	for _, d := range v.list {
		ids = append(ids, d.CreatedBy, d.RevokedBy)
	}
	if v.names, err = g.Names(r.Context(), ids); err != nil {
		return err
	}
	if v.offices, err = g.officeList(r); err != nil {
		return err
	}
	return web.Render(w, r, status, devicesPage(v))
}

func (g *pages) postDevice(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	d := Device{Name: must(f, "name", checkDeviceName), Office: must(f, "office", parseScope), Until: f.MaybeDay("until")}
	for _, right := range f.All("rights") {
		d.Rights = append(d.Rights, web.Right(right))
	}
	if f.Err() != nil {
		return g.showDevices(w, r, http.StatusUnprocessableEntity, f)
	}
	d, token, err := g.AddDevice(r.Context(), g.actor(r), d)
	if err != nil {
		status := web.Status(err)
		if err := f.Refuse(err); err != nil {
			return err
		}
		return g.showDevices(w, r, status, f)
	}
	p := web.NewPage(r, "Mã của thiết bị", "Device token")
	p.Path = devicesPath
	return web.Render(w, r, http.StatusOK, tokenPage(p, d, token))
}

func (g *pages) postRevoke(w http.ResponseWriter, r *http.Request) error {
	if err := g.RevokeDevice(r.Context(), g.actor(r), pathID(r)); err != nil {
		return err
	}
	return web.Done(w, r, devicesPath, "Đã thu hồi mã; thiết bị không dùng được nữa.", "The token is revoked; the device can no longer use it.")
}
