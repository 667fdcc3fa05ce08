-- +goose Up
-- What reports count, one line a dossier, as the ledger has it now.
CREATE TABLE report_dossier (
	dossier        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	procedure_code TEXT COLLATE "C" NOT NULL,
	agency         TEXT COLLATE "C" NOT NULL,
	office         TEXT COLLATE "C" NOT NULL,
	form           TEXT COLLATE "C" NOT NULL,
	state          TEXT COLLATE "C" NOT NULL,
	accepted_ms    BIGINT NOT NULL,
	send_due_ms    BIGINT NOT NULL,
	sent_ms        BIGINT NOT NULL,
	filed_ms       BIGINT NOT NULL,
	result_ms      BIGINT NOT NULL,
	return_due_ms  BIGINT NOT NULL,
	returned_ms    BIGINT NOT NULL,
	delivered_ms   BIGINT NOT NULL,
	postage_vnd    BIGINT NOT NULL,
	state_vnd      BIGINT NOT NULL,
	paid_vnd       BIGINT NOT NULL,
	paid_ms        BIGINT NOT NULL,
	lost           BIGINT NOT NULL
);
CREATE INDEX report_dossier_accepted ON report_dossier (accepted_ms);
CREATE INDEX report_dossier_delivered ON report_dossier (delivered_ms);
CREATE TABLE report_complaint (
	dossier      TEXT COLLATE "C" NOT NULL,
	number       BIGINT NOT NULL,
	about        TEXT COLLATE "C" NOT NULL,
	made_ms      BIGINT NOT NULL,
	answer_by_ms BIGINT NOT NULL,
	answered_ms  BIGINT NOT NULL,
	outcome      TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (dossier, number)
);
CREATE INDEX report_complaint_made ON report_complaint (made_ms);
CREATE TABLE report_liability (
	seq         BIGINT NOT NULL,
	dossier     TEXT COLLATE "C" NOT NULL,
	item        TEXT COLLATE "C" NOT NULL,
	record      TEXT COLLATE "C" NOT NULL,
	kind        TEXT COLLATE "C" NOT NULL,
	fault       TEXT COLLATE "C" NOT NULL,
	recorded_ms BIGINT NOT NULL,
	PRIMARY KEY (seq, dossier)
);
CREATE INDEX report_liability_recorded ON report_liability (recorded_ms);
