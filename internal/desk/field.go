package desk

import "citypost/internal/web"

// mountField registers the pages of the field: rounds, delivery lists, irregularities, items and the office board.
func (s *Service) mountField(m *web.Mux) {
}
