package app

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Handler answers requests that name this machine, and no others: a page of another site, whose name was made to lead here, is told nothing.
func (h *ClosedHouse) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.meant(r) {
			h.floor.Handler().ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(http.StatusMisdirectedRequest)
		_, _ = fmt.Fprintln(w, "Nhà nội bộ chỉ trả lời ở đúng địa chỉ của nó. Hãy gõ địa chỉ mà chương trình in ra khi khởi động.\nThe closed house answers at its own address only. Type the address that the program prints when it starts.")
	})
}

// meant reports whether a request names where it arrived: the address and port of the connection, this machine by its usual names where that is loopback, or a name in the
// house's own certificate. Only the Host counts; what a proxy may have added is not looked at.
func (h *ClosedHouse) meant(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	here, err := netip.ParseAddrPort(local.String())
	if err != nil {
		return false
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil { // no port: the usual one
		host, port = strings.Trim(r.Host, "[]"), "80"
		if r.TLS != nil {
			port = "443"
		}
	}
	if port != fmt.Sprint(here.Port()) {
		return false
	}
	at := here.Addr().Unmap()
	if host == at.WithZone("").String() || at.IsLoopback() && (strings.EqualFold(host, "localhost") || host == "127.0.0.1" || host == "::1") {
		return true
	}
	return r.TLS != nil && h.Certificate != nil && h.Certificate.VerifyHostname(host) == nil
}
