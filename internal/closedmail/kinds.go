package closedmail

import (
	"citypost/internal/event"
	"citypost/internal/ledger"
)

// Kinds are the states that closed mail keeps beside those of custody: workers (w), bodies (u), facilities (g), covers (t), vessels (v), incidents (f), shifts (s), cases (e),
// acts that wait for a second signature (p), seals (m), operators outside the house (o).
func Kinds() []ledger.Kind {
	return []ledger.Kind{
		{Letter: 'w', New: func() ledger.State { return &Worker{} }, Trail: true},
		{Letter: 'u', New: func() ledger.State { return &Body{} }, Trail: true},
		{Letter: 'g', New: func() ledger.State { return &Facility{} }, Trail: true},
		{Letter: 't', New: func() ledger.State { return &Cover{} }, Trail: true},
		{Letter: 'v', New: func() ledger.State { return &Vessel{} }, Trail: true},
		{Letter: 'f', New: func() ledger.State { return &Incident{} }, Trail: true},
		{Letter: 's', New: func() ledger.State { return &Shift{} }, Trail: true},
		{Letter: 'e', New: func() ledger.State { return &Case{} }},
		{Letter: 'p', New: func() ledger.State { return &Asked{} }, Trail: true},
		{Letter: 'm', New: func() ledger.State { return &UsedSeal{} }},
		{Letter: 'o', New: func() ledger.State { return &Partner{} }, Trail: true},
	}
}

// Fold brings a fact into the states of closed mail. Facts of others pass by. It comes after custody's.
func Fold(v *ledger.View, e *event.Entry, f event.Fact) error {
	foldAsked(v, e, f)
	foldPerson(v, f)
	foldFacility(v, e, f)
	foldBody(v, f)
	foldItem(v, e, f)
	foldVessel(v, e, f)
	foldLost(v, e, f)
	foldIncident(v, e, f)
	foldShift(v, e, f)
	foldCase(v, e, f)
	foldRegister(v, e, f)
	foldPrint(v, e, f)
	foldStatement(v, e, f)
	foldPartner(v, e, f)
	return nil
}

// Acts lists every act of closed mail, for the test that proves that none takes free text.
func Acts() []ledger.Act {
	return []ledger.Act{
		FilePaper{}, WithdrawPaper{}, Assign{}, Relieve{}, AddFacility{}, Inspect{}, Retire{}, MoveFacility{}, NameResponsible{}, BeginVisit{}, EndVisit{},
		ListBody{}, DelistBody{}, ChangeEntry{}, NamePerson{}, EndPerson{}, Accept{}, UndoAccept{}, Excuse{}, StartVessel{}, Pack{}, Unpack{}, CloseVessel{}, ReopenVessel{}, OpenVessel{}, TakeOut{}, EmptyVessel{},
		StartDispatch{}, Load{}, Unload{}, CloseDispatch{}, ReopenDispatch{}, OpenHandover{}, CountThings{}, SignHandover{}, WithdrawHandover{}, Deliver{}, DeliverOnPaper{}, Attempt{}, SendBack{},
		ReportIncident{}, SignMinutes{}, ReportUp{}, Release{}, Settle{}, OpenShift{}, HandShift{}, PrintPage{}, DestroyPage{}, PrintForm{}, ChangeLocator{}, Redirect{}, ConfirmStatement{}, Complain{}, Answer{}, Announce{}, EndInspection{}, Hold{}, LiftHold{}, ApproveReport{},
		CloseSearch{}, ReportFound{}, Ask[CloseSearch]{}, Sign{}, Decline{}, CallOff{}, Ask[CloseVessel]{}, Ask[ReopenVessel]{}, Ask[OpenVessel]{}, Ask[EmptyVessel]{}, Ask[SignMinutes]{}, Ask[HandShift]{}, Ask[Deliver]{}, Ask[DeliverOnPaper]{}, Ask[UndoAccept]{},
		Ask[DestroyPage]{}, NamePartner{}, EndPartner{}, NamePartnerPerson{}, EndPartnerPerson{}, HandToPartner{}, Tell{}, TakeVesselBack{}, TakeFromPartner{}, TakeIn{}, ComeBack{},
	}
}
