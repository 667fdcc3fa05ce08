-- +goose Up
-- What reports count, one line a dossier, as the ledger has it now.
CREATE TABLE report_dossier (
	dossier        TEXT NOT NULL PRIMARY KEY,
	procedure_code TEXT NOT NULL,
	agency         TEXT NOT NULL,
	office         TEXT NOT NULL,
	form           TEXT NOT NULL,
	state          TEXT NOT NULL,
	accepted_ms    INTEGER NOT NULL,
	send_due_ms    INTEGER NOT NULL,
	sent_ms        INTEGER NOT NULL,
	filed_ms       INTEGER NOT NULL,
	result_ms      INTEGER NOT NULL,
	return_due_ms  INTEGER NOT NULL,
	returned_ms    INTEGER NOT NULL,
	delivered_ms   INTEGER NOT NULL,
	postage_vnd    INTEGER NOT NULL,
	state_vnd      INTEGER NOT NULL,
	paid_vnd       INTEGER NOT NULL,
	paid_ms        INTEGER NOT NULL,
	lost           INTEGER NOT NULL
) STRICT;
CREATE INDEX report_dossier_accepted ON report_dossier (accepted_ms);
CREATE INDEX report_dossier_delivered ON report_dossier (delivered_ms);
CREATE TABLE report_complaint (
	dossier      TEXT NOT NULL,
	number       INTEGER NOT NULL,
	about        TEXT NOT NULL,
	made_ms      INTEGER NOT NULL,
	answer_by_ms INTEGER NOT NULL,
	answered_ms  INTEGER NOT NULL,
	outcome      TEXT NOT NULL,
	PRIMARY KEY (dossier, number)
) STRICT;
CREATE INDEX report_complaint_made ON report_complaint (made_ms);
CREATE TABLE report_liability (
	seq         INTEGER NOT NULL,
	dossier     TEXT NOT NULL,
	item        TEXT NOT NULL,
	record      TEXT NOT NULL,
	kind        TEXT NOT NULL,
	fault       TEXT NOT NULL,
	recorded_ms INTEGER NOT NULL,
	PRIMARY KEY (seq, dossier)
) STRICT;
CREATE INDEX report_liability_recorded ON report_liability (recorded_ms);
