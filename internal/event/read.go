package event

import (
	"encoding/json"
	"fmt"
)

// readFact reads the fact of this name. Every name that was ever written has its line here.
func readFact(name string, body []byte) (Fact, error) {
	switch name {
	case "item.accepted":
		return read[ItemAccepted](body)
	case "item.packed":
		return read[ItemPacked](body)
	case "item.unpacked":
		return read[ItemUnpacked](body)
	case "item.taken_out":
		return read[ItemTakenOut](body)
	case "item.attempted":
		return read[ItemAttempted](body)
	case "item.delivered":
		return read[ItemDelivered](body)
	case "item.taken_back":
		return read[ItemTakenBack](body)
	case "item.held":
		return read[ItemHeld](body)
	case "item.redirected":
		return read[ItemRedirected](body)
	case "item.returning":
		return read[ItemReturning](body)
	case "item.lost":
		return read[ItemLost](body)
	case "item.found":
		return read[ItemFound](body)
	case "item.undone":
		return read[ItemUndone](body)
	case "bag.started":
		return read[BagStarted](body)
	case "bag.sealed":
		return read[BagSealed](body)
	case "bag.unsealed":
		return read[BagUnsealed](body)
	case "bag.opened":
		return read[BagOpened](body)
	case "bag.emptied":
		return read[BagEmptied](body)
	case "bag.lost":
		return read[BagLost](body)
	case "bag.found":
		return read[BagFound](body)
	case "dispatch.started":
		return read[DispatchStarted](body)
	case "dispatch.loaded":
		return read[Loaded](body)
	case "dispatch.unloaded":
		return read[Unloaded](body)
	case "dispatch.closed":
		return read[DispatchClosed](body)
	case "dispatch.reopened":
		return read[DispatchReopened](body)
	case "handover.opened":
		return read[HandoverOpened](body)
	case "handover.counted":
		return read[HandoverCounted](body)
	case "handover.signed":
		return read[HandoverSigned](body)
	case "handover.completed":
		return read[HandoverCompleted](body)
	case "handover.withdrawn":
		return read[HandoverWithdrawn](body)
	case "thing.observed":
		return read[Observed](body)
	case "irregularity.raised":
		return read[IrregularityRaised](body)
	case "irregularity.settled":
		return read[IrregularitySettled](body)
	case "range.reserved":
		return read[RangeReserved](body)
	case "relief.granted":
		return read[ReliefGranted](body)
	case "relief.reversed":
		return read[ReliefReversed](body)
	case "cash.book_opened":
		return read[ReceiptBookOpened](body)
	case "cash.receipt_voided":
		return read[ReceiptVoided](body)
	case "cash.drawer_opened":
		return read[DrawerOpened](body)
	case "cash.drawer_counted":
		return read[DrawerCounted](body)
	case "cash.drawer_closed":
		return read[DrawerClosed](body)
	case "cash.difference_settled":
		return read[DifferenceSettled](body)
	case "cash.taken":
		return read[MoneyTaken](body)
	case "cash.taking_undone":
		return read[TakingUndone](body)
	case "cash.collected_returned":
		return read[CollectedReturned](body)
	case "cash.refunded":
		return read[PostageRefunded](body)
	case "cash.compensated":
		return read[Compensated](body)
	case "cash.remitted":
		return read[Remitted](body)
	case "cash.moved":
		return read[MoneyMoved](body)
	case "personal.asked":
		return read[PersonalAsked](body)
	case "personal.answered":
		return read[PersonalAnswered](body)
	case "personal.forgotten":
		return read[PersonalForgotten](body)
	case "personal.restricted":
		return read[PersonalRestricted](body)
	case "personal.held":
		return read[PersonalHeld](body)
	case "personal.released":
		return read[PersonalReleased](body)
	case "dossier.accepted":
		return read[DossierAccepted](body)
	case "dossier.supplement_sent":
		return read[SupplementSent](body)
	case "dossier.compared":
		return read[DossierCompared](body)
	case "dossier.slip_issued":
		return read[SlipIssued](body)
	case "dossier.slip_told":
		return read[SlipTold](body)
	case "dossier.supplement_requested":
		return read[SupplementRequested](body)
	case "dossier.supplement_completed":
		return read[SupplementCompleted](body)
	case "dossier.rescheduled":
		return read[DossierRescheduled](body)
	case "dossier.result_ready":
		return read[ResultReady](body)
	case "dossier.result_packed":
		return read[ResultPacked](body)
	case "dossier.invited":
		return read[CitizenInvited](body)
	case "dossier.result_delivered":
		return read[ResultDelivered](body)
	case "dossier.recalled_sent":
		return read[RecalledSent](body)
	case "dossier.withdrawn":
		return read[DossierWithdrawn](body)
	case "dossier.given_back":
		return read[DossierGivenBack](body)
	case "dossier.result_unclaimed":
		return read[ResultUnclaimed](body)
	case "dossier.complained":
		return read[DossierComplained](body)
	case "dossier.complaint_answered":
		return read[DossierComplaintAnswered](body)
	case "dossier.agency_kept":
		return read[AgencyKept](body)
	case "dossier.liability_recorded":
		return read[LiabilityRecorded](body)
	case "dossier.liability_approved":
		return read[LiabilityApproved](body)
	case "ledger.clock_behind":
		return read[ClockBehind](body)
	case "ledger.key_begun":
		return read[KeyBegun](body)
	case "ledger.key_rotated":
		return read[KeyRotated](body)
	}
	if f, ok, err := readKT1(name, body); ok {
		return f, err
	}
	return nil, fmt.Errorf("unknown fact %q", name)
}

func read[F Fact](body []byte) (Fact, error) {
	var f F
	if err := json.Unmarshal(body, &f); err != nil {
		return nil, fmt.Errorf("read fact %s: %w", f.Fact(), err)
	}
	return f, nil
}
