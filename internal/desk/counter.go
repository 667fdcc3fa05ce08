package desk

import "citypost/internal/web"

// mountCounter registers the pages of the counter and of transport.
func (s *Service) mountCounter(m *web.Mux) {
}
