// Package dossier takes in the dossiers of administrative procedures (hồ sơ), brings them to the agency, and the results back to the citizen.
//
// It owns the facts dossier.*, the states 'o' (a dossier), 'j' (which dossier an item belongs to), 'y' (a complaint), 's' (the packet that a seal closes) and 'z' (an office's next number), the tables of people (sealed), of pictures, of who
// looked at them and of agencies, and the pages under /dossiers and /track/dossier. Its promise: a dossier is in one state at a time; it counts as filed when both sides have signed at the agency and no
// other way; its result goes only to a person whose identity paper was looked at; nobody is asked for a paper that the published list does not have; people of an intake that was refused are forgotten.
// It leans on custody for everything that is carried: a dossier on its way is an item, and whatever happens to the item (bagged, handed over, lost, undone) changes the dossier by the fold, so no path can
// forget it. Its acts compose custody's: one act is one entry. Money (cash) and relief (tariff) are put around them by app. It asks a Catalogue what the published list says and a Calendar when things are
// due. What a citizen is told, and when, it says itself (tell.go); notify carries it. What an agency's own program may say, it makes into acts (agencyact.go); api takes it in. Reports read its facts and
// states. Personal data lies sealed in its tables, never in a fact.
// Start with dossier.go (the states), then accept.go (the shape of an act) and follow.go (how a dossier follows its items).
//
// The life of a dossier, with the act or fact of custody that leads on:
//
//	Accept ─ accepted ─(packed, handed on)─ in_transit ─(handover to the agency opened)─ at_agency ─(both signed)─ handed_over
//	  at_agency: Compare says per dossier: complete, supplement (supplement_requested when signed), refused (turns back when signed)
//	  handed_over ─IssueSlip─ slip_issued ─TellSlip─ slip_told; RequestSupplement (once), SendSupplement, CompleteSupplement; Reschedule (once)
//	  ─AnnounceResult─ result_ready ─PackResult + handover from the agency─ result_received ─ result_in_transit ─ out_for_delivery
//	  ─DeliverResult─ delivered; or attempt_failed, awaiting_pickup, Invite …, ReturnUnclaimed ─ returning_to_agency ─(handover)─ returned_to_agency
//	  Withdraw: turning_back ─GiveBack─ given_back; lost and found again; TakeBack (custody) after a wrong delivery
//	  lost, damaged or late: RecordLiability, one a packet, corrected by a further one; ApproveLiability for more than the least; cash pays
package dossier
