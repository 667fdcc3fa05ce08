package desk

import "citypost/internal/web"

// mountCounter registers the pages of the counter and of transport.
func (s *Service) mountCounter(m *web.Mux) {
	m.Job(web.Clerk, 10, "/desk", "Bàn quét", "Scan desk")
	m.Get("/desk", web.Clerk, s.getScan)
	m.Post("/desk", web.Clerk, s.postScan)
	m.Get("/desk/find", web.Staff, s.getFind)
	m.Post("/desk/undo", web.Clerk, s.postUndo)
	m.Post("/desk/seen", web.Clerk, s.postSeen)
	m.Get("/desk/cards", web.Clerk, s.getCards)
	s.mountAccept(m)
	s.mountBags(m)
	s.mountDispatches(m)
	s.mountHandovers(m)
}

func (s *Service) mountAccept(m *web.Mux) {
	m.Job(web.Clerk, 20, "/desk/accept", "Nhận gửi", "Accept mail")
	m.Get("/desk/accept", web.Clerk, s.getAccept)
	m.Post("/desk/accept", web.Clerk, s.postAccept)
	m.Get("/desk/communes", web.Clerk, s.getCommunes)
	m.Get("/desk/items/{code}/accepted", web.Clerk, s.getAccepted)
	m.Get("/desk/items/{code}/label", web.Clerk, s.getLabel)
	m.Get("/desk/items/{code}/sticker", web.Clerk, s.getSticker)
	m.Get("/desk/items/{code}/receipt", web.Clerk, s.getReceipt)
}

func (s *Service) mountBags(m *web.Mux) {
	m.Job(web.Clerk, 30, "/desk/bags", "Túi và chuyến thư", "Bags and dispatches", "/desk/dispatches", "/desk/handovers")
	m.Get("/desk/bags", web.Clerk, s.getBags)
	m.Post("/desk/bags", web.Clerk, s.postBags)
	m.Get("/desk/bags/{code}", web.Clerk, s.getBag)
	m.Post("/desk/bags/{code}", web.Clerk, s.postScan)
	m.Get("/desk/bags/{code}/seal", web.Clerk, s.getSeal)
	m.Post("/desk/bags/{code}/seal", web.Clerk, s.postSeal)
	m.Post("/desk/bags/{code}/unseal", web.Clerk, s.postUnseal)
	m.Get("/desk/bags/{code}/open", web.Clerk, s.getOpen)
	m.Post("/desk/bags/{code}/open", web.Clerk, s.postOpen)
	m.Post("/desk/bags/{code}/take", web.Clerk, s.postTake)
	m.Get("/desk/bags/{code}/empty", web.Clerk, s.getEmpty)
	m.Post("/desk/bags/{code}/empty", web.Clerk, s.postEmpty)
	m.Get("/desk/bags/{code}/label", web.Clerk, s.getBagLabel)
	m.Get("/desk/bags/{code}/manifest", web.Clerk, s.getBagManifest)
}

func (s *Service) mountDispatches(m *web.Mux) {
	m.Get("/desk/dispatches", web.Clerk, s.getDispatches)
	m.Post("/desk/dispatches", web.Clerk, s.postDispatches)
	m.Get("/desk/dispatches/{code}", web.Clerk, s.getDispatch)
	m.Post("/desk/dispatches/{code}", web.Clerk, s.postScan)
	m.Get("/desk/dispatches/{code}/manifest", web.Clerk, s.getDispatchManifest)
	m.Post("/desk/dispatches/{code}/unload", web.Clerk, s.postUnload)
	m.Post("/desk/dispatches/{code}/close", web.Clerk, s.postClose)
	m.Post("/desk/dispatches/{code}/reopen", web.Clerk, s.postReopen)
	m.Post("/desk/dispatches/{code}/give", web.Clerk, s.postGive)
	m.Post("/desk/dispatches/{code}/receive", web.Clerk, s.postReceive)
}

func (s *Service) mountHandovers(m *web.Mux) {
	m.Job(web.Driver, 10, "/desk/handovers", "Bàn giao của tôi", "My handovers")
	m.Get("/desk/handovers", handler, s.getHandovers)
	m.Get("/desk/handovers/{code}", handler, s.getHandover)
	m.Post("/desk/handovers/{code}", handler, s.postHandoverScan)
	m.Get("/desk/handovers/{code}/print", handler, s.getHandoverPrint)
	m.Get("/desk/handovers/{code}/receipt", handler, s.getHandoverReceipt)
	m.Post("/desk/handovers/{code}/count", handler, s.postCount)
	m.Post("/desk/handovers/{code}/sign", handler, s.postSign)
	m.Post("/desk/handovers/{code}/withdraw", handler, s.postWithdraw)
}
