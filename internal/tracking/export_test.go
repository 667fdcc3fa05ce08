package tracking

import "net/http"

// Ask counts a question from an address, as a request would.
func (s *Service) Ask(remote string) bool {
	return s.asked.allow(s.Limit, address(&http.Request{RemoteAddr: remote}), s.Now())
}

// Buckets is how many addresses are remembered.
func (s *Service) Buckets() int { return len(s.asked.buckets) }
