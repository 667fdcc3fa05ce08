-- +goose Up
-- Who asked, sealed under a key of their own. The request itself, its clock and its answer stand in the ledger.
CREATE TABLE personal_request (
	code       TEXT COLLATE "C" PRIMARY KEY,
	subject    TEXT COLLATE "C" NOT NULL,
	sealed     BYTEA NOT NULL,
	checked    TEXT COLLATE "C" NOT NULL,
	made_by    TEXT COLLATE "C" NOT NULL,
	created_ms BIGINT NOT NULL
);
CREATE INDEX personal_request_created ON personal_request (created_ms);
