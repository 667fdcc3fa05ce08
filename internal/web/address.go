package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"citypost/internal/fault"
)

// Proxies are the networks whose word about where a request comes from is believed: the reverse proxies before us, nobody else.
type Proxies []netip.Prefix

// ParseProxies reads networks ("10.0.0.0/8") and single addresses ("127.0.0.1").
func ParseProxies(texts ...string) (Proxies, error) {
	var out Proxies
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if a, aerr := netip.ParseAddr(text); aerr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "web.proxy",
				"%q không phải địa chỉ hay dải mạng của proxy. Ví dụ: 127.0.0.1 hoặc 10.0.0.0/8.",
				"%q is no address and no network of a proxy. Examples: 127.0.0.1 or 10.0.0.0/8.", text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func (p Proxies) trust(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// client is where a request comes from: the connection's other end, or, when that is a trusted proxy, the last address in X-Forwarded-For that is
// none. What stands further to the left was written by a stranger and is not looked at.
func (p Proxies) client(r *http.Request) string {
	from, ok := readAddr(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	left := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	for p.trust(from) && left != "" {
		cut := strings.LastIndexByte(left, ',')
		next, ok := readAddr(left[cut+1:])
		if !ok {
			break
		}
		from, left = next, left[:max(cut, 0)]
	}
	return from.String()
}

// readAddr reads an address with or without a port.
func readAddr(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap().WithZone(""), err == nil
}

// AddressOf is the network address of whoever sent the request, told by a trusted proxy when one stands between.
func AddressOf(r *http.Request) string {
	if v := visitOf(r); v.address != "" {
		return v.address
	}
	return Proxies(nil).client(r)
}

// Network is what one asker holds: an address of version 4, or the /64 around one of version 6, which one household has. Brakes and limits count by it.
func Network(address string) string {
	a, ok := readAddr(address)
	if !ok {
		return address
	}
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
