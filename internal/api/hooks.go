package api

// Hooks manages subscriptions to facts.
type Hooks interface{}

func (s *Service) addHooks() {}
