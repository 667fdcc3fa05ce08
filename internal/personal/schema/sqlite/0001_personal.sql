-- +goose Up
-- Who asked, sealed under a key of their own. The request itself, its clock and its answer stand in the ledger.
CREATE TABLE personal_request (
	code       TEXT NOT NULL PRIMARY KEY,
	subject    TEXT NOT NULL,
	sealed     BLOB NOT NULL,
	checked    TEXT NOT NULL,
	made_by    TEXT NOT NULL,
	created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX personal_request_created ON personal_request (created_ms);
