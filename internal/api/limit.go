package api

import (
	"math"
	"net/http"
	"strconv"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// admitRate counts a request against its credential, or against its address when it has none.
func (s *Service) admitRate(w http.ResponseWriter, c *call) error {
	asked, limit, key := &s.known, s.Known, c.person.Session
	if key == "" {
		key = string(c.person.ID)
	}
	if !c.person.Known() {
		asked, limit, key = &s.strangers, s.Strangers, web.Network(web.AddressOf(c.r))
	}
	d := asked.Wait(limit, key, s.Now())
	if d <= 0 {
		return nil
	}
	seconds := int(math.Ceil(d.Seconds()))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return fault.New(fault.TooMany, "api.too_many",
		"Gửi quá nhanh. Hãy đợi %d giây rồi gửi lại.", "Too many requests. Wait %d seconds, then send again.", seconds)
}
