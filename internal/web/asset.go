package web

import (
	"net/http"

	"citypost/internal/web/assets"
)

const assetPrefix = assets.Prefix

// Asset gives the address of a sheet, script or font ("desk.css").
func Asset(name string) string { return assets.Path(name) }

func (m *Mux) mountAssets() {
	m.routes = append(m.routes, Route{Method: "GET", Pattern: assetPrefix, Right: Public})
	serve := assets.Serve
	if m.Site.Closed {
		serve = assets.ServeUnkept
	}
	m.mux.Handle("GET "+assetPrefix, http.HandlerFunc(serve))
}
